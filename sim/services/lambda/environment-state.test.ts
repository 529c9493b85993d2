// What an environment keeps: code outside the handler, /tmp, memory; what it loses with its process.
import { describe, expect, test } from 'vitest'
import { type Lab, MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { constant, part, steps, wait, world } from '../../../test/lambda.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import { alias } from './alias.ts'
import type { LambdaFunction } from './function.ts'

const MB = 1_048_576
const tmp = (mb: number): Instruction => ({ op: 'tmp', size: mb < 0 ? null : constant(mb * MB), catches: [] })
const memory = (mb: number, keeps = false): Instruction => ({ op: 'memory', size: constant(mb * MB), keeps })
const compute = (us: number): Instruction => ({ op: 'compute', time: constant(us) })
const fail = (error: string): Instruction => ({ op: 'fail', error, catches: [] })

/** A handler with code outside of it. */
function withInit(init: readonly Instruction[], ...handler: readonly Instruction[]): Program {
  const code: Instruction[] = [{ op: 'jump', to: init.length + 2 }, ...init, { op: 'end' }, ...handler, { op: 'end' }]
  return { code, returns: false, hasInit: true }
}

function one(handler: Program, properties = {}, assumptions = {}): Lab {
  return world({
    Work: part(handler, { MemorySize: 1769, ...properties }, { ColdStart: '100ms', ...assumptions }),
  })
}

interface Told {
  readonly ms: number
  readonly error: string | undefined
}
function ask(at: Lab): Told {
  const asked = at.now
  const { at: answered, answer } = at.ask('Work', 'lambda:InvokeFunction', { Payload: {} })
  return { ms: (answered - asked) / MS, error: answer.ErrorType }
}
const environments = (at: Lab) => at.state<LambdaFunction>('Work').environments

describe('/tmp', () => {
  test('has 512 MB: 500 MB go into it, 600 MB do not, and the handler may catch that [N.LAMBDA-10]', () => {
    expect(ask(one(steps(tmp(500)))).error).toBeUndefined()
    expect(ask(one(steps(tmp(512)))).error).toBeUndefined()
    expect(ask(one(steps(tmp(600)))).error).toBe('NoSpaceLeftOnDevice')
    const catches = [{ errors: ['NoSpaceLeftOnDevice'], goto: 1, depth: 0 }]
    expect(ask(one(steps({ op: 'tmp', size: constant(600 * MB), catches }))).error).toBeUndefined()
  })

  test('can have up to 10,240 MB today, and 512 in the notes’ profile [N.LAMBDA-10]', () => {
    const large = { EphemeralStorage: { Size: 10_240 } }
    expect(ask(one(steps(tmp(10_240)), large)).error).toBeUndefined()
    expect(ask(one(steps(tmp(10_241)), large)).error).toBe('NoSpaceLeftOnDevice')
    const legacy = (Size: number): Lab =>
      world({ Work: part(steps(), { EphemeralStorage: { Size } }) }, { profile: 'notes-2020' })
    expect(ask(legacy(512)).error).toBeUndefined()
    expect(() => legacy(513)).toThrow(/out-of-range/)
  })

  test('keeps what one invocation wrote for the next: of six that write 100 MB the sixth fails, unless they clear it [N.LAMBDA-24]', () => {
    const at = one(steps(tmp(100)))
    expect(Array.from({ length: 6 }, () => ask(at).error)).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      'NoSpaceLeftOnDevice',
    ])
    const clearing = one(steps(tmp(100), tmp(-1)))
    expect(Array.from({ length: 6 }, () => ask(clearing).error)).toEqual(Array.from({ length: 6 }, () => undefined))
  })

  test('belongs to its environment: another one sees nothing of it, and it goes with it [N.LAMBDA-25]', () => {
    const at = one(steps(tmp(300), wait(SECOND)))
    at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
    at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
    at.run(10 * SECOND)
    expect(at.answers.map(({ answer }) => answer.ErrorType)).toEqual([undefined, undefined])
    expect([environments(at).tmp[0], environments(at).tmp[1]]).toEqual([300 * MB, 300 * MB])
    expect(ask(at).error).toBe('NoSpaceLeftOnDevice')
    at.run(30 * MINUTE)
    expect(environments(at).count).toBe(0)
    expect(ask(at).error).toBeUndefined()
  })

  test('survives the end of the process that wrote it [LAM-05]', () => {
    const at = one(steps(tmp(300), memory(2000)))
    expect(ask(at).error).toBe('Runtime.ExitError')
    expect(ask(at).error).toBe('NoSpaceLeftOnDevice')
  })
})

describe('memory', () => {
  const small = { MemorySize: 128 }
  const base = { RuntimeMemory: '28MB', ColdStartCpu: '0' }

  test('beyond what the function has ends its process: a function error, and the next request starts it anew [LAM-12]', () => {
    expect(ask(one(steps(memory(100), wait(MS)), small, base)).error).toBeUndefined()
    const at = one(steps(wait(5 * MS), memory(101), wait(SECOND)), small, base)
    expect(ask(at)).toEqual({ ms: 105, error: 'Runtime.ExitError' })
    // The cold start is repeated within the request.
    expect(ask(at)).toEqual({ ms: 105, error: 'Runtime.ExitError' })
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Errors')).toBe(2)
    expect(environments(at).count).toBe(1)
  })

  test('is given back at the end of an invocation; what stays adds up, as a leak does [LAM-12]', () => {
    const at = one(steps(memory(60), wait(MS)), small, base)
    expect(Array.from({ length: 5 }, () => ask(at).error)).toEqual(Array.from({ length: 5 }, () => undefined))
    const leaking = one(steps(memory(40, true), wait(MS)), small, base)
    expect(Array.from({ length: 6 }, () => ask(leaking).error === undefined)).toEqual([
      ...[true, true, false],
      ...[true, true, false],
    ])
  })

  test('a handler cannot catch it, in no branch either', () => {
    const catches = [{ errors: ['States.ALL'], goto: 3, depth: 0 }]
    const handler = steps({ op: 'parallel', branches: [1], list: null, join: 3, catches }, memory(2000), { op: 'end' })
    expect(ask(one(handler)).error).toBe('Runtime.ExitError')
  })
})

describe('code outside the handler', () => {
  test('is part of the cold start and of no warm request, with a whole vCPU whatever the memory [LAM-02]', () => {
    const handler = withInit([compute(300 * MS), wait(100 * MS)], compute(50 * MS))
    const at = one(handler, { MemorySize: 1769 })
    expect([ask(at).ms, ask(at).ms]).toEqual([550, 50])
    const slow = one(handler, { MemorySize: 884 }, { ColdStartCpu: '0' })
    expect([ask(slow).ms, ask(slow).ms]).toEqual(
      [500 + (50 * 1769) / 884, (50 * 1769) / 884].map((ms) => Math.round(ms * MS) / MS),
    )
    at.run(MINUTE).finish()
    expect(at.points('Work', 'InitDuration')).toMatchObject([{ n: 1, sum: 500 * MS }])
    expect(at.points('Work', 'Duration')).toMatchObject([{ n: 2, sum: 100 * MS }])
  })

  test('has ten seconds together with the cold start, to the microsecond; else it begins again within the request [LAM-02]', () => {
    const long = { Timeout: 30 }
    const at = one(withInit([wait(9900 * MS - 1)], wait(50 * MS)), long)
    expect([ask(at).ms, ask(at).ms]).toEqual([10_049.999, 50])
    const late = one(withInit([wait(9900 * MS)], wait(50 * MS)), long)
    // Ten seconds in vain, the cold start and the code once more, the handler.
    expect([ask(late).ms, ask(late).ms]).toEqual([10_000 + 100 + 9900 + 50, 50])
    expect(late.state<LambdaFunction>('Work').lateInits.count).toBe(1)
    // The function's own time-out holds there.
    const short = one(withInit([wait(9900 * MS)], wait(50 * MS)), { Timeout: 5 })
    expect(ask(short)).toEqual({ ms: 15_000, error: 'Sandbox.Timedout' })
  })

  test('that fails is tried once more within the request, whose error it is then', () => {
    const at = one(withInit([wait(200 * MS), fail('NoDatabase')], wait(50 * MS)))
    expect(ask(at)).toEqual({ ms: 100 + 200 + 100 + 200, error: 'NoDatabase' })
    expect(ask(at)).toEqual({ ms: 300, error: 'NoDatabase' })
    const atOnce = one(withInit([fail('NoDatabase')], wait(50 * MS)))
    expect(ask(atOnce)).toEqual({ ms: 200, error: 'NoDatabase' })
  })

  test('runs again after a time-out, and what it keeps in memory is kept once', () => {
    const handler = withInit([memory(40, true), wait(200 * MS)], memory(50), wait(20 * SECOND))
    const at = one(handler, { MemorySize: 128, Timeout: 1 }, { RuntimeMemory: '30MB', ColdStartCpu: '0' })
    expect(ask(at)).toEqual({ ms: 1300, error: 'Sandbox.Timedout' })
    expect(ask(at)).toEqual({ ms: 1000, error: 'Sandbox.Timedout' })
  })

  test('that takes too much memory ends its process as well', () => {
    const at = one(withInit([wait(100 * MS), memory(2000, true)], wait(50 * MS)))
    expect(ask(at)).toEqual({ ms: 100 + 100 + 100 + 100, error: 'Runtime.ExitError' })
    expect(environments(at).count).toBe(1)
  })
})

describe('SnapStart', () => {
  const version = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'live' } }
  const snapshots = { Runtime: 'java21', SnapStart: { ApplyOn: 'PublishedVersions' } }
  const of = (properties: Record<string, unknown>): Lab =>
    world({
      Work: part(
        withInit([wait(3 * SECOND)], wait(50 * MS)),
        { MemorySize: 1769, ...properties },
        { ColdStart: '900ms' },
      ),
      Live: version,
    })
  const first = (at: Lab, name: string): number => at.ask(name, 'lambda:InvokeFunction', { Payload: {} }).at / MS

  test('starts a published version from its snapshot, whatever its code outside the handler does; not $LATEST [LAM-02, LAM-04]', () => {
    expect(first(of(snapshots), 'Live')).toBe(250 + 50)
    expect(first(of(snapshots), 'Work')).toBe(900 + 3000 + 50)
    expect(first(of({ Runtime: 'java21' }), 'Live')).toBe(900 + 3000 + 50)
  })
})
