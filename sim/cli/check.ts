// `hotshard check`: what is wrong with a scenario and what of it is not simulated, without running it.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  githubAnnotation,
  lspPublications,
  placeData,
  problemData,
  type LspPublication,
  type PlaceData,
  type ProblemData,
} from '../diag/machine.ts'
import { sortProblems } from '../diag/render.ts'
import { plainJson } from '../diag/text.ts'
import type { Scenario } from '../lang/scenario.ts'
import type { Problems } from '../diag/problem.ts'
import { EXIT } from './exit.ts'
import { counted } from '../report/figures.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { leftOut, type LeftOut } from '../run/report.ts'
import { notSimulatedLines } from '../run/left-out.ts'
import { showAll } from './problems.ts'
import { widthOf } from './terminal.ts'
import { wrapWords } from './wrap.ts'

/** The version of what `--format json` writes; `public/check.schema.json` describes it. A member is only ever added without a new one. */
export const CHECK_SCHEMA = 'hotshard.check/1'

export interface CheckReport {
  readonly schema: typeof CHECK_SCHEMA
  readonly scenarios: readonly {
    readonly scenario: string
    /** Whether it can be run. */
    readonly ok: boolean
    readonly problems: readonly ProblemData[]
    readonly notSimulated: readonly (Omit<LeftOut, 'place'> & { readonly place?: PlaceData })[]
  }[]
}

export interface CheckFlags extends LoadFlags {
  readonly color?: boolean
  readonly format?: 'pretty' | 'json' | 'lsp' | 'github'
}

interface Checked {
  readonly path: string
  readonly scenario: Scenario | undefined
  readonly problems: Problems
}

export function check(paths: readonly string[], flags: CheckFlags): number {
  const all = paths.map((path): Checked => ({ path, ...openScenario(path, flags) }))
  if (flags.format === 'json') write(plainJson(reportOf(all), 2))
  else if (flags.format === 'lsp') write(plainJson(publicationsOf(all), 2))
  else for (const one of all) (flags.format === 'github' ? annotate : show)(one, flags)
  return all.every(({ scenario }) => scenario !== undefined) ? EXIT.ok : EXIT.badInput
}

function show({ path, scenario, problems }: Checked, flags: CheckFlags): void {
  showAll(problems, flags)
  if (scenario === undefined) return
  const { components, faults } = scenario.plan
  const parts = [
    counted(components.length, 'component'),
    counted(scenario.expectations.length, 'expectation'),
    counted(faults.length, 'fault'),
  ]
  write(`${path}: ok, ${parts.join(', ')}`)
  const left = notSimulatedLines(scenario.notSimulated.map(leftOut))
  if (left.length > 0) write('  not simulated:')
  for (const line of left.flatMap((text) => wrapWords(text, widthOf(process.stdout) - 4, 2))) write(`    ${line}`)
}

function annotate({ path, problems }: Checked): void {
  for (const problem of sortProblems(problems.list)) write(githubAnnotation(problem, path))
}

function reportOf(all: readonly Checked[]): CheckReport {
  return {
    schema: CHECK_SCHEMA,
    scenarios: all.map(({ path, scenario, problems }) => ({
      scenario: path,
      ok: scenario !== undefined,
      problems: sortProblems(problems.list).map(problemData),
      notSimulated: (scenario?.notSimulated ?? []).map(({ message, span, subject }) => {
        const place = placeData(span)
        return { message, ...(place === undefined ? {} : { place }), ...subject }
      }),
    })),
  }
}

/** One publication per file, also where several scenarios name the same template. */
function publicationsOf(all: readonly Checked[]): LspPublication[] {
  const uriOf = (file: string): string => pathToFileURL(resolve(file)).href
  const lists = new Map<string, LspPublication['diagnostics']>()
  for (const { path, scenario, problems } of all)
    for (const { uri, diagnostics } of lspPublications(
      path,
      sortProblems(problems.list),
      scenario?.notSimulated ?? [],
      uriOf,
    ))
      lists.set(uri, [...(lists.get(uri) ?? []), ...diagnostics])
  return [...lists].map(([uri, diagnostics]) => ({ uri, diagnostics }))
}

function write(text: string): void {
  process.stdout.write(`${text}\n`)
}
