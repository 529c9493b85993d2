// A run as a text that a reviewer can read: digests, headline figures and expectations of one scenario.
import { runScenario } from '../sim/run/run.ts'
import { reportOf } from '../sim/run/report.ts'
import type { Scenario } from '../sim/lang/scenario.ts'

/** Runs the scenario and writes down what must not change unnoticed. */
export function goldenText(scenario: Scenario): string {
  const report = reportOf(runScenario(scenario), '')
  const lines = [
    `${report.scenario} seed ${report.seed}`,
    `digest ${report.digest.total}`,
    `events ${report.events}`,
    `requests ${report.requests}`,
    '',
  ]
  for (const resource of report.resources) {
    if (resource.received + resource.sent === 0) continue
    lines.push(`${resource.name} ${report.digest.components[resource.name]!}`)
    lines.push(
      `  calls in ${resource.received} ok ${resource.succeeded} throttled ${resource.throttled} failed ${resource.failed} out ${resource.sent}`,
    )
    for (const metric of resource.metrics) {
      if (Object.keys(metric.dimensions).length > 1) continue
      const percentiles = metric.p50 === undefined ? '' : ` p50 ${metric.p50} p99 ${metric.p99}`
      lines.push(`  ${metric.name} n ${metric.samples} sum ${metric.sum} max ${metric.maximum}${percentiles}`)
    }
  }
  lines.push('')
  for (const expectation of report.expectations)
    lines.push(`${expectation.ok ? 'ok  ' : 'FAIL'} ${expectation.text} = ${expectation.measured}`)
  for (const { resource, title, text } of report.insights) lines.push(`says ${resource}: ${title}. ${text}`)
  for (const broken of report.broken) lines.push(`BROKEN ${broken.resource}: ${broken.sentence}`)
  return `${lines.join('\n')}\n`
}
