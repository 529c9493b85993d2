// Runs suites, tells expected failures from new ones and sums up.
import type { Suite } from './suite.ts'

/** A case by `suite/case`, and why it fails. */
export interface Failure {
  readonly name: string
  readonly message: string
}

export interface SuiteResult {
  readonly name: string
  readonly passed: number
  readonly known: number
  readonly failures: readonly Failure[]
  /** Known failures that passed: their lines can go. */
  readonly mended: readonly string[]
}

/**
 * The known failures of a text: one `suite/case # reason` a line, lines that begin with `#` are comments.
 * Throws on a line without a reason or with a name that stands there twice.
 */
export function parseKnown(text: string): Map<string, string> {
  const known = new Map<string, string>()
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const cut = line.indexOf(' # ')
    const name = line.slice(0, Math.max(cut, 0)).trim()
    const reason = line.slice(cut + 3).trim()
    if (cut < 0 || name === '' || reason === '')
      throw new Error(`known-failures.txt:${i + 1}: expected \`suite/case # reason\`, found \`${line}\``)
    if (known.has(name)) throw new Error(`known-failures.txt:${i + 1}: \`${name}\` is named twice`)
    known.set(name, reason)
  }
  return known
}

/** Runs the cases whose `suite/case` is chosen. */
export function runSuite(
  suite: Suite,
  known: ReadonlyMap<string, string>,
  chosen: (name: string) => boolean,
): SuiteResult {
  const failures: Failure[] = []
  const mended: string[] = []
  let passed = 0
  let expected = 0
  for (const each of suite.cases) {
    const name = `${suite.name}/${each.name}`
    if (!chosen(name)) continue
    try {
      each.run()
      passed++
      if (known.has(name)) mended.push(name)
    } catch (error) {
      if (known.has(name)) expected++
      else failures.push({ name, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { name: suite.name, passed, known: expected, failures, mended }
}

/** Whether `--only` picks a case: by its suite, its full name or a part of it. */
export function matches(only: string | undefined, name: string): boolean {
  return only === undefined || name.startsWith(`${only}/`) || name.includes(only)
}
