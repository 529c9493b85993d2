// Fair queues: the tenants of a standard queue, of whom one that takes more than its share lets the others go first.
//
// The one idea: a tenant is a message group. While it is noisy, its visible messages stand in a chain of its own instead of the
// queue's; a receive takes from that only when the queue's own chain has nothing left (SQS-62). They are moved there when a
// receive comes upon them, so that becoming noisy costs nothing.
import type { Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import { BusyWindow } from './busy-window.ts'
import { Chain, DELAYED, HELD, IN_FLIGHT, NONE, RETURNED, WAITING, type Messages } from './messages.ts'
import { QUIET_AFTER_US } from './queue.facts.ts'

/** Tenants without messages are forgotten when there are twice as many as were left the last time, and at least so many. */
const SWEPT_FROM = 64

export class Tenant {
  readonly name: string
  readonly chain = new Chain()
  /** Messages in the queue, and those of them that are visible, in flight, delayed. */
  stored = 0
  visible = 0
  inFlight = 0
  delayed = 0
  sentAt: number
  isNoisy = false
  readonly busy: BusyWindow

  constructor(name: string, now: number) {
    this.name = name
    this.sentAt = now
    this.busy = new BusyWindow(now, 0)
  }
}

export class Tenants {
  /** When tenants became noisy, and the last of them with its share of the time. */
  readonly noted: Stretch
  lastNoisy = { name: '', share: 0 }
  /** Tenants that ever came. */
  seen = 0
  /** Noisy tenants, in the order in which they became it. */
  readonly noisy: Tenant[] = []
  private readonly messages: Messages
  private readonly leastInFlight: number
  private readonly share: number
  private readonly byName = new Map<string, Tenant>()
  private readonly of: (Tenant | null)[] = []
  private readonly all: BusyWindow
  private inFlight: number
  private sweepAt = SWEPT_FROM

  /** `inFlight`: messages in flight in the whole queue, of which none has a tenant yet. */
  constructor(messages: Messages, sim: Sim, inFlight: number) {
    this.messages = messages
    this.noted = new Stretch(sim.warmUp)
    this.leastInFlight = sim.quota('NoisyGroupInFlight')
    this.share = sim.quota('NoisyGroupShare') / 100
    this.all = new BusyWindow(sim.clock[0], inFlight)
    this.inFlight = inFlight
  }

  /** Whose message a row holds; null = it came without a group. */
  tenantOf(row: number): Tenant | null {
    return this.of[row] ?? null
  }

  /** A message comes in, of a group or of none; it has no state yet. */
  add(row: number, now: number, name: string | undefined): void {
    if (name === undefined) {
      this.of[row] = null
      return
    }
    let tenant = this.byName.get(name)
    if (tenant === undefined) {
      this.sweep(now)
      this.seen++
      tenant = new Tenant(name, now)
      this.byName.set(name, tenant)
    }
    tenant.stored++
    tenant.sentAt = now
    this.of[row] = tenant
  }

  /** A row begins or ends to be visible, in flight or delayed. */
  moved(row: number, now: number, state: number, change: 1 | -1): void {
    const tenant = this.tenantOf(row)
    if (state === IN_FLIGHT) {
      this.inFlight += change
      this.all.add(now, change)
    }
    if (tenant === null) return
    if (state === IN_FLIGHT) {
      tenant.inFlight += change
      tenant.busy.add(now, change)
    } else if (state === DELAYED) tenant.delayed += change
    else tenant.visible += change
    this.judge(tenant, now)
  }

  /** A row leaves the queue. */
  remove(row: number): void {
    const tenant = this.tenantOf(row)
    if (tenant !== null) tenant.stored--
    this.of[row] = null
  }

  /** Whether a visible row has to let others go first; those of tenants that sent nothing for a while are let back in. */
  isHeldBack(row: number): boolean {
    return this.tenantOf(row)?.isNoisy === true
  }

  /** Whether every tenant's counts are those of its rows. */
  addUp(): boolean {
    const { state, rows } = this.messages
    const found = new Map<Tenant, number>()
    for (let row = 0; row < rows; row++) {
      const tenant = this.tenantOf(row)
      if (tenant === null) continue
      if (isVisible(state[row])) found.set(tenant, (found.get(tenant) ?? 0) + 1)
    }
    return [...this.byName.values()].every((tenant) => tenant.visible === (found.get(tenant) ?? 0))
  }

  /** Looks for tenants that have sent nothing for five minutes: they are quiet again (SQS-63). */
  calmDown(now: number): void {
    for (let i = this.noisy.length - 1; i >= 0; i--)
      if (now - this.noisy[i].sentAt >= QUIET_AFTER_US) this.quieten(this.noisy[i])
  }

  /** Of all noisy tenants, the row of the one with the fewest messages in flight that passes; −1 = none (SQS-62). */
  nextHeld(passes: (row: number) => boolean): number {
    let best: Tenant | null = null
    let found = NONE
    for (const tenant of this.noisy) {
      if (best !== null && tenant.inFlight >= best.inFlight) continue
      let row = tenant.chain.head
      while (row !== NONE && !passes(row)) row = this.messages.after(row)
      if (row === NONE) continue
      best = tenant
      found = row
    }
    return found
  }

  /** Messages of noisy tenants by what they do, for the metrics of the quiet ones. */
  noisySum(of: (tenant: Tenant) => number, now: number): number {
    return this.noisy.reduce((sum, tenant) => (this.mayBeNoisy(tenant, now) ? sum + of(tenant) : sum), 0)
  }

  private mayBeNoisy(tenant: Tenant, now: number): boolean {
    return tenant.visible > 0 && now - tenant.sentAt < QUIET_AFTER_US
  }

  /** SQS-61, SQS-63: too much in flight or too much of the time, and a backlog to hold back. */
  private judge(tenant: Tenant, now: number): void {
    const may = this.mayBeNoisy(tenant, now)
    if (tenant.isNoisy) {
      if (!may) this.quieten(tenant)
      return
    }
    if (!may) return
    const hasMost = tenant.inFlight >= this.leastInFlight && tenant.inFlight > this.share * this.inFlight
    if (!hasMost && !(tenant.busy.sum(now) > this.share * this.all.sum(now))) return
    tenant.isNoisy = true
    this.noisy.push(tenant)
    this.noted.note(now)
    this.lastNoisy = { name: tenant.name, share: tenant.busy.sum(now) / Math.max(1, this.all.sum(now)) }
  }

  /** A tenant's messages stand in line again, behind those that wait. */
  private quieten(tenant: Tenant): void {
    tenant.isNoisy = false
    this.noisy.splice(this.noisy.indexOf(tenant), 1)
    const { messages } = this
    for (let row = tenant.chain.head; row !== NONE; row = tenant.chain.head) {
      messages.hide(row)
      messages.show(row, WAITING)
    }
  }

  private sweep(now: number): void {
    if (this.byName.size < this.sweepAt) return
    for (const [name, tenant] of this.byName)
      if (tenant.stored === 0 && tenant.busy.sum(now) === 0) this.byName.delete(name)
    this.sweepAt = Math.max(SWEPT_FROM, 2 * this.byName.size)
  }
}

/** Whether a state is one of the visible ones. */
export function isVisible(state: number): boolean {
  return state === WAITING || state === RETURNED || state === HELD
}
