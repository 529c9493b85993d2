// `hotshard compare`: the answer, exit codes for regressions, baselines in files, and what is refused.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Comparison } from '../../experiment/comparison.ts'
import { EXIT } from '../exit.ts'
import { compare, type CompareFlags } from './compare.ts'

const text = (workers: number | string, service: string, more = ''): string => `
Parameters: { Workers: { Type: Number, Default: ${workers}, MinValue: 1 } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(${service}) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 20/s } }
  Expect: [p99(Load.Latency) < 230 ms]
  ${more}
`
let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const run = (b: string | undefined, flags: CompareFlags = {}, a = 'two.yaml'): Promise<number> => {
  out = ''
  err = ''
  return compare(file(a), b === undefined ? undefined : file(b), { workers: '1', ...flags })
}
const inJson = async (b: string | undefined, flags: CompareFlags = {}): Promise<Comparison> => {
  await run(b, { ...flags, format: 'json' })
  return JSON.parse(out) as Comparison
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-compare-'))
  writeFileSync(file('two.yaml'), text(2, '40ms'))
  writeFileSync(file('three.yaml'), text(3, '40ms'))
  writeFileSync(file('bad.yaml'), text(2, '40'))
  writeFileSync(file('endless.yaml'), text(2, '40ms', 'Guards: { Events: 500 }'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => vi.restoreAllMocks())

describe('the answer comes first', () => {
  test('better and worse, by the same seeds on both sides', async () => {
    expect(await run('three.yaml')).toBe(EXIT.ok)
    expect(out.split('\n')[1]).toMatch(/^B is better: p50\(Load\.Latency\) -\d+(\.\d)? % \(3\d\.\d ms to 2\d\.\d ms\)/)
    expect(out).toContain('10 pairs of runs, seeds 1..10, intervals of 95 %')
    expect(out).toMatch(/p99\(Load\.Latency\) +\d+ ms +\d+ ms +-[\d.]+ ms +-[\d.]+ to -[\d.]+ ms +-[\d.]+ % +better/)
    expect(await run('two.yaml', {}, 'three.yaml')).toBe(EXIT.ok)
    expect(out.split('\n')[1]).toContain('B is worse: p50(Load.Latency) +')
  })

  test('the same: two settings of one scenario, `--set` on both sides and `--set-b` on the second', async () => {
    const found = await inJson('three.yaml', { set: ['Workers=4'] })
    expect(found).toMatchObject({
      answer: 'equal',
      a: { settings: { Workers: '4' } },
      b: { settings: { Workers: '4' } },
    })
    const other = await inJson(undefined, { setB: ['Workers=3'], seeds: '1..6' })
    const alone = await inJson('three.yaml', { seeds: '1..6' })
    expect(other.measures).toEqual(alone.measures)
    expect(other.reproduce).toContain(`${file('two.yaml')} --seeds 1..6 --set-b Workers=3`)
    await run('two.yaml')
    expect(out.split('\n')[1]).toBe('A and B are the same: no measure differs with any seed.')
  })

  test('one seed cannot tell, and few say how many would', async () => {
    await run('three.yaml', { seeds: '3' })
    expect(out).toContain('One seed cannot tell a difference from chance: ask for more, such as --seeds 1..10.')
    await run(undefined, { setB: ['Workers=3'], seeds: '1..2' })
    expect(out).toContain('There is no difference that 2 seeds can tell.')
    expect(out).toMatch(/not enough seeds to tell: p\d\d\(Load\.Latency\) -[\d.]+ % .*about \d+ seeds would tell/s)
  })

  test('expectations that hold more or less often are named', async () => {
    await run(undefined, { setB: ['Workers=1'], seeds: '1..6' })
    expect(out).toContain('Expectations that hold more or less often')
    expect(out).toMatch(/p99\(Load\.Latency\) < 230 ms: in [456] of 6, now in 0/)
  })
})

describe('a stated regression', () => {
  test('fails with code 1 when it is sure, and only then', async () => {
    const failOn = ['p99(Load.Latency) +5%', 'sum(Load.Successes) -1%']
    expect(await run('two.yaml', { failOn }, 'three.yaml')).toBe(EXIT.expectationFailed)
    expect(out).toMatch(/FAIL p99\(Load\.Latency\) \+5%\n +\d+ ms to \d+ ms \(\+\d/)
    expect(out).toMatch(/ok +sum\(Load\.Successes\) -1%/)
    expect(out).toContain('1 of 2 conditions regressed')
    expect(await run('three.yaml', { failOn })).toBe(EXIT.ok)
    expect(out).toContain('no regression in 2 conditions')
    // So few seeds cannot tell: nothing fails by luck.
    expect(await run('two.yaml', { failOn: failOn.slice(0, 1), seeds: '1..2' }, 'three.yaml')).toBe(EXIT.ok)
    expect(out).toMatch(/\? +p99\(Load\.Latency\) \+5%\n.*not enough seeds to tell, about \d+ would be/)
    expect(out).toContain('no sure regression in 1 condition, and 1 of them cannot be told')
  })

  test('may be of anything that can be measured, also in a part of the run', async () => {
    const failOn = [
      'p99(Load.Latency) during 30s.. +50%',
      'p50(Load.Latency) +2 ms',
      'p99(Load.Latency) / p50(Load.Latency) +400%',
    ]
    expect(await run('two.yaml', { failOn }, 'three.yaml')).toBe(EXIT.expectationFailed)
    const found = JSON.parse((await run('two.yaml', { failOn, format: 'json' }, 'three.yaml'), out)) as Comparison
    expect(found.conditions.map(({ verdict }) => verdict)).toEqual(['kept', 'regressed', 'kept'])
    expect(found.measures.map(({ name }) => name)).toContain('p99(Load.Latency) during 30s..')
    expect(found.measures.map(({ name }) => name)).toContain('p99(Origin.Latency)')
  })

  test('that is misspelt or of another kind is refused before anything runs', async () => {
    for (const [failOn, message] of [
      ['p99(Load.Latency)', 'says what is measured, but not by how much'],
      ['p99(Lod.Latency) +5%', 'did you mean `Load`?'],
      ['p99(Load.Latncy) +5%', 'did you mean `Latency`?'],
      ['p99(Load.Latency) +5 USD', 'is compared with'],
    ] as const) {
      expect(await run('three.yaml', { failOn: [failOn] })).toBe(EXIT.badInput)
      expect(err).toContain(message)
      expect(out).toBe('')
    }
  })
})

describe('a baseline', () => {
  const baseline = (): string => file('baseline.json')

  test('is made, compared with by its own seeds, and updated', async () => {
    expect(await run(undefined, { baseline: baseline() })).toBe(EXIT.badInput)
    expect(err).toContain('there is no such file')
    expect(err).toContain('make it with `--update-baseline`')
    expect(await run(undefined, { baseline: baseline(), updateBaseline: true, seeds: '1..7' })).toBe(EXIT.ok)
    expect(err).toMatch(/baseline\.json has \d+ measures of seeds 1\.\.7 now/)
    const first = readFileSync(baseline(), 'utf8')

    expect(await run(undefined, { baseline: baseline(), failOn: ['p99(Load.Latency) +5%'] })).toBe(EXIT.ok)
    expect(out).toContain('A and B are the same')
    expect(out).toContain('7 pairs of runs, seeds 1..7')
    expect(out).toContain('the scenario is that of the baseline')
    expect(out).not.toContain('stale')
    expect(readFileSync(baseline(), 'utf8')).toBe(first)

    // The same seeds as before: what is paired with the file is what would be paired with a run.
    const paired = await inJson(undefined, { baseline: baseline(), set: ['Workers=3'] })
    const direct = await inJson(undefined, { setB: ['Workers=3'], seeds: '1..7' })
    const named = (comparison: Comparison) =>
      comparison.measures
        .filter(({ name }) => paired.measures.some((each) => each.name === name))
        .map(({ name, difference, low, high }) => [name, difference, low, high])
    expect(named(paired)).toEqual(named(direct))
    expect(paired.notes).toContain('the scenario has changed since the baseline was made')
    expect(paired.measures.length).toBeGreaterThan(5)

    expect(await run(undefined, { baseline: baseline(), set: ['Workers=1'], failOn: ['p99(Load.Latency) +5%'] })).toBe(
      EXIT.expectationFailed,
    )
    // Updated, it is what is compared with from now on.
    expect(
      await run(undefined, {
        baseline: baseline(),
        set: ['Workers=1'],
        failOn: ['p99(Load.Latency) +5%'],
        updateBaseline: true,
      }),
    ).toBe(EXIT.ok)
    expect(out).toContain('B is worse')
    expect(await run(undefined, { baseline: baseline(), set: ['Workers=1'], failOn: ['p99(Load.Latency) +5%'] })).toBe(
      EXIT.ok,
    )
  })

  test('knows its seeds, and says when it is stale', async () => {
    await run(undefined, { baseline: baseline(), updateBaseline: true, seeds: '1..4' })
    expect(await run(undefined, { baseline: baseline(), seeds: '3..6' })).toBe(EXIT.badInput)
    expect(err).toContain('the baseline has no seed 5,6')
    const kept = readFileSync(baseline(), 'utf8')
    writeFileSync(baseline(), kept.replace(/"version": "[^"]*"/, '"version": "0.0.1"'))
    await run(undefined, { baseline: baseline() })
    expect(out).toContain('the baseline is stale: hotshard 0.0.1 made it')
    writeFileSync(baseline(), kept.replace(/("p99\(Load\.Latency\)": .*"values": \[)\d+/, '$1999'))
    await run(undefined, { baseline: baseline() })
    expect(out).toContain('the baseline is stale: the same scenario has other figures now')
  })

  test('stays as it was when a run does not come to its end', async () => {
    const path = file('never.json')
    expect(await run(undefined, { baseline: path, updateBaseline: true }, 'endless.yaml')).toBe(EXIT.guard)
    expect(err).toContain('the baseline stays as it is')
    expect(existsSync(path)).toBe(false)
  })

  test('that is none is refused', async () => {
    const path = file('other.json')
    writeFileSync(path, '{"schema": "something/1"}')
    expect(await run(undefined, { baseline: path })).toBe(EXIT.badInput)
    expect(err).toContain('is no baseline: it does not say `"schema": "hotshard.baseline/1"`')
    writeFileSync(path, '')
    expect(await run(undefined, { baseline: path })).toBe(EXIT.badInput)
    expect(err).toContain('it is no JSON')
    expect(readFileSync(path, 'utf8')).toBe('')
    expect(await run(undefined, { baseline: folder })).toBe(EXIT.badInput)
    expect(await run(undefined, { baseline: file('two.yaml'), updateBaseline: true })).toBe(EXIT.badInput)
    expect(err).toContain('is the scenario itself')
  })
})

test('what makes no sense is refused', async () => {
  for (const [b, flags, message] of [
    [undefined, {}, 'there is nothing to compare it with'],
    ['three.yaml', { baseline: 'x.json' }, 'a baseline is the other side already'],
    ['three.yaml', { updateBaseline: true }, '`--update-baseline` does not say which'],
    ['three.yaml', { change: ['1m:Workers=3'] }, '`--change` is for one run'],
    ['three.yaml', { seeds: 'x' }, '`x` is no seed'],
    ['three.yaml', { workers: '0' }, 'is no number of threads'],
    ['bad.yaml', {}, 'missing-unit'],
    ['none.yaml', {}, 'there is no such file'],
    [undefined, { setB: ['Workers=0'] }, 'Workers'],
  ] as const) {
    expect(await run(b, flags as CompareFlags)).toBe(EXIT.badInput)
    expect(err).toContain(message)
    expect(out).toBe('')
  }
})

test('runs that a guard stopped are named, and the code is 3', async () => {
  expect(await run('endless.yaml', { seeds: '1..3' })).toBe(EXIT.guard)
  expect(out).toContain('Nothing can be compared: no seed came to its end on both sides.')
  expect(out).toContain('B, seed 1: more than 500 events have run')
})
