// Scenarios as a whole: the three places of a simulation, bare templates, what files may be read, units, quotas.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { openScenario, type LoadFlags } from '../cli/files.ts'
import { renderProblems } from '../diag/render.ts'
import { runScenario } from '../run/run.ts'
import { Problems } from '../diag/problem.ts'
import { loadScenario } from './scenario.ts'

const TEMPLATE = `
Parameters: { Delay: { Type: Number, Default: 5, MaxValue: 900 } }
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Delay } }
`
const SIMULATION = `
  Duration: 2m
  Seed: 7
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 5/s } }
  Expect: [conserved(Jobs)]
`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-'))
  mkdirSync(join(folder, 'app'))
  mkdirSync(join(folder, 'sim'))
  writeFileSync(join(folder, 'app', 'template.yaml'), TEMPLATE)
  writeFileSync(join(folder, 'secret.csv'), '1\n2\n')
  writeFileSync(join(folder, 'sim', 'trace.csv'), '1\n2\n')
  writeFileSync(join(folder, 'sim', '..dots.csv'), '1\n')
  symlinkSync(join(folder, 'secret.csv'), join(folder, 'sim', 'link.csv'))
  symlinkSync(join(folder, 'secret.csv'), join(folder, 'sim', 'link.yaml'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function opened(text: string, flags: LoadFlags = {}): { problems: string; loaded: boolean; delay: unknown } {
  const path = join(folder, 'sim', 'scenario.yaml')
  writeFileSync(path, text)
  const { scenario, problems } = openScenario(path, flags)
  return {
    problems: renderProblems(problems.list),
    loaded: scenario !== undefined,
    delay: scenario?.plan.components.find((component) => component.name === 'Jobs')?.config['DelaySeconds'],
  }
}

const traced = (file: string): string =>
  `Resources: { Jobs: { Type: AWS::SQS::Queue } }
Simulation: { Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: "trace(${file})" } } }`

describe('a simulation', () => {
  const digest = (text: string): string => runScenario(scenarioOf(text)).world.kernel.digest.hex()

  it('means the same at the top, in Metadata and in a file of its own', () => {
    const top = `${TEMPLATE}Simulation:${SIMULATION}`
    const metadata = `${TEMPLATE}Metadata:\n  Simulation:${SIMULATION.replaceAll('\n', '\n  ')}`
    const overlay = loadScenario(
      { name: 'overlay.yaml', text: `Simulation:\n  Template: app.yaml${SIMULATION}` },
      { files: { read: () => ({ ok: true, value: TEMPLATE }) } },
      new Problems(),
    )!
    expect(digest(metadata)).toBe(digest(top))
    expect(runScenario(overlay).world.kernel.digest.hex()).toBe(digest(top))
  })

  it('stands in one place only', () => {
    expect(problemsOf(`${TEMPLATE}Simulation: {}\nMetadata: { Simulation: {} }`)).toContain('error[two-simulations]')
  })

  it('in a file of its own leaves no other section of that file unread', () => {
    const told = opened(`Simulation: { Template: ../app/template.yaml }\nResources: {}\nDescripton: x`)
    expect(told.problems).toContain('`Resources` stands beside a simulation that names its `Template`')
    expect(told.problems).toContain('did you mean `Description`?')
  })

  it('adds resources of our own, and of ours alone', () => {
    const added = (resources: string): string =>
      opened(`Simulation: { Template: ../app/template.yaml, Resources: ${resources} }`).problems
    expect(added('{ O: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 1ms } } }')).toBe('')
    expect(added('{ O: { Type: AWS::SQS::Queue } }')).toContain('AWS resources belong into the template')
    expect(added('{ Jobs: { Type: Sim::Http::Server } }')).toContain('has a resource `Jobs` already')
  })

  it('may be absent: a bare template gets a workload on its entry points, and says so', () => {
    const bare = scenarioOf('Resources: { Jobs: { Type: AWS::SQS::Queue } }')
    const done = runScenario(bare)
    expect(bare.inferred[0]).toBe('5/s on what nothing else here calls: Jobs')
    expect(done.world.stateOf<{ requests: number }>('JobsClient').requests).toBeGreaterThan(2500)
  })

  it('takes parameters from itself, and from outside before that', () => {
    const text = 'Simulation: { Template: ../app/template.yaml, Parameters: { Delay: 7 } }'
    expect(opened(text).delay).toBe(7)
    expect(opened(text, { set: ['Delay=9'] }).delay).toBe(9)
    expect(opened(text, { set: ['Delay=901'] }).problems).toContain('at most 900')
    expect(opened(text, { set: ['Dealy=9'] }).problems).toContain('did you mean `Delay`?')
    expect(opened(text, { set: ['Delay'] }).problems).toContain('has no value')
    expect(
      opened('Simulation: { Template: ../app/template.yaml, Parameters: { Delay: { a: 1 } } }').problems,
    ).toContain('the value of `Delay` is not a text')
  })

  it('made shorter from outside goes without a warm-up that would take all of it', () => {
    const text = `${TEMPLATE}Simulation: { Duration: 10m, WarmUp: 5m }`
    const told = opened(text, { duration: '1m' })
    expect(told.loaded).toBe(true)
    expect(told.problems).toContain('warning[no-warm-up]')
    expect(opened(text, { duration: '1 fortnight' }).problems).toContain('error[bad-flag]')
  })
})

describe('a scenario reads', () => {
  it('data from its own folder', () => {
    expect(opened(traced('trace.csv')).problems).toBe('')
    expect(opened(traced('./trace.csv')).problems).toBe('')
    expect(opened(traced('..dots.csv')).problems).toBe('')
  })

  it('nothing outside, by whatever road, unless it is allowed', () => {
    for (const file of ['../secret.csv', `${folder}/secret.csv`, 'link.csv', 'x/../../secret.csv', '/dev/zero'])
      expect(opened(traced(file)).problems, file).toMatch(/lies outside|there is no such file/)
    expect(opened(traced('link.csv'), { root: folder }).problems).toBe('')
    expect(opened(traced('trace.csv'), { root: join(folder, 'none') }).problems).toContain('is no folder')
  })

  it('a template elsewhere, if it is called like one and is one', () => {
    expect(opened('Simulation: { Template: ../app/template.yaml }').loaded).toBe(true)
    expect(opened('Simulation: { Template: ../secret.csv }').problems).toContain('lies outside')
    expect(opened('Simulation: { Template: link.yaml }').problems).toContain('lies outside')
    expect(opened('Simulation: { Template: ../app }').problems).toMatch(/lies outside|is no file/)
  })

  it('no folder, and no file that is not there', () => {
    expect(renderProblems(openScenario(folder, {}).problems.list)).toContain('is not a file')
    expect(renderProblems(openScenario(join(folder, 'none.yaml'), {}).problems.list)).toContain('there is no such file')
  })
})

describe('quotas', () => {
  const LAMBDA = (memory: number, quotas: string): string => `
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, Handler: a.b, Role: r, MemorySize: ${memory}, Code: { ZipFile: pass } }
Simulation: { Quotas: ${quotas} }`

  it('are today’s, the notes’, or one’s own', () => {
    expect(problemsOf(LAMBDA(10240, 'current'))).toBe('')
    expect(problemsOf(LAMBDA(10240, 'notes-2020'))).toContain('expected 128 to 3008')
    const own = scenarioOf(
      LAMBDA(512, '{ Profile: notes-2020, lambda.ConcurrentExecutions: 7, "sqs:SendMessage": 40/s }'),
    )
    expect(own.plan.quotas).toEqual({ 'lambda.ConcurrentExecutions': 7 })
    expect(own.plan.apiLimits).toEqual([{ action: 'sqs:SendMessage', rate: 40, burst: 40 }])
    expect(own.plan.profile).toBe('notes-2020')
  })

  it('that nobody has are refused', () => {
    expect(problemsOf(LAMBDA(512, '{ Profile: { a: 1 } }'))).toContain('the quota profile is a map')
    expect(problemsOf(LAMBDA(512, '[current]'))).toContain('the quota profile is a list')
    expect(problemsOf(LAMBDA(512, '{ lambda.Concurrency: 5 }'))).toContain('is not a quota')
    expect(problemsOf(LAMBDA(512, '{ lambda.ConcurrentExecutions: Infinity }'))).toContain('expected a number')
  })
})

describe('the section', () => {
  const told = (section: string): string =>
    problemsOf(`Resources: { Jobs: { Type: AWS::SQS::Queue } }\nSimulation: ${section}`)

  it('has members of the right kind', () => {
    expect(told('{ Workloads: [] }')).toContain('`Workloads` is a list, not a map of names')
    expect(told('{ Faults: { At: 1m } }')).toContain('`Faults` is a map, not a list')
    expect(told('{ Guards: { Memory: 5 } }')).toContain('`5` has no unit')
    expect(told('{ Guards: { Events: 0 } }')).toContain('expected at least 1')
    expect(told('{ Guards: { Memory: 2GB, WallTime: 10m, Events: 1000000, InFlight: 10 } }')).toBe('')
    expect(told('[]')).toContain('Simulation')
  })

  it('says what time 0 is in the calendar: a moment of UTC, or Monday, 2026-01-05', () => {
    const startOf = (section: string): number =>
      scenarioOf(`Resources: { Jobs: { Type: AWS::SQS::Queue } }\nSimulation: ${section}`).plan.startsAt
    expect(startOf('{ Duration: 5m }')).toBe(Date.UTC(2026, 0, 5) * 1000)
    expect(startOf('{ Start: 2024-02-29 }')).toBe(Date.UTC(2024, 1, 29) * 1000)
    expect(startOf('{ Start: 2026-03-29T00:59:59.5Z }')).toBe(Date.UTC(2026, 2, 29, 0, 59, 59, 500) * 1000)
    expect(told('{ Start: 2026-02-29 }')).toContain('`Start` is `2026-02-29`: that month has 28 days')
    expect(told('{ Start: noon }')).toContain('`Start` is `noon`: it is no date')
    expect(told('{ Start: [2026-01-05] }')).toContain('`Start` is a list')
  })

  it('says all that is wrong at once', () => {
    const text = told('{ Duration: 5, Sed: 1, Expect: [p99(Jbos.X) < 1], Handlers: { Jobs: [] }, Quotas: now }')
    expect(text).toContain('5 errors')
  })
})

describe('a mistake', () => {
  it('of any kind ends in a message, never in a crash or a loop', () => {
    expect(
      problemsOf(
        'Resources: { J: { Type: AWS::SQS::Queue, Properties: { RedriveAllowPolicy: { redrivePermission: {} } } } }',
      ),
    ).toContain('not a text')
    // A resource without a name is not taken for every name that nobody has.
    expect(
      problemsOf('Resources:\n  : { Type: AWS::SQS::Queue }\nSimulation: { Actions: [{ At: 1m, Wait: 1s }] }'),
    ).toContain('is not a logical id')
  })
})

describe('a text that is too much', () => {
  it('of nesting, aliases or size is refused and never followed', () => {
    expect(problemsOf(`Resources: ${'['.repeat(5000)}`)).toMatch(/error\[/)
    const bomb = Array.from(
      { length: 12 },
      (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(i === 0 ? 0 : 9)}1]`,
    ).join('\n')
    expect(problemsOf(`Resources: {}\nMetadata:\n${bomb.replace(/^/gm, '  ')}`)).toContain('document-too-large')
    expect(problemsOf(' '.repeat(1_100_000))).toContain('document-too-large')
    expect(problemsOf('Resources: { __proto__: { Type: AWS::SQS::Queue } }')).toContain('cannot be a key')
  })

  it('of digits is read in no time', () => {
    const digits = '1'.repeat(200_000)
    const begun = process.hrtime.bigint()
    problemsOf(`Resources: { J: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: "${digits}x", VisibilityTimeout: "${digits}" } } }
Simulation: { Duration: "${digits}x", Expect: ["${'('.repeat(50_000)}"], Workloads: { A: { Target: J, Operation: sqs:SendMessage, Rate: "${digits}/x", Attributes: { a: "uniform(${digits}" } } } }`)
    expect(Number(process.hrtime.bigint() - begun) / 1e9).toBeLessThan(2)
  })
})
