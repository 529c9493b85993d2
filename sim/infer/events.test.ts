// What is inferred to be sent, where filters say what they take.
import { expect, test } from 'vitest'
import { loadTemplate } from '../cfn/index.ts'
import { Problems } from '../diag/problem.ts'
import { messageFor } from './events.ts'

const mapping = (name: string, queue: string, ...patterns: readonly string[]): string => `
  ${name}:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: work
      EventSourceArn: !GetAtt ${queue}.Arn
      FilterCriteria: { Filters: [${patterns.map((pattern) => `{ Pattern: '${pattern}' }`).join(', ')}] }`
const subscription = (queue: string, isRaw: boolean): string => `
  To${queue}: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt ${queue}.Arn, RawMessageDelivery: ${isRaw} } }`
const queues = `Resources:
  News: { Type: AWS::SNS::Topic }
  A: { Type: AWS::SQS::Queue }
  B: { Type: AWS::SQS::Queue }`

function messageTo(name: string, text: string): unknown {
  const template = loadTemplate({ name: 't.yaml', text }, { parameters: new Map(), dummies: true }, new Problems())!
  return messageFor(template, template.resources.get(name)!)
}

test('a message meets the filters of all mappings behind a queue, or a topic that hands it on as it is', () => {
  const filters =
    mapping('One', 'A', '{ "body": { "kind": ["order"], "to": { "country": ["DE"] } } }') +
    mapping('Two', 'A', '{ "body": { "to": { "city": [{ "exists": true }] } } }') +
    mapping('Three', 'B', '{ "body": { "total": [{ "numeric": [">", 5] }], "kind": ["return"] } }')
  expect(messageTo('A', queues + filters)).toEqual({ kind: 'order', to: { country: 'DE', city: 'any' } })
  expect(messageTo('News', queues + filters + subscription('A', true) + subscription('B', true))).toEqual({
    kind: 'order',
    to: { country: 'DE', city: 'any' },
    total: 6,
  })
  expect(messageTo('News', queues + filters + subscription('B', false))).toBeUndefined()
  expect(messageTo('B', queues)).toBeUndefined()
})

test('a filter cannot reach a prototype', () => {
  const hostile = mapping('One', 'A', '{ "body": { "__proto__": { "polluted": [1] }, "a": [1] } }')
  expect(messageTo('A', queues + hostile)).toEqual({ a: 1 })
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})
