// What a cluster shows of itself: hits and misses, and each node's memory and work.
import type { View } from '../../model/contract.ts'
import { counted } from '../../parts/words.ts'
import type { Cluster } from './cluster-state.ts'

const SECOND = 1_000_000

export const view: View<Cluster> = {
  glyph: 'cache',
  label: 'DAX',
  detail: (config) => counted(config['ReplicationFactor'] as number, 'node'),
  level: (self) => self.inService.inside,
  levelMax: (self) => Math.max(10, self.inService.peak),
  tone: (self) => {
    const since = self.now - 5 * SECOND
    if (self.primary === null || (self.faultStretch.total > 0 && self.faultStretch.last > since)) return 'failing'
    if (self.throttleStretch.total > 0 && self.throttleStretch.last > since) return 'throttling'
    return self.inService.inside > 0 ? 'busy' : 'calm'
  },
  readings: [
    { name: 'Hits', unit: '1/s', doc: 'Reads answered from the cache.', counter: true, read: (self) => self.hits },
    { name: 'Misses', unit: '1/s', doc: 'Reads that went to a table.', counter: true, read: (self) => self.misses },
    {
      name: 'Stale',
      unit: '1/s',
      doc: 'Hits whose item had been written since.',
      counter: true,
      read: (self) => self.stale,
    },
    { name: 'Nodes', unit: 'nodes', doc: 'Nodes that serve.', read: (self) => self.up.length },
  ],
  cells: [
    {
      name: 'Nodes',
      doc: 'The primary and its replicas: each holds the whole cache.',
      columns: [
        { name: 'Hits', unit: '1/s', doc: 'Reads that it answered from its cache.', counter: true },
        { name: 'Misses', unit: '1/s', doc: 'Reads that it had to ask a table for.', counter: true },
        { name: 'Refused', unit: '1/s', doc: 'Requests beyond what it can do.', counter: true },
        { name: 'Memory', unit: 'share', doc: 'Share of its memory that is filled.' },
        { name: 'Up', unit: '', doc: '1 = it serves.' },
      ],
      each: (self, _now, cell) => {
        for (const node of self.nodes) {
          if (node.isGone) continue
          const name = node === self.primary ? `${node.id} (primary)` : node.id
          const memory = node.cache.bytes / self.memory
          cell(node.number, [node.hits, node.misses, node.refused, memory, node.isUp ? 1 : 0], name)
        }
      },
    },
  ],
}
