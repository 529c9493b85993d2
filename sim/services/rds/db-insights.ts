// What went wrong at a database: too many connections, busy processors, outages, a full storage, stale replicas.
import type { Finding, Look } from '../../model/contract.ts'
import { count, percent, time } from '../../parts/words.ts'
import type { DbInstance } from './db-instance.ts'

const LEAST = 5
const LEAST_SHARE = 0.001
/** Processors as good as always in use, in percent. */
const BUSY = 95
const STALE_SHARE = 0.005

export function findingsOf(self: DbInstance, look: Look): Finding[] {
  return [...tooMany(self, look), ...busy(self, look), ...outage(self, look), ...full(self, look), ...stale(self, look)]
}

function tooMany(self: DbInstance, look: Look): Finding[] {
  const { refusals, connections } = self
  const share = refusals.count / Math.max(1, self.queries.count)
  if (refusals.count < LEAST || share < LEAST_SHARE) return []
  return [
    {
      kind: 'too-many-connections',
      from: refusals.first,
      to: refusals.last,
      share,
      title: `${look.name} has no connection left`,
      text: `All ${count(connections.max)} connections that the memory of ${look.name} allows are taken: ${count(refusals.count)} statements (${percent(share)}) were refused. A caller keeps a connection for each statement that it had at a time; a proxy would share them.`,
      suspects: look.callers().map(({ other }) => other),
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

function busy(self: DbInstance, look: Look): Finding[] {
  const most = look.metric('CPUUtilization', 'Maximum') ?? 0
  const usual = look.metric('QueryLatency', 'p50')
  const late = look.metric('QueryLatency', 'p99')
  if (most < BUSY || usual === undefined || late === undefined || self.queries.count < LEAST) return []
  return [
    {
      kind: 'database-cpu',
      from: look.warmUp,
      to: look.now,
      share: 0.4,
      title: `${look.name} is out of processors`,
      text: `The ${count(self.plan.vcpus)} vCPUs of ${look.name} are in use without a pause (up to ${Math.round(most)} % in a minute): statements share them, and take ${time(usual * 1000)} (median) to ${time(late * 1000)} (99th percentile).`,
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

function outage(self: DbInstance, look: Look): Finding[] {
  const { outages } = self
  if (outages.count === 0 || self.queries.count < LEAST) return []
  const how = self.isMultiAz ? 'its standby took over' : 'it had no standby'
  return [
    {
      kind: 'database-down',
      from: outages.first,
      to: Math.min(look.now, outages.last + 120_000_000),
      share: 0.3,
      title: `${look.name} was down`,
      text: `${look.name} stopped ${outages.count === 1 ? 'once' : `${count(outages.count)} times`}: ${how}. Every connection broke, and none was accepted until it was back.`,
    },
  ]
}

function full(self: DbInstance, look: Look): Finding[] {
  if (self.full.count < LEAST) return []
  return [
    {
      kind: 'storage-full',
      from: self.full.first,
      to: self.full.last,
      share: Math.min(1, self.full.count / Math.max(1, self.queries.count)),
      title: `The storage of ${look.name} is full`,
      text: `${count(self.full.count)} rows found no room in the ${Math.round(self.plan.storageBytes / 1e9)} GB of ${look.name}.`,
    },
  ]
}

function stale(self: DbInstance, look: Look): Finding[] {
  const share = self.stale / Math.max(1, self.replicaReads)
  if (self.stale < LEAST || share < STALE_SHARE) return []
  return [
    {
      kind: 'stale-replica',
      from: look.warmUp,
      to: look.now,
      share,
      title: `${look.name} answers with what is out of date`,
      text: `${count(self.stale)} of ${count(self.replicaReads)} reads at ${look.name} (${percent(share)}) found a row that its source had changed already.`,
    },
  ]
}
