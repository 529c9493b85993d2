// Clusters in figures: what AWS leaves open.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  ClusterFailover: {
    kind: 'duration',
    default: 'uniform(20s, 40s)',
    doc: 'From the loss of the writer to a reader that has taken over.',
    source:
      'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html: mostly within 60 s, often within 30 s',
  },
}
