// What makes a standard queue less than a line: servers that a short poll does not ask, copies, and disorder (SQS-15, SQS-18).
import type { Rng } from '../../engine/rng.ts'
import type { Sim } from '../../model/contract.ts'
import { NONE, type Messages } from './messages.ts'
import { SERVERS, SERVERS_ASKED } from './queue.facts.ts'

/** All servers, as bits. */
export const ALL_SERVERS = (1 << SERVERS) - 1
/** How far behind its turn a message may be found, at most. */
const DISORDER_MAX = 10

export class Delivery {
  private readonly sampled: boolean
  private readonly duplicates: number
  private readonly disorder: number
  private readonly rng: Rng

  constructor(sim: Sim) {
    this.sampled = sim.choice('ShortPolling') === 'sampled'
    this.duplicates = sim.sampler('DuplicateProbability').mean
    this.disorder = sim.sampler('DisorderProbability').mean
    this.rng = sim.rng('delivery')
  }

  /** Which servers a short poll asks, as bits. */
  serversAsked(): number {
    if (!this.sampled) return ALL_SERVERS
    let servers = ALL_SERVERS
    for (let left = SERVERS; left > SERVERS_ASKED; left--) {
      let skip = this.rng.below(left)
      for (let server = 0; ; server++) {
        if ((servers & (1 << server)) === 0) continue
        if (skip-- === 0) {
          servers ^= 1 << server
          break
        }
      }
    }
    return servers
  }

  /** Whether a message is on one of the servers. */
  isOn(servers: number, messages: Messages, row: number): boolean {
    return servers === ALL_SERVERS || ((servers >> (messages.id[row] % SERVERS)) & 1) === 1
  }

  /** The message that is handed out when it is `row`'s turn: now and then one of the ten behind it. */
  chosen(messages: Messages, row: number): number {
    if (this.disorder === 0 || this.rng.float() >= this.disorder) return row
    let other = row
    for (let steps = 1 + this.rng.below(DISORDER_MAX); steps > 0; steps--) {
      const behind = messages.after(other)
      if (behind === NONE) break
      other = behind
    }
    return other
  }

  /** Whether a server has missed the receive that is going on, so that a copy stays behind. */
  leavesCopy(): boolean {
    return this.duplicates > 0 && this.rng.float() < this.duplicates
  }
}
