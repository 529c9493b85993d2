// Health checks of Route 53 in figures: what AWS leaves open.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  ChecksRestAfter: {
    kind: 'duration',
    default: '10min',
    doc: 'A check that is settled rests when nobody has asked a name of it for so long, until somebody does.',
    source: 'ours: an idle system costs no events',
  },
}
