// Everything that `fit` finds in a recording, as plain data with the lines to paste into a scenario.
import { loadOf, type Moments } from '../load.ts'
import {
  refused,
  type Format,
  type Malformed,
  type Recording,
  type RecordedOutcome,
  type Windows,
} from '../contract.ts'
import type { Load } from '../load.ts'
import { fitDistribution, VALUES_LEAST, verdictOf, type DistributionFit, type Verdict } from './fit.ts'
import { fitPattern, REQUESTS_LEAST, type ArrivalPattern } from './pattern.ts'
import { valuesOf, type ValueOptions, type Values } from './values.ts'
import { digits, distributionText, exactDuration, rateText } from './write.ts'

export interface FitOptions extends ValueOptions {
  /** The metric that counts requests. */
  readonly count?: string | undefined
  /** Windows of time that are left out of the arrivals, such as labelled incidents. */
  readonly without?: Windows | undefined
}

export interface ValueFit {
  readonly about: Omit<Values, 'values' | 'groups'>
  readonly fit: DistributionFit
  readonly verdict: Verdict
  /** The best distribution as it is written in a scenario. */
  readonly line: string
  /** The values themselves as a distribution, where a scenario can read them from this file. */
  readonly empirical: string | undefined
}

export interface GroupFit {
  readonly name: string
  readonly n: number
  readonly line: string
  readonly ks: number
  readonly verdict: Verdict
}

export interface ArrivalFit {
  readonly pattern: ArrivalPattern
  /** Members of a workload. */
  readonly lines: readonly string[]
  /** How many requests windows have left out. */
  readonly leftOut: number
}

export interface FitReport {
  readonly file: string
  readonly format: Format
  readonly detected: string
  readonly malformed: Malformed
  readonly values?: ValueFit | undefined
  readonly groups: readonly GroupFit[]
  readonly arrivals?: ArrivalFit | undefined
  /** What was not fitted, and why. */
  readonly notes: readonly string[]
}

/** Fits what a recording holds: durations or another column, and how requests arrive. */
export function fitRecording(file: string, recording: Recording, options: FitOptions): RecordedOutcome<FitReport> {
  const notes: string[] = []
  // A trace has segments of many services: each has a law of its own.
  const by = options.by ?? (recording.format === 'xray' ? 'name' : undefined)
  const values = valuesOf(recording, { ...options, by })
  if (!values.ok) return values
  const found = values.value
  const fit = found === undefined ? undefined : fitDistribution(found.values)
  if (found !== undefined && fit === undefined)
    notes.push(`\`${found.column}\` has ${found.values.length} values; a distribution takes ${VALUES_LEAST}`)
  const arrivals = arrivalsOf(recording, options, notes)
  if (!arrivals.ok) return arrivals
  if (fit === undefined && arrivals.value === undefined) {
    const names =
      recording.content.kind === 'requests'
        ? recording.content.columns.map(({ name }) => `\`${name}\``).slice(0, 20)
        : []
    return refused(
      'no-values',
      notes.join('; ') || 'nothing in it can be fitted',
      names.length === 0 ? {} : { help: `name a column: --column; there are ${names.join(', ')}` },
    )
  }
  return {
    ok: true,
    value: {
      file,
      format: recording.format,
      detected: recording.detected,
      malformed: recording.malformed,
      values: found === undefined || fit === undefined ? undefined : valueFit(file, recording, aboutOf(found), fit),
      groups: found === undefined ? [] : groupsOf(found),
      arrivals: arrivals.value,
      notes,
    },
  }
}

function valueFit(file: string, { format }: Recording, about: ValueFit['about'], fit: DistributionFit): ValueFit {
  const best = fit.candidates[0]!
  return {
    about,
    fit,
    verdict: verdictOf(best),
    line: distributionText(best.distribution, about.dimension),
    empirical: format === 'csv' && about.isWhole && !about.isSummed ? empiricalText(file, about) : undefined,
  }
}

function aboutOf({ column, dimension, unit, isAssumed, skipped, isWhole, isSummed }: Values): ValueFit['about'] {
  return { column, dimension, unit, isAssumed, skipped, isWhole, isSummed }
}

function empiricalText(file: string, { column, unit, dimension }: ValueFit['about']): string {
  const name = file.slice(file.lastIndexOf('/') + 1)
  return `empirical(${[name, `column=${column}`, ...(dimension === 'count' ? [] : [`unit=${unit}`])].join(', ')})`
}

/** The best distribution of each group, the largest group first. */
function groupsOf({ groups, dimension }: Values): GroupFit[] {
  const fits = [...groups].flatMap(([name, values]): GroupFit[] => {
    const best = fitDistribution(values)?.candidates[0]
    if (best === undefined) return []
    return [
      {
        name,
        n: values.length,
        line: distributionText(best.distribution, dimension),
        ks: best.goodness.ks,
        verdict: verdictOf(best),
      },
    ]
  })
  return fits.sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1))
}

function arrivalsOf(
  recording: Recording,
  { count, without }: FitOptions,
  notes: string[],
): RecordedOutcome<ArrivalFit | undefined> {
  const { content } = recording
  if (content.kind === 'windows' || (content.kind === 'requests' && content.at === undefined))
    return { ok: true, value: undefined }
  const load = loadOf(recording, count)
  // A file of metrics of which none counts requests still has values to fit.
  if (!load.ok && count !== undefined) return load
  if (!load.ok) {
    notes.push(`no arrivals: ${load.message}`)
    return { ok: true, value: undefined }
  }
  const kept = without === undefined ? load.value : withoutWindows(load.value, without)
  const pattern = fitPattern(kept)
  if (pattern === undefined) {
    notes.push(`no pattern of arrivals: it takes ${REQUESTS_LEAST} requests in two periods or more`)
    return { ok: true, value: undefined }
  }
  const sum = (each: Load): number =>
    each.kind === 'moments' ? each.at.length : each.counts.reduce((all, n) => all + n, 0)
  return { ok: true, value: { pattern, lines: linesOf(pattern), leftOut: Math.round(sum(load.value) - sum(kept)) } }
}

/** The load without what lies in the windows; what comes after one moves up, so that no gap is taken for a pause. */
function withoutWindows(load: Load, { windows }: Windows): Load {
  const origin = load.origin ?? 0
  const merged: [from: number, to: number][] = []
  for (const { from, to } of windows.slice().sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && from - origin <= last[1]) last[1] = Math.max(last[1], to - origin)
    else merged.push([Math.max(0, from - origin), Math.max(0, to - origin)])
  }
  const isOut = (time: number): boolean => merged.some(([from, to]) => time >= from && time < to)
  if (load.kind === 'counts') return { ...load, counts: load.counts.filter((_, i) => !isOut(i * load.period)) }
  const gone = (time: number): number =>
    merged.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(time, to) - from), 0)
  const kept = Array.from(load.at.keys()).filter((i) => !isOut(load.at[i]!))
  const moved: Moments = {
    ...load,
    at: Float64Array.from(kept, (i) => load.at[i]! - gone(load.at[i]!)),
    rows: Uint32Array.from(kept, (i) => load.rows[i]!),
  }
  return moved
}

/** The members of a workload that say the same as the pattern. */
function linesOf({ rate, kind, bursts }: ArrivalPattern): readonly string[] {
  if (kind === 'bursty' && bursts !== undefined)
    return [`Rate: ${rateText(bursts.perSecond)}`, `Arrivals: bursty(on=${phase(bursts.on)}, off=${phase(bursts.off)})`]
  const points = rate.points.map(({ at, perSecond }) => `{ At: ${exactDuration(at)}, Value: ${rateText(perSecond)} }`)
  const value = rate.points.length === 1 ? rateText(rate.mean) : `[${points.join(', ')}]`
  return [`Rate: ${value}`, ...(kind === 'regular' ? ['Arrivals: regular'] : [])]
}

function phase(us: number): string {
  return us >= 1_000_000 ? `${digits(us / 1_000_000, 3)}s` : `${digits(us / 1000, 3)}ms`
}

/** Why the pattern is called what it is, in sentences. */
export function evidenceOf({
  kind,
  gapVariation,
  ks,
  dispersion,
  rate,
  resolution,
  bursts,
}: ArrivalPattern): readonly string[] {
  const first = dispersion[0]
  const gaps =
    gapVariation === undefined
      ? undefined
      : `the squared coefficient of variation of the gaps is ${digits(gapVariation, 3)} (1 at random, 0 at even distances) once the rate's changes are taken out`
  const spread =
    first === undefined
      ? undefined
      : `counts by ${exactDuration(first.period)} have an index of dispersion of ${digits(first.index, 3)} about the rate and an Allan factor of ${digits(first.allan, 3)} (both 1 at random)`
  const test =
    ks === undefined
      ? undefined
      : `the gaps are ${digits(ks.distance, 3)} away from an exponential law (Kolmogorov–Smirnov, p ${ks.chance < 0.001 ? '< 0.001' : `= ${digits(ks.chance, 2)}`})`
  const grain =
    gapVariation === undefined && resolution > 1
      ? `times are known to ${exactDuration(resolution)} only, so nothing can be said of anything shorter`
      : undefined
  const still =
    kind === 'bursty' && bursts === undefined
      ? 'bursts that no on and off of exponential length explains: play the recording itself'
      : undefined
  const lines =
    rate.points.length > 1
      ? `${rate.points.length} points, never more than ${rateText(rate.error)} from a period's own rate`
      : undefined
  return [gaps, spread, test, grain, still, lines].filter((sentence) => sentence !== undefined)
}
