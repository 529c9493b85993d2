// Files that a command is asked to write: that they can be written is known before anything runs for long.
import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Problem } from '../diag/problem.ts'
import { writeText } from './exports.ts'
import type { FileFormat } from './formats.ts'
import { badFlag } from './problems.ts'

/** A file by the flag that asks for it. */
export interface Output {
  /** `--metrics`, `--format junit`. */
  readonly flag: string
  /** The flag as it was written. */
  readonly shown: string
  readonly path: string
}

const REASONS = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['EISDIR', 'it is a folder; name a file in it'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['EACCES', 'this user may not write there'],
  ['EROFS', 'nothing can be written there'],
])

/** The files of `--format FORMAT=FILE`. */
export function outputsOf(files: readonly FileFormat<string>[]): Output[] {
  return files.map(({ format, path }) => ({ flag: `--format ${format}`, shown: `--format ${format}=${path}`, path }))
}

/**
 * Why the files cannot be written: one is a scenario or another one's, or the disk will not have it. `kept` are files that are
 * written in another way, by what they are: none of the others may be one of them.
 */
export function unwritable(
  scenarios: readonly string[],
  outputs: readonly Output[],
  kept: ReadonlyMap<string, string> = new Map(),
): Problem | undefined {
  const taken = new Map(scenarios.map((path) => [resolve(path), 'the scenario itself']))
  for (const [path, what] of kept) taken.set(resolve(path), what)
  for (const { flag, shown, path } of outputs) {
    const other = taken.get(resolve(path))
    if (other !== undefined) return badFlag(`\`${shown}\` is ${other}`, 'give it a file of its own')
    taken.set(resolve(path), `the file of \`${flag}\``)
    try {
      // For appending: whatever is there stays until there is something to write.
      closeSync(openSync(path, 'a'))
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException
      return badFlag(`\`${shown}\` cannot be written`, REASONS.get(code) ?? message)
    }
  }
  return undefined
}

/** Writes each form into its file. Answers what is not whole. */
export function writeForms<F extends string>(
  files: readonly FileFormat<F>[],
  textOf: (format: F) => string,
): Problem[] {
  return files.flatMap(({ format, path }) => {
    const failure = writeText(textOf(format), path)
    return failure === undefined ? [] : [notWritten(`--format ${format}=${path}`, failure)]
  })
}

/** A file that is not whole, and why. */
export function notWritten(what: string, failure: string): Problem {
  const message = `\`${what}\` is not whole: ${failure}`
  return { slug: 'not-written', severity: 'error', message, help: 'write it where there is room' }
}
