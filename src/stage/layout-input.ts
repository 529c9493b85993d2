// What the layout needs of an outline: the sizes of its cards, its roads, and what its alarms look at.
import { glyphOf } from '../glyphs/index.ts'
import type { Outline } from '../sim.ts'
import type { Size } from './geometry.ts'
import type { Link, Spacing } from './layout.ts'

/** Forms of a picture: few nodes have their whole cards, many have smaller ones, so that names stay readable when all are in view. */
export const FORMS = ['whole', 'middle', 'small'] as const
export type Form = (typeof FORMS)[number]

/** The least zoom at which a form is still read without effort. */
export const ZOOM_LEAST: Readonly<Record<Form, number>> = { whole: 0.52, middle: 0.72, small: 0 }

const SPACING: Readonly<Record<Form, Spacing>> = {
  whole: { nodes: 26, layers: 104 },
  middle: { nodes: 18, layers: 84 },
  small: { nodes: 12, layers: 66 },
}

function sizeIn(form: Form, { w, h }: Size): Size {
  if (form === 'whole') return { w, h }
  return form === 'middle' ? { w: Math.min(w, 164), h: Math.min(h, 92) } : { w: 150, h: 46 }
}

export interface LayoutInput {
  readonly sizes: readonly Size[]
  /** The roads come first, in their order; what is watched follows. */
  readonly links: readonly Link[]
  readonly spacing: Spacing
}

export function layoutInput(outline: Outline, form: Form): LayoutInput {
  return {
    sizes: outline.nodes.map((node) => sizeIn(form, glyphOf(node).size)),
    spacing: SPACING[form],
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
