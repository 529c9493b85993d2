// `column(path)`: an attribute that each request takes from its own row of the recording that its workload plays.
import { textOf, type Node } from '../cfn/index.ts'
import { nearest } from '../diag/suggest.ts'
import type { KeySource, Streams, Template } from '../parts/program.ts'
import { numberOf } from '../recorded/index.ts'
import type { RecordedRows } from './arrivals.ts'
import { quote } from './outcome.ts'
import type { StepContext } from './handler.ts'

const FORM = /^\s*column\s*\(\s*(["']?)([^"'()]{1,200})\1\s*\)\s*$/

/** Gives the cells of a column in turn: request by request, as their rows come. */
class Cells implements KeySource {
  readonly topShare: number
  readonly count: number
  private readonly cells: readonly (string | number)[]

  constructor(cells: readonly (string | number)[]) {
    const times = new Map<string | number, number>()
    let most = 0
    for (const cell of cells) {
      const count = (times.get(cell) ?? 0) + 1
      times.set(cell, count)
      most = Math.max(most, count)
    }
    this.cells = cells
    this.count = times.size
    this.topShare = cells.length === 0 ? 0 : most / cells.length
  }

  draw(streams: Streams, purpose: string): string | number {
    return this.cells[streams.turn(purpose)] ?? ''
  }
}

/** The attribute that a text `column(…)` stands for; undefined for every other text. Columns of numbers alone are numbers. */
export function readRecorded(
  node: Node,
  name: string,
  recorded: RecordedRows | undefined,
  { problems }: StepContext,
): Template | undefined {
  const column = FORM.exec(textOf(node) ?? '')?.[2]?.trim()
  if (column === undefined) return undefined
  const nothing: Template = { kind: 'constant', value: undefined }
  if (recorded === undefined) {
    problems.error(
      'no-event',
      `the attribute \`${name}\` is a column, and this workload plays no recorded requests`,
      node.span,
      {
        label: 'a column needs `Arrivals: trace(…)` with a moment for each request',
      },
    )
    return nothing
  }
  const { columns, rows, file } = recorded
  const found = columns.find((each) => each.name === column)
  if (found === undefined) {
    const names = columns.map((each) => each.name)
    const near = nearest(column, names)
    problems.error('unknown-column', `no column ${quote(column)} in ${quote(file)}`, node.span, {
      ...(near === undefined ? {} : { label: `did you mean ${quote(near)}?` }),
      help: `columns are ${names.slice(0, 20).map(quote).join(', ')}`,
    })
    return nothing
  }
  const texts = Array.from(rows, (row) => found.cells[row]!)
  const numbers = texts.map(numberOf)
  const isNumbers = numbers.every((number) => number !== undefined)
  return { kind: 'key', key: Object.freeze(new Cells(isNumbers ? (numbers as number[]) : texts)), purpose: name }
}
