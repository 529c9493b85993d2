// Names in figures: what AWS leaves open.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  Resolvers: {
    kind: 'number',
    default: '100',
    doc: 'Resolvers among which the clients are divided evenly; each keeps an answer for its lifetime.',
    source: 'R53-R3',
  },
  Propagation: {
    kind: 'duration',
    default: '30s',
    doc: 'From a change of a record to its being answered.',
    source: 'R53-R8: within 60 s',
  },
  QueryTime: {
    kind: 'duration',
    default: 'lognormal(p50=5ms, p99=40ms)',
    doc: 'A query that the resolver has no answer for.',
    source: 'not documented',
  },
  LookInterval: {
    kind: 'duration',
    default: '10s',
    doc: 'How old what is known of a load balancer’s targets may be.',
    source: 'not documented',
  },
}
