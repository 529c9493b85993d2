// What AWS bills for a topic: what is published, in chunks of 64 KB, and deliveries to other than AWS's own endpoints.
import { GB, type Price } from '../../model/price.ts'
import type { Protocol } from './topic-config.ts'
import type { Topic } from './topic.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/sns/pricing/ [PR-R1, PR-R2]'

/** Deliveries to subscriptions of some protocols; undefined without any such subscription. */
const deliveredBy =
  (...protocols: readonly Protocol[]) =>
  ({ subscribers, deliveries }: Topic): number | undefined => {
    const rows = subscribers.flatMap(({ protocol }, i) => (protocols.includes(protocol) ? [i] : []))
    if (rows.length === 0) return undefined
    return rows.reduce((sum, i) => sum + deliveries.bySubscriber[i].arrived, 0)
  }

export const prices: Readonly<Record<string, Price<Topic>>> = {
  Publishes: {
    doc: 'Publish requests',
    usd: '0.50',
    per: 1_000_000,
    unit: 'requests',
    free: 1_000_000,
    source: SOURCE,
    used: (topic, meter) => {
      if (topic.isFifo) return undefined
      return meter.calls('sns:Publish').sent + meter.calls('sns:PublishBatch').sent + topic.moreChunks
    },
  },
  HttpDeliveries: {
    doc: 'Deliveries by HTTP',
    usd: '0.06',
    per: 100_000,
    unit: 'deliveries',
    free: 100_000,
    source: SOURCE,
    used: deliveredBy('http', 'https'),
  },
  EmailDeliveries: {
    doc: 'Mails',
    usd: '2.00',
    per: 100_000,
    unit: 'mails',
    free: 1_000,
    source: SOURCE,
    used: deliveredBy('email', 'email-json'),
  },
  FifoPublishes: {
    doc: 'Messages published (FIFO)',
    usd: '0.30',
    per: 1_000_000,
    unit: 'messages',
    source: SOURCE,
    used: (topic) => (topic.isFifo ? topic.published : undefined),
  },
  FifoPublishedBytes: {
    doc: 'Data published (FIFO)',
    usd: '0.017',
    unit: 'GB',
    base: GB,
    source: SOURCE,
    used: (topic, meter) => (topic.isFifo ? meter.sum('PublishSize') : undefined),
  },
  FifoDeliveries: {
    doc: 'Messages delivered (FIFO)',
    usd: '0.01',
    per: 1_000_000,
    unit: 'messages',
    source: SOURCE,
    used: (topic) => (topic.isFifo ? topic.deliveries.arrived : undefined),
  },
}

export const unbilled = [
  'short messages, apps and deliveries to Firehose',
  'data delivered by FIFO topics, and what their archives hold',
]
