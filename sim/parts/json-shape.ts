// Whether a value has the shape that a JSON Schema (draft 4, as models of API Gateway are written) asks for: the part of it that
// models use. What it does not know asks for nothing; `unknownWords` says what that is.
import { fitsPattern, parsePattern } from './simple-pattern.ts'

/** Levels of a schema that are looked at, items of a list, and schemas for one value; beyond them nothing is asked for. */
const DEPTH_MAX = 50
const ITEMS_MAX = 10_000
const STEPS_MAX = 200_000

/** The words of a schema that are understood. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'required', 'properties', 'additionalProperties', 'items', 'additionalItems', 'enum'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'patternProperties', 'pattern', '$ref'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['allOf', 'anyOf', 'oneOf', 'not'],
])
/** Those that ask for nothing. */
const NOTES: ReadonlySet<string> = new Set([
  ...['$schema', 'title', 'description', 'id', 'default', 'example', 'examples', 'definitions', 'format'],
  ...['components', 'deprecated', 'externalDocs', 'xml'],
])

/** What a `$ref` may lead to: a place below `#`, or another model by name. Plain data. */
export interface Schemas {
  readonly root: unknown
  readonly models: Readonly<Record<string, unknown>>
}

/** Whether a value fits. `schemas`: where references lead; into the schema itself when absent. */
export function fitsSchema(schema: unknown, value: unknown, schemas?: Schemas): boolean {
  return new Check().fits(schema, value, schemas ?? { root: schema, models: {} }, 0)
}

/** The words of a schema, and of those that it refers to, that ask for nothing because they are not understood; sorted. */
export function unknownWords(schema: unknown, schemas?: Schemas): string[] {
  const words = new Set<string>()
  const seen = new Set<unknown>()
  const visit = (each: unknown, within: Schemas, depth: number): void => {
    if (!isMap(each) || seen.has(each) || depth > DEPTH_MAX) return
    seen.add(each)
    for (const word of notUnderstood(each, within)) words.add(word)
    const next = referred(each, within)
    if (next !== undefined) visit(next.schema, next.schemas, depth + 1)
    for (const inner of innerOf(each)) visit(inner, within, depth + 1)
  }
  visit(schema, schemas ?? { root: schema, models: {} }, 0)
  return [...words].sort()
}

class Check {
  private steps = 0

  fits(schema: unknown, value: unknown, schemas: Schemas, depth: number): boolean {
    if (!isMap(schema) || depth > DEPTH_MAX || ++this.steps > STEPS_MAX) return true
    // Beside a reference nothing else counts.
    if (typeof schema['$ref'] === 'string') {
      const next = referred(schema, schemas)
      return next === undefined || this.fits(next.schema, value, next.schemas, depth + 1)
    }
    const { type, enum: listed, allOf, anyOf, oneOf, not } = schema
    const fits = (of: unknown): boolean => this.fits(of, value, schemas, depth + 1)
    if (type !== undefined && !(Array.isArray(type) ? type : [type]).some((each) => isOf(each, value))) return false
    if (Array.isArray(listed) && !listed.some((one) => textOf(one) === textOf(value))) return false
    if (Array.isArray(allOf) && !allOf.every(fits)) return false
    if (Array.isArray(anyOf) && !anyOf.some(fits)) return false
    if (Array.isArray(oneOf)) {
      const fitting = oneOf.filter(fits)
      // What is not understood may be what tells two of them apart.
      if (fitting.length === 0 || fitting.filter((one) => this.isUnderstood(one, schemas, 0)).length > 1) return false
    }
    if (not !== undefined && this.isUnderstood(not, schemas, 0) && fits(not)) return false
    if (typeof value === 'number') return isNumberIn(schema, value)
    if (typeof value === 'string')
      return within([...value].length, schema['minLength'], schema['maxLength']) && matches(schema['pattern'], value)
    if (Array.isArray(value)) return this.fitsItems(schema, value, schemas, depth)
    return !isMap(value) || this.fitsMembers(schema, value, schemas, depth)
  }

  private fitsItems(
    { items, additionalItems, minItems, maxItems, uniqueItems }: Record<string, unknown>,
    value: readonly unknown[],
    schemas: Schemas,
    depth: number,
  ): boolean {
    if (!within(value.length, minItems, maxItems)) return false
    const seen = value.slice(0, ITEMS_MAX)
    if (uniqueItems === true && new Set(seen.map(textOf)).size < seen.length) return false
    return seen.every((item, i) => {
      if (!Array.isArray(items)) return this.fits(items, item, schemas, depth + 1)
      if (i < items.length) return this.fits(items[i], item, schemas, depth + 1)
      return additionalItems !== false && this.fits(additionalItems, item, schemas, depth + 1)
    })
  }

  private fitsMembers(
    schema: Record<string, unknown>,
    value: Record<string, unknown>,
    schemas: Schemas,
    depth: number,
  ): boolean {
    const {
      required,
      properties,
      additionalProperties: others,
      patternProperties,
      minProperties,
      maxProperties,
    } = schema
    if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, String(name)))) return false
    const names = Object.keys(value)
    if (!within(names.length, minProperties, maxProperties)) return false
    const patterns = isMap(patternProperties) ? Object.entries(patternProperties) : []
    return names.every((name) => {
      const own = isMap(properties) && Object.hasOwn(properties, name)
      if (own && !this.fits(properties[name], value[name], schemas, depth + 1)) return false
      const found = patterns.filter(([pattern]) => matches(pattern, name))
      // A pattern that is not understood matches every name, and its schema may not be meant for this one.
      const meant = found.filter(([pattern]) => searchOf(pattern) !== undefined)
      if (!meant.every(([, inner]) => this.fits(inner, value[name], schemas, depth + 1))) return false
      if (own || found.length > 0) return true
      return others !== false && this.fits(others, value[name], schemas, depth + 1)
    })
  }

  /** Whether a schema says nothing that is not understood, so that what fits it surely does. */
  private isUnderstood(schema: unknown, schemas: Schemas, depth: number): boolean {
    if (!isMap(schema)) return true
    if (depth > DEPTH_MAX || ++this.steps > STEPS_MAX || notUnderstood(schema, schemas).length > 0) return false
    const next = referred(schema, schemas)
    if (next !== undefined) return this.isUnderstood(next.schema, next.schemas, depth + 1)
    return innerOf(schema).every((each) => this.isUnderstood(each, schemas, depth + 1))
  }
}

/** Words of one schema that ask for nothing here: unknown ones, patterns with groups, references that lead nowhere. */
function notUnderstood(schema: Record<string, unknown>, schemas: Schemas): string[] {
  return Object.entries(schema).flatMap(([word, value]) => {
    if (NOTES.has(word) || word.startsWith('x-')) return []
    if (!KNOWN.has(word)) return [word]
    if (word === 'pattern' && searchOf(value) === undefined) return [`pattern ${String(value).slice(0, 60)}`]
    if (word === 'patternProperties' && isMap(value))
      return Object.keys(value).flatMap((each) =>
        searchOf(each) === undefined ? [`pattern ${each.slice(0, 60)}`] : [],
      )
    return word === '$ref' && referred(schema, schemas) === undefined ? [`$ref ${String(value).slice(0, 60)}`] : []
  })
}

/** The schemas that stand in a schema. */
function innerOf(schema: Record<string, unknown>): unknown[] {
  const { properties, patternProperties, additionalProperties, additionalItems, items, not } = schema
  const maps = [properties, patternProperties].flatMap((of) => (isMap(of) ? Object.values(of) : []))
  const lists = [items, schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap((of) =>
    Array.isArray(of) ? (of as unknown[]) : [],
  )
  return [...maps, ...lists, additionalProperties, additionalItems, not, ...(Array.isArray(items) ? [] : [items])]
}

/** Where a schema's `$ref` leads: `#/definitions/Line`, or `https://apigateway.amazonaws.com/restapis/…/models/Line`. */
function referred(
  schema: Record<string, unknown>,
  schemas: Schemas,
): { schema: unknown; schemas: Schemas } | undefined {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return undefined
  const model = /\/models\/([A-Za-z0-9]+)$/.exec(ref)?.[1]
  if (model !== undefined && !ref.startsWith('#')) {
    if (!Object.hasOwn(schemas.models, model)) return undefined
    const root = schemas.models[model]
    return { schema: root, schemas: { root, models: schemas.models } }
  }
  if (ref !== '#' && !ref.startsWith('#/')) return undefined
  let here = schemas.root
  for (const name of ref === '#' ? [] : ref.slice(2).split('/')) {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!isMap(here) || !Object.hasOwn(here, key)) return undefined
    here = here[key]
  }
  return { schema: here, schemas }
}

function searchOf(pattern: unknown): ReturnType<typeof parsePattern> {
  return typeof pattern === 'string' ? parsePattern(pattern, 'anywhere') : undefined
}

function matches(pattern: unknown, text: string): boolean {
  const search = searchOf(pattern)
  return search === undefined || fitsPattern(search, text)
}

function isNumberIn(schema: Record<string, unknown>, value: number): boolean {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf: step } = schema
  // Draft 4 makes the limit itself exclusive, later drafts have it stand alone.
  if ((above === true && value === minimum) || (below === true && value === maximum)) return false
  if ((typeof above === 'number' && value <= above) || (typeof below === 'number' && value >= below)) return false
  const steps = typeof step === 'number' && step > 0 ? value / step : 0
  return within(value, minimum, maximum) && Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, Math.abs(steps))
}

/** The same text for equal values, whatever the order of members. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isMap(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  )
}

function isOf(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isMap(value)
    case 'array':
      return Array.isArray(value)
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    default:
      return true
  }
}

function within(figure: number, least: unknown, most: unknown): boolean {
  return !(typeof least === 'number' && figure < least) && !(typeof most === 'number' && figure > most)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
