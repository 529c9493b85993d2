// The JSON Schema of scenarios in the very server of VS Code's YAML extension: it completes, explains, refuses what is misspelt,
// and takes what the program takes.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { describe, expect, it } from 'vitest'
import { getLanguageService } from 'yaml-language-server/out/server/src/languageservice/yamlLanguageService.js'
import { SettingsState } from 'yaml-language-server/out/server/src/yamlSettings.js'
import { catalogue } from '../sim/diag/catalogue.ts'
import { parseDuration, parseRate } from '../sim/lang/quantity.ts'
import { scenarioSchema } from '../sim/schema/index.ts'
import { RESOURCES, wholeExample } from './examples.ts'

const SCENARIOS = fileURLToPath(new URL('../scenarios/', import.meta.url))
const scenarios = readdirSync(SCENARIOS).filter((name) => name.endsWith('.yaml'))
const README = readFileSync(`${SCENARIOS}README.md`, 'utf8')

const schema = scenarioSchema()
const settings = new SettingsState()
const service = getLanguageService({
  schemaRequestService: () => Promise.reject(new Error('nothing is fetched')),
  workspaceContext: { resolveRelativePath: (path) => path },
  telemetry: { send: () => {}, sendError: () => {}, sendTrack: () => {} },
  yamlSettings: settings,
})
service.configure({
  validate: true,
  hover: true,
  completion: true,
  // The setting that the README gives to copy.
  customTags: JSON.parse(/"yaml\.customTags": (\[[^\]]*\])/.exec(README)![1]!) as string[],
  schemas: [{ uri: 'hotshard://scenario', fileMatch: ['*.yaml'], schema: schema as object }],
})

let count = 0
/** A document with the cursor where `▮` stands, or at its end. The server keeps what it knows of a document by its address. */
function open(marked: string): { document: TextDocument; at: { line: number; character: number } } {
  const text = marked.replace('▮', '')
  const document = TextDocument.create(`file:///scenario-${count++}.yaml`, 'yaml', 1, text)
  settings.documents = { get: () => document } as unknown as SettingsState['documents']
  return { document, at: document.positionAt(marked.includes('▮') ? marked.indexOf('▮') : text.length) }
}

/** What the server refuses, with lines counted from 1. */
async function flaws(text: string): Promise<string[]> {
  const found = await service.doValidation(open(text).document, false)
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`)
}

async function labels(marked: string): Promise<string[]> {
  const { document, at } = open(marked)
  return (await service.doComplete(document, at, false)).items.map(({ label }) => label)
}

async function hover(marked: string): Promise<string> {
  const { document, at } = open(marked)
  return JSON.stringify((await service.doHover(document, at))?.contents ?? '')
}

const QUEUE = 'Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 0\n'

describe('the schema', () => {
  it('is small enough for an editor, and says what every member of Simulation is', () => {
    expect(JSON.stringify(schema).length).toBeLessThan(2_500_000)
    const definitions = schema['definitions'] as Record<
      string,
      { properties: Record<string, { description?: string }> }
    >
    for (const name of ['Simulation', 'Action', 'Fault'])
      for (const [member, { description, ...rest }] of Object.entries(definitions[name]!.properties))
        expect(description ?? '$ref' in rest, `${name}.${member}`).toBeTruthy()
  })

  it.each(scenarios)('takes %s, which names it in its first line', async (name) => {
    const [first, ...rest] = readFileSync(SCENARIOS + name, 'utf8').split('\n')
    expect(first).toBe('# yaml-language-server: $schema=../public/scenario.schema.json')
    expect(await flaws(rest.join('\n'))).toEqual([])
  })

  it('takes the right examples of all explanations', async () => {
    for (const [slug, { right }] of catalogue)
      if (right !== undefined) expect(await flaws(wholeExample(right)), slug).toEqual([])
  })

  it.each([
    ...['unknown-section', 'unknown-member', 'unknown-step', 'unknown-property', 'unknown-fault', 'unknown-action'],
    ...['unknown-quota', 'unknown-assumption', 'unknown-unit', 'missing-unit', 'unknown-distribution', 'negative'],
    ...[
      'unknown-arrivals',
      'unknown-value',
      'missing-parameter',
      'resource-without-type',
      'unknown-resource-attribute',
    ],
  ])('refuses the wrong example of %s', async (slug) => {
    expect(await flaws(wholeExample(catalogue.get(slug)!.wrong!))).not.toEqual([])
  })

  it('lets functions stand for values, in both forms', async () => {
    const forms = [
      '!Ref Length',
      '!Sub "${M}m"',
      '!If [Long, 10m, 5m]',
      '{ Ref: Length }',
      '{ "Fn::Sub": "${M}m" }',
      '0',
    ]
    for (const form of forms) {
      const load = `{ Target: !Ref Jobs, Rate: [{ At: ${form}, Value: !Ref Rate }], Client: { Retries: !Ref Mode } }`
      expect(await flaws(`${RESOURCES}Simulation: { Workloads: { Load: ${load} } }\n`), form).toEqual([])
    }
  })

  it('takes quantities in every form that the program takes', async () => {
    const times = ['4m30s', '1 h 20 m', '+5s', '5.s', '.5s', '1e3ms', '250µs', ' 5 min ']
    const rates = ['5/s', '+5./s', '.5 / min', '3e3/d']
    for (const time of times) {
      expect(parseDuration(time).ok, time).toBe(true)
      const text = `Simulation: { Duration: "${time}", Handlers: { Work: [Compute: "${time}"] } }\n${QUEUE}`
      expect(await flaws(text), time).toEqual([])
    }
    for (const rate of rates) {
      expect(parseRate(rate).ok, rate).toBe(true)
      const text = `Simulation: { Workloads: { W: { Target: Jobs, Rate: "${rate}" } } }\n${QUEUE}`
      expect(await flaws(text), rate).toEqual([])
    }
  })

  it('refuses with words that say what was expected', async () => {
    const text = `Simulation:\n  Duration: 10\n  WarmUp: 30sec\n  Durration: 5m\n  Workloads: { Load: { Target: !Ref Jobs, Rate: 5 } }\n`
    expect((await flaws(text + QUEUE)).sort()).toEqual([
      '2: Expected a time with its unit, such as 250ms, 3s or 5m.',
      '3: Expected a time with its unit, such as 250ms, 3s or 5m.',
      '4: Property Durration is not allowed.',
      '5: Expected a rate with its unit, such as 50/s or 3000/min.',
    ])
    expect(await flaws(`Simulation: { Start: 2026-03-29T01:00Z }\n${QUEUE}`)).toEqual([])
    expect(await flaws(`Simulation: { Start: 2026-1-5 }\n${QUEUE}`)).toEqual([
      '1: Expected a date of UTC such as 2026-01-05, or with a time 2026-01-05T08:00:00Z.',
    ])
  })
})

describe('completion', () => {
  it.each<[what: string, marked: string, expected: string[]]>([
    ['sections of a template', `${QUEUE}▮\n`, ['Parameters', 'Simulation', 'Outputs']],
    ['types', 'Resources:\n  Jobs:\n    Type: ▮\n', ['AWS::SQS::Queue', 'AWS::EC2::VPC', 'Sim::Http::Server']],
    ['properties of a simulated type', `${QUEUE}      ▮\n`, ['VisibilityTimeout', 'RedrivePolicy']],
    [
      'properties of another type',
      'Resources:\n  Net:\n    Type: AWS::EC2::VPC\n    Properties:\n      ▮\n',
      ['CidrBlock'],
    ],
    ['members of Simulation', `${QUEUE}Simulation:\n  ▮\n`, ['Duration', 'Workloads', 'Expect']],
    [
      'members of a workload',
      `Simulation:\n  Workloads:\n    Load:\n      Target: Jobs\n      ▮\n`,
      ['Rate', 'Client'],
    ],
    [
      'retry modes',
      `Simulation:\n  Workloads:\n    Load:\n      Target: Jobs\n      Client:\n        Retries: ▮\n`,
      ['adaptive', 'none'],
    ],
    ['members of a stack', `Simulation:\n  Stacks:\n    Network:\n      ▮\n`, ['Template', 'Parameters']],
    [
      'members of an exception',
      `Simulation:\n  Handlers:\n    Work:\n      - Fail:\n          ▮\n`,
      ['Error', 'Cause'],
    ],
    [
      'branches for the items of a list',
      `Simulation:\n  Handlers:\n    Work:\n      - Parallel:\n          ▮\n`,
      ['ForEach', 'Do'],
    ],
    ['steps', `Simulation:\n  Handlers:\n    Work:\n      - ▮\n`, ['Compute', 'ForEach', 'dynamodb:PutItem']],
    [
      'parameters of a call',
      `Simulation:\n  Handlers:\n    Work:\n      - sqs:SendMessage:\n          ▮\n`,
      ['QueueUrl', 'MessageBody'],
    ],
    ['faults', `Simulation:\n  Faults:\n    - ▮\n`, ['At', 'aws:lambda:invocation-error', 'failing invocations']],
    ['quotas', `Simulation:\n  Quotas:\n    ▮\n`, ['Profile', 'lambda.ConcurrentExecutions']],
    ['assumptions', `Simulation:\n  Assumptions:\n    AWS::SQS::Queue:\n      ▮\n`, ['ApiLatency']],
    ['expectations', `Simulation:\n  Expect:\n    - ▮\n`, ['latency', 'alarm']],
  ])('proposes %s', async (_, marked, expected) => {
    expect(await labels(marked)).toEqual(expect.arrayContaining(expected))
  })
})

describe('hover', () => {
  it.each([
    ['a property', QUEUE.replace('DelaySeconds', 'Delay▮Seconds'), 'stays hidden. 0 to 900 s'],
    ['a type', QUEUE.replace('SQS::', 'SQS::▮'), 'A queue, standard'],
    ['a type that is not simulated', 'Resources:\n  Plan:\n    Type: AWS::Backup▮::BackupPlan\n', 'Not simulated'],
    ['a serverless type', 'Resources:\n  F:\n    Type: AWS::Serverless▮::Function\n', 'SAM transform'],
    ['a member of Simulation', `Simulation:\n  War▮mUp: 1m\n`, 'figures leave out'],
    ['a step', `Simulation:\n  Handlers:\n    Work:\n      - Com▮pute: 20ms\n`, '1,769 MB'],
    ['a call', `Simulation:\n  Handlers:\n    Work:\n      - sqs:Send▮Message: { QueueUrl: !Ref Jobs }\n`, 'Raises'],
    ['a fault', `Simulation:\n  Faults:\n    - { At: 1m, aws:lambda:▮invocation-error: { Target: F } }\n`, 'nvocation'],
    ['a quota', `Simulation:\n  Quotas:\n    lambda.Concurrent▮Executions: 200\n`, '1000 executions'],
    ['an assumption', `Simulation:\n  Assumptions:\n    AWS::SQS::Queue:\n      Api▮Latency: 5ms\n`, 'How long'],
  ])('explains %s', async (_, marked, words) => {
    expect(await hover(marked)).toContain(words)
  })
})
