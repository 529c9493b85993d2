// An alarm: its state, and the value it watches against its threshold.
import { number } from '../run/words.ts'
import { amount, known, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
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
    const share = reach(view)
    const y = box.y + 28 * k
    if (y + 12 * k > box.y + box.h) return
    pen.gauge({ x: box.x, y, w: box.w, h: 8 * k }, share ?? 0, true)
    if (y + 26 * k > box.y + box.h + 6 * k) return
    const value = view.value('Value')
    pen.text(box.x, y + 24 * k, `${known(value) ? number(value) : '–'} against ${number(amount(view, 'Threshold'))}`, {
      size: 11,
      mono: true,
      max: box.w,
    })
  },
  describe(view) {
    const value = view.value('Value')
    return `${state(view)}${known(value) ? `, ${number(value)} against ${number(amount(view, 'Threshold'))}` : ''}`
  },
  facts: () => [],
  tellsBadge: true,
  badge: (view) => (state(view) === 'ALARM' ? { outcome: 'error', text: 'ALARM' } : undefined),
  load(view) {
    const share = reach(view)
    return share === undefined ? undefined : { share, limited: true }
  },
}
