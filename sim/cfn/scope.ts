// What a template's functions can see: parameters, pseudo parameters, mappings, conditions and the other resources.
//
// The one idea: nothing is resolved before it is asked for. A condition, or the property that names a resource, is resolved at its
// first use and kept; one that asks for itself on the way is a cycle, reported with its path.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { missingAttribute } from './attributes.ts'
import { Intrinsics } from './intrinsics.ts'
import type { Scope } from './intrinsics.ts'
import { entries, get, isMap, stringOf, textOf } from './node.ts'
import type { Dict, Entry, Node } from './node.ts'
import type { Parameter } from './parameters.ts'
import { PhysicalIds } from './physical.ts'
import type { Named, PhysicalTexts, Surroundings } from './physical.ts'
import type { Room } from './room.ts'
import { pseudoNames, pseudoParameter } from './pseudo.ts'

/** What a template says, after its transforms. */
export interface Said {
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly mappings: Node | undefined
  readonly conditions: Node | undefined
  readonly resources: Dict
  /** Whether the template names the transform AWS::LanguageExtensions. */
  readonly hasExtensions: boolean
}

/** What lies around a stack. */
export interface Outside {
  readonly ssm: ReadonlyMap<string, string>
  readonly dummies: boolean
  /** What the names of the stack's resources begin with in the scenario. */
  readonly prefix: string
  /** How much functions may make, texts of all resources, and texts that nobody gave: shared by all stacks. */
  readonly room: Room
  readonly texts: PhysicalTexts
  readonly standIns: Set<string>
  /** The value of another stack's export. */
  imported(name: string, from: Span): string
  /** An output of the stack of that name. */
  stackOutput(stack: string, output: string, from: Span): string
  /** The output of a nested stack; undefined when there is none at hand, which is told where it is a mistake. */
  output(logicalId: string, name: string, from: Span): string | undefined
}

/** With more texts that nobody gave, nothing certain is said about any text: to look for all of them in each would take too long. */
const mostStandIns = 1000

/** Types whose names are unique in an account and region (buckets: everywhere). */
const uniquelyNamed = [
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Role',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
]

/** Conditions that refer to conditions that refer to …; as deep as a document may be nested. */
const deepestCondition = 100

export class TemplateScope implements Scope {
  readonly intrinsics: Intrinsics
  readonly physical: PhysicalIds
  readonly region: string
  readonly isBare: boolean
  readonly hasExtensions: boolean
  private readonly stack: Surroundings
  private readonly parameters: ReadonlyMap<string, Parameter>
  private readonly mappings: Node | undefined
  private readonly conditions: Node | undefined
  private readonly resources: Dict
  private readonly outside: Outside
  private readonly problems: Problems
  private readonly truths = new Map<string, boolean>()
  private readonly evaluating: string[] = []
  private readonly named = new Map<string, Named>()
  /** By type; a type has one way to rank its resources. */
  private readonly ranks = new Map<string, Map<string, number>>()
  private readonly references = new Map<string, Set<string>>()
  private readonly told = new Set<string>()
  private readonly dynamicReferences = new Set<string>()
  private current: string | undefined
  /** In words, what is being decided before any resource. */
  private decidedBefore: string | undefined

  constructor(stack: Surroundings, said: Said, outside: Outside, problems: Problems) {
    this.stack = stack
    this.region = stack.region
    this.isBare = outside.dummies
    this.hasExtensions = said.hasExtensions
    this.parameters = said.parameters
    this.mappings = said.mappings
    this.conditions = said.conditions
    this.resources = said.resources
    this.outside = outside
    this.problems = problems
    this.intrinsics = new Intrinsics(this, problems, outside.room)
    this.physical = new PhysicalIds(stack, outside.prefix, outside.texts)
    for (const parameter of said.parameters.values()) {
      if (parameter.origin === 'dummy' || (parameter.type.startsWith('AWS::SSM::') && !parameter.isStored)) {
        outside.standIns.add(textOf(parameter.value) ?? parameter.text)
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

  /** Computes what is decided before any resource and may not name one; `what` names it in words. */
  beforeResources<T>(what: string, compute: () => T): T {
    const before = this.decidedBefore
    this.decidedBefore = what
    const value = compute()
    this.decidedBefore = before
    return value
  }

  /** Resolves what is no resource's, in the middle of whatever asks for it. */
  resolveAside(node: Node): Node | undefined {
    const { current, decidedBefore } = this
    this.current = undefined
    this.decidedBefore = undefined
    const value = this.intrinsics.resolve(node)
    this.current = current
    this.decidedBefore = decidedBefore
    return value
  }

  /** Whether values were made up, so that nothing certain can be said about what is computed from them. */
  get isUncertain(): boolean {
    return this.outside.standIns.size > 0
  }

  /** The name and the `Ref` of a resource, asked for by nobody's function. */
  physicalOf(logicalId: string): { readonly name: string; readonly ref: string } | undefined {
    const named = this.namedResource(logicalId)
    return named === undefined ? undefined : { name: this.physical.nameOf(named), ref: this.physical.ref(named) }
  }

  /** Says so when the template holds more dynamic references than `most` (CFN-R25). */
  checkDynamicReferences(most: number, from: Span): void {
    const { size } = this.dynamicReferences
    if (size <= most) return
    this.problems.error('quota-exceeded', `a template has at most ${most} dynamic references, not ${size}`, from)
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
    for (const { key, keySpan } of entries(this.resources)) {
      const named = this.exists(key) ? this.namedResource(key) : undefined
      if (named === undefined) continue
      this.refuseTakenName(named, keySpan)
      this.physical.remember(named)
    }
  }

  /** AWS refuses a second resource of a name that is one per account and region; made-up names never meet. */
  private refuseTakenName(named: Named, keySpan: Span): void {
    if (!uniquelyNamed.includes(named.type)) return
    const name = this.physical.nameOf(named)
    const other = this.physical.holderOf(name, named.type)
    if (other === undefined || this.isStandIn(name)) return
    const message = `\`${this.outside.prefix}${named.logicalId}\` is called \`${name}\`, as \`${other}\` is already`
    const help = 'leave the name out and CloudFormation makes one, or put `${AWS::StackName}` into it'
    this.problems.error('duplicate-name', message, keySpan, { help })
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
    return named === undefined ? this.ofModule(logicalId) : this.physical.ref(named)
  }

  /** A module's resources are called after it; what they are is known to the account's registry alone. */
  private ofModule(logicalId: string): string | undefined {
    const isModule = ({ key, value }: Entry): boolean =>
      logicalId.startsWith(key) && stringOf(get(value, 'Type'))?.endsWith('::MODULE') === true
    if (!entries(this.resources).some(isModule)) return undefined
    this.outside.standIns.add(logicalId)
    return logicalId
  }

  attribute(logicalId: string, attribute: string, from: Span): string | undefined {
    const named = this.use(logicalId, from)
    if (named === undefined) return this.ofModule(logicalId)
    if (attribute === 'Ref') return this.physical.ref(named)
    if (named.type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) {
      const output = this.outside.output(logicalId, attribute.slice('Outputs.'.length), from)
      if (output !== undefined) return output
    }
    const value = this.physical.attribute(named, attribute)
    if (!this.physical.knows(named.type, attribute)) {
      this.outside.standIns.add(value)
      this.checkAttribute(named.type, attribute, from)
    }
    return value
  }

  private checkAttribute(type: string, attribute: string, from: Span): void {
    const help = missingAttribute(type, attribute)
    if (help === undefined) return
    this.problems.error('unknown-attribute', `\`${type}\` has no attribute \`${attribute}\``, from, { help })
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
    const truth = this.beforeResources(`the condition \`${name}\``, () => this.intrinsics.isTrue(node))
    this.evaluating.pop()
    this.truths.set(name, truth)
    return truth
  }

  mapping(name: string): Node | undefined {
    return get(this.mappings, name)
  }

  imported(name: string, from: Span): string {
    return this.outside.imported(name, from)
  }

  stackOutput(stack: string, output: string, from: Span): string {
    return this.outside.stackOutput(stack, output, from)
  }

  /** Stored SSM texts are put in; secrets keep their reference, for nothing here depends on what they say (CFN-R25). */
  dynamic(service: string, reference: string, from: Span): string | undefined {
    this.dynamicReferences.add(`${service}:${reference}`)
    if (service !== 'ssm') return undefined
    const name = reference.replace(/:\d+$/, '')
    const known = this.outside.ssm.get(name)
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
    const { standIns } = this.outside
    if (standIns.has(text)) return true
    for (const standIn of standIns) if (text.includes(standIn)) return true
    return false
  }

  /** Whether a text is, or was made with, a value that cannot be known here. A stand-in of a few letters is only found alone. */
  isMadeUp(text: string): boolean {
    const { standIns } = this.outside
    if (text.includes('{{resolve:') || standIns.has(text) || standIns.size > mostStandIns) return true
    for (const standIn of standIns) if (standIn.length > 3 && text.includes(standIn)) return true
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
    const decided = this.decidedBefore
    if (decided !== undefined) {
      const message = `${decided} names the resource \`${logicalId}\`, but is decided before any resource`
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
      if (this.isUncertain) this.problems.warning('reference-to-absent', message, from)
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

  /** From 1: the place of a resource among those of its type for which `of` gives the same text, by logical id. */
  rankOf({ logicalId, type }: Named, of: (other: Named) => string): number {
    let ranks = this.ranks.get(type)
    if (ranks === undefined) {
      ranks = new Map()
      this.ranks.set(type, ranks)
      const counts = new Map<string | undefined, number>()
      const all = entries(this.resources).map(({ key }) => key)
      for (const key of all.sort((a, b) => (a < b ? -1 : 1))) {
        if (stringOf(get(get(this.resources, key), 'Type')) !== type || !this.exists(key)) continue
        const other = this.namedResource(key)
        const text = other === undefined ? undefined : of(other)
        const rank = (counts.get(text) ?? 0) + 1
        counts.set(text, rank)
        ranks.set(key, rank)
      }
    }
    return ranks.get(logicalId) ?? 1
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

  rankBy(of: (other: Named) => string): number {
    return this.scope.rankOf(this, of)
  }
}
