// The command line's flags --page-size, --max-items and --starting-token, as steps of a program.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'
import { firstPage, turnPage, wholeAnswer } from './paging.ts'

const PAGES = { items: 'Items', next: 'LastEvaluatedKey', start: 'ExclusiveStartKey', limit: 'Limit' }

/** A run in which a program reads a table of 100 items by the steps; what they found, as custom metrics, and the requests made. */
function read(steps: string): { requests: number; units: number; metrics: Record<string, number[]> } {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: a.b, Role: r, Code: { ZipFile: x }, Timeout: 60 } }
  T: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: pk, KeyType: HASH }, { AttributeName: n, KeyType: RANGE }], AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }, { AttributeName: n, AttributeType: S }] } }
Simulation:
  Duration: 10m
  Assumptions: { T: { ReplicaLag: 0ms } }
  Workloads:
    Fill: { Target: T, Operation: dynamodb:PutItem, Rate: 10/s, Arrivals: regular, Count: 100, Attributes: { n: sequence }, Parameters: { Item: { pk: a, n: $.n }, ItemSize: 1KB } }
  Handlers: { Work: [${steps}] }
  Actions: [{ At: 1m, lambda:InvokeFunction: { FunctionName: !Ref Work, Payload: {} } }]
`),
  )
  const metrics: Record<string, number[]> = {}
  for (const { namespace, name, series } of world.metrics)
    if (namespace === 'Custom') metrics[name] = series.points.filter(({ sum }) => sum !== 0).map(({ sum }) => sum)
  return {
    requests: world.dispatcher.edges.reduce(
      (sum, { from }, i) => sum + (from === 'Work' ? world.dispatcher.sent[i]! : 0),
      0,
    ),
    units: world.stateOf<{ capacity: { consumedRead: number } }>('T').capacity.consumedRead,
    metrics,
  }
}

const query = (config: string, to = '$.page'): string =>
  `{ dynamodb:Query: { TableName: !Ref T, KeyConditionExpression: "pk = :a", ExpressionAttributeValues: { ":a": a }, ConsistentRead: true${config === '' ? '' : `, PaginationConfig: { ${config} }`} }, ResultPath: ${to} }`
/** How many items there are, and the sum of their numbers. */
const tell = (from = '$.page'): string =>
  `{ ForEach: { In: ${from}.Items, Do: [{ Metric: { MetricName: Items } }, { Metric: { MetricName: Sum, Value: $.n } }] } }`

test('with --page-size 10 a query of 100 items makes 10 or 11 requests and finds the same 100 items [N.DYNAMODB-CLI-03]', () => {
  const whole = read(`${query('')}, ${tell()}`)
  expect([whole.requests, whole.metrics['Items']]).toEqual([1, [100]])
  const paged = read(`${query('PageSize: 10')}, ${tell()}`)
  expect(paged.requests).toBe(11)
  expect(paged.metrics).toEqual(whole.metrics)
  // Each page is rounded up by itself: 10 pages of 10 KB and an empty one.
  expect([whole.units, paged.units]).toEqual([25, 31])
})

test('--max-items 30 gives 30 items and a token, and the token the items 31 to 60 [N.DYNAMODB-CLI-04, N.DYNAMODB-CLI-05]', () => {
  const first = read(`${query('MaxItems: 30')}, ${tell()}`)
  const both = read(`${query('MaxItems: 60')}, ${tell()}`)
  const next = read(
    `${query('MaxItems: 30')}, ${query('MaxItems: 30, StartingToken: $.page.NextToken', '$.next')}, ${tell('$.next')}`,
  )
  expect([first.metrics['Items'], next.metrics['Items'], both.metrics['Items']]).toEqual([[30], [30], [60]])
  // The numbers of the items are all different, so that only the items 31 to 60 have this sum.
  expect(next.metrics['Sum']![0]).toBe(both.metrics['Sum']![0]! - first.metrics['Sum']![0]!)
  // The page that was enough is read again: the token says how much of it was given.
  expect([first.requests, next.requests]).toEqual([1, 2])
  const small = read(
    `${query('MaxItems: 30, PageSize: 10')}, ${query('MaxItems: 30, PageSize: 10, StartingToken: $.page.NextToken', '$.next')}, ${tell('$.next')}`,
  )
  expect([small.metrics, small.requests]).toEqual([next.metrics, 6])
})

test('whatever the size of pages and however often one goes on with the token, every item comes once and in order', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 }), (n, size, most) => {
      const serve = (body: Readonly<Record<string, unknown>>): unknown => {
        const start = (body['ExclusiveStartKey'] as number | undefined) ?? 0
        const end = Math.min(n, start + (body['Limit'] as number))
        const Items = Array.from({ length: end - start }, (_, i) => start + i)
        return { Items, ...(end - start === body['Limit'] ? { LastEvaluatedKey: end } : {}) }
      }
      const all: unknown[] = []
      let token: unknown
      for (let rounds = 0; rounds <= n + 1; rounds++) {
        const paging = firstPage({ PaginationConfig: { PageSize: size, MaxItems: most, StartingToken: token } }, PAGES)
        while (turnPage(paging, serve(paging.body)));
        const answer = wholeAnswer(paging) as { Items: unknown[]; NextToken?: string }
        expect(answer.Items.length).toBeLessThanOrEqual(most)
        all.push(...answer.Items)
        token = answer.NextToken
        if (token === undefined) break
      }
      expect(all).toEqual(Array.from({ length: n }, (_, i) => i))
    }),
  )
})

test('a token that is none begins at the beginning', () => {
  for (const StartingToken of ['x', '[1]', '{"skip":-1}', '{"skip":"2"}', 5, null])
    expect(firstPage({ Limit: 3, PaginationConfig: { StartingToken } }, PAGES)).toMatchObject({
      body: { Limit: 3 },
      skip: 0,
    })
})
