// `--fail-on 'error(Work.Duration.p99) > 20%'`: how far a simulation may be from what was recorded.
import { nearest } from '../diag/suggest.ts'
import type { Figures } from './compare.ts'

/** What may be asked of a comparison; of percentiles the relative distance between the simulated and the recorded one. */
const MEASURES = ['error', 'bias', 'correlation', 'p50', 'p90', 'p99'] as const
export type GateMeasure = (typeof MEASURES)[number]

export interface Gate {
  readonly text: string
  readonly measure: GateMeasure
  /** A term such as `Work.Duration.p99`, its beginning (`Work.Duration`), or `*`. */
  readonly term: string
  readonly comparison: '>' | '<' | '>=' | '<='
  readonly limit: number
}

const FORM = /^\s*([\w]+)\s*\(\s*([^()]{1,300}?)\s*\)\s*(>=|<=|>|<)\s*(-?\d{1,12}(?:\.\d{1,9})?)\s*(%?)\s*$/

/** Reads a limit; a text says what is wrong with it. */
export function parseGate(text: string): Gate | string {
  const match = FORM.exec(text)
  if (match === null) return 'write `error(Resource.Metric.p99) > 20%`'
  const [, name = '', term = '', comparison, number, percent] = match
  const measure = MEASURES.find((each) => each === name)
  if (measure === undefined) {
    const near = nearest(name, MEASURES)
    return near === undefined ? `\`${name}\` is none of ${MEASURES.join(', ')}` : `did you mean \`${near}\`?`
  }
  return {
    text: text.trim(),
    measure,
    term,
    comparison: comparison as Gate['comparison'],
    limit: Number(number) / (percent === '%' ? 100 : 1),
  }
}

/** Whether a gate is about a term. */
export function isAbout({ term }: Gate, other: string): boolean {
  return term === '*' || other === term || other.startsWith(`${term}.`)
}

/** Whether a comparison is over the limit, with the value; a bias and a percentile are over it in either direction. */
export function crosses(
  { measure, comparison, limit }: Gate,
  figures: Figures,
): { readonly value: number | undefined; readonly isOver: boolean } {
  const value = valueOf(measure, figures)
  if (value === undefined) return { value, isOver: false }
  const isOver =
    comparison === '>'
      ? value > limit
      : comparison === '<'
        ? value < limit
        : comparison === '>='
          ? value >= limit
          : value <= limit
  return { value, isOver }
}

function valueOf(measure: GateMeasure, { error, bias, correlation, recorded, simulated }: Figures): number | undefined {
  if (measure === 'error') return error
  if (measure === 'correlation') return correlation
  if (measure === 'bias') return bias === undefined ? undefined : Math.abs(bias)
  return recorded[measure] === 0 ? undefined : Math.abs(simulated[measure] / recorded[measure] - 1)
}
