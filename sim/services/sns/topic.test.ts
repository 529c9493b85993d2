// Shows each rule of a topic: fan-out, filters, retries, dead letters, order.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, MINUTE, SECOND, type Answer, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { steps, wait } from '../../../test/lambda.ts'
import type { Instruction } from '../../parts/program.ts'
import { Session, type Answer as Told } from '../../index.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import { server } from '../http/server.ts'
import { account } from '../lambda/account.ts'
import { lambdaFunction, type LambdaFunction } from '../lambda/function.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { topic, type Topic } from './topic.ts'

const AT_ONCE = { ApiLatency: '0ms' }

/** A topic `News` with its own subscriptions beside other components; nothing takes any time. */
function world(
  properties: Record<string, unknown>,
  more: Record<string, Part> = {},
  options: LabOptions & { readonly pending?: boolean } = {},
): Lab {
  const { pending = false, ...others } = options
  const assumptions = { ApiLatency: '0ms', DeliveryLatency: '0ms', Confirmation: pending ? 'pending' : 'confirmed' }
  return lab(
    { News: { def: topic, properties, assumptions }, ...more },
    {
      probe: [
        ['News', 'sns:Publish'],
        ['News', 'sns:PublishBatch'],
        ['News', 'sns:ConfirmSubscription'],
        ['News', 'sns:SetSubscriptionAttributes'],
        ['News', 'sns:GetSubscriptionAttributes'],
        ...Object.entries(more).flatMap(([name, { def }]) =>
          def === queue
            ? ([
                [name, 'sqs:ReceiveMessage'],
                [name, 'sqs:DeleteMessage'],
              ] as const)
            : [],
        ),
      ],
      beside: Object.fromEntries(
        Object.entries(more)
          .filter(([, { def }]) => def === lambdaFunction)
          .map(([name]) => [`Let${name}`, { type: 'AWS::Lambda::Permission', config: { ...LET, FunctionName: name } }]),
      ),
      ...others,
    },
  )
}

/** Lets topics call a function. */
const LET = { Principal: 'sns.amazonaws.com', Action: 'lambda:InvokeFunction' }

const OPEN = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' }] }
const fifo = { FifoQueue: true }

/** A template with the policies that a queue needs, and what was published in it by the end. */
function deployed(subscriptions: string, publishes: string, more = '', duration = '1h', handlers = '') {
  return runScenario(
    scenarioOf(`
Resources:
  News: { Type: AWS::SNS::Topic }
  A: { Type: AWS::SQS::Queue }
  B: { Type: AWS::SQS::Queue }
  Dead: { Type: AWS::SQS::Queue }
  Allow: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref A, !Ref Dead], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: "sqs:SendMessage", Resource: "*" }] } } }
${subscriptions}
${more}
Simulation:
  Duration: ${duration}
  Workloads:
    Load: { Target: News, Operation: sns:Publish, Arrivals: regular, ${publishes} }
  ${handlers}
`),
  ).world
}

const publish = (l: Lab, Message: unknown, more: Record<string, unknown> = {}): Answer =>
  l.ask('News', 'sns:Publish', { Message, ...more })
const state = (l: Lab): Topic => l.state<Topic>('News')

describe('a publish', () => {
  test('succeeds without subscribers [N.SNS-01, SNS-01]', () => {
    const l = world({})
    expect(publish(l, 'hello')).toMatchObject({ status: 'OK' })
    l.run(MINUTE)
    expect([l.sum('News', 'NumberOfMessagesPublished'), l.sum('News', 'NumberOfNotificationsDelivered')]).toEqual([
      1, 0,
    ])
  })

  test('reaches all subscribers, queues and functions [N.SNS-02, N.SNS-12, SNS-04]', () => {
    const fn: Part = { def: lambdaFunction, config: { Handler: steps() }, assumptions: { ColdStart: '0ms' } }
    const l = world(
      { Subscription: ['F', 'G'].map((Endpoint) => ({ Protocol: 'lambda', Endpoint })) },
      { 'Sim::Lambda::Account': { def: account }, F: fn, G: fn },
    )
    publish(l, 'hello')
    l.run(MINUTE)
    expect(l.sum('News', 'NumberOfNotificationsDelivered')).toBe(2)
    expect(['F', 'G'].map((name) => l.state<LambdaFunction>(name).replied)).toEqual([1, 1])
  })

  test('does not wait for a function, whose events these are [N.LAMBDA-ASYNC-10]', () => {
    const slow: Part = {
      def: lambdaFunction,
      properties: { Timeout: 30 },
      config: { Handler: steps(wait(20 * SECOND)) },
      assumptions: { ColdStart: '0ms', InvokeLatency: '0ms' },
    }
    const l = world(
      { Subscription: [{ Protocol: 'lambda', Endpoint: 'F' }] },
      { 'Sim::Lambda::Account': { def: account }, F: slow },
    )
    for (let i = 0; i < 10; i++) publish(l, i)
    expect(l.now).toBe(0)
    l.run(SECOND)
    expect(state(l).deliveries.arrived).toBe(10)
    expect(l.state<LambdaFunction>('F').running.inside).toBe(10)
  })

  test('of more than 256 KB is refused, and so are eleven at once [SNS-03]', () => {
    const l = world({})
    expect(publish(l, 'x'.repeat(262_144)).status).toBe('OK')
    expect(publish(l, 'x'.repeat(262_145)).status).toBe('InvalidParameter')
    expect(
      publish(l, 'x'.repeat(262_137), { MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } }).status,
    ).toBe('InvalidParameter')
    const batch = (count: number, Message: unknown = 1): Answer =>
      l.ask('News', 'sns:PublishBatch', {
        PublishBatchRequestEntries: Array.from({ length: count }, (_, i) => ({ Id: String(i), Message })),
      })
    const named = (Id: string): string =>
      l.ask('News', 'sns:PublishBatch', { PublishBatchRequestEntries: [{ Id, Message: 1 }] }).status
    expect(batch(11).status).toBe('TooManyEntriesInBatchRequest')
    for (const Id of ['a.b', 'a@1', '', 'x'.repeat(81)]) expect(named(Id)).toBe('InvalidBatchEntryId')
    for (const Id of ['valid-message_123', 'x'.repeat(80)]) expect(named(Id)).toBe('OK')
    expect(batch(0).status).toBe('EmptyBatchRequest')
    expect(batch(3, 'x'.repeat(100_000)).status).toBe('BatchRequestTooLong')
    const mixed = l.ask('News', 'sns:PublishBatch', {
      PublishBatchRequestEntries: [{ Id: 'good', Message: 1 }, { Id: 'bad' }],
    })
    expect(mixed.answer.Successful).toHaveLength(1)
    expect(mixed.answer.Failed).toEqual([{ Id: 'bad', Code: 'InvalidParameter', SenderFault: true }])
  })
})

describe('queues', () => {
  const to = (name: string, queueName: string, more = ''): string =>
    `  ${name}: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt ${queueName}.Arn${more} } }`

  test('get what is published, if their policy lets SNS send [N.SNS-10, N.SNS-09]', () => {
    const world = deployed(`${to('ToA', 'A')}\n${to('ToB', 'B')}`, 'Rate: 10/s, Count: 100')
    expect(['A', 'B'].map((name) => world.stateOf<Queue>(name).sent)).toEqual([100, 0])
    const { deliveries } = world.stateOf<Topic>('News')
    expect([deliveries.arrived, deliveries.lost.total]).toEqual([100, 100])
  })

  test('and functions are let in by the source that a policy names, and locked out by what denies [N.SNS-10, IAM-R2, IAM-R12]', () => {
    const arrivedWith = (permission: Record<string, unknown>): number => {
      const l = world(
        { Subscription: [{ Protocol: 'lambda', Endpoint: 'F' }] },
        { 'Sim::Lambda::Account': { def: account }, F: { def: lambdaFunction }, Other: { def: topic } },
        { beside: { Let: { type: 'AWS::Lambda::Permission', config: { FunctionName: 'F', ...permission } } } },
      )
      publish(l, 'hello')
      l.run(MINUTE)
      return state(l).deliveries.arrived
    }
    expect(arrivedWith({ ...LET, SourceArn: 'News' })).toBe(1)
    expect(arrivedWith({ ...LET, SourceArn: 'Other' })).toBe(0)
    expect(arrivedWith({ ...LET, Principal: 'events.amazonaws.com' })).toBe(0)
    expect(arrivedWith({ ...LET, FunctionName: 'Other' })).toBe(0)
  })

  test('each work at their own pace; a slow one holds up nobody [N.SNS-09]', () => {
    const world = deployed(
      to('ToA', 'A'),
      'Rate: 10/s, Count: 100',
      `${to('ToC', 'C')}
  C: { Type: AWS::SQS::Queue }
  AllowC: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref C], PolicyDocument: { Statement: { Effect: Allow, Principal: "*", Action: "SQS:*" } } } }
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }
  Fast: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: !GetAtt Role.Arn, Code: { ZipFile: x }, Timeout: 10 } }
  Slow: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: !GetAtt Role.Arn, Code: { ZipFile: x }, Timeout: 20, ReservedConcurrentExecutions: 1 } }
  FromA: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Fast, EventSourceArn: !GetAtt A.Arn } }
  FromC: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Slow, EventSourceArn: !GetAtt C.Arn } }`,
      '20s',
      'Handlers: { Fast: [{ Wait: 10ms }], Slow: [{ Wait: 10s }] }',
    )
    expect(world.stateOf<Queue>('A').deleted).toBeGreaterThan(95)
    expect(world.stateOf<Queue>('C').deleted).toBeLessThan(20)
    expect(world.stateOf<Queue>('C').sent).toBe(100)
  })

  test('get bytes in an envelope as the base64 that was published [SNS-07]', () => {
    const l = world(
      { Subscription: [{ Protocol: 'sqs', Endpoint: 'Q' }] },
      { Q: { def: queue, assumptions: { ApiLatency: '0ms' } } },
      { beside: { Let: { type: 'AWS::SQS::QueuePolicy', config: { Queues: ['Q'], PolicyDocument: OPEN } } } },
    )
    publish(l, 'hello', { MessageAttributes: { bytes: { DataType: 'Binary', BinaryValue: 'AgME' } } })
    const { Messages } = l.ask('Q', 'sqs:ReceiveMessage', { WaitTimeSeconds: 1 }).answer
    expect(Messages[0].Body.MessageAttributes).toEqual({ bytes: { Type: 'Binary', Value: 'AgME' } })
  })

  test('get an envelope, or the message as it came with its attributes [SNS-07]', () => {
    const bodies = (raw: string): unknown[] =>
      deployed(
        to('ToA', 'A', raw),
        'Rate: 1/s, Count: 1, Parameters: { Message: hello, Subject: greeting, MessageAttributes: { kind: { DataType: String, StringValue: order } } }',
      )
        .stateOf<Queue>('A')
        .messages.body.filter((body) => body !== null)
    expect(bodies('')).toMatchObject([
      {
        Type: 'Notification',
        TopicArn: 'News',
        Subject: 'greeting',
        Message: 'hello',
        Timestamp: expect.stringMatching(/^2026-01-05T00:00:01\.\d{3}Z$/),
        MessageAttributes: { kind: { Type: 'String', Value: 'order' } },
      },
    ])
    expect(bodies(', RawMessageDelivery: true')).toEqual(['hello'])
  })

  test('keep what a subscriber misses while it is away; by HTTP it is lost [N.SNS-16]', () => {
    const world = deployed(
      `${to('ToA', 'A')}
  Hook: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: https, Endpoint: "https://away.example.com/" } }`,
      'Rate: 1/s, Count: 60',
      '  Away: { Type: Sim::Http::Server, Properties: { Url: "https://away.example.com/", Workers: 10, ServiceTime: 1ms, ErrorRate: 1 } }',
    )
    expect(world.stateOf<Queue>('A').stored.inside).toBe(60)
    expect(world.stateOf<Topic>('News').deliveries.lost.total).toBe(60)
  })

  test('that are standard get the messages of a FIFO topic too, without order [SNS-23]', () => {
    const { world } = runScenario(
      scenarioOf(`
Resources:
  News: { Type: AWS::SNS::Topic, Properties: { FifoTopic: true, TopicName: news.fifo } }
  Q: { Type: AWS::SQS::Queue }
  Allow: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Q], PolicyDocument: ${JSON.stringify(OPEN)} } }
  S: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Q.Arn } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: News, Operation: sns:Publish, Rate: 10/s, Arrivals: regular, Count: 20, Parameters: { Message: x, MessageGroupId: one, MessageDeduplicationId: uuid } } }
`),
    )
    expect(world.stateOf<Queue>('Q').sent).toBe(20)
    expect(world.stateOf<Topic>('News').deliveries.lost.total).toBe(0)
  })

  test('take part of what is published by a filter [N.SNS-05, SNS-02, SNS-31]', () => {
    const world = deployed(
      `${to('ToA', 'A', ', FilterPolicy: { type: [order] }')}\n${to('ToDead', 'Dead')}`,
      'Rate: 100/s, Count: 100, Attributes: { type: "choice(order: 0.3, other: 0.7)" }, Parameters: { Message: x, MessageAttributes: { type: { DataType: String, StringValue: $.type } } }',
    )
    const orders = world.stateOf<Queue>('A').sent
    expect(orders).toBeGreaterThan(15)
    expect(orders).toBeLessThan(45)
    expect(world.stateOf<Queue>('Dead').sent).toBe(100)
    expect(world.stateOf<Topic>('News').filtered).toBe(100 - orders)
    expect(world.stateOf<Topic>('News').deliveries.givenUp.count).toBe(0)
  })

  test('of another kind than the topic are refused [N.SNS-11, N.SQS-16, SNS-23]', () => {
    const subscribed = (properties: Record<string, unknown>, queueProperties: Record<string, unknown>): Lab =>
      world(
        { ...properties, Subscription: [{ Protocol: 'sqs', Endpoint: 'Q' }] },
        { Q: { def: queue, properties: queueProperties } },
      )
    expect(() => subscribed({}, fifo)).toThrow(/`Q` is a FIFO queue: `Invalid parameter: Endpoint`/)
    expect(() => subscribed({ FifoTopic: true }, fifo)).not.toThrow()
    expect(() => subscribed({ FifoTopic: true }, {})).not.toThrow()
    expect(() => world({ FifoTopic: true, Subscription: [{ Protocol: 'email', Endpoint: 'me@example.com' }] })).toThrow(
      /a FIFO topic cannot deliver by `email`/,
    )
  })
})

test('a delivery after the end of its request is followed, and not taken for given up', () => {
  const answers: Told[] = []
  const session = new Session((answer) => answers.push(answer))
  const work = (): void => {
    while (session.work());
  }
  const text = `Resources:
  News: { Type: AWS::SNS::Topic }
  A: { Type: AWS::SQS::Queue }
  Allow: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref A], PolicyDocument: ${JSON.stringify(OPEN)} } }
  S: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt A.Arn } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: News, Operation: sns:Publish, Rate: 1/s, Arrivals: regular } }
  Assumptions: { News: { ApiLatency: 40ms, DeliveryLatency: 30ms }, A: { ApiLatency: 50ms } }
`
  session.take({ ask: 'load', run: 1, name: 'news.yaml', text, knobs: {}, files: {} })
  session.take({ ask: 'ahead', run: 1, until: MINUTE })
  work()
  session.take({ ask: 'follow', run: 1, id: 1, wanted: { by: 'trace', trace: 5 } })
  work()
  const followed = answers.find((answer) => answer.answer === 'followed')
  const spans = followed?.answer === 'followed' ? (followed.found?.waterfall.spans ?? []) : []
  expect(spans.filter(({ words }) => words === 'sqs:SendMessage')).toMatchObject([{ resource: 'A', outcome: 'ok' }])
})

describe('limits', () => {
  test('of subscriptions and topics [N.SNS-03, N.SNS-04, N.SNS-13]', () => {
    const many = (count: number): Lab =>
      world(
        { Subscription: Array.from({ length: count }, () => ({ Protocol: 'sms', Endpoint: '+49' })) },
        {},
        { quotas: { 'sns.SubscriptionsPerTopic': 3 } },
      )
    expect(() => many(3)).not.toThrow()
    expect(() => many(4)).toThrow(/SubscriptionLimitExceeded/)
    expect(() => world({}, { Other: { def: topic } }, { quotas: { 'sns.Topics': 1 } })).toThrow(/TopicLimitExceeded/)
    expect([topic.quotas['SubscriptionsPerTopic']!.notes2020, topic.quotas['Topics']!.current]).toEqual([
      10_000_000, 100_000,
    ])
  })

  test('of filter policies [SNS-34]', () => {
    const policy = (FilterPolicy: unknown, FilterPolicyScope = 'MessageAttributes'): void =>
      void deployed(
        `  S: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sms, Endpoint: "+49", FilterPolicyScope: ${FilterPolicyScope}, FilterPolicy: ${JSON.stringify(FilterPolicy)} } }`,
        'Rate: 1/s, Count: 1',
        '',
        '1m',
      )
    const list = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
    expect(() => policy({ a: list(15), b: list(10) })).not.toThrow()
    expect(() => policy({ a: list(151) })).toThrow(/151 combinations/)
    expect(() => policy({ a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] })).toThrow(/6 keys/)
    expect(() => policy({ a: { b: [1] } })).toThrow(/`a` is nested/)
    expect(() => policy({ a: { b: list(75) } }, 'MessageBody')).not.toThrow()
    expect(() => policy({ a: { b: list(76) } }, 'MessageBody')).toThrow(/152 combinations/)
  })

  test('of a FIFO topic: so many messages in any second [SNS-21]', () => {
    const accepted = (profile: 'current' | 'notes-2020'): number => {
      const l = world({ FifoTopic: true }, {}, { profile })
      for (let i = 0; i < 4000; i++)
        l.call('News', 'sns:Publish', { Message: i, MessageGroupId: 'g', MessageDeduplicationId: String(i) })
      return state(l.run(SECOND - 1)).published
    }
    expect([accepted('current'), accepted('notes-2020')]).toEqual([3000, 300])
  })
})

describe('what does not arrive', () => {
  const http = { Protocol: 'https', Endpoint: 'https://shop.example.com/hook' }
  const origin = (properties: Record<string, unknown>): Part => ({
    def: server,
    properties: { Url: http.Endpoint, Workers: 100, ServiceTime: '1ms', ...properties },
  })

  test('by HTTP is tried three times more, 20 s apart, and counted each time [N.SNS-07, SNS-41, SNS-60, SNS-V10, SNS-V14]', () => {
    const l = world({ Subscription: [http] }, { Origin: origin({ ErrorRate: 1 }) })
    publish(l, 'hello')
    const attempts: number[] = []
    for (let second = 0; second < 120; second++) {
      l.run(second * SECOND + 500_000)
      while (attempts.length < state(l).deliveries.failures.count) attempts.push(second)
    }
    expect(attempts).toEqual([0, 20, 40, 60])
    expect(state(l).deliveries.lost.total).toBe(1)
    l.run(3 * MINUTE)
    expect(l.sum('News', 'NumberOfNotificationsFailed')).toBe(4)
  })

  test('in time goes to the dead-letter queue of the subscription, else it is lost [N.SNS-14, SNS-45, SNS-40]', () => {
    const hook = (more: string): string =>
      `  Hook: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: https, Endpoint: "${http.Endpoint}"${more} } }`
    const origins = `  Origin: { Type: Sim::Http::Server, Properties: { Url: "${http.Endpoint}", Workers: 10, ServiceTime: 1ms, ErrorRate: 1 } }`
    const kept = deployed(
      hook(', RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn }'),
      'Rate: 1/s, Count: 5',
      origins,
    )
    expect(kept.stateOf<Queue>('Dead').sent).toBe(5)
    expect(kept.stateOf<Topic>('News').deliveries.lost.total).toBe(0)
    expect(deployed(hook(''), 'Rate: 1/s, Count: 5', origins).stateOf<Topic>('News').deliveries.lost.total).toBe(5)
  })

  test('to a function that is throttled is the function’s own queue’s to try again [SNS-04]', () => {
    const fail: Instruction = { op: 'fail', error: 'Broken', catches: [] }
    const l = world(
      { Subscription: [{ Protocol: 'lambda', Endpoint: 'F' }] },
      {
        'Sim::Lambda::Account': { def: account },
        F: { def: lambdaFunction, config: { Handler: steps(fail) }, assumptions: { ColdStart: '0ms' } },
      },
    )
    publish(l, 'hello')
    l.run(HOUR)
    expect([state(l).deliveries.arrived, state(l).deliveries.failures.count]).toEqual([1, 0])
    expect(l.state<LambdaFunction>('F').replied).toBe(3)
  })

  test('by HTTP or mail waits for a confirmation [N.SNS-06]', () => {
    const l = world(
      { Subscription: [http, { Protocol: 'email', Endpoint: 'me@example.com' }, { Protocol: 'sms', Endpoint: '+49' }] },
      { Origin: origin({}) },
      { pending: true },
    )
    publish(l, 1)
    l.run(SECOND)
    expect(state(l).deliveries.arrived).toBe(1)
    expect(l.ask('News', 'sns:ConfirmSubscription', { Token: 'nobody' }).status).toBe('NotFound')
    expect(l.ask('News', 'sns:ConfirmSubscription', { Token: 'Origin' }).status).toBe('OK')
    publish(l, 2)
    l.run(2 * SECOND)
    expect(state(l).deliveries.arrived).toBe(3)
  })

  test('by a protocol that SNS does not know is refused, and the others are known [N.SNS-06]', () => {
    expect(() => world({ Subscription: [{ Protocol: 'fax', Endpoint: '1' }] })).toThrow(/Protocol/)
    const protocols = ['http', 'https', 'email', 'email-json', 'sms', 'application']
    const l = world({ Subscription: protocols.map((Protocol) => ({ Protocol, Endpoint: 'x' })) })
    publish(l, 'hello')
    l.run(SECOND)
    expect(state(l).deliveries.arrived).toBe(protocols.length)
    expect(l.notSimulated).toHaveLength(protocols.length)
  })
})

describe('a FIFO topic', () => {
  const q: Part = { def: queue, properties: fifo, assumptions: AT_ONCE }
  const ordered = (more: Record<string, unknown> = {}): Lab => world({ FifoTopic: true, ...more })
  const to = (group: string, id: string): Record<string, unknown> => ({
    MessageGroupId: group,
    MessageDeduplicationId: id,
  })

  test('knows a message again for five minutes, in the topic or in its group [SNS-20, SNS-V11]', () => {
    const stored = (more: Record<string, unknown>): number => {
      const l = ordered(more)
      const first = publish(l, 'x', to('a', 'same'))
      expect(publish(l, 'y', to('a', 'same')).answer).toEqual(first.answer)
      publish(l, 'z', to('b', 'same'))
      return state(l).published
    }
    expect([stored({}), stored({ FifoThroughputScope: 'MessageGroup' })]).toEqual([1, 2])
    const later = ordered({ ContentBasedDeduplication: true })
    for (const time of [0, 299 * SECOND, 300 * SECOND]) publish(later.run(time), 'x', { MessageGroupId: 'a' })
    expect(state(later).published).toBe(2)
  })

  test('needs a name that ends in .fifo, a group and an id [SNS-20]', () => {
    expect(() => ordered({ TopicName: 'news' })).toThrow(/does not end with `\.fifo`/)
    expect(() => world({ TopicName: 'news.fifo' })).toThrow(/only a FIFO topic may/)
    const l = ordered({ TopicName: 'news.fifo' })
    expect(publish(l, 'x').status).toBe('InvalidParameter')
    expect(publish(l, 'x', { MessageGroupId: 'a' }).status).toBe('InvalidParameter')
    expect(publish(l, 'x', to('a', '1')).answer.SequenceNumber).toBe('00000000000000000001')
  })

  test('hands groups and ids on, and keeps the order of each group [SNS-22, SNS-24]', () => {
    const { world } = runScenario(
      scenarioOf(`
Resources:
  News: { Type: AWS::SNS::Topic, Properties: { FifoTopic: true, TopicName: news.fifo } }
  Q: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Allow: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Q], PolicyDocument: ${JSON.stringify(OPEN)} } }
  S: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Q.Arn, RawMessageDelivery: true } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: News, Operation: sns:Publish, Rate: 100/s, Arrivals: regular, Count: 200, Attributes: { n: sequence }, Parameters: { Message: $.n, MessageGroupId: one, MessageDeduplicationId: uuid } } }
`),
    )
    const { messages } = world.stateOf<Queue>('Q')
    const bodies: unknown[] = []
    for (let row = messages.oldest; row >= 0; row = messages.newerThan(row)) bodies.push(messages.body[row])
    expect(bodies).toHaveLength(200)
    expect(messages.groups!.nameOf(0)).toBe('one')
    expect(bodies).toEqual(
      [...bodies].sort((a, b) => Number(String(a).replace(/\D/g, '')) - Number(String(b).replace(/\D/g, ''))),
    )
    expect(q.def).toBe(queue)
  })
})

test('a step of load from 1 to 1,000 messages a second needs nothing to be set [N.SNS-15]', () => {
  const l = world({ Subscription: [{ Protocol: 'sms', Endpoint: '+49' }] })
  for (let i = 0; i < 2000; i++) {
    l.run(Math.floor(i * 1000))
    l.call('News', 'sns:Publish', { Message: i })
  }
  l.run(10 * SECOND)
  expect(state(l).deliveries.arrived).toBe(2000)
})

describe('a standard topic', () => {
  const sends = (name: string, more: Record<string, string> = {}) => {
    const l = lab(
      {
        News: {
          def: topic,
          properties: { Subscription: [{ Protocol: 'sqs', Endpoint: 'Q' }] },
          assumptions: { ApiLatency: '0ms', ...more },
        },
        Q: { def: queue, assumptions: { ApiLatency: '0ms' } },
      },
      {
        probe: [['News', 'sns:Publish']],
        beside: { P: { type: 'AWS::SQS::QueuePolicy', config: { Queues: ['Q'], PolicyDocument: OPEN } } },
      },
    )
    for (let i = 0; i < 2_000; i++) {
      l.run(i * 1_000)
      l.call('News', 'sns:Publish', { Message: i, MessageGroupId: name })
    }
    l.run(HOUR)
    return l
  }
  const numbers = (l: Lab): number[] => {
    const { messages } = l.state<Queue>('Q')
    const found: number[] = []
    for (let row = messages.oldest; row >= 0; row = messages.newerThan(row))
      found.push((messages.body[row] as { Message: number }).Message)
    return found
  }

  test('delivers in order and once, unless it is told to be as bad as it may [SNS-05]', () => {
    const good = numbers(sends('a', { DeliveryLatency: '30ms' }))
    expect(good).toEqual(Array.from({ length: 2_000 }, (_, i) => i))
    const twice = sends('a', { DeliveryLatency: '30ms', DuplicateProbability: '0.1' })
    expect(new Set(numbers(twice)).size).toBe(2_000)
    expect(numbers(twice).length).toBe(2_000 + state(twice).duplicated)
    expect(state(twice).duplicated).toBeGreaterThan(150)
    expect(state(twice).duplicated).toBeLessThan(250)
    const mixed = numbers(sends('a', { DeliveryLatency: '30ms', DisorderProbability: '0.1' }))
    expect(mixed.length).toBe(2_000)
    expect(mixed.filter((n, i) => i > 0 && n < mixed[i - 1]!).length).toBeGreaterThan(50)
  })

  test('takes 30 ms in the middle from a publish to its delivery [SNS-06]', () => {
    const l = sends('a')
    const { messages } = l.state<Queue>('Q')
    const delays: number[] = []
    for (let row = messages.oldest; row >= 0; row = messages.newerThan(row))
      delays.push(messages.arrivedAt[row]! - (messages.body[row] as { Message: number }).Message * 1_000)
    delays.sort((a, b) => a - b)
    expect(delays[1_000]! / 1_000).toBeGreaterThan(27)
    expect(delays[1_000]! / 1_000).toBeLessThan(33)
    expect(delays[1_980]! / 1_000).toBeGreaterThan(90)
  })

  test('hands the message group on to a standard queue, whose tenant it names [SNS-08]', () => {
    const l = sends('tenant')
    expect(l.state<Queue>('Q').messages.tenants!.tenantOf(0)!.name).toBe('tenant')
  })
})

describe('what changes while it runs', () => {
  const set = (l: Lab, AttributeName: string, AttributeValue: unknown, SubscriptionArn = 'News.0'): string =>
    l.ask('News', 'sns:SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue }).status
  const mail = { Subscription: [{ Protocol: 'sms', Endpoint: '+49' }] }

  test('a filter holds from the next message on [SNS-35]', () => {
    const l = world(mail)
    const colour = (StringValue: string) => ({ MessageAttributes: { colour: { DataType: 'String', StringValue } } })
    publish(l, 'x', colour('red'))
    expect(set(l, 'FilterPolicy', '{"colour":["blue"]}')).toBe('OK')
    publish(l, 'x', colour('red'))
    publish(l, 'x', colour('blue'))
    l.run(MINUTE)
    expect([state(l).deliveries.arrived, state(l).filtered]).toEqual([2, 1])
    const { Attributes } = l.ask('News', 'sns:GetSubscriptionAttributes', { SubscriptionArn: 'News.0' }).answer
    expect(Attributes).toEqual({
      FilterPolicy: { colour: ['blue'] },
      FilterPolicyScope: 'MessageAttributes',
      RawMessageDelivery: 'false',
    })
    expect(set(l, 'FilterPolicy', '')).toBe('OK')
    publish(l, 'x', colour('red'))
    l.run(2 * MINUTE)
    expect(state(l).deliveries.arrived).toBe(3)
  })

  test('a filter on attributes is flat, one on the body may be nested [SNS-30]', () => {
    const l = world(mail)
    const nested = { order: { kind: ['new'] } }
    expect(set(l, 'FilterPolicy', nested)).toBe('InvalidParameter')
    expect(set(l, 'FilterPolicyScope', 'MessageBody')).toBe('OK')
    expect(set(l, 'FilterPolicy', nested)).toBe('OK')
    expect(set(l, 'FilterPolicyScope', 'MessageAttributes')).toBe('InvalidParameter')
    publish(l, JSON.stringify({ order: { kind: 'new' } }))
    publish(l, JSON.stringify({ order: { kind: 'old' } }))
    publish(l, 'no JSON')
    l.run(MINUTE)
    expect([state(l).deliveries.arrived, state(l).filtered]).toEqual([1, 2])
  })

  test('what is unknown or malformed is refused', () => {
    const l = world(mail)
    expect(set(l, 'FilterPolicy', {}, 'Nobody')).toBe('NotFound')
    for (const [name, value] of [
      ['FilterPolicy', '{'],
      ['FilterPolicyScope', 'Both'],
      ['RawMessageDelivery', 'yes'],
      ['Colour', 'red'],
      ['ReplayPolicy', {}],
    ] as const)
      expect(set(l, name, value), name).toBe('InvalidParameter')
  })
})

describe('the archive of a FIFO topic', () => {
  const archived = (days = 1): Lab => {
    const l = lab(
      {
        News: {
          def: topic,
          properties: {
            FifoTopic: true,
            ArchivePolicy: { MessageRetentionPeriod: days },
            Subscription: [{ Protocol: 'sqs', Endpoint: 'Q' }],
          },
          assumptions: { ApiLatency: '0ms', DeliveryLatency: '10ms' },
        },
        Q: { def: queue, assumptions: { ApiLatency: '0ms' } },
      },
      {
        startsAt: Date.parse('2026-01-05T00:00:00Z') * 1_000,
        probe: [
          ['News', 'sns:Publish'],
          ['News', 'sns:SetSubscriptionAttributes'],
          ['News', 'sns:GetSubscriptionAttributes'],
        ],
        beside: { P: { type: 'AWS::SQS::QueuePolicy', config: { Queues: ['Q'], PolicyDocument: OPEN } } },
      },
    )
    set(l, 'RawMessageDelivery', 'true')
    for (let minute = 0; minute < 10; minute++) {
      l.run(minute * MINUTE)
      publish(l, `m${minute}`, { MessageGroupId: 'a', MessageDeduplicationId: `${minute}` })
    }
    return l.run(HOUR)
  }
  const set = (l: Lab, AttributeName: string, AttributeValue: unknown): string =>
    l.ask('News', 'sns:SetSubscriptionAttributes', { SubscriptionArn: 'News.0', AttributeName, AttributeValue }).status
  const replay = (l: Lab, from: string, to?: string): string =>
    set(l, 'ReplayPolicy', {
      PointType: 'Timestamp',
      StartingPoint: from,
      ...(to === undefined ? {} : { EndingPoint: to }),
    })
  const status = (l: Lab): unknown =>
    l.ask('News', 'sns:GetSubscriptionAttributes', { SubscriptionArn: 'News.0' }).answer.Attributes.ReplayStatus
  const bodies = (l: Lab): unknown[] => {
    const { messages } = l.state<Queue>('Q')
    const found: unknown[] = []
    for (let row = messages.oldest; row >= 0; row = messages.newerThan(row)) found.push(messages.body[row])
    return found
  }

  test('has a stretch of time delivered again, in order [SNS-25]', () => {
    const l = archived()
    expect(status(l)).toBeUndefined()
    expect(replay(l, '2026-01-05T00:03:00Z', '2026-01-05T00:05:00Z')).toBe('OK')
    expect(status(l)).toBe('In progress')
    l.run(2 * HOUR)
    expect(status(l)).toBe('Completed')
    expect(bodies(l).slice(10)).toEqual(['m3', 'm4', 'm5'])
    expect(replay(l, '2026-01-05T00:08:00Z')).toBe('OK')
    l.run(3 * HOUR)
    expect(bodies(l).slice(13)).toEqual(['m8', 'm9'])
  })

  test('keeps messages for its days; without one nothing is replayed [SNS-25]', () => {
    const l = archived(1)
    l.run(24 * HOUR + 5 * MINUTE - 1)
    replay(l, '2026-01-05T00:00:00Z')
    l.run(25 * HOUR)
    expect(bodies(l).slice(10)).toEqual(['m5', 'm6', 'm7', 'm8', 'm9'])
    expect(() => archived(366)).toThrow(/MessageRetentionPeriod/)
    const without = world(
      { FifoTopic: true, Subscription: [{ Protocol: 'sqs', Endpoint: 'Q' }] },
      { Q: { def: queue } },
    )
    expect(replay(without, '2026-01-05T00:00:00Z')).toBe('InvalidParameter')
    for (const from of ['yesterday', '']) expect(replay(l, from)).toBe('InvalidParameter')
    expect(replay(l, '2026-01-06T00:00:00Z', '2026-01-05T00:00:00Z')).toBe('InvalidParameter')
  })
})

describe('endpoints', () => {
  /** Something that answers every call of one operation in its own way. */
  const standIn = (type: string, action: string, run: (sim: any, call: number) => void): Part['def'] =>
    ({
      ...server,
      type,
      props: { Url: server.props['Url']! },
      assumptions: {},
      quotas: {},
      metrics: {},
      invariants: {},
      faults: {},
      timers: {},
      finish: undefined,
      insights: undefined,
      report: undefined,
      create: (_: unknown, sim: unknown) => ({ sim, calls: [] as unknown[] }),
      ops: {
        [action]: {
          doc: '',
          run: (self: any, call: number) => {
            self.calls.push([self.sim.clock[0], self.sim.calls.body[call]])
            run(self.sim, call)
          },
        },
      },
    }) as unknown as Part['def']

  test('that are gone are not tried again [SNS-V13, SNS-40]', () => {
    const gone = standIn('AWS::Lambda::Function', 'lambda:InvokeFunction', (sim, call) =>
      sim.reply(call, sim.error('ResourceNotFoundException', 404)),
    )
    const beside = { Let: { type: 'AWS::Lambda::Permission', config: { ...LET, FunctionName: 'F' } } }
    const l = world({ Subscription: [{ Protocol: 'lambda', Endpoint: 'F' }] }, { F: { def: gone } }, { beside })
    publish(l, 'x')
    l.run(HOUR).finish()
    expect(l.state<{ calls: unknown[] }>('F').calls.length).toBe(1)
    expect(l.sum('News', 'NumberOfNotificationsFailed')).toBe(1)
    expect(state(l).deliveries.lost.total).toBe(1)
  })

  test('by HTTP that have not answered after 15 s have failed [SNS-44]', () => {
    const arrived = (after: number, status = 0): number[] => {
      const slow = standIn('Sim::Http::Server', 'http:POST', (sim, call) =>
        sim.replyAfter(after, call, status === 0 ? 0 : sim.error(`Status${status}`, status)),
      )
      const l = world(
        { Subscription: [{ Protocol: 'https', Endpoint: 'https://slow' }] },
        { S: { def: slow, properties: { Url: 'https://slow' } } },
      )
      publish(l, 'x')
      l.run(HOUR)
      return [state(l).deliveries.arrived, l.state<{ calls: unknown[] }>('S').calls.length]
    }
    expect(arrived(15 * SECOND - 1)).toEqual([1, 1])
    expect(arrived(15 * SECOND)).toEqual([0, 4])
    expect([429, 500, 503].map((status) => arrived(0, status))).toEqual([
      [0, 4],
      [0, 4],
      [0, 4],
    ])
    expect([400, 404].map((status) => arrived(0, status))).toEqual([
      [0, 1],
      [0, 1],
    ])
  })

  test('are tried again after pauses that may vary by half [SNS-43]', () => {
    const pauses = (RetryJitter: string): number[] => {
      const broken = standIn('Sim::Http::Server', 'http:POST', (sim, call) => sim.reply(call, sim.error('Broken', 500)))
      const l = lab(
        {
          News: {
            def: topic,
            properties: {
              Subscription: [{ Protocol: 'https', Endpoint: 'https://x' }],
              DeliveryPolicy: { http: { defaultHealthyRetryPolicy: { numRetries: 60 } } },
            },
            assumptions: { ApiLatency: '0ms', DeliveryLatency: '0ms', RetryJitter },
          },
          S: { def: broken, properties: { Url: 'https://x' } },
        },
        { probe: [['News', 'sns:Publish']] },
      )
      publish(l, 'x')
      l.run(HOUR)
      const times = l.state<{ calls: [number, unknown][] }>('S').calls.map(([at]) => at)
      return times.slice(1).map((at, i) => (at - times[i]!) / SECOND)
    }
    expect(new Set(pauses('none'))).toEqual(new Set([20]))
    const varied = pauses('half')
    expect(varied.length).toBe(60)
    expect(Math.min(...varied)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...varied)).toBeLessThanOrEqual(20)
    expect(Math.max(...varied) - Math.min(...varied)).toBeGreaterThan(8)
  })

  test('by HTTP get no more in a second than their policy says [SNS-41]', () => {
    const fast = standIn('Sim::Http::Server', 'http:POST', (sim, call) => sim.reply(call, 0))
    const l = world(
      {
        Subscription: [{ Protocol: 'https', Endpoint: 'https://x' }],
        DeliveryPolicy: { http: { defaultThrottlePolicy: { maxReceivesPerSecond: 4 } } },
      },
      { S: { def: fast, properties: { Url: 'https://x' } } },
    )
    for (let i = 0; i < 20; i++) publish(l, i)
    l.run(MINUTE)
    const times = l.state<{ calls: [number, unknown][] }>('S').calls.map(([at]) => at)
    expect(times).toEqual(Array.from({ length: 20 }, (_, i) => (i * SECOND) / 4))
  })

  test('that are delivery streams get records [SNS-04]', () => {
    const stream = standIn('AWS::KinesisFirehose::DeliveryStream', 'firehose:PutRecord', (sim, call) =>
      sim.reply(call, 0),
    )
    const l = world({ Subscription: [{ Protocol: 'firehose', Endpoint: 'F' }] }, { F: { def: stream } })
    publish(l, 'x')
    l.run(MINUTE)
    expect(l.state<{ calls: [number, unknown][] }>('F').calls).toMatchObject([
      [0, { DeliveryStreamName: 'F', Record: { Data: { Message: 'x' } } }],
    ])
  })
})

describe('what a topic says of its subscribers', () => {
  const insights = (more: string, rate: string) => {
    const run = runScenario(
      scenarioOf(`
Resources:
  News: { Type: AWS::SNS::Topic }
  Hook: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: https, Endpoint: "https://a.example.com/"${more} } }
Simulation:
  Duration: 10m
  Resources: { Away: { Type: Sim::Http::Server, Properties: { Url: "https://a.example.com/", Workers: 10, ServiceTime: 1ms, ErrorRate: ${rate} } } }
  Workloads: { Load: { Target: News, Operation: sns:Publish, Rate: 1/s, Parameters: { Message: x, MessageAttributes: { kind: { DataType: String, StringValue: news } } } } }
`),
    )
    return reportOf(run, '').insights.map(({ kind, resource }) => `${kind} ${resource}`)
  }

  test('that one fails and is tried again, that one loses messages, that one takes nothing, or nothing', () => {
    const patient = ', DeliveryPolicy: { healthyRetryPolicy: { numRetries: 60, minDelayTarget: 1, maxDelayTarget: 1 } }'
    expect(insights(patient, '0.3')).toContain('failing-subscriber News')
    expect(insights(patient, '0.01')).not.toContain('failing-subscriber News')
    expect(insights('', '0.9')).toContain('undelivered News')
    expect(insights(', FilterPolicy: { kind: [sports] }', '0')).toEqual(['filter-takes-nothing News'])
    expect(insights(', FilterPolicy: { kind: [news] }', '0')).toEqual([])
  })
})

test('other services publish to a topic: an alarm, a bucket, a rule [N.SNS-08]', () => {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  News: { Type: AWS::SNS::Topic }
  Q: { Type: AWS::SQS::Queue }
  LetQ: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Q], PolicyDocument: ${JSON.stringify(OPEN)} } }
  S: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Q.Arn } }
  LetIn: { Type: AWS::SNS::TopicPolicy, Properties: { Topics: [!Ref News], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: [s3.amazonaws.com, events.amazonaws.com] }, Action: "sns:Publish", Resource: !Ref News }] } } }
  Files: { Type: AWS::S3::Bucket, DependsOn: LetIn, Properties: { NotificationConfiguration: { TopicConfigurations: [{ Event: "s3:ObjectCreated:*", Topic: !Ref News }] } } }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Told: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Bus, EventPattern: { source: [shop] }, Targets: [{ Id: news, Arn: !Ref News }] } }
  Jobs: { Type: AWS::SQS::Queue }
  Full:
    Type: AWS::CloudWatch::Alarm
    Properties: { Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, Dimensions: [{ Name: QueueName, Value: !GetAtt Jobs.QueueName }], Statistic: Maximum, Period: 60, EvaluationPeriods: 1, Threshold: 10, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref News] }
Simulation:
  Duration: 5m
  Workloads:
    Puts: { Target: Files, Operation: s3:PutObject, Rate: 1/s, Arrivals: regular, Count: 5, Attributes: { id: uuid }, Parameters: { Key: $.id, ContentLength: 100B } }
    Orders: { Target: Bus, Operation: events:PutEvents, Rate: 1/s, Arrivals: regular, Count: 7, Attributes: { id: uuid }, Parameters: { Entries: [{ Source: shop, DetailType: placed, Detail: $ }] } }
    Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 10/s, Count: 30, Attributes: { id: uuid } }
`),
  )
  expect(world.stateOf<Topic>('News').published).toBe(5 + 7 + 1)
  expect(world.stateOf<Queue>('Q').sent).toBe(13)
})
