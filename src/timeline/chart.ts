// Small charts on a canvas: one line over the whole run, and the lanes of the time line.
import type { Theme } from '../theme/tokens.ts'

export interface Line {
  readonly length: number
  readonly value: (index: number) => number
  /** Index at which the run ends: the width of the chart. */
  readonly end: number
  /** Index of the moment shown; fractions allowed. */
  readonly at: number
}

/** Makes the canvas as many device pixels as it is large on the page; answers its size in CSS pixels. */
export function prepare(
  canvas: HTMLCanvasElement,
): { ctx: CanvasRenderingContext2D; w: number; h: number } | undefined {
  const density = Math.min(3, (window.devicePixelRatio || 1) * (canvas.currentCSSZoom ?? 1))
  const [w, h] = [canvas.clientWidth, canvas.clientHeight]
  const ctx = canvas.getContext('2d')
  if (ctx === null || w === 0 || h === 0) return undefined
  const [width, height] = [Math.round(w * density), Math.round(h * density)]
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  ctx.setTransform(density, 0, 0, density, 0, 0)
  ctx.clearRect(0, 0, w, h)
  return { ctx, w, h }
}

/** The greatest value of each of `columns` equal stretches of [from, to) indices: no peak is lost, however narrow. */
export function peaks(
  length: number,
  value: (index: number) => number,
  from: number,
  to: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(columns).fill(NaN)
  for (let column = 0; column < columns; column++) {
    const start = Math.floor(from + ((to - from) * column) / columns)
    const end = Math.max(start + 1, Math.ceil(from + ((to - from) * (column + 1)) / columns))
    for (let i = Math.max(0, start); i < Math.min(end, length); i++) {
      const each = value(i)
      if (!(each <= out[column])) out[column] = Number.isNaN(each) ? out[column] : each
    }
  }
  return out
}

/** A reading over the run: line, soft area, playhead. */
export function drawChart(canvas: HTMLCanvasElement, theme: Theme, line: Line): void {
  const room = prepare(canvas)
  if (room === undefined) return
  const { ctx, w, h } = room
  const values = peaks(line.length, line.value, 0, line.end, Math.ceil(w))
  const finite = values.filter((value) => !Number.isNaN(value))
  const top = Math.max(1e-9, ...finite)
  const low = Math.min(0, ...finite)
  const y = (value: number): number => h - 2 - ((value - low) / (top - low)) * (h - 5)
  ctx.strokeStyle = theme.line
  ctx.lineWidth = 1
  ctx.beginPath()
  ctx.moveTo(0, y(0))
  ctx.lineTo(w, y(0))
  ctx.stroke()
  const trace = (): void => {
    let open = false
    values.forEach((value, x) => {
      if (Number.isNaN(value)) open = false
      else if (open) ctx.lineTo(x, y(value))
      else {
        ctx.moveTo(x, y(value))
        open = true
      }
    })
  }
  ctx.beginPath()
  trace()
  ctx.strokeStyle = theme.ramp[3]
  ctx.lineWidth = 1.4
  ctx.stroke()
  const x = (line.at / line.end) * w
  ctx.beginPath()
  ctx.setLineDash([2, 2])
  ctx.moveTo(x, 0)
  ctx.lineTo(x, h)
  ctx.strokeStyle = theme.hi
  ctx.lineWidth = 1
  ctx.stroke()
  ctx.setLineDash([])
}
