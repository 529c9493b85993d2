// `Cors` of a REST API: an OPTIONS method on every path that answers with the allowed origins, methods and headers.
import { entries, get, isMap, isTrue } from '../node.ts'
import type { Node, Plain } from '../node.ts'
import { anyMethod } from './api-draft.ts'
import type { ApiDraft } from './api-draft.ts'
import { isIntrinsic } from './draft.ts'
import type { Draft } from './draft.ts'

const allMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

export function addCors(api: ApiDraft, draft: Draft, isOpenApi: boolean): void {
  const cors = get(api.owner.properties, 'Cors')
  if (cors === undefined) return
  const isMapped = isMap(cors) && !isIntrinsic(cors)
  draft.checkKeys(
    api.owner,
    isMapped ? cors : undefined,
    ['AllowMethods', 'AllowHeaders', 'AllowOrigin', 'MaxAge', 'AllowCredentials'],
    'Cors',
  )
  // AWS: each of these passes over an OpenAPI 3 definition wraps the headers' types in one more `schema`.
  const wraps = ['Cors', 'Auth', 'GatewayResponses', 'Models'].filter(
    (name) => entries(get(api.owner.properties, name)).length > 0 || name === 'Cors',
  ).length
  for (const [, path] of api.paths) {
    if (path.opaque !== undefined || path.methods.has('options')) continue
    const headers = corsHeaders(cors, isMapped, [...path.methods.keys()])
    path.methods.set('options', {
      members: optionsMethod(headers, isOpenApi ? wraps : 0),
      condition: undefined,
      auth: undefined,
      written: true,
    })
  }
}

/** The headers that the answer carries, in the order in which the definition lists them. */
function corsHeaders(cors: Node, isMapped: boolean, methods: readonly string[]): ReadonlyMap<string, Plain> {
  const headers = new Map<string, Plain>()
  const value = (key: string): Node | undefined => (isMapped ? get(cors, key) : undefined)
  const allowHeaders = value('AllowHeaders')
  if (allowHeaders !== undefined) headers.set('Access-Control-Allow-Headers', allowHeaders)
  headers.set('Access-Control-Allow-Methods', value('AllowMethods') ?? `'${methodsOf(methods)}'`)
  headers.set('Access-Control-Allow-Origin', isMapped ? (value('AllowOrigin') ?? "'*'") : cors)
  const maxAge = value('MaxAge')
  if (maxAge !== undefined) headers.set('Access-Control-Max-Age', maxAge)
  if (isTrue(value('AllowCredentials'))) headers.set('Access-Control-Allow-Credentials', "'true'")
  return headers
}

function methodsOf(methods: readonly string[]): string {
  if (methods.includes(anyMethod)) return allMethods.join(',')
  return [
    ...new Set([
      ...methods.filter((name) => !name.startsWith('x-') && name !== 'parameters').map((name) => name.toUpperCase()),
      'OPTIONS',
    ]),
  ]
    .sort()
    .join(',')
}

function optionsMethod(headers: ReadonlyMap<string, Plain>, wraps: number): Record<string, Plain | undefined> {
  const parameters = new Map<string, Plain>()
  const declared = new Map<string, Plain>()
  let wrapped: Plain = { type: 'string' }
  for (let i = 0; i < wraps; i++) wrapped = { schema: wrapped }
  for (const [name, value] of headers) {
    parameters.set(`method.response.header.${name}`, value)
    declared.set(name, wrapped)
  }
  return {
    summary: 'CORS support',
    consumes: wraps > 0 ? undefined : ['application/json'],
    produces: wraps > 0 ? undefined : ['application/json'],
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: '200',
          responseTemplates: { 'application/json': '{}\n' },
          responseParameters: parameters,
        },
      },
    },
    responses: { '200': { description: 'Default response for CORS method', headers: declared } },
  }
}
