// Templates of the corpus, loaded as they are.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Problems } from '../../sim/diag/problem.ts'
import { renderProblems } from '../../sim/diag/render.ts'
import { loadScenario, type FileReader, type Scenario } from '../../sim/lang/scenario.ts'
import type { Source } from '../../sim/diag/span.ts'
import { CORPUS } from './suite.ts'

const MINUTE = 60_000_000

/** Every template below a folder of the corpus, by its path. Companion files (state machines, expected outputs) are none. */
export function templatesBelow(folder: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(join(CORPUS, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) found.push(...templatesBelow(path))
    else if (/\.(ya?ml|json|template)$/.test(entry.name) && isTemplate(path)) found.push(path)
  }
  return found.sort()
}

function isTemplate(path: string): boolean {
  return (
    !path.endsWith('expected.sam-transform.json') &&
    /^\s*"?Resources"?\s*:/m.test(readFileSync(join(CORPUS, path), 'utf8'))
  )
}

/** Loads a template for one simulated minute; throws the rendered errors when it does not load. */
export function loadBare(path: string): Scenario {
  return load({ name: path, text: readFileSync(join(CORPUS, path), 'utf8') }, dirname(path))
}

/** Loads a scenario whose files lie in a folder of the corpus. */
export function load(source: Source, folder: string): Scenario {
  const problems = new Problems()
  const scenario = loadScenario(source, { duration: MINUTE, files: filesOf(folder) }, problems)
  if (scenario !== undefined) return scenario
  throw new Error(renderProblems(problems.list.filter((problem) => problem.severity === 'error')).slice(0, 600))
}

function filesOf(folder: string): FileReader {
  return {
    read(name) {
      try {
        return { ok: true, value: readFileSync(join(CORPUS, folder, name), 'utf8') }
      } catch {
        return { ok: false, message: `\`${name}\` cannot be read`, help: 'there is no such file' }
      }
    },
  }
}
