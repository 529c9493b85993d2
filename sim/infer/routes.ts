// Which route of which API leads to which function, for both kinds of gateway and however the routes are written.
import { at, entries, get, stringOf, textOf, type CfnResource, type Node } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import type { Names } from './names.ts'

export interface RouteTo {
  readonly api: string
  readonly method: string
  readonly path: string
  /** Logical id of what the integration calls. */
  readonly to: string
  readonly span: Span
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'x-amazon-apigateway-any-method'])

export function routesOf(names: Names): readonly RouteTo[] {
  return [...names.template.resources.values()].flatMap((resource) => {
    switch (resource.type) {
      case 'AWS::ApiGateway::Method':
        return methodRoute(resource, names)
      case 'AWS::ApiGatewayV2::Route':
        return keyRoute(resource, names)
      case 'AWS::ApiGateway::RestApi':
      case 'AWS::ApiGatewayV2::Api':
        return bodyRoutes(resource, names)
      default:
        return []
    }
  })
}

function methodRoute({ properties, keySpan }: CfnResource, names: Names): RouteTo[] {
  const api = find(get(properties, 'RestApiId'), names)
  const to = find(at(properties, 'Integration', 'Uri'), names)
  if (api === undefined || to === undefined) return []
  const method = textOf(get(properties, 'HttpMethod')) ?? 'ANY'
  return [{ api, method, path: pathOf(get(properties, 'ResourceId'), names, 0), to, span: keySpan }]
}

/** Paths of resources are chains of parts; deeper than any API would have them is a cycle. */
function pathOf(node: Node | undefined, names: Names, depth: number): string {
  const resource = names.template.resources.get(find(node, names) ?? '')
  if (resource?.type !== 'AWS::ApiGateway::Resource' || depth > 30) return '/'
  const parent = pathOf(get(resource.properties, 'ParentId'), names, depth + 1)
  return `${parent === '/' ? '' : parent}/${textOf(get(resource.properties, 'PathPart')) ?? ''}`
}

function keyRoute({ properties, keySpan }: CfnResource, names: Names): RouteTo[] {
  const api = find(get(properties, 'ApiId'), names)
  const target = (textOf(get(properties, 'Target')) ?? '').replace(/^integrations\//, '')
  const integration = names.at(target, 'AWS::ApiGatewayV2::Integration')
  const to = find(get(integration?.properties, 'IntegrationUri'), names)
  if (api === undefined || to === undefined) return []
  const [method = '', path = ''] = (textOf(get(properties, 'RouteKey')) ?? '').split(' ')
  return [{ api, method, path, to, span: keySpan }]
}

function bodyRoutes({ logicalId, properties }: CfnResource, names: Names): RouteTo[] {
  return entries(at(properties, 'Body', 'paths')).flatMap(({ key: path, value }) =>
    entries(value).flatMap(({ key, keySpan, value: operation }) => {
      const to = find(at(operation, 'x-amazon-apigateway-integration', 'uri'), names)
      if (to === undefined || !METHODS.has(key.toLowerCase())) return []
      const method = key.startsWith('x-') ? 'ANY' : key.toUpperCase()
      return [{ api: logicalId, method, path, to, span: keySpan }]
    }),
  )
}

function find(node: Node | undefined, names: Names): string | undefined {
  const text = stringOf(node)
  return text === undefined ? undefined : names.at(text)?.logicalId
}

/** Routes by what they lead to; a browser's preflights are the API's own business. */
export function byTarget(routes: readonly RouteTo[]): ReadonlyMap<string, readonly RouteTo[]> {
  const to = new Map<string, RouteTo[]>()
  for (const route of routes) {
    if (route.method.toUpperCase() === 'OPTIONS') continue
    const known = to.get(route.to)
    if (known === undefined) to.set(route.to, [route])
    else known.push(route)
  }
  return to
}
