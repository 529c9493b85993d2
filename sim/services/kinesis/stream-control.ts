// The stream as a whole: made, described, kept longer or shorter, monitored, switched between its modes, deleted.
import type { Call } from '../../engine/calls.ts'
import type { Amend } from '../../model/contract.ts'
import { describeShard } from './stream-reads.ts'
import { parseShardId } from './shard.ts'
import { scaleTo } from './resharding.ts'
import { DAY, HOUR, ON_DEMAND_SHARDS } from './stream.facts.ts'
import { inUse, invalid, invalidArgument, limitExceeded, Refused, type Body } from './refusals.ts'
import { monitoredOf, SHARD_METRICS, type Mode, type Stream } from './stream-state.ts'

/** Makes a stream that was deleted anew: no other name than its own is known here. */
export function createStream(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:CreateStream', (body) => {
    if (stream.status !== 'DELETED') throw new Refused(inUse(`Stream ${stream.words} already exists.`))
    const mode = (body['StreamModeDetails']?.StreamMode ?? 'PROVISIONED') as Mode
    const count: unknown = mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : body['ShardCount']
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
      throw new Refused(invalid('ShardCount: expected a whole number from 1'))
    const most = stream.quotas['Shards']!
    if (count > most)
      throw new Refused(
        limitExceeded(
          `This request would exceed the shard limit. Current shard count: 0. Limit: ${most}. Number of additional shards that would have resulted from this request: ${count}.`,
        ),
      )
    stream.meter.settle(stream)
    stream.status = 'CREATING'
    stream.mode = mode
    stream.retention = DAY
    stream.createdAt = stream.now
    stream.tags.clear()
    stream.nextShard = 0
    stream.addShards(count, stream.now)
    stream.sim.after(stream.createDuration.draw(stream.durationRng), stream.createdTarget, 0)
    return {}
  })
}

export function deleteStream(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:DeleteStream', (body) => {
    if (stream.status === 'DELETED' || stream.status === 'DELETING') throw new Refused(stream.notFound)
    if (stream.fanOut.consumers.size > 0 && body['EnforceConsumerDeletion'] !== true)
      throw new Refused(inUse(`Stream ${stream.words} has registered consumers.`))
    stream.status = 'DELETING'
    stream.reshard = null
    stream.sim.after(stream.createDuration.draw(stream.durationRng), stream.deletedTarget, 0)
    return {}
  })
}

/** Timer. */
export function created(stream: Stream): void {
  if (stream.status === 'CREATING') stream.status = 'ACTIVE'
}

/** Timer: the stream is gone, and with it its records and whoever waited for more of them. */
export function deleted(stream: Stream): void {
  stream.meter.settle(stream)
  stream.status = 'DELETED'
  for (const shard of stream.shards.values()) {
    stream.discarded += shard.log.trim(Infinity)
    if (shard.isOpen) {
      shard.log.close(stream.now, [])
      stream.closedShardTime += stream.now - shard.openedAt
    }
    stream.wake(shard)
  }
  for (const subscription of stream.fanOut.subscriptions.values()) stream.fanOut.end(subscription)
  stream.fanOut.consumers.clear()
  stream.shards.clear()
  stream.open.length = 0
}

const SHARDS_PER_PAGE = 100

export function describeStream(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:DescribeStream', (body) => {
    mustBeKnown(stream)
    stream.trimAll()
    const { Limit: limit = SHARDS_PER_PAGE, ExclusiveStartShardId: start } = body
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= 10_000))
      throw new Refused(invalid(`Value '${String(limit)}' at 'limit' failed to satisfy constraint: 1 to 10000`))
    const after = start === undefined ? -1 : parseShardId(start)
    if (Number.isNaN(after)) throw new Refused(invalidArgument(`ExclusiveStartShardId ${String(start)} is no shard`))
    const found =
      stream.status === 'CREATING' ? [] : [...stream.shards.values()].filter((shard) => shard.number > after)
    return {
      StreamDescription: {
        ...summaryOf(stream),
        Shards: found.slice(0, limit).map((shard) => describeShard(stream, shard)),
        HasMoreShards: found.length > limit,
      },
    }
  })
}

export function describeStreamSummary(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:DescribeStreamSummary', () => {
    mustBeKnown(stream)
    return {
      StreamDescriptionSummary: {
        ...summaryOf(stream),
        OpenShardCount: stream.status === 'CREATING' ? 0 : stream.open.length,
        ConsumerCount: stream.fanOut.consumers.size,
      },
    }
  })
}

function summaryOf(stream: Stream): Body {
  return {
    StreamName: stream.streamName,
    StreamARN: stream.arn,
    StreamStatus: stream.status,
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retention / HOUR,
    StreamCreationTimestamp: Math.floor(stream.millis(stream.createdAt) / 1000),
    EnhancedMonitoring: [{ ShardLevelMetrics: stream.monitored }],
    EncryptionType: 'NONE',
    MaxRecordSizeInKiB: stream.recordMax / 1024,
  }
}

/** KIN-26: records that are gone stay gone. */
export function changeRetention(stream: Stream, call: Call, isLonger: boolean): void {
  const action = isLonger ? 'kinesis:IncreaseStreamRetentionPeriod' : 'kinesis:DecreaseStreamRetentionPeriod'
  stream.serve(call, action, (body) => {
    const hours: unknown = body['RetentionPeriodHours']
    const most = stream.quotas['RetentionHours']!
    if (typeof hours !== 'number' || !Number.isInteger(hours) || hours > most)
      throw new Refused(
        invalid(
          `Value '${String(hours)}' at 'retentionPeriodHours' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
        ),
      )
    mustBeKnown(stream)
    if (hours < 24) throw new Refused(invalidArgument('Minimum allowed retention period is 24 hours.'))
    stream.mustBeActive()
    if (isLonger ? hours * HOUR < stream.retention : hours * HOUR > stream.retention)
      throw new Refused(
        invalidArgument(
          `Requested retention period (${hours} hours) for stream ${stream.streamName} can not be ${isLonger ? 'shorter' : 'longer'} than existing retention period (${stream.retention / HOUR} hours).`,
        ),
      )
    setRetention(stream, hours)
    return {}
  })
}

export function increaseRetention(stream: Stream, call: Call): void {
  changeRetention(stream, call, true)
}

export function decreaseRetention(stream: Stream, call: Call): void {
  changeRetention(stream, call, false)
}

function setRetention(stream: Stream, hours: number): void {
  stream.trimAll()
  stream.meter.settle(stream)
  stream.retention = hours * HOUR
  stream.trimAll()
}

/** KIN-62: the number of shards stays. */
export function updateStreamMode(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:UpdateStreamMode', (body) => {
    const mode: unknown = body['StreamModeDetails']?.StreamMode
    if (mode !== 'PROVISIONED' && mode !== 'ON_DEMAND')
      throw new Refused(invalid('StreamMode: expected PROVISIONED or ON_DEMAND'))
    stream.mustBeActive()
    if (mode === stream.mode) throw new Refused(invalid(`Stream ${stream.words} is ${mode} already.`))
    const switches = stream.modeSwitches.filter((at) => at > stream.now - DAY)
    if (switches.length >= stream.quotas['ModeSwitches']!)
      throw new Refused(limitExceeded(`The mode was changed ${switches.length} times in 24 hours.`))
    stream.modeSwitches = [...switches, stream.now]
    stream.meter.settle(stream)
    stream.mode = mode
    return {}
  })
}

export function setMonitoring(stream: Stream, call: Call, isOn: boolean): void {
  stream.serve(call, isOn ? 'kinesis:EnableEnhancedMonitoring' : 'kinesis:DisableEnhancedMonitoring', (body) => {
    stream.mustBeActive()
    const names: unknown = body['ShardLevelMetrics']
    if (!Array.isArray(names) || !names.every((name) => name === 'ALL' || SHARD_METRICS.includes(name)))
      throw new Refused(invalid(`ShardLevelMetrics: expected ALL or some of ${SHARD_METRICS.join(', ')}`))
    const before = stream.monitored
    const named = monitoredOf(names as string[])
    stream.monitored = SHARD_METRICS.filter((name) =>
      isOn ? before.includes(name) || named.includes(name) : before.includes(name) && !named.includes(name),
    )
    for (const shard of stream.open) stream.monitor(shard)
    return {
      StreamName: stream.streamName,
      CurrentShardLevelMetrics: before,
      DesiredShardLevelMetrics: stream.monitored,
    }
  })
}

export function enableMonitoring(stream: Stream, call: Call): void {
  setMonitoring(stream, call, true)
}

export function disableMonitoring(stream: Stream, call: Call): void {
  setMonitoring(stream, call, false)
}

function mustBeKnown(stream: Stream): void {
  if (stream.status === 'DELETED') throw new Refused(stream.notFound)
}

// Tags

const TAGS_MAX = 50
const TAG = /^[\p{L}\p{Zs}\p{N}_.:/=+\-@%]*$/u

export function addTags(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:AddTagsToStream', (body) => {
    mustBeKnown(stream)
    const tags = Object.entries((body['Tags'] ?? {}) as Body)
    for (const [key, value] of tags) mustBeTag(key, String(value))
    if (new Set([...stream.tags.keys(), ...tags.map(([key]) => key)]).size > TAGS_MAX)
      throw new Refused(
        invalidArgument(
          `Failed to add tags to stream ${stream.words} because a given stream cannot have more than ${TAGS_MAX} tags associated with it.`,
        ),
      )
    for (const [key, value] of tags) stream.tags.set(key, String(value))
    return {}
  })
}

export function removeTags(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:RemoveTagsFromStream', (body) => {
    mustBeKnown(stream)
    const keys: readonly unknown[] = Array.isArray(body['TagKeys']) ? body['TagKeys'] : []
    for (const key of keys) mustBeTag(String(key), '')
    for (const key of keys) stream.tags.delete(String(key))
    return {}
  })
}

export function listTags(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:ListTagsForStream', (body) => {
    mustBeKnown(stream)
    const { ExclusiveStartTagKey: after, Limit: limit = TAGS_MAX } = body
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= TAGS_MAX))
      throw new Refused(invalid(`Value '${String(limit)}' at 'limit' failed to satisfy constraint: 1 to ${TAGS_MAX}`))
    const tags = [...stream.tags].filter(([key]) => after === undefined || key > String(after))
    const sorted = tags.sort(([a], [b]) => (a < b ? -1 : 1)).map(([Key, Value]) => ({ Key, Value }))
    return { Tags: sorted.slice(0, limit), HasMoreTags: sorted.length > limit }
  })
}

function mustBeTag(key: string, value: string): void {
  if (!TAG.test(key) || !TAG.test(value) || key.includes('%') || value.includes('%'))
    throw new Refused(
      invalidArgument(
        'Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.',
      ),
    )
}

// Consumers of enhanced fan-out

export function registerConsumer(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:RegisterStreamConsumer', (body) => stream.fanOut.register(body))
}

export function deregisterConsumer(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:DeregisterStreamConsumer', (body) => stream.fanOut.deregister(body))
}

export function describeConsumer(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:DescribeStreamConsumer', (body) => ({
    ConsumerDescription: stream.fanOut.describe(stream.fanOut.named(body)),
  }))
}

export function listConsumers(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:ListStreamConsumers', () => stream.fanOut.list())
}

export function subscribeToShard(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:SubscribeToShard', (body) => stream.fanOut.subscribe(body))
}

export function receiveEvent(stream: Stream, call: Call): void {
  stream.fanOut.receive(call)
}

/** What a stack update changes in place: the retention, and the number of shards of a provisioned stream. */
export const amend: Amend<Stream> = {
  members: (before, after) =>
    before['ShardCount'] === after['ShardCount'] || (before['ShardCount'] && after['ShardCount'])
      ? ['RetentionPeriodHours', 'ShardCount']
      : ['RetentionPeriodHours'],
  run: (stream, config, before) => {
    setRetention(stream, config['RetentionPeriodHours'])
    const count = config['ShardCount'] as number | undefined
    if (count !== undefined && count !== before['ShardCount'] && stream.status === 'ACTIVE') scaleTo(stream, count)
  },
}
