// What a report or a view says of a table's partitions: ranges, data, consumption, throttles and the hottest keys of each.
import { count } from '../../parts/words.ts'
import type { KeyValue } from './items.ts'
import { HASHES } from './partitions.ts'
import type { Table } from './state.ts'

export interface PartitionSummary {
  readonly index: number
  /** Share of all hashes, from and to, 0..1. */
  readonly from: number
  readonly to: number
  readonly bytes: number
  /** Units consumed since the beginning, and per second over the last full minute. */
  readonly readUnits: number
  readonly writeUnits: number
  readonly readRate: number
  readonly writeRate: number
  /** Consumption of the last full minute as a part of what the partition serves at most (DDB-R30), 0..1. */
  readonly heat: number
  readonly throttled: number
  /** Up to three keys that consume most on it, with the units that are certainly theirs. */
  readonly hotKeys: readonly { readonly key: KeyValue; readonly units: number }[]
}

/** The partitions of a table in the order of their ranges. Pure; made when a report or a frame asks for it. */
export function partitionsOf(table: Table): PartitionSummary[] {
  const { partitions } = table.capacity
  const { readCeiling, writeCeiling } = table.figures
  const hot = table.hotKeys.list()
  return Array.from({ length: partitions.count }, (_, i) => {
    const readRate = partitions.lastRead[i] / 60
    const writeRate = partitions.lastWrite[i] / 60
    return {
      index: i,
      from: partitions.start[i] / HASHES,
      to: partitions.endOf(i) / HASHES,
      bytes: partitions.bytes[i],
      readUnits: partitions.readUnits[i],
      writeUnits: partitions.writeUnits[i],
      readRate,
      writeRate,
      heat: readRate / readCeiling + writeRate / writeCeiling,
      throttled: partitions.throttled[i],
      hotKeys: hot
        .filter((key) => partitions.of(key.hash) === i)
        .slice(0, 3)
        .map(({ key, units, error }) => ({ key, units: units - error })),
    }
  })
}

/** Partitions that a report names one by one. */
const SHOWN = 3

/** What the report says of a table: how many partitions, the hottest of them, and who heats them. */
export function reportOf(table: Table): {
  readonly lines: readonly string[]
  readonly partitions: readonly PartitionSummary[]
} {
  const partitions = partitionsOf(table)
  const total = partitions.reduce((sum, partition) => sum + partition.readUnits + partition.writeUnits, 0)
  if (total === 0) return { lines: [], partitions }
  const byHeat = [...partitions].sort(
    (a, b) => b.throttled - a.throttled || b.readUnits + b.writeUnits - a.readUnits - a.writeUnits || a.index - b.index,
  )
  const lines = byHeat.slice(0, SHOWN).map((partition) => {
    const units = partition.readUnits + partition.writeUnits
    const keys = partition.hotKeys
      .filter((key) => key.units > total / 100)
      .map(({ key, units: own }) => `${String(key)} ${percent(own / total)}`)
    const throttled = partition.throttled > 0 ? `, ${count(partition.throttled)} throttled` : ''
    const hot = keys.length > 0 ? `; of all units ${keys.join(', ')}` : ''
    return `partition ${partition.index + 1} of ${partitions.length}: ${percent(units / total)} of the units, ${percent(partition.heat)} of its ceiling in the last full minute${throttled}${hot}`
  })
  return { lines, partitions }
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
