// Programs looked at without a run: what every run does, how long it takes at the least, what values are made of.
import { describe, expect, test } from 'vitest'
import { steps, wait } from '../../test/lambda.ts'
import type { Instruction, Template } from './program.ts'
import { leastTime } from './program-time.ts'
import { conditionalSteps, loopsAround, partOf, within } from './symbolic.ts'

const constant = (value: unknown): Template => ({ kind: 'constant', value })
const path = (...way: (string | number)[]): Template => ({ kind: 'path', path: way })
const map = (values: Record<string, Template>): Template => ({
  kind: 'map',
  keys: Object.keys(values),
  values: Object.values(values),
})
const compute = (us: number): Instruction => ({ op: 'compute', time: { kind: 'constant', value: us } })
const unless = (to: number): Instruction => ({ op: 'unless', condition: { kind: 'exists', of: path('x') }, to })
const jump = (to: number): Instruction => ({ op: 'jump', to })
const ONE = { compute: 1, wait: 1 }

describe('the least time of a program', () => {
  test('adds its steps, each by its weight', () => {
    expect(leastTime(steps(compute(100), wait(50)), ONE)).toBe(150)
    expect(leastTime(steps(compute(100), wait(50)), { compute: 14, wait: 0 })).toBe(1400)
  })

  test('takes the shorter branch, the cheapest choice and the longest of what is done at once', () => {
    expect(leastTime(steps(unless(3), wait(70), jump(4), wait(30), wait(5)), ONE)).toBe(35)
    const choose: Instruction = { op: 'choose', cumulative: [0.5, 1], to: [1, 3], purpose: 'p' }
    expect(leastTime(steps(choose, wait(70), jump(5), wait(30), jump(5), wait(5)), ONE)).toBe(35)
    const fork: Instruction = { op: 'parallel', branches: [1, 3], list: null, join: 5, catches: [] }
    expect(leastTime(steps(fork, wait(70), { op: 'end' }, wait(30), { op: 'end' }, wait(5)), ONE)).toBe(75)
  })

  test('goes through a loop once, and ends at a return', () => {
    const each: Instruction = { op: 'each', list: path('Records'), end: 3, reportFailures: false }
    expect(leastTime(steps(each, wait(40), { op: 'next', start: 1 }, wait(5)), ONE)).toBe(45)
    expect(leastTime(steps(wait(40), { op: 'return', value: constant(1) }, wait(5)), ONE)).toBe(40)
  })
})

test('steps in branches are conditional, those behind them are not, but for what stands behind a return', () => {
  expect([...conditionalSteps(steps(wait(1), unless(4), wait(2), jump(5), wait(3), wait(4)))].sort()).toEqual([2, 3, 4])
  const answer: Instruction = { op: 'return', value: constant(1) }
  expect([...conditionalSteps(steps(wait(1), unless(3), answer, wait(2)))].sort()).toEqual([2, 3, 4])
})

test('each step knows the innermost loop around it', () => {
  const outer: Instruction = { op: 'each', list: path('a'), end: 6, reportFailures: false }
  const inner: Instruction = { op: 'repeat', times: constant(2), end: 5 }
  const program = steps(wait(1), outer, wait(2), inner, wait(3), wait(4), wait(5))
  expect(loopsAround(program).map((loop) => loop?.op)).toEqual([
    undefined,
    undefined,
    'each',
    'each',
    'repeat',
    'each',
    undefined,
    undefined,
  ])
})

test('a value is what it is made of, wherever it was put together', () => {
  const event = map({ user: map({ id: constant('u7') }), text: constant('x') })
  expect(within(path('user', 'id'), event)).toEqual(constant('u7'))
  expect(within(map({ who: path('user'), no: path('nobody') }), event)).toEqual(
    map({ who: map({ id: constant('u7') }) }),
  )
  expect(within({ kind: 'text', parts: [constant('a#'), path('text')] }, event)).toEqual({
    kind: 'text',
    parts: [constant('a#'), constant('x')],
  })
  expect(within({ kind: 'text', parts: [path('nobody')] }, event)).toBeUndefined()
  expect(partOf(constant({ a: [{ b: 1 }] }), ['a', 0, 'b'])).toEqual(constant(1))
  expect(partOf(constant({}), ['constructor'])).toBeUndefined()
  expect(partOf({ kind: 'scoped', scope: event, of: map({ Item: path('user') }) }, ['Item', 'id'])).toEqual(
    constant('u7'),
  )
})
