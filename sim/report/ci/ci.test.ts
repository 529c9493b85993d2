// The forms for CI servers, read by parsers of others: whatever a scenario's texts hold, they stay texts.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { Parser, type Result } from 'tap-parser'
import { expect, describe, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { Problems } from '../../diag/problem.ts'
import { plain } from '../../diag/text.ts'
import { reportOf, type Report } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { annotations } from './github.ts'
import { junit } from './junit.ts'
import { code, escaped, markdown } from './markdown.ts'
import { tap } from './tap.ts'
import { checkVerdict, details, tally, verdictOf, type Verdict } from './verdict.ts'

const SCHEMA = readFileSync(new URL('../../../test/ci/jenkins-junit.xsd', import.meta.url), 'utf8')
const SCENARIO = `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 70/s } }
  Expect:
    - p50(Origin.Latency) < 1 ms
    - max(Origin.Latency) < 100 h
    - max(Origin.Latency) < 100 h
`
const scenario = scenarioOf(SCENARIO)
const report = reportOf(runScenario(scenario), 'npx hotshard run test.yaml --seed 1')
const stopped = reportOf(runScenario({ ...scenario, guards: { ...scenario.guards, events: 200 } }), 'npx hotshard run')
const good: Report = { ...report, expectations: report.expectations.slice(1, 2) }
const broken: Report = { ...report, broken: [{ resource: 'Origin', sentence: 'what comes in goes out' }] }

const wrong = new Problems()
wrong.error('unknown-member', '`Durration` is no member', {
  source: { name: 'a/bad.yaml', text: 'Durration: 5m\n' },
  start: 0,
  end: 9,
})
wrong.error('bad-flag', '`--set X` has no value')

const all: Verdict[] = [
  verdictOf('scenarios/good.yaml', [], good, 0.25),
  verdictOf('scenarios/failing.yaml', [], report, 1),
  verdictOf('scenarios/endless.yaml', [], stopped, 0.125),
  verdictOf('../v1.2/bad.yaml', wrong.list, undefined, 0),
  verdictOf('scenarios/broken.yaml', [], broken, 0),
]

/** The same verdicts with a text wherever a text of the user's can stand. */
function with_(text: string): Verdict[] {
  const expectations = [{ text, ok: false, measured: text, place: `${text}:3:4` }]
  const insights = [{ ...report.insights[0]!, title: text, text, resource: text }]
  const told = { ...report, expectations, insights, reproduce: text, broken: [{ resource: text, sentence: text }] }
  const problems = new Problems()
  problems.error('unknown-member', text, { source: { name: text, text }, start: 0, end: 1 })
  const stopping = { ...stopped, expectations, stopped: { ...stopped.stopped!, message: text }, insights }
  return [
    verdictOf(text, [], { ...told, broken: [] }, 0),
    verdictOf(text, [], told, 0),
    verdictOf(text, [], stopping, 0),
    verdictOf(text, problems.list, undefined, 0),
  ]
}

const NASTY = [
  'a]]>b<!--&amp;<script>"\'</failure>',
  '::error::pwned',
  'x\n::set-output name=a::b\r\n##[error]y\nnot ok 3\nBail out!\n1..0',
  '\u0000\u0007\u001b[31mred\u009b\u202e\ufffe\uffff',
  '\ud800 half \udc00',
  '# SKIP it # T\u004fDO \\# ...\n---',
  '| a `|` b ``` c | <b>@everyone</b> www.example.com http://example.com a@b.example **x** [y](z) &lt; \\',
  '%0A%0D,title=x::y',
  '',
  ' ',
]
/** Pieces that mean something to one of the formats, in any order. */
const nasty = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.constantFrom(...'|`\\*_<>[]()#-+.!~&$:@\n\r\t {}"\'%,'), fc.string()), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''))
const few = { numRuns: process.env['SOAK'] === undefined ? 30 : 600 }

describe('a verdict', () => {
  it('has a case for the run, for the invariants and for each expectation, each with a name of its own', () => {
    expect(all.map(({ state }) => state)).toEqual(['ok', 'failed', 'stopped', 'invalid', 'broken'])
    expect(all[1]!.cases.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['runs to its end', 'passed'],
      ['every invariant holds', 'passed'],
      ['p50(Origin.Latency) < 1 ms', 'failed'],
      ['max(Origin.Latency) < 100 h', 'passed'],
      ['max(Origin.Latency) < 100 h (2)', 'passed'],
    ])
    expect(all[1]!.cases[2]!.place).toEqual({ file: 'test.yaml', line: 7, column: 7 })
  })

  it('knows nothing of the expectations of a run that was stopped', () => {
    const [ending, , ...expected] = all[2]!.cases
    expect(ending).toMatchObject({ outcome: 'error', type: 'guard' })
    expect(ending!.message).toMatch(/^stopped after .* of 60 s: more than 200 events have run/)
    expect(expected.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped'])
    expect(expected[0]!.message).toMatch(/^stopped after .*, measured .* until then$/)
  })

  it('says in half a line what there is to say, and how many there are', () => {
    expect(all.map(({ headline }) => headline)).toEqual([
      '1 expectation holds',
      '1 of 3 expectations failed',
      expect.stringMatching(/^stopped after/),
      '2 errors',
      'a bug of hotshard: at Origin it no longer holds that what comes in goes out',
    ])
    expect(verdictOf('a', [], { ...report, expectations: [] }, 0).headline).toBe('nothing is expected')
    expect(checkVerdict('a', [], true).headline).toBe('valid')
    expect(tally(all)).toBe('5 scenarios: 1 ok, 1 failed, 1 stopped by a guard, 1 not valid, 1 with a bug of hotshard')
    expect(tally([])).toBe('0 scenarios')
  })

  it('tells of a failure what was expected, what was measured, where, most likely why, and how to see it again', () => {
    const found = details(all[1]!, all[1]!.cases[2]!)
    expect([...found.keys()]).toEqual(['expected', 'measured', 'at', 'because', 'repeat'])
    expect(found.get('at')).toBe('test.yaml:7:7')
    expect(found.get('because')).toMatch(/^Origin cannot keep up: /)
    expect(found.get('repeat')).toBe('npx hotshard run test.yaml --seed 1')
  })
})

/** Jenkins' schema is older than `file` and `line`, which others read: the one thing that we write beyond it. */
async function flawsOf(documents: readonly string[]): Promise<readonly string[]> {
  const xml = documents.map((text, i) => ({
    fileName: `${i}.xml`,
    contents: text.replace(/(<testcase [^>]*?) file="[^"]*"( line="\d+")?/g, '$1'),
  }))
  const { errors } = await validateXML({ xml, schema: SCHEMA })
  return errors.map(({ rawMessage }) => rawMessage)
}

describe('junit', () => {
  it("is of the form of Jenkins' schema", async () => {
    expect(await flawsOf([junit(all), junit([]), junit([checkVerdict('a.yaml', [], true)])])).toEqual([])
    // The schema is one that says no.
    expect(await flawsOf([junit(all).replaceAll('<failure', '<fault')])).not.toEqual([])
    expect(await flawsOf([junit(all).replace(' name="hotshard"', ' nom="hotshard"')])).not.toEqual([])
  })

  it('counts, and names each case as servers group and place it', () => {
    const text = junit(all, (file) => `sub/${file}`)
    expect(text).toContain('<testsuites name="hotshard" tests="19" failures="2" errors="3" time="1.375">')
    expect(text).toContain(
      '<testsuite name="scenarios/failing.yaml" tests="5" failures="1" errors="0" skipped="0" time="1.000">',
    )
    expect(text).toContain(
      '<testcase classname="scenarios.failing" name="p50(Origin.Latency) &lt; 1 ms" time="0.000" file="sub/test.yaml" line="7">',
    )
    expect(text).toMatch(
      /<failure message="measured [\d.]+ s" type="expectation">expected p50\(Origin.Latency\) &lt; 1 ms\n/,
    )
    expect(text).toContain('classname="v1_2.bad" name="runs to its end" time="0.000" file="sub/a/bad.yaml" line="1"')
    expect(text).toContain('type="bad-input">error[bad-flag]: `--set X` has no value')
    expect(text).toContain('type="invariant">expected every invariant holds')
    expect(text.match(/<skipped>/g)).toHaveLength(3)
  })

  it('is well-formed and valid, and holds no character that a terminal or a runner obeys, whatever the texts', async () => {
    const texts = [...NASTY, ...fc.sample(nasty, few.numRuns)]
    const document = junit(texts.flatMap(with_))
    expect(await flawsOf([document])).toEqual([])
    expect(document).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(document).not.toMatch(/^::/m)
  })
})

interface Told {
  readonly points: readonly Result[]
  readonly subtests: readonly { readonly name: string; readonly points: readonly Result[] }[]
  readonly ok: boolean
  readonly flaws: readonly unknown[]
}

/** A stream as a strict parser reads it. */
function readTap(text: string): Told {
  const points: Result[] = []
  const subtests: { name: string; points: Result[] }[] = []
  const flaws: unknown[] = []
  const parser = new Parser({ strict: true })
  parser.on('assert', (point: Result) => points.push(point))
  parser.on('child', (child: Parser) => {
    const inner: Result[] = []
    subtests.push({ name: child.name, points: inner })
    child.on('assert', (point: Result) => inner.push(point))
    child.on('extra', (line: string) => flaws.push(line))
  })
  parser.on('extra', (line: string) => flaws.push(line))
  parser.on('bailout', (reason: string) => flaws.push(reason))
  parser.end(text)
  flaws.push(...parser.failures.filter(({ tapError }) => tapError !== null && tapError !== undefined))
  return { points, subtests, ok: parser.ok, flaws }
}

describe('tap', () => {
  it('is what a strict parser reads: a subtest per scenario, with the diagnosis of what failed', () => {
    const { points, subtests, ok, flaws } = readTap(tap(all))
    expect(flaws).toEqual([])
    expect(ok).toBe(false)
    expect(points.map((point) => [point.ok, point.name])).toEqual([
      [true, 'scenarios/good.yaml'],
      [false, 'scenarios/failing.yaml'],
      [false, 'scenarios/endless.yaml'],
      [false, '../v1.2/bad.yaml'],
      [false, 'scenarios/broken.yaml'],
    ])
    expect(subtests[1]!.points.map((point) => point.ok)).toEqual([true, true, false, true, true])
    expect(subtests[1]!.points[2]!.diag).toMatchObject({
      message: expect.stringMatching(/^measured /),
      severity: 'fail',
      at: { file: 'test.yaml', line: 7, column: 7 },
      repeat: 'npx hotshard run test.yaml --seed 1',
    })
    expect(subtests[2]!.points[2]!.skip).toMatch(/^stopped after/)
    expect(subtests[3]!.points[0]!.diag.found).toContain(' --> a/bad.yaml:1:1\n')
    expect(readTap(tap(all.slice(0, 1)))).toMatchObject({ ok: true, flaws: [] })
    expect(readTap(tap([])).flaws).toEqual([])
  })

  it('has as many points as it says, whatever the texts', () => {
    const read = (text: string): void => {
      const verdicts = with_(text)
      const { points, subtests, flaws } = readTap(tap(verdicts))
      expect(flaws).toEqual([])
      expect(points.map((point) => point.ok)).toEqual([false, false, false, false])
      expect(subtests.map((subtest) => subtest.points.length)).toEqual(verdicts.map(({ cases }) => cases.length))
      expect(points.every((point) => !point.skip && !point.todo)).toBe(true)
    }
    for (const text of NASTY) read(text)
    fc.assert(fc.property(nasty, read), few)
  })
})

const page = (text: string): string =>
  micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true })
/** What a reader of a table's only cell sees. */
function cellOf(text: string): string {
  const cell = /<td>(.*)<\/td>/.exec(page(`| a |\n| --- |\n| (${text}) |`))![1]!
  return cell
    .replace(/^\(|\)$|<\/?code>|\u2060/g, '')
    .replace(/&(lt|gt|quot|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name]!)
}

describe('markdown', () => {
  it('says what failed, what was measured, what went on, what it costs and how to see it again', () => {
    const text = markdown(all.slice(0, 2))
    expect(text).toContain('## ❌ hotshard, 2 scenarios: 1 ok, 1 failed\n')
    expect(text).toContain('| ✅ | `scenarios/good.yaml` | 1 expectation holds | ')
    expect(text).toContain('### `scenarios/failing.yaml`: 1 of 3 expectations failed\n')
    expect(text).toMatch(/\| ❌ \| `p50\(Origin.Latency\) < 1 ms` \| measured [\d.]+ s<br>`test.yaml:7` \|/)
    expect(text).toMatch(/^1\. \*\*Origin cannot keep up\*\*: /m)
    expect(text).toMatch(/seed `1`, \S+ USD in the run and \S+ USD in a month like it/)
    expect(text).toContain('```sh\nnpx hotshard run test.yaml --seed 1\n```\n')
    // One scenario alone needs no table of scenarios, and is told also when it is good.
    expect(markdown(all.slice(0, 1))).toContain('### `scenarios/good.yaml`: 1 expectation holds')
    expect(markdown(all.slice(0, 1))).not.toContain('| scenario |')
    expect(markdown([])).toBe('## ✅ hotshard, 0 scenarios\n')
  })

  it('stays within what a comment may hold, with what failed first', () => {
    const many = markdown(Array.from({ length: 90 }, () => all[1]!))
    expect(many).toMatch(/\nand \d+ scenarios more that are not good\n$/)
    const long = { ...report, expectations: [...Array(40).fill(good.expectations[0]!), report.expectations[0]!] }
    const [, head, , ...rows] = markdown([verdictOf('a.yaml', [], long, 0)]).split('\n|')
    expect(head).toContain('expected')
    expect(rows[0]).toMatch(/^ ❌ /)
    expect(markdown([verdictOf('a.yaml', [], long, 0)])).toContain('\nand 21 rows more\n')
    const worst = [...NASTY, '|`'.repeat(5_000), '@\n'.repeat(5_000)].flatMap((text) => with_(text.repeat(20)))
    for (const verdicts of [worst, Array(20).fill(worst).flat() as Verdict[], Array(2_000).fill(all[0]!) as Verdict[]])
      expect(markdown(verdicts).length).toBeLessThan(65_536)
    expect(markdown([...(Array(2_000).fill(all[0]!) as Verdict[]), all[1]!])).toContain('\nand 2,000 scenarios more\n')
  })

  it('shows every text as it is written, in a sentence and as code', () => {
    const read = (text: string): void => {
      expect(cellOf(escaped(text))).toBe(plain(text))
      expect(cellOf(code(text))).toBe(plain(text).trim())
    }
    for (const text of NASTY) read(text)
    fc.assert(fc.property(nasty, read), { numRuns: 5 * few.numRuns })
  })

  it('makes no tag, link or mention of a text, and no cell or block that ends before its end', () => {
    const read = (text: string): void => {
      const verdicts = with_(text)
      const html = page(markdown(verdicts))
      expect(html).not.toMatch(/<(?!\/?(?:h2|h3|p|table|thead|tbody|tr|th|td|code|strong|ol|li|pre|br)\b)/)
      expect(html).not.toMatch(/<(?:h2|h3|p|tr|td|br|strong|li)\s[^>]*>/)
      const rows = verdicts.map(
        ({ cases }) => cases.filter(({ type, outcome }) => type === 'expectation' || outcome !== 'passed').length,
      )
      const tables = [verdicts.length, ...rows].reduce((sum, count) => sum + 1 + count, 0)
      expect(html.match(/<tr>/g)).toHaveLength(tables)
      // Outside of code, nobody is called.
      expect(html.replace(/<code[^>]*>[^<]*<\/code>/g, '')).not.toMatch(/@\w/)
    }
    for (const text of NASTY) read(text)
    fc.assert(fc.property(nasty, read), few)
  })
})

/** A command as a runner of GitHub reads it (actions/runner, `ActionCommand.TryParseV2`), with what it decodes. */
function readCommand(line: string): { command: string; properties: Record<string, string>; data: string } | undefined {
  const [, command, list, data] = /^::(\w+) ?(.*?)::(.*)$/.exec(line) ?? []
  if (command === undefined) return undefined
  const properties = list!.split(',').map((pair): [string, string] => {
    const at = pair.indexOf('=')
    const value = pair.slice(at + 1)
    return [
      pair.slice(0, at),
      value.replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%25/g, '%'),
    ]
  })
  return {
    command,
    properties: Object.fromEntries(properties),
    data: data!.replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%25/g, '%'),
  }
}

describe('github', () => {
  it("annotates the expectation's own line", () => {
    const [line, ...others] = annotations(all[1]!, (file) => `sub/${file}`)
      .trimEnd()
      .split('\n')
    expect(others).toEqual([])
    const { command, properties, data } = readCommand(line!)!
    expect(command).toBe('error')
    expect(properties).toEqual({
      file: 'sub/test.yaml',
      line: '7',
      col: '7',
      title: 'failed: p50(Origin.Latency) < 1 ms',
    })
    expect(data).toMatch(
      /^measured \S+ s\nbecause Origin cannot keep up: .*\nrepeat npx hotshard run test.yaml --seed 1$/,
    )
  })

  it('annotates errors at their places, and what has none at its file', () => {
    const commands = annotations(all[3]!).trimEnd().split('\n').map(readCommand)
    expect(commands.map((each) => each!.properties)).toMatchObject([
      { file: '../v1.2/bad.yaml', title: 'bad-flag' },
      { file: 'a/bad.yaml', line: '1', col: '1', endColumn: '10', title: 'unknown-member' },
    ])
    expect(readCommand(annotations(all[2]!).trimEnd())).toMatchObject({ properties: { title: 'stopped by a guard' } })
    expect(annotations(all[4]!)).toContain('title=a bug of hotshard::')
    expect(annotations(all[0]!)).toBe('')
  })

  it('is one command a line, whatever the texts', () => {
    const read = (text: string): void => {
      for (const verdict of with_(text)) {
        for (const line of annotations(verdict).trimEnd().split('\n')) {
          const { command, properties } = readCommand(line)!
          expect(command).toBe('error')
          expect(Object.keys(properties).every((key) => /^(?:file|line|col|endLine|endColumn|title)$/.test(key))).toBe(
            true,
          )
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|##\[/)
        }
      }
    }
    for (const text of NASTY) read(text)
    fc.assert(fc.property(nasty, read), few)
  })
})
