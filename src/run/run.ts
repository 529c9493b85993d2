// A run as the page holds it: the outline, the frames by index, the lanes of the time line, and how to read a frame.
//
// The worker simulates ahead and every frame is kept: what the page shows at a time is a pure function of this object and
// of that time, so play, pause and scrub never ask the worker.
import {
  Lanes,
  OUTCOMES,
  TONES,
  type Frame,
  type Lane,
  type Mark,
  type Outcome,
  type Outline,
  type Tone,
} from '../sim.ts'

/** A row of cells of one node at one moment: `columns` numbers for each of `count` cells. */
export interface CellRow {
  /** How many there are. */
  readonly count: number
  /** How many of them are listed: beyond a thousand each stands for as many neighbours. */
  readonly listed: number
  readonly columns: number
  /** Column `column` of cell `cell`. */
  at(cell: number, column: number): number
}

const EMPTY: CellRow = { count: 0, listed: 0, columns: 0, at: () => 0 }

/** Where the readings of each node begin in a frame, and which kinds of cells follow each other. */
interface Shape {
  readonly readings: readonly number[]
  /** Width in columns of each kind of cells, in the order of the frame. */
  readonly columns: readonly number[]
  /** Number of a node's first kind in `columns`. */
  readonly firstKind: readonly number[]
}

export class Run {
  readonly outline: Outline
  readonly frames: Frame[] = []
  /** Where it ends, in µs: at the scenario's duration, or where a guard stopped it. */
  end: number
  /** Marks known so far, in order of time. */
  marks: Mark[]
  /** Messages a second in each frame, by lane. */
  readonly lanes: Readonly<Record<Lane, readonly number[]>>
  readonly #shape: Shape
  readonly #lanes: Lanes
  readonly #cellOffsets = new WeakMap<Frame, Int32Array>()

  constructor(outline: Outline) {
    this.outline = outline
    this.end = outline.duration
    this.marks = [...outline.marks]
    this.#shape = shapeOf(outline)
    this.#lanes = new Lanes(outline)
    this.lanes = this.#lanes.rates
  }

  /** How far the run has been simulated, in µs. */
  get reached(): number {
    return this.frames.at(-1)?.to ?? 0
  }

  /** Takes the next frame; one that is already here or out of order is dropped, and the answer is false. */
  add(frame: Frame): boolean {
    if (frame.index !== this.frames.length) return false
    this.frames.push(frame)
    if (frame.marks.length > 0) this.marks = [...this.marks, ...frame.marks].sort((a, b) => a.time - b.time)
    this.#lanes.add(frame)
    return true
  }

  /** Number of the frame that holds `time` in (from, to]; −1 before the first frame is here, never past the last one. */
  frameAt(time: number): number {
    const guess = Math.ceil(time / this.outline.step) - 1
    return Math.min(this.frames.length - 1, Math.max(0, guess))
  }

  /** Reading `index` of a node in a frame, in the reading's unit. */
  reading(frame: Frame, node: number, index: number): number {
    return frame.readings[this.#shape.readings[node] + index]
  }

  tone(frame: Frame, node: number): Tone {
    const at = this.#shape.readings[node] + this.outline.nodes[node].readings.length
    return TONES[frame.readings[at]] ?? 'calm'
  }

  /** The cells of one kind of a node in a frame. */
  cells(frame: Frame, node: number, kind: number): CellRow {
    const index = this.#shape.firstKind[node] + kind
    const columns = this.#shape.columns[index]
    if (columns === undefined || kind >= this.outline.nodes[node].cells.length) return EMPTY
    const start = this.#offsets(frame)[index]
    const { cells } = frame
    return {
      count: cells[start] ?? 0,
      listed: cells[start + 1] ?? 0,
      columns,
      at: (cell, column) => cells[start + 2 + cell * columns + column],
    }
  }

  /** Whether a node looks the same in two frames. */
  same(a: Frame, b: Frame, node: number): boolean {
    const { readings } = this.outline.nodes[node]
    const start = this.#shape.readings[node]
    for (let i = start; i <= start + readings.length; i++) if (!Object.is(a.readings[i], b.readings[i])) return false
    const failed = (frame: Frame): number =>
      this.outline.roads.reduce((sum, road, i) => (road.to === node ? sum + this.rate(frame, i, 'error') : sum), 0)
    if (failed(a) !== failed(b)) return false
    const first = this.#shape.firstKind[node]
    for (let kind = first; kind < first + this.outline.nodes[node].cells.length; kind++) {
      const [atA, atB] = [this.#offsets(a)[kind], this.#offsets(b)[kind]]
      const length = 2 + (a.cells[atA + 1] ?? 0) * this.#shape.columns[kind]
      for (let i = 0; i < length; i++) if (a.cells[atA + i] !== b.cells[atB + i]) return false
    }
    return true
  }

  /** Messages a second on a road in a frame. */
  rate(frame: Frame, road: number, outcome: Outcome): number {
    const seconds = (frame.to - frame.from) / 1e6
    return frame.counts[road * OUTCOMES.length + OUTCOMES.indexOf(outcome)] / seconds
  }

  /** Rows of cells have no fixed length, so their places are found by walking a frame once. */
  #offsets(frame: Frame): Int32Array {
    const known = this.#cellOffsets.get(frame)
    if (known !== undefined) return known
    const offsets = new Int32Array(this.#shape.columns.length)
    let at = 0
    this.#shape.columns.forEach((columns, i) => {
      offsets[i] = at
      at += 2 + (frame.cells[at + 1] ?? 0) * columns
    })
    this.#cellOffsets.set(frame, offsets)
    return offsets
  }
}

function shapeOf(outline: Outline): Shape {
  const readings: number[] = []
  const columns: number[] = []
  const firstKind: number[] = []
  let at = 0
  for (const node of outline.nodes) {
    readings.push(at)
    // The tone stands behind the readings.
    at += node.readings.length + 1
    firstKind.push(columns.length)
    for (const kind of node.cells) columns.push(kind.columns.length)
  }
  return { readings, columns, firstKind }
}
