// What a sweep has done so far, on the disk: a line a run, written as it is done, so that a sweep that is killed loses and repeats nothing.
//
// A run is found again by its name, which follows from its content (`runId`). A line that was cut off at the end is no line.
import { ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Problem } from '../../diag/problem.ts'
import { recordOf, SWEEP_SCHEMA } from '../../experiment/sweep/records.ts'
import { runAt, type Space } from '../../experiment/sweep/space.ts'
import type { Outcome, Unit } from '../../experiment/types.ts'
import { badFlag } from '../problems.ts'
import { FoundRuns, type Header } from './found.ts'
import type { Place } from './lines.ts'

const JOURNAL_SCHEMA = 'hotshard.sweep-journal/1'

export interface Identity {
  readonly version: string
  readonly bundle: string
}

/** Where it lies, beside the results. */
export function journalOf(out: string): string {
  return `${out}.journal`
}

export class Journal {
  private readonly space: Space
  private readonly bundle: string
  private readonly path: string
  private readonly file: number
  private readonly isTemporary: boolean
  private readonly found: FoundRuns
  private size: number

  private constructor(space: Space, bundle: string, out: string | undefined) {
    this.space = space
    this.bundle = bundle
    this.isTemporary = out === undefined
    this.path = out === undefined ? join(mkdtempSync(join(tmpdir(), 'hotshard-sweep-')), 'journal') : journalOf(out)
    this.file = openSync(this.path, 'a+')
    this.size = sizeOf(this.path)
    this.found = new FoundRuns(space, bundle)
    this.found.open(this.file)
  }

  /**
   * Begins a journal beside `out`, or one that nobody sees when there is none. With `resume` it goes on from the journal and from the
   * results that are there; without, a journal that is there is of an unfinished sweep and is not overwritten.
   */
  static open(space: Space, identity: Identity, out: string | undefined, resume: boolean): Journal | Problem {
    const journal = new Journal(space, identity.bundle, out)
    const odd = journal.begin(identity, out, resume)
    if (odd === undefined) return journal
    journal.close()
    return odd
  }

  /** Of every measure that some run has. */
  get units(): ReadonlyMap<string, Unit> {
    return this.found.units
  }

  /** Whether a run is done, by its place in the order. */
  has(run: number): boolean {
    return this.found.has(run)
  }

  /** The line of a run that is done. */
  line(run: number): Buffer {
    return this.found.line(run)
  }

  /** Writes down what came of a run. Throws when the disk will not have it. */
  add(run: number, outcome: Outcome): void {
    for (const { name, unit } of outcome.values) {
      if (this.found.units.has(name)) continue
      this.found.units.set(name, unit)
      this.write({ measure: name, unit })
    }
    this.found.put(run, this.file, this.write(recordOf(this.bundle, runAt(this.space, run), outcome)))
  }

  /** The results are written: what led to them goes. */
  remove(): void {
    this.close()
    if (!this.isTemporary) rmSync(this.path, { force: true })
  }

  close(): void {
    this.found.close()
    if (this.isTemporary) rmSync(dirname(this.path), { recursive: true, force: true })
  }

  private begin(identity: Identity, out: string | undefined, resume: boolean): Problem | undefined {
    if (this.size > 0 && !resume)
      return badFlag(
        `\`${this.path}\` is of a sweep that did not end`,
        'go on with `--resume`, or remove it to begin anew',
      )
    if (out !== undefined && resume && sizeOf(out) > 0) {
      const odd = otherThan(out, this.found.takeUp(openSync(out, 'r')).header, identity)
      if (odd !== undefined) return odd
    }
    if (this.size > 0) {
      const { header, end } = this.found.takeUp(this.file)
      const odd = end === 0 ? undefined : otherThan(this.path, header, identity)
      if (odd !== undefined) return odd
      ftruncateSync(this.file, end)
      this.size = end
    }
    if (this.size === 0) this.write({ schema: JOURNAL_SCHEMA, ...identity })
    return undefined
  }

  private write(value: object): Place {
    const line = Buffer.from(JSON.stringify(value))
    const place = { offset: this.size, length: line.length }
    writeFileSync(this.file, Buffer.concat([line, Buffer.from('\n')]))
    this.size += line.length + 1
    return place
  }
}

function otherThan(path: string, header: Header | undefined, { version, bundle }: Identity): Problem | undefined {
  if (header === undefined || (header['schema'] !== JOURNAL_SCHEMA && header['schema'] !== SWEEP_SCHEMA))
    return badFlag(
      `\`${path}\` does not begin like results of a sweep as JSON lines`,
      'give another file to `--out`, or leave `--resume` out',
    )
  if (header['bundle'] === bundle) return undefined
  const why =
    header['version'] === version
      ? 'its scenario, a file that it reads, `--duration` or `--measure` was different'
      : `it was made by hotshard ${String(header['version'])}, and this is ${version}`
  return badFlag(`\`${path}\` is of another sweep: ${why}`, 'take up the same one, or give another file to `--out`')
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
