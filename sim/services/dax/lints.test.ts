// Caches in front of tables: aggregations, writes around them, networks, nodes.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'
import { insightsOf } from '../../insights/insights.ts'
import { scenarioOf } from '../../../test/scenarios.ts'

interface Given {
  readonly steps: string
  readonly vpc?: boolean
  readonly nodes?: number
  readonly cluster?: string
  readonly more?: string
  readonly rate?: string
}

const text = ({ steps, vpc = true, nodes = 3, cluster = '', more = '', rate = '1/s' }: Given): string => `
Resources:
  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }
  Cache: { Type: AWS::DAX::Cluster, Properties: { NodeType: dax.r5.large, ReplicationFactor: ${nodes}, IAMRoleARN: r, ${cluster} } }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: a.b, Role: r, Code: { ZipFile: x }, Timeout: 30, ${vpc ? 'VpcConfig: { SubnetIds: [s], SecurityGroupIds: [g] }' : ''} } }
Simulation:
  Duration: 2m
  Workloads: { Load: { Target: Work, Rate: ${rate}, Arrivals: regular, Attributes: { id: 'uniform(n=50)', cold: uuid } } }
  Handlers: { Work: [${steps}] }
${more}`

const GET = 'dax:GetItem: { TableName: !Ref Orders, Key: { id: $.id } }'
const slugs = (given: Given): string[] => slugsOf(text(given)).filter((slug) => slug.startsWith('dax/'))

test('a total over 1,000 items is 1,000 hits for every request: the lint says to keep the total elsewhere [N.DAX-08]', () => {
  const thousand = `{ Repeat: { Times: 1000, Do: [{ ${GET} }] } }`
  expect(slugs({ steps: thousand })).toEqual(['dax/aggregate-item-by-item'])
  expect(slugs({ steps: `{ Repeat: { Times: 10, Do: [{ ${GET} }] } }` })).toEqual([])
  expect(slugs({ steps: `{ Repeat: { Times: 10, Do: [{ Repeat: { Times: 10, Do: [{ ${GET} }] } }] } }` })).toHaveLength(
    1,
  )
  expect(slugs({ steps: `{ ${GET} }` })).toEqual([])
  const { world } = runScenario(scenarioOf(text({ steps: thousand })))
  const total = (name: string): number =>
    world.metricOf('Cache', name)!.series.points.reduce((sum, point) => sum + point.sum * point.repeat, 0)
  const requests = world
    .metricOf('Work', 'Invocations')!
    .series.points.reduce((sum, point) => sum + point.sum * point.repeat, 0)
  // Misses at a replica go on until it has what the primary has: some 50 ms.
  expect(requests).toBeGreaterThan(100)
  expect(total('ItemCacheHits') + total('ItemCacheMisses')).toBeGreaterThan((requests - 1) * 1000)
  expect(total('ItemCacheMisses')).toBeLessThan(requests * 10)
})

test('writes around the cluster are told where the table is read through it [DAX-R11]', () => {
  const put = (by: string): string => `{ ${GET} }, { ${by}:PutItem: { TableName: !Ref Orders, Item: { id: $.id } } }`
  expect(slugs({ steps: put('dynamodb') })).toEqual(['dax/written-around'])
  expect(slugs({ steps: put('dax') })).toEqual([])
  expect(slugs({ steps: '{ dynamodb:PutItem: { TableName: !Ref Orders, Item: { id: $.id } } }' })).toEqual([])
})

test('a cluster is reached from inside its VPC, and three nodes survive the loss of a zone [DAX-R1]', () => {
  expect(slugs({ steps: `{ ${GET} }`, vpc: false })).toEqual(['dax/outside-the-vpc'])
  expect(slugs({ steps: `{ ${GET} }`, nodes: 2 })).toEqual(['dax/too-few-nodes'])
  expect(slugs({ steps: `{ ${GET} }` })).toEqual([])
})

/** What is said of a run. */
const said = (given: Given): string[] =>
  insightsOf(evidenceOf(runScenario(scenarioOf(text(given))).world)).map(({ kind, resource }) => `${kind} ${resource}`)

test('a cache that seldom has what is asked for is told; one that has is not', () => {
  const cold = '{ dax:GetItem: { TableName: !Ref Orders, Key: { id: $.cold } } }'
  expect(said({ steps: cold, rate: '20/s' })).toEqual(['cache-misses Cache'])
  expect(said({ steps: `{ ${GET} }`, rate: '20/s' })).toEqual([])
})

test('hits that have been written since are told, and who wrote; writes through the cluster are not', () => {
  const put = (by: string): string =>
    `{ ${GET} }, { ${by}:PutItem: { TableName: !Ref Orders, Item: { id: $.id, n: uuid } } }`
  expect(said({ steps: put('dynamodb'), rate: '20/s' })).toEqual(['stale-reads Cache'])
  expect(said({ steps: put('dax'), rate: '20/s', nodes: 1 })).toEqual([])
  // Of three nodes, two hear of a write 50 ms later.
  const [behind] = insightsOf(evidenceOf(runScenario(scenarioOf(text({ steps: put('dax'), rate: '20/s' }))).world))
  expect(behind!.text).toContain('before the primary’s last write reached them')
})

test('nodes with more to do than they can are told, and so is the loss of the only one', () => {
  const slow = 'Assumptions: { Cache: { HitsPerSecond: 5, MissesPerSecond: 5 } }'
  expect(said({ steps: `{ ${GET} }`, rate: '50/s', more: `  ${slow}` })).toContain('cache-overload Cache')
  const lost = '  Faults: [{ At: 30s, sim:dax:node-loss: { Target: Cache } }]'
  expect(said({ steps: `{ ${GET} }`, rate: '20/s', nodes: 1, more: lost })).toContain('cache-node-lost Cache')
  expect(said({ steps: `{ ${GET} }`, rate: '20/s', more: lost })).not.toContain('cache-node-lost Cache')
})

test('a step says which table it reads through the cluster; what it cannot mean is told at its place', () => {
  const wrong = (steps: string): string => {
    try {
      scenarioOf(text({ steps }))
    } catch (error) {
      return String(error)
    }
    return ''
  }
  expect(wrong('{ dax:GetItem: { Key: { id: a } } }')).toMatch(/`dax:GetItem` needs `TableName`/)
  expect(wrong('{ dax:GetItem: { TableName: Nowhere, Key: { id: a } } }')).toMatch(
    /`TableName` names no simulated resource/,
  )
  expect(wrong('{ dax:GetItem: { TableName: !Ref Work, Key: { id: a } } }')).toMatch(/`Work` is AWS::Lambda::Function/)
  expect(wrong('{ dax:GetItem: { ClusterName: !Ref Orders, TableName: !Ref Orders, Key: { id: a } } }')).toMatch(
    /does not answer `dax:GetItem`/,
  )
  expect(wrong('{ dax:GetItem: { ClusterName: !Ref Cache, TableName: !Ref Orders, Key: { id: a } } }')).toBe('')
})
