// Reads the scenario that a page asks for: with its values, and where it forks with those that take over.
import { Problems } from '../diag/problem.ts'
import { quote } from '../diag/text.ts'
import { givenFiles } from '../lang/given-files.ts'
import { formatDuration } from '../lang/quantity.ts'
import { loadScenario, type Scenario } from '../lang/scenario.ts'
import { amended } from '../run/amend.ts'
import { stepOf } from './outline.ts'
import type { Ask, Outline } from './types.ts'

type Load = Ask & { readonly ask: 'load' }
type Knobs = Load['knobs']

export interface Asked {
  readonly scenario: Scenario
  readonly fork?: Outline['fork']
  /** The command line that repeats the run. */
  readonly command: string
}

/** Undefined when there is nothing to run; what is wrong is in `problems`. */
export function readAsked(ask: Load, problems: Problems): Asked | undefined {
  const load = (knobs: Knobs, told: Problems): Scenario | undefined => {
    const scenario = loadScenario(
      { name: ask.name, text: ask.text },
      {
        parameters: new Map(Object.entries(knobs)),
        files: givenFiles(ask.files),
        ...(ask.seed === undefined ? {} : { seed: ask.seed }),
      },
      told,
    )
    return told.hasErrors ? undefined : scenario
  }
  const scenario = load(ask.knobs, problems)
  if (scenario === undefined) return undefined
  const { later } = ask
  if (later === undefined) return { scenario, command: commandOf(ask, scenario, ask.knobs) }
  // What both say is said once.
  const told = new Problems()
  const next = load(later.knobs, told)
  if (next === undefined) {
    for (const problem of told.list) problems.add(problem)
    return undefined
  }
  // A frame lies wholly before the fork or behind it.
  const step = stepOf(scenario.plan.duration)
  const at = Math.min(Math.max(0, Math.round(later.at / step) * step || 0), scenario.plan.duration)
  const made = amended(scenario, next, at)
  if ('refused' in made || at === 0) {
    const refused = 'refused' in made ? made.refused : []
    return { scenario: next, fork: { at: 0, refused }, command: commandOf(ask, next, later.knobs) }
  }
  const command = commandOf(ask, scenario, ask.knobs)
  const changes = changesOf(ask.knobs, later.knobs, scenario).map(
    ([name, value]) => `--change ${quote(`${formatDuration(at)}:${name}=${value}`)}`,
  )
  return { scenario: made.scenario, fork: { at, refused: [] }, command: [command, ...changes].join(' ') }
}

function commandOf(ask: Load, scenario: Scenario, knobs: Knobs): string {
  const settings = Object.entries(knobs).map(([name, value]) => `--set ${quote(`${name}=${value}`)}`)
  return ['npx hotshard run', quote(ask.name), `--seed ${quote(String(scenario.plan.seed))}`, ...settings].join(' ')
}

/** Names and values that differ; what is no longer set has the scenario's own value. */
function changesOf(before: Knobs, after: Knobs, scenario: Scenario): [string, string][] {
  const own = new Map<string, string>(
    [...scenario.parameters, ...scenario.settings].map(({ name, initial }) => [name, String(initial)]),
  )
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => {
    const value = after[name] ?? own.get(name) ?? ''
    return before[name] === value ? [] : [[name, value] as [string, string]]
  })
}
