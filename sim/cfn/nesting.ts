// What may stand inside what: the functions that each function takes as its arguments, and those that conditions and rules take.
//
// Source: the section "supported functions" of each function's page in the template reference. Where a page names none
// (`Fn::Cidr`, `Fn::Length`), what gives the right kind of value is taken.
import type { Problems } from '../diag/problem.ts'
import { entries, isList, isMap } from './node.ts'
import type { Entry, Node } from './node.ts'

const texts = [
  'Ref',
  ...['Base64', 'FindInMap', 'GetAtt', 'GetStackOutput', 'If', 'ImportValue', 'Join', 'Length', 'Select', 'Sub'].map(
    fn,
  ),
  'Fn::ToJsonString',
]
const lists = ['Ref', ...['Cidr', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'Split'].map(fn)]
const known = ['Ref', 'Fn::FindInMap']
/** What is computed from parameters and mappings alone. */
const early = ['Ref', ...['FindInMap', 'Join', 'Length', 'Select', 'Split', 'Sub', 'ToJsonString'].map(fn)]
const conditions = ['Condition', ...['And', 'Equals', 'Not', 'Or'].map(fn)]
/** Functions that only the assertions of rules know. */
export const ruleFunctions = ['Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll'].map(fn)

interface Place {
  readonly takes: readonly string[]
  /** With the language extensions, if that is more. */
  readonly extended?: readonly string[]
  /** Where in the argument: in words. */
  readonly words: string
}

function fn(name: string): string {
  return `Fn::${name}`
}

const anyText = { takes: texts, words: 'text' }
const nothing = { takes: [], extended: texts }

/** The places of each function's arguments; the last one stands for all that follow. Absent: anything goes. */
const places: ReadonlyMap<string, readonly Place[]> = new Map<string, readonly Place[]>([
  ['Ref', [{ ...nothing, words: 'name' }]],
  ['Fn::Base64', [anyText]],
  ['Fn::Cidr', [{ ...anyText, words: 'argument' }]],
  ['Fn::FindInMap', [{ takes: known, extended: [...early, 'Fn::If'], words: 'argument' }]],
  [
    'Fn::GetAtt',
    [
      { ...nothing, words: 'resource' },
      { takes: ['Ref'], extended: texts, words: 'attribute' },
    ],
  ],
  ['Fn::GetAZs', [{ takes: ['Ref'], extended: texts, words: 'region' }]],
  ['Fn::If', [{ takes: [], words: 'condition' }]],
  [
    'Fn::ImportValue',
    [{ takes: texts.filter((name) => !['Fn::GetAtt', 'Fn::ImportValue'].includes(name)), words: 'name' }],
  ],
  [
    'Fn::Join',
    [
      { takes: [], words: 'delimiter' },
      { takes: [...texts, ...lists], words: 'list' },
    ],
  ],
  [
    'Fn::Select',
    [
      { takes: known, extended: texts, words: 'index' },
      { takes: [...lists, 'Fn::Select', 'Fn::ImportValue'], words: 'list' },
    ],
  ],
  [
    'Fn::Split',
    [
      { takes: [], words: 'delimiter' },
      { takes: texts, words: 'text' },
    ],
  ],
  [
    'Fn::Sub',
    [
      { takes: [], words: 'text' },
      { takes: texts, words: 'map of values' },
    ],
  ],
  ['Fn::Length', [{ takes: [...lists, 'Fn::Select'], words: 'list' }]],
  ['Fn::Not', [{ takes: [...conditions, ...ruleFunctions], words: 'condition' }]],
  ['Fn::And', [{ takes: [...conditions, ...ruleFunctions], words: 'list of conditions' }]],
  ['Fn::Or', [{ takes: [...conditions, ...ruleFunctions], words: 'list of conditions' }]],
  ['Fn::Equals', [{ takes: [...early, ...ruleFunctions], words: 'list of values' }]],
])

/** A function in a literal list (or, of `Fn::Sub`, in its map) stands for one text of it, not for the whole. */
const itemTakes = texts

/** Reports the functions among a call's arguments that AWS does not take there; true when all may stand where they stand. */
export function checkNesting(call: Entry, hasExtensions: boolean, problems: Problems): boolean {
  const known = places.get(call.key)
  if (known === undefined) return true
  let fits = true
  for (const { position, name, span, inList } of functionsIn(call)) {
    const place = known[Math.min(position, known.length - 1)]!
    // Whatever follows the condition of `Fn::If` is a value like any other.
    if (call.key === 'Fn::If' && position > 0) continue
    // Macros are run before any function is looked at.
    if (name === 'Fn::Transform') continue
    const takes = inList ? itemTakes : hasExtensions ? (place.extended ?? place.takes) : place.takes
    if (takes.includes(name)) continue
    fits = false
    const needsExtensions = !hasExtensions && !inList && place.extended?.includes(name) === true
    const help =
      takes.length === 0
        ? `it is written out${needsExtensions ? ', or the template names `Transform: AWS::LanguageExtensions`' : ''}`
        : needsExtensions
          ? 'add `Transform: AWS::LanguageExtensions`'
          : `it takes ${takes.map((each) => `\`${each}\``).join(', ')}`
    const message = `\`${name}\` cannot stand in the ${place.words} of \`${call.key}\``
    problems.error('function-not-here', message, span, { help })
  }
  return fits
}

interface Placed {
  readonly position: number
  readonly name: string
  readonly span: Entry['keySpan']
  readonly inList: boolean
}

/** The calls that are arguments of a call, or stand in a literal list (of `Fn::Sub`: map) that is one. */
function functionsIn(call: Entry): readonly Placed[] {
  const found: Placed[] = []
  const several = isList(call.value) && call.key !== 'Fn::Length' && call.key !== 'Fn::Base64'
  const all: readonly Node[] = several && isList(call.value) ? call.value.items : [call.value]
  for (const [position, argument] of all.entries()) {
    const own = nameOf(argument)
    if (own !== undefined) {
      found.push({ position, name: own.key, span: own.keySpan, inList: false })
      continue
    }
    if (!['Fn::Join', 'Fn::Select', 'Fn::Sub', 'Fn::Length'].includes(call.key)) continue
    const inner = isList(argument)
      ? argument.items
      : call.key === 'Fn::Sub'
        ? entries(argument).map((each) => each.value)
        : []
    for (const item of inner) {
      const name = nameOf(item)
      if (name !== undefined) found.push({ position, name: name.key, span: name.keySpan, inList: true })
    }
  }
  return found
}

/** As `callOf`, conditions included. */
function nameOf(node: Node): Entry | undefined {
  if (!isMap(node) || node.pairs.size !== 1) return undefined
  const [entry] = node.pairs.values()
  const isCall =
    entry !== undefined && (entry.key === 'Ref' || entry.key === 'Condition' || entry.key.startsWith('Fn::'))
  return isCall ? entry : undefined
}
