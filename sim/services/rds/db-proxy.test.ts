// A proxy before a database: connections are lent, statements wait instead of being refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type LabOptions } from '../../../test/kit.ts'
import { dbInstance, type DbInstance } from './db-instance.ts'
import { dbProxy, type DbProxy } from './db-proxy.ts'

const EXACT = { ReadWork: '100ms', ReadMiss: '0', ConnectTime: '0s', ConnectWork: '0s', RebootTime: '20s' }

function proxy(percent: number, timeout = 120, options: LabOptions = {}) {
  const world = lab(
    {
      Pool: { def: dbProxy, properties: {}, assumptions: { ProxyLatency: '0s', LookAgain: '1s' } },
      Db: {
        def: dbInstance,
        properties: { DBInstanceClass: 'db.t3.micro', DBParameterGroupName: 'Params' },
        assumptions: EXACT,
      },
    },
    {
      probe: [
        ['Pool', 'sql:query'],
        ['Db', 'rds:RebootDBInstance'],
        ['Db', 'sql:query'],
      ],
      ...options,
      beside: {
        Targets: {
          type: 'AWS::RDS::DBProxyTargetGroup',
          config: {
            DBProxyName: 'Pool',
            DBInstanceIdentifiers: ['Db'],
            ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: percent, ConnectionBorrowTimeout: timeout },
          },
        },
      },
    },
  )
  return { world, self: world.state<DbProxy>('Pool'), db: world.state<DbInstance>('Db') }
}

describe('a proxy', () => {
  it('takes its share of the connections, and lets statements wait for one', () => {
    const { world, self, db } = proxy(5)
    expect(self.max).toBe(4)
    for (let i = 0; i < 40; i++) world.call('Pool', 'sql:query', { Sql: 'SELECT 1' })
    world.run(MINUTE)
    expect(db.connections.made).toBe(4)
    expect(db.connections.refused).toBe(0)
    expect(world.answers.every(({ status }) => status === 'OK')).toBe(true)
    // Four at a time on two vCPUs take 200 ms: ten rounds.
    expect(world.answers.at(-1)!.at).toBe(2 * SECOND)
  })

  it('gives up a statement that has waited for the borrow time-out, to the microsecond', () => {
    const { world } = proxy(1, 1)
    for (let i = 0; i < 40; i++) world.call('Pool', 'sql:query', { Sql: 'SELECT 1' })
    world.run(MINUTE)
    const late = world.answers.filter(({ status }) => status === 'ConnectionBorrowTimeout')
    expect(late.length).toBeGreaterThan(20)
    expect(new Set(late.map(({ at }) => at))).toEqual(new Set([SECOND]))
  })

  it('carries its clients over an outage: those that wait are served afterwards', () => {
    const { world } = proxy(100)
    world.run(SECOND)
    world.ask('Db', 'rds:RebootDBInstance')
    for (let i = 0; i < 10; i++) world.call('Pool', 'sql:query', { Sql: 'SELECT 1' })
    world.run(20 * SECOND)
    expect(world.answers.filter(({ to }) => to === 'Pool')).toHaveLength(0)
    world.run(MINUTE)
    const answers = world.answers.filter(({ to }) => to === 'Pool')
    expect(answers).toHaveLength(10)
    expect(answers.every(({ status }) => status === 'OK')).toBe(true)
  })

  /** Statements by number, in the order of their answers. */
  const inOrder = (world: ReturnType<typeof proxy>['world']) => {
    const done: number[] = []
    let asked = 0
    const ask = () => {
      const nth = asked++
      world.call('Pool', 'sql:query', { Sql: 'SELECT 1' }, 0, () => done.push(nth))
    }
    return { done, ask }
  }

  it('lets those that were refused go first, in the order in which they came', () => {
    const { world } = proxy(5)
    const { done, ask } = inOrder(world)
    world.call('Db', 'rds:RebootDBInstance')
    world.run(1_500_000)
    for (let i = 0; i < 9; i++) ask()
    world.run(MINUTE)
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('looks with one statement whether the database is back, once a second', () => {
    const { world, db } = proxy(100)
    world.ask('Db', 'rds:RebootDBInstance')
    for (let i = 0; i < 50; i++) world.call('Pool', 'sql:query', { Sql: 'SELECT 1' })
    world.run(19_500_000)
    // All 50 were on their way when the first was refused; then 19 looks.
    expect(db.queries.total).toBe(50 + 19)
    world.run(2 * MINUTE)
    expect(world.answers.filter(({ status }) => status === 'OK')).toHaveLength(51)
  })

  it('lets statements wait when others hold the connections of the database, and takes what becomes free', () => {
    const { world, self, db } = proxy(100)
    // 83 of 85 connections are others’ for ten minutes.
    for (let i = 0; i < 83; i++) world.call('Db', 'sql:query', { Sql: 'SELECT 1' })
    world.run(10 * SECOND)
    const { done, ask } = inOrder(world)
    for (let i = 0; i < 10; i++) ask()
    world.run(30 * SECOND)
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(world.answers.every(({ status }) => status === 'OK')).toBe(true)
    // Eight of the ten at once were refused, and then one a look while somebody waited.
    expect(db.refusals.count).toBeLessThanOrEqual(9)
    expect(self.borrowed).toBe(0)
    const { steps } = world.world.kernel
    world.run(5 * MINUTE)
    expect(world.world.kernel.steps).toBe(steps)
  })

  it('knows of copies what its database knows', () => {
    const { world, self } = proxy(100)
    const read = { Sql: 'SELECT * FROM a', Key: 1 }
    const isStale = (answer: unknown): unknown => self.sim.isStale(self.edge, read, answer, world.now)
    world.ask('Pool', 'sql:query', { Sql: 'INSERT INTO a VALUES (?)', Key: 1, Row: { n: 1 } })
    const { answer } = world.ask('Pool', 'sql:query', read)
    expect(isStale(answer)).toBe(false)
    world.ask('Pool', 'sql:query', { Sql: 'UPDATE a SET n = 2', Key: 1, Row: { n: 2 } })
    world.run(world.now + SECOND)
    expect(isStale(answer)).toBe(true)
    expect(isStale({ RowCount: 0 })).toBeUndefined()
    const copies = dbProxy.ops['sql:query']!.copies!
    expect(copies.isStale!(self, read, answer, world.now)).toBe(true)
  })

  it('answers every statement once, whatever happens', () => {
    const step = fc.record({ at: fc.nat(100), kind: fc.constantFrom('ask', 'ask', 'ask', 'reboot') })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }), (percent, steps) => {
        const { world, self } = proxy(percent, 5)
        let asked = 0
        for (const { at, kind } of steps.toSorted((a, b) => a.at - b.at)) {
          world.run(Math.max(world.now, (at * SECOND) / 4))
          if (kind === 'reboot') world.call('Db', 'rds:RebootDBInstance')
          else {
            asked++
            world.call('Pool', 'sql:query', { Sql: 'SELECT 1' })
          }
        }
        world.run(10 * MINUTE)
        expect(world.answers.filter(({ to }) => to === 'Pool')).toHaveLength(asked)
        expect(self.inside.inside).toBe(0)
      }),
      { numRuns: 30 },
    )
  })
})
