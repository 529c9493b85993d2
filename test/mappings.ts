// Mappings of streams in the laboratory: a table with a stream, a mapping, and a function that does what a test says.
import type { Call } from '../sim/engine/calls.ts'
import type { Target } from '../sim/engine/kernel.ts'
import type { MetricId } from '../sim/engine/recorder.ts'
import type { ServiceDef, Sim } from '../sim/model/contract.ts'
import { eventSourceMapping } from '../sim/services/lambda/event-source-mapping.ts'
import type { StreamMapping } from '../sim/services/lambda/stream-state.ts'
import { queue } from '../sim/services/sqs/queue.ts'
import { lab, type Lab, type LabOptions, MS, type Part } from './kit.ts'
import { tablePart } from './tables.ts'

/** An invocation as the function saw it. */
export interface Invocation {
  readonly at: number
  readonly event: any
}

/** What the function does: how long it takes (µs) and what it answers; a status instead of 0 refuses the invocation. */
export interface Reaction {
  readonly takes?: number
  readonly answer?: unknown
  readonly error?: boolean
  readonly refused?: boolean
}

/** A function under a test's control. */
export class Actor {
  readonly sim: Sim
  readonly invocations: Invocation[] = []
  readonly ageMetric: MetricId
  readonly over: Target
  react: (event: any, n: number) => Reaction = () => ({})
  /** Set by `react`: called when that invocation is over. */
  ended: (() => void) | null = null
  private readonly endings = new Map<Call, () => void>()
  /** Invocations in progress, and the most that ever were. */
  running = 0
  most = 0

  constructor(sim: Sim) {
    this.sim = sim
    this.ageMetric = sim.metric('IteratorAge')
    this.over = sim.target(over)
  }

  begin(call: Call): void {
    this.running++
    this.most = Math.max(this.most, this.running)
    if (this.ended !== null) this.endings.set(call, this.ended)
    this.ended = null
  }

  end(call: Call): void {
    this.running--
    this.endings.get(call)?.()
    this.endings.delete(call)
  }
}

export const actor: ServiceDef<Actor> = {
  type: 'AWS::Lambda::Function',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'FunctionName',
  summary: 'Does what a test says.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_, sim) => new Actor(sim),
  ops: {
    'lambda:InvokeFunction': {
      doc: 'Does what the test says.',
      run: (self: Actor, call: Call) => {
        const { sim } = self
        const { Payload: event } = sim.calls.body[call] as { readonly Payload: unknown }
        const { takes = 0, answer = null, error = false, refused = false } = self.react(event, self.invocations.length)
        if (refused) {
          sim.reply(call, sim.error('TooManyRequestsException', 429))
          return
        }
        self.invocations.push({ at: sim.clock[0]!, event })
        self.begin(call)
        sim.calls.answer[call] = {
          StatusCode: 200,
          Payload: answer,
          ...(error ? { FunctionError: 'Unhandled' } : undefined),
        }
        sim.after(takes, self.over, call)
      },
    },
  },
  timers: { over },
  metrics: { IteratorAge: { unit: 'Milliseconds', kind: 'distribution', doc: 'Age of records.' } },
  invariants: {},
  view: { glyph: 'function', label: 'Function', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

function over(self: Actor, call: Call): void {
  self.end(call)
  self.sim.reply(call, 0)
}

export interface StreamSetting {
  readonly mapping?: Record<string, unknown>
  readonly react?: Actor['react']
  readonly table?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  /** Write units of the table; 800 make one partition. */
  readonly write?: number
  readonly more?: Record<string, Part>
  readonly options?: LabOptions
  readonly probe?: LabOptions['probe']
}

/** A table `T`, its mapping `Feed`, the function `Work` and a queue `Dead`. Nothing of it takes time but the polls. */
export function streamWorld(setting: StreamSetting = {}): Lab {
  const world = lab(
    {
      T: tablePart({
        read: 100,
        write: setting.write ?? 800,
        properties: { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' }, ...setting.table },
        assumptions: { InitialBurst: '300s', GetRecordsLatency: '0ms', PutItemLatency: '0ms', ...setting.assumptions },
      }),
      Work: { def: actor },
      Dead: { def: queue, assumptions: { ApiLatency: '0ms' } },
      Feed: {
        def: eventSourceMapping,
        properties: {
          FunctionName: 'Work',
          EventSourceArn: 'T',
          StartingPosition: 'TRIM_HORIZON',
          ...setting.mapping,
        },
      },
      ...setting.more,
    },
    {
      ...setting.options,
      probe: [
        ['T', 'dynamodb:PutItem'],
        ['T', 'dynamodb:UpdateTable'],
        ['Dead', 'sqs:ReceiveMessage'],
        ['Feed', 'lambda:UpdateEventSourceMapping'],
        ...(setting.probe ?? []),
      ],
    },
  )
  if (setting.react !== undefined) world.state<Actor>('Work').react = setting.react
  return world
}

export const work = (world: Lab): Actor => world.state<Actor>('Work')
export const feed = (world: Lab): StreamMapping => world.state<StreamMapping>('Feed')

/** Writes records `n` = from … to − 1, with one key for all or a key of its own for each `n`. */
export function write(world: Lab, from: number, to: number, key: (n: number) => string = () => 'k'): void {
  for (let n = from; n < to; n++) world.call('T', 'dynamodb:PutItem', { Item: { pk: key(n), n } })
}

/** The numbers of the records of an event. */
export const numbersOf = (event: any): number[] => event.Records.map((record: any) => record.dynamodb.NewImage.n)

/** The numbers of the records of all invocations so far. */
export const handled = (world: Lab): number[][] => work(world).invocations.map(({ event }) => numbersOf(event))

/** Moments of the invocations so far, in ms. */
export const moments = (world: Lab): number[] => work(world).invocations.map(({ at }) => at / MS)
