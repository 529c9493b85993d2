// What lies in Redis is taken for what it is said to be only when it has its shape, and its size.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Bundle } from '../../../experiment/bundle.ts'
import { Runner } from '../../../experiment/runner.ts'
import type { Outcome } from '../../../experiment/types.ts'
import { packBundle } from './store.ts'
import { asJob, asOutcome, asParcel, pack, PACKED_MAX, TEXT_MAX, unpack } from './wire.ts'

const bundle: Bundle = {
  name: 'a.yaml',
  text: `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 10/s } }
  Expect: [p99(Origin.Latency) < 1 ms]
`,
  files: [{ path: 'd.csv', kind: 'data', name: 'd.csv', text: 'a,b' }],
  duration: 60_000_000,
  measures: ['p99(Origin.Latency)'],
  everything: true,
  counts: true,
  series: { every: 10_000_000, metrics: ['Origin.Latency'] },
}

test('what was packed is unpacked the same, byte by byte', async () => {
  const outcome = new Runner(bundle).run({ settings: [], seed: '7' })
  expect(outcome.counts?.length).toBeGreaterThan(0)
  expect(outcome.series?.length).toBeGreaterThan(0)
  const back = asOutcome(await unpack(await pack(outcome)))
  expect(JSON.stringify(back)).toBe(JSON.stringify(outcome))
  const parcel = asParcel(await unpack(await packBundle(bundle, '1.2.3')))
  expect(parcel).toEqual({ version: '1.2.3', bundle })
})

describe('is nothing', () => {
  test.each([
    ['no compressed text', Buffer.from('{}')],
    ['half of one', gzipSync('{"a": 1}').subarray(0, 15)],
    ['no JSON', gzipSync('{')],
    ['a text that unpacks to more than there may be', gzipSync(Buffer.alloc(TEXT_MAX + 1, ' '))],
    ['more bytes than there may be', Buffer.alloc(PACKED_MAX + 1)],
    ['lists in lists without an end', gzipSync('['.repeat(100_000) + ']'.repeat(100_000))],
  ])('%s', async (_, bytes) => {
    expect(await unpack(bytes)).toBeUndefined()
  })
})

test('a bundle that is too large is refused before it is sent', async () => {
  const noise = Array.from({ length: 18 }, (_, i) => {
    const bytes = new Uint32Array(500_000)
    for (let j = 0, state = i + 1; j < bytes.length; j++) {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + j
      bytes[j] = state
    }
    return Buffer.from(bytes.buffer).toString('base64')
  })
  const files = noise.map((text, i) => ({ path: `${i}`, kind: 'data' as const, name: `${i}`, text }))
  await expect(packBundle({ ...bundle, files }, '1')).rejects.toThrow(/are \d+ MB when compressed, more than 32 MB/)
})

const id = 'a'.repeat(64)
const spec = { settings: [['A', '1']], seed: '1' }
const outcome: Outcome = {
  ...{ settings: [['A', '1']], seed: '1', ending: 'passed', digest: 'd', events: 1 },
  ...{ values: [{ name: 'v', value: 1, unit: 'Count' }], expectations: [{ text: 't', ok: true, measured: 'm' }] },
}

test.each<[string, unknown, boolean]>([
  ['a job', { bundle: id, spec }, true],
  ['a job without a seed', { bundle: id, spec: { settings: [] } }, true],
  ['a name that is none', { bundle: '../a', spec }, false],
  ['a name that goes on', { bundle: `${id}:x`, spec }, false],
  ['settings that are no pairs', { bundle: id, spec: { settings: [['A']] } }, false],
  ['values that are no texts', { bundle: id, spec: { settings: [['A', 1]] } }, false],
  ['texts without an end', { bundle: id, spec: { settings: [['A', 'x'.repeat(10_001)]] } }, false],
  ['settings without an end', { bundle: id, spec: { settings: Array(1001).fill(['A', '1']) } }, false],
  ['something else besides', { bundle: id, spec: { ...spec, path: '/etc' } }, false],
  ['nothing', null, false],
  ['a list', [], false],
])('of jobs: %s', (_, value, good) => {
  expect(asJob(value)).toBe(good ? value : undefined)
})

test.each<[string, unknown, boolean]>([
  ['a bundle', bundle, true],
  ['a text that is none', { ...bundle, text: 1 }, false],
  ['a file of another kind', { ...bundle, files: [{ ...bundle.files[0], kind: 'program' }] }, false],
  ['a kind that every object has', { ...bundle, files: [{ ...bundle.files[0], kind: 'toString' }] }, false],
  ['no time', { ...bundle, duration: 0 }, false],
  ['half a microsecond', { ...bundle, duration: 0.5 }, false],
  ['steps of no length', { ...bundle, series: { every: 0, metrics: [] } }, false],
  ['measures that are no texts', { ...bundle, measures: [1] }, false],
  ['files without an end', { ...bundle, files: Array(10_001).fill(bundle.files[0]) }, false],
])('of bundles: %s', (_, value, good) => {
  expect(asParcel({ version: '1', bundle: value })).toEqual(good ? { version: '1', bundle: value } : undefined)
})

test.each<[string, unknown, boolean]>([
  ['an outcome', outcome, true],
  ['an ending that is none', { ...outcome, ending: 'won' }, false],
  ['a value that is no number', { ...outcome, values: [{ name: 'v', value: '1', unit: 'Count' }] }, false],
  ['an expectation that neither held nor failed', { ...outcome, expectations: [{ text: 't', measured: 'm' }] }, false],
  ['half of it', { seed: '1', ending: 'passed' }, false],
])('of outcomes: %s', (_, value, good) => {
  expect(asOutcome(value)).toBe(good ? value : undefined)
})
