// The log of a pipeline: a line for a scenario that is good, and for another what somebody needs to know first.
import pc from 'picocolors'
import { plain } from '../diag/text.ts'
import { details, type State, type Verdict } from '../report/ci/verdict.ts'
import type { Formats } from './formats.ts'
import type { Style } from './pretty.ts'
import { inPipeline } from './terminal.ts'
import { wrapWords } from './wrap.ts'

const STATES: Record<State, string> = {
  ok: 'ok',
  failed: 'FAIL',
  stopped: 'STOPPED',
  broken: 'BUG',
  invalid: 'ERROR',
}
const WIDTH_OF_STATE = 7
const INDENT = WIDTH_OF_STATE + 4
/** Longer names stand out of the column. */
const NAME_MAX = 60

/** Whether that is the log to print: whole reports of many scenarios are none that anybody reads in a pipeline. */
export function wantsBrief({ printed, files }: Formats<string>, isList: boolean): boolean {
  return printed === 'github' || (printed === undefined && isList && (inPipeline() || files.length > 0))
}

/** The width of the column in which scenarios are named. */
export function columnOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => name.length).filter((length) => length <= NAME_MAX))
}

/** One line: `FAIL     scenarios/orders.yaml  1 of 3 expectations failed`. */
export function briefLine(verdict: Verdict, { color }: Style, column: number): string {
  const ink = pc.createColors(color)
  const paint = verdict.state === 'ok' ? ink.green : ink.red
  const name = plain(verdict.scenario).padEnd(column)
  return `${paint(STATES[verdict.state].padEnd(WIDTH_OF_STATE))}  ${name}  ${ink.dim(verdict.headline)}\n`
}

/** The line, and below it what failed, where, most likely why, and the one command that shows it again. */
export function brief(verdict: Verdict, style: Style, column: number): string {
  const ink = pc.createColors(style.color)
  const out = [briefLine(verdict, style, column)]
  const put = (heading: string, text: string): void => {
    const [first = '', ...rest] = wrapWords(text, style.width - INDENT - 9)
    out.push(`${' '.repeat(INDENT)}${ink.dim(heading.padEnd(8))} ${first}\n`)
    for (const line of rest) out.push(`${' '.repeat(INDENT + 9)}${line}\n`)
  }
  const failed = verdict.cases.filter(({ outcome }) => outcome === 'failed')
  for (const of of failed) {
    const rows = details(verdict, of)
    for (const heading of ['expected', 'measured', 'found', 'at'])
      if (rows.has(heading)) put(heading, rows.get(heading)!)
  }
  const { state, because, repeat } = verdict
  if (state !== 'ok' && because !== undefined) put('because', plain(because))
  if (state !== 'ok' && repeat !== undefined)
    // Not broken into lines: it is there to be copied.
    out.push(`${' '.repeat(INDENT)}${ink.dim('repeat'.padEnd(8))} ${plain(failed[0]?.repeat ?? repeat)}\n`)
  return out.join('')
}
