// The names that a text itself gives: resources with their types, parameters, conditions, tables of values, workloads.
import { isMap, isScalar, type Node } from 'yaml'
import { registry } from '../lang/registry.ts'
import type { ServiceDef } from '../model/contract.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import { attributesOf } from '../registry/index.ts'
import { member, scalarText } from './cursor.ts'

/** A resource as rooms know it, also one that nobody wrote: what the SAM transform makes. */
export interface KnownResource {
  readonly name: string
  readonly type: string
  /** Undefined for what is not simulated. */
  readonly def: ServiceDef | undefined
  /** What a workload may ask of it, where that is more than its operations: routes. */
  readonly entries: readonly string[]
}

export interface Names {
  readonly resources: ReadonlyMap<string, KnownResource>
  readonly parameters: ReadonlyMap<string, string>
  readonly conditions: readonly string[]
  readonly mappings: Node | undefined
  readonly workloads: readonly string[]
}

/** What the SAM transform makes of its own types in the first place. */
const PLAIN: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
  'AWS::Serverless::Api': 'AWS::ApiGateway::RestApi',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
}

/** `known` are the resources of the last reading without mistakes; what the text says now counts more. */
export function namesOf(root: Node | undefined, known: readonly KnownResource[]): Names {
  const simulation = member(root, 'Simulation') ?? member(member(root, 'Metadata'), 'Simulation')
  const resources = new Map(known.map((each) => [each.name, each]))
  for (const section of [member(root, 'Resources'), member(simulation, 'Resources')])
    for (const [name, node] of entriesOf(section)) {
      const type = scalarText(member(node, 'Type')) ?? ''
      const before = resources.get(name)
      const def = registry.byType.get(Object.hasOwn(PLAIN, type) ? PLAIN[type]! : type) ?? before?.def
      resources.set(name, { name, type, def, entries: before?.entries ?? [] })
    }
  return {
    resources,
    parameters: new Map(
      entriesOf(member(root, 'Parameters')).map(([name, node]) => [name, scalarText(member(node, 'Type')) ?? 'String']),
    ),
    conditions: entriesOf(member(root, 'Conditions')).map(([name]) => name),
    mappings: member(root, 'Mappings'),
    workloads: entriesOf(member(simulation, 'Workloads')).map(([name]) => name),
  }
}

export function entriesOf(node: Node | undefined): [string, Node | undefined][] {
  if (!isMap(node)) return []
  return node.items.flatMap(({ key, value }) =>
    isScalar(key) ? [[String(key.value), (value ?? undefined) as Node | undefined] as [string, Node | undefined]] : [],
  )
}

/** What `Fn::GetAtt` gives for a resource. */
export function attributesOfResource({ type, def }: KnownResource): string[] {
  const made = attributesOf(Object.hasOwn(PLAIN, type) ? PLAIN[type]! : type) ?? (def && attributesOf(def.type))
  return [...(made?.keys() ?? [])]
}

/** Exceptions that rooms and faults raise, each with where it comes from. */
export function exceptions(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const def of registry.defs)
    for (const [action, op] of Object.entries(def.ops))
      for (const name of op.errors ?? []) if (!found.has(name)) found.set(name, action)
  for (const [fault, { error }] of Object.entries(API_FAULTS)) if (!found.has(error)) found.set(error, fault)
  return found
}

/** Exceptions of the operations that the handlers and workloads around a place call. */
export function exceptionsOf(actions: readonly string[]): string[] {
  return [...new Set(actions.flatMap((action) => registry.operations.get(action)?.errors ?? []))]
}
