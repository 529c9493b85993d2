// What programs call, from what they may do and what they are told.
//
// The one idea: a program that calls a resource needs a permission and a name. Both together say that it calls; one alone says so
// where the other cannot be seen. Which of the allowed actions it makes, its purpose tells: the verb in its name, or its routes.
import { get, items, stringOf, textOf, type CfnResource } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import { allowedBy, chosen, isMadeOn, servicesOf, type Intent, type Shape } from './actions.ts'
import { DEFAULT_BUS, entriesForDefault } from './events.ts'
import type { Evidence, InferredCall, Strength } from './graph.ts'
import type { Grant } from './iam.ts'
import { listed, type Names } from './names.ts'
import type { Program, Variable } from './programs.ts'
import type { RouteTo } from './routes.ts'
import { intentOfName, intentOfRoute, isPlural } from './verbs.ts'

/** What is known around the programs. */
export interface Surroundings {
  readonly names: Names
  readonly grants: ReadonlyMap<string, readonly Grant[]>
  /** The routes to each function, preflights excepted. */
  readonly routesTo: ReadonlyMap<string, readonly RouteTo[]>
  /** `from/to` of everything that the template wires, and of where it sends failures. */
  readonly wired: ReadonlySet<string>
  readonly failing: ReadonlySet<string>
}

interface Around extends Surroundings {
  readonly allowances: ReadonlyMap<string, Allowance>
  /** The resource of each service of which there is but one. */
  readonly only: ReadonlyMap<string, CfnResource>
}

/** What a role may: on resources that its policies name, and on anything. */
interface Allowance {
  readonly specific: ReadonlyMap<string, Allowed>
  readonly wide: Allowed
}

interface Allowed {
  readonly actions: Set<string>
  readonly evidence: { readonly actions: readonly string[]; readonly by: string; readonly span: Span }[]
  /** Something was named other than by a wildcard for a whole service. */
  named: boolean
}

/** Types that are called by address. A distribution is not among them: its address is told for links and origins. */
const ADDRESSED = /^AWS::(ElasticLoadBalancing(V2)?::LoadBalancer|ApiGateway::RestApi|ApiGatewayV2::Api|Lambda::Url)$/
/** Databases, which are asked in SQL. */
const DATABASE = /^AWS::RDS::(DBInstance|DBCluster|DBProxy)$/
/** Addresses that are handed over for browsers, not for calls. */
const FOR_BROWSERS = /ORIGIN|REDIRECT|CORS|CALLBACK|REFERER/i

/** Resources that one statement, or one role, names: with more of them it says what may be done, not what is. */
const MOST_NAMED = 32
const NOTHING: Allowance = { specific: new Map(), wide: { actions: new Set(), evidence: [], named: false } }

const POLLING = ['sqs:ReceiveMessage', 'kinesis:GetRecords']

/** Caches, and what is done with one of each engine. */
const CACHES = /^AWS::ElastiCache::(CacheCluster|ReplicationGroup|ServerlessCache)$/
const REDIS = ['redis:GET', 'redis:SET']
const MEMCACHED = ['memcached:get', 'memcached:set']

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/TABLE|DDB|DYNAMO/i, 'AWS::DynamoDB::Table'],
  [/QUEUE|SQS/i, 'AWS::SQS::Queue'],
  [/TOPIC|SNS/i, 'AWS::SNS::Topic'],
  [/BUCKET|S3/i, 'AWS::S3::Bucket'],
  [/BUS/i, 'AWS::Events::EventBus'],
  [/MACHINE|SFN|WORKFLOW/i, 'AWS::StepFunctions::StateMachine'],
  [/STREAM/i, 'AWS::Kinesis::Stream'],
  [/FUNCTION|LAMBDA/i, 'AWS::Lambda::Function'],
]

export function codeCalls(programs: readonly Program[], surroundings: Surroundings): readonly InferredCall[] {
  const allowances = new Map([...surroundings.grants].map(([role, own]) => [role, allowedTo(own, surroundings.names)]))
  const around = { ...surroundings, allowances, only: onlyOnesOf(surroundings.names) }
  const told = new Map(programs.map((program) => [program.logicalId, toldTo(program, around.names)]))
  const handed = new Set([...told.values()].flatMap((resources) => [...resources.keys()]))
  return programs.flatMap((program) => callsOf(program, told.get(program.logicalId)!, handed, around))
}

/** The resources whose names a program's environment holds. */
function toldTo(program: Program, names: Names): ReadonlyMap<string, Variable> {
  const told = new Map<string, Variable>()
  for (const variable of program.variables) {
    if (FOR_BROWSERS.test(variable.name)) continue
    const type = HINTS.find(([pattern]) => pattern.test(variable.name))?.[1]
    for (const text of variable.text.split(',', 20)) {
      const found = names.at(text.trim(), type)
      if (found === undefined || found.logicalId === program.logicalId || told.size === MOST_NAMED) continue
      if (!told.has(found.logicalId)) told.set(found.logicalId, variable)
    }
  }
  return told
}

function callsOf(
  program: Program,
  told: ReadonlyMap<string, Variable>,
  handed: ReadonlySet<string>,
  around: Around,
): readonly InferredCall[] {
  const known = program.role === undefined ? undefined : around.allowances.get(program.role)
  const { specific, wide } = known ?? NOTHING
  const calls: InferredCall[] = []
  for (const logicalId of new Set([...specific.keys(), ...told.keys()])) {
    const resource = around.names.template.resources.get(logicalId)!
    const variable = told.get(logicalId)
    if (logicalId === program.logicalId || isDestination(program, logicalId, variable, around)) continue
    const sure = sureness(specific.get(logicalId), wide, variable, known !== undefined, resource)
    if (sure === undefined) continue
    const isSource = around.wired.has(`${logicalId}/${program.logicalId}`)
    // Whoever lacks the name that others are handed does not call, unless its events carry the name.
    const strength = variable === undefined && handed.has(logicalId) && !isSource ? 'weak' : sure.strength
    // What a mapping polls is not polled by the function as well.
    const actions = isSource
      ? new Set([...sure.allowed.actions].filter((action) => !POLLING.includes(action)))
      : sure.allowed.actions
    for (const { action, routes } of picked(program, actions, resource, around)) {
      const evidence = [
        ...evidenceFor(action, sure.allowed),
        ...(variable === undefined ? [] : [{ text: `environment variable ${variable.name}`, span: variable.span }]),
      ]
      calls.push({
        ...{ from: program.logicalId, action, to: logicalId, kind: 'code', strength, evidence },
        ...(routes === undefined ? {} : { routes }),
      })
    }
  }
  return [...calls, ...onDefaultBus(program, wide, calls, around), ...onlyOnes(program, wide, calls, around)]
}

/** A permission to send to a destination, for results or for failures, is the service's, not the program's. */
function isDestination(program: Program, to: string, variable: Variable | undefined, around: Surroundings): boolean {
  const pair = `${program.logicalId}/${to}`
  return variable === undefined && (around.failing.has(pair) || around.wired.has(pair))
}

/** What the policies allow: on resources that they name, and on anything. */
function allowedTo(grants: readonly Grant[], names: Names): Allowance {
  const specific = new Map<string, Allowed>()
  const wide: Allowed = { actions: new Set(), evidence: [], named: false }
  const add = (to: Allowed, grant: Grant, actions: readonly string[]): void => {
    if (actions.length === 0) return
    for (const action of actions) to.actions.add(action)
    to.evidence.push({ actions, by: grant.by, span: grant.span })
    to.named ||= grant.actions.some((action) => !action.endsWith('*') || /:\w/.test(action))
  }
  for (const grant of grants) {
    const actions = [...new Set(grant.actions.flatMap(allowedBy))]
    const covered = [...new Set(grant.resources)].map((text) => names.covered(text))
    const named = new Set(covered.flatMap((some) => (some.length === 1 ? some : [])))
    const isWide = named.size > MOST_NAMED || covered.some((some) => some.length !== 1)
    if (isWide) add(wide, grant, actions)
    for (const { logicalId, type } of named.size > MOST_NAMED ? [] : named) {
      const known = specific.get(logicalId) ?? { actions: new Set(), evidence: [], named: false }
      add(
        known,
        grant,
        actions.filter((action) => isMadeOn(action, type)),
      )
      if (known.actions.size > 0 && (specific.has(logicalId) || specific.size < MOST_NAMED))
        specific.set(logicalId, known)
    }
  }
  return { specific, wide }
}

/** How sure it is that the program calls the resource at all, and what it may do there. */
function sureness(
  specific: Allowed | undefined,
  wide: Allowed,
  variable: Variable | undefined,
  isRoleKnown: boolean,
  { type, properties }: CfnResource,
): { readonly strength: Strength; readonly allowed: Allowed } | undefined {
  if (CACHES.test(type)) {
    // Whoever knows its address may use it: no permission tells.
    if (variable === undefined) return undefined
    const actions = stringOf(get(properties, 'Engine')) === 'memcached' ? MEMCACHED : REDIS
    return { strength: 'likely', allowed: { actions: new Set(actions), evidence: [], named: true } }
  }
  if (specific !== undefined)
    return { strength: variable !== undefined && specific.named ? 'strong' : 'likely', allowed: specific }
  const services = servicesOf(type)
  const all = new Set(services.flatMap((service) => allowedBy(`${service}:*`)))
  if (ADDRESSED.test(type) && ![...wide.actions].some((action) => all.has(action)))
    return { strength: 'likely', allowed: { actions: new Set(['http:']), evidence: [], named: true } }
  if (DATABASE.test(type) && variable !== undefined)
    return { strength: 'likely', allowed: { actions: new Set(['sql:query']), evidence: [], named: true } }
  if (all.size === 0) return undefined
  const actions = new Set([...wide.actions].filter((action) => all.has(action)))
  if (actions.size > 0) return { strength: 'likely', allowed: { ...wide, actions } }
  return { strength: isRoleKnown ? 'weak' : 'likely', allowed: { actions: all, evidence: [], named: false } }
}

/** The calls that the program's purpose picks, with the routes they belong to where it serves several purposes. */
function picked(
  program: Program,
  allowed: ReadonlySet<string>,
  resource: CfnResource,
  around: Surroundings,
): readonly { readonly action: string; readonly routes?: readonly string[] }[] {
  const shape = shapeOf(resource, program)
  const routes = around.routesTo.get(program.logicalId) ?? []
  const byRoute = new Map(
    routes.map((route) => [`${route.method} ${route.path}`.trim(), intentOfRoute(route.method, route.path)]),
  )
  const ofRoutes = [...new Set(byRoute.values())]
  const ofName = program.names.map(intentOfName).find((intent) => intent !== undefined)
  if (ofRoutes.length <= 1) {
    const [ofRoute] = ofRoutes
    const intent = ofName === 'read' && ofRoute === 'list' && isPlural(program.names[0]!) ? 'list' : (ofName ?? ofRoute)
    return actionsFor(allowed, intent, shape).map((action) => ({ action }))
  }
  const actions = new Map<string, string[]>()
  for (const [route, intent] of byRoute)
    for (const action of actionsFor(allowed, intent, shape))
      actions.set(action, [...(actions.get(action) ?? []), route])
  return [...actions].map(([action, on]) => (on.length === byRoute.size ? { action } : { action, routes: on }))
}

function actionsFor(allowed: ReadonlySet<string>, intent: Intent | undefined, shape: Shape): readonly string[] {
  if (allowed.has('sql:query')) return ['sql:query']
  if (!allowed.has('http:')) return chosen(allowed, intent, shape)
  return [intent === 'create' || intent === 'update' ? 'http:POST' : intent === 'delete' ? 'http:DELETE' : 'http:GET']
}

/** Whether a table's partitions hold several items, and whether the program is handed the name of one of its indexes. */
function shapeOf({ properties }: CfnResource, program: Program): Shape {
  const sorted = items(get(properties, 'KeySchema')).some((key) => stringOf(get(key, 'KeyType')) === 'RANGE')
  const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((name) =>
    listed(get(properties, name)).flatMap((index) => textOf(get(index, 'IndexName') ?? index) ?? []),
  )
  return { sorted, index: program.variables.some(({ text }) => indexes.includes(text)) }
}

function evidenceFor(action: string, allowed: Allowed): readonly Evidence[] {
  const seen = new Set<string>()
  return allowed.evidence
    .filter(({ actions, by, span }) => {
      const key = `${by} ${span.start}`
      return actions.includes(action) && !seen.has(key) && seen.add(key) !== undefined
    })
    .map(({ by, span }) => ({ text: `${by} allows ${action}`, span }))
}

/** A program that may put events anywhere puts those that rules of the default bus wait for, unless it has a bus of its own. */
function onDefaultBus(
  program: Program,
  wide: Allowed,
  known: readonly InferredCall[],
  { names: { template } }: Around,
): readonly InferredCall[] {
  const action = 'events:PutEvents'
  if (!wide.named || !wide.actions.has(action) || entriesForDefault(template).length === 0) return []
  if (known.some((call) => call.action === action && call.strength !== 'weak')) return []
  const evidence = evidenceFor(action, wide)
  return [{ from: program.logicalId, action, to: DEFAULT_BUS, kind: 'code', strength: 'likely', evidence }]
}

/** A permission on everything, where the template has but one resource that it can mean: worth a hint, not a call. */
function onlyOnes(
  program: Program,
  wide: Allowed,
  known: readonly InferredCall[],
  around: Around,
): readonly InferredCall[] {
  return [...wide.actions].flatMap((action) => {
    const only = around.only.get(action.slice(0, action.indexOf(':')))
    if (only === undefined || only.logicalId === program.logicalId || !wide.named) return []
    if (known.some((call) => call.to === only.logicalId)) return []
    const evidence = evidenceFor(action, wide)
    return [{ from: program.logicalId, action, to: only.logicalId, kind: 'code', strength: 'weak', evidence } as const]
  })
}

function onlyOnesOf(names: Names): ReadonlyMap<string, CfnResource> {
  const byService = new Map<string, CfnResource[]>()
  for (const resource of names.template.resources.values())
    for (const service of servicesOf(resource.type))
      byService.set(service, [...(byService.get(service) ?? []).slice(0, 1), resource])
  return new Map([...byService].flatMap(([service, some]) => (some.length === 1 ? [[service, some[0]!] as const] : [])))
}
