// The box of a group of resources, looked at from far: its name, a square for each of its members, and what is wrong there.
import type { Size } from '../stage/geometry.ts'
import { outcomeColour, rampColour, type Theme } from '../theme/tokens.ts'
import { isTrouble } from './card.ts'
import type { Glyph } from './glyph.ts'
import { Pen } from './pen.ts'
import type { NodeView } from './view.ts'

export interface Member {
  readonly glyph: Glyph
  readonly view: NodeView
}

/** `Orders, 7 resources: 2 in trouble`, for those who do not see the picture. */
export function describeGroup(name: string, members: readonly Member[]): string {
  const troubled = members.filter(({ glyph, view }) => isTrouble(glyph, view)).map(({ view }) => view.node.name)
  const all = `${name}, ${members.length} resource${members.length === 1 ? '' : 's'}`
  return troubled.length === 0 ? `${all}, all well` : `${all}, trouble at ${troubled.join(', ')}`
}

/** Draws a group with its corner at (0, 0), `size` in CSS pixels. */
export function drawGroup(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  name: string,
  members: readonly Member[],
  size: Size,
): void {
  const pen = new Pen(ctx, theme)
  const badges = members.map(({ glyph, view }) =>
    isTrouble(glyph, view) ? (glyph.badge?.(view)?.outcome ?? 'throttled') : undefined,
  )
  const worst = (['error', 'throttled', 'dead-letter'] as const).find((outcome) => badges.includes(outcome))
  const border = worst === undefined ? theme.line : outcomeColour(theme, worst)
  pen.rect({ x: 1, y: 1, w: size.w - 2, h: size.h - 2 }, theme.card, 10, border, worst === undefined ? 1.2 : 2)
  const pad = 10
  const troubled = badges.filter((badge) => badge !== undefined).length
  pen.text(pad, 20, name, {
    size: 13,
    weight: 600,
    colour: theme.hi,
    name: true,
    max: size.w - 2 * pad - (worst === undefined ? 0 : 16),
  })
  if (worst !== undefined) pen.mark(worst, size.w - pad - 4, 15, 4.5)
  const words = troubled > 0 ? `${troubled} of ${members.length} in trouble` : `${members.length} resources`
  if (size.h > 58)
    pen.text(pad, size.h - 9, words, {
      size: 11,
      colour: worst === undefined ? theme.mid : border,
      max: size.w - 2 * pad,
    })
  const area = { x: pad, y: 28, w: size.w - 2 * pad, h: size.h - 28 - (size.h > 58 ? 24 : 8) }
  if (area.h < 6) return
  const columns = Math.max(1, Math.ceil(Math.sqrt((members.length * area.w) / area.h)))
  const pitch = Math.min(16, area.w / columns, area.h / Math.ceil(members.length / columns))
  members.forEach(({ glyph, view }, i) => {
    const cell = {
      x: area.x + (i % columns) * pitch,
      y: area.y + Math.floor(i / columns) * pitch,
      w: pitch * 0.82,
      h: pitch * 0.82,
    }
    const badge = badges[i]
    if (badge === undefined)
      pen.rect(cell, rampColour(theme, 0.25 + 0.6 * Math.min(1, glyph.load(view)?.share ?? 0)), 2)
    else pen.mark(badge, cell.x + cell.w / 2, cell.y + cell.h / 2, cell.w / 2)
  })
}
