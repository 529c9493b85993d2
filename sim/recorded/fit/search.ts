// The least value of a function of a few numbers, by the simplex of Nelder and Mead (1965): no derivatives, and none is needed here.

const STEPS_MAX = 500

/** The place of a local minimum near `start`; `spread` is how far the first look goes in each direction. */
export function minimum(
  f: (at: readonly number[]) => number,
  start: readonly number[],
  spread: readonly number[],
): readonly number[] {
  const n = start.length
  const corners = [start, ...start.map((_, i) => start.map((x, j) => (i === j ? x + spread[i]! : x)))].map((at) => ({
    at,
    value: f(at),
  }))
  for (let step = 0; step < STEPS_MAX; step++) {
    corners.sort((a, b) => a.value - b.value)
    const [best, worst] = [corners[0]!, corners[n]!]
    if (Math.abs(worst.value - best.value) <= 1e-12 * (Math.abs(best.value) + 1e-300)) break
    const centre = start.map((_, i) => corners.slice(0, n).reduce((sum, { at }) => sum + at[i]!, 0) / n)
    const towards = (factor: number): { at: readonly number[]; value: number } => {
      const at = centre.map((x, i) => x + factor * (worst.at[i]! - x))
      return { at, value: f(at) }
    }
    const mirrored = towards(-1)
    if (mirrored.value < best.value) {
      const farther = towards(-2)
      corners[n] = farther.value < mirrored.value ? farther : mirrored
    } else if (mirrored.value < corners[n - 1]!.value) corners[n] = mirrored
    else {
      const nearer = towards(mirrored.value < worst.value ? -0.5 : 0.5)
      if (nearer.value < Math.min(mirrored.value, worst.value)) corners[n] = nearer
      else
        for (let i = 1; i <= n; i++) {
          const at = corners[i]!.at.map((x, j) => best.at[j]! + (x - best.at[j]!) / 2)
          corners[i] = { at, value: f(at) }
        }
    }
  }
  return corners.sort((a, b) => a.value - b.value)[0]!.at
}
