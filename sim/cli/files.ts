// Scenario files from the disk, and only those that a scenario may read.
//
// A scenario is a stranger's text: its data files lie in its own folder or below (or below `--root`), links are followed before
// that is checked, and only a template named by `Template` may lie elsewhere, when its name ends like a template's.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Problems } from '../diag/problem.ts'
import type { Source } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { inOrder, RecordingReader, type Bundle } from '../experiment/bundle.ts'
import type { SeriesAsked, Setting } from '../experiment/types.ts'
import { loadScenario, type FileReader, type Scenario } from '../lang/scenario.ts'
import { parseDuration } from '../lang/quantity.ts'
import { amended } from '../run/amend.ts'

const BYTES_MAX = 64 * 1024 * 1024
const TEMPLATE_NAMES = ['.yaml', '.yml', '.json', '.template']

export interface LoadFlags {
  readonly set?: readonly string[]
  /** `3m:Name=Value`: a value that takes over while it runs. */
  readonly change?: readonly string[]
  readonly root?: string
  readonly seed?: string
  readonly duration?: string
  /** Expectations and values to be measured, beside those of the scenario. */
  readonly expect?: readonly string[]
  readonly measures?: readonly string[]
}

export interface Opened {
  readonly scenario: Scenario | undefined
  readonly problems: Problems
  /** Every file that was asked for, itself too, whether it could be read or not. */
  readonly asked: ReadonlySet<string>
}

/** Reads a scenario and everything that it names. */
export function openScenario(path: string, flags: LoadFlags): Opened {
  const problems = new Problems()
  const text = readText(path, problems)
  if (text === undefined) return { scenario: undefined, problems, asked: new Set([resolve(path)]) }
  return openText({ name: path, text }, flags, problems)
}

/** Reads a scenario whose text is at hand; what it names is looked for from the folder of its name. */
export function openText(source: Source, flags: LoadFlags, problems: Problems = new Problems()): Opened {
  const { name: path } = source
  const asked = new Set([resolve(path)])
  const parameters = new Map(settingsIn(flags.set ?? [], problems))
  const duration = durationIn(flags, problems)
  const files = fileReader(path, flags.root, asked)
  if (files === undefined) {
    problems.error('bad-flag', `\`--root ${flags.root}\` is no folder`)
    return { scenario: undefined, problems, asked }
  }
  const load = (values: ReadonlyMap<string, string>, told: Problems): Scenario | undefined => {
    const options = {
      parameters: values,
      files,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(duration === undefined ? {} : { duration }),
      ...(flags.expect === undefined ? {} : { expect: flags.expect }),
      ...(flags.measures === undefined ? {} : { measures: flags.measures }),
    }
    const scenario = loadScenario(source, options, told)
    return told.hasErrors ? undefined : scenario
  }
  const scenario = load(parameters, problems)
  if (scenario === undefined) return { scenario, problems, asked }
  const changed = withChanges(scenario, parameters, flags.change ?? [], load, problems)
  return { scenario: problems.hasErrors ? undefined : changed, problems, asked }
}

/** What an experiment asks for beside the scenario's own. */
export interface BundleOptions {
  readonly measures?: readonly string[]
  readonly everything?: boolean
  readonly counts?: boolean
  readonly series?: SeriesAsked
  readonly warmUp?: boolean
  /** Settings that each lead to files of their own, perhaps, or to mistakes: each is read once, over those of `--set`. */
  readonly samples?: readonly (readonly Setting[])[]
}

/**
 * Reads a scenario with everything it names, to be run many times and elsewhere. `settings` are those of `--set`, for every run's
 * specification; `scenario` is the one with the first of the samples.
 */
export function openBundle(
  path: string,
  flags: LoadFlags,
  options: BundleOptions = {},
): {
  readonly bundle: Bundle | undefined
  readonly scenario: Scenario | undefined
  readonly settings: readonly Setting[]
  readonly problems: Problems
} {
  const problems = new Problems()
  const text = readText(path, problems)
  const settings = settingsIn(flags.set ?? [], problems)
  const duration = durationIn(flags, problems)
  const files = fileReader(path, flags.root)
  if (files === undefined) problems.error('bad-flag', `\`--root ${flags.root}\` is no folder`)
  if (text === undefined || files === undefined || problems.hasErrors)
    return { bundle: undefined, scenario: undefined, settings, problems }
  const recorder = new RecordingReader(files)
  const asked = {
    ...(duration === undefined ? {} : { duration }),
    ...(options.measures === undefined ? {} : { measures: options.measures }),
  }
  let scenario: Scenario | undefined
  for (const sample of options.samples ?? [[]]) {
    const told = new Problems()
    const parameters = new Map([...settings, ...sample])
    const read = loadScenario({ name: path, text }, { parameters, files: recorder, ...asked }, told)
    scenario ??= read
    for (const problem of told.list)
      if (
        !problems.list.some((known) => known.message === problem.message && known.span?.start === problem.span?.start)
      )
        problems.add(problem)
  }
  const bundle = {
    name: path,
    text,
    files: recorder.files,
    ...asked,
    ...(options.everything === true ? { everything: true } : {}),
    ...(options.counts === true ? { counts: true } : {}),
    ...(options.series === undefined ? {} : { series: options.series }),
    ...(options.warmUp === true ? { warmUp: true } : {}),
  }
  return { bundle: problems.hasErrors ? undefined : bundle, scenario, settings, problems }
}

function settingsIn(flags: readonly string[], problems: Problems): readonly Setting[] {
  const settings = flags.flatMap((setting): Setting[] => {
    const at = setting.indexOf('=')
    if (at > 0) return [[setting.slice(0, at), setting.slice(at + 1)]]
    problems.error('bad-flag', `\`--set ${setting}\` has no value`, undefined, { help: 'write `--set Name=Value`' })
    return []
  })
  return inOrder(settings)
}

/** µs. */
function durationIn(flags: LoadFlags, problems: Problems): number | undefined {
  if (flags.duration === undefined) return undefined
  const parsed = parseDuration(flags.duration)
  if (parsed.ok && parsed.value > 0) return parsed.value
  problems.error('bad-flag', `\`--duration ${flags.duration}\` is not a time`, undefined, {
    help: 'such as `--duration 5m`',
  })
  return undefined
}

const CHANGE = /^([^:]+):([^=]+)=(.*)$/s

/** The scenario with the changes of `--change`, in order of time. */
function withChanges(
  scenario: Scenario,
  parameters: ReadonlyMap<string, string>,
  flags: readonly string[],
  load: (values: ReadonlyMap<string, string>, told: Problems) => Scenario | undefined,
  problems: Problems,
): Scenario {
  const changes = flags.flatMap((flag) => {
    const [, time = '', name = '', value = ''] = CHANGE.exec(flag) ?? []
    const at = parseDuration(time)
    if (at.ok && name !== '') return [{ flag, at: at.value, name, value }]
    problems.error('bad-flag', `\`--change ${flag}\` is no change`, undefined, {
      help: 'write `--change 3m:Name=Value`',
    })
    return []
  })
  let made = scenario
  const values = new Map(parameters)
  for (const { flag, at, name, value } of changes.sort((a, b) => a.at - b.at)) {
    values.set(name, value)
    const told = new Problems()
    const next = load(values, told)
    const result = next === undefined ? undefined : amended(made, next, at)
    if (result === undefined) for (const problem of told.list) problems.add(problem)
    else if ('scenario' in result) made = result.scenario
    else
      problems.error('bad-flag', `\`--change ${flag}\` cannot come while the scenario runs`, undefined, {
        notes: result.refused.map((what) => `${what} stays as it is at the start`),
        help: 'set it from the start with `--set`',
      })
  }
  return made
}

/** A file of up to 64 MB. */
export function readText(path: string, problems: Problems): string | undefined {
  try {
    if (!statSync(path).isFile()) problems.error('unreadable-file', `\`${path}\` is not a file`)
    else if (statSync(path).size > BYTES_MAX)
      problems.error('file-too-large', `\`${path}\` is larger than ${BYTES_MAX / 1_048_576} MB`)
    else return withoutMark(readFileSync(path, 'utf8'))
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const near = isMissing ? nearestFile(path) : undefined
    problems.error('unreadable-file', `\`${path}\` cannot be read`, undefined, {
      notes: [isMissing ? 'there is no such file' : String((error as Error).message)],
      ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
    })
  }
  return undefined
}

/** The file of the same folder whose name is most like it. */
function nearestFile(path: string): string | undefined {
  try {
    const near = nearest(basename(path), readdirSync(dirname(path)))
    return near === undefined ? undefined : join(dirname(path), near)
  } catch {
    return undefined
  }
}

/** A text without the byte order mark that some editors put before it: no editor counts it as a character. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Files are named from the scenario's folder, and shown as they are found from where the command runs. */
function fileReader(scenario: string, root: string | undefined, asked?: Set<string>): FileReader | undefined {
  const shown = dirname(scenario)
  const folder = resolve(shown)
  const top = root === undefined ? folder : resolve(root)
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const allowed = realpathSync(top)
  return {
    read(path, kind) {
      const full = resolve(folder, path)
      asked?.add(full)
      let real: string
      try {
        real = realpathSync(full)
      } catch {
        return { ok: false, message: `\`${path}\` cannot be read`, help: 'there is no such file' }
      }
      const outside = isOutside(relative(allowed, real))
      if (outside && !(kind === 'template' && TEMPLATE_NAMES.includes(extname(real)))) {
        return {
          ok: false,
          message: `\`${path}\` lies outside the scenario's folder`,
          help: 'allow a folder with `--root DIR`',
        }
      }
      if (!statSync(real).isFile() || statSync(real).size > BYTES_MAX)
        return {
          ok: false,
          message: `\`${path}\` is no file of up to ${BYTES_MAX / 1_048_576} MB`,
          help: 'expected a text file',
        }
      try {
        const value = withoutMark(readFileSync(real, 'utf8'))
        return { ok: true, value, name: isAbsolute(path) ? path : join(shown, path) }
      } catch (error) {
        return { ok: false, message: `\`${path}\` cannot be read`, help: (error as Error).message }
      }
    },
  }
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
}
