// The card of a node: frame, head, glyph, foot; in five forms by how large it is on the screen.
import type { Box } from '../stage/geometry.ts'
import { outcomeColour, type Theme } from '../theme/tokens.ts'
import type { Badge, Fact, Glyph } from './glyph.ts'
import { Pen } from './pen.ts'
import { kindOf, nameOf, type NodeView } from './view.ts'

/** Widths on the screen, in CSS pixels, from which a card is more than a chip, and from which it shows single things. */
export const GAUGE_FROM = 56
export const ITEMS_FROM = 420
/** From this size a card has its whole head and foot. */
const WHOLE_FROM = { w: 172, h: 140 }
/** From these sizes a smaller card has the picture inside, and its pictogram beside the name. */
const INSIDE_FROM = { w: 66, h: 26 }
const ICON_FROM = { w: 118, h: 62 }

export interface CardState {
  readonly selected: boolean
  readonly focused: boolean
  /** Two numbers at its foot, as many as are read from the last row of a room. */
  readonly few?: boolean
  /** Number of the insight that points here. */
  readonly pin?: number
}

/** Room around a card for its selection ring and its pin. */
export const CARD_MARGIN = 14

/** Draws a card with its corner at (0, 0), `size` in CSS pixels of the screen. */
export function drawCard(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  glyph: Glyph,
  view: NodeView,
  size: { readonly w: number; readonly h: number },
  state: CardState,
): void {
  const box: Box = { x: 0, y: 0, w: size.w, h: size.h }
  const k = Math.max(1, Math.min(3, size.w / glyph.size.w, size.h / glyph.size.h))
  const pen = new Pen(ctx, theme, k)
  const badge = glyph.badge?.(view)
  if (size.w < GAUGE_FROM) chip(pen, box, glyph, view, badge)
  else {
    frame(pen, box, badge)
    if (size.w < WHOLE_FROM.w || size.h < WHOLE_FROM.h) compact(pen, box, glyph, view, badge)
    else whole(pen, box, glyph, view, badge, state.few === true)
  }
  const radius = 9 * k
  if (state.selected || state.focused)
    pen.rect(
      { x: -4, y: -4, w: box.w + 8, h: box.h + 8 },
      undefined,
      radius + 4,
      state.selected ? theme.accent : theme.hi,
      state.selected ? 2.5 : 1.5,
    )
  if (state.pin !== undefined) pin(pen, box.w - 4, 0, state.pin, badge)
}

function frame(pen: Pen, box: Box, badge: Badge | undefined): void {
  const { theme, k } = pen
  const border = badge === undefined || badge.outcome === 'retry' ? theme.line : outcomeColour(theme, badge.outcome)
  const width = border === theme.line ? 1.2 : 2
  pen.rect({ x: width / 2, y: width / 2, w: box.w - width, h: box.h - width }, theme.card, 9 * k, border, width)
}

function whole(pen: Pen, box: Box, glyph: Glyph, view: NodeView, found: Badge | undefined, few: boolean): void {
  const { theme, k } = pen
  const pad = 11 * k
  const inner = box.w - 2 * pad
  const icon = 17 * k
  glyph.icon(pen, pad, pad, icon)
  const left = pad + icon + 8 * k
  const name = { size: 14, weight: 600, colour: theme.hi, name: true } as const
  const badge = glyph.tellsBadge === true ? undefined : found
  const badgeWidth = badge === undefined ? 0 : pen.widthOf(badge.text, BADGE) + 14 * k
  const beside = left + pen.widthOf(nameOf(view.node), name) + 10 * k + badgeWidth <= box.w - pad
  pen.text(left, pad + 12 * k, nameOf(view.node), { ...name, max: box.w - pad - left - (beside ? badgeWidth : 0) })
  const second = pad + 26 * k
  if (badge !== undefined) drawBadge(pen, box.w - pad, beside ? pad + 12 * k : second, badge, box.w - pad - left)
  const kindRoom = box.w - pad - left - (badge !== undefined && !beside ? badgeWidth + 6 * k : 0)
  if (kindRoom > 24 * k) pen.text(left, second, kindOf(view.node), { size: 11, colour: theme.low, max: kindRoom })
  const facts = few ? glyph.facts(view).slice(0, 2) : glyph.facts(view)
  const footHeight = facts.length > 0 && box.h > 110 * k ? 38 * k : 0
  const top = pad + 36 * k
  const body = { x: pad, y: top, w: inner, h: box.h - top - footHeight - 8 * k }
  if (footHeight > 0) foot(pen, { x: pad, y: box.h - footHeight, w: inner, h: footHeight }, facts)
  if (body.h <= 8 * k) return
  if (glyph.items !== undefined && box.w >= ITEMS_FROM) glyph.items(near(pen), body, view)
  else glyph.draw(pen, body, view)
}

const BADGE = { size: 11, weight: 600, align: 'right' } as const

function drawBadge(pen: Pen, right: number, y: number, badge: Badge, max: number): void {
  const { k } = pen
  const colour = outcomeColour(pen.theme, badge.outcome)
  const width = pen.text(right, y, badge.text, { ...BADGE, colour, max: max - 12 * k })
  pen.mark(badge.outcome, right - width - 8 * k, y - 4 * k, 4 * k)
}

function foot(pen: Pen, box: Box, facts: readonly Fact[]): void {
  const { theme, k } = pen
  pen.line(box.x, box.y, box.x + box.w, box.y, theme.line, 1)
  const shown = Math.max(1, Math.min(facts.length, Math.floor(box.w / (58 * k))))
  const width = box.w / shown
  facts.slice(0, shown).forEach((fact, i) => {
    const x = box.x + i * width
    pen.text(x, box.y + 15 * k, fact.label, { size: 10.5, colour: theme.low, max: width - 4 * k })
    pen.text(x, box.y + 29 * k, fact.value, {
      size: 12.5,
      weight: 500,
      mono: true,
      colour: fact.trouble === undefined ? theme.hi : outcomeColour(theme, fact.trouble),
      max: width - 3 * k,
    })
  })
}

/** Single things are read, not looked at: their texts grow less than the card. */
const near = (pen: Pen): Pen => new Pen(pen.ctx, pen.theme, Math.min(pen.k, 1.1))

/** Name, the picture where it has room, else a level bar, and one line of words. */
function compact(pen: Pen, box: Box, glyph: Glyph, view: NodeView, badge: Badge | undefined): void {
  const { theme } = pen
  const pad = 8
  const inner = box.w - 2 * pad
  const flat = box.h < 30
  const top = flat ? box.h / 2 + 4 : Math.min(19, box.h / 2)
  const icon = box.w >= ICON_FROM.w && box.h >= ICON_FROM.h ? 14 : 0
  if (icon > 0) glyph.icon(pen, pad, top - 11, icon)
  const left = pad + (icon > 0 ? icon + 5 : 0)
  const mark = badge === undefined ? 0 : 14
  const size = icon > 0 ? 12.5 : 11.5
  pen.text(left, top, nameOf(view.node), {
    size,
    weight: 600,
    colour: theme.hi,
    name: true,
    max: box.w - pad - left - mark,
  })
  if (badge !== undefined) pen.mark(badge.outcome, box.w - pad - 4, top - 4, 4)
  const facts = glyph.facts(view)
  if (flat) {
    // No room but beside the name: one figure, if it does not come too near.
    const room = box.w - 2 * pad - mark - pen.widthOf(nameOf(view.node), { size, weight: 600 }) - 10
    const figure = { size: 11, mono: true, align: 'right' } as const
    const value = facts.find((fact) => fact.trouble === undefined)?.value ?? ''
    if (pen.widthOf(value, figure) <= room) pen.text(box.w - pad - mark, top, value, figure)
    return
  }
  const words = facts.length > 0 || (badge !== undefined && glyph.tellsBadge !== true)
  const foot = box.h >= 66 && words ? 18 : 2
  const load = glyph.load(view)
  const body = { x: pad, y: top + 7, w: inner, h: box.h - top - 7 - foot - 5 }
  if (body.h >= INSIDE_FROM.h && inner >= INSIDE_FROM.w) glyph.draw(pen, body, view)
  else if (load !== undefined) pen.gauge({ x: pad, y: top + 8, w: inner, h: 6 }, load.share, load.limited)
  if (foot <= 2) return
  let x = pad
  if (badge !== undefined && glyph.tellsBadge !== true) {
    x += pen.text(x, box.h - 8, badge.text, { size: 11, colour: outcomeColour(theme, badge.outcome), max: inner }) + 10
  }
  for (const fact of facts) {
    // What the badge says already, or zero of a trouble, has no place where there is so little.
    if (fact.trouble !== undefined || (x > pad && facts.indexOf(fact) > 1)) continue
    const figure = `${fact.label} ${fact.value}`
    if (x > pad && x + pen.widthOf(figure, { size: 11 }) > box.w - pad) break
    x += pen.text(x, box.h - 8, figure, { size: 11, colour: theme.mid, max: box.w - pad - x }) + 10
  }
}

/** A ring that fills, with the shape of its trouble inside. */
function chip(pen: Pen, box: Box, glyph: Glyph, view: NodeView, badge: Badge | undefined): void {
  const { ctx, theme } = pen
  const r = Math.max(4, Math.min(box.w, box.h) / 2 - 3)
  const [x, y] = [box.w / 2, box.h / 2]
  const load = glyph.load(view)
  const ring = (share: number, colour: string): void => {
    ctx.beginPath()
    ctx.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, share))
    ctx.lineWidth = Math.max(2, r * 0.3)
    ctx.strokeStyle = colour
    ctx.stroke()
  }
  ring(1, theme.track)
  if (load !== undefined) ring(load.share, theme.ramp[3])
  if (badge !== undefined) {
    ring(1, outcomeColour(theme, badge.outcome))
    pen.mark(badge.outcome, x, y, r * 0.45)
  }
}

function pin(pen: Pen, x: number, y: number, number: number, badge: Badge | undefined): void {
  const { ctx, theme } = pen
  ctx.beginPath()
  ctx.arc(x, y, 10, 0, 2 * Math.PI)
  ctx.fillStyle = badge?.outcome === 'error' ? theme.error : theme.throttled
  ctx.fill()
  ctx.lineWidth = 2
  ctx.strokeStyle = theme.bg
  ctx.stroke()
  // Its own scale: the pin is as large on every card.
  new Pen(ctx, theme).text(x, y + 4, String(number), { size: 11.5, weight: 600, align: 'center', colour: theme.bg })
}

/** A node's state as a sentence, for those who do not see the picture. */
export function describeCard(glyph: Glyph, view: NodeView): string {
  const tone = view.tone === 'calm' || view.tone === 'busy' ? '' : ` (${view.tone})`
  return `${nameOf(view.node)}, ${kindOf(view.node)}${tone}: ${glyph.describe(view)}`
}

/** Whether something is wrong at a node: what its badge or its tone say. */
export function isTrouble(glyph: Glyph, view: NodeView): boolean {
  const badge = glyph.badge?.(view)
  return (badge !== undefined && badge.outcome !== 'retry') || view.tone === 'throttling' || view.tone === 'failing'
}
