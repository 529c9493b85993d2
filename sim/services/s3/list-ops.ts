// Lists of keys, a page at a time, and deletes of many keys in one request.
import type { Call } from '../../engine/calls.ts'
import { isoText } from '../../parts/calendar.ts'
import { entriesOf, isMap } from '../../parts/entries.ts'
import type { Bucket } from './bucket-state.ts'
import { causeOf, remove } from './object-ops.ts'

export function listObjects(self: Bucket, call: Call): void {
  const { sim } = self
  const body = self.bodyOf(call)
  const prefix = String(body['Prefix'] ?? '')
  const wanted: unknown = body['MaxKeys'] ?? sim.quota('KeysPerList')
  const isCount = typeof wanted === 'number' && wanted >= 0
  const refusal =
    self.refusalOf('s3:ListBucket', prefix, body, false) || (isCount ? 0 : sim.error('InvalidArgument', 400))
  if (refusal !== 0) {
    self.answer(call, 'List', prefix, refusal)
    return
  }
  const most = Math.min(wanted as number, sim.quota('KeysPerList'))
  const page = pageOf(self, {
    prefix,
    delimiter: body['Delimiter'] === undefined ? '' : String(body['Delimiter']),
    from: startOf(body, prefix),
    most,
  })
  const { contents, prefixes, next } = page
  sim.calls.answer[call] = {
    KeyCount: contents.length + prefixes.length,
    MaxKeys: most,
    IsTruncated: next !== undefined,
    Contents: contents,
    ...(prefixes.length > 0 ? { CommonPrefixes: prefixes.map((each) => ({ Prefix: each })) } : undefined),
    ...(next === undefined ? undefined : { NextContinuationToken: next }),
  }
  self.answer(call, 'List', prefix, 0)
}

/** Where a page begins: at its token, behind `StartAfter`, or at the prefix. */
function startOf(body: Readonly<Record<string, any>>, prefix: string): string {
  const { ContinuationToken: token, StartAfter: after } = body
  if (token !== undefined) return String(token)
  if (after === undefined) return prefix
  const start = `${String(after)}\0`
  return start > prefix ? start : prefix
}

interface Wanted {
  readonly prefix: string
  /** Empty = none. */
  readonly delimiter: string
  /** The first key that may be on the page. */
  readonly from: string
  readonly most: number
}

interface Page {
  readonly contents: object[]
  readonly prefixes: string[]
  /** Where the next page begins; undefined = this is the last. */
  readonly next: string | undefined
}

function pageOf(self: Bucket, { prefix, delimiter, from, most }: Wanted): Page {
  const { objects, stale, now } = self
  const order = objects.inOrder()
  const contents: object[] = []
  const prefixes: string[] = []
  const lingering = stale === null ? [] : stale.lingering(now).filter((key) => objects.newest(key) < 0)
  let at = from
  for (;;) {
    const key = firstOf(order.slice(at, undefined, 1)[0], lingering, at)
    if (key === undefined || !key.startsWith(prefix)) return { contents, prefixes, next: undefined }
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length)
    const entry = entryOf(self, key)
    if (contents.length + prefixes.length >= most && entry !== undefined) return { contents, prefixes, next: at }
    at = common === undefined || entry === undefined ? `${key}\0` : behind(common, key)
    if (entry === undefined) continue
    if (common === undefined) contents.push(entry)
    else prefixes.push(common)
  }
}

/** The first text behind all that begin with a common prefix; behind a key of them where there is none. */
function behind(common: string, key: string): string {
  const last = common.charCodeAt(common.length - 1)
  return last === 0xffff ? `${key}\0` : common.slice(0, -1) + String.fromCharCode(last + 1)
}

/** The lesser of the next key in order and the next that only lists still see. */
function firstOf(key: string | undefined, lingering: readonly string[], from: string): string | undefined {
  const other = lingering.find((each) => each >= from)
  return key === undefined || (other !== undefined && other < key) ? other : key
}

/** What a list says of a key; undefined for a delete marker, and for what lists do not see yet. */
function entryOf({ objects, stale, now, sim }: Bucket, key: string): object | undefined {
  const before = stale?.seen(key, now)
  if (before !== undefined)
    return before.size < 0
      ? undefined
      : {
          Key: key,
          Size: before.size,
          ETag: before.etag,
          LastModified: isoText(sim.startsAt + before.at),
          StorageClass: 'STANDARD',
        }
  const row = objects.newest(key)
  if (objects.isMarker(row)) return undefined
  return {
    Key: key,
    Size: objects.size[row],
    ETag: objects.etag(row),
    LastModified: isoText(sim.startsAt + objects.at[row]),
    StorageClass: objects.classOf(row),
  }
}

/** Up to 1,000 keys at once, each with an event of its own (S3-R57); each takes a write of its prefix. */
export function deleteObjects(self: Bucket, call: Call): void {
  const { sim } = self
  const body = self.bodyOf(call)
  const objects: unknown = body['Delete']?.Objects
  // A key alone stands for its object.
  const wanted = entriesOf(Array.isArray(objects) ? objects.map((each) => (isMap(each) ? each : { Key: each })) : [])
  const status = self.isDeleted
    ? sim.error('NoSuchBucket', 404)
    : wanted.length === 0 || wanted.length > sim.quota('KeysPerDelete')
      ? sim.error('MalformedXML', 400)
      : 0
  if (status !== 0) {
    self.answer(call, 'Post', '', status)
    return
  }
  const deleted: object[] = []
  const errors: object[] = []
  for (const { Key: name, VersionId: versionId } of wanted) {
    const key = String(name)
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
    const refusal = self.refusalOf(action, key, body, true)
    if (refusal === 0) deleted.push({ Key: key, ...remove(self, key, versionId, causeOf(self, call)) })
    else errors.push({ Key: key, Code: sim.errors.names[refusal] })
  }
  sim.calls.answer[call] = {
    ...(body['Delete']?.Quiet === true ? undefined : { Deleted: deleted }),
    ...(errors.length > 0 ? { Errors: errors } : undefined),
  }
  self.answer(call, 'Post', '', 0)
}
