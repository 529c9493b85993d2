// BatchGetItem and BatchWriteItem: independent parts, each admitted and paid on its own (DDB-R14, DDB-R90).
//
// One table answers one batch: `TableName` says which, and `RequestItems` is the API's map with this table's entry, or
// the entry alone. Parts that are throttled come back as unprocessed; only when all are does the call fail.
import type { Call } from '../../engine/calls.ts'
import { checkPlaceholders, project } from './conditions.ts'
import { parseProjection } from './expressions.ts'
import { readUnits, writeUnits } from './capacity.ts'
import { Consumed, wantsCapacity } from './consumed.ts'
import { COLLECTION_FULL, THROTTLED } from './indexes.ts'
import { bodyOf, checkedSize, flag, placeholdersOf, recordOf, withCapacity, type SingleBody } from './single.ts'
import { BATCH_GET, BATCH_WRITE, type Table } from './state.ts'
import type { Throughput } from './throughput.ts'
import { Invalid, type Item } from './values.ts'

interface BatchBody extends SingleBody {
  readonly RequestItems?: unknown
}

const NOTHING: Item = Object.freeze({})

export function batchGetItem(table: Table, call: Call): void {
  table.begin(call, BATCH_GET)
  try {
    runGets(table, call, bodyOf(table, call) as BatchBody)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

export function batchWriteItem(table: Table, call: Call): void {
  table.begin(call, BATCH_WRITE)
  try {
    runWrites(table, call, bodyOf(table, call) as BatchBody)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

function runGets(table: Table, call: Call, body: BatchBody): void {
  const items = recordOf(body.RequestItems, 'RequestItems')
  const entry = (Array.isArray(items['Keys']) ? items : onlyEntry(items)) as SingleBody & { readonly Keys?: unknown }
  const keys = listOf(entry.Keys, 'Keys', table.figures.batchGet)
  const consistent = flag(entry.ConsistentRead)
  const projection = entry.ProjectionExpression === undefined ? null : parseProjection(entry.ProjectionExpression)
  const given = placeholdersOf(entry)
  if (projection !== null) checkPlaceholders(given, [projection])
  checkKeys(table, keys, false)
  const found: Item[] = []
  const unprocessed: unknown[] = []
  let bytes = 0
  let units = 0
  for (const key of keys) {
    table.readKey(key, false)
    const row = table.items.find(table.hash, table.pk, table.sk)
    const behind = !consistent && row >= 0 && table.drawReplica()
    const size = row >= 0 ? table.sizeSeen(row, behind) : table.isInitial(row) ? table.initialSize : 0
    if (bytes + size > table.figures.batchSize || !table.admit(table.hash, false)) {
      unprocessed.push(key)
      continue
    }
    const item = row >= 0 ? table.itemSeen(row, behind) : table.isInitial(row) ? table.initialItem() : null
    const cost = readUnits(size, consistent)
    table.charge(table.hash, table.pk, cost, false)
    units += cost
    bytes += size
    if (item !== null) found.push(projection === null ? item : project(item, projection.tree, given))
  }
  if (unprocessed.length === keys.length) return table.throttle(call, BATCH_GET)
  const left = unprocessed.length === 0 ? NOTHING : { [table.sim.name]: { ...entry, Keys: unprocessed } }
  table.answer(
    call,
    BATCH_GET,
    withCapacity(table, body, { Responses: { [table.sim.name]: found }, UnprocessedKeys: left }, units),
    bytes,
  )
}

function runWrites(table: Table, call: Call, body: BatchBody): void {
  const given = body.RequestItems
  const requests = listOf(
    Array.isArray(given) ? given : onlyEntry(recordOf(given, 'RequestItems')),
    'RequestItems',
    table.figures.batchWrite,
  )
  const keys: Item[] = []
  let bytes = 0
  for (const request of requests) {
    const { put, key } = partOf(request)
    if (put !== null) bytes += checkedSize(table, put, request['PutRequest'] as { ItemSize?: unknown })
    if (put !== null && !table.keyNames.every((name) => Object.hasOwn(put, name)))
      throw new Invalid('The provided key element does not match the schema')
    table.readKey(put ?? key!, put !== null)
    keys.push(put === null ? key! : table.keyOf(put))
  }
  if (bytes > table.figures.batchSize)
    throw new Invalid(`The request has ${bytes} bytes; at most ${table.figures.batchSize} are possible`)
  checkKeys(table, keys, true)
  const unprocessed: unknown[] = []
  const consumed = new Consumed()
  let by: Throughput | null = null
  for (const request of requests) {
    const { put, key } = partOf(request)
    table.readKey(put ?? key!, put !== null)
    if (table.transactions.held.size > 0 && table.transactions.holds(table.pk, table.sk)) {
      unprocessed.push(request)
      table.transactions.noteConflict()
      continue
    }
    if (!table.admit(table.hash, true)) {
      unprocessed.push(request)
      by = table.throughput
      continue
    }
    let row = table.items.find(table.hash, table.pk, table.sk)
    if (put === null && table.isInitial(row)) row = table.materialise()
    const sizeBefore = row < 0 ? 0 : table.items.size[row]
    const size = put === null ? 0 : checkedSize(table, put, request['PutRequest'] as { ItemSize?: unknown })
    const { indexes } = table
    if (indexes !== null) {
      const verdict = indexes.plan(row, table.pk, sizeBefore, put, size)
      if (verdict === COLLECTION_FULL) return table.refuseGrowth(call)
      if (verdict === THROTTLED) {
        unprocessed.push(request)
        by = indexes.refusedBy!.throughput
        continue
      }
    }
    const cost = writeUnits(Math.max(size, sizeBefore))
    if (put !== null || (row >= 0 && table.items.items[row] !== null)) table.write(row, put, size)
    table.chargeWrite(cost)
    consumed.add(table, cost)
  }
  if (unprocessed.length === requests.length && by !== null) return table.throttle(call, BATCH_WRITE, by)
  const left = unprocessed.length === 0 ? NOTHING : { [table.sim.name]: unprocessed }
  const answer = { UnprocessedItems: left }
  table.answer(
    call,
    BATCH_WRITE,
    wantsCapacity(body) ? { ...answer, ConsumedCapacity: consumed.told(table, body) } : answer,
    bytes,
  )
}

/** A part of a write batch: the item of a put, or the key of a delete. */
function partOf(request: Item): { put: Item | null; key: Item | null } {
  const put = request['PutRequest'] as Item | undefined
  const del = request['DeleteRequest'] as Item | undefined
  if ((put === undefined) === (del === undefined))
    throw new Invalid('a request of BatchWriteItem is either a `PutRequest` or a `DeleteRequest`')
  return put === undefined
    ? { put: null, key: recordOf(del!['Key'], 'Key') }
    : { put: recordOf(put['Item'], 'Item'), key: null }
}

function onlyEntry(map: Item): unknown {
  const names = Object.keys(map)
  if (names.length !== 1)
    throw new Invalid(`RequestItems names ${names.length} tables; one table answers one batch here`)
  return map[names[0]]
}

function listOf(value: unknown, name: string, most: number): readonly Item[] {
  if (!Array.isArray(value) || value.length === 0) throw new Invalid(`${name} is not a list with members`)
  if (value.length > most)
    throw new Invalid(`Too many items requested for the call: ${value.length}; at most ${most} are possible`)
  return value.map((one) => recordOf(one, name))
}

/** Keys of a batch must differ. */
function checkKeys(table: Table, keys: readonly Item[], isWrite: boolean): void {
  const seen = new Set<string>()
  for (const key of keys) {
    table.readKey(key, false)
    const text = JSON.stringify([table.pk, table.sk])
    if (seen.has(text))
      throw new Invalid(
        `Provided list of item keys contains duplicates${isWrite ? ' (a put or delete may stand for a key once)' : ''}`,
      )
    seen.add(text)
  }
}
