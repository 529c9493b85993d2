// How wide a system is drawn: nodes one behind the other, from where requests come in.
import type { Outline } from '../sim.ts'

/** A system with so many columns or more is wider than high. */
const WIDE = 4

/** Whether two pictures of it are better shown one above the other. */
export function isWide({ nodes, roads }: Outline): boolean {
  const entered = new Set(roads.map((road) => road.to))
  const column = new Map<number, number>()
  let next = [...nodes.keys()].filter((node) => !entered.has(node))
  for (let depth = 0; next.length > 0; depth++) {
    for (const node of next) column.set(node, depth)
    const from = new Set(next)
    next = [...new Set(roads.filter((road) => from.has(road.from)).map((road) => road.to))].filter(
      (node) => !column.has(node),
    )
  }
  return Math.max(-1, ...column.values()) + 1 >= WIDE
}
