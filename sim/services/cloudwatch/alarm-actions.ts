// Whom an alarm tells when its state changes: one notification per action, to the rooms that can take it.
//
// An action whose target nobody simulates is counted all the same, so that a run still says how often it would have rung.
import type { Call } from '../../engine/calls.ts'
import { isoText } from '../../parts/calendar.ts'
import { serviceEvents, tell } from '../../parts/service-events.ts'
import { count, time } from '../../parts/words.ts'
import type { Config, Finding, Happening, Look, Near, Prop, Sim } from '../../model/contract.ts'
import type { EventFunction } from '../../engine/kernel.ts'
import * as p from '../../model/p.ts'
import type { AlarmState } from './alarm-state.ts'

const NONE = -1
/** Actions for a state, at most (CW-21). */
const ACTIONS_MAX = 5
const LISTS: Readonly<Record<AlarmState, string>> = {
  OK: 'OKActions',
  ALARM: 'AlarmActions',
  INSUFFICIENT_DATA: 'InsufficientDataActions',
}
const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']

/** How each kind of target is told; scaling policies are run again every minute in the state (CW-21). */
const TARGETS: Readonly<Record<string, { action: `${string}:${string}`; repeats: boolean }>> = {
  'AWS::SNS::Topic': { action: 'sns:Publish', repeats: false },
  'AWS::Lambda::Function': { action: 'lambda:InvokeFunction', repeats: false },
  'AWS::Lambda::Alias': { action: 'lambda:InvokeFunction', repeats: false },
  'AWS::AutoScaling::ScalingPolicy': { action: 'autoscaling:ExecutePolicy', repeats: true },
}

export const actionProps: Readonly<Record<string, Prop>> = {
  ActionsEnabled: p.bool('Whether actions run at all.', { default: true }),
  AlarmActions: p.list('Told when the state becomes ALARM.', p.any('An ARN.'), { default: [] }),
  OKActions: p.list('Told when the state becomes OK.', p.any('An ARN.'), { default: [] }),
  InsufficientDataActions: p.list('Told when the state becomes INSUFFICIENT_DATA.', p.any('An ARN.'), { default: [] }),
}

/** One action of the configuration: `to` and `action` are empty when nothing simulated stands behind it. */
interface ActionTarget {
  readonly state: AlarmState
  readonly name: string
  readonly to: string
  readonly action: string
  readonly repeats: boolean
}

/** Finds the targets of the actions of an alarm; for `gather`. */
export function gatherActions(near: Near): readonly ActionTarget[] {
  const targets: ActionTarget[] = []
  for (const state of STATES) {
    const property = LISTS[state]
    const list = (near.self.config[property] ?? []) as readonly unknown[]
    if (list.length > ACTIONS_MAX)
      near.self.error(
        [property],
        'out-of-range',
        `\`${property}\` has ${list.length} actions`,
        `expected up to ${ACTIONS_MAX}`,
      )
    list.forEach((arn, i) => {
      const resource = near.resourceAt(arn)
      const known = resource === undefined ? undefined : TARGETS[resource.type]
      if (resource === undefined || known === undefined) {
        const message = `nothing that is simulated stands behind \`${String(arn)}\`: its notifications are counted and go nowhere`
        near.self.notSimulated([property, i], message)
        targets.push({ state, name: String(arn), to: '', action: '', repeats: false })
      } else targets.push({ state, name: resource.logicalId, to: resource.logicalId, ...known })
    })
  }
  return targets
}

/** A change of state, as it is told. */
export interface Change {
  readonly at: number
  readonly state: AlarmState
  readonly previous: AlarmState
  readonly reason: string
}

/** Changes in (from, to] as marks on the time line; the first decision without trouble is none. */
export function marksOf(history: readonly Change[], name: string, from: number, to: number): Happening[] {
  return history
    .filter(({ at, state, previous }) => at > from && at <= to && (state === 'ALARM' || previous === 'ALARM'))
    .map(({ at, state }) => ({ time: at, kind: 'alarm', text: `${name} is in ${state}` }))
}

/** An alarm is flapping when it goes off so often, with less than this on average from once to the next (µs). */
const FLAPS = 3
const FLAP_EVERY = 1_800_000_000

/** Says so of an alarm that goes off and calms down again and again. */
export function flapping(history: readonly Change[], look: Look): Finding[] {
  const times = history.filter(({ state, at }) => state === 'ALARM' && at >= look.warmUp).map(({ at }) => at)
  const from = times[0]
  const to = times[times.length - 1]
  if (times.length < FLAPS || (to - from) / (times.length - 1) > FLAP_EVERY) return []
  return [
    {
      kind: 'alarm-flapping',
      from,
      to,
      share: 0.05,
      title: `${look.name} is flapping`,
      text: `The alarm went off ${count(times.length)} times in ${time(to - from)}: what it measures keeps crossing the threshold. More periods, or M of N, would calm it down.`,
      suspects: look.watched(),
    },
  ]
}

export class Actions {
  /** How often each action has run, in the order of `targets`. */
  readonly counts: number[] = []
  private readonly sim: Sim
  private readonly enabled: boolean
  private readonly targets: readonly ActionTarget[]
  private readonly edges: number[] = []
  private readonly bus: number

  /** `told` is the owner's event function for the answers. */
  constructor(config: Config, sim: Sim, told: EventFunction<any>) {
    this.sim = sim
    this.enabled = config['ActionsEnabled']
    this.targets = config['Targets']
    this.bus = serviceEvents(config['TellsBus'] === true, sim, told)
    for (const target of this.targets) {
      this.counts.push(0)
      this.edges.push(target.to === '' ? NONE : sim.edge(target.to, target.action as `${string}:${string}`, told))
    }
  }

  /** Says on the default event bus that the state has changed, whether or not actions run (CW-28). */
  announce({ at, state, previous, reason }: Change): void {
    const { sim } = this
    tell(sim, this.bus, 0, {
      Source: 'aws.cloudwatch',
      DetailType: 'CloudWatch Alarm State Change',
      Resources: [sim.name],
      Detail: {
        alarmName: sim.name,
        state: { value: state, reason, timestamp: isoText(sim.startsAt + at, 3) },
        previousState: { value: previous },
      },
    })
  }

  /** Runs the actions of a state that has just begun. */
  run(change: Change): void {
    this.each(change, false)
  }

  /** Runs those that are run again every minute; true when there are any in this state. */
  repeat(change: Change): boolean {
    return this.each(change, true)
  }

  /** What ran how often, for the report. */
  report(): unknown {
    return this.targets.map((target, i) => ({ state: target.state, action: target.name, count: this.counts[i] }))
  }

  private each(change: Change, repeatsOnly: boolean): boolean {
    let any = false
    if (!this.enabled) return false
    for (let i = 0; i < this.targets.length; i++) {
      const target = this.targets[i]
      if (target.state !== change.state || (repeatsOnly && !target.repeats)) continue
      any = true
      this.counts[i]++
      if (this.edges[i] === NONE) continue
      const call = this.sim.open(this.edges[i], i, 0)
      this.sim.calls.body[call] = bodyFor(target.action, this.sim.name, change)
      this.sim.send(call)
    }
    return any
  }
}

/** Ends a call whose answer changes nothing: AWS does not repeat a notification either. */
export function actionAnswered(owner: { readonly sim: Sim }, call: Call): void {
  owner.sim.close(call)
}

/** CW-28: the message of a change of state, as each kind of target takes it. */
function bodyFor(action: string, alarm: string, change: Change): unknown {
  const message = {
    AlarmName: alarm,
    NewStateValue: change.state,
    NewStateReason: change.reason,
    /** ms since the start. */
    StateChangeTime: Math.floor(change.at / 1000),
    OldStateValue: change.previous,
  }
  if (action === 'sns:Publish') return { Subject: `${change.state}: "${alarm}"`, Message: message }
  if (action === 'autoscaling:ExecutePolicy') return { HonorCooldown: true }
  const alarmData = {
    alarmName: alarm,
    state: { value: change.state, reason: change.reason },
    previousState: { value: change.previous },
  }
  return { InvocationType: 'Event', Payload: { source: 'aws.cloudwatch', alarmData } }
}

/** Operation of both kinds of alarm: the state as DescribeAlarms answers it. */
export function readAlarm(self: { readonly sim: Sim; readonly state: AlarmState }, call: Call): void {
  self.sim.calls.answer[call] = { StateValue: self.state }
  self.sim.reply(call, 0)
}
