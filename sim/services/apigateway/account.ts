// The request throttle of an account in a Region, shared by its REST and HTTP APIs.
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import type { AccountThrottle } from '../../parts/gateway.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { quotas } from './rest-api.facts.ts'

export const account: ServiceDef<Account> = {
  type: 'Sim::ApiGateway::Account',
  family: 'edge',
  namespace: 'Sim',
  dimension: '',
  singleton: true,
  summary: 'The request throttle that all APIs of an account share in a Region.',
  models: ['One token bucket over all REST and HTTP APIs: 10,000 requests per second, 5,000 at once (API-11, API-12).'],
  omits: [
    'That the throttle is a target in AWS and not a hard limit.',
    'WebSocket APIs, and the Regions with lower limits: set the quotas for those.',
  ],
  quotas,
  assumptions: {},
  props: {},
  create: (config, sim) => new Account(config, sim),
  amend: {
    members: () => [],
    quotas: ['RequestsPerSecond', 'BurstRequests'],
    run: ({ sim, bucket }) => bucket.resize(sim.clock[0], sim.quota('RequestsPerSecond'), sim.quota('BurstRequests')),
  },
  ops: {},
  timers: {},
  metrics: {},
  invariants: {
    'the bucket holds between nothing and its burst': (self) =>
      self.bucket.tokens(self.sim.clock[0]) >= 0 && self.bucket.tokens(self.sim.clock[0]) <= self.bucket.burst,
  },
  view: {
    glyph: 'account',
    label: 'API Gateway account',
    level: (self) => self.bucket.burst - self.bucket.peek(self.sim.clock[0]),
    levelMax: (self) => self.bucket.burst,
    tone: (self) => (self.bucket.peek(self.sim.clock[0]) < 1 ? 'throttling' : 'calm'),
    readings: [
      { name: 'Tokens', unit: 'requests', doc: 'What may pass at once.', read: (self, now) => self.bucket.peek(now) },
      { name: 'Burst', unit: 'requests', doc: 'What the bucket holds at most.', read: (self) => self.bucket.burst },
      { name: 'Rate', unit: '1/s', doc: 'What flows into the bucket.', read: (self) => self.bucket.rate },
    ],
  },
}

export class Account implements AccountThrottle {
  readonly sim: Sim
  readonly bucket: TokenBucket

  constructor(_config: Config, sim: Sim) {
    this.sim = sim
    this.bucket = new TokenBucket(sim.quota('RequestsPerSecond'), sim.quota('BurstRequests'))
  }
}
