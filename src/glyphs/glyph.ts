// What a glyph is: the picture of one kind of resource, and the same in words.
import type { Box, Size } from '../stage/geometry.ts'
import type { Pen } from './pen.ts'
import type { NodeView } from './view.ts'

/** A number at the foot of a card. */
export interface Fact {
  readonly label: string
  readonly value: string
  readonly trouble?: 'throttled' | 'error' | 'dead-letter'
}

/** The words at the right of a card's head, with the shape of what they tell. */
export interface Badge {
  readonly text: string
  readonly outcome: 'throttled' | 'error' | 'dead-letter' | 'retry'
}

export interface Load {
  /** Use as a share of the limit; more than 1 is over it. */
  readonly share: number
  /** Whether the share can exceed 1. */
  readonly limited: boolean
}

export interface Glyph {
  /** Of the whole card at zoom 1. */
  readonly size: Size
  readonly icon: (pen: Pen, x: number, y: number, size: number) => void
  /** Draws the body into `box`; without readings (`view` of a scenario that has not run) its empty form. */
  readonly draw: (pen: Pen, box: Box, view: NodeView) => void
  /** Instead of `draw` on a card that is looked at from near: single messages, environments, partitions. */
  readonly items?: (pen: Pen, box: Box, view: NodeView) => void
  /** The picture shows the moments before, too: it changes when its readings do not. */
  readonly readsHistory?: true
  /** The state as a sentence, without the name: the text alternative of the picture. */
  readonly describe: (view: NodeView) => string
  /** Most telling first: a narrow card shows fewer. */
  readonly facts: (view: NodeView) => readonly Fact[]
  /** The picture itself says what the badge would: the words are left out where there is room for the picture. */
  readonly tellsBadge?: true
  readonly badge?: (view: NodeView) => Badge | undefined
  /** For the small forms; undefined when there is nothing that fills. */
  readonly load: (view: NodeView) => Load | undefined
}

export const known = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value)
/** A reading as a number; 0 when there is none. */
export const amount = (view: NodeView, reading: string): number => {
  const value = view.value(reading)
  return known(value) ? value : 0
}
