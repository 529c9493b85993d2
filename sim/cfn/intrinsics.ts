// CloudFormation's functions: a tree that holds them into the tree that CloudFormation would deploy.
//
// The one idea: every value of a template is known before anything runs (parameters, mappings and made-up physical ids), so a
// resolved tree has no functions left. A value that cannot be had is one problem and resolves to a text, never to a crash.
import type { Slug } from '../diag/catalogue.ts'
import type { Problems } from '../diag/problem.ts'
import { subspan, type Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { base64, cidr, zonesOf } from './functions.ts'
import { Dict, entries, get, isList, isMap, isScalar, items, jsonOf, List, scalar, stringOf, textOf } from './node.ts'
import type { Entry, Node, Scalar } from './node.ts'
import { checkNesting, ruleFunctions } from './nesting.ts'
import { Room } from './room.ts'
import { functionNames } from './short-forms.ts'
import { Truth } from './truth.ts'

/** What the functions ask of the template around them. */
export interface Scope {
  /** The value of a parameter or pseudo parameter. `null` is AWS::NoValue. */
  parameter(name: string): Node | null | undefined
  /** `Ref` of a resource; undefined when there is none of that name. */
  ref(logicalId: string, from: Span): string | undefined
  attribute(logicalId: string, attribute: string, from: Span): string | undefined
  /** The truth of a condition; undefined when there is none of that name. */
  condition(name: string): boolean | undefined
  /** Computes what may not depend on a resource; `what` names it in words. */
  beforeResources<T>(what: string, compute: () => T): T
  mapping(name: string): Node | undefined
  /** The value that another stack exports. */
  imported(name: string, from: Span): string | undefined
  /** The output of another stack, exported or not. */
  stackOutput(stack: string, output: string, from: Span): string | undefined
  /** The text of a dynamic reference `{{resolve:service:reference}}`, or undefined to leave it as written. */
  dynamic(service: string, reference: string, from: Span): string | undefined
  /** Whether a text was made up because nobody gave it; nothing can be said about its parts. */
  isStandIn(text: string): boolean
  names(kind: 'referable' | 'resource' | 'condition' | 'mapping'): readonly string[]
  readonly region: string
  /** Whether the functions of AWS::LanguageExtensions may be used. */
  readonly hasExtensions: boolean
  /** Whether values that nobody gave are made up, so that the template runs bare. */
  readonly isBare: boolean
}

/** The name and argument of a function call, if the node is one. */
export function callOf(node: Node): Entry | undefined {
  if (!isMap(node) || node.pairs.size !== 1) return undefined
  const [entry] = node.pairs.values()
  return entry !== undefined && (entry.key === 'Ref' || entry.key.startsWith('Fn::')) ? entry : undefined
}

/** Functions of AWS::LanguageExtensions; `Fn::ForEach` is unrolled before. */
const extensionFunctions = ['Fn::Length', 'Fn::ToJsonString']

/** Longest text that functions may make, in characters; as long as the longest template. */
const longestText = 1_048_576

export class Intrinsics {
  private readonly scope: Scope
  private readonly problems: Problems
  private readonly room: Room
  private readonly truth: Truth

  /** `room` is what all functions of a scenario share. */
  constructor(scope: Scope, problems: Problems, room = new Room(problems)) {
    this.scope = scope
    this.problems = problems
    this.room = room
    this.truth = new Truth(scope, problems, room, (node) => this.resolve(node))
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
        // What is left would be refused as something that nobody wrote.
        return undefined
      }
      const value = this.resolve(entry.value)
      if (value !== undefined) pairs.set(entry.key, { ...entry, value })
    }
    return new Dict(pairs, node.span)
  }

  /** The truth of a condition expression (CFN-R18). */
  isTrue(node: Node): boolean {
    return this.truth.of(node)
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
    if (!checkNesting(call, this.scope.hasExtensions, this.problems)) return undefined
    if (extensionFunctions.includes(call.key) && !this.scope.hasExtensions) {
      const help = 'add `Transform: AWS::LanguageExtensions`, before others in a list'
      this.problems.error('transform-missing', `\`${call.key}\` belongs to the language extensions`, call.keySpan, {
        help,
      })
    }
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
        const [name, yes, no, more] = items(argument)
        if (name === undefined || yes === undefined || no === undefined || more !== undefined)
          return this.wrong(call.key, 'a condition and two values', span)
        return this.resolve(this.truth.named(name) ? yes : no)
      }
      case 'Fn::ImportValue': {
        const name = this.scope.beforeResources('the name of an import', () => this.text(argument))
        if (name === undefined) return undefined
        return scalar(this.scope.imported(name, span) ?? null, span)
      }
      case 'Fn::GetStackOutput':
        return this.stackOutput(argument, span)
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
      default: {
        const name = call.key.slice('Fn::'.length)
        if (functionNames.has(name)) {
          const help = ruleFunctions.includes(call.key)
            ? 'it belongs into the assertions of `Rules`'
            : 'it belongs under `Conditions`; `Fn::If` chooses by the name of a condition'
          this.problems.error('function-not-here', `\`${call.key}\` gives no value`, call.keySpan, { help })
          return undefined
        }
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
    const name = this.scope.hasExtensions ? this.text(argument) : stringOf(argument)
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
    const own = first === undefined ? undefined : this.scope.hasExtensions ? this.text(first) : stringOf(first)
    const name = dotted === undefined ? own : dotted.slice(0, dot)
    const attribute = dotted === undefined ? rest.map((each) => this.text(each) ?? '').join('.') : dotted.slice(dot + 1)
    if (
      name === undefined ||
      attribute === '' ||
      (dotted === undefined && rest.length === 0) ||
      (dotted !== undefined && dot < 0)
    ) {
      return this.wrong('Fn::GetAtt', 'a resource and one of its attributes', span)
    }
    const value = this.scope.attribute(name, attribute, argument.span)
    return value === undefined ? this.unresolved(name, first?.span ?? argument.span) : scalar(value, span)
  }

  /** The output of a stack that need not export it, in this account and region. */
  private stackOutput(argument: Node, span: Span): Node | undefined {
    const [stack, output] = ['StackName', 'OutputName'].map((key) => {
      const node = get(argument, key)
      return node === undefined ? undefined : this.text(node)
    })
    if (stack === undefined || output === undefined)
      return this.wrong('Fn::GetStackOutput', 'a map with `StackName` and `OutputName`', span)
    return scalar(this.scope.stackOutput(stack, output, span) ?? null, span)
  }

  private sub(argument: Node, span: Span): Node | undefined {
    if (callOf(argument)?.key === 'Fn::Transform') return this.resolve(argument)
    const [head, map, more] = items(argument)
    const template = stringOf(isList(argument) ? head : argument)
    if (template === undefined || (map !== undefined && !isMap(map)) || more !== undefined) {
      return this.wrong('Fn::Sub', 'a literal text, or a list of one and a map of values', span)
    }
    const place = (isList(argument) ? head?.span : argument.span) ?? span
    let grown = 0
    const own = new Map<string, string>()
    const at = exactly(template, place)
    const made = template.replace(
      /\$\{(!?)([^{}]*)\}/g,
      (whole: string, literal: string, inner: string, index: number) => {
        if (literal) return `\${${inner}}`
        const name = inner.trim()
        if (grown > longestText) return ''
        const given = get(map, name)
        // Once a name: functions of functions would otherwise be resolved as often as their product.
        const value =
          own.get(name) ??
          (given === undefined
            ? (this.substituted(name, at(index + 2, inner.length)) ?? whole)
            : (this.text(given) ?? ''))
        own.set(name, value)
        grown += value.length
        return value
      },
    )
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
    const [delimiter, list, more] = items(argument)
    const between = stringOf(delimiter)
    const parts = list === undefined ? undefined : this.listOf(list)
    if (between === undefined || !isList(parts) || more !== undefined)
      return this.wrong('Fn::Join', 'a literal delimiter and a list', span)
    let made = ''
    parts.items.forEach((part, i) => {
      if (made.length <= longestText) made += (i === 0 ? '' : between) + (textOf(part) ?? this.notText(part))
    })
    return scalar(made, span)
  }

  private split(argument: Node, span: Span): Node | undefined {
    const [delimiter, source, more] = items(argument)
    const between = stringOf(delimiter)
    const text = source === undefined ? undefined : this.text(source)
    if (!between || text === undefined || more !== undefined)
      return this.wrong('Fn::Split', 'a literal delimiter and a text', span)
    return this.texts(text.split(between), span)
  }

  private select(argument: Node, span: Span): Node | undefined {
    const [position, list, more] = items(argument)
    const index = position === undefined ? undefined : this.text(position)
    const choices = list === undefined ? undefined : this.listOf(list)
    // A list that cannot be made has been told of.
    if (list !== undefined && choices === undefined && index !== undefined) return undefined
    if (index === undefined || !/^[0-9]+$/.test(index) || !isList(choices) || more !== undefined)
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
      `there is no item ${index} in a list of ${choices.items.length}; the first item is 0`,
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
    if (fallback !== undefined) {
      if (!this.scope.hasExtensions) {
        const help = 'add `Transform: AWS::LanguageExtensions`, before others in a list'
        this.problems.error('transform-missing', 'a `DefaultValue` belongs to the language extensions', fallback.span, {
          help,
        })
      }
      return this.resolve(fallback)
    }
    const standIn = this.firstForStandIn(mapping, topKey, secondKey)
    if (standIn !== undefined) {
      const message = `\`${standIn.key}\` stands in for a key of \`${mapName}\` that nobody gave`
      this.problems.note('mapping-key-made-up', message, span)
      return standIn.value
    }
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

  /** Where a key was made up because nobody gave a parameter's value: the first key that leads to a value. */
  private firstForStandIn(mapping: Node | undefined, top: string, second: string): Entry | undefined {
    const [anyTop, anySecond] = [this.scope.isStandIn(top), this.scope.isStandIn(second)]
    for (const { key, value } of entries(mapping)) {
      if (key !== top && !anyTop) continue
      for (const entry of entries(value)) {
        if (entry.key === second) return { ...entry, key }
        if (anySecond) return entry
      }
    }
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

/** Places inside a text, where the file writes it as it is (bare or in quotes); else the whole of it. */
function exactly(text: string, place: Span): (offset: number, length: number) => Span {
  const quote = [0, 1].find((each) => place.source.text.startsWith(text, place.start + each))
  return (offset, length) => (quote === undefined ? place : subspan(place, quote + offset, length))
}
