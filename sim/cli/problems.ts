// What is said about a scenario before it runs: errors in full, the rest counted, because `hotshard check` shows it.
import type { Problem, Problems } from '../diag/problem.ts'
import { plain, quote } from '../diag/text.ts'
import { countLine, renderProblem, renderProblems } from '../diag/render.ts'
import { EXIT } from './exit.ts'
import type { LoadFlags } from './files.ts'
import { useColor, widthOf } from './terminal.ts'

interface Flags extends LoadFlags {
  readonly color?: boolean
}

/** All there is to say, on the standard error stream. */
export function showAll(problems: Problems, flags: Flags): void {
  if (problems.list.length > 0) process.stderr.write(`${renderProblems(problems.list, styleOf(flags))}\n`)
}

/** Errors in full; warnings and notes in one line that says where they are shown. */
export function showErrors(path: string, problems: Problems, flags: Flags): void {
  const errors = problems.list.filter((problem) => problem.severity === 'error')
  const rest = problems.list.filter((problem) => problem.severity !== 'error')
  if (errors.length > 0) process.stderr.write(`${renderProblems(errors, styleOf(flags))}\n`)
  if (rest.length === 0) return
  const verb = rest.length === 1 ? 'shows it' : 'shows them'
  process.stderr.write(
    `${countLine(rest)}: \`hotshard check ${[quote(path), ...settingsOf(flags)].join(' ')}\` ${verb}\n`,
  )
}

/** The flags without which a scenario is another one, or none. */
export function settingsOf(flags: LoadFlags): string[] {
  return [
    ...(flags.set ?? []).map((setting) => `--set ${quote(setting)}`),
    ...(flags.change ?? []).map((change) => `--change ${quote(change)}`),
    ...(flags.root === undefined ? [] : [`--root ${quote(flags.root)}`]),
  ]
}

/** One problem that has no place in a scenario, such as a wrong flag. */
export function showProblem(problem: Problem, flags: Flags): void {
  process.stderr.write(`${renderProblem(problem, styleOf(flags))}\n`)
}

/** Tells why a command does nothing, and answers its exit code. */
export function refused(problem: Problem, flags: Flags): number {
  showProblem(problem, flags)
  return EXIT.badInput
}

/** An exception that nobody expected, with what is needed to find it; `command` is what brought it about. */
export function showBug(error: unknown, command: string): void {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const shown = trace.split('\n').map(plain).join('\n')
  process.stderr.write(`hotshard has a bug, and this is it:\n${shown}\ncommand: ${plain(command)}\n`)
}

/** The words of a command as they may be shown: what an address says before its host holds a password. */
export function commandText(words: readonly string[]): string {
  return words.map((word) => quote(word.replace(/\b([a-z]+:\/\/)\S*@/gi, '$1…@'))).join(' ')
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export function badFlag(message: string, help: string): Problem {
  return { slug: 'bad-flag', severity: 'error', message, help }
}

function styleOf(flags: Flags): { color: boolean; width: number } {
  return { color: useColor(process.stderr, flags), width: widthOf(process.stderr) }
}
