// How often intervals of real runs cover the truth: M/M/1, whose mean sojourn time is known exactly. `SOAK=1` makes 1,000 experiments of it.
import { expect, test } from 'vitest'
import type { Bundle } from './bundle.ts'
import { replicationsOf } from './replications.ts'
import { Runner } from './runner.ts'

const SOAK = process.env['SOAK'] === '1'
const EXPERIMENTS = SOAK ? 1000 : 60
const SEEDS = SOAK ? 10 : 5
/** What the share may be off: two hundredths as stated, and for few experiments three standard errors of a share. */
const OFF = SOAK ? 0.02 : 3 * Math.sqrt((0.95 * 0.05) / EXPERIMENTS)

// 25 a second come, 50 a second could be served: a sojourn of 1/(50 − 25) s in the mean.
const TRUTH = 40
const MEASURE = 'avg(Load.Latency)'
const BUNDLE: Bundle = {
  name: 'mm1.yaml',
  text: `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: exponential(20ms) } } }
Simulation:
  Duration: 2m
  WarmUp: 10s
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 25/s, Client: { Retries: none } } }
`,
  files: [],
  measures: [MEASURE],
}

test(
  `intervals of the mean sojourn in M/M/1 cover it in 95 % of ${EXPERIMENTS} experiments`,
  () => {
    const runner = new Runner(BUNDLE)
    let covered = 0
    let sum = 0
    for (let i = 0; i < EXPERIMENTS; i++) {
      const outcomes = Array.from({ length: SEEDS }, (_, k) =>
        runner.run({ settings: [], seed: String(i * SEEDS + k) }),
      )
      const { low, high, mean } = replicationsOf('mm1.yaml', [], outcomes, '').measures[0]!
      sum += mean
      if (low! <= TRUTH && TRUTH <= high!) covered++
    }
    expect(sum / EXPERIMENTS).toBeGreaterThan(TRUTH * (1 - 0.1 / Math.sqrt(EXPERIMENTS)))
    expect(sum / EXPERIMENTS).toBeLessThan(TRUTH * (1 + 0.1 / Math.sqrt(EXPERIMENTS)))
    expect(Math.abs(covered / EXPERIMENTS - 0.95), `${covered} of ${EXPERIMENTS}`).toBeLessThanOrEqual(OFF)
  },
  SOAK ? 1_800_000 : 60_000,
)
