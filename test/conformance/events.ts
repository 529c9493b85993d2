// Event patterns: what AWS recorded, what its own engine says of patterns of real templates, and that engine's own cases.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { flawOfPattern } from '../../sim/parts/pattern-flaws.ts'
import { matches, type Pattern } from '../../sim/parts/patterns.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

interface Recorded {
  readonly name: string
  readonly event: unknown
  readonly pattern: Pattern
  readonly expected: 'match' | 'no-match' | 'exception'
  readonly aws_error?: { readonly exception_message: { readonly Error: { readonly Message: string } } }
}
interface Real {
  readonly pattern: Pattern
  readonly source: string
  /** Without `match` the engine took no pattern: an intrinsic stood in place of a list. */
  readonly events: readonly {
    readonly event: unknown
    readonly why: string
    readonly match?: boolean
  }[]
}
interface Ruler {
  readonly name: string
  readonly rule: Pattern
  readonly event: unknown
  readonly expected: boolean
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(CORPUS, 'conformance/events', name), 'utf8')) as T
}

/** What the model says, in the words of the recordings. */
function verdictOf(pattern: Pattern, event: unknown): Recorded['expected'] {
  if (flawOfPattern(pattern) !== undefined) return 'exception'
  return matches(pattern, event) ? 'match' : 'no-match'
}

function expectVerdict(pattern: Pattern, event: unknown, expected: Recorded['expected']): void {
  const verdict = verdictOf(pattern, event)
  if (verdict === expected) return
  const flaw = flawOfPattern(pattern)
  throw new Error(
    `expected ${expected}, found ${verdict}${flaw === undefined ? '' : ` (${flaw})`}: ${JSON.stringify(pattern)} on ${JSON.stringify(event)}`,
  )
}

const recorded = read<{ vectors: readonly Recorded[] }>('event_patterns.json').vectors
const cross = read<{ matches: Readonly<Record<string, readonly string[]>> }>('pattern_event_cross.json').matches
const real = read<{ vectors: readonly Real[] }>('real_patterns_truth.json').vectors
const ruler = read<{ vectors: readonly Ruler[] }>('ruler_correctness_cases.json').vectors
const byName = new Map(recorded.map((vector) => [vector.name, vector]))

const cases: Case[] = [
  ...recorded.flatMap((vector) => [
    {
      name: `recorded/${vector.name}`,
      run: () => expectVerdict(vector.pattern, vector.event, vector.expected),
    },
    ...(vector.aws_error === undefined
      ? []
      : [
          {
            name: `refused/${vector.name}`,
            run() {
              const told = `Event pattern is not valid. Reason: ${flawOfPattern(vector.pattern)}`
              const { Message: wanted } = vector.aws_error!.exception_message.Error
              if (told !== wanted) throw new Error(`expected \`${wanted}\`, found \`${told}\``)
            },
          },
        ]),
  ]),
  ...Object.entries(cross).map(([name, wanted]) => ({
    name: `cross/${name}`,
    run() {
      const { pattern } = byName.get(name)!
      const found = recorded.filter(({ event }) => verdictOf(pattern, event) === 'match').map((vector) => vector.name)
      const wrong = [
        ...found.filter((each) => !wanted.includes(each)).map((each) => `matches ${each}`),
        ...wanted.filter((each) => !found.includes(each)).map((each) => `does not match ${each}`),
      ]
      if (wrong.length > 0) throw new Error(`${JSON.stringify(pattern)} ${wrong.join(', ')}`)
    },
  })),
  ...real.flatMap(({ pattern, source, events }, i) =>
    events.map(({ event, why, match }, j) => ({
      name: `real/${i}.${j} ${source}: ${why}`,
      run: () => expectVerdict(pattern, event, match === undefined ? 'exception' : match ? 'match' : 'no-match'),
    })),
  ),
  ...ruler.map(({ name, rule, event, expected }, i) => ({
    name: `ruler/${i} ${name}`,
    run: () => expectVerdict(rule, event, expected ? 'match' : 'no-match'),
  })),
]

const suite: Suite = { name: 'events', cases }
export default suite
