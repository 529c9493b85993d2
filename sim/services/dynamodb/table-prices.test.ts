// What a table costs: units by the hour or on demand, its indexes with it, bytes over time, reads of its stream.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, type Lab } from '../../../test/kit.ts'
import { ask, GB, indexProperty, tableLab } from '../../../test/tables.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import type { Table } from './state.ts'

const put = (l: Lab, pk: string, more: object = {}) => ask(l, 'PutItem', { Item: { pk, ...more } })
const bill = (l: Lab, until: number) => l.run(until).finish().bill('T')
const byEmail = { name: 'ByEmail', keys: ['email'] }
const AT_ONCE = { UpdateDelay: '0s', UpdateDelayWithSplit: '0s' }

describe('the bill of an on-demand table', () => {
  it('has the units that were consumed: 0.65 M writes and 0.55 M reads are 0.475 USD [PR-V2]', () => {
    // A ten-thousandth of it.
    const l = tableLab()
    for (let i = 0; i < 65; i++) put(l, String(i))
    for (let i = 0; i < 55; i++) ask(l, 'GetItem', { Key: { pk: String(i) }, ConsistentRead: true })
    const { OnDemandWrites, OnDemandReads } = bill(l, HOUR)
    expect(OnDemandWrites).toEqual({ used: 65, run: 0.000040625 })
    expect(OnDemandReads).toEqual({ used: 55, run: 0.000006875 })
  })

  it('has half a unit for an eventually consistent read, and the prices of 2020 in notes-2020 [PR-R3]', () => {
    const l = tableLab({}, { profile: 'notes-2020' })
    put(l, 'a')
    for (let i = 0; i < 3; i++) ask(l, 'GetItem', { Key: { pk: 'a' } })
    const { OnDemandWrites, OnDemandReads } = bill(l, HOUR)
    expect(OnDemandWrites).toEqual({ used: 1, run: 0.00000125 })
    expect(OnDemandReads).toEqual({ used: 1.5, run: 0.000000375 })
  })

  it('has what its global indexes consume', () => {
    const l = tableLab({ global: [byEmail] })
    put(l, 'a', { email: 'x' })
    put(l, 'b')
    expect(bill(l, HOUR)['OnDemandWrites']!.used).toBe(3)
  })
})

describe('the bill of a provisioned table', () => {
  it('has units by the hour whether they are used or not, those of its indexes too [PR-R1]', () => {
    const l = tableLab({ read: 100, write: 10, global: [{ ...byEmail, read: 5, write: 3 }] })
    const { ProvisionedReads, ProvisionedWrites, OnDemandReads } = bill(l, 10 * HOUR)
    expect(ProvisionedReads).toEqual({ used: 1050, run: 0.1365 })
    expect(ProvisionedWrites).toEqual({ used: 130, run: 0.0845 })
    expect(OnDemandReads).toBeUndefined()
  })

  it('has them from the moment on at which they are changed', () => {
    const l = tableLab({ read: 10, write: 10, assumptions: AT_ONCE })
    l.run(2 * HOUR)
    ask(l, 'UpdateTable', { ProvisionedThroughput: { ReadCapacityUnits: 20, WriteCapacityUnits: 10 } })
    l.run(l.now + MINUTE)
    const changed = l.state<Table>('T').capacity.readUnits
    const { ProvisionedReads, ProvisionedWrites } = bill(l, 5 * HOUR)
    expect(changed).toBe(20)
    expect(ProvisionedReads!.used).toBeCloseTo(2 * 10 + 3 * 20, 1)
    expect(ProvisionedWrites!.used).toBe(50)
  })

  it('has both kinds of lines when the mode is switched, each for its time', () => {
    const l = tableLab({ read: 10, write: 10, assumptions: AT_ONCE })
    put(l, 'a')
    l.run(HOUR)
    ask(l, 'UpdateTable', { BillingMode: 'PAY_PER_REQUEST' })
    l.run(2 * HOUR)
    put(l, 'b')
    const { ProvisionedWrites, OnDemandWrites } = bill(l, 4 * HOUR)
    expect(ProvisionedWrites!.used).toBeGreaterThanOrEqual(10)
    expect(ProvisionedWrites!.used).toBeLessThan(10.1)
    expect(OnDemandWrites!.used).toBe(1)
  })

  it('keeps what an index cost that is gone', () => {
    const l = tableLab({ read: 1, write: 1, global: [{ ...byEmail, read: 9, write: 9 }], assumptions: AT_ONCE })
    l.run(HOUR)
    ask(l, 'UpdateTable', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByEmail' } }] })
    l.run(HOUR + MINUTE)
    expect(l.state<Table>('T').indexes).toBeNull()
    const { ProvisionedReads } = bill(l, 3 * HOUR)
    expect(ProvisionedReads!.used).toBeCloseTo(3 + 9, 0)
  })
})

describe('the storage of a table', () => {
  it('is its bytes over time, 100 more for each item [DDB-R4]', () => {
    const l = tableLab({ bytes: GB, assumptions: { InitialItemSize: '1KB' } })
    const { Storage } = bill(l, 730 * HOUR)
    expect(Storage!.used).toBeCloseTo((1024 + 100) / 1024, 9)
    expect(Storage!.run).toBeCloseTo(0.25 * (1124 / 1024), 6)
  })

  it('is that of the items and the entries of all indexes at every moment', () => {
    const write = fc.record({
      pk: fc.constantFrom('a', 'b', 'c'),
      email: fc.option(fc.constantFrom('x', 'y')),
      isDelete: fc.boolean(),
      text: fc.string({ maxLength: 20 }),
    })
    fc.assert(
      fc.property(fc.array(write, { maxLength: 15 }), (writes) => {
        const l = tableLab({ global: [byEmail, { name: 'Keys', keys: ['email'], projection: 'KEYS_ONLY' }] })
        const table = l.state<Table>('T')
        for (const { pk, email, isDelete, text } of writes) {
          if (isDelete) ask(l, 'DeleteItem', { Key: { pk } })
          else put(l, pk, { text, ...(email === null ? {} : { email }) })
          const entries = table.indexes!.all.map(({ entries: { bytes, live } }) => bytes + 100 * live)
          expect(table.stored.level).toBe(
            table.bytes + 100 * table.items.live + entries.reduce((sum, each) => sum + each, 0),
          )
        }
      }),
      { numRuns: 50 },
    )
  })

  it('counts the entries of an index that is made while the table runs', () => {
    const l = tableLab({ assumptions: AT_ONCE })
    for (let i = 0; i < 10; i++) put(l, String(i), { email: `e${i}` })
    const before = l.state<Table>('T').stored.level
    ask(l, 'UpdateTable', {
      AttributeDefinitions: [{ AttributeName: 'email', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [{ Create: indexProperty(byEmail) }],
    })
    l.run(l.now + HOUR)
    expect(l.state<Table>('T').stored.level).toBe(2 * before)
  })
})

describe('reads of a stream', () => {
  it('are billed by the call, at 0.02 USD for 100,000 [DDS-R11]', () => {
    const l = tableLab({ properties: { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } } })
    put(l, 'a')
    const { Streams } = ask(l, 'ListStreams', {}).answer
    const StreamArn = Streams[0].StreamArn
    const { Shards } = ask(l, 'DescribeStream', { StreamArn }).answer.StreamDescription
    const at = { StreamArn, ShardId: Shards[0].ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    let { ShardIterator } = ask(l, 'GetShardIterator', at).answer
    for (let i = 0; i < 5; i++) {
      l.run(l.now + MINUTE / 10)
      ShardIterator = ask(l, 'GetRecords', { StreamArn, ShardIterator }).answer.NextShardIterator
    }
    expect(bill(l, HOUR)['StreamReads']).toEqual({ used: 5, run: 0.000001 })
    expect(bill(tableLab(), HOUR)['StreamReads']).toBeUndefined()
  })

  it('are free for Lambda’s mappings', () => {
    const scenario = scenarioOf(`
Resources:
  T: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], StreamSpecification: { StreamViewType: KEYS_ONLY } } }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt T.StreamArn, FunctionName: !Ref Work, StartingPosition: TRIM_HORIZON } }
Simulation:
  Duration: 2m
  Workloads: { Load: { Target: T, Operation: dynamodb:PutItem, Parameters: { Item: { id: $.id } }, Rate: 5/s, Attributes: { id: uuid } } }
  Handlers: { Work: [] }
`)
    const { bill, calls } = reportOf(runScenario(scenario), '')
    expect(calls.find(({ action }) => action === 'dynamodb:GetRecords')!.sent).toBeGreaterThan(10)
    const lines = bill!.resources.find(({ resource }) => resource === 'T')!.lines
    expect(lines.find(({ price }) => price === 'dynamodb.StreamReads')!.used).toBe(0)
  })
})
