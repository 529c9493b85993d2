// CloudFormation's functions: a tree that holds them into the tree that CloudFormation would deploy.
//
// The one idea: every value of a template is known before anything runs (parameters, mappings and made-up physical ids), so a
// resolved tree has no functions left. A value that cannot be had is one problem and resolves to a text, never to a crash.
import type { Slug } from '../diag/catalogue.ts'
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { base64, cidr, zonesOf } from './functions.ts'
import { Dict, entries, get, isList, isMap, isScalar, items, jsonOf, List, scalar, stringOf, textOf } from './node.ts'
import type { Entry, Node, Scalar } from './node.ts'
import { Room } from './room.ts'
import { functionNames } from './short-forms.ts'

/** What the functions ask of the template around them. */
export interface Scope {
  /** The value of a parameter or pseudo parameter. `null` is AWS::NoValue. */
  parameter(name: string): Node | null | undefined
  /** `Ref` of a resource; undefined when there is none of that name. */
  ref(logicalId: string, from: Span): string | undefined
  attribute(logicalId: string, attribute: string, from: Span): string | undefined
  /** The truth of a condition; undefined when there is none of that name. */
  condition(name: string): boolean | undefined
  mapping(name: string): Node | undefined
  /** The value that another stack exports. */
  imported(name: string, from: Span): string
  /** The text of a dynamic reference `{{resolve:service:reference}}`, or undefined to leave it as written. */
  dynamic(service: string, reference: string, from: Span): string | undefined
  /** Whether a text was made up because nobody gave it; nothing can be said about its parts. */
  isStandIn(text: string): boolean
  names(kind: 'referable' | 'resource' | 'condition' | 'mapping'): readonly string[]
  readonly region: string
  /** Whether values that nobody gave are made up, so that the template runs bare. */
  readonly isBare: boolean
}

/** The name and argument of a function call, if the node is one. */
export function callOf(node: Node): Entry | undefined {
  if (!isMap(node) || node.pairs.size !== 1) return undefined
  const [entry] = node.pairs.values()
  return entry !== undefined && (entry.key === 'Ref' || entry.key.startsWith('Fn::')) ? entry : undefined
}

/** Longest text that functions may make, in characters; as long as the longest template. */
const longestText = 1_048_576

export class Intrinsics {
  private readonly scope: Scope
  private readonly problems: Problems
  private readonly room: Room

  constructor(scope: Scope, problems: Problems) {
    this.scope = scope
    this.problems = problems
    this.room = new Room(problems)
  }

  /** The tree without functions; undefined where AWS::NoValue removes the value (CFN-R17). */
  resolve(node: Node): Node | undefined {
    if (isScalar(node)) return this.dynamicReferences(node)
    if (!this.room.enter(isList(node) ? node.items.length : node.pairs.size, node.span)) return undefined
    const value = this.resolveInner(node)
    this.room.leave()
    return value
  }

  private resolveInner(node: List | Dict): Node | undefined {
    if (isList(node)) {
      const made: Node[] = []
      for (const item of node.items) {
        const value = this.resolve(item)
        if (value !== undefined) made.push(value)
      }
      return new List(made, node.span)
    }
    const call = callOf(node)
    if (call !== undefined) return this.bounded(this.call(call, node.span))
    const pairs = new Map<string, Entry>()
    for (const entry of node.pairs.values()) {
      if (entry.key.startsWith('Fn::') && functionNames.has(entry.key.slice(4))) {
        this.problem(
          'function-among-keys',
          `\`${entry.key}\` stands in a map with other keys; a function stands alone`,
          entry.keySpan,
        )
        continue
      }
      const value = this.resolve(entry.value)
      if (value !== undefined) pairs.set(entry.key, { ...entry, value })
    }
    return new Dict(pairs, node.span)
  }

  /** The truth of a condition expression (CFN-R18). */
  isTrue(node: Node): boolean {
    const only = isMap(node) && node.pairs.size === 1 ? [...node.pairs.values()][0] : undefined
    const name = only?.key
    const list = items(only?.value)
    if (only === undefined || name === undefined) {
      this.problem(
        'not-a-condition',
        'a condition is one of `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition`',
        node.span,
      )
      return false
    }
    if (name === 'Condition') return this.conditionNamed(only.value)
    if (name === 'Fn::Equals') {
      const [a, b] = list
      if (a === undefined || b === undefined || list.length !== 2)
        return this.shape(name, 'two values', only.value.span)
      return this.comparable(a) === this.comparable(b)
    }
    if (name === 'Fn::Not') {
      const [a] = list
      if (a === undefined || list.length !== 1) return this.shape(name, 'a list of one condition', only.value.span)
      return !this.isTrue(a)
    }
    if (name === 'Fn::And' || name === 'Fn::Or') {
      if (list.length < 2 || list.length > 10) return this.shape(name, 'two to ten conditions', only.value.span)
      const truths = list.map((each) => this.isTrue(each))
      return name === 'Fn::And' ? truths.every(Boolean) : truths.some(Boolean)
    }
    if (name === 'Fn::Contains') {
      const [set, one] = list
      const value = one === undefined ? undefined : this.comparable(one)
      return set !== undefined && items(this.resolve(set)).some((each) => textOf(each) === value)
    }
    if (name === 'Fn::EachMemberIn' || name === 'Fn::EachMemberEquals') {
      const [set, other] = list
      const allowed =
        other === undefined
          ? []
          : name === 'Fn::EachMemberIn'
            ? items(this.resolve(other)).map(textOf)
            : [this.comparable(other)]
      return set !== undefined && items(this.resolve(set)).every((each) => allowed.includes(textOf(each)))
    }
    this.problem('not-a-condition', `\`${name}\` does not give true or false`, only.keySpan)
    return false
  }

  private comparable(node: Node): string {
    const value = this.resolve(node)
    return value === undefined ? '' : (textOf(value) ?? jsonOf(value))
  }

  private conditionNamed(node: Node): boolean {
    // The SAM transform writes `{ Condition: { Condition: name } }` where it joins conditions.
    const name = stringOf(get(node, 'Condition') ?? node)
    const truth = name === undefined ? undefined : this.scope.condition(name)
    if (truth !== undefined) return truth
    const near = name === undefined ? undefined : nearest(name, this.scope.names('condition'))
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    this.problems.error('unknown-condition', `there is no condition \`${name ?? ''}\``, node.span, help)
    return false
  }

  /** Functions inside functions can make a text grow without bound; one that is too long becomes a problem and an empty text. */
  private bounded(value: Node | undefined): Node | undefined {
    if (isList(value)) return this.room.takes(value.items.length, 0, value.span) ? value : undefined
    if (!isScalar(value) || typeof value.value !== 'string') return value
    if (!this.room.takes(1, value.value.length, value.span)) return scalar('', value.span)
    if (value.value.length <= longestText) return value
    this.problem('text-too-long', `the text made here has more than ${longestText} characters`, value.span)
    return scalar('', value.span)
  }

  private call(call: Entry, span: Span): Node | undefined {
    const argument = call.value
    switch (call.key) {
      case 'Ref':
        return this.ref(argument, span)
      case 'Fn::GetAtt':
        return this.getAtt(argument, span)
      case 'Fn::Sub':
        return this.sub(argument, span)
      case 'Fn::Join':
        return this.join(argument, span)
      case 'Fn::Split':
        return this.split(argument, span)
      case 'Fn::Select':
        return this.select(argument, span)
      case 'Fn::FindInMap':
        return this.findInMap(argument, span)
      case 'Fn::If': {
        const [name, yes, no] = items(argument)
        if (name === undefined || yes === undefined || no === undefined)
          return this.wrong(call.key, 'a condition and two values', span)
        return this.resolve(this.conditionNamed(name) ? yes : no)
      }
      case 'Fn::ImportValue':
        return scalar(this.scope.imported(this.text(argument) ?? '', span), span)
      case 'Fn::Base64':
        return scalar(base64(this.text(argument) ?? ''), span)
      case 'Fn::Cidr':
        return this.cidr(argument, span)
      case 'Fn::GetAZs': {
        const region = this.text(argument) || this.scope.region
        return this.texts(zonesOf(region), span)
      }
      case 'Fn::Length': {
        const list = this.resolve(argument)
        return isList(list) ? scalar(list.items.length, span) : this.wrong(call.key, 'a list', span)
      }
      case 'Fn::ToJsonString': {
        const value = this.resolve(argument)
        return scalar(value === undefined ? 'null' : jsonOf(value), span)
      }
      case 'Fn::Transform': {
        const macro = textOf(get(argument, 'Name')) ?? ''
        this.problems.note(
          'macro-not-run',
          `the macro \`${macro}\` is not run; what it would put here is missing`,
          span,
        )
        return undefined
      }
      case 'Fn::And':
      case 'Fn::Or':
      case 'Fn::Not':
      case 'Fn::Equals':
        return scalar(this.isTrue(new Dict(new Map([[call.key, call]]), span)), span)
      default: {
        const name = call.key.slice('Fn::'.length)
        const near = nearest(name, functionNames)
        const help = near === undefined ? undefined : { help: `did you mean \`Fn::${near}\`?` }
        this.problems.error(
          'unknown-function',
          `\`${call.key}\` is not a function that can stand here`,
          call.keySpan,
          help,
        )
        return undefined
      }
    }
  }

  private ref(argument: Node, span: Span): Node | undefined {
    const name = stringOf(argument)
    if (name === undefined) return this.wrong('Ref', 'the name of a parameter or resource', span)
    const parameter = this.scope.parameter(name)
    if (parameter === null) return undefined
    if (parameter !== undefined) return moved(parameter, span)
    const physical = this.scope.ref(name, argument.span)
    return physical === undefined ? this.unresolved(name, argument.span) : scalar(physical, span)
  }

  private getAtt(argument: Node, span: Span): Node | undefined {
    const dotted = stringOf(argument)
    const dot = dotted?.indexOf('.') ?? -1
    const [first, ...rest] = items(argument)
    const name = dotted === undefined ? stringOf(first) : dotted.slice(0, dot)
    const attribute = dotted === undefined ? rest.map((each) => this.text(each) ?? '').join('.') : dotted.slice(dot + 1)
    if (name === undefined || attribute === '' || (dotted !== undefined && dot < 0)) {
      return this.wrong('Fn::GetAtt', 'a resource and one of its attributes', span)
    }
    const value = this.scope.attribute(name, attribute, argument.span)
    return value === undefined ? this.unresolved(name, first?.span ?? argument.span) : scalar(value, span)
  }

  private sub(argument: Node, span: Span): Node | undefined {
    const [head, map] = items(argument)
    const template = stringOf(isList(argument) ? head : argument)
    if (template === undefined || (map !== undefined && !isMap(map))) {
      return this.wrong('Fn::Sub', 'a literal text, or a list of one and a map of values', span)
    }
    const place = (isList(argument) ? head?.span : argument.span) ?? span
    let grown = 0
    const own = new Map<string, string>()
    const made = template.replace(/\$\{(!?)([^{}]*)\}/g, (whole: string, literal: string, inner: string) => {
      if (literal) return `\${${inner}}`
      const name = inner.trim()
      if (grown > longestText) return ''
      const given = get(map, name)
      // Once a name: functions of functions would otherwise be resolved as often as their product.
      const value =
        own.get(name) ?? (given === undefined ? (this.substituted(name, place) ?? whole) : (this.text(given) ?? ''))
      own.set(name, value)
      grown += value.length
      return value
    })
    return scalar(made, span)
  }

  private substituted(name: string, place: Span): string | undefined {
    const parameter = this.scope.parameter(name)
    if (parameter === null) return ''
    if (parameter !== undefined) return this.text(parameter)
    const dot = name.indexOf('.')
    const logicalId = dot < 0 ? name : name.slice(0, dot)
    const value = dot < 0 ? this.scope.ref(name, place) : this.scope.attribute(logicalId, name.slice(dot + 1), place)
    if (value === undefined) this.unresolved(logicalId, place)
    return value
  }

  private join(argument: Node, span: Span): Node | undefined {
    const [delimiter, list] = items(argument)
    const between = stringOf(delimiter)
    const parts = list === undefined ? undefined : this.listOf(list)
    if (between === undefined || !isList(parts)) return this.wrong('Fn::Join', 'a literal delimiter and a list', span)
    let made = ''
    parts.items.forEach((part, i) => {
      if (made.length <= longestText) made += (i === 0 ? '' : between) + (textOf(part) ?? this.notText(part))
    })
    return scalar(made, span)
  }

  private split(argument: Node, span: Span): Node | undefined {
    const [delimiter, source] = items(argument)
    const between = stringOf(delimiter)
    const text = source === undefined ? undefined : this.text(source)
    if (!between || text === undefined) return this.wrong('Fn::Split', 'a literal delimiter and a text', span)
    return this.texts(text.split(between), span)
  }

  private select(argument: Node, span: Span): Node | undefined {
    const [position, list] = items(argument)
    const index = position === undefined ? undefined : this.text(position)
    const choices = list === undefined ? undefined : this.listOf(list)
    if (index === undefined || !/^[0-9]+$/.test(index) || !isList(choices))
      return this.wrong('Fn::Select', 'an index and a list', span)
    const chosen = choices.items[Number(index)]
    if (chosen !== undefined && !(isScalar(chosen) && chosen.value === null)) return chosen
    const [only] = choices.items
    if (only !== undefined && this.scope.isStandIn(textOf(only) ?? '')) return only
    if (this.scope.isBare && only !== undefined && textOf(only) === '') {
      const message = 'an empty text has no parts to select; it stands for a value that nobody gave'
      this.problems.warning('empty-text-selected', message, position?.span ?? span)
      return only
    }
    this.problem(
      'index-out-of-range',
      `there is no item ${index} in a list of ${choices.items.length}`,
      position?.span ?? span,
    )
    return undefined
  }

  /** A list; a text that stands for an unknown list attribute is a list of itself. */
  private listOf(node: Node): Node | undefined {
    const value = this.resolve(node)
    return isScalar(value) && this.scope.isStandIn(textOf(value) ?? '') ? new List([value], value.span) : value
  }

  private findInMap(argument: Node, span: Span): Node | undefined {
    const [map, top, second, options] = items(argument)
    const path = [map, top, second].map((each) => (each === undefined ? undefined : this.text(each)))
    const [mapName, topKey, secondKey] = path
    if (mapName === undefined || topKey === undefined || secondKey === undefined) {
      return this.wrong('Fn::FindInMap', 'a mapping and two keys', span)
    }
    const mapping = this.scope.mapping(mapName)
    const value = get(get(mapping, topKey), secondKey)
    if (value !== undefined) return value
    const fallback = get(options, 'DefaultValue')
    if (fallback !== undefined) return this.resolve(fallback)
    const level =
      mapping === undefined
        ? this.scope.names('mapping')
        : entries(get(mapping, topKey) ?? mapping).map((entry) => entry.key)
    const missing = mapping === undefined ? mapName : get(mapping, topKey) === undefined ? topKey : secondKey
    const near = nearest(missing, level)
    this.problems.error(
      'mapping-not-found',
      `unable to get mapping for \`${mapName}::${topKey}::${secondKey}\``,
      span,
      {
        help:
          near === undefined
            ? `\`${missing}\` is none of ${level.map((name) => `\`${name}\``).join(', ')}`
            : `did you mean \`${near}\`?`,
      },
    )
    return undefined
  }

  private cidr(argument: Node, span: Span): Node | undefined {
    const [block, count, bits] = items(argument)
      .slice(0, 3)
      .map((each) => this.text(each))
    if (block === undefined || count === undefined)
      return this.wrong('Fn::Cidr', 'a block, a count and the number of bits', span)
    for (const number of [count, bits ?? '8'])
      if (!/^\d{1,9}$/.test(number)) return this.wrong('Fn::Cidr', `numbers, not \`${number}\`,`, span)
    const made = cidr(block, Number(count), bits === undefined ? 8 : Number(bits))
    if (typeof made !== 'string') return this.texts(made, span)
    this.problem('cidr-does-not-fit', made, span)
    return undefined
  }

  /** The text of a value after its functions are resolved; a list or map is a problem. */
  private text(node: Node): string | undefined {
    const value = this.resolve(node)
    if (value === undefined) return undefined
    return textOf(value) ?? (isScalar(value) ? undefined : this.notText(value))
  }

  private notText(node: Node): string {
    const found = isList(node) ? 'a list' : isMap(node) ? 'a map' : 'nothing'
    this.problem('wrong-type', `${found} stands where a text is joined`, node.span)
    return ''
  }

  private texts(values: readonly string[], span: Span): List {
    return new List(
      values.map((value) => scalar(value, span)),
      span,
    )
  }

  private dynamicReferences(node: Scalar): Scalar {
    if (typeof node.value !== 'string' || !node.value.includes('{{resolve:')) return node
    const made = node.value.replace(
      /\{\{resolve:([a-z-]+):([^{}]*)\}\}/g,
      (whole: string, service: string, reference: string) => {
        return this.scope.dynamic(service, reference, node.span) ?? whole
      },
    )
    return made === node.value ? node : scalar(made, node.span)
  }

  private unresolved(name: string, span: Span): undefined {
    const near = nearest(name, this.scope.names('referable'))
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    this.problems.error(
      'unresolved-reference',
      `\`${name}\` is neither a parameter nor a resource of this template`,
      span,
      help,
    )
    return undefined
  }

  private shape(name: string, expected: string, span: Span): false {
    this.problem('function-shape', `\`${name}\` takes ${expected}`, span)
    return false
  }

  private wrong(name: string, expected: string, span: Span): undefined {
    this.shape(name, expected, span)
    return undefined
  }

  problem(slug: Slug, message: string, span: Span): void {
    this.problems.error(slug, message, span)
  }
}

/** A value seen at the place where it is used; lists keep the places of their items. */
function moved(node: Node, span: Span): Node {
  if (isScalar(node)) return scalar(node.value, span)
  return isList(node) ? new List(node.items, span) : node
}
