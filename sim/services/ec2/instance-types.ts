// How many vCPUs an instance type has, as the quota of running instances counts them.
//
// The size tells it in nearly all families: large is 2, xlarge 4, and 4xlarge four times that.

/** What CloudFormation and EC2 take when no type is written. */
export const DEFAULT_TYPE = 'm1.small'

const SMALL = new Set(['nano', 'micro', 'small', 'medium'])
/** Families whose sizes below large have one vCPU; in the burstable ones since t3 they have two. */
const BURSTABLE = new Set(['t3', 't3a', 't4g'])
const SINGULAR: Readonly<Record<string, number>> = {
  't2.medium': 2,
  'c1.medium': 2,
  'c1.xlarge': 8,
  'm2.xlarge': 2,
  'm2.2xlarge': 4,
  'm2.4xlarge': 8,
}
/** A whole machine of the families in use today. */
const METAL = 96

/** vCPUs of a type such as `t3.micro`; 2 for a text that is no type. */
export function vcpusOf(type: string): number {
  if (Object.hasOwn(SINGULAR, type)) return SINGULAR[type]
  const [family = '', size = ''] = type.split('.')
  if (SMALL.has(size)) return BURSTABLE.has(family) ? 2 : 1
  if (size === 'xlarge') return 4
  const large = /^([1-9][0-9]?)xlarge$/.exec(size)
  if (large !== null) return 4 * Number(large[1])
  return size.startsWith('metal') ? METAL : 2
}
