// A server with workers: a disc for each, filled while it serves, and those who wait beside them.
import { roundDot } from '../sim.ts'
import { number, percent, perSecond } from '../run/words.ts'
import { amount, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'

export const server: Glyph = {
  size: { w: 216, h: 176 },
  icon: ICONS.server,
  draw(pen, box, view) {
    const { theme, k } = pen
    const workers = amount(view, 'Workers')
    const busy = amount(view, 'Busy')
    const waiting = amount(view, 'Waiting')
    const beside = waiting > 0 ? Math.min(64 * k, box.w * 0.32) : 0
    const room = { x: box.x, y: box.y + 2 * k, w: box.w - beside, h: box.h - 18 * k }
    const pitch = Math.max(6 * k, Math.min(17 * k, Math.sqrt((room.w * room.h) / Math.max(1, workers)) * 0.92))
    const columns = Math.max(1, Math.floor(room.w / pitch))
    const rows = Math.max(1, Math.floor(room.h / pitch))
    const per = roundDot(workers / (columns * rows))
    for (let i = 0; i < Math.min(columns * rows, Math.ceil(workers / per)); i++) {
      const x = room.x + ((i % columns) + 0.5) * pitch
      const y = room.y + (Math.floor(i / columns) + 0.5) * pitch
      const full = i * per < busy
      pen.mark(full ? 'ok' : 'retry', x, y, pitch * 0.38, full ? theme.ramp[3] : theme.line)
    }
    const style = { size: 11, mono: true } as const
    const waitWords = `${number(waiting)} wait`
    const left = beside === 0 ? room.w : box.w - pen.widthOf(waitWords, style) - 6 * k
    pen.text(box.x, box.y + box.h - 2 * k, `${number(busy)} / ${number(workers)} workers`, { ...style, max: left })
    if (beside === 0) return
    const columnsWaiting = Math.max(1, Math.floor((beside - 10 * k) / (8 * k)))
    const rowsWaiting = Math.max(1, Math.floor(room.h / (8 * k)))
    const each = roundDot(waiting / (columnsWaiting * rowsWaiting))
    for (let i = 0; i < Math.min(columnsWaiting * rowsWaiting, Math.ceil(waiting / each)); i++)
      pen.mark(
        'ok',
        room.x + room.w + 12 * k + (i % columnsWaiting) * 8 * k,
        room.y + (Math.floor(i / columnsWaiting) + 0.5) * 8 * k,
        2.4 * k,
        theme.throttled,
      )
    pen.text(box.x + box.w, box.y + box.h - 2 * k, waitWords, {
      ...style,
      align: 'right',
      colour: theme.throttled,
    })
  },
  describe(view) {
    const refused = amount(view, 'Refused')
    return [
      `${number(amount(view, 'Busy'))} of ${number(amount(view, 'Workers'))} workers serve, ${number(amount(view, 'Waiting'))} requests wait`,
      ...(refused > 0 ? [`${perSecond(refused)} refused`] : []),
    ].join(', ')
  },
  facts(view) {
    const refused = amount(view, 'Refused')
    return [
      { label: 'requests', value: perSecond(amount(view, 'Requests')) },
      { label: 'refused', value: perSecond(refused), ...(refused > 0 ? { trouble: 'throttled' } : {}) },
      { label: 'in use', value: percent(amount(view, 'Busy') / Math.max(1, amount(view, 'Workers'))) },
    ]
  },
  badge(view) {
    const refused = amount(view, 'Refused')
    return refused > 0 ? { outcome: 'throttled', text: `${perSecond(refused)} refused` } : undefined
  },
  load: (view) => ({ share: amount(view, 'Busy') / Math.max(1, amount(view, 'Workers')), limited: false }),
}
