// What replicas show and what is lost with a primary, against a plain list of all writes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CacheStore } from '../../parts/cache-store.ts'
import { Node } from './node.ts'
import { Shard } from './shard.ts'

interface Write {
  readonly key: string
  readonly value: number | undefined
  readonly visibleAt: number
}

const steps = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    deletes: fc.boolean(),
    wait: fc.integer({ min: 0, max: 5 }),
    lag: fc.integer({ min: 0, max: 20 }),
    loses: fc.constantFrom(false, false, false, false, true),
  }),
  { maxLength: 60 },
)

/** What there is after the writes that a replica has seen by a time. */
function seen(writes: readonly Write[], time: number): Map<string, number> {
  const items = new Map<string, number>()
  for (const { key, value, visibleAt } of writes) {
    if (visibleAt > time) continue
    if (value === undefined) items.delete(key)
    else items.set(key, value)
  }
  return items
}

test('a replica has the writes in their order, each its lag later; what it has not is lost with the primary [EC-R4, EC-R21]', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const shard = new Shard(new CacheStore({ policy: 'noeviction' }), [new Node(0, 1, 10), new Node(1, 1, 10)])
      let writes: Write[] = []
      let now = 0
      all.forEach(({ key, deletes, wait, lag, loses }, i) => {
        now += wait
        if (loses) {
          const unseen = writes.filter(({ visibleAt }) => visibleAt > now).length
          const before = shard.lostWrites
          shard.loseUnseen(now)
          expect(shard.lostWrites - before).toBe(unseen)
          writes = writes.filter(({ visibleAt }) => visibleAt <= now)
        } else {
          shard.willWrite(key, now, lag)
          if (deletes) shard.store.delete(key, now)
          else shard.store.set(key, i, 1, now)
          const visibleAt = Math.max(now + lag, writes.at(-1)?.visibleAt ?? 0)
          writes.push({ key, value: deletes ? undefined : i, visibleAt })
        }
        const [replica, primary] = [seen(writes, now), seen(writes, Infinity)]
        for (const name of ['a', 'b', 'c']) {
          expect(shard.seenByReplica(name, now)).toBe(replica.get(name))
          expect(shard.store.peek(name, now)).toBe(primary.get(name))
        }
      })
      expect(shard.lag(now)).toBe(Math.max(0, (writes.at(-1)?.visibleAt ?? 0) - now))
    }),
  )
})
