// Requests that wait before a full node: dots that stand still on the road, next to the door.
import type { Graphics } from 'pixi.js'
import type { Run } from '../run/run.ts'
import type { Frame } from '../sim.ts'
import { asNumber, outcomeColour, type Theme } from '../theme/tokens.ts'
import { lengthOf, resample, type Point } from './geometry.ts'
import type { Layout } from './layout.ts'

/** Most dots that stand on a road; the plate says how many more wait. */
export const STANDING_MAX = 12
/** From one to the next, and from the door to the first, in world units. */
const PITCH = 9
const DOOR = 10
const RADIUS = 3.6

/** How many wait at the end of each road: those before a node are parted by how much comes on each of its roads. */
export function waitingOn(run: Run, frame: Frame): number[] {
  const { nodes, roads } = run.outline
  const comes = roads.map((_, i) => run.rate(frame, i, 'ok') + run.rate(frame, i, 'retry'))
  return roads.map(({ to }, i) => {
    const reading = nodes[to].readings.findIndex(({ name }) => name === 'Waiting')
    const waiting = reading < 0 ? 0 : run.reading(frame, to, reading)
    if (!(waiting > 0)) return 0
    const ways = roads.flatMap((road, other) => (road.to === to ? [other] : []))
    const all = ways.reduce((sum, way) => sum + comes[way], 0)
    return Math.round(waiting * (all > 0 ? comes[i] / all : 1 / ways.length))
  })
}

/** Where so many stand on a road, the first one at the door, in the lane of what comes. */
export function placesBefore(line: readonly Point[], count: number, lane: number): Point[] {
  const length = lengthOf(line)
  const most = Math.min(count, STANDING_MAX, Math.max(0, Math.floor((length - DOOR) / PITCH)))
  if (most === 0) return []
  const points = resample(line, Math.max(2, Math.ceil(length)))
  return Array.from({ length: most }, (_, i) => {
    const at = Math.max(1, Math.round(((length - DOOR - i * PITCH) / length) * (points.length - 1)))
    const [a, b] = [points[at - 1], points[at]]
    const step = Math.hypot(b.x - a.x, b.y - a.y) || 1
    return { x: b.x - ((b.y - a.y) / step) * lane, y: b.y + ((b.x - a.x) / step) * lane }
  })
}

/** Draws all that wait anew. */
export function drawCrowds(
  graphics: Graphics,
  layout: Layout,
  waiting: readonly number[],
  lane: number,
  theme: Theme,
): void {
  graphics.clear()
  waiting.forEach((count, road) => {
    if (count === 0) return
    for (const { x, y } of placesBefore(layout.roads[road].line, count, lane)) graphics.circle(x, y, RADIUS)
    graphics
      .fill({ color: asNumber(outcomeColour(theme, 'throttled')) })
      .stroke({ width: 1.2, color: asNumber(theme.bg) })
  })
}
