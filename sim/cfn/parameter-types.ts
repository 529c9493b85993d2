// The types of parameters, and what can be said about the values of each (CFN-R3).
import type { Problems } from '../diag/problem.ts'
import { callOf } from './intrinsics.ts'
import { get, isFalse, isTrue, textOf } from './node.ts'
import type { Dict } from './node.ts'
import { utf8Length } from './sha1.ts'

/** Types whose values are names of things in an account; AWS checks that they exist, which nobody here can know. */
const accountTypes = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
]

const plainTypes = [
  'String',
  'Number',
  'CommaDelimitedList',
  'List<Number>',
  'List<String>',
  'AWS::SSM::Parameter::Name',
]

/** Every type of a parameter that AWS documents (CFN-R3). */
export const parameterTypes: readonly string[] = (() => {
  const own = [...accountTypes, ...accountTypes.map((type) => `List<${type}>`)]
  const stored = ['String', 'List<String>', 'CommaDelimitedList', ...own].map(
    (type) => `AWS::SSM::Parameter::Value<${type}>`,
  )
  return [...plainTypes, ...own, ...stored]
})()

/** Which constraints a type takes; what is not listed is any type's. */
const constraintsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['MinLength', ['String']],
  ['MaxLength', ['String']],
  ['MinValue', ['Number', 'List<Number>']],
  ['MaxValue', ['Number', 'List<Number>']],
  ['AllowedPattern', ['String', 'CommaDelimitedList', 'List<String>']],
])

/** Checks that the attributes have their kinds, and that the constraints are those of the type (CFN-R3). */
export function checkConstraints(node: Dict, name: string, type: string, problems: Problems): void {
  for (const { key, keySpan, value } of node.pairs.values()) {
    const call = callOf(value)
    if (call !== undefined) {
      const help = 'parameters are known before any function is'
      problems.error('function-not-here', `\`${call.key}\` cannot stand in a parameter`, call.keySpan, { help })
      continue
    }
    const types = constraintsOf.get(key)
    if (types !== undefined && !types.includes(type) && !type.startsWith('AWS::')) {
      const help = `it constrains ${types.map((each) => `\`${each}\``).join(' and ')}`
      problems.error('parameter-constraint', `\`${key}\` says nothing about a \`${type}\``, keySpan, { help })
    }
    const isList = value.kind === 'list'
    if (key === 'AllowedValues' && !(isList && value.items.every((item) => textOf(item) !== undefined)))
      problems.error('wrong-type', '`AllowedValues` is a list of texts', value.span)
    else if (key === 'NoEcho' && !isTrue(value) && !isFalse(value))
      problems.error('wrong-type', '`NoEcho` is `true` or `false`', value.span)
    else if (['Description', 'ConstraintDescription', 'AllowedPattern'].includes(key) && value.kind !== 'scalar')
      problems.error('wrong-type', `\`${key}\` is a text`, value.span)
    else if (key === 'Description' && utf8Length(textOf(value) ?? '') > longestDescription) {
      const message = `the description of \`${name}\` has at most ${longestDescription} characters`
      problems.error('quota-exceeded', message, keySpan)
    }
  }
  const low = textOf(get(node, 'MinValue') ?? get(node, 'MinLength'))
  const high = textOf(get(node, 'MaxValue') ?? get(node, 'MaxLength'))
  if (low !== undefined && high !== undefined && Number(low) > Number(high))
    problems.error('parameter-constraint', `no value of \`${name}\` is at least ${low} and at most ${high}`, node.span)
}

const longestDescription = 4000
