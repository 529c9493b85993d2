// The pieces of JSON Schema (draft-07) that the scenario's schema is made of, and the forms of small texts as patterns.
//
// The one idea: a value may always be a function of CloudFormation instead. A short form (`!Ref Name`, `!If [a, b, c]`) comes to a
// validator as a plain text or list, a long form as a map with one key, so a form refuses only what is neither.
import { DISTRIBUTION_NAMES } from '../lang/distribution.ts'

export interface Schema {
  readonly [keyword: string]: unknown
}

/** Keys of functions in their long form. */
export const FUNCTIONS: Schema = { '^(Ref$|Fn::)': {} }

const NUMBER = '\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?'
/** What a parameter's name, an attribute, a path or a text with `${…}` looks like. */
const REFERENCE = '[A-Za-z][\\w.:-]*|\\$[^{].*|\\$|.*\\$\\{.*'
const TIME_UNITS = 'us|µs|μs|ms|s|m|min|h|d'
/** Several parts add up: `4m30s`. */
const TIME = `(${NUMBER}\\s*(${TIME_UNITS})\\s*){1,5}`
const CALL = `(${DISTRIBUTION_NAMES.join('|')})\\s*\\(.*\\)`

const whole = (...forms: string[]): string => `^\\s*(${[...forms, REFERENCE].join('|')})\\s*$`

/** What holds for values of a form. */
export function when(test: Schema, consequence: Schema): Schema {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; nobody awaits a schema
  return { if: test, then: consequence }
}

/** A text of some form, 0, or a function. */
function text(pattern: string, expected: string): Schema {
  return {
    type: ['string', 'integer', 'object', 'array'],
    pattern,
    patternErrorMessage: `Expected ${expected}.`,
    ...when({ type: 'number' }, { const: 0, errorMessage: `Expected ${expected}.` }),
    minItems: 2,
    patternProperties: FUNCTIONS,
    additionalProperties: false,
  }
}

export const DURATION = text(whole('0', TIME), 'a time with its unit, such as 250ms, 3s or 5m')
export const MOMENT = text(
  whole('\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?Z?)?'),
  'a date of UTC such as 2026-01-05, or with a time 2026-01-05T08:00:00Z',
)
export const SIZE = text(whole('0', `${NUMBER}\\s*(B|KB|MB|GB|TB)`), 'a size with its unit, such as 900B, 4KB or 1MB')
export const RATE = text(
  whole('0', `${NUMBER}\\s*/\\s*(${TIME_UNITS})`),
  'a rate with its unit, such as 50/s or 3000/min',
)
export const TIMES = text(
  whole('0', TIME, CALL),
  'a time with its unit such as 20ms, or a distribution such as lognormal(p50=8ms, p99=40ms)',
)
export const NUMERIC: Schema = {
  type: ['number', 'string', 'object', 'array'],
  pattern: whole(NUMBER),
  patternErrorMessage: 'Expected a number without a unit.',
  minimum: 0,
  minItems: 2,
  patternProperties: FUNCTIONS,
  additionalProperties: false,
}
export const TEXT: Schema = { type: ['string', 'number', 'boolean', 'object', 'array'], minItems: 2 }
export const FLAG: Schema = { type: ['boolean', 'string', 'object', 'array'] }

/** One of some words, or a reference: names of parameters begin with a capital. */
export function words(list: readonly string[]): Schema {
  const figures = list.filter((word) => /^\d+$/.test(word)).map(Number)
  return {
    anyOf: [
      { enum: [...list, ...figures] },
      { type: ['string', 'object', 'array'], pattern: '^([A-Z].*|.*\\$\\{.*)$' },
    ],
  }
}

/** Words to propose where AWS may know more of them. */
export function proposed(list: readonly unknown[]): Schema {
  return { anyOf: [{ enum: list }, {}] }
}

/** A map with these members and no others; functions may stand in for it. */
export function closed(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return { type: 'object', properties, patternProperties: FUNCTIONS, additionalProperties: false, ...more }
}

/** Hover text: editors that know Markdown show `markdownDescription`. */
export function described(schema: Schema, doc: string): Schema {
  return { description: doc.replaceAll('`', ''), markdownDescription: doc, ...schema }
}

export const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` })
