// The rows of environments against a plain list, under random work.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRng } from '../../engine/rng.ts'
import { BUSY, Environments, IDLE, isOnDemand, NONE, onDemandOf, type Pick, PICKS } from './environments.ts'

interface Plain {
  readonly row: number
  readonly made: number
  readonly pool: number
  phase: 'starting' | 'busy' | 'idle'
  rested: number
}

/** Which idle one the policy prefers, by the words of its name. */
function preferred(idle: readonly Plain[], pick: Pick): readonly Plain[] {
  const by = (key: (one: Plain) => number): readonly Plain[] => idle.toSorted((a, b) => key(a) - key(b)).slice(0, 1)
  if (pick === 'most-recently-used') return by((one) => -one.rested)
  if (pick === 'least-recently-used') return by((one) => one.rested)
  if (pick === 'newest-created') return by((one) => -one.made)
  if (pick === 'oldest-created') return by((one) => one.made)
  return idle
}

describe('environments do what a plain list does', () => {
  test.each(PICKS)('with the pick %s', (pick) => {
    const step = fc.tuple(fc.constantFrom('create', 'take', 'rest', 'destroy'), fc.nat(2), fc.nat(1000))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (script) => {
        // On-demand environments of two versions, and those that are provisioned under a name.
        const environments = new Environments(pick, createRng(1, 'test', pick))
        environments.open(2)
        const all: Plain[] = []
        script.forEach(([what, pool, choice], time) => {
          const at = <T>(list: readonly T[]): T | undefined =>
            list.length === 0 ? undefined : list[choice % list.length]
          if (what === 'create')
            all.push({ row: environments.create(time, pool), made: time, pool, phase: 'starting', rested: 0 })
          else if (what === 'take') {
            const idle = all.filter((one) => one.phase === 'idle' && one.pool === pool)
            const row = environments.take(pool)
            const expected = preferred(idle, isOnDemand(pool) ? pick : 'most-recently-used')
            expect(expected.length === 0 ? [NONE] : expected.map((one) => one.row)).toContain(row)
            if (row !== NONE) all.find((one) => one.row === row)!.phase = 'busy'
          } else if (what === 'rest') {
            const one = at(all.filter((other) => other.phase !== 'idle'))
            if (one === undefined) return
            environments.rest(one.row, time)
            one.phase = 'idle'
            one.rested = time
          } else {
            const one = at(all)
            if (one === undefined) return
            environments.destroy(one.row)
            all.splice(all.indexOf(one), 1)
          }
          const count = (phase: Plain['phase']): number => all.filter((one) => one.phase === phase).length
          expect([environments.starting, environments.busy, environments.idle]).toEqual([
            count('starting'),
            count('busy'),
            count('idle'),
          ])
          const unused = preferred(
            all.filter((one) => one.phase === 'idle' && one.pool === onDemandOf(0)),
            'least-recently-used',
          )
          expect(environments.longestUnused(onDemandOf(0))).toBe(unused[0]?.row ?? NONE)
          const oldest = all.filter((one) => isOnDemand(one.pool)).toSorted((a, b) => a.made - b.made)
          const chain: number[] = []
          for (let row = environments.oldest; row !== NONE; row = environments.newer[row]) chain.push(row)
          expect(chain).toEqual(oldest.map((one) => one.row))
        })
      }),
      { numRuns: 150, seed: 44 },
    )
  })

  test('the rows grow beyond their first sizes and are used again', () => {
    const environments = new Environments('random', createRng(1, 'test', 'grow'))
    for (let round = 0; round < 3; round++) {
      const rows = Array.from({ length: 100 }, (_, i) => environments.create(i, onDemandOf(0)))
      for (const row of rows) environments.rest(row, 100)
      expect(new Set(rows).size).toBe(100)
      const taken = new Set(rows.map(() => environments.take(onDemandOf(0))))
      expect([taken.size, environments.busy, environments.phase[rows[0]]]).toEqual([100, 100, BUSY])
      environments.rest(rows[0], 200)
      expect(environments.phase[rows[0]]).toBe(IDLE)
      for (const row of rows) environments.destroy(row)
    }
    expect([environments.count, environments.rows]).toEqual([0, 100])
  })
})
