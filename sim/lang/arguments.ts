// Matches what is written between a call's brackets with the parameters of what it names, and reads each by its kind.
//
// Arguments without a name fill the parameters in their order; after the first named one all are named.
import type { Slug } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { oneOf, quote } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import type { Argument, Call, Word } from './calls.ts'
import type { Piece, Scanner } from './scanner.ts'

export interface Parameters {
  /** Names in the order of arguments without a name. */
  readonly names: readonly string[]
  /** Those that may be left out. */
  readonly optional?: readonly string[]
  /** How it is written, for help. */
  readonly form: string
}

/** The arguments of one call by parameter name; each is read when asked for. */
export class Arguments {
  readonly call: Call
  readonly #given: ReadonlyMap<string, Argument>
  readonly #scanner: Scanner

  constructor(call: Call, parameters: Parameters, scanner: Scanner) {
    this.call = call
    this.#scanner = scanner
    this.#given = match(call, parameters, scanner)
  }

  has(name: string): boolean {
    return this.#given.has(name)
  }

  /** Reads one argument with a reader of quantities; it is there, or it is optional and the caller has asked `has`. */
  read<T>(name: string, reader: (text: string) => Outcome<T>): T {
    const word = this.word(name)
    return this.#scanner.accept(reader(word.text), word.quoted ? word.start + 1 : word.start)
  }

  word(name: string): Word {
    const { value } = this.#given.get(name) as Argument
    if (value.kind === 'word') return value
    this.#scanner.stop(
      'unexpected-call',
      `${quote(name)} takes a value, found ${quote(`${value.name.text}(...)`)}`,
      value,
    )
  }

  /** Stops at one argument, naming it as it was written. */
  refuse(slug: Slug, name: string, why: string, help?: string): never {
    const word = this.word(name)
    this.#scanner.stop(slug, `${quote(name)} is ${quote(word.text)}${why}`, word, { help })
  }
}

function match(call: Call, parameters: Parameters, scanner: Scanner): ReadonlyMap<string, Argument> {
  const { names, optional = [], form } = parameters
  const of = quote(call.name.text)
  const given = new Map<string, Argument>()
  let named = false
  for (const [index, argument] of call.args.entries()) {
    const { key, joint, value } = argument
    if (joint === ':')
      scanner.stop('unexpected-colon', `${of} takes no weights`, key!, { help: `write ${quote(form)}` })
    if (key === undefined) {
      if (named) {
        scanner.stop('unnamed-argument', 'an argument without a name follows one with a name', value, {
          help: `write ${quote(form)}`,
        })
      }
      if (index >= names.length) {
        const most =
          names.length === 0 ? 'no arguments' : names.length === 1 ? 'one argument' : `${names.length} arguments`
        scanner.stop('too-many-arguments', `${of} takes ${most}`, value, { help: `write ${quote(form)}` })
      }
      given.set(names[index]!, argument)
      continue
    }
    named = true
    if (!names.includes(key.text)) {
      const near = nearest(key.text, names)
      scanner.stop('unknown-argument', `${quote(key.text)} is not an argument of ${of}`, key, {
        label: near === undefined ? undefined : `did you mean ${quote(near)}?`,
        help: names.length === 0 ? `${of} takes no arguments` : `arguments are ${names.map(quote).join(', ')}`,
      })
    }
    if (given.has(key.text)) scanner.stop('duplicate-argument', `${quote(key.text)} is given twice`, key)
    given.set(key.text, argument)
  }
  const missing = names.filter((name) => !given.has(name) && !optional.includes(name))
  if (missing.length > 0) {
    scanner.stop('missing-argument', `${of} is missing ${missing.map(quote).join(' and ')}`, call, {
      help: `write ${quote(form)}`,
    })
  }
  return given
}

/** A name that is none of those possible, with the nearest of them. */
export function unknownName(
  slug: Slug,
  what: string,
  name: Piece,
  possible: readonly string[],
  scanner: Scanner,
): never {
  const near = nearest(name.text, possible)
  scanner.stop(slug, `${quote(name.text)} is not ${what}`, name, {
    label: near === undefined ? undefined : `did you mean ${quote(near)}?`,
    help: `expected ${oneOf(possible)}`,
  })
}

/** Weights are kept in units of 10^−12, so that a sum of decimals is exact. */
const WEIGHT_UNIT = 1e12
/** Thirds written with six digits still add up. */
const WEIGHT_SLACK = 1e6

/** Stops unless the weights add up to 1, within a millionth. */
export function checkWeights(call: Call, weights: readonly number[], scanner: Scanner): void {
  let total = 0
  for (const weight of weights) total += Math.round(weight * WEIGHT_UNIT)
  if (Math.abs(total - WEIGHT_UNIT) <= WEIGHT_SLACK) return
  scanner.stop(
    'weights-not-one',
    `the weights of ${quote(call.name.text)} add up to ${total / WEIGHT_UNIT}, not to 1`,
    call,
  )
}
