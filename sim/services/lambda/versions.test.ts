// Publishing: what a version is, which number it gets, and that it stays as it was.
import { expect, test } from 'vitest'
import { type Lab, MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { burst, part, steps, wait, waits, world } from '../../../test/lambda.ts'
import type { Instruction } from '../../parts/program.ts'
import { alias } from './alias.ts'
import type { LambdaFunction } from './function.ts'
import { version } from './version.ts'

const compute: Instruction = { op: 'compute', time: { kind: 'constant', value: 10 * MS } }
const handlers = (...programs: ReturnType<typeof steps>[]) => ({
  VersionHandlers: programs.map((program, i) => ({ number: i + 1, program })),
})

function made(config: object = {}, assumptions: Record<string, string> = {}): Lab {
  const work = part(waits(7 * MS), {}, assumptions)
  return world({
    Work: { ...work, config: { ...work.config, ...config } },
    One: { def: version, properties: { FunctionName: 'Work' } },
    Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: 'One', Name: 'prod' } },
  })
}

const publish = (at: Lab): string => at.ask('Work', 'lambda:PublishVersion').answer.Version
const change = (at: Lab, body: object = {}): string => at.ask('Work', 'lambda:UpdateFunctionCode', body).answer.Version
const took = (at: Lab, name: string, body: object = {}): number => {
  const from = at.now
  return (at.ask(name, 'lambda:InvokeFunction', body).at - from) / MS
}

test('numbers go up with each publication of something new; what has not changed is not published again [N.LAMBDA-31]', () => {
  const at = made()
  expect(publish(at)).toBe('1')
  expect([change(at), publish(at), publish(at)]).toEqual(['$LATEST', '2', '2'])
  at.ask('Work', 'lambda:UpdateFunctionConfiguration', { Timeout: 5 })
  expect(publish(at)).toBe('3')
  expect(change(at, { Publish: true })).toBe('4')
  expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '4' }).status).toBe('OK')
  expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '5' }).status).toBe('ResourceNotFoundException')
})

test('a function whose template publishes nothing begins with version 1 [N.LAMBDA-31]', () => {
  const at = world({ Work: part(waits(0)) })
  expect([publish(at), publish(at), change(at, { Publish: true })]).toEqual(['1', '1', '2'])
})

test('each version runs its own handler, and `$LATEST` the newest code [N.LAMBDA-30]', () => {
  const at = made(handlers(waits(10 * MS), waits(20 * MS), waits(30 * MS)))
  expect([took(at, 'Prod'), took(at, 'Work')]).toEqual([10, 7])
  change(at)
  expect([took(at, 'Prod'), took(at, 'Work')]).toEqual([10, 20])
  change(at, { Publish: true })
  change(at, { Publish: true })
  expect(['1', '2', '3'].map((Qualifier) => took(at, 'Work', { Qualifier }))).toEqual([10, 20, 30])
  expect(took(at, 'One')).toBe(10)
})

test('a version keeps its configuration when the function’s changes [N.LAMBDA-30]', () => {
  const work = part(steps(compute, wait(3 * SECOND)), { MemorySize: 1769, Timeout: 5 })
  const at = world({
    Work: work,
    One: { def: version, properties: { FunctionName: 'Work' } },
  })
  at.ask('Work', 'lambda:UpdateFunctionConfiguration', { MemorySize: 128, Timeout: 2 })
  expect(took(at, 'One')).toBe(3010)
  expect(took(at, 'Work')).toBe(2000)
  const answer = at.ask('Work', 'lambda:PublishVersion').answer
  expect(answer).toMatchObject({ Version: '2', MemorySize: 128, Timeout: 2 })
  expect(took(at, 'Work', { Qualifier: '2' })).toBe(2000)
})

test('a program without an answer of its own succeeds plainly beside one that returns [N.LAMBDA-30]', () => {
  const returns = steps({ op: 'return', value: { kind: 'constant', value: { statusCode: 418 } } })
  const at = made(handlers(steps(), returns))
  change(at, { Publish: true })
  expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '1' }).answer.Payload).toEqual({ statusCode: 200 })
  expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '2' }).answer.Payload).toEqual({ statusCode: 418 })
})

test('new code of the function itself runs in new environments; those of versions stay [N.LAMBDA-30]', () => {
  const at = made({}, { ColdStart: '500ms', ColdStartCpu: '0' })
  expect([took(at, 'One'), took(at, 'Work')]).toEqual([507, 507])
  change(at)
  expect([took(at, 'One'), took(at, 'Work')]).toEqual([7, 507])
})

test('events of a version that was published meanwhile are tried again like any others [LAM-40]', () => {
  const work = part(steps({ op: 'fail', error: 'Broken', catches: [] }))
  const at = world({ Work: work })
  publish(at)
  at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '1', InvocationType: 'Event' })
  at.run(4 * MINUTE).finish()
  expect(at.sum('Work', 'Invocations', { Resource: 'Work:1' })).toBe(3)
})

test('idle environments of every version end after their lifetime', () => {
  const at = made({}, { IdleLifetime: '60s', ColdStart: '500ms', ColdStartCpu: '0' })
  burst(at, 'One', 0, 2)
  burst(at, 'Work', 30 * SECOND, 2)
  const count = (): number => at.state<{ environments: { count: number } }>('Work').environments.count
  at.run(MINUTE + 507 * MS - 1)
  expect(count()).toBe(4)
  at.run(MINUTE + 507 * MS)
  expect(count()).toBe(2)
  at.run(90 * SECOND + 507 * MS)
  expect(count()).toBe(0)
})

test('a version that was published runs as it was, whatever becomes of `$LATEST` [N.LAMBDA-29]', () => {
  const work = part(waits(7 * MS))
  const at = world({ Work: { ...work, config: { ...work.config, ...handlers(waits(7 * MS), waits(20 * MS)) } } })
  expect(publish(at)).toBe('1')
  expect(change(at)).toBe('$LATEST')
  expect([took(at, 'Work', { Qualifier: '1' }), took(at, 'Work')]).toEqual([7, 20])
})

test('a version that no alias stands for can be deleted; the next one has a new number all the same [N.LAMBDA-31]', () => {
  const at = world({
    Work: part(waits(0)),
    Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod' } },
  })
  expect([change(at, { Publish: true }), change(at, { Publish: true })]).toEqual(['2', '3'])
  const remove = (Qualifier?: string): string => at.ask('Work', 'lambda:DeleteFunction', { Qualifier }).status
  expect(remove('1')).toBe('ResourceConflictException')
  expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '2' }).status).toBe('OK')
  expect([remove('2'), remove('2'), remove('9')]).toEqual([
    'OK',
    'ResourceNotFoundException',
    'ResourceNotFoundException',
  ])
  expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '2' }).status).toBe('ResourceNotFoundException')
  expect(at.state<LambdaFunction>('Work').environments.count).toBe(0)
  expect(change(at, { Publish: true })).toBe('4')
  expect([remove('$LATEST'), remove()]).toEqual(['InvalidParameterValueException', 'InvalidParameterValueException'])
})
