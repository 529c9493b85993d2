// `hotshard check`: what is wrong with a scenario and what of it is not simulated, without running it.
import { EXIT } from './exit.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { notSimulatedLines } from './pretty.ts'
import { showAll } from './problems.ts'
import { widthOf } from './terminal.ts'
import { wrapWords } from './wrap.ts'

export function check(paths: readonly string[], flags: LoadFlags & { color?: boolean }): number {
  let code: number = EXIT.ok
  for (const path of paths) {
    const { scenario, problems } = openScenario(path, flags)
    showAll(problems, flags)
    if (scenario === undefined) {
      code = EXIT.badInput
      continue
    }
    const { components, faults } = scenario.plan
    process.stdout.write(
      `${path}: ok, ${components.length} components, ${scenario.expectations.length} expectations, ${faults.length} faults\n`,
    )
    const left = notSimulatedLines(scenario.notSimulated)
    for (const line of left.flatMap((text) => wrapWords(text, widthOf(process.stdout) - 2, 2)))
      process.stdout.write(`  ${line}\n`)
  }
  return code
}
