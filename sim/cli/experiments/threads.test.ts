// Runs on threads are the runs of one thread: the same outcomes, and a thread that dies costs one run.
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Bundle } from '../../experiment/bundle.ts'
import type { Runner } from '../../experiment/runner.ts'
import type { Outcome, RunSpec } from '../../experiment/types.ts'
import { attempt, Interrupted, onThisThread, type Executor } from './executor.ts'
import { builtCli } from '../../../test/built.ts'
import { inThreads, memoryOfEach, type ThreadOptions } from './threads.ts'

const bundle = (rate: string, guards = ''): Bundle => ({
  name: 'a.yaml',
  text: `
Parameters: { Workers: { Type: Number, Default: 2, MinValue: 1 } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: ${rate} } }
  Expect: [p99(Origin.Latency) < 300 ms]
  ${guards}
`,
  files: [],
})
const MIB = 1024 ** 2
/** More requests in flight every second, for hours: takes memory until something stops it. */
const HOG = bundle('20000/s', 'Guards: { Memory: 8GB, InFlight: 1000000000, Events: 1000000000 }').text.replace(
  '1m',
  '10h',
)

const specs = ['1', '2', '3', '0'].flatMap((workers): RunSpec[] =>
  ['1', '2'].map((seed) => ({ settings: [['Workers', workers]], seed })),
)

/** A thread that ends by itself: always for the seed `always`, the first time for the seed `once`. */
const FRAIL = `
import { existsSync, writeFileSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import workerpool from '${pathToFileURL(createRequire(import.meta.url).resolve('workerpool')).href}'
workerpool.worker({
  run({ settings, seed }) {
    const marker = workerData.name + seed
    if (seed === 'always' || (seed === 'once' && !existsSync(marker))) {
      writeFileSync(marker, '')
      process.exit(9)
    }
    return { settings, seed, ending: 'passed', digest: '', events: 1, values: [], expectations: [] }
  },
})
`
let folder = ''
beforeAll(async () => {
  folder = await builtCli()
  writeFileSync(join(folder, 'frail.mjs'), FRAIL)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Threads that run what is published, which begins faster than the sources. */
const threads = (asked: Bundle, workers: number, options: ThreadOptions = {}): Executor =>
  inThreads(asked, workers, { script: join(folder, 'hotshard-thread.js'), ...options })

async function outcomesOf(executor: Executor, asked: readonly RunSpec[]): Promise<readonly Outcome[]> {
  try {
    return await executor.run(asked)
  } finally {
    await executor.close()
  }
}

test('the outcomes are the same on this thread, on two threads and on five', async () => {
  const here = await outcomesOf(onThisThread(bundle('20/s')), specs)
  expect(new Set(here.map(({ ending }) => ending))).toEqual(new Set(['passed', 'failed', 'refused']))
  expect(await outcomesOf(inThreads(bundle('20/s'), 1), specs)).toEqual(here)
  expect(await outcomesOf(inThreads(bundle('20/s'), 2), specs), 'threads of the sources').toEqual(here)
  expect(await outcomesOf(threads(bundle('20/s'), 5), specs)).toEqual(here)
  const executor = threads(bundle('20/s'), 2)
  const told: Outcome[] = []
  const answered = await executor.run(specs, (i, outcome) => {
    expect(told[i], 'told once').toBeUndefined()
    told[i] = outcome
  })
  expect(answered).toEqual(here)
  expect(told).toEqual(here)
  expect(await executor.run(specs.slice(0, 2)), 'the pool is there for the next question').toEqual(here.slice(0, 2))
  await executor.close()
})

test('a thread that ends by itself costs its run alone, which is tried once more', async () => {
  const script = join(folder, 'frail.mjs')
  const asked = ['a', 'once', 'always', 'b', 'c'].map((seed): RunSpec => ({ settings: [], seed }))
  const outcomes = await outcomesOf(threads({ ...bundle('1/s'), name: join(folder, 'x') }, 2, { script }), asked)
  expect(outcomes.map(({ seed, ending }) => [seed, ending])).toEqual([
    ['a', 'passed'],
    ['once', 'passed'],
    ['always', 'crashed'],
    ['b', 'passed'],
    ['c', 'passed'],
  ])
  expect(outcomes[2]!.why).toMatch(/^its thread ended 2 times: Workerpool Worker terminated/)
})

test('a thread that runs out of memory costs its run alone, and the outcome says what would help', async () => {
  const hog = { ...bundle('1/s'), text: HOG }
  const [outcome] = await outcomesOf(threads(hog, 2, { memory: 96 }), [{ settings: [] }])
  expect(outcome).toMatchObject({ ending: 'crashed', values: [], digest: '' })
  expect(outcome!.why).toContain('ran out of memory 2 times: there are 96 MB for each, and fewer workers')
})

test('threads share the memory of the container that they are in', () => {
  expect([1, 2, 4].map((workers) => memoryOfEach(workers, 2048 * MIB))).toEqual([1536, 768, 384])
  expect(memoryOfEach(100, 2048 * MIB), 'none can do with less').toBe(256)
  expect(memoryOfEach(1, 64 * 1024 * MIB)).toBe(4096)
  const limit = vi.spyOn(process, 'constrainedMemory').mockReturnValue(1024 * MIB)
  expect(memoryOfEach(2)).toBe(384)
  limit.mockReturnValue(0)
  expect(memoryOfEach(1), 'no limit is known').toBeGreaterThanOrEqual(256)
  limit.mockRestore()
})

test('the guard of memory looks at the thread, not at the process', async () => {
  const rest = Buffer.alloc(700 * MIB, 1)
  const [small] = await outcomesOf(threads(bundle('20/s', 'Guards: { Memory: 500MB }'), 2), [{ settings: [] }])
  expect(small!.ending).toBe('passed')
  const hog = { ...bundle('1/s'), text: HOG.replace('8GB', '200MB') }
  const [large] = await outcomesOf(threads(hog, 2), [{ settings: [] }])
  expect(large).toMatchObject({ ending: 'partial', why: expect.stringContaining('more than 200 MB of memory') })
  expect(rest.length).toBe(700 * MIB)
})

test('the guard of real time holds in a thread', async () => {
  const slow = { ...bundle('1/s'), text: HOG.replace('Memory: 8GB', 'WallTime: 200ms') }
  const [outcome] = await outcomesOf(threads(slow, 2), [{ settings: [] }])
  expect(outcome).toMatchObject({ ending: 'partial', why: expect.stringContaining('real time') })
})

test('gives up at once when it is interrupted, and takes nothing more', async () => {
  const controller = new AbortController()
  const executor = threads({ ...bundle('1/s'), text: HOG.replace('Memory: 8GB', 'WallTime: 1h') }, 2, {
    signal: controller.signal,
  })
  const running = executor.run([{ settings: [] }, { settings: [] }, { settings: [] }])
  setTimeout(() => controller.abort(), 300)
  await expect(running).rejects.toBeInstanceOf(Interrupted)
  await expect(executor.run([{ settings: [] }])).rejects.toBeInstanceOf(Interrupted)
  await executor.close()
})

test('an exception of ours is the outcome of its run', () => {
  const thrower = { run: () => Reflect.get(undefined as never, 'x') as Outcome } as unknown as Runner
  expect(attempt(thrower, { settings: [], seed: '7' }, {})).toMatchObject({
    ending: 'broken',
    seed: '7',
    why: expect.stringMatching(/^TypeError: /),
  })
})
