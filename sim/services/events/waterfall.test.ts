// Shows that an event is followed from the bus through its rule to the target.
import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../test/kit.ts'
import { Session, type Answer as Told } from '../../index.ts'

/** What is shown of the fifth request, with the second at which each part of it begins. */
function followed(section: string, more = ''): unknown[] {
  const answers: Told[] = []
  const session = new Session((answer) => answers.push(answer))
  const text = `
Resources:
  Shop: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Jobs: { Type: AWS::SQS::Queue }
  Placed: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Shop, EventPattern: { source: [shop] }, Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn, RoleArn: role }] } }${more}
Simulation:
  Duration: 1m
  ${section}
  Workloads:
    Load: { Target: Shop, Operation: events:PutEvents, Rate: 1/s, Arrivals: regular, Parameters: { Entries: [{ Source: shop, DetailType: placed, Detail: { id: 1 } }] } }
`
  session.take({ ask: 'load', run: 1, name: 'shop.yaml', text, knobs: {}, files: {} })
  session.take({ ask: 'ahead', run: 1, until: MINUTE })
  while (session.work());
  session.take({ ask: 'follow', run: 1, id: 1, wanted: { by: 'trace', trace: 5 } })
  while (session.work());
  const found = answers.find((answer) => answer.answer === 'followed')
  const spans = found?.answer === 'followed' ? (found.found?.waterfall.spans ?? []) : []
  return spans.map(({ resource, words, from, outcome }) => [resource, words, from / SECOND, outcome])
}

test('the deliveries of an event belong to its request, also those after its end', () => {
  const kept = '\n  Kept: { Type: AWS::Events::Archive, Properties: { SourceArn: !GetAtt Shop.Arn } }'
  expect(followed('Assumptions: { Placed: { DeliveryLatency: 2s } }', kept)).toEqual([
    ['Load', 'request', 5, 'ok'],
    ['Shop', 'events:PutEvents', 5, 'ok'],
    ['Shop', 'service time', 5, 'ok'],
    ['Placed', 'events:TriggerRule', 5, 'ok'],
    ['Kept', 'events:ArchiveEvent', 5, 'ok'],
    ['Jobs', 'sqs:SendMessage', 7, 'ok'],
    ['Jobs', 'service time', 7, 'ok'],
    ['Jobs', 'message', 7, 'open'],
    ['Jobs', 'waits in the queue', 7, 'open'],
  ])
})

test('a delivery that waits for its next attempt is still the request’s', () => {
  const faults =
    'Faults: [{ At: 0s, For: 20s, aws:fis:inject-api-throttle-error: { Service: sqs, Percentage: 100 } }]\n  Assumptions: { Placed: { DeliveryLatency: 0s } }'
  const attempts = followed(faults).filter((span) => (span as string[])[1] === 'sqs:SendMessage') as [
    string,
    string,
    number,
    string,
  ][]
  expect(attempts.map(([, , from]) => from)).toEqual([5, 6, 8, 12, 20])
  expect(attempts.at(-1)![3]).toBe('ok')
})
