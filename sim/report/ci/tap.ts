// The Test Anything Protocol, version 14: a subtest per scenario, with what was found as YAML below what failed.
import { stringify } from 'yaml'
import { plain } from '../../diag/text.ts'
import { details, type Case, type Verdict } from './verdict.ts'

const INDENT = '    '

/** The whole stream, ending with a newline. */
export function tap(verdicts: readonly Verdict[]): string {
  const out = ['TAP version 14', `1..${verdicts.length}`]
  verdicts.forEach((verdict, i) => {
    const { scenario, state, cases } = verdict
    out.push(`# Subtest: ${escaped(scenario)}`, `${INDENT}1..${cases.length}`)
    cases.forEach((of, k) => out.push(...point(verdict, of, k + 1).map((line) => INDENT + line)))
    out.push(`${state === 'ok' ? 'ok' : 'not ok'} ${i + 1} - ${escaped(scenario)}`)
    if (state === 'ok') out.push(`# ${verdict.headline}`)
  })
  return `${out.join('\n')}\n`
}

function point(verdict: Verdict, of: Case, number: number): string[] {
  const isGood = of.outcome === 'passed' || of.outcome === 'skipped'
  const skipped = of.outcome === 'skipped' ? ` # SKIP ${escaped(of.message)}` : ''
  const line = `${isGood ? 'ok' : 'not ok'} ${number} - ${escaped(of.name)}${skipped}`
  if (isGood) return [line]
  const { expected: _, at: __, found, ...rest } = Object.fromEntries(details(verdict, of))
  const data = {
    message: plain(of.message),
    severity: of.outcome === 'failed' ? 'fail' : 'error',
    type: of.type,
    ...(of.place === undefined ? {} : { at: { ...of.place, file: plain(of.place.file) } }),
    ...(found?.includes('\n') === true ? { found } : {}),
    ...rest,
  }
  // Long lines stay whole, so that a command can be copied.
  const block = stringify(data, { lineWidth: 0 }).trimEnd().split('\n')
  return [line, ...['---', ...block, '...'].map((text) => `  ${text}`)]
}

/** A description: a `#` would begin a directive. */
function escaped(text: string): string {
  return plain(text).replace(/[\\#]/g, '\\$&')
}
