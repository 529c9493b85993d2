// What a target gets of an event: all of it, what stands at a path, a constant, or what a transformer makes of it (EB-26).
//
// The one idea: a template is read once into a value whose texts know where variables stand, so that making an input is a walk
// over a small tree and no text is ever parsed again.
import { isoText } from './calendar.ts'
import { readJsonPath, valueAt, type JsonPath } from './json-path.ts'
import { parseJson } from './json-text.ts'

/** How the input of a target is made. Plain data. */
export type TargetInput =
  | { readonly kind: 'event' }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'path'; readonly path: JsonPath }
  | { readonly kind: 'template'; readonly variables: readonly Variable[]; readonly template: Piece }

type Variable = { readonly path: JsonPath } | { readonly reserved: Reserved }

/** A value with holes: a hole alone is any value, a hole in a text is written into it. */
type Piece =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'hole'; readonly variable: number }
  | { readonly is: 'text'; readonly parts: readonly (string | number)[] }
  | { readonly is: 'list'; readonly items: readonly Piece[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [string, Piece])[] }

type Reserved =
  | 'aws.events.rule-arn'
  | 'aws.events.rule-name'
  | 'aws.events.event.ingestion-time'
  | 'aws.events.event'
  | 'aws.events.event.json'

const RESERVED: ReadonlySet<string> = new Set<Reserved>([
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
])

/** What the reserved variables stand for, besides the event itself. */
export interface Occasion {
  readonly ruleArn: string
  readonly ruleName: string
  /** When the event came in, in µs since 1970. */
  readonly ingestedAt: number
}

export const WHOLE_EVENT: TargetInput = Object.freeze({ kind: 'event' })
/** Most variables of a transformer, and the longest template in characters (EB-26). */
export const VARIABLES_MAX = 100
const TEMPLATE_MAX = 8_192
const TEXT_MAX = 2_097_152

/** The properties of a target that say what it gets, as CloudFormation writes them. */
export interface InputProperties {
  readonly Input?: unknown
  readonly InputPath?: unknown
  readonly InputTransformer?: { readonly InputPathsMap?: unknown; readonly InputTemplate?: unknown }
}

/** A refusal: the property that is wrong, and what is wrong with it. */
export interface InputFlaw {
  readonly at: readonly string[]
  readonly message: string
}

/** Reads what a target is to get; the second form of the answer is a refusal. */
export function readInput(properties: InputProperties): TargetInput | InputFlaw {
  const { Input: input, InputPath: path, InputTransformer: transformer } = properties
  const given = (['Input', 'InputPath', 'InputTransformer'] as const).filter((name) => properties[name] !== undefined)
  if (given.length > 1) return flaw(given.slice(1), `\`${given.join('`, `')}\` exclude each other`)
  if (input !== undefined) return constantInput(input)
  if (path !== undefined) {
    const read = readJsonPath(path)
    return read === undefined ? flaw(['InputPath'], `\`${String(path)}\` is no path`) : { kind: 'path', path: read }
  }
  return transformer === undefined ? WHOLE_EVENT : readTransformer(transformer)
}

export function isFlaw(read: TargetInput | InputFlaw): read is InputFlaw {
  return !('kind' in read)
}

/** A constant is JSON in a text. */
export function constantInput(input: unknown): TargetInput | InputFlaw {
  if (typeof input !== 'string') return { kind: 'constant', value: input }
  const value = parseJson(input)
  return value === undefined ? flaw(['Input'], 'the input is no JSON') : { kind: 'constant', value }
}

function readTransformer(transformer: NonNullable<InputProperties['InputTransformer']>): TargetInput | InputFlaw {
  const { InputPathsMap: paths = {}, InputTemplate: template } = transformer
  const at = (property: string): readonly string[] => ['InputTransformer', property]
  const names: string[] = []
  const variables: Variable[] = []
  for (const [name, path] of Object.entries(paths as Record<string, unknown>)) {
    const read = readJsonPath(path)
    if (read === undefined) return flaw([...at('InputPathsMap'), name], `\`${String(path)}\` is no path`)
    if (/^aws/i.test(name)) return flaw([...at('InputPathsMap'), name], `the name \`${name}\` is reserved`)
    names.push(name)
    variables.push({ path: read })
  }
  if (names.length > VARIABLES_MAX)
    return flaw(at('InputPathsMap'), `it has ${names.length} variables, at most ${VARIABLES_MAX} are allowed`)
  const text = typeof template === 'string' ? template : JSON.stringify(template ?? '')
  if (text.length > TEMPLATE_MAX)
    return flaw(at('InputTemplate'), `it has ${text.length} characters, at most ${TEMPLATE_MAX} are allowed`)
  const known = new Map(names.map((name, i) => [name, i]))
  for (const name of RESERVED) {
    known.set(name, variables.length)
    variables.push({ reserved: name as Reserved })
  }
  const holes = readTemplate(text, known)
  return 'message' in holes
    ? flaw(at('InputTemplate'), holes.message)
    : { kind: 'template', variables, template: holes }
}

/** While a template is parsed, a hole is `␁7␂` where it stands alone and `␃7␂` inside of a text. */
const MARKS = /[\u0001-\u0003]|\\u000[123]/i
const ALONE = /^\u0001(\d+)\u0002$/
const WITHIN = /[\u0001\u0003](\d+)\u0002/

function readTemplate(text: string, known: ReadonlyMap<string, number>): Piece | { readonly message: string } {
  if (MARKS.test(text)) return { message: 'the template holds control characters' }
  let marked = ''
  let quoted = false
  let asText = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    const end = char === '<' ? text.indexOf('>', i) : -1
    const variable = end < 0 ? undefined : known.get(text.slice(i + 1, end))
    if (variable !== undefined) {
      marked += quoted ? `\\u0003${variable}\\u0002` : `"\\u0001${variable}\\u0002"`
      asText += `\u0003${variable}\u0002`
      i = end
      continue
    }
    if (char === '"') quoted = !quoted
    const escaped = char === '\\' && quoted && i + 1 < text.length
    const plain = escaped ? char + text[++i] : char
    marked += plain
    asText += plain
  }
  const value = parseJson(marked)
  if (value !== undefined) return pieceOf(value)
  // Several lines, or a line without quotes, are a text as they stand.
  return /^\s*\{/.test(text)
    ? { message: 'the template is no JSON once its variables are filled in' }
    : { is: 'text', parts: partsOf(asText) }
}

function pieceOf(value: unknown): Piece | { readonly message: string } {
  if (typeof value === 'string') {
    const alone = ALONE.exec(value)
    if (alone !== null) return { is: 'hole', variable: Number(alone[1]) }
    return WITHIN.test(value) ? { is: 'text', parts: partsOf(value) } : { is: 'value', value }
  }
  if (typeof value !== 'object' || value === null) return { is: 'value', value }
  const entries: (readonly [string, Piece])[] = []
  for (const [key, each] of Object.entries(value)) {
    if (WITHIN.test(key)) return { message: 'a variable stands in place of a key' }
    const piece = pieceOf(each)
    if ('message' in piece) return piece
    entries.push([key, piece])
  }
  return Array.isArray(value) ? { is: 'list', items: entries.map(([, piece]) => piece) } : { is: 'map', entries }
}

/** Texts and, between them, numbers of variables. */
function partsOf(text: string): readonly (string | number)[] {
  return text.split(WITHIN).map((part, i) => (i % 2 === 0 ? part : Number(part)))
}

/** What a target gets of an event. */
export function inputOf(input: TargetInput, event: unknown, occasion: Occasion): unknown {
  switch (input.kind) {
    case 'event':
      return event
    case 'constant':
      return input.value
    case 'path':
      return valueAt(event, input.path) ?? null
    case 'template':
      return filled(input.template, (number) => variableOf(input.variables[number]!, event, occasion))
  }
}

function filled(piece: Piece, variable: (number: number) => unknown): unknown {
  switch (piece.is) {
    case 'value':
      return piece.value
    case 'hole':
      return variable(piece.variable)
    case 'text':
      return textOf(piece.parts, variable)
    case 'list':
      return piece.items.map((item) => filled(item, variable))
    case 'map': {
      const map: Record<string, unknown> = {}
      for (const [key, value] of piece.entries) map[key] = filled(value, variable)
      return map
    }
  }
}

/** A text with its holes filled; no target takes one that is longer, so it is cut there. */
function textOf(parts: readonly (string | number)[], variable: (number: number) => unknown): string {
  let text = ''
  for (const part of parts) {
    text += typeof part === 'number' ? withoutQuotes(variable(part)) : part
    if (text.length > TEXT_MAX) return text.slice(0, TEXT_MAX)
  }
  return text
}

/** A variable's value; one that is not in the event is an empty text, as recorded on AWS. */
function variableOf(variable: Variable, event: unknown, occasion: Occasion): unknown {
  if ('path' in variable) return valueAt(event, variable.path) ?? ''
  switch (variable.reserved) {
    case 'aws.events.rule-arn':
      return occasion.ruleArn
    case 'aws.events.rule-name':
      return occasion.ruleName
    case 'aws.events.event.ingestion-time':
      return isoText(occasion.ingestedAt)
    case 'aws.events.event':
      return withoutDetail(event)
    case 'aws.events.event.json':
      return event
  }
}

/** The event without its `detail`; `detail-type` is spelled `detailType` there, as recorded on AWS. */
function withoutDetail(event: unknown): unknown {
  const { detail: _, 'detail-type': detailType, ...rest } = event as Readonly<Record<string, unknown>>
  return { ...rest, detailType }
}

/** Inside of a text, maps and lists are JSON without its quotes. */
function withoutQuotes(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '')
}

function flaw(at: readonly string[], message: string): InputFlaw {
  return { at, message }
}
