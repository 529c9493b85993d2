// What went wrong at a queue: it fills faster than it empties, messages come back while they are worked on, or are given up.
import type { Finding, Look } from '../../model/contract.ts'
import { count, counted, exactTime, often, percent, rate, time, times } from '../../parts/words.ts'
import { SECOND, type Queue } from './queue-state.ts'

const MINUTE = 60 * SECOND
/** A backlog is one when so many messages wait, the oldest for at least so long (s). */
const BACKLOG = 100
const WAIT = 60
/** It has begun, and has drained, below this share of its height. */
const LOW = 0.05
/** The most moments at which a backlog is looked at. */
const MOMENTS = 2_000
/** Receives that end without a delete are worth a sentence from here on. */
const LEAST = 5
const LEAST_SHARE = 0.01
/** A group is held up when its first message came back so often while others waited. */
const LEAST_BLOCKS = 3
const MOST_OF_IT = 0.8

export function findingsOf(q: Queue, look: Look): Finding[] {
  // What lies in a dead-letter queue is told by the queue that it came from.
  if (q.moves.sources.length > 0) return []
  const late = worksTooLong(q, look)
  const blocked = late.length > 0 ? [] : blockedGroup(q, look)
  return [
    ...refused(q, look),
    ...blocked,
    ...(isWhatWaits(q, look, blocked) ? [] : backlog(look)),
    ...late,
    ...givenUp(q, look),
    ...noisyGroups(q, look),
    ...(late.length + blocked.length > 0 ? [] : comesBack(q, look)),
  ]
}

/** A FIFO queue that is asked more often than it may be. */
function refused({ throttled }: Queue, look: Look): Finding[] {
  if (throttled.count < LEAST) return []
  return [
    {
      kind: 'queue-throttled',
      from: throttled.first,
      to: throttled.last,
      share: Math.min(1, throttled.count / Math.max(1, came(look) + throttled.count)),
      title: 'A FIFO queue refuses requests',
      text: `${counted(throttled.count, 'request')} to ${look.name} ${throttled.count === 1 ? 'was' : 'were'} refused: it takes so many sends, receives and deletes a second. Batches count as one; high throughput takes more, spread over message groups.`,
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

/** A message that always comes back, and a group of a FIFO queue that waits behind it (SQS-43). */
function blockedGroup({ fifo, sent }: Queue, look: Look): Finding[] {
  if (fifo === null || fifo.blocker === null || fifo.blocked.count < LEAST_BLOCKS) return []
  const { blocked, blocker } = fifo
  return [
    {
      kind: 'blocked-group',
      from: blocked.first,
      to: blocked.last,
      share: Math.min(1, blocker.waiting / Math.max(1, sent)),
      title: 'A message holds up its group',
      text: `The group ${blocker.group} of ${look.name} waits behind one message that was received ${often(blocker.receives)} in vain: ${counted(blocker.waiting, 'message')} behind it, of which none is handed out before it is deleted, expires or goes to a dead-letter queue.`,
      suspects: look.consumers(),
    },
  ]
}

/** Whether what waits in the queue is the blocked group and nothing else to speak of. */
function isWhatWaits({ fifo }: Queue, look: Look, blocked: readonly Finding[]): boolean {
  const height = look.metric('ApproximateNumberOfMessagesVisible', 'Maximum') ?? 0
  return blocked.length > 0 && fifo!.blocker!.waiting >= MOST_OF_IT * height
}

/** A message group of a standard queue that takes so much that the others go first (SQS-61). */
function noisyGroups({ messages: { tenants } }: Queue, look: Look): Finding[] {
  // Alone in a queue nobody is kept waiting.
  if (tenants === null || tenants.noted.count === 0 || tenants.seen < 2) return []
  const { noted, lastNoisy } = tenants
  return [
    {
      kind: 'noisy-group',
      from: noted.first,
      to: noted.last,
      share: Math.min(1, lastNoisy.share),
      title: 'A noisy group waits for the others',
      text: `The group ${lastNoisy.name} of ${look.name} took more than its share of the consumers: while it has a backlog, the messages of all quieter groups go first.`,
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

function backlog(look: Look): Finding[] {
  const step = Math.max(1, Math.ceil(look.now / MINUTE / MOMENTS)) * MINUTE
  const visible: number[] = []
  for (let at = 0; at < look.now; at += step)
    visible.push(
      look.metric('ApproximateNumberOfMessagesVisible', 'Maximum', at, Math.min(look.now + 1, at + step)) ?? 0,
    )
  let top = 0
  for (let i = 1; i < visible.length; i++) if (visible[i] > visible[top]) top = i
  const height = visible[top]
  let start = top
  while (start > 0 && visible[start - 1] > LOW * height) start--
  let end = top
  while (end < visible.length && visible[end] > LOW * height) end++
  const from = start * step
  const peak = Math.min(look.now, (top + 1) * step)
  const oldest = look.metric('ApproximateAgeOfOldestMessage', 'Maximum', from, peak + 1) ?? 0
  if (height < BACKLOG || oldest < WAIT || peak <= look.warmUp) return []
  if ((look.metric('NumberOfMessagesReceived', 'Sum', 0) ?? 0) === 0) return [unread(look, from, height)]
  const seconds = (peak - from) / SECOND
  const sent = (look.metric('NumberOfMessagesSent', 'Sum', from, peak) ?? 0) / seconds
  const growth = height / seconds
  const left = visible[visible.length - 1]
  const drained = end < visible.length
  return [
    {
      kind: 'backlog',
      from,
      to: drained ? end * step : look.now,
      share: Math.min(1, growth / Math.max(growth, sent)),
      title: drained
        ? 'A backlog builds up and drains'
        : top === visible.length - 1
          ? 'The backlog grows'
          : 'The backlog is not drained',
      text:
        `${rate(sent, 'message')} come and ${rate(Math.max(0, sent - growth))} leave: ${count(height)} wait after ${time(peak - from)}, the oldest for ${time(oldest * SECOND)}. ` +
        (drained ? `It took ${time(end * step - peak)} to drain.` : remaining(height, left, look.now - peak)),
      suspects: look.consumers(),
    },
  ]
}

/** Messages come, and nobody ever receives one. */
function unread(look: Look, from: number, height: number): Finding {
  return {
    kind: 'unread-queue',
    from,
    to: look.now,
    share: 0.5,
    title: 'Nobody reads the queue',
    text: `${count(height)} messages have come to ${look.name} and none was ever received: nothing that is simulated reads it.`,
  }
}

/** How a backlog stands at the end: from `height` at its top, `left` after so long (µs). */
function remaining(height: number, left: number, since: number): string {
  if (since < MINUTE || left >= height) return 'At the end it still grows.'
  return `At the end ${count(left)} still wait, at this pace for ${time((left / (height - left)) * since)} more.`
}

function worksTooLong(q: Queue, look: Look): Finding[] {
  const { lateDeletes } = q
  const receives = received(look)
  const share = lateDeletes.count / Math.max(1, receives)
  if (lateDeletes.count < LEAST || share < LEAST_SHARE) return []
  return [
    {
      kind: 'visibility-too-short',
      from: lateDeletes.first,
      to: lateDeletes.last,
      share,
      title: 'Messages come back while they are worked on',
      text: `${counted(lateDeletes.count, 'message')} of ${look.name} ${lateDeletes.count === 1 ? 'was' : 'were'} done with only after the visibility timeout of ${exactTime(q.visibilityTimeout)} was over: the queue hands such messages out again, and the work is done twice. ${count(receives)} receives served ${count(came(look))} messages.`,
      suspects: look.consumers(),
    },
  ]
}

function givenUp(q: Queue, look: Look): Finding[] {
  const { buried, receivesMax } = q.moves
  if (buried.count === 0) return []
  const all = Math.max(1, came(look))
  const along = q.returned.count - buried.count * receivesMax
  const takesOthers = along > buried.count * receivesMax
  return [
    {
      kind: 'dead-letters',
      from: buried.first,
      to: buried.last,
      share: Math.min(1, (buried.count + Math.max(0, along)) / all),
      title: takesOthers ? 'Bad messages take their batches along' : 'Messages are given up',
      text:
        `${counted(buried.count, 'message')} of ${look.name} (${percent(buried.count / all)}) ${buried.count === 1 ? 'was' : 'were'} received ${often(receivesMax)} without success and went to the dead-letter queue.` +
        (takesOthers
          ? ` Other messages of the same batches came back ${count(along)} times, ${times(along / buried.count)} for each that was given up.`
          : ''),
      suspects: look.consumers(),
    },
  ]
}

/** Messages that come back without having been worked on for too long: whoever received them failed, or never began. */
function comesBack(q: Queue, look: Look): Finding[] {
  const { returned } = q
  const share = returned.count / Math.max(1, received(look))
  if (q.moves.buried.count > 0) return []
  if (returned.count < LEAST || share < LEAST_SHARE) return []
  return [
    {
      kind: 'redelivery',
      from: returned.first,
      to: returned.last,
      share,
      title: 'Messages are handed out again and again',
      text: `${percent(share)} of the receives of ${look.name} ended without a delete within the visibility timeout of ${exactTime(q.visibilityTimeout)}: ${count(received(look))} receives served ${count(came(look))} messages.`,
      suspects: look.consumers(),
    },
  ]
}

/** Messages sent to the queue, and handed out by it, since the warm-up. */
function came(look: Look): number {
  return look.metric('NumberOfMessagesSent', 'Sum') ?? 0
}

function received(look: Look): number {
  return look.metric('NumberOfMessagesReceived', 'Sum') ?? 0
}
