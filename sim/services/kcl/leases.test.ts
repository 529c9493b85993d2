// How leases are shared out: targets, expiry, stealing, a leader's balance, and which shards get a lease.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assigns, balances, takes, target, type Share } from './leases.ts'
import { missingLeases, type KnownShard } from './shard-sync.ts'

const SECOND = 1_000_000
const RULES = { failover: 10 * SECOND, leasesMax: 1e9, stealMax: 1 }
const share = (key: number, owner: number, stale = 0, load = 0): Share => ({ key, owner, stale, load })

describe('the target of a worker', () => {
  it('is an equal part rounded up, one where there are as many workers as leases [KCL-V1, KCL-05]', () => {
    expect([1, 2, 3, 5].map((workers) => target(4, workers, 1e9))).toEqual([4, 2, 2, 1])
    expect(target(10, 3, 1e9)).toBe(4)
    expect(target(10, 3, 2)).toBe(2)
  })
})

describe('a worker takes', () => {
  it('what nobody holds, up to its part', () => {
    expect(
      takes(
        0,
        [0, 1, 2].map((key) => share(key, -1)),
        RULES,
      ),
    ).toEqual([0, 1, 2])
    expect(takes(1, [share(0, 0), share(1, 0), share(2, -1), share(3, -1)], RULES)).toEqual([2, 3])
  })

  it('a lease that was not renewed for the failover time, not a µs earlier [KCL-03, KCL-05]', () => {
    const leases = (stale: number): Share[] => [share(0, 0, stale), share(1, 1)]
    expect(takes(1, leases(10 * SECOND - 1), RULES)).toEqual([])
    expect(takes(1, leases(10 * SECOND), RULES)).toEqual([0])
  })

  it('one beyond its part when nobody renewed it for three times that, within its maximum [KCL-05]', () => {
    const others = [share(0, 0, 15 * SECOND), share(1, 1), share(2, 1), share(3, 2), share(4, 2)]
    expect(takes(1, others, RULES)).toEqual([0])
    const more = [...others.slice(1), share(0, 0, 15 * SECOND), share(6, 1)]
    expect(takes(1, more, RULES)).toEqual([])
    const old = more.map((each) => (each.key === 0 ? { ...each, stale: 30 * SECOND } : each))
    expect(takes(1, old, RULES)).toEqual([0])
    expect(takes(1, old, { ...RULES, leasesMax: 3 })).toEqual([])
  })

  it('by stealing one from whoever holds most, only when nothing has run out, the lowest key first [KCL-05]', () => {
    const all = [0, 1, 2, 3].map((key) => share(key, 0))
    expect(takes(1, all, RULES)).toEqual([0])
    expect(takes(1, all, { ...RULES, stealMax: 5 })).toEqual([0, 1])
    expect(takes(1, [...all.slice(0, 3), share(3, 2, 11 * SECOND)], RULES)).toEqual([3])
    expect(takes(1, [share(0, 0), share(1, 0), share(2, 1)], RULES)).toEqual([])
  })

  it('until all are held and no two differ by more than one, whoever comes and goes [KCL-02, KCL-05]', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: -1, max: 7 }), { minLength: 30, maxLength: 30 }),
        (leases, workers, owners) => {
          const held = owners.slice(0, leases).map((owner) => (owner < workers ? owner : -1))
          for (let round = 0; round < 100; round++)
            for (let worker = 0; worker < workers; worker++) {
              const shares = held.map((owner, key) => share(key, owner))
              for (const key of takes(worker, shares, RULES)) held[key] = worker
            }
          expect(held).not.toContain(-1)
          const counts = Array.from({ length: workers }, (_, worker) => held.filter((owner) => owner === worker).length)
          expect(Math.max(...counts)).toBeLessThanOrEqual(target(leases, workers, 1e9))
        },
      ),
    )
  })
})

describe('a leader', () => {
  it('gives what nobody holds to whoever carries least [KCL-06]', () => {
    const shares = [share(0, 0, 0, 500), share(1, 1, 0, 100), share(2, -1, 0, 300), share(3, 2, 10 * SECOND, 10)]
    expect(assigns([0, 1], shares, 10 * SECOND)).toEqual([
      [2, 1],
      [3, 1],
    ])
  })

  it('moves at most 60 % of an excess of more than 10 % over the mean [KCL-06]', () => {
    const rules = { failover: 10 * SECOND, threshold: 0.1, dampening: 0.6 }
    const near = [share(0, 0, 0, 110), share(1, 1, 0, 90)]
    expect(balances([0, 1], near, rules)).toEqual([])
    const far = [share(0, 0, 0, 60), share(1, 0, 0, 60), share(2, 0, 0, 60), share(3, 1, 0, 20)]
    // 180 against a mean of 100: 48 may go, and no lease is that small.
    expect(balances([0, 1], far, rules)).toEqual([])
    const small = [0, 1, 2, 3, 4, 5].map((key) => share(key, 0, 0, 30))
    expect(balances([0, 1], [...small, share(6, 1, 0, 20)], rules)).toEqual([[0, 1]])
  })
})

describe('shards get leases', () => {
  const shard = (id: string, parents: string[] = [], isOpen = true): KnownShard => ({ id, parents, isOpen })
  const tree = [
    ...['0', '1', '2', '3', '5'].map((id) => shard(id, [], false)),
    shard('4'),
    shard('6', ['0', '1'], false),
    shard('7', ['2', '3'], false),
    shard('8', ['6', '7']),
    shard('9', ['5']),
    shard('10', ['5']),
  ]

  it('so that every line of descent is covered and parents come before children [KCL-V5, KCL-07, KCL-08]', () => {
    const leased = new Set(['4', '5', '7'])
    expect(missingLeases(tree, leased, 'LATEST')).toEqual(['6'])
    expect(missingLeases(tree, leased, 'TRIM_HORIZON')).toEqual(['0', '1'])
  })

  it('at first the open ones, or the oldest there are [KCL-09]', () => {
    expect(missingLeases(tree, new Set(), 'LATEST')).toEqual(['10', '4', '8', '9'])
    expect(missingLeases(tree, new Set(), 'TRIM_HORIZON')).toEqual(['0', '1', '2', '3', '4', '5'])
    // Of parents that are gone nothing is left to read.
    expect(missingLeases([shard('8', ['6', '7'])], new Set(), 'TRIM_HORIZON')).toEqual(['8'])
  })
})
