// The authorizers of an API as a template writes them, in resources of their own or in the API's document.
import type { Near } from '../model/contract.ts'
import type { Authorizer, AuthorizerKind } from './gateway-authorizers.ts'
import { memberAt, type KeyPart } from './gateway-cache.ts'
import { parsePattern } from './simple-pattern.ts'

/** What a method says of who may call it, in the words of OpenAPI. */
export interface AuthorizerSource {
  readonly name: string
  /** `token`, `request`, `jwt`, `cognito_user_pools`, `iam`. */
  readonly type: unknown
  readonly uri?: unknown
  readonly identitySource?: unknown
  /** Of a token: the header that carries it. */
  readonly header?: unknown
  readonly pattern?: unknown
  /** s. */
  readonly ttl?: unknown
  readonly isSimple?: unknown
}

const KINDS: Readonly<Record<string, AuthorizerKind>> = {
  token: 'TOKEN',
  request: 'REQUEST',
  jwt: 'JWT',
  cognito_user_pools: 'JWT',
  iam: 'IAM',
}
const FUNCTIONS = ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version']
const SECOND = 1_000_000
const HEADER: KeyPart = { at: 'headers', name: 'Authorization' }
const PLACES: Readonly<Record<string, KeyPart['at']>> = {
  header: 'headers',
  querystring: 'queryStringParameters',
  path: 'pathParameters',
}

/** What differs between the two kinds of API. */
interface Kind {
  readonly isHttp: boolean
  /** s that an answer is kept where nothing is said, and that a function may take (API-40). */
  readonly ttl: number
  readonly timeout: number
}
export const REST: Kind = { isHttp: false, ttl: 300, timeout: 29 }
export const HTTP: Kind = { isHttp: true, ttl: 0, timeout: 10 }

/** Resolves an authorizer; `say` tells what of it is not simulated. Null = everybody may call. `uri` has its stage variables filled in. */
export function authorizerOf(
  near: Near,
  source: AuthorizerSource,
  uri: unknown,
  { isHttp, ttl, timeout }: Kind,
  say: (message: string) => void,
): Authorizer | null {
  const kind = KINDS[String(source.type).toLowerCase()]
  if (kind === undefined) {
    say(`the authorizer \`${source.name}\` is not simulated: every caller is let in`)
    return null
  }
  const target = kind === 'TOKEN' || kind === 'REQUEST' ? near.resourceAt(uri) : undefined
  const isFunction = target !== undefined && FUNCTIONS.includes(target.type)
  if ((kind === 'TOKEN' || kind === 'REQUEST') && !isFunction) {
    say(`the function of the authorizer \`${source.name}\` is outside of this scenario: every caller is let in`)
    return null
  }
  const { identity, byRoute } = identityOf(kind, source)
  const pattern = typeof source.pattern === 'string' && kind === 'TOKEN' ? source.pattern : ''
  if (pattern !== '' && parsePattern(pattern) === undefined)
    say(`the expression of the authorizer \`${source.name}\` has groups: it asks for nothing here`)
  const seconds = source.ttl === undefined ? ttl : Number(source.ttl)
  return {
    ...{ kind, name: source.name, to: target?.logicalId ?? '', identity, pattern, byRoute, isHttp },
    // Without an identity there is nothing to keep answers under.
    ttl: kind !== 'REQUEST' || identity.length > 0 ? Math.min(Math.max(seconds, 0), 3_600) * SECOND : 0,
    timeout: timeout * SECOND,
    isSimple: isHttp && (source.isSimple === true || source.isSimple === 'true'),
  }
}

/** `method.request.header.Authorization, context.…` of REST APIs, `$request.header.Authorization` of HTTP APIs. */
function identityOf(
  kind: AuthorizerKind,
  { identitySource: given, header }: AuthorizerSource,
): { readonly identity: readonly KeyPart[]; readonly byRoute: boolean } {
  const listed = (Array.isArray(given) ? given : typeof given === 'string' ? given.split(',') : []).map((text) =>
    String(text).trim(),
  )
  const parts = listed.flatMap((text): KeyPart[] => {
    const [, place, name] = /^(?:method\.|\$)request\.(header|querystring|path)\.(.+)$/.exec(text) ?? []
    return place === undefined ? [] : [{ at: PLACES[place], name }]
  })
  const byRoute = listed.some((text) => text.endsWith('context.routeKey'))
  if (parts.length > 0 || kind === 'REQUEST') return { identity: parts, byRoute }
  return { identity: [typeof header === 'string' ? { at: 'headers', name: header } : HEADER], byRoute }
}

/** The authorizer of an operation of a document, by the scheme of its security; undefined = it has none. */
export function documentAuthorizer(body: unknown, operation: unknown, name: string): AuthorizerSource | undefined {
  if (name === '') {
    const own = memberAt(memberAt(operation, 'x-amazon-apigateway-auth'), 'type')
    return own === 'AWS_IAM' ? { name: 'IAM', type: 'iam' } : undefined
  }
  const places = [memberAt(memberAt(body, 'components'), 'securitySchemes'), memberAt(body, 'securityDefinitions')]
  const scheme = places.map((place) => memberAt(place, name)).find((found) => found !== undefined)
  if (memberAt(scheme, 'x-amazon-apigateway-authtype') === 'awsSigv4') return { name, type: 'iam' }
  const written = memberAt(scheme, 'x-amazon-apigateway-authorizer')
  return {
    name,
    type: memberAt(written, 'type'),
    uri: memberAt(written, 'authorizerUri'),
    identitySource: memberAt(written, 'identitySource'),
    header: memberAt(scheme, 'name'),
    pattern: memberAt(written, 'identityValidationExpression'),
    ttl: memberAt(written, 'authorizerResultTtlInSeconds'),
    isSimple: memberAt(written, 'enableSimpleResponses'),
  }
}
