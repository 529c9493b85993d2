// What CloudWatch shows of a cache, by engine, and what the page and the report show.
import type { Cells, Metric, Reading } from '../../model/contract.ts'
import type { Fleet, FleetPlan } from './fleet.ts'

type Metrics = Readonly<Record<string, Metric<Fleet>>>

const only =
  (engine: 'redis' | 'memcached', read: (self: Fleet, now: number) => number) =>
  (self: Fleet, now: number): number =>
    self.plan.engine === engine ? read(self, now) : NaN

const ofPrimaries = (self: Fleet): number => Math.max(...self.shards.map(({ store }) => store.bytes / store.maxBytes))

/** Of both engines. */
const shared: Metrics = {
  CurrItems: { unit: 'Count', kind: 'gauge', doc: 'Items there are.', read: (self) => self.items },
  Evictions: { unit: 'Count', kind: 'count', doc: 'Items that made room before their time was over.' },
  Reclaimed: { unit: 'Count', kind: 'count', doc: 'Items whose time was over.' },
  CurrConnections: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Connections: as many as clients ever needed at once.',
    read: (self) => self.connections,
  },
  CPUUtilization: {
    unit: 'Percent',
    kind: 'gauge',
    doc: 'Use of all processors of the busiest node.',
    read: (self, now) => (self.busyShare(now) * 100) / (self.plan.engine === 'redis' ? self.plan.processors : 1),
  },
}

const counts = (names: Readonly<Record<string, string>>): Metrics =>
  Object.fromEntries(Object.entries(names).map(([name, doc]) => [name, { unit: 'Count', kind: 'count', doc } as const]))

const redisCounts = {
  CacheHits: 'Reads that found their item.',
  CacheMisses: 'Reads that found nothing.',
  GetTypeCmds: 'Commands that read.',
  SetTypeCmds: 'Commands that write.',
}

const memcachedCounts = {
  CmdGet: 'Reads.',
  CmdSet: 'Writes of items.',
  GetHits: 'Reads that found their item.',
  GetMisses: 'Reads that found nothing.',
  NewItems: 'Items that were not there before.',
}

export const redisMetrics: Metrics = {
  ...counts(redisCounts),
  GetTypeCmdsLatency: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'Time that a reading command takes its node.',
  },
  SetTypeCmdsLatency: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'Time that a writing command takes its node.',
  },
  CacheHitRate: {
    unit: 'Percent',
    kind: 'gauge',
    doc: 'Hits among the reads of the minute.',
    read: only('redis', (self, now) => self.hitRateOfMinute(now)),
  },
  CurrVolatileItems: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Items with a time to live.',
    read: only('redis', (self) => self.sum(({ store }) => store.volatileItems)),
  },
  BytesUsedForCache: {
    unit: 'Bytes',
    kind: 'gauge',
    doc: 'Bytes of all items with what belongs to them.',
    read: only('redis', (self) => self.bytes),
  },
  DatabaseMemoryUsagePercentage: {
    unit: 'Percent',
    kind: 'gauge',
    doc: 'Use of the memory of the fullest node.',
    read: only('redis', (self) => ofPrimaries(self) * 100),
  },
  EngineCPUUtilization: {
    unit: 'Percent',
    kind: 'gauge',
    doc: 'Use of the one thread that executes commands, on the busiest node.',
    read: only('redis', (self, now) => self.busyShare(now) * 100),
  },
  ReplicationLag: {
    unit: 'Seconds',
    kind: 'gauge',
    doc: 'How far the replicas are behind.',
    read: only('redis', (self, now) => (self.plan.replicas === 0 ? NaN : self.lagNow(now) / 1e6)),
  },
}

/** Of serverless caches. */
export const serverlessMetrics: Metrics = counts({
  ElastiCacheProcessingUnits: 'Processing units used: one for each KB that a command moves.',
  ThrottledCmds: 'Commands beyond the most units a second.',
})

export const memcachedMetrics: Metrics = {
  ...counts(memcachedCounts),
  BytesUsedForCacheItems: {
    unit: 'Bytes',
    kind: 'gauge',
    doc: 'Bytes of all items with what belongs to them.',
    read: only('memcached', (self) => self.bytes),
  },
  UnusedMemory: {
    unit: 'Bytes',
    kind: 'gauge',
    doc: 'Bytes that are left for items.',
    read: only('memcached', (self) => self.maxBytes - self.bytes),
  },
  EvictedUnfetched: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Items that made room and that nobody had ever read, since the beginning.',
    read: only('memcached', (self) => self.sum(({ store }) => store.evictedUnread)),
  },
  ExpiredUnfetched: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Items whose time was over and that nobody had ever read, since the beginning.',
    read: only('memcached', (self) => self.sum(({ store }) => store.expiredUnread)),
  },
}

export const sharedMetrics = shared
/** The counts that a fleet opens. */
export const countsOf = ({ engine, unitsPerSecond }: FleetPlan): readonly string[] => [
  'Evictions',
  'Reclaimed',
  ...(unitsPerSecond > 0 ? Object.keys(serverlessMetrics) : []),
  ...(engine === 'redis'
    ? [...Object.keys(redisCounts), 'GetTypeCmdsLatency', 'SetTypeCmdsLatency']
    : Object.keys(memcachedCounts)),
]

/** What any cache shows: the page's glyph of a cache reads these names. */
export const readings: readonly Reading<Fleet>[] = [
  { name: 'Hits', unit: '1/s', doc: 'Reads that found their item.', counter: true, read: (self) => self.hits },
  { name: 'Misses', unit: '1/s', doc: 'Reads that found nothing.', counter: true, read: (self) => self.misses },
  { name: 'Items', unit: 'items', doc: 'Items there are.', read: (self) => self.items },
  { name: 'Memory', unit: 'B', doc: 'Bytes of all items.', read: (self) => self.bytes },
  {
    name: 'Memory limit',
    unit: 'B',
    doc: 'Bytes there is room for; nothing where memory is not limited.',
    read: (self) => (self.maxBytes === Infinity ? NaN : self.maxBytes),
  },
  {
    name: 'Evictions',
    unit: '1/s',
    doc: 'Items that made room.',
    counter: true,
    read: (self) => self.sum(({ store }) => store.evictions),
  },
  {
    name: 'Failed',
    unit: '1/s',
    doc: 'Commands that found no node, no memory or no patience.',
    counter: true,
    read: (self) =>
      self.unreachable.total +
      self.outOfMemory.total +
      self.timedOut.total +
      self.unconnected.total +
      self.throttled.total,
  },
]

/** A node of a cache beside the others. */
export const nodeCells: Cells<Fleet> = {
  name: 'Nodes',
  doc: 'The nodes, those of a shard together, its primary first.',
  columns: [
    { name: 'Down', unit: '', doc: '1 = lost, and not replaced yet.' },
    { name: 'Primary', unit: '', doc: '1 = takes writes.' },
    { name: 'Fill', unit: 'share', doc: 'Of its memory.' },
    { name: 'Commands', unit: '1/s', doc: 'Commands that it executes.', counter: true },
  ],
  each: (self, _now, cell) => {
    self.shards.forEach(({ nodes, store }, i) => {
      nodes.forEach((node, j) => {
        const fill = store.maxBytes === Infinity ? 0 : store.bytes / store.maxBytes
        cell(
          i * nodes.length + node.number,
          [node.isDown ? 1 : 0, j === 0 ? 1 : 0, node.isDown ? 0 : fill, node.commands],
          `${String(i + 1).padStart(4, '0')}-${String(node.number + 1).padStart(3, '0')}`,
        )
      })
    })
  },
}
