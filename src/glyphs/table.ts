// A table: one bar per partition against the limit of a partition, what is refused hatched above it, the key that heats it.
import { number, percent, perSecond } from '../run/words.ts'
import { amount, known, type Glyph } from './glyph.ts'
import { heatBars, hottest, type Heat } from './heat-bars.ts'
import { ICONS } from './icons.ts'
import type { NodeView } from './view.ts'

function heatOf(view: NodeView): Heat | undefined {
  const cells = view.cells('Partitions')
  if (cells === undefined) return undefined
  // One request that was refused is taken for one unit.
  const limit = Math.max(amount(view, 'Partition writes'), 1)
  const bank = (part: number): number => cells.value(part, 'Bank')
  return {
    cells,
    share: (part) => cells.value(part, 'Reads') + cells.value(part, 'Writes'),
    refusedShare: (refused) => refused / limit,
    name: (part) => `P${part + 1}`,
    key: (part) => cells.label(part),
    // What is kept for bursts: full where nothing was taken.
    ...(cells.has('Bank') ? { foot: (part) => ({ share: bank(part), isBad: bank(part) < 0.05 }) } : {}),
    more: (part) => (cells.has('Bank') ? [`burst ${percent(bank(part))}`] : []),
  }
}

/** The index for which most is refused now. */
function throttlingIndex(view: NodeView): { readonly name: string; readonly refused: number } | undefined {
  const cells = view.cells('Indexes')
  let most: { name: string; refused: number } | undefined
  for (let i = 0; cells !== undefined && i < cells.listed; i++) {
    const refused = cells.value(i, 'Refused')
    if (refused > (most?.refused ?? 0)) most = { name: cells.label(i) ?? `index ${i + 1}`, refused }
  }
  return most
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
  draw: (pen, box, view) => heatBars.draw(pen, box, heatOf(view), `limit ${limitWords(view)}`),
  items: (pen, box, view) => heatBars.items(pen, box, heatOf(view)),
  describe(view) {
    const heat = heatOf(view)
    const hot = hottest(heat)
    const key = hot === undefined ? undefined : heat?.key(hot.at)
    const use = tableUse(view)
    const refused = amount(view, 'Throttled')
    const index = throttlingIndex(view)
    return [
      `${number(heat?.cells.count ?? 0)} partitions`,
      ...(use === undefined ? [] : [`${percent(use)} of the table's capacity used`]),
      ...(hot === undefined ? [] : [`partition ${hot.at + 1} at ${percent(hot.share)} of its limit`]),
      ...(hot !== undefined && hot.refused > 0 && key !== undefined ? [`heated by the key ${key}`] : []),
      ...(hot !== undefined && heat?.foot?.(hot.at).isBad === true ? ['which has nothing left for bursts'] : []),
      ...(refused > 0 ? [`${perSecond(refused)} reads and writes refused`] : []),
      ...(index === undefined ? [] : [`${perSecond(index.refused)} of them for the index ${index.name}`]),
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
    const heat = heatOf(view)
    const hot = hottest(heat)
    const index = throttlingIndex(view)
    if (index !== undefined) return { outcome: 'throttled', text: `${index.name} throttling` }
    if (heat === undefined || hot === undefined || hot.refused <= 0) return undefined
    return { outcome: 'throttled', text: heat.cells.count > 1 ? `${heat.name(hot.at)} throttling` : 'throttling' }
  },
  load(view) {
    const heat = heatOf(view)
    const hot = hottest(heat)
    if (heat === undefined || hot === undefined) return undefined
    return { share: hot.share + heat.refusedShare(hot.refused), limited: true }
  },
}

const limitWords = (view: NodeView): string =>
  `${number(amount(view, 'Partition writes'))} writes, ${number(amount(view, 'Partition reads'))} reads/s each`
