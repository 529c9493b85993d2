// A bucket: a bar for each partitioned prefix against the requests that one serves, and what it holds.
import { bytes, number, percent, perSecond } from '../run/words.ts'
import { amount, type Glyph } from './glyph.ts'
import { heatBars, hottest, type Heat } from './heat-bars.ts'
import { ICONS } from './icons.ts'
import type { NodeView } from './view.ts'

function heatOf(view: NodeView): Heat | undefined {
  const cells = view.cells('Prefixes')
  if (cells === undefined) return undefined
  const limit = Math.max(amount(view, 'Prefix writes'), 1)
  return {
    cells,
    // Reads and writes have a limit each.
    share: (part) => Math.max(cells.value(part, 'Reads'), cells.value(part, 'Writes')),
    refusedShare: (refused) => refused / limit,
    name: (part) => cells.label(part) ?? '',
    key: () => undefined,
    more: () => [],
  }
}

export const bucket: Glyph = {
  size: { w: 226, h: 168 },
  icon: ICONS.bucket,
  draw: (pen, box, view) =>
    heatBars.draw(
      pen,
      box,
      heatOf(view),
      `a prefix: ${number(amount(view, 'Prefix writes'))} writes, ${number(amount(view, 'Prefix reads'))} reads/s`,
    ),
  items: (pen, box, view) => heatBars.items(pen, box, heatOf(view)),
  describe(view) {
    const heat = heatOf(view)
    const hot = hottest(heat)
    const refused = amount(view, 'Slowed down')
    return [
      `${number(amount(view, 'Objects'))} objects of ${bytes(amount(view, 'Bytes'))}`,
      `${perSecond(amount(view, 'Writes'))} writes and ${perSecond(amount(view, 'Reads'))} reads`,
      ...(hot === undefined || heat === undefined
        ? []
        : [`prefix ${heat.name(hot.at)} at ${percent(hot.share)} of its limit`]),
      ...(refused > 0 ? [`${perSecond(refused)} told to slow down`] : []),
    ].join(', ')
  },
  facts(view) {
    const refused = amount(view, 'Slowed down')
    return [
      { label: 'written', value: perSecond(amount(view, 'Writes')) },
      { label: 'read', value: perSecond(amount(view, 'Reads')) },
      ...(refused > 0 ? [{ label: 'slow down', value: perSecond(refused), trouble: 'throttled' } as const] : []),
      { label: 'holds', value: bytes(amount(view, 'Bytes')) },
    ]
  },
  badge(view) {
    const refused = amount(view, 'Slowed down')
    return refused > 0 ? { outcome: 'throttled', text: `503 · ${perSecond(refused)}` } : undefined
  },
  load(view) {
    const hot = hottest(heatOf(view))
    return hot === undefined ? undefined : { share: hot.share, limited: true }
  },
}
