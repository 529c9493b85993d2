// For tests: outlines and frames made by hand, in the form in which the worker sends them.
import {
  MOVE_BYTES,
  OUTCOMES,
  TONES,
  type Frame,
  type Mark,
  type NodeOutline,
  type Outcome,
  type Outline,
  type Tone,
} from './sim.ts'

interface NodeSketch {
  readonly name: string
  readonly glyph: string
  readonly readings?: readonly string[]
  readonly cells?: Readonly<Record<string, readonly string[]>>
}

const quantity = (name: string) => ({ name, unit: '', doc: '' })

/** An outline with frames of 0.1 s and a run of a minute. */
export function outlineOf(
  nodes: readonly NodeSketch[],
  roads: readonly (readonly [number, number])[],
  more: Partial<Outline> = {},
): Outline {
  return {
    name: 'sketch.yaml',
    seed: '1',
    duration: 60_000_000,
    warmUp: 0,
    nodes: nodes.map(({ name, glyph, readings = [], cells = {} }): NodeOutline => ({
      name,
      type: `Test::${glyph}`,
      family: 'test',
      glyph,
      label: glyph,
      readings: readings.map(quantity),
      cells: Object.entries(cells).map(([kind, columns]) => ({ name: kind, doc: '', columns: columns.map(quantity) })),
    })),
    roads: roads.map(([from, to]) => ({ from, to, actions: [], answers: true })),
    knobs: [],
    marks: [],
    notSimulated: [],
    leftOut: { types: [], properties: [], others: [] },
    inferred: [],
    isBare: false,
    step: 100_000,
    perDot: OUTCOMES.map(() => 1),
    ...more,
  }
}

export interface MoveSketch {
  /** Seconds after the frame's beginning. */
  readonly at: number
  readonly road: number
  readonly outcome: Outcome
  readonly back?: boolean
  readonly trace?: number
}

export interface FrameSketch {
  /** By node. */
  readonly readings?: readonly (readonly number[])[]
  readonly tones?: readonly Tone[]
  /** By node, kind and cell. */
  readonly cells?: readonly (readonly (readonly (readonly number[])[])[])[]
  readonly counts?: Readonly<Record<number, Partial<Record<Outcome, number>>>>
  readonly moves?: readonly MoveSketch[]
  readonly marks?: readonly Mark[]
  readonly labels?: Frame['labels']
}

export function frameOf(outline: Outline, index: number, sketch: FrameSketch = {}): Frame {
  const readings = outline.nodes.flatMap((node, i) => [
    ...node.readings.map((_, at) => sketch.readings?.[i]?.[at] ?? 0),
    TONES.indexOf(sketch.tones?.[i] ?? 'calm'),
  ])
  const cells = outline.nodes.flatMap((node, i) =>
    node.cells.flatMap((_, kind) => {
      const row = sketch.cells?.[i]?.[kind] ?? []
      return [row.length, row.length, ...row.flat()]
    }),
  )
  const counts = outline.roads.flatMap((_, road) => OUTCOMES.map((outcome) => sketch.counts?.[road]?.[outcome] ?? 0))
  const list = sketch.moves ?? []
  const moves = new ArrayBuffer(list.length * MOVE_BYTES)
  const view = new DataView(moves)
  list.forEach((move, i) => {
    view.setFloat32(i * MOVE_BYTES, move.at, true)
    view.setUint16(i * MOVE_BYTES + 4, move.road, true)
    view.setUint8(i * MOVE_BYTES + 6, OUTCOMES.indexOf(move.outcome))
    view.setUint8(i * MOVE_BYTES + 7, move.back === true ? 1 : 0)
    view.setUint32(i * MOVE_BYTES + 8, move.trace ?? i, true)
  })
  return {
    index,
    from: index * outline.step,
    to: (index + 1) * outline.step,
    moves,
    counts: Float32Array.from(counts),
    readings: Float32Array.from(readings),
    cells: Float32Array.from(cells),
    labels: sketch.labels ?? [],
    marks: sketch.marks ?? [],
  }
}
