// The roads between cards, and the dashed lines to what alarms look at, in the renderer's own shapes.
import type { Graphics } from 'pixi.js'
import type { Outline } from '../sim.ts'
import { asNumber, type Theme } from '../theme/tokens.ts'
import type { Point } from './geometry.ts'
import type { Layout } from './layout.ts'

/** In world units. */
export const ROAD_WIDTH = { answers: 20, oneWay: 12 } as const
/** Lines to what alarms look at that are drawn all at once. */
const WATCHES_MAX = 8

/** Draws all roads anew; of many dashed lines only those of the selected node. */
export function drawRoads(
  graphics: Graphics,
  { roads }: Layout,
  outline: Outline,
  theme: Theme,
  selected: number | undefined,
): void {
  graphics.clear()
  const trace = (line: readonly Point[]): void =>
    line.forEach((point, i) => (i === 0 ? graphics.moveTo(point.x, point.y) : graphics.lineTo(point.x, point.y)))
  outline.roads.forEach((road, i) => {
    trace(roads[i].line)
    const width = road.answers ? ROAD_WIDTH.answers : ROAD_WIDTH.oneWay
    graphics.stroke({ width, color: asNumber(theme.road), join: 'round', cap: 'butt' })
  })
  outline.roads.forEach((road, i) => {
    if (!road.answers) return
    trace(roads[i].line)
    graphics.stroke({ width: 1, color: asNumber(theme.line), alpha: 0.8, join: 'round' })
  })
  outline.roads.forEach((_, i) => {
    const [a, b] = roads[i].line.slice(-2)
    if (a === undefined || b === undefined) return
    const side = Math.sign(b.x - a.x) || 1
    graphics
      .poly([b.x - 1 * side, b.y, b.x - 8 * side, b.y - 5, b.x - 8 * side, b.y + 5])
      .fill({ color: asNumber(theme.low) })
  })
  const watched = outline.nodes.flatMap((node, i) => (node.watches ?? []).map((other) => [i, other]))
  roads.slice(outline.roads.length).forEach(({ line }, i) => {
    // Many of them are a thicket: then only those of the selection are drawn.
    if (watched.length > WATCHES_MAX && !watched[i].includes(selected ?? -1)) return
    dashes(line, (from, to) => graphics.moveTo(from.x, from.y).lineTo(to.x, to.y))
    graphics.stroke({ width: 1.5, color: asNumber(theme.low), alpha: 0.7 })
  })
}

/** Cuts a line into dashes of 5 with gaps of 4 units. */
function dashes(line: readonly Point[], draw: (from: Point, to: Point) => void): void {
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]]
    const length = Math.hypot(b.x - a.x, b.y - a.y)
    for (let at = 0; at < length; at += 9) {
      const t = (d: number): Point => ({ x: a.x + ((b.x - a.x) * d) / length, y: a.y + ((b.y - a.y) * d) / length })
      draw(t(at), t(Math.min(length, at + 5)))
    }
  }
}
