// Takes runs out of the queue, does them on threads and leaves their outcomes, until it is told to stop.
//
// Runs are computation without a pause, so they happen on threads: this one goes on renewing the locks by which others know it lives.
import { randomUUID } from 'node:crypto'
import { UnrecoverableError, Worker } from 'bullmq'
import { plain } from '../../../diag/text.ts'
import { bundleId, runId, type Bundle } from '../../../experiment/bundle.ts'
import type { Outcome } from '../../../experiment/types.ts'
import { counted } from '../../../report/figures.ts'
import { inThreads } from '../threads.ts'
import { addressOf, connect } from './connection.ts'
import { Pools } from './pools.ts'
import { Presence } from './presence.ts'
import { PREFIX, queueName, Store } from './store.ts'
import { asJob, type Job } from './wire.ts'

export interface WorkerOptions {
  /** The simulator's, as that of sweeps. */
  readonly version: string
  /** Runs at once, each on a thread. */
  readonly concurrency: number
  /** One line per event. */
  readonly log: (line: string) => void
  /** ms after which this worker is thought dead when it says nothing; it says so several times in between. */
  readonly lock?: number
  readonly env?: NodeJS.ProcessEnv
}

/** How a worker is, for whoever asks whether it is well. */
export interface WorkerState {
  /** It reaches Redis and takes runs. */
  readonly ready: boolean
  readonly running: number
  /** Since it began. */
  readonly done: number
}

export interface RunningWorker {
  /** Where its runs come from, without the password. */
  readonly address: string
  state(): WorkerState
  /** Takes nothing more, finishes what is under way and leaves. */
  stop(): Promise<void>
}

const LOCK = 6000
/** Workers that one run may take with it, less one. A host that is switched off counts too. */
const STALLED_MAX = 3
/** ms until a command that failed because the connection was lost is tried again. */
const RETRY_APART = 500

/** Takes the runs that wait at `url`. Tries for ever to reach it; throws `Unreachable` when it is refused there. */
export async function startWorker(url: string, options: WorkerOptions): Promise<RunningWorker> {
  const { version, concurrency, log, lock = LOCK, env = process.env } = options
  const connection = await connect(addressOf(url, env), { says: log })
  const { redis, shown } = connection
  const store = new Store(redis)
  const pools = new Pools(
    (id) => bundleOf(store, id, version),
    (bundle) => inThreads(bundle, concurrency, { always: true }),
  )
  let running = 0
  let done = 0
  const work = async (data: unknown, id: string | undefined): Promise<void> => {
    const job = asJob(data)
    if (job === undefined) throw new UnrecoverableError('this is no run of an experiment')
    const { bundle, spec } = job
    const run = runId(bundle, spec)
    if (id !== run) throw new UnrecoverableError('its name is not that of its content')
    if (await store.has(bundle, run)) return
    if (!(await store.isAsked(bundle))) return log(`run ${short(run)}: left out, nobody asks for it any more`)
    const begun = performance.now()
    const { name, outcome } = await pools.run(bundle, spec)
    // Another host may have more memory; when none has, this is the reason that whoever asked is told.
    if (outcome.ending === 'crashed') throw new Error(outcome.why)
    await store.keep(bundle, run, outcome)
    done++
    const seconds = ((performance.now() - begun) / 1000).toFixed(2)
    log(`run ${short(run)} of ${plain(name)}: ${summary(outcome)}, ${counted(outcome.events, 'event')}, ${seconds} s`)
  }

  const worker = new Worker<Job>(
    queueName(version),
    async (job) => {
      running++
      try {
        await work(job.data, job.id)
      } finally {
        running--
      }
    },
    {
      ...{ connection: redis, prefix: PREFIX, concurrency, runRetryDelay: RETRY_APART },
      // Looking for the runs of the dead costs little.
      ...{ lockDuration: lock, stalledInterval: lock / 2, maxStalledCount: STALLED_MAX },
    },
  )
  worker.on('failed', (job, error) => {
    const tries = job === undefined ? '' : ` (try ${job.attemptsMade} of ${Math.max(1, job.opts.attempts ?? 1)})`
    log(`run ${short(job?.id)} failed${tries}: ${plain(error.message)}`)
  })
  worker.on('stalled', (run) => log(`run ${short(run)} is handed on: its worker is gone`))
  // A lost connection is told of by `connect`; the rest is about a job that another has finished or Redis has forgotten.
  worker.on('error', (error) => log(plain(error.message)))
  const presence = new Presence(redis, randomUUID())
  const told = new Set([version])
  presence.stay('worker', version, async () => {
    for (const other of (await presence.who('sweep')).keys()) {
      if (told.has(other)) continue
      told.add(other)
      log(`runs of hotshard ${plain(other)} are refused, this is ${version}: start a worker of version ${plain(other)}`)
    }
  })
  let stopping = false
  return {
    address: shown,
    state: () => ({ ready: redis.status === 'ready' && worker.isRunning() && !stopping, running, done }),
    async stop() {
      stopping = true
      // BullMQ would wait for a connection. Without one nobody can be given an outcome either.
      if (redis.status === 'ready') await worker.close()
      else worker.close(true).catch(() => {})
      await presence.leave('worker')
      await pools.close()
      await connection.close()
    },
  }
}

function short(run: string | undefined): string {
  return plain((run ?? '').slice(0, 8))
}

function summary({ ending, expectations, why }: Outcome): string {
  const failed = expectations.filter(({ ok }) => !ok).length
  if (ending === 'failed') return `${counted(failed, 'expectation')} failed`
  return why === undefined ? ending : `${ending}, ${plain(why.split('\n', 1)[0]!)}`
}

/** The bundle that goes by a name, when it is what its name says and of this version. */
async function bundleOf(store: Store, id: string, version: string): Promise<Bundle> {
  const { bundle, version: made } = await store.bundle(id)
  if (made !== version)
    throw new UnrecoverableError(
      `its bundle was made by hotshard ${plain(made)}, and this worker is ${version}: start one of version ${plain(made)}`,
    )
  if (bundleId(bundle, version) !== id) throw new UnrecoverableError(`bundle ${short(id)} is not what its name says`)
  return bundle
}
