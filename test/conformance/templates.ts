// Every real template of the corpus runs as it is: no scenario beside it, a modest workload on each of its entries, no broken rule.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Problems } from '../../sim/diag/problem.ts'
import { renderProblems } from '../../sim/diag/render.ts'
import { loadScenario } from '../../sim/lang/scenario.ts'
import { runScenario } from '../../sim/run/run.ts'

const ROOT = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url))
const MINUTE = 60_000_000

function templatesBelow(folder: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(`${ROOT}${folder}`, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) found.push(...templatesBelow(path))
    else if (/\.(ya?ml|json|template)$/.test(entry.name) && isTemplate(path)) found.push(path)
  }
  return found.sort()
}

/** Companion files (state machines, expectations of the transform) are no templates. */
function isTemplate(path: string): boolean {
  return (
    !path.endsWith('expected.sam-transform.json') &&
    /^\s*"?Resources"?\s*:/m.test(readFileSync(`${ROOT}${path}`, 'utf8'))
  )
}

export default {
  name: 'templates',
  cases: [...templatesBelow('templates'), ...templatesBelow('flagship')].map((path) => ({
    name: path,
    run(): void {
      const problems = new Problems()
      const source = { name: path, text: readFileSync(`${ROOT}${path}`, 'utf8') }
      const scenario = loadScenario(source, { duration: 5 * MINUTE, parameters: new Map() }, problems)
      if (scenario === undefined)
        throw new Error(renderProblems(problems.list.filter((problem) => problem.severity === 'error')).slice(0, 600))
      const run = runScenario(scenario, { verify: true })
      if (run.broken.length > 0)
        throw new Error(run.broken.map(({ component, sentence }) => `${component}: ${sentence}`).join('; '))
      if (run.stopped !== undefined) throw new Error(run.stopped.message)
    },
  })),
}
