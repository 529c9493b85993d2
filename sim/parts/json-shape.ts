// Whether a value has the shape that a JSON Schema (draft 4, as models of API Gateway are written) asks for: the part of it that
// models use. What it does not know asks for nothing.

/** Levels of a schema that are looked at, and items of a list. */
const DEPTH_MAX = 50
const ITEMS_MAX = 10_000

/** The words of a schema that are understood. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'required', 'properties', 'additionalProperties', 'items', 'enum', 'minItems', 'maxItems'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'allOf', 'anyOf', 'oneOf', 'not'],
  ...['$schema', 'title', 'description', 'id', 'default', 'example', 'definitions', 'format'],
])

export function fitsSchema(schema: unknown, value: unknown, depth = 0): boolean {
  if (!isMap(schema) || depth > DEPTH_MAX) return true
  const each = (of: unknown): unknown[] => (Array.isArray(of) ? of : [])
  const fits = (of: unknown): boolean => fitsSchema(of, value, depth + 1)
  const types = schema['type']
  if (types !== undefined && !(Array.isArray(types) ? types : [types]).some((type) => isOf(type, value))) return false
  if (Array.isArray(schema['enum']) && !schema['enum'].some((one) => JSON.stringify(one) === JSON.stringify(value)))
    return false
  if (!each(schema['allOf']).every(fits)) return false
  if (Array.isArray(schema['anyOf']) && !schema['anyOf'].some(fits)) return false
  const { oneOf, not } = schema
  if (Array.isArray(oneOf)) {
    const fitting = oneOf.filter(fits)
    // What is not understood may be what tells two of them apart.
    if (fitting.length === 0 || fitting.filter((one) => isUnderstood(one, 0)).length > 1) return false
  }
  if (not !== undefined && isUnderstood(not, 0) && fits(not)) return false
  if (typeof value === 'number') return within(value, schema['minimum'], schema['maximum'])
  if (typeof value === 'string') return within(value.length, schema['minLength'], schema['maxLength'])
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_MAX) as unknown[]
    return (
      within(value.length, schema['minItems'], schema['maxItems']) &&
      items.every((item) => fitsSchema(schema['items'], item, depth + 1))
    )
  }
  return !isMap(value) || fitsMembers(schema, value, depth)
}

/** Whether a schema says nothing that is not understood, so that what fits it surely does. */
function isUnderstood(schema: unknown, depth: number): boolean {
  if (!isMap(schema)) return true
  if (depth > DEPTH_MAX || !Object.keys(schema).every((word) => KNOWN.has(word))) return false
  const { properties, additionalProperties, items, not, allOf, anyOf, oneOf } = schema
  const listed = [allOf, anyOf, oneOf].flatMap((of) => (Array.isArray(of) ? (of as unknown[]) : []))
  const inside = [...(isMap(properties) ? Object.values(properties) : []), additionalProperties, items, not, ...listed]
  return inside.every((each) => isUnderstood(each, depth + 1))
}

function fitsMembers(schema: Record<string, unknown>, value: Record<string, unknown>, depth: number): boolean {
  const { required, properties, additionalProperties: others } = schema
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, String(name)))) return false
  return Object.keys(value).every((name) => {
    if (isMap(properties) && Object.hasOwn(properties, name))
      return fitsSchema(properties[name], value[name], depth + 1)
    return others !== false && fitsSchema(others, value[name], depth + 1)
  })
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
