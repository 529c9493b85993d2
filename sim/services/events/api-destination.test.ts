// Shows the rate and the patience of an API destination.
import { describe, expect, test } from 'vitest'
import { entry, events, put, ROLE, ruleOf } from '../../../test/events.ts'
import { MINUTE, MS, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { server } from '../http/server.ts'
import { apiDestination, type ApiDestination } from './api-destination.ts'
import type { Rule } from './rule.ts'

const ANY = { source: [{ exists: true }] }
const URL = 'https://api.example.com/orders'

function world(properties: Record<string, unknown>, more: Record<string, Part> = {}, retry = {}): Lab {
  return events({
    Api: {
      def: apiDestination,
      properties: { ConnectionArn: 'c', HttpMethod: 'POST', InvocationEndpoint: URL, ...properties },
      assumptions: { EndpointLatency: '100ms' },
    },
    Placed: ruleOf(ANY, [{ Arn: 'Api', ...ROLE, ...retry }]),
    ...more,
  })
}
const origin = (ServiceTime: string, more: Record<string, unknown> = {}): Record<string, Part> => ({
  Origin: { def: server, properties: { Url: URL, Workers: 100, ServiceTime, ...more } },
})
const arrived = (l: Lab, until: number): number => {
  l.run(until)
  return l.state<Rule>('Placed').deliveries.arrivedCount
}

describe('an API destination', () => {
  test('sends no more than its rate in any second, 300 when nothing is said [EB-34]', () => {
    const l = world({ InvocationRateLimitPerSecond: 2 })
    put(l, ...Array.from({ length: 5 }, () => entry()))
    expect([arrived(l, 100 * MS), arrived(l, SECOND + 100 * MS), arrived(l, 2 * SECOND + 100 * MS)]).toEqual([2, 4, 5])
    const plain = world({})
    for (let i = 0; i < 31; i++) put(plain, ...Array.from({ length: 10 }, () => entry()))
    expect([arrived(plain, 100 * MS), arrived(plain, SECOND + 100 * MS)]).toEqual([300, 310])
  })

  test('waits five seconds for an answer, and no longer; the rule tries again [EB-34]', () => {
    const l = world({}, origin('4999ms'))
    put(l, entry())
    expect(arrived(l, 5 * SECOND)).toBe(1)
    const slow = world({}, origin('5001ms'), { RetryPolicy: { MaximumRetryAttempts: 1 } })
    put(slow, entry())
    slow.run(5 * SECOND)
    expect(slow.state<ApiDestination>('Api').failures.total).toBe(1)
    slow.run(MINUTE)
    expect(slow.state<Rule>('Placed').deliveries.exhausted.total).toBe(1)
    expect(slow.state<ApiDestination>('Api').taken).toBe(2)
  })

  test('hands on what its endpoint answers: errors of the server are tried again [EB-32, EB-34]', () => {
    const l = world({}, origin('10ms', { ErrorRate: 1 }), { RetryPolicy: { MaximumRetryAttempts: 2 } })
    put(l, entry())
    l.run(MINUTE)
    expect(l.state<ApiDestination>('Api').taken).toBe(3)
    expect(l.state<Rule>('Placed').deliveries.givenUp.total).toBe(1)
  })

  test('outside of the scenario always answers', () => {
    const l = world({ InvocationEndpoint: 'https://elsewhere.example.com' })
    put(l, entry())
    expect([arrived(l, 100 * MS - 1), arrived(l, 100 * MS)]).toEqual([0, 1])
    expect(l.notSimulated.join()).toContain('outside of this scenario')
  })
})
