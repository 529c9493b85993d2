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

/** Where the reporter of `vite.config.ts` writes. */
const REPORT = 'node_modules/.cache/hotshard/unit.json'

/** Suites of their own, which `vitest run` leaves out. */
const APART = [join('test', 'browser'), join('test', 'cluster')]

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

/** Why the stored report does not describe the present tree, or undefined when it does. */
export function staleness(root: string): string | undefined {
  if (!existsSync(join(root, REPORT))) return 'there is no report yet'
  const report = JSON.parse(readFileSync(join(root, REPORT), 'utf8')) as VitestReport
  const sources = filesUnder(root, ['sim', 'test', 'scenarios', 'bench'])
  const reported = new Set(report.testResults.map((result) => relative(root, result.name)))
  const missing = sources
    .map((file) => relative(root, file))
    .find(
      (file) => file.endsWith('.test.ts') && !APART.some((folder) => file.startsWith(folder)) && !reported.has(file),
    )
  if (missing !== undefined) return `the last run left out ${missing}`
  const newer = sources.find((file) => statSync(file).mtimeMs > report.startTime)
  return newer === undefined ? undefined : `${relative(root, newer)} has changed since the last run`
}

/** The results of all tests of the checkout at `root`, from the stored report where it is fresh. */
export function readResults(root: string, log: (line: string) => void): TestResult[] {
  const reason = staleness(root)
  if (reason !== undefined) {
    log(`running the tests: ${reason}`)
    rmSync(join(root, REPORT), { force: true })
    const runner = join(root, 'node_modules/vitest/vitest.mjs')
    const run = spawnSync(process.execPath, [runner, 'run', '--reporter=json'], { cwd: root, encoding: 'utf8' })
    if (!existsSync(join(root, REPORT))) throw new Error(`the tests could not run\n${run.stdout}${run.stderr}`)
  }
  return parseReport(root, readFileSync(join(root, REPORT), 'utf8'))
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
