// `hotshard audit`: the run again and again with equal times in other orders; says whether any answer hangs on them, and where.
import { plain } from '../diag/text.ts'
import { formatMicros } from '../engine/time.ts'
import { runScenario, type Run } from '../run/run.ts'
import { reportOf, type MetricSummary, type Report } from '../run/report.ts'
import { EXIT } from './exit.ts'
import { counted } from '../report/figures.ts'
import { openScenario } from './files.ts'
import type { RunFlags } from './run.ts'
import { badFlag, showErrors, showProblem } from './problems.ts'
import { firstDifference, guarded } from './diverge.ts'
import { createRng } from '../engine/rng.ts'

export function audit(path: string, flags: RunFlags & { runs: string }): number {
  const { scenario, problems } = openScenario(path, flags)
  showErrors(path, problems, flags)
  const runs = Number(flags.runs)
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000) {
    showProblem(badFlag(`\`--runs ${flags.runs}\` is not a number of orders`, 'a whole number from 1 to 1000'), flags)
    return EXIT.badInput
  }
  if (scenario === undefined) return EXIT.badInput
  const usual = reportOf(runScenario(scenario), '')
  const differing = new Map<string, Set<string>>()
  for (let seed = 1; seed <= runs; seed++) {
    const other: Run = runScenario(scenario, { tieSeed: seed })
    for (const [what, values] of answersThatDiffer(usual, reportOf(other, ''))) {
      const seen = differing.get(what) ?? new Set<string>()
      seen.add(values)
      differing.set(what, seen)
    }
  }
  if (differing.size === 0) {
    process.stdout.write(`${path}: no answer hangs on the order of equal times (${runs} other orders)\n`)
    return EXIT.ok
  }
  const verb = differing.size === 1 ? 'hangs' : 'hang'
  process.stdout.write(`${path}: ${counted(differing.size, 'answer')} ${verb} on the order of equal times\n`)
  for (const [what, values] of [...differing].slice(0, 40))
    process.stdout.write(`  ${plain(what)}: ${[...values].join(', ')}\n`)
  const permuted = guarded(scenario)
  permuted.kernel.ties = createRng(1, 'audit', 'ties')
  const parted = firstDifference(guarded(scenario), permuted, scenario.plan.duration)
  if (parted !== undefined)
    process.stdout.write(
      `  first at ${formatMicros(parted.a.time)}: ${plain(parted.a.text)} or ${plain(parted.b.text)} goes first\n`,
    )
  return EXIT.expectationFailed
}

/** Figures of the report that are not the same in both: counts, expectations, metrics. */
function answersThatDiffer(a: Report, b: Report): [string, string][] {
  const found: [string, string][] = []
  const compare = (what: string, left: unknown, right: unknown): void => {
    if (left !== right) found.push([what, `${String(left)} or ${String(right)}`])
  }
  a.expectations.forEach((expectation, i) => {
    compare(`expectation \`${expectation.text}\``, expectation.ok, b.expectations[i]!.ok)
  })
  for (const resource of a.resources) {
    const other = b.resources.find((candidate) => candidate.name === resource.name)!
    for (const key of ['received', 'succeeded', 'throttled', 'failed'] as const)
      compare(`${resource.name} ${key}`, resource[key], other[key])
    const metrics = new Map(resource.metrics.map((metric) => [nameOf(metric), metric]))
    const twins = new Map(other.metrics.map((metric) => [nameOf(metric), metric]))
    for (const name of new Set([...metrics.keys(), ...twins.keys()])) {
      const metric = metrics.get(name)
      const twin = twins.get(name)
      compare(`${resource.name}.${name} sum`, metric?.sum ?? 'nothing', twin?.sum ?? 'nothing')
      if (metric?.p99 !== undefined && twin?.p99 !== undefined)
        compare(`${resource.name}.${name} p99`, metric.p99, twin.p99)
    }
  }
  return found
}

/** A metric's name, with its dimensions where it has more than the resource's own. */
function nameOf({ name, dimensions }: MetricSummary): string {
  const more = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`)
  return more.length < 2 ? name : `${name}{${more.sort().join(',')}}`
}
