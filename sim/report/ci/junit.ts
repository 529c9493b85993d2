// JUnit XML, which GitLab, Jenkins, Azure and the reporters of GitHub's marketplace read: a suite per scenario.
//
// Elements and their order are those of Jenkins' schema; `file` and `line` of a case, which it does not know, bring a failure to
// the scenario's own line in the others. How long a run took is told of its first case: the rest is read from what it left behind.
import { details, type Case, type Verdict } from './verdict.ts'
import { xml, type Element } from './xml.ts'

/** The whole document, ending with a newline. `fileOf` says how a file is named to the CI server. */
export function junit(verdicts: readonly Verdict[], fileOf: (file: string) => string = String): string {
  const took = verdicts.reduce((sum, verdict) => sum + verdict.took, 0)
  const { skipped: _, ...counts } = countsOf(verdicts.flatMap(({ cases }) => cases))
  return xml({
    name: 'testsuites',
    attributes: { name: 'hotshard', ...counts, time: took.toFixed(3) },
    inside: verdicts.map((verdict) => suite(verdict, fileOf)),
  })
}

function suite(verdict: Verdict, fileOf: (file: string) => string): Element {
  const { facts, scenario, cases, took } = verdict
  const properties = Object.entries(facts).map(([name, value]): Element => ({
    name: 'property',
    attributes: { name, value },
  }))
  return {
    name: 'testsuite',
    attributes: { name: scenario, ...countsOf(cases), time: took.toFixed(3) },
    inside: [
      ...(properties.length === 0 ? [] : [{ name: 'properties', inside: properties }]),
      ...cases.map((each, i) => testcase(verdict, each, i === 0 ? took : 0, fileOf)),
    ],
  }
}

function testcase(verdict: Verdict, of: Case, took: number, fileOf: (file: string) => string): Element {
  const { name, place } = of
  return {
    name: 'testcase',
    attributes: {
      classname: classOf(verdict.scenario),
      name,
      time: took.toFixed(3),
      file: fileOf(place?.file ?? verdict.scenario),
      line: place?.line,
    },
    inside: outcomeOf(verdict, of),
  }
}

function outcomeOf(verdict: Verdict, of: Case): Element[] {
  const { outcome, message, type } = of
  switch (outcome) {
    case 'passed':
      return message === '' ? [] : [{ name: 'system-out', inside: message }]
    case 'skipped':
      return [{ name: 'skipped', inside: message }]
    default: {
      const lines = [...details(verdict, of)].map(([heading, value]) =>
        value.includes('\n') ? value : `${heading.padEnd(8)} ${value}`,
      )
      const name = outcome === 'failed' ? 'failure' : 'error'
      return [{ name, attributes: { message, type }, inside: lines.join('\n') }]
    }
  }
}

/** `scenarios.hot-partition`: servers read what stands before the last point as a package. */
function classOf(scenario: string): string {
  return scenario
    .replace(/^(?:\.{0,2}[/\\])+/, '')
    .replace(/\.[^./\\]*$/, '')
    .replaceAll('.', '_')
    .replaceAll(/[/\\]+/g, '.')
}

function countsOf(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const count = (outcome: Case['outcome']): number => cases.filter((each) => each.outcome === outcome).length
  return { tests: cases.length, failures: count('failed'), errors: count('error'), skipped: count('skipped') }
}
