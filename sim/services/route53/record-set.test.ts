// Names: shares by weight, health, failover, and how long clients remember.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, lab, MINUTE, SECOND, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { createRng } from '../../engine/rng.ts'
import { World } from '../../run/world.ts'
import { server } from '../http/server.ts'
import { choose, type Answerable, type Policy } from './choice.ts'
import { healthCheck } from './health-check.ts'
import { recordSet, type RecordSet } from './record-set.ts'

const EXACT = { QueryTime: '0s', Propagation: '30s' }
const weighted = (Weight: number, more: Record<string, unknown> = {}) => ({ Weight, ...more })

interface Setup {
  readonly records: Record<string, Record<string, unknown>>
  readonly assumptions?: Record<string, string>
  readonly checks?: readonly string[]
  readonly options?: LabOptions
}

/** Records of one name, `A` leading to the server `ToA`, and so on. */
function name({ records, assumptions = {}, checks = [], options = {} }: Setup) {
  const world = lab(
    {
      ...Object.fromEntries(
        Object.entries(records).map(([id, properties]) => [
          id,
          {
            def: recordSet,
            properties: {
              ...{ Name: 'www.example.com.', Type: 'A', TTL: '60', SetIdentifier: id, ResourceRecords: [`To${id}`] },
              ...(checks.includes(id) ? { HealthCheckId: `Check${id}` } : {}),
              ...properties,
            },
            assumptions: { ...EXACT, ...assumptions },
          },
        ]),
      ),
      ...Object.fromEntries(
        Object.keys(records).map((id) => [
          `To${id}`,
          { def: server, properties: { Workers: 1_000, ServiceTime: '1ms' } },
        ]),
      ),
      ...Object.fromEntries(
        checks.map((id) => [
          `Check${id}`,
          {
            def: healthCheck,
            properties: { HealthCheckConfig: { Type: 'HTTP', FullyQualifiedDomainName: `To${id}` } },
          },
        ]),
      ),
    },
    {
      probe: [
        [Object.keys(records)[0]!, 'http:GET'],
        ...Object.keys(records).map((id) => [id, 'route53:ChangeResourceRecordSets'] as const),
      ],
      ...options,
    },
  )
  const first = Object.keys(records)[0]!
  const served = (id: string): number => world.state<{ requests: number }>(`To${id}`).requests
  const get = (body: unknown = {}) => world.call(first, 'http:GET', body)
  return { world, served, get, self: world.state<RecordSet>(Object.keys(records).sort()[0]!) }
}

const record = (weight: number, isHealthy = true, isPrimary = false): Answerable => ({ weight, isHealthy, isPrimary })

function shares(policy: Policy, records: readonly Answerable[], n = 25_600): number[] {
  const rng = createRng(1, 'test', 'answers')
  const counts = records.map(() => 0)
  for (let i = 0; i < n; i++) counts[choose(policy, records, rng, i)]!++
  return counts.map((count) => count / n)
}

describe('the choice of a record', () => {
  it('goes by weight over the sum: 1 and 255 answer 1/256 and 255/256 [R53-V1, R53-R1]', () => {
    const [one, many] = shares('weighted', [record(1), record(255)])
    expect(Math.abs(one! - 1 / 256)).toBeLessThan(0.0015)
    expect(one! + many!).toBe(1)
  })

  it('never takes a weight of 0, unless all are 0: then each as often [R53-R1]', () => {
    expect(shares('weighted', [record(0), record(7)])).toEqual([0, 1])
    for (const share of shares('weighted', [record(0), record(0)])) expect(Math.abs(share - 0.5)).toBeLessThan(0.02)
  })

  it('leaves the unhealthy out, the others keep their ratio [R53-V3, R53-R2]', () => {
    const [a, b, c] = shares('weighted', [record(10), record(30, false), record(20)])
    expect(b).toBe(0)
    expect(Math.abs(a! - 1 / 3)).toBeLessThan(0.02)
    expect(Math.abs(c! - 2 / 3)).toBeLessThan(0.02)
  })

  it('takes zero weights when nobody with a weight is healthy, and all when nobody is [R53-R2]', () => {
    expect(shares('weighted', [record(0), record(7, false)])).toEqual([1, 0])
    const [a, b] = shares('weighted', [record(10, false), record(30, false)])
    expect(Math.abs(a! - 0.25)).toBeLessThan(0.02)
    expect(a! + b!).toBe(1)
  })

  it('of a failover is the primary, the secondary while that one alone is well, and the primary when none is [R53-R5]', () => {
    const pair = (first: boolean, second: boolean): number[] =>
      shares('failover', [record(0, first, true), record(0, second)], 100)
    expect(pair(true, true)).toEqual([1, 0])
    expect(pair(true, false)).toEqual([1, 0])
    expect(pair(false, true)).toEqual([0, 1])
    expect(pair(false, false)).toEqual([1, 0])
  })

  it('is any for simple and multivalue names, the nearest by place; what is unhealthy is passed over [R53-R7]', () => {
    for (const share of shares('simple', [record(0), record(0, false)]))
      expect(Math.abs(share - 0.5)).toBeLessThan(0.02)
    expect(shares('multivalue', [record(0), record(0, false)])).toEqual([1, 0])
    expect(shares('nearest', [record(0), record(0)])).toEqual([0.5, 0.5])
    expect(shares('nearest', [record(0), record(0, false)])).toEqual([1, 0])
    const rng = createRng(1, 'test', 'answers')
    expect(choose('nearest', [record(0), record(0)], rng, 3)).toBe(choose('nearest', [record(0), record(0)], rng, 3))
  })

  it('is always one of the records, and healthy while any that may answer is', () => {
    const some = fc.array(
      fc.record({ weight: fc.integer({ min: 0, max: 255 }), isHealthy: fc.boolean(), isPrimary: fc.boolean() }),
      { minLength: 1, maxLength: 8 },
    )
    const policy = fc.constantFrom<Policy>('weighted', 'failover', 'nearest', 'multivalue')
    fc.assert(
      fc.property(policy, some, fc.nat(1_000), (kind, records, resolver) => {
        const chosen = records[choose(kind, records, createRng(resolver, 'test', 'x'), resolver)]!
        expect(chosen).toBeDefined()
        if (records.some(({ isHealthy }) => isHealthy)) expect(chosen.isHealthy).toBe(true)
      }),
    )
  })
})

describe('a name', () => {
  it('divides DNS answers by weight, 9 to 1 [N.ROUTE53-01, R53-R1]', () => {
    const { world, served, get, self } = name({
      records: { A: weighted(90), B: weighted(10) },
      assumptions: { Resolvers: '10000' },
    })
    for (let i = 0; i < 20_000; i++) get()
    world.run(30 * SECOND)
    expect(self.queries).toBeGreaterThan(8_000)
    expect(Math.abs(self.answersOf[1]! / self.queries - 0.1)).toBeLessThan(0.01)
    expect(served('A') + served('B')).toBe(20_000)
  })

  it('shares by query and not by request: one resolver sends all to one side until its answer runs out [R53-R3]', () => {
    const { world, served, get, self } = name({
      records: { A: weighted(1), B: weighted(1) },
      assumptions: { Resolvers: '1' },
    })
    for (let i = 0; i < 1_000; i++) get()
    world.run(SECOND)
    expect(self.queries).toBe(1)
    expect([served('A'), served('B')].sort((a, b) => a - b)).toEqual([0, 1_000])
    world.run(61 * SECOND)
    get()
    world.run(62 * SECOND)
    expect(self.queries).toBe(2)
  })

  it('follows a change of weights after 30 s, and then gradually within the lifetime of 60 s [N.ROUTE53-01, R53-R3, R53-R8]', () => {
    const { world, served, get } = name({
      records: { A: weighted(90), B: weighted(10) },
      assumptions: { Resolvers: '2000' },
    })
    const share = (from: number, to: number): number => {
      const before = [served('A'), served('B')]
      for (let at = from; at < to; at += SECOND / 20) {
        world.run(at)
        get()
        get()
        get()
        get()
        get()
      }
      world.run(to)
      const [a, b] = [served('A') - before[0]!, served('B') - before[1]!]
      return b / (a + b)
    }
    // Everybody has an answer first.
    share(0, 120 * SECOND)
    world.ask('A', 'route53:ChangeResourceRecordSets', { Weight: 0 })
    const from = world.now
    expect(Math.abs(share(from + SECOND, from + 29 * SECOND) - 0.1)).toBeLessThan(0.04)
    const early = share(from + 35 * SECOND, from + 40 * SECOND)
    const middle = share(from + 58 * SECOND, from + 62 * SECOND)
    expect(early).toBeLessThan(middle)
    expect(middle).toBeGreaterThan(0.3)
    expect(middle).toBeLessThan(0.9)
    // Within the lifetime everybody who asks has asked anew; some ask seldom.
    expect(share(from + 91 * SECOND, from + 100 * SECOND)).toBe(1)
    expect(world.ask('A', 'route53:ChangeResourceRecordSets', { Weight: 256 }).status).toBe('InvalidChangeBatch')
  })

  it('leaves the unhealthy out once its check has found it: 3 checks of 30 s, then the lifetime of answers [R53-R2, R53-R4]', () => {
    const faults = [{ at: SECOND, until: 20 * MINUTE, fault: 'sim:http:pause', target: 'ToA', params: {} }]
    const { world, served, get, self } = name({
      records: { A: weighted(1), B: weighted(1) },
      checks: ['A', 'B'],
      assumptions: { Resolvers: '200' },
      options: { faults },
    })
    const ask = (until: number): void => {
      for (; world.now < until; world.run(world.now + SECOND / 10)) get()
    }
    // Checks at 30, 60 and 90 s fail after 6 s each.
    ask(95 * SECOND)
    world.run(96 * SECOND - 1)
    expect(self.isRecordHealthy(0)).toBe(true)
    world.run(96 * SECOND)
    expect(self.isRecordHealthy(0)).toBe(false)
    ask(160 * SECOND)
    const before = [served('A'), served('B')]
    ask(200 * SECOND)
    // Only the checks come to A now.
    expect(served('A') - before[0]!).toBeLessThan(3)
    expect(served('B') - before[1]!).toBeGreaterThan(390)
  })

  it('that leads nowhere is not reached', () => {
    const { world } = name({ records: { A: { ResourceRecords: ['192.0.2.1'] } } })
    expect(world.ask('A', 'http:GET').status).toBe('ConnectTimeoutError')
    expect(world.notSimulated.join()).toContain('outside of this scenario')
  })

  it('costs no events while nobody asks', () => {
    const { world } = name({ records: { A: weighted(1), B: weighted(1) }, checks: ['A'] })
    world.run(20 * MINUTE)
    const { steps } = world.world.kernel
    world.run(300 * DAY)
    expect(world.world.kernel.steps).toBe(steps)
  })
})

describe('an alias of a load balancer', () => {
  const text = (evaluates: boolean): string => `Resources:
${['Blue', 'Green']
  .map(
    (name, i) => `  ${name}:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: { Subnets: [subnet-1, subnet-2] }
  ${name}Listens:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref ${name}
      Port: 80
      Protocol: HTTP
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref ${name}Group }]
  ${name}Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { TargetType: ip, VpcId: vpc-1, Port: 80, Protocol: HTTP, Targets: [{ Id: 10.0.0.${i + 1} }] }
  ${name}Name:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneId: Z1
      Name: www.example.com
      Type: A
      SetIdentifier: ${name}
      Failover: ${name === 'Blue' ? 'PRIMARY' : 'SECONDARY'}
      AliasTarget: { DNSName: !GetAtt ${name}.DNSName, HostedZoneId: !GetAtt ${name}.CanonicalHostedZoneID, EvaluateTargetHealth: ${evaluates} }
`,
  )
  .join('')}Simulation:
  Duration: 10m
  Resources:
    BlueServer: { Type: Sim::Http::Server, Properties: { Url: http://10.0.0.1, Workers: 99, ServiceTime: 1ms } }
    GreenServer: { Type: Sim::Http::Server, Properties: { Url: http://10.0.0.2, Workers: 99, ServiceTime: 1ms } }
  Workloads: { Shop: { Target: BlueName, Operation: GET /shop, Rate: 10/s, Arrivals: regular } }
  Faults: [{ At: 2m, For: 8m, sim:http:pause: { Target: BlueServer } }]
`

  it('that evaluates its target fails over when no target is healthy; else it stays [R53-R6, R53-R5]', () => {
    const toGreen = (evaluates: boolean): number => {
      const world = new World(scenarioOf(text(evaluates)).plan)
      world.run()
      world.finish()
      const points = world.metricOf('Green', 'RequestCount')?.series.points ?? []
      return points.reduce((sum, point) => sum + point.sum * point.repeat, 0)
    }
    expect(toGreen(false)).toBe(0)
    // Down at two minutes, found after 65 s, answers live 60 s: some five and a half minutes are left.
    expect(toGreen(true)).toBeGreaterThan(3_000)
  })
})
