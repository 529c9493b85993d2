// Proxies in figures: what AWS leaves open.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  ProxyLatency: {
    kind: 'duration',
    default: 'lognormal(p50=1ms, p99=5ms)',
    doc: 'What the proxy adds to a statement.',
    source:
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html: single-digit milliseconds',
  },
  LookAgain: {
    kind: 'duration',
    default: '1s',
    doc: 'How often a proxy tries a database that does not let it in.',
    source: 'not documented',
  },
}
