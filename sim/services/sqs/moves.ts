// Messages on their way to another queue: to the dead-letter queue, or back from one by a move task.
//
// A message stays this queue's until the other one has taken it; a move that a fault of the API layer stops is tried again.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import { MOVING, NONE, WAITING, type Messages } from './messages.ts'

const RETRY_US = 1_000_000

/** A message between two queues; without id and time it begins a new life (SQS-36). */
export interface Redriven {
  readonly MessageBody: unknown
  readonly MessageSize: number
  readonly MessageId?: number
  readonly EnqueuedAt?: number
  readonly Source?: string
  readonly MessageAttributes?: unknown
  readonly MessageGroupId?: string
  readonly MessageDeduplicationId?: string
}

/** A task that brings messages back from a dead-letter queue. */
export interface MoveTask {
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
  moved: number
  readonly toMove: number
  readonly startedAt: number
  /** µs from one message to the next. */
  readonly interval: number
  /** Where it moves them; −1 = each to its source. */
  readonly edge: number
}

/** The event functions of the owner that lead here. */
export interface MoveTimers {
  readonly moveAnswered: EventFunction<any>
  readonly moveRetried: EventFunction<any>
  readonly moveTaskDue: EventFunction<any>
}

export class Moves {
  /** Messages on their way. */
  moving = 0
  /** Messages given to the dead-letter queue so far. */
  readonly buried: Stretch
  /** A message received so often goes to the dead-letter queue at the next receive; Infinity without one (SQS-30). */
  receivesMax: number
  /** Queues whose dead-letter queue this is. */
  readonly sources: readonly string[]
  /** The newest move task. */
  task: MoveTask | null = null
  private readonly messages: Messages
  private readonly sim: Sim
  private readonly deadLetterEdge: number
  private readonly sourceEdges: readonly number[]
  private readonly retryTarget: Target
  private readonly taskTarget: Target

  constructor(messages: Messages, config: Config, sim: Sim, timers: MoveTimers) {
    const policy = config['RedrivePolicy']
    const edgeTo = (queue: string): number => sim.edge(queue, 'sqs:RedriveMessage', timers.moveAnswered)
    this.messages = messages
    this.sim = sim
    this.buried = new Stretch(sim.warmUp)
    this.receivesMax = policy === undefined ? Infinity : policy.maxReceiveCount
    this.deadLetterEdge = policy === undefined ? NONE : edgeTo(policy.deadLetterTargetArn)
    this.sources = config['Sources']
    this.sourceEdges = this.sources.map(edgeTo)
    this.retryTarget = sim.target(timers.moveRetried)
    this.taskTarget = sim.target(timers.moveTaskDue)
  }

  /** The number of a source queue, for `origin` of its messages; −1 = not one of them. */
  originOf(source: string | undefined): number {
    return source === undefined ? NONE : this.sources.indexOf(source)
  }

  /** Sends a visible message to the dead-letter queue. `trace` is that of the receive that finds it. */
  bury(row: number, trace: number): void {
    this.leave(row)
    this.buried.note(this.sim.clock[0])
    this.send(row, this.deadLetterEdge, trace)
  }

  /** The message that has arrived in the other queue; −1 when the move failed and will be tried again. */
  answered(call: Call): number {
    const { calls } = this.sim
    const row = calls.cookie[call]
    const failed = calls.status[call] !== 0
    this.sim.close(call)
    if (failed) {
      this.sim.after(RETRY_US, this.retryTarget, row)
      return NONE
    }
    this.moving--
    return row
  }

  retried(row: number): void {
    this.send(row, this.messages.receives[row] >= this.receivesMax ? this.deadLetterEdge : this.wayBack(row), 0)
  }

  /** Starts a task that moves what is visible now, one message every `interval` µs, to source number `to` or each to its own (−1). */
  startTask(interval: number, to: number): void {
    const toMove = this.messages.visible
    this.task = {
      status: toMove > 0 ? 'RUNNING' : 'COMPLETED',
      moved: 0,
      toMove,
      startedAt: this.sim.clock[0],
      interval,
      edge: to === NONE ? NONE : this.sourceEdges[to],
    }
    if (toMove > 0) this.sim.after(interval, this.taskTarget, 0)
  }

  /** The turn of the task's next message; one that was never moved here has no way back and ends the task. */
  taskDue(): void {
    const { task } = this
    if (task?.status !== 'RUNNING') return
    const row = this.firstOfAny()
    const edge = row === NONE ? NONE : this.wayBack(row)
    if (edge === NONE) {
      task.status = row === NONE ? 'COMPLETED' : 'FAILED'
      return
    }
    this.leave(row)
    this.send(row, edge, 0)
    if (++task.moved < task.toMove) this.sim.after(task.interval, this.taskTarget, 0)
    else task.status = 'COMPLETED'
  }

  private firstOfAny(): number {
    const first = this.messages.first()
    return first === NONE ? (this.messages.tenants?.nextHeld(() => true) ?? NONE) : first
  }

  private leave(row: number): void {
    this.messages.hide(row)
    this.messages.tenants?.moved(row, this.sim.clock[0], WAITING, -1)
    this.messages.leaveOrder(row)
    this.messages.state[row] = MOVING
    this.moving++
  }

  private wayBack(row: number): number {
    if (this.task !== null && this.task.edge !== NONE) return this.task.edge
    const origin = this.messages.origin[row]
    return origin === NONE ? NONE : this.sourceEdges[origin]
  }

  private send(row: number, edge: number, trace: number): void {
    const { messages, sim } = this
    const call = sim.open(edge, row, trace)
    const body = messages.body[row]
    let message: Redriven = { MessageBody: body, MessageSize: messages.size[row] }
    if (edge === this.deadLetterEdge) {
      message = { ...message, MessageId: messages.id[row], Source: sim.name }
      // In a FIFO queue the message's time begins anew (SQS-32).
      if (messages.groups === null) message = { ...message, EnqueuedAt: messages.enqueuedAt[row] }
    }
    if (row < messages.attributes.length && messages.attributes[row] !== undefined)
      message = { ...message, MessageAttributes: messages.attributes[row] }
    const tenant = messages.tenants?.tenantOf(row) ?? null
    if (tenant !== null) message = { ...message, MessageGroupId: tenant.name }
    if (messages.groups !== null)
      message = {
        ...message,
        MessageGroupId: messages.groups.nameOf(row),
        MessageDeduplicationId: String(messages.id[row]),
      }
    sim.calls.body[call] = message
    sim.send(call)
  }
}
