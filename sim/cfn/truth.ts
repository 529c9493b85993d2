// Expressions of truth: what stands under `Conditions` and in the assertions of rules (CFN-R18).
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import type { Scope } from './intrinsics.ts'
import { checkNesting } from './nesting.ts'
import { get, isList, isMap, isScalar, items, jsonOf, textOf } from './node.ts'
import type { Entry, Node } from './node.ts'
import type { Room } from './room.ts'

const words = 'a condition is one of `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition`'

export class Truth {
  private readonly scope: Scope
  private readonly problems: Problems
  private readonly room: Room
  private readonly resolve: (node: Node) => Node | undefined

  constructor(scope: Scope, problems: Problems, room: Room, resolve: (node: Node) => Node | undefined) {
    this.scope = scope
    this.problems = problems
    this.room = room
    this.resolve = resolve
  }

  /** The truth of an expression; one that is none is a problem, and false. */
  of(node: Node): boolean {
    const only = isMap(node) && node.pairs.size === 1 ? [...node.pairs.values()][0] : undefined
    if (only === undefined) {
      this.problems.error('not-a-condition', words, node.span)
      return false
    }
    checkNesting(only, this.scope.hasExtensions, this.problems)
    if (!this.room.enter(1, node.span)) return false
    const truth = this.ofCall(only)
    this.room.leave()
    return truth
  }

  private ofCall({ key: name, keySpan, value }: Entry): boolean {
    const list = items(value)
    switch (name) {
      case 'Condition':
        return this.named(value)
      case 'Fn::Equals': {
        const [a, b] = list
        if (a === undefined || b === undefined || list.length !== 2) return this.shape(name, 'two values', value.span)
        return this.comparable(a) === this.comparable(b)
      }
      case 'Fn::Not': {
        const [a] = list
        if (a === undefined || list.length !== 1) return this.shape(name, 'a list of one condition', value.span)
        return !this.of(a)
      }
      case 'Fn::And':
      case 'Fn::Or': {
        if (list.length < 2 || list.length > 10) return this.shape(name, 'two to ten conditions', value.span)
        const truths = list.map((each) => this.of(each))
        return name === 'Fn::And' ? truths.every(Boolean) : truths.some(Boolean)
      }
      case 'Fn::Contains':
      case 'Fn::EachMemberEquals':
      case 'Fn::EachMemberIn':
        return this.ofSet(name, list, value.span)
      default: {
        this.problems.error('not-a-condition', `\`${name}\` does not give true or false`, keySpan, { help: words })
        return false
      }
    }
  }

  /** The functions of rules, over two lists or a list and a text. */
  private ofSet(name: string, list: readonly Node[], span: Span): boolean {
    const [first, second] = list
    if (first === undefined || second === undefined || list.length !== 2) {
      return this.shape(name, name === 'Fn::EachMemberIn' ? 'two lists' : 'a list and a text', span)
    }
    const members = items(this.resolve(first)).map(textOf)
    if (name === 'Fn::Contains') return members.includes(this.comparable(second))
    const other = this.resolve(second)
    const allowed = isList(other) ? other.items.map(textOf) : [this.comparable(second)]
    return members.every((each) => allowed.includes(each))
  }

  private comparable(node: Node): string {
    const value = this.resolve(node)
    return value === undefined ? '' : (textOf(value) ?? jsonOf(value))
  }

  /** The truth of a condition by its name. */
  named(node: Node): boolean {
    // The SAM transform writes `{ Condition: { Condition: name } }` where it joins conditions.
    const written = get(node, 'Condition') ?? node
    // `Yes` and `On` are truth values of YAML, and names all the same.
    const name = isScalar(written) && written.value !== null ? written.text : undefined
    const truth = name === undefined ? undefined : this.scope.condition(name)
    if (truth !== undefined) return truth
    if (name === undefined) {
      const help = 'write the function under `Conditions` and its name here'
      this.problems.error('wrong-type', 'a condition is named here', node.span, { help })
      return false
    }
    const near = nearest(name, this.scope.names('condition'))
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    this.problems.error('unknown-condition', `there is no condition \`${name}\``, node.span, help)
    return false
  }

  private shape(name: string, expected: string, span: Span): false {
    this.problems.error('function-shape', `\`${name}\` takes ${expected}`, span)
    return false
  }
}
