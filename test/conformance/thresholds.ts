// `find` and `map` against published collapses: a pause that a service survives and a little longer one after which retries keep it down.
//
// The reference says of single pauses whether anybody gave up; the commands must find the edge between them by themselves.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRange, type Axis } from '../../sim/experiment/axis.ts'
import type { Bundle } from '../../sim/experiment/bundle.ts'
import { Mapping, type MapCell } from '../../sim/experiment/recovery/map.ts'
import { DEFAULT_RULE } from '../../sim/experiment/recovery/recovery.ts'
import { Runner } from '../../sim/experiment/runner.ts'
import { limitSearch } from '../../sim/experiment/search/limit.ts'
import { Searching } from '../../sim/experiment/search/trials.ts'
import type { Experiment, Setting } from '../../sim/experiment/types.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'
import type { Target } from './reference/measure.ts'

const SECOND = 1_000_000
const CLIENT =
  '{ Timeout: !Sub "${Timeout}ms", MaxAttempts: !Ref Attempts, Backoff: { Base: !Sub "${Delay}ms", Cap: !Sub "${Delay}ms", Jitter: none }, AcceptLateAnswers: true }'

/** The reference's service and its clients; `arrivals` says when requests come, `at` when the pause begins (ms). */
function scenarioText(arrivals: string, at: number): string {
  return `
Parameters:
  Interval: { Type: Number, Default: 143 }
  Timeout: { Type: Number, Default: 503 }
  Attempts: { Type: Number, Default: 4 }
  Delay: { Type: Number, Default: 51 }
Resources:
  Station: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 100ms } }
Simulation:
  Duration: 110s
  Workloads:
    Callers: { Target: Station, Operation: http:GET, ${arrivals}, Client: ${CLIENT} }
  Faults: [{ At: ${at}ms, For: 1s, sim:http:pause: { Target: Station } }]
  Expect: [sum(Callers.Failures) == 0]
`
}

/** In whole milliseconds: the times of the requests are a file for each interval. */
function inMilliseconds(intervals: readonly number[]): Bundle {
  const files = intervals.map((interval) => {
    const times = Array.from({ length: Math.floor(100_000 / interval) }, (_, i) => (i + 1) * interval)
    return {
      path: `times-${interval}.csv`,
      kind: 'data',
      name: `times-${interval}.csv`,
      text: ['ms', ...times].join('\n'),
    } as const
  })
  const arrivals = 'Arrivals: !Sub "trace(times-${Interval}.csv, column=ms, unit=ms)"'
  return { name: 'collapse.yaml', text: scenarioText(arrivals, 30_050), files }
}

/** Seven a second; the pause begins a microsecond after the request that comes with it, and ends when the reference's does. */
const atSeven: Bundle = {
  name: 'ties.yaml',
  text: scenarioText(
    'Arrivals: regular, Rate: [{ At: 0s, Value: 7/s }, { At: 100s, Value: 7/s }, { At: 100s, Value: 0/s }]',
    30_000.001,
  ),
  files: [],
}
const SEVEN: readonly Setting[] = [
  ['Timeout', '500'],
  ['Delay', '50'],
]

function conducted<Result>(experiment: Experiment<Result>, bundle: Bundle): Result {
  const runner = new Runner(bundle)
  for (let specs = experiment.next(); specs.length > 0; specs = experiment.next())
    experiment.tell(specs.map((spec) => runner.run(spec)))
  return experiment.result()
}

/** The last value of a range that holds and the first that does not. */
function limitOf(
  bundle: Bundle,
  name: string,
  range: string,
  settings: readonly Setting[],
): { last: number; first: number } {
  const axis = rangeOf(name, range)
  const search = limitSearch({ axis, settings, until: 'fail' })
  const searched = conducted(new Searching(search, { seeds: [], probability: 0.9, confidence: 0.95 }), bundle)
  if (!searched.ok) throw new Error(searched.outcome.why)
  const { answer, change } = searched.result
  if (answer === 'at-first') return { last: -Infinity, first: axis.number(0) }
  return change === undefined
    ? { last: axis.number(axis.count - 1), first: Infinity }
    : { last: axis.number(change.before), first: axis.number(change.after) }
}

/** The cells of a map, by load and by the length of the pause. */
function mapOf(
  bundle: Bundle,
  load: Axis,
  trigger: Axis,
  at: number,
  settings: readonly Setting[],
): readonly (readonly MapCell[])[] {
  const metrics = ['Requests', 'Successes', 'Latency'].map((name) => `Callers.${name}`)
  const mapping = new Mapping({
    ...{ load, trigger, settings, rule: DEFAULT_RULE, seeds: [undefined], clients: ['Callers'], every: SECOND },
    triggered: (value) => [['Faults[0].For', value]],
    untriggered: [['Faults[0].For', '0s']],
    when: (i) => (trigger.number(i) === 0 ? undefined : { from: at, to: at + trigger.number(i) }),
  })
  const mapped = conducted(mapping, { ...bundle, measures: [], series: { every: SECOND, metrics } })
  if (!mapped.ok) throw new Error(mapped.outcome.why)
  return mapped.map.cells
}

function rangeOf(name: string, range: string): Axis {
  const read = parseRange(name, range)
  if (!read.ok) throw new Error(read.message)
  return read.axis
}

function listOf(name: string, values: readonly number[], unit = ''): Axis {
  const one = unit === 'ms' ? 1000 : 1
  return {
    name,
    range: values.join(','),
    count: values.length,
    text: (i) => `${values[i]}${unit}`,
    number: (i) => values[i]! * one,
  }
}

const targets = JSON.parse(readFileSync(join(CORPUS, 'reference/golden.json'), 'utf8')) as readonly Target[]
const single = targets.filter(({ model }) => model.startsWith('integer-ms GC/retry collapse'))
const threshold = targets.find(({ model }) => model.startsWith('same with retries: pause'))!

const settingsOf = ({ params: { to = 503, retries = 3 } }: Target): readonly Setting[] => [
  ['Timeout', String(to)],
  ['Attempts', String(retries + 1)],
]
const intervalOf = ({ params: { ia = 143 } }: Target): number => ia
const recovers = ({ expect }: Target): boolean => expect['gave_up'] === 0

/** Published pauses with the same clients and the same load. */
const alike = (target: Target): readonly Target[] =>
  single.filter(
    (other) =>
      intervalOf(other) === intervalOf(target) &&
      JSON.stringify(settingsOf(other)) === JSON.stringify(settingsOf(target)),
  )

function found(target: Target): void {
  const limit = limitOf(inMilliseconds([intervalOf(target)]), 'Faults[0].For', '0ms..2000ms:1ms', [
    ['Interval', String(intervalOf(target))],
    ...settingsOf(target),
  ])
  for (const { id, params, expect } of alike(target)) {
    const told = params['P'] * 1000 <= limit.last
    if (told !== (expect['gave_up'] === 0))
      throw new Error(`the limit is ${limit.last / 1000} ms, and ${id} gave up ${expect['gave_up']} times`)
  }
}

function mapped(target: Target): void {
  const { P } = target.params
  const cells = mapOf(
    inMilliseconds([intervalOf(target)]),
    listOf('Interval', [intervalOf(target)]),
    listOf('For', [P], 'ms'),
    30_050_000,
    settingsOf(target),
  )
  const { state } = cells[0]![0]!
  if (state !== (recovers(target) ? 'recovers' : 'stays-down'))
    throw new Error(`it ${state}, and ${target.expect['gave_up']} gave up`)
}

const { recovers_at: kept, collapses_at: lost } = threshold.expect
/** Tenths of a second, less the microsecond that the pause begins later. */
const TENTHS = '99999us..999999us:100ms'
const tenthsOf = (us: number): number => Math.round(us / 100_000) / 10

const cases: Case[] = [
  ...single.map((target) => ({ name: `map ${target.id}`, run: () => mapped(target) })),
  ...single
    .filter((target) => alike(target)[0] === target)
    .map((target) => ({ name: `find ${target.id}`, run: () => found(target) })),
  {
    name: `find ${threshold.id}`,
    run: () => {
      const { last, first } = limitOf(atSeven, 'Faults[0].For', TENTHS, SEVEN)
      if (tenthsOf(last) !== kept || tenthsOf(first) !== lost)
        throw new Error(`it recovers at ${tenthsOf(last)} s and collapses at ${tenthsOf(first)} s`)
    },
  },
  {
    name: `map ${threshold.id}`,
    run: () => {
      const trigger = rangeOf('For', TENTHS)
      const cells = mapOf(atSeven, rangeOf('Workloads.Callers.Scale', '1..1'), trigger, 30_000_001, SEVEN)[0]!
      cells.forEach(({ state }, i) => {
        const length = tenthsOf(trigger.number(i))
        if (state !== (length <= kept ? 'recovers' : 'stays-down')) throw new Error(`after ${length} s it ${state}`)
      })
    },
  },
]

const suite: Suite = { name: 'thresholds', cases }
export default suite
