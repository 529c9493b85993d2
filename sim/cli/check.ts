// `hotshard check`: what is wrong with a scenario and what of it is not simulated, without running it.
import { renderProblems } from '../diag/render.ts'
import { EXIT } from './exit.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { notSimulatedLines } from './pretty.ts'
import { useColor } from './terminal.ts'

export function check(paths: readonly string[], flags: LoadFlags & { color?: boolean }): number {
  let code: number = EXIT.ok
  for (const path of paths) {
    const { scenario, problems } = openScenario(path, flags)
    if (problems.list.length > 0)
      process.stderr.write(`${renderProblems(problems.list, { color: useColor(process.stderr, flags) })}\n`)
    if (scenario === undefined) {
      code = EXIT.badInput
      continue
    }
    const { components, faults } = scenario.plan
    process.stdout.write(
      `${path}: ok, ${components.length} components, ${scenario.expectations.length} expectations, ${faults.length} faults\n`,
    )
    for (const line of notSimulatedLines(scenario.notSimulated)) process.stdout.write(`  ${line}\n`)
  }
  return code
}
