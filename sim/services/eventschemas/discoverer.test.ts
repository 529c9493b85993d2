// Shows what a discoverer learns of the events that it is shown.
import { expect, test } from 'vitest'
import { events, put, entry } from '../../../test/events.ts'
import { lab, type LabOptions } from '../../../test/kit.ts'
import { discoverer, type Discoverer } from './discoverer.ts'

const world = (properties: Record<string, unknown> = {}, options: LabOptions = {}) =>
  lab(
    { Eye: { def: discoverer, properties: { SourceArn: 'default', ...properties } } },
    {
      probe: [
        ['Eye', 'schemas:DiscoverEvent'],
        ['Eye', 'schemas:StartDiscoverer'],
        ['Eye', 'schemas:StopDiscoverer'],
      ],
      ...options,
    },
  )
type World = ReturnType<typeof world>

function show(l: World, detail: unknown, type = 'Order Placed', account = '123456789012'): void {
  l.ask('Eye', 'schemas:DiscoverEvent', { Event: { source: 'shop', 'detail-type': type, account, detail } })
}
const found = (l: World): Record<string, string[]> => (discoverer.report!(l.state<Discoverer>('Eye')) as any).schemas

test('three shapes of events are three schemas [N.EVENTBRIDGE-10]', () => {
  const l = world()
  show(l, { id: 1 })
  show(l, { id: 2 }, 'Order Paid')
  show(l, { id: 3, why: 'late' }, 'Order Cancelled')
  show(l, { id: 4 })
  expect(found(l)).toEqual({
    'shop@OrderPlaced': ['{ id: number }'],
    'shop@OrderPaid': ['{ id: number }'],
    'shop@OrderCancelled': ['{ id: number, why: text }'],
  })
})

test('a new field makes version 2; an event without it makes none [N.EVENTBRIDGE-11]', () => {
  const l = world()
  show(l, { id: 1 })
  show(l, { id: 2, who: 'Ann' })
  show(l, { id: 3 })
  expect(found(l)).toEqual({ 'shop@OrderPlaced': ['{ id: number }', '{ id: number, who: text }'] })
})

test('a discoverer that is stopped learns nothing, and nothing of other accounts where it shall not', () => {
  const l = world({ CrossAccount: false })
  l.ask('Eye', 'schemas:StopDiscoverer')
  show(l, { id: 1 })
  expect(found(l)).toEqual({})
  l.ask('Eye', 'schemas:StartDiscoverer')
  show(l, { id: 1 }, 'Order Placed', '111122223333')
  expect(found(l)).toEqual({})
  const open = world()
  show(open, { id: 1 }, 'Order Placed', '111122223333')
  expect(Object.keys(found(open))).toEqual(['shop@OrderPlaced'])
})

test('what it keeps has an end', () => {
  const l = world({}, { quotas: { 'eventschemas.DiscoveredSchemas': 2, 'eventschemas.SchemaVersions': 3 } })
  for (let i = 0; i < 5; i++) show(l, { [`f${i}`]: i })
  for (let i = 0; i < 5; i++) show(l, {}, `Type ${i}`)
  expect(Object.keys(found(l))).toEqual(['shop@OrderPlaced', 'shop@Type0'])
  expect(found(l)['shop@OrderPlaced']).toHaveLength(3)
  expect(found(l)['shop@OrderPlaced']![2]).toContain('f4')
  expect(() =>
    lab(
      {
        A: { def: discoverer, properties: { SourceArn: 'default' } },
        B: { def: discoverer, properties: { SourceArn: 'default' } },
      },
      { quotas: { 'eventschemas.Discoverers': 1 } },
    ),
  ).toThrow('there are 2 discoverers')
  expect(world({ SourceArn: 'elsewhere' }).notSimulated.join()).toContain('nothing is discovered')
})

test('a bus shows it the events that come, those of other buses are not its own [N.EVENTBRIDGE-10, N.EVENTBRIDGE-11]', () => {
  const l = events({
    Eye: { def: discoverer, properties: { SourceArn: 'Orders' } },
    Other: { def: discoverer, properties: { SourceArn: 'default' } },
  })
  put(
    l,
    entry(),
    entry({ DetailType: 'paid', Detail: { id: 1, by: 'card' } }),
    entry({ Detail: { id: 2, gift: true } }),
  )
  expect(found(l)).toEqual({
    'shop@placed': ['{ id: number }', '{ id: number, gift: truth }'],
    'shop@paid': ['{ id: number, by: text }'],
  })
  expect((discoverer.report!(l.state<Discoverer>('Other')) as any).schemas).toEqual({})
})
