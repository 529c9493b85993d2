// Places of cards that do not come from the automatic layout: where somebody dragged them, or where they stood before an edit.
import type { Box, Point } from './geometry.ts'

/** Least room between two cards, in world units. */
export const APART = 10
/** Neighbours whose outlines are looked at for a free place. */
const NEAR = 60

/** The place nearest to where the box stands at which it touches none of the others. */
export function nearestFree(box: Box, others: readonly Box[], apart: number = APART): Box {
  if (isFree(box, others, apart)) return box
  // The nearest free place touches one or two of the others: only their outlines, grown by half of this box, need a look.
  const xs = [box.x]
  const ys = [box.y]
  const middle = (each: Box): Point => ({ x: each.x + each.w / 2, y: each.y + each.h / 2 })
  const near =
    others.length <= NEAR
      ? others
      : [...others].sort((a, b) => far(middle(a), middle(box)) - far(middle(b), middle(box))).slice(0, NEAR)
  for (const other of near) {
    xs.push(other.x - box.w - apart, other.x + other.w + apart)
    ys.push(other.y - box.h - apart, other.y + other.h + apart)
  }
  const found = xs.flatMap((x) => ys.map((y) => ({ ...box, x, y }))).sort((a, b) => far(a, box) - far(b, box))
  return found.find((place) => isFree(place, others, apart)) ?? box
}

/** Puts each box that `isLoose` says to its nearest free place, one after the other; the rest stay where they are. */
export function settle(boxes: readonly Box[], isLoose: (index: number) => boolean, apart: number = APART): Box[] {
  const settled = boxes.flatMap((box, i) => (isLoose(i) ? [] : [box]))
  return boxes.map((box, i) => {
    if (!isLoose(i)) return box
    const free = nearestFree(box, settled, apart)
    settled.push(free)
    return free
  })
}

/** How far the middles of two boxes of one size are apart, squared. */
const far = (a: Point, b: Point): number => (a.x - b.x) ** 2 + (a.y - b.y) ** 2

/** Whether a box keeps its distance from all others. */
export function isFree(box: Box, others: readonly Box[], apart: number): boolean {
  return others.every(
    (other) =>
      // A hair of tolerance: a box that stands exactly `apart` is free.
      box.x >= other.x + other.w + apart - 1e-6 ||
      box.x + box.w + apart <= other.x + 1e-6 ||
      box.y >= other.y + other.h + apart - 1e-6 ||
      box.y + box.h + apart <= other.y + 1e-6,
  )
}
