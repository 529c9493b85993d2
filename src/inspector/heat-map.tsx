// A heat map of durations: time to the right, duration upwards on a logarithmic scale, the more the brighter, p50 and p99 as lines.
import { useEffect, useRef, type MouseEvent } from 'react'
import { useLive, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { columnQuantile, gridOf, nearestInColumn, quantileStep, type Bar, type Grid } from '../run/heat.ts'
import { seconds } from '../run/words.ts'
import { heatFrom, type HeatRows } from '../sim.ts'
import { prepare } from '../timeline/chart.ts'
import { rampColour, THEMES, type Theme } from '../theme/tokens.ts'

/** CSS pixels of a column at least, and of the scale at the left. */
const COLUMN = 3
const SCALE = 46

export function HeatMap({ rows, name, pick }: { rows: HeatRows; name: string; pick: (bar: Bar) => void }) {
  const { session } = useTools()
  const theme = useApp((state) => state.theme)
  const canvas = useRef<HTMLCanvasElement>(null)
  const paint = (now: number): void => {
    const outline = session.run?.outline
    if (outline === undefined || canvas.current === null) return
    draw(canvas.current, THEMES[theme], rows, Math.ceil(outline.duration / outline.step), now / outline.duration)
  }
  useLive(paint, 200)
  useEffect(() => paint(session.clock.now))
  const click = (event: MouseEvent<HTMLCanvasElement>): void => {
    const outline = session.run?.outline
    if (outline === undefined) return
    const box = event.currentTarget.getBoundingClientRect()
    const [w, h] = [box.width - SCALE, box.height]
    const grid = gridOf(rows, Math.ceil(outline.duration / outline.step), Math.floor(w / COLUMN))
    const column = Math.floor(((event.clientX - box.left - SCALE) / w) * grid.columns)
    const step = grid.first + Math.floor((1 - (event.clientY - box.top) / h) * grid.steps)
    const found = column < 0 ? undefined : nearestInColumn(rows, grid, column, step)
    if (found !== undefined) pick(found)
  }
  const words = [0.5, 0.99].map((p) => `p${p * 100} ${seconds(heatFrom(quantileStep(rows, p)) / 1e6)}`).join(', ')
  return (
    <figure className="heat">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${name} over the whole run, ${words}. The bars below lead to single requests.`}
        onClick={click}
      />
      <figcaption className="quiet">
        <span className="p99-key">━ p99</span> <span className="p50-key">╌ p50</span> the brighter, the more
      </figcaption>
    </figure>
  )
}

function draw(canvas: HTMLCanvasElement, theme: Theme, rows: HeatRows, frames: number, share: number): void {
  const room = prepare(canvas)
  if (room === undefined) return
  const { ctx, w, h } = room
  const plot = w - SCALE
  const grid = gridOf(rows, frames, Math.floor(plot / COLUMN))
  const [dx, dy] = [plot / grid.columns, h / grid.steps]
  const y = (step: number): number => h - (step - grid.first) * dy
  ctx.fillStyle = theme.track
  ctx.fillRect(SCALE, 0, plot, h)
  for (let column = 0; column < grid.columns; column++) {
    for (let step = 0; step < grid.steps; step++) {
      const count = grid.counts[column * grid.steps + step]
      if (count === 0) continue
      ctx.fillStyle = rampColour(theme, 0.25 + 0.75 * Math.sqrt(count / grid.most))
      ctx.fillRect(SCALE + column * dx, h - (step + 1) * dy, Math.ceil(dx), Math.ceil(dy))
    }
  }
  drawLine(ctx, grid, 0.5, dx, y, theme.mid, [3, 3])
  drawLine(ctx, grid, 0.99, dx, y, theme.hi, [])
  drawScale(ctx, theme, grid, h, y)
  const x = SCALE + share * plot
  ctx.strokeStyle = theme.hi
  ctx.lineWidth = 1
  ctx.setLineDash([2, 2])
  ctx.beginPath()
  ctx.moveTo(x, 0)
  ctx.lineTo(x, h)
  ctx.stroke()
  ctx.setLineDash([])
}

function drawLine(
  ctx: CanvasRenderingContext2D,
  grid: Grid,
  p: number,
  dx: number,
  y: (step: number) => number,
  colour: string,
  dash: number[],
): void {
  ctx.beginPath()
  let open = false
  for (let column = 0; column < grid.columns; column++) {
    const step = columnQuantile(grid, column, p)
    if (step < 0) {
      open = false
      continue
    }
    const [left, at] = [SCALE + column * dx, y(step + 0.5)]
    if (open) ctx.lineTo(left, at)
    else ctx.moveTo(left, at)
    ctx.lineTo(left + dx, at)
    open = true
  }
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.4
  ctx.setLineDash(dash)
  ctx.stroke()
  ctx.setLineDash([])
}

/** Words at the powers of ten that lie in the plot, or at its ends where there are not two of them. */
function drawScale(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  grid: Grid,
  h: number,
  y: (step: number) => number,
): void {
  const [low, high] = [grid.first, grid.first + grid.steps]
  const decades = [1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10].flatMap((value) => {
    const step = stepAt(value, low, high)
    return step === undefined ? [] : [{ step, value }]
  })
  const ends = [low, high].map((step) => ({ step, value: heatFrom(step) }))
  ctx.fillStyle = theme.low
  ctx.font = '10px "JetBrains Mono", monospace'
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  for (const { step, value } of decades.length < 2 ? ends : decades)
    ctx.fillText(seconds(value / 1e6), SCALE - 4, Math.min(h - 6, Math.max(6, y(step))))
}

/** Where between two steps a duration lies, with its fraction of a step; undefined when outside. */
function stepAt(value: number, low: number, high: number): number | undefined {
  if (value < heatFrom(low) || value > heatFrom(high)) return undefined
  let step = low
  while (heatFrom(step + 1) <= value) step++
  return step + (value - heatFrom(step)) / (heatFrom(step + 1) - heatFrom(step))
}
