// Clients: what they send, what became of it in the last moment, and how long they waited.
import { number, perSecond, percent, seconds } from '../run/words.ts'
import { amount, known, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { NodeView } from './view.ts'

/** Shares of the ends of requests; all zero while none ended. */
function ends(view: NodeView): { ok: number; throttled: number; failed: number; all: number } {
  const ok = amount(view, 'OK')
  const failed = amount(view, 'Failed')
  const throttled = amount(view, 'Throttled')
  return { ok, failed, throttled, all: ok + failed }
}

export const client: Glyph = {
  size: { w: 204, h: 190 },
  icon: ICONS.people,
  draw(pen, box, view) {
    const { theme, k } = pen
    const { ok, failed, throttled, all } = ends(view)
    const bar = 7 * k
    let y = box.y + 12 * k
    const row = (label: string, value: number, most: number, colour: string): void => {
      const figure = perSecond(value)
      const room = box.w - pen.widthOf(figure, { size: 11, mono: true }) - 8 * k
      if (pen.widthOf(label, { size: 11 }) <= room) pen.text(box.x, y, label, { size: 11 })
      pen.text(box.x + box.w, y, figure, { size: 11, mono: true, align: 'right', colour: theme.hi })
      pen.rect({ x: box.x, y: y + 5 * k, w: box.w, h: bar }, theme.track, bar / 2)
      const width = most > 0 ? (value / most) * box.w : 0
      if (width > 0.5) pen.rect({ x: box.x, y: y + 5 * k, w: Math.max(bar, width), h: bar }, colour, bar / 2)
      y += 31 * k
    }
    const sent = amount(view, 'Sent')
    const most = Math.max(sent, amount(view, 'Requests'))
    row('requests', amount(view, 'Requests'), most, theme.ramp[3])
    if (box.h > 96 * k) row('calls, with retries', sent, most, theme.ramp[2])
    if (box.h < 62 * k) return
    pen.text(box.x, y, 'how they end', { size: 11 })
    const strip = { x: box.x, y: y + 5 * k, w: box.w, h: 11 * k }
    pen.rect(strip, theme.track, 3)
    if (all > 0) {
      const good = (ok / all) * strip.w
      if (good > 0) pen.rect({ ...strip, w: good }, theme.ramp[3], 3)
      pen.hatch({ ...strip, x: strip.x + good, w: strip.w - good }, theme.error, 2)
    }
    if (throttled > 0 && box.h > 120 * k) {
      pen.mark('throttled', box.x + 4 * k, y + 27 * k, 4 * k)
      pen.text(box.x + 13 * k, y + 31 * k, `${perSecond(throttled)} told to slow down`, {
        size: 11,
        colour: theme.throttled,
        max: box.w - 13 * k,
      })
    } else if (failed > 0 && box.h > 120 * k) {
      pen.mark('error', box.x + 4 * k, y + 27 * k, 4 * k)
      pen.text(box.x + 13 * k, y + 31 * k, `${perSecond(failed)} fail`, { size: 11, colour: theme.error })
    }
  },
  describe(view) {
    const { ok, failed, throttled, all } = ends(view)
    const p99 = view.value('p99')
    return [
      `${perSecond(amount(view, 'Requests'))} requests`,
      all > 0 ? `${percent(ok / all)} end well` : 'none has ended yet',
      ...(failed > 0 ? [`${perSecond(failed)} fail`] : []),
      ...(throttled > 0 ? [`${perSecond(throttled)} calls refused`] : []),
      ...(known(p99) && p99 > 0 ? [`99% are answered within ${seconds(p99 / 1000)}`] : []),
    ].join(', ')
  },
  facts(view) {
    const { ok, failed, all } = ends(view)
    const p99 = view.value('p99')
    return [
      { label: 'felt p99', value: known(p99) && p99 > 0 ? seconds(p99 / 1000) : '–' },
      failed > 0
        ? { label: 'end well', value: percent(ok / Math.max(all, 1e-9)), trouble: 'error' }
        : { label: 'end well', value: all > 0 ? percent(ok / all) : '–' },
      { label: 'open', value: number(amount(view, 'Open')) },
    ]
  },
  badge(view) {
    const { failed, throttled, all } = ends(view)
    if (all > 0 && failed / all >= 0.005) return { outcome: 'error', text: `${percent(failed / all)} fail` }
    return throttled > 0 ? { outcome: 'throttled', text: perSecond(throttled) } : undefined
  },
  load(view) {
    const { failed, all } = ends(view)
    return { share: all > 0 ? (all - failed) / all : 1, limited: false }
  },
}
