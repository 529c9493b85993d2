// What went wrong at a distribution: paths with too many variants, origins hit after an invalidation, errors that were kept.
import type { Finding, Look } from '../../model/contract.ts'
import { count, percent } from '../../parts/words.ts'
import type { Distribution } from './distribution-state.ts'
import { REASONS } from './door.ts'
import { KEYS_KEPT } from './requests.ts'

/** Below these nothing is said. */
const LEAST_MISSES = 100
const LEAST_VARIANTS = 50
const LEAST_SHARE = 0.2
const LEAST_ERRORS = 20
const MINUTE = 60_000_000
/** How far the misses after an invalidation lie above those before it. */
const SURGE = 3

export function findingsOf(self: Distribution, look: Look): Finding[] {
  return [...explosion(self, look), ...afterInvalidation(self, look), ...keptErrors(self, look), ...refused(self, look)]
}

/** Most misses are variants of one path: something in the cache key differs from viewer to viewer. */
function explosion(self: Distribution, look: Look): Finding[] {
  const missed = 1 - (look.metric('CacheHitRate', 'Average') ?? 100) / 100
  let worst: { path: string; misses: number; keys: number } | undefined
  for (const [path, { misses, keys }] of self.variants)
    if (misses > (worst?.misses ?? 0)) worst = { path, misses, keys: keys.size }
  if (worst === undefined || worst.misses < LEAST_MISSES || worst.keys < LEAST_VARIANTS) return []
  // Nearly every miss is a key that was not there before.
  if (missed < LEAST_SHARE || worst.keys < Math.min(KEYS_KEPT, worst.misses / 4)) return []
  return [
    {
      kind: 'cache-key-explosion',
      from: self.misses.first,
      to: self.misses.last,
      share: missed,
      title: `${look.name} keeps ${worst.keys < KEYS_KEPT ? count(worst.keys) : `more than ${count(KEYS_KEPT)}`} variants of ${worst.path}`,
      text: `Its cache key holds something that differs from viewer to viewer: ${count(worst.misses)} requests for \`${worst.path}\` found no variant of theirs, and ${percent(1 - missed)} of all were hits.`,
    },
  ]
}

/** After an invalidation more requests reach the origin, and it fails. */
function afterInvalidation(self: Distribution, look: Look): Finding[] {
  const { began } = self.invalidations
  if (began.count === 0) return []
  const failures = (from: number, to: number): number => (look.metric('5xxErrorRate', 'Average', from, to) ?? 0) / 100
  const hits = (from: number, to: number): number => (look.metric('CacheHitRate', 'Average', from, to) ?? 100) / 100
  const before = Math.max(0, began.first - 2 * MINUTE)
  const end = Math.min(look.now + 1, began.last + 10 * MINUTE)
  const [missed, missedBefore] = [1 - hits(began.first, end), 1 - hits(before, began.first)]
  const failed = failures(began.first, end)
  if (missed < SURGE * missedBefore || failed < 0.01 || failed < SURGE * failures(before, began.first)) return []
  return [
    {
      kind: 'invalidation-surge',
      from: began.first,
      to: end,
      share: failed,
      title: `An invalidation of ${look.name} overloads its origin`,
      text: `After it ${percent(missed)} of the requests were misses (${percent(missedBefore)} before), and ${percent(failed)} failed.`,
    },
  ]
}

/** Errors are served from the caches although the origin may be well again. */
function keptErrors(self: Distribution, look: Look): Finding[] {
  const { errorHits } = self
  const share = errorHits.count / Math.max(1, self.requests)
  if (errorHits.count < LEAST_ERRORS || share < 0.01) return []
  return [
    {
      kind: 'errors-kept',
      from: errorHits.first,
      to: errorHits.last,
      share,
      title: `${look.name} serves errors from its caches`,
      text: `${count(errorHits.count)} requests (${percent(share)}) got an error that was kept, without the origin being asked: \`ErrorCachingMinTTL\` says for how long.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}

/** Viewers are turned away at the edge. */
function refused(self: Distribution, look: Look): Finding[] {
  return self.refusals.flatMap((refusals, i): Finding[] => {
    const { words } = REASONS[i]
    const share = refusals.count / Math.max(1, self.requests)
    if (words === '' || refusals.count < LEAST_ERRORS || share < 0.01) return []
    return [
      {
        kind: 'refused-at-the-edge',
        from: refusals.first,
        to: refusals.last,
        share,
        title: `${look.name} turns viewers away`,
        text: `${count(refusals.count)} requests (${percent(share)}) are refused because ${words}.`,
      },
    ]
  })
}
