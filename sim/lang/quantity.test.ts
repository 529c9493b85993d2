// Quantities of the scenario language against exact arithmetic and against what people misspell.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dimensionOf,
  formatDuration,
  parseCount,
  parseDuration,
  parseNumber,
  parsePercent,
  parseRate,
  parseShare,
  parseSize,
} from './quantity.ts'
import type { Flaw, Outcome } from './outcome.ts'

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.value
}
function flawOf(outcome: Outcome<unknown>): Flaw {
  if (outcome.ok) throw new Error(`read as ${JSON.stringify(outcome.value)}`)
  return outcome
}

describe('durations', () => {
  it.each([
    ['250ms', 250_000],
    ['3s', 3_000_000],
    ['5m', 300_000_000],
    ['5min', 300_000_000],
    ['2 min', 120_000_000],
    ['300 ms', 300_000],
    ['2h', 7_200_000_000],
    ['7d', 604_800_000_000],
    ['17us', 17],
    ['17µs', 17],
    ['17\u03bcs', 17],
    [' 1.5s ', 1_500_000],
    ['.5ms', 500],
    ['1e3ms', 1_000_000],
    ['0', 0],
    ['0.0', 0],
    ['-0s', 0],
    ['0s', 0],
    ['0.1s', 100_000],
    ['2.5us', 2],
    ['3.5us', 4],
    ['2.500000000000000000000000000001us', 3],
    ['0.0000005s', 0],
    ['0.0000015s', 2],
    ['9007199254740991us', 9007199254740991],
  ])('%s is %d µs', (text, micros) => {
    expect(valueOf(parseDuration(text))).toBe(micros)
    expect(Object.is(valueOf(parseDuration(text)), -0)).toBe(false)
  })

  it('are exact where a float of seconds is not', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 33 }), fc.nat({ max: 999_999 }), (seconds, micros) => {
        const text = `${seconds}.${String(micros).padStart(6, '0')}s`
        expect(BigInt(valueOf(parseDuration(text)))).toBe(BigInt(seconds) * 1_000_000n + BigInt(micros))
      }),
    )
  })

  it('are read back from what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(1, 1000, 1e6, 6e7, 36e8, 864e8), (n, unit) => {
        const micros = Math.floor(n / unit) * unit
        expect(valueOf(parseDuration(formatDuration(micros)))).toBe(micros)
      }),
    )
    expect([90e6, 1500, 6e8, 0, 36e8].map(formatDuration)).toEqual(['90s', '1500us', '10m', '0s', '1h'])
  })

  it('without a unit are refused and told how to be written', () => {
    const flaw = flawOf(parseDuration(' 30'))
    expect(flaw).toMatchObject({ slug: 'missing-unit', message: '`30` has no unit', offset: 1, length: 2 })
    expect(flaw.help).toBe('write `30s`; units of time are `us`, `ms`, `s`, `m`, `h` or `d`')
  })

  it.each([
    ['5 sec', 's', 2, 3],
    ['5seconds', 's', 1, 7],
    ['5 S', 's', 2, 1],
    ['5 minuts', undefined, 2, 6],
    ['5 mss', 'ms', 2, 3],
    ['5 KB', undefined, 2, 2],
  ])('%s points at its unit and suggests what is near', (text, near, offset, length) => {
    const flaw = flawOf(parseDuration(text))
    expect(flaw).toMatchObject({ slug: 'unknown-unit', offset, length })
    expect(flaw.label).toBe(near === undefined ? undefined : `did you mean \`${near}\`?`)
  })

  it('that are negative, too long or no number at all are refused in words', () => {
    expect(flawOf(parseDuration('-3s')).message).toBe('`-3s` is negative; a duration is 0 or more')
    expect(flawOf(parseDuration('300000000000h')).message).toBe(
      '`300000000000h` is too large; durations end at 285 years',
    )
    expect(flawOf(parseDuration('soon')).message).toBe('`soon` is not a duration')
    expect(flawOf(parseDuration('')).message).toBe('a duration is missing')
    expect(flawOf(parseDuration(`${'x'.repeat(500)}`)).message.length).toBeLessThan(100)
  })
})

describe('sizes', () => {
  it.each([
    ['900B', 900],
    ['4KB', 4096],
    ['1MB', 1_048_576],
    ['2GB', 2_147_483_648],
    ['0.5KB', 512],
    ['1.5 KB', 1536],
    ['0', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(valueOf(parseSize(text))).toBe(bytes)
  })

  it('know KiB and lower case as near names only', () => {
    expect(flawOf(parseSize('4kb')).label).toBe('did you mean `KB`?')
    expect(flawOf(parseSize('4KiB')).label).toBe('did you mean `KB`?')
    expect(flawOf(parseSize('4s')).label).toBeUndefined()
    expect(flawOf(parseSize('4')).help).toContain('write `4B`')
  })
})

describe('rates', () => {
  it.each([
    ['200/s', 1, 5000],
    ['3000/min', 1, 20_000],
    ['3000/m', 1, 20_000],
    ['1/h', 1, 3_600_000_000],
    ['7/d', 7, 86_400_000_000],
    ['0.5/s', 1, 2_000_000],
    ['333.3/s', 3333, 10_000_000],
    ['1e3 / s', 1, 1000],
    ['2/ms', 1, 500],
    ['0/s', 0, 1],
    ['0', 0, 1],
  ])('%s is %d events every %d µs', (text, count, perMicros) => {
    expect(valueOf(parseRate(text))).toEqual({ count, perMicros })
  })

  it('keep every decimal digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.integer({ min: 0, max: 5 }), (digits, places) => {
        const text = String(digits).padStart(places + 1, '0')
        const number = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
        const rate = valueOf(parseRate(`${number}/d`))
        // count / per = digits / 10^places / day, cross-multiplied.
        const right = BigInt(rate.perMicros) * BigInt(digits)
        expect(BigInt(rate.count) * BigInt(`1${'0'.repeat(places)}`) * 86_400_000_000n).toBe(right)
      }),
    )
  })

  it('say what is missing or unknown', () => {
    expect(flawOf(parseRate('50')).help).toBe('write `50/s`')
    expect(flawOf(parseRate('50rps')).help).toBe('write `50/s`')
    expect(flawOf(parseRate('50/sec'))).toMatchObject({ offset: 3, length: 3, label: 'did you mean `s`?' })
    expect(flawOf(parseRate('50/')).slug).toBe('unknown-unit')
    expect(flawOf(parseRate('-1/s')).message).toBe('`-1/s` is negative; a rate is 0 or more')
    expect(flawOf(parseRate('0.00000000000000001/s')).slug).toBe('too-many-digits')
    expect(flawOf(parseRate('fast')).message).toBe('`fast` is not a rate')
  })
})

describe('percentages, shares and numbers', () => {
  it('are the nearest doubles of their decimal texts', () => {
    expect(valueOf(parsePercent('60%'))).toBe(0.6)
    expect(valueOf(parsePercent('0.1 %'))).toBe(0.001)
    expect(valueOf(parsePercent('99.99%'))).toBe(0.9999)
    expect(valueOf(parsePercent('1e1%'))).toBe(0.1)
    expect(valueOf(parseShare('0.6'))).toBe(0.6)
    expect(valueOf(parseShare('60%'))).toBe(0.6)
    expect(valueOf(parseNumber('2.5'))).toBe(2.5)
    expect(valueOf(parseCount('10'))).toBe(10)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (n) => {
        expect(valueOf(parsePercent(`${n / 100}%`))).toBe(n / 10_000)
      }),
    )
  })

  it('refuse what lies outside', () => {
    expect(flawOf(parsePercent('101%')).message).toBe('`101%` is above 100%')
    expect(flawOf(parsePercent('0.6')).help).toBe('write `0.6%`')
    expect(flawOf(parsePercent('-1%')).message).toBe('`-1%` is negative; a percentage is 0 or more')
    expect(flawOf(parseShare('1.5')).slug).toBe('out-of-range')
    expect(flawOf(parseCount('2.5')).message).toBe('`2.5` is not a whole number')
    expect(flawOf(parseNumber('2s')).slug).toBe('unexpected-unit')
    expect(flawOf(parseNumber('1e999')).slug).toBe('out-of-range')
  })
})

it('the unit tells the dimension', () => {
  expect(['3ms', '4KB', '5', '5 apples', 'x', '5%'].map(dimensionOf)).toEqual([
    'duration',
    'size',
    'count',
    undefined,
    undefined,
    undefined,
  ])
})

it('a long text is refused at once', () => {
  const long = [
    '5'.repeat(100_000),
    `5${' '.repeat(100_000)}x`,
    `1e${'9'.repeat(1000)}s`,
    `${' x'.repeat(100_000)}`,
    '(1 '.repeat(30_000),
  ]
  const before = performance.now()
  for (const text of long) {
    for (const read of [parseDuration, parseSize, parseRate, parsePercent, parseCount])
      expect(read(text).ok).toBe(false)
    dimensionOf(text)
  }
  expect(performance.now() - before).toBeLessThan(2000)
})

it('no text whatever makes a reader throw, and a flaw lies inside its text', () => {
  const readers = [parseDuration, parseSize, parseNumber, parseCount, parsePercent, parseShare, parseRate]
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0159.eE+-/ %smhKB'.split('')) }), (text) => {
      for (const read of readers) {
        const outcome = read(text)
        if (outcome.ok) continue
        expect(outcome.offset + outcome.length).toBeLessThanOrEqual(text.length + 1)
        expect(outcome.message).not.toMatch(/invalid|illegal|failed to|\.$/)
      }
    }),
    { numRuns: 500 },
  )
})

it('the first unit inside tells the dimension of a distribution', () => {
  const texts = [
    'lognormal(p50=900B, p99=6KB)',
    'uniform(0, 2 min)',
    'mix(0.95: 1ms, 0.05: 3s)',
    'empirical(a.csv, unit=ms)',
    'normal(20, 5)',
    'file(5)',
  ]
  expect(texts.map(dimensionOf)).toEqual(['size', 'duration', 'duration', 'duration', undefined, undefined])
})

describe('times in several parts', () => {
  it('are the sum of their parts, largest unit first', () => {
    expect(parseDuration('4m30s')).toEqual({ ok: true, value: 270_000_000 })
    expect(parseDuration('1 h 20 m')).toEqual({ ok: true, value: 4_800_000_000 })
    expect(parseDuration('1s500ms')).toEqual({ ok: true, value: 1_500_000 })
    expect(parseDuration('30s4m').ok).toBe(false)
    expect(parseDuration('1m1m').ok).toBe(false)
    expect(parseDuration('4m30q').ok).toBe(false)
  })

  it('end together where one part alone does', () => {
    expect(parseDuration('104249d 23h')).toEqual({ ok: true, value: 9_007_196_400_000_000 })
    expect(parseDuration('104249d 24h')).toMatchObject({
      slug: 'out-of-range',
      message: '`104249d 24h` is too large; durations end at 285 years',
    })
  })
})
