// What stands in Redis beside BullMQ's queue: bundles, and outcomes, under their names by content.
//
// A run that is done twice (its worker was thought dead) writes its outcome once: the first stays, and both are the same.
import type { Redis } from 'ioredis'
import type { Bundle } from '../../../experiment/bundle.ts'
import type { Outcome } from '../../../experiment/types.ts'
import { Unreachable } from '../executor.ts'
import { asOutcome, asParcel, pack, PACKED_MAX, unpack, type Parcel } from './wire.ts'

/** All keys begin with it. */
export const PREFIX = 'hotshard'

/** Seconds that bundles and outcomes stay after they were last asked for. */
const KEPT = 7 * 24 * 3600
/** Seconds that runs go on after the last that asked for them went silent: it may be starting again. */
const ASKED = 120

/** Outcomes of one command. */
const AT_ONCE = 500

/** Runs of one version of the simulator; workers of another never see them. BullMQ's names hold no colon. */
export function queueName(version: string): string {
  return `runs-${version}`
}

const bundleKey = (bundle: string): string => `${PREFIX}:bundle:${bundle}`
const outcomesKey = (bundle: string): string => `${PREFIX}:outcomes:${bundle}`
const askedKey = (bundle: string): string => `${PREFIX}:asked:${bundle}`

export class Store {
  readonly redis: Redis

  constructor(redis: Redis) {
    this.redis = redis
  }

  /** Says that the runs of a bundle are wanted, and puts it there when it is not. `packed` is what `packBundle` gave. */
  async ask(id: string, packed: Buffer): Promise<void> {
    const [there] = await Promise.all([
      this.redis.expire(bundleKey(id), KEPT),
      this.redis.expire(outcomesKey(id), KEPT),
      this.redis.set(askedKey(id), '1', 'EX', ASKED),
    ])
    if (there === 0) await this.redis.set(bundleKey(id), packed, 'EX', KEPT)
  }

  async isAsked(id: string): Promise<boolean> {
    return (await this.redis.exists(askedKey(id))) === 1
  }

  /** Throws `Unreachable` when it is not there or is none. */
  async bundle(id: string): Promise<Parcel> {
    const packed = await this.redis.getBuffer(bundleKey(id))
    if (packed === null) throw new Unreachable(`there is no bundle ${id.slice(0, 8)}`, 'whoever asks brings it again')
    const parcel = asParcel(await unpack(packed))
    if (parcel === undefined) throw new Unreachable(`what is called bundle ${id.slice(0, 8)} is none`, 'who wrote it?')
    return parcel
  }

  /** The first to keep an outcome is the one that counts. */
  async keep(bundle: string, run: string, outcome: Outcome): Promise<void> {
    const packed = await pack(outcome)
    const key = outcomesKey(bundle)
    if (packed.length > PACKED_MAX) throw new Unreachable('its outcome is too large', 'measure less')
    const done = await this.redis.multi().hsetnx(key, run, packed).expire(key, KEPT).exec()
    const error = done?.find(([wrong]) => wrong !== null)?.[0]
    if (error) throw error
  }

  async has(bundle: string, run: string): Promise<boolean> {
    return (await this.redis.hexists(outcomesKey(bundle), run)) === 1
  }

  /** Those that there are, by the names of their runs. */
  async outcomes(bundle: string, runs: readonly string[]): Promise<Map<string, Outcome>> {
    const found = new Map<string, Outcome>()
    for (let from = 0; from < runs.length; from += AT_ONCE) {
      const some = runs.slice(from, from + AT_ONCE)
      const packed = await this.redis.hmgetBuffer(outcomesKey(bundle), ...some)
      const outcomes = await Promise.all(packed.map((each) => (each === null ? null : unpack(each))))
      for (const [i, value] of outcomes.entries()) {
        if (value === null) continue
        const outcome = asOutcome(value)
        if (outcome === undefined)
          throw new Unreachable(`what Redis has for run ${some[i]!.slice(0, 8)} is no outcome`, 'who wrote it?')
        found.set(some[i]!, outcome)
      }
    }
    return found
  }

  /** Takes outcomes away, so that their runs are done again. */
  async forget(bundle: string, runs: readonly string[]): Promise<void> {
    if (runs.length > 0) await this.redis.hdel(outcomesKey(bundle), ...runs)
  }
}

/** A bundle as it lies in Redis. Throws `Unreachable` when it is too large. */
export async function packBundle(bundle: Bundle, version: string): Promise<Buffer> {
  const packed = await pack({ version, bundle } satisfies Parcel)
  if (packed.length <= PACKED_MAX) return packed
  const size = Math.ceil(packed.length / 1_048_576)
  throw new Unreachable(
    `the scenario and its files are ${size} MB when compressed, more than ${PACKED_MAX / 1_048_576} MB`,
    'run it on this machine, without `--redis`',
  )
}
