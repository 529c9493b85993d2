// Inputs of targets: constants, paths and templates with their variables.
import { describe, expect, it } from 'vitest'
import { DEFAULT_START } from './calendar.ts'
import { inputOf, isFlaw, readInput, VARIABLES_MAX, WHOLE_EVENT, type InputProperties } from './target-input.ts'

const event = {
  version: '0',
  id: 'one',
  'detail-type': 'Order Placed',
  source: 'shop',
  account: '123456789012',
  time: '2026-01-05T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { id: 7, who: 'Ann "A" Lee', lines: [1, 2], deep: { yes: true } },
}
const occasion = { ruleArn: 'arn:rule', ruleName: 'rule', ingestedAt: DEFAULT_START + 1_500_000 }

function made(properties: InputProperties): unknown {
  const read = readInput(properties)
  if (isFlaw(read)) throw new Error(`${read.at.join('.')}: ${read.message}`)
  return inputOf(read, event, occasion)
}
const transformed = (InputTemplate: unknown, InputPathsMap: Record<string, string> = {}): unknown =>
  made({ InputTransformer: { InputPathsMap, InputTemplate } })

describe('the input of a target', () => {
  it('is the whole event, what stands at a path, or a constant [EB-26, N.EVENTBRIDGE-04]', () => {
    expect(readInput({})).toBe(WHOLE_EVENT)
    expect(made({})).toBe(event)
    expect(made({ InputPath: '$.detail' })).toBe(event.detail)
    expect(made({ InputPath: '$.detail.deep.yes' })).toBe(true)
    expect(made({ InputPath: '$.detail.nothing' })).toBeNull()
    expect(made({ Input: '{"a": [1, "b"]}' })).toEqual({ a: [1, 'b'] })
    expect(made({ Input: '"text"' })).toBe('text')
  })

  it('is what a template makes of variables: alone any value, in quotes a text [EB-26, N.EVENTBRIDGE-04]', () => {
    const paths = { id: '$.detail.id', who: '$.detail.who', lines: '$.detail.lines', deep: '$.detail.deep' }
    expect(transformed('{"id": <id>, "text": "<id>", "who": <who>, "lines": <lines>, "in": [<deep>]}', paths)).toEqual({
      id: 7,
      text: '7',
      who: 'Ann "A" Lee',
      lines: [1, 2],
      in: [{ yes: true }],
    })
    expect(transformed('"order <id> of \\"<who>\\" with <deep>"', paths)).toBe(
      'order 7 of "Ann "A" Lee" with {yes:true}',
    )
    expect(transformed('{"constant": true, "a<b": "1 < 2 > 0"}', paths)).toEqual({ constant: true, 'a<b': '1 < 2 > 0' })
  })

  it('has an empty text where a variable is not in the event', () => {
    expect(transformed('"of <type>: <no>"', { type: '$.detail-type', no: '$.detail.notinmessage' })).toBe(
      'of Order Placed: ',
    )
    expect(transformed('{"no": <no>}', { no: '$.detail.notinmessage' })).toEqual({ no: '' })
  })

  it('may be a text of several lines', () => {
    expect(transformed('"<id> placed"\n"by <who>"', { id: '$.detail.id', who: '$.source' })).toBe(
      '"7 placed"\n"by shop"',
    )
    expect(transformed('<source> placed', { source: '$.source' })).toBe('shop placed')
    expect(transformed('"{[/Check for event of <type> type"', { type: '$.detail-type' })).toBe(
      '{[/Check for event of Order Placed type',
    )
  })

  it('knows the reserved variables [EB-26]', () => {
    expect(transformed('"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"')).toBe(
      'arn:rule rule 2026-01-05T00:00:01Z',
    )
    const { detail: _, 'detail-type': detailType, ...rest } = event
    expect(transformed('{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}')).toEqual({
      originalEvent: { ...rest, detailType },
      originalEventJson: event,
    })
  })

  it('is refused when two ways are given, a path or JSON is none, or a transformer is too large [EB-26]', () => {
    const flaw = (properties: InputProperties): string => {
      const read = readInput(properties)
      return isFlaw(read) ? `${read.at.join('.')}: ${read.message}` : 'fine'
    }
    expect(flaw({ InputPath: '$.a', InputTransformer: { InputTemplate: '"a"' } })).toContain('exclude each other')
    expect(flaw({ InputPath: 'detail' })).toBe('InputPath: `detail` is no path')
    expect(flaw({ Input: '{' })).toBe('Input: the input is no JSON')
    const transformer = (InputTemplate: unknown, InputPathsMap = {}): string =>
      flaw({ InputTransformer: { InputTemplate, InputPathsMap } })
    expect(transformer('"a"', { a: 'b' })).toBe('InputTransformer.InputPathsMap.a: `b` is no path')
    expect(transformer('"a"', { 'aws.x': '$.a' })).toContain('reserved')
    expect(transformer('{"a": <b>, }', { b: '$.b' })).toContain('no JSON')
    expect(transformer('{"<b>": 1}', { b: '$.b' })).toContain('in place of a key')
    expect(transformer('"\\u00019\\u0002"')).toContain('control characters')
    const paths = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`v${i}`, '$.id']))
    expect(transformer('"a"', paths(VARIABLES_MAX))).toBe('fine')
    expect(transformer('"a"', paths(VARIABLES_MAX + 1))).toContain('101 variables')
    expect(transformer(`"${'a'.repeat(8190)}"`)).toBe('fine')
    expect(transformer(`"${'a'.repeat(8191)}"`)).toContain('8193 characters')
  })

  it('does not grow beyond what any target takes', () => {
    const read = readInput({
      InputTransformer: { InputPathsMap: { a: '$.detail' }, InputTemplate: `"${'<a>'.repeat(2_000)}"` },
    })
    if (isFlaw(read)) throw new Error(read.message)
    const made = inputOf(read, { detail: { text: 'x'.repeat(200_000) } }, occasion) as string
    expect(made).toHaveLength(2_097_152)
  })

  it('keeps a user’s names to themselves', () => {
    const made = transformed('{"constructor": <id>, "toString": 1, "__proto__": 2}', { id: '$.detail.id' })
    expect(Object.entries(made as object)).toEqual([['constructor', 7]])
  })
})
