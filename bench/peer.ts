// The benchmark's end of a process that runs one engine: ask for units, get what they cost.
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Answer, Question } from './child.ts'
import { PROOF } from './work.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
const SIMPY = fileURLToPath(new URL('peer_simpy.py', import.meta.url))

/** The first Python that has SimPy, or null. */
export function simpyPython(): string | null {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      execFileSync(python, ['-c', 'import simpy'], { stdio: 'ignore' })
      return python
    } catch {
      // Not this one.
    }
  }
  return null
}

export class Peer {
  readonly engine: string
  /** CPU ns and units of the last `run`. */
  lastNs = 0
  lastUnits = 0
  /** Units since the start; hash of the order of the first ones. */
  done = 0
  proof = 0
  /** Garbage collections during the last `run`; −1 if not known. */
  collections = -1
  /** Bytes alive when last asked for; 0 if not known. */
  bytes = 0
  note = ''
  private readonly process: ChildProcess
  private readonly lines: Interface | null
  private readonly ended: Promise<never>

  private constructor(engine: string, process: ChildProcess) {
    this.engine = engine
    this.process = process
    this.lines = process.stdout && createInterface({ input: process.stdout })
    this.ended = new Promise((_, reject) => {
      process.on('error', reject)
      process.on('exit', (code) => reject(new Error(`${engine} ended with ${code}`)))
    })
    this.ended.catch(() => {})
  }

  static node(work: string, engine: string, n: number): Peer {
    const execArgv = [...process.execArgv, '--expose-gc', '--max-old-space-size=8192']
    return new Peer(engine, fork(CHILD, [work, engine, String(n)], { execArgv }))
  }

  static simpy(python: string, work: string, n: number): Peer {
    const args = [SIMPY, work, String(n), String(PROOF)]
    return new Peer('SimPy processes', spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] }))
  }

  async run(units: number, bytes = false): Promise<void> {
    const answer = await Promise.race([
      this.ended,
      this.lines === null ? this.askNode(units, bytes) : this.askSimPy(units),
    ])
    this.lastNs = answer.ns
    this.lastUnits = Math.max(1, answer.done - this.done)
    this.done = answer.done
    this.proof = answer.proof
    this.collections = answer.collections
    if (bytes) this.bytes = answer.bytes
    this.note = answer.note
  }

  end(): void {
    this.process.kill()
  }

  private askNode(units: number, bytes: boolean): Promise<Answer> {
    return new Promise((resolve) => {
      this.process.once('message', (answer) => resolve(answer as Answer))
      this.process.send({ units, bytes } satisfies Question)
    })
  }

  private askSimPy(units: number): Promise<Answer> {
    return new Promise((resolve) => {
      this.lines!.once('line', (line) => {
        const [ns, done, proof] = line.split(' ').map(Number)
        resolve({ ns: ns!, done: done!, proof: proof! | 0, collections: -1, bytes: 0, note: '' })
      })
      this.process.stdin!.write(`${units}\n`)
    })
  }
}
