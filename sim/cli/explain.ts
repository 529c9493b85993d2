// `hotshard explain`: model cards, and where a metric, an exception or a fact stands in them.
import { nearest } from '../diag/suggest.ts'
import { registry } from '../lang/registry.ts'
import { ErrorTable, THROTTLING, TRANSIENT } from '../model/errors.ts'
import type { ServiceDef } from '../model/contract.ts'
import { prefixOf } from '../lang/resources.ts'
import { EXIT } from './exit.ts'

export function explain(name: string): number {
  const def =
    registry.byType.get(name) ??
    registry.defs.find((other) => other.type.split('::').slice(1).join('::').toLowerCase() === name.toLowerCase())
  const text = def !== undefined ? card(def) : (partCard(name) ?? metricCard(name) ?? errorCard(name) ?? factCard(name))
  if (text !== undefined) {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    return EXIT.ok
  }
  const names = [
    ...registry.byType.keys(),
    ...registry.defs.flatMap((other) => [
      ...Object.keys(other.metrics),
      ...Object.values(other.ops).flatMap((op) => op.errors ?? []),
    ]),
  ]
  const near = nearest(name, names)
  process.stderr.write(
    `error[unknown-name]: nothing is known of \`${name}\`\n${near === undefined ? '' : `  = help: did you mean \`${near}\`?\n`}  = note: types with a card are ${[...registry.byType.keys()].join(', ')}\n`,
  )
  return EXIT.badInput
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
    Object.entries(def.faults ?? {}).map(([name, fault]) => `${name}: ${fault.doc}`),
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
