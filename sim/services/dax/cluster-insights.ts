// What went wrong at a cluster: a cache that seldom has what is asked for, hits that are out of date, nodes that cannot keep up or are lost.
import type { Finding, Look } from '../../model/contract.ts'
import { count, counted, percent } from '../../parts/words.ts'
import type { Cluster } from './cluster-state.ts'

/** Fewer reads than this say nothing about a cache. */
const LEAST_READS = 200
const LEAST_STALE_SHARE = 0.005
const LEAST_REFUSED = 5
const LEAST_SHARE = 0.001

export function findingsOf(self: Cluster, look: Look): Finding[] {
  return [...missesDominate(self), ...staleReads(self, look), ...overloaded(self, look), ...lost(self, look)]
}

/** More misses than hits: the cache costs a hop and spares the table little. */
function missesDominate(self: Cluster): Finding[] {
  const { hitStretch, missStretch } = self
  const reads = hitStretch.count + missStretch.count
  const share = missStretch.count / Math.max(1, reads)
  if (reads < LEAST_READS || share <= 0.5) return []
  const evicted = self.nodes.reduce((sum, node) => sum + node.cache.evictions, 0)
  const expired = self.nodes.reduce((sum, node) => sum + node.cache.expirations, 0)
  const why =
    evicted > missStretch.count / 4
      ? `${counted(evicted, 'entry', 'entries')} had to make room for others: what is asked for is larger than a node’s memory.`
      : expired > missStretch.count / 4
        ? 'Most entries are over before they are asked for again: their time to live is shorter than the time between two reads of a key.'
        : 'Few keys are asked for twice, so there is little that a cache could answer.'
  return [
    {
      kind: 'cache-misses',
      from: missStretch.first,
      to: missStretch.last,
      share,
      title: 'The cache seldom has what is asked for',
      text: `${percent(share)} of ${count(reads)} reads went on to the table. ${why}`,
    },
  ]
}

function staleReads(self: Cluster, look: Look): Finding[] {
  const { staleStretch, hitStretch } = self
  const share = staleStretch.count / Math.max(1, hitStretch.count)
  if (staleStretch.count < LEAST_REFUSED || share < LEAST_STALE_SHARE) return []
  const others = [...self.tables.keys()]
  const isBehind = 2 * self.behindStretch.count > staleStretch.count
  const why = isBehind
    ? 'Replicas answer with what they had before the primary’s last write reached them.'
    : `What is written to ${others.map((name) => `\`${name}\``).join(', ')} without ${look.name} stays unseen until the time to live is over.`
  return [
    {
      kind: 'stale-reads',
      from: staleStretch.first,
      to: staleStretch.last,
      share,
      ...(isBehind ? {} : { suspects: others }),
      title: 'The cache answers with items that have been written since',
      text: `${count(staleStretch.count)} hits (${percent(share)} of them) were out of date. ${why}`,
    },
  ]
}

function overloaded(self: Cluster, look: Look): Finding[] {
  const { throttleStretch } = self
  const sent = look.callers().reduce((sum, caller) => sum + caller.sent, 0)
  const share = throttleStretch.count / Math.max(1, sent)
  if (throttleStretch.count < LEAST_REFUSED || share < LEAST_SHARE) return []
  return [
    {
      kind: 'cache-overload',
      from: throttleStretch.first,
      to: throttleStretch.last,
      share,
      drivers: look.callers().map(({ other }) => other),
      title: 'The nodes have more to do than they can',
      text: `${counted(throttleStretch.count, 'request was', 'requests were')} throttled by ${counted(self.up.length, 'node')} (${percent(share)} of all). More nodes share the reads; writes all go to the primary.`,
    },
  ]
}

function lost(self: Cluster, look: Look): Finding[] {
  const { faultStretch } = self
  const sent = look.callers().reduce((sum, caller) => sum + caller.sent, 0)
  const share = faultStretch.count / Math.max(1, sent)
  if (faultStretch.count < LEAST_REFUSED || share < LEAST_SHARE) return []
  const alone = self.nodes.filter(({ isGone }) => !isGone).length === 1
  return [
    {
      kind: 'cache-node-lost',
      from: faultStretch.first,
      to: faultStretch.last,
      share,
      title: alone ? 'The only node of the cache was lost' : 'The cache had no primary',
      text: `${counted(faultStretch.count, 'request')} failed: ${alone ? 'nothing is served until another node has started, with an empty cache' : 'until a replica takes the lost primary’s place, writes and misses fail, and only hits are answered'}.`,
    },
  ]
}
