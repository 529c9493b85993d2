// The SAM transform (AWS::Serverless-2016-10-31): serverless resources into the plain resources that they stand for (SAM-R1).
//
//   globals ─► functions and state machines (they open implicit APIs and add routes) ─► APIs ─► the rest ─► references renamed
import type { Problems } from '../../diag/problem.ts'
import { nearest } from '../../diag/suggest.ts'
import { build, buildMap, Dict, entries, get, has, isMap, stringOf } from '../node.ts'
import type { Entry, Node, Plain } from '../node.ts'
import { ApiDrafts, implicitHttp } from './api-draft.ts'
import type { ApiDraft } from './api-draft.ts'
import { transformCapacityProvider } from './capacity-provider.ts'
import { transformConnectors } from './connectors.ts'
import { Deployments } from './deployment.ts'
import { Draft } from './draft.ts'
import type { SamResource, SamSettings } from './draft.ts'
import { transformFunction } from './function.ts'
import { checkGlobals, withGlobals } from './globals.ts'
import { transformGraphqlApi } from './graphql-api.ts'
import { transformHttpApi } from './http-api.ts'
import { withReferences } from './references.ts'
import { transformRestApi } from './rest-api.ts'
import { transformApplication, transformLayer, transformTable } from './simple.ts'
import { transformWebSocketApi } from './websocket-api.ts'
import { transformStateMachine } from './state-machine.ts'

/** The sections of a template that the transform reads and writes. */
export interface Written {
  readonly resources: Dict
  readonly conditions: Node | undefined
  readonly outputs: Node | undefined
  readonly globals: Node | undefined
}

export interface Transformed {
  readonly resources: Dict
  readonly conditions: Node | undefined
  readonly outputs: Node | undefined
  /** The logical id of the SAM resource that each made resource comes from. */
  readonly origins: ReadonlyMap<string, string>
}

const types = [
  'Function',
  'Api',
  'HttpApi',
  'SimpleTable',
  'LayerVersion',
  'StateMachine',
  'Application',
  'Connector',
  'GraphQLApi',
  'WebSocketApi',
  'CapacityProvider',
].map((name) => `AWS::Serverless::${name}`)

/** Returns the sections as they are when no resource is a serverless one. */
export function transformServerless(written: Written, settings: SamSettings, problems: Problems): Transformed {
  const serverless = readResources(written, problems)
  const hasConnectors = entries(written.resources).some((entry) => has(entry.value, 'Connectors'))
  if (serverless.length === 0 && !hasConnectors) return { ...written, origins: new Map() }
  checkGlobals(written.globals, problems)
  const draft = new Draft(settings, written.resources, problems)
  const apis = new ApiDrafts(draft, (isHttp, span) => {
    const own = isHttp ? {} : { StageName: 'Prod' }
    return withGlobals(
      buildMap({ Properties: own }, span),
      `AWS::Serverless::${isHttp ? 'HttpApi' : 'Api'}`,
      written.globals,
      undefined,
    )
  })
  const deployments = new Deployments(draft)
  const ofType = (...names: readonly string[]): SamResource[] =>
    serverless.filter(({ type }) => names.includes(type.slice('AWS::Serverless::'.length)))

  for (const api of ofType('Api', 'HttpApi')) apis.declare(api)
  for (const fn of ofType('Function')) transformFunction(fn, draft, apis, deployments)
  for (const machine of ofType('StateMachine')) transformStateMachine(machine, draft, apis)
  for (const api of apis.all.values()) emitApi(api, draft)
  for (const table of ofType('SimpleTable')) transformTable(table, draft)
  for (const layer of ofType('LayerVersion')) transformLayer(layer, draft)
  for (const application of ofType('Application')) transformApplication(application, draft)
  for (const api of ofType('WebSocketApi')) transformWebSocketApi(api, draft)
  for (const api of ofType('GraphQLApi')) transformGraphqlApi(api, draft)
  for (const provider of ofType('CapacityProvider')) transformCapacityProvider(provider, draft)
  deployments.emitAll()
  transformConnectors(written.resources, draft)
  return {
    resources: withReferences(draft.resources(written.resources.span), draft.renamed) as Dict,
    conditions: withConditions(written.conditions, draft.conditions, written.resources),
    outputs: written.outputs === undefined ? undefined : withReferences(written.outputs, draft.renamed),
    origins: draft.origins,
  }
}

function readResources(written: Written, problems: Problems): SamResource[] {
  const found: SamResource[] = []
  for (const { key: id, keySpan, value: node } of entries(written.resources)) {
    const type = stringOf(get(node, 'Type'))
    if (!isMap(node) || type === undefined || !type.startsWith('AWS::Serverless::')) continue
    if (!types.includes(type)) {
      const near = nearest(type, types)
      problems.error('sam-unknown-type', `\`${type}\` is not a serverless type`, get(node, 'Type')?.span ?? keySpan, {
        help: near === undefined ? `serverless types are ${types.join(', ')}` : `did you mean \`${near}\`?`,
      })
      continue
    }
    const properties = withGlobals(node, type, written.globals, get(node, 'IgnoreGlobals'))
    found.push({ id, type, node, keySpan, span: node.span, properties, declared: true })
  }
  return found
}

/** An implicit API exists if one of its events does: its condition is theirs, joined by Or (SAM-R60). */
function emitApi(api: ApiDraft, draft: Draft): void {
  const emit = api.isHttp ? transformHttpApi : transformRestApi
  if (api.owner.declared || api.conditions.has(undefined)) {
    emit(api, draft)
    return
  }
  const names = [...api.conditions] as string[]
  let condition = names[0]
  if (names.length > 1) {
    condition = `${api.owner.id === implicitHttp ? implicitHttp : api.owner.id}Condition`
    draft.conditions.set(condition, { 'Fn::Or': names.map((name) => ({ Condition: name })) })
  }
  const node = condition === undefined ? api.owner.node : buildMap({ Condition: condition }, api.owner.span)
  emit({ ...api, owner: { ...api.owner, node } }, draft)
}

function withConditions(
  written: Node | undefined,
  made: ReadonlyMap<string, Plain>,
  resources: Dict,
): Node | undefined {
  if (made.size === 0) return written
  const pairs = new Map<string, Entry>(isMap(written) ? written.pairs : [])
  for (const [key, value] of made) {
    if (!has(written, key)) pairs.set(key, { key, keySpan: resources.span, value: build(value, resources.span) })
  }
  return new Dict(pairs, written?.span ?? resources.span)
}
