// Which records of a source a mapping takes: the patterns of its `FilterCriteria`, one of which must match (LAM-65).
//
// The patterns are those of EventBridge. What is special is the content of a message, `body` of a queue's and `data` of a
// Kinesis record: a pattern for JSON drops what is no JSON, one for texts drops JSON.
import type { Message } from './batches.ts'
import { isMap, matches, matchesLeaf, type Pattern } from '../../parts/patterns.ts'
import { parseJson } from '../../parts/json-text.ts'

/** The patterns of a mapping; none = everything passes. Plain data. */
export type EventFilter = readonly Pattern[]

/** Whether a message of a queue passes. */
export function passesMessage(filter: EventFilter, message: Message): boolean {
  return filter.some((pattern) => {
    const { body, ...rest } = pattern
    return contentMatches(body, message.Body) && matches(rest, queueView(message))
  })
}

function queueView({ MessageId, Attributes, MessageAttributes }: Message): unknown {
  return {
    messageId: MessageId,
    attributes: Attributes,
    messageAttributes: MessageAttributes,
    eventSource: 'aws:sqs',
  }
}

/** Whether a record of a Kinesis stream passes. */
export function passesData(filter: EventFilter, record: Readonly<Record<string, unknown>>): boolean {
  return filter.some((pattern) => {
    const { data, ...rest } = pattern
    return (
      contentMatches(data, record['Data']) &&
      matches(rest, {
        partitionKey: record['PartitionKey'],
        sequenceNumber: record['SequenceNumber'],
        approximateArrivalTimestamp: record['ApproximateArrivalTimestamp'],
        eventSource: 'aws:kinesis',
      })
    )
  })
}

/** Whether a record of a table's stream passes; patterns see attribute values as the API writes them (`{ S: 'paid' }`). */
export function passesChange(filter: EventFilter, record: Readonly<Record<string, unknown>>): boolean {
  const change = record['dynamodb'] as Readonly<Record<string, unknown>>
  const typed: Record<string, unknown> = { ...change }
  for (const image of ['Keys', 'NewImage', 'OldImage'])
    if (change[image] !== undefined) typed[image] = attributesOf(change[image] as object)
  const view = { ...record, dynamodb: typed }
  return filter.some((pattern) => matches(pattern, view))
}

/** Content against its part of a pattern; no such part takes everything. */
function contentMatches(wanted: unknown, content: unknown): boolean {
  if (wanted === undefined) return true
  const json = typeof content === 'string' ? parseJson(content) : content
  if (isMap(wanted)) return isMap(json) && matches(wanted, json)
  return typeof content === 'string' && json === undefined && matchesLeaf(wanted, content)
}

/** Attribute values as the API writes them, from plain values. */
function attributesOf(item: object): Record<string, unknown> {
  const typed: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(item))
    Object.defineProperty(typed, name, { value: attributeOf(value), enumerable: true })
  return typed
}

function attributeOf(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return { S: value }
    case 'number':
      return { N: String(value) }
    case 'boolean':
      return { BOOL: value }
    default:
      break
  }
  if (value === null || typeof value !== 'object') return { NULL: true }
  if (Array.isArray(value)) return { L: value.map(attributeOf) }
  const [tag, ...more] = Object.keys(value)
  const inner = (value as Record<string, unknown>)[tag ?? '']
  if (more.length === 0 && tag === 'B' && typeof inner === 'string') return value
  if (more.length === 0 && Array.isArray(inner)) {
    if (tag === 'SS' || tag === 'BS') return value
    if (tag === 'NS') return { NS: inner.map(String) }
  }
  return { M: attributesOf(value) }
}
