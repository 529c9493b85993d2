// What a bucket knows at a moment, and what all of its operations share: refusals, answers, writes, events.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { utf8Size } from '../../parts/json-size.ts'
import { closeTold, serviceEvents } from '../../parts/service-events.ts'
import { CONTENTS_BYTES_MAX, KEY_BYTES_MAX } from './bucket.facts.ts'
import type { Incoming, Told } from './contents.ts'
import { denies, type Denial } from './denials.ts'
import { Lifecycle } from './lifecycle.ts'
import type { Rule } from './lifecycle-config.ts'
import { Notifications, type NotificationPlan } from './notifications.ts'
import { NONE, NULL_VERSION, Objects } from './objects.ts'
import { Prefixes } from './prefixes.ts'
import { isExpired } from './presigned.ts'
import { Replication, type ReplicationRule } from './replication.ts'
import { RequestMetrics, type Kind } from './request-metrics.ts'
import { Stale } from './stale.ts'
import { Transfers } from './transfers.ts'
import type { Unanswered } from '../../parts/unanswered.ts'
import { Uploads } from './uploads.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
/** A transfer shorter than that (µs) is part of the latency. */
const TRANSFER_MIN = 1_000

/** The tag of what was there before the run. */
export const UNWRITTEN_TAG = '"unwritten"'

export type Versioning = 'Unversioned' | 'Enabled' | 'Suspended'

/** The timers of the definition, which the state may not import. */
export interface Timers {
  readonly transferred: Target
  readonly notificationDue: Target
  readonly versioningChanged: Target
  readonly midnight: Target
  readonly replicationDue: Target
  readonly replicationLate: Target
}

export class Bucket {
  readonly sim: Sim
  readonly config: Config
  readonly timers: Timers
  readonly objects: Objects
  readonly prefixes: Prefixes
  readonly notifications: Notifications
  readonly uploads: Uploads
  readonly transfers: Transfers
  readonly lifecycle: Lifecycle
  readonly replication: Replication
  readonly stale: Stale | null
  readonly metrics: RequestMetrics
  versioning: Versioning
  /** Versioning as it will be once the change has spread. */
  versioningNext: Versioning
  isDeleted = false
  /** Writes under way, once somebody asks whether copies are stale. */
  unanswered: Unanswered<string, string> | null = null
  /** Requests, those that were reads, and those that were answered with an exception. */
  requests = 0
  readRequests = 0
  refused = 0
  /** Writes so far, in the order in which they took effect. */
  serial = 0
  /** Versions that came and that went. */
  added = 0
  removed = 0
  readonly conditional: boolean
  readonly isThere: boolean
  readonly unwrittenSize: Sampler
  readonly unwrittenRng: Rng
  readonly notFound: number
  private readonly denials: readonly Denial[]
  private readonly putLatency: Sampler
  private readonly getLatency: Sampler
  private readonly latencyRng: Rng
  private readonly throughput: Sampler
  private readonly throughputRng: Rng
  private readonly configuration: Sampler
  private readonly configurationRng: Rng

  constructor(config: Config, sim: Sim, timers: Timers) {
    this.sim = sim
    this.config = config
    this.timers = timers
    this.objects = new Objects(CONTENTS_BYTES_MAX, sim.clock)
    this.versioning = this.versioningNext = (config['VersioningConfiguration']?.Status ?? 'Unversioned') as Versioning
    const rates = { reads: sim.quota('ReadsPerPrefix'), writes: sim.quota('WritesPerPrefix') }
    const delay = sim.sampler('RepartitionDelay').draw(sim.rng('repartition'))
    const byTopLevel = sim.choice('PrefixMode') === 'perTopLevelPrefix'
    this.prefixes = new Prefixes(rates, Math.max(1, Math.ceil(delay / MINUTE)), byTopLevel, sim.warmUp)
    this.notifications = new Notifications(
      config['Notifications'] as NotificationPlan,
      sim,
      timers.notificationDue,
      serviceEvents(config['TellsBus'], sim, closeTold),
    )
    this.uploads = new Uploads()
    this.transfers = new Transfers()
    this.lifecycle = new Lifecycle(config['LifecycleRules'] as readonly Rule[], timers.midnight)
    const replication = config['ReplicationRules'] as readonly ReplicationRule[]
    this.replication = new Replication(replication, sim, timers.replicationDue, timers.replicationLate)
    this.stale = sim.quota('StrongConsistency') === 1 ? null : new Stale(sim)
    this.metrics = new RequestMetrics(config, sim)
    this.conditional = sim.quota('ConditionalWrites') === 1
    this.isThere = sim.choice('Unwritten') === 'there'
    this.unwrittenSize = sim.sampler('UnwrittenSize')
    this.unwrittenRng = sim.rng('unwritten')
    this.notFound =
      sim.choice('CallersMayList') === 'yes' ? sim.error('NoSuchKey', 404) : sim.error('AccessDenied', 403)
    this.denials = config['Denials'] as readonly Denial[]
    this.putLatency = sim.sampler('PutLatency')
    this.getLatency = sim.sampler('GetLatency')
    this.latencyRng = sim.rng('latency')
    this.throughput = sim.sampler('ConnectionThroughput')
    this.throughputRng = sim.rng('throughput')
    this.configuration = sim.sampler('ConfigurationPropagation')
    this.configurationRng = sim.rng('configuration')
  }

  get now(): number {
    return this.sim.clock[0]
  }

  /** How long (µs) a change of the configuration takes to hold. */
  configurationDelay(): number {
    return this.configuration.draw(this.configurationRng)
  }

  /** The parameters of a call. */
  bodyOf(call: Call): Readonly<Record<string, any>> {
    return (this.sim.calls.body[call] ?? NOTHING) as Readonly<Record<string, any>>
  }

  /** The status by which a request is refused before anything else is looked at; 0 = it is not. */
  refusalOf(action: string, key: string, body: Readonly<Record<string, any>>, isWrite: boolean): number {
    const { sim } = this
    if (this.isDeleted) return sim.error('NoSuchBucket', 404)
    if (key.length > KEY_BYTES_MAX || utf8Size(key) > KEY_BYTES_MAX) return sim.error('KeyTooLongError', 400)
    if (denies(this.denials, action, key)) return sim.error('AccessDenied', 403)
    if (body['X-Amz-Expires'] !== undefined && isExpired(body, sim.startsAt + this.now))
      return sim.error('AccessDenied', 403)
    return this.prefixes.admits(this.now, key, isWrite) ? 0 : sim.error('SlowDown', 503)
  }

  /** How long (µs) one connection needs for so many bytes. */
  transferTime(bytes: number): number {
    if (bytes === 0) return 0
    return Math.round((bytes / this.throughput.draw(this.throughputRng)) * SECOND)
  }

  /** How long (µs) the bytes of a request take before it is whole; what is short is part of the latency. */
  uploadTime(bytes: number): number {
    const time = this.transferTime(bytes)
    return time < TRANSFER_MIN ? 0 : time
  }

  /** Answers a request: bytes up and down, the µs that it has taken already, and those that S3 itself takes beside the latency. */
  answer(
    call: Call,
    kind: Kind,
    key: string,
    status: number,
    { up = 0, down = 0, before = 0, after = 0 }: Amounts = NOTHING,
  ): void {
    const { sim } = this
    const isRead = kind === 'Get' || kind === 'Head' || kind === 'List'
    const first = (isRead ? this.getLatency : this.putLatency).draw(this.latencyRng)
    const rest = first + after + this.transferTime(down)
    this.requests++
    if (isRead) this.readRequests++
    if (status !== 0) this.refused++
    this.metrics.note(kind, key, sim.errors.http[status], first, before + rest, up, down)
    if (!isRead) this.unanswered?.answer(this.now + rest)
    sim.replyAfter(rest, call, status)
  }

  /** The entity tag that a read of a key finds; empty where it finds nothing. */
  tagOf(key: string): string {
    const { objects } = this
    const row = objects.newest(key)
    if (row === NONE) return this.isThere ? UNWRITTEN_TAG : ''
    return objects.isMarker(row) ? '' : objects.etag(row)
  }

  /** A key is about to change, at somebody's request or by itself. */
  changes(key: string, isAsked: boolean): void {
    if (this.unanswered === null) return
    this.unanswered.write(key, this.tagOf(key), this.now)
    if (!isAsked) this.unanswered.answer(this.now)
  }

  /** Puts a version of a key in front of its others and tells of it (S3-R20 to S3-R22). Answers its row. */
  write(key: string, written: Incoming, event: { readonly name: string; readonly api: string } | null): number {
    const { objects, now } = this
    const before = objects.newest(key)
    this.stale?.note(key, before, objects, now, before === NONE || objects.isMarker(before))
    this.changes(key, event !== null && written.trace !== 0)
    const isVersioned = this.versioning === 'Enabled'
    const old = isVersioned ? NONE : objects.nullVersion(key)
    const isOfOneMoment = old !== NONE && this.versioning === 'Unversioned'
    const oldSerial = isOfOneMoment ? objects.serial[old] : NONE
    const oldAt = isOfOneMoment ? objects.at[old] : NONE
    const serial = ++this.serial
    // The latest timestamp wins: a slower upload that began earlier has been overwritten before it arrives (S3-R11).
    const isOutrun = old !== NONE && objects.at[old] > written.at
    const row = objects.add(key, {
      size: written.size,
      at: written.at,
      serial,
      parts: written.parts ?? 0,
      flags: (written.flags ?? 0) | (isVersioned ? 0 : NULL_VERSION),
      content: written.content,
      contentBytes: written.contentBytes ?? 0,
      cacheControl: written.cacheControl,
    })
    this.added++
    if (event !== null) {
      const told = this.toldOf(key, row)
      this.notifications.tell(event, told, written.trace, written.hops, oldSerial, now - oldAt)
    }
    this.replication.noted(this, key, row)
    if (old !== NONE) this.remove(key, isOutrun ? row : old)
    this.lifecycle.noted(this)
    return row
  }

  /** Takes a version away for good. */
  remove(key: string, row: number): void {
    this.objects.remove(key, row)
    this.removed++
    this.lifecycle.noted(this)
  }

  /** What an event says of a version. */
  toldOf(key: string, row: number): Told {
    const { objects } = this
    return {
      key,
      size: objects.size[row],
      etag: objects.etag(row),
      serial: objects.serial[row],
      versionId: this.versioning === 'Unversioned' ? undefined : objects.versionId(row),
      isMarker: objects.isMarker(row),
      storageClass: objects.classOf(row),
    }
  }
}

interface Amounts {
  readonly up?: number
  readonly down?: number
  readonly before?: number
  readonly after?: number
}

const NOTHING = Object.freeze({})
