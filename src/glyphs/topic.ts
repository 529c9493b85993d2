// A topic: a fan of lines to its subscriptions, each as wide as what arrives there, with what fails beside it.
import { number, perSecond } from '../run/words.ts'
import { amount, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { NamedCells, NodeView } from './view.ts'

const isBroken = (cells: NamedCells, i: number): boolean => cells.value(i, 'Failed') > 0

/** The subscriptions that fail now, by name. */
function failing(view: NodeView): readonly string[] {
  const cells = view.cells('Subscriptions')
  if (cells === undefined) return []
  return Array.from({ length: cells.listed }, (_, i) => i)
    .filter((i) => isBroken(cells, i))
    .map((i) => cells.label(i) ?? `subscription ${i + 1}`)
}

export const topic: Glyph = {
  size: { w: 210, h: 150 },
  icon: ICONS.fan,
  draw(pen, box, view) {
    const { theme, k } = pen
    const cells = view.cells('Subscriptions')
    const listed = cells?.listed ?? 0
    const shown = Math.min(listed, Math.max(1, Math.floor(box.h / (16 * k))))
    const from = { x: box.x + 6 * k, y: box.y + box.h / 2 }
    pen.mark('ok', from.x, from.y, 4 * k, theme.accent)
    if (cells === undefined || shown === 0) return
    const most = Math.max(1, ...Array.from({ length: listed }, (_, i) => cells.value(i, 'Delivered')))
    const step = box.h / shown
    const to = box.x + Math.min(46 * k, box.w / 4)
    for (let i = 0; i < shown; i++) {
      const y = box.y + step * (i + 0.5)
      const rate = cells.value(i, 'Delivered')
      const broken = isBroken(cells, i)
      pen.line(from.x, from.y, to, y, broken ? theme.error : theme.ramp[3], 1 + (3 * rate) / most)
      pen.mark(broken ? 'error' : 'ok', to, y, 3.2 * k, broken ? undefined : theme.ramp[4])
      if (step < 11 * k) continue
      const waits = cells.value(i, 'Under way')
      const words = `${cells.label(i) ?? ''} ${perSecond(rate)}${waits >= 100 ? `, ${number(waits)} wait` : ''}`
      pen.text(to + 8 * k, y + 4 * k, words.trim(), { size: 11, mono: true, max: box.x + box.w - to - 8 * k })
    }
  },
  describe(view) {
    const broken = failing(view)
    return [
      `${perSecond(amount(view, 'Published'))} published, ${perSecond(amount(view, 'Delivered'))} delivered`,
      ...(amount(view, 'Filtered out') > 0 ? [`${perSecond(amount(view, 'Filtered out'))} filtered out`] : []),
      ...(broken.length > 0 ? [`deliveries to ${broken.join(', ')} fail`] : []),
      ...(amount(view, 'Given up') > 0 ? [`${number(amount(view, 'Given up'))} given up`] : []),
    ].join(', ')
  },
  facts(view) {
    const given = amount(view, 'Given up')
    return [
      { label: 'in', value: perSecond(amount(view, 'Published')) },
      { label: 'out', value: perSecond(amount(view, 'Delivered')) },
      ...(given > 0 ? [{ label: 'given up', value: number(given), trouble: 'error' as const }] : []),
    ]
  },
  badge(view) {
    const given = amount(view, 'Given up')
    if (given > 0) return { outcome: 'error', text: `${number(given)} given up` }
    const broken = failing(view)
    return broken.length > 0 ? { outcome: 'retry', text: `${broken[0]} fails` } : undefined
  },
  load: () => undefined,
}
