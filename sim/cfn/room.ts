// How much the functions of one template may make: values, characters, levels.
//
// The one idea: a short text must not become an endless one. Functions inside functions multiply texts and lists, and references that
// refer to each other stand in each other; all of it is paid from one account, and what cannot be paid is one problem.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'

/** Most maps, lists and items of lists that are looked at or made while functions are resolved. */
const MOST_VALUES = 300_000
/** Most characters of all texts that functions make. */
const MOST_CHARACTERS = 16_777_216
/** Deepest standing of values and references in each other: twice as deep as a document may be nested. */
const DEEPEST = 200

export class Room {
  private readonly problems: Problems
  private values = MOST_VALUES
  private characters = MOST_CHARACTERS
  private depth = 0
  private toldDepth = false

  constructor(problems: Problems) {
    this.problems = problems
  }

  /** Goes one level down, which is paid with `values`; false when there is no room, and then the value is to be left out. */
  enter(values: number, span: Span): boolean {
    if (this.depth >= DEEPEST) {
      if (!this.toldDepth)
        this.problems.error(
          'functions-too-deep',
          `values and references stand in each other more than ${DEEPEST} levels deep here`,
          span,
        )
      this.toldDepth = true
      return false
    }
    if (!this.takes(values, 0, span)) return false
    this.depth++
    return true
  }

  leave(): void {
    this.depth--
  }

  /** Whether a list of `values` items or a text of `characters` may still be made. It is told once. */
  takes(values: number, characters: number, span: Span): boolean {
    if (this.values < 0 || this.characters < 0) return false
    this.values -= values
    this.characters -= characters
    const what =
      this.values < 0
        ? `${MOST_VALUES} values`
        : this.characters < 0
          ? `${MOST_CHARACTERS / 1_048_576} million characters`
          : undefined
    if (what !== undefined)
      this.problems.error('functions-too-large', `the functions make more than ${what} here`, span)
    return what === undefined
  }
}
