// The cards of what a model is made of: types, services, operations, faults.
import { priceWords } from '../../lang/prices.ts'
import { registry } from '../../lang/registry.ts'
import { prefixOf } from '../../lang/resources.ts'
import type { Props, ServiceDef } from '../../model/contract.ts'
import { priceName } from '../../model/price.ts'
import { API_FAULTS } from '../../parts/api-faults.ts'

/** A type by its name, or by what follows its first `::`, in any case. */
export function typeCard(name: string): string | undefined {
  const def =
    registry.byType.get(name) ??
    registry.defs.find((other) => other.type.split('::').slice(1).join('::').toLowerCase() === name.toLowerCase())
  return def === undefined ? undefined : card(def)
}

/** A room's card: what is left out first, then what is modelled, figures then and now, assumptions with their knobs. */
function card(def: ServiceDef): string {
  const out: string[] = [def.type, '', def.summary, '']
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return
    out.push(title)
    for (const line of lines) out.push(`  ${line}`)
    out.push('')
  }
  section('Left out', [...def.omits])
  section('Modelled', [...def.models])
  section(
    'Figures (override under Simulation.Quotas)',
    Object.keys(def.quotas).map((name) => quotaLine(def, name)),
  )
  section(
    'Prices (override under Simulation.Prices)',
    Object.keys(def.prices ?? {}).map((name) => priceLine(def, name)),
  )
  section('Not on the bill', [...(def.unbilled ?? [])])
  section(
    `Assumptions (set under Simulation.Assumptions, by type or logical id)`,
    Object.keys(def.assumptions).map((name) => assumptionLine(def, name)),
  )
  section(
    'Operations',
    Object.entries(def.ops).map(
      ([action, op]) =>
        `${action}: ${op.doc}${op.errors === undefined || op.errors.length === 0 ? '' : ` Raises ${op.errors.join(', ')}.`}`,
    ),
  )
  section(
    `Metrics (${def.namespace})`,
    Object.entries(def.metrics).map(
      ([name, metric]) =>
        `${name} [${metric.unit}]: ${metric.doc}${metric.namespace === undefined ? '' : ` Namespace ${metric.namespace}.`}`,
    ),
  )
  section(
    'Faults',
    Object.entries(def.faults ?? {}).flatMap(([name, fault]) => [
      `${name}: ${fault.doc}`,
      ...propLines(fault.params).map((line) => `  ${line}`),
    ]),
  )
  section('Always true', Object.keys(def.invariants))
  return out.join('\n').trimEnd()
}

/** `sqs.DelaySeconds = 900 s. The longest delay of a message. [SQS-02]` */
export function quotaLine(def: ServiceDef, name: string): string {
  const quota = def.quotas[name]!
  const then =
    quota.notes2020 === undefined || quota.notes2020 === quota.current ? '' : `, notes-2020: ${quota.notes2020}`
  return `${prefixOf(def.type)}.${name} = ${quota.current} ${quota.unit}${then}. ${quota.doc} [${quota.source}]`
}

/** `lambda.Requests = 0.20 USD per 1,000,000 requests. Requests [PR-R1]` */
export function priceLine(def: ServiceDef, name: string): string {
  const price = def.prices![name]!
  return `${priceName(def.type, name, price)} = ${priceWords(price)}. ${price.doc} [${price.source}]`
}

/** `ApiLatency = lognormal(p50=8ms, p99=40ms). How long the answer of a call takes. [SQS-20]` */
export function assumptionLine(def: ServiceDef, name: string): string {
  const assumption = def.assumptions[name]!
  const choices = assumption.choices === undefined ? '' : ` (one of ${assumption.choices.join(', ')})`
  return `${name} = ${assumption.default}${choices}. ${assumption.doc} [${assumption.source}]`
}

/** Rooms by the service in their type's name, as its first room spells it: the account of `EC2` is a `Sim::Ec2`. */
export function services(): Map<string, ServiceDef[]> {
  const found = new Map<string, ServiceDef[]>()
  for (const def of registry.defs) {
    const service = def.type.split('::')[1]!
    const known = [...found.keys()].find((other) => other.toLowerCase() === service.toLowerCase())
    found.set(known ?? service, [...(found.get(known ?? service) ?? []), def])
  }
  return found
}

export function partCard(type: string): string | undefined {
  const owners = registry.defs.filter((def) => Object.hasOwn(def.parts ?? {}, type))
  return owners.length === 0
    ? undefined
    : `${type}\n\nIs read as part of ${owners.map((def) => def.type).join(', ')}; see \`hotshard explain ${owners[0]!.type}\`.`
}

export function serviceCard(name: string): string | undefined {
  const found = [...services()].find(([service]) => service.toLowerCase() === name.toLowerCase())
  if (found === undefined) return undefined
  const lines = found[1].flatMap((def) => [
    `  ${def.type}: ${def.summary}`,
    ...Object.keys(def.parts ?? {}).map((part) => `    with ${part}`),
  ])
  return `${found[0]}\n${lines.join('\n')}`
}

/** An operation in every room that has it: what it reads, what it passes over and what it raises. */
export function operationCard(name: string): string | undefined {
  const lines: string[] = []
  let title = name
  for (const def of registry.defs)
    for (const [action, op] of Object.entries(def.ops)) {
      if (action.toLowerCase() !== name.toLowerCase()) continue
      title = action
      const row = (label: string, list: readonly string[] | undefined): void => {
        if (list !== undefined && list.length > 0) lines.push(`    ${label.padEnd(12)}${list.join(', ')}`)
      }
      lines.push(`  ${def.type}`, `    ${op.doc}`)
      row('target', op.target === undefined ? undefined : [op.target])
      row('parameters', op.params)
      row('ignored', op.ignored)
      row('exceptions', op.errors)
    }
  return lines.length === 0 ? undefined : `Operation ${title}\n${lines.join('\n')}`
}

export function faultCard(id: string): string | undefined {
  const lines = registry.defs.flatMap((def) => {
    const fault = def.faults !== undefined && Object.hasOwn(def.faults, id) ? def.faults[id] : undefined
    return fault === undefined
      ? []
      : [`  of ${def.type}: ${fault.doc}`, ...propLines(fault.params).map((line) => `    ${line}`)]
  })
  if (Object.hasOwn(API_FAULTS, id)) {
    const { doc, error, http } = API_FAULTS[id]!
    lines.push(`  of every type with API operations: ${doc} Raises ${error} (${http}).`)
  }
  return lines.length === 0 ? undefined : `Fault ${id}\n${lines.join('\n')}`
}

/** `Percentage [0 to 100 %, 100 when absent]: what it is`, a line per parameter. */
function propLines(props: Props): string[] {
  return Object.entries(props).map(([name, prop]) => {
    const unit = prop.unit === undefined ? '' : ` ${prop.unit}`
    const limits = [
      prop.range === undefined ? (prop.values?.join(' | ') ?? prop.kind) : `${prop.range.join(' to ')}${unit}`,
      prop.required === true ? 'required' : prop.default === undefined ? 'optional' : `${prop.default} when absent`,
    ]
    return `${name} [${limits.join(', ')}]: ${prop.doc}`
  })
}
