// Api and HttpApi events of functions: a route in an API's definition, and a permission for the API to invoke the function.
import { get, isMap, isTrue, items, entries, stringOf, textOf, withMembers } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { anyMethod, stageNameOf, underCondition } from './api-draft.ts'
import type { ApiDraft, MethodDraft } from './api-draft.ts'
import { isIntrinsic, ref, refId, sub } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { permit } from './function-draft.ts'
import type { Event, FunctionDraft } from './function-draft.ts'

/** The integration of a route with a function (SAM-R64); HTTP APIs say their partition by a pseudo parameter, REST APIs do not. */
function integration(fn: FunctionDraft, isHttp: boolean): PlainMap {
  const { owner, draft, alias } = fn
  const partition = isHttp ? '${AWS::Partition}' : draft.partition
  const target = alias === undefined ? `\${${owner.id}.Arn}` : `\${${alias}}`
  const uri = sub(`arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${target}/invocations`)
  const condition = stringOf(get(owner.node, 'Condition'))
  return {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: underCondition(condition, uri),
    payloadFormatVersion: isHttp ? '2.0' : undefined,
  }
}

/** A path as the resource part of an ARN: every `{name}` is a `*`. */
function arnPath(path: string): string {
  return path.replace(/\{[A-Za-z0-9._-]+\+?\}/g, '*')
}

function methodOf(written: Node | undefined): string | undefined {
  const text = textOf(written)?.toLowerCase()
  return text === 'any' ? anyMethod : text
}

const restProperties = [
  ...[
    'Path',
    'Method',
    'RestApiId',
    'Auth',
    'RequestModel',
    'RequestParameters',
    'TimeoutInMillis',
    'ResponseTransferMode',
  ],
]

export function apiEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft, apis } = fn
  const { properties, id } = event
  draft.checkKeys(owner, properties, restProperties, 'an event of the type Api', event.name)
  const route = routeOf(owner, event, draft)
  if (route === undefined) return
  const restApiId = get(properties, 'RestApiId')
  const apiId = refId(restApiId) ?? stringOf(restApiId)
  const api = restApiId === undefined ? apis.implicit(false, owner) : apis.all.get(apiId ?? '')
  const condition = stringOf(get(owner.node, 'Condition'))
  const target: Plain = restApiId ?? ref(api?.owner.id ?? '')
  permit(fn, `${id}Permission${stageSuffix(api, draft)}`, 'apigateway.amazonaws.com', {
    SourceArn: sub(
      `arn:${draft.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${route.arnMethod}${arnPath(route.path)}`,
      { __ApiId__: target, __Stage__: '*' },
    ),
  })
  if (api === undefined || api.isHttp) return
  api.conditions.add(condition)
  if (!api.open) return
  const timeout = get(properties, 'TimeoutInMillis')
  const members: Record<string, Plain | undefined> = {
    'x-amazon-apigateway-integration': {
      ...integration(fn, false),
      timeoutInMillis: timeout,
      responseTransferMode: get(properties, 'ResponseTransferMode'),
    },
    responses: {},
  }
  requestModel(api, members, owner, event, draft)
  requestParameters(members, owner, event, draft)
  const auth = get(properties, 'Auth')
  const policy = get(auth, 'ResourcePolicy')
  if (policy !== undefined) api.policies.push({ path: route.path, method: route.arnMethod, policy })
  apis.addRoute(
    api,
    route.path,
    route.method,
    { members, condition, auth, written: false },
    owner,
    event.name,
    properties.span,
  )
}

/** `Prod` for the implicit API; the stage's name where it is a text; `Stage` where only deployment knows it. */
export function stageSuffix(api: ApiDraft | undefined, draft: Draft): string {
  if (api === undefined) return 'Stage'
  const written = get(api.owner.properties, 'StageName')
  const name = isMap(written) ? undefined : stageNameOf(api.owner, draft)
  return name === undefined || !/^[A-Za-z0-9]+$/.test(name) ? 'Stage' : name
}

export interface Route {
  readonly path: string
  readonly method: string
  /** The method in an ARN: upper case, `*` for any. */
  readonly arnMethod: string
}

export function routeOf(owner: SamResource, event: Event, draft: Draft): Route | undefined {
  const path = get(event.properties, 'Path')
  const method = get(event.properties, 'Method')
  const pathText = path === undefined ? undefined : stringOf(draft.resolveParameters(path))
  const methodText = method === undefined ? undefined : methodOf(draft.resolveParameters(method))
  if (pathText === undefined || methodText === undefined) {
    draft.error(owner, '`Path` and `Method` are literal texts', path?.span ?? event.properties.span, event.name)
    return undefined
  }
  return { path: pathText, method: methodText, arnMethod: methodText === anyMethod ? '*' : methodText.toUpperCase() }
}

function requestModel(
  api: ApiDraft,
  members: Record<string, Plain | undefined>,
  owner: SamResource,
  event: Event,
  draft: Draft,
): void {
  const model = get(event.properties, 'RequestModel')
  if (model === undefined) return
  const name = stringOf(get(model, 'Model'))
  const models = get(api.owner.properties, 'Models')
  if (name === undefined || get(models, name) === undefined) {
    draft.error(
      owner,
      '`RequestModel` names one of the `Models` of its API',
      get(model, 'Model')?.span ?? model.span,
      event.name,
    )
    return
  }
  const required = get(model, 'Required')
  const version = textOf(get(api.owner.properties, 'OpenApiVersion')) ?? ''
  if (version.startsWith('3')) {
    const schema = { $ref: `#/components/schemas/${name.toLowerCase()}` }
    members['requestBody'] = { content: { 'application/json': { schema } }, required }
  } else {
    const schema = { $ref: `#/definitions/${name.toLowerCase()}` }
    members['parameters'] = [{ in: 'body', name: name.toLowerCase(), schema, required }]
  }
  const body = get(model, 'ValidateBody')
  const parameters = get(model, 'ValidateParameters')
  if (body === undefined && parameters === undefined) return
  const validates = [isTrue(body), isTrue(parameters)] as const
  const validator = validates[0]
    ? validates[1]
      ? 'body-and-params'
      : 'body-only'
    : validates[1]
      ? 'params-only'
      : 'no-validation'
  members['x-amazon-apigateway-request-validator'] = validator
  api.usedSchemes.add(`validator ${validator}`)
}

const placeOf: ReadonlyMap<string, string> = new Map([
  ['querystring', 'query'],
  ['path', 'path'],
  ['header', 'header'],
])

function requestParameters(
  members: Record<string, Plain | undefined>,
  owner: SamResource,
  event: Event,
  draft: Draft,
): void {
  const written = get(event.properties, 'RequestParameters')
  if (written === undefined) return
  const made: Plain[] = []
  const cached: Plain[] = []
  for (const item of items(written)) {
    const [entry] = entries(item)
    const key = stringOf(item) ?? entry?.key
    const settings = entry?.value
    if (key === undefined) {
      draft.error(owner, 'a member of `RequestParameters` is a text or a map', item.span, event.name)
      continue
    }
    if (settings !== undefined && !isMap(settings)) {
      draft.error(
        owner,
        'the settings of a request parameter are a map such as { Required: true, Caching: false }',
        settings.span,
        event.name,
      )
      continue
    }
    const match = /^method\.request\.(querystring|path|header)\.(.+)$/.exec(key)
    if (match === null) {
      const message = "a key of `RequestParameters` has the form 'method.request.[querystring|path|header].{value}'"
      draft.error(owner, message, item.span, event.name)
      continue
    }
    draft.checkKeys(owner, settings, ['Required', 'Caching'], 'a request parameter', event.name)
    const [, where = '', name = ''] = match
    made.push({ in: placeOf.get(where) ?? '', name, type: 'string', required: isTrue(get(settings, 'Required')) })
    if (isTrue(get(settings, 'Caching'))) cached.push(key)
  }
  const before = members['parameters']
  members['parameters'] = [...(Array.isArray(before) ? (before as Plain[]) : []), ...made]
  if (cached.length > 0) {
    members['x-amazon-apigateway-integration'] = {
      ...(members['x-amazon-apigateway-integration'] as PlainMap),
      cacheKeyParameters: cached,
    }
  }
}

const httpProperties = ['Path', 'Method', 'ApiId', 'Auth', 'TimeoutInMillis', 'PayloadFormatVersion', 'RouteSettings']

export function httpApiEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft, apis } = fn
  const { properties, id } = event
  draft.checkKeys(owner, properties, httpProperties, 'an event of the type HttpApi', event.name)
  const isDefault = get(properties, 'Path') === undefined && get(properties, 'Method') === undefined
  const route = isDefault
    ? { path: '$default', method: anyMethod, arnMethod: '$default' }
    : routeOf(owner, get(properties, 'Method') === undefined ? withAny(event) : event, draft)
  if (route === undefined) return
  const given = get(properties, 'ApiId')
  const api = given === undefined ? apis.implicit(true, owner) : apis.all.get(refId(given) ?? stringOf(given) ?? '')
  const target: Plain = given ?? ref(api?.owner.id ?? '')
  const resource = isDefault ? '*' : `${route.arnMethod}${arnPath(route.path)}`
  permit(fn, `${id}Permission`, 'apigateway.amazonaws.com', {
    SourceArn: sub(
      `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${resource}`,
      {
        __ApiId__: target,
        __Stage__: '*',
      },
    ),
  })
  if (api === undefined || !api.isHttp) return
  const condition = stringOf(get(owner.node, 'Condition'))
  api.conditions.add(condition)
  if (!api.open) return
  const more = {
    payloadFormatVersion: get(properties, 'PayloadFormatVersion') ?? '2.0',
    timeoutInMillis: get(properties, 'TimeoutInMillis'),
  }
  const names = [...route.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] as string)
  const members: MethodDraft['members'] = {
    'x-amazon-apigateway-integration': { ...integration(fn, true), ...more },
    responses: {},
    isDefaultRoute: isDefault ? true : undefined,
    parameters: names.length === 0 ? undefined : names.map((name) => ({ name, in: 'path', required: true })),
  }
  const auth = get(properties, 'Auth')
  if (isIntrinsic(auth)) draft.notSimulated(owner, 'an `Auth` that is a function', properties.span)
  apis.addRoute(
    api,
    route.path,
    route.method,
    { members, condition, auth, written: false },
    owner,
    event.name,
    properties.span,
  )
}

function withAny(event: Event): Event {
  return isMap(event.properties) ? { ...event, properties: withMembers(event.properties, { Method: 'any' }) } : event
}
