// The running instances of the account in a Region: the quota that they share, and those that no template names.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { ServiceDef, Sim } from '../../model/contract.ts'
import type { NetworkGraph } from '../../model/network.ts'
import { HttpHost } from '../../parts/http-host.ts'
import { Population } from '../../parts/population.ts'
import { assumptions, quotas } from './account.facts.ts'
import { Fleet } from './fleet.ts'
import { DEFAULT_TYPE, vcpusOf } from './instance-types.ts'
import { networkOf } from './network-graph.ts'
import { networkParts } from './network-props.ts'

/** The singleton's name as a component. */
export const ACCOUNT = 'Sim::Ec2::Account'
/** Most instances of one launch; AWS documents no figure, and each is a thing that is kept here. [SIM] */
const LAUNCH_MAX = 10_000
/** How long a load balancer tries to connect to a machine that is not there (ALB-R7), in µs. */
const CONNECT = 10_000_000
/** Running On-Demand Standard instances. */
const QUOTA_CODE = 'L-1216C47A'

export const account: ServiceDef<Account> = {
  type: 'Sim::Ec2::Account',
  family: 'compute',
  namespace: 'AWS/EC2',
  dimension: '',
  singleton: true,
  summary: 'The instances of an account in a Region and the quota of those that run.',
  models: [
    'Pending and running instances count against the quota, by vCPUs, or by number where `ec2.RunningInstances` is set; beyond it a launch fails (N.CLI-SDK-16).',
    'A launch takes as many instances as the quota has room for, up to MaxCount, or fails when that is less than MinCount.',
    'A higher quota is asked for by `servicequotas:RequestServiceQuotaIncrease` and holds once it is approved.',
    'A dry run of a launch starts nothing (N.CLI-SDK-06).',
    'Who reaches whom: routes to internet gateways, NAT and endpoints, security groups; a call without a way gets no answer, and its client gives up connecting (N.VPC-01, N.VPC-05).',
  ],
  omits: [
    'Of the network: network ACLs, IPv6, policies of endpoints, and what peering, transit gateways and VPNs lead to; calls that would go there arrive.',
    'The capacity of Availability Zones, Spot instances, reservations, dedicated hosts, images and networks.',
    'Of the families with quotas of their own (GPU, high memory …) vCPUs count against the standard one; they follow from the size alone.',
    'Instances that a scenario runs by `ec2:RunInstances` cannot be named in a later action; Auto Scaling groups terminate their own.',
    'DescribeInstances lists what was launched by RunInstances, without the instances that the template names.',
    'A terminated instance is gone at once, not after an hour.',
    'Quotas of other services cannot be raised in the course of a run.',
  ],
  quotas,
  assumptions,
  props: {},
  parts: networkParts,
  gather: (near) => ({
    Network: networkOf(near),
    // Only what a load balancer may ask serves anything.
    Serves: near.all('AWS::ElasticLoadBalancingV2::TargetGroup').length > 0,
  }),
  network: (config) => config['Network'] as NetworkGraph,
  create: (config, sim) => new Account(sim, config['Serves'] === true),
  ops: {
    'ec2:DescribeInstances': {
      doc: 'The instances that were launched by RunInstances.',
      params: ['Filters'],
      errors: [],
      run: describeInstances,
    },
    'ec2:RunInstances': {
      doc: 'Launches instances.',
      params: ['InstanceType', 'MaxCount', 'MinCount'],
      ignored: [
        'ImageId',
        'KeyName',
        'LaunchTemplate',
        'SecurityGroupIds',
        'SubnetId',
        'TagSpecifications',
        'UserData',
        'IamInstanceProfile',
      ],
      errors: ['InstanceLimitExceeded', 'VcpuLimitExceeded', 'InvalidParameterValue'],
      run: runInstances,
    },
    'ec2:TerminateInstances': {
      doc: 'Ends instances that were launched by RunInstances.',
      params: ['InstanceIds'],
      errors: ['InvalidInstanceID.NotFound'],
      run: terminateInstances,
    },
    'ec2:HandleRequest': {
      internal: true,
      doc: 'An HTTP request to an instance that was launched by RunInstances (our own name: no API shows it).',
      run: handleRequest,
    },
    'servicequotas:RequestServiceQuotaIncrease': {
      doc: 'Asks for more instances that may run.',
      params: ['DesiredValue', 'QuotaCode', 'ServiceCode'],
      errors: ['IllegalArgumentException', 'NoSuchResourceException'],
      run: requestIncrease,
    },
  },
  timers: { booted, gone, approved, served },
  metrics: {},
  invariants: {
    'no instance was let in beyond the quota': (self) => self.used <= self.limit,
    'pending and running instances keep to Little’s law': (self) => self.counted.holds(self.sim.clock[0]),
    'vCPUs in use are those of the instances that count': (self) =>
      self.byVcpu ? self.used >= self.counted.inside : self.used === self.counted.inside,
  },
  view: {
    glyph: 'account',
    label: 'EC2 account',
    level: (self) => self.used,
    levelMax: (self) => self.limit,
    tone: (self) => (self.used >= self.limit ? 'throttling' : self.used > 0 ? 'busy' : 'calm'),
    readings: [
      {
        name: 'Instances',
        unit: 'instances',
        doc: 'Pending and running instances.',
        read: (self) => self.counted.inside,
      },
      {
        name: 'Level',
        unit: '',
        doc: 'The quota in use, in vCPUs, or in instances where `ec2.RunningInstances` is set.',
        read: (self) => self.used,
      },
      { name: 'Limit', unit: '', doc: 'The quota, in the same unit.', read: (self) => self.limit },
      {
        name: 'Refused',
        unit: '1/s',
        doc: 'Launches that found no room.',
        counter: true,
        read: (self) => self.refused,
      },
    ],
  },
  report,
}

export class Account {
  readonly sim: Sim
  readonly fleet = new Fleet()
  /** Pending and running instances, named and unnamed. */
  readonly counted = new Population()
  readonly byVcpu: boolean
  /** Of the quota, in its unit. */
  used = 0
  limit: number
  /** Launches that found no room. */
  refused = 0
  readonly exceeded: number
  readonly unknownInstance: number
  readonly unknownQuota: number
  readonly badArgument: number
  readonly badValue: number
  readonly rng: Rng
  readonly boot: Sampler
  readonly shutdown: Sampler
  readonly latency: Sampler
  readonly approval: Sampler
  readonly bootedTarget: Target
  readonly goneTarget: Target
  readonly approvedTarget: Target
  readonly unreachable: number
  /** By row of the fleet. */
  private readonly hosts: (HttpHost | undefined)[] = []
  private readonly work: Sampler
  private readonly workRng: Rng
  private readonly servedTarget: Target

  constructor(sim: Sim, serves: boolean) {
    this.sim = sim
    const instances = sim.quota('RunningInstances')
    this.byVcpu = instances === 0
    this.limit = this.byVcpu ? sim.quota('RunningVcpus') : instances
    this.exceeded = sim.error(this.byVcpu ? 'VcpuLimitExceeded' : 'InstanceLimitExceeded', 400)
    this.unknownInstance = sim.error('InvalidInstanceID.NotFound', 400)
    this.unknownQuota = sim.error('NoSuchResourceException', 404)
    this.badArgument = sim.error('IllegalArgumentException', 400)
    this.badValue = sim.error('InvalidParameterValue', 400)
    this.rng = sim.rng('instances')
    this.boot = sim.sampler('BootTime')
    this.shutdown = sim.sampler('ShutdownTime')
    this.latency = sim.sampler('ApiLatency')
    this.approval = sim.sampler('QuotaApproval')
    this.bootedTarget = sim.target(booted)
    this.goneTarget = sim.target(gone)
    this.approvedTarget = sim.target(approved)
    this.unreachable = sim.error('ConnectTimeoutError', 0)
    this.work = sim.sampler('RequestWork')
    this.workRng = sim.rng('requests')
    this.servedTarget = serves ? sim.target(served) : -1
  }

  /** How many instances of so many vCPUs each the quota still has room for. */
  room(vcpus: number): number {
    return Math.floor((this.limit - this.used) / this.weight(vcpus))
  }

  /** Lets an instance in when there is room: 0, or the status of the refusal. */
  admit(vcpus: number): number {
    if (this.room(vcpus) < 1) {
      this.refused++
      return this.exceeded
    }
    this.used += this.weight(vcpus)
    this.counted.enter(this.sim.clock[0])
    return 0
  }

  /** An instance that was let in at `since` µs runs no more. */
  release(vcpus: number, since: number): void {
    this.used -= this.weight(vcpus)
    this.counted.leave(this.sim.clock[0], since)
  }

  answer(call: Call, body: unknown): void {
    this.sim.calls.answer[call] = body
    this.sim.replyAfter(this.latency.draw(this.rng), call, 0)
  }

  refuse(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.rng), call, status)
  }

  /** The web server on an instance that no template names; made when it is asked first. */
  hostOf(row: number): HttpHost {
    const { sim } = this
    return (this.hosts[row] ??= new HttpHost(
      sim,
      this.fleet.vcpus[row],
      this.work,
      this.workRng,
      this.servedTarget,
      row,
    ))
  }

  /** An instance ends, and what it serves with it. */
  dropHost(row: number): void {
    this.hosts[row]?.drop()
    this.hosts[row] = undefined
  }

  private weight(vcpus: number): number {
    return this.byVcpu ? vcpus : 1
  }
}

function describeInstances(self: Account, call: Call): void {
  const { Filters } = self.sim.calls.body[call] as { Filters?: unknown }
  const filters = [Filters].flat() as ({ readonly Name?: unknown; readonly Values?: unknown } | undefined)[]
  const wanted = filters.find((filter) => filter?.Name === 'instance-id')
  const { fleet } = self
  const rows =
    wanted === undefined ? fleet.ids.map((_, row) => row) : [wanted.Values].flat().map((id) => fleet.rowOf(id))
  const Instances = rows.filter((row) => row >= 0 && fleet.ids[row] !== '').map((row) => fleet.describe(row))
  self.answer(call, { Reservations: [{ Instances }] })
}

function runInstances(self: Account, call: Call): void {
  const body = self.sim.calls.body[call] as { InstanceType?: unknown; MinCount?: unknown; MaxCount?: unknown }
  const type = String(body.InstanceType ?? DEFAULT_TYPE)
  const min = Number(body.MinCount ?? 1)
  const max = Number(body.MaxCount ?? min)
  if (!(min >= 1 && max >= min && max <= LAUNCH_MAX && Number.isInteger(min) && Number.isInteger(max))) {
    self.refuse(call, self.badValue)
    return
  }
  const vcpus = vcpusOf(type)
  if (self.room(vcpus) < min) {
    self.refused++
    self.refuse(call, self.exceeded)
    return
  }
  const count = Math.min(max, self.room(vcpus))
  const Instances = Array.from({ length: count }, () => launch(self, type, vcpus))
  self.answer(call, { Instances })
}

function launch(self: Account, type: string, vcpus: number): unknown {
  const { sim, fleet } = self
  self.admit(vcpus)
  const row = fleet.add(type, vcpus, sim.clock[0])
  fleet.timers[row] = sim.timer(self.boot.draw(self.rng), self.bootedTarget, row)
  return fleet.describe(row)
}

function booted(self: Account, row: number): void {
  self.fleet.states[row] = 'running'
}

function handleRequest(self: Account, call: Call): void {
  const { InstanceId } = self.sim.calls.body[call] as { InstanceId?: unknown }
  const row = self.fleet.rowOf(InstanceId)
  if (row >= 0 && self.fleet.states[row] === 'running') self.hostOf(row).arrive(call)
  else self.sim.replyAfter(CONNECT, call, self.unreachable)
}

function served(self: Account, row: number): void {
  self.hostOf(row).jobEnded()
}

function terminateInstances(self: Account, call: Call): void {
  const { sim, fleet } = self
  const ids = [(sim.calls.body[call] as { InstanceIds?: unknown }).InstanceIds].flat()
  // One unknown id fails the whole request.
  if (ids.some((id) => fleet.rowOf(id) < 0)) {
    self.refuse(call, self.unknownInstance)
    return
  }
  const TerminatingInstances = ids.map((id) => {
    const row = fleet.rowOf(id)
    const PreviousState = { Name: fleet.states[row] }
    shutDown(self, row)
    return { InstanceId: id, PreviousState, CurrentState: { Name: fleet.states[row] } }
  })
  self.answer(call, { TerminatingInstances })
}

function shutDown(self: Account, row: number): void {
  const { sim, fleet } = self
  if (fleet.states[row] === 'shutting-down') return
  if (fleet.states[row] === 'pending') sim.cancel(fleet.timers[row])
  fleet.states[row] = 'shutting-down'
  self.release(fleet.vcpus[row], fleet.since[row])
  self.dropHost(row)
  sim.after(self.shutdown.draw(self.rng), self.goneTarget, row)
}

function gone(self: Account, row: number): void {
  self.fleet.remove(row)
}

function requestIncrease(self: Account, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as { ServiceCode?: unknown; QuotaCode?: unknown; DesiredValue?: unknown }
  if (body.ServiceCode !== 'ec2' || body.QuotaCode !== QUOTA_CODE) {
    self.refuse(call, self.unknownQuota)
    return
  }
  const desired = Number(body.DesiredValue)
  if (!(desired > self.limit && Number.isInteger(desired))) {
    self.refuse(call, self.badArgument)
    return
  }
  sim.after(self.approval.draw(self.rng), self.approvedTarget, desired)
  self.answer(call, {
    RequestedQuota: { ServiceCode: 'ec2', QuotaCode: QUOTA_CODE, DesiredValue: desired, Status: 'PENDING' },
  })
}

/** Nothing for an account without instances. */
function report(self: Account): unknown {
  if (self.counted.entered + self.refused === 0) return undefined
  const { inside, peak } = self.counted
  const lines = [
    `${inside} running or pending, ${peak} at most; ${self.used} of ${self.limit} ${self.byVcpu ? 'vCPUs' : 'instances'} of the quota`,
  ]
  if (self.refused > 0) lines.push(`${self.refused} launches refused: ${self.sim.errors.names[self.exceeded]}`)
  return { lines }
}

function approved(self: Account, desired: number): void {
  self.limit = Math.max(self.limit, desired)
}
