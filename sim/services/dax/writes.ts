// Writes: through the cluster into the table, and on success into the primary's item cache, before the client hears of it (DAX-R7).
import type { Call } from '../../engine/calls.ts'
import type { Cluster, Operation, Pending, TableLink } from './cluster-state.ts'
import type { Item } from './node.ts'
import { entryOf, forTable, mapOf } from './reads.ts'

const NOTHING: Item = Object.freeze({})

export function putItem(self: Cluster, call: Call): void {
  write(self, call, 'PutItem', (body) => body, putDone)
}

/** The table is asked for the new item, so that the cache has it; where the client wants an old one, the cache forgets the item. */
export function updateItem(self: Cluster, call: Call): void {
  write(
    self,
    call,
    'UpdateItem',
    (body) => (wantsOther(body) ? body : { ...body, ReturnValues: 'ALL_NEW' }),
    updateDone,
  )
}

export function deleteItem(self: Cluster, call: Call): void {
  write(self, call, 'DeleteItem', (body) => body, deleteDone)
}

export function batchWriteItem(self: Cluster, call: Call): void {
  write(self, call, 'BatchWriteItem', (body) => body, batchDone)
}

function write(
  self: Cluster,
  call: Call,
  operation: Operation,
  asked: (body: Item) => Item,
  done: (self: Cluster, pending: Pending, answer: Item) => Item,
): void {
  const table = self.begin(call, operation)
  if (table === undefined) return self.unknownTable(call)
  const { primary } = self
  if (primary === null) return self.fault(call)
  if (!self.works(call, primary, self.passCost)) return
  self.ask(call, table, operation, primary, asked(forTable(self.body(call))), done)
}

function putDone(self: Cluster, { table, body }: Pending, answer: Item): Item {
  keep(self, table, body['Item'] as Item, body['Item'] as Item)
  return answer
}

function updateDone(self: Cluster, { table, body }: Pending, answer: Item): Item {
  const key = body['Key'] as Item
  if (wantsOther(body)) {
    self.forget(table.keyOf(key)!)
    return answer
  }
  keep(self, table, key, answer['Attributes'] as Item)
  if (body['ReturnValues'] === 'ALL_NEW') return answer
  const { Attributes: _, ...rest } = answer
  return rest
}

function deleteDone(self: Cluster, { table, body }: Pending, answer: Item): Item {
  keep(self, table, body['Key'] as Item, null)
  return answer
}

function batchDone(self: Cluster, { table, body }: Pending, answer: Item): Item {
  const left = Object.values((answer['UnprocessedItems'] ?? NOTHING) as Record<string, readonly unknown[]>).flat()
  for (const request of requestsOf(body)) {
    if (left.includes(request)) continue
    const put = mapOf(request['PutRequest'])?.['Item'] as Item | undefined
    if (put !== undefined) keep(self, table, put, put)
    else keep(self, table, mapOf(request['DeleteRequest'])!['Key'] as Item, null)
  }
  return answer
}

/** Stores what was written; `from` has the key attributes. */
function keep(self: Cluster, table: TableLink, from: Item, item: Item | null): void {
  const name = table.keyOf(from)
  if (name !== undefined) self.store(entryOf(self, table, name, table.keyIn(from), item, self.now))
}

function requestsOf(body: Item): readonly Item[] {
  const given = body['RequestItems']
  const list = Array.isArray(given) ? given : Object.values(mapOf(given) ?? NOTHING).flat()
  return list as readonly Item[]
}

/** Whether the client wants something else of an updated item than what it is now. */
function wantsOther(body: Item): boolean {
  const wanted = body['ReturnValues']
  return wanted !== undefined && wanted !== 'NONE' && wanted !== 'ALL_NEW'
}
