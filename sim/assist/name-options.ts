// Names at the cursor that the text itself gives: what may be referred to, asked, caught or measured at this very place.
import { operationsOf, registry } from '../lang/registry.ts'
import type { Schema } from '../schema/json.ts'
import { keysOf, member, scalarText, type Cursor, type Path } from './cursor.ts'
import {
  asKey,
  conditionNames,
  handledNames,
  metricNames,
  only,
  parameterNames,
  plain,
  pseudo,
  resourceNames,
  resourceOption,
  type NameOptions,
} from './name-lists.ts'
import { expectationOptions } from './expectation-options.ts'
import { attributesOfResource, entriesOf, exceptions, exceptionsOf, type KnownResource, type Names } from './names.ts'
import type { Option } from './types.ts'
import { isMap, isSeq } from 'yaml'

const FUNCTIONS: readonly (readonly [name: string, doc: string])[] = [
  ['!Ref', 'The value of a parameter, or the name of a resource.'],
  ['!GetAtt', 'An attribute of a resource: `!GetAtt Jobs.Arn`.'],
  ['!Sub', 'A text with `${Name}` in it.'],
  ['!If', 'One of two values, by a condition: `!If [IsProd, 10, 1]`.'],
]

export function namesAt(cursor: Cursor, schemas: readonly Schema[], names: Names): NameOptions | undefined {
  return functionOptions(cursor, names) ?? placeOptions(cursor, names) ?? valueOptions(cursor, schemas)
}

// Functions -------------------------------------------------------------------------------------------------------------

function functionOptions(cursor: Cursor, names: Names): NameOptions | undefined {
  if (cursor.where !== 'value') return undefined
  const { name, index } = functionAt(cursor)
  switch (name) {
    case 'Ref':
      return only([...resourceNames(names), ...parameterNames(names), ...pseudo()])
    case 'GetAtt':
      return index === undefined
        ? attributePath(cursor, names)
        : only(index === 0 ? resourceNames(names) : attributesIn(cursor, names))
    case 'Sub':
      return insideSub(cursor, names)
    case 'If':
    case 'Condition':
      return name === 'Condition' || index === 0 ? only(conditionNames(names)) : undefined
    case 'FindInMap':
      return index === 0 ? only(entriesOf(names.mappings).map(([label]) => plain(label, 'mapping'))) : undefined
    default:
      return undefined
  }
}

/** The function around the cursor, in either form, and the place in its list. */
function functionAt({ path, tag, nodes }: Cursor): { name: string | undefined; index?: number } {
  if (tag !== undefined) return { name: tag.slice(1) }
  const last = path.at(-1)
  const list = nodes.at(-2)
  if (typeof last === 'number') {
    if (isSeq(list) && list.tag?.startsWith('!') === true && !list.tag.startsWith('!!'))
      return { name: list.tag.slice(1), index: last }
    const key = path.at(-2)
    return typeof key === 'string' && key.startsWith('Fn::') ? { name: key.slice(4), index: last } : { name: undefined }
  }
  if (last === 'Ref') return { name: 'Ref' }
  if (typeof last === 'string' && last.startsWith('Fn::')) return { name: last.slice(4) }
  // The key of a resource, or the long form of a reference to a condition.
  return { name: last === 'Condition' && path.length <= 3 ? 'Condition' : undefined }
}

/** `Jobs.Arn`: first the resource, then its attribute. */
function attributePath(cursor: Cursor, names: Names): NameOptions {
  const dot = cursor.before.indexOf('.')
  if (dot < 0)
    return only(
      [...names.resources.values()]
        .filter((resource) => attributesOfResource(resource).length > 0)
        .map((resource) => ({ ...resourceOption(resource), insert: `${resource.name}.`, goesOn: true as const })),
    )
  const resource = names.resources.get(cursor.before.slice(0, dot))
  const from = cursor.from + wordOf(cursor).indexOf('.') + 1
  return { options: attributes(resource), more: false, range: { from, to: cursor.to } }
}

function attributesIn({ nodes }: Cursor, names: Names): Option[] {
  const list = nodes.at(-2)
  const id = isSeq(list) ? scalarText(list.items[0]) : undefined
  return attributes(id === undefined ? undefined : names.resources.get(id))
}

const attributes = (resource: KnownResource | undefined): Option[] =>
  resource === undefined ? [] : attributesOfResource(resource).map((name) => plain(name, `of ${resource.name}`))

/** Behind `${`: names, and behind a resource's dot its attributes. */
function insideSub(cursor: Cursor, names: Names): NameOptions | undefined {
  const open = /\$\{([\w:]*)(?:\.([\w.]*))?$/.exec(cursor.before)
  if (open === null) return { options: [], more: false }
  const [, name = '', attribute] = open
  const end = cursor.from + wordOf(cursor).length
  const range = { from: end - (attribute ?? name).length, to: end }
  const options =
    attribute === undefined
      ? [...resourceNames(names), ...parameterNames(names), ...pseudo()]
      : attributes(names.resources.get(name))
  return { options, more: false, range }
}

// Places of the Simulation --------------------------------------------------------------------------------------------------

function placeOptions(cursor: Cursor, names: Names): NameOptions | undefined {
  const path = cursor.path[0] === 'Metadata' ? cursor.path.slice(1) : cursor.path
  const [top, section] = path
  if (top === 'Resources') return resourcePlace(cursor, path, names)
  if (top !== 'Simulation') return undefined
  const keys = path.filter((each) => typeof each === 'string')
  const last = keys.at(-1) ?? ''
  if (section === 'Handlers' && path.length === 2 && cursor.where === 'key')
    return only(
      handledNames(names)
        .filter(({ label }) => !cursor.siblings.has(label))
        .map((option) => asKey(option)),
    )
  if (section === 'Assumptions' && path.length === 2 && cursor.where === 'key')
    return {
      options: resourceNames(names, ({ def }) => Object.keys(def?.assumptions ?? {}).length > 0).map((option) =>
        asKey(option),
      ),
      more: true,
    }
  if (section === 'Parameters' && path.length === 2 && cursor.where === 'key')
    return only(parameterNames(names).map((option) => asKey(option, ': ')))
  if (section === 'Expect' && path.length === 3) return expectationOptions(cursor, names)
  if (cursor.where === 'key') return undefined
  if (last === 'Target') {
    const fault = keys.at(-2) ?? ''
    const suffers =
      section !== 'Faults' || registry.defs.every(({ faults }) => !Object.hasOwn(faults ?? {}, fault))
        ? ({ def }: KnownResource): boolean => def !== undefined
        : ({ def }: KnownResource): boolean => Object.hasOwn(def?.faults ?? {}, fault)
    return only(resourceNames(names, suffers))
  }
  if (last === 'Operation' && section === 'Workloads') return operations(cursor, names)
  if (last === 'ErrorEquals' || last === 'Fail' || last === 'Error') return exceptionOptions(cursor)
  return targetOfCall(keys, cursor, names)
}

function resourcePlace(cursor: Cursor, path: Path, names: Names): NameOptions | undefined {
  if (cursor.where !== 'value') return undefined
  const keys = path.filter((each) => typeof each === 'string')
  if (keys[2] === 'DependsOn') return only(resourceNames(names).filter(({ label }) => label !== path[1]))
  if (keys.at(-1) === 'MetricName') return only(metricNames(scalarText(member(cursor.nodes.at(-2), 'Namespace'))))
  if (keys.at(-1) === 'Namespace')
    return {
      options: [...new Set(registry.defs.map(({ namespace }) => namespace))].sort().map((name) => plain(name)),
      more: true,
    }
  return undefined
}

/** What the target of a workload may be asked: routes, else its operations. */
function operations({ nodes }: Cursor, names: Names): NameOptions | undefined {
  const target = scalarText(member(nodes.at(-2), 'Target'))
  const resource = target === undefined ? undefined : names.resources.get(target)
  if (resource?.def === undefined) return undefined
  const routes = resource.entries.map((name): Option => plain(name, `of ${resource.name}`))
  const actions = operationsOf(resource.def).map((action): Option => ({
    label: action,
    kind: 'operation',
    doc: resource.def!.ops[action]!.doc,
    insert: action,
  }))
  return only([...routes, ...(resource.def.entry === undefined ? actions : [])])
}

/** The parameter of a call that names its resource: those that answer the call. */
function targetOfCall(keys: readonly string[], cursor: Cursor, names: Names): NameOptions | undefined {
  const at = keys.findLastIndex((key) => registry.operations.has(key))
  const action = keys[at] ?? ''
  const op = registry.operations.get(action)
  if (op?.target === undefined || keys[at + 1] !== op.target || keys.length !== at + 2) return undefined
  const answers = resourceNames(names, ({ def }) => def !== undefined && Object.hasOwn(def.ops, action))
  return only(
    answers.map((option) =>
      cursor.isJson ? option : { ...option, label: `!Ref ${option.label}`, insert: `!Ref ${option.insert}` },
    ),
  )
}

/** First what the steps around it may raise, then all that is known. */
function exceptionOptions(cursor: Cursor): NameOptions {
  const near = exceptionsOf(cursor.nodes.flatMap((node) => (isMap(node) ? keysOf(node) : [])))
  const all = exceptions()
  return only([
    ...near.map((label): Option => ({ ...plain(label, `raised by ${all.get(label) ?? ''}`), boost: 50 })),
    { ...plain('States.ALL', 'every exception'), boost: 40 },
    ...[...all].map(([label, action]) => plain(label, `raised by ${action}`)),
  ])
}

/** Where a property is set, functions may stand for its value. */
function valueOptions(cursor: Cursor, schemas: readonly Schema[]): NameOptions | undefined {
  const isProperty = cursor.path[0] === 'Resources' && cursor.path[2] === 'Properties' && cursor.path.length > 3
  if (cursor.where !== 'value' || !isProperty || cursor.isJson || cursor.isQuoted || cursor.tag !== undefined)
    return undefined
  const last = cursor.path.at(-1)
  if (typeof last === 'number' && schemas.length === 0) return undefined
  return {
    options: FUNCTIONS.map(([label, doc]) => ({
      label,
      kind: 'function',
      doc,
      insert: `${label} `,
      goesOn: true,
      boost: -50,
    })),
    more: true,
  }
}

/** The word in the text that ends at the cursor. */
const wordOf = ({ before }: Cursor): string => /[\w$.:/@*-]*$/.exec(before)![0]
