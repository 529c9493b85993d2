// How an alarm decides: the state that follows from the latest data points, some of which may be missing (CW-24).
//
// Pure functions of a few integers, so that the documented tables can be held against them row by row.

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
export type MissingData = 'missing' | 'notBreaching' | 'breaching' | 'ignore'

/** What a data point is to an alarm. */
export const BREACHING = 1
export const NOT_BREACHING = 0
export const MISSING = -1
export type Point = typeof BREACHING | typeof NOT_BREACHING | typeof MISSING

/** More periods are looked at than are evaluated, so that a late or missing point need not decide (CW-23). */
export const EXTRA_PERIODS = 2

/**
 * The state after an evaluation. `points` are the periods looked at, old to new; N of them are evaluated (`evaluate`),
 * M must breach (`toAlarm`); `now` is the state so far.
 */
export function stateAfter(
  points: readonly Point[],
  evaluate: number,
  toAlarm: number,
  missingData: MissingData,
  now: AlarmState,
): AlarmState {
  const real = points.filter((point) => point !== MISSING)
  if (real.length === 0) return stateWithoutData(missingData, now)
  if (real.length >= evaluate) return count(real.slice(real.length - evaluate)) >= toAlarm ? 'ALARM' : 'OK'
  const breaching = count(real)
  const filled = missingData === 'breaching' ? evaluate - real.length : 0
  if (breaching + filled >= toAlarm) return 'ALARM'
  if (missingData === 'breaching' || missingData === 'notBreaching' || breaching < real.length) return 'OK'
  // Only breaching points, but too few: an alarm would be premature until the oldest of them is M periods old.
  const age = points.length - points.indexOf(BREACHING)
  return age >= toAlarm && missingData === 'missing' ? 'ALARM' : now
}

function stateWithoutData(missingData: MissingData, now: AlarmState): AlarmState {
  if (missingData === 'missing') return 'INSUFFICIENT_DATA'
  if (missingData === 'ignore') return now
  return missingData === 'breaching' ? 'ALARM' : 'OK'
}

function count(points: readonly Point[]): number {
  return points.filter((point) => point === BREACHING).length
}

export type Comparison = keyof typeof COMPARISONS

/** The comparison operators, with the words that a reason uses. */
export const COMPARISONS = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const

/** Whether a value breaches the threshold. */
export function breaches(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold
    case 'GreaterThanThreshold':
      return value > threshold
    case 'LessThanThreshold':
      return value < threshold
    case 'LessThanOrEqualToThreshold':
      return value <= threshold
  }
}

/** The fewest samples that make a percentile meaningful (CW-25): 10/(1 − p), below the median 10/p. */
export function samplesNeeded(p: number): number {
  return Math.round(p >= 0.5 ? 10 / (1 - p) : 10 / p)
}
