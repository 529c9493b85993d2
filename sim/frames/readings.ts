// Reads what every room shows of itself: numbers, rates of its counters, cells, and the tone of its node.
//
// A room counts since the beginning; the rate is the difference to the frame before, so that nothing is kept per event.
import type { CellSink, Cells, Reading } from '../model/contract.ts'
import type { World } from '../run/world.ts'
import { viewOf, type Plan } from './roads.ts'
import { CELLS_MAX, TONES, type Frame } from './types.ts'

/** A reading and the component that it is read from. */
interface Source {
  readonly component: number
  readonly reading: Reading<unknown>
  /** As the node shows it. */
  readonly name: string
}

interface CellSource {
  readonly node: number
  readonly kind: number
  readonly component: number
  readonly cells: Cells<unknown>
}

/** What must be known of the frame before: counters of the readings, and of each kind of cells by their numbers. */
export interface Counters {
  readings: Float64Array
  cells: Map<number, readonly number[]>[]
}

export class Readings {
  /** By node. */
  readonly sources: readonly (readonly Source[])[]
  readonly counters: Counters
  private readonly world: World
  private readonly plan: Plan
  private readonly flat: readonly Source[]
  private readonly cellSources: readonly CellSource[]

  constructor(world: World, plan: Plan) {
    this.world = world
    this.plan = plan
    this.sources = plan.components.map((component, node) => [
      ...own(world, component),
      ...ofCarriers(world, plan, component, node),
    ])
    this.flat = this.sources.flat()
    this.cellSources = plan.components.flatMap((component, node) =>
      cellsOf(world, component).map((cells, kind) => ({ node, kind, component, cells })),
    )
    this.counters = { readings: new Float64Array(this.flat.length), cells: this.cellSources.map(() => new Map()) }
  }

  /** By node its readings and its tone, after a frame of so many seconds. */
  take(seconds: number): Float32Array<ArrayBuffer> {
    const { world, plan, counters } = this
    const taken = new Float32Array(this.flat.length + plan.components.length)
    let from = 0
    let at = 0
    this.sources.forEach((sources, node) => {
      for (const { component, reading } of sources) {
        const value = reading.read(world.states[component + 1], world.now)
        if (reading.counter === true) {
          taken[at++] = (value - counters.readings[from]!) / seconds
          counters.readings[from] = value
        } else taken[at++] = value
        from++
      }
      const component = plan.components[node]!
      taken[at++] = TONES.indexOf(viewOf(world.components[component]!).tone(world.states[component + 1]))
    })
    return taken
  }

  /** By node and kind of cells: how many there are, how many are listed, then their columns; and the names of some. */
  takeCells(seconds: number): { readonly cells: Float32Array<ArrayBuffer>; readonly labels: Frame['labels'] } {
    const out: number[] = []
    const labels: Frame['labels'][number][] = []
    this.cellSources.forEach((source, i) => {
      const { rows, names } = this.rows(source, i, seconds)
      const each = Math.max(1, Math.ceil(rows.length / CELLS_MAX))
      const listed = Math.ceil(rows.length / each)
      out.push(rows.length, listed)
      for (let cell = 0; cell < listed; cell++) {
        const group = rows.slice(cell * each, (cell + 1) * each)
        source.cells.columns.forEach((_, column) => out.push(Math.max(...group.map((row) => row[column]!))))
      }
      for (const [row, text] of names)
        labels.push({ node: source.node, kind: source.kind, cell: Math.floor(row / each), text })
    })
    return { cells: Float32Array.from(out), labels }
  }

  /** All cells of a kind, counters turned into rates. */
  private rows(
    { component, cells }: CellSource,
    i: number,
    seconds: number,
  ): { rows: number[][]; names: [number, string][] } {
    const { world, counters } = this
    const rows: number[][] = []
    const names: [number, string][] = []
    const before = counters.cells[i]!
    const after = new Map<number, readonly number[]>()
    const counts = cells.columns.some((column) => column.counter === true)
    const sink: CellSink = (id, values, label) => {
      const last = before.get(id)
      if (label !== undefined) names.push([rows.length, label])
      if (counts) after.set(id, values)
      rows.push(
        values.map((value, c) => (cells.columns[c]!.counter === true ? (value - (last?.[c] ?? 0)) / seconds : value)),
      )
    }
    cells.each(world.states[component + 1], world.now, sink)
    counters.cells[i] = after
    return { rows, names }
  }
}

function own(world: World, component: number): Source[] {
  const readings = viewOf(world.components[component]!).readings ?? []
  return readings.map((reading) => ({ component, reading, name: reading.name }))
}

/** What only hands on shows its readings at the end of its road. */
function ofCarriers(world: World, plan: Plan, target: number, node: number): Source[] {
  return world.components.flatMap((carrier, component) => {
    const road = viewOf(carrier).road?.(carrier.config)
    if (road === undefined || plan.nodeOf[world.numberOf(road.to) - 1] !== node || target === component) return []
    return own(world, component).map((source) => ({ ...source, name: `${source.name} (${road.from})` }))
  })
}

export function cellsOf(world: World, component: number): readonly Cells<unknown>[] {
  return viewOf(world.components[component]!).cells ?? []
}
