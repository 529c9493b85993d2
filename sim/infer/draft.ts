// What a bare template is given to run with: workloads on its entries and handlers of its functions, as plain data with reasons.
//
// The one idea: the draft is an overlay that nobody has written yet. A bare run reads it as if somebody had, and `import` writes it
// down; so both run alike.
import type { CfnResource, PlainMap, Template } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import { isRead, rankOf } from './actions.ts'
import type { Evidence, Inference, InferredCall, Rooms, Source } from './graph.ts'
import { DEFAULT_BUS, entriesForDefault, untoldEvents } from './events.ts'
import { stepsFor } from './steps.ts'
import { draftWorkloads, takesBatches, type DraftWorkload } from './workloads.ts'

export interface DraftStep {
  /** Undefined for a call that is not made: `why` then says so. */
  readonly step: PlainMap | undefined
  readonly title: string
  readonly why: readonly Evidence[]
}

export interface DraftHandler {
  readonly name: string
  readonly span: Span
  /** Its processor time. */
  readonly compute: string
  /** True when every step but the first is done for each record of a batch. */
  readonly perRecord: boolean
  readonly always: readonly DraftStep[]
  /** Steps of one route each, where the routes differ; a request takes one of them. */
  readonly byRoute: readonly { readonly route: string; readonly steps: readonly DraftStep[] }[]
}

export interface Draft {
  readonly workloads: readonly DraftWorkload[]
  readonly handlers: readonly DraftHandler[]
  /** Calls of functions that no room answers, and those that would go round in circles. */
  readonly left: readonly { readonly call: InferredCall; readonly why: string }[]
}

/** Calls of one function that are made; a list much longer says what it may do, not what it does. */
const MOST_CALLS = 32

/** Processor time of every handler, at one full vCPU: what a short handler takes in a common language. */
export const COMPUTE = 'lognormal(p50=5ms, p99=30ms)'
/** That of a function that has a millisecond. */
const EDGE_COMPUTE = '0.2ms'

export function draft(template: Template, { calls, sources }: Inference, rooms: Rooms): Draft {
  const left: { call: InferredCall; why: string }[] = []
  const code = calls.filter(({ kind, from }) => kind === 'code' && rooms.takesHandler(from))
  const carried = sources.filter(
    ({ by, from, route }) => from !== undefined && by !== undefined && route === undefined && rooms.carries(by),
  )
  const flow = new Flow(carried)
  for (const { rule } of untoldEvents(template)) flow.add(DEFAULT_BUS, rule.logicalId)
  const made = new Set<InferredCall>()
  const counts = new Map<string, number>()
  for (const call of code) {
    if (call.strength === 'weak') continue
    const count = counts.get(call.from) ?? 0
    if (rooms.targetOf(call.to, call.action) === undefined) left.push({ call, why: 'no room for it yet' })
    else if (count === MOST_CALLS) left.push({ call, why: `a function makes ${MOST_CALLS} inferred calls at most` })
    else if (!flow.admits(call)) left.push({ call, why: 'it would set the function to work again, and again' })
    else {
      made.add(call)
      counts.set(call.from, count + 1)
    }
  }
  const reason = new Map(left.map(({ call, why }) => [call, why]))
  const handlers = [...template.resources.values()]
    .filter(({ logicalId }) => rooms.takesHandler(logicalId))
    .map((resource) => handlerOf(resource, code, made, reason, { template, sources, rooms }))
  const failing = new Set(calls.filter(({ kind }) => kind === 'failure').map(({ to }) => to))
  return { workloads: draftWorkloads({ template, calls: [...made], failing, sources, rooms }), handlers, left }
}

interface Around {
  readonly template: Template
  readonly sources: readonly Source[]
  readonly rooms: Rooms
}

function handlerOf(
  { logicalId, type, keySpan }: CfnResource,
  code: readonly InferredCall[],
  made: ReadonlySet<InferredCall>,
  reason: ReadonlyMap<InferredCall, string>,
  around: Around,
): DraftHandler {
  const own = code
    .filter(({ from }) => from === logicalId)
    .map((call, i) => ({ call, i }))
    .sort((a, b) => rankOf(a.call.action) - rankOf(b.call.action) || a.i - b.i)
    .map(({ call }) => call)
  const steps = (calls: readonly InferredCall[]): readonly DraftStep[] =>
    calls.flatMap((call) => draftSteps(call, made.has(call), reason.get(call), around))
  const routes = own.some((call) => call.routes !== undefined) ? routesTo(logicalId, around.sources) : []
  return {
    ...{ name: logicalId, span: keySpan, perRecord: takesBatches(logicalId, around) },
    compute: type === 'AWS::CloudFront::Function' ? EDGE_COMPUTE : COMPUTE,
    always: steps(own.filter((call) => call.routes === undefined)),
    byRoute: routes.map((route) => ({
      route,
      steps: steps(own.filter((call) => call.routes?.includes(route) === true)),
    })),
  }
}

/** Every route to a function, also those on which it calls nothing: a share of the requests is theirs. */
function routesTo(logicalId: string, sources: readonly Source[]): readonly string[] {
  const own = sources.filter(({ to, route }) => to === logicalId && route !== undefined)
  return [...new Set(own.map(({ route }) => route!))].filter((route) => !route.startsWith('OPTIONS '))
}

function draftSteps(call: InferredCall, isMade: boolean, reason: string | undefined, around: Around): DraftStep[] {
  const title = `${call.action} on ${call.to}`
  const target = around.rooms.targetOf(call.to, call.action)
  if (isMade && target !== undefined)
    return stepsOf(call, target, around).map((step, i) => ({
      step,
      title,
      why: i === 0 ? call.evidence : [],
    }))
  return [
    {
      step: undefined,
      title: `${reason === undefined ? 'perhaps' : 'not made'}: ${title}${reason === undefined ? '' : `, ${reason}`}`,
      why: call.evidence,
    },
  ]
}

function stepsOf(call: InferredCall, target: string, around: Around): readonly PlainMap[] {
  const { template } = around
  const to = template.resources.get(call.to)
  if (to === undefined) return [{ [call.action]: { [target]: call.to, Entries: [...entriesForDefault(template)] } }]
  return stepsFor(call.action, to, target, template, isTold(call, around))
}

/** Whether a program is set to work by events of the very bucket that it calls. */
function isTold({ from, to }: InferredCall, { sources }: Around): boolean {
  return sources.some((source) => source.to === from && source.from === to && source.by === to)
}

/** Who sets whom to work in the simulation; a call that would close a circle is not admitted. */
class Flow {
  private readonly callers = new Map<string, Set<string>>()
  private asking: string | undefined
  /** All that sets the caller to work that is asking. Its own calls change nothing of it as long as they close no circle. */
  private above: ReadonlySet<string> = new Set()

  constructor(carried: readonly Source[]) {
    for (const { from, to } of carried) this.add(from!, to)
  }

  /** Calls of one caller are asked for one after the other: for each caller all is looked at once. */
  admits({ from, to, action }: InferredCall): boolean {
    // What is only read sets nobody to work.
    if (isRead(action)) return true
    if (from !== this.asking) this.above = this.settingToWork(from)
    this.asking = from
    if (this.above.has(to)) return false
    this.add(from, to)
    return true
  }

  add(from: string, to: string): void {
    const known = this.callers.get(to)
    if (known === undefined) this.callers.set(to, new Set([from]))
    else known.add(from)
  }

  private settingToWork(name: string): ReadonlySet<string> {
    const seen = new Set([name])
    for (const here of seen) for (const each of this.callers.get(here) ?? []) seen.add(each)
    return seen
  }
}
