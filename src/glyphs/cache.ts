// A cache: a ring that is filled by the share of the reads that it answers, a part for each of its nodes or edge locations.
import { bytes, number, percent, perSecond } from '../run/words.ts'
import type { Box } from '../stage/geometry.ts'
import { amount, known, type Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import type { Pen } from './pen.ts'
import type { NodeView } from './view.ts'

/** One part of the ring. */
interface Part {
  readonly fill: number
  readonly isDown: boolean
}

/** The nodes, filled by the hits of all of them, or the edge locations, each by its own. */
function partsOf(view: NodeView): Part[] {
  const ratio = hitRatio(view) ?? 0
  const edges = view.cells('Edge locations')
  const cells = view.cells('Nodes') ?? edges
  if (cells === undefined || cells.listed === 0) return [{ fill: ratio, isDown: false }]
  const isDown = (at: number): boolean =>
    cells.has('Up') ? cells.value(at, 'Up') === 0 : cells.value(at, 'Down') === 1
  return Array.from({ length: cells.listed }, (_, at) => ({
    fill: cells === edges ? cells.value(at, 'Fill') : ratio,
    isDown: isDown(at),
  }))
}

/** Hits among the reads of the moment; undefined while nobody reads. */
function hitRatio(view: NodeView): number | undefined {
  const [hits, misses] = [amount(view, 'Hits'), amount(view, 'Misses')]
  return hits + misses > 0 ? hits / (hits + misses) : undefined
}

function memoryShare(view: NodeView): number | undefined {
  const limit = view.value('Memory limit')
  return known(limit) && limit > 0 ? amount(view, 'Memory') / limit : undefined
}

const downCount = (view: NodeView): number => partsOf(view).filter(({ isDown }) => isDown).length

function ring(pen: Pen, x: number, y: number, r: number, parts: readonly Part[]): void {
  const { ctx, theme, k } = pen
  const gap = parts.length > 1 ? Math.min(0.12, 1.2 / parts.length) : 0
  const each = (2 * Math.PI) / parts.length
  ctx.lineWidth = 8 * k
  ctx.lineCap = 'butt'
  parts.forEach(({ fill, isDown }, i) => {
    const from = -Math.PI / 2 + i * each + gap / 2
    const length = each - gap
    const arc = (start: number, end: number, colour: string): void => {
      ctx.beginPath()
      ctx.strokeStyle = colour
      ctx.arc(x, y, r, start, end)
      ctx.stroke()
    }
    if (isDown) {
      ctx.setLineDash([2 * k, 3 * k])
      arc(from, from + length, theme.error)
      ctx.setLineDash([])
      return
    }
    arc(from, from + length, theme.track)
    const filled = length * Math.min(1, Math.max(0, fill))
    if (filled > 0) arc(from, from + filled, theme.ramp[3])
  })
}

export const cache: Glyph = {
  size: { w: 226, h: 168 },
  icon: ICONS.cache,
  draw(pen: Pen, box: Box, view) {
    const { theme, k } = pen
    const r = Math.max(16 * k, Math.min(box.h, box.w * 0.5) / 2 - 6 * k)
    const [x, y] = [box.x + r + 6 * k, box.y + box.h / 2]
    ring(pen, x, y, r, partsOf(view))
    const ratio = hitRatio(view)
    pen.text(x, y + 4 * k, ratio === undefined ? '–' : percent(ratio), {
      size: 17,
      weight: 600,
      mono: true,
      align: 'center',
      colour: theme.hi,
    })
    pen.text(x, y + 17 * k, 'hits', { size: 10, align: 'center' })
    const share = memoryShare(view)
    const isEvicting = amount(view, 'Evictions') > 0
    const lines = [
      `${number(amount(view, 'Hits'))}/s hit`,
      `${number(amount(view, 'Misses'))}/s miss`,
      ...(known(view.value('Items')) ? [`${number(amount(view, 'Items'))} items`] : []),
      ...(share === undefined ? [] : [`${percent(share)} full`]),
    ]
    const left = x + r + 14 * k
    lines.forEach((line, i) =>
      pen.text(left, y + (i - (lines.length - 1) / 2) * 16 * k + 4 * k, line, {
        size: 11,
        mono: true,
        // What comes in now drives something else out.
        ...(isEvicting && line.endsWith('full') ? { colour: theme.throttled, weight: 600 } : {}),
        max: box.x + box.w - left,
      }),
    )
  },
  describe(view) {
    const ratio = hitRatio(view)
    const share = memoryShare(view)
    const evictions = amount(view, 'Evictions')
    const down = downCount(view)
    return [
      ratio === undefined
        ? 'nobody reads'
        : `${percent(ratio)} of ${perSecond(amount(view, 'Hits') + amount(view, 'Misses'))} reads are hits`,
      ...(known(view.value('Items')) ? [`${number(amount(view, 'Items'))} items`] : []),
      ...(share === undefined ? [] : [`${percent(share)} of ${bytes(amount(view, 'Memory limit'))} full`]),
      ...(evictions > 0 ? [`${perSecond(evictions)} items make room for others`] : []),
      ...(down > 0 ? [`${number(down)} of ${number(partsOf(view).length)} nodes lost`] : []),
    ].join(', ')
  },
  facts(view) {
    const failed = amount(view, 'Failed')
    const ratio = hitRatio(view)
    return [
      { label: 'hits', value: ratio === undefined ? '–' : percent(ratio) },
      { label: 'missed', value: perSecond(amount(view, 'Misses')) },
      ...(failed > 0 ? [{ label: 'failed', value: perSecond(failed), trouble: 'error' } as const] : []),
      { label: 'evicted', value: perSecond(amount(view, 'Evictions')) },
    ]
  },
  badge(view) {
    const down = downCount(view)
    if (down > 0) return { outcome: 'error', text: down === 1 ? 'node lost' : `${number(down)} nodes lost` }
    const failed = amount(view, 'Failed')
    return failed > 0 ? { outcome: 'error', text: `${perSecond(failed)} failed` } : undefined
  },
  load(view) {
    const share = memoryShare(view)
    return share === undefined ? undefined : { share, limited: false }
  },
}
