// A summary fit for a pull request's comment or a job's summary, in GitHub's Markdown.
//
// Names and sentences are a stranger's: whatever they hold is shown as it is written, is no markup, and calls nobody by `@name`.
import { plain } from '../../diag/text.ts'
import { usd } from '../../parts/money.ts'
import type { Report } from '../../run/report.ts'
import { moment, seconds } from '../figures.ts'
import { tally, type Case, type Verdict } from './verdict.ts'

const INSIGHTS_SHOWN = 3
/** Scenarios with trouble that are told in full, and rows of one of them: a comment holds 65,536 characters. */
const TOLD_MAX = 20
const ROWS_MAX = 50
const MARKS: Record<Case['outcome'], string> = { passed: '✅', failed: '❌', error: '❌', skipped: '⏭️' }

/** The whole text, ending with a newline. */
export function markdown(verdicts: readonly Verdict[]): string {
  const bad = verdicts.filter(({ state }) => state !== 'ok')
  const [only] = verdicts
  const out = [`## ${bad.length === 0 ? '✅' : '❌'} hotshard, ${tally(verdicts)}`]
  if (only !== undefined && verdicts.length === 1) out.push(...section(only))
  else if (verdicts.length > 1) {
    out.push(table(['', 'scenario', 'result', 'cost of a month'], verdicts.map(row)))
    for (const verdict of bad.slice(0, TOLD_MAX)) out.push(...section(verdict))
    if (bad.length > TOLD_MAX) out.push(`and ${bad.length - TOLD_MAX} scenarios more that are not good`)
  }
  return `${out.join('\n\n')}\n`
}

function row(verdict: Verdict): string[] {
  const { scenario, state, headline, report } = verdict
  const month = report?.bill === undefined ? '' : escaped(usd(report.bill.month))
  return [state === 'ok' ? '✅' : '❌', code(scenario), escaped(headline), month]
}

function section(verdict: Verdict): string[] {
  const { scenario, headline, cases, report, repeat } = verdict
  const out = [`### ${code(scenario)}: ${escaped(headline)}`]
  const rows = cases.filter(({ type, outcome }) => type === 'expectation' || outcome !== 'passed')
  if (rows.length > 0)
    out.push(
      table(
        ['', 'expected', 'found'],
        rows
          .slice(0, ROWS_MAX)
          .map(({ name, outcome, message, place, type }) => [
            MARKS[outcome],
            type === 'expectation' ? code(name) : escaped(name),
            sentence(message) +
              (outcome === 'failed' && place !== undefined ? `<br>${code(`${place.file}:${place.line}`)}` : ''),
          ]),
      ),
    )
  if (rows.length > ROWS_MAX) out.push(`and ${rows.length - ROWS_MAX} rows more`)
  for (const { text } of rows) if (text !== undefined) out.push(block(text))
  if (report !== undefined) out.push(...told(report))
  if (repeat !== undefined) out.push('The same again:', block(repeat, 'sh'))
  return out
}

/** What went on, and what it costs. */
function told({ insights, bill, simulated, seed }: Report): string[] {
  const lines = insights.slice(0, INSIGHTS_SHOWN).map(({ title, text, resource, from, to }, i) => {
    const where = `${code(resource)}, from ${escaped(moment(from))} to ${escaped(moment(to))}`
    return `${i + 1}. **${escaped(title)}**: ${sentence(text)} (${where})`
  })
  const cost =
    bill === undefined
      ? ''
      : `, ${escaped(usd(bill.run))} in the run and ${escaped(usd(bill.month))} in a month like it`
  return [
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    `${escaped(seconds(simulated))} simulated with seed ${code(seed)}${cost}.`,
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A text that is no markup in the middle of a line; after an `@` stands a joiner that nobody sees. */
export function escaped(text: string): string {
  return plain(text)
    .replace(/[\\`*_[\]<>|~&$]|:(?=\/\/)|(?<=www)\./gi, '\\$&')
    .replaceAll('@', '@\u2060')
}

/** A text as code. Where its characters would end a table's cell or the code itself, it is an element and not a fence. */
export function code(text: string): string {
  const shown = plain(text).trim()
  if (shown === '') return ''
  return /[|`]/.test(shown) ? `<code>${escaped(shown)}</code>` : `\`${shown}\``
}

/** A sentence with its names between backticks set as code. */
function sentence(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : escaped(part)))
    .join('')
}

/** Lines as they are, in a block that they cannot end. */
function block(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [fence + language, ...text.split('\n').map(plain), fence].join('\n')
}
