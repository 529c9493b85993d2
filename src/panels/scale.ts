// The scale of a slider: which values its positions stand for.
import type { KnobOutline } from '../sim.ts'

/** Positions of a slider, ends included. */
export const POSITIONS = 400

export interface Scale {
  readonly min: number
  readonly max: number
  readonly whole: boolean
  /** Rates and sizes go over orders of magnitude: then equal ways on the slider are equal factors. */
  readonly log: boolean
}

export function scaleOf(knob: KnobOutline): Scale {
  const initial = Number(knob.initial)
  // A factor: from nothing to four times as much, whatever else may be typed.
  if (knob.kind === 'workload') return { min: 0, max: 4 * (initial || 1), whole: false, log: false }
  const whole =
    Number.isInteger(initial) &&
    [knob.min, knob.max].every((end) => end === undefined || Number.isInteger(end)) &&
    !(knob.max !== undefined && knob.max <= 1)
  const size = Math.abs(initial) || 1
  const min = knob.min ?? (initial < 0 ? initial - 4 * size : 0)
  const max = Math.max(knob.max ?? size * 5, min + (whole ? 1 : 0.01))
  return { min, max, whole, log: min >= 1 && max / min >= 50 }
}

export function valueAt(scale: Scale, position: number): number {
  const share = position / POSITIONS
  const raw = scale.log ? scale.min * (scale.max / scale.min) ** share : scale.min + (scale.max - scale.min) * share
  if (position <= 0) return scale.min
  if (position >= POSITIONS) return scale.max
  const rounded = Number(raw.toPrecision(scale.max - scale.min > 3 ? 3 : 2))
  const value = scale.whole ? Math.round(rounded) : rounded
  return Math.min(scale.max, Math.max(scale.min, value))
}

export function positionOf(scale: Scale, value: number): number {
  const bounded = Math.min(scale.max, Math.max(scale.min, value))
  const share = scale.log
    ? Math.log(bounded / scale.min) / Math.log(scale.max / scale.min)
    : (bounded - scale.min) / (scale.max - scale.min)
  return Math.round(share * POSITIONS)
}
