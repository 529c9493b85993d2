// Distributions of the scenario language: every form, and every mistake with its place.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distributionProblem } from '../engine/distribution.ts'
import { DISTRIBUTION_NAMES, parseDistribution } from './distribution.ts'
import { flaw, found } from './outcome.ts'
import type { Flaw, Outcome } from './outcome.ts'

const files = new Map([
  ['latency.csv', 'method,ms,note\nGET,12,"a, b"\nPOST,250.5,\n\nGET,3,x\n'],
  ['plain.csv', '1ms\r\n2ms\r\n3ms\r\n'],
  ['bad.csv', 'ms\n12ms\nsoon\n'],
  ['empty.csv', 'ms\n'],
])
const readFile = (path: string): Outcome<string> => {
  const text = files.get(path)
  return text === undefined
    ? flaw('unreadable-file', `no file \`${path}\``, 0, 1, { help: 'files are `a.csv`' })
    : found(text)
}
const read = (text: string): unknown => {
  const outcome = parseDistribution(text, 'duration', readFile)
  return outcome.ok ? outcome.value : outcome.message
}
function flawOf(text: string, dimension: 'duration' | 'size' | 'count' = 'duration'): Flaw & { at: string } {
  const outcome = parseDistribution(text, dimension, readFile)
  if (outcome.ok) throw new Error(`read as ${JSON.stringify(outcome.value)}`)
  return { ...outcome, at: text.slice(outcome.offset, outcome.offset + outcome.length) }
}

describe('distributions', () => {
  it.each([
    ['250ms', { kind: 'constant', value: 250_000 }],
    ['2 min', { kind: 'constant', value: 120_000_000 }],
    ['constant(3s)', { kind: 'constant', value: 3_000_000 }],
    ['uniform(1ms, 2ms)', { kind: 'uniform', min: 1000, max: 2000 }],
    ['uniform(min=1 ms, max=2 ms)', { kind: 'uniform', min: 1000, max: 2000 }],
    ['exponential(20ms)', { kind: 'exponential', mean: 20_000 }],
    ['exponential( mean = 20ms )', { kind: 'exponential', mean: 20_000 }],
    ['normal(20ms, 5ms)', { kind: 'normal', mean: 20_000, sd: 5000 }],
    ['normal(20ms, sd=5ms)', { kind: 'normal', mean: 20_000, sd: 5000 }],
    ['lognormal(p50=8ms, p99=40ms)', { kind: 'lognormal', p50: 8000, p99: 40_000 }],
    ['lognormal(p99=40ms,p50=8ms)', { kind: 'lognormal', p50: 8000, p99: 40_000 }],
    ['gamma(mean=1s, cv=0.5)', { kind: 'gamma', mean: 1_000_000, cv: 0.5 }],
    ['weibull(shape=1.5, scale=10ms)', { kind: 'weibull', shape: 1.5, scale: 10_000 }],
    ['pareto(min=1ms, alpha=1.2)', { kind: 'pareto', min: 1000, alpha: 1.2 }],
    ['empirical(plain.csv)', { kind: 'empirical', values: [1000, 2000, 3000] }],
    ["empirical('latency.csv', column=ms, unit=ms)", { kind: 'empirical', values: [12_000, 250_500, 3000] }],
    ['empirical(latency.csv, column=2, unit=ms)', { kind: 'empirical', values: [12_000, 250_500, 3000] }],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it('nest inside a mix, whose weights may be percentages', () => {
    expect(read('mix(0.95: lognormal(p50=8ms, p99=40ms), 5%: mix(0.5: 1s, 0.5: exponential(2s)))')).toEqual({
      kind: 'mix',
      parts: [
        { weight: 0.95, of: { kind: 'lognormal', p50: 8000, p99: 40_000 } },
        {
          weight: 0.05,
          of: {
            kind: 'mix',
            parts: [
              { weight: 0.5, of: { kind: 'constant', value: 1_000_000 } },
              { weight: 0.5, of: { kind: 'exponential', mean: 2_000_000 } },
            ],
          },
        },
      ],
    })
  })

  it('take the dimension of their place', () => {
    expect(parseDistribution('lognormal(p50=900B, p99=6KB)', 'size')).toEqual(
      found({ kind: 'lognormal', p50: 900, p99: 6144 }),
    )
    expect(parseDistribution('normal(20, 2.5)', 'count')).toEqual(found({ kind: 'normal', mean: 20, sd: 2.5 }))
    expect(flawOf('uniform(1KB, 2KB)')).toMatchObject({ slug: 'unknown-unit', at: 'KB', offset: 9 })
    expect(flawOf('uniform(1, 2ms)')).toMatchObject({ slug: 'missing-unit', at: '1' })
    expect(flawOf('exponential(2s)', 'count')).toMatchObject({ slug: 'unexpected-unit', at: 's' })
  })

  it.each([
    ['lognorml(p50=1ms, p99=2ms)', 'unknown-distribution', 'lognorml', 'did you mean `lognormal`?'],
    ['mix(1: Uniform(1ms, 2ms))', 'unknown-distribution', 'Uniform', 'did you mean `uniform`?'],
    ['banana(1ms)', 'unknown-distribution', 'banana', undefined],
    ['lognormal(p50=1ms, p9=2ms)', 'unknown-argument', 'p9', 'did you mean `p99`?'],
    ['gamma(mean=1ms, shape=2)', 'unknown-argument', 'shape', undefined],
    ['lognormal(p50=1ms)', 'missing-argument', 'lognormal(p50=1ms)', undefined],
    ['lognormal', 'missing-argument', 'lognormal', undefined],
    ['mix()', 'missing-argument', 'mix()', undefined],
    ['uniform(1ms, 2ms, 3ms)', 'too-many-arguments', '3ms', undefined],
    ['uniform(min=1ms, 2ms)', 'unnamed-argument', '2ms', undefined],
    ['uniform(1ms, min=2ms)', 'duplicate-argument', 'min', undefined],
    ['uniform(0.5: 1ms)', 'unexpected-colon', '0.5', undefined],
    ['mix(1ms, 2ms)', 'missing-weight', '1ms', undefined],
    ['mix(0.5: 1ms, 0.4: 2ms)', 'weights-not-one', 'mix(0.5: 1ms, 0.4: 2ms)', undefined],
    ['mix(1.5: 1ms)', 'out-of-range', '1.5', undefined],
    ['lognormal(p50=40ms, p99=8ms)', 'out-of-range', '8ms', undefined],
    ['lognormal(p50=0s, p99=8ms)', 'out-of-range', '0s', undefined],
    ['uniform(5ms, 2ms)', 'out-of-range', '2ms', undefined],
    ['exponential(-5ms)', 'negative', '-5ms', undefined],
    ['gamma(mean=1ms, cv=1000)', 'out-of-range', '1000', undefined],
    ['weibull(shape=0, scale=1ms)', 'out-of-range', '0', undefined],
    ['pareto(min=1ms, alpha=0)', 'out-of-range', '0', undefined],
    ['uniform(1ms 2ms)', 'unexpected-text', '2ms', undefined],
    ['uniform(1ms, 2ms', 'unexpected-end', '', undefined],
    ['uniform(1ms,, 2ms)', 'unexpected-text', ',', undefined],
    ['uniform(1ms, 2ms))', 'unexpected-text', ')', undefined],
    ['uniform(constant(1ms), 2ms)', 'unexpected-call', 'constant(1ms)', undefined],
    ['empirical(none.csv)', 'unreadable-file', 'none.csv', undefined],
    ['empirical(latency.csv, column=mss)', 'unknown-column', 'mss', 'did you mean `ms`?'],
    ['empirical(latency.csv, column=9)', 'unknown-column', '9', undefined],
    ['empirical(bad.csv)', 'not-a-duration', 'bad.csv', undefined],
    ['empirical(latency.csv, column=ms)', 'missing-unit', 'latency.csv', undefined],
    ['empirical(latency.csv, column=ms, unit=KB)', 'unknown-unit', 'KB', undefined],
    ['empirical(empty.csv)', 'no-values', 'empty.csv', undefined],
    ['', 'unexpected-end', '', undefined],
    ['('.repeat(100), 'unexpected-text', '(', undefined],
    ['mix(1:'.repeat(100), 'too-deep', '(', undefined],
  ])('%s is refused as %s at `%s`', (text, slug, at, label) => {
    const one = flawOf(text)
    expect(one).toMatchObject({ slug, at })
    expect(one.label).toBe(label)
    expect(`${one.message}${one.help ?? ''}`).not.toMatch(/invalid|illegal|failed to|undefined|\.$/)
  })

  it('messages say what was found and what is possible', () => {
    expect(flawOf('lognormal(p50=40ms, p99=8ms)').message).toBe('`p99` is `8ms`, below `p50`, which is `40ms`')
    expect(flawOf('mix(0.5: 1ms, 0.4: 2ms)').message).toBe('the weights of `mix` add up to 0.9, not to 1')
    expect(flawOf('empirical(bad.csv)').message).toBe('line 3: `soon` is not a duration in `bad.csv`')
    expect(flawOf('empirical(latency.csv, column=ms)').help).toBe('give the unit of plain numbers: `unit=ms`')
    expect(flawOf('banana(1ms)').help).toContain('expected `constant`, `uniform`')
  })

  it('weights written as decimals add up exactly, and thirds of six digits are near enough', () => {
    expect(
      read('mix(0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s, 0.1: 1s)'),
    ).toBeTypeOf('object')
    expect(read('mix(0.333333: 1s, 0.333333: 1s, 0.333333: 1s)')).toBeTypeOf('object')
    expect(flawOf('mix(0.333: 1s, 0.333: 1s, 0.333: 1s)').slug).toBe('weights-not-one')
  })

  it('of any text either are ones the engine can draw from or have a flaw inside the text', () => {
    const word = fc.constantFrom(
      ...DISTRIBUTION_NAMES,
      '(',
      ')',
      ',',
      '=',
      ':',
      '1ms',
      '0',
      '2s',
      '0.5',
      'p50',
      'p99',
      "'",
      ' ',
      'min',
      'mean',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const text = words.join('')
        const outcome = parseDistribution(text, 'duration', readFile)
        if (outcome.ok) expect(distributionProblem(outcome.value)).toBeUndefined()
        else expect(outcome.offset + outcome.length).toBeLessThanOrEqual(text.length + 1)
      }),
      { numRuns: 2000 },
    )
  })

  it('as generated from their parts are read as those parts', () => {
    const micros = fc.integer({ min: 1, max: 1e12 })
    const leaf = fc.oneof(
      micros.map((value) => [`${value}us`, { kind: 'constant', value }] as const),
      fc
        .tuple(micros, micros)
        .map(([a, b]) => [`uniform(${a}us, max=${a + b}us)`, { kind: 'uniform', min: a, max: a + b }] as const),
      fc
        .tuple(micros, micros)
        .map(
          ([a, b]) => [`lognormal(p99=${a + b}us , p50 = ${a}us)`, { kind: 'lognormal', p50: a, p99: a + b }] as const,
        ),
    )
    const tree = fc.letrec<{ d: readonly [string, unknown] }>((tie) => ({
      d: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('d'), tie('d'), fc.integer({ min: 0, max: 100 })).map(([a, b, percent]) => {
          const parts = [
            { weight: percent / 100, of: a[1] },
            { weight: (100 - percent) / 100, of: b[1] },
          ]
          return [`mix(${percent}%: ${a[0]}, ${(100 - percent) / 100}: ${b[0]})`, { kind: 'mix', parts }] as const
        }),
      ),
    })).d
    fc.assert(
      fc.property(tree, ([text, expected]) => {
        expect(read(text)).toEqual(expected)
      }),
    )
  })
})
