// Events and the entries that they are made of: what PutEvents takes, what it refuses, and how large an entry is.
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { OWN_SOURCES, TIME_SIZE } from './event-bus.facts.ts'
import { parseJson } from '../../parts/json-text.ts'

/** An event as rules see it and targets get it (EB-01). Made once, never changed. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly unknown[]
  readonly detail: unknown
  readonly 'replay-name'?: string
}

/** An entry of PutEvents by the API's names. */
export interface Entry {
  readonly Source?: unknown
  readonly DetailType?: unknown
  readonly Detail?: unknown
  readonly Resources?: readonly unknown[]
  readonly Time?: unknown
  readonly EventBusName?: unknown
}

export interface EntryRefusal {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

/** Bytes of an entry (EB-02). */
export function entrySize({
  Source: source,
  DetailType: type,
  Detail: detail,
  Resources: resources,
  Time: time,
}: Entry): number {
  let bytes = time === undefined ? 0 : TIME_SIZE
  if (source !== undefined) bytes += utf8Size(String(source))
  if (type !== undefined) bytes += utf8Size(String(type))
  if (detail !== undefined) bytes += typeof detail === 'string' ? utf8Size(detail) : jsonSize(detail)
  for (const resource of resources ?? []) if (resource !== undefined) bytes += utf8Size(String(resource))
  return bytes
}

/** The detail of an entry as a value; undefined when it is no JSON object, or nested too deeply. */
export function detailOf(detail: unknown): Readonly<Record<string, unknown>> | undefined {
  const value = typeof detail === 'string' ? parseJson(detail) : detail
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

/** What is wrong with an entry, in AWS's words; undefined = nothing. `isOwn` = an AWS service speaks. */
export function refusalOf(entry: Entry, isOwn: boolean): EntryRefusal | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const)
    if (entry[name] === undefined || entry[name] === null || entry[name] === '')
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      }
  if (!isOwn && String(entry.Source).startsWith(OWN_SOURCES))
    return { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' }
  return detailOf(entry.Detail) === undefined
    ? { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
    : undefined
}
