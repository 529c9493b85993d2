// `npm run fuzz`: mutated scenarios by the hundred thousand through check and run; what fails is made small and kept in `found/`.
//
//   --inputs N      how many, over all processes (20,000)
//   --seed S        of the mutations; the same seed draws the same mutations again
//   --workers N     processes (2)
//   --examine FILE  examines one file and says what is wrong with it
import { fork, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { examine, type Finding } from './oracle.ts'
import { shrink } from './shrink.ts'
import type { Order, Told } from './worker.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** An input that takes longer than this, in ms of real time, is ended from outside. */
const HANG = 60_000
/** V8's own limit of the heap of a process, in MB; with the rest of the process it stays below 512 MB. */
const HEAP = 320

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    examine: { type: 'string' },
  },
})

interface Worker {
  process: ChildProcess
  readonly file: string
  /** The next input when it has to begin again, and the one after its last. */
  next: number
  readonly end: number
  /** The end of what the process wrote to its standard error. */
  lastWords: string
  /** Inputs of this worker's earlier processes. */
  before: { done: number; loaded: number; processor: number }
  now: Extract<Told, { kind: 'progress' }> | undefined
  seen: number
  seenAt: number
}

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
const findings = new Map<string, string>()
const started = performance.now()
let peak = 0
let slowest = 0

if (values.examine === undefined) await fuzz(Number(values.inputs), Number(values.workers))
else {
  const { finding, loaded } = examine(readFileSync(values.examine, 'utf8'), true)
  console.log(finding?.message ?? (loaded ? 'it runs' : 'it is refused with its problems'))
  process.exitCode = finding === undefined ? 0 : 1
}

async function fuzz(inputs: number, count: number): Promise<void> {
  const share = Math.ceil(inputs / count)
  const workers = Array.from({ length: count }, (_, i) => {
    const file = join(folder, `input-${i}`)
    const end = Math.min(inputs, (i + 1) * share)
    return {
      file,
      next: i * share,
      end,
      lastWords: '',
      before: { done: 0, loaded: 0, processor: 0 },
      now: undefined,
      seen: -1,
      seenAt: 0,
    }
  }) as unknown as Worker[]
  const watch = setInterval(() => workers.forEach(lookAfter), 1000)
  const news = setInterval(() => console.log(progress(workers)), 30_000)
  await Promise.all(workers.map(untilDone))
  clearInterval(watch)
  clearInterval(news)
  rmSync(folder, { recursive: true })
  console.log(progress(workers))
  for (const [key, path] of findings) console.log(`found: ${key}: ${path}`)
  console.log(findings.size === 0 ? 'nothing found' : `${findings.size} findings`)
  process.exitCode = findings.size === 0 ? 0 : 1
}

/** A process that dies is replaced, and what it died of is a finding. */
async function untilDone(worker: Worker): Promise<void> {
  while (worker.next < worker.end) {
    const from = worker.next
    const code = await new Promise<number | null>((resolve) => {
      const child = fork(join(HERE, 'worker.ts'), {
        execArgv: [...process.execArgv, `--max-old-space-size=${HEAP}`],
        silent: true,
      })
      worker.process = child
      worker.seenAt = performance.now()
      child.on('message', (told: Told) => hear(worker, told))
      child.stderr!.on('data', (text: Buffer) => (worker.lastWords = `${worker.lastWords}${text}`.slice(-2000)))
      child.on('close', resolve)
      const order: Order = { seed: values.seed, from, count: worker.end - from, file: worker.file }
      child.send(order)
    })
    worker.before.done += worker.now?.done ?? 0
    worker.before.loaded += worker.now?.loaded ?? 0
    worker.before.processor += worker.now?.processor ?? 0
    worker.now = undefined
    const last = lastInput(worker.file)
    if (code === 0 || last === undefined) return
    worker.next = last.index + 1
    save(
      { key: code === null ? 'hang' : 'crash', message: `the process ended: ${worker.lastWords}` },
      last.text,
      last.index,
    )
  }
}

function hear(worker: Worker, told: Told): void {
  if (told.kind === 'finding') return save(told.finding, told.text, told.index)
  worker.now = told
  peak = Math.max(peak, told.peak)
  slowest = Math.max(slowest, told.slowest)
}

function lookAfter(worker: Worker): void {
  const last = lastInput(worker.file)
  const now = performance.now()
  if (last === undefined || last.index !== worker.seen) {
    worker.seen = last?.index ?? -1
    worker.seenAt = now
  } else if (now - worker.seenAt > HANG) worker.process.kill('SIGKILL')
}

function lastInput(file: string): { index: number; text: string } | undefined {
  if (!existsSync(file)) return undefined
  const bytes = readFileSync(file)
  if (bytes.length < 16) return undefined
  return { index: bytes.readDoubleLE(0), text: bytes.toString('utf8', 16, 16 + bytes.readDoubleLE(8)) }
}

/** Once per reason: what throws is made small here; what hangs or swells is kept as it is. */
function save(finding: Finding, text: string, index: number): void {
  if (findings.has(finding.key)) return
  const again = /^(exception|span|words|control|broken)/.test(finding.key)
  const small = again ? shrink(text, (each) => examine(each, false).finding?.key === finding.key) : text
  const name = `${finding.key.split(' ')[0]}-${createHash('sha256').update(finding.key).digest('hex').slice(0, 8)}.yaml`
  const path = join(HERE, 'found', name)
  findings.set(finding.key, path)
  writeFileSync(path, small)
  console.log(`input ${index}: ${finding.message}\n  kept as ${path}`)
}

function progress(workers: readonly Worker[]): string {
  const done = workers.reduce((sum, worker) => sum + worker.before.done + (worker.now?.done ?? 0), 0)
  const loaded = workers.reduce((sum, worker) => sum + worker.before.loaded + (worker.now?.loaded ?? 0), 0)
  const seconds = (performance.now() - started) / 1000
  const kept = workers.map((worker) => worker.now?.kept ?? 0).join('+')
  const processor = workers.reduce((sum, worker) => sum + worker.before.processor + (worker.now?.processor ?? 0), 0)
  const each = done === 0 ? '' : ` (${(processor / 1000 / done).toFixed(2)} ms of processor time each)`
  return `${done} inputs, ${Math.round(done / seconds)}/s${each}, ${loaded} of them ran, ${kept} kept, peak ${Math.round(peak / 1_048_576)} MB, slowest ${(slowest / 1e6).toFixed(2)} s, ${findings.size} findings`
}
