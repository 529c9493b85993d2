// The rules of the template language: what may stand where, which values attributes take, how large a template may be.
import { describe, expect, it } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { at, toJs } from './node.ts'
import { currentQuotas, quotasOf2020 } from './quotas.ts'
import type { TemplateQuotas } from './quotas.ts'
import { loadTemplate } from './template.ts'
import type { Template, TemplateOptions } from './template.ts'

function load(
  text: string,
  options: Partial<TemplateOptions> = {},
): { template: Template | undefined; problems: Problems } {
  const problems = new Problems()
  return {
    template: loadTemplate({ name: 'test.yaml', text }, { parameters: new Map(), ...options }, problems),
    problems,
  }
}

const told = (text: string, options: Partial<TemplateOptions> = {}): string[] =>
  load(text, options).problems.list.map(({ severity, slug }) => `${severity} ${slug}`)

/** The value of a property, in a template that has something to refer to. */
const around = (value: string, extensions = false): string => `
${extensions ? 'Transform: AWS::LanguageExtensions' : ''}
Parameters: { P: { Type: String, Default: a }, L: { Type: CommaDelimitedList, Default: "x,y" }, N: { Type: Number, Default: 1 } }
Mappings: { M: { a: { x: one, list: [p, q] } } }
Conditions: { Yes: !Equals [!Ref P, a] }
Resources:
  Q: { Type: AWS::SQS::Queue }
  R: { Type: AWS::Test::Thing, Properties: { V: ${value} } }
`

function valueOf(value: string, extensions = false): unknown {
  const { template, problems } = load(around(value, extensions))
  expect(problems.list).toEqual([])
  return JSON.parse(JSON.stringify(toJs(at(template!.resources.get('R')!.properties, 'V')!)))
}

describe('a function takes functions', () => {
  it.each([
    [
      '!Join ["-", [!Ref P, !FindInMap [M, !Ref P, x], !GetAtt Q.QueueName, !Sub "${P}", !Select [0, !Ref L]]]',
      /^a-one-stack-Q-\w+-a-x$/,
    ],
    ['!Join ["-", !Split [",", !Join [",", !Ref L]]]', 'x-y'],
    ['!Join ["", !GetAZs ""]', /^us-east-1a/],
    ['!Select [!Ref N, !Ref L]', 'y'],
    ['!Select [0, !Cidr [10.0.0.0/16, 2, 8]]', '10.0.0.0/24'],
    ['!Select [0, [!Ref P, !If [Yes, b, c]]]', 'a'],
    ['!Sub ["${A}${B}", { A: !If [Yes, 1, 2], B: !Select [1, !Ref L] }]', '1y'],
    ['!Base64 { "Fn::Join": ["", [a, b]] }', 'YWI='],
    ['!If [Yes, { K: !Ref P }, [1]]', { K: 'a' }],
    ['!Cidr [!Select [0, !Split [",", "10.0.0.0/16,x"]], !Ref N, 8]', ['10.0.0.0/24']],
    ['!FindInMap [M, !Ref P, list]', ['p', 'q']],
    ['!GetAZs { Ref: AWS::Region }', ['a', 'b', 'c', 'd', 'e', 'f'].map((zone) => `us-east-1${zone}`)],
  ] as const)('%s [CFN-R12, CFN-R13, CFN-R15, CFN-R16, CFN-R21]', (value, expected) => {
    if (expected instanceof RegExp) expect(valueOf(value)).toMatch(expected)
    else expect(valueOf(value)).toEqual(expected)
  })

  it.each([
    ['!Join [!Ref P, [a, b]]', '`Ref` cannot stand in the delimiter of `Fn::Join`', 'it is written out'],
    ['!Split [!Ref P, "a,b"]', '`Ref` cannot stand in the delimiter of `Fn::Split`', 'it is written out'],
    [
      '!Join ["-", { "Fn::And": [{ Condition: Yes }, { Condition: Yes }] }]',
      '`Fn::And` cannot stand in the list of `Fn::Join`',
      undefined,
    ],
    [
      '!FindInMap [M, !GetAtt Q.QueueName, x]',
      '`Fn::GetAtt` cannot stand in the argument of `Fn::FindInMap`',
      undefined,
    ],
    [
      '!FindInMap [M, !Sub "${P}", x]',
      '`Fn::Sub` cannot stand in the argument of `Fn::FindInMap`',
      'add `Transform: AWS::LanguageExtensions`',
    ],
    ['!If [!Equals [a, a], 1, 2]', '`Fn::Equals` cannot stand in the condition of `Fn::If`', 'it is written out'],
    ['!Sub [!Ref P, {}]', '`Ref` cannot stand in the text of `Fn::Sub`', 'it is written out'],
    ['!Sub { "Fn::Join": ["", [a]] }', '`Fn::Join` cannot stand in the text of `Fn::Sub`', 'it is written out'],
    [
      '{ Ref: !Ref P }',
      '`Ref` cannot stand in the name of `Ref`',
      'it is written out, or the template names `Transform: AWS::LanguageExtensions`',
    ],
    [
      '!GetAtt [!Ref P, Arn]',
      '`Ref` cannot stand in the resource of `Fn::GetAtt`',
      'it is written out, or the template names `Transform: AWS::LanguageExtensions`',
    ],
    [
      '!ImportValue { "Fn::GetAtt": [Q, Arn] }',
      '`Fn::GetAtt` cannot stand in the name of `Fn::ImportValue`',
      undefined,
    ],
    [
      '!Select [!Select [0, !Ref L], !Ref L]',
      '`Fn::Select` cannot stand in the index of `Fn::Select`',
      'add `Transform: AWS::LanguageExtensions`',
    ],
    ['!Select [0, !Join [",", !Ref L]]', '`Fn::Join` cannot stand in the list of `Fn::Select`', undefined],
    ['!Base64 { "Fn::Split": [",", "a,b"] }', '`Fn::Split` cannot stand in the text of `Fn::Base64`', undefined],
    [
      '!Equals [a, a]',
      '`Fn::Equals` gives no value',
      'it belongs under `Conditions`; `Fn::If` chooses by the name of a condition',
    ],
    ['!Contains [[a], a]', '`Fn::Contains` gives no value', 'it belongs into the assertions of `Rules`'],
  ])('and refuses others: %s', (value, message, help) => {
    const [first] = load(around(value)).problems.list
    expect(first).toMatchObject({
      slug: 'function-not-here',
      severity: 'error',
      message,
      ...(help === undefined ? {} : { help }),
    })
  })

  it('and more of them with the language extensions [CFN-R24]', () => {
    expect(valueOf('!FindInMap [M, !Sub "${P}", x]', true)).toBe('one')
    expect(valueOf('!FindInMap [M, b, x, { DefaultValue: !Ref P }]', true)).toBe('a')
    expect(valueOf('{ Ref: !Sub "${P}" }'.replace('${P}', 'P'), true)).toBe('a')
    expect(valueOf('!GetAtt [!Sub "Q", !Join ["", [Queue, Name]]]', true)).toMatch(/^stack-Q-/)
    expect(valueOf('!Length { Ref: L }', true)).toBe(2)
    for (const value of ['!Length { Ref: L }', '!ToJsonString { a: 1 }', '!FindInMap [M, b, x, { DefaultValue: 1 }]'])
      expect(told(around(value)), value).toEqual(['error transform-missing'])
    expect(told('Resources: { "Fn::ForEach::A": [I, [a], { "Q${I}": { Type: AWS::SQS::Queue } }] }')).toEqual([
      'error transform-missing',
    ])
  })

  it('in its own shape', () => {
    for (const value of [
      '!Join [a]',
      '!Join ["-", [a], b]',
      '!Select [0]',
      '!Select [x, [a]]',
      '!Split [",", a, b]',
      '!Split ["", a]',
      '!FindInMap [M, a]',
      '!If [Yes, 1]',
      '!If [Yes, 1, 2, 3]',
      '!GetAtt Q',
      '!GetAtt [Q]',
      '!Cidr [10.0.0.0/16]',
      '!GetStackOutput { StackName: x }',
      '!Sub ["${A}", { A: 1 }, 2]',
    ])
      expect(told(around(value)), value).toEqual(['error function-shape'])
    expect(told(around('!Cidr [10.0.0.0/16, 300, 8]'))).toEqual(['error cidr-does-not-fit'])
    expect(told(around('!Sub ["${A}", { A: [1] }]'))).toEqual(['error wrong-type'])
  })
})

it('zones of a region come in order, of the own region when it is left empty [CFN-R22]', () => {
  expect(valueOf('!GetAZs us-west-2')).toEqual(['us-west-2a', 'us-west-2b', 'us-west-2c', 'us-west-2d'])
  expect(valueOf('!GetAZs ""')).toHaveLength(6)
  expect(valueOf('!GetAZs eu-central-1')).toHaveLength(3)
})

describe('conditions', () => {
  const conditions = (text: string): string[] =>
    told(
      `Conditions: { ${text} }\nParameters: { P: { Type: String, Default: a } }\nResources: { Q: { Type: AWS::SQS::Queue } }`,
    )

  it('come from parameters and mappings, never from a resource or another stack [CFN-R18]', () => {
    expect(
      conditions('A: !Equals [!Sub "${P}b", ab], B: !Not [!Condition A], C: !Or [!Condition A, !Condition B]'),
    ).toEqual([])
    for (const value of ['!GetAtt Q.Arn', '!ImportValue x', '!GetAZs ""'])
      expect(conditions(`A: !Equals [${value}, a]`)).toContain('error function-not-here')
    expect(conditions('A: !Equals [!Ref Q, a]')).toEqual(['error resource-in-condition'])
    expect(conditions('A: !Equals [a, b, c]')).toEqual(['error function-shape'])
    expect(conditions('A: !Not [!Equals [a, b], !Equals [a, b]]')).toEqual(['error function-shape'])
    expect(conditions('A: true')).toEqual(['error not-a-condition'])
    expect(conditions('A: !Contains [[a], a]')).toEqual([])
  })

  it('are named by resources, outputs and `If`, not written there', () => {
    expect(told('Resources: { Q: { Type: AWS::SQS::Queue, Condition: !Equals [a, a] } }')).toContain('error wrong-type')
    expect(
      told('Resources: { Q: { Type: AWS::SQS::Queue, Condition: Yse } }\nConditions: { Yes: !Equals [a, a] }'),
    ).toEqual(['error unknown-condition'])
    const { template } = load(
      'Resources: { Q: { Type: AWS::SQS::Queue } }\nConditions: { No: !Equals [a, b] }\nOutputs: { O: { Condition: No, Value: 1 }, P: { Value: 2 } }',
    )
    expect([...template!.outputs.keys()]).toEqual(['P'])
  })
})

describe('rules', () => {
  const rule = (
    text: string,
    options: Partial<TemplateOptions> = {},
    parameters = '{ Type: String, Default: dev }',
  ): string[] =>
    told(
      `Parameters: { Env: ${parameters}, Sizes: { Type: CommaDelimitedList, Default: "s,m" } }\nRules: { Check: ${text} }\nResources: { Q: { Type: AWS::SQS::Queue } }`,
      options,
    )

  it('refuse what their assertions do not allow, with the author’s own words', () => {
    expect(rule('{ Assertions: [{ Assert: !Contains [[dev, prod], !Ref Env] }] }')).toEqual([])
    expect(rule('{ Assertions: [{ Assert: !Contains [[prod], !Ref Env], AssertDescription: only prod }] }')).toEqual([
      'error rule-broken',
    ])
    expect(rule('{ RuleCondition: !Equals [!Ref Env, prod], Assertions: [{ Assert: !Equals [a, b] }] }')).toEqual([])
    expect(rule('{ Assertions: [{ Assert: !EachMemberIn [!Ref Sizes, [s, m, l]] }] }')).toEqual([])
    expect(rule('{ Assertions: [{ Assert: !EachMemberIn [!Ref Sizes, [s]] }] }')).toEqual(['error rule-broken'])
    expect(rule('{ Assertions: [{ Assert: !EachMemberEquals [!Ref Sizes, s] }] }')).toEqual(['error rule-broken'])
    expect(rule('{ Assertions: [{ Assert: !Not [!EachMemberEquals [[a, a], a]] }] }')).toEqual(['error rule-broken'])
  })

  it('have their own form', () => {
    expect(rule('{}')).toEqual(['error rule-shape'])
    expect(rule('{ Assertions: [{ Asert: !Equals [a, a] }] }')).toEqual(['error unknown-member', 'error rule-shape'])
    expect(rule('{ Assertions: [{ Assert: !Equals [!Ref Q, a] }] }')).toContain('error resource-in-condition')
    expect(rule('{ Assertions: [{ Assert: !Contains [!RefAll AWS::EC2::VPC::Id, a] }] }')).toEqual([
      'note rule-not-checked',
    ])
    expect(rule('{ Assertions: [{ Assert: !Contains [[a]] }] }')).toContain('error function-shape')
  })

  it('say nothing certain about values that nobody gave', () => {
    expect(
      rule('{ Assertions: [{ Assert: !Equals [!Ref Env, prod] }] }', { dummies: true }, '{ Type: String }'),
    ).toContain('warning rule-broken')
  })
})

describe('parameters', () => {
  const parameter = (declaration: string, value?: string): string[] =>
    told(`Parameters: { P: { ${declaration} } }\nResources: { Q: { Type: AWS::SQS::Queue } }`, {
      parameters: new Map(value === undefined ? [] : [['P', value]]),
      dummies: true,
    })

  it.each([
    ...[
      'String',
      'Number',
      'List<Number>',
      'CommaDelimitedList',
      'AWS::EC2::VPC::Id',
      'List<AWS::EC2::Subnet::Id>',
      'AWS::Route53::HostedZone::Id',
    ],
    ...[
      'AWS::EC2::KeyPair::KeyName',
      'AWS::SSM::Parameter::Name',
      'AWS::SSM::Parameter::Value<String>',
      'AWS::SSM::Parameter::Value<List<String>>',
    ],
    ...['AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', 'AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>'],
  ])('have the type %s [CFN-R3]', (type) => {
    expect(parameter(`Type: ${type}`).filter((line) => line.startsWith('error'))).toEqual([])
  })

  it('have no other type [CFN-R3]', () => {
    for (const type of [
      'Text',
      'List<Boolean>',
      'AWS::SSM::Parameter::Value<Test>',
      'AWS::EC2::Vpc::Id',
      'AWS::S3::Bucket',
    ])
      expect(parameter(`Type: ${type}, Default: 1`), type).toEqual(['error parameter-type'])
    const [problem] = load(
      'Parameters: { P: { Type: AWS::EC2::Vpc::Id, Default: x } }\nResources: { Q: { Type: AWS::SQS::Queue } }',
    ).problems.list
    expect(problem?.help).toBe('did you mean `AWS::EC2::VPC::Id`?')
  })

  it('have the constraints of their type [CFN-R3]', () => {
    expect(parameter('Type: Number, Default: 1, MaxLength: 3')).toEqual(['error parameter-constraint'])
    expect(parameter('Type: String, Default: a, MinValue: 3')).toEqual(['error parameter-constraint'])
    expect(parameter('Type: Number, Default: 1, AllowedPattern: "[0-9]+"')).toEqual(['error parameter-constraint'])
    expect(parameter('Type: Number, Default: 2, MinValue: 3, MaxValue: 1')).toContain('error parameter-constraint')
    expect(parameter('Type: String, Default: a, AllowedValues: a')).toContain('error wrong-type')
    expect(parameter('Type: String, Default: a, NoEcho: 1')).toEqual(['error wrong-type'])
    expect(parameter('Type: String, Default: a, MaxLength: x')).toEqual(['error wrong-type'])
    expect(parameter('Type: String, Default: !Ref AWS::Region')).toContain('error function-not-here')
    expect(parameter('Type: String, Default: a, Alowed: 1')).toEqual(['error unknown-parameter-attribute'])
  })

  it('refuse a value outside them, in lists each one, a default too [CFN-R3, N.CLOUDFORMATION-13]', () => {
    expect(parameter('Type: List<Number>, MaxValue: 5', '1,2,9')).toEqual(['error parameter-value'])
    expect(parameter('Type: List<Number>', '1,x')).toEqual(['error parameter-value'])
    expect(parameter('Type: CommaDelimitedList, AllowedValues: [a, b]', 'a,c')).toEqual(['error parameter-value'])
    expect(parameter('Type: CommaDelimitedList, AllowedPattern: "[a-z]+"', 'a,B')).toEqual(['error parameter-value'])
    for (const [declaration, value] of [
      ['Type: List<Number>, MaxValue: 5', '1, 2'],
      ['Type: CommaDelimitedList, AllowedValues: [a, b]', 'b,a'],
      ['Type: CommaDelimitedList, AllowedPattern: "[a-z]+"', 'a, b'],
    ] as const)
      expect(parameter(declaration, value), declaration).toEqual([])
    expect(parameter('Type: String, MinLength: 3, Default: ab')).toEqual(['error parameter-value'])
    expect(parameter('Type: String', 'x'.repeat(4097))).toEqual(['error parameter-value'])
    expect(parameter('Type: String', 'ü'.repeat(2049)), 'bytes, not characters').toEqual(['error parameter-value'])
    const { problems } = load(
      'Parameters: { P: { Type: String, AllowedPattern: "[a-z]+", ConstraintDescription: lower case only, Default: A } }\nResources: { Q: { Type: AWS::SQS::Queue } }',
    )
    expect(problems.list).toMatchObject([{ slug: 'parameter-value', help: 'lower case only' }])
  })
})

describe('a resource', () => {
  const resource = (attributes: string, type = 'AWS::SQS::Queue'): string[] =>
    told(`Resources: { Q: { Type: ${type}, ${attributes} } }`)

  it('is deleted, retained or kept as a snapshot where its type has one', () => {
    for (const policy of ['Delete', 'Retain', 'RetainExceptOnCreate'])
      expect(resource(`DeletionPolicy: ${policy}`)).toEqual([])
    expect(resource('DeletionPolicy: Snapshot', 'AWS::RDS::DBInstance')).toEqual([])
    expect(resource('DeletionPolicy: Snapshot')).toEqual(['error policy-value'])
    expect(resource('DeletionPolicy: retain')).toEqual(['error policy-value'])
    expect(resource('UpdateReplacePolicy: RetainExceptOnCreate')).toEqual(['error policy-value'])
    expect(resource('UpdateReplacePolicy: Retain')).toEqual([])
  })

  it('depends on others by their names', () => {
    const { problems } = load(
      'Resources: { Jobs: { Type: AWS::SQS::Queue }, Q: { Type: AWS::SQS::Queue, DependsOn: [Job] } }',
    )
    expect(problems.list).toMatchObject([{ slug: 'unknown-dependency', help: 'did you mean `Jobs`?' }])
    expect(resource('DependsOn: !Ref Q')).toEqual(['error unknown-dependency'])
  })

  it('of a module may be referred to by what the module makes', () => {
    const text =
      'Resources: { M: { Type: My::Own::Thing::MODULE }, R: { Type: AWS::Test::Thing, Properties: { V: !Ref MBucket } } }'
    expect(told(text)).toEqual([])
    expect(resource('UpdatePolicy: {}', 'My::Own::Thing::MODULE')).toEqual(['error unknown-resource-attribute'])
  })

  it('has no null, and no name that a parameter has; what SAM reads may have one, what it passes on may not', () => {
    const sam = (type: string): string[] =>
      told(`Transform: AWS::Serverless-2016-10-31\nResources: { Q: { Type: ${type}, Properties: { Tags: } } }`)
    expect(sam('AWS::SNS::Topic')).toEqual(['error null-value'])
    expect(sam('AWS::Serverless::SimpleTable')).toEqual([])
    expect(told('Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n')).toEqual(['error null-value'])
    expect(
      told('Parameters: { Q: { Type: String, Default: a } }\nResources: { Q: { Type: AWS::SQS::Queue } }'),
    ).toEqual(['error name-taken'])
  })
})

describe('an output', () => {
  const output = (text: string): string[] =>
    told(`Resources: { Q: { Type: AWS::SQS::Queue } }\nOutputs: { O: ${text} }`)

  it('has a text, and an export a name', () => {
    expect(output('{ Value: !Ref Q, Description: x, Export: { Name: !Sub "${AWS::StackName}-q" } }')).toEqual([])
    expect(output('{ Value: [a] }')).toEqual(['error wrong-type'])
    expect(output('{ Valu: a }')).toEqual(['error unknown-member', 'error output-without-value'])
    expect(output('{ Value: a, Export: q }')).toEqual(['error output-export'])
    expect(output('text')).toEqual(['error wrong-type'])
  })
})

describe('a template holds at most', () => {
  const names = (count: number, value: string): string =>
    Array.from({ length: count }, (_, i) => `N${i}: ${value}`).join(', ')
  const queue = 'Resources: { Q: { Type: AWS::SQS::Queue } }'
  const of = (key: keyof TemplateQuotas, make: (count: number) => string, slug: string): void => {
    for (const quotas of [currentQuotas, quotasOf2020]) {
      expect(told(make(quotas[key]), { quotas, dummies: true }), key).not.toContain(`error ${slug}`)
      expect(told(make(quotas[key] + 1), { quotas, dummies: true }), key).toContain(`error ${slug}`)
    }
  }

  it('so many resources, parameters, mappings and outputs, today and in the notes’ time', () => {
    of('Resources', (count) => `Resources: { ${names(count, '{ Type: AWS::SNS::Topic }')} }`, 'too-many-resources')
    of(
      'Parameters',
      (count) => `Parameters: { ${names(count, '{ Type: String, Default: a }')} }\n${queue}`,
      'quota-exceeded',
    )
    of('Outputs', (count) => `Outputs: { ${names(count, '{ Value: a }')} }\n${queue}`, 'quota-exceeded')
    of('Mappings', (count) => `Mappings: { ${names(count, '{ a: { b: c } }')} }\n${queue}`, 'quota-exceeded')
    of('MappingAttributes', (count) => `Mappings: { M: { a: { ${names(count, 'c')} } } }\n${queue}`, 'quota-exceeded')
  })

  it('so long names and descriptions, and so many dynamic references [CFN-R25]', () => {
    of('NameLength', (count) => `Mappings: { ${'M'.repeat(count)}: { a: { b: c } } }\n${queue}`, 'bad-name')
    of(
      'NameLength',
      (count) => `Parameters: { ${'P'.repeat(count)}: { Type: String, Default: a } }\n${queue}`,
      'bad-name',
    )
    of('DescriptionBytes', (count) => `Description: ${'d'.repeat(count)}\n${queue}`, 'quota-exceeded')
    const secret = (i: number): string => `"{{resolve:secretsmanager:s${i}:SecretString:password}}"`
    of(
      'DynamicReferences',
      (count) =>
        `Resources: { R: { Type: AWS::Test::Thing, Properties: { V: [${Array.from({ length: count }, (_, i) => secret(i)).join(', ')}] } } }`,
      'quota-exceeded',
    )
    for (const text of [
      'Parameters: { a_b: { Type: String, Default: a } }',
      'Mappings: { a_b: { c: { d: e } } }',
      'Outputs: { a_b: { Value: a } }',
    ])
      expect(told(`${text}\n${queue}`), text).toEqual(['error bad-name'])
  })

  it('so many bytes', () => {
    const padded = (bytes: number): string => `${queue}\n#${'x'.repeat(bytes - queue.length - 2)}`
    expect(told(padded(460_800), { quotas: quotasOf2020 })).toEqual([])
    expect(told(padded(460_801), { quotas: quotasOf2020 })).toEqual(['error document-too-large'])
    expect(told(padded(1_048_576))).toEqual([])
    expect(told(padded(1_048_577))).toEqual(['error document-too-large'])
    const simulation = `\nSimulation: { Seed: ${'x'.repeat(460_000)} }`
    expect(told(padded(460_000) + simulation, { quotas: quotasOf2020 }), 'which the simulation is not').toEqual([])
  })
})

it('the format has one version, and its description is a text [CFN-R1]', () => {
  const queue = 'Resources: { Q: { Type: AWS::SQS::Queue } }'
  expect(told(`AWSTemplateFormatVersion: 2010-09-09\n${queue}`)).toEqual([])
  expect(told(`AWSTemplateFormatVersion: "2010-09-09"\n${queue}`)).toEqual([])
  expect(told(`AWSTemplateFormatVersion: 2010-09-10\n${queue}`)).toEqual(['error format-version'])
  expect(told(`Description: !Ref AWS::Region\n${queue}`)).toEqual(['error wrong-type'])
  expect(told('Resources: {}')).toEqual(['warning no-resources'])
})
