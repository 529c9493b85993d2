// The APIs of a template while functions and state machines add their routes: explicit ones and the two implicit ones (SAM-R1, R64).
import type { Span } from '../../diag/span.ts'
import { Dict, entries, get, has, isMap, isScalar, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { isIntrinsic, pick } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'

export const anyMethod = 'x-amazon-apigateway-any-method'

/** One method of one path. */
export interface MethodDraft {
  members: Record<string, Plain | undefined>
  /** The condition of the function that added it. */
  condition: string | undefined
  /** What its event says about authorization. */
  auth: Node | undefined
  /** Whether it stood in the author's own definition. */
  readonly written: boolean
  /** A method whose definition is a function, left as it is. */
  readonly opaque?: Node
}

export interface PathDraft {
  readonly methods: Map<string, MethodDraft>
  /** A path whose definition is a function, left as it is. */
  readonly opaque?: Node
}

export interface ApiDraft {
  readonly owner: SamResource
  readonly isHttp: boolean
  /** Events add routes: there is no definition of the author's, or the API is an HTTP API. */
  readonly open: boolean
  /** The members of the definition besides its paths. */
  readonly head: PlainMap
  readonly paths: Map<string, PathDraft>
  /** Conditions of the events that made an implicit API. */
  readonly conditions: Set<string | undefined>
  /** Resource policies that events bring along. */
  readonly policies: { readonly path: string; readonly method: string; readonly policy: Node }[]
  /** True when at least one event asks for AWS_IAM, an API key … */
  readonly usedSchemes: Set<string>
}

export const implicitRest = 'ServerlessRestApi'
export const implicitHttp = 'ServerlessHttpApi'

export class ApiDrafts {
  readonly all = new Map<string, ApiDraft>()
  private readonly draft: Draft
  private readonly implicitProperties: (isHttp: boolean, span: Span) => Dict

  constructor(draft: Draft, implicitProperties: (isHttp: boolean, span: Span) => Dict) {
    this.draft = draft
    this.implicitProperties = implicitProperties
  }

  /** Opens an API that the template declares. */
  declare(owner: SamResource): void {
    const isHttp = owner.type === 'AWS::Serverless::HttpApi'
    const body = get(owner.properties, 'DefinitionBody')
    const isManaged = body === undefined && !has(owner.properties, 'DefinitionUri')
    this.all.set(owner.id, openApi(owner, isHttp, isManaged || (isHttp && body !== undefined), body))
  }

  /** The implicit API, made at its first use; an explicit resource of that name is used instead. */
  implicit(isHttp: boolean, by: SamResource): ApiDraft {
    const id = isHttp ? implicitHttp : implicitRest
    const known = this.all.get(id)
    if (known !== undefined) return known
    const properties = this.implicitProperties(isHttp, by.span)
    const type = isHttp ? 'AWS::Serverless::HttpApi' : 'AWS::Serverless::Api'
    const node = new Dict(new Map(), by.span)
    const owner: SamResource = { id, type, node, keySpan: by.keySpan, span: by.span, properties, declared: false }
    const made = openApi(owner, isHttp, true, get(properties, 'DefinitionBody'))
    this.all.set(id, made)
    return made
  }

  /** Adds a route. A route that an event added before is a problem (SAM-R63). */
  addRoute(
    api: ApiDraft,
    path: string,
    method: string,
    made: MethodDraft,
    by: SamResource,
    event: string,
    span: Span,
  ): void {
    let drafted = api.paths.get(path)
    if (drafted === undefined) {
      drafted = { methods: new Map() }
      api.paths.set(path, drafted)
    }
    if (drafted.opaque !== undefined) return
    const before = drafted.methods.get(method)
    if (before?.opaque !== undefined) return
    if (before !== undefined && !before.written) {
      this.draft.error(by, `the API method \`${method.toUpperCase()} ${path}\` is defined several times`, span, event)
      return
    }
    if (before !== undefined) made.members = { ...before.members, ...made.members }
    drafted.methods.set(method, made)
  }
}

function openApi(owner: SamResource, isHttp: boolean, open: boolean, body: Node | undefined): ApiDraft {
  const title = { Ref: 'AWS::StackName' }
  const head: PlainMap =
    body === undefined
      ? { [isHttp ? 'openapi' : 'swagger']: isHttp ? '3.0.1' : '2.0', info: { version: '1.0', title } }
      : pick(
          body,
          entries(body)
            .map((entry) => entry.key)
            .filter((key) => key !== 'paths'),
        )
  const paths = new Map<string, PathDraft>()
  for (const { key, value } of entries(get(body, 'paths'))) paths.set(key, readPath(value))
  return { owner, isHttp, open, head, paths, conditions: new Set(), policies: [], usedSchemes: new Set() }
}

function readPath(node: Node): PathDraft {
  const methods = new Map<string, MethodDraft>()
  if (isIntrinsic(node)) return { methods, opaque: node }
  for (const { key, value } of entries(node)) {
    const isOpaque = isIntrinsic(value) || (!isMap(value) && !(isScalar(value) && value.value === null))
    const members = pick(
      value,
      entries(value).map((entry) => entry.key),
    )
    const method = key.toLowerCase() === 'any' ? anyMethod : key
    methods.set(method, {
      members: { ...members },
      condition: undefined,
      auth: undefined,
      written: true,
      ...(isOpaque ? { opaque: value } : {}),
    })
  }
  return { methods }
}

const noValue: PlainMap = { Ref: 'AWS::NoValue' }

/** `value` where `condition` holds, nothing elsewhere; just the value without a condition. */
export function underCondition(condition: string | undefined, value: Plain): Plain {
  return condition === undefined ? value : { 'Fn::If': [condition, value, noValue] }
}

/** All paths as the definition's `paths`. A path whose every method hangs on a condition hangs on it too. */
export function buildPaths(api: ApiDraft, span: Span, draft: Draft): Plain {
  const paths = new Map<string, Plain>()
  for (const [path, { methods, opaque }] of api.paths) {
    if (opaque !== undefined) {
      paths.set(path, opaque)
      continue
    }
    const built = new Map<string, Plain>()
    const conditions = new Set<string | undefined>()
    for (const [name, method] of methods) {
      built.set(name, method.opaque ?? underCondition(method.condition, method.members))
      if (name !== 'options' || method.condition !== undefined || methods.size === 1) conditions.add(method.condition)
    }
    paths.set(path, underCondition(pathCondition(api, path, conditions, draft), built))
  }
  return paths.size === 0 ? new Dict(new Map(), span) : paths
}

function pathCondition(
  api: ApiDraft,
  path: string,
  conditions: ReadonlySet<string | undefined>,
  draft: Draft,
): string | undefined {
  if (conditions.size === 0 || conditions.has(undefined)) return undefined
  const names = [...conditions] as string[]
  if (names.length === 1) return names[0]
  const combined = `${api.owner.id}${path.replace(/[^A-Za-z0-9]/g, '')}PathCondition`
  draft.conditions.set(combined, { 'Fn::Or': names.map((name) => ({ Condition: name })) })
  return combined
}

/** The literal stage name of an API, or undefined when it is a function. */
export function stageNameOf(owner: SamResource, draft: Draft): string | undefined {
  const written = get(owner.properties, 'StageName')
  return written === undefined ? undefined : stringOf(draft.resolveParameters(written))
}
