// What a request says of the capacity that it took: in all, or by table and index (DDB-R19).
import type { Index } from './index.ts'
import type { Table } from './state.ts'
import type { Item } from './values.ts'

const GB = 1_073_741_824

export interface CapacityAsked {
  readonly ReturnConsumedCapacity?: unknown
}

/** Whether a request asks for what it took. */
export function wantsCapacity(body: CapacityAsked): boolean {
  return body.ReturnConsumedCapacity !== undefined && body.ReturnConsumedCapacity !== 'NONE'
}

export class Consumed {
  table = 0
  private readonly indexes = new Map<Index, number>()

  /** Adds the write that was just done: so many units of the table, and what it cost its indexes. */
  add(table: Table, units: number): void {
    this.table += units
    if (table.indexes !== null) for (const index of table.indexes.all) this.addIndex(index, index.units)
  }

  addIndex(index: Index, units: number): void {
    if (units > 0) this.indexes.set(index, (this.indexes.get(index) ?? 0) + units)
  }

  /** As an answer has it. */
  told(table: Table, body: CapacityAsked): Item {
    let CapacityUnits = this.table
    for (const units of this.indexes.values()) CapacityUnits += units
    const all = { TableName: table.sim.name, CapacityUnits }
    if (body.ReturnConsumedCapacity !== 'INDEXES') return all
    return {
      ...all,
      Table: { CapacityUnits: this.table },
      ...this.of('LocalSecondaryIndexes', false),
      ...this.of('GlobalSecondaryIndexes', true),
    }
  }

  private of(member: string, isGlobal: boolean): Item {
    const mine = [...this.indexes].filter(([index]) => index.isGlobal === isGlobal)
    if (mine.length === 0) return {}
    return { [member]: Object.fromEntries(mine.map(([{ def }, units]) => [def.name, { CapacityUnits: units }])) }
  }
}

/** The size of the item collection that was just written, as AWS tells it: between two whole GB; null without local indexes. */
export function collectionMetrics(table: Table): Item | null {
  const { indexes } = table
  if (indexes === null || indexes.collections === null) return null
  const size = indexes.sizeOf(table.pk) / GB
  return {
    ItemCollectionKey: { [table.keys.hash]: table.pk },
    SizeEstimateRangeGB: [Math.floor(size), Math.floor(size) + 1],
  }
}
