// What a stage's cache shows of itself, and what is wrong with one that never answers.
import type { Finding, Look, Reading } from '../../model/contract.ts'
import type { Gateway } from '../../parts/gateway.ts'
import { count, percent } from '../../parts/words.ts'

const sum = (self: Gateway, of: (cache: NonNullable<Gateway['caches'][number]>) => number): number =>
  self.caches.reduce((total, cache) => total + (cache === null ? 0 : of(cache)), 0)
const hasCache = (self: Gateway): boolean => self.caches.some((cache) => cache !== null)

export const cacheReadings: readonly Reading<Gateway>[] = [
  {
    name: 'Hits',
    unit: '1/s',
    doc: 'Requests that a cache answers.',
    counter: true,
    read: (self) => (hasCache(self) ? sum(self, ({ store }) => store.hits) : NaN),
  },
  {
    name: 'Cached',
    unit: 'answers',
    doc: 'Answers that are kept.',
    read: (self) => (hasCache(self) ? sum(self, ({ store }) => store.items) : NaN),
  },
]

/** So many requests, and so small a part of them answered, tell that a cache is of no use. [SIM] */
const LEAST_LOOKUPS = 100
const USELESS = 0.01

export function cacheFindings(self: Gateway, look: Look): Finding[] {
  return self.caches.flatMap((cache) => {
    if (cache === null || cache.lookups.count < LEAST_LOOKUPS) return []
    const { lookups, found, store, stage } = cache
    const share = found.count / lookups.count
    if (share >= USELESS) return []
    const why =
      store.evictions > found.count
        ? `${count(store.evictions)} answers had to go before anybody asked for them again: the cache is too small`
        : 'hardly any two requests are the same by its parameters while an answer is kept'
    return [
      {
        kind: 'cache-never-hits',
        from: lookups.first,
        to: lookups.last,
        title: 'A cache that is paid for answers nothing',
        text: `The cache of ${look.name}'s stage ${stage} was asked ${count(lookups.count)} times and answered ${percent(share)}: ${why}.`,
        share: 0,
      },
    ]
  })
}
