// Single events of a run: each message that a frame shows and each mark, to step from one to the next.
import { MOVE_BYTES, OUTCOMES, type Outcome } from '../sim.ts'
import type { Run } from './run.ts'
import { plainText } from './words.ts'

export interface Event {
  /** µs. */
  readonly time: number
  /** What happens, in a few words. */
  readonly text: string
}

/** Two events closer than this are one step, in µs. */
const TOGETHER = 0.5

/** The next event after `time` (direction 1) or the last one before it (−1), as far as the run is known. */
export function eventBeside(run: Run, time: number, direction: 1 | -1): Event | undefined {
  const mark = markBeside(run, time, direction)
  const move = moveBeside(run, time, direction)
  if (mark === undefined || move === undefined) return mark ?? move
  return (move.time - mark.time) * direction < 0 ? move : mark
}

function markBeside(run: Run, time: number, direction: 1 | -1): Event | undefined {
  const found =
    direction > 0
      ? run.marks.find((mark) => mark.time > time + TOGETHER && mark.time <= run.reached)
      : run.marks.findLast((mark) => mark.time < time - TOGETHER)
  return found === undefined ? undefined : { time: found.time, text: plainText(found.text) }
}

function moveBeside(run: Run, time: number, direction: 1 | -1): Event | undefined {
  for (let f = run.frameAt(time); f >= 0 && f < run.frames.length; f += direction) {
    const frame = run.frames[f]
    const view = new DataView(frame.moves)
    const count = frame.moves.byteLength / MOVE_BYTES
    for (let n = 0; n < count; n++) {
      const at = (direction > 0 ? n : count - 1 - n) * MOVE_BYTES
      // Written as seconds in single precision: whole µs in all but the longest runs.
      const when = frame.from + Math.round(view.getFloat32(at, true) * 1e6)
      if ((when - time) * direction <= TOGETHER) continue
      return { time: when, text: moveInWords(run, view.getUint16(at + 4, true), OUTCOMES[view.getUint8(at + 6)]) }
    }
  }
  return undefined
}

const HAPPENS: Readonly<Record<Outcome, (from: string, to: string) => string>> = {
  ok: (from, to) => `${from} → ${to}`,
  retry: (from, to) => `${from} → ${to}, again`,
  'dead-letter': (from, to) => `${from} gives up a message to ${to}`,
  answer: (from, to) => `${to} answers ${from}`,
  throttled: (from, to) => `${to} refuses ${from}`,
  error: (from, to) => `${to} fails ${from}`,
}

function moveInWords({ outline: { roads, nodes } }: Run, road: number, outcome: Outcome): string {
  const { from, to } = roads[road]
  return HAPPENS[outcome](nodes[from].name, nodes[to].name)
}
