// Waterfalls of real runs: exact where the times can be worked out by hand, whole and nested everywhere, and read without a trace.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openNamed, scenarioOf } from '../../test/scenarios.ts'
import type { Scenario } from '../lang/scenario.ts'
import { World } from '../run/world.ts'
import { DurationSearch } from './searches.ts'
import { Tracer } from './tracer.ts'
import type { Span, Waterfall } from './types.ts'
import { waterfallOf } from './waterfall.ts'

interface Seen {
  readonly falls: readonly Waterfall[]
  /** By request: what its workload's `Latency` recorded. */
  readonly latency: ReadonlyMap<number, number>
  readonly world: World
}

/** The waterfalls of some requests, rising, all read in one run. */
function follow(scenario: Scenario, traces: readonly number[]): Seen {
  const world = new World(scenario.plan)
  const { kernel, calls, dispatcher, recorder } = world
  const tracers: Tracer[] = []
  let active: Tracer[] = []
  const clients = new Set(
    world.metrics.flatMap(({ id, name, namespace }) => (name === 'Latency' && namespace === 'Sim' ? [id] : [])),
  )
  const latency = new Map<number, number>()
  let current = 0
  dispatcher.observer = {
    sent: (call, edge) => active.forEach((tracer) => tracer.sent(call, edge)),
    answered: (call, edge, delay) => active.forEach((tracer) => tracer.answered(call, edge, delay)),
  }
  const answers = new Set(dispatcher.replyTo)
  kernel.tap = (time, target, arg) => {
    if (calls.begun + 1 >= (traces[tracers.length] ?? Infinity)) {
      tracers.push(new Tracer(world, traces[tracers.length]!))
      active = [...active, tracers.at(-1)!]
    }
    if (kernel.steps % 64 === 0) active = active.filter((tracer) => !tracer.isOver)
    for (const tracer of active) tracer.before(time, target, arg)
    current = answers.has(target) ? calls.trace[arg]! : 0
  }
  recorder.watch = {
    recorded: (metric, value) => {
      if (current !== 0 && clients.has(metric)) latency.set(current, value)
    },
  }
  world.run()
  tracers.forEach((tracer) => tracer.close())
  return { falls: tracers.flatMap((tracer) => waterfallOf(world, tracer) ?? []), latency, world }
}

/** Spans as lines, relative to the request, in ms: `0+150 call Origin: http:GET #1 [ok]`. */
function linesOf(fall: Waterfall): string[] {
  const depth: number[] = []
  return fall.spans.map((span, i) => {
    depth[i] = span.parent < 0 ? 0 : depth[span.parent]! + 1
    const ms = (time: number): number => time / 1000
    const attempt = span.attempt === undefined ? '' : ` #${span.attempt}`
    const times = span.times === undefined ? '' : ` ×${span.times}`
    const end = `${span.outcome}${span.error === undefined ? '' : ` ${span.error}`}${span.late === true ? ' late' : ''}`
    return `${'  '.repeat(depth[i]!)}${ms(span.from - fall.from)}+${ms(span.to - span.from)} ${span.kind} ${span.resource}: ${span.words}${attempt}${times} [${end}]`
  })
}

const childrenOf = (fall: Waterfall, parent: number): Span[] => fall.spans.filter((span) => span.parent === parent)

const ORIGIN = (more: string, client: string): Scenario =>
  scenarioOf(`
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 100ms${more} } }
Simulation:
  Duration: 10s
  Workloads: { Callers: { Target: Origin, Operation: http:GET, Arrivals: regular, Rate: 20/s, Count: 3${client} } }
`)

describe('worked out by hand', () => {
  test('one worker and requests every 50 ms: each waits for those before it', () => {
    // They come at 50, 100 and 150 ms; the worker is free at 150 and at 250 ms.
    const { falls } = follow(ORIGIN('', ''), [1, 2, 3])
    expect(linesOf(falls[0]!)).toEqual([
      '0+100 request Callers: request [ok]',
      '  0+100 call Origin: http:GET [ok]',
      '    0+100 work Origin: is served [ok]',
    ])
    expect(linesOf(falls[2]!)).toEqual([
      '0+200 request Callers: request [ok]',
      '  0+200 call Origin: http:GET [ok]',
      '    0+100 wait Origin: waits for a worker [ok]',
      '    100+100 work Origin: is served [ok]',
    ])
  })

  test('no queue: the second is refused, backs off and comes again', () => {
    const client = ', Client: { MaxAttempts: 3, Backoff: { Base: 40ms, Cap: 1s, Jitter: none } }'
    const { falls } = follow(ORIGIN(', QueueCapacity: 0', client), [1, 2, 3])
    // At 100 ms refused, at 140 ms refused, 80 ms later at 220 ms: the third came at 150 ms and has the worker until 250 ms.
    expect(linesOf(falls[1]!)).toEqual([
      '0+120 request Callers: request [error ServiceUnavailable]',
      '  0+0 call Origin: http:GET #1 [error ServiceUnavailable]',
      '  0+40 back-off Callers: back-off before attempt 2 [ok]',
      '  40+0 call Origin: http:GET #2 [error ServiceUnavailable]',
      '  40+80 back-off Callers: back-off before attempt 3 [ok]',
      '  120+0 call Origin: http:GET #3 [error ServiceUnavailable]',
    ])
    expect(falls.map(({ outcome }) => outcome)).toEqual(['ok', 'error', 'ok'])
  })

  test('a client that waits 80 ms gives up what the worker does all the same', () => {
    const client = ', Client: { Timeout: 80ms, MaxAttempts: 2, Backoff: { Base: 10ms, Cap: 1s, Jitter: none } }'
    const { falls } = follow(ORIGIN('', client), [1])
    expect(linesOf(falls[0]!)).toEqual([
      '0+170 request Callers: request [error]',
      '  0+80 call Origin: http:GET #1 [given up]',
      '    0+100 work Origin: is served [ok late]',
      '  80+10 back-off Callers: back-off before attempt 2 [ok]',
      '  90+80 call Origin: http:GET #2 [given up]',
      '    90+80 wait Origin: waits for a worker [ok]',
      '    200+100 work Origin: is served [ok late]',
    ])
  })

  test('a function: cold start, computation, parallel calls, a message that a second function takes up', () => {
    const { falls } = follow(
      scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 10 } }
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 100ms } }
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60, DelaySeconds: 2 } }
  Front: { Type: AWS::Serverless::Function }
  Back:
    Type: AWS::Serverless::Function
    Properties: { Events: { FromJobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 1 } } } }
Simulation:
  Duration: 1m
  Assumptions:
    AWS::Lambda::Function: { ColdStart: 300ms, ColdStartCpu: 0%, InvokeLatency: 7ms }
    AWS::SQS::Queue: { ApiLatency: 9ms }
  Workloads: { Callers: { Target: Front, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s, Count: 1 } }
  Handlers:
    Front:
      - Compute: 50ms
      - Parallel: [[{ http:GET: { Url: !Ref Origin } }], [{ Wait: 30ms }, { http:GET: { Url: !Ref Origin } }]]
      - sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: { n: 1 } }
    Back: [{ Wait: 20ms }]
`),
      [1],
    )
    expect(linesOf(falls[0]!)).toEqual([
      '0+566 request Callers: request [ok]',
      '  0+566 call Front: lambda:InvokeFunction [ok]',
      '    0+300 start Front: cold start (init) [ok]',
      '    300+50 work Front: computes [ok]',
      '    350+100 call Origin: http:GET [ok]',
      '      350+100 work Origin: is served [ok]',
      '    350+30 wait Front: waits [ok]',
      '    380+170 call Origin: http:GET [ok]',
      '      380+70 wait Origin: waits for a worker [ok]',
      '      450+100 work Origin: is served [ok]',
      '    550+9 call Jobs: sqs:SendMessage [ok]',
      '      550+9 answer Jobs: service time [ok]',
      '    559+7 answer Front: overhead of Lambda [ok]',
      '550+2336 message Jobs: message [ok]',
      '  550+2000 queued Jobs: is delayed [ok]',
      '  2550+336 hidden Jobs: in flight [ok]',
      '    2550+9 wait Jobs: waits until its batch begins [ok]',
      '    2559+327 call Back: lambda:InvokeFunction [ok]',
      '      2559+300 start Back: cold start (init) [ok]',
      '      2859+20 wait Back: waits [ok]',
      '      2879+7 answer Back: overhead of Lambda [ok]',
    ])
  })

  test('a time-out of the function, and a message that is given up after two receives', () => {
    const scenario = scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 6, RedrivePolicy: { deadLetterTargetArn: !GetAtt Lost.Arn, maxReceiveCount: 2 } } }
  Lost: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 5s } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      MemorySize: 1769
      Timeout: 1
      Events: { FromJobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 1 } } }
Simulation:
  Duration: 1m
  Assumptions:
    AWS::Lambda::Function: { ColdStart: 300ms, ColdStartCpu: 0%, InvokeLatency: 0ms }
    AWS::SQS::Queue: { ApiLatency: 0ms }
  Workloads: { Senders: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: regular, Rate: 1/s, Count: 1, Parameters: { MessageBody: { n: 1 } } } }
  Handlers: { Work: [{ http:GET: { Url: !Ref Origin } }] }
`)
    const { falls } = follow(scenario, [1])
    const lines = linesOf(falls[0]!)
    expect(lines).toContain('0+12000 message Jobs: message [dead-letter]')
    expect(lines).toContain('  0+6000 hidden Jobs: in flight [given up]')
    expect(lines).toContain('    0+1300 call Work: lambda:InvokeFunction [error Sandbox.Timedout]')
    expect(lines).toContain('      0+300 start Work: cold start (init) [ok]')
    expect(lines).toContain('      300+1000 call Origin: http:GET [given up]')
    expect(lines).toContain('    1300+4700 wait Jobs: stays hidden until its visibility timeout [ok]')
    // The environment was reset: it starts again within the request, and that counts towards the time-out.
    expect(lines).toContain('      6000+300 start Work: init, once more within the request [ok]')
    expect(lines).toContain('  12000+0 queued Lost: moves to the dead-letter queue [dead-letter]')
  })
})

test('an asynchronous event is followed through its retries', () => {
  const { falls } = follow(
    scenarioOf(`
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, MemorySize: 1769, Code: { ZipFile: x } } }
Simulation:
  Duration: 10m
  Assumptions: { AWS::Lambda::Function: { ColdStart: 300ms, ColdStartCpu: 0%, InvokeLatency: 0ms } }
  Workloads: { Callers: { Target: Work, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s, Count: 1, Parameters: { InvocationType: Event, Payload: { n: 1 } } } }
  Handlers: { Work: [{ Wait: 50ms }, { Fail: Broken }] }
`),
    [1],
  )
  const tops = falls[0]!.spans.filter(({ parent }) => parent < 0)
  expect(tops.map(({ kind, attempt, outcome }) => [kind, attempt, outcome])).toEqual([
    ['request', undefined, 'ok'],
    ['call', 1, 'error'],
    ['back-off', undefined, 'ok'],
    ['call', 2, 'error'],
    ['back-off', undefined, 'ok'],
    ['call', 3, 'error'],
  ])
  expect(tops.filter(({ kind }) => kind === 'back-off').map(({ from, to }) => to - from)).toEqual([
    60_000_000, 120_000_000,
  ])
})

test('a request behind an authorizer: its function first, then the backend; the next one with its token goes straight on', () => {
  const text = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, Handler: a.b, MemorySize: 1769, CodeUri: src } }
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: prod, EndpointConfiguration: { Type: REGIONAL }, Auth: { DefaultAuthorizer: Guard, Authorizers: { Guard: { FunctionArn: !GetAtt Check.Arn } } } } }
  Check: { Type: AWS::Serverless::Function }
  Work: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /x, Method: get } } } } }
Simulation:
  Duration: 1m
  Assumptions: { AWS::Lambda::Function: { ColdStart: 0ms, ColdStartCpu: 0%, InvokeLatency: 0ms } }
  Workloads: { Callers: { Target: Api, Operation: GET /x, Arrivals: regular, Rate: 1/s, Count: 2 } }
  Handlers: { Check: [{ Wait: 50ms }], Work: [{ Wait: 20ms }] }
`
  const { falls } = follow(scenarioOf(text), [1, 2])
  const calls = falls.map((fall) =>
    linesOf(fall).filter((line) => line.includes('call ') && line.includes('lambda:InvokeFunction')),
  )
  expect(calls).toEqual([
    ['    0+50 call Check: lambda:InvokeFunction [ok]', '    50+20 call Work: lambda:InvokeFunction [ok]'],
    ['    0+20 call Work: lambda:InvokeFunction [ok]'],
  ])
  expect(falls.map(({ from, to }) => (to - from) / 1000)).toEqual([50 + 20 + 8, 20 + 8])
})

describe('requests of whole scenarios', () => {
  const cases = [
    ['flash-crowd.yaml', 9_000],
    ['hot-partition.yaml', 4_000],
    ['retry-storm.yaml', 40],
    ['cold-starts.yaml', 10],
    ['poison-message.yaml', 1_000],
    ['reserved-starves-neighbour.yaml', 1_500],
    ['visibility-too-short.yaml', 60],
  ] as const

  test.each(cases)(
    '%s: parts nest, fill the whole and add up to what the client measured',
    (name, every) => {
      const traces = Array.from({ length: 12 }, (_, i) => 1 + i * every)
      const { falls, latency, world } = follow(openNamed(name), traces)
      // Nobody has touched the run.
      const golden = readFileSync(
        new URL(`../../test/golden/${name.replace('.yaml', '.txt')}`, import.meta.url),
        'utf8',
      )
      expect(golden).toContain(`digest ${world.kernel.digest.hex()}\n`)
      expect(falls.length).toBeGreaterThan(5)
      let measured = 0
      let added = 0
      for (const fall of falls) {
        const words = `request ${fall.trace}\n${linesOf(fall).join('\n')}`
        fall.spans.forEach((span, i) => {
          expect(span.to, words).toBeGreaterThanOrEqual(span.from)
          expect(span.parent, words).toBeLessThan(i)
          if (span.parent >= 0) {
            const around = fall.spans[span.parent]!
            expect(span.from, words).toBeGreaterThanOrEqual(around.from)
            expect(span.late === true || span.to <= around.to, words).toBe(true)
          }
          if (span.kind === 'call' || span.kind === 'request') expect(isFilled(fall, i), words).toBe(true)
        })
        const recorded = latency.get(fall.trace)
        if (recorded !== undefined) {
          measured++
          expect(fall.to - fall.from, words).toBe(recorded)
          expect(fall.outcome, words).toBe('ok')
        }
        const sum = sumOf(fall, 0)
        if (sum !== undefined) {
          added++
          expect(sum, words).toBe(fall.to - fall.from)
        }
      }
      expect(measured + falls.filter(({ outcome }) => outcome !== 'ok').length).toBeGreaterThan(falls.length / 4)
      expect(added).toBeGreaterThan(falls.length / 4)
    },
    120_000,
  )

  /** Whether the children of a span leave no gap in it; one without children is a part itself. */
  function isFilled(fall: Waterfall, index: number): boolean {
    const span = fall.spans[index]!
    let covered = span.from
    for (const child of childrenOf(fall, index)) {
      if (Math.min(child.from, span.to) > covered) return false
      covered = Math.max(covered, child.to)
    }
    return covered >= span.to || span.from === span.to
  }

  /** The lengths of the smallest parts of a span; undefined where parts run side by side, so that there is no sum. */
  function sumOf(fall: Waterfall, index: number): number | undefined {
    const children = fall.spans.map((span, i) => ({ span, i })).filter(({ span }) => span.parent === index)
    const { from, to } = fall.spans[index]!
    if (children.length === 0) return to - from
    let sum = 0
    let end = from
    for (const { span, i } of children) {
      if (span.from < end || span.late === true) return undefined
      end = span.to
      const part = sumOf(fall, i)
      if (part === undefined) return undefined
      sum += part
    }
    return sum
  }

  test('a request is found by the time that it took', () => {
    const scenario = openNamed('flash-crowd.yaml')
    const world = new World(scenario.plan)
    const metric = world.metrics.find(({ component, name }) => component === 'Buyers' && name === 'Latency')!
    const wanted = { metric: metric.id, from: 350_000_000, to: 352_000_000, low: 3_000_000, high: 4_000_000 }
    const search = new DurationSearch(wanted)
    search.attach(world)
    world.run(wanted.to)
    const { falls, latency } = follow(scenario, [search.trace])
    const [fall] = falls
    expect(fall!.source).toBe('Buyers')
    expect(fall!.to).toBeGreaterThan(wanted.from)
    expect(fall!.to).toBeLessThanOrEqual(wanted.to)
    expect(latency.get(search.trace)).toBeGreaterThanOrEqual(wanted.low)
    expect(latency.get(search.trace)).toBeLessThan(wanted.high)
    // So slow because the shop refused it before: each attempt and each pause has its name.
    const kinds = childrenOf(fall!, 0).map(({ kind, words, attempt }) => (kind === 'call' ? `call ${attempt}` : words))
    expect(kinds.slice(0, 3)).toEqual(['call 1', 'back-off before attempt 2', 'call 2'])
    expect(
      fall!.spans.some(({ outcome, error }) => outcome === 'throttled' && error === 'TooManyRequestsException'),
    ).toBe(true)
  }, 120_000)
})
