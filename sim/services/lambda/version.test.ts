// Versions: called like their function, with environments of their own where they are provisioned.
import { expect, test } from 'vitest'
import { MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { burst, part, waits, world } from '../../../test/lambda.ts'
import { version } from './version.ts'

const work = part(waits(SECOND), { FunctionName: 'work' }, { ColdStart: '500ms', ColdStartCpu: '0' })

test('a version runs its function, and its metrics stand under its own number too [N.LAMBDA-31]', () => {
  const at = world({ Work: work, One: { def: version, properties: { FunctionName: 'Work' } } })
  expect(at.ask('One', 'lambda:InvokeFunction').at).toBe(1500 * MS)
  at.run(MINUTE).finish()
  expect([at.sum('Work', 'Invocations'), at.sum('Work', 'Invocations', { Resource: 'work:1' })]).toEqual([1, 1])
})

test('environments provisioned for a version serve it without a cold start, and what exceeds them spills over [LAM-36]', () => {
  const properties = { FunctionName: 'Work', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 } }
  const at = world({ Work: work, One: { def: version, properties } })
  burst(at, 'One', 0, 3)
  at.run(MINUTE)
  expect(at.answers.map((answer) => answer.at / MS)).toEqual([1000, 1000, 1500])
})

test('more than the function has reserved cannot be provisioned [LAM-36]', () => {
  const properties = { FunctionName: 'Work', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 6 } }
  const reserved = part(waits(SECOND), { ReservedConcurrentExecutions: 5 })
  expect(() => world({ Work: reserved, One: { def: version, properties } })).toThrow(/6 provisioned/)
})
