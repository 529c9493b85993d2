// Which rule of a listener takes a request, and what it does with it.
import { isInBlock } from '../../parts/cidr.ts'
import { matchesWildcards } from '../../parts/wildcards.ts'
import type { Ref } from '../../model/contract.ts'

/** A request as clients send it. */
export interface Request {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: readonly (readonly [name: string, value: string])[]
  /** By lower-case name: the values, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: unknown
  /** Who asks, for cookies and flows; undefined = somebody new. */
  readonly session: string | undefined
  /** The listener's port; 0 = the one that a client takes by itself. */
  readonly port: number
}

export type Condition =
  | { readonly on: 'host' | 'path' | 'method' | 'source'; readonly values: readonly string[] }
  | { readonly on: 'header'; readonly name: string; readonly values: readonly string[] }
  | { readonly on: 'query'; readonly pairs: readonly { readonly key: string | undefined; readonly value: string }[] }

export type RuleAction =
  | {
      readonly does: 'forward'
      /** `fullName` is the group's name in metrics. */
      readonly groups: readonly { readonly to: Ref; readonly fullName: string; readonly weight: number }[]
      /** µs that a client stays with its group; 0 = it does not. */
      readonly sticksFor: number
    }
  | { readonly does: 'answer'; readonly statusCode: number; readonly body: string }
  | { readonly does: 'redirect'; readonly statusCode: number; readonly to: string }

export interface Rule {
  /** Infinity for the default. */
  readonly priority: number
  readonly conditions: readonly Condition[]
  readonly action: RuleAction
}

export interface Listener {
  readonly id: Ref
  readonly port: number
  readonly protocol: string
  /** By priority, the default last. */
  readonly rules: readonly Rule[]
}

const LONGEST = 2_048
/** Methods that are simulated. */
export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

/** Makes a request of the parameters of a call; what is none of them is its body. */
export function requestOf(method: string, parameters: unknown): Request {
  const given = (typeof parameters === 'object' && parameters !== null ? parameters : {}) as Record<string, unknown>
  const { Path, Query, Headers, Body, Session, Port, Url: _, ...others } = given
  const target = typeof Path === 'string' ? Path.slice(0, LONGEST) : '/'
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  return {
    method,
    path: path === '' ? '/' : path,
    query: [...(mark < 0 ? [] : parsed(target.slice(mark + 1))), ...pairsOf(Query)],
    headers: headersOf(Headers),
    body: Body ?? (Object.keys(others).length > 0 ? others : undefined),
    session: Session === undefined || Session === null ? undefined : String(Session).slice(0, LONGEST),
    port: typeof Port === 'number' ? Port : 0,
  }
}

function parsed(query: string): [string, string][] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
    })
}

/** A map of values or lists of them as pairs. */
function pairsOf(map: unknown): [string, string][] {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return []
  return Object.entries(map).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
  )
}

function headersOf(map: unknown): ReadonlyMap<string, readonly string[]> {
  const made = new Map<string, string[]>()
  for (const [name, value] of pairsOf(map)) {
    const key = name.toLowerCase()
    const known = made.get(key)
    if (known === undefined) made.set(key, [value])
    else known.push(value)
  }
  return made
}

/** The first rule whose conditions all hold: the default when no other does. `asked` counts the rules that were looked at. */
export function ruleFor(listener: Listener, request: Request): { readonly rule: Rule; readonly asked: number } {
  let asked = 0
  for (const rule of listener.rules) {
    asked++
    if (rule.conditions.every((condition) => holds(condition, request))) return { rule, asked }
  }
  // Not reached: the default has no conditions.
  return { rule: listener.rules.at(-1)!, asked }
}

/** All conditions of a rule must hold, of one condition any value. */
function holds(condition: Condition, request: Request): boolean {
  switch (condition.on) {
    case 'path':
      return condition.values.some((pattern) => matchesWildcards(pattern, request.path))
    case 'host':
      return matchesAny(condition.values, request.headers.get('host') ?? [])
    case 'method':
      return condition.values.includes(request.method)
    case 'header':
      return matchesAny(condition.values, request.headers.get(condition.name) ?? [])
    case 'query':
      return condition.pairs.some(({ key, value }) =>
        request.query.some(
          ([name, text]) =>
            (key === undefined || key.toLowerCase() === name.toLowerCase()) &&
            matchesWildcards(value.toLowerCase(), text.toLowerCase()),
        ),
      )
    case 'source': {
      const address = request.headers.get('x-forwarded-for')?.[0]?.split(',')[0]?.trim() ?? ''
      return condition.values.some((block) => isInBlock(block, address))
    }
  }
}

/** Names of hosts and values of headers are compared without regard to case. */
function matchesAny(patterns: readonly string[], texts: readonly string[]): boolean {
  return patterns.some((pattern) => texts.some((text) => matchesWildcards(pattern.toLowerCase(), text.toLowerCase())))
}

/** The address of a redirect, its placeholders filled in from the request. */
export function locationOf(pattern: string, request: Request): string {
  const query = request.query.map(([name, value]) => `${name}=${value}`).join('&')
  return pattern
    .replaceAll('#{protocol}', 'https')
    .replaceAll('#{host}', request.headers.get('host')?.[0] ?? '')
    .replaceAll('#{port}', String(request.port))
    .replaceAll('#{path}', request.path.slice(1))
    .replaceAll('#{query}', query)
    .replace(/\?$/, '')
}
