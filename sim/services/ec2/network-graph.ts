// What a template says of its network, as the graph that decides who reaches whom.
import type { Config, Near, ResourceView } from '../../model/contract.ts'
import type { Endpoint, Exit, NetworkGraph, SecurityGroup, SecurityRule, Subnet } from '../../model/network.ts'

/** What joins VPCs with each other or with other networks. */
export const JOINTS = [
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayVpcAttachment',
] as const

const ALL_PORTS = { from: 0, to: 65_535 }

/** The network of the template, from the resources beside the account. */
export function networkOf(near: Near): NetworkGraph {
  const endpoints = near.all('AWS::EC2::VPCEndpoint').map((view) => endpointOf(near, view))
  return {
    subnets: near.all('AWS::EC2::Subnet').map((view) => subnetOf(near, view)),
    groups: near.all('AWS::EC2::SecurityGroup').map((view) => groupOf(near, view)),
    endpoints: endpoints.filter((each) => each !== undefined),
    isJoined: JOINTS.some((type) => near.all(type).length > 0),
  }
}

function subnetOf(near: Near, view: ResourceView): Subnet {
  const { config, logicalId } = view
  const routeTable = tableOf(near, logicalId)
  return {
    id: logicalId,
    vpc: idOf(near, config['VpcId'], 'AWS::EC2::VPC'),
    block: typeof config['CidrBlock'] === 'string' ? config['CidrBlock'] : undefined,
    routeTable,
    exit: exitOf(near, view, routeTable),
  }
}

/** The route table that a subnet is joined to; empty = one that is not of this template. */
function tableOf(near: Near, subnet: string): string | undefined {
  const association = near
    .all('AWS::EC2::SubnetRouteTableAssociation')
    .find(({ config }) => near.resourceAt(config['SubnetId'])?.logicalId === subnet)
  return association === undefined ? undefined : idOf(near, association.config['RouteTableId'], 'AWS::EC2::RouteTable')
}

function exitOf(near: Near, subnet: ResourceView, routeTable: string | undefined): Exit {
  // A subnet without a table of its own has the main one of its VPC: of a VPC of this template that leads nowhere.
  if (routeTable === undefined)
    return { kind: idOf(near, subnet.config['VpcId'], 'AWS::EC2::VPC') === '' ? 'unknown' : 'none' }
  if (routeTable === '') return { kind: 'unknown' }
  const out = defaultRoute(near, routeTable)
  if (out !== undefined) return exitBy(near, out)
  // A route to a prefix list or by IPv6 may lead out all the same.
  const others = routesOf(near, routeTable).filter((route) => typeof route['DestinationCidrBlock'] !== 'string')
  return { kind: others.length > 0 ? 'unknown' : 'none' }
}

function exitBy(near: Near, route: Config): Exit {
  if (route['GatewayId'] !== undefined) {
    const gateway = near.resourceAt(route['GatewayId'])
    return { kind: gateway === undefined || gateway.type === 'AWS::EC2::InternetGateway' ? 'internet' : 'unknown' }
  }
  const nat = near.resourceAt(route['NatGatewayId'])
  if (nat !== undefined) {
    const isPrivate = nat.config['ConnectivityType'] === 'private'
    return { kind: 'nat', by: nat.logicalId, isOpen: !isPrivate && leadsOut(near, nat.config['SubnetId']) }
  }
  const instance = near.resourceAt(route['InstanceId'])
  if (instance?.type !== 'AWS::EC2::Instance') return { kind: 'unknown' }
  // An instance passes on what is not meant for it only without the check of addresses.
  const forwards = instance.config['SourceDestCheck'] === false || instance.config['SourceDestCheck'] === 'false'
  return { kind: 'nat', by: instance.logicalId, isOpen: forwards && leadsOut(near, instance.config['SubnetId']) }
}

/** Whether a subnet has a route to an internet gateway; what is not known may. A way through another NAT leads nowhere. */
function leadsOut(near: Near, subnet: unknown): boolean {
  const view = near.resourceAt(subnet)
  if (view?.type !== 'AWS::EC2::Subnet') return true
  const table = tableOf(near, view.logicalId)
  if (table === undefined) return idOf(near, view.config['VpcId'], 'AWS::EC2::VPC') === ''
  if (table === '') return true
  const out = defaultRoute(near, table)
  return out !== undefined && out['NatGatewayId'] === undefined && out['InstanceId'] === undefined
}

function defaultRoute(near: Near, table: string): Config | undefined {
  return routesOf(near, table).find((route) => route['DestinationCidrBlock'] === '0.0.0.0/0')
}

function routesOf(near: Near, table: string): readonly Config[] {
  const all = near.all('AWS::EC2::Route').map(({ config }) => config)
  return all.filter((route) => near.resourceAt(route['RouteTableId'])?.logicalId === table)
}

function groupOf(near: Near, { logicalId, config }: ResourceView): SecurityGroup {
  const beside = (type: string, peer: string): SecurityRule[] =>
    near
      .all(type)
      .filter((each) => near.resourceAt(each.config['GroupId'])?.logicalId === logicalId)
      .map((each) => ruleOf(near, each.config, peer))
  const own = (rules: unknown, peer: string): SecurityRule[] =>
    [rules ?? []].flat().map((rule) => ruleOf(near, rule as Config, peer))
  const ingress = [
    ...own(config['SecurityGroupIngress'], 'SourceSecurityGroupId'),
    ...beside('AWS::EC2::SecurityGroupIngress', 'SourceSecurityGroupId'),
  ]
  const egress = [
    ...own(config['SecurityGroupEgress'], 'DestinationSecurityGroupId'),
    ...beside('AWS::EC2::SecurityGroupEgress', 'DestinationSecurityGroupId'),
  ]
  // Without a rule for it everything may go out; a rule beside the group does not take that away.
  const isOpen = [config['SecurityGroupEgress'] ?? []].flat().length === 0
  return { id: logicalId, ingress, egress: isOpen ? [...egress, { ...ALL_PORTS, of: { block: '0.0.0.0/0' } }] : egress }
}

/** What TCP is certainly not. */
const OTHERS = /^(udp|icmp|icmpv6|(?!6$)\d{1,3})$/

function ruleOf(near: Near, rule: Config, peer: string): SecurityRule {
  const ports = portsOf(rule)
  const group = rule[peer] ?? rule['SourceSecurityGroupName']
  if (group !== undefined) {
    const found = near.resourceAt(group)
    return { ...ports, of: found?.type === 'AWS::EC2::SecurityGroup' ? { group: found.logicalId } : 'unknown' }
  }
  const block = rule['CidrIp']
  if (typeof block === 'string') return { ...ports, of: /^[\d.]+\/\d+$/.test(block) ? { block } : 'unknown' }
  // Calls go by IPv4.
  if (rule['CidrIpv6'] !== undefined) return { from: 1, to: 0, of: 'unknown' }
  return { ...ports, of: 'unknown' }
}

function portsOf(rule: Config): { readonly from: number; readonly to: number } {
  const protocol = String(rule['IpProtocol']).toLowerCase()
  if (OTHERS.test(protocol)) return { from: 1, to: 0 }
  const [from, to] = [Number(rule['FromPort'] ?? -1), Number(rule['ToPort'] ?? -1)]
  // A port that is a parameter without a value may be any.
  if (protocol === '-1' || !Number.isFinite(from) || !Number.isFinite(to)) return ALL_PORTS
  return from < 0 ? ALL_PORTS : { from, to }
}

function endpointOf(near: Near, { logicalId, config }: ResourceView): Endpoint | undefined {
  const service = String(config['ServiceName'] ?? '')
    .split('.')
    .at(-1)!
  const type = String(config['VpcEndpointType'] ?? 'Gateway')
  if (type !== 'Gateway' && type !== 'Interface') return undefined
  const ids = (texts: unknown, of: string): string[] => [texts ?? []].flat().map((text) => idOf(near, text, of))
  return {
    id: logicalId,
    vpc: idOf(near, config['VpcId'], 'AWS::EC2::VPC'),
    service,
    kind: type === 'Gateway' ? 'gateway' : 'interface',
    routeTables: ids(config['RouteTableIds'], 'AWS::EC2::RouteTable'),
    hasPrivateDns: config['PrivateDnsEnabled'] === true || config['PrivateDnsEnabled'] === 'true',
    groups: ids(config['SecurityGroupIds'], 'AWS::EC2::SecurityGroup'),
  }
}

/** The resource of a type that a text names; empty when it is none of this template. */
function idOf(near: Near, text: unknown, type: string): string {
  const found = near.resourceAt(text)
  return found?.type === type ? found.logicalId : ''
}
