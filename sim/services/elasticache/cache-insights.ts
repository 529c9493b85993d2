// What goes wrong with a cache: a stampede past it, memory that is too small, a node that cannot keep up, a node that is lost.
import type { Finding, Look } from '../../model/contract.ts'
import { count, percent, time } from '../../parts/words.ts'
import type { Fleet } from './fleet.ts'

/** So many loads of one key in one absence are a stampede. */
const STAMPEDE = 20
/** Evictions for each miss, and misses among the reads, from which on the memory is too small for what is asked for. */
const CHURN = 0.5
const POOR = 0.3
const MANY = 1_000

export function findingsOf(self: Fleet, look: Look): Finding[] {
  return [...stampede(self, look), ...tooSmall(self, look), ...lost(self, look)]
}

/** Many misses of one key at once, all of which went on to the origin before the first of them brought the key back. */
function stampede({ absences, hits, misses }: Fleet, look: Look): Finding[] {
  const [worst] = absences.worst
  if (worst === undefined || worst.loads < STAMPEDE) return []
  const rest =
    absences.count > 1 ? ` It happened ${count(absences.count)} times, with ${count(absences.loads)} loads in all.` : ''
  return [
    {
      kind: 'cache-stampede',
      from: absences.from,
      to: absences.to,
      share: Math.min(1, absences.loads / Math.max(1, hits + misses)),
      title: `A stampede past ${look.name}`,
      text: `\`${worst.key}\` was gone, and ${count(worst.loads)} requests missed it within ${time(worst.to - worst.from)}: each of them asked the origin for the same, before the first brought it back.${rest}`,
    },
  ]
}

/** What is asked for does not fit: items make room for others that will make room for them. */
function tooSmall(self: Fleet, look: Look): Finding[] {
  const evictions = look.metric('Evictions', 'Sum') ?? 0
  const [hit, miss] = self.plan.engine === 'redis' ? ['CacheHits', 'CacheMisses'] : ['GetHits', 'GetMisses']
  const misses = look.metric(miss, 'Sum') ?? 0
  const reads = misses + (look.metric(hit, 'Sum') ?? 0)
  if (evictions < MANY || evictions < misses * CHURN || misses < reads * POOR) return []
  return [
    {
      kind: 'cache-too-small',
      from: look.warmUp,
      to: look.now,
      share: misses / reads,
      title: `${look.name} is too small for what is asked for`,
      text: `${percent(misses / reads)} of the reads miss, and ${count(evictions)} items made room for others: what is read again does not fit.`,
    },
  ]
}

/** A node was lost: what its commands met, and what went with it. */
function lost(self: Fleet, look: Look): Finding[] {
  const { losses, unreachable } = self
  if (losses.count === 0) return []
  const writes = self.sum(({ lostWrites }) => lostWrites)
  const failed = unreachable.count
  return [
    {
      kind: 'cache-node-lost',
      from: losses.first,
      to: Math.max(losses.last, failed > 0 ? unreachable.last : 0),
      share: Math.min(1, Math.max(0.1, failed / Math.max(1, self.commands.read + self.commands.write))),
      title: `${look.name} lost ${losses.count === 1 ? 'a node' : `${losses.count} nodes`}`,
      text: `${count(failed)} commands found nobody and failed when their clients gave up waiting${writes > 0 ? `; ${count(writes)} writes were answered and are gone, because no replica had them yet` : ''}.`,
    },
  ]
}
