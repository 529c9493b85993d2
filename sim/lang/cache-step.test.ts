// The step `Cache` run: who asks whom, how long it takes, what is stale, and what happens when many miss at once.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { reportOf } from '../run/report.ts'
import { runScenario, type Run } from '../run/run.ts'

/** A command 1 ms, the table 10 ms: no chance in it. */
const ASSUME = `{ Redis: { NetworkTime: 992us, CommandTime: 8us, ReplicationLag: 0s }, AWS::Lambda::Function: { ColdStart: 0ms, InvokeLatency: 0ms }, Rows: { GetItemLatency: 10ms, PutItemLatency: 10ms, InitialItems: '1000' } }`
const FUNCTION =
  "{ Type: AWS::Lambda::Function, Properties: { Runtime: python3.12, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/r', MemorySize: 1769, Timeout: 60, Code: { ZipFile: pass } } }"
const FETCH = 'dynamodb:GetItem: { TableName: !Ref Rows, Key: { id: $.id }, ConsistentRead: true }'
const PUT = 'dynamodb:PutItem: { TableName: !Ref Rows, Item: { id: $.id, v: 2 } }'

interface Setup {
  /** Members of the step around the read, and around the write. */
  readonly read?: string
  readonly write?: string
  readonly workloads?: string
  readonly rest?: string
  readonly fetch?: string
  readonly duration?: string
  readonly redis?: string
}

function text(setup: Setup): string {
  const around = (members: string, does: string): string =>
    `{ Cache: { In: !Ref Redis, Key: $.id, ${members}, Do: { ${does} } }, ResultPath: $.row }`
  return `
Resources:
  Reader: ${FUNCTION}
  Writer: ${FUNCTION}
  Redis: ${setup.redis ?? '{ Type: AWS::ElastiCache::CacheCluster, Properties: { Engine: redis, CacheNodeType: cache.t3.micro, NumCacheNodes: 1 } }'}
  Slow: { Type: Sim::Http::Server, Properties: { Workers: 1000, ServiceTime: 500ms } }
  Rows:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
Simulation:
  Duration: ${setup.duration ?? '2m'}
  Assumptions: ${ASSUME}
  Workloads:
${(setup.workloads ?? load('Nobody', 'Reader', '0/s')).replace(/^/gm, '    ')}
  Handlers:
    Reader: [${around(setup.read ?? 'Strategy: lazy', setup.fetch ?? FETCH)}, { Return: $.row }]
    Writer: [${around(setup.write ?? 'Strategy: lazy', PUT)}]
${setup.rest ?? ''}
`
}

const load = (name: string, target: string, rate: string, more = '', id = 'a'): string =>
  `${name}: { Target: ${target}, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: ${rate}, Attributes: { id: ${id} }, Client: { Retries: none }${more} }`

const ran = (setup: Setup): Run => runScenario(scenarioOf(text(setup)))

function metric(
  run: Run,
  resource: string,
  name: string,
): { sum: number; count: number; maximum: number; minimum: number } {
  const found = reportOf(run, '')
    .resources.find((each) => each.name === resource)!
    .metrics.find((each) => each.name === name && Object.keys(each.dimensions).length <= 1)
  return { sum: 0, count: 0, maximum: 0, minimum: 0, ...found } as never
}

function calls(run: Run, to: string, action?: string): number {
  return reportOf(run, '')
    .calls.filter((call) => call.to === to && (action === undefined || call.action === action))
    .reduce((sum, call) => sum + call.sent, 0)
}

const stale = (run: Run): number => metric(run, 'Redis', 'StaleReads').sum

describe('lazy loading', () => {
  it('asks the cache, the table and the cache again for a miss, 12 ms in all; the cache alone for a hit, 1 ms [N.CACHE-08, N.CACHE-09, N.CACHE-12, EC-R30]', () => {
    const run = ran({ workloads: load('Reads', 'Reader', '0.2/s', ', Count: 2') })
    expect([calls(run, 'Redis', 'redis:GET'), calls(run, 'Rows'), calls(run, 'Redis', 'redis:SET')]).toEqual([2, 1, 1])
    expect([metric(run, 'Redis', 'CacheHits').sum, metric(run, 'Redis', 'CacheMisses').sum]).toEqual([1, 1])
    const { maximum, minimum } = metric(run, 'Reads', 'Latency')
    expect([maximum, minimum]).toEqual([12, 1])
  })

  it('keeps nothing that nobody asked for [N.CACHE-07, N.CACHE-10]', () => {
    expect(metric(ran({}), 'Redis', 'CurrItems').maximum).toBe(0)
    const run = ran({ workloads: load('Reads', 'Reader', '1/s', ', Count: 50', '"sequence"') })
    expect(metric(run, 'Redis', 'CurrItems').maximum).toBe(50)
  })

  it('answers what is stale until the time to live is over, and not longer [N.CACHE-01, N.CACHE-23, EC-V3]', () => {
    const run = ran({
      read: 'Ttl: 60s',
      workloads: load('Reads', 'Reader', '1/s'),
      rest: `  Actions: [{ At: 9500ms, dynamodb:PutItem: { TableName: !Ref Rows, Item: { id: a, v: 2 } } }]`,
    })
    // The reads of the seconds 11 to 60: the first one, at 1 s, brought the old row, and its time is over at 61.010 s.
    expect(stale(run)).toBe(52)
    expect(metric(run, 'Redis', 'CacheMisses').sum).toBe(2)
  })

  it('without a time to live answers what is stale for ever, or until somebody deletes it [N.CACHE-13, N.CACHE-21]', () => {
    const change = '{ At: 9500ms, dynamodb:PutItem: { TableName: !Ref Rows, Item: { id: a, v: 2 } } }'
    const run = ran({ workloads: load('Reads', 'Reader', '1/s'), rest: `  Actions: [${change}]` })
    expect(stale(run)).toBe(110)
    const deleted = ran({
      workloads: load('Reads', 'Reader', '1/s'),
      rest: `  Actions: [${change}, { At: 30s, redis:DEL: { Endpoint: !Ref Redis, Key: a } }]`,
    })
    expect(stale(deleted)).toBe(20)
    expect(metric(deleted, 'Redis', 'CacheMisses').sum).toBe(2)
  })

  it('serves a key that is written as often as it is read mostly stale [N.CACHE-05]', () => {
    const run = ran({
      read: 'Ttl: 60s',
      workloads: `${load('Reads', 'Reader', '10/s')}\n${load('Writes', 'Writer', '10/s')}`,
    })
    const { sum } = metric(run, 'Redis', 'StaleReads')
    expect(sum / metric(run, 'Redis', 'CacheHits').sum).toBeGreaterThan(0.99)
  })

  it('serves what changes slowly nearly always fresh [N.CACHE-02]', () => {
    const run = ran({
      read: 'Ttl: 60s',
      duration: '10m',
      workloads: `${load('Reads', 'Reader', '100/s', '', '"uniform(n=100)"')}\n${load('Writes', 'Writer', '1.67/min', '', '"uniform(n=100)"')}`,
    })
    const hits = metric(run, 'Redis', 'CacheHits').sum
    expect(hits / (hits + metric(run, 'Redis', 'CacheMisses').sum)).toBeGreaterThan(0.975)
    expect(stale(run) / hits).toBeLessThan(0.02)
  })

  it('asks for an aggregation once in its time to live [N.CACHE-04]', () => {
    const run = ran({
      read: 'Ttl: 30s',
      fetch: 'http:GET: { Url: Slow }',
      duration: '5m',
      workloads: load('Reads', 'Reader', '1/s'),
    })
    expect(calls(run, 'Slow')).toBe(10)
  })

  it('goes to the origin while the cache is gone, and after it with a cold one: no request fails [N.CACHE-11, EC-R35]', () => {
    const run = ran({
      duration: '10m',
      workloads: load('Reads', 'Reader', '100/s', '', '"uniform(n=20)"'),
      rest: `  Faults: [{ At: 1m, sim:elasticache:node-loss: { Target: Redis } }]`,
    })
    expect(metric(run, 'Reader', 'Errors').sum).toBe(0)
    expect(metric(run, 'Reads', 'Successes').sum).toBeGreaterThanOrEqual(59_998)
    // Twenty misses at first, as many when it is back, and all reads of the five minutes between.
    expect(calls(run, 'Rows')).toBeGreaterThanOrEqual(30_000)
    expect(calls(run, 'Rows')).toBeLessThan(30_200)
    expect(metric(run, 'Redis', 'CacheMisses').sum).toBeLessThan(100)
    // A client that has waited a second for nothing pays it too.
    expect(metric(run, 'Reads', 'Latency').maximum).toBeGreaterThan(2_000)
  })

  it('fails instead where the step says so [EC-R35]', () => {
    const run = ran({
      read: 'OnError: fail',
      workloads: load('Reads', 'Reader', '10/s'),
      rest: `  Faults: [{ At: 1m, sim:elasticache:node-loss: { Target: Redis } }]`,
    })
    expect(metric(run, 'Reader', 'Errors').sum).toBeGreaterThan(500)
    expect(calls(run, 'Rows')).toBe(1)
  })
})

describe('what is stale', () => {
  /** Reads once a second and one write at 9.5 s: the copies of the seconds 11 to 60 are stale, as those of a table are. */
  const kept = (resources: string, fetch: string, change: string): number => {
    const change_ = `  Actions: [{ At: 9500ms, ${change} }]`
    const scenario = text({ read: 'Ttl: 60s', fetch, workloads: load('Reads', 'Reader', '1/s'), rest: change_ })
    const more = scenario.replace('Resources:\n', `Resources:\n${resources}`)
    const assumed = resources.includes(' Files:') ? 'Assumptions: { Files: { Unwritten: there }, ' : 'Assumptions: { '
    return stale(runScenario(scenarioOf(more.replace('Assumptions: { ', assumed))))
  }

  it('is known of objects by their tags', () => {
    const files = '  Files: { Type: AWS::S3::Bucket }\n'
    const get = 's3:GetObject: { Bucket: !Ref Files, Key: $.id }'
    const found = kept(files, get, 's3:PutObject: { Bucket: !Ref Files, Key: a, ContentLength: 1KB }')
    expect(found).toBeGreaterThanOrEqual(51)
    expect(found).toBeLessThanOrEqual(52)
    expect(kept(files, get, 's3:PutObject: { Bucket: !Ref Files, Key: b, ContentLength: 1KB }')).toBe(0)
  })

  it('is known of rows, also behind a cluster', () => {
    const database =
      '  Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: mysql, DBInstanceClass: db.r5.large, AllocatedStorage: "20" } }\n'
    const cluster = `  Shop: { Type: AWS::RDS::DBCluster, Properties: { Engine: aurora-mysql } }
  One: { Type: AWS::RDS::DBInstance, Properties: { Engine: aurora-mysql, DBClusterIdentifier: !Ref Shop, DBInstanceClass: db.r5.large } }
`
    for (const [resources, name] of [
      [database, 'Db'],
      [cluster, 'Shop'],
    ] as const) {
      const get = `sql:query: { Database: !Ref ${name}, Sql: "SELECT * FROM a", Key: $.id }`
      const write = (Key: string): string =>
        `sql:query: { Database: !Ref ${name}, Sql: "INSERT INTO a VALUES (1)", Key: ${Key}, Row: 2 }`
      const found = kept(resources, get, write('a'))
      expect(found).toBeGreaterThanOrEqual(51)
      expect(found).toBeLessThanOrEqual(52)
      expect(kept(resources, get, write('b'))).toBe(0)
    }
  })
})

describe('write-through', () => {
  const through = { write: 'Strategy: write-through' }

  it('writes the table and the cache, 11 ms; what was written is a hit [N.CACHE-14, N.CACHE-15, N.CACHE-16, N.CACHE-18, EC-R31]', () => {
    const run = ran({
      ...through,
      workloads: `${load('Writes', 'Writer', '50/s', ', Count: 3000', '"sequence"')}`,
    })
    expect([calls(run, 'Rows'), calls(run, 'Redis', 'redis:SET')]).toEqual([3000, 3000])
    expect(metric(run, 'Redis', 'CurrItems').maximum).toBe(3000)
    expect(metric(run, 'Writes', 'Latency').maximum).toBe(11)
    const read = ran({
      ...through,
      workloads: `${load('Writes', 'Writer', '1/s', ', Count: 1')}\n${load('Reads', 'Reader', '0.1/s', ', Count: 1')}`,
    })
    expect([metric(read, 'Redis', 'CacheHits').sum, metric(read, 'Redis', 'CacheMisses').sum]).toEqual([1, 0])
    expect(calls(read, 'Rows', 'dynamodb:GetItem')).toBe(0)
    expect(metric(read, 'Reads', 'Latency').maximum).toBe(1)
  })

  it('leaves nothing stale, where lazy loading does; but where the cache misses a write [N.CACHE-17]', () => {
    const workloads = `${load('Writes', 'Writer', '10/s')}\n${load('Reads', 'Reader', '100/s')}`
    expect(stale(ran({ ...through, workloads }))).toBe(0)
    expect(stale(ran({ workloads }))).toBeGreaterThan(10_000)
    const flawed = ran({
      ...through,
      workloads,
      rest: `  Faults: [{ At: 1m, For: 10s, aws:fis:inject-api-unavailable-error: { Service: redis, Operations: [SET], Percentage: 50 } }]`,
    })
    expect(stale(flawed)).toBeGreaterThan(100)
  })

  it('alone keeps nothing of what is only read; with lazy loading the second read is a hit [N.CACHE-19]', () => {
    const workloads = load('Reads', 'Reader', '10/s', ', Count: 200', '"uniform(n=1)"')
    const alone = ran({ read: 'Strategy: write-through', workloads })
    expect([metric(alone, 'Redis', 'CacheMisses').sum, metric(alone, 'Redis', 'CurrItems').maximum]).toEqual([200, 0])
    expect(metric(ran({ workloads }), 'Redis', 'CacheMisses').sum).toBe(1)
  })

  it('fills the cache with what nobody reads [N.CACHE-20]', () => {
    const run = ran({
      ...through,
      duration: '4m',
      workloads: `${load('Writes', 'Writer', '100/s', ', Count: 10000', '"sequence"')}\n${load('Reads', 'Reader', '10/s', ', Count: 100', '"sequence"')}`,
    })
    expect(metric(run, 'Redis', 'CurrItems').maximum).toBe(10_000)
    const report = reportOf(run, '').resources.find(({ name }) => name === 'Redis')!.details as { unread: number }
    expect(report.unread).toBeGreaterThanOrEqual(9_900)
  })

  it('after the loss of a node misses until something is written or read again [EC-V4]', () => {
    const run = ran({
      ...through,
      duration: '10m',
      workloads: `${load('Writes', 'Writer', '1/s', ', Count: 1')}\n${load('Reads', 'Reader', '0.2/s')}`,
      rest: `  Actions: [{ At: 2m, redis:FLUSHALL: { Endpoint: !Ref Redis } }]`,
    })
    expect(metric(run, 'Redis', 'CacheMisses').sum).toBe(1)
    expect(metric(run, 'Redis', 'CacheHits').sum).toBe(119)
  })

  it('takes out what was deleted, and puts there what an update leaves', () => {
    const update = (members: string): string =>
      text({})
        .replace(
          PUT,
          `dynamodb:UpdateItem: { TableName: !Ref Rows, Key: { id: $.id }, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': 3 }${members} }`,
        )
        .replace('Key: $.id, Strategy: lazy, Do: { dynamodb:U', 'Key: $.id, Strategy: write-through, Do: { dynamodb:U')
        .replace('  Workloads:\n', `  Workloads:\n    ${load('Writes', 'Writer', '1/s', ', Count: 1')}\n`)
    expect(metric(runScenario(scenarioOf(update(', ReturnValues: ALL_NEW'))), 'Redis', 'CurrItems').maximum).toBe(1)
    const unknown = runScenario(scenarioOf(update('')))
    expect([metric(unknown, 'Redis', 'CurrItems').maximum, calls(unknown, 'Redis', 'redis:DEL')]).toEqual([0, 1])
  })
})

describe('both together', () => {
  it('with a time to live on both: what is written is a hit, what is not is loaded once in its time [EC-R32]', () => {
    const run = ran({
      read: 'Ttl: 300s',
      write: 'Strategy: write-through, Ttl: 300s',
      duration: '11m',
      workloads: `${load('Writes', 'Writer', '1/s', ', Count: 1')}\n${load('Reads', 'Reader', '[{ At: 0s, Value: 0/s }, { At: 100s, Value: 0/s }, { At: 100s, Value: 1/s }]')}\n${load('Others', 'Reader', '1/s', '', 'b')}`,
    })
    // The written row is a hit until its 300 s are over, and is loaded twice after that; the other one is loaded three times.
    expect(metric(run, 'Redis', 'CacheMisses').sum).toBe(5)
    expect(stale(run)).toBe(0)
  })

  it('the hit ratio is hits among reads, by the minute [EC-R36]', () => {
    const run = ran({ read: 'Ttl: 20s', duration: '3m', workloads: load('Reads', 'Reader', '1/s') })
    const first = (name: string): number => run.world.metricOf('Redis', name)!.series.points[0]!.sum
    const [hits, misses] = [first('CacheHits'), first('CacheMisses')]
    expect([hits, misses]).toEqual([56, 3])
    expect(first('CacheHitRate')).toBe((hits / (hits + misses)) * 100)
  })
})

describe('a race', () => {
  it('between a slow reader and a writer leaves the old value in the cache until its time is over [EC-R34]', () => {
    // The reader asks the table at 1.000 s, the writer changes it at 1.005 s and the cache a little later, the reader stores what it read.
    const run = runScenario(
      scenarioOf(
        text({ write: 'Strategy: write-through', read: 'Ttl: 20s', workloads: load('Reads', 'Reader', '1/s') })
          .replace('GetItemLatency: 10ms', 'GetItemLatency: 30ms')
          .replace(
            '  Handlers:',
            `  Actions: [{ At: 1005ms, Steps: [{ dynamodb:PutItem: { TableName: !Ref Rows, Item: { id: a, v: 2 } } }, { redis:SET: { Endpoint: !Ref Redis, Key: a, Value: new, EX: 20 } }] }]\n  Handlers:`,
          ),
      ),
    )
    expect(stale(run)).toBe(20)
  })
})

describe('a stampede', () => {
  const many = (members: string): Run =>
    ran({
      read: `Ttl: 30s${members}`,
      fetch: 'http:GET: { Url: Slow }',
      workloads: load('Reads', 'Reader', '200/s'),
      duration: '65s',
    })

  it('of λ·L requests reaches the origin when a key expires: 100 of 200 a second in half a second [EC-R33, EC-V6]', () => {
    // At the beginning, at 30.5 s and at 61 s.
    expect(Math.abs(calls(many(''), 'Slow') - 300)).toBeLessThan(6)
  })

  it('is one request with a lock [EC-R33, EC-V6]', () => {
    const run = many(', Lock: true')
    expect(calls(run, 'Slow')).toBe(3)
    expect(metric(run, 'Reads', 'Latency').maximum).toBeLessThan(600)
    expect(metric(run, 'Reads', 'Successes').sum).toBeGreaterThanOrEqual(12_998)
  })

  it('is spread by an early refresh [EC-R33]', () => {
    const run = many(', EarlyRefresh: 1')
    expect(calls(run, 'Slow')).toBeLessThan(160)
    expect(calls(run, 'Slow')).toBeGreaterThan(100)
  })

  it('is refreshed early by how long its own answer took, also where the cache could not be asked before', () => {
    // The read at 60 s gets no answer of the cache: what it stores took the origin half a second, as at 10 s.
    const run = ran({
      read: 'Ttl: 60s, EarlyRefresh: 1',
      fetch: 'http:GET: { Url: Slow }',
      workloads: load('Reads', 'Reader', '0.1/s'),
      duration: '115s',
      rest: `  Faults: [{ At: 55s, For: 10s, aws:fis:inject-api-unavailable-error: { Service: redis, Operations: [GET], Percentage: 100 } }]`,
    })
    expect(calls(run, 'Slow')).toBe(2)
  })

  it('of many keys at once is spread by different lives [EC-R33]', () => {
    // All 500 keys come in the first second, so that they expire in the same one a minute later.
    const busiest = (jitter: string): number => {
      const run = ran({
        read: `Ttl: 20s, Jitter: ${jitter}`,
        fetch: 'http:GET: { Url: Slow }',
        workloads: load('Reads', 'Reader', '2000/s', '', '"uniform(n=500)"'),
        duration: '1m',
      })
      return metric(run, 'Slow', 'Busy').maximum
    }
    expect(busiest('0%')).toBeGreaterThan(450)
    const [first, spread] = [busiest('0%'), busiest('40%')]
    expect(spread).toBeLessThanOrEqual(first)
  })

  it('gives its lock back when the origin fails, and the next one tries', () => {
    const run = runScenario(
      scenarioOf(
        text({
          read: 'Lock: true',
          fetch: 'http:GET: { Url: Slow }',
          workloads: load('Reads', 'Reader', '1/s', ', Count: 3'),
        }).replace('ServiceTime: 500ms', 'ServiceTime: 500ms, ErrorRate: 1'),
      ),
    )
    expect(calls(run, 'Redis', 'redis:DEL')).toBe(3)
    expect(metric(run, 'Reader', 'Errors').sum).toBe(3)
  })
})

it('the retries of a read behind a cache are those of its own service', () => {
  // In the legacy mode calls of DynamoDB are tried more often than others: the commands of a cache are no service of an SDK.
  const setup = { workloads: load('Reads', 'Reader', '1/s', ', Count: 1') }
  const failing = text(setup)
    .replace(
      '  Handlers:',
      '  Faults: [{ At: 0s, aws:fis:inject-api-unavailable-error: { Service: dynamodb, Percentage: 100 } }]\n  Handlers:',
    )
    .replaceAll('python3.12', 'nodejs22.x')
    .replace('InvokeLatency: 0ms', 'InvokeLatency: 0ms, SdkRetries: legacy')
  const alone = failing.replace(/\n {4}Reader: .*\n/, `\n    Reader: [{ ${FETCH} }]\n`)
  const [behind, direct] = [failing, alone].map((each) => calls(runScenario(scenarioOf(each)), 'Rows'))
  expect(behind).toBe(direct)
  expect(behind).toBeGreaterThan(4)
})

describe('what is refused', () => {
  const told = (members: string, does = FETCH): string => problemsOf(text({ read: members, fetch: does }))

  it('a time to live of nothing, or that is none; seconds and days are taken [N.CACHE-24]', () => {
    expect(told('Ttl: 1s')).toBe('')
    expect(told('Ttl: 7d')).toBe('')
    for (const ttl of ['0s', '-5s', 'soon']) expect(told(`Ttl: ${ttl}`)).toContain('--> test.yaml:')
    expect(told('Ttl: 0s')).toContain('`Ttl` is 0')
  })

  it('no cache, a key that is drawn anew, steps without an answer, a share of more than all', () => {
    expect(problemsOf(text({}).replaceAll('In: !Ref Redis', 'In: !Ref Rows'))).toContain('which is no cache')
    expect(problemsOf(text({}).replaceAll('Key: $.id, S', 'Key: uuid, S'))).toContain('drawn anew')
    expect(told('Jitter: 100%')).toContain('not a percentage below 100%')
    expect(told('EarlyRefresh: -1')).toContain('not a number from 0')
    expect(problemsOf(text({}).replace(`Do: { ${FETCH} }`, 'Do: { Compute: 5ms }'))).toContain('do not end with a call')
    expect(problemsOf(text({ write: 'Strategy: write-through' }).replace(PUT, 'http:PUT: { Url: Slow }'))).toContain(
      'needs `Value`',
    )
  })
})

describe('with Memcached', () => {
  it('the same steps speak its words [EC-R1]', () => {
    const run = ran({
      read: 'Ttl: 30s, Lock: true',
      redis:
        '{ Type: AWS::ElastiCache::CacheCluster, Properties: { Engine: memcached, CacheNodeType: cache.t3.micro, NumCacheNodes: 3 } }',
      workloads: load('Reads', 'Reader', '10/s', '', '"uniform(n=10)"'),
    })
    expect(calls(run, 'Redis', 'memcached:get')).toBeGreaterThan(1_000)
    expect(calls(run, 'Redis', 'memcached:add')).toBe(calls(run, 'Rows'))
    expect(metric(run, 'Redis', 'GetHits').sum).toBeGreaterThan(1_100)
  })
})
