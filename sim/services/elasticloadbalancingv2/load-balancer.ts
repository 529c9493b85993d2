// AWS::ElasticLoadBalancingV2::LoadBalancer: takes requests by the rules of its listeners and passes each to a healthy target.
//
// The one idea: its target groups are a part of it. They and their targets live here, because a group has one load balancer; the room of a
// target group only knows where. A request has no row: what must be remembered of it lies at the number of its call.
import type { Near, Op, ServiceDef } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { checkAnswered, checkDue, checkTimedOut } from './health.ts'
import { gather } from './load-balancer-config.ts'
import { findingsOf } from './load-balancer-insights.ts'
import { metrics } from './load-balancer-metrics.ts'
import { loadBalancerProps, parts } from './load-balancer-props.ts'
import { prices } from './load-balancer-prices.ts'
import { answered, begin, flowsEnd, LoadBalancer, silent } from './load-balancer-state.ts'
import { entries, entry, view } from './load-balancer-view.ts'
import { assumptions, quotas } from './load-balancer.facts.ts'
import { drained } from './membership.ts'
import { METHODS } from './routing.ts'
import { gather as gatherGroup } from './target-group-config.ts'

const NONE = -1

export const loadBalancer: ServiceDef<LoadBalancer> = {
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  family: 'edge',
  namespace: 'AWS/ApplicationELB',
  namespaceOf: (config) => (config['Type'] === 'network' ? 'AWS/NetworkELB' : 'AWS/ApplicationELB'),
  dimension: 'LoadBalancer',
  dimensionValue: (_, ref) => ref.replace(/^.*:loadbalancer\//, ''),
  summary: 'Passes requests to the healthy targets of its target groups, by the rules of its listeners.',
  models: [
    'Rules by priority, the default last; host, path, header, method, query and source, all of a rule and any value of each [ALB-R1]. Forward by weights, redirect, fixed response.',
    'Targets in turn, by the fewest requests in flight, or at random [ALB-R3, ALB-R4, N.ALB-04]; slow start [ALB-R5]; cookies by the parameter `Session` of a request [ALB-R6].',
    'A function gets the request as JSON, its answer becomes the client’s [ALB-R41, N.ALB-02, N.ALB-03].',
    'A target that keeps silent for the idle time-out: 504; one that breaks off, a function that fails: 502; no target: 503; nobody healthy: all are asked [ALB-R7, ALB-R23, ALB-R40].',
    'Health checks of each target by itself [ALB-R20 to ALB-R25]; targets that are deregistered drain [ALB-R30].',
    'Network Load Balancers keep a flow with its target by a hash; a flow is a `Session`, or one request without. Zones are crossed when they are told to [NLB-R1 to NLB-R5].',
  ],
  omits: [
    'Limits and scaling of the load balancer itself; connections of clients: each request has one of its own [ALB-R8].',
    'TLS, WAF, signing in, mutual authentication, HTTP/2 push, gRPC and WebSockets; the codes 400, 401, 408, 414, 460, 463, 464, 561.',
    'Health checks of several nodes: one checks for all [ALB-R25]; checks of settled targets rest while nobody asks their group.',
    'A connection to a target that is not reached through the network takes the client’s time-out there, not 10 s.',
    'Gateway Load Balancers; UDP; source addresses: rules and sticky sources see the header `x-forwarded-for` alone.',
    'Ports beyond 55,000 connections a minute for each target of a Network Load Balancer.',
  ],
  quotas,
  assumptions,
  props: loadBalancerProps,
  parts,
  gather: gatherWithGroups,
  place: (config) => config['Place'] as Place | undefined,
  entry,
  entries,
  create: (config, sim) => new LoadBalancer(config, sim),
  ops: {
    ...Object.fromEntries(METHODS.map((method) => [`http:${method}`, takes(method)])),
    'elasticloadbalancing:AllGroupsHealthy': {
      internal: true,
      doc: 'Whether each target group with targets has a healthy one (our own name: DNS asks it for aliases).',
      run: (self, call) => {
        self.sim.calls.answer[call] = { Healthy: self.hasHealthyGroups }
        self.sim.reply(call, 0)
      },
    },
  },
  timers: { begin, answered, silent, checkDue, checkAnswered, checkTimedOut, drained, flowsEnd },
  metrics,
  prices,
  invariants: {
    'every request is answered once or inside': (self) => self.requests === self.answers + self.inside.inside,
    'requests inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
    'requests in flight are those of the targets': (self) =>
      self.targets.reduce((sum, target) => sum + (target?.inFlight ?? 0), 0) === self.waiting.size,
    'groups know their members': (self) => self.groups.every(({ isConsistent }) => isConsistent),
  },
  periodEnded: (self) => self.minuteEnded(),
  insights: findingsOf,
  traced: {
    inside: 'chooses a target',
    answer: 'overhead of the load balancer',
    serves: (self, call) => (self.isCheck(call) ? NONE : self.sim.calls.cookie[call]),
    ends: {
      silent: (_, call) => ({ end: 'timed out', of: call }),
      checkTimedOut: (self, row) => ({ end: 'given up', call: self.targets[row]!.check }),
    },
  },
  view,
  report: (self) => ({ lines: self.lines() }),
}

function takes(method: string): Op<LoadBalancer> {
  return {
    doc: `A ${method} request of a client. What is none of its parameters is its body.`,
    target: 'Url',
    params: ['Path', 'Query', 'Headers', 'Body', 'Session', 'Port'],
    errors: ['BadGatewayException', 'ServiceUnavailableException', 'GatewayTimeoutException', 'ConnectionResetError'],
    run: (self, call) => self.arrive(method, call),
  }
}

/** The load balancer's own plan with those of its groups, which have told their mistakes themselves. */
function gatherWithGroups(near: Near): Readonly<Record<string, unknown>> {
  const own = gather(near)
  const silent = { error: () => undefined, notSimulated: () => undefined }
  const groups = own.Plan.groups.map(({ name, fullName }) => {
    const found = near.all('AWS::ElasticLoadBalancingV2::TargetGroup').find(({ logicalId }) => logicalId === name)!
    return { name, fullName, plan: gatherGroup({ ...near, self: { ...found, ...silent } }).Plan }
  })
  const targets = groups.reduce((sum, { plan }) => sum + plan.targets.length, 0)
  if (targets > near.quota('Targets'))
    near.self.error(
      [],
      'balancer-limit',
      `\`${near.self.logicalId}\` has ${targets} targets`,
      `expected at most ${near.quota('Targets')}`,
    )
  return { ...own, Groups: groups }
}
