// What an author is proposed, told and mended while typing: the cursor is where `▮` stands.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { RESOURCES } from '../../test/examples.ts'
import { Desk } from './desk.ts'
import type { Checked, Hover, Options, Question } from './types.ts'

const BAD = fileURLToPath(new URL('../../test/bad/', import.meta.url))
const SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const desk = new Desk()

function at(marked: string): { text: string; at: number } {
  const place = marked.indexOf('▮')
  return { text: marked.replace('▮', ''), at: place }
}

function options(marked: string, before?: string): Options | undefined {
  if (before !== undefined) checked(before)
  const reply = desk.answer({ question: 'complete', id: 1, ...at(marked) })
  if (reply.reply !== 'complete') throw new Error(JSON.stringify(reply))
  return reply.options
}
const labels = (marked: string, before?: string): string[] =>
  (options(marked, before)?.options ?? []).map(({ label }) => label)

/** The text after a proposal is taken. */
function taken(marked: string, label: string): string {
  const { text } = at(marked)
  const found = options(marked)
  const option = found?.options.find((each) => each.label === label)
  if (found === undefined || option === undefined) throw new Error(`no ${label} among ${labels(marked).join(', ')}`)
  return text.slice(0, found.from) + option.insert + text.slice(found.to)
}

function hover(marked: string): Hover | undefined {
  const reply = desk.answer({ question: 'hover', id: 1, ...at(marked) })
  if (reply.reply !== 'hover') throw new Error(JSON.stringify(reply))
  return reply.hover
}

const draft = (text: string, name = 'mine.yaml') => ({ name, text, files: {}, knobs: {} })

function checked(text: string): Checked {
  const reply = desk.answer({ question: 'check', id: 1, ...draft(text) })
  if (reply.reply !== 'check') throw new Error(JSON.stringify(reply))
  return reply.checked
}

const QUEUE = 'Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 0\n'

describe('completion from the schema', () => {
  it.each<[what: string, marked: string, expected: string[]]>([
    ['sections of a template', `${QUEUE}▮\n`, ['Parameters', 'Simulation', 'Outputs']],
    ['a section that is half written', `${QUEUE}Simu▮`, ['Simulation']],
    ['types', 'Resources:\n  Jobs:\n    Type: ▮\n', ['AWS::SQS::Queue', 'AWS::EC2::VPC', 'Sim::Http::Server']],
    ['types by their beginning', 'Resources:\n  Jobs:\n    Type: AWS::SQ▮\n', ['AWS::SQS::Queue']],
    ['properties of a simulated type', `${QUEUE}      ▮\n`, ['VisibilityTimeout', 'RedrivePolicy']],
    ['properties above others', QUEUE.replace('      Delay', '      Vis▮\n      Delay'), ['VisibilityTimeout']],
    [
      'properties in a map on one line',
      'Resources: { Jobs: { Type: AWS::SQS::Queue, Properties: { ▮ } } }',
      ['VisibilityTimeout'],
    ],
    ['members inside a property', `${QUEUE}      RedrivePolicy:\n        ▮\n`, ['maxReceiveCount']],
    [
      'properties of another type',
      'Resources:\n  Net:\n    Type: AWS::EC2::VPC\n    Properties:\n      ▮\n',
      ['CidrBlock'],
    ],
    [
      'properties in a branch of a condition',
      'Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      VpcConfig: !If [A, { ▮ }, !Ref AWS::NoValue]\n',
      ['SubnetIds'],
    ],
    ['members of Simulation', `${QUEUE}Simulation:\n  ▮\n`, ['Duration', 'Workloads', 'Expect']],
    [
      'members of a workload',
      `Simulation:\n  Workloads:\n    Load:\n      Target: Jobs\n      ▮\n`,
      ['Rate', 'Client'],
    ],
    ['retry modes', `Simulation:\n  Workloads:\n    Load:\n      Client:\n        Retries: ▮\n`, ['adaptive', 'none']],
    [
      'steps',
      `Simulation:\n  Handlers:\n    Work:\n      - ▮\n`,
      ['Compute', 'ForEach', 'dynamodb:PutItem', 'compute'],
    ],
    [
      'parameters of a call',
      `Simulation:\n  Handlers:\n    Work:\n      - sqs:SendMessage:\n          ▮\n`,
      ['QueueUrl', 'MessageBody'],
    ],
    ['faults', `Simulation:\n  Faults:\n    - ▮\n`, ['At', 'aws:lambda:invocation-error', 'failing invocations']],
    ['quotas', `Simulation:\n  Quotas:\n    ▮\n`, ['Profile', 'lambda.ConcurrentExecutions']],
    ['assumptions', `Simulation:\n  Assumptions:\n    AWS::SQS::Queue:\n      ▮\n`, ['ApiLatency']],
    ['expectations', `Simulation:\n  Expect:\n    - ▮\n`, ['latency', 'alarm', 'p99']],
    [
      'keys of a JSON text',
      '{ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "▮" } } } }',
      ['VisibilityTimeout'],
    ],
    ['values of a JSON text', '{ "Resources": { "Jobs": { "Type": "▮" } } }', ['AWS::SQS::Queue']],
    [
      'behind a mistake elsewhere',
      `Resources: [\n${QUEUE}Simulation:\n  WarmUp: 1m\n  ▮\n`.replace('Resources: [\n', 'Outputs: { A: "\n'),
      [],
    ],
  ])('proposes %s', (_, marked, expected) => {
    expect(labels(marked)).toEqual(expect.arrayContaining(expected))
  })

  it('leaves out what is there already, and puts what is missing first', () => {
    const marked = `Simulation:\n  Workloads:\n    Load:\n      Rate: 5/s\n      ▮\n`
    expect(labels(marked)).not.toContain('Rate')
    expect(options(marked)?.options.find(({ label }) => label === 'Target')).toMatchObject({
      detail: 'required',
      boost: 50,
    })
  })

  it('proposes nothing in comments', () => {
    expect(options(`${QUEUE}# Simu▮\n`)).toBeUndefined()
  })

  it('writes a member with what its value begins with, and only the name before a colon', () => {
    expect(taken(`${QUEUE}      Visi▮\n`, 'VisibilityTimeout')).toContain('      VisibilityTimeout: \n')
    expect(taken(QUEUE.replace('DelaySeconds', 'Visi▮'), 'VisibilityTimeout')).toContain('      VisibilityTimeout: 0')
    expect(taken(`${QUEUE}Simul▮`, 'Simulation')).toContain('Simulation:\n  ${}')
    expect(taken('{ "Resources": { "Jobs": { ▮ } } }', 'Type')).toContain('{ "Type":  }')
  })

  it('stays quick in a text as large as they come', () => {
    const many = Array.from(
      { length: 2000 },
      (_, i) => `  Queue${i}:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 0\n`,
    )
    const text = `Resources:\n${many.join('')}Simulation:\n  Workloads:\n    Load:\n      Target: ▮\n`
    const begun = process.cpuUsage()
    expect(labels(text)).toHaveLength(2000)
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(3000)
  })
})

describe('completion from names in the text', () => {
  const text = `Parameters: { Rate: { Type: Number, Default: 5 } }\nConditions: { IsProd: !Equals [!Ref Rate, 5] }\n${RESOURCES}`
  const more = `  Depth:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      Namespace: AWS/SQS\n      MetricName: ▮\n`
  it.each<[what: string, marked: string, expected: string[], without: string[]]>([
    [
      'a reference',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref ▮ } }\n`,
      ['Jobs', 'Rate', 'AWS::Region'],
      ['IsProd'],
    ],
    [
      'a reference in the long form',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: { Ref: Jo▮ } } }\n`,
      ['Jobs', 'Rate'],
      [],
    ],
    [
      'an attribute’s resource',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt ▮ } }\n`,
      ['Jobs', 'Orders'],
      ['Rate'],
    ],
    [
      'an attribute',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt Orders.▮ } }\n`,
      ['Arn', 'StreamArn'],
      ['QueueUrl'],
    ],
    [
      'an attribute in the long form',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: { Fn::GetAtt: [Orders, ▮] } } }\n`,
      ['StreamArn'],
      [],
    ],
    [
      'a name inside a text',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "a-\${▮}" } }\n`,
      ['Jobs', 'Rate'],
      [],
    ],
    [
      'a condition',
      `${text}  Q: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !If [▮, 1, 2] } }\n`,
      ['IsProd'],
      ['Jobs'],
    ],
    ['a metric', text + more, ['ApproximateNumberOfMessagesVisible'], ['Duration']],
    ['a target', `${text}Simulation:\n  Workloads:\n    Load:\n      Target: ▮\n`, ['Jobs', 'Origin'], ['Rate']],
    [
      'an operation of the target',
      `${text}Simulation:\n  Workloads:\n    Load:\n      Target: Jobs\n      Operation: ▮\n`,
      ['sqs:SendMessage'],
      ['dynamodb:PutItem'],
    ],
    ['handlers', `${text}Simulation:\n  Handlers:\n    ▮\n`, ['Work'], ['Jobs']],
    [
      'the resource of a call',
      `${text}Simulation:\n  Handlers:\n    Work:\n      - dynamodb:PutItem: { TableName: ▮ }\n`,
      ['!Ref Orders'],
      ['!Ref Jobs'],
    ],
    [
      'the target of a fault',
      `${text}Simulation:\n  Faults:\n    - { At: 1m, aws:lambda:invocation-error: { Target: ▮ } }\n`,
      ['Work'],
      ['Jobs'],
    ],
    [
      'what an expectation measures',
      `${text}Simulation:\n  Workloads: { Load: { Target: Origin, Rate: 5/s } }\n  Expect:\n    - p99(▮\n`,
      ['Load', 'Jobs'],
      ['Rate'],
    ],
    [
      'a metric in an expectation',
      `${text}Simulation:\n  Expect:\n    - p99(Work.▮) < 3\n`,
      ['Duration', 'Throttles'],
      ['NumberOfMessagesSent'],
    ],
    [
      'an exception in an expectation',
      `${text}Simulation:\n  Expect:\n    - count(▮ at Work) == 0\n`,
      ['TooManyRequestsException'],
      ['Work'],
    ],
  ])('proposes %s', (_, marked, expected, without) => {
    const found = labels(marked)
    expect(found).toEqual(expect.arrayContaining(expected))
    for (const each of without) expect(found).not.toContain(each)
  })

  it('puts the exceptions of the call beside them first', () => {
    const marked = `${text}Simulation:\n  Handlers:\n    Work:\n      - dynamodb:PutItem: { TableName: !Ref Orders }\n        Catch:\n          - ErrorEquals: ▮\n`
    const found = options(marked)?.options ?? []
    const boosted = found.filter(({ boost = 0 }) => boost > 40).map(({ label }) => label)
    expect(boosted).toContain('ProvisionedThroughputExceededException')
    expect(boosted).not.toContain('TooManyRequestsException')
    expect(found.map(({ label }) => label)).toContain('States.ALL')
  })

  it('knows the routes of an API and what the SAM transform makes, from the last reading without mistakes', () => {
    const sam = `Transform: AWS::Serverless-2016-10-31
Resources:
  Get:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.12, Handler: a.b, CodeUri: ., Events: { Api: { Type: Api, Properties: { Path: /items, Method: get } } } }
`
    const marked = `${sam}Simulation:\n  Workloads:\n    Load:\n      Target: ▮\n`
    expect(labels(marked, sam)).toEqual(expect.arrayContaining(['Get', 'ServerlessRestApi']))
    expect(labels(marked.replace('▮', 'ServerlessRestApi\n      Operation: ▮'))).toContain('GET /items')
  })

  it('replaces the part that is written', () => {
    expect(taken(`${text}Simulation:\n  Expect:\n    - p99(Work.Du▮) < 3\n`, 'Duration')).toContain(
      '- p99(Work.Duration) < 3',
    )
    expect(
      taken(`${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt Jobs.Q▮ } }\n`, 'QueueName'),
    ).toContain('!GetAtt Jobs.QueueName }')
    expect(
      taken(`${text}  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "a-\${Jo▮}" } }\n`, 'Jobs'),
    ).toContain('"a-${Jobs}"')
  })
})

describe('hover', () => {
  it.each([
    ['a property', QUEUE.replace('DelaySeconds', 'Delay▮Seconds'), 'stays hidden'],
    ['its unit and range', QUEUE.replace('DelaySeconds', 'Delay▮Seconds'), '0 to 900 s'],
    ['a type', QUEUE.replace('SQS::', 'SQS::▮'), 'A queue, standard'],
    ['a type that is not simulated', 'Resources:\n  Net:\n    Type: AWS::Athena▮::WorkGroup\n', 'Not simulated'],
    ['a member of Simulation', `Simulation:\n  War▮mUp: 1m\n`, 'figures leave out'],
    ['a step', `Simulation:\n  Handlers:\n    Work:\n      - Com▮pute: 20ms\n`, '1,769 MB'],
    ['a call', `Simulation:\n  Handlers:\n    Work:\n      - sqs:Send▮Message: { QueueUrl: !Ref Jobs }\n`, 'Raises'],
    ['a quota', `Simulation:\n  Quotas:\n    lambda.Concurrent▮Executions: 200\n`, '1000 executions'],
    ['an assumption', `Simulation:\n  Assumptions:\n    AWS::SQS::Queue:\n      Api▮Latency: 5ms\n`, 'How long'],
    ['a resource by its name', `${QUEUE}Simulation: { Workloads: { Load: { Target: Jo▮bs } } }`, 'A queue, standard'],
  ])('explains %s', (_, marked, words) => {
    expect(hover(marked)?.doc).toContain(words)
  })
  it('is silent about blanks and comments', () => {
    expect(hover(`${QUEUE}# Sim▮ulation\n`)).toBeUndefined()
  })
})

describe('checking', () => {
  it('says what the command line says, with a place and what to write instead', () => {
    const { ok, diagnostics } = checked(QUEUE.replace('Delay', 'Dealy'))
    const [first] = diagnostics
    expect(ok).toBe(false)
    expect(first).toMatchObject({
      severity: 'error',
      slug: 'unknown-property',
      line: 5,
      label: 'did you mean `DelaySeconds`?',
    })
    expect(first?.fix).toMatchObject({ insert: 'DelaySeconds' })
  })

  const proposing = readdirSync(BAD).filter(
    (name) =>
      name.endsWith('.stderr') &&
      readFileSync(BAD + name, 'utf8').includes('did you mean') &&
      // What stands in a flag is no part of the text.
      !readFileSync(BAD + name.replace('.stderr', '.yaml'), 'utf8').startsWith('# hotshard check --set'),
  )
  it.each(proposing)('mends what %s proposes, and the mistake is gone', (name) => {
    let text = readFileSync(BAD + name.replace('.stderr', '.yaml'), 'utf8')
    const files = Object.fromEntries(readdirSync(BAD).map((file) => [file, readFileSync(BAD + file, 'utf8')]))
    const look = (): Checked => {
      const reply = desk.answer({ question: 'check', id: 1, ...draft(text, name), files } as Question)
      if (reply.reply !== 'check') throw new Error(JSON.stringify(reply))
      return reply.checked
    }
    const before = look()
    const told = before.diagnostics.filter(
      ({ label = '', help = '' }) => label.startsWith('did you mean') || help.startsWith('did you mean'),
    )
    const [first] = told
    expect(told.length).toBeGreaterThan(0)
    expect(first?.fix, JSON.stringify(first)).toBeDefined()
    const same = ({ diagnostics }: Checked): number =>
      diagnostics.filter(({ message }) => message === first!.message).length
    const { from, to, insert } = first!.fix!
    text = text.slice(0, from) + insert + text.slice(to)
    expect(same(look())).toBe(same(before) - 1)
  })

  it('explains a kind of problem', () => {
    expect(desk.answer({ question: 'explain', id: 1, slug: 'unknown-property' })).toMatchObject({
      explained: { slug: 'unknown-property' },
    })
    expect(desk.answer({ question: 'explain', id: 1, slug: '__proto__' })).toEqual({ reply: 'explain', id: 1 })
  })
})

describe('writing', () => {
  const write = (
    question: 'section' | 'settle',
    text: string,
    knobs: Record<string, string> = {},
  ): string | undefined => {
    const reply = desk.answer({ question, id: 1, ...draft(text), knobs })
    if (reply.reply !== 'text') throw new Error(JSON.stringify(reply))
    return reply.text
  }
  it.each([
    ['no section', `Parameters: { Rate: { Type: Number, Default: 5 } }\n${QUEUE}`],
    ['a section without parameters', `${QUEUE}Simulation:\n  Duration: 1m\n  Workloads: {}\n# the end\n`],
    ['a section with parameters', `${QUEUE}Simulation:\n  Parameters:\n    Rate: 3 # few\n  Duration: 1m\n`],
    ['a section on one line', `${QUEUE}Simulation: { Duration: 1m, Parameters: { Rate: 1 } }`],
    ['an empty section', `${QUEUE}Simulation: {}\n`],
    ['a section in the metadata', `Metadata:\n  Simulation:\n    Duration: 1m\n${QUEUE}`],
    ['JSON', '{\n  "Resources": {\n    "Jobs": { "Type": "AWS::SQS::Queue" }\n  }\n}\n'],
    [
      'JSON with a section',
      '{ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } }, "Simulation": { "Parameters": { "Rate": "1" } } }',
    ],
  ])('puts values of parameters into a text with %s, and keeps the rest', (_, text) => {
    const written = write('settle', text, { Rate: '70', Name: 'it: is' })
    expect(written).toBeDefined()
    const whole = `Parameters: { Rate: { Type: Number, Default: 5 }, Name: { Type: String, Default: x } }\n`
    const declared = text.startsWith('{')
      ? written!.replace(
          '{',
          '{ "Parameters": { "Rate": { "Type": "Number", "Default": 5 }, "Name": { "Type": "String", "Default": "x" } },',
        )
      : written!.replace(/^Parameters: \{ Rate.*\n/m, '')
    const { ok, diagnostics } = checked(text.startsWith('{') ? declared : whole + declared)
    expect(
      diagnostics.filter(({ severity }) => severity === 'error'),
      written,
    ).toEqual([])
    expect(ok).toBe(true)
    expect(written).toMatch(/Rate"?: "?70/)
    expect(written).toMatch(/Name"?: "it: is"/)
    // Line by line nothing else is gone.
    const lines = new Set(written!.split('\n').flatMap((line) => line.match(/[\w:]+/g) ?? []))
    for (const word of text.replace(/Rate"?: "?\d/, '').match(/[\w:]+/g) ?? []) expect(lines, word).toContain(word)
  })

  it('writes scales and quotas where they belong, and says what cannot stand in the text', () => {
    const knobs = {
      'Workloads.Load.Scale': '2',
      'Quotas.lambda.ConcurrentExecutions': '50',
      'Workloads.Other.Scale': '3',
    }
    const load = 'Workloads:\n    Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 5/s, Scale: !Ref Factor }\n'
    for (const quotas of ['', '  Quotas: notes-2020\n', '  Quotas:\n    lambda.ConcurrentExecutions: 900\n']) {
      const text = `Parameters: { Factor: { Type: Number, Default: 1 } }\n${QUEUE}Simulation:\n${quotas}  ${load}`
      const reply = desk.answer({ question: 'settle', id: 1, ...draft(text), knobs })
      if (reply.reply !== 'text') throw new Error(JSON.stringify(reply))
      expect(reply.left).toEqual(['Workloads.Other.Scale'])
      expect(reply.text).toContain('Scale: 2 }')
      expect(reply.text).toMatch(/Quotas:(\n {4}| \{ Profile: notes-2020, )lambda.ConcurrentExecutions: 50/)
      expect(
        checked(reply.text ?? '').diagnostics.filter(({ severity }) => severity === 'error'),
        reply.text,
      ).toEqual([])
    }
  })

  it.each(['yaml', 'json'])('writes the inferred section into a bare %s template, which then runs the same', (form) => {
    const bare =
      form === 'yaml'
        ? RESOURCES
        : '{\n  "Resources": {\n    "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 0 } }\n  }\n}\n'
    expect(checked(bare).isBare).toBe(true)
    const text = write('section', bare)
    expect(text).toMatch(form === 'yaml' ? /^Simulation:$/m : /^ {2}"Simulation": \{$/m)
    expect(text?.startsWith(form === 'yaml' ? bare.trimEnd() : bare.slice(0, 40))).toBe(true)
    const { ok, isBare, diagnostics } = checked(text!)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect({ ok, isBare }).toEqual({ ok: true, isBare: false })
    // Once only.
    expect(write('section', text!)).toBeUndefined()
  })
})

it('answers to whatever a stranger types, at every place of it', () => {
  const text = readFileSync(`${SCENARIOS}flash-crowd.yaml`, 'utf8')
  for (let i = 0; i < text.length; i += 37) {
    const half = text.slice(0, i)
    for (const question of ['complete', 'hover'] as const) {
      expect(desk.answer({ question, id: i, text: half, at: half.length }).reply).toBe(question)
      expect(desk.answer({ question, id: i, text, at: i }).reply).toBe(question)
    }
  }
  for (const odd of [
    '',
    '\0',
    '&a [*a',
    '{{{{',
    '- - - -',
    'a: &x\n  <<: *x\n',
    '"',
    `${'['.repeat(5000)}`,
    '__proto__: { constructor: ',
  ])
    for (const question of ['complete', 'hover'] as const)
      expect(['complete', 'hover', 'bug']).toContain(desk.answer({ question, id: 0, text: odd, at: odd.length }).reply)
})
