// The batch forms of a queue's operations: up to ten entries in one request, each succeeding or failing on its own.
import type { Call } from '../../engine/calls.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { entriesOf, type Entry } from '../../parts/entries.ts'
import { DELETE, SEND, type Fifo } from './fifo.ts'
import { bodyOf, changeVisibility, delayOf, groupsOf, isThrottled, refusalOf, sizeOf } from './queue-ops.ts'
import { BATCH_ID } from './queue.facts.ts'
import type { Queue } from './queue-state.ts'

export function changeMessageVisibilityBatch(q: Queue, call: Call): void {
  q.touch()
  const entries = entriesOf(bodyOf(q, call)['Entries'])
  const refused = batchRefusal(q, entries)
  if (refused === 0)
    answerEntries(q, call, entries, (entry) => changeVisibility(q, entry['ReceiptHandle'], entry['VisibilityTimeout']))
  q.answer(call, refused)
}

export function deleteMessageBatch(q: Queue, call: Call): void {
  q.touch()
  const entries = entriesOf(bodyOf(q, call)['Entries'])
  const refused = batchRefusal(q, entries)
  if (refused === 0) {
    const { fifo } = q
    if (fifo !== null) {
      const handles = entries.map((entry) => entry['ReceiptHandle'] as unknown)
      if (isThrottled(q, fifo, call, DELETE, groupsOf(q, fifo, handles))) return
    }
    const deleted = answerEntries(q, call, entries, (entry) => q.delete(entry['ReceiptHandle']))
    if (deleted > 0) q.countDeleted(deleted)
  }
  q.answer(call, refused)
  q.offer()
}

export function sendMessageBatch(q: Queue, call: Call): void {
  q.touch()
  const entries = entriesOf(bodyOf(q, call)['Entries'])
  // A FIFO queue looks at the parameters of all entries first.
  let refused = q.fifo !== null && lacksParameter(q.fifo, entries) ? q.sim.error('InvalidParameterValue', 400) : 0
  if (refused === 0) refused = batchRefusal(q, entries)
  // The whole batch obeys the limit of one message (SQS-70).
  const total = refused === 0 ? entries.reduce((sum, entry) => sum + sizeOf(entry), 0) : 0
  q.moreChunks += chunksOf(total) - 1
  if (total > q.batchSizeMax) refused = q.sim.error('BatchRequestTooLong', 400)
  if (refused === 0) {
    const { fifo } = q
    if (fifo !== null) {
      const groups = entries.map((entry) => String(entry['MessageGroupId']))
      if (isThrottled(q, fifo, call, SEND, groups)) return
    }
    const before = q.sent
    answerEntries(q, call, entries, (entry, result) => {
      const size = sizeOf(entry)
      const status = refusalOf(q, entry, size)
      if (status === 0) Object.assign(result, q.accept(entry, size, delayOf(q, entry), q.sim.calls.hops[call]))
      return status
    })
    q.countSent(q.sent - before)
  }
  q.answer(call, refused)
  q.offer()
}

/** Whether an entry names no group, or has nothing by which it could be known again. */
function lacksParameter(fifo: Fifo, entries: readonly Entry[]): boolean {
  return entries.some(
    ({ MessageGroupId: group, MessageDeduplicationId: id }) =>
      group === undefined || (id === undefined && !fifo.byContent),
  )
}

/** Why a batch as a whole is refused; 0 = it is not (SQS-70). */
function batchRefusal(q: Queue, entries: readonly Entry[]): number {
  if (entries.length === 0) return q.sim.error('EmptyBatchRequest', 400)
  if (entries.length > q.batchMax) return q.sim.error('TooManyEntriesInBatchRequest', 400)
  for (let i = 0; i < entries.length; i++) {
    if (!BATCH_ID.test(String(entries[i]['Id']))) return q.sim.error('InvalidBatchEntryId', 400)
    for (let j = 0; j < i; j++)
      if (String(entries[i]['Id']) === String(entries[j]['Id'])) return q.sim.error('BatchEntryIdsNotDistinct', 400)
  }
  return 0
}

/** Does each entry and lists it under `Successful` or `Failed`; returns how many succeeded. */
function answerEntries(
  q: Queue,
  call: Call,
  entries: readonly Entry[],
  run: (entry: Entry, result: Record<string, unknown>) => number,
): number {
  const successful: Record<string, unknown>[] = []
  const failed: Record<string, unknown>[] = []
  for (const entry of entries) {
    const result: Record<string, unknown> = { Id: entry['Id'] }
    const status = run(entry, result)
    if (status === 0) successful.push(result)
    else failed.push({ Id: entry['Id'], Code: q.sim.errors.names[status], SenderFault: true })
  }
  q.sim.calls.answer[call] = { Successful: successful, Failed: failed }
  return successful.length
}
