// How an integration without proxy changes what passes: the request's body and parameters, and the backend's answer.
import { parseJson } from './json-text.ts'
import { fitsPattern, type SimplePattern } from './simple-pattern.ts'
import type { Node } from './vtl.ts'
import { decoded, fillTemplate, type TemplateInput } from './vtl-run.ts'
import { memberAt, partOf, type KeyPart } from './gateway-cache.ts'

/** A template: its tree; null where it has a mistake of syntax, which answers 500 (N.APIGATEWAY-23). */
export type Template = readonly Node[] | null

/** Where a parameter of the backend's request comes from. */
export type ParameterSource =
  | { readonly kind: 'request'; readonly part: KeyPart }
  | { readonly kind: 'body'; readonly path: readonly string[] }
  | { readonly kind: 'value'; readonly value: string }

/** An answer of the integration, by what it says: an error's message or a status. */
export interface ResponseRule {
  /** null = the one for all that fits no other. */
  readonly pattern: SimplePattern | null
  readonly statusCode: number
  readonly template: Template | undefined
}

export interface Mapping {
  readonly request: Template | undefined
  readonly parameters: readonly { readonly to: KeyPart; readonly from: ParameterSource }[]
  /** Empty = the gateway has no answer to give (N.APIGATEWAY-19). */
  readonly responses: readonly ResponseRule[]
}

/** What is known of a request beside its event. */
export interface Passing {
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly context: Readonly<Record<string, unknown>>
}

/** Nothing comes out: the client gets 500. */
export const BROKEN = Symbol('broken')

/** What the backend gets in place of the request's event. */
export function mapRequest({ request, parameters }: Mapping, event: unknown, passing: Passing): unknown {
  const body = request === undefined ? event : rendered(request, event, bodyOf(event), passing)
  if (body === BROKEN || parameters.length === 0) return body
  const made: Record<string, Record<string, unknown>> = {}
  for (const { to, from } of parameters) {
    const value = sourceValue(from, event)
    if (value !== undefined) (made[to.at] ??= {})[to.name] = value
  }
  return { ...(typeof body === 'object' && body !== null ? body : { body }), ...made }
}

/** The rule for an answer: the first whose pattern fits what it says, else the one without. */
export function ruleFor({ responses }: Mapping, said: string): ResponseRule | undefined {
  return (
    responses.find(({ pattern }) => pattern !== null && said !== '' && fitsPattern(pattern, said)) ??
    responses.find(({ pattern }) => pattern === null)
  )
}

/** What the client gets of a backend's answer. */
export function mapResponse(rule: ResponseRule, event: unknown, answer: unknown, passing: Passing): unknown {
  return rule.template === undefined ? answer : rendered(rule.template, event, answer, passing)
}

/** The message inside of what `Action=SendMessage&MessageBody=…` makes of a request. */
export function messageIn(text: unknown): unknown {
  const found = typeof text === 'string' ? /(?:^|&)MessageBody=([^&]*)/.exec(text) : null
  if (found === null) return text
  const message = decoded(found[1])
  return parseJson(message) ?? message
}

function rendered(template: Template, event: unknown, body: unknown, { variables, context }: Passing): unknown {
  if (template === null) return BROKEN
  const part = (name: string): Readonly<Record<string, unknown>> => {
    const found = memberAt(event, name)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : plainOf(event)
  }
  const input: TemplateInput = {
    body,
    params: { header: part('headers'), path: part('pathParameters'), querystring: part('queryStringParameters') },
    context,
    stageVariables: variables ?? {},
  }
  const text = fillTemplate(template, input)
  if (text === undefined) return BROKEN
  const trimmed = text.trim()
  return parseJson(trimmed) ?? (trimmed === 'null' ? null : text)
}

/** The body of a request: what it carries as such, else the attributes of the workload themselves. */
function bodyOf(event: unknown): unknown {
  const body = memberAt(event, 'body')
  if (body === undefined) return event
  return typeof body === 'string' ? (parseJson(body) ?? body) : body
}

function plainOf(event: unknown): Readonly<Record<string, unknown>> {
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {}
}

function sourceValue(from: ParameterSource, event: unknown): unknown {
  if (from.kind === 'value') return from.value
  if (from.kind === 'request') return partOf(event, from.part)
  return from.path.reduce<unknown>((here, name) => memberAt(here, name), bodyOf(event))
}
