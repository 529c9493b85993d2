// A small laboratory for rooms: a world of a few components and a probe that calls their operations by hand.
import { meanOfAssumption } from '../sim/derive/assumption.ts'
import { readConfig } from '../sim/derive/config.ts'
import type { Call } from '../sim/engine/calls.ts'
import type { Config, Near, ResourceView, ServiceDef, Sim } from '../sim/model/contract.ts'
import type { FaultPlan, WorldPlan } from '../sim/model/plan.ts'
import { DEFAULT_START } from '../sim/parts/calendar.ts'
import type { Point } from '../sim/engine/recorder.ts'
import { billOf } from '../sim/run/bill.ts'
import { quotaValue, servicePrefix, World, type PublishedMetric } from '../sim/run/world.ts'

export const MS = 1_000
export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Time 0 in ms since 1970, unless a test says otherwise. */
export const START_MS = DEFAULT_START / 1000

/** A component of a test world. `properties` are CloudFormation's; refs are logical ids. `config` adds what the language would (a compiled handler). */
export interface Part {
  readonly def: ServiceDef
  readonly properties?: Record<string, unknown>
  readonly config?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  readonly updatePolicy?: Record<string, unknown>
  /** What the steps of a scenario would define of it, by operation (`Op.defines`). */
  readonly defined?: Readonly<Record<string, readonly unknown[]>>
}

export interface LabOptions extends Partial<Omit<WorldPlan, 'components'>> {
  /** What the probe may call: `[to, action]`. */
  readonly probe?: readonly (readonly [to: string, action: `${string}:${string}`])[]
  readonly faults?: readonly FaultPlan[]
  /** Resources that rooms look at and that are none themselves, such as policies: by logical id. */
  readonly beside?: Readonly<Record<string, { readonly type: string; readonly config: Config }>>
}

export interface Answer {
  /** Arrival of the answer, in µs. */
  readonly at: number
  /** 'OK' or the exception's name. */
  readonly status: string
  readonly http: number
  readonly answer: any
  readonly to: string
  readonly action: string
}

/** Mistakes in a configuration, thrown by `lab` so that a test can expect them. */
export class Refused extends Error {
  readonly problems: readonly string[]
  readonly notSimulated: readonly string[]
  constructor(problems: readonly string[], notSimulated: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
    this.notSimulated = notSimulated
  }
}

/** Builds a world of the given components (by logical id) with a probe beside them. */
export function lab(parts: Readonly<Record<string, Part>>, options: LabOptions = {}): Lab {
  return new Lab(parts, options)
}

interface ProbeState {
  readonly sim: Sim
  readonly edges: Map<string, number>
  readonly answers: Answer[]
  readonly waiting: Map<Call, (answer: Answer) => void>
}

function probeAnswered(probe: ProbeState, call: Call): void {
  const { calls, errors, clock } = probe.sim
  const key = [...probe.edges].find(([, edge]) => edge === calls.edge[call])![0]
  const [to, action] = key.split(' ') as [string, string]
  const status = calls.status[call]!
  const answer = {
    at: clock[0]!,
    status: errors.names[status]!,
    http: errors.http[status]!,
    answer: calls.answer[call],
    to,
    action,
  }
  probe.answers.push(answer)
  probe.waiting.get(call)?.(answer)
  probe.waiting.delete(call)
  probe.sim.close(call)
}

const probeDef: ServiceDef<ProbeState> = {
  type: 'Sim::Test::Probe',
  family: 'client',
  namespace: 'Sim',
  dimension: 'Probe',
  summary: 'Calls operations by hand.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (config, sim) => {
    const edges = new Map<string, number>()
    for (const [to, action] of config['edges']) edges.set(`${to} ${action}`, sim.edge(to, action, probeAnswered))
    return { sim, edges, answers: [], waiting: new Map() }
  },
  ops: {},
  timers: { probeAnswered },
  metrics: {},
  invariants: {},
  view: { glyph: 'probe', label: 'Probe', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

export class Lab {
  readonly world: World
  readonly notSimulated: string[] = []
  private readonly probe: ProbeState

  constructor(parts: Readonly<Record<string, Part>>, options: LabOptions) {
    const problems: string[] = []
    const profile = options.profile ?? 'current'
    const quotas = options.quotas ?? {}
    const views = new Map<string, ResourceView>()
    const quotaOf = (def: ServiceDef) => (name: string) =>
      quotas[`${servicePrefix(def.type)}.${name}`] ?? quotaValue(def.quotas[name]!, profile)
    for (const [name, part] of Object.entries(parts)) {
      const config = readConfig(part.def.type, part.def.props, part.properties ?? {}, {
        quota: quotaOf(part.def),
        resolve: (text) => (typeof text === 'string' && (text in parts || part.def.singleton) ? text : undefined),
        error: (path, slug, message, help) =>
          problems.push(`${name}.${path.join('.')}: ${slug}: ${message}${help === undefined ? '' : ` (${help})`}`),
        isMadeUp: () => false,
        unknown: (path, what) =>
          problems.push(`${name}.${path.join('.')}: unknown-property: not a property of ${what}`),
        notSimulated: (path, message) => this.notSimulated.push(`${name}.${path.join('.')}: ${message}`),
      })
      views.set(name, {
        logicalId: name,
        type: part.def.type,
        config: { ...config, ...part.config },
        ...(part.updatePolicy === undefined ? {} : { updatePolicy: part.updatePolicy }),
        error: (path, slug, message) => problems.push(`${name}.${path.join('.')}: ${slug}: ${message}`),
        notSimulated: (path, message) => this.notSimulated.push(`${name}.${path.join('.')}: ${message}`),
        assumed: (assumption) => meanOfAssumption(part.def, assumption, config, part.assumptions?.[assumption]) ?? 0,
      })
    }
    for (const [name, { type, config }] of Object.entries(options.beside ?? {}))
      views.set(name, { ...views.get(Object.keys(parts)[0]!)!, logicalId: name, type, config })
    const components = Object.entries(parts).flatMap(([name, part]) => {
      const near: Near = {
        self: views.get(name)!,
        all: (type) => [...views.values()].filter((view) => view.type === type),
        resourceAt: (text) => views.get(String(text)),
        quota: quotaOf(part.def),
        region: 'us-east-1',
        defined: (action) => part.defined?.[action] ?? [],
      }
      const config: Config = { ...views.get(name)!.config, ...part.def.gather?.(near) }
      const own = { name, type: part.def.type, def: part.def, config, assumptions: part.assumptions ?? {} }
      const copies = problems.length > 0 ? [] : (part.def.copies?.(config) ?? [])
      return [own, ...copies.map((copy) => ({ ...own, name: `${name}.${copy.name}`, config: copy.config }))]
    })
    if (problems.length > 0) throw new Refused(problems, this.notSimulated)
    this.world = new World({
      seed: options.seed ?? 1,
      profile,
      quotas,
      ...(options.prices === undefined ? {} : { prices: options.prices }),
      apiLimits: options.apiLimits ?? [],
      faults: options.faults ?? [],
      startsAt: options.startsAt ?? DEFAULT_START,
      duration: options.duration ?? 400 * DAY,
      warmUp: options.warmUp ?? 0,
      cuts: options.cuts ?? [],
      components: [
        ...components,
        { name: 'Probe', type: probeDef.type, def: probeDef, config: { edges: options.probe ?? [] } },
      ],
    })
    this.probe = this.world.stateOf<ProbeState>('Probe')
  }

  /** Answers to the probe so far, in order of arrival. */
  get answers(): readonly Answer[] {
    return this.probe.answers
  }

  get now(): number {
    return this.world.now
  }

  /** Runs every event up to and including `until` µs; then every invariant must hold. */
  run(until: number): this {
    this.world.run(until)
    const broken = this.world.brokenInvariants()
    if (broken.length > 0)
      throw new Error(`at ${this.now} µs: ${broken.map((b) => `${b.component}: ${b.sentence}`).join('; ')}`)
    return this
  }

  /** Calls an operation now; it starts when the world runs on. */
  call(to: string, action: string, body: unknown = {}, arg = 0, then?: (answer: Answer) => void): void {
    const edge = this.probe.edges.get(`${to} ${action}`)
    if (edge === undefined) throw new Error(`the probe has no edge ${to} ${action}`)
    const call = this.probe.sim.open(edge, 0, 1)
    this.probe.sim.calls.body[call] = body
    this.probe.sim.calls.arg[call] = arg
    if (then !== undefined) this.probe.waiting.set(call, then)
    this.probe.sim.send(call)
  }

  /** Calls an operation, runs on until its answer is there (at most `within` µs) and returns it. */
  ask(to: string, action: string, body: unknown = {}, arg = 0, within = HOUR): Answer {
    let got: Answer | undefined
    this.call(to, action, body, arg, (answer) => (got = answer))
    const limit = this.now + within
    while (got === undefined) {
      const next = this.world.kernel.busyNow ? this.now : this.world.kernel.queue.peek()
      if (next > limit) throw new Error(`${action} on ${to} has no answer within ${within} µs`)
      this.run(next)
    }
    return got
  }

  state<S>(name: string): S {
    return this.world.stateOf<S>(name)
  }

  metric(component: string, name: string, dimensions?: Record<string, string>): PublishedMetric {
    const found = this.world.metrics.find(
      (metric) =>
        metric.component === component &&
        metric.name === name &&
        Object.entries(dimensions ?? {}).every(([key, value]) => metric.dimensions[key] === value) &&
        (dimensions !== undefined || Object.keys(metric.dimensions).length <= 1),
    )
    if (found === undefined) throw new Error(`${component} publishes no metric ${name}`)
    return found
  }

  /** Points of a metric so far (only full minutes, until `finish`). */
  points(component: string, name: string, dimensions?: Record<string, string>): readonly Point[] {
    return this.metric(component, name, dimensions).series.points
  }

  /** Sum of all values of a metric so far, the running minute excluded. */
  sum(component: string, name: string, dimensions?: Record<string, string>): number {
    return this.points(component, name, dimensions).reduce((total, point) => total + point.sum * point.repeat, 0)
  }

  /** Ends the run: closes the running minute. */
  finish(): this {
    this.world.finish()
    return this
  }

  /** What a component has used and what it costs since the warm-up, by the names of its price lines. After `finish`. */
  bill(component: string): Readonly<Record<string, { readonly used: number; readonly run: number }>> {
    const lines = billOf(this.world)?.resources.find(({ resource }) => resource === component)?.lines ?? []
    return Object.fromEntries(lines.map(({ price, used, run }) => [price.slice(price.indexOf('.') + 1), { used, run }]))
  }
}
