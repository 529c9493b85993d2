// What a template says about mappings, in the words of OpenAPI or of Method resources.
import type { ResourceView } from '../model/contract.ts'
import { memberAt, type KeyPart } from './gateway-cache.ts'
import type { Mapping, ParameterSource, ResponseRule, Template } from './gateway-mapping.ts'
import { parsePattern } from './simple-pattern.ts'
import { parseTemplate } from './vtl.ts'

const PLACES: Readonly<Record<string, KeyPart['at']>> = {
  header: 'headers',
  path: 'pathParameters',
  querystring: 'queryStringParameters',
}

/** A route with its integration, in the words of OpenAPI. */
interface MappingSource {
  readonly method: string
  readonly path: string
  readonly integration:
    | { readonly requestTemplates?: unknown; readonly requestParameters?: unknown; readonly responses?: unknown }
    | undefined
  readonly view: ResourceView
  readonly at: readonly (string | number)[]
}

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []

/** The mapping of an integration without proxy; what it does not know is named, and passes as it is. */
export function mappingOf(source: MappingSource): Mapping {
  const { integration } = source
  return {
    request: templateOf(source, integration?.requestTemplates, 'request template'),
    parameters: keysOf(integration?.requestParameters).flatMap((to) => {
      const place = placeOf('integration', to)
      const from = sourceOf(source, String(memberAt(integration?.requestParameters, to)))
      return place === undefined || from === undefined ? [] : [{ to: place, from }]
    }),
    responses: rulesOf(source),
  }
}

/** `integration.request.header.X-A`; undefined for anything else. */
function placeOf(of: string, text: string): KeyPart | undefined {
  const [, whose, place, name] = /^(\w+)\.request\.(header|path|querystring)\.(.+)$/.exec(text) ?? []
  return whose === of ? { at: PLACES[place], name } : undefined
}

function sourceOf(source: MappingSource, text: string): ParameterSource | undefined {
  const part = placeOf('method', text)
  if (part !== undefined) return { kind: 'request', part }
  const [, path] = /^method\.request\.body\.([\w.]+)$/.exec(text) ?? []
  if (path !== undefined) return { kind: 'body', path: path.split('.') }
  const [, value] = /^'(.*)'$/.exec(text) ?? []
  if (value !== undefined) return { kind: 'value', value }
  source.view.notSimulated(source.at, `the parameter \`${text}\` of a request to a backend is left out`)
  return undefined
}

/** The template for JSON, or the only one. */
function templateOf(source: MappingSource, templates: unknown, what: string): Template | undefined {
  const types = keysOf(templates)
  const chosen = types.find((type) => type.startsWith('application/json')) ?? types[0]
  const text = chosen === undefined ? undefined : memberAt(templates, chosen)
  if (typeof text !== 'string' || text.trim() === '') return undefined
  const read = parseTemplate(text)
  if (!('problem' in read)) return read
  const where = `\`${source.method} ${source.path}\``
  if (!read.isSyntax) {
    source.view.notSimulated(source.at, `the ${what} of ${where} is left out: ${read.problem}`)
    return undefined
  }
  source.view.notSimulated(source.at, `the ${what} of ${where} cannot be read (${read.problem}): it answers 500`)
  return null
}

/** Answers by pattern; of Method resources a list, of OpenAPI a map by pattern, `default` for the rest. */
function rulesOf(source: MappingSource): ResponseRule[] {
  const responses = source.integration?.responses
  const listed = Array.isArray(responses)
    ? responses.map((rule: unknown) => ({ pattern: memberAt(rule, 'SelectionPattern'), rule }))
    : keysOf(responses).map((key) => ({
        pattern: key === 'default' ? undefined : key,
        rule: memberAt(responses, key),
      }))
  return listed.flatMap(({ pattern, rule }) => {
    const status = Number(memberAt(rule, 'statusCode') ?? memberAt(rule, 'StatusCode'))
    if (!(Number.isInteger(status) && status >= 100 && status <= 599)) return []
    const templates = memberAt(rule, 'responseTemplates') ?? memberAt(rule, 'ResponseTemplates')
    const isDefault = pattern === undefined || pattern === '' || pattern === null
    const read = isDefault ? null : parsePattern(String(pattern))
    if (read === undefined) {
      source.view.notSimulated(source.at, `the selection pattern \`${String(pattern)}\` is left out`)
      return []
    }
    return [{ pattern: read, statusCode: status, template: templateOf(source, templates, 'response template') }]
  })
}
