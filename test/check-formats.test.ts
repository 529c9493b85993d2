// What `hotshard check` writes for programs, editors and GitHub, from real files with the traps of text: BOM, CRLF, emoji.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { CHECK_SCHEMA, check, type CheckReport } from '../sim/cli/check.ts'
import type { LspPublication } from '../sim/diag/machine.ts'

const schema = JSON.parse(readFileSync(new URL('../public/check.schema.json', import.meta.url), 'utf8'))
const valid = new Ajv2020({ allErrors: true }).compile(schema)

let folder = ''
let out = ''
const put = (name: string, text: string): string => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}
const told = <T>(paths: readonly string[], format: 'json' | 'lsp', set: readonly string[] = []): T => {
  out = ''
  check(paths, { format: [format], set })
  return JSON.parse(out) as T
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-formats-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation(() => expect.unreachable('all of it goes to standard output'))
})
afterEach(() => vi.restoreAllMocks())

const QUEUE = 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n'

describe('--format json', () => {
  it('has the documented form and version', () => {
    expect(schema.$id).toBe(CHECK_SCHEMA)
    expect(schema.properties.schema.const).toBe(CHECK_SCHEMA)
    const good = put('good.yaml', `${QUEUE}  Net: { Type: AWS::EC2::DHCPOptions }\n`)
    const bad = put('bad.yaml', `${QUEUE}Simulation:\n  Durration: 5m\n  Seed: 1\n  Seed: 2\n`)
    const report = told<CheckReport>([good, bad, join(folder, 'none.yaml')], 'json')
    expect(valid(report), JSON.stringify(valid.errors)).toBe(true)
    expect(report.scenarios.map(({ ok }) => ok)).toEqual([true, false, false])
    expect(report.scenarios[0]!.notSimulated).toMatchObject([{ place: { line: 3, column: 3, endColumn: 6 } }])
    expect(report.scenarios[1]!.problems).toMatchObject([
      {
        slug: 'unknown-member',
        severity: 'error',
        place: { file: bad, line: 4, column: 3, endLine: 4, endColumn: 12 },
        label: 'did you mean `Duration`?',
      },
      { slug: 'duplicate-key', place: { line: 6 }, also: [{ place: { file: bad, line: 5 } }] },
    ])
    expect(report.scenarios[2]!.problems).toMatchObject([{ slug: 'unreadable-file' }])
    expect(report.scenarios[2]!.problems[0]).not.toHaveProperty('place')
    expect(valid({ ...report, extra: 1 })).toBe(false)
  })

  it('answers with the exit codes of the other forms', () => {
    const good = put('good.yaml', QUEUE)
    const bad = put('bad.yaml', 'Resorces: {}\n')
    for (const format of ['json', 'lsp', 'github'] as const) {
      expect(check([good], { format: [format] })).toBe(0)
      expect(check([good, bad], { format: [format] })).toBe(2)
    }
  })

  it('names a template as it is found from here', () => {
    const scenario = put('load/load.yaml', 'Simulation: { Template: ../app/template.yaml }\n')
    const template = put('app/template.yaml', `${QUEUE}Simulaton: {}\n`)
    const [problem] = told<CheckReport>([scenario], 'json').scenarios[0]!.problems
    expect(problem!.place!.file).toBe(template)
  })
})

describe('--format lsp', () => {
  const WRONG = 'Simulation: { Durration: 5m }'
  const range = (line: number, start: number, end: number): object => ({
    start: { line, character: start },
    end: { line, character: end },
  })

  it('counts from 0, in UTF-16 units, whatever ends the lines and begins the file', () => {
    const emoji = 'Simulation: { Parameters: { "🎉": 1 }, Durration: 5m }'
    const files = {
      'lf.yaml': [`${QUEUE}${WRONG}\n`, range(2, 14, 23)],
      'crlf.yaml': [`${QUEUE}${WRONG}\n`.replaceAll('\n', '\r\n'), range(2, 14, 23)],
      'bom.yaml': [`\ufeff${WRONG}\r\n${QUEUE}`, range(0, 14, 23)],
      'emoji.yaml': [`${QUEUE}${emoji}\n`, range(2, emoji.indexOf('Durration'), emoji.indexOf('Durration') + 9)],
    } as const
    expect('🎉'.length, 'an emoji has two units').toBe(2)
    for (const [name, [text, expected]] of Object.entries(files)) {
      const path = put(name, text)
      const [{ uri, diagnostics }] = told<[LspPublication]>([path], 'lsp')
      expect(uri).toBe(pathToFileURL(path).href)
      const found = diagnostics.find(({ code }) => code === 'unknown-member')
      expect(found, name).toEqual({
        range: expected,
        severity: 1,
        code: 'unknown-member',
        source: 'hotshard',
        message: '`Durration` is not a member of `Simulation`\ndid you mean `Duration`?',
      })
    }
  })

  it('publishes an empty list for a good file, and the template beside its scenario', () => {
    const scenario = put('load/load.yaml', 'Simulation: { Template: ../app/template.yaml, Duraton: 1m }\n')
    const template = put(
      'app/template.yaml',
      'Resources:\n  Dead: { Type: AWS::SQS::Queue }\n  Net: { Type: AWS::EC2::DHCPOptions }\n  Jobs: { Type: AWS::SQS::Queue, Type: AWS::SQS::Queue }\n',
    )
    const good = put('good.yaml', `${QUEUE}  Net: { Type: AWS::EC2::DHCPOptions }\n`)
    const found = told<LspPublication[]>([scenario, good], 'lsp')
    const of = (path: string): LspPublication => found.find(({ uri }) => uri === pathToFileURL(path).href)!
    expect(found).toHaveLength(3)
    expect(of(scenario).diagnostics).toMatchObject([{ code: 'unknown-member', severity: 1 }])
    expect(of(template).diagnostics).toMatchObject([
      {
        code: 'duplicate-key',
        severity: 2,
        range: { start: { line: 3, character: 33 } },
        relatedInformation: [{ location: { uri: of(template).uri, range: { start: { line: 3, character: 10 } } } }],
      },
    ])
    expect(of(good).diagnostics).toMatchObject([{ code: 'not-simulated', severity: 4, range: range(2, 2, 5) }])
    expect(told([put('good.yaml', QUEUE)], 'lsp')).toMatchObject([{ diagnostics: [] }])
  })

  it('links the page on which AWS documents a rule, and puts what has no place at the beginning', () => {
    const text = `${QUEUE}  Work: { Type: AWS::Serverless::Function }\n`
    const [{ diagnostics }] = told<[LspPublication]>([put('sam.yaml', text)], 'lsp', ['Nothing=1'])
    expect(diagnostics).toMatchObject([
      { code: 'parameter-not-declared', range: range(0, 0, 0) },
      { code: 'transform-missing', codeDescription: { href: expect.stringMatching(/^https:\/\/docs\.aws\./) } },
    ])
    // The value of a flag has a text, but no file.
    const sized = put('sized.yaml', `Parameters: { Size: { Type: Number } }\n${QUEUE}`)
    expect(told<LspPublication[]>([sized], 'lsp', ['Size=big'])).toMatchObject([
      { uri: pathToFileURL(sized).href, diagnostics: [{ code: 'parameter-value', range: range(0, 0, 0) }] },
    ])
  })
})

describe('--format github', () => {
  const annotations = (path: string, set: readonly string[] = []): string[] => {
    out = ''
    check([path], { format: ['github'], set })
    return out.trimEnd().split('\n')
  }

  it('writes a workflow command a problem', () => {
    const path = put('bad.yaml', `${QUEUE}Simulation:\n  Durration: 5m\n  WarmUp: 30sec\n`)
    expect(annotations(path)).toEqual([
      `::error file=${path},line=4,endLine=4,col=3,endColumn=12,title=unknown-member::\`Durration\` is not a member of \`Simulation\`%0Adid you mean \`Duration\`?`,
      `::error file=${path},line=5,endLine=5,col=13,endColumn=16,title=unknown-unit::\`sec\` is not a unit of time%0Adid you mean \`s\`?%0Aunits of time are \`us\`, \`ms\`, \`s\`, \`m\`, \`h\` or \`d\``,
    ])
  })

  it('escapes what would end a command or a property', () => {
    const path = put('a,b%:c.yaml', `${QUEUE}Simulation: { "Dur::error::%0A": 1 }\n`)
    const [line, ...more] = annotations(path)
    expect(more).toEqual([])
    expect(line).toContain('a%2Cb%25%3Ac.yaml,line=3')
    expect(line).toContain('`Dur::error::%250A` is not a member')
  })

  it('holds nothing that a terminal or a runner obeys', () => {
    const path = put('odd.yaml', `${QUEUE}Simulation: { "\\e[31m ##[group]Dur": 1 }\n`)
    expect(annotations(path)[0]).toContain('::`\ufffd[31m #\ufffd[group]Dur` is not a member')
  })

  it('names the scenario where nothing else can be named', () => {
    const path = join(folder, 'none.yaml')
    expect(annotations(path)[0]).toMatch(/^::error file=\S*none\.yaml,title=unreadable-file::/)
  })
})
