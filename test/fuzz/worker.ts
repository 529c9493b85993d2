// One fuzzing process: draws inputs, examines them, tells its parent what it found.
//
// Its parent reads from a small file which input is under way, so that a hang or a crash can be laid at the right door.
import { openSync, writeSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector'
import { createRng } from '../../sim/engine/rng.ts'
import { mutate, pick, type Seed } from './mutate.ts'
import { examine, type Finding } from './oracle.ts'
import { readSeeds } from './seeds.ts'

export interface Order {
  readonly seed: string
  /** First input and number of inputs, counted over all processes. */
  readonly from: number
  readonly count: number
  readonly file: string
}

export type Told =
  | { readonly kind: 'finding'; readonly finding: Finding; readonly text: string; readonly index: number }
  | {
      readonly kind: 'progress'
      readonly done: number
      readonly loaded: number
      readonly kept: number
      readonly peak: number
      readonly slowest: number
      /** Processor time of this process, in µs. */
      readonly processor: number
    }

const SLICE = 64
const KEPT_MAX = 3000
const SECOND = 1_000_000
const MEMORY = 512 * 1024 * 1024

/** Every place of the project's code that ran for the first time makes the inputs of that slice worth keeping. */
class Coverage {
  private readonly session = new Session()
  private readonly seen = new Set<string>()

  constructor() {
    this.session.connect()
    this.session.post('Profiler.enable')
    this.session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
  }

  /** Whether code ran since the last call that had never run before. */
  grew(): boolean {
    const before = this.seen.size
    this.session.post('Profiler.takePreciseCoverage', (_error, taken) => this.add(taken.result))
    return this.seen.size > before
  }

  private add(scripts: readonly Profiler.ScriptCoverage[]): void {
    for (const { url, scriptId, functions } of scripts) {
      if (!url.includes('/sim/')) continue
      for (const { ranges } of functions)
        for (const range of ranges)
          if (range.count > 0) this.seen.add(`${scriptId} ${range.startOffset} ${range.endOffset}`)
    }
  }
}

process.on('message', (order: Order) => void work(order))

async function work({ seed, from, count, file }: Order): Promise<void> {
  const record = openSync(file, 'w')
  const seeds = readSeeds()
  // Small texts are cheap, and what goes wrong seldom needs a large one.
  const weights = seeds.map(({ text }) => 1 / (200 + text.length) ** 1.5)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const kept: Seed[] = []
  const slugs = new Set<string>()
  const told = new Set<string>()
  const coverage = new Coverage()
  let loaded = 0
  let slowest = 0
  for (let index = from; index < from + count;) {
    const slice: Seed[] = []
    for (let i = 0; i < SLICE && index < from + count; i++, index++) {
      const rng = createRng(seed, 'fuzz', String(index))
      const text = mutate(choose(), choose(), rng)
      writeRecord(record, index, text)
      const { finding, loaded: runs, features, time } = timed(text, index % 16 === 0)
      if (runs) loaded++
      slowest = Math.max(slowest, time)
      if (features.some((feature) => !slugs.has(feature))) {
        for (const feature of features) slugs.add(feature)
        keep({ text })
      } else slice.push({ text })
      const peak = process.resourceUsage().maxRSS * 1024
      const wrong = finding ?? tooSlow(text, time) ?? tooLarge(peak)
      if (wrong !== undefined && !told.has(wrong.key)) {
        told.add(wrong.key)
        tell({ kind: 'finding', finding: wrong, text, index })
      }
      function choose(): Seed {
        if (kept.length > 0 && rng.below(2) === 0) return shortest([pick(rng, kept), pick(rng, kept), pick(rng, kept)])
        let at = rng.float() * sum
        return seeds[weights.findIndex((weight) => (at -= weight) <= 0)] ?? seeds[0]!
      }
    }
    if (coverage.grew()) for (const each of slice) keep(each)
    const peak = process.resourceUsage().maxRSS * 1024
    tell({
      kind: 'progress',
      done: index - from,
      loaded,
      kept: kept.length,
      peak,
      slowest,
      processor: process.cpuUsage().user,
    })
    // Messages leave the process between two slices.
    await new Promise((resolve) => setImmediate(resolve))
  }
  process.disconnect()

  function keep(each: Seed): void {
    if (each.text.length > 20_000) return
    if (kept.length < KEPT_MAX) kept.push(each)
    else kept[(kept.length + slugs.size * 7919 + loaded) % KEPT_MAX] = each
  }
}

function shortest(seeds: readonly Seed[]): Seed {
  return seeds.reduce((best, each) => (each.text.length < best.text.length ? each : best))
}

function timed(text: string, twice: boolean): ReturnType<typeof examine> & { readonly time: number } {
  const before = process.cpuUsage()
  const examined = examine(text, twice)
  const { user } = process.cpuUsage(before)
  return { ...examined, time: user }
}

/** Processor time, not the clock's: others may share the machine. A slow input is asked twice more, in case it was the collector. */
function tooSlow(text: string, time: number): Finding | undefined {
  let least = time
  for (let i = 0; i < 2 && least > SECOND; i++) least = Math.min(least, timed(text, false).time)
  return least <= SECOND
    ? undefined
    : { key: `slow ${text.length}`, message: `takes ${(least / SECOND).toFixed(2)} s of processor time` }
}

function tooLarge(peak: number): Finding | undefined {
  return peak <= MEMORY
    ? undefined
    : { key: 'memory', message: `the process needed ${Math.round(peak / 1_048_576)} MB` }
}

/** Which input is under way: its number and length in 16 bytes, then the text. */
function writeRecord(file: number, index: number, text: string): void {
  const body = Buffer.from(text, 'utf8')
  const head = Buffer.alloc(16)
  head.writeDoubleLE(index, 0)
  head.writeDoubleLE(body.length, 8)
  writeSync(file, Buffer.concat([head, body]), 0, 16 + body.length, 0)
}

function tell(told: Told): void {
  process.send!(told)
}
