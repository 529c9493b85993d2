// AWS::Route53::HealthCheck: asks an endpoint again and again, and says whether it is healthy.
//
// The one idea: one checker stands for the fifteen of AWS, whose word is taken when more than 18 % agree; so the state turns after as many
// results in a row as the threshold says (R53-R4).
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Action, Config, Near, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { MONTH_US } from '../../model/price.ts'
import { assumptions } from './health-check.facts.ts'
import { behind } from './record-config.ts'

const NONE = -1
const SECOND = 1_000_000
/** Four seconds to connect and two for the answer (R53-R4); ten for TCP. */
const HTTP_TIMEOUT = 6 * SECOND
const TCP_TIMEOUT = 10 * SECOND

export const healthCheck: ServiceDef<HealthCheck> = {
  type: 'AWS::Route53::HealthCheck',
  family: 'edge',
  namespace: 'AWS/Route53',
  dimension: 'HealthCheckId',
  dimensionValue: (_, ref) => ref,
  summary: 'Whether an endpoint answers, as DNS is told.',
  models: [
    'A check every 30 s, or 10 s; codes from 200 to 399 within 4 s and 2 s pass. New ones are healthy, and turn after three results in a row that say otherwise [R53-R4].',
    'Calculated checks are healthy while enough of their children are.',
  ],
  omits: [
    'Fifteen checkers in several Regions: one speaks for all.',
    'Searching for a text in the answer, checks of alarms and of routing controls: they are always healthy.',
    'Checks of endpoints outside of the scenario.',
  ],
  quotas: {},
  assumptions,
  props: {
    HealthCheckConfig: p.record(
      'What is checked.',
      {
        AlarmIdentifier: p.unused('an alarm does not decide'),
        ChildHealthChecks: p.any('Of a calculated check.'),
        EnableSNI: p.inert('TLS.'),
        FailureThreshold: p.int('Results in a row after which the state turns.', [1, 10], { default: 3 }),
        FullyQualifiedDomainName: p.any('The name of the endpoint.'),
        HealthThreshold: p.int('How many children must be healthy.', [0, 256]),
        IPAddress: p.any('The address of the endpoint.'),
        InsufficientDataHealthStatus: p.inert('Of alarms.'),
        Inverted: p.bool('Whether healthy is unhealthy.', { default: false }),
        MeasureLatency: p.inert('Latencies are measured always.'),
        Port: p.inert('The port.'),
        Regions: p.inert('Where checkers are.'),
        RequestInterval: p.int('From one check to the next.', [10, 30], { default: 30, unit: 's' }),
        ResourcePath: p.string('The path.', { default: '/' }),
        RoutingControlArn: p.unused('routing controls do not decide'),
        SearchString: p.unused('answers are not searched'),
        Type: p.oneOf(
          'How it is checked.',
          [
            'HTTP',
            'HTTPS',
            'HTTP_STR_MATCH',
            'HTTPS_STR_MATCH',
            'TCP',
            'CALCULATED',
            'CLOUDWATCH_METRIC',
            'RECOVERY_CONTROL',
          ],
          { required: true },
        ),
      },
      { required: true },
    ),
    HealthCheckTags: p.inert('Tags.'),
  },
  gather,
  create: (config, sim) => new HealthCheck(config, sim),
  ops: {},
  timers: { due, answered, timedOut },
  metrics: {
    HealthCheckStatus: { unit: 'None', kind: 'gauge', doc: '1 = healthy.', read: (self) => (self.isHealthy() ? 1 : 0) },
    HealthCheckPercentageHealthy: {
      unit: 'Percent',
      kind: 'gauge',
      doc: 'Checkers that find it healthy: all or none.',
      read: (self) => (self.isHealthy() ? 100 : 0),
    },
    TimeToFirstByte: { unit: 'Milliseconds', kind: 'distribution', doc: 'From a check to its answer.' },
  },
  prices: {
    Checks: {
      doc: 'Health check',
      usd: '0.50',
      unit: 'months',
      base: MONTH_US,
      source: '2025, us-east-1, https://aws.amazon.com/route53/pricing/ [PR-R1]',
      used: (_, { now }) => now,
    },
  },
  invariants: {
    'the state turns as soon as enough results say so': (self) => self.streak < self.threshold,
  },
  view: {
    glyph: 'check',
    label: 'Health check',
    level: (self) => (self.isHealthy() ? 0 : 1),
    levelMax: () => 1,
    tone: (self) => (self.isHealthy() ? 'calm' : 'failing'),
    readings: [{ name: 'Healthy', unit: '', doc: '1 = healthy.', read: (self) => (self.isHealthy() ? 1 : 0) }],
  },
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const config = near.self.config['HealthCheckConfig'] as Config
  const endpoint = config['FullyQualifiedDomainName'] ?? config['IPAddress']
  const found = endpoint === undefined ? undefined : behind(near, endpoint)
  if (endpoint !== undefined && found === undefined)
    near.self.notSimulated(
      ['Properties', 'HealthCheckConfig'],
      'the endpoint is outside of this scenario: it is always healthy',
    )
  const children = [config['ChildHealthChecks'] ?? []].flat()
  return {
    Endpoint: found?.logicalId ?? '',
    Children: children.flatMap((text) => near.resourceAt(text)?.logicalId ?? []),
  }
}

export class HealthCheck {
  readonly sim: Sim
  readonly threshold: number
  /** Results in a row that contradict the state. */
  streak = 0
  private answersWell = true
  private readonly isInverted: boolean
  private readonly children: readonly Ref[]
  private readonly needed: number
  private readonly interval: number
  private readonly timeout: number
  private readonly path: string
  private readonly isTcp: boolean
  private readonly edge: number
  private readonly restAfter: number
  private readonly dueTarget: Target
  private readonly timeoutTarget: Target
  private readonly metric: MetricId
  private check: Call = NONE
  private timer: TimerHandle = NONE
  private askedAt = 0
  private isResting = false
  /** Whether any check has come back yet. */
  private hasResult = false

  constructor(all: Config, sim: Sim) {
    const config = all['HealthCheckConfig'] as Config
    this.sim = sim
    this.threshold = config['FailureThreshold'] as number
    this.isInverted = config['Inverted'] as boolean
    this.children = all['Children'] as readonly Ref[]
    this.needed = (config['HealthThreshold'] as number | undefined) ?? this.children.length
    this.interval = (config['RequestInterval'] as number) * SECOND
    this.isTcp = config['Type'] === 'TCP'
    this.timeout = this.isTcp ? TCP_TIMEOUT : HTTP_TIMEOUT
    this.path = config['ResourcePath'] as string
    const endpoint = all['Endpoint'] as Ref
    this.edge = endpoint === '' ? NONE : sim.edge(endpoint, 'http:GET' as Action, answered)
    this.restAfter = sim.sampler('ChecksRestAfter').draw(sim.rng('check'))
    this.dueTarget = sim.target(due)
    this.timeoutTarget = sim.target(timedOut)
    this.metric = sim.metric('TimeToFirstByte')
    if (this.edge !== NONE) sim.after(0, this.dueTarget, 0)
  }

  isHealthy(): boolean {
    const own =
      this.children.length === 0
        ? this.answersWell
        : this.children.filter((name) => this.sim.peer<HealthCheck>(name).isHealthy()).length >= this.needed
    return own !== this.isInverted
  }

  /** Somebody asks for a name that hangs on it. */
  wanted(now: number): void {
    this.askedAt = now
    for (const child of this.children) this.sim.peer<HealthCheck>(child).wanted(now)
    if (!this.isResting) return
    this.isResting = false
    this.sim.after(0, this.dueTarget, 0)
  }

  due(): void {
    const { sim } = this
    const now = sim.clock[0]
    if (this.hasResult && this.streak === 0 && now - this.askedAt >= this.restAfter) {
      this.isResting = true
      return
    }
    sim.after(this.interval, this.dueTarget, 0)
    // A check takes less than the shortest interval, so there is one at a time.
    this.check = sim.open(this.edge, 0, 0)
    sim.calls.body[this.check] = { Path: this.path, Headers: { 'user-agent': 'Amazon-Route53-Health-Check-Service' } }
    this.timer = sim.timer(Math.min(this.timeout, this.interval - 1), this.timeoutTarget, 0)
    sim.send(this.check)
  }

  settle(call: Call): void {
    const { sim } = this
    const { calls, errors } = sim
    const http = calls.status[call] === 0 ? statusOf(calls.answer[call]) : errors.http[calls.status[call]]
    const elapsed = sim.clock[0] - calls.sentAt[call]
    sim.close(call)
    if (this.check !== call) return
    this.check = NONE
    sim.cancel(this.timer)
    sim.record(this.metric, elapsed)
    this.judge(this.isTcp ? http > 0 : http >= 200 && http < 400)
  }

  timedOut(): void {
    this.sim.abandon(this.check)
    this.check = NONE
    this.judge(false)
  }

  private judge(passed: boolean): void {
    this.hasResult = true
    if (passed === this.answersWell) {
      this.streak = 0
      return
    }
    if (++this.streak < this.threshold) return
    this.answersWell = passed
    this.streak = 0
  }
}

function statusOf(answer: unknown): number {
  return (answer as { statusCode?: number } | null)?.statusCode ?? 200
}

function due(self: HealthCheck): void {
  self.due()
}

function answered(self: HealthCheck, call: Call): void {
  self.settle(call)
}

function timedOut(self: HealthCheck): void {
  self.timedOut()
}
