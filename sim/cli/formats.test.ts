// `--format`: what is printed, what goes into files, and how much of it a pipeline's log gets.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { check } from './check.ts'
import { readFormats } from './formats.ts'
import { run } from './run.ts'

const text = (expectations: string, more = ''): string => `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 70/s } }
  Expect:
    - ${expectations}
  ${more}
`
const WARNED = `
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }
  Dead: { Type: AWS::SQS::Queue }
Simulation: { Duration: 1m, Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } } }
`

let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(file(name), 'utf8')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-run-formats-'))
  writeFileSync(file('good.yaml'), text('p50(Origin.Latency) > 1 ms'))
  writeFileSync(file('failing.yaml'), text('p50(Origin.Latency) < 1 ms'))
  writeFileSync(file('endless.yaml'), text('p50(Origin.Latency) > 1 ms', 'Guards: { Events: 500 }'))
  writeFileSync(file('bad.yaml'), text('p50(Orgin.Latency) < 1 s'))
  writeFileSync(file('warned.yaml'), WARNED)
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = err = ''
  vi.stubEnv('CI', undefined)
  vi.stubEnv('GITHUB_WORKSPACE', folder)
  vi.stubEnv('GITHUB_STEP_SUMMARY', undefined)
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('the flag', () => {
  const known = ['pretty', 'json', 'github'] as const
  const read = (...values: string[]) => readFormats(values, known, ['github'])

  it('takes one form for the terminal and any number for files', () => {
    expect(read()).toEqual({ printed: undefined, files: [] })
    expect(read('json')).toEqual({ printed: 'json', files: [] })
    expect(read('github', 'json=a.json', 'json=b=c.json', 'github')).toEqual({
      printed: 'github',
      files: [
        { format: 'json', path: 'a.json' },
        { format: 'json', path: 'b=c.json' },
      ],
    })
  })

  it('refuses what is no format, has no file, or cannot be', () => {
    expect(read('jsn')).toMatchObject({ message: '`--format jsn` is no format', help: 'did you mean `json`?' })
    expect(read('xml=a')).toMatchObject({ help: 'one of pretty, json, github' })
    expect(read('json=')).toMatchObject({ message: '`--format json=` has no file' })
    expect(read('constructor')).toMatchObject({ slug: 'bad-flag' })
    expect(read('github=log')).toMatchObject({ message: '`github` cannot go to a file' })
    expect(read('json', 'pretty')).toMatchObject({
      message: '`json` and `pretty` cannot both be printed',
      help: 'give one of them a file: `--format pretty=FILE`',
    })
  })
})

describe('run', () => {
  it('prints each form alone, with the exit codes of all', () => {
    const begins = { junit: '<?xml ', tap: 'TAP version 14\n', markdown: '## ❌ hotshard, ', json: '{\n' }
    for (const [format, begin] of Object.entries(begins)) {
      out = err = ''
      expect(run([file('failing.yaml')], { format: [format] }), format).toBe(1)
      expect(out.startsWith(begin), format).toBe(true)
      expect(err).toBe('')
    }
    for (const format of ['junit', 'tap', 'markdown', 'github']) {
      expect(run([file('good.yaml')], { format: [format] }), format).toBe(0)
      expect(run([file('good.yaml'), file('bad.yaml')], { format: [format] }), format).toBe(2)
      expect(run([file('endless.yaml'), file('failing.yaml')], { format: [format] }), format).toBe(3)
    }
  })

  it('writes any number of forms into files beside what it prints', () => {
    const format = ['junit=o.xml', 'tap=o.tap', 'json=o.json', 'markdown=o.md', 'pretty=o.txt'].map((each) =>
      each.replace('=', `=${folder}/`),
    )
    expect(run([file('failing.yaml')], { format })).toBe(1)
    expect(out).toContain('FAIL p50(Origin.Latency) < 1 ms')
    expect(read('o.txt')).toBe(out)
    expect(read('o.xml')).toContain('file="failing.yaml" line="7"')
    expect(read('o.tap')).toContain('not ok 3 - p50(Origin.Latency) < 1 ms')
    expect(read('o.md')).toContain('1 of 1 expectation failed')
    expect(JSON.parse(read('o.json'))).toMatchObject({ schema: 'hotshard.report/1' })
    const before = read('o.xml').replaceAll(/time="[\d.]+"/g, '')
    run([file('failing.yaml')], { format: [`junit=${file('o.xml')}`] })
    expect(read('o.xml').replaceAll(/time="[\d.]+"/g, '')).toBe(before)
  })

  it('refuses a file that it cannot write, another one’s or a scenario’s before it runs', () => {
    const refusal = (...format: string[]): string => {
      err = ''
      expect(run([file('good.yaml')], { format, metrics: file('m.csv') })).toBe(2)
      expect(out).toBe('')
      return err
    }
    expect(refusal(`junit=${file('none/o.xml')}`)).toContain('its folder does not exist')
    expect(refusal(`junit=${file('good.yaml')}`)).toContain('is the scenario itself')
    expect(refusal(`junit=${file('o')}`, `tap=${file('o')}`)).toContain('is the file of `--format junit`')
    expect(refusal(`junit=${file('m.csv')}`)).toContain('is the file of `--metrics`')
    expect(refusal('junt')).toContain('did you mean `junit`?')
    expect(read('good.yaml')).toContain('Expect')
  })

  it.skipIf(!existsSync('/dev/full'))('exits 2 when a file is not whole', () => {
    expect(run([file('good.yaml')], { format: ['junit=/dev/full'] })).toBe(2)
    expect(err).toMatch(/^error\[not-written\]: `--format junit=\/dev\/full` is not whole: ENOSPC/)
  })

  it('says a scenario in a line when it is good, and all that is needed when it is not, for several in a pipeline', () => {
    vi.stubEnv('CI', 'true')
    const paths = ['good', 'warned', 'failing', 'endless', 'bad'].map((name) => file(`${name}.yaml`))
    expect(run(paths, {})).toBe(3)
    const lines = out.trimEnd().split('\n')
    expect(lines[0]).toBe(`ok       ${file('good.yaml')}     1 expectation holds`)
    expect(lines[1]).toBe(`ok       ${file('warned.yaml')}   nothing is expected, 1 warning`)
    expect(lines[2]).toBe(`FAIL     ${file('failing.yaml')}  1 of 1 expectation failed`)
    expect(lines[3]).toBe('           expected p50(Origin.Latency) < 1 ms')
    expect(lines[4]).toMatch(/^ {11}measured \d/)
    expect(lines[5]).toBe(`           at       ${file('failing.yaml')}:7:7`)
    expect(lines[6]).toMatch(/^ {11}because {2}Origin cannot keep up: /)
    expect(lines).toContain(`           repeat   npx hotshard run ${file('failing.yaml')} --seed 1`)
    expect(out).toMatch(/\nSTOPPED {2}\S+endless\.yaml {2}stopped after .*\n {11}because /)
    expect(lines.slice(-2)).toEqual([
      `ERROR    ${file('bad.yaml')}      1 error`,
      '5 scenarios: 2 ok, 1 failed, 1 stopped by a guard, 1 not valid',
    ])
    // The place of the mistake is shown, the warnings of a good one are only counted.
    expect(err).toContain('did you mean `Origin`?')
    expect(err).not.toContain('hotshard check')
  })

  it('is brief also where a form for a pipeline is asked for, and never where a whole report is', () => {
    const paths = [file('good.yaml'), file('failing.yaml')]
    run(paths, {})
    expect(out).toContain('digest ')
    expect(out).toMatch(/\nok {7}\S+good\.yaml {5}1 expectation holds\nFAIL {5}\S+failing\.yaml {2}1 of 1 .*\n$/)
    out = ''
    run(paths, { format: [`junit=${file('o.xml')}`] })
    expect(out).not.toContain('digest ')
    out = ''
    run(paths, { format: ['pretty', `junit=${file('o.xml')}`] })
    expect(out).toContain('digest ')
    out = ''
    vi.stubEnv('CI', 'true')
    run([file('failing.yaml')], {})
    expect(out).toContain('digest ')
    out = ''
    vi.stubEnv('CI', 'false')
    run(paths, {})
    expect(out).toContain('digest ')
  })

  it("annotates the scenario's lines for GitHub, from the top of the checkout, and adds to the page of the job", () => {
    writeFileSync(file('summary.md'), 'before\n')
    vi.stubEnv('GITHUB_STEP_SUMMARY', file('summary.md'))
    expect(run([file('good.yaml'), file('failing.yaml'), file('bad.yaml')], { format: ['github'] })).toBe(2)
    const commands = out.split('\n').filter((line) => line.startsWith('::'))
    expect(commands).toHaveLength(2)
    expect(commands[0]).toMatch(
      /^::error file=failing\.yaml,line=7,col=7,title=failed%3A p50\(Origin\.Latency\) < 1 ms::/,
    )
    expect(commands[1]).toMatch(/^::error file=bad\.yaml,line=7,endLine=7,col=11,endColumn=16,title=unknown-resource::/)
    expect(out).toContain('3 scenarios: 1 ok, 1 failed, 1 not valid\n')
    expect(read('summary.md')).toMatch(/^before\n## ❌ hotshard, 3 scenarios: 1 ok, 1 failed, 1 not valid\n/)
    // A page that cannot be written is no failure of the scenario.
    vi.stubEnv('GITHUB_STEP_SUMMARY', folder)
    expect(run([file('good.yaml')], { format: ['github'] })).toBe(0)
    expect(err).toContain('warning[not-written]: `GITHUB_STEP_SUMMARY`')
    // From a folder of the checkout, and of a file that lies outside of it.
    mkdirSync(file('sub'), { recursive: true })
    vi.stubEnv('GITHUB_WORKSPACE', file('sub'))
    out = ''
    run([file('failing.yaml')], { format: ['github'] })
    expect(out).toContain(`::error file=${file('failing.yaml')},line=7`)
  })
})

describe('check', () => {
  it('has the forms of servers too: a case per scenario', () => {
    expect(check([file('good.yaml'), file('bad.yaml')], { format: [`junit=${file('c.xml')}`] })).toBe(2)
    expect(out).toContain('good.yaml: ok, ')
    expect(read('c.xml')).toMatch(/<testsuites name="hotshard" tests="2" failures="0" errors="1" time="0\.000">/)
    expect(read('c.xml')).toContain('name="is valid" time="0.000" file="bad.yaml" line="7">')
    out = err = ''
    expect(check([file('good.yaml')], { format: ['tap'] })).toBe(0)
    expect(out).toContain('    ok 1 - is valid\n')
    expect(err).toBe('')
    expect(check([file('good.yaml')], { format: ['sarif'] })).toBe(2)
    expect(check([file('good.yaml')], { format: [`json=${folder}`] })).toBe(2)
    expect(check([file('good.yaml')], { format: ['pretty=a'] })).toBe(2)
  })
})
