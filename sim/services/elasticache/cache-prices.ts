// What AWS bills for a cache: its nodes by the hour, whatever they do. A node that is lost is replaced, and paid for all the same.
import type { Config } from '../../model/contract.ts'
import type { Price } from '../../model/price.ts'
import { hourlyPrices } from '../../parts/hourly-prices.ts'
import type { Fleet } from './fleet.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/elasticache/pricing/ [PR-R1]'

/** Redis and Memcached. */
const NODES = {
  ...{ 'cache.t3.micro': '0.017', 'cache.t3.small': '0.034', 'cache.t3.medium': '0.068', 'cache.t4g.micro': '0.016' },
  ...{ 'cache.m5.large': '0.156', 'cache.m6g.large': '0.149' },
  ...{ 'cache.r5.large': '0.216', 'cache.r6g.large': '0.206', 'cache.r6g.xlarge': '0.411' },
}
/** Valkey: a fifth less. */
const VALKEY_NODES = {
  ...{ 'valkey.t3.micro': '0.0136', 'valkey.t3.small': '0.0272', 'valkey.t3.medium': '0.0544' },
  ...{ 'valkey.t4g.micro': '0.0128', 'valkey.m5.large': '0.1248', 'valkey.m6g.large': '0.1192' },
  ...{ 'valkey.r5.large': '0.1728', 'valkey.r6g.large': '0.1648', 'valkey.r6g.xlarge': '0.3288' },
}

/** The name of a cache's price line: the node's type, of Valkey with its own word before it. */
function lineOf(config: Config): string {
  const type = String(config['CacheNodeType'] ?? 'cache.t3.micro')
  return config['Engine'] === 'valkey' ? type.replace(/^cache\./, 'valkey.') : type
}

const lines = (usd: Readonly<Record<string, string>>, what: string): Record<string, Price<Fleet>> =>
  hourlyPrices<Fleet>({
    ...{ usd, what, unit: 'node-hours', source: SOURCE },
    typeOf: ({ config }) => lineOf(config),
    timeOf: ({ plan }, now) => plan.shards * (plan.replicas + 1) * now,
  })

export const prices = { ...lines(NODES, 'Nodes'), ...lines(VALKEY_NODES, 'Nodes') }

export const unpriced = (config: Config): readonly string[] => {
  const line = lineOf(config)
  return Object.hasOwn(NODES, line) || Object.hasOwn(VALKEY_NODES, line) ? [] : [`nodes of type ${line}`]
}
