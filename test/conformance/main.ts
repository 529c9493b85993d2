// `npm run conformance`: runs the suites of this folder against the shared corpus of real inputs.
//
//   --only NAME   one suite, or the cases whose `suite/case` contains NAME, with whole messages
//   --list        the names alone
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { matches, parseKnown, runSuite, type SuiteResult } from './runner.ts'
import { CORPUS, ROOT, type Suite } from './suite.ts'

const SHOWN = 40
const FOLDER = join(ROOT, 'test/conformance')
const OWN_FILES = new Set(['main.ts', 'runner.ts', 'suite.ts'])

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } })
process.exitCode = await main()

async function main(): Promise<number> {
  if (!existsSync(CORPUS)) {
    console.log('the shared corpus is not at hand (../shared/corpus), so there is nothing to conform to')
    console.log('0 passed, 0 failed')
    return 0
  }
  const suites = await readSuites()
  const names = suites.flatMap((suite) => suite.cases.map((each) => `${suite.name}/${each.name}`))
  const chosen = names.filter((name) => matches(values.only, name))
  if (values.only !== undefined && chosen.length === 0) {
    console.error(
      `no case matches \`${values.only}\`; the suites are ${suites.map((suite) => `\`${suite.name}\``).join(', ')}`,
    )
    return 2
  }
  if (values.list === true) {
    for (const name of chosen) console.log(name)
    return 0
  }
  const known = parseKnown(readFileSync(join(FOLDER, 'known-failures.txt'), 'utf8'))
  const results = suites.map((suite) => runSuite(suite, known, (name) => matches(values.only, name)))
  const stale = [...known.keys()].filter((name) => !names.includes(name))
  return report(results, stale)
}

/** The suites of this folder in order of name; a file without a default export only helps others. */
async function readSuites(): Promise<Suite[]> {
  const files = readdirSync(FOLDER).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !OWN_FILES.has(name),
  )
  const suites: Suite[] = []
  for (const file of files.sort()) {
    const suite = await readSuite(file)
    if (suite === undefined) continue
    const names = suite.cases.map((each) => each.name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new Error(`test/conformance/${file}: two cases are named \`${twice}\``)
    suites.push(suite)
  }
  return suites
}

/** A file's suite. One that cannot be read becomes a suite that fails, so that the others still run and the sum tells. */
async function readSuite(file: string): Promise<Suite | undefined> {
  try {
    return ((await import(`./${file}`)) as { default?: Suite }).default
  } catch (error) {
    const run = (): void => {
      throw error
    }
    return { name: file, cases: [{ name: 'can be read', run }] }
  }
}

function report(results: readonly SuiteResult[], stale: readonly string[]): number {
  const failures = results.flatMap((result) => result.failures)
  const whole = values.only !== undefined
  for (const { name, message } of failures.slice(0, SHOWN)) {
    const line = whole ? message : message.split('\n', 1)[0].slice(0, 200)
    console.log(`failed ${name}: ${line}`)
  }
  if (failures.length > SHOWN) console.log(`… and ${failures.length - SHOWN} more`)
  for (const name of results.flatMap((result) => result.mended))
    console.log(`passes now, remove its line from known-failures.txt: ${name}`)
  for (const name of stale) console.log(`no such case, remove its line from known-failures.txt: ${name}`)
  let passed = 0
  for (const result of results) {
    const count = result.passed + result.known + result.failures.length
    if (count === 0) continue
    const expected = result.known === 0 ? '' : `, ${result.known} known to fail`
    console.log(`${result.name}: ${result.passed} of ${count} passed, ${result.failures.length} failed${expected}`)
    passed += result.passed
  }
  console.log(`${passed} passed, ${failures.length} failed`)
  return failures.length > 0 ? 1 : 0
}
