// What `--redis` and `hotshard worker` load on demand, in a chunk of its own: BullMQ and its client of Redis.
export { onRedis } from './sweep.ts'
export { startWorker } from './worker.ts'
