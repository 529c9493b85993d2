// What a table shows of itself: consumption against capacity, and its partitions against their own limit.
import type { Cells, Reading } from '../../model/contract.ts'
import type { Capacity } from './capacity.ts'
import type { Table } from './state.ts'

export const readings: readonly Reading<Table>[] = [
  {
    name: 'Read units',
    unit: '1/s',
    doc: 'Read units consumed.',
    counter: true,
    read: (self) => self.capacity.consumedRead,
  },
  {
    name: 'Write units',
    unit: '1/s',
    doc: 'Write units consumed.',
    counter: true,
    read: (self) => self.capacity.consumedWrite,
  },
  {
    name: 'Read capacity',
    unit: '1/s',
    doc: 'Read units per second that the table as a whole serves.',
    read: (self) => self.capacity.readRate,
  },
  {
    name: 'Write capacity',
    unit: '1/s',
    doc: 'Write units per second that the table as a whole serves.',
    read: (self) => self.capacity.writeRate,
  },
  { name: 'Throttled', unit: '1/s', doc: 'Reads and writes refused.', counter: true, read: throttled },
  {
    name: 'Read burst',
    unit: 's',
    doc: 'Seconds of the read capacity that are kept for bursts.',
    read: (self, now) => self.capacity.burstLeft(now, false),
  },
  {
    name: 'Write burst',
    unit: 's',
    doc: 'Seconds of the write capacity that are kept for bursts.',
    read: (self, now) => self.capacity.burstLeft(now, true),
  },
  {
    name: 'Partition reads',
    unit: '1/s',
    doc: 'Read units per second that one partition serves.',
    read: (self) => self.capacity.partitionRate(false),
  },
  {
    name: 'Partition writes',
    unit: '1/s',
    doc: 'Write units per second that one partition serves.',
    read: (self) => self.capacity.partitionRate(true),
  },
]

/** Reads and writes fill one limit together, in a linear mix, so their shares may be stacked against it. */
export const partitionCells: Cells<Table> = {
  name: 'Partitions',
  doc: 'Partitions in the order of their hashes, against what one partition serves.',
  columns: [
    { name: 'Reads', unit: 'share', doc: 'Consumed by reads, as a share of the limit.', counter: true },
    { name: 'Writes', unit: 'share', doc: 'Consumed by writes, as a share of the limit.', counter: true },
    { name: 'Refused', unit: '1/s', doc: 'Reads and writes refused.', counter: true },
    { name: 'Bank', unit: 'share', doc: 'Of the units that it keeps for bursts, the share that is left.' },
  ],
  each(self, now, cell) {
    const { capacity } = self
    const { partitions } = capacity
    const reads = Math.max(1, capacity.partitionRate(false))
    const writes = Math.max(1, capacity.partitionRate(true))
    const hottest = hottestKeys(self)
    for (let i = 0; i < partitions.count; i++)
      cell(
        partitions.id[i],
        [
          partitions.readUnits[i] / reads,
          partitions.writeUnits[i] / writes,
          partitions.throttled[i],
          partitions.bankLeft(i, now),
        ],
        hottest.get(i),
      )
  },
}

/** Global indexes against their own capacity; local ones share the table's. */
export const indexCells: Cells<Table> = {
  name: 'Indexes',
  doc: 'Secondary indexes, global ones against their own capacity.',
  columns: [
    { name: 'Reads', unit: 'share', doc: 'Consumed by reads, as a share of its capacity.', counter: true },
    { name: 'Writes', unit: 'share', doc: 'Consumed by writes, as a share of its capacity.', counter: true },
    { name: 'Refused', unit: '1/s', doc: 'Reads of it, and writes of the table, refused for it.', counter: true },
    { name: 'Entries', unit: 'items', doc: 'Items that are in it.' },
  ],
  each(self, _, cell) {
    for (const { number, isGlobal, throughput, entries, def } of self.indexes?.all ?? []) {
      const { capacity } = throughput
      const reads = isGlobal ? capacity.consumedRead / Math.max(1, capacity.readRate) : 0
      const writes = isGlobal ? capacity.consumedWrite / Math.max(1, capacity.writeRate) : 0
      cell(number, [reads, writes, isGlobal ? throttledOf(capacity) : 0, entries.live], def.name)
    }
  },
}

/** By partition: the key that certainly has a twentieth of all units so far, where there is one. */
function hottestKeys(self: Table): Map<number, string> {
  const { partitions, consumedRead, consumedWrite } = self.capacity
  const found = new Map<number, string>()
  for (const { key, hash, units, error } of self.hotKeys.list()) {
    if (units - error < (consumedRead + consumedWrite) / 20) continue
    const partition = partitions.of(hash)
    if (!found.has(partition)) found.set(partition, String(key))
  }
  return found
}

function throttled(self: Table): number {
  let sum = throttledOf(self.capacity)
  for (const { isGlobal, throughput } of self.indexes?.all ?? []) if (isGlobal) sum += throttledOf(throughput.capacity)
  return sum
}

function throttledOf({ partitions }: Capacity): number {
  let sum = 0
  for (let i = 0; i < partitions.count; i++) sum += partitions.throttled[i]
  return sum
}
