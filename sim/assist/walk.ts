// What the JSON Schema of scenarios says of a place in a text.
//
// The one idea: a place has several schemas at once (references, alternatives, conditions on the type beside it); all that may
// hold are walked side by side, as an editor does that proposes and explains but refuses nothing.
import { isMap, type Node } from 'yaml'
import type { Schema } from '../schema/json.ts'
import { member, scalarText, type Path } from './cursor.ts'

/** Alternatives at one place; no schema of ours has a tenth of it. */
const MOST = 5000

export class Walker {
  readonly #root: Schema
  readonly #patterns = new Map<string, RegExp>()

  constructor(root: Schema) {
    this.#root = root
  }

  /** The schemas of a place: `nodes` are those from the top of the text down, one for each step of the path and the top. */
  at(path: Path, nodes: readonly (Node | undefined)[]): Schema[] {
    let here = this.#expand([this.#root], nodes[0])
    path.forEach((key, i) => {
      const node = nodes[i]
      const stays = staysAt(key, path[i - 1], node)
      if (!stays) here = this.#expand(this.#step(here, key), nodes[i + 1])
    })
    return here
  }

  /** What is said of a member of one of these schemas. */
  member(schemas: readonly Schema[], key: string | number): Schema[] {
    return this.#expand(this.#step(schemas, key), undefined)
  }

  #step(schemas: readonly Schema[], key: string | number): Schema[] {
    if (typeof key === 'number') return schemas.flatMap((schema) => listOf(schema['items']))
    return schemas.flatMap((schema) => {
      const properties = schema['properties'] as Record<string, Schema> | undefined
      if (properties !== undefined && Object.hasOwn(properties, key)) return [properties[key]!]
      const patterns = Object.entries((schema['patternProperties'] ?? {}) as Record<string, Schema>)
      const matching = patterns.filter(([pattern]) => this.#matches(pattern, key)).map(([, found]) => found)
      return matching.length > 0 ? matching : listOf(schema['additionalProperties'])
    })
  }

  /** References followed, alternatives spread, conditions decided by the node at the place. */
  #expand(schemas: readonly Schema[], node: Node | undefined): Schema[] {
    const out: Schema[] = []
    const open = [...schemas].reverse()
    for (let count = 0; open.length > 0 && count < MOST; count++) {
      const { $ref, allOf, anyOf, if: test, then, ...own } = open.pop()!
      if (typeof $ref === 'string') {
        const target = this.#definition($ref)
        // What is said beside a reference is said of this place, and counts more than what stands at its end.
        if (target !== undefined) open.push({ ...target, ...own })
        continue
      }
      if (Object.keys(own).length > 0) out.push(own)
      if (test !== undefined && this.#holds(test as Schema, node)) open.push(then as Schema)
      for (const each of [anyOf, allOf]) if (Array.isArray(each)) open.push(...(each as Schema[]).toReversed())
    }
    return out
  }

  #definition(name: string): Schema | undefined {
    const all = this.#root['definitions'] as Record<string, Schema>
    const key = name.slice('#/definitions/'.length)
    return Object.hasOwn(all, key) ? all[key] : undefined
  }

  /** Of the tests only those that our schema makes: a member that is a text of some form. */
  #holds(test: Schema, node: Node | undefined): boolean {
    const properties = Object.entries((test['properties'] ?? {}) as Record<string, Schema>)
    if (properties.length === 0 || !isMap(node)) return false
    return properties.every(([key, { const: only, pattern }]) => {
      const text = scalarText(member(node, key))
      if (text === undefined) return false
      return only === undefined ? typeof pattern === 'string' && this.#matches(pattern, text) : only === text
    })
  }

  /** Patterns are those of our own schema, never a stranger's. */
  #matches(pattern: string, text: string): boolean {
    let made = this.#patterns.get(pattern)
    if (made === undefined) this.#patterns.set(pattern, (made = new RegExp(pattern)))
    return made.test(text)
  }
}

/** A branch of `If` is of the kind of what it stands for. */
function staysAt(key: string | number, before: string | number | undefined, node: Node | undefined): boolean {
  if (key === 'Fn::If') return true
  return typeof key === 'number' && key > 0 && (before === 'Fn::If' || node?.tag === '!If')
}

function listOf(schema: unknown): Schema[] {
  return typeof schema === 'object' && schema !== null ? [schema as Schema] : []
}

/** The first words that any of them says, with marks for identifiers where there are some. */
export function docOf(schemas: readonly Schema[]): string | undefined {
  for (const name of ['markdownDescription', 'description'])
    for (const schema of schemas) if (typeof schema[name] === 'string' && schema[name] !== '') return schema[name]
  return undefined
}

/** Whether a value of these schemas is written as a map, or as a list. */
export function isMapLike(schemas: readonly Schema[]): boolean {
  return schemas.some(
    ({ properties, additionalProperties, items }) =>
      items === undefined && (properties !== undefined || typeof additionalProperties === 'object'),
  )
}

export function isListLike(schemas: readonly Schema[]): boolean {
  return schemas.some((schema) => schema['items'] !== undefined)
}
