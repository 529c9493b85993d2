// Whether a system comes back after a disturbance is over: its run is held against the undisturbed run with the same seed.
//
// The definition, all of whose figures may be chosen: it is back as soon as, for `hold` in a row, as many requests end well as without
// the disturbance, but for the share `within` (or for one request), and take on average at most `slower` times as long. Only
// stretches with load count, up to the last request that comes and where the undisturbed run has at least half of its usual goodput: a
// queue that empties after the last client has gone is no recovery. A system that is back and is not any more at the end has relapsed.

export interface RecoveryRule {
  /** The share of the undisturbed goodput that may be missing, 0 ≤ within < 1. */
  readonly within: number
  /** µs that it must last. */
  readonly hold: number
  /** How many times as long requests may take on average; absent = latency does not count. */
  readonly slower?: number
}

export const DEFAULT_RULE: RecoveryRule = { within: 0.1, hold: 10_000_000, slower: 2 }

/** What clients saw of a run, step by step: requests sent, requests that ended well, and the sum of their latencies in µs. */
export interface Course {
  /** µs of a step. */
  readonly every: number
  readonly requests: readonly number[]
  readonly successes: readonly number[]
  readonly latency: readonly number[]
}

/** When something was wrong, in µs. */
export interface Disturbance {
  readonly from: number
  readonly to: number
}

/**
 * `recovers`, `relapses`, `stays-down`: by the definition. `overloaded`: the undisturbed run itself loses more than may be
 * missing. `too-short`: too little load is left after the disturbance to tell.
 */
export type RecoveryState = 'recovers' | 'relapses' | 'stays-down' | 'overloaded' | 'too-short'

export interface Recovery {
  readonly state: RecoveryState
  /** µs from the first step after the disturbance until it was back, to a step; of a relapse the first time. */
  readonly after?: number
  /** Requests that ended well in the undisturbed run and did not in this one, from the disturbance on; negative when there were more. */
  readonly lost: number
}

/** Judges a run after a disturbance. Both courses have the same step; one that a guard ended early counts as nothing from there on. */
export function recoveryOf(
  rule: RecoveryRule,
  course: Course,
  undisturbed: Course,
  { from, to }: Disturbance,
): Recovery {
  const { every } = undisturbed
  const width = Math.max(1, Math.round(rule.hold / every))
  const steps = stepsWithLoad(undisturbed)
  const began = Math.floor(from / every)
  const over = Math.ceil(to / every)
  const lost = sumOf(undisturbed.successes, began, steps) - sumOf(course.successes, began, steps)
  const last = steps - width
  const usual = last < began ? 0 : (sumOf(undisturbed.successes, began, steps) / (steps - began)) * width
  const counts = (s: number): boolean => {
    const good = sumOf(undisturbed.successes, s, s + width)
    return good > 0 && good >= usual / 2
  }
  let first: number | undefined
  let isBack = false
  let looked = 0
  for (let s = over; s <= last; s++) {
    if (!counts(s)) continue
    looked++
    isBack = holds(rule, course, undisturbed, s, s + width)
    if (isBack) first ??= s
  }
  if (looked === 0) return { state: 'too-short', lost }
  if (first === undefined) return { state: 'stays-down', lost }
  return { state: isBack ? 'recovers' : 'relapses', after: (first - over) * every, lost }
}

/** Whether the run without any disturbance already loses more of its requests than may be missing, from `since` µs on while there is load. */
export function isOverloaded(rule: RecoveryRule, { every, requests, successes }: Course, since: number): boolean {
  const began = Math.floor(since / every)
  const came = sumOf(requests, began, requests.length)
  return sumOf(successes, began, successes.length) < (1 - rule.within) * came - 1
}

/** Whether a stretch of steps is as good as without the disturbance. */
function holds(rule: RecoveryRule, course: Course, undisturbed: Course, from: number, to: number): boolean {
  const good = sumOf(course.successes, from, to)
  const usual = sumOf(undisturbed.successes, from, to)
  if (good < Math.min((1 - rule.within) * usual, usual - 1)) return false
  if (rule.slower === undefined || good === 0) return good > 0 || usual <= 1
  const mean = sumOf(course.latency, from, to) / good
  return mean <= (rule.slower * sumOf(undisturbed.latency, from, to)) / usual
}

/** Up to the last request that comes. */
function stepsWithLoad({ requests }: Course): number {
  let steps = requests.length
  while (steps > 0 && requests[steps - 1] === 0) steps--
  return steps
}

function sumOf(values: readonly number[], from: number, to: number): number {
  let sum = 0
  for (let i = Math.max(0, from); i < Math.min(to, values.length); i++) sum += values[i]!
  return sum
}

/** The courses of several clients as one. */
export function courseOf(
  every: number,
  clients: readonly {
    readonly requests: readonly number[]
    readonly successes: readonly number[]
    readonly latency: readonly number[]
  }[],
): Course {
  const added = (lists: readonly (readonly number[])[]): number[] => {
    const length = Math.max(0, ...lists.map((list) => list.length))
    return Array.from({ length }, (_, i) => lists.reduce((sum, list) => sum + (list[i] ?? 0), 0))
  }
  return {
    every,
    requests: added(clients.map(({ requests }) => requests)),
    successes: added(clients.map(({ successes }) => successes)),
    latency: added(clients.map(({ latency }) => latency)),
  }
}
