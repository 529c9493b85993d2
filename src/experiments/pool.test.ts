// The pool of workers: every run is done once, answers stand in the order of the questions, and nobody works after the end.
import { expect, test } from 'vitest'
import type { LabAsk, LabReply, RunOutcome } from '../sim.ts'
import { Pool, Stopped, workersFor, type LabPort } from './pool.ts'

const subject = { name: 'a.yaml', text: '', files: {} }
const outcomeOf = (seed: string): RunOutcome => ({
  settings: [],
  seed,
  ending: 'passed',
  digest: '',
  events: 0,
  values: [],
  expectations: [],
})

/** A worker that answers when it is told to. */
class Worker implements LabPort {
  onmessage: LabPort['onmessage'] = null
  onerror: LabPort['onerror'] = null
  readonly asked: (LabAsk & { lab: 'run' })[] = []
  scenarios = 0
  ended = false
  postMessage(ask: LabAsk): void {
    if (ask.lab === 'run') this.asked.push(ask)
    else this.scenarios++
  }
  terminate(): void {
    this.ended = true
  }
  say(data: LabReply): void {
    this.onmessage?.({ data } as MessageEvent<LabReply>)
  }
  answer(): void {
    const ask = this.asked.shift()!
    this.say({ lab: 'outcome', id: ask.id, outcome: outcomeOf(ask.spec.seed!) })
  }
}

function poolOf(size: number): { pool: Pool; workers: Worker[] } {
  const workers: Worker[] = []
  const pool = new Pool(() => {
    const worker = new Worker()
    workers.push(worker)
    return worker
  }, size)
  return { pool, workers }
}

const specs = ['1', '2', '3'].map((seed) => ({ settings: [], seed }))

test('who is free takes the next run; answers stand in order; then all workers end', async () => {
  const { pool, workers } = poolOf(2)
  const told: number[] = []
  const all = pool.run(subject, specs, (index) => told.push(index))
  expect(workers.map(({ asked, scenarios }) => [asked.length, scenarios])).toEqual([
    [1, 1],
    [1, 1],
  ])
  workers[1].answer()
  workers[1].answer()
  workers[0].answer()
  expect((await all).map(({ seed }) => seed)).toEqual(['1', '2', '3'])
  expect(told).toEqual([1, 2, 0])
  expect(workers.every(({ ended }) => ended)).toBe(true)
})

test('no more workers than runs', () => {
  const { pool, workers } = poolOf(8)
  void pool.run(subject, specs.slice(0, 1), () => {})
  expect(workers).toHaveLength(1)
})

test('stopped or replaced, it ends with that word, and its workers end', async () => {
  const { pool, workers } = poolOf(1)
  const first = pool.run(subject, specs, () => {})
  const second = pool.run(subject, specs, () => {})
  await expect(first).rejects.toBeInstanceOf(Stopped)
  expect(workers.map(({ ended }) => ended)).toEqual([true, false])
  pool.stop()
  await expect(second).rejects.toBeInstanceOf(Stopped)
})

test('a worker that fails ends the experiment with its words', async () => {
  const { pool, workers } = poolOf(2)
  const all = pool.run(subject, specs, () => {})
  workers[0].say({ lab: 'bug', id: 0, message: 'out of luck' })
  await expect(all).rejects.toThrow('out of luck')
  expect(workers.every(({ ended }) => ended)).toBe(true)
})

test('one core is left to the page, and eight workers are enough', () => {
  expect([1, 2, 4, 64].map(workersFor)).toEqual([1, 1, 3, 8])
})
