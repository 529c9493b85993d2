// What `fit` found as one HTML file: the lines to paste, the candidates, a histogram, percentiles against each other, the rate over time.
import {
  binsOf,
  distributionText,
  evidenceOf,
  digits,
  quantityText,
  rateAt,
  rateText,
  type ArrivalFit,
  type FitReport,
  type ValueFit,
} from '../recorded/fit/index.ts'
import { count, counted, seconds } from './figures.ts'
import { place, sentence, table, text, type Column } from './markup.ts'
import { factList, pageHtml, section } from './page.ts'

const WIDTH = 760
const HEIGHT = 220
const LEFT = 64
const BOTTOM = 24
const BINS = 40

export function fitHtml(name: string, report: FitReport): string {
  const { values, arrivals, groups } = report
  return pageHtml(name, [
    `<header><h1>${text(name)}</h1><p>${sentence(report.detected)}</p></header>`,
    '<main>',
    section('values', 'Distribution', values === undefined ? '' : valuesHtml(values)),
    section('groups', 'Groups', groups.length === 0 ? '' : groupTable(groups)),
    section('arrivals', 'Arrivals', arrivals === undefined ? '' : arrivalsHtml(arrivals)),
    section('notes', 'Not fitted', report.notes.map((note) => `<p>${sentence(note)}</p>`).join('\n')),
    '</main>',
    '<footer><p class="low">Made by hotshard from the recording alone.</p></footer>',
  ])
}

function valuesHtml({ about, fit, line, empirical }: ValueFit): string {
  const quantity = (value: number): string => quantityText(value, about.dimension)
  const best = fit.candidates[0]!
  const facts: [string, string][] = [
    ['column', about.column],
    ['values', count(fit.of)],
    ['least', quantity(fit.least)],
    ['mean', quantity(fit.mean)],
    ['most', quantity(fit.most)],
    ['coefficient of variation', digits(fit.cv, 3)],
  ]
  const heads: Column[] = ['distribution', 'ΔBIC', 'AIC', 'KS', 'p of KS', 'A²'].map((head, i) => ({
    head,
    isNumber: i > 0,
  }))
  const rows = fit.candidates.map(({ distribution, worse, aic, goodness }) => [
    `<code>${text(distributionText(distribution, about.dimension))}</code>`,
    digits(worse, 3),
    digits(aic, 6),
    digits(goodness.ks, 3),
    goodness.ksChance < 0.001 ? '&lt; 0.001' : digits(goodness.ksChance, 2),
    digits(goodness.ad, 3),
  ])
  const percentiles = best.goodness.percentiles.map(({ p, recorded, fitted }) => [
    `p${digits(p * 100)}`,
    quantity(recorded),
    quantity(fitted),
    recorded === 0 ? '' : `${digits((fitted / recorded - 1) * 100, 2)} %`,
  ])
  const columns: Column[] = ['percentile', 'recorded', 'fitted', 'off by'].map((head, i) => ({ head, isNumber: i > 0 }))
  return [
    factList(facts),
    `<pre class="command" aria-label="The line for the scenario">${text(line)}</pre>`,
    empirical === undefined ? '' : `<p>or the values themselves: <code>${text(empirical)}</code></p>`,
    histogram(fit, about.dimension),
    table('Candidates, the cheapest to describe first', heads, rows),
    '<p class="low">The p of KS is too high, because these very values chose the parameters: a small one refutes a distribution, a large one proves nothing.</p>',
    table('Percentiles of the first one against the recorded ones', columns, percentiles),
  ].join('\n')
}

function histogram(fit: ValueFit['fit'], dimension: ValueFit['about']['dimension']): string {
  const bins = binsOf(fit.values, fit.candidates[0]!.distribution, BINS)
  const most = Math.max(...bins.flatMap(({ recorded, fitted }) => [recorded, fitted]))
  if (bins.length === 0 || most === 0) return ''
  const base = HEIGHT - BOTTOM
  const width = (WIDTH - LEFT) / bins.length
  const y = (share: number): number => base - (share / most) * (base - 16)
  const bars = bins
    .map(({ recorded }, i) => `M${place(LEFT + i * width)} ${base}V${place(y(recorded))}h${place(width - 1)}V${base}z`)
    .join('')
  const curve = bins
    .map(({ fitted }, i) => `${i === 0 ? 'M' : 'L'}${place(LEFT + (i + 0.5) * width)} ${place(y(fitted))}`)
    .join('')
  const labels = [0, 10, 20, 30].map(
    (i) =>
      `<text x="${place(LEFT + i * width)}" y="${HEIGHT - 8}" class="time">${text(quantityText(bins[i]!.from, dimension))}</text>`,
  )
  return figure('Recorded values as bars, the fitted distribution as a line', [
    `<path d="${bars}" class="requests"/>`,
    `<g class="fault"><path d="${curve}" class="stem"/></g>`,
    `<path d="M${LEFT} ${base}H${WIDTH}" class="axis"/>`,
    ...labels,
    `<text x="${LEFT - 8}" y="20" class="scale">${text(`${digits(most * 100, 2)} %`)}</text>`,
  ])
}

function figure(label: string, parts: readonly string[]): string {
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(label)}">${parts.join('\n')}</svg><figcaption class="low">${text(label)}</figcaption></figure>`
}

function groupTable(groups: FitReport['groups']): string {
  const heads: Column[] = [
    { head: 'group' },
    { head: 'values', isNumber: true },
    { head: 'KS', isNumber: true },
    { head: 'distribution' },
  ]
  return table(
    'The best distribution of each group',
    heads,
    groups.map(({ name, n, ks, line }) => [text(name), count(n), digits(ks, 2), `<code>${text(line)}</code>`]),
  )
}

function arrivalsHtml({ pattern, lines }: ArrivalFit): string {
  const { requests, length, rate, kind, counts } = pattern
  const facts: [string, string][] = [
    ['requests', count(requests)],
    ['over', seconds(length / 1e6)],
    ['mean rate', rateText(rate.mean)],
    ['pattern', kind],
  ]
  return [
    factList(facts),
    `<pre class="command" aria-label="The lines for the workload">${lines.map(text).join('\n')}</pre>`,
    rateChart(pattern),
    `<ul>\n${evidenceOf(pattern)
      .map((line) => `<li>${sentence(line)}</li>`)
      .join('\n')}\n</ul>`,
    `<p class="low">${counted(counts.counts.length, 'period')} of ${seconds(counts.period / 1e6)}</p>`,
  ].join('\n')
}

function rateChart({ counts: { counts, period }, rate }: ArrivalFit['pattern']): string {
  const base = HEIGHT - BOTTOM
  const rates = counts.map((n) => n / (period / 1e6))
  const most = Math.max(...rates)
  if (most === 0) return ''
  const x = (i: number): number => LEFT + (i / counts.length) * (WIDTH - LEFT)
  const y = (value: number): number => base - (value / most) * (base - 16)
  const area = Array.from(rates, (value, i) => `L${place(x(i + 0.5))} ${place(y(value))}`).join('')
  const line =
    rate.points.length === 1
      ? `M${LEFT} ${place(y(rate.mean))}H${WIDTH}`
      : rate.points
          .map(
            ({ at }, i) =>
              `${i === 0 ? 'M' : 'L'}${place(x(at / period))} ${place(y(Math.min(most, rateAt(rate.points, at))))}`,
          )
          .join('')
  const end = counts.length * period
  return figure('Requests a second as recorded, and the straight lines of the scenario', [
    `<path d="M${LEFT} ${base}${area}L${WIDTH} ${base}z" class="requests"/>`,
    `<g class="fault"><path d="${line}" class="stem"/></g>`,
    `<path d="M${LEFT} ${base}H${WIDTH}" class="axis"/>`,
    `<text x="${LEFT - 8}" y="20" class="scale">${text(rateText(most))}</text>`,
    `<text x="${LEFT}" y="${HEIGHT - 8}">0</text><text x="${WIDTH}" y="${HEIGHT - 8}" class="time end">${text(seconds(end / 1e6))}</text>`,
  ])
}
