// Distributions of the scenario language fitted to measured values by maximum likelihood, each by the shortest road that is exact.
//
// Closed forms where there are some (uniform, exponential, lognormal, Pareto); one equation of one unknown for gamma and Weibull; a
// search for the normal that is cut at 0; expectation and maximisation for a mix.
import type { Distribution } from '../../engine/distribution.ts'
import { exp, ln } from '../../engine/math.ts'
import { digamma, gammaLn, normalTail, trigamma } from '../../engine/special.ts'
import { minimum } from './search.ts'
import { fitMix } from './mix.ts'

/** The values to fit, sorted, with the sums that most families need. */
export class Sample {
  /** Rising. */
  readonly values: Float64Array
  readonly n: number
  readonly mean: number
  /** Of the values themselves, not an estimate of a larger population's. */
  readonly variance: number
  /** Logarithms of the values; empty when one of them is 0. */
  readonly logs: Float64Array
  readonly meanLog: number
  readonly varianceLog: number

  /** `values` are 0 or more. */
  constructor(values: ArrayLike<number>) {
    this.values = Float64Array.from(values).sort()
    this.n = this.values.length
    ;[this.mean, this.variance] = momentsOf(this.values)
    this.logs = this.values[0]! > 0 ? this.values.map(ln) : new Float64Array(0)
    ;[this.meanLog, this.varianceLog] = momentsOf(this.logs)
  }

  get least(): number {
    return this.values[0]!
  }

  get most(): number {
    return this.values[this.n - 1]!
  }
}

function momentsOf(values: Float64Array): [mean: number, variance: number] {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) * (value - mean)
  return [mean, squares / values.length]
}

/** A distribution whose parameters make the sample likeliest among its family's. */
export interface Fitted {
  readonly distribution: Distribution
  /** How many numbers were chosen. */
  readonly parameters: number
  readonly logLikelihood: number
}

/** Spreads below this share of the mean are those of a constant. */
const CONSTANT_BELOW = 1e-9

/** Every family that can have given the sample, in no order. Where some values are 0 and others not, each has a chance of 0 beside it. */
export function fitFamilies(sample: Sample): readonly Fitted[] {
  const zeros = sample.values.findIndex((value) => value > 0)
  if (zeros <= 0) return fitPositive(sample)
  const share = zeros / sample.n
  const rest = new Sample(sample.values.subarray(zeros))
  if (rest.n < 2) return []
  return fitPositive(rest).map(({ distribution, parameters, logLikelihood }) => ({
    distribution: {
      kind: 'mix',
      parts: [
        { weight: share, of: { kind: 'constant', value: 0 } },
        { weight: 1 - share, of: distribution },
      ],
    },
    parameters: parameters + 1,
    logLikelihood: logLikelihood + zeros * ln(share) + rest.n * ln(1 - share),
  }))
}

function fitPositive(sample: Sample): readonly Fitted[] {
  if (sample.most - sample.least <= CONSTANT_BELOW * sample.mean)
    return [{ distribution: { kind: 'constant', value: sample.mean }, parameters: 1, logLikelihood: 0 }]
  const found = [uniform(sample), exponential(sample), normal(sample)]
  const positive =
    sample.logs.length === 0 ? [] : [lognormal(sample), gamma(sample), weibull(sample), pareto(sample), mix(sample)]
  return [...found, ...positive].flatMap((fitted) =>
    fitted !== undefined && Number.isFinite(fitted.logLikelihood) ? [fitted] : [],
  )
}

function uniform({ least, most, n }: Sample): Fitted {
  return {
    distribution: { kind: 'uniform', min: least, max: most },
    parameters: 2,
    logLikelihood: -n * ln(most - least),
  }
}

function exponential({ mean, n }: Sample): Fitted {
  return { distribution: { kind: 'exponential', mean }, parameters: 1, logLikelihood: -n * (ln(mean) + 1) }
}

const HALF_LN_2PI = 0.9189385332046728
/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263478740408408

/** The language cuts the normal at 0. Where so little is cut that it cannot matter, mean and deviation are the sample's. */
function normal({ mean, variance, n }: Sample): Fitted {
  const cost = (centre: number, spread: number): number => {
    const squares = (variance + (mean - centre) * (mean - centre)) / (spread * spread)
    return n * (ln(spread) + HALF_LN_2PI + squares / 2 + ln(normalTail(centre / spread, false)))
  }
  let best: readonly [number, number] = [mean, Math.sqrt(variance)]
  if (mean < 5 * best[1]) {
    const found = minimum(
      ([centre, logSpread]) => (centre! < 0 ? Infinity : cost(centre!, exp(logSpread!))),
      [mean, ln(best[1])],
      [best[1] / 2, 0.3],
    )
    best = [Math.max(0, found[0]!), exp(found[1]!)]
  }
  return { distribution: { kind: 'normal', mean: best[0], sd: best[1] }, parameters: 2, logLikelihood: -cost(...best) }
}

function lognormal({ meanLog, varianceLog, n }: Sample): Fitted {
  const sigma = Math.sqrt(varianceLog)
  return {
    distribution: { kind: 'lognormal', p50: exp(meanLog), p99: exp(meanLog + Z99 * sigma) },
    parameters: 2,
    logLikelihood: -n * (meanLog + ln(sigma) + HALF_LN_2PI + 0.5),
  }
}

/** ln k − ψ(k) = ln(mean) − mean(ln x), by Newton's method from Minka's start (Estimating a Gamma distribution, 2002). */
function gamma({ mean, meanLog, n }: Sample): Fitted | undefined {
  const s = ln(mean) - meanLog
  if (!(s > 0)) return undefined
  let k = (3 - s + Math.sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s)
  for (let i = 0; i < 100; i++) {
    const next = k - (ln(k) - digamma(k) - s) / (1 / k - trigamma(k))
    const close = Math.abs(next - k) <= 1e-12 * k
    k = next > 0 ? next : k / 2
    if (close) break
  }
  // The language knows coefficients of variation of 0.01 to 100.
  if (!(k > 1e-4 && k < 1e4)) return undefined
  const logLikelihood = n * ((k - 1) * meanLog - k - k * ln(mean / k) - gammaLn(k))
  return { distribution: { kind: 'gamma', mean, cv: 1 / Math.sqrt(k) }, parameters: 2, logLikelihood }
}

/** Σ xᵏ ln x / Σ xᵏ − 1/k = mean(ln x), whose left side rises with k: halving an interval that holds the root. */
function weibull({ logs, meanLog, n }: Sample): Fitted | undefined {
  const top = logs[n - 1]!
  // Powers relative to the largest value, so that none is too large.
  const sums = (k: number): [powers: number, weighted: number] => {
    let powers = 0
    let weighted = 0
    for (const log of logs) {
      const power = exp(k * (log - top))
      powers += power
      weighted += power * log
    }
    return [powers, weighted]
  }
  let [low, high] = [0.01, 1000]
  for (let i = 0; i < 60 && high - low > 1e-12 * high; i++) {
    const k = Math.sqrt(low * high)
    const [powers, weighted] = sums(k)
    if (weighted / powers - 1 / k > meanLog) high = k
    else low = k
  }
  const shape = (low + high) / 2
  if (shape < 0.0101 || shape > 990) return undefined
  const logScale = top + ln(sums(shape)[0] / n) / shape
  return {
    distribution: { kind: 'weibull', shape, scale: exp(logScale) },
    parameters: 2,
    logLikelihood: n * (ln(shape) - shape * logScale + (shape - 1) * meanLog - 1),
  }
}

function pareto({ least, logs, meanLog, n }: Sample): Fitted | undefined {
  const over = meanLog - logs[0]!
  if (!(over > 0)) return undefined
  const alpha = 1 / over
  return {
    distribution: { kind: 'pareto', min: least, alpha },
    parameters: 2,
    logLikelihood: n * (ln(alpha) + alpha * logs[0]! - (alpha + 1) * meanLog),
  }
}

function mix(sample: Sample): Fitted | undefined {
  const found = fitMix(sample.logs)
  if (found === undefined) return undefined
  const part = ({ weight, mean, sigma }: (typeof found.parts)[number]): { weight: number; of: Distribution } => ({
    weight,
    of: { kind: 'lognormal', p50: exp(mean), p99: exp(mean + Z99 * sigma) },
  })
  // The likelihood of the logarithms is that of the values but for the change of scale.
  return {
    distribution: { kind: 'mix', parts: found.parts.map(part) },
    parameters: 5,
    logLikelihood: found.logLikelihood - sample.n * sample.meanLog,
  }
}
