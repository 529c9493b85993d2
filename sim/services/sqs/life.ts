// A queue's own life: created, deleted, created again under its name.
import type { Call } from '../../engine/calls.ts'
import type { Op } from '../../model/contract.ts'
import { NONE } from './messages.ts'
import { bodyOf, getAttributes, setAttributes } from './queue-ops.ts'
import { CREATION_US, NAME_TAKEN_US } from './queue.facts.ts'
import { SECOND, type Queue } from './queue-state.ts'

type Ops = Readonly<Record<string, Op<Queue>>>

/** The operations as they are while the queue exists; before and after it is not found. */
export function ofLiving(ops: Ops): Ops {
  return Object.fromEntries(
    Object.entries(ops).map(([action, op]) => [
      action,
      {
        ...op,
        errors: [...(op.errors ?? []), 'QueueDoesNotExist'],
        run: (q: Queue, call: Call): void => (q.exists ? op.run(q, call) : q.answer(call, notFound(q))),
      },
    ]),
  )
}

/** The same name and attributes lead to the queue that is there; a name is free a minute after its deletion (SQS-13). */
export function createQueue(q: Queue, call: Call): void {
  const attributes = (bodyOf(q, call)['Attributes'] ?? {}) as Readonly<Record<string, unknown>>
  const status = q.isDeleted ? createAgain(q, attributes) : sameOrRefused(q, attributes)
  if (status === 0) q.sim.calls.answer[call] = { QueueUrl: q.sim.name }
  q.answer(call, status)
}

function sameOrRefused(q: Queue, attributes: Readonly<Record<string, unknown>>): number {
  const own: Readonly<Record<string, unknown>> = getAttributes(q)
  const isSame = Object.keys(attributes).every((name) => String(own[name] ?? 'false') === String(attributes[name]))
  return isSame ? 0 : q.sim.error('QueueNameExists', 400)
}

function createAgain(q: Queue, attributes: Readonly<Record<string, unknown>>): number {
  if (q.now - q.deletedAt < NAME_TAKEN_US) return q.sim.error('QueueDeletedRecently', 400)
  const { FifoQueue: fifo = 'false', ...settings } = attributes
  if (String(fifo) !== String(q.fifo !== null)) return q.sim.error('InvalidAttributeValue', 400)
  const status = setAttributes(q, { ...defaults(q), ...settings })
  if (status !== 0) return status
  q.deletedAt = NONE
  q.usableAt = q.now + CREATION_US
  q.touch()
  return 0
}

/** What a new queue has that nobody says anything of. */
function defaults(q: Queue): Readonly<Record<string, number>> {
  return {
    VisibilityTimeout: 30,
    DelaySeconds: 0,
    MessageRetentionPeriod: 345_600,
    ReceiveMessageWaitTimeSeconds: 0,
    MaximumMessageSize: q.batchSizeMax,
  }
}

/** Removes the queue with all that it holds; who waits at it is told so. */
export function deleteQueue(q: Queue, call: Call): void {
  q.touch()
  q.purge()
  q.deletedAt = q.now
  for (const waiting of q.dismissed()) q.answer(waiting, notFound(q))
  q.answer(call, 0)
}

/** Who this queue is, by its name. */
export function getQueueUrl(q: Queue, call: Call): void {
  q.sim.calls.answer[call] = { QueueUrl: q.sim.name }
  q.answer(call, 0)
}

/** The queues whose dead letters come here. */
export function listDeadLetterSourceQueues(q: Queue, call: Call): void {
  q.sim.calls.answer[call] = { queueUrls: q.moves.sources }
  q.answer(call, 0)
}

/** The newest move task and how far it is. */
export function listMessageMoveTasks(q: Queue, call: Call): void {
  const { task } = q.moves
  q.sim.calls.answer[call] = {
    Results:
      task === null
        ? []
        : [
            {
              Status: task.status,
              ApproximateNumberOfMessagesMoved: task.moved,
              ApproximateNumberOfMessagesToMove: task.toMove,
              MaxNumberOfMessagesPerSecond: Math.round(SECOND / task.interval),
              StartedTimestamp: Math.floor((q.sim.startsAt + task.startedAt) / 1000),
              ...(task.status === 'RUNNING' ? { TaskHandle: q.sim.name } : undefined),
            },
          ],
  }
  q.answer(call, 0)
}

/** Ends the move task under way; what it has moved stays moved. */
export function cancelMessageMoveTask(q: Queue, call: Call): void {
  const { task } = q.moves
  let status = 0
  if (task?.status !== 'RUNNING') status = q.sim.error('ResourceNotFoundException', 404)
  else {
    task.status = 'CANCELLED'
    q.sim.calls.answer[call] = { ApproximateNumberOfMessagesMoved: task.moved }
  }
  q.answer(call, status)
}

function notFound(q: Queue): number {
  return q.sim.error('QueueDoesNotExist', 400)
}
