// How a card is drawn on a canvas: text, bars, hatches, limits and the shapes of outcomes, in the theme's colours.
import type { Outcome } from '../sim.ts'
import { outcomeColour, rampColour, type Theme } from '../theme/tokens.ts'
import type { Box } from '../stage/geometry.ts'

export interface TextStyle {
  readonly size?: number
  readonly weight?: 400 | 500 | 600
  readonly colour?: string
  readonly align?: 'left' | 'right' | 'center'
  readonly mono?: boolean
  /** Width in which the text must stay; it is cut with an ellipsis. */
  readonly max?: number
  /** Names keep both ends: what tells them apart often stands last. */
  readonly name?: true
}

export class Pen {
  readonly ctx: CanvasRenderingContext2D
  readonly theme: Theme
  /** Scale of texts and strokes: more than 1 when a card is looked at from near. */
  readonly k: number

  constructor(ctx: CanvasRenderingContext2D, theme: Theme, k: number = 1) {
    this.ctx = ctx
    this.theme = theme
    this.k = k
  }

  /** Text with its baseline at `y`; answers its width. */
  text(x: number, y: number, text: string, style: TextStyle = {}): number {
    const { ctx } = this
    this.#font(style)
    ctx.fillStyle = style.colour ?? this.theme.mid
    ctx.textAlign = style.align ?? 'left'
    ctx.textBaseline = 'alphabetic'
    const shown = style.max === undefined ? text : this.#cut(text, style.max, style.name === true)
    ctx.fillText(shown, x, y)
    return ctx.measureText(shown).width
  }

  widthOf(text: string, style: TextStyle = {}): number {
    this.#font(style)
    return this.ctx.measureText(text).width
  }

  #font({ size = 11, weight = 400, mono = false }: TextStyle): void {
    const family = mono ? '"JetBrains Mono", monospace' : 'Inter, system-ui, sans-serif'
    this.ctx.font = `${weight} ${size * this.k}px ${family}`
  }

  #cut(text: string, max: number, middle: boolean): string {
    if (this.ctx.measureText(text).width <= max) return text
    const short = (kept: number): string => {
      const tail = middle ? Math.floor(kept / 2) : 0
      return `${text.slice(0, kept - tail).trimEnd()}…${tail === 0 ? '' : text.slice(-tail)}`
    }
    let low = 0
    let high = text.length
    while (low < high) {
      const kept = (low + high + 1) >> 1
      if (this.ctx.measureText(short(kept)).width <= max) low = kept
      else high = kept - 1
    }
    return low === 0 ? '' : short(low)
  }

  rect(box: Box, fill: string | undefined, radius = 0, stroke?: string, width = 1): void {
    const { ctx } = this
    ctx.beginPath()
    ctx.roundRect(box.x, box.y, Math.max(0, box.w), Math.max(0, box.h), radius)
    if (fill !== undefined) {
      ctx.fillStyle = fill
      ctx.fill()
    }
    if (stroke !== undefined) {
      ctx.lineWidth = width
      ctx.strokeStyle = stroke
      ctx.stroke()
    }
  }

  line(x0: number, y0: number, x1: number, y1: number, colour: string, width = 1, dash: readonly number[] = []): void {
    const { ctx } = this
    ctx.beginPath()
    ctx.setLineDash([...dash])
    ctx.moveTo(x0, y0)
    ctx.lineTo(x1, y1)
    ctx.lineWidth = width
    ctx.strokeStyle = colour
    ctx.stroke()
    ctx.setLineDash([])
  }

  /** Diagonal stripes with an outline: what is over a limit. */
  hatch(box: Box, colour: string, radius = 0): void {
    const { ctx } = this
    if (box.w <= 0.5 || box.h <= 0.5) return
    ctx.save()
    ctx.beginPath()
    ctx.roundRect(box.x, box.y, box.w, box.h, radius)
    ctx.clip()
    ctx.globalAlpha = 0.22
    ctx.fillStyle = colour
    ctx.fillRect(box.x, box.y, box.w, box.h)
    ctx.globalAlpha = 1
    ctx.strokeStyle = colour
    ctx.lineWidth = 1.7 * this.k
    const gap = 5.5 * this.k
    ctx.beginPath()
    for (let at = box.x - box.h; at < box.x + box.w; at += gap) {
      ctx.moveTo(at, box.y + box.h)
      ctx.lineTo(at + box.h, box.y)
    }
    ctx.stroke()
    ctx.restore()
    this.rect({ x: box.x + 0.5, y: box.y + 0.5, w: box.w - 1, h: box.h - 1 }, undefined, radius, colour, 1.2)
  }

  /** A disc of which a share is filled, from the top clockwise: the rest of a time. */
  pie(x: number, y: number, r: number, share: number, colour: string): void {
    const { ctx, theme } = this
    ctx.beginPath()
    ctx.arc(x, y, r, 0, 2 * Math.PI)
    ctx.fillStyle = theme.track
    ctx.fill()
    ctx.lineWidth = Math.max(0.8, r * 0.2)
    ctx.strokeStyle = colour
    ctx.stroke()
    const left = Math.min(1, Math.max(0, share))
    if (left === 0) return
    ctx.beginPath()
    ctx.moveTo(x, y)
    ctx.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * left)
    ctx.closePath()
    ctx.fillStyle = colour
    ctx.fill()
  }

  /** Lines of words, as many as fit; answers how many there was no room for. `draw` may put a shape into the first 14 units. */
  rows<T>(
    box: Box,
    items: readonly T[],
    words: (item: T) => string,
    draw: (item: T, x: number, y: number) => void = () => {},
  ): number {
    const line = 15 * this.k
    const fit = Math.max(0, Math.floor((box.h + 4 * this.k) / line))
    items.slice(0, fit).forEach((item, i) => {
      const y = box.y + (i + 0.5) * line
      draw(item, box.x + 5 * this.k, y)
      this.text(box.x + 14 * this.k, y + 4 * this.k, words(item), { size: 11, mono: true, max: box.w - 14 * this.k })
    })
    return Math.max(0, items.length - fit)
  }

  /**
   * A level bar against a limit. The limit stands at two thirds of the length, so that 150 % of it has room; what is over is
   * hatched. Without a limit (`share` of a capacity that cannot be exceeded) the whole length is the capacity.
   */
  gauge(box: Box, share: number, limited: boolean): void {
    const radius = Math.min(3, box.h / 2)
    this.rect(box, this.theme.track, radius)
    const full = limited ? (box.w * 2) / 3 : box.w
    const filled = Math.min(1, Math.max(0, share)) * full
    if (filled > 0.5) this.rect({ ...box, w: Math.max(2, filled) }, rampColour(this.theme, 0.35 + 0.65 * share), radius)
    if (!limited) return
    const over = Math.min(0.5, Math.max(0, share - 1)) * full
    if (over > 0) this.hatch({ ...box, x: box.x + full, w: Math.max(5, over) }, this.theme.throttled, radius)
    this.line(box.x + full, box.y - 3, box.x + full, box.y + box.h + 3, this.theme.hi, 1.5)
  }

  /** The shape of an outcome around a centre: never colour alone. */
  mark(
    outcome: Outcome,
    x: number,
    y: number,
    size: number,
    colour: string = outcomeColour(this.theme, outcome),
  ): void {
    const { ctx } = this
    ctx.fillStyle = colour
    ctx.strokeStyle = colour
    ctx.beginPath()
    switch (outcome) {
      case 'ok':
        ctx.arc(x, y, size, 0, 2 * Math.PI)
        ctx.fill()
        break
      case 'answer':
        ctx.arc(x, y, size * 0.6, 0, 2 * Math.PI)
        ctx.fill()
        break
      case 'retry':
        ctx.lineWidth = Math.max(1.6, size * 0.5)
        ctx.arc(x, y, size * 0.85, 0, 2 * Math.PI)
        ctx.stroke()
        break
      case 'throttled':
        ctx.fillRect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8)
        break
      case 'error':
        ctx.moveTo(x, y - size * 1.05)
        ctx.lineTo(x + size * 1.05, y + size * 0.85)
        ctx.lineTo(x - size * 1.05, y + size * 0.85)
        ctx.fill()
        break
      case 'dead-letter':
        ctx.lineWidth = Math.max(1.8, size * 0.6)
        ctx.moveTo(x - size * 0.85, y - size * 0.85)
        ctx.lineTo(x + size * 0.85, y + size * 0.85)
        ctx.moveTo(x + size * 0.85, y - size * 0.85)
        ctx.lineTo(x - size * 0.85, y + size * 0.85)
        ctx.stroke()
        break
    }
  }
}
