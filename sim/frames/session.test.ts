// The page's questions and what is answered: problems, outlines, frames in order, the end as the command line has it.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { dataOf, scenarioNames, scenarioOf } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'
import { Session } from './session.ts'
import type { Answer, Ask, Frame } from './types.ts'

const ROOT = new URL('../..', import.meta.url)

function textOf(name: string): string {
  return readFileSync(new URL(`scenarios/${name}`, ROOT), 'utf8')
}

class Page {
  readonly answers: Answer[] = []
  readonly session = new Session((answer) => this.answers.push(answer))

  load(text: string, more: Partial<Ask & { ask: 'load' }> = {}): void {
    this.session.take({ ask: 'load', run: 1, name: 'test.yaml', text, knobs: {}, files: {}, ...more })
  }

  /** Lets the session work until it has nothing to do; answers what was said meanwhile. */
  settle(): Answer[] {
    const before = this.answers.length
    while (this.session.work());
    return this.answers.slice(before)
  }

  ahead(until: number, run = 1): Answer[] {
    this.session.take({ ask: 'ahead', run, until })
    return this.settle()
  }

  again(from: number, to: number): Frame[] {
    this.session.take({ ask: 'frames', run: 1, from, to })
    return framesOf(this.settle())
  }

  of<K extends Answer['answer']>(kind: K): (Answer & { answer: K })[] {
    return this.answers.filter((answer): answer is Answer & { answer: K } => answer.answer === kind)
  }
}

function framesOf(answers: readonly Answer[]): Frame[] {
  return answers.flatMap((answer) => (answer.answer === 'frame' ? [answer.frame] : []))
}

describe('a session', () => {
  // A scenario is seconds of processor time, which a busy machine makes much longer.
  test.each(scenarioNames().own)('%s ends with the digest of the command line', { timeout: 180_000 }, (name) => {
    const page = new Page()
    page.load(textOf(name), { name, files: dataOf(name) })
    page.ahead(Infinity)
    const golden = readFileSync(new URL(`test/golden/${name.replace('.yaml', '.txt')}`, ROOT), 'utf8')
    const [done] = page.of('done')
    expect(golden).toContain(`digest ${done!.outcomes.digest}\n`)
    expect(golden).toContain(`events ${done!.outcomes.events}\n`)
    expect(golden).toContain(`requests ${done!.outcomes.requests}\n`)
  })

  test('goes no further than it is asked to, and goes on where it stopped', () => {
    const page = new Page()
    page.load(textOf('retry-storm.yaml'))
    const { step } = page.of('outline')[0]!.outline
    expect(framesOf(page.ahead(0))).toEqual([])
    expect(framesOf(page.ahead(10 * step)).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(framesOf(page.ahead(11 * step - 1)).map(({ index }) => index)).toEqual([10])
    expect(page.of('done')).toEqual([])
    const rest = page.ahead(Infinity)
    expect(rest.at(-1)!.answer).toBe('done')
    expect(page.ahead(Infinity)).toEqual([])
  })

  test('makes frames again, the same ones, while the run goes on and after it', () => {
    const page = new Page()
    page.load(textOf('flash-crowd.yaml'))
    page.ahead(400_000_000)
    const first = framesOf(page.answers)
    expect(page.again(250, 253)).toEqual(first.slice(250, 253))
    expect(page.again(7, 9)).toEqual(first.slice(7, 9))
    // Of those that are still to come nothing is made before its time.
    expect(page.again(first.length - 1, first.length + 5)).toEqual(first.slice(-1))
    page.ahead(Infinity)
    const all = framesOf(page.answers).filter(
      (frame, i, list) => list.findIndex(({ index }) => index === frame.index) === i,
    )
    expect(all.length).toBe(600)
    expect(page.again(430, 440)).toEqual(all.slice(430, 440))
    expect(page.of('bug')).toEqual([])
  })

  describe('of a function that multiplies without end', () => {
    const text = `
Resources:
  Loop: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.12, Handler: a.b, Role: r, Timeout: 900, Code: { ZipFile: pass } } }
Simulation:
  Duration: 1h
  Guards: { Events: EVENTS }
  Quotas: { lambda.ConcurrentExecutions: 1000000 }
  Workloads: { Spark: { Target: Loop, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s, Count: 1, Client: { Retries: none } } }
  Handlers:
    Loop: [{ Wait: 300ms }, { Parallel: [{ lambda:InvokeFunction: { FunctionName: !Ref Loop } }, { lambda:InvokeFunction: { FunctionName: !Ref Loop } }] }]
`

    test('is stopped where the command line stops, and makes its last frame again', () => {
      const page = new Page()
      const stopped = text.replace('EVENTS', '200000')
      page.load(stopped)
      const frames = framesOf(page.ahead(Infinity))
      const { outcomes } = page.of('done')[0]!
      const { kernel } = runScenario(scenarioOf(stopped)).world
      expect([outcomes.events, outcomes.digest]).toEqual([200_000, kernel.digest.hex()])
      expect(page.again(0, 1)).toEqual(frames.slice(0, 1))
      expect(page.again(frames.length - 2, frames.length)).toEqual(frames.slice(-2))
    })

    test('leaves its worker free for the next question', () => {
      const page = new Page()
      page.load(text.replace('EVENTS', '200000'))
      page.session.take({ ask: 'ahead', run: 1, until: Infinity })
      let turns = 0
      while (page.session.work()) turns++
      expect(turns).toBeGreaterThan(200_000 / 5_000)
    })
  })

  test('runs with the values of knobs and of a seed', () => {
    const digest = (more: Partial<Ask & { ask: 'load' }>): string => {
      const page = new Page()
      page.load(textOf('cold-starts.yaml'), more)
      page.ahead(Infinity)
      return page.of('done')[0]!.outcomes.digest
    }
    const [knob] = (() => {
      const page = new Page()
      page.load(textOf('flash-crowd.yaml'), { knobs: { Peak: '20' } })
      return page.of('outline')[0]!.outline.knobs
    })()
    expect(knob).toEqual({
      name: 'Peak',
      kind: 'parameter',
      description: 'Orders a second at the height of the crowd',
      type: 'number',
      value: '20',
      initial: '260',
      min: 1,
      max: 5000,
    })
    expect(digest({ seed: '2' })).not.toBe(digest({ seed: '3' }))
    expect(digest({ seed: '2' })).toBe(digest({ seed: '2' }))
  })

  test('tells what is wrong as data, and nothing more', () => {
    const page = new Page()
    page.load('Resources:\n  Q: { Type: AWS::SQS::Queue, Properties: { VisibilityTimout: 3 } }\n')
    expect(page.ahead(Infinity)).toEqual([])
    const [{ problems }] = page.of('problems') as [Answer & { answer: 'problems' }]
    expect(problems[0]!.slug).toBe('unknown-property')
    expect(problems[0]!.span!.source.name).toBe('test.yaml')
    expect(structuredClone(problems)).toEqual(problems)
    expect(page.of('outline')).toEqual([])
  })

  test('forgets a run when the next one is loaded', () => {
    const page = new Page()
    page.load(textOf('retry-storm.yaml'))
    page.load(textOf('cold-starts.yaml'), { run: 2 })
    expect(page.ahead(Infinity, 1)).toEqual([])
    expect(new Set(page.ahead(1_000_000, 2).map(({ run }) => run))).toEqual(new Set([2]))
  })

  test('reads the files that came along, by their names alone', () => {
    const page = new Page()
    const text = `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 1ms } } }
Simulation: { Duration: 10s, Workloads: { Load: { Target: Origin, Operation: http:GET, Arrivals: 'trace(times.csv, column=t)' } } }
`
    page.load(text)
    expect(page.of('problems')[0]!.problems.map(({ slug }) => slug)).toEqual(['unreadable-file'])
    page.load(text, { files: { 'times.csv': 't\n1\n2\n3\n' } })
    page.ahead(Infinity)
    expect(page.of('done')[0]!.outcomes.requests).toBe(3)
  })

  test('outlines nodes with their places, roads and marks', () => {
    const page = new Page()
    page.load(textOf('flash-crowd.yaml'), { name: 'flash-crowd.yaml' })
    const { outline } = page.of('outline')[0]!
    const names = outline.nodes.map(({ name }) => name)
    const lines = textOf('flash-crowd.yaml').split('\n')
    for (const node of outline.nodes.filter(({ place }) => place !== undefined))
      expect(lines[node.place!.line - 1]!.trim().startsWith(`${node.name}:`)).toBe(true)
    const roads = outline.roads.map(({ from, to }) => `${names[from]} ${names[to]}`)
    expect(roads.sort()).toEqual(
      [
        'Browse Products',
        'Buy Orders',
        'Buy Products',
        'Buyers Shop',
        'Orders LostOrders',
        'Orders Ship',
        'Shop Browse',
        'Shop Buy',
        'Visitors Shop',
      ].sort(),
    )
    expect(outline.nodes.find(({ name }) => name === 'Ship')!.label).toBe('Lambda · reserved 10')
    expect(outline.nodes.find(({ name }) => name === 'Overload')!.watches).toEqual([names.indexOf('Buy')])
    expect(structuredClone(outline)).toEqual(outline)
  })
})
