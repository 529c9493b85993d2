// What a target group takes from its neighbours: its load balancer, its targets, its attributes; and what it refuses.
import type { Action, Config, Near, Ref, ResourceView } from '../../model/contract.ts'
import { standsAt } from '../../parts/addresses.ts'
import { letsIn } from '../../parts/permits.ts'
import { ATTRIBUTES, INERT_ATTRIBUTES } from './target-group-props.ts'
import type { Algorithm } from './targets.ts'

const SECOND = 1_000_000
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer'
const FUNCTIONS = new Set(['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'])
const PRINCIPAL = 'elasticloadbalancing.amazonaws.com'

/** What reaches a target: a resource, and how it is asked. */
export interface Route {
  readonly kind: 'http' | 'function' | 'fleet' | 'none'
  readonly to: Ref
  readonly action: Action
}

export interface RegisteredTarget {
  readonly id: string
  readonly port: number
  readonly zone: string
  readonly route: number
}

/** What `gather` adds to the properties. Times in µs. */
export interface GroupPlan {
  /** Empty while no listener leads to the group. */
  readonly balancer: Ref
  readonly kind: 'application' | 'network'
  readonly routes: readonly Route[]
  readonly targets: readonly RegisteredTarget[]
  readonly algorithm: Algorithm
  readonly slowStart: number
  readonly deregistrationDelay: number
  /** µs that a client stays with a target; 0 = it does not. */
  readonly sticksFor: number
  readonly isMultiValue: boolean
  readonly crossesZones: boolean
  readonly endsConnections: boolean
  readonly minimumHealthy: number
  readonly check: CheckPlan | null
}

export interface CheckPlan {
  readonly interval: number
  readonly timeout: number
  readonly healthy: number
  readonly unhealthy: number
  /** Ranges of HTTP codes; none = any answer passes. */
  readonly codes: readonly (readonly [from: number, to: number])[]
  readonly path: string
}

/** For `gather` of the group: `Plan`. */
export function gather(near: Near): { readonly Plan: GroupPlan } {
  const { config } = near.self
  const attributes = attributesOf(near.self)
  const number = (key: string, absent: number): number => Number(attributes.get(key) ?? absent)
  const balancer = balancerOf(near, near.self.logicalId)
  const kind = isNetwork(config, balancer) ? 'network' : 'application'
  const { routes, targets } = targetsOf(near)
  const slowStart = number('slow_start.duration_seconds', 0)
  const algorithm = (attributes.get('load_balancing.algorithm.type') ?? 'round_robin') as Algorithm
  refuseSlowStart(near.self, slowStart, algorithm)
  const cookie = attributes.get('stickiness.type') === 'app_cookie' ? 'app_cookie' : 'lb_cookie'
  const sticks = attributes.get('stickiness.enabled') === 'true'
  const crosses = attributes.get('load_balancing.cross_zone.enabled') ?? 'use_load_balancer_configuration'
  return {
    Plan: {
      ...{ balancer: balancer?.logicalId ?? '', kind, routes, targets, algorithm },
      slowStart: slowStart * SECOND,
      deregistrationDelay: number('deregistration_delay.timeout_seconds', 300) * SECOND,
      sticksFor: sticks ? number(`stickiness.${cookie}.duration_seconds`, 86_400) * SECOND : 0,
      isMultiValue: attributes.get('lambda.multi_value_headers.enabled') === 'true',
      crossesZones:
        crosses === 'true' || (crosses !== 'false' && (kind === 'application' || crossesByBalancer(balancer))),
      endsConnections: attributes.get('deregistration_delay.connection_termination.enabled') === 'true',
      minimumHealthy: number('target_group_health.unhealthy_state_routing.minimum_healthy_targets.count', 1),
      check: checkOf(config, kind),
    },
  }
}

/** The load balancer whose listeners or rules lead to a group; undefined when none of this template does. */
export function balancerOf(near: Near, group: Ref): ResourceView | undefined {
  const leads = (actions: unknown): boolean =>
    groupsIn(actions).some((text) => near.resourceAt(text)?.logicalId === group)
  const listener =
    near.all('AWS::ElasticLoadBalancingV2::Listener').find(({ config }) => leads(config['DefaultActions'])) ??
    near
      .all('AWS::ElasticLoadBalancingV2::ListenerRule')
      .filter(({ config }) => leads(config['Actions']))
      .map(({ config }) => near.resourceAt(config['ListenerArn']))
      .find((found) => found !== undefined)
  const found = listener === undefined ? undefined : near.resourceAt(listener.config['LoadBalancerArn'])
  return found?.type === BALANCER ? found : undefined
}

/** The target groups that actions lead to, as texts. */
export function groupsIn(actions: unknown): unknown[] {
  return [actions ?? []].flat().flatMap((action) => {
    const { TargetGroupArn, ForwardConfig } = action as Config
    const groups = [(ForwardConfig as Config | undefined)?.['TargetGroups'] ?? []].flat()
    return [TargetGroupArn, ...groups.map((group) => (group as Config)['TargetGroupArn'])].filter(Boolean)
  })
}

function isNetwork(config: Config, balancer: ResourceView | undefined): boolean {
  if (balancer !== undefined) return balancer.config['Type'] === 'network'
  return (
    !['HTTP', 'HTTPS', undefined].includes(config['Protocol'] as string | undefined) || config['TargetType'] === 'alb'
  )
}

/** What a load balancer says of all its groups; ALBs always cross zones, NLBs do not by default (NLB-R2). */
function crossesByBalancer(balancer: ResourceView | undefined): boolean {
  const attributes = (balancer?.config['LoadBalancerAttributes'] ?? []) as readonly Config[]
  return attributes.some(({ Key, Value }) => Key === 'load_balancing.cross_zone.enabled' && String(Value) === 'true')
}

function attributesOf(self: ResourceView): ReadonlyMap<string, string> {
  const made = new Map<string, string>()
  const list = self.config['TargetGroupAttributes'] as readonly Config[]
  list.forEach(({ Key, Value }, i) => {
    const [key, value] = [String(Key), String(Value)]
    const known = ATTRIBUTES.get(key)
    const path = ['Properties', 'TargetGroupAttributes', i, 'Value']
    if (known === undefined) {
      if (!INERT_ATTRIBUTES.test(key)) self.notSimulated(path, `the attribute \`${key}\` has no effect on the model`)
      return
    }
    const isRange = typeof known[0] === 'number'
    const [least, most] = known as readonly [number, number]
    const isGood = isRange
      ? /^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most
      : (known as readonly string[]).includes(value)
    if (isGood) made.set(key, value)
    else
      self.error(
        path,
        isRange ? 'out-of-range' : 'unknown-value',
        `\`${key}\` is \`${value}\``,
        isRange ? `expected ${least} to ${most}` : `possible are ${(known as readonly string[]).join(', ')}`,
      )
  })
  return made
}

function refuseSlowStart(self: ResourceView, seconds: number, algorithm: Algorithm): void {
  const path = ['Properties', 'TargetGroupAttributes']
  if (seconds > 0 && seconds < 30)
    self.error(path, 'out-of-range', `\`slow_start.duration_seconds\` is ${seconds}`, 'expected 0 or 30 to 900')
  else if (seconds > 0 && algorithm !== 'round_robin')
    self.error(
      path,
      'slow-start-algorithm',
      `\`slow_start.duration_seconds\` stands beside the algorithm \`${algorithm}\``,
      'slow start goes with `round_robin` alone',
    )
}

function targetsOf(near: Near): Pick<GroupPlan, 'routes' | 'targets'> {
  const { self } = near
  const routes: Route[] = []
  const targets: RegisteredTarget[] = []
  const add = (route: Route): number => {
    const at = routes.findIndex(({ to, action }) => to === route.to && action === route.action)
    return at >= 0 ? at : routes.push(route) - 1
  }
  const list = self.config['Targets'] as readonly Config[]
  if (self.config['TargetType'] === 'lambda' && list.length > 1)
    self.error(
      ['Properties', 'Targets'],
      'balancer-limit',
      `\`Targets\` lists ${list.length} targets`,
      'a target group has one function at most',
    )
  list.forEach((target, i) => {
    const route = routeTo(near, target['Id'], i)
    targets.push({
      id: standsAt(near, target['Id'])?.logicalId ?? String(target['Id']),
      port: (target['Port'] ?? self.config['Port'] ?? 0) as number,
      zone: zoneOf(near, target),
      route: add(route),
    })
  })
  // Instances that come later, as those of an Auto Scaling group do, are reached by their ids.
  if (self.config['TargetType'] === 'instance')
    add({ kind: 'fleet', to: 'Sim::Ec2::Account', action: 'ec2:HandleRequest' })
  return { routes, targets }
}

function routeTo(near: Near, id: unknown, i: number): Route {
  const path = ['Properties', 'Targets', i, 'Id']
  const { self } = near
  const found = standsAt(near, id)
  const isFunction = FUNCTIONS.has(found?.type ?? '')
  if (found === undefined) {
    self.notSimulated(path, `the target \`${String(id)}\` is outside of this scenario: it does not answer`)
    return { kind: 'none', to: '', action: 'http:GET' }
  }
  if (isFunction !== (self.config['TargetType'] === 'lambda')) {
    self.error(
      path,
      'wrong-resource',
      `\`${found.logicalId}\` is ${found.type}, and \`TargetType\` is \`${self.config['TargetType']}\``,
      isFunction ? 'functions need `TargetType: lambda`' : 'expected a function',
    )
    return { kind: 'none', to: '', action: 'http:GET' }
  }
  if (!isFunction) return { kind: 'http', to: found.logicalId, action: 'http:GET' }
  if (!letsIn(near, found, PRINCIPAL, self.logicalId))
    self.error(
      path,
      'target-without-permission',
      `\`${found.logicalId}\` does not let \`${PRINCIPAL}\` invoke it`,
      `an \`AWS::Lambda::Permission\` with \`Principal: ${PRINCIPAL}\` and \`Action: lambda:InvokeFunction\``,
    )
  return { kind: 'function', to: found.logicalId, action: 'lambda:InvokeFunction' }
}

/** The zone of a target: its own word, or that of the subnet of an instance. */
function zoneOf(near: Near, target: Config): string {
  const own = target['AvailabilityZone'] as string | undefined
  if (own !== undefined) return own === 'all' ? '' : own
  const subnet = near.resourceAt(near.resourceAt(target['Id'])?.config['SubnetId'])
  return zoneOfSubnet(subnet)
}

export function zoneOfSubnet(subnet: ResourceView | undefined): string {
  const zone = subnet?.config['AvailabilityZone']
  return typeof zone === 'string' ? zone : ''
}

function checkOf(config: Config, kind: GroupPlan['kind']): CheckPlan | null {
  const isFunction = config['TargetType'] === 'lambda'
  if (!((config['HealthCheckEnabled'] as boolean | undefined) ?? !isFunction)) return null
  const protocol = (config['HealthCheckProtocol'] ?? (kind === 'network' ? 'TCP' : 'HTTP')) as string
  const seconds = kind === 'network' ? (protocol === 'HTTP' ? 6 : 10) : isFunction ? 30 : 5
  const codes = (config['Matcher'] as Config | undefined)?.['HttpCode'] as string | undefined
  const usual = kind === 'network' ? '200-399' : '200'
  return {
    interval: ((config['HealthCheckIntervalSeconds'] as number | undefined) ?? (isFunction ? 35 : 30)) * SECOND,
    timeout: ((config['HealthCheckTimeoutSeconds'] as number | undefined) ?? seconds) * SECOND,
    healthy: config['HealthyThresholdCount'] as number,
    unhealthy: config['UnhealthyThresholdCount'] as number,
    codes: protocol.startsWith('HTTP') ? rangesOf(codes ?? usual) : [],
    path: config['HealthCheckPath'] as string,
  }
}

/** `200,202` or `200-299` as ranges. */
function rangesOf(text: string): [number, number][] {
  return text.split(',').map((part) => {
    const [from = '', to = from] = part.trim().split('-')
    return [Number(from), Number(to)]
  })
}
