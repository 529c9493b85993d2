// Reads: out of a node's cache, or of the table and into it.
//
// Only eventually consistent reads are cached (DAX-R6). Misses at the same time each go to the table: DAX promises nothing else.
import type { Call } from '../../engine/calls.ts'
import { jsonSize } from '../../parts/json-size.ts'
import type { Cluster, Pending, TableLink } from './cluster-state.ts'
import type { Entry, Item } from './node.ts'

const NOTHING: Item = Object.freeze({})
/** Eventually consistent reads: units of 4 KB, two for one. */
const BYTES_PER_UNIT = 8_192
/** Keys of one batch (DDB-R14). */
const BATCH_MAX = 100

/** What a table tells of its newest state of a key (`dynamodb:GetItem`). `item` undefined = one that it began with. */
interface Newest {
  readonly item: Item | null | undefined
  readonly bytes: number
}

export function getItem(self: Cluster, call: Call): void {
  const table = self.begin(call, 'GetItem')
  const node = table === undefined ? null : self.reader(call)
  if (table === undefined) return self.unknownTable(call)
  if (node === null) return
  const body = self.body(call)
  const key = mapOf(body['Key']) === undefined ? undefined : table.keyOf(body['Key'] as Item)
  const wanted = projectionOf(body)
  // What is no key is for the table to refuse; what is strongly consistent never touches the cache.
  if (isTrue(body['ConsistentRead']) || key === undefined || wanted === null) {
    if (self.works(call, node, self.passCost)) self.ask(call, table, 'GetItem', node, forTable(body))
    return
  }
  const held = node.cache.peek(key, self.now) as Entry | undefined
  if (!self.works(call, node, held === undefined ? self.passCost : 1)) return
  self.countRead(node, 'Item', held !== undefined)
  if (held === undefined) return self.ask(call, table, 'GetItem', node, whole(body), gotItem)
  node.cache.get(key, self.now)
  noteStale(self, table, body['Key'] as Item, held)
  self.end(call, 0, answerOf(held.item!, wanted), self.hitLatency)
}

/** The table has answered a miss. */
function gotItem(self: Cluster, { table, body, since }: Pending, answer: Item): Item {
  const item = (answer['Item'] ?? null) as Item | null
  keepItem(self, table, body['Key'] as Item, item, since)
  return answerOf(item, projectionOf(body)!)
}

/** Stores what a read has found, unless a write through the cluster came in between and knows better. */
export function keepItem(self: Cluster, table: TableLink, key: Item, item: Item | null, since: number): void {
  const name = table.keyOf(key)!
  const present = self.held(name)
  if (present !== undefined && present.since > since) return
  self.store(entryOf(self, table, name, key, item, since))
}

/** An entry of the item cache. Its size is the table's own, since items may be given a size by hand. */
export function entryOf(
  self: Cluster,
  table: TableLink,
  name: string,
  key: Item,
  item: Item | null,
  since: number,
): Entry {
  const newest = self.sim.peek(table.edge('GetItem'), { Key: key }) as Newest | undefined
  const bytes = item === null ? 0 : Math.max(newest?.bytes ?? 0, jsonSize(item))
  const { itemTtl } = self.settings
  const expiresAt = itemTtl === 0 ? Infinity : self.now + itemTtl
  return { key: name, item, answer: NOTHING, bytes: name.length + bytes, since, expiresAt }
}

/** Counts a hit whose item has been written since: whatever was written around the cluster, or has not reached this node. */
function noteStale(self: Cluster, table: TableLink, key: Item, held: Entry): void {
  const newest = self.sim.peek(table.edge('GetItem'), { Key: key }) as Newest | undefined
  if (newest === undefined || newest.item === undefined || newest.item === held.item) return
  if (newest.item !== null && held.item !== null && sameItem(newest.item, held.item!)) return
  // A replica that the primary is ahead of will know in a moment; what was written around the cluster, nobody here knows.
  self.countStale(self.held(held.key)?.item === newest.item)
}

/** Whether two items have the same attributes. */
function sameItem(a: Item, b: Item): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) => Object.hasOwn(b, name) && (a[name] === b[name] || JSON.stringify(a[name]) === JSON.stringify(b[name])),
    )
  )
}

export function batchGetItem(self: Cluster, call: Call): void {
  const table = self.begin(call, 'BatchGetItem')
  const node = table === undefined ? null : self.reader(call)
  if (table === undefined) return self.unknownTable(call)
  if (node === null) return
  const body = self.body(call)
  const entry = batchEntry(body)
  const keys = Array.isArray(entry?.['Keys']) ? (entry['Keys'] as unknown[]) : []
  const names = keys.map((key) => (mapOf(key) === undefined ? undefined : table.keyOf(key as Item)))
  if (entry === undefined || isTrue(entry['ConsistentRead']) || !plain(entry) || !isBatch(names)) {
    if (self.works(call, node, self.passCost)) self.ask(call, table, 'BatchGetItem', node, forTable(body))
    return
  }
  const held = names.map((name) => node.cache.peek(name!, self.now) as Entry | undefined)
  const missing = keys.filter((_, i) => held[i] === undefined)
  if (!self.works(call, node, keys.length - missing.length + missing.length * self.passCost)) return
  self.countRead(node, 'Item', true, keys.length - missing.length)
  self.countRead(node, 'Item', false, missing.length)
  const found: Item[] = []
  held.forEach((each, i) => {
    if (each === undefined) return
    node.cache.get(each.key, self.now)
    noteStale(self, table, keys[i] as Item, each)
    if (each.item !== null) found.push(each.item!)
  })
  if (missing.length > 0)
    return self.ask(call, table, 'BatchGetItem', node, { RequestItems: { Keys: missing } }, gotBatch, held)
  self.end(call, 0, { Responses: { [table.id]: found }, UnprocessedKeys: NOTHING }, self.hitLatency)
}

/**
 * The table has answered the keys that the cache did not have; those that it did have are looked up again: they may have changed.
 * One whose time has ended meanwhile is answered as it was found: the table has not been asked for it.
 */
function gotBatch(self: Cluster, { table, node, body, since, held: had }: Pending, answer: Item): Item {
  const left = Object.values((answer['UnprocessedKeys'] ?? NOTHING) as Record<string, { Keys?: readonly Item[] }>)
  const unprocessed = new Set(left.flatMap(({ Keys = [] }) => Keys.map((key) => table.keyOf(key))))
  const found = Object.values((answer['Responses'] ?? NOTHING) as Record<string, readonly Item[]>).flat()
  const byKey = new Map(found.map((item) => [table.keyOf(item), item]))
  const all: Item[] = []
  for (const [i, key] of (batchEntry(body)!['Keys'] as readonly Item[]).entries()) {
    const name = table.keyOf(key)!
    if (unprocessed.has(name)) continue
    const fetched = byKey.get(name)
    const held = fetched === undefined ? ((node.cache.peek(name, self.now) as Entry | undefined) ?? had[i]) : undefined
    const item = fetched ?? held?.item ?? null
    if (held === undefined) keepItem(self, table, key, item, since)
    if (item !== null) all.push(item)
  }
  return {
    Responses: { [table.id]: all },
    UnprocessedKeys: left.length === 0 ? NOTHING : { [table.id]: { Keys: left.flatMap(({ Keys = [] }) => Keys) } },
  }
}

export function query(self: Cluster, call: Call): void {
  readPages(self, call, 'Query')
}

export function scan(self: Cluster, call: Call): void {
  readPages(self, call, 'Scan')
}

function readPages(self: Cluster, call: Call, operation: 'Query' | 'Scan'): void {
  const table = self.begin(call, operation)
  const node = table === undefined ? null : self.reader(call)
  if (table === undefined) return self.unknownTable(call)
  if (node === null) return
  const body = self.body(call)
  if (isTrue(body['ConsistentRead'])) {
    if (self.works(call, node, self.passCost)) self.ask(call, table, operation, node, forTable(body))
    return
  }
  const key = table.requestKey(operation, body)
  const held = node.cache.peek(key, self.now) as Entry | undefined
  if (!self.works(call, node, held === undefined ? self.passCost : 1)) return
  self.countRead(node, operation, held !== undefined)
  if (held === undefined)
    return self.ask(call, table, operation, node, { ...forTable(body), ReturnConsumedCapacity: 'TOTAL' }, gotPage)
  node.cache.get(key, self.now)
  self.end(call, 0, held.answer, self.hitLatency)
}

function gotPage(self: Cluster, { table, operation, body, since }: Pending, given: Item): Item {
  const { ConsumedCapacity: consumed, ...answer } = given
  const { queryTtl } = self.settings
  const key = table.requestKey(operation, body)
  if (queryTtl > 0)
    self.store({
      key,
      item: undefined,
      answer,
      bytes: key.length + pageBytes(answer, consumed),
      since,
      expiresAt: self.now + queryTtl,
    })
  return body['ReturnConsumedCapacity'] === undefined ? answer : given
}

/** Bytes of an answer: of what was evaluated, the part that came back; items may be given a size by hand. */
function pageBytes(answer: Item, consumed: unknown): number {
  const units = (consumed as { CapacityUnits?: number } | undefined)?.CapacityUnits ?? 0
  const evaluated = (answer['ScannedCount'] as number | undefined) ?? 0
  const returned = ((answer['Items'] ?? []) as unknown[]).length
  return Math.max(jsonSize(answer), evaluated === 0 ? 0 : Math.round((units * BYTES_PER_UNIT * returned) / evaluated))
}

// What the parameters say

/** The attributes that a projection names at the top level; undefined = all, null = it goes deeper, which is the table's to do. */
function projectionOf(body: Item): readonly string[] | undefined | null {
  const text = body['ProjectionExpression']
  if (text === undefined) return undefined
  if (typeof text !== 'string') return null
  const names = (body['ExpressionAttributeNames'] ?? NOTHING) as Record<string, unknown>
  const wanted: string[] = []
  for (const each of text.split(',')) {
    const path = each.trim()
    const name = path.startsWith('#') ? (Object.hasOwn(names, path) ? names[path] : undefined) : path
    if (typeof name !== 'string' || !/^#?[A-Za-z_]\w*$/.test(path)) return null
    wanted.push(name)
  }
  return wanted
}

function answerOf(item: Item | null, wanted: readonly string[] | undefined): Item {
  if (item === null) return NOTHING
  if (wanted === undefined) return { Item: item }
  const part: Record<string, unknown> = {}
  for (const name of wanted) if (Object.hasOwn(item, name)) part[name] = item[name]
  return { Item: part }
}

/** A request for a whole item, whatever of it is wanted: it costs the table the same. */
function whole(body: Item): Item {
  const { ReturnConsumedCapacity: capacity } = body
  return { Key: body['Key'], ...(capacity === undefined ? {} : { ReturnConsumedCapacity: capacity }) }
}

/** The parameters as the table takes them. */
export function forTable(body: Item): Item {
  const { TableName: _, ...rest } = body
  return rest
}

/** The entry of the table in `RequestItems`, given alone or as the one entry of a map. */
export function batchEntry(body: Item): Item | undefined {
  const items = mapOf(body['RequestItems'])
  if (items === undefined || Array.isArray(items['Keys'])) return items
  const entries = Object.values(items)
  return entries.length === 1 ? mapOf(entries[0]) : undefined
}

/** Whether a batch may have these keys; what is wrong with others is for the table to say. */
function isBatch(names: readonly (string | undefined)[]): boolean {
  const { length } = names
  return length > 0 && length <= BATCH_MAX && new Set(names).size === length && !names.includes(undefined)
}

/** Whether a batch asks for whole items. */
function plain(entry: Item): boolean {
  return entry['ProjectionExpression'] === undefined
}

export function mapOf(value: unknown): Item | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : undefined
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
