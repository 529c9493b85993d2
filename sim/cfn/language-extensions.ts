// `Fn::ForEach` (AWS::LanguageExtensions): one entry of a map becomes as many as its collection has members.
//
// The one idea: loops are unrolled before anything else looks at the tree, so no later step knows of them (CFN-R24).
import type { Problems } from '../diag/problem.ts'
import { callOf } from './intrinsics.ts'
import { Dict, isList, isMap, isScalar, items, List, Scalar, stringOf, textOf } from './node.ts'
import type { Entry, Node } from './node.ts'
import type { Parameter } from './parameters.ts'
import { ParameterScope } from './parameter-scope.ts'
import type { Surroundings } from './physical.ts'
import type { Room } from './room.ts'

const mostLevels = 5
/** Most values, and most characters, that all loops of a template may make together. */
const mostValues = 100_000
const mostCharacters = 16_777_216

/** The tree with every `Fn::ForEach` unrolled; the same tree when there is none. */
export function expandLoops(
  root: Dict,
  known: {
    readonly parameters: ReadonlyMap<string, Parameter>
    readonly transforms: readonly string[]
    readonly stack: Surroundings
    /** What all functions of the scenario share. */
    readonly room: Room
  },
  problems: Problems,
): Dict {
  const first = firstLoop(root)
  if (first === undefined) return root
  if (!known.transforms.includes('AWS::LanguageExtensions')) {
    const help = 'add `Transform: AWS::LanguageExtensions`, before others in a list'
    problems.error('transform-missing', 'loops need the transform of the language extensions', first.keySpan, { help })
  }
  const { parameters, stack, room } = known
  const scopeOf = (members: ReadonlyMap<string, Node>): ParameterScope =>
    new ParameterScope(root, parameters, stack, room, members)
  return expandMap(root, {
    ...{ scopeOf, hasRoom: () => room.takes(0, 0, root.span) },
    members: new Map(),
    problems,
    level: 0,
    room: { left: mostValues, characters: mostCharacters },
  })
}

interface Loops {
  readonly scopeOf: (members: ReadonlyMap<string, Node>) => ParameterScope
  /** Whether functions may still make anything; that they may not has been told. */
  readonly hasRoom: () => boolean
  /** The present members of the loops around, by their identifiers. */
  readonly members: ReadonlyMap<string, Node>
  readonly problems: Problems
  readonly level: number
  /** How many values and characters the loops may still make. */
  readonly room: { left: number; characters: number }
}

const prefix = 'Fn::ForEach::'

function firstLoop(node: Node): Entry | undefined {
  if (isScalar(node)) return undefined
  if (isMap(node)) {
    for (const entry of node.pairs.values()) if (entry.key.startsWith(prefix)) return entry
  }
  for (const each of isList(node) ? node.items : [...node.pairs.values()].map((entry) => entry.value)) {
    const found = firstLoop(each)
    if (found !== undefined) return found
  }
  return undefined
}

function expand(node: Node, loops: Loops): Node {
  if (isScalar(node)) return node
  if (isList(node)) {
    return new List(
      node.items.map((item) => expand(item, loops)),
      node.span,
    )
  }
  return expandMap(node, loops)
}

function expandMap(map: Dict, loops: Loops): Dict {
  const pairs = new Map<string, Entry>()
  for (const entry of map.pairs.values()) {
    const made = entry.key.startsWith(prefix) ? unroll(entry, loops) : [{ ...entry, value: expand(entry.value, loops) }]
    for (const each of made) {
      const first = pairs.get(each.key)
      if (first === undefined) pairs.set(each.key, each)
      else loops.problems.error('duplicate-key', `the loop makes \`${each.key}\` a second time`, entry.keySpan)
    }
  }
  return new Dict(pairs, map.span)
}

function unroll(loop: Entry, loops: Loops): readonly Entry[] {
  const [identifier, collection, body] = items(loop.value)
  const name = stringOf(identifier)
  const collected = collection === undefined ? undefined : membersOf(collection, loops)
  if (collected === undefined && !loops.hasRoom()) return []
  if (name === undefined || collected === undefined || !isMap(body)) {
    const help =
      'a loop is `[Identifier, [members], { Key with ${Identifier}: value }]`, its members known before any resource'
    loops.problems.error('loop-shape', `\`${loop.key}\` cannot be unrolled`, loop.keySpan, { help })
    return []
  }
  if (loops.level >= mostLevels) {
    loops.problems.error('loop-too-deep', `loops are nested at most ${mostLevels} levels deep`, loop.keySpan)
    return []
  }
  const made: Entry[] = []
  for (const member of collected) {
    loops.room.left -= sizeOf(body)
    loops.room.characters -= lengthWith(body, name, member)
    if (loops.room.left < 0 || loops.room.characters < 0) {
      const what = loops.room.left < 0 ? 'values' : 'characters'
      const most = loops.room.left < 0 ? mostValues : mostCharacters
      loops.problems.error('loop-too-large', `the loops make more than ${most} ${what}`, loop.keySpan)
      break
    }
    const members = new Map(loops.members).set(name, new Scalar(member, member, loop.keySpan))
    const inner = expandMap(substitute(body, name, member) as Dict, { ...loops, members, level: loops.level + 1 })
    made.push(...inner.pairs.values())
  }
  return made
}

function sizeOf(node: Node): number {
  if (isScalar(node)) return 1
  let size = 1
  for (const each of isList(node) ? node.items : [...node.pairs.values()].map((entry) => entry.value))
    size += sizeOf(each)
  return size
}

/** At most so many characters stand in the keys and texts of the body once a member stands in for the identifier. */
function lengthWith(node: Node, name: string, member: string): number {
  const inText = (text: string): number => text.length + (text.split(`{${name}}`).length - 1) * member.length
  if (isScalar(node)) return inText(node.text)
  let length = 0
  if (isList(node)) for (const item of node.items) length += lengthWith(item, name, member)
  else for (const { key, value } of node.pairs.values()) length += inText(key) + lengthWith(value, name, member)
  return length
}

function membersOf(collection: Node, loops: Loops): readonly string[] | undefined {
  const list = loops.scopeOf(loops.members).known(collection)
  if (!isList(list)) return undefined
  const members: string[] = []
  for (const item of list.items) {
    const texts = isList(item) ? item.items.map(textOf) : [textOf(item)]
    for (const text of texts) if (text !== undefined) members.push(text)
  }
  return members
}

/** `${name}` becomes the member, `&{name}` the member's letters and digits; `Ref: name` becomes the member too. */
function substitute(node: Node, name: string, member: string): Node {
  if (isScalar(node)) {
    if (typeof node.value !== 'string') return node
    const text = inText(node.value, name, member)
    return text === node.value ? node : new Scalar(text, text, node.span)
  }
  if (isList(node)) {
    return new List(
      node.items.map((item) => substitute(item, name, member)),
      node.span,
    )
  }
  const call = callOf(node)
  if (call?.key === 'Ref' && stringOf(call.value) === name) return new Scalar(member, member, node.span)
  const pairs = new Map<string, Entry>()
  for (const entry of node.pairs.values()) {
    const key = inText(entry.key, name, member)
    pairs.set(key, { ...entry, key, value: substitute(entry.value, name, member) })
  }
  return new Dict(pairs, node.span)
}

function inText(text: string, name: string, member: string): string {
  return text.replaceAll(`\${${name}}`, member).replaceAll(`&{${name}}`, member.replace(/[^A-Za-z0-9]/g, ''))
}
