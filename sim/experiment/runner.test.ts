// Runs from a bundle are the runs of the scenario itself: same digest, whatever ran before on the same runner.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { loadScenario, type FileReader } from '../lang/scenario.ts'
import { runScenario } from '../run/run.ts'
import { bundleId, inOrder, readerOf, RecordingReader, runId, type Bundle } from './bundle.ts'
import { betterOf } from './measures.ts'
import { Runner } from './runner.ts'

const FOLDER = join(import.meta.dirname, '../../scenarios')
const disk: FileReader = {
  read(path) {
    try {
      return { ok: true, value: readFileSync(join(FOLDER, path), 'utf8') }
    } catch {
      return { ok: false, message: path, help: '' }
    }
  },
}

function bundleOf(name: string, more: Partial<Bundle> = {}): Bundle {
  const files = new RecordingReader(disk)
  const text = readFileSync(join(FOLDER, name), 'utf8')
  loadScenario({ name, text }, { files }, new Problems())
  return { name, text, files: files.files, duration: 120_000_000, ...more }
}

const SCENARIOS = readdirSync(FOLDER).filter(
  (name) => name.endsWith('.yaml') && name !== 'shopping-cart.yaml' && name !== 'published-experiment.yaml',
)

test('a run tells whether anything in it was drawn, also where what was drawn changed no event', () => {
  const server = (time: string): Runner =>
    new Runner({
      name: 'a.yaml',
      text: `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: '${time}' } } }
Simulation:
  Duration: 10s
  Workloads: { Load: { Target: Origin, Operation: http:GET, Arrivals: regular, Rate: 1/s } }
`,
      files: [],
    })
  const outcomes = (time: string) => ['1', '3', '4'].map((seed) => server(time).run({ settings: [], seed }))
  expect(outcomes('10ms').map(({ drawn }) => drawn)).toEqual([undefined, undefined, undefined])
  const rare = outcomes('mix(98%: 10ms, 2%: 900ms)')
  expect(new Set(rare.map(({ digest }) => digest)).size).toBe(1)
  expect(rare.map(({ drawn }) => drawn)).toEqual([true, true, true])
})

describe('a run of a bundle', () => {
  test.each(SCENARIOS)('%s has the digest of the scenario with that seed, after a run with another seed', (name) => {
    const runner = new Runner(bundleOf(name, { duration: 15_000_000 }))
    runner.run({ settings: [], seed: '1' })
    const outcome = runner.run({ settings: [], seed: '2' })
    const text = readFileSync(join(FOLDER, name), 'utf8')
    const scenario = loadScenario({ name, text }, { files: disk, seed: '2', duration: 15_000_000 }, new Problems())!
    expect(outcome.digest).toBe(runScenario(scenario).world.kernel.digest.hex())
  })

  test('measures what is asked for, in the unit of the metric', () => {
    const measures = [
      'p99(Api.Latency)',
      'p99(Api.Latency) during 30s..',
      'max(Jobs.ApproximateAgeOfOldestMessage)',
      'sum(Api.5XXError) / sum(Api.Count)',
      'cost(monthly)',
      'p50(Nobody.Latency)',
    ]
    const found = bundleOf('orders.yaml', { measures: measures.slice(0, 5) })
    const outcome = new Runner(found).run({ settings: [], seed: '1' })
    expect(outcome.why).toBeUndefined()
    expect(outcome.values.map(({ name, unit }) => [name, unit])).toEqual([
      ['p99(Api.Latency)', 'Milliseconds'],
      ['p99(Api.Latency) during 30s..', 'Milliseconds'],
      ['max(Jobs.ApproximateAgeOfOldestMessage)', 'Seconds'],
      ['sum(Api.5XXError) / sum(Api.Count)', 'Count'],
      ['cost(monthly)', 'USD'],
    ])
    const everything = new Runner(bundleOf('orders.yaml')).run({ settings: [], seed: '1' })
    for (const name of [measures[0]!, measures[2]!, measures[4]!])
      expect(outcome.values.find((each) => each.name === name)).toEqual(
        everything.values.find((each) => each.name === name),
      )
    const refused = new Runner(bundleOf('orders.yaml', { measures })).run({ settings: [], seed: '1' })
    expect(refused.ending).toBe('refused')
    expect(refused.why).toContain('`Nobody` is no simulated resource')
  })

  test('every default name is a term that can be asked for, and gives the same value', () => {
    const everything = new Runner(bundleOf('orders.yaml')).run({ settings: [], seed: '1' }).values
    const measures = everything.map(({ name }) => name)
    const asked = new Runner(bundleOf('orders.yaml', { measures })).run({ settings: [], seed: '1' }).values
    expect(asked).toEqual(everything)
  })

  test('says why a value of a parameter is refused', () => {
    const outcome = new Runner(bundleOf('orders.yaml')).run({ settings: [['QueueVisibility', 'soon']], seed: '1' })
    expect(outcome.ending).toBe('refused')
    expect(outcome.why).toContain('soon')
  })

  test('keeps the counts of distributions when they are wanted', () => {
    const { counts, values } = new Runner(bundleOf('orders.yaml', { counts: true })).run({ settings: [], seed: '1' })
    const latency = counts!.find(({ name }) => name === 'Api.Latency')!
    expect(latency.count.reduce((sum, n) => sum + n, 0)).toBe(
      values.find(({ name }) => name === 'sum(Api.Count)')!.value,
    )
    expect(latency.base).toBe(1000)
  })
})

describe('names by content', () => {
  const bundle: Bundle = { name: 'a.yaml', text: 'x', files: [] }

  test('a bundle with another text, file, measure, length or simulator has another name', () => {
    const others: Bundle[] = [
      bundle,
      { ...bundle, text: 'y' },
      { ...bundle, files: [{ path: 'f', kind: 'data', name: 'f', text: '1' }] },
      { ...bundle, files: [{ path: 'f', kind: 'data', name: 'f', text: '2' }] },
      { ...bundle, duration: 5 },
      { ...bundle, measures: [] },
      { ...bundle, counts: true },
      { ...bundle, series: { every: 1, metrics: [] } },
    ]
    const names = [...others.map((other) => bundleId(other, '1')), bundleId(bundle, '2')]
    expect(new Set(names).size).toBe(names.length)
    expect(bundleId({ ...bundle }, '1')).toBe(names[0])
  })

  test('a run is named by its settings in any order, and by its seed', () => {
    const name = runId('b', {
      settings: [
        ['A', '1'],
        ['B', '2'],
      ],
      seed: '1',
    })
    expect(
      runId('b', {
        settings: [
          ['B', '2'],
          ['A', '1'],
        ],
        seed: '1',
      }),
    ).toBe(name)
    expect(
      runId('b', {
        settings: [
          ['A', '1'],
          ['B', '2'],
        ],
        seed: '2',
      }),
    ).not.toBe(name)
    expect(
      runId('c', {
        settings: [
          ['A', '1'],
          ['B', '2'],
        ],
        seed: '1',
      }),
    ).not.toBe(name)
    expect(
      runId('b', {
        settings: [
          ['A', '1'],
          ['B', '2'],
        ],
      }),
    ).not.toBe(name)
    expect(
      inOrder([
        ['B', '1'],
        ['A', '2'],
        ['B', '3'],
      ]),
    ).toEqual([
      ['A', '2'],
      ['B', '3'],
    ])
  })

  test('what a bundle does not hold cannot be read, whatever lies on the disk', () => {
    const files = readerOf({ ...bundle, files: [{ path: 'f.csv', kind: 'data', name: 'd/f.csv', text: '1' }] })
    expect(files.read('f.csv', 'data')).toEqual({ ok: true, value: '1', name: 'd/f.csv' })
    expect(files.read('f.csv', 'template').ok).toBe(false)
    expect(files.read('runner.ts', 'data').ok).toBe(false)
  })
})

test('less is better of what goes wrong, lasts or costs; more of what succeeds; of the rest nobody knows', () => {
  for (const name of [
    'p99(Api.Latency)',
    'sum(F.Throttles)',
    'max(Q.ApproximateAgeOfOldestMessage)',
    'cost(monthly)',
    'sum(Api.5XXError)',
  ])
    expect(betterOf(name), name).toBe('less')
  for (const name of ['sum(Client.Successes)', 'sum(Cache.CacheHits)']) expect(betterOf(name), name).toBe('more')
  for (const name of [
    'sum(Api.Count)',
    'sum(Client.Requests)',
    'max(F.ConcurrentExecutions)',
    'sum(Q.NumberOfMessagesSent)',
  ])
    expect(betterOf(name), name).toBeUndefined()
})
