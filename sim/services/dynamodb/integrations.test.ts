// A table among other services: permissions of those who call it, and what its changes set to work.
import { expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { Table } from './state.ts'

test('who may not write to a table is refused; a change of it invokes the function that reads its stream [N.DYNAMODB-04]', () => {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: { StreamViewType: NEW_IMAGE }
  React: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, Role: role, Code: { ZipFile: x } } }
  Changes: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref React, EventSourceArn: !GetAtt T.StreamArn, StartingPosition: TRIM_HORIZON } }
Simulation:
  Duration: 1m
  Profiles:
    writer: { User: ann, Allow: ["dynamodb:PutItem"] }
    reader: { User: ben, Allow: ["dynamodb:GetItem"] }
  Handlers: { React: [{ Wait: 1ms }] }
  Actions:
    - { At: 5s, Profile: reader, dynamodb:PutItem: { TableName: !Ref T, Item: { k: b } } }
    - { At: 20s, Profile: writer, dynamodb:PutItem: { TableName: !Ref T, Item: { k: a } } }
`),
  )
  const { items } = world.stateOf<Table>('T')
  expect([items.live, items.partitionKeys[0]]).toEqual([1, 'a'])
  const invocations = world.metrics.find(({ component, name }) => component === 'React' && name === 'Invocations')!
  expect(invocations.series.points.reduce((sum, point) => sum + point.sum, 0)).toBe(1)
})
