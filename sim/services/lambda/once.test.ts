// Set-up once for each execution environment, against set-up in every invocation.
import { describe, expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../../test/lints.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { Problems } from '../../diag/problem.ts'
import { loadScenario } from '../../lang/scenario.ts'
import { runScenario } from '../../run/run.ts'

const TABLE =
  '  Settings: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }\n'
const text = (handler: string, rate = '1/s', timeout = 30, more = ''): string => `Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x }, MemorySize: 1769, Timeout: ${timeout} } }
${TABLE}Simulation:
  Duration: 100s
  Workloads: { Load: { Target: Work, Rate: ${rate}, Arrivals: regular }${more} }
  Handlers: { Work: [${handler}] }`

/** Sum, count, least and largest of a metric's values over the run. */
function measured(source: string, component: string, name: string): { n: number; max: number; min: number } {
  const { world } = runScenario(scenarioOf(source))
  const series = world.metrics.find((metric) => metric.component === component && metric.name === name)?.series
  const points = series?.points ?? []
  return {
    n: points.reduce((sum, point) => sum + point.n * point.repeat, 0),
    max: Math.max(...points.map((point) => point.max)),
    min: Math.min(...points.map((point) => point.min)),
  }
}

describe('what stands outside the handler', () => {
  const connect = '{ Wait: 300ms }, { "dynamodb:GetItem": { TableName: Settings, Key: { id: a } } }'

  test('costs the first request of an environment and no other; in the handler it costs every request [N.LAMBDA-23, N.LAMBDA-48]', () => {
    const inside = text(`${connect}, { Wait: 5ms }`)
    const outside = text(`{ Once: [${connect}] }, { Wait: 5ms }`)
    // A request a second, from the first second on, finds the one environment idle: 99 requests, one of them cold.
    expect(measured(inside, 'Settings', 'SuccessfulRequestLatency').n).toBe(99)
    expect(measured(outside, 'Settings', 'SuccessfulRequestLatency').n).toBe(1)
    expect(measured(inside, 'Work', 'Duration').min).toBeGreaterThanOrEqual(305_000)
    const after = measured(outside, 'Work', 'Duration')
    expect(after.min).toBe(5_000)
    expect(after.max).toBeGreaterThanOrEqual(305_000)
  })

  test('is done by each environment for itself', () => {
    // Requests of two seconds, one a second: two or three environments, each connected once.
    const source = text(`{ Once: [${connect}] }, { Wait: 2s }`)
    const environments = measured(source, 'Work', 'InitDuration').n
    expect(environments).toBeGreaterThan(1)
    expect(environments).toBeLessThan(10)
    expect(measured(source, 'Settings', 'SuccessfulRequestLatency').n).toBe(environments)
  })

  test('a file that is fetched into /tmp makes the cold request slower by its download and no warm one [N.LAMBDA-14]', () => {
    const without = measured(text('{ Wait: 20ms }'), 'Work', 'Duration')
    const model = measured(text('{ Once: [{ Wait: 3s }] }, { Wait: 20ms }'), 'Work', 'Duration')
    expect(model.max - without.max).toBe(3_000_000)
    expect(model.min).toBe(without.min)
  })

  test('what a time-out stopped is begun again, because the environment starts anew', () => {
    // It never gets through its three seconds, so no request ever gets to the table behind them.
    const source = text(
      '{ Once: [{ Wait: 3s }] }, { "dynamodb:GetItem": { TableName: Settings, Key: { id: a } } }',
      '6/min',
      2,
    )
    expect(measured(source, 'Work', 'Errors').n).toBeGreaterThan(5)
    expect(measured(source, 'Settings', 'SuccessfulRequestLatency').n).toBe(0)
    // What was done before the time-out is forgotten with it.
    const later = text(
      '{ Once: [{ "dynamodb:GetItem": { TableName: Settings, Key: { id: a } } }] }, { Wait: 3s }',
      '6/min',
      2,
    )
    expect(measured(later, 'Settings', 'SuccessfulRequestLatency').n).toBe(9)
  })

  test('several steps are remembered apart, also in branches and loops', () => {
    const get = (id: string): string => `{ "dynamodb:GetItem": { TableName: Settings, Key: { id: ${id} } } }`
    const source = text(
      `{ Once: [${get('a')}] }, { Repeat: { Times: 3, Do: [{ Once: [${get('b')}] }] } }, { Parallel: [{ Once: [${get('c')}] }, { Wait: 1ms }] }`,
    )
    expect(measured(source, 'Settings', 'SuccessfulRequestLatency').n).toBe(3)
  })

  test('a handler has at most 31 of them, and an operator has none', () => {
    const slugs = (source: string): string[] => {
      const problems = new Problems()
      loadScenario({ name: 'test.yaml', text: source }, {}, problems)
      return problems.list.filter(({ severity }) => severity === 'error').map(({ slug }) => slug)
    }
    const many = (count: number): string => Array.from({ length: count }, () => '{ Once: [{ Wait: 1ms }] }').join(', ')
    expect(slugs(text(many(31)))).toEqual([])
    expect(slugs(text(many(32)))).toEqual(['once-outside-a-function'])
    expect(slugs(`${text('{ Wait: 1ms }')}\n  Actions: [{ At: 1s, Once: [{ Wait: 1s }] }]`)).toEqual([
      'once-outside-a-function',
    ])
  })
})

describe('the lint', () => {
  const SAME = ['lambda/fetches-the-same-again']
  const get = (id: string): string => `{ "dynamodb:GetItem": { TableName: Settings, Key: { id: ${id} } } }`

  test('tells a handler that fetches the same item every time [N.LAMBDA-23]', () => {
    expect(slugsOf(text(get('rates')))).toEqual(SAME)
    expect(findingsOf(text(get('rates')))[0]!.text).toContain('every invocation of `Work` fetches the same from')
    expect(slugsOf(text(`{ Once: [${get('rates')}] }`))).toEqual([])
  })

  test('is silent where the item differs, where not every invocation fetches it, and where somebody changes it', () => {
    expect(slugsOf(text(get('$.id')))).toEqual([])
    expect(slugsOf(text(`{ If: { Condition: chance(5%), Then: [${get('rates')}] } }`))).toEqual([])
    const put = '{ "dynamodb:PutItem": { TableName: Settings, Item: { id: $.id } } }'
    expect(slugsOf(text(`${get('rates')}, ${put}`))).toEqual([])
    const writer =
      ', Writer: { Target: Settings, Operation: dynamodb:PutItem, Rate: 1/s, Attributes: { Item: { id: a } } }'
    expect(slugsOf(text(get('rates'), '1/s', 30, writer))).toEqual([])
  })
})

describe('code outside the handler', () => {
  const heavy = '{ Compute: 300ms }, { "dynamodb:GetItem": { TableName: Settings, Key: { id: a } } }'

  test('moved to `Init`, set-up is paid by cold starts alone, and is no part of the duration [N.LAMBDA-23, N.LAMBDA-48]', () => {
    const source = text(`{ Init: [${heavy}] }, { Wait: 5ms }`)
    expect(measured(source, 'Settings', 'SuccessfulRequestLatency').n).toBe(1)
    expect(measured(source, 'Work', 'Duration')).toMatchObject({ n: 99, min: 5_000, max: 5_000 })
    const init = measured(source, 'Work', 'InitDuration')
    const plain = measured(text('{ Wait: 5ms }'), 'Work', 'InitDuration')
    expect(init.n).toBe(1)
    expect(init.max - plain.max).toBeGreaterThanOrEqual(300_000)
  })

  test('several threads share a computation', () => {
    const at = (compute: string): number =>
      measured(text(`{ Compute: ${compute} }`).replace('1769', '3538'), 'Work', 'Duration').min
    expect(at('100ms')).toBe(100_000)
    expect(at('{ Time: 100ms, Threads: 2 }')).toBe(50_000)
    expect(() => at('{ Time: 100ms, Threads: 0 }')).toThrow(/out-of-range/)
  })

  test('fills memory and `/tmp` for good, as `Once` does', () => {
    const errors = (handler: string): number =>
      runScenario(scenarioOf(text(handler, '1/s', 3)))
        .world.metrics.find(({ component, name }) => component === 'Work' && name === 'Errors')!
        .series.points.reduce((sum, point) => sum + point.sum * point.repeat, 0)
    expect(errors('{ Init: [{ Memory: 1000MB }] }, { Memory: 600MB }, { Tmp: 5MB }')).toBe(0)
    expect(errors('{ Init: [{ Memory: 1000MB }] }, { Memory: 700MB }')).toBe(99)
    expect(errors('{ Memory: 500MB }, { Once: [{ Memory: 1000MB }] }')).toBe(0)
    // 85 pieces of 6 MB go into 512 MB.
    expect(errors('{ Wait: 5ms }, { Tmp: 6MB }')).toBe(99 - 85)
    expect(errors('{ Tmp: 6MB }, { Tmp: clear }')).toBe(0)
  })

  test.each([
    ['{ Wait: 5ms }, { Init: [{ Wait: 1s }] }', 'is not the first step'],
    ['{ Init: [{ Return: 1 }] }', 'stands inside'],
    ['{ Init: [{ Wait: 1s }], Catch: [{ ErrorEquals: [E], Do: [] }] }', 'has no `Catch`'],
  ])('%s is refused', (handler, words) => {
    const problems = new Problems()
    loadScenario({ name: 'x.yaml', text: text(handler) }, {}, problems)
    expect(problems.list.map(({ slug }) => slug)).toContain('init-not-first')
    expect(problems.list.map(({ message }) => message).join()).toContain(words)
  })
})
