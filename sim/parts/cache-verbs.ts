// What the step `Cache` of a handler becomes: ordinary calls, by the verbs of the cache's engine.
import type { CacheVerbs } from '../model/contract.ts'

/** The parameter that names the cache in a command. */
export const ENDPOINT = 'Endpoint'
/** What a lock's key begins with. */
export const LOCK = 'lock:'

export const REDIS_VERBS: CacheVerbs = {
  target: ENDPOINT,
  get: 'redis:GET',
  set: 'redis:SET',
  delete: 'redis:DEL',
  life: 'PX',
  perLife: 1_000,
  add: 'redis:SET',
  addWith: { NX: true },
}

export const MEMCACHED_VERBS: CacheVerbs = {
  target: ENDPOINT,
  get: 'memcached:get',
  set: 'memcached:set',
  delete: 'memcached:delete',
  life: 'Exptime',
  perLife: 1_000_000,
  add: 'memcached:add',
  addWith: {},
}
