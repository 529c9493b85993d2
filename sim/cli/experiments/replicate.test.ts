// `hotshard run --seeds`: exit codes, what people and programs are told, and what is refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Replications } from '../../experiment/replications.ts'
import { EXIT } from '../exit.ts'
import { replicate, type ReplicateFlags } from './replicate.ts'

const text = (expectation: string, more = ''): string => `
Parameters: { Workers: { Type: Number, Default: 2, MinValue: 1 } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 20/s } }
  Expect: [${expectation}]
  ${more}
`
let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const run = (name: string, flags: Partial<ReplicateFlags> & Record<string, unknown> = {}): Promise<number> =>
  replicate([file(name)], { seeds: '1..6', workers: '1', ...flags })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-seeds-'))
  writeFileSync(file('good.yaml'), text('p50(Load.Latency) < 1 s'))
  writeFileSync(file('sometimes.yaml'), text('max(Load.Latency) < 350 ms'))
  writeFileSync(file('bad.yaml'), text('p50(Lod.Latency) < 1 s'))
  writeFileSync(file('endless.yaml'), text('p50(Load.Latency) < 1 s', 'Guards: { Events: 500 }'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => vi.restoreAllMocks())

test('an expectation that holds with every seed is ok', async () => {
  expect(await run('good.yaml')).toBe(EXIT.ok)
  expect(out).toContain('held in 6 of 6; of all seeds 54.1 % to 100 % would')
  expect(out).toContain('1 expectation held in all of 6 runs')
  expect(out).toMatch(/Load\.Latency +\d,\d{3} .*\d to \d+ ms\)/)
  expect(out).toContain(`repeat npx hotshard run ${file('good.yaml')} --seeds 1..6`)
})

test('one that fails with some seeds fails, and the seeds are named with the command that shows one', async () => {
  expect(await run('sometimes.yaml', { format: ['json'] })).toBe(EXIT.expectationFailed)
  const report = JSON.parse(out) as Replications
  const { held, failed } = report.expectations[0]!
  expect(held).toBeGreaterThan(0)
  expect(failed.length).toBe(6 - held)
  expect(failed.length).toBeGreaterThan(0)
  expect(report.runs.filter(({ ending }) => ending === 'failed').map(({ seed }) => seed)).toEqual(failed)
  out = ''
  expect(await run('sometimes.yaml')).toBe(EXIT.expectationFailed)
  expect(out).toContain(`held in ${held} of 6 (${failed.length === 1 ? 'seed' : 'seeds'} ${failed.join(', ')} failed)`)
  expect(out).toContain(`npx hotshard run ${file('sometimes.yaml')} --seed ${failed[0]}`)
  expect(out).toContain('1 of 1 expectation failed in some of 6 runs')
})

test('a pipeline gets a line for what holds with every seed, and the seed that shows what does not', async () => {
  const format = ['github', `junit=${file('o.xml')}`, `tap=${file('o.tap')}`]
  vi.stubEnv('GITHUB_WORKSPACE', folder)
  const code = await replicate([file('*.yaml')], { seeds: '1..6', workers: '1', format })
  vi.unstubAllEnvs()
  expect(code).toBe(EXIT.guard)
  const [, seed] = /^ +repeat +npx hotshard run \S+sometimes\.yaml --seed (\d)$/m.exec(out)!
  expect(out).toMatch(/^ERROR +\S+bad\.yaml +1 error$/m)
  expect(out).toMatch(/^STOPPED +\S+endless\.yaml +not with seeds 1, 2, 3.*: more than 500 events/m)
  expect(out).toMatch(/^ok +\S+good\.yaml +1 expectation holds with 6 seeds$/m)
  expect(out).toMatch(/^FAIL +\S+sometimes\.yaml +1 of 1 expectation failed with some of 6 seeds$/m)
  expect(out).toMatch(new RegExp(`^ +found +held in \\d of 6 \\(seeds? ${seed}`, 'm'))
  expect(out).toMatch(
    /^::error file=sometimes\.yaml,line=7,col=12,title=failed%3A max\(Load\.Latency\) < 350 ms::found held in/m,
  )
  expect(out).toMatch(/\n4 scenarios: 1 ok, 1 failed, 1 stopped by a guard, 1 not valid\n$/)
  const xml = readFileSync(file('o.xml'), 'utf8')
  expect(xml).toContain('tests="10" failures="1" errors="2"')
  expect(xml).toMatch(/<skipped>no run came to its end<\/skipped>/)
  expect(readFileSync(file('o.tap'), 'utf8')).toContain(
    `repeat: npx hotshard run ${file('sometimes.yaml')} --seed ${seed}`,
  )
})

test('it says when the seeds are too few, and how many would do', async () => {
  await run('good.yaml', { seeds: '1' })
  expect(out).toContain('One seed cannot tell chance from cause: ask for more, such as --seeds 1..10.')
  await run('good.yaml', { seeds: '1..3' })
  expect(out).toMatch(/Not enough seeds for ± 5 % of the mean: \S+ needs \d/)
})

test('settings reach every run', async () => {
  await run('good.yaml', { format: ['json'], set: ['Workers=1'], seeds: '4' })
  const one = JSON.parse(out) as Replications
  out = ''
  await run('good.yaml', { format: ['json'], seeds: '4' })
  const two = JSON.parse(out) as Replications
  expect(one).toMatchObject({ schema: 'hotshard.replications/1', settings: { Workers: '1' } })
  expect(one.reproduce).toContain('--seeds 4 --set Workers=1')
  expect(one.runs[0]!.digest).not.toBe(two.runs[0]!.digest)
})

test('a guard stops runs with code 3, and what was stopped counts nowhere', async () => {
  expect(await run('endless.yaml')).toBe(EXIT.guard)
  expect(out).toContain('6 runs did not come to the end and count nowhere below')
  expect(out).toContain('seed 1, partial: more than 500 events have run')
  expect(out).not.toContain('held in')
})

test('bad input is refused before anything runs: scenarios, seeds, and what is for one run alone', async () => {
  expect(await run('bad.yaml')).toBe(EXIT.badInput)
  expect(err).toContain('did you mean `Load`')
  for (const [flags, message] of [
    [{ seeds: '5..1' }, '`5..1` ends before it begins'],
    [{ seed: '3' }, '`--seed` is for one run, and `--seeds` asks for several'],
    [{ change: ['1m:Workers=3'] }, '`--change` is for one run'],
    [{ report: 'out.html' }, '`--report` is for one run'],
    [{ format: ['jsn'] }, 'did you mean `json`?'],
    [{ workers: '0' }, '`--workers 0` is no number of threads'],
    [{ set: ['Workers=0'] }, 'Workers'],
  ] as const) {
    err = ''
    expect(await run('good.yaml', flags as unknown as Partial<ReplicateFlags>)).toBe(EXIT.badInput)
    expect(err).toContain(message)
  }
  expect(out).toBe('')
})

test('threads give the same bytes as one thread, and a file gets the same as the terminal', async () => {
  await run('good.yaml', { format: ['json', `json=${file('out.json')}`] })
  const alone = out
  expect(readFileSync(file('out.json'), 'utf8')).toBe(alone)
  out = ''
  await run('good.yaml', { format: ['json'], workers: '2' })
  expect(out).toBe(alone)
}, 30_000)

test('several scenarios are a list', async () => {
  expect(await replicate([file('good.yaml'), file('bad.yaml')], { seeds: '1,2', workers: '1', format: ['json'] })).toBe(
    EXIT.badInput,
  )
  expect(JSON.parse(out)).toMatchObject([{ scenario: file('good.yaml') }])
})
