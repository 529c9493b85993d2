// The item store against a Map, the order of rows against a sorted list, sizes and comparisons of values.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tableLab, unitsOf } from '../../../test/tables.ts'
import { hashKey, ItemStore } from './items.ts'
import { Order } from './order.ts'
import { bytesOf, compareTexts, compareValues, equalValues, itemSize, sizeOf, typeOf, utf8Length } from './values.ts'

const key = fc.oneof(
  fc.integer({ min: 0, max: 60 }),
  fc.string({ maxLength: 2 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

test('a store behaves as a Map under puts and removals, whatever the keys', () => {
  const step = fc.tuple(fc.constantFrom('put', 'remove', 'get'), key, fc.option(key, { nil: undefined }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const store = new ItemStore()
      const model = new Map<string, number>()
      steps.forEach(([what, pk, sk], i) => {
        const text = JSON.stringify([typeof pk, String(pk), typeof sk, String(sk)])
        const row = store.find(hashKey(pk), pk, sk)
        expect(row >= 0).toBe(model.has(text))
        if (row >= 0) expect(store.size[row]).toBe(model.get(text))
        if (what === 'put') {
          store.put(row >= 0 ? row : store.add(hashKey(pk), pk, sk), { i }, i + 1)
          model.set(text, i + 1)
        } else if (what === 'remove' && row >= 0) {
          store.put(row, null, 0)
          store.remove(row)
          model.delete(text)
        }
      })
      expect(store.live).toBe(model.size)
      expect(store.used).toBe(model.size)
      expect(store.bytes).toBe([...model.values()].reduce((sum, size) => sum + size, 0))
    }),
  )
})

test('0 and -0 are one key', () => {
  const store = new ItemStore()
  store.add(hashKey(0), 0, undefined)
  expect(store.find(hashKey(-0), -0, undefined)).toBe(0)
})

test('100,000 keys are all found again after half of them have gone', () => {
  const store = new ItemStore()
  for (let i = 0; i < 100_000; i++) store.put(store.add(hashKey(`k${i}`), `k${i}`, undefined), { i }, 10)
  for (let i = 0; i < 100_000; i += 2) {
    const row = store.find(hashKey(`k${i}`), `k${i}`, undefined)
    store.put(row, null, 0)
    store.remove(row)
  }
  for (let i = 0; i < 100_000; i++) expect(store.find(hashKey(`k${i}`), `k${i}`, undefined) >= 0).toBe(i % 2 === 1)
})

test('rows are kept in the order of hash, partition key and sort key [DDB-R15]', () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 8 }), fc.integer({ min: -2000, max: 2000 }))
  fc.assert(
    fc.property(fc.array(step, { minLength: 900, maxLength: 2500 }), fc.nat(1000), (steps, built) => {
      const store = new ItemStore()
      let order: Order | null = null
      const model = new Set<string>()
      steps.forEach(([insert, pk, sk], i) => {
        if (i === built) order = new Order(store, false)
        const hash = hashKey(`p${pk}`)
        const row = store.find(hash, `p${pk}`, sk)
        if (insert && row < 0) {
          const made = store.add(hash, `p${pk}`, sk)
          store.put(made, {}, 1)
          order?.insert(made)
          model.add(`${pk} ${sk}`)
        } else if (!insert && row >= 0) {
          order?.remove(row)
          store.put(row, null, 0)
          store.remove(row)
          model.delete(`${pk} ${sk}`)
        }
      })
      order ??= new Order(store, false)
      const found: string[] = []
      const cursor = order.seek(() => false)
      for (let row = cursor.next(); row >= 0; row = cursor.next())
        found.push(`${String(store.partitionKeys[row]).slice(1)} ${store.sortKeys[row]}`)
      const expected = [...model].sort((a, b) => {
        const [p, s] = a.split(' ').map(Number) as [number, number]
        const [q, t] = b.split(' ').map(Number) as [number, number]
        return (hashKey(`p${p}`) >>> 0) - (hashKey(`p${q}`) >>> 0) || s - t
      })
      expect(found).toEqual(expected)
      const back: string[] = []
      const end = order.seek(() => true)
      for (let row = end.previous(); row >= 0; row = end.previous())
        back.push(`${String(store.partitionKeys[row]).slice(1)} ${store.sortKeys[row]}`)
      expect(back.reverse()).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})

test('an item of two short texts has 23 bytes [DDB-V18, DDB-R1]', () => {
  expect(itemSize({ 'shirt-color': 'R', 'shirt-size': 'M' })).toBe(23)
})

test('sizes of values by type [DDB-R2]', () => {
  expect(sizeOf('Zoë €')).toBe(8)
  expect(sizeOf('𝄞')).toBe(4)
  expect(sizeOf(true)).toBe(1)
  expect(sizeOf(null)).toBe(1)
  expect(sizeOf({ B: 'AAECAw==' })).toBe(4)
  expect([0, 7, 27, 270, 271, -27, 0.5, 1e21, 1.5e-7].map((n) => sizeOf(n))).toEqual([1, 2, 2, 3, 3, 3, 2, 2, 2])
  expect(sizeOf([])).toBe(3)
  expect(sizeOf(['ab', 1])).toBe(3 + 1 + 2 + 1 + 2)
  expect(sizeOf({ a: 'b' })).toBe(3 + 1 + 1 + 1)
  expect(sizeOf({ SS: ['a', 'bc'] })).toBe(3)
  expect(sizeOf({ NS: [1, 22] })).toBe(4)
})

/** An attribute value as the API writes it, beside the plain value that stands for it. */
type Typed = readonly [typed: Record<string, any>, plain: unknown]
const digits = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 999_999_999_999n }), fc.integer({ min: -12, max: 12 }))
const number: fc.Arbitrary<Typed> = digits.map(([isNegative, whole, exponent]) => {
  const plain = Number(`${isNegative ? '-' : ''}${whole}e${exponent}`)
  return [{ N: `${isNegative ? '-' : ''}${whole}e${exponent}` }, plain === 0 ? 0 : plain]
})
const bytes = fc.uint8Array({ maxLength: 20 }).map((list) => Buffer.from(list).toString('base64'))
const scalar: fc.Arbitrary<Typed> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((S): Typed => [{ S }, S]),
  number,
  bytes.map((B): Typed => [{ B }, { B }]),
  fc.boolean().map((BOOL): Typed => [{ BOOL }, BOOL]),
  fc.constant<Typed>([{ NULL: true }, null]),
  fc.uniqueArray(fc.string({ maxLength: 9 }), { minLength: 1, maxLength: 5 }).map((SS): Typed => [{ SS }, { SS }]),
)
const name = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
  .filter((text) => !/^(SS|NS|BS|B)$/.test(text) && text !== '__proto__')
const typedItem = (value: fc.Arbitrary<Typed>): fc.Arbitrary<Typed> =>
  fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true }).map((map): Typed => {
    const part = (i: 0 | 1): Record<string, unknown> =>
      Object.fromEntries(Object.entries(map).map(([key, both]) => [key, both[i]]))
    return [{ M: part(0) }, part(1)]
  })
const typed: fc.Arbitrary<Typed> = fc.letrec<{ value: Typed }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc
      .array(tie('value'), { maxLength: 4 })
      .map((list): Typed => [{ L: list.map(([one]) => one) }, list.map(([, one]) => one)]),
    typedItem(tie('value')),
  ),
})).value

/** Size of a value by the sheet's words, from the API's form and numbers as texts: nothing of the room is used (DDB-R2, DDB-R3). */
function sizeByTheSheet(value: Record<string, any>): number {
  const [[type, inner]] = Object.entries(value) as [[string, any]]
  const utf8 = (text: string): number => Buffer.byteLength(text, 'utf8')
  const sum = (list: number[]): number => list.reduce((all, one) => all + one, 0)
  if (type === 'S') return utf8(inner)
  if (type === 'B') return Buffer.from(inner, 'base64').length
  if (type === 'BOOL' || type === 'NULL') return 1
  if (type === 'SS') return sum(inner.map(utf8))
  if (type === 'L') return 3 + sum(inner.map((one: any) => 1 + sizeByTheSheet(one)))
  if (type === 'M') return 3 + sum(Object.entries<any>(inner).map(([key, one]) => 1 + utf8(key) + sizeByTheSheet(one)))
  const [, sign, whole, exponent] = /^(-?)(\d+)e(-?\d+)$/.exec(inner)!
  const significant = whole!.replace(/^0+/, '').replace(/0+$/, '')
  if (significant === '') return 1
  const leading = whole!.replace(/^0+/, '').length - 1 + Number(exponent)
  const d = significant.length
  return 1 + Math.ceil(d / 2) + (d % 2 === 0 && leading % 2 === 0 ? 1 : 0) + (sign === '-' ? 1 : 0)
}

test('any item has the size that the sheet says, and costs its units [DDB-R1, DDB-R2, DDB-R3, DDB-R10, DDB-R11]', () => {
  const world = tableLab({ assumptions: { ReplicaLag: '0ms' } })
  let key = 0
  fc.assert(
    fc.property(typedItem(typed), fc.integer({ min: 0, max: 20_000 }), ([{ M }, plain], filler) => {
      const pk = `k${key++}`
      const own = { ...(plain as object), pk, filler: 'x'.repeat(filler) }
      const size =
        sizeByTheSheet({ M: { ...M, pk: { S: pk }, filler: { S: own.filler } } }) - 3 - Object.keys(own).length
      expect(itemSize(own)).toBe(size)
      expect(unitsOf(world, 'PutItem', { Item: own })).toBe(Math.ceil(size / 1024))
      expect(unitsOf(world, 'GetItem', { Key: { pk }, ConsistentRead: true })).toBe(Math.ceil(size / 4096))
      expect(unitsOf(world, 'GetItem', { Key: { pk } })).toBe(Math.ceil(size / 4096) / 2)
    }),
    { numRuns: 300 },
  )
})

test('the length of any text is that of its UTF-8 bytes [DDB-R2]', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => void expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length),
    ),
  )
})

test('texts are ordered by their UTF-8 bytes [N.DYNAMODB-28]', () => {
  const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
      (a, b) => void expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(bytes(a), bytes(b))),
    ),
  )
})

test('bytes are read from base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      expect([...bytesOf(text)].map((c) => c.charCodeAt(0))).toEqual([...bytes])
      expect(sizeOf({ B: text })).toBe(bytes.length)
    }),
  )
})

test('values of the ten types are told apart; an empty set and an infinite number are refused [N.DYNAMODB-09, DDB-R5]', () => {
  const values = ['a', 1, { B: 'AA==' }, true, null, { a: 1 }, [1], { SS: ['a'] }, { NS: [1] }, { BS: ['AA=='] }]
  expect(values.map(typeOf)).toEqual(['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS'])
  expect(() => sizeOf({ SS: [] })).toThrow('empty set')
  expect(() => sizeOf({ NS: [1, 1] })).toThrow('duplicates')
  expect(() => sizeOf(Infinity)).toThrow()
  expect(() => sizeOf(undefined)).toThrow()
  expect(typeOf(undefined)).toBeUndefined()
})

test('nesting ends at 32 levels [DDB-R5]', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
  expect(itemSize({ a: nested(32) })).toBeGreaterThan(0)
  expect(() => itemSize({ a: nested(33) })).toThrow('Nesting')
})

test('values are equal by type and content, sets in any order', () => {
  expect(equalValues({ SS: ['a', 'b'] }, { SS: ['b', 'a'] })).toBe(true)
  expect(equalValues(['a', 'b'], ['b', 'a'])).toBe(false)
  expect(equalValues({ a: [1, null] }, { a: [1, null] })).toBe(true)
  expect(equalValues('1', 1)).toBe(false)
  expect(equalValues(undefined, undefined)).toBe(false)
  expect(compareValues('a', 1)).toBeNaN()
  expect(compareValues({ B: '/w==' }, { B: 'AA==' })).toBeGreaterThan(0)
})
