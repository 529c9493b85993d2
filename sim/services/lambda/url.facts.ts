// Function URLs in figures.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  Latency: {
    kind: 'duration',
    default: '0ms',
    doc: 'What the address adds on the way of an answer.',
    source: 'AWS gives no figure',
  },
}
