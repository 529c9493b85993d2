// A database server: connections and their limit, shared processors, storage, replicas, failover, rows that come back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, lab, MINUTE, MS, SECOND, type LabOptions, type Part } from '../../../test/kit.ts'
import { problemsOf, scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import { classOf, iopsOf, maxConnections, portOf } from './classes.ts'
import { dbInstance, type DbInstance } from './db-instance.ts'

const EXACT = {
  ReadWork: '1ms',
  WriteWork: '2ms',
  ReadMiss: '0',
  IoTime: '500us',
  ConnectTime: '8ms',
  ConnectWork: '5ms',
  ConnectionKept: '10min',
  FailoverTime: '60s',
  RebootTime: '20s',
  RecoveryTime: '10min',
  ReplicaLag: '200ms',
  SnapshotTime: '3min',
}

interface Setup {
  readonly properties?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  readonly parts?: Record<string, Part>
  readonly options?: LabOptions
}

const PROBES = [
  'RebootDBInstance',
  'DeleteDBInstance',
  'CreateDBSnapshot',
  'RestoreDBInstanceFromDBSnapshot',
  'StopDBInstance',
  'StartDBInstance',
]

function database({ properties = {}, assumptions = {}, parts = {}, options = {} }: Setup = {}) {
  const world = lab(
    { Db: { def: dbInstance, properties, assumptions: { ...EXACT, ...assumptions } }, ...parts },
    {
      probe: [
        ['Db', 'sql:query'],
        ...Object.keys(parts).map((name) => [name, 'sql:query'] as const),
        ...PROBES.map((name) => ['Db', `rds:${name}` as const] as const),
      ],
      ...options,
    },
  )
  const sql = (Sql: string, more: Record<string, unknown> = {}, on = 'Db') =>
    world.ask(on, 'sql:query', { Sql, ...more })
  const rds = (name: string, body: Record<string, unknown> = {}) => world.ask('Db', `rds:${name}`, body)
  return { world, sql, rds, self: world.state<DbInstance>('Db') }
}

const group = (value: number) => ({
  Params: { type: 'AWS::RDS::DBParameterGroup', config: { Parameters: { max_connections: String(value) } } },
})
const few = (max: number, more: Setup = {}): Setup => ({
  ...more,
  properties: { ...more.properties, DBParameterGroupName: 'Params' },
  options: { ...more.options, beside: group(max) },
})

it('a database answers in its time, over as many connections as it has; a snapshot keeps its rows, deletion protection the whole [N.RDS-01]', () => {
  const { world, sql, rds } = database(few(3))
  for (let i = 0; i < 4; i++) world.call('Db', 'sql:query', { Sql: 'INSERT INTO a VALUES (?)', Key: i, Row: { n: i } })
  world.run(SECOND)
  expect(world.answers.map(({ status }) => status).sort()).toEqual(['OK', 'OK', 'OK', 'TooManyConnections'])
  const [from, { at }] = [world.now, sql('SELECT * FROM a', { Key: 0 })]
  expect(at - from).toBe(MS)
  expect(rds('CreateDBSnapshot', { DBSnapshotIdentifier: 'kept' }).status).toBe('OK')
  expect(rds('DeleteDBInstance').status).toBe('OK')
  expect(sql('SELECT * FROM a', { Key: 0 }).status).toBe('ConnectionRefusedError')
  expect(rds('RestoreDBInstanceFromDBSnapshot', { DBSnapshotIdentifier: 'kept' }).status).toBe('OK')
  world.run(world.now + 3 * MINUTE)
  for (let i = 0; i < 3; i++) expect(sql('SELECT * FROM a', { Key: i }).answer.Rows).toEqual([{ n: i }])
  const guarded = database({ properties: { DeletionProtection: true } })
  guarded.sql('INSERT INTO a VALUES (?)', { Key: 0, Row: { n: 0 } })
  expect(guarded.rds('DeleteDBInstance').status).toBe('InvalidParameterCombination')
  expect(guarded.sql('SELECT * FROM a', { Key: 0 }).answer.Rows).toEqual([{ n: 0 }])
})

describe('connections', () => {
  it('are as many as the memory of the class allows, by the formula of the engine', () => {
    const of = (text: string, engine: string): number => maxConnections(engine, classOf(text).memory)
    expect(of('db.t3.micro', 'mysql')).toBe(85)
    expect(of('db.r5.large', 'postgres')).toBe(1802)
    expect(of('db.r5.24xlarge', 'postgres')).toBe(5_000)
    expect(of('db.r5.large', 'aurora-mysql')).toBe(1_069)
    expect(of('db.m5.large', 'sqlserver-se')).toBe(32_767)
    expect(classOf('db.r6g.4xlarge')).toEqual({ vcpus: 16, memory: 128 * 2 ** 30 })
    expect(classOf('db.t3.medium')).toEqual({ vcpus: 2, memory: 4 * 2 ** 30 })
    expect([portOf('mysql'), portOf('aurora-postgresql')]).toEqual([3306, 5432])
  })

  it('cost a set-up once: 8 ms and 5 ms of processor time, then they are kept', () => {
    const { sql, self } = database()
    expect(sql('SELECT 1').at).toBe(14 * MS)
    const from = 14 * MS
    expect(sql('SELECT 1').at - from).toBe(MS)
    expect(self.connections.made).toBe(1)
  })

  it('beyond the limit are refused, and free again with the statements of others', () => {
    const { world, self } = database(few(3))
    for (let i = 0; i < 5; i++) world.call('Db', 'sql:query', { Sql: 'SELECT 1' })
    world.run(SECOND)
    expect(world.answers.filter(({ status }) => status === 'TooManyConnections')).toHaveLength(2)
    expect(self.connections.open).toBe(3)
    expect(world.ask('Db', 'sql:query', { Sql: 'SELECT 1' }).status).toBe('OK')
    world.run(2 * MINUTE).finish()
    expect(world.sum('Db', 'LoginFailures')).toBe(2)
    expect(world.points('Db', 'DatabaseConnections').at(-1)!.max).toBe(3)
  })

  it('that nobody uses are closed after a while, to the microsecond', () => {
    const { world, sql, self } = database()
    const { at } = sql('SELECT 1')
    world.run(at + 10 * MINUTE - 1)
    expect(self.connections.open).toBe(1)
    world.run(at + 10 * MINUTE)
    expect(self.connections.open).toBe(0)
  })
})

describe('processors and storage', () => {
  it('are shared: eight statements of 1 ms on two vCPUs take 4 ms each', () => {
    const { world, sql } = database()
    for (let i = 0; i < 8; i++) world.call('Db', 'sql:query', { Sql: 'SELECT 1' })
    world.run(SECOND)
    sql('SELECT 1')
    const from = world.now
    const before = world.answers.length
    for (let i = 0; i < 8; i++) world.call('Db', 'sql:query', { Sql: 'SELECT 1' })
    world.run(from + SECOND)
    expect(world.answers.slice(before).map(({ at }) => at - from)).toEqual(Array(8).fill(4 * MS))
  })

  it('show how busy they are: 600 statements of 1 ms in a minute are half a percent of two vCPUs', () => {
    const { world } = database({ assumptions: { ConnectTime: '0s', ConnectWork: '0s' } })
    for (let i = 0; i < 600; i++) {
      world.run(i * 100 * MS)
      world.call('Db', 'sql:query', { Sql: 'SELECT 1' })
    }
    world.run(2 * MINUTE)
    expect(world.points('Db', 'CPUUtilization')[0]!.max).toBeCloseTo(0.5, 2)
  })

  it('write to the storage with every change, and read from it when the buffer pool has not the row', () => {
    const missing = database({ assumptions: { ReadMiss: '1', ConnectTime: '0s', ConnectWork: '0s' } })
    expect(missing.sql('SELECT 1').at).toBe(1_500 + 333)
    const { sql } = database({ assumptions: { ConnectTime: '0s', ConnectWork: '0s' } })
    expect(sql('INSERT INTO a VALUES (1)').at).toBe(2_500 + 333)
  })

  it('give so many operations a second: 100 writes at once on 100 a second take a second', () => {
    const { world } = database({
      properties: { StorageType: 'io1', Iops: 100, DBInstanceClass: 'db.r5.24xlarge' },
      assumptions: { ConnectTime: '0s', ConnectWork: '0s', WriteWork: '0s', IoTime: '0s' },
    })
    for (let i = 0; i < 100; i++) world.call('Db', 'sql:query', { Sql: 'INSERT INTO a VALUES (1)' })
    world.run(10 * SECOND)
    expect(Math.max(...world.answers.map(({ at }) => at))).toBe(SECOND)
    expect([iopsOf('gp2', 100, undefined), iopsOf('gp2', 2_000, undefined), iopsOf('gp3', 20, undefined)]).toEqual([
      3_000, 6_000, 3_000,
    ])
  })

  it('that is full takes no more rows', () => {
    const { sql } = database({ properties: { AllocatedStorage: 1 } })
    const row = { text: 'x'.repeat(600_000_000 / 100) }
    const { world } = database()
    void world
    let last = ''
    for (let i = 0; i < 170; i++) last = sql('INSERT INTO a VALUES (?)', { Key: i, Row: row }).status
    expect(last).toBe('StorageFullError')
    expect(sql('SELECT * FROM a', { Key: 0 }).answer.RowCount).toBe(1)
  })
})

describe('rows', () => {
  it('are found, changed and deleted by table and key', () => {
    const { sql } = database()
    sql('INSERT INTO orders VALUES (?)', { Key: 'a', Row: { total: 1 } })
    expect(sql('SELECT * FROM orders WHERE id = ?', { Key: 'a' }).answer).toEqual({ RowCount: 1, Rows: [{ total: 1 }] })
    expect(sql('SELECT * FROM other', { Key: 'a' }).answer.RowCount).toBe(0)
    expect(sql('UPDATE orders SET total = 2', { Key: 'a', Row: { total: 2 } }).answer.RowCount).toBe(1)
    expect(sql('UPDATE orders SET total = 2', { Key: 'b' }).answer.RowCount).toBe(0)
    expect(sql('delete from orders', { Key: 'a' }).answer.RowCount).toBe(1)
    expect(sql('SELECT count(*) FROM orders').answer.RowCount).toBe(0)
  })

  it('come back from a snapshot, as they were when it was made', () => {
    const { world, sql, rds } = database()
    for (let i = 0; i < 500; i++) world.call('Db', 'sql:query', { Sql: 'INSERT INTO a VALUES (1)', Key: i })
    world.run(MINUTE)
    expect(rds('CreateDBSnapshot', { DBSnapshotIdentifier: 'before' }).status).toBe('OK')
    expect(rds('CreateDBSnapshot', { DBSnapshotIdentifier: 'before' }).status).toBe('DBSnapshotAlreadyExists')
    sql('INSERT INTO a VALUES (1)', { Key: 'late' })
    expect(rds('RestoreDBInstanceFromDBSnapshot', { DBSnapshotIdentifier: 'before' }).status).toBe(
      'DBInstanceAlreadyExists',
    )
    expect(rds('DeleteDBInstance').status).toBe('OK')
    expect(sql('SELECT count(*) FROM a').status).toBe('ConnectionRefusedError')
    expect(rds('RestoreDBInstanceFromDBSnapshot', { DBSnapshotIdentifier: 'moon' }).status).toBe('DBSnapshotNotFound')
    rds('RestoreDBInstanceFromDBSnapshot', { DBSnapshotIdentifier: 'before' })
    const from = world.now
    world.run(from + 3 * MINUTE - 1)
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
    world.run(from + 3 * MINUTE)
    expect(sql('SELECT count(*) FROM a').answer.RowCount).toBe(500)
  })

  it('take their room in the storage again when they come back from a snapshot', () => {
    const { sql, rds, self } = database()
    sql('INSERT INTO a VALUES (1)', { Key: 1, Row: { text: 'x'.repeat(100) } })
    const taken = self.bytes
    expect(taken).toBeGreaterThan(100)
    rds('CreateDBSnapshot', { DBSnapshotIdentifier: 'before' })
    sql('INSERT INTO a VALUES (2)', { Key: 2, Row: { text: 'y' } })
    rds('DeleteDBInstance')
    expect(self.bytes).toBe(0)
    rds('RestoreDBInstanceFromDBSnapshot', { DBSnapshotIdentifier: 'before' })
    expect(self.bytes).toBe(taken)
  })

  it('take the room of what they are now: changed, replaced or deleted, here and at a replica', () => {
    const { world, sql, self } = database({
      parts: { Copy: { def: dbInstance, properties: { SourceDBInstanceIdentifier: 'Db' }, assumptions: EXACT } },
    })
    const both = () => {
      world.run(world.now + SECOND)
      return [self.bytes, world.state<DbInstance>('Copy').bytes]
    }
    const text = (length: number) => ({ Key: 1, Row: 'x'.repeat(length) })
    sql('INSERT INTO a VALUES (1)', text(98))
    sql('INSERT INTO a VALUES (1)', text(98))
    expect(both()).toEqual([100, 100])
    sql('UPDATE a SET v = 1', text(298))
    expect(both()).toEqual([300, 300])
    // A change of what is not said leaves the row as it is.
    sql('UPDATE a SET v = 2', { Key: 1 })
    expect(both()).toEqual([300, 300])
    sql('DELETE FROM a', { Key: 1 })
    expect(both()).toEqual([0, 0])
  })

  it('that grow find no room in a full storage either, and find it again when others are gone', () => {
    const { sql } = database({ properties: { AllocatedStorage: 1 } })
    const row = { text: 'x'.repeat(6_000_000) }
    for (let i = 0; i < 166; i++) expect(sql('INSERT INTO a VALUES (?)', { Key: i, Row: row }).status).toBe('OK')
    const bigger = { Key: 0, Row: { text: 'x'.repeat(12_000_000) } }
    expect(sql('UPDATE a SET text = ?', bigger).status).toBe('StorageFullError')
    sql('DELETE FROM a', { Key: 1 })
    expect(sql('UPDATE a SET text = ?', bigger).status).toBe('OK')
  })

  it('do not come back by themselves: a server that is deleted while it was being made or rebooted stays away', () => {
    const { world, rds, self } = database()
    rds('CreateDBSnapshot', { DBSnapshotIdentifier: 'empty' })
    rds('RebootDBInstance')
    rds('DeleteDBInstance')
    rds('RestoreDBInstanceFromDBSnapshot', { DBSnapshotIdentifier: 'empty' })
    world.run(world.now + MINUTE)
    expect(self.state).toBe('creating')
    expect(rds('DeleteDBInstance').status).toBe('OK')
    world.run(world.now + 10 * MINUTE)
    expect(self.state).toBe('deleting')
  })

  it('are kept by deletion protection: the deletion is refused', () => {
    const { sql, rds } = database({ properties: { DeletionProtection: true } })
    sql('INSERT INTO a VALUES (1)', { Key: 1 })
    expect(rds('DeleteDBInstance').status).toBe('InvalidParameterCombination')
    expect(sql('SELECT count(*) FROM a').answer.RowCount).toBe(1)
  })
})

describe('a read replica', () => {
  const replica = (lag = '200ms') =>
    database({
      parts: {
        Copy: {
          def: dbInstance,
          properties: { SourceDBInstanceIdentifier: 'Db' },
          assumptions: { ...EXACT, ReplicaLag: lag, ConnectTime: '0s', ConnectWork: '0s', ReadWork: '0s' },
        },
      },
    })

  it('sees a change when its lag is over, and not a microsecond before', () => {
    const { world, sql } = replica()
    const { at } = sql('INSERT INTO a VALUES (1)', { Key: 1 })
    world.run(at + 200 * MS - 2)
    expect(sql('SELECT * FROM a', { Key: 1 }, 'Copy').answer.RowCount).toBe(0)
    world.run(at + 200 * MS)
    expect(sql('SELECT * FROM a', { Key: 1 }, 'Copy').answer.RowCount).toBe(1)
    const copy = world.state<DbInstance>('Copy')
    expect([copy.replicaReads, copy.stale]).toEqual([2, 1])
    world.run(2 * MINUTE).finish()
    expect(world.points('Copy', 'ReplicaLag')[0]!.max).toBe(200 * MS)
    expect(world.sum('Copy', 'StaleReads')).toBe(1)
  })

  it('applies changes in their order, however the lag varies', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }), (gaps) => {
        const { world, sql } = replica('uniform(10ms, 300ms)')
        gaps.forEach((gap, i) => {
          world.run(world.now + gap * MS)
          world.call('Db', 'sql:query', {
            Sql: i === 0 ? 'INSERT INTO a VALUES (1)' : 'UPDATE a SET v = 1',
            Key: 1,
            Row: i,
          })
        })
        world.run(world.now + SECOND)
        expect(sql('SELECT * FROM a', { Key: 1 }, 'Copy').answer.Rows).toEqual(
          sql('SELECT * FROM a', { Key: 1 }).answer.Rows,
        )
      }),
      { numRuns: 30 },
    )
  })

  it('takes no writes', () => {
    const { sql } = replica()
    expect(sql('INSERT INTO a VALUES (1)', {}, 'Copy').status).toBe('ReadOnlyError')
  })
})

describe('an outage', () => {
  it('of a Multi-AZ instance lasts as long as its failover; what runs is broken, what comes is refused', () => {
    const { world, sql, rds, self } = database({ properties: { MultiAZ: true }, assumptions: { WriteWork: '10s' } })
    sql('SELECT 1')
    world.call('Db', 'sql:query', { Sql: 'INSERT INTO a VALUES (1)' })
    world.run(SECOND)
    const from = world.now
    expect(rds('RebootDBInstance', { ForceFailover: true }).status).toBe('OK')
    expect(world.answers.filter(({ status }) => status === 'ConnectionResetError')).toHaveLength(1)
    expect(self.connections.open).toBe(0)
    world.run(from + 60 * SECOND - 1)
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
    world.run(from + 60 * SECOND)
    expect(sql('SELECT 1').status).toBe('OK')
  })

  it('of a single instance cannot be a failover; its reboot is short, its loss is not', () => {
    const single = database()
    expect(single.rds('RebootDBInstance', { ForceFailover: true }).status).toBe('InvalidParameterCombination')
    expect(single.rds('RebootDBInstance').status).toBe('OK')
    single.world.run(20 * SECOND)
    expect(single.self.state).toBe('available')
    const lost = (MultiAZ: boolean): number => {
      const faults = [{ at: SECOND, until: 2 * SECOND, fault: 'sim:rds:instance-loss', target: 'Db', params: {} }]
      const { world, self } = database({ properties: { MultiAZ }, options: { faults } })
      world.run(SECOND)
      while (!self.isUp) world.run(world.now + SECOND)
      return world.now - SECOND
    }
    expect(lost(true)).toBe(60 * SECOND)
    expect(lost(false)).toBe(10 * MINUTE)
  })

  it('can be wanted: stopped and started', () => {
    const { world, sql, rds } = database()
    rds('StopDBInstance')
    expect(sql('SELECT 1').status).toBe('ConnectionRefusedError')
    rds('StartDBInstance')
    world.run(world.now + 10 * MINUTE)
    expect(sql('SELECT 1').status).toBe('OK')
  })
})

describe('any load', () => {
  it('keeps every invariant through outages and limits, and an idle year costs nothing', () => {
    const step = fc.record({ at: fc.nat(300), kind: fc.constantFrom('read', 'write', 'read', 'reboot') })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (max, steps) => {
        const { world, self } = database(
          few(max, { assumptions: { ReadMiss: '0.5', ReadWork: '80ms', WriteWork: '120ms' } }),
        )
        let asked = 0
        for (const { at, kind } of steps.toSorted((a, b) => a.at - b.at)) {
          world.run(Math.max(world.now, at * 100 * MS))
          if (kind === 'reboot') world.call('Db', 'rds:RebootDBInstance')
          else {
            asked++
            world.call('Db', 'sql:query', { Sql: kind === 'read' ? 'SELECT 1' : 'INSERT INTO a VALUES (1)' })
          }
        }
        world.run(HOUR)
        expect(world.answers.filter(({ action }) => action === 'sql:query')).toHaveLength(asked)
        expect(self.inside.inside).toBe(0)
        const { steps: before } = world.world.kernel
        world.run(365 * DAY)
        expect(world.world.kernel.steps).toBe(before)
      }),
      { numRuns: 30 },
    )
  })
})

const HOUR = 60 * MINUTE

/** A function before a database in a VPC. */
function inVpc({ config = '', from = 'Work', role = 'arn:aws:iam::123456789012:role/work' }): string {
  return `Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Private: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24 } }
  WorkGroup: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: work, VpcId: !Ref Vpc } }
  OtherGroup: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: other, VpcId: !Ref Vpc } }
  DbGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: db
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref ${from}Group }]
  Subnets: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: d, SubnetIds: [!Ref Private] } }
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.micro
      AllocatedStorage: "20"
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!GetAtt DbGroup.GroupId]
  WorkRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: ${role}
      Code: { ZipFile: x }
      Timeout: 5
${config === '' ? '' : `      VpcConfig: ${config}\n`}Simulation:
  Duration: 1m
  Handlers: { Work: [{ sql:query: { Database: !Ref Db, Sql: "SELECT * FROM a", Key: one } }] }
  Workloads: { Calls: { Target: Work, Operation: lambda:InvokeFunction, Rate: 2/s, Arrivals: regular } }
`
}

describe('a database in a VPC', () => {
  const errors = (text: string): number => {
    const world = new World(scenarioOf(text).plan)
    world.run()
    world.finish()
    return world.metricOf('Work', 'Errors')!.series.points.reduce((sum, point) => sum + point.sum * point.repeat, 0)
  }
  const config = '{ SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref WorkGroup] }'

  it('is not reached by a function outside of it: time-outs until the function’s own [N.VPC-01]', () => {
    expect(errors(inVpc({}))).toBeGreaterThan(100)
    expect(problemsOf(inVpc({}))).toContain('stands in the VPC Vpc without a public address')
  })

  it('is reached from within by who its group lets in, and times out for others [N.VPC-02]', () => {
    expect(errors(inVpc({ config }))).toBe(0)
    expect(errors(inVpc({ config, from: 'Other' }))).toBeGreaterThan(100)
    expect(problemsOf(inVpc({ config, from: 'Other' }))).toContain('no security group of Db lets Work in on port 3306')
  })

  it('wants a role that may make network interfaces: without it the check says so [N.VPC-02]', () => {
    const text = inVpc({ config, role: '!GetAtt WorkRole.Arn' })
    expect(problemsOf(text)).toContain('does not allow `ec2:CreateNetworkInterface`')
    expect(problemsOf(text.replace('AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'))).not.toContain(
      'CreateNetworkInterface',
    )
  })
})
