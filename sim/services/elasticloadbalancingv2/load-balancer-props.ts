// The CloudFormation properties of AWS::ElasticLoadBalancingV2::LoadBalancer, and of the listeners and rules that configure it.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

const TAGS = p.inert('Tags.')
const LOGS = 'access and connection logs are not written'

export const loadBalancerProps: Props = {
  EnableCapacityReservationProvisionStabilize: p.inert('Capacity is never short.'),
  EnablePrefixForIpv6SourceNat: p.inert('IPv6.'),
  EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: p.inert('PrivateLink.'),
  IpAddressType: p.inert('Addresses.'),
  Ipv4IpamPoolId: p.inert('Addresses.'),
  LoadBalancerAttributes: p.list(
    'Attributes by key; `idle_timeout.timeout_seconds` and `load_balancing.cross_zone.enabled` count.',
    p.record('One of them.', { Key: p.string('Its key.'), Value: p.string('Its value.') }),
    { default: [] },
  ),
  MinimumLoadBalancerCapacity: p.inert('Capacity is never short.'),
  Name: p.inert('Its name.'),
  Scheme: p.oneOf('Whether it has public addresses.', ['internet-facing', 'internal'], { default: 'internet-facing' }),
  SecurityGroups: p.any('Security groups.'),
  SubnetMappings: p.any('Subnets with addresses.'),
  Subnets: p.any('Subnets: one node stands in the zone of each.'),
  Tags: TAGS,
  Type: p.oneOf('What it understands: requests or connections.', ['application', 'network', 'gateway'], {
    default: 'application',
  }),
}

export const parts: Readonly<Record<string, Props>> = {
  'AWS::ElasticLoadBalancingV2::Listener': {
    AlpnPolicy: p.inert('Versions of HTTP.'),
    Certificates: p.inert('Certificates.'),
    DefaultActions: p.any('What is done where no rule holds.', { required: true }),
    ListenerAttributes: p.inert('Headers and time-outs of connections.'),
    LoadBalancerArn: p.any('The load balancer.', { required: true }),
    MutualAuthentication: p.unused('clients are not asked for certificates'),
    Port: p.int('The port.', [1, 65_535]),
    Protocol: p.oneOf('What clients speak.', [
      'HTTP',
      'HTTPS',
      'TCP',
      'TLS',
      'UDP',
      'TCP_UDP',
      'GENEVE',
      'QUIC',
      'TCP_QUIC',
    ]),
    SslPolicy: p.inert('Ciphers.'),
    Tags: TAGS,
  },
  'AWS::ElasticLoadBalancingV2::ListenerCertificate': {
    Certificates: p.inert('Certificates.'),
    ListenerArn: p.inert('The listener.'),
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    Actions: p.any('What is done.', { required: true }),
    Conditions: p.any('When it holds.', { required: true }),
    ListenerArn: p.any('The listener.'),
    Priority: p.int('The least number is asked first.', [1, 50_000], { required: true }),
    Tags: TAGS,
    Transforms: p.unused('hosts and paths are not rewritten'),
  },
}

export const IDLE_TIMEOUT = 'idle_timeout.timeout_seconds'
/** Attributes that count, and those without any effect on a run; the others are not simulated. */
export const KNOWN_ATTRIBUTES =
  /^(idle_timeout\.timeout_seconds|load_balancing\.cross_zone\.enabled|deletion_protection\.enabled|ipv6\..*|routing\.http.*|client_keep_alive\..*|dns_record\..*|zonal_shift\..*|waf\..*)$/
export { LOGS }
