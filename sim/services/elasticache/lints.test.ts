// When a cache is worth a word, and when it is not.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'

const FUNCTION =
  "{ Type: AWS::Lambda::Function, Properties: { Runtime: python3.12, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/r', Code: { ZipFile: pass } } }"

function told(
  reads: string,
  writes: string,
  cache: string,
  ids: string,
  write = 'lazy',
  type = 'cache.t4g.micro',
): string[] {
  const all = slugsOf(`Resources:
  Reader: ${FUNCTION}
  Writer: ${FUNCTION}
  Redis: { Type: AWS::ElastiCache::CacheCluster, Properties: { Engine: redis, CacheNodeType: ${type}, NumCacheNodes: 1 } }
  Rows:
    Type: AWS::DynamoDB::Table
    Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] }
Simulation:
  Workloads:
    Readers: { Target: Reader, Operation: lambda:InvokeFunction, Rate: ${reads}, Attributes: { id: '${ids}' } }
    Writers: { Target: Writer, Operation: lambda:InvokeFunction, Rate: ${writes}, Attributes: { id: '${ids}' } }
  Handlers:
    Reader: [{ Cache: { In: !Ref Redis, Key: 'row#{$.id}', ${cache}, Do: { dynamodb:GetItem: { TableName: !Ref Rows, Key: { id: $.id } } } } }]
    Writer: [{ Cache: { In: !Ref Redis, Key: 'row#{$.id}', Strategy: ${write}, Do: { dynamodb:PutItem: { TableName: !Ref Rows, Item: { id: $.id, v: 1 } } } } }]
`)
  return all.filter((slug) => slug.startsWith('elasticache/')).map((slug) => slug.slice('elasticache/'.length))
}

test('what changes slowly and is read by few keys is told nothing [N.CACHE-02, N.CACHE-03, N.CACHE-04, EC-R37]', () => {
  expect(told('100/s', '100/h', 'Ttl: 60s', 'uniform(n=100)')).toEqual([])
  expect(told('100/s', '1/h', 'Ttl: 60s, Size: 1KB', 'zipf(n=10000, s=1)')).toEqual([])
})

test('what is written at least as often as it is read is told, unless it is written through [N.CACHE-05, EC-R37]', () => {
  expect(told('10/s', '10/s', 'Ttl: 1m', 'uniform(n=100)')).toContain('changes-as-often-as-read')
  expect(told('11/s', '10/s', 'Ttl: 1m', 'uniform(n=100)')).not.toContain('changes-as-often-as-read')
  expect(told('10/s', '10/s', 'Ttl: 1m', 'uniform(n=100)', 'write-through')).toEqual([])
})

test('many keys that are read alike and do not fit are told; few hot ones and a larger node are not [N.CACHE-06, EC-R37]', () => {
  const large = 'Ttl: 1d, Size: 10KB'
  expect(told('1000/s', '1/h', large, 'uniform(n=100000)')).toEqual(['working-set-above-memory'])
  expect(told('1000/s', '1/h', large, 'uniform(n=50000)')).toEqual([])
  expect(told('1000/s', '1/h', large, 'zipf(n=100000, s=1)')).toEqual([])
  expect(told('1000/s', '1/h', large, 'uniform(n=100000)', 'lazy', 'cache.m5.large')).toEqual([])
})

test('a life far above the time between changes is told, and one below the time between reads [N.CACHE-25]', () => {
  // A key changes every 10 s and is read every second.
  expect(told('10/s', '1/s', 'Ttl: 3600s', 'uniform(n=10)')).toEqual(['lives-far-above-changes'])
  expect(told('10/s', '1/s', 'Ttl: 200s', 'uniform(n=10)')).toEqual([])
  expect(told('10/s', '1/s', 'Ttl: 201s', 'uniform(n=10)')).toEqual(['lives-far-above-changes'])
  expect(told('10/s', '1/s', 'Ttl: 3600s', 'uniform(n=10)', 'write-through')).toEqual([])
  // A key is read every 10 s.
  expect(told('1/s', '1/h', 'Ttl: 1s', 'uniform(n=10)')).toEqual(['expires-before-read-again'])
  expect(told('1/s', '1/h', 'Ttl: 10s', 'uniform(n=10)')).toEqual([])
  expect(told('1/s', '1/h', 'Ttl: 1s', 'hot(key=a, share=0.99, of=10)')).toEqual(['expires-before-read-again'])
  expect(told('2/s', '1/h', 'Ttl: 1s', 'hot(key=a, share=0.99, of=10)')).toEqual([])
})
