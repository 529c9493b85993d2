// Wiring that nobody has allowed, and doors that stand open.
import type { Action } from '../model/contract.ts'
import { allow, permissionOf, statementsOf, type Resolve, type Statement } from '../parts/resource-policy.ts'
import type { Finding, Lints, Scene, Written } from './contract.ts'

const FUNCTION = 'AWS::Lambda::Function'
const QUEUE = 'AWS::SQS::Queue'
const TOPIC = 'AWS::SNS::Topic'

export const permissionLints: Lints = {
  'iam/target-without-permission': {
    severity: 'warning',
    title: 'a target that refuses what is sent to it',
    text: 'Topics, rules and buckets deliver to queues, topics and functions only where a resource policy of the target lets them. Without one the deployment succeeds, and every delivery is refused where nobody looks.',
    wrong: `Resources:
  News: { Type: AWS::SNS::Topic }
  Jobs: { Type: AWS::SQS::Queue }
  ToJobs:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Jobs.Arn }`,
    right: `Resources:
  News: { Type: AWS::SNS::Topic }
  Jobs: { Type: AWS::SQS::Queue }
  ToJobs:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Jobs.Arn }
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
            Condition: { ArnEquals: { aws:SourceArn: !Ref News } }`,
    source: 'https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html',
    find: (scene) => unpermitted(scene),
  },
  'iam/open-to-anyone': {
    severity: 'warning',
    title: 'a resource that anybody may use',
    text: 'A policy that allows `*` without a condition lets every AWS account in the world send, publish or invoke: whoever knows the name fills the queue, and the bill.',
    wrong: `Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Open:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Statement: [{ Effect: Allow, Principal: "*", Action: sqs:*, Resource: !GetAtt Jobs.Arn }]`,
    right: `Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Own:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { AWS: !Ref AWS::AccountId }
            Action: sqs:*
            Resource: !GetAtt Jobs.Arn`,
    source:
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html',
    find: (scene) => openDoors(scene),
  },
}

/** The service behind each kind of wiring. */
const SENDERS: ReadonlyMap<string, string> = new Map([
  ['AWS::SNS::Subscription', 'sns'],
  [TOPIC, 'sns'],
  ['AWS::Events::Rule', 'events'],
  ['AWS::S3::Bucket', 's3'],
])

/** What lets a service in, by the type of the target: the resource to add, the operation, and what it says. */
const PERMITS: ReadonlyMap<string, readonly [type: string, action: Action, says: (principal: string) => string]> =
  new Map([
    [
      FUNCTION,
      [
        'AWS::Lambda::Permission',
        'lambda:InvokeFunction',
        (who) => `\`Principal: ${who}\` and \`Action: lambda:InvokeFunction\``,
      ],
    ],
    [QUEUE, ['AWS::SQS::QueuePolicy', 'sqs:SendMessage', (who) => allowing(who, 'sqs:SendMessage')]],
    [TOPIC, ['AWS::SNS::TopicPolicy', 'sns:Publish', (who) => allowing(who, 'sns:Publish')]],
  ])

const allowing = (who: string, action: Action): string => `\`Principal: { Service: ${who} }\` and \`Action: ${action}\``

function unpermitted(scene: Scene): Finding[] {
  const resolve: Resolve = (text) => scene.at(text)?.logicalId
  return scene.flows.flatMap((flow) => {
    const service = SENDERS.get(flow.by)
    const target = scene.at(flow.to)
    const permit = PERMITS.get(target?.type ?? '')
    if (service === undefined || target === undefined || permit === undefined) return []
    const [type, action, says] = permit
    const principal = `${service}.amazonaws.com`
    const delivery = { service: principal, action, source: flow.from, target: target.logicalId }
    // A rule that acts as a role needs no policy; which of its targets has one is not told apart.
    if (hasRole(scene.at(flow.from)) || allow(policiesOf(scene, target), delivery, resolve)) return []
    return [
      {
        message: `\`${flow.from}\` may not deliver to \`${target.logicalId}\`: no policy of the target lets \`${principal}\` in`,
        span: flow.span,
        help: `add an \`${type}\` for \`${target.logicalId}\` with ${says(principal)}`,
      },
    ]
  })
}

/** What the policies of a resource say. */
function policiesOf(scene: Scene, target: Written): readonly Statement[] {
  const isTarget = (text: unknown): boolean => scene.at(text)?.logicalId === target.logicalId
  const permissions = scene
    .all('AWS::Lambda::Permission')
    .filter((permission) => isTarget(permission.value('FunctionName')))
    .map((permission) => permissionOf(permission.value()))
  const policies = scene
    .all('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy')
    .filter((policy) => [...policy.list('Queues'), ...policy.list('Topics')].some(isTarget))
    .flatMap((policy) => statementsOf(policy.value('PolicyDocument')))
  return [...permissions, ...policies]
}

function hasRole(sender: Written | undefined): boolean {
  return (
    sender?.type === 'AWS::Events::Rule' &&
    sender.list('Targets').some((target) => typeof target === 'object' && target !== null && 'RoleArn' in target)
  )
}

function openDoors(scene: Scene): Finding[] {
  return scene.all('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy').flatMap((policy) =>
    statementsOf(policy.value('PolicyDocument')).flatMap(({ allows, principals, except, condition, path }) => {
      if (!allows || condition !== null || except.principals || !principals.includes('*')) return []
      const [what] = [...policy.list('Queues'), ...policy.list('Topics')].map((each) => scene.at(each)?.logicalId)
      return [
        {
          message: `anybody may use \`${what ?? policy.logicalId}\`: the statement allows \`*\` without a condition`,
          span: policy.place('PolicyDocument', ...path, 'Principal'),
          help: 'name the principal, or add `Condition: { ArnLike: { aws:SourceArn: … } }`',
        },
      ]
    }),
  )
}
