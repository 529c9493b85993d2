// What is written into a bucket and told of it, and how large it is.
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { CONTENT_BYTES_MAX } from './bucket.facts.ts'

/** What is written: an object, or a delete marker. */
export interface Incoming {
  readonly size: number
  /** When the request came, in µs. */
  readonly at: number
  readonly trace: number
  /** `Calls.hops` of the request; 0 when absent. */
  readonly hops?: number
  readonly flags?: number
  readonly parts?: number
  readonly content?: unknown
  readonly contentBytes?: number
  /** For caches in front of the bucket. */
  readonly cacheControl?: string | undefined
}

/** What an event says of an object. */
export interface Told {
  readonly key: string
  readonly size: number
  readonly etag: string
  readonly serial: number
  readonly versionId: string | undefined
  readonly isMarker: boolean
  readonly storageClass: string
}

/** The size of a request's object: as it says, else that of its body. */
export function sizeOf(body: Readonly<Record<string, any>>): number {
  const length: unknown = body['ContentLength']
  return typeof length === 'number' && length >= 0 ? Math.round(length) : contentSize(body['Body'])
}

/** Bytes of a content: of a text in UTF-8, of anything else as JSON. */
export function contentSize(content: unknown): number {
  if (content === undefined || content === null) return 0
  return typeof content === 'string' ? utf8Size(content) : jsonSize(content)
}

/** A content as it is kept: not at all beyond a bound. */
export function keptContent(content: unknown): { readonly content: unknown; readonly contentBytes: number } {
  const bytes = contentSize(content)
  return bytes > CONTENT_BYTES_MAX || content === undefined
    ? { content: undefined, contentBytes: 0 }
    : { content, contentBytes: bytes }
}
