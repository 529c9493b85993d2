// A cluster's endpoints and its failover.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, MS, SECOND, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import { dbCluster, type DbCluster } from './db-cluster.ts'
import { dbInstance, type DbInstance } from './db-instance.ts'

const EXACT = {
  ReadWork: '1ms',
  WriteWork: '1ms',
  ReadMiss: '0',
  IoTime: '0s',
  ConnectTime: '0s',
  ConnectWork: '0s',
  RecoveryTime: '10min',
}

function cluster(members = ['One', 'Two', 'Three'], options: LabOptions = {}) {
  const world = lab(
    {
      Shop: { def: dbCluster, properties: {}, assumptions: { ClusterFailover: '30s' } },
      ...Object.fromEntries(
        members.map((name, i) => [
          name,
          {
            def: dbInstance,
            properties: { DBClusterIdentifier: 'Shop', DBInstanceClass: 'db.r5.large', PromotionTier: i },
            assumptions: EXACT,
          },
        ]),
      ),
    },
    {
      probe: [
        ['Shop', 'sql:query'],
        ['Shop', 'rds:FailoverDBCluster'],
        ...members.map((name) => [name, 'rds:DeleteDBInstance'] as const),
        ...members.map((name) => [name, 'rds:StopDBInstance'] as const),
        ...members.map((name) => [name, 'rds:RebootDBInstance'] as const),
      ],
      ...options,
    },
  )
  const sql = (Sql: string, more: Record<string, unknown> = {}) => world.ask('Shop', 'sql:query', { Sql, ...more })
  const asked = (): number[] => members.map((name) => world.state<DbInstance>(name).queries.total)
  return { world, sql, asked, self: world.state<DbCluster>('Shop') }
}

describe('a cluster', () => {
  it('sends statements to its writer, and with `Endpoint: reader` to the readers in turn', () => {
    const { sql, asked } = cluster()
    for (let i = 0; i < 4; i++) sql('SELECT 1')
    for (let i = 0; i < 6; i++) sql('SELECT 1', { Endpoint: 'reader' })
    expect(asked()).toEqual([4, 3, 3])
    const alone = cluster(['One'])
    expect(alone.sql('SELECT 1', { Endpoint: 'reader' }).status).toBe('OK')
    expect(cluster([]).sql('SELECT 1').status).toBe('ConnectionRefusedError')
  })

  it('shows a change to its readers 20 ms later', () => {
    const { world, sql } = cluster(['One', 'Two'])
    const { at } = sql('INSERT INTO a VALUES (1)', { Key: 1 })
    expect(sql('SELECT * FROM a', { Key: 1, Endpoint: 'reader' }).answer.RowCount).toBe(0)
    world.run(at + 20 * MS)
    expect(sql('SELECT * FROM a', { Key: 1, Endpoint: 'reader' }).answer.RowCount).toBe(1)
  })

  it('fails over to the reader of the least tier, which has every row: 30 s without a writer', () => {
    const faults = [{ at: SECOND, until: 2 * SECOND, fault: 'sim:rds:instance-loss', target: 'One', params: {} }]
    const { world, sql, self } = cluster(['One', 'Two', 'Three'], { faults })
    sql('INSERT INTO a VALUES (1)', { Key: 1 })
    world.run(31 * SECOND - 1)
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
    world.run(31 * SECOND)
    expect(self.writer).toBe('Two')
    expect(sql('SELECT * FROM a', { Key: 1 }).answer.RowCount).toBe(1)
    expect(sql('INSERT INTO a VALUES (2)', { Key: 2 }).status).toBe('OK')
    world.run(11 * MINUTE)
    expect(world.state<DbInstance>('One')).toMatchObject({ isUp: true, isWriter: false })
  })

  it('fails over when its writer is deleted, and goes on without a writer when nobody is left', () => {
    const { world, sql, self } = cluster(['One', 'Two'])
    sql('INSERT INTO a VALUES (1)', { Key: 1 })
    const from = world.now
    expect(world.ask('One', 'rds:DeleteDBInstance').status).toBe('OK')
    world.run(from + 30 * SECOND - 1)
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
    world.run(from + 30 * SECOND)
    expect(self.writer).toBe('Two')
    expect(sql('SELECT * FROM a', { Key: 1 }).answer.RowCount).toBe(1)
    expect(sql('INSERT INTO a VALUES (2)', { Key: 2 }).status).toBe('OK')
    expect(world.ask('Two', 'rds:DeleteDBInstance').status).toBe('OK')
    world.run(world.now + MINUTE)
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
  })

  it('is stopped as a whole: no member stops by itself', () => {
    const { world, sql } = cluster()
    expect(world.ask('One', 'rds:StopDBInstance').status).toBe('InvalidParameterCombination')
    expect(sql('INSERT INTO a VALUES (1)', { Key: 1 }).status).toBe('OK')
  })

  it('whose only reader was away when the writer went fails over to it when it is back', () => {
    const { world, sql, self } = cluster(['One', 'Two'])
    expect(world.ask('Two', 'rds:RebootDBInstance').status).toBe('OK')
    expect(world.ask('One', 'rds:DeleteDBInstance').status).toBe('OK')
    world.run(world.now + 2 * MINUTE)
    expect(self.writer).toBe('Two')
    expect(sql('INSERT INTO a VALUES (1)', { Key: 1 }).status).toBe('OK')
  })

  it('does not bring back a writer that was deleted while it stepped down', () => {
    const { world, self } = cluster()
    expect(world.ask('Shop', 'rds:FailoverDBCluster').status).toBe('OK')
    expect(world.ask('One', 'rds:DeleteDBInstance').status).toBe('OK')
    world.run(MINUTE)
    expect(self.writer).toBe('Two')
    expect(world.state<DbInstance>('One').state).toBe('deleting')
  })

  it('loses nothing that was on its way to the reader which takes over', () => {
    const { world, sql } = cluster(['One', 'Two'])
    for (let i = 0; i < 20; i++) world.call('Shop', 'sql:query', { Sql: 'INSERT INTO a VALUES (1)', Key: i })
    world.run(15 * MS)
    const before = world.state<DbInstance>('One').rows.size
    expect(before).toBeGreaterThan(10)
    expect(world.ask('Shop', 'rds:FailoverDBCluster').status).toBe('OK')
    world.run(2 * MINUTE)
    expect(sql('SELECT count(*) FROM a').answer.RowCount).toBeGreaterThanOrEqual(before)
    expect(world.state<DbInstance>('One').isUp).toBe(true)
  })

  it('without a reader waits for its writer to come back', () => {
    const faults = [{ at: SECOND, until: 2 * SECOND, fault: 'sim:rds:instance-loss', target: 'One', params: {} }]
    const { world, sql, self } = cluster(['One'], { faults })
    expect(self.failOver()).toBe(false)
    world.run(MINUTE)
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
    world.run(SECOND + 10 * MINUTE)
    expect(sql('SELECT 1').status).toBe('OK')
  })

  it('of a bare template is asked at its proxy, or by itself', () => {
    const text = (proxy: string): string => `Resources:
  Shop: { Type: AWS::RDS::DBCluster, Properties: { Engine: aurora-mysql } }
  One: { Type: AWS::RDS::DBInstance, Properties: { Engine: aurora-mysql, DBClusterIdentifier: !Ref Shop, DBInstanceClass: db.r5.large } }
${proxy}`
    const targets = (yaml: string) =>
      new World(scenarioOf(yaml).plan).components
        .filter(({ type }) => type === 'Sim::Client::Workload')
        .map(({ config }) => config['Target'])
    expect(targets(text(''))).toEqual(['Shop'])
    expect(
      targets(
        text(`  Pool:
    Type: AWS::RDS::DBProxy
    Properties: { DBProxyName: pool, EngineFamily: MYSQL, RoleArn: "arn:aws:iam::123456789012:role/r", VpcSubnetIds: [subnet-1, subnet-2], Auth: [{ AuthScheme: SECRETS }] }
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties: { DBProxyName: !Ref Pool, TargetGroupName: default, DBClusterIdentifiers: [!Ref Shop] }
`),
      ),
    ).toEqual(['Pool'])
  })
})
