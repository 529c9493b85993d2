// An API: its token bucket as a vessel. Tokens flow in at the top at the rate, each request takes one out at the bottom.
import { number, perSecond, percent } from '../run/words.ts'
import { rampColour } from '../theme/tokens.ts'
import { amount, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { NodeView } from './view.ts'

const level = (view: NodeView): number => {
  const burst = amount(view, 'Burst')
  return burst > 0 ? Math.min(1, Math.max(0, amount(view, 'Tokens') / burst)) : 1
}

export const api: Glyph = {
  size: { w: 180, h: 212 },
  icon: ICONS.gate,
  draw(pen, box, view) {
    const { ctx, theme, k } = pen
    const roomy = box.h > 96 * k
    const top = box.y + (roomy ? 24 * k : 4 * k)
    const bottom = box.y + box.h - (roomy ? 20 * k : 4 * k)
    const width = Math.min(box.w * 0.5, 74 * k)
    const left = box.x + (box.w > 118 * k ? 4 * k : (box.w - width) / 2)
    const taper = width * 0.12
    const share = level(view)
    const edge = (y: number): number => (taper * (y - top)) / (bottom - top)
    const surface = bottom - (bottom - top) * share
    const vessel = (from: number): void => {
      ctx.beginPath()
      ctx.moveTo(left + edge(from), from)
      ctx.lineTo(left + taper, bottom)
      ctx.lineTo(left + width - taper, bottom)
      ctx.lineTo(left + width - edge(from), from)
      ctx.closePath()
    }
    vessel(top)
    ctx.fillStyle = theme.track
    ctx.fill()
    vessel(surface)
    ctx.fillStyle = rampColour(theme, 0.45 + 0.3 * share)
    ctx.fill()
    ctx.save()
    vessel(surface)
    ctx.clip()
    const gap = 10 * k
    for (let y = bottom - gap / 2; y > surface; y -= gap)
      for (let x = left + gap / 2; x < left + width; x += gap) pen.mark('ok', x, y, 1.5 * k, theme.bg)
    ctx.restore()
    ctx.beginPath()
    ctx.moveTo(left - 2, top)
    ctx.lineTo(left + taper, bottom)
    ctx.lineTo(left + width - taper, bottom)
    ctx.lineTo(left + width + 2, top)
    ctx.lineWidth = 1.6
    ctx.strokeStyle = share < 0.05 ? theme.throttled : theme.mid
    ctx.stroke()
    if (roomy) {
      const middle = left + width / 2
      pen.text(middle, top - 9 * k, `+${perSecond(amount(view, 'Rate'))}`, { mono: true, size: 10.5, align: 'center' })
      pen.text(middle, bottom + 14 * k, `−${perSecond(amount(view, 'Requests'))}`, {
        mono: true,
        size: 10.5,
        align: 'center',
      })
    }
    if (box.w > 118 * k) {
      const x = left + width + 11 * k
      const y = (top + bottom) / 2
      pen.text(x, y - 6 * k, percent(share), { size: 16, weight: 600, mono: true, colour: theme.hi })
      pen.text(x, y + 9 * k, 'tokens', { size: 11 })
      if (roomy && view.value('Burst') !== undefined)
        pen.text(x, y + 25 * k, `of ${number(amount(view, 'Burst'))}`, { size: 11, mono: true })
    }
  },
  describe(view) {
    const refused = amount(view, 'Throttled')
    return [
      `${perSecond(amount(view, 'Requests'))} requests, token bucket ${percent(level(view))} full`,
      ...(refused > 0 ? [`${perSecond(refused)} refused with 429`] : []),
      ...(amount(view, '5XX') > 0 ? [`${perSecond(amount(view, '5XX'))} answered with 5XX`] : []),
    ].join(', ')
  },
  facts(view) {
    const refused = amount(view, 'Throttled')
    const failed = amount(view, '5XX')
    return [
      { label: 'in', value: perSecond(amount(view, 'Requests')) },
      { label: '429', value: perSecond(refused), ...(refused > 0 ? { trouble: 'throttled' } : {}) },
      { label: '5XX', value: perSecond(failed), ...(failed > 0 ? { trouble: 'error' } : {}) },
    ]
  },
  badge(view) {
    const refused = amount(view, 'Throttled')
    if (refused > 0) return { outcome: 'throttled', text: `429 · ${perSecond(refused)}` }
    const failed = amount(view, '5XX')
    return failed > 0 ? { outcome: 'error', text: `5XX · ${perSecond(failed)}` } : undefined
  },
  load: (view) => ({ share: 1 - level(view), limited: false }),
}
