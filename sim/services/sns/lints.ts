// Known traps of topics.
import type { Lints } from '../../lint/contract.ts'

const TOPIC = 'AWS::SNS::Topic'
const QUEUE = 'AWS::SQS::Queue'
const SUBSCRIPTION = 'AWS::SNS::Subscription'
const GUIDE = 'https://docs.aws.amazon.com/sns/latest/dg'

const fan = (queue: string, more = ''): string => `Resources:
  News: { Type: AWS::SNS::Topic, Properties: { FifoTopic: true, TopicName: news.fifo } }
  Jobs: { Type: AWS::SQS::Queue${queue} }
  ToJobs:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Jobs.Arn${more} }
  LetNews:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Service: sns.amazonaws.com }
            Action: sqs:SendMessage
            Resource: !GetAtt Jobs.Arn
            Condition: { ArnEquals: { aws:SourceArn: !Ref News } }`

const hook = (more: string): string => `Resources:
  News: { Type: AWS::SNS::Topic }
  Dead: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  LetNews:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Dead]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Service: sns.amazonaws.com }
            Action: sqs:SendMessage
            Resource: !GetAtt Dead.Arn
            Condition: { ArnEquals: { aws:SourceArn: !Ref News } }
  ToPartner:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref News
      Protocol: https
      Endpoint: https://partner.example.com/${more}`

export const lints: Lints = {
  'sns/order-ends-here': {
    severity: 'note',
    title: 'a standard queue behind a FIFO topic',
    text: 'A FIFO topic keeps the order of each message group and delivers a message once. A standard queue that subscribes to it does neither: it may hand messages out in another order, and twice.',
    wrong: fan(''),
    right: fan(', Properties: { FifoQueue: true }'),
    source: `${GUIDE}/fifo-topic-message-delivery.html`,
    find: (scene) =>
      scene.all(SUBSCRIPTION).flatMap((subscription) => {
        const topic = scene.at(subscription.value('TopicArn'))
        const queue = scene.at(subscription.value('Endpoint'))
        if (topic?.type !== TOPIC || topic.config?.['FifoTopic'] !== true) return []
        if (queue?.type !== QUEUE || queue.config?.['FifoQueue'] === true) return []
        return [
          {
            message: `\`${queue.logicalId}\` is a standard queue: what comes in order from \`${topic.logicalId}\` leaves it in any`,
            span: subscription.place('Endpoint'),
            help: `\`FifoQueue: true\` on \`${queue.logicalId}\` keeps the order, where it matters`,
          },
        ]
      }),
  },
  'sns/http-without-dead-letters': {
    severity: 'warning',
    title: 'an HTTP endpoint whose outage loses messages',
    text: 'To an HTTP endpoint a topic tries a delivery four times in a minute, unless a delivery policy says more. Without a dead-letter queue of the subscription, what an outage of minutes meets is gone.',
    wrong: hook(''),
    right: hook('\n      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn }'),
    source: `${GUIDE}/sns-dead-letter-queues.html`,
    find: (scene) =>
      scene.all(SUBSCRIPTION).flatMap((subscription) => {
        if (!/^https?$/.test(subscription.text('Protocol') ?? '')) return []
        if (subscription.value('RedrivePolicy') !== undefined) return []
        return [
          {
            message: `what cannot be delivered to the endpoint of \`${subscription.logicalId}\` within its retries is lost`,
            span: subscription.place('Protocol'),
            help: '`RedrivePolicy: { deadLetterTargetArn: !GetAtt DeadLetters.Arn }` keeps it',
          },
        ]
      }),
  },
}
