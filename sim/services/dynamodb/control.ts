// DescribeTable and UpdateTable, and what happens to a table by the minute: capacity on demand, splits for heat and size.
import type { Call } from '../../engine/calls.ts'
import type { Amend } from '../../model/contract.ts'
import type { BillingMode } from './capacity.ts'
import { mayDecrease } from './changes.ts'
import { bodyOf, flag, recordOf } from './single.ts'
import { DESCRIBE_TABLE, UPDATE_TABLE, type Table } from './state.ts'
import { VIEW_TYPES, type ViewType } from './stream-records.ts'
import { Invalid, type Item } from './values.ts'

const MINUTE = 60_000_000
const DAY = 1440 * MINUTE

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
  const { capacity, changes, settings, now } = table
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
  if (
    stream === undefined &&
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
  changes.mode = mode
  changes.maxRead = maxRead
  changes.maxWrite = maxWrite
  begin(table, read, write)
  table.answer(call, UPDATE_TABLE, { TableDescription: description(table) }, 0)
}

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
  const { capacity, changes, settings } = table
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
  const { changes, capacity } = table
  capacity.set(table.now, changes.mode, changes.read, changes.write, changes.maxRead, changes.maxWrite)
  addPartitions(table)
  table.status = 'ACTIVE'
}

/** Splits until there are as many partitions as capacity and size ask for; they never become fewer (DDB-R37). */
export function addPartitions(table: Table): void {
  const { partitions } = table.capacity
  const wanted = table.capacity.wantedPartitions(table.bytes)
  while (partitions.count < wanted) {
    let widest = 0
    for (let i = 1; i < partitions.count; i++)
      if (partitions.endOf(i) - partitions.start[i] > partitions.endOf(widest) - partitions.start[widest]) widest = i
    splitInMiddle(table, widest)
  }
  table.capacity.applyRates(table.now, 0)
}

function splitInMiddle(table: Table, i: number): void {
  const { partitions } = table.capacity
  splitAt(table, i, Math.floor((partitions.start[i] + partitions.endOf(i)) / 2))
}

/** Cuts a partition at a hash: items lie where their hash says, those from the start evenly. */
function splitAt(table: Table, i: number, hash: number): void {
  const { partitions } = table.capacity
  const { items } = table
  const from = partitions.start[i]
  const to = partitions.endOf(i)
  let lower = 0
  let upper = 0
  for (let row = 0; row < items.rowCount; row++) {
    const h = items.hash[row] >>> 0
    if (items.items[row] === null || h < from || h >= to) continue
    if (h < hash) lower += items.size[row]
    else upper += items.size[row]
  }
  const initial = partitions.bytes[i] - lower - upper
  partitions.split(i, hash, upper + Math.round((initial * (to - hash)) / (to - from)), table.now)
  table.streams.split(i)
}

/** The end of a minute: what is served on demand rises, hot partitions and those that are too large are split. */
export function minuteEnded(table: Table, time: number): boolean {
  const gap = Math.max(1, Math.round((time - table.lastMinute) / MINUTE))
  table.lastMinute = time
  const { capacity, settings } = table
  const { partitions } = capacity
  if (capacity.minuteEnded(time, gap)) addPartitions(table)
  for (let i = 0; i < partitions.count; i++) {
    while (partitions.bytes[i] > table.figures.partitionSize && partitions.endOf(i) - partitions.start[i] > 1) {
      splitInMiddle(table, i)
      capacity.applyRates(time, 0)
    }
  }
  if (settings.splitForHeat) {
    for (let i = 0; i < partitions.count; i++) {
      if (
        partitions.splitting[i] === 1 ||
        partitions.hotMinutesOf(i, 10) < settings.splitMinutes ||
        heatMedian(table, i) < 0
      )
        continue
      partitions.splitting[i] = 1
      table.sim.after(settings.splitDelay.draw(settings.rng), table.splitDone, partitions.id[i])
    }
  }
  return capacity.mayRise
}

/** A split for heat is done. */
export function splitDone(table: Table, id: number): void {
  const { partitions } = table.capacity
  const i = partitions.indexOf(id)
  if (i < 0 || partitions.splitting[i] === 0) return
  const hash = heatMedian(table, i)
  if (hash < 0) partitions.splitting[i] = 0
  else splitAt(table, i, hash)
  table.capacity.applyRates(table.now, 0)
}

/**
 * The hash at which a partition's consumption falls into halves (DDB-R38): the hot keys stand at their hashes, the rest
 * lies evenly. −1 when one key alone is the heat and already has the partition for itself.
 */
export function heatMedian(table: Table, i: number): number {
  const { partitions } = table.capacity
  const from = partitions.start[i]
  const to = partitions.endOf(i)
  if (to - from < 2) return -1
  const hot = table.hotKeys
    .list()
    .map((key) => ({ at: key.hash >>> 0, units: key.units - key.error }))
    .filter((key) => key.at >= from && key.at < to)
  hot.sort((a, b) => a.at - b.at)
  const known = hot.reduce((sum, key) => sum + key.units, 0)
  const all = Math.max(known, partitions.readUnits[i] + partitions.writeUnits[i])
  const perHash = (all - known) / (to - from)
  let before = 0
  let at = from
  for (const key of hot) {
    const reached = before + (key.at - at) * perHash
    if (reached >= all / 2) break
    // The key that carries the sum over the half is cut off on the side on which less would stay with it.
    if (reached + key.units > all / 2) {
      const below = key.at > from
      const above = key.at + 1 < to
      if (!below && !above) return -1
      return below && (reached >= all - reached - key.units || !above) ? key.at : key.at + 1
    }
    before = reached + key.units
    at = key.at
  }
  if (perHash === 0) return -1
  return Math.min(to - 1, Math.max(from + 1, Math.floor(at + (all / 2 - before) / perHash)))
}

function units(throughput: Item | undefined, name: string, present: number): number {
  const value = throughput?.[name] ?? present
  if (typeof value !== 'number' || value < 1 || Math.floor(value) !== value)
    throw new Invalid(`${name} is ${String(value)}, not a whole number from 1`)
  return value
}

function maximum(onDemand: Item | undefined, name: string, present: number): number {
  const value = onDemand?.[name] ?? present
  if (typeof value !== 'number') throw new Invalid(`${name} is not a number`)
  return value < 0 ? Infinity : value
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
    ...(streams.current === null
      ? undefined
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: streams.current.view } }),
    ...(stream === undefined ? undefined : { LatestStreamArn: streams.arnOf(stream), LatestStreamLabel: stream.label }),
  }
}
