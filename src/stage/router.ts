// Roads that run around cards: the cheapest right-angled way on the lines that the cards' borders draw through the plane.
//
// Most roads need none of this: a level stretch, an upright one between two layers, a level one. Only where that would run
// through a card is a way searched, where turns and stretches that other roads already use cost extra.
import type { Box, Point } from './geometry.ts'

/** Room that a road keeps from cards, in world units. */
export const CLEARANCE = 14
const TURN = 46
const SHARED = 1.6

/** Whether a right-angled line runs through one of the boxes, or so close that its lane would touch it. */
export function crosses(line: readonly Point[], boxes: readonly Box[], clearance: number): boolean {
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]]
    const [left, right] = a.x < b.x ? [a.x, b.x] : [b.x, a.x]
    const [top, bottom] = a.y < b.y ? [a.y, b.y] : [b.y, a.y]
    for (const box of boxes)
      if (
        right > box.x - clearance &&
        left < box.x + box.w + clearance &&
        bottom > box.y - clearance &&
        top < box.y + box.h + clearance
      )
        return true
  }
  return false
}

/** Finds ways between doors; it remembers which stretches are taken. */
export class Router {
  readonly #xs: readonly number[]
  readonly #ys: readonly number[]
  /** By crossing of two lines, the stretch to its right and the one below: whether it runs through a card, or holds a road. */
  readonly #shut: Uint8Array
  readonly #used: Uint8Array

  /** `doors`: where roads leave and enter, each on a line of its own. */
  constructor(boxes: readonly Box[], doors: readonly Point[]) {
    const xs = [...boxes.flatMap((box) => [box.x - CLEARANCE, box.x + box.w + CLEARANCE]), ...doors.map(({ x }) => x)]
    const ys = [...boxes.flatMap((box) => [box.y - CLEARANCE, box.y + box.h + CLEARANCE]), ...doors.map(({ y }) => y)]
    this.#xs = ordered(xs)
    this.#ys = ordered(ys)
    const columns = this.#xs.length
    this.#shut = new Uint8Array(columns * this.#ys.length * 2)
    this.#used = new Uint8Array(columns * this.#ys.length * 2)
    for (const box of boxes) {
      const [left, right] = [box.x - CLEARANCE, box.x + box.w + CLEARANCE]
      const [top, bottom] = [box.y - CLEARANCE, box.y + box.h + CLEARANCE]
      this.#ys.forEach((y, row) => {
        if (y < top || y > bottom) return
        this.#xs.forEach((x, column) => {
          if (x < left || x > right) return
          const at = (row * columns + column) * 2
          if (x < right && y > top && y < bottom) this.#shut[at] = 1
          if (y < bottom && x > left && x < right) this.#shut[at + 1] = 1
        })
      })
    }
  }

  /** The corners of the cheapest way; undefined when there is none. Both ends stand clear of all cards. */
  find(from: Point, to: Point): Point[] | undefined {
    const xs = this.#xs
    const ys = this.#ys
    const columns = xs.length
    const start = ys.indexOf(from.y) * columns + xs.indexOf(from.x)
    const goal = ys.indexOf(to.y) * columns + xs.indexOf(to.x)
    if (start < 0 || goal < 0) return undefined
    // A state is a crossing and how one came there: 0 = level, 1 = upright.
    const cost = new Float64Array(columns * ys.length * 2).fill(Infinity)
    const before = new Int32Array(columns * ys.length * 2).fill(-1)
    const heap = new Heap()
    const rest = (at: number): number =>
      Math.abs(xs[at % columns] - to.x) + Math.abs(ys[Math.floor(at / columns)] - to.y)
    // A road leaves its card level.
    cost[start * 2] = 0
    heap.push(start * 2, rest(start))
    for (let state = heap.pop(); state !== undefined; state = heap.pop()) {
      const at = state >> 1
      if (at === goal) return this.#way(before, state)
      const upright = state & 1
      const [column, row] = [at % columns, Math.floor(at / columns)]
      const go = (next: number, way: 0 | 1, length: number, edge: number): void => {
        if (this.#shut[edge] === 1) return
        const turn = way === upright ? 0 : TURN
        // A road enters its card level, too.
        const last = next === goal && way === 1 ? TURN : 0
        const whole = cost[state] + length * (this.#used[edge] > 0 ? SHARED : 1) + turn + last
        const key = next * 2 + way
        if (whole >= cost[key]) return
        cost[key] = whole
        before[key] = state
        heap.push(key, whole + rest(next))
      }
      if (column + 1 < columns) go(at + 1, 0, xs[column + 1] - xs[column], at * 2)
      if (column > 0) go(at - 1, 0, xs[column] - xs[column - 1], (at - 1) * 2)
      if (row + 1 < ys.length) go(at + columns, 1, ys[row + 1] - ys[row], at * 2 + 1)
      if (row > 0) go(at - columns, 1, ys[row] - ys[row - 1], (at - columns) * 2 + 1)
    }
    return undefined
  }

  #way(before: Int32Array, end: number): Point[] {
    const columns = this.#xs.length
    const line: Point[] = []
    for (let state = end; state >= 0; state = before[state]) {
      const at = state >> 1
      line.unshift({ x: this.#xs[at % columns], y: this.#ys[Math.floor(at / columns)] })
      const earlier = before[state] >> 1
      if (before[state] < 0) break
      const low = Math.min(at, earlier)
      this.#used[low * 2 + (Math.abs(at - earlier) === 1 ? 0 : 1)] = 1
    }
    return line
  }
}

function ordered(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

/** Numbers by their priority, the smallest first. */
class Heap {
  readonly #items: number[] = []
  readonly #keys: number[] = []

  push(item: number, key: number): void {
    let at = this.#items.length
    this.#items.push(item)
    this.#keys.push(key)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#keys[parent] <= key) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): number | undefined {
    const first = this.#items[0]
    const last = this.#items.length - 1
    if (last < 0) return undefined
    this.#swap(0, last)
    this.#items.pop()
    this.#keys.pop()
    let at = 0
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (left < last && this.#keys[left] < this.#keys[least]) least = left
      if (right < last && this.#keys[right] < this.#keys[least]) least = right
      if (least === at) return first
      this.#swap(at, least)
      at = least
    }
  }

  #swap(a: number, b: number): void {
    ;[this.#items[a], this.#items[b]] = [this.#items[b], this.#items[a]]
    ;[this.#keys[a], this.#keys[b]] = [this.#keys[b], this.#keys[a]]
  }
}
