// AWS Lambda in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Config, Quota } from '../../model/contract.ts'
import { PICKS } from './environments.ts'
import { packageAssumptions } from './package.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  ConcurrentExecutions: {
    current: 1_000,
    unit: 'executions',
    doc: 'Concurrent executions of the account in a Region.',
    adjustable: true,
    source: 'LAM-30, N.LAMBDA-11',
  },
  UnreservedConcurrentExecutions: {
    current: 100,
    unit: 'executions',
    doc: 'What reservations must leave over.',
    source: 'LAM-35, N.LAMBDA-44',
  },
  RequestsPerConcurrency: {
    current: 10,
    unit: 'requests/s',
    doc: 'Requests per second for each concurrent execution that is allowed.',
    source: 'LAM-31',
  },
  FunctionScalingBurst: {
    current: 1_000,
    notes2020: 0,
    unit: 'environments',
    doc: 'Environments that a function may start at once; 0 = no such rule.',
    source: 'LAM-32',
  },
  FunctionScalingPerSecond: {
    current: 100,
    notes2020: 0,
    unit: 'environments/s',
    doc: 'How fast that allowance fills up again.',
    source: 'LAM-32',
  },
  AccountBurst: {
    current: 0,
    notes2020: 3_000,
    unit: 'environments',
    doc: 'Environments that all functions together may start at once; 0 = no such rule.',
    source: 'LAM-33',
  },
  AccountBurstPerMinute: {
    current: 0,
    notes2020: 500,
    unit: 'environments/min',
    doc: 'How fast that allowance fills up again.',
    source: 'LAM-33',
  },
  RecursiveHops: {
    current: 16,
    notes2020: 255,
    unit: 'invocations',
    doc: 'How often events of one chain may set functions to work before AWS takes it for a loop; never before July 2023.',
    source: 'LAM-23',
  },
  AsyncRetries: {
    current: 2,
    unit: 'retries',
    doc: 'How often an asynchronous event is tried again after a function error.',
    source: 'LAM-40, N.LAMBDA-ASYNC-03',
  },
  AsyncEventAge: {
    current: 21_600,
    unit: 's',
    doc: 'How old an asynchronous event becomes before it is given up.',
    source: 'LAM-41, N.LAMBDA-ASYNC-14',
  },
  AsyncPayloadSize: {
    current: 1_048_576,
    notes2020: 262_144,
    unit: 'bytes',
    doc: 'The largest payload of an asynchronous invocation.',
    source: 'LAM-21',
  },
  ProvisionedPerMinute: {
    current: 6_000,
    notes2020: 500,
    unit: 'environments/min',
    doc: 'How fast provisioned environments are made.',
    source: 'LAM-36',
  },
  Timeout: { current: 900, unit: 's', doc: 'The longest time-out.', source: 'N.LAMBDA-02' },
  InitTimeout: {
    current: 10,
    unit: 's',
    doc: 'The longest initialisation before a request; it begins again within the request then.',
    source: 'LAM-02',
  },
  MemorySize: { current: 10_240, notes2020: 3_008, unit: 'MB', doc: 'The most memory.', source: 'N.LAMBDA-07' },
  MemoryStep: {
    current: 1,
    notes2020: 64,
    unit: 'MB',
    doc: 'Memory comes in steps of so much.',
    source: 'N.LAMBDA-07',
  },
  MemoryPerCpu: {
    current: 1_769,
    notes2020: 1_792,
    unit: 'MB',
    doc: 'Memory that goes with one full vCPU.',
    source: 'LAM-10, N.LAMBDA-16',
  },
  BilledStep: {
    current: 1,
    notes2020: 100,
    unit: 'ms',
    doc: 'Time is billed in full steps of so much; 100 ms until December 2020.',
    source: 'PR-R2, PR-R3',
  },
  BilledInit: {
    current: 1,
    notes2020: 0,
    unit: '0 or 1',
    doc: 'Whether the initialisation of a cold start is billed; it is since August 2025.',
    source: 'LAM-03',
  },
  EphemeralStorage: { current: 10_240, notes2020: 512, unit: 'MB', doc: 'The largest /tmp.', source: 'N.LAMBDA-10' },
  EnvironmentVariables: {
    current: 4_096,
    unit: 'bytes',
    doc: 'Names and values of all environment variables together.',
    source: 'N.LAMBDA-09',
  },
  InlineCode: {
    current: 4_194_304,
    notes2020: 4_096,
    unit: 'characters',
    doc: 'The longest code in a template.',
    source: 'N.LAMBDA-27',
  },
  ZipSize: {
    current: 262_144_000,
    notes2020: 52_428_800,
    unit: 'bytes',
    doc: 'The largest zip archive. Today 50 MB hold for direct uploads alone; what a template deploys comes from a bucket.',
    source: 'N.LAMBDA-12',
  },
  UnzippedSize: {
    current: 262_144_000,
    unit: 'bytes',
    doc: 'Code and layers together, unzipped.',
    source: 'N.LAMBDA-13',
  },
  ImageSize: {
    current: 10_737_418_240,
    unit: 'bytes',
    doc: 'The largest container image.',
    source: 'N.LAMBDA-12, sheet lambda.md section 9',
  },
  Layers: { current: 5, unit: 'layers', doc: 'Layers of a function.', source: 'N.LAMBDA-20' },
  StreamedResponseSize: {
    current: 209_715_200,
    unit: 'bytes',
    doc: 'The largest response of a function URL that streams.',
    source: 'LAM-21',
  },
  StreamBurst: {
    current: 6_291_456,
    unit: 'bytes',
    doc: 'As much of a streamed response has no limit of rate.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html',
  },
  StreamRate: {
    current: 2_097_152,
    unit: 'bytes/s',
    doc: 'How fast the rest of it is sent.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html',
  },
  PayloadSize: {
    current: 6_291_456,
    unit: 'bytes',
    doc: 'The largest request, and the largest response, of a synchronous invocation.',
    source: 'LAM-21',
  },
}

const MS: Readonly<Record<string, number>> = {
  nodejs: 250,
  python: 250,
  ruby: 300,
  go: 150,
  provided: 150,
  dotnet: 500,
  java: 900,
}
const CONTAINER = 200

/** How long the first request waits for an environment, at one vCPU, by runtime and package (LAM-04). */
export function coldStart(config: Config): string {
  const runtime = /^[a-z]+/.exec(String(config['Runtime'] ?? 'nodejs'))?.[0] ?? 'nodejs'
  const zip = MS[runtime] ?? MS['nodejs']
  return `${config['PackageType'] === 'Image' ? zip + CONTAINER : zip}ms`
}

const RUNTIME_MB: Readonly<Record<string, number>> = {
  nodejs: 74,
  python: 35,
  ruby: 38,
  go: 17,
  provided: 17,
  dotnet: 72,
  java: 86,
}

function runtimeMemory(config: Config): string {
  const runtime = /^[a-z]+/.exec(String(config['Runtime'] ?? 'nodejs'))?.[0] ?? 'nodejs'
  return `${RUNTIME_MB[runtime] ?? RUNTIME_MB['nodejs']}MB`
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ...packageAssumptions,
  AliasChoice: {
    kind: 'choice',
    default: 'random',
    choices: ['random', 'in turn'],
    doc: 'How an alias with weights chooses a version: each request by itself as AWS does, or so evenly that of n requests exactly the weight’s part goes to the second version.',
    source: 'LAM-70',
  },
  AsyncAtZeroConcurrency: {
    kind: 'choice',
    default: 'given up',
    choices: ['given up', 'retried'],
    doc: 'What becomes of an asynchronous event while the reserved concurrency is 0: AWS’s guide gives it up, the notes try it again for six hours.',
    source: 'LAM-43, N.LAMBDA-ASYNC-14',
  },
  ColdStart: {
    kind: 'duration',
    default: '250ms',
    defaultFor: coldStart,
    doc: 'How long a request waits for a new environment at one vCPU. Default by runtime: Node.js and Python 250 ms, Ruby 300, Go and custom 150, .NET 500, Java 900, container images 200 more.',
    source: 'LAM-04',
  },
  ColdStartCpu: {
    kind: 'probability',
    default: '0.1',
    doc: 'The share of a cold start that is computing in the function’s own share of a vCPU, so that it takes longer at little memory.',
    source: 'LAM-04: scale the init part by 1769/memory; AWS gives no share',
  },
  SnapStartRestore: {
    kind: 'duration',
    default: '250ms',
    doc: 'How long a new environment of a published version takes that starts from a snapshot, whatever its code outside the handler does.',
    source: 'LAM-04',
  },
  RuntimeMemory: {
    kind: 'size',
    default: '74MB',
    defaultFor: runtimeMemory,
    doc: 'Memory that a runtime takes before the handler takes any (`Memory`). Default by runtime: Node.js 74 MB, Python 35, Ruby 38, Java 86, .NET 72, custom ones 17.',
    source: 'medians of maxday/lambda-perf, data of 2026-06-22 and 2026-08-22',
  },
  ColdStartPerMegabyte: {
    kind: 'duration',
    default: '5ms',
    doc: 'What each MB of archive or image and layers adds to a cold start: it is fetched and unpacked. Nothing where no `PackageSize` is set.',
    source: 'N.LAMBDA-50; AWS gives no figure',
  },
  ColdStartLengths: {
    kind: 'choice',
    default: 'rule of thumb',
    choices: ['rule of thumb', 'measured'],
    doc: 'Where the length of cold starts comes from: `ColdStart`, or measurements on AWS by runtime, package and processor, whatever the memory (log-normal through median and 95th percentile; initialisation alone, of functions that do nothing).',
    source: 'LAM-04; maxday/lambda-perf, data of 2026-06-22 and 2026-08-22',
  },
  IdleLifetime: {
    kind: 'duration',
    default: '600s',
    doc: 'How long an unused environment is kept. A distribution is drawn from once per function.',
    source: 'LAM-07',
  },
  MaxAge: {
    kind: 'duration',
    default: '7200s',
    doc: 'How old an environment gets. A distribution is drawn from once per function.',
    source: 'LAM-07',
  },
  Pick: {
    kind: 'choice',
    default: 'most-recently-used',
    choices: PICKS,
    doc: 'Which idle environment takes the next request.',
    source: 'LAM-07',
  },
  InvokeLatency: {
    kind: 'duration',
    default: '0ms',
    doc: 'What the service adds on the way of an answer to the caller.',
    source: 'AWS gives no figure',
  },
  ProvisionedDelay: {
    kind: 'duration',
    default: 'uniform(60s, 120s)',
    doc: 'How long after the request the making of provisioned environments begins.',
    source: 'LAM-36',
  },
  SdkRetries: {
    kind: 'choice',
    default: 'standard',
    choices: ['legacy', 'standard', 'adaptive', 'none'],
    doc: 'How the SDK in the handler tries its calls again.',
    source: 'RET-01',
  },
  SdkMaxAttempts: {
    kind: 'number',
    default: '0',
    doc: 'Attempts of a call in the handler, the first included; 0 = as many as the mode makes by itself.',
    source: 'RET-01',
  },
}

export const RUNTIMES: readonly string[] = [
  ...[
    'nodejs',
    'nodejs4.3',
    'nodejs4.3-edge',
    'nodejs6.10',
    'nodejs8.10',
    'nodejs10.x',
    'nodejs12.x',
    'nodejs14.x',
    'nodejs16.x',
    'nodejs18.x',
    'nodejs20.x',
    'nodejs22.x',
    'nodejs24.x',
  ],
  ...[
    'python2.7',
    'python3.6',
    'python3.7',
    'python3.8',
    'python3.9',
    'python3.10',
    'python3.11',
    'python3.12',
    'python3.13',
    'python3.14',
  ],
  ...['java8', 'java8.al2', 'java11', 'java17', 'java21', 'java25'],
  ...['dotnetcore1.0', 'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1', 'dotnet6', 'dotnet8', 'dotnet10'],
  ...['go1.x', 'ruby2.5', 'ruby2.7', 'ruby3.2', 'ruby3.3', 'ruby3.4', 'provided', 'provided.al2', 'provided.al2023'],
]
