// Amazon S3 bucket: objects by key, with versions where they are kept, and events that tell of what happens to them.
//
// The one idea: a bucket is two things. Its keys are divided into partitions, each with a rate of its own; and whatever a write does is
// told to a queue, a topic or a function some time later, by itself.
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import { closeTold } from '../../parts/service-events.ts'
import { gather, parts, props, TYPE } from './bucket-config.ts'
import { assumptions, quotas } from './bucket.facts.ts'
import { findingsOf } from './bucket-insights.ts'
import {
  createBucket,
  deleteBucket,
  getBucketVersioning,
  putBucketVersioning,
  replicateObject,
  versioningChanged,
} from './bucket-ops.ts'
import { prices, unbilled } from './bucket-prices.ts'
import { Bucket } from './bucket-state.ts'
import { prefixCells, readings } from './bucket-view.ts'
import { readCopies } from './copies.ts'
import { deleteObjects, listObjects } from './list-ops.ts'
import { delivered, type NotificationPlan } from './notifications.ts'
import { copyObject, deleteObject, getObject, headObject, objectTransferred, presign, putObject } from './object-ops.ts'
import { replicated } from './replication.ts'
import { requestMetrics } from './request-metrics.ts'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  partTransferred,
  uploadPart,
} from './upload-ops.ts'

const NONE = -1
const SECOND = 1_000_000
const DAY = 86_400 * SECOND

const target = 'Bucket'
const SIGNED = ['X-Amz-Date', 'X-Amz-Expires', 'X-Amz-Security-Token']
const REFUSALS = ['NoSuchBucket', 'AccessDenied', 'KeyTooLongError', 'SlowDown']
const READ = ['Key', 'VersionId', 'Range', 'IfMatch', 'IfNoneMatch', ...SIGNED]
const READ_ERRORS = [
  ...REFUSALS,
  'NoSuchKey',
  'NoSuchVersion',
  'MethodNotAllowed',
  'InvalidObjectState',
  'PreconditionFailed',
  'NotModified',
  'InvalidRange',
]
const LABELS = ['ContentType', 'Metadata', 'ACL', 'Tagging', 'ServerSideEncryption', 'StorageClass']

export const bucket: ServiceDef<Bucket> = {
  type: TYPE,
  family: 'storage',
  namespace: 'AWS/S3',
  dimension: 'BucketName',
  summary: 'A bucket: objects by key, their versions, and events that tell of them.',
  models: [
    'Each partitioned prefix serves so many writes and reads per second, beyond which requests are answered 503 `SlowDown`; a prefix that stays hot is divided at its next `/` (S3-R1 to S3-R3).',
    'Latency by kind and size; large objects take the time of their bytes, and are there as a whole when the last has come (S3-R4, S3-R5, S3-R11).',
    'Strong consistency, and under `notes-2020` reads that see what was there before an overwrite or a delete (S3-R10).',
    'Versions and delete markers, conditional writes, copies, multipart uploads, batches of deletes, lists by prefix and delimiter (S3-R11, S3-R20 to S3-R22, S3-R54, S3-R57, S3-R58).',
    'Notifications to functions, queues and topics by event, prefix and suffix, some time later and in no order; to the default event bus all of them (S3-R41); overlapping configurations and destinations that do not let S3 in are refused (S3-R30 to S3-R38).',
    'Lifecycle rules at midnight of UTC: objects, noncurrent versions, markers and uploads go, objects move to other classes; archived ones cannot be read (S3-R50).',
    'Replication to another bucket of new objects, some time later; of delete markers on request, of deletes of a version never (S3-R51).',
    'Statements of a bucket policy that deny everybody without a condition; signed addresses that expire (S3-R53).',
  ],
  omits: [
    'Contents beyond 256 KB each and 64 MB in all: of those only the size is kept; entity tags are made up.',
    'Identities: every caller may do what the policy does not forbid everybody. Access points, encryption, tags, object lock.',
    'Keys without a further `/` stay in one partition; AWS may divide them anywhere.',
    'Restoring from an archive; storage metrics count all classes together; replicas have version ids of their own.',
    'Changes of the configuration during a run, but for versioning.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled,
  props,
  parts,
  gather,
  entries: () => ['s3:PutObject'],
  carries: (config) => (config['Notifications'] as NotificationPlan).configurations.some(({ to }) => to !== null),
  create: (config: Config, sim: Sim) =>
    new Bucket(config, sim, {
      transferred: sim.target(transferred),
      notificationDue: sim.target(notificationDue),
      versioningChanged: sim.target(versioningChanged),
      midnight: sim.target(midnight),
      replicationDue: sim.target(replicationDue),
      replicationLate: sim.target(replicationLate),
    }),
  ops: {
    's3:PutObject': {
      doc: 'Writes an object; `ContentLength` gives its size in bytes where the body is only a placeholder.',
      target,
      params: ['Key', 'Body', 'ContentLength', 'CacheControl', 'IfMatch', 'IfNoneMatch', ...SIGNED],
      ignored: LABELS,
      errors: [
        ...REFUSALS,
        'InvalidArgument',
        'EntityTooLarge',
        'PreconditionFailed',
        'NoSuchKey',
        'ConditionalRequestConflict',
      ],
      run: putObject,
    },
    's3:GetObject': {
      doc: 'Reads an object or a range of it.',
      target,
      params: READ,
      errors: READ_ERRORS,
      copies: readCopies,
      run: getObject,
    },
    's3:HeadObject': {
      doc: 'Reads what is known of an object.',
      target,
      params: READ,
      errors: READ_ERRORS,
      copies: readCopies,
      run: headObject,
    },
    's3:DeleteObject': {
      doc: 'Deletes an object, or a version of it; with versioning, a delete without a version puts a marker in front.',
      target,
      params: ['Key', 'VersionId', ...SIGNED],
      errors: REFUSALS,
      run: deleteObject,
    },
    's3:DeleteObjects': {
      doc: 'Deletes up to 1,000 objects: `Delete: { Objects: [{ Key, VersionId }], Quiet }`.',
      target,
      params: ['Delete'],
      errors: ['NoSuchBucket', 'MalformedXML'],
      run: deleteObjects,
    },
    's3:CopyObject': {
      doc: 'Copies an object of the same or another bucket: `CopySource: bucket/key`.',
      target,
      params: ['Key', 'CopySource'],
      ignored: [...LABELS, 'CacheControl', 'MetadataDirective', 'TaggingDirective'],
      errors: [...REFUSALS, 'InvalidArgument', 'NoSuchKey', 'InvalidRequest'],
      run: copyObject,
    },
    's3:ListObjectsV2': {
      doc: 'Lists keys by prefix, up to 1,000 a page; what they share up to a delimiter is listed once.',
      target,
      params: ['Prefix', 'Delimiter', 'MaxKeys', 'StartAfter', 'ContinuationToken'],
      ignored: ['FetchOwner', 'EncodingType'],
      errors: [...REFUSALS, 'InvalidArgument'],
      run: listObjects,
    },
    's3:ListBucket': {
      doc: 'The permission behind a list: the same as `s3:ListObjectsV2`.',
      target,
      params: ['Prefix', 'Delimiter', 'MaxKeys', 'StartAfter', 'ContinuationToken'],
      errors: [...REFUSALS, 'InvalidArgument'],
      run: listObjects,
    },
    's3:CreateMultipartUpload': {
      doc: 'Begins an upload in parts.',
      target,
      params: ['Key'],
      ignored: LABELS,
      errors: REFUSALS,
      run: createMultipartUpload,
    },
    's3:UploadPart': {
      doc: 'Puts one part of an upload; nobody sees it before the upload is complete.',
      target,
      params: ['Key', 'UploadId', 'PartNumber', 'Body', 'ContentLength', ...SIGNED],
      errors: [...REFUSALS, 'NoSuchUpload', 'InvalidArgument', 'EntityTooLarge'],
      run: uploadPart,
    },
    's3:CompleteMultipartUpload': {
      doc: 'Makes an object of the parts; without a list, of all.',
      target,
      params: ['Key', 'UploadId', 'MultipartUpload'],
      errors: [
        ...REFUSALS,
        'NoSuchUpload',
        'MalformedXML',
        'InvalidPart',
        'InvalidPartOrder',
        'EntityTooSmall',
        'EntityTooLarge',
      ],
      run: completeMultipartUpload,
    },
    's3:AbortMultipartUpload': {
      doc: 'Gives an upload up with its parts.',
      target,
      params: ['Key', 'UploadId'],
      errors: [...REFUSALS, 'NoSuchUpload'],
      run: abortMultipartUpload,
    },
    's3:ReplicateObject': {
      internal: true,
      doc: 'Takes a copy from another bucket that replicates to this one.',
      target,
      params: ['Key', 'ContentLength', 'Body', 'DeleteMarker'],
      errors: REFUSALS,
      run: replicateObject,
    },
    's3:GeneratePresignedUrl': {
      doc: 'Signs an address, as SDKs do without a request: the parameters that a request made with it carries.',
      target,
      params: ['Key', 'ExpiresIn', 'SessionExpiration'],
      errors: ['AuthorizationQueryParametersError'],
      run: presign,
    },
    's3:PutBucketVersioning': {
      doc: 'Enables or suspends versioning, for good in that it is never taken back.',
      target,
      params: ['VersioningConfiguration'],
      errors: ['NoSuchBucket', 'MalformedXML'],
      run: putBucketVersioning,
    },
    's3:GetBucketVersioning': {
      doc: 'The status of versioning.',
      target,
      errors: ['NoSuchBucket'],
      run: getBucketVersioning,
    },
    's3:DeleteBucket': {
      doc: 'Deletes the bucket when it is empty.',
      target,
      errors: ['NoSuchBucket', 'BucketNotEmpty'],
      run: deleteBucket,
    },
    's3:CreateBucket': {
      doc: 'Creates the bucket again after it was deleted.',
      target,
      errors: ['BucketAlreadyOwnedByYou'],
      run: createBucket,
    },
  },
  timers: {
    transferred,
    notificationDue,
    versioningChanged,
    delivered,
    closeTold,
    midnight,
    replicationDue,
    replicationLate,
    replicated,
  },
  metrics: {
    ...requestMetrics,
    BucketSizeBytes: {
      unit: 'Bytes',
      kind: 'gauge',
      doc: 'Bytes of all objects, versions and parts, once a day.',
      dimensions: { StorageType: 'StandardStorage' },
      period: () => DAY,
      read: (self) => self.objects.bytes + self.uploads.bytes,
    },
    NumberOfObjects: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Objects, versions, delete markers and parts, once a day.',
      dimensions: { StorageType: 'AllStorageTypes' },
      period: () => DAY,
      read: (self) => self.objects.count + self.uploads.parts,
    },
  },
  invariants: {
    'every version that came is there or has gone': (self) => self.added === self.removed + self.objects.count,
    'every copy to another bucket is under way, made or given up': ({ replication }) =>
      replication.started === replication.underWay + replication.copied + replication.failed,
    'every event that was told is under way, has arrived, was lost or was left out': ({ notifications: told }) =>
      told.started === told.inside + told.arrived + told.lost.total + told.cancelled,
  },
  periodEnded: (self, time) => {
    const isHot = self.prefixes.minuteEnded(time)
    const isStale = self.stale !== null && self.stale.sweep(time)
    return isHot || isStale
  },
  insights: findingsOf,
  view: {
    glyph: 'bucket',
    label: 'Bucket',
    detail: (config) => (config['VersioningConfiguration']?.Status === 'Enabled' ? 'versions' : undefined),
    level: (self) => self.objects.count,
    levelMax: (self) => Math.max(1_000, self.objects.count),
    tone: (self) =>
      isRecent(self, self.prefixes.throttled)
        ? 'throttling'
        : isRecent(self, self.notifications.lost)
          ? 'failing'
          : self.requests > 0
            ? 'busy'
            : 'calm',
    readings,
    cells: [prefixCells],
  },
  // An event is told after the write has been answered: it belongs to the request and serves no call of it.
  traced: { answer: 'service time', serves: () => NONE },
  report: (self) => ({
    objects: { versions: self.objects.count, bytes: self.objects.bytes, partsOfUploads: self.uploads.parts },
    prefixes: self.prefixes.list.map(({ prefix, reads, writes, throttled }) => ({ prefix, reads, writes, throttled })),
    events: {
      arrived: self.notifications.arrived,
      lost: self.notifications.lost.count,
      underWay: self.notifications.inside,
    },
  }),
}

function isRecent({ sim }: Bucket, { count, last }: { readonly count: number; readonly last: number }): boolean {
  return count > 0 && sim.clock[0] - last < 10 * SECOND
}

/** Timer: the last byte of an object or a part has come. */
function transferred(self: Bucket, row: number): void {
  const transfer = self.transfers.take(row)
  if (transfer.isPart) partTransferred(self, transfer)
  else objectTransferred(self, transfer)
}

/** Timer: it is midnight, and a rule may want something. */
function midnight(self: Bucket): void {
  self.lifecycle.run(self)
}

/** Timer: a copy is made. */
function replicationDue(self: Bucket, id: number): void {
  self.replication.copy(self, id)
}

/** Timer: a copy should have been made by now. */
function replicationLate(self: Bucket, id: number): void {
  self.replication.late(self, id)
}

/** Timer: an event has come to its destination. */
function notificationDue(self: Bucket, row: number): void {
  self.notifications.due(row)
}
