// Functions one request at a time: life of an environment, processor, time-out, errors, faults, refused templates.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, lab, type Lab, type LabOptions, MINUTE, MS, type Refused, SECOND } from '../../../test/kit.ts'
import { constant, steps, wait } from '../../../test/lambda.ts'
import { createRng } from '../../engine/rng.ts'
import { createSampler } from '../../engine/sample.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import { account } from './account.ts'
import { PICKS } from './environments.ts'
import { lambdaFunction, type LambdaFunction } from './function.ts'

const compute = (us: number): Instruction => ({ op: 'compute', time: constant(us) })
const probe = [
  ['Work', 'lambda:InvokeFunction'],
  ['Work', 'lambda:UpdateFunctionConfiguration'],
] as const

interface Setting {
  readonly properties?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  readonly handler?: Program
  readonly options?: LabOptions
}

function world({ properties = {}, assumptions = {}, handler = steps(wait(50 * MS)), options = {} }: Setting): Lab {
  const work = {
    def: lambdaFunction,
    properties: { MemorySize: 1792, ...properties },
    config: { Handler: handler },
    assumptions: { ColdStart: '800ms', ...assumptions },
  }
  return lab({ 'Sim::Lambda::Account': { def: account }, Work: work }, { probe, ...options })
}

/** Asks for an invocation and gives the time it took, in ms. */
function took(at: Lab, body: unknown = { Payload: {} }): number {
  const asked = at.now
  return (at.ask('Work', 'lambda:InvokeFunction', body).at - asked) / MS
}

function refusal(setting: Setting): readonly string[] {
  try {
    world(setting)
  } catch (error) {
    return (error as Refused).problems
  }
  return []
}

describe('the life of an environment', () => {
  test('one invocation counts once and lasts as long as its steps [N.LAMBDA-01, N.LAMBDA-38, N.LAMBDA-39]', () => {
    const at = world({ handler: steps(wait(50 * MS), wait(150 * MS)), assumptions: { ColdStart: '0ms' } })
    const answer = at.ask('Work', 'lambda:InvokeFunction', { Payload: {} })
    expect([answer.at, answer.http, answer.answer]).toEqual([
      200 * MS,
      200,
      { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: { statusCode: 200 } },
    ])
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations')).toBe(1)
    expect(at.points('Work', 'Duration')[0]).toMatchObject({ n: 1, sum: 200 * MS })
  })

  test('a cold request waits for initialisation and handler, and the start is reported once [LAM-01, LAM-03, N.LAMBDA-21]', () => {
    const at = world({})
    expect(took(at)).toBe(850)
    expect(took(at)).toBe(50)
    at.run(MINUTE).finish()
    expect(at.points('Work', 'InitDuration')).toMatchObject([{ n: 1, sum: 800 * MS }])
    expect(at.points('Work', 'Duration')).toMatchObject([{ n: 2, sum: 100 * MS }])
  })

  test('an environment is used again until it has been idle for its lifetime, to the microsecond [LAM-07, N.LAMBDA-22]', () => {
    const at = world({})
    expect([took(at), took(at.run(10 * SECOND)), took(at.run(20 * SECOND))]).toEqual([850, 50, 50])
    const idleSince = 20 * SECOND + 50 * MS
    expect(took(at.run(idleSince + 600 * SECOND - 1))).toBe(50)
    expect(took(at.run(at.now + 600 * SECOND))).toBe(850)
  })

  test('an environment goes at its maximum age, even in steady use [LAM-07]', () => {
    const at = world({ assumptions: { MaxAge: '100s', IdleLifetime: '1h' } })
    const times = Array.from({ length: 12 }, (_, i) => took(at.run(i * 10 * SECOND)))
    expect(times).toEqual([850, 50, 50, 50, 50, 50, 50, 50, 50, 50, 850, 50])
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(1)
  })

  test('an idle environment leaves by itself, without anybody asking, and nothing happens after that', () => {
    const at = world({})
    took(at)
    const steps = at.world.kernel.steps
    at.run(10 * MINUTE)
    expect(at.state<LambdaFunction>('Work').environments.idle).toBe(1)
    at.run(DAY)
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(0)
    expect(at.world.kernel.steps - steps).toBeLessThanOrEqual(2)
  })

  test.each([
    ['most-recently-used', [3, 3, 3]],
    ['least-recently-used', [1, 2, 3]],
    ['newest-created', [3, 3, 3]],
    ['oldest-created', [1, 1, 1]],
  ] as const)('with the pick %s the next requests run in the environments %j of three', (pick, expected) => {
    const at = world({ assumptions: { Pick: pick } })
    // Three at once, in staggered order of ending: the environments come to rest as 1, 2, 3.
    for (let i = 0; i < 3; i++) {
      at.run(i * 10 * MS)
      at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
    }
    at.run(5 * SECOND)
    const { environments } = at.state<LambdaFunction>('Work')
    const used = expected.map((_, i) => {
      at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
      at.run(6 * SECOND + i * SECOND)
      let last = 0
      for (let row = 1; row < environments.rows; row++)
        if (environments.startedAt[row] > environments.startedAt[last]) last = row
      return last + 1
    })
    expect(used).toEqual(expected)
  })

  test('the cold start follows from runtime and package unless it is set [LAM-04, N.LAMBDA-05]', () => {
    const cold = (properties: Record<string, unknown>, assumptions = {}): number =>
      took(
        lab(
          {
            'Sim::Lambda::Account': { def: account },
            Work: { def: lambdaFunction, properties: { MemorySize: 1769, ...properties }, assumptions },
          },
          { probe },
        ),
      )
    expect(cold({ Runtime: 'nodejs22.x' })).toBe(250)
    expect(cold({ Runtime: 'python3.13' })).toBe(250)
    expect(cold({ Runtime: 'java21' })).toBe(900)
    expect(cold({ Runtime: 'dotnet8' })).toBe(500)
    expect(cold({ Runtime: 'ruby3.4' })).toBe(300)
    expect(cold({ Runtime: 'provided.al2023' })).toBe(150)
    expect(cold({ PackageType: 'Image' })).toBe(450)
    expect(cold({ Runtime: 'java21' }, { ColdStart: '1s' })).toBe(1000)
  })

  test('the computing part of a cold start grows as memory shrinks [LAM-04]', () => {
    const cold = (MemorySize: number): number =>
      took(
        world({ properties: { MemorySize }, handler: steps(), assumptions: { ColdStart: '1s', ColdStartCpu: '0.5' } }),
      )
    expect(cold(1769)).toBe(1000)
    expect(cold(3538)).toBe(1000)
    expect(cold(884)).toBeCloseTo(500 + (500 * 1769) / 884, 2)
  })

  test('an initialisation of more than 10 s is given up and repeated within the request, under its time-out [LAM-02]', () => {
    const at = world({ properties: { Timeout: 30 }, assumptions: { ColdStart: '12s' } })
    expect(took(at)).toBe(10_000 + 12_000 + 50)
    const short = world({ properties: { Timeout: 5 }, assumptions: { ColdStart: '12s' } })
    const answer = short.ask('Work', 'lambda:InvokeFunction', { Payload: {} })
    expect([answer.at, answer.answer.ErrorType]).toEqual([15 * SECOND, 'Sandbox.Timedout'])
    expect(took(world({ properties: { Timeout: 30 }, assumptions: { ColdStart: '10s' } }))).toBe(10_050)
  })

  test('new memory or time-out makes new environments; the old ones finish their request [LAM-08]', () => {
    const at = world({
      properties: { Timeout: 10 },
      handler: steps(compute(SECOND)),
      assumptions: { ColdStart: '100ms', ColdStartCpu: '0' },
    })
    took(at)
    at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
    at.ask('Work', 'lambda:UpdateFunctionConfiguration', { MemorySize: 896, Timeout: 20 })
    at.run(at.now + 5 * SECOND)
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(0)
    expect(took(at)).toBeCloseTo(100 + (1000 * 1769) / 896, 2)
    expect(at.ask('Work', 'lambda:UpdateFunctionConfiguration', { Timeout: 901 }).status).toBe(
      'InvalidParameterValueException',
    )
  })

  test.each(PICKS)('under random load with the pick %s no environment stays longer than it may', (Pick) => {
    // The room's invariants are asked at every stop: counts, lifetimes, ages, Little's law.
    const handler = steps({
      op: 'wait',
      time: { kind: 'draw', sampler: createSampler({ kind: 'exponential', mean: SECOND }), purpose: 'time' },
    })
    const at = world({ handler, assumptions: { Pick, IdleLifetime: '10s', MaxAge: '25s', ColdStart: '300ms' } })
    const rng = createRng(7, 'test', Pick)
    for (let i = 0; i < 2000; i++) {
      at.run(at.now + rng.below(i % 200 < 20 ? 3 * SECOND : 300 * MS))
      at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
    }
    at.run(at.now + MINUTE)
    const { environments, lives, running } = at.state<LambdaFunction>('Work')
    expect([environments.count, lives.left, running.left]).toEqual([0, lives.entered, 2000])
    expect(lives.entered).toBeGreaterThan(20)
  })

  test('without requests there are no invocations and no environments [N.LAMBDA-03]', () => {
    const at = world({}).run(HOUR).finish()
    expect([
      at.sum('Work', 'Invocations'),
      at.points('Work', 'ConcurrentExecutions').length,
      at.world.kernel.steps,
    ]).toEqual([0, 0, 0])
  })
})

describe('memory and processor', () => {
  const duration = (MemorySize: number, profile: 'current' | 'notes-2020', handler = steps(compute(SECOND))): number =>
    took(
      world({
        properties: { MemorySize, Timeout: 60 },
        handler,
        assumptions: { ColdStart: '0ms' },
        options: { profile },
      }),
    )

  test('one second of a vCPU takes 1, 2 and 14 s at 1,792, 896 and 128 MB in the notes’ profile [N.LAMBDA-15, LAM-11]', () => {
    expect([1792, 896, 128].map((memory) => duration(memory, 'notes-2020'))).toEqual([1000, 2000, 14_000])
  })

  test('beyond a full vCPU one thread gains nothing [N.LAMBDA-16, N.LAMBDA-17]', () => {
    expect([1792, 3008].map((memory) => duration(memory, 'notes-2020'))).toEqual([1000, 1000])
  })

  test('beyond a full vCPU only threads gain, up to the vCPUs that there are [N.LAMBDA-16, LAM-11]', () => {
    const threads = (MemorySize: number, count: number): number =>
      took(
        world({
          properties: { MemorySize, Timeout: 30 },
          handler: steps({ op: 'compute', time: constant(SECOND), threads: count }),
          assumptions: { ColdStart: '0ms' },
        }),
      )
    expect(threads(1769, 2)).toBe(1000)
    expect(threads(3538, 2)).toBe(500)
    expect(threads(3538, 8)).toBe(500)
    expect(threads(3008, 2)).toBeCloseTo((1000 * 1769) / 3008, 2)
    expect(threads(10_240, 4)).toBe(250)
    expect(threads(10_240, 6)).toBeCloseTo((1000 * 1769) / 10_240, 2)
    expect(threads(128, 6)).toBeCloseTo((1000 * 1769) / 128, 2)
  })

  test('today a full vCPU goes with 1,769 MB [LAM-10]', () => {
    expect([1769, 10_240].map((memory) => duration(memory, 'current'))).toEqual([1000, 1000])
    expect(duration(1768, 'current')).toBeCloseTo((1000 * 1769) / 1768, 2)
  })

  test('waiting needs no processor [LAM-11]', () => {
    expect(duration(128, 'current', steps(wait(SECOND)))).toBe(1000)
  })
})

describe('time-out and errors', () => {
  test('the default time-out is 3 s: the handler is stopped, the answer says so [N.LAMBDA-18, LAM-05, LAM-21]', () => {
    const at = world({ handler: steps(wait(5 * SECOND)), assumptions: { ColdStart: '0ms' } })
    const answer = at.ask('Work', 'lambda:InvokeFunction', { Payload: {} })
    expect([answer.at, answer.status]).toEqual([3 * SECOND, 'OK'])
    expect(answer.answer).toMatchObject({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      FunctionError: 'Unhandled',
      Payload: { errorMessage: 'Task timed out after 3.00 seconds' },
    })
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Errors')).toBe(1)
    expect(at.points('Work', 'Duration')[0].sum).toBe(3 * SECOND)
  })

  test('a handler of 1,000 s is stopped at 900 s; one of 900 s less a microsecond ends [N.LAMBDA-02, N.LAMBDA-08]', () => {
    const answer = (us: number) =>
      world({ properties: { Timeout: 900 }, handler: steps(wait(us)), assumptions: { ColdStart: '0ms' } }).ask(
        'Work',
        'lambda:InvokeFunction',
      )
    expect(answer(1000 * SECOND)).toMatchObject({ at: 900 * SECOND, answer: { FunctionError: 'Unhandled' } })
    expect(answer(900 * SECOND - 1).answer.FunctionError).toBeUndefined()
  })

  test('after a time-out the next request repeats the initialisation within its own time [LAM-05]', () => {
    const slowOnce = steps(
      { op: 'unless', condition: { kind: 'exists', of: { kind: 'path', path: ['slow'] } }, to: 2 },
      wait(5 * SECOND),
    )
    const at = world({ handler: slowOnce })
    expect(took(at, { Payload: { slow: true } })).toBe(3800)
    expect(took(at)).toBe(800)
    expect(took(at)).toBe(0)
    at.run(MINUTE).finish()
    expect(at.points('Work', 'Duration')[0].sum).toBe(3800 * MS)
    expect(at.points('Work', 'InitDuration')[0].n).toBe(1)
  })

  test('a failing handler is a function error with status 200, tried once; errors average to the error rate [LAM-20, N.LAMBDA-40, LAM-80]', () => {
    const handler = steps(
      { op: 'unless', condition: { kind: 'exists', of: { kind: 'path', path: ['bad'] } }, to: 2 },
      { op: 'fail', error: 'OrderRejected', catches: [] },
    )
    const at = world({ handler })
    const bad = at.ask('Work', 'lambda:InvokeFunction', { Payload: { bad: 1 } })
    expect(bad.http).toBe(200)
    expect(bad.answer).toMatchObject({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      FunctionError: 'Unhandled',
      ErrorType: 'OrderRejected',
      Payload: { errorType: 'OrderRejected' },
    })
    for (let i = 0; i < 3; i++) at.ask('Work', 'lambda:InvokeFunction', { Payload: {} })
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations')).toBe(4)
    expect(at.points('Work', 'Errors')[0]).toMatchObject({ n: 4, sum: 1 })
  })

  test('a request or an answer of more than 6 MB is an error [LAM-21]', () => {
    const limit = 6 * 1024 * 1024
    const echo = world({ handler: steps({ op: 'return', value: { kind: 'path', path: ['text'] } }) })
    expect(echo.ask('Work', 'lambda:InvokeFunction', { Payload: 'x'.repeat(limit - 2) }).status).toBe('OK')
    const large = echo.ask('Work', 'lambda:InvokeFunction', { Payload: 'x'.repeat(limit - 1) })
    expect([large.status, large.http]).toEqual(['RequestTooLargeException', 413])
    const answer = steps({ op: 'return', value: constant('x'.repeat(limit)) })
    expect(world({ handler: answer }).ask('Work', 'lambda:InvokeFunction').answer).toMatchObject({
      FunctionError: 'Unhandled',
      ErrorType: 'Function.ResponseSizeTooLarge',
    })
  })

  test('a dry run answers 204 and runs nothing [LAM-22]', () => {
    const at = world({})
    expect(at.ask('Work', 'lambda:InvokeFunction', { InvocationType: 'DryRun' }).answer.StatusCode).toBe(204)
    expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: 'nobody' }).status).toBe('ResourceNotFoundException')
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations')).toBe(0)
  })

  test('a custom metric of the handler arrives under its namespace', () => {
    const emit: Instruction = {
      op: 'metric',
      namespace: 'Shop',
      name: 'Orders',
      value: constant(2),
      dimensions: [['Kind', constant('toy')]],
      unit: 'Count',
      resolution: 60,
    }
    const at = world({ handler: steps(emit) })
    took(at)
    at.run(MINUTE).finish()
    const metric = at.world.metrics.find((one) => one.namespace === 'Shop')
    expect([metric?.name, metric?.dimensions, metric?.series.points[0].sum]).toEqual(['Orders', { Kind: 'toy' }, 2])
  })
})

describe('faults', () => {
  const during = (fault: string, params: Record<string, unknown>): LabOptions => ({
    faults: [{ at: 10 * SECOND, until: 20 * SECOND, fault, target: 'Work', params: { Percentage: 100, ...params } }],
  })

  test('an injected error fails invocations without or after the handler, while it stands', () => {
    for (const [PreventExecution, ms] of [
      [true, 0],
      [false, 50],
    ] as const) {
      const at = world({ options: during('aws:lambda:invocation-error', { PreventExecution }) })
      took(at)
      at.run(11 * SECOND)
      const answer = at.ask('Work', 'lambda:InvokeFunction')
      expect([answer.at, answer.answer.FunctionError]).toEqual([11 * SECOND + ms * MS, 'Unhandled'])
      expect(at.run(21 * SECOND).ask('Work', 'lambda:InvokeFunction').answer.FunctionError).toBeUndefined()
    }
  })

  test('an injected delay is part of the duration and of the time-out', () => {
    const at = world({ options: during('aws:lambda:invocation-add-delay', { StartupDelayMilliseconds: 2_000 }) })
    took(at)
    expect(took(at.run(11 * SECOND))).toBe(2050)
    const long = world({ options: during('aws:lambda:invocation-add-delay', { StartupDelayMilliseconds: 4_000 }) })
    took(long)
    expect(long.run(11 * SECOND).ask('Work', 'lambda:InvokeFunction')).toMatchObject({
      at: 14 * SECOND,
      answer: { ErrorType: 'Sandbox.Timedout' },
    })
  })

  test('an injected response replaces the handler’s and is no error', () => {
    const at = world({
      options: during('aws:lambda:invocation-http-integration-response', {
        PreventExecution: true,
        StatusCode: 418,
        ContentTypeHeader: 'text/plain',
      }),
    })
    took(at)
    const answer = at.run(11 * SECOND).ask('Work', 'lambda:InvokeFunction')
    expect(answer.answer).toMatchObject({ StatusCode: 200, Payload: { statusCode: 418 } })
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Errors')).toBe(0)
  })

  test('a fault hits its share of the invocations', () => {
    const at = world({
      handler: steps(),
      options: during('aws:lambda:invocation-error', { Percentage: 20, PreventExecution: true }),
    })
    took(at)
    at.run(11 * SECOND)
    for (let i = 0; i < 1000; i++) at.ask('Work', 'lambda:InvokeFunction')
    const failed = at.answers.filter((answer) => answer.answer.FunctionError !== undefined).length
    expect(Math.abs(failed - 200)).toBeLessThan(51)
  })
})

describe('refused templates', () => {
  test.each([
    ['a time-out of 901 s [N.LAMBDA-02]', { Timeout: 901 }, 'current', 'out-of-range'],
    ['memory of 64 MB [N.LAMBDA-07]', { MemorySize: 64 }, 'notes-2020', 'out-of-range'],
    ['memory of 3,072 MB in the notes’ profile [N.LAMBDA-07]', { MemorySize: 3072 }, 'notes-2020', 'out-of-range'],
    ['memory of 200 MB in the notes’ profile [N.LAMBDA-07]', { MemorySize: 200 }, 'notes-2020', 'memory-step'],
    ['a runtime that does not exist [N.LAMBDA-05]', { Runtime: 'cobol' }, 'current', 'unknown-value'],
    [
      'environment variables of 4,097 bytes [N.LAMBDA-09]',
      { Environment: { Variables: { A: 'x'.repeat(4096) } } },
      'current',
      'environment-too-large',
    ],
    [
      'inline code of 4,097 characters in the notes’ profile [N.LAMBDA-27]',
      { Code: { ZipFile: 'x'.repeat(4097) } },
      'notes-2020',
      'inline-code-too-long',
    ],
    ['six layers [N.LAMBDA-20]', { Layers: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'current', 'too-many-layers'],
    [
      'a reservation that leaves 99 to the others [N.LAMBDA-44, LAM-35]',
      { ReservedConcurrentExecutions: 901 },
      'current',
      'too-much-reserved',
    ],
  ] as const)('%s is refused', (_, properties, profile, slug) => {
    expect(refusal({ properties, options: { profile } }).join()).toContain(slug)
  })

  test('the same figures are accepted one step below their limits [N.LAMBDA-02, N.LAMBDA-07, N.LAMBDA-09, N.LAMBDA-20, N.LAMBDA-44]', () => {
    const properties = {
      Timeout: 900,
      Environment: { Variables: { A: 'x'.repeat(4095) } },
      Layers: ['a', 'b', 'c', 'd', 'e'],
      ReservedConcurrentExecutions: 900,
    }
    expect(refusal({ properties })).toEqual([])
    for (const MemorySize of [128, 192, 3008])
      expect(refusal({ properties: { MemorySize }, options: { profile: 'notes-2020' } })).toEqual([])
    for (const MemorySize of [129, 3072, 10_240]) expect(refusal({ properties: { MemorySize } })).toEqual([])
  })
})
