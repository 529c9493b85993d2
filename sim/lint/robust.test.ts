// Whatever a stranger writes in the place of any value, no lint falls over it.
import fc from 'fast-check'
import { test } from 'vitest'
import { parse, stringify } from 'yaml'
import { Problems } from '../diag/problem.ts'
import { loadScenario } from '../lang/scenario.ts'
import { lints } from './catalogue.ts'

/** Values that are of the wrong kind nearly everywhere. */
const STRANGE: readonly unknown[] = [
  ...[null, '', 'x', 0, -1, 1.5, 1e15, true, [], {}, [null], [[]], [{}], { a: null }, '*', 'arn:', 'arn:aws:sqs:::'],
  ...[
    { Ref: 'Jobs' },
    { Ref: 'Nobody' },
    { 'Fn::GetAtt': ['Jobs', 'Arn'] },
    { 'Fn::Sub': '${Jobs}-x' },
    { Ref: 'AWS::NoValue' },
  ],
  ...[['a', 1, null, {}], { constructor: 1 }, { toString: 'x' }, '{"States": {"A": null}}', '{{resolve:ssm:x}}'],
]

const ATTRIBUTES = { hotshard: { allow: ['x', 'lambda/recursion'] } }

/** The ways to all values of a tree but the types of resources, without which there is nothing to look at. */
function waysOf(tree: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof tree !== 'object' || tree === null) return [way]
  return [
    way,
    ...Object.entries(tree).flatMap(([key, value]) =>
      key === 'Type' && way.length === 2 ? [] : waysOf(value, [...way, key]),
    ),
  ]
}

function changed(tree: unknown, way: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = way
  if (step === undefined || typeof tree !== 'object' || tree === null) return value
  if (Array.isArray(tree)) return tree.map((item, i) => (String(i) === step ? changed(item, rest, value) : item))
  return { ...tree, [step]: changed((tree as Record<string, unknown>)[step], rest, value) }
}

/** CloudFormation's short forms as maps, so that the changed tree can be written again. */
function longForms(text: string): string {
  return text
    .replace(/!Ref (\w+)/g, '{ Ref: $1 }')
    .replace(/!GetAtt (\w+)\.(\w+)/g, '{ "Fn::GetAtt": [$1, $2] }')
    .replace(
      /!Sub ("[^"]*"|[\w/${}]+)/g,
      (_, what: string) => `{ "Fn::Sub": ${what.startsWith('"') ? what : `"${what}"`} }`,
    )
}

const trees = [...lints.values()].map(({ wrong }) => {
  const tree: unknown = parse(longForms(wrong), { maxAliasCount: 100 })
  return { tree, ways: waysOf(tree).filter((way) => way.length > 2) }
})

test('values of any kind', { timeout: 600_000 }, () => {
  const mutation = fc.record({ at: fc.nat(), value: fc.constantFrom(...STRANGE) })
  fc.assert(
    fc.property(
      fc.nat({ max: trees.length - 1 }),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      (which, mutations) => {
        const { tree, ways } = trees[which]!
        let mutated = tree
        for (const { at, value } of mutations) mutated = changed(mutated, ways[at % ways.length]!, value)
        const text = stringify({ ...(mutated as object), Metadata: ATTRIBUTES })
        loadScenario({ name: 'strange.yaml', text }, {}, new Problems())
      },
    ),
    { numRuns: process.env['SOAK'] === '1' ? 50_000 : 400, seed: 7 },
  )
})
