// CloudFront functions at viewer events: what they return, and that they have a millisecond.
import { describe, expect, test } from 'vitest'
import { asked, get, seen, site, type Given } from '../../../test/site.ts'
import { MS, Refused, type Lab } from '../../../test/kit.ts'
import type { Program } from '../../parts/program.ts'
import type { Distribution } from './distribution-state.ts'
import { cloudfrontFunction } from './function.ts'

const constant = (value: unknown): { readonly kind: 'constant'; readonly value: unknown } => ({
  kind: 'constant',
  value,
})

function program(...code: Program['code']): Program {
  return { code: [...code, { op: 'end' }], returns: code.some(({ op }) => op === 'return') }
}

function withFunction(handler: Program, event = 'viewer-request', given: Given = {}): Lab {
  return site({
    ...given,
    behavior: { ...given.behavior, FunctionAssociations: [{ EventType: event, FunctionARN: 'Fn' }] },
    parts: {
      Fn: {
        def: cloudfrontFunction,
        properties: { Name: 'fn', FunctionCode: 'x', FunctionConfig: { Runtime: 'cloudfront-js-2.0' } },
        config: { Handler: handler },
      },
    },
  })
}

const compute = (time: number) => ({ op: 'compute', time: constant(time) }) as const

describe('CloudFront functions', () => {
  test('answer by themselves, change a request, or let it pass [CF-R83]', () => {
    const redirect = withFunction(
      program({ op: 'return', value: constant({ statusCode: 301, headers: { location: { value: '/b' } } }) }),
    )
    expect(get(redirect, '/a').answer).toMatchObject({ statusCode: 301, headers: { location: '/b' } })
    expect(asked(redirect)).toBe(0)
    const renames = withFunction(program({ op: 'return', value: constant({ uri: '/b' }) }))
    get(renames, '/a')
    expect(seen(renames)[0].Path).toBe('/b')
    const passes = withFunction(program(compute(500)))
    expect(get(passes, '/a')).toMatchObject({ at: 500, status: 'OK' })
  })

  test('have a millisecond, to the µs; then 503 [CF-R85]', () => {
    expect(get(withFunction(program(compute(MS))), '/a')).toMatchObject({ at: MS, status: 'OK' })
    expect(get(withFunction(program(compute(MS + 1))), '/a')).toMatchObject({ http: 503 })
  })

  test('reach nothing outside, and fail with 503 where they try', () => {
    const at = withFunction(program({ op: 'wait', time: constant(1) }))
    expect(get(at, '/a').http).toBe(503)
    at.finish()
    expect([at.sum('Fn', 'FunctionInvocations'), at.sum('Fn', 'FunctionExecutionErrors')]).toEqual([1, 1])
  })

  test('run at viewer events alone, with code of up to 10 KB [CF-R85]', () => {
    const refuses = (make: () => Lab): string => {
      try {
        make()
      } catch (thrown) {
        return thrown instanceof Refused ? thrown.message : 'thrown'
      }
      return 'accepted'
    }
    expect(refuses(() => withFunction(program(), 'origin-request'))).toContain('unknown-value')
    const code = (bytes: number) => (): Lab =>
      site({
        parts: {
          Fn: {
            def: cloudfrontFunction,
            properties: {
              Name: 'fn',
              FunctionCode: 'x'.repeat(bytes),
              FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
            },
          },
        },
      })
    expect([refuses(code(10_240)), refuses(code(10_241)).includes('10241 bytes')]).toEqual(['accepted', true])
  })

  test('at `viewer-response` see the answer, hits too, and not errors [CF-R84]', () => {
    const adds = program({ op: 'return', value: constant({ headers: { 'x-frame-options': { value: 'DENY' } } }) })
    const at = withFunction(adds, 'viewer-response')
    for (let i = 0; i < 2; i++) expect(get(at, '/a').answer.headers).toEqual({ 'x-frame-options': 'DENY' })
    expect(at.state<Distribution>('Site').outcomes).toMatchObject({ miss: 1, hit: 1 })
    const broken = withFunction(adds, 'viewer-response', { script: [{ status: 500 }] })
    expect(get(broken, '/a').http).toBe(500)
    broken.finish()
    expect(broken.sum('Fn', 'FunctionInvocations')).toBe(0)
  })
})
