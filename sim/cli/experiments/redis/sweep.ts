// Runs on any number of hosts: puts them into a queue of BullMQ's in Redis and collects their outcomes.
//
// The queue may lose or repeat what it likes. A run is named by its content and so is its outcome: what is missing is asked for again,
// what was done twice counts once. So a worker may die, Redis may be restarted and even forget everything, and nothing is lost.
import { randomUUID } from 'node:crypto'
import { Queue, QueueEvents } from 'bullmq'
import { bundleId, runId, type Bundle } from '../../../experiment/bundle.ts'
import { lostOutcome } from '../../../experiment/runner.ts'
import type { Outcome, RunSpec } from '../../../experiment/types.ts'
import { plain } from '../../../diag/text.ts'
import { Interrupted, Unreachable, type Executor } from '../executor.ts'
import { addressOf, connect } from './connection.ts'
import { Presence } from './presence.ts'
import { packBundle, PREFIX, queueName, Store } from './store.ts'
import type { Job } from './wire.ts'

export interface RedisOptions {
  /** The simulator's, so exact that two of the same simulate alike (`build.ts`). */
  readonly version: string
  /** A line for whoever looks on. */
  readonly says: (line: string) => void
  /** Gives up: `run` throws `Interrupted`. Its jobs go on for a while, and their outcomes are there for the next time. */
  readonly signal?: AbortSignal
  readonly env?: NodeJS.ProcessEnv
}

/** ms to find Redis at the beginning. */
const PATIENCE = 10_000
/** ms between two looks at all that is missing; events tell of most outcomes at once. */
const LOOK_APART = 3000
/** ms in which outcomes gather before they are fetched together. */
const GATHER = 10
/** Jobs of one command. */
const AT_ONCE = 500
/** Times that a job is tried when its worker can tell why it did not come to an end, and ms before the second try; twice as long each time. */
const ATTEMPTS = 4
const BACKOFF = 1000
/** Seconds that BullMQ keeps a job that failed for good. */
const FAILED_KEPT = 24 * 3600
/** Heartbeats without any worker before it is said. */
const SILENCE = 2

/** Does the runs of a bundle on the workers that listen at `url`. Throws `Unreachable` when Redis cannot be used. */
export async function onRedis(bundle: Bundle, url: string, options: RedisOptions): Promise<Executor> {
  const { version, says, signal, env = process.env } = options
  const address = addressOf(url, env)
  const packed = await packBundle(bundle, version)
  const id = bundleId(bundle, version)
  const connection = await connect(address, { patience: PATIENCE, says })
  const { redis } = connection
  const store = new Store(redis)
  const presence = new Presence(redis, randomUUID())
  const queue = new Queue<Job>(queueName(version), { connection: redis, prefix: PREFIX })
  const events = new QueueEvents(queueName(version), { connection: redis, prefix: PREFIX })
  // What goes wrong with a connection is said once, by `connect`; commands wait until it is there again.
  queue.on('error', () => {})
  events.on('error', () => {})
  await events.waitUntilReady()

  const listeners = new Set<(run: string) => void>()
  const hear = ({ jobId }: { readonly jobId: string }): void => {
    for (const listener of listeners) listener(jobId)
  }
  events.on('completed', hear)
  events.on('failed', hear)
  let silent = 0
  presence.stay('sweep', version, async () => {
    await store.ask(id, packed)
    const workers = await presence.who('worker')
    silent = workers.has(version) ? 0 : silent + 1
    if (silent === SILENCE) says(nobody(version, workers))
  })

  return {
    async run(specs, done) {
      try {
        return await unlessAborted(
          signal,
          new Batch({ store, queue, id, packed, listeners, signal }, specs, done).outcomes(),
        )
      } catch (error) {
        // What Redis answers to a command: no memory is left, or this user may not do it.
        if (error instanceof Error && error.name === 'ReplyError')
          throw new Unreachable(
            `Redis at \`${connection.shown}\` refuses: ${plain(error.message)}`,
            'its settings decide it',
          )
        throw error
      }
    },
    async close() {
      await presence.leave('sweep')
      // BullMQ would wait for a connection.
      const closed = Promise.allSettled([events.close(), queue.close()])
      if (redis.status === 'ready') await closed
      await connection.close()
    },
  }
}

/** Ends with `Interrupted` as soon as somebody gives up, also while a command waits for a connection. */
async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Interrupted())
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}

interface Shared {
  readonly store: Store
  readonly queue: Queue<Job>
  /** The bundle's. */
  readonly id: string
  readonly packed: Buffer
  readonly listeners: Set<(run: string) => void>
  readonly signal: AbortSignal | undefined
}

/** Runs that were asked for together. */
class Batch {
  private readonly shared: Shared
  private readonly specs: readonly RunSpec[]
  private readonly done: ((index: number, outcome: Outcome) => void) | undefined
  private readonly found: Outcome[]
  /** Places in `specs` of the runs that have no outcome yet. */
  private readonly missing = new Map<string, number[]>()
  /** Of those, the ones that events have told of since they were last fetched. */
  private heard = new Set<string>()
  private wake = (): void => {}

  constructor(shared: Shared, specs: readonly RunSpec[], done?: (index: number, outcome: Outcome) => void) {
    this.shared = shared
    this.specs = specs
    this.done = done
    this.found = []
    for (const [i, spec] of specs.entries()) {
      const run = runId(shared.id, spec)
      const places = this.missing.get(run)
      if (places === undefined) this.missing.set(run, [i])
      else places.push(i)
    }
  }

  async outcomes(): Promise<readonly Outcome[]> {
    const { listeners, signal } = this.shared
    const hear = (run: string): void => {
      if (!this.missing.has(run)) return
      this.heard.add(run)
      this.wake()
    }
    const abort = (): void => this.wake()
    listeners.add(hear)
    signal?.addEventListener('abort', abort)
    try {
      for (let first = true; this.missing.size > 0; first = false) {
        await this.look(first)
        await this.listen()
      }
    } finally {
      listeners.delete(hear)
      signal?.removeEventListener('abort', abort)
    }
    return this.found
  }

  /** Looks at all that is missing: takes what is there, gives up what failed for good, and asks for what nobody knows of. */
  private async look(first: boolean): Promise<void> {
    const { store, queue, id, packed } = this.shared
    await store.ask(id, packed)
    await this.take([...this.missing.keys()], first)
    await this.lookAtFailed(first)
    const runs = [...this.missing.keys()]
    for (let from = 0; from < runs.length; from += AT_ONCE) {
      this.stopIfAborted()
      const some = runs.slice(from, from + AT_ONCE)
      const unknown = first ? some : await this.withoutJob(some)
      if (unknown.length > 0) await queue.addBulk(unknown.map((run) => this.jobOf(run)))
    }
  }

  /** Fetches outcomes as events tell of them, until it is time to look at everything again. */
  private async listen(): Promise<void> {
    const until = performance.now() + LOOK_APART
    while (this.missing.size > 0) {
      this.stopIfAborted()
      const left = until - performance.now()
      if (left <= 0) return
      if (this.heard.size === 0) await this.sleep(left)
      this.stopIfAborted()
      if (this.heard.size === 0) continue
      await new Promise((resolve) => setTimeout(resolve, GATHER))
      const runs = [...this.heard].filter((run) => this.missing.has(run))
      this.heard = new Set()
      const before = this.missing.size
      await this.take(runs, false)
      // It completed without an outcome, or failed.
      if (this.missing.size > before - runs.length) return
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private stopIfAborted(): void {
    if (this.shared.signal?.aborted === true) throw new Interrupted()
  }

  private async take(runs: readonly string[], first: boolean): Promise<void> {
    const { store, id } = this.shared
    const outcomes = await store.outcomes(id, runs)
    // Whoever gave up must not be told of outcomes any more.
    this.stopIfAborted()
    // Another host, or another day, may have had less time or memory.
    const again = first ? [...outcomes].filter(([, outcome]) => outcome.ending === 'partial').map(([run]) => run) : []
    await store.forget(id, again)
    for (const run of again) outcomes.delete(run)
    for (const [run, outcome] of outcomes) this.settle(run, outcome)
  }

  private settle(run: string, outcome: Outcome): void {
    for (const place of this.missing.get(run) ?? []) {
      this.found[place] = outcome
      this.done?.(place, outcome)
    }
    this.missing.delete(run)
  }

  /** What failed for good has crashed; what did so for somebody before us is tried anew. */
  private async lookAtFailed(first: boolean): Promise<void> {
    const { queue } = this.shared
    if ((await queue.getFailedCount()) === 0) return
    for (const job of await queue.getFailed()) {
      const run = job.id
      const places = run === undefined ? undefined : this.missing.get(run)
      if (run === undefined || places === undefined) continue
      if (first) await job.remove().catch(() => {})
      else this.settle(run, lostOutcome(this.specs[places[0]!]!, 'crashed', plain(reasonOf(job.failedReason))))
    }
  }

  /** Those of which the queue knows nothing: it lost them, or they completed without an outcome. */
  private async withoutJob(runs: readonly string[]): Promise<string[]> {
    const { store, queue } = this.shared
    const pipeline = store.redis.pipeline()
    for (const run of runs) pipeline.exists(queue.toKey(run))
    const answers = await pipeline.exec()
    return runs.filter((_, i) => answers?.[i]?.[1] === 0)
  }

  private jobOf(run: string): Parameters<Queue<Job>['addBulk']>[0][number] {
    return {
      name: 'run',
      data: { bundle: this.shared.id, spec: this.specs[this.missing.get(run)![0]!]! },
      opts: {
        jobId: run,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: BACKOFF },
        removeOnComplete: true,
        removeOnFail: { age: FAILED_KEPT },
      },
    }
  }
}

/** BullMQ's words for a job whose worker was lost more often than it may be. */
const STALLED = /stalled more than allowable/

function reasonOf(failed: string): string {
  return STALLED.test(failed) ? 'every worker that tried it was lost in the middle of it' : failed
}

function nobody(version: string, workers: ReadonlyMap<string, number>): string {
  const others = [...workers].map(([other, count]) => `${count} of ${plain(other)}`).sort()
  const there = others.length === 0 ? '' : `, those that are there refuse its runs (${others.join(', ')})`
  return `no worker of hotshard ${version} is there${there}: start \`npx hotshard worker --redis …\` of this version, it waits`
}
