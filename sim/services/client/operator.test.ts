// Actions at their times, beside one another, with what came of each.
import { expect, test } from 'vitest'
import { HOUR, lab, type Lab, MS, SECOND } from '../../../test/kit.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import { server, type Server } from '../http/server.ts'
import { operator, type Operator, type OperatorAction } from './operator.ts'

const get: Instruction = {
  op: 'call',
  to: 'Server',
  action: 'http:GET',
  body: { kind: 'constant', value: {} },
  arg: 0,
  resultPath: null,
  catches: [],
  label: 'http:GET on Server',
}
const wait = (us: number): Instruction => ({ op: 'wait', time: { kind: 'constant', value: us } })
const fail = (error: string): Instruction => ({ op: 'fail', error, catches: [] })
const steps = (...code: Instruction[]): Program => ({ code: [...code, { op: 'end' }], returns: false })

function operated(actions: readonly OperatorAction[], properties: Record<string, unknown> = {}): Lab {
  return lab({
    Server: { def: server, properties: { Workers: 1, ServiceTime: '10ms', ...properties } },
    Operator: { def: operator, config: { Actions: actions } },
  })
}

test('an action runs at its time and its outcome is kept with its name', () => {
  const at = operated([
    { at: 5 * SECOND, program: steps(get), label: 'look' },
    { at: 5 * SECOND, program: steps(wait(SECOND), fail('PaymentDeclined')), label: 'fail' },
  ])
  at.run(5 * SECOND - 1)
  expect(at.state<Operator>('Operator').outcomes).toEqual([])
  at.run(HOUR).finish()
  expect(at.state<Operator>('Operator').outcomes).toEqual([
    { at: 5 * SECOND, endedAt: 5 * SECOND + 10 * MS, label: 'look', status: 'OK' },
    { at: 5 * SECOND, endedAt: 6 * SECOND, label: 'fail', status: 'PaymentDeclined' },
  ])
  expect([at.sum('Operator', 'Actions'), at.sum('Operator', 'FailedActions')]).toEqual([2, 1])
})

test('an action is repeated at its interval, before and not at its end', () => {
  const at = operated([{ at: SECOND, every: 2 * SECOND, until: 7 * SECOND, program: steps(get), label: 'again' }]).run(
    HOUR,
  )
  expect(at.state<Operator>('Operator').outcomes.map((outcome) => outcome.at / SECOND)).toEqual([1, 3, 5])
})

test('its calls are retried, and an action that fails in the end says why [RET-01]', () => {
  const at = operated([{ at: 0, program: steps(get), label: 'doomed' }], { ErrorRate: 1 }).run(HOUR)
  expect(at.state<Server>('Server').requests).toBe(3)
  expect(at.state<Operator>('Operator').outcomes[0].status).toBe('InternalServerError')
})

test('programs that stand behind one another keep their own jumps, loops and branches', () => {
  const loop = steps(
    { op: 'repeat', times: { kind: 'constant', value: 3 }, end: 3 },
    get,
    { op: 'next', start: 1 },
    { op: 'unless', condition: { kind: 'exists', of: { kind: 'path', path: ['none'] } }, to: 5 },
    fail('never'),
    { op: 'parallel', branches: [6, 8], list: null, join: 10, catches: [] },
    get,
    { op: 'end' },
    get,
    { op: 'end' },
    { op: 'jump', to: 12 },
    fail('never'),
  )
  const at = operated([
    { at: 0, program: steps(wait(1), wait(1)), label: 'first' },
    { at: SECOND, program: loop, label: 'second' },
  ]).run(HOUR)
  expect(at.state<Server>('Server').requests).toBe(5)
  expect(at.state<Operator>('Operator').outcomes.map((outcome) => outcome.status)).toEqual(['OK', 'OK'])
})
