// The resources that a SAM transform makes, while it makes them.
//
// The one idea: every made resource remembers the SAM resource it came from and stands at its place, so a later problem with a
// permission or a role points at the line that its author wrote.
import type { Problems } from '../../diag/problem.ts'
import type { Span } from '../../diag/span.ts'
import { nearest } from '../../diag/suggest.ts'
import {
  build,
  Dict,
  entries,
  get,
  isList,
  isMap,
  isScalar,
  List,
  scalar,
  stringOf,
  textOf,
  withMembers,
} from '../node.ts'
import type { Entry, Node, Plain, PlainMap } from '../node.ts'
import type { Parameter } from '../parameters.ts'
import { sha1Hex } from '../sha1.ts'

/** One resource of a SAM type, its globals merged in. */
export interface SamResource {
  readonly id: string
  readonly type: string
  readonly node: Dict
  readonly keySpan: Span
  readonly span: Span
  readonly properties: Dict
  /** False for the implicit APIs, which no line of the template declares. */
  readonly declared: boolean
}

export interface SamSettings {
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly region: string
  readonly partition: string
  /** Whether parameters with made-up values count as known. */
  readonly standIns?: boolean
}

export class Draft {
  readonly problems: Problems
  readonly partition: string
  readonly region: string
  readonly conditions = new Map<string, Plain>()
  readonly origins = new Map<string, string>()
  /** What `Ref`, `GetAtt` and `Sub` name in the template, and the logical id that it means after the transform. */
  readonly renamed = new Map<string, string>()
  private readonly parameters: ReadonlyMap<string, Parameter>
  private readonly standIns: boolean
  private readonly made = new Map<string, Map<string, Entry>>()
  private readonly owners = new Map<string, string>()

  constructor(settings: SamSettings, resources: Dict, problems: Problems) {
    this.problems = problems
    this.partition = settings.partition
    this.region = settings.region
    this.parameters = settings.parameters
    this.standIns = settings.standIns === true
    for (const entry of entries(resources)) {
      const type = stringOf(get(entry.value, 'Type'))
      if (type?.startsWith('AWS::Serverless::')) this.made.set(entry.key, new Map())
      else this.place(entry.key, entry, entry.key)
    }
  }

  /** Adds a resource made from `owner`. Attributes such as the condition pass to everything made (SAM-R60). */
  emit(owner: SamResource, id: string, type: string, properties: PlainMap | Dict, attributes: PlainMap = {}): void {
    const inherited: Record<string, Plain | undefined> = {}
    for (const name of ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy']) inherited[name] = get(owner.node, name)
    const value = build({ Type: type, Properties: properties, ...inherited, ...attributes }, owner.span)
    this.place(owner.id, { key: id, keySpan: owner.keySpan, value }, id)
    this.origins.set(id, owner.id)
  }

  private place(owner: string, entry: Entry, id: string): void {
    const group = this.made.get(owner)
    if (group === undefined) this.made.set(owner, new Map([[id, entry]]))
    else group.set(id, entry)
    this.owners.set(id, owner)
  }

  /** A resource as it stands now; those of SAM types that are still to be made are not found. */
  resource(id: string): Node | undefined {
    const owner = this.owners.get(id)
    return owner === undefined ? undefined : this.made.get(owner)?.get(id)?.value
  }

  /** Replaces a resource that exists already, such as a bucket that gets a notification. */
  replace(id: string, value: Node): void {
    const owner = this.owners.get(id)
    const entry = owner === undefined ? undefined : this.made.get(owner)?.get(id)
    if (owner !== undefined && entry !== undefined) this.place(owner, { ...entry, value }, id)
  }

  /** The logical ids of all resources as they stand now. */
  ids(): readonly string[] {
    return [...this.owners.keys()]
  }

  /** Makes a resource wait for another one. */
  addDependency(id: string, on: string): void {
    const resource = this.resource(id)
    if (!isMap(resource)) return
    const before = dependencies(resource)
    if (!before.some((each) => stringOf(each) === on))
      this.replace(id, withMembers(resource, { DependsOn: [...before, on] }))
  }

  /** Where a resource waits for a key of `made`, it waits for what that became. */
  replaceDependencies(made: ReadonlyMap<string, readonly string[]>): void {
    for (const id of this.ids()) {
      const resource = this.resource(id)
      if (!isMap(resource)) continue
      const before = dependencies(resource)
      if (!before.some((each) => made.has(stringOf(each) ?? ''))) continue
      const after = before.flatMap((each): Plain[] => [...(made.get(stringOf(each) ?? '') ?? [each])])
      this.replace(id, withMembers(resource, { DependsOn: after }))
    }
  }

  /** All resources, made ones behind each other where the resource they were made from stood. */
  resources(span: Span): Dict {
    const pairs = new Map<string, Entry>()
    for (const group of this.made.values()) for (const [id, entry] of group) pairs.set(id, entry)
    return new Dict(pairs, span)
  }

  /** `Ref` to a parameter becomes its value; other functions stay (SAM-R61). */
  resolveParameters(node: Node): Node {
    if (isScalar(node)) return node
    if (node.kind === 'list') {
      return new List(
        node.items.map((item) => this.resolveParameters(item)),
        node.span,
      )
    }
    const value = this.parameterOf(node)
    if (value !== undefined) return value
    const pairs = new Map<string, Entry>()
    for (const entry of node.pairs.values()) {
      if (entry.key === 'Fn::Sub') pairs.set(entry.key, { ...entry, value: this.resolveSub(entry.value) })
      else pairs.set(entry.key, { ...entry, value: this.resolveParameters(entry.value) })
    }
    return new Dict(pairs, node.span)
  }

  private parameterOf(node: Dict): Node | undefined {
    const name = node.pairs.size === 1 ? stringOf(get(node, 'Ref')) : undefined
    if (name === undefined) return undefined
    if (name === 'AWS::Region') return scalar(this.region, node.span)
    if (name === 'AWS::Partition') return scalar(this.partition, node.span)
    const text = this.known(name)
    return text === undefined ? undefined : scalar(text, node.span)
  }

  /** A parameter's text; a made-up one counts only where values are made up for a run. */
  private known(name: string): string | undefined {
    const parameter = this.parameters.get(name)
    if (parameter === undefined || (parameter.origin === 'dummy' && !this.standIns)) return undefined
    return parameter.isStored ? textOf(parameter.value) : parameter.text
  }

  private resolveSub(argument: Node): Node {
    const text = stringOf(argument)
    if (text === undefined) return argument
    const made = text.replace(/\$\{([A-Za-z0-9:]+)\}/g, (whole: string, name: string) => {
      if (name === 'AWS::Region') return this.region
      if (name === 'AWS::Partition') return this.partition
      return this.known(name) ?? whole
    })
    return made === text ? argument : scalar(made, argument.span)
  }

  error(owner: SamResource, message: string, span?: Span, event?: string): void {
    const where = event === undefined ? `the resource \`${owner.id}\`` : `the event \`${event}\` of \`${owner.id}\``
    this.problems.error('sam-specification', `${where}: ${message}`, span ?? owner.keySpan)
  }

  notSimulated(owner: SamResource, what: string, span: Span): void {
    this.problems.note('not-simulated', `${what} of \`${owner.id}\` is not simulated yet`, span)
  }

  /** Reports members of `map` that are not among `known`. */
  checkKeys(owner: SamResource, map: Node | undefined, known: readonly string[], what: string, event?: string): void {
    for (const { key, keySpan } of entries(map)) {
      if (known.includes(key) || key.startsWith('Fn::')) continue
      const near = nearest(key, known)
      const where = event === undefined ? owner.id : `${owner.id}.${event}`
      this.problems.error('sam-unknown-property', `\`${key}\` is not a property of ${what} (\`${where}\`)`, keySpan, {
        help:
          near === undefined
            ? `properties are ${known.map((name) => `\`${name}\``).join(', ')}`
            : `did you mean \`${near}\`?`,
      })
    }
  }
}

function dependencies(resource: Dict): readonly Node[] {
  const written = get(resource, 'DependsOn')
  return written === undefined ? [] : isList(written) ? written.items : [written]
}

/** The first ten hex digits of the text's SHA-1 (SAM-R4). */
export function hash10(text: string): string {
  return sha1Hex(text).slice(0, 10)
}

export const ref = (id: string): PlainMap => ({ Ref: id })
export const getAtt = (id: string, attribute: string): PlainMap => ({ 'Fn::GetAtt': [id, attribute] })
export const sub = (text: string, values?: PlainMap): PlainMap => ({
  'Fn::Sub': values === undefined ? text : [text, values],
})

/** The logical id that a `Ref` (or a plain text) names. */
export function refId(node: Node | undefined): string | undefined {
  return stringOf(isMap(node) && node.pairs.size === 1 ? get(node, 'Ref') : undefined)
}

/** True for a map with one key that is a function. */
export function isIntrinsic(node: Node | undefined): boolean {
  if (!isMap(node) || node.pairs.size !== 1) return false
  const [key = ''] = node.pairs.keys()
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::')
}

/** The members of `from` that `names` lists. */
export function pick(from: Node | undefined, names: readonly string[]): PlainMap {
  const picked: Record<string, Plain> = {}
  for (const name of names) {
    const value = get(from, name)
    if (value !== undefined) picked[name] = value
  }
  return picked
}

/** A map of tags as the list of `Key` and `Value` that resources take, the transform's own tag first (SAM-R66). */
export function tagList(tags: Node | undefined, own?: readonly [string, string]): Plain[] {
  const list: Plain[] = own === undefined ? [] : [{ Key: own[0], Value: own[1] }]
  for (const { key, value } of entries(tags)) list.push({ Key: key, Value: value })
  return list
}
