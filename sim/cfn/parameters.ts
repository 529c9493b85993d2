// The template's parameters: their declarations, the values given from outside, and what stands in when nothing is given.
import type { Problems } from '../diag/problem.ts'
import type { Source, Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { entries, get, isMap, isTrue, items, List, scalar, Scalar, stringOf, textOf } from './node.ts'
import type { Dict, Entry, Node } from './node.ts'
import { checkConstraints, parameterTypes } from './parameter-types.ts'
import { compilePattern } from './pattern.ts'
import type { PatternSteps } from './pattern.ts'
import type { TemplateQuotas } from './quotas.ts'
import { utf8Length } from './sha1.ts'

export interface Parameter {
  readonly name: string
  /** As written: `String`, `Number`, `CommaDelimitedList`, `List<Number>`, `AWS::SSM::Parameter::Value<String>` … */
  readonly type: string
  readonly span: Span
  readonly keySpan: Span
  readonly description?: string
  readonly defaultText?: string
  readonly allowedValues?: readonly string[]
  readonly allowedPattern?: string
  readonly minValue?: number
  readonly maxValue?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly noEcho: boolean
  readonly constraintDescription?: string
  /** The text that was given, defaulted or made up; for SSM types the name of the stored parameter. */
  readonly text: string
  /** What `Ref` gives: a text or a list of texts. */
  readonly value: Node
  readonly origin: 'given' | 'default' | 'dummy'
  /** For SSM types: whether the stored value is known, so that `value` is no stand-in. */
  readonly isStored: boolean
}

/** A value given from outside, with its place where it has one: in a scenario or in the stack around. */
export interface Given {
  readonly text: string
  readonly span?: Span
  readonly keySpan?: Span
}

export interface ParameterInputs {
  readonly given: ReadonlyMap<string, Given>
  /** Values of SSM parameters by name. */
  readonly ssm: ReadonlyMap<string, string>
  /** Make up a value where there is neither a given one nor a default, instead of reporting an error. */
  readonly dummies: boolean
  readonly region: string
  readonly account: string
  readonly quotas: TemplateQuotas
  /** What all patterns of a scenario may cost together. */
  readonly patternSteps: PatternSteps
}

const attributes = [
  ...['Type', 'Default', 'AllowedValues', 'AllowedPattern', 'MinLength', 'MaxLength', 'MinValue', 'MaxValue', 'NoEcho'],
  ...['Description', 'ConstraintDescription'],
]

/** Reads the `Parameters` section (CFN-R3). All values that are missing make one problem. */
export function readParameters(
  section: Node | undefined,
  inputs: ParameterInputs,
  problems: Problems,
): Map<string, Parameter> {
  const made = new Map<string, Parameter>()
  const missing: Entry[] = []
  for (const entry of entries(section)) {
    const parameter = readParameter(entry, inputs, missing, problems)
    if (parameter !== undefined) made.set(entry.key, parameter)
  }
  if (missing.length > 0) {
    const names = missing.map((entry) => `\`${entry.key}\``).join(', ')
    const [first, ...others] = missing
    problems.error('parameter-without-value', `parameters: [${names}] must have values`, first?.keySpan, {
      help: 'give each a value (`--set Name=value`) or a `Default`',
      also: others.map((entry) => ({ span: entry.keySpan, label: 'this one too' })),
    })
  }
  for (const [name, { keySpan }] of inputs.given) {
    if (isMap(section) && section.pairs.has(name)) continue
    const near = nearest(name, isMap(section) ? section.pairs.keys() : [])
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    problems.error(
      'parameter-not-declared',
      `a value is given for \`${name}\`, which is not a parameter of this template`,
      keySpan ?? section?.span,
      help,
    )
  }
  return made
}

function readParameter(
  entry: Entry,
  inputs: ParameterInputs,
  missing: Entry[],
  problems: Problems,
): Parameter | undefined {
  const { key: name, keySpan, value: node } = entry
  if (!isMap(node)) {
    problems.error('wrong-type', `the parameter \`${name}\` is not a map with at least a \`Type\``, node.span)
    return undefined
  }
  for (const each of node.pairs.values()) {
    if (attributes.includes(each.key)) continue
    const near = nearest(each.key, attributes)
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    problems.error(
      'unknown-parameter-attribute',
      `\`${each.key}\` is not an attribute of a parameter`,
      each.keySpan,
      help,
    )
  }
  const type = stringOf(get(node, 'Type'))
  if (type === undefined || !parameterTypes.includes(type)) {
    const place = get(node, 'Type')?.span ?? keySpan
    const near = type === undefined ? undefined : nearest(type, parameterTypes)
    const help =
      near === undefined
        ? 'types are `String`, `Number`, `List<Number>`, `CommaDelimitedList`, `AWS::SSM::Parameter::Value<…>` and `AWS::…::Id`'
        : `did you mean \`${near}\`?`
    problems.error('parameter-type', `\`${type ?? ''}\` is not the type of a parameter`, place, { help })
    return undefined
  }
  checkConstraints(node, name, type, problems)
  const bounds = readBounds(node, problems)
  const given = inputs.given.get(name)
  const defaultText = readDefault(node)
  const text = given?.text ?? defaultText ?? (inputs.dummies ? dummyText(name, type, bounds, inputs) : undefined)
  const origin: Parameter['origin'] = given !== undefined ? 'given' : defaultText !== undefined ? 'default' : 'dummy'
  if (text === undefined) missing.push(entry)
  else if (origin === 'dummy')
    problems.note('parameter-made-up', `the parameter \`${name}\` has no value; \`${text}\` stands in`, keySpan)

  const parameter = {
    ...{ name, type, span: node.span, keySpan, ...bounds, text: text ?? '', origin },
    noEcho: isTrue(get(node, 'NoEcho')),
    isStored: type.startsWith('AWS::SSM::') && text !== undefined && inputs.ssm.has(text),
    ...optional('description', textOf(get(node, 'Description'))),
    ...optional('defaultText', defaultText),
    ...optional('constraintDescription', textOf(get(node, 'ConstraintDescription'))),
  } satisfies Omit<Parameter, 'value'>
  const place =
    given === undefined
      ? (get(node, 'Default')?.span ?? keySpan)
      : (given.span ?? { source: sourceOf(given.text, name), start: 0, end: given.text.length })
  if (text !== undefined && origin !== 'dummy') check(parameter, text, place, inputs, problems)
  return { ...parameter, value: valueOf(parameter, inputs, problems) }
}

type Bounds = Pick<Parameter, 'allowedValues' | 'allowedPattern' | 'minValue' | 'maxValue' | 'minLength' | 'maxLength'>

function readBounds(node: Dict, problems: Problems): Bounds {
  const number = (key: string): number | undefined => {
    const value = get(node, key)
    if (value === undefined) return undefined
    const text = textOf(value) ?? ''
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
    problems.error('wrong-type', `\`${key}\` is a number`, value.span)
    return undefined
  }
  const allowed = get(node, 'AllowedValues')
  return {
    ...optional('allowedValues', allowed === undefined ? undefined : items(allowed).map((each) => textOf(each) ?? '')),
    ...optional('allowedPattern', textOf(get(node, 'AllowedPattern'))),
    ...optional('minValue', number('MinValue')),
    ...optional('maxValue', number('MaxValue')),
    ...optional('minLength', number('MinLength')),
    ...optional('maxLength', number('MaxLength')),
  }
}

/** A default may be written as a list; CloudFormation takes the items joined with commas. */
function readDefault(node: Dict): string | undefined {
  const value = get(node, 'Default')
  if (value === undefined) return undefined
  if (value.kind === 'list') return value.items.map((each) => textOf(each) ?? '').join(',')
  return textOf(value) ?? ''
}

export function isListType(type: string): boolean {
  return type === 'CommaDelimitedList' || type.includes('List<') || type.includes('<CommaDelimitedList')
}

function valueOf(parameter: Omit<Parameter, 'value'>, inputs: ParameterInputs, problems: Problems): Node {
  const { name, type, keySpan } = parameter
  let text = parameter.text
  if (type.startsWith('AWS::SSM::Parameter::Value<')) {
    const stored = inputs.ssm.get(text)
    if (stored === undefined && text !== '') {
      const inner = type.slice('AWS::SSM::Parameter::Value<'.length, -1)
      const standIn = dummyText(name, inner, {}, inputs)
      problems.note(
        'ssm-parameter-made-up',
        `the stored parameter \`${text}\` is not known; \`${standIn}\` stands in`,
        keySpan,
      )
      text = standIn
    } else text = stored ?? ''
  }
  if (!isListType(type)) return scalar(text, keySpan)
  const parts = text === '' ? [] : text.split(',')
  return new List(
    parts.map((part) => new Scalar(part.trim(), part.trim(), keySpan)),
    keySpan,
  )
}

/** How many allowed values a message names. */
const NAMED = 20

function check(
  parameter: Omit<Parameter, 'value'>,
  text: string,
  place: Span,
  { quotas, patternSteps }: ParameterInputs,
  problems: Problems,
): void {
  const { name, type, allowedValues, allowedPattern, minValue, maxValue, minLength, maxLength } = parameter
  const help = parameter.constraintDescription === undefined ? undefined : { help: parameter.constraintDescription }
  const refuse = (message: string): void =>
    problems.error('parameter-value', `the parameter \`${name}\` ${message}`, place, help)
  const most = quotas.ParameterValueBytes
  if (utf8Length(text) > most) refuse(`has at most ${most} bytes, not ${utf8Length(text)}`)
  const parts = isListType(type) ? text.split(',').map((part) => part.trim()) : [text]
  const pattern = allowedPattern === undefined ? undefined : compilePattern(allowedPattern, patternSteps)
  const allowed = new Set(allowedValues)
  let unchecked = false
  for (const part of parts) {
    // A list is also allowed as the whole that it is written as.
    if (allowedValues !== undefined && !allowed.has(part) && !allowed.has(text)) {
      const shown = allowedValues.slice(0, NAMED).map((each) => `\`${each}\``)
      refuse(`is one of ${shown.join(', ')}${allowedValues.length > NAMED ? ' …' : ''}, not \`${part}\``)
    }
    if (type === 'Number' || type === 'List<Number>') {
      const value = Number(part)
      if (part === '' || !Number.isFinite(value)) refuse(`is a number, not \`${part}\``)
      else if (minValue !== undefined && value < minValue) refuse(`is at least ${minValue}, not ${part}`)
      else if (maxValue !== undefined && value > maxValue) refuse(`is at most ${maxValue}, not ${part}`)
    }
    if (minLength !== undefined && part.length < minLength)
      refuse(`has at least ${minLength} characters, not ${part.length}`)
    if (maxLength !== undefined && part.length > maxLength)
      refuse(`has at most ${maxLength} characters, not ${part.length}`)
    if (allowedPattern === undefined) continue
    const matches = pattern?.matches(part)
    if (matches === undefined) unchecked = true
    else if (!matches) refuse(`does not match the pattern \`${allowedPattern}\``)
  }
  if (unchecked)
    problems.note('pattern-not-checked', `the pattern of \`${name}\` is not one that is checked here`, parameter.span)
}

/** A value that is the same in every run, plausible for the type and within its bounds. */
function dummyText(name: string, type: string, bounds: Bounds, inputs: ParameterInputs): string {
  const [allowed] = bounds.allowedValues ?? []
  if (allowed !== undefined) return allowed
  if (isListType(type)) {
    const inner = /<(.*)>/.exec(type)?.[1] ?? 'String'
    return [1, 2].map((nth) => `${dummyText(name, inner, bounds, inputs)}${inner === 'Number' ? '' : nth}`).join(',')
  }
  if (type === 'Number') return String(bounds.minValue ?? Math.min(1, bounds.maxValue ?? 1))
  if (type.startsWith('AWS::SSM::Parameter')) return `/${name}`
  if (type === 'AWS::EC2::AvailabilityZone::Name') return `${inputs.region}a`
  const prefix = idPrefixes.get(type)
  if (prefix !== undefined) return `${prefix}0123456789abcdef0`
  return madeToLength(sampleFor(name, inputs), bounds)
}

const idPrefixes: ReadonlyMap<string, string> = new Map([
  ['AWS::EC2::VPC::Id', 'vpc-'],
  ['AWS::EC2::Subnet::Id', 'subnet-'],
  ['AWS::EC2::SecurityGroup::Id', 'sg-'],
  ['AWS::EC2::Image::Id', 'ami-'],
  ['AWS::EC2::Instance::Id', 'i-'],
  ['AWS::EC2::Volume::Id', 'vol-'],
])

function sampleFor(name: string, inputs: ParameterInputs): string {
  const lower = name.toLowerCase()
  if (/e-?mail/.test(lower)) return 'someone@example.com'
  if (/imageur[il]$/.test(lower)) return `${inputs.account}.dkr.ecr.${inputs.region}.amazonaws.com/${lower}:latest`
  if (lower.endsWith('arn')) return `arn:aws:service:${inputs.region}:${inputs.account}:${lower}`
  if (/ur[li]$/.test(lower)) return `https://example.com/${lower}`
  if (/cidr/.test(lower)) return '10.0.0.0/16'
  return lower.replace(/[^a-z0-9]/g, '') || 'text'
}

function madeToLength(text: string, { minLength = 0, maxLength = 4096 }: Bounds): string {
  // Values end at 4,096 characters, whatever a bound says.
  const least = Math.min(4096, minLength)
  return text.padEnd(least, 'x').slice(0, Math.max(maxLength, least))
}

/** A value given from outside has no place in the template: its own text is its source. */
function sourceOf(given: string, name: string): Source {
  return { name: `value of ${name}`, text: given, beside: true }
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}
