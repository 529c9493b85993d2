// Paths, texts with paths in them, and conditions: what they mean on an event, and mistakes with their place.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, follow, holds } from '../parts/program.ts'
import type { Condition, Streams } from '../parts/program.ts'
import { parseCondition } from './condition.ts'
import type { Flaw, Outcome } from './outcome.ts'
import { formatPath, isPath, parsePath, parseTemplate } from './path.ts'

/** For templates that draw nothing. */
const none: Streams = {
  get(purpose) {
    throw new Error(`nothing is drawn for ${purpose}`)
  },
  turn: () => 0,
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.value
}
function flawIn(text: string, outcome: Outcome<unknown>): Flaw & { at: string } {
  if (outcome.ok) throw new Error(`read as ${JSON.stringify(outcome.value)}`)
  return { ...outcome, at: text.slice(outcome.offset, outcome.offset + outcome.length) }
}

const event = {
  id: 'o-1',
  quantity: 3,
  gift: false,
  note: null,
  'a-b': 1,
  "it's": 2,
  Records: [{ body: { tenant: 't7' } }, { body: { tenant: 't8' } }],
}

describe('paths', () => {
  it.each([
    ['$', []],
    [' $ ', []],
    ['$.a.b', ['a', 'b']],
    ['$.Records[0].x', ['Records', 0, 'x']],
    ["$['a-b']", ['a-b']],
    ['$["a b"][10]', ['a b', 10]],
    ["$['it''s']", ["it's"]],
    ['$.größe', ['größe']],
  ])('%s', (text, path) => {
    expect(valueOf(parsePath(text))).toEqual(path)
  })

  it('are read back from what formatPath writes', () => {
    const step = fc.oneof(fc.string(), fc.nat({ max: 999_999_999 }), fc.constantFrom('a', 'Records', "'", '__proto__'))
    fc.assert(
      fc.property(fc.array(step), (path) => {
        expect(valueOf(parsePath(formatPath(path)))).toEqual(path)
      }),
    )
  })

  it('reach own members only, never a prototype', () => {
    for (const text of ['$.__proto__', '$.constructor.name', '$.toString', "$['__proto__'].x", '$.Records.map']) {
      expect(follow(event, valueOf(parsePath(text)))).toBeUndefined()
    }
    expect(follow(event, valueOf(parsePath('$.Records[1].body.tenant')))).toBe('t8')
  })

  it.each([
    ['$.', 'unexpected-end', ''],
    ['$.a-b', 'dash-in-path', '-'],
    ['$.a b', 'unexpected-text', 'b'],
    ['$.1', 'unexpected-text', '1'],
    ['$[x]', 'unexpected-text', 'x'],
    ['$[-1]', 'unexpected-text', '-1'],
    ['$[0', 'unexpected-end', ''],
    ['a.b', 'unexpected-text', 'a.b'],
  ])('%s is refused as %s at `%s`', (text, slug, at) => {
    expect(flawIn(text, parsePath(text))).toMatchObject({ slug, at })
  })
})

describe('texts with paths', () => {
  const made = (text: string): unknown => evaluate(valueOf(parseTemplate(text)), event, none)

  it('are the value itself when the whole text is a path', () => {
    expect(made('$.Records')).toBe(event.Records)
    expect(made('$')).toBe(event)
    expect(made('$.quantity')).toBe(3)
  })

  it('are texts when a path stands in braces', () => {
    expect(made('cart#{$.id}')).toBe('cart#o-1')
    expect(made('{$.id}#{$.quantity}/x')).toBe('o-1#3/x')
    expect(made("{$['it''s']}")).toBe('2')
  })

  it('stay as they are otherwise', () => {
    for (const text of ['', 'plain', '$5.00', '$name', '{"a": 1}', 'a { b', ' two  spaces ', '}'])
      expect(made(text)).toBe(text)
    expect(made('{{$.id}')).toBe('{$.id}')
    expect(isPath('$5')).toBe(false)
  })

  it('say where they cannot be read', () => {
    expect(flawIn('x#{$.id', parseTemplate('x#{$.id')).message).toBe('the text ends where `}` is expected')
    expect(flawIn('x#{$.a b}', parseTemplate('x#{$.a b}'))).toMatchObject({ at: 'b' })
    expect(flawIn('$.id#x', parseTemplate('$.id#x')).help).toContain('in braces')
  })

  it('without braces are kept whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        fc.pre(!isPath(text) && !text.includes('{$'))
        expect(made(text)).toBe(text)
      }),
    )
  })
})

describe('conditions', () => {
  const decide = (text: string): boolean => holds(valueOf(parseCondition(text)), event, none)

  it.each([
    ['$.quantity < 4', true],
    ['$.quantity<=3', true],
    ['$.quantity > 3', false],
    ['3 >= $.quantity', true],
    ["$.id == 'o-1'", true],
    ['$.id != "o-1"', false],
    ['$.gift == false', true],
    ['$.note == null', true],
    ['exists($.id)', true],
    ['exists($.other)', false],
    ['not exists($.other)', true],
    ["$.quantity == 3 and $.id == 'x' or $.gift == false", true],
    ["$.quantity == 3 and ($.id == 'x' or $.gift == true)", false],
    ['not not $.quantity == 3', true],
    ['$.quantity == 3 and not $.gift == true', true],
    ['$.quantity > -1', true],
    ['$.quantity < 1KB', true],
    ['$.quantity < 1us', false],
    ['$.quantity > 50%', true],
    ['$.Records[0].body.tenant == $.Records[0].body.tenant', true],
  ])('%s is %s', (text, expected) => {
    expect(decide(text)).toBe(expected)
  })

  it('with a chance carry their share and their stream', () => {
    expect(valueOf(parseCondition('chance(5%) or chance(0.5)', 'Work.1'))).toEqual({
      kind: 'or',
      of: [
        { kind: 'chance', share: 0.05, purpose: 'Work.1' },
        { kind: 'chance', share: 0.5, purpose: 'Work.1' },
      ],
    })
  })

  it.each([
    ['$.a = 1', 'unknown-sign', '=', 'write `==`'],
    ['$.a === 1', 'unknown-sign', '===', 'write `==`'],
    ['$.a == 1 && $.b == 2', 'unknown-sign', '&&', 'write `and`'],
    ['$.a == 1 || $.b == 2', 'unknown-sign', '||', 'write `or`'],
    ['!exists($.a)', 'unknown-sign', '!', 'write `not`'],
    ['$.a', 'missing-comparison', '$.a', undefined],
    ['$.a and $.b', 'missing-comparison', '$.a', undefined],
    ['1 < 2', 'constant-condition', '1 < 2', undefined],
    ['$.a == refund', 'unexpected-text', 'refund', undefined],
    ['$.a == 5 apples', 'unknown-unit', 'apples', undefined],
    ['$.a == 1 and', 'unexpected-end', '', undefined],
    ['($.a == 1', 'unexpected-end', '', undefined],
    ['exists(a)', 'unexpected-text', 'a', undefined],
    ['chance(150%)', 'out-of-range', '150%', undefined],
    ['', 'unexpected-end', '', undefined],
    ['not '.repeat(1000), 'too-deep', 't', undefined],
  ])('%s is refused as %s at `%s`', (text, slug, at, label) => {
    const one = flawIn(text, parseCondition(text))
    expect(one).toMatchObject({ slug, at })
    expect(one.label).toBe(label)
  })

  it('bind `and` closer than `or`, whatever is generated', () => {
    const atom = fc.integer({ min: 0, max: 5 }).map((n) => ({ text: `$.quantity == ${n}`, truth: n === 3 }))
    const tree = fc.letrec<{ c: { text: string; truth: boolean } }>((tie) => ({
      c: fc.oneof(
        { maxDepth: 5 },
        atom,
        tie('c').map((a) => ({ text: `not (${a.text})`, truth: !a.truth })),
        fc.tuple(atom, tie('c'), atom).map(([a, b, c]) => ({
          text: `${a.text} or (${b.text}) and ${c.text}`,
          truth: a.truth || (b.truth && c.truth),
        })),
      ),
    })).c
    fc.assert(
      fc.property(tree, ({ text, truth }) => {
        expect(decide(text)).toBe(truth)
      }),
    )
  })

  it('of any text never throw', () => {
    const word = fc.constantFrom(
      '$',
      '.a',
      ' and ',
      'not ',
      '(',
      ')',
      '==',
      '<',
      '5',
      "'x'",
      'exists',
      'chance',
      '%',
      '[0]',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const text = words.join('')
        const outcome: Outcome<Condition> = parseCondition(text)
        if (!outcome.ok) expect(outcome.offset + outcome.length).toBeLessThanOrEqual(text.length + 1)
      }),
      { numRuns: 2000 },
    )
  })
})
