// The message groups of a FIFO queue: who comes first in each, and which of them may be received from.
//
// The one idea: what comes behind a message in flight waits for it, so of every group only its first message can be handed
// out, and those that follow it up to one in flight. A receive looks at those alone, the one that was sent first before the others (SQS-43). They stand in a heap by
// their place in the queue; an entry that has lost its meaning is dropped when it comes up.
//
//   group a   a1 ─ a4 ─ a5        a1 is visible, nothing in flight: ready
//   group b   b2 ─ b3             b2 is in flight: locked
//   group c   c6                  c6 is beyond the look-ahead: waits until enough before it is gone (SQS-45)
import { Deadlines } from '../../parts/deadlines.ts'
import { IN_FLIGHT, NONE, WAITING, type Messages } from './messages.ts'

export class Groups {
  /** Groups that may be received from, and groups with messages in flight. */
  ready = 0
  locked = 0
  private readonly messages: Messages
  private readonly lookAhead: number
  private readonly firsts = new Deadlines()
  private readonly numbers = new Map<string, number>()
  // By group: its first and last message, how many are in flight, the place under which it stands in the heap (−1 = it does not).
  private head: Int32Array = new Int32Array(16)
  private tail: Int32Array = new Int32Array(16)
  private flying: Int32Array = new Int32Array(16)
  private length: Int32Array = new Int32Array(16)
  private listed: Float64Array = new Float64Array(16)
  private used = 0
  private readonly free: number[] = []
  // By row: its group, its neighbours there, its place in the queue, and the group's name.
  private group: Int32Array = new Int32Array(64)
  private next: Int32Array = new Int32Array(64)
  private previous: Int32Array = new Int32Array(64)
  private place: Float64Array = new Float64Array(64)
  private readonly names: string[] = []
  private last = 0
  // The messages that a receive looks at: how many, and the last of them.
  private seen = 0
  private seenEnd = NONE

  /** `lookAhead`: how many undeleted messages a receive looks at. */
  constructor(messages: Messages, lookAhead: number) {
    this.messages = messages
    this.lookAhead = lookAhead
  }

  /** Adds a message, which has its state and is the last of the queue, to its group. */
  add(row: number, name: string): void {
    if (row >= this.group.length) this.growRows()
    const group = this.numbers.get(name) ?? this.make(name)
    const before = this.tail[group]
    this.group[row] = group
    this.names[row] = name
    this.place[row] = ++this.last
    this.previous[row] = before
    this.next[row] = NONE
    if (before === NONE) this.head[group] = row
    else this.next[before] = row
    this.tail[group] = row
    this.length[group]++
    if (this.seen < this.lookAhead) {
      this.seen++
      this.seenEnd = row
    }
    this.look(group)
  }

  /** The name of a message's group, also once it has left the queue. */
  nameOf(row: number): string {
    return this.names[row]
  }

  /** A message's place among all that ever came, from 1. */
  placeOf(row: number): number {
    return this.place[row]
  }

  /** How many messages of its group a message holds up. */
  behindIt(row: number): number {
    return this.length[this.group[row]] - 1
  }

  /** How many groups have messages. */
  get count(): number {
    return this.numbers.size
  }

  /** Hands over every group: its first message, how many it has, how many of them are in flight. */
  each(visit: (name: string, head: number, length: number, flying: number) => void): void {
    for (const [name, group] of this.numbers) visit(name, this.head[group], this.length[group], this.flying[group])
  }

  /** The message to hand out first, −1 = none. */
  first(): number {
    const { firsts } = this
    for (; firsts.count > 0; firsts.pop()) if (this.listed[firsts.row] === firsts.time) return this.head[firsts.row]
    return NONE
  }

  /** The message behind one of the same group, −1 = none. */
  behind(row: number): number {
    return this.next[row]
  }

  /** Whether a message may be handed out together with the one before it (SQS-44). */
  mayFollow(row: number): boolean {
    return this.messages.state[row] === WAITING && this.isSeen(row)
  }

  /** A message has been handed out: its group is locked. */
  handedOut(row: number): void {
    const group = this.group[row]
    if (this.flying[group]++ === 0) this.locked++
    this.unlist(group)
  }

  /** A message is visible again after a receive, or for the first time after its delay. */
  shown(row: number, afterReceive: boolean): void {
    const group = this.group[row]
    if (afterReceive) this.landed(group)
    this.look(group)
  }

  /** A message leaves the queue, in whatever state it still is. */
  remove(row: number): void {
    const { messages } = this
    const group = this.group[row]
    if (messages.state[row] === IN_FLIGHT) this.landed(group)
    if (this.head[group] === row) this.unlist(group)
    const next = this.next[row]
    const previous = this.previous[row]
    if (previous === NONE) this.head[group] = next
    else this.next[previous] = next
    if (next === NONE) this.tail[group] = previous
    else this.previous[next] = previous
    this.length[group]--
    const comesInto = this.seeOneMore(row)
    if (this.head[group] === NONE) this.drop(group, this.names[row])
    else this.look(group)
    if (comesInto !== NONE) this.look(this.group[comesInto])
  }

  /** A message that was looked at goes, so that the next one is looked at: its row, −1 = there is none. */
  private seeOneMore(row: number): number {
    if (!this.isSeen(row)) return NONE
    const next = this.messages.newerThan(this.seenEnd)
    if (next !== NONE) {
      this.seenEnd = next
      return next
    }
    this.seen--
    if (row === this.seenEnd) this.seenEnd = this.messages.olderThan(row)
    return NONE
  }

  private isSeen(row: number): boolean {
    return this.place[row] <= this.place[this.seenEnd]
  }

  private landed(group: number): void {
    if (--this.flying[group] === 0) this.locked--
  }

  /** Enters a group among the ready ones, if it is. */
  private look(group: number): void {
    const head = this.head[group]
    if (this.messages.state[head] !== WAITING || !this.isSeen(head)) return
    if (this.listed[group] !== NONE) return
    this.listed[group] = this.place[head]
    this.ready++
    this.firsts.push(this.place[head], group)
  }

  private unlist(group: number): void {
    if (this.listed[group] === NONE) return
    this.listed[group] = NONE
    this.ready--
  }

  private make(name: string): number {
    const group = this.free.pop() ?? this.used++
    if (group >= this.head.length) this.growGroups()
    this.numbers.set(name, group)
    this.head[group] = NONE
    this.tail[group] = NONE
    this.flying[group] = 0
    this.length[group] = 0
    this.listed[group] = NONE
    return group
  }

  private drop(group: number, name: string): void {
    this.numbers.delete(name)
    this.free.push(group)
  }

  private growRows(): void {
    const length = this.messages.state.length
    this.group = widened(this.group, new Int32Array(length))
    this.next = widened(this.next, new Int32Array(length))
    this.previous = widened(this.previous, new Int32Array(length))
    this.place = widened(this.place, new Float64Array(length))
  }

  private growGroups(): void {
    const length = this.head.length * 2
    this.head = widened(this.head, new Int32Array(length))
    this.tail = widened(this.tail, new Int32Array(length))
    this.flying = widened(this.flying, new Int32Array(length))
    this.length = widened(this.length, new Int32Array(length))
    this.listed = widened(this.listed, new Float64Array(length))
  }
}

function widened<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
