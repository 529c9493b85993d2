// What AWS bills for a queue: requests, each chunk of 64 KB one, empty receives among them.
import type { Action } from '../../model/contract.ts'
import type { Meter, Price } from '../../model/price.ts'
import type { Queue } from './queue-state.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/sqs/pricing/ [PR-R1, PR-R2]'

/** Every operation of SQS's API is a request, whatever becomes of it; a batch is one. */
const REQUESTS: readonly Action[] = [
  'sqs:CancelMessageMoveTask',
  'sqs:ChangeMessageVisibility',
  'sqs:ChangeMessageVisibilityBatch',
  'sqs:DeleteMessage',
  'sqs:DeleteMessageBatch',
  'sqs:DeleteQueue',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListDeadLetterSourceQueues',
  'sqs:ListMessageMoveTasks',
  'sqs:PurgeQueue',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
  'sqs:SendMessageBatch',
  'sqs:SetQueueAttributes',
  'sqs:StartMessageMoveTask',
]

const requests = (q: Queue, meter: Meter): number =>
  REQUESTS.reduce((sum, action) => sum + meter.calls(action).sent, q.requestsBeside)

export const prices: Readonly<Record<string, Price<Queue>>> = {
  Requests: {
    doc: 'Requests',
    usd: '0.40',
    per: 1_000_000,
    unit: 'requests',
    free: 1_000_000,
    source: SOURCE,
    used: (q, meter) => (q.fifo === null ? requests(q, meter) : undefined),
  },
  FifoRequests: {
    doc: 'Requests (FIFO)',
    usd: '0.50',
    per: 1_000_000,
    unit: 'requests',
    source: SOURCE,
    used: (q, meter) => (q.fifo === null ? undefined : requests(q, meter)),
  },
}
