// Small pictograms of our own: no vendor's icons, which are trademarks and do not read at 16 pixels.
import type { Pen } from './pen.ts'

type Icon = (pen: Pen, x: number, y: number, size: number) => void

/** Draws strokes in a square of 16 units at (x, y). */
function strokes(draw: (ctx: CanvasRenderingContext2D) => void): Icon {
  return (pen, x, y, size) => {
    const { ctx } = pen
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(size / 16, size / 16)
    ctx.strokeStyle = pen.theme.accent
    ctx.fillStyle = pen.theme.accent
    ctx.lineWidth = 1.5
    ctx.lineCap = 'round'
    ctx.lineJoin = 'round'
    ctx.beginPath()
    draw(ctx)
    ctx.stroke()
    ctx.restore()
  }
}

const path =
  (points: readonly (readonly [number, number])[]) =>
  (ctx: CanvasRenderingContext2D): void =>
    points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)))

export const ICONS = {
  people: strokes((ctx) => {
    ctx.arc(6, 5, 2.6, 0, 7)
    ctx.moveTo(1, 14)
    ctx.bezierCurveTo(1, 8.5, 11, 8.5, 11, 14)
    ctx.moveTo(10.6, 2.8)
    ctx.arc(10.4, 5, 2.3, -1.5, 1.4)
    ctx.moveTo(12.4, 9.6)
    ctx.quadraticCurveTo(15, 10.6, 15, 14)
  }),
  gate: strokes((ctx) => {
    path([
      [2, 14],
      [2, 4],
      [6, 2],
      [6, 14],
    ])(ctx)
    path([
      [10, 14],
      [10, 2],
      [14, 4],
      [14, 14],
    ])(ctx)
    path([
      [6, 8],
      [10, 8],
    ])(ctx)
  }),
  lambda: strokes((ctx) => {
    path([
      [3, 2.5],
      [6, 2.5],
      [11.5, 13.5],
      [14, 13.5],
    ])(ctx)
    path([
      [7.6, 6.4],
      [3, 13.5],
    ])(ctx)
  }),
  table: strokes((ctx) => {
    ctx.roundRect(2, 2.5, 12, 11, 2)
    path([
      [2, 6.3],
      [14, 6.3],
    ])(ctx)
    path([
      [6.3, 6.3],
      [6.3, 13.5],
    ])(ctx)
    path([
      [10.2, 6.3],
      [10.2, 13.5],
    ])(ctx)
  }),
  queue: strokes((ctx) => {
    ctx.roundRect(1.2, 4, 13.6, 8, 4)
    path([
      [5.5, 6.8],
      [5.5, 9.2],
    ])(ctx)
    path([
      [8, 6.8],
      [8, 9.2],
    ])(ctx)
    path([
      [10.5, 6.8],
      [10.5, 9.2],
    ])(ctx)
  }),
  bell: strokes((ctx) => {
    path([
      [2.5, 12],
      [4, 10.5],
      [4, 7],
    ])(ctx)
    ctx.bezierCurveTo(4, 1, 12, 1, 12, 7)
    ctx.lineTo(12, 10.5)
    ctx.lineTo(13.5, 12)
    ctx.closePath()
    path([
      [7, 14.3],
      [9, 14.3],
    ])(ctx)
  }),
  server: strokes((ctx) => {
    ctx.roundRect(2, 2, 12, 5, 1.5)
    ctx.roundRect(2, 9, 12, 5, 1.5)
    path([
      [5, 4.5],
      [5.2, 4.5],
    ])(ctx)
    path([
      [5, 11.5],
      [5.2, 11.5],
    ])(ctx)
  }),
  gauge: strokes((ctx) => {
    ctx.arc(8, 9.5, 6, Math.PI, 2 * Math.PI)
    path([
      [8, 9.5],
      [11, 6],
    ])(ctx)
    path([
      [2, 13],
      [14, 13],
    ])(ctx)
  }),
  /** One comes, many go. */
  fan: strokes((ctx) => {
    ctx.arc(3.4, 8, 1.8, 0, 7)
    for (const y of [3, 8, 13])
      path([
        [5.4, 8],
        [8.6, y],
        [14, y],
      ])(ctx)
  }),
  /** A line to which all are joined. */
  bus: strokes((ctx) => {
    path([
      [1.5, 8],
      [14.5, 8],
    ])(ctx)
    for (const [x, y] of [
      [4, 3],
      [8, 13],
      [12, 3],
    ] as const)
      path([
        [x, 8],
        [x, y],
      ])(ctx)
  }),
  funnel: strokes((ctx) => {
    path([
      [2, 3],
      [14, 3],
      [9.6, 8.6],
      [9.6, 13.4],
      [6.4, 13.4],
      [6.4, 8.6],
    ])(ctx)
    ctx.closePath()
  }),
  clock: strokes((ctx) => {
    ctx.arc(8, 8, 6.2, 0, 7)
    path([
      [8, 4.4],
      [8, 8],
      [10.6, 9.6],
    ])(ctx)
  }),
  bucket: strokes((ctx) => {
    ctx.ellipse(8, 3.8, 6, 1.9, 0, 0, 7)
    path([
      [2, 4],
      [4, 13.4],
      [12, 13.4],
      [14, 4],
    ])(ctx)
  }),
  lanes: strokes((ctx) => {
    for (const [y, length] of [
      [3.5, 9],
      [8, 13],
      [12.5, 6],
    ] as const)
      path([
        [2, y],
        [1 + length, y],
      ])(ctx)
  }),
  lines: strokes((ctx) => {
    ctx.roundRect(2, 1.6, 12, 12.8, 1.4)
    for (const [y, end] of [
      [5, 11.4],
      [8, 9.4],
      [11, 10.6],
    ] as const)
      path([
        [4.6, y],
        [end, y],
      ])(ctx)
  }),
  cache: strokes((ctx) => {
    ctx.ellipse(8, 4, 5.6, 2.2, 0, 0, 7)
    path([
      [2.4, 4],
      [2.4, 12],
    ])(ctx)
    path([
      [13.6, 4],
      [13.6, 12],
    ])(ctx)
    ctx.moveTo(13.6, 12)
    ctx.ellipse(8, 12, 5.6, 2.2, 0, 0, Math.PI)
    path([
      [8.8, 7],
      [6.6, 9.6],
      [9.2, 9.6],
      [7, 12.2],
    ])(ctx)
  }),
  pipe: strokes((ctx) => {
    ctx.roundRect(1.4, 4.6, 3, 6.8, 1)
    ctx.roundRect(11.6, 4.6, 3, 6.8, 1)
    path([
      [4.4, 6.4],
      [11.6, 6.4],
    ])(ctx)
    path([
      [4.4, 9.6],
      [11.6, 9.6],
    ])(ctx)
  }),
} satisfies Record<string, Icon>
