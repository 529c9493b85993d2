// Where two runs of one scenario part: the first stretch of time in which other messages are on the roads, or others come of
// them. A limit that is set differently from the start is no parting: it is when it makes a difference.
import type { Run } from './run.ts'

/** Looks at frames of two runs once, as they come. */
export class Parting {
  /** Frames that are the same in both, from the start. */
  #same = 0

  /** The beginning, in µs, of the first frame in which the runs differ; undefined as long as none is known. */
  of(a: Run, b: Run): number | undefined {
    if (!isAlike(a, b)) return 0
    while (this.#same < a.frames.length && this.#same < b.frames.length) {
      const { counts, from } = a.frames[this.#same]
      const others = b.frames[this.#same].counts
      if (counts.some((count, i) => count !== others[i])) return from
      this.#same++
    }
    return undefined
  }
}

/** Whether the frames of two runs mean the same. */
const isAlike = (a: Run, b: Run): boolean =>
  a.outline.step === b.outline.step &&
  a.outline.nodes.length === b.outline.nodes.length &&
  a.outline.nodes.every((node, i) => node.name === b.outline.nodes[i].name) &&
  a.outline.roads.length === b.outline.roads.length &&
  a.outline.roads.every(({ from, to }, i) => from === b.outline.roads[i].from && to === b.outline.roads[i].to)
