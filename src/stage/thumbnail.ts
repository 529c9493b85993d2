// The picture of a scenario in the gallery: its cards and roads in small, drawn from its own outline.
import { glyphOf } from '../glyphs/index.ts'
import { Pen } from '../glyphs/pen.ts'
import type { Outline } from '../sim.ts'
import type { Theme } from '../theme/tokens.ts'
import { fit, toScreen } from './camera.ts'
import { layOut } from './layout.ts'
import { layoutInput } from './layout-input.ts'

/** Draws into the canvas at twice its size on the page. */
export function drawThumbnail(canvas: HTMLCanvasElement, outline: Outline, theme: Theme): void {
  const ctx = canvas.getContext('2d')
  if (ctx === null) return
  const { sizes, links, spacing } = layoutInput(outline, 'whole')
  const { boxes, roads, bounds } = layOut(sizes, links, spacing)
  const screen = { w: canvas.width, h: canvas.height }
  const camera = fit(bounds, screen, { top: 26, right: 30, bottom: 26, left: 30 }, 0.62)
  ctx.clearRect(0, 0, screen.w, screen.h)
  const pen = new Pen(ctx, theme)
  ctx.lineJoin = 'round'
  outline.roads.forEach((road, i) => {
    ctx.beginPath()
    roads[i].line.forEach((point, at) => {
      const [x, y] = [point.x * camera.zoom + camera.x, point.y * camera.zoom + camera.y]
      if (at === 0) ctx.moveTo(x, y)
      else ctx.lineTo(x, y)
    })
    ctx.lineWidth = road.answers ? 7 : 5
    ctx.strokeStyle = theme.line
    ctx.stroke()
    ctx.setLineDash([0, 13])
    ctx.lineCap = 'round'
    ctx.lineWidth = 5
    ctx.strokeStyle = theme.ramp[3]
    ctx.stroke()
    ctx.setLineDash([])
    ctx.lineCap = 'butt'
  })
  outline.nodes.forEach((node, i) => {
    const box = toScreen(camera, boxes[i])
    pen.rect(box, theme.card, 8, theme.line, 1.5)
    const size = Math.min(46, box.w * 0.5, box.h * 0.5)
    glyphOf(node).icon(pen, box.x + (box.w - size) / 2, box.y + (box.h - size) / 2, size)
  })
}
