// What a queue shows of itself: how many messages wait and are in flight, and the oldest of both one by one.
import type { Cells, CellSink, View } from '../../model/contract.ts'
import { fnv1a } from '../../parts/hash.ts'
import { DELAYED, IN_FLIGHT, NONE } from './messages.ts'
import { SECOND, type Queue } from './queue-state.ts'
import { isVisible } from './tenants.ts'

/** The most messages that are shown one by one, of those that wait and of those in flight. */
const WAITING_MAX = 40
const FLYING_MAX = 60
/** How far from the oldest they are looked for: a queue of millions is not walked for each frame. */
const STEPS_MAX = 2_000
/** Numbers within a queue: the lower part of an id. */
const IDS_PER_QUEUE = 274_877_906_944

/** Hands over the oldest messages that are (or are not) in flight, in the order in which they came in. */
function eachOldest(q: Queue, now: number, flying: boolean, most: number, cell: CellSink): void {
  const { messages, sim } = q
  let found = 0
  let row = messages.oldest
  for (let step = 0; step < STEPS_MAX && row !== NONE && found < most; step++) {
    const state = messages.state[row]
    if (flying ? state === IN_FLIGHT : isWaiting(state)) {
      const number = messages.id[row] % IDS_PER_QUEUE
      const age = (now - messages.arrivedAt[row]) / SECOND
      if (flying) {
        const until = sim.dueAt(messages.timer[row])
        const left = (until - now) / Math.max(1, until - messages.receivedAt[row])
        cell(number, [number, age, messages.receives[row], left])
      } else cell(number, [number, age, messages.receives[row], state === DELAYED ? 1 : 0])
      found++
    }
    row = messages.newerThan(row)
  }
}

const isWaiting = (state: number): boolean => state === DELAYED || isVisible(state)

const MESSAGE = { name: 'Message', unit: '', doc: 'Its number in the queue.' } as const
const AGE = { name: 'Age', unit: 's', doc: 'Since it came into the queue.' } as const
const RECEIVES = { name: 'Receives', unit: '', doc: 'How often it was received.' } as const

const waiting: Cells<Queue> = {
  name: 'Waiting',
  doc: `The oldest messages that wait, at most ${WAITING_MAX}.`,
  columns: [MESSAGE, AGE, RECEIVES, { name: 'Delayed', unit: '', doc: '1 = not to be received yet.' }],
  each: (q, now, cell) => eachOldest(q, now, false, WAITING_MAX, cell),
}

const flying: Cells<Queue> = {
  name: 'Flying',
  doc: `The oldest messages in flight, at most ${FLYING_MAX}.`,
  columns: [
    MESSAGE,
    AGE,
    RECEIVES,
    { name: 'Left', unit: 'share', doc: 'Of the time for which it is hidden, the share that is left.' },
  ],
  each: (q, now, cell) => eachOldest(q, now, true, FLYING_MAX, cell),
}

/** Groups of a FIFO queue that are shown, the first ones of at most so many that are looked at. */
const GROUPS_MAX = 40

const groups: Cells<Queue> = {
  name: 'Groups',
  doc: `FIFO: message groups with messages in the queue, at most ${GROUPS_MAX}, the longest first.`,
  columns: [
    { name: 'Messages', unit: 'messages', doc: 'Of the group, in the queue.' },
    { name: 'Locked', unit: '', doc: '1 = one of them is in flight, so that the others wait.' },
    { name: 'Receives', unit: '', doc: 'How often the first of them was received.' },
  ],
  each: (q, _now, cell) => {
    if (q.fifo === null) return
    const found: { id: number; name: string; values: readonly number[] }[] = []
    let looked = 0
    q.fifo.groups.each((name, head, length, flying) => {
      if (looked++ < STEPS_MAX)
        found.push({
          id: fnv1a(name),
          name,
          values: [length, flying > 0 ? 1 : 0, q.messages.receives[head]],
        })
    })
    found.sort((a, b) => b.values[0] - a.values[0] || (a.name < b.name ? -1 : 1))
    for (const { id, name, values } of found.slice(0, GROUPS_MAX)) cell(id, values, name)
  },
}

export const view: View<Queue> = {
  glyph: 'queue',
  label: 'Queue',
  level: (q) => q.messages.visible,
  levelMax: (q) => Math.max(100, q.stored.peak),
  tone: (q) => (q.messages.visible > 0 ? 'busy' : 'calm'),
  detail: (config) =>
    (config['Sources'] as readonly string[]).length > 0
      ? 'dead letters'
      : `visibility ${config['VisibilityTimeout']} s`,
  deadLetters: (config) => {
    const policy = config['RedrivePolicy'] as { readonly deadLetterTargetArn: string } | undefined
    return policy === undefined ? [] : [policy.deadLetterTargetArn]
  },
  readings: [
    { name: 'Visible', unit: 'messages', doc: 'Messages to be received.', read: (q) => q.messages.visible },
    { name: 'In flight', unit: 'messages', doc: 'Received and hidden.', read: (q) => q.inFlight.inside },
    { name: 'Delayed', unit: 'messages', doc: 'Not to be received yet.', read: (q) => q.delayed },
    {
      name: 'Oldest',
      unit: 's',
      doc: 'Age of the oldest message.',
      read: (q, now) => (q.oldestSince < 0 ? 0 : (now - q.oldestSince) / SECOND),
    },
    { name: 'Sent', unit: '1/s', doc: 'Messages that come in.', counter: true, read: (q) => q.sent + q.redriven },
    { name: 'Deleted', unit: '1/s', doc: 'Messages done with.', counter: true, read: (q) => q.deleted },
    {
      name: 'Groups',
      unit: 'groups',
      doc: 'FIFO: message groups with messages in the queue.',
      read: (q) => (q.fifo === null ? NaN : q.fifo.groups.count),
    },
    {
      name: 'Locked groups',
      unit: 'groups',
      doc: 'FIFO: those of them that wait for a message in flight.',
      read: (q) => (q.fifo === null ? NaN : q.fifo.groups.locked),
    },
    {
      name: 'Dead-lettered',
      unit: 'messages',
      doc: 'Messages given to the dead-letter queue since the beginning.',
      read: (q) => q.moves.buried.total,
    },
  ],
  cells: [waiting, flying, groups],
}
