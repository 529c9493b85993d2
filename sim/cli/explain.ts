// `hotshard explain`: model cards, and where a metric, an exception or a fact stands in them.
import { nearest } from '../diag/suggest.ts'
import { registry } from '../lang/registry.ts'
import { ErrorTable, THROTTLING, TRANSIENT } from '../model/errors.ts'
import type { Props, ServiceDef } from '../model/contract.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import { prefixOf } from '../lang/resources.ts'
import { EXIT } from './exit.ts'
import { showProblem } from './problems.ts'

export function explain(name: string): number {
  const def =
    registry.byType.get(name) ??
    registry.defs.find((other) => other.type.split('::').slice(1).join('::').toLowerCase() === name.toLowerCase())
  const cards = [partCard, serviceCard, operationCard, faultCard, metricCard, errorCard, factCard]
  let text = def === undefined ? undefined : card(def)
  for (const look of cards) text ??= look(name)
  if (text !== undefined) {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    return EXIT.ok
  }
  const near = nearest(name, names())
  const types = [...services()].map(
    ([service, defs]) => `${service}: ${defs.map((other) => other.type.split('::')[2]).join(', ')}`,
  )
  showProblem(
    {
      slug: 'unknown-name',
      severity: 'error',
      message: `nothing is known of \`${name}\``,
      ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
      notes: [['types with a card, by service', ...types].join('\n')],
    },
    {},
  )
  return EXIT.badInput
}

/** Everything that has a card, for the nearest to a misspelt name. */
function names(): string[] {
  return [
    ...registry.byType.keys(),
    ...registry.parts.keys(),
    ...services().keys(),
    ...registry.operations.keys(),
    ...Object.keys(API_FAULTS),
    ...registry.defs.flatMap((def) => [
      ...Object.keys(def.faults ?? {}),
      ...Object.keys(def.metrics),
      ...Object.values(def.ops).flatMap((op) => op.errors ?? []),
    ]),
  ]
}

/** Rooms by the service in their type's name, as its first room spells it: the account of `EC2` is a `Sim::Ec2`. */
function services(): Map<string, ServiceDef[]> {
  const found = new Map<string, ServiceDef[]>()
  for (const def of registry.defs) {
    const service = def.type.split('::')[1]!
    const known = [...found.keys()].find((other) => other.toLowerCase() === service.toLowerCase())
    found.set(known ?? service, [...(found.get(known ?? service) ?? []), def])
  }
  return found
}

/** A room's card: what is left out first, then what is modelled, figures then and now, assumptions with their knobs. */
export function card(def: ServiceDef): string {
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
    Object.entries(def.quotas).map(([name, quota]) => {
      const then =
        quota.notes2020 === undefined || quota.notes2020 === quota.current ? '' : `, notes-2020: ${quota.notes2020}`
      return `${prefixOf(def.type)}.${name} = ${quota.current} ${quota.unit}${then}. ${quota.doc} [${quota.source}]`
    }),
  )
  section(
    `Assumptions (set under Simulation.Assumptions, by type or logical id)`,
    Object.entries(def.assumptions).map(
      ([name, assumption]) =>
        `${name} = ${assumption.default}${assumption.choices === undefined ? '' : ` (one of ${assumption.choices.join(', ')})`}. ${assumption.doc} [${assumption.source}]`,
    ),
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
    Object.entries(def.metrics).map(([name, metric]) => `${name} [${metric.unit}]: ${metric.doc}`),
  )
  section(
    'Faults',
    Object.entries(def.faults ?? {}).flatMap(([name, fault]) => [
      `${name}: ${fault.doc}`,
      ...propLines(fault.params).map((line) => `  ${line}`),
    ]),
  )
  section('Always true', Object.keys(def.invariants))
  return `${out.join('\n')}`
}

function partCard(type: string): string | undefined {
  const owners = registry.defs.filter((def) => Object.hasOwn(def.parts ?? {}, type))
  return owners.length === 0
    ? undefined
    : `${type}\n\nIs read as part of ${owners.map((def) => def.type).join(', ')}; see \`hotshard explain ${owners[0]!.type}\`.\n`
}

function serviceCard(name: string): string | undefined {
  const found = [...services()].find(([service]) => service.toLowerCase() === name.toLowerCase())
  if (found === undefined) return undefined
  const lines = found[1].flatMap((def) => [
    `  ${def.type}: ${def.summary}`,
    ...Object.keys(def.parts ?? {}).map((part) => `    with ${part}`),
  ])
  return `${found[0]}\n${lines.join('\n')}\n`
}

/** An operation in every room that has it: what it reads, what it passes over and what it raises. */
function operationCard(name: string): string | undefined {
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
  return lines.length === 0 ? undefined : `Operation ${title}\n${lines.join('\n')}\n`
}

function faultCard(id: string): string | undefined {
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
  return lines.length === 0 ? undefined : `Fault ${id}\n${lines.join('\n')}\n`
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

function metricCard(name: string): string | undefined {
  const lines = registry.defs.flatMap((def) => {
    const metric = Object.hasOwn(def.metrics, name) ? def.metrics[name] : undefined
    return metric === undefined
      ? []
      : [
          `  ${def.namespace} of ${def.type}, by ${def.dimension || 'account'} [${metric.unit}, ${metric.kind}]: ${metric.doc}`,
        ]
  })
  return lines.length === 0 ? undefined : `Metric ${name}\n${lines.join('\n')}\n`
}

function errorCard(name: string): string | undefined {
  const lines = registry.defs.flatMap((def) =>
    Object.entries(def.ops)
      .filter(([, op]) => op.errors?.includes(name))
      .map(([action]) => `  raised by ${action} of ${def.type}`),
  )
  if (lines.length === 0) return undefined
  const table = new ErrorTable()
  const treated = table.retry[table.intern(name, 0)]
  const sdk =
    treated === THROTTLING
      ? 'SDKs take it as throttling: they slow down and retry (RET-04)'
      : treated === TRANSIENT
        ? 'SDKs retry it (RET-03)'
        : 'by its name alone SDKs do not retry it; an HTTP code of 429, 500, 502, 503 or 504 would be (RET-03, RET-04)'
  return `Exception ${name}\n${lines.join('\n')}\n  ${sdk}\n`
}

function factCard(id: string): string | undefined {
  const cites = (text: string): boolean => text.split(/[^A-Za-z0-9.-]+/).includes(id)
  const lines = registry.defs.flatMap((def) => [
    ...def.models.filter(cites).map((line) => `  ${def.type} models: ${line}`),
    ...def.omits.filter(cites).map((line) => `  ${def.type} leaves out: ${line}`),
    ...Object.entries(def.quotas)
      .filter(([, quota]) => cites(quota.source))
      .map(([name, quota]) => `  ${def.type} figure ${name} = ${quota.current} ${quota.unit}: ${quota.doc}`),
    ...Object.entries(def.assumptions)
      .filter(([, assumption]) => cites(assumption.source))
      .map(([name, assumption]) => `  ${def.type} assumption ${name} = ${assumption.default}: ${assumption.doc}`),
  ])
  return lines.length === 0 ? undefined : `Fact ${id} is cited by\n${lines.join('\n')}\n`
}
