// AWS::Lambda::Function: an invocation takes an idle environment or starts one, within the limits of concurrency.
//
// Reading order: definition, state, operations, then an invocation's way in `invocation.ts`, reservations in
// `concurrency.ts`.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { Interpreter } from '../../parts/interpreter.ts'
import { joinPrograms } from '../../parts/program-join.ts'
import { Population } from '../../parts/population.ts'
import { EMPTY_PROGRAM, type Program } from '../../parts/program.ts'
import { RetryPolicy, sdkRetries, type RetryMode } from '../../parts/retry.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { ACCOUNT, type Account } from './account.ts'
import { asyncAnswered, asyncBuried, asyncDelivered, asyncDue, AsyncEvents, runAsyncEvent } from './async-events.ts'
import { coldStartCpu, coldStartSampler, fetchTime } from './cold-starts.ts'
import * as concurrency from './concurrency.ts'
import { Environments, type Pick, provisionedUnder, UNQUALIFIED } from './environments.ts'
import { gather, parts, props, type Qualifier, type Route } from './function-config.ts'
import { faults, type FunctionFault } from './function-faults.ts'
import { assumptions, quotas } from './function.facts.ts'
import * as life from './environment-life.ts'
import { memory } from './environment-state.ts'
import * as initialisation from './initialisation.ts'
import { closeLogged, logEdge } from './function-log.ts'
import * as invocation from './invocation.ts'
import { FunctionMeter } from './function-meter.ts'
import { prices, unbilled } from './function-prices.ts'
import { Qualified } from './qualified.ts'
import * as running from './running.ts'
import { findingsOf } from './function-insights.ts'
import { batchMessages, traced } from './function-traced.ts'
import { invariants } from './function-invariants.ts'
import { metrics } from './function-metrics.ts'
import { view } from './function-view.ts'
import * as versions from './versions.ts'
import { FunctionVersion, type VersionCode } from './versions.ts'

export const lambdaFunction: ServiceDef<LambdaFunction> = {
  type: 'AWS::Lambda::Function',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'FunctionName',
  dimensionValue: (config, ref) => String(config['FunctionName'] ?? ref),
  handled: 'versions',
  summary: 'Runs a handler once per request, in environments that serve one request at a time.',
  models: [
    'A request takes an idle environment; where there is none it waits for a new one [LAM-01, LAM-03, N.LAMBDA-21]. Unused environments go after a while, old ones too [LAM-07, N.LAMBDA-22].',
    'Archive, image and layers are as large as the scenario assumes; each MB lengthens the cold start [N.LAMBDA-12, N.LAMBDA-13, N.LAMBDA-50].',
    'Memory sets the share of a vCPU: one of 1,769 MB, and one thread gains nothing beyond [LAM-10, LAM-11, N.LAMBDA-15].',
    'Code outside the handler (`Init`) runs in the cold start, with a whole vCPU; what takes more than ten seconds, or fails, is done once more within the request [LAM-02]. Published versions with SnapStart start from a snapshot instead.',
    '`/tmp` and memory fill up: files stay for the next invocations of the environment, memory beyond the limit ends its process [LAM-05, LAM-12, N.LAMBDA-10, N.LAMBDA-24, N.LAMBDA-25].',
    'Time-out stops the handler and resets its environment, whose next request initialises it again within its own time [LAM-05, LAM-21, N.LAMBDA-18]. So does an initialisation of more than 10 s [LAM-02].',
    'An event that has come round through queues, topics, buckets and functions some 16 times is dropped, to the dead-letter queue if there is one; of a queue’s message that of the queue [LAM-23].',
    'A handler that fails answers with a function error, status 200; nothing is tried again [LAM-20, LAM-22, N.LAMBDA-40].',
    'Admission in AWS’s order: reserved concurrency, idle provisioned environments, the account’s pool, then the rate of new environments: 1,000 at once and 100 more per second for each function; in notes-2020 3,000 at once and 500 more per minute for the account [LAM-32, LAM-33, LAM-34, LAM-35].',
    'A version is the code and configuration of its moment, with on-demand environments of its own; its code is the handler `Name@2`, else the function’s [N.LAMBDA-30, N.LAMBDA-31].',
    'Ten requests per second for each concurrent execution that is allowed: of the account, of a reservation, of provisioned concurrency [LAM-31].',
    'Provisioned concurrency of aliases and versions: there from the start when the template sets it, made 1 to 2 minutes after a request otherwise, usable once all are made; requests beyond it spill over [LAM-36, N.LAMBDA-47].',
    'Asynchronous invocations (`InvocationType: Event`) are accepted at once and wait in the function’s own queue: a function error is tried again after 1 min and 2 min more, a refusal after 1 s, 2 s and so on up to 5 min, until the event is too old [LAM-40, LAM-41, LAM-42, N.LAMBDA-ASYNC-01].',
    'What succeeded or was given up goes to the destinations of an `EventInvokeConfig`, what was given up to the dead-letter queue too [LAM-43, LAM-44, LAM-45].',
    'The SDK of the handler tries failed calls again, in the mode of `SdkRetries`.',
    'With `VpcConfig` its calls leave from there, without a public address: they need a NAT gateway or an endpoint to come out, and security groups that let them; without it nothing within a VPC is reached [N.VPC-01, N.VPC-03].',
  ],
  omits: [
    'Asynchronous events come twice in AWS now and then, and a large backlog is read more slowly; here neither. Attributes of a dead-lettered event and buckets as destinations.',
    'What the code outside the handler calls for provisioned environments and for snapshots: they have done it before.',
    'The rate of new requests that a function may add (10,000 per second every 10 s).',
    'CloudWatch books an invocation in the minute of its start; here Duration and Errors stand in the minute of its end.',
    'Permissions, tracing.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled,
  props,
  parts,
  gather: (near) => ({ ...gather(near) }),
  place: (config) => config['Place'] as Place | undefined,
  create: (config, sim) => new LambdaFunction(config, sim),
  amend: { members: () => ['MemorySize', 'Timeout', 'ReservedConcurrentExecutions'], run: amend },
  ops: {
    'lambda:InvokeFunction': {
      doc: 'Runs the function and answers with its result.',
      target: 'FunctionName',
      params: ['Payload', 'InvocationType', 'Qualifier'],
      ignored: ['ClientContext', 'LogType', 'TenantId', 'DurableExecutionName'],
      errors: ['TooManyRequestsException', 'ResourceNotFoundException', 'RequestTooLargeException'],
      run: invocation.invokeFunction,
      failed: running.isFunctionError,
      messages: batchMessages,
    },
    'lambda:RunAsyncEvent': {
      internal: true,
      doc: 'Runs the function for an event of its own queue (our own name: no API shows it).',
      oneWay: true,
      run: runAsyncEvent,
      failed: running.isFunctionError,
    },
    'lambda:PutFunctionConcurrency': {
      doc: 'Reserves concurrency for the function, and limits it to that.',
      target: 'FunctionName',
      params: ['ReservedConcurrentExecutions'],
      errors: ['InvalidParameterValueException'],
      run: concurrency.putFunctionConcurrency,
    },
    'lambda:DeleteFunctionConcurrency': {
      doc: 'Gives the reservation back.',
      target: 'FunctionName',
      run: concurrency.deleteFunctionConcurrency,
    },
    'lambda:GetFunctionConcurrency': {
      doc: 'Tells the reservation, if there is one.',
      target: 'FunctionName',
      run: concurrency.getFunctionConcurrency,
    },
    'lambda:PutProvisionedConcurrencyConfig': {
      doc: 'Asks for environments that are always ready under an alias or a version.',
      target: 'FunctionName',
      params: ['Qualifier', 'ProvisionedConcurrentExecutions'],
      errors: ['InvalidParameterValueException', 'ResourceNotFoundException'],
      run: concurrency.putProvisionedConcurrency,
    },
    'lambda:DeleteProvisionedConcurrencyConfig': {
      doc: 'Gives them back.',
      target: 'FunctionName',
      params: ['Qualifier'],
      errors: ['ResourceNotFoundException'],
      run: concurrency.deleteProvisionedConcurrency,
    },
    'lambda:PublishVersion': {
      doc: 'Publishes `$LATEST` under the next number; the last one again if nothing has changed.',
      target: 'FunctionName',
      ignored: ['CodeSha256', 'Description', 'RevisionId', 'PublishTo'],
      errors: ['CodeStorageExceededException'],
      run: versions.publishVersion,
    },
    'lambda:DeleteFunction': {
      doc: 'Takes a published version away that no alias stands for. Whole functions stay.',
      target: 'FunctionName',
      params: ['Qualifier'],
      errors: ['ResourceNotFoundException', 'ResourceConflictException', 'InvalidParameterValueException'],
      run: versions.deleteFunction,
    },
    'lambda:UpdateFunctionCode': {
      doc: 'Gives `$LATEST` the code of the next version: the handler `Name@2` if that is version 2, else code that does the same.',
      target: 'FunctionName',
      params: ['Publish'],
      ignored: ['ZipFile', 'S3Bucket', 'S3Key', 'S3ObjectVersion', 'ImageUri', 'Architectures', 'RevisionId', 'DryRun'],
      errors: ['CodeStorageExceededException'],
      run: versions.updateFunctionCode,
    },
    'lambda:UpdateAlias': {
      doc: 'Points an alias at another version, or at two by weight.',
      target: 'FunctionName',
      params: ['Name', 'FunctionVersion', 'RoutingConfig'],
      ignored: ['Description', 'RevisionId'],
      errors: ['ResourceNotFoundException', 'InvalidParameterValueException'],
      run: versions.updateAlias,
    },
    'lambda:GetAlias': {
      doc: 'Says where an alias points.',
      target: 'FunctionName',
      params: ['Name'],
      errors: ['ResourceNotFoundException'],
      run: versions.getAlias,
    },
    'lambda:UpdateFunctionConfiguration': {
      doc: 'Changes memory and time-out; requests from then on run in new environments.',
      target: 'FunctionName',
      params: ['MemorySize', 'Timeout'],
      errors: ['InvalidParameterValueException'],
      run: updateFunctionConfiguration,
    },
  },
  timers: {
    initialised: initialisation.initialised,
    initLate: initialisation.initLate,
    crashed: initialisation.crashed,
    proceed: running.proceed,
    timedOut: invocation.timedOut,
    wake: running.wake,
    answered: running.answered,
    expire: life.expire,
    allocated: concurrency.allocated,
    asyncAnswered,
    asyncDue,
    asyncDelivered,
    asyncBuried,
    closeLogged,
  },
  metrics,
  faults,
  invariants,
  view,
  traced,
  insights: findingsOf,
  report: (self) => ({
    environments: {
      starting: self.environments.starting,
      busy: self.environments.busy,
      idle: self.environments.idle,
      made: self.lives.entered,
      gone: self.lives.left,
      most: self.lives.peak,
    },
    meanEnvironments: self.lives.mean(self.sim.clock[0]),
    meanConcurrency: self.running.mean(self.sim.clock[0]),
    coldStarts: self.coldStarts,
    throttles: Object.fromEntries(
      concurrency.REASONS.map((reason, i) => [reason, self.throttles[i]]).filter(([, count]) => count !== 0),
    ),
  }),
}

/** The handler `Name@2` of a scenario. */
export interface VersionHandler {
  readonly number: number
  readonly program: Program
}

export class LambdaFunction {
  readonly sim: Sim
  readonly functionName: string
  readonly account: Account
  readonly events: AsyncEvents
  readonly environments: Environments
  readonly interpreter: Interpreter<LambdaFunction>
  /** Requests in progress, from admission to answer; environments, from their making to their end. */
  readonly running = new Population()
  readonly lives = new Population()
  replied = 0
  coldStarts = 0
  /** By reason, as in `REASONS`. */
  readonly throttles: number[]
  /** Sum of its on-demand requests in progress over the moments at which the account's pool was full. */
  heldInFull = 0
  readonly refusals: readonly Stretch[]
  /** Function errors for other reasons than time, and how many by their type. */
  readonly failures: Stretch
  readonly failedWith = new Map<string, number>()
  /** Time-outs, and by the edge of the call that the handler waited for (−1 = none) how many. */
  readonly timeouts: Stretch
  readonly timedOutOn = new Map<number, number>()
  readonly meter: FunctionMeter
  readonly isArm: boolean
  /** Whether the last request was throttled. */
  throttling = false

  /** What it runs: `$LATEST` first, then the published versions in order of their numbers. */
  readonly versions: FunctionVersion[]
  /** Code that the scenario gives to versions. */
  readonly codes: readonly VersionCode[]
  /** The number of the version published last, and whether `$LATEST` has changed since. */
  lastNumber: number
  isChanged: boolean
  readonly coldStart: Sampler
  readonly coldStartCpu: number
  readonly fetchTime: number
  readonly coldRng: Rng
  readonly initLimit: number
  readonly latency: Sampler
  readonly latencyRng: Rng
  readonly idleLifetime: number
  readonly maxAge: number
  /** Bytes, and bytes a second. */
  readonly payloadLimit: number
  readonly streamLimit: number
  readonly streamBurst: number
  readonly streamRate: number
  /** Answers on their way, by environment. */
  readonly streaming = new Map<number, unknown>()
  /** Whether published versions start from a snapshot, and how long that takes. */
  readonly snapshots: boolean
  readonly restore: Sampler
  /** Where the programs begin that have code outside the handler. */
  readonly initStarts: readonly number[]
  /** Requests that found all provisioned environments busy, and how many of them started one. */
  readonly spills: Stretch
  spillsCold = 0
  /** Cold starts that took more than their ten seconds. */
  readonly lateInits: Stretch
  /** Bytes of memory that the runtime takes, and those of `/tmp`. */
  readonly runtimeMemory: number
  readonly tmpSize: number
  /** When the timer of expiry comes, Infinity = it is not set; and its handle. */
  expiryAt = Infinity
  expiryTimer = -1

  /** Reserved concurrency; −1 = none. */
  reserved: number
  /** On-demand requests in progress; the most there may be, or were when the limit fell below them. */
  onDemand = 0
  allowance: number
  /** Sum of the provisioned concurrency asked for. */
  provisioned = 0
  /** Requests per second of a reservation; the account's otherwise. */
  rate: TokenBucket
  /** New environments; null = the profile has no such rule. */
  readonly scaling: TokenBucket | null
  /** Aliases and versions; their numbers begin at 1, 0 is the function itself. */
  readonly qualifiers: Qualified[] = []
  readonly provisionedDelay: Sampler
  readonly provisionedRng: Rng
  readonly perMinute: number
  /** Requests per second for each concurrent execution. */
  readonly perConcurrency: number

  /** All faults that have begun, and how many of them stand now. */
  readonly faults: FunctionFault[] = []
  standing = 0
  readonly faultRng: Rng

  readonly invocationsMetric: MetricId
  readonly errorsMetric: MetricId
  readonly throttlesMetric: MetricId
  readonly durationMetric: MetricId
  readonly initMetric: MetricId
  readonly concurrentMetric: MetricId
  /** Recorded by the mappings of streams that invoke it. */
  readonly ageMetric: MetricId
  readonly provisionedMetric: MetricId
  readonly spilloverMetric: MetricId

  /** The way to its log group; −1 = it has none. */
  readonly log: number

  readonly throttledStatus: number
  readonly notFoundStatus: number
  readonly tooLargeStatus: number
  readonly noSpaceStatus: number
  readonly storageStatus: number
  readonly invalidStatus: number
  readonly conflictStatus: number

  readonly initialisedTarget: Target
  readonly initLateTarget: Target
  readonly crashedTarget: Target
  readonly proceedTarget: Target
  readonly timedOutTarget: Target
  readonly expireTarget: Target
  readonly allocatedTarget: Target

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.failures = new Stretch(sim.warmUp)
    this.timeouts = new Stretch(sim.warmUp)
    this.lateInits = new Stretch(sim.warmUp)
    this.spills = new Stretch(sim.warmUp)
    this.refusals = concurrency.REASONS.map(() => new Stretch(sim.warmUp))
    this.account = sim.peer<Account>(ACCOUNT)
    this.account.functions.push(this)
    const named = (config['Qualifiers'] ?? []) as readonly Qualifier[]
    this.environments = new Environments(sim.choice('Pick') as Pick, sim.rng('pick'))
    const own =
      typeof config['Handler'] === 'object' && config['Handler'] !== null
        ? (config['Handler'] as Program)
        : EMPTY_PROGRAM
    const others = (config['VersionHandlers'] ?? []) as readonly VersionHandler[]
    const joined = joinPrograms([own, ...others.map(({ program }) => program)])
    const program = others.length === 0 ? own : joined.program
    this.initStarts = joined.starts.filter((_, i) => [own, ...others.map(({ program }) => program)][i].hasInit === true)
    this.codes = others.map(({ number }, i) => ({ number, start: joined.starts[i + 1] }))
    this.interpreter = new Interpreter<LambdaFunction>(
      sim,
      program,
      this,
      invocation.ended,
      retries(config, sim, program),
      emit,
      running.wake,
      running.answered,
      [],
      memory,
    )
    this.throttles = concurrency.REASONS.map(() => 0)

    const timeout = config['Timeout'] * 1_000_000
    const latest = new FunctionVersion(0, 0, 0, timeout, config['MemorySize'], sim.quota('MemoryPerCpu'))
    const numbers = named.flatMap(({ route }) => [route.version, route.second])
    this.versions = versions.firstVersions(latest, numbers, this.codes)
    for (const { pool } of this.versions) this.environments.open(pool)
    this.lastNumber = this.versions[this.versions.length - 1].number
    this.isChanged = this.lastNumber === 0
    this.coldStart = coldStartSampler(config, sim)
    this.coldStartCpu = coldStartCpu(sim)
    this.fetchTime = fetchTime(config, sim)
    this.coldRng = sim.rng('cold start')
    this.initLimit = sim.quota('InitTimeout') * 1_000_000
    this.latency = sim.sampler('InvokeLatency')
    this.latencyRng = sim.rng('latency')
    this.idleLifetime = sim.sampler('IdleLifetime').draw(sim.rng('idle lifetime'))
    this.maxAge = sim.sampler('MaxAge').draw(sim.rng('maximum age'))
    this.payloadLimit = sim.quota('PayloadSize')
    this.streamLimit = sim.quota('StreamedResponseSize')
    this.streamBurst = sim.quota('StreamBurst')
    this.streamRate = sim.quota('StreamRate')
    this.snapshots = config['SnapStart']?.ApplyOn === 'PublishedVersions'
    this.restore = sim.sampler('SnapStartRestore')
    this.runtimeMemory = sim.sampler('RuntimeMemory').mean
    this.tmpSize = (config['EphemeralStorage']?.Size ?? 512) * 1_048_576
    this.meter = new FunctionMeter(sim.quota('BilledStep'), sim.quota('BilledInit') === 1)
    this.isArm = config['Architectures']?.[0] === 'arm64'

    this.reserved = -1
    this.perConcurrency = sim.quota('RequestsPerConcurrency')
    this.rate = this.account.rate
    const burst = sim.quota('FunctionScalingBurst')
    this.scaling = burst === 0 ? null : new TokenBucket(sim.quota('FunctionScalingPerSecond'), burst)
    this.provisionedDelay = sim.sampler('ProvisionedDelay')
    this.provisionedRng = sim.rng('provisioned')
    this.perMinute = sim.quota('ProvisionedPerMinute')
    this.faultRng = sim.rng('fault')

    this.invocationsMetric = sim.metric('Invocations')
    this.errorsMetric = sim.metric('Errors')
    this.throttlesMetric = sim.metric('Throttles')
    this.durationMetric = sim.metric('Duration')
    this.initMetric = sim.metric('InitDuration')
    this.ageMetric = sim.metric('IteratorAge')
    this.concurrentMetric = sim.metric('ConcurrentExecutions')
    this.provisionedMetric = sim.metric('ProvisionedConcurrencyInvocations')
    this.spilloverMetric = sim.metric('ProvisionedConcurrencySpilloverInvocations')

    this.log = logEdge(config['LogGroup'] as string | undefined, sim)

    this.throttledStatus = sim.error('TooManyRequestsException', 429)
    this.notFoundStatus = sim.error('ResourceNotFoundException', 404)
    this.tooLargeStatus = sim.error('RequestTooLargeException', 413)
    this.noSpaceStatus = sim.error('NoSpaceLeftOnDevice', 0)
    this.storageStatus = sim.error('CodeStorageExceededException', 400)
    this.invalidStatus = sim.error('InvalidParameterValueException', 400)
    this.conflictStatus = sim.error('ResourceConflictException', 409)

    this.initialisedTarget = sim.target(initialisation.initialised)
    this.initLateTarget = sim.target(initialisation.initLate)
    this.crashedTarget = sim.target(initialisation.crashed)
    this.proceedTarget = sim.target(running.proceed)
    this.timedOutTarget = sim.target(invocation.timedOut)
    this.expireTarget = sim.target(life.expire)
    this.allocatedTarget = sim.target(concurrency.allocated)

    this.events = new AsyncEvents(this, config, sim)
    this.functionName = String(config['FunctionName'] ?? sim.physicalName)
    for (const qualifier of named) this.addName({ ...qualifier, route: this.placesOf(qualifier.route) })
    this.allowance = 0
    concurrency.reserve(this, config['ReservedConcurrentExecutions'] ?? -1)
    // The stack has been deployed before the run begins: what the template provisions is there.
    named.forEach((qualifier, i) => concurrency.provision(this, this.qualifiers[i], qualifier.provisioned))
  }

  /** `$LATEST`. */
  get latest(): FunctionVersion {
    return this.versions[0]
  }

  /** Opens another name under which it can be called. */
  addName(qualifier: Qualifier): void {
    const { sim, qualifiers, environments } = this
    const number = qualifiers.length + 1
    const made = new Qualified(sim, number, `${this.functionName}:${qualifier.name}`, qualifier, this.perConcurrency)
    qualifiers.push(made)
    environments.open(provisionedUnder(number))
    this.events.addName(number)
    for (const version of this.versions) made.addVersion(version)
  }

  /** The number of an alias or a version, by its logical id in the template or its name; −1 = there is none. */
  qualifierOf(qualifier: string): number {
    if (qualifier === '') return -1
    for (const { resource, name, number } of this.qualifiers)
      if (resource === qualifier || name === qualifier) return number
    return qualifier === '$LATEST' ? UNQUALIFIED : -1
  }

  private placesOf({ version, second, weight }: Route): Route {
    const place = (number: number): number => this.versions.findIndex((each) => each.number === number)
    return { version: place(version), second: place(second), weight }
  }
}

/** As a deployment of the template with other values: it sets them for whatever the template publishes, too. */
function amend(self: LambdaFunction, config: Config): void {
  const { MemorySize: memory, Timeout: timeout, ReservedConcurrentExecutions: reserved = -1 } = config
  if (memory !== self.latest.memory || timeout * 1_000_000 !== self.latest.timeout)
    self.versions.forEach((_, i) => configure(self, i, memory, timeout))
  if (reserved !== self.reserved) concurrency.reserve(self, reserved)
}

function configure(self: LambdaFunction, index: number, memory: number, timeout: number): void {
  const version = self.versions[index]
  version.setMemory(memory)
  version.timeout = timeout * 1_000_000
  life.renew(self, index)
}

function updateFunctionConfiguration(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as { MemorySize?: number; Timeout?: number }
  const memory = body.MemorySize ?? self.latest.memory
  const timeout = body.Timeout ?? self.latest.timeout / 1_000_000
  const step = sim.quota('MemoryStep')
  if (!(
    memory >= 128 &&
    memory <= sim.quota('MemorySize') &&
    memory % step === 0 &&
    timeout >= 1 &&
    timeout <= sim.quota('Timeout')
  )) {
    sim.reply(call, self.invalidStatus)
    return
  }
  self.isChanged = true
  configure(self, 0, memory, timeout)
  sim.calls.answer[call] = { MemorySize: memory, Timeout: timeout }
  sim.reply(call, 0)
}

/** Commands of caches, which are spoken to without an SDK. */
const TO_CACHE = /^(?:redis|memcached):/

/** The retries of the handler's SDK; a handler that talks to one service alone gets that service's own figures. */
function retries(config: Config, sim: Sim, program: Program): RetryPolicy {
  const actions = program.code.flatMap((instruction) =>
    instruction.op === 'call' && !TO_CACHE.test(instruction.action) ? [instruction.action] : [],
  )
  const services = new Set(actions.map((action) => action.split(':')[0]))
  const attempts = Math.round(sim.sampler('SdkMaxAttempts').mean)
  const settings = sdkRetries({
    mode: sim.choice('SdkRetries') as RetryMode,
    sdk: String(config['Runtime'] ?? '').startsWith('nodejs') ? 'javascript' : 'python',
    variant2026: false,
    action: services.size === 1 ? actions[0] : '',
    maxAttempts: attempts === 0 ? undefined : attempts,
  })
  return new RetryPolicy(settings, sim.rng('sdk'))
}

function emit(
  self: LambdaFunction,
  namespace: string,
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  unit: string,
  resolution: number,
): void {
  self.sim.count(self.sim.customMetric(namespace, name, dimensions, unit as 'Count', resolution * 1_000_000), value)
}
