// TransactWriteItems and TransactGetItems: all of it or nothing, on items of several tables (DDB-R93 to DDB-R96).
//
// The one idea: a transaction holds its items from the moment it comes in until it is answered. All conditions are checked
// first; if they hold, what is to be written waits until the end and is written then at one moment, so nobody sees half of it. Who
// wants to write an item that is held, or to read it in a transaction, is turned away; a plain read finds what was there before.
// Units are doubled, for the preparation and for the commit (DDB-R20); one that is cancelled by a condition pays the preparation.
import type { Call } from '../../engine/calls.ts'
import { readUnits, REASONS, writeUnits } from './capacity.ts'
import { checkCondition } from './condition-checks.ts'
import { checkPlaceholders, holds, project } from './conditions.ts'
import { Consumed, wantsCapacity } from './consumed.ts'
import { parseCondition, parseProjection, parseUpdate, type Parsed } from './expressions.ts'
import { COLLECTION_FULL, THROTTLED } from './indexes.ts'
import { bodyOf, checkedSize, placeholdersOf, recordOf, sizeAfter, type SingleBody } from './single.ts'
import { TRANSACT_GET, TRANSACT_WRITE, type Table } from './state.ts'
import type { KeyValue } from './items.ts'
import type { Throughput } from './throughput.ts'
import { lockOf, type Prepared, type Token } from './transaction-state.ts'
import { update } from './updates.ts'
import { Invalid, type Item } from './values.ts'

interface TransactBody {
  readonly TransactItems?: unknown
  readonly ClientRequestToken?: unknown
  readonly ReturnConsumedCapacity?: unknown
}

const KINDS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const
type Kind = (typeof KINDS)[number] | 'Get'

interface Action {
  readonly table: Table
  readonly kind: Kind
  readonly body: SingleBody
  readonly pk: KeyValue
  readonly sk: KeyValue | undefined
  readonly hash: number
}

/** Why one action does not go through, as `CancellationReasons` has it. */
interface Reason {
  readonly Code: string
  readonly Message?: string
  readonly Item?: Item
}

const NONE: Reason = Object.freeze({ Code: 'None' })
const CONFLICT: Reason = Object.freeze({
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
})
const FULL: Reason = Object.freeze({
  Code: 'ItemCollectionSizeLimitExceeded',
  Message: 'Collection size exceeded.',
})

export function transactWriteItems(table: Table, call: Call): void {
  table.begin(call, TRANSACT_WRITE)
  try {
    runWrites(table, call, bodyOf(table, call) as TransactBody)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

export function transactGetItems(table: Table, call: Call): void {
  table.begin(call, TRANSACT_GET)
  try {
    runGets(table, call, bodyOf(table, call) as TransactBody)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

function runWrites(table: Table, call: Call, body: TransactBody): void {
  const { transactions, now } = table
  const text = body.ClientRequestToken
  if (text !== undefined && (typeof text !== 'string' || text === '' || text.length > 36))
    throw new Invalid('ClientRequestToken has 1 to 36 characters')
  const actions = actionsOf(table, body, KINDS)
  if (typeof actions === 'string') return table.refuse(call, transactions.notFoundStatus, { message: actions })
  const payload = text === undefined ? '' : JSON.stringify(body.TransactItems)
  const known = text === undefined ? undefined : transactions.account.known(text, now)
  if (known !== undefined) return repeat(table, call, body, known, payload)

  const reasons: Reason[] = []
  const prepared: Prepared[] = []
  const units: number[] = []
  for (const action of actions) reasons.push(prepare(action, prepared, units))
  if (reasons.some((reason) => reason !== NONE)) {
    release(prepared)
    // What was neither held nor throttled has been prepared, and is paid for.
    if (reasons.every(({ Code }) => !isTurnedAway(Code)))
      actions.forEach((action, i) => action.table.throughput.chargeAt(action.hash, action.pk, units[i], true))
    return cancel(table, call, TRANSACT_WRITE, reasons)
  }
  const size = prepared.reduce((sum, one) => sum + one.size, 0)
  if (size > transactions.sizeMax) {
    release(prepared)
    throw new Invalid(`The transaction has ${size} bytes; at most ${transactions.sizeMax} are possible`)
  }
  const consumed = new Map<Table, Consumed>()
  actions.forEach((action, i) => {
    action.table.throughput.chargeAt(action.hash, action.pk, 2 * units[i], true)
    action.table.transactions.held.add(lockOf(action.pk, action.sk))
    add(consumed, action.table, 2 * units[i])
  })
  const token: Token | null = text === undefined ? null : { payload, prepared, until: Infinity }
  if (token !== null) transactions.account.tokens.set(text as string, token)
  transactions.running.set(call, { prepared, token })
  table.answer(call, TRANSACT_WRITE, told(body, consumed, {}, 'WriteCapacityUnits'), 0)
}

/** The end of a transaction, if the call is one: everything is written, and its items are free. */
export function commit(table: Table, call: Call): void {
  const { transactions, now } = table
  const running = transactions.running.get(call)
  if (running === undefined) return
  const { prepared, token } = running
  transactions.running.delete(call)
  transactions.committed++
  release(prepared)
  for (const { table: at, pk, sk, hash, after, size } of prepared) {
    at.transactions.held.delete(lockOf(pk, sk))
    if (after === undefined) continue
    at.pk = pk
    at.sk = sk
    at.hash = hash
    const row = at.items.find(hash, pk, sk)
    if (after === null && (row < 0 || at.items.items[row] === null)) continue
    at.throughput.partition = at.capacity.partitions.of(hash)
    if (at.indexes === null) at.write(row, after, size)
    else {
      // Indexes follow the commit as they follow any write: their units are not doubled.
      at.indexes.foresee(row, pk, row < 0 ? 0 : at.items.size[row], after, size)
      at.write(row, after, size)
      at.chargeWrite(0)
    }
  }
  if (token !== null) token.until = now + transactions.tokenLife
}

/** Gives back the room that was kept in item collections. */
function release(prepared: readonly Prepared[]): void {
  for (const { table, pk, promised } of prepared) table.indexes?.release(pk, promised)
}

/** Checks one write of a transaction and works out what it leaves; answers why it cannot be done, or `NONE`. */
function prepare(action: Action, prepared: Prepared[], units: number[]): Reason {
  const { table, pk, sk, hash, body, kind } = action
  const { transactions, indexes } = table
  units.push(0)
  if (transactions.holds(pk, sk)) {
    transactions.noteConflict()
    return CONFLICT
  }
  if (!table.admit(hash, true)) return throttled(table, table.throughput)
  table.pk = pk
  table.sk = sk
  table.hash = hash
  let row = table.items.find(hash, pk, sk)
  if (kind !== 'Put' && table.isInitial(row)) row = table.materialise()
  const before = row < 0 ? null : table.items.items[row]
  const sizeBefore = row < 0 ? 0 : table.items.size[row]
  const given = placeholdersOf(body)
  const condition =
    body.ConditionExpression === undefined ? null : parseCondition(body.ConditionExpression, 'ConditionExpression')
  units[units.length - 1] = writeUnits(sizeBefore)
  if (condition !== null && !holds(condition.tree, before, given)) {
    table.countConditionFailure()
    const item = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== null ? { Item: before } : {}
    return { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...item }
  }
  try {
    const after = kind === 'ConditionCheck' ? undefined : leftBy(action, before)
    const size = after === null || after === undefined ? 0 : sizeOf(action, before, sizeBefore, after)
    units[units.length - 1] = writeUnits(Math.max(size, sizeBefore))
    if (indexes !== null && after !== undefined) {
      const verdict = indexes.plan(row, pk, sizeBefore, after, size)
      if (verdict === COLLECTION_FULL) return FULL
      if (verdict === THROTTLED) return throttled(table, indexes.refusedBy!.throughput)
    }
    const promised = after === undefined ? 0 : (indexes?.promise() ?? 0)
    prepared.push({ table, pk, sk, hash, after, size, promised })
    return NONE
  } catch (mistake) {
    if (!(mistake instanceof Invalid)) throw mistake
    return { Code: 'ValidationError', Message: mistake.message }
  }
}

/** The item that an action leaves; null = none. Throws `Invalid`. */
function leftBy({ kind, body, table }: Action, before: Item | null): Item | null {
  if (kind === 'Delete') return null
  if (kind === 'Put') return recordOf(body.Item, 'Item')
  const clauses = parseUpdate(body.UpdateExpression)
  return update(before ?? recordOf(body.Key, 'Key'), clauses.tree, placeholdersOf(body), table.keyNames)
}

function sizeOf({ kind, body, table }: Action, before: Item | null, sizeBefore: number, after: Item): number {
  return kind === 'Put' ? checkedSize(table, after, body) : sizeAfter(table, body, before, sizeBefore, after)
}

function throttled(table: Table, by: Throughput): Reason {
  return {
    Code: table.capacity.mode === 'PROVISIONED' ? 'ProvisionedThroughputExceeded' : 'ThrottlingError',
    Message: `Throughput exceeds the current capacity: ${REASONS[by.lastReason % REASONS.length]}`,
  }
}

function isTurnedAway(code: string): boolean {
  return code === 'TransactionConflict' || code === 'ProvisionedThroughputExceeded' || code === 'ThrottlingError'
}

function cancel(table: Table, call: Call, op: number, reasons: readonly Reason[]): void {
  const { transactions } = table
  transactions.cancelled++
  if (reasons.some(({ Code }) => Code !== 'TransactionConflict' && isTurnedAway(Code))) table.countThrottled(op)
  const codes = reasons.map(({ Code }) => Code).join(', ')
  table.refuse(call, transactions.canceledStatus, {
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  })
}

/** The same token once more: nothing is done again, and its items are only read (DDB-R20). */
function repeat(table: Table, call: Call, body: TransactBody, known: Token, payload: string): void {
  const { transactions } = table
  if (known.payload !== payload)
    return table.refuse(call, transactions.mismatchStatus, { message: 'the token came with another request before' })
  if (known.until === Infinity)
    return table.refuse(call, transactions.inProgressStatus, { message: 'the request with this token is under way' })
  const consumed = new Map<Table, Consumed>()
  for (const { table: at, pk, hash, size } of known.prepared) {
    const units = 2 * readUnits(size, true)
    at.throughput.chargeAt(hash, pk, units, false)
    add(consumed, at, units)
  }
  table.answer(call, TRANSACT_GET, told(body, consumed, {}, 'ReadCapacityUnits'), 0)
}

function runGets(table: Table, call: Call, body: TransactBody): void {
  const { transactions } = table
  const actions = actionsOf(table, body, ['Get'])
  if (typeof actions === 'string') return table.refuse(call, transactions.notFoundStatus, { message: actions })
  const reasons = actions.map((action): Reason => {
    const { table: at } = action
    if (!at.transactions.holds(action.pk, action.sk))
      return at.admit(action.hash, false) ? NONE : throttled(at, at.throughput)
    at.transactions.noteConflict()
    return CONFLICT
  })
  if (reasons.some((reason) => reason !== NONE)) return cancel(table, call, TRANSACT_GET, reasons)
  const rows = actions.map(({ table: at, pk, sk, hash }) => at.items.find(hash, pk, sk))
  const sizes = actions.map(({ table: at }, i) => {
    if (rows[i] >= 0) return at.items.size[rows[i]]
    return at.isInitial(rows[i]) ? at.initialSize : 0
  })
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  if (bytes > transactions.sizeMax)
    throw new Invalid(`The items have ${bytes} bytes; at most ${transactions.sizeMax} are possible`)
  const consumed = new Map<Table, Consumed>()
  const Responses = actions.map(({ table: at, pk, sk, hash, body: get }, i) => {
    const units = 2 * readUnits(sizes[i], true)
    at.throughput.chargeAt(hash, pk, units, false)
    add(consumed, at, units)
    at.pk = pk
    at.sk = sk
    const item = rows[i] >= 0 ? at.items.items[rows[i]] : at.isInitial(rows[i]) ? at.initialItem() : null
    if (item === null) return {}
    if (get.ProjectionExpression === undefined) return { Item: item }
    return { Item: project(item, parseProjection(get.ProjectionExpression).tree, placeholdersOf(get)) }
  })
  table.answer(call, TRANSACT_GET, told(body, consumed, { Responses }, 'ReadCapacityUnits'), 0)
}

/** The actions of a request; a text where a table is not there. Throws `Invalid`. */
function actionsOf(table: Table, body: TransactBody, kinds: readonly Kind[]): Action[] | string {
  const given = body.TransactItems
  const most = table.transactions.actionsMax
  if (!Array.isArray(given) || given.length === 0) throw new Invalid('TransactItems is not a list with members')
  if (given.length > most) throw new Invalid(`TransactItems has ${given.length} members; at most ${most} are possible`)
  const actions: Action[] = []
  const seen = new Map<Table, Set<string>>()
  for (const one of given) {
    const member = recordOf(one, 'TransactItems')
    const [kind, ...more] = Object.keys(member)
    if (kind === undefined || more.length > 0 || !(kinds as readonly string[]).includes(kind))
      throw new Invalid(`An action of this transaction is one of ${kinds.join(', ')}`)
    const action = recordOf(member[kind], kind)
    const at = action['TableName'] === undefined ? table : table.transactions.tableNamed(action['TableName'])
    if (at === undefined || !at.life.isThere)
      return `Requested resource not found: Table: ${String(action['TableName'])} not found`
    const isPut = kind === 'Put'
    at.readKey(recordOf(isPut ? action['Item'] : action['Key'], isPut ? 'Item' : 'Key'), isPut)
    const { pk, sk, hash } = at
    checkAction(kind as Kind, action)
    const keys = seen.get(at) ?? new Set()
    if (keys.has(lockOf(pk, sk)))
      throw new Invalid('Transaction request cannot include multiple operations on one item')
    seen.set(at, keys.add(lockOf(pk, sk)))
    actions.push({ table: at, kind: kind as Kind, body: action, pk, sk, hash })
  }
  return actions
}

/** Parses the expressions of an action, so that what is wrong in them is told before anything is done. Throws `Invalid`. */
function checkAction(kind: Kind, body: SingleBody): void {
  const parsed: Parsed<unknown>[] = []
  if (kind === 'Update') parsed.push(parseUpdate(body.UpdateExpression))
  if (body.ConditionExpression !== undefined)
    parsed.push(parseCondition(body.ConditionExpression, 'ConditionExpression'))
  else if (kind === 'ConditionCheck') throw new Invalid('ConditionCheck needs a ConditionExpression')
  if (body.ProjectionExpression !== undefined) parsed.push(parseProjection(body.ProjectionExpression))
  const given = placeholdersOf(body)
  checkPlaceholders(given, parsed)
  if (body.ConditionExpression !== undefined)
    checkCondition(parseCondition(body.ConditionExpression, 'ConditionExpression').tree, given, 'ConditionExpression')
}

function add(consumed: Map<Table, Consumed>, table: Table, units: number): void {
  const one = consumed.get(table) ?? new Consumed()
  one.table += units
  consumed.set(table, one)
}

/** The answer with what each table has spent beside it, if that was asked for. */
function told(body: TransactBody, consumed: ReadonlyMap<Table, Consumed>, answer: Item, kind: string): Item {
  if (!wantsCapacity(body)) return answer
  return {
    ...answer,
    ConsumedCapacity: [...consumed].map(([table, one]) => ({ ...one.told(table, body), [kind]: one.table })),
  }
}
