// What can be set from outside, by the paths that things have in `Simulation`: beside the template's parameters the scale of
// each workload, the quotas of the account, and the faults.
//
// One list of names and values holds all of them: `Peak=300` (of a stack beside it `Network.Size=3`),
// `Workloads.Buyers.Scale=1.5`, `Quotas.lambda.ConcurrentExecutions=200`, `Faults[0].For=5s`.
import { get, isList, isScalar, textOf, type Node } from '../cfn/index.ts'
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import type { ComponentPlan } from '../model/plan.ts'
import { isFaultSetting, withFaultSettings } from './fault-settings.ts'
import { parseNumber, parseRate } from './quantity.ts'
import { prefixOf } from './resources.ts'
import { namedQuota, type SimulationSection } from './simulation.ts'
import type { Registry } from './registry.ts'

/** The greatest factor on a workload. */
export const SCALE_MAX = 1000

/** Values from outside, by what they are values of. */
export interface Settings {
  readonly parameters: ReadonlyMap<string, string>
  /** By workload. */
  readonly scales: ReadonlyMap<string, string>
  /** By full name: `lambda.ConcurrentExecutions`. */
  readonly quotas: ReadonlyMap<string, string>
  /** By whole name: `Faults[0].For`. */
  readonly faults: ReadonlyMap<string, string>
}

/** Something beside the parameters that can be set, with the value it has. */
export interface Setting {
  /** As `--set` takes it. */
  readonly name: string
  readonly kind: 'workload' | 'quota'
  /** The name without what it is below: `Buyers`, `lambda.ConcurrentExecutions`. */
  readonly label: string
  readonly doc: string
  readonly unit: string
  readonly value: number
  /** The value without anything from outside. */
  readonly initial: number
}

const SCALE = /^Workloads\.(.+)\.Scale$/s
const QUOTA = /^Quotas\.([^.]+\.[^.]+)$/

export function settingsOf(given: ReadonlyMap<string, string>): Settings {
  const parameters = new Map<string, string>()
  const scales = new Map<string, string>()
  const quotas = new Map<string, string>()
  const faults = new Map<string, string>()
  for (const [name, value] of given) {
    const workload = SCALE.exec(name)?.[1]
    const quota = QUOTA.exec(name)?.[1]
    if (workload !== undefined) scales.set(workload, value)
    else if (quota !== undefined) quotas.set(quota, value)
    else if (isFaultSetting(name)) faults.set(name, value)
    else parameters.set(name, value)
  }
  return { parameters, scales, quotas, faults }
}

/** The section with the faults and the quotas from outside over its own. */
export function withSettings(own: SimulationSection, settings: Settings, problems: Problems): SimulationSection {
  const section = { ...own, faults: withFaultSettings(own.faults, settings.faults, problems) }
  const quotas = section.quotas.filter(({ name }) => !settings.quotas.has(name))
  for (const [name, text] of settings.quotas) {
    const quota = namedQuota(name, text, undefined, problems)
    if (quota !== undefined) quotas.push(quota)
  }
  return { ...section, quotas }
}

/** The factors from outside, for the workloads that there are. */
export function scalesOf(
  section: SimulationSection,
  settings: Settings,
  problems: Problems,
): ReadonlyMap<string, number> {
  const names = section.workloads.map((workload) => workload.name)
  const scales = new Map<string, number>()
  for (const [name, text] of settings.scales) {
    const shown = `Workloads.${name}.Scale`
    const number = parseNumber(text)
    if (!names.includes(name)) {
      const near = nearest(name, names)
      problems.error(
        'parameter-not-declared',
        `a value is given for \`${shown}\`, and there is no workload \`${name}\``,
        undefined,
        near === undefined ? {} : { help: `did you mean \`Workloads.${near}.Scale\`?` },
      )
    } else if (!number.ok) problems.error('wrong-type', `\`${shown}\`: ${number.message}`)
    else if (number.value > SCALE_MAX)
      problems.error('out-of-range', `\`${shown}\` is ${number.value}`, undefined, {
        help: `expected 0 to ${SCALE_MAX}`,
      })
    else scales.set(name, number.value)
  }
  return scales
}

/**
 * What can be set of a scenario: the workloads' scales, and of the quotas those that AWS raises on request or that the
 * scenario itself sets. A quota that a parameter sets is set by that.
 */
export function listSettings(
  written: { readonly section: SimulationSection; readonly simulation: Node | undefined },
  components: readonly ComponentPlan[],
  quotas: SimulationSection['quotas'],
  registry: Registry,
): Setting[] {
  const { section, simulation } = written
  const workloads = components.flatMap(({ name, config }): Setting[] => {
    const node = section.workloads.find((workload) => workload.name === name)?.node
    if (node === undefined || config['Arrivals'] === 'trace') return []
    const own = Number(textOf(get(node, 'Scale')) ?? '1')
    const of = amountOf(node)
    return [
      {
        ...{ name: `Workloads.${name}.Scale`, kind: 'workload', label: name, unit: '×' },
        doc: of === undefined ? 'Factor on its load' : `Factor on its ${of}`,
        value: config['Scale'] as number,
        initial: own,
      },
    ]
  })
  // What every account has is of interest only where the template uses the service.
  const present = new Set(components.flatMap(({ type }) => (type.startsWith('AWS::') ? [prefixOf(type)] : [])))
  const limits = new Map<string, Setting>()
  for (const def of registry.defs) {
    const prefix = prefixOf(def.type)
    if (!present.has(prefix)) continue
    for (const [key, quota] of Object.entries(def.quotas)) {
      const label = `${prefix}.${key}`
      const own = section.quotas.find((each) => each.name === label)
      const byParameter = own !== undefined && !isScalar(get(get(simulation, 'Quotas'), label))
      if (byParameter || (own === undefined && quota.adjustable !== true)) continue
      const initial =
        own?.value ?? (section.profile === 'notes-2020' ? (quota.notes2020 ?? quota.current) : quota.current)
      limits.set(label, {
        ...{ name: `Quotas.${label}`, kind: 'quota', label, unit: quota.unit, doc: quota.doc, initial },
        value: quotas.find((each) => each.name === label)?.value ?? initial,
      })
    }
  }
  return [...workloads, ...[...limits.values()].sort((a, b) => (a.label < b.label ? -1 : 1))]
}

/** How much load a workload brings, in the scenario's own words: `rate, 10/s to 260/s`. */
function amountOf(node: Node): string | undefined {
  const rate = get(node, 'Rate')
  const users = get(node, 'Users')
  const load = rate ?? users
  if (load === undefined) return undefined
  const measure = (text: string): number => {
    const parsed = parseRate(text)
    return rate === undefined ? Number(text) : parsed.ok ? parsed.value.count / parsed.value.perMicros : 0
  }
  const points = isList(load) ? load.items.map((item) => get(item, 'Value')) : [load]
  const texts = points.map((point) => textOf(point) ?? '').sort((a, b) => measure(a) - measure(b))
  const [least, most] = [texts[0] ?? '', texts.at(-1) ?? '']
  return `${rate === undefined ? 'users' : 'rate'}, ${least === most ? least : `${least} to ${most}`}`
}
