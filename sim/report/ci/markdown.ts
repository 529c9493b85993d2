// A summary fit for a pull request's comment or a job's summary, in GitHub's Markdown.
//
// Names and sentences are a stranger's: whatever they hold is shown as it is written, is no markup, and calls nobody by `@name`.
import { plain } from '../../diag/text.ts'
import { usd } from '../../parts/money.ts'
import type { Report } from '../../run/report.ts'
import { counted, moment, seconds } from '../figures.ts'
import { tally, type Case, type Verdict } from './verdict.ts'

const INSIGHTS_SHOWN = 3
/** A comment holds 65,536 characters: a scenario more is told in full while there are fewer than these. */
const CHARACTERS_MAX = 45_000
/** Scenarios in the table, rows of one of them, characters of a cell and of a block. */
const SCENARIOS_MAX = 100
const ROWS_MAX = 20
const CELL_MAX = 200
const BLOCK_MAX = 3_000
const MARKS: Record<Case['outcome'], string> = { passed: '✅', failed: '❌', error: '❌', skipped: '⏭️' }

/** The whole text, ending with a newline. */
export function markdown(verdicts: readonly Verdict[]): string {
  const bad = verdicts.filter(({ state }) => state !== 'ok')
  const [only] = verdicts
  const out = [`## ${bad.length === 0 ? '✅' : '❌'} hotshard, ${tally(verdicts)}`]
  if (only !== undefined && verdicts.length === 1) out.push(...section(only))
  else if (verdicts.length > 1) {
    const listed = verdicts.length <= SCENARIOS_MAX ? verdicts : bad.slice(0, SCENARIOS_MAX)
    out.push(table(['', 'scenario', 'result', 'cost of a month'], listed.map(row)))
    if (listed.length < verdicts.length) out.push(`and ${counted(verdicts.length - listed.length, 'scenario')} more`)
    let told = 0
    for (let length = out.join('').length; told < bad.length && length < CHARACTERS_MAX; told++) {
      const parts = section(bad[told]!)
      out.push(...parts)
      length += parts.join('').length
    }
    if (told < bad.length) out.push(`and ${counted(bad.length - told, 'scenario')} more that are not good`)
  }
  return `${out.join('\n\n')}\n`
}

function row(verdict: Verdict): string[] {
  const { scenario, state, headline, report } = verdict
  const month = report?.bill === undefined ? '' : escaped(usd(report.bill.month))
  return [state === 'ok' ? '✅' : '❌', code(cut(scenario)), escaped(cut(headline)), month]
}

function section(verdict: Verdict): string[] {
  const { scenario, headline, cases, report, repeat } = verdict
  const out = [`### ${code(cut(scenario))}: ${escaped(cut(headline))}`]
  const all = cases.filter(({ type, outcome }) => type === 'expectation' || outcome !== 'passed')
  // Where not all have room, what failed is there.
  const isBad = ({ outcome }: Case): boolean => outcome === 'failed' || outcome === 'error'
  const rows =
    all.length <= ROWS_MAX ? all : [...all.filter(isBad), ...all.filter((of) => !isBad(of))].slice(0, ROWS_MAX)
  if (rows.length > 0) out.push(table(['', 'expected', 'found'], rows.map(caseRow)))
  if (rows.length < all.length) out.push(`and ${all.length - rows.length} rows more`)
  for (const { text } of rows) if (text !== undefined) out.push(block(cut(text, BLOCK_MAX)))
  if (report !== undefined) out.push(...told(report))
  if (repeat !== undefined) out.push('The same again:', block(cut(repeat, BLOCK_MAX), 'sh'))
  return out
}

function caseRow({ name, outcome, message, place, type }: Case): string[] {
  const at = outcome === 'failed' && place !== undefined ? `<br>${code(cut(`${place.file}:${place.line}`))}` : ''
  return [MARKS[outcome], type === 'expectation' ? code(cut(name)) : escaped(name), sentence(cut(message)) + at]
}

function cut(text: string, most = CELL_MAX): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}

/** What went on, and what it costs. */
function told({ insights, bill, simulated, seed }: Report): string[] {
  const lines = insights.slice(0, INSIGHTS_SHOWN).map(({ title, text, resource, from, to }, i) => {
    const where = `${code(cut(resource))}, from ${escaped(moment(from))} to ${escaped(moment(to))}`
    return `${i + 1}. **${escaped(cut(title))}**: ${sentence(cut(text, 2 * CELL_MAX))} (${where})`
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
