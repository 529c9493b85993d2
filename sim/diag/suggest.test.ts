// Nearest names: near ones are found, far ones are left alone.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from './suggest.ts'

const names = [
  'VisibilityTimeout',
  'DelaySeconds',
  'QueueName',
  'FifoQueue',
  'RedrivePolicy',
  'lognormal',
  'p99',
  'ms',
  's',
]

describe('nearest', () => {
  it.each([
    ['VisibilityTimout', 'VisibilityTimeout'],
    ['visibilitytimeout', 'VisibilityTimeout'],
    ['VisibilityTimeuot', 'VisibilityTimeout'],
    ['DelaySecond', 'DelaySeconds'],
    ['QueName', 'QueueName'],
    ['lognorml', 'lognormal'],
    ['Queuename', 'QueueName'],
    ['p9', 'p99'],
    ['MS', 'ms'],
    ['S', 's'],
  ])('%s is near %s', (name, expected) => {
    expect(nearest(name, names)).toBe(expected)
  })

  it.each(['Banana', '', 'x', 'qq', 'p', 'ReceiveMessageWaitTimeSeconds', 'a'.repeat(5000)])(
    '%s is near nothing',
    (name) => {
      expect(nearest(name, names)).toBeUndefined()
    },
  )

  it('takes the nearest, then the one whose case fits, then the first', () => {
    expect(nearest('abcdef', ['abxxef', 'abcxef'])).toBe('abcxef')
    expect(nearest('Timeou', ['TIMEOUT', 'Timeout'])).toBe('Timeout')
    expect(nearest('abcd', ['abce', 'abcf'])).toBe('abce')
  })

  it('counts a swap of neighbours as one step', () => {
    expect(nearest('abc', ['bac'])).toBe('bac')
    expect(nearest('abc', ['bca'])).toBeUndefined()
  })

  it('never suggests the name itself', () => {
    expect(nearest('ms', ['ms'])).toBeUndefined()
  })

  it('finds any name of six letters or more after one slip', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefghij'.split('')), minLength: 6, maxLength: 20 })
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'swap', 'case', 'double'), (name, seed, slip) => {
        const i = seed % (name.length - 1)
        const [a, b] = [name[i]!, name[i + 1]!]
        const wrong =
          slip === 'drop'
            ? name.slice(0, i) + name.slice(i + 1)
            : slip === 'swap'
              ? name.slice(0, i) + b + a + name.slice(i + 2)
              : slip === 'case'
                ? name.slice(0, i) + a.toUpperCase() + name.slice(i + 1)
                : name.slice(0, i) + a + name.slice(i)
        fc.pre(wrong !== name)
        expect(nearest(wrong, ['zzzzzzzzzz', name, 'yyyyyyy'])).toBe(name)
      }),
    )
  })
})
