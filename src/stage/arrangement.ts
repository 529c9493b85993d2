// Which form the cards take on a stage of a given size, and where they stand: automatic, dragged, or as before an edit.
import type { Outline } from '../sim.ts'
import type { Box, Point, Size } from './geometry.ts'
import { FORMS, layoutInput, pitchOf, type Form, type LayoutInput } from './layout-input.ts'
import { automatic, layOut, layOutAt, middleOf, type Automatic, type Layout } from './layout.ts'

/** Middles of cards by the names of their nodes, in pitches: the same in every form. */
export type NamedPlaces = ReadonlyMap<string, Point>

export interface Arrangement {
  readonly form: Form
  readonly layout: Layout
  readonly input: LayoutInput
  readonly auto: Automatic
}

/**
 * The largest form that `fits`, with the cards at their `chosen` places; those that stood on the stage `before` stay there, and
 * new ones come beside them.
 */
export function arrange(
  outline: Outline,
  chosen: NamedPlaces,
  before: NamedPlaces,
  fits: (layout: Layout, form: Form) => boolean,
): Arrangement {
  for (const form of FORMS) {
    const arrangement = arrangedIn(outline, form, chosen, before)
    if (form === FORMS.at(-1) || fits(arrangement.layout, form)) return arrangement
  }
  throw new Error('there is no form')
}

function arrangedIn(outline: Outline, form: Form, chosen: NamedPlaces, before: NamedPlaces): Arrangement {
  const input = layoutInput(outline, form)
  const { sizes, links, spacing } = input
  const auto = automatic(sizes, links, spacing)
  const pitch = pitchOf(form)
  const known = outline.nodes.map(({ name }, i) => {
    const place = chosen.get(name) ?? before.get(name)
    if (place !== undefined) return inUnits(place, pitch)
    // On a stage that was empty nothing gives way to a card that was dragged.
    return before.size === 0 ? middleOf(auto.boxes[i]) : undefined
  })
  const moved = outline.nodes.some(({ name }) => chosen.has(name) || before.has(name))
  return { form, input, auto, layout: layOut(sizes, links, spacing, moved ? known : [], auto) }
}

/** The same with one card somewhere else, on others perhaps: while it is dragged. */
export function withCardAt(arrangement: Arrangement, node: number, at: Point): Arrangement {
  const { input, auto, layout } = arrangement
  const boxes = layout.boxes.map((box, i): Box => (i === node ? { ...box, ...at } : box))
  return { ...arrangement, layout: layOutAt(boxes, input.links, input.spacing, auto) }
}

/** Where a box's middle is, in pitches of a form, to a hundredth. */
export function placeOf(box: Box, form: Form): Point {
  const pitch = pitchOf(form)
  const middle = middleOf(box)
  return { x: Math.round((middle.x / pitch.w) * 100) / 100, y: Math.round((middle.y / pitch.h) * 100) / 100 }
}

/** The places of all cards, exactly. */
export function placesOf({ layout, form }: Arrangement, outline: Outline): NamedPlaces {
  const { w, h } = pitchOf(form)
  return new Map(
    outline.nodes.map(({ name }, i) => {
      const { x, y } = middleOf(layout.boxes[i])
      return [name, { x: x / w, y: y / h }]
    }),
  )
}

const inUnits = (place: Point, pitch: Size): Point => ({ x: place.x * pitch.w, y: place.y * pitch.h })
