// AWS::ApplicationAutoScaling::ScalableTarget: keeps the provisioned capacity of a table, or the provisioned concurrency of an alias, near a
// target utilisation.
//
// The one idea: at the end of each minute it reads the metric as CloudWatch has it, keeps count of consecutive data
// points beyond the two thresholds as the policy's own alarms would, and asks for new capacity as an operator would.
import * as p from '../../model/p.ts'
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, ResourceView, ServiceDef, Sim } from '../../model/contract.ts'
import { assumptions, quotas } from './scalable-target.facts.ts'
import { SCALED, type Found, type Scaled } from './scaled.ts'

const MINUTE = 60_000_000
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy'

/** What is scaled and how; gathered from the target, its policy and the table. */
interface Plan {
  readonly found: Found
  readonly dimension: string
  /** Percent, or a share; 0 = no policy. */
  readonly target: number
  readonly scaleIn: boolean
  /** µs. */
  readonly outCooldown: number
  readonly inCooldown: number
}

export const scalableTarget: ServiceDef<Scaler> = {
  type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  family: 'compute',
  namespace: 'AWS/ApplicationAutoScaling',
  dimension: 'ResourceId',
  summary:
    'Scales the provisioned capacity of a DynamoDB table or index, or the provisioned concurrency of a Lambda alias, to a target utilisation.',
  models: [
    'Tables: two data points of a minute above the target raise capacity, fifteen below 90 % of it lower it (DDB-R61). Provisioned concurrency: three and fifteen, of the average utilisation (LAM-37).',
    'New capacity is consumption divided by the target, rounded up, within the limits (DDB-R62); UpdateTable and its rations apply (DDB-R42, DDB-R43).',
    'Each global secondary index is scaled by a target of its own (DDB-R64).',
    'A minute without consumption has no data point, so an idle table or alias keeps its capacity (DDB-R63, AS-R44).',
    'Capacity outside the limits is brought inside at the start (AAS-R4).',
  ],
  omits: [
    'Step scaling, scheduled actions, customised metrics, and resources other than DynamoDB tables and Lambda aliases.',
  ],
  quotas,
  assumptions,
  // What it scales is billed; its alarms are not priced.
  prices: {},
  unbilled: ['alarms of target tracking'],
  props: {
    MaxCapacity: p.int('The most units.', [0, Infinity], { required: true }),
    MinCapacity: p.int('The fewest units.', [0, Infinity], { required: true }),
    ResourceId: p.string(
      '`table/` and the name of the table, for an index `/index/` and its name behind it; `function:`, the name of the function, `:` and the alias.',
      { required: true },
    ),
    RoleARN: p.inert('The role that scales; permissions are not checked.'),
    ScalableDimension: p.string('What is scaled.', { required: true }),
    ScheduledActions: p.unused('limits do not change by schedule'),
    ServiceNamespace: p.string('The service of the resource.', { required: true }),
    SuspendedState: p.record('What is switched off.', {
      DynamicScalingInSuspended: p.bool('No lowering.', { default: false }),
      DynamicScalingOutSuspended: p.bool('No raising.', { default: false }),
      ScheduledScalingSuspended: p.inert('No scheduled actions; there are none.'),
    }),
  },
  parts: {
    [POLICY]: {
      PolicyName: p.inert('Its name.'),
      PolicyType: p.oneOf('How it scales.', ['TargetTrackingScaling', 'StepScaling', 'PredictiveScaling'], {
        required: true,
      }),
      PredictiveScalingPolicyConfiguration: p.unused('capacity is not forecast'),
      ResourceId: p.string('`table/` and the name of the table, where `ScalingTargetId` is absent.'),
      ScalableDimension: p.string('What is scaled, where `ScalingTargetId` is absent.'),
      ScalingTargetId: p.ref('The scalable target.'),
      ServiceNamespace: p.inert('The service, where `ScalingTargetId` is absent.'),
      StepScalingPolicyConfiguration: p.unused('capacity is not changed by steps'),
      TargetTrackingScalingPolicyConfiguration: p.record('The target.', {
        CustomizedMetricSpecification: p.unused('only the predefined metrics are tracked'),
        DisableScaleIn: p.bool('Capacity is never lowered.', { default: false }),
        PredefinedMetricSpecification: p.record('The metric that is tracked.', {
          PredefinedMetricType: p.string('Its name.', { required: true }),
          ResourceLabel: p.inert('For load balancers.'),
        }),
        ScaleInCooldown: p.int('Seconds between two lowerings.', [0, Infinity], { default: 0, unit: 's' }),
        ScaleOutCooldown: p.int('Seconds between two raisings.', [0, Infinity], { default: 0, unit: 's' }),
        TargetValue: p.number('Utilisation in percent; of provisioned concurrency as a share.', [0, Infinity], {
          required: true,
        }),
      }),
    },
  },
  gather,
  create: (config, sim) => new Scaler(config, sim),
  ops: {},
  timers: { begin, answered },
  metrics: {},
  invariants: {
    'what it has asked for lies within the limits': (self) =>
      self.wanted === 0 || (self.wanted >= self.min && self.wanted <= self.max),
    'every request was answered, or one is on its way': (self) =>
      self.asked === self.changed + self.refused + (self.waiting ? 1 : 0),
  },
  periodEnded: minuteEnded,
  view: {
    glyph: 'scaler',
    label: 'Scaling',
    level: (self) => self.wanted,
    levelMax: (self) => self.max,
    tone: (self) => (self.high > 0 ? 'busy' : 'calm'),
    readings: [
      {
        name: 'Wanted',
        unit: '',
        doc: 'The capacity asked for last; none before.',
        read: (self) => (self.wanted > 0 ? self.wanted : NaN),
      },
      { name: 'Least', unit: '', doc: 'The least capacity.', read: (self) => self.min },
      { name: 'Most', unit: '', doc: 'The most capacity.', read: (self) => self.max },
    ],
  },
}

export class Scaler {
  readonly sim: Sim
  readonly plan: Plan | null
  readonly min: number
  readonly max: number
  readonly outSuspended: boolean
  readonly inSuspended: boolean
  readonly lowThreshold: number
  readonly outPoints: number
  readonly inPoints: number
  /** Consecutive data points above the target and below the low threshold, and the minute of the last one (µs). */
  high = 0
  low = 0
  lastPoint = -MINUTE
  /** The capacity asked for last; 0 = none yet. */
  wanted = 0
  lastOut = -Infinity
  lastIn = -Infinity
  /** What `wanted`, `lastOut` and `lastIn` were before the request that is under way. */
  private before: readonly [wanted: number, lastOut: number, lastIn: number] = [0, -Infinity, -Infinity]
  waiting = false
  asked = 0
  changed = 0
  refused = 0
  /** Utilisation of the last minute, as a fraction. */
  utilisation = 0
  private readonly edge: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.plan = config['Plan'] as Plan | null
    this.min = config['MinCapacity'] as number
    this.max = config['MaxCapacity'] as number
    const suspended = config['SuspendedState'] as Config | undefined
    this.outSuspended = suspended?.['DynamicScalingOutSuspended'] === true
    this.inSuspended = suspended?.['DynamicScalingInSuspended'] === true
    const rng = sim.rng('settings')
    this.lowThreshold = sim.sampler('LowThreshold').drawReal(rng)
    this.outPoints = this.plan === null ? 0 : sim.quota(SCALED[this.plan.dimension].outPoints)
    this.inPoints = sim.quota('InDataPoints')
    this.edge = this.plan === null ? -1 : sim.edge(this.plan.found.to, SCALED[this.plan.dimension].action, answered)
    const present = this.plan?.found.present ?? this.min
    if (present < this.min || present > this.max) sim.after(0, sim.target(begin), 0)
  }

  /** Asks for capacity. While a table is being updated the request is refused and comes again with the next minute. */
  ask(units: number, out = this.lastOut, into = this.lastIn): void {
    this.before = [this.wanted, this.lastOut, this.lastIn]
    this.lastOut = out
    this.lastIn = into
    const call = this.sim.open(this.edge, 0, 0)
    this.sim.calls.body[call] = SCALED[this.plan!.dimension].body(this.plan!.found, units)
    this.wanted = units
    this.waiting = true
    this.asked++
    this.sim.send(call)
  }

  /** What was asked for is not given: it is as if nobody had asked. */
  refuse(): void {
    ;[this.wanted, this.lastOut, this.lastIn] = this.before
    this.refused++
  }

  clamp(units: number): number {
    return Math.min(this.max, Math.max(this.min, units))
  }
}

/** Brings capacity that begins outside the limits inside them. */
function begin(self: Scaler): void {
  self.ask(self.clamp(self.plan!.found.present))
}

function answered(self: Scaler, call: Call): void {
  if (self.sim.calls.status[call] === 0) self.changed++
  else self.refuse()
  self.waiting = false
  self.sim.close(call)
}

/** Looks at the minute that has ended. */
function minuteEnded(self: Scaler, time: number): boolean {
  const { plan } = self
  if (plan === null || plan.target === 0) return false
  const scaled = SCALED[plan.dimension]
  const use = scaled.use(self.sim, plan.found, time, self.wanted > 0 ? self.wanted : plan.found.present)
  // Without use there is no data point, and a gap ends what was consecutive.
  if (use === undefined) return false
  const { used, provisioned } = use
  if (time - self.lastPoint !== MINUTE) {
    self.high = 0
    self.low = 0
  }
  self.lastPoint = time
  self.utilisation = use.utilisation
  const level = scaled.whole * use.utilisation
  self.high = level > plan.target ? self.high + 1 : 0
  self.low = level < plan.target * self.lowThreshold ? self.low + 1 : 0
  if (self.waiting) return false
  const units = self.clamp(Math.ceil((used * scaled.whole) / plan.target))
  if (self.high >= self.outPoints && units > provisioned && !self.outSuspended) {
    // Within the cooldown only a larger step adds more (AAS-R2).
    if (time - self.lastOut < plan.outCooldown && units <= self.wanted) return false
    self.ask(units, time)
  } else if (
    self.low >= self.inPoints &&
    units < provisioned &&
    plan.scaleIn &&
    !self.inSuspended &&
    time - self.lastIn >= plan.inCooldown
  ) {
    self.ask(units, self.lastOut, time)
  }
  return false
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { MinCapacity, MaxCapacity, ScalableDimension } = self.config
  if (MinCapacity > MaxCapacity)
    self.error(
      ['MinCapacity'],
      'out-of-range',
      `\`MinCapacity\` is ${MinCapacity}`,
      `expected at most \`MaxCapacity\`, ${MaxCapacity}`,
    )
  const scaled = Object.hasOwn(SCALED, ScalableDimension) ? SCALED[ScalableDimension] : undefined
  if (scaled === undefined) {
    self.notSimulated(
      ['ScalableDimension'],
      `\`${ScalableDimension}\` is not scaled: only DynamoDB tables, their indexes and provisioned concurrency are`,
    )
    return { Plan: null }
  }
  const found = scaled.find(near)
  if (found === undefined) return { Plan: null }
  const tracking = policyOf(near, scaled)
  const plan: Plan = {
    found,
    dimension: ScalableDimension,
    target: (tracking?.['TargetValue'] as number | undefined) ?? 0,
    scaleIn: tracking?.['DisableScaleIn'] !== true,
    outCooldown: ((tracking?.['ScaleOutCooldown'] as number | undefined) ?? 0) * 1_000_000,
    inCooldown: ((tracking?.['ScaleInCooldown'] as number | undefined) ?? 0) * 1_000_000,
  }
  return { Plan: plan }
}

/** The target-tracking configuration of the policy that belongs to this target. */
function policyOf(near: Near, { predefined, targets, whole }: Scaled): Config | undefined {
  const mine = near.all(POLICY).filter((policy) => belongs(near, policy))
  const tracking = mine
    .map((policy) => policy.config['TargetTrackingScalingPolicyConfiguration'] as Config | undefined)
    .find((one) => one !== undefined)
  const policy = mine.find((one) => one.config['TargetTrackingScalingPolicyConfiguration'] === tracking)
  if (tracking === undefined || policy === undefined) return undefined
  const target = tracking['TargetValue'] as number
  const path = ['TargetTrackingScalingPolicyConfiguration', 'TargetValue']
  const [min, max] = targets.map((name) => near.quota(name))
  if (target < min || target > max)
    policy.error(
      path,
      'out-of-range',
      `\`TargetValue\` is ${target}`,
      `expected ${min} to ${max}${whole === 100 ? ' percent' : ''}`,
    )
  const metric = (tracking['PredefinedMetricSpecification'] as Config | undefined)?.['PredefinedMetricType']
  if (metric === predefined) return tracking
  if (metric !== undefined)
    policy.error(
      ['TargetTrackingScalingPolicyConfiguration', 'PredefinedMetricSpecification'],
      'contradiction',
      `\`PredefinedMetricType\` is \`${metric}\``,
      `expected \`${predefined}\` for this target`,
    )
  return undefined
}

function belongs(near: Near, policy: ResourceView): boolean {
  const { self } = near
  if (policy.config['ScalingTargetId'] !== undefined) return policy.config['ScalingTargetId'] === self.logicalId
  return (
    policy.config['ResourceId'] === self.config['ResourceId'] &&
    policy.config['ScalableDimension'] === self.config['ScalableDimension']
  )
}
