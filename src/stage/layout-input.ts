// What the layout needs of an outline: the sizes of its cards, its roads, and what its alarms look at.
import { glyphOf } from '../glyphs/index.ts'
import type { Outline } from '../sim.ts'
import type { Size } from './geometry.ts'
import type { Spacing } from './layout.ts'
import type { Link } from './routes.ts'

/** Forms of a picture: few nodes have their whole cards, many have smaller ones, so that names stay readable when all are in view. */
export const FORMS = ['whole', 'narrow', 'low', 'middle', 'small'] as const
export type Form = (typeof FORMS)[number]

/** The least zoom at which a form is still read without effort: texts keep their size when a card shrinks. */
export const ZOOM_LEAST: Readonly<Record<Form, number>> = {
  whole: 0.74,
  narrow: 0.66,
  low: 0.66,
  middle: 0.66,
  small: 0,
}

const SPACING: Readonly<Record<Form, Spacing>> = {
  whole: { nodes: 26, layers: 104 },
  narrow: { nodes: 18, layers: 78, zoom: 0.8 },
  low: { nodes: 16, layers: 78, zoom: 0.8 },
  middle: { nodes: 16, layers: 76, zoom: 0.75 },
  small: { nodes: 8, layers: 62, zoom: 0.65 },
}

/** The most that a card takes in a form. */
const MOST: Readonly<Record<Form, Size>> = {
  whole: { w: Infinity, h: Infinity },
  narrow: { w: 184, h: 172 },
  low: { w: 176, h: 128 },
  middle: { w: 164, h: 92 },
  small: { w: 164, h: 34 },
}

function sizeIn(form: Form, { w, h }: Size): Size {
  const most = MOST[form]
  return { w: Math.min(w, most.w), h: Math.min(h, most.h) }
}

export interface LayoutInput {
  readonly sizes: readonly Size[]
  /** The roads come first, in their order; what is watched follows. */
  readonly links: readonly Link[]
  readonly spacing: Spacing
}

/** How far two neighbours stand apart in a form: places are kept in this unit, so that they mean the same in every form. */
export function pitchOf(form: Form): Size {
  const { w, h } = form === 'whole' ? { w: 236, h: 196 } : MOST[form]
  return { w: w + SPACING[form].layers, h: h + SPACING[form].nodes }
}

export function layoutInput(outline: Outline, form: Form): LayoutInput {
  return {
    sizes: outline.nodes.map((node) => sizeIn(form, glyphOf(node).size)),
    spacing: SPACING[form],
    links: [
      ...outline.roads.map((road) => ({ from: road.from, to: road.to, weight: road.answers ? 3 : 2 })),
      // An account stands before those who share its limits; an alarm behind what it watches.
      ...outline.nodes.flatMap((node, i) =>
        (node.watches ?? []).map((other): Link => {
          const [from, to] = node.glyph === 'account' ? [i, other] : [other, i]
          return { from, to, weight: 1, aside: true }
        }),
      ),
    ],
  }
}
