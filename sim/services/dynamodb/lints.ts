// Known traps of tables.
import type { Lints, Scene, Written } from '../../lint/contract.ts'
import { keyLints } from './key-lints.ts'
import { repeatLints } from './repeat-lints.ts'
import { scanLints } from './scan-lints.ts'

const TABLE = 'AWS::DynamoDB::Table'
const GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'

const example = (writes: number, index: number, more: string): string => `Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions:
        - { AttributeName: id, AttributeType: S }
        - { AttributeName: day, AttributeType: S }
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: ${writes} }
      GlobalSecondaryIndexes:
        - IndexName: ByDay
          KeySchema: [{ AttributeName: day, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: ${index} }${more}`

const SCALED = `
  Writes:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: dynamodb
      ScalableDimension: dynamodb:table:WriteCapacityUnits
      ResourceId: !Sub table/\${Orders}
      MinCapacity: 10
      MaxCapacity: 100
      RoleARN: arn:aws:iam::123456789012:role/scaling`

export const lints: Lints = {
  'dynamodb/index-below-table': {
    severity: 'warning',
    title: 'an index that throttles its table',
    text: 'A write to a table is admitted only when every index that it touches has write capacity, too. An index with less write capacity than its table throttles the writes of the table, whose own capacity is not even used.',
    wrong: example(100, 10, ''),
    right: example(100, 100, ''),
    source: `${GUIDE}/GSI.html`,
    find: (scene) =>
      provisioned(scene).flatMap((table) => {
        const writes = table.number(0, 'ProvisionedThroughput', 'WriteCapacityUnits')
        return table.list('GlobalSecondaryIndexes').flatMap((_, i) => {
          const path = ['GlobalSecondaryIndexes', i, 'ProvisionedThroughput', 'WriteCapacityUnits']
          const own = table.number(Number.NaN, ...path)
          if (!(own < writes)) return []
          const name = table.text('GlobalSecondaryIndexes', i, 'IndexName') ?? String(i)
          return [
            {
              message: `the index \`${name}\` writes ${own} units a second, and \`${table.logicalId}\` ${writes}: the index throttles the table`,
              span: table.place(...path),
              help: `\`WriteCapacityUnits: ${writes}\`, unless few items have its key`,
            },
          ]
        })
      }),
  },
  'dynamodb/capacity-without-scaling': {
    severity: 'note',
    title: 'provisioned capacity that never changes',
    text: 'A table with provisioned capacity and no auto scaling throttles what is above its figures and is paid for in full when nothing comes. On-demand tables follow the load by themselves; provisioned ones need a scalable target.',
    wrong: example(10, 10, ''),
    right: example(10, 10, SCALED),
    source: `${GUIDE}/AutoScaling.html`,
    find: (scene) =>
      provisioned(scene).flatMap((table) => {
        const name = table.dimensionValue ?? table.logicalId
        const isScaled = scene
          .all('AWS::ApplicationAutoScaling::ScalableTarget')
          .some((target) => (target.text('ResourceId') ?? name).split('/')[1] === name)
        if (isScaled) return []
        return [
          {
            message: `the capacity of \`${table.logicalId}\` is fixed: what comes above it is throttled`,
            span: table.place('ProvisionedThroughput'),
            help: '`BillingMode: PAY_PER_REQUEST`, or an `AWS::ApplicationAutoScaling::ScalableTarget` with a policy',
          },
        ]
      }),
  },
  ...keyLints,
  ...repeatLints,
  ...scanLints,
}

/** The tables with capacity of their own. */
function provisioned(scene: Scene): readonly Written[] {
  return scene.all(TABLE).filter((table) => (table.text('BillingMode') ?? 'PROVISIONED') === 'PROVISIONED')
}
