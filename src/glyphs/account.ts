// What functions share in an account: the pool as one bar with a part for each of them, and the same by name.
import { number, percent } from '../run/words.ts'
import { rampColour } from '../theme/tokens.ts'
import { generic } from './generic.ts'
import { amount, type Glyph } from './glyph.ts'
import type { NodeView } from './view.ts'

interface Share {
  readonly name: string
  readonly running: number
  /** −1 = it shares the pool. */
  readonly reserved: number
}

/** All functions, the busiest first; undefined for accounts of other services. */
function sharesOf(view: NodeView): Share[] | undefined {
  const cells = view.cells('Functions')
  if (cells === undefined) return undefined
  const all = Array.from({ length: cells.listed }, (_, i) => ({
    name: cells.label(i) ?? `${i + 1}`,
    running: cells.value(i, 'Running'),
    reserved: cells.value(i, 'Reserved'),
  }))
  return all.sort((a, b) => b.running - a.running)
}

export const account: Glyph = {
  ...generic,
  size: { w: 204, h: 150 },
  draw(pen, box, view) {
    const shares = sharesOf(view)
    if (shares === undefined) {
      generic.draw(pen, box, view)
      return
    }
    const { theme, k } = pen
    const pool = Math.max(1, amount(view, 'Pool'))
    const used = amount(view, 'Unreserved')
    const full = used >= pool
    const bar = { x: box.x, y: box.y + 2 * k, w: box.w, h: 11 * k }
    pen.rect(bar, theme.track, 3)
    let x = bar.x
    shares
      .filter(({ reserved }) => reserved < 0)
      .forEach(({ running }, i) => {
        const w = (running / pool) * bar.w
        if (w < 0.5) return
        const part = { ...bar, x, w: Math.min(w, bar.x + bar.w - x) }
        if (full) pen.hatch(part, theme.throttled, 2)
        else pen.rect({ ...part, w: Math.max(1, part.w - 1) }, rampColour(theme, i % 2 === 0 ? 0.8 : 0.5), 2)
        x += w
      })
    // The bar's end is the limit.
    pen.line(bar.x + bar.w, bar.y - 2 * k, bar.x + bar.w, bar.y + bar.h + 2 * k, theme.hi, 1.5)
    let y = bar.y + bar.h + 13 * k
    if (y > box.y + box.h) return
    pen.text(box.x, y, `${number(used)} / ${number(pool)} of the pool`, {
      size: 11,
      mono: true,
      colour: full ? theme.throttled : theme.mid,
      max: box.w,
    })
    for (const { name, running, reserved } of shares) {
      y += 14 * k
      if (y > box.y + box.h) return
      const figure = reserved < 0 ? number(running) : `${number(running)} / ${number(reserved)}`
      const style = { size: 11, mono: true, align: 'right' } as const
      const width = pen.text(box.x + box.w, y, figure, { ...style, colour: reserved < 0 ? theme.hi : theme.good })
      pen.text(box.x, y, name, { size: 11, name: true, max: box.w - width - 8 * k })
    }
  },
  describe(view) {
    const shares = sharesOf(view)
    if (shares === undefined) return generic.describe(view)
    const pool = amount(view, 'Pool')
    const used = amount(view, 'Unreserved')
    const busiest = shares.filter(({ running }) => running > 0).slice(0, 3)
    return [
      `${number(used)} of the ${number(pool)} that nobody has reserved are in use (${percent(pool > 0 ? used / pool : 0)})`,
      ...busiest.map(({ name, running, reserved }) =>
        reserved < 0
          ? `${name} has ${number(running)}`
          : `${name} has ${number(running)} of its own ${number(reserved)}`,
      ),
    ].join(', ')
  },
  facts(view) {
    return sharesOf(view) === undefined
      ? generic.facts(view)
      : [
          { label: 'all', value: number(amount(view, 'Concurrency')) },
          { label: 'account', value: number(amount(view, 'Limit')) },
        ]
  },
  badge(view) {
    const full = sharesOf(view) !== undefined && amount(view, 'Unreserved') >= amount(view, 'Pool')
    return full ? { outcome: 'throttled', text: 'pool full' } : undefined
  },
}
