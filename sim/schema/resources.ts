// The resources of a template as JSON Schema: AWS's own registry for the names, the rooms for what they mean to a run.
//
// The one idea: names inside names are spelled out for types that are simulated or made by SAM; of the many others an editor knows
// the type and its first level, which keeps the schema small enough to be read at every start of an editor.
import { registry } from '../lang/registry.ts'
import type { Prop, Props, ServiceDef } from '../model/contract.ts'
import { definitionOf, propertiesOf, typeNames, type Properties, type Shape } from '../registry/index.ts'
import { described, FUNCTIONS, proposed, ref, when, type Schema } from './json.ts'
import { propDoc } from './simulation.ts'

/** Serverless types are newer than what the registry says of them, so unknown names are left to the SAM transform. */
const isServerless = (type: string): boolean => type.startsWith('AWS::Serverless::')
const SERVERLESS = 'Made into plain resources by the SAM transform.'
/** Its properties are whatever its own code takes. */
const OPEN = new Set(['AWS::CloudFormation::CustomResource'])
/** Longer lists of words (instance types) are left to the documentation. */
const WORDS_MAX = 40

const TYPE_FORM = '^(Custom::[\\w@-]+|[A-Za-z0-9]+(::[A-Za-z0-9]+){2,3})$'

/** What a room says of a type. */
interface Known {
  readonly props: Props
  readonly doc: string
  readonly quotas: ServiceDef['quotas']
}

/** `Resource`, a definition per type, and the records that they use. */
export function resourceDefinitions(): Record<string, Schema> {
  const made = new Definitions()
  const simulated = new Map<string, Known>()
  for (const def of registry.defs) simulated.set(def.type, { props: def.props, doc: def.summary, quotas: def.quotas })
  for (const [type, props] of registry.parts)
    if (!simulated.has(type)) simulated.set(type, { props, doc: 'Read as part of another type’s model.', quotas: {} })
  const types = [...new Set([...simulated.keys(), ...typeNames()])].sort()
  for (const type of types) {
    if (OPEN.has(type)) continue
    const known = simulated.get(type)
    const properties = propertiesOf(type)
    const whole = known !== undefined || isServerless(type)
    made.add(type, whole ? made.whole(properties, known, !isServerless(type)) : shallow(properties))
  }
  return {
    Resource: resource(types, (type) => simulated.get(type)?.doc ?? (isServerless(type) ? SERVERLESS : undefined)),
    NotSimulated: { description: 'Not simulated: it goes on the list of what is left out.' },
    ...made.list,
  }
}

function resource(types: readonly string[], docOf: (type: string) => string | undefined): Schema {
  const byService = new Map<string, string[]>()
  for (const type of types.filter((each) => !OPEN.has(each))) {
    const service = type.slice(0, type.indexOf('::', 5) + 2)
    byService.set(service, [...(byService.get(service) ?? []), type])
  }
  const summary = (doc: string | undefined): Schema => (doc === undefined ? {} : { description: doc })
  const ofType = (type: string): Schema => ({
    Properties: ref(type),
    Type: docOf(type) === undefined ? ref('NotSimulated') : summary(docOf(type)),
  })
  const isType = (test: Schema): Schema => ({ properties: { Type: test }, required: ['Type'] })
  return {
    type: 'object',
    required: ['Type'],
    properties: {
      // No description: the type's own is shown. Snippets and no `enum`, which an editor would show whole.
      Type: {
        type: 'string',
        pattern: TYPE_FORM,
        patternErrorMessage: 'Expected a type such as AWS::SQS::Queue.',
        defaultSnippets: types.map((type) => ({ label: type, body: type, ...summary(docOf(type)) })),
      },
      Properties: { type: 'object', description: 'The settings of the resource.' },
      DependsOn: { description: 'A logical id, or a list of them, that is created before.' },
      Condition: { description: 'The name of the condition under which the resource exists.' },
      Metadata: { description: 'Data about the resource, for other programs.' },
      DeletionPolicy: {
        description: 'What becomes of it when the stack is deleted.',
        ...proposed(['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot']),
      },
      UpdateReplacePolicy: {
        description: 'What becomes of it when an update replaces it.',
        ...proposed(['Delete', 'Retain', 'Snapshot']),
      },
      CreationPolicy: { description: 'What its creation waits for.' },
      UpdatePolicy: { description: 'How it is updated.' },
      Connectors: { description: 'SAM: connectors to other resources, with their permissions.' },
      IgnoreGlobals: { description: 'SAM: which global settings do not hold for it.' },
      Description: { description: 'What it is for.' },
      Version: { description: 'For a custom resource.' },
    },
    additionalProperties: false,
    allOf: [...byService].map(([service, list]) =>
      when(isType({ pattern: `^${service}` }), {
        allOf: list.map((type) => when(isType({ const: type }), { properties: ofType(type) })),
      }),
    ),
  }
}

/** Names inside a property, as its room reads them. */
function fieldsOf({ fields }: Prop): Schema {
  const inner = Object.entries(fields ?? {}).map(([name, prop]) => [name, described(fieldsOf(prop), propDoc(prop))])
  return inner.length === 0 ? {} : { properties: Object.fromEntries(inner) }
}

/** First-level names alone. */
function shallow(properties: Properties | undefined): Schema {
  if (properties === undefined || properties.size === 0) return {}
  return {
    properties: Object.fromEntries([...properties.keys()].map((name) => [name, {}])),
    patternProperties: FUNCTIONS,
    additionalProperties: false,
  }
}

/** Collects definitions; a record of the registry is put in when it is first used. */
class Definitions {
  readonly list: Record<string, Schema> = {}

  add(name: string, schema: Schema): void {
    this.list[name] = schema
  }

  /** All names on all levels, those of the registry and those of the room, with the room's words; others are refused if `closed`. */
  whole(properties: Properties | undefined, known: Known | undefined, closed: boolean): Schema {
    const props = known?.props ?? {}
    const names = [...new Set([...(properties?.keys() ?? []), ...Object.keys(props)])].sort()
    const required = [...(properties ?? [])].filter(([, { required }]) => required).map(([name]) => name)
    return {
      properties: Object.fromEntries(
        names.map((name) => [name, this.property(properties?.get(name)?.shape, props[name], closed, known?.quotas)]),
      ),
      ...(closed ? { patternProperties: FUNCTIONS, additionalProperties: false } : {}),
      ...(required.length === 0
        ? {}
        : { anyOf: [{ required }, { required: ['Fn::If'] }, { required: ['Fn::Transform'] }] }),
    }
  }

  private property(
    shape: Shape | undefined,
    prop: Prop | undefined,
    closed: boolean,
    quotas?: ServiceDef['quotas'],
  ): Schema {
    const schema = shape === undefined ? {} : this.shape(shape, closed)
    if (prop === undefined || prop.doc === '') return schema
    const own = prop.values === undefined ? {} : proposed(prop.values)
    // Where the registry knows no more than that it is JSON, the room may.
    const inner = shape === undefined || Object.keys(schema).length === 0 ? fieldsOf(prop) : {}
    return described({ ...own, ...inner, ...schema }, propDoc(prop, quotas))
  }

  /** A shape without types: a function may stand everywhere, and the program itself knows better what it gives. */
  private shape(shape: Shape, closed: boolean): Schema {
    switch (shape.kind) {
      case 'boolean':
        return { type: ['boolean', 'string', 'object', 'array'] }
      case 'string':
        return shape.values === undefined || shape.values.length > WORDS_MAX ? {} : proposed(shape.values)
      case 'list':
        return this.around('items', shape.of, closed)
      case 'map':
        return this.around('additionalProperties', shape.of, closed)
      case 'record':
        return this.record(shape, closed)
      default:
        // Of several shapes only one that has names can be told from the others.
        return {}
    }
  }

  private around(keyword: string, of: Shape, closed: boolean): Schema {
    const inner = this.shape(of, closed)
    return Object.keys(inner).length === 0 ? {} : { [keyword]: inner }
  }

  private record(shape: Extract<Shape, { kind: 'record' }>, closed: boolean): Schema {
    const definition = definitionOf(shape)
    const name = `${definition.name} ${shape.definition}${closed ? '' : ' open'}`
    if (this.list[name] === undefined) {
      // Reserved before it is read: records may contain themselves.
      this.list[name] = {}
      const optional = new Map(
        [...definition.properties].map(([key, { shape: of }]) => [key, { required: false, shape: of }]),
      )
      this.list[name] = this.whole(optional, undefined, closed)
    }
    return ref(name)
  }
}
