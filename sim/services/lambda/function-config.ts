// What a template may say about a function, and the mistakes that no single property shows.
import { logGroupOf } from './function-log.ts'
import * as p from '../../model/p.ts'
import { calleeAt, type TargetParameters } from '../../parts/targets.ts'
import type { Action, Config, Near, Props, ResourceView } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { placeOf } from '../../parts/reachability.ts'
import { RUNTIMES } from './function.facts.ts'
import { checkPackage, packageProps } from './package.ts'

export const props: Props = {
  FunctionName: p.string('The name. It carries the metrics.'),
  Runtime: p.oneOf('The language; it sets how long a cold start takes by default.', RUNTIMES),
  ...packageProps,
  MemorySize: p.int('Memory, and with it the share of a vCPU.', [128, 'MemorySize'], { default: 128, unit: 'MB' }),
  Timeout: p.int('When an invocation is stopped.', [1, 'Timeout'], { default: 3, unit: 's' }),
  ReservedConcurrentExecutions: p.int('Concurrency that is this function’s own, and its limit; 0 stops it.', [
    0,
    Infinity,
  ]),
  EphemeralStorage: p.record('The size of /tmp, which `Tmp` fills.', {
    Size: p.int('Size.', [512, 'EphemeralStorage'], { default: 512, unit: 'MB' }),
  }),
  Environment: p.record('Environment variables; only their size counts.', { Variables: p.any('Names and values.') }),
  SnapStart: p.record('Published versions start from a snapshot.', {
    ApplyOn: p.oneOf('What it applies to.', ['PublishedVersions', 'None'], { required: true }),
  }),
  Handler: p.any('The entry point; in a run, the compiled steps of `Handlers`.'),
  Architectures: p.any('The processor; measured cold starts differ by it.'),
  CodeSigningConfigArn: p.inert('Which signatures are checked when code is deployed.'),
  Description: p.inert('A text.'),
  ImageConfig: p.inert('How a container image is started.'),
  KmsKeyArn: p.inert('The key that the environment variables lie under.'),
  LoggingConfig: p.any('The log group; its format and levels have no effect here.'),
  PublishToLatestPublished: p.inert('A version for Managed Instances.'),
  Role: p.inert('The execution role; permissions are not checked.'),
  RuntimeManagementConfig: p.inert('When the runtime is updated.'),
  SnapStartResponse: p.inert('Written by Lambda.'),
  Tags: p.inert('Labels.'),
  TracingConfig: p.inert('X-Ray.'),
  CapacityProviderConfig: p.unused('runs the function on Managed Instances, with several requests per environment'),
  DeadLetterConfig: p.record('Takes asynchronous events that were given up.', {
    TargetArn: p.any('A queue or a topic.'),
  }),
  DurableConfig: p.unused('lets an invocation pause and go on for up to a year'),
  FileSystemConfigs: p.unused('mounts an EFS file system'),
  FunctionScalingConfig: p.unused('bounds the environments on Managed Instances'),
  RecursiveLoop: p.oneOf('Whether a loop through buckets, topics and functions is stopped.', ['Terminate', 'Allow'], {
    default: 'Terminate',
  }),
  TenancyConfig: p.unused('keeps environments of tenants apart'),
  VpcConfig: p.record('Puts the function into a VPC: its calls leave from there, and it adds no time.', {
    Ipv6AllowedForDualStack: p.inert('IPv6; calls go by IPv4.'),
    SecurityGroupIds: p.any('Security groups.'),
    SubnetIds: p.any('Subnets.'),
  }),
}

/** Types beside a function that change nothing of what is simulated. */
export const parts: Readonly<Record<string, Props>> = {
  'AWS::Lambda::EventInvokeConfig': {
    FunctionName: p.ref('The function.', { required: true }),
    Qualifier: p.string('`$LATEST`, a version or an alias.', { required: true }),
    MaximumEventAgeInSeconds: p.int('How old an event may become.', [60, 'AsyncEventAge'], {
      default: 'AsyncEventAge',
      unit: 's',
    }),
    MaximumRetryAttempts: p.int('How often an event is tried again after a function error.', [0, 'AsyncRetries'], {
      default: 'AsyncRetries',
    }),
    DestinationConfig: p.record('Where what became of events is told.', {
      OnSuccess: p.record('Of those that succeeded.', { Destination: p.any('A queue, a topic, a function or a bus.') }),
      OnFailure: p.record('Of those that were given up.', {
        Destination: p.any('A queue, a topic, a function, a bus or a bucket.'),
      }),
    }),
  },
  'AWS::Lambda::LayerVersionPermission': {
    Action: p.inert('What is allowed.'),
    LayerVersionArn: p.inert('The layer.'),
    OrganizationId: p.inert('Whom it is allowed.'),
    Principal: p.inert('Whom it is allowed.'),
  },
  'AWS::Lambda::Permission': {
    Action: p.any('What is allowed; looked at where a service calls by itself, as a topic does.'),
    EventSourceToken: p.inert('A token of an Alexa skill.'),
    FunctionName: p.any('The function.'),
    FunctionUrlAuthType: p.inert('How a function URL is called.'),
    InvokedViaFunctionUrl: p.inert('Only through its URL.'),
    Principal: p.any('Who may.'),
    PrincipalOrgID: p.inert('Whose accounts may.'),
    SourceAccount: p.inert('Only for resources of this account.'),
    SourceArn: p.any('Only for this resource.'),
  },
}

/** A name under which a function can be called besides its own: an alias or a version. */
export interface Qualifier {
  /** The resource of the template; empty for none. */
  readonly resource: string
  /** What stands behind the colon of `Resource`: the alias's name. */
  readonly name: string
  readonly provisioned: number
  readonly route: Route
}

/** Which versions a name stands for: one, or two of which the second gets `weight` (0 to 1) of the requests. In a config by number, 0 = `$LATEST`; in a run by their place among the function's. */
export interface Route {
  readonly version: number
  readonly second: number
  readonly weight: number
}

/** Where something is handed over: a resource and the operation that takes it. */
export interface Destination {
  readonly to: string
  readonly action: Action
  /** What a bus is told besides the record. */
  readonly parameters?: TargetParameters
}

/** How asynchronous events under one name of the function are treated (LAM-40 to LAM-44). */
export interface AsyncConfig {
  /** How often they are tried again after a function error; how old (s) they may become. */
  readonly retries: number
  readonly age: number
  readonly success: Destination | null
  readonly failure: Destination | null
}

/** What the neighbours add to a function. */
interface Gathered {
  readonly Qualifiers: readonly Qualifier[]
  /** What a new environment has to fetch: the archive or image, and the layers. */
  readonly PackageBytes: number
  /** Of the function itself, then of each qualifier. */
  readonly Async: readonly AsyncConfig[]
  readonly DeadLetters: Destination | null
  /** Where its calls leave from. */
  readonly Place: Place | undefined
  /** The log group that it writes to, if there is one. */
  readonly LogGroup: string | undefined
}

/** Checks the function against its neighbours; adds the qualifiers under which it can be called. */
export function gather(near: Near): Gathered {
  const { config } = near.self
  const step = near.quota('MemoryStep')
  if (config['MemorySize'] % step !== 0)
    near.self.error(
      ['Properties', 'MemorySize'],
      'memory-step',
      `\`MemorySize\` is ${config['MemorySize']}`,
      `expected a multiple of ${step} MB`,
    )
  checkEnvironment(near)
  checkReserved(near)
  const versions = versionsOf(near, near.self.logicalId)
  const aliases = near.all('AWS::Lambda::Alias').filter((view) => view.config['FunctionName'] === near.self.logicalId)
  const named = [
    ...aliases.map((view) => ({
      resource: view.logicalId,
      name: String(view.config['Name']),
      provisioned: provisionedOf(view),
      route: routeOf(view, versions),
    })),
    ...versions.map((view, i) => ({
      resource: view.logicalId,
      name: String(i + 1),
      provisioned: provisionedOf(view),
      route: { version: i + 1, second: 0, weight: 0 },
    })),
  ]
  // Aliases may stand for versions that were published before the template came.
  const older = new Set(named.flatMap(({ route }) => [route.version, route.second]).filter((n) => n > versions.length))
  const qualifiers = [
    ...named,
    ...[...older].map((version) => ({
      ...{ resource: '', name: String(version), provisioned: 0 },
      route: { version, second: 0, weight: 0 },
    })),
  ]
  const names = ['$LATEST', ...qualifiers.map(({ name }) => name)]
  const vpc = config['VpcConfig'] as Config | undefined
  return {
    Qualifiers: qualifiers,
    PackageBytes: checkPackage(near),
    Async: names.map((name) => asyncOf(near, name, versions)),
    DeadLetters: deadLettersOf(near),
    // Its network interfaces have no public address, wherever they are (N.VPC-03).
    Place: placeOf(near, vpc?.['SubnetIds'], vpc?.['SecurityGroupIds']),
    LogGroup: logGroupOf(near),
  }
}

/** The versions of a function that the template publishes, in the order of their numbers. */
function versionsOf(near: Near, functionName: string): readonly ResourceView[] {
  return near.all('AWS::Lambda::Version').filter((view) => view.config['FunctionName'] === functionName)
}

/** The number of a version by its text or its resource; 0 = `$LATEST`. */
function numberOf(text: unknown, versions: readonly ResourceView[]): number {
  const made = versions.findIndex(({ logicalId }) => logicalId === text)
  return made >= 0 ? made + 1 : /^[1-9][0-9]{0,5}$/.test(String(text)) ? Number(text) : 0
}

function routeOf({ config }: ResourceView, versions: readonly ResourceView[]): Route {
  const version = numberOf(config['FunctionVersion'], versions)
  const [second] = (config['RoutingConfig']?.AdditionalVersionWeights ?? []) as readonly Config[]
  if (second === undefined) return { version, second: 0, weight: 0 }
  return { version, second: numberOf(second['FunctionVersion'], versions), weight: second['FunctionWeight'] }
}

const ASYNC = 'AWS::Lambda::EventInvokeConfig'
/** What asynchronous events may be handed to at their end. */
const TAKING: ReadonlySet<Action> = new Set([
  'sqs:SendMessage',
  'sns:Publish',
  'lambda:InvokeFunction',
  'events:PutEvents',
])

/** How asynchronous events are treated under a name of the function; by default where nothing is said of it. */
function asyncOf(near: Near, name: string, versions: readonly ResourceView[]): AsyncConfig {
  const view = near
    .all(ASYNC)
    .find(
      ({ config }) => config['FunctionName'] === near.self.logicalId && qualifierOf(near, config, versions) === name,
    )
  if (view === undefined)
    return { retries: near.quota('AsyncRetries'), age: near.quota('AsyncEventAge'), success: null, failure: null }
  const end = (way: 'OnSuccess' | 'OnFailure'): Destination | null => {
    const found = destinationAt(near, view, ['Properties', 'DestinationConfig', way, 'Destination'], 'the destination')
    return found?.action === 'events:PutEvents' ? { ...found, parameters: resultOf(near, way) } : found
  }
  const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age } = view.config
  return { retries, age, success: end('OnSuccess'), failure: end('OnFailure') }
}

/** What the record of an invocation is as an event of a bus (LAM-44). */
function resultOf(near: Near, way: 'OnSuccess' | 'OnFailure'): TargetParameters {
  const detailType = `Lambda Function Invocation Result - ${way === 'OnSuccess' ? 'Success' : 'Failure'}`
  return {
    source: { constant: 'lambda' },
    detailType: { constant: detailType },
    resources: [near.self.logicalId],
  }
}

function qualifierOf(near: Near, config: Config, versions: readonly ResourceView[]): string {
  const view = near.resourceAt(config['Qualifier'])
  const number = view === undefined ? 0 : numberOf(view.logicalId, versions)
  return number > 0 ? String(number) : String(view?.config['Name'] ?? config['Qualifier'])
}

function deadLettersOf(near: Near): Destination | null {
  const found = destinationAt(
    near,
    near.self,
    ['Properties', 'DeadLetterConfig', 'TargetArn'],
    'the dead-letter target',
  )
  if (found === null || found.action === 'sqs:SendMessage' || found.action === 'sns:Publish') return found
  near.self.error(
    ['Properties', 'DeadLetterConfig', 'TargetArn'],
    'wrong-resource',
    `\`TargetArn\` is ${found.action === 'lambda:InvokeFunction' ? 'a function' : 'an event bus'}`,
    'expected a queue or a topic',
  )
  return null
}

/** The resource that a property names, if it is simulated; a FIFO queue cannot take events (LAM-44, SQS-52). */
function destinationAt(near: Near, view: ResourceView, path: readonly string[], what: string): Destination | null {
  const text = path.slice(1).reduce<any>((value, key) => value?.[key], view.config)
  if (text === undefined || text === null || text === '') return null
  const other = near.resourceAt(text)
  // Failures alone may go to a bucket, as objects (N.LAMBDA-DEST-02 today).
  if (other?.type === 'AWS::S3::Bucket' && path.includes('OnFailure'))
    return { to: other.logicalId, action: 's3:PutObject' }
  const callee = calleeAt(near, text)
  if (callee === undefined && other === undefined) {
    view.notSimulated(path, `${what} is outside of this scenario: what goes there is lost`)
    return null
  }
  if (callee === undefined || !TAKING.has(callee.action)) {
    view.error(
      path,
      'wrong-resource',
      `\`${other!.logicalId}\` is ${other!.type}`,
      'expected a queue, a topic, a function, an event bus or, for failures, a bucket',
    )
    return null
  }
  const { action, to, view: target } = callee
  if (target?.config['FifoQueue'] === true || target?.config['FifoTopic'] === true) {
    view.error(
      path,
      'wrong-resource',
      `\`${to}\` is a FIFO ${action === 'sns:Publish' ? 'topic' : 'queue'}`,
      'asynchronous events go to standard ones only',
    )
    return null
  }
  return { to, action }
}

/** The provisioned concurrency of an alias or a version. */
export function provisionedOf(view: ResourceView): number {
  return view.config['ProvisionedConcurrencyConfig']?.ProvisionedConcurrentExecutions ?? 0
}

function checkEnvironment(near: Near): void {
  const { config } = near.self
  const variables = config['Environment']?.Variables
  if (typeof variables !== 'object' || variables === null) return
  let bytes = 0
  for (const [name, value] of Object.entries(variables as Record<string, unknown>))
    bytes += name.length + (typeof value === 'string' ? value.length : 0)
  if (bytes > near.quota('EnvironmentVariables'))
    near.self.error(
      ['Properties', 'Environment', 'Variables'],
      'environment-too-large',
      `the environment variables take ${bytes} bytes`,
      `expected at most ${near.quota('EnvironmentVariables')}`,
    )
}

/** Reports the function whose reservation, in order of logical ids, first leaves too little for the others (LAM-35). */
function checkReserved(near: Near): void {
  const own = near.self.config['ReservedConcurrentExecutions'] as number | undefined
  if (own === undefined) return
  const most = near.quota('ConcurrentExecutions') - near.quota('UnreservedConcurrentExecutions')
  let before = 0
  for (const view of near.all('AWS::Lambda::Function'))
    if (view.logicalId < near.self.logicalId) before += view.config['ReservedConcurrentExecutions'] ?? 0
  if (before > most || before + own <= most) return
  const others = before === 0 ? '' : `, with the ${before} of other functions`
  near.self.error(
    ['Properties', 'ReservedConcurrentExecutions'],
    'too-much-reserved',
    `\`ReservedConcurrentExecutions\` is ${own}${others}`,
    `reservations take at most ${most}: ${near.quota('UnreservedConcurrentExecutions')} of the account's ${near.quota('ConcurrentExecutions')} stay unreserved`,
  )
}
