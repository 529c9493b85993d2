// What `find` and `map` are asked with: which settings are searched and which stand, by how many seeds, how sure.
import type { Problem } from '../../diag/problem.ts'
import { plain, quote } from '../../diag/text.ts'
import { isRange, parseAxis, type Axis } from '../../experiment/axis.ts'
import { runCommand } from '../../experiment/search/limit-report.ts'
import { parseSeeds } from '../../experiment/seeds.ts'
import type { Rule } from '../../experiment/search/trials.ts'
import type { Outcome } from '../../experiment/types.ts'
import { parsePercent } from '../../lang/quantity.ts'
import { EXIT } from '../exit.ts'
import type { LoadFlags } from '../files.ts'
import { badFlag, refused } from '../problems.ts'
import type { WhereFlags } from './where.ts'

export interface SearchFlags extends LoadFlags, WhereFlags {
  readonly seeds?: string
  readonly probability?: string
  readonly confidence?: string
  /** `FORMAT` or `FORMAT=FILE`. */
  readonly format?: readonly string[]
  readonly color?: boolean
}

/** The settings of `--set` that are ranges, and the flags without them. */
export function axesIn(
  flags: readonly string[],
): { readonly axes: readonly Axis[]; readonly fixed: readonly string[] } | Problem {
  const axes: Axis[] = []
  const fixed: string[] = []
  for (const flag of flags) {
    const at = flag.indexOf('=')
    if (at <= 0 || !isRange(flag.slice(at + 1))) {
      fixed.push(flag)
      continue
    }
    const read = parseAxis(flag)
    if (!read.ok) return badFlag(`\`--set ${flag}\`: ${read.message}`, read.help)
    if (axes.some(({ name }) => name === read.axis.name))
      return badFlag(`\`${read.axis.name}\` is given two ranges`, 'leave one of them out')
    axes.push(read.axis)
  }
  return { axes, fixed }
}

/** By how many seeds a point is judged, and how sure. */
export function ruleIn(flags: SearchFlags): Rule | Problem {
  const read = flags.seeds === undefined ? { ok: true as const, seeds: [] } : parseSeeds(flags.seeds)
  if (!read.ok) return badFlag(`\`--seeds ${flags.seeds}\`: ${read.message}`, read.help)
  if (flags.seed !== undefined && flags.seeds !== undefined)
    return badFlag('`--seed` and `--seeds` are both given', 'leave one of them out')
  const probability = shareIn('probability', flags.probability ?? '90%')
  const confidence = shareIn('confidence', flags.confidence ?? '95%')
  if (typeof probability !== 'number') return probability
  if (typeof confidence !== 'number') return confidence
  return { seeds: flags.seed === undefined ? read.seeds : [flags.seed], probability, confidence }
}

/** A share between 0 and 1, both excluded. */
export function shareIn(name: string, text: string): number | Problem {
  const share = parsePercent(text)
  if (share.ok && share.value > 0 && share.value < 1) return share.value
  return badFlag(
    `\`--${name} ${text}\` is no share`,
    `such as \`--${name} 90%\`; 0% and 100% are none that runs could show`,
  )
}

/** The flags that every run of an experiment has besides its settings. */
export function commonFlags(flags: LoadFlags): string[] {
  return [
    ...(flags.duration === undefined ? [] : [`--duration ${quote(flags.duration)}`]),
    ...(flags.root === undefined ? [] : [`--root ${quote(flags.root)}`]),
  ]
}

/** Tells of the run that ended an experiment: settings that the scenario refuses, or a bug of ours. Answers the exit code. */
export function endedBy(path: string, { ending, settings, seed, why = '' }: Outcome, flags: SearchFlags): number {
  const where = settings.map(([name, value]) => `${name}=${value}`).join(', ')
  if (ending === 'refused') {
    const [first = '', ...rest] = why.split('\n')
    return refused(
      {
        ...badFlag(`with \`${where}\` the scenario cannot be run: ${first}`, 'leave such values out of the range'),
        notes: rest.filter((line) => line.trim() !== ''),
      },
      flags,
    )
  }
  const command = runCommand(path, commonFlags(flags), Object.fromEntries(settings), seed)
  process.stderr.write(`hotshard has a bug, and this is it:\n${plain(why)}\ncommand: ${plain(command)}\n`)
  return EXIT.bug
}

export function isProblem(value: object): value is Problem {
  return 'slug' in value
}
