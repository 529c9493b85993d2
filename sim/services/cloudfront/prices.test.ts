// What a distribution costs: requests, bytes to viewers, and paths of invalidations beyond a thousand.
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../../test/kit.ts'
import { cloudfrontFunction } from './function.ts'
import { get, site } from '../../../test/site.ts'
import { GB } from '../../model/price.ts'

describe('the bill of a distribution', () => {
  test('has every request, hits too, and the bytes that viewers get [PR-R1]', () => {
    const at = site({ script: [{ length: GB / 4 }] })
    for (let i = 0; i < 8; i++) get(at, '/a')
    at.ask('Site', 'http:HEAD', { Path: '/a' })
    at.ask('Site', 'http:POST', { Path: '/a' })
    const bill = at.run(MINUTE).finish().bill('Site')
    expect(bill['Requests']).toEqual({ used: 10, run: 0.00001 })
    expect(bill['DataOut']).toEqual({ used: 2, run: 0.17 })
    expect(bill['InvalidationPaths']).toBeUndefined()
  })

  test('has paths of invalidations, a wildcard as one; the first thousand of a month cost nothing [PR-R1]', () => {
    const at = site({ assumptions: { InvalidationTime: '1s' } })
    const drop = (Items: readonly string[]): void => {
      at.ask('Site', 'cloudfront:CreateInvalidation', {
        InvalidationBatch: { Paths: { Quantity: Items.length, Items } },
      })
      at.run(at.now + 1_000_000)
    }
    drop(Array.from({ length: 1_000 }, (_, i) => `/${i}`))
    drop(['/img/*'])
    expect(at.run(MINUTE).finish().bill('Site')['InvalidationPaths']!.used).toBe(1_001)
  })

  test('a function at the edge is paid by the run [PR-R1]', () => {
    const FunctionAssociations = [{ EventType: 'viewer-request', FunctionARN: 'Fn' }]
    const properties = { Name: 'fn', FunctionCode: 'x', FunctionConfig: { Runtime: 'cloudfront-js-2.0' } }
    const at = site({ behavior: { FunctionAssociations }, parts: { Fn: { def: cloudfrontFunction, properties } } })
    for (let i = 0; i < 10; i++) get(at, '/a')
    expect(at.run(MINUTE).finish().bill('Fn')['Invocations']).toEqual({ used: 10, run: 0.000001 })
  })
})
