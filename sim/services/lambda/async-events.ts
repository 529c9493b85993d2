// Asynchronous invocations: an event is accepted at once, waits in the function's own queue, and is tried until it succeeds,
// has failed too often or is too old.
//
//   Event ──202──► queue ──► invocation ──► success ──────────────► OnSuccess
//                    ▲            │ function error: after 1 min, then 2 min, twice at most by default (LAM-40)
//                    └────────────┤ throttled or a system error: after 1 s, 2 s, … 5 min while young enough (LAM-41)
//                                 └─ given up ────────────────────► OnFailure, dead-letter queue; else dropped (LAM-43)
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Action, Config, Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import { Stretch } from '../../parts/stretch.ts'
import { bodyFor, type TargetParameters } from '../../parts/targets.ts'
import type { AsyncConfig, Destination } from './function-config.ts'
import type { LambdaFunction } from './function.ts'
import { invoke } from './invocation.ts'
import { exceeds } from '../../parts/payload-size.ts'
import type { InvokeAnswer } from './running.ts'

const SECOND = 1_000_000

/** An event of the queue, from its acceptance to its end. Pooled; its place in `AsyncEvents.events` names it in timers and calls. */
class Event {
  payload: unknown = null
  trace = 0
  hops = 0
  qualifier = 0
  acceptedAt = 0
  /** Invocations that ran, and those that were refused. */
  runs = 0
  refusals = 0
  /** What the last invocation answered, null = it was refused; whether the event is too old for another one. */
  lastAnswer: unknown = null
  isLast = false
}

/** What an event asked for at its end: a destination, or the dead-letter queue. */
interface Way {
  readonly edge: number
  readonly action: Action
  readonly parameters: TargetParameters | undefined
}

export class AsyncEvents {
  /** Events accepted; those that ended well, and those that were given up. */
  accepted = 0
  succeeded = 0
  readonly givenUp: Stretch
  /** Events that had come round too often. */
  readonly loops: Stretch
  dropped = 0
  waiting = 0
  running = 0
  private objects = 0
  private readonly events: Event[] = []
  private readonly free: number[] = []
  private readonly self: LambdaFunction
  private readonly sim: Sim
  /** By name of the function, itself first. */
  private readonly configs: AsyncConfig[]
  private readonly ways: { readonly success: Way | null; readonly failure: Way | null }[]
  private readonly deadLetters: Way | null
  private readonly sizeMax: number
  private readonly retriesAtZero: boolean
  private readonly runEdge: number
  private readonly dueTarget: Target
  private readonly received: MetricId
  private readonly drops: MetricId
  private readonly recursions: MetricId
  private readonly hopsMax: number
  private readonly age: MetricId
  private readonly destinationFailures: MetricId
  private readonly deadLetterErrors: MetricId

  constructor(self: LambdaFunction, config: Config, sim: Sim) {
    this.self = self
    this.sim = sim
    this.givenUp = new Stretch(sim.warmUp)
    this.configs = [...(config['Async'] as readonly AsyncConfig[])]
    this.ways = this.configs.map(({ success, failure }) => ({
      success: wayTo(sim, success, asyncDelivered),
      failure: wayTo(sim, failure, asyncDelivered),
    }))
    this.deadLetters = wayTo(sim, config['DeadLetters'], asyncBuried)
    this.sizeMax = sim.quota('AsyncPayloadSize')
    this.retriesAtZero = sim.choice('AsyncAtZeroConcurrency') === 'retried'
    this.runEdge = sim.edge(sim.name, 'lambda:RunAsyncEvent', asyncAnswered)
    this.dueTarget = sim.target(asyncDue)
    this.received = sim.metric('AsyncEventsReceived')
    this.drops = sim.metric('AsyncEventsDropped')
    this.recursions = sim.metric('RecursiveInvocationsDropped')
    this.loops = new Stretch(sim.warmUp)
    this.hopsMax = config['RecursiveLoop'] === 'Allow' ? Infinity : sim.quota('RecursiveHops')
    this.age = sim.metric('AsyncEventAge')
    this.destinationFailures = sim.metric('DestinationDeliveryFailures')
    this.deadLetterErrors = sim.metric('DeadLetterErrors')
  }

  /** A name that no `EventInvokeConfig` speaks of is treated by default. */
  addName(qualifier: number): void {
    const { sim, configs, ways } = this
    if (qualifier < configs.length) return
    configs.push({ retries: sim.quota('AsyncRetries'), age: sim.quota('AsyncEventAge'), success: null, failure: null })
    ways.push({ success: null, failure: null })
  }

  /** Takes an event in and answers 202; what becomes of it the caller does not hear. */
  accept(call: Call, payload: unknown, qualifier: number): void {
    const { sim, self } = this
    if (exceeds(payload, this.sizeMax)) {
      sim.reply(call, self.tooLargeStatus)
      return
    }
    const row = this.free.pop() ?? this.events.push(new Event()) - 1
    const event = this.events[row]
    event.payload = payload
    event.trace = sim.calls.trace[call]
    event.hops = Math.min(sim.calls.hops[call] + 1, 255)
    event.qualifier = qualifier
    event.acceptedAt = sim.clock[0]
    event.runs = 0
    event.refusals = 0
    event.isLast = false
    this.accepted++
    this.waiting++
    sim.count(this.received, 1)
    sim.calls.answer[call] = ACCEPTED
    sim.replyAfter(self.latency.draw(self.latencyRng), call, 0)
    if (event.hops > this.hopsMax) this.breakLoop(row)
    else this.run(row)
  }

  /** Invokes the function with an event. */
  run(row: number): void {
    const { sim } = this
    const event = this.events[row]
    this.waiting--
    // A function that is switched off is not even tried (LAM-43).
    if (this.self.reserved === 0 && !this.retriesAtZero) {
      this.giveUp(row, 'ZeroReservedConcurrency', event.lastAnswer)
      return
    }
    this.running++
    const call = sim.open(this.runEdge, row, event.trace)
    sim.calls.body[call] = { Payload: event.payload }
    sim.calls.arg[call] = event.qualifier
    sim.calls.hops[call] = event.hops
    if (event.runs + event.refusals > 0) sim.calls.attempt[call] = Math.min(event.runs + event.refusals + 1, 255)
    sim.record(this.age, sim.clock[0] - event.acceptedAt)
    sim.send(call)
  }

  /** The function has answered an event. */
  answered(call: Call): void {
    const { sim } = this
    const row = sim.calls.cookie[call]
    const event = this.events[row]
    const status = sim.calls.status[call]
    const answer = sim.calls.answer[call] as { readonly FunctionError?: string; readonly Payload?: unknown } | null
    sim.close(call)
    this.running--
    const { retries } = this.configs[event.qualifier]
    if (status !== 0) {
      event.refusals++
      this.tryAgain(row, Math.min(300, 1 << Math.min(event.refusals - 1, 9)), null)
      return
    }
    event.runs++
    if (answer?.FunctionError === undefined) this.succeed(row, answer)
    else if (event.runs > retries) this.giveUp(row, 'RetriesExhausted', answer)
    else this.tryAgain(row, event.runs === 1 ? 60 : 120, answer)
  }

  /** Lets an event wait so many seconds; if it would be too old by then, it is given up when it is. */
  private tryAgain(row: number, seconds: number, answer: unknown): void {
    const { sim } = this
    const event = this.events[row]
    const left = event.acceptedAt + this.configs[event.qualifier].age * SECOND - sim.clock[0]
    event.lastAnswer = answer
    event.isLast = seconds * SECOND > left
    this.waiting++
    sim.after(Math.max(0, Math.min(seconds * SECOND, left)), this.dueTarget, row)
  }

  /** The wait of an event is over. */
  due(row: number): void {
    const event = this.events[row]
    if (event.isLast) {
      this.waiting--
      this.giveUp(row, 'EventAgeExceeded', event.lastAnswer)
    } else this.run(row)
  }

  /** So many events, or messages of a mapping, have come round too often. */
  stopLoops(count: number): void {
    this.sim.count(this.recursions, count)
    for (let i = 0; i < count; i++) this.loops.note(this.sim.clock[0])
  }

  /** An event that has come round too often is not tried at all (LAM-23). */
  private breakLoop(row: number): void {
    this.waiting--
    this.stopLoops(1)
    this.giveUp(row, 'RetriesExhausted', null)
  }

  private succeed(row: number, answer: unknown): void {
    this.succeeded++
    this.send(this.ways[this.events[row].qualifier].success, row, 'Success', answer)
    this.drop(row)
  }

  private giveUp(row: number, condition: string, answer: unknown): void {
    const { sim } = this
    const event = this.events[row]
    const { failure } = this.ways[event.qualifier]
    this.givenUp.note(sim.clock[0])
    this.send(failure, row, condition, answer)
    if (this.deadLetters !== null) this.deliver(this.deadLetters, event, event.payload)
    if (failure === null && this.deadLetters === null) {
      this.dropped++
      sim.count(this.drops, 1)
    }
    this.drop(row)
  }

  /** Sends the record of an event's end to a destination (LAM-44). */
  private send(way: Way | null, row: number, condition: string, answer: unknown): void {
    if (way === null) return
    const event = this.events[row]
    const told = (answer ?? {}) as Partial<InvokeAnswer>
    const { ExecutedVersion: executedVersion, FunctionError: functionError, Payload: responsePayload } = told
    this.deliver(way, event, {
      version: '1.0',
      requestContext: { functionArn: this.sim.name, condition, approximateInvokeCount: event.runs + event.refusals },
      requestPayload: event.payload,
      ...(answer === null
        ? {}
        : {
            responseContext: {
              statusCode: 200,
              executedVersion,
              ...(functionError === undefined ? {} : { functionError }),
            },
            responsePayload,
          }),
    })
  }

  private deliver(way: Way, event: Event, record: unknown): void {
    const { sim } = this
    const call = sim.open(way.edge, 0, event.trace)
    sim.calls.hops[call] = event.hops
    sim.calls.body[call] =
      way.action === 's3:PutObject'
        ? { Key: this.nextKey(), Body: record }
        : bodyFor(way.action, record, null, way.parameters)
    sim.send(call)
  }

  /** The name of a record as an object: no two are the same. */
  private nextKey(): string {
    const { sim } = this
    return `aws/lambda/async/${sim.name}/${isoText(sim.startsAt + sim.clock[0])}-${++this.objects}`
  }

  /** A destination has answered. What it refuses is lost (LAM-45). */
  delivered(call: Call, metric: 'destination' | 'deadLetter'): void {
    const { sim } = this
    if (sim.calls.status[call] !== 0)
      sim.count(metric === 'destination' ? this.destinationFailures : this.deadLetterErrors, 1)
    sim.close(call)
  }

  /** Whether an event of a request has not come to its end. */
  holds(trace: number): boolean {
    return this.events.some((event) => event.trace === trace)
  }

  private drop(row: number): void {
    this.events[row].trace = 0
    this.events[row].payload = null
    this.events[row].lastAnswer = null
    this.free.push(row)
  }
}

const ACCEPTED = Object.freeze({ StatusCode: 202, Payload: '' })

function wayTo(sim: Sim, to: Destination | null, answered: (self: LambdaFunction, call: Call) => void): Way | null {
  if (to === null) return null
  return { edge: sim.edge(to.to, to.action, answered), action: to.action, parameters: to.parameters }
}

/** Operation `lambda:RunAsyncEvent`: the queue's own way to the function. */
export function runAsyncEvent(self: LambdaFunction, call: Call): void {
  invoke(self, call, self.sim.calls.arg[call])
}

/** Answer of the function to one of its events. */
export function asyncAnswered(self: LambdaFunction, call: Call): void {
  self.events.answered(call)
}

/** Timer: the wait of an event is over. */
export function asyncDue(self: LambdaFunction, row: number): void {
  self.events.due(row)
}

/** Answer of a destination. */
export function asyncDelivered(self: LambdaFunction, call: Call): void {
  self.events.delivered(call, 'destination')
}

/** Answer of the dead-letter queue. */
export function asyncBuried(self: LambdaFunction, call: Call): void {
  self.events.delivered(call, 'deadLetter')
}
