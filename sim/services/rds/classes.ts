// Instance classes of databases: vCPUs, memory, and how many connections an engine allows in it.
import { ln } from '../../engine/math.ts'

const GIB = 1_073_741_824
/** Memory of a vCPU by family, in GiB; the burstable sizes below large have tables of their own. */
const GIB_PER_VCPU: readonly (readonly [family: RegExp, gib: number])[] = [
  [/^c/, 2],
  [/^m/, 4],
  [/^[rz]/, 8],
  [/^x/, 16],
]
const BURSTABLE: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
}
const MEGA_1 = 12_582_880
const MEGA_2 = 9_531_392

export interface InstanceClass {
  readonly vcpus: number
  /** Bytes. */
  readonly memory: number
}

/** The class of a text such as `db.r6g.large`; of one that is none, `db.m5.large`. */
export function classOf(text: string): InstanceClass {
  const [, family = 'm5', size = 'large'] = /^db\.([a-z0-9-]+)\.([a-z0-9]+)$/.exec(text) ?? []
  const times = size === 'large' ? 1 : size === 'xlarge' ? 2 : 2 * Number(/^(\d{1,2})xlarge$/.exec(size)?.[1] ?? 0.5)
  if (family.startsWith('t') && Object.hasOwn(BURSTABLE, size)) {
    const vcpus =
      size === 'xlarge' ? 4 : size === '2xlarge' ? 8 : family === 't2' && size !== 'medium' && size !== 'large' ? 1 : 2
    return { vcpus, memory: BURSTABLE[size] * GIB }
  }
  const vcpus = Math.max(1, 2 * times)
  const gib = GIB_PER_VCPU.find(([pattern]) => pattern.test(family))?.[1] ?? 4
  return { vcpus, memory: vcpus * gib * GIB }
}

/** Connections that an engine allows by default, from the memory of the class (the formulas of RDS's default parameter groups). */
export function maxConnections(engine: string, memory: number): number {
  const log2 = (value: number): number => ln(value) / ln(2)
  switch (engine) {
    case 'aurora-mysql':
    case 'aurora':
      return Math.floor(Math.max(log2(memory / 805_306_368) * 45, log2(memory / 8_187_281_408) * 1_000))
    case 'postgres':
    case 'aurora-postgresql':
      return Math.min(Math.floor(memory / MEGA_2), 5_000)
    case 'mysql':
    case 'mariadb':
      return Math.floor(memory / MEGA_1)
    default:
      return engine.startsWith('oracle') ? Math.min(Math.floor(memory / 9_868_951), 20_000) : 32_767
  }
}

/** The TCP port of an engine. */
export function portOf(engine: string): number {
  if (engine.includes('postgres')) return 5432
  if (engine.startsWith('oracle')) return 1521
  return engine.startsWith('sqlserver') ? 1433 : 3306
}

/** Operations per second that the storage gives, and how many GB it has. */
export function iopsOf(type: string | undefined, gb: number, provisioned: number | undefined): number {
  if (provisioned !== undefined && type !== 'gp2') return provisioned
  if (type === 'gp2') return Math.min(16_000, Math.max(3_000, 3 * gb))
  return type === 'standard' ? 200 : gb >= 400 ? 12_000 : 3_000
}
