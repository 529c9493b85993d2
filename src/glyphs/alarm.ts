// An alarm: its state, and the metric it watches over the last moments against its threshold.
import { number } from '../run/words.ts'
import { amount, known, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import { TRAIL, trail } from './trail.ts'
import type { NodeView } from './view.ts'

const state = (view: NodeView): 'ALARM' | 'OK' | 'no data' => {
  const value = view.value('State')
  return value === 1 ? 'ALARM' : value === 0 ? 'OK' : 'no data'
}

const reach = (view: NodeView): number | undefined => {
  const [value, threshold] = [view.value('Value'), view.value('Threshold')]
  return known(value) && known(threshold) && threshold > 0 ? value / threshold : undefined
}

export const alarm: Glyph = {
  size: { w: 204, h: 112 },
  icon: ICONS.bell,
  draw(pen, box, view) {
    const { theme, k } = pen
    const now = state(view)
    const colour = now === 'ALARM' ? theme.error : now === 'OK' ? theme.good : theme.low
    const r = 6 * k
    if (now === 'ALARM') pen.mark('error', box.x + r, box.y + 12 * k, r)
    else pen.mark('retry', box.x + r, box.y + 12 * k, r * 0.8, colour)
    pen.text(box.x + 20 * k, box.y + 17 * k, now, {
      size: 15,
      weight: 600,
      colour: now === 'no data' ? theme.mid : colour,
    })
    const words = `${known(view.value('Value')) ? number(amount(view, 'Value')) : '–'} against ${number(amount(view, 'Threshold'))}`
    const style = { size: 11, mono: true } as const
    const beside = box.x + 20 * k + pen.widthOf(now, { size: 15, weight: 600 }) + 10 * k
    const roomBeside = box.x + box.w - beside
    const below = pen.widthOf(words, style) > roomBeside && box.h > 46 * k
    // Of the two figures the value alone, where there is no room for both.
    const short = pen.widthOf(words, style) > roomBeside ? words.slice(0, words.indexOf(' ')) : words
    if (!below && pen.widthOf(short, style) <= roomBeside)
      pen.text(box.x + box.w, box.y + 17 * k, short, { ...style, align: 'right' })
    const top = box.y + 26 * k
    const height = box.h - 26 * k - (below ? 17 * k : 0)
    if (below) pen.text(box.x, box.y + box.h - 3 * k, words, { ...style, max: box.w })
    if (height >= 16 * k)
      trail(pen, { x: box.x, y: top, w: box.w, h: height }, view.history('Value', TRAIL), {
        colour: now === 'ALARM' ? theme.error : theme.ramp[4],
        limit: amount(view, 'Threshold'),
      })
    else if (height >= 6 * k)
      pen.gauge({ x: box.x, y: top, w: box.w, h: Math.min(8 * k, height) }, reach(view) ?? 0, true)
  },
  describe(view) {
    const value = view.value('Value')
    return `${state(view)}${known(value) ? `, ${number(value)} against ${number(amount(view, 'Threshold'))}` : ''}`
  },
  facts: () => [],
  tellsBadge: true,
  readsHistory: true,
  badge: (view) => (state(view) === 'ALARM' ? { outcome: 'error', text: 'ALARM' } : undefined),
  load(view) {
    const share = reach(view)
    return share === undefined ? undefined : { share, limited: true }
  },
}
