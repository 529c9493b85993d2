// Load balancers: rules, choice of targets, health, draining, functions, codes, and the network kind.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lab, MS, MINUTE, SECOND, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import type { ServiceDef, Sim } from '../../model/contract.ts'
import { server } from '../http/server.ts'
import { loadBalancer } from './load-balancer.ts'
import type { LoadBalancer } from './load-balancer-state.ts'
import { targetGroup } from './target-group.ts'
import { Chooser, byFlow, eligible, type Target } from './targets.ts'

const NOW = { Latency: '0s', FirstCheckDelay: '0s' }

interface Fn {
  readonly sim: Sim
  readonly events: any[]
}

/** A function that answers what the request's body says, for the codes that a load balancer makes of it. */
const fn: ServiceDef<Fn> = {
  type: 'AWS::Lambda::Function',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'FunctionName',
  summary: 'Answers as it is told.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_, sim) => ({ sim, events: [] }),
  ops: {
    'lambda:InvokeFunction': {
      doc: 'Runs it.',
      run: (self, call) => {
        const { Payload } = self.sim.calls.body[call] as { Payload: any }
        self.events.push(Payload)
        if (Payload.body?.throttle === true)
          return self.sim.reply(call, self.sim.error('TooManyRequestsException', 429))
        if (Payload.body?.bytes !== undefined) {
          const frame = JSON.stringify({ statusCode: 200, body: '' }).length
          const answer = { statusCode: 200, body: 'x'.repeat(Payload.body.bytes - frame) }
          self.sim.calls.answer[call] = { StatusCode: 200, Payload: answer }
          return self.sim.reply(call, 0)
        }
        self.sim.calls.answer[call] = Payload.body?.answer ?? { StatusCode: 200, Payload: { statusCode: 201 } }
        return self.sim.reply(call, 0)
      },
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: 'x', label: 'x', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

const PERMIT = {
  type: 'AWS::Lambda::Permission',
  config: {
    FunctionName: 'Work',
    Action: 'lambda:InvokeFunction',
    Principal: 'elasticloadbalancing.amazonaws.com',
  },
}
const listener = (config: Record<string, unknown>) => ({
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  config: { LoadBalancerArn: 'Web', Port: 80, Protocol: 'HTTP', ...config },
})
const rule = (Priority: number, Conditions: unknown, Actions: unknown) => ({
  type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  config: { ListenerArn: 'Listens', Priority, Conditions, Actions },
})
const forward = (...groups: (string | [string, number])[]) => [
  {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups.map((each) =>
        typeof each === 'string' ? { TargetGroupArn: each } : { TargetGroupArn: each[0], Weight: each[1] },
      ),
    },
  },
]
const fixed = (StatusCode: string) => [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode } }]
const attributes = (map: Record<string, string>) => Object.entries(map).map(([Key, Value]) => ({ Key, Value }))

interface Setup {
  readonly balancer?: Record<string, unknown>
  readonly group?: Record<string, unknown>
  readonly servers?: readonly string[]
  readonly service?: string
  readonly parts?: Record<string, Part>
  readonly beside?: Record<string, { type: string; config: Record<string, unknown> }>
  readonly options?: LabOptions
  readonly assumptions?: Record<string, string>
}

/** A load balancer `Web` before the servers of the group `Group`. */
function web(setup: Setup = {}) {
  const { servers = ['A', 'B', 'C'], service = '10ms' } = setup
  const world = lab(
    {
      Web: {
        def: loadBalancer,
        properties: { Subnets: ['one', 'two'], ...setup.balancer },
        assumptions: { ...NOW, ...setup.assumptions },
      },
      Group: {
        def: targetGroup,
        properties: { TargetType: 'ip', Targets: servers.map((Id) => ({ Id, Port: 80 })), ...setup.group },
      },
      ...Object.fromEntries(
        servers.map((name) => [name, { def: server, properties: { Workers: 100, ServiceTime: service } }]),
      ),
      ...setup.parts,
    },
    {
      beside: { Listens: listener({ DefaultActions: forward('Group') }), ...setup.beside },
      probe: [
        ...['GET', 'POST', 'DELETE'].map((method) => ['Web', `http:${method}` as const] as const),
        ...['RegisterTargets', 'DeregisterTargets', 'DescribeTargetHealth'].map(
          (name) => ['Group', `elasticloadbalancing:${name}` as const] as const,
        ),
      ],
      ...setup.options,
    },
  )
  const get = (body: unknown = {}, method = 'GET') => world.ask('Web', `http:${method}`, body)
  const states = (): Record<string, string> =>
    Object.fromEntries(
      world
        .ask('Group', 'elasticloadbalancing:DescribeTargetHealth')
        .answer.TargetHealthDescriptions.map((each: any) => [each.Target.Id, each.TargetHealth.State]),
    )
  const served = (): Record<string, number> =>
    Object.fromEntries(self.targets.flatMap((target) => (target === null ? [] : [[target.id, target.requests]])))
  const self = world.state<LoadBalancer>('Web')
  return { world, get, states, served, self }
}

const pause = (at: number, until: number, target: string) => ({
  ...{ at, until, target },
  fault: 'sim:http:pause',
  params: {},
})

function metric(world: Lab, name: string, dimensions?: Record<string, string>): number {
  return world.sum('Web', name, dimensions)
}

describe('rules', () => {
  const beside = {
    Listens: listener({ DefaultActions: fixed('404') }),
    Second: rule(20, [{ Field: 'path-pattern', Values: ['/a*'] }], fixed('202')),
    First: rule(10, [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a', '/b?'] } }], fixed('201')),
    Host: rule(30, [{ Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } }], fixed('203')),
    Header: rule(
      40,
      [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Beta', Values: ['yes'] } }],
      fixed('204'),
    ),
    Query: rule(
      50,
      [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'any*' }] } }],
      fixed('205'),
    ),
    Both: rule(
      60,
      [
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST', 'DELETE'] } },
        { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
      ],
      fixed('206'),
    ),
    Away: rule(
      70,
      [{ Field: 'path-pattern', Values: ['/old'] }],
      [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Protocol: 'HTTPS', Port: '443', Path: '/new' } }],
    ),
  }
  const code = (body: unknown, method = 'GET'): number => {
    const { answer, http } = web({ beside }).get(body, method)
    return answer?.statusCode ?? http
  }

  it('are asked by priority, whatever their order in the template; the default comes last [ALB-R1]', () => {
    expect(code({ Path: '/a' })).toBe(201)
    expect(code({ Path: '/ab' })).toBe(202)
    expect(code({ Path: '/bx' })).toBe(201)
    expect(code({ Path: '/b' })).toBe(404)
  })

  it('look at host, header, query, method and source; all of them must hold, of each any value [ALB-R1]', () => {
    expect(code({ Path: '/x', Headers: { Host: 'API.Example.com' } })).toBe(203)
    expect(code({ Path: '/x', Headers: { 'x-beta': 'yes' } })).toBe(204)
    expect(code({ Path: '/x?v=2' })).toBe(205)
    expect(code({ Path: '/x', Query: { other: 'anything' } })).toBe(205)
    expect(code({ Path: '/x?v=3' })).toBe(404)
    const from = { Headers: { 'X-Forwarded-For': '192.0.2.7' } }
    expect(code({ Path: '/x', ...from }, 'POST')).toBe(206)
    expect(code({ Path: '/x', ...from }, 'DELETE')).toBe(206)
    expect(code({ Path: '/x', ...from })).toBe(404)
    expect(code({ Path: '/x' }, 'POST')).toBe(404)
  })

  it('redirect with the place to go to [ALB-R1]', () => {
    const { get, world } = web({ beside })
    const { answer, status } = get({ Path: '/old?x=1', Headers: { host: 'a.com' } })
    expect(status).toBe('OK')
    expect(answer).toEqual({ statusCode: 301, headers: { location: 'https://a.com:443/new?x=1' } })
    world.run(MINUTE).finish()
    expect(metric(world, 'HTTP_Redirect_Count')).toBe(1)
  })

  it('share requests out by weights, and a weight of 0 gets none [ALB-R1]', () => {
    const { world, served } = web({
      servers: ['A'],
      beside: {
        Listens: listener({ DefaultActions: forward(['Group', 3], ['Other', 1], ['Never', 0]) }),
      },
      parts: {
        B: { def: server, properties: { Workers: 100, ServiceTime: '1ms' } },
        Z: { def: server, properties: { Workers: 100, ServiceTime: '1ms' } },
        Other: { def: targetGroup, properties: { TargetType: 'ip', Targets: [{ Id: 'B' }] } },
        Never: { def: targetGroup, properties: { TargetType: 'ip', Targets: [{ Id: 'Z' }] } },
      },
    })
    for (let i = 0; i < 4_000; i++) world.call('Web', 'http:GET')
    world.run(10 * SECOND)
    expect(served()['A']! / 4_000).toBeCloseTo(0.75, 1)
    expect(served()['B']! + served()['A']!).toBe(4_000)
    expect(served()['Z']).toBe(0)
  })

  it('are 100 at most, with five values each and five groups an action; priorities are their own [ALB-R1]', () => {
    const many = Object.fromEntries(
      Array.from({ length: 101 }, (_, i) => [
        `R${i}`,
        rule(i + 1, [{ Field: 'path-pattern', Values: [`/${i}`] }], fixed('200')),
      ]),
    )
    expect(() => web({ beside: many })).toThrow('101 rules')
    const values = [{ Field: 'path-pattern', Values: ['/a', '/b', '/c', '/d', '/e', '/f'] }]
    expect(() => web({ beside: { Wide: rule(1, values, fixed('200')) } })).toThrow('6 values')
    expect(() => web({ beside: { One: rule(1, [], fixed('200')), Two: rule(1, [], fixed('200')) } })).toThrow(
      'priority 1',
    )
    expect(() => web({ beside: { Odd: rule(1, [{ Field: 'moon', Values: [] }], fixed('200')) } })).toThrow('`moon`')
  })
})

describe('the choice of a target', () => {
  it('goes round: three targets, 300 requests, 100 each [N.ALB-04, ALB-R3, ALB-V3]', () => {
    const { world, served, self } = web()
    world.run(SECOND)
    for (let i = 0; i < 300; i++) world.call('Web', 'http:GET')
    world.run(5 * SECOND)
    expect(served()).toEqual({ A: 100, B: 100, C: 100 })
    expect(self.waiting.size).toBe(0)
  })

  const target = (id: string, inFlight = 0, healthySince = 0): Target => ({
    ...{ id, port: 80, zone: '', route: 0, state: 'healthy', reason: '', passed: 1, failed: 0, inFlight, requests: 0 },
    ...{
      healthySince,
      hasFailed: false,
      check: -1,
      checkTimer: -1,
      timeoutTimer: -1,
      drainTimer: -1,
      isResting: false,
      ...{ row: 0, group: 0, sessions: 0 },
    },
  })
  const half = { float: () => 0.5 } as never

  it('takes A, B, C, A, B, C in turn, and the one with the fewest requests in flight [ALB-V3, ALB-R4]', () => {
    const [a, b, c] = [target('A', 2), target('B', 0), target('C', 1)]
    const turn = new Chooser('round_robin', 0, half)
    expect(Array.from({ length: 6 }, () => turn.choose([a, b, c], 0).id).join('')).toBe('ABCABC')
    expect(new Chooser('least_outstanding_requests', 0, half).choose([a, b, c], 0).id).toBe('B')
    const even = new Chooser('least_outstanding_requests', 0, half)
    expect([even.choose([b, target('D')], 0).id, even.choose([b, target('D')], 0).id]).toEqual(['B', 'D'])
  })

  it('at random takes each as often [ALB-R3]', () => {
    const { world, served } = web({
      group: { TargetGroupAttributes: attributes({ 'load_balancing.algorithm.type': 'weighted_random' }) },
    })
    world.run(SECOND)
    for (let i = 0; i < 3_000; i++) world.call('Web', 'http:GET')
    world.run(20 * SECOND)
    for (const count of Object.values(served())) expect(Math.abs(count - 1_000)).toBeLessThan(150)
    expect(new Set(Object.values(served())).size).toBeGreaterThan(1)
  })

  it('gives a new target its turn the more often the longer it is healthy, beside a warm one alone [ALB-R5]', () => {
    const slow = new Chooser('round_robin', 100 * SECOND, half)
    const [old, young] = [target('old'), target('young', 0, 100 * SECOND)]
    // The draw is 0.5: before half of the slow start the young one is passed over, from then on it has its turn.
    const at = (now: number): string => Array.from({ length: 4 }, () => slow.choose([old, young], now).id).join(' ')
    expect(at(150 * SECOND)).toBe('old old old old')
    expect(at(151 * SECOND)).toContain('young')
    const bothNew = new Chooser('round_robin', 100 * SECOND, half)
    const [x, y] = [target('x', 0, 1), target('y', 0, 1)]
    expect([bothNew.choose([x, y], 2).id, bothNew.choose([x, y], 2).id]).toEqual(['x', 'y'])
  })

  it('keeps a client with its target while that is healthy [ALB-R6]', () => {
    const { world, served, states } = web({
      servers: ['A', 'B'],
      group: {
        TargetGroupAttributes: attributes({
          'stickiness.enabled': 'true',
          'stickiness.type': 'lb_cookie',
          'stickiness.lb_cookie.duration_seconds': '600',
        }),
      },
      options: { faults: [pause(30 * SECOND, 10 * MINUTE, 'A')] },
    })
    world.run(SECOND)
    for (let i = 0; i < 10; i++) world.call('Web', 'http:GET', { Session: 'me' })
    world.run(2 * SECOND)
    expect(served()).toEqual({ A: 10, B: 0 })
    world.run(2 * MINUTE)
    expect(states()['A']).toBe('unhealthy')
    world.ask('Web', 'http:GET', { Session: 'me' })
    expect(served()).toEqual({ A: 10, B: 1 })
  })

  it('with the fewest requests goes round among equals, however many there are [ALB-R4]', () => {
    const counts = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(counts, (inFlight) => {
        const list = inFlight.map((count, i) => target(`T${i}`, count))
        const equals = list.filter((each) => each.inFlight === Math.min(...inFlight))
        const chooser = new Chooser('least_outstanding_requests', 0, half)
        for (let i = 0; i < 30; i++) expect(chooser.choose(list, 0)).toBe(equals[i % equals.length])
      }),
    )
  })

  it('is the same for a flow of a network load balancer, whatever comes between [NLB-R1]', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (flow, n) => {
        const list = Array.from({ length: n }, (_, i) => target(`T${i}`))
        return byFlow(list, flow) === byFlow(list, flow)
      }),
    )
    const list = Array.from({ length: 4 }, (_, i) => target(`T${i}`))
    const seen = new Map<string, number>()
    for (let i = 0; i < 4_000; i++) {
      const { id } = byFlow(list, `flow ${i}`)
      seen.set(id, (seen.get(id) ?? 0) + 1)
    }
    for (const count of seen.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })

  it('passes over the unhealthy, takes all when nobody is healthy, and none that drains [ALB-R23, ALB-R40]', () => {
    const sick = { ...target('sick'), state: 'unhealthy' as const }
    const gone = { ...target('gone'), state: 'draining' as const }
    expect(eligible([target('well'), sick, gone], 1).map(({ id }) => id)).toEqual(['well'])
    expect(eligible([sick, gone], 1).map(({ id }) => id)).toEqual(['sick'])
    expect(eligible([target('well'), sick], 2).map(({ id }) => id)).toEqual(['well', 'sick'])
    expect(eligible([gone], 1)).toEqual([])
  })
})

describe('health checks', () => {
  it('make a new target healthy at its first pass [ALB-V2, ALB-R21, ALB-R24]', () => {
    const { world, states, self } = web({ servers: ['A'], assumptions: { FirstCheckDelay: '2s' } })
    world.run(2 * SECOND + 10 * MS - 1)
    expect(self.targets[0]!.state).toBe('initial')
    world.run(2 * SECOND + 10 * MS)
    expect(states()).toEqual({ A: 'healthy' })
  })

  it('find a silent target at 65 s and take five passes to trust it again: 210 s [ALB-V1, ALB-R20, ALB-R22]', () => {
    // The first check is at 0 and passes; the server is silent from then until 70 s.
    const { world, self } = web({
      servers: ['A'],
      service: '1us',
      options: { faults: [pause(2, 70 * SECOND, 'A')] },
    })
    const state = (at: number): string => {
      world.run(at)
      return self.targets[0]!.state
    }
    expect(state(65 * SECOND - 1)).toBe('healthy')
    expect(state(65 * SECOND)).toBe('unhealthy')
    expect(self.targets[0]!.reason).toBe('Target.Timeout')
    // What waited in the pause is served late and no longer counts; checks at 90, 120, 150, 180 and 210 s pass.
    expect(state(210 * SECOND)).toBe('unhealthy')
    expect(state(210 * SECOND + 1)).toBe('healthy')
  })

  it('end the turn of a target that fails two of them; after 65 s it gets nothing [N.ALB-04, ALB-R23]', () => {
    const { world, served } = web({ options: { faults: [pause(SECOND, 20 * MINUTE, 'C')] } })
    world.run(66 * SECOND)
    const before = served()
    for (let i = 0; i < 100; i++) world.call('Web', 'http:GET')
    world.run(67 * SECOND)
    expect(served()).toEqual({ A: before['A']! + 50, B: before['B']! + 50, C: before['C']! })
    world.run(3 * MINUTE).finish()
    const dimensions = { TargetGroup: 'Group' }
    expect(world.points('Web', 'UnHealthyHostCount', dimensions).at(-1)!.max).toBe(1)
    expect(world.points('Web', 'HealthyHostCount', dimensions).at(-1)!.min).toBe(2)
  })

  it('look at the code: one that the matcher does not name has failed [ALB-R20]', () => {
    const failing = { A: { def: server, properties: { Workers: 10, ServiceTime: '1ms', ErrorRate: 1 } } }
    const state = (HttpCode: string): string => {
      const { world, self } = web({
        servers: [],
        group: { Targets: [{ Id: 'A' }], Matcher: { HttpCode } },
        parts: failing,
      })
      world.run(40 * SECOND)
      return self.targets[0]!.state
    }
    expect(state('200-299')).toBe('unhealthy')
    expect(state('200,500')).toBe('healthy')
  })

  it('are each target’s own, by one checker for all nodes [ALB-R22, ALB-R25]', () => {
    const { world, self } = web({ servers: ['A', 'B'], options: { faults: [pause(SECOND, 10 * MINUTE, 'B')] } })
    world.run(66 * SECOND)
    expect(self.targets.map((target) => target!.state)).toEqual(['healthy', 'unhealthy'])
    // Two nodes, and still 3 checks of A in 66 s: at 0, 30 and 60 s.
    expect(world.state<{ requests: number }>('A').requests).toBe(3)
  })

  it('of functions are off unless they are asked for, and come every 35 s then [ALB-R20]', () => {
    const checks = (group: Record<string, unknown>): number => {
      const world = lambda({ group }).world
      world.run(36 * SECOND)
      return world.state<Fn>('Work').events.length
    }
    expect(checks({})).toBe(0)
    expect(checks({ HealthCheckEnabled: true })).toBe(2)
  })

  it('of an NLB find a dead target after two of them, by connecting alone [NLB-V1, NLB-R3]', () => {
    const { world, self } = web({
      servers: ['A'],
      balancer: { Type: 'network' },
      group: { Protocol: 'TCP' },
      service: '1us',
      options: { faults: [pause(2, MINUTE * 10, 'A')] },
    })
    world.run(70 * SECOND - 1)
    expect(self.targets[0]!.state).toBe('healthy')
    world.run(70 * SECOND)
    expect(self.targets[0]!.state).toBe('unhealthy')
    // An error is a connection all the same.
    const failing = web({
      servers: [],
      balancer: { Type: 'network' },
      group: { Protocol: 'TCP', Targets: [{ Id: 'A' }] },
      parts: { A: { def: server, properties: { Workers: 10, ServiceTime: '1ms', ErrorRate: 1 } } },
    })
    failing.world.run(2 * MINUTE)
    expect(failing.self.targets[0]!.state).toBe('healthy')
  })

  it('rest while nobody asks, and go on with the next request', () => {
    const { world, self, get } = web({ servers: ['A'] })
    world.run(20 * MINUTE)
    const before = world.world.kernel.steps
    world.run(300 * 24 * 60 * MINUTE)
    expect(world.world.kernel.steps).toBe(before)
    expect(self.targets[0]!.isResting).toBe(true)
    get()
    expect(self.targets[0]!.isResting).toBe(false)
  })
})

describe('deregistration', () => {
  it('lets what is in flight end, sends nothing new, and is over after its delay [ALB-R30]', () => {
    const { world, states, served, self } = web({
      servers: ['A', 'B'],
      service: '20s',
      group: {
        HealthCheckEnabled: false,
        TargetGroupAttributes: attributes({ 'deregistration_delay.timeout_seconds': '60' }),
      },
    })
    world.call('Web', 'http:GET')
    world.run(SECOND)
    world.ask('Group', 'elasticloadbalancing:DeregisterTargets', { Targets: [{ Id: 'A' }] })
    expect(states()).toEqual({ A: 'draining', B: 'healthy' })
    for (let i = 0; i < 4; i++) world.call('Web', 'http:GET')
    world.run(21 * SECOND)
    expect(served()).toEqual({ A: 1, B: 4 })
    expect(world.answers.filter(({ action }) => action === 'http:GET').every(({ status }) => status === 'OK')).toBe(
      true,
    )
    world.run(61 * SECOND - 1)
    expect(self.targets[0]).not.toBeNull()
    world.run(61 * SECOND)
    expect(states()).toEqual({ B: 'healthy' })
  })

  it('answers 502 for what is still in flight then [ALB-R30]', () => {
    const { world } = web({
      servers: ['A'],
      service: '50s',
      group: {
        HealthCheckEnabled: false,
        TargetGroupAttributes: attributes({ 'deregistration_delay.timeout_seconds': '10' }),
      },
    })
    world.call('Web', 'http:GET')
    world.run(SECOND)
    world.ask('Group', 'elasticloadbalancing:DeregisterTargets', { Targets: [{ Id: 'A' }] })
    world.run(11 * SECOND)
    expect(world.answers.at(-1)).toMatchObject({ http: 502, at: 11 * SECOND })
  })

  it('can be taken back: registered again, the target is new [ALB-R21]', () => {
    const { world, states } = web({ servers: ['A', 'B'], service: '1ms' })
    world.run(SECOND)
    world.ask('Group', 'elasticloadbalancing:DeregisterTargets', { Targets: [{ Id: 'A' }] })
    world.ask('Group', 'elasticloadbalancing:RegisterTargets', { Targets: [{ Id: 'A' }] })
    expect(states()['A']).toBe('initial')
    world.run(2 * SECOND)
    expect(states()['A']).toBe('healthy')
    expect(world.ask('Group', 'elasticloadbalancing:RegisterTargets', { Targets: [{ Id: 'moon' }] }).status).toBe(
      'InvalidTarget',
    )
  })
})

describe('a group', () => {
  it('whose request is in flight when its target comes back keeps it with that target [ALB-R21]', () => {
    const { world, served, self } = web({ servers: ['A'], service: '20s', group: { HealthCheckEnabled: false } })
    world.call('Web', 'http:GET')
    world.run(SECOND)
    world.ask('Group', 'elasticloadbalancing:DeregisterTargets', { Targets: [{ Id: 'A' }] })
    world.ask('Group', 'elasticloadbalancing:RegisterTargets', { Targets: [{ Id: 'A' }] })
    expect(self.targets[0]!.inFlight).toBe(1)
    world.run(30 * SECOND)
    expect(world.answers.filter(({ action }) => action === 'http:GET')).toMatchObject([{ status: 'OK' }])
    expect(served()).toEqual({ A: 1 })
  })

  it('is no longer dark when the last target that failed has gone', () => {
    const { world, self } = web({
      servers: ['A'],
      group: { TargetGroupAttributes: attributes({ 'deregistration_delay.timeout_seconds': '10' }) },
      options: { faults: [pause(0, 60 * MINUTE, 'A')] },
    })
    world.run(2 * MINUTE)
    const [group] = self.groups
    const since = group!.darkSince
    expect(since).toBeGreaterThan(0)
    world.ask('Group', 'elasticloadbalancing:DeregisterTargets', { Targets: [{ Id: 'A' }] })
    world.run(3 * MINUTE)
    expect(self.targets[0]).toBeNull()
    expect(group!.darkSince).toBe(-1)
    expect(group!.firstDark.from).toBe(since)
  })
})

describe('codes of its own', () => {
  it('503 without a target; registered but unhealthy ones are asked all the same [ALB-V5, ALB-R40]', () => {
    expect(web({ servers: [] }).get().http).toBe(503)
    const { world, get, self } = web({ servers: ['A', 'B'], service: '1ms', group: { Matcher: { HttpCode: '404' } } })
    world.run(40 * SECOND)
    expect(self.targets.map((target) => target!.state)).toEqual(['unhealthy', 'unhealthy'])
    expect(get().status).toBe('OK')
    expect(self.groups[0]!.failedOpen).toBe(1)
  })

  it('504 when a target keeps silent for the idle time-out, to the microsecond [ALB-R7]', () => {
    const slow = web({ servers: ['A'], service: '70s', group: { HealthCheckEnabled: false } })
    slow.world.run(SECOND)
    const answer = slow.get()
    expect(answer).toMatchObject({ http: 504, at: 61 * SECOND })
    const patient = web({
      servers: ['A'],
      service: '70s',
      group: { HealthCheckEnabled: false },
      balancer: { LoadBalancerAttributes: attributes({ 'idle_timeout.timeout_seconds': '71' }) },
    })
    expect(patient.get().status).toBe('OK')
    expect(() =>
      web({ balancer: { LoadBalancerAttributes: attributes({ 'idle_timeout.timeout_seconds': '4001' }) } }),
    ).toThrow('is `4001`')
  })

  it('counts what it answers itself apart from what targets answer; all pass that come [ALB-R8]', () => {
    const { world } = web({ servers: ['A'], parts: {}, service: '1ms' })
    for (let i = 0; i < 5; i++) world.call('Web', 'http:GET')
    world.run(3 * MINUTE).finish()
    expect(metric(world, 'HTTPCode_Target_2XX_Count')).toBe(5)
    expect(metric(world, 'RequestCount')).toBe(5)
    expect(metric(world, 'RequestCount', { TargetGroup: 'Group' })).toBe(5)
    expect(metric(world, 'RejectedConnectionCount')).toBe(0)
    const none = web({ servers: [] })
    none.world.call('Web', 'http:GET')
    none.world.run(3 * MINUTE).finish()
    expect(metric(none.world, 'HTTPCode_ELB_503_Count')).toBe(1)
    expect(metric(none.world, 'HTTPCode_ELB_5XX_Count')).toBe(1)
    expect(metric(none.world, 'RequestCount')).toBe(0)
  })
})

function lambda(setup: Setup = {}) {
  return web({
    servers: [],
    parts: { Work: { def: fn } },
    ...setup,
    group: { TargetType: 'lambda', Targets: [{ Id: 'Work' }], ...setup.group },
    beside: { Permit: PERMIT, ...setup.beside },
  })
}

describe('a function as a target', () => {
  it('needs a target group and a permission; without a target it is 503 [N.ALB-01]', () => {
    expect(lambda().get().answer.statusCode).toBe(201)
    expect(lambda({ group: { Targets: [] } }).get().http).toBe(503)
    expect(() =>
      lambda({ beside: { Permit: { ...PERMIT, config: { ...PERMIT.config, Principal: 'sns.amazonaws.com' } } } }),
    ).toThrow('target-without-permission')
    expect(() => lambda({ group: { Targets: [{ Id: 'Work' }, { Id: 'Work' }] } })).toThrow('balancer-limit')
    expect(() => lambda({ group: { TargetType: 'ip' } })).toThrow('`TargetType` is `ip`')
  })

  it('gets the request as JSON, and its status is the client’s [N.ALB-02]', () => {
    const { world, get } = lambda()
    const answer = get({ Path: '/orders/1?a=1', Headers: { 'X-Kind': 'test' }, Body: { id: 7 } }, 'POST')
    expect(answer).toMatchObject({ status: 'OK', answer: { statusCode: 201 } })
    expect(world.state<Fn>('Work').events[0]).toMatchObject({
      httpMethod: 'POST',
      path: '/orders/1',
      queryStringParameters: { a: '1' },
      headers: { 'x-kind': 'test' },
      body: { id: 7 },
      isBase64Encoded: false,
    })
  })

  it('that fails, is throttled, answers nonsense or too much is 502 for the client', () => {
    const { world, get } = lambda()
    const ask = (body: unknown): number => get({ Body: body }).http
    expect(ask({ answer: { StatusCode: 200, Payload: {}, FunctionError: 'Unhandled' } })).toBe(502)
    expect(ask({ answer: { StatusCode: 200, Payload: 'hello' } })).toBe(502)
    expect(ask({ throttle: true })).toBe(502)
    expect(ask({ answer: { StatusCode: 200, Payload: { statusCode: 200, body: 'x'.repeat(1_048_576) } } })).toBe(413)
    world.run(2 * MINUTE).finish()
    expect(metric(world, 'LambdaUserError')).toBe(2)
    expect(metric(world, 'LambdaInternalError')).toBe(1)
    expect(metric(world, 'HTTPCode_ELB_502_Count')).toBe(3)
  })

  it('is alone in its group, lets the load balancer in, gets an event with one value or all of a name, and takes and gives 1 MB [ALB-R41]', () => {
    const refused = (setup: Setup) => expect(() => lambda(setup))
    refused({ group: { Targets: [{ Id: 'Work' }, { Id: 'Work' }] } }).toThrow('balancer-limit')
    refused({
      beside: { Permit: { ...PERMIT, config: { ...PERMIT.config, Principal: 'sns.amazonaws.com' } } },
    }).toThrow('target-without-permission')
    for (const isMulti of [false, true]) {
      const { world, get } = lambda({
        group: { TargetGroupAttributes: attributes({ 'lambda.multi_value_headers.enabled': String(isMulti) }) },
      })
      // A text has two quotes as JSON.
      const most = 1_048_576 - 2
      expect(get({ Path: '/a?b=1&b=2', Headers: { c: 'd' }, Body: 'x'.repeat(most) }, 'POST').http).toBe(200)
      expect(get({ Body: 'x'.repeat(most + 1) }, 'POST').http).toBe(413)
      const { events } = world.state<Fn>('Work')
      expect(events).toHaveLength(1)
      const named = isMulti
        ? { multiValueQueryStringParameters: { b: ['1', '2'] }, multiValueHeaders: { c: ['d'] } }
        : { queryStringParameters: { b: '2' }, headers: { c: 'd' } }
      const sent = { httpMethod: 'POST', path: '/a', isBase64Encoded: false, body: 'x'.repeat(most) }
      expect(events[0]).toMatchObject({ ...sent, ...named })
      expect(get({ Body: { bytes: 1_048_576 } }).http).toBe(200)
      expect(get({ Body: { bytes: 1_048_577 } }).http).toBe(502)
    }
  })

  it('gets all values of a name where its group says so, else the last one [N.ALB-03]', () => {
    const event = (isMulti: boolean) => {
      const { world, get } = lambda({
        group: { TargetGroupAttributes: attributes({ 'lambda.multi_value_headers.enabled': String(isMulti) }) },
      })
      get({ Path: '/?a=1&a=2', Headers: { accept: ['x', 'y'] } })
      return world.state<Fn>('Work').events[0]
    }
    expect(event(true)).toMatchObject({
      multiValueQueryStringParameters: { a: ['1', '2'] },
      multiValueHeaders: { accept: ['x', 'y'] },
    })
    expect(event(false)).toMatchObject({ queryStringParameters: { a: '2' }, headers: { accept: 'y' } })
  })
})

describe('a network load balancer', () => {
  const nlb = (setup: Setup = {}) => web({ ...setup, balancer: { Type: 'network', ...setup.balancer } })

  it('keeps a session with its target, and each request without one is a flow of its own [NLB-R1]', () => {
    const { world, served } = nlb({ service: '1ms' })
    world.run(SECOND)
    for (let i = 0; i < 20; i++) world.call('Web', 'http:GET', { Session: 'me' })
    world.run(2 * SECOND)
    expect(Object.values(served()).sort((a, b) => a - b)).toEqual([0, 0, 20])
    world.run(2 * MINUTE).finish()
    expect(metric(world, 'NewFlowCount')).toBe(1)
  })

  it('uses the targets of a node’s own zone, unless it crosses zones [NLB-R2]', () => {
    const run = (crosses: string): Record<string, number> => {
      const subnet = (AvailabilityZone: string) => ({
        type: 'AWS::EC2::Subnet',
        config: { AvailabilityZone, VpcId: 'vpc' },
      })
      const { world, served } = nlb({
        servers: [],
        service: '1ms',
        parts: Object.fromEntries(
          ['A', 'B', 'C'].map((name) => [name, { def: server, properties: { Workers: 9, ServiceTime: '1us' } }]),
        ),
        group: {
          Protocol: 'TCP',
          Targets: [
            { Id: 'A', AvailabilityZone: 'a' },
            { Id: 'B', AvailabilityZone: 'b' },
            { Id: 'C', AvailabilityZone: 'b' },
          ],
          TargetGroupAttributes: attributes({ 'load_balancing.cross_zone.enabled': crosses }),
        },
        beside: { one: subnet('a'), two: subnet('b') },
      })
      world.run(SECOND)
      for (let i = 0; i < 3_000; i++) world.call('Web', 'http:GET')
      world.run(10 * SECOND)
      return served()
    }
    // Half of the flows come to each zone: A alone takes one half.
    expect(Math.abs(run('false')['A']! - 1_500)).toBeLessThan(10)
    expect(Math.abs(run('true')['A']! - 1_000)).toBeLessThan(150)
  })

  it('resets the flows of a target that becomes unhealthy; new ones go elsewhere [NLB-R4]', () => {
    const { world, self, served } = nlb({
      servers: ['A', 'B'],
      group: { Protocol: 'TCP' },
      service: '1us',
      options: { faults: [pause(2, 10 * MINUTE, 'A')] },
    })
    world.run(SECOND)
    for (let i = 0; i < 40; i++) world.call('Web', 'http:GET', { Session: `s${i}` })
    world.run(10 * SECOND)
    const stuck = self.waiting.size
    expect(stuck).toBeGreaterThan(5)
    world.run(70 * SECOND)
    expect(self.waiting.size).toBe(0)
    expect(world.answers.filter(({ status }) => status === 'ConnectionResetError')).toHaveLength(stuck)
    const before = served()
    for (let i = 0; i < 40; i++) world.call('Web', 'http:GET', { Session: `s${i}` })
    world.run(71 * SECOND)
    expect(served()).toEqual({ A: before['A']!, B: before['B']! + 40 })
  })

  it('lets flows outlive the deregistration delay, unless its group ends them [NLB-R4]', () => {
    const run = (ends: boolean) => {
      const { world } = nlb({
        servers: ['A'],
        service: '30s',
        group: {
          Protocol: 'TCP',
          HealthCheckEnabled: false,
          TargetGroupAttributes: attributes({
            'deregistration_delay.timeout_seconds': '10',
            'deregistration_delay.connection_termination.enabled': String(ends),
          }),
        },
      })
      world.call('Web', 'http:GET')
      world.run(SECOND)
      world.ask('Group', 'elasticloadbalancing:DeregisterTargets', { Targets: [{ Id: 'A' }] })
      world.run(2 * MINUTE)
      return world.answers.at(-1)!
    }
    expect(run(false)).toMatchObject({ status: 'OK', at: 30 * SECOND })
    expect(run(true)).toMatchObject({ status: 'ConnectionResetError', at: 11 * SECOND })
  })

  it('forgets a flow that is idle for 350 s [NLB-R5]', () => {
    const { world, self } = nlb({ servers: ['A'], service: '1us', group: { HealthCheckEnabled: false } })
    world.run(SECOND)
    world.ask('Web', 'http:GET', { Session: 'me' })
    const used = world.now
    world.run(used + 350 * SECOND - 2)
    expect(self.groups[0]!.clients).toBe(1)
    world.run(used + 351 * SECOND)
    expect(self.groups[0]!.clients).toBe(0)
  })
})

describe('a target group', () => {
  it('may have instances, addresses, a function, and one machine several times by its ports [ALB-R2]', () => {
    const { world, self } = web({
      servers: [],
      parts: { A: { def: server, properties: { Workers: 9, ServiceTime: '1ms' } } },
      group: {
        Targets: [
          { Id: 'A', Port: 8080 },
          { Id: 'A', Port: 8081 },
          { Id: 'A', Port: 8081 },
        ],
      },
    })
    world.run(SECOND)
    expect(self.targets.map((target) => target!.port)).toEqual([8080, 8081])
    const front = web({
      servers: [],
      balancer: { Type: 'network' },
      group: { TargetType: 'alb', Protocol: 'TCP', Targets: [{ Id: 'Inner' }] },
      parts: {
        Inner: { def: loadBalancer, properties: {}, assumptions: NOW },
      },
      beside: { InnerListens: listener({ LoadBalancerArn: 'Inner', DefaultActions: fixed('418') }) },
    })
    front.world.run(SECOND)
    expect(front.get().http).toBe(418)
  })

  it('refuses slow start with another algorithm and odd attributes', () => {
    const set = (map: Record<string, string>) => () => web({ group: { TargetGroupAttributes: attributes(map) } })
    expect(
      set({ 'slow_start.duration_seconds': '60', 'load_balancing.algorithm.type': 'least_outstanding_requests' }),
    ).toThrow('slow-start-algorithm')
    expect(set({ 'slow_start.duration_seconds': '29' })).toThrow('is 29')
    expect(set({ 'slow_start.duration_seconds': '30' })).not.toThrow()
    expect(set({ 'deregistration_delay.timeout_seconds': '3601' })).toThrow('is `3601`')
    expect(set({ 'stickiness.type': 'honey' })).toThrow('is `honey`')
  })
})

describe('any load', () => {
  it('is answered exactly once, whatever targets do, and spread evenly in turn', () => {
    const step = fc.record({
      at: fc.integer({ min: 1, max: 200 }),
      kind: fc.constantFrom('ask', 'ask', 'drop', 'back'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { world, self } = web({
          service: '2s',
          group: { TargetGroupAttributes: attributes({ 'deregistration_delay.timeout_seconds': '1' }) },
        })
        let asked = 0
        for (const { at, kind } of steps.toSorted((a, b) => a.at - b.at)) {
          world.run(Math.max(world.now, at * SECOND))
          if (kind === 'ask') {
            asked++
            world.call('Web', 'http:GET', { Session: asked % 3 === 0 ? 'me' : undefined })
          } else {
            const operation = kind === 'drop' ? 'DeregisterTargets' : 'RegisterTargets'
            world.call('Group', `elasticloadbalancing:${operation}`, { Targets: [{ Id: 'A' }] })
          }
        }
        world.run(10 * MINUTE)
        expect(world.answers.filter(({ to }) => to === 'Web')).toHaveLength(asked)
        expect(self.inside.inside).toBe(0)
      }),
      { numRuns: 30 },
    )
  })
})
