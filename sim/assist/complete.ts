// What may stand at the cursor: members and words from the schema, names from the text, in the order of their likelihood.
import type { Node } from 'yaml'
import type { Schema } from '../schema/json.ts'
import { cursorAt, type Cursor } from './cursor.ts'
import { namesAt } from './name-options.ts'
import type { Names } from './names.ts'
import type { Option, Options } from './types.ts'
import { docOf, isListLike, isMapLike, type Walker } from './walk.ts'

/** `namesIn` tells the names of the text as far as it can be read. */
export function complete(
  text: string,
  at: number,
  walker: Walker,
  namesIn: (root: Node | undefined) => Names,
): Options | undefined {
  const cursor = cursorAt(text, at)
  if (cursor === undefined) return undefined
  const schemas = walker.at(cursor.path, cursor.nodes)
  const named = namesAt(cursor, schemas, namesIn(cursor.root))
  const range = named?.range ?? cursor
  const words = new Map<string, Option>()
  const add = (option: Option): void => {
    if (!words.has(option.label)) words.set(option.label, option)
  }
  named?.options.forEach(add)
  if (named === undefined || named.more) {
    if (cursor.where === 'key') for (const option of members(cursor, schemas, walker)) add(option)
    // On a line of its own a word may become a key or be the value itself.
    if (cursor.where === 'value' || (cursor.isBlock && cursor.siblings.size === 0))
      for (const option of values(cursor, schemas)) add(option)
  }
  if (words.size === 0) return undefined
  return { from: range.from, to: range.to, options: [...words.values()].map((option) => quoted(option, cursor)) }
}

function quoted(option: Option, { isJson, isQuoted }: Cursor): Option {
  if (!isJson || isQuoted || option.isSnippet === true || /^["{[\d]/.test(option.insert)) return option
  const insert = option.insert.replace(/:\s*$/, '')
  return { ...option, insert: insert === option.insert ? JSON.stringify(insert) : `${JSON.stringify(insert)}: ` }
}

function members(cursor: Cursor, schemas: readonly Schema[], walker: Walker): Option[] {
  const options: Option[] = []
  const required = new Set(schemas.flatMap(({ required: names }) => (Array.isArray(names) ? (names as string[]) : [])))
  for (const schema of schemas) {
    const properties = schema['properties'] as Record<string, Schema> | undefined
    for (const name of Object.keys(properties ?? {})) {
      if (cursor.siblings.has(name)) continue
      const inner = walker.member([schema], name)
      if (inner.some(({ deprecated }) => deprecated === true)) continue
      const doc = docOf(inner)
      options.push({
        label: name,
        kind: name.includes(':') ? 'operation' : 'member',
        ...(required.has(name) ? { detail: 'required', boost: 50 } : {}),
        ...(doc === undefined ? {} : { doc }),
        ...memberText(name, inner, cursor),
      })
    }
    for (const snippet of snippetsOf(schema)) {
      if (typeof snippet.body !== 'object' || cursor.isJson || !cursor.isBlock || cursor.siblings.size > 0) continue
      options.push({
        label: snippet.label,
        kind: 'snippet',
        ...(snippet.description === undefined ? {} : { doc: snippet.description }),
        insert: blockText(snippet.body),
        isSnippet: true,
        boost: -10,
      })
    }
  }
  return options
}

/** `Name: `, with the beginning of the map or the list that its value is. Before a colon that stands there, the name alone. */
function memberText(
  name: string,
  inner: readonly Schema[],
  cursor: Cursor,
): Pick<Option, 'insert' | 'isSnippet' | 'goesOn'> {
  if (cursor.hasColon) return { insert: name }
  if (!cursor.isBlock || cursor.isJson) return { insert: `${name}: `, goesOn: true }
  if (isListLike(inner) && !isMapLike(inner)) return { insert: `${name}:\n  - \${}`, isSnippet: true, goesOn: true }
  if (isMapLike(inner) && !isListLike(inner)) return { insert: `${name}:\n  \${}`, isSnippet: true, goesOn: true }
  return { insert: `${name}: `, goesOn: true }
}

function values(cursor: Cursor, schemas: readonly Schema[]): Option[] {
  const options: Option[] = []
  const put = (value: unknown, doc?: string): void => {
    if (typeof value === 'object') return
    const label = String(value)
    options.push({ label, kind: 'value', ...(doc === undefined ? {} : { doc }), insert: label })
  }
  for (const schema of schemas) {
    for (const list of [schema['enum'], schema['examples']]) if (Array.isArray(list)) for (const each of list) put(each)
    if (isFlag(schema)) for (const each of [true, false]) put(each)
    for (const { label, description, body } of snippetsOf(schema)) {
      if (typeof body !== 'string') continue
      const isSnippet = body.includes('${')
      options.push({
        label,
        kind: isSnippet ? 'snippet' : 'type',
        ...(description === undefined ? {} : { doc: description }),
        ...(isSnippet && !cursor.isJson ? { isSnippet: true as const } : {}),
        insert: body,
        ...(description === undefined && !isSnippet ? { boost: -20 } : {}),
      })
    }
  }
  return options
}

/** A truth: the types of our schema leave texts and functions beside it. */
function isFlag({ type }: Schema): boolean {
  return Array.isArray(type) && type.includes('boolean') && !type.includes('number')
}

interface Snippet {
  readonly label: string
  readonly description?: string
  readonly body: unknown
}

function snippetsOf(schema: Schema): readonly Snippet[] {
  return (schema['defaultSnippets'] ?? []) as readonly Snippet[]
}

/** A snippet's body as a block of YAML. Its words are our own and need no quotes. */
function blockText(body: unknown, indent = ''): string {
  if (Array.isArray(body))
    return body.map((item) => `${indent}- ${blockText(item, `${indent}  `).trimStart()}`).join('\n')
  if (typeof body !== 'object' || body === null) return `${indent}${String(body)}`
  return Object.entries(body)
    .map(([key, value]) =>
      typeof value === 'object' && value !== null
        ? `${indent}${key}:\n${blockText(value, `${indent}  `)}`
        : `${indent}${key}: ${String(value)}`,
    )
    .join('\n')
}
