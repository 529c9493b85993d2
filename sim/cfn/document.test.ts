// What a text becomes: places, scalars, short forms, and everything that is refused.
import { expect, test } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { defaultLimits, parseDocument, templateLimits } from './document.ts'
import { at, entries, get, isScalar, toJs } from './node.ts'
import type { Node } from './node.ts'

function parse(text: string, limits = defaultLimits): { node: Node | undefined; problems: Problems } {
  const problems = new Problems()
  return { node: parseDocument({ name: 'test.yaml', text }, problems, limits), problems }
}

const js = (text: string): unknown => JSON.parse(JSON.stringify(toJs(parse(text).node as Node)))
const slugs = (text: string): string[] => parse(text).problems.list.map((problem) => problem.slug)

test('every value and key knows where it stands', () => {
  const text = 'A:\n  B: 30\n'
  const map = at(parse(text).node, 'A')
  const [entry] = entries(map)
  expect(text.slice(entry?.keySpan.start, entry?.keySpan.end)).toBe('B')
  expect(text.slice(entry?.value.span.start, entry?.value.span.end)).toBe('30')
})

test('plain scalars are read as CloudFormation reads them: dates, leading zeros and DynamoDB types stay texts', () => {
  expect(js('A: [2012-10-17, 012345678912, N, "30", 30, 1.50, true, no, ~, 12e45]')).toEqual({
    A: ['2012-10-17', '012345678912', 'N', '30', 30, 1.5, true, false, null, '12e45'],
  })
})

test('a number keeps the text that its author wrote', () => {
  const value = get(parse('A: 0.10').node, 'A')
  expect(isScalar(value) && value.text).toBe('0.10')
})

test('short forms become long forms, and only the first dot parts a resource from its attribute [CFN-R1, CFN-R11]', () => {
  expect(js('{ A: !Ref X, B: !GetAtt N.Outputs.U, C: !Sub "${X}", D: !Condition Y, E: !If [C, 1, 2] }')).toEqual({
    ...{ A: { Ref: 'X' }, B: { 'Fn::GetAtt': ['N', 'Outputs.U'] }, C: { 'Fn::Sub': '${X}' } },
    ...{ D: { Condition: 'Y' }, E: { 'Fn::If': ['C', 1, 2] } },
  })
})

test('two short forms in a row are read, leniently [CFN-R1]', () => {
  expect(js('A:\n  !Base64\n    Fn::Sub: x\n')).toEqual({ A: { 'Fn::Base64': { 'Fn::Sub': 'x' } } })
})

test('JSON is read, with tabs and exponents', () => {
  expect(js('{\n\t"A": [1e3, "x\\/y"],\n\t"B": {}\n}')).toEqual({ A: [1000, 'x/y'], B: {} })
})

test('JSON pasted into YAML may be indented less than its key', () => {
  expect(js('A:\n    B:\n      {\n  "C": [1,\n 2]\n  }\nD: 1\n')).toEqual({ A: { B: { C: [1, 2] } }, D: 1 })
})

test('aliases and merges are followed', () => {
  expect(js('A: &a { x: 1, y: 2 }\nB: { <<: *a, y: 3 }\nC: *a\n')).toEqual({
    A: { x: 1, y: 2 },
    B: { x: 1, y: 3 },
    C: { x: 1, y: 2 },
  })
})

test('aliases that multiply are stopped', () => {
  let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
  for (let i = 1; i < 12; i++) text += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]\n`
  expect(slugs(text)).toContain('document-too-large')
})

test('depth and size are bounded', () => {
  expect(slugs('['.repeat(200) + ']'.repeat(200))).toEqual(['document-too-deep'])
  expect(slugs('['.repeat(100_000))).toContain('document-too-deep')
  expect(slugs(`a: ${'x'.repeat(defaultLimits.size)}`)).toEqual(['document-too-large'])
  expect(slugs(`a: [${'0,'.repeat(defaultLimits.nodes)}0]`)).toEqual(['document-too-large'])
  expect(slugs('#\n'.repeat(defaultLimits.lines + 1))).toEqual(['document-too-large'])
})

test('what is beyond a bound is not read to its end', () => {
  for (const text of [
    '['.repeat(1_000_000),
    '- '.repeat(500_000),
    '? '.repeat(500_000),
    'a: "b" c: d\n'.repeat(80_000),
  ]) {
    const before = performance.now()
    expect(slugs(text)).toEqual(['document-too-deep'])
    expect(performance.now() - before).toBeLessThan(1000)
  }
})

test('a place behind the end of the text becomes its end', () => {
  for (const text of [
    'A: "x',
    'A: {b: 1',
    'A: [',
    'A:\n  - b\n c',
    '? a\n: b\nc',
    '%YAML 1.2\n',
    'A: |9\n',
    '- a\n b: c: d',
  ])
    for (const { span } of parse(text).problems.list) expect(span!.end, text).toBeLessThanOrEqual(text.length)
})

test('keys that could reach a prototype are refused', () => {
  const { node, problems } = parse('{ __proto__: { polluted: 1 }, constructor: 1, A: 2 }')
  expect(problems.list.map((problem) => problem.slug)).toEqual(['refused-key', 'refused-key'])
  expect(Object.keys(toJs(node as Node) as object)).toEqual(['A'])
  const made = toJs(node as Node) as Record<string, unknown>
  expect([made['toString'], made['constructor'], made['hasOwnProperty']]).toEqual([undefined, undefined, undefined])
  expect(String(made)).toBe('a map')
})

test('a key that stands twice is an error with both places; in a template the last one counts, but not in its simulation', () => {
  const { problems } = parse('A: 1\nB: 2\nA: 3\n')
  expect(problems.list).toMatchObject([
    { slug: 'duplicate-key', severity: 'error', span: { start: 10 }, also: [{ span: { start: 0 } }] },
  ])
  const template = parse('A: 1\nA: 3\nSimulation: { S: 1, S: 2 }\n', templateLimits)
  expect(template.problems.list.map((problem) => problem.severity)).toEqual(['warning', 'error'])
  expect(toJs(template.node as Node)).toMatchObject({ A: 3, Simulation: { S: 1 } })
})

test('all mistakes are reported, each at its place', () => {
  const { problems } = parse('A: !Reff X\nB: !Sbu y\nC: *none\n')
  expect(problems.list).toMatchObject([
    ...[
      { slug: 'unknown-tag', help: 'did you mean `!Ref`?' },
      { slug: 'unknown-tag', help: 'did you mean `!Sub`?' },
    ],
    { slug: 'unknown-alias', span: { start: 24 } },
  ])
  expect(slugs('A: [1, 2\nB: {\n')).toContain('yaml-syntax')
  expect(slugs('A: 1\n---\nB: 2\n')).toEqual(['several-documents'])
  expect(slugs('')).toEqual(['empty-document'])
})

test('two short forms on one value are told with the way to write them', () => {
  const problems = new Problems()
  parseDocument({ name: 'test.yaml', text: 'A: !Base64 !Sub x' }, problems)
  expect(problems.list).toMatchObject([{ slug: 'yaml-syntax', help: expect.stringContaining('Fn::Base64: !Sub') }])
})
