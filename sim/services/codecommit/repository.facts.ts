// CodeCommit in figures: quotas, what AWS leaves open, and where each comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  Repositories: {
    current: 1_000,
    unit: 'repositories',
    doc: 'Repositories of an account.',
    adjustable: true,
    source: 'CC-R2',
  },
  Triggers: { current: 10, unit: 'triggers', doc: 'Triggers of a repository.', source: 'CC-R1' },
  BlobSize: { current: 2_147_483_648, unit: 'B', doc: 'The largest file of a push.', source: 'CC-R2' },
  OpenPullRequests: {
    current: 1_000,
    unit: 'pull requests',
    doc: 'Open pull requests of a repository.',
    source: 'CC-R2',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  PushLatency: {
    kind: 'duration',
    default: 'lognormal(p50=800ms, p99=4s)',
    doc: 'How long a push or a pull takes.',
    source: 'not documented; of the order of other git hosts',
  },
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=30ms, p99=150ms)',
    doc: 'How long the answer of another operation takes.',
    source: 'not documented; of the order of other APIs',
  },
}
