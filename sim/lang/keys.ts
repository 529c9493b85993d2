// Keys as people write them: which tenant, order or partition key a request names, and what the key is called.
//
// The one idea: the engine draws an index, and the text of a key follows from its index alone, so that the same tenant
// has the same name wherever it comes up.

import { keyDistributionProblem } from '../engine/keys.ts'
import type { KeyDistribution } from '../engine/keys.ts'
import { Arguments, checkWeights, unknownName } from './arguments.ts'
import type { Parameters } from './arguments.ts'
import { readingCall } from './calls.ts'
import type { Call, Word } from './calls.ts'
import { quote } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { parseCount, parseNumber, parseShare } from './quantity.ts'
import type { Scanner } from './scanner.ts'

/** How the index of a key becomes its text. */
export type KeyNames =
  /** `tenant-1`, `tenant-2`, …; index 0 may have a name of its own, whose number no other key takes. */
  | {
      readonly kind: 'numbered'
      readonly prefix: string
      /** Digits are filled up with zeros to this width. */
      readonly width: number
      readonly hot: { readonly name: string; readonly number: number } | undefined
    }
  | { readonly kind: 'listed'; readonly names: readonly string[] }
  | { readonly kind: 'uuid' }

export interface KeySpec {
  readonly distribution: KeyDistribution
  readonly names: KeyNames
}

const FORMS: Readonly<Record<Exclude<KeyDistribution['kind'], 'choice'>, Parameters>> = {
  zipf: { names: ['n', 's', 'prefix'], optional: ['s', 'prefix'], form: 'zipf(n=, s=)' },
  hot: { names: ['key', 'share', 'of'], optional: ['key'], form: 'hot(key=, share=, of=)' },
  uniform: { names: ['n', 'prefix'], optional: ['prefix'], form: 'uniform(n=)' },
  sequence: { names: ['prefix'], optional: ['prefix'], form: 'sequence' },
  uuid: { names: [], form: 'uuid' },
}

/** The names of all ways to choose keys, for messages and editors. */
export const KEY_NAMES: readonly string[] = [...Object.keys(FORMS), 'choice']

/**
 * Reads how keys are chosen. `prefix` is what numbered keys begin with unless the text says otherwise: with `tenant-` they
 * are `tenant-1`, `tenant-2`, and so on. `hot(key=tenant-7, share=0.6, of=1000)` chooses among tenant-1 … tenant-1000 and
 * takes the seventh in six of ten cases. Without `s`, `zipf` has s = 1.
 */
export function parseKeys(text: string, prefix = 'key-'): Outcome<KeySpec> {
  return readingCall(text, (value, scanner) => {
    const made = meaning(value, prefix, scanner)
    const problem = keyDistributionProblem(made.distribution)
    if (problem !== undefined) scanner.stop('out-of-range', problem, value)
    return made
  })
}

/** Whether a text chooses keys: `uniform` does when it names `n`, and otherwise is a distribution of quantities. */
export function choosesKeys(text: string): boolean {
  const name = /^\s*([A-Za-z]+)\s*(\(\s*n\s*=|\(|$)/.exec(text)
  if (name === null) return false
  switch (name[1]) {
    case 'uniform':
      return /n\s*=$/.test(name[2]!)
    case 'sequence':
    case 'uuid':
      return true
    default:
      return KEY_NAMES.includes(name[1]!) && name[2] !== ''
  }
}

function meaning(value: Word | Call, prefix: string, scanner: Scanner): KeySpec {
  const name = value.kind === 'word' ? value : value.name
  const kind = name.text as KeyDistribution['kind']
  if (!KEY_NAMES.includes(kind)) unknownName('unknown-keys', 'a way to choose keys', name, KEY_NAMES, scanner)
  const call: Call = value.kind === 'call' ? value : { kind: 'call', name, args: [], start: name.start, end: name.end }
  if (kind === 'choice') return choice(call, scanner)
  const args = new Arguments(call, FORMS[kind], scanner)
  const numbered = (): KeyNames => {
    const own = args.has('prefix') ? args.word('prefix').text : undefined
    return { kind: 'numbered', prefix: own ?? (kind === 'sequence' ? '' : prefix), width: 0, hot: undefined }
  }
  switch (kind) {
    case 'zipf': {
      const s = args.has('s') ? args.read('s', parseNumber) : 1
      if (s > 100) args.refuse('out-of-range', 's', '; it lies in 0..100')
      return { distribution: { kind, n: size(args, 'n', 1_000_000), s }, names: numbered() }
    }
    case 'uniform':
      return { distribution: { kind, n: size(args, 'n', 4_294_967_296) }, names: numbered() }
    case 'hot': {
      const share = args.read('share', parseShare)
      const of = size(args, 'of', 4_294_967_296)
      return {
        distribution: { kind, share, of },
        names: hotNames(args.has('key') ? args.word('key').text : `${prefix}1`),
      }
    }
    case 'sequence':
      return { distribution: { kind }, names: numbered() }
    case 'uuid':
      return { distribution: { kind }, names: { kind: 'uuid' } }
  }
}

function size(args: Arguments, name: string, most: number): number {
  const value = args.read(name, parseCount)
  if (value < 1 || value > most) args.refuse('out-of-range', name, `; it lies in 1..${most}`)
  return value
}

/** A hot key that ends in a number stands among its kind; any other is followed by `name-2`, `name-3`, … */
function hotNames(name: string): KeyNames {
  const digits = /\d{1,9}$/.exec(name)?.[0] ?? ''
  if (digits === '') return { kind: 'numbered', prefix: `${name}-`, width: 0, hot: { name, number: 1 } }
  const width = digits.startsWith('0') ? digits.length : 0
  return { kind: 'numbered', prefix: name.slice(0, -digits.length), width, hot: { name, number: Number(digits) } }
}

function choice(call: Call, scanner: Scanner): KeySpec {
  const form = 'choice(a: 0.7, b: 0.3)'
  const names: string[] = []
  const weights: number[] = []
  for (const { key, joint, value } of call.args) {
    if (key === undefined || joint !== ':' || value.kind === 'call') {
      scanner.stop('missing-weight', 'a key of `choice` has no weight', value, { help: `write ${quote(form)}` })
    }
    if (names.includes(key.text)) scanner.stop('duplicate-argument', `${quote(key.text)} is given twice`, key)
    names.push(key.text)
    weights.push(scanner.accept(parseShare(value.text), value.start))
  }
  if (names.length === 0)
    scanner.stop('missing-argument', '`choice` is missing its keys', call, { help: `write ${quote(form)}` })
  checkWeights(call, weights, scanner)
  return { distribution: { kind: 'choice', weights }, names: { kind: 'listed', names } }
}

/** The text of the key with an index; different indices have different texts. */
export function keyName(names: KeyNames, index: number): string {
  switch (names.kind) {
    case 'listed':
      return names.names[index]!
    case 'uuid':
      return uuidOf(index)
    case 'numbered': {
      const { prefix, width, hot } = names
      if (hot === undefined) return prefix + String(index + 1).padStart(width, '0')
      if (index === 0) return hot.name
      const number = index < hot.number || hot.number === 0 ? index : index + 1
      return prefix + String(number).padStart(width, '0')
    }
  }
}

/** A number in 0..2^53−1 as a UUID of version 4: 53 of its bits are the number's, mixed one to one; the rest follow. */
function uuidOf(index: number): string {
  const low = mix(index >>> 0)
  const high = (Math.floor(index / 4294967296) ^ low) & 0x1fffff
  const c = mix(low ^ Math.imul(high, 0x9e3779b1))
  const d = mix(c + high)
  const version = 0x4000 | ((high & 31) << 7) | (c >>> 25)
  const clock = 0x8000 | (c & 0x3fff)
  return `${four(low >>> 16)}${four(low)}-${four(high >>> 5)}-${four(version)}-${four(clock)}-${four(d >>> 16)}${four(d)}${four(c >>> 9)}`
}

/** Two rounds of multiplication and shift; one to one on 32 bits. */
function mix(word: number): number {
  let x = word | 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Four hexadecimal digits by 16 bits: a UUID is made for every request of many workloads, and this is six times as fast. */
const FOUR: string[] = []

function four(value: number): string {
  return (FOUR[value & 0xffff] ??= (value & 0xffff).toString(16).padStart(4, '0'))
}
