// Shows what an event bus takes, what it refuses entry by entry, and to which rules events go.
import { describe, expect, test } from 'vitest'
import { aQueue, bodies, DEFAULT, entry, events, put, ROLE, ruleOf } from '../../../test/events.ts'
import { Refused, SECOND } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { Bus } from './bus.ts'
import { entrySize } from './event.ts'
import { eventBus } from './event-bus.ts'
import { rule } from './rule.ts'

const ANY = { source: [{ exists: true }] }
const toJobs = [{ Arn: 'Jobs', ...ROLE }]

describe('an event', () => {
  test('is a document with an id, a time and its detail [EB-01]', () => {
    const l = events({ Jobs: aQueue, Placed: ruleOf(ANY, toJobs) })
    l.run(90 * SECOND)
    const { answer } = put(l, entry({ Detail: '{"id": 7}', Resources: ['arn:one'] }))
    l.run(l.now + SECOND)
    const [event] = bodies(l, 'Jobs')
    expect(event).toEqual({
      version: '0',
      id: answer.Entries[0].EventId,
      'detail-type': 'placed',
      source: 'shop',
      account: '123456789012',
      time: '2026-01-05T00:01:30Z',
      region: 'us-east-1',
      resources: ['arn:one'],
      detail: { id: 7 },
    })
    expect(event.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('that is wrong fails alone, and results stand in the order of entries [EB-01]', () => {
    const l = events({ Jobs: aQueue, Placed: ruleOf(ANY, toJobs) })
    const { status, answer } = put(
      l,
      entry(),
      entry({ Source: undefined }),
      entry({ DetailType: '' }),
      entry({ Detail: undefined }),
      entry({ Detail: 'NotJSON' }),
      entry({ Detail: '[]' }),
      entry({ Detail: '"text"' }),
      entry({ Detail: '{{}' }),
      entry({ Source: 'aws.ec2' }),
      entry({ Detail: '{"last": true}' }),
    )
    expect(status).toBe('OK')
    expect(answer.FailedEntryCount).toBe(8)
    expect(answer.Entries.map((each: any) => each.ErrorCode ?? 'OK')).toEqual([
      'OK',
      'InvalidArgument',
      'InvalidArgument',
      'InvalidArgument',
      ...Array(4).fill('MalformedDetail'),
      'NotAuthorizedForSource',
      'OK',
    ])
    expect(answer.Entries[1].ErrorMessage).toBe('Parameter Source is not valid. Reason: Source is a required argument.')
    l.run(SECOND)
    expect(bodies(l, 'Jobs').map(({ detail }) => detail)).toEqual([{ id: 1 }, { last: true }])
  })

  test('is one of at most ten, smaller than 256 KB together, and no deeper than 1,000 levels [EB-02]', () => {
    const l = events({})
    const status = (...entries: Record<string, unknown>[]): string => put(l, ...entries).status
    expect(status(...Array.from({ length: 10 }, () => entry()))).toBe('OK')
    expect(status(...Array.from({ length: 11 }, () => entry()))).toBe('ValidationException')
    expect(status()).toBe('ValidationException')
    const sized = (size: number) => entry({ Detail: { a: 'x'.repeat(size - 10 - 8) } })
    expect(entrySize(sized(262_143))).toBe(262_143)
    expect([status(sized(262_143)), status(sized(262_144)), status(sized(200_000), sized(62_144))]).toEqual([
      'OK',
      'ValidationException',
      'ValidationException',
    ])
    const deep = (levels: number): any =>
      put(l, entry({ Detail: `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}` })).answer.FailedEntryCount
    expect([deep(1000), deep(1001)]).toEqual([0, 1])
  })

  test('counts its time, source, type, detail and resources [EB-02, EB-V8]', () => {
    const whole = { Source: 'com.mycompany.app', DetailType: 'order.created', Detail: '{"id":1}' }
    expect(entrySize({ ...whole, Time: '2026-01-05T00:00:00Z', Resources: ['arn:aws:s3:::b'] })).toBe(66)
    expect(entrySize(whole)).toBe(38)
    expect(entrySize({ Detail: { id: 'ä' } })).toBe(11)
  })
})

describe('a bus', () => {
  test('gets the events of one’s own applications: 100 of them, half of which match [N.EVENTBRIDGE-09]', () => {
    const l = events({ Jobs: aQueue, Placed: ruleOf({ detail: { id: [{ numeric: ['<', 50] }] } }, toJobs) })
    for (let i = 0; i < 100; i++) put(l, entry({ Detail: { id: i } }))
    l.run(SECOND).finish()
    expect(l.sum('Placed', 'Invocations')).toBe(50)
    expect(l.sum('Orders', 'MatchedEvents')).toBe(50)
    expect(bodies(l, 'Jobs')).toHaveLength(50)
  })

  test('hands an event to every rule that takes it, and rules belong to one bus alone [EB-03, EB-04]', () => {
    const l = events({
      Jobs: aQueue,
      Mail: aQueue,
      Others: aQueue,
      A: ruleOf(ANY, toJobs),
      B: ruleOf({ source: ['shop'] }, [{ Arn: 'Mail', ...ROLE }]),
      C: ruleOf({ source: ['other'] }, toJobs),
      D: ruleOf(ANY, [{ Arn: 'Others', ...ROLE }], { EventBusName: undefined }),
    })
    put(l, entry())
    l.run(SECOND)
    expect(['Jobs', 'Mail', 'Others'].map((name) => bodies(l, name).length)).toEqual([1, 1, 0])
    l.ask(DEFAULT, 'events:PutEvents', { Entries: [entry()] })
    l.run(2 * SECOND)
    expect(['Jobs', 'Mail', 'Others'].map((name) => bodies(l, name).length)).toEqual([0, 0, 1])
  })

  test('may be named by each entry; an event for one that does not exist is accepted and lost', () => {
    const l = events({
      Jobs: aQueue,
      Placed: ruleOf(ANY, toJobs),
      Own: ruleOf(ANY, toJobs, { EventBusName: 'default' }),
    })
    const { answer } = l.ask(DEFAULT, 'events:PutEvents', {
      Entries: [
        entry(),
        entry({ EventBusName: 'orders' }),
        entry({ EventBusName: 'arn:aws:events:us-east-1:123456789012:event-bus/orders' }),
        entry({ EventBusName: 'arn:aws:events:us-east-1:123456789012:event-bus/default' }),
        entry({ EventBusName: 'nowhere' }),
        entry({ EventBusName: 'constructor' }),
      ],
    })
    expect(answer).toMatchObject({ FailedEntryCount: 0 })
    expect(answer.Entries.every(({ EventId }: any) => typeof EventId === 'string')).toBe(true)
    expect([l.state<Bus>('Orders').events.total, l.state<Bus>(DEFAULT).events.total]).toEqual([2, 2])
    expect(l.state<Bus>(DEFAULT).strays.count).toBe(2)
  })

  test('takes no more requests than the account may make, all buses together [EB-07]', () => {
    const l = events({}, { quotas: { 'events.PutEventsRequests': 3 } })
    const statuses = [...Array(3).fill('Orders'), DEFAULT].map(
      (name) => l.ask(name, 'events:PutEvents', { Entries: [entry()] }).status,
    )
    expect(statuses).toEqual(['OK', 'OK', 'OK', 'ThrottlingException'])
    l.run(Math.ceil(SECOND / 3))
    expect(put(l, entry()).status).toBe('OK')
    expect(put(l, entry()).status).toBe('ThrottlingException')
  })

  test('of a partner takes the partner’s source, which nobody else may use [EB-03, N.EVENTBRIDGE-08]', () => {
    const name = 'aws.partner/example.com/shop'
    const l = events({
      Partner: { def: eventBus, properties: { Name: name, EventSourceName: name }, assumptions: { ApiLatency: '0ms' } },
      Jobs: aQueue,
      Theirs: ruleOf({ source: [{ prefix: 'aws.partner' }] }, toJobs, { EventBusName: 'Partner' }),
    })
    const { answer } = l.ask('Partner', 'events:PutEvents', { Entries: [entry({ Source: name })] })
    expect(answer.FailedEntryCount).toBe(0)
    expect(put(l, entry({ Source: name })).answer.Entries[0].ErrorCode).toBe('NotAuthorizedForSource')
    l.run(SECOND).finish()
    expect(bodies(l, 'Jobs').map(({ source }) => source)).toEqual([name])
    expect(l.sum('Partner', 'Events', { EventSourceName: name })).toBe(1)
  })

  test('is refused when it is named as the default one, or as a partner without its source', () => {
    const made = (properties: Record<string, unknown>) => () => events({ Bus: { def: eventBus, properties } })
    expect(made({ Name: 'default' })).toThrow(Refused)
    expect(made({ Name: 'aws.partner/x/y' })).toThrow(/EventSourceName/)
    expect(made({ Name: 'aws.partner/x/y', EventSourceName: 'aws.partner/x/y' })).not.toThrow()
    expect(made({})).toThrow(/missing-property/)
  })

  test('has at most so many rules, and the account so many buses', () => {
    const rules = Object.fromEntries(
      Array.from({ length: 301 }, (_, i) => [`R${String(i).padStart(3, '0')}`, ruleOf(ANY, [])]),
    )
    expect(() => events(rules)).toThrow(/R300.*LimitExceededException/)
    const buses = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`B${i}`, { def: eventBus, properties: { Name: `b${i}` } }]),
    )
    expect(() => events(buses)).toThrow(/101 event buses/)
  })
})

test('a rule works the same with and without a bus of one’s own [N.EVENTBRIDGE-05]', () => {
  for (const EventBusName of [undefined, 'Orders']) {
    const l = events({ Jobs: aQueue, Placed: ruleOf(ANY, toJobs, { EventBusName }) })
    l.ask(EventBusName ?? DEFAULT, 'events:PutEvents', { Entries: [entry()] })
    l.run(SECOND).finish()
    expect(bodies(l, 'Jobs')).toHaveLength(1)
    expect(l.sum('Placed', 'Invocations')).toBe(1)
  }
})

describe('another account', () => {
  const put = (policy: string) =>
    runScenario(
      scenarioOf(`
Resources:
  Orders: { Type: AWS::Events::EventBus, Properties: { Name: orders } }
  Jobs: { Type: AWS::SQS::Queue }
  Placed:
    Type: AWS::Events::Rule
    Properties: { EventBusName: !Ref Orders, EventPattern: { account: ["111122223333"] }, Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn, RoleArn: role }] }
${policy}
Simulation:
  Duration: 1m
  Profiles:
    default: { User: me }
    theirs: { User: them, Account: "111122223333" }
  Actions:
    - { At: 1s, Profile: theirs, events:PutEvents: { EventBusName: !Ref Orders, Entries: [{ Source: shop, DetailType: placed, Detail: { id: 1 } }] } }
    - { At: 2s, Profile: default, events:PutEvents: { EventBusName: !Ref Orders, Entries: [{ Source: shop, DetailType: placed, Detail: { id: 1 } }] } }
`),
    ).world

  test('needs a policy of the bus to put events there; its own needs none [N.EVENTBRIDGE-06]', () => {
    const denied = put('')
    expect(denied.stateOf<Bus>('Orders').denials.count).toBe(1)
    expect(denied.stateOf<Bus>('Orders').events.total).toBe(1)
    for (const policy of [
      'Principal: "111122223333", StatementId: a, Action: events:PutEvents',
      'Principal: "*", StatementId: a, Action: events:PutEvents',
      'StatementId: a, Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "events:PutEvents", Resource: "*" }',
    ]) {
      const allowed = put(
        `  Let: { Type: AWS::Events::EventBusPolicy, Properties: { EventBusName: !Ref Orders, ${policy} } }`,
      )
      expect(allowed.stateOf<Bus>('Orders').denials.count, policy).toBe(0)
      expect(allowed.stateOf<Bus>('Orders').matched, policy).toBe(1)
    }
  })

  test('is not let in by a policy for somebody else, or for something else', () => {
    for (const policy of [
      'Principal: "999999999999", StatementId: a, Action: events:PutEvents',
      'Principal: "111122223333", StatementId: a, Action: events:PutRule',
    ])
      expect(
        put(
          `  Let: { Type: AWS::Events::EventBusPolicy, Properties: { EventBusName: !Ref Orders, ${policy} } }`,
        ).stateOf<Bus>('Orders').denials.count,
      ).toBe(1)
  })
})

test('from bus to bus an event stays what it is', () => {
  const l = events({
    Far: { def: eventBus, properties: { Name: 'far' }, assumptions: { ApiLatency: '0ms' } },
    Jobs: aQueue,
    Over: ruleOf(ANY, [{ Arn: 'Far' }]),
    There: { ...ruleOf(ANY, toJobs, { EventBusName: 'Far' }), def: rule },
  })
  const { answer } = put(l, entry())
  l.run(SECOND)
  expect(bodies(l, 'Jobs').map(({ id, source }) => [id, source])).toEqual([[answer.Entries[0].EventId, 'shop']])
})
