// Amazon EventBridge rule: the events of a bus that match its pattern go to its targets, each by itself.
//
//   bus ──TriggerRule──► rule ──► for each target: input ─► delivery (parts/target-deliveries.ts) ─► target, dead-letter queue
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, RunTime, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { matches, type Pattern } from '../../parts/patterns.ts'
import { flawOfPattern } from '../../parts/pattern-flaws.ts'
import type { Timetable } from '../../parts/schedule-clock.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TargetDeliveries, retryProps, type Delivered, type DeliveryOwner } from '../../parts/target-deliveries.ts'
import { inputOf } from '../../parts/target-input.ts'
import { bodyFor, DEFAULT_BUS } from '../../parts/targets.ts'
import { counted } from '../../parts/words.ts'
import type { Account } from './account.ts'
import type { Bus, Passing } from './bus.ts'
import { HOPS_MAX, OWN_ACCOUNT, quotas, REGION, ruleAssumptions } from './event-bus.facts.ts'
import type { BusEvent } from './event.ts'
import { RuleClock, ruleTimetable, scheduledIn } from './rule-clock.ts'
import { ruleConfig, type RuleConfig, type RuleTarget } from './rule-config.ts'
import { ruleFindings } from './rule-insights.ts'
import { parseJson } from '../../parts/json-text.ts'

const SECOND = 1_000_000
const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const

export const rule: ServiceDef<Rule> = {
  type: 'AWS::Events::Rule',
  family: 'messaging',
  namespace: 'AWS/Events',
  dimension: 'RuleName',
  summary: 'A rule: events that match its pattern go to each of its targets.',
  models: [
    'The whole grammar of event patterns, and what AWS refuses in them (EB-20 to EB-25).',
    'By the clock: rates count from the moment at which the rule is there, calendars are those of UTC; its event goes to the targets alone, not over the bus (EB-40 to EB-42).',
    'Each target gets the event, a part of it, a constant or what a transformer makes of it (EB-26).',
    'Targets: functions (asynchronous invocations), queues, topics, streams, delivery streams, state machines, buses, API destinations (EB-34); what leads elsewhere always arrives.',
    'A delivery that is throttled, too slow or meets a broken target is tried again for up to 185 times or 24 hours; what is refused for good is not (EB-30 to EB-32).',
    'What cannot be delivered goes to the target’s dead-letter queue with the reason, or is lost (EB-33).',
    'Targets whose resource policy does not let EventBridge in are never reached; a target with a role is believed to have what it needs.',
  ],
  omits: [
    'Jitter of retries; the policies of roles.',
    'Targets by `EcsParameters`, `BatchParameters` and the like are outside: everything arrives there. APIs as targets too.',
    'Duplicates of at-least-once delivery (EB-04).',
  ],
  quotas,
  assumptions: ruleAssumptions,
  // What a rule delivers to AWS's own services is free.
  prices: {},
  props: {
    Description: p.inert('A text.'),
    EventBusName: p.any('The bus; the default one when absent.'),
    EventPattern: p.any('Which events it takes.'),
    Name: p.string('The name.'),
    RoleArn: p.inert('The role of targets without one of their own.'),
    ScheduleExpression: p.string('When it is triggered by the clock.'),
    State: p.oneOf('Whether it takes events.', STATES, { default: 'ENABLED' }),
    Tags: p.inert('Tags.'),
    Targets: p.list(
      'Who gets the events.',
      p.record('A target.', {
        Arn: p.any('What is invoked.', { required: true }),
        Id: p.any('A name of it in the rule.', { required: true }),
        Input: p.any('A constant in place of the event, as JSON.'),
        InputPath: p.any('The part of the event that it gets.'),
        InputTransformer: p.record('What is made of the event.', {
          InputPathsMap: p.any('Variables by name, with paths into the event.'),
          InputTemplate: p.any('What it gets, with variables in angle brackets.'),
        }),
        KinesisParameters: p.record('Of a stream.', { PartitionKeyPath: p.any('Where the partition key stands.') }),
        RoleArn: p.any('The role by which it is invoked.'),
        SqsParameters: p.record('Of a queue.', { MessageGroupId: p.any('The message group.') }),
        ...retryProps,
        AppSyncParameters: p.unused('an API of AppSync would be asked'),
        BatchParameters: p.unused('a job would be submitted'),
        EcsParameters: p.unused('a task would be run'),
        HttpParameters: p.inert('Headers and parameters of a request.'),
        RedshiftDataParameters: p.unused('a statement would be executed'),
        RunCommandParameters: p.unused('a command would be run on instances'),
        SageMakerPipelineParameters: p.unused('a pipeline would be started'),
      }),
      { default: [] },
    ),
  },
  gather: (near) => ({ ...ruleConfig(near) }),
  carries: (config, run) => {
    const { Bus: bus, Pattern: pattern } = config as unknown as RuleConfig
    return bus !== null && (pattern !== null || timesOf(config, run).length > 0)
  },
  create: (config, sim) => new Rule(config, sim),
  ops: {
    'events:TriggerRule': {
      internal: true,
      doc: 'Takes an event from its bus: the bus has found that it matches.',
      target: 'Name',
      oneWay: true,
      run: triggerRule,
    },
    'events:EnableRule': { doc: 'Takes events from now on.', target: 'Name', run: enableRule },
    'events:DisableRule': {
      doc: 'Takes no more events; deliveries under way go on.',
      target: 'Name',
      run: disableRule,
    },
    'events:PutRule': {
      doc: 'Gives the rule a new pattern, schedule and state in place of the old ones.',
      target: 'Name',
      params: ['EventPattern', 'ScheduleExpression', 'State'],
      ignored: ['Description', 'RoleArn', 'Tags', 'EventBusName'],
      errors: ['InvalidEventPatternException', 'ValidationException'],
      run: putRule,
    },
  },
  timers: { deliveryDue, deliveryAnswered, scheduleDue, changed },
  metrics: {
    TriggeredRules: { unit: 'Count', kind: 'count', doc: 'Events that it took.' },
    Invocations: {
      unit: 'Count',
      kind: 'count',
      doc: 'Targets that were invoked, well or for the last time in vain; attempts that are tried again are not counted.',
    },
    FailedInvocations: { unit: 'Count', kind: 'count', doc: 'Invocations that failed for good.' },
    ThrottledRules: { unit: 'Count', kind: 'count', doc: 'Attempts that waited for the account’s limit.' },
    DeadLetterInvocations: {
      unit: 'Count',
      kind: 'count',
      doc: 'Events that came back in a loop and went no further.',
    },
    InvocationsSentToDlq: { unit: 'Count', kind: 'count', doc: 'Events in dead-letter queues.' },
    InvocationsFailedToBeSentToDlq: {
      unit: 'Count',
      kind: 'count',
      doc: 'Events that a dead-letter queue refused too.',
    },
  },
  invariants: {
    'every delivery is under way, has arrived, lies in a dead-letter queue or is lost': ({ deliveries }) =>
      deliveries.isBalanced,
    'every event makes a delivery to each target, those cut from a loop aside': (self) =>
      self.deliveries.started.total === self.triggered * self.targets.length - self.loops.total,
  },
  insights: ruleFindings,
  view: {
    glyph: 'rule',
    label: 'Rule',
    level: (self) => self.deliveries.inside,
    levelMax: (self) => Math.max(100, self.deliveries.inside),
    tone: (self) => (self.isFailing() ? 'failing' : self.deliveries.inside > 0 ? 'busy' : 'calm'),
    detail: (config) => counted((config['Deliveries'] as readonly unknown[]).length, 'target'),
    deadLetters: (config) =>
      (config['Deliveries'] as readonly RuleTarget[]).flatMap(({ deadLetters }) => deadLetters?.to ?? []),
    plannedAt: (config, run) => timesOf(config, run).map((at) => ({ at, label: String(config['ScheduleExpression']) })),
    readings: [
      { name: 'Triggered', unit: '1/s', doc: 'Events that it took.', counter: true, read: (self) => self.triggered },
      {
        name: 'Delivered',
        unit: '1/s',
        doc: 'Deliveries that arrived.',
        counter: true,
        read: (self) => self.deliveries.arrivedCount,
      },
      {
        name: 'Under way',
        unit: 'deliveries',
        doc: 'Deliveries not over yet, those waiting for a retry included.',
        read: (self) => self.deliveries.inside,
      },
      {
        name: 'Given up',
        unit: 'deliveries',
        doc: 'Deliveries given up since the beginning.',
        read: (self) => self.deliveries.givenUp.total,
      },
    ],
  },
  // An event has its own life: what delivers it belongs to the request and serves no call of it.
  traced: { serves: () => -1, holds: ({ deliveries }, trace) => deliveries.holds(trace) },
  report: (self) => ({
    ...(self.clock.next === null ? {} : { next: self.clock.next }),
    triggered: self.triggered,
    deliveries: {
      arrived: self.deliveries.arrivedCount,
      deadLettered: self.deliveries.buriedCount,
      lost: self.deliveries.lost.total,
      underWay: self.deliveries.inside,
    },
  }),
}

interface Taking {
  readonly pattern: Pattern | null
  readonly isEnabled: boolean
  readonly timetable: Timetable | null
}

export class Rule implements DeliveryOwner {
  readonly sim: Sim
  readonly name: string
  readonly arn: string
  readonly deliveries: TargetDeliveries
  readonly targets: readonly RuleTarget[]
  readonly arnAttribute = 'RULE_ARN'
  readonly clock: RuleClock
  triggered = 0
  /** Events that came back in a loop and went no further. */
  readonly loops: Stretch
  /** What it takes, from `activeAt` µs on; before, what it took before its last change. */
  private now: Taking
  private before: Taking
  private activeAt = 0
  private shared: Account | null = null
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly activation: Sampler
  private readonly activationRng: Rng
  private readonly lateness: Sampler
  private readonly latenessRng: Rng
  private readonly activeTarget: Target
  private readonly metrics: Readonly<Record<string, MetricId>>

  constructor(config: Config, sim: Sim) {
    const {
      Pattern: pattern,
      Deliveries: targets,
      BusName: bus,
      Timetable: timetable,
    } = config as unknown as RuleConfig
    this.sim = sim
    this.name = String(config['Name'] ?? sim.name)
    this.arn = `arn:aws:events:${REGION}:${OWN_ACCOUNT}:rule/${bus === null ? '' : `${bus}/`}${this.name}`
    this.targets = targets
    this.loops = new Stretch(sim.warmUp)
    this.now = { pattern, isEnabled: config['State'] !== 'DISABLED', timetable }
    this.before = this.now
    this.latency = sim.sampler('DeliveryLatency')
    this.latencyRng = sim.rng('latency')
    this.activation = sim.sampler('RuleActivation')
    this.activationRng = sim.rng('activation')
    this.metrics = Object.fromEntries(
      Object.keys(rule.metrics).map((name) => {
        const metric = sim.metric(name)
        if (bus !== null) sim.metricAlias(metric, name, { EventBusName: bus })
        return [name, metric]
      }),
    )
    this.deliveries = new TargetDeliveries(this, targets, deliveryDue, deliveryAnswered)
    this.clock = new RuleClock(sim, scheduleDue)
    this.lateness = sim.sampler('ScheduleLateness')
    this.latenessRng = sim.rng('lateness')
    this.activeTarget = sim.target(changed)
    this.setClock()
  }

  private get account(): Account {
    return (this.shared ??= this.sim.peer<Bus>(DEFAULT_BUS).account)
  }

  /** Whether it takes an event now. */
  takes(event: BusEvent): boolean {
    const { pattern, isEnabled } = this.sim.clock[0] < this.activeAt ? this.before : this.now
    return isEnabled && pattern !== null && matches(pattern, event)
  }

  /** Hands an event to every target after the time that `delay` draws. */
  trigger(item: Passing, delay = this.latency, rng = this.latencyRng): void {
    const { sim } = this
    this.triggered++
    sim.count(this.metrics['TriggeredRules'], 1)
    for (let i = 0; i < this.targets.length; i++) {
      if (item.hops >= HOPS_MAX && this.targets[i].action === 'events:ForwardEvent') {
        this.loops.note(sim.clock[0])
        sim.count(this.metrics['DeadLetterInvocations'], 1)
      } else this.deliveries.start(i, item, delay.draw(rng))
    }
  }

  /** Becomes another rule, after the time that a change takes (EB-06). */
  change(change: Partial<Taking>): void {
    const now = this.sim.clock[0]
    if (now >= this.activeAt) this.before = this.now
    this.activeAt = now + this.activation.draw(this.activationRng)
    this.now = { ...this.now, ...change }
    if (this.activeAt === now) this.setClock()
    else this.sim.after(this.activeAt - now, this.activeTarget, 0)
  }

  /** Its last change is in force: the clock runs as it says. */
  setClock(): void {
    if (this.sim.clock[0] < this.activeAt) return
    const { isEnabled, timetable } = this.now
    this.clock.set(isEnabled ? timetable : null)
  }

  /** The clock has come to a time of the schedule. */
  scheduled(): void {
    const { sim } = this
    const event = this.clock.event(this.arn)
    this.trigger({ event, at: sim.clock[0], trace: sim.calls.begin(), hops: 0 }, this.lateness, this.latenessRng)
  }

  bodyOf(target: number, item: Delivered): unknown {
    const { event, at, hops } = item as Passing
    const { action, input, parameters } = this.targets[target]
    if (action === 'events:ForwardEvent') return { Event: event, Hops: hops + 1 }
    if (input.kind === 'event') return bodyFor(action, event, event, parameters)
    const { sim } = this
    const occasion = { ruleArn: this.arn, ruleName: this.name, ingestedAt: sim.startsAt + at }
    return bodyFor(action, inputOf(input, event, occasion), event, parameters)
  }

  pauseBefore(): number {
    const pause = this.account.admitInvocation()
    if (pause > 0) this.sim.count(this.metrics['ThrottledRules'], 1)
    return pause
  }

  firstAttempt({ at }: Delivered): void {
    this.account.recordLatency(at)
  }

  arrived(): void {
    this.sim.count(this.metrics['Invocations'], 1)
  }

  gaveUp(): void {
    this.sim.count(this.metrics['Invocations'], 1)
    this.sim.count(this.metrics['FailedInvocations'], 1)
  }

  buried(arrived: boolean): void {
    this.sim.count(this.metrics[arrived ? 'InvocationsSentToDlq' : 'InvocationsFailedToBeSentToDlq'], 1)
  }

  /** Whether deliveries have failed in the last seconds. */
  isFailing(): boolean {
    const { failures } = this.deliveries
    return failures.count > 0 && this.sim.clock[0] - failures.last < 10 * SECOND
  }
}

/** When the clock triggers a rule during a run, in µs. */
function timesOf(config: Config, run: RunTime): readonly number[] {
  const { Timetable: timetable } = config as unknown as RuleConfig
  return timetable === null || config['State'] === 'DISABLED' ? [] : scheduledIn(timetable, run)
}

function triggerRule(self: Rule, call: Call): void {
  const { sim } = self
  self.trigger(sim.calls.body[call] as Passing)
  sim.reply(call, 0)
}

function enableRule(self: Rule, call: Call): void {
  self.change({ isEnabled: true })
  self.sim.reply(call, 0)
}

function disableRule(self: Rule, call: Call): void {
  self.change({ isEnabled: false })
  self.sim.reply(call, 0)
}

/** A rule is replaced as a whole: without a state it is enabled (EB-06). */
function putRule(self: Rule, call: Call): void {
  const body = (self.sim.calls.body[call] ?? {}) as Readonly<Record<string, unknown>>
  const { EventPattern: written, State: state, ScheduleExpression: expression } = body
  const pattern = typeof written === 'string' ? (parseJson(written) ?? written) : written
  if (pattern !== undefined && flawOfPattern(pattern) !== undefined) {
    self.sim.reply(call, self.sim.error('InvalidEventPatternException', 400))
    return
  }
  const timetable = expression === undefined ? null : ruleTimetable(String(expression))
  if (typeof timetable === 'string') {
    self.sim.reply(call, self.sim.error('ValidationException', 400))
    return
  }
  self.change({ pattern: (pattern ?? null) as Pattern | null, isEnabled: state !== 'DISABLED', timetable })
  self.sim.reply(call, 0)
}

/** Timer: the pause before an attempt at a delivery is over. */
function deliveryDue(self: Rule, row: number): void {
  self.deliveries.due(row)
}

/** Answer of a target or of a dead-letter queue. */
function deliveryAnswered(self: Rule, call: Call): void {
  self.deliveries.answered(call)
}

/** Timer: a time of the schedule. */
function scheduleDue(self: Rule): void {
  self.scheduled()
}

/** Timer: the time that a change takes is over. */
function changed(self: Rule): void {
  self.setClock()
}
