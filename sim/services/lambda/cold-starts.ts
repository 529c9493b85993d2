// How long environments took to initialise when somebody measured it on AWS, by runtime, package and processor.
//
// From maxday/lambda-perf (https://github.com/maxday/lambda-perf, Apache-2.0), data/2026-06-22.json and data/2026-08-22.json
// at 6070b7947b5d: functions that do nothing, ten cold starts each at 128, 256, 512 and 1,024 MB on both days, so eighty values
// a cell. Initialisation alone, as the REPORT line has it: what AWS does before (the machine, the download) is in no report. The
// size of the memory makes no difference in them: below one vCPU too, AWS lends a whole one for the initialisation.
import { pow } from '../../engine/math.ts'
import { createSampler, type Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'

/** Median and 95th percentile in ms: zip on x86_64, zip on arm64, image on x86_64, image on arm64. */
type Row = readonly [number, number, number, number, number, number, number, number]

/** Oldest first within a language. `provided` is a Go program on provided.al2023. */
export const MEASURED: Readonly<Record<string, Row>> = {
  'nodejs20.x': [146, 178, 132, 142, 276, 722, 226, 438],
  'nodejs22.x': [151, 202, 131, 143, 296, 627, 232, 634],
  'nodejs24.x': [147, 212, 126, 142, 269, 802, 222, 647],
  'python3.9': [79, 146, 75, 89, 161, 276, 122, 259],
  'python3.10': [80, 106, 74, 89, 159, 260, 128, 225],
  'python3.11': [81, 104, 74, 87, 170, 297, 129, 238],
  'python3.12': [88, 124, 83, 96, 174, 307, 134, 299],
  'python3.13': [101, 146, 84, 100, 177, 336, 135, 251],
  'python3.14': [114, 176, 101, 123, 188, 405, 160, 325],
  'ruby3.2': [233, 443, 253, 413, 276, 434, 282, 381],
  'ruby3.3': [242, 394, 250, 404, 286, 448, 277, 367],
  'ruby3.4': [234, 394, 224, 401, 277, 402, 270, 370],
  'java8.al2': [256, 316, 261, 494, 338, 637, 312, 499],
  java11: [283, 378, 284, 546, 360, 803, 331, 613],
  java17: [211, 242, 216, 233, 323, 536, 300, 535],
  java21: [248, 312, 254, 285, 348, 665, 303, 588],
  java25: [194, 244, 194, 221, 246, 503, 240, 462],
  dotnet8: [257, 323, 293, 367, 422, 751, 426, 659],
  dotnet10: [262, 609, 254, 604, 405, 673, 364, 750],
  provided: [51, 68, 43, 45, 53, 97, 39, 59],
}

/** How long a new environment takes, at one vCPU: as assumed, or as measured. */
export function coldStartSampler(config: Config, sim: Sim): Sampler {
  if (!isMeasured(sim)) return sim.sampler('ColdStart')
  const { p50, p95 } = measuredInit(config)
  return createSampler({ kind: 'lognormal', p50: p50 * 1_000, p99: p50 * 1_000 * pow(p95 / p50, Z99 / Z95) })
}

/** The part of it that is computing in the function's own share of a vCPU. */
export function coldStartCpu(sim: Sim): number {
  return isMeasured(sim) ? 0 : sim.sampler('ColdStartCpu').mean
}

/** µs that a new environment takes to fetch its package. */
export function fetchTime(config: Config, sim: Sim): number {
  return Math.round((sim.sampler('ColdStartPerMegabyte').mean * config['PackageBytes']) / 1_048_576)
}

function isMeasured(sim: Sim): boolean {
  return sim.choice('ColdStartLengths') === 'measured'
}

/** Quantiles of the standard normal distribution. */
const Z95 = 1.6448536269514722
const Z99 = 2.3263478740408408

/** Median and 95th percentile (ms) of the initialisation of a function with these properties. */
export function measuredInit(config: Config): { readonly p50: number; readonly p95: number } {
  const row = MEASURED[nearest(String(config['Runtime'] ?? 'nodejs24.x'))]
  const at = (config['PackageType'] === 'Image' ? 4 : 0) + (config['Architectures']?.[0] === 'arm64' ? 2 : 0)
  return { p50: row[at], p95: row[at + 1] }
}

/** The measured runtime that stands for one: itself, else the next younger of its language, else the youngest. */
function nearest(runtime: string): string {
  if (Object.hasOwn(MEASURED, runtime)) return runtime
  const language = languageOf(runtime)
  const known = Object.keys(MEASURED).filter((name) => languageOf(name) === language)
  return known.find((name) => versionOf(name) >= versionOf(runtime)) ?? known[known.length - 1] ?? 'provided'
}

function languageOf(runtime: string): string {
  const language = /^[a-z]+/.exec(runtime)?.[0] ?? ''
  return language === 'dotnetcore' ? 'dotnet' : language
}

/** `python3.10` is younger than `python3.9`. */
function versionOf(runtime: string): number {
  const [major = 0, minor = 0] = (/[0-9.]+/.exec(runtime)?.[0] ?? '').split('.').map(Number)
  return major * 100 + minor
}
