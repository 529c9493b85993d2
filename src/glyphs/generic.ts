// Any resource without a glyph of its own: a gauge where a reading has a limit beside it, else how much passed in the last
// moments as a line; and its readings in words.
import { inUnit, number, percent } from '../run/words.ts'
import { amount, known, type Fact, type Glyph, type Load } from './glyph.ts'
import { ICONS } from './icons.ts'
import { TRAIL, trail } from './trail.ts'
import type { NodeView } from './view.ts'

/** Pairs of readings of which the second is the limit of the first, the usual names of rooms. */
const LIMITS: readonly (readonly [string, string])[] = [
  ['Unreserved', 'Pool'],
  ['Concurrency', 'Limit'],
  ['In service', 'Most'],
  ['Level', 'Limit'],
]

function pair(view: NodeView): { name: string; limit: string; load: Load } | undefined {
  for (const [name, limit] of LIMITS) {
    const [value, most] = [view.value(name), view.value(limit)]
    if (known(value) && known(most) && most > 0) return { name, limit, load: { share: value / most, limited: true } }
  }
  return undefined
}

const facts = (view: NodeView): Fact[] =>
  view.node.readings.flatMap((reading) => {
    const value = view.value(reading.name)
    if (!known(value)) return []
    // A word such as `requests` has no room on a card, and the label says what is counted.
    const figure =
      /^[a-z]{4,}$/.test(reading.unit) && reading.unit !== 'share' ? number(value) : inUnit(value, reading.unit)
    return [{ label: reading.name.toLowerCase(), value: figure }]
  })

export const generic: Glyph = {
  size: { w: 186, h: 118 },
  icon: ICONS.gauge,
  draw(pen, box, view) {
    const found = pair(view)
    const { theme, k } = pen
    if (found !== undefined) {
      pen.gauge({ x: box.x, y: box.y + 6 * k, w: box.w, h: 10 * k }, found.load.share, true)
      if (box.h > 34 * k)
        pen.text(
          box.x,
          box.y + 31 * k,
          `${percent(found.load.share)} of ${inUnit(amount(view, found.limit), view.unit(found.limit))}`,
          {
            size: 11,
            mono: true,
            max: box.w,
          },
        )
      return
    }
    const rate = view.node.readings.find(({ unit }) => unit === '1/s')
    if (rate !== undefined && box.h >= 16 * k)
      trail(pen, { ...box, y: box.y + 4 * k, h: box.h - 6 * k }, view.history(rate.name, TRAIL), {
        colour: theme.ramp[4],
        fill: theme.ramp[1],
      })
    else if (view.node.readings.length === 0 && box.h >= 20 * k)
      pen.text(box.x, box.y + 14 * k, 'nothing inside to show', { size: 11, colour: theme.low, max: box.w })
  },
  describe(view) {
    const all = facts(view)
    return all.length === 0 ? 'nothing inside to show' : all.map((fact) => `${fact.label} ${fact.value}`).join(', ')
  },
  facts: (view) => facts(view).slice(0, 3),
  load: (view) => pair(view)?.load,
  readsHistory: true,
}
