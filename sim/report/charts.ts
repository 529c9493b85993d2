// The charts of a report as SVG in the page itself: the lanes of the time line with their marks, and a small line per reading.
import { count, seconds } from './figures.ts'
import type { History, ReadingHistory } from './history.ts'
import { place, text } from './markup.ts'

const WIDTH = 760
const LEFT = 64
const RIGHT = 12
const LANE = 84
const GAP = 16
const MARKS = 22
/** Marks that are drawn, and that are listed beside. */
const MARKS_MAX = 40
/** Rows of the table that says the same. */
const ROWS = 12
/** Distances of marks on the time axis, in seconds. */
const TICKS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

const LANE_WORDS: Readonly<Record<string, string>> = {
  requests: 'requests a second that come in',
  throttles: 'refused a second',
  errors: 'errors and time-outs a second',
}
const MARK_SHAPES: Readonly<Record<string, string>> = {
  fault: 'M0-5L5 4H-5z',
  alarm: 'M0-5L5 4H-5z',
  first: 'M-4-4H4V4H-4z',
  action: 'M0-5L5 0L0 5L-5 0z',
  deployment: 'M0-5L5 0L0 5L-5 0z',
}

/** All lanes over one axis of time. */
export function lanesChart({ lanes, step, duration, marks }: History): string {
  const plot = WIDTH - LEFT - RIGHT
  const x = (time: number): number => LEFT + (time / duration) * plot
  const bottom = MARKS + lanes.length * (LANE + GAP)
  const parts = lanes.map(({ name, rates }, i) => {
    const base = MARKS + (i + 1) * (LANE + GAP) - 2
    const most = greatest(rates)
    const y = (rate: number): number => base - (most === 0 ? 0 : (rate / most) * (LANE - 14))
    const outline = rates.map((rate, frame) => `L${place(x((frame + 0.5) * step))} ${place(y(rate))}`).join('')
    const end = place(Math.min(x(rates.length * step), WIDTH - RIGHT))
    const area = `M${LEFT} ${base}${outline}L${end} ${base}z`
    return [
      `<text x="${LEFT}" y="${base - LANE + 8}" class="lane">${text(LANE_WORDS[name] ?? name)}</text>`,
      `<path d="${area}" class="${text(name)}"/>`,
      `<path d="M${LEFT} ${base}H${WIDTH - RIGHT}" class="axis"/>`,
      most === 0
        ? `<text x="${LEFT - 8}" y="${base}" class="scale">none</text>`
        : `<text x="${LEFT - 8}" y="${place(y(most) + 4)}" class="scale">${rate(most)}</text><text x="${LEFT - 8}" y="${base}" class="scale">0</text>`,
    ].join('')
  })
  const shown = marks.slice(0, MARKS_MAX).map((mark) => {
    const at = place(x(mark.time))
    return `<g class="mark ${text(mark.kind)}"><title>${text(mark.text)}, at ${moment(mark.time)}</title><path d="M${at} ${MARKS - 6}V${bottom}" class="stem"/><path transform="translate(${at} ${MARKS - 12})" d="${MARK_SHAPES[mark.kind] ?? MARK_SHAPES['first']!}"/></g>`
  })
  const tick = TICKS.find((each) => duration / 1e6 / each <= 9) ?? duration / 1e6 / 8
  const ticks = Array.from({ length: Math.floor(duration / 1e6 / tick + 1e-9) + 1 }, (_, i) => {
    const at = x(i * tick * 1e6)
    const anchor = at > WIDTH - RIGHT - 20 ? ' end' : ''
    return `<text x="${place(at)}" y="${bottom + 16}" class="time${anchor}">${seconds(i * tick)}</text>`
  })
  const words = lanes.map((lane) => `${lane.name}: ${laneInWords(lane.rates, step)}`).join('; ')
  return [
    `<svg viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img" aria-label="Over time. ${text(words)}">`,
    ...shown,
    ...parts,
    ...ticks,
    '</svg>',
  ].join('\n')
}

/** What the chart shows, as rows of a table: even stretches of the run, the mean of each lane in them. */
export function laneRows({ lanes, step, duration }: History): string[][] {
  const frames = Math.max(0, ...lanes.map(({ rates }) => rates.length))
  const each = Math.max(1, Math.ceil(duration / step / ROWS))
  return Array.from({ length: Math.ceil(frames / each) }, (_, row) => {
    const [from, to] = [row * each, Math.min(frames, (row + 1) * each)]
    const means = lanes.map(({ rates }) => rates.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from))
    return [`${moment(from * step)} to ${moment(Math.min(duration, to * step))}`, ...means.map(rate)]
  })
}

/** `most 882 at 6 m`. */
function laneInWords(rates: readonly number[], step: number): string {
  const most = greatest(rates)
  return most === 0 ? 'none' : `most ${rate(most)} at ${moment((rates.indexOf(most) + 0.5) * step)}`
}

/** A reading over the run, as small as a word. */
export function sparkline({ points }: ReadingHistory): string {
  const most = greatest(points)
  const [width, height] = [150, 22]
  let pen = 'M'
  let path = ''
  points.forEach((value, i) => {
    if (Number.isNaN(value)) {
      pen = 'M'
      return
    }
    const y = height - 2 - (most > 0 ? (Math.max(0, value) / most) * (height - 4) : 0)
    path += `${pen}${place((i / (points.length - 1)) * width)} ${place(y)}`
    pen = 'L'
  })
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="spark" aria-hidden="true"><path d="${path}"/></svg>`
}

/** The marks of the chart as a list; undefined when there are none. */
export function markItems({ marks }: History): string | undefined {
  if (marks.length === 0) return undefined
  const more = marks.length > MARKS_MAX ? [`<li>and ${count(marks.length - MARKS_MAX)} more</li>`] : []
  const items = marks
    .slice(0, MARKS_MAX)
    .map((mark) => `<li><span class="when">${moment(mark.time)}</span> ${text(mark.text)}</li>`)
  return `<ul class="marks">${[...items, ...more].join('\n')}</ul>`
}

/** A moment from µs, to whole seconds from ten on. */
function moment(us: number): string {
  const value = us / 1e6
  return seconds(value < 10 ? Math.round(value * 100) / 100 : Math.round(value))
}

export const greatest = (values: readonly number[]): number =>
  values.reduce((most, value) => (value > most ? value : most), 0)

/** A rate, to three digits. */
const rate = (value: number): string => (value > 0 && value < 0.01 ? '< 0.01' : count(rounded(value)))
const rounded = (value: number): number => (value >= 10 ? Math.round(value) : Math.round(value * 100) / 100)
