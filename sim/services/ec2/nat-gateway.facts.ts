// NAT gateways in figures: what AWS leaves open.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  DeletionTime: {
    kind: 'duration',
    default: '60s',
    doc: 'From DeleteNatGateway to state deleted; nothing passes from the call on.',
    source: 'not documented: a minute or so',
  },
  BytesPerCall: {
    kind: 'size',
    default: '4KB',
    doc: 'What a call and its answer bring through the gateway, for its bytes.',
    source: 'not documented: depends on the calls',
  },
}
