// What the template language does to a run: the same file with other parameters, mappings, conditions and stacks is another system.
import { describe, expect, it } from 'vitest'
import { reportOf, type Report } from '../sim/run/report.ts'
import { runScenario } from '../sim/run/run.ts'
import type { FileReader } from '../sim/lang/scenario.ts'
import { problemsOf, scenarioOf } from './scenarios.ts'

interface Outcome {
  readonly names: readonly string[]
  of(name: string): Report['resources'][number]
  sum(name: string, metric: string): number
}

function run(
  text: string,
  parameters: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Outcome {
  const scenario = scenarioOf(text, { parameters: new Map(Object.entries(parameters)), files: reader(files) })
  const { resources } = reportOf(runScenario(scenario, { verify: true }), '')
  const of = (name: string): Report['resources'][number] => resources.find((resource) => resource.name === name)!
  return {
    names: resources.map((resource) => resource.name),
    of,
    sum: (name, metric) =>
      of(name)
        .metrics.filter((each) => each.name === metric)
        .reduce((total, each) => total + each.sum, 0),
  }
}

function reader(files: Readonly<Record<string, string>>): FileReader {
  const known = new Map(Object.entries(files))
  return {
    read(path) {
      const value = known.get(path)
      return value === undefined
        ? { ok: false, message: `\`${path}\` cannot be read`, help: 'no such file' }
        : { ok: true, value }
    },
  }
}

describe('a parameter', () => {
  const text = `
Parameters: { Reserved: { Type: Number, Default: 1, MinValue: 1 } }
Transform: AWS::Serverless-2016-10-31
Resources:
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, ReservedConcurrentExecutions: !Ref Reserved } }
Simulation:
  Duration: 2m
  WarmUp: 1m
  Assumptions: { Work: { ColdStart: 100ms } }
  Workloads: { Load: { Target: Work, Operation: lambda:InvokeFunction, Rate: 200/s, Arrivals: regular, Client: { Retries: none } } }
  Handlers: { Work: [{ Wait: 100ms }] }
`
  it('lets one file be many systems [N.CLOUDFORMATION-14]', () => {
    const accepted = (reserved: string): number => run(text, { Reserved: reserved }).of('Work').succeeded
    const [one, four] = [accepted('1'), accepted('4')]
    // One environment answers ten requests of 100 ms a second.
    expect(one).toBeGreaterThan(500)
    expect(one).toBeLessThanOrEqual(600)
    expect(four / one).toBeCloseTo(4, 1)
  })

  it('that is not to be shown is not shown', () => {
    const secret = scenarioOf(`Parameters: { Key: { Type: String, NoEcho: true, Default: hunter2 } }
Resources: { Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Key } } }`)
    expect(secret.parameters).toMatchObject([{ name: 'Key', value: '****', initial: '****' }])
    expect(JSON.stringify(secret.parameters)).not.toContain('hunter2')
    expect(secret.plan.components.find((component) => component.name === 'Q')?.dimensionValue).toBe('hunter2')
  })
})

describe('a mapping', () => {
  it('is fixed, and gives a function its size by the region [N.CLOUDFORMATION-16]', () => {
    const text = (memory: number): string => `
Mappings: { RegionMap: { eu-west-1: { Mem: 1024 }, us-east-1: { Cpu: 1, Mem: ${memory} } } }
Transform: AWS::Serverless-2016-10-31
Resources:
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Timeout: 30, MemorySize: !FindInMap [RegionMap, !Ref AWS::Region, Mem] } }
Simulation:
  Duration: 1m
  Assumptions: { Work: { ColdStart: 1ms } }
  Workloads: { Load: { Target: Work, Operation: lambda:InvokeFunction, Rate: 1/s, Arrivals: regular } }
  Handlers: { Work: [{ Compute: 10ms }] }
`
    const duration = (memory: number): number =>
      run(text(memory))
        .of('Work')
        .metrics.find((each) => each.name === 'Duration')!.p50!
    // 1,769 MB are one vCPU: 256 MB take 6.9 times as long, 512 MB half of that.
    expect(duration(256)).toBeCloseTo((10 * 1769) / 256, 0)
    expect(duration(512)).toBeCloseTo((10 * 1769) / 512, 0)
    expect(problemsOf(text(256).replace('Mem: 256', 'Mem: !Ref AWS::Region'))).toContain('error[mapping-value]')
  })

  it('tells environments apart [N.CLOUDFORMATION-17]', () => {
    const text = `
Parameters: { Env: { Type: String, AllowedValues: [dev, prod] } }
Mappings: { Sizes: { dev: { Read: 5 }, prod: { Read: 500 } } }
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: !FindInMap [Sizes, !Ref Env, Read], WriteCapacityUnits: 5 }
Simulation:
  Duration: 3m
  Workloads:
    Readers: { Target: Orders, Operation: dynamodb:GetItem, Rate: 100/s, Attributes: { id: uuid }, Parameters: { Key: { id: $.id }, ConsistentRead: true }, Client: { Retries: none } }
`
    const throttled = (env: string): number => run(text, { Env: env }).sum('Orders', 'ReadThrottleEvents')
    expect(throttled('dev')).toBeGreaterThan(1000)
    expect(throttled('prod')).toBe(0)
  })
})

it('a condition decides whether a resource is there [N.CLOUDFORMATION-25]', () => {
  const text = `
Parameters: { Env: { Type: String, Default: dev } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Transform: AWS::Serverless-2016-10-31
Resources:
  Dead: { Type: AWS::SQS::Queue, Condition: IsProd }
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 10
      MessageRetentionPeriod: 60
      RedrivePolicy: !If [IsProd, { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1 }, !Ref AWS::NoValue]
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Timeout: 5, Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 1 } } } }
Simulation:
  Duration: 5m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 5/s, Count: 100 } }
  Handlers: { Work: [{ Fail: Boom }] }
`
  const development = run(text)
  expect(development.names).not.toContain('Dead')
  const production = run(text, { Env: 'prod' })
  const dead = production.of('Dead').metrics.find((each) => each.name === 'ApproximateNumberOfMessagesVisible')
  expect(dead?.maximum).toBe(100)
})

describe('stacks', () => {
  const data = `
Resources: { Jobs: { Type: AWS::SQS::Queue } }
Outputs: { Url: { Value: !Ref Jobs, Export: { Name: JobsUrl } } }`
  const app = `
Outputs: { Url: { Value: !ImportValue JobsUrl } }
Transform: AWS::Serverless-2016-10-31
Parameters: { Times: { Type: Number, Default: 1 } }
Resources:
  Send:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Timeout: 5, Environment: { Variables: { URL: !ImportValue JobsUrl, TIMES: !Ref Times } } }`
  const beside = `
Simulation:
  Stacks: { App: { Template: app.yaml }, Data: { Template: data.yaml } }
  Duration: 1m
  Workloads: { Load: { Target: App.Send, Operation: lambda:InvokeFunction, Rate: 1/s, Arrivals: regular, Count: 10 } }
  Handlers: { App.Send: [{ sqs:SendMessage: { QueueUrl: !GetAtt App.Outputs.Url, MessageBody: $ } }] }
  Expect: [conserved(Data.Jobs), sum(Data.Jobs.NumberOfMessagesSent) == 10]
`
  it('beside each other share exports and are one system [N.CLOUDFORMATION-20, CFN-R50]', () => {
    const { of, sum } = run(beside, {}, { 'app.yaml': app, 'data.yaml': data })
    expect(of('App.Send').succeeded).toBe(10)
    expect(sum('Data.Jobs', 'NumberOfMessagesSent')).toBe(10)
  })

  it('may stand beside a template of one’s own, which imports from them', () => {
    const own = `${app}
Simulation:
  Stacks: { Data: { Template: data.yaml } }
  Duration: 1m
  Workloads: { Load: { Target: Send, Operation: lambda:InvokeFunction, Rate: 1/s, Arrivals: regular, Count: 10 } }
  Handlers: { Send: [{ sqs:SendMessage: { QueueUrl: !Ref Data.Jobs, MessageBody: $ } }] }`
    expect(run(own, {}, { 'data.yaml': data }).sum('Data.Jobs', 'NumberOfMessagesSent')).toBe(10)
  })

  it('have their own mistakes, told at their place', () => {
    const told = (
      text: string,
      files: Readonly<Record<string, string>> = { 'app.yaml': app, 'data.yaml': data },
    ): string => problemsOf(text, { files: reader(files) })
    expect(told(beside.replace('data.yaml', 'dta.yaml'))).toContain('error[unreadable-file]')
    expect(told(beside.replace('App: {', 'App: { Tmplate: x,'))).toContain('did you mean `Template`?')
    expect(told(beside.replace('Template: app.yaml', 'Template: app.yaml, Parameters: { Tims: 2 }'))).toContain(
      'did you mean `Times`?',
    )
    expect(told(beside.replace('!GetAtt App.Outputs.Url', '!Ref Data.Jbos'))).toContain('did you mean `Data.Jobs`?')
    expect(told(beside, { 'app.yaml': app.replace('JobsUrl', 'JobUrl'), 'data.yaml': data })).toContain(
      'no export named `JobUrl` found',
    )
    expect(told(`${beside}Parameters: {}`)).toContain('error[unknown-section]')
    expect(told('Simulation: { Stacks: [a] }')).toContain('`Stacks` is not a map of stacks')
    expect(told('Simulation: { Stacks: {} }')).toContain('error[no-resources]')
  })

  it('nested in one another run as one, two copies of a template side by side [N.CLOUDFORMATION-37, CFN-R51]', () => {
    const worker = `
Parameters: { Batch: { Type: Number } }
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Timeout: 5, Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: !Ref Batch, MaximumBatchingWindowInSeconds: 1 } } } }
Outputs: { Arn: { Value: !GetAtt Jobs.Arn } }`
    const stack = (batch: number): string =>
      `{ Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: worker.yaml, Parameters: { Batch: ${batch} } } }`
    const { of, sum, names } = run(
      `
Resources:
  Small: ${stack(1)}
  Large: ${stack(10)}
Simulation:
  Duration: 3m
  Workloads:
    ToSmall: { Target: !GetAtt Small.Outputs.Arn, Operation: sqs:SendMessage, Rate: 20/s }
    ToLarge: { Target: Large.Jobs, Operation: sqs:SendMessage, Rate: 20/s }
  Handlers: { Small.Work: [{ Wait: 500ms }], Large.Work: [{ Wait: 500ms }] }
  Expect: [conserved(Small.Jobs), conserved(Large.Jobs), p99(Small.Work.Duration) < 1s]
`,
      {},
      { 'worker.yaml': worker },
    )
    expect(names).toEqual(expect.arrayContaining(['Small.Jobs', 'Small.Work', 'Large.Jobs', 'Large.Work']))
    const perCall = (name: string): number =>
      sum(`${name}.Jobs`, 'NumberOfMessagesReceived') / of(`${name}.Work`).received
    expect(perCall('Small')).toBeCloseTo(1, 1)
    expect(perCall('Large')).toBeCloseTo(10, 1)
  })
})

describe('quotas of a template', () => {
  const many = (count: number, quotas: string): string =>
    `Resources: { ${Array.from({ length: count }, (_, i) => `T${i}: { Type: AWS::SNS::Topic }`).join(', ')} }\nSimulation: { Quotas: ${quotas} }`

  it('follow the profile, and what the scenario sets itself', () => {
    expect(problemsOf(many(201, 'current'))).not.toContain('too-many-resources')
    expect(problemsOf(many(201, 'notes-2020'))).toContain('a template has at most 200 resources, not 201')
    expect(problemsOf(many(11, '{ cloudformation.Resources: 10 }'))).toContain(
      'a template has at most 10 resources, not 11',
    )
    expect(problemsOf(many(1, '{ cloudformation.Resorces: 10 }'))).toContain('did you mean `cloudformation.Resources`?')
  })
})
