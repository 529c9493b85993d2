// Real results of experiments against their documented forms in `public`, and that the forms are strict and say what everything is.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { baselineOf, BASELINE_SCHEMA, baselineText } from '../sim/experiment/baseline.ts'
import type { Bundle } from '../sim/experiment/bundle.ts'
import { COMPARISON_SCHEMA, comparisonOf, sideOf } from '../sim/experiment/comparison.ts'
import { parseCondition } from '../sim/experiment/conditions.ts'
import { replicationsOf, REPLICATIONS_SCHEMA } from '../sim/experiment/replications.ts'
import { Runner } from '../sim/experiment/runner.ts'
import type { Outcome } from '../sim/experiment/types.ts'

const TEXT = `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  WarmUp: 10s
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 15/s } }
  Expect: [max(Load.Latency) < 300 ms]
`
const BUNDLE: Bundle = { name: 'queue.yaml', text: TEXT, files: [], counts: true }
const outcomesOf = (bundle: Bundle, seeds: readonly string[]) => {
  const runner = new Runner(bundle)
  return seeds.map((seed) => runner.run({ settings: [], seed }))
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

interface Form {
  readonly type?: string
  readonly const?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Form>>
  readonly items?: Form
  readonly additionalProperties?: boolean | Form
}
const schemaOf = (name: string): Form =>
  JSON.parse(readFileSync(new URL(`../public/${name}.schema.json`, import.meta.url), 'utf8')) as Form

/** Members that nothing is said of, and objects that take anything. */
function vague(form: Form, place: string): string[] {
  return [
    ...(form.type === 'object' && form.additionalProperties === undefined ? [`${place} takes anything`] : []),
    ...Object.entries(form.properties ?? {}).flatMap(([name, member]) => [
      ...(member.description === undefined ? [`${place}.${name}`] : []),
      ...vague(member, `${place}.${name}`),
    ]),
    ...(form.items === undefined ? [] : vague(form.items, `${place}[]`)),
  ]
}

const outcomes = outcomesOf(BUNDLE, ['1', '2', '3', '4'])
const stopped = outcomesOf({ ...BUNDLE, text: `${TEXT}  Guards: { Events: 500 }\n` }, ['5'])
const replications = replicationsOf('queue.yaml', [['P', '1']], [...outcomes, ...stopped], 'repeat')
const changed = outcomesOf({ ...BUNDLE, text: TEXT.replace('Workers: 1', 'Workers: 2') }, ['1', '2', '3', '4'])
const conditions = [
  'p99(Load.Latency) +5%',
  'p99(Load.Latency) +1 s',
  'sum(Load.Failures) +5%',
  'p99(No.Latency) +5%',
].flatMap((text) => {
  const read = parseCondition(text)
  return read.ok ? [read.condition] : []
})
const compared = (before: readonly Outcome[], after: readonly Outcome[]) =>
  comparisonOf(sideOf('a.yaml', []), sideOf('a.yaml', [['P', '1']]), before, after, {
    conditions,
    notes: ['the baseline is stale'],
    reproduce: 'repeat',
  })
const comparisons = [
  compared([...outcomes, ...stopped], changed),
  compared(outcomes.slice(0, 1), changed),
  compared(outcomes, outcomes),
  compared([], changed),
]
const FORMS: readonly (readonly [name: string, version: string, values: readonly unknown[]])[] = [
  [
    'replications',
    REPLICATIONS_SCHEMA,
    [replications, replicationsOf('queue.yaml', [], outcomes.slice(0, 1), 'repeat'), replicationsOf('a', [], [], 'b')],
  ],
  ['comparison', COMPARISON_SCHEMA, comparisons],
  [
    'baseline',
    BASELINE_SCHEMA,
    [outcomes, []].map((runs) => JSON.parse(baselineText(baselineOf(BUNDLE, [], runs, '1', new Set()))) as unknown),
  ],
]

describe.each(FORMS)('%s', (name, version, values) => {
  const form = schemaOf(name)
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(form)

  test('has its version and says what everything is', () => {
    expect(form.properties!['schema']!.const).toBe(version)
    expect(vague(form, name)).toEqual([])
  })

  test('is the form of real results, and refuses what is not documented or missing', () => {
    for (const value of values) {
      const real = plain(value) as Record<string, unknown>
      expect(validate(real) ? [] : validate.errors).toEqual([])
      expect(validate({ ...real, more: 1 })).toBe(false)
      for (const member of Object.keys(real)) {
        const { [member]: _, ...rest } = real
        const isRequired = (form as { required?: string[] }).required!.includes(member)
        expect(validate(rest), member).toBe(!isRequired)
      }
    }
  })
})
