// The `Simulation` section as it stands: its members by name, read and checked one by one, resources not yet looked up.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { entries, isList, isMap, textOf, type Node } from '../cfn/node.ts'
import type { Profile } from '../model/contract.ts'
import type { PriceSettings } from '../model/plan.ts'
import { Fields, kindOf } from './fields.ts'
import { GUARDS, namesOf, SIMULATION } from './members.ts'
import { DEFAULT_START } from '../parts/calendar.ts'
import { readPrices } from './prices.ts'
import { formatDuration, parseNumber, parseRate } from './quantity.ts'

/** 10 minutes of virtual time, when the scenario says nothing. */
export const DEFAULT_DURATION = 600_000_000

export interface Named {
  readonly name: string
  readonly span: Span
  readonly node: Node
}

/** A quota that is set; without a place when it was set from outside. */
export interface NamedQuota {
  readonly name: string
  readonly value: number
  readonly span: Span | undefined
}

export interface SimulationSection {
  /** µs since 1970. */
  readonly startsAt: number
  readonly duration: number
  readonly warmUp: number
  readonly seed: string
  readonly profile: Profile
  /** Overrides of quotas by full name, and limits on the rate of API operations. */
  readonly quotas: readonly NamedQuota[]
  readonly apiLimits: readonly { readonly action: string; readonly perSecond: number; readonly span: Span }[]
  readonly prices: PriceSettings
  readonly assumptions: readonly Named[]
  readonly workloads: readonly Named[]
  readonly handlers: readonly Named[]
  readonly profiles: readonly Named[]
  /** One that is taken away from outside leaves its place empty. */
  readonly faults: readonly (Node | undefined)[]
  readonly actions: readonly Node[]
  readonly expect: readonly Node[]
  readonly guards: Guards
}

/** What stops a runaway run. */
export interface Guards {
  readonly events: number
  readonly inFlight: number
  /** Bytes of memory and µs of real time, watched by whoever runs the world. */
  readonly memory: number
  readonly wallTime: number
}

export const DEFAULT_GUARDS: Guards = {
  events: 2_000_000_000,
  inFlight: 5_000_000,
  memory: 2 * 1024 * 1024 * 1024,
  wallTime: 3_600_000_000,
}

/** Reads the section; absent members get their defaults. `runLength` (µs) takes the place of its `Duration`. */
export function readSimulation(node: Node | undefined, problems: Problems, runLength?: number): SimulationSection {
  const fields = node === undefined ? undefined : new Fields('`Simulation`', node, namesOf(SIMULATION), problems)
  const written = fields?.time('Duration')
  const duration = runLength ?? written ?? DEFAULT_DURATION
  const warmUp = readWarmUp(fields, duration, runLength !== undefined, problems)
  const quotas = readQuotas(fields?.node('Quotas'), problems)
  return {
    startsAt: fields?.moment('Start') ?? DEFAULT_START,
    duration,
    warmUp,
    seed: fields?.text('Seed') ?? '1',
    ...quotas,
    prices: readPrices(fields?.node('Prices'), problems),
    assumptions: named(fields, 'Assumptions', problems),
    workloads: named(fields, 'Workloads', problems),
    handlers: named(fields, 'Handlers', problems),
    profiles: named(fields, 'Profiles', problems),
    faults: list(fields, 'Faults', problems),
    actions: list(fields, 'Actions', problems),
    expect: list(fields, 'Expect', problems),
    guards: readGuards(fields?.node('Guards'), problems),
  }
}

/** The unmeasured beginning in µs. A run made shorter from outside goes without one that would take all of it. */
function readWarmUp(fields: Fields | undefined, duration: number, shortened: boolean, problems: Problems): number {
  const warmUp = fields?.duration('WarmUp') ?? 0
  if (warmUp < duration) return warmUp
  const label = `the run takes ${formatDuration(duration)}`
  const span = fields!.node('WarmUp')!.span
  if (shortened) problems.warning('no-warm-up', '`WarmUp` is longer than this run and is left out', span, { label })
  else problems.error('out-of-range', '`WarmUp` is not shorter than the run', span, { label })
  return 0
}

function readGuards(node: Node | undefined, problems: Problems): Guards {
  if (node === undefined) return DEFAULT_GUARDS
  const fields = new Fields('`Guards`', node, namesOf(GUARDS), problems)
  return {
    events: fields.number('Events', 1, Number.MAX_SAFE_INTEGER, true) ?? DEFAULT_GUARDS.events,
    inFlight: fields.number('InFlight', 1, Number.MAX_SAFE_INTEGER, true) ?? DEFAULT_GUARDS.inFlight,
    memory: fields.size('Memory') ?? DEFAULT_GUARDS.memory,
    wallTime: fields.time('WallTime') ?? DEFAULT_GUARDS.wallTime,
  }
}

/** The `Quotas` of the section: their profile, overrides by name, and limits on operations. */
export function readQuotas(
  node: Node | undefined,
  problems: Problems,
): Pick<SimulationSection, 'profile' | 'quotas' | 'apiLimits'> {
  const quotas: SimulationSection['quotas'][number][] = []
  const apiLimits: SimulationSection['apiLimits'][number][] = []
  let profileNode: Node | undefined = isMap(node) ? undefined : node
  for (const { key, keySpan, value } of entries(node)) {
    const text = textOf(value)
    if (key === 'Profile') profileNode = value
    else if (key.includes(':')) {
      const rate = text === undefined ? undefined : parseRate(text)
      if (rate !== undefined && rate.ok)
        apiLimits.push({ action: key, perSecond: (rate.value.count / rate.value.perMicros) * 1e6, span: keySpan })
      else
        problems.error('not-a-rate', `the limit of \`${key}\` is not a rate`, value.span, { label: 'such as `40/s`' })
    } else {
      const quota = namedQuota(key, text, { value, keySpan }, problems)
      if (quota !== undefined) quotas.push(quota)
    }
  }
  const profile = profileNode === undefined ? 'current' : (textOf(profileNode) ?? '')
  if (profile !== 'current' && profile !== 'notes-2020') {
    problems.error('unknown-value', `the quota profile is ${kindOf(profileNode!)}`, profileNode!.span, {
      label: 'possible are `current`, `notes-2020`',
    })
    return { profile: 'current', quotas, apiLimits }
  }
  return { profile, quotas, apiLimits }
}

/** One quota that is set in the scenario, at `place`, or from outside. */
export function namedQuota(
  name: string,
  text: string | undefined,
  place: { readonly value: Node; readonly keySpan: Span } | undefined,
  problems: Problems,
): NamedQuota | undefined {
  const number = text === undefined ? undefined : parseNumber(text)
  if (number?.ok === true) return { name, value: number.value, span: place?.keySpan }
  const shown = place === undefined ? `\`${text}\`` : kindOf(place.value)
  const label = 'expected a number from 0, without a unit'
  problems.error(
    'wrong-type',
    `the quota \`${name}\` is ${shown}, not a number`,
    place?.value.span,
    place === undefined ? { help: label } : { label },
  )
  return undefined
}

function named(fields: Fields | undefined, member: string, problems: Problems): readonly Named[] {
  const node = fields?.node(member)
  if (node !== undefined && !isMap(node))
    problems.error('wrong-type', `\`${member}\` is ${kindOf(node)}, not a map of names`, node.span)
  return entries(node).map(({ key, keySpan, value }) => ({ name: key, span: keySpan, node: value }))
}

function list(fields: Fields | undefined, member: string, problems: Problems): readonly Node[] {
  const node = fields?.node(member)
  if (node === undefined) return []
  if (isList(node)) return node.items
  problems.error('wrong-type', `\`${member}\` is ${kindOf(node)}, not a list`, node.span)
  return []
}
