// Tests of the table's operations on single items, by hand.
import { expect, test } from 'vitest'
import { lab, type Part } from '../../../test/kit.ts'
import { table } from './table.ts'

const ACTIONS = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'DescribeTable',
  'UpdateTable',
] as const

function orders(properties: Record<string, unknown> = {}, assumptions: Record<string, string> = {}): Part {
  return {
    def: table,
    properties: {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 100 },
      ...properties,
    },
    assumptions,
  }
}
const probe = ACTIONS.map((name) => ['T', `dynamodb:${name}`] as const)

test('an item that was put is found', () => {
  const world = lab({ T: orders() }, { probe })
  expect(world.ask('T', 'dynamodb:PutItem', { Item: { pk: 'a', n: 1 } }).status).toBe('OK')
  expect(world.ask('T', 'dynamodb:GetItem', { Key: { pk: 'a' }, ConsistentRead: true }).answer).toEqual({
    Item: { pk: 'a', n: 1 },
  })
  expect(
    world.ask('T', 'dynamodb:UpdateItem', {
      Key: { pk: 'a' },
      UpdateExpression: 'SET n = n + :d',
      ExpressionAttributeValues: { ':d': 2 },
      ReturnValues: 'ALL_NEW',
    }).answer,
  ).toEqual({ Attributes: { pk: 'a', n: 3 } })
})
