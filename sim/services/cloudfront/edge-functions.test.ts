// Functions at the edge: their events, what they change, their limits and their failures.
import { describe, expect, test } from 'vitest'
import {
  asked,
  cache,
  get,
  HIT,
  MISS,
  seen,
  site,
  version,
  type Given,
  type Reply,
  type Version,
} from '../../../test/site.ts'
import { Refused, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import type { Config } from '../../model/contract.ts'

type Event = 'viewer-request' | 'origin-request' | 'origin-response' | 'viewer-response'

/** A site with versions at events: by event what they return. */
function edge(returns: Partial<Record<Event, unknown>>, given: Given = {}): Lab {
  const events = Object.keys(returns) as Event[]
  const named = (event: Event): string => `At-${event}`
  return site({
    ...given,
    behavior: {
      ...given.behavior,
      LambdaFunctionAssociations: events.map((event) => ({ EventType: event, LambdaFunctionARN: named(event) })),
    },
    parts: {
      ...given.parts,
      ...Object.fromEntries(
        events.map((event): [string, Part] => [
          named(event),
          { def: version, properties: { FunctionName: 'Work', Returns: returns[event] } },
        ]),
      ),
    },
  })
}

const events = (at: Lab, event: Event): any[] => at.state<Version>(`At-${event}`).seen
const cf = (at: Lab, event: Event): any => events(at, event)[0].Records[0].cf

describe('Lambda@Edge', () => {
  test('runs at its four events: viewer’s for each request, origin’s for misses alone [CF-R80]', () => {
    const at = edge({ 'viewer-request': {}, 'origin-request': {}, 'origin-response': {}, 'viewer-response': {} })
    expect([cache(get(at, '/a')), cache(get(at, '/a'))]).toEqual([MISS, HIT])
    const counts = (['viewer-request', 'origin-request', 'origin-response', 'viewer-response'] as const).map(
      (event) => events(at, event).length,
    )
    expect(counts).toEqual([2, 1, 1, 2])
  })

  test('sees the request, and at response events the response', () => {
    const at = edge({ 'viewer-request': {}, 'viewer-response': {} }, { script: [{ headers: { Vary: '*' } }] })
    get(at, '/a?foo=bar', { Headers: { 'User-Name': 'aws' }, ClientIp: '2001:db8::1', Country: 'TW' })
    expect(cf(at, 'viewer-request')).toMatchObject({
      config: { distributionId: 'Site', eventType: 'viewer-request' },
      request: {
        clientIp: '2001:db8::1',
        method: 'GET',
        uri: '/a',
        querystring: 'foo=bar',
        headers: {
          'user-name': [{ key: 'User-Name', value: 'aws' }],
          'cloudfront-viewer-country': [{ key: 'CloudFront-Viewer-Country', value: 'TW' }],
        },
      },
    })
    expect(cf(at, 'viewer-response').response).toEqual({
      status: '200',
      statusDescription: 'OK',
      headers: { vary: [{ key: 'Vary', value: '*' }] },
    })
  })

  test('an answer at `viewer-request` is never kept, one at `origin-request` is [CF-R83]', () => {
    const redirect = { payload: { status: '302', headers: { location: [{ key: 'Location', value: '/b' }] } } }
    const first = edge({ 'viewer-request': redirect })
    for (let i = 0; i < 2; i++)
      expect(get(first, '/a').answer).toMatchObject({ statusCode: 302, headers: { location: '/b' } })
    expect([events(first, 'viewer-request').length, asked(first)]).toEqual([2, 0])
    const second = edge({ 'origin-request': redirect })
    expect([cache(get(second, '/a')), cache(get(second, '/a')), asked(second)]).toEqual([MISS, HIT, 0])
    const short = { payload: { status: '200', body: 'x', headers: { 'cache-control': [{ value: 'max-age=5' }] } } }
    const third = edge({ 'origin-request': short })
    get(third, '/a')
    third.run(5 * SECOND - 1)
    expect(cache(get(third, '/a'))).toBe(HIT)
    third.run(5 * SECOND)
    expect(cache(get(third, '/a'))).toBe(MISS)
  })

  test('a request that it changes is looked up, or fetched, under its new name', () => {
    const at = edge({ 'viewer-request': { payload: { uri: '/b', querystring: '' } } })
    get(at, '/a')
    expect([seen(at)[0].Path, cache(get(at, '/b'))]).toEqual(['/b', HIT])
    const behind = edge({ 'origin-request': { payload: { uri: '/index.html' } } })
    get(behind, '/a')
    expect(seen(behind)[0].Path).toBe('/index.html')
    // It is kept under the name by which it was asked for.
    expect([cache(get(behind, '/a')), cache(get(behind, '/index.html'))]).toEqual([HIT, MISS])
  })

  test('at `origin-request` it may choose another origin of the distribution, which it sees as AWS tells it', () => {
    const CustomOriginConfig = { OriginProtocolPolicy: 'https-only', OriginReadTimeout: 7 }
    const at = edge(
      { 'origin-request': { payload: { origin: { custom: { domainName: 'other.example.com' } } } } },
      {
        config: {
          Origins: [
            { Id: 'one', DomainName: 'Origin', OriginPath: '/v1', CustomOriginConfig },
            { Id: 'two', DomainName: 'other.example.com', CustomOriginConfig },
          ],
        },
      },
    )
    expect(get(at, '/a').http).toBe(200)
    expect(asked(at)).toBe(0)
    const request = cf(at, 'origin-request').request
    expect(request.headers.host).toEqual([{ key: 'Host', value: 'Origin' }])
    expect(request.origin.custom).toMatchObject({
      domainName: 'Origin',
      path: '/v1',
      readTimeout: 7,
      customHeaders: {},
    })
  })

  test('`origin-response` runs for errors too and may change them; `viewer-response` does not, nor can it change a status [CF-R84]', () => {
    const broken: readonly Reply[] = [{ status: 404 }]
    const at = edge({ 'origin-response': {}, 'viewer-response': {} }, { script: broken })
    expect(get(at, '/a').http).toBe(404)
    expect([events(at, 'origin-response').length, events(at, 'viewer-response').length]).toEqual([1, 0])
    const mended = edge({ 'origin-response': { payload: { status: '200', body: 'sorry' } } }, { script: broken })
    expect(get(mended, '/a')).toMatchObject({ status: 'OK', answer: { statusCode: 200, body: 'sorry' } })
    const tries = edge({ 'viewer-response': { payload: { status: '500', headers: { 'x-a': [{ value: 'b' }] } } } })
    expect(get(tries, '/a').answer).toMatchObject({ statusCode: 200, headers: { 'x-a': 'b' } })
  })

  test('an error of it is 500, what it may not return 502, a throttle 503 [CF-R82]', () => {
    const code = (returns: unknown, event: Event = 'viewer-request'): number =>
      get(edge({ [event]: returns }), '/a').http
    expect(code({ error: 'Unhandled', payload: {} })).toBe(500)
    expect(code({ payload: 'text' })).toBe(502)
    expect(code({ payload: { status: '99' } })).toBe(502)
    expect(code({ refuses: 'TooManyRequestsException' })).toBe(503)
    expect(code({ refuses: 'TooManyRequestsException' }, 'origin-request')).toBe(503)
    expect(code({ error: 'Unhandled', payload: {} }, 'origin-response')).toBe(500)
  })

  test('answers of 40 KB at viewer events, of 1 MB at origin events [CF-R81]', () => {
    const made = (bytes: number): unknown => {
      const rest = JSON.stringify({ status: '200', body: '' }).length
      return { payload: { status: '200', body: 'x'.repeat(bytes - rest) } }
    }
    expect(get(edge({ 'viewer-request': made(40_960) }), '/a').http).toBe(200)
    expect(get(edge({ 'viewer-request': made(40_961) }), '/a').http).toBe(502)
    expect(get(edge({ 'origin-request': made(1_048_576) }), '/a').http).toBe(200)
    expect(get(edge({ 'origin-request': made(1_048_577) }), '/a').http).toBe(502)
  })

  test('runs again for the second origin of a group [CF-R54]', () => {
    const CustomOriginConfig = { OriginProtocolPolicy: 'https-only' }
    const at = edge(
      { 'origin-request': {} },
      {
        script: [{ status: 503 }, {}],
        behavior: { TargetOriginId: 'both' },
        config: {
          Origins: [
            { Id: 'one', DomainName: 'Origin', CustomOriginConfig },
            { Id: 'two', DomainName: 'Origin', CustomOriginConfig },
          ],
          OriginGroups: {
            Quantity: 1,
            Items: [
              {
                Id: 'both',
                Members: { Quantity: 2, Items: [{ OriginId: 'one' }, { OriginId: 'two' }] },
                FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [503] } },
              },
            ],
          },
        },
      },
    )
    expect(get(at, '/a').http).toBe(200)
    expect(events(at, 'origin-request')).toHaveLength(2)
  })

  test('only a version, with little memory and time at viewer events and without variables; one kind for both viewer events [CF-R81, CF-R84]', () => {
    const refusals = (
      EventType: string,
      type: string,
      config: Config,
      more: Record<string, unknown> = {},
    ): readonly string[] => {
      const behavior = { LambdaFunctionAssociations: [{ EventType, LambdaFunctionARN: 'Edge' }], ...more }
      const beside = {
        Edge: { type, config: { FunctionName: 'Work' } },
        Work: { type: 'AWS::Lambda::Function', config },
        Fn: { type: 'AWS::CloudFront::Function', config: {} },
      }
      try {
        site({ behavior, options: { beside } })
      } catch (thrown) {
        if (thrown instanceof Refused) return thrown.problems
        // A version that is accepted has no component behind it here.
      }
      return []
    }
    const type = 'AWS::Lambda::Version'
    expect(refusals('viewer-request', 'AWS::Lambda::Function', {})[0]).toContain('is no version')
    expect(refusals('viewer-request', 'AWS::Lambda::Alias', {})[0]).toContain('is no version')
    expect(refusals('viewer-request', type, { Timeout: 6 })[0]).toContain('may run for 6 s')
    expect(refusals('origin-request', type, { Timeout: 6 })).toEqual([])
    expect(refusals('origin-request', type, { Timeout: 31 })[0]).toContain('may run for 31 s')
    expect(refusals('viewer-request', type, { MemorySize: 129 })[0]).toContain('has 129 MB')
    expect(refusals('origin-request', type, { MemorySize: 10_240 })).toEqual([])
    expect(refusals('origin-request', type, { Environment: { Variables: { A: '1' } } })[0]).toContain(
      'environment variables',
    )
    const FunctionAssociations = [{ EventType: 'viewer-response', FunctionARN: 'Fn' }]
    expect(refusals('viewer-request', type, {}, { FunctionAssociations })[0]).toContain('mixed')
    const twice = [{ EventType: 'viewer-request', FunctionARN: 'Fn' }]
    expect(refusals('viewer-request', type, {}, { FunctionAssociations: twice })[0]).toContain('two functions')
  })
})
