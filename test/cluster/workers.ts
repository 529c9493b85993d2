// Workers as they are started on a host: processes of the built command line, whose lines are kept.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { buildOf } from '../../sim/cli/build.ts'

/** The built command line, or another file beside it. */
export function built(name = 'hotshard.js'): string {
  return join(inject('built'), name)
}

export class WorkerProcess {
  private readonly process: ChildProcess
  private readonly exited: Promise<unknown>
  output = ''

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, command, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (text: Buffer) => {
        this.output += text.toString()
      })
    this.exited = once(this.process, 'close')
  }

  /** Runs that it has told of. */
  get runs(): readonly string[] {
    return [...this.output.matchAll(/ run ([0-9a-f]{8}) of /g)].map(([, run]) => run!)
  }

  /** Waits until it has said something. */
  async says(what: RegExp): Promise<void> {
    await until(
      () => what.test(this.output) || this.process.exitCode !== null,
      () => `${what}\n${this.output}`,
    )
    if (!what.test(this.output)) throw new Error(`the worker ended before it said ${what}:\n${this.output}`)
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }

  /** Its exit code, once it has ended; null when a signal ended it. */
  async code(): Promise<number | null> {
    await this.exited
    return this.process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL')
    await this.exited
  }
}

export function worker(url: string, flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): WorkerProcess {
  return new WorkerProcess([built(), 'worker', '--redis', url, ...flags], env)
}

/** A worker that is killed as soon as it has a run, written beside the built command line. */
export function frail(): string {
  const path = built('frail.js')
  writeFileSync(path, frailSource())
  return path
}

/** What the built command line calls itself. */
export function version(): string {
  return buildOf(inject('built'), ['hotshard*.js'])
}

const frailSource = (): string => `
import { startWorker } from './hotshard-redis.js'
const worker = await startWorker(process.argv[2], { version: '${version()}', concurrency: 1, lock: 500, log() {} })
setInterval(() => {
  if (worker.state().running > 0) process.kill(process.pid, 'SIGKILL')
}, 1)
`

/** Waits for a condition, which a test that goes wrong would wait for in vain. */
export async function until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const end = performance.now() + 120_000; ;) {
    if (await condition()) return
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
