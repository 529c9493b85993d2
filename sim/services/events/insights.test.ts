// Shows what is said of buses and rules after a run, and that nothing is said where all is well.
import { describe, expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'

const POLICY = `
  Let: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Jobs], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: events.amazonaws.com }, Action: "sqs:SendMessage", Resource: "*" }] } } }`

interface Setting {
  readonly policy?: string
  readonly pattern?: string
  readonly target?: string
  readonly rate?: string
  readonly more?: string
  readonly entry?: string
  readonly section?: string
}

/** The kinds of findings of a bus with one rule, ten events a second for a minute. */
function kinds({
  policy = POLICY,
  pattern = '{ source: [shop] }',
  target = '',
  rate = '10/s',
  more = '',
  entry = '',
  section = '',
}: Setting): string[] {
  const result = runScenario(
    scenarioOf(`
Resources:
  Shop: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Jobs: { Type: AWS::SQS::Queue }
  Placed: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Shop, EventPattern: ${pattern}, Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn${target} }] } }${policy}${more}
Simulation:
  Duration: 3m
  Workloads:
    Load: { Target: Shop, Operation: events:PutEvents, Arrivals: regular, Rate: [{ At: 0s, Value: ${rate} }, { At: 1m, Value: ${rate} }, { At: 1m, Value: 0/s }], Parameters: { Entries: [{ Source: shop, DetailType: placed, Detail: { id: 1 }${entry} }] } }
${section}
`),
  )
  return reportOf(result, '').insights.map(({ kind, resource }) => `${kind} at ${resource}`)
}

/** What is said of buses and rules; a queue that nobody reads is another matter. */
const said = (setting: Setting): string[] => kinds(setting).filter((each) => !each.startsWith('unread'))

describe('it is said', () => {
  test('of a bus that events match no rule, not where they are archived', () => {
    expect(said({ pattern: '{ source: [Shop] }' })).toContain('unmatched-events at Shop')
    const kept = '\n  Kept: { Type: AWS::Events::Archive, Properties: { SourceArn: !GetAtt Shop.Arn } }'
    expect(said({ pattern: '{ source: [Shop] }', more: kept }).join()).not.toContain('unmatched')
  })

  test('of no event of an AWS service, of which most are for nobody', () => {
    const more = `
  Pics: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } } }
  Gone: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [aws.s3], detail-type: [Object Deleted] }, Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn }] } }`
    const section =
      '    Files: { Target: Pics, Operation: s3:PutObject, Rate: 1/s, Parameters: { Key: a, ContentLength: 1KB } }'
    expect(said({ more, section })).toEqual([])
  })

  test('of a rule that no policy of its target lets it in', () => {
    expect(said({ policy: '' })).toContain('target-without-permission at Placed')
  })

  test('of a rule that retries came to their end', () => {
    const section =
      '  Faults: [{ At: 0s, For: 2m, aws:fis:inject-api-unavailable-error: { Service: sqs, Percentage: 100 } }]'
    expect(said({ target: ', RetryPolicy: { MaximumRetryAttempts: 2 }', section })).toContain(
      'retries-exhausted at Placed',
    )
    expect(said({ section }).join()).not.toContain('exhausted')
  })

  test('of the account that it may not make so many invocations', () => {
    const section = '  Quotas: { events.Invocations: 5 }'
    expect(said({ section })).toContain('rule-storm at Sim::Events::DefaultBus')
  })

  test('of a caller that it is throttled', () => {
    const section = '  Quotas: { events.PutEventsRequests: 5 }'
    expect(said({ section })).toContain('put-events-throttled at Shop')
  })

  test('of entries that their bus does not exist', () => {
    expect(said({ entry: ', EventBusName: shops' })).toContain('events-to-no-bus at Shop')
  })

  test('of a rule that its events come back', () => {
    const more =
      '\n  Round: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Shop, EventPattern: { source: [shop] }, Targets: [{ Id: a, Arn: !GetAtt Shop.Arn }] } }'
    expect(said({ more, rate: '1/m', section: '  Assumptions: { Round: { DeliveryLatency: 1ms } }' })).toContain(
      'event-loop at Round',
    )
  })
})

test('nothing is said where all is well', () => {
  expect(said({})).toEqual([])
})
