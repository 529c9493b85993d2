// AWS::AutoScaling::ScalingPolicy: changes the desired capacity of a group when an alarm, or somebody, executes it.
import * as p from '../../model/p.ts'
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import type { AutoScalingGroup } from './auto-scaling-group.ts'

const SECOND = 1_000_000
const GROUP = 'AWS::AutoScaling::AutoScalingGroup'

type AdjustmentType = 'ChangeInCapacity' | 'ExactCapacity' | 'PercentChangeInCapacity'

export const scalingPolicy: ServiceDef<ScalingPolicy> = {
  type: 'AWS::AutoScaling::ScalingPolicy',
  family: 'compute',
  namespace: 'AWS/AutoScaling',
  dimension: '',
  summary: 'Changes the desired capacity of a group by one adjustment.',
  models: [
    'Simple scaling: ChangeInCapacity, ExactCapacity and PercentChangeInCapacity with its rounding (AS-R31).',
    'While an activity or the cooldown after it lasts, it does nothing (AS-R20).',
  ],
  omits: ['Step scaling, target tracking and predictive scaling: such a policy can be executed, and changes nothing.'],
  quotas: {},
  assumptions: {},
  prices: {},
  props: {
    AdjustmentType: p.oneOf('What the adjustment counts.', [
      'ChangeInCapacity',
      'ExactCapacity',
      'PercentChangeInCapacity',
    ]),
    AutoScalingGroupName: p.any('The group.', { required: true }),
    Cooldown: p.int('Seconds that simple scaling waits after this activity.', [0, Infinity], { unit: 's' }),
    EstimatedInstanceWarmup: p.unused('instances are in service as soon as they run'),
    MetricAggregationType: p.unused('capacity is not changed by steps'),
    MinAdjustmentMagnitude: p.int('The least change by percent, in instances.', [0, Infinity], { default: 0 }),
    PolicyType: p.oneOf(
      'How it scales.',
      ['SimpleScaling', 'StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'],
      { default: 'SimpleScaling' },
    ),
    PredictiveScalingConfiguration: p.unused('capacity is not forecast'),
    ScalingAdjustment: p.int('How much.', [-Infinity, Infinity]),
    StepAdjustments: p.unused('capacity is not changed by steps'),
    TargetTrackingConfiguration: p.unused('capacity does not follow a target'),
  },
  gather,
  create: (config, sim) => new ScalingPolicy(config, sim),
  ops: {
    'autoscaling:ExecutePolicy': {
      doc: 'Carries out the adjustment.',
      target: 'PolicyName',
      params: ['HonorCooldown'],
      ignored: ['AutoScalingGroupName', 'BreachThreshold', 'MetricValue'],
      errors: ['ScalingActivityInProgress'],
      run: executePolicy,
    },
  },
  timers: {},
  metrics: {},
  invariants: {
    'every execution changed the capacity, waited for its cooldown or had nothing to do': (self) =>
      self.executed === self.adjusted + self.held + self.idle,
  },
  view: {
    glyph: 'policy',
    label: 'Scaling policy',
    level: (self) => self.adjusted,
    levelMax: (self) => Math.max(1, self.executed),
    tone: () => 'calm',
    readings: [
      { name: 'Executed', unit: 'times', doc: 'Executions since the beginning.', read: (self) => self.executed },
      { name: 'Adjusted', unit: 'times', doc: 'Those that changed the capacity.', read: (self) => self.adjusted },
    ],
  },
  report: (self) => ({
    lines: [`executed ${self.executed} times: ${self.adjusted} adjustments, ${self.held} held by a cooldown`],
  }),
}

export class ScalingPolicy {
  readonly sim: Sim
  /** '' = nothing that is simulated. */
  readonly group: string
  readonly type: AdjustmentType
  readonly adjustment: number
  readonly magnitude: number
  /** µs; −1 = the group's. */
  readonly cooldown: number
  executed = 0
  adjusted = 0
  held = 0
  /** Executions that leave the capacity as it is: at a limit, or of a kind that is not simulated. */
  idle = 0
  readonly busy: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.group = config['Group'] as string
    this.type = config['AdjustmentType'] as AdjustmentType
    this.adjustment = config['ScalingAdjustment'] as number
    this.magnitude = config['MinAdjustmentMagnitude'] as number
    const cooldown = config['Cooldown'] as number | undefined
    this.cooldown = cooldown === undefined ? -1 : cooldown * SECOND
    this.busy = sim.error('ScalingActivityInProgress', 400)
  }
}

function executePolicy(self: ScalingPolicy, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as { HonorCooldown?: unknown }
  self.executed++
  if (self.group === '') {
    self.idle++
    sim.reply(call, 0)
    return
  }
  const group = sim.peer<AutoScalingGroup>(self.group)
  if (body.HonorCooldown === true && group.cooling) {
    self.held++
    sim.reply(call, self.busy)
    return
  }
  const before = group.desired
  group.scale(adjusted(before, self.type, self.adjustment, self.magnitude), self.cooldown)
  if (group.desired === before) self.idle++
  else self.adjusted++
  sim.reply(call, 0)
}

/** Capacity after an adjustment, before the limits of the group; `magnitude` holds for percentages alone (AS-R31). */
export function adjusted(capacity: number, type: AdjustmentType, adjustment: number, magnitude: number): number {
  if (type === 'ExactCapacity') return adjustment
  if (type === 'ChangeInCapacity') return capacity + adjustment
  const change = roundedChange((capacity * adjustment) / 100)
  if (change === 0) return capacity
  return capacity + Math.sign(change) * Math.max(Math.abs(change), magnitude)
}

/** A part of an instance is a whole one, any further part none (AS-R31). */
export function roundedChange(change: number): number {
  if (change > 0 && change < 1) return 1
  if (change < 0 && change > -1) return -1
  return Math.trunc(change)
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { PolicyType, AdjustmentType, ScalingAdjustment, AutoScalingGroupName } = self.config
  const group = near.resourceAt(AutoScalingGroupName)
  if (PolicyType !== 'SimpleScaling') {
    self.notSimulated(['PolicyType'], `\`${PolicyType}\` is not simulated: the policy changes nothing`)
    return { Group: '' }
  }
  if (group?.type !== GROUP) {
    self.notSimulated(['AutoScalingGroupName'], 'the group is not in this scenario: the policy changes nothing')
    return { Group: '' }
  }
  for (const [name, value] of [
    ['AdjustmentType', AdjustmentType],
    ['ScalingAdjustment', ScalingAdjustment],
  ] as const)
    if (value === undefined)
      self.error([], 'missing-property', `\`${name}\` is a required property of a policy of \`SimpleScaling\``)
  return { Group: group.logicalId }
}
