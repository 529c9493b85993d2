// Which record answers a DNS query: by policy, health first taken away (R53-R1, R53-R2, R53-R5, R53-R7).
import type { Rng } from '../../engine/rng.ts'

export type Policy = 'simple' | 'weighted' | 'failover' | 'nearest' | 'multivalue'

export interface Answerable {
  readonly weight: number
  readonly isPrimary: boolean
  readonly isHealthy: boolean
}

/** The number of the record that answers. `resolver` tells who asks: of records by place, each resolver has one that is nearest. */
export function choose(policy: Policy, records: readonly Answerable[], rng: Rng, resolver: number): number {
  const all = records.map((_, i) => i)
  const healthy = all.filter((i) => records[i].isHealthy)
  switch (policy) {
    case 'weighted':
      return byWeight(records, all, healthy, rng)
    case 'failover': {
      const primary = all.find((i) => records[i].isPrimary) ?? 0
      if (records[primary].isHealthy) return primary
      // With both down the primary is given: somebody must be.
      return healthy.find((i) => i !== primary) ?? primary
    }
    case 'nearest': {
      const own = resolver % records.length
      if (records[own].isHealthy || healthy.length === 0) return own
      return healthy[resolver % healthy.length]
    }
    case 'multivalue':
    case 'simple': {
      const among = policy === 'multivalue' && healthy.length > 0 ? healthy : all
      return among[Math.floor(rng.float() * among.length)]
    }
  }
}

/** Zero weights come into play only when no other record is healthy; when none is, all are taken for healthy. */
function byWeight(
  records: readonly Answerable[],
  all: readonly number[],
  healthy: readonly number[],
  rng: Rng,
): number {
  const weighty = (among: readonly number[]): readonly number[] => among.filter((i) => records[i].weight > 0)
  const withWeight = weighty(healthy)
  const among =
    withWeight.length > 0 ? withWeight : healthy.length > 0 ? healthy : weighty(all).length > 0 ? weighty(all) : all
  const total = among.reduce((sum, i) => sum + records[i].weight, 0)
  if (total === 0) return among[Math.floor(rng.float() * among.length)]
  let draw = rng.float() * total
  return among.find((i) => (draw -= records[i].weight) < 0)!
}
