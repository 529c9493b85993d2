// A table: one bar per partition against the limit of a partition, what is refused hatched above it, the key that heats it.
import { number, percent, perSecond } from '../run/words.ts'
import type { Box } from '../stage/geometry.ts'
import { rampColour } from '../theme/tokens.ts'
import { amount, known, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { Pen } from './pen.ts'
import type { NamedCells, NodeView } from './view.ts'

/** More partitions than this become a grid of squares. */
const BARS_MAX = 40

const share = (cells: NamedCells, i: number): number => cells.value(i, 'Reads') + cells.value(i, 'Writes')

/** The hottest partition: the one that refuses most, else the fullest. */
function hottest(view: NodeView): { cells: NamedCells; at: number; share: number; refused: number } | undefined {
  const cells = view.cells('Partitions')
  if (cells === undefined || cells.listed === 0) return undefined
  let at = 0
  for (let i = 1; i < cells.listed; i++) {
    const more = cells.value(i, 'Refused') - cells.value(at, 'Refused')
    if (more > 0 || (more === 0 && share(cells, i) > share(cells, at))) at = i
  }
  return { cells, at, share: share(cells, at), refused: cells.value(at, 'Refused') }
}

/** Refused requests as a share of the limit: how far the hatch reaches above it. One request is taken for one unit. */
function refusedShare(view: NodeView, refused: number): number {
  const limit = Math.max(amount(view, 'Partition writes'), 1)
  return refused / limit
}

const tableUse = (view: NodeView): number | undefined => {
  const uses = (['Write', 'Read'] as const).flatMap((kind) => {
    const capacity = view.value(`${kind} capacity`)
    return known(capacity) && capacity > 0 && capacity < 1e9 ? [amount(view, `${kind} units`) / capacity] : []
  })
  return uses.length === 0 ? undefined : Math.max(...uses)
}

export const table: Glyph = {
  size: { w: 280, h: 228 },
  icon: ICONS.table,
  draw(pen, box, view) {
    const { theme, k } = pen
    const cells = view.cells('Partitions')
    const count = cells?.listed ?? 0
    if (cells === undefined || count === 0) {
      pen.rect({ x: box.x, y: box.y + box.h * 0.3, w: box.w, h: box.h * 0.7 }, theme.track, 4)
      return
    }
    const words = box.h > 70 * k
    const area: Box = {
      x: box.x,
      y: box.y + (words ? 16 * k : 2),
      w: box.w,
      h: box.h - (words ? 32 * k : 4),
    }
    if (count > BARS_MAX) grid(pen, area, view, cells)
    else bars(pen, area, view, cells, words)
    if (!words) return
    const hot = hottest(view)
    const key = hot?.cells.label(hot.at)
    if (hot !== undefined && hot.refused > 0 && key !== undefined)
      pen.text(box.x, box.y + 9 * k, `${key} heats P${hot.at + 1}`, {
        size: 11,
        weight: 600,
        colour: theme.throttled,
        max: box.w,
      })
    else
      pen.text(box.x, box.y + 9 * k, `limit ${limitWords(view)}`, {
        size: 10.5,
        colour: theme.low,
        max: box.w,
      })
  },
  items(pen, box, view) {
    const { theme, k } = pen
    const cells = view.cells('Partitions')
    if (cells === undefined) return
    const area = { ...box, h: Math.min(box.h * 0.45, 150 * k) }
    if (cells.listed > BARS_MAX) grid(pen, area, view, cells)
    else bars(pen, { ...area, h: area.h - 14 * k }, view, cells, true)
    // The hottest first: what refuses, then what is fullest.
    const order = Array.from({ length: cells.listed }, (_, i) => i).sort(
      (a, b) => cells.value(b, 'Refused') - cells.value(a, 'Refused') || share(cells, b) - share(cells, a),
    )
    const y = area.y + area.h + 10 * k
    pen.rows(
      { ...box, y, h: box.y + box.h - y },
      order,
      (i) => {
        const refused = cells.value(i, 'Refused')
        const key = cells.label(i)
        return [
          `P${i + 1} ${percent(share(cells, i))} of its limit`,
          ...(refused > 0 ? [`${perSecond(refused)} refused`] : []),
          ...(cells.has('Bank') ? [`burst ${percent(cells.value(i, 'Bank'))}`] : []),
          ...(key === undefined ? [] : [`hottest key ${key}`]),
        ].join(' · ')
      },
      (i, x, at) =>
        pen.mark(
          cells.value(i, 'Refused') > 0 ? 'throttled' : 'ok',
          x,
          at,
          3.4 * k,
          cells.value(i, 'Refused') > 0 ? theme.throttled : rampColour(theme, 0.3 + 0.7 * share(cells, i)),
        ),
    )
  },
  describe(view) {
    const hot = hottest(view)
    const use = tableUse(view)
    const refused = amount(view, 'Throttled')
    return [
      `${number(hot?.cells.count ?? 0)} partitions`,
      ...(use === undefined ? [] : [`${percent(use)} of the table's capacity used`]),
      ...(hot === undefined ? [] : [`partition ${hot.at + 1} at ${percent(hot.share)} of its limit`]),
      ...(hot !== undefined && hot.refused > 0 && hot.cells.label(hot.at) !== undefined
        ? [`heated by the key ${hot.cells.label(hot.at)}`]
        : []),
      ...(hot !== undefined && hot.cells.has('Bank') && hot.cells.value(hot.at, 'Bank') < 0.05
        ? ['which has nothing left for bursts']
        : []),
      ...(refused > 0 ? [`${perSecond(refused)} reads and writes refused`] : []),
    ].join(', ')
  },
  facts(view) {
    const refused = amount(view, 'Throttled')
    const use = tableUse(view)
    return [
      { label: 'written', value: `${number(amount(view, 'Write units'))}/s` },
      { label: 'read', value: `${number(amount(view, 'Read units'))}/s` },
      { label: 'refused', value: perSecond(refused), ...(refused > 0 ? { trouble: 'throttled' } : {}) },
      { label: 'whole table', value: use === undefined ? '–' : percent(use) },
    ]
  },
  badge(view) {
    const hot = hottest(view)
    if (hot === undefined || hot.refused <= 0) return undefined
    return { outcome: 'throttled', text: hot.cells.count > 1 ? `P${hot.at + 1} throttling` : 'throttling' }
  },
  load(view) {
    const hot = hottest(view)
    return hot === undefined ? undefined : { share: hot.share + refusedShare(view, hot.refused), limited: true }
  },
}

const limitWords = (view: NodeView): string =>
  `${number(amount(view, 'Partition writes'))} writes, ${number(amount(view, 'Partition reads'))} reads/s each`

/** The scale reaches to one and a half times the limit. */
const TOP = 1.5

function bars(pen: Pen, box: Box, view: NodeView, cells: NamedCells, words: boolean): void {
  const { theme, k } = pen
  const count = cells.listed
  const pitch = Math.min(box.w / count, 46 * k)
  const width = pitch * (pitch > 10 ? 0.66 : 0.8)
  const left = box.x + (box.w - pitch * count) / 2
  const bottom = box.y + box.h
  const limit = bottom - box.h / TOP
  // Figures stand in front of all bars, those of their neighbours too.
  const plates: (() => void)[] = []
  for (let i = 0; i < count; i++) {
    const x = left + i * pitch + (pitch - width) / 2
    const used = share(cells, i)
    const refused = cells.value(i, 'Refused')
    pen.rect({ x, y: box.y, w: width, h: box.h }, theme.track, 2)
    const height = (Math.min(used, TOP) / TOP) * box.h
    if (height > 0.5)
      pen.rect(
        { x, y: bottom - Math.max(1.5, height), w: width, h: Math.max(1.5, height) },
        rampColour(theme, 0.3 + 0.7 * used),
        2,
      )
    if (refused > 0) {
      const above = Math.min(Math.max((refusedShare(view, refused) / TOP) * box.h, 7 * k), box.h / 3)
      const base = Math.min(limit, bottom - height)
      pen.hatch({ x, y: base - above, w: width, h: above }, theme.throttled, 2)
      const y = Math.max(box.y + 9 * k, base - above / 2 + 4 * k)
      plates.push(() => plate(pen, x + width / 2, y, `+${number(refused)}`, box))
    }
    if (words && pitch > 17 * k)
      pen.text(x + width / 2, bottom + 14 * k, `P${i + 1}`, {
        size: 10,
        mono: true,
        align: 'center',
        colour: refused > 0 ? theme.throttled : theme.low,
      })
  }
  pen.line(box.x, limit, box.x + box.w, limit, theme.hi, 1.2, [4, 3])
  for (const draw of plates) draw()
  if (!cells.has('Bank') || pitch < 6 * k) return
  // What is kept for bursts: a thin bar at the foot of each column, full where nothing was taken.
  for (let i = 0; i < count; i++) {
    const bank = { x: left + i * pitch + (pitch - width) / 2, y: bottom + 1.5, w: width, h: Math.max(2, 2.4 * k) }
    pen.rect(bank, theme.track, 1)
    const kept = cells.value(i, 'Bank')
    pen.rect({ ...bank, w: bank.w * kept }, kept < 0.05 ? theme.throttled : theme.good, 1)
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

/** Many partitions: squares by use, those that refuse hatched. */
function grid(pen: Pen, box: Box, _view: NodeView, cells: NamedCells): void {
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
