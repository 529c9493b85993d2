// An application with the Kinesis Client Library: who reads what, what a loss costs, what is read twice.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import { MINUTE, SECOND } from '../../../test/kit.ts'
import { insightsOf } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'
import { SPACE } from '../kinesis/hash-keys.ts'
import type { Application } from './application-state.ts'

interface Sketch {
  readonly shards?: number
  readonly app?: string
  readonly rate?: number
  readonly key?: string
  readonly handler?: string
  readonly faults?: string
  readonly actions?: string
  readonly more?: string
  readonly until?: string
  readonly simulation?: string
}

const text = ({
  shards = 4,
  app = '',
  rate = 100,
  key = 'uuid',
  handler = '[]',
  faults = '',
  actions = '',
  more = '',
  until = '10m',
  simulation = '',
}: Sketch): string => `
Resources:
  S: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: ${shards} } }
${more}
Simulation:
  Duration: 400d
  Resources:
    App: { Type: Sim::Kcl::Application, Properties: { StreamName: !Ref S, ${app} } }
  Workloads:
    Load: { Target: S, Operation: kinesis:PutRecord, Arrivals: regular, Rate: [{ At: 0s, Value: ${rate}/s }, { At: ${until}, Value: ${rate}/s }, { At: ${until}, Value: 0/s }], Attributes: { key: ${key} }, Parameters: { PartitionKey: $.key, Data: x }, Client: { Retries: none } }
  Handlers:
    App: ${handler}
  Faults: [${faults}]
  Actions: [${actions}]
${simulation}
`

function world(sketch: Sketch): World {
  return new World(scenarioOf(text(sketch)).plan)
}

const app = (w: World): Application => w.stateOf<Application>('App')
const run = (w: World, until: number): World => {
  w.run(until)
  expect(w.brokenInvariants()).toEqual([])
  return w
}
const held = (w: World): number[] => app(w).workers.map(({ number }) => app(w).heldBy(number))
const sum = (w: World, metric: string, component = 'App'): number =>
  w.metricOf(component, metric)!.series.points.reduce((total, point) => total + point.sum * point.repeat, 0)
const loss = (at: string, worker: number, during = '1h'): string =>
  `{ At: ${at}, For: ${during}, "sim:kcl:worker-loss": { Target: App, Worker: ${worker} } }`

describe('leases', () => {
  it('are one for each shard, held by one worker each; workers beyond the shards are idle [KCL-01, KCL-02, N.KCL-01, N.KCL-02]', () => {
    for (const [workers, expected] of [
      [1, [4]],
      [2, [2, 2]],
      [4, [1, 1, 1, 1]],
      [6, [1, 1, 1, 1, 0, 0]],
    ] as const) {
      const w = run(world({ app: `Workers: ${workers}` }), 5 * MINUTE)
      expect(held(w).sort((a, b) => b - a)).toEqual(expected)
      expect(app(w).leases.size).toBe(4)
      expect(new Set(app(w).active.map(({ shard }) => shard)).size).toBe(4)
    }
  })

  it('are taken by the first worker, and stolen one a round by those that come later [KCL-04, KCL-05]', () => {
    const w = world({ shards: 6, app: 'Workers: 2' })
    run(w, SECOND - 1)
    expect(held(w)).toEqual([6, 0])
    run(w, SECOND + 500_000)
    expect(held(w)).toEqual([5, 1])
    run(w, SECOND + 20_050_000 - 1)
    expect(held(w)).toEqual([5, 1])
    run(w, SECOND + 20_050_000 + 500_000)
    expect(held(w)).toEqual([4, 2])
    run(w, 2 * MINUTE)
    expect(held(w)).toEqual([3, 3])
  })

  it('are renewed every third of the failover time [KCL-03]', () => {
    const w = run(world({ shards: 4 }), 5 * MINUTE)
    w.finish()
    // 300 s in steps of 3,333,333 µs, of four leases.
    expect(Math.abs(sum(w, 'RenewLease.Success') - 4 * 90)).toBeLessThanOrEqual(4)
  })

  it('of a worker that dies are taken between 10 and 30.1 s later [KCL-V2, KCL-03, KCL-04, N.KCL-02]', () => {
    for (const at of [60, 63, 67, 71, 74, 79]) {
      const w = world({ shards: 2, app: 'Workers: 2', faults: loss(`${at}s`, 1) })
      run(w, at * SECOND + 1000)
      expect(held(w)).toEqual([0, 1])
      const lease = app(w).active.find(({ consumer }) => consumer === null)!
      const renewed = app(w).renewedAt(lease)
      expect(at * SECOND - renewed).toBeLessThanOrEqual(3_333_334)
      let now = at * SECOND
      while (lease.consumer === null) run(w, (now += 10_000))
      expect(now - renewed).toBeGreaterThanOrEqual(10 * SECOND)
      expect(now - renewed).toBeLessThanOrEqual(30.1 * SECOND)
      expect(lease.owner).toBe(1)
    }
  })

  it('cost no events while nothing comes and every worker has its part, over a year', () => {
    const w = run(world({ rate: 1, until: '1m', app: 'Workers: 3' }), 10 * MINUTE)
    const steps = w.kernel.steps
    run(w, 365 * 24 * 60 * MINUTE)
    expect(w.kernel.steps).toBe(steps)
    expect(app(w).writesInAll).toBeGreaterThan(4 * 9_000_000)
  })

  it('of a child come when its parent is finished; a finished one goes five minutes later, when its children are read [KCL-08, KCL-24, N.KINESIS-08]', () => {
    const half = String(SPACE / 2n)
    const split = `{ At: 1m, "kinesis:SplitShard": { StreamName: !Ref S, ShardToSplit: shardId-000000000000, NewStartingHashKey: "${half}" } }`
    const w = world({ shards: 1, actions: split, until: '3m' })
    run(w, 90 * SECOND)
    expect([...app(w).leases.values()].map(({ shard }) => shard)).toEqual(['shardId-000000000000'])
    run(w, 3 * MINUTE)
    const leases = [...app(w).leases.values()]
    expect(
      leases.map(({ shard, completedAt, checkpoint }) => [shard, completedAt >= 0, checkpoint === 'SHARD_END']),
    ).toEqual([
      ['shardId-000000000000', true, true],
      ['shardId-000000000001', false, false],
      ['shardId-000000000002', false, false],
    ])
    run(w, leases[0]!.completedAt + 5 * MINUTE - SECOND)
    expect(app(w).leases.size).toBe(3)
    run(w, leases[0]!.completedAt + 7 * MINUTE)
    expect(app(w).leases.size).toBe(2)
    expect(app(w)).toMatchObject({ processed: 18_000, repeated: 0 })
  })

  it('begin with the oldest record, or with what comes from now on [KCL-09]', () => {
    const late = (position: string): number => {
      const w = world({
        shards: 1,
        rate: 100,
        app: `InitialPosition: ${position}, WorkerStartIntervalMillis: 0, Workers: 1`,
        until: '1m',
      })
      run(w, 3 * MINUTE)
      return app(w).processed
    }
    expect(late('TRIM_HORIZON')).toBe(6000)
    // The lease and its iterator are there some ms after the first records.
    expect(late('LATEST')).toBeLessThan(6000)
    expect(late('LATEST')).toBeGreaterThan(5980)
  })
})

describe('reading', () => {
  it('comes every 1.5 s, every second in 1.x, with batches in order and one at a time [KCL-20, KCL-21]', () => {
    for (const [version, calls] of [
      ['1.x', 60],
      ['2.x', 40],
    ] as const) {
      const w = run(world({ shards: 1, rate: 50, app: `Version: ${version}` }), 10 * MINUTE)
      w.finish()
      const success = w.metricOf('S', 'GetRecords.Success')!.series.points
      for (const point of success.slice(2, 9)) expect(Math.abs(point.sum - calls)).toBeLessThanOrEqual(1)
    }
  })

  it('twice at 250 ms exceeds five calls a second, once at a second does not [KCL-V4, KCL-20]', () => {
    const two = text({ shards: 1, app: 'IdleTimeBetweenReadsInMillis: 250' }).replace(
      /( {4}App: \{.*\n)/,
      (line) => line + line.replace('App:', 'Other:'),
    )
    const w = new World(scenarioOf(two).plan)
    w.run(3 * MINUTE)
    w.finish()
    expect(sum(w, 'ReadProvisionedThroughputExceeded', 'S')).toBeGreaterThan(20)
    const one = run(world({ shards: 1, app: 'Version: 1.x' }), 3 * MINUTE)
    one.finish()
    expect(sum(one, 'ReadProvisionedThroughputExceeded', 'S')).toBe(0)
  })

  it('reads ahead of a slow handler four batches, and one in 1.x; each shard is handled by itself [KCL-20, KCL-21]', () => {
    for (const [version, ahead] of [
      ['1.x', 0],
      ['2.x', 3],
    ] as const) {
      const w = run(world({ shards: 2, app: `Version: ${version}`, handler: '[{ Wait: 60s }]' }), 50 * SECOND)
      for (const consumer of app(w).consumers.values()) {
        expect(consumer.batch).not.toBeNull()
        expect(consumer.pending).toHaveLength(ahead)
      }
    }
  })

  it('skips a batch whose handler fails, and goes on with the next [KCL-22]', () => {
    const handler = '[{ Fail: Boom }]'
    const w = run(world({ shards: 1, rate: 100, until: '2m', handler }), 5 * MINUTE)
    expect(app(w)).toMatchObject({ delivered: 12_000, skipped: 12_000, processed: 0, repeated: 0 })
    // Progress is written all the same: nobody comes back to them.
    expect([...app(w).leases.values()][0]!.checkpoint).toBe([...app(w).consumers.values()][0]!.read)
  })
})

describe('the loss of a worker', () => {
  it('has handled again what came since the last checkpoint: 45,000 records of 45 s at 1,000 a second [KCL-V3, KCL-23]', () => {
    const w = world({
      shards: 2,
      rate: 1000,
      key: 'k',
      until: '20m',
      app: 'Workers: 2, CheckpointIntervalSeconds: 60, IdleTimeBetweenReadsInMillis: 1000',
    })
    run(w, 5 * MINUTE)
    const busy = [...app(w).consumers.values()].find(({ read }) => read !== '')!
    // 45 s after its last checkpoint, by the clock of its batches.
    let now = w.now
    const before = busy.checkpointedAt
    while (busy.checkpointedAt === before) run(w, (now += 100_000))
    const written = busy.checkpointedAt
    run(w, written + 45 * SECOND - 1)
    const handledBefore = app(w).processed
    app(w).stop(busy.worker)
    run(w, written + 2 * MINUTE)
    expect(handledBefore).toBeGreaterThan(300_000)
    expect(Math.abs(app(w).repeated - 45_000)).toBeLessThanOrEqual(1500)
  })

  it('loses nothing: each record is handled at least once, in order within its shard [KCL-23, N.KCL-01]', () => {
    const w = world({
      shards: 4,
      rate: 200,
      until: '5m',
      app: 'Workers: 3, CheckpointIntervalSeconds: 20',
      handler: '[{ Wait: 300ms }]',
      faults: `${loss('2m', 1)}, ${loss('3m', 2, '30s')}`,
    })
    run(w, 10 * MINUTE)
    const { delivered, repeated } = app(w)
    expect(repeated).toBeGreaterThan(0)
    expect(delivered - repeated).toBe(60_000)
  })

  it('leaves no checkpoint of a lost lease: what is cut off from the table handles a shard beside its successor, until it notices [KCL-24, KCL-25]', () => {
    const partition = '{ At: 1m, For: 10m, "sim:kcl:partition": { Target: App, Worker: 1 } }'
    const w = world({ shards: 2, rate: 200, app: 'Workers: 2', faults: partition })
    run(w, MINUTE)
    const first = [...app(w).consumers.values()].find(({ worker }) => worker === 0)!
    const checkpointThen = first.lease.checkpoint
    run(w, MINUTE + 6 * SECOND)
    expect(first.alive).toBe(true)
    expect(first.handled > checkpointThen).toBe(true)
    expect(first.lease.checkpoint).toBe(checkpointThen)
    run(w, 2 * MINUTE)
    expect(first.alive).toBe(false)
    expect(held(w)).toEqual([0, 2])
    expect(app(w).repeated).toBeGreaterThan(1000)
    w.finish()
    expect(sum(w, 'LostLeases')).toBeGreaterThan(0)
  })

  it('is made by an action too, and a worker is started by one', () => {
    const stop = '{ At: 1m, "kcl:StopWorker": { ApplicationName: !Ref App, Worker: 1 } }'
    const start = '{ At: 3m, "kcl:StartWorker": { ApplicationName: !Ref App, Worker: 3 } }'
    const w = run(world({ app: 'Workers: 2', actions: `${stop}, ${start}` }), 2 * MINUTE)
    expect(held(w)).toEqual([0, 4])
    run(w, 6 * MINUTE)
    expect(held(w)).toEqual([0, 2, 2])
  })

  it('is told with its price, and the skipping of batches too', () => {
    const say = (sketch: Sketch): string[] =>
      insightsOf(evidenceOf(runScenario(scenarioOf(text(sketch).replace('400d', '6m'))).world))
        .filter(({ resource }) => resource === 'App')
        .map(({ kind }) => kind)
    expect(say({ app: 'Workers: 2, CheckpointIntervalSeconds: 60', faults: loss('3m', 1) })).toEqual([
      'records-repeated',
    ])
    expect(say({ app: 'Workers: 2' })).toEqual([])
    expect(say({ handler: '[{ Fail: Boom }]' })).toEqual(['batches-skipped'])
  })
})

describe('3.x', () => {
  it('has a leader assign all leases at once, evenly [KCL-04, KCL-06]', () => {
    const w = run(world({ shards: 6, app: 'Version: 3.x, Workers: 3, WorkerStartIntervalMillis: 0' }), 10 * SECOND)
    expect(held(w)).toEqual([2, 2, 2])
  })

  it('moves shards from a worker that carries more, with its progress written: nothing is handled twice [KCL-06]', () => {
    const w = world({ shards: 6, rate: 300, app: 'Version: 3.x, Workers: 2, WorkerStartIntervalMillis: 90000' })
    run(w, 80 * SECOND)
    expect(held(w)).toEqual([6, 0])
    run(w, 10 * MINUTE)
    expect(Math.max(...held(w))).toBeLessThanOrEqual(4)
    expect(app(w).repeated).toBe(0)
    run(w, 20 * MINUTE)
    const steps = w.kernel.steps
    run(w, 30 * 24 * 60 * MINUTE)
    expect(w.kernel.steps).toBe(steps)
  })

  it('waits for the lock of a leader that is lost, 120 s, before somebody else assigns [KCL-04]', () => {
    const w = world({ shards: 4, app: 'Version: 3.x, Workers: 2, WorkerStartIntervalMillis: 0', faults: loss('1m', 1) })
    run(w, 3 * MINUTE - SECOND)
    expect(held(w)).toEqual([0, 2])
    run(w, 4 * MINUTE)
    expect(held(w)).toEqual([0, 4])
  })
})

describe('the lease table', () => {
  const table = (units: string): string => `
  Leases:
    Type: AWS::DynamoDB::Table
    Properties: { TableName: App, AttributeDefinitions: [{ AttributeName: leaseKey, AttributeType: S }], KeySchema: [{ AttributeName: leaseKey, KeyType: HASH }], ${units} }`

  it('of the template holds an item for each shard with its owner and its checkpoint, and pays for every write [KCL-01, KCL-26, N.KCL-03]', () => {
    const w = run(
      world({ more: table('BillingMode: PAY_PER_REQUEST'), app: 'LeaseTable: !Ref Leases, Workers: 2', until: '1m' }),
      5 * MINUTE,
    )
    w.finish()
    const consumed = sum(w, 'ConsumedWriteCapacityUnits', 'Leases')
    // Four leases renewed every 3.33 s, and a checkpoint every 1.5 s while records come.
    expect(consumed).toBeGreaterThan(4 * 88 + 4 * 35)
    expect(consumed).toBeLessThan(4 * 92 + 4 * 45 + 30)
    expect(Math.abs(consumed - app(w).written)).toBeLessThanOrEqual(8)
    expect(held(w)).toEqual([2, 2])
    expect(app(w).delivered - app(w).repeated).toBe(6000)
  })

  it('with too little capacity loses checkpoints, and more is handled again after a loss [N.KCL-03, KCL-26]', () => {
    const repeated = (units: string): number => {
      const w = world({
        shards: 8,
        more: table(units),
        app: 'LeaseTable: !Ref Leases, Workers: 2, IdleTimeBetweenReadsInMillis: 250',
        faults: loss('9m', 1),
        rate: 200,
      })
      run(w, 9 * MINUTE + 5 * SECOND)
      run(w, 12 * MINUTE)
      return app(w).repeated
    }
    const few = repeated('ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 1 }')
    const many = repeated('BillingMode: PAY_PER_REQUEST')
    expect(few).toBeGreaterThan(5 * Math.max(1, many))
  })

  it('that may not be written leads to no progress at all [N.KCL-03]', () => {
    const fault =
      '{ At: 0s, For: 1h, "aws:fis:inject-api-unavailable-error": { Target: Leases, Operations: ["dynamodb:UpdateItem"], Percentage: 100 } }'
    const w = run(
      world({ more: table('BillingMode: PAY_PER_REQUEST'), app: 'LeaseTable: !Ref Leases', faults: fault }),
      5 * MINUTE,
    )
    expect(app(w)).toMatchObject({ processed: 0, delivered: 0 })
  })

  it('of its own has ten write units in 1.x and 2.x and is on demand in 3.x [KCL-26]', () => {
    const refused = (version: string): number => {
      const w = run(
        world({ shards: 40, rate: 1000, until: '1m', app: `Version: ${version}, IdleTimeBetweenReadsInMillis: 200` }),
        MINUTE,
      )
      return app(w).refusals.count
    }
    expect(refused('2.x')).toBeGreaterThan(1000)
    expect(refused('3.x')).toBe(0)
  })

  it('must have `leaseKey` as its key', () => {
    const other = table('BillingMode: PAY_PER_REQUEST').replaceAll('leaseKey', 'id')
    expect(() => world({ more: other, app: 'LeaseTable: !Ref Leases' })).toThrow(/leaseKey/)
  })
})
