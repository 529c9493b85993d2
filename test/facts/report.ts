// Reads vitest's JSON report, running the tests first when it is missing, partial or older than the sources.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** One test of the report. */
export interface TestResult {
  readonly file: string
  readonly title: string
  readonly passed: boolean
}

/** The part of vitest's report that is read here. */
interface VitestReport {
  readonly startTime: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly title: string; readonly fullName: string; readonly status: string }[]
  }[]
}

/** The report of the last `npm run unit`, and that of the last run made here: each may be the fresher one. */
const REPORT = 'node_modules/.cache/hotshard/unit.json'
const OWN_REPORT = 'node_modules/.cache/hotshard/facts.json'

/** Every file under the given folders of the checkout. */
function filesUnder(root: string, folders: readonly string[]): string[] {
  const files: string[] = []
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name))
    }
  }
  return files
}

/** Why a stored report does not describe the present tree, or undefined when it does. */
export function staleness(root: string, path: string): string | undefined {
  if (!existsSync(join(root, path))) return 'there is no report yet'
  const report = JSON.parse(readFileSync(join(root, path), 'utf8')) as VitestReport
  const sources = filesUnder(root, ['sim', 'test', 'scenarios', 'bench'])
  const reported = new Set(report.testResults.map((result) => relative(root, result.name)))
  const missing = sources
    .map((file) => relative(root, file))
    .find((file) => file.endsWith('.test.ts') && !reported.has(file))
  if (missing !== undefined) return `the last run left out ${missing}`
  const newer = sources.find((file) => statSync(file).mtimeMs > report.startTime)
  return newer === undefined ? undefined : `${relative(root, newer)} has changed since the last run`
}

/** The results of all tests of the checkout at `root`, from a stored report where one is fresh. */
export function readResults(root: string, log: (line: string) => void): TestResult[] {
  let path = [REPORT, OWN_REPORT].find((each) => staleness(root, each) === undefined)
  if (path === undefined) {
    log(`running the tests: ${staleness(root, REPORT)}`)
    path = OWN_REPORT
    rmSync(join(root, path), { force: true })
    const runner = join(root, 'node_modules/vitest/vitest.mjs')
    const run = spawnSync(process.execPath, [runner, 'run', '--reporter=json', `--outputFile=${path}`], {
      cwd: root,
      encoding: 'utf8',
    })
    if (!existsSync(join(root, path))) throw new Error(`the tests could not run\n${run.stdout}${run.stderr}`)
  }
  return parseReport(root, readFileSync(join(root, path), 'utf8'))
}

/** The tests of a report's text. */
export function parseReport(root: string, text: string): TestResult[] {
  const report = JSON.parse(text) as VitestReport
  return report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      file: relative(root, file.name),
      title: test.title,
      passed: test.status === 'passed',
    })),
  )
}
