// What the layout needs of an outline: the sizes of its cards, its roads, and what its alarms look at.
import { glyphOf } from '../glyphs/index.ts'
import type { Outline } from '../sim.ts'
import type { Size } from './geometry.ts'
import type { Link } from './layout.ts'

/** The roads come first, in their order; what is watched follows. */
export function layoutInput(outline: Outline): { readonly sizes: readonly Size[]; readonly links: readonly Link[] } {
  return {
    sizes: outline.nodes.map((node) => glyphOf(node).size),
    links: [
      ...outline.roads.map((road) => ({ from: road.from, to: road.to, weight: road.answers ? 3 : 2 })),
      ...outline.nodes.flatMap((node, i) =>
        // An account stands before those who share its limits; an alarm behind what it watches.
        (node.watches ?? []).map((other) =>
          node.glyph === 'account' ? { from: i, to: other, weight: 1 } : { from: other, to: i, weight: 1 },
        ),
      ),
    ],
  }
}
