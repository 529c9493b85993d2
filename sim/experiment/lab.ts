// Runs for a page, in a worker of its own: takes a scenario with the files that came with it, then one specification after another.
import { givenFiles } from '../lang/given-files.ts'
import type { Watch } from '../run/run.ts'
import { Runner } from './runner.ts'
import type { Outcome, RunSpec } from './types.ts'

/** What a page asks of a lab. */
export type LabAsk =
  | {
      readonly lab: 'scenario'
      readonly name: string
      readonly text: string
      readonly files: Readonly<Record<string, string>>
    }
  | { readonly lab: 'run'; readonly id: number; readonly spec: RunSpec }

/** What it answers to each `run`. */
export type LabReply =
  | { readonly lab: 'outcome'; readonly id: number; readonly outcome: Outcome }
  | { readonly lab: 'bug'; readonly id: number; readonly message: string }

export class Lab {
  private runner: Runner | undefined

  /** Answers a run; to a scenario there is nothing to say. */
  answer(ask: LabAsk, watch: Watch): LabReply | undefined {
    if (ask.lab === 'scenario') {
      const { name, text, files } = ask
      this.runner = new Runner({ name, text, files: [] }, givenFiles(files))
      return undefined
    }
    const { id } = ask
    try {
      if (this.runner === undefined) throw new Error('a run was asked for without a scenario')
      return { lab: 'outcome', id, outcome: this.runner.run(ask.spec, watch) }
    } catch (error) {
      return { lab: 'bug', id, message: error instanceof Error ? error.message : String(error) }
    }
  }
}
