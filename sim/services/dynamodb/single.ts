// GetItem, PutItem, UpdateItem and DeleteItem.
//
// The order of AWS: the parameters are checked first and cost nothing when they are wrong; then capacity decides; only
// then the item and the condition are looked at, and the units paid, also when the condition fails (DDB-R13).
import type { Call } from '../../engine/calls.ts'
import { readUnits, writeUnits } from './capacity.ts'
import { checkCondition } from './condition-checks.ts'
import { checkPlaceholders, holds, project, type Placeholders } from './conditions.ts'
import { collectionMetrics, Consumed, wantsCapacity, type CapacityAsked } from './consumed.ts'
import { parseCondition, parseProjection, parseUpdate, type Condition, type Parsed, type Path } from './expressions.ts'
import { DELETE, GET, PUT, UPDATE, type Table } from './state.ts'
import { update } from './updates.ts'
import { Invalid, itemSize, type Item } from './values.ts'

/** The parameters of the four operations, by the API's names; `ItemSize` is our own: bytes instead of the item's own count. */
export interface SingleBody {
  readonly Key?: unknown
  readonly Item?: unknown
  readonly ItemSize?: unknown
  readonly ConsistentRead?: unknown
  readonly ProjectionExpression?: unknown
  readonly ConditionExpression?: unknown
  readonly UpdateExpression?: unknown
  readonly ExpressionAttributeNames?: unknown
  readonly ExpressionAttributeValues?: unknown
  readonly ReturnValues?: unknown
  readonly ReturnConsumedCapacity?: unknown
  readonly ReturnValuesOnConditionCheckFailure?: unknown
  readonly ReturnItemCollectionMetrics?: unknown
}

const NOTHING: Item = Object.freeze({})

export function getItem(table: Table, call: Call): void {
  table.begin(call, GET)
  try {
    runGet(table, call, bodyOf(table, call))
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

export function putItem(table: Table, call: Call): void {
  table.begin(call, PUT)
  try {
    runPut(table, call, bodyOf(table, call))
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

export function updateItem(table: Table, call: Call): void {
  table.begin(call, UPDATE)
  try {
    runUpdate(table, call, bodyOf(table, call))
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

export function deleteItem(table: Table, call: Call): void {
  table.begin(call, DELETE)
  try {
    runDelete(table, call, bodyOf(table, call))
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

/** The newest state of a key and its size; `item` null = there is none, undefined = one that was there from the start. Undefined for no key. */
export function newest(
  table: Table,
  body: SingleBody,
): { readonly item: Item | null | undefined; readonly bytes: number } | undefined {
  try {
    table.readKey(recordOf(body.Key, 'Key'), false)
  } catch {
    return undefined
  }
  const row = table.items.find(table.hash, table.pk, table.sk)
  if (row >= 0) return { item: table.items.items[row], bytes: table.items.size[row] }
  return table.isInitial(row) ? { item: undefined, bytes: table.initialSize } : { item: null, bytes: 0 }
}

function runGet(table: Table, call: Call, body: SingleBody): void {
  table.readKey(recordOf(body.Key, 'Key'), false)
  const consistent = flag(body.ConsistentRead)
  const projection = projectionOf(body)
  if (!table.admit(table.hash, false)) return table.throttle(call, GET)
  const behind = !consistent && table.drawReplica()
  const row = table.items.find(table.hash, table.pk, table.sk)
  const isInitial = table.isInitial(row)
  const item = row >= 0 ? table.itemSeen(row, behind) : isInitial ? table.initialItem() : null
  const units = readUnits(row >= 0 ? table.sizeSeen(row, behind) : isInitial ? table.initialSize : 0, consistent)
  table.charge(table.hash, table.pk, units, false)
  const seen = item !== null && projection !== null ? project(item, projection.tree, placeholdersOf(body)) : item
  table.answer(call, GET, withCapacity(table, body, seen === null ? NOTHING : { Item: seen }, units), 0)
}

function runPut(table: Table, call: Call, body: SingleBody): void {
  const item = recordOf(body.Item, 'Item')
  table.readKey(item, true)
  const size = checkedSize(table, item, body)
  const condition = conditionOf(body)
  const returns = returnValues(body, PUT_RETURNS)
  if (table.isHeld(call)) return
  if (!table.admit(table.hash, true)) return table.throttle(call, PUT)
  const row = table.items.find(table.hash, table.pk, table.sk)
  const before = row < 0 ? null : table.items.items[row]
  const sizeBefore = row < 0 ? 0 : table.items.size[row]
  if (condition !== null && !holds(condition.tree, before, placeholdersOf(body)))
    return failed(table, call, body, before, sizeBefore)
  if (table.indexes !== null && !table.plans(call, PUT, row, sizeBefore, item, size)) return
  const units = writeUnits(Math.max(size, sizeBefore))
  table.write(row, item, size)
  table.chargeWrite(units)
  const old = returns === 'ALL_OLD' && before !== null ? { Attributes: before } : NOTHING
  table.answer(call, PUT, written(table, body, old, units), 0)
}

function runUpdate(table: Table, call: Call, body: SingleBody): void {
  const key = recordOf(body.Key, 'Key')
  table.readKey(key, false)
  const clauses = body.UpdateExpression === undefined ? null : parseUpdate(body.UpdateExpression)
  const condition =
    body.ConditionExpression === undefined ? null : parseCondition(body.ConditionExpression, 'ConditionExpression')
  const given = placeholdersOf(body)
  const parsed: Parsed<unknown>[] = []
  if (clauses !== null) parsed.push(clauses)
  if (condition !== null) parsed.push(condition)
  checkPlaceholders(given, parsed)
  if (condition !== null) checkCondition(condition.tree, given, 'ConditionExpression')
  const returns = returnValues(body, UPDATE_RETURNS)
  if (table.isHeld(call)) return
  if (!table.admit(table.hash, true)) return table.throttle(call, UPDATE)
  let row = table.items.find(table.hash, table.pk, table.sk)
  if (table.isInitial(row)) row = table.materialise()
  const before = row < 0 ? null : table.items.items[row]
  const sizeBefore = row < 0 ? 0 : table.items.size[row]
  if (condition !== null && !holds(condition.tree, before, given)) return failed(table, call, body, before, sizeBefore)
  const base = before ?? key
  const after = clauses === null ? base : update(base, clauses.tree, given, table.keyNames)
  const size = sizeAfter(table, body, before, sizeBefore, after)
  if (table.indexes !== null && !table.plans(call, UPDATE, row, sizeBefore, after, size)) return
  const units = writeUnits(Math.max(sizeBefore, size))
  table.write(row, after, size)
  table.chargeWrite(units)
  const paths = clauses === null ? [] : clauses.tree.map((clause) => clause.path)
  table.answer(call, UPDATE, written(table, body, returned(returns, before, after, paths, given), units), 0)
}

function runDelete(table: Table, call: Call, body: SingleBody): void {
  table.readKey(recordOf(body.Key, 'Key'), false)
  const condition = conditionOf(body)
  const returns = returnValues(body, PUT_RETURNS)
  if (table.isHeld(call)) return
  if (!table.admit(table.hash, true)) return table.throttle(call, DELETE)
  let row = table.items.find(table.hash, table.pk, table.sk)
  if (table.isInitial(row)) row = table.materialise()
  const before = row < 0 ? null : table.items.items[row]
  const sizeBefore = row < 0 ? 0 : table.items.size[row]
  if (condition !== null && !holds(condition.tree, before, placeholdersOf(body)))
    return failed(table, call, body, before, sizeBefore)
  if (table.indexes !== null && !table.plans(call, DELETE, row, sizeBefore, null, 0)) return
  const units = writeUnits(sizeBefore)
  if (before !== null) table.write(row, null, 0)
  table.chargeWrite(units)
  const old = returns === 'ALL_OLD' && before !== null ? { Attributes: before } : NOTHING
  table.answer(call, DELETE, written(table, body, old, units), 0)
}

/** A condition has failed: the present item is paid for all the same (DDB-R13). */
function failed(table: Table, call: Call, body: SingleBody, before: Item | null, size: number): void {
  table.charge(table.hash, table.pk, writeUnits(size), true)
  table.conditionFailed(call, body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : null)
}

/** Size of an updated item; one that was given a size by hand keeps what that size had over its own count. */
export function sizeAfter(
  table: Table,
  body: SingleBody,
  before: Item | null,
  sizeBefore: number,
  after: Item,
): number {
  if (body.ItemSize !== undefined || before === null) return checkedSize(table, after, body)
  const size = sizeBefore + itemSize(after) - itemSize(before)
  if (size > table.figures.itemSize) throw new Invalid('Item size to update has exceeded the maximum allowed size')
  return size
}

const PUT_RETURNS: readonly string[] = ['NONE', 'ALL_OLD']
const UPDATE_RETURNS: readonly string[] = ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW']

function returnValues(body: SingleBody, possible: readonly string[]): string {
  const wanted = body.ReturnValues
  if (wanted === undefined) return 'NONE'
  if (typeof wanted !== 'string' || !possible.includes(wanted))
    throw new Invalid(`ReturnValues can only be ${possible.join(' or ')}`)
  return wanted
}

function returned(wanted: string, before: Item | null, after: Item, paths: readonly Path[], given: Placeholders): Item {
  if (wanted === 'NONE') return NOTHING
  const item = wanted.endsWith('OLD') ? before : after
  if (item === null) return NOTHING
  return { Attributes: wanted.startsWith('ALL') ? item : project(item, paths, given) }
}

// What the other operations share

export function bodyOf(table: Table, call: Call): SingleBody {
  return (table.sim.calls.body[call] ?? NOTHING) as SingleBody
}

/** A map of attributes. Throws `Invalid`. */
export function recordOf(value: unknown, what: string): Item {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Item
  throw new Invalid(`${what} is not a map of attributes`)
}

export function flag(value: unknown): boolean {
  return value === true || value === 'true'
}

/** Names and values of an expression's placeholders. */
export function placeholdersOf(body: SingleBody): Placeholders {
  return {
    names:
      body.ExpressionAttributeNames === undefined
        ? undefined
        : recordOf(body.ExpressionAttributeNames, 'ExpressionAttributeNames'),
    values:
      body.ExpressionAttributeValues === undefined
        ? undefined
        : recordOf(body.ExpressionAttributeValues, 'ExpressionAttributeValues'),
  }
}

/** The size of a new item: what `ItemSize` says, else its own count; at most 400 KB (DDB-R1). */
export function checkedSize(table: Table, item: Item, body: { readonly ItemSize?: unknown }): number {
  const own = itemSize(item)
  const size = body.ItemSize === undefined ? own : body.ItemSize
  if (typeof size !== 'number' || !(size >= 0)) throw new Invalid('ItemSize is not a number of bytes')
  if (size > table.figures.itemSize) throw new Invalid('Item size has exceeded the maximum allowed size')
  return Math.ceil(size)
}

function conditionOf(body: SingleBody): Parsed<Condition> | null {
  if (body.ConditionExpression === undefined) {
    if (body.ExpressionAttributeNames !== undefined || body.ExpressionAttributeValues !== undefined)
      throw new Invalid(
        'ExpressionAttributeNames and ExpressionAttributeValues can only be specified when using expressions',
      )
    return null
  }
  const condition = parseCondition(body.ConditionExpression, 'ConditionExpression')
  const given = placeholdersOf(body)
  checkPlaceholders(given, [condition])
  checkCondition(condition.tree, given, 'ConditionExpression')
  return condition
}

function projectionOf(body: SingleBody): Parsed<readonly Path[]> | null {
  if (body.ProjectionExpression === undefined) return null
  const projection = parseProjection(body.ProjectionExpression)
  checkPlaceholders(placeholdersOf(body), [projection])
  return projection
}

/** The answer of a read with `ConsumedCapacity` beside it, if that was asked for (DDB-R19). */
export function withCapacity(table: Table, body: CapacityAsked, answer: Item, units: number): Item {
  if (!wantsCapacity(body)) return answer
  const consumed = new Consumed()
  consumed.table = units
  return { ...answer, ConsumedCapacity: consumed.told(table, body) }
}

/** The answer of a write, with what it cost and how large its item collection is, if that was asked for. */
function written(table: Table, body: SingleBody, answer: Item, units: number): Item {
  if (wantsCapacity(body)) {
    const consumed = new Consumed()
    consumed.add(table, units)
    answer = { ...answer, ConsumedCapacity: consumed.told(table, body) }
  }
  if (body.ReturnItemCollectionMetrics !== 'SIZE') return answer
  const metrics = collectionMetrics(table)
  return metrics === null ? answer : { ...answer, ItemCollectionMetrics: metrics }
}
