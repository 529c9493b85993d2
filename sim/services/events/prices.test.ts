// What EventBridge costs: one's own events and replayed ones, archives, API destinations; rules and AWS's events are free.
import { describe, expect, it } from 'vitest'
import { aQueue, DEFAULT, entry, events, put, ROLE, ruleOf } from '../../../test/events.ts'
import { DAY, HOUR, SECOND, START_MS, type Lab } from '../../../test/kit.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { apiDestination } from './api-destination.ts'
import { archive } from './archive.ts'

const KB = 1024
const ANY = { source: [{ exists: true }] }
const detail = (size: number) => entry({ Detail: JSON.stringify({ text: 'x'.repeat(size) }) })
const custom = (l: Lab, name = 'Orders') =>
  l
    .run(l.now + HOUR)
    .finish()
    .bill(name)['CustomEvents']

describe('the bill of a bus', () => {
  it('has every event that is put, by 64 KB; what is refused costs nothing [PR-R1, PR-R2]', () => {
    const l = events({})
    put(l, entry(), entry(), entry({ Detail: 'NotJSON' }))
    put(l, detail(60 * KB))
    put(l, detail(64 * KB))
    put(l, detail(130 * KB))
    expect(custom(l)).toEqual({ used: 2 + 1 + 2 + 3, run: 0.000008 })
  })

  it('has nothing of what AWS’s services tell', () => {
    const l = events({})
    l.ask(DEFAULT, 'events:PutServiceEvent', { Source: 'aws.s3', DetailType: 'Object Created', Detail: {} })
    expect(custom(l, DEFAULT)).toEqual({ used: 0, run: 0 })
  })

  it('has events that are replayed once more, and the archive what it takes in and keeps', () => {
    const l = events(
      {
        All: {
          def: archive,
          properties: { SourceArn: 'Orders' },
          assumptions: { ArchiveDelay: '0s', ReplayStart: '0s' },
        },
      },
      { probe: [['All', 'events:StartReplay']] },
    )
    for (let i = 0; i < 10; i++) put(l, entry())
    l.run(HOUR)
    const time = (ms: number) => new Date(START_MS + ms).toISOString()
    l.ask('All', 'events:StartReplay', {
      ReplayName: 'again',
      EventStartTime: time(0),
      EventEndTime: time(60_000),
      Destination: { Arn: 'arn:aws:events:us-east-1:123456789012:event-bus/orders' },
    })
    expect(custom(l)!.used).toBe(20)
    const { ArchivedBytes } = l.bill('All')
    expect(ArchivedBytes!.used * 2 ** 30).toBeGreaterThan(10 * jsonSize(entry()))
  })

  it('has what an archive keeps no longer than it keeps it', () => {
    const kept = (RetentionDays: number, days: number): number => {
      const l = events({
        All: { def: archive, properties: { SourceArn: 'Orders', RetentionDays }, assumptions: { ArchiveDelay: '0s' } },
      })
      put(l, entry())
      return l
        .run(days * DAY)
        .finish()
        .bill('All')['ArchiveStorage']!.used
    }
    expect(kept(2, 10)).toBe(kept(2, 100))
    expect(kept(4, 10) / kept(2, 10)).toBeCloseTo(2, 9)
    expect(kept(0, 10) / kept(2, 10)).toBeCloseTo(5, 9)
  })

  it('has calls of API destinations, and nothing of rules and other deliveries', () => {
    const l = events({
      Jobs: aQueue,
      Api: {
        def: apiDestination,
        properties: { ConnectionArn: 'c', HttpMethod: 'POST', InvocationEndpoint: 'https://example.com' },
      },
      Placed: ruleOf(ANY, [
        { Arn: 'Api', ...ROLE },
        { Arn: 'Jobs', ...ROLE },
      ]),
    })
    for (let i = 0; i < 3; i++) put(l, entry())
    l.run(l.now + 10 * SECOND).finish()
    expect(l.bill('Api')).toEqual({ ApiDestinationCalls: { used: 3, run: 0.0000006 } })
    expect(l.bill('Placed')).toEqual({})
  })
})
