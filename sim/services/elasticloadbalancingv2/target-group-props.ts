// The CloudFormation properties of AWS::ElasticLoadBalancingV2::TargetGroup, and what its attributes may be.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

export const targetGroupProps: Props = {
  HealthCheckEnabled: p.bool('Whether targets are checked; functions are not unless this says so (ALB-R20).'),
  HealthCheckIntervalSeconds: p.int('From one check to the next; 30 when absent, 35 for functions.', [5, 300], {
    unit: 's',
  }),
  HealthCheckPath: p.string('The path that is asked for.', { default: '/' }),
  HealthCheckPort: p.inert('The port; a target answers alike on all.'),
  HealthCheckProtocol: p.oneOf('How targets are checked.', ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP']),
  HealthCheckTimeoutSeconds: p.int('When a check has failed without an answer.', [2, 120], { unit: 's' }),
  HealthyThresholdCount: p.int('Passed checks after which an unhealthy target is healthy.', [2, 10], { default: 5 }),
  IpAddressType: p.inert('Addresses.'),
  Matcher: p.record('Which answers pass.', {
    GrpcCode: p.unused('gRPC is not simulated'),
    HttpCode: p.string('Codes: `200`, `200,202`, `200-299`.'),
  }),
  Name: p.inert('Its name.'),
  Port: p.int('The port of targets that say none.', [1, 65_535]),
  Protocol: p.oneOf('What targets speak.', [
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
  ProtocolVersion: p.inert('Requests take the same time in every version.'),
  Tags: p.inert('Tags.'),
  TargetControlPort: p.inert('Target control.'),
  TargetGroupAttributes: p.list(
    'Attributes by key.',
    p.record('One of them.', { Key: p.string('Its key.'), Value: p.string('Its value.') }),
    { default: [] },
  ),
  TargetType: p.oneOf('What its targets are.', ['instance', 'ip', 'lambda', 'alb'], { default: 'instance' }),
  Targets: p.list(
    'What is registered from the start.',
    p.record('One of them.', {
      AvailabilityZone: p.string('Its zone; `all` for every one.'),
      Id: p.any('The instance, the function, the load balancer or the address.', { required: true }),
      Port: p.int('Its port.', [1, 65_535]),
      QuicServerId: p.inert('QUIC.'),
    }),
    { default: [] },
  ),
  UnhealthyThresholdCount: p.int('Failed checks after which a target is unhealthy.', [2, 10], { default: 2 }),
  VpcId: p.inert('The VPC.'),
}

/** Attributes that have an effect: their keys, and the range of those that are numbers. */
export const ATTRIBUTES: ReadonlyMap<string, readonly [least: number, most: number] | readonly string[]> = new Map<
  string,
  readonly [number, number] | readonly string[]
>([
  ['deregistration_delay.timeout_seconds', [0, 3_600]],
  ['slow_start.duration_seconds', [0, 900]],
  ['stickiness.lb_cookie.duration_seconds', [1, 604_800]],
  ['stickiness.app_cookie.duration_seconds', [1, 604_800]],
  ['stickiness.enabled', ['true', 'false']],
  ['stickiness.type', ['lb_cookie', 'app_cookie', 'source_ip', 'source_ip_dest_ip', 'source_ip_dest_ip_proto']],
  ['load_balancing.algorithm.type', ['round_robin', 'least_outstanding_requests', 'weighted_random']],
  ['load_balancing.cross_zone.enabled', ['true', 'false', 'use_load_balancer_configuration']],
  ['lambda.multi_value_headers.enabled', ['true', 'false']],
  ['deregistration_delay.connection_termination.enabled', ['true', 'false']],
  ['target_health_state.unhealthy.connection_termination.enabled', ['true', 'false']],
  ['target_group_health.unhealthy_state_routing.minimum_healthy_targets.count', [1, 1_000]],
])

/** Attributes without any effect on a run. */
export const INERT_ATTRIBUTES =
  /^(proxy_protocol_v2|preserve_client_ip|stickiness\.app_cookie\.cookie_name|load_balancing\.algorithm\.anomaly_mitigation|target_group_health\.dns_failover|target_group_health\.unhealthy_state_routing\.minimum_healthy_targets\.percentage|target_failover|target_health_state\.unhealthy\.draining)/
