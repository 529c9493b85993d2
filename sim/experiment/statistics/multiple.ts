// Many comparisons at once: keeps a table of two hundred metrics that do not differ from crying wolf.

/**
 * Holm's adjustment of the chances of several comparisons, in their order. Those whose adjusted chance is at most α differ, and the
 * probability that any of them does not differ in truth is at most α, whatever depends on what. NaN counts as 1.
 */
export function holm(chances: readonly number[]): number[] {
  const order = chances
    .map((chance, place) => ({ chance: chance !== chance ? 1 : chance, place }))
    .sort((a, b) => a.chance - b.chance)
  const adjusted = Array.from({ length: chances.length }, () => 1)
  let least = 0
  order.forEach(({ chance, place }, i) => {
    least = Math.min(1, Math.max(least, chance * (order.length - i)))
    adjusted[place] = least
  })
  return adjusted
}
