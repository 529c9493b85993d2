// How partitions are cut in two, of a table or of a global secondary index: for capacity, for size and for heat.
import type { Throughput } from './throughput.ts'

/** Keys that lie over partitions of their own: those of a table, or of a global secondary index. */
export interface Space {
  readonly throughput: Throughput
  /** All data in bytes. */
  readonly bytes: number
  /** Bytes of the rows whose hashes (unsigned) lie in [from, to). */
  bytesBetween(from: number, to: number): number
  /** A partition has been cut: its upper half follows it. */
  wasSplit(partition: number): void
}

/** Splits until there are as many partitions as capacity and size ask for; they never become fewer (DDB-R37). */
export function addPartitions(space: Space, now: number): void {
  const { capacity } = space.throughput
  const { partitions } = capacity
  const wanted = capacity.wantedPartitions(space.bytes)
  while (partitions.count < wanted) {
    let widest = 0
    for (let i = 1; i < partitions.count; i++)
      if (partitions.endOf(i) - partitions.start[i] > partitions.endOf(widest) - partitions.start[widest]) widest = i
    splitInMiddle(space, widest, now)
  }
  capacity.applyRates(now, 0)
}

/** Splits partitions that hold more than `most` bytes. */
export function splitForSize(space: Space, most: number, now: number): void {
  const { capacity } = space.throughput
  const { partitions } = capacity
  for (let i = 0; i < partitions.count; i++) {
    while (partitions.bytes[i] > most && partitions.endOf(i) - partitions.start[i] > 1) {
      splitInMiddle(space, i, now)
      capacity.applyRates(now, 0)
    }
  }
}

/** The numbers of partitions that were hot in `minutes` of the last ten and are not being split yet; they are marked as such. */
export function takeHot(space: Space, minutes: number): number[] {
  const { partitions } = space.throughput.capacity
  const hot: number[] = []
  for (let i = 0; i < partitions.count; i++) {
    if (partitions.splitting[i] === 1 || partitions.hotMinutesOf(i, 10) < minutes || heatMedian(space, i) < 0) continue
    partitions.splitting[i] = 1
    hot.push(partitions.id[i])
  }
  return hot
}

/** A split for heat is done. */
export function endHeatSplit(space: Space, id: number, now: number): void {
  const { capacity } = space.throughput
  const { partitions } = capacity
  const i = partitions.indexOf(id)
  if (i < 0 || partitions.splitting[i] === 0) return
  const hash = heatMedian(space, i)
  if (hash < 0) partitions.splitting[i] = 0
  else splitAt(space, i, hash, now)
  capacity.applyRates(now, 0)
}

function splitInMiddle(space: Space, i: number, now: number): void {
  const { partitions } = space.throughput.capacity
  splitAt(space, i, Math.floor((partitions.start[i] + partitions.endOf(i)) / 2), now)
}

/** Cuts a partition at a hash: items lie where their hash says, those from the start evenly. */
function splitAt(space: Space, i: number, hash: number, now: number): void {
  const { partitions } = space.throughput.capacity
  const from = partitions.start[i]
  const to = partitions.endOf(i)
  const upper = space.bytesBetween(hash, to)
  const initial = partitions.bytes[i] - space.bytesBetween(from, hash) - upper
  partitions.split(i, hash, upper + Math.round((initial * (to - hash)) / (to - from)), now)
  space.wasSplit(i)
}

/**
 * The hash at which a partition's consumption falls into halves (DDB-R38): the hot keys stand at their hashes, the rest
 * lies evenly. −1 when one key alone is the heat and already has the partition for itself.
 */
export function heatMedian(space: Space, i: number): number {
  const { capacity, hotKeys } = space.throughput
  const { partitions } = capacity
  const from = partitions.start[i]
  const to = partitions.endOf(i)
  if (to - from < 2) return -1
  const hot = hotKeys
    .list()
    .map((key) => ({ at: key.hash >>> 0, units: key.units - key.error }))
    .filter((key) => key.at >= from && key.at < to)
  hot.sort((a, b) => a.at - b.at)
  const known = hot.reduce((sum, key) => sum + key.units, 0)
  const all = Math.max(known, partitions.readUnits[i] + partitions.writeUnits[i])
  const perHash = (all - known) / (to - from)
  let before = 0
  let at = from
  for (const key of hot) {
    const reached = before + (key.at - at) * perHash
    if (reached >= all / 2) break
    // The key that carries the sum over the half is cut off on the side on which less would stay with it.
    if (reached + key.units > all / 2) {
      const below = key.at > from
      const above = key.at + 1 < to
      if (!below && !above) return -1
      return below && (reached >= all - reached - key.units || !above) ? key.at : key.at + 1
    }
    before = reached + key.units
    at = key.at
  }
  if (perHash === 0) return -1
  return Math.min(to - 1, Math.max(from + 1, Math.floor(at + (all / 2 - before) / perHash)))
}
