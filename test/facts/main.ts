// `npm run facts`: which facts of the notes and which rules of the sheets the passed tests show.
//
//   --rows 2,23,24    the missing facts of these rows of the systems table, with their texts
//   --json            everything as one JSON object
//   --update-rules    refresh rules.txt from the fact sheets, where they are at hand
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measure, total, type Count, type Coverage } from './coverage.ts'
import { collectRules, readKnown, type Known } from './ids.ts'
import { readResults } from './report.ts'

const folder = dirname(fileURLToPath(import.meta.url))
const root = join(folder, '../..')

const { values } = parseArgs({
  options: { rows: { type: 'string' }, json: { type: 'boolean' }, 'update-rules': { type: 'boolean' } },
})
process.exitCode = values['update-rules'] === true ? updateRules() : report()

function updateRules(): number {
  const sheets = join(root, '../shared/facts')
  if (!existsSync(sheets)) {
    console.error('the fact sheets are not at hand (../shared/facts): rules.txt stays as it is')
    return 2
  }
  const rules = collectRules(sheets)
  const head =
    '# Ids of the rules and vectors of the fact sheets. Written by `npm run facts -- --update-rules`: do not edit.'
  writeFileSync(join(folder, 'rules.txt'), [head, ...rules, ''].join('\n'))
  console.log(`test/facts/rules.txt: ${rules.length} ids`)
  return 0
}

function report(): number {
  const known = readKnown(folder)
  const wrong = wrongRows(known, values.rows)
  if (wrong !== undefined) {
    console.error(wrong)
    return 2
  }
  const coverage = measure(
    known,
    readResults(root, (line) => console.error(line)),
  )
  if (values.json === true) console.log(JSON.stringify(coverage, null, 2))
  else if (values.rows !== undefined) printMissing(known, coverage, values.rows)
  else printAll(coverage)
  for (const { id, test } of coverage.unknown) console.error(`unknown id ${id}: ${test}`)
  if (coverage.unknown.length > 0)
    console.error('write ids as they stand in test/facts/facts.yaml (N.…) or test/facts/rules.txt')
  return coverage.unknown.length > 0 ? 1 : 0
}

function wrongRows(known: Known, rows: string | undefined): string | undefined {
  const bad = rows?.split(',').find((row) => !known.rows.some((each) => String(each.row) === row.trim()))
  return bad === undefined
    ? undefined
    : `there is no row \`${bad}\`: the systems table has rows 1 to ${known.rows.length}`
}

function printAll(coverage: Coverage): void {
  console.log('Systems')
  for (const row of coverage.rows) {
    const shown = row.facts.length - row.missing.length
    const state = row.missing.length === 0 ? 'works' : `${shown} of ${row.facts.length}`
    console.log(`  ${String(row.row).padStart(2)}  ${state.padEnd(9)} ${row.system}`)
  }
  printCounts('Areas of the notes', coverage.areas)
  printCounts('Rules of the sheets', coverage.families)
  const working = coverage.rows.filter((row) => row.missing.length === 0).length
  const facts = total(coverage.areas)
  const rules = total(coverage.families)
  if (coverage.failed > 0) console.log(`\n${coverage.failed} tests did not pass: their ids do not count`)
  console.log(
    `\n${working} of ${coverage.rows.length} systems work, ${facts.shown} of ${facts.simulated} facts and ${rules.shown} of ${rules.total} rules are shown`,
  )
}

function printCounts(title: string, counts: readonly Count[]): void {
  console.log(`\n${title.padEnd(24)}${'total'.padStart(8)}${'to show'.padStart(9)}${'shown'.padStart(7)}`)
  for (const count of [...counts, total(counts)]) {
    const numbers =
      String(count.total).padStart(8) + String(count.simulated).padStart(9) + String(count.shown).padStart(7)
    console.log(`  ${count.name.padEnd(22)}${numbers}`)
  }
}

function printMissing(known: Known, coverage: Coverage, rows: string): void {
  const texts = new Map(known.facts.map((fact) => [fact.id, fact.fact]))
  let missing = 0
  for (const text of rows.split(',')) {
    const row = coverage.rows.find((each) => String(each.row) === text.trim())!
    console.log(`${row.row} ${row.system}: ${row.facts.length - row.missing.length} of ${row.facts.length} shown`)
    for (const id of row.missing) console.log(`  ${id.padEnd(20)} ${texts.get(id) ?? ''}`)
    missing += row.missing.length
  }
  console.log(missing === 0 ? 'nothing is missing' : `${missing} missing`)
}
