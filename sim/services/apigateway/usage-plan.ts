// AWS::ApiGateway::UsagePlan: how fast and how often each key may call the stages of a plan.
import type { Call } from '../../engine/calls.ts'
import type { Config, Finding, Look, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { dateOf, dayOf, weekdayOf } from '../../parts/calendar.ts'
import { ADMITTED, SPENT, TOO_FAST, type Admission, type PlanMeter } from '../../parts/gateway-keys.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { count, percent } from '../../parts/words.ts'
import { quotas } from './rest-api.facts.ts'

const throttle = {
  RateLimit: p.number('Requests per second of a key.', [0, Infinity]),
  BurstLimit: p.int('Requests of a key at once.', [0, 2_147_483_647]),
}

export const usagePlan: ServiceDef<UsagePlan> = {
  type: 'AWS::ApiGateway::UsagePlan',
  family: 'edge',
  namespace: 'AWS/ApiGateway',
  dimension: 'UsagePlan',
  summary: 'How fast, how often and where the holders of its API keys may call.',
  models: [
    'A request to a method that asks for a key carries it as `x-api-key` (an attribute of the workload, or among its headers): the key’s value, its name or its logical id. Without one of a plan with that stage it gets 403 [N.APIGATEWAY-41, N.APIGATEWAY-42, API-13].',
    'Each key has a token bucket of its own over all stages of the plan, and one for each method that the plan names; they are asked before the stage’s and the account’s [N.APIGATEWAY-40, N.APIGATEWAY-45, API-10].',
    'A quota per day, week or month; the calendar is UTC, weeks begin on Monday [N.APIGATEWAY-43, API-13].',
  ],
  omits: ['That AWS treats both as targets and lets a little more through.', 'Keys that an authorizer hands out.'],
  quotas,
  assumptions: {},
  // Usage plans and keys cost nothing.
  prices: {},
  props: {
    ApiStages: p.list(
      'What its keys may call.',
      p.record('A stage.', {
        ApiId: p.ref('The API.'),
        Stage: p.string('The stage.'),
        Throttle: p.map('Limits of methods: `/orders/GET`.', p.record('Limits.', throttle), { default: {} }),
      }),
      { default: [] },
    ),
    Throttle: p.record('How fast.', throttle),
    Quota: p.record('How often.', {
      Limit: p.int('Requests in a period.', [0, 2_147_483_647], { required: true }),
      Period: p.oneOf('The period.', ['DAY', 'WEEK', 'MONTH'], { required: true }),
      Offset: p.int('Requests that count as made at the start.', [0, 2_147_483_647], { default: 0 }),
    }),
    UsagePlanName: p.inert('A name.'),
    Description: p.inert('A text.'),
    Tags: p.inert('Tags.'),
  },
  parts: {
    'AWS::ApiGateway::ApiKey': {
      Enabled: p.bool('Whether it lets anybody in.', { default: false }),
      Name: p.string('A name.'),
      Value: p.string('What a request carries.'),
      CustomerId: p.inert('A customer of the marketplace.'),
      Description: p.inert('A text.'),
      GenerateDistinctId: p.inert('Whether its id differs from its value.'),
      StageKeys: p.unused('plans have taken the place of stages at keys'),
      Tags: p.inert('Tags.'),
    },
    'AWS::ApiGateway::UsagePlanKey': {
      KeyId: p.ref('The key.', { required: true }),
      KeyType: p.oneOf('Its kind.', ['API_KEY'], { required: true }),
      UsagePlanId: p.ref('The plan.', { required: true }),
    },
  },
  gather: (near) => ({ Keys: keysOf(near) }),
  create: (config, sim) => new UsagePlan(config, sim),
  ops: {
    'apigateway:GetUsage': {
      doc: 'Says how much each key has used in this period, and how much it has left.',
      target: 'usagePlanId',
      params: ['keyId'],
      ignored: ['startDate', 'endDate', 'limit', 'position'],
      run: getUsage,
    },
  },
  timers: {},
  metrics: {},
  invariants: {
    'nobody uses more than the quota': (self) =>
      self.quota === null || self.meters.every(({ used }) => used <= self.quota!.limit),
    'each request of a key was let in, too fast or over its quota': (self) =>
      self.meters.every((meter) => meter.requests === meter.admitted + meter.tooFast.total + meter.spent.total),
  },
  insights: findingsOf,
  view: {
    glyph: 'plan',
    label: 'Usage plan',
    level: (self) => self.meters.reduce((most, { used }) => Math.max(most, used), 0),
    levelMax: (self) => self.quota?.limit ?? 1,
    tone: (self) => (self.refusing ? 'throttling' : 'calm'),
    readings: [
      {
        name: 'Requests',
        unit: '1/s',
        doc: 'Requests of its keys.',
        counter: true,
        read: (self) => self.meters.reduce((sum, { requests }) => sum + requests, 0),
      },
    ],
    cells: [
      {
        name: 'Keys',
        doc: 'The keys of the plan.',
        columns: [
          { name: 'Requests', unit: '1/s', doc: 'What it asks.', counter: true },
          { name: 'Refused', unit: '1/s', doc: 'What it is refused.', counter: true },
          { name: 'Used', unit: '%', doc: 'Of its quota.' },
        ],
        each: (self, _, cell) =>
          self.meters.forEach((meter, i) => {
            const used = self.quota === null ? NaN : (100 * meter.used) / Math.max(1, self.quota.limit)
            cell(i, [meter.requests, meter.requests - meter.admitted, used], meter.key)
          }),
      },
    ],
  },
  report: (self) => ({
    lines: self.meters.map(
      ({ key, requests, admitted, tooFast, spent }) =>
        `${key}: ${count(requests)} requests, ${count(admitted)} let in, ${count(tooFast.total)} too fast, ${count(spent.total)} over the quota`,
    ),
  }),
}

/** What a key has done under the plan. */
class Meter {
  readonly key: string
  requests = 0
  admitted = 0
  /** Requests in the period under way, and the number of that period. */
  used = 0
  period = 0
  readonly bucket: TokenBucket | null
  /** By stage and method, where the plan has limits of its own. */
  readonly byMethod = new Map<string, TokenBucket>()
  readonly tooFast: Stretch
  readonly spent: Stretch

  constructor(key: string, bucket: TokenBucket | null, warmUp: number) {
    this.key = key
    this.bucket = bucket
    this.tooFast = new Stretch(warmUp)
    this.spent = new Stretch(warmUp)
  }
}

interface Limits {
  readonly RateLimit?: number
  readonly BurstLimit?: number
}

export class UsagePlan implements PlanMeter {
  readonly sim: Sim
  readonly meters: readonly Meter[]
  readonly quota: { readonly limit: number; readonly period: string; readonly offset: number } | null
  /** Whether the last request was refused. */
  refusing = false
  private readonly byKey = new Map<string, Meter>()

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    const quota = config['Quota'] as Config | undefined
    this.quota =
      quota === undefined ? null : { limit: quota['Limit'], period: quota['Period'], offset: quota['Offset'] }
    this.meters = (config['Keys'] as readonly string[]).map(
      (key) => new Meter(key, bucketOf(config['Throttle'] as Limits | undefined), sim.warmUp),
    )
    for (const meter of this.meters) {
      this.byKey.set(meter.key, meter)
      meter.period = this.periodAt(0)
      meter.used = Math.min(this.quota?.offset ?? 0, this.quota?.limit ?? 0)
      for (const { ApiId, Stage, Throttle } of config['ApiStages'] as readonly Config[])
        for (const [method, limits] of Object.entries((Throttle ?? {}) as Record<string, Limits>)) {
          const bucket = bucketOf(limits)
          if (bucket !== null) meter.byMethod.set(`${String(ApiId)}/${String(Stage)} ${method}`, bucket)
        }
    }
  }

  admit(key: string, stage: string, method: string): Admission {
    const meter = this.byKey.get(key)!
    const now = this.sim.clock[0]
    const own = meter.byMethod.size === 0 ? null : (meter.byMethod.get(`${stage} ${method}`) ?? null)
    meter.requests++
    this.refusing = true
    // One gate: a request that one of the two refuses takes nothing from the other.
    if (isEmpty(own, now) || isEmpty(meter.bucket, now)) {
      meter.tooFast.note(now)
      return TOO_FAST
    }
    own?.take(now, 1)
    meter.bucket?.take(now, 1)
    if (this.quota !== null && !this.takesOne(meter, now, this.quota.limit)) {
      meter.spent.note(now)
      return SPENT
    }
    this.refusing = false
    meter.admitted++
    return ADMITTED
  }

  private takesOne(meter: Meter, now: number, limit: number): boolean {
    const period = this.periodAt(now)
    if (period !== meter.period) meter.used = 0
    meter.period = period
    if (meter.used >= limit) return false
    meter.used++
    return true
  }

  /** The number of the day, week or month (API-13). */
  private periodAt(now: number): number {
    const day = dayOf(this.sim.startsAt + now)
    if (this.quota?.period === 'DAY') return day
    // Monday is the first day of a week.
    if (this.quota?.period === 'WEEK') return (day - ((weekdayOf(day) + 6) % 7)) / 7
    const { year, month } = dateOf(day)
    return year * 12 + month
  }
}

function isEmpty(bucket: TokenBucket | null, now: number): boolean {
  return bucket !== null && bucket.tokens(now) < 1
}

function bucketOf(limits: Limits | undefined): TokenBucket | null {
  if (limits?.RateLimit === undefined) return null
  return new TokenBucket(limits.RateLimit, limits.BurstLimit ?? limits.RateLimit)
}

/** The keys that belong to the plan, by logical id. */
function keysOf(near: Near): string[] {
  const keys = near
    .all('AWS::ApiGateway::UsagePlanKey')
    .filter(({ config }) => config['UsagePlanId'] === near.self.logicalId)
    .map(({ config }) => config['KeyId'] as string)
  return [...new Set(keys)]
}

function getUsage(self: UsagePlan, call: Call): void {
  const { sim, quota } = self
  const { keyId } = sim.calls.body[call] as { keyId?: unknown }
  const wanted = self.meters.filter(({ key }) => keyId === undefined || key === keyId)
  const items = wanted.map(({ key, used, admitted }) => [
    key,
    quota === null ? [[admitted, null]] : [[used, quota.limit - used]],
  ])
  sim.calls.answer[call] = { items: Object.fromEntries(items) }
  sim.reply(call, 0)
}

const LEAST = 5
const LEAST_SHARE = 0.01

/** Keys whose plan refuses a part of what they ask. */
function findingsOf(self: UsagePlan, look: Look): Finding[] {
  return self.meters.flatMap(({ key, requests, tooFast, spent }) => {
    const [refused, isQuota] = spent.count > tooFast.count ? [spent, true] : [tooFast, false]
    const share = refused.count / Math.max(1, requests)
    if (refused.count < LEAST || share < LEAST_SHARE) return []
    const limit = isQuota ? 'has used up its quota' : 'asks faster than its plan allows'
    return [
      {
        kind: isQuota ? 'plan-quota' : 'plan-throttle',
        from: refused.first,
        to: refused.last,
        share,
        title: isQuota ? 'A usage plan’s quota is used up' : 'A usage plan’s throttle refuses requests',
        text: `${key} ${limit} (${look.name}): ${count(refused.count)} of its ${count(requests)} requests (${percent(share)}) got 429.`,
      },
    ]
  })
}
