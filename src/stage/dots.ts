// Moving messages: which are on their way at a moment, and where each of them is. Pure functions of frames and time.
//
// A message sets out at its time and needs `travel` seconds of virtual time for its road, so that it crosses the screen in the
// same real time whatever the speed. The graphics card places dots by the same rule (`dots-gpu.ts`); `placeOf` is its oracle,
// and what browsers without WebGL use.
import { isShown, MOVE_BYTES, OUTCOMES, roundDot, type Outcome } from '../sim.ts'
import type { Run } from '../run/run.ts'
import { lengthOf, resample, type Point } from './geometry.ts'

/** Points by which a road is known to the dots. */
export const PATH_POINTS = 48
/** Real seconds that a dot needs for a road of usual length. */
export const TRAVEL_SECONDS = 0.95
/** A road this long takes the usual time, in world units. */
const USUAL_LENGTH = 260
/** Most dots on the stage: beyond, the eye sees a carpet and each dot must stand for more. */
export const DOTS_MAX = 1500
/** Road that a dot needs for itself, in world units: closer, they cover each other. */
const SPACING = { common: 8, rare: 10 } as const

/** Pace of the longest roads, as a multiple of the usual travel time. */
export const LONGEST_PACE = 1.8

export interface Path {
  readonly points: readonly Point[]
  /** In world units. */
  readonly length: number
  /** Multiple of the usual travel time. */
  readonly pace: number
  /** Distance of a lane from the road's middle, in world units. */
  readonly lane: number
}

export function pathOf(line: readonly Point[], lane: number): Path {
  const length = lengthOf(line)
  return {
    points: resample(line, PATH_POINTS),
    length,
    pace: Math.min(LONGEST_PACE, Math.max(0.55, length / USUAL_LENGTH)),
    lane,
  }
}

/** Where a dot is that set out `age` seconds ago; undefined when it has arrived or not left yet. */
export function placeOf(path: Path, age: number, back: boolean, travel: number): Point | undefined {
  const share = age / (travel * path.pace)
  if (share < 0 || share > 1) return undefined
  const at = (back ? 1 - share : share) * (PATH_POINTS - 1)
  const i = Math.min(Math.floor(at), PATH_POINTS - 2)
  const [a, b] = [path.points[i], path.points[i + 1]]
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
  const offset = (back ? -path.lane : path.lane) / length
  const t = at - i
  return {
    x: a.x + (b.x - a.x) * t - (b.y - a.y) * offset,
    y: a.y + (b.y - a.y) * t + (b.x - a.x) * offset,
  }
}

/** Dots of a stretch of time as rows of four numbers: seconds after `base`, road, outcome, lane. */
export interface Dots {
  /** µs. */
  readonly base: number
  readonly rows: Float32Array
  readonly count: number
  /** By outcome: how many messages a dot stands for. */
  readonly perDot: readonly number[]
}

export const NO_DOTS: Dots = { base: 0, rows: new Float32Array(0), count: 0, perDot: [] }

/**
 * The messages that set out in (from, to] µs, thinned until those that are on a road at once have room on it: of the frequent
 * outcomes the same requests on all roads, the rare ones by a measure of their own, so that the many never crowd them out.
 */
export function dotsBetween(
  run: Run,
  paths: readonly Path[],
  from: number,
  to: number,
  travel: number,
  most: number = DOTS_MAX,
): Dots {
  const first = run.frameAt(Math.max(0, from))
  const last = run.frameAt(to)
  const base = run.frames[first]?.from ?? 0
  const found = new Float64Array(paths.length * OUTCOMES.length)
  for (let f = Math.max(0, first); f <= last; f++) countMoves(run.frames[f].moves, found)
  const stretch = Math.max(1, (run.frames[last]?.to ?? 0) - base) / 1e6
  const wanted = new Float64Array(OUTCOMES.length)
  let all = 0
  paths.forEach(({ length, pace }, road) => {
    OUTCOMES.forEach((outcome, i) => {
      const atOnce = (found[road * OUTCOMES.length + i] * travel * pace) / stretch
      const group = isCommon(outcome) ? 0 : i
      wanted[group] = Math.max(wanted[group], (atOnce * (group === 0 ? SPACING.common : SPACING.rare)) / length)
      if (group === 0) all += atOnce
    })
  })
  wanted[0] = Math.max(wanted[0], all / most)
  const every = OUTCOMES.map((outcome, i) => roundDot(wanted[isCommon(outcome) ? 0 : i]))
  const perDot = every.map((value, i) => value * (run.outline.perDot[i] ?? 1))
  const rows: number[] = []
  for (let f = Math.max(0, first); f <= last; f++) {
    const frame = run.frames[f]
    const view = new DataView(frame.moves)
    const shift = (frame.from - base) / 1e6
    for (let at = 0; at + MOVE_BYTES <= view.byteLength; at += MOVE_BYTES) {
      const outcome = view.getUint8(at + 6)
      if (every[outcome] > 1 && !isShown(view.getUint32(at + 8, true), perDot[outcome])) continue
      rows.push(view.getFloat32(at, true) + shift, view.getUint16(at + 4, true), outcome, view.getUint8(at + 7))
    }
  }
  return { base, rows: Float32Array.from(rows), count: rows.length / 4, perDot }
}

/** The same dots over and over, a little apart, until there are `least` of them: for measuring what many of them cost. */
export function repeated(dots: Dots, least: number): Dots {
  if (dots.count === 0) return dots
  const rows = new Float32Array(least * 4)
  for (let i = 0; i < least; i++) {
    const from = (i % dots.count) * 4
    rows.set(dots.rows.subarray(from, from + 4), i * 4)
    rows[i * 4] += 0.01 * Math.floor(i / dots.count)
  }
  return { ...dots, rows, count: least }
}

const isCommon = (outcome: Outcome): boolean => outcome === 'ok' || outcome === 'answer'

/** Adds to the numbers by road and outcome. */
function countMoves(moves: ArrayBuffer, found: Float64Array): void {
  const bytes = new Uint8Array(moves)
  for (let at = 4; at < bytes.length; at += MOVE_BYTES)
    found[(bytes[at] + 256 * bytes[at + 1]) * OUTCOMES.length + bytes[at + 2]]++
}
