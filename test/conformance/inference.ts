// How often the inferred calls of functions are right: precision and recall against labels made by hand, and each label's folder.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { loadTemplate } from '../../sim/cfn/index.ts'
import { Problems } from '../../sim/diag/problem.ts'
import { callsOf } from '../../sim/infer/index.ts'
import { CORPUS, ROOT, type Case, type Suite } from './suite.ts'

interface Floor {
  readonly precision: number
  readonly recall: number
}
/** The least shares that count as passed: what was measured when the inference was written, rounded down to whole percents. */
const SETS: Readonly<Record<string, { readonly exact: Floor; readonly pairs: Floor }>> = {
  'inference-labels.yaml': { exact: { precision: 0.73, recall: 0.65 }, pairs: { precision: 0.95, recall: 1 } },
  'inference-labels-later.yaml': {
    exact: { precision: 0.66, recall: 0.78 },
    pairs: { precision: 0.77, recall: 0.96 },
  },
}

interface Labels {
  readonly By: string
  readonly Calls: Readonly<Record<string, readonly string[]>>
}

interface Entry {
  readonly id: string
  readonly file: string
}
const { templates } = JSON.parse(readFileSync(join(CORPUS, 'templates/manifest.json'), 'utf8')) as {
  templates: Entry[]
}
/** The template of each folder; beside it may lie others. */
const files = new Map(templates.map(({ id, file }) => [id, file]))

function inferredOf(folder: string, functions: readonly string[]): string[] {
  const file = files.get(folder)!
  const source = { name: file, text: readFileSync(join(CORPUS, 'templates', file), 'utf8') }
  const template = loadTemplate(source, { parameters: new Map(), dummies: true }, new Problems())
  if (template === undefined) throw new Error(`${folder} cannot be read`)
  return callsOf(template)
    .filter(({ kind, from, strength }) => kind === 'code' && strength !== 'weak' && functions.includes(from))
    .map(({ from, action, to }) => `${from} ${action} ${to}`)
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
/** `function action resource` without its action. */
const pairOf = (call: string): string => call.replace(/ \S+ /, ' ')

function compare(labels: ReadonlyMap<string, Labels>, project: (call: string) => string) {
  let [hits, made, wanted] = [0, 0, 0]
  const misses: string[] = []
  for (const [folder, { Calls }] of labels) {
    const right = new Set(
      Object.entries(Calls).flatMap(([name, calls]) => calls.map((call) => project(`${name} ${call}`))),
    )
    const said = new Set(inferredOf(folder, Object.keys(Calls)).map(project))
    made += said.size
    wanted += right.size
    for (const call of said)
      if (right.has(call)) hits++
      else misses.push(`${folder}: not made: ${call}`)
    for (const call of right) if (!said.has(call)) misses.push(`${folder}: not found: ${call}`)
  }
  return { hits, made, wanted, precision: share(hits, made), recall: share(hits, wanted), misses }
}

function readLabels(file: string): ReadonlyMap<string, Labels> {
  const labels = new Map(
    Object.entries(parse(readFileSync(join(ROOT, 'test/conformance', file), 'utf8')) as Record<string, Labels>),
  )
  for (const name of labels.keys()) if (!files.has(name)) throw new Error(`${name} is not in the corpus`)
  return labels
}

function cases(file: string): Case[] {
  const labels = readLabels(file)
  return (['exact', 'pairs'] as const).map((kind) => ({
    name: `${file}: ${kind === 'exact' ? 'function, action and resource' : 'function and resource'}`,
    run(): void {
      const found = compare(labels, kind === 'exact' ? (call) => call : pairOf)
      const { hits, made, wanted, precision, recall } = found
      const figures = `precision ${percent(precision)} (${hits} of ${made}), recall ${percent(recall)} (${hits} of ${wanted})`
      console.log(`${file}, ${kind}: ${figures}`)
      if (process.env['MISSES'] === '1') for (const miss of found.misses) console.log(`  ${miss}`)
      const floor = SETS[file]![kind]
      if (precision < floor.precision || recall < floor.recall)
        throw new Error(`below the floor of ${percent(floor.precision)} and ${percent(floor.recall)}: ${figures}`)
    },
  }))
}

export default { name: 'inference', cases: Object.keys(SETS).flatMap(cases) } satisfies Suite
