// The report of a sweep: well-formed, nothing of it runs or is loaded, every picture says in words what it shows, and numbers stand on every shade.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseSettings } from '../experiment/sweep/axes.ts'
import { spaceOf, type Space } from '../experiment/sweep/space.ts'
import { Summing, type SweepSummary } from '../experiment/sweep/summary.ts'
import type { Ending } from '../experiment/types.ts'
import { curvesChart, mapTable } from './sweep-charts.ts'
import { SWEEP_STYLE, SWEEP_STYLE_HASH } from './sweep-style.ts'
import { sweepHtml } from './sweep.ts'

const LATENCY = 'p99(Api.Latency)'

/** A sweep of which the values and the endings follow from the settings. */
function swept(
  sets: readonly string[],
  seeds: readonly string[],
  latency: (settings: Readonly<Record<string, string>>, seed: number) => number | undefined,
  ending?: (latency: number) => Ending,
): SweepSummary {
  const { axes, fixed } = parseSettings(sets)
  const space: Space = spaceOf(axes, fixed, seeds).space!
  const summing = new Summing(space, [{ name: LATENCY, unit: 'Milliseconds' }], true, [])
  for (let run = 0; run < space.runs; run++) {
    const place = space.place(Math.floor(run / seeds.length))
    const settings = Object.fromEntries(axes.map(({ name }, i) => [name, space.values[i]![place[i]!]!]))
    const seed = seeds[run % seeds.length]!
    const value = latency(settings, Number(seed))
    const how = value === undefined ? 'refused' : (ending?.(value) ?? (value < 300 ? 'passed' : 'failed'))
    summing.add(run, {
      ...{ settings, seed, ending: how },
      values: value === undefined ? {} : { [LATENCY]: value },
      expectations: value === undefined ? [] : [{ text: `${LATENCY} < 300 ms`, ok: how === 'passed', measured: '' }],
      ...(value === undefined ? { why: 'it <b>cannot</b> be\nread' } : {}),
    })
  }
  return summing.summary('folder/<a>.yaml', space.runs)
}

const growing = (settings: Readonly<Record<string, string>>, seed: number): number =>
  (Number(settings['Rate']) * 10) / Number(settings['Workers'] ?? 1) + seed

const two = swept(['Rate=10..50:10', 'Workers=1,2'], ['1', '2', '3'], growing)

/** The elements that are not closed in order, and all attributes. */
function parse(html: string): { readonly wrong: string[]; readonly attributes: ReadonlySet<string> } {
  const open: string[] = []
  const wrong: string[] = []
  const attributes = new Set<string>()
  const body = html.replace(/<style>[^]*?<\/style>/g, '')
  for (const [whole, slash, name, rest = ''] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/gi,
  )) {
    for (const [, attribute] of rest.matchAll(/\s([\w:-]+)(?==|\s|$)/g)) attributes.add(attribute!)
    if (['meta', 'br'].includes(name!) || whole.endsWith('/>')) continue
    if (slash === '') open.push(name!)
    else if (open.pop() !== name) wrong.push(whole)
  }
  if (/[<>]/.test(body.replace(/<!?\/?[a-z][^>]*>/gi, ''))) wrong.push('a stray < or >')
  return { wrong: [...wrong, ...open], attributes }
}

describe('the report of a sweep', () => {
  test('is well-formed and runs nothing, whatever the names are', () => {
    const odd = swept(['Rate=1,"<i>",3'], ['1'], ({ Rate }) => (Rate === '3' ? undefined : 5))
    for (const summary of [two, odd]) {
      const html = sweepHtml(summary, 'npx hotshard sweep "<a>.yaml"', ['ENDED after <5> runs'])
      const { wrong, attributes } = parse(html)
      expect(wrong).toEqual([])
      expect([...attributes].filter((name) => /^on|^src$|^style$|^href$/.test(name))).toEqual([])
      expect(html).not.toMatch(/<script|<i>|NaN|undefined|Infinity|\[object/)
      expect(html).toContain('ENDED after &lt;5&gt; runs')
    }
    expect(sweepHtml(odd, '')).toContain('it &lt;b&gt;cannot&lt;/b&gt; be')
  })

  test('has a policy that allows its own two styles', () => {
    expect(SWEEP_STYLE_HASH).toBe(createHash('sha256').update(SWEEP_STYLE).digest('base64'))
    expect(sweepHtml(two, '')).toContain(`'sha256-${SWEEP_STYLE_HASH}'">`)
  })

  test('says what it shows in words beside each picture, and in tables', () => {
    const html = sweepHtml(two, 'npx hotshard sweep')
    expect(html).toContain('21 of 30 runs passed')
    expect(html).toContain('<b>Rate</b>: all runs pass up to 20; at 30 3 of 6 do')
    expect(html).toContain(
      'aria-label="p99(Api.Latency) along Rate. 1: least 102 ms at 10, most 502 ms at 50; 2: least 52.0 ms at 10, most 252 ms at 50"',
    )
    expect(html).toContain('a curve for each value of Workers')
    expect(html).toMatch(
      /<th scope="row">10<\/th><td class="number">6 of 6<\/td><td class="number">77\.0 ± 2\.50 ms<\/td>/,
    )
    expect(html.match(/<table class="map">/g)).toHaveLength(2)
    expect(html).toContain('<td class="h8">100 %</td>')
    expect(html).toContain('<td class="h0">0 %</td>')
  })

  test('of one axis has no table of points beside that of the axis', () => {
    const one = sweepHtml(swept(['Rate=10..50:10'], ['1', '2'], growing), '')
    expect(one).not.toContain('All points')
    expect(one).not.toContain('against each other')
    expect(sweepHtml(two, '')).toContain('All points')
  })

  test('of a single point, and of a sweep of which nothing was done, is a report too', () => {
    expect(
      sweepHtml(
        swept([], ['1'], () => 7),
        '',
      ),
    ).toContain('the only one')
    expect(
      parse(
        sweepHtml(
          swept(['Rate=1,2'], ['1'], () => undefined),
          '',
        ),
      ).wrong,
    ).toEqual([])
  })

  test('is written on every shade with a contrast of 4.5 to 1', () => {
    const light = (hex: string): number => {
      const [r, g, b] = [1, 3, 5].map((at) => {
        const part = parseInt(hex.slice(at, at + 2), 16) / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
    }
    const shades = [...SWEEP_STYLE.matchAll(/\.h(\d) \{ background: (#\w+); color: (#\w+)/g)]
    expect(shades.map(([, number]) => number)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8'])
    for (const [, , back, front] of shades) {
      const [low, high] = [light(back!), light(front!)].sort((a, b) => a - b)
      expect((high! + 0.05) / (low! + 0.05), back).toBeGreaterThanOrEqual(4.5)
    }
  })
})

describe('a chart', () => {
  const axis = { name: 'P', labels: ['1', '2', '3'], sizes: [1, 2, 3] }
  const heights = (svg: string): number[] =>
    [...svg.matchAll(/translate\([\d.]+ ([\d.]+)\)/g)].map(([, height]) => Number(height))
  const scale = (svg: string): string[] => [...svg.matchAll(/class="scale">([^<]*)</g)].map(([, label]) => label!)

  test('has a scale from 0 to a round number above all, and a band that ends at 0', () => {
    const spots = [{ value: 5, low: -20, high: 30 }, { value: 10, low: 9, high: 11 }, { value: undefined }]
    const svg = curvesChart('t', axis, [{ name: '', spots }], String)
    expect(scale(svg)).toEqual(['0', '10', '20', '30'])
    const [five, ten] = heights(svg)
    const zero = 250 - 44
    expect(zero - ten!).toBeCloseTo(2 * (zero - five!), 0)
    expect(svg).toContain(`${zero}z" class="band"`)
    expect(svg.match(/class="dot"/g)).toHaveLength(2)
  })

  test('of values that lie far apart is drawn by orders of magnitude', () => {
    const spots = [0.2, 2, 200].map((value) => ({ value }))
    const svg = curvesChart('t', axis, [{ name: '', spots }], String)
    expect(scale(svg)).toEqual(['0.1', '1', '10', '100', '1000'])
    const [a, b, c] = heights(svg)
    expect((b! - c!) / (a! - b!)).toBeCloseTo(2, 1)
  })

  test('of a share goes to 1, and of nothing is none', () => {
    expect(scale(curvesChart('t', axis, [{ name: '', spots: [{ value: 0.3 }] }], String, 1))).toEqual([
      '0',
      '0.2',
      '0.4',
      '0.6',
      '0.8',
      '1',
    ])
    expect(curvesChart('t', axis, [{ name: '', spots: [{ value: undefined }] }], String)).toBe('')
    expect(scale(curvesChart('t', axis, [{ name: '', spots: [{ value: 0 }] }], String))).toEqual(['0', '1'])
  })

  test('keeps the names of its curves apart', () => {
    const curves = ['a', 'b', 'c'].map((name) => ({ name, spots: [{ value: 5 }, { value: 5 }, { value: 5 }] }))
    const at = [...curvesChart('t', axis, curves, String).matchAll(/y="([\d.]+)" class="name"/g)].map(([, y]) =>
      Number(y),
    )
    expect(new Set(at).size).toBe(3)
    for (const [i, y] of at.toSorted((a, b) => a - b).entries())
      if (i > 0) expect(y - at.toSorted((a, b) => a - b)[i - 1]!).toBeGreaterThanOrEqual(13)
  })

  test('a map is darker where there is more, and shows holes', () => {
    const map = mapTable(
      't',
      axis,
      axis,
      [
        [0, 5, 10],
        [undefined, 1, 2],
        [3, 4, 9],
      ],
      String,
    )
    expect(map).toContain('<td class="h0">0</td><td class="h4">5</td><td class="h8">10</td>')
    expect(map).toContain('<td>–</td>')
  })
})
