// What a load balancer takes from its listeners and rules, and what it refuses.
import type { Config, Near, Ref, ResourceView } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { placeOf } from '../../parts/reachability.ts'
import { IDLE_TIMEOUT, KNOWN_ATTRIBUTES, LOGS } from './load-balancer-props.ts'
import type { Condition, Listener, Rule, RuleAction } from './routing.ts'
import { zoneOfSubnet } from './target-group-config.ts'

const SECOND = 1_000_000
const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup'

/** What `gather` adds to the properties. */
export interface BalancerPlan {
  readonly listeners: readonly Listener[]
  /** The groups that they lead to, with their names in metrics. */
  readonly groups: readonly { readonly name: Ref; readonly fullName: string }[]
  /** µs without a byte after which a request is given up. */
  readonly idleTimeout: number
  /** Zones of its nodes; empty when they are not known. */
  readonly zones: readonly string[]
}

/** For `gather` of the load balancer: `Plan` and `Place`. */
export function gather(near: Near): { readonly Plan: BalancerPlan; readonly Place: Place | undefined } {
  const { self } = near
  const rules = near
    .all('AWS::ElasticLoadBalancingV2::ListenerRule')
    .filter(
      ({ config }) => near.resourceAt(near.resourceAt(config['ListenerArn'])?.config['LoadBalancerArn']) !== undefined,
    )
  const listeners = near
    .all('AWS::ElasticLoadBalancingV2::Listener')
    .filter(({ config }) => near.resourceAt(config['LoadBalancerArn'])?.logicalId === self.logicalId)
    .map((view) => listenerOf(near, view, rules))
    .sort((a, b) => a.port - b.port)
  const own = listeners.reduce((sum, listener) => sum + listener.rules.length - 1, 0)
  if (own > near.quota('Rules'))
    self.error(
      [],
      'balancer-limit',
      `\`${self.logicalId}\` has ${own} rules`,
      `expected at most ${near.quota('Rules')}`,
    )
  const groups = new Map(
    listeners.flatMap((listener) =>
      listener.rules.flatMap(({ action }) =>
        action.does === 'forward' ? action.groups.map(({ to, fullName }) => [to, fullName] as const) : [],
      ),
    ),
  )
  const subnets = subnetsOf(self.config)
  const views = subnets.map((text) => near.resourceAt(text))
  return {
    Plan: {
      listeners,
      groups: [...groups].map(([name, fullName]) => ({ name, fullName })).sort((a, b) => (a.name < b.name ? -1 : 1)),
      idleTimeout: idleTimeoutOf(near) * SECOND,
      zones: [...new Set(views.map(zoneOfSubnet))].filter((zone) => zone !== ''),
    },
    Place: standing(near, subnets, listeners),
  }
}

function subnetsOf(config: Config): readonly unknown[] {
  const mappings = [config['SubnetMappings'] ?? []].flat() as readonly Config[]
  return [...[config['Subnets'] ?? []].flat(), ...mappings.map((mapping) => mapping['SubnetId'])]
}

function standing(near: Near, subnets: readonly unknown[], listeners: readonly Listener[]): Place | undefined {
  const { config } = near.self
  // A Network Load Balancer without groups lets everything pass; nobody knows of its rules.
  const groups = config['SecurityGroups'] ?? (config['Type'] === 'network' ? ['none'] : undefined)
  return placeOf(near, subnets, groups, {
    hasPublicAddress: config['Scheme'] === 'internet-facing',
    serves: [{ prefix: 'http:', port: usualListener(listeners)?.port ?? 80 }],
  })
}

/** The listener that a client takes who names no port: HTTPS where there is one. */
export function usualListener(listeners: readonly Listener[]): Listener | undefined {
  return listeners.find(({ port }) => port === 443) ?? listeners.find(({ port }) => port === 80) ?? listeners[0]
}

function idleTimeoutOf(near: Near): number {
  const { self } = near
  let seconds = near.quota('IdleTimeout')
  ;(self.config['LoadBalancerAttributes'] as readonly Config[]).forEach(({ Key, Value }, i) => {
    const [key, value] = [String(Key), String(Value)]
    const path = ['Properties', 'LoadBalancerAttributes', i, 'Value']
    if (key === IDLE_TIMEOUT) {
      if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 4_000)
        self.error(path, 'out-of-range', `\`${key}\` is \`${value}\``, 'expected 1 to 4000 s')
      else seconds = Number(value)
    } else if (!KNOWN_ATTRIBUTES.test(key))
      self.notSimulated(path, /_logs\./.test(key) ? LOGS : `the attribute \`${key}\` has no effect on the model`)
  })
  return seconds
}

function listenerOf(near: Near, view: ResourceView, all: readonly ResourceView[]): Listener {
  const { config, logicalId } = view
  const own = all
    .filter((rule) => near.resourceAt(rule.config['ListenerArn'])?.logicalId === logicalId)
    .map((rule): Rule => ({
      priority: rule.config['Priority'] as number,
      conditions: conditionsOf(near, rule),
      action: actionOf(near, rule, 'Actions'),
    }))
    .sort((a, b) => a.priority - b.priority)
  const twice = own.find((rule, i) => i > 0 && own[i - 1].priority === rule.priority)
  if (twice !== undefined)
    view.error(
      [],
      'priority-taken',
      `two rules of \`${logicalId}\` have the priority ${twice.priority}`,
      'each needs its own',
    )
  const fallback: Rule = { priority: Infinity, conditions: [], action: actionOf(near, view, 'DefaultActions') }
  return {
    id: logicalId,
    port: (config['Port'] as number | undefined) ?? 0,
    protocol: (config['Protocol'] as string | undefined) ?? 'HTTP',
    rules: [...own, fallback],
  }
}

const FIELDS: ReadonlyMap<string, Condition['on']> = new Map([
  ['host-header', 'host'],
  ['path-pattern', 'path'],
  ['http-request-method', 'method'],
  ['source-ip', 'source'],
  ['http-header', 'header'],
  ['query-string', 'query'],
])

function conditionsOf(near: Near, rule: ResourceView): Condition[] {
  const written = [rule.config['Conditions'] ?? []].flat() as readonly Config[]
  let count = 0
  const conditions = written.flatMap((each, i): Condition[] => {
    const on = FIELDS.get(String(each['Field']))
    const path = ['Properties', 'Conditions', i, 'Field']
    if (on === undefined) {
      const possible = [...FIELDS.keys()].map((field) => `\`${field}\``).join(', ')
      rule.error(path, 'unknown-value', `\`Field\` is \`${String(each['Field'])}\``, `possible are ${possible}`)
      return []
    }
    const within = Object.entries(each).find(([name]) => name.endsWith('Config'))?.[1] as Config | undefined
    const values = [within?.['Values'] ?? each['Values'] ?? []].flat()
    count += values.length
    if (on === 'header')
      return [{ on, name: String(within?.['HttpHeaderName']).toLowerCase(), values: values.map(String) }]
    if (on !== 'query') return [{ on, values: values.map(String) }]
    const pairs = (values as readonly Config[]).map((pair) => ({
      key: pair['Key'] === undefined ? undefined : String(pair['Key']),
      value: String(pair['Value']),
    }))
    return [{ on, pairs }]
  })
  if (count > near.quota('ConditionValues'))
    rule.error(
      ['Properties', 'Conditions'],
      'balancer-limit',
      `the conditions have ${count} values`,
      `expected at most ${near.quota('ConditionValues')} in all of a rule`,
    )
  return conditions
}

/** What a listener or a rule does in the end; steps of authentication before it let everybody pass. */
function actionOf(near: Near, view: ResourceView, property: string): RuleAction {
  const path = ['Properties', property]
  const actions = ([view.config[property] ?? []].flat() as readonly Config[]).slice()
  actions.sort((a, b) => Number(a['Order'] ?? 0) - Number(b['Order'] ?? 0))
  for (const action of actions)
    if (String(action['Type']).startsWith('authenticate-'))
      near.self.notSimulated([], `\`${view.logicalId}\` asks clients to sign in: everybody has`)
  const last = actions.at(-1)
  switch (last?.['Type']) {
    case 'fixed-response': {
      const fixed = (last['FixedResponseConfig'] ?? {}) as Config
      return { does: 'answer', statusCode: Number(fixed['StatusCode']), body: String(fixed['MessageBody'] ?? '') }
    }
    case 'redirect': {
      const to = (last['RedirectConfig'] ?? {}) as Config
      const statusCode = to['StatusCode'] === 'HTTP_301' ? 301 : 302
      const text = (name: string, absent: string): string => String(to[name] ?? absent)
      const url = `${text('Protocol', '#{protocol}').toLowerCase()}://${text('Host', '#{host}')}:${text('Port', '#{port}')}${text('Path', '/#{path}')}?${text('Query', '#{query}')}`
      return { does: 'redirect', statusCode, to: url }
    }
    case 'forward':
      return forwardOf(near, view, path, last)
    default:
      view.error(
        path,
        'unknown-value',
        `the last action of \`${view.logicalId}\` is \`${String(last?.['Type'])}\``,
        'expected `forward`, `redirect` or `fixed-response`',
      )
      return { does: 'answer', statusCode: 503, body: '' }
  }
}

function forwardOf(near: Near, view: ResourceView, path: readonly string[], action: Config): RuleAction {
  const config = (action['ForwardConfig'] ?? {}) as Config
  const written = [config['TargetGroups'] ?? []].flat() as readonly Config[]
  const list = written.length > 0 ? written : [{ TargetGroupArn: action['TargetGroupArn'], Weight: 1 }]
  if (list.length > near.quota('GroupsOfAction'))
    view.error(
      path,
      'balancer-limit',
      `an action shares out to ${list.length} target groups`,
      `expected at most ${near.quota('GroupsOfAction')}`,
    )
  const groups = list.flatMap((each) => {
    const found = near.resourceAt(each['TargetGroupArn'])
    const weight = Number(each['Weight'] ?? 1)
    if (!(Number.isInteger(weight) && weight >= 0 && weight <= 999))
      view.error(path, 'out-of-range', `\`Weight\` is ${String(each['Weight'])}`, 'expected 0 to 999')
    if (found?.type === GROUP) return [{ to: found.logicalId, fullName: fullNameOf(each['TargetGroupArn']), weight }]
    view.notSimulated(path, 'a target group outside of this scenario: requests that go there are answered 503')
    return []
  })
  const sticky = (config['TargetGroupStickinessConfig'] ?? {}) as Config
  const isSticky = sticky['Enabled'] === true || sticky['Enabled'] === 'true'
  return { does: 'forward', groups, sticksFor: isSticky ? Number(sticky['DurationSeconds'] ?? 86_400) * SECOND : 0 }
}

/** The name of a target group in metrics: the end of its ARN. */
function fullNameOf(arn: unknown): string {
  return String(arn).replace(/^.*:targetgroup\//, 'targetgroup/')
}
