// The charts of a sweep: a measure along an axis with the band of its interval, as SVG, and two axes against each other as a table of shades.
import { exp, ln } from '../engine/math.ts'
import { place, text } from './markup.ts'

/** A value along an axis; the ends of its interval where they are known. */
export interface Spot {
  /** Undefined where there is no data. */
  readonly value: number | undefined
  readonly low?: number
  readonly high?: number
}

/** One curve: a spot for each place of the axis. */
export interface Curve {
  /** Empty when it is the only one. */
  readonly name: string
  readonly spots: readonly Spot[]
}

/** Where the values of an axis stand: as numbers where all are, else one beside the other. */
export interface AxisScale {
  readonly name: string
  readonly labels: readonly string[]
  readonly sizes: readonly number[] | undefined
}

const WIDTH = 480
const HEIGHT = 250
const TOP = 12
const BOTTOM = 44
/** A range that spans more than this is drawn by orders of magnitude. */
const WIDE = 50
const TICKS = 5
const LABELS_MAX = 12

/** Curves over one axis. `write` makes the texts of the scale; `top` is the end of the scale where it has one, such as 1 of a share. */
export function curvesChart(
  title: string,
  axis: AxisScale,
  curves: readonly Curve[],
  write: (value: number) => string,
  top?: number,
): string {
  const right = curves.length > 1 ? 84 : 14
  const spots = curves.flatMap((curve) => curve.spots)
  const known = spots.flatMap(({ value }) => (value === undefined ? [] : [value]))
  if (known.length === 0) return ''
  const scale = scaleOf(
    known,
    spots.map(({ high = 0 }) => high),
    top,
  )
  const ticks = scale.ticks.map((tick) => (tick === 0 ? '0' : write(tick)))
  const left = 16 + 6 * Math.max(...ticks.map((tick) => tick.length))
  const x = positions(axis, left, WIDTH - right)
  const y = (value: number): string => {
    const share = Math.min(1, Math.max(0, scale.share(value)))
    return place(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM))
  }
  const grid = scale.ticks.map(
    (tick, i) =>
      `<path d="M${left} ${y(tick)}H${WIDTH - right}" class="axis"/><text x="${left - 8}" y="${Number(y(tick)) + 4}" class="scale">${text(ticks[i]!)}</text>`,
  )
  const step = Math.ceil(axis.labels.length / LABELS_MAX)
  const labels = axis.labels.map((label, i) =>
    i % step === 0 ? `<text x="${place(x[i]!)}" y="${HEIGHT - BOTTOM + 18}" class="time">${text(label)}</text>` : '',
  )
  const ends = spread(curves.map(({ spots }) => Number(y(last(spots) ?? scale.ticks[0]!))))
  const drawn = curves.map(({ name, spots }, i) => {
    const tag =
      name === '' ? '' : `<text x="${WIDTH - right + 6}" y="${place(ends[i]! + 4)}" class="name">${text(name)}</text>`
    return `<g class="s${i % 5}">${bandOf(spots, x, y)}${lineOf(spots, x, y)}${dotsOf(spots, x, y, i)}${tag}</g>`
  })
  const name = `<text x="${place((left + WIDTH - right) / 2)}" y="${HEIGHT - 6}" class="time">${text(axis.name)}</text>`
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(inWords(title, axis, curves, write))}">`,
    ...grid,
    ...labels,
    name,
    ...drawn,
    '</svg>',
  ].join('\n')
}

interface Scale {
  readonly ticks: readonly number[]
  /** 0 at the bottom to 1 at the top. */
  share(value: number): number
}

/** From 0 on where no value is below; an interval that goes further down is cut off there. */
function scaleOf(values: readonly number[], highs: readonly number[], top: number | undefined): Scale {
  const high = Math.max(...values, ...highs)
  const least = Math.min(...values)
  if (top === undefined && least > 0 && Math.max(...values) / least > WIDE) return magnitudes(least, high)
  const low = Math.min(0, least)
  const step = stepOf((top ?? high) - low)
  const first = Math.floor(low / step) * step
  const end = top ?? Math.max(first + step, Math.ceil(high / step - 1e-9) * step)
  const count = Math.round((end - first) / step)
  return {
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((first + i * step).toPrecision(12))),
    share: (value) => (value - first) / (end - first),
  }
}

/** A round step of which about five make up the width. */
function stepOf(width: number): number {
  if (!(width > 0)) return 1
  let power = 1
  while (power * 10 <= width / TICKS) power *= 10
  while (power > width / TICKS) power /= 10
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= width / TICKS) ?? 10)
}

/** Powers of ten from below the least to above the most. */
function magnitudes(least: number, most: number): Scale {
  const ticks: number[] = []
  let tick = 1
  while (tick > least) tick /= 10
  while (tick * 10 <= least) tick *= 10
  for (; ; tick *= 10) {
    ticks.push(Number(tick.toPrecision(6)))
    if (tick >= most) break
  }
  const [first, end] = [ln(ticks[0]!), ln(ticks.at(-1)!)]
  return { ticks, share: (value) => (ln(Math.max(value, ticks[0]!)) - first) / (end - first) }
}

/** Where the places of an axis stand, in units of the picture. */
function positions({ labels, sizes }: AxisScale, left: number, right: number): number[] {
  const inset = 14
  const at = (share: number): number => left + inset + share * (right - left - 2 * inset)
  const [first, end] = [sizes?.[0] ?? 0, sizes?.at(-1) ?? 0]
  if (sizes === undefined || end <= first || !sizes.every((size, i) => i === 0 || size > sizes[i - 1]!))
    return labels.map((_, i) => at(labels.length === 1 ? 0.5 : i / (labels.length - 1)))
  if (first > 0 && isGeometric(sizes)) return sizes.map((size) => at((ln(size) - ln(first)) / (ln(end) - ln(first))))
  return sizes.map((size) => at((size - first) / (end - first)))
}

/** Whether the middle one is nearer to the geometric mean of the ends, of an axis that spans more than ten times. */
function isGeometric(sizes: readonly number[]): boolean {
  const [first, middle, end] = [sizes[0]!, sizes[Math.floor(sizes.length / 2)]!, sizes.at(-1)!]
  const geometric = exp((ln(first) + ln(end)) / 2)
  return sizes.length > 2 && end / first > 10 && Math.abs(middle - geometric) < Math.abs(middle - (first + end) / 2)
}

type Y = (value: number) => string

/** The intervals as one band; stretches without data are left open. */
function bandOf(spots: readonly Spot[], x: readonly number[], y: Y): string {
  return stretches(spots, ({ low, high }) => low !== undefined && high !== undefined)
    .map((at) => {
      if (at.length === 1) {
        const { low, high } = spots[at[0]!]!
        return low === high ? '' : `<path d="M${place(x[at[0]!]!)} ${y(high!)}V${y(low!)}" class="whisker"/>`
      }
      const up = at.map((i) => `${place(x[i]!)} ${y(spots[i]!.high!)}`)
      const down = at.toReversed().map((i) => `${place(x[i]!)} ${y(spots[i]!.low!)}`)
      return `<path d="M${[...up, ...down].join('L')}z" class="band"/>`
    })
    .join('')
}

function lineOf(spots: readonly Spot[], x: readonly number[], y: Y): string {
  return stretches(spots, ({ value }) => value !== undefined)
    .filter((at) => at.length > 1)
    .map((at) => `<path d="M${at.map((i) => `${place(x[i]!)} ${y(spots[i]!.value!)}`).join('L')}" class="curve"/>`)
    .join('')
}

/** Another shape for each curve. */
const SHAPES = [
  'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z',
  'M-3.5-3.5h7v7h-7z',
  'M0-4.5L4.5 3.5h-9z',
  'M0-5L5 0L0 5L-5 0z',
  'M-4-1.5h8v3h-8z',
]

function dotsOf(spots: readonly Spot[], x: readonly number[], y: Y, curve: number): string {
  return spots
    .map(({ value }, i) =>
      value === undefined
        ? ''
        : `<path transform="translate(${place(x[i]!)} ${y(value)})" d="${SHAPES[curve % SHAPES.length]!}" class="dot"/>`,
    )
    .join('')
}

/** Places that follow each other and fit. */
function stretches(spots: readonly Spot[], fits: (spot: Spot) => boolean): number[][] {
  const found: number[][] = []
  spots.forEach((spot, i) => {
    if (!fits(spot)) return
    if (found.at(-1)?.at(-1) === i - 1) found.at(-1)!.push(i)
    else found.push([i])
  })
  return found
}

function last(spots: readonly Spot[]): number | undefined {
  return spots.findLast(({ value }) => value !== undefined)?.value
}

/** Heights of texts, moved apart so that none covers another. */
function spread(heights: readonly number[]): readonly number[] {
  const order = heights.map((height, i) => ({ height, i })).sort((a, b) => a.height - b.height)
  let least = TOP
  for (const each of order) {
    each.height = Math.max(each.height, least)
    least = each.height + 14
  }
  let most = HEIGHT - BOTTOM
  for (const each of order.toReversed()) {
    each.height = Math.min(each.height, most)
    most = each.height - 14
  }
  return heights.map((_, i) => order.find((each) => each.i === i)!.height)
}

function inWords(
  title: string,
  { name, labels }: AxisScale,
  curves: readonly Curve[],
  write: (value: number) => string,
): string {
  const parts = curves.map(({ name: curve, spots }) => {
    const at = spots.flatMap(({ value }, i) => (value === undefined ? [] : [{ value, label: labels[i]! }]))
    if (at.length === 0) return `${curve} has no data`
    const [low, high] = [
      at.reduce((a, b) => (b.value < a.value ? b : a)),
      at.reduce((a, b) => (b.value > a.value ? b : a)),
    ]
    return `${curve === '' ? '' : `${curve}: `}least ${write(low.value)} at ${low.label}, most ${write(high.value)} at ${high.label}`
  })
  return `${title} along ${name}. ${parts.join('; ')}`
}

/** Two axes as a table of shades with their numbers: more is darker. */
export function mapTable(
  title: string,
  down: AxisScale,
  across: AxisScale,
  values: readonly (readonly (number | undefined)[])[],
  write: (value: number) => string,
  ends?: readonly [low: number, high: number],
): string {
  const known = values.flat().filter((value) => value !== undefined)
  if (known.length === 0) return ''
  const [low, high] = ends ?? [Math.min(...known), Math.max(...known)]
  const scale = low > 0 && high / low > WIDE ? (value: number): number => ln(value / low) / ln(high / low) : undefined
  const shade = (value: number): number => {
    const share = high > low ? (scale?.(value) ?? (value - low) / (high - low)) : 0
    return Math.min(8, Math.max(0, Math.floor(share * 9)))
  }
  const cell = (value: number | undefined): string =>
    value === undefined ? '<td>–</td>' : `<td class="h${shade(value)}">${text(write(value))}</td>`
  const label = `${title}: ${down.name} down, ${across.name} across`
  return [
    `<figure><figcaption>${text(title)} <small>${text(down.name)} down, ${text(across.name)} across</small></figcaption>`,
    `<div class="wide" role="region" aria-label="${text(label)}" tabindex="0"><table class="map">`,
    `<thead><tr><th scope="col"></th>${across.labels.map((each) => `<th scope="col">${text(each)}</th>`).join('')}</tr></thead><tbody>`,
    ...values.map((row, i) => `<tr><th scope="row">${text(down.labels[i]!)}</th>${row.map(cell).join('')}</tr>`),
    '</tbody></table></div>',
    `<div class="scale-of" aria-hidden="true">${text(write(low))}${Array.from({ length: 9 }, (_, i) => `<span class="h${i}"></span>`).join('')}${text(write(high))}</div></figure>`,
  ].join('\n')
}
