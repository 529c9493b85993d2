// The lanes of the time line: requests, throttles and errors of the whole run as areas, the run before as a ghost.
import type { Run } from '../run/run.ts'
import { LANES, type Lane } from '../sim.ts'
import type { Former } from '../app/store.ts'
import { axisMoment, perSecond } from '../run/words.ts'
import type { Theme } from '../theme/tokens.ts'
import type { Mark } from '../sim.ts'
import { peaks, prepare } from './chart.ts'
import { COLUMN, densityOf } from './marks.ts'
import type { Range } from './range.ts'

export const AXIS = 18
/** Below the lanes, for the words of the marks. */
export const WORDS = 32

/** Round steps of an axis, in µs. */
const STEPS = [
  1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 15e6, 3e7, 6e7, 12e7, 3e8, 6e8, 9e8, 18e8, 36e8,
  72e8, 144e8, 432e8, 864e8,
]

export function ticksOf(range: Range, width: number): number[] {
  const wanted = (range.to - range.from) / Math.max(1, width / 88)
  const step = STEPS.find((each) => each >= wanted) ?? 864e8
  const ticks: number[] = []
  for (let at = Math.ceil(range.from / step) * step; at <= range.to; at += step) ticks.push(at)
  return ticks
}

const colourOf = (theme: Theme, lane: Lane): string =>
  lane === 'requests' ? theme.ramp[3] : lane === 'throttles' ? theme.throttled : theme.error

export function drawLanes(
  canvas: HTMLCanvasElement,
  theme: Theme,
  run: Run,
  range: Range,
  former: Former | undefined,
): void {
  const room = prepare(canvas)
  if (room === undefined) return
  const { ctx, w, h } = room
  const xOf = (time: number): number => ((time - range.from) / (range.to - range.from)) * w
  ctx.font = '11px "JetBrains Mono", monospace'
  ctx.textBaseline = 'alphabetic'
  const bottom = h - WORDS
  // What is simulated is a shade lighter than what is still to come.
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, AXIS, w, bottom - AXIS)
  ctx.fillStyle = theme.panel
  ctx.fillRect(0, AXIS, Math.max(0, xOf(run.reached)), bottom - AXIS)
  ctx.lineWidth = 1
  for (const tick of ticksOf(range, w)) {
    const x = Math.round(xOf(tick)) + 0.5
    ctx.strokeStyle = theme.line
    ctx.globalAlpha = 0.7
    ctx.beginPath()
    ctx.moveTo(x, AXIS)
    ctx.lineTo(x, bottom)
    ctx.stroke()
    ctx.globalAlpha = 1
    ctx.fillStyle = theme.low
    const words = axisMoment(tick)
    const width = ctx.measureText(words).width
    ctx.fillText(words, Math.min(Math.max(0, x - width / 2), w - width), 12)
  }
  const { step, warmUp } = run.outline
  if (warmUp > range.from) {
    ctx.fillStyle = theme.line
    ctx.globalAlpha = 0.35
    ctx.fillRect(0, AXIS, Math.max(0, xOf(warmUp)), bottom - AXIS)
    ctx.globalAlpha = 1
  }
  const height = (bottom - AXIS) / LANES.length
  const columns = Math.ceil(w)
  LANES.forEach((lane, i) => {
    const base = AXIS + height * (i + 1) - 1
    const data = run.lanes[lane]
    const ghost = former?.lanes[lane]
    const top = Math.max(1e-9, maxOf(data), ghost === undefined ? 0 : maxOf(ghost))
    const y = (value: number): number => base - (value / top) * (height - 15)
    const values = peaks(data.length, (at) => data[at], range.from / step, range.to / step, columns)
    ctx.beginPath()
    ctx.moveTo(0, base)
    values.forEach((value, x) => ctx.lineTo(x, Number.isNaN(value) ? base : y(value)))
    ctx.lineTo(w, base)
    ctx.closePath()
    ctx.fillStyle = colourOf(theme, lane)
    ctx.globalAlpha = lane === 'requests' ? 0.75 : 0.95
    ctx.fill()
    ctx.globalAlpha = 1
    if (ghost !== undefined && former !== undefined) {
      const old = peaks(ghost.length, (at) => ghost[at], range.from / former.step, range.to / former.step, columns)
      ctx.beginPath()
      old.forEach((value, x) => (x === 0 ? ctx.moveTo(x, y(value || 0)) : ctx.lineTo(x, y(value || 0))))
      ctx.strokeStyle = theme.hi
      ctx.setLineDash([3, 3])
      ctx.lineWidth = 1.3
      ctx.stroke()
      ctx.setLineDash([])
    }
    ctx.strokeStyle = theme.line
    ctx.lineWidth = 1
    ctx.beginPath()
    ctx.moveTo(0, base + 0.5)
    ctx.lineTo(w, base + 0.5)
    ctx.stroke()
    ctx.font = '11px Inter, sans-serif'
    const name = lane === 'errors' ? 'errors, time-outs' : lane
    const words = top > 1e-6 ? `${name} · up to ${perSecond(top)}` : `${name} · none`
    const width = ctx.measureText(words).width
    // On a plate of its own: an area behind it must not swallow it.
    ctx.fillStyle = theme.panel
    ctx.globalAlpha = 0.8
    ctx.fillRect(2, base - height + 3, width + 8, 15)
    ctx.globalAlpha = 1
    ctx.fillStyle = theme.mid
    ctx.fillText(words, 6, base - height + 14)
    ctx.font = '11px "JetBrains Mono", monospace'
  })
}

/** The strip of densities at the foot of the lanes: where many marks stand, however many have a shape of their own. */
export function drawDensity(canvas: HTMLCanvasElement, theme: Theme, marks: readonly Mark[], range: Range): void {
  const ctx = canvas.getContext('2d')
  if (ctx === null) return
  const [w, h] = [canvas.clientWidth, canvas.clientHeight]
  const counts = densityOf(marks, range, w)
  const most = maxOf(counts)
  counts.forEach((count, i) => {
    if (count === 0) return
    const height = 2 + 5 * (count / most)
    ctx.fillStyle = theme.accent
    ctx.fillRect(i * COLUMN, h - WORDS - height, COLUMN - 1, height)
  })
}

function maxOf(values: readonly number[]): number {
  let most = 0
  for (const value of values) if (value > most) most = value
  return most
}
