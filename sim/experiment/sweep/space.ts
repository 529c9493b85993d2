// The points of a sweep and its runs in their one order: a grid of all combinations, or a Latin hypercube drawn from ranges.
import { exp, ln } from '../../engine/math.ts'
import { createRng } from '../../engine/rng.ts'
import { count, counted } from '../../parts/words.ts'
import { inOrder } from '../bundle.ts'
import type { RunSpec, Setting } from '../types.ts'
import { valuesOf, type Axis, type Range, type Read, type Wrong } from './axes.ts'
import { decimalText, numberOf, parseDecimal } from './decimal.ts'

export const RUNS_MAX = 1_000_000

/** How points are drawn, when they are no grid. */
export interface Sample {
  readonly points: number
  readonly seed: string
}

/** Everything that a sweep runs. Point by point, the last axis first, and of each point all seeds. */
export interface Space {
  readonly axes: readonly Axis[]
  /** Of each axis the values that its points have, in order of the axis (those of a grid) or of size. */
  readonly values: readonly (readonly string[])[]
  readonly fixed: readonly Setting[]
  readonly seeds: readonly string[]
  readonly sample?: Sample
  readonly points: number
  readonly runs: number
  /** For each axis which of its values a point has. */
  place(point: number): readonly number[]
}

/** Puts a sweep together; what is wrong with it is told all at once. */
export function spaceOf(
  axes: readonly Axis[],
  fixed: readonly Setting[],
  seeds: readonly string[],
  sample?: Sample,
): { readonly space: Space | undefined; readonly wrong: readonly Wrong[] } {
  const flaws: Wrong[] = []
  const made = sample === undefined ? gridOf(axes, flaws) : sampleOf(axes, sample, flaws)
  const runs = made.points * seeds.length
  if (flaws.length === 0 && runs > RUNS_MAX)
    flaws.push({
      message: `these are ${count(made.points)} points with ${counted(seeds.length, 'seed')} each, more than a million runs`,
      help: 'take wider steps or fewer seeds, or draw points with `--sample N`',
    })
  if (flaws.length > 0) return { space: undefined, wrong: flaws }
  return { space: { axes, fixed, seeds, ...made, runs, ...(sample === undefined ? {} : { sample }) }, wrong: [] }
}

type Points = Pick<Space, 'values' | 'points' | 'place'>

function gridOf(axes: readonly Axis[], flaws: Wrong[]): Points {
  const values = axes.map((axis) => kept(valuesOf(axis), flaws) ?? [])
  const points = values.reduce((product, each) => product * each.length, 1)
  return {
    values,
    points,
    place(point) {
      const places: number[] = []
      let rest = point
      for (let i = values.length - 1; i >= 0; i--) {
        places[i] = rest % values[i]!.length
        rest = Math.floor(rest / values[i]!.length)
      }
      return places
    },
  }
}

/**
 * A Latin hypercube: of each axis every one of `points` equal parts is drawn from once, in an order of the axis' own, so that few
 * points still see the whole of every axis (McKay, Beckman and Conover 1979). Points that rounding makes equal are one.
 */
function sampleOf(axes: readonly Axis[], { points, seed }: Sample, flaws: Wrong[]): Points {
  const drawn = axes.map((axis) => {
    const only = axis.parts.length === 1 ? axis.parts[0]! : undefined
    const range = only !== undefined && 'range' in only ? only.range : undefined
    const isOpen = range !== undefined && (range.step === undefined || range.step.kind === 'log')
    const list = isOpen ? [] : (kept(valuesOf(axis), flaws) ?? [])
    const rng = createRng(seed, axis.name, 'sweep')
    const order = Array.from({ length: points }, (_, i) => i)
    for (let i = points - 1; i > 0; i--) {
      const j = rng.below(i + 1)
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    return order.map((part) => {
      const share = (part + rng.float()) / points
      return isOpen ? within(range, share) : (list[Math.floor(share * list.length)] ?? '')
    })
  })
  const values = drawn.map((column) => [...new Set(column)].sort(bySize))
  const places = drawn.map((column, i) => {
    const placeOf = new Map(values[i]!.map((value, place) => [value, place]))
    return column.map((value) => placeOf.get(value)!)
  })
  const all = Array.from({ length: points }, (_, point) => places.map((column) => column[point]!))
  const different = [...new Map(all.map((place) => [place.join(' '), place])).values()]
  return { values, points: different.length, place: (point) => different[point]! }
}

/** The value at a share of a range, with as many places as its ends are written with. */
function within({ from, to, unit, step }: Range, share: number): string {
  const [low, high] = [numberOf(from), numberOf(to)]
  const decimals = Math.max(from.decimals, to.decimals)
  // Halves of the outermost places belong to the range too, so that its ends are drawn as often as what lies between.
  const half = 0.5 / Number(`1e${decimals}`)
  const value =
    step === undefined ? low - half + share * (high - low + 2 * half) : exp(ln(low) + share * (ln(high) - ln(low)))
  const text = Math.min(high, Math.max(low, value)).toFixed(decimals)
  const read = parseDecimal(text)
  return (read === undefined || read.digits === 0n ? '0' : decimalText(read)) + unit
}

function kept<Value>(read: Read<Value>, flaws: Wrong[]): Value | undefined {
  if (read.ok) return read.value
  flaws.push(read)
  return undefined
}

/** The number that a value begins with; NaN when it is none. */
export function sizeOf(value: string): number {
  return Number(/^-?\d+(?:\.\d+)?/.exec(value)?.[0] ?? 'x')
}

function bySize(a: string, b: string): number {
  return sizeOf(a) - sizeOf(b) || (a < b ? -1 : 1)
}

/** What a point sets, beside what is fixed. */
export function settingsAt({ axes, values, place }: Space, point: number): readonly Setting[] {
  return place(point).map((at, i) => [axes[i]!.name, values[i]![at]!] as const)
}

/** The run with the given place in the one order. */
export function runAt(space: Space, run: number): RunSpec {
  const { seeds, fixed } = space
  const point = Math.floor(run / seeds.length)
  return { settings: inOrder([...fixed, ...settingsAt(space, point)]), seed: seeds[run % seeds.length]! }
}
