// Which scenarios a command is to look at: files as they are named, the scenarios of a folder, or what a pattern matches.
//
// Patterns are matched here and not left to the shell, so that they mean the same in quotes, in a workflow file and on Windows.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { globSync, isDynamicPattern } from 'tinyglobby'
import { get, parseDocument, templateLimits } from '../cfn/index.ts'
import { Problems, type Problem } from '../diag/problem.ts'
import { openScenario, type LoadFlags, type Opened } from './files.ts'

/** A scenario to be read, or an argument that names none. */
export interface Named {
  readonly path: string
  readonly problem?: Problem
}

export interface NamedScenarios {
  readonly named: readonly Named[]
  /** Whether there could have been more than one, however many there are. */
  readonly isList: boolean
}

const SUFFIXES = 'yaml,yml,json,template'
/** Packages bring files along that are nobody's scenarios. */
const PACKAGES = 'node_modules'
/** A larger file of a folder is data and no scenario. */
const BYTES_MAX = 8 * 1024 * 1024

/** The scenarios that the arguments name, those of each argument in order, none of them twice. */
export function scenariosOf(args: readonly string[]): NamedScenarios {
  const all = args.map(namedBy)
  const seen = new Set<string>()
  const named = all.flat().filter(({ path }) => {
    const full = resolve(path)
    if (seen.has(full)) return false
    seen.add(full)
    return true
  })
  const [first] = named
  const isOne = args.length === 1 && first !== undefined && first.path === args[0] && first.problem === undefined
  return { named, isList: !isOne }
}

function namedBy(arg: string): Named[] {
  const found = statSync(arg, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) {
    const scenarios = matches(`**/*.{${SUFFIXES}}`, arg)
      .map((path) => join(arg, path))
      .filter(isScenario)
    return scenarios.length > 0 ? scenarios.map((path) => ({ path })) : [nothing(arg, `no scenario is in \`${arg}\``)]
  }
  // What is there by this very name is meant, also when it looks like a pattern.
  if (found !== undefined || !isDynamicPattern(arg)) return [{ path: arg }]
  const paths = matches(slashed(arg), '.').map((path) => (isAbsolute(arg) ? resolve(path) : path))
  return paths.length > 0 ? paths.map((path) => ({ path })) : [nothing(arg, `no file matches \`${arg}\``)]
}

function nothing(path: string, message: string): Named {
  const help = message.startsWith('no file')
    ? `patterns are matched from ${process.cwd()}: \`*\` within a folder, \`**\` in all below`
    : `a scenario is a file of ${SUFFIXES.replaceAll(',', ', ')} with a \`Simulation\` section; a bare template is named itself`
  return { path, problem: { slug: 'no-scenarios', severity: 'error', message, help } }
}

/** In order of their names' characters, which is the same everywhere. */
function matches(pattern: string, folder: string): string[] {
  const options = { cwd: folder, expandDirectories: false }
  if (pattern.includes(PACKAGES)) return globSync(pattern, options).sort()
  // What is ignored is not walked through, but only below the folder itself.
  return globSync(pattern, { ...options, ignore: [`**/${PACKAGES}/**`] })
    .filter((path) => !path.split('/').includes(PACKAGES))
    .sort()
}

/** Patterns have slashes; where paths have other separators, those are meant. */
function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

/** Whether a file has a `Simulation` section. One that cannot be parsed is taken for one when it seems to: its mistakes are to be told. */
function isScenario(path: string): boolean {
  if (statSync(path).size > BYTES_MAX) return false
  const text = readFileSync(path, 'utf8')
  if (!text.includes('Simulation')) return false
  const root = parseDocument({ name: path, text }, new Problems(), templateLimits)
  if (root === undefined) return /^\s{0,2}["']?Simulation["']?\s*:/m.test(text)
  return (get(root, 'Simulation') ?? get(get(root, 'Metadata'), 'Simulation')) !== undefined
}

/** Reads a scenario; of an argument that names none the problem alone is told. */
export function openNamed({ path, problem }: Named, flags: LoadFlags): Opened {
  if (problem === undefined) return openScenario(path, flags)
  const problems = new Problems()
  problems.add(problem)
  return { scenario: undefined, problems, asked: new Set() }
}
