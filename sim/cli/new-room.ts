// `npm run new -- AWS::Kinesis::Stream`: lays out the three files of a new room and adds it to the index.
//
// A new room starts from here and not from a copy of an old one, whose habits would come along unseen. What is laid out
// passes the type check, its test is red, and the tidy test names what is still owed.
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Family } from '../model/contract.ts'
import { findRooms, nameOf, pathOf, ROOT, writeIndex } from './rooms-index.ts'

/** Why a room cannot be laid out; the message is for the user. */
export class RoomRefused extends Error {}

const FAMILIES: readonly (readonly [family: Family, namespaces: RegExp])[] = [
  ['client', /^Client$/],
  ['messaging', /^(SQS|SNS|Kinesis|KinesisFirehose|Events|Pipes|Scheduler)$/],
  ['database', /^(DynamoDB|DAX|ElastiCache|RDS)$/],
  ['storage', /^(S3|EFS|ECR)$/],
  ['edge', /^(ApiGateway|ApiGatewayV2|AppSync|CloudFront|ElasticLoadBalancingV2|Route53)$/],
  ['delivery', /^(Code\w+|CloudFormation)$/],
  ['security', /^(IAM|KMS|Cognito|SSM|SecretsManager|CertificateManager|WAFv2)$/],
  ['observability', /^(CloudWatch|Logs|XRay|CloudTrail)$/],
]

/** Lays out the room of a resource type under `root` and returns the files written. Throws `RoomRefused`. */
export function createRoom(root: string, type: string): string[] {
  if (!/^(?:AWS|Sim)::[A-Z]\w*::[A-Z]\w*$/.test(type)) {
    throw new RoomRefused(
      `\`${type}\` is not a resource type: expected \`AWS::Namespace::Name\`, spelled as in a template (\`AWS::SQS::Queue\`), or \`Sim::Namespace::Name\` for what AWS does not have`,
    )
  }
  const known = findRooms(root).find((room) => room.type.toLowerCase() === type.toLowerCase())
  if (known !== undefined) throw new RoomRefused(`${known.type} has a room already: sim/services/${known.file}`)
  const stem = `sim/services/${pathOf(type)}`
  const texts = [
    [`${stem}.ts`, room(type)],
    [`${stem}.facts.ts`, facts(type)],
    [`${stem}.test.ts`, tests(type)],
  ] as const
  const taken = texts.find(([file]) => existsSync(join(root, file)))
  if (taken !== undefined)
    throw new RoomRefused(`${taken[0]} exists already: move it away, or write the room of ${type} there`)
  mkdirSync(dirname(join(root, stem)), { recursive: true })
  for (const [file, text] of texts) writeFileSync(join(root, file), text)
  writeIndex(root)
  return texts.map(([file]) => file)
}

function words(type: string): { namespace: string; name: string; file: string; def: string; family: Family } {
  const [, namespace = '', name = ''] = type.split('::')
  const file = pathOf(type).split('/')[1]!
  const family = FAMILIES.find(([, namespaces]) => namespaces.test(namespace))?.[0] ?? 'compute'
  return { namespace, name, file, def: nameOf(type), family }
}

function room(type: string): string {
  const { namespace, name, file, def, family } = words(type)
  // A state class named as a global of JavaScript would hide it.
  const state = ['Function', 'Map', 'Object', 'Number'].includes(name) ? namespace + name : name
  return `// ${type}, not written yet: one sentence that says what it is, then the one idea in a paragraph.
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import { assumptions, quotas } from './${file}.facts.ts'

export const ${def}: ServiceDef<${state}> = {
  type: '${type}',
  family: '${family}',
  namespace: '${type.startsWith('AWS::') ? `AWS/${namespace}` : 'Sim'}',
  dimension: '${name}Name',
  summary: '',
  models: [],
  omits: [],
  quotas,
  assumptions,
  props: {},
  create: (config, sim) => new ${state}(config, sim),
  ops: {},
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: '${file}', label: '${name}', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

/** The state: numbers, typed arrays and parts, each set in the constructor and named with its unit. */
export class ${state} {
  readonly config: Config
  readonly sim: Sim

  constructor(config: Config, sim: Sim) {
    this.config = config
    this.sim = sim
  }
}
`
}

function facts(type: string): string {
  return `// ${type} in figures, not written yet: quotas then and now, what AWS leaves open, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {}

export const assumptions: Readonly<Record<string, Assumption>> = {}
`
}

function tests(type: string): string {
  const { name, file, def } = words(type)
  return `// Tests of ${type}, not written yet: each title is a sentence that ends with the facts and rules it shows.
import { expect, test } from 'vitest'
import { lab } from '../../../test/kit.ts'
import { ${def} } from './${file}.ts'

test('${type} is written', () => {
  lab({ ${name}: { def: ${def} } })
  expect.fail(
    'replace this test by one for each behaviour: its boundary (one µs early, on time), its errors, its metrics, ' +
      'and end each title with the ids it shows, as in [N.SQS-22, SQS-04]',
  )
})
`
}

function main(): void {
  const [type, ...more] = process.argv.slice(2)
  try {
    if (type === undefined || more.length > 0)
      throw new RoomRefused('write one resource type: `npm run new -- AWS::Kinesis::Stream`')
    for (const file of createRoom(ROOT, type)) console.log(`written ${file}`)
    console.log(
      'next: facts with sources, props (every property that CloudFormation knows), operations and timers, tests',
    )
    console.log(
      `check with \`npx vitest run sim/services/${pathOf(type)} test/tidy.test.ts\`: they name what is missing`,
    )
  } catch (error) {
    if (!(error instanceof RoomRefused)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) main()
