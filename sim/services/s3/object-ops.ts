// The operations on single objects: put, get, head, delete, copy.
import type { Call } from '../../engine/calls.ts'
import { isoText } from '../../parts/calendar.ts'
import { UNWRITTEN_TAG, type Bucket } from './bucket-state.ts'
import { keptContent, sizeOf } from './contents.ts'
import { MARKER, NONE } from './objects.ts'
import { isLifetime, signedDate } from './presigned.ts'
import type { Before } from './stale.ts'
import type { Transfer } from './transfers.ts'

const CREATED = { name: 'ObjectCreated:Put', api: 'PutObject' }
const COPIED = { name: 'ObjectCreated:Copy', api: 'CopyObject' }
const DELETED = { name: 'ObjectRemoved:Delete', api: 'DeleteObject' }
const MARKED = { name: 'ObjectRemoved:DeleteMarkerCreated', api: 'DeleteObject' }

/** The key that a call names. */
export function keyOf(body: Readonly<Record<string, any>>): string {
  return String(body['Key'] ?? '')
}

/** The chain of calls that a change belongs to: `Calls.trace` and `Calls.hops`. */
interface Cause {
  readonly trace: number
  readonly hops: number
}

export function causeOf({ sim }: Bucket, call: Call): Cause {
  return { trace: sim.calls.trace[call], hops: sim.calls.hops[call] }
}

export function putObject(self: Bucket, call: Call): void {
  const { sim } = self
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const size = sizeOf(body)
  const refusal =
    self.refusalOf('s3:PutObject', key, body, true) ||
    (key === '' ? sim.error('InvalidArgument', 400) : 0) ||
    (size > sim.quota('PutSize') ? sim.error('EntityTooLarge', 400) : 0) ||
    writeRefusal(self, key, body)
  if (refusal !== 0) {
    self.answer(call, 'Put', key, refusal)
    return
  }
  const newest = self.objects.newest(key)
  const found = newest === NONE ? NONE : self.objects.serial[newest]
  const took = self.uploadTime(size)
  const transfer = { call, isPart: false, key, size, at: self.now, took, found }
  if (took === 0) objectTransferred(self, transfer)
  else sim.after(took, self.timers.transferred, self.transfers.add(transfer))
}

/** The last byte of an object has come: it takes effect as a whole. */
export function objectTransferred(self: Bucket, { call, key, size, at, took, found }: Transfer): void {
  const { sim, objects } = self
  const body = self.bodyOf(call)
  const newest = objects.newest(key)
  const isCondition = self.conditional && (body['IfNoneMatch'] !== undefined || body['IfMatch'] !== undefined)
  if (isCondition && (newest === NONE ? NONE : objects.serial[newest]) !== found) {
    self.answer(call, 'Put', key, sim.error('ConditionalRequestConflict', 409), { up: size, before: took })
    return
  }
  const label: unknown = body['CacheControl']
  const cacheControl = typeof label === 'string' ? label.slice(0, 1_000) : undefined
  const row = self.write(key, { size, at, cacheControl, ...causeOf(self, call), ...keptContent(body['Body']) }, CREATED)
  sim.calls.answer[call] = {
    ETag: objects.etag(row),
    ...(self.versioning === 'Unversioned' ? undefined : { VersionId: objects.versionId(row) }),
  }
  self.answer(call, 'Put', key, 0, { up: size, before: took })
}

/** Conditions of a write (S3-R11): `IfNoneMatch: '*'` wants no such key, `IfMatch` this very object. */
function writeRefusal(self: Bucket, key: string, body: Readonly<Record<string, any>>): number {
  const { sim, objects } = self
  if (!self.conditional) return 0
  const newest = objects.newest(key)
  const isThere = newest !== NONE && !objects.isMarker(newest)
  if (body['IfNoneMatch'] === '*' && isThere) return sim.error('PreconditionFailed', 412)
  const wanted: unknown = body['IfMatch']
  if (wanted === undefined) return 0
  if (!isThere) return sim.error('NoSuchKey', 404)
  return wanted === '*' || wanted === objects.etag(newest) ? 0 : sim.error('PreconditionFailed', 412)
}

export function getObject(self: Bucket, call: Call): void {
  read(self, call, 's3:GetObject', 'Get')
}

export function headObject(self: Bucket, call: Call): void {
  read(self, call, 's3:GetObject', 'Head')
}

/** What a read finds: a version, what was there before a change has spread, or something from before the run. */
interface Found {
  readonly size: number
  /** µs; NaN = long ago. */
  readonly at: number
  readonly etag: string
  readonly versionId: string | undefined
  readonly content: unknown
  readonly cacheControl: string | undefined
}

function read(self: Bucket, call: Call, action: string, kind: 'Get' | 'Head'): void {
  const { sim } = self
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const refusal = self.refusalOf(action, key, body, false)
  const found = refusal === 0 ? find(self, call, key, kind, body['VersionId']) : refusal
  if (typeof found === 'number') {
    self.answer(call, kind, key, found)
    return
  }
  const status = readRefusal(self, body, found)
  const range = status === 0 ? rangeOf(body['Range'], found.size) : undefined
  if (status !== 0 || range === null) {
    self.answer(call, kind, key, status === 0 ? sim.error('InvalidRange', 416) : status)
    return
  }
  const size = range === undefined ? found.size : range.to - range.from + 1
  sim.calls.answer[call] = {
    ContentLength: size,
    ETag: found.etag,
    ...(found.at >= 0 ? { LastModified: isoText(sim.startsAt + found.at) } : undefined),
    ...(range === undefined ? undefined : { ContentRange: `bytes ${range.from}-${range.to}/${found.size}` }),
    ...(found.versionId === undefined ? undefined : { VersionId: found.versionId }),
    ...(found.cacheControl === undefined ? undefined : { CacheControl: found.cacheControl }),
    ...(kind === 'Get' && range === undefined && found.content !== undefined ? { Body: found.content } : undefined),
  }
  self.answer(call, kind, key, 0, kind === 'Get' ? { down: size } : undefined)
}

/** What a read of a key finds, or the status by which it fails. */
function find(self: Bucket, call: Call, key: string, kind: 'Get' | 'Head', versionId: unknown): Found | number {
  const { sim, objects } = self
  const stale = versionId === undefined ? self.stale?.seen(key, self.now) : undefined
  if (stale !== undefined && stale.size >= 0) return foundBefore(self, stale)
  const row = versionId === undefined ? objects.newest(key) : objects.version(key, versionId)
  if (row === NONE && versionId !== undefined) return sim.error('NoSuchVersion', 404)
  if (row === NONE) {
    if (!self.isThere) return self.notFound
    const size = self.unwrittenSize.draw(self.unwrittenRng)
    return { size, at: NaN, etag: UNWRITTEN_TAG, versionId: undefined, content: undefined, cacheControl: undefined }
  }
  if (objects.isMarker(row)) {
    sim.calls.answer[call] = { DeleteMarker: true, VersionId: objects.versionId(row) }
    return versionId === undefined ? self.notFound : sim.error('MethodNotAllowed', 405)
  }
  // What lies in an archive has to be restored before it can be read; what is known of it can be read all the same.
  if (kind === 'Get' && objects.isArchived(row)) return sim.error('InvalidObjectState', 403)
  return {
    size: objects.size[row],
    at: objects.at[row],
    etag: objects.etag(row),
    versionId: self.versioning === 'Unversioned' ? undefined : objects.versionId(row),
    content: objects.content(row),
    cacheControl: objects.cacheControl(row),
  }
}

function foundBefore(self: Bucket, { size, at, etag, versionId, content }: Before): Found {
  const known = self.versioning === 'Unversioned' ? undefined : versionId
  return { size, at, etag, versionId: known, content, cacheControl: undefined }
}

function readRefusal({ sim }: Bucket, body: Readonly<Record<string, any>>, { etag }: Found): number {
  if (body['IfMatch'] !== undefined && body['IfMatch'] !== etag) return sim.error('PreconditionFailed', 412)
  return body['IfNoneMatch'] === etag ? sim.error('NotModified', 304) : 0
}

/** A range of bytes (`bytes=0-99`, `bytes=100-`, `bytes=-100`); undefined = all of it, null = beyond the object. */
function rangeOf(text: unknown, size: number): { readonly from: number; readonly to: number } | null | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(String(text))
  if (match === null || (match[1] === '' && match[2] === '')) return undefined
  const last = match[1] === '' ? Number(match[2]) : 0
  const from = match[1] === '' ? Math.max(0, size - last) : Number(match[1])
  const to = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]))
  return from >= size || from > to ? null : { from, to }
}

export function deleteObject(self: Bucket, call: Call): void {
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const { VersionId: versionId } = body
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
  const refusal = self.refusalOf(action, key, body, true)
  if (refusal === 0) self.sim.calls.answer[call] = remove(self, key, versionId, causeOf(self, call))
  self.answer(call, 'Delete', key, refusal)
}

/** Deletes a version for good, or puts a delete marker in front of all, or deletes the only version (S3-R21, S3-R22, S3-R34). */
export function remove(self: Bucket, key: string, versionId: unknown, cause: Cause): object {
  const { objects } = self
  if (versionId !== undefined) {
    const row = objects.version(key, versionId)
    if (row === NONE) return { VersionId: versionId }
    const wasMarker = objects.isMarker(row)
    noteChange(self, key)
    tellRemoval(self, key, row, cause)
    self.remove(key, row)
    return { VersionId: versionId, ...(wasMarker ? { DeleteMarker: true } : undefined) }
  }
  if (self.versioning === 'Unversioned') {
    const row = objects.newest(key)
    if (row === NONE) return NOTHING
    noteChange(self, key)
    tellRemoval(self, key, row, cause)
    self.remove(key, row)
    return NOTHING
  }
  const row = self.write(key, { size: 0, at: self.now, ...cause, flags: MARKER }, MARKED)
  return { DeleteMarker: true, VersionId: objects.versionId(row) }
}

/** A removal has a place of its own in the order of a key's events. */
function tellRemoval(self: Bucket, key: string, row: number, { trace, hops }: Cause): void {
  self.notifications.tell(DELETED, { ...self.toldOf(key, row), serial: ++self.serial }, trace, hops)
}

function noteChange(self: Bucket, key: string): void {
  const { objects } = self
  const row = objects.newest(key)
  self.changes(key, true)
  self.stale?.note(key, row, objects, self.now, objects.isMarker(row))
}

export function copyObject(self: Bucket, call: Call): void {
  const { sim, objects } = self
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const from = sourceOf(self, body['CopySource'])
  const refusal = self.refusalOf('s3:PutObject', key, body, true) || copyRefusal(self, from)
  if (refusal !== 0 || from === undefined) {
    self.answer(call, 'Put', key, refusal || sim.error('InvalidArgument', 400))
    return
  }
  const { bucket, row } = from
  const source = bucket.objects
  const size = source.size[row]
  const time = self.uploadTime(size)
  const content = keptContent(source.content(row))
  const cacheControl = source.cacheControl(row)
  const made = self.write(key, { size, at: self.now, cacheControl, ...causeOf(self, call), ...content }, COPIED)
  sim.calls.answer[call] = {
    CopyObjectResult: { ETag: objects.etag(made) },
    ...(self.versioning === 'Unversioned' ? undefined : { VersionId: objects.versionId(made) }),
  }
  self.answer(call, 'Put', key, 0, { after: time })
}

interface Source {
  readonly bucket: Bucket
  readonly key: string
  readonly row: number
}

/** What `bucket/key` or `bucket/key?versionId=…` stands for; the bucket by its logical id or its name. */
function sourceOf(self: Bucket, text: unknown): Source | undefined {
  const match = /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.*))?$/s.exec(String(text))
  if (match === null) return undefined
  const [, name, key = '', versionId] = match
  const names = self.config['Buckets'] as readonly string[]
  const bucket = names
    .map((each) => self.sim.peer<Bucket>(each))
    .find(({ sim }) => sim.name === name || sim.physicalName === name)
  if (bucket === undefined) return undefined
  const row = versionId === undefined ? bucket.objects.newest(key) : bucket.objects.version(key, versionId)
  return { bucket, key, row }
}

function copyRefusal({ sim, now }: Bucket, from: Source | undefined): number {
  if (from === undefined) return 0
  const { bucket, key, row } = from
  if (bucket.isDeleted) return sim.error('NoSuchBucket', 404)
  if (!bucket.prefixes.admits(now, key, false)) return sim.error('SlowDown', 503)
  if (row === NONE || bucket.objects.isMarker(row)) return bucket.notFound
  return bucket.objects.size[row] > sim.quota('CopySize') ? sim.error('InvalidRequest', 400) : 0
}

/** Makes the parameters of a signed address; a computation of the client's alone, which costs no request. */
export function presign(self: Bucket, call: Call): void {
  const { sim } = self
  const { ExpiresIn: seconds = 3600, SessionExpiration: expiration, Key: key } = self.bodyOf(call)
  if (!isLifetime(seconds)) {
    sim.reply(call, sim.error('AuthorizationQueryParametersError', 400))
    return
  }
  sim.calls.answer[call] = {
    Key: key,
    'X-Amz-Date': signedDate(sim.startsAt + self.now),
    'X-Amz-Expires': seconds,
    ...(expiration === undefined ? undefined : { 'X-Amz-Security-Token': { Expiration: expiration } }),
  }
  sim.reply(call, 0)
}

const NOTHING = Object.freeze({})
