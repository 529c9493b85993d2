// An exception of ours in one of several scenarios: it is told, and the others are judged all the same.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type * as Reports from '../run/report.ts'
import type { Run } from '../run/run.ts'
import { commandText } from './problems.ts'
import { run } from './run.ts'

vi.mock('../run/report.ts', async (original) => {
  const real = await original<typeof Reports>()
  return {
    ...real,
    reportOf: (done: Run, reproduce: string) => {
      if (done.scenario.name.endsWith('odd.yaml')) throw new Error('a row is missing\n::error::x')
      return real.reportOf(done, reproduce)
    },
  }
})

const SCENARIO = `
Resources: { Jobs: { Type: AWS::SQS::Queue } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } }
  Expect: [sum(Jobs.NumberOfMessagesSent) > 10]
`

test('a bug in one scenario costs that scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotshard-bug-'))
  const names = ['first.yaml', 'odd.yaml', 'second.yaml'].map((name) => join(folder, name))
  for (const name of names) writeFileSync(name, SCENARIO)
  let out = ''
  let err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
  const xml = join(folder, 'o.xml')
  const code = run([folder], { format: ['github', `junit=${xml}`] })
  vi.restoreAllMocks()
  expect(code).toBe(70)
  expect(out).toMatch(
    /^ok +\S+first\.yaml +1 expectation holds\nBUG +\S+odd\.yaml +a bug of hotshard: a row is missing/,
  )
  expect(out).toContain(`           repeat   npx hotshard run ${names[1]} --seed 1\n`)
  expect(out).toMatch(/\n::error file=\S+odd\.yaml,title=a bug of hotshard::/)
  expect(out).not.toMatch(/^::error::x/m)
  expect(out).toMatch(/\nok +\S+second\.yaml .*\n3 scenarios: 2 ok, 1 with a bug of hotshard\n$/)
  expect(err).toMatch(/^hotshard has a bug, and this is it:\nError: a row is missing/)
  expect(err).not.toMatch(/^::error::x/m)
  expect(err).toContain(`command: npx hotshard run ${names[1]} --seed 1\n`)
  expect(readFileSync(xml, 'utf8')).toContain('tests="7" failures="0" errors="1"')
  rmSync(folder, { recursive: true })
})

test('the command of a bug is shown without the password of an address', () => {
  const words = [
    'sweep',
    'a b.yaml',
    '--redis',
    'rediss://me:se@cr:et@host:6380/1',
    '--redis=redis://:x@h',
    '--out',
    'a@b',
  ]
  expect(commandText(words)).toBe("sweep 'a b.yaml' --redis 'rediss://…@host:6380/1' '--redis=redis://…@h' --out a@b")
})
