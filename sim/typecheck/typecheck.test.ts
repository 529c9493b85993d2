// What AWS would refuse is found, with its place and a way out; what CloudFormation reads leniently passes.
import { describe, expect, it } from 'vitest'
import { loadTemplate } from '../cfn/index.ts'
import { Problems, type Problem } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { checkResource } from './index.ts'

/** Findings as `slug at "text of the place": message (label)`. */
function findings(text: string): string[] {
  const problems = new Problems()
  const template = loadTemplate({ name: 't.yaml', text }, { parameters: new Map(), dummies: true }, problems)!
  const told = (whole: Span): Problem[] =>
    problems.list.filter(({ span }) => span !== undefined && span.start >= whole.start && span.end <= whole.end)
  return [...template.resources.values()].flatMap((resource) =>
    checkResource(resource, { isMadeUp: template.isMadeUp, told: told(resource.span) }).map(({ problem }) => {
      const { severity, slug, message, label, span } = problem
      const place = span!.source.text.slice(span!.start, span!.end)
      const mark = severity === 'error' ? '' : `${severity} `
      return `${mark}${slug} at ${place}: ${message}${label === undefined ? '' : ` (${label})`}`
    }),
  )
}

/** Findings about one resource with these properties. */
const of = (type: string, properties: string): string[] =>
  findings(`Resources:\n  X: { Type: ${type}, Properties: { ${properties} } }\n`)

const QUEUE = 'AWS::SQS::Queue'
const TABLE = 'AWS::DynamoDB::Table'
const BUCKET = 'AWS::S3::Bucket'
const GROUP = 'AWS::EC2::SecurityGroup'

describe('a type', () => {
  it('of AWS is one of its registry', () => {
    expect(findings('Resources: { X: { Type: AWS::SQS::Queues } }')).toEqual([
      'unknown-type at AWS::SQS::Queues: `AWS::SQS::Queues` is not a resource type of AWS (did you mean `AWS::SQS::Queue`?)',
    ])
    expect(findings('Resources: { X: { Type: AWS::Nothing::Whatsoever } }').join()).toMatch(
      /\(@aws-cdk\/aws-service-spec [\d.]+ has none of this name\)$/,
    )
  })

  it.each(['Custom::Thing', 'My::Own::Thing', 'My::Own::Thing::MODULE', 'AWS::CDK::Metadata'])(
    'of another publisher passes with any property: %s',
    (type) => {
      expect(of(type, 'ServiceToken: arn, Anything: [{ at: all }]')).toEqual([])
    },
  )

  it('of a custom resource needs its token', () => {
    for (const type of ['Custom::Thing', 'AWS::CloudFormation::CustomResource'])
      expect(of(type, 'Anything: 1')).toEqual([
        `missing-property at X: \`ServiceToken\` is a required property of ${type} (expected a text)`,
      ])
  })
})

describe('a name', () => {
  it('that is none is told with the nearest', () => {
    expect(of(BUCKET, 'BucketNam: x')).toEqual([
      'unknown-property at BucketNam: `BucketNam` is not a property of AWS::S3::Bucket (did you mean `BucketName`?)',
    ])
  })

  it('that resembles nothing is told with what there is', () => {
    expect(
      of(TABLE, 'KeySchema: [], ProvisionedThroughput: { Zzz: 1, ReadCapacityUnits: 1, WriteCapacityUnits: 1 }'),
    ).toEqual([
      'unknown-property at Zzz: `Zzz` is not a property of `ProvisionedThroughput` in AWS::DynamoDB::Table (properties are `ReadCapacityUnits`, `WriteCapacityUnits`)',
    ])
    expect(of('AWS::EC2::Instance', 'Zzz: 1').join()).toMatch(/properties are .* and \d+ more\)$/)
  })

  it('of every object is no property', () => {
    expect(of(QUEUE, 'isPrototypeOf: 1, hasOwnProperty: 1').map((line) => line.split(' ', 1)[0])).toEqual([
      'unknown-property',
      'unknown-property',
    ])
  })

  it('is looked for at any depth, in items and in definitions that contain themselves', () => {
    const statement = 'NotStatement: { Statement: { NotStatement: { Statement: { Geo: 1 } } } }'
    const acl = `Scope: REGIONAL, DefaultAction: { Allow: {} }, VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: m }`
    const rule = `{ Name: r, Priority: 0, Statement: { ${statement} }, VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: m } }`
    expect(of('AWS::WAFv2::WebACL', `${acl}, Rules: [${rule}]`).join()).toMatch(
      /^unknown-property at Geo: `Geo` is not a property of `Statement` in AWS::WAFv2::WebACL/,
    )
  })

  it('of a function that stands beside properties is passed over, and then nothing is missing', () => {
    const include = "'Fn::Transform': { Name: AWS::Include, Parameters: { Location: s3://b/k } }"
    expect(of(TABLE, `${include}, BillingMode: PAY_PER_REQUEST`)).toEqual([])
  })
})

describe('a shape', () => {
  it.each([
    ['a list for a text', QUEUE, 'QueueName: [a]', 'wrong-type at QueueName: `QueueName` is ["a"], not a text'],
    ['a map for a text', QUEUE, 'QueueName: { a: 1 }', 'wrong-type at QueueName: `QueueName` is {"a":1}, not a text'],
    [
      'a word for a number',
      QUEUE,
      'DelaySeconds: 15m',
      'wrong-type at 15m: `DelaySeconds` is `15m`, not a whole number',
    ],
    ['a fraction', QUEUE, 'DelaySeconds: 1.5', 'wrong-type at 1.5: `DelaySeconds` is `1.5`, not a whole number'],
    [
      'a truth for a number',
      QUEUE,
      'DelaySeconds: true',
      'wrong-type at true: `DelaySeconds` is `true`, not a whole number',
    ],
    [
      'a word for a truth',
      QUEUE,
      'FifoQueue: maybe',
      'wrong-type at maybe: `FifoQueue` is `maybe`, not `true` or `false`',
    ],
    ['a number for a truth', QUEUE, 'FifoQueue: 1', 'wrong-type at 1: `FifoQueue` is `1`, not `true` or `false`'],
    [
      'a text for a map',
      BUCKET,
      'VersioningConfiguration: Enabled',
      'wrong-type at Enabled: `VersioningConfiguration` is `Enabled`, not a map',
    ],
    [
      'a list for a map',
      BUCKET,
      'VersioningConfiguration: []',
      'wrong-type at VersioningConfiguration: `VersioningConfiguration` is an empty list, not a map',
    ],
    [
      'a list in a list',
      GROUP,
      'GroupDescription: g, SecurityGroupIngress: [[{ IpProtocol: tcp }]]',
      'wrong-type at SecurityGroupIngress: `SecurityGroupIngress[0]` is [{"IpProtocol":"tcp"}], not a map',
    ],
  ])('%s is refused', (_, type, properties, expected) => {
    expect(of(type, properties)).toEqual([expected])
  })

  it('of a list is not a single text: AWS refuses that', () => {
    expect(of('AWS::EC2::Instance', 'SecurityGroupIds: sg-1')).toEqual([
      'wrong-type at sg-1: `SecurityGroupIds` is `sg-1`, not a list (a list of one is written with `- ` or `[ ]`)',
    ])
  })

  it('of a list of maps may be a single map for some types of AWS: a warning, and its members are checked', () => {
    const single = of(
      GROUP,
      'GroupDescription: g, SecurityGroupEgress: { IpProtocol: tcp, FromPort: 80, ToPort: 80, Cidr: x }',
    )
    expect(single[0]).toMatch(/^warning wrong-type at SecurityGroupEgress: /)
    expect(single.slice(1).join()).toMatch(/^unknown-property at Cidr: /)
  })

  it('is read as leniently as CloudFormation reads: numbers and truths from texts, texts from numbers and truths', () => {
    expect(of(QUEUE, 'DelaySeconds: "15", FifoQueue: "true", QueueName: 12, KmsMasterKeyId: true')).toEqual([])
    expect(of(QUEUE, 'FifoQueue: "False", VisibilityTimeout: 30.0, Tags: [{ Key: 1, Value: false }]')).toEqual([])
    expect(
      of('AWS::CloudWatch::Alarm', 'ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: "1e3"'),
    ).toEqual([])
  })

  it('of JSON is a map or a text of it', () => {
    expect(of(QUEUE, 'RedrivePolicy: { any: [thing] }')).toEqual([])
    expect(of(QUEUE, `RedrivePolicy: '{"any": 1}'`)).toEqual([])
  })

  it('of several is checked as the one that fits the value best', () => {
    expect(of(TABLE, 'KeySchema: [{ AttributeName: id, KeyTyp: HASH }]')).toEqual([
      'unknown-property at KeyTyp: `KeyTyp` is not a property of `KeySchema[0]` in AWS::DynamoDB::Table (did you mean `KeyType`?)',
    ])
  })

  it('may be a local path where packaging puts a map, and only there', () => {
    const lambda = 'Role: arn, Code: ./src'
    expect(of('AWS::Lambda::Function', lambda)).toEqual([])
    expect(of('AWS::Lambda::Function', `${lambda}, DeadLetterConfig: ./src`).join()).toMatch(/^wrong-type at \.\/src/)
  })

  it('has no say where nothing is written', () => {
    expect(of(QUEUE, 'DelaySeconds: , QueueName: !Ref AWS::NoValue')).toEqual([])
  })
})

describe('what is required', () => {
  it('is missed where the map begins', () => {
    expect(of(BUCKET, 'LifecycleConfiguration: { Rules: [{ Id: a }] }')).toEqual([
      'missing-property at Id: `Status` is a required property of `Rules[0]` in AWS::S3::Bucket (expected one of `Enabled`, `Disabled`)',
    ])
    expect(findings('Resources: { Spot: { Type: AWS::EC2::SpotFleet } }')).toEqual([
      'missing-property at Spot: `SpotFleetRequestConfigData` is a required property of AWS::EC2::SpotFleet (expected a map)',
    ])
  })

  it('is not missed where it stands under a name that is none', () => {
    expect(of(TABLE, 'KeySchma: []').join()).toMatch(/^unknown-property at KeySchma: [^,]*$/)
  })

  it('is only warned about where a part is there and empty, as AWS passes over empty parts', () => {
    expect(of('AWS::Lambda::Function', 'Role: arn, Code: ./src, RuntimeManagementConfig: {}').join()).toMatch(
      /^warning missing-property at RuntimeManagementConfig/,
    )
  })

  it('is not missed a second time where it was written and could not be resolved', () => {
    expect(of('AWS::IAM::Policy', 'PolicyName: !Ref Nowhere, PolicyDocument: {}')).toEqual([])
    expect(of('AWS::IAM::Policy', 'PolicyDocument: !Ref Nowhere').join()).toMatch(
      /^missing-property at X: .*`PolicyName`/,
    )
  })
})

describe('a value of a list of words', () => {
  it('is warned about, because AWS adds words faster than the registry comes out', () => {
    expect(of(BUCKET, 'VersioningConfiguration: { Status: Enable }')).toEqual([
      "warning unknown-value at Enable: `Status` is `Enable`, which AWS's registry does not list (did you mean `Enabled`?)",
    ])
    expect(of(BUCKET, 'VersioningConfiguration: { Status: Suspended }')).toEqual([])
  })
})

describe('what cannot be known passes every check', () => {
  const around = (value: string): string =>
    `Parameters:
  Given: { Type: String }
  Stored: { Type: AWS::SSM::Parameter::Value<String>, Default: /some/where }
Resources:
  Other: { Type: Custom::Thing, Properties: { ServiceToken: arn } }
  Mapping: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f } }
  X:
    Type: AWS::SQS::Queue
    Properties: { DelaySeconds: ${value}, FifoQueue: ${value}, Tags: ${value} }
`
  it.each([
    ['a parameter without a value', '!Ref Given'],
    ['a text made with one', '!Sub "${Given}-x"'],
    ['a stored parameter', '!Ref Stored'],
    ['a dynamic reference', '"{{resolve:secretsmanager:name}}"'],
    ["another stack's export", '!ImportValue elsewhere'],
    ['an attribute of a custom resource', '!GetAtt Other.Whatever'],
  ])('%s', (_, value) => {
    expect(findings(around(value))).toEqual([])
  })

  it('all texts, where more than a thousand were made up: to look for each in each would take too long', () => {
    const groups = Array.from({ length: 1100 }, (_, i) => `!GetAtt Other.Id${i}`).join(', ')
    const made = `Web: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-1, SecurityGroupIds: [${groups}] } }`
    expect(findings(`${around('!Ref AWS::Region')}  ${made}\n`)).toEqual([])
  })

  it('unlike what is known', () => {
    expect(findings(around('!Ref AWS::Region'))).toHaveLength(3)
  })
})
