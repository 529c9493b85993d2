// Multipart uploads: begun, given parts in any order, and completed at once or given up (S3-R5, S3-R54).
import type { Call } from '../../engine/calls.ts'
import type { Bucket } from './bucket-state.ts'
import { sizeOf } from './contents.ts'
import { causeOf, keyOf } from './object-ops.ts'
import { etagOf, NONE } from './objects.ts'
import type { Transfer } from './transfers.ts'
import type { Part, Upload } from './uploads.ts'

const COMPLETED = { name: 'ObjectCreated:CompleteMultipartUpload', api: 'CompleteMultipartUpload' }

export function createMultipartUpload(self: Bucket, call: Call): void {
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const refusal = self.refusalOf('s3:PutObject', key, body, true)
  if (refusal === 0) {
    self.sim.calls.answer[call] = { Key: key, UploadId: self.uploads.begin(key, self.now) }
    self.lifecycle.noted(self)
  }
  self.answer(call, 'Post', key, refusal)
}

export function uploadPart(self: Bucket, call: Call): void {
  const { sim } = self
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const size = sizeOf(body)
  const number: unknown = body['PartNumber']
  const isNumber = typeof number === 'number' && number >= 1 && number <= sim.quota('PartsPerUpload')
  const refusal =
    self.refusalOf('s3:PutObject', key, body, true) ||
    (self.uploads.find(body['UploadId'], key) === undefined ? sim.error('NoSuchUpload', 404) : 0) ||
    (isNumber ? 0 : sim.error('InvalidArgument', 400)) ||
    (size > sim.quota('PutSize') ? sim.error('EntityTooLarge', 400) : 0)
  if (refusal !== 0) {
    self.answer(call, 'Put', key, refusal)
    return
  }
  const took = self.uploadTime(size)
  const transfer = { call, isPart: true, key, size, at: self.now, took, found: NONE }
  if (took === 0) partTransferred(self, transfer)
  else sim.after(took, self.timers.transferred, self.transfers.add(transfer))
}

/** The last byte of a part has come; its upload may be over by now. */
export function partTransferred(self: Bucket, { call, key, size, took }: Transfer): void {
  const { sim, uploads } = self
  const body = self.bodyOf(call)
  const upload = uploads.find(body['UploadId'], key)
  if (upload === undefined) {
    self.answer(call, 'Put', key, sim.error('NoSuchUpload', 404), { up: size, before: took })
    return
  }
  const etag = etagOf(++self.serial, 0)
  uploads.put(upload, Number(body['PartNumber']), { size, etag })
  sim.calls.answer[call] = { ETag: etag }
  self.answer(call, 'Put', key, 0, { up: size, before: took })
}

export function completeMultipartUpload(self: Bucket, call: Call): void {
  const { sim, uploads, objects } = self
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const upload = uploads.find(body['UploadId'], key)
  const refusal = self.refusalOf('s3:PutObject', key, body, true)
  const parts =
    refusal !== 0 ? refusal : upload === undefined ? sim.error('NoSuchUpload', 404) : partsOf(self, upload, body)
  if (typeof parts === 'number') {
    self.answer(call, 'Post', key, parts)
    return
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  uploads.end(body['UploadId'])
  const row = self.write(key, { size, at: self.now, ...causeOf(self, call), parts: parts.length }, COMPLETED)
  sim.calls.answer[call] = {
    Key: key,
    ETag: objects.etag(row),
    ...(self.versioning === 'Unversioned' ? undefined : { VersionId: objects.versionId(row) }),
  }
  self.answer(call, 'Post', key, 0)
}

/** The parts of a completed object: those that are listed, else all, in order of their numbers; or why they make none. */
function partsOf({ sim }: Bucket, { parts }: Upload, body: Readonly<Record<string, any>>): readonly Part[] | number {
  const listed = body['MultipartUpload']?.Parts as
    readonly { readonly PartNumber: number; readonly ETag?: unknown }[] | undefined
  const numbers = listed?.map((each) => each.PartNumber) ?? [...parts.keys()].sort((a, b) => a - b)
  if (numbers.length === 0) return sim.error('MalformedXML', 400)
  if (numbers.some((number, i) => i > 0 && number <= numbers[i - 1])) return sim.error('InvalidPartOrder', 400)
  const found = numbers.map((number) => parts.get(number))
  if (found.some((part, i) => part === undefined || (listed?.[i].ETag ?? part.etag) !== part.etag))
    return sim.error('InvalidPart', 400)
  const whole = found as readonly Part[]
  if (whole.slice(0, -1).some(({ size }) => size < sim.quota('PartSizeMin'))) return sim.error('EntityTooSmall', 400)
  const size = whole.reduce((sum, part) => sum + part.size, 0)
  return size > sim.quota('ObjectSize') ? sim.error('EntityTooLarge', 400) : whole
}

export function abortMultipartUpload(self: Bucket, call: Call): void {
  const { sim, uploads } = self
  const body = self.bodyOf(call)
  const key = keyOf(body)
  const refusal =
    self.refusalOf('s3:AbortMultipartUpload', key, body, true) ||
    (uploads.find(body['UploadId'], key) === undefined ? sim.error('NoSuchUpload', 404) : 0)
  if (refusal === 0) uploads.end(body['UploadId'])
  self.answer(call, 'Delete', key, refusal)
}
