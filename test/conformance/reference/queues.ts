// The queues of the textbooks as scenarios: one server outside AWS, an open workload, and what clients see of it.
import { World } from '../../../sim/run/world.ts'
import type { Server } from '../../../sim/services/http/server.ts'
import { scenarioOf } from '../../scenarios.ts'
import { Batches, sampledQuantile, type Measured, type Stretch } from './measure.ts'

type Params = Readonly<Record<string, any>>

const SECOND = 1_000_000

/** A service law with a mean of `mean` µs in the scenario language. */
function law(name: string, scv: number, mean: number): string {
  const us = (value: number): string => `${value.toFixed(6)}us`
  const erlang = /^erlang-(\d+)$/.exec(name)
  const uniform = /^uniform\((\d+),(\d+)\)$/.exec(name)
  const lognormal = /^lognormal sigma=([\d.]+)$/.exec(name)
  if (name === 'deterministic') return us(mean)
  if (name === 'exponential') return `exponential(${us(mean)})`
  if (erlang !== null) return `gamma(mean=${us(mean)}, cv=${1 / Math.sqrt(Number(erlang[1]))})`
  if (uniform !== null) return `uniform(${us(Number(uniform[1]) * mean)}, ${us(Number(uniform[2]) * mean)})`
  if (lognormal !== null) {
    const sigma = Number(lognormal[1])
    const p50 = mean * Math.exp((-sigma * sigma) / 2)
    return `lognormal(p50=${us(p50)}, p99=${us(p50 * Math.exp(2.3263478740408408 * sigma))})`
  }
  // Two exponential phases that carry the same load each: the usual law of a given variation above 1.
  const share = (1 + Math.sqrt((scv - 1) / (scv + 1))) / 2
  const phases = [share, 1 - share].map((weight) => `${weight}: exponential(${us(mean / (2 * weight))})`)
  return `mix(${phases.join(', ')})`
}

interface Station {
  readonly workers: number
  /** Offered load in workers. */
  readonly load: number
  /** Mean service time in µs, and its law. */
  readonly mean: number
  readonly service: string
  readonly capacity?: number
  readonly patience?: string
}

/** The share of requests that find all workers busy, for exponential services and no limits. */
function shareThatWaits(workers: number, load: number): number {
  let lost = 1
  for (let n = 1; n <= workers; n++) lost = (load * lost) / (n + load * lost)
  return load >= workers ? 1 : lost / (1 - (load / workers) * (1 - lost))
}

/**
 * A run of a station in stretches that outlast its memory many times (a queue forgets its length in the order of
 * 1/(1 − ρ)² services, and means take the longer to settle the more its services vary) and of which each holds some requests that wait.
 */
function run({ workers, load, mean, service, capacity, patience }: Station, scv: number): Batches {
  const rate = (load / mean) * SECOND
  const idle = Math.max(0.05, Math.abs(1 - load / workers))
  const memory = (Math.max(1, (1 + scv) / 2) / idle) ** 2
  const requests = Math.min(160_000, Math.max(20_000, 400 * memory, 2 / shareThatWaits(workers, load)))
  return new Batches(
    (duration) => `
Resources:
  Station:
    Type: Sim::Http::Server
    Properties:
      Workers: ${workers}
      ServiceTime: '${service}'
      ${capacity === undefined ? '' : `QueueCapacity: ${capacity}`}
      ${patience === undefined ? '' : `Patience: ${patience}`}
Simulation:
  Duration: ${duration}
  Workloads:
    Crowd: { Target: Station, Operation: http:GET, Rate: ${rate.toPrecision(12)}/s }
`,
    requests / rate,
  )
}

/** A mean service time in µs at which a minute holds some thousands of requests. */
function scale(workers: number): number {
  return Math.max(0.1, workers / 100) * SECOND
}

function markovian(workers: number, load: number, more: Partial<Station> = {}): { batches: Batches; mean: number } {
  const mean = scale(workers)
  return { batches: run({ workers, load, mean, service: law('exponential', 1, mean), ...more }, 1), mean }
}

const inside = (batches: Batches): Measured =>
  batches.estimate((at) => at.level('Station', 'QueueLength') + at.level('Station', 'Busy'))
const response = (batches: Batches, mean: number): Measured =>
  batches.estimate((at) => at.mean('Crowd', 'Latency') / mean)
/** Where waiting is rare, its mean is uncertain by at least one wait for the next of the workers to be free. */
const wait = (batches: Batches, mean: number, workers: number): Measured =>
  batches.estimate(
    (at) => at.mean('Station', 'QueueTime') / mean,
    (at) => 1 / workers / at.samples('Station', 'QueueTime'),
  )

export function mm1({ rho }: Params): Record<string, Measured> {
  const { batches, mean } = markovian(1, rho)
  return {
    L: inside(batches),
    W: response(batches, mean),
    Wq: wait(batches, mean, 1),
    T_p50: batches.quantile('Crowd', 'Latency', 0.5, mean),
    T_p99: batches.quantile('Crowd', 'Latency', 0.99, mean),
    T_p999: batches.quantile('Crowd', 'Latency', 0.999, mean),
  }
}

export function mmc({ c, a }: Params): Record<string, Measured> {
  const { batches, mean } = markovian(c, a)
  return {
    erlangC: batches.share(
      (at) => at.samples('Station', 'QueueTime'),
      (at) => at.samples('Station', 'QueueTime') - at.atMost('Station', 'QueueTime', 0),
    ),
    Wq: wait(batches, mean, c),
    W: response(batches, mean),
    T_p99: batches.quantile('Crowd', 'Latency', 0.99, mean),
  }
}

export function mg1({ service, scv, rho }: Params): Record<string, Measured> {
  const mean = scale(1)
  const batches = run({ workers: 1, load: rho, mean, service: law(service, scv, mean) }, scv)
  return { Wq: wait(batches, mean, 1), W: response(batches, mean) }
}

export function mmck({ c, K, rho }: Params): Record<string, Measured> {
  const { batches, mean } = markovian(c, c * rho, { capacity: K - c })
  return {
    P_block: batches.share(
      (at) => at.sum('Station', 'Requests'),
      (at) => at.sum('Station', 'Rejected'),
    ),
    L: inside(batches),
    W: response(batches, mean),
  }
}

/** M/M/c with impatience: who had to wait was served late or gave up. */
export function erlangA({ c, rho, patience }: Params): Record<string, Measured> {
  const { batches } = markovian(c, c * rho, { patience: `exponential(${patience * scale(c)}us)` })
  const requests = (at: Stretch): number => at.sum('Station', 'Requests')
  return {
    P_wait: batches.share(requests, (at) => at.sum('Station', 'Requests') - at.atMost('Station', 'QueueTime', 0)),
    P_abandon: batches.share(requests, (at) => at.sum('Station', 'Abandoned')),
    Lq: batches.estimate((at) => at.level('Station', 'QueueLength')),
  }
}

/** Brooker's service of two kinds: one request in a thousand takes a hundred times as long. Times are stretched a hundredfold. */
export function bimodal(): Record<string, Measured> {
  const unit = 100_000
  const mean = (0.999 * 0.1 + 0.001 * 10) * unit
  const scv = (0.999 * 2 * 0.01 + 0.001 * 2 * 100) / (0.1099 * 0.1099) - 1
  const service = `mix(0.999: exponential(${0.1 * unit}us), 0.001: exponential(${10 * unit}us))`
  const batches = run({ workers: 1, load: 0.8, mean, service }, scv)
  const quantile = (p: number): Measured => batches.quantile('Crowd', 'Latency', p, unit)
  return {
    W_ms: response(batches, unit),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    'P(T>15)': batches.share(
      (at) => at.samples('Crowd', 'Latency'),
      (at) => at.samples('Crowd', 'Latency') - at.atMost('Crowd', 'Latency', 15 * unit),
    ),
  }
}

/**
 * M/G/∞: the number of requests in service, read at moments that are as far apart as the longest service (services are
 * uniform up to twice their mean), so that each reading is about other requests and independent of the one before.
 */
export function mginf({ a }: Params): Record<string, Measured> {
  const longest = 2 * SECOND
  const readings = Math.min(20_000, Math.round(1_500_000 / a))
  const { plan } = scenarioOf(`
Resources:
  Station: { Type: Sim::Http::Server, Properties: { Workers: 1000000, ServiceTime: "uniform(0s, 2s)" } }
Simulation:
  Duration: ${(readings + 1) * 2}s
  Workloads:
    Crowd: { Target: Station, Operation: http:GET, Rate: ${a}/s }
`)
  const world = new World(plan)
  const server = world.stateOf<Server>('Station')
  const samples: number[] = []
  for (let i = 1; i <= readings; i++) {
    world.run(longest * i)
    samples.push(server.busy)
  }
  return {
    p50: sampledQuantile(samples, 0.5),
    p99: sampledQuantile(samples, 0.99),
    'p99.9': sampledQuantile(samples, 0.999),
  }
}
