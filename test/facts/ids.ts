// The ids that a test title may claim, and how they are read off a title.
//
// A title ends with the facts and rules it shows: `… returns after 30 s [N.SQS-22, SQS-04]`. Facts come from the study
// notes, rules and vectors from the fact sheets; both lists are kept here so that a fresh clone can check them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** One entry of the notes' facts. */
export interface Fact {
  readonly id: string
  readonly area: string
  readonly kind: string
  readonly fact: string
  /** The notes repeat themselves: the entry that covers this one. */
  readonly same_as?: string
}

/** A row of the systems table: it works when all its facts are shown. */
export interface SystemRow {
  readonly row: number
  readonly system: string
  readonly facts: readonly string[]
}

/** What the folder `test/facts` knows. */
export interface Known {
  readonly facts: readonly Fact[]
  readonly rules: readonly string[]
  readonly rows: readonly SystemRow[]
}

const ID = /^(?:N\.[A-Z0-9]+(?:-[A-Z0-9]+)*-\d+|[A-Z][A-Z0-9]+-[RV]?\d+[a-z]?)$/

/**
 * The ids in brackets at the end of a title, in order; none when the brackets hold something else (`accepts [1, 2]`).
 * A list that mixes ids with anything else is returned whole, so that the odd one is reported as unknown.
 */
export function idsOf(title: string): string[] {
  const list = /\[([^[\]]+)\]\s*$/.exec(title)
  if (list === null) return []
  const parts = list[1].split(',').map((part) => part.trim())
  return parts.some((part) => ID.test(part)) ? parts : []
}

/** Reads the three lists of a folder. */
export function readKnown(folder: string): Known {
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const rows = parse(text('systems.yaml')) as { row: number; system: string; facts: string }[]
  return {
    facts: parse(text('facts.yaml')) as Fact[],
    rules: text('rules.txt')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
    rows: rows.map((row) => ({ ...row, facts: row.facts.split(' ') })),
  }
}

/** The rule and vector ids of the fact sheets in a folder, each family's in order of number. */
export function collectRules(folder: string): string[] {
  const ids = new Set<string>()
  const sheets = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  // A family is a prefix that defines a rule at the start of a line; `SHA-256` and `UTF-8` never do.
  const families = new Set<string>()
  for (const line of sheets.flat()) {
    const family = /^(?:- )?\**([A-Z][A-Z0-9]+)-[RV]?\d+[a-z]?\b/.exec(line)
    if (family !== null && !/^L\d+$/.test(family[1])) families.add(family[1])
  }
  for (const lines of sheets) {
    const uses = new Map<string, number>()
    for (const line of lines) {
      for (const [id, family] of line.matchAll(/\b([A-Z][A-Z0-9]+)-[RV]?\d+[a-z]?\b/g)) {
        if (!families.has(family)) continue
        ids.add(id)
        uses.set(family, (uses.get(family) ?? 0) + 1)
      }
    }
    // Some sheets write their vectors as `V4 …`; they belong to the family that the sheet is about.
    const [own] = [...uses].sort((a, b) => b[1] - a[1])[0] ?? []
    for (const line of lines) {
      const bare = /^V\d+[a-z]?\b/.exec(line)
      if (bare !== null && own !== undefined) ids.add(`${own}-${bare[0]}`)
      const named = /^- ([A-Z0-9]+)-V\d/.exec(line)
      if (named !== null) for (const [, vector] of line.matchAll(/ (V\d+[a-z])\b/g)) ids.add(`${named[1]}-${vector}`)
    }
  }
  return [...ids].sort((a, b) => compareIds(a, b))
}

/** Orders ids by family, rules before vectors, then by number. */
export function compareIds(a: string, b: string): number {
  const key = (id: string): [string, string, number, string] => {
    const [, family, letter, number, tail] = /^(.*)-([RV]?)(\d+)([a-z]?)$/.exec(id) ?? [id, id, '', '0', '']
    return [family, letter, Number(number), tail]
  }
  const left = key(a)
  const right = key(b)
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1
  return 0
}

/** The area of a fact's id: `LAMBDA-ESM` of `N.LAMBDA-ESM-04`; the family of a rule's: `SQS` of `SQS-V4`. */
export function groupOf(id: string): string {
  return id.replace(/^N\./, '').replace(/-[RV]?\d+[a-z]?$/, '')
}
