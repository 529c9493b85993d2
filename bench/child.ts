// One engine with one workload in a process of its own, so that no other engine's shapes spoil its compiled code.
//
// Arguments: workload, engine, n. Each message { units } runs so many more and is answered with what they cost.
import { PerformanceObserver } from 'node:perf_hooks'
import { inlineMore } from '../sim/cli/optimizer.ts'
import type { Bench } from './work.ts'
import { works } from './works.ts'

export interface Answer {
  /** CPU time of the slice in ns. */
  ns: number
  /** Units done since the start, and the hash of their order after the first ones (0 before). */
  done: number
  proof: number
  /** Garbage collections since the last answer. */
  collections: number
  /** Bytes alive beyond what was there before the bench was set up; asked for rarely, as it collects. */
  bytes: number
  note: string
}

export interface Question {
  units: number
  bytes: boolean
}

const [name, engine, n] = process.argv.slice(2)
const make = works.find((work) => work.name === name)?.engines.get(engine ?? '')
if (make === undefined || process.send === undefined) throw new Error('started by the benchmark only')

// As the command line does it, for the peers too.
inlineMore()

let collections = 0
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })

/** Typed arrays are given back only by the collection after the one that finds them dead. */
function alive(): number {
  globalThis.gc!()
  globalThis.gc!()
  const usage = process.memoryUsage()
  return usage.heapUsed + usage.arrayBuffers
}

// The first bench of a process makes the tables that all share; they are not counted.
make(1)
const before = alive()
const bench: Bench = make(Number(n))

process.on('message', ({ units, bytes }: Question) => {
  const answer: Answer = { ns: 0, done: 0, proof: 0, collections: 0, bytes: 0, note: '' }
  if (bytes) answer.bytes = alive() - before
  // Collections are reported a turn later than they happen.
  setImmediate(() => {
    collections = 0
    const start = process.cpuUsage()
    bench.run(units)
    const { user, system } = process.cpuUsage(start)
    setTimeout(() => {
      answer.ns = 1_000 * (user + system)
      answer.done = bench.tally.done
      answer.proof = bench.tally.proof
      answer.collections = collections
      answer.note = bench.note?.() ?? ''
      process.send!(answer)
    }, 1)
  })
})
