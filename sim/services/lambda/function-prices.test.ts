// What a function costs: every request that ran, and its time in full steps by memory, that of a cold start with it.
import { describe, expect, it } from 'vitest'
import { MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { alias } from './alias.ts'
import { legacy, part, steadily, waits, world } from '../../../test/lambda.ts'

describe('the bill of a function', () => {
  const billOf = (wait: number, memory: number, options = {}, requests = 100, coldStart = '0ms') => {
    const lab = world({ Work: part(waits(wait), { MemorySize: memory }, { ColdStart: coldStart }) }, options)
    steadily(lab, 'Work', 1, requests)
    return lab
      .run(lab.now + MINUTE)
      .finish()
      .bill('Work')
  }

  it('has requests and GB-seconds: a million of 120 ms with 512 MB are 1.20 USD [PR-V1]', () => {
    // A thousandth of the million.
    const bill = billOf(120 * MS, 512, {}, 1000)
    expect(bill['Requests']).toEqual({ used: 1000, run: 0.0002 })
    expect(bill['Duration']).toEqual({ used: 60, run: 0.001000002 })
  })

  it('rounds each invocation up to a millisecond, in notes-2020 to 100 [PR-R2, PR-R3]', () => {
    const ms = (wait: number, options = {}) => billOf(wait, 1024, options)['Duration']!.used * 10
    expect([ms(100 * MS), ms(100 * MS + 1), ms(101 * MS)].map(Math.round)).toEqual([100, 101, 101])
    expect([ms(100 * MS, legacy), ms(100 * MS + 1, legacy), ms(200 * MS, legacy)].map(Math.round)).toEqual([
      100, 200, 200,
    ])
  })

  it('has the initialisation of a cold start since August 2025, and not in notes-2020 [LAM-03]', () => {
    const seconds = (options = {}) => billOf(SECOND / 2, 2048, options, 10, '250ms')['Duration']!.used / 2
    expect(seconds()).toBe(5.25)
    expect(seconds(legacy)).toBe(5)
  })

  it('is 0 for a function that nobody calls [N.LAMBDA-03]', () => {
    const lab = world({ Work: part(waits(MS)) })
    expect(
      lab
        .run(60 * MINUTE)
        .finish()
        .bill('Work'),
    ).toEqual({
      Requests: { used: 0, run: 0 },
      Duration: { used: 0, run: 0 },
    })
    expect(lab.sum('Work', 'Invocations')).toBe(0)
    expect(lab.metric('Work', 'ConcurrentExecutions').series.points).toEqual([])
  })

  it('is cheaper on arm64 [PR-R1]', () => {
    const lab = world({ Work: part(waits(100 * MS), { MemorySize: 1024, Architectures: ['arm64'] }) })
    steadily(lab, 'Work', 1, 100)
    const bill = lab
      .run(lab.now + MINUTE)
      .finish()
      .bill('Work')
    expect(bill['DurationArm']!.used).toBe(10)
    expect(bill['DurationArm']!.run).toBe(0.000133334)
    expect(bill['Duration']).toBeUndefined()
  })

  it('has a /tmp of more than 512 MB as long as it runs [PR-R1]', () => {
    const used = (Size: number): number | undefined => {
      const lab = world({ Work: part(waits(500 * MS), { EphemeralStorage: { Size } }) })
      steadily(lab, 'Work', 1, 10)
      return lab
        .run(lab.now + MINUTE)
        .finish()
        .bill('Work')['EphemeralStorage']?.used
    }
    expect([used(512), used(512 + 1024), used(10_240)]).toEqual([undefined, 5, (5 * (10_240 - 512)) / 1024])
  })

  it('has provisioned concurrency as long as it is there, and its requests at a price of their own [PR-R1]', () => {
    const ready = { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 10 } }
    const lab = world({
      Work: part(waits(SECOND), { MemorySize: 512 }),
      Live: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'live', ...ready } },
    })
    for (let i = 0; i < 12; i++) lab.call('Live', 'lambda:InvokeFunction')
    lab.run(60 * MINUTE)
    lab.ask('Work', 'lambda:DeleteProvisionedConcurrencyConfig', { Qualifier: 'live' })
    const bill = lab
      .run(120 * MINUTE)
      .finish()
      .bill('Work')
    expect(bill['ProvisionedConcurrency']!.used).toBeCloseTo(10 * 0.5 * 3600, 0)
    expect(bill['ProvisionedDuration']!.used).toBe(5)
    expect(bill['Duration']!.used).toBe(1)
    expect(bill['Requests']!.used).toBe(12)
  })
})
