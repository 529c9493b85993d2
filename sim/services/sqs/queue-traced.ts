// How a queue's part of a request is read: what its operations do with messages, and when a message is visible again.
import type { MessageFlow, Traced } from '../../model/contract.ts'
import type { Redriven } from './moves.ts'
import type { ReceivedMessage, Queue } from './queue-state.ts'

export const traced: Traced<Queue> = {
  inside: 'waits for a message',
  insideWaits: true,
  answer: 'service time',
  ends: {
    delayPassed: (q, row) => ({ end: 'hidden', message: q.messages.id[row], delayed: true }),
    visibilityExpired: (q, row) => ({ end: 'hidden', message: q.messages.id[row], delayed: false }),
  },
}

interface Sent {
  readonly MessageId?: unknown
}

export const sends: MessageFlow = {
  way: 'in',
  of: (_, answer: Sent | null) => (answer?.MessageId === undefined ? [] : [{ id: answer.MessageId }]),
}

export const sendsBatch: MessageFlow = {
  way: 'in',
  of: (_, answer: { readonly Successful?: readonly Sent[] } | null) =>
    (answer?.Successful ?? []).map(({ MessageId }) => ({ id: MessageId })),
}

/** A message keeps its id on its way to a dead-letter queue; on its way back it begins a new life (SQS-36). */
export const redrives: MessageFlow = {
  way: 'in',
  of: (body: Redriven) => (body.MessageId === undefined ? [] : [{ id: body.MessageId, since: body.EnqueuedAt }]),
}

export const receives: MessageFlow = {
  way: 'out',
  of: (_, answer: { readonly Messages?: readonly ReceivedMessage[] } | null) =>
    (answer?.Messages ?? []).map(({ MessageId, ReceiptHandle }) => ({ id: MessageId, handle: ReceiptHandle })),
}

export const deletes: MessageFlow = {
  way: 'gone',
  of: (body: { readonly ReceiptHandle?: unknown }) => [{ handle: body.ReceiptHandle }],
}

export const deletesBatch: MessageFlow = {
  way: 'gone',
  of: (body: { readonly Entries?: readonly { readonly ReceiptHandle?: unknown }[] }) =>
    (Array.isArray(body.Entries) ? body.Entries : []).map(({ ReceiptHandle }) => ({ handle: ReceiptHandle })),
}
