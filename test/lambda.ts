// Functions in the laboratory: handlers that wait, worlds with the account in them, bursts and steady loads.
import { account } from '../sim/services/lambda/account.ts'
import { lambdaFunction } from '../sim/services/lambda/function.ts'
import type { Instruction, Program } from '../sim/parts/program.ts'
import { lab, type Lab, type LabOptions, MINUTE, type Part, SECOND } from './kit.ts'

export const constant = (value: unknown) => ({ kind: 'constant', value }) as const
export const wait = (us: number): Instruction => ({ op: 'wait', time: constant(us) })

/** A handler of the given instructions that then ends. */
export const steps = (...code: Instruction[]): Program => ({
  code: [...code, { op: 'end' }],
  returns: code.some((instruction) => instruction.op === 'return'),
})

/** Accounts with room for 10,000, today and in the notes' profile. */
export const big = { quotas: { 'lambda.ConcurrentExecutions': 10_000 } }
export const legacy = { ...big, profile: 'notes-2020' } as const

/** A handler that waits. */
export function waits(us: number): Program {
  return steps(wait(us))
}

/** A function with a handler and no cold starts. */
export function part(
  handler: Program,
  properties: Record<string, unknown> = {},
  assumptions: Record<string, string> = {},
): Part {
  return {
    def: lambdaFunction,
    properties: { Timeout: 900, ...properties },
    config: { Handler: handler },
    assumptions: { ColdStart: '0ms', ...assumptions },
  }
}

/** A world of the account and some functions; the probe may call all their operations. */
export function world(parts: Record<string, Part>, options: LabOptions = {}): Lab {
  const probe = Object.keys(parts).flatMap((name) =>
    Object.keys(parts[name].def.ops).map((action) => [name, action as `${string}:${string}`] as const),
  )
  return lab({ 'Sim::Lambda::Account': { def: account }, ...parts }, { probe, ...options })
}

/** Sends `count` requests at `at` µs, all in one instant. */
export function burst(lab: Lab, name: string, at: number, count: number): void {
  lab.run(at)
  for (let i = 0; i < count; i++) lab.call(name, 'lambda:InvokeFunction', { Payload: null })
}

/** Requests at equal distances, `perSecond` of them for `seconds`. */
export function steadily(lab: Lab, name: string, perSecond: number, seconds: number): void {
  const start = lab.now
  for (let i = 0; i < perSecond * seconds; i++) burst(lab, name, start + Math.round((i * SECOND) / perSecond), 1)
}

/** Requests let in and throttled, by full minute. */
export function minutes(lab: Lab, name: string, count: number): [ok: number, throttled: number][] {
  lab.run(count * MINUTE + 1)
  const of = (metric: string, minute: number): number =>
    lab.points(name, metric).find((point) => point.start === minute * MINUTE)?.sum ?? 0
  return Array.from({ length: count }, (_, i) => [of('Invocations', i), of('Throttles', i)])
}
