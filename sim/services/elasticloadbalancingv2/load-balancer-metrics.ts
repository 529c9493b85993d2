// The metrics of load balancers: by load balancer and by target group, of requests (ALB) and of flows (NLB).
import type { MetricId } from '../../engine/recorder.ts'
import type { Metric, Sim } from '../../model/contract.ts'
import type { GroupMetrics } from './group.ts'
import type { LoadBalancer } from './load-balancer-state.ts'

const count = (doc: string): Metric<LoadBalancer> => ({ unit: 'Count', kind: 'count', doc })

/** Status codes that a load balancer answers by itself and counts one by one. */
const OWN_CODES = [500, 502, 503, 504]

export const metrics: Readonly<Record<string, Metric<LoadBalancer>>> = {
  RequestCount: count('Requests for which a target was chosen; by target group too.'),
  RequestCountPerTarget: count('Requests of a target group by the number of its targets.'),
  TargetResponseTime: {
    unit: 'Seconds',
    kind: 'distribution',
    doc: 'From passing a request to a target to its answer; by target group too.',
  },
  HTTPCode_Target_2XX_Count: count('Answers of targets with a code from 200 to 299; by target group too.'),
  HTTPCode_Target_3XX_Count: count('Answers of targets with a code from 300 to 399; by target group too.'),
  HTTPCode_Target_4XX_Count: count('Answers of targets with a code from 400 to 499; by target group too.'),
  HTTPCode_Target_5XX_Count: count('Answers of targets with a code from 500 to 599; by target group too.'),
  HTTPCode_ELB_3XX_Count: count('Redirects by the load balancer.'),
  HTTPCode_ELB_4XX_Count: count('Client errors that the load balancer answers by itself.'),
  HTTPCode_ELB_5XX_Count: count('Server errors that the load balancer answers by itself.'),
  HTTPCode_ELB_500_Count: count('Of these, 500.'),
  HTTPCode_ELB_502_Count: count('Of these, 502: a target has broken off, answered nonsense or failed as a function.'),
  HTTPCode_ELB_503_Count: count('Of these, 503: there was no target.'),
  HTTPCode_ELB_504_Count: count('Of these, 504: a target did not answer in time.'),
  HTTP_Fixed_Response_Count: count('Answers that a rule gives.'),
  HTTP_Redirect_Count: count('Redirects that a rule gives.'),
  ActiveConnectionCount: {
    unit: 'Count',
    kind: 'level',
    doc: 'Connections with a request on them, of clients; each request has one of its own.',
  },
  NewConnectionCount: count('Connections that clients opened.'),
  RejectedConnectionCount: count('Connections refused because the load balancer was full: none (ALB-R8).'),
  TargetConnectionErrorCount: count('Connections to targets that failed.'),
  RuleEvaluations: count('Rules that were looked at.'),
  LambdaUserError: count('Functions that failed, or whose answer was none.'),
  LambdaInternalError: count('Functions that Lambda did not run.'),
  ProcessedBytes: { unit: 'Bytes', kind: 'count', doc: 'Bodies of requests and answers.' },
  HealthyHostCount: { unit: 'Count', kind: 'level', doc: 'Healthy targets, by target group.' },
  UnHealthyHostCount: { unit: 'Count', kind: 'level', doc: 'Unhealthy targets, by target group.' },
  ConsumedLCUs: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Capacity units of the minute: by its largest dimension.',
    read: (self) => self.lcus,
  },
  ActiveFlowCount: {
    unit: 'Count',
    kind: 'level',
    doc: 'Flows of a Network Load Balancer: with a request, or not idle yet.',
  },
  NewFlowCount: count('Flows that began.'),
  TCP_Client_Reset_Count: count('Flows that clients reset: none.'),
  TCP_ELB_Reset_Count: count(
    'Flows that the load balancer reset: without a target, or with one that became unhealthy.',
  ),
  TCP_Target_Reset_Count: count('Flows that targets reset.'),
  PortAllocationErrorCount: count('Flows for which no port was left: none.'),
}

/** The metrics of one load balancer; those that its kind does not have are −1. */
export class Metrics {
  readonly requests: MetricId
  readonly responseTime: MetricId
  readonly targetClasses: readonly MetricId[]
  readonly ownClasses: readonly MetricId[]
  readonly ownCodes: ReadonlyMap<number, MetricId>
  readonly fixed: MetricId
  readonly redirects: MetricId
  readonly connections: MetricId
  readonly newConnections: MetricId
  readonly connectionErrors: MetricId
  readonly rules: MetricId
  readonly userErrors: MetricId
  readonly internalErrors: MetricId
  readonly bytes: MetricId
  readonly flows: MetricId
  readonly newFlows: MetricId
  readonly elbResets: MetricId
  readonly targetResets: MetricId
  private readonly sim: Sim

  constructor(sim: Sim, isNetwork: boolean) {
    this.sim = sim
    const alb = (name: string): MetricId => (isNetwork ? -1 : sim.metric(name))
    const nlb = (name: string): MetricId => (isNetwork ? sim.metric(name) : -1)
    this.requests = alb('RequestCount')
    this.responseTime = alb('TargetResponseTime')
    this.targetClasses = [2, 3, 4, 5].map((digit) => alb(`HTTPCode_Target_${digit}XX_Count`))
    this.ownClasses = [3, 4, 5].map((digit) => alb(`HTTPCode_ELB_${digit}XX_Count`))
    this.ownCodes = new Map(OWN_CODES.map((code) => [code, alb(`HTTPCode_ELB_${code}_Count`)]))
    this.fixed = alb('HTTP_Fixed_Response_Count')
    this.redirects = alb('HTTP_Redirect_Count')
    this.connections = alb('ActiveConnectionCount')
    this.newConnections = alb('NewConnectionCount')
    this.connectionErrors = alb('TargetConnectionErrorCount')
    this.rules = alb('RuleEvaluations')
    this.userErrors = alb('LambdaUserError')
    this.internalErrors = alb('LambdaInternalError')
    this.bytes = sim.metric('ProcessedBytes')
    this.flows = nlb('ActiveFlowCount')
    this.newFlows = nlb('NewFlowCount')
    this.elbResets = nlb('TCP_ELB_Reset_Count')
    this.targetResets = nlb('TCP_Target_Reset_Count')
    for (const name of ['RejectedConnectionCount']) alb(name)
    for (const name of ['TCP_Client_Reset_Count', 'PortAllocationErrorCount']) nlb(name)
  }

  /** Counts where the kind of load balancer has the metric. */
  count(metric: MetricId, value: number): void {
    if (metric >= 0) this.sim.count(metric, value)
  }

  level(metric: MetricId, value: number): void {
    if (metric >= 0) this.sim.level(metric, value)
  }

  record(metric: MetricId, value: number): void {
    if (metric >= 0) this.sim.record(metric, value)
  }
}

export function groupMetrics(sim: Sim, fullName: string, isNetwork: boolean): GroupMetrics {
  const dimensions = { TargetGroup: fullName }
  const alb = (name: string): MetricId => (isNetwork ? -1 : sim.metricWith(name, dimensions))
  return {
    healthy: sim.metricWith('HealthyHostCount', dimensions),
    unhealthy: sim.metricWith('UnHealthyHostCount', dimensions),
    requests: alb('RequestCount'),
    perTarget: alb('RequestCountPerTarget'),
    responseTime: alb('TargetResponseTime'),
    classes: [2, 3, 4, 5].map((digit) => alb(`HTTPCode_Target_${digit}XX_Count`)),
  }
}
