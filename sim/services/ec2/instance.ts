// AWS::EC2::Instance: boots, runs, is stopped and terminated, and tells CloudWatch how busy its CPU is.
//
// It begins with the run, as if the stack had just been created: pending, then running after its boot. What runs on an
// instance is not simulated, so its CPU idles.
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Near, Op, ServiceDef, Sim } from '../../model/contract.ts'
import { placeOf } from '../../parts/reachability.ts'
import { HttpHost } from '../../parts/http-host.ts'
import type { Place } from '../../model/network.ts'
import { MONTH_US } from '../../model/price.ts'
import { instancePrices, unpricedInstance } from '../../parts/instance-prices.ts'
import { ACCOUNT, type Account } from './account.ts'
import type { InstanceState } from './fleet.ts'
import { assumptions, DETAILED_MONITORING } from './instance.facts.ts'
import { instanceProps } from './instance-props.ts'
import { DEFAULT_TYPE, vcpusOf } from './instance-types.ts'
import { LAUNCH_TEMPLATE, launchTemplateData, launchTemplateProps } from './launch-template.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
/** How long a client or a load balancer tries to connect to a machine that is not there (ALB-R7), in µs. */
const CONNECT = 10_000_000

export const instance: ServiceDef<Instance> = {
  type: 'AWS::EC2::Instance',
  family: 'compute',
  namespace: 'AWS/EC2',
  dimension: 'InstanceId',
  dimensionValue: (_, ref) => ref,
  summary: 'A virtual machine: its states, its place in the quota and its monitoring.',
  models: [
    'States pending, running, stopping, stopped, shutting-down and terminated, with a boot delay (N.EC2-01).',
    'A data point of CPUUtilization every five minutes, with detailed monitoring every minute and for a price (N.CLOUDWATCH-05, N.CLOUDWATCH-06, CW-09); StatusCheckFailed every minute.',
    'It serves HTTP requests while it runs, all at once on its vCPUs, with `RequestWork` of processor time each; CPUUtilization shows it. Requests to one that does not run get no answer.',
    'While pending or running it counts against the quota of the account; without room it does not start (N.CLI-SDK-16).',
  ],
  omits: [
    'What runs on it, but for a plain web server: an instance has no handler and calls nobody.',
    'Failed status checks, recovery, reboots, hibernation, host maintenance, Spot interruptions, CPU credits.',
    'Images, disks, user data and the metadata service; the metrics of network and disk.',
    'A launch that the quota refuses fails alone; CloudFormation would roll the stack back.',
  ],
  quotas: {},
  assumptions,
  prices: {
    ...instancePrices<Instance>(
      ({ type }) => type,
      (self, now) => self.billedTime(now),
    ),
    DetailedMonitoring: {
      doc: 'Detailed monitoring',
      usd: '0.30',
      unit: 'metric-months',
      base: MONTH_US,
      free: 10,
      sharesWith: 'cloudwatch.Metrics',
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [N.CLOUDWATCH-06, PR-R1]',
      used: (self, { now }) => (self.detailed ? DETAILED_MONITORING.metrics * self.ranUntil(now) : undefined),
    },
  },
  unbilled: ['disks', 'public addresses', 'data transfer'],
  unpriced: ({ Type: type }) => unpricedInstance(String(type)),
  props: instanceProps,
  parts: { [LAUNCH_TEMPLATE]: launchTemplateProps },
  gather,
  place: (config) => config['Place'] as Place | undefined,
  create: (config, sim) => new Instance(config, sim),
  ops: {
    'http:GET': serves('GET'),
    'http:POST': serves('POST'),
    'http:PUT': serves('PUT'),
    'http:DELETE': serves('DELETE'),
    'http:PATCH': serves('PATCH'),
    'ec2:StartInstances': {
      doc: 'Boots a stopped instance.',
      target: 'InstanceIds',
      errors: ['IncorrectInstanceState', 'InstanceLimitExceeded', 'VcpuLimitExceeded'],
      run: startInstances,
    },
    'ec2:StopInstances': {
      doc: 'Stops a running instance.',
      target: 'InstanceIds',
      ignored: ['Force', 'Hibernate'],
      errors: ['IncorrectInstanceState', 'OperationNotPermitted'],
      run: stopInstances,
    },
    'ec2:TerminateInstances': {
      doc: 'Ends an instance for good.',
      target: 'InstanceIds',
      errors: ['OperationNotPermitted'],
      run: terminateInstances,
    },
  },
  timers: { launch, arrived, served },
  metrics: {
    CPUUtilization: {
      unit: 'Percent',
      kind: 'gauge',
      doc: 'CPU in use; no data point unless it runs.',
      read: (self) => (self.state === 'running' ? Math.min(100, self.idleCpu + self.load) : NaN),
      period: (self) => self.period,
    },
    StatusCheckFailed: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Whether a status check fails: never; no data point unless it runs.',
      read: (self) => (self.state === 'running' ? 0 : NaN),
    },
  },
  invariants: {
    'it counts against the quota while it is pending or running': (self) =>
      self.counted === (self.state === 'pending' || self.state === 'running'),
    'it is on its way to a state exactly while it is in one that passes': (self) =>
      self.moving === (self.state === 'pending' || self.state === 'stopping' || self.state === 'shutting-down'),
  },
  periodEnded: (self, time) => self.periodEnded(time),
  finish: (self) => self.settle(),
  view: {
    glyph: 'instance',
    label: 'Instance',
    level: (self) => (self.state === 'running' ? 1 : 0),
    levelMax: () => 1,
    tone: (self) => (self.refusal !== 0 ? 'failing' : self.moving ? 'busy' : 'calm'),
    readings: [
      {
        name: 'Requests',
        unit: '1/s',
        doc: 'HTTP requests that come.',
        counter: true,
        read: (self) => self.host.requests,
      },
      { name: 'Serving', unit: 'requests', doc: 'HTTP requests in service.', read: (self) => self.host.inside.inside },
      {
        name: 'Running',
        unit: '',
        doc: '1 = running, 0 = in any other state.',
        read: (self) => (self.state === 'running' ? 1 : 0),
      },
      {
        name: 'Quota',
        unit: 'vCPUs',
        doc: 'What it takes of the quota of the account while it counts.',
        read: (self) => self.vcpus,
      },
    ],
  },
  report,
}

/** A request to the web server on it. */
function serves(method: string): Op<Instance> {
  return {
    doc: `Serves a ${method} request.`,
    target: 'Url',
    params: ['Body', 'Path', 'Headers'],
    errors: ['ConnectTimeoutError', 'ConnectionResetError'],
    run: (self, call) => self.request(call),
  }
}

export class Instance {
  readonly sim: Sim
  readonly host: HttpHost
  private usedBefore = 0
  readonly type: string
  readonly vcpus: number
  readonly detailed: boolean
  readonly keepsRunning: boolean
  readonly keepsExisting: boolean
  readonly idleCpu: number
  /** `stopped` until the run begins, or when there was no room. */
  state: InstanceState = 'stopped'
  moving = false
  counted = false
  /** Status of the refusal of the last start; 0 = none. */
  refusal = 0
  /** When it began to count against the quota, and since when it runs, in µs. */
  since = 0
  runsSince = 0
  /** µs in state running so far. */
  ran = 0
  /** µs that are billed beyond them: every start is billed for a minute at least (PR-R2). */
  private toppedUp = 0
  /** When it began to run the last time. */
  private startedAt = 0
  private timer: TimerHandle = 0
  private readonly account: Account
  private readonly rng: Rng
  private readonly boot: Sampler
  private readonly shutdown: Sampler
  private readonly latency: Sampler
  private readonly arrivedTarget: Target
  readonly wrongState: number
  readonly notPermitted: number
  private readonly unreachable: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.account = sim.peer<Account>(ACCOUNT)
    this.type = config['Type'] as string
    this.vcpus = config['Vcpus'] as number
    this.detailed = config['Detailed'] as boolean
    this.keepsRunning = config['KeepsRunning'] as boolean
    this.keepsExisting = config['KeepsExisting'] as boolean
    this.rng = sim.rng('instance')
    this.idleCpu = sim.sampler('IdleCpu').drawReal(this.rng)
    this.boot = sim.sampler('BootTime')
    this.shutdown = sim.sampler('ShutdownTime')
    this.latency = sim.sampler('ApiLatency')
    this.arrivedTarget = sim.target(arrived)
    this.wrongState = sim.error('IncorrectInstanceState', 400)
    this.notPermitted = sim.error('OperationNotPermitted', 400)
    this.unreachable = sim.error('ConnectTimeoutError', 0)
    this.host = new HttpHost(sim, this.vcpus, sim.sampler('RequestWork'), sim.rng('requests'), sim.target(served))
    sim.after(0, sim.target(launch), 0)
  }

  /** Boots when the quota has room: 0, or the status of the refusal. */
  start(): number {
    this.refusal = this.account.admit(this.vcpus)
    if (this.refusal !== 0) return this.refusal
    this.counted = true
    this.since = this.sim.clock[0]
    this.enter('pending', this.boot)
    return 0
  }

  /** An HTTP request comes; to a machine that does not run nothing gets through. */
  request(call: Call): void {
    if (this.state === 'running') this.host.arrive(call)
    else this.sim.replyAfter(CONNECT, call, this.unreachable)
  }

  /** Percent of its vCPUs that requests take in the period that ends now. */
  get load(): number {
    return (100 * (this.host.cpu.usedUntilNow() - this.usedBefore)) / (this.vcpus * this.period)
  }

  /** Metrics of the period have been read: the next one begins. */
  periodEnded(time: number): boolean {
    const isBusy = this.host.cpu.usedUntilNow() > this.usedBefore || this.host.inside.inside > 0
    if (time % this.period === 0) this.usedBefore = this.host.cpu.usedUntilNow()
    return isBusy
  }

  /** µs from one data point of its CPU to the next. */
  get period(): number {
    return this.detailed ? MINUTE : 5 * MINUTE
  }

  /** Leaves pending or running for stopping or shutting-down. */
  end(state: 'stopping' | 'shutting-down'): void {
    this.settle()
    this.host.drop()
    if (this.state === 'running') this.toppedUp += Math.max(0, MINUTE - (this.sim.clock[0] - this.startedAt))
    if (this.moving) this.sim.cancel(this.timer)
    if (this.counted) this.account.release(this.vcpus, this.since)
    this.counted = false
    this.enter(state, this.shutdown)
  }

  /** It runs from now on. */
  begin(): void {
    this.runsSince = this.startedAt = this.sim.clock[0]
  }

  /** µs in state running up to now. */
  ranUntil(now: number): number {
    return this.ran + (this.state === 'running' ? now - this.runsSince : 0)
  }

  /** µs that are billed: a minute at least for every start. */
  billedTime(now: number): number {
    const lacking = this.state === 'running' ? Math.max(0, MINUTE - (now - this.startedAt)) : 0
    return this.ranUntil(now) + this.toppedUp + lacking
  }

  /** Adds up the time in state running. */
  settle(): void {
    if (this.state !== 'running') return
    this.ran += this.sim.clock[0] - this.runsSince
    this.runsSince = this.sim.clock[0]
  }

  answer(call: Call, list: string, PreviousState: InstanceState): void {
    const change = {
      InstanceId: this.sim.name,
      PreviousState: { Name: PreviousState },
      CurrentState: { Name: this.state },
    }
    this.sim.calls.answer[call] = { [list]: [change] }
    this.sim.replyAfter(this.latency.draw(this.rng), call, 0)
  }

  refuse(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.rng), call, status)
  }

  private enter(state: InstanceState, lasts: Sampler): void {
    this.state = state
    this.moving = true
    this.timer = this.sim.timer(lasts.draw(this.rng), this.arrivedTarget, 0)
  }
}

function launch(self: Instance): void {
  self.start()
}

function served(self: Instance): void {
  self.host.jobEnded()
}

function arrived(self: Instance): void {
  self.moving = false
  if (self.state === 'pending') {
    self.state = 'running'
    self.begin()
  } else self.state = self.state === 'stopping' ? 'stopped' : 'terminated'
}

function startInstances(self: Instance, call: Call): void {
  const before = self.state
  if (before === 'stopping' || before === 'shutting-down' || before === 'terminated') self.refuse(call, self.wrongState)
  else {
    const refusal = before === 'stopped' ? self.start() : 0
    if (refusal === 0) self.answer(call, 'StartingInstances', before)
    else self.refuse(call, refusal)
  }
}

function stopInstances(self: Instance, call: Call): void {
  const before = self.state
  if (before === 'pending' || before === 'shutting-down' || before === 'terminated') self.refuse(call, self.wrongState)
  else if (self.keepsRunning) self.refuse(call, self.notPermitted)
  else {
    if (before === 'running') self.end('stopping')
    self.answer(call, 'StoppingInstances', before)
  }
}

function terminateInstances(self: Instance, call: Call): void {
  const before = self.state
  if (self.keepsExisting) {
    self.refuse(call, self.notPermitted)
    return
  }
  if (before === 'stopped') self.state = 'terminated'
  else if (before !== 'shutting-down' && before !== 'terminated') self.end('shutting-down')
  self.answer(call, 'TerminatingInstances', before)
}

function report(self: Instance): unknown {
  const { sim, detailed, ran, refusal } = self
  const hours = ran / HOUR
  const lines = [
    refusal === 0
      ? `${self.state}; in state running for ${rounded(hours)} h`
      : `not started: ${sim.errors.names[refusal]}, needs ${self.vcpus} vCPUs`,
  ]
  const { metrics, usdPerMetricMonth, hoursPerMonth, asOf } = DETAILED_MONITORING
  const usd = (metrics * usdPerMetricMonth * hours) / hoursPerMonth
  if (detailed)
    lines.push(
      `detailed monitoring: ${metrics} metrics at ${usdPerMetricMonth} USD a month each (${asOf}): ${rounded(usd)} USD for ${rounded(hours)} h`,
    )
  return { lines, detailedMonitoringUsd: detailed ? usd : 0 }
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

/** Fills in from the launch template what the instance does not say itself. */
function gather(near: Near): Readonly<Record<string, unknown>> {
  const { config } = near.self
  const data = launchTemplateData(near, config['LaunchTemplate'] as Config | undefined)
  const type = (config['InstanceType'] ?? data?.['InstanceType'] ?? DEFAULT_TYPE) as string
  const monitoring = data?.['Monitoring'] as Config | undefined
  return {
    Type: type,
    Vcpus: vcpusOf(type),
    Detailed: config['Monitoring'] ?? monitoring?.['Enabled'] ?? false,
    KeepsRunning: data?.['DisableApiStop'] ?? false,
    KeepsExisting: config['DisableApiTermination'] ?? data?.['DisableApiTermination'] ?? false,
    Place: placeOf(near, config['SubnetId'], config['SecurityGroupIds'] ?? data?.['SecurityGroupIds'], {
      hasPublicAddress: isPublic(near, config['SubnetId']),
      serves: [{ prefix: 'http:', port: 80 }],
    }),
  }
}

/** Whether instances in a subnet get a public address. */
function isPublic(near: Near, subnet: unknown): boolean {
  const maps = near.resourceAt(subnet)?.config['MapPublicIpOnLaunch']
  return maps === true || maps === 'true'
}
