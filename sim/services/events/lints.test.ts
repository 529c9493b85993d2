// Event buses: which patterns can never match, and which rules lead nowhere.
import { expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../../test/lints.ts'

const rule = (pattern: string, more = ''): string => `# hotshard: allow iam/target-without-permission
Resources:
  Shop: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Work: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Shop, EventPattern: ${pattern}, Targets: [{ Id: a, Arn: "arn:aws:sqs:us-east-1:123456789012:jobs" }] } }${more}`
const told = (pattern: string, more = ''): string[] =>
  slugsOf(rule(pattern, more)).filter((slug) => slug.startsWith('events/'))

test('a field that no event has is told, with the name that was meant [EB-01]', () => {
  expect(told('{ source: [shop], detailType: [placed] }')).toEqual(['events/pattern-matches-nothing'])
  expect(told('{ Source: [shop] }')).toEqual(['events/pattern-matches-nothing'])
  expect(
    findingsOf(rule('{ DetailType: [placed] }'))
      .map(({ text }) => text)
      .join(),
  ).toContain('`detail-type` is the field’s name')
  expect(
    findingsOf(rule('{ orderId: ["7"] }'))
      .map(({ text }) => text)
      .join(),
  ).toContain('detail: { orderId: … }')
  expect(
    told(
      '{ source: [shop], detail-type: [placed], detail: { orderId: ["7"] }, resources: [a], time: [{ prefix: a }] }',
    ),
  ).toEqual([])
  expect(told('{ replay-name: [{ exists: false }] }')).toEqual([])
  expect(told('{ other: [{ exists: false }] }')).toEqual([])
  expect(told('{ $or: [{ source: [a] }, { source: [b] }] }')).toEqual([])
})

test('events of AWS services are not waited for on another bus than the default one, unless something brings them [EB-03]', () => {
  expect(told('{ source: [aws.ec2] }')).toEqual(['events/pattern-matches-nothing'])
  expect(told('{ source: [aws.ec2, shop] }')).toEqual([])
  const forward =
    '\n  Over: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [aws.ec2] }, Targets: [{ Id: a, Arn: !GetAtt Shop.Arn }] } }'
  expect(told('{ source: [aws.ec2] }', forward)).toEqual([])
  const policy =
    '\n  Let: { Type: AWS::Events::EventBusPolicy, Properties: { EventBusName: !Ref Shop, StatementId: a, Principal: "*", Action: events:PutEvents } }'
  expect(told('{ source: [aws.ec2] }', policy)).toEqual([])
})

test('a rule without targets is told', () => {
  const text = 'Resources:\n  Work: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [shop] }'
  expect(slugsOf(`${text} } }`)).toEqual(['events/rule-without-targets'])
  expect(slugsOf(`${text}, Targets: [] } }`)).toEqual(['events/rule-without-targets'])
})
