// The routes of an API: read from an OpenAPI document, joined to their backends, and found by what a client asks for.
import type { Action, Near, Ref, ResourceView } from '../model/contract.ts'
import type { Authorizer } from './gateway-authorizers.ts'
import { authorizerOf, documentAuthorizer, type AuthorizerSource } from './gateway-authorizer-config.ts'
import type { Mapping } from './gateway-mapping.ts'
import { documentValidation, sayUnknown, type Validation } from './gateway-validation.ts'
import { letsIn } from './permits.ts'
import { mappingOf } from './gateway-mapping-config.ts'

/** What stands behind a route. */
export type IntegrationKind = 'LAMBDA_PROXY' | 'LAMBDA' | 'SQS' | 'HTTP' | 'MOCK' | 'NONE'

/** A method on a path, as the template says it. `integration` has the member names of OpenAPI's `x-amazon-apigateway-integration`. */
export interface RouteSource {
  readonly method: string
  readonly path: string
  readonly integration: Integration | undefined
  /** Whether a request needs an API key. */
  readonly needsKey?: boolean
  /** Who may call it; absent = everybody. */
  readonly authorizer?: AuthorizerSource | undefined
  /** What it must carry; absent = anything will do. */
  readonly validation?: Validation | undefined
  /** Where the template writes it, from `Properties` of the API or of another resource. */
  readonly view: ResourceView
  readonly at: readonly (string | number)[]
}

/** An integration in the words of OpenAPI. */
export interface Integration {
  readonly type?: unknown
  readonly uri?: unknown
  readonly httpMethod?: unknown
  readonly payloadFormatVersion?: unknown
  readonly timeoutInMillis?: unknown
  readonly responses?: unknown
  readonly requestTemplates?: unknown
  readonly cacheKeyParameters?: unknown
  readonly requestParameters?: unknown
  readonly credentials?: unknown
}

export interface Route {
  readonly method: string
  readonly path: string
}

/** A route's backend in one stage, resolved. */
export interface Backend {
  readonly kind: IntegrationKind
  readonly to: Ref
  readonly action: Action
  /** µs. */
  readonly timeout: number
  /** What a MOCK answers, and an integration without proxy when all goes well. */
  readonly statusCode: number
  /** An alias, chosen by a stage variable, that does not let API Gateway in: every request gets 500 (N.APIGATEWAY-39). */
  readonly unpermitted?: Ref
  /** How an integration without proxy changes request and answer; absent = as they are. */
  readonly mapping?: Mapping
  /** HTTP APIs, format 2.0: an answer without `statusCode` counts as 200. */
  readonly infersStatus: boolean
}

const METHODS = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options', 'trace']
const LAMBDA = ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version']
const QUEUE = 'AWS::SQS::Queue'
const SERVER = 'Sim::Http::Server'
const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const MS = 1_000

/** The routes of an OpenAPI 2 or 3 document, in its order. */
export function openApiRoutes(view: ResourceView, body: unknown): RouteSource[] {
  const routes: RouteSource[] = []
  const paths = memberOf(body, 'paths')
  for (const path of keysOf(paths)) {
    const item = memberOf(paths, path)
    for (const key of keysOf(item)) {
      const any = key === 'x-amazon-apigateway-any-method'
      if (!any && !METHODS.includes(key.toLowerCase())) continue
      const operation = memberOf(item, key)
      const integration = memberOf(operation, 'x-amazon-apigateway-integration')
      const security = memberOf(operation, 'security')
      const schemes = isList(security) ? security.flatMap((each) => keysOf(each)) : []
      const at = ['Body', 'paths', path, key]
      const validation = documentValidation(body, operation)
      if (validation !== undefined) sayUnknown(validation, (message) => view.notSimulated(at, message))
      routes.push({
        method: any ? 'ANY' : key.toUpperCase(),
        path,
        integration: isMap(integration) ? integration : undefined,
        needsKey: schemes.some((scheme) => isKeyScheme(body, scheme)),
        authorizer: documentAuthorizer(body, operation, schemes.find((scheme) => !isKeyScheme(body, scheme)) ?? ''),
        validation,
        view,
        at,
      })
    }
  }
  return routes
}

/** Who may call a route in a stage with these variables; null = everybody. */
export function authorizerIn(
  near: Near,
  { authorizer, view, at }: RouteSource,
  variables: Readonly<Record<string, unknown>>,
  kind: Parameters<typeof authorizerOf>[3],
): Authorizer | null {
  if (authorizer === undefined) return null
  const say = (message: string): void => view.notSimulated(at, message)
  return authorizerOf(near, authorizer, withVariables(authorizer.uri, variables), kind, say)
}

/** Whether a security scheme of a document is an API key of API Gateway's own. */
function isKeyScheme(body: unknown, name: string): boolean {
  const places = [memberOf(memberOf(body, 'components'), 'securitySchemes'), memberOf(body, 'securityDefinitions')]
  const scheme = places.map((place) => memberOf(place, name)).find((found) => found !== undefined)
  const isOwn = memberOf(scheme, 'x-amazon-apigateway-authtype') === undefined
  return isOwn && memberOf(scheme, 'type') === 'apiKey' && /^x-api-key$/i.test(String(memberOf(scheme, 'name')))
}

/** Resolves the backend of a route for a stage whose variables are `variables`. */
export function backendOf(
  near: Near,
  source: RouteSource,
  variables: Readonly<Record<string, unknown>>,
  longest: number,
): Backend {
  const { integration, view, at } = source
  const none: Backend = { kind: 'NONE', to: '', action: 'http:GET', timeout: 0, statusCode: 500, infersStatus: false }
  if (integration === undefined) {
    view.notSimulated(at, `\`${source.method} ${source.path}\` has no integration and answers 500`)
    return none
  }
  const type = String(integration.type ?? '').toUpperCase()
  const written = integration.timeoutInMillis === undefined ? longest : Number(integration.timeoutInMillis)
  if (!(written >= 50 && written <= longest)) {
    view.error(
      at,
      'out-of-range',
      `the integration’s time-out is ${shown(integration.timeoutInMillis)}`,
      `expected 50 to ${longest} ms`,
    )
    return none
  }
  if (type.endsWith('_PROXY')) checkProxy(type, source)
  const uri = withVariables(integration.uri, variables)
  const shared = { to: '', action: 'http:GET' as Action, timeout: written * MS, statusCode: 200, infersStatus: false }
  if (type === 'MOCK')
    return { ...shared, kind: 'MOCK', statusCode: mockStatus(integration), mapping: mappingOf(source) }
  const target = near.resourceAt(uri)
  if (target !== undefined && LAMBDA.includes(target.type)) {
    if (isLockedOut(near, integration, target)) return { ...none, unpermitted: target.logicalId }
    const called = { ...shared, to: target.logicalId, action: 'lambda:InvokeFunction' as Action }
    if (type === 'AWS_PROXY')
      return { ...called, kind: 'LAMBDA_PROXY', infersStatus: String(integration.payloadFormatVersion) === '2.0' }
    return { ...called, kind: 'LAMBDA', statusCode: defaultStatus(integration.responses), mapping: mappingOf(source) }
  }
  if (type === 'AWS' && target?.type === QUEUE && target.config['FifoQueue'] !== true) {
    const action: Action = 'sqs:SendMessage'
    const statusCode = defaultStatus(integration.responses)
    return { ...shared, kind: 'SQS', to: target.logicalId, action, statusCode, mapping: mappingOf(source) }
  }
  if (type === 'HTTP' || type === 'HTTP_PROXY') {
    const server = target?.type === SERVER ? target : serverAt(near, uri)
    const method = String(integration.httpMethod ?? source.method).toUpperCase()
    const action: Action = `http:${HTTP_METHODS.includes(method) ? method : 'GET'}`
    const mapping = type === 'HTTP' ? { mapping: mappingOf(source) } : {}
    if (server !== undefined) return { ...shared, kind: 'HTTP', to: server.logicalId, action, ...mapping }
    view.notSimulated(
      at,
      `the backend of \`${source.method} ${source.path}\` is outside the template: it answers 200 at once`,
    )
    return { ...shared, kind: 'MOCK' }
  }
  if (type !== 'AWS' && type !== 'AWS_PROXY') {
    view.error(
      at,
      'unknown-value',
      `the integration type is ${shown(integration.type)}`,
      'possible are `AWS_PROXY`, `AWS`, `HTTP_PROXY`, `HTTP`, `MOCK`',
    )
    return none
  }
  const what = target === undefined ? shown(uri) : `${target.type} \`${target.logicalId}\``
  view.notSimulated(
    at,
    `integrations with ${what} are not simulated yet: \`${source.method} ${source.path}\` answers 200 at once`,
  )
  return { ...shared, kind: 'MOCK' }
}

/** Each name of a function has permissions of its own, and those of one that a variable names are easily forgotten. */
function isLockedOut(near: Near, { uri, credentials }: Integration, target: ResourceView): boolean {
  if (target.type !== 'AWS::Lambda::Alias' || credentials !== undefined) return false
  return (
    String(uri).includes('${stageVariables.') && !letsIn(near, target, 'apigateway.amazonaws.com', near.self.logicalId)
  )
}

/** A proxy integration passes bodies as they are (N.APIGATEWAY-25, N.APIGATEWAY-28). */
function checkProxy(type: string, { integration, view, at, method, path }: RouteSource): void {
  if (keysOf(integration?.requestTemplates).length === 0) return
  const message = `\`${method} ${path}\` has request templates, which a proxy integration does not use`
  if (type === 'HTTP_PROXY') view.error(at, 'proxy-mapping', message, 'use the integration type `HTTP`')
  else view.notSimulated(at, message)
}

/** The number of the route that `method path` asks for, −1 when there is none: literal paths before `{param}`, those before `{proxy+}`. */
export function findRoute(routes: readonly Route[], method: string, path: string): number {
  let found = -1
  let best = Infinity
  routes.forEach((route, i) => {
    if (route.method !== method && route.method !== 'ANY') return
    const fit = looseness(route.path, path)
    if (fit < 0) return
    const cost = fit * 2 + (route.method === 'ANY' ? 1 : 0)
    if (cost < best) {
      best = cost
      found = i
    }
  })
  return found
}

/** How little a template says about the path that it matches: 0 for the very same text; −1 = no match. */
function looseness(template: string, path: string): number {
  if (template === path || template === '$default') return template === path ? 0 : 1_000_000
  const wanted = template.split('/')
  const given = path.split('/')
  let loose = 0
  for (let i = 0; i < wanted.length; i++) {
    const part = wanted[i]
    if (/^\{[^}]*\+\}$/.test(part)) return given.length > i ? loose + 1000 : -1
    if (i >= given.length) return -1
    if (/^\{[^}]*\}$/.test(part)) {
      if (given[i] === '') return -1
      loose++
    } else if (part !== given[i]) return -1
  }
  return wanted.length === given.length ? loose : -1
}

/** `${stageVariables.name}` replaced by the stage's value. */
function withVariables(uri: unknown, variables: Readonly<Record<string, unknown>>): unknown {
  if (typeof uri !== 'string') return uri
  return uri.replace(/\$\{stageVariables\.(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(variables, name) ? String(variables[name]) : whole,
  )
}

function serverAt(near: Near, uri: unknown): ResourceView | undefined {
  const at = String(uri)
  return near.all(SERVER).find((view) => {
    const url = view.config['Url'] as string | undefined
    return url !== undefined && (at === url || at.startsWith(url.endsWith('/') ? url : `${url}/`))
  })
}

/** The status that a mock's request template names. */
function mockStatus(integration: Integration): number {
  for (const key of keysOf(integration.requestTemplates)) {
    const named = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(String(memberOf(integration.requestTemplates, key)))
    if (named !== null) return Number(named[1])
  }
  return defaultStatus(integration.responses, 200)
}

/** The status of the response that needs no selection pattern; without any response the gateway has none to give (500). */
function defaultStatus(responses: unknown, without = 500): number {
  const chosen = isList(responses)
    ? (responses.find((response) => memberOf(response, 'SelectionPattern') === undefined) ?? responses[0])
    : (memberOf(responses, 'default') ?? memberOf(responses, keysOf(responses)[0] ?? ''))
  const status = Number(memberOf(chosen, 'statusCode') ?? memberOf(chosen, 'StatusCode'))
  return Number.isInteger(status) ? status : without
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : `\`${String(value)}\``
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Own members only: the document comes from the user. */
export function memberOf(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

export function keysOf(value: unknown): string[] {
  return isMap(value) ? Object.keys(value) : []
}
