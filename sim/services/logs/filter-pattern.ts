// The filter patterns of CloudWatch Logs (CW-51): words of a line, conditions on JSON, or the fields of a line.
//
//   ERROR -timeout "not found"            every word and phrase is in the line, none behind `-`
//   ?ERROR ?WARN                          one of them is
//   { $.level = "err*" && $.ms >= 1e3 }   a line of JSON
//   [ip, ..., status = 4*, bytes > 1000]  a line of fields, those in "" and [] being one
//
// Recursive descent into plain data: patterns are strangers' texts, and nothing of them is run.
import { parseJson } from '../../parts/json-text.ts'

/** Longest pattern (the API's own limit), and deepest brackets. */
export const PATTERN_MAX = 1_024
const DEPTH_MAX = 32

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='
/** What a condition looks at: the way into JSON, or the number of a field. */
export type Selector = readonly (string | number)[]

export type Condition =
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] }
  | { readonly at: Selector; readonly is: 'NULL' | 'TRUE' | 'FALSE' | 'MISSING' }
  | { readonly at: Selector; readonly op: Comparison; readonly number: number }
  | { readonly at: Selector; readonly op: Comparison; readonly text: string }

export type FilterPattern =
  | {
      readonly kind: 'words'
      readonly all: readonly string[]
      readonly any: readonly string[]
      readonly none: readonly string[]
    }
  | { readonly kind: 'json'; readonly condition: Condition }
  | {
      readonly kind: 'fields'
      readonly names: readonly string[]
      /** The place of `...` among the names; −1 = there is none. */
      readonly rest: number
      readonly condition: Condition
    }

/** A pattern that cannot be read: the message says why. */
export class PatternError extends Error {}

/** Reads a pattern. Throws `PatternError`. */
export function parsePattern(text: string): FilterPattern {
  if (text.length > PATTERN_MAX)
    throw new PatternError(`the pattern has ${text.length} characters, at most ${PATTERN_MAX} are allowed`)
  const pattern = text.trim()
  if (pattern.startsWith('{')) return new Reader(pattern).json()
  return pattern.startsWith('[') ? new Reader(pattern).fields() : words(pattern)
}

/** Reads where a value stands that a pattern finds: `$.a.b` in JSON, `$bytes` among fields; undefined = nowhere. */
export function selectorIn(pattern: FilterPattern, text: string): Selector | undefined {
  if (pattern.kind === 'fields') {
    const index = text.startsWith('$') ? pattern.names.indexOf(text.slice(1)) : -1
    return index < 0 ? undefined : [index]
  }
  if (pattern.kind === 'words' || !text.startsWith('$.')) return undefined
  return new Reader(text).whole()
}

/** Matches a line: what selectors look into (JSON, or a list of fields), or undefined = it does not match. */
export function matchLine(pattern: FilterPattern, line: string): object | undefined {
  if (pattern.kind === 'words') {
    const { all, any, none } = pattern
    const matches =
      all.every((word) => line.includes(word)) &&
      (any.length === 0 || any.some((word) => line.includes(word))) &&
      !none.some((word) => line.includes(word))
    return matches ? NOTHING : undefined
  }
  if (pattern.kind === 'json') {
    const value = line.trimStart().startsWith('{') ? parseJson(line) : undefined
    return typeof value === 'object' && value !== null && holds(pattern.condition, value) ? value : undefined
  }
  const fields = fieldsOf(line)
  const { names, rest } = pattern
  const left = fields.length - names.length
  if (rest === -1 ? left !== 0 : left < 0) return undefined
  const placed = names.map((_, i) => fields[rest !== -1 && i >= rest ? i + left : i]!)
  return holds(pattern.condition, placed) ? placed : undefined
}

const NOTHING: object = Object.freeze({})

/** `word "a phrase" -"none of this" ?this ?that`. Where something must be there, what may be there says nothing. */
function words(text: string): FilterPattern {
  const lists: Record<'' | '-' | '?', string[]> = { '': [], '-': [], '?': [] }
  const left = text.replaceAll(
    /([-?]?)(?:"([^"]*)"|([^\s"]+))/g,
    (_, mark: '' | '-' | '?', phrase?: string, word?: string) => {
      lists[mark].push(phrase ?? word!)
      return ''
    },
  )
  if (left.trim() !== '') throw new PatternError('a quotation mark is not closed')
  const wild = [...lists[''], ...lists['?'], ...lists['-']].find((word) => /^%.*%$/.test(word))
  if (wild !== undefined) throw new PatternError(`\`${wild}\` is a regular expression`)
  return { kind: 'words', all: lists[''], any: lists[''].length > 0 ? [] : lists['?'], none: lists['-'] }
}

/** The fields of a line: what stands between spaces, or in "" and []. */
export function fieldsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\[([^\][]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, plain]) => quoted ?? bracketed ?? plain!,
  )
}

function holds(condition: Condition, value: unknown): boolean {
  if ('any' in condition) return condition.any.some((each) => holds(each, value))
  if ('all' in condition) return condition.all.every((each) => holds(each, value))
  const found = reach(value, condition.at)
  if ('is' in condition) {
    if (condition.is === 'MISSING') return found === undefined
    return found === (condition.is === 'NULL' ? null : condition.is === 'TRUE')
  }
  // A map or a list is no value.
  if (found === undefined || found === null || typeof found === 'object') return false
  return 'number' in condition
    ? compares(condition.op, found, condition.number)
    : meets(condition.op, String(found), condition.text)
}

function compares(op: Comparison, found: unknown, wanted: number): boolean {
  const value = typeof found === 'string' && found.trim() === '' ? NaN : Number(found)
  if (typeof found === 'boolean' || Number.isNaN(value)) return op === '!='
  switch (op) {
    case '=':
      return value === wanted
    case '!=':
      return value !== wanted
    case '<':
      return value < wanted
    case '<=':
      return value <= wanted
    case '>':
      return value > wanted
    case '>=':
      return value >= wanted
  }
}

function meets(op: Comparison, found: string, wanted: string): boolean {
  const isEqual = wanted.includes('*') ? hasParts(wanted.split('*'), found) : wanted === found
  return op === '=' ? isEqual : op === '!=' && !isEqual
}

/** Whether a text begins with the first part, ends with the last and has the others between them, in order. */
function hasParts(parts: readonly string[], text: string): boolean {
  const last = parts.length - 1
  let at = parts[0]!.length
  if (!text.startsWith(parts[0]!)) return false
  for (const part of parts.slice(1, last)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - parts[last]!.length >= at && text.endsWith(parts[last]!)
}

/** The value at the end of a way; undefined = there is none. */
export function reach(value: unknown, way: Selector): unknown {
  let here = value
  for (const step of way) {
    if (typeof here !== 'object' || here === null) return undefined
    if (typeof step === 'number') here = Array.isArray(here) ? here[step] : undefined
    else here = Object.hasOwn(here, step) ? (here as Record<string, unknown>)[step] : undefined
  }
  return here
}

const OPERATORS: readonly Comparison[] = ['!=', '<=', '>=', '=', '<', '>']

class Reader {
  private readonly text: string
  private at = 0
  private depth = 0
  /** The names of the fields, where the pattern is of that kind. */
  private names: readonly string[] | undefined

  constructor(text: string) {
    this.text = text
  }

  json(): FilterPattern {
    this.expect('{')
    const condition = this.either()
    this.expect('}')
    this.end()
    return { kind: 'json', condition }
  }

  /** Names first, because a condition may speak of any of them. */
  fields(): FilterPattern {
    const parts = partsOf(this.text)
    const rest = parts.indexOf('...')
    if (parts.lastIndexOf('...') !== rest) throw new PatternError('`...` stands twice')
    const own = parts.filter((part) => part !== '...')
    this.names = own.map((part, i) => /^\(*\s*([\w-]+)/.exec(part)?.[1] ?? `${i + 1}`)
    const conditions = own.flatMap((part) => {
      if (part === '' || /^[\w-]+$/.test(part)) return []
      const reader = new Reader(part)
      reader.names = this.names
      const condition = reader.either()
      reader.end()
      return [condition]
    })
    return { kind: 'fields', names: this.names, rest, condition: { all: conditions } }
  }

  /** A selector and nothing else. */
  whole(): Selector {
    const selector = this.selector()
    this.end()
    return selector
  }

  /** `$.a.b[0]`, `$.["a b"]`. */
  selector(): Selector {
    if (this.names !== undefined) {
      const name = this.word(/[\w-]+/y)
      const index = this.names.indexOf(name)
      if (index < 0) throw new PatternError(`there is no field \`${name}\``)
      return [index]
    }
    this.expect('$')
    const way: (string | number)[] = []
    for (;;) {
      const step = this.take(/\.([\w-]+)|\.?\["([^"]*)"\]|\.?\['([^']*)'\]|\[(\d{1,9})\]/y)
      if (step === undefined) break
      way.push(step[1] ?? step[2] ?? step[3] ?? Number(step[4]))
    }
    if (way.length === 0) throw this.wrong('a selector such as `$.level`')
    return way
  }

  private either(): Condition {
    if (++this.depth > DEPTH_MAX) throw new PatternError('brackets stand too deep')
    const any = [this.both()]
    while (this.take(/\|\|/y) !== undefined) any.push(this.both())
    this.depth--
    return any.length === 1 ? any[0]! : { any }
  }

  private both(): Condition {
    const all = [this.one()]
    while (this.take(/&&/y) !== undefined) all.push(this.one())
    return all.length === 1 ? all[0]! : { all }
  }

  private one(): Condition {
    if (this.take(/\(/y) !== undefined) {
      const inner = this.either()
      this.expect(')')
      return inner
    }
    const at = this.selector()
    const is = this.take(/IS\s+(NULL|TRUE|FALSE)\b/iy)
    if (is !== undefined) return { at, is: is[1]!.toUpperCase() as 'NULL' }
    if (this.take(/NOT\s+EXISTS\b/iy) !== undefined) return { at, is: 'MISSING' }
    this.space()
    const op = OPERATORS.find((each) => this.text.startsWith(each, this.at))
    if (op === undefined) throw this.wrong('a comparison such as `=`, `IS NULL` or `NOT EXISTS`')
    this.at += op.length
    return { at, op, ...this.value(op) }
  }

  private value(op: Comparison): { readonly number: number } | { readonly text: string } {
    const quoted = this.take(/"([^"]*)"/y)
    const text = quoted?.[1] ?? this.word(/[^\s"(){}&|,\]]+/y)
    if (quoted === undefined) {
      if (/^%.*%$/.test(text)) throw new PatternError(`\`${text}\` is a regular expression`)
      if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return { number: Number(text) }
    }
    if (op !== '=' && op !== '!=') throw new PatternError(`\`${op}\` compares numbers, \`${text}\` is none`)
    return { text }
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }

  private take(what: RegExp): RegExpExecArray | undefined {
    this.space()
    what.lastIndex = this.at
    const found = what.exec(this.text)
    if (found === null) return undefined
    this.at += found[0].length
    return found
  }

  private word(what: RegExp): string {
    const found = this.take(what)
    if (found === undefined) throw this.wrong('a value')
    return found[0]
  }

  private expect(mark: string): void {
    this.space()
    if (this.text[this.at] !== mark) throw this.wrong(`\`${mark}\``)
    this.at++
  }

  private end(): void {
    this.space()
    if (this.at < this.text.length) throw this.wrong('nothing more')
  }

  private wrong(expected: string): PatternError {
    const here = this.text.slice(this.at, this.at + 12)
    return new PatternError(`${here === '' ? 'the pattern ends' : `\`${here}\``} where ${expected} is expected`)
  }
}

/** What stands between the commas of `[…]`, outside of quotation marks. */
function partsOf(text: string): string[] {
  if (!text.endsWith(']')) throw new PatternError('`]` is missing')
  const parts = ['']
  let isQuoted = false
  for (const character of text.slice(1, -1)) {
    if (character === '"') isQuoted = !isQuoted
    if (character === ',' && !isQuoted) parts.push('')
    else parts[parts.length - 1] += character
  }
  if (isQuoted) throw new PatternError('a quotation mark is not closed')
  return parts.map((part) => part.trim())
}
