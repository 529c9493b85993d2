// Distributions as people write them: `lognormal(p50=8ms, p99=40ms)`, `mix(0.95: 3ms, 0.05: exponential(1s))`, `250ms`.
//
// A quantity alone is a constant. Every quantity inside has the dimension that the place asks for.
import { distributionProblem } from '../engine/distribution.ts'
import type { Distribution } from '../engine/distribution.ts'
import { Arguments, checkWeights, unknownName } from './arguments.ts'
import type { Parameters } from './arguments.ts'
import { readingCall } from './calls.ts'
import type { Call, Word } from './calls.ts'
import { readColumn } from './csv.ts'
import { quote } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { parseNumber, parseQuantity, parseShare } from './quantity.ts'
import type { Dimension } from './quantity.ts'
import type { Scanner } from './scanner.ts'

/** Reads a file that a scenario names; the caller sees to it that nothing outside the scenario's folder is read. */
export type FileReader = (path: string) => Outcome<string>

const FORMS: Readonly<Record<Exclude<Distribution['kind'], 'mix'>, Parameters>> = {
  constant: { names: ['value'], form: 'constant(x)' },
  uniform: { names: ['min', 'max'], form: 'uniform(min, max)' },
  exponential: { names: ['mean'], form: 'exponential(mean)' },
  normal: { names: ['mean', 'sd'], form: 'normal(mean, sd)' },
  lognormal: { names: ['p50', 'p99'], form: 'lognormal(p50=, p99=)' },
  gamma: { names: ['mean', 'cv'], form: 'gamma(mean=, cv=)' },
  weibull: { names: ['shape', 'scale'], form: 'weibull(shape=, scale=)' },
  pareto: { names: ['min', 'alpha'], form: 'pareto(min=, alpha=)' },
  empirical: { names: ['file', 'column', 'unit'], optional: ['column', 'unit'], form: 'empirical(file.csv, column=)' },
}

/** The names of all distributions, for messages and editors. */
export const DISTRIBUTION_NAMES: readonly string[] = [...Object.keys(FORMS), 'mix']

/**
 * Reads a distribution of durations (µs), sizes (bytes) or counts. `readFile` serves `empirical(…)`; without it a file is a
 * flaw. What is found is always one that the engine can draw from.
 */
export function parseDistribution(text: string, dimension: Dimension, readFile?: FileReader): Outcome<Distribution> {
  return readingCall(text, (value, scanner) => meaning(value, { dimension, readFile, scanner }))
}

interface Place {
  readonly dimension: Dimension
  readonly readFile: FileReader | undefined
  readonly scanner: Scanner
}

function meaning(value: Word | Call, place: Place): Distribution {
  const { dimension } = place
  const scanner: Scanner = place.scanner
  if (value.kind === 'word') {
    if (/^[A-Za-z]\w*$/.test(value.text) && DISTRIBUTION_NAMES.includes(value.text)) {
      const form = value.text === 'mix' ? MIX_FORM : FORMS[value.text as keyof typeof FORMS].form
      scanner.stop('missing-argument', `${quote(value.text)} is missing its arguments`, value, {
        help: `write ${quote(form)}`,
      })
    }
    return { kind: 'constant', value: scanner.accept(parseQuantity(value.text, dimension), value.start) }
  }
  const made = value.name.text === 'mix' ? mix(value, place) : simple(value, place)
  const problem = distributionProblem(made)
  if (problem !== undefined) scanner.stop('out-of-range', problem, value)
  return made
}

const MIX_FORM = 'mix(0.95: …, 0.05: …)'

function mix(call: Call, place: Place): Distribution {
  const scanner: Scanner = place.scanner
  const weights: number[] = []
  const parts = call.args.map(({ key, joint, value }) => {
    if (key === undefined || joint !== ':') {
      scanner.stop('missing-weight', 'a part of `mix` has no weight', value, { help: `write ${quote(MIX_FORM)}` })
    }
    const weight = scanner.accept(parseShare(key.text), key.start)
    weights.push(weight)
    return { weight, of: meaning(value, place) }
  })
  if (parts.length === 0)
    scanner.stop('missing-argument', '`mix` is missing its parts', call, { help: `write ${quote(MIX_FORM)}` })
  checkWeights(call, weights, scanner)
  return { kind: 'mix', parts }
}

function simple(call: Call, place: Place): Distribution {
  const scanner: Scanner = place.scanner
  const kind = call.name.text as keyof typeof FORMS
  if (!Object.hasOwn(FORMS, kind))
    unknownName('unknown-distribution', 'a distribution', call.name, DISTRIBUTION_NAMES, scanner)
  const args = new Arguments(call, FORMS[kind], scanner)
  const quantity = (name: string): number => args.read(name, (text) => parseQuantity(text, place.dimension))
  const number = (name: string): number => args.read(name, parseNumber)
  const written = (name: string): string => quote(args.word(name).text)
  switch (kind) {
    case 'constant':
      return { kind, value: quantity('value') }
    case 'uniform': {
      const [min, max] = [quantity('min'), quantity('max')]
      if (max < min) args.refuse('out-of-range', 'max', `, below \`min\`, which is ${written('min')}`)
      return { kind, min, max }
    }
    case 'exponential':
      return { kind, mean: quantity('mean') }
    case 'normal':
      return { kind, mean: quantity('mean'), sd: quantity('sd') }
    case 'lognormal': {
      const [p50, p99] = [quantity('p50'), quantity('p99')]
      if (p50 === 0) args.refuse('out-of-range', 'p50', '; the median of a lognormal distribution is above 0')
      if (p99 < p50) args.refuse('out-of-range', 'p99', `, below \`p50\`, which is ${written('p50')}`)
      return { kind, p50, p99 }
    }
    case 'gamma': {
      const [mean, cv] = [quantity('mean'), number('cv')]
      if (cv !== 0 && (cv < 0.01 || cv > 100)) args.refuse('out-of-range', 'cv', '; it is 0, or lies in 0.01..100')
      return { kind, mean, cv }
    }
    case 'weibull': {
      const [shape, scale] = [number('shape'), quantity('scale')]
      if (shape < 0.01 || shape > 1000) args.refuse('out-of-range', 'shape', '; it lies in 0.01..1000')
      return { kind, shape, scale }
    }
    case 'pareto': {
      const [min, alpha] = [quantity('min'), number('alpha')]
      if (min === 0) args.refuse('out-of-range', 'min', '; it is above 0')
      if (alpha === 0) args.refuse('out-of-range', 'alpha', '; it is above 0')
      return { kind, min, alpha }
    }
    case 'empirical':
      return { kind, values: empirical(args, place) }
  }
}

function empirical(args: Arguments, place: Place): readonly number[] {
  const { dimension, readFile } = place
  const scanner: Scanner = place.scanner
  const file = args.word('file')
  const text = readFile?.(file.text)
  if (text === undefined) scanner.stop('unreadable-file', `${quote(file.text)} cannot be read here`, file)
  if (!text.ok) scanner.stop(text.slug, text.message, file, { label: text.label, help: text.help })
  const unit = args.has('unit') ? args.word('unit') : undefined
  if (unit !== undefined) scanner.accept(parseQuantity(`1${unit.text}`, dimension), unit.start - 1)
  const read = (cell: string): Outcome<number> =>
    parseQuantity(unit !== undefined && /[\d.]\s*$/.test(cell) ? cell.trim() + unit.text : cell, dimension)
  const column = args.has('column') ? args.word('column') : undefined
  const values = readColumn(text.value, column?.text, read)
  if (values.ok) return values.value
  const at = values.about === 'column' && column !== undefined ? column : file
  const help = values.slug === 'missing-unit' ? 'give the unit of plain numbers: `unit=ms`' : values.help
  scanner.stop(values.slug, `${values.message} in ${quote(file.text)}`, at, { label: values.label, help })
}
