// What an experiment's runs say: means with intervals at each point, how often expectations hold, and which side is better.
import {
  betterOf,
  meanOf,
  pairedDifference,
  proportionOf,
  seedsToTell,
  holm,
  type Estimate,
  type RunOutcome,
} from '../sim.ts'
import { samplesOf } from './points.ts'

export const CONFIDENCE = 0.95

export interface PointSummary {
  readonly estimate: Estimate
  /** Runs whose expectations hold, of those that were done to the end. */
  readonly passed: number
  readonly ran: number
  /** Why runs at this point are missing, if they are. */
  readonly why?: string
}

/** A point's runs, by one measure. */
export function summaryOf(outcomes: readonly (RunOutcome | undefined)[], measure: string): PointSummary {
  const done = outcomes.filter((outcome) => outcome !== undefined)
  const why = done.find(({ ending }) => ending !== 'passed' && ending !== 'failed')?.why
  return {
    estimate: meanOf(samplesOf(done, measure), CONFIDENCE),
    passed: done.filter(({ ending }) => ending === 'passed').length,
    ran: done.filter(({ ending }) => ending === 'passed' || ending === 'failed').length,
    ...(why === undefined ? {} : { why }),
  }
}

/** Names of everything that was measured, that which varies first; its unit with it. */
export function measuresIn(
  outcomes: readonly (RunOutcome | undefined)[],
): { readonly name: string; readonly unit: string }[] {
  const found = new Map<string, { readonly unit: string; readonly least: number; readonly most: number }>()
  for (const outcome of outcomes) {
    for (const { name, unit, value } of outcome?.values ?? []) {
      const known = found.get(name)
      found.set(name, {
        unit,
        least: Math.min(known?.least ?? value, value),
        most: Math.max(known?.most ?? value, value),
      })
    }
  }
  const all = [...found].map(([name, { unit, least, most }]) => ({ name, unit, varies: most > least }))
  return all.sort((a, b) => Number(b.varies) - Number(a.varies)).map(({ name, unit }) => ({ name, unit }))
}

/** The measure that is shown first: what an expectation is about, else a client's slow requests. */
export function firstMeasure(outcomes: readonly (RunOutcome | undefined)[]): string | undefined {
  const names = measuresIn(outcomes).map(({ name }) => name)
  const expected = outcomes.find((outcome) => outcome !== undefined)?.expectations ?? []
  for (const { text } of expected) {
    const found = names.find((name) => text.startsWith(name))
    if (found !== undefined) return found
  }
  return names.find((name) => /^p99\(.*\.Latency\)$/.test(name)) ?? names[0]
}

/** `same` in every pair, or too little to tell from chance, with how many pairs would tell. */
export type Verdict = 'better' | 'worse' | 'differs' | 'same' | 'open'

export interface Comparison {
  readonly name: string
  readonly unit: string
  readonly a: number
  readonly b: number
  readonly difference: Estimate
  readonly verdict: Verdict
  /** Pairs that would probably tell, where these do not. */
  readonly pairs?: number | undefined
}

/** All measures on which both sides have values on the same seeds. Together at most one verdict in twenty tables is chance. */
export function comparisonsOf(
  a: readonly (RunOutcome | undefined)[],
  b: readonly (RunOutcome | undefined)[],
): Comparison[] {
  const pairs = a.flatMap((before, i) => (before !== undefined && b[i] !== undefined ? [[before, b[i]] as const] : []))
  const rows = measuresIn(pairs.flat()).flatMap(({ name, unit }) => {
    const both = pairs.map(([before, after]) => [samplesOf([before], name), samplesOf([after], name)] as const)
    const known = both.flatMap(([before, after]) =>
      before.length === 1 && after.length === 1 ? [[before[0], after[0]]] : [],
    )
    if (known.length < 2) return []
    const before = known.map(([value]) => value)
    const after = known.map(([, value]) => value)
    return [{ name, unit, n: known.length, before, after, difference: pairedDifference(before, after, CONFIDENCE) }]
  })
  // Where no seed changes any event of either side, chance has no part.
  const isCertain =
    pairs.length > 1 &&
    [0, 1].every((side) =>
      pairs.every((pair) => pair[side].drawn !== true && pair[side].digest === pairs[0][side].digest),
    )
  const chances = holm(rows.map(({ difference }) => (isCertain ? Number(difference.mean === 0) : difference.chance)))
  const found = rows.map(({ name, unit, before, after, difference }, i): Comparison => {
    const isSame = difference.mean === 0 && difference.deviation === 0
    const differs = !isSame && chances[i] <= 1 - CONFIDENCE
    const less = betterOf(name)
    const verdict = isSame
      ? 'same'
      : !differs
        ? 'open'
        : less === undefined
          ? 'differs'
          : difference.mean < 0 === (less === 'less')
            ? 'better'
            : 'worse'
    return {
      ...{ name, unit, difference, verdict },
      a: meanOf(before, CONFIDENCE).mean,
      b: meanOf(after, CONFIDENCE).mean,
      ...(verdict === 'open' && difference.n > 1
        ? { pairs: seedsToTell(difference.deviation, difference.mean, CONFIDENCE) }
        : {}),
    }
  })
  const order: Verdict[] = ['worse', 'better', 'differs', 'open', 'same']
  return found.sort((x, y) => order.indexOf(x.verdict) - order.indexOf(y.verdict) || sizeOf(y) - sizeOf(x))
}

/** How large a difference is beside the values. */
function sizeOf({ a, b }: Comparison): number {
  const size = Math.max(Math.abs(a), Math.abs(b))
  return size === 0 ? 0 : Math.abs(b - a) / size
}

/** How often expectations hold, with the interval of that share. */
export function heldOf(outcomes: readonly (RunOutcome | undefined)[]): {
  readonly passed: number
  readonly ran: number
  readonly low: number
  readonly high: number
} {
  const done = outcomes.filter((outcome) => outcome?.ending === 'passed' || outcome?.ending === 'failed')
  const passed = done.filter((outcome) => outcome?.ending === 'passed').length
  return { passed, ran: done.length, ...proportionOf(passed, done.length, CONFIDENCE) }
}
