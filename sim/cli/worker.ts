// `hotshard worker`: takes the runs of sweeps out of a queue in Redis, on as many hosts as one likes.
import { createServer, type Server, type ServerResponse } from 'node:http'
import { availableParallelism } from 'node:os'
import { counted } from '../report/figures.ts'
import { build } from './build.ts'
import { EXIT } from './exit.ts'
import { Unreachable } from './experiments/executor.ts'
import type { WorkerState } from './experiments/redis/worker.ts'
import { badFlag, showProblem } from './problems.ts'

export interface WorkerFlags {
  readonly redis: string
  readonly concurrency?: number
  readonly healthPort?: number
  readonly color?: boolean
}

/** Works until SIGTERM or SIGINT, and then until what is under way is done; a second signal ends it at once, and others take that over. */
export async function work(flags: WorkerFlags): Promise<number> {
  // On demand: no other command needs the client of a database.
  const { startWorker } = await import('./experiments/redis/index.ts')
  const version = build()
  let state = (): WorkerState => ({ ready: false, running: 0, done: 0 })
  const health = createServer((request, response) => answer(request.url ?? '', { version, ...state() }, response))
  try {
    if (flags.healthPort !== undefined) await listen(health, flags.healthPort)
    const concurrency = flags.concurrency ?? availableParallelism()
    const worker = await startWorker(flags.redis, { version, concurrency, log })
    state = worker.state
    const signal = firstSignal()
    log(`hotshard ${version} takes runs from ${worker.address}, ${concurrency} at once`)
    log(`${await signal}: ${worker.state().running} under way, to be finished; nothing more is taken`)
    await worker.stop()
    log(`ends after ${counted(worker.state().done, 'run')}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof PortTaken)) throw error
    showProblem(badFlag(error.message, error.help), flags)
    return EXIT.badInput
  } finally {
    health.close()
    health.closeAllConnections()
  }
}

function log(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(0, 19)}Z ${line}\n`)
}

class PortTaken extends Error {
  readonly help = 'name another one'
}

/** `/live` while this thread answers at all, `/ready` while it takes runs: what Kubernetes asks. */
function answer(path: string, state: WorkerState & { readonly version: string }, response: ServerResponse): void {
  const status = path === '/live' || (path === '/ready' && state.ready) ? 200 : path === '/ready' ? 503 : 404
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(state)}\n`)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new PortTaken(`\`--health-port ${port}\` cannot be used: ${error.message}`)))
    server.listen(port, resolve)
  })
}

/** The name of the first SIGTERM or SIGINT; the next one does what it always does. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    const hear = (signal: string): void => {
      for (const each of SIGNALS) process.off(each, hear)
      resolve(signal)
    }
    for (const each of SIGNALS) process.on(each, hear)
  })
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
