// A line of progress for experiments: runs done of those asked for, and the time that is left.
import { SingleBar } from 'cli-progress'
import { exactTime } from '../../parts/words.ts'

export interface Progress {
  /** So many of all runs have been done. */
  note(done: number, of: number): void
  /** The line is taken away. */
  end(): void
}

/** On the standard error stream, and only where somebody looks on. */
export function runProgress(): Progress {
  const shows = process.stderr.isTTY === true && process.env['CI'] === undefined
  const begun = performance.now()
  const bar = new SingleBar({
    format: '  {bar} {value} of {total} runs  {rate}/s  {left} left',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    fps: 8,
    barsize: 24,
  })
  let started = false
  return {
    note(done, of) {
      if (!shows) return
      const each = (performance.now() - begun) / 1000 / done
      const left = exactTime(Math.round(each * (of - done)) * 1_000_000)
      const values = { left, rate: Number((1 / each).toPrecision(3)) }
      if (started) {
        bar.setTotal(of)
        bar.update(done, values)
      } else bar.start(of, done, values)
      started = true
    },
    end() {
      if (started) bar.stop()
    },
  }
}
