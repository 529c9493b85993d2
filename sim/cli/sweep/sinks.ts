// The results of a sweep as files: JSON lines, CSV or Parquet. Each is written beside its name and moved there when it is whole.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { NamedUnit, RunRecord, SweepHeader } from '../../experiment/sweep/records.ts'
import { csv } from '../exports.ts'
import { VERSION } from '../version.ts'

export const OUT_FORMATS = ['jsonl', 'csv', 'parquet'] as const
export type OutFormat = (typeof OUT_FORMATS)[number]

/** Takes the runs in their order. */
export interface Sink {
  add(record: RunRecord, line: Uint8Array): void
  /** The file is whole and has its name. */
  end(): void
  /** Nothing is left. */
  abandon(): void
}

/** The form that a file's name asks for. */
export function outFormatOf(path: string): OutFormat | undefined {
  return OUT_FORMATS.find((format) => path.toLowerCase().endsWith(`.${format}`))
}

/** `numeric` are the settings whose values are all numbers. */
export function sinkOf(path: string, format: OutFormat, header: SweepHeader, numeric: ReadonlySet<string>): Sink {
  const file = new Draft(path)
  if (format === 'jsonl') return new JsonLines(file, header)
  return format === 'csv' ? new Csv(file, header) : new Parquet(file, header, numeric)
}

const BLOCK = 1 << 20
/** Rows of Parquet that are in memory at once. */
const GROUP = 10_000

/** A file under a name of its own until it is whole. */
class Draft {
  private readonly path: string
  private readonly draft: string
  private readonly file: number
  private parts: Uint8Array[] = []
  private size = 0

  constructor(path: string) {
    this.path = path
    this.draft = `${path}.${process.pid}.tmp`
    this.file = openSync(this.draft, 'w')
  }

  write(bytes: Uint8Array): void {
    this.parts.push(bytes)
    this.size += bytes.length
    if (this.size > BLOCK) this.flush()
  }

  end(): void {
    this.flush()
    fsyncSync(this.file)
    closeSync(this.file)
    renameSync(this.draft, this.path)
  }

  abandon(): void {
    closeSync(this.file)
    rmSync(this.draft, { force: true })
  }

  private flush(): void {
    writeFileSync(this.file, Buffer.concat(this.parts))
    this.parts = []
    this.size = 0
  }
}

const LINE_END = Buffer.from('\n')

class JsonLines implements Sink {
  private readonly file: Draft

  constructor(file: Draft, header: SweepHeader) {
    this.file = file
    file.write(Buffer.from(`${JSON.stringify(header)}\n`))
  }

  add(_: RunRecord, line: Uint8Array): void {
    this.file.write(line)
    this.file.write(LINE_END)
  }

  end(): void {
    this.file.end()
  }

  abandon(): void {
    this.file.abandon()
  }
}

/** A column of a table with a row a run: its settings, how it ended, then its measures, with their units in their names. */
interface TableColumn {
  readonly name: string
  readonly type: 'STRING' | 'DOUBLE'
  of(record: RunRecord): string | number | null
}

function columnsOf({ axes, measures }: SweepHeader, numeric: ReadonlySet<string> = new Set()): TableColumn[] {
  return [
    ...axes.map(({ name }): TableColumn => {
      const of = ({ settings }: RunRecord): string | null => own(settings, name)
      return numeric.has(name)
        ? { name, type: 'DOUBLE', of: (record) => Number(of(record)) }
        : { name, type: 'STRING', of }
    }),
    { name: 'seed', type: 'STRING', of: ({ seed }) => seed },
    { name: 'ending', type: 'STRING', of: ({ ending }) => ending },
    { name: 'failed', type: 'STRING', of: failedIn },
    { name: 'events', type: 'DOUBLE', of: ({ events }) => events },
    ...measures.map((measure): TableColumn => ({
      name: headOf(measure),
      type: 'DOUBLE',
      of: ({ values }) => own(values, measure.name),
    })),
    { name: 'digest', type: 'STRING', of: ({ digest }) => digest },
    { name: 'run', type: 'STRING', of: ({ run }) => run },
  ]
}

/** `p99(Api.Latency) [Milliseconds]`. */
function headOf({ name, unit }: NamedUnit): string {
  return `${name} [${unit}]`
}

function own<Value>(map: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(map, name) ? map[name]! : null
}

function failedIn({ expectations }: RunRecord): string {
  return expectations.flatMap(({ ok, text }) => (ok ? [] : [text])).join('; ')
}

class Csv implements Sink {
  private readonly file: Draft
  private readonly columns: readonly TableColumn[]

  constructor(file: Draft, header: SweepHeader) {
    this.file = file
    this.columns = columnsOf(header)
    this.row(this.columns.map(({ name }) => csv(name)))
  }

  add(record: RunRecord): void {
    this.row(
      this.columns.map(({ of }) => {
        const value = of(record)
        // A number is no formula, whatever its sign.
        return typeof value === 'string' && !Number.isFinite(Number(value || 'x')) ? csv(value) : String(value ?? '')
      }),
    )
  }

  end(): void {
    this.file.end()
  }

  abandon(): void {
    this.file.abandon()
  }

  private row(cells: readonly string[]): void {
    this.file.write(Buffer.from(`${cells.join(',')}\n`))
  }
}

/** The same columns, in groups of rows that are written as they come; a setting whose values are all numbers is one. The header of the JSON lines stands in the file's metadata. */
class Parquet implements Sink {
  private readonly file: Draft
  private readonly columns: readonly TableColumn[]
  private readonly bytes: ByteWriter & { flush?: () => void } = new ByteWriter()
  private readonly writer: ParquetWriter
  private rows: RunRecord[] = []

  constructor(file: Draft, header: SweepHeader, numeric: ReadonlySet<string>) {
    this.file = file
    this.columns = columnsOf(header, numeric)
    this.bytes.flush = () => {
      file.write(this.bytes.getBytes().slice())
      this.bytes.index = 0
    }
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: schemaFromColumnData({ columnData: this.data() }),
      createdBy: `hotshard ${VERSION}`,
      kvMetadata: [{ key: 'hotshard.sweep', value: JSON.stringify(header) }],
    })
  }

  add(record: RunRecord): void {
    this.rows.push(record)
    if (this.rows.length >= GROUP) this.group()
  }

  end(): void {
    this.group()
    void this.writer.finish()
    this.bytes.flush?.()
    this.file.end()
  }

  abandon(): void {
    this.file.abandon()
  }

  private group(): void {
    if (this.rows.length === 0) return
    void this.writer.write({ columnData: this.data(), rowGroupSize: GROUP })
    this.rows = []
  }

  private data(): { name: string; data: (string | number | null)[]; type: 'STRING' | 'DOUBLE'; nullable: boolean }[] {
    return this.columns.map(({ name, type, of }) => ({ name, type, data: this.rows.map(of), nullable: true }))
  }
}
