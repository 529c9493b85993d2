// What went wrong at a mapping of a stream: a record that holds up its shard, records that were lost, a consumer that is too slow.
import type { Finding, Look } from '../../model/contract.ts'
import { count, counted, exactTime, percent, time } from '../../parts/words.ts'
import { blockageOf } from './stream-lanes.ts'
import type { Blockage, StreamMapping } from './stream-state.ts'
import { oldestOf } from './stream-view.ts'

const MINUTE = 60_000_000
/** A shard that was held up for less is not worth a sentence; nor are so few or so small a share of records. */
const LEAST_HOLD = MINUTE
const LEAST_SHARE = 0.001

export function streamFindings(self: StreamMapping, look: Look): Finding[] {
  return [...blockedShard(self, look), ...recordsLost(self, look), ...behind(self, look)]
}

/** The longest time that a batch held up its lane, those that still do included. */
function longest(self: StreamMapping): Blockage | null {
  let worst = self.worst
  for (const lane of self.lanes) {
    const found = blockageOf(self, lane)
    if (found !== null && (worst === null || found.to - found.from > worst.to - worst.from)) worst = found
  }
  return worst
}

function blockedShard(self: StreamMapping, look: Look): Finding[] {
  const worst = longest(self)
  if (worst === null || worst.to - worst.from < LEAST_HOLD || worst.to < look.warmUp) return []
  const { shard, key, sequence, from, to, failures } = worst
  const isStill = to === self.now
  const waiting = self.byShard.get(shard)!.held
  const lost = isStill
    ? `${counted(waiting, 'record')} of the shard wait behind it; unless it succeeds they are lost when they are ${exactTime(self.retention)} old.`
    : 'What came behind it in the shard waited for so long.'
  return [
    {
      kind: 'shard-blocked',
      from,
      to,
      share: self.polled === 0 ? 0 : (self.dropped + self.held) / self.polled,
      title: 'One record holds up a shard',
      text: `The record ${sequence} (key ${key}) of ${shard} failed ${count(failures)} times and ${isStill ? 'has held' : 'held'} up its shard for ${time(to - from)}. ${lost}`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}

function recordsLost(self: StreamMapping, look: Look): Finding[] {
  const gone = self.expired + self.missed
  const dropped = self.failureEdge < 0 ? self.dropped : 0
  const stretch = gone > 0 ? self.losses : self.drops
  const share = (gone + dropped) / Math.max(1, self.polled + self.missed)
  if (gone + dropped === 0 || share < LEAST_SHARE || stretch.last < look.warmUp) return []
  const how = [
    gone > 0 ? `${counted(gone, 'record')} had expired in the stream before the function was through with them` : '',
    dropped > 0 ? `${counted(dropped, 'record')} were given up, and no destination was told` : '',
  ]
  return [
    {
      kind: 'records-lost',
      from: stretch.first,
      to: stretch.last,
      share,
      title: 'Records of the stream were lost',
      text: `${how.filter((each) => each !== '').join('; ')}: ${percent(share)} of those that came.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}

/** What is read and waits is old, although nothing fails: the function is too slow for the stream. */
function behind(self: StreamMapping, look: Look): Finding[] {
  const reading = self.readers.filter(({ phase }) => phase === 'reading')
  let [slow, oldest] = [0, -1]
  for (const reader of reading) {
    const at = oldestOf(self, reader)
    const fails = reader.lanes.some(({ batch }) => batch !== null && batch.failedAt >= 0)
    if (at < 0 || fails || look.now - at < MINUTE) continue
    slow++
    if (oldest < 0 || at < oldest) oldest = at
  }
  if (slow === 0) return []
  const lanes = self.lanes.length
  return [
    {
      kind: 'stream-behind',
      from: oldest,
      to: look.now,
      share: self.held / Math.max(1, self.polled),
      title: 'The function falls behind the stream',
      text: `${counted(slow, 'shard')} of ${count(reading.length)} ${slow === 1 ? 'is' : 'are'} behind: the oldest record waits since ${time(look.now - oldest)}. At most ${counted(lanes, 'batch', 'batches')} run at a time, ${self.factor === 1 ? 'one' : count(self.factor)} for each shard; \`ParallelizationFactor\`, larger batches or more shards let more of them through.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}
