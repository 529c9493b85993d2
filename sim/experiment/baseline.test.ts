// Tests that a baseline keeps what it should, is read as it was written, is refused when it is none, and knows when it is stale.
import { describe, expect, test } from 'vitest'
import {
  baselineOf,
  baselineText,
  contentHash,
  keptOf,
  notesOn,
  readBaseline,
  runsOf,
  type Baseline,
} from './baseline.ts'
import type { Bundle } from './bundle.ts'
import type { Outcome } from './types.ts'

const BUNDLE: Bundle = { name: 'dir/a.yaml', text: 'x', files: [] }
const outcome = (seed: string, values: Readonly<Record<string, number>>, more: Partial<Outcome> = {}): Outcome => ({
  ...{ settings: [], seed, ending: 'passed', digest: '', events: 1, expectations: [] },
  values: Object.entries(values).map(([name, value]) => ({ name, value, unit: 'Count' })),
  ...more,
})
const OUTCOMES = [
  outcome('1', { 'p99(A.Latency)': 0.1, 'sum(A.Errors)': 3, 'sum(A.Throttles)': 0, 'sum(A.Calls)': 9 }),
  outcome('2', { 'p99(A.Latency)': 1e-7, 'sum(A.Throttles)': 0, 'sum(A.Calls)': 9 }),
  outcome('3', {}, { ending: 'partial' }),
  outcome('4', { 'sum(A.Errors)': 5 }),
]
const made = baselineOf(BUNDLE, [['P', '1']], OUTCOMES, '1.0.0', new Set())
const text = baselineText(made)
const read = (value: string): Baseline => {
  const found = readBaseline(value)
  if (!found.ok) throw new Error(found.message)
  return found.baseline
}

test('it has a line for each measure that anybody would call better or worse, with a value for each whole run', () => {
  expect(text).toBe(`{
  "schema": "hotshard.baseline/1",
  "scenario": "dir/a.yaml",
  "hash": "${contentHash(BUNDLE, [['P', '1']])}",
  "version": "1.0.0",
  "settings": {"P":"1"},
  "seeds": "1,2,4",
  "measures": {
    "p99(A.Latency)": { "unit": "Count", "values": [0.1, 1e-7, null] },
    "sum(A.Errors)": { "unit": "Count", "values": [3, 0, 5] }
  }
}
`)
  expect(baselineOf(BUNDLE, [], OUTCOMES, '1', new Set(['sum(A.Calls)'])).measures).toHaveProperty(['sum(A.Calls)'])
  expect(JSON.parse(baselineText(baselineOf(BUNDLE, [], [], '1', new Set())))).toMatchObject({
    measures: {},
    seeds: '',
  })
})

test('it is read as it was written, and is again the runs that it was made of', () => {
  expect(read(text)).toEqual(made)
  expect(baselineText(read(text))).toBe(text)
  expect(
    runsOf(made).map(({ seed, values }) => [seed, ...values.map(({ name, value }) => `${name} ${value}`)]),
  ).toEqual([
    ['1', 'p99(A.Latency) 0.1', 'sum(A.Errors) 3'],
    ['2', 'p99(A.Latency) 1e-7', 'sum(A.Errors) 0'],
    ['4', 'sum(A.Errors) 5'],
  ])
  const kept = keptOf([outcome('1', { 'sum(A.Calls)': 9, 'sum(A.Errors)': 4, 'sum(B.Errors)': 1 })], made)
  expect(kept[0]!.values.map(({ name }) => name)).toEqual(['sum(A.Errors)', 'sum(B.Errors)'])
})

test('what is no baseline is refused with the reason', () => {
  const wrong = (change: (value: Record<string, unknown>) => void): string => {
    const value = JSON.parse(text) as Record<string, unknown>
    change(value)
    const found = readBaseline(JSON.stringify(value))
    return found.ok ? 'taken' : found.message
  }
  const measure = (value: unknown) => wrong((map) => (map['measures'] = { m: value }))
  expect(wrong(() => {})).toBe('taken')
  expect(readBaseline('{')).toMatchObject({ ok: false, message: expect.stringContaining('it is no JSON') as string })
  for (const other of ['[]', 'null', '3', '{}', '{"schema":"hotshard.baseline/2"}'])
    expect(readBaseline(other)).toMatchObject({
      ok: false,
      message: 'it does not say `"schema": "hotshard.baseline/1"`',
    })
  expect(wrong((map) => delete map['hash'])).toBe('`hash` is no text')
  expect(wrong((map) => (map['settings'] = { P: 1 }))).toBe('`settings` is no map of texts')
  expect(wrong((map) => (map['seeds'] = '9..1'))).toBe('`seeds`: `9..1` ends before it begins')
  expect(wrong((map) => (map['measures'] = []))).toBe('`measures` is no map')
  expect(measure({ unit: 'Furlongs', values: [1, 2, 3] })).toBe('`m` has no unit that is known')
  expect(measure({ unit: 'Count', values: [1, 2] })).toBe('`m` has not one value for each of its 3 seeds')
  expect(measure({ unit: 'Count', values: [1, '2', 3] })).toBe('`m` has a value that is no number')
  expect(read(text.replace('"sum(A.Errors)"', '"__proto__"')).measures).not.toHaveProperty('unit')
})

describe('before it is compared', () => {
  const settings = [['P', '1']] as const
  const notes = (bundle: Bundle, version: string, outcomes = OUTCOMES) =>
    notesOn(made, bundle, settings, version, outcomes).join('; ')

  test('it says whether the scenario has changed since', () => {
    expect(notes({ ...BUNDLE, name: './a.yaml' }, '1.0.0')).toBe('the scenario is that of the baseline')
    const changed = 'the scenario has changed since the baseline was made'
    expect(notes({ ...BUNDLE, text: 'y' }, '1.0.0')).toBe(changed)
    expect(notes({ ...BUNDLE, duration: 1 }, '1.0.0')).toBe(changed)
    expect(notes({ ...BUNDLE, files: [{ path: 'f', kind: 'data', name: 'f', text: '1' }] }, '1.0.0')).toBe(changed)
    expect(notesOn(made, BUNDLE, [], '1.0.0', OUTCOMES).join()).toBe(changed)
    expect(notes({ ...BUNDLE, name: 'b.yaml', text: 'y' }, '1.0.0')).toBe(
      `the baseline is of \`dir/a.yaml\`; ${changed}`,
    )
  })

  test('it is stale when another simulator made it, or the same scenario has other figures', () => {
    expect(notes(BUNDLE, '1.1.0')).toContain('stale: hotshard 1.0.0 made it, and this is 1.1.0')
    const other = OUTCOMES.map((each) => (each.seed === '4' ? outcome('4', { 'sum(A.Errors)': 6 }) : each))
    expect(notes(BUNDLE, '1.0.0', other)).toContain('stale: the same scenario has other figures now')
    expect(notes({ ...BUNDLE, text: 'y' }, '1.0.0', other)).not.toContain('stale')
  })
})
