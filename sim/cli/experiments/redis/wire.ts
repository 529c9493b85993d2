// What is read from Redis is somebody else's data until its shape has been looked at: bundles, outcomes and jobs.
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Bundle, BundleFile } from '../../../experiment/bundle.ts'
import {
  ENDINGS,
  type Counts,
  type HeldExpectation,
  type MeasuredValue,
  type Outcome,
  type RunSpec,
  type SampledSeries,
  type SeriesAsked,
} from '../../../experiment/types.ts'
import type { WarmUpAdvice } from '../../../run/report.ts'
import { isNumber, isOneOf, isText, isTruth, listOf, mapOf, maybe, type Shape } from '../../../experiment/shapes.ts'
import { parseJson } from '../../../parts/json-text.ts'

const MIB = 1_048_576

/** Bytes that a packed value may have in Redis, and its text once unpacked. */
export const PACKED_MAX = 32 * MIB
export const TEXT_MAX = 192 * MIB

const SETTINGS_MAX = 1000
const TEXT_OF_SETTING_MAX = 10_000
const FILES_MAX = 10_000

/** A value as compressed JSON. */
export async function pack(value: unknown): Promise<Buffer> {
  return promisify(gzip)(JSON.stringify(value))
}

/** The value that was packed; undefined when it is none, or too large. */
export async function unpack(packed: Buffer): Promise<unknown> {
  if (packed.length > PACKED_MAX) return undefined
  try {
    return parseJson((await promisify(gunzip)(packed, { maxOutputLength: TEXT_MAX })).toString('utf8'))
  } catch {
    return undefined
  }
}

const isShort: Shape = (value) => typeof value === 'string' && value.length <= TEXT_OF_SETTING_MAX
const isSetting: Shape = (value) => Array.isArray(value) && value.length === 2 && value.every(isShort)
const isSettings = listOf(isSetting, SETTINGS_MAX)

const isCount: Shape = (value) => Number.isSafeInteger(value) && (value as number) > 0

const SPEC = mapOf<RunSpec>({ settings: isSettings, seed: maybe(isShort) })

const BUNDLE = mapOf<Bundle>({
  name: isText,
  text: isText,
  files: listOf(
    mapOf<BundleFile>({ path: isText, kind: isOneOf({ template: true, data: true }), name: isText, text: isText }),
    FILES_MAX,
  ),
  duration: maybe(isCount),
  measures: maybe(listOf(isText)),
  everything: maybe(isTruth),
  counts: maybe(isTruth),
  series: maybe(mapOf<SeriesAsked>({ every: isCount, metrics: listOf(isText) })),
  warmUp: maybe(isTruth),
})

const areNumbers = listOf(isNumber)

const OUTCOME = mapOf<Outcome>({
  settings: isSettings,
  seed: isShort,
  ending: isOneOf(ENDINGS),
  digest: isText,
  events: isNumber,
  drawn: maybe((value) => value === true),
  values: listOf(mapOf<MeasuredValue>({ name: isText, value: isNumber, unit: isText })),
  expectations: listOf(mapOf<HeldExpectation>({ text: isText, ok: isTruth, measured: isText })),
  why: maybe(isText),
  counts: maybe(
    listOf(
      mapOf<Counts>({
        ...{ name: isText, unit: isText, base: isNumber, index: areNumbers, count: areNumbers },
        ...{ sum: isNumber, min: isNumber, max: isNumber },
      }),
    ),
  ),
  series: maybe(listOf(mapOf<SampledSeries>({ name: isText, n: areNumbers, sum: areNumbers }))),
  warmUpAdvice: maybe(
    mapOf<WarmUpAdvice>({
      ...{ series: isText, unit: isText, given: isNumber, needed: isNumber, mean: isNumber, biased: isNumber },
    }),
  ),
})

/** One run of a bundle, as BullMQ carries it. */
export interface Job {
  /** The bundle's name by its content. */
  readonly bundle: string
  readonly spec: RunSpec
}

/** A bundle with the version of the simulator that it was made for. */
export interface Parcel {
  readonly version: string
  readonly bundle: Bundle
}

const JOB = mapOf<Job>({ bundle: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), spec: SPEC })
const PARCEL = mapOf<Parcel>({ version: isShort, bundle: BUNDLE })

export const asJob = (value: unknown): Job | undefined => (JOB(value) ? (value as Job) : undefined)
export const asParcel = (value: unknown): Parcel | undefined => (PARCEL(value) ? (value as Parcel) : undefined)
export const asOutcome = (value: unknown): Outcome | undefined => (OUTCOME(value) ? (value as Outcome) : undefined)
