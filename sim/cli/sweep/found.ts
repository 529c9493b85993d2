// Where the lines of a sweep's runs lie, in one file or several: a few bytes a run in memory, whatever is on the disk.
import { closeSync } from 'node:fs'
import { runId } from '../../experiment/bundle.ts'
import { runAt, type Space } from '../../experiment/sweep/space.ts'
import { isNamedUnit } from '../../experiment/sweep/records.ts'
import type { Unit } from '../../experiment/types.ts'
import { eachLine, objectIn, readLine, runIn, type Place } from './lines.ts'

export type Header = Readonly<Record<string, unknown>>

export class FoundRuns {
  /** Of every measure that some run has. */
  readonly units = new Map<string, Unit>()
  private readonly space: Space
  private readonly bundle: string
  private readonly files: number[] = []
  /** Of each run: in which of the files + 1 (0 = in none), and where. */
  private readonly file: Uint16Array
  private readonly offset: Float64Array
  private readonly length: Uint32Array

  constructor(space: Space, bundle: string) {
    this.space = space
    this.bundle = bundle
    this.file = new Uint16Array(space.runs)
    this.offset = new Float64Array(space.runs)
    this.length = new Uint32Array(space.runs)
  }

  has(run: number): boolean {
    return this.file[run] !== 0
  }

  line(run: number): Buffer {
    return readLine(this.files[this.file[run]! - 1]!, { offset: this.offset[run]!, length: this.length[run]! })
  }

  /** Files are closed with this. */
  open(file: number): void {
    if (!this.files.includes(file)) this.files.push(file)
  }

  put(run: number, file: number, { offset, length }: Place): void {
    this.file[run] = this.files.indexOf(file) + 1
    this.offset[run] = offset
    this.length[run] = length
  }

  /** Finds runs of the sweep in a file, those of `runs` alone. Answers its first line, when that is no run's, and where its last whole line ends. */
  takeUp(
    file: number,
    runs: Iterable<number> = this.file.keys(),
  ): { readonly header: Header | undefined; readonly end: number } {
    this.open(file)
    const found = new Map<string, Place>()
    let header: Header | undefined
    let isFirst = true
    const end = eachLine(file, (line, place) => {
      const run = runIn(line)
      if (run !== undefined) found.set(run, place)
      else {
        const object = objectIn(line)
        if (isFirst) header = object
        if (object !== undefined) this.learnUnits(object)
      }
      isFirst = false
    })
    for (const run of runs) {
      if (found.size === 0) break
      const name = runId(this.bundle, runAt(this.space, run))
      const place = found.get(name)
      if (place === undefined) continue
      this.put(run, file, place)
      found.delete(name)
    }
    return { header, end }
  }

  close(): void {
    for (const file of this.files) closeSync(file)
  }

  /** From a header of results, or from a line of a journal. */
  private learnUnits(object: Header): void {
    const list = Array.isArray(object['measures'])
      ? (object['measures'] as readonly unknown[])
      : [{ name: object['measure'], unit: object['unit'] }]
    for (const { name, unit } of list.filter(isNamedUnit)) this.units.set(name, unit)
  }
}
