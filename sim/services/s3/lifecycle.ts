// Lifecycle rules at work: once a day, at midnight of UTC, what has become due goes (S3-R50).
//
// The one idea: nothing is asked before something can be due. A write sets the alarm to the first midnight at which a rule might
// want it; after a night's work the alarm is set to the next midnight that is worth one, and an empty bucket has none.
import type { Target } from '../../engine/kernel.ts'
import { DAY } from '../../parts/calendar.ts'
import type { Sim } from '../../model/contract.ts'
import type { Incoming, Told } from './contents.ts'
import type { Rule } from './lifecycle-config.ts'
import type { Notifications } from './notifications.ts'
import { MARKER, NONE, type Objects } from './objects.ts'
import type { Uploads } from './uploads.ts'

const EXPIRED = { name: 'LifecycleExpiration:Delete', api: 'Lifecycle Expiration' }
const MARKED = { name: 'LifecycleExpiration:DeleteMarkerCreated', api: 'Lifecycle Expiration' }
const MOVED = { name: 'LifecycleTransition', api: 'Lifecycle Expiration' }

/** The bucket whose objects they are. */
export interface Owner {
  readonly sim: Sim
  readonly now: number
  readonly objects: Objects
  readonly uploads: Uploads
  readonly notifications: Notifications
  readonly versioning: string
  serial: number
  write(key: string, written: Incoming, event: { readonly name: string; readonly api: string }): number
  remove(key: string, row: number): void
  toldOf(key: string, row: number): Told
}

export class Lifecycle {
  /** Objects and versions that went, markers that were made, uploads that were given up, moves to another class. */
  expired = 0
  marked = 0
  aborted = 0
  moved = 0
  private readonly rules: readonly Rule[]
  private readonly target: Target
  /** The midnight (µs since 1970) for which the alarm is set. */
  private alarm = Infinity

  constructor(rules: readonly Rule[], target: Target) {
    this.rules = rules
    this.target = target
  }

  /** Something was written, or an upload begun: a rule may want it one day. */
  noted(self: Owner): void {
    if (this.rules.length === 0) return
    const now = self.sim.startsAt + self.now
    let next = Infinity
    for (const { expiresAfter, expiresAt, cleansMarkers, noncurrentAfter, abortsAfter, transitions } of this.rules) {
      const days = Math.min(expiresAfter, noncurrentAfter, abortsAfter, cleansMarkers ? 0 : Infinity)
      next = Math.min(next, dueAt(now, days), Math.max(midnightAfter(now), expiresAt))
      for (const { after } of transitions) next = Math.min(next, dueAt(now, after))
    }
    this.wake(self, next)
  }

  /** It is midnight. */
  run(self: Owner): void {
    const now = self.sim.startsAt + self.now
    if (now < this.alarm) return
    this.alarm = Infinity
    let next = Infinity
    for (const key of [...self.objects.current.keys()]) next = Math.min(next, this.visit(self, key, now))
    const ended: string[] = []
    self.uploads.each((id, { key, at }) => {
      for (const { prefix, abortsAfter } of this.rules) {
        if (!key.startsWith(prefix)) continue
        const due = dueAt(self.sim.startsAt + at, abortsAfter)
        if (due <= now) ended.push(id)
        else next = Math.min(next, due)
      }
    })
    for (const id of new Set(ended)) {
      self.uploads.end(id)
      this.aborted++
    }
    this.wake(self, next)
  }

  /** Does what is due to the versions of a key. Answers when the next is, in µs since 1970. */
  private visit(self: Owner, key: string, now: number): number {
    const { objects, sim } = self
    let next = Infinity
    for (const rule of this.rules) {
      const newest = objects.newest(key)
      if (newest === NONE || !key.startsWith(rule.prefix)) continue
      next = Math.min(next, this.expireOlder(self, key, rule, now), this.expireNewest(self, key, rule, now))
      const row = objects.newest(key)
      if (row === NONE || objects.isMarker(row) || !isOfSize(rule, objects.size[row])) continue
      for (const { after, storageClass } of rule.transitions) {
        const due = dueAt(sim.startsAt + objects.at[row], after)
        if (due > now) next = Math.min(next, due)
        else if (objects.storageClass[row] < storageClass) {
          objects.reclass(row, storageClass)
          this.moved++
          self.notifications.tell(MOVED, { ...self.toldOf(key, row), serial: ++self.serial }, 0)
        }
      }
    }
    return next
  }

  /** The newest version expires: a delete marker in front of it, or gone for good without versions. */
  private expireNewest(self: Owner, key: string, rule: Rule, now: number): number {
    const { objects, sim } = self
    const row = objects.newest(key)
    if (row === NONE) return Infinity
    if (objects.isMarker(row)) {
      if (!rule.cleansMarkers || objects.older[row] !== NONE) return Infinity
      this.drop(self, key, row)
      return Infinity
    }
    if (!isOfSize(rule, objects.size[row])) return Infinity
    const at = sim.startsAt + objects.at[row]
    const due = Math.min(dueAt(at, rule.expiresAfter), Math.max(midnightAfter(at), rule.expiresAt))
    if (due > now) return due
    if (self.versioning === 'Unversioned') this.drop(self, key, row)
    else {
      self.write(key, { size: 0, at: self.now, trace: 0, flags: MARKER }, MARKED)
      this.marked++
    }
    return Infinity
  }

  /** Versions that are no longer the newest go some days after the next was written, but for the youngest of them. */
  private expireOlder(self: Owner, key: string, rule: Rule, now: number): number {
    const { objects, sim } = self
    if (rule.noncurrentAfter === Infinity) return Infinity
    let next = Infinity
    let newer = objects.newest(key)
    for (let row = objects.older[newer], kept = 0; row !== NONE; kept++) {
      const older = objects.older[row]
      const due = dueAt(sim.startsAt + objects.at[newer], rule.noncurrentAfter)
      newer = row
      if (kept >= rule.newerKept && isOfSize(rule, objects.size[row])) {
        if (due <= now) this.drop(self, key, row)
        else next = Math.min(next, due)
      }
      row = older
    }
    return next
  }

  private drop(self: Owner, key: string, row: number): void {
    self.notifications.tell(EXPIRED, { ...self.toldOf(key, row), serial: ++self.serial }, 0)
    self.remove(key, row)
    this.expired++
  }

  private wake(self: Owner, moment: number): void {
    if (moment >= this.alarm) return
    this.alarm = moment
    self.sim.after(moment - self.sim.startsAt - self.now, this.target, 0)
  }
}

/** The first midnight of UTC that is so many days after a moment or later. */
function dueAt(moment: number, days: number): number {
  return days === Infinity
    ? Infinity
    : days === 0
      ? midnightAfter(moment)
      : Math.ceil((moment + days * DAY) / DAY) * DAY
}

function midnightAfter(moment: number): number {
  return (Math.floor(moment / DAY) + 1) * DAY
}

function isOfSize({ sizeAbove, sizeBelow }: Rule, size: number): boolean {
  return size > sizeAbove && size < sizeBelow
}
