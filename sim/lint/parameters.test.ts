// What hangs on a parameter without a value: two places that name it alike agree, and nothing is told of what cannot be known.
import { expect, test } from 'vitest'
import { slugsOf } from '../../test/lints.ts'

const alarm = (queue: string): string => `Parameters: { Stage: { Type: String }, Other: { Type: String } }
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } } }
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "\${Stage}-dead", MessageRetentionPeriod: 1209600 } }
  Page: { Type: AWS::SNS::Topic }
  Failed:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{ Name: QueueName, Value: ${queue} }]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref Page]`

test('an alarm on a queue whose name a parameter gives watches it, another may', () => {
  expect(slugsOf(alarm('!Sub "${Stage}-dead"'))).toEqual([])
  expect(slugsOf(alarm('!Ref Other'))).toEqual([])
  expect(slugsOf(alarm('elsewhere'))).toEqual(['cloudwatch/dead-letters-unwatched'])
  expect(slugsOf(alarm('!GetAtt Jobs.QueueName'))).toEqual(['cloudwatch/dead-letters-unwatched'])
})

const policy = (service: string): string => `Parameters: { Stage: { Type: String } }
Resources:
  News: { Type: AWS::SNS::Topic }
  Jobs: { Type: AWS::SQS::Queue }
  ToJobs: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Jobs.Arn } }
  LetNews:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs, !Ref Stage]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Service: ${service}.amazonaws.com }
            Action: sqs:SendMessage
            Resource: !GetAtt Jobs.Arn
            Condition: { StringLike: { aws:SourceArn: !Sub "arn:aws:sns:*:*:\${Stage}-*" } }`

test('a policy lets in whom it names, whatever its condition hangs on', () => {
  expect(slugsOf(policy('sns'))).toEqual([])
  expect(slugsOf(policy('s3'))).toEqual(['iam/target-without-permission'])
})
