// `hotshard diverge`: the first event at which two runs part, found by bisecting on their digests.
import { plain } from '../diag/text.ts'
import { formatMicros } from '../engine/time.ts'
import { capture, restore } from '../engine/snapshot.ts'
import type { Scenario } from '../lang/scenario.ts'
import { World } from '../run/world.ts'
import { EXIT } from './exit.ts'
import { openScenario } from './files.ts'
import type { RunFlags } from './run.ts'
import { showProblem, showErrors, badFlag } from './problems.ts'

/** Stands for the event of a run that has none where the other has one. */
const NOTHING = 'nothing'

/** An event as the loop saw it. */
export interface SeenEvent {
  readonly time: number
  readonly text: string
}

/** `second` is a scenario of its own; without it the first runs again with `--seed-b` or `--set-b`. */
export function diverge(
  pathA: string,
  second: string | undefined,
  flags: RunFlags & { seedB?: string; setB: string[] },
): number {
  if (second === undefined && flags.seedB === undefined && flags.setB.length === 0) {
    const help = 'name a second scenario, or say `--seed-b N` or `--set-b Param=Value`'
    showProblem(badFlag('there is nothing to compare it with', help), flags)
    return EXIT.badInput
  }
  const pathB = second ?? pathA
  const a = openScenario(pathA, flags)
  const b = openScenario(pathB, {
    ...flags,
    ...(flags.seedB === undefined ? {} : { seed: flags.seedB }),
    set: [...(flags.set ?? []), ...flags.setB],
  })
  showErrors(pathA, a.problems, flags)
  // The same scenario has the same warnings; errors of its second settings are its own.
  if (pathA !== pathB || (b.problems.hasErrors && !a.problems.hasErrors)) showErrors(pathB, b.problems, flags)
  if (a.scenario === undefined || b.scenario === undefined) return EXIT.badInput
  const parted = firstDifference(
    guarded(a.scenario),
    guarded(b.scenario),
    Math.min(a.scenario.plan.duration, b.scenario.plan.duration),
  )
  if (parted === undefined) {
    process.stdout.write('the two runs are the same, event by event\n')
    return EXIT.ok
  }
  process.stdout.write(`the runs part at event ${parted.index}\n`)
  for (const [name, event] of [['a', parted.a] as const, ['b', parted.b] as const])
    process.stdout.write(
      event.text === NOTHING
        ? `  no event only in ${name} up to ${formatMicros(event.time)}\n`
        : `  first event only in ${name}: ${formatMicros(event.time)}  ${plain(event.text)}\n`,
    )
  return EXIT.expectationFailed
}

/** A world that an endless scenario does not keep going for ever. */
export function guarded(scenario: Scenario): World {
  const world = new World(scenario.plan)
  world.kernel.stepsMax = scenario.guards.events
  return world
}

/** Runs both in stretches of virtual time that are halved wherever their digests differ, then event by event. */
export function firstDifference(
  a: World,
  b: World,
  duration: number,
): { index: number; a: SeenEvent; b: SeenEvent } | undefined {
  let from = 0
  let to = duration
  let startA = capture(a)
  let startB = capture(b)
  let stretch = Math.max(1, Math.ceil(duration / 16))
  while (from < duration) {
    to = Math.min(duration, from + stretch)
    a.run(to)
    const stop = b.run(to)
    if (a.kernel.digest.hex() === b.kernel.digest.hex() && a.kernel.steps === b.kernel.steps) {
      if (stop !== 'end') return undefined
      from = to
      if (from < duration) {
        startA = capture(a)
        startB = capture(b)
      }
      continue
    }
    restore(a, startA)
    restore(b, startB)
    if (to - from > 1) {
      stretch = Math.ceil((to - from) / 2)
      continue
    }
    return atEvents(a, b, to)
  }
  return undefined
}

/** Both stretches written down and compared. */
function atEvents(a: World, b: World, until: number): { index: number; a: SeenEvent; b: SeenEvent } {
  const first = a.kernel.steps
  const left = written(a, until)
  const right = written(b, until)
  let i = 0
  while (i < left.length && i < right.length && left[i]!.time === right[i]!.time && left[i]!.text === right[i]!.text)
    i++
  const over = { time: until, text: NOTHING }
  return { index: first + i + 1, a: left[i] ?? over, b: right[i] ?? over }
}

function written(world: World, until: number): SeenEvent[] {
  const seen: SeenEvent[] = []
  world.kernel.tap = (time, target, arg) => seen.push({ time, text: `${nameOf(world, target)}(${arg})` })
  world.run(until)
  world.kernel.tap = null
  return seen
}

/** An event by its component and the name that its room gives it: an operation or a timer. */
function nameOf(world: World, target: number): string {
  const number = world.kernel.componentOf(target)
  const component = world.components[number - 1]
  if (component === undefined) return 'the scenario: a fault begins or ends '
  const run = world.kernel.functionOf(target)
  const ops = Object.entries(component.def.ops).find(([, op]) => (op.run as unknown) === run)
  const timer = Object.entries(component.def.timers).find(([, timer]) => (timer as unknown) === run)
  return `${component.name} ${ops?.[0] ?? timer?.[0] ?? 'event'}`
}
