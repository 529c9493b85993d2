// Where the time of a request went: the smallest parts of its waterfall, added up by what they are.
import type { Span, Waterfall } from '../sim.ts'

export interface Part {
  readonly words: string
  readonly kind: Span['kind']
  /** µs. */
  readonly length: number
  /** Of the request, 0 to 1; with work side by side all shares together may be more than 1. */
  readonly share: number
}

/** The parts of the request that its client waits for, the longest first. */
export function partsOf(fall: Waterfall): Part[] {
  const inRequest = fall.spans.map((span, i) => i === 0 || (span.parent >= 0 && isIn(fall, i)))
  const isAround = fall.spans.map(() => false)
  for (const { parent } of fall.spans) if (parent >= 0) isAround[parent] = true
  const whole = Math.max(1, fall.to - fall.from)
  const found = new Map<string, { kind: Span['kind']; length: number }>()
  fall.spans.forEach((span, i) => {
    if (!inRequest[i] || isAround[i]) return
    // What goes on after somebody has given up is nobody's time.
    const length = Math.max(0, Math.min(span.to, limitOf(fall, i)) - span.from)
    if (length === 0) return
    const words = wordsOf(span)
    const known = found.get(words)
    found.set(words, { kind: span.kind, length: length + (known?.length ?? 0) })
  })
  return [...found]
    .map(([words, { kind, length }]) => ({ words, kind, length, share: length / whole }))
    .sort((a, b) => b.length - a.length)
}

/** `back-off of Buyers`, `cold start (init) of Buy`. */
function wordsOf({ kind, words, resource }: Span): string {
  if (kind === 'back-off') return `back-off of ${resource}`
  return kind === 'call' ? `${resource} does not answer` : `${resource} ${words}`
}

function isIn(fall: Waterfall, index: number): boolean {
  let at = index
  while (fall.spans[at].parent >= 0) at = fall.spans[at].parent
  return at === 0
}

/** The earliest end of what stands around a span. */
function limitOf(fall: Waterfall, index: number): number {
  let limit = fall.spans[index].to
  for (let at = fall.spans[index].parent; at >= 0; at = fall.spans[at].parent)
    limit = Math.min(limit, fall.spans[at].to)
  return limit
}

/** By span: how many spans stand around it. */
export function depthsOf(fall: Waterfall): number[] {
  const depths: number[] = []
  for (const { parent } of fall.spans) depths.push(parent < 0 ? 0 : depths[parent] + 1)
  return depths
}

/** Number of the innermost span at a moment in µs, the first of several; −1 = the request is not under way. */
export function spanAt(fall: Waterfall, now: number): number {
  const depths = depthsOf(fall)
  let found = -1
  fall.spans.forEach(({ from, to }, i) => {
    if (now < from || now >= to) return
    if (found < 0 || depths[i] > depths[found]) found = i
  })
  return found
}
