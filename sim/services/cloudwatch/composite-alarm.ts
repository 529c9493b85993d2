// Amazon CloudWatch composite alarm: a rule over the states of other alarms.
//
// The one idea: the alarms of the rule report their changes, and when all changes of one moment are in, the rule is
// evaluated once. A suppressor alarm may hold the actions back, with a wait before and an extension after it (CW-41).
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import { MONTH_US } from '../../model/price.ts'
import * as p from '../../model/p.ts'
import { hearsOf } from '../../parts/service-events.ts'
import {
  actionAnswered,
  actionProps,
  Actions,
  flapping,
  gatherActions,
  marksOf,
  readAlarm,
  type Change,
} from './alarm-actions.ts'
import type { AlarmState } from './alarm-state.ts'
import { alarmsIn, COMPOSITE, linkRule, listenersOf, listensTo, parseRule, ruleHolds, type Rule } from './composites.ts'

const SECOND = 1_000_000
const NONE = -1
/** Alarms that a rule may name (CW-40). */
const CHILDREN_MAX = 100

export const compositeAlarm: ServiceDef<CompositeAlarm> = {
  type: COMPOSITE,
  family: 'observability',
  namespace: 'AWS/CloudWatch',
  dimension: 'AlarmName',
  summary: 'An alarm on other alarms: in ALARM while its rule holds.',
  models: [
    'AlarmRule with ALARM, OK, INSUFFICIENT_DATA, TRUE, FALSE, AND, OR, NOT and parentheses, evaluated at every change of an alarm in it (CW-40).',
    'A suppressor holds actions back while it is in ALARM, with its wait and extension periods (CW-41).',
  ],
  omits: [
    'Alarms of other stacks in the rule: they have no data.',
    'Rules that lead in a circle: they are not evaluated.',
  ],
  quotas: {},
  assumptions: {},
  prices: {
    CompositeAlarms: {
      doc: 'Composite alarms',
      usd: '0.50',
      unit: 'alarm-months',
      base: MONTH_US,
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [PR-R1]',
      used: (_alarm, { now }) => now,
    },
  },
  props: {
    ...actionProps,
    ActionsSuppressor: p.string('The alarm that holds the actions back.'),
    ActionsSuppressorExtensionPeriod: p.int('How long actions stay held back after it.', [0, 86_400], { unit: 's' }),
    ActionsSuppressorWaitPeriod: p.int('How long a change waits for it.', [0, 86_400], { unit: 's' }),
    AlarmDescription: p.inert('A description.'),
    AlarmName: p.string('The physical name.'),
    AlarmRule: p.string('The rule.', { required: true }),
    Tags: p.inert('Tags.'),
  },
  carries: () => true,
  gather,
  create: (config, sim) => new CompositeAlarm(config, sim),
  ops: {
    'cloudwatch:AlarmStateChanged': {
      internal: true,
      oneWay: true,
      doc: 'Hears of a change of an alarm in the rule (our own name: no API shows it).',
      run: alarmStateChanged,
    },
    'cloudwatch:ReadAlarm': {
      internal: true,
      doc: 'Says in which state it is, as DescribeAlarms does (our own name: that operation names several).',
      run: readAlarm,
    },
    'cloudwatch:SetAlarmState': {
      doc: 'Puts the alarm in a state until its rule is evaluated the next time (CW-21).',
      target: 'AlarmName',
      params: ['StateValue', 'StateReason'],
      ignored: ['StateReasonData'],
      errors: ['InvalidParameterValue'],
      run: setAlarmState,
    },
  },
  timers: { ruleDue, waitOver, extensionOver, listenerAnswered, actionAnswered },
  metrics: {},
  invariants: {
    'the last entry of the history is the state': (a) => a.history[a.history.length - 1].state === a.state,
  },
  view: {
    glyph: 'alarm',
    label: 'Composite alarm',
    level: (a) => (a.state === 'ALARM' ? 1 : 0),
    levelMax: () => 1,
    tone: (a) => (a.state === 'ALARM' ? 'failing' : 'calm'),
    marks: (a, from, to) => marksOf(a.history, a.sim.name, from, to),
    readings: [
      {
        name: 'State',
        unit: '',
        doc: '0 = OK, 1 = ALARM, −1 = INSUFFICIENT_DATA.',
        read: (a) => (a.state === 'ALARM' ? 1 : a.state === 'OK' ? 0 : -1),
      },
    ],
  },
  insights: (a, look) => flapping(a.history, look),
  report: (a) => ({ state: a.state, history: a.history, notifications: a.actions.report() }),
}

export class CompositeAlarm {
  readonly sim: Sim
  state: AlarmState = 'INSUFFICIENT_DATA'
  readonly history: Change[] = []
  readonly actions: Actions
  /** The state of the change whose actions ran last. */
  private announced: AlarmState = 'INSUFFICIENT_DATA'
  private readonly states = new Map<string, AlarmState>()
  private readonly rule: Rule | null
  private readonly suppressor: string | undefined
  private readonly wait: number
  private readonly extension: number
  private waitTimer: TimerHandle = NONE
  private extensionTimer: TimerHandle = NONE
  private ruleIsDue = false
  private readonly ruleTarget: Target
  private readonly waitTarget: Target
  private readonly extensionTarget: Target
  private readonly listeners: readonly number[]

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.history.push({ at: 0, state: this.state, previous: this.state, reason: 'Initial alarm creation' })
    this.actions = new Actions(config, sim, actionAnswered)
    this.rule = config['Rule']
    this.suppressor = config['Suppressor']
    this.wait = (config['ActionsSuppressorWaitPeriod'] ?? 0) * SECOND
    this.extension = (config['ActionsSuppressorExtensionPeriod'] ?? 0) * SECOND
    this.ruleTarget = sim.target(ruleDue)
    this.waitTarget = sim.target(waitOver)
    this.extensionTarget = sim.target(extensionOver)
    this.listeners = (config['Listeners'] as readonly string[]).map((listener) =>
      sim.edge(listener, 'cloudwatch:AlarmStateChanged', listenerAnswered),
    )
    this.expectRule()
  }

  /** An alarm of the rule, or the suppressor, has changed. */
  heard(alarm: string, state: AlarmState): void {
    const before = this.states.get(alarm)
    this.states.set(alarm, state)
    if (alarm === this.suppressor && (before === 'ALARM') !== (state === 'ALARM'))
      this.suppressorChanged(state === 'ALARM')
    this.expectRule()
  }

  /** Evaluates the rule, once all changes of this moment are known. */
  evaluateRule(): void {
    this.ruleIsDue = false
    if (this.rule === null) return
    const state = ruleHolds(this.rule, this.states) ? 'ALARM' : 'OK'
    if (state !== this.state)
      this.change(state, `The rule ${state === 'ALARM' ? 'holds' : 'does not hold'}: ${this.statesText()}`)
  }

  change(state: AlarmState, reason: string): void {
    this.history.push({ at: this.sim.clock[0], state, previous: this.state, reason })
    this.state = state
    this.stop()
    this.actions.announce(this.history[this.history.length - 1])
    if (this.suppressor === undefined) this.announce()
    else if (!this.suppressed) this.waitTimer = this.sim.timer(this.wait, this.waitTarget, 0)
    for (const listener of this.listeners) {
      const call = this.sim.open(listener, 0, 0)
      this.sim.calls.body[call] = { AlarmName: this.sim.name, StateValue: state }
      this.sim.send(call)
    }
  }

  waitOver(): void {
    this.waitTimer = NONE
    this.announce()
  }

  /** The suppressor has been quiet for the extension: actions run if the state is not the one last announced. */
  extensionOver(): void {
    this.extensionTimer = NONE
    if (this.state !== this.announced) this.announce()
  }

  private get suppressed(): boolean {
    return this.suppressor !== undefined && this.states.get(this.suppressor) === 'ALARM'
  }

  private suppressorChanged(raised: boolean): void {
    if (raised) this.stop()
    else if (this.waitTimer === NONE && this.extensionTimer === NONE)
      this.extensionTimer = this.sim.timer(this.extension, this.extensionTarget, 0)
  }

  /** Drops a running wait or extension. */
  private stop(): void {
    if (this.waitTimer !== NONE) this.sim.cancel(this.waitTimer)
    if (this.extensionTimer !== NONE) this.sim.cancel(this.extensionTimer)
    this.waitTimer = NONE
    this.extensionTimer = NONE
  }

  private announce(): void {
    this.announced = this.state
    this.actions.run(this.history[this.history.length - 1])
  }

  private expectRule(): void {
    if (this.ruleIsDue) return
    this.ruleIsDue = true
    this.sim.after(0, this.ruleTarget, 0)
  }

  private statesText(): string {
    return alarmsIn(this.rule!)
      .map((alarm) => `${alarm} is ${this.states.get(alarm) ?? 'INSUFFICIENT_DATA'}`)
      .join(', ')
  }
}

function alarmStateChanged(a: CompositeAlarm, call: Call): void {
  const { AlarmName: alarm, StateValue: state } = a.sim.calls.body[call] as {
    AlarmName: string
    StateValue: AlarmState
  }
  a.heard(alarm, state)
  a.sim.reply(call, 0)
}

function setAlarmState(a: CompositeAlarm, call: Call): void {
  const body = a.sim.calls.body[call] as { StateValue?: unknown; StateReason?: unknown }
  const state = body.StateValue
  if (state !== 'OK' && state !== 'ALARM' && state !== 'INSUFFICIENT_DATA') {
    a.sim.reply(call, a.sim.error('InvalidParameterValue', 400))
    return
  }
  if (state !== a.state) a.change(state, String(body.StateReason ?? ''))
  a.sim.reply(call, 0)
}

function ruleDue(a: CompositeAlarm): void {
  a.evaluateRule()
}

function waitOver(a: CompositeAlarm): void {
  a.waitOver()
}

function extensionOver(a: CompositeAlarm): void {
  a.extensionOver()
}

function listenerAnswered(a: CompositeAlarm, call: Call): void {
  a.sim.close(call)
}

function gather(near: Near): Config {
  const { self } = near
  const text = String(self.config['AlarmRule'] ?? '')
  const parsed = parseRule(text)
  let rule: Rule | null = null
  if ('at' in parsed)
    self.error(
      ['AlarmRule'],
      'unreadable-rule',
      `the rule makes no sense from \`${text.slice(parsed.at, parsed.at + 20)}\` on`,
      'expected ALARM(name), OK(name), INSUFFICIENT_DATA(name), TRUE, FALSE, AND, OR, NOT and parentheses',
    )
  else {
    const names = alarmsIn(parsed)
    if (names.length > CHILDREN_MAX)
      self.error(
        ['AlarmRule'],
        'out-of-range',
        `the rule names ${names.length} alarms`,
        `expected up to ${CHILDREN_MAX}`,
      )
    for (const name of names)
      if (near.resourceAt(name) === undefined)
        self.notSimulated(['AlarmRule'], `the alarm \`${name}\` is not in this scenario: it never has data`)
    if (leadsToItself(near)) self.notSimulated(['AlarmRule'], 'the rule leads back to this alarm: it is not evaluated')
    else rule = linkRule(parsed, near)
  }
  const suppressor = self.config['ActionsSuppressor'] as string | undefined
  if (suppressor !== undefined)
    for (const name of ['ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod'])
      if (self.config[name] === undefined)
        self.error([], 'missing-property', `with \`ActionsSuppressor\` the property \`${name}\` is needed`)
  return {
    Rule: rule,
    Suppressor: suppressor === undefined ? undefined : (near.resourceAt(suppressor)?.logicalId ?? suppressor),
    Targets: gatherActions(near),
    Listeners: listenersOf(near),
    TellsBus: hearsOf(near, 'aws.cloudwatch'),
  }
}

/** Whether composite alarms lead from this one back to it. */
function leadsToItself(near: Near): boolean {
  const configs = new Map(near.all(COMPOSITE).map((composite) => [composite.logicalId, composite.config]))
  const seen = new Set<string>()
  const todo = [near.self.logicalId]
  while (todo.length > 0) {
    const config = configs.get(todo.pop()!)
    for (const alarm of config === undefined ? [] : listensTo(config, near)) {
      if (alarm === near.self.logicalId) return true
      if (!seen.has(alarm)) todo.push(alarm)
      seen.add(alarm)
    }
  }
  return false
}
