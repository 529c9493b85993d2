// Which shards need a lease: all lines of descent are covered, and no shard is read before its parents (KCL-07, KCL-08).

export interface KnownShard {
  readonly id: string
  /** Those that are still known. */
  readonly parents: readonly string[]
  readonly isOpen: boolean
}

/**
 * The shards that leases are to be made for, the lowest id first: of each open shard without a lease the oldest ancestors
 * that are needed. What descends from a leased shard waits for it; elsewhere reading begins at the open shard (`LATEST`) or
 * at the oldest one that there is.
 */
export function missingLeases(
  shards: readonly KnownShard[],
  leased: ReadonlySet<string>,
  position: 'TRIM_HORIZON' | 'LATEST',
): string[] {
  const byId = new Map(shards.map((shard) => [shard.id, shard]))
  const missing = new Set<string>()
  const parentsOf = (id: string): string[] => byId.get(id)!.parents.filter((parent) => byId.has(parent))
  const descends = (id: string): boolean => leased.has(id) || parentsOf(id).some(descends)
  const fill = (id: string): void => {
    if (leased.has(id)) return
    const parents = parentsOf(id)
    if (parents.length > 0 && (position === 'TRIM_HORIZON' || parents.some(descends)))
      for (const each of parents) fill(each)
    else missing.add(id)
  }
  for (const { id, isOpen } of shards) if (isOpen) fill(id)
  return [...missing].sort()
}
