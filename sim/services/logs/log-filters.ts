// Metric filters and subscription filters of a log group, as the template or an operation gives them.
import type { CwUnit, Near, ResourceView } from '../../model/contract.ts'
import { retriesOf, type DeliveryTarget } from '../../parts/target-deliveries.ts'
import { calleeAt } from '../../parts/targets.ts'
import { parsePattern, PatternError, selectorIn, type FilterPattern, type Selector } from './filter-pattern.ts'

export const METRIC_FILTER = 'AWS::Logs::MetricFilter'
export const SUBSCRIPTION_FILTER = 'AWS::Logs::SubscriptionFilter'

/** A value that stands in the filter, or one that is read in each line. */
export type FilterValue = { readonly constant: number | string } | { readonly selector: Selector }

/** What a metric filter makes of a line that matches. Plain data. */
export interface Transformation {
  readonly namespace: string
  readonly name: string
  readonly unit: CwUnit
  readonly value: FilterValue
  /** Reported for a minute in which lines came and none of them matched (CW-50). */
  readonly default: number | undefined
  readonly dimensions: readonly (readonly [key: string, value: FilterValue])[]
}

export interface MetricFilter {
  readonly name: string
  readonly pattern: FilterPattern
  readonly transformations: readonly Transformation[]
}

export interface SubscriptionFilter {
  readonly name: string
  readonly pattern: FilterPattern
  readonly target: DeliveryTarget
  /** `Lambda`, `Kinesis Data Streams`, `Firehose`: the dimension DestinationType. */
  readonly destination: string
  /** The lines of one stream go to one shard; else to any. */
  readonly byStream: boolean
}

/** Why a filter is not taken. */
export class FilterError extends Error {}

/** Reads a metric filter by the names of CloudFormation, or of the API in lower case. Throws `FilterError`, `PatternError`. */
export function metricFilterOf(name: string, patternText: unknown, given: unknown): MetricFilter {
  const pattern = parsePattern(typeof patternText === 'string' ? patternText : '')
  const list = Array.isArray(given) ? (given as readonly (Readonly<Record<string, unknown>> | null)[]) : []
  if (list.length !== 1) throw new FilterError(`${list.length} metric transformations, exactly 1 is expected`)
  return { name, pattern, transformations: list.map((each) => transformationOf(pattern, each ?? {})) }
}

function transformationOf(pattern: FilterPattern, given: Readonly<Record<string, unknown>>): Transformation {
  const of = (name: string): unknown => given[name] ?? given[name[0]!.toLowerCase() + name.slice(1)]
  const [namespace, name] = [of('MetricNamespace'), of('MetricName')]
  if (typeof namespace !== 'string' || typeof name !== 'string')
    throw new FilterError('a metric needs a name and a namespace')
  const listed = of('Dimensions')
  const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(listed)
    ? listed.map((each: any) => [each?.Key, each?.Value] as const)
    : Object.entries((listed ?? {}) as object)
  const value = of('DefaultValue')
  if (pairs.length > 3) throw new FilterError(`${pairs.length} dimensions, at most 3 are allowed`)
  if (pairs.length > 0 && value !== undefined) throw new FilterError('a metric with dimensions has no default value')
  if (value !== undefined && !Number.isFinite(Number(value)))
    throw new FilterError(`the default value \`${String(value)}\` is not a number`)
  if (pairs.length > 0 && pattern.kind === 'words')
    throw new FilterError('dimensions need a pattern of JSON or of fields')
  return {
    namespace,
    name,
    unit: (of('Unit') as CwUnit | undefined) ?? 'None',
    value: valueOf(pattern, of('MetricValue')),
    default: value === undefined ? undefined : Number(value),
    dimensions: pairs.map(([key, each]) => [String(key), dimensionOf(pattern, String(each))]),
  }
}

function dimensionOf(pattern: FilterPattern, text: string): FilterValue {
  const selector = selectorIn(pattern, text)
  if (selector === undefined) throw new FilterError(`the dimension \`${text}\` is not in the pattern`)
  return { selector }
}

function valueOf(pattern: FilterPattern, value: unknown): FilterValue {
  const text = String(value ?? '')
  if (text.trim() !== '' && !Number.isNaN(Number(text))) return { constant: Number(text) }
  const selector = selectorIn(pattern, text)
  if (selector === undefined)
    throw new FilterError(`the metric value \`${text}\` is neither a number nor in the pattern`)
  return { selector }
}

/** The metric filters of a group; what is wrong with one is told at its place. */
export function metricFiltersOf(near: Near): readonly MetricFilter[] {
  const views = filtersOn(near, METRIC_FILTER)
  mustBeFew(near, views, 'MetricFilters')
  return views.flatMap((view) => {
    const { FilterName: name, FilterPattern: pattern, MetricTransformations: given } = view.config
    return read(view, () => metricFilterOf(String(name ?? view.logicalId), pattern, given)) ?? []
  })
}

const DESTINATIONS: Readonly<Record<string, string>> = {
  'lambda:InvokeFunction': 'Lambda',
  'kinesis:PutRecord': 'Kinesis Data Streams',
  'firehose:PutRecord': 'Firehose',
}

/** The subscription filters of a group. */
export function subscriptionFiltersOf(near: Near): readonly SubscriptionFilter[] {
  const views = filtersOn(near, SUBSCRIPTION_FILTER)
  mustBeFew(near, views, 'SubscriptionFilters')
  return views.flatMap((view) => {
    const { FilterName: name, FilterPattern: text, DestinationArn: arn, Distribution: distribution } = view.config
    const pattern = read(view, () => parsePattern(String(text ?? '')))
    const callee = calleeAt(near, arn)
    const destination = callee === undefined ? 'outside' : DESTINATIONS[callee.action]
    if (callee === undefined)
      view.notSimulated(['DestinationArn'], 'the destination is outside of this scenario: every line arrives there')
    if (destination === undefined) {
      view.error(
        ['DestinationArn'],
        'wrong-resource',
        `\`${callee!.to}\` cannot be the destination of a subscription`,
        'expected a function, a stream or a delivery stream',
      )
      return []
    }
    if (pattern === undefined) return []
    const to = callee?.to ?? null
    const action = callee?.action ?? 'lambda:InvokeFunction'
    const target = { to, action, arn: String(arn), isDenied: false, deadLetters: null, ...retriesOf(undefined) }
    const byStream = distribution !== 'Random'
    return [{ name: String(name ?? view.logicalId), pattern, target, destination, byStream }]
  })
}

function filtersOn(near: Near, type: string): readonly ResourceView[] {
  return near
    .all(type)
    .filter(({ config }) => near.resourceAt(config['LogGroupName'])?.logicalId === near.self.logicalId)
}

function mustBeFew(near: Near, views: readonly ResourceView[], quota: string): void {
  const most = near.quota(quota)
  const over = views[most]
  over?.error(
    [],
    'out-of-range',
    `\`${near.self.logicalId}\` has ${views.length} of these filters: \`LimitExceededException\``,
    `expected up to ${most}`,
  )
}

/** What `make` makes; undefined where the filter is told to be wrong. */
function read<T>(view: ResourceView, make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof PatternError)
      view.error(
        ['FilterPattern'],
        'log-filter',
        error.message,
        'words, `{ $.level = "ERROR" }` or `[ip, ..., status = 5*]`',
      )
    else if (error instanceof FilterError)
      view.error(['MetricTransformations'], 'log-filter', error.message, 'CW-50 and CW-51 say what a filter may hold')
    else throw error
    return undefined
  }
}
