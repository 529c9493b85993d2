// For those who keep copies of items: whether a copy is stale, and what a write leaves behind.
import type { Copies } from '../../model/contract.ts'
import { recordOf, type SingleBody } from './single.ts'
import type { Table } from './state.ts'
import { Invalid, type Item } from './values.ts'

/** GetItem: items are never changed but replaced, so a copy is good as long as it is the very item that is there. */
export const readCopies: Copies<Table> = {
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
    const unanswered = (table.unanswered ??= new Unanswered())
    // Items that are there from the start are made when they are asked for.
    if (row < 0) return (answer.Item !== undefined) !== table.isInitial(row)
    const copy = answer.Item ?? null
    return copy !== table.items.items[row] && !unanswered.isBefore(row, copy, asked)
  },
}

/** Rows of writes under way that are remembered before those are let go of that have been answered. */
const KEPT = 10_000

/**
 * Writes that have taken effect and are not answered yet: until then nobody can tell what was there before from what is there
 * now, so a copy of it is not stale. Kept from the moment on when somebody asks.
 */
export class Unanswered {
  private readonly byRow = new Map<number, { readonly before: Item | null; answeredAt: number }>()
  private readonly written: number[] = []

  write(row: number, before: Item | null, now: number): void {
    const known = this.byRow.get(row)
    if (known !== undefined && now <= known.answeredAt) known.answeredAt = Infinity
    else this.byRow.set(row, { before, answeredAt: Infinity })
    this.written.push(row)
    if (this.byRow.size > KEPT)
      for (const [old, { answeredAt }] of this.byRow) if (answeredAt < now) this.byRow.delete(old)
  }

  /** The request that has just written is answered at a time. */
  answer(at: number): void {
    for (const row of this.written) {
      const known = this.byRow.get(row)
      if (known !== undefined) known.answeredAt = at
    }
    this.written.length = 0
  }

  /** Whether a copy is of what was there before a write that was under way at a time. */
  isBefore(row: number, copy: Item | null, time: number): boolean {
    const known = this.byRow.get(row)
    // Before the first write of its row an item is one of those that are there from the start, made for each answer.
    return known !== undefined && time <= known.answeredAt && (known.before === copy || known.before === null)
  }
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
