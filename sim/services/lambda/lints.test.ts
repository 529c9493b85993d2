// Functions: memory that is too small to compute with, secrets, snapshots, and handlers against their clients.
import { describe, expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../../test/lints.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'

const text = (properties: string, handler: string, client = ''): string => `Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x }, ${properties} } }
Simulation:
  Duration: 5m
  WarmUp: 1m
  Workloads: { Load: { Target: Work, Rate: 1/s${client} } }
  Handlers: { Work: [${handler}] }`
const CPU = 'lambda/cpu-bound-below-one-vcpu'

/** Mean duration of an invocation in ms, and its cost in GB-milliseconds. */
function swept(memory: number, handler: string): { duration: number; cost: number } {
  const { world } = runScenario(scenarioOf(text(`MemorySize: ${memory}, Timeout: 60`, handler)))
  const { points } = world.metrics.find((metric) => metric.component === 'Work' && metric.name === 'Duration')!.series
  const sum = points.reduce((total, point) => total + point.sum * point.repeat, 0)
  const count = points.reduce((total, point) => total + point.n * point.repeat, 0)
  const duration = sum / count / 1_000
  return { duration, cost: (duration * memory) / 1_024 }
}

describe('memory', () => {
  test('makes a computation faster at the same price up to one vCPU, and a wait only dearer; the lint tells them apart [N.LAMBDA-17]', () => {
    const sizes = [128, 256, 512, 1024, 1792]
    const computing = sizes.map((memory) => swept(memory, 'Compute: 200ms'))
    for (let i = 1; i < sizes.length; i++) {
      expect(computing[i]!.duration).toBeLessThan(computing[i - 1]!.duration * 0.6)
      expect(computing[i]!.cost / computing[0]!.cost).toBeCloseTo(1, 1)
    }
    const waiting = sizes.map((memory) => swept(memory, 'Wait: 200ms'))
    for (const { duration } of waiting) expect(duration).toBeCloseTo(200, 0)
    expect(waiting.at(-1)!.cost / waiting[0]!.cost).toBeCloseTo(1792 / 128, 1)
    for (const memory of sizes) {
      expect(slugsOf(text(`MemorySize: ${memory}, Timeout: 60`, 'Compute: 200ms'))).toEqual(memory < 1769 ? [CPU] : [])
      expect(slugsOf(text(`MemorySize: ${memory}, Timeout: 60`, 'Wait: 200ms'))).toEqual([])
    }
  })

  test('in the notes’ profile one vCPU is 1,792 MB [N.LAMBDA-17]', () => {
    const notes = text('MemorySize: 1728, Timeout: 60', 'Compute: 200ms').replace(
      'WarmUp',
      'Quotas: notes-2020\n  WarmUp',
    )
    expect(findingsOf(notes)[0]!.text).toContain('`MemorySize: 1792`')
    expect(slugsOf(notes.replace('MemorySize: 1728', 'MemorySize: 1792'))).toEqual([])
  })
})

test('a secret is one by its name or by its form, where it stands in the template as it is', () => {
  const variables = (value: string): string[] =>
    slugsOf(`Parameters: { Given: { Type: String, NoEcho: true, Default: hunter2 } }
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x }, ${value} } }`)
  const SECRET = ['lambda/secret-in-the-template']
  expect(variables('Environment: { Variables: { DB_PASSWORD: hunter2 } }')).toEqual(SECRET)
  expect(variables('Environment: { Variables: { DSN: "postgres://app:hunter2@db/app" } }')).toEqual(SECRET)
  expect(
    variables(
      'Environment: { Variables: { DB_PASSWORD: hunter2 } }, KmsKeyArn: !Sub "arn:aws:kms:${AWS::Region}:123456789012:key/k"',
    ),
  ).toEqual([])
  for (const kept of [
    '!Ref Given',
    '"{{resolve:ssm-secure:db}}"',
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:db',
    '/app/db/password',
    '""',
  ])
    expect(variables(`Environment: { Variables: { DB_PASSWORD: ${kept} } }`), kept).toEqual([])
  expect(variables('Environment: { Variables: { PASSWORD_TABLE: users, SECRET_NAME: db, TOKEN_LIMIT: 5 } }')).toEqual(
    [],
  )
})

test('a handler and a client are held against each other only where the handler is sure to take that long', () => {
  const client = ', Client: { Timeout: 1s, Retries: standard }'
  expect(slugsOf(text('Timeout: 30', 'Wait: 2s', client))).toEqual(['client/gives-up-first'])
  expect(
    slugsOf(text('Timeout: 30', 'Choose: [{ Weight: 1, Do: [{ Wait: 2s }] }, { Weight: 1, Do: [] }]', client)),
  ).toEqual([])
  expect(slugsOf(text('Timeout: 30', 'Wait: 2s', ', Client: { Timeout: 1s, Retries: none }'))).toEqual([])
  expect(slugsOf(text('Timeout: 1', 'Wait: 2s'))).toEqual(['lambda/handler-outlasts-timeout'])
})

test('an archive of more than 40 MB is worth a note, with its layers [N.LAMBDA-50]', () => {
  const of = (type: string, own: string, beside: string): string => `Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { ${type}, Role: r, Layers: [!Ref Shared] } }
  Shared: { Type: AWS::Lambda::LayerVersion, Properties: { Content: { S3Bucket: b, S3Key: k } } }
Simulation:
  Assumptions: { Work: { PackageSize: ${own} }, Shared: { PackageSize: ${beside} } }
`
  const zip = 'Runtime: nodejs22.x, Handler: a.b, Code: { ZipFile: x }'
  const large = 'lambda/large-package'
  expect(findingsOf(of(zip, '20MB', '21MB')).filter(({ slug }) => slug === large)).toMatchObject([
    { line: 2, text: expect.stringContaining('fetches 41 MB') },
  ])
  expect(slugsOf(of(zip, '20MB', '20MB'))).not.toContain(large)
})
