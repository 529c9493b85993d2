// The threads of a worker: one pool for each bundle whose runs come along, of which the last few are kept.
import type { Bundle } from '../../../experiment/bundle.ts'
import type { Outcome, RunSpec } from '../../../experiment/types.ts'
import type { Executor } from '../executor.ts'

/** Pools that are kept although nothing runs on them: two sweeps at once take turns. */
const KEPT = 2

interface Pool {
  readonly bundle: Bundle
  readonly executor: Executor
}

interface Entry {
  readonly pool: Promise<Pool>
  /** Runs under way. */
  running: number
}

export class Pools {
  private readonly open: (bundle: Bundle) => Executor
  private readonly fetch: (id: string) => Promise<Bundle>
  /** By bundle; the one that was used last comes last. */
  private readonly entries = new Map<string, Entry>()

  constructor(fetch: (id: string) => Promise<Bundle>, open: (bundle: Bundle) => Executor) {
    this.fetch = fetch
    this.open = open
  }

  /** Does one run of a bundle. Fails when the bundle cannot be had. */
  async run(id: string, spec: RunSpec): Promise<{ readonly name: string; readonly outcome: Outcome }> {
    const entry = this.entryOf(id)
    entry.running++
    try {
      const { bundle, executor } = await entry.pool
      const [outcome] = await executor.run([spec])
      return { name: bundle.name, outcome: outcome! }
    } finally {
      entry.running--
      await this.closeUnused()
    }
  }

  async close(): Promise<void> {
    const entries = [...this.entries.values()]
    this.entries.clear()
    await Promise.all(entries.map(closeEntry))
  }

  private entryOf(id: string): Entry {
    const entry = this.entries.get(id) ?? { pool: this.begin(id), running: 0 }
    this.entries.delete(id)
    this.entries.set(id, entry)
    return entry
  }

  private async begin(id: string): Promise<Pool> {
    try {
      const bundle = await this.fetch(id)
      return { bundle, executor: this.open(bundle) }
    } catch (error) {
      // The next run asks for it again.
      this.entries.delete(id)
      throw error
    }
  }

  private async closeUnused(): Promise<void> {
    const unused = [...this.entries].filter(([, { running }]) => running === 0)
    const tooMany = unused.slice(0, Math.max(0, this.entries.size - KEPT))
    for (const [id] of tooMany) this.entries.delete(id)
    await Promise.all(tooMany.map(([, entry]) => closeEntry(entry)))
  }
}

async function closeEntry({ pool }: Entry): Promise<void> {
  const opened = await pool.catch(() => undefined)
  await opened?.executor.close()
}
