// The scenarios that need the corpus beside the checkout, against their golden texts; and what makes the published experiment one.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Problems } from '../../sim/diag/problem.ts'
import { loadScenario } from '../../sim/lang/scenario.ts'
import { reportOf } from '../../sim/run/report.ts'
import { runScenario } from '../../sim/run/run.ts'
import { goldenText } from '../golden-text.ts'
import { openNamed, scenarioNames } from '../scenarios.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function same(actual: string, expected: string): void {
  if (actual === expected) return
  const lines = expected.split('\n')
  const at = actual.split('\n').findIndex((line, i) => line !== lines[i])
  throw new Error(`line ${at + 1} is «${actual.split('\n')[at]}» instead of «${lines[at]}»`)
}

/** The published experiment with its two settings swapped: MaximumConcurrency for the one, reserved concurrency for the other. */
function swapped(): { text: string; template: string } {
  const text = readFileSync(`${ROOT}scenarios/published-experiment.yaml`, 'utf8')
  const template = readFileSync(`${ROOT}../shared/corpus/flagship/published-experiment/template.yaml`, 'utf8')
  const without = template
    .replace(/\n {12}ScalingConfig:\n {14}MaximumConcurrency: 5/, '')
    .replace(/\n {6}ReservedConcurrentExecutions: 5/, '')
  const reserved = without.replace(
    /(MaxConcurrencyFunction:\n {4}Type: AWS::Serverless::Function\n {4}Properties:)/,
    '$1\n      ReservedConcurrentExecutions: 5',
  )
  const max = reserved.replace(
    /(SQSEventFromReserved:\n(?:.*\n){4} {12}Enabled: true)/,
    '$1\n            ScalingConfig: { MaximumConcurrency: 5 }',
  )
  return { text, template: max }
}

export default {
  name: 'scenarios',
  cases: [
    ...scenarioNames().corpus.map((name) => ({
      name: `${name} runs as it did`,
      run: () =>
        same(
          goldenText(openNamed(name)),
          readFileSync(`${ROOT}test/golden/${name.replace(/\.yaml$/, '.txt')}`, 'utf8'),
        ),
    })),
    {
      name: 'the published experiment fails its expectations when the two settings are swapped',
      run(): void {
        const { text, template } = swapped()
        const problems = new Problems()
        const scenario = loadScenario(
          { name: 'swapped.yaml', text },
          { files: { read: () => ({ ok: true, value: template }) } },
          problems,
        )
        if (scenario === undefined) throw new Error(JSON.stringify(problems.list.map((problem) => problem.message)))
        const results = reportOf(runScenario(scenario), '')
          .expectations.filter((expectation) => !expectation.ok)
          .map((expectation) => expectation.text)
        for (const wanted of [
          'sum(ReservedConcurrencyFunction.Throttles) > 0',
          'max(ReservedConcurrencyDeadLetterQueue.ApproximateNumberOfMessagesVisible) > 0',
          'sum(MaxConcurrencyFunction.Throttles) == 0',
          'max(MaxConcurrencyDeadLetterQueue.ApproximateNumberOfMessagesVisible) == 0',
        ]) {
          if (!results.includes(wanted)) throw new Error(`${wanted} still holds; failed: ${results.join('; ')}`)
        }
      },
    },
  ],
}
