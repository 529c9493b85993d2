// What a topic costs: requests in chunks of 64 KB; deliveries to queues and functions are free.
import { describe, expect, it } from 'vitest'
import { lab, SECOND, type Lab } from '../../../test/kit.ts'
import { topic } from './topic.ts'

const KB = 1024

function news(properties: Record<string, unknown> = {}): Lab {
  const assumptions = { ApiLatency: '0ms', DeliveryLatency: '0ms', Confirmation: 'confirmed' }
  return lab(
    { News: { def: topic, properties, assumptions } },
    {
      probe: [
        ['News', 'sns:Publish'],
        ['News', 'sns:PublishBatch'],
      ],
    },
  )
}
const publish = (l: Lab, MessageSize: number, more: object = {}) =>
  l.ask('News', 'sns:Publish', { Message: 'x', MessageSize, ...more })
const bill = (l: Lab) =>
  l
    .run(l.now + 10 * SECOND)
    .finish()
    .bill('News')

describe('the bill of a topic', () => {
  it('has a request for each 64 KB of a publish [PR-R1, PR-R2]', () => {
    for (const [size, used] of [
      [1, 1],
      [64 * KB, 1],
      [64 * KB + 1, 2],
      [256 * KB, 4],
    ] as const) {
      const l = news()
      publish(l, size)
      expect(bill(l)['Publishes']).toEqual({ used, run: used * 0.0000005 })
    }
  })

  it('has one for a batch of ten, more when all its messages together are large', () => {
    const batch = (MessageSize: number): number => {
      const l = news()
      const entry = (_: unknown, i: number) => ({ Id: String(i), Message: 'x', MessageSize })
      l.ask('News', 'sns:PublishBatch', { PublishBatchRequestEntries: Array.from({ length: 10 }, entry) })
      return bill(l)['Publishes']!.used
    }
    expect([batch(1 * KB), batch(7 * KB)]).toEqual([1, 2])
  })

  it('has deliveries by HTTP and mail, those to queues and functions are free', () => {
    const to = (Protocol: string) => ({
      Protocol,
      Endpoint: Protocol === 'email' ? 'me@example.com' : 'https://example.com',
    })
    const l = news({ Subscription: [to('https'), to('email'), to('https')] })
    for (let i = 0; i < 5; i++) publish(l, 1)
    expect(bill(l)).toEqual({
      Publishes: { used: 5, run: 0.0000025 },
      HttpDeliveries: { used: 10, run: 0.000006 },
      EmailDeliveries: { used: 5, run: 0.0001 },
    })
    expect(Object.keys(bill(news()))).toEqual(['Publishes'])
  })

  it('has messages and bytes for a FIFO topic, repetitions not', () => {
    const l = news({ FifoTopic: true, ContentBasedDeduplication: true })
    publish(l, 100 * KB, { MessageGroupId: 'g' })
    publish(l, 100 * KB, { MessageGroupId: 'g' })
    const found = bill(l)
    expect(found['FifoPublishes']).toEqual({ used: 1, run: 0.0000003 })
    expect(found['FifoPublishedBytes']!.used).toBe((100 * KB) / 2 ** 30)
    expect(found['Publishes']).toBeUndefined()
  })
})
