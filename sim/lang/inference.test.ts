// Bare templates: which handlers and workloads they are given, and that the overlay that says so means the same.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import { Problems } from '../diag/problem.ts'
import { overlayText } from '../infer/index.ts'
import { runScenario } from '../run/run.ts'
import { loadScenario, type Scenario } from './scenario.ts'

const MINUTE = 60_000_000
const SAM = 'Transform: AWS::Serverless-2016-10-31\nResources:'
const fn = (name: string, events: string, more = ''): string => `
  ${name}:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Runtime: nodejs20.x
      Handler: index.handler
      MemorySize: 1769
      Events: ${events}
      ${more}`
const queue = (name: string): string => `\n  ${name}: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 30 } }`
const from = (name: string): string => `{ Q: { Type: SQS, Properties: { Queue: !GetAtt ${name}.Arn } } }`
const sends = (to: string): string =>
  `Policies: [SQSSendMessagePolicy: { QueueName: !GetAtt ${to}.QueueName }]\n      Environment: { Variables: { QUEUE_URL: !Ref ${to} } }`
const TABLE = `
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: tenant, KeyType: HASH }, { AttributeName: number, KeyType: RANGE }]
      AttributeDefinitions: [{ AttributeName: tenant, AttributeType: S }, { AttributeName: number, AttributeType: N }]
      BillingMode: PAY_PER_REQUEST`
const CRUD =
  'Policies: [DynamoDBCrudPolicy: { TableName: !Ref Orders }]\n      Environment: { Variables: { TABLE: !Ref Orders } }'

const bare = (text: string): Scenario => scenarioOf(text, { duration: MINUTE })
const workloads = (scenario: Scenario) =>
  scenario.draft!.workloads.map(({ target, operation }) => `${target} ${operation}`)
const overlayOf = (scenario: Scenario): string =>
  overlayText(scenario.draft!, {
    template: 'template.yaml',
    parameters: new Map(),
    notSimulated: scenario.notSimulated.map(({ message }) => message),
  })

describe('a handler', () => {
  it('makes the inferred calls with keys of the table, and they succeed', () => {
    const scenario = bare(`${SAM}${TABLE}
${fn('ListOrders', '{ A: { Type: Api, Properties: { Path: /orders, Method: get } } }', CRUD)}
${fn('CreateOrder', '{ A: { Type: Api, Properties: { Path: /orders, Method: post } } }', CRUD)}
${fn('UpdateOrder', '{ A: { Type: Api, Properties: { Path: "/orders/{id}", Method: put } } }', CRUD)}
${fn('GetOrder', '{ A: { Type: Api, Properties: { Path: "/orders/{id}", Method: get } } }', CRUD)}
${fn('DeleteOrder', '{ A: { Type: Api, Properties: { Path: "/orders/{id}", Method: delete } } }', CRUD)}`)
    const actions = scenario.draft!.handlers.map(({ always }) => always.map(({ title }) => title))
    expect(actions.flat()).toEqual(
      ['Query', 'PutItem', 'UpdateItem', 'GetItem', 'DeleteItem'].map((name) => `dynamodb:${name} on Orders`),
    )
    const { world } = runScenario(scenario)
    const sum = (metric: string): number =>
      world.metrics
        .filter(({ name }) => name === metric)
        .flatMap(({ series }) => series.points)
        .reduce((all, { sum: of }) => all + of, 0)
    expect(sum('Invocations')).toBeGreaterThan(1000)
    expect(sum('Errors')).toBe(0)
    expect(sum('ConsumedWriteCapacityUnits')).toBeGreaterThan(500)
  })

  it('of several routes takes one of them for each request', () => {
    const scenario = bare(`${SAM}${TABLE}
${fn('Orders2', '{ A: { Type: Api, Properties: { Path: /o, Method: post } }, B: { Type: Api, Properties: { Path: "/o/{id}", Method: get } }, C: { Type: Api, Properties: { Path: /other, Method: any } } }', CRUD)}`)
    const [handler] = scenario.draft!.handlers
    expect(handler!.always).toEqual([])
    expect(handler!.byRoute.map(({ route, steps }) => `${route}: ${steps.map(({ title }) => title).join()}`)).toEqual([
      'POST /o: dynamodb:PutItem on Orders',
      'GET /o/{id}: dynamodb:GetItem on Orders',
      'ANY /other: dynamodb:PutItem on Orders',
    ])
    expect(overlayOf(scenario)).toMatch(/Choose:\n\s+# POST \/o\n/)
  })

  it('of a batch does its work for each record', () => {
    const scenario = bare(`${SAM}${TABLE}${queue('Jobs')}${fn('Work', from('Jobs'), CRUD)}`)
    expect(scenario.draft!.handlers[0]!.perRecord).toBe(true)
    expect(overlayOf(scenario)).toContain('In: $.Records')
  })

  it('makes no call that would set the function itself to work again', () => {
    const scenario = bare(
      `${SAM}${queue('A')}${queue('B')}${fn('First', from('A'), sends('B'))}${fn('Second', from('B'), sends('A'))}`,
    )
    expect(scenario.draft!.left.map(({ call, why }) => `${call.from} ${call.to}: ${why}`)).toEqual([
      'Second A: it would set the function to work again, and again',
    ])
    expect(scenario.notSimulated.map(({ message }) => message).join('\n')).toContain(
      '`sqs:SendMessage` is left out, it would set the function to work again, and again: Second',
    )
    expect(runScenario(scenario).stopped).toBeUndefined()
  })

  it('leaves out what no room answers, and what is too weak to go by', () => {
    const scenario = bare(`${SAM}
  Flow: { Type: AWS::StepFunctions::StateMachine, Properties: { RoleArn: arn, DefinitionString: "{}" } }${queue('Told')}
${fn('Publish', '{}', 'Policies: [StepFunctionsExecutionPolicy: { StateMachineName: !GetAtt Flow.Name }]\n      Environment: { Variables: { FLOW: !Ref Flow, QUEUE: !Ref Told } }')}`)
    const [{ always } = { always: [] }] = scenario.draft!.handlers
    expect(always.map(({ step, title }) => [step, title])).toEqual([
      [undefined, 'not made: states:StartExecution on Flow, no room for it yet'],
      [undefined, 'perhaps: sqs:SendMessage on Told'],
    ])
    expect(overlayOf(scenario)).toMatch(
      /# not made: states:StartExecution on Flow, no room for it yet: policy template \S+ allows states:StartExecution \(line \d+\)/,
    )
  })
})

describe('the default bus', () => {
  const rule = (source: string): string =>
    `{ R: { Type: EventBridgeRule, Properties: { Pattern: { source: [${source}], detail-type: [done] } } } }`
  const PUTS = 'Policies: [{ Statement: [{ Effect: Allow, Action: events:PutEvents, Resource: "*" }] }]'
  const calls = (scenario: Scenario) =>
    scenario.draft!.handlers.flatMap(({ name, always }) =>
      always.map(({ title, step }) => `${name}: ${step === undefined ? 'perhaps' : title}`),
    )

  it('gets the events that its rules wait for from a function that may put them anywhere, and from nobody else', () => {
    const scenario = bare(`${SAM}${fn('Make', '{}', PUTS)}${fn('Take', rule('app'))}`)
    expect(calls(scenario)).toEqual(['Make: events:PutEvents on Sim::Events::DefaultBus'])
    expect(workloads(scenario)).toEqual(['Make lambda:InvokeFunction'])
    const { world } = runScenario(scenario)
    const invoked = (name: string): number =>
      world.metrics
        .find(({ component, name: metric }) => component === name && metric === 'Invocations')!
        .series.points.reduce((sum, point) => sum + point.sum, 0)
    expect(invoked('Make')).toBeGreaterThan(100)
    expect(Math.abs(invoked('Take') - invoked('Make'))).toBeLessThan(5)
  })

  it('gets none where no rule waits for an application, and none from whom they would set to work', () => {
    expect(calls(bare(`${SAM}${fn('Make', '{}', PUTS)}${fn('Take', rule('aws.s3'))}`))).toEqual([])
    const circle = bare(`${SAM}${fn('Take', rule('app'), PUTS)}`)
    expect(calls(circle)).toEqual(['Take: perhaps'])
    expect(workloads(circle)).toEqual(['Sim::Events::DefaultBus events:PutEvents'])
    expect(runScenario(circle).stopped).toBeUndefined()
  })

  it('is not meant by a function that has a bus of its own', () => {
    const own = `\n  Bus: { Type: AWS::Events::EventBus, Properties: { Name: bus } }`
    const scenario = bare(
      `${SAM}${own}${fn('Make', '{}', `${PUTS}\n      Environment: { Variables: { BUS: !Ref Bus } }`)}${fn('Take', rule('app'))}`,
    )
    expect(calls(scenario)).toEqual(['Make: events:PutEvents on Bus'])
    expect(workloads(scenario)).toContain('Sim::Events::DefaultBus events:PutEvents')
  })
})

describe('a workload', () => {
  it('stands on routes and on queues that nothing sends to, not on preflights and not on what handlers feed', () => {
    const scenario = bare(`Globals: { Api: { Cors: "'*'" } }\n${SAM}${queue('Jobs')}${queue('Open')}
${fn('Accept', '{ A: { Type: Api, Properties: { Path: /jobs, Method: post } } }', sends('Jobs'))}${fn('Work', from('Jobs'))}`)
    expect(workloads(scenario)).toEqual(['Open sqs:SendMessage', 'ServerlessRestApi POST /jobs'])
    const { world } = runScenario(scenario)
    const invoked = world.metrics.find(({ component, name }) => component === 'Work' && name === 'Invocations')!
    expect(invoked.series.points.reduce((sum, point) => sum + point.sum, 0)).toBeGreaterThan(100)
  })

  it('does not stand for an API that asks a function who may call', () => {
    const scenario = bare(`${SAM}
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: prod, Auth: { DefaultAuthorizer: Guard, Authorizers: { Guard: { FunctionArn: !GetAtt Check.Arn } } } } }
${fn('Check', '{}')}${fn('Work', '{ A: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /x, Method: get } } }')}`)
    expect(workloads(scenario)).toEqual(['Api GET /x'])
    const { world } = runScenario(scenario)
    const sum = (of: string, metric: string): number =>
      world.metrics
        .find(({ component, name }) => component === of && name === metric)!
        .series.points.reduce((all, point) => all + point.sum, 0)
    // One token, whose policy is kept.
    expect(sum('Check', 'Invocations')).toBeGreaterThan(0)
    expect(sum('Check', 'Invocations')).toBeLessThan(20)
    expect(sum('Work', 'Invocations')).toBeGreaterThan(100)
    expect(sum('Api', '4XXError') + sum('Api', '5XXError')).toBe(0)
  })

  it('does not stand on queues for failures, and is called after its route', () => {
    const scenario = bare(`${SAM}${queue('Failed')}
${fn('Main', '{ A: { Type: Api, Properties: { Path: "/carts/{cartId}/total", Method: get } } }', 'EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failed.Arn } } }')}`)
    expect(scenario.draft!.workloads.map(({ name }) => name)).toEqual(['GetCartsCartIdTotal'])
  })

  it('writes to a table whose stream is read and that nothing else writes, every time something new', () => {
    const streamed = `${TABLE}
      StreamSpecification: { StreamViewType: NEW_IMAGE }`
    const events =
      '{ S: { Type: DynamoDB, Properties: { Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST } } }'
    const scenario = bare(`${SAM}${streamed}${fn('OnChange', events)}`)
    expect(workloads(scenario)).toEqual(['Orders dynamodb:PutItem'])
    const { world } = runScenario(scenario)
    const of = (name: string): number =>
      world.metricOf('OnChangeS', name)!.series.points.reduce((n, { sum }) => n + sum, 0)
    expect(of('PolledEventCount')).toBeGreaterThan(200)
    // Who writes it from within writes something new, too; then nobody does so from outside.
    const put = '{ A: { Type: HttpApi, Properties: { Path: /orders, Method: post } } }'
    const within = bare(`${SAM}${streamed}${fn('OnChange', events)}${fn('PutOrder', put, CRUD)}`)
    expect(workloads(within)).toEqual(['ServerlessHttpApi POST /orders'])
    expect(overlayOf(within)).toContain('revision: uuid')
    // A stream that nobody reads wants nothing.
    expect(workloads(bare(`${SAM}${streamed}`))).toEqual([])
  })

  it('stands in for sources that are not simulated, and says for which', () => {
    const scenario = bare(`${SAM}${TABLE}
  Bucket: { Type: AWS::S3::Bucket }
${fn('OnBucket', '{ B: { Type: S3, Properties: { Bucket: !Ref Bucket, Events: s3:ObjectCreated:* } } }')}
  Topic: { Type: AWS::SNS::Topic }
${fn('OnTopic', '{ T: { Type: SNS, Properties: { Topic: !Ref Topic } } }')}
  Pager: { Type: AWS::SNS::Topic }
  Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { Namespace: Own, MetricName: Bad, Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref Pager] } }
${fn('OnStream', '{ S: { Type: DynamoDB, Properties: { Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST } } }'.replace('!GetAtt Orders.StreamArn', 'arn:aws:kinesis:us-east-1:123456789012:stream/x'), CRUD)}
${fn('Hourly', '{ C: { Type: Schedule, Properties: { Schedule: rate(1 hour) } } }')}
${fn('Nightly', '{ C: { Type: Schedule, Properties: { Schedule: cron(0 3 * * ? *) } } }')}
${fn('Never', '{ C: { Type: Schedule, Properties: { Schedule: cron(0 3 31 2 ? *) } } }')}
${fn('Setup', '{}')}
  Once: { Type: Custom::Once, Properties: { ServiceToken: !GetAtt Setup.Arn } }
${fn('Nobody', '{}')}`)
    const made = new Map(scenario.draft!.workloads.map((workload) => [workload.target, workload]))
    // What a topic, an alarm or a bucket of the simulation brings needs nobody in its place.
    expect([made.has('OnTopic'), made.has('Pager'), made.has('OnBucket')]).toEqual([false, false, false])
    expect(made.get('Bucket')).toMatchObject({ operation: 's3:PutObject', rate: '5/s', insteadOf: [] })
    expect(made.get('Topic')).toMatchObject({ operation: 'sns:Publish', rate: '5/s', insteadOf: [] })
    expect(made.get('OnStream')).toMatchObject({
      insteadOf: ['something of kinesis outside the template'],
      more: { Attributes: { Records: [{}] } },
    })
    expect(made.get('Hourly')).toMatchObject({
      rate: [{}, {}, { At: '1s', Value: '1/h' }],
      insteadOf: ['rule HourlyC, rate(1 hour)'],
    })
    expect(made.get('Nightly')).toMatchObject({ more: { Count: 1 } })
    expect(made.get('Never')).toMatchObject({ rate: '1/s', more: { Count: 1 } })
    expect(made.get('Setup')).toMatchObject({ more: { Count: 1 }, insteadOf: ['custom resource Once'] })
    expect(made.get('Nobody')).toMatchObject({ rate: '5/s', insteadOf: [] })
    const { world } = runScenario(scenario)
    const requests = (name: string): number => world.stateOf<{ requests: number }>(`${name}Client`).requests
    expect(['Hourly', 'Nightly', 'Never', 'Setup'].map(requests)).toEqual([1, 1, 1, 1])
  })

  it('is given where a scenario says nothing of load, and only there', () => {
    const template = `Resources:${queue('Jobs')}`
    expect(bare(`${template}\nSimulation: { Seed: 3 }`).draft!.workloads.length).toBe(1)
    expect(
      bare(`${template}\nSimulation: { Workloads: { W: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } } }`)
        .draft,
    ).toBeUndefined()
    expect(
      bare(`${template}\nSimulation: { Actions: [{ At: 1s, sqs:PurgeQueue: { QueueUrl: Jobs } }] }`).draft,
    ).toBeUndefined()
  })
})

it('the overlay means the same as the bare template', () => {
  const text = `${SAM}${TABLE}${queue('Jobs')}
${fn('Accept', '{ A: { Type: Api, Properties: { Path: /jobs, Method: post } }, B: { Type: Api, Properties: { Path: "/jobs/{id}", Method: get } } }', `${sends('Jobs')}\n`.replace('Policies: [', 'Policies: [DynamoDBCrudPolicy: { TableName: !Ref Orders }, ').replace('Variables: {', 'Variables: { TABLE: !Ref Orders,'))}
${fn('Work', from('Jobs'), CRUD)}${fn('Daily', '{ C: { Type: Schedule, Properties: { Schedule: rate(1 day) } } }')}`
  const scenario = bare(text)
  const problems = new Problems()
  const overlay = loadScenario(
    { name: 'overlay.yaml', text: overlayOf(scenario) },
    { duration: MINUTE, files: { read: () => ({ ok: true, value: text }) } },
    problems,
  )
  expect(problems.list.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(overlay!.draft).toBeUndefined()
  expect(runScenario(overlay!).world.kernel.digest.hex()).toBe(runScenario(scenario).world.kernel.digest.hex())
})

it('what was inferred is told in a few lines, whatever the number of functions', () => {
  const many = Array.from({ length: 15 }, (_, i) =>
    fn(`Fn${i}`, `{ A: { Type: Api, Properties: { Path: /p${i}, Method: get } } }`),
  ).join('')
  expect(bare(`${SAM}${many}`).inferred).toEqual([
    'handlers of 15 functions, which compute only',
    '5/s on each of 15 routes of ServerlessRestApi',
    '`hotshard import` writes all of this down, with its reasons',
  ])
})
