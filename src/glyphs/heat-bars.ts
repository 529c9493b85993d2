// Parts of a resource that each have the same limit (partitions, shards, prefixes): a bar for each against that limit, what is
// refused hatched above it; squares where there are too many for bars.
import { number, percent, perSecond } from '../run/words.ts'
import type { Box } from '../stage/geometry.ts'
import { rampColour } from '../theme/tokens.ts'
import type { Pen } from './pen.ts'
import type { NamedCells } from './view.ts'

/** More parts than this become a grid of squares. */
const BARS_MAX = 40

/** The parts of one node, and how they are read. */
export interface Heat {
  readonly cells: NamedCells
  /** Use as a share of the limit of a part. */
  readonly share: (part: number) => number
  /** What was refused, as a share of that limit: how far the hatch reaches above the bar. */
  readonly refusedShare: (refused: number) => number
  /** A short name to stand below the bar: `P2`. */
  readonly name: (part: number) => string
  /** A thin bar at the foot of each column, 0…1, and whether it tells of trouble. */
  readonly foot?: (part: number) => { readonly share: number; readonly isBad: boolean }
  /** The key that heats a part, where it is known. */
  readonly key: (part: number) => string | undefined
  /** What else is to be said of a part in its row, looked at from near. */
  readonly more: (part: number) => readonly string[]
}

const refusedOf = ({ cells }: Heat, part: number): number => cells.value(part, 'Refused')

/** The hottest part: the one that refuses most, else the fullest; undefined without parts. */
export function hottest(heat: Heat | undefined): { at: number; share: number; refused: number } | undefined {
  if (heat === undefined || heat.cells.listed === 0) return undefined
  let at = 0
  for (let i = 1; i < heat.cells.listed; i++) {
    const more = refusedOf(heat, i) - refusedOf(heat, at)
    if (more > 0 || (more === 0 && heat.share(i) > heat.share(at))) at = i
  }
  return { at, share: heat.share(at), refused: refusedOf(heat, at) }
}

/** Draws all parts, and above them the key that heats one of them, or else `caption`; `items` shows them from near, one by one below. */
export const heatBars = {
  draw(pen: Pen, box: Box, heat: Heat | undefined, caption: string): void {
    const { theme, k } = pen
    if (heat === undefined || heat.cells.listed === 0) {
      pen.rect({ x: box.x, y: box.y + box.h * 0.3, w: box.w, h: box.h * 0.7 }, theme.track, 4)
      return
    }
    const words = box.h > 70 * k
    parts(pen, { ...box, y: box.y + (words ? 16 * k : 2), h: box.h - (words ? 32 * k : 4) }, heat, words)
    if (!words) return
    const hot = hottest(heat)!
    const key = heat.key(hot.at)
    if (hot.refused > 0 && key !== undefined)
      pen.text(box.x, box.y + 9 * k, `${key} heats ${heat.name(hot.at)}`, {
        size: 11,
        weight: 600,
        colour: theme.throttled,
        max: box.w,
      })
    else pen.text(box.x, box.y + 9 * k, caption, { size: 10.5, colour: theme.low, max: box.w })
  },
  items(pen: Pen, box: Box, heat: Heat | undefined): void {
    const { theme, k } = pen
    if (heat === undefined) return
    const { cells } = heat
    const area = { ...box, h: Math.min(box.h * 0.45, 150 * k) }
    if (cells.listed > BARS_MAX) grid(pen, area, heat)
    else bars(pen, { ...area, h: area.h - 14 * k }, heat, true)
    // The hottest first: what refuses, then what is fullest.
    const order = Array.from({ length: cells.listed }, (_, i) => i).sort(
      (a, b) => refusedOf(heat, b) - refusedOf(heat, a) || heat.share(b) - heat.share(a),
    )
    const y = area.y + area.h + 10 * k
    pen.rows(
      { ...box, y, h: box.y + box.h - y },
      order,
      (i) => {
        const refused = refusedOf(heat, i)
        const key = heat.key(i)
        return [
          `${heat.name(i)} ${percent(heat.share(i))} of its limit`,
          ...(refused > 0 ? [`${perSecond(refused)} refused`] : []),
          ...heat.more(i),
          ...(key === undefined ? [] : [`hottest key ${key}`]),
        ].join(' · ')
      },
      (i, x, at) =>
        pen.mark(
          refusedOf(heat, i) > 0 ? 'throttled' : 'ok',
          x,
          at,
          3.4 * k,
          refusedOf(heat, i) > 0 ? theme.throttled : rampColour(theme, 0.3 + 0.7 * heat.share(i)),
        ),
    )
  },
}

function parts(pen: Pen, box: Box, heat: Heat, words: boolean): void {
  if (heat.cells.listed > BARS_MAX) grid(pen, box, heat)
  else bars(pen, box, heat, words)
}

/** The scale reaches to one and a half times the limit. */
const TOP = 1.5

function bars(pen: Pen, box: Box, heat: Heat, words: boolean): void {
  const { theme, k } = pen
  const count = heat.cells.listed
  const pitch = Math.min(box.w / count, 46 * k)
  const width = pitch * (pitch > 10 ? 0.66 : 0.8)
  const left = box.x + (box.w - pitch * count) / 2
  const bottom = box.y + box.h
  const limit = bottom - box.h / TOP
  // Figures stand in front of all bars, those of their neighbours too.
  const plates: (() => void)[] = []
  for (let i = 0; i < count; i++) {
    const x = left + i * pitch + (pitch - width) / 2
    const used = heat.share(i)
    const refused = refusedOf(heat, i)
    pen.rect({ x, y: box.y, w: width, h: box.h }, theme.track, 2)
    const height = (Math.min(used, TOP) / TOP) * box.h
    if (height > 0.5)
      pen.rect(
        { x, y: bottom - Math.max(1.5, height), w: width, h: Math.max(1.5, height) },
        rampColour(theme, 0.3 + 0.7 * used),
        2,
      )
    if (refused > 0) {
      const above = Math.min(Math.max((heat.refusedShare(refused) / TOP) * box.h, 7 * k), box.h / 3)
      const base = Math.min(limit, bottom - height)
      pen.hatch({ x, y: base - above, w: width, h: above }, theme.throttled, 2)
      const y = Math.max(box.y + 9 * k, base - above / 2 + 4 * k)
      plates.push(() => plate(pen, x + width / 2, y, `+${number(refused)}`, box))
    }
    if (words && pitch > 17 * k)
      pen.text(x + width / 2, bottom + 14 * k, heat.name(i), {
        size: 10,
        mono: true,
        align: 'center',
        colour: refused > 0 ? theme.throttled : theme.low,
      })
  }
  pen.line(box.x, limit, box.x + box.w, limit, theme.hi, 1.2, [4, 3])
  for (const draw of plates) draw()
  if (heat.foot === undefined || pitch < 6 * k) return
  for (let i = 0; i < count; i++) {
    const foot = { x: left + i * pitch + (pitch - width) / 2, y: bottom + 1.5, w: width, h: Math.max(2, 2.4 * k) }
    const { share, isBad } = heat.foot(i)
    pen.rect(foot, theme.track, 1)
    pen.rect({ ...foot, w: foot.w * share }, isBad ? theme.throttled : theme.good, 1)
  }
}

/** A figure on a plate in front of a hatch, which alone could not be read. */
function plate(pen: Pen, x: number, y: number, text: string, within: Box): void {
  const { theme, k } = pen
  const style = { size: 10.5, weight: 600, mono: true, align: 'center', colour: theme.throttled } as const
  const width = pen.widthOf(text, style) + 8 * k
  const middle = Math.min(Math.max(x, within.x + width / 2), within.x + within.w - width / 2)
  pen.rect({ x: middle - width / 2, y: y - 11 * k, w: width, h: 15 * k }, theme.card, 4, theme.throttled, 1)
  pen.text(middle, y, text, style)
}

/** Many parts: squares by use, those that refuse hatched. */
function grid(pen: Pen, box: Box, heat: Heat): void {
  const { cells } = heat
  const { theme } = pen
  const columns = Math.ceil(Math.sqrt((cells.listed * box.w) / Math.max(1, box.h)))
  const pitch = Math.min(box.w / columns, box.h / Math.ceil(cells.listed / columns))
  const side = pitch - Math.max(0.6, pitch * 0.14)
  for (let i = 0; i < cells.listed; i++) {
    const cell = { x: box.x + (i % columns) * pitch, y: box.y + Math.floor(i / columns) * pitch, w: side, h: side }
    if (refusedOf(heat, i) > 0) pen.hatch(cell, theme.throttled)
    else pen.rect(cell, rampColour(theme, 0.12 + 0.88 * heat.share(i)), side > 6 ? 1.5 : 0)
  }
}
