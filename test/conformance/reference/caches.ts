// Caches: the hit ratio of a store under independent draws by a Zipf law.
import { createKeySampler, type KeySampler } from '../../../sim/engine/keys.ts'
import { createRng } from '../../../sim/engine/rng.ts'
import { CacheStore, type EvictionPolicy } from '../../../sim/parts/cache-store.ts'
import { estimate, fourSigma, meanError, within, type Measured } from './measure.ts'

type Params = Readonly<Record<string, any>>

const BATCHES = 20
const PER_BATCH = 50_000
/** How near the approximation of the file is to the simulation that it was checked with. */
const APPROXIMATION = 0.002
/** Requests of the simulation of the file. */
const THEIRS = 2e7

const POLICIES: Readonly<Record<string, EvictionPolicy>> = { LRU: 'allkeys-lru', FIFO: 'fifo' }

/** Hit ratio and its standard error of a store for so many items of one byte, that is given what it misses. */
function hitRatio({ N, alpha, C }: Params, policy: EvictionPolicy): { mean: number; error: number } {
  const keys = createKeySampler({ kind: 'zipf', n: N, s: alpha })
  const draws = createRng(1, 'caches', 'keys')
  const store = new CacheStore({ policy, maxItems: C })
  for (let i = 0; i < N; i++) store.set(String(i), 1, 1, 0)
  // The most popular ones stay under `noeviction`: they came first. Any other order is forgotten before it is measured.
  if (policy !== 'noeviction') request(store, keys, draws, 20 * C + 5 * PER_BATCH)
  return meanError(Array.from({ length: BATCHES }, () => request(store, keys, draws, PER_BATCH)))
}

function request(store: CacheStore, keys: KeySampler, draws: ReturnType<typeof createRng>, times: number): number {
  const before = store.hits
  for (let i = 0; i < times; i++) {
    const key = String(keys.index(draws))
    if (store.get(key, 0) === undefined) store.set(key, 1, 1, 0)
  }
  return (store.hits - before) / times
}

/** LRU and FIFO as they are; perfect LFU, which knows in advance what is asked for most, is a store that keeps just that. */
export function approximated(params: Params): Record<string, Measured> {
  const near = (policy: EvictionPolicy): Measured => {
    const { mean, error } = hitRatio(params, policy)
    return within(mean, APPROXIMATION + fourSigma(BATCHES - 1) * error)
  }
  return { LRU: near('allkeys-lru'), FIFO: near('fifo'), LFU: near('noeviction') }
}

/** One policy, as another program simulated it. */
export function simulated(params: Params): Record<string, Measured> {
  const { mean, error } = hitRatio(params, POLICIES[params['policy'] as string]!)
  return { hit: estimate(mean, Math.hypot(error, Math.sqrt((mean * (1 - mean)) / THEIRS)), BATCHES - 1) }
}
