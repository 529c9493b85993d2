// Health checks: when the state turns, what passes, calculated and inverted ones.
import { describe, expect, it } from 'vitest'
import { lab, SECOND } from '../../../test/kit.ts'
import { server } from '../http/server.ts'
import { healthCheck, type HealthCheck } from './health-check.ts'

function check(config: Record<string, unknown>, fault?: { at: number; until: number }, errorRate = 0) {
  const world = lab(
    {
      Check: {
        def: healthCheck,
        properties: { HealthCheckConfig: { Type: 'HTTP', FullyQualifiedDomainName: 'Site', ...config } },
      },
      Site: { def: server, properties: { Workers: 9, ServiceTime: '1ms', ErrorRate: errorRate } },
    },
    fault === undefined ? {} : { faults: [{ ...fault, fault: 'sim:http:pause', target: 'Site', params: {} }] },
  )
  const turnsAt = (from: number, healthy: boolean): number => {
    const self = world.state<HealthCheck>('Check')
    world.run(from)
    while (self.isHealthy() !== healthy) world.run(world.now + SECOND)
    return world.now / SECOND
  }
  return { world, turnsAt, self: world.state<HealthCheck>('Check') }
}

describe('a health check', () => {
  it('begins healthy, and turns with the third failure of checks every 30 s, six seconds after its check [R53-R4]', () => {
    const { turnsAt } = check({}, { at: SECOND, until: 200 * SECOND })
    expect(turnsAt(0, false)).toBe(96)
    // What waited is served late; checks at 210, 240 and 270 s pass.
    expect(turnsAt(200 * SECOND, true)).toBe(271)
  })

  it('turns faster with a shorter interval and a lower threshold [R53-R4]', () => {
    expect(
      check({ RequestInterval: 10, FailureThreshold: 1 }, { at: SECOND, until: 99 * SECOND }).turnsAt(0, false),
    ).toBe(16)
  })

  it('takes an error for an answer by TCP, and not by HTTP [R53-R4]', () => {
    const state = (Type: string): boolean => {
      const { world, self } = check({ Type }, undefined, 1)
      world.run(200 * SECOND)
      return self.isHealthy()
    }
    expect(state('TCP')).toBe(true)
    expect(state('HTTP')).toBe(false)
  })

  it('may be inverted, or be made of others', () => {
    expect(check({ Inverted: true }).self.isHealthy()).toBe(false)
    const world = lab({
      All: {
        def: healthCheck,
        properties: {
          HealthCheckConfig: { Type: 'CALCULATED', ChildHealthChecks: ['One', 'Two'], HealthThreshold: 1 },
        },
      },
      One: { def: healthCheck, properties: { HealthCheckConfig: { Type: 'HTTP', Inverted: true } } },
      Two: { def: healthCheck, properties: { HealthCheckConfig: { Type: 'HTTP' } } },
    })
    expect(world.state<HealthCheck>('All').isHealthy()).toBe(true)
    expect(world.state<HealthCheck>('One').isHealthy()).toBe(false)
  })

  it('publishes its state every minute', () => {
    const { world } = check({}, { at: SECOND, until: 900 * SECOND })
    world.run(190 * SECOND)
    expect(world.points('Check', 'HealthCheckStatus').map(({ max }) => max)).toContain(0)
    expect(world.points('Check', 'HealthCheckStatus')[0]!.max).toBe(1)
  })
})
