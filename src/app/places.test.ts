// Places of cards as text: what is written is read again, and what anybody may have written is bounded.
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { keepPlaces, keptPlaces, readPlaces, writePlaces } from './places.ts'

afterEach(() => vi.unstubAllGlobals())

const hundredth = fc.integer({ min: -99_999, max: 99_999 }).map((n) => n / 100)

test('places survive being written and read, whatever the names', () => {
  const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, fc.record({ x: hundredth, y: hundredth })), { selector: ([n]) => n }),
      (all) => {
        const places = new Map(all)
        expect(readPlaces(writePlaces(places))).toEqual(places)
      },
    ),
  )
})

test('what is no place is left out, and never more are read than can be kept', () => {
  expect(readPlaces(null).size).toBe(0)
  expect(readPlaces('A:1,2;B:x,2;C:1;%E0%A4%A:1,2;D:1e9,2;E:3,-4.5')).toEqual(
    new Map([
      ['A', { x: 1, y: 2 }],
      ['E', { x: 3, y: -4.5 }],
    ]),
  )
  expect(readPlaces(Array.from({ length: 5000 }, (_, i) => `N${i}:1,1`).join(';')).size).toBe(400)
})

test('places are kept by scenario, and a browser without a store is no error', () => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
  const places = new Map([['Shop', { x: 1.5, y: 2 }]])
  keepPlaces('a.yaml', places)
  expect(keptPlaces('a.yaml')).toEqual(places)
  expect(keptPlaces('b.yaml').size).toBe(0)
  keepPlaces('a.yaml', new Map())
  expect(kept.size).toBe(0)

  const forbidden = () => {
    throw new DOMException('denied', 'SecurityError')
  }
  vi.stubGlobal('localStorage', { getItem: forbidden, setItem: forbidden, removeItem: forbidden })
  keepPlaces('a.yaml', places)
  expect(keptPlaces('a.yaml').size).toBe(0)
})
