// Loads scenario files for tests, as the command line does.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderProblems } from '../sim/diag/render.ts'
import { Problems } from '../sim/diag/problem.ts'
import { loadScenario, type LoadOptions, type Scenario } from '../sim/lang/scenario.ts'
import { openScenario, type LoadFlags } from '../sim/cli/files.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Every scenario of the project: those that stand alone, and those that need the corpus beside the checkout. */
export function scenarioNames(): { own: string[]; corpus: string[] } {
  const names = readdirSync(`${ROOT}scenarios`)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  const corpus = names.filter((name) => readFileSync(`${ROOT}scenarios/${name}`, 'utf8').includes('../../shared/'))
  return { own: names.filter((name) => !corpus.includes(name)), corpus }
}

export function hasCorpus(): boolean {
  return existsSync(`${ROOT}../shared/corpus/README.md`)
}

/** A file of `scenarios/`; throws the rendered problems when it does not load. */
export function openNamed(name: string, flags: LoadFlags = {}): Scenario {
  const path = `${ROOT}scenarios/${name}`
  const { scenario, problems } = openScenario(path, { root: `${ROOT}..`, ...flags })
  if (scenario === undefined) throw new Error(renderProblems(problems.list))
  return { ...scenario, name: `scenarios/${basename(name)}` }
}

/** What a file of `scenarios/` reads beside itself, by the path that it names. */
export function dataOf(name: string): Record<string, string> {
  const text = readFileSync(`${ROOT}scenarios/${name}`, 'utf8')
  const data = existsSync(`${ROOT}scenarios/data`) ? readdirSync(`${ROOT}scenarios/data`) : []
  const paths = data.map((file) => `data/${file}`).filter((path) => text.includes(path))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(`${ROOT}scenarios/${path}`, 'utf8')]))
}

/** A scenario written in a test; throws the rendered problems when it does not load. */
export function scenarioOf(text: string, options: LoadOptions = {}): Scenario {
  const problems = new Problems()
  const scenario = loadScenario({ name: 'test.yaml', text }, options, problems)
  if (scenario === undefined || problems.hasErrors) throw new Error(renderProblems(problems.list))
  return scenario
}

/** The problems of a text that is expected to have some, as the user sees them. */
export function problemsOf(text: string, options: LoadOptions = {}): string {
  const problems = new Problems()
  loadScenario({ name: 'test.yaml', text }, options, problems)
  return renderProblems(problems.list)
}
