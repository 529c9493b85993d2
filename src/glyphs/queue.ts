// A queue: a tube of waiting messages (oldest at the right, next to the way out), a box of those in flight with the rest of their
// visibility timeout, a tray of dead letters.
import { roundDot } from '../sim.ts'
import { inUnit, number, percent, perSecond, seconds } from '../run/words.ts'
import type { Box } from '../stage/geometry.ts'
import { amount, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { Pen } from './pen.ts'
import type { NamedCells, NodeView } from './view.ts'

/** A box full of dots, filled from the right; answers how many messages a dot stands for. */
function tube(pen: Pen, box: Box, count: number, colour: string, old: boolean): number {
  const { theme, k } = pen
  pen.rect(box, theme.track, Math.min(9 * k, box.h / 2), old ? theme.throttled : theme.line, 1.2)
  const pitch = 8.5 * k
  const columns = Math.max(1, Math.floor((box.w - 10 * k) / pitch))
  const rows = Math.max(1, Math.floor((box.h - 6 * k) / pitch))
  const value = roundDot(count / (columns * rows))
  const dots = count === 0 ? 0 : Math.max(1, Math.round(count / value))
  const left = box.x + (box.w - columns * pitch) / 2
  const top = box.y + (box.h - rows * pitch) / 2
  for (let i = 0; i < Math.min(dots, columns * rows); i++) {
    const column = columns - 1 - Math.floor(i / rows)
    pen.mark('ok', left + (column + 0.5) * pitch, top + ((i % rows) + 0.5) * pitch, 2.6 * k, colour)
  }
  return value
}

/** The first message of a group that came back so often is stuck. */
const STUCK_AFTER = 3

/** The group of a FIFO queue that waits behind a message which always comes back. */
function stuck(view: NodeView): { readonly name: string; readonly waiting: number } | undefined {
  const cells = view.cells('Groups')
  for (let i = 0; i < (cells?.listed ?? 0); i++)
    if (cells!.value(i, 'Receives') >= STUCK_AFTER && cells!.value(i, 'Messages') > 1)
      return { name: cells!.label(i) ?? '', waiting: cells!.value(i, 'Messages') - 1 }
  return undefined
}

/** Message groups side by side, each a line as long as what waits in it; a locked one ends in a disc. */
function lanes(pen: Pen, box: Box, cells: NamedCells): number {
  const { theme, k } = pen
  pen.rect(box, theme.track, Math.min(9 * k, box.h / 2), theme.line, 1.2)
  const shown = Math.min(cells.listed, Math.max(1, Math.floor((box.h - 6 * k) / (11 * k))))
  const step = (box.h - 6 * k) / shown
  const longest = Math.max(1, ...Array.from({ length: shown }, (_, i) => cells.value(i, 'Messages')))
  for (let i = 0; i < shown; i++) {
    const y = box.y + 3 * k + step * (i + 0.5)
    const right = box.x + box.w - 9 * k
    const broken = cells.value(i, 'Receives') >= STUCK_AFTER
    const length = (box.w - 22 * k) * (cells.value(i, 'Messages') / longest)
    pen.line(right - length, y, right, y, broken ? theme.throttled : theme.ramp[3], Math.min(4 * k, step * 0.5))
    if (cells.value(i, 'Locked') === 1) pen.mark(broken ? 'error' : 'ok', right, y, 3 * k, theme.ramp[4])
  }
  return 1
}

/** A box of messages in flight: of each disc the share is filled for which it stays hidden; answers how many one stands for. */
function flight(pen: Pen, box: Box, view: NodeView): number {
  const { theme, k } = pen
  pen.rect(box, theme.track, Math.min(9 * k, box.h / 2), theme.line, 1.2)
  const inFlight = amount(view, 'In flight')
  const cells = view.cells('Flying')
  const pitch = 11 * k
  const columns = Math.max(1, Math.floor((box.w - 6 * k) / pitch))
  const rows = Math.max(1, Math.floor((box.h - 4 * k) / pitch))
  const listed = cells?.listed ?? 0
  const value = roundDot(inFlight / (columns * rows))
  const discs = inFlight === 0 ? 0 : Math.min(columns * rows, Math.max(1, Math.round(inFlight / value)))
  const left = box.x + (box.w - columns * pitch) / 2
  const top = box.y + (box.h - rows * pitch) / 2
  for (let i = 0; i < discs; i++) {
    const cell = listed === 0 ? -1 : Math.floor((i * listed) / discs)
    const share = cells === undefined || cell < 0 ? 1 : cells.value(cell, 'Left')
    pen.pie(
      left + ((i % columns) + 0.5) * pitch,
      top + (Math.floor(i / columns) + 0.5) * pitch,
      4 * k,
      share,
      theme.ramp[4],
    )
  }
  return value
}

/** The tray of what was given up. */
function tray(pen: Pen, box: Box, dead: number): void {
  const { theme, k } = pen
  pen.rect(box, theme.track, Math.min(7 * k, box.h / 2), theme.dead, 1.2)
  const middle = box.y + box.h / 2
  const figure = { size: 11.5, weight: 600, mono: true, align: 'right', colour: theme.dead } as const
  const width = pen.widthOf(number(dead), figure)
  pen.text(box.x + 7 * k, middle + 4 * k, 'DLQ', { size: 10.5, mono: true, colour: theme.dead })
  pen.text(box.x + box.w - 7 * k, middle + 4 * k, number(dead), figure)
  const room = box.w - width - 50 * k
  const shown = Math.max(0, Math.min(Math.round(dead), Math.floor(room / (10 * k))))
  for (let i = 0; i < shown; i++) pen.mark('dead-letter', box.x + (40 + i * 10) * k, middle, 3.2 * k)
}

const isOld = (view: NodeView): boolean => view.tone !== 'calm' && view.tone !== 'busy'

export const queue: Glyph = {
  size: { w: 250, h: 196 },
  icon: ICONS.queue,
  draw(pen, box, view) {
    const { theme, k } = pen
    const visible = amount(view, 'Visible') + amount(view, 'Delayed')
    const inFlight = amount(view, 'In flight')
    const dead = amount(view, 'Dead-lettered')
    const small = { size: 11, mono: true } as const
    const width = box.w < 70 * k ? 0 : Math.min(110 * k, box.w * 0.42)
    const long = pen.widthOf(`in flight ${number(inFlight)}`, small) <= width - 12 * k
    const waits = `${long ? 'waiting ' : ''}${number(visible)}`
    const flies = `${long ? 'in flight ' : ''}${number(inFlight)}`
    const words = box.h > 36 * k ? 14 * k : 0
    const below = words > 0 && box.h > 84 * k ? 13 * k : 0
    const trayHeight = dead > 0 && box.h > 56 * k ? Math.min(28, Math.max(18, box.h / k / 5)) * k : 0
    const height = Math.max(10 * k, box.h - words - below - (trayHeight > 0 ? trayHeight + 5 * k : 0))
    const main = { x: box.x, y: box.y + words, w: box.w - (width > 0 ? width + 7 * k : 0), h: height }
    const groups = view.cells('Groups')
    const value =
      groups !== undefined && groups.listed > 0
        ? lanes(pen, main, groups)
        : tube(pen, main, visible, theme.ramp[3], isOld(view))
    let flying = 1
    const room = { x: main.x + main.w + 7 * k, y: main.y, w: width, h: height }
    if (width > 0) flying = flight(pen, room, view)
    if (words > 0) {
      pen.mark('ok', box.x + 4 * k, box.y + 6 * k, 3 * k, theme.ramp[3])
      pen.text(box.x + 11 * k, box.y + 10 * k, waits, { ...small, max: main.w - 11 * k })
      if (width > 0) {
        pen.pie(room.x + 4 * k, box.y + 6 * k, 3.4 * k, 0.6, theme.ramp[4])
        pen.text(room.x + 12 * k, box.y + 10 * k, flies, { ...small, max: width - 12 * k })
      }
    }
    const y = main.y + height + 10 * k
    if (below > 0) {
      if (value > 1) pen.text(main.x, y, `● = ${number(value)}`, { size: 10, colour: theme.low })
      pen.text(box.x + box.w, y, flying > 1 ? `◔ = ${number(flying)}` : long ? '◔ hidden still' : '', {
        size: 10,
        align: 'right',
        colour: theme.low,
      })
    }
    if (trayHeight > 0) tray(pen, { x: box.x, y: box.y + box.h - trayHeight, w: box.w, h: trayHeight - 1 }, dead)
  },
  items(pen, box, view) {
    const { theme, k } = pen
    const gap = 14 * k
    const half = { ...box, w: (box.w - gap) / 2 }
    const list = (kind: string, title: string, at: Box, words: (cells: NamedCells, cell: number) => string): void => {
      const cells = view.cells(kind)
      pen.text(at.x, at.y + 11 * k, title, { size: 11, weight: 600, colour: theme.hi, max: at.w })
      if (cells === undefined) return
      pen.rows(
        { ...at, y: at.y + 19 * k, h: at.h - 19 * k },
        Array.from({ length: cells.listed }, (_, i) => i),
        (cell) => words(cells, cell),
        (cell, x, y) =>
          cells.has('Left')
            ? pen.pie(x, y, 4.2 * k, cells.value(cell, 'Left'), theme.ramp[4])
            : pen.mark(cells.value(cell, 'Delayed') === 1 ? 'retry' : 'ok', x, y, 3.2 * k, theme.ramp[3]),
      )
    }
    const waiting = amount(view, 'Visible') + amount(view, 'Delayed')
    list('Waiting', `waiting ${number(waiting)}, oldest first`, half, (cells, i) => {
      const [id, age, times] = [cells.value(i, 'Message'), cells.value(i, 'Age'), cells.value(i, 'Receives')]
      return `#${id} ${seconds(age)} ${times === 0 ? 'new' : `seen ${times}×`}`
    })
    const right = { ...half, x: box.x + half.w + gap }
    list('Flying', `in flight ${number(amount(view, 'In flight'))}, hidden still`, right, (cells, i) => {
      const [id, age, times] = [cells.value(i, 'Message'), cells.value(i, 'Age'), cells.value(i, 'Receives')]
      return `#${id} ${seconds(age)}${times > 1 ? ` try ${times}` : ''}, ${percent(cells.value(i, 'Left'))} left`
    })
  },
  describe(view) {
    const dead = amount(view, 'Dead-lettered')
    const held = stuck(view)
    return [
      `${number(amount(view, 'Visible'))} messages wait, ${number(amount(view, 'In flight'))} are in flight`,
      ...(amount(view, 'Oldest') > 0 ? [`the oldest for ${seconds(amount(view, 'Oldest'))}`] : []),
      ...(amount(view, 'Groups') > 0
        ? [`${number(amount(view, 'Locked groups'))} of ${number(amount(view, 'Groups'))} groups locked`]
        : []),
      ...(held === undefined ? [] : [`${number(held.waiting)} wait behind the first of the group ${held.name}`]),
      ...(dead > 0 ? [`${number(dead)} given up to the dead-letter queue`] : []),
    ].join(', ')
  },
  facts(view) {
    const dead = amount(view, 'Dead-lettered')
    return [
      { label: 'in', value: perSecond(amount(view, 'Sent')) },
      { label: 'oldest', value: inUnit(amount(view, 'Oldest'), 's') },
      { label: 'done', value: perSecond(amount(view, 'Deleted')) },
      ...(dead > 0 ? [{ label: 'dead letters', value: number(dead), trouble: 'dead-letter' as const }] : []),
    ]
  },
  badge(view) {
    const dead = amount(view, 'Dead-lettered')
    const held = stuck(view)
    if (held !== undefined) return { outcome: 'retry', text: `group ${held.name} stuck` }
    if (dead > 0) return { outcome: 'dead-letter', text: `${number(dead)} given up` }
    const growth = amount(view, 'Sent') - amount(view, 'Deleted')
    return growth > 1 && amount(view, 'Oldest') > 10
      ? { outcome: 'retry', text: `backlog +${perSecond(growth)}` }
      : undefined
  },
  load: () => undefined,
}
