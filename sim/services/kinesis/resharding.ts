// Splitting and merging shards: by hand, to a number of shards, and by the stream itself when it is on demand.
//
// The one idea: while the stream is UPDATING nothing changes for writers and readers; at the end of that time parents close
// and children open in one moment. A change of the number of shards is made of the same two steps, splits and merges.
import type { Call } from '../../engine/calls.ts'
import { parseHashKey, uniformRanges, type HashRange } from './hash-keys.ts'
import type { Shard } from './shard.ts'
import { parseShardId, shardId } from './shard.ts'
import { DAY, SPLIT_BYTES, SPLIT_RECORDS } from './stream.facts.ts'
import { invalid, invalidArgument, limitExceeded, notFound, Refused } from './refusals.ts'
import type { Reshard, Stream } from './stream-state.ts'

export function splitShard(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:SplitShard', (body) => {
    const { ShardToSplit: id, NewStartingHashKey: key } = body
    if (typeof key !== 'string' || !/^(0|[1-9]\d{0,38})$/.test(key))
      throw new Refused(
        invalid(
          `Value '${String(key)}' at 'newStartingHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})`,
        ),
      )
    const number = numberOf(stream, id)
    stream.mustBeActive()
    const shard = mustBeOpen(stream, shardOf(stream, number))
    mustHaveRoom(stream, 1)
    const { start, end } = shard.range
    const at = parseHashKey(key)
    // KIN-51.
    if (at === undefined || at <= start + 1n || at >= end)
      throw new Refused(
        invalidArgument(
          `NewStartingHashKey ${key} used in SplitShard() on shard ${shard.id} in stream ${stream.words} is not both greater than one plus the shard's StartingHashKey ${start} and less than the shard's EndingHashKey ${end}.`,
        ),
      )
    begin(stream, { kind: 'split', shard: number, at }, 1)
    return {}
  })
}

export function mergeShards(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:MergeShards', (body) => {
    const left = numberOf(stream, body['ShardToMerge'])
    const right = numberOf(stream, body['AdjacentShardToMerge'])
    stream.mustBeActive()
    // Both are looked up before one of them is judged.
    const found = [shardOf(stream, left), shardOf(stream, right)]
    const [first, second] = found.map((shard) => mustBeOpen(stream, shard)) as [Shard, Shard]
    // KIN-52.
    if (first.range.end + 1n !== second.range.start)
      throw new Refused(
        invalidArgument(
          `Shards ${first.id} and ${second.id} in stream ${stream.words} are not an adjacent pair of shards eligible for merging`,
        ),
      )
    begin(stream, { kind: 'merge', left, right }, 1)
    return {}
  })
}

export function updateShardCount(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:UpdateShardCount', (body) => {
    const { TargetShardCount: target, ScalingType: type } = body
    if (type !== 'UNIFORM_SCALING') throw new Refused(invalid('ScalingType: expected UNIFORM_SCALING'))
    if (typeof target !== 'number' || !Number.isInteger(target) || target < 1)
      throw new Refused(invalid('TargetShardCount: expected a whole number from 1'))
    stream.mustBeActive()
    if (stream.mode !== 'PROVISIONED')
      throw new Refused(invalid(`Stream ${stream.words} is on demand: its shards are not counted by hand.`))
    const current = stream.open.length
    if (target > 2 * current || target < current / 2)
      throw new Refused(
        invalidArgument(
          `UpdateShardCount cannot scale ${current > target ? 'down below half' : 'up over double'} the current open shard count: ${current} to ${target}.`,
        ),
      )
    if (target > stream.quotas['ShardsByUpdate']!)
      throw new Refused(limitExceeded(`A stream is scaled to at most ${stream.quotas['ShardsByUpdate']} shards.`))
    mustHaveRoom(stream, target - current)
    const updates = stream.countUpdates.filter((at) => at > stream.now - DAY)
    if (updates.length >= stream.quotas['ShardCountUpdates']!)
      throw new Refused(limitExceeded(`UpdateShardCount: ${updates.length} times in 24 hours already.`))
    stream.countUpdates = [...updates, stream.now]
    scaleTo(stream, target)
    return { StreamName: stream.streamName, CurrentShardCount: current, TargetShardCount: target }
  })
}

/** Begins to scale an ACTIVE stream, for as long as its doublings or halvings take (KIN-50). */
export function scaleTo(stream: Stream, target: number): void {
  const current = stream.open.length
  let steps = 1
  for (let ratio = 2; ratio < Math.max(target / current, current / target); ratio *= 2) steps++
  begin(stream, { kind: 'count', count: target }, steps)
}

function begin(stream: Stream, reshard: Reshard, steps: number): void {
  stream.status = 'UPDATING'
  stream.reshard = reshard
  stream.sim.after(steps * stream.reshardDuration.draw(stream.durationRng), stream.reshardedTarget, stream.nextShard)
}

/** Timer: parents close, children open. `from` is the number that the next shard had when it began: of another stream's life otherwise. */
export function resharded(stream: Stream, from: number): void {
  const { reshard } = stream
  if (stream.status !== 'UPDATING' || reshard === null || from !== stream.nextShard) return
  stream.reshard = null
  stream.status = 'ACTIVE'
  if (reshard.kind === 'split') split(stream, stream.shards.get(reshard.shard)!, reshard.at)
  else if (reshard.kind === 'merge') merge(stream, stream.shards.get(reshard.left)!, stream.shards.get(reshard.right)!)
  else divide(stream, uniformRanges(reshard.count))
}

/** Cuts at every border of the wanted ranges that is none yet, then joins what lies in one range (KIN-54). */
function divide(stream: Stream, ranges: readonly HashRange[]): void {
  for (const { start } of ranges) {
    const shard = stream.shardFor(start)
    if (shard.range.start !== start) split(stream, shard, start)
  }
  for (const { start, end } of ranges)
    for (let shard = stream.shardFor(start); shard.range.end !== end; shard = stream.shardFor(start))
      merge(stream, shard, stream.shardFor(shard.range.end + 1n))
}

/** Splits an open shard, the upper part beginning at `at`. */
export function split(stream: Stream, shard: Shard, at: bigint): void {
  const { start, end } = shard.range
  replace(
    stream,
    [shard],
    [
      { start, end: at - 1n },
      { start: at, end },
    ],
  )
}

/** Merges two open shards that lie side by side. */
export function merge(stream: Stream, left: Shard, right: Shard): void {
  replace(stream, [left, right], [{ start: left.range.start, end: right.range.end }])
}

function replace(stream: Stream, parents: readonly Shard[], ranges: readonly HashRange[]): void {
  const { now } = stream
  stream.meter.settle(stream)
  // KIN-11: as the numbers of the children say it, they were made a second after their parents closed.
  const created = stream.seconds + 1
  const children = ranges.map((range) =>
    stream.addShard(
      range,
      parents.map(({ number }) => number),
      created,
    ),
  )
  stream.open.splice(stream.open.indexOf(parents[0]!), parents.length, ...children)
  for (const parent of parents) {
    parent.log.close(
      now,
      children.map(({ number }) => number),
    )
    stream.closedShardTime += now - parent.openedAt
    stream.wake(parent)
  }
}

/** The number of the shard that a request of the control plane names. */
function numberOf(stream: Stream, id: unknown): number {
  const number = parseShardId(id)
  if (Number.isNaN(number)) throw new Refused(notFound(`Could not find shard ${String(id)} in stream ${stream.words}.`))
  return number
}

function shardOf(stream: Stream, number: number): Shard {
  const shard = stream.shards.get(number)
  if (shard === undefined)
    throw new Refused(notFound(`Could not find shard ${shardId(number)} in stream ${stream.words}.`))
  return shard
}

function mustBeOpen(stream: Stream, shard: Shard): Shard {
  if (!shard.isOpen)
    throw new Refused(invalidArgument(`Shard ${shard.id} in stream ${stream.words} has already been merged or split.`))
  return shard
}

/** Whether the account may have so many more open shards; other streams of the scenario are not counted. */
function mustHaveRoom(stream: Stream, more: number): void {
  const most = stream.quotas['Shards']!
  if (stream.mode === 'PROVISIONED' && stream.open.length + more > most)
    throw new Refused(
      limitExceeded(
        `This request would exceed the shard limit. Current shard count: ${stream.open.length}. Limit: ${most}. Number of additional shards that would have resulted from this request: ${more}.`,
      ),
    )
}

// On demand

/**
 * At the end of each minute: shards of an on-demand stream that carried too much are to be split (KIN-61). Notes how far
 * readers are behind. Answers whether anything came in this minute or waits to be read.
 */
export function minuteEnded(stream: Stream): boolean {
  let isBusy = false
  let age = 0
  for (const shard of stream.shards.values()) age = Math.max(age, shard.ageAt(stream.now))
  stream.growth = (age - stream.age) / 60_000_000
  stream.age = age
  for (const shard of stream.open) {
    const bytes = shard.bytes - shard.minuteBytes
    const records = shard.log.next - shard.minuteRecords
    shard.minuteBytes = shard.bytes
    shard.minuteRecords = shard.log.next
    if (records > 0) isBusy = true
    if (stream.mode !== 'ON_DEMAND' || shard.isSplitting) continue
    if (bytes <= 60 * SPLIT_BYTES && records <= 60 * SPLIT_RECORDS) continue
    shard.isSplitting = true
    stream.sim.after(stream.splitAfter.draw(stream.durationRng), stream.shardSplitTarget, shard.number)
  }
  return isBusy || age > 0
}

/** Timer: a shard of an on-demand stream is split in the middle, unless the stream has as many as it may have. */
export function shardSplit(stream: Stream, number: number): void {
  const shard = stream.shards.get(number)
  if (shard === undefined || !shard.isOpen) return
  shard.isSplitting = false
  const { start, end } = shard.range
  if (stream.mode !== 'ON_DEMAND' || stream.open.length >= stream.quotas['OnDemandShards']! || end - start < 4n) return
  split(stream, shard, middleOf(shard.range))
}

/** Where a shard is cut in two equal halves (KIN-51). */
export function middleOf({ start, end }: HashRange): bigint {
  return (start + end) / 2n
}
