// How traffic moves to a new version: steps at times, and when the shift is over.
//
// AWS's own configurations have names that tell all; those of a template say it in `TrafficRoutingConfig`.
import type { Config } from '../../model/contract.ts'

const MINUTE = 60_000_000

/** From `at` µs after the shift has begun, `percent` of the requests go to the new version. */
export interface ShiftStep {
  readonly at: number
  readonly percent: number
}

export interface Schedule {
  readonly steps: readonly ShiftStep[]
  /** When the shift is over, in µs, and how much sooner it is where the last interval is left out. */
  readonly end: number
  readonly lastInterval: number
}

/** All of it, now (CDP-20). */
export const AT_ONCE: Schedule = { steps: [{ at: 0, percent: 100 }], end: 0, lastInterval: 0 }

/** `percent` at once, all of it after `minutes` (CDP-21). */
export function canary(percent: number, minutes: number): Schedule {
  const end = minutes * MINUTE
  return {
    steps: [
      { at: 0, percent },
      { at: end, percent: 100 },
    ],
    end,
    lastInterval: 0,
  }
}

/** `percent` more at the start of each interval (CDP-22); it ends an interval after the last step (CDP-23). */
export function linear(percent: number, minutes: number): Schedule {
  const interval = minutes * MINUTE
  const count = Math.ceil(100 / percent)
  const steps = Array.from({ length: count }, (_, i) => ({
    at: i * interval,
    percent: Math.min(100, (i + 1) * percent),
  }))
  return { steps, end: count * interval, lastInterval: interval }
}

const PREDEFINED =
  /^CodeDeployDefault\.Lambda(?:(Canary)(\d+)Percent(\d+)Minutes|(Linear)(\d+)PercentEvery(\d+)Minutes?|AllAtOnce)$/

/** AWS's own configurations for functions. */
export const NAMES: readonly string[] = [
  ...[5, 10, 15, 30].map((minutes) => `CodeDeployDefault.LambdaCanary10Percent${minutes}Minutes`),
  ...['1Minute', '2Minutes', '3Minutes', '10Minutes'].map(
    (every) => `CodeDeployDefault.LambdaLinear10PercentEvery${every}`,
  ),
  'CodeDeployDefault.LambdaAllAtOnce',
]

/** The schedule of one of AWS's own configurations; undefined = there is none of this name. */
export function predefined(name: string): Schedule | undefined {
  if (!NAMES.includes(name)) return undefined
  const [, isCanary, percent, minutes, isLinear, step, every] = PREDEFINED.exec(name)!
  if (isCanary !== undefined) return canary(Number(percent), Number(minutes))
  return isLinear === undefined ? AT_ONCE : linear(Number(step), Number(every))
}

/** The schedule of a `TrafficRoutingConfig`. */
export function routed(config: Config): Schedule {
  const { Type: type, TimeBasedCanary: first, TimeBasedLinear: steady } = config
  if (type === 'TimeBasedCanary' && first !== undefined) return canary(first.CanaryPercentage, first.CanaryInterval)
  if (type === 'TimeBasedLinear' && steady !== undefined) return linear(steady.LinearPercentage, steady.LinearInterval)
  return AT_ONCE
}

/** Minutes from the first step to the last. */
export function lengthOf({ steps }: Schedule): number {
  return steps[steps.length - 1].at / MINUTE
}
