// `hotshard map`: a queue that retries keep full; what people, programs and browsers get, and what is refused.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { MAP_SCHEMA, type MapReport } from '../../experiment/recovery/map-report.ts'
import { MAP_STYLE, MAP_STYLE_HASH } from '../../report/map-style.ts'
import { mapHtml } from '../../report/map.ts'
import { EXIT } from '../exit.ts'
import { map, type MapFlags } from './map.ts'
import { prettyMap } from './pretty-map.ts'

const schema = JSON.parse(readFileSync(new URL('../../../public/map.schema.json', import.meta.url), 'utf8'))
const valid = new Ajv2020({ allErrors: true }).compile(schema)

/** Ten a second at most; five come, and who waits for half a second asks again, up to three times. */
const TEXT = `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 100ms } }
Simulation:
  Duration: 60s
  Workloads:
    Load:
      Target: Origin
      Operation: http:GET
      Arrivals: regular
      Rate: 5/s
      Client: { Timeout: 503ms, MaxAttempts: 4, Backoff: { Base: 51ms, Cap: 51ms, Jitter: none }, AcceptLateAnswers: true }
`
let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const FLAGS = { load: 'Workloads.Load.Scale=0.3..2.1:0.6', trigger: 'pause(Origin)=0s..2800ms:400ms', workers: '1' }
const ask = (flags: Partial<MapFlags> = {}, name = 'storm.yaml'): Promise<number> =>
  map(file(name), { ...FLAGS, ...flags })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-map-'))
  writeFileSync(file('storm.yaml'), TEXT)
  writeFileSync(
    file('idle.yaml'),
    TEXT.replace(/ {2}Workloads:[^]*/, '  Actions: [{ At: 1s, http:GET: { Url: !Ref Origin } }]'),
  )
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => vi.restoreAllMocks())

/** The map of `FLAGS`, made once. */
let known: MapReport | undefined
const usual = async (): Promise<MapReport> => (known ??= await reported())

async function reported(flags: Partial<MapFlags> = {}): Promise<MapReport> {
  expect(await ask({ ...flags, format: ['json'] }), err).toBe(EXIT.ok)
  const report = JSON.parse(out) as MapReport
  expect(valid(report), JSON.stringify(valid.errors)).toBe(true)
  out = ''
  return report
}

describe('the map of a retry storm', () => {
  it('says the margin first, then shows load by trigger, then what it stands on', async () => {
    expect(await ask()).toBe(EXIT.ok)
    const lines = out.split('\n')
    expect(`${lines[2]} ${lines[3]!.trim()}`).toMatch(
      /^ {2}At 1\.5, the next load of the map above the present 1, it comes back from a trigger of \S+; with \S+ it stays down\.$/,
    )
    expect(lines.findIndex((line) => /^ {2}2\.1 +over/.test(line))).toBeLessThan(
      lines.findIndex((line) => /^▶ 1\.5 +0s +0s.*DOWN +DOWN/.test(line)),
    )
    expect(out).toMatch(/0s +400ms +800ms +1\.2s +1\.6s +2s +2\.4s +2\.8s/)
    expect(out).toContain('DOWN   stays down although nothing is wrong any more')
    expect(out.replace(/\s+/g, ' ')).toContain(
      'It is back when for 10 s in a row at least 90 % as many requests of Load end well as in the same run without the trigger, and they take on average at most 2 times as long; and still so at the end of the load. What waits behind a queue is missing to no client, and is not seen here. Trigger: sim:http:pause at Origin, from 20 s on.',
    )
    expect(out).toContain(
      `repeat npx hotshard map ${file('storm.yaml')} --load ${FLAGS.load} --trigger '${FLAGS.trigger}'`,
    )
  })

  it('has the documented form, and an edge that falls with the load', async () => {
    const report = await usual()
    expect(report.schema).toBe(MAP_SCHEMA)
    expect([schema.$id, schema.properties.schema.const]).toEqual([MAP_SCHEMA, MAP_SCHEMA])
    const survived = report.margin.triggers.map((value) => (value === null ? -1 : report.trigger.values.indexOf(value)))
    expect(survived).toEqual([...survived].sort((a, b) => b - a))
    expect(survived[0]).toBe(7)
    expect(survived.at(-1)).toBe(-1)
    expect(report.margin.load).toBe(report.load.values[survived.lastIndexOf(7)])
    expect(report.edge!.command).toContain("--set 'Faults[+]={ At: 20s, For: ")
  })

  it('hangs on its definition: shorter, laxer, without latency', async () => {
    const lax = await reported({ hold: '2s', within: '50%', slower: 'off' })
    expect(lax.rule).toEqual({ within: 0.5, hold: 2, every: 0.2, clients: ['Load'] })
    const strict = await reported({ within: '1%', slower: '1', at: '30s' })
    expect(strict.rule).toMatchObject({ within: 0.01, slower: 1 })
    expect(strict.trigger.from).toBe(30)
    const late = await reported({ at: '49s' })
    expect(new Set(late.cells[0]!.slice(3).map(({ state }) => state))).toEqual(new Set(['too-short']))
  })

  it('with several seeds and threads is the map of one', async () => {
    const flags = { load: 'Workloads.Load.Scale=0.3..1.5:1.2', trigger: 'pause(Origin)=1s..2s:1s' }
    const two = await reported({ ...flags, seeds: '1..3', workers: '2' })
    const { rule, runs, ...one } = await reported(flags)
    expect(two.rule.seeds).toBe('1..3')
    expect(two.runs).toBe(runs * 3)
    expect(two.cells.map((row) => row.map(({ state }) => state))).toEqual(
      one.cells.map((row) => row.map(({ state }) => state)),
    )
    expect(rule.seeds).toBeUndefined()
  })

  it('is narrow where there is no room', async () => {
    const text = prettyMap(await usual(), { color: false, width: 40 })
    expect(text).toMatch(/^ {2}2\.1 {2}oooooooo$/m)
    expect(text).toMatch(/^▶ 1\.5 {2}·+X+$/m)
    expect(text).toContain('X  stays down')
  })

  it('is told by colour and by text', async () => {
    const text = prettyMap(await usual(), { color: true, width: 110 })
    expect(text).toMatch(/\u001b\[42m\u001b\[30m +0s/)
    expect(text).toMatch(/\u001b\[41m.*DOWN/)
  })
})

describe('the page', () => {
  it('allows its two styles and nothing else, and shows all that the terminal shows', async () => {
    expect(MAP_STYLE_HASH).toBe(createHash('sha256').update(MAP_STYLE).digest('base64'))
    const page = file('map.html')
    expect(await ask({ report: page })).toBe(EXIT.ok)
    const html = readFileSync(page, 'utf8')
    expect(html).toContain(`'sha256-${MAP_STYLE_HASH}'`)
    expect(html).not.toMatch(/<script|javascript:|style="| on\w+=|NaN|undefined|Infinity|\[object/)
    expect(html).toMatch(/<p class="answer">At 1\.5, the next load/)
    expect(html.match(/<td class="stays-down">DOWN<\/td>/g)!.length).toBeGreaterThan(5)
    expect(html).toContain('<td class="overloaded">over</td>')
    expect(html).toMatch(/<tr class="present"><th scope="row">▶ 1\.5<\/th><td class="recovers0">0s<\/td>/)
    expect(html.match(/<path d="M[^"]+" class="(calm|kept|broken)"\/>/g)).toHaveLength(3)
  })

  it('takes no markup from names', async () => {
    const report = await usual()
    const evil = {
      ...report,
      scenario: '<b>&"',
      load: { ...report.load, setting: '<script>x</script>' },
      reproduce: '</pre><i>',
    }
    const html = mapHtml(evil)
    expect(html).not.toMatch(/<script>|<i>|<b>&/)
    expect(html).toContain('&lt;script&gt;')
  })
})

describe('what is refused', () => {
  it.each<[string, Partial<MapFlags>, string]>([
    ['a load without a range', { load: 'Workloads.Load.Scale' }, '--load'],
    ['a load that is none', { load: 'Workloads.Laod.Scale=1..2' }, 'did you mean `Workloads.Load.Scale`'],
    ['a trigger that is none', { trigger: 'reboot(Origin)=1s..2s' }, 'suffers no `reboot`'],
    ['too fine a load', { load: 'Workloads.Load.Scale=0.001..2:0.001' }, 'give it a coarser step'],
    [
      'too many runs',
      { load: 'Workloads.Load.Scale=0.01..2:0.01', trigger: 'pause(Origin)=0s..3s:20ms', seeds: '1..100' },
      'coarser steps or fewer seeds',
    ],
    ['an unknown client', { clients: 'Nobody' }, '`--clients Nobody` is no workload'],
    ['no time', { at: 'soon' }, '--at soon'],
    ['no share', { within: '110%' }, '--within 110%'],
    ['no time to hold', { hold: '0s' }, '--hold 0s'],
    ['too short a hold', { hold: '10ms' }, 'is too short'],
    ['no factor', { slower: '0.5' }, '--slower 0.5'],
    ['changes', { change: ['1m:X=1'] }, 'is for one run'],
    ['a trigger with a bad parameter', { trigger: 'pause(Origin, Depth=4)=1s..2s' }, '`Depth` is not a parameter'],
    ['a report on the scenario', { format: ['json=/nowhere/x.json'] }, 'its folder does not exist'],
  ])('%s', async (_, flags, message) => {
    expect(await ask(flags)).toBe(EXIT.badInput)
    expect(err).toContain(message)
    expect(out).toBe('')
  })

  it('a scenario without a load', async () => {
    expect(await ask({ load: 'Quotas.lambda.ConcurrentExecutions=1..2' }, 'idle.yaml')).toBe(EXIT.badInput)
    expect(err).toContain('has no workload')
  })
})
