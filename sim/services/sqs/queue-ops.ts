// The operations of a queue, one request each: what is asked, what is refused, what is answered.
import type { Call } from '../../engine/calls.ts'
import type { Config } from '../../model/contract.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { IN_FLIGHT, NONE } from './messages.ts'
import { PURGE_WINDOW_US } from './queue.facts.ts'
import { SECOND, type Queue } from './queue-state.ts'
import { areAttributes, attributesSize, type Attributes } from './attributes.ts'
import { DELETE, isName, RECEIVE, SEND, type Fifo, type Limited } from './fifo.ts'
import type { Redriven } from './moves.ts'
import { ALL_SERVERS } from './delivery.ts'

const NOTHING = Object.freeze({})
const NO_GROUPS: readonly string[] = Object.freeze([])

/** The parameters of a call. */
export function bodyOf(q: Queue, call: Call): Readonly<Record<string, any>> {
  return (q.sim.calls.body[call] ?? NOTHING) as Readonly<Record<string, any>>
}

export function changeMessageVisibility(q: Queue, call: Call): void {
  q.touch()
  const body = bodyOf(q, call)
  q.answer(call, changeVisibility(q, body['ReceiptHandle'], body['VisibilityTimeout']))
}

/** SQS-08, SQS-09: from now, not added; never more than 12 h after the receive. Returns the status. */
export function changeVisibility(q: Queue, handle: unknown, timeout: unknown): number {
  const { messages, sim } = q
  const most = q.visibilityMax
  if (!within(timeout, 0, most)) return sim.error('InvalidParameterValue', 400)
  const row = messages.rowOf(handle)
  if (row === NONE) return sim.error('ReceiptHandleIsInvalid', 400)
  if (messages.state[row] !== IN_FLIGHT || messages.handle(row) !== handle)
    return sim.error(q.fifo === null ? 'MessageNotInflight' : 'InvalidParameterValue', 400)
  if (q.now + timeout * SECOND > messages.receivedAt[row] + most * SECOND)
    return sim.error('InvalidParameterValue', 400)
  q.hideAgain(row, timeout * SECOND)
  return 0
}

export function deleteMessage(q: Queue, call: Call): void {
  q.touch()
  const handle = bodyOf(q, call)['ReceiptHandle'] as unknown
  if (q.fifo !== null && isThrottled(q, q.fifo, call, DELETE, groupsOf(q, q.fifo, [handle]))) return
  const status = q.delete(handle)
  if (status === 0) q.countDeleted(1)
  q.answer(call, status)
  q.offer()
}

/** Refuses a request to a FIFO queue beyond its limit (SQS-51); `groups` are those that it is about. */
export function isThrottled(q: Queue, fifo: Fifo, call: Call, action: Limited, groups: readonly string[]): boolean {
  if (fifo.admits(q.now, action, groups)) return false
  q.throttled.note(q.now)
  q.answer(call, q.sim.error('RequestThrottled', 400))
  return true
}

/** The groups of the messages that receipt handles stand for. */
export function groupsOf(q: Queue, fifo: Fifo, handles: readonly unknown[]): string[] {
  const rows = handles.map((handle) => q.messages.rowOf(handle))
  return rows.filter((row) => row !== NONE).map((row) => fifo.groups.nameOf(row))
}

export function getQueueAttributes(q: Queue, call: Call): void {
  q.touch()
  q.expireDue()
  q.sim.calls.answer[call] = { Attributes: getAttributes(q) }
  q.answer(call, 0)
}

/** The counts and settings of a queue, as texts. */
export function getAttributes(q: Queue): Readonly<Record<string, string>> {
  return {
    ApproximateNumberOfMessages: String(q.messages.visible),
    ApproximateNumberOfMessagesNotVisible: String(q.inFlight.inside),
    ApproximateNumberOfMessagesDelayed: String(q.delayed),
    VisibilityTimeout: String(q.visibilityTimeout / SECOND),
    DelaySeconds: String(q.delay / SECOND),
    MessageRetentionPeriod: String(q.expiry.retention / SECOND),
    ReceiveMessageWaitTimeSeconds: String(q.wait / SECOND),
    MaximumMessageSize: String(q.sizeMax),
    ...(q.fifo === null ? undefined : { FifoQueue: 'true', ...q.fifo.settings }),
  }
}

export function purgeQueue(q: Queue, call: Call): void {
  q.touch()
  if (q.now - q.purgedAt < PURGE_WINDOW_US) {
    q.answer(call, q.sim.error('PurgeQueueInProgress', 400))
    return
  }
  q.purgedAt = q.now
  q.purge()
  q.answer(call, 0)
}

export function receiveMessage(q: Queue, call: Call): void {
  q.touch()
  const body = bodyOf(q, call)
  const { MaxNumberOfMessages: max = 1, VisibilityTimeout: visibility, WaitTimeSeconds: waitSeconds, Park: park } = body
  const fits =
    within(max, 1, q.batchMax) &&
    (visibility === undefined || within(visibility, 0, q.visibilityMax)) &&
    (waitSeconds === undefined || within(waitSeconds, 0, q.waitMax))
  if (!fits) {
    q.answer(call, q.sim.error('InvalidParameterValue', 400))
    return
  }
  const hiddenFor = visibility === undefined ? -1 : visibility * SECOND
  const wait = waitSeconds === undefined ? q.wait : waitSeconds * SECOND
  const short = park !== true && wait === 0
  if (q.fifo !== null && isThrottled(q, q.fifo, call, RECEIVE, NO_GROUPS)) return
  q.expireDue()
  const again = q.fifo === null ? null : q.receivedBefore(q.fifo, body['ReceiveRequestAttemptId'], hiddenFor)
  if (again !== null) {
    q.returnMessages(call, again)
    return
  }
  if (short && q.fifo === null && q.inFlight.inside >= q.inFlightMax) {
    q.answer(call, q.sim.error('OverLimit', 400))
    return
  }
  // Whoever waits already comes first: there is something for a newcomer only when nobody waits.
  const taken =
    q.receivers.count > 0
      ? null
      : q.take(max, hiddenFor, short ? q.delivery.serversAsked() : ALL_SERVERS, q.sim.calls.trace[call])
  if (taken !== null) q.returnMessages(call, taken)
  else if (short) q.returnNothing(call)
  else q.keepWaiting(call, max, hiddenFor, wait, park === true)
}

/** A message that SQS moves from another queue: it does not count as sent (SQS-34). */
export function redriveMessage(q: Queue, call: Call): void {
  q.touch()
  q.admit(q.sim.calls.body[call] as Redriven)
  q.sim.reply(call, 0)
}

export function sendMessage(q: Queue, call: Call): void {
  q.touch()
  const body = bodyOf(q, call)
  if (q.fifo !== null && isThrottled(q, q.fifo, call, SEND, [String(body['MessageGroupId'])])) return
  const size = sizeOf(body)
  q.moreChunks += chunksOf(size) - 1
  const status = refusalOf(q, body, size)
  if (status === 0) {
    const before = q.sent
    q.sim.calls.answer[call] = q.accept(body, size, delayOf(q, body), q.sim.calls.hops[call])
    q.countSent(q.sent - before)
  }
  q.answer(call, status)
  q.offer()
}

/** Control characters that XML does not know. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/** Why a message is not taken in; 0 = it is. */
export function refusalOf(q: Queue, message: Readonly<Record<string, any>>, size: number): number {
  const { MessageBody: content, DelaySeconds: delay } = message
  if (content === undefined || content === null || content === '') return q.sim.error('MissingParameter', 400)
  if (typeof content === 'string' && UNPRINTABLE.test(content)) return q.sim.error('InvalidMessageContents', 400)
  if (size > q.sizeMax || !(size >= 0)) return q.sim.error('InvalidParameterValue', 400)
  if (delay !== undefined && !within(delay, 0, q.delayMax)) return q.sim.error('InvalidParameterValue', 400)
  const attributes = message['MessageAttributes'] as Attributes | undefined
  if (attributes !== undefined && !areAttributes(attributes, q.sim.quota('MessageAttributes')))
    return q.sim.error('InvalidParameterValue', 400)
  const refusal = q.fifo === null ? standardRefusal(message) : q.fifo.refusal(message)
  return refusal === '' ? 0 : q.sim.error(refusal, 400)
}

/** A standard queue takes a group, as the tenant of a fair queue (SQS-60), and knows nothing of duplicates. */
function standardRefusal(message: Readonly<Record<string, any>>): string {
  const { MessageGroupId: group, MessageDeduplicationId: id } = message
  return id === undefined && (group === undefined || isName(group)) ? '' : 'InvalidParameterValue'
}

/** The delay of a message: its own, else the queue's (SQS-02), in µs. */
export function delayOf(q: Queue, message: Readonly<Record<string, any>>): number {
  return message['DelaySeconds'] === undefined ? q.delay : message['DelaySeconds'] * SECOND
}

/** Bytes of a message: its body and the names, types and values of its attributes (SQS-71). */
export function sizeOf(message: Readonly<Record<string, any>>): number {
  const content = message['MessageBody']
  const size: number = message['MessageSize'] ?? (typeof content === 'string' ? utf8Size(content) : jsonSize(content))
  const attributes = message['MessageAttributes'] as Attributes | null | undefined
  return attributes === undefined || attributes === null ? size : size + attributesSize(attributes)
}

export function setQueueAttributes(q: Queue, call: Call): void {
  q.touch()
  q.answer(call, setAttributes(q, (bodyOf(q, call)['Attributes'] ?? NOTHING) as Readonly<Record<string, unknown>>))
}

/** Sets all of these attributes, or none if one of them cannot be. Returns the status. */
export function setAttributes(q: Queue, attributes: Readonly<Record<string, unknown>>): number {
  let status = 0
  for (const name of Object.keys(attributes)) {
    if (!ATTRIBUTES.includes(name)) status = q.sim.error('InvalidAttributeName', 400)
    else if (!within(Number(attributes[name]), attributeMin(name), q.sim.quota(quotaOf(name))))
      status = q.sim.error('InvalidAttributeValue', 400)
    if (status !== 0) break
  }
  if (status === 0) for (const name of Object.keys(attributes)) setAttribute(q, name, Number(attributes[name]))
  return status
}

export function startMessageMoveTask(q: Queue, call: Call): void {
  q.touch()
  const { DestinationArn: destination, MaxNumberOfMessagesPerSecond: rate = q.sim.quota('MoveTaskMessagesPerSecond') } =
    bodyOf(q, call)
  const to =
    destination === undefined
      ? NONE
      : q.moves.sources.findIndex((source) => destination === source || String(destination).endsWith(`:${source}`))
  let status = 0
  if (q.moves.sources.length === 0) status = q.sim.error('InvalidParameterValue', 400)
  else if (q.moves.task?.status === 'RUNNING' || (destination !== undefined && to === NONE))
    status = q.sim.error('UnsupportedOperation', 400)
  else if (!within(rate, 1, q.sim.quota('MoveTaskMessagesPerSecond')))
    status = q.sim.error('InvalidParameterValue', 400)
  else q.moves.startTask(Math.round(SECOND / rate), to)
  q.sim.calls.answer[call] = { TaskHandle: q.sim.name }
  q.answer(call, status)
}

const ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
]

/** Times, the size limit, and of the redrive policy how often a message is received. */
export function amendable(before: Config, after: Config): readonly string[] {
  const [policy, next] = [before['RedrivePolicy'], after['RedrivePolicy']]
  const isSame = policy?.deadLetterTargetArn === next?.deadLetterTargetArn
  return isSame ? [...ATTRIBUTES, 'RedrivePolicy'] : ATTRIBUTES
}

/** As SetQueueAttributes does it. */
export function amend(q: Queue, config: Config, before: Config): void {
  for (const name of ATTRIBUTES) if (config[name] !== before[name]) setAttribute(q, name, config[name])
  q.moves.receivesMax = config['RedrivePolicy']?.maxReceiveCount ?? Infinity
}

function attributeMin(name: string): number {
  return name === 'MessageRetentionPeriod' ? 60 : name === 'MaximumMessageSize' ? 1024 : 0
}

function quotaOf(name: string): string {
  return name === 'ReceiveMessageWaitTimeSeconds' ? 'WaitTimeSeconds' : name
}

function setAttribute(q: Queue, name: string, value: number): void {
  if (name === 'VisibilityTimeout') q.visibilityTimeout = value * SECOND
  else if (name === 'DelaySeconds') q.setDelay(value * SECOND)
  else if (name === 'MessageRetentionPeriod') q.setRetention(value * SECOND)
  else if (name === 'ReceiveMessageWaitTimeSeconds') q.wait = value * SECOND
  else q.sizeMax = value
}

/** Whether a parameter is a whole number within limits. */
function within(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}
