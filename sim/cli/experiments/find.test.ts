// `hotshard find`: the answers that people and programs get, what is refused, and that the command it names shows the failure.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { FIND_SCHEMA, type LimitReport } from '../../experiment/search/limit-report.ts'
import type { BestReport } from '../../experiment/search/best-report.ts'
import { EXIT } from '../exit.ts'
import { run } from '../run.ts'
import { find, type FindFlags } from './find.ts'

const schema = JSON.parse(readFileSync(new URL('../../../public/find.schema.json', import.meta.url), 'utf8'))
const valid = new Ajv2020({ allErrors: true }).compile(schema)

/** One worker and 40 ms of service: 25 a second are too many. */
const text = (arrivals: string, expectation = 'max(Load.Latency) < 500 ms', more = ''): string => `
Parameters:
  Workers: { Type: Number, Default: 1, MinValue: 1 }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: 40ms } } }
Simulation:
  Duration: 20s
  Seed: 3
  Workloads: { Load: { Target: Origin, Operation: http:GET, ${arrivals}, Rate: 10/s } }
  Expect: [${expectation}]
  ${more}
`
let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const SCALE = 'Workloads.Load.Scale=0.5..5:0.1'
const ask = (name: string, flags: Partial<FindFlags> = {}): Promise<number> =>
  find(file(name), { set: [SCALE], until: 'fail', workers: '1', ...flags })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-find-'))
  writeFileSync(file('regular.yaml'), text('Arrivals: regular'))
  writeFileSync(file('random.yaml'), text('Arrivals: poisson'))
  writeFileSync(file('nothing.yaml'), text('Arrivals: regular').replace(/ {2}Expect.*/, ''))
  writeFileSync(file('alarm.yaml'), text('Arrivals: regular', 'conserved(Origin)'))
  writeFileSync(file('guarded.yaml'), text('Arrivals: regular', 'max(Load.Latency) < 1 h', 'Guards: { Events: 1000 }'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => vi.restoreAllMocks())

async function report(name: string, flags: Partial<FindFlags> = {}): Promise<LimitReport> {
  expect(await ask(name, { ...flags, format: ['json'] })).toBe(EXIT.ok)
  const found = JSON.parse(out) as LimitReport
  expect(valid(found), JSON.stringify(valid.errors)).toBe(true)
  out = ''
  return found
}

describe('the limit of a load', () => {
  it('is where the queue begins to grow; the answer comes first, with the run that fails', async () => {
    // 25 a second are what it can do: at 2.5 nobody waits, at 2.6 twenty seconds leave a backlog of half a second.
    const found = await report('regular.yaml')
    expect(found).toMatchObject({ answer: 'limit', before: '2.5', after: '2.6', sure: true, monotone: true })
    expect(found.expectation).toBe('max(Load.Latency) < 500 ms')
    expect(found.measure).toBe('max(Load.Latency)')
    expect(found.probes.find(({ value }) => value === '2.5')!.measured).toEqual({ mean: 40, unit: 'Milliseconds' })
    expect(await ask('regular.yaml')).toBe(EXIT.ok)
    const lines = out.split('\n').filter((line) => line !== '')
    expect(lines[1]).toBe(
      '  Workloads.Load.Scale=2.5 is the last that holds. Workloads.Load.Scale=2.6 fails: max(Load.Latency) < 500 ms',
    )
    expect(out).toContain(`npx hotshard run ${file('regular.yaml')} --seed 3 --set Workloads.Load.Scale=2.6`)
    expect(out).toContain('one at each value: what another seed would do is not known')
    expect(out).toContain(`repeat npx hotshard find ${file('regular.yaml')} --set ${SCALE} --until fail`)
  })

  it('is shown by the run that is named, and by none below it', async () => {
    const { firstFailing } = await report('regular.yaml')
    expect(firstFailing).toMatchObject({ value: '2.6', seed: '3', expectations: [{ ok: false }] })
    const at = (value: string): number =>
      run([file('regular.yaml')], { seed: '3', set: [`Workloads.Load.Scale=${value}`] })
    expect([at('2.6'), at('2.5')]).toEqual([EXIT.expectationFailed, EXIT.ok])
  })

  it('with several seeds is the last value that holds with the stated probability', async () => {
    const found = await report('random.yaml', { seeds: '1..40', probability: '80%' })
    expect(found.rule).toEqual({ seeds: '1..40', probability: 0.8, confidence: 0.95 })
    expect(found.answer).toBe('limit')
    expect(Number(found.before)).toBeGreaterThan(1)
    expect(Number(found.before)).toBeLessThan(2.4)
    const clear = found.probes.find(({ value }) => value === '5')!
    expect(clear).toMatchObject({ holds: false, sure: true, runs: 4, held: 0 })
    expect(clear.high).toBeLessThan(0.7)
    expect(await ask('random.yaml', { seeds: '1..40', probability: '80%' })).toBe(EXIT.ok)
    expect(out).toMatch(
      /A value holds when a run does with a probability of 80 % or\s+more, told with 95 % confidence; seeds\s+1\.\.40/,
    )
    expect(out).toMatch(/chance +max\(Load\.Latency\)/)
  })

  it('says when the seeds are too few', async () => {
    const found = await report('random.yaml', { seeds: '1..5' })
    expect(found.sure).toBe(false)
    expect(await ask('random.yaml', { seeds: '1..5' })).toBe(EXIT.ok)
    expect(out).toContain('These seeds are not enough to tell')
  })

  it('whose seeds change nothing needs three of them', async () => {
    const { probes } = await report('regular.yaml', { seeds: '1..40' })
    expect(probes.every(({ runs, low }) => runs === 4 && low === undefined)).toBe(true)
  })
})

describe('other questions', () => {
  it('the first number of workers that does', async () => {
    const set = ['Workers=1..20', 'Workloads.Load.Scale=10']
    expect(await report('regular.yaml', { set, until: 'pass' })).toMatchObject({
      ...{ answer: 'limit', before: '3', after: '4', settings: { 'Workloads.Load.Scale': '10' } },
      firstFailing: { value: '3' },
    })
  })

  it('the longest outage that a queue bridges: so many visibility timeouts as there are receives after the first', async () => {
    const scenario = fileURLToPath(new URL('../../../scenarios/outage-survived.yaml', import.meta.url))
    const asked = async (set: string): Promise<void> =>
      expect(await find(scenario, { set: [set, 'Faults[0].For=50s..110s:10s'], until: 'fail', workers: '1' })).toBe(
        EXIT.ok,
      )
    await asked('Receives=3')
    expect(out).toContain('Faults[0].For=1m is the last that holds. Faults[0].For=70s fails:')
    out = ''
    await asked('Receives=4')
    expect(out).toContain('Faults[0].For=90s is the last that holds. Faults[0].For=100s fails:')
  })

  it('a range that fails or holds at once', async () => {
    expect(await report('regular.yaml', { set: ['Workloads.Load.Scale=3..9'] })).toMatchObject({ answer: 'at-first' })
    await ask('regular.yaml', { set: ['Workloads.Load.Scale=3..9'] })
    expect(out).toContain('It already fails at Workloads.Load.Scale=3: max(Load.Latency) < 500 ms')
    out = ''
    await ask('regular.yaml', { set: ['Workloads.Load.Scale=1..9'], until: 'pass' })
    expect(out).toContain('It already holds at Workloads.Load.Scale=1.')
    expect(out).toContain('At the other end, Workloads.Load.Scale=9, it fails: --until fail finds where that begins.')
  })

  it('a range that never does', async () => {
    await ask('regular.yaml', { set: ['Workloads.Load.Scale=0.1..2:0.1'] })
    expect(out).toContain('It holds all the way to Workloads.Load.Scale=2.')
    out = ''
    await ask('regular.yaml', { set: ['Workloads.Load.Scale=3..4:0.1'], until: 'pass' })
    expect(out).toContain('It fails all the way to Workloads.Load.Scale=4: max(Load.Latency) < 500 ms')
  })

  it('an expectation without a value', async () => {
    expect((await report('alarm.yaml')).measure).toBeUndefined()
  })

  it('a run that a guard stops does not hold, and why is said', async () => {
    const found = await report('guarded.yaml')
    expect(found.answer).toBe('limit')
    expect(found.firstFailing!.why).toContain('more than 1000 events')
  })
})

describe('the best settings', () => {
  const set = ['Workers=1..6', 'Workloads.Load.Scale=8']
  const asked = { set, minimize: 'max(Load.Latency) + 100 ms' }

  it('are those with the least of a measure among all that hold', async () => {
    // Eighty a second need four workers; of those that do, all have the same latency, and the first is the answer.
    expect(await find(file('regular.yaml'), { ...asked, workers: '1', format: ['json'] })).toBe(EXIT.ok)
    const found = JSON.parse(out) as BestReport
    expect(valid(found), JSON.stringify(valid.errors)).toBe(true)
    expect(found).toMatchObject({
      kind: 'best',
      method: 'all',
      wanted: 'least',
      cut: false,
      best: { settings: { Workers: '4' }, holds: true },
    })
    expect(found.best!.measured).toEqual({ mean: 140, unit: 'Milliseconds' })
    expect(found.points).toHaveLength(6)
    out = ''
    expect(await find(file('regular.yaml'), { ...asked, workers: '1' })).toBe(EXIT.ok)
    expect(out).toContain('Workers=4: max(Load.Latency) + 100 ms is 140 ms')
    expect(out).toContain('All 6 combinations were judged.')
    expect(out).toContain(`--seed 3 --set Workers=4 --set Workloads.Load.Scale=8`)
  })

  it('may be the most, and the next better that fails is shown with its run', async () => {
    const flags = { set: [SCALE], maximize: 'sum(Load.Requests)', workers: '1' }
    expect(await find(file('regular.yaml'), flags)).toBe(EXIT.ok)
    expect(out).toMatch(/Workloads\.Load\.Scale=2\.5: sum\(Load\.Requests\) is/)
    expect(out).toContain('Better, but not to be had: Workloads.Load.Scale=2.6')
    expect(out).toContain('◀ the answer')
  })

  it('are none when nothing holds, which is a failure', async () => {
    const flags = { set: ['Workloads.Load.Scale=6..9'], minimize: 'sum(Load.Requests)', workers: '1' }
    expect(await find(file('regular.yaml'), flags)).toBe(EXIT.expectationFailed)
    expect(out).toContain('Nothing that was judged meets the expectations.')
    expect(out).toContain('What fails at Workloads.Load.Scale=6')
  })
})

describe('what is refused', () => {
  it.each<[string, Partial<FindFlags>, string]>([
    ['nothing to search', { set: ['Workers=2'] }, 'nothing is searched'],
    ['two ranges', { set: [SCALE, 'Workers=1..3'] }, "a limit is one setting's"],
    ['the same range twice', { set: [SCALE, SCALE] }, 'is given two ranges'],
    ['no question', { until: undefined }, '--until pass'],
    ['two questions', { minimize: 'cost(monthly)' }, 'more than one thing is looked for'],
    ['an unknown measure', { until: undefined, minimize: 'p99(Nobody.Latency)' }, '`Nobody` is no simulated resource'],
    [
      'too many settings',
      {
        until: undefined,
        minimize: 'sum(Load.Requests)',
        set: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}=1..2`),
      },
      'at most 6 are searched at once',
    ],
    ['a bad range', { set: ['Workers=1..9:0'] }, 'is not above 0'],
    ['bad seeds', { seeds: 'many' }, '--seeds many'],
    ['seed and seeds', { seed: '1', seeds: '1..3' }, 'are both given'],
    ['a sure thing', { probability: '100%' }, '--probability 100%'],
    ['no confidence', { confidence: '0.95' }, '--confidence 0.95'],
    ['changes', { change: ['3m:Workers=3'] }, 'is for one run'],
    ['a format', { format: ['xml'] }, 'is no format'],
    ['workers', { workers: '0' }, '--workers 0'],
    ['an unknown setting', { set: ['Wrokers=1..3'] }, 'did you mean `Workers`'],
    ['a value at the end of the range', { set: ['Workers=0..3'] }, 'Workers'],
  ])('%s', async (_, flags, message) => {
    const { until, ...others } = { until: 'fail' as const, ...flags }
    const code = await find(file('regular.yaml'), {
      set: [SCALE],
      workers: '1',
      ...others,
      ...(until === undefined ? {} : { until }),
    } as FindFlags)
    expect(code).toBe(EXIT.badInput)
    expect(err).toContain(message)
    expect(out).toBe('')
  })

  it('a scenario that expects nothing', async () => {
    expect(await ask('nothing.yaml')).toBe(EXIT.badInput)
    expect(err).toContain('expects nothing, so nothing can fail')
  })

  it('a value in the middle of a range', async () => {
    writeFileSync(file('choice.yaml'), text('Arrivals: regular').replace('MinValue: 1', "AllowedValues: ['1', '9']"))
    expect(await ask('choice.yaml', { set: ['Workers=1..9'] })).toBe(EXIT.badInput)
    expect(err).toContain('with `Workers=3` the scenario cannot be run')
  })
})

it('somebody who ends it is told what was judged by then, and gets no answer', async () => {
  const before = process.listenerCount('SIGINT')
  const going = ask('random.yaml', { seeds: '1..400', workers: '2' })
  while (process.listenerCount('SIGINT') === before) await new Promise((resolve) => setImmediate(resolve))
  process.emit('SIGINT')
  expect(await going).toBe(EXIT.guard)
  expect(err).toContain('interrupted, without an answer; points judged so far: 0')
  expect(out).toBe('')
  expect(process.listenerCount('SIGINT')).toBe(before)
})

it('the form of the answer is documented, with its version', () => {
  expect(schema.$id).toBe(FIND_SCHEMA)
  for (const kind of ['limit', 'bestAnswer']) expect(schema.$defs[kind].properties.schema.const).toBe(FIND_SCHEMA)
})
