// Clients that try again: against independent failures, against a server that stood still, and against each other.
import type { Workload } from '../../../sim/services/client/workload.ts'
import type { Server } from '../../../sim/services/http/server.ts'
import type { Scenario } from '../../../sim/lang/scenario.ts'
import type { Run } from '../../../sim/run/run.ts'
import { scenarioOf } from '../../scenarios.ts'
import { completed, estimate, exactly, meanError, Stretch, type Measured } from './measure.ts'

type Params = Readonly<Record<string, any>>

const MS = 1_000
const SECOND = 1_000_000
const MINUTE = 60 * SECOND

/** Requests of a run with independent failures; a part of them comes in each minute, and tells the error. */
const CALLS = 60_000
const PER_MINUTE = 1_000

/** Every attempt fails with the same chance, whatever came before; a request ends with its first success or its last attempt. */
export function failures({ f, n }: Params): Record<string, Measured> {
  const minutes = CALLS / PER_MINUTE
  const run = completed(
    scenarioOf(`
Resources:
  Station: { Type: Sim::Http::Server, Properties: { Workers: 1000, ServiceTime: 1ms, ErrorRate: ${f} } }
Simulation:
  Duration: ${minutes + 1}m
  Workloads:
    Callers:
      Target: Station
      Operation: http:GET
      Arrivals: regular
      Rate: ${PER_MINUTE}/min
      Count: ${CALLS}
      Client: { MaxAttempts: ${n + 1}, Backoff: { Base: 1ms, Cap: 1ms, Jitter: none } }
`),
  )
  const perCall = (name: string, least: number): Measured => {
    const parts = Array.from({ length: minutes }, (_, i) => new Stretch(run, i * MINUTE, (i + 1) * MINUTE))
    const { error } = meanError(parts.map((part) => part.sum('Callers', name) / part.sum('Callers', 'Requests')))
    const value = new Stretch(run, 0, (minutes + 1) * MINUTE).sum('Callers', name) / CALLS
    return estimate(value, Math.max(error, least), minutes - 1)
  }
  // A failure so rare that none was seen is within the error; where nothing is left to chance there is none.
  const certain = f === 0 || f === 1
  return { success: perCall('Successes', certain ? 0 : 1 / CALLS), attempts_per_call: perCall('Attempts', 0) }
}

/**
 * A server that stands still for a while, and clients whose retries then keep it busy with work for nobody. The clients of
 * the reference know their requests by an id, so a late answer counts as long as any attempt is waited for: a setting of
 * the client for which the language has no word.
 */
function collapse({ arrivals, timeout, delay, retries, pause, end = '110s', times = '' }: Collapse): Run {
  const fault = `Faults: [{ At: ${pause.at}ms, For: ${pause.ms}ms, sim:http:pause: { Target: Station } }]`
  const backoff = `{ Base: ${delay}ms, Cap: ${delay}ms, Jitter: none }`
  const scenario = scenarioOf(
    `
Resources:
  Station: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 100ms } }
Simulation:
  Duration: ${end}
  Workloads:
    Callers:
      Target: Station
      Operation: http:GET
      ${arrivals}
      Client: { Timeout: ${timeout}ms, MaxAttempts: ${retries + 1}, Backoff: ${backoff} }
  ${pause.ms === 0 ? '' : fault}
`,
    { files: { read: () => ({ ok: true, value: times }) } },
  )
  return completed({ ...scenario, plan: withLateAnswers(scenario) })
}

interface Collapse {
  /** The workload's lines on when requests come. */
  readonly arrivals: string
  /** ms. */
  readonly timeout: number
  readonly delay: number
  readonly retries: number
  readonly pause: { readonly at: number; readonly ms: number }
  readonly end?: string
  /** The file that `arrivals` names. */
  readonly times?: string
}

function withLateAnswers({ plan }: Scenario): Scenario['plan'] {
  const components = plan.components.map((component) => {
    if (component.name !== 'Callers') return component
    const Client = { ...component.config['Client'], AcceptLateAnswers: true }
    return { ...component, config: { ...component.config, Client } }
  })
  const cuts = Array.from({ length: 11 }, (_, i) => (i + 1) * 10 * SECOND)
  return { ...plan, components, cuts: [...plan.cuts, ...cuts] }
}

function counts(run: Run): Record<string, Measured> {
  const callers = run.world.stateOf<Workload>('Callers')
  const server = run.world.stateOf<Server>('Station')
  return {
    requests: exactly(callers.requests),
    attempts: exactly(callers.attempts),
    completions: exactly(callers.successes),
    timeouts: exactly(callers.timeouts),
    retries: exactly(callers.attempts - callers.requests),
    gave_up: exactly(callers.failures),
    processed: exactly(server.servedCount),
    server_processed: exactly(server.servedCount),
    final_queue: exactly(server.waiting.inside),
  }
}

/** The exact case in whole milliseconds: no answer depends on the order of equal times. */
export function pauseInMilliseconds({ P, ia = 143, to = 503, retries = 3 }: Params): Record<string, Measured> {
  const times = Array.from({ length: Math.floor(100_000 / ia) }, (_, i) => (i + 1) * ia)
  const run = collapse({
    arrivals: 'Arrivals: trace(times.csv, column=ms, unit=ms)',
    timeout: to,
    delay: 51,
    retries,
    pause: { at: 30_050, ms: P },
    times: ['ms', ...times].join('\n'),
  })
  const perTen = Array.from({ length: 11 }, (_, i) =>
    new Stretch(run, i * 10 * SECOND, (i + 1) * 10 * SECOND).sum('Callers', 'Successes'),
  )
  return { ...counts(run), per10s: exactly(perTen) }
}

/**
 * The same at 7 requests a second, where a request comes at the very moment at which the pause begins. The reference
 * serves it; here the pause comes first at equal times, so it begins a microsecond later and ends when the reference's does.
 */
function pauseAtSeven(rate: number, ms: number, retries: number, end = '110s'): Run {
  const points = `[{ At: 0s, Value: ${rate}/s }, { At: 100s, Value: ${rate}/s }, { At: 100s, Value: 0/s }]`
  const pause = { at: 30_000.001, ms: ms - 0.001 }
  return collapse({
    arrivals: `Rate: ${points}\n      Arrivals: regular`,
    timeout: 500,
    delay: 50,
    retries,
    pause,
    end,
  })
}

export function pauseWithTies({ gc, rate, retries }: Params): Record<string, Measured> {
  // A service ends at the very end of the run; the reference counts it and begins no other, so its queue is that of before.
  const before = pauseAtSeven(rate, gc * 1000, retries, '109999999us')
  return { ...counts(pauseAtSeven(rate, gc * 1000, retries)), final_queue: counts(before)['final_queue'] }
}

/** The longest pause, in tenths of a second, after which nobody gives up, and the shortest after which somebody does. */
export function pauseThreshold({ rate }: Params): Record<string, Measured> {
  const lost = Array.from({ length: 10 }, (_, i) => pauseAtSeven(rate, (i + 1) * 100, 3)).map(
    (run) => run.world.stateOf<Workload>('Callers').failures,
  )
  return {
    recovers_at: exactly((lost.lastIndexOf(0) + 1) / 10),
    collapses_at: exactly((lost.findIndex((failures) => failures > 0) + 1) / 10),
  }
}

const JITTERS: Readonly<Record<string, { readonly jitter: string; readonly base: number; readonly cap: number }>> = {
  // The reference's delay after the first failure is twice its base of 5 ms; its decorrelated one starts from the base.
  Exponential: { jitter: 'none', base: 10, cap: 2000 },
  FullJitter: { jitter: 'full', base: 10, cap: 2000 },
  EqualJitter: { jitter: 'equal', base: 10, cap: 2000 },
  Decorr: { jitter: 'decorrelated', base: 5, cap: 2000 },
  None: { jitter: 'none', base: 0, cap: 0 },
}
const SEEDS = 40

/**
 * Optimistic locking: clients that begin together read one item and write it back if nobody else has, else wait and begin
 * anew. Every hop takes a draw of its own; the table is given no limits, for the reference has none.
 */
export function contention({ clients, algorithm }: Params): Record<string, Measured> {
  const { jitter, base, cap } = JITTERS[algorithm]
  const hop = 'normal(10ms, 2ms)'
  const scenario = scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  Try:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Timeout: 30
      Events: { Post: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /, Method: post } } }
  Item:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
Simulation:
  Duration: 1000s
  Quotas:
    dynamodb.PartitionWriteUnits: 1000000
    dynamodb.PartitionReadUnits: 1000000
    dynamodb.OnDemandWriteUnits: 1000000
    dynamodb.OnDemandReadUnits: 1000000
  Assumptions:
    Api: { Latency: 0s }
    Try: { ColdStart: 0s, SdkRetries: none }
    Item: { GetItemLatency: '${hop}', PutItemLatency: '${hop}', RejectionLatency: '${hop}' }
  Actions:
    - { At: 0s, dynamodb:PutItem: { TableName: !Ref Item, Item: { id: it, version: 0 } } }
  Workloads:
    Callers:
      Target: Api
      Operation: POST /
      Users: [{ At: 1s, Value: ${clients} }]
      Count: ${clients}
      Client: { MaxAttempts: 1000, Backoff: { Base: ${base}ms, Cap: ${cap}ms, Jitter: ${jitter} } }
  Handlers:
    Try:
      - Wait: '${hop}'
      - dynamodb:GetItem: { TableName: !Ref Item, Key: { id: it }, ConsistentRead: true }
        ResultPath: $.read
      - Wait: '${hop}'
      - dynamodb:UpdateItem:
          TableName: !Ref Item
          Key: { id: it }
          UpdateExpression: SET version = version + :one
          ConditionExpression: version = :seen
          ExpressionAttributeValues: { ':one': 1, ':seen': $.read.Item.version }
        Catch: { ErrorEquals: [ConditionalCheckFailedException], Do: [{ Return: { statusCode: 503 } }] }
`)
  const runs = Array.from({ length: SEEDS }, (_, seed) => {
    const run = completed({ ...scenario, plan: { ...scenario.plan, seed } })
    const { attempts, successes } = run.world.stateOf<Workload>('Callers')
    if (successes !== clients) throw new Error(`${successes} of ${clients} clients got through`)
    // All begin together, so the longest of their times is the time of all.
    return { attempts, time: new Stretch(run, 0, Infinity).largest('Callers', 'Latency') / MS }
  })
  const mean = (values: readonly number[]): Measured => {
    const { mean: value, error } = meanError(values)
    return estimate(value, error, SEEDS - 1)
  }
  return { time_mean: mean(runs.map((run) => run.time)), calls_mean: mean(runs.map((run) => run.attempts)) }
}
