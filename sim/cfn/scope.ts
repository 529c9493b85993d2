// What a template's functions can see: parameters, pseudo parameters, mappings, conditions and the other resources.
//
// The one idea: nothing is resolved before it is asked for. A condition, or the property that names a resource, is resolved at its
// first use and kept; one that asks for itself on the way is a cycle, reported with its path.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { Intrinsics } from './intrinsics.ts'
import type { Scope } from './intrinsics.ts'
import { build, entries, get, isMap, scalar, stringOf, textOf } from './node.ts'
import type { Dict, Node } from './node.ts'
import type { Parameter } from './parameters.ts'
import { closedAttributes } from './physical-kinds.ts'
import { PhysicalIds } from './physical.ts'
import type { Named, Surroundings } from './physical.ts'
import { sha1Hex } from './sha1.ts'

export type Stack = Surroundings

interface Outside {
  readonly ssm?: ReadonlyMap<string, string>
  readonly imports?: ReadonlyMap<string, string>
  readonly dummies?: boolean
}

/** `AWS::NoValue` is null: it removes what it is the value of (CFN-R4). */
export function pseudoParameter(name: string, stack: Surroundings, span: Span): Node | null | undefined {
  const { region, account, partition, urlSuffix, stackName } = stack
  const hex = sha1Hex(stackName)
  switch (name) {
    case 'AWS::NoValue':
      return null
    case 'AWS::Region':
      return scalar(region, span)
    case 'AWS::AccountId':
      return scalar(account, span)
    case 'AWS::Partition':
      return scalar(partition, span)
    case 'AWS::URLSuffix':
      return scalar(urlSuffix, span)
    case 'AWS::StackName':
      return scalar(stackName, span)
    case 'AWS::NotificationARNs':
      return build([], span)
    case 'AWS::StackId': {
      const guid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
        '-',
      )
      return scalar(`arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${guid}`, span)
    }
    default:
      return undefined
  }
}

const pseudoNames = [
  'AccountId',
  'NoValue',
  'NotificationARNs',
  'Partition',
  'Region',
  'StackId',
  'StackName',
  'URLSuffix',
].map((name) => `AWS::${name}`)

/** Conditions that refer to conditions that refer to …; as deep as a document may be nested. */
const deepestCondition = 100

export class TemplateScope implements Scope {
  readonly intrinsics: Intrinsics
  readonly physical: PhysicalIds
  readonly region: string
  readonly isBare: boolean
  private readonly stack: Stack
  private readonly parameters: ReadonlyMap<string, Parameter>
  private readonly mappings: Node | undefined
  private readonly conditions: Node | undefined
  private readonly resources: Dict
  private readonly outside: Outside
  private readonly problems: Problems
  private readonly truths = new Map<string, boolean>()
  private readonly evaluating: string[] = []
  private readonly named = new Map<string, Named>()
  private readonly references = new Map<string, Set<string>>()
  private readonly told = new Set<string>()
  private readonly standIns = new Set<string>()
  private current: string | undefined

  constructor(
    stack: Stack,
    parameters: ReadonlyMap<string, Parameter>,
    mappings: Node | undefined,
    conditions: Node | undefined,
    resources: Dict,
    outside: Outside,
    problems: Problems,
  ) {
    this.stack = stack
    this.region = stack.region
    this.isBare = outside.dummies === true
    this.parameters = parameters
    this.mappings = mappings
    this.conditions = conditions
    this.resources = resources
    this.outside = outside
    this.problems = problems
    this.intrinsics = new Intrinsics(this, problems)
    this.physical = new PhysicalIds(stack)
    for (const parameter of parameters.values()) {
      if (parameter.origin === 'dummy' || (parameter.type.startsWith('AWS::SSM::') && !parameter.isStored)) {
        this.standIns.add(textOf(parameter.value) ?? parameter.text)
      }
    }
  }

  /** Resolves a part of a resource and books the resources it names. */
  resolveFor(logicalId: string, node: Node): Node | undefined {
    const before = this.current
    this.current = logicalId
    const value = this.intrinsics.resolve(node)
    this.current = before
    return value
  }

  referencesOf(logicalId: string): readonly string[] {
    return [...(this.references.get(logicalId) ?? [])]
  }

  isDeclared(logicalId: string): boolean {
    return this.resources.pairs.has(logicalId)
  }

  /** True unless the resource's condition is false. */
  exists(logicalId: string): boolean {
    const resource = get(this.resources, logicalId)
    const condition = get(resource, 'Condition')
    if (resource === undefined) return false
    const name = stringOf(condition)
    if (name === undefined) return true
    const truth = this.condition(name)
    if (truth === undefined && !this.told.has(`${logicalId}/Condition`)) {
      this.told.add(`${logicalId}/Condition`)
      this.problems.error('unknown-condition', `there is no condition \`${name}\``, condition?.span)
    }
    return truth ?? true
  }

  rememberAll(): void {
    for (const { key } of entries(this.resources)) {
      const named = this.exists(key) ? this.namedResource(key) : undefined
      if (named !== undefined) this.physical.remember(named)
    }
  }

  conditionTruths(): Map<string, boolean> {
    const truths = new Map<string, boolean>()
    for (const { key } of entries(this.conditions)) truths.set(key, this.condition(key) ?? false)
    return truths
  }

  parameter(name: string): Node | null | undefined {
    const own = this.parameters.get(name)
    if (own !== undefined) return own.value
    return pseudoParameter(name, this.stack, this.resources.span)
  }

  ref(logicalId: string, from: Span): string | undefined {
    const named = this.use(logicalId, from)
    return named === undefined ? undefined : this.physical.ref(named)
  }

  attribute(logicalId: string, attribute: string, from: Span): string | undefined {
    const named = this.use(logicalId, from)
    if (named === undefined) return undefined
    if (attribute === 'Ref') return this.physical.ref(named)
    const value = this.physical.attribute(named, attribute)
    if (!this.physical.knows(named.type, attribute)) {
      this.standIns.add(value)
      const all = closedAttributes(named.type)
      if (all !== undefined) {
        const near = nearest(attribute, all)
        const help =
          near === undefined
            ? `its attributes are ${all.map((each) => `\`${each}\``).join(', ')}`
            : `did you mean \`${near}\`?`
        this.problems.error('unknown-attribute', `\`${named.type}\` has no attribute \`${attribute}\``, from, { help })
      }
    }
    return value
  }

  condition(name: string): boolean | undefined {
    const known = this.truths.get(name)
    const node = get(this.conditions, name)
    if (known !== undefined || node === undefined) return known
    if (this.evaluating.includes(name)) {
      const path = [...this.evaluating.slice(this.evaluating.indexOf(name)), name]
        .map((each) => `\`${each}\``)
        .join(' → ')
      this.problems.error('circular-condition', `conditions depend on each other: ${path}`, node.span)
      return false
    }
    if (this.evaluating.length >= deepestCondition) {
      this.problems.error(
        'condition-too-deep',
        `conditions build on each other at most ${deepestCondition} levels deep`,
        node.span,
      )
      return false
    }
    this.evaluating.push(name)
    const truth = this.intrinsics.isTrue(node)
    this.evaluating.pop()
    this.truths.set(name, truth)
    return truth
  }

  mapping(name: string): Node | undefined {
    return get(this.mappings, name)
  }

  imported(name: string, from: Span): string {
    const known = this.outside.imports?.get(name)
    if (known !== undefined) return known
    const standIn = `import-${name.replace(/[^A-Za-z0-9]+/g, '-')}`
    this.standIns.add(standIn)
    if (!this.told.has(standIn)) {
      if (this.outside.dummies === true) {
        this.problems.note('export-made-up', `no stack here exports \`${name}\`; \`${standIn}\` stands in`, from)
      } else {
        const near = nearest(name, this.outside.imports?.keys() ?? [])
        const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
        this.problems.error('unknown-export', `no export named \`${name}\` found`, from, help)
      }
      this.told.add(standIn)
    }
    return standIn
  }

  /** Stored SSM texts are put in; secrets keep their reference, for nothing here depends on what they say (CFN-R25). */
  dynamic(service: string, reference: string, from: Span): string | undefined {
    if (service !== 'ssm') return undefined
    const name = reference.replace(/:\d+$/, '')
    const known = this.outside.ssm?.get(name)
    if (known !== undefined) return known
    if (!this.told.has(`ssm ${name}`)) {
      this.told.add(`ssm ${name}`)
      this.problems.note(
        'ssm-parameter-made-up',
        `the stored parameter \`${name}\` is not known; its reference stays as written`,
        from,
      )
    }
    return undefined
  }

  isStandIn(text: string): boolean {
    for (const standIn of this.standIns) if (text.includes(standIn)) return true
    return false
  }

  names(kind: 'referable' | 'resource' | 'condition' | 'mapping'): readonly string[] {
    if (kind === 'condition') return entries(this.conditions).map((entry) => entry.key)
    if (kind === 'mapping') return entries(this.mappings).map((entry) => entry.key)
    const resources = [...this.resources.pairs.keys()]
    return kind === 'resource' ? resources : [...this.parameters.keys(), ...resources, ...pseudoNames]
  }

  private use(logicalId: string, from: Span): Named | undefined {
    const named = this.namedResource(logicalId)
    if (named === undefined) return undefined
    const condition = this.evaluating[this.evaluating.length - 1]
    if (condition !== undefined) {
      const message = `the condition \`${condition}\` names the resource \`${logicalId}\`; conditions are decided before any resource`
      this.problems.error('resource-in-condition', message, from)
    }
    if (this.current !== undefined) {
      const known = this.references.get(this.current)
      if (known === undefined) this.references.set(this.current, new Set([logicalId]))
      else known.add(logicalId)
    }
    if (!this.exists(logicalId)) {
      const condition = stringOf(get(get(this.resources, logicalId), 'Condition'))
      const message = `\`${logicalId}\` does not exist, because its condition \`${condition}\` is false`
      // Conditions over made-up parameters say nothing about what the author would deploy.
      if (this.standIns.size > 0) this.problems.warning('reference-to-absent', message, from)
      else this.problems.error('reference-to-absent', message, from)
    }
    return named
  }

  private namedResource(logicalId: string): Named | undefined {
    const known = this.named.get(logicalId)
    if (known !== undefined) return known
    const node = get(this.resources, logicalId)
    const type = stringOf(get(node, 'Type'))
    if (!isMap(node) || type === undefined) return undefined
    const named = new NamedResource(logicalId, type, get(node, 'Properties'), this)
    this.named.set(logicalId, named)
    return named
  }
}

/** The properties of one resource, each resolved at its first use. */
class NamedResource implements Named {
  readonly logicalId: string
  readonly type: string
  private readonly properties: Node | undefined
  private readonly scope: TemplateScope
  private readonly texts = new Map<string, string | undefined>()

  constructor(logicalId: string, type: string, properties: Node | undefined, scope: TemplateScope) {
    this.logicalId = logicalId
    this.type = type
    this.properties = properties
    this.scope = scope
  }

  property(name: string): string | undefined {
    if (this.texts.has(name)) return this.texts.get(name)
    // Set before resolving: a name that depends on itself reads as absent here, and the cycle is reported with the references.
    this.texts.set(name, undefined)
    const node = get(this.properties, name)
    const text = node === undefined ? undefined : textOf(this.scope.resolveFor(this.logicalId, node))
    this.texts.set(name, text)
    return text
  }
}
