// Known traps of caches: what is not worth to be cached, and lives that do not suit what is cached.
import type { Finding, Lints, Scene } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import { cachedReads, type CachedRead } from './cached-reads.ts'
import type { FleetPlan } from './fleet.ts'

const SECOND = 1_000_000
const STRATEGIES = 'https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/Strategies.html'
/** A life so many times as long as from one change to the next leaves hardly anything fresh. */
const FAR_ABOVE = 20
/** Keys are about equally hot while none takes more than so many times its even share. */
const EVEN = 5
/** Bytes of Redis for an item beside its value, the key included. */
const BESIDE = 110

interface Example {
  readonly reads?: string
  readonly writes?: string
  readonly ids?: string
  readonly cache?: string
}

/** Readers behind a cache, writers past it. */
const example = ({
  reads = '100/s',
  writes = '1/h',
  ids = 'uniform(n=100)',
  cache = 'Ttl: 60s',
}: Example): string => `Resources:
${workFunction()}${workFunction().replace('  Work:', '  Change:')}${resource(
  'Redis',
  'AWS::ElastiCache::CacheCluster',
  ['Engine: redis', 'CacheNodeType: cache.t4g.micro', 'NumCacheNodes: 1'],
)}${resource('Rows', 'AWS::DynamoDB::Table', [
  'BillingMode: PAY_PER_REQUEST',
  'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
  'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
])}Simulation:
  Workloads:
    Readers: { Target: Work, Rate: ${reads}, Attributes: { id: "${ids}" } }
    Writers: { Target: Change, Rate: ${writes}, Attributes: { id: "${ids}" } }
  Handlers:
    Work:
      - Cache:
          { In: !Ref Redis, Key: $.id, ${cache},
            Do: { dynamodb:GetItem: { TableName: !Ref Rows, Key: { id: $.id } } } }
    Change:
      - dynamodb:PutItem: { TableName: !Ref Rows, Item: { id: $.id, v: 1 } }
`

/** A lint that looks at each cached read. */
const each =
  (find: (read: CachedRead) => Omit<Finding, 'span'> | undefined) =>
  (scene: Scene): Finding[] =>
    cachedReads(scene).flatMap((read) => {
      const found = find(read)
      return found === undefined ? [] : [{ ...found, span: read.handler.place(read.step) }]
    })

export const lints: Lints = {
  'elasticache/changes-as-often-as-read': {
    severity: 'warning',
    title: 'a cache for what changes as often as it is read',
    text: 'What is written at least as often as it is read is out of date by the time somebody reads it: the cache answers the wrong thing quickly. Data that changes fast is the anti-pattern of caching; read it where it is written, or write it through the cache.',
    wrong: example({ reads: '10/s', writes: '10/s' }),
    right: example({ reads: '100/s', writes: '1/min' }),
    source: `N.CACHE-05; ${STRATEGIES}`,
    find: each(({ reads, writes, origin, cache }) => {
      if (reads === undefined || writes === undefined) return undefined
      const [read, written] = [reads.rate / reads.keys, writes.rate / writes.keys]
      if (!(written >= read && read > 0)) return undefined
      return {
        message: `a key of \`${origin}\` is written ${perSecond(written)} and read ${perSecond(read)} through \`${cache.logicalId}\``,
        help: 'no cache here, or `Strategy: write-through` around the write',
      }
    }),
  },
  'elasticache/working-set-above-memory': {
    severity: 'warning',
    title: 'a cache that is smaller than what is read',
    text: 'A cache lives from few keys that take most of the reads. Where a great many keys are all read alike and do not fit, what was stored makes room for others before it is read again: nearly every read misses, and pays for the cache beside the origin.',
    wrong: example({ ids: 'uniform(n=1000000)', cache: 'Ttl: 1h, Size: 4KB' }),
    right: example({ ids: 'zipf(n=1000000, s=1)', cache: 'Ttl: 1h, Size: 4KB' }),
    source: `N.CACHE-06; ${STRATEGIES}`,
    find: each(({ reads, size, cache }) => {
      const plan = cache.config?.['Plan'] as FleetPlan | undefined
      if (reads === undefined || size === undefined || plan === undefined) return undefined
      const isEven = reads.top <= (EVEN * reads.rate) / reads.keys
      const needs = reads.keys * (size + BESIDE)
      const has = plan.memory * plan.shards
      if (!isEven || !(needs > 2 * has) || reads.keys === Infinity) return undefined
      return {
        message: `${reads.keys} keys that are read alike need ${mb(needs)}, and \`${cache.logicalId}\` has room for ${mb(has)}`,
        help: 'a larger `CacheNodeType`, more nodes, or no cache for these keys',
      }
    }),
  },
  'elasticache/lives-far-above-changes': {
    severity: 'warning',
    title: 'a time to live far above the time between changes',
    text: 'A cached item is told until its time to live is over, whatever becomes of what it is a copy of. Where that changes many times meanwhile, nearly every answer is out of date. The time to live should suit how fast the data changes and how old it may be.',
    wrong: example({ writes: '10/s', cache: 'Ttl: 3600s' }),
    right: example({ writes: '1/min', cache: 'Ttl: 3600s' }),
    source: `N.CACHE-25; ${STRATEGIES}`,
    find: each(({ writes, life, origin }) => {
      if (writes === undefined || life === undefined) return undefined
      const interval = (writes.keys / writes.rate) * SECOND
      const kept = life ?? Infinity
      // What is kept for ever is meant to be deleted when it changes.
      if (!(kept < Infinity && kept > FAR_ABOVE * interval)) return undefined
      return {
        message: `a key of \`${origin}\` changes every ${seconds(interval)}, and its copy lives ${seconds(kept)}`,
        help: `a \`Ttl\` of the order of ${seconds(interval)}, or \`Strategy: write-through\` around the write`,
      }
    }),
  },
  'elasticache/expires-before-read-again': {
    severity: 'warning',
    title: 'a time to live below the time between two reads',
    text: 'An item that expires before anybody reads it again never answers anything: every read misses, and costs two more calls than without a cache.',
    wrong: example({ reads: '10/s', cache: 'Ttl: 1s' }),
    right: example({ reads: '1000/s', cache: 'Ttl: 1s' }),
    source: `N.CACHE-25; ${STRATEGIES}`,
    find: each(({ reads, life, cache }) => {
      if (reads === undefined || typeof life !== 'number') return undefined
      // The key that is read most often decides: where it misses, all do.
      const interval = SECOND / reads.top
      if (!(interval > life && interval < Infinity)) return undefined
      return {
        message: `even the most frequent key is read every ${seconds(interval)}, and lives ${seconds(life)} in \`${cache.logicalId}\`: the hit ratio is near 0`,
        help: `a \`Ttl\` above ${seconds(interval)}`,
      }
    }),
  },
}

const round = (value: number): string => String(Number(value.toPrecision(2)))
const seconds = (micros: number): string => `${round(micros / SECOND)} s`
const mb = (value: number): string => `${round(value / 1_048_576)} MB`
const perSecond = (rate: number): string =>
  rate >= 0.1 ? `${round(rate)} times a second` : `${round(rate * 3600)} times an hour`
