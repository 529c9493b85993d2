// What functions at the edge are told, in the forms of AWS: one for Lambda@Edge, one for CloudFront functions.
import type { Asked, Named } from './asked.ts'
import type { OriginPlan } from './origin-config.ts'

/** What response events see. */
export interface SeenResponse {
  readonly status: number
  readonly headers: Named
}

/** The event of Lambda@Edge. */
export function lambdaEvent(
  config: Named,
  asked: Asked,
  response: SeenResponse | null,
  includeBody: boolean,
  origin: OriginPlan | undefined,
): unknown {
  const request = {
    clientIp: asked.ip,
    headers: lists(viewerHeaders(asked, origin?.domain)),
    method: asked.method,
    querystring: asked.query,
    uri: asked.path,
    ...(includeBody && asked.body !== undefined
      ? { body: { inputTruncated: false, action: 'read-only', encoding: 'text', data: asked.body } }
      : undefined),
    ...(origin === undefined ? undefined : { origin: originMember(origin) }),
  }
  const more =
    response === null
      ? undefined
      : {
          response: {
            status: String(response.status),
            statusDescription: DESCRIPTIONS[response.status] ?? '',
            headers: lists(response.headers),
          },
        }
  return { Records: [{ cf: { config, request, ...more } }] }
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** An origin as a function sees it, and may choose another of the distribution's by its domain. */
function originMember(origin: OriginPlan): unknown {
  const common = { customHeaders: lists(origin.headers), domainName: origin.domain, path: origin.path }
  if (origin.isBucket) return { s3: { ...common, authMethod: 'none', region: origin.region } }
  const readTimeout = origin.readTimeout / 1_000_000
  const rest = { keepaliveTimeout: 5, port: 443, protocol: 'https', readTimeout, sslProtocols: ['TLSv1.2'] }
  return { custom: { ...common, ...rest } }
}

/** The headers of a request with those that every one has, and its cookies as a header. */
function viewerHeaders({ headers, cookies, country }: Asked, domain: string | undefined): Named {
  const texts = Object.keys(cookies).map((name) => `${name}=${String(cookies[name])}`)
  return {
    // A viewer asks for the distribution, and the distribution for its origin.
    ...(domain === undefined ? { Host: 'd111111abcdef8.cloudfront.net', ...headers } : { ...headers, Host: domain }),
    ...(texts.length === 0 ? undefined : { Cookie: texts.join('; ') }),
    ...(country === '' ? undefined : { 'CloudFront-Viewer-Country': country }),
  }
}

/** Headers as Lambda@Edge has them: by name in small letters, lists of keys and values. */
function lists(headers: Named): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(headers).map((key) => [key.toLowerCase(), [{ key, value: String(headers[key]) }]]),
  )
}

/** The event of CloudFront functions. */
export function functionEvent(config: Named, asked: Asked, response: SeenResponse | null): unknown {
  const values = (of: Named): Record<string, unknown> =>
    Object.fromEntries(Object.keys(of).map((name) => [name, { value: String(of[name]) }]))
  const small = (of: Named): Named => Object.fromEntries(Object.keys(of).map((name) => [name.toLowerCase(), of[name]]))
  const parameters = asked.query === '' ? [] : asked.query.split('&').map((part) => part.split('='))
  return {
    version: '1.0',
    context: config,
    viewer: { ip: asked.ip },
    request: {
      method: asked.method,
      uri: asked.path,
      querystring: Object.fromEntries(parameters.map(([name, value = '']) => [name, { value }])),
      headers: values(small(viewerHeaders({ ...asked, cookies: {} }, undefined))),
      cookies: values(asked.cookies),
    },
    ...(response === null
      ? undefined
      : {
          response: {
            statusCode: response.status,
            statusDescription: DESCRIPTIONS[response.status] ?? '',
            headers: values(small(response.headers)),
            cookies: {},
          },
        }),
  }
}
