// What a sweep says, in words: the same in the terminal and in the report as a file.
import type { Best, Cell, Edge, Mean, SweepSummary } from '../experiment/sweep/summary.ts'
import type { Ending } from '../experiment/types.ts'
import { count, counted, figure, range } from './figures.ts'

/** `12 points × 20 seeds, Reserved=50`. */
export function titleOf(summary: SweepSummary, shard?: { readonly index: number; readonly of: number }): string {
  const points = summary.points.length + summary.pointsLeftOut
  const fixed = Object.entries(summary.settings).map(([name, value]) => `${name}=${value}`)
  const part = shard === undefined ? [] : [`shard ${shard.index} of ${shard.of}`]
  return [`${counted(points, 'point')} × ${counted(summary.seeds, 'seed')}`, ...part, ...fixed].join(', ')
}

const NOT_WHOLE: Readonly<Record<Exclude<Ending, 'passed' | 'failed'>, string>> = {
  partial: 'stopped by a guard',
  refused: 'refused',
  crashed: 'lost with their threads',
  broken: 'broken by a bug of ours',
}

/** `240 runs, 3 stopped by a guard`. */
export function runsText({ runs }: SweepSummary): string {
  const odd = Object.entries(NOT_WHOLE).flatMap(([ending, words]) => {
    const found = runs[ending as Ending]
    return found === 0 ? [] : [`${count(found)} ${words}`]
  })
  return [counted(runs.done, 'run'), ...odd].join(', ')
}

/** `all runs pass up to 80; at 90 12 of 20 do, most often fails p99(Api.Latency) < 300 ms`. */
export function edgeText({ kind, safe, failing, passed, runs, expectation }: Edge): string {
  const share = passed === 0 ? 'none does' : `${count(passed)} of ${count(runs)} do`
  if (kind === 'some') return `neither end is safe; most pass at ${safe}, ${count(passed)} of ${count(runs)}`
  const first = kind === 'until' ? `all runs pass up to ${safe}` : `all runs pass from ${safe} on`
  const which = expectation === undefined ? '' : `; what fails most often there is ${expectation}`
  return `${first}; at ${failing} ${share}${which}`
}

/** `p99(Api.Latency): least 41.2 ms (40.9 to 41.5 ms) at Peak=100, where all runs pass`. */
export function bestText({ measure, better, mean, point, isAmongPassing }: Best, unit: string): string {
  const where = Object.entries(point.settings).map(([name, value]) => `${name}=${value}`)
  const ends = range(mean, unit)
  const interval = ends === '' || mean.low === mean.high ? '' : ` (${ends})`
  const among = isAmongPassing ? ' where all runs pass' : ''
  return `${measure}: ${better === 'less' ? 'least' : 'most'}${among} ${figure(mean.mean, unit)}${interval} at ${where.join(', ')}`
}

/** `41.2 ± 0.3 ms`: half the interval behind the mean, the unit once. */
export function meanText(mean: Mean | undefined, unit: string): string {
  if (mean === undefined) return 'no data'
  const value = figure(mean.mean, unit)
  if (mean.low === undefined || mean.high === undefined) return value
  const half = (mean.high - mean.low) / 2
  if (half === 0) return value
  const text = figure(Number(half.toPrecision(2)), unit)
  const [, words = ''] = /^\S+( \S+)$/.exec(value) ?? []
  return words !== '' && text.endsWith(words) ? `${value.slice(0, -words.length)} ± ${text}` : `${value} ± ${text}`
}

/** `5 of 20`. */
export function passedText({ passed, runs }: Cell): string {
  return runs === 0 ? 'no run' : `${count(passed)} of ${count(runs)}`
}
