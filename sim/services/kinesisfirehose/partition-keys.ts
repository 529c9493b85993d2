// Partition keys out of a record: the small part of JQ that names fields, as `{customer: .customer.id, day: .day}`.
import { parseJson } from '../../parts/json-text.ts'

export interface Query {
  readonly name: string
  readonly path: readonly string[]
}

/** Reads a query; undefined for what is more than a map of paths. */
export function readQuery(text: string): readonly Query[] | undefined {
  const inner = /^\s*\{(.{0,2000})\}\s*$/s.exec(text)?.[1]
  if (inner === undefined) return undefined
  const queries = inner.split(',').map((piece): Query | undefined => {
    const match = /^\s*"?(\w{1,100})"?\s*:\s*((?:\.\w{1,100}){1,20})\s*$/.exec(piece)
    return match === null ? undefined : { name: match[1], path: match[2].slice(1).split('.') }
  })
  return queries.every((query) => query !== undefined) ? queries : undefined
}

/** The keys of a record by name; undefined when it lacks one. A text is read as JSON. */
export function keysOf(queries: readonly Query[], data: unknown): Readonly<Record<string, string>> | undefined {
  const record = typeof data === 'string' ? parseJson(data) : data
  const keys: Record<string, string> = {}
  for (const { name, path } of queries) {
    let here: unknown = record
    for (const step of path)
      here = typeof here === 'object' && here !== null && Object.hasOwn(here, step) ? (here as never)[step] : undefined
    if (here === undefined || here === null || typeof here === 'object') return undefined
    Object.defineProperty(keys, name, { value: String(here), enumerable: true })
  }
  return keys
}
