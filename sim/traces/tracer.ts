// Follows one request through a run: every call that serves it, every stage of the work, every message it leaves in a queue.
//
// The one idea: a run is the same whenever it is made again, so that it is made again for the one request that somebody asks
// about. The dispatcher's observer sees its calls, the loop's tap sees the timers, and the rooms say what a timer means.
import type { Call } from '../engine/calls.ts'
import type { Target } from '../engine/kernel.ts'
import type { Ending, Op, ServiceDef, Traced } from '../model/contract.ts'
import { THROTTLING } from '../model/errors.ts'
import type { Observer } from '../run/dispatcher.ts'
import type { World } from '../run/world.ts'
import type { SpanKind, SpanOutcome } from './types.ts'

/** The most spans of a waterfall: what comes then is counted. */
export const SPANS_MAX = 500
const OPEN = -1
const NONE = -1

/** A span while it grows. */
export interface Draft {
  readonly kind: SpanKind
  /** Number of the component, from 1. */
  readonly component: number
  readonly words: string
  readonly from: number
  /** −1 = it has not ended. */
  to: number
  readonly parent: number
  outcome: SpanOutcome
  error?: string
  attempt?: number
  trace?: number
  /** Of a call: when its answer was decided; −1 = it was not. */
  decided: number
}

/** A message of the request on its way. */
interface Message {
  /** Numbers of its span and of the time in flight now, −1 = it is to be received. */
  readonly span: number
  flight: number
  /** Since when it waits, in µs. */
  since: number
  handle: unknown
  isOver: boolean
}

export class Tracer implements Observer {
  readonly trace: number
  readonly drafts: Draft[] = []
  leftOut = 0
  private readonly world: World
  /** The request itself and what others do with its messages. */
  private readonly followed: Set<number>
  /** Spans of calls without an answer, by the row of the call; and the last span of each row. */
  private readonly open = new Map<Call, number>()
  private readonly last = new Map<Call, number>()
  /** The last attempt on an edge by the caller's own note. */
  private readonly attempts = new Map<string, number>()
  private readonly messages = new Map<unknown, Message>()
  /** Components that work for the request by themselves, such as a function on its asynchronous events. */
  private readonly later = new Set<number>()
  private readonly handles = new Map<string, Message>()
  /** When a program's frame was last awake, by component and frame. */
  private readonly awake = new Map<string, number>()
  private readonly endings = new Map<Target, ((arg: number) => Ending | undefined) | null>()
  /** Number of the component that the request came from; 0 = its first call was not seen yet. */
  private source = 0
  /** When something happened at the source that may have ended the request; −1 = nothing. */
  private asked = -1

  constructor(world: World, trace: number) {
    this.world = world
    this.trace = trace
    this.followed = new Set([trace])
  }

  /** Looks on from now on; the world must have been taken to a moment before the request began. */
  attach(): void {
    this.world.dispatcher.observer = this
    this.world.kernel.tap = (time, target, arg) => this.before(time, target, arg)
  }

  detach(): void {
    this.world.dispatcher.observer = null
    this.world.kernel.tap = null
  }

  /** Whether nothing more can happen to the request. */
  get isOver(): boolean {
    this.lookAtSource()
    if (this.source === 0 || this.drafts[0]!.to === OPEN || this.open.size > 0) return false
    for (const message of this.messages.values()) if (!message.isOver) return false
    for (const component of this.later)
      if (this.tracedOf(component)?.holds?.(this.world.states[component], this.trace) === true) return false
    return true
  }

  sent(call: Call, edge: number): void {
    const { calls } = this.world
    const op = this.opOf(edge)
    const trace = calls.trace[call]!
    if (this.messages.size > 0) this.messagesSent(call, edge, op)
    if (!this.followed.has(trace)) return
    const from = this.callerOf(edge)
    if (this.source === 0) this.begin(call, from)
    if (this.isFull()) return
    const attempt = calls.attempt[call]!
    const key = `${edge} ${calls.cookie[call]} ${trace}`
    const before = attempt > 1 ? this.attempts.get(key) : undefined
    const parent = before === undefined ? this.parentOf(call, from) : this.drafts[before]!.parent
    const { now } = this.world
    if (before !== undefined && this.drafts[before]!.to < now)
      this.add('back-off', from, `back-off before attempt ${attempt}`, this.drafts[before]!.to, now, parent)
    const span = this.add('call', this.calleeOf(edge), this.world.dispatcher.edges[edge]!.action, now, OPEN, parent)
    if (before !== undefined) {
      this.drafts[before]!.attempt = attempt - 1
      this.drafts[span]!.attempt = attempt
    }
    this.attempts.set(key, span)
    this.open.set(call, span)
    this.last.set(call, span)
  }

  answered(call: Call, edge: number, delay: number): void {
    const { calls, errors, now } = this.world
    const op = this.opOf(edge)
    const status = calls.status[call]!
    const span = this.open.get(call)
    if (span !== undefined) {
      const draft = this.drafts[span]!
      this.open.delete(call)
      draft.decided = now
      // Somebody who has given up does not wait for it.
      if (draft.to === OPEN) {
        draft.to = now + delay
        draft.outcome = 'ok'
        if (status !== 0) {
          draft.outcome = errors.retry[status] === THROTTLING ? 'throttled' : 'error'
          draft.error = errors.names[status]!
        } else if (op.failed?.(calls.answer[call]) === true) {
          draft.outcome = 'error'
          draft.error = errorTypeOf(calls.answer[call])
        }
      }
      this.awake.set(`${this.callerOf(edge)} ${calls.cookie[call]}`, now + delay)
    }
    if (op.messages !== undefined && status === 0) this.messagesAnswered(call, edge, op, span !== undefined)
  }

  /** All spans that have not ended go on to `now`. */
  close(): void {
    const { now } = this.world
    this.lookAtSource()
    for (const message of this.messages.values()) if (!message.isOver) this.endPhase(message, now, 'open')
    for (const draft of this.drafts) {
      if (draft.to !== OPEN && draft.to <= now) continue
      draft.to = now
      draft.outcome = 'open'
    }
  }

  /** Sees every event before it runs. */
  before(time: number, target: Target, arg: number): void {
    this.lookAtSource()
    if (this.source === 0) return
    const component = this.world.kernel.componentOf(target)
    if (component === this.source && this.drafts[0]!.to === OPEN) this.asked = time
    const ending = this.endingOf(target)?.(arg)
    if (ending !== undefined) this.take(ending, component, time)
  }

  private take(ending: Ending, component: number, now: number): void {
    switch (ending.end) {
      case 'stage': {
        const parent = this.open.get(ending.of)
        if (parent === undefined) return
        const from = ending.from ?? this.lastAwake(parent, component, ending.line ?? [])
        // A stage without a line comes before the program: all of its frames begin after it.
        this.awake.set(ending.line === undefined ? `span ${parent}` : `${component} ${ending.line[0]}`, now)
        if (from < now && !this.isFull()) this.add(ending.stage, component, ending.words, from, now, parent)
        return
      }
      case 'given up': {
        const span = this.last.get(ending.call)
        if (span !== undefined) this.giveUp(span, now)
        return
      }
      case 'timed out': {
        const parent = this.open.get(ending.of)
        if (parent === undefined) return
        this.drafts.forEach((draft, i) => {
          if (draft.parent === parent) this.giveUp(i, now)
        })
        return
      }
      case 'hidden': {
        const message = this.messages.get(ending.message)
        if (message === undefined || message.isOver) return
        this.endPhase(message, now, ending.delayed ? 'ok' : 'given up', ending.delayed ? DELAYED : undefined)
        message.since = now
        message.flight = NONE
      }
    }
  }

  // The request --------------------------------------------------------------------------------------------------------

  private begin(call: Call, from: number): void {
    const { now } = this.world
    this.source = from
    const since = this.tracedOf(from)?.since?.(this.world.states[from], call) ?? now
    this.add('request', from, 'request', since, OPEN, NONE)
    if (since < now) this.add('wait', from, 'is held back by the client’s rate limiter', since, now, 0)
  }

  /** The request is over once its source says so; what ended it is what happened there last. */
  private lookAtSource(): void {
    if (this.asked < 0) return
    const time = this.asked
    this.asked = -1
    const root = this.drafts[0]!
    const holds = this.tracedOf(this.source)?.holds
    if (root.to !== OPEN || holds === undefined || holds(this.world.states[this.source], this.trace)) return
    root.to = time
    root.outcome = 'error'
    this.drafts.forEach((draft, i) => {
      if (draft.parent !== 0 || draft.kind !== 'call') return
      if (draft.to === OPEN || draft.to > time) this.giveUp(i, time)
      else if (draft.to === time && draft.outcome === 'ok') root.outcome = 'ok'
      else if (draft.to === time) root.error = draft.error
    })
  }

  /** The span of the call that a component serves with a call of its own. */
  private parentOf(call: Call, from: number): number {
    const { world } = this
    const trace = world.calls.trace[call]!
    if (from === this.source && trace === this.trace && this.tracedOf(from)?.serves === undefined) return 0
    const served = this.tracedOf(from)?.serves?.(world.states[from], call)
    const known = served === undefined ? undefined : this.open.get(served)
    if (known !== undefined) return known
    // What serves no call is done later, by itself: its component says when it is over.
    if (served === NONE) {
      this.later.add(from)
      return NONE
    }
    // A batch runs while its messages are hidden.
    for (const message of this.messages.values()) if (message.flight !== NONE && !message.isOver) return message.flight
    return 0
  }

  private giveUp(span: number, now: number): void {
    const draft = this.drafts[span]!
    if (draft.to !== OPEN && draft.to <= now) return
    draft.to = now
    draft.outcome = 'given up'
    delete draft.error
  }

  /** When what is under way in a program began: the last that its frame, or one that waits for it, has seen. */
  private lastAwake(parent: number, component: number, line: readonly number[]): number {
    let from = Math.max(this.drafts[parent]!.from, this.awake.get(`span ${parent}`) ?? 0)
    for (const frame of line) from = Math.max(from, this.awake.get(`${component} ${frame}`) ?? 0)
    return from
  }

  // Its messages -------------------------------------------------------------------------------------------------------

  private messagesSent(call: Call, edge: number, { messages: flow, oneWay }: Op<unknown>): void {
    const { calls, now } = this.world
    if (flow === undefined) return
    if (flow.way === 'on') {
      // A batch with one of them: what is done for it is done for the request.
      const ids = flow.of(calls.body[call], null)
      if (ids.some(({ id }) => this.messages.get(id)?.isOver === false)) this.followed.add(calls.trace[call]!)
    } else if (flow.way === 'in' && oneWay === true) {
      for (const { id } of flow.of(calls.body[call], null)) {
        const message = this.messages.get(id)
        if (message === undefined || message.isOver) continue
        this.endPhase(message, now, 'ok')
        this.add('queued', this.calleeOf(edge), 'moves to the dead-letter queue', now, now, message.span, 'dead-letter')
        this.endMessage(message, now, 'dead-letter')
      }
    }
  }

  private messagesAnswered(call: Call, edge: number, { messages: flow, oneWay }: Op<unknown>, isOurs: boolean): void {
    const { calls, now } = this.world
    const component = this.calleeOf(edge)
    for (const { id, handle } of flow!.of(calls.body[call], calls.answer[call])) {
      if (flow!.way === 'in' && isOurs && oneWay !== true && !this.isFull()) {
        const span = this.add('message', component, 'message', now, OPEN, NONE)
        this.messages.set(id, { span, flight: NONE, since: now, handle: undefined, isOver: false })
      } else if (flow!.way === 'out') {
        const message = this.messages.get(id)
        if (message === undefined || message.isOver) continue
        this.endPhase(message, now, 'ok')
        if (this.isFull()) {
          this.endMessage(message, now, 'open')
          continue
        }
        message.since = now
        message.handle = handle
        message.flight = this.add('hidden', component, 'in flight', now, OPEN, message.span)
        const taker = calls.trace[call]!
        if (taker !== 0 && !this.followed.has(taker)) this.drafts[message.flight]!.trace = taker
        this.handles.set(`${component} ${handle}`, message)
      } else if (flow!.way === 'gone') {
        const message = this.handles.get(`${component} ${handle}`)
        if (message === undefined || message.isOver || message.handle !== handle || message.flight === NONE) continue
        this.endPhase(message, now, 'ok')
        this.endMessage(message, now, 'ok')
      }
    }
  }

  /** The time in which a message was queued or in flight ends. */
  private endPhase(message: Message, now: number, outcome: SpanOutcome, words = QUEUED): void {
    const { component } = this.drafts[message.span]!
    if (message.flight === NONE) {
      if (message.since < now || outcome === 'open')
        this.add('queued', component, words, message.since, now, message.span, outcome)
      return
    }
    const flight = this.drafts[message.flight]!
    flight.to = now
    flight.outcome = outcome
  }

  private endMessage(message: Message, now: number, outcome: SpanOutcome): void {
    const draft = this.drafts[message.span]!
    draft.to = now
    draft.outcome = outcome
    message.isOver = true
  }

  // Look-ups -----------------------------------------------------------------------------------------------------------

  private add(
    kind: SpanKind,
    component: number,
    words: string,
    from: number,
    to: number,
    parent: number,
    outcome: SpanOutcome = 'ok',
  ): number {
    this.drafts.push({ kind, component, words, from, to, parent, outcome, decided: OPEN })
    return this.drafts.length - 1
  }

  /** Whether there are as many spans as are kept; then one more is left out. */
  private isFull(): boolean {
    if (this.drafts.length < SPANS_MAX) return false
    this.leftOut++
    return true
  }

  private opOf(edge: number): Op<unknown> {
    const { to, action } = this.world.dispatcher.edges[edge]!
    return this.world.planOf(to).def.ops[action] as Op<unknown>
  }

  private callerOf(edge: number): number {
    return this.world.numberOf(this.world.dispatcher.edges[edge]!.from)
  }

  private calleeOf(edge: number): number {
    return this.world.numberOf(this.world.dispatcher.edges[edge]!.to)
  }

  private tracedOf(component: number): Traced<unknown> | undefined {
    return (this.world.components[component - 1]!.def as ServiceDef<unknown>).traced
  }

  /** What a timer means to a request; null = nothing. */
  private endingOf(target: Target): ((arg: number) => Ending | undefined) | null {
    const known = this.endings.get(target)
    if (known !== undefined) return known
    const found = endingOf(this.world, target)
    this.endings.set(target, found)
    return found
  }
}

const QUEUED = 'waits in the queue'
const DELAYED = 'is delayed'

/** What a timer's room says that it ends. */
export function endingOf(world: World, target: Target): ((arg: number) => Ending | undefined) | null {
  const { kernel } = world
  const component = kernel.componentOf(target)
  if (component === 0) return null
  const { def } = world.components[component - 1]!
  const run = kernel.functionOf(target)
  const name = Object.keys(def.timers).find((each) => def.timers[each] === run)
  const ends = name === undefined ? undefined : (def.traced as Traced<unknown> | undefined)?.ends
  if (ends === undefined || !Object.hasOwn(ends, name!)) return null
  const meaning = ends[name!]!
  return (arg) => meaning(world.states[component], arg)
}

function errorTypeOf(answer: unknown): string {
  const type = (answer as { readonly ErrorType?: unknown } | null)?.ErrorType
  return typeof type === 'string' ? type : 'error'
}
