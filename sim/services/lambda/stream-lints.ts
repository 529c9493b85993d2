// Known traps of mappings that read a stream: a shard is read in order, so what cannot be handled stops all that comes behind it.
import type { Lints, Scene, Written } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'

const GUIDE = 'https://docs.aws.amazon.com/lambda/latest/dg'

const TABLE = resource('Orders', 'AWS::DynamoDB::Table', [
  'BillingMode: PAY_PER_REQUEST',
  'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
  'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
  'StreamSpecification: { StreamViewType: NEW_IMAGE }',
])

const example = (...properties: readonly string[]): string => {
  const feed = resource('Feed', 'AWS::Lambda::EventSourceMapping', [
    'EventSourceArn: !GetAtt Orders.StreamArn',
    'FunctionName: !Ref Work',
    'StartingPosition: LATEST',
    ...properties,
  ])
  return `Resources:\n${TABLE}${resource('Dead', 'AWS::SQS::Queue')}${workFunction()}${feed}`
}

const DESTINATION = 'DestinationConfig: { OnFailure: { Destination: !GetAtt Dead.Arn } }'

export const streamLints: Lints = {
  'lambda/stream-retries-for-ever': {
    severity: 'warning',
    title: 'a poisoned record that blocks its shard until it expires',
    text: 'A batch from a stream that fails is tried again until it succeeds or its records expire (24 hours in DynamoDB, up to a year in Kinesis), and nothing behind it in its shard is read meanwhile. One record that the function cannot handle stops a part of the data for a day.',
    wrong: example('BatchSize: 100'),
    right: example('BatchSize: 100', 'MaximumRetryAttempts: 5', 'BisectBatchOnFunctionError: true', DESTINATION),
    source: `${GUIDE}/services-dynamodb-errors.html`,
    find: (scene) =>
      streamsOf(scene).flatMap((mapping) => {
        const attempts = mapping.number(-1, 'MaximumRetryAttempts')
        const age = mapping.number(-1, 'MaximumRecordAgeInSeconds')
        if (attempts !== -1 || age !== -1) return []
        return [
          {
            message: `a record that \`${functionOf(mapping, scene)}\` cannot handle blocks its shard until it expires`,
            span: mapping.place(),
            help: '`MaximumRetryAttempts: 5` and `BisectBatchOnFunctionError: true`, with `DestinationConfig: { OnFailure: { Destination: … } }`',
          },
        ]
      }),
  },
  'lambda/stream-drops-records': {
    severity: 'warning',
    title: 'records that are given up without a trace',
    text: 'When the retries of a batch from a stream are used up it is skipped. Without a destination for failures nothing remembers which records these were.',
    wrong: example('MaximumRetryAttempts: 5', 'BisectBatchOnFunctionError: true'),
    right: example('MaximumRetryAttempts: 5', 'BisectBatchOnFunctionError: true', DESTINATION),
    source: `${GUIDE}/services-dynamodb-errors.html`,
    find: (scene) =>
      streamsOf(scene).flatMap((mapping) => {
        const isBounded =
          mapping.number(-1, 'MaximumRetryAttempts') >= 0 || mapping.number(-1, 'MaximumRecordAgeInSeconds') >= 0
        if (!isBounded || mapping.value('DestinationConfig', 'OnFailure', 'Destination') !== undefined) return []
        const member =
          mapping.value('MaximumRetryAttempts') === undefined ? 'MaximumRecordAgeInSeconds' : 'MaximumRetryAttempts'
        return [
          {
            message: `records that \`${functionOf(mapping, scene)}\` fails on are dropped after their last retry, and nothing tells which`,
            span: mapping.place(member),
            help: '`DestinationConfig: { OnFailure: { Destination: !GetAtt DeadLetters.Arn } }`',
          },
        ]
      }),
  },
  'lambda/stream-batch-never-split': {
    severity: 'note',
    title: 'healthy records that fail with a bad one',
    text: 'The whole batch from a stream is tried again, the healthy records in it too. `BisectBatchOnFunctionError` halves a failed batch until the bad record is alone; a function that reports `batchItemFailures` says itself where to begin again.',
    wrong: example('BatchSize: 100', 'MaximumRetryAttempts: 5', DESTINATION),
    right: example('BatchSize: 100', 'MaximumRetryAttempts: 5', 'BisectBatchOnFunctionError: true', DESTINATION),
    source: `${GUIDE}/services-dynamodb-errors.html`,
    find: (scene) =>
      streamsOf(scene).flatMap((mapping) => {
        const splits = (mapping.text('BisectBatchOnFunctionError') ?? 'false') !== 'false'
        const reports = mapping.list('FunctionResponseTypes').includes('ReportBatchItemFailures')
        const bounded = mapping.number(-1, 'MaximumRetryAttempts') >= 0
        // Where nothing is ever given up, that is told instead.
        if (splits || reports || !bounded || !(mapping.number(100, 'BatchSize') > 1)) return []
        return [
          {
            message: `a failed batch of \`${functionOf(mapping, scene)}\` is given up whole, its healthy records too`,
            span: mapping.place('BatchSize'),
            help: '`BisectBatchOnFunctionError: true`, or `FunctionResponseTypes: [ReportBatchItemFailures]`',
          },
        ]
      }),
  },
}

/** The mappings that read a shard in order. */
function streamsOf(scene: Scene): readonly Written[] {
  return scene.all('AWS::Lambda::EventSourceMapping').filter((mapping) => {
    const arn = mapping.text('EventSourceArn') ?? ''
    const type = scene.at(arn)?.type
    return (
      type === 'AWS::DynamoDB::Table' || type === 'AWS::Kinesis::Stream' || /^arn:[\w-]+:(kinesis|dynamodb):/.test(arn)
    )
  })
}

function functionOf(mapping: Written, scene: Scene): string {
  return scene.at(mapping.value('FunctionName'))?.logicalId ?? mapping.logicalId
}
