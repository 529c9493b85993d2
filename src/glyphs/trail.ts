// A reading over the last moments, as a line.
import type { Box } from '../stage/geometry.ts'
import type { Pen } from './pen.ts'

/** How far back a line reaches, in frames. */
export const TRAIL = 90

interface TrailStyle {
  readonly colour: string
  /** Stands as a dashed line at two thirds of the height; without it the line's own height is the greatest value. */
  readonly limit?: number
  /** The room below the line is filled with it. */
  readonly fill?: string
}

/** Draws `values`, the newest at the right; gaps (NaN) stay gaps. Without a limit the scale begins at 0 and ends at the greatest value. */
export function trail(pen: Pen, box: Box, values: readonly number[], { colour, limit, fill }: TrailStyle): void {
  const { theme, k, ctx } = pen
  const greatest = values.reduce((most, value) => (value > most ? value : most), 0)
  const top = Math.max(limit === undefined ? greatest : limit * 1.5, 1e-9)
  const xOf = (i: number): number => box.x + box.w - ((values.length - 1 - i) / (TRAIL - 1)) * box.w
  const yOf = (value: number): number => box.y + box.h - (Math.min(Math.max(value, 0), top) / top) * (box.h - 2)
  pen.rect(box, theme.track, 3)
  if (fill !== undefined) {
    ctx.beginPath()
    ctx.moveTo(xOf(0), box.y + box.h)
    values.forEach((value, i) => ctx.lineTo(xOf(i), yOf(Number.isNaN(value) ? 0 : value)))
    ctx.lineTo(xOf(values.length - 1), box.y + box.h)
    ctx.fillStyle = fill
    ctx.fill()
  }
  ctx.beginPath()
  let open = false
  values.forEach((value, i) => {
    if (Number.isNaN(value)) open = false
    else if (open) ctx.lineTo(xOf(i), yOf(value))
    else ctx.moveTo(xOf(i), yOf(value))
    open = !Number.isNaN(value)
  })
  ctx.lineWidth = 1.6 * k
  ctx.lineJoin = 'round'
  ctx.strokeStyle = colour
  ctx.stroke()
  if (limit === undefined) return
  const y = box.y + box.h / 3
  pen.line(box.x, y, box.x + box.w, y, theme.hi, 1.2, [4, 3])
}
