// AWS::DAX::Cluster: a cache in front of DynamoDB tables, with the tables' own operations.
//
// The one idea: every node holds the whole cache in its memory. Reads go to any node, which answers what it has and asks the table
// for the rest; writes go through the primary into the table, and only then into the cache.
import type { Op, ServiceDef } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import * as p from '../../model/p.ts'
import { hourlyPrices } from '../../parts/hourly-prices.ts'
import { gather, parts, props, TABLES } from './cluster-config.ts'
import { assumptions, NODE_PRICES, quotas } from './cluster.facts.ts'
import { findingsOf } from './cluster-insights.ts'
import { Cluster, METRICS, OPERATIONS, type Events } from './cluster-state.ts'
import { view } from './cluster-view.ts'
import { decreaseReplicationFactor, describeClusters, increaseReplicationFactor, rebootNode } from './control.ts'
import { batchGetItem, getItem, query, scan } from './reads.ts'
import { keepReadBack, transactGetItems, transactWriteItems } from './transactions.ts'
import { batchWriteItem, deleteItem, putItem, updateItem } from './writes.ts'

const events: Events = {
  served: (self, call) => self.replyTo(call),
  tableAnswered: (self, call) => self.tableAnswered(call),
  readBackAnswered: (self, call) => {
    const { back, answer } = self.takeReadBack(call)
    if (answer !== undefined) keepReadBack(self, back, answer)
  },
  replicated: (self) => self.takeOver(),
  promoted: (self) => self.promote(),
  joined: (self, number) => self.join(number),
}

const CAPACITY = 'ReturnConsumedCapacity'
const EXPRESSIONS = ['ExpressionAttributeNames', 'ExpressionAttributeValues', CAPACITY]
const CONDITION = ['ConditionExpression', 'ReturnValues', 'ReturnValuesOnConditionCheckFailure', ...EXPRESSIONS]
const PAGE = [
  'FilterExpression',
  'ProjectionExpression',
  'ConsistentRead',
  'ExclusiveStartKey',
  'Limit',
  'Select',
  'IndexName',
  ...EXPRESSIONS,
]
const THROUGH = [
  'ValidationException',
  'ResourceNotFoundException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'ServiceUnavailable',
]

/** An operation on a table through the cluster. */
function through(doc: string, params: readonly string[], run: Op<Cluster>['run'], errors: string[] = []): Op<Cluster> {
  return {
    doc,
    target: 'ClusterName',
    targetMayBeLeftOut: true,
    onto: { param: 'TableName', types: TABLES },
    params: ['TableName', ...params],
    errors: [...errors, ...THROUGH],
    run,
  }
}

const ITEM_METRIC = 'of the cluster, and by NodeId'

export const cluster: ServiceDef<Cluster> = {
  type: 'AWS::DAX::Cluster',
  family: 'database',
  namespace: 'AWS/DAX',
  dimension: 'ClusterId',
  summary:
    'A cache in front of DynamoDB tables that speaks their own operations: items, results of queries, write-through.',
  models: [
    'A step reads through the cluster by `dax:GetItem: { TableName, Key }` and so on; `ClusterName` may be left out where there is one cluster. The cluster calls the table by `dynamodb:GetItem` and pays its units.',
    'The item cache serves GetItem and BatchGetItem by key, the query cache Query and Scan by the whole request; neither knows of the other (DAX-R2).',
    'Both keep what they have for five minutes unless the parameter group says otherwise; 0 keeps items for ever and results not at all (DAX-R3).',
    'A node’s memory bounds what it holds: what was used least recently goes (DAX-R4).',
    'A miss reads the table eventually consistently, stores and answers; strongly consistent reads pass through and are not kept (DAX-R5, DAX-R6).',
    'Writes go to the table first and on success into the primary’s item cache, then to the client; what fails leaves the cache as it was (DAX-R7).',
    'The replicas follow the primary after a moment; reads meet any node (DAX-R9). What is not there is remembered too (DAX-R10).',
    'What is written around the cluster is not seen until the time to live is over (DAX-R11); `StaleReads` counts hits whose item had been written since.',
    'A node that has more to do than it can throttles (DAX-R12). Without a primary writes and misses fail until a replica is promoted; a lost node is replaced and begins with what the primary has (DAX-R13, DAX-R14).',
    'Transactions pass through; what they wrote is read back in the background, at the cost of transactional reads (DAX-R6, DAX-R8).',
    'Misses of one key at the same time each go to the table.',
  ],
  omits: [
    'Creating and changing tables, which DAX does not understand either (DAX-R15).',
    'Connections of clients, TLS, network bytes, discovery of nodes, maintenance windows, events of the cluster.',
    'A projection of nested paths passes through and is not kept; a query’s results are never counted as stale.',
    'The memory that a node needs for itself: all of it holds items.',
  ],
  quotas,
  assumptions,
  prices: hourlyPrices<Cluster>({
    ...{ usd: NODE_PRICES, what: 'Nodes', unit: 'node-hours' },
    source: '2025, us-east-1, https://aws.amazon.com/dynamodb/pricing/ [PR-R1]',
    typeOf: ({ nodeType }) => nodeType,
    timeOf: ({ paid }, now) => paid.upTo(now),
  }),
  unbilled: ['data transfer between zones'],
  unpriced: ({ NodeType: type }) => (Object.hasOwn(NODE_PRICES, String(type)) ? [] : [`nodes of type ${String(type)}`]),
  props,
  parts,
  gather,
  place: (config) => config['Place'] as Place | undefined,
  create: (config, sim) => new Cluster(config, sim, events, COUNTED),
  ops: {
    'dax:GetItem': through(
      'Reads an item: from the cache, or from the table and into the cache.',
      ['Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames', CAPACITY],
      getItem,
    ),
    'dax:BatchGetItem': through(
      'Reads up to 100 items, each from the cache or the table.',
      ['RequestItems', CAPACITY],
      batchGetItem,
    ),
    'dax:Query': through(
      'Reads a page of items of one partition key; the whole request is the key in the cache.',
      ['KeyConditionExpression', 'ScanIndexForward', ...PAGE],
      query,
    ),
    'dax:Scan': through('Reads a page of all items.', ['Segment', 'TotalSegments', ...PAGE], scan),
    'dax:PutItem': through(
      'Writes an item into the table and the cache.',
      ['Item', 'ItemSize', ...CONDITION],
      putItem,
      ['ConditionalCheckFailedException'],
    ),
    'dax:UpdateItem': through(
      'Changes an item in the table, and in the cache.',
      ['Key', 'UpdateExpression', 'ItemSize', ...CONDITION],
      updateItem,
      ['ConditionalCheckFailedException'],
    ),
    'dax:DeleteItem': through('Deletes an item; the cache knows that it is gone.', ['Key', ...CONDITION], deleteItem, [
      'ConditionalCheckFailedException',
    ]),
    'dax:BatchWriteItem': through('Puts and deletes up to 25 items.', ['RequestItems', CAPACITY], batchWriteItem),
    'dax:TransactWriteItems': through(
      'Writes up to 100 items or none; they are read back into the cache afterwards.',
      ['TransactItems', 'ClientRequestToken', CAPACITY],
      transactWriteItems,
      ['TransactionCanceledException', 'IdempotentParameterMismatchException', 'TransactionInProgressException'],
    ),
    'dax:TransactGetItems': through(
      'Reads up to 100 items as of one moment, past the cache.',
      ['TransactItems', CAPACITY],
      transactGetItems,
      ['TransactionCanceledException'],
    ),
    'dax:DescribeClusters': {
      doc: 'Tells the state of the cluster and its nodes.',
      target: 'ClusterName',
      targetMayBeLeftOut: true,
      run: describeClusters,
    },
    'dax:IncreaseReplicationFactor': {
      doc: 'Adds replicas while the cluster serves.',
      target: 'ClusterName',
      params: ['NewReplicationFactor'],
      ignored: ['AvailabilityZones'],
      errors: ['InvalidParameterValueException', 'InvalidClusterStateFault', 'NodeQuotaForClusterExceededFault'],
      run: increaseReplicationFactor,
    },
    'dax:DecreaseReplicationFactor': {
      doc: 'Takes replicas out.',
      target: 'ClusterName',
      params: ['NewReplicationFactor', 'NodeIdsToRemove'],
      ignored: ['AvailabilityZones'],
      errors: ['InvalidParameterValueException', 'InvalidClusterStateFault', 'NodeNotFoundFault'],
      run: decreaseReplicationFactor,
    },
    'dax:RebootNode': {
      doc: 'Restarts a node, its cache empty.',
      target: 'ClusterName',
      params: ['NodeId'],
      errors: ['NodeNotFoundFault'],
      run: rebootNode,
    },
  },
  timers: events as unknown as ServiceDef<Cluster>['timers'],
  metrics: {
    CPUUtilization: {
      unit: 'Percent',
      kind: 'gauge',
      doc: 'Mean share of their time that the nodes were busy in the last minute.',
      read: (self) => 100 * self.busy,
    },
    ...Object.fromEntries(
      (['Item', 'Query', 'Scan'] as const).flatMap((cache) => [
        [`${cache}CacheHits`, { unit: 'Count', kind: 'count', doc: `Answered from the cache: ${ITEM_METRIC}.` }],
        [`${cache}CacheMisses`, { unit: 'Count', kind: 'count', doc: `Not in the cache: ${ITEM_METRIC}.` }],
      ]),
    ),
    ...Object.fromEntries(
      OPERATIONS.map((name) => [METRICS[name], { unit: 'Count', kind: 'count', doc: `${name} requests.` }]),
    ),
    TotalRequestCount: { unit: 'Count', kind: 'count', doc: `Requests: ${ITEM_METRIC}.` },
    ErrorRequestCount: {
      unit: 'Count',
      kind: 'count',
      doc: 'Requests that the client has to mend, throttles included.',
    },
    ThrottledRequestCount: { unit: 'Count', kind: 'count', doc: `Requests beyond what a node can do: ${ITEM_METRIC}.` },
    FaultRequestCount: { unit: 'Count', kind: 'count', doc: 'Requests that the cluster or the table could not serve.' },
    FailedRequestCount: { unit: 'Count', kind: 'count', doc: 'Requests answered with an exception.' },
    EstimatedDbSize: {
      unit: 'Bytes',
      kind: 'gauge',
      doc: 'What the fullest node holds.',
      read: (self) => self.nodes.reduce((most, { cache }) => Math.max(most, cache.bytes), 0),
    },
    EvictedSize: { unit: 'Bytes', kind: 'count', doc: 'What had to make room.' },
    StaleReads: { namespace: 'Sim', unit: 'Count', kind: 'count', doc: 'Hits whose item had been written since.' },
  },
  faults: {
    'sim:dax:node-loss': {
      doc: 'Loses a node with its cache; another one starts at once to take its place.',
      params: { Node: p.int('Which one, from 1 on; 1 is the primary at the beginning.', [1, 26], { default: 1 }) },
      start: (self, params) => {
        const node = self.nodes[(params['Node'] as number) - 1]
        if (node !== undefined) self.lose(node)
      },
      stop: () => undefined,
    },
    'sim:dax:zone-outage': {
      doc: 'Loses the nodes of an availability zone; others take their place when it is back.',
      params: { Zone: p.int('Which one of the cluster’s zones, from 1 on.', [1, 26], { default: 1 }) },
      start: (self, params) => self.loseZone(params['Zone'] as number),
      stop: (self, params) => self.zoneIsBack(params['Zone'] as number),
    },
  },
  invariants: {
    'every request is answered once': (self) =>
      self.inService.entered === self.succeeded + self.failed + self.inService.inside,
    "Little's law holds for requests in service": (self) => self.inService.holds(self.now),
    'no node holds more than its memory': (self) => self.nodes.every(({ cache }) => cache.bytes <= self.memory),
    'the primary is a node that serves': (self) => self.primary === null || self.primary.isUp,
  },
  periodEnded: (self, time) => self.minuteEnded(time),
  insights: findingsOf,
  traced: {
    serves: (self, call) => self.servedBy(call),
    ends: { served: (_, call) => ({ end: 'stage', of: call, stage: 'work', words: 'service time' }) },
  },
  report: (self) => ({
    nodes: self.nodes.filter(({ isGone }) => !isGone).length,
    hits: self.hits,
    misses: self.misses,
    stale: self.stale,
    evictedBytes: self.nodes.reduce((sum, node) => sum + node.evictedBytes, 0),
  }),
  view,
}

/** Metrics that are counted as requests come; the others are read. */
const COUNTED = Object.keys(cluster.metrics).filter((name) => cluster.metrics[name]!.kind === 'count')
