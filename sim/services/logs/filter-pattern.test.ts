// Filter patterns against the lines of AWS's own guide, and against what must not match.
import { describe, expect, it } from 'vitest'
import { fieldsOf, matchLine, parsePattern, reach, selectorIn } from './filter-pattern.ts'

const matches = (pattern: string, line: string): boolean => matchLine(parsePattern(pattern), line) !== undefined

describe('words [CW-51]', () => {
  const lines = [
    '[ERROR 400] BAD REQUEST',
    '[ERROR 401] UNAUTHORIZED REQUEST',
    '[ERROR 419] MISSING ARGUMENTS',
    '[ERROR 420] INVALID ARGUMENTS',
  ]
  const found = (pattern: string): string[] =>
    lines.filter((line) => matches(pattern, line)).map((line) => line.slice(7, 10))

  it('are all in the line, in the same case; those behind a minus are not [CW-V7]', () => {
    expect(found('ERROR ARGUMENTS')).toEqual(['419', '420'])
    expect(found('ERROR -ARGUMENTS')).toEqual(['400', '401'])
    expect(found('error')).toEqual([])
    expect(found('"BAD REQUEST"')).toEqual(['400'])
    expect(found('"REQUEST BAD"')).toEqual([])
    expect(found(' ')).toHaveLength(4)
  })

  it('behind a question mark need one of them, and nothing where other words must be there', () => {
    expect(found('?419 ?"BAD REQUEST"')).toEqual(['400', '419'])
    expect(found('?419 REQUEST')).toEqual(['400', '401'])
  })
})

describe('conditions on JSON [CW-51]', () => {
  const line = JSON.stringify({
    ...{ eventType: 'UpdateTrail', sourceIPAddress: '111.111.111.111', latency: 15.5, isOk: true },
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
  })

  it('match the samples of the guide [CW-V8]', () => {
    for (const pattern of [
      '{ $.arrayKey[0] = "value" }',
      '{ $.objectList[1].id = 2 }',
      '{ $.SomeObject IS NULL }',
      '{ $.SomeOtherObject NOT EXISTS }',
    ])
      expect([pattern, matches(pattern, line)]).toEqual([pattern, true])
  })

  it('compare texts with stars and numbers with e-notation', () => {
    expect(matches('{ $.eventType = "Update*" }', line)).toBe(true)
    expect(matches('{ $.eventType = *Tra* }', line)).toBe(true)
    expect(matches('{ $.eventType = "*Update" }', line)).toBe(false)
    expect(matches('{ $.eventType != "Other" }', line)).toBe(true)
    expect(matches('{ $.latency > 1.5e1 }', line)).toBe(true)
    expect(matches('{ $.latency <= 15.5 && $.latency >= 15.5 }', line)).toBe(true)
    expect(matches('{ $.latency < 15.5 }', line)).toBe(false)
    expect(matches('{ $.isOk IS TRUE }', line)).toBe(true)
  })

  it('bind `&&` tighter than `||`; brackets change that', () => {
    const [yes, no] = ['$.latency > 0', '$.latency < 0']
    expect(matches(`{ ${yes} || ${no} && ${no} }`, line)).toBe(true)
    expect(matches(`{ (${yes} || ${no}) && ${no} }`, line)).toBe(false)
  })

  it('never hold for a map, a list, a missing member or a line that is no JSON', () => {
    expect(matches('{ $.objectList = "*" }', line)).toBe(false)
    expect(matches('{ $.nothing != 1 }', line)).toBe(false)
    expect(matches('{ $.toString = "*" }', line)).toBe(false)
    expect(matches('{ $.latency > 0 }', 'latency 15')).toBe(false)
  })
})

describe('fields of a line [CW-51]', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'

  it('are what stands between spaces, in quotation marks or in brackets', () => {
    expect(fieldsOf(line)).toEqual([
      '127.0.0.1',
      '-',
      'frank',
      '10/Oct/2000:13:25:15 -0700',
      'GET /index.html HTTP/1.0',
      '404',
      '1534',
    ])
  })

  it('meet their conditions in place; `...` stands for any number of others', () => {
    expect(matches('[ip, user, username, timestamp, request, status_code, bytes]', line)).toBe(true)
    expect(matches('[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes > 1000]', line)).toBe(
      true,
    )
    expect(matches('[..., status_code = 4*, bytes > 2000]', line)).toBe(false)
    expect(matches('[ip, ..., status_code = 404 || status_code = 410, bytes]', line)).toBe(true)
    expect(matches('[ip, user]', line)).toBe(false)
  })

  it('can be told', () => {
    const pattern = parsePattern('[ip, ..., bytes]')
    expect(reach(matchLine(pattern, line), selectorIn(pattern, '$bytes')!)).toBe('1534')
    expect(selectorIn(pattern, '$nothing')).toBeUndefined()
  })
})

describe('patterns that cannot be read', () => {
  it.each([
    ['{ $.a = }', '`}` where a value is expected'],
    ['{ $.a = 1', 'the pattern ends where `}` is expected'],
    ['{ $.a ~ 1 }', 'a comparison'],
    ['{ $.a > x }', '`>` compares numbers'],
    ['{ a = 1 }', '`$`'],
    ['[a, b', '`]` is missing'],
    ['[..., a, ...]', '`...` stands twice'],
    ['[a, b = c = d]', 'nothing more'],
    ['"open', 'a quotation mark is not closed'],
    ['%ERR[0-9]%', 'a regular expression'],
    ['x'.repeat(1025), '1025 characters'],
    [`{ ${'('.repeat(40)}$.a = 1${')'.repeat(40)} }`, 'brackets stand too deep'],
  ])('%s', (pattern, message) => {
    expect(() => parsePattern(pattern)).toThrow(message)
  })

  it('cost no time where lines are made to cost it', () => {
    expect(matches('[a, ...]', '['.repeat(200_000))).toBe(true)
    expect(matches('{ $.a = "*a*a*a*a*a*a*b" }', JSON.stringify({ a: 'a'.repeat(100_000) }))).toBe(false)
  })
})
