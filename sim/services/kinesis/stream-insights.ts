// What went wrong at a stream: a shard that is full, readers in each other's way, readers that do not keep up.
import type { Finding, Look } from '../../model/contract.ts'
import { all, count, counted, percent, time } from '../../parts/words.ts'
import type { Shard } from './shard.ts'
import { MINUTE, SECOND } from './stream.facts.ts'
import type { Stream } from './stream-state.ts'

/** Fewer refusals than this, or than this share of all records, are not worth a sentence. */
const LEAST = 5
const LEAST_SHARE = 0.001
/** A key with this share of what comes to its stream is named. */
const HOT_KEY = 0.1
/** A stream whose shards are used less than this on average, while one is full, is written unevenly. */
const EVEN = 0.75
/** Readers so far behind (µs), by so much more with every second that passes, do not catch up by themselves. */
const LATE = 60_000_000
const LEAST_GROWTH = 0.05

export function findingsOf(stream: Stream, look: Look): Finding[] {
  return [...writesRefused(stream, look), ...readsRefused(stream, look), ...readersLate(stream, look)]
}

function writesRefused(stream: Stream, look: Look): Finding[] {
  const { writeRefusals } = stream
  const refused = writeRefusals.count
  const taken = look.metric('IncomingRecords', 'Sum') ?? 0
  const share = refused / Math.max(1, refused + taken)
  const [hottest] = [...stream.shards.values()].sort((a, b) => b.refused - a.refused)
  if (hottest === undefined || refused < LEAST || share < LEAST_SHARE) return []
  const { first: from, last: to } = writeRefusals
  const drivers = look.callers().map(({ other }) => other)
  const base = { from, to, share, drivers }
  const limit = `${count(stream.limits.records)} records and ${count(stream.limits.bytes / 1_048_576)} MiB a second`
  // While records were refused, how much of what all shards take together did come?
  const used = usedShare(stream, look, from, to)
  const keys = hotKeysOn(stream, hottest)
  if (stream.open.length > 1 && refusedBeside(stream, hottest) > stream.refused / 2 && used < EVEN) {
    const who =
      keys.length === 0
        ? 'No key stands out there'
        : `Key ${all(keys.map(({ key, share: of }) => `\`${key}\` (${percent(of)} of what comes)`))} ${keys.length === 1 ? 'goes' : 'go'} there`
    return [
      {
        ...base,
        kind: 'hot-shard',
        title: keys.length === 1 ? 'One key fills one shard' : 'One shard is full while the stream has room',
        text: `\`${hottest.id}\` is at its limit of ${limit}, while the stream as a whole uses ${percent(used)} of what its shards take. ${who}; ${counted(refused, 'record was', 'records were')} refused.`,
      },
    ]
  }
  return [
    {
      ...base,
      kind: 'stream-capacity',
      title: 'The shards are used up',
      text: `${counted(stream.open.length, 'shard takes', 'shards take')} ${limit}${stream.open.length > 1 ? ' each' : ''}: ${counted(refused, 'record was', 'records were')} refused (${percent(share)} of all).`,
    },
  ]
}

/** Of what the open shards take, the share that came; by the limit that is nearer. */
function usedShare(stream: Stream, look: Look, from: number, to: number): number {
  const { limits, shards } = stream
  const begin = Math.floor(from / MINUTE) * MINUTE
  const end = Math.min(Math.ceil((to + 1) / MINUTE) * MINUTE, look.now)
  let seconds = 0
  for (const { openedAt, log } of shards.values()) {
    const until = log.closedAt < 0 ? end : Math.min(end, log.closedAt)
    seconds += Math.max(0, until - Math.max(begin, openedAt)) / SECOND
  }
  const records = look.metric('IncomingRecords', 'Sum', begin, end) ?? 0
  const bytes = look.metric('IncomingBytes', 'Sum', begin, end) ?? 0
  return Math.max(records / limits.records, bytes / limits.bytes) / Math.max(1, seconds)
}

/** Records refused by a shard, by those that it came from and by those that came from it. */
function refusedBeside(stream: Stream, { range }: Shard): number {
  let sum = 0
  for (const other of stream.shards.values())
    if (other.range.start <= range.end && other.range.end >= range.start) sum += other.refused
  return sum
}

function hotKeysOn(stream: Stream, shard: Shard): { key: string; share: number }[] {
  const keys = stream.hotKeys.list()
  const total = Math.max(
    Number.MIN_VALUE,
    keys.reduce((sum, { units }) => sum + units, 0),
  )
  return keys
    .filter(({ key }) => {
      const hash = stream.hashes.of(key)
      return hash >= shard.range.start && hash <= shard.range.end
    })
    .map(({ key, units, error }) => ({ key, share: (units - error) / total }))
    .filter(({ share }) => share >= HOT_KEY)
    .slice(0, 2)
}

function readsRefused(stream: Stream, look: Look): Finding[] {
  const { readRefusals } = stream
  const refused = readRefusals.count
  const calls = look.metric('GetRecords.Success', 'SampleCount') ?? 0
  const share = refused / Math.max(1, calls)
  if (refused < LEAST || share < LEAST_SHARE) return []
  const readers = look.consumers().length + look.callers().filter(({ failed }) => failed > 0).length
  return [
    {
      from: readRefusals.first,
      to: readRefusals.last,
      share,
      kind: 'read-throughput-shared',
      title: 'Readers share too little read throughput',
      text: `All readers of a shard together get ${count(stream.limits.reads)} calls and ${count(stream.limits.readBytes / 1_048_576)} MiB a second: ${counted(refused, 'GetRecords was', 'GetRecords were')} refused (${percent(share)} of all). A consumer with enhanced fan-out has a throughput of its own.`,
      drivers: readers > 0 ? look.callers().map(({ other }) => other) : [],
    },
  ]
}

function readersLate(stream: Stream, look: Look): Finding[] {
  const { late, missedStretch, retention } = stream
  const missed = missedStretch.count
  const suspects = [...look.consumers(), ...look.callers().map(({ other }) => other)]
  if (missed > 0)
    return [
      {
        from: missedStretch.first,
        to: missedStretch.last,
        share: missed / Math.max(1, stream.written),
        kind: 'records-expired',
        title: 'Records expire before they are read',
        text: `${counted(missed, 'record was', 'records were')} gone at the end of the retention of ${time(retention)} before a reader came to ${missed === 1 ? 'it' : 'them'}.`,
        suspects,
      },
    ]
  const { age, growth } = stream
  const isGrowing = age >= LATE && growth > LEAST_GROWTH
  if (!isGrowing && late.count === 0) return []
  const left = (retention - age) / growth
  return [
    {
      from: isGrowing && late.count === 0 ? Math.max(look.warmUp, look.now - age) : late.first,
      to: isGrowing ? look.now : late.last,
      share: Math.min(1, stream.oldestAge / retention),
      kind: 'iterator-age',
      title: 'A reader falls behind',
      text: isGrowing
        ? `Records wait ${time(age)} to be read, and ${time(growth * 60_000_000)} longer every minute: after ${time(left)} more they are lost at the end of the retention of ${time(retention)}.`
        : `Records waited up to ${time(stream.oldestAge)} to be read, more than half the retention of ${time(retention)}; beyond it they are lost.`,
      suspects,
    },
  ]
}
