// Transactions pass through to the table. What they have written is then read back in the background, so that the item cache has it
// (DAX-R8): that reading costs what transactional reads cost.
import type { Call } from '../../engine/calls.ts'
import type { Cluster, Pending, ReadBack, TableLink } from './cluster-state.ts'
import type { Item } from './node.ts'
import { forTable, keepItem, mapOf } from './reads.ts'

export function transactWriteItems(self: Cluster, call: Call): void {
  const table = self.begin(call, 'TransactWriteItems')
  if (table === undefined) return self.unknownTable(call)
  const { primary } = self
  if (primary === null) return self.fault(call)
  if (self.works(call, primary, self.passCost))
    self.ask(call, table, 'TransactWriteItems', primary, forTable(self.body(call)), written)
}

/** Strongly consistent by nature: it passes through and leaves nothing behind (DAX-R6). */
export function transactGetItems(self: Cluster, call: Call): void {
  const table = self.begin(call, 'TransactGetItems')
  if (table === undefined) return self.unknownTable(call)
  const node = self.reader(call)
  if (node !== null && self.works(call, node, self.passCost))
    self.ask(call, table, 'TransactGetItems', node, forTable(self.body(call)))
}

/** The client is answered at once; the items are read back, table by table, meanwhile. */
function written(self: Cluster, { table, body }: Pending, answer: Item): Item {
  const keys = new Map<TableLink, Item[]>()
  for (const member of body['TransactItems'] as readonly Item[]) {
    const [kind] = Object.keys(member)
    const action = mapOf(member[kind!])!
    // A check has changed nothing.
    if (kind === 'ConditionCheck') continue
    const at = action['TableName'] === undefined ? table : self.tableNamed(action['TableName'])
    if (at === undefined) continue
    const key = kind === 'Put' ? at.keyIn(action['Item'] as Item) : (action['Key'] as Item)
    keys.set(at, [...(keys.get(at) ?? []), key])
  }
  for (const [at, list] of keys) self.readBack({ table: at, keys: list, since: self.now })
  return answer
}

/** Stores what was read back. */
export function keepReadBack(self: Cluster, { table, keys, since }: ReadBack, answer: Item): void {
  const found = (answer['Responses'] ?? []) as readonly Item[]
  keys.forEach((key, i) => keepItem(self, table, key, (found[i]?.['Item'] ?? null) as Item | null, since))
}
