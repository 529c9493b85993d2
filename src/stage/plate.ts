// The plate beside a road: how much goes over it now, and how much of it comes back refused.
import type { Frame, Outcome } from '../sim.ts'
import { Pen } from '../glyphs/pen.ts'
import { number, perSecond } from '../run/words.ts'
import type { Run } from '../run/run.ts'
import { outcomeColour, type Theme } from '../theme/tokens.ts'
import { overlapOf, type Box, type Size } from './geometry.ts'

export const PLATE_MARGIN = 3
const LETTER = 6.65
const LINE = 13

interface Words {
  readonly main: string
  readonly second?: {
    readonly figure: string
    readonly word: string
    readonly outcome: 'ok' | 'throttled' | 'error' | 'dead-letter'
  }
}

function wordsOf(run: Run, frame: Frame, road: number, more: number): Words {
  const rate = (outcome: Outcome): number => run.rate(frame, road, outcome)
  const main = perSecond(rate('ok') + rate('retry') + rate('dead-letter'))
  const [throttled, error, dead] = [rate('throttled'), rate('error'), rate('dead-letter')]
  if (dead > 0) return { main, second: { figure: perSecond(dead), word: 'given up', outcome: 'dead-letter' } }
  if (throttled > 0 && throttled >= error)
    return { main, second: { figure: perSecond(throttled), word: 'refused', outcome: 'throttled' } }
  if (error > 0) return { main, second: { figure: perSecond(error), word: 'fail', outcome: 'error' } }
  return more > 0 ? { main, second: { figure: `+${number(more)}`, word: 'wait', outcome: 'ok' } } : { main }
}

export interface Plate extends Size {
  readonly words: Words
  /** Whether the second line has its word beside the number; without, its shape alone tells. */
  readonly full: boolean
}

/**
 * The plate as large as its words, at most about `room` CSS pixels wide; undefined when there is nothing to say. `more`: how many
 * wait at the road's end beyond those that are drawn.
 */
export function plateOf(run: Run, frame: Frame, road: number, room: number, more: number = 0): Plate | undefined {
  const words = wordsOf(run, frame, road, more)
  const { main, second } = words
  if (main === '0/s' && second === undefined) return undefined
  const widthOf = (letters: number): number => Math.ceil(letters * LETTER + 9)
  const height = (lines: number): number => lines * LINE + 7
  if (second !== undefined)
    for (const full of [true, false]) {
      const letters = second.figure.length + 1.6 + (full ? second.word.length + 1 : 0)
      const w = widthOf(Math.max(main.length, letters))
      if (w <= room) return { w, h: height(2), words, full }
    }
  const w = widthOf(main.length)
  if (w <= room) return { w, h: height(1), words: { main }, full: true }
  return second === undefined ? undefined : { w: 18, h: 18, words: { main: '', second }, full: false }
}

export function drawPlate(ctx: CanvasRenderingContext2D, theme: Theme, { w, h, words, full }: Plate): void {
  const pen = new Pen(ctx, theme)
  const { main, second } = words
  const middle = w / 2
  pen.rect({ x: 0.5, y: 0.5, w: w - 1, h: h - 1 }, theme.panel, 6, theme.line, 1)
  if (second !== undefined && main === '') {
    pen.mark(second.outcome, middle, h / 2, 4)
    return
  }
  pen.text(middle, LINE + 1, main, { size: 11, weight: 500, mono: true, align: 'center', colour: theme.hi })
  if (second === undefined) return
  // Those that wait stand in the colour of trouble: they would go on if they could.
  const colour = outcomeColour(theme, second.outcome === 'ok' ? 'throttled' : second.outcome)
  const text = full ? `${second.figure} ${second.word}` : second.figure
  const width = pen.widthOf(text, { size: 11, mono: true })
  pen.mark(second.outcome, middle - width / 2 - 1, 2 * LINE - 3, 3.4, colour)
  pen.text(middle + 5, 2 * LINE + 1, text, { size: 11, mono: true, align: 'center', colour })
}

/** Share of a plate that may lie on a card. */
const ON_CARD = 0.35

/** The roads whose plates are shown: those that tell of trouble first, none on another one or mostly on a card. */
export function readable(places: readonly Box[], said: readonly number[], cards: readonly Box[]): ReadonlySet<number> {
  const order = [...places.keys()].filter((i) => said[i] > 0).sort((a, b) => said[b] - said[a] || a - b)
  const shown = new Set<number>()
  for (const i of order) {
    const place = places[i]
    if ([...shown].some((other) => overlapOf(place, places[other]) > 0)) continue
    if (cards.some((card) => overlapOf(place, card) > ON_CARD * place.w * place.h)) continue
    shown.add(i)
  }
  return shown
}
