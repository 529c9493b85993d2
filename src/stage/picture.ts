// The stage as a picture to keep: what the screen shows, with the caption, the legend and the time drawn into it.
import { Pen } from '../glyphs/pen.ts'
import { number, OUTCOME_WORDS } from '../run/words.ts'
import { OUTCOMES } from '../sim.ts'
import type { Theme } from '../theme/tokens.ts'

export interface Words {
  readonly when: string
  readonly title: string
  readonly text: string
  readonly foot: readonly string[]
  /** By outcome, how many messages a dot stands for; absent when none travel. */
  readonly perDot?: readonly number[]
}

/** Height of the foot in CSS pixels, below the stage. */
const FOOT = 30
const MARGIN = 20
const TITLE = { size: 21, weight: 600 } as const
const TEXT = { size: 14 } as const

/** Layers of the stage, one over the other, with its words; `density` = their pixels to a CSS pixel. */
export function drawPicture(
  layers: readonly HTMLCanvasElement[],
  density: number,
  theme: Theme,
  words: Words,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const [w, h] = [layers[0].width / density, layers[0].height / density]
  canvas.width = layers[0].width
  canvas.height = Math.round((h + FOOT) * density)
  const ctx = canvas.getContext('2d')
  if (ctx === null) return canvas
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, canvas.width, canvas.height)
  for (const layer of layers) ctx.drawImage(layer, 0, 0)
  ctx.scale(density, density)
  const pen = new Pen(ctx, theme)
  pen.text(MARGIN, 24, words.when, { size: 12, colour: theme.low })
  const room = Math.min(760, w - 2 * MARGIN)
  let y = 27
  for (const line of wrapped(pen, words.title, room, TITLE))
    pen.text(MARGIN, (y += 24), line, { ...TITLE, colour: theme.hi })
  for (const line of wrapped(pen, words.text, room, TEXT))
    pen.text(MARGIN, (y += 20), line, { ...TEXT, colour: theme.mid })
  legend(pen, words.perDot, h - 14, w - 2 * MARGIN)
  pen.line(0, h + 0.5, w, h + 0.5, theme.line)
  const foot = words.foot.filter((each) => each !== '').join(' · ')
  pen.text(MARGIN, h + 20, foot, { size: 12, colour: theme.low, mono: true, max: w - 2 * MARGIN - 80 })
  pen.text(w - MARGIN, h + 20, 'hotshard', { size: 12, weight: 600, colour: theme.accent, align: 'right' })
  return canvas
}

/** The shapes of the dots with their words, in one line or as much of it as there is room for. */
function legend(pen: Pen, perDot: readonly number[] | undefined, y: number, room: number): void {
  const { theme } = pen
  let x = MARGIN
  OUTCOMES.forEach((outcome, i) => {
    const each = perDot?.[i] ?? 1
    const words = `${OUTCOME_WORDS[outcome]}${each > 1 ? ` 1 = ${number(each)}` : ''}`
    const width = pen.widthOf(words, { size: 12 })
    if (x + 14 + width > room) return
    pen.mark(outcome, x + 5, y - 4, 4.6)
    pen.text(x + 14, y, words, { size: 12, colour: theme.mid })
    x += 14 + width + 18
  })
}

/** A text in lines of at most `room` CSS pixels. */
function wrapped(pen: Pen, text: string, room: number, style: { size: number; weight?: 600 }): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`
    if (lines.length > 0 && pen.widthOf(longer, style) <= room) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
