// AWS::Scheduler::Schedule: calls one target by the clock, again and again or once.
//
// The one idea: between two times a schedule is a single timer. When it comes, the next is set, and a delivery begins that has a life
// of its own: tried again for hours if need be, while the schedule goes on.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Finding, Look, RunTime, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { isoText, MINUTE, SECOND } from '../../parts/calendar.ts'
import { ScheduleClock, timesIn } from '../../parts/schedule-clock.ts'
import { retryProps, TargetDeliveries, type Delivered, type DeliveryOwner } from '../../parts/target-deliveries.ts'
import { bodyFor } from '../../parts/targets.ts'

import { RateWindow } from '../../parts/rate-window.ts'
import { count, counted, often, percent } from '../../parts/words.ts'
import { gather, timetableOf, type Gathered } from './schedule-config.ts'
import { assumptions, quotas } from './schedule.facts.ts'

const NAMESPACE = 'AWS/Scheduler'
const METRICS = [
  'InvocationAttemptCount',
  'TargetErrorCount',
  'TargetErrorThrottledCount',
  'InvocationThrottleCount',
  'InvocationDroppedCount',
  'InvocationsSentToDeadLetterCount',
  'InvocationsFailedToBeSentToDeadLetterCount',
] as const
type MetricName = (typeof METRICS)[number]

const metric = (doc: string) => ({ unit: 'Count', kind: 'count', doc }) as const

/** What an operation says of a schedule, and what of it is passed over. */
const SAYS = {
  params: [
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'EndDate',
    'State',
    'ActionAfterCompletion',
  ],
  ignored: ['GroupName', 'FlexibleTimeWindow', 'Target', 'Description', 'KmsKeyArn', 'ClientToken'],
} as const

export const schedule: ServiceDef<ScheduleState> = {
  type: 'AWS::Scheduler::Schedule',
  family: 'messaging',
  namespace: NAMESPACE,
  dimension: 'ScheduleName',
  dimensionValue: (config, ref) => config['Name'] ?? ref,
  summary: 'Calls a target by the clock.',
  models: [
    '`rate`, the whole grammar of `cron`, and `at`, in any time zone with its daylight saving time; a time that clocks are set forward over is left out, one that comes twice counts once [EB-41, EB-43].',
    'A rate begins at `StartDate`, at once without one, and a day of it is 24 hours [EB-43].',
    'A flexible window spreads invocations evenly over its minutes [EB-43].',
    'Attempts that are throttled, too slow or broken are tried again after 1 s, 2 s, 4 s … 10 min, up to 185 times and 24 hours; others, and what is left then, go to the dead-letter queue [EB-30, EB-31, EB-32].',
    'Targets known by themselves and universal ones (`aws-sdk:`) whose service is simulated; `<aws.scheduler.…>` in the input is filled in.',
    'Invocations beyond the account’s limit are delayed.',
  ],
  omits: [
    'The role of the target: it may do everything.',
    'New schedules out of a handler: `CreateSchedule` makes one of the template anew that was deleted.',
    'That metrics of Scheduler are by group alone: those of one schedule are there as well, under `ScheduleName`.',
  ],
  quotas,
  assumptions,
  prices: {
    Invocations: {
      doc: 'Invocations',
      usd: '1.00',
      per: 1_000_000,
      unit: 'invocations',
      free: 14_000_000,
      source: '2025, us-east-1, https://aws.amazon.com/eventbridge/pricing/ [PR-R1]',
      used: (self) => self.fired,
    },
  },
  props: {
    Description: p.inert('Words.'),
    EndDate: p.any('No time after it counts.'),
    FlexibleTimeWindow: p.record(
      'How exactly it comes.',
      {
        MaximumWindowInMinutes: p.int('The length of the window.', [1, 'FlexibleWindowMax'], { unit: 'min' }),
        Mode: p.oneOf('`FLEXIBLE` comes anywhere in the window.', ['OFF', 'FLEXIBLE'], { required: true }),
      },
      { required: true },
    ),
    GroupName: p.string('The group, which carries the metrics.', { default: 'default' }),
    KmsKeyArn: p.inert('The key that the schedule lies under.'),
    Name: p.string('The name.'),
    ScheduleExpression: p.string('`rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` or `at(2026-01-05T08:00:00)`.', {
      required: true,
    }),
    ScheduleExpressionTimezone: p.string('The time zone of `cron` and `at`: `Europe/Berlin`.', { default: 'UTC' }),
    StartDate: p.any('No time before it counts; a rate begins there.'),
    State: p.oneOf('`DISABLED` never comes.', ['ENABLED', 'DISABLED'], { default: 'ENABLED' }),
    Target: p.record(
      'What is called.',
      {
        Arn: p.any('The resource, or an operation: `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`.', { required: true }),
        ...retryProps,
        EcsParameters: p.unused('runs tasks'),
        EventBridgeParameters: p.record('What the event of a bus is said to be.', {
          DetailType: p.string('Its `detail-type`.', { required: true }),
          Source: p.string('Its `source`.', { required: true }),
        }),
        Input: p.any('What the target gets; AWS’s notification when absent.'),
        KinesisParameters: p.record('For a stream.', {
          PartitionKey: p.string('The key of the record.', { required: true }),
        }),
        RoleArn: p.inert('The role that calls the target.'),
        SageMakerPipelineParameters: p.unused('starts a pipeline'),
        SqsParameters: p.record('For a FIFO queue.', { MessageGroupId: p.string('The group of the message.') }),
      },
      { required: true },
    ),
  },
  gather: (near) => ({ ...gather(near) }),
  // What does not come during the run leaves its target idle.
  carries: (config, run) => (config as unknown as Gathered).Delivery.to !== null && timesOf(config, run).length > 0,
  create: (config, sim) => new ScheduleState(config, sim),
  ops: {
    'scheduler:UpdateSchedule': {
      doc: 'Replaces what the schedule says; what is not said has its default again. Its target stays.',
      target: 'Name',
      ...SAYS,
      errors: ['ResourceNotFoundException', 'ValidationException'],
      run: (self, call) => self.put(call, 'update'),
    },
    'scheduler:CreateSchedule': {
      doc: 'Makes a schedule of the template anew after it was deleted.',
      target: 'Name',
      ...SAYS,
      errors: ['ConflictException', 'ValidationException'],
      run: (self, call) => self.put(call, 'create'),
    },
    'scheduler:DeleteSchedule': {
      doc: 'Deletes the schedule; deliveries under way go on.',
      target: 'Name',
      ignored: ['GroupName', 'ClientToken'],
      errors: ['ResourceNotFoundException'],
      run: (self, call) => self.delete(call),
    },
    'scheduler:GetSchedule': {
      doc: 'Says what the schedule is.',
      target: 'Name',
      ignored: ['GroupName'],
      errors: ['ResourceNotFoundException'],
      run: (self, call) => self.get(call),
    },
  },
  timers: { due, attempt, answered },
  metrics: {
    InvocationAttemptCount: metric('Attempts to call the target.'),
    TargetErrorCount: metric('Attempts that the target refused or failed.'),
    TargetErrorThrottledCount: metric('Attempts that the target throttled.'),
    InvocationThrottleCount: metric('Invocations that the account’s limit delayed.'),
    InvocationDroppedCount: metric('Invocations that were given up.'),
    InvocationsSentToDeadLetterCount: metric('Invocations that went to the dead-letter queue.'),
    InvocationsFailedToBeSentToDeadLetterCount: metric('Invocations that the dead-letter queue did not take.'),
  },
  invariants: {
    'every invocation is under way, arrived, in the dead-letter queue or lost': (self) => self.deliveries.isBalanced,
    'a schedule that is off has no next time': (self) => self.isOn || Number.isNaN(self.clock.next),
  },
  view: {
    glyph: 'schedule',
    label: 'Schedule',
    detail: (config) => String(config['ScheduleExpression']),
    level: (self) => self.deliveries.inside,
    levelMax: () => 1,
    tone: (self) => (self.deliveries.givenUp.total > 0 ? 'failing' : self.deliveries.inside > 0 ? 'busy' : 'calm'),
    deadLetters: (config) => {
      const to = (config as unknown as Gathered).Delivery.deadLetters?.to
      return to === undefined ? [] : [to]
    },
    plannedAt: (config, run) => timesOf(config, run).map((at) => ({ at, label: String(config['ScheduleExpression']) })),
    readings: [
      { name: 'Next', unit: 's', doc: 'Time until it comes.', read: (self, now) => self.until(now) },
      {
        name: 'Under way',
        unit: 'invocations',
        doc: 'Invocations that have not arrived yet.',
        read: (self) => self.deliveries.inside,
      },
      {
        name: 'Given up',
        unit: 'invocations',
        doc: 'Invocations that never arrived.',
        read: (self) => self.deliveries.givenUp.total,
      },
    ],
  },
  traced: { serves: () => NONE },
  insights: missed,
  report: (self) => ({
    lines: [self.sentence()],
    fired: self.fired,
    missed: self.deliveries.givenUp.total,
    next: Number.isNaN(self.clock.next) ? null : isoText(self.clock.next),
  }),
}

const NONE = -1

/** When it comes during a run, in µs. */
function timesOf(config: Config, run: RunTime): readonly number[] {
  const { Timetable: timetable } = config as unknown as Gathered
  return config['State'] === 'ENABLED' ? timesIn(timetable, anchorOf(timetable.from, run.startsAt), run) : []
}

/** The first time of a rate: `StartDate`, else when it is made. */
function anchorOf(from: number, now: number): number {
  return from === 0 ? now : from
}

export class ScheduleState implements DeliveryOwner {
  readonly sim: Sim
  readonly arn: string
  readonly arnAttribute = 'SCHEDULE_ARN'
  readonly clock: ScheduleClock
  readonly deliveries: TargetDeliveries
  isOn: boolean
  isDeleted = false
  fired = 0
  /** The first schedule keeps the account's limit for all. */
  readonly limit: RateWindow | null
  private readonly config: Config
  private readonly gathered: Gathered
  private said: Config
  private isOnce = false
  private readonly window: number
  private readonly windowRng: Rng
  private readonly lateness: Sampler
  private readonly latenessRng: Rng
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  /** Of each metric the schedule's own series and that of its group. */
  private readonly metrics: Readonly<Record<MetricName, readonly [MetricId, MetricId]>>

  constructor(config: Config, sim: Sim) {
    const gathered = config as unknown as Gathered
    const group = config['GroupName'] as string
    this.sim = sim
    this.config = config
    this.gathered = gathered
    this.said = config
    this.arn = `arn:aws:scheduler:us-east-1:123456789012:schedule/${group}/${config['Name'] ?? sim.name}`
    const flexible = config['FlexibleTimeWindow']
    this.window = flexible.Mode === 'FLEXIBLE' ? (flexible.MaximumWindowInMinutes ?? 0) * MINUTE : 0
    this.windowRng = sim.rng('window')
    this.lateness = sim.sampler('Lateness')
    this.latenessRng = sim.rng('lateness')
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.limit = gathered.All[0] === sim.name ? new RateWindow(sim.quota('InvocationsPerSecond'), SECOND) : null
    this.metrics = Object.fromEntries(
      METRICS.map((name) => [
        name,
        [sim.metric(name), sim.customMetric(NAMESPACE, name, { ScheduleGroup: group }, 'Count', MINUTE)],
      ]),
    ) as unknown as ScheduleState['metrics']
    this.clock = new ScheduleClock(sim, gathered.Timetable, due)
    this.deliveries = new TargetDeliveries(this, [gathered.Delivery], attempt, answered)
    this.isOn = config['State'] === 'ENABLED'
    if (this.isOn) this.clock.start(anchorOf(gathered.Timetable.from, sim.startsAt))
  }

  /** Its time has come. */
  due(): void {
    const { sim } = this
    const time = this.clock.passed()
    const scheduled = { time: isoText(time), id: `${sim.name}-${++this.fired}` }
    const spread = this.window === 0 ? 0 : Math.floor(this.windowRng.float() * this.window)
    const item: Delivered = { event: this.inputFor(scheduled), at: sim.clock[0], trace: sim.calls.begin() }
    this.deliveries.start(0, item, spread + this.lateness.draw(this.latenessRng))
    if (Number.isNaN(this.clock.next) && this.isOnce) this.forget()
  }

  private inputFor(scheduled: Scheduled): unknown {
    const { Input: input } = this.gathered
    return input === undefined ? this.notification(scheduled) : filled(input, this.arn, scheduled)
  }

  /** What a target gets that is given no input. */
  private notification({ time, id }: Scheduled): unknown {
    return {
      version: '0',
      id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: '123456789012',
      time,
      region: 'us-east-1',
      resources: [this.arn],
      detail: '{}',
    }
  }

  bodyOf(_target: number, { event }: Delivered): unknown {
    const { IsWhole: isWhole, Delivery: delivery, Parameters: parameters } = this.gathered
    return isWhole ? event : bodyFor(delivery.action, event, event, parameters)
  }

  pauseBefore(): number {
    const { sim } = this
    const wait = sim.peer<ScheduleState>(this.gathered.All[0]!).limit!.reserve(sim.clock[0])
    if (wait > 0) this.count('InvocationThrottleCount')
    return wait
  }

  firstAttempt(): void {}

  attempted(): void {
    this.count('InvocationAttemptCount')
  }

  attemptFailed(isThrottle: boolean): void {
    this.count('TargetErrorCount')
    if (isThrottle) this.count('TargetErrorThrottledCount')
  }

  arrived(): void {}

  gaveUp(): void {
    this.count('InvocationDroppedCount')
  }

  buried(arrived: boolean): void {
    this.count(arrived ? 'InvocationsSentToDeadLetterCount' : 'InvocationsFailedToBeSentToDeadLetterCount')
  }

  private count(name: MetricName): void {
    const [own, group] = this.metrics[name]
    this.sim.count(own, 1)
    this.sim.count(group, 1)
  }

  /** Operations: replaces what the schedule says, of one that is there or of one that was deleted. */
  put(call: Call, way: 'create' | 'update'): void {
    const { sim } = this
    if (this.isDeleted === (way === 'update')) {
      this.answer(
        call,
        way === 'update' ? sim.error('ResourceNotFoundException', 404) : sim.error('ConflictException', 409),
      )
      return
    }
    const body = (sim.calls.body[call] ?? {}) as Config
    let isFine = true
    const timetable = timetableOf(body, () => (isFine = false))
    const { State: state = 'ENABLED', ActionAfterCompletion: action = 'NONE' } = body
    if (timetable === undefined || !isFine || !STATES.includes(state) || !ACTIONS.includes(action)) {
      this.answer(call, sim.error('ValidationException', 400))
      return
    }
    this.said = body
    this.isDeleted = false
    this.isOnce = action === 'DELETE'
    this.isOn = state === 'ENABLED'
    this.clock.stop()
    const now = sim.startsAt + sim.clock[0]
    if (this.isOn) this.clock.start(anchorOf(timetable.from, now), timetable)
    sim.calls.answer[call] = { ScheduleArn: this.arn }
    this.answer(call, 0)
  }

  delete(call: Call): void {
    if (this.isDeleted) {
      this.answer(call, this.sim.error('ResourceNotFoundException', 404))
      return
    }
    this.forget()
    this.answer(call, 0)
  }

  get(call: Call): void {
    if (this.isDeleted) {
      this.answer(call, this.sim.error('ResourceNotFoundException', 404))
      return
    }
    const { ScheduleExpression: expression, ScheduleExpressionTimezone: zone = 'UTC' } = this.said
    this.sim.calls.answer[call] = {
      Arn: this.arn,
      Name: this.config['Name'] ?? this.sim.name,
      GroupName: this.config['GroupName'],
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: zone,
      State: this.isOn ? 'ENABLED' : 'DISABLED',
      ActionAfterCompletion: this.isOnce ? 'DELETE' : 'NONE',
    }
    this.answer(call, 0)
  }

  /** The schedule is no more. */
  forget(): void {
    this.clock.stop()
    this.isOn = false
    this.isDeleted = true
  }

  private answer(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, status)
  }

  /** Seconds until it comes; NaN = never. */
  until(now: number): number {
    return (this.clock.next - this.sim.startsAt - now) / 1_000_000
  }

  sentence(): string {
    const came = this.fired === 0 ? 'has not come' : `came ${often(this.fired)}`
    if (this.isDeleted) return `${came}, deleted`
    if (!this.isOn) return `${came}, disabled`
    return Number.isNaN(this.clock.next) ? `${came}, never again` : `${came}, next at ${isoText(this.clock.next)}`
  }
}

const STATES: readonly unknown[] = ['ENABLED', 'DISABLED']
const ACTIONS: readonly unknown[] = ['NONE', 'DELETE']

interface Scheduled {
  /** When the schedule meant, as text. */
  readonly time: string
  readonly id: string
}

/** The input with what Scheduler knows of the invocation in place of its words. */
function filled(input: unknown, arn: string, { time, id }: Scheduled): unknown {
  if (typeof input === 'string')
    return input
      .replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.execution-id>', id)
  if (typeof input !== 'object' || input === null) return input
  if (Array.isArray(input)) return input.map((each) => filled(each, arn, { time, id }))
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, filled(value, arn, { time, id })]))
}

/** Timer: a time of the schedule. */
function due(self: ScheduleState): void {
  self.due()
}

/** Timer: the pause before an attempt is over. */
function attempt(self: ScheduleState, row: number): void {
  self.deliveries.due(row)
}

/** The target or the dead-letter queue has answered. */
function answered(self: ScheduleState, call: Call): void {
  self.deliveries.answered(call)
}

/** Invocations that never arrived: work that everybody believes is done every night. */
function missed(self: ScheduleState, look: Look): readonly Finding[] {
  const { givenUp, lost, started } = self.deliveries
  if (givenUp.count === 0) return []
  const share = givenUp.count / started.count
  const where =
    lost.count === 0
      ? 'They lie in the dead-letter queue'
      : lost.count === givenUp.count
        ? 'None of it is in a dead-letter queue'
        : `Of ${count(lost.count)} nothing is in a dead-letter queue`
  return [
    {
      kind: 'schedule-missed',
      from: givenUp.first,
      to: givenUp.last,
      share,
      title: 'Scheduled work was not done',
      text: `${counted(givenUp.count, 'invocation')} of ${count(started.count)} (${percent(share)}) never arrived at the target. ${where}.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}
