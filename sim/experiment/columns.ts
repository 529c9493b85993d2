// What was measured, by measure instead of by run: the columns of a table whose rows are the runs of an experiment.
import type { MeasuredValue, Outcome, Unit } from './types.ts'

export interface Column {
  /** A term of the scenario language. */
  readonly name: string
  readonly unit: Unit
  /** One for each run; undefined where it had no data. */
  readonly values: readonly (number | undefined)[]
}

/** Every measure that has data in any of the runs, in order of name. */
export function columnsOf(runs: readonly Pick<Outcome, 'values'>[]): Column[] {
  const found = new Map<string, { unit: Unit; values: (number | undefined)[] }>()
  runs.forEach((run, i) => {
    for (const { name, unit, value } of run.values) {
      const column = found.get(name) ?? { unit, values: Array.from({ length: runs.length }, () => absent(name, unit)) }
      column.values[i] = value
      found.set(name, column)
    }
  })
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, column]) => ({ name, ...column }))
}

/** What a measure is in a run in which nothing was published: of what did not happen there were none, and what is not there costs nothing. */
export function absent(name: string, unit: Unit): MeasuredValue['value'] | undefined {
  const isCounted = name.startsWith('sum(') || (name.startsWith('max(') && unit === 'Count')
  return isCounted || name.startsWith('cost(') ? 0 : undefined
}

/** The resource or workload that a measure is of: `Api` of `p99(Api.Latency)`, `Orders` of `cost(monthly at Orders)`; empty for the whole. */
export function resourceOf(name: string): string {
  if (name.startsWith('cost(')) return / at (.*)\)$/.exec(name)?.[1] ?? ''
  return /\(([^()]*)\.[^.()]*\)/.exec(name)?.[1] ?? ''
}
