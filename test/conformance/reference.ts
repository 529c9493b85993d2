// Holds the rooms against reference values that nobody here computed: closed forms, exact runs, published simulations.
//
// A model of the reference file is one function from its parameters to measured values; nothing looks at an id.
// Models that the present rooms cannot say are one case each that fails, and stand in `known-failures.txt` as such.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORPUS, type Case, type Suite } from './suite.ts'
import type { Expected, Measured, Target } from './reference/measure.ts'
import { approximated, simulated } from './reference/caches.ts'
import { burst as lambdaBurst, loss, pool } from './reference/functions.ts'
import { contention, failures, pauseInMilliseconds, pauseThreshold, pauseWithTies } from './reference/retries.ts'
import { bimodal, erlangA, mg1, mginf, mm1, mmc, mmck } from './reference/queues.ts'
import { bins, burst as tableBurst } from './reference/tables.ts'

type Measure = (params: Target['params'], expect: Target['expect']) => Readonly<Record<string, Measured>>

/** Models by the beginning of their description. */
const MEASURES: readonly (readonly [model: string, measure: Measure])[] = [
  ['M/G/c/c loss', loss],
  ['scale-per-request FaaS pool', pool],
  ['AWS operator guide', lambdaBurst],
  ['idle 300 s then max demand', tableBurst],
  ['M keys hashed uniformly', bins],
  ['independent attempt failures', failures],
  ['integer-ms GC/retry collapse', pauseInMilliseconds],
  ['happy-simulator gc_caused_collapse', pauseWithTies],
  ['same, retries disabled', pauseWithTies],
  ['same with retries: pause', pauseThreshold],
  ['AWS OCC backoff sim', contention],
  ['M/M/1 FIFO', mm1],
  ['M/M/c FIFO', mmc],
  ['M/G/1 FIFO', mg1],
  ['M/M/c/K', mmck],
  ['M/M/c+M', erlangA],
  ['M/G/inf', mginf],
  ['open M/G/1', bimodal],
  ['LRU/FIFO/LFU hit ratio', approximated],
  ['cache simulated', simulated],
]

function measureOf({ model }: Target): Measure | undefined {
  return MEASURES.find(([beginning]) => model.startsWith(beginning))?.[1]
}

/** The values of a target, `time_mean` and `time_ci95` brought together. */
function expectations({ expect }: Target): [name: string, expected: Expected][] {
  return Object.entries(expect)
    .filter(([name]) => !name.endsWith('_ci95'))
    .map(([name, value]) => {
      const ci95 = expect[name.replace(/_mean$/, '_ci95')] as number | undefined
      return name.endsWith('_mean') && ci95 !== undefined ? [name, { mean: value, ci95 }] : [name, value]
    })
}

function check(target: Target, measure: Measure): void {
  const measured = measure(target.params, target.expect)
  const wrong: string[] = []
  for (const [name, expected] of expectations(target)) {
    const difference = Object.hasOwn(measured, name) ? measured[name].differs(expected) : 'it is not measured'
    if (difference !== undefined) wrong.push(`${name}: ${difference}`)
  }
  if (wrong.length > 0) throw new Error(wrong.join('; '))
}

function casesOf(targets: readonly Target[]): Case[] {
  const cases: Case[] = []
  const missing = new Map<string, number>()
  for (const target of targets) {
    const measure = measureOf(target)
    if (measure === undefined) missing.set(target.model, (missing.get(target.model) ?? 0) + 1)
    else cases.push({ name: target.id, run: () => check(target, measure) })
  }
  for (const [model, count] of missing) {
    const run = (): void => {
      throw new Error('no room says this yet')
    }
    cases.push({ name: `not expressible yet: ${model} (${count} ${count === 1 ? 'target' : 'targets'})`, run })
  }
  return cases
}

const targets = JSON.parse(readFileSync(join(CORPUS, 'reference/golden.json'), 'utf8')) as readonly Target[]

const suite: Suite = { name: 'reference', cases: casesOf(targets) }
export default suite
