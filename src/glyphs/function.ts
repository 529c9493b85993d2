// A Lambda function: its environments as a unit chart sorted by what they do, against the concurrency they may have.
import { number, perSecond, percent, seconds } from '../run/words.ts'
import { rampColour } from '../theme/tokens.ts'
import { amount, known, type Glyph } from './glyph.ts'
import type { Box } from '../stage/geometry.ts'
import { ICONS } from './icons.ts'
import type { Pen } from './pen.ts'
import type { NamedCells, NodeView } from './view.ts'

const COMPUTING = 0
const WAITING = 1
const STARTING = 2
const IDLE = 3

const DOES = ['computes', 'waits', 'starts cold', 'idle'] as const

/** The most cells that are drawn one by one: beyond, each stands for several. */
const DRAWN_MAX = 600

function counts(cells: NamedCells | undefined): readonly [number, number, number, number] {
  const found: [number, number, number, number] = [0, 0, 0, 0]
  if (cells === undefined || cells.listed === 0) return found
  for (let i = 0; i < cells.listed; i++) found[cells.value(i, 'State')]++
  const each = cells.count / cells.listed
  return [found[0] * each, found[1] * each, found[2] * each, found[3] * each]
}

const use = (view: NodeView): number => {
  const limit = view.value('Limit')
  return known(limit) && limit > 0 ? amount(view, 'Concurrency') / limit : 0
}

export const lambda: Glyph = {
  size: { w: 250, h: 232 },
  icon: ICONS.lambda,
  draw(pen, box, view) {
    const { theme, k } = pen
    const cells = view.cells('Environments')
    const [computing, waiting, starting, idle] = counts(cells)
    const legend = box.h > 76 * k && box.w > 150 * k
    let top = box.y + 2 * k
    if (legend) {
      let x = box.x
      const part = (text: string, colour: string, draw: (x: number, y: number) => void): void => {
        draw(x, top + 4 * k)
        x += 10 * k
        x += pen.text(x, top + 8 * k, text, { size: 10.5, mono: true, colour }) + 8 * k
      }
      const square = 7 * k
      part(`${number(computing)} run`, theme.mid, (x, y) =>
        pen.rect({ x, y: y - square / 2, w: square, h: square }, theme.ramp[3], 1.5),
      )
      const held = heldColour(pen, view)
      part(`${number(waiting)} wait`, held === theme.throttled ? held : theme.mid, (x, y) =>
        pen.rect({ x: x + 1, y: y - square / 2 + 1, w: square - 2, h: square - 2 }, undefined, 1.5, held, 1.8),
      )
      if (starting > 0 || x + 60 * k < box.x + box.w)
        part(`${number(starting)} cold`, theme.mid, (x, y) => {
          pen.rect({ x, y: y - square / 2, w: square / 2, h: square }, theme.hi)
          pen.rect({ x: x + 0.5, y: y - square / 2 + 0.5, w: square - 1, h: square - 1 }, undefined, 1.5, theme.hi, 1)
        })
      if (x + 60 * k < box.x + box.w)
        part(`${number(idle)} idle`, theme.mid, (x, y) =>
          pen.rect({ x: x + 0.5, y: y - square / 2 + 0.5, w: square - 1, h: square - 1 }, theme.ramp[1], 1.5),
        )
      top += 17 * k
    }
    const limit = view.value('Limit')
    const limited = known(limit) && limit > 0
    const barHeight = limited ? 26 * k : 0
    const grid = { x: box.x, y: top, w: box.w, h: box.y + box.h - top - barHeight }
    drawGrid(pen, grid, view, cells)
    if (!limited) return
    const y = box.y + box.h - 22 * k
    const refused = amount(view, 'Throttles') > 0
    const bar = { x: box.x, y, w: box.w, h: 7 * k }
    const share = Math.min(1, use(view))
    pen.rect(bar, theme.track, 3)
    if (refused) pen.hatch({ ...bar, w: Math.max(4, bar.w * share) }, theme.throttled, 3)
    else if (share > 0) pen.rect({ ...bar, w: Math.max(2, bar.w * share) }, rampColour(theme, 0.35 + 0.65 * share), 3)
    const of = known(view.value('Reserved')) ? 'reserved' : 'may run'
    const figures = `${number(amount(view, 'Concurrency'))} / ${number(limit)}`
    const whole = `${figures} ${of}`
    pen.text(box.x, y + 19 * k, pen.widthOf(whole, { size: 11, mono: true }) <= box.w ? whole : figures, {
      size: 11,
      mono: true,
      colour: refused ? theme.throttled : theme.mid,
      max: box.w,
    })
  },
  items(pen, box, view) {
    const { theme, k } = pen
    const cells = view.cells('Environments')
    const left = { ...box, w: box.w * 0.5 }
    lambda.draw(pen, left, view)
    if (cells === undefined) return
    const at = { ...box, x: left.x + left.w + 16 * k, w: box.w - left.w - 16 * k }
    const more = pen.rows(
      { ...at, h: at.h - 16 * k },
      Array.from({ length: cells.listed }, (_, i) => i),
      (i) => {
        const kept = cells.value(i, 'Provisioned') === 1 ? ' · provisioned' : ''
        return `${DOES[cells.value(i, 'State')]} ${seconds(cells.value(i, 'Since'))}${kept}`
      },
      (i, x, y) => environment(pen, { x: x - 4.5 * k, y: y - 4.5 * k, w: 9 * k, h: 9 * k }, view, cells, i),
    )
    if (more > 0)
      pen.text(at.x, at.y + at.h - 2 * k, `and ${number(more + cells.count - cells.listed)} more`, {
        size: 11,
        colour: theme.low,
      })
  },
  describe(view) {
    const [computing, waiting, starting, idle] = counts(view.cells('Environments'))
    const refused = amount(view, 'Throttles')
    const limit = view.value('Limit')
    return [
      `${number(computing)} environments run, ${number(waiting)} wait for a dependency, ${number(starting)} start cold, ${number(idle)} are idle`,
      ...(known(limit) ? [`${number(amount(view, 'Concurrency'))} of ${number(limit)} concurrent requests`] : []),
      ...(known(view.value('Provisioned')) ? [`${number(amount(view, 'Provisioned'))} provisioned`] : []),
      ...(refused > 0 ? [`${perSecond(refused)} refused with 429`] : []),
      ...(view.incoming('error') > 0 ? [`${perSecond(view.incoming('error'))} fail`] : []),
    ].join(', ')
  },
  facts(view) {
    const refused = amount(view, 'Throttles')
    return [
      { label: 'invoked', value: perSecond(amount(view, 'Invocations')) },
      { label: 'throttled', value: perSecond(refused), ...(refused > 0 ? { trouble: 'throttled' } : {}) },
      { label: 'cold', value: perSecond(amount(view, 'Cold starts')) },
      { label: 'in use', value: percent(use(view)) },
    ]
  },
  badge(view) {
    const refused = amount(view, 'Throttles')
    if (refused > 0) return { outcome: 'throttled', text: `429 · ${perSecond(refused)}` }
    const failed = view.incoming('error')
    return failed > 0 ? { outcome: 'error', text: `${perSecond(failed)} fail` } : undefined
  },
  load: (view) => (known(view.value('Limit')) ? { share: use(view), limited: true } : undefined),
}

/** Waiting for an answer is no trouble, unless requests are refused meanwhile: then it is what holds their places. */
const heldColour = ({ theme }: Pen, view: NodeView): string =>
  view.tone === 'throttling' ? theme.throttled : theme.ramp[4]

function drawGrid(pen: Pen, box: Box, view: NodeView, cells: NamedCells | undefined): void {
  const { theme, k } = pen
  const listed = cells?.listed ?? 0
  const limit = view.value('Limit')
  const each = cells === undefined || listed === 0 ? 1 : cells.count / listed
  // Room for all that may be, so that a full grid means a full limit; a huge limit would leave nothing to see.
  const capacity = known(limit)
    ? Math.min(limit, Math.max(60, amount(view, 'Concurrency') * 3, (cells?.count ?? 0) * 1.15))
    : 60
  const whole = Math.max(cells?.count ?? 0, Math.ceil(capacity))
  const per = Math.max(1, each, Math.ceil(whole / DRAWN_MAX))
  const total = Math.max(1, Math.ceil(whole / per))
  const shown = Math.ceil((cells?.count ?? 0) / per)
  const columns = Math.max(1, Math.min(total, Math.ceil(Math.sqrt((total * box.w) / Math.max(1, box.h)))))
  const rows = Math.ceil(total / columns)
  const pitch = Math.min(box.w / columns, box.h / rows, 24 * k)
  const gap = pitch > 6 ? Math.max(1, pitch * 0.16) : pitch > 3 ? 0.7 : 0.3
  const side = pitch - gap
  const radius = side > 6 ? 1.6 : 0
  for (let i = 0; i < total; i++) {
    const cell = {
      x: box.x + (i % columns) * pitch,
      y: box.y + Math.floor(i / columns) * pitch,
      w: side,
      h: side,
    }
    if (i >= shown || cells === undefined) {
      pen.rect({ x: cell.x + 0.5, y: cell.y + 0.5, w: side - 1, h: side - 1 }, undefined, radius, theme.line, 0.8)
      continue
    }
    environment(pen, cell, view, cells, Math.min(listed - 1, Math.floor(i * (per / each))))
  }
  if (per > 1)
    pen.text(box.x + box.w, box.y + box.h, `■ = ${number(per)}`, { size: 10, align: 'right', colour: theme.low })
}

/** One environment, by what it does. */
function environment(pen: Pen, cell: Box, view: NodeView, cells: NamedCells, at: number): void {
  const { theme } = pen
  const side = cell.w
  const radius = side > 6 ? 1.6 : 0
  switch (cells.value(at, 'State')) {
    case COMPUTING:
      pen.rect(cell, rampColour(theme, 0.6 + 0.4 * Math.min(1, cells.value(at, 'Since') / 2)), radius)
      break
    case WAITING: {
      const stroke = Math.min(2, Math.max(0.9, side * 0.2))
      const inside = { x: cell.x + stroke / 2, y: cell.y + stroke / 2, w: side - stroke, h: side - stroke }
      pen.rect(inside, undefined, radius, heldColour(pen, view), stroke)
      break
    }
    case STARTING:
      pen.rect({ ...cell, w: side / 2 }, theme.hi)
      pen.rect({ x: cell.x + 0.5, y: cell.y + 0.5, w: side - 1, h: side - 1 }, undefined, radius, theme.hi, 1)
      break
    case IDLE:
      pen.rect(cell, theme.ramp[1], radius)
      break
  }
  if (cells.value(at, 'Provisioned') === 1 && side > 5)
    pen.rect({ x: cell.x - 0.4, y: cell.y - 0.4, w: side + 0.8, h: side + 0.8 }, undefined, radius, theme.good, 1.2)
}
