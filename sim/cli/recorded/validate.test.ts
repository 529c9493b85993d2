// `hotshard validate`: a scenario whose truth is known is met by its own recording, and a wrong one is caught.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openScenario } from '../files.ts'
import { baseUnits, parseStatistic, statistic } from '../../metrics/statistics.ts'
import { runScenario, type Run } from '../../run/run.ts'
import { validate, type ValidateFlags } from './validate.ts'

const MINUTE = 60_000_000
const START = Date.parse('2026-01-05T10:00:00Z')

/** A function behind an API; `wait` is what its handler takes. */
const scenario = (wait: string, more = ''): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Get: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /w, Method: get } } } }
Simulation:
  Duration: 20m
  Workloads:
    Load: { Target: Api, Operation: GET /w, Rate: [{ At: 0s, Value: 5/s }, { At: 10m, Value: 40/s }, { At: 20m, Value: 5/s }] }
    ${more}
  Handlers: { Work: [{ Wait: "${wait}" }] }
`

let folder = ''
let out = ''
let err = ''
let recorded = ''

const path = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
const said = (file: string, flags: ValidateFlags): [code: number, text: string] => {
  out = err = ''
  const code = validate(file, flags)
  return [code, out + err]
}

/** What `aws cloudwatch get-metric-data` would have told of a run, with the queries beside it. */
function exported(
  run: Run,
  wanted: readonly (readonly [component: string, metric: string, stat: string, physical: string])[],
): string {
  const MetricDataQueries: unknown[] = []
  const MetricDataResults: unknown[] = []
  wanted.forEach(([component, name, stat, physical], i) => {
    const metric = run.world.metrics.find((each) => each.component === component && each.name === name)!
    const [dimension] = Object.keys(metric.dimensions)
    MetricDataQueries.push({
      Id: `m${i}`,
      MetricStat: {
        Metric: { Namespace: metric.namespace, MetricName: name, Dimensions: [{ Name: dimension, Value: physical }] },
        Period: 60,
        Stat: stat,
      },
    })
    const points = Array.from({ length: 20 }, (_, minute): [string, number] => {
      const value = statistic(metric.series, parseStatistic(stat)!, minute * MINUTE, (minute + 1) * MINUTE) ?? 0
      return [
        new Date(START + minute * 60_000).toISOString(),
        value / (stat === 'SampleCount' ? 1 : baseUnits(metric.series, metric.unit)),
      ]
    }).reverse()
    MetricDataResults.push({
      Id: `m${i}`,
      Label: `${name} ${stat}`,
      Timestamps: points.map(([time]) => time),
      Values: points.map(([, value]) => value),
      StatusCode: 'Complete',
    })
  })
  return JSON.stringify([{ MetricDataQueries }, { MetricDataResults, Messages: [] }])
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-validate-'))
  const truth = openScenario(path('truth.yaml', scenario('lognormal(p50=40ms, p99=200ms)')), { seed: '99' }).scenario!
  recorded = path(
    'recorded.json',
    exported(runScenario(truth), [
      ['Work', 'Invocations', 'Sum', 'shop-Work-1A2B3C'],
      ['Work', 'Duration', 'p99', 'shop-Work-1A2B3C'],
      ['Work', 'Duration', 'Average', 'shop-Work-1A2B3C'],
      ['Work', 'ConcurrentExecutions', 'Maximum', 'shop-Work-1A2B3C'],
      ['Work', 'Errors', 'Sum', 'shop-Work-1A2B3C'],
    ]),
  )
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
})

const LIMITS = [
  'error(Work.Duration.Average) > 5%',
  'error(Work.Invocations) > 0.1%',
  'bias(Work.Duration) > 10%',
  'correlation(Work.Invocations.Sum) < 0.99',
  'p90(Work.Duration.p99) > 20%',
]

interface Json {
  readonly schema: string
  readonly comparisons: readonly {
    readonly term: string
    readonly periods: number
    readonly error?: number
    readonly bias?: number
    readonly correlation?: number
    readonly recorded: { readonly mean: number }
  }[]
  readonly unmatched: readonly { readonly name: string; readonly why: string }[]
  readonly loads: readonly { readonly workload: string; readonly requests: number }[]
}

describe('validate', () => {
  it('meets the recording of the same system under the recorded load', () => {
    const same = path('same.yaml', scenario('lognormal(p50=40ms, p99=200ms)'))
    const [code] = said(same, { recorded: [recorded], failOn: LIMITS, format: 'json' })
    const json = JSON.parse(out) as Json
    expect(code).toBe(0)
    expect(json.schema).toBe('hotshard.validation/1')
    const valid = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(readFileSync(new URL('../../../public/validation.schema.json', import.meta.url), 'utf8')) as object,
    )
    expect(valid(json), JSON.stringify(valid.errors)).toBe(true)
    expect(json.comparisons.map(({ term, periods }) => [term, periods])).toEqual([
      ['Work.ConcurrentExecutions.Maximum', 20],
      ['Work.Duration.Average', 20],
      ['Work.Duration.p99', 20],
      ['Work.Errors.Sum', 20],
      ['Work.Invocations.Sum', 20],
    ])
    const of = (term: string): Json['comparisons'][number] => json.comparisons.find((each) => each.term === term)!
    // Every request is played in the minute in which it was counted; one is still on its way to the function when the minute ends.
    expect(of('Work.Invocations.Sum').error).toBeLessThan(0.001)
    expect(of('Work.Invocations.Sum').correlation).toBeGreaterThan(0.9999)
    expect(Math.abs(of('Work.Duration.Average').bias!)).toBeLessThan(0.02)
    expect(of('Work.Errors.Sum')).toMatchObject({ recorded: { mean: 0 } })
    expect(json.unmatched).toEqual([])
    expect(json.loads).toMatchObject([{ workload: 'Load' }])
  })

  it('catches a handler that takes half as long again, at the metric that shows it', () => {
    const slower = path('slower.yaml', scenario('lognormal(p50=60ms, p99=300ms)'))
    const [code, text] = said(slower, { recorded: [recorded], failOn: LIMITS })
    expect(code).toBe(1)
    expect(text).toMatch(/✗ error\(Work\.Duration\.Average\) > 5%: (4[5-9]|5[0-5])\.\d %/)
    expect(text).toContain('✓ error(Work.Invocations) > 0.1%')
    expect(text).toMatch(/Work\.Duration\.Average +(20 +)?5\d\.\d ms +7\d\.\d ms +\+(4[5-9]|5[0-5])\.\d %/)
    expect(text).toContain('Load plays ')
  })

  it('plays an access log as the load, and compares with what it tells of each minute', () => {
    const same = path('same.yaml', scenario('lognormal(p50=40ms, p99=200ms)'))
    const lines = Array.from(
      { length: 600 },
      (_, i) =>
        `192.0.2.1 - - [05/Jan/2026:10:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000] "GET /w HTTP/1.1" 200 5`,
    )
    const log = path('access.log', ['broken', ...lines].join('\n'))
    const [code] = said(same, { recorded: [log], format: 'json' })
    const json = JSON.parse(out) as Json
    expect(code).toBe(0)
    expect(err).toContain('1 line is left out (line 1')
    expect(json.comparisons).toMatchObject([{ term: 'Load.Requests.Sum', periods: 10, error: 0 }])
  })

  it('compares durations of traces and logs with those of the function they are of', () => {
    const same = path('same.yaml', scenario('200ms'))
    const segment = (i: number): unknown => {
      const start = START / 1000 + i
      return {
        Id: `t${i}`,
        Segments: [
          { Id: 's', Document: JSON.stringify({ id: 's', name: 'Work', start_time: start, end_time: start + 0.25 }) },
        ],
      }
    }
    const traces = path('traces.json', JSON.stringify({ Traces: Array.from({ length: 300 }, (_, i) => segment(i)) }))
    said(same, { recorded: [traces], format: 'json' })
    const { comparisons } = JSON.parse(out) as Json
    expect(comparisons.find(({ term }) => term === 'Work.Duration.p50')).toMatchObject({
      periods: 5,
      recorded: { mean: 250 },
      bias: expect.closeTo(-0.2, 2) as number,
    })
    expect(comparisons.find(({ term }) => term === 'Work.Invocations.Sum')).toMatchObject({ periods: 5 })
  })

  it('takes the load of several workloads, and metrics by names that nobody could guess', () => {
    const two = path(
      'two.yaml',
      scenario('40ms', 'Other: { Target: Work, Operation: lambda:InvokeFunction, Rate: 1/s }'),
    )
    expect(said(two, { recorded: [recorded] })).toEqual([2, expect.stringContaining('--load WORKLOAD=')])
    expect(said(two, { recorded: [recorded], load: [`Laod=${recorded}`] })).toEqual([
      2,
      expect.stringContaining('no workload `Laod`; there are `Load`, `Other`'),
    ])
    const odd = path(
      'odd.csv',
      [
        'timestamp,mystery',
        ...Array.from({ length: 20 }, (_, i) => `${new Date(START + i * 60_000).toISOString()},${40 + (i % 2)}`),
      ].join('\n'),
    )
    const flags = { recorded: [odd], load: [`Load=${recorded}`], format: 'json' } as const
    expect(said(two, flags)).toEqual([2, expect.stringContaining('no recorded metric has a simulated one')])
    expect(said(two, { ...flags, map: ['mystery=Work.Duraton.p50'] })).toEqual([
      2,
      expect.stringContaining('did you mean `Work.Duration`?'),
    ])
    const [code] = said(two, { ...flags, map: ['mystery=Work.Duration.p50'] })
    const json = JSON.parse(out) as Json
    expect([code, json.comparisons[0]!.term, json.loads[0]!.requests]).toEqual([
      0,
      'Work.Duration.p50',
      expect.any(Number),
    ])
  })

  it('writes a page without scripts, with a chart of each metric', () => {
    const same = path('same.yaml', scenario('lognormal(p50=40ms, p99=200ms)'))
    const page = join(folder, 'validate.html')
    expect(said(same, { recorded: [recorded], report: page })[0]).toBe(0)
    const html = readFileSync(page, 'utf8')
    expect(html.match(/<figure>/g)).toHaveLength(5)
    expect(html).not.toMatch(/<script|javascript:|NaN/)
  })

  it('leaves the warm-up out, and ends with 3 when a guard has stopped the run', () => {
    const warm = path('warm.yaml', scenario('40ms').replace('Duration: 20m', 'Duration: 20m\n  WarmUp: 5m'))
    said(warm, { recorded: [recorded], format: 'json' })
    expect((JSON.parse(out) as Json).comparisons[0]!.periods).toBe(15)
    const guarded = path(
      'guarded.yaml',
      scenario('40ms').replace('Duration: 20m', 'Duration: 20m\n  Guards: { Events: 20000 }'),
    )
    expect(said(guarded, { recorded: [recorded] })).toEqual([3, expect.stringContaining('STOPPED after')])
  })

  it('says what is wrong, and ends with 2', () => {
    const same = path('same.yaml', scenario('40ms'))
    expect(said(same, {})).toEqual([2, expect.stringContaining('--recorded FILE')])
    expect(said(same, { recorded: [join(folder, 'none.json')] })).toEqual([
      2,
      expect.stringContaining('there is no such file'),
    ])
    expect(said(same, { recorded: [recorded], failOn: ['errr(Work.Duration) > 5%'] })).toEqual([
      2,
      expect.stringContaining('did you mean `error`?'),
    ])
    expect(said(same, { recorded: [recorded], failOn: ['error(Work.Latency) > 5%'] })).toEqual([
      2,
      expect.stringContaining('is about nothing that was compared'),
    ])
    expect(said(same, { recorded: [recorded], failOn: ['whatever'] })).toEqual([
      2,
      expect.stringContaining('write `error(Resource.Metric.p99) > 20%`'),
    ])
    expect(said(same, { recorded: [recorded], map: ['x'] })).toEqual([2, expect.stringContaining('recorded name=')])
    expect(said(join(folder, 'none.yaml'), { recorded: [recorded] })[0]).toBe(2)
  })
})
