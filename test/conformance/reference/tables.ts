// DynamoDB tables: how long a full burst bucket lasts, and how evenly keys fall on partitions.
import { World } from '../../../sim/run/world.ts'
import type { Table } from '../../../sim/services/dynamodb/state.ts'
import { scenarioOf } from '../../scenarios.ts'
import { estimate, meanError, within, type Measured } from './measure.ts'

type Params = Readonly<Record<string, any>>

const SECOND = 1_000_000
const IDLE = 300
/** Units of one request: an item of 10 KB written, or one of 40 KB read consistently. */
const UNITS = 10
const KINDS = {
  W: { perPartition: 1000, other: 'ReadCapacityUnits', own: 'WriteCapacityUnits', ofOther: 3000 },
  R: { perPartition: 3000, other: 'WriteCapacityUnits', own: 'ReadCapacityUnits', ofOther: 1000 },
} as const
const CALLS = {
  W: 'Operation: dynamodb:PutItem\n      Parameters: { Item: { id: $.id }, ItemSize: 10KB }',
  R: 'Operation: dynamodb:GetItem\n      Parameters: { Key: { id: $.id }, ConsistentRead: true }',
}

/** Seconds for which a table that has rested serves as much as its partitions can, for each of the cases that the names tell. */
export function burst(_: Params, expect: Params): Record<string, Measured> {
  return Object.fromEntries(
    Object.keys(expect).map((name) => {
      const [, provisioned, kind, partitions] = /^(\d+)([WR])CU_(\d+)part$/.exec(name)!
      return [name, lastingBurst(Number(provisioned), kind as 'R' | 'W', Number(partitions))]
    }),
  )
}

function lastingBurst(provisioned: number, kind: 'R' | 'W', partitions: number): Measured {
  const { perPartition, own, other, ofOther } = KINDS[kind]
  // As much of the other capacity as asks for the partitions that are wanted.
  const others = partitions === 1 ? 1 : Math.floor((partitions - 1 - provisioned / perPartition) * ofOther) + 1
  const most = partitions * perPartition
  const demand = (2 * most) / UNITS
  const { plan } = scenarioOf(`
Resources:
  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      ProvisionedThroughput: { ${own}: ${provisioned}, ${other}: ${others} }
Simulation:
  Duration: ${IDLE * 3}s
  Assumptions: { Items: { InitialItems: '10000', InitialItemSize: 40KB, SplitForHeat: 'off' } }
  Workloads:
    Callers:
      Target: Items
      ${CALLS[kind]}
      Arrivals: regular
      Rate: [{ At: 0s, Value: 0/s }, { At: ${IDLE}s, Value: 0/s }, { At: ${IDLE}s, Value: ${demand}/s }]
      Attributes: { id: uniform(n=1000000) }
      Client: { Retries: none }
`)
  const world = new World(plan)
  const { capacity } = world.stateOf<Table>('Items')
  if (capacity.partitions.count !== partitions) throw new Error(`${capacity.partitions.count} partitions`)
  const consumed = (): number => (kind === 'W' ? capacity.consumedWrite : capacity.consumedRead)
  let second = IDLE
  world.run(second * SECOND)
  for (;;) {
    const before = consumed()
    world.run(++second * SECOND)
    if (consumed() - before < (most + provisioned) / 2) break
  }
  // The published figures leave out that a partition itself lets a second's worth through at once.
  return within(second - 1 - IDLE, 1 + most / (most - provisioned))
}

/** Keys by rounds, and how many fall on the partition with the most of them. */
export function bins({ M, N }: Params): Record<string, Measured> {
  const rounds = Math.min(5_000, Math.round(200_000 / M))
  const { plan } = scenarioOf(`
Resources:
  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: ${N * 1000 - 1} }
Simulation:
  Duration: ${rounds}s
  Quotas: { dynamodb.TableWriteCapacityUnits: 1000000 }
  Workloads:
    Callers:
      Target: Items
      Operation: dynamodb:PutItem
      Parameters: { Item: { id: $.id } }
      Arrivals: regular
      Rate: ${M}/s
      Attributes: { id: uuid }
      Client: { Retries: none }
`)
  const world = new World(plan)
  const { partitions } = world.stateOf<Table>('Items').capacity
  if (partitions.count !== N) throw new Error(`${partitions.count} partitions`)
  const maxima: number[] = []
  let before = new Float64Array(N)
  for (let round = 1; round <= rounds; round++) {
    world.run(round * SECOND)
    const now = partitions.writeUnits.slice(0, N)
    const loads = now.map((units, i) => units - before[i])
    if (loads.reduce((sum, load) => sum + load, 0) !== M) throw new Error(`not ${M} writes in round ${round}`)
    maxima.push(Math.max(...loads))
    before = now
  }
  const { mean, error } = meanError(maxima)
  return {
    Emax: estimate(mean, error, rounds - 1),
    Emax_over_mean: estimate((mean * N) / M, (error * N) / M, rounds - 1),
  }
}
