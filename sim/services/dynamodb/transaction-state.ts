// What a table knows of transactions: the items that one under way holds, the transactions that began here, and their tokens.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { KeyValue } from './items.ts'
import type { Table } from './state.ts'
import type { Item } from './values.ts'

/** A write that was checked and waits for the transaction's end. */
export interface Prepared {
  readonly table: Table
  readonly pk: KeyValue
  readonly sk: KeyValue | undefined
  readonly hash: number
  /** Null = the item is deleted; undefined = it was only checked. */
  readonly after: Item | null | undefined
  readonly size: number
  /** Bytes kept for it in its item collection. */
  readonly promised: number
}

/** A request that came with a token: what it asked, and until when (µs) it counts as the same one; Infinity = it is under way. */
export interface Token {
  readonly payload: string
  readonly prepared: readonly Prepared[]
  until: number
}

/** A table by its component and by another name that requests may give it. */
export interface TableRef {
  readonly ref: string
  readonly name: string
}

export class Transactions {
  /** Keys of items that a transaction under way holds. */
  readonly held = new Set<string>()
  /** Transactions that began at this table, by call, with their tokens. */
  readonly running = new Map<Call, { readonly prepared: readonly Prepared[]; readonly token: Token | null }>()
  /** Tokens of the account, kept at its first table; the oldest first. */
  readonly tokens = new Map<string, Token>()
  /** Items that a request could not have because a transaction held them. */
  readonly conflicts: Stretch
  committed = 0
  cancelled = 0
  readonly canceledStatus: number
  readonly conflictStatus: number
  readonly mismatchStatus: number
  readonly inProgressStatus: number
  readonly notFoundStatus: number
  readonly latency: Sampler
  /** Actions and bytes of a transaction, and how long a token is known (µs). */
  readonly actionsMax: number
  readonly sizeMax: number
  readonly tokenLife: number
  /** Every table that a transaction may name. */
  private readonly tables: readonly TableRef[]
  private readonly conflictMetric: MetricId
  private readonly sim: Sim

  constructor(sim: Sim, tables: readonly TableRef[]) {
    this.sim = sim
    this.tables = tables
    this.conflicts = new Stretch(sim.warmUp)
    this.canceledStatus = sim.error('TransactionCanceledException', 400)
    this.conflictStatus = sim.error('TransactionConflictException', 400)
    this.mismatchStatus = sim.error('IdempotentParameterMismatchException', 400)
    this.inProgressStatus = sim.error('TransactionInProgressException', 400)
    this.notFoundStatus = sim.error('ResourceNotFoundException', 400)
    this.latency = sim.sampler('TransactionLatency')
    this.actionsMax = sim.quota('TransactionActions')
    this.sizeMax = sim.quota('TransactionSize')
    this.tokenLife = sim.quota('TransactionTokenLife') * 1_000_000
    this.conflictMetric = sim.metric('TransactionConflict')
  }

  /** Whether a transaction under way holds an item. */
  holds(pk: KeyValue, sk: KeyValue | undefined): boolean {
    return this.held.has(lockOf(pk, sk))
  }

  /** Notes that a request could not have an item. */
  noteConflict(): void {
    this.conflicts.note(this.sim.clock[0])
    this.sim.count(this.conflictMetric, 1)
  }

  /** The table that a name or an ARN stands for; undefined = there is none. */
  tableNamed(text: unknown): Table | undefined {
    const name = String(text).replace(/^arn:.*:table\//, '')
    for (const one of this.tables) {
      const table = this.sim.peer<Table>(one.ref)
      if (one.ref === name || one.name === name || table.sim.physicalName === name) return table
    }
    return undefined
  }

  /** Where the tokens of the account are known. */
  get account(): Transactions {
    return this.sim.peer<Table>(this.tables[0].ref).transactions
  }

  /** The request that came with a token before and still counts; tokens that do not are forgotten. */
  known(text: string, now: number): Token | undefined {
    for (const [name, { until }] of this.tokens) {
      if (until > now) break
      this.tokens.delete(name)
    }
    const token = this.tokens.get(text)
    return token !== undefined && token.until > now ? token : undefined
  }
}

/** The text under which an item is held. */
export function lockOf(pk: KeyValue, sk: KeyValue | undefined): string {
  return JSON.stringify([pk, sk])
}
