// Whether a table is there, its backups and exports, and its past: what `lifecycle.ts` works on.
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Config, Sim } from '../../model/contract.ts'
import type { Table, TableEvents } from './state.ts'
import type { KeyValue } from './items.ts'
import type { Item } from './values.ts'

/** What a table held at a moment. */
export interface Contents {
  readonly items: readonly { readonly item: Item; readonly bytes: number }[]
  readonly initialItems: number
  readonly initialSize: number
}

export interface Backup {
  readonly arn: string
  readonly name: string
  readonly contents: Contents
  readonly bytes: number
  status: 'CREATING' | 'AVAILABLE'
}

export interface Export {
  readonly arn: string
  readonly bucket: unknown
  readonly bytes: number
  status: 'IN_PROGRESS' | 'COMPLETED'
}

/** What ends with a timer. */
type Task =
  | { readonly what: 'deleted' }
  | { readonly what: 'made'; readonly contents: Contents | null }
  | { readonly what: 'backed up'; readonly backup: Backup }
  | { readonly what: 'exported'; readonly made: Export }

/** A change, for going back to a moment before it. */
interface Past {
  readonly at: number
  readonly pk: KeyValue
  readonly sk: KeyValue | undefined
  readonly before: Item | null
  readonly bytes: number
}

const SECOND = 1_000_000

export class Lifecycle {
  /** Whether requests find the table. */
  isThere = true
  readonly backups: Backup[] = []
  readonly exports: Export[] = []
  /** Changes of the last days, the oldest first; null = nobody can go back (`PointInTimeRecoverySpecification`). */
  readonly past: Past[] | null
  private forgotten = 0
  /** When (µs) the table was made. */
  private madeAt = 0
  private readonly days: number
  private readonly sim: Sim
  private readonly tasks = new Map<number, Task>()
  private started = 0
  private readonly lived: Target
  private readonly delays: Readonly<
    Record<'delete' | 'create' | 'backup' | 'restore' | 'export' | 'exportPerGB', Sampler>
  >
  private readonly rng: Rng
  /** To the buckets that exports go to, by logical id. */
  private readonly buckets = new Map<string, number>()

  constructor(config: Config, sim: Sim, events: Pick<TableEvents, 'lived' | 'stored'>) {
    this.sim = sim
    const recovery = config['PointInTimeRecoverySpecification'] as Config | undefined
    this.past = recovery?.['PointInTimeRecoveryEnabled'] === true ? [] : null
    this.days = (recovery?.['RecoveryPeriodInDays'] as number | undefined) ?? 35
    this.lived = sim.target(events.lived)
    this.rng = sim.rng('lifecycle')
    this.delays = {
      delete: sim.sampler('DeleteTableDelay'),
      create: sim.sampler('CreateTableDelay'),
      backup: sim.sampler('BackupDelay'),
      restore: sim.sampler('RestoreDelay'),
      export: sim.sampler('ExportDelay'),
      exportPerGB: sim.sampler('ExportDelayPerGB'),
    }
    for (const id of Object.keys((config['Onto'] ?? {}) as Readonly<Record<string, readonly Action[]>>).sort())
      this.buckets.set(id, sim.edge(id, 's3:PutObject', events.stored))
  }

  /** Notes what a write replaces. */
  noteWrite(pk: KeyValue, sk: KeyValue | undefined, before: Item | null, bytes: number): void {
    const past = this.past!
    const now = this.sim.clock[0]
    past.push({ at: now, pk, sk, before, bytes })
    const horizon = now - this.days * 86_400 * SECOND
    while (past[this.forgotten]!.at < horizon) this.forgotten++
    if (this.forgotten > 4096 && 2 * this.forgotten > past.length) {
      past.splice(0, this.forgotten)
      this.forgotten = 0
    }
  }

  /** The earliest moment (µs) that one can go back to. */
  get earliest(): number {
    return Math.max(this.madeAt, this.sim.clock[0] - this.days * 86_400 * SECOND)
  }

  /** The table is gone with its past. */
  forget(): void {
    this.isThere = false
    if (this.past !== null) this.past.length = 0
    this.forgotten = 0
  }

  start(task: Task, delay: number): void {
    const number = this.started++
    this.tasks.set(number, task)
    this.sim.after(delay, this.lived, number)
  }

  delay(of: keyof Lifecycle['delays'], times = 1): number {
    return Math.round(times * this.delays[of].draw(this.rng))
  }

  finish(table: Table, number: number): void {
    const task = this.tasks.get(number)!
    this.tasks.delete(number)
    if (task.what === 'backed up') task.backup.status = 'AVAILABLE'
    else if (task.what === 'exported') this.exported(task.made)
    else if (task.what === 'deleted') table.status = 'DELETED'
    else {
      table.status = 'ACTIVE'
      this.isThere = true
      this.madeAt = this.sim.clock[0]
      table.open()
      if (task.contents !== null) fill(table, task.contents)
    }
  }

  /** An export is complete: its data lie in the bucket. */
  private exported(made: Export): void {
    made.status = 'COMPLETED'
    const edge = this.buckets.get(String(made.bucket))
    if (edge === undefined) return
    const call = this.sim.open(edge, 0, this.sim.calls.begin())
    const Key = `AWSDynamoDB/${made.arn.slice(made.arn.lastIndexOf('/') + 1)}/data.json.gz`
    this.sim.calls.body[call] = { Key, ContentLength: made.bytes }
    this.sim.send(call)
  }
}

function fill(table: Table, { items, initialItems, initialSize }: Contents): void {
  table.settle(initialItems, initialSize)
  for (const { item, bytes } of items) {
    table.readKey(item, true)
    table.throughput.partition = table.capacity.partitions.of(table.hash)
    table.indexes?.foresee(-1, table.pk, 0, item, bytes)
    table.write(-1, item, bytes)
  }
}
