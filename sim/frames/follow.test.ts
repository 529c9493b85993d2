// What the page asks about single requests and single nodes: answered from a run made again, which changes nothing of the run.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { services } from '../services/index.ts'
import { Session } from './session.ts'
import { heatFrom, HEAT_STEPS, type About, type Answer, type Followed, type Outline, type Wanted } from './types.ts'

const ROOT = new URL('../..', import.meta.url)

class Page {
  readonly answers: Answer[] = []
  readonly outline: Outline
  private readonly session = new Session((answer) => this.answers.push(answer))

  constructor(name: string) {
    const text = readFileSync(new URL(`scenarios/${name}`, ROOT), 'utf8')
    this.session.take({ ask: 'load', run: 1, name, text, knobs: {}, files: {} })
    this.settle()
    this.outline = this.last('outline').outline
  }

  ahead(until: number): this {
    this.session.take({ ask: 'ahead', run: 1, until })
    this.settle()
    return this
  }

  follow(wanted: Wanted): Followed | undefined {
    this.session.take({ ask: 'follow', run: 1, id: 7, wanted })
    this.settle()
    const answer = this.last('followed')
    expect(answer.id).toBe(7)
    return answer.found
  }

  about(node: string): About {
    this.session.take({ ask: 'about', run: 1, node: this.node(node) })
    return this.last('about').about
  }

  again(index: number): Answer {
    this.session.take({ ask: 'frames', run: 1, from: index, to: index + 1 })
    this.settle()
    return this.last('frame')
  }

  node(name: string): number {
    return this.outline.nodes.findIndex((node) => node.name === name)
  }

  last<K extends Answer['answer']>(kind: K): Answer & { answer: K } {
    return this.answers.findLast((answer): answer is Answer & { answer: K } => answer.answer === kind)!
  }

  private settle(): void {
    while (this.session.work());
  }
}

describe('a request', () => {
  test('is followed while the run goes on and after it, with the same result and without a trace in the run', () => {
    const page = new Page('retry-storm.yaml')
    page.ahead(page.outline.duration / 2)
    const early = page.follow({ by: 'trace', trace: 30 })
    expect(early?.isWhole).toBe(true)
    expect(early?.waterfall.source).toBe('Callers')
    expect(early?.nodes[0]).toBe(page.node('Callers'))
    const frame = page.again(3)
    page.ahead(Infinity)
    expect(page.follow({ by: 'trace', trace: 30 })).toEqual(early)
    // A frame made again afterwards is what it was before.
    expect(page.again(3)).toEqual(frame)
    const golden = readFileSync(new URL('test/golden/retry-storm.txt', ROOT), 'utf8')
    expect(golden).toContain(`digest ${page.last('done').outcomes.digest}\n`)
  })

  test('that goes on beyond what has been simulated is shown as far as that', () => {
    const page = new Page('poison-message.yaml')
    page.ahead(20_000_000)
    const found = page.follow({ by: 'trace', trace: 161 })!
    expect(found.isWhole).toBe(false)
    expect(found.waterfall.spans.find(({ kind }) => kind === 'message')?.outcome).toBe('open')
    expect(Math.max(...found.waterfall.spans.map(({ to }) => to))).toBe(page.last('frame').frame.to)
  })

  test.each([0, -1, 1.5, Number.NaN, 1e12])('that is none is none: %d', (trace) => {
    expect(new Page('retry-storm.yaml').ahead(1e7).follow({ by: 'trace', trace })).toBeUndefined()
  })

  test('is found by what became of it', () => {
    const page = new Page('poison-message.yaml').ahead(Infinity)
    const { waterfall } = page.follow({ by: 'dead-letter' })!
    expect(waterfall.spans.find(({ kind }) => kind === 'message')?.outcome).toBe('dead-letter')
    const buried = page.answers.flatMap((answer) =>
      answer.answer === 'frame'
        ? answer.frame.marks.filter(({ text }) => text.startsWith('first message given up'))
        : [],
    )
    expect(waterfall.spans.find(({ outcome, kind }) => outcome === 'dead-letter' && kind === 'queued')?.from).toBe(
      buried[0]!.time,
    )
    expect(page.follow({ by: 'failed', node: page.node('ToWhole') })).toBeUndefined()
  })

  test('is the first of its client that failed, and the first that was throttled on its way', () => {
    const page = new Page('reserved-starves-neighbour.yaml').ahead(Infinity)
    const clients = page.outline.nodes.flatMap(({ glyph }, node) => (glyph === 'client' ? [node] : []))
    let found = 0
    for (const node of clients) {
      const failed = page.follow({ by: 'failed', node })
      const throttled = page.follow({ by: 'throttled', node })
      if (failed !== undefined) expect([failed.node, failed.waterfall.outcome]).toEqual([node, 'error'])
      if (throttled === undefined) continue
      found++
      expect(throttled.node).toBe(node)
      expect(throttled.waterfall.spans.some(({ outcome }) => outcome === 'throttled')).toBe(true)
    }
    expect(found).toBeGreaterThan(0)
  })
})

describe('durations', () => {
  test('are counted frame by frame, each once, in steps that touch', () => {
    const page = new Page('retry-storm.yaml').ahead(Infinity)
    const latency = page.about('Origin').metrics.find(({ name }) => name === 'Latency')!
    const count = latency.statistics.find(({ statistic }) => statistic === 'SampleCount')!.values
    let sum = 0
    for (let i = 0; i < latency.heat!.length; i += 3) {
      const [frame, step, n] = latency.heat!.subarray(i, i + 3)
      expect(frame).toBeLessThan(page.outline.duration / page.outline.step)
      expect(step).toBeLessThan(HEAT_STEPS)
      sum += n!
    }
    expect(sum).toBe(count.reduce((total, each) => total + (Number.isNaN(each) ? 0 : each), 0))
    for (let step = 1; step < HEAT_STEPS; step++) expect(heatFrom(step)).toBeGreaterThan(heatFrom(step - 1))
    expect([heatFrom(0), heatFrom(15), heatFrom(16), heatFrom(17), heatFrom(24)]).toEqual([0, 480, 512, 576, 1024])
  })

  test('lead to the request that took so long', () => {
    const page = new Page('retry-storm.yaml').ahead(Infinity)
    const { heat, id } = page.about('Callers').metrics.find(({ name }) => name === 'Latency')!
    let last = 0
    for (let i = 0; i < heat!.length; i += 3) if (heat![i + 1]! > heat![last + 1]!) last = i
    const [frame, step] = heat!.subarray(last, last + 2)
    const { outline } = page
    const bounds = { from: frame! * outline.step, to: (frame! + 1) * outline.step }
    const [low, high] = [heatFrom(step!), heatFrom(step! + 1)]
    const { waterfall } = page.follow({ by: 'duration', metric: id, ...bounds, low, high })!
    expect(waterfall.to - waterfall.from).toBeGreaterThanOrEqual(low)
    expect(waterfall.to - waterfall.from).toBeLessThan(high)
    expect(waterfall.to).toBeGreaterThan(bounds.from)
    expect(waterfall.to).toBeLessThanOrEqual(bounds.to)
    expect(page.follow({ by: 'duration', metric: id, ...bounds, low: 1e12, high: 2e12 })).toBeUndefined()
  })
})

describe('a node', () => {
  test('tells its figures with their sources, what the scenario set, and the words of its model', () => {
    const page = new Page('flash-crowd.yaml')
    const { cards, metrics } = page.about('Buy')
    const [card] = cards
    const def = services.find(({ type }) => type === 'AWS::Lambda::Function')!
    expect([card!.models, card!.omits, card!.summary]).toEqual([def.models, def.omits, def.summary])
    expect(card!.properties.find(({ name }) => name === 'MemorySize')?.value).toBe('512')
    expect(card!.quotas.length).toBe(Object.keys(def.quotas).length)
    for (const { source, value } of card!.quotas) {
      expect(source).not.toBe('')
      expect(value).toMatch(/^[\d.]+ /)
    }
    expect(card!.assumptions.every(({ source }) => source !== '')).toBe(true)
    expect(metrics.every(({ statistics }) => statistics.length === 0)).toBe(true)
  })

  test('shows its metrics under their CloudWatch names once the run is over, and those of what carries work to it', () => {
    const page = new Page('visibility-too-short.yaml').ahead(Infinity)
    const { metrics, cards } = page.about('Worker')
    expect(cards.map(({ type }) => type)).toContain('AWS::Lambda::EventSourceMapping')
    const named = (name: string): (typeof metrics)[number] => metrics.find((metric) => metric.name === name)!
    const report = page.last('done').outcomes.report as {
      resources: { name: string; metrics: { name: string; sum?: number }[] }[]
    }
    const invocations = named('Invocations')
    expect([invocations.namespace, invocations.unit, invocations.period]).toEqual(['AWS/Lambda', 'Count', 60_000_000])
    expect(invocations.statistics.map(({ statistic }) => statistic)).toEqual(['Sum'])
    const total = invocations.statistics[0]!.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0)
    expect(total).toBeGreaterThan(100)
    expect(JSON.stringify(report)).toContain('Invocations')
    expect(named('Duration').statistics[0]!.statistic).toBe('p99')
    expect(named('Duration').statistics[0]!.values.length).toBe(invocations.statistics[0]!.values.length)
  })

  test('that is none has nothing to tell', () => {
    expect(new Page('retry-storm.yaml').about('Nobody')).toEqual({ node: -1, cards: [], metrics: [] })
  })
})
