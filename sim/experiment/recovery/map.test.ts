// The map by an oracle that knows the edge: its cells, its margins, loads that are too much, seeds that disagree, runs that are stopped.
import { describe, expect, it } from 'vitest'
import { coin } from '../../../test/oracles.ts'
import { parseRange, type Axis } from '../axis.ts'
import type { Outcome, RunSpec, SampledSeries } from '../types.ts'
import { Mapping, marginOf, type MapCell, type MapQuestion, type Mapped, type RecoveryMap } from './map.ts'
import { mapReport, presentOn } from './map-report.ts'
import { marginSentences } from './map-words.ts'
import { DEFAULT_RULE } from './recovery.ts'

const SECOND = 1_000_000
const axis = (name: string, range: string): Axis => {
  const read = parseRange(name, range)
  if (!read.ok) throw new Error(read.message)
  return read.axis
}
const FROM = 30

function questionOf(more: Partial<MapQuestion> = {}): MapQuestion {
  const trigger = axis('For', '0s..6s')
  return {
    load: axis('Load', '0.5..2:0.5'),
    trigger,
    settings: [['Fixed', 'x']],
    triggered: (value) => [['Faults[0].For', value]],
    untriggered: [['Faults[0].For', '0s']],
    when: (i) => (trigger.number(i) === 0 ? undefined : { from: FROM * SECOND, to: FROM * SECOND + trigger.number(i) }),
    seeds: [undefined],
    rule: DEFAULT_RULE,
    clients: ['A', 'B'],
    every: SECOND,
    ...more,
  }
}

/** A system that bears 1.6; at load l it stays down after a trigger longer than `6 − 3 l` s, and else needs 2 l seconds more. */
function outcomeOf({ settings, seed = '' }: RunSpec, edge: (load: number, seed: string) => number): Outcome {
  const given = new Map(settings)
  expect(given.get('Fixed')).toBe('x')
  const load = Number(given.get('Load'))
  const length = Number.parseFloat(given.get('Faults[0].For')!)
  const offered = Array.from({ length: 100 }, () => 10 * load)
  const isDown = (second: number): boolean =>
    length > 0 && second >= FROM && (length > edge(load, seed) || second < FROM + length + 2 * load)
  const good = offered.map((rate, second) => (isDown(second) ? 0 : load > 1.6 ? rate * 0.8 : rate))
  const series = ['A', 'B'].flatMap((name): SampledSeries[] => [
    { name: `${name}.Requests`, n: [], sum: offered.map((rate) => rate / 2) },
    { name: `${name}.Successes`, n: [], sum: good.map((rate) => rate / 2) },
    { name: `${name}.Latency`, n: [], sum: good.map((rate) => rate * 50_000) },
  ])
  return { settings, seed, ending: 'passed', digest: '', events: 1, values: [], expectations: [], series }
}

const simple = (load: number): number => 6 - 3 * load

function conducted(question: MapQuestion, answer: (spec: RunSpec) => Outcome): { mapped: Mapped; specs: RunSpec[] } {
  const mapping = new Mapping(question)
  const specs: RunSpec[] = []
  for (let asked = mapping.next(); asked.length > 0; asked = mapping.next()) {
    specs.push(...asked)
    mapping.tell(asked.map(answer))
  }
  expect(mapping.planned).toBe(specs.length)
  return { mapped: mapping.result(), specs }
}

function mapOf(
  question = questionOf(),
  edge: (load: number, seed: string) => number = simple,
): { map: RecoveryMap; specs: RunSpec[] } {
  const { mapped, specs } = conducted(question, (spec) => outcomeOf(spec, edge))
  if (!mapped.ok) throw new Error('refused')
  return { map: mapped.map, specs }
}
const states = ({ cells }: RecoveryMap): string[] => cells.map((row) => row.map(({ state }) => state[0]).join(''))

describe('a map', () => {
  it('shows where it comes back, where it stays down, and where the load is too much anyway', () => {
    const { map, specs } = mapOf()
    expect(states(map)).toEqual(['rrrrrss', 'rrrrsss', 'rrsssss', 'ooooooo'])
    // Four loads without the trigger, and six triggers at the three that can be borne: one of nothing needs no run.
    expect(specs).toHaveLength(4 + 3 * 6)
    expect(map.runs).toBe(specs.length)
    expect(map.cells[1]![3]).toEqual({
      state: 'recovers',
      recovered: 1,
      runs: 1,
      after: SECOND,
      lost: expect.closeTo(50, 5),
    })
    expect(map.cells[1]![0]).toEqual({ state: 'recovers', recovered: 1, runs: 0, after: 0, lost: 0 })
    expect(map.cells[1]![6]).toMatchObject({ state: 'stays-down', recovered: 0, lost: 700 })
  })

  it('has the margins: the load that survives all, and by load the greatest trigger', () => {
    const { map } = mapOf()
    expect(map.margin).toEqual({ triggers: [4, 3, 1, undefined], monotone: true })
    const gentle = mapOf(questionOf(), (load) => (load <= 1 ? 100 : 2)).map
    expect(gentle.margin).toEqual({ load: 1, triggers: [6, 6, 2, undefined], monotone: true })
  })

  it('is the same whichever way the axes go', () => {
    const down = questionOf({ load: axis('Load', '2..0.5:0.5') })
    expect(states(mapOf(down).map)).toEqual(['ooooooo', 'rrsssss', 'rrrrsss', 'rrrrrss'])
    expect(mapOf(down).map.margin).toEqual({ triggers: [undefined, 1, 3, 4], monotone: true })
  })

  it('tells seeds that disagree, and counts them', () => {
    const seeds = Array.from({ length: 10 }, (_, i) => String(i))
    const { map } = mapOf(questionOf({ seeds }), (_, seed) => (coin(seed, 0.5) ? 100 : 3))
    const kept = seeds.filter((seed) => coin(seed, 0.5)).length
    expect(map.cells[0]![5]).toMatchObject({ state: 'mixed', recovered: kept, runs: 10 })
    expect(map.margin.triggers[0]).toBe(3)
  })

  it('says where more does less harm', () => {
    const { map } = mapOf(questionOf(), (load) => (load === 1 ? 100 : 2))
    expect(map.margin.monotone).toBe(false)
    expect(map.margin.triggers).toEqual([2, 6, 2, undefined])
    const bad: MapCell = { state: 'overloaded', recovered: 0, runs: 0, lost: 0 }
    const good: MapCell = { ...bad, state: 'recovers' }
    // A load that is overloaded is no island when less load is fine.
    expect(
      marginOf(
        [
          [good, good],
          [bad, bad],
        ],
        axis('L', '1..2'),
        axis('T', '1..2'),
      ),
    ).toMatchObject({ load: 0, monotone: true })
  })

  it('keeps what a guard stopped apart', () => {
    const answer = (spec: RunSpec): Outcome => {
      const outcome = outcomeOf(spec, simple)
      const given = new Map(spec.settings)
      const isStopped = given.get('Load') === '1' && given.get('Faults[0].For') === '6s'
      return isStopped || given.get('Load') === '1.5'
        ? { ...outcome, ending: 'partial', why: 'too many events' }
        : outcome
    }
    const { mapped } = conducted(questionOf(), answer)
    const { cells } = (mapped as { map: RecoveryMap }).map
    expect(cells[1]!.at(-1)).toMatchObject({ state: 'stopped', why: 'too many events' })
    expect(cells[2]!.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => 'stopped'))
  })

  it('ends with the first run that is refused', () => {
    const { mapped, specs } = conducted(questionOf(), (spec) => ({
      ...outcomeOf(spec, simple),
      ending: 'refused',
      why: 'no',
    }))
    expect(mapped).toMatchObject({ ok: false, outcome: { why: 'no' } })
    expect(specs).toHaveLength(4)
  })

  it('of many cells asks for runs in portions', () => {
    const question = questionOf({ load: axis('Load', '0.01..1:0.01') })
    const mapping = new Mapping(question)
    const sizes: number[] = []
    for (let asked = mapping.next(); asked.length > 0; asked = mapping.next()) {
      sizes.push(asked.length)
      mapping.tell(asked.map((spec) => outcomeOf(spec, simple)))
    }
    expect(Math.max(...sizes)).toBe(256)
    expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(100 + 600)
  })
})

describe('its report', () => {
  const said = {
    ...{ scenario: 'a.yaml', label: 'pause at Origin', member: 'For', reproduce: 'again' },
    commandOf: (settings: Readonly<Record<string, string>>, seed: string | undefined) =>
      `${JSON.stringify(settings)} ${seed}`,
  }
  const report = (present: string | undefined, question = questionOf(), edge: (load: number) => number = simple) =>
    mapReport(question, mapOf(question, edge).map, { ...said, present })

  it('says the margin at the present load first, and shows the two runs beside the edge', () => {
    const told = report('1')
    expect(marginSentences(told)).toEqual([
      'At the present load, 1, it comes back from a trigger of 3s; with 4s it stays down.',
      'No load from Load=0.5 on survives every trigger up to 6s.',
    ])
    expect(told.edge).toMatchObject({
      load: '1',
      survived: { trigger: '3s' },
      broken: { trigger: '4s' },
      from: 30,
      to: 34,
    })
    expect(told.edge!.undisturbed).toEqual(Array.from({ length: 100 }, () => 10))
    expect(told.edge!.broken.goodput[99]).toBe(0)
    expect(told.edge!.survived!.goodput[99]).toBe(10)
    expect(told.edge!.command).toBe('{"Fixed":"x","Load":"1","Faults[0].For":"4s"} undefined')
  })

  it('takes the next greater load where the present one is none of the map', () => {
    expect(marginSentences(report('0.7'))[0]).toContain('At 1, the next load of the map above the present 0.7,')
    const load = axis('Load', '0.5..2:0.5')
    expect([
      presentOn(load, '1.5'),
      presentOn(load, '1.51'),
      presentOn(load, '3'),
      presentOn(load, 'much'),
      presentOn(load, undefined),
    ]).toEqual([2, 3, undefined, undefined, undefined])
  })

  it('has words for all that can be', () => {
    expect(marginSentences(report('2'))[0]).toBe('At the present load, 2, it is too much without any trigger.')
    expect(marginSentences(report('1', questionOf(), () => 100))[0]).toBe(
      'At the present load, 1, it comes back from every trigger up to 6s.',
    )
    expect(marginSentences(report(undefined, questionOf(), (load) => (load < 1.2 ? 100 : 2)))).toEqual([
      'Up to Load=1 every trigger up to 6s is survived.',
    ])
    const calm = questionOf({ load: axis('Load', '0.5..1.5:0.5') })
    expect(marginSentences(report(undefined, calm, () => 100))).toEqual([
      'Every load of the map, up to Load=1.5, survives every trigger up to 6s.',
    ])
    expect(report(undefined, calm, () => 100).edge).toBeUndefined()
    expect(marginSentences(report('0.5', questionOf(), () => 0))[0]).toContain(
      'it comes back from a trigger of 0s; with 1s it stays down.',
    )
    expect(marginSentences(report(undefined, questionOf(), (load) => (load === 1 ? 100 : 2))).at(-1)).toContain(
      'no single line',
    )
  })
})
