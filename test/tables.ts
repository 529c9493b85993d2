// DynamoDB tables for tests: a table with given keys and capacity, and a steady load on it.
import { table } from '../sim/services/dynamodb/table.ts'
import { hashKey } from '../sim/services/dynamodb/items.ts'
import type { Table } from '../sim/services/dynamodb/state.ts'
import { lab, MS, SECOND, type Lab, type LabOptions, type Part } from './kit.ts'

export const GB = 1024 * 1024 * 1024

const ACTIONS = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'TransactGetItems',
  'TransactWriteItems',
  'DescribeTable',
  'UpdateTable',
  'UpdateTimeToLive',
  'ListStreams',
  'DescribeStream',
  'GetShardIterator',
  'GetRecords',
  'AwaitRecords',
] as const
export type Operation = (typeof ACTIONS)[number]

export interface TableOptions {
  /** Provisioned units; on demand when absent. */
  readonly read?: number
  readonly write?: number
  /** Adds the sort key `sk` of this type. */
  readonly range?: 'S' | 'N' | 'B'
  readonly hash?: 'S' | 'N' | 'B'
  /** Data from the start, in items of 1 KB. */
  readonly bytes?: number
  readonly global?: readonly IndexOptions[]
  readonly local?: readonly IndexOptions[]
  readonly properties?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
}

export interface IndexOptions {
  readonly name: string
  /** Key attributes as `name` or `name:TYPE`, texts when no type is given; of a local index only the sort key. */
  readonly keys: readonly string[]
  /** `ALL`, `KEYS_ONLY`, or the names that are included. */
  readonly projection?: 'ALL' | 'KEYS_ONLY' | readonly string[]
  /** Provisioned units of a global index. */
  readonly read?: number
  readonly write?: number
}

/** An index as a template has it. */
export function indexProperty(index: IndexOptions, isLocal = false): Record<string, unknown> {
  const names = [...(isLocal ? ['pk'] : []), ...index.keys.map((key) => key.split(':')[0]!)]
  const projection = index.projection ?? 'ALL'
  return {
    IndexName: index.name,
    KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    Projection:
      typeof projection === 'string'
        ? { ProjectionType: projection }
        : { ProjectionType: 'INCLUDE', NonKeyAttributes: projection },
    ...(index.read === undefined && index.write === undefined
      ? {}
      : { ProvisionedThroughput: { ReadCapacityUnits: index.read ?? 1, WriteCapacityUnits: index.write ?? 1 } }),
  }
}

/** The key attributes of indexes, which no other key names. */
export function indexAttributes(indexes: readonly IndexOptions[], but: readonly string[] = []): object[] {
  const types = new Map<string, string>()
  for (const { keys } of indexes)
    for (const key of keys) {
      const [name, type] = key.split(':')
      types.set(name!, type ?? 'S')
    }
  return [...types]
    .filter(([name]) => !but.includes(name))
    .map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
}

/** A table with the partition key `pk`; answers take no time unless `assumptions` say so. */
export function tablePart(options: TableOptions = {}): Part {
  const range = options.range === undefined ? [] : [{ AttributeName: 'sk', AttributeType: options.range }]
  const provisioned = options.read !== undefined || options.write !== undefined
  const { global = [], local = [] } = options
  return {
    def: table,
    properties: {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: options.hash ?? 'S' },
        ...range,
        ...indexAttributes([...global, ...local], ['pk', ...range.map(({ AttributeName }) => AttributeName)]),
      ],
      ...(global.length === 0 ? {} : { GlobalSecondaryIndexes: global.map((index) => indexProperty(index)) }),
      ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local.map((index) => indexProperty(index, true)) }),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        ...range.map(({ AttributeName }) => ({ AttributeName, KeyType: 'RANGE' })),
      ],
      ...(provisioned
        ? { ProvisionedThroughput: { ReadCapacityUnits: options.read ?? 1, WriteCapacityUnits: options.write ?? 1 } }
        : { BillingMode: 'PAY_PER_REQUEST' }),
      ...options.properties,
    },
    assumptions: {
      GetItemLatency: '1ms',
      PutItemLatency: '1ms',
      QueryLatency: '1ms',
      TransactionLatency: '1ms',
      LatencyPer64KB: '0ms',
      RejectionLatency: '1ms',
      StreamDelay: '0ms',
      IndexLag: '0ms',
      GetRecordsLatency: '1ms',
      SplitForHeat: 'off',
      InitialItems: String(Math.round((options.bytes ?? 0) / 1024)),
      ...options.assumptions,
    },
  }
}

/** A world with one table `T`, called by hand. */
export function tableLab(options: TableOptions = {}, world: LabOptions = {}): Lab {
  return lab({ T: tablePart(options) }, { probe: ACTIONS.map((name) => ['T', `dynamodb:${name}`] as const), ...world })
}

/** Asks the table and returns status and answer. */
export function ask(world: Lab, operation: Operation, body: unknown): { status: string; answer: any } {
  return world.ask('T', `dynamodb:${operation}`, body)
}

/** Asks the table with `ReturnConsumedCapacity` and returns the units. */
export function unitsOf(world: Lab, operation: Operation, body: Record<string, unknown>): number {
  const { status, answer } = ask(world, operation, { ...body, ReturnConsumedCapacity: 'TOTAL' })
  if (status !== 'OK') throw new Error(`${operation}: ${status}: ${answer?.message}`)
  return answer.ConsumedCapacity.CapacityUnits
}

/** What became of a steady load: one entry a request, in order of sending. */
export interface Outcome {
  readonly statuses: string[]
  /** Times of sending, in µs from the beginning of the load. */
  readonly sent: number[]
}

/** Sends `rate` requests a second for `seconds`, evenly, and waits for the answers. */
export function load(
  world: Lab,
  rate: number,
  seconds: number,
  operation: Operation,
  body: (i: number) => unknown,
): Outcome {
  const start = world.now
  const statuses: string[] = []
  const sent: number[] = []
  for (let i = 0; i < rate * seconds; i++) {
    world.run(start + Math.round((i * SECOND) / rate))
    sent.push(world.now - start)
    world.call('T', `dynamodb:${operation}`, body(i), 0, ({ status }) => (statuses[i] = status))
  }
  world.run(start + seconds * SECOND + 100 * MS)
  return { statuses, sent }
}

/** How many requests sent in [from, to) seconds of a load succeeded. */
export function succeeded(outcome: Outcome, from: number, to: number): number {
  let n = 0
  outcome.statuses.forEach((status, i) => {
    if (status === 'OK' && outcome.sent[i]! >= from * SECOND && outcome.sent[i]! < to * SECOND) n++
  })
  return n
}

/** The first second of a load at which a request was throttled; −1 = never. */
export function firstThrottle(outcome: Outcome): number {
  const i = outcome.statuses.findIndex((status) => status !== 'OK')
  return i < 0 ? -1 : outcome.sent[i]! / SECOND
}

/** The first of `prefix0`, `prefix1`, … that lies on a partition of table `T`. */
export function keyOn(world: Lab, partition: number, prefix = 'k'): string {
  const { partitions } = world.state<Table>('T').capacity
  for (let i = 0; ; i++) if (partitions.of(hashKey(`${prefix}${i}`)) === partition) return `${prefix}${i}`
}
