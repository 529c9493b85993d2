// The best settings that meet the expectations, as data: the other kind of `hotshard.find/1`.
import type { Best, BestQuestion } from './best.ts'
import { valueOf } from './best.ts'
import { firstFailing, judgedOf, type Judged } from './judged.ts'
import { FIND_SCHEMA, ruleReport, type FailingRun, type RuleReport, type Said } from './limit-report.ts'
import type { Trial } from './trials.ts'

export interface BestReport {
  readonly schema: typeof FIND_SCHEMA
  readonly kind: 'best'
  readonly scenario: string
  readonly measure: string
  readonly wanted: 'least' | 'most'
  readonly axes: readonly { readonly setting: string; readonly range: string }[]
  readonly settings: Readonly<Record<string, string>>
  readonly rule: RuleReport
  readonly method: Best['method']
  /** Whether the search was given up before its end. */
  readonly cut: boolean
  /** The best point that was judged to hold; absent when none was. */
  readonly best?: Judged & { readonly command: string }
  /** The first failing run of the point that would be the next better one and does not hold; without a best point, of the best that fails. */
  readonly firstFailing?: FailingRun
  readonly runs: number
  /** All points, the best by the measure first, whether they hold or not. */
  readonly points: readonly Judged[]
  readonly reproduce: string
}

export function bestReport(question: BestQuestion, best: Best, trials: readonly Trial[], said: Said): BestReport {
  const { axes, settings, measure, wanted } = question
  const sign = wanted === 'least' ? 1 : -1
  const rank = (trial: Trial): number => sign * (valueOf(trial, measure) ?? sign * Infinity)
  const ranked = [...trials].sort((a, b) => rank(a) - rank(b) || 0)
  const key = JSON.stringify([...(best.settings ?? [])].sort())
  const found =
    best.settings === undefined ? undefined : trials.find((trial) => JSON.stringify([...trial.settings].sort()) === key)
  const better = found === undefined ? ranked.slice(0, 1) : ranked.slice(0, ranked.indexOf(found))
  const missed = better.reverse().find((trial) => !trial.holds)
  const run = missed === undefined ? undefined : firstFailing(missed)
  return {
    ...{ schema: FIND_SCHEMA, kind: 'best', scenario: said.scenario, measure, wanted },
    axes: axes.map(({ name, range }) => ({ setting: name, range })),
    settings: Object.fromEntries(settings),
    ...{ rule: ruleReport(said.rule), method: best.method, cut: best.cut },
    ...(found === undefined
      ? {}
      : {
          best: {
            ...judgedOf(found, said.rule, measure),
            command: said.commandOf(Object.fromEntries(found.settings), found.outcomes[0]!.seed),
          },
        }),
    ...(run === undefined
      ? {}
      : {
          firstFailing: {
            ...{
              value: placeText(
                missed!,
                axes.map(({ name }) => name),
              ),
              seed: run.seed,
              expectations: run.failed,
            },
            ...(run.why === undefined ? {} : { why: run.why }),
            command: said.commandOf(Object.fromEntries(missed!.settings), run.seed),
          },
        }),
    runs: trials.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
    points: ranked.map((trial) => judgedOf(trial, said.rule, measure)),
    reproduce: said.reproduce,
  }
}

/** `Workers=3, Size=512`. */
function placeText({ settings }: Trial, names: readonly string[]): string {
  const values = new Map(settings)
  return names.map((name) => `${name}=${values.get(name)}`).join(', ')
}
