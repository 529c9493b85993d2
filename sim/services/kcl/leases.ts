// How leases are shared out among workers: targets, what is taken, what is stolen, what a leader assigns (KCL-05, KCL-06).
// Pure: plain numbers in, choices out.

const NOBODY = -1

/** A lease as whoever shares leases out sees it. */
export interface Share {
  /** In order of their keys. */
  readonly key: number
  /** Number of the worker that holds it, −1 = nobody. */
  readonly owner: number
  /** Since when it has not been renewed, in µs. */
  readonly stale: number
  /** What it carries: bytes in the last interval. */
  readonly load: number
}

export interface TakerRules {
  /** µs. */
  readonly failover: number
  readonly leasesMax: number
  readonly stealMax: number
}

/** Leases that each worker is to hold: 1 where there are as many workers as leases, else an equal part, rounded up. */
export function target(leases: number, workers: number, leasesMax: number): number {
  return Math.min(leasesMax, workers >= leases ? 1 : Math.ceil(leases / workers))
}

/** What a worker takes in one round of its taker (1.x, 2.x): keys of leases. */
export function takes(
  worker: number,
  shares: readonly Share[],
  { failover, leasesMax, stealMax }: TakerRules,
): number[] {
  const isExpired = ({ owner, stale }: Share): boolean => owner === NOBODY || stale >= failover
  const held = new Map<number, number>([[worker, 0]])
  for (const share of shares) if (!isExpired(share)) held.set(share.owner, (held.get(share.owner) ?? 0) + 1)
  const mine = held.get(worker)!
  const wanted = target(shares.length, held.size, leasesMax)
  const expired = shares.filter(isExpired)
  // Those that nobody has renewed for very long are taken first, beyond the target too.
  const urgent = expired.filter(({ owner, stale }) => owner !== NOBODY && stale >= 3 * failover)
  const others = expired.filter((share) => !urgent.includes(share))
  const taken = urgent.slice(0, Math.max(0, leasesMax - mine))
  taken.push(...others.slice(0, Math.max(0, wanted - mine - taken.length)))
  if (expired.length > 0 || mine >= wanted) return taken.map(({ key }) => key)
  const [richest, most] = [...held].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]
  const over = Math.min(wanted - mine, most - wanted)
  const stolen = Math.min(stealMax, over === 0 && wanted - mine > 1 ? 1 : over)
  if (richest === worker || stolen <= 0) return []
  return shares
    .filter(({ owner }) => owner === richest)
    .slice(0, stolen)
    .map(({ key }) => key)
}

/** What a leader gives to whom (3.x): leases that nobody holds, to the worker that carries least. */
export function assigns(
  workers: readonly number[],
  shares: readonly Share[],
  failover: number,
): [key: number, worker: number][] {
  const loads = loadsOf(workers, shares, failover)
  return shares
    .filter(({ owner, stale }) => owner === NOBODY || stale >= failover)
    .map(({ key, load }) => {
      const worker = least(loads)
      loads.get(worker)!.push(load)
      return [key, worker]
    })
}

/**
 * What a leader moves to even out (3.x): from the worker that carries most, when that is more than `threshold` above the mean,
 * leases that carry together at most `dampening` of the excess.
 */
export function balances(
  workers: readonly number[],
  shares: readonly Share[],
  {
    failover,
    threshold,
    dampening,
  }: { readonly failover: number; readonly threshold: number; readonly dampening: number },
): [key: number, worker: number][] {
  const loads = loadsOf(workers, shares, failover)
  const sums = new Map([...loads].map(([worker, list]) => [worker, list.reduce((sum, load) => sum + load, 0)]))
  const mean = [...sums.values()].reduce((sum, load) => sum + load, 0) / Math.max(1, workers.length)
  const [richest, most] = [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [NOBODY, 0]
  if (mean <= 0 || most <= mean * (1 + threshold)) return []
  let room = (most - mean) * dampening
  const moves: [number, number][] = []
  for (const { key, owner, load } of shares) {
    if (owner !== richest || load > room || load === 0) continue
    const poorest = least(loads)
    if (poorest === richest) break
    moves.push([key, poorest])
    loads.get(poorest)!.push(load)
    room -= load
  }
  return moves
}

function loadsOf(workers: readonly number[], shares: readonly Share[], failover: number): Map<number, number[]> {
  const loads = new Map<number, number[]>(workers.map((worker) => [worker, []]))
  for (const { owner, stale, load } of shares) if (stale < failover) loads.get(owner)?.push(load)
  return loads
}

/** The worker that carries least; of equals the one with fewer leases, then the first. */
function least(loads: ReadonlyMap<number, readonly number[]>): number {
  const sum = (list: readonly number[]): number => list.reduce((total, load) => total + load, 0)
  return [...loads].sort((a, b) => sum(a[1]) - sum(b[1]) || a[1].length - b[1].length || a[0] - b[0])[0][0]
}
