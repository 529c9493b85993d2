// Where in a YAML or JSON text a cursor stands: the keys above it, and the word that is being written.
//
// The one idea: half a text is made whole before it is parsed. A mark takes the place of the word at the cursor, as a key where
// a key may stand, and the parser, which goes on after mistakes, says where it has put the mark.
import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'

/** Keys from the top of the document down; numbers are places in lists. */
export type Path = readonly (string | number)[]

export interface Cursor {
  /** To the map whose key is being written, or to the value. */
  readonly path: Path
  readonly where: 'key' | 'value'
  /** The word in the text that a completion takes the place of. */
  readonly from: number
  readonly to: number
  /** The scalar up to the cursor: of a text with blanks more than the word. */
  readonly before: string
  /** The short form in which it stands: `!Ref`. */
  readonly tag: string | undefined
  /** Nodes from the top down, the last of them that at the cursor. */
  readonly nodes: readonly Node[]
  readonly root: Node | undefined
  /** Keys beside it. */
  readonly siblings: ReadonlySet<string>
  /** Whether a colon follows already: the key is there, and is only named anew. */
  readonly hasColon: boolean
  /** Whether it stands on a line of its own, where blocks may be written. */
  readonly isBlock: boolean
  /** Whether names need quotes here. */
  readonly isJson: boolean
  /** Whether quotes stand around it already. */
  readonly isQuoted: boolean
}

const BEFORE = /[\w$.:/@*-]*$/
const AFTER = /^\w[\w.-]*(?:::?\w[\w.-]*)*|^/
/** A letter of nobody's: it stands for the word at the cursor. */
const MARK = '\uE000'

/** The cursor at an offset; undefined where nothing can be completed, as in a comment. */
export function cursorAt(text: string, at: number): Cursor | undefined {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const lead = text.slice(lineStart, at)
  const rest = text.slice(at, lineEnd(text, at))
  const word = BEFORE.exec(lead)![0]
  // Items of lists begin with a hyphen, which is no part of the word.
  if (/^-+$/.test(word)) return undefined
  // After `Key:` a blank is missing.
  if (word.endsWith(':') && !/[{"]\s*$|^\s*$|-\s+$/.test(lead.slice(0, -word.length)) && !word.includes('::'))
    return undefined
  const from = at - word.length
  const to = at + AFTER.exec(rest)![0].length
  const ahead = lead.slice(0, lead.length - word.length)
  const behind = text.slice(to, lineEnd(text, to))
  const isBlock = /^\s*(?:-\s+)*$/.test(ahead)
  const hasColon = /^"?\s*:(?:\s|$)/.test(behind)
  const isKey = isBlock && !hasColon
  const whole = `${text.slice(0, from)}${MARK}${isKey && behind.trim() === '' ? ': ' : ''}${text.slice(to)}`
  const found = locate(whole, from)
  if (found === undefined) return undefined
  const { scalar, path, nodes, parent, isKey: asKey, root } = found
  const [start = from] = scalar.range ?? []
  const source = whole.slice(start, from).replace(/^["']/, '')
  return {
    path,
    where: asKey ? 'key' : 'value',
    from,
    to,
    before: source + word,
    tag: scalar.tag?.startsWith('!') === true && !scalar.tag.startsWith('!!') ? scalar.tag : undefined,
    nodes,
    root,
    siblings: new Set(isMap(parent) ? keysOf(parent).filter((key) => !key.includes(MARK)) : []),
    hasColon,
    isBlock,
    isJson: /^\s*[{[]/.test(text),
    isQuoted: whole[start] === '"' || whole[start] === "'",
  }
}

/** What stands at an offset of a text as it is: a key or a value, with its way. */
export interface Spot {
  readonly path: Path
  readonly where: 'key' | 'value'
  readonly from: number
  readonly to: number
  readonly text: string
  readonly tag: string | undefined
  readonly nodes: readonly Node[]
  readonly root: Node | undefined
}

export function spotAt(text: string, at: number): Spot | undefined {
  const found = locate(text, at)
  if (found === undefined) return undefined
  const [from = at, to = at] = found.scalar.range ?? []
  if (at > to) return undefined
  const { path, isKey, nodes, root, scalar } = found
  return {
    path: isKey ? [...path, String(scalar.value)] : path,
    where: isKey ? 'key' : 'value',
    from,
    to,
    text: String(scalar.value),
    tag: scalar.tag?.startsWith('!') === true && !scalar.tag.startsWith('!!') ? scalar.tag : undefined,
    nodes,
    root,
  }
}

/** The tree of a text, with whatever of it can be read. */
export function treeOf(text: string): Node | undefined {
  const options = {
    schema: 'failsafe',
    strict: false,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  } as const
  return parseDocument(text, options).contents ?? undefined
}

interface Found {
  readonly scalar: Scalar
  readonly path: Path
  readonly nodes: readonly Node[]
  readonly parent: Node | undefined
  readonly isKey: boolean
  readonly root: Node | undefined
}

/** The scalar around an offset. */
function locate(text: string, at: number): Found | undefined {
  const root = treeOf(text)
  const path: (string | number)[] = []
  const nodes: Node[] = []
  let node: Node | undefined = root
  let parent: Node | undefined
  while (node !== undefined) {
    nodes.push(node)
    if (isScalar(node)) return { scalar: node, path, nodes, parent, isKey: false, root }
    if (isMap(node)) {
      const pair = node.items.find(({ key, value }) => holds(key, at) || holds(value, at))
      if (pair === undefined) return undefined
      if (holds(pair.key, at) && isScalar(pair.key))
        return { scalar: pair.key, path, nodes, parent: node, isKey: true, root }
      path.push(keyText(pair))
      parent = node
      node = pair.value as Node | undefined
    } else if (isSeq(node)) {
      const index = node.items.findIndex((item) => holds(item, at))
      if (index < 0) return undefined
      path.push(index)
      parent = node
      node = node.items[index] as Node | undefined
    } else return undefined
  }
  return undefined
}

function holds(node: unknown, at: number): boolean {
  const range = (node as Node | null | undefined)?.range
  return range !== undefined && range !== null && range[0] <= at && at < Math.max(range[1], range[0] + 1)
}

const keyText = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '')

export const keysOf = (map: YAMLMap): string[] => map.items.map(keyText)

/** The value of a key of a map; undefined when there is none, or no map. */
export function member(node: unknown, key: string): Node | undefined {
  if (!isMap(node)) return undefined
  return node.items.find((pair) => keyText(pair) === key)?.value as Node | undefined
}

/** The text of a scalar. */
export function scalarText(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value) : undefined
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}
