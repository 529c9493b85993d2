// Global secondary indexes that come, change and go while the table is there (DDB-R70), by `UpdateTable`.
//
// A new index is first set up, while the table is UPDATING; then it is filled with the items of the table as fast as its own
// write capacity allows, and can be queried when it is ACTIVE. Writes reach it from the beginning.
import type { Config } from '../../model/contract.ts'
import { ADMITTED, type BillingMode } from './capacity.ts'
import { maximum, mayDecrease, units } from './changes.ts'
import type { Index } from './index.ts'
import { readIndex, typesOf, type IndexDef } from './index-defs.ts'
import { recordOf } from './single.ts'
import type { Table } from './state.ts'
import { Invalid, type Item } from './values.ts'

const SECOND = 1_000_000

/** What is asked of one index. */
type IndexUpdate =
  | { readonly what: 'create'; readonly def: IndexDef }
  | { readonly what: 'delete'; readonly index: Index }
  | { readonly what: 'update'; readonly index: Index; readonly settings: Item }

/** Reads `GlobalSecondaryIndexUpdates`; a status where a limit is reached. Throws `Invalid`. */
export function readIndexUpdates(table: Table, body: Item, mode: BillingMode): IndexUpdate[] | number {
  const given = body['GlobalSecondaryIndexUpdates']
  if (given !== undefined && !Array.isArray(given)) throw new Invalid('GlobalSecondaryIndexUpdates is not a list')
  const updates = ((given ?? []) as readonly unknown[]).map((one) =>
    readUpdate(table, body, recordOf(one, 'update'), mode),
  )
  const online = updates.filter(({ what }) => what !== 'update').length
  const underWay = table.indexes?.all.some(({ status }) => status === 'CREATING') ?? false
  if (online > 1 || (online === 1 && underWay)) return table.limitStatus
  const global = table.indexes?.all.filter(({ isGlobal }) => isGlobal) ?? []
  if (updates.some(({ what }) => what === 'create') && global.length >= table.figures.globalIndexes)
    return table.limitStatus
  if (mode === 'PROVISIONED' && table.capacity.mode !== mode)
    for (const index of global)
      if (!updates.some((update) => update.what !== 'create' && update.index === index))
        throw new Invalid(
          `One or more parameter values were invalid: ProvisionedThroughput must be specified for index: ${index.def.name}`,
        )
  for (const update of updates)
    if (update.what === 'update' && lowers(update.index, update.settings) && !mayLower(table, update.index))
      return table.limitStatus
  return updates
}

function readUpdate(table: Table, body: Item, update: Item, mode: BillingMode): IndexUpdate {
  const [kind, ...more] = Object.keys(update)
  const settings = recordOf(kind === undefined ? undefined : update[kind], kind ?? 'an update of an index')
  if (more.length > 0) throw new Invalid('One of Create, Update and Delete stands in an update of an index')
  const name = settings['IndexName']
  const index = table.indexes?.named(name)
  if (kind === 'Create') {
    if (index !== undefined) throw new Invalid(`Attempting to create an index which already exists: ${String(name)}`)
    return { what: 'create', def: newIndex(table, body, settings, mode) }
  }
  if (index === undefined || !index.isGlobal)
    throw new Invalid(`The table has no global secondary index: ${String(name)}`)
  if (kind === 'Delete') return { what: 'delete', index }
  if (kind !== 'Update') throw new Invalid('One of Create, Update and Delete stands in an update of an index')
  return { what: 'update', index, settings }
}

function newIndex(table: Table, body: Item, settings: Item, mode: BillingMode): IndexDef {
  if (typeof settings['IndexName'] !== 'string') throw new Invalid('IndexName is not a text')
  if (mode === 'PROVISIONED') {
    const throughput = settings['ProvisionedThroughput'] as Item | undefined
    units(throughput, 'ReadCapacityUnits', Number.NaN)
    units(throughput, 'WriteCapacityUnits', Number.NaN)
  }
  for (const [attribute, type] of typesOf(body['AttributeDefinitions'])) table.types.set(attribute, type)
  return readIndex(settings as Config, 'global', table.keys, table.types, (_, __, message) => {
    throw new Invalid(`One or more parameter values were invalid: ${message}`)
  })
}

function lowers({ throughput: { capacity } }: Index, settings: Item): boolean {
  const throughput = settings['ProvisionedThroughput'] as Item | undefined
  return (
    units(throughput, 'ReadCapacityUnits', capacity.readUnits) < capacity.readUnits ||
    units(throughput, 'WriteCapacityUnits', capacity.writeUnits) < capacity.writeUnits
  )
}

/** Whether the capacity of an index may be lowered now: each has rations of its own (DDB-R42). */
function mayLower(table: Table, index: Index): boolean {
  return mayDecrease(index.throughput.changes.decreases, table.now, table.settings)
}

/** Takes over what is asked of the indexes, and the table's mode; it acts when the table is ACTIVE again. */
export function takeIndexUpdates(table: Table, updates: readonly IndexUpdate[], mode: BillingMode): void {
  for (const update of updates) {
    if (update.what === 'create') {
      table.indexes ??= table.indexesOf([])
      const index = table.indexes.add(update.def, mode)
      index.status = 'CREATING'
    } else if (update.what === 'delete') {
      const { all, leaving } = table.indexes!
      all.splice(all.indexOf(update.index), 1)
      leaving.push(update.index)
    } else change(table, update.index, update.settings, mode)
  }
  for (const index of table.indexes?.all ?? []) {
    const { capacity, changes } = index.throughput
    if (index.isGlobal && capacity.mode !== mode && !changes.isDue) change(table, index, {}, mode)
  }
}

function change(table: Table, { throughput }: Index, settings: Item, mode: BillingMode): void {
  const { capacity, changes } = throughput
  const given = settings['ProvisionedThroughput'] as Item | undefined
  const onDemand = settings['OnDemandThroughput'] as Item | undefined
  const provisioned = mode === 'PROVISIONED'
  changes.isDue = true
  changes.mode = mode
  changes.read = provisioned ? units(given, 'ReadCapacityUnits', capacity.readUnits) : 0
  changes.write = provisioned ? units(given, 'WriteCapacityUnits', capacity.writeUnits) : 0
  changes.maxRead = maximum(onDemand, 'MaxReadRequestUnits', capacity.maxRead)
  changes.maxWrite = maximum(onDemand, 'MaxWriteRequestUnits', capacity.maxWrite)
  if (mode === capacity.mode && (changes.read < capacity.readUnits || changes.write < capacity.writeUnits))
    changes.decreases.push(table.now)
}

/** The table is ACTIVE again: new indexes are filled from now on, old ones are gone. */
export function indexesUpdated(table: Table): void {
  const { indexes } = table
  if (indexes === null) return
  for (const index of indexes.leaving) table.retire(index)
  indexes.leaving.length = 0
  for (const index of indexes.all)
    if (index.status === 'CREATING' && index.filling < 0) {
      index.filling = 0
      index.throughput.capacity.restart(table.now)
      fill(table, index.number)
    }
  if (indexes.all.length === 0) table.indexes = null
}

/** Fills a new index for as long as its write capacity lasts; what is left comes a second later. */
export function fill(table: Table, number: number): void {
  const { items, sim, now } = table
  const index = table.indexes?.numbered(number)
  if (index === undefined || index.filling < 0) return
  const { capacity } = index.throughput
  const metrics = table.fillMetrics(index.def.name)
  let spent = 0
  for (; index.filling < items.rowCount; index.filling++) {
    const row = index.filling
    const item = items.items[row]
    if (item === null || index.entries.entryOf(row) >= 0 || !index.plansToFill(row, item, items.size[row])) continue
    const partition = index.partitionOfPlan
    if (capacity.admits(partition, now, true) !== ADMITTED) {
      sim.count(metrics.throttles, 1)
      break
    }
    capacity.spend(partition, now, index.units, true)
    spent += index.units
    index.apply(row, items.partitionKeys[row], items.sortKeys[row], now)
  }
  table.noteStored()
  if (spent > 0) sim.count(metrics.consumed, spent)
  sim.count(metrics.progress, items.rowCount === 0 ? 100 : (100 * index.filling) / items.rowCount)
  if (index.filling < items.rowCount) sim.after(SECOND, table.filled, number)
  else {
    index.filling = -1
    index.status = 'ACTIVE'
  }
}

/** What DescribeTable says of the indexes. */
export function indexDescriptions(table: Table): Item {
  const { indexes } = table
  if (indexes === null) return {}
  const local = indexes.all.filter(({ isGlobal }) => !isGlobal).map(descriptionOf)
  const global = [
    ...indexes.all.filter(({ isGlobal }) => isGlobal).map(globalDescription),
    ...indexes.leaving.map((index) => ({ ...globalDescription(index), IndexStatus: 'DELETING' })),
  ]
  return {
    ...(local.length === 0 ? undefined : { LocalSecondaryIndexes: local }),
    ...(global.length === 0 ? undefined : { GlobalSecondaryIndexes: global }),
  }
}

function descriptionOf({ def, entries }: Index): Item {
  const { hash, range } = def.keys
  return {
    IndexName: def.name,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
    ],
    Projection: def.settings['Projection'],
    IndexSizeBytes: entries.bytes,
    ItemCount: entries.live,
  }
}

function globalDescription(index: Index): Item {
  const { capacity, changes } = index.throughput
  return {
    ...descriptionOf(index),
    IndexStatus: index.status === 'ACTIVE' && changes.isDue ? 'UPDATING' : index.status,
    ...(index.status === 'CREATING' ? { Backfilling: index.filling >= 0 } : undefined),
    ProvisionedThroughput: { ReadCapacityUnits: capacity.readUnits, WriteCapacityUnits: capacity.writeUnits },
  }
}
