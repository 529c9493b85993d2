// AWS's own registry of resource types: names, properties with their shapes, attributes. What it says is data, not documentation.
//
// The one idea: the whole registry is one file of lines (`spec.json`, written by `npm run registry`); a line is read when its
// type is first asked for, so that a template pays for the few types that it uses.
import { parseProperties, type Definition, type Properties, type ResourceType, type Shape } from './format.ts'
import spec from './spec.json' with { type: 'json' }

export type { Definition, Properties, Property, ResourceType, Shape } from './format.ts'

/** Where the registry comes from: package and version. */
export const registrySource: string = spec.source

const read = new Map<string, ResourceType>()
const definitions = new Map<number, Definition>()
let lines: ReadonlyMap<string, string> | undefined

/** Lines by type; made at the first question. */
function linesByType(): ReadonlyMap<string, string> {
  lines ??= new Map(spec.types.map((line) => [line.slice(0, line.indexOf('|')), line]))
  return lines
}

/** All resource types in order of their names, those of the SAM transform included. */
export function typeNames(): readonly string[] {
  return [...linesByType().keys()]
}

/** A resource type, or undefined when AWS knew none of this name when the registry was published. */
export function resourceType(name: string): ResourceType | undefined {
  const known = read.get(name)
  const line = known === undefined ? linesByType().get(name) : undefined
  if (line === undefined) return known
  const [, properties = '', attributes = '', identifiers = ''] = line.split('|')
  const made: ResourceType = {
    name,
    properties: parseProperties(properties, spec.values),
    attributes: new Map([...parseProperties(attributes, spec.values)].map(([each, { shape }]) => [each, shape])),
    identifiers: identifiers === '' ? [] : identifiers.split(';'),
  }
  read.set(name, made)
  return made
}

export function propertiesOf(type: string): Properties | undefined {
  return resourceType(type)?.properties
}

/** What `Fn::GetAtt` gives for a type: names (some with dots) and shapes. */
export function attributesOf(type: string): ReadonlyMap<string, Shape> | undefined {
  return resourceType(type)?.attributes
}

/** The definition that a shape of kind `record` names. Definitions may contain themselves. */
export function definitionOf(shape: Extract<Shape, { kind: 'record' }>): Definition {
  const known = definitions.get(shape.definition)
  if (known !== undefined) return known
  const [name = '', properties = ''] = spec.definitions[shape.definition]!.split('|')
  const made = { name, properties: parseProperties(properties, spec.values) }
  definitions.set(shape.definition, made)
  return made
}
