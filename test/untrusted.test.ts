// A stranger's scenarios, written by hand to hurt: each costs little time and memory, reaches nothing, and is refused or stopped with a word.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeMetrics } from '../sim/cli/exports.ts'
import { openScenario } from '../sim/cli/files.ts'
import { Problems } from '../sim/diag/problem.ts'
import { renderProblems } from '../sim/diag/render.ts'
import { readColumn } from '../sim/lang/csv.ts'
import { loadOf, readRecording } from '../sim/recorded/index.ts'
import { problemsOf } from './scenarios.ts'
import { loadScenario, type Scenario } from '../sim/lang/scenario.ts'
import { runScenario, type Run } from '../sim/run/run.ts'

const many = (count: number, each: (i: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, i) => each(i)).join(between)

const QUEUE = 'Resources:\n  Q: { Type: AWS::SQS::Queue }\n'
const inTopic = (values: string): string =>
  `Resources:\n  T: { Type: AWS::SNS::Topic, Properties: { Tags: [${values}] } }\n`

/** Seconds of processor time, for others may share the machine. */
function seconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1e6
}

function load(text: string): { scenario: Scenario | undefined; slugs: Set<string>; problems: Problems } {
  const problems = new Problems()
  const scenario = loadScenario({ name: 'stranger.yaml', text }, {}, problems)
  return { scenario, slugs: new Set(problems.list.map((problem) => problem.slug)), problems }
}

describe('a text made to be read for ever is refused in a second or two', () => {
  const not = (depth: number, inner: string): string => `${'!Not ['.repeat(depth)}${inner}${']'.repeat(depth)}`
  const join = (depth: number, inner: string): string => `${'!Join ["", ['.repeat(depth)}${inner}${']]'.repeat(depth)}`
  const cases: readonly (readonly [name: string, slug: string, text: () => string])[] = [
    [
      'a billion laughs',
      'document-too-large',
      () => `a0: &a0 [x, x]\n${many(40, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)}\n${QUEUE}`,
    ],
    [
      'merges of merges',
      'document-too-large',
      () =>
        `Metadata:\n  m0: &m0 { ${many(200, (i) => `k${i}: 1`, ', ')} }\n${many(400, (i) => `  m${i + 1}: &m${i + 1} { <<: [*m${i}, *m${i}], z${i}: 1 }`)}\n${QUEUE}`,
    ],
    ['half a million brackets', 'document-too-deep', () => '['.repeat(500_000)],
    ['half a million lines', 'document-too-large', () => `${' \n'.repeat(500_000)}${QUEUE}`],
    ['mistakes of the syntax on every line', 'document-too-deep', () => 'a: "b" c: d\n'.repeat(60_000)],
    ['aliases of nothing', 'too-many-problems', () => `a: [${'*x, '.repeat(40_000)}]`],
    [
      'references to nothing among many names',
      'too-many-problems',
      () =>
        `${inTopic(many(20_000, (i) => `!Ref Qq${i}`, ', '))}${many(400, (i) => `  Qqqq${i}: { Type: AWS::SQS::Queue }`)}`,
    ],
    [
      'unknown members by the thousand',
      'too-many-problems',
      () => `${QUEUE}Simulation:\n${many(40_000, (i) => `  Workloa${i}: 1`)}`,
    ],
    [
      'conditions within conditions',
      'functions-too-deep',
      () =>
        `Conditions:\n  C0: !Equals [a, b]\n${many(95, (i) => `  C${95 - i}: ${not(90, `!Condition C${94 - i}`)}`)}\n${QUEUE}`,
    ],
    [
      'names that depend on names',
      'functions-too-deep',
      () =>
        `Resources:\n${many(490, (i) => `  B${i}: { Type: AWS::S3::Bucket, Properties: { BucketName: ${i === 489 ? 'x' : join(12, `!Ref B${i + 1}`)} } }`)}`,
    ],
    [
      'texts that multiply',
      'functions-too-large',
      () =>
        `Parameters: { P: { Type: String, Default: ${'x'.repeat(4000)} } }\n${inTopic(many(500, () => `!Sub "${'${P}'.repeat(200)}"`, ', '))}`,
    ],
    [
      'lists that multiply',
      'functions-too-large',
      () =>
        `Parameters: { P: { Type: String, Default: "${','.repeat(4000)}" } }\n${inTopic(many(2000, () => '!Split [",", !Ref P]', ', '))}`,
    ],
    ['addresses that multiply', 'functions-too-large', () => inTopic(many(5000, () => '!Cidr ["::/0", 256, 8]', ', '))],
    [
      'a pattern that backtracks',
      'pattern-not-checked',
      () =>
        `Parameters: { P: { Type: String, Default: ${'a'.repeat(4000)}, AllowedPattern: "${'(a*)*'.repeat(2000)}b" } }\n${QUEUE}`,
    ],
    [
      'a length that nothing has',
      'parameter-made-up',
      () => `Parameters: { P: { Type: String, MinLength: 1000000000000 } }\n${QUEUE}`,
    ],
    [
      'allowed values that are all told',
      'parameter-value',
      () =>
        `Parameters: { P: { Type: CommaDelimitedList, Default: "${'b,'.repeat(2000)}", AllowedValues: [${'a, '.repeat(40_000)}] } }\n${QUEUE}`,
    ],
    [
      'tables of a million keys',
      'too-many-keys',
      () =>
        `${QUEUE}Simulation: { Workloads: { W: { Target: Q, Operation: sqs:SendMessage, Rate: 1/s, Attributes: { ${many(50, (i) => `a${i}: "zipf(n=1000000, s=1.${i})"`, ', ')} } } } }`,
    ],
    [
      'more instances than there are',
      'out-of-range',
      () =>
        'Resources:\n  L: { Type: AWS::AutoScaling::LaunchConfiguration, Properties: { ImageId: ami-1, InstanceType: t3.micro } }\n  G: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { LaunchConfigurationName: !Ref L, MinSize: "0", MaxSize: "4000000000" } }\n',
    ],
  ]
  for (const [name, slug, text] of cases)
    it(name, () => {
      let found = new Set<string>()
      const time = seconds(() => {
        const { slugs, problems } = load(text())
        found = slugs
        expect(renderProblems(problems.list).length).toBeLessThan(1_000_000)
      })
      expect([...found]).toContain(slug)
      expect(time).toBeLessThan(2.5)
    })
})

describe('a run made to go on for ever is stopped by its guards', () => {
  const F =
    'Resources:\n  F: { Type: AWS::Lambda::Function, Properties: { MemorySize: 1769, Timeout: 300, Code: { ZipFile: x }, Role: r, Handler: h, Runtime: nodejs22.x } }\n'
  const T =
    '  T: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], BillingMode: PAY_PER_REQUEST } }\n'
  const H = 'Resources:\n  H: { Type: Sim::Http::Server, Properties: { Workers: 4, ServiceTime: 0s } }\n'
  const guards = '  Guards: { Events: 100000, InFlight: 50000, Memory: 2GB, WallTime: 400ms }\n'
  const handled = (steps: string, attributes = 'a: xxxxxxxx', more = ''): string =>
    `${F}${more}Simulation:\n${guards}  Workloads: { W: { Target: F, Operation: lambda:InvokeFunction, Rate: 100/s, Attributes: { ${attributes} } } }\n  Handlers: { F: ${steps} }\n`
  const loaded = (resources: string, load: string, duration = '10m'): string =>
    `${resources}Simulation:\n  Duration: ${duration}\n${guards}  Workloads: { W: { ${load} } }\n`
  const onQ = 'Target: Q, Operation: sqs:SendMessage'
  const cases: readonly (readonly [name: string, text: string])[] = [
    ['a million million rounds of nothing', handled('[{ Repeat: { Times: 1000000000000, Do: [] } }]')],
    [
      'a million million metrics',
      handled('[{ Repeat: { Times: 1000000000000, Do: [{ Metric: { Namespace: N, MetricName: X, Value: 1 } }] } }]'),
    ],
    [
      'rounds within rounds',
      handled(`[${'{ Repeat: { Times: 1000, Do: ['.repeat(6)}{ Wait: 0s }${'] } }'.repeat(6)}]`),
    ],
    [
      'a function that calls itself with twice as much',
      handled(
        '[{ lambda:InvokeFunction: { FunctionName: !Ref F, Payload: { a: "{$.a}{$.a}{$.a}{$.a}", b: { c: $, d: $ } } } }]',
      ),
    ],
    [
      'an item that grows by itself',
      handled(
        '[{ dynamodb:UpdateItem: { TableName: !Ref T, Key: { id: x }, UpdateExpression: "SET a = list_append(if_not_exists(a, :a), if_not_exists(a, :a))", ExpressionAttributeValues: { ":a": [1, 2] } }, Catch: { ErrorEquals: [States.ALL], Do: [] } }]',
        'a: 1',
        T,
      ),
    ],
    ['more arrivals than time has room for', loaded(QUEUE, `${onQ}, Rate: 1e15/s`)],
    ['bursts without arrivals', loaded(QUEUE, `${onQ}, Rate: 1/d, Arrivals: "bursty(on=1us, off=1us)"`)],
    ['a million users who do not think', loaded(H, 'Target: H, Operation: http:GET, Users: 1000000, ThinkTime: 0s')],
    ['three hundred years', loaded(QUEUE, `${onQ}, Rate: 1/d`, '104249d')],
    [
      'a purge every microsecond',
      `${QUEUE}Simulation:\n${guards}  Actions: [{ Every: 1us, sqs:PurgeQueue: { QueueUrl: !Ref Q } }]\n`,
    ],
  ]
  for (const [name, text] of cases)
    it(name, () => {
      const { scenario, problems } = load(text)
      expect(scenario, renderProblems(problems.list)).toBeDefined()
      let run: Run | undefined
      const time = seconds(() => {
        const begun = process.cpuUsage()
        // Processor time for real time: the test measures the work between two questions, not what else the machine does.
        run = runScenario(scenario!, { watch: { wallTime: () => process.cpuUsage(begun).user } })
      })
      expect(run?.broken).toEqual([])
      expect(run?.stopped?.message, 'it was stopped').toBeDefined()
      expect(time).toBeLessThan(2.5)
    })
})

describe('names from a prototype', () => {
  it('are only names: in keys of items, paths, placeholders and answers', () => {
    const steps = [
      'dynamodb:PutItem: { TableName: !Ref T, Item: { id: a, hasOwnProperty: 2, isPrototypeOf: $.x } }, ResultPath: $.__proto__.polluted',
      'dynamodb:UpdateItem: { TableName: !Ref T, Key: { id: a }, UpdateExpression: "SET #a.#b = :v", ExpressionAttributeNames: { "#a": __proto__, "#b": polluted }, ExpressionAttributeValues: { ":v": 1 } }, Catch: { ErrorEquals: [States.ALL], Do: [] }',
      'dynamodb:UpdateItem: { TableName: !Ref T, Key: { id: a }, UpdateExpression: "SET #a = :v", ExpressionAttributeNames: { "#a": constructor }, ExpressionAttributeValues: { ":v": 1 } }, Catch: { ErrorEquals: [States.ALL], Do: [] }',
      "dynamodb:GetItem: { TableName: !Ref T, Key: { id: a } }, ResultPath: \"$['constructor']['prototype'].polluted\"",
      'Return: { a: $.constructor.prototype, b: "{$.toString}" }',
    ]
    const text = `Resources:
  F: { Type: AWS::Lambda::Function, Properties: { Code: { ZipFile: x }, Role: r, Handler: h, Runtime: nodejs22.x } }
  T: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], BillingMode: PAY_PER_REQUEST } }
Simulation:
  Duration: 5s
  Workloads: { W: { Target: F, Operation: lambda:InvokeFunction, Rate: 2/s, Attributes: { x: "choice(__proto__: 0.5, constructor: 0.5)" } } }
  Handlers:
    F:
${steps.map((step) => `      - { ${step} }`).join('\n')}
`
    const { scenario, problems } = load(text)
    expect(scenario, renderProblems(problems.list)).toBeDefined()
    expect(runScenario(scenario!, { verify: true }).broken).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('files that a scenario names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'untrusted-'))
  const scenarioFolder = join(folder, 'in')
  mkdirSync(scenarioFolder)
  writeFileSync(join(folder, 'secret.csv'), '1\n')
  symlinkSync('/dev/zero', join(scenarioFolder, 'zero.csv'))
  symlinkSync('..', join(scenarioFolder, 'up'))
  symlinkSync('loop.csv', join(scenarioFolder, 'loop.csv'))
  symlinkSync('../secret.csv', join(scenarioFolder, 'link.csv'))
  execFileSync('mkfifo', [join(scenarioFolder, 'fifo.csv')])
  const roads = [
    '../secret.csv',
    'up/secret.csv',
    'link.csv',
    '/etc/passwd',
    '//etc/passwd',
    'zero.csv',
    'fifo.csv',
    'loop.csv',
    '.',
    'up',
    '/dev/stdin',
    '/proc/self/environ',
    'none.csv',
  ]
  for (const road of roads)
    it(`are not read by way of ${road}`, () => {
      const path = join(scenarioFolder, 'scenario.yaml')
      writeFileSync(
        path,
        `${QUEUE}Simulation: { Workloads: { W: { Target: Q, Operation: sqs:SendMessage, Arrivals: "trace(${road})" } } }\n`,
      )
      const { scenario, problems } = openScenario(path, {})
      expect(scenario).toBeUndefined()
      expect(problems.list.map((problem) => problem.slug)).toEqual(['unreadable-file'])
    })

  it('are told when the system refuses to read them', () => {
    const path = join(scenarioFolder, 'scenario.yaml')
    writeFileSync(
      path,
      `${QUEUE}Simulation: { Workloads: { W: { Target: Q, Operation: sqs:SendMessage, Arrivals: "trace(/proc/self/mem)" } } }\n`,
    )
    const { problems } = openScenario(path, { root: '/' })
    expect(problems.list.map(({ slug, label }) => `${slug}: ${label}`)).toEqual([
      expect.stringMatching(/^unreadable-file: E[A-Z]+: /),
    ])
  })

  it('are no templates when they are devices, pipes or system files', () => {
    for (const road of ['/etc/passwd', '/dev/zero', 'fifo.csv', 'a\\0b.yaml', '/proc/self/environ']) {
      const path = join(scenarioFolder, 'overlay.yaml')
      writeFileSync(path, `Simulation: { Template: "${road}" }\n`)
      expect(openScenario(path, {}).problems.list.map((problem) => problem.slug)).toEqual(['unreadable-file'])
    }
  })
})

describe('recordings', () => {
  const line = '192.0.2.1 - - [05/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5'

  it('are read in bounded time from whatever a file holds', () => {
    for (const [text, slug] of [
      ['"'.repeat(5_000_000), 'read'],
      ['['.repeat(5_000_000), 'malformed-lines'],
      ['{"a":'.repeat(1_000_000), 'malformed-lines'],
      [`${line} "${'\\"'.repeat(2_000_000)}`, 'read'],
      [' '.repeat(5_000_000), 'no-values'],
      ['\n'.repeat(5_000_000), 'no-values'],
      [`time,path\n${'1,/\n'.repeat(1_000_001)}`, 'too-many-values'],
      [`${Array.from({ length: 9000 }, (_, i) => i + 1).join(',')}\n${'1,'.repeat(400_000)}`, 'malformed-lines'],
      [`a,${'b,'.repeat(3000)}\n${`x,${'y,'.repeat(3000)}\n`.repeat(900)}`, 'read'],
      [`timestamp,value\n2026-01-01,1\n2026-01-01 00:00:01,1\n9999-12-31,5`, 'read'],
    ] as const) {
      let found = ''
      const time = seconds(() => {
        const outcome = readRecording(text)
        found = outcome.ok ? 'read' : outcome.slug
        if (outcome.ok) loadOf(outcome.value)
      })
      expect([text.slice(0, 20), found]).toEqual([text.slice(0, 20), slug])
      expect(time).toBeLessThan(5)
    }
  })

  it('have no more periods than can be played, however far apart their ends are', () => {
    const outcome = readRecording('second,requests\n1,1\n2,1\n99999999,5')
    expect(outcome.ok && loadOf(outcome.value)).toMatchObject({ ok: false, slug: 'too-many-values' })
  })

  it('give nobody a prototype for a column or a metric', () => {
    const text = `time,__proto__,constructor\n${'1,a,b\n'.repeat(30)}`
    expect(
      problemsOf(
        `${QUEUE}Simulation: { Workloads: { W: { Target: Q, Operation: sqs:SendMessage, Arrivals: trace(t.csv), Attributes: { a: column(toString) } } } }`,
        { files: { read: () => ({ ok: true, value: text }) } },
      ),
    ).toContain('no column `toString`')
    expect(readRecording(JSON.stringify([{ ['__proto__']: 1, toString: 2, n: 3 }]))).toMatchObject({ ok: true })
  })
})

describe('columns of numbers', () => {
  const read = (cell: string) =>
    /^\d+$/.test(cell)
      ? ({ ok: true, value: Number(cell) } as const)
      : ({ ok: false, slug: 'not-a-number', message: 'it is no number', offset: 0, length: 1 } as const)

  it('are read in bounded time from whatever a file holds', () => {
    for (const [text, expected] of [
      [','.repeat(5_000_000), 'not-a-number'],
      ['"'.repeat(5_000_000), 'not-a-number'],
      [`1,"${'""'.repeat(2_000_000)}x`, undefined],
      ['\n'.repeat(5_000_000), 'too-many-values'],
      ['1\n'.repeat(1_000_001), 'too-many-values'],
      [' '.repeat(5_000_000), 'no-values'],
    ] as const) {
      let slug: string | undefined = ''
      const time = seconds(() => {
        const column = readColumn(text, undefined, read)
        slug = column.ok ? undefined : column.slug
      })
      expect(slug).toBe(expected)
      expect(time).toBeLessThan(2.5)
    }
  })

  it('stand in quotes, with commas and quotes, or between blanks', () => {
    const text = 'a, "b, c" ,"d ""e"""\n 1 ,"2", 3\n"4" ,5 , "6"\n'
    expect(readColumn(text, 'a', read)).toMatchObject({ value: [1, 4] })
    expect(readColumn(text, 'b, c', read)).toMatchObject({ value: [2, 5] })
    expect(readColumn(text, 'd "e"', read)).toMatchObject({ value: [3, 6] })
  })
})

it('a name that a spreadsheet would take for a formula is text in the table of metrics', () => {
  const { scenario } = load(
    `${QUEUE}Simulation: { Duration: 2m, Workloads: { "=cmd|' /C calc'!A0": { Target: Q, Operation: sqs:SendMessage, Rate: 5/s } } }`,
  )
  const path = join(mkdtempSync(join(tmpdir(), 'untrusted-')), 'metrics.csv')
  expect(writeMetrics(runScenario(scenario!).world, path)).toBeUndefined()
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(",'=cmd")
  expect(text).not.toMatch(/(^|,)"?[=@]/m)
})
