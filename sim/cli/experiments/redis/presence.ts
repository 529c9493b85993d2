// Who is there: workers and sweeps say so again and again. Those of different versions of the simulator cannot work together.
import type { Redis } from 'ioredis'
import { PREFIX } from './store.ts'

export type Role = 'worker' | 'sweep'

/** ms between two heartbeats. */
const BEAT_APART = 4000
/** Seconds after which whoever has not said so again is no longer there. */
const PRESENT = 20

export class Presence {
  private readonly redis: Redis
  private readonly id: string
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(redis: Redis, id: string) {
    this.redis = redis
    this.id = id
  }

  /** Says that it is there until `leave`; `then` is called after each time. What fails is tried again at the next. */
  stay(role: Role, version: string, then: () => Promise<void>): void {
    const beat = async (): Promise<void> => {
      await this.redis.set(`${PREFIX}:${role}:${this.id}`, version, 'EX', PRESENT)
      await this.redis.sadd(`${PREFIX}:${role}s`, this.id)
      await then()
    }
    const next = (): void => {
      beat()
        .catch(() => {})
        .finally(() => {
          if (!this.stopped) this.timer = setTimeout(next, BEAT_APART)
        })
    }
    next()
  }

  async leave(role: Role): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    // Without a connection a word of farewell would wait for it.
    if (this.redis.status !== 'ready') return
    await this.redis.del(`${PREFIX}:${role}:${this.id}`).catch(() => {})
    await this.redis.srem(`${PREFIX}:${role}s`, this.id).catch(() => {})
  }

  /** How many of each version are there. Those that went without a word are forgotten on the way. */
  async who(role: Role): Promise<ReadonlyMap<string, number>> {
    const ids = await this.redis.smembers(`${PREFIX}:${role}s`)
    const versions = ids.length === 0 ? [] : await this.redis.mget(ids.map((id) => `${PREFIX}:${role}:${id}`))
    const counts = new Map<string, number>()
    const gone: string[] = []
    for (const [i, version] of versions.entries()) {
      if (version === null) gone.push(ids[i]!)
      else counts.set(version, (counts.get(version) ?? 0) + 1)
    }
    if (gone.length > 0) await this.redis.srem(`${PREFIX}:${role}s`, ...gone)
    return counts
  }
}
