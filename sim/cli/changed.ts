// `--changed[=BASE]`: only the scenarios whose file, or any file that they read, is not what it was in git.
//
// Git is started without a shell and without the hooks, filters and settings of a checkout that could run something or change
// what it lists. What git does not know, such as a file that is ignored or lies outside, counts as changed.
import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Problem } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { plain } from '../diag/text.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { badFlag } from './problems.ts'
import { counted } from '../report/figures.ts'
import { scenariosOf, type Named, type NamedScenarios } from './scenarios.ts'

export interface ChoiceFlags extends LoadFlags {
  /** A branch, a tag or a commit; empty for the last commit. */
  readonly changed?: string
}

/** The scenarios that a command is to look at, or why that cannot be said. */
export function chosen(args: readonly string[], flags: ChoiceFlags): NamedScenarios | Problem {
  const scenarios = scenariosOf(args)
  if (flags.changed === undefined) return scenarios
  const { named } = scenarios
  const selection = changedOnly(named, flags.changed, flags)
  if ('slug' in selection) return selection
  const since = flags.changed === '' ? 'the last commit' : plain(flags.changed)
  const count = (list: readonly Named[]): number => list.filter(({ problem }) => problem === undefined).length
  process.stderr.write(`${count(selection.kept)} of ${counted(count(named), 'scenario')} changed since ${since}\n`)
  return { named: selection.kept, isList: true }
}

/** Why git gave no answer, in a line. */
class GitError extends Error {
  readonly isMissing: boolean
  constructor(message: string, isMissing: boolean) {
    super(message)
    this.isMissing = isMissing
  }
}

/**
 * Those of the scenarios that have changed since `base` and the current commit went apart, committed or not; with an empty base since
 * the last commit. An argument that names no scenario is kept, to be told. Answers what is wrong when git cannot say.
 */
export function changedOnly(
  named: readonly Named[],
  base: string,
  flags: LoadFlags,
): { readonly kept: readonly Named[] } | Problem {
  try {
    const top = realpathSync(git(process.cwd(), 'rev-parse', '--show-toplevel').replace(/\n$/, ''))
    const commit = base === '' ? lastCommit(top) : mergeBase(top, base)
    if (typeof commit === 'object') return commit
    const changed = new Set(commit === undefined ? [] : listed(top, ...DIFF, commit, '--'))
    const known = new Set(listed(top, 'ls-files', '-z'))
    const isChanged = (file: string): boolean => {
      const path = relative(top, file).replaceAll(sep, '/')
      return commit === undefined || !known.has(path) || changed.has(path)
    }
    const kept = named.filter(
      ({ path, problem }) =>
        problem !== undefined || [...openScenario(path, flags).asked].flatMap(namesOf).some(isChanged),
    )
    return { kept }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const help = error.isMissing
      ? 'install git, or name the scenarios without `--changed`'
      : 'run it inside of a checkout'
    return { ...badFlag('`--changed` asks git, and git does not answer', help), notes: [plain(error.message)] }
  }
}

const DIFF = ['diff', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-relative', '-z']

/** Undefined in a repository without any commit. */
function lastCommit(top: string): string | undefined {
  return attempt(() => git(top, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}').trim())
}

function mergeBase(top: string, base: string): string | Problem {
  // What begins with a dash would be an option.
  const commit = base.startsWith('-')
    ? undefined
    : attempt(() => git(top, 'rev-parse', '--verify', '--quiet', `${base}^{commit}`).trim())
  if (commit === undefined) {
    const refs = git(top, 'for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes', 'refs/tags')
    const near = nearest(base, ['HEAD', ...refs.split('\n').filter((ref) => ref !== '')])
    return badFlag(
      `\`--changed=${base}\`: git knows no such branch, tag or commit here`,
      near === undefined ? `fetch it first; ${SHALLOW}` : `did you mean \`${near}\`?`,
    )
  }
  return (
    attempt(() => git(top, 'merge-base', commit, 'HEAD').trim()) ??
    badFlag(`\`--changed=${base}\`: it has no commit in common with the current one`, SHALLOW)
  )
}

const SHALLOW = 'a pipeline’s checkout is often cut off: with `fetch-depth: 0` it is whole'

function attempt(work: () => string): string | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof GitError && !error.isMissing) return undefined
    throw error
  }
}

function listed(top: string, ...args: string[]): string[] {
  return git(top, ...args)
    .split('\0')
    .filter((path) => path !== '')
}

/** What git prints. Throws `GitError`. */
function git(folder: string, ...args: string[]): string {
  try {
    return execFileSync('git', ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    })
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { readonly stderr?: string }
    if (code === 'ENOENT') throw new GitError('there is no program `git`', true)
    throw new GitError(stderr?.trim().split('\n')[0] || message, false)
  }
}

/** A file by the name under which it was asked for, and by that of what it leads to. */
function namesOf(file: string): string[] {
  try {
    return [join(realpathSync(dirname(file)), basename(file)), realpathSync(file)]
  } catch {
    return [resolve(file)]
  }
}
