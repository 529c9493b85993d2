// `--format FORMAT[=FILE]`: one form for the terminal, and any number of others into files.
import type { Problem } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { badFlag } from './problems.ts'

export interface FileFormat<F extends string> {
  readonly format: F
  readonly path: string
}

export interface Formats<F extends string> {
  /** What is printed; undefined when nothing was said of it. */
  readonly printed: F | undefined
  readonly files: readonly FileFormat<F>[]
}

/** The values of the flag as they came; `printedOnly` are of no use in a file. Answers what is wrong with them instead. */
export function readFormats<F extends string>(
  values: readonly string[],
  known: readonly F[],
  printedOnly: readonly F[] = [],
): Formats<F> | Problem {
  const files: FileFormat<F>[] = []
  let printed: F | undefined
  for (const value of values) {
    const at = value.indexOf('=')
    const name = at < 0 ? value : value.slice(0, at)
    const format = known.find((each) => each === name)
    if (format === undefined) {
      const near = nearest(name, known)
      const help = near === undefined ? `one of ${known.join(', ')}` : `did you mean \`${near}\`?`
      return badFlag(`\`--format ${value}\` is no format`, help)
    }
    if (at < 0) {
      if (printed !== undefined && printed !== format)
        return badFlag(
          `\`${printed}\` and \`${format}\` cannot both be printed`,
          `give one of them a file: \`--format ${format}=FILE\``,
        )
      printed = format
      continue
    }
    const path = value.slice(at + 1)
    if (path === '') return badFlag(`\`--format ${value}\` has no file`, `write \`--format ${format}=FILE\``)
    if (printedOnly.includes(format))
      return badFlag(`\`${format}\` cannot go to a file`, `it is read from the log: write \`--format ${format}\``)
    files.push({ format, path })
  }
  return { printed, files }
}
