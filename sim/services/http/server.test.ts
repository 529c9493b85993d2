// The server outside AWS: first in the open, request by request; then against the closed forms of queueing theory.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, type Lab, MS, type Refused, SECOND } from '../../../test/kit.ts'
import { backoff } from '../../parts/retry.ts'
import { workload, type Workload, type WorkloadConfig } from '../client/workload.ts'
import { server, type Server } from './server.ts'

const probe = [['Server', 'http:GET']] as const

describe('request by request', () => {
  test('requests are served in order of arrival, one per worker', () => {
    const at = lab({ Server: { def: server, properties: { Workers: 2, ServiceTime: '100ms' } } }, { probe })
    for (let i = 0; i < 5; i++) at.call('Server', 'http:GET')
    at.run(HOUR)
    expect(at.answers.map((answer) => answer.at)).toEqual([100, 100, 200, 200, 300].map((ms) => ms * MS))
    expect(at.answers[0].answer).toEqual({ statusCode: 200 })
  })

  test('a request that finds the queue full is answered 503 at once', () => {
    const at = lab(
      { Server: { def: server, properties: { Workers: 1, QueueCapacity: 2, ServiceTime: '100ms' } } },
      { probe },
    )
    for (let i = 0; i < 4; i++) at.call('Server', 'http:GET')
    at.run(0)
    expect(at.answers.map((answer) => [answer.status, answer.http])).toEqual([['ServiceUnavailable', 503]])
    at.run(HOUR).finish()
    expect(at.sum('Server', 'Rejected')).toBe(1)
    expect(at.sum('Server', 'Served')).toBe(3)
  })

  test('a request that has lost patience leaves the queue, wherever it stands in it', () => {
    const at = lab(
      { Server: { def: server, properties: { Workers: 1, ServiceTime: '100ms', Patience: '150ms' } } },
      { probe },
    )
    for (let i = 0; i < 4; i++) at.call('Server', 'http:GET')
    at.run(HOUR).finish()
    expect(at.answers.map((answer) => [answer.at / MS, answer.status])).toEqual([
      [100, 'OK'],
      [150, 'ServiceUnavailable'],
      [150, 'ServiceUnavailable'],
      [200, 'OK'],
    ])
    expect(at.sum('Server', 'Abandoned')).toBe(2)
  })

  test('a share of the requests fails after its service', () => {
    const at = lab(
      { Server: { def: server, properties: { Workers: 1000, ServiceTime: '10ms', ErrorRate: 0.25 } } },
      { probe },
    )
    for (let i = 0; i < 1000; i++) at.call('Server', 'http:GET')
    at.run(HOUR)
    const failed = at.answers.filter((answer) => answer.http === 500).length
    expect(at.answers.every((answer) => answer.at === 10 * MS)).toBe(true)
    expect(Math.abs(failed - 250)).toBeLessThan(4 * Math.sqrt(1000 * 0.25 * 0.75))
  })

  test('a pause lets nothing begin; what is in service goes on', () => {
    const pause = { at: 50 * MS, until: 500 * MS, fault: 'sim:http:pause', target: 'Server', params: {} }
    const at = lab(
      { Server: { def: server, properties: { Workers: 1, ServiceTime: '100ms' } } },
      { probe, faults: [pause] },
    )
    at.call('Server', 'http:GET')
    at.call('Server', 'http:GET')
    at.run(HOUR)
    expect(at.answers.map((answer) => answer.at / MS)).toEqual([100, 600])
  })

  test('a service time that does not read is refused with its reason', () => {
    const refused = (properties: Record<string, unknown>): string => {
      try {
        lab({ Server: { def: server, properties } })
        return ''
      } catch (error) {
        return (error as Refused).message
      }
    }
    expect(refused({ Workers: 1, ServiceTime: 'lognormal(p50=3ms)' })).toContain('Server.ServiceTime: ')
    expect(refused({ Workers: 1 })).toContain('`ServiceTime` is a required property')
    expect(refused({ Workers: 0, ServiceTime: '1ms' })).toContain('`Workers` is 0')
  })
})

describe('closed forms', () => {
  const SEEDS = 12
  const REQUESTS = 20_000

  /** Means over seeds of what `look` reads from a run at `perSecond` requests per second, each with its standard error. */
  function estimate(
    perSecond: number,
    properties: Record<string, unknown>,
    look: (at: Lab, server: Server) => number[],
  ): { mean: number; error: number }[] {
    const runs: number[][] = []
    for (let seed = 1; seed <= SEEDS; seed++) {
      const config: WorkloadConfig = {
        Target: 'Server',
        Action: 'http:GET',
        Arg: 0,
        Body: null,
        Arrivals: 'poisson',
        Rate: [{ at: 0, perSecond }],
        Client: { Retries: backoff(1, 0, 0, 'none'), Timeout: null },
      }
      const at = lab(
        { Server: { def: server, properties }, Load: { def: workload, config: config as never } },
        { seed },
      )
      at.run(Math.round((REQUESTS / perSecond) * SECOND))
      runs.push(look(at, at.state<Server>('Server')))
    }
    return runs[0].map((_, k) => {
      const mean = runs.reduce((sum, run) => sum + run[k], 0) / SEEDS
      const variance = runs.reduce((sum, run) => sum + (run[k] - mean) * (run[k] - mean), 0) / (SEEDS - 1)
      return { mean, error: Math.sqrt(variance / SEEDS) }
    })
  }

  /**
   * Within 4.4 standard errors: the 99.9 % range of Student's t with 11 degrees of freedom. The seeds are fixed, so the
   * test does not flicker; the second bound keeps a wide error from hiding a wrong mean.
   */
  function agrees(found: { mean: number; error: number }, exact: number, share: number): void {
    expect(Math.abs(found.mean - exact)).toBeLessThan(4.4 * found.error)
    expect(4.4 * found.error).toBeLessThan(share * exact)
  }

  const numberInside = (_: Lab, server: Server): number[] => [
    server.inside.mean(server.sim.clock[0]),
    server.waiting.mean(server.sim.clock[0]),
  ]

  test('M/M/1 at loads of 0.5 and 0.8 holds ρ/(1−ρ) requests, ρ²/(1−ρ) of them waiting', () => {
    for (const rho of [0.5, 0.8]) {
      const [inside, waiting] = estimate(rho, { Workers: 1, ServiceTime: 'exponential(1s)' }, numberInside)
      agrees(inside, rho / (1 - rho), 0.15)
      agrees(waiting, (rho * rho) / (1 - rho), 0.18)
    }
  })

  test('M/M/5 at a load of 0.8 waits as Erlang’s formula C says', () => {
    const [, waiting] = estimate(4, { Workers: 5, ServiceTime: 'exponential(1s)' }, numberInside)
    // C(5, 4) = 0.5541125541; mean queue = C ρ/(1−ρ).
    agrees(waiting, 0.5541125541 * 4, 0.2)
  })

  test('M/G/1 waits as Pollaczek and Khinchine say: half as long for a constant service time', () => {
    const [, constant] = estimate(0.8, { Workers: 1, ServiceTime: '1s' }, numberInside)
    agrees(constant, (0.64 * 1) / (2 * 0.2), 0.15)
    const [, uniform] = estimate(0.5, { Workers: 1, ServiceTime: 'uniform(0s, 2s)' }, numberInside)
    agrees(uniform, (0.25 * (1 + 1 / 3)) / (2 * 0.5), 0.1)
  })

  test('M/M/1 with room for 5 loses the share of the birth-death chain', () => {
    const [lost] = estimate(0.8, { Workers: 1, QueueCapacity: 4, ServiceTime: 'exponential(1s)' }, (_, server) => [
      server.rejected / server.requests,
    ])
    agrees(lost, 0.08881949866, 0.08)
  })

  test('M/M/10 with impatience loses and holds what Erlang’s formula A says', () => {
    const [lost, waiting] = estimate(
      10,
      { Workers: 10, ServiceTime: 'exponential(1s)', Patience: 'exponential(1s)' },
      (at, server) => [server.abandoned / server.requests, numberInside(at, server)[1]],
    )
    agrees(lost, 0.1251100357, 0.08)
    agrees(waiting, 1.251100357, 0.12)
  })
})

test('retries after a pause keep the server busy with work that nobody waits for', () => {
  // Arrivals every 143 ms, service 100 ms, time-out 503 ms, three retries 51 ms apart; a pause of 500 ms passes, one of 600 ms does not.
  const after = (pauseMs: number, AcceptLateAnswers: boolean): Workload => {
    const config: WorkloadConfig = {
      Target: 'Server',
      Action: 'http:GET',
      Arg: 0,
      Body: null,
      Arrivals: 'regular',
      Rate: [
        { at: 0, perSecond: 1e6 / 143_000 },
        { at: 100 * SECOND, perSecond: 1e6 / 143_000 },
        { at: 100 * SECOND, perSecond: 0 },
      ],
      Client: { Retries: backoff(4, 51 * MS, 51 * MS, 'none'), Timeout: 503 * MS, AcceptLateAnswers },
    }
    const pause = {
      at: 30_050 * MS,
      until: (30_050 + pauseMs) * MS,
      fault: 'sim:http:pause',
      target: 'Server',
      params: {},
    }
    const at = lab(
      {
        Server: { def: server, properties: { Workers: 1, ServiceTime: '100ms' } },
        Load: { def: workload, config: config as never },
      },
      { faults: [pause] },
    )
    return at.run(110 * SECOND).state<Workload>('Load')
  }
  const calm = after(500, true)
  expect([calm.requests, calm.attempts, calm.successes, calm.timeouts]).toEqual([699, 699, 699, 0])
  const broken = after(600, true)
  expect([broken.requests, broken.attempts, broken.successes, broken.timeouts, broken.failures]).toEqual([
    699, 2126, 237, 1889, 462,
  ])
  // A client that hangs up on a time-out does a little worse; an independent ten-line model says the same.
  const hangsUp = after(600, false)
  expect([hangsUp.requests, hangsUp.attempts, hangsUp.successes, hangsUp.timeouts, hangsUp.failures]).toEqual([
    699, 2151, 216, 1935, 483,
  ])
})
