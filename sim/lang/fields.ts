// Reads the members of a map of the `Simulation` section: known names only, each by its kind, mistakes with their place.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import type { Span } from '../diag/span.ts'
import { entries, get, isList, isMap, isScalar, textOf, type Dict, type Entry, type Node } from '../cfn/node.ts'
import { parseMoment } from '../parts/calendar.ts'
import { parseDuration, parseSize } from './quantity.ts'
import { taken } from './taken.ts'

/** A number as it is written without a unit; no longer text is looked at. */
const NUMBER = /^[-+]?[0-9]{0,30}\.?[0-9]{1,30}(e[-+]?[0-9]{1,3})?$/i

/** The members of one map. `what` names the map in messages. */
export class Fields {
  readonly what: string
  readonly span: Span
  private readonly dict: Dict | undefined
  readonly problems: Problems

  /** Reports members outside `known`; with `known` null any name is allowed. */
  constructor(what: string, node: Node, known: readonly string[] | null, problems: Problems) {
    this.what = what
    this.span = node.span
    this.problems = problems
    this.dict = isMap(node) ? node : undefined
    if (this.dict === undefined) problems.error('wrong-type', `${what} is ${kindOf(node)}, not a map`, node.span)
    if (known === null) return
    for (const { key, keySpan } of entries(this.dict)) {
      if (known.includes(key)) continue
      const near = nearest(key, known)
      const help =
        near === undefined
          ? `possible are ${known.map((name) => `\`${name}\``).join(', ')}`
          : `did you mean \`${near}\`?`
      problems.error('unknown-member', `\`${key}\` is not a member of ${what}`, keySpan, { label: help })
    }
  }

  get all(): readonly Entry[] {
    return entries(this.dict)
  }

  node(name: string): Node | undefined {
    return get(this.dict, name)
  }

  /** A member that must be there. */
  required(name: string): Node | undefined {
    const node = this.node(name)
    if (node === undefined && this.dict !== undefined)
      this.problems.error('missing-member', `${this.what} needs \`${name}\``, this.span)
    return node
  }

  text(name: string): string | undefined {
    const node = this.node(name)
    if (node === undefined) return undefined
    const text = textOf(node)
    if (text === undefined) this.problems.error('wrong-type', `\`${name}\` is ${kindOf(node)}, not a text`, node.span)
    return text
  }

  /** A duration in µs. */
  duration(name: string): number | undefined {
    const node = this.node(name)
    return node === undefined ? undefined : readDuration(node, `\`${name}\``, this.problems)
  }

  /** A duration in µs that is longer than nothing. */
  time(name: string): number | undefined {
    const value = this.duration(name)
    if (value !== 0) return value
    this.problems.error('out-of-range', `\`${name}\` is 0`, this.node(name)!.span, {
      label: 'expected a time longer than 0s',
    })
    return undefined
  }

  /** A moment of the calendar, in µs since 1970. */
  moment(name: string): number | undefined {
    const node = this.node(name)
    if (node === undefined) return undefined
    const text = textOf(node)
    const moment = text === undefined ? 'it is no date' : parseMoment(text)
    if (typeof moment === 'number') return moment
    this.problems.error('not-a-moment', `\`${name}\` is ${kindOf(node)}: ${moment}`, node.span, {
      label: 'expected a date of UTC, with or without a time: `2026-01-05T08:00:00Z`',
    })
    return undefined
  }

  /** A size in bytes. */
  size(name: string): number | undefined {
    const node = this.node(name)
    if (node === undefined) return undefined
    const text = textOf(node)
    if (text !== undefined) return taken(parseSize(text), node, this)
    this.problems.error('not-a-size', `\`${name}\` is ${kindOf(node)}, not a size`, node.span, {
      label: 'such as `512MB` or `2GB`',
    })
    return undefined
  }

  /** Reports the members of `names` that are written although `why` leaves them without a meaning. */
  refuse(names: readonly string[], why: string): void {
    for (const name of names) {
      const entry = this.dict?.pairs.get(name)
      if (entry === undefined) continue
      this.problems.error('contradiction', `\`${name}\` has no meaning ${why}`, entry.keySpan)
    }
  }

  /** A number within [min, max]; `whole` asks for an integer. */
  number(name: string, min: number, max: number, whole: boolean): number | undefined {
    const node = this.node(name)
    if (node === undefined) return undefined
    const value = isScalar(node) && NUMBER.test(node.text) ? Number(node.text) : Number.NaN
    if (Number.isNaN(value) || (whole && !Number.isInteger(value))) {
      this.problems.error(
        'wrong-type',
        `\`${name}\` is ${shownNode(node)}, not ${whole ? 'a whole number' : 'a number'}`,
        node.span,
      )
      return undefined
    }
    if (value < min || value > max) {
      this.problems.error('out-of-range', `\`${name}\` is ${value}`, node.span, {
        label: max >= Number.MAX_SAFE_INTEGER ? `expected at least ${min}` : `expected ${min} to ${max}`,
      })
      return undefined
    }
    return value
  }

  /** One of some words. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if ((words as readonly string[]).includes(text)) return text as T
    const near = nearest(text, words)
    this.problems.error('unknown-value', `\`${name}\` is \`${text}\``, this.node(name)!.span, {
      label:
        near === undefined ? `possible are ${words.map((w) => `\`${w}\``).join(', ')}` : `did you mean \`${near}\`?`,
    })
    return undefined
  }

  /** The members of a map under a name; anything else there is a mistake. */
  members(name: string): readonly Entry[] {
    const node = this.node(name)
    if (node !== undefined && !isMap(node))
      this.problems.error('wrong-type', `\`${name}\` is ${kindOf(node)}, not a map`, node.span)
    return entries(node)
  }

  /** The items of a list; a single map stands for a list of one. */
  items(name: string): readonly Node[] {
    const node = this.node(name)
    if (node === undefined) return []
    return isList(node) ? node.items : [node]
  }
}

/** A node's duration in µs, or undefined with a problem reported. */
export function readDuration(node: Node, what: string, problems: Problems): number | undefined {
  const text = textOf(node)
  if (text !== undefined) return taken(parseDuration(text), node, { problems })
  problems.error('not-a-duration', `${what} is ${kindOf(node)}, not a duration`, node.span, {
    label: 'expected a time such as `250ms`, `3s` or `5m`',
  })
  return undefined
}

export function kindOf(node: Node): string {
  return node.kind === 'map'
    ? 'a map'
    : node.kind === 'list'
      ? 'a list'
      : node.value === null
        ? 'empty'
        : `\`${node.text}\``
}

export function shownNode(node: Node): string {
  return kindOf(node)
}
