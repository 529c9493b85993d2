// Whether the expectations hold at a point of the space of parameters, judged by as many seeds as it takes to be sure.
//
// With one seed a point holds when its run does. With several it holds when a run meets all expectations with a stated
// probability, by a test that may end after any run (`statistics/proportions.ts`): a clear case takes a handful of seeds, one at
// the edge all there are. All points have the same seeds in the same order, so that they differ by their settings alone.
import { assert } from '../../engine/assert.ts'
import { inOrder } from '../bundle.ts'
import { sideOf } from '../statistics/proportions.ts'
import type { Experiment, Outcome, RunSpec, Setting } from '../types.ts'

export interface Rule {
  /** In the order in which they are used; none = one run with the scenario's own. */
  readonly seeds: readonly string[]
  /** A point holds when a run meets all expectations with at least this probability, 0 < p < 1. */
  readonly probability: number
  /** Each point's verdict is wrong with at most 1 − this, when it is `sure`. */
  readonly confidence: number
}

/** A point that is judged, with the runs that judged it. */
export interface Trial {
  readonly settings: readonly Setting[]
  readonly reason: Reason
  readonly outcomes: readonly Outcome[]
  /** Runs that met all expectations. */
  readonly held: number
  readonly holds: boolean
  /** False when the seeds ran out before the test could tell: then the share of runs decides. */
  readonly sure: boolean
  /** True when several seeds gave the very same run: nothing in it is left to chance. */
  readonly same: boolean
}

/** Why a point was judged: an end of the range, a step of the search, a look whether the search may be trusted, a value of a grid. */
export type Reason = 'end' | 'bisection' | 'step' | 'check' | 'grid'

/** A point that a search needs judged. */
export interface Wanted {
  readonly settings: readonly Setting[]
  readonly reason: Reason
}

/** Points that are needed next, all at once, or the end of the search. */
export type Step<Result> = { readonly wanted: readonly Wanted[] } | { readonly result: Result }

/** A search is what it does next, by what is known by then: it keeps nothing, so the same knowledge leads to the same step. */
export type Search<Result> = (known: (settings: readonly Setting[]) => Trial | undefined) => Step<Result>

/** What a search came to, or the run that ended it: settings that the scenario refuses, or a bug of ours. Trials in the order in which they were asked for. */
export type Searched<Result> =
  | { readonly ok: true; readonly result: Result; readonly trials: readonly Trial[] }
  | { readonly ok: false; readonly outcome: Outcome; readonly trials: readonly Trial[] }

/** Runs of a point that are asked for at once, so that several cores have something to do. */
const BATCH = 4
/** Seeds whose runs must be the same event for event before the others are thought to be, too. */
const SAME = 3

/** Conducts a search: asks for the runs that its points need, and judges. A point that was judged is never run again. */
export class Searching<Result> implements Experiment<Searched<Result>> {
  private readonly rule: Rule
  private readonly search: Search<Result>
  private readonly points = new Map<string, Point>()
  private wanted: readonly Point[] = []
  private asked: readonly { readonly point: Point; readonly spec: RunSpec }[] = []
  private done: { readonly result: Result } | undefined
  private ended: Outcome | undefined

  constructor(search: Search<Result>, rule: Rule) {
    this.search = search
    this.rule = rule
    this.goOn()
  }

  next(): readonly RunSpec[] {
    if (this.done !== undefined || this.ended !== undefined) return []
    this.asked = this.wanted.flatMap((point) => point.wanted().map((spec) => ({ point, spec })))
    return this.asked.map(({ spec }) => spec)
  }

  tell(outcomes: readonly Outcome[]): void {
    this.asked.forEach(({ point }, i) => point.add(outcomes[i]!))
    this.ended = outcomes.find(({ ending }) => ending === 'refused' || ending === 'broken')
    if (this.ended === undefined && this.wanted.every((point) => point.isJudged)) this.goOn()
  }

  /** The points judged so far, in the order in which they were asked for. */
  get trials(): readonly Trial[] {
    return [...this.points.values()].filter(({ isJudged }) => isJudged).map(({ trial }) => trial)
  }

  result(): Searched<Result> {
    const { trials } = this
    if (this.ended !== undefined) return { ok: false, outcome: this.ended, trials }
    return { ok: true, result: this.done!.result, trials }
  }

  private goOn(): void {
    const step = this.search((settings) => this.points.get(keyOf(settings))?.trial)
    if ('result' in step) {
      this.done = step
      return
    }
    const fresh = new Map<string, Point>()
    for (const { settings, reason } of step.wanted)
      if (!this.points.has(keyOf(settings))) fresh.set(keyOf(settings), new Point(inOrder(settings), reason, this.rule))
    for (const [key, point] of fresh) this.points.set(key, point)
    this.wanted = [...fresh.values()]
    assert(this.wanted.length > 0, 'a search that is not over needs something that it does not know')
  }
}

function keyOf(settings: readonly Setting[]): string {
  return JSON.stringify(inOrder(settings))
}

class Point {
  isJudged = false
  private readonly settings: readonly Setting[]
  private readonly reason: Reason
  private readonly rule: Rule
  private readonly outcomes: Outcome[] = []
  private held = 0
  private holds = false
  private sure = true

  constructor(settings: readonly Setting[], reason: Reason, rule: Rule) {
    this.settings = settings
    this.reason = reason
    this.rule = rule
  }

  get trial(): Trial {
    const { settings, reason, outcomes, held, holds, sure } = this
    return { settings, reason, outcomes, held, holds, sure, same: this.isSame }
  }

  /** The next runs: as many as the quickest verdict needs. */
  wanted(): readonly RunSpec[] {
    if (this.isJudged) return []
    const { seeds } = this.rule
    if (seeds.length === 0) return [{ settings: this.settings }]
    const from = this.outcomes.length
    return seeds.slice(from, from + this.batch()).map((seed) => ({ settings: this.settings, seed }))
  }

  add(outcome: Outcome): void {
    this.outcomes.push(outcome)
    if (outcome.ending === 'passed') this.held++
    if (this.isJudged) return
    const n = this.outcomes.length
    const { seeds, probability, confidence } = this.rule
    if (seeds.length <= 1 || this.isSame) return this.judge(this.held === n, true)
    const side = sideOf(this.held, n, probability, confidence)
    if (side !== 'open') this.judge(side === 'above', true)
    else if (n === seeds.length) this.judge(this.held / n >= probability, false)
  }

  private judge(holds: boolean, sure: boolean): void {
    this.isJudged = true
    this.holds = holds
    this.sure = sure
  }

  private get isSame(): boolean {
    const [first, ...others] = this.outcomes
    return (
      others.length + 1 >= SAME &&
      this.outcomes.every((each) => each.drawn !== true && each.digest !== '' && each.digest === first!.digest)
    )
  }

  private batch(): number {
    const { probability, confidence } = this.rule
    const n = this.outcomes.length
    if (n < SAME) return BATCH
    let more = 1
    while (
      more < this.rule.seeds.length - n &&
      sideOf(this.held + more, n + more, probability, confidence) === 'open' &&
      sideOf(this.held, n + more, probability, confidence) === 'open'
    )
      more++
    return Math.max(more, BATCH)
  }
}

/** About how many seeds would tell, if runs went on to hold as often as these; undefined when ten thousand would not. */
export function seedsToJudge(held: number, runs: number, { probability, confidence }: Rule): number | undefined {
  const share = held / runs
  for (let n = runs; n <= 10_000; n = Math.ceil(n * 1.1))
    if (sideOf(Math.round(share * n), n, probability, confidence) !== 'open') return roundUp(n)
  return undefined
}

/** To two figures. */
function roundUp(n: number): number {
  let unit = 1
  while (n / unit > 100) unit *= 10
  return Math.ceil(n / unit) * unit
}
