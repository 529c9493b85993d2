// The `Simulation` section as it stands: its members by name, read and checked one by one, resources not yet looked up.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { entries, isList, isMap, isScalar, textOf, type Node } from '../cfn/node.ts'
import type { Profile } from '../model/contract.ts'
import { Fields } from './fields.ts'
import { parseRate } from './quantity.ts'

const MEMBERS = [
  'Template',
  'Resources',
  'Stacks',
  'Parameters',
  'SsmParameters',
  'Duration',
  'WarmUp',
  'Seed',
  'Quotas',
  'Assumptions',
  'Profiles',
  'Workloads',
  'Handlers',
  'Faults',
  'Actions',
  'Expect',
  'Guards',
]

/** 10 minutes of virtual time, when the scenario says nothing. */
export const DEFAULT_DURATION = 600_000_000

export interface Named {
  readonly name: string
  readonly span: Span
  readonly node: Node
}

export interface SimulationSection {
  readonly duration: number
  readonly warmUp: number
  readonly seed: string
  readonly profile: Profile
  /** Overrides of quotas by full name, and limits on the rate of API operations. */
  readonly quotas: readonly { readonly name: string; readonly value: number; readonly span: Span }[]
  readonly apiLimits: readonly { readonly action: string; readonly perSecond: number; readonly span: Span }[]
  readonly assumptions: readonly Named[]
  readonly workloads: readonly Named[]
  readonly handlers: readonly Named[]
  readonly profiles: readonly Named[]
  readonly faults: readonly Node[]
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

/** Reads the section; absent members get their defaults. */
export function readSimulation(node: Node | undefined, problems: Problems): SimulationSection {
  const fields = node === undefined ? undefined : new Fields('`Simulation`', node, MEMBERS, problems)
  const duration = fields?.duration('Duration') ?? DEFAULT_DURATION
  const warmUp = fields?.duration('WarmUp') ?? 0
  if (fields !== undefined && duration <= 0)
    problems.error('out-of-range', '`Duration` is 0', fields.node('Duration')!.span, {
      label: 'expected a time longer than 0s',
    })
  if (fields !== undefined && warmUp >= duration)
    problems.error(
      'out-of-range',
      '`WarmUp` is not shorter than `Duration`',
      fields.node('WarmUp')?.span ?? fields.span,
    )
  if (fields?.node('Stacks') !== undefined)
    problems.error('not-simulated-yet', '`Stacks` is not simulated yet', fields.node('Stacks')!.span, {
      notes: ['one template a scenario for now: name it under `Template`'],
    })
  const quotas = readQuotas(fields?.node('Quotas'), problems)
  return {
    duration,
    warmUp,
    seed: fields?.text('Seed') ?? '1',
    ...quotas,
    assumptions: named(fields?.node('Assumptions'), problems),
    workloads: named(fields?.node('Workloads'), problems),
    handlers: named(fields?.node('Handlers'), problems),
    profiles: named(fields?.node('Profiles'), problems),
    faults: list(fields?.node('Faults'), problems),
    actions: list(fields?.node('Actions'), problems),
    expect: list(fields?.node('Expect'), problems),
    guards: readGuards(fields?.node('Guards'), problems),
  }
}

function readGuards(node: Node | undefined, problems: Problems): Guards {
  if (node === undefined) return DEFAULT_GUARDS
  const fields = new Fields('`Guards`', node, ['Events', 'InFlight', 'Memory', 'WallTime'], problems)
  return {
    events: fields.number('Events', 1, Number.MAX_SAFE_INTEGER, true) ?? DEFAULT_GUARDS.events,
    inFlight: fields.number('InFlight', 1, Number.MAX_SAFE_INTEGER, true) ?? DEFAULT_GUARDS.inFlight,
    memory: fields.number('Memory', 1, Number.MAX_SAFE_INTEGER, true) ?? DEFAULT_GUARDS.memory,
    wallTime: fields.duration('WallTime') ?? DEFAULT_GUARDS.wallTime,
  }
}

function readQuotas(
  node: Node | undefined,
  problems: Problems,
): Pick<SimulationSection, 'profile' | 'quotas' | 'apiLimits'> {
  const quotas: SimulationSection['quotas'][number][] = []
  const apiLimits: SimulationSection['apiLimits'][number][] = []
  let profileNode = isScalar(node) ? node : undefined
  for (const { key, keySpan, value } of entries(node)) {
    const text = textOf(value)
    if (key === 'Profile') profileNode = isScalar(value) ? value : undefined
    else if (key.includes(':')) {
      const rate = text === undefined ? undefined : parseRate(text)
      if (rate !== undefined && rate.ok)
        apiLimits.push({ action: key, perSecond: (rate.value.count / rate.value.perMicros) * 1e6, span: keySpan })
      else
        problems.error('not-a-rate', `the limit of \`${key}\` is not a rate`, value.span, { label: 'such as `40/s`' })
    } else {
      const number = text === undefined || text === '' ? Number.NaN : Number(text)
      if (Number.isNaN(number) || number < 0)
        problems.error('wrong-type', `the quota \`${key}\` is not a number from 0`, value.span)
      else quotas.push({ name: key, value: number, span: keySpan })
    }
  }
  const profile = profileNode === undefined ? 'current' : String(profileNode.value)
  if (profile !== 'current' && profile !== 'notes-2020') {
    problems.error('unknown-value', `the quota profile is \`${profile}\``, profileNode!.span, {
      label: 'possible are `current`, `notes-2020`',
    })
    return { profile: 'current', quotas, apiLimits }
  }
  return { profile, quotas, apiLimits }
}

function named(node: Node | undefined, problems: Problems): readonly Named[] {
  if (node !== undefined && !isMap(node)) problems.error('wrong-type', 'expected a map', node.span)
  return entries(node).map(({ key, keySpan, value }) => ({ name: key, span: keySpan, node: value }))
}

function list(node: Node | undefined, problems: Problems): readonly Node[] {
  if (node === undefined) return []
  if (isList(node)) return node.items
  problems.error('wrong-type', 'expected a list', node.span)
  return []
}
