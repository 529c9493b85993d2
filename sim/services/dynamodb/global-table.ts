// AWS::DynamoDB::GlobalTable: one table in several regions, each of which takes writes and tells the others.
//
// The one idea: each replica is a whole table and a component of its own. `Orders` is the one in the stack's region, `Orders.eu-west-1`
// another; `replication.ts` is what they tell each other.
import type { Call } from '../../engine/calls.ts'
import type { Action, Config, Finding, Look, Op, ServiceDef } from '../../model/contract.ts'
import { count, percent, time } from '../../parts/words.ts'
import { updated } from './control.ts'
import { gather, props } from './global-config.ts'
import { globalAssumptions } from './global-table.facts.ts'
import { addPartitions } from './splits.ts'
import { Replication, type ReplicationEvents } from './replication.ts'
import { TRANSACT_GET, TRANSACT_WRITE, UPDATE_TABLE, type Table } from './state.ts'
import { makeTable, table, tableEvents } from './table.ts'
import { Invalid } from './values.ts'

const events: ReplicationEvents = {
  due: (self, number) => self.replication!.dueNow(number),
  answered: (self, call) => self.replication!.answered(call),
}
const TRANSACTIONS: readonly Action[] = ['dynamodb:TransactWriteItems', 'dynamodb:TransactGetItems']
/** How long a replica stays from which others began, in µs (DGT-R10). */
const SOURCE_STAYS = 86_400_000_000
const ownEvents = { ...tableEvents, updated: updatedEverywhere }

export const globalTable: ServiceDef<Table> = {
  ...table,
  type: 'AWS::DynamoDB::GlobalTable',
  summary: 'A table with a replica in each of several regions, all of which take writes.',
  models: [
    'Each replica is a table of its own, called by its name: `Orders` in the stack’s region, `Orders.eu-west-1` elsewhere (DGT-R1).',
    'A write goes to one replica and reaches the others a moment later, item by item; of two that did not know of each other the later one stays, everywhere (DGT-R2, DGT-R3).',
    'Conditions and strongly consistent reads look at the replica that is asked (DGT-R3, DGT-R4).',
    'A write costs its units in every region, those of the indexes too; write capacity is the same everywhere (DGT-R5). What expires is deleted in one region, and costs units in the others (DGT-R6).',
    'A replica that is cut off goes on; what waits is sent, both ways, when it is back (DGT-R7). Each has a stream of its own with all changes (DGT-R8).',
    'With `MultiRegionConsistency: STRONG` a write waits for another region, strongly consistent reads are the same everywhere, and an item that another region is writing is refused (DGT-R9).',
    ...table.models,
  ],
  omits: [
    'Auto scaling of the capacity: it stays at `SeedCapacity` or `MinCapacity`.',
    'Adding replicas while the table runs; a replica of another account.',
    'Distances: calls to a replica take as long from everywhere.',
    'A transaction that is asked of another table does not reach the global one; asked of it, it reaches both.',
    'A strongly consistent replica that is cut off refuses writes, but answers reads.',
    ...table.omits,
  ],
  assumptions: { ...table.assumptions, ...globalAssumptions },
  props,
  gather,
  copies: (config) => config['Copies'] as { name: string; config: Config }[],
  create: (config, sim) => {
    const self = makeTable(config, sim, ownEvents)
    self.replication = new Replication(self, config, sim, events)
    return self
  },
  ops: {
    ...table.ops,
    ...Object.fromEntries(TRANSACTIONS.map((action) => [action, { ...table.ops[action]!, run: transact(action) }])),
    'dynamodb:DeleteTable': { ...table.ops['dynamodb:DeleteTable']!, run: deleteReplica },
    'dynamodb:ReplicateItem': {
      internal: true,
      doc: 'Takes a change of another region (our own name: no API shows it).',
      target: 'TableName',
      errors: ['ThrottlingException'],
      run: (self, call) => self.replication!.take(call),
    },
  },
  timers: { ...ownEvents, ...events },
  metrics: {
    ...table.metrics,
    ReplicationLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'Time from a write here to its arrival in another region, by ReceivingRegion.',
    },
    PendingReplicationCount: {
      unit: 'Count',
      kind: 'level',
      doc: 'Changes that another region has yet to take, by ReceivingRegion.',
    },
    OverwrittenWrites: {
      namespace: 'Sim',
      unit: 'Count',
      kind: 'count',
      doc: 'Writes taken here that a later one of another region, which had not seen them, replaced.',
    },
  },
  faults: {
    ...table.faults,
    'aws:dynamodb:global-table-pause-replication': {
      doc: 'Cuts the replica off from the others: nothing is replicated to it or from it. Clients still reach it.',
      params: {},
      start: (self) => self.replication!.pause(true),
      stop: (self) => self.replication!.pause(false),
    },
  },
  invariants: {
    ...table.invariants,
    'every change sent has arrived or is pending': ({ replication }) =>
      replication!.sent === replication!.arrived + replication!.pending,
  },
  insights: (self, look) => [...table.insights!(self, look), ...lagging(self, look), ...overwritten(self, look)],
  report: (self) => {
    const own = table.report!(self) as Readonly<Record<string, unknown>>
    const { region, sent, arrived, taken, replicatedUnits, overwritten: lost } = self.replication!
    return { ...own, region, sent, arrived, taken, replicatedUnits, overwritten: lost.total }
  },
  view: {
    ...table.view,
    label: 'Global table',
    detail: (config) => config['Region'] as string,
    readings: [
      ...table.view.readings!,
      {
        name: 'Pending',
        unit: 'changes',
        doc: 'Changes that other regions have yet to take.',
        read: (self) => self.replication!.pending,
      },
    ],
  },
}

/** A transaction of one replica; a strongly consistent table has none (DGT-R9). */
function transact(action: Action): Op<Table>['run'] {
  return (self, call) => {
    if (!self.replication!.isStrong) return table.ops[action]!.run(self, call)
    self.begin(call, action === TRANSACTIONS[0] ? TRANSACT_WRITE : TRANSACT_GET)
    self.invalid(call, new Invalid('Transactions are not supported on a table with multi-Region strong consistency'))
  }
}

/** A replica goes by itself; the one from which others began stays for a day (DGT-R10). */
function deleteReplica(self: Table, call: Call): void {
  const isSource = (self.config['Copies'] as readonly unknown[]).length > 0
  if (!isSource || self.now >= SOURCE_STAYS) return table.ops['dynamodb:DeleteTable']!.run(self, call)
  self.begin(call, UPDATE_TABLE)
  self.invalid(
    call,
    new Invalid(
      'Replica cannot be deleted because it has acted as a source region for new replica(s) in the last 24 hours',
    ),
  )
}

/** New settings act: what is written everywhere must be paid everywhere, so write capacity follows in all replicas (DGT-R5). */
function updatedEverywhere(self: Table): void {
  updated(self)
  const { mode, writeUnits, maxWrite } = self.capacity
  for (const other of self.replication!.tables()) {
    const { capacity } = other
    const read = mode === capacity.mode ? capacity.readUnits : self.capacity.readUnits
    capacity.set(self.now, mode, read, writeUnits, capacity.maxRead, maxWrite)
    addPartitions(other, self.now)
  }
}

/** Changes that wait longer than this for another region are behind (µs). */
const LATE = 10_000_000
const LEAST = 5

/** Replication that falls behind: a region cut off, or one without the capacity to take what is written elsewhere. */
function lagging({ replication }: Table, look: Look): Finding[] {
  const { throttled, region } = replication!
  const waits = replication!.oldest()
  const late = waits === undefined ? 0 : look.now - waits.at
  const findings: Finding[] = []
  if (throttled.count >= LEAST)
    findings.push({
      kind: 'replication-throttled',
      from: throttled.first,
      to: throttled.last,
      share: 1,
      title: 'A replica has no capacity for what other regions write',
      text: `The replica in ${region} held changes up ${count(throttled.count)} times because its write capacity was used up. Every write costs its units in every region.`,
    })
  if (waits !== undefined && late >= LATE)
    findings.push({
      kind: 'replication-late',
      from: waits.at,
      to: look.now,
      share: 1,
      title: 'Another region is behind',
      text: `${count(replication!.pending)} changes of ${region} have not reached ${waits.region}; the oldest has waited ${time(late)}.`,
    })
  return findings
}

/** Writes that were answered with success and are gone: a later one of another region did not know of them. */
function overwritten({ replication, succeeded }: Table, _look: Look): Finding[] {
  const { overwritten: lost, region } = replication!
  if (lost.count < LEAST) return []
  const share = lost.count / Math.max(1, succeeded)
  return [
    {
      kind: 'overwritten-writes',
      from: lost.first,
      to: lost.last,
      share,
      title: 'Writes were replaced by another region’s',
      text: `${count(lost.count)} writes in ${region} (${percent(share)} of its requests) were confirmed and then replaced by a later one of another region that had not seen them: the last writer wins. Write each item in one region alone, or in items of the region’s own.`,
    },
  ]
}
