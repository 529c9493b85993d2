// The figures of a comparison by hand, which metric a recorded one is, and what a limit means.
import { describe, expect, it, test } from 'vitest'
import type { Series } from '../recorded/index.ts'
import { compare } from './compare.ts'
import { crosses, isAbout, parseGate, type Gate } from './gate.ts'
import { matchOf, type Simulated } from './matching.ts'

describe('a comparison', () => {
  it('has the figures that a person gets with pencil and paper', () => {
    const { error, bias, correlation, recorded, simulated } = compare([10, 20, 40, 0], [11, 18, 44, 3])
    expect(error).toBeCloseTo((0.1 + 0.1 + 0.1) / 3, 12)
    expect(bias).toBeCloseTo(76 / 70 - 1, 12)
    // Deviations −7.5, 2.5, 22.5, −17.5 and −8, −1, 25, −16.
    expect(correlation).toBeCloseTo((60 - 2.5 + 562.5 + 280) / Math.sqrt(875 * 946), 12)
    expect([recorded, simulated]).toEqual([
      { mean: 17.5, p50: 10, p90: 40, p99: 40 },
      { mean: 19, p50: 11, p90: 44, p99: 44 },
    ])
  })

  it('has no correlation with what never changes, and no relative distance from 0', () => {
    expect(compare([5, 5, 5], [1, 2, 3])).toMatchObject({ correlation: undefined, error: (0.8 + 0.6 + 0.4) / 3 })
    expect(compare([0, 0], [1, 0])).toMatchObject({ error: undefined, bias: undefined, correlation: undefined })
  })
})

describe('a recorded metric', () => {
  const of = (
    component: string,
    namespace: string,
    name: string,
    dimension: readonly [string, string],
    kind: Simulated['kind'] = 'distribution',
  ): Simulated => ({
    component,
    namespace,
    name,
    dimensions: Object.fromEntries([dimension]),
    kind,
    unit: 'Milliseconds',
  })
  const all = [
    of('Work', 'AWS/Lambda', 'Duration', ['FunctionName', 'work-fn']),
    of('Accept', 'AWS/Lambda', 'Duration', ['FunctionName', 'Accept']),
    of('Work', 'AWS/Lambda', 'Invocations', ['FunctionName', 'work-fn'], 'count'),
    of('Api', 'AWS/ApiGateway', 'Latency', ['ApiName', 'Api']),
    of('Load', 'Sim', 'Requests', ['Workload', 'Load'], 'count'),
  ]
  const series = (what: Partial<Series> & { readonly name: string }): Series => ({
    period: 60_000_000,
    at: Float64Array.of(0),
    values: Float64Array.of(1),
    ...what,
  })
  const term = (what: Partial<Series> & { readonly name: string }, as?: string): string => {
    const match = matchOf(series(what), all, as)
    return 'why' in match ? match.why : match.term
  }

  test.each([
    [
      'by its dimension',
      {
        name: 'x',
        namespace: 'AWS/Lambda',
        metric: 'Duration',
        dimensions: { FunctionName: 'work-fn' },
        statistic: 'p99',
      },
      'Work.Duration.p99',
    ],
    [
      'by the name that CloudFormation makes',
      {
        name: 'x',
        namespace: 'AWS/Lambda',
        metric: 'Duration',
        dimensions: { FunctionName: 'shop-Accept-7XKQ1' },
        statistic: 'Average',
      },
      'Accept.Duration.Average',
    ],
    ['by the words of a label', { name: 'Work Duration p99.9' }, 'Work.Duration.p99.9'],
    ['by the only resource that has it', { name: 'Latency p50' }, 'Api.Latency.p50'],
    ['as a sum, where it counts and nothing is said', { name: 'prod-fn Invocations' }, 'Work.Invocations.Sum'],
    [
      'of an X-Ray segment by its name',
      { name: 'Api Duration p50', metric: 'Duration', statistic: 'p50', dimensions: { Name: 'Api' } },
      'Api.Latency.p50',
    ],
    [
      'of requests in a log as the client’s',
      { name: 'a.log Requests Sum', metric: 'Requests', statistic: 'Sum', dimensions: { Name: 'a.log' } },
      'Load.Requests.Sum',
    ],
    ['not where it may be of several', { name: 'Duration p99' }, 'it may be of Work, Accept'],
    [
      'not in another namespace',
      { name: 'x', namespace: 'AWS/SQS', metric: 'Duration' },
      'no simulated metric has its name',
    ],
    ['not when nothing has its name', { name: 'Throttles' }, 'no simulated metric has its name'],
  ])('is found %s', (_, what, expected) => {
    expect(term(what)).toBe(expected)
  })

  it('is what one says it is', () => {
    expect(term({ name: 'mystery' }, 'Work.Duration.p90')).toBe('Work.Duration.p90')
    expect(term({ name: 'mystery p50' }, 'Work.Duration')).toBe('Work.Duration.p50')
    expect(term({ name: 'mystery' }, 'Work.Invocations')).toBe('Work.Invocations.Sum')
    expect(term({ name: 'mystery' }, 'Wrok.Duration')).toContain('did you mean `Work.Duration`?')
  })
})

describe('a limit', () => {
  const gate = (text: string): Gate => parseGate(text) as Gate
  const figures = compare([10, 20, 40], [12, 24, 48])

  it('is read with its measure, its term and its percent', () => {
    expect(gate(' error( Work.Duration.p99 ) > 20% ')).toMatchObject({
      measure: 'error',
      term: 'Work.Duration.p99',
      comparison: '>',
      limit: 0.2,
    })
    expect(gate('correlation(*) <= 0.9')).toMatchObject({ term: '*', comparison: '<=', limit: 0.9 })
    expect(parseGate('error(Work.Duration.p99)')).toContain('write `error(')
    expect(parseGate('median(Work.Duration) > 1')).toContain('is none of')
  })

  it('is about a term, all that begin with it, or all', () => {
    expect(isAbout(gate('error(Work.Duration) > 1%'), 'Work.Duration.p99')).toBe(true)
    expect(isAbout(gate('error(Work.Dur) > 1%'), 'Work.Duration.p99')).toBe(false)
    expect(isAbout(gate('error(*) > 1%'), 'Work.Duration.p99')).toBe(true)
  })

  it('is passed above or below its value, not at it', () => {
    const over = (text: string): boolean => crosses(gate(text), figures).isOver
    expect([over('bias(*) > 19.9%'), over('bias(*) > 20.1%'), over('p50(*) > 19%'), over('p50(*) > 21%')]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect([over('correlation(*) < 0.99'), over('correlation(*) >= 1')]).toEqual([false, figures.correlation! >= 1])
    expect(crosses(gate('bias(*) > 19%'), compare([10, 20, 40], [8, 16, 32]))).toMatchObject({ isOver: true })
    expect(crosses(gate('error(*) > 1%'), compare([0], [1]))).toEqual({ value: undefined, isOver: false })
  })
})
