// Set-up that every invocation pays anew, where one for each execution environment would do.
import type { HandlerView, Lints, Scene } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import type { Instruction, Template } from '../../parts/program.ts'
import { conditionalSteps } from '../../parts/symbolic.ts'

type Call = Extract<Instruction, { op: 'call' }>

/** What reads and changes nothing. */
const READS = new Set<string>([
  ...['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'],
  ...['s3:GetObject', 's3:HeadObject', 's3:ListObjectsV2'],
])
/** What may fetch the same thing again: one item or object by its key. */
const FETCHES = ['dynamodb:GetItem', 's3:GetObject']

/** Archives above this are worth a word. */
const LARGE = 40 * 1_048_576

const sized = (size: string): string =>
  `Resources:\n${workFunction()}Simulation:\n  Assumptions:\n    Work: { PackageSize: ${size} }\n`

const SITE = resource('Site', 'AWS::Lambda::Url', ['TargetFunctionArn: !Ref Work', 'AuthType: NONE'])
const OPEN = resource('Open', 'AWS::Lambda::Permission', [
  'FunctionName: !Ref Work',
  'Action: lambda:InvokeFunctionUrl',
  "Principal: '*'",
  'FunctionUrlAuthType: NONE',
])

const TABLE = [
  'BillingMode: PAY_PER_REQUEST',
  'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
  'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
]
const GET = 'dynamodb:GetItem: { TableName: !Ref Settings, Key: { id: rates } }'
const example = (step: string): string => `Resources:
${workFunction(['Timeout: 60'])}${resource('Settings', 'AWS::DynamoDB::Table', TABLE)}Simulation:
  Workloads:
    Requests: { Target: Work, Rate: 1/s }
  Handlers:
    Work:
      - ${step}
      - Compute: 5ms
`

export const setupLints: Lints = {
  'lambda/large-package': {
    severity: 'note',
    title: 'a package that every cold start has to fetch',
    text: 'Archive and layers are fetched and unpacked for every new environment: what is large starts late. Leave out what the function does not need, split functions that share nothing but their archive, and keep the SDK that the runtime brings out of it. A layer shares files between functions, but does not make any of them start earlier.',
    wrong: sized('45MB'),
    right: sized('5MB'),
    source: 'N.LAMBDA-50; https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html',
    find: (scene) =>
      scene.all('AWS::Lambda::Function').flatMap((fn) => {
        const bytes = Number(fn.config?.['PackageBytes'])
        if (!(bytes > LARGE) || fn.text('PackageType') === 'Image') return []
        return [
          {
            message: `each new environment of \`${fn.logicalId}\` fetches ${Math.round(bytes / 1_048_576)} MB`,
            span: fn.place('Code'),
            help: 'leave out what it does not need, or split it',
          },
        ]
      }),
  },
  'lambda/url-lets-nobody-in': {
    severity: 'warning',
    title: 'a function URL that answers 403 to everybody',
    text: '`AuthType: NONE` says that requests need no signature; that they are let in is for the policy of the function to say. The console adds that permission by itself, a template does not.',
    wrong: `Resources:\n${workFunction()}${SITE}`,
    right: `Resources:\n${workFunction()}${SITE}${OPEN}`,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
    find: (scene) =>
      scene.all('AWS::Lambda::Url').flatMap((site) => {
        if (site.config?.['AuthType'] !== 'NONE' || site.config['IsOpen'] !== false) return []
        return [
          {
            message: `no permission lets anybody use \`${site.logicalId}\`: every request is answered 403`,
            span: site.place('AuthType'),
            help: `an AWS::Lambda::Permission for lambda:InvokeFunctionUrl with Principal: '*' and FunctionUrlAuthType: NONE`,
          },
        ]
      }),
  },
  'lambda/fetches-the-same-again': {
    severity: 'note',
    title: 'the same item in every invocation',
    text: 'Every invocation fetches the same item or object, which nothing in the scenario changes: each request waits for it and pays for it. Code outside the handler runs once for each execution environment: fetch it there, keep it in memory or in `/tmp`, and only the first request waits. `Once` says so in a handler.',
    wrong: example(GET),
    right: example(`Once: [{ ${GET} }]`),
    source: 'N.LAMBDA-14, N.LAMBDA-23; https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html',
    find: (scene) =>
      scene.handlers
        .filter(({ isWritten, of }) => isWritten && of.type === 'AWS::Lambda::Function')
        .flatMap((handler) =>
          fetchesOf(handler)
            .filter((call) => !isChanged(call.to, scene))
            .map((call) => ({
              message: `every invocation of \`${handler.of.logicalId}\` fetches the same from \`${call.to}\``,
              span: handler.place(call),
              help: `\`Once: [{ ${call.action}: … }]\``,
            })),
        ),
  },
}

/** The calls that every invocation makes, with the same request each time. */
function fetchesOf({ program }: HandlerView): Call[] {
  const passed = conditionalSteps(program)
  return program.code.filter(
    (step, i): step is Call =>
      step.op === 'call' && FETCHES.includes(step.action) && isConstant(step.body) && !passed.has(i),
  )
}

function isConstant(value: Template): boolean {
  if (value.kind === 'constant') return true
  if (value.kind === 'map') return value.values.every(isConstant)
  return value.kind === 'list' && value.items.every(isConstant)
}

/** Whether somebody does more with it than read. */
function isChanged(name: string, scene: Scene): boolean {
  const isWrite = (action: string): boolean => !READS.has(action)
  return (
    scene.handlers.some(({ program }) =>
      program.code.some((step) => step.op === 'call' && step.to === name && isWrite(step.action)),
    ) || scene.workloads.some(({ target, action }) => target.logicalId === name && isWrite(action))
  )
}
