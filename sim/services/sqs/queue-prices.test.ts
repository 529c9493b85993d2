// What a queue costs: every call of its API, more of them when they are large, and polls that found nothing.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import { queue } from './queue.ts'

const ACTIONS = ['SendMessage', 'SendMessageBatch', 'ReceiveMessage', 'DeleteMessage'] as const

function jobs(properties: Record<string, unknown> = {}): Lab {
  return lab(
    { Jobs: { def: queue, properties, assumptions: { ApiLatency: 'constant(0ms)' } } },
    { probe: ACTIONS.map((action) => ['Jobs', `sqs:${action}`] as const) },
  )
}
const send = (l: Lab, size: number) => l.ask('Jobs', 'sqs:SendMessage', { MessageBody: 'x', MessageSize: size })
const batch = (l: Lab, ...sizes: number[]) =>
  l.ask('Jobs', 'sqs:SendMessageBatch', {
    Entries: sizes.map((MessageSize, i) => ({ Id: String(i), MessageBody: 'x', MessageSize })),
  })
const requests = (l: Lab) =>
  l
    .run(l.now + 1)
    .finish()
    .bill('Jobs')['Requests']!.used
const KB = 1024

describe('the bill of a queue', () => {
  it('has one request for each call, a batch of ten being one, and costs 0.40 USD a million [PR-R1]', () => {
    const l = jobs()
    send(l, 10)
    batch(l, 1, 2, 3)
    const { answer } = l.ask('Jobs', 'sqs:ReceiveMessage')
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: answer.Messages[0].ReceiptHandle })
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: 'none' })
    l.run(l.now + SECOND).finish()
    expect(l.bill('Jobs')).toEqual({ Requests: { used: 5, run: 0.000002 } })
  })

  it('has a request for each 64 KB of what is sent, one byte more being one more [PR-R2]', () => {
    for (const [size, used] of [
      [64 * KB, 1],
      [64 * KB + 1, 2],
      [128 * KB, 2],
      [256 * KB, 4],
    ] as const) {
      const l = jobs()
      send(l, size)
      expect(requests(l)).toBe(used)
    }
    const l = jobs()
    batch(l, 32 * KB, 32 * KB, 1)
    expect(requests(l)).toBe(2)
  })

  it('has them for what a receive returns, all messages together, and also after a move to another queue [PR-R2]', () => {
    const l = jobs()
    for (let i = 0; i < 10; i++) send(l, 10 * KB)
    l.ask('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 })
    // 100 KB are two.
    expect(requests(l)).toBe(12)
  })

  it('has receives that find nothing, and a poll every 20 s of a mapping that waits', () => {
    const l = jobs()
    for (let i = 0; i < 3; i++) l.ask('Jobs', 'sqs:ReceiveMessage')
    expect(requests(l)).toBe(3)
    const parked = jobs()
    parked.call('Jobs', 'sqs:ReceiveMessage', { Park: true })
    parked.run(MINUTE)
    expect(requests(parked)).toBe(4)
    const served = jobs()
    served.call('Jobs', 'sqs:ReceiveMessage', { Park: true })
    served.run(45 * SECOND)
    send(served, 1)
    served.run(served.now + MINUTE)
    // Two polls found nothing, the third the message.
    expect(requests(served)).toBe(4)
  })

  it('costs 0.50 USD a million for a FIFO queue [PR-R1]', () => {
    const l = jobs({ FifoQueue: true, ContentBasedDeduplication: true })
    l.ask('Jobs', 'sqs:SendMessage', { MessageBody: 'x', MessageGroupId: 'g' })
    l.run(l.now + SECOND).finish()
    expect(l.bill('Jobs')).toEqual({ FifoRequests: { used: 1, run: 0.0000005 } })
  })
})
