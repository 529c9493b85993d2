// Replication: what is written to a bucket with versions is written to another one too, some time later (S3-R51).
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Near, Prop, Ref, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { REPLICATION_THRESHOLD_US } from './bucket.facts.ts'
import type { Told } from './contents.ts'
import type { Notifications } from './notifications.ts'
import { MARKER, NONE, REPLICA, type Objects } from './objects.ts'

const MINUTE = 60_000_000
const FAILED = { name: 'Replication:OperationFailedReplication', api: 'Replication' }
const MISSED = { name: 'Replication:OperationMissedThreshold', api: 'Replication' }
const LATE = { name: 'Replication:OperationReplicatedAfterThreshold', api: 'Replication' }

export interface ReplicationRule {
  readonly prefix: string
  readonly to: Ref
  readonly takesMarkers: boolean
  /** Replication Time Control: late objects are told. */
  readonly isTimed: boolean
}

const status = p.oneOf('Whether it holds.', ['Enabled', 'Disabled'])

export const replicationProp: Prop = p.record('Where objects are copied to.', {
  Role: p.inert('The role that copies.'),
  Rules: p.list(
    'Rules; of those for a key, the one with the highest priority for each bucket.',
    p.record('A rule.', {
      DeleteMarkerReplication: p.record('Delete markers.', { Status: status }),
      Destination: p.record(
        'The other bucket.',
        {
          Bucket: p.any('Its ARN.', { required: true }),
          ReplicationTime: p.record('Replication Time Control.', { Status: status, Time: p.inert('15 minutes.') }),
          Metrics: p.inert('Metrics of the replication.'),
          AccessControlTranslation: p.inert('Who owns the copies.'),
          Account: p.inert('The account of the other bucket.'),
          EncryptionConfiguration: p.unused('copies would be encrypted with another key'),
          StorageClass: p.unused('copies would have another storage class'),
        },
        { required: true },
      ),
      Filter: p.record('Which keys it is for.', {
        Prefix: p.string('What they begin with.'),
        And: p.unused('prefix and tags together'),
        TagFilter: p.unused('only objects with this tag would be copied'),
      }),
      Id: p.inert('A name.'),
      Prefix: p.string('What keys begin with.'),
      Priority: p.int('Which of two rules holds.', [0, Number.MAX_SAFE_INTEGER], { default: 0 }),
      SourceSelectionCriteria: p.unused('replicas and encrypted objects would be copied too'),
      Status: p.oneOf('Whether it holds.', ['Enabled', 'Disabled'], { required: true }),
    }),
  ),
})

/** The rules that hold, the highest priority first; both buckets keep versions, else AWS refuses. */
export function replicationRulesOf(near: Near): readonly ReplicationRule[] {
  const { self } = near
  const keepsVersions = (config: Config): boolean => config['VersioningConfiguration']?.Status === 'Enabled'
  const rules = (self.config['ReplicationConfiguration']?.Rules ?? []) as readonly Config[]
  const found = rules.flatMap((rule, i) => {
    if (rule['Status'] !== 'Enabled') return []
    const path = ['ReplicationConfiguration', 'Rules', i, 'Destination', 'Bucket']
    const other = near.resourceAt(rule['Destination']?.Bucket)
    if (!keepsVersions(self.config) || (other !== undefined && !keepsVersions(other.config)))
      self.error(
        path,
        'contradiction',
        `\`${keepsVersions(self.config) ? other!.logicalId : self.logicalId}\` does not keep versions`,
        'replication needs `VersioningConfiguration: { Status: Enabled }` at both buckets',
      )
    if (other?.type !== 'AWS::S3::Bucket') {
      self.notSimulated(path, 'the other bucket is outside of this scenario: nothing is copied to it')
      return []
    }
    return [
      {
        priority: Number(rule['Priority'] ?? 0),
        prefix: String(rule['Filter']?.Prefix ?? rule['Prefix'] ?? ''),
        to: other.logicalId,
        takesMarkers: rule['DeleteMarkerReplication']?.Status === 'Enabled',
        isTimed: rule['Destination']?.ReplicationTime?.Status === 'Enabled',
      },
    ]
  })
  return found.sort((a, b) => b.priority - a.priority)
}

interface Pending {
  readonly rule: number
  readonly key: string
  readonly serial: number
  readonly at: number
  isLate: boolean
}

/** The bucket that is copied. */
export interface Owner {
  readonly now: number
  readonly objects: Objects
  readonly notifications: Notifications
  toldOf(key: string, row: number): Told
}

export class Replication {
  /** Copies begun, made, and given up. */
  started = 0
  copied = 0
  failed = 0
  private readonly sim: Sim
  private readonly rules: readonly ReplicationRule[]
  private readonly edges: readonly number[]
  private readonly due: Target
  private readonly threshold: Target
  private readonly delay: Sampler
  private readonly rng: Rng
  private readonly pending = new Map<number, Pending>()
  private serial = 0

  constructor(rules: readonly ReplicationRule[], sim: Sim, due: Target, threshold: Target) {
    this.sim = sim
    this.rules = rules
    this.edges = rules.map(({ to }) => sim.edge(to, 's3:ReplicateObject', replicated))
    this.due = due
    this.threshold = threshold
    this.delay = sim.sampler('ReplicationDelay')
    this.rng = sim.rng('replication')
  }

  get underWay(): number {
    return this.pending.size
  }

  /** A version was written; one that came by replication itself goes no further. */
  noted(self: Owner, key: string, row: number): void {
    const { flags, serial } = self.objects
    if (this.rules.length === 0 || (flags[row] & REPLICA) !== 0) return
    const done = new Set<Ref>()
    this.rules.forEach(({ prefix, to, takesMarkers, isTimed }, rule) => {
      if (done.has(to) || !key.startsWith(prefix)) return
      done.add(to)
      if ((flags[row] & MARKER) !== 0 && !takesMarkers) return
      const id = ++this.serial
      this.pending.set(id, { rule, key, serial: serial[row], at: self.now, isLate: false })
      this.started++
      this.sim.after(this.delay.draw(this.rng), this.due, id)
      if (isTimed) this.sim.after(REPLICATION_THRESHOLD_US, this.threshold, id)
    })
  }

  /** Timer: a copy is made now; of a version that is gone there is none. */
  copy(self: Owner, id: number): void {
    const { sim } = this
    const { objects } = self
    const pending = this.pending.get(id)!
    const row = rowOf(self, pending)
    if (row === NONE) {
      this.giveUp(id)
      return
    }
    const call = sim.open(this.edges[pending.rule], id, 0)
    sim.calls.body[call] = {
      Key: pending.key,
      ContentLength: objects.size[row],
      Body: objects.content(row),
      DeleteMarker: objects.isMarker(row),
    }
    sim.send(call)
  }

  answered(self: Owner, call: Call): void {
    const { sim } = this
    const id = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    const pending = this.pending.get(id)!
    sim.close(call)
    if (status !== 0 && sim.errors.http[status] >= 500) {
      sim.after(MINUTE, this.due, id)
      return
    }
    const row = rowOf(self, pending)
    if (status === 0) {
      this.copied++
      this.pending.delete(id)
    } else this.giveUp(id)
    if (row === NONE) return
    if (status !== 0) self.notifications.tell(FAILED, self.toldOf(pending.key, row), 0)
    else if (pending.isLate) self.notifications.tell(LATE, self.toldOf(pending.key, row), 0)
  }

  /** Timer: a quarter of an hour has passed since a write; a copy that is not made by now is late. */
  late(self: Owner, id: number): void {
    const pending = this.pending.get(id)
    if (pending === undefined) return
    pending.isLate = true
    const row = rowOf(self, pending)
    if (row !== NONE) self.notifications.tell(MISSED, self.toldOf(pending.key, row), 0)
  }

  private giveUp(id: number): void {
    this.failed++
    this.pending.delete(id)
  }
}

/** The row of a version that is to be copied; −1 = it is gone. */
function rowOf({ objects }: Owner, { key, serial }: Pending): number {
  let row = objects.newest(key)
  while (row !== NONE && objects.serial[row] !== serial) row = objects.older[row]
  return row
}

/** Answer of the other bucket. */
export function replicated(self: Owner & { readonly replication: Replication }, call: Call): void {
  self.replication.answered(self, call)
}
