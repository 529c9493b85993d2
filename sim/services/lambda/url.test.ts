// Function URLs: who is let in, and what becomes of the function's answer.
import { describe, expect, test } from 'vitest'
import { lab, type Lab, MINUTE, MS, type Part, SECOND } from '../../../test/kit.ts'
import { constant, part, steps, wait, waits } from '../../../test/lambda.ts'
import type { Program } from '../../parts/program.ts'
import { account } from './account.ts'
import { alias } from './alias.ts'
import { url } from './url.ts'

const everybody = {
  Action: 'lambda:InvokeFunctionUrl',
  FunctionName: 'Work',
  Principal: '*',
  FunctionUrlAuthType: 'NONE',
}
const returns = (value: unknown): Program => steps(wait(20 * MS), { op: 'return', value: constant(value) })

interface Setting {
  readonly handler?: Program
  readonly properties?: Record<string, unknown>
  readonly work?: Record<string, unknown>
  readonly permission?: Record<string, unknown> | null
  readonly more?: Record<string, Part>
}

function world({
  handler = waits(20 * MS),
  properties = {},
  work = {},
  permission = everybody,
  more = {},
}: Setting): Lab {
  const site = { def: url, properties: { TargetFunctionArn: 'Work', AuthType: 'NONE', ...properties } }
  return lab(
    { 'Sim::Lambda::Account': { def: account }, Work: part(handler, work), ...more, Site: site },
    {
      probe: [
        ['Site', 'http:GET'],
        ['Site', 'lambda:InvokeFunctionUrl'],
      ],
      beside: permission === null ? {} : { Open: { type: 'AWS::Lambda::Permission', config: permission } },
    },
  )
}
const get = (at: Lab, body: unknown = {}) => at.ask('Site', 'http:GET', body)

describe('a request', () => {
  test('waits for the function, whose answer with a status code is the client’s [N.LAMBDA-41]', () => {
    const at = world({ handler: returns({ statusCode: 201, body: 'made' }) })
    expect(get(at)).toMatchObject({ at: 20 * MS, status: 'OK', answer: { statusCode: 201, body: 'made' } })
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations')).toBe(1)
    expect(at.sum('Site', 'UrlRequestCount')).toBe(1)
    expect(at.points('Site', 'UrlRequestLatency')[0]).toMatchObject({ n: 1, sum: 20 * MS })
  })

  test.each([
    ['an object', { hello: 'world' }],
    ['a list', ['hello', 3, true]],
    ['a text', 'hello'],
    ['a number', 3],
  ])('gets %s without a status code as the body of a 200', (_, value) => {
    expect(get(world({ handler: returns(value) })).answer).toEqual({ statusCode: 200, body: value })
  })

  test('passes the client’s event on', () => {
    const handler = steps({ op: 'return', value: { kind: 'path', path: ['name'] } })
    expect(get(world({ handler }), { name: 'Ada' }).answer.body).toBe('Ada')
  })

  test('is 502 after a function error or a status code that is none, and is not tried again [LAM-20]', () => {
    const at = world({ handler: steps({ op: 'fail', error: 'Broken', catches: [] }) })
    expect(get(at)).toMatchObject({ http: 502, answer: { body: 'Internal Server Error' } })
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations')).toBe(1)
    expect(at.sum('Site', 'Url5xxCount')).toBe(1)
    expect(get(world({ handler: returns({ statusCode: 'ok' }) })).http).toBe(502)
  })

  test('is 429 when the function is throttled, and 413 when it is too large', () => {
    const at = world({ work: { ReservedConcurrentExecutions: 0 } })
    expect(get(at)).toMatchObject({ status: 'TooManyRequestsException', http: 429 })
    at.run(MINUTE).finish()
    expect(at.sum('Site', 'Url4xxCount')).toBe(1)
    expect(at.sum('Work', 'Throttles')).toBe(1)
    expect(get(world({}), 'x'.repeat(6 * 1_048_576)).http).toBe(413)
  })
})

describe('who is let in', () => {
  const status = (setting: Setting): number[] => {
    const at = world(setting)
    return [get(at).http, at.ask('Site', 'lambda:InvokeFunctionUrl').http]
  }

  test('everybody, with a permission for everybody', () => {
    expect(status({})).toEqual([200, 200])
  })

  test('nobody, where no policy of the function says so', () => {
    expect(status({ permission: null })).toEqual([403, 403])
    expect(status({ permission: { ...everybody, Principal: 'events.amazonaws.com' } })).toEqual([403, 403])
    expect(status({ permission: { ...everybody, Action: 'lambda:InvokeFunction' } })).toEqual([403, 403])
    expect(get(world({ permission: null })).answer.body).toContain('Forbidden')
  })

  test('whoever signs, where IAM decides', () => {
    expect(status({ properties: { AuthType: 'AWS_IAM' }, permission: null })).toEqual([403, 200])
  })

  test('a request that is refused runs nothing and is a client error', () => {
    const at = world({ permission: null })
    get(at)
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations')).toBe(0)
    expect(at.sum('Site', 'Url4xxCount')).toBe(1)
  })
})

describe('an alias', () => {
  const Live: Part = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'live' } }

  test('has an address of its own, and a policy of its own', () => {
    const of = (FunctionName: string): Lab =>
      world({ more: { Live }, properties: { Qualifier: 'live' }, permission: { ...everybody, FunctionName } })
    const at = of('Live')
    expect(get(at).http).toBe(200)
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations', { Resource: 'Work:live' })).toBe(1)
    expect(get(of('Work')).http).toBe(403)
  })

  test('that the function has not is refused', () => {
    expect(() => world({ properties: { Qualifier: 'live' } })).toThrow(/`Work` has no alias `live`/)
  })
})

describe('a streamed answer', () => {
  const MB = 1_048_576
  const answers = (bytes: number): Program => returns({ statusCode: 200, BodySize: bytes })
  const streams = (bytes: number, work: Record<string, unknown> = {}): Lab =>
    world({ handler: answers(bytes), properties: { InvokeMode: 'RESPONSE_STREAM' }, work })

  test('may have 200 MB where a whole one has 6: the first 6 MB at once, then 2 MB a second, and the environment is busy so long [LAM-21]', () => {
    expect(get(world({ handler: answers(6 * MB) }))).toMatchObject({ at: 20 * MS, http: 200 })
    expect(get(world({ handler: answers(6 * MB + 1) })).http).toBe(502)
    expect(get(streams(6 * MB))).toMatchObject({ at: 20 * MS, http: 200 })
    const at = streams(26 * MB)
    expect(get(at)).toMatchObject({ at: 20 * MS + 10 * SECOND, http: 200 })
    at.run(MINUTE).finish()
    expect(at.points('Work', 'Duration')[0]).toMatchObject({ n: 1, sum: 20 * MS + 10 * SECOND })
    expect(get(streams(200 * MB))).toMatchObject({ http: 200 })
    expect(get(streams(200 * MB + 1)).http).toBe(502)
  })

  test('is under the function’s time-out to its last byte', () => {
    expect(get(streams(26 * MB, { Timeout: 11 })).http).toBe(200)
    const at = streams(26 * MB, { Timeout: 10 })
    expect(get(at)).toMatchObject({ at: 10 * SECOND, http: 502 })
    expect(get(at).at).toBeGreaterThan(20 * SECOND - 1)
  })
})
