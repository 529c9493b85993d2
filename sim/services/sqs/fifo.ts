// What makes a queue a FIFO queue: groups in order, messages known again for five minutes, and limits of requests.
import type { Config, Sim } from '../../model/contract.ts'
import { fnv1a, hexWords, sha256Words, wordsHex } from '../../parts/hash.ts'
import { Stretch } from '../../parts/stretch.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { Groups } from './groups.ts'
import type { Messages } from './messages.ts'
import { DEDUPLICATION_US, NAME_MAX } from './queue.facts.ts'
import { RecentSends, sentOf, sequenceNumber, WORDS, type DeduplicationId, type Sent } from './recent-sends.ts'

const SECOND = 1_000_000

/** The operations with a limit of their own; a batch is one request (SQS-48). */
export const SEND = 0
export const RECEIVE = 1
export const DELETE = 2
export type Limited = typeof SEND | typeof RECEIVE | typeof DELETE

/** A message that came back again and again while others of its group waited behind it. */
export interface Blocker {
  readonly group: string
  readonly id: number
  receives: number
  waiting: number
}

/** Something remembered for five minutes by a name. */
class Remembered<T> {
  private readonly known = new Map<string, { readonly until: number; readonly value: T }>()

  get(now: number, name: string): T | undefined {
    this.forget(now)
    return this.known.get(name)?.value
  }

  set(now: number, name: string, value: T): void {
    this.known.delete(name)
    this.known.set(name, { until: now + DEDUPLICATION_US, value })
  }

  /** A map lists its entries in the order in which they were set, so those whose time is over come first. */
  private forget(now: number): void {
    for (const [name, { until }] of this.known) {
      if (until > now) return
      this.known.delete(name)
    }
  }
}

export class Fifo {
  readonly groups: Groups
  /** As GetQueueAttributes tells them. */
  readonly settings: Readonly<Record<string, string>>
  /** Messages that came back while others of their group waited, and the worst of them. */
  readonly blocked: Stretch
  blocker: Blocker | null = null
  /** Receipt handles of an earlier receive, for whoever asks again with the same attempt id (SQS-47). */
  readonly attempts = new Remembered<readonly number[]>()
  private readonly sent = new RecentSends()
  private readonly messages: Messages
  readonly byContent: boolean
  private readonly perGroup: boolean
  /** The id of the message that is being sent. */
  private readonly asked: DeduplicationId = { text: null, words: new Uint32Array(WORDS) }
  /** Ids by row, in the two forms of a `DeduplicationId`. */
  private readonly texts: (string | null)[] = []
  private words: Uint32Array = new Uint32Array(64 * WORDS)
  // Requests in any second: for the queue as a whole, or per partition (SQS-49).
  private readonly limit: number
  private readonly partitionsMax: number
  private partitions = 1
  private readonly windows: RateWindow[][] = [[], [], []]
  private readonly demand = new Int32Array(3)
  private readonly touched: number[] = []
  private second = 0
  private turn = 0

  constructor(messages: Messages, config: Config, sim: Sim) {
    this.groups = new Groups(messages, sim.quota('FifoLookAhead'))
    this.messages = messages
    this.blocked = new Stretch(sim.warmUp)
    this.byContent = config['ContentBasedDeduplication'] === true
    this.perGroup = config['DeduplicationScope'] === 'messageGroup'
    this.settings = {
      ContentBasedDeduplication: String(this.byContent),
      DeduplicationScope: String(config['DeduplicationScope'] ?? 'queue'),
      FifoThroughputLimit: String(config['FifoThroughputLimit'] ?? 'perQueue'),
    }
    this.limit = sim.quota('FifoTransactionsPerSecond')
    this.partitionsMax =
      config['FifoThroughputLimit'] === 'perMessageGroupId'
        ? Math.max(1, Math.floor(sim.quota('HighThroughputTransactionsPerSecond') / this.limit))
        : 1
  }

  /** Whether the parameters that FIFO asks for are there and well-formed (SQS-40, SQS-41). Returns the exception's name; empty = they are. */
  refusal(message: Readonly<Record<string, any>>): string {
    const { MessageGroupId: group, MessageDeduplicationId: id, DelaySeconds: delay } = message
    if (group === undefined || group === null) return 'MissingParameter'
    if (!isName(group) || (id !== undefined && !isName(id)) || (delay ?? 0) !== 0) return 'InvalidParameterValue'
    return id === undefined && !this.byContent ? 'InvalidParameterValue' : ''
  }

  /** Reads the id by which a message is known again: its own before that of its content, the SHA-256 of its body (SQS-41). */
  read(message: Readonly<Record<string, any>>): void {
    const { MessageDeduplicationId: id, MessageBody: body } = message
    const { asked } = this
    asked.text = null
    if (id === undefined) sha256Words(typeof body === 'string' ? body : JSON.stringify(body), asked.words)
    else if (!hexWords(String(id), asked.words)) asked.text = String(id)
  }

  /** What was answered to the first of the same messages within five minutes; undefined = the one that was read is the first. */
  known(now: number, group: string): Sent | undefined {
    return this.sent.get(now, this.perGroup ? group : '', this.asked)
  }

  /** Remembers the message that was read, taken in at `row`, for five minutes, deleted or not; answers what its sender is told. */
  remember(now: number, row: number, group: string, digest: string | undefined): Sent {
    const { asked, messages } = this
    const place = this.groups.placeOf(row)
    this.sent.add(now, this.perGroup ? group : '', asked, messages.id[row], place, digest)
    this.keepId(row, asked)
    return sentOf(messages.id[row], place, digest)
  }

  /** The id by which the message of a row was known. */
  idAt(row: number): string {
    return this.texts[row] ?? wordsHex(this.words, row * WORDS)
  }

  private keepId(row: number, { text, words }: DeduplicationId): void {
    this.texts[row] = text
    if (text !== null) return
    if ((row + 1) * WORDS > this.words.length) {
      const wider = new Uint32Array(Math.max(2 * this.words.length, (row + 1) * WORDS))
      wider.set(this.words)
      this.words = wider
    }
    this.words.set(words, row * WORDS)
  }

  /** The sequence number of a row's message. */
  sequenceNumberAt(row: number): string {
    return sequenceNumber(this.groups.placeOf(row))
  }

  /** A message was received in vain: its group has waited for it. */
  cameBack(now: number, row: number): void {
    const waiting = this.groups.behindIt(row)
    if (waiting === 0) return
    this.blocked.note(now)
    const receives = this.messages.receives[row]
    if (this.blocker !== null && receives < this.blocker.receives) return
    this.blocker = { group: this.groups.nameOf(row), id: this.messages.id[row], receives, waiting }
  }

  /** A message of another queue is known by its old message id (SQS-33). */
  setIdAt(row: number, id: string): void {
    this.texts[row] = id
  }

  /** Takes one request of those that are allowed in any second: of the queue, or of each partition that the groups are on. */
  admits(now: number, action: Limited, groups: readonly string[]): boolean {
    this.countDemand(now, action)
    const windows = this.windows[action]
    const { touched } = this
    touched.length = 0
    for (const group of groups) {
      const partition = this.partitionOf(group)
      if (!touched.includes(partition)) touched.push(partition)
    }
    if (groups.length === 0) touched.push(this.turn++ % this.partitions)
    for (const partition of touched)
      if (!(windows[partition] ??= new RateWindow(this.limit, SECOND)).allows(now)) return false
    for (const partition of touched) windows[partition].note(now)
    return true
  }

  private partitionOf(group: string): number {
    return this.partitions === 1 ? 0 : fnv1a(group) % this.partitions
  }

  /** SQS adds partitions as more is asked: as many as the last second's requests needed (SQS-49). */
  private countDemand(now: number, action: Limited): void {
    if (this.partitionsMax === 1) return
    const second = Math.floor(now / SECOND)
    if (second !== this.second) {
      const most = Math.max(this.demand[SEND], this.demand[RECEIVE], this.demand[DELETE])
      this.partitions = Math.min(this.partitionsMax, Math.max(this.partitions, Math.ceil(most / this.limit)))
      this.demand.fill(0)
      this.second = second
    }
    this.demand[action]++
  }
}

/** Whether a value can be a message group id or a deduplication id: letters, digits and punctuation. */
export function isName(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= NAME_MAX && NAME.test(value))
}

const NAME = /^[!-~]+$/
