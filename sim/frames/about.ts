// What the inspector says of a node beside its state: metrics as CloudWatch shows them, configuration, figures, the model's card.
import { baseUnits, parseStatistic, statistic } from '../metrics/statistics.ts'
import type { Metric, ServiceDef } from '../model/contract.ts'
import type { ComponentPlan } from '../model/plan.ts'
import { readAssumption } from '../run/assumptions.ts'
import { ownDimensions, quotaValue, servicePrefix, type PublishedMetric, type World } from '../run/world.ts'
import type { Heat } from './heat.ts'
import { viewOf, type Plan } from './roads.ts'
import type { About, Card, Figure, MetricValues, StatisticValues } from './types.ts'

/** The most points of a line: beyond, a point stands for several periods. */
const POINTS_MAX = 500
/** Characters of a property's value. */
const VALUE_MAX = 400

/** The statistics that say something about a metric of each kind, the most telling first. */
const STATISTICS: Readonly<Record<Metric<unknown>['kind'], readonly string[]>> = {
  count: ['Sum'],
  distribution: ['p99', 'p50', 'Average', 'Maximum', 'SampleCount'],
  gauge: ['Maximum'],
  age: ['Maximum'],
  level: ['Maximum', 'Average'],
}

/** `isOver`: the run has ended, so that all periods are written; before, lines have no values. */
export function aboutOf(world: World, plan: Plan, node: number, heat: Heat | null, isOver: boolean): About {
  const numbers = componentsOf(world, plan, node)
  const components = numbers.map((number) => world.components[number]!)
  return {
    node,
    cards: components.map((component) => cardOf(world, component)),
    metrics: components.flatMap((component) => metricsOf(world, component, heat, isOver)),
  }
}

/** The component that a node shows, those that are shown as parts of it, and what carries work to it. */
function componentsOf(world: World, plan: Plan, node: number): number[] {
  const own = plan.components[node]
  if (own === undefined) return []
  const others = [...world.components.keys()].filter((number) => {
    if (number === own) return false
    if (plan.nodeOf[number] === node) return true
    const component = world.components[number]!
    const road = viewOf(component).road?.(component.config)
    return road !== undefined && plan.nodeOf[world.numberOf(road.to) - 1] === node
  })
  return [own, ...others]
}

function metricsOf(world: World, component: ComponentPlan, heat: Heat | null, isOver: boolean): MetricValues[] {
  const own = ownDimensions(component)
  const seen = new Set<number>()
  const found: MetricValues[] = []
  for (const metric of world.metrics) {
    // The same series under more names, such as an API's under that of its only stage, is shown once.
    if (metric.component !== component.name || seen.has(metric.id)) continue
    seen.add(metric.id)
    const { period, ends } = periodsOf(world, metric)
    const statistics = isOver ? valuesOf(metric, period, ends) : []
    const rows = heat?.rowsOf(metric.id)
    // What never had a value is no line: an account's throttle that nobody met.
    if (isOver && statistics.every(({ values }) => values.every(Number.isNaN))) continue
    found.push({
      resource: component.name,
      namespace: metric.namespace,
      name: metric.name,
      unit: metric.unit,
      doc:
        (component.def.metrics[metric.name] as Metric<unknown> | undefined)?.doc ??
        'Exceptions that it raised, by their names.',
      dimensions: Object.entries(metric.dimensions)
        .filter(([name]) => !Object.hasOwn(own, name) && name !== 'Resource')
        .map(([name, value]) => `${name}=${value}`)
        .join(', '),
      period,
      statistics,
      id: metric.id,
      ...(rows === undefined ? {} : { heat: rows }),
    })
  }
  return found
}

/** A length of period that divides the run into no more points than are shown. */
function periodsOf(world: World, { series }: PublishedMetric): { period: number; ends: number } {
  const periods = Math.ceil(world.now / series.period)
  const period = series.period * Math.max(1, Math.ceil(periods / POINTS_MAX))
  return { period, ends: Math.ceil(world.now / period) }
}

function valuesOf({ series, unit }: PublishedMetric, period: number, length: number): StatisticValues[] {
  return STATISTICS[series.kind].map((name) => {
    const values = new Float64Array(length)
    const parsed = parseStatistic(name)!
    const base = parsed.kind === 'SampleCount' ? 1 : baseUnits(series, unit)
    for (let i = 0; i < length; i++) {
      const value = statistic(series, parsed, i * period, (i + 1) * period)
      values[i] = value === undefined || (parsed.kind === 'SampleCount' && value === 0) ? NaN : value / base
    }
    return { statistic: name, values }
  })
}

function cardOf(world: World, component: ComponentPlan): Card {
  const { def, type, name } = component
  return {
    resource: name,
    type,
    summary: def.summary,
    models: def.models,
    omits: def.omits,
    properties: propertiesOf(component),
    quotas: Object.keys(def.quotas).map((quota) => quotaOf(world, def, quota)),
    assumptions: Object.keys(def.assumptions).map((assumption) => assumptionOf(component, assumption)),
  }
}

function quotaOf({ plan }: World, def: ServiceDef, name: string): Figure {
  const quota = def.quotas[name]!
  const full = `${servicePrefix(def.type)}.${name}`
  const isOwn = Object.hasOwn(plan.quotas, full)
  const value = isOwn ? plan.quotas[full]! : quotaValue(quota, plan.profile)
  return { name: full, value: `${value} ${quota.unit}`, doc: quota.doc, source: quota.source, isOwn }
}

function assumptionOf(component: ComponentPlan, name: string): Figure {
  const { doc, source } = component.def.assumptions[name]!
  const { text } = readAssumption(component, name)
  return { name, value: text, doc, source, isOwn: component.assumptions?.[name] !== undefined }
}

/** The properties as they act, defaults filled in; of a workload and the like all that is plain. */
function propertiesOf({ def, config }: ComponentPlan): Card['properties'] {
  const names = Object.keys(def.props).length > 0 ? Object.keys(def.props) : Object.keys(config)
  return names.flatMap((name) => {
    const value = plain(config[name])
    return value === undefined ? [] : [{ name, value, doc: def.props[name]?.doc ?? '' }]
  })
}

/** A value as a line of text; undefined for what is absent or is no longer what somebody wrote, such as a compiled distribution. */
function plain(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'function') return undefined
  if (typeof value !== 'object') return String(value)
  if (!isData(value, 6)) return undefined
  const text = JSON.stringify(value)
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text
}

function isData(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (depth === 0 || (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null))
    return false
  return Object.values(value).every((each) => isData(each, depth - 1))
}
