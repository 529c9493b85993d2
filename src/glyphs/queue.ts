// A queue: a tube of waiting messages (oldest at the right, next to the way out), a box of those in flight, a tray of dead letters.
import { roundDot } from '../sim.ts'
import { inUnit, number, perSecond, seconds } from '../run/words.ts'
import type { Box } from '../stage/geometry.ts'
import { amount, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { Pen } from './pen.ts'

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

export const queue: Glyph = {
  size: { w: 250, h: 196 },
  icon: ICONS.queue,
  draw(pen, box, view) {
    const { theme, k } = pen
    const visible = amount(view, 'Visible') + amount(view, 'Delayed')
    const inFlight = amount(view, 'In flight')
    const dead = amount(view, 'Dead-lettered')
    const narrow = box.w < 150 * k
    const waiting = `${box.w < 84 * k ? '' : 'waiting '}${number(visible)}`
    const tray = dead > 0 && box.h > 74 * k ? 30 * k : 0
    const words = box.h > 44 * k ? 15 * k : 0
    const height = Math.max(12 * k, box.h - words - tray - (tray > 0 ? 8 * k : 0) - 13 * k)
    const flight = narrow ? 0 : Math.min(96 * k, box.w * 0.34)
    const main = { x: box.x, y: box.y + words, w: box.w - (flight > 0 ? flight + 9 * k : 0), h: height }
    const growing = view.tone !== 'calm' && view.tone !== 'busy'
    const value = tube(pen, main, visible, theme.ramp[3], growing)
    if (words > 0)
      pen.text(box.x, box.y + 10 * k, waiting, {
        size: 11,
        mono: true,
        colour: theme.mid,
      })
    let flying = 1
    if (flight > 0) {
      const room = { x: main.x + main.w + 9 * k, y: main.y, w: flight, h: height }
      flying = tube(pen, room, inFlight, theme.ramp[4], false)
      if (words > 0)
        pen.text(room.x + room.w, box.y + 10 * k, `in flight ${number(inFlight)}`, {
          size: 11,
          mono: true,
          align: 'right',
          max: box.w - pen.widthOf(waiting, { size: 11, mono: true }) - 10 * k,
        })
    }
    const y = main.y + height + 10 * k
    if (words > 0 && (value > 1 || flying > 1)) {
      pen.text(main.x, y, `● = ${number(value)}`, { size: 10, colour: theme.low })
      if (flying > 1 && flight > 0)
        pen.text(box.x + box.w, y, `● = ${number(flying)}`, { size: 10, align: 'right', colour: theme.low })
    }
    if (tray > 0) {
      const at = { x: box.x, y: box.y + box.h - tray, w: box.w, h: tray - 2 }
      pen.rect(at, theme.track, 7, theme.dead, 1.2)
      pen.text(at.x + 8 * k, at.y + 19 * k, 'DLQ', { size: 10.5, mono: true, colour: theme.dead })
      const shown = Math.min(Math.round(dead), Math.floor((at.w - 90 * k) / (10 * k)))
      for (let i = 0; i < shown; i++) pen.mark('dead-letter', at.x + (44 + i * 10) * k, at.y + tray / 2 - 1, 3.4 * k)
      pen.text(at.x + at.w - 8 * k, at.y + 20 * k, number(dead), {
        size: 12.5,
        weight: 600,
        mono: true,
        align: 'right',
        colour: theme.dead,
      })
    }
  },
  describe(view) {
    const dead = amount(view, 'Dead-lettered')
    return [
      `${number(amount(view, 'Visible'))} messages wait, ${number(amount(view, 'In flight'))} are in flight`,
      ...(amount(view, 'Oldest') > 0 ? [`the oldest for ${seconds(amount(view, 'Oldest'))}`] : []),
      ...(dead > 0 ? [`${number(dead)} given up to the dead-letter queue`] : []),
    ].join(', ')
  },
  facts(view) {
    const dead = amount(view, 'Dead-lettered')
    return [
      { label: 'in', value: perSecond(amount(view, 'Sent')) },
      { label: 'done', value: perSecond(amount(view, 'Deleted')) },
      { label: 'oldest', value: inUnit(amount(view, 'Oldest'), 's') },
      ...(dead > 0 ? [{ label: 'dead letters', value: number(dead), trouble: 'dead-letter' as const }] : []),
    ]
  },
  badge(view) {
    const dead = amount(view, 'Dead-lettered')
    if (dead > 0) return { outcome: 'dead-letter', text: `${number(dead)} given up` }
    const growth = amount(view, 'Sent') - amount(view, 'Deleted')
    return growth > 1 && amount(view, 'Oldest') > 10
      ? { outcome: 'retry', text: `backlog +${perSecond(growth)}` }
      : undefined
  },
  load: () => undefined,
}
