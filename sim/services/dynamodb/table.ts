// AWS::DynamoDB::Table: items by key on partitions, capacity with bursts, conditional writes, expressions and pages.
//
// Reading order: this definition; `state.ts` (the items, and how a request is answered), `throughput.ts` (how it is admitted
// and charged), `single.ts`, `reads.ts` and `batches.ts` (the operations), `control.ts` (UpdateTable) and `splits.ts`; beneath
// them `capacity.ts`, `partitions.ts`, `items.ts`, `order.ts`, and the expressions. Secondary indexes: `index-defs.ts`, `index.ts`,
// `indexes.ts`, `index-control.ts`. The stream of changes: `streams.ts`, `stream-records.ts`, `stream-ops.ts`.
import type { Config, Op, ServiceDef, Sim } from '../../model/contract.ts'
import { batchGetItem, batchWriteItem } from './batches.ts'
import { deleteCopies, putCopies, readCopies, updateCopies } from './copies.ts'
import { amend, describeTable, minuteEnded, spacesOf, splitDone, updated, updateTable } from './control.ts'
import { expired, updateTimeToLive } from './expiry-control.ts'
import { gather } from './gather.ts'
import { fill } from './index-control.ts'
import { indexFindings } from './index-insights.ts'
import {
  createBackup,
  createTable,
  deleteTable,
  describeBackup,
  exportTable,
  notThere,
  restoreFromBackup,
  restoreToPointInTime,
} from './lifecycle.ts'
import { query, scan } from './reads.ts'
import type { Space } from './splits.ts'
import { deleteItem, getItem, putItem, updateItem } from './single.ts'
import { Table, type TableEvents } from './state.ts'
import { awaitRecords, describeStream, getRecords, getShardIterator, listStreams } from './stream-ops.ts'
import { prices, unbilled } from './table-prices.ts'
import { assumptions, quotas } from './table.facts.ts'
import { metrics } from './table-metrics.ts'
import { props } from './table-props.ts'
import { reportOf } from './summary.ts'
import { findingsOf } from './table-insights.ts'
import { indexCells, partitionCells, readings } from './table-view.ts'
import { commit, transactGetItems, transactWriteItems } from './transactions.ts'

/** For so long a throttle shows, in µs. */
const MINUTE = 60_000_000

const CONDITION = [
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnConsumedCapacity',
  'ReturnValuesOnConditionCheckFailure',
  'ReturnItemCollectionMetrics',
]
const PAGE = [
  'FilterExpression',
  'ProjectionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ConsistentRead',
  'ExclusiveStartKey',
  'Limit',
  'Select',
  'IndexName',
  'ReturnConsumedCapacity',
]
const CONFLICT = 'TransactionConflictException'
/** How pages of Query and Scan follow each other. */
const PAGES = { items: 'Items', next: 'LastEvaluatedKey', start: 'ExclusiveStartKey', limit: 'Limit' }
const TOO_LARGE = 'ItemCollectionSizeLimitExceededException'
const THROTTLES = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']

export const tableEvents: TableEvents = {
  served,
  updated,
  splitDone,
  streamed: (self, shard) => self.streams.visible(shard),
  expired,
  filled: fill,
  lived: (self, number) => self.life.finish(self, number),
  stored: (self, call) => self.sim.close(call),
}

export const table: ServiceDef<Table> = {
  type: 'AWS::DynamoDB::Table',
  family: 'database',
  namespace: 'AWS/DynamoDB',
  dimension: 'TableName',
  summary: 'A table of items by key, spread over partitions, with provisioned or on-demand capacity.',
  models: [
    'Items are found by partition key and sort key; the hash of the partition key decides on the partition (DDB-R32).',
    'A read costs one unit for each 4 KB, half when eventually consistent; a write one for each 1 KB (DDB-R10..R19).',
    'Each partition serves 3,000 read units or 1,000 write units a second or a linear mix, and splits beyond 10 GB (DDB-R30, DDB-R37).',
    'Unused provisioned capacity of 300 s is kept for bursts; hot partitions use what others leave, or have fixed shares under notes-2020 (DDB-R33..R35).',
    'A partition that stays hot is split at the median of its consumption (DDB-R36, DDB-R38).',
    'On demand the table serves twice its sustained peak, at least 12,000 reads and 4,000 writes a second (DDB-R50..R57).',
    'Conditions, updates, projections, filters and key conditions are parsed and evaluated as written (DDB-R91, DDB-R92).',
    'Query and Scan read pages of at most 1 MB; batches return what was throttled (DDB-R17, DDB-R90).',
    'A transaction holds its items until it is answered and then writes all of them or none, at twice the units; other writers of them are turned away (DDB-R93 to DDB-R96).',
    'An eventually consistent read may meet the one replica of three that lags behind (DDB-R97).',
    'A global secondary index follows the table a moment later, with keys, capacity and partitions of its own; a write that it has no capacity for is throttled at the table (DDB-R70 to DDB-R76).',
    'A local secondary index is as current as the table, shares its capacity and keeps an item collection within 10 GB (DDB-R80 to DDB-R83).',
    'An index that UpdateTable creates is filled as fast as its own write capacity allows (DDB-R70).',
    'A table is deleted and made anew, backed up, restored and exported in a while of its own and for no units; with point-in-time recovery any moment of its last days can be gone back to (N.DYNAMODB-21, N.DYNAMODB-23).',
    'UpdateTable takes time, and decreases and switches of mode are rationed (DDB-R42, DDB-R43, DDB-R57).',
    'Items whose attribute for the time to live is over are deleted up to two days later, at no cost, and stay readable until then (DDB-R110 to DDB-R112).',
    'A stream has a record for each change of an item, in one of four views, for 24 hours: one shard for each partition, two readers a shard; a write that changes nothing has none (DDS-R1 to DDS-R8).',
  ],
  omits: [
    'Imports and PartiQL.',
    'A transaction on several tables is answered and measured by the one that is asked (SuccessfulRequestLatency, ThrottledRequests).',
    'Shards of a stream are not closed for their age, and attribute values in records are plain values, not `{ S: … }`.',
    'An item collection is never split by sort key: a partition is a range of hashes of the partition key (DDB-R36).',
    'Numbers have the precision of a double, about 16 digits, not 38; attribute names that are reserved words are not refused.',
    'Query and Scan do not see items that are there from the start (`InitialItems`), and see deletions at once; no index has them.',
    'Entries of local indexes do not count for the size of a partition.',
    'Account-wide capacity (80,000 units) and its metrics.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled,
  props,
  gather,
  // Somebody has to write what a stream is read for.
  entries: (config) => (config['Stream'] === null ? [] : ['dynamodb:PutItem']),
  create: (config, sim) => makeTable(config, sim, tableEvents),
  amend,
  ops: {
    'dynamodb:GetItem': {
      doc: 'Reads an item by its key.',
      target: 'TableName',
      params: ['Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames', 'ReturnConsumedCapacity'],
      errors: ['ValidationException', ...THROTTLES],
      run: there(getItem),
      copies: readCopies,
    },
    'dynamodb:PutItem': {
      doc: 'Creates an item or replaces it wholly. `ItemSize` gives its size where the attributes do not make it up.',
      target: 'TableName',
      params: ['Item', 'ItemSize', 'ReturnValues', ...CONDITION],
      errors: ['ValidationException', 'ConditionalCheckFailedException', CONFLICT, TOO_LARGE, ...THROTTLES],
      run: there(putItem),
      copies: putCopies,
    },
    'dynamodb:UpdateItem': {
      doc: 'Changes attributes of an item, or creates it. `ItemSize` gives its size afterwards.',
      target: 'TableName',
      params: ['Key', 'UpdateExpression', 'ItemSize', 'ReturnValues', ...CONDITION],
      errors: ['ValidationException', 'ConditionalCheckFailedException', CONFLICT, TOO_LARGE, ...THROTTLES],
      run: there(updateItem),
      copies: updateCopies,
    },
    'dynamodb:DeleteItem': {
      doc: 'Deletes an item by its key.',
      target: 'TableName',
      params: ['Key', 'ReturnValues', ...CONDITION],
      errors: ['ValidationException', 'ConditionalCheckFailedException', CONFLICT, TOO_LARGE, ...THROTTLES],
      run: there(deleteItem),
      copies: deleteCopies,
    },
    'dynamodb:Query': {
      doc: 'Reads items of one partition key in the order of their sort keys.',
      target: 'TableName',
      params: ['KeyConditionExpression', 'ScanIndexForward', ...PAGE],
      errors: ['ValidationException', ...THROTTLES],
      pages: PAGES,
      run: there(query),
    },
    'dynamodb:Scan': {
      doc: 'Reads all items, page by page.',
      target: 'TableName',
      params: ['Segment', 'TotalSegments', ...PAGE],
      errors: ['ValidationException', ...THROTTLES],
      pages: PAGES,
      run: there(scan),
    },
    'dynamodb:BatchGetItem': {
      doc: 'Reads up to 100 items of this table. `RequestItems` is `{ Keys: […] }`, or a map with that as its one entry.',
      target: 'TableName',
      params: ['RequestItems', 'ReturnConsumedCapacity'],
      errors: ['ValidationException', ...THROTTLES],
      run: there(batchGetItem),
    },
    'dynamodb:BatchWriteItem': {
      doc: 'Puts and deletes up to 25 items of this table. `RequestItems` is a list of requests, or a map with that as its one entry.',
      target: 'TableName',
      params: ['RequestItems', 'ReturnConsumedCapacity'],
      ignored: ['ReturnItemCollectionMetrics'],
      errors: ['ValidationException', TOO_LARGE, ...THROTTLES],
      run: there(batchWriteItem),
    },
    'dynamodb:TransactGetItems': {
      doc: 'Reads up to 100 items of several tables at one moment. `TableName` is the table that is asked; each Get may name another one.',
      target: 'TableName',
      params: ['TransactItems', 'ReturnConsumedCapacity'],
      errors: ['ValidationException', 'ResourceNotFoundException', 'TransactionCanceledException'],
      run: there(transactGetItems),
    },
    'dynamodb:TransactWriteItems': {
      doc: 'Writes and checks up to 100 items of several tables, all or none. `TableName` is the table that is asked; each action may name another one.',
      target: 'TableName',
      params: ['TransactItems', 'ClientRequestToken', 'ReturnConsumedCapacity'],
      ignored: ['ReturnItemCollectionMetrics'],
      errors: [
        'ValidationException',
        'ResourceNotFoundException',
        'TransactionCanceledException',
        'TransactionInProgressException',
        'IdempotentParameterMismatchException',
      ],
      run: there(transactWriteItems),
    },
    'dynamodb:DescribeTable': {
      doc: 'Tells the state and settings of the table.',
      target: 'TableName',
      run: describeTable,
    },
    'dynamodb:DeleteTable': {
      doc: 'Deletes the table and all that it holds, at no cost.',
      target: 'TableName',
      errors: ['ResourceNotFoundException', 'ResourceInUseException', 'ValidationException'],
      run: deleteTable,
    },
    'dynamodb:CreateTable': {
      doc: 'Makes a deleted table anew, empty, with the properties that it had.',
      target: 'TableName',
      ignored: ['AttributeDefinitions', 'KeySchema', 'BillingMode', 'ProvisionedThroughput'],
      errors: ['ResourceInUseException'],
      run: createTable,
    },
    'dynamodb:CreateBackup': {
      doc: 'Keeps what the table holds now; takes no capacity.',
      target: 'TableName',
      params: ['BackupName'],
      errors: ['TableNotFoundException'],
      run: createBackup,
    },
    'dynamodb:DescribeBackup': {
      doc: 'Tells the state of a backup.',
      target: 'TableName',
      params: ['BackupArn'],
      errors: ['BackupNotFoundException'],
      run: describeBackup,
    },
    'dynamodb:RestoreTableFromBackup': {
      doc: 'Makes a table, deleted or not touched yet, anew out of a backup.',
      target: 'TargetTableName',
      params: ['BackupArn'],
      errors: [
        'BackupNotFoundException',
        'BackupInUseException',
        'TableAlreadyExistsException',
        'ResourceInUseException',
      ],
      run: restoreFromBackup,
    },
    'dynamodb:RestoreTableToPointInTime': {
      doc: 'The same out of what another table held at a moment (s since 1970).',
      target: 'TargetTableName',
      params: ['SourceTableName', 'UseLatestRestorableTime', 'RestoreDateTime'],
      errors: [
        'TableNotFoundException',
        'TableAlreadyExistsException',
        'ResourceInUseException',
        'PointInTimeRecoveryUnavailableException',
        'InvalidRestoreTimeException',
      ],
      run: restoreToPointInTime,
    },
    'dynamodb:ExportTableToPointInTime': {
      doc: 'Writes what the table holds into a bucket; takes no capacity.',
      target: 'TableArn',
      params: ['S3Bucket'],
      ignored: ['ExportFormat', 'ExportTime', 'S3Prefix'],
      onto: { param: 'S3Bucket', types: ['AWS::S3::Bucket'] },
      errors: ['TableNotFoundException', 'PointInTimeRecoveryUnavailableException'],
      run: exportTable,
    },
    'dynamodb:UpdateTable': {
      doc: 'Changes capacity or billing mode, creates and deletes global secondary indexes, all of which acts after a while; switches the stream on or off.',
      target: 'TableName',
      params: [
        'ProvisionedThroughput',
        'BillingMode',
        'OnDemandThroughput',
        'StreamSpecification',
        'AttributeDefinitions',
        'GlobalSecondaryIndexUpdates',
      ],
      ignored: ['SSESpecification', 'TableClass', 'DeletionProtectionEnabled'],
      errors: ['ValidationException', 'LimitExceededException', 'ResourceInUseException'],
      run: there(updateTable),
    },
    'dynamodb:UpdateTimeToLive': {
      doc: 'Switches the expiry of items on or off, which acts within an hour.',
      target: 'TableName',
      params: ['TimeToLiveSpecification'],
      errors: ['ValidationException'],
      run: updateTimeToLive,
    },
    'dynamodb:ListStreams': { doc: 'Lists the streams of the table.', target: 'TableName', run: listStreams },
    'dynamodb:DescribeStream': {
      doc: 'Tells the state of a stream and its shards.',
      target: 'StreamArn',
      params: ['Limit', 'ExclusiveStartShardId'],
      errors: ['ValidationException', 'ResourceNotFoundException'],
      run: describeStream,
    },
    'dynamodb:GetShardIterator': {
      doc: 'Answers with the place in a shard at which reading begins.',
      target: 'StreamArn',
      params: ['ShardId', 'ShardIteratorType', 'SequenceNumber'],
      errors: ['ValidationException', 'ResourceNotFoundException', 'TrimmedDataAccessException'],
      run: getShardIterator,
    },
    'dynamodb:GetRecords': {
      doc: 'Reads up to 1,000 records or 1 MB of a shard. `StreamArn` (our own here) says of which table.',
      target: 'StreamArn',
      params: ['ShardIterator', 'Limit'],
      errors: [
        'ValidationException',
        'ResourceNotFoundException',
        'TrimmedDataAccessException',
        'ExpiredIteratorException',
        'LimitExceededException',
      ],
      run: getRecords,
    },
    'dynamodb:AwaitRecords': {
      internal: true,
      doc: 'Answers when a poll every `Every` µs would find a record for the first time (our own name: no API shows it).',
      target: 'StreamArn',
      params: ['ShardIterator', 'Every'],
      errors: [
        'ValidationException',
        'ResourceNotFoundException',
        'ExpiredIteratorException',
        'LimitExceededException',
      ],
      run: awaitRecords,
    },
  },
  timers: { ...tableEvents },
  metrics,
  invariants: {
    'items stored are puts of new items minus deletes': (self) =>
      self.items.live === self.created + self.materialised - self.deleted,
    'consumed units are the sum over the partitions': (self) => spacesOf(self).every(unitsAddUp),
    'stored bytes are the sum over the partitions': (self) => spacesOf(self).every(bytesAddUp),
    'no bucket holds more than its burst': (self) =>
      spacesOf(self).every(({ throughput }) => throughput.capacity.withinBursts(self.now)),
    'an index has no more entries than the table has items': (self) =>
      self.indexes?.all.every(({ entries }) => entries.live <= self.items.live) ?? true,
    'every request is answered once': (self) => self.inService.entered === self.succeeded + self.refused,
    "Little's law holds for requests in service": (self) => self.inService.holds(self.now),
  },
  traced: {
    ends: { served: (_, call) => ({ end: 'stage', of: call, stage: 'work', words: 'service time' }) },
  },
  periodEnded: minuteEnded,
  insights: (self, look) => [...findingsOf(self, look), ...indexFindings(self, look)],
  report: reportOf,
  view: {
    glyph: 'table',
    label: 'Table',
    level: (self) => self.capacity.runningMinute / Math.max(1, (self.now - self.lastMinute) / 1_000_000),
    levelMax: (self) => self.capacity.readRate + self.capacity.writeRate,
    tone,
    detail: (config) => (config['BillingMode'] === 'PAY_PER_REQUEST' ? 'on demand' : undefined),
    readings,
    cells: [partitionCells, indexCells],
  },
}

/** An operation that needs the table to be there. */
function there(run: Op<Table>['run']): Op<Table>['run'] {
  return (self, call) => (self.life.isThere ? run(self, call) : notThere(self, call))
}

/** A table at work; `events` are the functions that its room has under `timers`. */
export function makeTable(config: Config, sim: Sim, events: TableEvents): Table {
  const rng = sim.rng('settings')
  const sharing = sim.choice('CapacitySharing')
  const isStatic = sharing === 'static' || (sharing === 'by-profile' && sim.quota('AdaptiveCapacity') === 0)
  const figures = {
    readCeiling: sim.quota('PartitionReadUnits'),
    writeCeiling: sim.quota('PartitionWriteUnits'),
    partitionSize: sim.quota('PartitionSize'),
    burstSeconds: sim.quota('BurstSeconds'),
    initialSeconds: sim.sampler('InitialBurst').draw(rng) / 1_000_000,
    onDemandRead: sim.quota('OnDemandReadUnits'),
    onDemandWrite: sim.quota('OnDemandWriteUnits'),
    tableRead: sim.quota('TableReadCapacityUnits'),
    tableWrite: sim.quota('TableWriteCapacityUnits'),
    isStatic,
    itemSize: sim.quota('ItemSize'),
    pageSize: sim.quota('PageSize'),
    batchSize: sim.quota('BatchSize'),
    batchGet: sim.quota('BatchGetItems'),
    batchWrite: sim.quota('BatchWriteItems'),
    collectionSize: sim.quota('ItemCollectionSize'),
    globalIndexes: sim.quota('GlobalSecondaryIndexes'),
    expiryInterval: sim.quota('TimeToLiveInterval') * 1_000_000,
  }
  return new Table(config, sim, events, figures, {
    oldAccountError: sim.quota('ThrottlingReasons') === 0,
    decreasesAtOnce: sim.quota('DecreasesAtOnce'),
    hourAdds: sim.quota('DecreasePerHour') === 1,
    switchesToOnDemand: sim.quota('SwitchesToOnDemand'),
    delay: sim.sampler('UpdateDelay'),
    delayWithSplit: sim.sampler('UpdateDelayWithSplit'),
    expiryDelay: sim.sampler('TimeToLiveDelay'),
    rng,
    splitForHeat: !isStatic && sim.choice('SplitForHeat') === 'on',
    splitMinutes: sim.sampler('SplitForHeatMinutes').draw(rng),
    splitDelay: sim.sampler('SplitForHeatDelay'),
  })
}

/** The answer of a request leaves the table; a transaction ends with it. */
function served(self: Table, call: number): void {
  if (self.transactions.running.size > 0) commit(self, call)
  self.replyTo(call)
}

function unitsAddUp({ throughput: { capacity } }: Space): boolean {
  const { partitions } = capacity
  let read = 0
  let write = 0
  for (let i = 0; i < partitions.count; i++) {
    read += partitions.readUnits[i]
    write += partitions.writeUnits[i]
  }
  return read === capacity.consumedRead && write === capacity.consumedWrite
}

function bytesAddUp(self: Space): boolean {
  const { partitions } = self.throughput.capacity
  let bytes = 0
  for (let i = 0; i < partitions.count; i++) bytes += partitions.bytes[i]
  return bytes === self.bytes
}

function tone(self: Table): 'calm' | 'busy' | 'throttling' {
  for (const { throughput } of spacesOf(self)) if (self.now - throughput.throttledAt < MINUTE) return 'throttling'
  return self.capacity.runningMinute > 0 ? 'busy' : 'calm'
}
