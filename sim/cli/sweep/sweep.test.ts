// Sweeps: the same bytes however they were come by, nothing lost or done twice after a kill, and everything wrong told before anything runs.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { builtCli } from '../../../test/built.ts'
import type { RunRecord, SweepHeader } from '../../experiment/sweep/records.ts'
import type { SweepSummary } from '../../experiment/sweep/summary.ts'
import { merge, type MergeFlags } from './merge.ts'
import type { SweepFlags } from './plan.ts'
import { sweep } from './sweep.ts'

const SCENARIO = `
Parameters:
  Workers: { Type: Number, Default: 2, MinValue: 1, MaxValue: 8 }
  Rate: { Type: String, Default: 20/s }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 30s
  Seed: 7
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: !Ref Rate } }
  Expect: [p99(Origin.Latency) < 500 ms]
`
const SET = ['Workers=1..4:1', 'Rate=10/s,60/s']
const MEASURES = ['p99(Origin.Latency)', 'sum(Origin.Requests)']

let built = ''
let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const text = (name: string): string => readFileSync(file(name), 'utf8')

beforeAll(async () => {
  built = await builtCli()
  folder = mkdtempSync(join(tmpdir(), 'hotshard-sweep-test-'))
  writeFileSync(file('a.yaml'), SCENARIO)
  // Longer runs, so that there is time to kill them.
  writeFileSync(file('long.yaml'), SCENARIO.replace('30s', '3m'))
})
afterAll(() => {
  rmSync(built, { recursive: true })
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
})

function run(flags: SweepFlags, scenario = 'a.yaml'): Promise<number> {
  return sweep(file(scenario), { workers: '1', seeds: '1..3', set: SET, measure: MEASURES, ...flags })
}

/** The published command line. */
const args = (...more: string[]): string[] => [join(built, 'hotshard.js'), ...more]
const longSweep = (name: string, ...more: string[]): string[] =>
  args(
    'sweep',
    file('long.yaml'),
    ...SET.flatMap((each) => ['--set', each]),
    ...['--seeds', '1..12', '--measure', MEASURES[0]!, '--workers', '2', '--out', file(name)],
    ...more,
  )

const recordsIn = (content: string): { header: SweepHeader; records: RunRecord[]; lines: string[] } => {
  const lines = content.trimEnd().split('\n')
  const [header, ...records] = lines.map((line) => JSON.parse(line) as unknown)
  return { header: header as SweepHeader, records: records as RunRecord[], lines }
}

describe('results', () => {
  test('are a header and a line a run, in the one order, with what each run measured', async () => {
    expect(await run({ out: file('r.jsonl') })).toBe(0)
    const { header, records } = recordsIn(text('r.jsonl'))
    expect(header).toMatchObject({
      schema: 'hotshard.sweep/1',
      axes: [
        { name: 'Workers', values: '1..4:1' },
        { name: 'Rate', values: '10/s,60/s' },
      ],
      seeds: '1..3',
      measures: [
        { name: 'p99(Origin.Latency)', unit: 'Milliseconds' },
        { name: 'sum(Origin.Requests)', unit: 'Count' },
      ],
      points: 8,
      runs: 24,
    })
    expect(records).toHaveLength(24)
    expect(new Set(records.map((record) => record.run)).size).toBe(24)
    expect(
      records.map(({ settings, seed }) => `${settings['Workers']} ${settings['Rate']} ${seed}`).slice(0, 7),
    ).toEqual(['1 10/s 1', '1 10/s 2', '1 10/s 3', '1 60/s 1', '1 60/s 2', '1 60/s 3', '2 10/s 1'])
    for (const { values, ending, expectations } of records) {
      expect(Object.keys(values)).toEqual(MEASURES)
      expect(ending).toBe(values['p99(Origin.Latency)']! < 500 ? 'passed' : 'failed')
      expect(expectations).toMatchObject([{ text: 'p99(Origin.Latency) < 500 ms', ok: ending === 'passed' }])
    }
    const rate = (wanted: string): number[] =>
      records.filter(({ settings }) => settings['Rate'] === wanted).map(({ values }) => values['sum(Origin.Requests)']!)
    expect(Math.max(...rate('10/s'))).toBeLessThan(Math.min(...rate('60/s')) / 3)
    expect(readdirSync(folder).filter((name) => /journal|tmp/.test(name))).toEqual([])
  })

  test('have the same bytes on one thread, on two and on three', async () => {
    await run({ out: file('one.jsonl') })
    for (const workers of ['2', '3']) {
      const done = spawnSync(process.execPath, [
        ...args('sweep', file('a.yaml'), ...SET.flatMap((each) => ['--set', each])),
        ...['--seeds', '1..3', ...MEASURES.flatMap((each) => ['--measure', each])],
        ...['--workers', workers, '--out', file('more.jsonl')],
      ])
      expect(done.status).toBe(0)
      expect(done.stderr.toString()).toBe('')
      expect(text('more.jsonl')).toBe(text('one.jsonl'))
    }
  })

  test('without --measure hold every measure of every metric', async () => {
    await run({ out: file('all.jsonl'), measure: [], set: ['Workers=1,2'], seeds: '1' })
    const { header, records } = recordsIn(text('all.jsonl'))
    const names = header.measures.map(({ name }) => name)
    expect(names).toContain('p99(Load.Latency)')
    expect(names).toContain('cost(monthly)')
    expect(names).toEqual([...names].sort())
    expect(Object.keys(records[0]!.values).every((name) => names.includes(name))).toBe(true)
  })

  test('as CSV: a row a run, units in the names, and no cell that is a formula', async () => {
    await run({ out: file('r.csv'), set: ['Workers=1,2', 'Rate=10/s'], seeds: '1,2' })
    const [head, ...rows] = text('r.csv').trimEnd().split('\n')
    expect(head).toBe(
      'Workers,seed,ending,failed,events,p99(Origin.Latency) [Milliseconds],sum(Origin.Requests) [Count],digest,run',
    )
    expect(rows.map((row) => row.split(',').slice(0, 3))).toEqual([
      ['1', '1', 'passed'],
      ['1', '2', 'passed'],
      ['2', '1', 'passed'],
      ['2', '2', 'passed'],
    ])
    expect(rows.every((row) => Number(row.split(',')[5]) > 1)).toBe(true)
  })

  test('as Parquet are read by another program as they were written', async () => {
    await run({ out: file('r.parquet'), set: ['Workers=1..3:1', 'Rate=10/s,60/s'] })
    await run({ out: file('p.jsonl'), set: ['Workers=1..3:1', 'Rate=10/s,60/s'] })
    const { header, records } = recordsIn(text('p.jsonl'))
    const buffer = await asyncBufferFromFile(file('r.parquet'))
    const rows = await parquetReadObjects({ file: buffer })
    expect(rows).toEqual(
      records.map(({ settings, seed, ending, events, values, digest, run: name, expectations }) => ({
        Workers: Number(settings['Workers']),
        Rate: settings['Rate'],
        ...{ seed, ending, events, digest, run: name },
        failed: expectations
          .filter(({ ok }) => !ok)
          .map((each) => each.text)
          .join('; '),
        'p99(Origin.Latency) [Milliseconds]': values['p99(Origin.Latency)'],
        'sum(Origin.Requests) [Count]': values['sum(Origin.Requests)'],
      })),
    )
    const metadata = await parquetMetadataAsync(buffer)
    expect(metadata.key_value_metadata).toEqual([{ key: 'hotshard.sweep', value: JSON.stringify(header) }])
  })
})

// Processes are started and killed: on a busy machine each takes its time.
describe('a sweep that is killed', { timeout: 180_000 }, () => {
  const linesOf = (path: string): string[] =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  const runsIn = (path: string): string[] => linesOf(path).flatMap((line) => /^\{"run":"(\w+)"/.exec(line)?.[1] ?? [])
  const exited = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.once('exit', () => resolve()))

  /** Starts a sweep and ends it by a signal as soon as its journal has so many runs. */
  async function killAfter(
    runs: number,
    name: string,
    signal: NodeJS.Signals,
    ...more: string[]
  ): Promise<ChildProcess> {
    const child = spawn(process.execPath, longSweep(name, ...more), { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    const gone = exited(child)
    while (child.exitCode === null && runsIn(file(`${name}.journal`)).length < runs) await wait(4)
    child.kill(signal)
    await gone
    return child
  }

  test('is taken up again and again, and in the end has the bytes of one that was left alone, and no run was done twice', async () => {
    expect(spawnSync(process.execPath, longSweep('whole.jsonl')).status).toBe(0)
    const counts: number[] = []
    for (const runs of [5, 20, 45, 70]) {
      const { signalCode } = await killAfter(runs, 'k.jsonl', 'SIGKILL', ...(runs === 5 ? [] : ['--resume']))
      expect(signalCode, `killed after ${runs} runs, not over before`).toBe('SIGKILL')
      counts.push(runsIn(file('k.jsonl.journal')).length)
      // As when the machine itself died in the middle of a line.
      appendFileSync(file('k.jsonl.journal'), '{"run":"0123')
      expect(existsSync(file('k.jsonl'))).toBe(false)
    }
    expect(counts.toSorted((a, b) => a - b)).toEqual(counts)
    const before = runsIn(file('k.jsonl.journal'))
    const again = spawn(process.execPath, longSweep('k.jsonl', '--resume'), { stdio: 'ignore' })
    let last: string[] = []
    const gone = exited(again)
    while (again.exitCode === null) {
      const seen = runsIn(file('k.jsonl.journal'))
      if (seen.length > last.length) last = seen
      await wait(4)
    }
    await gone
    expect(again.exitCode).toBe(0)
    expect(last.length).toBeGreaterThan(before.length)
    expect(new Set(last).size, 'no run stands in the journal twice').toBe(last.length)
    expect(last.slice(0, before.length)).toEqual(before)
    expect(text('k.jsonl')).toBe(text('whole.jsonl'))
    expect(existsSync(file('k.jsonl.journal'))).toBe(false)
  })

  test('by Ctrl-C shows what it has, keeps it, and says how to go on', async () => {
    const child = await killAfter(10, 'c.jsonl', 'SIGINT')
    expect(child.exitCode).toBe(3)
    expect(out).toMatch(/ENDED after \d+ of 96 runs: go on with `--resume`/)
    expect(existsSync(file('c.jsonl'))).toBe(false)
    expect(spawnSync(process.execPath, longSweep('c.jsonl', '--resume')).status).toBe(0)
    if (existsSync(file('whole.jsonl'))) expect(text('c.jsonl')).toBe(text('whole.jsonl'))
  })

  test('is not begun anew over what it has done unless that is removed, and not taken up by another sweep', async () => {
    await run({ out: file('j.jsonl'), set: ['Workers=1,2'] })
    copyFileSync(file('j.jsonl'), file('j.jsonl.journal'))
    expect(await run({ out: file('j.jsonl'), set: ['Workers=1,2'] })).toBe(2)
    expect(err).toMatch(
      /j\.jsonl\.journal` is of a sweep that did not end\n {2}= help: go on with `--resume`, or remove it/,
    )
    err = ''
    expect(await run({ out: file('j.jsonl'), set: ['Workers=1,2'], duration: '20s', resume: true })).toBe(2)
    expect(err).toMatch(
      /j\.jsonl` is of another sweep: its scenario, a file that it reads, `--duration` or `--measure` was/,
    )
    err = ''
    const other = text('j.jsonl')
      .replace('"version":"', '"version":"9.')
      .replace(/"bundle":"\w/, '"bundle":"_')
    writeFileSync(file('v.jsonl'), other)
    expect(await run({ out: file('v.jsonl'), set: ['Workers=1,2'], resume: true })).toBe(2)
    expect(err).toMatch(/it was made by hotshard 9\.\d/)
    err = ''
    writeFileSync(file('odd.jsonl'), 'nothing of ours\n')
    expect(await run({ out: file('odd.jsonl'), set: ['Workers=1,2'], resume: true })).toBe(2)
    expect(err).toContain('does not begin like results of a sweep')
    expect(text('odd.jsonl')).toBe('nothing of ours\n')
  })

  test('and results that are whole are gone on from: more seeds and points cost only the new runs', async () => {
    await run({ out: file('m.jsonl'), set: ['Workers=1,2'], seeds: '1,2' })
    const first = recordsIn(text('m.jsonl')).lines.slice(1)
    // Marked, so that a run that was done again would show.
    writeFileSync(file('m.jsonl'), text('m.jsonl').replaceAll(/"events":\d+/g, '"events":1'))
    expect(await run({ out: file('m.jsonl'), set: ['Workers=1..3:1'], seeds: '1..3', resume: true })).toBe(0)
    const { records } = recordsIn(text('m.jsonl'))
    expect(records).toHaveLength(9)
    expect(records.filter(({ events }) => events === 1)).toHaveLength(first.length)
    expect(records.filter(({ events }) => events > 100)).toHaveLength(5)
  })
})

describe('shards', () => {
  const shard = (index: number, of = 3, more: SweepFlags = {}): Promise<number> =>
    run({ shard: `${index}/${of}`, out: file(`s${index}.jsonl`), ...more })
  const mergeThem = (names: readonly string[], flags: MergeFlags = {}): number => {
    out = err = ''
    return merge(names.map(file), flags)
  }
  const all = ['s1.jsonl', 's2.jsonl', 's3.jsonl']

  beforeEach(async () => {
    if (!existsSync(file('s3.jsonl'))) for (const index of [1, 2, 3]) await shard(index)
  })

  test('merged in any order have the bytes of the sweep that was never divided', async () => {
    await run({ out: file('undivided.jsonl') })
    expect(mergeThem(['s3.jsonl', 's1.jsonl', 's2.jsonl'], { out: file('merged.jsonl') })).toBe(0)
    expect(text('merged.jsonl')).toBe(text('undivided.jsonl'))
    const { header, records } = recordsIn(text('s2.jsonl'))
    expect(header.shard).toBe('2/3')
    expect(records).toHaveLength(8)
    await run({ out: file('undivided.csv') })
    expect(mergeThem(all, { out: file('merged.csv') })).toBe(0)
    expect(text('merged.csv')).toBe(text('undivided.csv'))
  })

  test('say together what the sweep would have said', async () => {
    out = ''
    await run({ format: ['json'] })
    const whole = JSON.parse(out) as SweepSummary
    expect(mergeThem(all, { format: ['json'] })).toBe(0)
    expect(JSON.parse(out)).toEqual(whole)
  })

  test('that are missing, doubled, damaged or of another sweep are named', async () => {
    expect(mergeThem(['s1.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toContain('shard 2 of 3 is missing')
    expect(mergeThem([...all, 's2.jsonl'])).toBe(2)
    expect(err).toMatch(/`.*s2\.jsonl` and `.*s2\.jsonl` are both shard 2 of 3/)
    await run({ shard: '2/3', out: file('other.jsonl'), seeds: '1..4' })
    expect(mergeThem(['s1.jsonl', 'other.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toMatch(/other\.jsonl` is of other `--seeds`/)
    await run({ shard: '2/3', out: file('other.jsonl'), duration: '20s' })
    expect(mergeThem(['s1.jsonl', 'other.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toMatch(/other\.jsonl` is of another scenario, other files, another `--duration`/)
    await run({ shard: '2/4', out: file('other.jsonl') })
    expect(mergeThem(['s1.jsonl', 'other.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toMatch(/other\.jsonl` is one of 4 shards, not of 3/)
    writeFileSync(file('cut.jsonl'), recordsIn(text('s2.jsonl')).lines.slice(0, 6).join('\n'))
    expect(mergeThem(['s1.jsonl', 'cut.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toMatch(/cut\.jsonl` holds 4 of 8 runs of its shard/)
    writeFileSync(file('cut.jsonl'), text('s2.jsonl').replace('"values":{', '"valves":{'))
    expect(mergeThem(['s1.jsonl', 'cut.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toMatch(/was changed by somebody/)
    expect(mergeThem(['a.yaml', 'nowhere.jsonl'])).toBe(2)
    expect(err).toMatch(/a\.yaml` holds no results of a sweep/)
    expect(err).toMatch(/nowhere\.jsonl` cannot be read/)
    for (const odd of ['{"schema":"hotshard.sweep/1"}', '{"schema":"hotshard.sweep/1","axes":[3]}', '[]', 'null', '']) {
      writeFileSync(file('odd.jsonl'), `${odd}\n`)
      expect(mergeThem(['odd.jsonl'])).toBe(2)
    }
  })

  test('that somebody has edited are refused with a word, whatever they say', () => {
    const [first = '', line = '', ...rest] = text('s1.jsonl').trimEnd().split('\n')
    const edited = (header: object, run: object = {}): number => {
      const lines = [
        { ...JSON.parse(first), ...header },
        { ...JSON.parse(line), ...run },
      ].map((each) => JSON.stringify(each))
      writeFileSync(file('edited.jsonl'), `${[...lines, ...rest].join('\n')}\n`)
      return mergeThem(['edited.jsonl', 's2.jsonl', 's3.jsonl'])
    }
    expect(edited({})).toBe(0)
    const headers = [
      ...['0/3', '1/0', '1/4000000000', '4/3', 7].map((shard) => ({ shard })),
      ...[null, [], { points: 0, seed: '1' }, { points: 4, seed: 1 }].map((sample) => ({ sample })),
      ...[{ settings: null }, { settings: { A: 1 } }, { measures: [null] }, { measures: 'all' }, { axes: [null] }],
    ]
    for (const header of headers) {
      expect(edited(header), JSON.stringify(header)).toBe(2)
      expect(err).toContain('holds no results of a sweep')
    }
    const runs = [
      ...[[null], [{ text: 1, ok: true, measured: '' }], {}].map((expectations) => ({ expectations })),
      ...[{ ending: 'passed\u001b[31m' }, { why: 5 }, { values: { 'p99(Origin.Latency)': '1' } }, { settings: null }],
    ]
    for (const odd of runs) {
      expect(edited({}, odd), JSON.stringify(odd)).toBe(2)
      expect(err).toContain('was changed by somebody')
      expect(out).toBe('')
    }
  })

  test('count for their own runs, whatever else a file holds and in whatever order they are named', () => {
    const stray = text('s2.jsonl')
      .split('\n')[1]!
      .replace(/"events":\d+/, '"events":1')
    writeFileSync(file('stray.jsonl'), `${text('s1.jsonl')}${stray}\n`)
    for (const names of [
      ['stray.jsonl', 's2.jsonl', 's3.jsonl'],
      ['s3.jsonl', 's2.jsonl', 'stray.jsonl'],
    ]) {
      expect(mergeThem(names, { out: file('strays.jsonl') })).toBe(0)
      expect(text('strays.jsonl')).toBe(text('undivided.jsonl'))
    }
  })

  test('with a line that nobody wrote are read no further', () => {
    const lines = text('s1.jsonl').trimEnd().split('\n')
    writeFileSync(
      file('long.jsonl'),
      [...lines.slice(0, 3), ' '.repeat(40 * 1024 * 1024), ...lines.slice(3), ''].join('\n'),
    )
    expect(mergeThem(['long.jsonl', 's2.jsonl', 's3.jsonl'])).toBe(2)
    expect(err).toMatch(/long\.jsonl` holds 2 of 8 runs of its shard/)
  })

  test('are merged without those that are missing when that is said, and the answer says so', () => {
    expect(mergeThem(['s1.jsonl', 's3.jsonl'], { partial: true, out: file('partial.jsonl') })).toBe(3)
    expect(out).toContain('PARTIAL: shard 2 missing')
    expect(out).toContain('16 runs;')
    const { header, records } = recordsIn(text('partial.jsonl'))
    expect(header.runs).toBe(24)
    expect(records).toHaveLength(16)
  })
})

describe('what is wrong', () => {
  test.each<[SweepFlags, RegExp]>([
    [{ set: ['Workers=1..'] }, /`Workers`: `1\.\.` is no range/],
    [{ set: ['Workers=1..8'] }, /has no step\n {2}= help: write one, such as `1\.\.8:1`/],
    [{ set: ['Wrkers=1,2'] }, /did you mean `Workers`\?/],
    [{ set: ['Workers=1..9:1'] }, /`Workers` is at most 8, not 9/],
    [{ seeds: 'x' }, /`--seeds x`/],
    [{ sample: '0' }, /`--sample 0` is no number of points/],
    [{ sampleSeed: '3' }, /`--sample-seed` draws nothing by itself/],
    [{ shard: '5/4', out: 'x.jsonl' }, /`--shard 5\/4` is no part of a whole/],
    [{ shard: '1/4', out: 'x.csv' }, /a shard is put together with the others from its file/],
    [{ workers: '0' }, /`--workers 0` is no number of threads/],
    [{ resume: true }, /`--resume` has nothing to go on from/],
    [{ out: 'x.txt' }, /`--out x\.txt` has no form\n {2}= help: end its name in \.jsonl, \.csv, \.parquet/],
    [{ format: ['xml'] }, /`--format xml` is no format/],
    [{ measure: ['p99(Origin.Latncy)'] }, /did you mean `Latency`\?/],
    [{ set: ['Workers=1..1000000:1'] }, /more than 100,000 values/],
    [{ change: ['1m:Workers=3'] }, /`--change` is for one run/],
  ])('%j is refused before anything runs', async (flags, message) => {
    expect(await run(flags)).toBe(2)
    expect(err).toMatch(message)
    expect(out).toBe('')
  })

  test('is told all at once', async () => {
    expect(await run({ set: ['Workers=5..1:1', 'Rate'], seeds: 'x', workers: 'many', out: 'x' })).toBe(2)
    expect(err.match(/^error/gm)).toHaveLength(5)
    err = ''
    expect(await run({ set: ['Workers=0,3,9', 'Rate=10/s,20/x,30'] })).toBe(2)
    for (const each of [/at least 1, not 0/, /at most 8, not 9/, /`x` is not a unit/, /`30` has no unit/])
      expect(err).toMatch(each)
  })

  test('only where two values meet is told of the runs that meet it, and the others are done', async () => {
    const scenario = SCENARIO.replace(
      'Resources:',
      'Rules: { Few: { RuleCondition: !Equals [!Ref Rate, 60/s], Assertions: [{ Assert: !Not [!Equals [!Ref Workers, "1"]] }] } }\nResources:',
    )
    writeFileSync(file('rule.yaml'), scenario)
    const code = await sweep(file('rule.yaml'), {
      workers: '1',
      seeds: '1,2',
      set: ['Workers=2,1', 'Rate=10/s,60/s'],
      format: ['json'],
    })
    expect(err).toBe('')
    const { runs, reasons } = JSON.parse(out) as SweepSummary
    expect(runs).toMatchObject({ all: 8, done: 8, refused: 2 })
    expect(reasons).toMatchObject([{ ending: 'refused', runs: 2 }])
    expect(code).toBe(0)
  })
})

test('a reader that has seen enough is no failure', async () => {
  const child = spawn(process.execPath, args('sweep', file('a.yaml'), '--set', 'Workers=1..4:1', '--workers', '1'))
  child.stdout.destroy()
  child.stderr.destroy()
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0)
})

test('results, a report and another form never go to the same file', async () => {
  const same = file('same.jsonl')
  expect(await run({ out: same, report: same })).toBe(2)
  expect(err).toContain('is the file of `--out`')
  expect(await run({ out: same, format: [`json=${same}`] })).toBe(2)
  expect(await run({ out: same, report: `${same}.journal` })).toBe(2)
  expect(existsSync(same)).toBe(false)
  expect(await run({ out: same })).toBe(0)
  const before = text('same.jsonl')
  expect(merge([same], { out: file('other.csv'), report: file('other.csv') })).toBe(2)
  expect(merge([same], { out: same, report: same })).toBe(2)
  expect(merge([same], { report: same })).toBe(2)
  expect(text('same.jsonl')).toBe(before)
})

describe('the answer', () => {
  test('says first where expectations begin to fail and which point is best, then a table an axis and a map of two', async () => {
    expect(await run({})).toBe(0)
    expect(out).toContain('8 points × 3 seeds')
    expect(out).toMatch(/Workers: all runs pass from 3 on; at 2 3 of 6 do; what fails most often there is/)
    expect(out).toMatch(/Rate: all runs pass up to 10\/s; at 60\/s 6 of 12 do/)
    expect(out).toMatch(
      /p99\(Origin\.Latency\): least where all runs pass \d+ ms \(\d+ to \d+ ms\) at Workers=\d, Rate=10\/s/,
    )
    expect(out).toMatch(/^Workers +passed +p99\(Origin\.Latency\) +sum\(Origin\.Requests\)$/m)
    expect(out).toMatch(/^ +4 +6 of 6 +\d+ ± \d+\.?\d* ms +1,\d+ ± [\d.]+$/m)
    expect(out).toMatch(/Runs that pass {2}Workers down, Rate across\nWorkers +10\/s +60\/s\n +1 +█ 100 % +· 0 %/)
    expect(out).toContain(
      `repeat npx hotshard sweep ${file('a.yaml')} --set Workers=1..4:1 --set Rate=10/s,60/s --seeds 1..3`,
    )
    const wide = out.split('\n').filter((line) => line.length > 110)
    expect(wide.filter((line) => !line.startsWith('repeat '))).toEqual([])
  })

  test('without expectations and seeds says what it can', async () => {
    writeFileSync(file('free.yaml'), SCENARIO.replace(/ {2}Expect.*\n/, ''))
    expect(await sweep(file('free.yaml'), { workers: '1', set: ['Workers=1,4'] })).toBe(0)
    expect(out).toContain('2 points × 1 seed')
    expect(out).toContain('One seed cannot tell chance from cause')
    expect(out).not.toContain('passed')
    expect(out).toMatch(/^Workers +runs +\S/m)
  })

  test('as CSV is a line a point', async () => {
    await run({ format: ['csv'], set: ['Workers=1,4'] })
    const [head, first] = out.split('\n')
    expect(head).toMatch(/^Workers,runs,passed,p99\(Origin\.Latency\) \[Milliseconds\],p99\(Origin\.Latency\) low,/)
    expect(first).toMatch(/^1,3,\d,[\d.]+,[\d.]+,[\d.]+,/)
  })
})
