// What a page around a figure may say, and the code that puts a figure into a page.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { embedCode, readOrder } from './embed.ts'

test('three orders are taken, a moment only within bounds', () => {
  expect(readOrder({ hotshard: 'play' })).toEqual({ order: 'play' })
  expect(readOrder({ hotshard: 'pause', time: 3 })).toEqual({ order: 'pause' })
  expect(readOrder({ hotshard: 'seek', time: 42.5 })).toEqual({ order: 'seek', time: 42.5 })
  for (const time of [-1, NaN, Infinity, 1e10, '5', null, undefined, [1]])
    expect(readOrder({ hotshard: 'seek', time }), String(time)).toBeUndefined()
})

test('whatever else is said means nothing', () => {
  expect(readOrder(Object.create({ hotshard: 'play' }))).toBeUndefined()
  fc.assert(
    fc.property(fc.anything(), (data) => {
      const order = readOrder(data)
      return order === undefined || ['play', 'pause', 'seek'].includes(order.order)
    }),
  )
})

test('the code of a figure is one element whose address cannot end its attribute', () => {
  const code = embedCode('https://example.org/app/?x=1#s=1.abc&k.A=%22%3E&t=3')
  expect(code).toContain('src="https://example.org/app/?x=1&amp;embed=1#s=1.abc&amp;k.A=%22%3E&amp;t=3"')
  expect(code.match(/</g)).toHaveLength(2)
  expect(code.match(/"/g)?.length).toBe(12)
  expect(embedCode('https://example.org/#k.A="><b>').match(/</g)).toHaveLength(2)
})
