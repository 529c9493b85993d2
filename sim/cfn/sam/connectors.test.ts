// Connectors: who is given the permission, for which pairs of types, and what is said about the rest.
import { expect, test } from 'vitest'
import { fn, transform } from '../../../test/sam.ts'

const connector = (from: string, to: string, permissions: string, around = ''): string =>
  `  C: { Type: AWS::Serverless::Connector${around}, Properties: { Source: ${from}, Destination: ${to}, Permissions: [${permissions}] } }\n`
const queue = '  Q: { Type: AWS::SQS::Queue }\n'
const topic = '  T: { Type: AWS::SNS::Topic }\n'

test('a source with a role gets a policy on it, one for each destination of a list [SAM-R50]', () => {
  const made = transform(fn('F') + queue + topic + connector('{ Id: F }', '[{ Id: Q }, { Id: T }]', 'Write'))
  expect(made.messages).toEqual([])
  expect(made.value('CPolicyDestination0', 'Properties', 'Roles')).toEqual([{ Ref: 'FRole' }])
  expect(made.value('CPolicyDestination1', 'Properties', 'PolicyDocument', 'Statement')).toEqual([
    { Effect: 'Allow', Action: ['sns:Publish'], Resource: [{ Ref: 'T' }] },
  ])
  const machine = '  S: { Type: AWS::StepFunctions::StateMachine, Properties: { RoleArn: !GetAtt R.Arn } }\n'
  const sends = transform(machine + queue + connector('{ Id: S }', '{ Id: Q }', 'Write'))
  expect(sends.value('CPolicy', 'Properties', 'Roles')).toEqual([{ Ref: 'R' }])
  // A state machine sends and does no more; a function may take messages away.
  const actions = ['CPolicy', 'Properties', 'PolicyDocument', 'Statement', '0', 'Action']
  expect(sends.value(...actions.slice(0, 4))[0].Action).toEqual(['sqs:SendMessage'])
})

test('a topic or a rule is let in by a queue’s policy, a topic’s, or a function’s permission [SAM-R50]', () => {
  const source = { ArnEquals: { 'aws:SourceArn': { Ref: 'T' } } }
  const toQueue = transform(topic + queue + connector('{ Id: T }', '{ Id: Q }', 'Write'))
  expect(toQueue.value('CQueuePolicy')).toMatchObject({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Q' }],
      PolicyDocument: {
        Statement: [
          {
            ...{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' },
            ...{ Resource: { 'Fn::GetAtt': ['Q', 'Arn'] }, Condition: source },
          },
        ],
      },
    },
  })
  const rule = '  R: { Type: AWS::Events::Rule }\n'
  const toTopic = transform(rule + topic + connector('{ Id: R }', '{ Id: T }', 'Write'))
  expect(toTopic.value('CTopicPolicy', 'Properties', 'Topics')).toEqual([{ Ref: 'T' }])
  const bucket = '  B: { Type: AWS::S3::Bucket }\n'
  const toFunction = transform(fn('F') + bucket + connector('{ Id: B }', '{ Id: F }', 'Write'))
  expect(toFunction.value('CWriteLambdaPermission', 'Properties')).toEqual({
    ...{ Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' },
    ...{ FunctionName: { 'Fn::GetAtt': ['F', 'Arn'] }, SourceArn: { 'Fn::GetAtt': ['B', 'Arn'] } },
    SourceAccount: { 'Fn::Sub': '${AWS::AccountId}' },
  })
})

test('a function that polls gets the policy on its own role, and its mapping waits for it [SAM-R50]', () => {
  const polls = ', Events: { M: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn } } }'
  const made = transform(fn('F', polls) + queue + connector('{ Id: Q }', '{ Id: F }', 'Read, Write'))
  expect(made.value('CPolicy', 'Properties', 'Roles')).toEqual([{ Ref: 'FRole' }])
  expect(made.value('FM', 'DependsOn')).toEqual(['CPolicy'])
  expect(transform(fn('F', polls) + queue + connector('{ Id: Q }', '{ Id: F }', 'Read')).messages.join()).toMatch(
    /has the `Permissions` `Read`, `Write`/,
  )
})

test('a rule acts by the role of the target that it is connected to', () => {
  const targets =
    '[{ Id: a, Arn: !GetAtt E.Arn, RoleArn: !GetAtt One.Arn }, { Id: b, Arn: !Ref S, RoleArn: !GetAtt Two.Arn }]'
  const around = `  R: { Type: AWS::Events::Rule, Properties: { Targets: ${targets} } }\n  S: { Type: AWS::StepFunctions::StateMachine }\n  E: { Type: AWS::Events::EventBus }\n`
  const made = transform(around + connector('{ Id: R }', '[{ Id: S }, { Id: E }]', 'Write'))
  expect(made.value('CPolicyDestination0', 'Properties', 'Roles')).toEqual([{ Ref: 'Two' }])
  expect(made.value('CPolicyDestination1', 'Properties', 'Roles')).toEqual([{ Ref: 'One' }])
})

test('ends outside the template are described; what waits for a connector waits for what it made', () => {
  const made = transform(
    connector('{ Type: AWS::Serverless::Function, RoleName: r }', '{ Type: AWS::SNS::Topic, Arn: arn }', 'Write') +
      '  Q: { Type: AWS::SQS::Queue, DependsOn: [C, T] }\n' +
      topic,
  )
  expect(made.value('CPolicy', 'Properties', 'Roles')).toEqual(['r'])
  expect(made.value('CPolicy', 'Metadata', 'aws:sam:connectors', 'C', 'Source')).toEqual({
    Type: 'AWS::Lambda::Function',
  })
  expect(made.value('Q', 'DependsOn')).toEqual(['CPolicy', 'T'])
})

test('an embedded connector is a resource of its own: the condition of its source is not its condition', () => {
  const embedded = 'Connectors: { K: { Properties: { Destination: { Id: Q }, Permissions: [Write] } } }'
  const made = transform(
    fn('F').replace('Properties:', `Condition: C, ${embedded}, Properties:`) + queue,
    'Conditions: { C: !Equals [a, a] }',
  )
  expect(made.value('F', 'Condition')).toBe('C')
  expect(made.value('FKPolicy', 'Condition')).toBe(undefined)
  expect(made.value('F', 'Connectors')).toBe(undefined)
})

test.each([
  [connector('{ Id: X }', '{ Id: Q }', 'Write'), /`Source` of the connector `C` is `X`, which is no resource/],
  [connector('{ Id: Q, Arn: a }', '{ Id: T }', 'Write'), /has an `Id`, or else a `Type`/],
  [connector('{ Arn: a }', '{ Id: T }', 'Write'), /has an `Id`, or else a `Type`/],
  [
    connector('{ Id: Q }', '{ Id: T }', 'Write'),
    /no connector leads from `AWS::SQS::Queue` to `AWS::SNS::Topic`; from there they lead to `AWS::Lambda::Function`/,
  ],
  [connector('{ Id: T }', '{ Id: Q }', 'Read'), /has the permission `Read`; from .* there are `Write`/],
  [connector('{ Id: T }', '{ Id: Q }', ''), /has no `Permissions`/],
  [connector('{ Id: T }', '[]', 'Write'), /has no `Destination`/],
  [connector('{ Id: T }', '{ Type: AWS::SQS::Queue, Arn: a }', 'Write'), /its `Destination` needs `QueueUrl`/],
  [connector('{ Type: AWS::Lambda::Function }', '{ Id: Q }', 'Write'), /its `Source` needs `RoleName`/],
  [connector('{ Id: L }', '{ Id: Q }', 'Write'), /`L` has no role in this template/],
])('a mistake in a connector is said in a sentence: %s', (resources, message) => {
  const literal = '  L: { Type: AWS::Lambda::Function, Properties: { Role: arn } }\n'
  expect(transform(resources + queue + topic + literal).messages.join('\n')).toMatch(message)
})
