// Tests that a table of metrics without a difference seldom claims one, and that one with a difference is seen.
import { expect, test } from 'vitest'
import { createRng } from '../../engine/rng.ts'
import { differenceOf } from './means.ts'
import { holm } from './multiple.ts'

test("Holm's adjusted chances are those of the published example, in their order", () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") = 0.03 0.06 0.06 0.02.
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((chance) => chance.toFixed(3))).toEqual([
    '0.030',
    '0.060',
    '0.060',
    '0.020',
  ])
  expect(holm([])).toEqual([])
  expect(holm([0.9, NaN, 0.8])).toEqual([1, 1, 1])
})

test('a table of 200 metrics that do not differ claims any difference in about one experiment of twenty, and says which one does', () => {
  const rng = createRng(8, 'multiple', 'family')
  const normal = () => Math.sqrt(-2 * Math.log(1 - rng.float())) * Math.cos(2 * Math.PI * rng.float())
  const column = (shift = 0) => Array.from({ length: 10 }, () => shift + normal())
  let alarms = 0
  let seen = 0
  let naive = 0
  for (let i = 0; i < 400; i++) {
    const chances = Array.from({ length: 200 }, () => differenceOf(column(), column(), 0.95).chance)
    if (chances.some((chance) => chance < 0.05)) naive++
    if (holm(chances).some((chance) => chance < 0.05)) alarms++
    if (holm([...chances, differenceOf(column(), column(5), 0.95).chance])[200]! < 0.05) seen++
  }
  expect(naive).toBeGreaterThan(390)
  // 20 of 400 are expected; three standard errors above.
  expect(alarms).toBeLessThanOrEqual(33)
  expect(alarms).toBeGreaterThan(5)
  expect(seen).toBeGreaterThan(390)
}, 30_000)
