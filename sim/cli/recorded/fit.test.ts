// `hotshard fit` as it is used: what is printed, what goes to programs and into the page, and what is wrong with a file or a flag.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRng } from '../../engine/rng.ts'
import { createSampler } from '../../engine/sample.ts'
import { fit, type FitFlags } from './fit.ts'

let folder = ''
let out = ''
let err = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-fit-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
})

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, lines.join('\n'))
  return path
}

/** Requests at random, two a second, whose durations are lognormal; a third of them at another path, twice as slow. */
function requests(n = 900): readonly string[] {
  const rng = createRng(1, 'test', 'fit')
  const gap = createSampler({ kind: 'exponential', mean: 500_000 })
  const took = createSampler({ kind: 'lognormal', p50: 8000, p99: 40_000 })
  let at = 0
  const rows = Array.from({ length: n }, (_, i) => {
    at += gap.draw(rng)
    const slow = i % 3 === 0
    return `${(at / 1000).toFixed(3)},${slow ? '/slow' : '/fast'},${((took.draw(rng) * (slow ? 2 : 1)) / 1000).toFixed(3)}`
  })
  return ['timestamp_ms,path,duration_ms', ...rows]
}

const said = (path: string, flags: FitFlags = {}): [code: number, text: string] => [fit(path, flags), out + err]

describe('fit', () => {
  it('prints the lines for a scenario with what speaks for them', () => {
    const [code, text] = said(file('requests.csv', requests()), { where: ['path=/fast'] })
    expect(code).toBe(0)
    expect(text).toMatch(/^ {2}lognormal\(p50=[78]\.\d+ms, p99=\d+(\.\d+)?ms\)$/m)
    expect(text).toContain('it fits')
    expect(text).toMatch(/distribution +ΔBIC +ΔAIC +KS +p +A² +p50 +p90/)
    expect(text).toMatch(/^ {2}Rate: (1\.9|2|2\.1)\d*\/s$/m)
    expect(text).toMatch(/: poisson$/m)
    expect(text).toContain('Arrivals: trace(requests.csv)')
    expect(text).toContain('█ recorded, ┃ fitted')
  })

  it('offers the values themselves where no distribution comes near', () => {
    const odd = [
      'duration_ms',
      ...Array.from({ length: 500 }, (_, i) => String(i % 2 === 0 ? 10 : 1000 + (i % 7) * 400)),
    ]
    const [code, text] = said(file('odd.csv', odd))
    expect(code).toBe(0)
    expect(text).toMatch(/^ {2}empirical\(odd\.csv, column=duration_ms, unit=ms\)$/m)
  })

  it('offers no values that a scenario could not read', () => {
    const odd = [
      'duration_ms',
      ...Array.from({ length: 500 }, (_, i) => (i === 7 ? '-' : String(i % 2 === 0 ? 10 : 1000 + (i % 7) * 400))),
    ]
    const [code, text] = said(file('gap.csv', odd))
    expect([code, text.includes('empirical(')]).toEqual([0, false])
    expect(text).toContain('1 cell without a number left out')
  })

  it('tells groups apart', () => {
    const [, text] = said(file('requests.csv', requests()), { by: 'path' })
    expect(text).toMatch(/\/fast +600 .*lognormal\(p50=[78]/)
    expect(text).toMatch(/\/slow +300 .*lognormal\(p50=1[5-9]/)
  })

  it('writes the same for programs and as a page without scripts', () => {
    const page = join(folder, 'fit.html')
    const path = file('requests.csv', requests())
    expect(fit(path, { format: 'json', report: page })).toBe(0)
    const json = JSON.parse(out) as {
      schema: string
      format: string
      values: { line: string; fit: { n: number; values?: unknown; candidates: unknown[] } }
      arrivals: { lines: string[] }
    }
    expect(json).toMatchObject({
      schema: 'hotshard.fit/1',
      format: 'csv',
      values: { fit: { n: 900 } },
      arrivals: { lines: [expect.stringMatching(/^Rate: /)] },
    })
    const valid = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(readFileSync(new URL('../../../public/fit.schema.json', import.meta.url), 'utf8')) as object,
    )
    expect(valid(json), JSON.stringify(valid.errors)).toBe(true)
    for (const more of [{ by: 'path' }, { where: ['path=/slow'] }]) {
      out = ''
      expect(fit(path, { format: 'json', column: 'duration_ms', ...more })).toBe(0)
      expect(valid(JSON.parse(out)), JSON.stringify(valid.errors)).toBe(true)
    }
    expect(json.values.fit.values).toBeUndefined()
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('<h1>requests.csv</h1>')
    expect(html).toContain(json.values.line)
    expect(html).not.toMatch(/<script|javascript:|onload=/)
  })

  it('leaves labelled windows out of the arrivals', () => {
    const minute = (i: number): string =>
      `2026-01-05 ${String(10 + Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00`
    const counts = file('counts.csv', [
      'timestamp,value',
      ...Array.from({ length: 120 }, (_, i) => `${minute(i)},${i >= 60 && i < 70 ? 9000 : 60}`),
    ])
    const windows = file('windows.json', [JSON.stringify({ incident: [[minute(60), minute(70)]] })])
    expect(said(counts)[1]).not.toMatch(/^ {2}Rate: 1\/s$/m)
    out = ''
    const [code, text] = said(counts, { without: windows })
    expect(code).toBe(0)
    expect(text).toMatch(/^ {2}Rate: 1\/s$/m)
    expect(text).toContain('90,000 requests left out')
  })

  it('says what is wrong, and ends with 2', () => {
    const path = file('requests.csv', requests())
    expect(said(join(folder, 'none.csv'))).toEqual([2, expect.stringContaining('there is no such file')])
    expect(said(path, { column: 'duratoin_ms' })).toEqual([2, expect.stringContaining('did you mean `duration_ms`?')])
    expect(said(path, { unit: 'sec' })).toEqual([2, expect.stringContaining('`--unit sec` is no unit')])
    expect(said(path, { where: ['path'] })).toEqual([2, expect.stringContaining('--where column=cell')])
    expect(said(path, { inputFormat: 'access_log' })).toEqual([
      2,
      expect.stringContaining('did you mean `access-log`?'),
    ])
    expect(said(path, { inputFormat: 'access-log' })).toEqual([2, expect.stringContaining('no line of an access log')])
    expect(said(path, { without: path })).toEqual([2, expect.stringContaining('no windows of time')])
    expect(said(path, { report: join(folder, 'none', 'fit.html') })).toEqual([
      2,
      expect.stringContaining('its folder does not exist'),
    ])
    expect(said(file('text.csv', ['name', ...Array.from({ length: 30 }, () => 'x')]))).toEqual([
      2,
      expect.stringContaining('a distribution takes 8'),
    ])
  })

  it('prints nothing that a terminal obeys', () => {
    const evil = file('evil.csv', [
      'a\u001b[31m,duration_ms',
      ...Array.from({ length: 30 }, (_, i) => `\u001b]0;x\u0007,${i + 1}`),
    ])
    const [code, text] = said(evil, { by: 'a\u001b[31m' })
    expect(code).toBe(0)
    expect(text).not.toMatch(/[\u001b\u0007]/)
  })
})
