// DescribeTable and UpdateTable, and what happens to a table by the minute: capacity on demand, splits for heat and size.
import type { Call } from '../../engine/calls.ts'
import type { Amend } from '../../model/contract.ts'
import type { BillingMode } from './capacity.ts'
import { maximum, mayDecrease, units } from './changes.ts'
import type { Index } from './index.ts'
import { indexDescriptions, indexesUpdated, readIndexUpdates, takeIndexUpdates } from './index-control.ts'
import { bodyOf, flag, recordOf } from './single.ts'
import { addPartitions, endHeatSplit, splitForSize, takeHot, type Space } from './splits.ts'
import { DESCRIBE_TABLE, UPDATE_TABLE, type Table } from './state.ts'
import { VIEW_TYPES, type ViewType } from './stream-records.ts'
import { Invalid, type Item } from './values.ts'

const MINUTE = 60_000_000
const DAY = 1440 * MINUTE
/** More than a table and its indexes: what a split is of stands in the lower part of its timer's number. */
const SPACES = 1024

export function describeTable(table: Table, call: Call): void {
  table.begin(call, DESCRIBE_TABLE)
  table.answer(call, DESCRIBE_TABLE, { Table: description(table) }, 0)
}

/** UpdateTable: checks and takes the new settings; they act when the table is ACTIVE again (DDB-R43). */
export function updateTable(table: Table, call: Call): void {
  table.begin(call, UPDATE_TABLE)
  try {
    runUpdateTable(table, call, bodyOf(table, call) as Item)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

function runUpdateTable(table: Table, call: Call, body: Item): void {
  const { capacity, settings, now } = table
  const { changes } = table.throughput
  if (table.status !== 'ACTIVE') return table.refuse(call, table.inUseStatus, { message: 'the table is being updated' })
  const mode = (body['BillingMode'] ?? capacity.mode) as BillingMode
  if (mode !== 'PROVISIONED' && mode !== 'PAY_PER_REQUEST')
    throw new Invalid('BillingMode is PROVISIONED or PAY_PER_REQUEST')
  const throughput = body['ProvisionedThroughput'] as Item | undefined
  const onDemand = body['OnDemandThroughput'] as Item | undefined
  if (mode === 'PAY_PER_REQUEST' && throughput !== undefined)
    throw new Invalid(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    )
  if (mode === 'PROVISIONED' && capacity.mode !== mode && throughput === undefined)
    throw new Invalid('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED')
  const read = mode === 'PROVISIONED' ? units(throughput, 'ReadCapacityUnits', capacity.readUnits) : 0
  const write = mode === 'PROVISIONED' ? units(throughput, 'WriteCapacityUnits', capacity.writeUnits) : 0
  const maxRead = maximum(onDemand, 'MaxReadRequestUnits', capacity.maxRead)
  const maxWrite = maximum(onDemand, 'MaxWriteRequestUnits', capacity.maxWrite)
  if (read > table.figures.tableRead || write > table.figures.tableWrite)
    return table.refuse(call, table.limitStatus, {
      message: `a table has at most ${table.figures.tableRead} read and ${table.figures.tableWrite} write capacity units`,
    })
  const stream = streamWanted(table, body['StreamSpecification'])
  if (stream === IN_USE)
    return table.refuse(call, table.inUseStatus, { message: 'Table already has an enabled stream' })
  if (body['LocalSecondaryIndexes'] !== undefined)
    throw new Invalid('Local secondary indexes can only be defined when the table is created')
  const indexUpdates = readIndexUpdates(table, body, mode)
  if (typeof indexUpdates !== 'object') return table.refuse(call, indexUpdates, { message: INDEX_LIMIT })
  if (
    stream === undefined &&
    indexUpdates.length === 0 &&
    mode === capacity.mode &&
    read === capacity.readUnits &&
    write === capacity.writeUnits &&
    maxRead === capacity.maxRead &&
    maxWrite === capacity.maxWrite
  )
    throw new Invalid('The provisioned throughput for the table will not change')
  if (mode === capacity.mode && (read < capacity.readUnits || write < capacity.writeUnits)) {
    if (!mayDecrease(changes.decreases, now, settings))
      return table.refuse(call, table.limitStatus, { message: 'no decrease of capacity is left for now' })
    changes.decreases.push(now)
  }
  if (mode === 'PAY_PER_REQUEST' && capacity.mode !== mode) {
    if (changes.switches.filter((at) => at > now - DAY).length >= settings.switchesToOnDemand)
      return table.refuse(call, table.limitStatus, { message: 'no switch to on-demand capacity is left for now' })
    changes.switches.push(now)
  }
  if (stream !== undefined) switchStream(table, stream)
  takeIndexUpdates(table, indexUpdates, mode)
  changes.mode = mode
  changes.maxRead = maxRead
  changes.maxWrite = maxWrite
  begin(table, read, write)
  table.answer(call, UPDATE_TABLE, { TableDescription: description(table) }, 0)
}

const INDEX_LIMIT =
  'Subscriber limit exceeded: only one index can be created or deleted at a time, and capacity lowered as often as it may be'

/** The stream is there already. */
const IN_USE = Symbol('in use')

/** What a StreamSpecification asks for: a view to switch on, null to switch off, undefined = nothing (DDS-R2). Throws `Invalid`. */
function streamWanted(table: Table, specification: unknown): ViewType | null | undefined | typeof IN_USE {
  if (specification === undefined) return undefined
  const { StreamEnabled: on, StreamViewType: view } = recordOf(specification, 'StreamSpecification')
  const { current } = table.streams
  if (flag(on)) {
    if (!VIEW_TYPES.includes(view as ViewType))
      throw new Invalid(`StreamViewType is ${String(view)}; possible are ${VIEW_TYPES.join(', ')}`)
    return current === null ? (view as ViewType) : IN_USE
  }
  if (view !== undefined) throw new Invalid('StreamViewType cannot be given when the stream is switched off')
  if (current === null) throw new Invalid('Table has no stream to switch off')
  return null
}

function switchStream(table: Table, view: ViewType | null): void {
  if (view === null) table.streams.disable()
  else table.streams.enable(view, table.capacity.partitions.count)
}

/** The table gets so many units, once it has been updated. */
function begin(table: Table, read: number, write: number): void {
  const { capacity, settings } = table
  const { changes } = table.throughput
  changes.isDue = true
  changes.read = read
  changes.write = write
  // What is asked for while it is updated comes with that.
  if (table.status !== 'ACTIVE') return
  table.status = 'UPDATING'
  const { mode } = changes
  const splits =
    mode !== capacity.mode || capacity.wantedFor(mode, read, write, table.bytes) > capacity.partitions.count
  table.sim.after((splits ? settings.delayWithSplit : settings.delay).draw(settings.rng), table.updated, 0)
}

/** Other provisioned units, as UpdateTable gives them; how often a day they fall is not asked. */
export const amend: Amend<Table> = {
  members: (before, after) =>
    before['ProvisionedThroughput'] !== undefined && after['ProvisionedThroughput'] !== undefined
      ? ['ProvisionedThroughput']
      : [],
  run: (table, { ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write } }) =>
    begin(table, read, write),
}

/** The settings act: the table is ACTIVE again. */
export function updated(table: Table): void {
  table.status = 'ACTIVE'
  for (const space of spacesOf(table)) {
    const { changes, capacity } = space.throughput
    if (!changes.isDue) continue
    changes.isDue = false
    capacity.set(table.now, changes.mode, changes.read, changes.write, changes.maxRead, changes.maxWrite)
    addPartitions(space, table.now)
    if (space !== table) (space as Index).tellProvisioned()
  }
  indexesUpdated(table)
}

/** The table and its global indexes: what has capacity of its own. */
export function spacesOf(table: Table): Space[] {
  return [table, ...(table.indexes?.all.filter(({ isGlobal }) => isGlobal) ?? [])]
}

/** The end of a minute: what is served on demand rises, hot partitions and those that are too large are split. */
export function minuteEnded(table: Table, time: number): boolean {
  const gap = Math.max(1, Math.round((time - table.lastMinute) / MINUTE))
  table.lastMinute = time
  let mayRise = ageMinute(table, table, 0, time, gap)
  if (table.indexes !== null)
    for (const index of table.indexes.all)
      if (index.isGlobal) mayRise = ageMinute(table, index, index.number + 1, time, gap) || mayRise
  return mayRise
}

/** The same for the table (number 0) or an index; answers whether its capacity may rise although nothing comes. */
function ageMinute(table: Table, space: Space, number: number, time: number, gap: number): boolean {
  const { settings, sim } = table
  const { capacity } = space.throughput
  if (capacity.minuteEnded(time, gap)) addPartitions(space, time)
  splitForSize(space, table.figures.partitionSize, time)
  if (settings.splitForHeat)
    for (const id of takeHot(space, settings.splitMinutes))
      sim.after(settings.splitDelay.draw(settings.rng), table.splitDone, id * SPACES + number)
  return capacity.mayRise
}

/** A split for heat is done: of the partition with a number, of the table or of an index. */
export function splitDone(table: Table, what: number): void {
  const number = what % SPACES
  const space = number === 0 ? table : table.indexes?.numbered(number - 1)
  if (space !== undefined) endHeatSplit(space, Math.floor(what / SPACES), table.now)
}

/** What DescribeTable says of a table; 0 units on demand (DDB-R59). */
function description(table: Table): Item {
  const { capacity, streams } = table
  const stream = streams.all[streams.all.length - 1]
  return {
    TableName: table.sim.name,
    TableStatus: table.status,
    ItemCount: table.items.live + table.initialItems,
    TableSizeBytes: table.bytes,
    BillingModeSummary: { BillingMode: capacity.mode },
    ProvisionedThroughput: { ReadCapacityUnits: capacity.readUnits, WriteCapacityUnits: capacity.writeUnits },
    ...indexDescriptions(table),
    ...(streams.current === null
      ? undefined
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: streams.current.view } }),
    ...(stream === undefined ? undefined : { LatestStreamArn: streams.arnOf(stream), LatestStreamLabel: stream.label }),
  }
}
