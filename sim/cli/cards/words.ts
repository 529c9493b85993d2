// The cards of words that stand in reports and scenarios: metrics, exceptions, figures, assumptions, facts, kinds of problems.
import { catalogue, type LintSlug } from '../../diag/catalogue.ts'
import { registry } from '../../lang/registry.ts'
import { prefixOf } from '../../lang/resources.ts'
import { lints } from '../../lint/catalogue.ts'
import type { Metric } from '../../model/contract.ts'
import { priceName } from '../../model/price.ts'
import { ErrorTable, HTTP_CODES, THROTTLING, TRANSIENT } from '../../model/errors.ts'
import { API_FAULTS } from '../../parts/api-faults.ts'
import { assumptionLine, priceLine, quotaLine } from './services.ts'

/** Which statistics of CloudWatch say something about a metric of each kind. */
const STATISTICS: Readonly<Record<Metric<unknown>['kind'], string>> = {
  count: '`sum` (how many in a period), `samples`; `avg` and `max` where one event emits more than 1',
  distribution: '`p50` to `p99.9`, `avg`, `max`, `tm99`; `samples` counts the events',
  gauge: '`max`, `min`, `avg`; a `sum` of readings means nothing',
  age: '`max`: the oldest of all',
  level: '`max` and `avg` of each minute',
}

/** A metric in every room that publishes it, with what its values are good for. */
export function metricCard(name: string): string | undefined {
  const lines = registry.defs.flatMap((def) => {
    const metric = Object.hasOwn(def.metrics, name) ? def.metrics[name] : undefined
    if (metric === undefined) return []
    return [
      `  ${metric.namespace ?? def.namespace} of ${def.type}, by ${def.dimension || 'account'} [${metric.unit}]: ${metric.doc}`,
      `    statistics: ${STATISTICS[metric.kind]}`,
      ...def.models.filter((line) => hasWord(line, name)).map((line) => `    modelled: ${line}`),
      ...def.omits.filter((line) => hasWord(line, name)).map((line) => `    left out: ${line}`),
    ]
  })
  return lines.length === 0 ? undefined : `Metric ${name}\n${lines.join('\n')}`
}

/** An exception: its HTTP code, who raises it, and what SDKs make of it. */
export function errorCard(name: string): string | undefined {
  const raised = registry.defs.flatMap((def) => {
    const actions = Object.entries(def.ops).filter(([, op]) => op.errors?.includes(name))
    return actions.length === 0 ? [] : [`  raised by ${def.type}: ${actions.map(([action]) => action).join(', ')}`]
  })
  for (const [fault, { error }] of Object.entries(API_FAULTS))
    if (error === name) raised.push(`  raised by the fault ${fault}, whatever the operation`)
  if (raised.length === 0) return undefined
  const http = Object.hasOwn(HTTP_CODES, name) ? HTTP_CODES[name]! : 0
  const table = new ErrorTable()
  const treated = table.retry[table.intern(name, http)]
  const sdk =
    treated === THROTTLING
      ? 'SDKs take it as throttling: every retry mode slows down and tries again, `adaptive` slows the whole client (RET-04, RET-30)'
      : treated === TRANSIENT
        ? 'SDKs take it as a passing fault: every retry mode tries again (RET-03)'
        : 'SDKs do not try again: the same call would fail again (RET-03, RET-04)'
  return `Exception ${name} (HTTP ${http})\n${raised.join('\n')}\n  ${sdk}`
}

/** A figure by its full name (`lambda.ConcurrentExecutions`) or the part behind the dot; rooms of a service share theirs. */
export function quotaCard(name: string): string | undefined {
  const types = new Map<string, string[]>()
  for (const def of registry.defs)
    for (const quota of Object.keys(def.quotas)) {
      const full = `${prefixOf(def.type)}.${quota}`
      if (quota !== name && full !== name) continue
      const line = `  ${quotaLine(def, quota)}\n    set it with \`Quotas: { ${full}: … }\`; figure of `
      types.set(line, [...(types.get(line) ?? []), def.type])
    }
  if (types.size === 0) return undefined
  return [`Figure ${name}`, ...[...types].map(([line, list]) => line + list.join(', '))].join('\n')
}

/** A price by its full name (`lambda.Requests`) or the part behind the dot. */
export function priceCard(name: string): string | undefined {
  const lines = registry.defs.flatMap((def) =>
    Object.entries(def.prices ?? {}).flatMap(([price, line]) => {
      const full = priceName(def.type, price, line)
      if (price !== name && full !== name) return []
      return [`  ${priceLine(def, price)}\n    of ${def.type}; set it with \`Prices: { ${full}: … }\``]
    }),
  )
  return lines.length === 0 ? undefined : `Price ${name}\n${lines.join('\n')}`
}

/** An assumption in every room that makes it. */
export function assumptionCard(name: string): string | undefined {
  const lines = registry.defs
    .filter((def) => Object.hasOwn(def.assumptions, name))
    .map(
      (def) =>
        `  ${assumptionLine(def, name)}\n    of ${def.type}; set it with \`Assumptions: { ${def.type}: { ${name}: … } }\``,
    )
  return lines.length === 0 ? undefined : `Assumption ${name}\n${lines.join('\n')}`
}

/** How the ids of facts are written: `SQS-04`, `CFN-R10`, `N.LAMBDA-11`. */
export const FACT = /^(N\.)?[A-Z][A-Z0-9-]*-[A-Z]?[0-9]+[a-z]?$/

/** What the models made of a fact. Its own text is no part of the package. */
export function factCard(id: string): string | undefined {
  const cites = (text: string): boolean => hasWord(text, id)
  const lines = registry.defs.flatMap((def) => [
    ...def.models.filter(cites).map((line) => `  ${def.type} models: ${line}`),
    ...def.omits.filter(cites).map((line) => `  ${def.type} leaves out: ${line}`),
    ...Object.entries(def.quotas)
      .filter(([, quota]) => cites(quota.source))
      .map(([name]) => `  figure ${quotaLine(def, name)}`),
    ...Object.entries(def.assumptions)
      .filter(([, assumption]) => cites(assumption.source))
      .map(([name]) => `  assumption of ${def.type}: ${assumptionLine(def, name)}`),
  ])
  for (const def of registry.defs)
    for (const [name, { source }] of Object.entries(def.prices ?? {}))
      if (cites(source)) lines.push(`  price ${priceLine(def, name)}`)
  for (const [slug, { source, title }] of catalogue)
    if (source === id) lines.push(`  the refusal \`${slug}\`: ${title}`)
  for (const [slug, { source, title }] of lints) if (cites(source)) lines.push(`  the lint \`${slug}\`: ${title}`)
  return lines.length === 0 ? undefined : `Fact ${id} is cited by\n${[...new Set(lines)].join('\n')}`
}

/** A kind of problem: what it means, how to mend it, an example of each. */
export function problemCard(slug: string): string | undefined {
  const found = catalogue.get(slug) ?? lints.get(slug as LintSlug)
  if (found === undefined) return undefined
  const example = (title: string, text: string | undefined): string[] =>
    text === undefined
      ? []
      : [
          '',
          title,
          ...text
            .trimEnd()
            .split('\n')
            .map((line) => `    ${line}`),
        ]
  return [
    `${found.severity}[${slug}]: ${found.title}`,
    '',
    found.text,
    ...example('  wrong', found.wrong),
    ...example('  right', found.right),
    ...(found.source === undefined ? [] : ['', `source: ${found.source}`]),
  ].join('\n')
}

/** All lints in a line each, by service. */
export function lintsCard(name: string): string | undefined {
  if (name !== 'lints') return undefined
  const width = Math.max(...[...lints.keys()].map((slug) => slug.length))
  return [
    'Lints: what `hotshard check` warns of. Allow one with a comment `# hotshard: allow SLUG reason`.',
    '',
    ...[...lints].map(([slug, { severity, title }]) => `  ${slug.padEnd(width)}  ${severity}: ${title}`),
  ].join('\n')
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^A-Za-z0-9.-]+/).some((each) => each.replace(/\.$/, '') === word)
}
