// Wiring that nobody has allowed, and doors that stand open.
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

/** What lets a service in, by the type of the target: the resource to add, and what it says. */
const PERMITS: ReadonlyMap<string, readonly [type: string, says: (principal: string) => string]> = new Map([
  [FUNCTION, ['AWS::Lambda::Permission', (who) => `\`Principal: ${who}\` and \`Action: lambda:InvokeFunction\``]],
  [QUEUE, ['AWS::SQS::QueuePolicy', (who) => `\`Principal: { Service: ${who} }\` and \`Action: sqs:SendMessage\``]],
  [TOPIC, ['AWS::SNS::TopicPolicy', (who) => `\`Principal: { Service: ${who} }\` and \`Action: sns:Publish\``]],
])

function unpermitted(scene: Scene): Finding[] {
  const permitted = permissionsOf(scene)
  return scene.flows.flatMap((flow) => {
    const service = SENDERS.get(flow.by)
    const target = scene.at(flow.to)
    const permit = PERMITS.get(target?.type ?? '')
    if (service === undefined || target === undefined || permit === undefined) return []
    const principal = `${service}.amazonaws.com`
    // A rule that acts as a role needs no policy; which of its targets has one is not told apart.
    const hasRole = scene.at(flow.from)?.type === 'AWS::Events::Rule' && permitted.has(`${flow.from} as a role`)
    if (hasRole || permitted.has(`${target.logicalId} ${principal}`) || permitted.has(`${target.logicalId} *`))
      return []
    const [type, says] = permit
    return [
      {
        message: `\`${flow.from}\` may not deliver to \`${target.logicalId}\`: no policy of the target lets \`${principal}\` in`,
        span: flow.span,
        help: `add an \`${type}\` for \`${target.logicalId}\` with ${says(principal)}`,
      },
    ]
  })
}

/** Who is let in where, as `target principal`. */
function permissionsOf(scene: Scene): ReadonlySet<string> {
  const found = new Set<string>()
  for (const permission of scene.all('AWS::Lambda::Permission'))
    found.add(`${scene.at(permission.value('FunctionName'))?.logicalId} ${permission.text('Principal') ?? '*'}`)
  for (const policy of scene.all('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy')) {
    const principals = new Set(statementsOf(policy).flatMap(({ allows, principals: named }) => (allows ? named : [])))
    for (const target of [...policy.list('Queues'), ...policy.list('Topics')])
      for (const principal of principals) found.add(`${scene.at(target)?.logicalId} ${principal}`)
  }
  for (const rule of scene.all('AWS::Events::Rule'))
    if (rule.list('Targets').some((target) => member(target, 'RoleArn') !== undefined))
      found.add(`${rule.logicalId} as a role`)
  return found
}

function openDoors(scene: Scene): Finding[] {
  return scene.all('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy').flatMap((policy) =>
    statementsOf(policy).flatMap(({ allows, principals, hasCondition, path }) => {
      if (!allows || hasCondition || !principals.includes('*')) return []
      const [what] = [...policy.list('Queues'), ...policy.list('Topics')].map((each) => scene.at(each)?.logicalId)
      return [
        {
          message: `anybody may use \`${what ?? policy.logicalId}\`: the statement allows \`*\` without a condition`,
          span: policy.place(...path, 'Principal'),
          help: 'name the principal, or add `Condition: { ArnLike: { aws:SourceArn: … } }`',
        },
      ]
    }),
  )
}

interface Statement {
  readonly allows: boolean
  readonly principals: readonly string[]
  readonly hasCondition: boolean
  readonly path: readonly (string | number)[]
}

/** The statements of a resource's policy. */
function statementsOf(policy: Written): Statement[] {
  const written = policy.value('PolicyDocument', 'Statement')
  return policy.list('PolicyDocument', 'Statement').map((statement, i) => {
    const principal = member(statement, 'Principal')
    const named = typeof principal === 'object' && principal !== null ? Object.values(principal).flat() : [principal]
    return {
      allows: member(statement, 'Effect') === 'Allow',
      principals: named.filter((who) => typeof who === 'string'),
      hasCondition: member(statement, 'Condition') !== undefined,
      path: ['PolicyDocument', 'Statement', ...(Array.isArray(written) ? [i] : [])],
    }
  })
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
