// What a glyph may know of its node at one moment: readings and cells by name, and what came and went on its roads.
import { type Frame, type NodeOutline, type Outcome, type Tone } from '../sim.ts'
import type { CellRow, Run } from '../run/run.ts'

/** A row of cells with its columns by name. */
export interface NamedCells {
  readonly count: number
  readonly listed: number
  /** A column of one cell; 0 for a column that this kind does not have. */
  value(cell: number, column: string): number
  has(column: string): boolean
  /** The name of a cell, when it has one: the hottest key of a partition. */
  label(cell: number): string | undefined
}

/** The name on a node's card: what the account shares has no name of its own in the template. */
export const nameOf = (node: NodeOutline): string => (node.name === node.type ? node.label : node.name)

/** What stands under the name. */
export const kindOf = (node: NodeOutline): string => (node.name === node.type ? 'shared in the account' : node.label)

export interface NodeView {
  readonly node: NodeOutline
  readonly tone: Tone
  /** A reading in its unit; undefined when the node has no such reading. */
  value(reading: string): number | undefined
  unit(reading: string): string
  /** A reading at the ends of the last `count` frames, the newest last; fewer at the beginning of a run. */
  history(reading: string, count: number): number[]
  cells(kind: string): NamedCells | undefined
  /** Messages a second on all roads that lead to the node. */
  incoming(outcome: Outcome): number
}

/** Reads a node at one frame. Cheap to make: everything is looked up when it is asked for. */
export function viewOf(run: Run, frame: Frame, node: number): NodeView {
  const outline = run.outline.nodes[node]
  return {
    node: outline,
    tone: run.tone(frame, node),
    value: (name) => {
      const at = outline.readings.findIndex((reading) => reading.name === name)
      return at < 0 ? undefined : run.reading(frame, node, at)
    },
    history: (name, count) => {
      const at = outline.readings.findIndex((reading) => reading.name === name)
      if (at < 0) return []
      return run.frames
        .slice(Math.max(0, frame.index + 1 - count), frame.index + 1)
        .map((each) => run.reading(each, node, at))
    },
    unit: (name) => outline.readings.find((reading) => reading.name === name)?.unit ?? '',
    cells: (name) => {
      const kind = outline.cells.findIndex((each) => each.name === name)
      return kind < 0 ? undefined : named(run.cells(frame, node, kind), frame, outline, node, kind)
    },
    incoming: (outcome) =>
      run.outline.roads.reduce((sum, road, i) => (road.to === node ? sum + run.rate(frame, i, outcome) : sum), 0),
  }
}

function named(row: CellRow, frame: Frame, outline: NodeOutline, node: number, kind: number): NamedCells {
  const columns = outline.cells[kind].columns
  const indexOf = (column: string): number => columns.findIndex((each) => each.name === column)
  return {
    count: row.count,
    listed: row.listed,
    has: (column) => indexOf(column) >= 0,
    value: (cell, column) => {
      const at = indexOf(column)
      return at < 0 || cell >= row.listed ? 0 : row.at(cell, at)
    },
    label: (cell) => frame.labels.find((each) => each.node === node && each.kind === kind && each.cell === cell)?.text,
  }
}
