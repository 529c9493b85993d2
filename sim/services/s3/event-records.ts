// What a notification carries: the record of an event as S3 writes it (S3-R36).
import { isoText } from '../../parts/calendar.ts'
import { hexOf } from '../../parts/hex.ts'
import { jsonSize } from '../../parts/json-size.ts'
import type { ServiceEvent } from '../../parts/service-events.ts'
import type { Told } from './contents.ts'

/** Where events come from. */
export interface Origin {
  /** The bucket's name. */
  readonly bucket: string
  /** The bucket as records name it; all of them share it. */
  readonly part: unknown
}

export function originOf(bucket: string): Origin {
  const part = Object.freeze({ name: bucket, ownerIdentity: OWNER, arn: `arn:aws:s3:::${bucket}` })
  return { bucket, part }
}

const REGION = 'us-east-1'
const OWNER = Object.freeze({ principalId: 'EXAMPLE' })
const REQUEST = Object.freeze({ sourceIPAddress: '127.0.0.1' })

/** One record. `id` is the configuration's; `moment` in µs since 1970. */
export function recordOf({ bucket, part }: Origin, name: string, id: string, told: Told, moment: number): unknown {
  const { key, size, etag, serial, versionId, isMarker } = told
  const sequencer = sequencerOf(serial)
  const isGone = tellsOfNothing(name, isMarker)
  const object: Record<string, unknown> = isGone
    ? { key: encodedKey(key) }
    : { key: encodedKey(key), size, eTag: etag.slice(1, -1) }
  if (versionId !== undefined) object['versionId'] = versionId
  object['sequencer'] = sequencer
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: REGION,
    eventTime: isoText(moment, 3),
    eventName: name,
    userIdentity: OWNER,
    requestParameters: REQUEST,
    responseElements: { 'x-amz-request-id': sequencer, 'x-amz-id-2': bucket },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: id,
      bucket: part,
      object,
    },
  }
}

/** Whether what an event tells of is there no more: then it has no size and no tag. */
function tellsOfNothing(name: string, isMarker: boolean): boolean {
  return !isMarker && (name.startsWith('ObjectRemoved') || name.startsWith('LifecycleExpiration'))
}

/** Bytes of messages with one record, as its JSON: what is always the same is measured once for each kind of event. */
export class RecordSizes {
  /** By event, then by whether it tells of a marker and of a version: bytes with an empty key, tag and version and the size 0. */
  private readonly frames = new Map<string, Float64Array>()

  sizeOf(origin: Origin, name: string, id: string, told: Told): number {
    const { key, size, etag, versionId, isMarker } = told
    let frames = this.frames.get(name)
    if (frames === undefined) this.frames.set(name, (frames = new Float64Array(4)))
    const kind = (isMarker ? 2 : 0) + (versionId === undefined ? 0 : 1)
    if (frames[kind] === 0) {
      const empty = { ...told, key: '', size: 0, etag: '""', ...(versionId === undefined ? {} : { versionId: '' }) }
      frames[kind] = jsonSize({ Records: [recordOf(origin, name, id, empty, 0)] })
    }
    // Keys are encoded, tags and versions are digits and letters: a byte each.
    const about = tellsOfNothing(name, isMarker) ? 0 : jsonSize(size) - 1 + etag.length - 2
    return frames[kind] + encodedKey(key).length + about + (versionId?.length ?? 0)
  }
}

/** An event as the default bus gets it (S3-R41); undefined for what is told to queues, topics and functions alone. */
export function busEventOf({ bucket }: Origin, name: string, api: string, told: Told): ServiceEvent | undefined {
  const { key, size, etag, serial, versionId, isMarker, storageClass } = told
  const type = BUS_TYPES.find(([prefix]) => name.startsWith(prefix))?.[1]
  if (type === undefined) return undefined
  const isRemoval = type === 'Object Deleted'
  return {
    Source: 'aws.s3',
    DetailType: type,
    Resources: [`arn:aws:s3:::${bucket}`],
    Detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        ...(isRemoval ? {} : { size }),
        ...(isRemoval && !isMarker ? {} : { etag: etag.slice(1, -1) }),
        ...(versionId === undefined ? {} : { 'version-id': versionId }),
        sequencer: sequencerOf(serial),
      },
      'request-id': sequencerOf(serial),
      requester: 'EXAMPLE',
      'source-ip-address': '127.0.0.1',
      ...(type === 'Object Storage Class Changed' ? { 'destination-storage-class': storageClass } : { reason: api }),
      ...(isRemoval ? { 'deletion-type': isMarker ? 'Delete Marker Created' : 'Permanently Deleted' } : {}),
    },
  }
}

const BUS_TYPES = [
  ['ObjectCreated:', 'Object Created'],
  ['ObjectRemoved:', 'Object Deleted'],
  ['LifecycleExpiration:', 'Object Deleted'],
  ['LifecycleTransition', 'Object Storage Class Changed'],
] as const

/** Sent when a configuration is saved (S3-R33). */
export function testEventOf({ bucket }: Origin, moment: number): unknown {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: isoText(moment, 3),
    Bucket: bucket,
    RequestId: sequencerOf(0),
    HostId: bucket,
  }
}

/** Of two events of one key, the later has the greater text (S3-R37). */
export function sequencerOf(serial: number): string {
  return hexOf(serial, 18, true)
}

/** A key as events carry it: URL-encoded, a space as `+` (S3-R59). */
export function encodedKey(key: string): string {
  if (/^[\w./-]*$/.test(key)) return key
  return encodeURIComponent(key.replace(LONE_SURROGATE, '\ufffd')).replace(/%2F/g, '/').replace(/%20/g, '+')
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
