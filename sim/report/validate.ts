// Simulated against recorded metrics as one HTML file: a table of figures, and a chart of both courses for each metric.
import { digits } from '../recorded/fit/index.ts'
import type { Comparison, Validation } from '../validate/validate.ts'
import { count, counted, seconds, withUnit } from './figures.ts'
import { place, sentence, table, text, type Column } from './markup.ts'
import { factList, pageHtml, section } from './page.ts'

const WIDTH = 760
const HEIGHT = 200
const LEFT = 72
const BOTTOM = 24

export function validationHtml(validation: Validation): string {
  const { scenario, seed, simulated, duration, stopped, loads, comparisons, unmatched, gates } = validation
  const name = scenario.slice(scenario.lastIndexOf('/') + 1)
  const facts: [string, string][] = [
    ['seed', seed],
    ['simulated', seconds(simulated / 1e6)],
    ...loads.map(({ workload, file, requests }): [string, string] => [
      workload,
      `${counted(requests, 'request')} of ${file}`,
    ]),
  ]
  const verdicts = gates.map(
    ({ text: words, term, value, isOver }) =>
      `<p class="verdict ${isOver ? 'bad' : 'good'}">${isOver ? '✗' : '✓'} ${text(words)}: ${value === undefined ? 'not compared' : digits(value, 3)} at ${text(term)}</p>`,
  )
  return pageHtml(name, [
    `<header><h1>${text(name)} against what was recorded</h1>`,
    stopped === undefined
      ? ''
      : `<p class="verdict bad">■ stopped after ${seconds(simulated / 1e6)} of ${seconds(duration / 1e6)}: ${sentence(stopped)}</p>`,
    ...verdicts,
    factList(facts),
    '</header>',
    '<main>',
    section('figures', 'Figures', figures(comparisons)),
    section(
      'courses',
      'Over time',
      comparisons
        .map(
          (each) =>
            `<article><h3>${text(each.term)} <small>${text(each.recordedAs)}</small></h3>\n${chart(each)}</article>`,
        )
        .join('\n'),
    ),
    section(
      'unmatched',
      'Not compared',
      unmatched.length === 0
        ? ''
        : `<ul>\n${unmatched.map((each) => `<li>${text(each.name)}: ${sentence(each.why)}</li>`).join('\n')}\n</ul>`,
    ),
    '</main>',
    '<footer><p class="low">Made by hotshard. The same scenario, recordings and seed give the same report.</p></footer>',
  ])
}

function figures(comparisons: readonly Comparison[]): string {
  if (comparisons.length === 0) return '<p>No recorded metric has a simulated one.</p>'
  const columns: Column[] = [
    'metric',
    'periods',
    'recorded mean',
    'simulated mean',
    'bias',
    'mean relative error',
    'correlation',
    'p50',
    'p90',
    'p99',
  ].map((head, i) => ({ head, isNumber: i > 0 }))
  const off = ({ recorded, simulated }: Comparison, p: 'p50' | 'p90' | 'p99'): string =>
    recorded[p] === 0 ? '' : percent(simulated[p] / recorded[p] - 1)
  const rows = comparisons.map((each) => [
    text(each.term),
    count(each.periods),
    text(withUnit(each.recorded.mean, each.unit)),
    text(withUnit(each.simulated.mean, each.unit)),
    each.bias === undefined ? '' : percent(each.bias),
    each.error === undefined ? '' : percent(each.error),
    each.correlation === undefined ? '' : digits(each.correlation, 3),
    off(each, 'p50'),
    off(each, 'p90'),
    off(each, 'p99'),
  ])
  return table(
    'Simulated against recorded, period by period; percentiles are those of the periods’ values',
    columns,
    rows,
  )
}

function percent(value: number): string {
  return `${value < 0 ? '−' : ''}${digits(Math.abs(value) * 100, 3)} %`
}

/** What was recorded as an area, what was simulated as a dashed line, on one scale. */
function chart({ term, unit, at, recordedValues, simulatedValues }: Comparison): string {
  const most = Math.max(...recordedValues, ...simulatedValues)
  const base = HEIGHT - BOTTOM
  const [first, last] = [at[0]!, at.at(-1)!]
  const x = (time: number): string =>
    place(last === first ? LEFT : LEFT + ((time - first) / (last - first)) * (WIDTH - LEFT))
  const y = (value: number): string => place(most === 0 ? base : base - (value / most) * (base - 16))
  const line = (values: readonly number[], pen: string): string =>
    values.map((value, i) => `${i === 0 ? pen : 'L'}${x(at[i]!)} ${y(value)}`).join('')
  const label = `${term}: recorded as an area, simulated as a dashed line`
  return [
    `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(label)}">`,
    `<path d="M${LEFT} ${base}${line(recordedValues, 'L')}L${x(last)} ${base}z" class="requests"/>`,
    `<g class="fault"><path d="${line(simulatedValues, 'M')}" class="stem"/></g>`,
    `<path d="M${LEFT} ${base}H${WIDTH}" class="axis"/>`,
    `<text x="${LEFT - 8}" y="20" class="scale">${text(withUnit(most, unit))}</text><text x="${LEFT - 8}" y="${base}" class="scale">0</text>`,
    `<text x="${LEFT}" y="${HEIGHT - 8}">${seconds(Math.round(first / 1e6))}</text><text x="${WIDTH}" y="${HEIGHT - 8}" class="time end">${seconds(Math.round(last / 1e6))}</text>`,
    `</svg><figcaption class="low">${text(label)}</figcaption></figure>`,
  ].join('\n')
}
