// Tests the FIFO queue against a plain model of the same rules, through any sequence of requests and pauses.
//
// The model is one list in the order of sending; whoever receives walks it from the start.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lab, SECOND } from '../../../test/kit.ts'
import { queue } from './queue.ts'
import type { Queue, ReceivedMessage } from './queue-state.ts'

interface Message {
  readonly body: number
  readonly group: string
  readonly sentAt: number
  /** Until when it is delayed or in flight, in s; 0 = it is visible. */
  until: number
  inFlight: boolean
  receives: number
}

const RETENTION = 100
const DEDUPLICATION = 300

/** What a FIFO queue with a dead-letter queue does, said slowly. */
class Model {
  messages: Message[] = []
  dead = 0
  readonly known = new Map<string, number>()
  readonly maxReceives: number
  readonly lookAhead: number
  readonly capacity: number
  readonly delay: number

  constructor(maxReceives: number, lookAhead: number, capacity: number, delay: number) {
    this.maxReceives = maxReceives
    this.lookAhead = lookAhead
    this.capacity = capacity
    this.delay = delay
  }

  advance(now: number): void {
    this.messages = this.messages.filter((message) => message.sentAt + RETENTION > now)
    for (const message of this.messages)
      if (message.until > 0 && message.until <= now) {
        message.until = 0
        message.inFlight = false
      }
  }

  send(now: number, body: number, group: string, id: string): void {
    if ((this.known.get(id) ?? -Infinity) + DEDUPLICATION > now) return
    this.known.set(id, now)
    const until = this.delay > 0 ? now + this.delay : 0
    this.messages.push({ body, group, sentAt: now, until, inFlight: false, receives: 0 })
  }

  receive(now: number, max: number, visibility: number): Message[] {
    const taken: Message[] = []
    const room = this.capacity - this.messages.filter((message) => message.inFlight).length
    const isSeen = (message: Message): boolean => this.messages.indexOf(message) < this.lookAhead
    /** The first message of a group that may be handed out: the first of its group, as nothing before it is in flight. */
    const first = (): Message | undefined =>
      this.messages.find(
        (message) =>
          isSeen(message) &&
          message.until === 0 &&
          this.messages.find(({ group }) => group === message.group) === message,
      )
    let next = first()
    while (next !== undefined && taken.length < Math.min(max, room)) {
      const { group } = next
      const behind = this.messages.find(
        (message) => message.group === group && this.messages.indexOf(message) > this.messages.indexOf(next!),
      )
      if (next.receives >= this.maxReceives) {
        this.messages.splice(this.messages.indexOf(next), 1)
        this.dead++
      } else {
        next.receives++
        next.inFlight = true
        next.until = now + visibility
        taken.push(next)
      }
      next = behind !== undefined && behind.until === 0 && isSeen(behind) ? behind : first()
    }
    return taken
  }
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('send' as const),
      group: fc.integer({ min: 0, max: 3 }),
      id: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 4, nil: undefined }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('receive' as const),
      max: fc.integer({ min: 1, max: 10 }),
      visibility: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('delete' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('show' as const), which: fc.nat() }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }) },
)

it('the queue and its plain model return the same messages through any sequence of requests [SQS-43, SQS-44, SQS-45]', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 120 }),
      fc.constantFrom(1, 2, 1000),
      fc.constantFrom(3, 6, 1000),
      fc.constantFrom(2, 5, 1000),
      fc.constantFrom(0, 3),
      (steps, maxReceiveCount, lookAhead, capacity, delay) => {
        const assumptions = { ApiLatency: 'constant(0ms)' }
        const l = lab(
          {
            Jobs: {
              def: queue,
              assumptions,
              properties: {
                FifoQueue: true,
                MessageRetentionPeriod: RETENTION,
                DelaySeconds: delay,
                RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount },
              },
            },
            Dead: { def: queue, assumptions, properties: { FifoQueue: true } },
          },
          {
            probe: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'].map(
              (action) => ['Jobs', `sqs:${action}`] as const,
            ),
            quotas: { 'sqs.FifoLookAhead': lookAhead, 'sqs.FifoMessagesInFlight': capacity },
          },
        )
        const model = new Model(maxReceiveCount, lookAhead, capacity, delay)
        const held: { readonly handle: number; readonly message: Message; readonly receive: number }[] = []
        let now = 1
        l.run(SECOND)
        steps.forEach((s, i) => {
          if (s.op === 'wait') l.run((now += s.seconds) * SECOND)
          model.advance(now)
          if (s.op === 'send') {
            const id = s.id === undefined ? `own-${i}` : `shared-${s.id}`
            l.ask('Jobs', 'sqs:SendMessage', {
              MessageBody: i,
              MessageGroupId: `g${s.group}`,
              MessageDeduplicationId: id,
            })
            model.send(now, i, `g${s.group}`, id)
          }
          if (s.op === 'receive') {
            const expected = model.receive(now, s.max, s.visibility)
            const got = l.ask('Jobs', 'sqs:ReceiveMessage', {
              MaxNumberOfMessages: s.max,
              VisibilityTimeout: s.visibility,
            }).answer.Messages as ReceivedMessage[]
            expect(got.map(({ Body, Attributes }) => [Body, Attributes.ApproximateReceiveCount])).toEqual(
              expected.map(({ body, receives }) => [body, receives]),
            )
            expected.forEach((message, k) =>
              held.push({ handle: got[k]!.ReceiptHandle, message, receive: message.receives }),
            )
          }
          if ((s.op === 'delete' || s.op === 'show') && held.length > 0) {
            const { handle, message, receive } = held[s.which % held.length]!
            const may = message.inFlight && message.receives === receive && model.messages.includes(message)
            const action = s.op === 'delete' ? 'DeleteMessage' : 'ChangeMessageVisibility'
            const { status } = l.ask('Jobs', `sqs:${action}`, { ReceiptHandle: handle, VisibilityTimeout: 0 })
            if (may) expect(status).toBe('OK')
            if (may && s.op === 'delete') model.messages.splice(model.messages.indexOf(message), 1)
            if (may && s.op === 'show') {
              message.until = 0
              message.inFlight = false
            }
          }
          const q = l.state<Queue>('Jobs')
          expect([q.stored.inside, q.inFlight.inside, q.delayed, q.fifo!.groups.locked]).toEqual([
            model.messages.length,
            model.messages.filter(({ inFlight }) => inFlight).length,
            model.messages.filter(({ until, inFlight }) => until > 0 && !inFlight).length,
            new Set(model.messages.filter(({ inFlight }) => inFlight).map(({ group }) => group)).size,
          ])
          expect(l.state<Queue>('Dead').stored.entered).toBe(model.dead)
        })
      },
    ),
    { numRuns: 300 },
  )
})
