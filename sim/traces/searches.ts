// Finds requests in a run that is made again: by the time that something took, or by what became of them.
import type { Call } from '../engine/calls.ts'
import type { Target } from '../engine/kernel.ts'
import type { MetricId } from '../engine/recorder.ts'
import type { Op, ServiceDef } from '../model/contract.ts'
import { THROTTLING } from '../model/errors.ts'
import type { World } from '../run/world.ts'
import { endingOf } from './tracer.ts'

/** Looks on while a stretch of a run is made again. */
export interface Watcher {
  /** Up to where, in µs. */
  readonly until: number
  attach(world: World): void
  /** Whether enough has been seen. */
  isDone(): boolean
}

/** A duration in [low, high) µs that a metric records in (from, to] µs. */
export interface Duration {
  readonly metric: MetricId
  readonly from: number
  readonly to: number
  readonly low: number
  readonly high: number
}

/** Finds who recorded the longest duration of a stretch: the request of the event under way when it is recorded. */
export class DurationSearch implements Watcher {
  trace = 0
  readonly until: number
  private readonly wanted: Duration
  private longest = -1
  /** The request of the event under way; 0 = none. */
  private current = 0

  constructor(wanted: Duration) {
    this.wanted = wanted
    this.until = wanted.to
  }

  attach(world: World): void {
    const { wanted } = this
    const traceOf = tracesOf(world)
    // Asked before the event runs, while its call is still open.
    world.kernel.tap = (time, target, arg) => {
      this.current = time > wanted.from ? traceOf(target, arg) : 0
    }
    world.recorder.watch = {
      recorded: (metric, value) => {
        if (metric !== wanted.metric || this.current === 0) return
        if (value < wanted.low || value >= wanted.high || value <= this.longest) return
        this.longest = value
        this.trace = this.current
      },
    }
  }

  isDone(): boolean {
    return false
  }
}

/** Tells the request that an event is about; 0 = none. */
function tracesOf(world: World): (target: Target, arg: number) => number {
  const { kernel, calls, dispatcher, components } = world
  const answers = new Set(dispatcher.replyTo)
  const ways = new Map<Target, (arg: number) => number>()
  const wayOf = (target: Target): ((arg: number) => number) => {
    const component = kernel.componentOf(target)
    if (component === 0) return () => 0
    const { def } = components[component - 1]!
    const run = kernel.functionOf(target)
    if (answers.has(target) || Object.values(def.ops).some((op) => (op as Op<unknown>).run === run))
      return (arg) => calls.trace[arg]!
    const ending = endingOf(world, target)
    return (arg) => {
      const what = ending?.(arg)
      if (what === undefined || what.end === 'hidden') return 0
      return calls.trace[what.end === 'given up' ? what.call : what.of] ?? 0
    }
  }
  return (target, arg) => {
    let way = ways.get(target)
    if (way === undefined) ways.set(target, (way = wayOf(target)))
    return way(arg)
  }
}

/** Finds the first throttled call of a request that came from a component. */
export class ThrottleSearch implements Watcher {
  trace = 0
  readonly until = Infinity
  private readonly component: number
  private readonly own = new Set<number>()

  /** `component` is numbered from 1. */
  constructor(component: number) {
    this.component = component
  }

  attach(world: World): void {
    const { calls, errors, dispatcher } = world
    const { name } = world.components[this.component - 1]!
    dispatcher.observer = {
      sent: (call: Call, edge: number) => {
        if (dispatcher.edges[edge]!.from === name && calls.attempt[call] === 1) this.own.add(calls.trace[call]!)
      },
      answered: (call: Call) => {
        const trace = calls.trace[call]!
        if (this.trace === 0 && errors.retry[calls.status[call]!] === THROTTLING && this.own.has(trace))
          this.trace = trace
      },
    }
  }

  isDone(): boolean {
    return this.trace !== 0
  }
}

/** Finds the first message that is given up, and when it was sent. */
export class BurialSearch implements Watcher {
  readonly until = Infinity
  message: unknown = undefined
  /** When it was sent, in µs; −1 = none was found. */
  since = -1

  attach(world: World): void {
    world.dispatcher.observer = {
      sent: (call: Call, edge: number) => {
        const { messages, oneWay } = opOf(world, edge)
        if (this.since >= 0 || messages?.way !== 'in' || oneWay !== true) return
        for (const { id, since } of messages.of(world.calls.body[call], null)) {
          if (since === undefined) continue
          this.message = id
          this.since = since
        }
      },
      answered: () => {},
    }
  }

  isDone(): boolean {
    return this.since >= 0
  }
}

/** Finds the request that sent a message. */
export class SenderSearch implements Watcher {
  trace = 0
  readonly until: number

  private readonly burial: BurialSearch

  constructor(burial: BurialSearch) {
    this.burial = burial
    this.until = burial.since
  }

  attach(world: World): void {
    const { calls } = world
    world.dispatcher.observer = {
      sent: () => {},
      answered: (call: Call, edge: number) => {
        const { messages, oneWay } = opOf(world, edge)
        if (messages?.way !== 'in' || oneWay === true || calls.status[call] !== 0) return
        if (messages.of(calls.body[call], calls.answer[call]).some(({ id }) => id === this.burial.message))
          this.trace = calls.trace[call]!
      },
    }
  }

  isDone(): boolean {
    return this.trace !== 0
  }
}

function opOf(world: World, edge: number): Op<unknown> {
  const { to, action } = world.dispatcher.edges[edge]!
  return (world.planOf(to).def as ServiceDef<unknown>).ops[action]!
}
