// What an hour of an EC2 instance costs, by type: Linux, on demand, us-east-1. Types that are not here are named on the bill.
import type { Price } from '../model/price.ts'
import { hourlyPrices } from './hourly-prices.ts'

const SOURCE = '2025, us-east-1, Linux, https://aws.amazon.com/ec2/pricing/on-demand/ [PR-R1, PR-R2]'

const USD_PER_HOUR: Readonly<Record<string, string>> = {
  ...{ 't2.micro': '0.0116', 't2.small': '0.023', 't2.medium': '0.0464', 't2.large': '0.0928' },
  ...{ 't3.nano': '0.0052', 't3.micro': '0.0104', 't3.small': '0.0208', 't3.medium': '0.0416' },
  ...{ 't3.large': '0.0832', 't3.xlarge': '0.1664', 't3.2xlarge': '0.3328' },
  ...{ 't4g.nano': '0.0042', 't4g.micro': '0.0084', 't4g.small': '0.0168', 't4g.medium': '0.0336' },
  ...{ 'm5.large': '0.096', 'm5.xlarge': '0.192', 'm5.2xlarge': '0.384', 'm5.4xlarge': '0.768' },
  ...{ 'm6i.large': '0.096', 'm6i.xlarge': '0.192', 'm6g.large': '0.077', 'm6g.xlarge': '0.154' },
  ...{ 'c5.large': '0.085', 'c5.xlarge': '0.17', 'c6i.large': '0.085', 'c6g.large': '0.068' },
  ...{ 'r5.large': '0.126', 'r5.xlarge': '0.252', 'r6g.large': '0.1008' },
  'm1.small': '0.044',
}

/** A line for each type. `timeOf` tells the µs in state running. */
export function instancePrices<S>(
  typeOf: (self: S) => string,
  timeOf: (self: S, now: number) => number,
): Record<string, Price<S>> {
  const about = { what: 'Instances', unit: 'instance-hours', source: SOURCE, service: 'ec2' }
  return hourlyPrices({ ...about, usd: USD_PER_HOUR, typeOf, timeOf })
}

/** What has no price line, of an instance of this type. */
export function unpricedInstance(type: string): readonly string[] {
  return Object.hasOwn(USD_PER_HOUR, type) ? [] : [`instances of type ${type}`]
}
