// Every real template of the corpus runs as it is: no scenario beside it, workloads and handlers inferred, no broken rule, and
// traffic through every function. Beside it, what of the templates is not simulated.
import type { Scenario } from '../../sim/lang/scenario.ts'
import { runScenario } from '../../sim/run/run.ts'
import { loadBare, templatesBelow } from './bare.ts'
import type { Case, Suite } from './suite.ts'

/** Lines of the table that are shown. */
const SHOWN = 40

function runBare(path: string): void {
  const run = runScenario(loadBare(path), { verify: true })
  if (run.broken.length > 0)
    throw new Error(run.broken.map(({ component, sentence }) => `${component}: ${sentence}`).join('; '))
  if (run.stopped !== undefined) throw new Error(run.stopped.message)
  const { world } = run
  const silent = world.components
    .filter(({ def }) => def.type === 'AWS::Lambda::Function')
    .filter(({ name }) => {
      const invocations = world.metrics.find((each) => each.component === name && each.name === 'Invocations')
      return (invocations?.series.points.reduce((sum, point) => sum + point.sum, 0) ?? 0) === 0
    })
  if (silent.length > 0) throw new Error(`no traffic: ${silent.map(({ name }) => name).join(', ')}`)
}

/** How many templates each thing touches that is not simulated; by type of resource or, without names, by the sentence. */
function printLeftOut(paths: readonly string[]): void {
  const touched = new Map<string, Set<string>>()
  for (const path of paths) {
    const messages = tryLoad(path)?.notSimulated.map(({ message }) => message) ?? []
    for (const message of messages) {
      const kind = /^(\S+::\S+) `[^`]+` is not simulated/.exec(message)?.[1]
      const call = /^`(\S+)` is left out, ([^:]*)/.exec(message)
      const what = kind ?? (call === null ? message.replace(/ \(`[^`]+`\)$/, '') : `call ${call[1]}, ${call[2]}`)
      touched.set(what, (touched.get(what) ?? new Set()).add(path))
    }
  }
  const rows = [...touched].sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1))
  console.log(`not simulated, by the templates of ${paths.length} that it touches (${rows.length} kinds):`)
  for (const [what, where] of rows.slice(0, SHOWN)) console.log(`  ${String(where.size).padStart(4)}  ${what}`)
}

function tryLoad(path: string): Scenario | undefined {
  try {
    return loadBare(path)
  } catch {
    return undefined
  }
}

function cases(): Case[] {
  const paths = [...templatesBelow('templates'), ...templatesBelow('flagship')]
  return [
    ...paths.map((path) => ({ name: path, run: () => runBare(path) })),
    { name: 'what is not simulated', run: () => printLeftOut(paths) },
  ]
}

export default { name: 'templates', cases: cases() } satisfies Suite
