// Events for a bus that nobody says what is put on it: one for each of its rules, made of the rule's pattern.
import { get, textOf, toJs, type CfnResource, type PlainMap, type Template } from '../cfn/index.ts'

/** The default bus, which no template names. */
export const DEFAULT_BUS = 'Sim::Events::DefaultBus'
/** Entries of one call (EB-02). */
const MOST_ENTRIES = 10

/** Rooms that say on the default bus what happens in them, by the source of their events. */
const TELLING: ReadonlyMap<string, string> = new Map([
  ['aws.cloudwatch', 'AWS::CloudWatch::Alarm'],
  ['aws.s3', 'AWS::S3::Bucket'],
  ['aws.codecommit', 'AWS::CodeCommit::Repository'],
  ['aws.codepipeline', 'AWS::CodePipeline::Pipeline'],
])

/** An event for a rule of the default bus that nothing in the simulation tells of. */
export interface Untold {
  readonly rule: CfnResource
  readonly source: string
  readonly entry: PlainMap
}

/** An event for each rule of the default bus whose source nothing in the template stands for. */
export function untoldEvents(template: Template): readonly Untold[] {
  const types = new Set([...template.resources.values()].map(({ type }) => type))
  return [...template.resources.values()].flatMap((rule) => {
    const { type, properties } = rule
    const named = get(properties, 'EventBusName')
    const bus = named === undefined ? 'default' : textOf(named)
    const pattern = get(properties, 'EventPattern')
    if (type !== 'AWS::Events::Rule' || pattern === undefined || !isDefault(bus)) return []
    if (textOf(get(properties, 'State') ?? pattern) === 'DISABLED') return []
    const sample = sampleOf(parsed(toJs(pattern)))
    if (sample === undefined) return []
    const entry = entryOf(sample)
    const source = String(entry['Source'])
    return types.has(TELLING.get(source) ?? '') ? [] : [{ rule, source, entry }]
  })
}

/** Entries that the rules of the default bus take, as far as an application may put them; none where no rule waits for any. */
export function entriesForDefault(template: Template): readonly PlainMap[] {
  const entries = untoldEvents(template).flatMap(({ source, entry }) => (source.startsWith('aws.') ? [] : [entry]))
  return distinctly(entries).slice(0, MOST_ENTRIES)
}

/** What the keys of new objects begin and end with that rules of the default bus wait for, one for each rule. */
export function objectFilters(template: Template): readonly { readonly prefix: string; readonly suffix: string }[] {
  return [...template.resources.values()].flatMap(({ type, properties }) => {
    const named = get(properties, 'EventBusName')
    const pattern = get(properties, 'EventPattern')
    if (type !== 'AWS::Events::Rule' || pattern === undefined) return []
    if (!isDefault(named === undefined ? 'default' : textOf(named))) return []
    const wanted = parsed(toJs(pattern))
    if (!isMap(wanted) || ![wanted['source']].flat().includes('aws.s3')) return []
    const detail = wanted['detail']
    const object = isMap(detail) ? detail['object'] : undefined
    const key = isMap(object) ? [object['key']].flat().find(isMap) : undefined
    const part = (name: string): string => (typeof key?.[name] === 'string' ? key[name] : '')
    return [{ prefix: part('prefix'), suffix: part('suffix') }]
  })
}

function isDefault(bus: string | undefined): boolean {
  return bus === 'default' || bus?.endsWith(':event-bus/default') === true
}

/** Entries that the rules of a bus take, as far as an application may put them; a plain one where there are none. */
export function entriesFor(template: Template, bus: CfnResource): readonly PlainMap[] {
  const entries = [...template.resources.values()]
    .filter(({ type, properties }) => type === 'AWS::Events::Rule' && isOn(template, bus, properties))
    .flatMap(({ properties }) => {
      const pattern = get(properties, 'EventPattern')
      const sample = pattern === undefined ? undefined : sampleOf(parsed(toJs(pattern)))
      return sample === undefined ? [] : [entryOf(sample)]
    })
    .filter(({ Source: source }) => !String(source).startsWith('aws.') || isPartners(bus, source))
  const distinct = distinctly(entries)
  return distinct.length === 0 ? [PLAIN] : distinct.slice(0, MOST_ENTRIES)
}

function distinctly(entries: readonly PlainMap[]): readonly PlainMap[] {
  const texts = entries.map((entry) => JSON.stringify(entry))
  return entries.filter((_, i) => texts.indexOf(texts[i]!) === i)
}

const PLAIN: PlainMap = { Source: 'application', DetailType: 'event', Detail: { id: 'uuid' } }

function isOn(template: Template, bus: CfnResource, properties: CfnResource['properties']): boolean {
  const named = get(properties, 'EventBusName')
  return named !== undefined && template.resourceAt(textOf(named) ?? '')?.logicalId === bus.logicalId
}

/** Records that the filters of a stream's mappings let through, one for each pattern; none where no mapping filters. */
export function recordsFor(template: Template, stream: CfnResource): readonly PlainMap[] {
  return samplesFor(template, stream)
    .map(({ data, partitionKey: key }) => ({
      Data: (data ?? '$') as PlainMap,
      PartitionKey: typeof key === 'string' ? key : '$.key',
    }))
    .slice(0, MOST_ENTRIES)
}

/**
 * A message that meets the filters of the mappings behind a queue, or behind the queues that get the topic's messages as they are: what
 * each of them asks for first, side by side. Undefined where nobody filters.
 */
export function messageFor(template: Template, to: CfnResource): PlainMap | undefined {
  const content: Record<string, unknown> = {}
  for (const queue of [to, ...rawQueues(template, to)])
    for (const { body } of samplesFor(template, queue)) if (isMap(body)) fillIn(content, body)
  return Object.keys(content).length > 0 ? (content as PlainMap) : undefined
}

/** The queues that a topic's messages come to without an envelope. */
function rawQueues(template: Template, topic: CfnResource): CfnResource[] {
  return [...template.resources.values()].flatMap(({ type, properties }) => {
    if (type !== 'AWS::SNS::Subscription') return []
    const [from, to, raw] = ['TopicArn', 'Endpoint', 'RawMessageDelivery'].map((name) => get(properties, name))
    const isIts = from !== undefined && template.resourceAt(textOf(from) ?? '')?.logicalId === topic.logicalId
    const queue =
      to === undefined ? undefined : template.resources.get(template.resourceAt(textOf(to) ?? '')?.logicalId ?? '')
    return isIts && queue !== undefined && raw !== undefined && textOf(raw) === 'true' ? [queue] : []
  })
}

/** Adds the members that are missing, on all levels. */
function fillIn(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(from)) {
    if (key === '__proto__') continue
    if (isMap(value)) {
      const there = Object.hasOwn(into, key) ? into[key] : (into[key] = {})
      if (isMap(there)) fillIn(there as Record<string, unknown>, value)
    } else if (!Object.hasOwn(into, key)) into[key] = value
  }
}

/** What meets the filters of a source's mappings, one for each pattern; none where no mapping filters. */
function samplesFor(template: Template, from: CfnResource): readonly Readonly<Record<string, unknown>>[] {
  return [...template.resources.values()]
    .filter(({ type, properties }) => {
      const source = get(properties, 'EventSourceArn')
      const isMapping = type === 'AWS::Lambda::EventSourceMapping' && source !== undefined
      return isMapping && template.resourceAt(textOf(source) ?? '')?.logicalId === from.logicalId
    })
    .flatMap(({ properties }) => {
      const criteria = get(properties, 'FilterCriteria')
      const filters = criteria === undefined ? undefined : get(criteria, 'Filters')
      const patterns = filters === undefined ? [] : ([toJs(filters)].flat() as readonly unknown[])
      return patterns.flatMap((filter) => {
        const sample = isMap(filter) ? sampleOf(parsed(filter['Pattern'])) : undefined
        return sample === undefined ? [] : [sample]
      })
    })
}

/** Only the bus of a partner may get what has the partner's source. */
function isPartners({ properties }: CfnResource, source: unknown): boolean {
  const own = get(properties, 'EventSourceName')
  return own !== undefined && textOf(own) === source
}

function entryOf(event: Readonly<Record<string, unknown>>): PlainMap {
  const { 'detail-type': type = PLAIN['DetailType'], detail, resources } = event
  // Any source will do where a pattern asks for the beginning ``.
  const source = event['source'] === undefined || event['source'] === '' ? PLAIN['Source'] : event['source']
  const isMap = typeof detail === 'object' && detail !== null
  return {
    Source: source as string,
    DetailType: type as string,
    Detail: (isMap ? detail : PLAIN['Detail']) as PlainMap,
    ...(resources === undefined ? {} : { Resources: [resources as string] }),
  }
}

/** JSON in a text, unless it is a value already. */
function parsed(pattern: unknown): unknown {
  if (typeof pattern !== 'string') return pattern
  try {
    return JSON.parse(pattern) as unknown
  } catch {
    return undefined
  }
}

/** A value that meets a pattern: of each field the first alternative. */
function sampleOf(pattern: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isMap(pattern)) return undefined
  const sample: Record<string, unknown> = {}
  for (const [key, wanted] of Object.entries(pattern)) {
    if (key === '$or' && Array.isArray(wanted)) Object.assign(sample, sampleOf(wanted[0]))
    else if (isMap(wanted)) sample[key] = sampleOf(wanted)
    else {
      const [first] = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted]
      const value = isMap(first) ? meeting(first) : first
      if (value !== undefined && isPlain(value)) sample[key] = value
    }
  }
  return sample
}

/** Whether the language takes a text for itself: no path, no hole, no draw. */
function isPlain(value: unknown): boolean {
  return typeof value !== 'string' || (/^[\w .,:/@+-]*$/.test(value) && value !== 'uuid')
}

/** A value that meets a condition; undefined = the field must be missing. */
function meeting(condition: Readonly<Record<string, unknown>>): unknown {
  const [[name, of] = ['', undefined]] = Object.entries(condition)
  const text = isMap(of) ? String(Object.values(of)[0]) : String(of)
  switch (name) {
    case 'exists':
      return of === true ? 'any' : undefined
    case 'numeric': {
      const [operator, written] = Array.isArray(of) ? (of as readonly unknown[]) : []
      const bound = Number(written)
      return operator === '>' ? bound + 1 : operator === '<' ? bound - 1 : bound
    }
    case 'cidr':
      return text.slice(0, Math.max(0, text.indexOf('/')))
    case 'wildcard':
      return text.replaceAll('*', '')
    case 'anything-but':
      return typeof of === 'number' ? of + 1 : 'anything else'
    default:
      return text
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
