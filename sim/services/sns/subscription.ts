// AWS::SNS::Subscription: who gets what is published to a topic. The topic itself delivers; this is what the template says of it.
import type { ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { PROTOCOLS } from './topic-config.ts'

export const subscription: ServiceDef<null> = {
  type: 'AWS::SNS::Subscription',
  family: 'messaging',
  namespace: 'AWS/SNS',
  dimension: 'Subscription',
  summary: 'Brings what is published to a topic to an endpoint.',
  models: ['What a subscription does is part of its topic: `hotshard explain AWS::SNS::Topic`.'],
  omits: ['Topics outside of the template: such a subscription gets nothing.'],
  quotas: {},
  assumptions: {},
  // Its topic is billed for what it delivers.
  prices: {},
  props: {
    DeliveryPolicy: p.any('How deliveries by HTTP are tried again.'),
    Endpoint: p.any('Where messages go.'),
    FilterPolicy: p.any('Which messages it takes; all when absent.'),
    FilterPolicyScope: p.oneOf('What the filter looks at.', ['MessageAttributes', 'MessageBody'], {
      default: 'MessageAttributes',
    }),
    Protocol: p.oneOf('How messages go there.', PROTOCOLS, { required: true }),
    RawMessageDelivery: p.bool('The message goes as it came, without an envelope.', { default: false }),
    RedrivePolicy: p.record('Where messages go that cannot be delivered.', {
      deadLetterTargetArn: p.any('The ARN of a queue.'),
    }),
    TopicArn: p.any('The topic.', { required: true }),
    Region: p.inert('The region of the topic.'),
    ReplayPolicy: p.inert('When a run begins the archive is empty: replay by `sns:SetSubscriptionAttributes`.'),
    SubscriptionRoleArn: p.inert('The role for a delivery stream.'),
  },
  gather: (near) => {
    const found = near.resourceAt(near.self.config['TopicArn'])
    if (found?.type !== 'AWS::SNS::Topic')
      near.self.notSimulated(['TopicArn'], 'the topic is outside of this scenario: nothing comes from it')
    return { Topic: found?.type === 'AWS::SNS::Topic' ? found.logicalId : null }
  },
  carries: (config) => config['Topic'] !== null,
  create: () => null,
  ops: {},
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'subscription',
    label: 'Subscription',
    partOf: (config) => (config['Topic'] ?? undefined) as string | undefined,
    level: () => 0,
    levelMax: () => 1,
    tone: () => 'calm',
  },
}
