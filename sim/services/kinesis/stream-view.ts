// What a stream shows of itself: its shards against what one shard takes, and how far their readers are behind.
import type { Cells, View } from '../../model/contract.ts'
import { SECOND } from './stream.facts.ts'
import type { Stream } from './stream-state.ts'

/** A key with this share of what comes to the stream is named. */
const NAMED = 1 / 20
/** Closed shards that are shown beside the open ones, at most. */
const CLOSED_MAX = 64

/** Both limits of a shard are spent side by side; the higher share of the two is what counts. */
export const shardCells: Cells<Stream> = {
  name: 'Shards',
  doc: 'Open shards in the order of their hash keys, then closed ones with records that somebody still has to read.',
  columns: [
    { name: 'Records', unit: 'share', doc: 'Records taken, as a share of the limit.', counter: true },
    { name: 'Bytes', unit: 'share', doc: 'Bytes taken, as a share of the limit.', counter: true },
    { name: 'Refused', unit: '1/s', doc: 'Records refused.', counter: true },
    { name: 'Age', unit: 's', doc: 'Age of the oldest record that a reader has yet to read.' },
    { name: 'Unread', unit: 'records', doc: 'Records that the slowest reader has yet to read.' },
    { name: 'Open', unit: '', doc: '1 = open, 0 = closed by a split or a merge.' },
  ],
  each(stream, now, cell) {
    const { limits } = stream
    const hottest = hottestKeys(stream)
    const closed = [...stream.shards.values()].filter((shard) => !shard.isOpen && shard.slowest < shard.log.next)
    for (const shard of [...stream.open, ...closed.slice(0, CLOSED_MAX)]) {
      const unread = shard.log.next - Math.max(shard.slowest, shard.log.first)
      cell(
        shard.number,
        [
          shard.log.next / limits.records,
          shard.bytes / limits.bytes,
          shard.refused,
          shard.ageAt(now) / SECOND,
          unread,
          shard.isOpen ? 1 : 0,
        ],
        hottest.get(shard.number),
      )
    }
  },
}

/** By shard: the key that certainly has a twentieth of all that came, where there is one. */
function hottestKeys(stream: Stream): Map<number, string> {
  const found = new Map<number, string>()
  const keys = stream.hotKeys.list()
  const total = keys.reduce((sum, { units }) => sum + units, 0)
  for (const { key, units, error } of keys) {
    if (units - error < total * NAMED || stream.open.length === 0) continue
    const { number } = stream.shardFor(stream.hashes.of(key))
    if (!found.has(number)) found.set(number, key)
  }
  return found
}

export const view: View<Stream> = {
  glyph: 'stream',
  label: 'Stream',
  detail: (config) =>
    config['StreamModeDetails']?.StreamMode === 'ON_DEMAND' ? 'on demand' : shardsText(config['ShardCount'] ?? 1),
  level: (stream) => stream.kept,
  levelMax: (stream) => Math.max(1000, stream.kept),
  tone: (stream) => {
    const since = stream.now - 5 * SECOND
    if (!stream.isThere || (stream.missedStretch.count > 0 && stream.missedStretch.last > since)) return 'failing'
    if (stream.open.some(({ refusedAt, collidedAt }) => refusedAt > since || collidedAt > since)) return 'throttling'
    return stream.status === 'UPDATING' || stream.kept > 0 ? 'busy' : 'calm'
  },
  readings: [
    { name: 'Written', unit: '1/s', doc: 'Records taken in.', counter: true, read: (stream) => stream.written },
    {
      name: 'Bytes written',
      unit: 'B/s',
      doc: 'Bytes taken in.',
      counter: true,
      read: (stream) => stream.writtenBytes,
    },
    { name: 'Refused', unit: '1/s', doc: 'Records refused.', counter: true, read: (stream) => stream.refused },
    { name: 'Read', unit: '1/s', doc: 'Records handed out.', counter: true, read: (stream) => stream.returned },
    {
      name: 'Reads refused',
      unit: '1/s',
      doc: 'GetRecords refused.',
      counter: true,
      read: (stream) => stream.readRefusals.total,
    },
    { name: 'Shards', unit: 'shards', doc: 'Open shards.', read: (stream) => stream.open.length },
    {
      name: 'Iterator age',
      unit: 's',
      doc: 'Age of the oldest record that a reader has yet to read.',
      read: (stream, now) => Math.max(0, ...stream.open.map((shard) => shard.ageAt(now))) / SECOND,
    },
    { name: 'Kept', unit: 'records', doc: 'Records kept.', read: (stream) => stream.kept },
  ],
  cells: [shardCells],
}

function shardsText(count: number): string {
  return count === 1 ? '1 shard' : `${count} shards`
}
