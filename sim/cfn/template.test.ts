// Whole templates: parameters, functions, conditions, references and their cycles.
import { expect, test } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { at, isMap, toJs } from './node.ts'
import { loadTemplate } from './template.ts'
import type { Template, TemplateOptions } from './template.ts'

interface Loaded {
  readonly template: Template
  readonly problems: Problems
  /** The property `V` of the resource `R`. */
  value(): unknown
}

function load(text: string, options: Partial<TemplateOptions> = {}): Loaded {
  const problems = new Problems()
  const template = loadTemplate(
    { name: 'test.yaml', text },
    { parameters: new Map(), ...options },
    problems,
  ) as Template
  const value = (): unknown => {
    const properties = template.resources.get('R')?.properties
    const node = at(properties, 'V')
    return node === undefined ? undefined : JSON.parse(JSON.stringify(toJs(node)))
  }
  return { template, problems, value }
}

/** A template whose resource `R` has the property `V` written as `yaml`. */
const withValue = (yaml: string, rest = ''): string =>
  `${rest}\nResources:\n  R:\n    Type: AWS::Test::Thing\n    Properties:\n      V: ${yaml}\n`
const valueOf = (yaml: string, rest = '', options: Partial<TemplateOptions> = {}): unknown =>
  load(withValue(yaml, rest), options).value()
const slugs = (text: string, options: Partial<TemplateOptions> = {}): string[] =>
  load(text, options).problems.list.map((each) => each.slug)

test('Join puts the delimiter between the parts [CFN-R13, CFN-V1, N.CLOUDFORMATION-32]', () => {
  expect(valueOf('!Join [":", [a, b, c]]')).toBe('a:b:c')
  expect(slugs(withValue('!Join ["-", text]'))).toEqual(['function-shape'])
  const arn = '!Join ["", ["arn:", !Ref AWS::Partition, ":s3:::elasticbeanstalk-*-", !Ref AWS::AccountId]]'
  expect(valueOf(arn)).toBe('arn:aws:s3:::elasticbeanstalk-*-123456789012')
})

test('Select counts from 0 and refuses an index beyond the list [CFN-R15, CFN-V2]', () => {
  expect(valueOf('!Select ["1", [apples, grapes, oranges, mangoes]]')).toBe('grapes')
  expect(slugs(withValue('!Select [4, [apples, grapes, oranges, mangoes]]'))).toEqual(['index-out-of-range'])
})

test('Split makes a list, with empty texts between delimiters in a row [CFN-R14, CFN-V3]', () => {
  expect(valueOf('!Split ["|", "a|b|c"]')).toEqual(['a', 'b', 'c'])
  expect(valueOf('!Split ["|", "a||c|"]')).toEqual(['a', '', 'c', ''])
})

test('Cidr cuts a block into consecutive ones [CFN-R21, CFN-V5]', () => {
  expect(valueOf('!Cidr ["192.168.0.0/24", 6, 5]')).toEqual(
    [0, 32, 64, 96, 128, 160].map((low) => `192.168.0.${low}/27`),
  )
  expect(valueOf('!Cidr ["2001:db8::/56", 2, 64]')).toEqual(['2001:db8::/64', '2001:db8:0:1::/64'])
  expect(slugs(withValue('!Cidr ["192.168.0.0/24", 9, 5]'))).toEqual(['cidr-does-not-fit'])
})

test('Base64 follows RFC 4648 [CFN-R20, CFN-V7]', () => {
  expect(valueOf('!Base64 AWS CloudFormation')).toBe('QVdTIENsb3VkRm9ybWF0aW9u')
  expect(['a', 'ab', 'abc', 'ü'].map((text) => valueOf(`!Base64 ${text}`))).toEqual(['YQ==', 'YWI=', 'YWJj', 'w7w='])
})

test('Sub fills parameters, attributes and its own map, and leaves ${!x} as ${x} [CFN-R12, CFN-V8, N.CLOUDFORMATION-33]', () => {
  const name = { stackName: 'VPC-EC2-ALB-Stack' }
  expect(valueOf('!Sub "SSH security group for ${AWS::StackName}"', '', name)).toBe(
    'SSH security group for VPC-EC2-ALB-Stack',
  )
  expect(valueOf('!Sub "${!Literal}"')).toBe('${Literal}')
  expect(valueOf('!Sub ["www.${Domain}", { Domain: mydomain.com, Unused: 1 }]')).toBe('www.mydomain.com')
  expect(slugs(withValue('!Sub "${Nothing}"'))).toEqual(['unresolved-reference'])
})

const mappings = `
Mappings:
  SecurityGroups: { Dev: { Ids: sg-12345678 }, Prod: { Ids: "sg-abcdef01,sg-ghijkl23" } }
  Types: { t4g.nano: { Arch: ARM64 } }
  Images: { eu-west-1: { ARM64: ami-67890123456789012 } }
`

test('FindInMap reads a mapping, may be nested, and names the nearest key when there is none [CFN-R16, CFN-V10, CFN-V11, N.CLOUDFORMATION-18, N.CLOUDFORMATION-19, N.CLOUDFORMATION-30]', () => {
  expect(valueOf('!FindInMap [SecurityGroups, Dev, Ids]', mappings)).toBe('sg-12345678')
  expect(valueOf('!Split [",", !FindInMap [SecurityGroups, Prod, Ids]]', mappings)).toHaveLength(2)
  const nested = '!FindInMap [Images, !Ref AWS::Region, !FindInMap [Types, t4g.nano, Arch]]'
  expect(valueOf(nested, mappings, { region: 'eu-west-1' })).toBe('ami-67890123456789012')
  const { problems } = load(withValue('!FindInMap [SecurityGroups, Dve, Ids]', mappings))
  expect(problems.list).toMatchObject([{ slug: 'mapping-not-found', help: 'did you mean `Dev`?' }])
  expect(slugs(withValue('!FindInMap [SecurityGroups, Dev]', mappings))).toEqual(['function-shape'])
  expect(slugs(withValue('1', 'Mappings: { M: { a: { b: !Ref AWS::Region } } }'))).toEqual(['mapping-value'])
  expect(valueOf('!FindInMap [SecurityGroups, Test, Ids, { DefaultValue: none }]', mappings)).toBe('none')
})

const conditions = `
Parameters: { Env: { Type: String, Default: prod } }
Conditions:
  IsProduction: !Equals [!Ref Env, prod]
  IsEast: !Equals [!Ref AWS::Region, us-east-1]
  Never: !Not [!Condition IsProduction]
  Both: !And [!Condition IsProduction, !Condition IsEast]
  Either: !Or [!Condition Never, !Condition IsEast]
`

test('If chooses by a condition, and AWS::NoValue removes the property or the item [CFN-R17, CFN-V13]', () => {
  expect(valueOf('!If [IsProduction, 100, 20]', conditions)).toBe(100)
  const development = { parameters: new Map([['Env', 'dev']]) }
  expect(valueOf('!If [IsProduction, 100, 20]', conditions, development)).toBe(20)
  expect(valueOf('!If [Never, 1, !Ref AWS::NoValue]', conditions)).toBe(undefined)
  expect(valueOf('[1, !If [Never, 2, !Ref AWS::NoValue], 3]', conditions)).toEqual([1, 3])
})

test('conditions compare texts and build on each other, in no order; a circle is an error [CFN-R18, N.CLOUDFORMATION-26, N.CLOUDFORMATION-27]', () => {
  const { template } = load(withValue('1', conditions))
  expect(Object.fromEntries(template.conditions)).toEqual({
    IsProduction: true,
    IsEast: true,
    Never: false,
    Both: true,
    Either: true,
  })
  const circle = withValue('1', 'Conditions: { A: !Not [!Condition B], B: !Not [!Condition A] }')
  expect(slugs(circle)).toEqual(['circular-condition'])
  expect(slugs(withValue('!If [IsProd, 1, 2]', conditions))).toEqual(['unknown-condition'])
  expect(slugs(withValue('1', 'Conditions: { A: !Equals [!Ref R, x] }'))).toEqual(['resource-in-condition'])
  const operands = (count: number): string => Array.from({ length: count }, () => '!Equals [1, 1]').join(', ')
  expect(slugs(withValue('1', `Conditions: { A: !And [${operands(10)}] }`))).toEqual([])
  expect(slugs(withValue('1', `Conditions: { A: !And [${operands(11)}] }`))).toEqual(['function-shape'])
  expect(slugs(withValue('1', `Conditions: { A: !Or [${operands(1)}] }`))).toEqual(['function-shape'])
})

test('a list parameter is split at commas and trimmed [CFN-R3, CFN-V18]', () => {
  const subnets =
    'Parameters: { Blocks: { Type: CommaDelimitedList, Default: "10.0.48.0/24, 10.0.112.0/24, 10.0.176.0/24" } }'
  expect(valueOf('!Select [0, !Ref Blocks]', subnets)).toBe('10.0.48.0/24')
  expect(valueOf('!Select [1, !Ref Blocks]', subnets)).toBe('10.0.112.0/24')
})

test('parameters without a value make one error that lists them all; asked for stand-ins, none [CFN-R3]', () => {
  const text = withValue('!Ref B', 'Parameters: { A: { Type: Number, MinValue: 5 }, B: { Type: String } }')
  const { problems } = load(text)
  expect(problems.list).toMatchObject([
    { slug: 'parameter-without-value', message: 'parameters: [`A`, `B`] must have values' },
  ])
  const standIns = load(text, { dummies: true })
  expect(standIns.problems.hasErrors).toBe(false)
  expect(standIns.template.parameters.get('A')?.text).toBe('5')
})

test('a value outside what its parameter allows is an error [CFN-R3, N.CLOUDFORMATION-13]', () => {
  const given = (declaration: string, value: string): string[] =>
    slugs(withValue('1', `Parameters: { P: { ${declaration} } }`), { parameters: new Map([['P', value]]) })
  expect(given('Type: Number, MinValue: 0, MaxValue: 900', '901')).toEqual(['parameter-value'])
  expect(given('Type: Number, MinValue: 0, MaxValue: 900', '900')).toEqual([])
  expect(given('Type: Number', 'many')).toEqual(['parameter-value'])
  expect(given('Type: String, AllowedValues: [a, b]', 'c')).toEqual(['parameter-value'])
  expect(given('Type: String, AllowedPattern: "[a-z]+"', 'A')).toEqual(['parameter-value'])
  expect(given('Type: String, MaxLength: 2', 'abc')).toEqual(['parameter-value'])
  expect(slugs(withValue('1'), { parameters: new Map([['X', '1']]) })).toEqual(['parameter-not-declared'])
})

test('an SSM parameter takes its value from the table given, or a stand-in with a note [CFN-R3, CFN-R25]', () => {
  const text = withValue('!Ref P', "Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b } }")
  expect(load(text, { ssm: new Map([['/a/b', 'stored']]) }).value()).toBe('stored')
  expect(slugs(text)).toEqual(['ssm-parameter-made-up'])
})

test('pseudo parameters have the values of the account, region and stack [CFN-R4]', () => {
  const options = { region: 'eu-west-1', account: '111122223333', stackName: 'app' }
  const names = '["${AWS::Region}", "${AWS::AccountId}", "${AWS::StackName}", "${AWS::Partition}", "${AWS::URLSuffix}"]'
  const joined = names.replaceAll('"$', '!Sub "$')
  expect(valueOf(joined, '', options)).toEqual(['eu-west-1', '111122223333', 'app', 'aws', 'amazonaws.com'])
  expect(valueOf('!Ref AWS::StackId', '', options)).toMatch(
    /^arn:aws:cloudformation:eu-west-1:111122223333:stack\/app\/[0-9a-f-]{36}$/,
  )
  expect(valueOf('!GetAZs ""')).toHaveLength(6)
})

test('ImportValue reads the exports given; an unknown one is an error, or a stand-in when asked for [CFN-R19, N.CLOUDFORMATION-24, N.CLOUDFORMATION-31]', () => {
  expect(
    valueOf('!ImportValue { "Fn::Sub": "${AWS::StackName}-Vpc" }', '', { imports: new Map([['stack-Vpc', 'vpc-1']]) }),
  ).toBe('vpc-1')
  expect(slugs(withValue('!ImportValue Vpc'))).toEqual(['unknown-export'])
  expect(slugs(withValue('!ImportValue Vpc'), { dummies: true })).toEqual(['export-made-up'])
})

test('ForEach, Length and ToJsonString are unrolled and computed [CFN-R24]', () => {
  const text = `
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics:
    - Name
    - [Orders, Returns]
    - Topic\${Name}: { Type: AWS::SNS::Topic, Properties: { TopicName: !Sub "\${Name}-topic" } }
  R:
    Type: AWS::Test::Thing
    Properties: { V: [!Length { "Fn::Split": [",", "a,b,c"] }, !ToJsonString { a: 1 }] }
`
  const { template, value, problems } = load(text)
  expect(problems.list).toEqual([])
  expect([...template.resources.keys()]).toEqual(['TopicOrders', 'TopicReturns', 'R'])
  expect(toJs(template.resources.get('TopicOrders')?.properties as never)).toMatchObject({ TopicName: 'Orders-topic' })
  expect(value()).toEqual([3, '{"a":1}'])
})

const graph = `
Conditions: { Absent: !Equals [a, b] }
Resources:
  A: { Type: AWS::SNS::Topic }
  B: { Type: AWS::SQS::Queue, Properties: { Note: !Ref A } }
  C: { Type: AWS::SQS::Queue, Condition: Absent }
  D: { Type: AWS::SQS::Queue, DependsOn: [C, B], Properties: { Note: !GetAtt A.TopicName } }
`

test('references and DependsOn are the edges; a resource whose condition is false is gone [CFN-R30]', () => {
  const { template, problems } = load(graph)
  expect(problems.list).toEqual([])
  expect([...template.resources.keys()]).toEqual(['A', 'B', 'D'])
  expect(template.resources.get('D')?.references).toEqual(['A', 'B'])
  expect(template.resources.get('D')?.dependsOn).toEqual(['B'])
})

test('a reference to a resource that is gone is an error, but not in a branch that is not taken [CFN-R30]', () => {
  expect(slugs(`${graph}  E: { Type: AWS::SQS::Queue, Properties: { Note: !Ref C } }\n`)).toEqual([
    'reference-to-absent',
  ])
  expect(slugs(`${graph}  E: { Type: AWS::SQS::Queue, Properties: { Note: !If [Absent, !Ref C, x] } }\n`)).toEqual([])
})

test('a circle of references is reported with its path [CFN-R30, N.CLOUDFORMATION-11]', () => {
  const text = `
Resources:
  A: { Type: AWS::SQS::Queue, Properties: { Note: !GetAtt B.Arn } }
  B: { Type: AWS::SQS::Queue, Properties: { Note: !Ref C } }
  C: { Type: AWS::SQS::Queue, DependsOn: A }
`
  expect(load(text).problems.list).toMatchObject([
    { slug: 'circular-dependency', message: 'circular dependency between resources: `A` → `B` → `C` → `A`' },
  ])
})

test('an unknown name is an error at its place, with the nearest name [CFN-R10]', () => {
  const { problems } = load(
    'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n  R: { Type: AWS::X::Y, Properties: { V: !Ref Job } }\n',
  )
  expect(problems.list).toMatchObject([
    { slug: 'unresolved-reference', help: 'did you mean `Jobs`?', span: { start: 91 } },
  ])
})

test('sections, attributes and logical ids that do not exist are errors [CFN-R1, CFN-R2, CFN-R5, N.CLOUDFORMATION-10, N.CLOUDFORMATION-12]', () => {
  expect(slugs('Resorces: {}\n')).toEqual(['unknown-section', 'no-resources'])
  expect(slugs('Resources: { a_b: { Type: AWS::SQS::Queue } }')).toEqual(['logical-id'])
  expect(slugs('Resources: { A: { Type: AWS::SQS::Queue, Propertys: {} } }')).toEqual(['unknown-resource-attribute'])
  expect(slugs('Resources: { A: { Type: SQS::Queue } }')).toEqual(['resource-type'])
  expect(slugs('Resources: { A: { Type: AWS::New::Thing }, B: { Type: Custom::Mine } }')).toEqual([])
  expect(slugs('Resources: { A: { Properties: {} } }')).toEqual(['resource-without-type'])
  expect(slugs('Resources: { A: { Type: AWS::SQS::Queue, DependsOn: B } }')).toEqual(['unknown-dependency'])
})

test('the simulation stays as written until it is resolved against its template', () => {
  const text =
    'Resources: { Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } } }\nSimulation: { Target: !Ref Jobs }\n'
  const { template } = load(text)
  const written = template.simulation
  expect(isMap(written) && toJs(written)).toEqual({ Target: { Ref: 'Jobs' } })
  expect(toJs(template.resolve(written as never))).toEqual({
    Target: 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs',
  })
  const inMetadata = load('Metadata: { Simulation: { Seed: 7 } }\nResources: { A: { Type: AWS::SQS::Queue } }').template
  expect(toJs(inMetadata.simulation as never)).toEqual({ Seed: 7 })
})

test('outputs are resolved, with their exports and conditions [CFN-R1]', () => {
  const outputs =
    'Outputs: { Url: { Value: !Ref A, Export: { Name: !Sub "${AWS::StackName}-url" } }, No: { Condition: Absent, Value: 1 } }\n'
  const { template } = load(graph + outputs)
  expect([...template.outputs.keys()]).toEqual(['Url'])
  expect(template.outputs.get('Url')?.exportName).toBe('stack-url')
})

test('the short and the long form of a function, and YAML and JSON, mean the same [CFN-R1, N.CLOUDFORMATION-08, N.CLOUDFORMATION-09]', () => {
  const short = 'Resources: { Q: { Type: AWS::SQS::Queue }, R: { Type: AWS::X::Y, Properties: { V: !GetAtt Q.Arn } } }'
  const long =
    '{"Resources":{"Q":{"Type":"AWS::SQS::Queue"},"R":{"Type":"AWS::X::Y","Properties":{"V":{"Fn::GetAtt":["Q","Arn"]}}}}}'
  expect(load(short).value()).toBe(load(long).value())
})

test('the order of resources in the file does not change what they are [N.CLOUDFORMATION-01]', () => {
  const a = '  A: { Type: AWS::SQS::Queue, Properties: { Note: !GetAtt B.Arn } }\n'
  const b = '  B: { Type: AWS::SQS::Queue }\n'
  const read = (text: string): unknown => {
    const { template } = load(`Resources:\n${text}`)
    return ['A', 'B'].map((id) => JSON.stringify(toJs(template.resources.get(id)?.properties as never)))
  }
  expect(read(a + b)).toEqual(read(b + a))
})

test('functions, loops, conditions and resources that would grow without bound are stopped', () => {
  const doubled = (depth: number): string => (depth === 0 ? '"\\"\\""' : `!ToJsonString { a: ${doubled(depth - 1)} }`)
  expect(slugs(withValue(doubled(25)))).toContain('text-too-long')
  const long = `Mappings: { M: { a: { b: ${'x'.repeat(500_000)} } } }`
  expect(
    slugs(
      withValue('!Sub "${A}${A}${A}"'.replace('"$', '["$').replace('}"', '}", { A: !FindInMap [M, a, b] }]'), long),
    ),
  ).toEqual(['text-too-long'])
  const chain = Array.from({ length: 150 }, (_, i) => `C${i}: !Not [!Condition C${i + 1}]`).join(', ')
  expect(slugs(withValue('1', `Conditions: { ${chain}, C150: !Equals [1, 1] }`))).toContain('condition-too-deep')
  const queues = Array.from({ length: 501 }, (_, i) => `Q${i}: { Type: AWS::SQS::Queue }`).join(', ')
  const problems = new Problems()
  expect(
    loadTemplate({ name: 'test.yaml', text: `Resources: { ${queues} }` }, { parameters: new Map() }, problems),
  ).toBe(undefined)
  expect(problems.list.map((problem) => problem.slug)).toEqual(['too-many-resources'])
  const members = Array.from({ length: 60 }, (_, i) => i).join(', ')
  const loop = (level: number): string =>
    level === 0
      ? '{ "K${I1}x${I2}x${I3}": 1 }'
      : `{ Fn::ForEach::L${level}: [I${level}, [${members}], ${loop(level - 1)}] }`
  expect(slugs(`Resources: { R: { Type: AWS::X::Y, Properties: ${loop(3)} } }`)).toContain('loop-too-large')
})

test('what would multiply through functions, references and loops is stopped before it costs time or memory', () => {
  // Each level takes the one below ten times: 10^30 texts, were a name resolved as often as it stands.
  const nested = (depth: number): string =>
    depth === 0 ? 'x' : `!Sub ["${'${a}'.repeat(10)}", { a: ${nested(depth - 1)} }]`
  expect(slugs(withValue(nested(30)))).toContain('text-too-long')
  const parameter = `Parameters: { P: { Type: CommaDelimitedList, Default: "${'a,'.repeat(2000)}" } }`
  const many = `[${Array.from({ length: 1000 }, () => '!Ref P').join(', ')}]`
  expect(slugs(withValue(many, parameter))).toEqual(['functions-too-large'])
  const chain = Array.from({ length: 400 }, (_, i) => {
    const name = i === 399 ? 'x' : `!Join ["", [!Join ["", [!Ref B${i + 1}]]]]`
    return `  B${i}: { Type: AWS::S3::Bucket, Properties: { BucketName: ${name} } }`
  })
  expect(slugs(`Resources:\n${chain.join('\n')}`)).toContain('functions-too-deep')
  const loop = `{ Fn::ForEach::L: [I, [${Array.from({ length: 20 }, (_, i) => 'y'.repeat(20_000) + i).join(', ')}], { "K\${I}": "${'${I}'.repeat(100)}" }] }`
  expect(
    slugs(`Transform: AWS::LanguageExtensions\nResources: { R: { Type: AWS::X::Y, Properties: ${loop} } }`),
  ).toEqual(['loop-too-large'])
})

test('what loops compute at every member is paid together', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'x' : `!Sub ["${'${a}'.repeat(10)}", { a: ${nested(depth - 1)} }]`
  const members = Array.from({ length: 1500 }, (_, i) => `m${i}`).join(', ')
  const inner = `{ Fn::ForEach::B: [B, [!Select [0, !Split [",", ${nested(5)}]]], { "K\${A}": 1 }] }`
  const text = `Transform: AWS::LanguageExtensions\nResources: { R: { Type: AWS::X::Y, Properties: { Fn::ForEach::A: [A, [${members}], ${inner}] } } }`
  expect(slugs(text)).toEqual(['functions-too-large'])
})

test('a flood of errors ends the reading after five hundred', () => {
  const problems = new Problems()
  const wrong = Array.from({ length: 5000 }, (_, i) => `!Ref N${i}`).join(', ')
  const text = `Resources: { R: { Type: AWS::X::Y, Properties: { V: [${wrong}] } } }`
  expect(loadTemplate({ name: 'test.yaml', text }, { parameters: new Map() }, problems)).toBe(undefined)
  expect(problems.list.length).toBe(501)
  expect(problems.list.at(-1)?.slug).toBe('too-many-problems')
})
