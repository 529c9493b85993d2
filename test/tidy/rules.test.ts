// Shows each tidy rule at work: a bad example that it must catch beside a good one that it must leave alone.
import { describe, expect, test } from 'vitest'
import { nameOf, pathOf } from '../../sim/cli/rooms-index.ts'
import type { ServiceDef } from '../../sim/model/contract.ts'
import { layerProblems } from './layers.ts'
import { definitionProblems, goldenProblems, roomFileProblems } from './rooms.ts'
import { codeOf, importsOf } from './source.ts'
import { citationProblems, determinismProblems, firstLineProblems, leftoverProblems } from './text.ts'

const file = (path: string, text: string) => ({ path, text })
const imports = (path: string, from: string): string[] =>
  layerProblems([file(path, `// A file.\nimport { x } from '${from}'\n`)])

describe('layers', () => {
  test('a service reaches the contract, parts and its own folder, and no other service', () => {
    expect(imports('sim/services/sqs/queue.ts', '../../model/contract.ts')).toEqual([])
    expect(imports('sim/services/sqs/queue.ts', './messages.ts')).toEqual([])
    expect(imports('sim/services/sqs/queue.ts', '../lambda/function.ts')).toEqual([
      expect.stringContaining(
        'sim/services/sqs/queue.ts:2: services/* may not import sim/services/lambda/function.ts; services meet on edges',
      ),
    ])
  })

  test('the engine imports nothing but its seed library', () => {
    expect(imports('sim/engine/rng.ts', 'seedrandom')).toEqual([])
    expect(imports('sim/engine/rng.ts', 'yaml')).toHaveLength(1)
    expect(imports('sim/engine/rng.ts', '../model/contract.ts')).toHaveLength(1)
  })

  test('templates are read below the language, and the language ends before the event loop', () => {
    expect(imports('sim/lang/check.ts', '../cfn/index.ts')).toEqual([])
    expect(imports('sim/cfn/template.ts', '../lang/check.ts')).toHaveLength(1)
    expect(imports('sim/lang/check.ts', '../engine/time.ts')).toEqual([])
    expect(imports('sim/lang/check.ts', '../engine/kernel.ts')).toHaveLength(1)
    expect(imports('sim/lang/check.ts', '../services/sqs/queue.ts')).toHaveLength(1)
  })

  test('only the command line touches the machine', () => {
    expect(imports('sim/cli/main.ts', 'node:fs')).toEqual([])
    expect(imports('sim/run/run.ts', 'node:fs')).toHaveLength(1)
    expect(imports('sim/run/run.ts', '../cli/main.ts')).toHaveLength(1)
  })

  test('nobody imports a test, the core nothing of the test folder, and every folder has a layer', () => {
    expect(imports('bench/main.ts', '../sim/engine/rng.test.ts')).toHaveLength(1)
    expect(imports('sim/run/run.ts', '../../test/kit.ts')).toHaveLength(1)
    expect(imports('sim/services/sqs/queue.test.ts', '../../../test/kit.ts')).toEqual([])
    expect(imports('sim/misc/x.ts', './y.ts')).toEqual([expect.stringContaining('no layer is named for this folder')])
  })

  test('the page enters the simulator by its one door, with the packages that are named', () => {
    expect(imports('src/sim.ts', '../sim/index.ts')).toEqual([])
    expect(imports('src/stage/stage.ts', './dots.ts')).toEqual([])
    expect(imports('src/stage/stage.ts', '../../sim/engine/kernel.ts')).toHaveLength(1)
    expect(imports('src/stage/stage.ts', 'pixi.js/unsafe-eval')).toEqual([])
    expect(imports('src/stage/stage.ts', 'lodash')).toHaveLength(1)
    expect(imports('src/stage/stage.ts', 'node:fs')).toHaveLength(1)
  })

  test('an import within a text or a comment is none', () => {
    expect(importsOf("const room = `\nimport { x } from './x.ts'\n`\n/*\nimport './y.ts'\n*/\n")).toEqual([])
  })

  test('imports are found in all their forms', () => {
    const text =
      "import a, {\n  b,\n} from './a.ts'\nimport './b.ts'\nexport * from './c.ts'\nimport type { T } from './d.ts'\nconst x = () => import('./e.ts')\n"
    expect(importsOf(text).map((each) => `${each.line} ${each.from}`)).toEqual([
      '1 ./a.ts',
      '4 ./b.ts',
      '5 ./c.ts',
      '6 ./d.ts',
      '7 ./e.ts',
    ])
  })
})

describe('determinism', () => {
  const inCore = (code: string): string[] => determinismProblems([file('sim/run/x.ts', code)])

  test.each([
    'const now = Date.now()',
    'const x: Date = y',
    'performance.now()',
    'setTimeout(f, 1)',
    'Math.random()',
    'Math.log(2)',
    'Math.hypot(1, 2)',
    'const { sin } = Math',
    'const y = x ** 2',
    'async function f() {}',
    'const f = async (x) => x',
    'await f()',
    'function* f() {}',
    'yield 1',
    'for (const key in object) f(key)',
    'a.localeCompare(b)',
    'n.toLocaleString()',
    'new Intl.NumberFormat()',
    'crypto.randomUUID()',
    'const p = Promise.resolve(1)',
    'const m = `${Math.random()}`',
    'globalThis.setTimeout(f)',
    'error.stack',
  ])('refuses %s', (code) => expect(inCore(`${code}\n`)).not.toEqual([]))

  test.each([
    'const x = Math.sqrt(2) * Math.imul(3, 4)',
    '// Math.random and Date are not for us, nor is x ** 2',
    "const doc = 'a Date, await it, x ** 2'",
    'const pattern = /Date ** await f/',
    'const text = `${a} Date ${b} Math.random()`',
    'const config = { Date: 1, async: true, yield: 2 }',
    'if (op.async) f(self.Date, this.stack)',
    'for (const key of Object.keys(object)) f(key)',
    '/** Promise of the\n * Date */',
  ])('leaves alone: %s', (code) => expect(inCore(`${code}\n`)).toEqual([]))

  test('lets tests, the command line and the bench do as they need', () => {
    const code = 'const now = Date.now()\n'
    expect(
      determinismProblems(['sim/run/x.test.ts', 'sim/cli/run.ts', 'bench/main.ts'].map((path) => file(path, code))),
    ).toEqual([])
  })

  test('code without comments and strings keeps its lines and its length', () => {
    const text = "const a = 'x' // y\nconst b = /['\"]/.test(`a${c('}')}b`) /* z\n */ / 2\n"
    expect(codeOf(text)).toBe("const a = ' '     \nconst b = /    /.test(` ${c(' ')} `)     \n    / 2\n")
  })
})

describe('texts', () => {
  test('a source file begins with a sentence', () => {
    const problems = (text: string) => firstLineProblems([file('sim/a.ts', text)])
    expect(problems('// What a service is: types alone.\n')).toEqual([])
    expect(
      problems('// A token bucket that starts full, refills at its rate and\n// lets a request pass.\n\nexport {}\n'),
    ).toEqual([])
    expect(problems("import { x } from './x.ts'\n")).toHaveLength(1)
    expect(problems('// utils\n')).toHaveLength(1)
    expect(problems('// helpers without any full stop\n')).toHaveLength(1)
  })

  test('nothing unfinished, no path and no registry of one machine', () => {
    const problems = (text: string, path = 'sim/a.ts') => leftoverProblems([file(path, text)])
    expect(problems(`// ${'TO' + 'DO'}: later`)).toHaveLength(1)
    expect(problems(`const path = '${['', 'home', 'me', 'x'].join('/')}'`)).toHaveLength(1)
    expect(problems(`"resolved": "https://npm-${'mirror'}.example:8080/yaml"`, 'package-lock.json')).toHaveLength(1)
    expect(problems('"resolved": "https://registry.npmjs.org/yaml"', 'package-lock.json')).toEqual([])
    expect(problems("import x from '../home/x.ts' // 5XX and 4XX")).toEqual([])
  })

  test('a citation names a rule or fact that exists', () => {
    const known = new Set(['SQS-04', 'SQS-V4', 'N.SQS-22'])
    const problems = (text: string) => citationProblems([file('sim/a.ts', text)], known)
    expect(problems('// as SQS-04, SQS-V4 and N.SQS-22 say, by SHA-256 and UTF-8')).toEqual([])
    expect(problems('// SQS-99')).toEqual([expect.stringContaining('sim/a.ts:1: nobody knows SQS-99')])
    expect(problems('// N.SQS-99')).toHaveLength(1)
  })
})

describe('rooms', () => {
  test('a type says where its room lives and how it is named', () => {
    expect([pathOf('AWS::SQS::Queue'), nameOf('AWS::SQS::Queue')]).toEqual(['sqs/queue', 'queue'])
    expect([pathOf('AWS::ApiGateway::RestApi'), nameOf('AWS::ApiGateway::RestApi')]).toEqual([
      'apigateway/rest-api',
      'restApi',
    ])
    expect([pathOf('AWS::RDS::DBInstance'), nameOf('AWS::RDS::DBInstance')]).toEqual(['rds/db-instance', 'dbInstance'])
    expect([pathOf('AWS::Lambda::Function'), nameOf('AWS::Lambda::Function')]).toEqual([
      'lambda/function',
      'lambdaFunction',
    ])
  })

  test('a room stands where its type says, with facts and test', () => {
    const room = { type: 'AWS::SQS::Queue', name: 'queue', file: 'sqs/queue.ts' }
    const files = ['queue.ts', 'queue.facts.ts', 'queue.test.ts'].map((name) => file(`sim/services/sqs/${name}`, ''))
    expect(roomFileProblems([room], files)).toEqual([])
    expect(roomFileProblems([room], files.slice(0, 2))).toEqual([expect.stringContaining('queue.test.ts is missing')])
    expect(roomFileProblems([room], [files[0], files[2]])).toEqual([
      expect.stringContaining('queue.facts.ts is missing'),
    ])
    expect(roomFileProblems([room], [file(files[0].path, '  quotas: {},\n  assumptions: {},\n'), files[2]])).toEqual([])
    expect(roomFileProblems([{ ...room, name: 'sqs' }], files)).toEqual([expect.stringContaining('is named `queue`')])
    expect(roomFileProblems([{ ...room, file: 'sqs/q.ts' }], files)[0]).toContain('lives in sim/services/sqs/queue.ts')
    expect(roomFileProblems([room, { ...room, file: 'sqs/b.ts' }], files).join()).toContain('second room')
  })

  const good: ServiceDef = {
    type: 'AWS::SQS::Queue',
    family: 'messaging',
    namespace: 'AWS/SQS',
    dimension: 'QueueName',
    summary: 'A queue of messages with receipts.',
    models: ['Hides a received message until its deadline (SQS-04).'],
    omits: ['Encryption.'],
    quotas: { Size: { current: 2, notes2020: 1, unit: 'bytes', doc: 'The largest message.', source: 'SQS-04' } },
    assumptions: {
      Pick: { kind: 'choice', default: 'a', choices: ['a', 'b'], doc: 'Which one.', source: 'SQS-04 (ND)' },
    },
    props: { A: { kind: 'int', doc: 'A number.' } },
    create: () => ({}),
    ops: { 'sqs:SendMessage': { doc: 'Puts a message in.', run: () => {} } },
    timers: {},
    metrics: { Sent: { unit: 'Count', kind: 'count', doc: 'Messages sent.' } },
    invariants: {},
    view: { glyph: 'queue', label: 'Queue', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
  }
  const problems = (change: Partial<ServiceDef>) => definitionProblems([{ ...good, ...change }], new Set(['SQS-04']))

  test('a definition with sentences and sources passes', () => expect(problems({})).toEqual([]))

  test.each<[string, Partial<ServiceDef>]>([
    ['summary', { summary: 'a queue' }],
    ['models', { models: [] }],
    ['omits', { omits: [''] }],
    ['quotas.Size', { quotas: { Size: { ...good.quotas['Size'], source: '' } } }],
    ['quotas.Size', { quotas: { Size: { ...good.quotas['Size'], source: 'SQS-99' } } }],
    ['quotas.Size', { quotas: { Size: { ...good.quotas['Size'], notes2020: 2 } } }],
    ['assumptions.Pick', { assumptions: { Pick: { ...good.assumptions['Pick'], source: ' ' } } }],
    ['assumptions.Pick', { assumptions: { Pick: { ...good.assumptions['Pick'], default: 'c' } } }],
    ['ops.SendMessage:sqs', { ops: { 'SendMessage:sqs': { doc: 'Puts.', run: () => {} } } }],
    ['props.A', { props: { A: { kind: 'int', doc: '' } } }],
    ['props.A.B', { props: { A: { kind: 'record', doc: 'A.', fields: { B: { kind: 'int', doc: '' } } } } }],
    ['metrics.Sent', { metrics: { Sent: { unit: 'Count', kind: 'count', doc: '' } } }],
    ['parts.AWS::SQS::Queue', { parts: { 'AWS::SQS::Queue': {} } }],
    ['invariants.broken', { invariants: { broken: () => true } }],
  ])('a flaw in %s is named', (place, change) => {
    expect(problems(change)).toEqual([expect.stringContaining(`AWS::SQS::Queue ${place}: `)])
  })

  test('scenarios and golden files come in pairs', () => {
    const paths = ['scenarios/a.yaml', 'scenarios/data/template.yaml', 'test/golden/a.txt']
    expect(goldenProblems(paths.map((path) => file(path, '')))).toEqual([])
    expect(goldenProblems([file(paths[0], '')])).toEqual(['scenarios/a.yaml: test/golden/a.txt is missing'])
    expect(goldenProblems([file(paths[2], '')])).toEqual(['test/golden/a.txt: no scenario in scenarios/ is named a'])
  })
})
