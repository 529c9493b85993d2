// What a function costs: every request that ran, and its time in full steps by memory, that of a cold start with it.
import { describe, expect, it } from 'vitest'
import { MINUTE, MS, SECOND } from '../../../test/kit.ts'
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
})
