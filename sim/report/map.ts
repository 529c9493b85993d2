// A map of recovery as one HTML file: the margin first, then load by trigger in colour and text, then the two runs beside the edge. No script.
import type { CellReport, Edge, MapReport } from '../experiment/recovery/map-report.ts'
import {
  byNumber,
  cellText,
  definitionSentences,
  marginSentences,
  MEANINGS,
  shownValue,
  sizeText,
} from '../experiment/recovery/map-words.ts'
import { exactTime } from '../parts/words.ts'
import { count, counted, seconds } from './figures.ts'
import { MAP_STYLE, MAP_STYLE_HASH } from './map-style.ts'
import { place, sentence, table, text } from './markup.ts'
import { factList, pageHtml, section } from './page.ts'

/** Shades of cells that come back: at once, within the time that it must hold, within three times that, later. */
const SHADES = [0, 1, 3] as const
const WIDTH = 1000
const HEIGHT = 300
const LEFT = 56
const RIGHT = 12
const BOTTOM = 26
const POINTS_MAX = 500
/** Distances of marks on the time axis, in seconds. */
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** The whole file. */
export function mapHtml(report: MapReport): string {
  const name = report.scenario.slice(report.scenario.lastIndexOf('/') + 1)
  const parts = [
    head(report, name),
    '<main>',
    section('map', 'Where it comes back, and where it stays down', grid(report)),
    section('edge', 'Just below and just above the edge', report.edge === undefined ? '' : edge(report, report.edge)),
    section('margins', 'The greatest trigger that is survived, by load', margins(report)),
    section('definition', 'What coming back means here', list(definitionSentences(report))),
    '</main>',
    '<footer><p class="low">Made by hotshard. Whoever maps the same scenario with the same seeds gets the same report, byte for byte.</p></footer>',
  ]
  return pageHtml(name, parts, [{ text: MAP_STYLE, hash: MAP_STYLE_HASH }])
}

function head(report: MapReport, name: string): string {
  const facts: [string, string][] = [
    ['load', `${report.load.setting}, ${report.load.values[0]} to ${report.load.values.at(-1)}`],
    ['trigger', report.trigger.label],
    [report.trigger.member, `${shownValue(report.trigger.values[0]!)} to ${shownValue(report.trigger.values.at(-1)!)}`],
    ['begins at', span(report.trigger.from)],
    ['runs', count(report.runs)],
    ...Object.entries(report.settings),
  ]
  return [
    '<header>',
    `<h1>${text(name)}</h1>`,
    ...marginSentences(report).map((words) => `<p class="answer">${sentence(words)}</p>`),
    factList(facts),
    `<pre class="command" aria-label="The command that repeats this map">${text(report.reproduce)}</pre>`,
    '</header>',
  ].join('\n')
}

/** The greatest load on top, the least trigger on the left. */
function grid(report: MapReport): string {
  const { load, trigger, cells } = report
  const columns = byNumber(trigger.values)
  const rows = [...byNumber(load.values)].reverse().map((value) => {
    const row = cells[load.values.indexOf(value)]!
    const isPresent = load.present?.on === value
    const inner = columns.map((column) => cellOf(row[trigger.values.indexOf(column)]!, report))
    return `<tr${isPresent ? ' class="present"' : ''}><th scope="row">${isPresent ? '▶ ' : ''}${text(shownValue(value))}</th>${inner.join('')}</tr>`
  })
  const caption = `${load.setting} upwards${load.present === undefined ? '' : ' (▶ the present load)'}, ${trigger.member} of ${trigger.label} to the right`
  return [
    '<div class="sides">',
    `<div class="wide" role="region" aria-label="The map" tabindex="0"><table class="recovery"><caption>${text(caption)}</caption>`,
    `<tbody>${rows.join('\n')}</tbody>`,
    `<tfoot><tr><th></th>${columns.map((column) => `<th scope="col">${text(shownValue(column))}</th>`).join('')}</tr>`,
    `<tr><th></th><th colspan="${columns.length}">${text(`${trigger.label}: ${trigger.member} →`)}</th></tr></tfoot></table></div>`,
    legend(report),
    '</div>',
  ].join('\n')
}

function cellOf(cell: CellReport, report: MapReport): string {
  return `<td class="${shadeOf(cell, report)}">${text(cellText(cell))}</td>`
}

function shadeOf({ state, after = 0 }: CellReport, { rule: { hold } }: MapReport): string {
  return state === 'recovers' ? `recovers${SHADES.filter((part) => after > part * hold).length}` : state
}

/** The states that there are; those that come back with the shades of their time. */
function legend(report: MapReport): string {
  const all = report.cells.flat()
  const { hold } = report.rule
  const words = ['at once', `within ${seconds(hold)}`, `within ${seconds(3 * hold)}`, 'later']
  const items = (Object.keys(MEANINGS) as CellReport['state'][]).flatMap((state) => {
    const found = all.filter((cell) => cell.state === state)
    if (found.length === 0) return []
    if (state !== 'recovers') return [legendItem(shadeOf(found[0]!, report), cellText(found[0]!), MEANINGS[state])]
    return words.flatMap((when, i) => {
      const one = found.find((cell) => shadeOf(cell, report) === `recovers${i}`)
      return one === undefined
        ? []
        : [legendItem(`recovers${i}`, cellText(one), `comes back ${when} after the trigger is over`)]
    })
  })
  return `<ul class="legend">${items.join('\n')}</ul>`
}

function legendItem(shade: string, mark: string, meaning: string): string {
  return `<li><span class="${shade}">${text(mark)}</span>${text(meaning)}</li>`
}

/** Goodput of the two runs beside the edge, over that of the run without the trigger. */
function edge(report: MapReport, { load, survived, broken, undisturbed, every, from, to, command }: Edge): string {
  const steps = undisturbed.length
  const each = Math.max(1, Math.ceil(steps / POINTS_MAX), Math.round(1 / every))
  const lines = [
    { name: 'calm', values: means(undisturbed, each), tag: 'without the trigger' },
    ...(survived === undefined
      ? []
      : [
          {
            name: 'kept',
            values: means(survived.goodput, each),
            tag: `trigger of ${sizeText(report, survived.trigger)}`,
          },
        ]),
    { name: 'broken', values: means(broken.goodput, each), tag: `trigger of ${sizeText(report, broken.trigger)}` },
  ]
  const most = Math.max(1e-9, ...lines.flatMap(({ values }) => values))
  const length = steps * every
  const x = (time: number): number => LEFT + (time / length) * (WIDTH - LEFT - RIGHT)
  const y = (rate: number): number => HEIGHT - BOTTOM - (rate / most) * (HEIGHT - BOTTOM - 40)
  const paths = lines.map(({ name, values }) => {
    const points = values.map(
      (value, i) => `${place(x(Math.min(length, (i + 0.5) * each * every)))} ${place(y(value))}`,
    )
    return `<path d="M${points.join('L')}" class="${name}"/>`
  })
  const tags = lines.map(
    ({ name, tag }, i) =>
      `<text x="${LEFT + 8 + i * 220}" y="18" class="tag ${name}">${i === 0 ? '┄' : '━'} ${text(tag)}</text>`,
  )
  const tick = TICKS.find((step) => length / step <= 10) ?? length / 8
  const ticks = Array.from({ length: Math.floor(length / tick + 1e-9) + 1 }, (_, i) => i * tick)
  const words = `Requests that end well a second at load ${load}: ${lines.map(({ tag, values }) => `${tag}: ${rate(values.at(-1) ?? 0)} at the end`).join('; ')}`
  return [
    `<p>${text(`Requests that end well a second, at ${report.load.setting}=${load}. The trigger begins at ${span(from)}; shaded is the time for which the greater one lasts, ${span(to - from)}.`)}</p>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(words)}">`,
    `<rect x="${place(x(from))}" y="30" width="${place(Math.max(2, x(to) - x(from)))}" height="${HEIGHT - BOTTOM - 30}" class="wrong"/>`,
    `<path d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" class="axis"/>`,
    `<text x="${LEFT - 8}" y="${place(y(most) + 4)}" class="scale">${rate(most)}</text><text x="${LEFT - 8}" y="${HEIGHT - BOTTOM}" class="scale">0</text>`,
    ...paths,
    ...tags,
    ...ticks.map(
      (time) =>
        `<text x="${place(x(time))}" y="${HEIGHT - 8}" class="time${x(time) > WIDTH - 30 ? ' end' : ''}">${text(seconds(time))}</text>`,
    ),
    '</svg>',
    `<p class="low">The run that does not come back:</p><pre class="command">${text(command)}</pre>`,
  ].join('\n')
}

/** Means of so many neighbours each. */
function means(values: readonly number[], each: number): number[] {
  return Array.from({ length: Math.ceil(values.length / each) }, (_, i) => {
    const part = values.slice(i * each, (i + 1) * each)
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
}

/** A time of the run, from seconds. */
const span = (value: number): string => exactTime(Math.round(value * 1e6))
const rate = (value: number): string => count(value >= 10 ? Math.round(value) : Math.round(value * 100) / 100)

function margins({ load, trigger, margin, cells }: MapReport): string {
  const columns = [
    { head: load.setting },
    { head: `comes back up to ${trigger.member}`, isNumber: true },
    { head: 'the slowest of these after', isNumber: true },
  ]
  const rows = byNumber(load.values).map((value) => {
    const i = load.values.indexOf(value)
    const survived = margin.triggers[i] ?? undefined
    const safe =
      survived === undefined ? [] : byNumber(trigger.values).slice(0, byNumber(trigger.values).indexOf(survived) + 1)
    const slowest = Math.max(0, ...safe.map((each) => cells[i]![trigger.values.indexOf(each)]!.after ?? 0))
    const all = cells[i]!.every(({ state }) => state === 'overloaded')
    return [
      text(shownValue(value)),
      survived === undefined
        ? `<span class="bad">${all ? 'too much load' : 'none'}</span>`
        : text(shownValue(survived)),
      survived === undefined ? '' : text(seconds(Math.round(slowest * 10) / 10)),
    ]
  })
  return table(
    `${counted(rows.length, 'load')}; a trigger counts when every smaller one is survived, too`,
    columns,
    rows,
  )
}

function list(sentences: readonly string[]): string {
  return `<ul>\n${sentences.map((words) => `<li>${sentence(words)}</li>`).join('\n')}\n</ul>`
}
