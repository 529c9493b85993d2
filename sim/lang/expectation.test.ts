// Expectations: every form of the language, what they are as data, and mistakes with their place.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatExpectation, formatFormula } from './expectation-format.ts'
import { parseExpectation } from './expectation.ts'
import type { Expectation } from './expectation.ts'
import type { Flaw } from './outcome.ts'

function read(text: string): Expectation {
  const outcome = parseExpectation(text)
  if (!outcome.ok) throw new Error(`${text}: ${outcome.message}`)
  return outcome.value
}
function flawOf(text: string): Flaw & { at: string } {
  const outcome = parseExpectation(text)
  if (outcome.ok) throw new Error(`read as ${JSON.stringify(outcome.value)}`)
  return { ...outcome, at: text.slice(outcome.offset, outcome.offset + outcome.length) }
}
/** The same without places, which are the only thing that spacing changes. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member) =>
      key === 'start' || key === 'end' || key === 'text'
        ? key === 'text'
          ? String(member).replace(/\s/g, '')
          : undefined
        : member,
    ),
  )
}

describe('expectations', () => {
  it.each([
    ['p99(Api.Latency) < 300 ms', undefined],
    ['p99.95(Api.Latency)<=300ms', 'p99.95(Api.Latency) <= 300ms'],
    ['max(Dead.ApproximateNumberOfMessagesVisible) == 0', undefined],
    ['max(Jobs.ApproximateAgeOfOldestMessage) < 2 min during 0s..6m', undefined],
    ['alarm(Backlog) == OK during 0s..6m', undefined],
    ['alarm(Backlog) != INSUFFICIENT_DATA', undefined],
    ['alarm(Net.Backlog)==ALARM during 60s..', 'alarm(Net.Backlog) == ALARM during 1m..'],
    ['count(ProvisionedThroughputExceededException at Orders) < 10', undefined],
    ['count(States.Timeout) == 0', undefined],
    ['cost(monthly) < 100 USD', undefined],
    ['cost(run at Orders) < 0.5USD', 'cost(run at Orders) < 0.5USD'],
    ['conserved(Jobs)', undefined],
    ['conserved( Jobs ) during ..6m', 'conserved(Jobs) during ..6m'],
    ['sum(A.Throttles) / sum(A.Invocations) < 1%', undefined],
    ['sum(A.Throttles)÷sum(A.Invocations) < 1 %', 'sum(A.Throttles) / sum(A.Invocations) < 1%'],
    ['1% > sum(A.Throttles) / (sum(A.Invocations) + sum(B.Invocations))', undefined],
    ['sum(A.x) − sum(B.x) − sum(C.x) × 2 == 0', 'sum(A.x) - sum(B.x) - sum(C.x) * 2 == 0'],
    ['sum(A.x) - (sum(B.x) - sum(C.x)) == 0', undefined],
    ['(sum(A.x)) == 0', 'sum(A.x) == 0'],
    ['sum(Api.Count) / 60s > 200/s', undefined],
    ['Average(Api.Latency) < 1s', 'avg(Api.Latency) < 1s'],
    ['SampleCount(Api.Latency) > 10', 'samples(Api.Latency) > 10'],
    ['Minimum(Api.Latency) >= 1us', 'min(Api.Latency) >= 1us'],
    ['tm99(Api.Latency) < 1s', undefined],
    ['TM(5%:95%)(Api.Latency) < 1s', undefined],
    ['TM(:99%)(Api.Latency) < 1s', 'tm99(Api.Latency) < 1s'],
    ['IQM(Api.Latency) < 1s', 'TM(25%:75%)(Api.Latency) < 1s'],
    ['p50(Api.Latency) < 1s by Method', undefined],
    ['p50(Api.Latency) < 1s by Method, Stage during 1m..2m', 'p50(Api.Latency) < 1s during 1m..2m by Method, Stage'],
    ['avg(Site.4xxErrorRate) < 5%', undefined],
    ['sum(App.Api.Count) > 0', undefined],
    ["sum(Shop.'Orders per minute') > 0 by 'Shop floor'", undefined],
    ['max(Bucket.BytesUploaded) < 4KB', undefined],
  ])('%s', (text, canonical) => {
    expect(formatExpectation(read(text))).toBe(canonical ?? text)
    expect(bare(read(formatExpectation(read(text))))).toEqual(bare(read(text)))
  })

  it('are data with places', () => {
    const text = 'sum(Jobs.NumberOfMessagesSent) / 1m <= 300/s during 0s..6m by QueueName'
    const expectation = read(text)
    if (expectation.kind !== 'compare' || expectation.left.kind !== 'binary' || expectation.left.left.kind !== 'metric')
      throw new Error('not a ratio')
    const { resource, metric, statistic, start, end } = expectation.left.left
    expect(statistic).toEqual({ kind: 'Sum' })
    expect([resource, metric].map((name) => text.slice(name.start, name.end))).toEqual(['Jobs', 'NumberOfMessagesSent'])
    expect(text.slice(start, end)).toBe('sum(Jobs.NumberOfMessagesSent)')
    expect(expectation.left.right).toMatchObject({ kind: 'quantity', value: 60_000_000, unit: 'duration' })
    expect(expectation.right).toMatchObject({ kind: 'quantity', value: 0.0003, unit: 'rate', text: '300/s' })
    expect(expectation.during).toMatchObject({ from: 0, to: 360_000_000 })
    expect(text.slice(expectation.during!.start, expectation.during!.end)).toBe('0s..6m')
    expect(expectation.by.map((name) => text.slice(name.start, name.end))).toEqual(['QueueName'])
  })

  it('read their quantities in base units', () => {
    const right = (text: string): unknown => {
      const expectation = read(text)
      return expectation.kind === 'compare' && expectation.right.kind === 'quantity'
        ? [expectation.right.value, expectation.right.unit]
        : undefined
    }
    expect(right('sum(a.b) < 300 ms')).toEqual([300_000, 'duration'])
    expect(right('sum(a.b) < 4KB')).toEqual([4096, 'size'])
    expect(right('sum(a.b) < 0.1%')).toEqual([0.001, 'percent'])
    expect(right('cost(daily) < 12.5 USD')).toEqual([12.5, 'money'])
    expect(right('sum(a.b) < 1.5e3')).toEqual([1500, 'count'])
    expect(right('sum(a.b) < 1 by c')).toEqual([1, 'count'])
    expect(right('sum(a.b) < 1 during 0s..1s')).toEqual([1, 'count'])
  })

  it.each([
    ['p99(Api.Latency)', 'unexpected-end', '', undefined],
    ['p99(Api.Latency) = 3ms', 'unknown-sign', '=', 'write `==`'],
    ['p99(Api.Latency) < 3 mss', 'unknown-unit', 'mss', 'did you mean `ms`?'],
    ['p99(Api.Latency) < 3 lightyears', 'unknown-unit', 'lightyears', undefined],
    ['p101(Api.Latency) < 3ms', 'out-of-range', 'p101', undefined],
    ['maxx(Api.Latency) < 3ms', 'unknown-statistic', 'maxx', 'did you mean `max`?'],
    ['Maximun(Api.Latency) < 3ms', 'unknown-statistic', 'Maximun', 'did you mean `Maximum`?'],
    ['costs(monthly) < 3 USD', 'unknown-statistic', 'costs', 'did you mean `cost`?'],
    ['wm99(Api.Latency) < 3ms', 'not-simulated', 'wm99', undefined],
    ['TM(95%:5%)(Api.Latency) < 3ms', 'empty-range', '(95%:5%)', undefined],
    ['Api.Latency < 3ms', 'unexpected-text', 'Api.Latency', undefined],
    ['p99(Api) < 3ms', 'missing-metric', 'Api', undefined],
    ['p99(Api.) < 3ms', 'unexpected-text', ')', undefined],
    ['p99 Api.Latency < 3ms', 'unexpected-text', 'p99', undefined],
    ['1 < 2', 'constant-expectation', '1 < 2', undefined],
    ['1ms < p99(Api.Latency) < 2ms', 'second-comparison', '<', undefined],
    ['alarm(Backlog) == Ok', 'unknown-state', 'Ok', 'did you mean `OK`?'],
    ['alarm(Backlog) == ALARMED', 'unknown-state', 'ALARMED', 'did you mean `ALARM`?'],
    ['alarm(Backlog)', 'unexpected-end', '', undefined],
    ['alarm(Backlog) == OK by x', 'unexpected-by', 'x', undefined],
    ['alarm(Backlog) + 1 == 1', 'unexpected-text', '+', undefined],
    ['1 + alarm(Backlog) == 1', 'not-a-number', 'alarm', undefined],
    ['conserved(Jobs) by x', 'unexpected-by', 'x', undefined],
    ['cost(monthy) < 3 USD', 'unknown-period', 'monthy', 'did you mean `monthly`?'],
    ['max(a.b) < 1 during 6m..0s', 'empty-range', '6m..0s', undefined],
    ['max(a.b) < 1 during ..', 'empty-range', '..', undefined],
    ['max(a.b) < 1 during 6..7m', 'missing-unit', '6', undefined],
    ['max(a.b) < 1 during 6m', 'unexpected-end', '', undefined],
    ['max(a.b) < 1 during 0s..1m during 2m..3m', 'duplicate-ending', 'during', undefined],
    ['max(a.b) < 1 and max(c.d) < 1', 'unexpected-text', 'and', undefined],
    ['max(a.b) < 1 &', 'unexpected-text', '&', undefined],
    ['', 'unexpected-end', '', undefined],
    ['('.repeat(60), 'too-deep', '(', undefined],
  ])('%s is refused as %s at `%s`', (text, slug, at, label) => {
    const one = flawOf(text)
    expect(one).toMatchObject({ slug, at })
    expect(one.label).toBe(label)
    expect(`${one.message}${one.help ?? ''}`).not.toMatch(/invalid|illegal|failed to|undefined|\.$/)
  })

  it('keep the meaning of any formula through format and back', () => {
    const leaf = fc.constantFrom('sum(A.x)', 'p99(B.y)', '3', '5 ms', 'count(E at R)', 'cost(run)')
    const tree = fc.letrec<{ f: string }>((tie) => ({
      f: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.tuple(tie('f'), fc.constantFrom('+', '-', '*', '/'), tie('f')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
      ),
    })).f
    fc.assert(
      fc.property(tree, (formula) => {
        const first = read(`${formula} < sum(Z.z)`)
        const again = read(formatExpectation(first))
        expect(bare(again)).toEqual(bare(first))
        if (first.kind !== 'compare') throw new Error('not a comparison')
        expect(formatFormula(first.left).length).toBeLessThanOrEqual(formula.length)
      }),
    )
  })

  it('of any text never throw, and a flaw lies inside its text', () => {
    const word = fc.constantFrom(
      'p99',
      'sum',
      'alarm',
      'count',
      'cost',
      '(',
      ')',
      'Api',
      '.',
      'Latency',
      '<',
      '==',
      ' 3',
      'ms',
      '%',
      ' by ',
      ' during ',
      '..',
      '/',
      ' at ',
      'OK',
      'TM',
      ':',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const text = words.join('')
        const outcome = parseExpectation(text)
        if (!outcome.ok) expect(outcome.offset + outcome.length).toBeLessThanOrEqual(text.length + 1)
        else expect(bare(read(formatExpectation(outcome.value)))).toEqual(bare(outcome.value))
      }),
      { numRuns: 3000 },
    )
  })
})
