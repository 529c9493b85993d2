// `npm run bench:frames`: what frames cost a run, and how long a page waits for a moment that it has let go.
//
// CPU time, because the machine may be busy with something else; of several runs the least counts.
import { readFileSync } from 'node:fs'
import { Problems } from '../sim/diag/problem.ts'
import { densityOf } from '../sim/frames/density.ts'
import { FrameRecorder } from '../sim/frames/recorder.ts'
import { planRoads } from '../sim/frames/roads.ts'
import { Session } from '../sim/frames/session.ts'
import type { Answer } from '../sim/frames/types.ts'
import { loadScenario, type Scenario } from '../sim/lang/scenario.ts'
import { Running, runScenario } from '../sim/run/run.ts'

const ROUNDS = 5
const SCRUBS = 40

/** A million requests in ten minutes: an API, a function, a table. */
const MILLION = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Get: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: "/{id}", Method: get } } } }
  Items:
    Type: AWS::DynamoDB::Table
    Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] }
Simulation:
  Duration: 10m
  Workloads:
    Users: { Target: Api, Operation: "GET /{id}", Rate: 1667/s, Attributes: { id: "zipf(n=5000, s=1.1)" } }
  Handlers:
    Work: [{ Compute: "lognormal(p50=6ms, p99=25ms)" }, { dynamodb:GetItem: { TableName: !Ref Items, Key: { id: $.id } } }]
`

/** ms of CPU time that some work takes. */
function cpu(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function open(name: string, text: string): Scenario {
  const problems = new Problems()
  const scenario = loadScenario({ name, text }, {}, problems)
  if (scenario === undefined) throw new Error(`${name} does not load`)
  return scenario
}

function withFrames(scenario: Scenario, perDot: readonly number[]): void {
  const running = new Running(scenario)
  const recorder = new FrameRecorder(running.world, planRoads(running.world), perDot)
  while (running.goesOn) recorder.next((until) => running.to(until))
  running.finish()
}

function measure(name: string, text: string, rounds: number): void {
  const scenario = open(name, text)
  const perDot = densityOf(scenario)
  let plain = Infinity
  let frames = Infinity
  for (let i = 0; i < rounds; i++) {
    plain = Math.min(
      plain,
      cpu(() => void runScenario(scenario)),
    )
    frames = Math.min(
      frames,
      cpu(() => withFrames(scenario, perDot)),
    )
  }

  let count = 0
  let bytes = 0
  let requests = 0
  let slowest = 0
  const session = new Session((answer: Answer) => {
    if (answer.answer === 'frame') {
      count++
      bytes += answer.frame.moves.byteLength + answer.frame.readings.byteLength + answer.frame.cells.byteLength
    } else if (answer.answer === 'done') requests = answer.outcomes.requests
  })
  const outline = cpu(() => session.take({ ask: 'load', run: 1, name, text, knobs: {}, files: {} }))
  session.take({ ask: 'ahead', run: 1, until: Infinity })
  let more = true
  const ahead = cpu(() => {
    while (more)
      slowest = Math.max(
        slowest,
        cpu(() => void (more = session.work())),
      )
  })
  const total = count
  const scrubs: number[] = []
  for (let i = 0; i < SCRUBS; i++) {
    const frame = (i * 7919) % total
    session.take({ ask: 'frames', run: 1, from: frame, to: frame + 1 })
    scrubs.push(
      cpu(() => {
        while (session.work());
      }),
    )
  }
  scrubs.sort((a, b) => a - b)
  const perRequest = (ms: number): string => `${Math.round((ms * 1e6) / requests)} ns`
  console.log(`${name}: ${requests} requests, ${total} frames, ${(bytes / 1e6).toFixed(1)} MB`)
  console.log(`  a request costs ${perRequest(plain)} without frames, ${perRequest(frames)} with them`)
  console.log(
    `  load to outline ${outline.toFixed(0)} ms; the whole run ahead ${(ahead / 1000).toFixed(2)} s, moments kept`,
  )
  console.log(`  slowest piece of work ${slowest.toFixed(0)} ms`)
  console.log(
    `  back to a moment: median ${scrubs[SCRUBS / 2]!.toFixed(0)} ms, slowest ${scrubs[SCRUBS - 1]!.toFixed(0)} ms`,
  )
}

measure('flash-crowd.yaml', readFileSync(new URL('../scenarios/flash-crowd.yaml', import.meta.url), 'utf8'), ROUNDS)
measure('a million requests', MILLION, 2)
