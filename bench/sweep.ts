// `npm run bench:sweep`: how much faster a sweep is on two threads than on one, and how much memory ten thousand runs take.
//
// Both do the same runs in turn, so that a busy machine slows both; the median of the rounds counts. Where other programs take the
// cores, real time says little: the CPU time that a run costs more on two threads then bounds the speed-up that idle cores would show.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Executor } from '../sim/cli/experiments/executor.ts'
import { inThreads } from '../sim/cli/experiments/threads.ts'
import { openBundle } from '../sim/cli/files.ts'
import { inlineMore } from '../sim/cli/optimizer.ts'
import type { RunSpec } from '../sim/experiment/types.ts'

const ROOT = join(import.meta.dirname, '..')
const ROUNDS = 7
const RUNS = 32
const TINY = 10_000

interface Took {
  /** s of real time. */
  readonly real: number
  /** s of CPU time, of all threads. */
  readonly cpu: number
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

async function took(executor: Executor, specs: readonly RunSpec[]): Promise<Took> {
  const [before, begun] = [process.cpuUsage(), performance.now()]
  await executor.run(specs)
  const { user, system } = process.cpuUsage(before)
  return { real: (performance.now() - begun) / 1e3, cpu: (user + system) / 1e6 }
}

async function speedUp(): Promise<void> {
  inlineMore()
  const { bundle } = openBundle(join(ROOT, 'scenarios/orders.yaml'), { duration: '4m' })
  if (bundle === undefined) throw new Error('the scenario does not load')
  const specs = Array.from({ length: RUNS }, (_, i): RunSpec => ({ settings: [], seed: String(i + 1) }))
  const script = join(ROOT, 'dist/hotshard-thread.js')
  const executors = [1, 2].map((workers) => inThreads(bundle, workers, { script }))
  // Until the code is compiled on every thread.
  for (const executor of executors) await executor.run([...specs, ...specs])
  const rounds: (readonly [Took, Took])[] = []
  for (let round = 0; round < ROUNDS; round++)
    rounds.push([await took(executors[0]!, specs), await took(executors[1]!, specs)])
  for (const executor of executors) await executor.close()
  const one = median(rounds.map(([{ cpu }]) => cpu))
  const real = median(rounds.map(([a, b]) => a.real / b.real))
  const cost = median(rounds.map(([a, b]) => b.cpu / a.cpu))
  console.log(
    `orders.yaml, 4 minutes, ${RUNS} runs, ${ROUNDS} rounds; others on this machine: ${loadavg()[0]!.toFixed(1)}`,
  )
  console.log(`  one run: ${((one / RUNS) * 1000).toFixed(0)} ms of CPU time`)
  console.log(`  speed-up on two threads: ${real.toFixed(2)} in real time`)
  console.log(
    `  CPU time of a run on two threads: ${cost.toFixed(2)} times, so ${(2 / cost).toFixed(2)} on two idle cores`,
  )
}

/** The published command itself, in a process of its own that tells its greatest memory. */
function memory(): void {
  const folder = mkdtempSync(join(tmpdir(), 'hotshard-bench-'))
  const scenario = join(folder, 'tiny.yaml')
  const out = join(folder, 'tiny.jsonl')
  writeFileSync(
    scenario,
    `
Parameters: { Workers: { Type: Number, Default: 2 } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 2s
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 20/s } }
  Expect: [p99(Origin.Latency) < 300 ms]
`,
  )
  const tell = 'process.on("exit", () => process._rawDebug("most " + process.resourceUsage().maxRSS))'
  const begun = performance.now()
  const done = spawnSync(process.execPath, [
    ...['--import', `data:text/javascript,${encodeURIComponent(tell)}`],
    ...[join(ROOT, 'dist/hotshard.js'), 'sweep', scenario, '--workers', '2', '--out', out],
    ...['--set', 'Workers=1..100:1', '--seeds', `1..${TINY / 100}`],
  ])
  const seconds = (performance.now() - begun) / 1000
  const most = Math.max(...[...done.stderr.toString().matchAll(/most (\d+)/g)].map(([, kib]) => Number(kib)))
  console.log(`${TINY} tiny runs on two threads: ${seconds.toFixed(1)} s, exit code ${done.status}`)
  console.log(
    `  most memory of the process: ${Math.round(most / 1024)} MB; results: ${Math.round(statSync(out).size / 1e6)} MB`,
  )
  rmSync(folder, { recursive: true })
}

await speedUp()
memory()
