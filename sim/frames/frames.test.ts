// Frames of real runs: they change nothing, show what happened, and can be made again byte for byte.
import { describe, expect, test } from 'vitest'
import { openNamed, scenarioOf } from '../../test/scenarios.ts'
import type { Scenario } from '../lang/scenario.ts'
import { reportOf } from '../run/report.ts'
import { Running, runScenario, type Run } from '../run/run.ts'
import { World } from '../run/world.ts'
import { services } from '../services/index.ts'
import { densityOf } from './density.ts'
import { MOVES_MAX } from './moves.ts'
import { FrameRecorder, type Moment } from './recorder.ts'
import { cellsOf } from './readings.ts'
import { planRoads } from './roads.ts'
import { isShown, roundDot } from './sample.ts'
import { MOVE_BYTES, OUTCOMES, type Frame } from './types.ts'

interface Watched {
  readonly recorder: FrameRecorder
  readonly frames: readonly Frame[]
  readonly run: Run
}

function watch(scenario: Scenario, perDot = densityOf(scenario)): Watched {
  const running = new Running(scenario)
  const recorder = new FrameRecorder(running.world, planRoads(running.world), perDot)
  const frames: Frame[] = []
  while (running.goesOn) frames.push(recorder.next((until) => running.to(until)))
  return { recorder, frames, run: running.finish() }
}

interface Move {
  readonly at: number
  readonly road: number
  readonly outcome: string
  readonly lane: number
  readonly trace: number
}

function movesOf({ moves }: Frame): Move[] {
  const view = new DataView(moves)
  return Array.from({ length: moves.byteLength / MOVE_BYTES }, (_, i) => ({
    at: view.getFloat32(i * MOVE_BYTES, true),
    road: view.getUint16(i * MOVE_BYTES + 4, true),
    outcome: OUTCOMES[view.getUint8(i * MOVE_BYTES + 6)]!,
    lane: view.getUint8(i * MOVE_BYTES + 7),
    trace: view.getUint32(i * MOVE_BYTES + 8, true),
  }))
}

describe('a run with frames', () => {
  test.each(['flash-crowd.yaml', 'poison-message.yaml'])('%s: has the report of a run without', (name) => {
    const scenario = openNamed(name)
    expect(reportOf(watch(scenario).run, '')).toEqual(reportOf(runScenario(scenario), ''))
  })
})

const SHOP = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: !GetAtt Lost.Arn, maxReceiveCount: 1 } } }
  Lost: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      MemorySize: 1769
      Timeout: 10
      ReservedConcurrentExecutions: 2
      Events: { FromJobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 1 } } }
  Busy: { Type: AWS::CloudWatch::Alarm, Properties: { Namespace: AWS/Lambda, MetricName: Throttles, Dimensions: [{ Name: FunctionName, Value: !Ref Work }], Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold } }
Simulation:
  Duration: 5m
  Workloads:
    Senders: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: regular, Rate: 1/s, Parameters: { MessageBody: { n: sequence } } }
    Callers: { Target: Work, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 5/s, Client: { MaxAttempts: 2 } }
  Handlers:
    Work: [{ Choose: [{ Weight: 90%, Do: [{ Wait: 300ms }] }, { Weight: 10%, Do: [{ Fail: Broken }] }] }]
  Faults:
    - { At: 2m, For: 1m, aws:lambda:invocation-error: { Target: Work, Percentage: 50 } }
`

describe('a frame', () => {
  const scenario = scenarioOf(SHOP)
  const { frames, recorder, run } = watch(scenario)
  const plan = planRoads(run.world)
  const names = plan.components.map((component) => run.world.components[component]!.name)
  const roadName = (road: number): string => `${names[plan.roads[road]!.from]}-${names[plan.roads[road]!.to]}`

  test('follows on the one before, to the end of the run', () => {
    expect(frames.length).toBe(600)
    frames.forEach((frame, i) => {
      expect(frame.index).toBe(i)
      expect(frame.from).toBe(i === 0 ? 0 : frames[i - 1]!.to)
    })
    expect(frames[599]!.to).toBe(300_000_000)
  })

  test('shows every message where one dot is one message', () => {
    expect(densityOf(scenario)).toEqual([1, 1, 1, 1, 1, 1])
    for (const frame of frames) {
      const counts = new Float32Array(frame.counts.length)
      for (const move of movesOf(frame)) counts[move.road * OUTCOMES.length + OUTCOMES.indexOf(move.outcome as 'ok')]!++
      expect(counts).toEqual(frame.counts)
    }
  })

  test('show an error where a caller gives up waiting, though the answer that comes too late is none', () => {
    const { frames, run } = watch(
      scenarioOf(`
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 10, Handler: index.handler, Role: role, Code: { ZipFile: x } } }
Simulation:
  Duration: 1m
  Handlers: { Work: [{ Wait: 3s }] }
  Workloads: { Callers: { Target: Work, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s, Count: 10, Client: { Timeout: 1s, Retries: none } } }
`),
    )
    const errors = frames.flatMap(movesOf).filter(({ outcome }) => outcome === 'error')
    expect(errors).toHaveLength(10)
    expect(run.world.dispatcher.failed.every((failures) => failures === 0)).toBe(true)
  })

  test('counts what the dispatcher has counted, on roads instead of edges', () => {
    const sums = new Map<string, number>()
    for (const frame of frames)
      frame.counts.forEach((count, i) => {
        const key = `${roadName(Math.floor(i / OUTCOMES.length))} ${OUTCOMES[i % OUTCOMES.length]}`
        sums.set(key, (sums.get(key) ?? 0) + count)
      })
    const { edges } = run.world.dispatcher
    const edge = (from: string, action: string): number =>
      edges.findIndex((each) => each.from === from && each.action === action)
    const callers = edge('Callers', 'lambda:InvokeFunction')
    expect(sums.get('Callers-Work ok')! + sums.get('Callers-Work retry')!).toBe(run.world.dispatcher.sent[callers])
    expect(sums.get('Callers-Work retry')).toBeGreaterThan(0)
    expect(sums.get('Callers-Work throttled')).toBeGreaterThan(0)
    // A function error has status 200 and is an error all the same.
    expect(sums.get('Callers-Work error')).toBeGreaterThan(100)
    // The mapping is a road: its batches move from the queue to the function, and nobody sees its polls.
    expect(sums.get('Jobs-Work ok')).toBeGreaterThan(200)
    expect(sums.get('Jobs-Work answer')).toBe(0)
    expect(sums.get('Jobs-Lost dead-letter')).toBeGreaterThan(10)
    expect([...sums.keys()].some((key) => key.startsWith('Lost-'))).toBe(false)
  })

  test('holds its dots in order of time, inside its own stretch', () => {
    for (const frame of frames) {
      const times = movesOf(frame).map(({ at }) => at)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      for (const at of times) expect(at >= 0 && at <= Math.fround((frame.to - frame.from) / 1e6)).toBe(true)
    }
  })

  test('reads every room: numbers, rates of counters, cells by state', () => {
    const { sources } = recorder.readings
    const read = (frame: Frame, node: string, reading: string): number => {
      let at = 0
      for (let i = 0; i < names.length; i++) {
        const places = sources[i]!.map(({ name }) => name)
        if (names[i] === node) return frame.readings[at + places.indexOf(reading)]!
        at += places.length + 1
      }
      throw new Error(node)
    }
    for (const frame of frames.slice(10)) {
      expect(read(frame, 'Work', 'Reserved')).toBe(2)
      expect(read(frame, 'Work', 'Concurrency')).toBeLessThanOrEqual(2)
      expect([0, 2, 4]).toContain(read(frame, 'Senders', 'Requests'))
    }
    const mean = frames.reduce((sum, frame) => sum + read(frame, 'Senders', 'Requests'), 0) / frames.length
    expect(mean).toBeCloseTo(1, 1)
    // Two environments, each in one of four states.
    const [first] = cellsIn(frames[100]!, 'Work', 'Environments')
    expect(cellsIn(frames[100]!, 'Work', 'Environments').length).toBe(2)
    expect([0, 1, 2, 3]).toContain(first![0])
    // Every message is one of those that wait or of those in flight, oldest first; of the time for which it is hidden there is some left.
    let flown = 0
    for (const frame of frames) {
      const waiting = cellsIn(frame, 'Jobs', 'Waiting')
      const flying = cellsIn(frame, 'Jobs', 'Flying')
      flown += flying.length
      expect(waiting.length).toBe(Math.min(40, read(frame, 'Jobs', 'Visible') + read(frame, 'Jobs', 'Delayed')))
      expect(flying.length).toBe(Math.min(60, read(frame, 'Jobs', 'In flight')))
      for (const rows of [waiting, flying])
        expect(rows.map(([, age]) => age!)).toEqual(rows.map(([, age]) => age!).sort((a, b) => b - a))
      for (const [, , receives, left] of flying) {
        expect(receives).toBeGreaterThan(0)
        expect(left! >= 0 && left! <= 1).toBe(true)
      }
    }
    expect(flown).toBeGreaterThan(100)
  })

  /** The rows of a kind of cells, as numbers by column. */
  const cellsIn = (frame: Frame, node: string, kind: string): number[][] => {
    let at = 0
    for (const [i, component] of plan.components.entries())
      for (const { name, columns } of cellsOf(run.world, component)) {
        const listed = frame.cells[at + 1]!
        const rows = Array.from({ length: listed }, (_, row) => [
          ...frame.cells.subarray(at + 2 + row * columns.length, at + 2 + (row + 1) * columns.length),
        ])
        if (names[i] === node && name === kind) return rows
        at += 2 + listed * columns.length
      }
    throw new Error(`${node} ${kind}`)
  }

  test('marks what happens for the first time, and alarms', () => {
    const marks = frames.flatMap((frame) => frame.marks)
    const texts = marks.map(({ text }) => text)
    expect(texts.filter((text) => text === 'first throttle by Work').length).toBe(1)
    expect(texts).toContain('first message given up by Jobs')
    expect(texts).toContain('Busy is in ALARM')
    for (const frame of frames)
      for (const mark of frame.marks) expect(mark.time >= frame.from && mark.time <= frame.to).toBe(true)
  })
})

describe('a frame made again', () => {
  test('from any moment kept, in the same world or another one, is the same byte for byte', () => {
    const scenario = scenarioOf(SHOP)
    const running = new Running(scenario)
    const plan = planRoads(running.world)
    const perDot = [2, 2, 1, 1, 1, 1]
    const recorder = new FrameRecorder(running.world, plan, perDot)
    const frames: Frame[] = []
    const moments: Moment[] = [recorder.keep()]
    while (running.goesOn) {
      frames.push(recorder.next((until) => running.to(until)))
      if (frames.length % 60 === 0) moments.push(recorder.keep())
    }
    const other = new FrameRecorder(new World(scenario.plan), plan, perDot)
    for (const k of [3, 0, 7, 9, 1]) {
      other.goTo(moments[k]!)
      for (let i = 0; i < 60; i++) expect(other.next((until) => other.world.run(until))).toEqual(frames[k * 60 + i])
    }
  })
})

describe('what rooms show', () => {
  test('is never nothing, but for what is shown as a part of another or as a road', () => {
    const empty = services.filter(({ view: { readings = [], cells = [], partOf, road } }) => {
      return readings.length + cells.length === 0 && partOf === undefined && road === undefined
    })
    expect(empty.map(({ type }) => type)).toEqual([])
  })

  test('has a name of its own, a unit or a scale in words, and a sentence', () => {
    for (const def of services) {
      const rows = [def.view.readings ?? [], ...(def.view.cells ?? []).map(({ columns }) => columns)]
      for (const row of rows) {
        const names = row.map(({ name }) => name)
        expect(new Set(names).size, `${def.type}: ${names.join(', ')}`).toBe(names.length)
        for (const { name, doc } of row) {
          expect(name, def.type).toMatch(/^[A-Zp0-9]/)
          expect(doc, `${def.type} ${name}`).toMatch(/\.$/)
        }
      }
    }
  })
})

describe('sampling', () => {
  test('keeps a frame small when more happens than was expected, and says how much it was', () => {
    const scenario = scenarioOf(SHOP.replace('Rate: 5/s', 'Rate: 200000/s'))
    const running = new Running(scenario)
    const recorder = new FrameRecorder(running.world, planRoads(running.world), [1, 1, 1, 1, 1, 1])
    for (let i = 0; i < 2; i++) {
      const frame = recorder.next((until) => running.to(until))
      const shown = movesOf(frame)
      expect(frame.counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(150_000)
      expect(shown.length).toBeLessThanOrEqual(MOVES_MAX * 1.2)
      expect(shown.length).toBeGreaterThan(MOVES_MAX / 2)
      const kinds = new Set(shown.map(({ road, outcome }) => road * 6 + OUTCOMES.indexOf(outcome as 'ok')))
      frame.counts.forEach((count, i) => {
        if (count > 0) expect(kinds.has(i)).toBe(true)
      })
    }
  })

  test('keeps a frame small that is one request alone', () => {
    const list = '0, '.repeat(1000)
    const scenario = scenarioOf(`
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 100000, ServiceTime: 1ms } }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Timeout: 900, Code: { ZipFile: x } } }
Simulation:
  Duration: 10m
  Workloads: { One: { Target: Work, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 10/s, Count: 1, Parameters: { Payload: { list: [${list}] } } } }
  Handlers: { Work: [{ Repeat: { Times: 100, Do: [{ Parallel: { ForEach: $.list, Do: [{ http:GET: { Url: !Ref Origin } }] } }] } }] }
`)
    const running = new Running(scenario)
    const recorder = new FrameRecorder(running.world, planRoads(running.world), [1, 1, 1, 1, 1, 1])
    const frame = recorder.next((until) => running.to(until))
    expect(frame.counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(190_000)
    const shown = movesOf(frame)
    expect(new Set(shown.map(({ trace }) => trace)).size).toBe(1)
    expect(shown.length).toBeLessThanOrEqual(MOVES_MAX * 1.5)
    expect(shown.length).toBeGreaterThan(MOVES_MAX / 2)
    // They come evenly, and so they are shown.
    const calls = shown.filter(({ outcome, road }) => outcome === 'ok' && road === shown[10]!.road)
    const [first, middle, last] = [0, 0.5, 1].map((p) => calls[Math.round(p * (calls.length - 1))]!.at)
    expect(calls.length).toBeGreaterThan(1_000)
    expect((middle! - first!) / (last! - first!)).toBeCloseTo(0.5, 1)
  })

  test('shows a request on all of its roads or on none, and one in so many', () => {
    const scenario = scenarioOf(SHOP.replace('Rate: 5/s', 'Rate: 200/s').replace('ReservedConcurrentExecutions: 2', ''))
    const { frames } = watch(scenario, [10, 10, 1, 1, 1, 1])
    const usual = frames.flatMap(movesOf).filter(({ outcome }) => outcome === 'ok' || outcome === 'answer')
    const total = frames.reduce((sum, frame) => sum + frame.counts.reduce((n, c, i) => n + (i % 6 < 2 ? c : 0), 0), 0)
    expect(usual.length / total).toBeGreaterThan(0.09)
    expect(usual.length / total).toBeLessThan(0.11)
    for (const { trace } of usual) expect(isShown(trace, 10)).toBe(true)
  })

  test('never loses a rare outcome while it happens', () => {
    const { frames } = watch(scenarioOf(SHOP), [1, 1, 1000, 1000, 1000, 1000])
    for (const frame of frames) {
      const shown = new Set(movesOf(frame).map(({ road, outcome }) => road * 6 + OUTCOMES.indexOf(outcome as 'ok')))
      frame.counts.forEach((count, i) => expect(shown.has(i)).toBe(count > 0))
    }
  })

  // 10 a second, and 18,000 from the sixth minute on: two messages each, 36,000 in a frame of a second for 2,000 dots.
  test.each([
    ['a rate', 'Rate: [{ At: 0s, Value: 10/s }, { At: 5m, Value: 10/s }, { At: 5m, Value: 18000/s }]'],
    ['recorded arrivals', "Arrivals: 'trace(t.csv, column=t)'"],
    ['users', 'Users: [{ At: 0s, Value: 10 }, { At: 5m, Value: 18000 }], ThinkTime: 1s'],
  ])('as many messages as a dot stands for follow from the fullest time of %s', (_, arrivals) => {
    const times = Array.from({ length: 600 * 10 + 18_000 }, (_, i) => (i < 6_000 ? i / 10 : 300 + (i - 6_000) / 18_000))
    const scenario = scenarioOf(
      `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1000, ServiceTime: 1ms } } }
Simulation: { Duration: 10m, Workloads: { Load: { Target: Origin, Operation: http:GET, ${arrivals} } } }
`,
      { files: { read: () => ({ ok: true, value: `t\n${times.join('\n')}` }) } },
    )
    expect(densityOf(scenario)).toEqual([20, 20, 5, 5, 5, 2])
  })

  test('a dot stands for 1, 2, 5, 10, … messages; what is shown at a multiple is shown at the divisor', () => {
    expect([0.1, 1, 1.1, 3, 5, 7, 11, 99, 101].map(roundDot)).toEqual([1, 1, 2, 5, 5, 10, 20, 100, 200])
    for (let trace = 0; trace < 10_000; trace++) if (isShown(trace, 30)) expect(isShown(trace, 10)).toBe(true)
  })
})
