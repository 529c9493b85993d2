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
import { checkVerdict } from '../report/ci/verdict.ts'
import { plainJson } from '../diag/text.ts'
import type { Scenario } from '../lang/scenario.ts'
import type { Problems } from '../diag/problem.ts'
import { EXIT } from './exit.ts'
import { counted } from '../report/figures.ts'
import { chosen, type ChoiceFlags } from './changed.ts'
import { leftOut, type LeftOut } from '../run/report.ts'
import { notSimulatedLines } from '../run/left-out.ts'
import { readFormats } from './formats.ts'
import { outputsOf, unwritable, writeForms } from './outputs.ts'
import { refused, showAll, showProblem } from './problems.ts'
import { CI_FORMATS, ciText, fromCheckout } from './reporting.ts'
import { openNamed } from './scenarios.ts'
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

export interface CheckFlags extends ChoiceFlags {
  readonly color?: boolean
  /** `FORMAT` or `FORMAT=FILE`. */
  readonly format?: readonly string[]
}

export const CHECK_FORMATS = ['pretty', 'json', 'lsp', ...CI_FORMATS] as const
type Format = (typeof CHECK_FORMATS)[number]

interface Checked {
  readonly path: string
  readonly scenario: Scenario | undefined
  readonly problems: Problems
}

/** `args` are files, folders and patterns. */
export function check(args: readonly string[], flags: CheckFlags): number {
  const formats = readFormats(flags.format ?? [], CHECK_FORMATS, ['pretty', 'github'])
  if ('slug' in formats) return refused(formats, flags)
  const { printed = 'pretty', files } = formats
  const scenarios = chosen(args, flags)
  if ('slug' in scenarios) return refused(scenarios, flags)
  const { named } = scenarios
  const wrong = unwritable(
    named.map(({ path }) => path),
    outputsOf(files),
  )
  if (wrong !== undefined) return refused(wrong, flags)
  const all = named.map((each): Checked => ({ path: each.path, ...openNamed(each, flags) }))
  if (printed === 'pretty') for (const one of all) show(one, flags)
  else if (printed === 'github') for (const one of all) annotate(one)
  else process.stdout.write(formatted(printed, all))
  const unwritten = writeForms(files, (format) => formatted(format, all))
  for (const problem of unwritten) showProblem(problem, flags)
  return unwritten.length === 0 && all.every(({ scenario }) => scenario !== undefined) ? EXIT.ok : EXIT.badInput
}

function formatted(format: Format, all: readonly Checked[]): string {
  switch (format) {
    case 'json':
      return `${plainJson(reportOf(all), 2)}\n`
    case 'lsp':
      return `${plainJson(publicationsOf(all), 2)}\n`
    case 'pretty':
      return ''
    default:
      return ciText(
        format,
        all.map(({ path, scenario, problems }) => checkVerdict(path, problems.list, scenario !== undefined)),
      )
  }
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
  for (const problem of sortProblems(problems.list)) write(githubAnnotation(problem, path, fromCheckout))
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
