// DAX clusters for tests: one cluster `C` in front of one table `T`, both called by hand.
import { cluster } from '../sim/services/dax/cluster.ts'
import type { Cluster } from '../sim/services/dax/cluster-state.ts'
import { OPERATIONS } from '../sim/services/dax/cluster-state.ts'
import { lab, type Answer, type Lab, type LabOptions, type Part } from './kit.ts'
import { tablePart, type TableOptions } from './tables.ts'

export interface DaxOptions {
  readonly nodes?: number
  readonly properties?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  readonly table?: TableOptions
  /** Values of the cluster's parameter group. */
  readonly parameters?: Record<string, unknown>
}

const CONTROL = ['DescribeClusters', 'IncreaseReplicationFactor', 'DecreaseReplicationFactor', 'RebootNode']

/** A cluster in front of the table `T`. A hit takes 100 µs, the table 1 ms and the way through the cluster 200 µs more, a change 50 ms to the replicas. */
export function clusterPart(options: DaxOptions = {}): Part {
  return {
    def: cluster,
    properties: {
      IAMRoleARN: 'arn',
      NodeType: 'dax.r5.large',
      ReplicationFactor: options.nodes ?? 1,
      ...(options.parameters === undefined ? {} : { ParameterGroupName: 'G' }),
      ...options.properties,
    },
    config: { Onto: { T: OPERATIONS.map((name) => `dax:${name}`) } },
    assumptions: { HitLatency: '0.1ms', PassLatency: '0.2ms', ...options.assumptions },
  }
}

/** A world with the cluster `C` and the table `T`. */
export function daxLab(options: DaxOptions = {}, world: LabOptions = {}): Lab {
  return lab(
    {
      T: tablePart({ ...options.table, assumptions: { ReplicaLag: '0ms', ...options.table?.assumptions } }),
      C: clusterPart(options),
    },
    {
      probe: [
        ...[...OPERATIONS, ...CONTROL].map((name) => ['C', `dax:${name}`] as const),
        ...OPERATIONS.map((name) => ['T', `dynamodb:${name}`] as const),
      ],
      ...(options.parameters === undefined
        ? {}
        : {
            beside: {
              G: { type: 'AWS::DAX::ParameterGroup', config: { ParameterNameValues: options.parameters } },
            },
          }),
      ...world,
    },
  )
}

/** Asks through the cluster. */
export function through(world: Lab, operation: string, body: Record<string, unknown>): Answer {
  return world.ask('C', `dax:${operation}`, { TableName: 'T', ...body })
}

/** Asks the table itself. */
export function direct(world: Lab, operation: string, body: Record<string, unknown>): Answer {
  return world.ask('T', `dynamodb:${operation}`, body)
}

/** Read units that the table has consumed so far. */
export function unitsRead(world: Lab): number {
  return world.state<{ capacity: { consumedRead: number } }>('T').capacity.consumedRead
}

/** What the cluster has counted, the running minute included. */
export function counts(world: Lab): { hits: number; misses: number; stale: number } {
  const { hits, misses, stale } = world.state<Cluster>('C')
  return { hits, misses, stale }
}
