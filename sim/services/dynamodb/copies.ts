// For those who keep copies of items: whether a copy is stale, and what a write leaves behind.
import type { Copies } from '../../model/contract.ts'
import { Unanswered } from '../../parts/unanswered.ts'
import { newest, recordOf, type SingleBody } from './single.ts'
import type { Table } from './state.ts'
import { Invalid, type Item } from './values.ts'

/** GetItem: items are never changed but replaced, so a copy is good as long as it is the very item that is there. */
export const readCopies: Copies<Table> = {
  newest,
  isStale: (table, body: SingleBody, answer: { readonly Item?: Item }, asked) => {
    // Part of an item is a copy made for this answer.
    if (body.ProjectionExpression !== undefined) return undefined
    try {
      table.readKey(recordOf(body.Key, 'Key'), false)
    } catch (mistake) {
      if (mistake instanceof Invalid) return undefined
      throw mistake
    }
    const row = table.items.find(table.hash, table.pk, table.sk)
    const unanswered = (table.unanswered ??= new Unanswered<number, Item>())
    // Items that are there from the start are made when they are asked for.
    if (row < 0) return (answer.Item !== undefined) !== table.isInitial(row)
    const copy = answer.Item ?? null
    return copy !== table.items.items[row] && !unanswered.isBefore(row, copy, asked)
  },
}

/** PutItem: a read answers the item that was put. */
export const putCopies: Copies<Table> = { leaves: (body: SingleBody) => ({ Item: body.Item }) }

/** UpdateItem: known where it answers the whole new item; else nothing that a cache could keep. */
export const updateCopies: Copies<Table> = {
  leaves: (body: SingleBody, answer: { readonly Attributes?: Item }) =>
    body.ReturnValues === 'ALL_NEW' && answer.Attributes !== undefined ? { Item: answer.Attributes } : undefined,
}

/** DeleteItem: nothing is left. */
export const deleteCopies: Copies<Table> = { leaves: () => undefined }
