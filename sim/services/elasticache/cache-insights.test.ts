// What a run says of caches: a stampede and what nearly is one, a cache that is too small, a node that was lost; and who reaches it.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario, type Run } from '../../run/run.ts'

const FUNCTION = (more = ''): string =>
  `{ Type: AWS::Lambda::Function, Properties: { Runtime: python3.12, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/r', MemorySize: 1769, Timeout: 30, Code: { ZipFile: pass }${more} } }`

interface Setup {
  readonly rate?: string
  readonly keys?: string
  readonly cache?: string
  readonly service?: string
  readonly rest?: string
  readonly memory?: string
  readonly resources?: string
  readonly fn?: string
  readonly properties?: string
}

const ran = ({
  rate = '200/s',
  keys = 'uniform(n=1)',
  cache = 'Ttl: 60s',
  service = '500ms',
  rest = '',
  memory = '1MB',
  resources = '',
  fn = '',
  properties = '',
}: Setup): Run =>
  runScenario(
    scenarioOf(`
Resources:
  Reader: ${FUNCTION(fn)}
  Cache: { Type: AWS::ElastiCache::CacheCluster, Properties: { Engine: redis, CacheNodeType: cache.t4g.micro, NumCacheNodes: 1${properties} } }
${resources}
Simulation:
  Duration: 4m
  WarmUp: 30s
  Resources:
    Origin: { Type: Sim::Http::Server, Properties: { Workers: 1000, ServiceTime: ${service} } }
  Assumptions: { Cache: { NodeMemory: ${memory}, CommandTimeout: 100ms } }
  Workloads:
    Readers: { Target: Reader, Operation: lambda:InvokeFunction, Rate: ${rate}, Attributes: { id: '${keys}' }, Client: { Retries: none } }
  Handlers:
    Reader: [{ Cache: { In: !Ref Cache, Key: $.id, ${cache}, Do: { http:GET: { Url: Origin } } } }]
${rest}
`),
  )

const kinds = (run: Run): string[] => reportOf(run, '').insights.map(({ kind }) => kind)
const text = (run: Run, kind: string): string => reportOf(run, '').insights.find((each) => each.kind === kind)!.text

describe('a stampede', () => {
  it('is told where a hundred ask the origin for one key, with its figures', () => {
    const run = ran({})
    expect(kinds(run)).toContain('cache-stampede')
    expect(text(run, 'cache-stampede')).toMatch(/`id-1` was gone, and [0-9]+ requests missed it within 50[0-9] ms/)
  })

  it('is told when the key went with its node', () => {
    const run = ran({
      cache: 'Strategy: lazy',
      rest: '  Faults: [{ At: 1m, sim:elasticache:node-loss: { Target: Cache } }]\n',
    })
    expect(kinds(run)).toContain('cache-node-lost')
    const flushed = ran({
      cache: 'Strategy: lazy',
      rest: '  Actions: [{ At: 1m, redis:FLUSHALL: { Endpoint: !Ref Cache } }]\n',
    })
    expect(kinds(flushed)).toEqual(['cache-stampede'])
  })

  it('is not told of those who wait for a lock, of a quick origin, of many keys that expire, and of a cold start', () => {
    expect(kinds(ran({ cache: 'Ttl: 60s, Lock: true' }))).toEqual([])
    expect(kinds(ran({ service: '20ms' }))).toEqual([])
    expect(kinds(ran({ keys: 'uniform(n=500)' }))).toEqual([])
    expect(kinds(ran({ cache: 'Strategy: lazy' }))).toEqual([])
  })

  it('is not told where nothing is ever kept', () => {
    expect(kinds(ran({ cache: 'Strategy: write-through' }))).toEqual([])
  })
})

describe('a cache', () => {
  it('that is too small is told, one that has room or a few hot keys is not', () => {
    const small = { rate: '500/s', service: '1ms', cache: 'Strategy: lazy, Ttl: 1h', memory: '10KB' }
    expect(kinds(ran({ ...small, keys: 'uniform(n=2000)' }))).toContain('cache-too-small')
    expect(kinds(ran({ ...small, keys: 'uniform(n=2000)', memory: '1MB' }))).not.toContain('cache-too-small')
    expect(kinds(ran({ ...small, keys: 'zipf(n=2000, s=2)' }))).not.toContain('cache-too-small')
  })

  it('has a bill by the hours of its nodes', () => {
    const line = reportOf(ran({}), '').bill!.resources.find(({ resource }) => resource === 'Cache')!
    expect(line.lines.map(({ usd }) => usd)).toEqual(['0.016'])
    expect(line.month).toBeCloseTo(730 * 0.016, 6)
  })
})

describe('a cache in a VPC', () => {
  const network = (port: number): string => `  Net: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Sub: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Net, CidrBlock: 10.0.1.0/24 } }
  Callers: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: callers, VpcId: !Ref Net } }
  Caches:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: caches, VpcId: !Ref Net, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, SourceSecurityGroupId: !Ref Callers }] }
  Subs: { Type: AWS::ElastiCache::SubnetGroup, Properties: { Description: where, SubnetIds: [!Ref Sub] } }`
  const inside = ', VpcConfig: { SubnetIds: [!Ref Sub], SecurityGroupIds: [!Ref Callers] }'
  const properties = ', CacheSubnetGroupName: !Ref Subs, VpcSecurityGroupIds: [!Ref Caches]'
  const reads = (port: number, fn: string): number => {
    const run = ran({ rate: '5/s', service: '1ms', cache: 'Strategy: lazy', resources: network(port), fn, properties })
    return run.world.metricOf('Cache', 'CacheMisses')!.series.points.reduce((sum, point) => sum + point.sum, 0)
  }

  it('is reached from within, at its port, by those whom its group lets in', () => {
    expect(reads(6379, inside)).toBeGreaterThan(1_000)
    expect(reads(6380, inside)).toBe(0)
    expect(reads(6379, '')).toBe(0)
  })
})
