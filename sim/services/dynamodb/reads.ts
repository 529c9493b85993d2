// Query and Scan: pages of items in the order of their keys.
//
// What is evaluated is paid for, not what is returned: sizes are summed, rounded up once to 4 KB, and a filter comes
// last (DDB-R15..R17).
import type { Call } from '../../engine/calls.ts'
import { readUnits } from './capacity.ts'
import { checkCondition } from './condition-checks.ts'
import { checkPlaceholders, holds, nameOf, operandOf, project, type Placeholders } from './conditions.ts'
import { Consumed, wantsCapacity } from './consumed.ts'
import { parseCondition, parseProjection, type Condition, type Parsed, type Path } from './expressions.ts'
import { hashKey, type KeyValue } from './items.ts'
import type { Cursor, Order, Rows } from './order.ts'
import { bodyOf, flag, placeholdersOf, recordOf, type SingleBody } from './single.ts'
import { sourceOf, type IndexSource, type Place, type TableSource } from './sources.ts'
import { QUERY, SCAN, type KeySchema, type KeyType, type Table } from './state.ts'
import { bytesOf, Invalid, type Item } from './values.ts'

export interface PageBody extends SingleBody {
  readonly KeyConditionExpression?: unknown
  readonly FilterExpression?: unknown
  readonly ExclusiveStartKey?: unknown
  readonly Limit?: unknown
  readonly ScanIndexForward?: unknown
  readonly Select?: unknown
  readonly IndexName?: unknown
  readonly Segment?: unknown
  readonly TotalSegments?: unknown
}

const HASHES = 4_294_967_296

export function query(table: Table, call: Call): void {
  table.begin(call, QUERY)
  try {
    runQuery(table, call, bodyOf(table, call))
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

export function scan(table: Table, call: Call): void {
  table.begin(call, SCAN)
  try {
    runScan(table, call, bodyOf(table, call))
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

function runQuery(table: Table, call: Call, body: PageBody): void {
  if (body.KeyConditionExpression === undefined)
    throw new Invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')
  const condition = parseCondition(body.KeyConditionExpression, 'KeyConditionExpression')
  const page = new Page(table, body, [condition])
  const { source } = page
  checkCondition(condition.tree, page.given, 'KeyConditionExpression')
  page.refuseKeysInFilter()
  const range = readRange(table, source.keys, condition.tree, page.given)
  const hash = hashKey(range.pk)
  const { order, rows } = source
  const start = page.startKey()
  if (start !== null && start.pk !== range.pk)
    throw new Invalid('The provided starting key is outside query boundaries based on provided conditions')
  if (start !== null && range.side(start.sk, order) !== 0)
    throw new Invalid('The provided starting key does not match the range key predicate')
  if (!source.throughput.admit(hash, false)) return table.throttle(call, QUERY, source.throughput)
  const unsigned = hash >>> 0
  const forward = body.ScanIndexForward !== false && body.ScanIndexForward !== 'false'
  let cursor: Cursor
  if (start !== null)
    cursor = order.seek((row) => {
      const at = source.compareTo(row, unsigned, start)
      return forward ? at <= 0 : at < 0
    })
  else
    cursor = order.seek((row) => {
      if (order.compareTo(row, unsigned, range.pk, undefined) < 0) return true
      if (!samePk(rows, row, unsigned, range.pk)) return false
      const side = range.side(rows.sortKeys[row], order)
      return forward ? side < 0 : side <= 0
    })
  for (;;) {
    const row = forward ? cursor.next() : cursor.previous()
    if (row < 0 || !samePk(rows, row, unsigned, range.pk) || range.side(rows.sortKeys[row], order) !== 0) break
    if (!page.take(row)) break
  }
  const units = readUnits(page.bytes, page.consistent)
  source.throughput.charge(hash, range.pk, units + page.fetched, false)
  page.answer(call, QUERY, units)
}

function runScan(table: Table, call: Call, body: PageBody): void {
  const page = new Page(table, body, [])
  const { source } = page
  const { order, rows, throughput } = source
  const segments = wholeNumber(body.TotalSegments ?? 1, 'TotalSegments', 1, 1_000_000)
  const segment = wholeNumber(body.Segment ?? 0, 'Segment', 0, segments - 1)
  const from = Math.ceil((segment * HASHES) / segments)
  const to = Math.ceil(((segment + 1) * HASHES) / segments)
  const start = page.startKey()
  const first = start === null ? from : hashKey(start.pk) >>> 0
  if (!throughput.admit(first | 0, false)) return table.throttle(call, SCAN, throughput)
  const cursor = order.seek((row) =>
    start === null ? rows.hash[row] >>> 0 < from : source.compareTo(row, first, start) <= 0,
  )
  // Each partition pays for what was read on it, rounded so that the sum is the whole page's.
  const { partitions } = throughput.capacity
  let partition = partitions.of(first | 0)
  let paid = 0
  for (;;) {
    const row = cursor.next()
    if (row < 0 || rows.hash[row] >>> 0 >= to) break
    const next = partitions.of(rows.hash[row])
    if (next !== partition) {
      const due = page.bytes === 0 ? 0 : readUnits(page.bytes, page.consistent) + page.fetched
      if (due > paid) throughput.chargeRange(partitions.start[partition] | 0, due - paid)
      paid = due
      partition = next
    }
    if (!page.take(row)) break
  }
  const units = readUnits(page.bytes, page.consistent)
  const all = units + page.fetched
  if (all > paid) throughput.chargeRange(partitions.start[partition] | 0, all - paid)
  throughput.countReadUnits(all)
  page.answer(call, SCAN, units)
}

/** What one request has evaluated and found. */
class Page {
  bytes = 0
  /** Read units of the items that were fetched from the table because their entries lack something (DDB-R82). */
  fetched = 0
  readonly source: TableSource | IndexSource
  readonly consistent: boolean
  readonly given: Placeholders
  private readonly table: Table
  private readonly body: PageBody
  private readonly filter: Parsed<Condition> | null
  private readonly projection: Parsed<readonly Path[]> | null
  private readonly limit: number
  private readonly behind: boolean
  private readonly fetches: boolean
  private readonly found: Item[] = []
  private matched = 0
  private evaluated = 0
  private last: Item | null = null
  private hasMore = false

  constructor(table: Table, body: PageBody, parsed: Parsed<unknown>[]) {
    this.table = table
    this.body = body
    this.given = placeholdersOf(body)
    this.filter = body.FilterExpression === undefined ? null : parseCondition(body.FilterExpression, 'FilterExpression')
    this.projection = body.ProjectionExpression === undefined ? null : parseProjection(body.ProjectionExpression)
    if (this.filter !== null) parsed.push(this.filter)
    if (this.projection !== null) parsed.push(this.projection)
    checkPlaceholders(this.given, parsed)
    if (this.filter !== null) checkCondition(this.filter.tree, this.given, 'FilterExpression')
    checkSelect(body)
    this.limit = body.Limit === undefined ? Infinity : wholeNumber(body.Limit, 'Limit', 1, Infinity)
    this.consistent = flag(body.ConsistentRead)
    this.source = sourceOf(table, body.IndexName, this.consistent)
    this.fetches = this.needsMore()
    this.behind = !this.consistent && table.drawReplica()
  }

  /** Whether the request asks an index for attributes that it does not have. A global index has no way to fetch them. */
  private needsMore(): boolean {
    const { index } = this.source
    if (index === null || index.def.projected === null) return false
    const { name, projected } = index.def
    const all = this.body.Select === 'ALL_ATTRIBUTES'
    const heads = [...(this.projection?.heads ?? []), ...(this.filter?.heads ?? [])]
    const missing = [...new Set(heads.map((head) => nameOf(head, this.given)))].filter(
      (one) => !projected.includes(one),
    )
    if (index.isGlobal && all)
      throw new Invalid(
        `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
      )
    if (index.isGlobal && missing.length > 0)
      throw new Invalid(
        `One or more parameter values were invalid: Global secondary index ${name} does not project [${missing.join(', ')}]`,
      )
    return all || missing.length > 0
  }

  /** A Query filters by what is not key; the key condition is for that. */
  refuseKeysInFilter(): void {
    if (this.filter === null) return
    const { hash, range } = this.source.keys
    for (const head of this.filter.heads) {
      const name = nameOf(head, this.given)
      if (name === hash || name === range)
        throw new Invalid(
          `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`,
        )
    }
  }

  /** The key after which the page begins, or null. */
  startKey(): Place | null {
    const key = this.body.ExclusiveStartKey
    return key === undefined || key === null ? null : this.source.placeOf(recordOf(key, 'ExclusiveStartKey'))
  }

  /** Evaluates a row; false when the page is full, by size before the row or by `Limit` with it. */
  take(row: number): boolean {
    const { table, source } = this
    let item = source.itemOf(row, this.behind)
    if (item === null) return true
    const size = source.sizeOf(row, this.behind)
    if (this.bytes + size > table.figures.pageSize && this.evaluated > 0) {
      this.hasMore = true
      return false
    }
    this.bytes += size
    this.evaluated++
    this.last = item
    if (this.fetches) item = this.fetch(row, item)
    if (this.filter === null || holds(this.filter.tree, item, this.given)) {
      this.matched++
      if (this.body.Select !== 'COUNT')
        this.found.push(this.projection === null ? item : project(item, this.projection.tree, this.given))
    }
    if (this.evaluated < this.limit) return true
    this.hasMore = true
    return false
  }

  /** The item of an entry as the table has it, which is paid for on its own. */
  private fetch(entry: number, item: Item): Item {
    const { table } = this
    const row = (this.source as IndexSource).rowOf(entry)
    if (row < 0) return item
    this.fetched += readUnits(table.sizeSeen(row, this.behind), this.consistent)
    return table.itemSeen(row, this.behind) ?? item
  }

  /** `units` are those of what was evaluated, without what was fetched. */
  answer(call: Call, op: number, units: number): void {
    const { table, source, body } = this
    const answer: Record<string, unknown> = { Count: this.matched, ScannedCount: this.evaluated }
    if (body.Select !== 'COUNT') answer['Items'] = this.found
    if (this.hasMore && this.last !== null) answer['LastEvaluatedKey'] = source.keyOf(this.last)
    if (wantsCapacity(body)) {
      const consumed = new Consumed()
      if (source.index === null) consumed.table = units
      else consumed.addIndex(source.index, units)
      consumed.table += this.fetched
      answer['ConsumedCapacity'] = consumed.told(table, body)
    }
    table.countReturned(op, this.matched)
    table.answer(call, op, answer, this.bytes)
  }
}

/** What `Select` says must fit the rest of the request. Throws `Invalid`. */
function checkSelect(body: PageBody): void {
  const { Select: select, ProjectionExpression: projection, IndexName: index } = body
  if (select === undefined) return
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined)
    throw new Invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  if (select === 'SPECIFIC_ATTRIBUTES' ? projection === undefined : projection !== undefined)
    throw new Invalid(
      select === 'SPECIFIC_ATTRIBUTES'
        ? 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES'
        : `Cannot specify the ProjectionExpression when choosing to get ${select === 'COUNT' ? 'only the Count' : String(select)}`,
    )
}

/** The keys that a Query asks for. */
class KeyRange {
  readonly pk: KeyValue
  private readonly binary: boolean
  private readonly low: KeyValue | undefined
  private readonly lowOpen: boolean
  private readonly high: KeyValue | undefined
  private readonly highOpen: boolean
  private readonly prefix: string | undefined

  constructor(
    pk: KeyValue,
    binary: boolean,
    bounds: { low?: KeyValue; lowOpen?: boolean; high?: KeyValue; highOpen?: boolean; prefix?: string },
  ) {
    this.pk = pk
    this.binary = binary
    this.low = bounds.low
    this.lowOpen = bounds.lowOpen ?? false
    this.high = bounds.high
    this.highOpen = bounds.highOpen ?? false
    this.prefix = bounds.prefix
  }

  /** −1 = the sort key lies before the range, 0 = inside, 1 = behind. */
  side(sk: KeyValue | undefined, order: Order): number {
    if (sk === undefined) return 0
    if (this.prefix !== undefined) {
      const text = this.binary ? bytesOf(sk as string) : (sk as string)
      const prefix = this.binary ? bytesOf(this.prefix) : this.prefix
      return text.startsWith(prefix) ? 0 : order.compareKeys(sk, this.prefix) < 0 ? -1 : 1
    }
    if (this.low !== undefined) {
      const at = order.compareKeys(sk, this.low)
      if (at < 0 || (at === 0 && this.lowOpen)) return -1
    }
    if (this.high !== undefined) {
      const at = order.compareKeys(sk, this.high)
      if (at > 0 || (at === 0 && this.highOpen)) return 1
    }
    return 0
  }
}

/** Reads a key condition: `pk = :v`, alone or AND one condition on the sort key. Throws `Invalid`. */
function readRange(table: Table, keys: KeySchema, condition: Condition, given: Placeholders): KeyRange {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition]
  const { hash, range } = keys
  let pk: KeyValue | undefined
  let bounds: { low?: KeyValue; lowOpen?: boolean; high?: KeyValue; highOpen?: boolean; prefix?: string } = {}
  for (const part of parts) {
    const name = attributeOf(part, given)
    if (name === hash && pk === undefined && part.kind === 'compare' && part.op === '=')
      pk = keyOperand(table, part.right, hash, keys.hashType, given)
    else if (name === range && range !== undefined) bounds = boundsOf(table, part, range, keys.rangeType!, given)
    else
      throw new Invalid(
        name === hash
          ? 'Query key condition not supported'
          : `Query condition missed key schema element: ${pk === undefined ? hash : (range ?? hash)}`,
      )
  }
  if (pk === undefined) throw new Invalid(`Query condition missed key schema element: ${hash}`)
  return new KeyRange(pk, keys.rangeType === 'B', bounds)
}

function attributeOf(condition: Condition, given: Placeholders): string | undefined {
  const operand =
    condition.kind === 'compare'
      ? condition.left
      : condition.kind === 'between' || condition.kind === 'begins_with'
        ? condition.of
        : undefined
  return operand?.kind === 'path' && operand.path.length === 1 ? nameOf(operand.path[0] as string, given) : undefined
}

function boundsOf(
  table: Table,
  condition: Condition,
  range: string,
  type: KeyType,
  given: Placeholders,
): ConstructorParameters<typeof KeyRange>[2] {
  const read = (operand: Parameters<typeof operandOf>[0]): KeyValue => keyOperand(table, operand, range, type, given)
  if (condition.kind === 'between') return { low: read(condition.low), high: read(condition.high) }
  if (condition.kind === 'begins_with') {
    if (type === 'N')
      throw new Invalid(
        'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
      )
    return { prefix: read(condition.argument) as string }
  }
  if (condition.kind !== 'compare' || condition.op === '<>')
    throw new Invalid('Invalid operator used in KeyConditionExpression')
  const value = read(condition.right)
  switch (condition.op) {
    case '=':
      return { low: value, high: value }
    case '<':
      return { high: value, highOpen: true }
    case '<=':
      return { high: value }
    case '>':
      return { low: value, lowOpen: true }
    case '>=':
      return { low: value }
  }
}

function keyOperand(
  table: Table,
  operand: Parameters<typeof operandOf>[0],
  name: string,
  type: string,
  given: Placeholders,
): KeyValue {
  const value = operand.kind === 'value' ? operandOf(operand, null, given) : undefined
  if (type === 'N' && typeof value === 'number') return value
  if (type === 'S' && typeof value === 'string') return value
  const bytes = type === 'B' && typeof value === 'object' && value !== null ? (value as { B?: unknown }).B : undefined
  if (typeof bytes === 'string') return bytes
  throw new Invalid(
    `One or more parameter values were invalid: Condition parameter type does not match schema type for ${name} of ${table.sim.name}`,
  )
}

function samePk(rows: Rows, row: number, hash: number, pk: KeyValue): boolean {
  return rows.hash[row] >>> 0 === hash && rows.partitionKeys[row] === pk
}

function wholeNumber(value: unknown, name: string, min: number, max: number): number {
  if (typeof value !== 'number' || Math.floor(value) !== value || value < min || value > max)
    throw new Invalid(`${name} is ${String(value)}, not a whole number in ${min}..${max}`)
  return value
}
