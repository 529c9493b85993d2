// Counts which facts and rules the passed tests show: per system, per area of the notes, per family of rules.
import { groupOf, idsOf, type Known, type SystemRow } from './ids.ts'
import type { TestResult } from './report.ts'

/** How far an area or family is shown. `simulated` leaves out what needs no test of its own. */
export interface Count {
  readonly name: string
  readonly total: number
  readonly simulated: number
  readonly shown: number
}

export interface RowCoverage extends SystemRow {
  readonly missing: readonly string[]
}

export interface Coverage {
  readonly rows: readonly RowCoverage[]
  readonly areas: readonly Count[]
  readonly families: readonly Count[]
  /** Ids that no list knows, each with the test that claims it. */
  readonly unknown: readonly { readonly id: string; readonly test: string }[]
  readonly failed: number
}

/** What the results show of what is known. An id counts when one test that ends with it has passed. */
export function measure(known: Known, results: readonly TestResult[]): Coverage {
  const facts = new Map(known.facts.map((fact) => [fact.id, fact]))
  const rules = new Set(known.rules)
  const claimed = new Set<string>()
  const unknown: { id: string; test: string }[] = []
  for (const result of results) {
    for (const id of idsOf(result.title)) {
      if (!facts.has(id) && !rules.has(id)) unknown.push({ id, test: `${result.file}: ${result.title}` })
      else if (result.passed) claimed.add(id)
    }
  }
  // A repetition in the notes is shown by the entry that it repeats; an entry of reference has nothing to show.
  const original = (id: string): string => {
    const same = facts.get(id)?.same_as
    return same === undefined || same === id ? id : original(same)
  }
  const shown = (id: string): boolean => claimed.has(id) || claimed.has(original(id))
  const needed = (id: string): boolean => facts.get(original(id))?.kind !== 'reference'
  return {
    rows: known.rows.map((row) => ({ ...row, missing: row.facts.filter((id) => needed(id) && !shown(id)) })),
    areas: countBy(
      known.facts.map((fact) => fact.id),
      (id) => needed(id) && facts.get(id)!.same_as === undefined,
      shown,
    ),
    families: countBy(known.rules, () => true, shown),
    unknown,
    failed: results.filter((result) => !result.passed).length,
  }
}

function countBy(ids: readonly string[], needed: (id: string) => boolean, shown: (id: string) => boolean): Count[] {
  const groups = new Map<string, string[]>()
  for (const id of ids) groups.set(groupOf(id), [...(groups.get(groupOf(id)) ?? []), id])
  return [...groups].map(([name, members]) => {
    const simulated = members.filter(needed)
    return { name, total: members.length, simulated: simulated.length, shown: simulated.filter(shown).length }
  })
}

/** All counts of a list in one. */
export function total(counts: readonly Count[]): Count {
  return counts.reduce(
    (sum, count) => ({
      name: sum.name,
      total: sum.total + count.total,
      simulated: sum.simulated + count.simulated,
      shown: sum.shown + count.shown,
    }),
    { name: 'all', total: 0, simulated: 0, shown: 0 },
  )
}
