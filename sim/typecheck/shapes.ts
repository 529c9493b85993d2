// A value of a template against the shape that AWS's registry gives it, as leniently as CloudFormation itself reads values.
//
// The one idea: a finding is data with its path. Where a property may have several shapes, each is tried and the one with the fewest
// findings speaks.
import { entries, isList, isMap, type Dict, type Entry, type Node, type Scalar } from '../cfn/index.ts'
import type { Slug } from '../diag/catalogue.ts'
import type { Severity } from '../diag/explanation.ts'
import type { Problem } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { instead, listed, nearest } from '../diag/suggest.ts'
import { definitionOf, type Properties, type Shape } from '../registry/index.ts'
import { inWords, shown } from './words.ts'

export type Path = readonly (string | number)[]

export interface Finding {
  /** From the resource's properties; for a missing property its own path. */
  readonly path: Path
  readonly problem: Problem
  /** For an unknown property the one that was probably meant, which is then not said to be missing. */
  readonly meant?: string
}

/** What a check has to know about the template beside the value. */
export interface Surroundings {
  /** Whether a text is, or was made with, a value that nobody here can know. */
  isMadeUp(text: string): boolean
  /** Whether a property that is missing may have been written and could not be read, which has been told. */
  mayBeLost(path: Path): boolean
}

/** Where a value stands, and how messages call it. */
interface Place {
  readonly path: Path
  readonly name: string
  /** The resource's type. */
  readonly owner: string
  /** The name before the value. */
  readonly keySpan: Span
}

const LIST_OF_ONE = 'a list of one is written with `- ` or `[ ]`'

/** Numbers as CloudFormation reads them from texts; no longer text is looked at. */
const NUMBER = /^\s{0,9}[-+]?[0-9]{0,30}\.?[0-9]{1,30}(e[-+]?[0-9]{1,3})?\s{0,9}$/i

/**
 * Properties that a developer writes as the path of a local file, which `aws cloudformation package` and `sam package` replace by
 * a map with the place in S3. Source: AWS CLI reference, `cloudformation package`.
 */
const PACKAGED = new Set([
  'AWS::ApiGateway::RestApi.BodyS3Location',
  'AWS::CodeCommit::Repository.Code.S3',
  'AWS::ElasticBeanstalk::ApplicationVersion.SourceBundle',
  'AWS::Lambda::Function.Code',
  'AWS::Lambda::LayerVersion.Content',
  'AWS::StepFunctions::StateMachine.DefinitionS3Location',
])

/**
 * Findings about the members of a map: names that are none, values of a wrong shape, required ones that are missing. `open` maps may have
 * members that nobody knows. Functions that were left standing are passed over, and then nothing is said to be missing.
 */
export function checkMembers(
  properties: Properties,
  map: Dict,
  place: Place,
  around: Surroundings,
  open = false,
): Finding[] {
  const findings: Finding[] = []
  const names = [...properties.keys()]
  for (const entry of entries(map)) {
    if (entry.key.startsWith('Fn::')) continue
    const property = properties.get(entry.key)
    const path = [...place.path, entry.key]
    if (property !== undefined)
      findings.push(...checkShape(property.shape, entry.value, placeOf(entry, path, place.owner), around))
    else if (!open) findings.push(unknownProperty(entry, path, names, place))
  }
  return [...findings, ...missingMembers(properties, map, place, around, new Set(findings.map(({ meant }) => meant)))]
}

function unknownProperty({ key, keySpan }: Entry, path: Path, names: readonly string[], place: Place): Finding {
  const message = `\`${key}\` is not a property of ${inside(place)}`
  const meant = nearest(key, names)
  if (meant === undefined)
    return finding('error', 'unknown-property', path, message, keySpan, listed(names, 'properties'))
  return { ...finding('error', 'unknown-property', path, message, keySpan, `did you mean \`${meant}\`?`), meant }
}

function missingMembers(
  properties: Properties,
  map: Dict,
  place: Place,
  around: Surroundings,
  meant: ReadonlySet<string | undefined>,
): Finding[] {
  if (entries(map).some(({ key }) => key.startsWith('Fn::'))) return []
  const findings: Finding[] = []
  // AWS: a part of a resource that is empty is taken as one that is not there.
  const severity = map.pairs.size === 0 && place.path.length > 0 ? 'warning' : 'error'
  for (const [name, { required, shape }] of properties) {
    if (!required || map.pairs.has(name) || meant.has(name) || around.mayBeLost([...place.path, name])) continue
    const message = `\`${name}\` is a required property of ${inside(place)}`
    findings.push(
      finding(severity, 'missing-property', [...place.path, name], message, headOf(map, place), expected(shape)),
    )
  }
  return findings
}

/** Findings about a value; none when it fits. */
function checkShape(shape: Shape, node: Node, place: Place, around: Surroundings): Finding[] {
  if (node.kind === 'scalar' && node.value === null) return []
  const findings = checkValue(shape, node, place, around)
  return findings.length > 0 && node.kind === 'scalar' && isUnknowable(node, place, around) ? [] : findings
}

function checkValue(shape: Shape, node: Node, place: Place, around: Surroundings): Finding[] {
  switch (shape.kind) {
    case 'json':
      return []
    case 'union':
      return checkUnion(shape, node, place, around)
    case 'record':
      if (!isMap(node)) return [wrong(shape, node, place)]
      return checkMembers(definitionOf(shape).properties, node, place, around)
    case 'map':
      if (!isMap(node)) return [wrong(shape, node, place)]
      return entries(node).flatMap((entry) =>
        entry.key.startsWith('Fn::')
          ? []
          : checkShape(shape.of, entry.value, placeOf(entry, [...place.path, entry.key], place.owner), around),
      )
    case 'list':
      if (isMap(node) && kindOf(shape.of) === 'map') {
        // AWS: some types take a single map for a list of one (a security group's rules), others refuse it (a function's tags).
        const message = `\`${place.name}\` is a map where a list of maps is expected; only some types of AWS accept that`
        const lone = finding('warning', 'wrong-type', place.path, message, placeSpan(node, place), LIST_OF_ONE)
        return [lone, ...checkShape(shape.of, node, place, around)]
      }
      if (!isList(node)) return [wrong(shape, node, place)]
      return node.items.flatMap((item, i) => {
        const inner = { ...place, path: [...place.path, i], name: `${place.name}[${i}]` }
        return checkShape(shape.of, item, inner, around)
      })
    default:
      return node.kind === 'scalar' ? checkScalar(shape, node, place) : [wrong(shape, node, place)]
  }
}

function checkScalar(shape: Shape, node: Scalar, place: Place): Finding[] {
  const text = String(node.value)
  switch (shape.kind) {
    case 'integer':
      return NUMBER.test(text) && Number.isInteger(Number(text)) ? [] : [wrong(shape, node, place)]
    case 'number':
      return NUMBER.test(text) ? [] : [wrong(shape, node, place)]
    case 'boolean':
      return /^(true|false)$/i.test(text) ? [] : [wrong(shape, node, place)]
    case 'string': {
      if (shape.values === undefined || shape.values.includes(text) || shape.values.includes(node.text)) return []
      // AWS adds values faster than anybody updates, and some services read them in any case.
      const message = `\`${place.name}\` is ${shown(node)}, which AWS's registry does not list`
      return [
        finding('warning', 'unknown-value', place.path, message, node.span, instead(text, shape.values, 'values')),
      ]
    }
    default:
      return []
  }
}

/** Any of several shapes. JSON would take whatever a better description refuses, so it speaks only where no other fits the value's kind. */
function checkUnion(
  shape: Extract<Shape, { kind: 'union' }>,
  node: Node,
  place: Place,
  around: Surroundings,
): Finding[] {
  const fitting = shape.of.filter((each) => each.kind !== 'json' && kindOf(each) === node.kind)
  if (fitting.length === 0) return shape.of.some((each) => each.kind === 'json') ? [] : [wrong(shape, node, place)]
  const tried = fitting.map((each) => checkShape(each, node, place, around))
  const best = tried.reduce((least, each) => (each.length < least.length ? each : least))
  return node.kind === 'scalar' && best.some(({ problem }) => problem.severity === 'error')
    ? [wrong(shape, node, place)]
    : best
}

/** The kind of node that a shape is written as. */
function kindOf(shape: Shape): Node['kind'] {
  if (shape.kind === 'list') return 'list'
  return shape.kind === 'map' || shape.kind === 'record' ? 'map' : 'scalar'
}

/** Values that are made up say nothing; a local path may stand where packaging will put a map. */
function isUnknowable(node: Scalar, place: Place, around: Surroundings): boolean {
  return around.isMadeUp(node.text) || PACKAGED.has([place.owner, ...place.path].join('.'))
}

function wrong(shape: Shape, node: Node, place: Place): Finding {
  const message = `\`${place.name}\` is ${shown(node)}, not ${inWords(shape)}`
  const isOneItem = shape.kind === 'list' && node.kind === 'scalar' && kindOf(shape.of) === 'scalar'
  const label = isOneItem ? LIST_OF_ONE : undefined
  return finding('error', 'wrong-type', place.path, message, placeSpan(node, place), label)
}

/** A scalar itself, else the name before the value; the SAM transform's names stand where their values do. */
function placeSpan(node: Node, { keySpan }: Place): Span {
  const isMade = keySpan.start <= node.span.start && keySpan.end >= node.span.end
  return node.kind === 'scalar' || isMade ? node.span : keySpan
}

function finding(
  severity: Severity,
  slug: Slug,
  path: Path,
  message: string,
  span: Span,
  label: string | undefined,
): Finding {
  return { path, problem: { slug, severity, message, span, ...(label === undefined ? {} : { label }) } }
}

function placeOf(entry: Entry, path: Path, owner: string): Place {
  return { path, name: entry.key, owner, keySpan: entry.keySpan }
}

/** The type, or the property and the type that it belongs to. */
function inside(place: Place): string {
  return place.path.length === 0 ? place.owner : `\`${place.name}\` in ${place.owner}`
}

/** Where a map begins: its first member, or the name before it. */
function headOf(map: Dict, place: Place): Span {
  const [first] = entries(map)
  return typeof place.path.at(-1) === 'number' && first !== undefined ? first.keySpan : place.keySpan
}

function expected(shape: Shape): string {
  if (shape.kind === 'string' && shape.values !== undefined && shape.values.length <= 6)
    return `expected one of ${shape.values.map((each) => `\`${each}\``).join(', ')}`
  return `expected ${inWords(shape)}`
}
