// The workers of an experiment: every run is done once, answers stand in the order of the questions, and nobody works after the end.
import { expect, test } from 'vitest'
import type { LabAsk, LabReply, RunOutcome } from '../sim.ts'
import { Crew, Stopped, workersFor, type LabPort } from './pool.ts'

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

function crewOf(size: number): { crew: Crew; workers: Worker[] } {
  const workers: Worker[] = []
  const start = (): Worker => {
    const worker = new Worker()
    workers.push(worker)
    return worker
  }
  return { crew: new Crew(start, size, subject), workers }
}

const specs = ['1', '2', '3'].map((seed) => ({ settings: [], seed }))
const nothing = (): void => {}

test('who is free takes the next run; answers stand in order; the same workers are asked again until the end', async () => {
  const { crew, workers } = crewOf(2)
  const told: number[] = []
  const all = crew.run(specs, (index) => told.push(index))
  expect(workers.map(({ asked, scenarios }) => [asked.length, scenarios])).toEqual([
    [1, 1],
    [1, 1],
  ])
  workers[1].answer()
  workers[1].answer()
  workers[0].answer()
  expect((await all).map(({ seed }) => seed)).toEqual(['1', '2', '3'])
  expect(told).toEqual([1, 2, 0])
  const again = crew.run(specs.slice(2), nothing)
  workers[0].answer()
  expect((await again).map(({ seed }) => seed)).toEqual(['3'])
  expect(workers.map(({ scenarios, ended }) => [scenarios, ended])).toEqual([
    [1, false],
    [1, false],
  ])
  crew.end()
  expect(workers.every(({ ended }) => ended)).toBe(true)
})

test('no more workers than runs, as long as more are not asked for', () => {
  const { crew, workers } = crewOf(8)
  void crew.run(specs.slice(0, 1), nothing)
  expect(workers).toHaveLength(1)
  workers[0].answer()
  void crew.run(specs, nothing)
  expect(workers).toHaveLength(3)
})

test('stopped, it ends with that word, its workers end, and nothing is done any more', async () => {
  const { crew, workers } = crewOf(1)
  const all = crew.run(specs, nothing)
  crew.stop()
  await expect(all).rejects.toBeInstanceOf(Stopped)
  expect(workers[0].ended).toBe(true)
  await expect(crew.run(specs, nothing)).rejects.toBeInstanceOf(Stopped)
  expect(workers).toHaveLength(1)
})

test('a worker that fails ends the experiment with its words, between two questions too', async () => {
  const { crew, workers } = crewOf(2)
  const all = crew.run(specs, nothing)
  workers[0].say({ lab: 'bug', id: 0, message: 'out of luck' })
  await expect(all).rejects.toThrow('out of luck')
  expect(workers.every(({ ended }) => ended)).toBe(true)
  const other = crewOf(1)
  void other.crew.run(specs.slice(0, 1), nothing)
  other.workers[0].answer()
  other.workers[0].onerror?.({ message: 'gone' } as ErrorEvent)
  await expect(other.crew.run(specs, nothing)).rejects.toThrow('gone')
})

test('one core is left to the page, and eight workers are enough', () => {
  expect([1, 2, 4, 64].map(workersFor)).toEqual([1, 1, 3, 8])
})
