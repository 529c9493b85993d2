// A run that forks: up to its moment it is the run that it forks from, frame by frame; frames can be made again behind it too.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openNamed } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'
import { Session } from './session.ts'
import type { Answer, Ask, Frame } from './types.ts'

const text = readFileSync(new URL('../../scenarios/reserved-starves-neighbour.yaml', import.meta.url), 'utf8')

type Later = NonNullable<(Ask & { ask: 'load' })['later']>

class Page {
  readonly answers: Answer[] = []
  private readonly session = new Session((answer) => this.answers.push(answer))

  constructor(knobs: Record<string, string>, later?: Later) {
    const more = later === undefined ? {} : { later }
    this.ask({ ask: 'load', run: 1, name: 'scenario.yaml', text, knobs, files: {}, ...more })
    this.ask({ ask: 'ahead', run: 1, until: Infinity })
  }

  ask(ask: Ask): Answer[] {
    const before = this.answers.length
    this.session.take(ask)
    while (this.session.work());
    return this.answers.slice(before)
  }

  of<K extends Answer['answer']>(kind: K): (Answer & { answer: K })[] {
    return this.answers.filter((answer): answer is Answer & { answer: K } => answer.answer === kind)
  }

  get frames(): Frame[] {
    return this.of('frame').map(({ frame }) => frame)
  }

  get digest(): string {
    return this.of('done')[0]!.outcomes.digest
  }
}

const bytes = ({ moves, counts, readings, cells }: Frame): string =>
  [moves, counts.buffer, readings.buffer, cells.buffer]
    .map((buffer) =>
      createHash('sha1')
        .update(Buffer.from(buffer as ArrayBuffer))
        .digest('hex'),
    )
    .join(' ')

describe('a fork', () => {
  const plain = new Page({})
  const { step } = plain.of('outline')[0]!.outline
  const at = 200 * step
  const knobs = { Reserved: '20', 'Workloads.Shoppers.Scale': '1.5', 'Quotas.lambda.ConcurrentExecutions': '150' }
  const fork = new Page({}, { at: at + step / 5, knobs })

  test('without a change is the run itself', () => {
    expect(new Page({}, { at, knobs: {} }).digest).toBe(plain.digest)
  })

  test('shares every frame before its moment, and goes on otherwise', () => {
    expect(fork.of('outline')[0]!.outline.fork).toEqual({ at, refused: [] })
    expect(fork.frames).toHaveLength(plain.frames.length)
    const others = plain.frames
    for (const frame of fork.frames.slice(0, 200)) expect(bytes(frame)).toBe(bytes(others[frame.index]!))
    expect(fork.frames.slice(200).some((frame) => bytes(frame) !== bytes(others[frame.index]!))).toBe(true)
    expect(fork.digest).not.toBe(plain.digest)
    const marks = fork.of('outline')[0]!.outline.marks
    expect(marks).toContainEqual(expect.objectContaining({ time: at, kind: 'deployment' }))
  })

  test('has its frames made again, before and behind', () => {
    const known = fork.frames
    for (const [from, to] of [
      [190, 210],
      [400, 405],
      [50, 52],
      [201, 203],
    ] as const) {
      const again = fork.ask({ ask: 'frames', run: 1, from, to })
      const frames = again.flatMap((answer) => (answer.answer === 'frame' ? [answer.frame] : []))
      expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: to - from }, (_, i) => from + i))
      for (const frame of frames) expect(bytes(frame)).toBe(bytes(known[frame.index]!))
    }
  })

  test('is repeated by the command line that its report names', () => {
    const { reproduce } = fork.of('done')[0]!.outcomes.report as { reproduce: string }
    const change = [...reproduce.matchAll(/--change '?([^' ]+)'?/g)].map((found) => found[1]!)
    expect(change).toHaveLength(3)
    const scenario = openNamed('reserved-starves-neighbour.yaml', { change, seed: '3' })
    expect(runScenario(scenario).world.kernel.digest.hex()).toBe(fork.digest)
  })

  test('leads back to the scenario’s own values too', () => {
    const back = new Page({ Reserved: '20' }, { at, knobs: {} })
    const { reproduce } = back.of('done')[0]!.outcomes.report as { reproduce: string }
    expect(reproduce).toMatch(/--set '?Reserved=20'? --change '?\w+:Reserved=80/)
    expect(back.frames.slice(0, 200).map(bytes)).toEqual(new Page({ Reserved: '20' }).frames.slice(0, 200).map(bytes))
  })

  test('begins at the start when a value cannot change on the way, or when that is its moment', () => {
    const fresh = new Page(knobs)
    expect(new Page({}, { at: -5, knobs }).digest).toBe(fresh.digest)
    const page = new Page({ Reserved: '20' }, { at: Number.NaN, knobs })
    expect(page.digest).toBe(fresh.digest)
  })

  test('is told what is wrong with its values', () => {
    const page = new Page({}, { at, knobs: { Nothing: '1' } })
    expect(page.of('problems')[0]!.problems.map(({ slug }) => slug)).toContain('parameter-not-declared')
    expect(page.of('outline')).toHaveLength(0)
  })
})

test('a fork that cannot be says why and shows the changes from the start', () => {
  const source = readFileSync(new URL('../../scenarios/hot-partition.yaml', import.meta.url), 'utf8')
  const digests = [undefined, { at: 60e6, knobs: { HotShare: '0.1' } }].map((later) => {
    const answers: Answer[] = []
    const session = new Session((answer) => answers.push(answer))
    const knobs: Record<string, string> = later === undefined ? { HotShare: '0.1' } : {}
    const more = later === undefined ? {} : { later }
    session.take({ ask: 'load', run: 1, name: 's.yaml', text: source, knobs, files: {}, ...more })
    session.take({ ask: 'ahead', run: 1, until: 20e6 })
    while (session.work());
    const outline = answers.find((answer) => answer.answer === 'outline')
    if (later !== undefined)
      expect(outline?.outline.fork).toEqual({ at: 0, refused: [expect.stringContaining('of `Tenants`')] })
    return answers.flatMap((answer) => (answer.answer === 'frame' ? [bytes(answer.frame)] : []))
  })
  expect(digests[1]).toEqual(digests[0])
})
