// The day and the week in a rate: whether they show, and when the load is highest and lowest.
import { DAY, HOUR, weekdayOf } from '../../parts/calendar.ts'
import type { Counts } from '../load.ts'

export interface Cycle {
  readonly of: 'day' | 'week'
  /** How much of the variance of hourly rates the mean profile of the day (or of the week beyond the day's) explains, 0 … 1. */
  readonly explained: number
  /** Where the mean profile is highest and lowest: an hour of the day, or a day of the week from Sunday = 0, in UTC where there are dates. */
  readonly highest: number
  readonly lowest: number
  /** The mean rate there divided by the rate of all. */
  readonly high: number
  readonly low: number
}

/** A cycle shows where it explains so much of what varies, and chance would not. */
const SHOWS = 0.15

/** Cycles in counts over two days (two weeks) or more. */
export function cyclesOf({ counts, period, origin }: Counts): readonly Cycle[] {
  if (period > HOUR || HOUR % period !== 0) return []
  const perHour = HOUR / period
  const hours = new Float64Array(Math.floor(counts.length / perHour))
  for (let i = 0; i < hours.length * perHour; i++) hours[Math.floor(i / perHour)]! += counts[i]!
  const start = origin ?? 0
  const hourOf = (i: number): number => Math.floor((start + i * HOUR) / HOUR) % 24
  const found: Cycle[] = []
  if (hours.length >= 48) {
    const day = profileOf(hours, 24, hourOf)
    const explained = explainedBy(hours, day.means, hourOf)
    if (explained > Math.max(SHOWS, (4 * 23) / hours.length)) found.push({ of: 'day', explained, ...day.ends })
  }
  if (hours.length >= 24 * 14) {
    const days = new Float64Array(Math.floor(hours.length / 24))
    for (let i = 0; i < days.length * 24; i++) days[Math.floor(i / 24)]! += hours[i]!
    // Days from the first hour on; of dated recordings that is the weekday in which most of it lies.
    const weekday = (i: number): number => weekdayOf(Math.floor((start + i * DAY + DAY / 2) / DAY))
    const week = profileOf(days, 7, weekday)
    const explained = explainedBy(days, week.means, weekday)
    if (explained > Math.max(2 * SHOWS, (2 * 6) / days.length)) found.push({ of: 'week', explained, ...week.ends })
  }
  return found
}

function profileOf(
  values: Float64Array,
  slots: number,
  slotOf: (i: number) => number,
): { means: Float64Array; ends: Pick<Cycle, 'highest' | 'lowest' | 'high' | 'low'> } {
  const sums = new Float64Array(slots)
  const numbers = new Float64Array(slots)
  let total = 0
  for (const [i, value] of values.entries()) {
    sums[slotOf(i)]! += value
    numbers[slotOf(i)]!++
    total += value
  }
  const means = sums.map((sum, i) => sum / Math.max(1, numbers[i]!))
  const mean = total / values.length
  const highest = means.indexOf(Math.max(...means))
  const lowest = means.indexOf(Math.min(...means))
  return { means, ends: { highest, lowest, high: means[highest]! / mean, low: means[lowest]! / mean } }
}

/** The share of the variance that goes when each slot's own mean is taken off. */
function explainedBy(values: Float64Array, means: Float64Array, slotOf: (i: number) => number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let all = 0
  let left = 0
  for (const [i, value] of values.entries()) {
    all += (value - mean) * (value - mean)
    left += (value - means[slotOf(i)]!) * (value - means[slotOf(i)]!)
  }
  return all === 0 ? 0 : 1 - left / all
}
