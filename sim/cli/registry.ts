// Writes `sim/registry/spec.json`: AWS's published registry of resource types, reduced to what a template can be checked against.
//
// The one idea: equal definitions are written once. Many resources repeat the same nested types, and those repeat others, so equal
// ones are merged until no two are equal; what refers to itself stays as it is.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { Property as SpecProperty, PropertyType, TypeDefinition } from '@aws-cdk/service-spec-types'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { propertiesText, type Properties, type Property, type Shape } from '../registry/format.ts'
import { ROOT } from './rooms-index.ts'

const PACKAGE = '@aws-cdk/aws-service-spec'
/** What the format itself is written with; no name of AWS may hold it. */
const MARKS = /[|;!:,()[\]{}#=\n]/

/** The reduced registry: one text per type, definition and list of values. */
export interface Spec {
  readonly source: string
  readonly types: readonly string[]
  readonly definitions: readonly string[]
  readonly values: readonly string[]
}

/** Reads the installed package. Throws when a name or value of AWS cannot be written in the format. */
export function reducedSpec(): Spec {
  const db = loadAwsServiceSpecSync()
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', PACKAGE, 'package.json'), 'utf8')) as {
    version: string
  }
  const values = new Rows()
  const tag = { $id: 'tag', name: 'Tag', properties: { Key: text(true), Value: text(false) } } as TypeDefinition
  const definitions = [...db.all('typeDefinition'), tag]
  const numbers = mergeEqual(definitions, (each, number) => definitionText(each, number, values))
  const byNumber = new Map(definitions.map((each) => [numbers.get(each.$id)!, each]))
  const number = (id: string): number => numbers.get(id)!
  const types = db.all('resource').map((resource) => {
    const attributes = propertiesOf(resource.attributes, number)
    const identifiers = resource.cfnRefIdentifier ?? resource.primaryIdentifier ?? []
    return [
      resource.cloudFormationType,
      propertiesText(propertiesOf(resource.properties, number), (row) => values.number(row)),
      propertiesText(attributes, (row) => values.number(row)),
      identifiers.join(';'),
    ].join('|')
  })
  return {
    source: `${PACKAGE} ${version} (Apache-2.0), reduced by \`npm run registry\``,
    types: types.sort((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1)),
    definitions: [...byNumber].sort(([a], [b]) => a - b).map(([, each]) => definitionText(each, number, values)),
    values: values.rows,
  }
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf('|'))
}

function text(required: boolean): SpecProperty {
  return { type: { type: 'string' }, required }
}

function definitionText(definition: TypeDefinition, number: (id: string) => number, values: Rows): string {
  const properties = propertiesOf(definition.properties, number)
  return `${definition.name}|${propertiesText(properties, (row) => values.number(row))}`
}

/** Numbers for definitions, the same one for equal texts. A definition's text holds the numbers of those it names. */
function mergeEqual(
  definitions: readonly TypeDefinition[],
  textOf: (definition: TypeDefinition, number: (id: string) => number) => string,
): Map<string, number> {
  let numbers = new Map(definitions.map((each, i) => [each.$id as string, i]))
  for (let count = -1; count !== new Set(numbers.values()).size;) {
    count = new Set(numbers.values()).size
    const byText = new Map<string, number>()
    const merged = new Map<string, number>()
    for (const each of definitions) {
      const key = textOf(each, (id) => numbers.get(id)!)
      if (!byText.has(key)) byText.set(key, byText.size)
      merged.set(each.$id, byText.get(key)!)
    }
    numbers = merged
  }
  return numbers
}

function propertiesOf(written: Readonly<Record<string, SpecProperty>>, number: (id: string) => number): Properties {
  return new Map(
    Object.entries(written).map(([name, property]): [string, Property] => {
      if (MARKS.test(name)) throw new Error(`the name \`${name}\` cannot be written in the format`)
      return [name, { required: property.required === true, shape: shapeOf(property, number) }]
    }),
  )
}

/**
 * A property's shape: what it is today or ever was, for old templates still deploy. That it was described as any JSON before
 * somebody described it better says nothing.
 */
function shapeOf(property: Pick<SpecProperty, 'type' | 'previousTypes'>, number: (id: string) => number): Shape {
  const today = alternatives(property.type, number)
  const before = (property.previousTypes ?? []).flatMap((each) => alternatives(each, number))
  const all = [...today, ...before.filter((each) => !holdsJson(each) || today.some(holdsJson))]
  const distinct = new Map(all.map((each) => [JSON.stringify(each), each]))
  const [first, ...rest] = distinct.values()
  return rest.length === 0 ? first! : { kind: 'union', of: [first!, ...rest] }
}

function holdsJson(shape: Shape): boolean {
  if (shape.kind === 'list' || shape.kind === 'map') return holdsJson(shape.of)
  return shape.kind === 'json' || (shape.kind === 'union' && shape.of.some(holdsJson))
}

function alternatives(type: PropertyType, number: (id: string) => number): Shape[] {
  switch (type.type) {
    case 'union':
      return type.types.flatMap((each) => alternatives(each, number))
    case 'array':
      return [{ kind: 'list', of: shapeOf({ type: type.element }, number) }]
    case 'map':
      return [{ kind: 'map', of: shapeOf({ type: type.element }, number) }]
    case 'ref':
      return [{ kind: 'record', definition: number(type.reference.$ref) }]
    case 'tag':
      return [{ kind: 'record', definition: number('tag') }]
    case 'string':
      return [{ kind: 'string', ...(type.allowedValues?.length ? { values: type.allowedValues } : {}) }]
    case 'date-time':
      return [{ kind: 'string' }]
    case 'null':
      return []
    default:
      return [{ kind: type.type }]
  }
}

/** Lists of values, each once. */
class Rows {
  readonly rows: string[] = []
  private readonly numbers = new Map<string, number>()

  number(values: readonly string[]): number {
    const odd = values.find((value) => /[|\n]/.test(value))
    if (odd !== undefined) throw new Error(`the value \`${odd}\` cannot be written in the format`)
    const row = values.join('|')
    const known = this.numbers.get(row)
    if (known !== undefined) return known
    this.numbers.set(row, this.rows.length)
    return this.rows.push(row) - 1
  }
}

/** The file's text: a line for each entry, so that an update can be read as a difference. */
export function specText(spec: Spec): string {
  return `${JSON.stringify(spec, undefined, 1)}\n`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const spec = reducedSpec()
  const written = specText(spec)
  writeFileSync(join(ROOT, 'sim/registry/spec.json'), written)
  console.log(
    `sim/registry/spec.json: ${spec.types.length} types, ${spec.definitions.length} definitions, ${Math.round(written.length / 1024)} KB`,
  )
}
