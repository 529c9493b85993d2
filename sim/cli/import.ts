// `hotshard import`: writes what is inferred from a template as a scenario of its own, to be edited.
import { existsSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { settingsOf } from '../lang/settings.ts'
import { leftLines, overlayText } from '../infer/index.ts'
import { leftOut } from '../run/report.ts'
import { EXIT } from './exit.ts'
import { counted } from '../report/figures.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { notSimulatedLines } from '../run/left-out.ts'
import { badFlag, showErrors, showProblem } from './problems.ts'
import { quote } from '../diag/text.ts'

export interface ImportFlags extends LoadFlags {
  readonly output?: string
  readonly force?: boolean
  readonly color?: boolean
}

export function importTemplate(path: string, flags: ImportFlags): number {
  const refuse = (message: string, help: string): number => {
    showProblem(badFlag(message, help), flags)
    return EXIT.badInput
  }
  const { output } = flags
  if (output !== undefined && existsSync(output) && flags.force !== true)
    return refuse(`\`${output}\` exists already`, 'name another file, or overwrite it with `--force`')
  const { scenario, problems } = openScenario(path, flags)
  showErrors(path, problems, flags)
  if (scenario === undefined) return EXIT.badInput
  // What is written names the file as its template, whose own section would not count.
  if (scenario.draft === undefined || !scenario.isBare)
    return refuse(
      `\`${path}\` has a \`Simulation\` of its own`,
      'nothing is written beside it: name a template without one',
    )
  // What a handler leaves out stands in it.
  const told = new Set(leftLines(scenario.draft).map(({ message }) => message))
  const text = overlayText(scenario.draft, {
    template: pathFrom(output === undefined ? '.' : dirname(output), path),
    parameters: settingsOf(new Map((flags.set ?? []).map((setting) => splitAt(setting, setting.indexOf('=')))))
      .parameters,
    notSimulated: notSimulatedLines(scenario.notSimulated.filter(({ message }) => !told.has(message)).map(leftOut)),
  })
  if (output === undefined) {
    process.stdout.write(text)
    return EXIT.ok
  }
  try {
    writeFileSync(output, text)
  } catch (error) {
    return refuse(`\`${output}\` cannot be written`, (error as Error).message)
  }
  const { workloads, handlers } = scenario.draft
  process.stdout.write(
    `${output}: ${counted(workloads.length, 'workload')} and ${counted(handlers.length, 'handler')} of ${basename(path)}; try \`npx hotshard run ${quote(output)}\`\n`,
  )
  return EXIT.ok
}

/** A path as a file in `folder` would name it, with slashes on every system. */
function pathFrom(folder: string, path: string): string {
  return relative(resolve(folder), resolve(path)).split(sep).join('/')
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)]
}
