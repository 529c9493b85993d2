// Tests of the fact counter: how ids are read off titles, and what counts as shown.
import { describe, expect, test } from 'vitest'
import { measure } from './coverage.ts'
import { compareIds, groupOf, idsOf, readKnown, type Known } from './ids.ts'
import { parseReport } from './report.ts'

const known: Known = {
  facts: [
    { id: 'N.A-01', area: 'A', kind: 'behaviour', fact: 'One.' },
    { id: 'N.A-02', area: 'A', kind: 'behaviour', fact: 'One again.', same_as: 'N.A-01' },
    { id: 'N.A-03', area: 'A', kind: 'reference', fact: 'A comparison.' },
    { id: 'N.A-04', area: 'A', kind: 'quota', fact: 'Four.' },
  ],
  rules: ['SQS-04', 'SQS-V4'],
  rows: [{ row: 1, system: 'A', facts: ['N.A-02', 'N.A-03', 'N.A-04'] }],
}
const passed = (title: string) => ({ file: 'a.test.ts', title, passed: true })

describe('ids in titles', () => {
  test('stand in brackets at the end', () => {
    expect(idsOf('a message returns after 30 s [N.SQS-22, SQS-04]')).toEqual(['N.SQS-22', 'SQS-04'])
    expect(idsOf('a plan of a table [N.DYNAMODB-TX-01, DDB-V19b, DDB-R10]')).toEqual([
      'N.DYNAMODB-TX-01',
      'DDB-V19b',
      'DDB-R10',
    ])
    expect(idsOf('[SQS-04] is shown here')).toEqual([])
    expect(idsOf('keeps the order of [3, 1, 2]')).toEqual([])
  })

  test('come whole from a list with a slip, so that the slip is found', () => {
    expect(idsOf('shows two [SQS-04, SQS 05]')).toEqual(['SQS-04', 'SQS 05'])
  })

  test('sort by family, kind and number, and tell their group', () => {
    expect(['SQS-V4', 'SQS-10', 'LAM-V1', 'SQS-9'].sort(compareIds)).toEqual(['LAM-V1', 'SQS-9', 'SQS-10', 'SQS-V4'])
    expect([groupOf('N.LAMBDA-ESM-04'), groupOf('SQS-V4'), groupOf('DDB-R10')]).toEqual(['LAMBDA-ESM', 'SQS', 'DDB'])
  })
})

describe('coverage', () => {
  test('counts a repetition through the entry that it repeats and asks nothing of reference entries', () => {
    const coverage = measure(known, [passed('one [N.A-01]')])
    expect(coverage.rows[0].missing).toEqual(['N.A-04'])
    expect(coverage.areas).toEqual([{ name: 'A', total: 4, simulated: 2, shown: 1 }])
  })

  test('counts nothing from a test that failed', () => {
    const coverage = measure(known, [{ ...passed('four [N.A-04, SQS-04]'), passed: false }])
    expect(coverage.rows[0].missing).toContain('N.A-04')
    expect(coverage.families).toEqual([{ name: 'SQS', total: 2, simulated: 2, shown: 0 }])
    expect(coverage.failed).toBe(1)
  })

  test('reports ids that nobody knows', () => {
    const coverage = measure(known, [passed('five [N.A-05, SQS-V4]')])
    expect(coverage.unknown).toEqual([{ id: 'N.A-05', test: 'a.test.ts: five [N.A-05, SQS-V4]' }])
  })
})

test('a report is read by title, file and outcome', () => {
  const text = JSON.stringify({
    startTime: 0,
    testResults: [
      { name: '/checkout/sim/a.test.ts', assertionResults: [{ title: 't', fullName: 'd t', status: 'skipped' }] },
    ],
  })
  expect(parseReport('/checkout', text)).toEqual([{ file: 'sim/a.test.ts', title: 't', passed: false }])
})

test('the lists agree: every row of the systems table and every repetition names a fact', () => {
  const lists = readKnown(import.meta.dirname)
  const ids = new Set(lists.facts.map((fact) => fact.id))
  expect(ids.size).toBe(lists.facts.length)
  expect(lists.facts.filter((fact) => fact.same_as !== undefined && !ids.has(fact.same_as))).toEqual([])
  expect(lists.rows.flatMap((row) => row.facts).filter((id) => !ids.has(id))).toEqual([])
  expect(new Set(lists.rules).size).toBe(lists.rules.length)
  expect(lists.rules).toEqual([...lists.rules].sort(compareIds))
  for (const id of ['SQS-V4', 'LAM-V1', 'DDB-V19b', 'CFN-V1', 'RET-20', 'CW-24', 'SAM-R3', 'API-10'])
    expect(lists.rules).toContain(id)
})
