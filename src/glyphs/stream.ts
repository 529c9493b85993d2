// A stream: one lane per shard. At its left what is written against the shard's limit, what is refused hatched behind it; then
// the records that nobody has read yet, up to the mark of the slowest reader.
import { number, percent, perSecond, seconds } from '../run/words.ts'
import type { Box } from '../stage/geometry.ts'
import { rampColour } from '../theme/tokens.ts'
import { amount, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { Pen } from './pen.ts'
import type { NamedCells, NodeView } from './view.ts'

/** More shards than this become a grid of squares. */
const LANES_MAX = 24
/** A reader this far behind (s) is said to be. */
const LATE = 10
/** So many unread records fill a lane; fewer by their logarithm. */
const CROWD = 100_000

/** Of the two limits of a shard the one that is nearer. */
const share = (cells: NamedCells, i: number): number => Math.max(cells.value(i, 'Records'), cells.value(i, 'Bytes'))

const isOpen = (cells: NamedCells, i: number): boolean => cells.value(i, 'Open') > 0

/** The shard that refuses most, else the fullest. */
function hottest(view: NodeView): { cells: NamedCells; at: number; refused: number } | undefined {
  const cells = view.cells('Shards')
  if (cells === undefined || cells.listed === 0) return undefined
  let at = 0
  for (let i = 1; i < cells.listed; i++) {
    const more = cells.value(i, 'Refused') - cells.value(at, 'Refused')
    if (more > 0 || (more === 0 && share(cells, i) > share(cells, at))) at = i
  }
  return { cells, at, refused: cells.value(at, 'Refused') }
}

export const stream: Glyph = {
  size: { w: 260, h: 190 },
  icon: ICONS.lanes,
  draw(pen, box, view) {
    const { theme, k } = pen
    const cells = view.cells('Shards')
    if (cells === undefined || cells.listed === 0) {
      pen.rect({ x: box.x, y: box.y + box.h * 0.3, w: box.w, h: box.h * 0.7 }, theme.track, 4)
      return
    }
    const words = box.h > 70 * k
    const area: Box = words ? { ...box, y: box.y + 16 * k, h: box.h - 18 * k } : box
    if (cells.listed > LANES_MAX) grid(pen, area, cells)
    else lanes(pen, area, cells)
    if (!words) return
    const hot = hottest(view)!
    const key = cells.label(hot.at)
    const isHot = hot.refused > 0
    pen.text(
      box.x,
      box.y + 9 * k,
      isHot && key !== undefined ? `${key} heats shard ${hot.at + 1}` : shardsWords(cells),
      {
        size: isHot ? 11 : 10.5,
        weight: isHot ? 600 : 400,
        colour: isHot ? theme.throttled : theme.low,
        max: box.w,
      },
    )
  },
  describe(view) {
    const hot = hottest(view)
    const age = amount(view, 'Iterator age')
    const key = hot?.cells.label(hot.at)
    return [
      hot === undefined ? 'no shards' : shardsWords(hot.cells),
      `${perSecond(amount(view, 'Written'))} written, ${perSecond(amount(view, 'Read'))} read`,
      ...(hot === undefined ? [] : [`shard ${hot.at + 1} at ${percent(share(hot.cells, hot.at))} of its limit`]),
      ...(hot !== undefined && hot.refused > 0 && key !== undefined ? [`heated by the key ${key}`] : []),
      ...(amount(view, 'Refused') > 0 ? [`${perSecond(amount(view, 'Refused'))} records refused`] : []),
      ...(amount(view, 'Reads refused') > 0 ? [`${perSecond(amount(view, 'Reads refused'))} reads refused`] : []),
      ...(age >= LATE ? [`a reader is ${seconds(age)} behind`] : []),
    ].join(', ')
  },
  facts(view) {
    const refused = amount(view, 'Refused')
    const age = amount(view, 'Iterator age')
    return [
      { label: 'written', value: perSecond(amount(view, 'Written')) },
      { label: 'read', value: perSecond(amount(view, 'Read')) },
      { label: 'refused', value: perSecond(refused), ...(refused > 0 ? { trouble: 'throttled' as const } : {}) },
      { label: 'behind', value: seconds(age), ...(age >= LATE ? { trouble: 'throttled' as const } : {}) },
    ]
  },
  badge(view) {
    const hot = hottest(view)
    if (hot === undefined) return undefined
    if (hot.refused > 0)
      return { outcome: 'throttled', text: hot.cells.count > 1 ? `shard ${hot.at + 1} throttling` : 'throttling' }
    const age = amount(view, 'Iterator age')
    return age >= LATE ? { outcome: 'throttled', text: `${seconds(age)} behind` } : undefined
  },
  load(view) {
    const hot = hottest(view)
    return hot === undefined
      ? undefined
      : { share: share(hot.cells, hot.at) + (hot.refused > 0 ? 0.2 : 0), limited: true }
  },
}

function shardsWords(cells: NamedCells): string {
  let open = 0
  for (let i = 0; i < cells.listed; i++) if (isOpen(cells, i)) open++
  const closed = cells.listed - open
  return `${number(open)} ${open === 1 ? 'shard' : 'shards'}${closed > 0 ? `, ${number(closed)} closed` : ''}`
}

function lanes(pen: Pen, box: Box, cells: NamedCells): void {
  const { theme, k } = pen
  const pitch = Math.min(box.h / cells.listed, 26 * k)
  const height = Math.max(2, pitch * 0.66)
  const gauge = box.w * 0.38
  for (let i = 0; i < cells.listed; i++) {
    const y = box.y + i * pitch + (pitch - height) / 2
    const used = Math.min(1, share(cells, i))
    const radius = Math.min(3, height / 2)
    pen.rect({ x: box.x, y, w: gauge, h: height }, theme.track, radius)
    if (used > 0.004) pen.rect({ x: box.x, y, w: gauge * used, h: height }, rampColour(theme, 0.3 + 0.7 * used), radius)
    if (cells.value(i, 'Refused') > 0)
      pen.hatch({ x: box.x + gauge * 0.8, y, w: gauge * 0.2 + 6 * k, h: height }, theme.throttled, radius)
    pen.line(box.x + gauge, y - 1, box.x + gauge, y + height + 1, theme.hi, 1.2)
    // The records that wait, oldest at the right: the reader's mark stands where they begin.
    const left = box.x + gauge + 10 * k
    const width = box.x + box.w - left - 6 * k
    const unread = Math.max(0, cells.value(i, 'Unread'))
    const crowd = Math.min(1, Math.log1p(unread) / Math.log1p(CROWD)) * width
    const isLate = cells.value(i, 'Age') >= LATE
    pen.line(left, y + height / 2, left + width, y + height / 2, theme.track, 1, isOpen(cells, i) ? undefined : [3, 3])
    if (crowd > 1)
      pen.rect({ x: left, y: y + height * 0.2, w: crowd, h: height * 0.6 }, isLate ? theme.throttled : theme.ramp[3], 2)
    pen.mark(isLate ? 'throttled' : 'ok', left + Math.max(2, crowd), y + height / 2, Math.min(3.4 * k, height / 2))
  }
}

/** Many shards: squares by use, those that refuse hatched. */
function grid(pen: Pen, box: Box, cells: NamedCells): void {
  const { theme } = pen
  const columns = Math.ceil(Math.sqrt((cells.listed * box.w) / Math.max(1, box.h)))
  const pitch = Math.min(box.w / columns, box.h / Math.ceil(cells.listed / columns))
  const side = pitch - Math.max(0.6, pitch * 0.14)
  for (let i = 0; i < cells.listed; i++) {
    const cell = { x: box.x + (i % columns) * pitch, y: box.y + Math.floor(i / columns) * pitch, w: side, h: side }
    if (cells.value(i, 'Refused') > 0) pen.hatch(cell, theme.throttled)
    else pen.rect(cell, rampColour(theme, 0.12 + 0.88 * share(cells, i)), side > 6 ? 1.5 : 0)
  }
}
