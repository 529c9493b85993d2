// What the terminal can show: colour, and a line of progress that is written over.
import { SingleBar } from 'cli-progress'
import { formatMicros } from '../engine/time.ts'
import type { Watch } from '../run/run.ts'

const WIDTH_OF_PAGE = 110
/** Below this a table is none any more. */
const WIDTH_LEAST = 60

/** Whether a pipeline runs this, as nearly all of them say by `CI`. */
export function inPipeline(): boolean {
  return !['', 'false', '0', undefined].includes(process.env['CI'])
}

/** Colour only for people: not in a pipe, not in CI, not when NO_COLOR or --no-color says so. */
export function useColor(stream: NodeJS.WriteStream, flags: { readonly color?: boolean }): boolean {
  return flags.color !== false && stream.isTTY === true && process.env['NO_COLOR'] === undefined && !inPipeline()
}

/** Columns to write in: the terminal's, or as many as a page holds where there is no terminal. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? Math.max(WIDTH_LEAST, stream.columns) : WIDTH_OF_PAGE
}

/** Watches a run with the real clock and memory; draws a bar where somebody looks on. */
export function terminalWatch(duration: number): Watch & { done(): void } {
  const begun = performance.now()
  const wallTime = (): number => (performance.now() - begun) * 1000
  const shows = process.stderr.isTTY === true && !inPipeline()
  const bar = new SingleBar({
    format: '  {bar} {percentage}%  {virtual}  {rate} events/s  {left} left',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    fps: 8,
    barsize: 24,
  })
  let started = false
  return {
    wallTime,
    memory: () => process.memoryUsage.rss(),
    progress(now, events) {
      const elapsed = wallTime()
      // A run that is over before anybody could read the bar gets none.
      if (!shows || elapsed < 300_000) return
      const share = Math.max(now / duration, 1e-9)
      const values = {
        virtual: formatMicros(Math.round(now)),
        rate: compact(events / (elapsed / 1e6)),
        left: formatMicros(Math.round(((elapsed / share) * (1 - share)) / 1e6) * 1_000_000),
      }
      if (started) bar.update(Math.floor(share * 1000), values)
      else bar.start(1000, Math.floor(share * 1000), values)
      started = true
    },
    done() {
      if (started) bar.stop()
    },
  }
}

/** 1 234 567 → `1.23 M`. */
export function compact(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`
  return String(Math.round(value))
}
