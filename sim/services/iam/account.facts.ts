// IAM in figures: its quotas, and where each figure comes from.
import type { Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  AccessKeysPerUser: {
    current: 2,
    unit: 'keys',
    doc: 'Access keys of a user, so that one can replace the other.',
    source: 'IAM quotas',
  },
}
