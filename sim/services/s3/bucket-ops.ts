// The operations on the bucket itself: versioning, deleting it, creating it again, taking copies from another.
import type { Call } from '../../engine/calls.ts'
import type { Bucket, Versioning } from './bucket-state.ts'
import { keptContent, sizeOf } from './contents.ts'
import { MARKER, REPLICA } from './objects.ts'

const CREATED = { name: 'ObjectCreated:Put', api: 'ReplicateObject' }

/** Versioning is enabled or suspended, never taken back; the change holds some time later (S3-R12, S3-R20). */
export function putBucketVersioning(self: Bucket, call: Call): void {
  const { sim } = self
  const status: unknown = self.bodyOf(call)['VersioningConfiguration']?.Status
  const isStatus = status === 'Enabled' || status === 'Suspended'
  const refusal = self.isDeleted ? sim.error('NoSuchBucket', 404) : isStatus ? 0 : sim.error('MalformedXML', 400)
  if (refusal === 0) {
    self.versioningNext = status as Versioning
    sim.after(self.configurationDelay(), self.timers.versioningChanged, status === 'Enabled' ? 1 : 0)
  }
  self.answer(call, 'Put', '', refusal)
}

/** Timer: a change of versioning holds. */
export function versioningChanged(self: Bucket, isEnabled: number): void {
  self.versioning = isEnabled === 1 ? 'Enabled' : 'Suspended'
}

export function getBucketVersioning(self: Bucket, call: Call): void {
  const { versioningNext: status } = self
  self.sim.calls.answer[call] = status === 'Unversioned' ? {} : { Status: status }
  self.answer(call, 'Get', '', self.isDeleted ? self.sim.error('NoSuchBucket', 404) : 0)
}

/** Only an empty bucket can be deleted; versions, markers and parts count. */
export function deleteBucket(self: Bucket, call: Call): void {
  const { sim } = self
  const isEmpty = self.objects.count === 0 && self.uploads.count === 0
  const refusal = self.isDeleted ? sim.error('NoSuchBucket', 404) : isEmpty ? 0 : sim.error('BucketNotEmpty', 409)
  if (refusal === 0) self.isDeleted = true
  self.answer(call, 'Delete', '', refusal)
}

export function createBucket(self: Bucket, call: Call): void {
  const refusal = self.isDeleted ? 0 : self.sim.error('BucketAlreadyOwnedByYou', 409)
  if (refusal === 0) {
    self.isDeleted = false
    self.versioning = self.versioningNext = 'Unversioned'
  }
  self.answer(call, 'Put', '', refusal)
}

/** Operation `s3:ReplicateObject`: a copy comes from another bucket. */
export function replicateObject(self: Bucket, call: Call): void {
  const body = self.bodyOf(call)
  const key = String(body['Key'])
  const refusal = self.refusalOf('s3:ReplicateObject', key, body, true)
  if (refusal === 0) {
    const isMarker = body['DeleteMarker'] === true
    const flags = isMarker ? MARKER | REPLICA : REPLICA
    const content = keptContent(body['Body'])
    self.write(
      key,
      { size: isMarker ? 0 : sizeOf(body), at: self.now, trace: 0, flags, ...content },
      isMarker ? null : CREATED,
    )
  }
  self.answer(call, 'Put', key, refusal)
}
