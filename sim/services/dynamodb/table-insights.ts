// What went wrong at a table: a partition beyond its limit while the table has room, or the table's own capacity.
import type { Finding, Look } from '../../model/contract.ts'
import { all, count, percent } from '../../parts/words.ts'
import type { Stretch } from '../../parts/stretch.ts'
import { ACCOUNT_LIMIT, KEY_RANGE, ON_DEMAND_MAXIMUM, OUTGROWN, PROVISIONED, REASONS } from './capacity.ts'
import type { Table } from './state.ts'

const MINUTE = 60_000_000
/** Fewer refusals than this, or than this share of all requests, are not worth a sentence. */
const LEAST = 5
const LEAST_SHARE = 0.001
/** A key that has this share of a table's consumption is named. */
const HOT_KEY = 0.1

export function findingsOf(self: Table, look: Look): Finding[] {
  return [
    ...[false, true].flatMap((write) => [
      ...hotPartition(self, look, write),
      ...outgrown(self, look, write),
      ...[PROVISIONED, ACCOUNT_LIMIT, ON_DEMAND_MAXIMUM].flatMap((reason) =>
        capacityExhausted(self, look, write, reason),
      ),
    ]),
    ...conflicts(self, look),
  ]
}

/** What was refused since the warm-up, when there is enough of it to speak of. */
export function weighty(
  look: Look,
  { count: refusals, first, last }: Stretch,
): (Pick<Finding, 'from' | 'to' | 'share' | 'drivers'> & { readonly count: number }) | undefined {
  const sent = look.callers().reduce((sum, one) => sum + one.sent, 0)
  const share = Math.min(1, refusals / Math.max(1, sent))
  if (refusals < LEAST || share < LEAST_SHARE) return undefined
  return { from: first, to: last, share, drivers: callersOf(look), count: refusals }
}

function refused(self: Table, look: Look, write: boolean, reason: number): ReturnType<typeof weighty> {
  return weighty(look, self.throughput.refusals[(write ? REASONS.length : 0) + reason])
}

function hotPartition(self: Table, look: Look, write: boolean): Finding[] {
  const found = refused(self, look, write, KEY_RANGE)
  if (found === undefined || hasOutgrown(self, write)) return []
  const { from, to, share, drivers } = found
  const { capacity } = self
  const { partitions } = capacity
  const hottest = mostThrottled(self)
  const units = write ? 'write' : 'read'
  const spent = write ? partitions.writeUnits : partitions.readUnits
  const total = write ? capacity.consumedWrite : capacity.consumedRead
  const rate = write ? capacity.writeRate : capacity.readRate
  // Metrics are kept by the minute: a stretch shorter than that has no figure of its own.
  const begin = Math.round(from / MINUTE) * MINUTE
  const end = Math.round(to / MINUTE) * MINUTE
  const used =
    end > begin
      ? look.metric(write ? 'ConsumedWriteCapacityUnits' : 'ConsumedReadCapacityUnits', 'Sum', begin, end)
      : undefined
  const keys = hotKeysOn(self, hottest)
  const where = `Partition ${hottest + 1} of ${partitions.count}`
  const limit = `${count(capacity.partitionRate(write))} ${units} units a second`
  const table =
    used === undefined || rate <= 0
      ? `although the table has ${count(rate)}`
      : `while the table as a whole uses ${percent(used / ((end - begin) / 1_000_000) / rate)} of its ${count(rate)}`
  const who =
    keys.length === 0
      ? `It takes ${percent(spent[hottest] / Math.max(1, total))} of all ${units} units`
      : `Key ${all(keys.map(({ key, share }) => `\`${key}\` (${percent(share)} of all units)`))} ${keys.length === 1 ? 'lives' : 'live'} there`
  return [
    {
      from,
      to,
      share,
      drivers,
      kind: 'hot-partition',
      title: keys.length === 1 ? 'One key fills one partition' : 'One partition is full while the table has room',
      text: `${where} is at its limit of ${limit}, ${table}. ${who}; ${count(found.count)} ${units}s were refused.`,
    },
  ]
}

function capacityExhausted(self: Table, look: Look, write: boolean, reason: number): Finding[] {
  const found = refused(self, look, write, reason)
  if (found === undefined) return []
  const { from, to, share, drivers } = found
  const { capacity } = self
  const units = write ? 'write' : 'read'
  if (reason !== PROVISIONED) {
    const limit =
      reason === ACCOUNT_LIMIT ? "the account's limit for a table" : 'the maximum that the table sets itself'
    return [
      {
        from,
        to,
        share,
        drivers,
        kind: 'table-limit',
        title: `The table reaches a ${units} limit`,
        text: `Requests go beyond ${limit}: ${count(found.count)} ${units}s were refused (${percent(found.share)} of all requests).`,
      },
    ]
  }
  const hasStatic = capacity.partitions.isStatic
  return [
    {
      from,
      to,
      share,
      drivers,
      kind: 'table-capacity',
      title: `The ${units} capacity is used up`,
      text: `The table has ${count(write ? capacity.writeUnits : capacity.readUnits)} ${units} units a second${hasStatic ? `, a fixed ${count(capacity.partitionRate(write))} on each of ${capacity.partitions.count} partitions,` : ''} and what it had kept for bursts is gone: ${count(found.count)} ${units}s were refused (${percent(found.share)} of all requests).`,
    },
  ]
}

/** Whether partitions of a table on demand are full because all of it is: none of them stands out by a key or by its refusals. */
function hasOutgrown(self: Table, write: boolean): boolean {
  if (self.capacity.mode === 'PROVISIONED') return false
  const first = write ? REASONS.length : 0
  const { refusals } = self.throughput
  const hottest = mostThrottled(self)
  if (hotKeysOn(self, hottest).length > 0) return false
  if (refusals[first + OUTGROWN].count > refusals[first + KEY_RANGE].count / 10) return true
  const { throttled, count: partitions } = self.capacity.partitions
  return throttled.subarray(0, partitions).every((each) => each > throttled[hottest] / 2)
}

function mostThrottled({ capacity: { partitions } }: Table): number {
  let most = 0
  for (let i = 1; i < partitions.count; i++) if (partitions.throttled[i] > partitions.throttled[most]) most = i
  return most
}

/** Traffic on demand that has more than doubled faster than the table follows (DDB-R52). */
function outgrown(self: Table, look: Look, write: boolean): Finding[] {
  const first = write ? REASONS.length : 0
  const { refusals: all, outgrown: rates } = self.throughput
  const own = all[first + OUTGROWN]
  const found = weighty(look, hasOutgrown(self, write) ? own.with(all[first + KEY_RANGE]) : own)
  if (found === undefined) return []
  const { count: refusals, ...rest } = found
  const units = write ? 'write' : 'read'
  const rate = rates[write ? 1 : 0] || (write ? self.capacity.writeRate : self.capacity.readRate)
  const { onDemandWrite, onDemandRead } = self.figures
  const why =
    rate > (write ? onDemandWrite : onDemandRead)
      ? 'twice its earlier peak or what it was warmed up for'
      : 'which every table on demand does'
  return [
    {
      ...rest,
      kind: 'outgrown-on-demand',
      title: 'Traffic outgrew what the table on demand is prepared for',
      text: `On demand the table served ${count(rate)} ${units} units a second at once, ${why}; for more it needs half an hour. ${count(refusals)} ${units}s were refused (${percent(rest.share)} of all requests). A higher warm throughput prepares it for a peak that is known before.`,
    },
  ]
}

/** Requests that met a transaction under way at an item. */
function conflicts(self: Table, look: Look): Finding[] {
  const found = weighty(look, self.transactions.conflicts)
  if (found === undefined) return []
  const { count: refusals, ...rest } = found
  const { committed, cancelled } = self.transactions
  return [
    {
      ...rest,
      kind: 'transaction-conflict',
      title: "Transactions stand in one another's way",
      text: `${count(refusals)} times an item was wanted that a transaction under way held; of the transactions that began here ${count(committed)} were committed and ${count(cancelled)} cancelled. They want the same few items at the same time.`,
    },
  ]
}

/** Keys on a partition with a good part of the whole table's consumption, as far as that is certain. */
function hotKeysOn(self: Table, partition: number): { key: string; share: number }[] {
  const { capacity, hotKeys } = self
  const total = Math.max(1, capacity.consumedRead + capacity.consumedWrite)
  return hotKeys
    .list()
    .filter(({ hash }) => capacity.partitions.of(hash) === partition)
    .map(({ key, units, error }) => ({ key: String(key), share: (units - error) / total }))
    .filter(({ share }) => share >= HOT_KEY)
    .slice(0, 2)
}

function callersOf(look: Look): string[] {
  return look.callers().map(({ other }) => other)
}
