// What an operator asks of a cluster: its state, more or fewer nodes, a reboot. Tables cannot be made or changed through it (DAX-R15).
import type { Call } from '../../engine/calls.ts'
import type { Cluster } from './cluster-state.ts'
import type { Item, Node } from './node.ts'

export function describeClusters(self: Cluster, call: Call): void {
  const nodes = self.nodes.filter(({ isGone }) => !isGone)
  self.sim.calls.answer[call] = {
    Clusters: [
      {
        ClusterName: self.sim.physicalName,
        Status: self.status,
        TotalNodes: nodes.length,
        ActiveNodes: self.up.length,
        Nodes: nodes.map((node) => ({ NodeId: node.id, NodeStatus: node.isUp ? 'available' : 'creating' })),
      },
    ],
  }
  self.sim.reply(call, 0)
}

/** Replicas are added while the cluster serves; each starts with what the primary holds (DAX-R14). */
export function increaseReplicationFactor(self: Cluster, call: Call): void {
  const present = self.nodes.filter(({ isGone }) => !isGone).length
  const wanted = wantedNodes(self, call)
  if (!mayChange(self, call)) return
  if (wanted === undefined || wanted <= present) return refuse(self, call, 'InvalidParameterValueException')
  if (wanted > self.sim.quota('NodesPerCluster'))
    return refuse(
      self,
      call,
      'NodeQuotaForClusterExceededFault',
      `a cluster has at most ${self.sim.quota('NodesPerCluster')} nodes`,
    )
  for (let i = present; i < wanted; i++) self.grow()
  describeClusters(self, call)
}

/** Replicas are taken out, those that are named or the last ones; never the primary. */
export function decreaseReplicationFactor(self: Cluster, call: Call): void {
  const present = self.nodes.filter(({ isGone }) => !isGone)
  const wanted = wantedNodes(self, call)
  if (!mayChange(self, call)) return
  if (wanted === undefined || wanted < 1 || wanted >= present.length)
    return refuse(self, call, 'InvalidParameterValueException')
  const named = (self.sim.calls.body[call] as Item)['NodeIdsToRemove']
  const replicas = present.filter((node) => node !== self.primary)
  const leaving =
    named === undefined
      ? replicas.slice(wanted - present.length)
      : replicas.filter(({ id }) => Array.isArray(named) && named.includes(id))
  if (leaving.length !== present.length - wanted) return refuse(self, call, 'NodeNotFoundFault')
  for (const node of leaving) self.shrink(node)
  describeClusters(self, call)
}

/** A node restarts, its cache empty. */
export function rebootNode(self: Cluster, call: Call): void {
  const wanted = (self.sim.calls.body[call] as Item)['NodeId']
  const node = self.nodes.find(({ id, isGone }: Node) => !isGone && id === wanted)
  if (node === undefined) return refuse(self, call, 'NodeNotFoundFault')
  self.lose(node, 'restart')
  describeClusters(self, call)
}

function wantedNodes(self: Cluster, call: Call): number | undefined {
  const wanted = (self.sim.calls.body[call] as Item)['NewReplicationFactor']
  return typeof wanted === 'number' && Number.isInteger(wanted) ? wanted : undefined
}

function mayChange(self: Cluster, call: Call): boolean {
  if (self.status === 'available') return true
  refuse(self, call, 'InvalidClusterStateFault', 'the cluster is being changed')
  return false
}

function refuse(self: Cluster, call: Call, error: string, message = 'the number of nodes does not fit'): void {
  self.sim.calls.answer[call] = { message }
  self.sim.reply(call, self.sim.error(error, 400))
}
