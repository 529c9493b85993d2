// The operations of a log group.
import type { Call } from '../../engine/calls.ts'
import { utf8Size } from '../../parts/json-size.ts'
import { matchLine, parsePattern, PatternError, type FilterPattern } from './filter-pattern.ts'
import { FilterError, metricFilterOf } from './log-filters.ts'
import { EVENT_OVERHEAD, RETENTION_DAYS } from './log-group.facts.ts'
import { eventId, type Line, type LogGroup } from './log-group-state.ts'
import type { LogEvent } from './log-store.ts'

const SECOND = 1_000_000
const HOUR = 3_600 * SECOND
const DAY = 24 * HOUR
/** The stream of a caller that names none. */
const DEFAULT_STREAM = 'default'
/** Events of one answer. */
const PAGE = 10_000

type Body = Readonly<Record<string, any>>

const bodyOf = (self: LogGroup, call: Call): Body => (self.sim.calls.body[call] ?? {}) as Body

export function putLogEvents(self: LogGroup, call: Call): void {
  const { sim, now } = self
  const { logStreamName: stream = DEFAULT_STREAM, logEvents: given } = bodyOf(self, call)
  if (!self.admits()) return self.answer(call, null, sim.error('ThrottlingException', 400))
  if (stream !== DEFAULT_STREAM && !self.store.streams.has(String(stream)))
    return self.refuse(call, 'ResourceNotFoundException', 'The specified log stream does not exist.')
  const lines = linesOf(self, given)
  if (typeof lines === 'string') return self.refuse(call, 'InvalidParameterException', lines)
  // What is too old or too new is left out, and the answer says where (CW-52).
  const age = Math.min(14 * DAY, self.store.retention)
  const taken = lines.filter(({ at }) => at >= now - age && at <= now + 2 * HOUR)
  self.rejected += lines.length - taken.length
  self.take(String(stream), taken, sim.calls.trace[call])
  const tooNew = lines.findIndex(({ at }) => at > now + 2 * HOUR)
  const tooOld = lines.findLastIndex(({ at }) => at < now - age)
  self.answer(call, {
    ...(taken.length === lines.length
      ? {}
      : {
          rejectedLogEventsInfo: {
            ...(tooNew < 0 ? {} : { tooNewLogEventStartIndex: tooNew }),
            ...(tooOld < 0 ? {} : { tooOldLogEventEndIndex: tooOld + 1 }),
          },
        }),
  })
}

/** The lines of a request, or what is wrong with it. */
function linesOf(self: LogGroup, given: unknown): readonly Line[] | string {
  const { sim, now } = self
  if (!Array.isArray(given) || given.length === 0)
    return '1 validation error detected: at least one log event is expected.'
  if (given.length > sim.quota('EventsPerRequest')) return 'The batch of log events is too large.'
  const lines: Line[] = []
  let bytes = 0
  for (const event of given as readonly Body[]) {
    const { message, timestamp } = event ?? {}
    if (message === undefined || message === null || message === '') return 'A log event has no message.'
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    const size = utf8Size(text) + EVENT_OVERHEAD
    if (size > sim.quota('EventSize')) return 'Log event too large.'
    const at = timestamp === undefined ? now : Number(timestamp) * 1000 - sim.startsAt
    if (!(at >= (lines.at(-1)?.at ?? -Infinity)))
      return 'Log events in a single PutLogEvents request must be in chronological order.'
    lines.push({ at, message: text })
    bytes += size
  }
  if (bytes > sim.quota('RequestSize')) return 'The batch of log events is too large.'
  return lines.at(-1)!.at - lines[0].at > DAY
    ? 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.'
    : lines
}

/** From another room, without anybody waiting: `{ stream, lines }`. */
export function receiveLines(self: LogGroup, call: Call): void {
  const { sim } = self
  const { stream, lines } = sim.calls.body[call] as { readonly stream: string; readonly lines: readonly Line[] }
  self.take(stream, lines, sim.calls.trace[call])
  sim.reply(call, 0)
}

export function createLogStream(self: LogGroup, call: Call): void {
  const { logStreamName: name } = bodyOf(self, call)
  if (typeof name !== 'string' || !/^[^:*]{1,512}$/.test(name))
    return self.refuse(
      call,
      'InvalidParameterException',
      'The name of a log stream has 1 to 512 characters, without `:` and `*`.',
    )
  if (self.store.streams.has(name))
    return self.refuse(call, 'ResourceAlreadyExistsException', 'The specified log stream already exists')
  self.store.stream(name, self.now)
  self.answer(call, {})
}

export function deleteLogStream(self: LogGroup, call: Call): void {
  const name = String(bodyOf(self, call)['logStreamName'])
  if (!self.store.streams.has(name))
    return self.refuse(call, 'ResourceNotFoundException', 'The specified log stream does not exist.')
  self.store.remove(name)
  self.answer(call, {})
}

export function describeLogStreams(self: LogGroup, call: Call): void {
  const { logStreamNamePrefix: prefix = '', limit = 50 } = bodyOf(self, call)
  const logStreams = [...self.store.streams.values()]
    .filter(({ name }) => name.startsWith(String(prefix)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, Math.max(1, Math.min(50, Number(limit))))
    .map(({ name, createdAt, events, firstAt, lastAt }) => ({
      logStreamName: name,
      creationTime: self.epochMillis(createdAt),
      ...(events === 0
        ? {}
        : { firstEventTimestamp: self.epochMillis(firstAt), lastEventTimestamp: self.epochMillis(lastAt) }),
    }))
  self.answer(call, { logStreams })
}

/** FilterLogEvents, and GetLogEvents with the name of one stream. */
export function filterLogEvents(self: LogGroup, call: Call): void {
  const {
    logStreamName: one,
    logStreamNames: several,
    filterPattern: text = '',
    startTime,
    endTime,
    limit,
  } = bodyOf(self, call)
  let pattern: FilterPattern
  try {
    pattern = parsePattern(String(text))
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return self.refuse(call, 'InvalidParameterException', `Invalid filter pattern: ${error.message}`)
  }
  if (several !== undefined && !Array.isArray(several))
    return self.refuse(call, 'InvalidParameterException', 'logStreamNames is not a list.')
  const streams = one === undefined ? (several as readonly unknown[] | undefined) : [one]
  const isWanted = ({ at, stream, message }: LogEvent): boolean => {
    const time = self.epochMillis(at)
    return (
      (streams === undefined || streams.includes(stream)) &&
      (startTime === undefined || time >= startTime) &&
      (endTime === undefined || time < endTime) &&
      matchLine(pattern, message) !== undefined
    )
  }
  const events = self.store
    .read(self.now)
    .filter(isWanted)
    .slice(0, Math.max(1, Math.min(PAGE, Number(limit ?? PAGE))))
    .map(({ id, at, ingestedAt, stream, message }) => ({
      logStreamName: stream,
      timestamp: self.epochMillis(at),
      message,
      ingestionTime: self.epochMillis(ingestedAt),
      eventId: eventId(id),
    }))
  self.answer(call, { events })
}

export function putRetentionPolicy(self: LogGroup, call: Call): void {
  const { retentionInDays: days } = bodyOf(self, call)
  if (!RETENTION_DAYS.includes(Number(days)))
    return self.refuse(
      call,
      'InvalidParameterException',
      `retentionInDays: ${String(days)} is none of ${RETENTION_DAYS.join(', ')}`,
    )
  self.store.retention = Number(days) * DAY
  self.answer(call, {})
}

export function deleteRetentionPolicy(self: LogGroup, call: Call): void {
  self.store.retention = Infinity
  self.answer(call, {})
}

export function putMetricFilter(self: LogGroup, call: Call): void {
  const { filterName: name, filterPattern: pattern, metricTransformations: given } = bodyOf(self, call)
  try {
    const filter = metricFilterOf(String(name), pattern, given)
    if (
      self.counting.length >= self.sim.quota('MetricFilters') &&
      self.counting.every((each) => each.filter.name !== filter.name)
    )
      return self.refuse(call, 'LimitExceededException', 'Resource limit exceeded.')
    self.addMetricFilter(filter)
    self.answer(call, {})
  } catch (error) {
    if (!(error instanceof PatternError || error instanceof FilterError)) throw error
    self.refuse(call, 'InvalidParameterException', error.message)
  }
}

export function deleteMetricFilter(self: LogGroup, call: Call): void {
  if (self.removeMetricFilter(String(bodyOf(self, call)['filterName']))) self.answer(call, {})
  else self.refuse(call, 'ResourceNotFoundException', 'The specified metric filter does not exist.')
}
