// Tests the queue against a plain model of the same rules, through any sequence of requests and pauses.
//
// The model is a list of messages with a time each; it searches where the queue keeps chains, heaps and timers.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lab, SECOND, START_MS, type Lab } from '../../../test/kit.ts'
import { queue } from './queue.ts'
import type { Queue } from './queue-state.ts'

interface Message {
  readonly body: number
  readonly sentAt: number
  /** Position among the visible: smaller is sooner. */
  place: number
  visibleAt: number
  receives: number
  inFlight: boolean
  receivedAt: number
  handle: number
}

const RETURNED = 0
const WAITING = 1e9
const PLENTY = 120_000

/** What a standard queue with a dead-letter queue does, said slowly. */
class Model {
  messages: Message[] = []
  dead: { body: number; sentAt: number }[] = []
  visibility = 30
  retention = 100
  delay = 0
  readonly maxReceives: number
  readonly capacity: number
  private order = 0

  constructor(maxReceives: number, capacity: number) {
    this.maxReceives = maxReceives
    this.capacity = capacity
  }

  /** Lets everything happen that is due up to a time, in order of time. */
  advance(now: number): void {
    for (;;) {
      const due = this.messages
        .filter((m) => m.visibleAt > 0 && m.visibleAt <= now)
        .map((m) => ({ at: m.visibleAt, m }))
        .sort((a, b) => a.at - b.at || this.armed(a.m) - this.armed(b.m))[0]
      const gone = this.messages.filter((m) => m.sentAt + this.retention <= (due?.at ?? now))
      this.messages = this.messages.filter((m) => !gone.includes(m))
      if (due === undefined) break
      if (gone.includes(due.m)) continue
      due.m.visibleAt = 0
      due.m.place = (due.m.inFlight && due.m.receives < 3 ? RETURNED : WAITING) + ++this.order
      due.m.inFlight = false
    }
    this.dead = this.dead.filter((m) => m.sentAt + 345_600 > now)
  }

  /** When a timer was set, for those due together. */
  private readonly armedAt = new Map<Message, number>()
  private armed(m: Message): number {
    return this.armedAt.get(m) ?? 0
  }
  private arm(m: Message, at: number): void {
    m.visibleAt = at
    this.armedAt.set(m, ++this.order)
  }

  send(now: number, body: number, delay: number | undefined): void {
    const m: Message = {
      body,
      sentAt: now,
      place: 0,
      visibleAt: 0,
      receives: 0,
      inFlight: false,
      receivedAt: 0,
      handle: -1,
    }
    const wait = delay ?? this.delay
    if (wait > 0) this.arm(m, now + wait)
    else m.place = WAITING + ++this.order
    this.messages.push(m)
  }

  receive(now: number, max: number, visibility: number | undefined): Message[] | 'OverLimit' {
    let room = this.capacity - this.messages.filter((m) => m.inFlight).length
    if (room <= 0) return 'OverLimit'
    const taken: Message[] = []
    for (const m of this.messages.filter((other) => other.visibleAt === 0).sort((a, b) => a.place - b.place)) {
      if (taken.length === max || room === 0) break
      if (m.receives >= this.maxReceives) {
        this.messages = this.messages.filter((other) => other !== m)
        this.dead.push({ body: m.body, sentAt: m.sentAt })
        continue
      }
      m.receives++
      m.inFlight = true
      m.receivedAt = now
      this.arm(m, now + (visibility ?? this.visibility))
      taken.push(m)
      room--
    }
    return taken
  }
}

const send = fc.record({
  op: fc.constant('send' as const),
  delay: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
})
const receive = fc.record({
  op: fc.constant('receive' as const),
  max: fc.integer({ min: 1, max: 10 }),
  visibility: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
})
const step = fc.oneof(
  { weight: 5, arbitrary: send },
  { weight: 8, arbitrary: receive },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('delete' as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('change' as const),
      which: fc.nat(),
      timeout: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('retention' as const), seconds: fc.integer({ min: 60, max: 150 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('purge' as const) }) },
)

describe('the queue and its plain model', () => {
  it('return the same messages, statuses and counts through any sequence of requests', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom(3, PLENTY),
        (steps, maxReceiveCount, capacity) => {
          const l = build(maxReceiveCount, capacity)
          const model = new Model(maxReceiveCount, capacity)
          const handles: { handle: number; message: Message; receive: number }[] = []
          // The model writes 0 for 'visible', so its time begins at 1.
          let now = 1
          l.run(SECOND)
          let purgedAt = -Infinity
          steps.forEach((s, i) => {
            if (s.op === 'wait') l.run((now += s.seconds) * SECOND)
            model.advance(now)
            if (s.op === 'send') {
              l.ask('Jobs', 'sqs:SendMessage', {
                MessageBody: i,
                ...(s.delay === undefined ? {} : { DelaySeconds: s.delay }),
              })
              model.send(now, i, s.delay)
            }
            if (s.op === 'receive') {
              const expected = model.receive(now, s.max, s.visibility)
              const got = l.ask('Jobs', 'sqs:ReceiveMessage', {
                MaxNumberOfMessages: s.max,
                ...(s.visibility === undefined ? {} : { VisibilityTimeout: s.visibility }),
              })
              if (expected === 'OverLimit') expect(got.status).toBe('OverLimit')
              else {
                const shown = got.answer.Messages.map((m: any) => [
                  m.Body,
                  m.Attributes.ApproximateReceiveCount,
                  m.Attributes.SentTimestamp - START_MS,
                ])
                expect(shown).toEqual(expected.map((m) => [m.body, m.receives, m.sentAt * 1000]))
                expected.forEach((message, k) =>
                  handles.push({ handle: got.answer.Messages[k].ReceiptHandle, message, receive: message.receives }),
                )
              }
            }
            if (s.op === 'delete' && handles.length > 0) {
              const { handle, message, receive } = handles[s.which % handles.length]!
              expect(l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: handle }).status).toBe('OK')
              if (message.receives === receive) model.messages = model.messages.filter((other) => other !== message)
            }
            if (s.op === 'change' && handles.length > 0) {
              const { handle, message, receive } = handles[s.which % handles.length]!
              const status = l.ask('Jobs', 'sqs:ChangeMessageVisibility', {
                ReceiptHandle: handle,
                VisibilityTimeout: s.timeout,
              }).status
              const may = message.inFlight && message.receives === receive && model.messages.includes(message)
              expect(status).toBe(may ? 'OK' : 'MessageNotInflight')
              if (may) change(model, message, now, s.timeout)
            }
            if (s.op === 'retention') {
              l.ask('Jobs', 'sqs:SetQueueAttributes', { Attributes: { MessageRetentionPeriod: s.seconds } })
              model.retention = s.seconds
              model.advance(now)
            }
            if (s.op === 'purge') {
              const status = l.ask('Jobs', 'sqs:PurgeQueue').status
              expect(status).toBe(now - purgedAt < 60 ? 'PurgeQueueInProgress' : 'OK')
              if (status === 'OK') {
                model.messages = []
                purgedAt = now
              }
            }
            const q = l.state<Queue>('Jobs')
            expect({ visible: q.messages.visible, inFlight: q.inFlight.inside, delayed: q.delayed }).toEqual({
              visible: model.messages.filter((m) => m.visibleAt === 0).length,
              inFlight: model.messages.filter((m) => m.inFlight).length,
              delayed: model.messages.filter((m) => m.visibleAt > 0 && !m.inFlight).length,
            })
            expect(l.state<Queue>('Dead').messages.visible).toBe(model.dead.length)
          })
        },
      ),
      { numRuns: 300 },
    )
  })
})

function change(model: Model, message: Message, now: number, timeout: number): void {
  model['arm'](message, now + timeout)
  if (timeout === 0) model.advance(now)
}

function build(maxReceiveCount: number, capacity: number): Lab {
  const assumptions = { ApiLatency: 'constant(0ms)' }
  const actions = [
    'SendMessage',
    'ReceiveMessage',
    'DeleteMessage',
    'ChangeMessageVisibility',
    'SetQueueAttributes',
    'PurgeQueue',
  ]
  return lab(
    {
      Jobs: {
        def: queue,
        assumptions,
        properties: { MessageRetentionPeriod: 100, RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount } },
      },
      Dead: { def: queue, assumptions },
    },
    {
      probe: actions.map((action) => ['Jobs', `sqs:${action}`] as const),
      quotas: { 'sqs.MessagesInFlight': capacity },
    },
  )
}
