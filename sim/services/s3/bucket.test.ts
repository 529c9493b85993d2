// Shows each rule of a bucket: rates per prefix, versions, conditions, uploads, lists, refusals.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lab, MINUTE, MS, SECOND, type Answer, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import { bucket } from './bucket.ts'
import type { Bucket } from './bucket-state.ts'

const OPERATIONS = Object.keys(bucket.ops) as `${string}:${string}`[]
export const AT_ONCE = { PutLatency: '0ms', GetLatency: '0ms', ConfigurationPropagation: '0ms' }

/** A bucket `Files`, whose answers take no time but that of their bytes. */
function world(
  properties: Record<string, unknown> = {},
  {
    assumptions = {},
    more = {},
    ...options
  }: LabOptions & {
    readonly assumptions?: Record<string, string>
    readonly more?: Record<string, Part>
  } = {},
): Lab {
  return lab(
    { Files: { def: bucket, properties, assumptions: { ...AT_ONCE, ...assumptions } }, ...more },
    {
      probe: ['Files', ...Object.keys(more)].flatMap((name) => OPERATIONS.map((each) => [name, each] as const)),
      ...options,
    },
  )
}

const ask = (l: Lab, operation: string, body: Record<string, unknown> = {}): Answer =>
  l.ask('Files', `s3:${operation}`, body)
const put = (l: Lab, Key: string, more: Record<string, unknown> = {}): Answer => ask(l, 'PutObject', { Key, ...more })
const get = (l: Lab, Key: string, more: Record<string, unknown> = {}): Answer => ask(l, 'GetObject', { Key, ...more })
const state = (l: Lab): Bucket => l.state<Bucket>('Files')
const MB = 1_048_576
const VERSIONED = { VersioningConfiguration: { Status: 'Enabled' } }

/** Requests of one kind over so many seconds, `perSecond` in each, spread evenly over keys. */
function load(l: Lab, operation: string, perSecond: number, seconds: number, key: (i: number) => string): void {
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < perSecond; i++) l.call('Files', `s3:${operation}`, { Key: key(i) })
    l.run(l.now + SECOND)
  }
}

const refusals = (l: Lab): number => l.answers.filter(({ status }) => status === 'SlowDown').length

describe('a prefix serves', () => {
  test('3,500 writes and 5,500 reads a second, and refuses what is beyond with 503 [S3-R1, S3-R2, S3-R3]', () => {
    const l = world({}, { assumptions: { Unwritten: 'there' } })
    // A second's worth is kept, so a second second shows the rate.
    load(l, 'PutObject', 7_000, 1, (i) => `k${i}`)
    expect(l.answers.filter(({ status }) => status === 'OK')).toHaveLength(3_500)
    expect(l.answers.find(({ status }) => status === 'SlowDown')?.http).toBe(503)
    load(l, 'PutObject', 7_000, 1, (i) => `k${i}`)
    expect(refusals(l)).toBe(7_000)
    const before = l.answers.length
    load(l, 'GetObject', 11_000, 2, (i) => `k${i}`)
    expect(l.answers.slice(before).filter(({ status }) => status === 'SlowDown')).toHaveLength(11_000)
  })

  test('6,000 reads a second not for long, two prefixes of their own do [S3-V4]', () => {
    const one = world({}, { assumptions: { Unwritten: 'there' } })
    load(one, 'GetObject', 6_000, 20, (i) => `a/${i}`)
    expect(refusals(one)).toBe(20 * 500)
    const two = world({}, { assumptions: { Unwritten: 'there', PrefixMode: 'perTopLevelPrefix' } })
    load(two, 'GetObject', 6_000, 20, (i) => `${i % 2}/${i}`)
    expect(refusals(two)).toBe(0)
  })

  test('as many again each: ten prefixes, 55,000 reads a second [S3-R1, S3-V6]', () => {
    const l = world({}, { assumptions: { Unwritten: 'there', PrefixMode: 'perTopLevelPrefix' } })
    load(l, 'GetObject', 55_000, 3, (i) => `p${i % 10}/${i}`)
    expect(refusals(l)).toBe(0)
    expect(state(l).prefixes.list).toHaveLength(11)
    load(l, 'GetObject', 56_000, 12, (i) => `p${i % 10}/${i}`)
    expect(refusals(l)).toBeGreaterThan(0)
  })

  test('until it is divided at its next slash, after ten minutes of refusals [S3-R2, S3-R3]', () => {
    const l = world(
      {},
      { assumptions: { Unwritten: 'there' }, quotas: { 's3.ReadsPerPrefix': 10, 's3.WritesPerPrefix': 10 } },
    )
    const key = (i: number): string => `data/${i % 3}/${i}`
    const prefixes = (): string[] => state(l).prefixes.list.map(({ prefix }) => prefix)
    load(l, 'GetObject', 24, 10 * 60 - 1, key)
    expect(prefixes()).toEqual([''])
    // `data/` is one child of the whole; ten minutes later it is divided in its turn.
    load(l, 'GetObject', 24, 1, key)
    expect(prefixes()).toEqual(['', 'data/'])
    load(l, 'GetObject', 24, 10 * 60 - 1, key)
    expect(prefixes()).toHaveLength(2)
    load(l, 'GetObject', 24, 1, key)
    expect(prefixes().sort()).toEqual(['', 'data/', 'data/0/', 'data/1/', 'data/2/'])
    const before = refusals(l)
    load(l, 'GetObject', 24, 60, key)
    expect(refusals(l)).toBe(before)
  })

  test('a minute without refusals begins the ten minutes anew [S3-R3]', () => {
    const l = world({}, { assumptions: { Unwritten: 'there' }, quotas: { 's3.ReadsPerPrefix': 10 } })
    const key = (i: number): string => `${i % 3}/${i}`
    load(l, 'GetObject', 24, 9 * 60, key)
    l.run(l.now + 2 * MINUTE)
    load(l, 'GetObject', 24, 9 * 60, key)
    expect(state(l).prefixes.list).toHaveLength(1)
  })

  test('never more in any second than its rate and what it has kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.integer({ min: 0, max: 400 }), isWrite: fc.boolean() }), { maxLength: 200 }),
        (requests) => {
          const l = world(
            {},
            { assumptions: { Unwritten: 'there' }, quotas: { 's3.ReadsPerPrefix': 3, 's3.WritesPerPrefix': 2 } },
          )
          const served: { at: number; isWrite: boolean }[] = []
          for (const { wait, isWrite } of requests) {
            l.run(l.now + wait * MS)
            const at = l.now
            const { status } = ask(l, isWrite ? 'PutObject' : 'GetObject', { Key: 'k' })
            if (status === 'OK') served.push({ at, isWrite })
          }
          for (const isWrite of [false, true]) {
            const rate = isWrite ? 2 : 3
            const times = served.filter((each) => each.isWrite === isWrite).map(({ at }) => at)
            times.forEach((from, i) => {
              for (let j = i; j < times.length; j++)
                expect(j - i + 1).toBeLessThanOrEqual(rate + ((times[j]! - from) * rate) / SECOND + 1e-9)
            })
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('latency', () => {
  test('is some 30 ms for a write and 20 ms for a read, 200 ms for one in a hundred [S3-R4]', () => {
    const l = world(
      {},
      { assumptions: { PutLatency: 'lognormal(p50=30ms, p99=200ms)', GetLatency: 'lognormal(p50=20ms, p99=200ms)' } },
    )
    const median = (operation: string): number => {
      const times = Array.from({ length: 400 }, () => {
        const from = l.now
        return ask(l, operation, { Key: 'k' }).at - from
      }).sort((a, b) => a - b)
      return times[200]! / MS
    }
    const [written, read] = [median('PutObject'), median('GetObject')]
    expect(written).toBeGreaterThan(25)
    expect(written).toBeLessThan(36)
    expect(read).toBeGreaterThan(16)
    expect(read).toBeLessThan(25)
  })

  test('grows with size: 85 to 90 MB a second on one connection, both ways [S3-R4]', () => {
    const l = world()
    const took = (operation: string, body: Record<string, unknown>): number => {
      const from = l.now
      return (ask(l, operation, body).at - from) / SECOND
    }
    for (const seconds of [
      took('PutObject', { Key: 'big', ContentLength: 870 * MB }),
      took('GetObject', { Key: 'big' }),
    ]) {
      expect(seconds).toBeGreaterThan(870 / 90 - 0.01)
      expect(seconds).toBeLessThan(870 / 85 + 0.01)
    }
    expect(took('HeadObject', { Key: 'big' })).toBe(0)
  })
})

describe('sizes', () => {
  test('of one PUT are up to 5 GB [S3-R5]', () => {
    const l = world()
    expect(put(l, 'k', { ContentLength: 5120 * MB }).status).toBe('OK')
    expect(put(l, 'k', { ContentLength: 5120 * MB + 1 })).toMatchObject({ status: 'EntityTooLarge', http: 400 })
  })

  test('of parts: 5 MB at least but for the last, numbers up to 10,000, 50 TB in all, 5 TB before [S3-R5]', () => {
    const l = world({}, { quotas: { 's3.ObjectSize': 20 * MB } })
    const upload = (sizes: readonly number[]): Answer => {
      const UploadId = ask(l, 'CreateMultipartUpload', { Key: 'k' }).answer.UploadId
      sizes.forEach((ContentLength, i) =>
        ask(l, 'UploadPart', { Key: 'k', UploadId, PartNumber: i + 1, ContentLength }),
      )
      return ask(l, 'CompleteMultipartUpload', { Key: 'k', UploadId })
    }
    expect(upload([5 * MB, 5 * MB, 1]).status).toBe('OK')
    expect(upload([5 * MB - 1, 1]).status).toBe('EntityTooSmall')
    expect(upload([10 * MB, 10 * MB + 1]).status).toBe('EntityTooLarge')
    const UploadId = ask(l, 'CreateMultipartUpload', { Key: 'k' }).answer.UploadId
    const part = (PartNumber: number): string =>
      ask(l, 'UploadPart', { Key: 'k', UploadId, PartNumber, Body: 'x' }).status
    expect([0, 1, 10_000, 10_001].map(part)).toEqual(['InvalidArgument', 'OK', 'OK', 'InvalidArgument'])
    expect([bucket.quotas['ObjectSize']!.current, bucket.quotas['ObjectSize']!.notes2020]).toEqual([
      50 * 1024 ** 4,
      5 * 1024 ** 4,
    ])
  })
})

describe('reads', () => {
  test('see every write and delete that was answered [S3-R10]', () => {
    const l = world({}, { assumptions: { Propagation: '1s' } })
    put(l, 'k', { Body: 'one' })
    expect(get(l, 'k').answer.Body).toBe('one')
    put(l, 'k', { Body: 'two' })
    expect(get(l, 'k').answer.Body).toBe('two')
    ask(l, 'DeleteObject', { Key: 'k' })
    expect(get(l, 'k').status).toBe('NoSuchKey')
    expect(ask(l, 'ListObjectsV2').answer.KeyCount).toBe(0)
  })

  test('in 2020 saw what was there before an overwrite or a delete, and new objects at once [S3-R10]', () => {
    const l = world({}, { profile: 'notes-2020', assumptions: { Propagation: '1s' } })
    const keys = (): string[] => ask(l, 'ListObjectsV2').answer.Contents.map(({ Key }: { Key: string }) => Key)
    put(l, 'k', { Body: 'one' })
    expect(get(l, 'k').answer.Body).toBe('one')
    expect(keys()).toEqual([])
    l.run(2 * SECOND)
    expect(keys()).toEqual(['k'])
    put(l, 'k', { Body: 'two' })
    expect(get(l, 'k').answer.Body).toBe('one')
    l.run(3 * SECOND - 1)
    expect(get(l, 'k').answer.Body).toBe('one')
    l.run(3 * SECOND)
    expect(get(l, 'k').answer.Body).toBe('two')
    ask(l, 'DeleteObject', { Key: 'k' })
    expect([get(l, 'k').answer.Body, keys()]).toEqual(['two', ['k']])
    l.run(4 * SECOND)
    expect([get(l, 'k').status, keys()]).toEqual(['NoSuchKey', []])
  })

  test('of a range bring its bytes alone; beyond the object there is none', () => {
    const l = world()
    put(l, 'k', { ContentLength: 100 })
    const range = (Range: string): unknown => {
      const { status, answer } = get(l, 'k', { Range })
      return status === 'OK' ? answer.ContentLength : status
    }
    expect(['bytes=0-9', 'bytes=90-', 'bytes=-10', 'bytes=95-200', 'bytes=100-'].map(range)).toEqual([
      10,
      10,
      10,
      5,
      'InvalidRange',
    ])
  })

  test('of what is not there: 404, or 403 without the permission to list [S3-R55]', () => {
    expect(get(world(), 'k')).toMatchObject({ status: 'NoSuchKey', http: 404 })
    const l = world({}, { assumptions: { CallersMayList: 'no' } })
    expect([get(l, 'k'), ask(l, 'HeadObject', { Key: 'k' })].map(({ status, http }) => [status, http])).toEqual([
      ['AccessDenied', 403],
      ['AccessDenied', 403],
    ])
  })

  test('of objects from before the run find them, if the scenario says so', () => {
    const l = world({}, { assumptions: { Unwritten: 'there', UnwrittenSize: '3KB' } })
    expect(get(l, 'k').answer.ContentLength).toBe(3_072)
  })
})

describe('writes', () => {
  test('of one key at a time: the later timestamp wins, whatever arrives last [S3-R11]', () => {
    const l = world({}, { assumptions: { ConnectionThroughput: '1MB' } })
    const done: Answer[] = []
    l.call('Files', 's3:PutObject', { Key: 'k', ContentLength: 10 * MB, Body: 'slow' }, 0, (answer) =>
      done.push(answer),
    )
    l.run(SECOND)
    put(l, 'k', { Body: 'quick' })
    expect(get(l, 'k').answer.Body).toBe('quick')
    l.run(10 * SECOND - 1)
    expect(done).toEqual([])
    l.run(10 * SECOND)
    expect(done).toMatchObject([{ status: 'OK' }])
    expect(get(l, 'k').answer.Body).toBe('quick')
    expect(state(l).objects.count).toBe(1)
  })

  test('on a condition: 412 if it does not hold, 409 if it ceased to hold on the way [S3-R11]', () => {
    const l = world({}, { assumptions: { ConnectionThroughput: '1MB' } })
    const first = put(l, 'k', { IfNoneMatch: '*' })
    expect(first.status).toBe('OK')
    expect(put(l, 'k', { IfNoneMatch: '*' })).toMatchObject({ status: 'PreconditionFailed', http: 412 })
    expect(put(l, 'k', { IfMatch: first.answer.ETag }).status).toBe('OK')
    expect(put(l, 'k', { IfMatch: first.answer.ETag })).toMatchObject({ status: 'PreconditionFailed', http: 412 })
    expect(put(l, 'none', { IfMatch: first.answer.ETag }).status).toBe('NoSuchKey')
    const done: Answer[] = []
    l.call('Files', 's3:PutObject', { Key: 'new', ContentLength: MB, IfNoneMatch: '*' }, 0, (answer) =>
      done.push(answer),
    )
    l.run(l.now + SECOND / 2)
    put(l, 'new')
    l.run(l.now + SECOND)
    expect(done).toMatchObject([{ status: 'ConditionalRequestConflict', http: 409 }])
    const old = world({}, { profile: 'notes-2020' })
    put(old, 'k')
    expect(put(old, 'k', { IfNoneMatch: '*' }).status).toBe('OK')
  })

  test('are seen as a whole when their last byte has come', () => {
    const l = world({}, { assumptions: { ConnectionThroughput: '1MB' } })
    l.call('Files', 's3:PutObject', { Key: 'k', ContentLength: MB })
    l.run(SECOND - 1)
    expect(get(l, 'k').status).toBe('NoSuchKey')
    l.run(SECOND)
    expect(get(l, 'k').status).toBe('OK')
  })

  test('keep small contents, up to 64 MB in all, and the size of everything', () => {
    const l = world()
    const large = 'x'.repeat(262_144)
    put(l, 'small', { Body: { a: 1 } })
    put(l, 'fits', { Body: large })
    put(l, 'larger', { Body: `${large}x` })
    expect(get(l, 'small').answer).toMatchObject({ ContentLength: 7, Body: { a: 1 } })
    expect(get(l, 'fits').answer.Body).toHaveLength(262_144)
    expect(get(l, 'larger').answer).toMatchObject({ ContentLength: 262_145 })
    expect(get(l, 'larger').answer.Body).toBeUndefined()
    for (let i = 0; i < 300; i++) put(l, `k${i}`, { Body: large })
    expect(get(l, 'k0').answer.Body).toBeDefined()
    expect(get(l, 'k299').answer.Body).toBeUndefined()
  })
})

describe('versions', () => {
  test('pile up behind a key; a delete puts a marker in front, and a delete of the marker takes it away [S3-R21, S3-V1]', () => {
    const l = world(VERSIONED)
    const [one, two] = ['111111', '121212'].map((Body) => put(l, 'k', { Body }).answer.VersionId as string)
    expect(one).not.toBe(two)
    expect(get(l, 'k').answer.Body).toBe('121212')
    const marker = ask(l, 'DeleteObject', { Key: 'k' }).answer
    expect(marker.DeleteMarker).toBe(true)
    expect(get(l, 'k')).toMatchObject({ http: 404, answer: { DeleteMarker: true } })
    expect(get(l, 'k', { VersionId: one }).answer.Body).toBe('111111')
    expect(get(l, 'k', { VersionId: marker.VersionId })).toMatchObject({ status: 'MethodNotAllowed', http: 405 })
    ask(l, 'DeleteObject', { Key: 'k', VersionId: marker.VersionId })
    expect(get(l, 'k').answer.Body).toBe('121212')
    ask(l, 'DeleteObject', { Key: 'k', VersionId: two })
    expect(get(l, 'k').answer.Body).toBe('111111')
    ask(l, 'DeleteObject', { Key: 'k', VersionId: one })
    expect([get(l, 'k').status, state(l).objects.count]).toEqual(['NoSuchKey', 0])
  })

  test('are `null` without versioning and while it is suspended, when each takes the place of the last `null` [S3-R20, S3-R22]', () => {
    const l = world()
    expect(put(l, 'k').answer.VersionId).toBeUndefined()
    put(l, 'k')
    expect(state(l).objects.count).toBe(1)
    const versioning = (Status: string): string =>
      ask(l, 'PutBucketVersioning', { VersioningConfiguration: { Status } }).status
    versioning('Enabled')
    l.run(l.now + 1)
    put(l, 'k', { Body: 'kept' })
    versioning('Suspended')
    l.run(l.now + 1)
    expect(put(l, 'k', { Body: 'a' }).answer.VersionId).toBe('null')
    expect(put(l, 'k', { Body: 'b' }).answer.VersionId).toBe('null')
    expect(state(l).objects.count).toBe(2)
    expect(ask(l, 'DeleteObject', { Key: 'k' }).answer).toEqual({ DeleteMarker: true, VersionId: 'null' })
    expect([get(l, 'k').status, state(l).objects.count]).toEqual(['NoSuchKey', 2])
    // There is no way back to a bucket without versions.
    expect(versioning('Unversioned')).toBe('MalformedXML')
    expect(ask(l, 'GetBucketVersioning').answer).toEqual({ Status: 'Suspended' })
  })

  test('begin some time after they were asked for [S3-R12]', () => {
    const l = world({}, { assumptions: { ConfigurationPropagation: '15m' } })
    ask(l, 'PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } })
    l.run(15 * MINUTE - 1)
    expect(put(l, 'k').answer.VersionId).toBeUndefined()
    l.run(15 * MINUTE)
    expect(put(l, 'k').answer.VersionId).toMatch(/^v/)
  })
})

describe('uploads in parts', () => {
  test('are seen when they are complete, never before [S3-R54]', () => {
    const l = world()
    const { UploadId } = ask(l, 'CreateMultipartUpload', { Key: 'k' }).answer
    const part = (PartNumber: number, ContentLength: number): string =>
      ask(l, 'UploadPart', { Key: 'k', UploadId, PartNumber, ContentLength }).answer.ETag
    const etags = [part(1, 6 * MB), part(2, 10)]
    expect([get(l, 'k').status, ask(l, 'ListObjectsV2').answer.KeyCount, state(l).uploads.bytes]).toEqual([
      'NoSuchKey',
      0,
      6 * MB + 10,
    ])
    const complete = (numbers: readonly number[], tags = etags): Answer =>
      ask(l, 'CompleteMultipartUpload', {
        Key: 'k',
        UploadId,
        MultipartUpload: { Parts: numbers.map((PartNumber) => ({ PartNumber, ETag: tags[PartNumber - 1] })) },
      })
    expect(complete([2, 1]).status).toBe('InvalidPartOrder')
    expect(complete([1, 3]).status).toBe('InvalidPart')
    expect(complete([1, 2], ['"x"', '"y"']).status).toBe('InvalidPart')
    expect(complete([1, 2]).answer.ETag).toMatch(/-2"$/)
    expect([get(l, 'k').answer.ContentLength, state(l).uploads.bytes]).toEqual([6 * MB + 10, 0])
    expect(complete([1, 2]).status).toBe('NoSuchUpload')
  })

  test('that are given up leave nothing', () => {
    const l = world()
    const { UploadId } = ask(l, 'CreateMultipartUpload', { Key: 'k' }).answer
    ask(l, 'UploadPart', { Key: 'k', UploadId, PartNumber: 1, ContentLength: MB })
    expect(ask(l, 'AbortMultipartUpload', { Key: 'k', UploadId }).status).toBe('OK')
    expect(state(l).uploads).toMatchObject({ bytes: 0, parts: 0, count: 0 })
    expect(ask(l, 'UploadPart', { Key: 'k', UploadId, PartNumber: 1 }).status).toBe('NoSuchUpload')
  })
})

describe('copies', () => {
  test('are made within a bucket and from another, up to 5 GB [S3-R58]', () => {
    const l = world({}, { more: { Other: { def: bucket, assumptions: AT_ONCE } } })
    put(l, 'big', { ContentLength: 5120 * MB })
    l.ask('Other', 's3:PutObject', { Key: 'a/b', Body: 'text' })
    expect(ask(l, 'CopyObject', { Key: 'c', CopySource: 'Other/a/b' }).status).toBe('OK')
    expect(get(l, 'c').answer.Body).toBe('text')
    expect(ask(l, 'CopyObject', { Key: 'd', CopySource: 'Files/big' }).status).toBe('OK')
    expect(ask(l, 'CopyObject', { Key: 'd', CopySource: 'Files/none' }).status).toBe('NoSuchKey')
    expect(ask(l, 'CopyObject', { Key: 'd', CopySource: 'Nobody/big' }).status).toBe('InvalidArgument')
    const small = world({}, { quotas: { 's3.CopySize': 10 } })
    put(small, 'k', { ContentLength: 11 })
    expect(ask(small, 'CopyObject', { Key: 'c', CopySource: 'Files/k' }).status).toBe('InvalidRequest')
    expect(bucket.quotas['CopySize']!.current).toBe(5120 * MB)
  })
})

describe('deletes of many keys', () => {
  test('are up to 1,000 in one request [S3-R57]', () => {
    const l = world()
    const objects = (count: number): { Key: string }[] => Array.from({ length: count }, (_, i) => ({ Key: `k${i}` }))
    for (let i = 0; i < 1001; i++) l.call('Files', 's3:PutObject', { Key: `k${i}` })
    l.run(SECOND)
    expect(ask(l, 'DeleteObjects', { Delete: { Objects: objects(1001) } }).status).toBe('MalformedXML')
    expect(ask(l, 'DeleteObjects', { Delete: { Objects: [] } }).status).toBe('MalformedXML')
    expect(ask(l, 'DeleteObjects', { Delete: { Objects: objects(1000) } }).answer.Deleted).toHaveLength(1000)
    expect(state(l).objects.count).toBe(1)
  })

  test('take a write each; those beyond the rate are told one by one', () => {
    const l = world({}, { quotas: { 's3.WritesPerPrefix': 3 } })
    const { answer } = ask(l, 'DeleteObjects', { Delete: { Objects: [1, 2, 3, 4].map((i) => ({ Key: String(i) })) } })
    expect([answer.Deleted.length, answer.Errors]).toEqual([3, [{ Key: '4', Code: 'SlowDown' }]])
  })
})

describe('lists', () => {
  const names = (l: Lab, body: Record<string, unknown>): unknown => {
    const { Contents, CommonPrefixes = [] } = ask(l, 'ListObjectsV2', body).answer
    return [
      ...Contents.map(({ Key }: { Key: string }) => Key),
      ...CommonPrefixes.map(({ Prefix }: { Prefix: string }) => Prefix),
    ]
  }

  test('are in order, by prefix, rolled up at a delimiter, a thousand keys a page', () => {
    const l = world()
    for (const key of ['b', 'a/2', 'a/1', 'a/x/1', 'a/x/2', 'c']) put(l, key)
    expect(names(l, {})).toEqual(['a/1', 'a/2', 'a/x/1', 'a/x/2', 'b', 'c'])
    expect(names(l, { Prefix: 'a/', Delimiter: '/' })).toEqual(['a/1', 'a/2', 'a/x/'])
    expect(names(l, { Delimiter: '/' })).toEqual(['b', 'c', 'a/'])
    expect(names(l, { StartAfter: 'a/x/1' })).toEqual(['a/x/2', 'b', 'c'])
    const first = ask(l, 'ListObjectsV2', { MaxKeys: 4 }).answer
    expect(first).toMatchObject({ KeyCount: 4, IsTruncated: true })
    expect(names(l, { ContinuationToken: first.NextContinuationToken })).toEqual(['b', 'c'])
    expect(ask(l, 'ListObjectsV2', { MaxKeys: 'many' }).status).toBe('InvalidArgument')
  })

  test('find what a plain set of keys holds, page by page', () => {
    const key = fc
      .array(fc.constantFrom('a', 'b', '/', '\uffff'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.array(fc.record({ key, isDelete: fc.boolean() }), { maxLength: 40 }),
        fc.constantFrom('', 'a', 'a/', '\uffff'),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (steps, Prefix, isRolled, MaxKeys) => {
          const l = world(VERSIONED)
          const keys = new Set<string>()
          for (const { key: Key, isDelete } of steps) {
            if (ask(l, isDelete ? 'DeleteObject' : 'PutObject', { Key }).status !== 'OK') continue
            if (isDelete) keys.delete(Key)
            else keys.add(Key)
            if (keys.size === 2) ask(l, 'ListObjectsV2')
          }
          const found: string[] = []
          let token: string | undefined
          do {
            const { answer } = ask(l, 'ListObjectsV2', {
              Prefix,
              MaxKeys,
              ...(isRolled ? { Delimiter: '/' } : {}),
              ...(token === undefined ? {} : { ContinuationToken: token }),
            })
            for (const { Key } of answer.Contents) found.push(Key)
            for (const each of answer.CommonPrefixes ?? []) found.push(each.Prefix)
            token = answer.NextContinuationToken
          } while (token !== undefined)
          const wanted = new Set(
            [...keys]
              .filter((each) => each.startsWith(Prefix))
              .map((each) => {
                const end = isRolled ? each.indexOf('/', Prefix.length) : -1
                return end < 0 ? each : each.slice(0, end + 1)
              }),
          )
          expect(found.sort()).toEqual([...wanted].sort())
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('refusals', () => {
  test('of a policy that denies everybody', () => {
    const statement = { Effect: 'Deny', Principal: '*', Action: 's3:Delete*', Resource: 'arn:aws:s3:::files/keep/*' }
    const { world: made } = runScenario(
      scenarioOf(`
Resources:
  Files: { Type: AWS::S3::Bucket, Properties: { BucketName: files } }
  Policy: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: !Ref Files, PolicyDocument: { Statement: [${JSON.stringify(statement)}] } } }
Simulation:
  Duration: 10s
  Workloads:
    Puts: { Target: Files, Operation: s3:PutObject, Rate: 1/s, Count: 1, Arrivals: regular, Parameters: { Key: keep/a } }
    Kept: { Target: Files, Operation: s3:DeleteObject, Rate: 1/s, Count: 3, Arrivals: regular, Client: { Retries: none }, Parameters: { Key: keep/a } }
    Gone: { Target: Files, Operation: s3:DeleteObject, Rate: 1/s, Count: 2, Arrivals: regular, Parameters: { Key: other/a } }
`),
    )
    const { refused, objects } = made.stateOf<Bucket>('Files')
    expect([refused, objects.count]).toEqual([3, 1])
  })

  test('of a bucket that is not empty, is there already, or is gone; of keys beyond 1,024 bytes', () => {
    const l = world()
    put(l, 'k')
    expect(ask(l, 'DeleteBucket')).toMatchObject({ status: 'BucketNotEmpty', http: 409 })
    expect(ask(l, 'CreateBucket')).toMatchObject({ status: 'BucketAlreadyOwnedByYou', http: 409 })
    ask(l, 'DeleteObject', { Key: 'k' })
    expect(ask(l, 'DeleteBucket').status).toBe('OK')
    expect(put(l, 'k')).toMatchObject({ status: 'NoSuchBucket', http: 404 })
    expect(ask(l, 'CreateBucket').status).toBe('OK')
    expect(put(l, 'ä'.repeat(512)).status).toBe('OK')
    expect(put(l, `${'ä'.repeat(512)}k`).status).toBe('KeyTooLongError')
  })

  test('of more buckets than the account has', () => {
    expect(() => world({}, { more: { Other: { def: bucket } }, quotas: { 's3.Buckets': 1 } })).toThrow(/TooManyBuckets/)
    expect([bucket.quotas['Buckets']!.current, bucket.quotas['Buckets']!.notes2020]).toEqual([10_000, 100])
  })
})

describe('a signed address', () => {
  test('holds as long as it says, a second to seven days, and no longer than its session [S3-R53, N.CREDENTIALS-10]', () => {
    const l = world()
    put(l, 'k', { Body: 'text' })
    const sign = (ExpiresIn: number, more = {}): Answer =>
      ask(l, 'GeneratePresignedUrl', { Key: 'k', ExpiresIn, ...more })
    const url = sign(300).answer
    const inSession = sign(300, { SessionExpiration: '2026-01-05T00:04:00Z' }).answer
    expect(url).toEqual({ Key: 'k', 'X-Amz-Date': '20260105T000000Z', 'X-Amz-Expires': 300 })
    l.run(240 * SECOND)
    expect(ask(l, 'GetObject', inSession).status).toBe('OK')
    l.run(241 * SECOND)
    expect(ask(l, 'GetObject', inSession).http).toBe(403)
    l.run(299 * SECOND)
    expect(ask(l, 'GetObject', url).answer.Body).toBe('text')
    l.run(301 * SECOND)
    expect(ask(l, 'GetObject', url)).toMatchObject({ status: 'AccessDenied', http: 403 })
    expect([0, 1, 604_800, 604_801].map((seconds) => sign(seconds).status)).toEqual([
      'AuthorizationQueryParametersError',
      'OK',
      'OK',
      'AuthorizationQueryParametersError',
    ])
    expect(ask(l, 'GetObject', { ...url, 'X-Amz-Date': 'soon' }).http).toBe(403)
  })
})

describe('metrics', () => {
  test('count requests by kind, bytes, errors, and those of a prefix by themselves', () => {
    const l = world({ MetricsConfigurations: [{ Id: 'All' }, { Id: 'Logs', Prefix: 'logs/' }] })
    put(l, 'logs/a', { ContentLength: 1000 })
    put(l, 'b', { ContentLength: 10 })
    get(l, 'logs/a')
    get(l, 'none')
    ask(l, 'HeadObject', { Key: 'b' })
    ask(l, 'DeleteObject', { Key: 'b' })
    ask(l, 'ListObjectsV2')
    ask(l, 'DeleteObjects', { Delete: { Objects: [{ Key: 'b' }] } })
    l.run(MINUTE)
    const counts = (FilterId?: string): number[] =>
      [
        'AllRequests',
        'GetRequests',
        'PutRequests',
        'DeleteRequests',
        'HeadRequests',
        'ListRequests',
        'PostRequests',
        '4xxErrors',
        'BytesUploaded',
        'BytesDownloaded',
      ].map((name) => l.sum('Files', name, FilterId === undefined ? undefined : { FilterId }))
    expect(counts()).toEqual([8, 2, 2, 1, 1, 1, 1, 1, 1010, 1000])
    expect(counts('All')).toEqual(counts())
    expect(counts('Logs')).toEqual([2, 1, 1, 0, 0, 0, 0, 0, 1000, 1000])
  })

  test('tell once a day what the bucket holds, versions and parts among it', () => {
    const l = world(VERSIONED)
    put(l, 'k', { ContentLength: 100 })
    put(l, 'k', { ContentLength: 50 })
    const { UploadId } = ask(l, 'CreateMultipartUpload', { Key: 'm' }).answer
    ask(l, 'UploadPart', { Key: 'm', UploadId, PartNumber: 1, ContentLength: 7 })
    l.run(2 * 24 * 60 * MINUTE)
    expect(l.points('Files', 'BucketSizeBytes', { StorageType: 'StandardStorage' })[0]).toMatchObject({ sum: 157 })
    expect(l.points('Files', 'NumberOfObjects', { StorageType: 'AllStorageTypes' })[0]).toMatchObject({ sum: 3 })
  })
})

test('a million objects take some tens of bytes each', () => {
  const l = world({}, { quotas: { 's3.WritesPerPrefix': 1_000_000 } })
  for (let i = 0; i < 1_000_000; i++) {
    l.call('Files', 's3:PutObject', { Key: `k${i}`, ContentLength: 1000 })
    if (i % 1000 === 0) l.run(l.now + MS)
  }
  l.run(l.now + SECOND)
  const { objects } = state(l)
  expect([objects.count, objects.bytes]).toEqual([1_000_000, 1_000_000_000])
  expect(ask(l, 'ListObjectsV2', { Prefix: 'k99999' }).answer.KeyCount).toBe(11)
}, 30_000)
