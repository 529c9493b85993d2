// Tests that a population keeps Little's law and notices whoever is lost.
import { describe, expect, it } from 'vitest'
import { Population } from './population.ts'

const DAY = 86_400_000_000

describe('Population', () => {
  it('keeps Little’s law through comings and goings', () => {
    const inside = new Population()
    inside.enter(10)
    inside.enter(25)
    expect(inside.holds(40)).toBe(true)
    inside.leave(50, 10)
    expect(inside.holds(70)).toBe(true)
    expect(inside.mean(100)).toBe((40 + 75) / 100)
    expect([inside.inside, inside.peak, inside.entered, inside.left]).toEqual([1, 2, 2, 1])
  })

  it('stays exact where the areas pass 2^53: a million that wait for days', () => {
    const inside = new Population()
    for (let i = 0; i < 1_000_000; i++) inside.enter(DAY + i)
    expect(inside.holds(5 * DAY + 1)).toBe(true)
    for (let i = 0; i < 999_999; i++) inside.leave(9 * DAY + 3 * i, DAY + i)
    expect(inside.holds(10 * DAY)).toBe(true)
  })

  it('notices a stay that is wrong by one microsecond, and one that leaves twice', () => {
    const inside = new Population()
    inside.enter(10)
    inside.enter(20)
    inside.leave(50, 11)
    inside.leave(60, 20)
    expect(inside.holds(60)).toBe(false)
    const twice = new Population()
    twice.enter(10)
    twice.leave(20, 10)
    twice.leave(20, 10)
    expect(twice.holds(30)).toBe(false)
  })
})
