// YAML or JSON text into a positioned tree, with every mistake of the text reported at its place.
//
// The one idea: the text is a stranger's. Size, depth and the growth by aliases are bounded before anything is built, keys that
// could reach a prototype are refused, and plain scalars are read by the few rules that CloudFormation's templates rely on.
import { Composer, Parser, isAlias, isScalar as isYamlScalar, isSeq } from 'yaml'
import type { CST, Document, ParsedNode, Pair, Scalar as YamlScalar, YAMLMap } from 'yaml'
import type { Problems } from '../diag/problem.ts'
import { lineColumn, type Source, type Span } from '../diag/span.ts'
import { lexemesOf } from './lexemes.ts'
import { Dict, List, Scalar } from './node.ts'
import type { Entry, Node } from './node.ts'
import { longForm } from './short-forms.ts'
import { syntaxFlaws } from './syntax.ts'

export interface DocumentLimits {
  /** Longest text, in UTF-16 units. AWS: 51,200 bytes inline, 1 MB from a bucket. */
  readonly size: number
  readonly depth: number
  /** Most nodes after the aliases are followed. */
  readonly nodes: number
  readonly lines: number
  /** A key that stands twice is an error; or the last one counts, with a warning, as CloudFormation reads it. */
  readonly duplicates: 'error' | 'last'
}

export const defaultLimits: DocumentLimits = {
  size: 1_048_576,
  depth: 100,
  nodes: 100_000,
  lines: 100_000,
  duplicates: 'error',
}

/** For templates, which CloudFormation takes with repeated keys; inside `Simulation` they stay errors. */
export const templateLimits: DocumentLimits = { ...defaultLimits, duplicates: 'last' }

const refusedKeys = new Set(['__proto__', 'prototype', 'constructor', 'toString', 'valueOf', 'toJSON'])

/** Parses one document. Returns undefined when the text has no usable tree; what is wrong is in `problems`. */
export function parseDocument(source: Source, problems: Problems, limits = defaultLimits): Node | undefined {
  return problems.during(() => parse(source, problems, limits))
}

function parse(source: Source, problems: Problems, limits: DocumentLimits): Node | undefined {
  if (source.text.length > limits.size) {
    problems.error(
      'document-too-large',
      `the text has ${source.text.length} characters, at most ${limits.size} are read`,
      {
        source,
        start: 0,
        end: 0,
      },
    )
    return undefined
  }
  const { tokens, end } = tokensOf(source.text, limits)
  if (end !== undefined && end.why !== 'depth') {
    const most = end.why === 'lines' ? `${limits.lines} lines` : `${limits.nodes} values`
    const span = { source, start: end.at, end: end.at }
    problems.error('document-too-large', `the text has more than ${most}`, span)
    return undefined
  }
  const tooDeep = end?.at ?? firstTooDeep(tokens, limits.depth)
  if (tooDeep !== undefined) {
    const span = { source, start: tooDeep, end: Math.min(tooDeep + 1, source.text.length) }
    problems.error('document-too-deep', `the text is nested more than ${limits.depth} levels deep here`, span)
    return undefined
  }
  const options = {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    resolveKnownTags: false,
  } as const
  const documents = [...new Composer(options).compose(tokens, true, source.text.length)]
  return new Reader(source, problems, limits).read(documents as Document.Parsed[], tokens)
}

/** Where reading ended before the end of the text, and what there was too much of. */
interface Early {
  readonly why: 'depth' | 'lines' | 'nodes'
  readonly at: number
}

/** Pieces of text (names, colons, blanks, comments) for each value: more than the wordiest real template has. */
const PIECES_PER_VALUE = 4

function tokensOf(text: string, limits: DocumentLimits): { tokens: CST.Token[]; end?: Early } {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let pieces = PIECES_PER_VALUE * limits.nodes
  let lines = limits.lines
  for (const lexeme of lexemesOf(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    // What is too much is not read to its end: the tree of a million brackets would take half a gigabyte.
    const at = Math.min(parser.offset, text.length)
    if (parser.stack.length > 2 * limits.depth + 10) return { tokens, end: { why: 'depth', at } }
    if (--pieces < 0) return { tokens, end: { why: 'nodes', at } }
    if (lexeme.includes('\n')) lines -= linesIn(lexeme)
    if (lines < 0) return { tokens, end: { why: 'lines', at } }
  }
  for (const token of parser.end()) tokens.push(token)
  return { tokens }
}

function linesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** The offset of the first token nested deeper than `depth`; walks without recursion because depth is what it guards. */
function firstTooDeep(tokens: readonly CST.Token[], depth: number): number | undefined {
  const stack: { token: CST.Token; level: number }[] = tokens.map((token) => ({ token, level: 0 }))
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, level } = next
    if (level > depth) return 'offset' in token ? token.offset : 0
    if (token.type === 'document' && token.value) stack.push({ token: token.value, level })
    if (!('items' in token)) continue
    for (const item of token.items) {
      if (item.key) stack.push({ token: item.key, level: level + 1 })
      if (item.value) stack.push({ token: item.value, level: level + 1 })
    }
  }
  return undefined
}

/** One walk over a composed document; holds the anchors seen so far. */
class Reader {
  private readonly source: Source
  private readonly problems: Problems
  private readonly limits: DocumentLimits
  private readonly json: boolean
  private readonly anchors = new Map<string, { node: Node; size: number }>()
  private size = 0
  private lastWins: boolean

  constructor(source: Source, problems: Problems, limits: DocumentLimits) {
    this.source = source
    this.problems = problems
    this.limits = limits
    this.lastWins = limits.duplicates === 'last'
    this.json = /^\s*[{[]/.test(source.text)
  }

  read(documents: readonly Document.Parsed[], tokens: readonly CST.Token[]): Node | undefined {
    const [document, second] = documents
    const errors = documents.flatMap((each) => each.errors)
    const lineOf = (offset: number): number => lineColumn(this.span(offset, offset)).line
    for (const { message, start, end, help } of errors.length === 0 ? [] : syntaxFlaws(tokens, errors, lineOf))
      this.problems.error('yaml-syntax', message, this.span(start, end), help === undefined ? {} : { help })
    if (second !== undefined) {
      const [start] = second.range
      this.problems.error('several-documents', 'the text holds more than one document', this.span(start, start + 1))
      return undefined
    }
    if (document === undefined || document.errors.length > 0) return undefined
    if (document.contents === null) {
      this.problems.error('empty-document', 'nothing is written here but comments and blanks', this.span(0, 0))
      return undefined
    }
    return this.node(document.contents as ParsedNode)
  }

  private span(start: number, end: number): Span {
    // The parser places what is missing behind the end of the text.
    const last = this.source.text.length
    const from = Math.min(start, last)
    return { source: this.source, start: from, end: Math.max(from, Math.min(end, last)) }
  }

  private spanOf(node: { range?: readonly [number, number, number] | null | undefined }): Span {
    const [start, end] = node.range ?? [0, 0]
    let last = end
    while (last > start && /\s/.test(this.source.text[last - 1] ?? '')) last--
    return this.span(start, last)
  }

  private node(node: ParsedNode): Node | undefined {
    const before = this.size
    const made = this.untagged(node)
    if (made === undefined) return undefined
    const anchor = 'anchor' in node ? node.anchor : undefined
    if (anchor) this.anchors.set(anchor, { node: made, size: this.size - before })
    const tag = isAlias(node) ? undefined : node.tag
    if (tag === undefined || !tag.startsWith('!') || tag === '!') return made
    return longForm(tag, made, this.problems)
  }

  private untagged(node: ParsedNode): Node | undefined {
    if (!this.grow(1, node)) return undefined
    if (isAlias(node)) {
      const anchor = this.anchors.get(node.source)
      if (anchor === undefined) {
        this.problems.error(
          'unknown-alias',
          `there is no anchor \`&${node.source}\` before this alias`,
          this.spanOf(node),
        )
        return undefined
      }
      return this.grow(anchor.size, node) ? anchor.node : undefined
    }
    if (isYamlScalar(node)) return this.scalar(node)
    if (isSeq(node)) {
      const made: Node[] = []
      for (const item of node.items as ParsedNode[]) {
        const value = this.node(item)
        if (value !== undefined) made.push(value)
      }
      return new List(made, this.spanOf(node))
    }
    return this.map(node as YAMLMap)
  }

  private grow(by: number, node: ParsedNode): boolean {
    const before = this.size
    this.size += by
    if (this.size <= this.limits.nodes) return true
    if (before <= this.limits.nodes) {
      const message = `the document grows beyond ${this.limits.nodes} values here`
      this.problems.error('document-too-large', message, this.spanOf(node))
    }
    return false
  }

  private map(map: YAMLMap): Dict {
    const pairs = new Map<string, Entry>()
    const merged: Dict[] = []
    for (const pair of map.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const keySpan = this.spanOf(pair.key)
      if (!isYamlScalar(pair.key)) {
        this.problems.error('key-not-text', 'a key is a text here, not a list, map or alias', keySpan)
        continue
      }
      const key = String(pair.key.value ?? '')
      const outer = this.lastWins
      if (key === 'Simulation') this.lastWins = false
      const value =
        pair.value === null ? new Scalar(null, '', this.span(keySpan.end, keySpan.end)) : this.node(pair.value)
      this.lastWins = outer
      if (value === undefined) continue
      if (refusedKeys.has(key)) {
        this.problems.error('refused-key', `\`${key}\` cannot be a key`, keySpan)
        continue
      }
      if (key === '<<' && pair.key.type === 'PLAIN') {
        this.merge(value, merged)
        continue
      }
      const first = pairs.get(key)
      if (first !== undefined) {
        const also = [{ span: first.keySpan, label: 'first here' }]
        const message = `\`${key}\` stands twice in one map`
        if (!this.lastWins) {
          this.problems.error('duplicate-key', message, keySpan, { also })
          continue
        }
        this.problems.warning('duplicate-key', `${message}; the last one counts`, keySpan, { also })
      }
      pairs.set(key, { key, keySpan, value })
    }
    for (const each of merged) {
      for (const entry of each.pairs.values()) if (!pairs.has(entry.key)) pairs.set(entry.key, entry)
    }
    return new Dict(pairs, this.spanOf(map))
  }

  /** YAML 1.1's `<<`: the merged map's keys count where the map has none of its own. */
  private merge(value: Node, merged: Dict[]): void {
    for (const each of value.kind === 'list' ? value.items : [value]) {
      if (each.kind === 'map') merged.push(each)
      else this.problems.error('merge-not-a-map', '`<<` merges maps, and this is none', each.span)
    }
  }

  private scalar(node: YamlScalar): Scalar {
    const text = String(node.value ?? '')
    const span = this.spanOf(node as ParsedNode)
    const tag = node.tag?.startsWith('tag:yaml.org,2002:') ? node.tag.slice('tag:yaml.org,2002:'.length) : undefined
    if (tag === 'str' || (node.type !== 'PLAIN' && node.type !== undefined)) return new Scalar(text, text, span)
    return plainScalar(text, span, this.json)
  }
}

const boolTexts = new Map<string, boolean>([
  ...['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((text) => [text, false] as const),
])

/**
 * What a plain (unquoted) scalar means. Dates stay texts (`Version: 2012-10-17`), and so do numbers with a leading zero: they are
 * account ids. An exponent without a decimal point makes a number in JSON only: `12e4567` is a name in YAML 1.1.
 */
function plainScalar(text: string, span: Span, json: boolean): Scalar {
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL')
    return new Scalar(null, text, span)
  const bool = boolTexts.get(text)
  if (bool !== undefined) return new Scalar(bool, text, span)
  if (/^[-+]?(0|[1-9][0-9_]*)$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) {
    const value = Number(text.replaceAll('_', ''))
    return new Scalar(Number.isSafeInteger(value) ? value + 0 : text, text, span)
  }
  const isFloat = /^[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text)
  if (isFloat || (json && /^-?[0-9]+[eE][-+]?[0-9]+$/.test(text))) {
    const value = Number(text.replaceAll('_', ''))
    if (Number.isFinite(value)) return new Scalar(value, text, span)
  }
  return new Scalar(text, text, span)
}
