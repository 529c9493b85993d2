// AWS::AutoScaling::AutoScalingGroup: keeps as many instances as are desired, by launching and terminating them through EC2.
//
// The one idea: whenever what is desired or what is there changes, the two are compared and the difference is asked for.
// A launch that fails leaves the difference standing, and it is asked for again after a while.
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import { gather } from './auto-scaling-group-config.ts'
import { INSTANCES_MAX, groupProps, launchConfigurationProps } from './auto-scaling-group-props.ts'
import { assumptions, quotas } from './auto-scaling-group.facts.ts'
import { instancePrices, unpricedInstance } from '../../parts/instance-prices.ts'
import { Members } from './members.ts'
import { workersOf, type Workers } from './workers.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const EC2 = 'Sim::Ec2::Account'

export const autoScalingGroup: ServiceDef<AutoScalingGroup> = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  family: 'compute',
  namespace: 'AWS/AutoScaling',
  dimension: 'AutoScalingGroupName',
  handled: 'workers',
  summary: 'Keeps the desired number of EC2 instances, between a least and a most.',
  models: [
    'Desired capacity stays between MinSize and MaxSize (AS-R1); what is missing is launched, what is too many is terminated.',
    'Instances are Pending, InService as soon as they run, Terminating (AS-R2, AS-R4).',
    'Launches that EC2 refuses are tried again; without any success for 24 hours launching is suspended (N.CLI-SDK-16).',
    'Simple scaling waits for the activity and the cooldown after it; SetDesiredCapacity only when asked to (AS-R20).',
    'Instances are registered in the target groups when they are in service, and deregistered before they are terminated.',
    'Scaling in ends the oldest instance first, with `NewestInstance` the newest (AS-R7).',
    'The group metrics of MetricsCollection, every minute.',
    'With a handler each instance in service has workers that do it again and again, such as receiving from a queue; an instance that goes cuts off what they do.',
  ],
  omits: [
    'Health checks and replacement, lifecycle hooks, warm pools, warm-up, instance refresh, scheduled actions, standby, detaching, rolling updates.',
    'Availability Zones and their balance; instances do not wait for their connections to drain, and Classic Load Balancers have none.',
    'AWS/EC2 metrics of the instances of a group, and so scaling by their CPU: alarms on other metrics do scale.',
    'Mixed types, Spot instances; billing hours in the choice of whom to terminate.',
    'Suspended processes, but for the suspension after failed launches.',
  ],
  quotas,
  assumptions,
  prices: instancePrices<AutoScalingGroup>(
    ({ type }) => type,
    ({ members }, now) => members.inService.upTo(now),
  ),
  unbilled: ['disks', 'public addresses', 'data transfer', 'detailed monitoring of instances of a group'],
  unpriced: ({ Type: type }) => unpricedInstance(String(type)),
  props: groupProps,
  parts: { 'AWS::AutoScaling::LaunchConfiguration': launchConfigurationProps },
  gather,
  create: (config, sim) => new AutoScalingGroup(config, sim),
  ops: {
    'autoscaling:ResumeProcesses': {
      doc: 'Ends a suspension.',
      target: 'AutoScalingGroupName',
      ignored: ['ScalingProcesses'],
      run: resumeProcesses,
    },
    'autoscaling:SetDesiredCapacity': {
      doc: 'Sets how many instances are desired.',
      target: 'AutoScalingGroupName',
      params: ['DesiredCapacity', 'HonorCooldown'],
      errors: ['ScalingActivityInProgress', 'ValidationError'],
      run: setDesiredCapacity,
    },
    'autoscaling:UpdateAutoScalingGroup': {
      doc: 'Changes the limits and the desired capacity.',
      target: 'AutoScalingGroupName',
      params: ['DesiredCapacity', 'MaxSize', 'MinSize'],
      errors: ['ValidationError'],
      run: updateAutoScalingGroup,
    },
  },
  timers: { begin, launched, retry, look, seen, terminated, registered, wake, workerAnswered, again },
  traced: { serves: () => -1, holds: (self, trace) => self.workers?.holds(trace) === true },
  metrics: {
    GroupDesiredCapacity: gauge('Instances desired.', 'GroupDesiredCapacity', (self) => self.desired),
    GroupInServiceInstances: gauge('Instances in service.', 'GroupInServiceInstances', (self) =>
      self.members.count('InService'),
    ),
    GroupMaxSize: gauge('The most instances.', 'GroupMaxSize', (self) => self.max),
    GroupMinSize: gauge('The fewest instances.', 'GroupMinSize', (self) => self.min),
    GroupPendingInstances: gauge('Instances that start.', 'GroupPendingInstances', (self) =>
      self.members.count('Pending'),
    ),
    GroupTerminatingInstances: gauge('Instances that end.', 'GroupTerminatingInstances', (self) =>
      self.members.count('Terminating'),
    ),
    GroupTotalInstances: gauge('All instances.', 'GroupTotalInstances', (self) => self.members.ids.length),
  },
  invariants: {
    'desired capacity lies between the limits': (self) => self.desired >= self.min && self.desired <= self.max,
    'every launch was answered, or is on its way': (self) =>
      self.asked === self.launches + self.failures + self.launching,
    'every instance launched is a member or is gone': (self) =>
      self.launches === self.members.ids.length + self.members.inside.left,
    'only instances in service have workers that do anything': (self) =>
      self.workers === null || self.members.count('InService') > 0 || self.workers.busy === 0,
    'members keep to Little’s law': (self) => self.members.inside.holds(self.sim.clock[0]),
  },
  view: {
    glyph: 'group',
    label: 'Auto Scaling group',
    level: (self) => self.members.capacity,
    levelMax: (self) => Math.max(1, self.max),
    tone: (self) => (self.failingSince >= 0 ? 'failing' : self.members.capacity < self.desired ? 'busy' : 'calm'),
    readings: [
      { name: 'Desired', unit: 'instances', doc: 'Instances desired.', read: (self) => self.desired },
      {
        name: 'In service',
        unit: 'instances',
        doc: 'Instances in service.',
        read: (self) => self.members.count('InService'),
      },
      {
        name: 'Pending',
        unit: 'instances',
        doc: 'Instances that start.',
        read: (self) => self.members.count('Pending'),
      },
      { name: 'Most', unit: 'instances', doc: 'The most instances.', read: (self) => self.max },
    ],
  },
  report,
}

/** A metric of the group, published when the group collects it. */
function gauge(doc: string, name: string, read: (self: AutoScalingGroup) => number) {
  return {
    unit: 'None',
    kind: 'gauge',
    doc,
    read: (self: AutoScalingGroup) => (self.collected.includes(name) ? read(self) : NaN),
  } as const
}

export class AutoScalingGroup {
  readonly sim: Sim
  readonly members = new Members()
  /** What its instances do; null when nobody says. */
  readonly workers: Workers<AutoScalingGroup> | null
  min: number
  max: number
  desired: number
  /** RunInstances calls: all, on their way, answered with an instance, refused. */
  asked = 0
  launching = 0
  launches = 0
  failures = 0
  /** Since when every launch has failed, in µs, and with what status; −1 = the last one succeeded. */
  failingSince = -1
  lastFailure = 0
  suspended = false
  readonly collected: readonly string[]
  readonly type: string
  private readonly newestFirst: boolean
  private readonly protects: boolean
  private readonly giveUpAfter: number
  /** µs: the group's own cooldown, and that of the activity that runs or has ended last. */
  private readonly ownCooldown: number
  private cooldown = 0
  private coolUntil = 0
  /** Whether a policy's activity goes on: its cooldown begins when it has ended. */
  private scaling = false
  private looking = false
  /** Calls to terminate that are on their way. */
  private ending = 0
  private retryTimer: TimerHandle = 0
  /** Whether failed launches wait to be tried again. */
  retrying = false
  private readonly rng: Rng
  private readonly retryAfter: Sampler
  private readonly lookAfter: Sampler
  private readonly latency: Sampler
  private readonly runEdge: number
  private readonly terminateEdge: number
  private readonly describeEdge: number
  /** By target group. */
  private readonly registerEdges: readonly number[]
  private readonly deregisterEdges: readonly number[]
  private readonly retryTarget: Target
  private readonly lookTarget: Target
  readonly invalid: number
  readonly busy: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.min = config['MinSize'] as number
    this.max = config['MaxSize'] as number
    this.desired = (config['DesiredCapacity'] as number | undefined) ?? this.min
    this.type = config['Type'] as string
    this.newestFirst = (config['TerminationPolicies'] as readonly string[])[0] === 'NewestInstance'
    this.protects = config['NewInstancesProtectedFromScaleIn'] as boolean
    this.ownCooldown = (config['Cooldown'] as number) * SECOND
    this.collected = config['Collected'] as readonly string[]
    this.giveUpAfter = sim.quota('LaunchFailureHours') * HOUR
    this.rng = sim.rng('group')
    this.retryAfter = sim.sampler('LaunchRetry')
    this.lookAfter = sim.sampler('LookInterval')
    this.latency = sim.sampler('ApiLatency')
    this.runEdge = sim.edge(EC2, 'ec2:RunInstances', launched)
    this.terminateEdge = sim.edge(EC2, 'ec2:TerminateInstances', terminated)
    this.describeEdge = sim.edge(EC2, 'ec2:DescribeInstances', seen)
    const groups = (config['TargetGroups'] ?? []) as readonly string[]
    this.registerEdges = groups.map((name) => sim.edge(name, 'elasticloadbalancing:RegisterTargets', registered))
    this.deregisterEdges = groups.map((name) => sim.edge(name, 'elasticloadbalancing:DeregisterTargets', registered))
    this.retryTarget = sim.target(retry)
    this.lookTarget = sim.target(look)
    this.invalid = sim.error('ValidationError', 400)
    this.busy = sim.error('ScalingActivityInProgress', 400)
    this.workers = workersOf<AutoScalingGroup>(config, sim, this, { wake, answered: workerAnswered, again }, roundEnded)
    sim.after(0, sim.target(begin), 0)
  }

  /** Whether simple scaling must wait, for an activity or the cooldown after it (AS-R20). */
  get cooling(): boolean {
    return this.scaling || this.sim.clock[0] < this.coolUntil
  }

  /** Carries out what a simple policy asks for, clamped; `cooldown` in µs, −1 = the group's own. */
  scale(desired: number, cooldown: number): void {
    const wanted = Math.min(this.max, Math.max(this.min, desired))
    if (wanted === this.desired) return
    this.cooldown = cooldown < 0 ? this.ownCooldown : cooldown
    this.scaling = true
    this.setDesired(wanted)
  }

  setDesired(desired: number): void {
    this.desired = desired
    this.reconcile()
  }

  /** Compares what is there with what is desired and asks for the difference. */
  reconcile(): void {
    if (this.retrying) this.sim.cancel(this.retryTimer)
    this.retrying = false
    const missing = this.desired - this.members.capacity - this.launching
    if (missing > 0 && !this.suspended) for (let i = 0; i < missing; i++) this.launch()
    // A launch on its way cannot be called back: its instance is terminated when it is there.
    else if (missing < 0 && !this.protects)
      this.terminate(this.members.choose(-missing, this.newestFirst, this.sim.clock[0]))
    this.watch()
  }

  /** A launch has been answered. */
  settleLaunch(id: string | undefined, status: number): void {
    const now = this.sim.clock[0]
    this.launching--
    if (id !== undefined) {
      this.launches++
      this.failingSince = -1
      this.members.add(id, now)
    } else {
      this.failures++
      this.lastFailure = status
      if (this.failingSince < 0) this.failingSince = now
    }
    if (this.launching > 0) return
    const missing = this.desired - this.members.capacity
    if (missing < 0) this.reconcile()
    else if (missing > 0 && this.failingSince >= 0 && now - this.failingSince >= this.giveUpAfter) this.suspended = true
    else if (missing > 0 && !this.suspended) {
      this.retryTimer = this.sim.timer(this.retryAfter.draw(this.rng), this.retryTarget, 0)
      this.retrying = true
    }
    this.watch()
  }

  /** What EC2 says about the instances it was asked for: their states by id; one that is not found is gone. Undefined = no answer. */
  settleTransit(ids: readonly string[], found: ReadonlyMap<string, string> | undefined): void {
    const { members } = this
    const forgotten: string[] = []
    for (const id of found === undefined ? [] : ids) {
      const at = members.ids.indexOf(id)
      const state = found!.get(id)
      if (state === undefined) members.remove(at, this.sim.clock[0])
      else if (members.states[at] === 'Pending' && state === 'running') {
        members.serve(at, this.sim.clock[0])
        this.tell(this.registerEdges, [id])
        this.workers?.begin(id)
      } else if (members.states[at] === 'Terminating' && state !== 'shutting-down') forgotten.push(id)
    }
    // A request to terminate that never reached EC2 is made again.
    if (this.ending === 0) this.terminate(forgotten)
    this.looking = false
    this.watch()
  }

  settleTermination(): void {
    this.ending--
  }

  /** Asks EC2 about the instances that come or go. */
  describe(): void {
    this.call(this.describeEdge, { Filters: [{ Name: 'instance-id', Values: this.members.inTransit() }] })
  }

  answer(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.rng), call, status)
  }

  private launch(): void {
    this.asked++
    this.launching++
    this.call(this.runEdge, { InstanceType: this.type, MinCount: 1, MaxCount: 1 })
  }

  private terminate(ids: readonly string[]): void {
    if (ids.length === 0) return
    this.ending++
    if (this.workers !== null) for (const id of ids) this.workers.end(id)
    this.tell(this.deregisterEdges, ids)
    this.call(this.terminateEdge, { InstanceIds: ids })
  }

  /** Looks again while instances come or go; when none do, an activity has ended and its cooldown begins. */
  private watch(): void {
    if (this.looking || this.launching > 0) return
    if (this.members.count('InService') < this.members.ids.length) {
      this.looking = true
      this.sim.after(this.lookAfter.draw(this.rng), this.lookTarget, 0)
    } else if (this.scaling) {
      this.scaling = false
      this.coolUntil = this.sim.clock[0] + this.cooldown
    }
  }

  /** Tells the target groups who has come or goes. */
  private tell(edges: readonly number[], ids: readonly string[]): void {
    for (const edge of edges) this.call(edge, { Targets: ids.map((Id) => ({ Id })) })
  }

  private call(edge: number, body: unknown): void {
    const call = this.sim.open(edge, 0, 0)
    this.sim.calls.body[call] = body
    this.sim.send(call)
  }
}

function setDesiredCapacity(self: AutoScalingGroup, call: Call): void {
  const body = self.sim.calls.body[call] as { DesiredCapacity?: unknown; HonorCooldown?: unknown }
  const desired = Number(body.DesiredCapacity)
  if (!(Number.isInteger(desired) && desired >= self.min && desired <= self.max)) self.answer(call, self.invalid)
  else if (body.HonorCooldown === true && self.cooling) self.answer(call, self.busy)
  else {
    self.setDesired(desired)
    self.answer(call, 0)
  }
}

function updateAutoScalingGroup(self: AutoScalingGroup, call: Call): void {
  const body = self.sim.calls.body[call] as { MinSize?: unknown; MaxSize?: unknown; DesiredCapacity?: unknown }
  const min = Number(body.MinSize ?? self.min)
  const max = Number(body.MaxSize ?? self.max)
  const desired = Number(body.DesiredCapacity ?? Math.min(max, Math.max(min, self.desired)))
  const whole = Number.isInteger(min) && Number.isInteger(max) && Number.isInteger(desired)
  if (!(whole && min >= 0 && desired >= min && desired <= max && max <= INSTANCES_MAX)) {
    self.answer(call, self.invalid)
    return
  }
  self.min = min
  self.max = max
  self.setDesired(desired)
  self.answer(call, 0)
}

function resumeProcesses(self: AutoScalingGroup, call: Call): void {
  self.suspended = false
  self.failingSince = -1
  self.reconcile()
  self.answer(call, 0)
}

function begin(self: AutoScalingGroup): void {
  self.reconcile()
}

function launched(self: AutoScalingGroup, call: Call): void {
  const { calls } = self.sim
  const status = calls.status[call]
  const answer = calls.answer[call] as { Instances: readonly { InstanceId: string }[] } | undefined
  self.sim.close(call)
  self.settleLaunch(status === 0 ? answer!.Instances[0].InstanceId : undefined, status)
}

function wake(self: AutoScalingGroup, frame: number): void {
  self.workers!.resume(frame)
}

function workerAnswered(self: AutoScalingGroup, call: Call): void {
  self.workers!.answered(call)
}

function again(self: AutoScalingGroup, worker: number): void {
  self.workers!.again(worker)
}

function roundEnded(self: AutoScalingGroup, worker: number, status: number): void {
  self.workers!.ended(worker, status)
}

/** A target group has heard of somebody; what it says changes nothing. */
function registered(self: AutoScalingGroup, call: Call): void {
  self.sim.close(call)
}

function retry(self: AutoScalingGroup): void {
  self.retrying = false
  self.reconcile()
}

function look(self: AutoScalingGroup): void {
  self.describe()
}

function seen(self: AutoScalingGroup, call: Call): void {
  const { calls } = self.sim
  const ids = (calls.body[call] as { Filters: readonly { Values: readonly string[] }[] }).Filters[0].Values
  const found = calls.status[call] === 0 ? statesOf(calls.answer[call] as Described) : undefined
  self.sim.close(call)
  self.settleTransit(ids, found)
}

interface Described {
  readonly Reservations: readonly {
    readonly Instances: readonly { readonly InstanceId: string; readonly State: { readonly Name: string } }[]
  }[]
}

function statesOf(answer: Described): Map<string, string> {
  const states = new Map<string, string>()
  for (const { Instances } of answer.Reservations)
    for (const { InstanceId, State } of Instances) states.set(InstanceId, State.Name)
  return states
}

function terminated(self: AutoScalingGroup, call: Call): void {
  self.sim.close(call)
  self.settleTermination()
}

function report(self: AutoScalingGroup): unknown {
  const { members } = self
  const states = (['Pending', 'InService', 'Terminating'] as const).map((state) => `${members.count(state)} ${state}`)
  const lines = [`desired ${self.desired} of ${self.min} to ${self.max}: ${states.join(', ')}`]
  if (self.failures > 0)
    lines.push(`${self.launches} launches, ${self.failures} failed: ${self.sim.errors.names[self.lastFailure]}`)
  if (self.workers !== null)
    lines.push(
      `${self.workers.rounds} rounds of its workers, ${self.workers.failures} failed, ${self.workers.cut} cut off`,
    )
  if (self.suspended) lines.push('launching is suspended after failures without end')
  return { lines }
}
