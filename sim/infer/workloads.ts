// Default workloads: modest traffic on everything that the template leaves to the outside, and in place of sources without a room.
import {
  get,
  isTrue,
  items,
  stringOf,
  type CfnResource,
  type Node,
  type PlainMap,
  type Template,
} from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import type { InferredCall, Rooms, Source } from './graph.ts'
import { DEFAULT_BUS, entriesFor, messageFor, objectFilters, recordsFor, untoldEvents } from './events.ts'
import { itemFor, objectFor, orderOf, STREAM_KEY } from './steps.ts'

export interface DraftWorkload {
  readonly name: string
  readonly target: string
  readonly operation: string
  readonly rate: string | readonly PlainMap[]
  /** `Arrivals`, `Attributes`, `Parameters` and `Count` where they are not the default. */
  readonly more: PlainMap
  /** In place of what it stands: `topic Orders`; empty for an entry of its own. */
  readonly insteadOf: readonly string[]
  readonly span: Span
}

/** On every entry, and of every source that is stood in for. */
export const RATE = '5/s'
/** On repositories and pipelines: people push now and then. */
const PUSH_RATE = '1/min'
const PUSHED = /^AWS::Code(Commit|Pipeline)::/

export interface Given {
  readonly template: Template
  /** The calls that handlers make in the simulation. */
  readonly calls: readonly InferredCall[]
  /** Where failures go: queues that are empty as long as all goes well. */
  readonly failing: ReadonlySet<string>
  readonly sources: readonly Source[]
  readonly rooms: Rooms
}

export function draftWorkloads(given: Given): readonly DraftWorkload[] {
  const names = new Names(given.rooms)
  return [...entryWorkloads(given, names), ...untoldWorkloads(given, names), ...standIns(given, names)]
}

/** The parameter that carries a message. */
const BODIES: ReadonlyMap<string, string> = new Map([
  ['sqs:SendMessage', 'MessageBody'],
  ['sns:Publish', 'Message'],
])

/** What an operation is given besides the message itself, where it asks for more. */
function parametersFor(operation: string, to: CfnResource, template: Template): PlainMap | undefined {
  if (operation === 'firehose:PutRecord') return { Record: { Data: '$', DataSize: '1KB' } }
  if (operation === 'events:PutEvents') return { Entries: [...entriesFor(template, to)] }
  const body = BODIES.get(operation)
  if (body === undefined) return undefined
  const [order, content] = [orderOf(to), messageFor(template, to)]
  return content !== undefined || Object.keys(order).length > 0 ? { [body]: content ?? '$', ...order } : undefined
}

/** A workload on each route, and on each queue that nothing in the simulation sends to. */
function entryWorkloads({ template, calls, failing, sources, rooms }: Given, names: Names): DraftWorkload[] {
  // Reading puts nothing into a bucket, a stream or a table.
  const reads = /^(s3|kinesis|dynamodb):(Get|List|Describe|Query|Scan|BatchGet)/
  const reached = new Set(calls.filter(({ action }) => !reads.test(action)).map(({ to }) => to))
  const withRoutes = new Set(rooms.entries.flatMap(({ on, behind = on }) => [on, behind]))
  return rooms.entries.flatMap(({ on, operation }) => {
    const { keySpan: span } = template.resources.get(on)!
    const isRoute = !operation.includes(':')
    // A browser's question before its request is answered by the API itself.
    if (isRoute && operation.startsWith('OPTIONS ')) return []
    const own = sources.filter(({ to }) => to === on)
    const isFed = own.some(({ route, from, by }) =>
      route !== undefined ? withRoutes.has(from ?? '') : by !== undefined && rooms.carries(by),
    )
    if (!isRoute && (reached.has(on) || isFed || (failing.has(on) && own.length === 0))) return []
    if (operation === 's3:PutObject')
      return objectWorkloads(template.resources.get(on)!, { template, calls, sources }, names)
    if (operation === 'dynamodb:PutItem' && !sources.some(({ from }) => from === on)) return []
    const name = names.take(isRoute ? operation : on, isRoute ? on : 'Client')
    const insteadOf = isRoute ? [] : [...new Set(own.map(({ what }) => what))]
    if (operation === 'kinesis:PutRecord') {
      const records = recordsFor(template, template.resources.get(on)!)
      const Parameters = records.length > 0 ? { Records: records } : { Data: '$', PartitionKey: '$.key' }
      const put = { target: on, operation: records.length > 0 ? 'kinesis:PutRecords' : operation }
      return [
        { ...put, ...{ name, rate: RATE, more: { Attributes: { key: STREAM_KEY }, Parameters }, insteadOf, span } },
      ]
    }
    if (operation === 'dynamodb:PutItem') {
      const more = { Attributes: itemFor(template.resources.get(on)!), Parameters: { Item: '$' } }
      return [{ ...{ name, target: on, operation, rate: RATE, more, insteadOf, span } }]
    }
    const parameters = parametersFor(operation, template.resources.get(on)!, template)
    const attributes = { ...pagesOf(operation), ...keyFor(template, on) }
    const more = {
      ...(Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }),
      ...(parameters === undefined ? {} : { Parameters: parameters }),
    }
    const rate = PUSHED.test(template.resources.get(on)!.type) ? PUSH_RATE : RATE
    return [{ ...{ name, target: on, operation, rate, more, insteadOf, span } }]
  })
}

/** Which pages: some are asked for much more often than others. */
const PAGES = 'zipf(n=1000, s=1)'

/** Draws for what an operation takes from the attributes: `GET /img/{$.page}`. */
function pagesOf(operation: string): PlainMap {
  const names = [...operation.matchAll(/\{\$\.(\w+)\}/g)].map(([, name]) => name!)
  return Object.fromEntries(names.map((name) => [name, PAGES]))
}

/** The API key of a client who may call a REST API: the first that a usage plan with it has. */
function keyFor(template: Template, api: string): PlainMap {
  const all = [...template.resources.values()]
  const at = (node: Node | undefined): string | undefined => template.resourceAt(stringOf(node) ?? '')?.logicalId
  const plans = all.filter(
    ({ type, properties }) =>
      type === 'AWS::ApiGateway::UsagePlan' &&
      items(get(properties, 'ApiStages')).some((stage) => at(get(stage, 'ApiId')) === api),
  )
  const link = all.find(
    ({ type, properties }) =>
      type === 'AWS::ApiGateway::UsagePlanKey' &&
      plans.some(({ logicalId }) => logicalId === at(get(properties, 'UsagePlanId'))),
  )
  const key = link === undefined ? undefined : at(get(link.properties, 'KeyId'))
  return key === undefined ? {} : { 'x-api-key': key }
}

/** Events for rules of the default bus, in place of services and of applications, unless these are in the template. */
function untoldWorkloads({ template, calls }: Given, names: Names): DraftWorkload[] {
  const hasApplication = calls.some(({ to }) => to === DEFAULT_BUS)
  return untoldEvents(template).flatMap(({ rule, source, entry }) => {
    const isService = source.startsWith('aws.')
    if (!isService && hasApplication) return []
    return {
      ...{ name: names.take(rule.logicalId, 'Events'), target: DEFAULT_BUS, span: rule.keySpan },
      rate: source.startsWith('aws.code') ? PUSH_RATE : RATE,
      operation: isService ? 'events:PutServiceEvent' : 'events:PutEvents',
      more: { Parameters: isService ? entry : { Entries: [entry] } },
      insteadOf: [`events of ${source}`],
    }
  })
}

/** Objects for a bucket that somebody reads or is told of, one workload for each filter of its events; none for logs and artifacts. */
function objectWorkloads(
  { logicalId: target, properties, keySpan: span }: CfnResource,
  { template, calls, sources }: Pick<Given, 'template' | 'calls' | 'sources'>,
  names: Names,
): DraftWorkload[] {
  const notifications = get(properties, 'NotificationConfiguration')
  const onBus = isTrue(get(get(notifications, 'EventBridgeConfiguration'), 'EventBridgeEnabled'))
    ? objectFilters(template)
    : []
  const isWanted = calls.some(({ to }) => to === target) || sources.some(({ from }) => from === target)
  if (!isWanted && onBus.length === 0) return []
  const filters = ['LambdaConfigurations', 'QueueConfigurations', 'TopicConfigurations']
    .flatMap((kind) => items(get(notifications, kind)))
    .filter((each) => stringOf(get(each, 'Event'))?.startsWith('s3:ObjectCreated:'))
    .map((each) => items(get(get(get(each, 'Filter'), 'S3Key'), 'Rules')))
    .map((rules) => ({ prefix: ruleOf(rules, 'prefix'), suffix: ruleOf(rules, 'suffix') }))
  const distinct = new Map([...filters, ...onBus].map((filter) => [`${filter.prefix} ${filter.suffix}`, filter]))
  const wanted = distinct.size === 0 ? [{ prefix: '', suffix: '' }] : [...distinct.values()]
  return wanted.map(({ prefix, suffix }) => ({
    ...{ name: names.take(target, 'Client'), target, operation: 's3:PutObject', rate: RATE, span },
    ...{ more: objectFor(prefix, suffix), insteadOf: [] },
  }))
}

function ruleOf(rules: readonly Node[], name: string): string {
  const found = rules.find((rule) => stringOf(get(rule, 'Name'))?.toLowerCase() === name)
  return stringOf(get(found, 'Value')) ?? ''
}

/** A workload that invokes each function which nothing in the simulation does, in place of what does so in AWS. */
function standIns({ template, calls, sources, rooms }: Given, names: Names): DraftWorkload[] {
  const invoked = new Set(calls.map(({ to }) => to))
  const apis = new Set(rooms.entries.flatMap(({ on, behind = on }) => [on, behind]))
  const isThere = ({ by, from, route }: Source): boolean =>
    route !== undefined ? apis.has(from ?? '') : by !== undefined && rooms.carries(by)
  return [...template.resources.values()].flatMap(({ logicalId, keySpan: span }) => {
    const operation = 'lambda:InvokeFunction'
    if (!rooms.takesHandler(logicalId) || rooms.targetOf(logicalId, operation) === undefined) return []
    const own = sources.filter(({ to }) => to === logicalId)
    if (invoked.has(logicalId) || own.some(isThere)) return []
    const attributes = takesBatches(logicalId, { template, sources }) ? { Attributes: { Records: [{}] } } : {}
    const { rate, more } = paceOf(own, template)
    return [
      {
        ...{ name: names.take(logicalId, 'Client'), target: logicalId, operation, rate, span },
        more: { ...more, ...attributes },
        insteadOf: [
          ...new Set(own.map(({ what, schedule }) => (schedule === undefined ? what : `${what}, ${schedule}`))),
        ],
      },
    ]
  })
}

/** Whether a function is handed records: all that sets it to work are mappings. */
export function takesBatches(logicalId: string, { template, sources }: Pick<Given, 'template' | 'sources'>): boolean {
  const own = sources.filter(({ to }) => to === logicalId)
  return (
    own.length > 0 &&
    own.every(({ by }) => template.resources.get(by ?? '')?.type === 'AWS::Lambda::EventSourceMapping')
  )
}

const ONCE = { rate: '1/s', more: { Arrivals: 'regular', Count: 1 } }

/** How often: a custom resource works once, a schedule once at the start and then by its rate, all else at the usual rate. */
function paceOf(own: readonly Source[], template: Template): { rate: string | readonly PlainMap[]; more: PlainMap } {
  const isOnce = ({ from }: Source): boolean =>
    /^(Custom::|AWS::CloudFormation::CustomResource$)/.test(template.resources.get(from ?? '')?.type ?? '')
  const lasting = own.filter((source) => !isOnce(source))
  if (own.length > 0 && lasting.length === 0) return ONCE
  if (lasting.length === 0 || lasting.some(({ schedule }) => schedule === undefined)) return { rate: RATE, more: {} }
  const every = Math.min(...lasting.map(({ schedule }) => secondsOf(schedule!)))
  if (!(every < 86_400 * 366)) return ONCE
  const perHour = `${3600 / every}/h`
  const rate = [
    { At: '0s', Value: '1/s' },
    { At: '1s', Value: '1/s' },
    { At: '1s', Value: /^\d+\/h$/.test(perHour) ? perHour : `${Math.round(3600_000 / every) / 1000}/h` },
  ]
  return { rate, more: { Arrivals: 'regular' } }
}

/** Seconds from one run of a schedule to the next; Infinity for calendars, single runs and what AWS would refuse. */
function secondsOf(schedule: string): number {
  const match = /^rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)$/.exec(schedule)
  const unit =
    match === null ? Infinity : { minute: 60, hour: 3600, day: 86_400 }[match[2] as 'minute' | 'hour' | 'day']
  return match === null ? Infinity : Number(match[1]) * unit || Infinity
}

/** Names for workloads: `GetCartTotal` for `GET /cart/{id}/total`, and none twice. */
class Names {
  private readonly rooms: Rooms
  private readonly taken = new Set<string>()

  constructor(rooms: Rooms) {
    this.rooms = rooms
  }

  /** `what` as one word; `more` is put behind it where that is taken, or where it is a resource's own name. */
  take(what: string, more: string): string {
    const isRoute = what.includes('/') || what.startsWith('$')
    const words = what.replace(/^[A-Z]+ /, (method) => method.toLowerCase()).match(/[A-Za-z0-9]+/g) ?? []
    const word = isRoute
      ? words.map((each) => each.charAt(0).toUpperCase() + each.slice(1)).join('')
      : what.replace(/[^A-Za-z0-9]/g, '') + more
    const isFree = (name: string): boolean => !this.taken.has(name) && !this.rooms.isTaken(name)
    let name = isFree(word) ? word : `${word}${isRoute ? more : ''}`
    for (let i = 2; !isFree(name); i++) name = `${word}${i}`
    this.taken.add(name)
    return name
  }
}
