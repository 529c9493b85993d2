// What a bucket costs: requests of two kinds, and every byte as long as it is there, in the class in which it is.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, lab, type Lab } from '../../../test/kit.ts'
import { bucket } from './bucket.ts'

const OPERATIONS = Object.keys(bucket.ops) as `${string}:${string}`[]
const AT_ONCE = {
  PutLatency: '0ms',
  GetLatency: '0ms',
  ConfigurationPropagation: '0ms',
  ConnectionThroughput: '1000GB',
}
const world = (properties: Record<string, unknown> = {}): Lab =>
  lab(
    { Files: { def: bucket, properties, assumptions: AT_ONCE } },
    { probe: OPERATIONS.map((each) => ['Files', each]) },
  )
const ask = (l: Lab, operation: string, body: Record<string, unknown> = {}) => l.ask('Files', `s3:${operation}`, body)
const put = (l: Lab, Key: string, ContentLength = 1) => ask(l, 'PutObject', { Key, ContentLength })
const MONTH = 730 * HOUR
const GB = 2 ** 30

describe('the bill of a bucket', () => {
  it('has writes and lists at 5 USD a million, reads at 0.40, deletes at nothing [PR-R1]', () => {
    const l = world()
    for (const key of ['a', 'b', 'c']) put(l, key)
    ask(l, 'CopyObject', { Key: 'd', CopySource: 'a' })
    ask(l, 'ListBucket')
    for (let i = 0; i < 5; i++) ask(l, 'GetObject', { Key: 'a' })
    ask(l, 'GetObject', { Key: 'none' })
    ask(l, 'HeadObject', { Key: 'a' })
    ask(l, 'DeleteObject', { Key: 'a' })
    ask(l, 'DeleteObjects', { Delete: { Objects: [{ Key: 'b' }] } })
    const { Writes, Reads } = l.run(HOUR).finish().bill('Files')
    expect(Writes).toEqual({ used: 5, run: 0.000025 })
    expect(Reads).toEqual({ used: 7, run: 0.0000028 })
  })

  it('has bytes as long as they are there: 1 GB for half a month is half a GB-month', () => {
    const l = world()
    put(l, 'kept', GB)
    put(l, 'gone', GB)
    const came = l.now
    l.run(MONTH / 2)
    ask(l, 'DeleteObject', { Key: 'gone' })
    const { StandardStorage } = l.run(MONTH).finish().bill('Files')
    expect(StandardStorage!.used).toBeCloseTo(1.5 - (2 * came) / MONTH, 6)
    expect(StandardStorage!.run).toBeCloseTo(0.023 * 1.5, 4)
  })

  it('has noncurrent versions too, until they go', () => {
    const l = world({ VersioningConfiguration: { Status: 'Enabled' } })
    l.run(HOUR)
    for (let i = 0; i < 3; i++) put(l, 'a', GB)
    const before = l.now
    ask(l, 'DeleteObject', { Key: 'a' })
    const { StandardStorage } = l
      .run(before + MONTH)
      .finish()
      .bill('Files')
    expect(StandardStorage!.used).toBeGreaterThan(3)
    expect(StandardStorage!.used).toBeLessThan(3.001)
  })

  it('has another price where a lifecycle moves them', () => {
    const l = world({
      LifecycleConfiguration: {
        Rules: [{ Status: 'Enabled', Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }] }],
      },
    })
    put(l, 'a', GB)
    const { StandardStorage, StandardIAStorage } = l
      .run(80 * DAY)
      .finish()
      .bill('Files')
    // The day is rounded up to midnight.
    expect(Math.round((StandardStorage!.used * 730) / 24)).toBe(31)
    expect(Math.round((StandardIAStorage!.used * 730) / 24)).toBe(49)
    expect(StandardIAStorage!.run).toBeCloseTo(StandardIAStorage!.used * 0.0125, 6)
  })
})
