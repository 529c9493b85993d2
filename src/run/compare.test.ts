// Two runs in numbers: what is compared, and which way is better.
import { expect, test } from 'vitest'
import type { Outcomes } from '../sim.ts'
import { compare } from './compare.ts'

const client = 'Sim::Client::Workload'
const outcomes = (resources: unknown[]): Outcomes => ({
  digest: '',
  events: 0,
  requests: 0,
  insights: [],
  report: { resources },
})
const resource = (name: string, type: string, throttled: number, failed: number, p99: number, failures = 0) => ({
  name,
  type,
  throttled,
  failed,
  latency: { p99, unit: 'Milliseconds' },
  metrics: [{ name: 'Failures', sum: failures }],
})

test('less is better, a fiftieth is no difference, and what never happened is not told', () => {
  const before = outcomes([
    resource('Buyers', client, 0, 0, 1400, 12_130),
    resource('Buy', 'AWS::Lambda::Function', 500, 7, 700),
    resource('Gone', 'X', 5, 5, 1),
  ])
  const after = outcomes([
    resource('Buyers', client, 0, 0, 96, 0),
    resource('Buy', 'AWS::Lambda::Function', 800, 7, 705),
    resource('New', 'X', 5, 5, 1),
  ])
  expect(compare(before, after)).toEqual([
    { name: 'Buyers failures', before: '12,130', after: '0', verdict: 'better' },
    { name: 'Buyers p99', before: '1.4 s', after: '96 ms', verdict: 'better' },
    { name: 'Buy refused', before: '500', after: '800', verdict: 'worse' },
    { name: 'Buy errors', before: '7', after: '7', verdict: 'equal' },
    { name: 'Buy p99', before: '700 ms', after: '705 ms', verdict: 'close' },
  ])
})

test('the bill is compared: the whole first, then by resource', () => {
  const of = (month: number, work: number): Outcomes => {
    const known = outcomes([])
    const bill = { month, resources: [{ resource: 'Work', month: work }] }
    return { ...known, report: { ...(known.report as object), bill } }
  }
  expect(compare(of(1204.5, 10), of(900, 10))).toEqual([
    { name: 'cost of a month', before: '1,204.50 USD', after: '900.00 USD', verdict: 'better' },
    { name: 'Work: cost of a month', before: '10.00 USD', after: '10.00 USD', verdict: 'equal' },
  ])
})
