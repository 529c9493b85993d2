// AWS::ElasticLoadBalancingV2::TargetGroup: where targets come and go. Who they are and how they do, its load balancer keeps.
import type { Call } from '../../engine/calls.ts'
import type { Config, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import type { LoadBalancer } from './load-balancer-state.ts'
import { deregister, register } from './membership.ts'
import { gather, type GroupPlan } from './target-group-config.ts'
import { targetGroupProps } from './target-group-props.ts'

export const targetGroup: ServiceDef<TargetGroup> = {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  family: 'edge',
  namespace: 'AWS/ApplicationELB',
  namespaceOf: (config) => ((config['Plan'] as GroupPlan).kind === 'network' ? 'AWS/NetworkELB' : 'AWS/ApplicationELB'),
  dimension: 'TargetGroup',
  dimensionValue: (_, ref) => ref.replace(/^.*:targetgroup\//, 'targetgroup/'),
  summary: 'The targets of a load balancer’s rules, with their health checks and what is said of their choice.',
  models: [
    'Targets are registered by the template, by Auto Scaling groups or by RegisterTargets; they begin as `initial`, and drain when they are deregistered [ALB-R21, ALB-R30].',
    'Instances, addresses of simulated servers, one function, or a load balancer behind a network one [ALB-R2, ALB-R41].',
    'A function without a permission for its load balancer is refused [N.ALB-01].',
  ],
  omits: [
    'Targets that no resource of the scenario is: they never answer.',
    'Targets registered during a run are those that the template lists, or instances of an Auto Scaling group.',
    'Its metrics are published by its load balancer, under `TargetGroup` and `LoadBalancer`.',
  ],
  quotas: {},
  assumptions: {},
  // Its load balancer is billed.
  prices: {},
  props: targetGroupProps,
  gather: (near) => ({ ...gather(near) }),
  create: (config, sim) => new TargetGroup(config, sim),
  ops: {
    'elasticloadbalancing:RegisterTargets': {
      doc: 'Registers targets.',
      target: 'TargetGroupArn',
      params: ['Targets'],
      errors: ['InvalidTarget', 'TargetGroupNotFound'],
      run: registerTargets,
    },
    'elasticloadbalancing:DeregisterTargets': {
      doc: 'Lets targets drain.',
      target: 'TargetGroupArn',
      params: ['Targets'],
      errors: ['InvalidTarget', 'TargetGroupNotFound'],
      run: deregisterTargets,
    },
    'elasticloadbalancing:DescribeTargetHealth': {
      doc: 'The states of its targets.',
      target: 'TargetGroupArn',
      errors: ['TargetGroupNotFound'],
      run: describeTargetHealth,
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'targets',
    label: 'Target group',
    partOf: (config) => (config['Plan'] as GroupPlan).balancer || undefined,
    level: (self) => self.healthy,
    levelMax: (self) => Math.max(1, self.registered),
    tone: (self) => (self.registered > 0 && self.healthy === 0 ? 'failing' : 'calm'),
    readings: [
      { name: 'Targets', unit: 'targets', doc: 'Targets that are registered.', read: (self) => self.registered },
      { name: 'Healthy', unit: 'targets', doc: 'Targets that are healthy.', read: (self) => self.healthy },
    ],
  },
}

export class TargetGroup {
  readonly sim: Sim
  readonly plan: GroupPlan
  readonly noGroup: number
  readonly badTarget: number
  private readonly balancerName: Ref

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.plan = config['Plan'] as GroupPlan
    this.balancerName = this.plan.balancer
    this.noGroup = sim.error('TargetGroupNotFound', 400)
    this.badTarget = sim.error('InvalidTarget', 400)
  }

  /** The load balancer, once the world is put together; null when no listener leads here. */
  get balancer(): LoadBalancer | null {
    return this.balancerName === '' ? null : this.sim.peer<LoadBalancer>(this.balancerName)
  }

  get number(): number {
    return this.balancer?.groupNamed(this.sim.name) ?? -1
  }

  get registered(): number {
    return this.balancer?.groups[this.number]?.members.length ?? 0
  }

  get healthy(): number {
    return this.balancer?.groups[this.number]?.healthy ?? 0
  }

  /** The targets of a request, or undefined after refusing it. */
  asked(call: Call): readonly { readonly Id: string; readonly Port?: number }[] | undefined {
    const { Targets } = (this.sim.calls.body[call] ?? {}) as { Targets?: unknown }
    const list = [Targets ?? []].flat() as readonly { Id?: unknown; Port?: unknown }[]
    // A group that no load balancer uses has nobody to look after its targets.
    if (this.balancer === null || this.number < 0) {
      this.sim.reply(call, this.noGroup)
      return undefined
    }
    return list.map((each) => ({
      Id: String(each?.Id),
      ...(typeof each?.Port === 'number' ? { Port: each.Port } : {}),
    }))
  }
}

/** Instances that EC2 names by itself. */
const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/

function registerTargets(self: TargetGroup, call: Call): void {
  const wanted = self.asked(call)
  if (wanted === undefined) return
  const { routes, targets } = self.plan
  const found = wanted.map(({ Id, Port }) => {
    const known = targets.find(({ id }) => id === Id)
    const fleet = routes.findIndex(({ kind }) => kind === 'fleet')
    const route = known?.route ?? (INSTANCE_ID.test(Id) ? fleet : -1)
    return { id: Id, port: Port ?? known?.port ?? 0, zone: known?.zone ?? '', route }
  })
  if (found.some(({ route }) => route < 0)) {
    self.sim.reply(call, self.badTarget)
    return
  }
  for (const { id, port, zone, route } of found) register(self.balancer!, self.number, id, port, zone, route)
  self.sim.calls.answer[call] = {}
  self.sim.reply(call, 0)
}

function deregisterTargets(self: TargetGroup, call: Call): void {
  const wanted = self.asked(call)
  if (wanted === undefined) return
  const gone = wanted.map(({ Id, Port }) => deregister(self.balancer!, self.number, Id, Port))
  self.sim.calls.answer[call] = {}
  self.sim.reply(call, gone.includes(false) ? self.badTarget : 0)
}

function describeTargetHealth(self: TargetGroup, call: Call): void {
  if (self.asked(call) === undefined) return
  const balancer = self.balancer!
  const TargetHealthDescriptions = balancer.groups[self.number].members.map(({ id, port, state, reason }) => {
    return {
      Target: { Id: id, Port: port },
      TargetHealth: { State: state, ...(reason === '' ? {} : { Reason: reason }) },
    }
  })
  self.sim.calls.answer[call] = { TargetHealthDescriptions }
  self.sim.reply(call, 0)
}
