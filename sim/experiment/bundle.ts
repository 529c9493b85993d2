// A scenario with every file that it reads, as one value: what is run on another thread or host needs no disk, and has a name by its content.
import type { FileReader } from '../lang/scenario.ts'
import { sha256Hex } from '../parts/hash.ts'
import type { RunSpec, SeriesAsked, Setting } from './types.ts'

export interface BundleFile {
  readonly path: string
  readonly kind: 'template' | 'data'
  /** Under which it is shown in messages. */
  readonly name: string
  readonly text: string
}

/** Everything that decides what a run does, its settings and its seed excepted. */
export interface Bundle {
  /** The scenario's path, for messages. */
  readonly name: string
  readonly text: string
  /** In order of path and kind. */
  readonly files: readonly BundleFile[]
  /** µs; absent = the scenario's own. */
  readonly duration?: number
  /** What is measured; absent = the values that every report has (`measures.ts`). */
  readonly measures?: readonly string[]
  /** Whether the values that every report has are measured beside those asked for. */
  readonly everything?: boolean
  /** Whether distributions are kept with their counts, so that they can be merged. */
  readonly counts?: boolean
  /** What is looked at step by step. */
  readonly series?: SeriesAsked
  /** Whether it is judged whether the warm-up is long enough. */
  readonly warmUp?: boolean
}

/** Passes files on and keeps those that could be read. */
export class RecordingReader implements FileReader {
  private readonly found = new Map<string, BundleFile>()
  private readonly inner: FileReader

  constructor(inner: FileReader) {
    this.inner = inner
  }

  read(path: string, kind: 'template' | 'data'): ReturnType<FileReader['read']> {
    const file = this.inner.read(path, kind)
    if (file.ok) this.found.set(keyOf(path, kind), { path, kind, name: file.name ?? path, text: file.value })
    return file
  }

  /** What was read so far. */
  get files(): readonly BundleFile[] {
    return [...this.found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
  }
}

/** Reads the files of a bundle and no others. */
export function readerOf({ files }: Bundle): FileReader {
  const found = new Map(files.map((file) => [keyOf(file.path, file.kind), file]))
  return {
    read(path, kind) {
      const file = found.get(keyOf(path, kind))
      return file === undefined
        ? { ok: false, message: `\`${path}\` cannot be read`, help: 'it was not there when the experiment began' }
        : { ok: true, value: file.text, name: file.name }
    },
  }
}

function keyOf(path: string, kind: string): string {
  return `${kind}\0${path}`
}

/** Settings in order of name; of several values for one name the last counts. */
export function inOrder(settings: Iterable<Setting>): readonly Setting[] {
  return [...new Map(settings)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** The name of a bundle by its content: 64 hexadecimal digits. `version` is the simulator's. */
export function bundleId(bundle: Bundle, version: string): string {
  const { name, text, files, duration, measures, everything, counts, series, warmUp } = bundle
  const more = [...(everything === true ? ['everything'] : []), ...(warmUp === true ? ['warm-up'] : [])]
  const measured = [measures ?? null, counts === true, ...more, ...(series === undefined ? [] : [series])]
  return hash(['hotshard.bundle/1', version, name, text, files, duration ?? null, ...measured])
}

/** The name of a run by all that decides what comes of it: the same run has the same name on every host. */
export function runId(bundle: string, { settings, seed }: RunSpec): string {
  return hash(['hotshard.run/1', bundle, inOrder(settings), seed ?? null])
}

function hash(value: unknown): string {
  return sha256Hex(JSON.stringify(value))
}
