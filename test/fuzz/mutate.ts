// Mutations of scenarios: of their text, as a typing error or a hostile editor would do it, and of their tree, as a program would.
//
// Everything is drawn from one stream, so that a run with the same seed makes the same inputs from the same corpus.
import { parseDocument } from '../../sim/cfn/document.ts'
import { toJs } from '../../sim/cfn/node.ts'
import { Problems } from '../../sim/diag/problem.ts'
import type { Rng } from '../../sim/engine/rng.ts'
import { KEYS, NUMBERS, SNIPPETS, TEXTS } from './hostile.ts'

/** A text to begin from, and its tree once somebody asked for it (null when it has none). */
export interface Seed {
  readonly text: string
  tree?: unknown
}

/** Longest input, in characters; now and then one may grow to `LONGEST`. */
const LONG = 40_000
const LONGEST = 600_000

type Tree = Record<string, unknown> | unknown[]
type Step = string | number

export function pick<T>(rng: Rng, list: readonly T[]): T {
  return list[rng.below(list.length)]!
}

/** One mutated input; `other` lends pieces. */
export function mutate(seed: Seed, other: Seed, rng: Rng): string {
  const tree = rng.below(5) < 3 ? treeOf(seed) : null
  const times = 1 + rng.below(1 + rng.below(6))
  let text = seed.text
  if (tree === null) for (let i = 0; i < times; i++) text = mutateText(text, other.text, rng)
  else {
    const copy = structuredCopy(tree) as Tree
    for (let i = 0; i < times; i++) mutateTree(copy, treeOf(other), rng)
    text = JSON.stringify(copy)
    if (rng.below(16) === 0) text = mutateText(text, other.text, rng)
  }
  return text.slice(0, rng.below(500) === 0 ? LONGEST : LONG)
}

function treeOf(seed: Seed): Tree | null {
  if (seed.tree === undefined) {
    const node = parseDocument({ name: 'seed', text: seed.text }, new Problems())
    seed.tree = node === undefined || node.kind === 'scalar' ? null : toJs(node)
  }
  return seed.tree as Tree | null
}

/** A deep copy whose maps have no prototype. */
function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy)
  if (typeof value !== 'object' || value === null) return value
  const made = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value)) made[key] = structuredCopy((value as Record<string, unknown>)[key])
  return made
}

// --- Text ---

function mutateText(text: string, other: string, rng: Rng): string {
  const at = rng.below(text.length + 1)
  const end = Math.min(text.length, at + rng.below(1 << (1 + rng.below(8))))
  const lines = text.split('\n')
  const line = rng.below(lines.length)
  switch (rng.below(14)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(rng.below(rng.below(2) === 0 ? 128 : 65536)) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + text.slice(end)
    case 2:
      return text.slice(0, at)
    case 3:
      return text.slice(0, at) + text.slice(at, end).repeat(2 + rng.below(8)) + text.slice(end)
    case 4: {
      const from = rng.below(other.length + 1)
      return text.slice(0, at) + other.slice(from, from + rng.below(400)) + text.slice(end)
    }
    case 5:
      return text.slice(0, at) + pick(rng, SNIPPETS) + text.slice(at)
    case 6:
      return text.slice(0, at) + String(hostileScalar(rng)) + text.slice(end)
    case 7:
      lines.splice(line, 1 + rng.below(4))
      return lines.join('\n')
    case 8: {
      const to = rng.below(lines.length)
      lines.splice(to, 0, ...lines.slice(line, line + 1 + rng.below(8)))
      return lines.join('\n')
    }
    case 9:
      lines[line] = ' '.repeat(rng.below(12)) + lines[line]!.trimStart()
      return lines.join('\n')
    case 10: {
      const others = other.split('\n')
      const from = rng.below(others.length)
      lines.splice(line, rng.below(3), ...others.slice(from, from + 1 + rng.below(10)))
      return lines.join('\n')
    }
    case 11:
      return aliased(lines, rng)
    case 12:
      lines[line] = lines[line]!.replace(/: .*/, () => `: ${pick(rng, SNIPPETS)}`)
      return lines.join('\n')
    default:
      lines[line] = lines[line]!.replace(/: .*|$/, () => `: ${String(hostileScalar(rng))}`)
      return lines.join('\n')
  }
}

/** One value gets an anchor and others become its aliases, perhaps before it or within it. */
function aliased(lines: string[], rng: Rng): string {
  const name = `a${rng.below(4)}`
  const mark = rng.below(lines.length)
  lines[mark] = lines[mark]!.replace(/: ?/, `: &${name} `)
  for (let i = 1 + rng.below(4); i > 0; i--) {
    const at = rng.below(lines.length)
    lines[at] = lines[at]!.replace(/(:|-) .*/, rng.below(4) === 0 ? `$1 { <<: *${name} }` : `$1 *${name}`)
  }
  return lines.join('\n')
}

function hostileScalar(rng: Rng): unknown {
  const kind = rng.below(10)
  if (kind < 3) return pick(rng, NUMBERS)
  if (kind < 8) return pick(rng, TEXTS)
  if (kind === 8) return pick(rng, KEYS)
  return pick(rng, [null, true, false, ''])
}

// --- Tree ---

interface Place {
  readonly parent: Tree
  readonly key: Step
  readonly value: unknown
}

/** A random place: one walks down and stops with a chance of one in six at every level. */
function placeIn(tree: Tree, rng: Rng): Place | undefined {
  let parent = tree
  for (;;) {
    const keys: readonly Step[] = Array.isArray(parent) ? [...parent.keys()] : Object.keys(parent)
    if (keys.length === 0) return undefined
    const key = pick(rng, keys)
    const value = (parent as Record<Step, unknown>)[key]
    if (typeof value !== 'object' || value === null || rng.below(6) === 0) return { parent, key, value }
    if (Object.keys(value).length === 0) return { parent, key, value }
    parent = value as Tree
  }
}

function put(place: Place, value: unknown): void {
  ;(place.parent as Record<Step, unknown>)[place.key] = value
}

function mutateTree(tree: Tree, other: Tree | null, rng: Rng): void {
  const place = placeIn(tree, rng)
  if (place === undefined) return
  const { parent, key, value } = place
  switch (rng.below(14)) {
    case 0:
    case 1:
      return put(place, hostileScalar(rng))
    case 2:
      return put(place, pick(rng, [{}, [], [[]], [{}], { a: {} }, [null], '', null]))
    case 3: {
      const lent = other === null ? undefined : placeIn(other, rng)
      return put(place, structuredCopy(lent?.value ?? null))
    }
    case 4: {
      const lent = other === null ? undefined : placeIn(other, rng)
      if (lent !== undefined && !Array.isArray(parent)) parent[String(lent.key)] = structuredCopy(lent.value)
      return
    }
    case 5:
      if (Array.isArray(parent)) parent.splice(key as number, 1)
      else delete parent[key]
      return
    case 6: {
      if (Array.isArray(parent)) return
      delete parent[key]
      parent[rng.below(3) === 0 ? pick(rng, Object.keys(parent).concat('A')) : pick(rng, KEYS)] = value
      return
    }
    case 7:
      if (Array.isArray(parent)) for (let i = 1 << rng.below(10); i > 0; i--) parent.push(structuredCopy(value))
      else parent[`${key}${rng.below(100)}`] = structuredCopy(value)
      return
    case 8: {
      const second = placeIn(tree, rng)
      if (second !== undefined) put(place, structuredCopy(second.value))
      return
    }
    case 9:
    case 10:
      return put(place, inFunction(value, tree, rng))
    case 11: {
      let deep = value
      for (let i = rng.below(rng.below(8) === 0 ? 150 : 8); i > 0; i--) deep = rng.below(2) === 0 ? [deep] : { a: deep }
      return put(place, deep)
    }
    case 12:
      if (typeof value === 'number') return put(place, value * pick(rng, [-1, 0.1, 10, 1000, 1e6, 1e12, 0.3333]))
      if (typeof value === 'string') return put(place, mutateScalar(value, rng))
      return put(place, JSON.stringify(value).slice(0, 2000))
    default:
      if (!Array.isArray(parent)) parent[pick(rng, KEYS)] = hostileScalar(rng)
      else parent.push(hostileScalar(rng))
  }
}

/** A text with its numbers, units and words disturbed. */
function mutateScalar(text: string, rng: Rng): string {
  const at = rng.below(text.length + 1)
  const end = at + 1 + rng.below(6)
  switch (rng.below(5)) {
    case 0:
      return text.replace(/\d+(\.\d+)?/, () => String(pick(rng, NUMBERS)))
    case 1:
      return text.slice(0, at) + text.slice(end)
    case 2:
      return text.slice(0, at) + pick(rng, TEXTS) + text.slice(end)
    case 3:
      return text.slice(0, at) + text.slice(at, end).repeat(1 + rng.below(50)) + text.slice(end)
    default:
      return (
        text.slice(0, at) +
        pick(rng, ['(', ')', '.', ',', '$', '{', '}', '-', ' ', "'", '=', ':', '%', '\n']) +
        text.slice(at)
      )
  }
}

function inFunction(value: unknown, tree: Tree, rng: Rng): unknown {
  const resources = Array.isArray(tree) ? undefined : (tree['Resources'] as Tree | undefined)
  const names = typeof resources === 'object' && resources !== null ? Object.keys(resources) : []
  const name = pick(rng, [...names, 'AWS::NoValue', 'AWS::Region', 'AWS::StackId', 'A', '__proto__', 'constructor'])
  switch (rng.below(18)) {
    case 0:
      return { Ref: name }
    case 1:
      return { 'Fn::GetAtt': rng.below(2) === 0 ? `${name}.Arn` : [name, pick(rng, ['Arn', 'Name', '__proto__', ''])] }
    case 2:
      return { 'Fn::Sub': `\${${name}}`.repeat(1 + rng.below(20)) }
    case 3:
      return { 'Fn::Sub': ['${x}${x}${x}${x}', { x: value }] }
    case 4:
      return { 'Fn::Join': [pick(rng, ['', ',', '\n']), rng.below(2) === 0 ? [value, value, value] : value] }
    case 5:
      return { 'Fn::Split': [pick(rng, [',', '', 'a']), value] }
    case 6:
      return { 'Fn::Select': [pick(rng, [0, 1, -1, '0', 1e12, '__proto__']), Array.isArray(value) ? value : [value]] }
    case 7:
      return { 'Fn::FindInMap': [pick(rng, ['M', '__proto__', 'constructor']), 'a', value] }
    case 8:
      return { 'Fn::If': [pick(rng, ['C', 'IsProd', '__proto__']), value, { Ref: 'AWS::NoValue' }] }
    case 9:
      return { 'Fn::Base64': value }
    case 10:
      return {
        'Fn::Cidr': [pick(rng, ['10.0.0.0/8', '::/0', value]), pick(rng, [256, 1e9, value]), pick(rng, [8, 127, -1])],
      }
    case 11:
      return { 'Fn::ToJsonString': value }
    case 12:
      return { 'Fn::Length': value }
    case 13:
      return { 'Fn::GetAZs': value }
    case 14:
      return { 'Fn::ImportValue': value }
    case 15:
      return { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: value } } }
    case 16:
      return { 'Fn::ForEach::L': ['i', ['a', 'b', '__proto__'], { 'X${i}': value }] }
    default:
      return { [pick(rng, KEYS)]: value }
  }
}
