// What AWS bills for a table with its indexes: provisioned units by the hour or units on demand, storage, reads of its stream.
import { GB, HOUR_US, MONTH_US, type Price } from '../../model/price.ts'
import type { Capacity } from './capacity.ts'
import type { Table } from './state.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/dynamodb/pricing/ [PR-R1]'

/** A sum over the table's own capacity and that of all global indexes that it has or had. */
const sumOf = (table: Table, of: (capacity: Capacity) => number): number =>
  table.capacities.reduce((sum, capacity) => sum + of(capacity), 0)

/** A line of one of the two modes; a table that was never in it does not have it. */
const inMode = (table: Table, mode: Capacity['mode'], used: number): number | undefined =>
  used > 0 || table.capacity.mode === mode ? used : undefined

export const prices: Readonly<Record<string, Price<Table>>> = {
  OnDemandWrites: {
    doc: 'Write request units',
    usd: '0.625',
    notes2020: '1.25',
    per: 1_000_000,
    unit: 'units',
    source: `${SOURCE.slice(0, -1)}, PR-R3, PR-V2]`,
    used: (table) =>
      inMode(
        table,
        'PAY_PER_REQUEST',
        sumOf(table, (each) => each.meter.writes(each)),
      ),
  },
  OnDemandReads: {
    doc: 'Read request units',
    usd: '0.125',
    notes2020: '0.25',
    per: 1_000_000,
    unit: 'units',
    // An eventually consistent read is half a unit.
    base: 2,
    source: `${SOURCE.slice(0, -1)}, PR-R3, PR-V2]`,
    used: (table) =>
      inMode(
        table,
        'PAY_PER_REQUEST',
        sumOf(table, (each) => 2 * each.meter.reads(each)),
      ),
  },
  ProvisionedWrites: {
    doc: 'Provisioned write capacity',
    usd: '0.00065',
    unit: 'WCU-hours',
    base: HOUR_US,
    free: 18_250,
    source: SOURCE,
    used: (table, { now }) =>
      inMode(
        table,
        'PROVISIONED',
        sumOf(table, ({ meter }) => meter.write.upTo(now)),
      ),
  },
  ProvisionedReads: {
    doc: 'Provisioned read capacity',
    usd: '0.00013',
    unit: 'RCU-hours',
    base: HOUR_US,
    free: 18_250,
    source: SOURCE,
    used: (table, { now }) =>
      inMode(
        table,
        'PROVISIONED',
        sumOf(table, ({ meter }) => meter.read.upTo(now)),
      ),
  },
  Storage: {
    doc: 'Storage',
    usd: '0.25',
    unit: 'GB-months',
    base: GB * MONTH_US,
    free: 25,
    source: `${SOURCE.slice(0, -1)}, DDB-R4]`,
    used: (table, { now }) => table.stored.upTo(now),
  },
  StreamReads: {
    doc: 'Reads of the stream (those of Lambda are free)',
    usd: '0.02',
    per: 100_000,
    unit: 'GetRecords calls',
    free: 2_500_000,
    source: `${SOURCE.slice(0, -1)}, DDS-R11]`,
    used: (table, meter) =>
      table.streams.current === null
        ? undefined
        : meter.calls('dynamodb:GetRecords', ['AWS::Lambda::EventSourceMapping']).sent,
  },
}

export const unbilled = [
  'backups',
  'warm throughput',
  'the storage class for infrequent access',
  'exports and imports',
  'data transfer',
]
