// Shows the rules of fair queues: who is noisy, who goes first, when it is over.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { lab, MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import { queue } from './queue.ts'
import type { Queue, ReceivedMessage } from './queue-state.ts'

const jobs = (properties: Record<string, unknown> = {}, profile: 'current' | 'notes-2020' = 'current'): Lab =>
  lab(
    {
      Jobs: { def: queue, properties, assumptions: { ApiLatency: '0ms' } },
      Dead: { def: queue, assumptions: { ApiLatency: '0ms' } },
    },
    {
      profile,
      probe: [
        ['Jobs', 'sqs:SendMessage'],
        ['Jobs', 'sqs:ReceiveMessage'],
        ['Jobs', 'sqs:DeleteMessage'],
        ['Dead', 'sqs:ReceiveMessage'],
      ],
    },
  )

/** Sends `count` messages of a group, or of none. */
function send(l: Lab, group: string | undefined, count: number, more: object = {}): void {
  const MessageGroupId = group === undefined ? {} : { MessageGroupId: group }
  for (let i = 0; i < count; i++)
    expect(
      l.ask('Jobs', 'sqs:SendMessage', { MessageBody: `${group ?? 'none'} ${i}`, ...MessageGroupId, ...more }).status,
    ).toBe('OK')
}

function receive(l: Lab, count: number): ReceivedMessage[] {
  const all: ReceivedMessage[] = []
  while (all.length < count) {
    const { Messages } = l.ask('Jobs', 'sqs:ReceiveMessage', {
      MaxNumberOfMessages: Math.min(10, count - all.length),
    }).answer
    if (Messages.length === 0) break
    all.push(...Messages)
  }
  return all
}
const groups = (messages: readonly ReceivedMessage[]): (string | undefined)[] =>
  messages.map((message) => message.Attributes.MessageGroupId)
const remove = (l: Lab, messages: readonly ReceivedMessage[]): void => {
  for (const { ReceiptHandle } of messages) l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle })
}
const noisy = (l: Lab): string[] => (l.state<Queue>('Jobs').messages.tenants?.noisy ?? []).map(({ name }) => name)

describe('a message group of a standard queue', () => {
  it('is a tenant; its messages are handed out side by side and as fast as anybody asks [SQS-60]', () => {
    const l = jobs()
    send(l, 'a', 20)
    expect(groups(receive(l, 20))).toEqual(Array.from({ length: 20 }, () => 'a'))
    expect(l.state<Queue>('Jobs').inFlight.inside).toBe(20)
    expect(l.ask('Jobs', 'sqs:SendMessage', { MessageBody: 'x', MessageGroupId: '' }).status).toBe(
      'InvalidParameterValue',
    )
  })

  it('is noisy with 30 of its messages in flight, if those are more than a tenth of all [SQS-61]', () => {
    const flying = (own: number, others: number): string[] => {
      const l = jobs()
      send(l, undefined, others)
      send(l, 'a', own)
      receive(l, others + own)
      send(l, 'a', 1)
      return noisy(l)
    }
    expect(flying(29, 0)).toEqual([])
    expect(flying(30, 0)).toEqual(['a'])
    expect(flying(30, 270)).toEqual([])
    expect(flying(30, 269)).toEqual(['a'])
  })

  it('is noisy when it took more than a tenth of the time of the last minute [SQS-61]', () => {
    const worked = (own: number, wait = 0): string[] => {
      const l = jobs({ VisibilityTimeout: 600 })
      send(l, undefined, 20 - own)
      send(l, 'a', own)
      const messages = receive(l, 20)
      l.run(10 * SECOND)
      remove(l, messages)
      l.run(l.now + wait)
      send(l, undefined, 1)
      receive(l, 1)
      l.run(l.now + SECOND)
      send(l, 'a', 1)
      return noisy(l)
    }
    expect(worked(2)).toEqual([])
    expect(worked(3)).toEqual(['a'])
    // The time is looked at for a minute.
    expect(worked(3, 40 * SECOND)).toEqual(['a'])
    expect(worked(3, 60 * SECOND)).toEqual([])
  })

  it('that is noisy lets the others go first, though it was there before; nothing is refused or lost [SQS-62]', () => {
    const l = jobs()
    send(l, 'loud', 200)
    receive(l, 40)
    send(l, 'quiet', 3)
    send(l, undefined, 2)
    expect(groups(receive(l, 7))).toEqual(['quiet', 'quiet', 'quiet', undefined, undefined, 'loud', 'loud'])
    expect(receive(l, 300).length).toBe(158)
  })

  it('with the fewest messages in flight goes first among noisy ones [SQS-62]', () => {
    const l = jobs()
    send(l, 'a', 60)
    receive(l, 60)
    send(l, 'b', 40)
    receive(l, 40)
    // 60 of a and 40 of b are in flight.
    send(l, 'a', 30)
    send(l, 'b', 30)
    expect(noisy(l)).toEqual(['a', 'b'])
    expect(groups(receive(l, 20))).toEqual(Array.from({ length: 20 }, () => 'b'))
    // Both have 60 in flight now: they take turns.
    expect(groups(receive(l, 10)).filter((name) => name === 'a').length).toBe(5)
  })

  it('is quiet again when it has no backlog, or has sent nothing for five minutes [SQS-63]', () => {
    const l = jobs({ VisibilityTimeout: 3_600 })
    send(l, 'a', 50)
    receive(l, 40)
    send(l, 'a', 1)
    expect(noisy(l)).toEqual(['a'])
    receive(l, 11)
    expect(noisy(l)).toEqual([])
    send(l, 'a', 100)
    expect(noisy(l)).toEqual(['a'])
    receive(l, 1)
    const sentAt = l.now
    l.run(sentAt + 5 * MINUTE - 1)
    send(l, 'b', 1)
    expect(groups(receive(l, 1))).toEqual(['b'])
    l.run(sentAt + 5 * MINUTE)
    send(l, 'b', 1)
    // What it left stands in line again, behind what waits and before what comes.
    expect(groups(receive(l, 2))).toEqual(['b', 'a'])
    expect(noisy(l)).toEqual([])
    send(l, 'b', 1)
    expect(groups(receive(l, 2))).toEqual(['a', 'a'])
  })

  it('counts in the metrics of quiet groups unless it is noisy [SQS-61]', () => {
    const l = jobs()
    send(l, 'a', 50)
    receive(l, 40)
    l.run(20 * SECOND)
    send(l, 'a', 5)
    send(l, 'b', 3)
    send(l, 'b', 2, { DelaySeconds: 300 })
    receive(l, 1)
    l.run(MINUTE)
    const last = (name: string): number => l.points('Jobs', name).at(-1)!.sum
    expect(last('ApproximateNumberOfNoisyGroups')).toBe(1)
    expect(last('ApproximateNumberOfMessagesVisibleInQuietGroups')).toBe(3)
    expect(last('ApproximateNumberOfMessagesNotVisibleInQuietGroups')).toBe(0)
    expect(last('ApproximateNumberOfMessagesDelayedInQuietGroups')).toBe(2)
    expect(last('ApproximateAgeOfOldestMessageInQuietGroups')).toBe(40 * SECOND)
  })

  it('keeps its name on the way to a dead-letter queue', () => {
    const l = jobs({ VisibilityTimeout: 1, RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 1 } })
    send(l, 'a', 1)
    receive(l, 1)
    l.run(2 * SECOND)
    receive(l, 1)
    expect(groups(l.ask('Dead', 'sqs:ReceiveMessage').answer.Messages)).toEqual(['a'])
  })

  it('is never noisy in 2020: there were no fair queues', () => {
    const l = jobs({}, 'notes-2020')
    send(l, 'a', 50)
    receive(l, 40)
    send(l, 'b', 1)
    expect(groups(receive(l, 1))).toEqual(['a'])
  })
})

it('conserves messages and hands each out once, whatever tenants do', () => {
  const step = fc.record({
    kind: fc.constantFrom('send', 'receive', 'delete', 'wait'),
    group: fc.constantFrom('a', 'b', 'c', undefined),
    count: fc.integer({ min: 1, max: 40 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const l = jobs({ VisibilityTimeout: 43_200 })
      const waiting = new Set<string>()
      const held: ReceivedMessage[] = []
      let serial = 0
      for (const { kind, group, count } of steps) {
        if (kind === 'send')
          for (let i = 0; i < count; i++) {
            const MessageBody = `m${++serial}`
            waiting.add(MessageBody)
            l.ask('Jobs', 'sqs:SendMessage', {
              MessageBody,
              ...(group === undefined ? {} : { MessageGroupId: group }),
            })
          }
        else if (kind === 'receive') {
          const got = receive(l, count)
          expect(got.length).toBe(Math.min(count, waiting.size))
          for (const { Body } of got) expect(waiting.delete(String(Body))).toBe(true)
          held.push(...got)
        } else if (kind === 'delete') remove(l, held.splice(0, count))
        else l.run(l.now + count * 10 * SECOND)
      }
      expect(l.state<Queue>('Jobs').messages.visible).toBe(waiting.size)
    }),
    { numRuns: 60 },
  )
})

test('a noisy group among others is told of, alone in a queue it is not [SQS-61]', () => {
  const kinds = (groups: string): string[] =>
    reportOf(
      runScenario(
        scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60 } }
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Timeout: 10, Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, ScalingConfig: { MaximumConcurrency: 5 } } } } } }
Simulation:
  Duration: 3m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 20/s, Attributes: { who: "${groups}" }, Parameters: { MessageBody: $, MessageGroupId: $.who } } }
  Handlers: { Work: [{ Wait: 4s }] }
`),
      ),
      '',
    ).insights.map(({ kind }) => kind)
  expect(kinds('choice(loud: 0.95, quiet: 0.05)')).toContain('noisy-group')
  expect(kinds('choice(loud: 1)')).not.toContain('noisy-group')
})
