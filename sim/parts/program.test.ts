// Values and conditions of programs, and that no user's key reaches a prototype.
import { describe, expect, it } from 'vitest'
import { evaluate, follow, holds, purposesOf, withResult, type Streams, type Template } from './program.ts'
import { joinPrograms } from './program-join.ts'

const none: Streams = {
  get: () => {
    throw new Error('nothing is drawn here')
  },
  turn: () => 0,
}
const path = (...steps: (string | number)[]): Template => ({ kind: 'path', path: steps })
const constant = (value: unknown): Template => ({ kind: 'constant', value })

describe('values', () => {
  it('follow own members alone', () => {
    expect(follow({ a: [{ b: 7 }] }, ['a', 0, 'b'])).toBe(7)
    expect(follow({}, ['constructor', 'name'])).toBeUndefined()
    expect(follow([1, 2], ['length'])).toBe(2)
    expect(follow('text', ['length'])).toBeUndefined()
  })

  it('are built from lists, maps, texts and scopes', () => {
    const template: Template = {
      kind: 'map',
      keys: ['a', 'b', 'c'],
      values: [
        { kind: 'list', items: [path('n'), constant('x')] },
        { kind: 'text', parts: [constant('order#'), path('n'), constant('/'), path('none'), path('o')] },
        { kind: 'scoped', scope: path('o'), of: path('p') },
      ],
    }
    expect(evaluate(template, { n: 5, o: { p: 9 } }, none)).toEqual({ a: [5, 'x'], b: 'order#5/{"p":9}', c: 9 })
  })

  it('keep a member called __proto__ a member', () => {
    const made = evaluate({ kind: 'map', keys: ['__proto__'], values: [constant({ bad: 1 })] }, null, none) as object
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect((made as { bad?: number }).bad).toBeUndefined()
    const result = withResult({ a: 1 }, ['__proto__', 'bad'], 2) as { bad?: number }
    expect(result.bad).toBeUndefined()
    expect(({} as { bad?: number }).bad).toBeUndefined()
    expect(withResult({}, ['constructor', 'x'], 3)).toEqual({ constructor: { x: 3 } })
  })

  it('put a result beside what was there and change nothing that was there', () => {
    const scope = { a: { b: 1 }, c: 2 }
    expect(withResult(scope, ['a', 'd'], 3)).toEqual({ a: { b: 1, d: 3 }, c: 2 })
    expect(scope).toEqual({ a: { b: 1 }, c: 2 })
    expect(withResult([1], ['a'], 3)).toEqual({ a: 3 })
    expect(withResult(scope, [], 3)).toBe(3)
  })
})

describe('conditions', () => {
  const compare = (op: '<' | '>=' | '==' | '!=', left: unknown, right: unknown): boolean =>
    holds({ kind: 'compare', op, left: constant(left), right: constant(right) }, null, none)

  it('order numbers and texts, and nothing else', () => {
    expect(compare('<', 1, 2)).toBe(true)
    expect(compare('<', 'a', 'b')).toBe(true)
    expect(compare('<', '1', 2)).toBe(false)
    expect(compare('>=', '1', 0)).toBe(false)
    expect(compare('==', '1', 1)).toBe(false)
    expect(compare('!=', null, undefined)).toBe(true)
  })
})

describe('programs', () => {
  it('joined keep their jumps, loops, branches and catchers on their own code', () => {
    const catches = [{ errors: ['Bad'], goto: 3, depth: 0 }]
    const program = {
      returns: false,
      code: [
        { op: 'repeat', times: constant(2), end: 3 },
        { op: 'fail', error: 'Bad', catches },
        { op: 'next', start: 1 },
        { op: 'end' },
      ],
    } as const
    const { program: joined, starts } = joinPrograms([program, program])
    expect(starts).toEqual([0, 4])
    expect(joined.code[4]).toMatchObject({ end: 7 })
    expect(joined.code[5]).toMatchObject({ catches: [{ goto: 7, depth: 0 }] })
    expect(joined.code[6]).toMatchObject({ start: 5 })
  })

  it('name every stream that they draw from', () => {
    const sampler = { draw: () => 1 } as never
    const draws: Template = {
      kind: 'list',
      items: [
        { kind: 'draw', sampler, purpose: 'b' },
        { kind: 'draw', sampler, purpose: 'a' },
      ],
    }
    expect(purposesOf({ returns: true, code: [{ op: 'return', value: draws }, { op: 'end' }] })).toEqual(['a', 'b'])
  })
})
