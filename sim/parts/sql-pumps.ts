// Pumps at work: rows come in, results go out at once or when a window closes.
//
//   tumbling  windows of one length side by side; a row is in that of its time, all groups are told at its end (KDA-03)
//   stagger   a group's window opens with its first row and closes a length later, whatever the clock shows (KDA-02)
//   sliding   each row is answered with what its partition's last rows, or those of the last so many seconds, add up to
import { Deadlines } from './deadlines.ts'
import type { Expression, Program, Pump, SlidingWindow } from './sql.ts'
import { floorTo, Total, valueOf, type Row, type Value } from './sql-values.ts'

const NOTHING: readonly Value[] = []

/** Rows of one group in an open window. */
interface Group {
  readonly first: Row
  readonly totals: readonly Total[]
  readonly closesAt: number
}

/** The rows of one partition that a sliding window still covers. */
interface Slide {
  readonly rows: { readonly time: number; readonly values: readonly Value[] }[]
  first: number
  readonly totals: readonly Total[]
}

class Worker {
  readonly pump: Pump
  private readonly open = new Map<string, Group>()
  private readonly ends = new Deadlines()
  /** Keys of open groups by number, and numbers that are free. */
  private readonly names: string[] = []
  private readonly free: number[] = []
  private readonly slides = new Map<string, Map<string, Slide>>()

  constructor(pump: Pump) {
    this.pump = pump
  }

  /** When the next window closes; Infinity = none is open. */
  get nextAt(): number {
    return this.ends.count > 0 ? this.ends.time : Infinity
  }

  /** Groups whose windows are open. */
  get groups(): number {
    return this.open.size
  }

  take(row: Row, out: (row: Row) => void): void {
    const { select } = this.pump
    if (select.where !== null && valueOf(select.where, row, NOTHING) !== true) return
    if (select.kind === 'each') out(this.result(row, row.time, NOTHING))
    else if (select.kind === 'sliding') out(this.result(row, row.time, this.slide(row)))
    else this.gather(row)
  }

  /** Tells the windows that are over at `now`, the earliest first. */
  close(now: number, out: (row: Row) => void): void {
    while (this.ends.count > 0 && this.ends.time <= now) {
      const number = this.ends.row
      const key = this.names[number]
      const group = this.open.get(key)!
      this.ends.pop()
      this.open.delete(key)
      this.free.push(number)
      const values = group.totals.map((total) => total.value)
      const { having } = this.pump.select
      if (having === null || valueOf(having, group.first, values) === true)
        out(this.result(group.first, group.closesAt, values))
    }
  }

  private gather(row: Row): void {
    const { select } = this.pump
    const begins = select.kind === 'tumbling' ? floorTo(row.time, select.size) : row.time
    const key = keyOf(select.groups, row) + (select.kind === 'tumbling' ? ` ${begins}` : '')
    let group = this.open.get(key)
    if (group === undefined) {
      group = { first: row, totals: totalsOf(select.aggregates), closesAt: begins + select.size }
      this.open.set(key, group)
      const number = this.free.pop() ?? this.names.length
      this.names[number] = key
      this.ends.push(group.closesAt, number)
    }
    select.aggregates.forEach(({ of }, i) => group.totals[i].add(argument(of, row)))
  }

  private slide(row: Row): readonly Value[] {
    const { aggregates, windows } = this.pump.select
    const values: Value[] = []
    for (const [name, window] of Object.entries(windows)) {
      const own = aggregates.filter(({ over }) => over === name)
      const slide = this.slideOf(name, keyOf(window.partition, row), own)
      slide.rows.push({ time: row.time, values: own.map(({ of }) => argument(of, row)) })
      slide.rows[slide.rows.length - 1].values.forEach((value, i) => slide.totals[i].add(value))
      letGo(slide, window, row.time)
      own.forEach(({ number }, i) => (values[number] = slide.totals[i].value))
    }
    return values
  }

  private slideOf(window: string, key: string, aggregates: Parameters<typeof totalsOf>[0]): Slide {
    let slides = this.slides.get(window)
    if (slides === undefined) this.slides.set(window, (slides = new Map()))
    let slide = slides.get(key)
    if (slide === undefined) slides.set(key, (slide = { rows: [], first: 0, totals: totalsOf(aggregates) }))
    return slide
  }

  private result(row: Row, time: number, aggregates: readonly Value[]): Row {
    const { columns, select } = this.pump
    const values = new Map<string, Value>()
    if (select.columns.length === 0) for (const column of columns) values.set(column, row.values.get(column) ?? null)
    else columns.forEach((column, i) => values.set(column, valueOf(select.columns[i].of, row, aggregates)))
    return { time, values }
  }
}

/** Rows leave a window of time when they are older than its range, one of rows when there are too many. */
function letGo(slide: Slide, { range, rows }: SlidingWindow, now: number): void {
  const isOver = (): boolean =>
    rows === null ? slide.rows[slide.first].time < now - range! : slide.rows.length - slide.first > rows + 1
  while (isOver()) slide.rows[slide.first++].values.forEach((value, i) => slide.totals[i].remove(value))
  if (slide.first < 64 || slide.first * 2 < slide.rows.length) return
  slide.rows.splice(0, slide.first)
  slide.first = 0
}

function totalsOf(aggregates: readonly (Expression & { readonly op: 'aggregate' })[]): Total[] {
  return aggregates.map(({ name, isDistinct }) => new Total(name, isDistinct))
}

/** What an aggregate adds up of a row; COUNT(*) counts it. */
function argument(of: Expression | null, row: Row): Value {
  return of === null ? true : valueOf(of, row, NOTHING)
}

function keyOf(groups: readonly Expression[], row: Row): string {
  return JSON.stringify(groups.map((each) => valueOf(each, row, NOTHING)))
}

/** All pumps of an application, one feeding the other. */
export class Pumps {
  private readonly workers: readonly Worker[]
  /** Rows that came to each stream of the application, by name. */
  readonly counts = new Map<string, number>()

  constructor(program: Program) {
    this.workers = program.pumps.map((pump) => new Worker(pump))
  }

  /** A row comes to a stream; what follows from it at once goes to `out`, by stream. */
  put(stream: string, row: Row, out: (stream: string, row: Row) => void): void {
    this.counts.set(stream, (this.counts.get(stream) ?? 0) + 1)
    out(stream, row)
    for (const worker of this.workers)
      if (worker.pump.select.from === stream) worker.take(row, (result) => this.put(worker.pump.into, result, out))
  }

  /** Closes the windows that are over. */
  close(now: number, out: (stream: string, row: Row) => void): void {
    for (const worker of this.workers) worker.close(now, (result) => this.put(worker.pump.into, result, out))
  }

  /** When the next window closes; Infinity = none is open. */
  get nextAt(): number {
    return this.workers.reduce((first, worker) => Math.min(first, worker.nextAt), Infinity)
  }

  get openGroups(): number {
    return this.workers.reduce((sum, worker) => sum + worker.groups, 0)
  }
}
