// The resources of a template: what AWS's registry says of them is weighed with what their rooms say, each mistake once.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { leftOut } from '../run/report.ts'

const heads = (text: string): string[] =>
  problemsOf(text)
    .split('\n')
    .filter((line) => /^(error|warning)\[/.test(line))
const TABLE = 'BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }]'
const queue = (properties: string, more = ''): string =>
  `${more}\nResources: { Jobs: { Type: AWS::SQS::Queue, Properties: { ${properties} } } }`

describe('one mistake is one message', () => {
  it('where the registry and the room both see it, and the room knows more', () => {
    const told = problemsOf(queue('DelaySeconds: 15m'))
    expect(told.match(/error\[/g)).toHaveLength(1)
    expect(told).toContain('expected 0 to 900 s')
  })

  it('where a misspelt name leaves a required one missing', () => {
    const table = `AttributeDefinitions: [{ AttributeName: id, AttributeTyp: S }], ${TABLE}`
    expect(heads(`Resources: { Orders: { Type: AWS::DynamoDB::Table, Properties: { ${table} } } }`)).toEqual([
      'error[unknown-property]: `AttributeTyp` is not a property of `AttributeDefinitions[0]` in AWS::DynamoDB::Table',
    ])
  })

  it('where the room refuses a word that the registry would only warn about', () => {
    const table = `AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], ${TABLE.replace('PAY_PER_REQUEST', 'FREE')}`
    expect(heads(`Resources: { Orders: { Type: AWS::DynamoDB::Table, Properties: { ${table} } } }`)).toEqual([
      'error[unknown-value]: `BillingMode` is `FREE`',
    ])
  })
})

describe('a property', () => {
  it('that AWS has and the model passes over is on the list once, with its first place', () => {
    const mapping = (from: string): string =>
      `FunctionName: !Ref Work, EventSourceArn: !GetAtt ${from}.Arn, Queues: [q], Topics: [t]`
    const text = `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Work: { Type: AWS::Lambda::Function, Properties: { Role: r, Runtime: nodejs22.x, Handler: h.h, Code: ./src } }
  Poll: { Type: AWS::Lambda::EventSourceMapping, Properties: { ${mapping('Jobs')} } }
  Also: { Type: AWS::Lambda::EventSourceMapping, Properties: { ${mapping('More')} } }
  More: { Type: AWS::SQS::Queue }
`
    const lines = scenarioOf(text).notSimulated.map(leftOut)
    const topics = lines.filter(({ property }) => property === 'Topics')
    expect(topics).toEqual([
      expect.objectContaining({ type: 'AWS::Lambda::EventSourceMapping', place: 'test.yaml:5:136' }),
    ])
  })

  it('that a room knows and the registry does not yet is on the list', () => {
    const data = 'ImageId: ami-1, InstanceType: m5.large, SecondaryInterfaces: []'
    const text = `Resources: { Small: { Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { ${data} } } } }`
    const properties = scenarioOf(text).notSimulated.map((line) => leftOut(line).property)
    expect(properties).toEqual(['LaunchTemplateData.SecondaryInterfaces'])
  })

  it('of a type of ours is one that the model has', () => {
    const server = (properties: string): string =>
      `Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: 20ms, ${properties} } } }`
    expect(problemsOf(server('Worker: 1'))).toContain('did you mean `Workers`?')
    expect(problemsOf(server('Zzz: 1'))).toMatch(/error\[unknown-property\].*\n.*\n.*\n.*\n.*properties are `\w+`/)
  })

  it('written by the SAM transform is on no list', () => {
    const text = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: h.h
      CodeUri: ./src
      Events: { FromJobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } } }
`
    expect(scenarioOf(text).notSimulated).toEqual([])
  })
})

describe('what is missing', () => {
  it.each(['', 'Transform: AWS::Serverless-2016-10-31'])(
    'is told where a null stands for it, and no room is asked about the rest: %s',
    (transform) => {
      const alarm = 'ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 1'
      const metrics = 'Metrics: [~, { Id: a, MetricStat: ~ }]'
      expect(
        heads(
          `${transform}\nResources: { Late: { Type: AWS::CloudWatch::Alarm, Properties: { ${alarm}, ${metrics} } } }`,
        ),
      ).toEqual(Array.from({ length: 2 }, () => 'error[null-value]: null stands here, which no template may hold'))
    },
  )

  it('is only warned about where the room can do without, and loads', () => {
    const sketch = 'Resources: { Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x } } }'
    expect(heads(sketch)).toEqual([
      'warning[missing-property]: `Code` is a required property of AWS::Lambda::Function',
      'warning[missing-property]: `Role` is a required property of AWS::Lambda::Function',
    ])
    expect(scenarioOf(sketch).plan.components.map(({ name }) => name)).toContain('Work')
  })

  it('is an error where nothing is simulated, and in the parts of what is', () => {
    expect(heads('Resources: { Spot: { Type: AWS::EC2::SpotFleet } }').join()).toMatch(/^error\[missing-property\]/)
    const table = `AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], ${TABLE}, GlobalSecondaryIndexes: [{ IndexName: i, KeySchema: [{ AttributeName: id, KeyType: HASH }] }]`
    expect(heads(`Resources: { Orders: { Type: AWS::DynamoDB::Table, Properties: { ${table} } } }`).join()).toMatch(
      /error\[missing-property\]: `Projection`/,
    )
  })
})

describe('what nobody here can know', () => {
  it('does not stop a property of the model: the default holds', () => {
    const text = queue(
      'DelaySeconds: !Ref Wait, FifoQueue: !Ref Fifo',
      'Parameters: { Wait: { Type: String }, Fifo: { Type: String } }',
    )
    const jobs = scenarioOf(text).plan.components.find(({ name }) => name === 'Jobs')!
    expect(jobs.config['DelaySeconds']).toBe(0)
  })

  it('includes what a macro would make of the template: mistakes are warnings', () => {
    const text = `Transform: Acme::Standards\n${queue('').trim()}\n`.replace(
      'Jobs:',
      'Bucket: { Type: AWS::S3::Bucket, Properties: { Colour: red } }, Jobs:',
    )
    const told = problemsOf(text)
    expect(told).toContain('warning[unknown-property]: `Colour`')
    expect(told).toContain('the macro `Acme::Standards`, which is not run, may mend this')
    expect(scenarioOf(text).plan.components.length).toBeGreaterThan(0)
  })
})
