// Shows what an archive keeps and for how long, and how a replay goes through its minutes.
import { describe, expect, test } from 'vitest'
import { aQueue, AT_ONCE, bodies, DEFAULT, entry, events, put, ROLE, ruleOf } from '../../../test/events.ts'
import { DAY, MINUTE, SECOND, type Answer, type Lab, type Part } from '../../../test/kit.ts'
import { isoText } from '../../parts/calendar.ts'
import { DEFAULT_START } from '../../parts/calendar.ts'
import { archive, type Archive } from './archive.ts'
import { eventBus } from './event-bus.ts'
import type { Rule } from './rule.ts'

const ANY = { source: [{ exists: true }] }
const kept = (properties: Record<string, unknown> = {}, assumptions: Record<string, string> = {}): Part => ({
  def: archive,
  properties: { SourceArn: 'Orders', ...properties },
  assumptions: { ReplayStart: '0ms', ...assumptions },
})
const probe = (['StartReplay', 'CancelReplay', 'DescribeReplay'] as const).flatMap((op) =>
  ['Past', 'Other'].map((name) => [name, `events:${op}`] as const),
)
const parts = { Jobs: aQueue, Placed: ruleOf(ANY, [{ Arn: 'Jobs', ...ROLE }]) }
const world = (more: Record<string, Part> = {}, quotas: Record<string, number> = {}): Lab => {
  const all = { ...parts, Past: kept(), ...more }
  return events(all, { quotas, probe: probe.filter(([name]) => Object.hasOwn(all, name)) })
}
const at = (time: number): string => isoText(DEFAULT_START + time, 6)
const replay = (l: Lab, from: number, to: number, more: Record<string, unknown> = {}): Answer =>
  l.ask('Past', 'events:StartReplay', {
    ReplayName: 'again',
    EventStartTime: at(from),
    EventEndTime: at(to),
    Destination: { Arn: 'arn:aws:events:us-east-1:123456789012:event-bus/orders' },
    ...more,
  })
const stateOf = (l: Lab, ReplayName = 'again'): string =>
  l.ask('Past', 'events:DescribeReplay', { ReplayName }).answer.State
/** Puts an event each ten seconds, numbered, for so many minutes. */
function fill(l: Lab, minutes: number): void {
  for (let i = 0; i < minutes * 6; i++) {
    l.run(i * 10 * SECOND)
    put(l, entry({ Detail: { id: i } }))
  }
  l.run(minutes * MINUTE)
}

describe('an archive', () => {
  test('keeps what matches its pattern for as many days as it says, 0 = for ever [EB-50]', () => {
    const l = world({
      Other: kept({ EventPattern: { detail: { id: [{ numeric: ['<', 2] }] } }, RetentionDays: 1 }),
    })
    for (let i = 0; i < 4; i++) put(l, entry({ Detail: { id: i } }))
    l.run(DAY - 1)
    const count = (name: string): number => {
      const state = l.state<Archive>(name)
      state.expire()
      return state.kept
    }
    expect([count('Past'), count('Other')]).toEqual([4, 2])
    l.run(DAY)
    expect([count('Past'), count('Other')]).toEqual([4, 0])
    l.run(390 * DAY)
    expect(count('Past')).toBe(4)
  })

  test('gets events late where it is assumed to [EB-50]', () => {
    const l = world({ Past: kept({}, { ArchiveDelay: '10m' }) })
    put(l, entry())
    l.run(10 * MINUTE - 1)
    expect(l.state<Archive>('Past').kept).toBe(0)
    l.run(10 * MINUTE)
    expect(l.state<Archive>('Past').kept).toBe(1)
  })

  test('is one bus’s alone, the default one’s too', () => {
    const l = events({ Past: kept({ SourceArn: 'default' }) })
    put(l, entry())
    l.ask(DEFAULT, 'events:PutEvents', { Entries: [entry()] })
    l.run(1)
    expect(l.state<Archive>('Past').kept).toBe(1)
  })
})

describe('a replay', () => {
  test('hands the minutes of its range to the bus one after the other, marked, and keeps nothing again [EB-50, EB-51, EB-V10]', () => {
    const l = world()
    fill(l, 20)
    bodies(l, 'Jobs')
    const before = l.state<Archive>('Past').kept
    expect(replay(l, 2 * MINUTE, 18 * MINUTE).answer.State).toBe('STARTING')
    l.run(l.now + MINUTE)
    expect(stateOf(l)).toBe('COMPLETED')
    const again = bodies(l, 'Jobs')
    expect(again).toHaveLength(16 * 6)
    expect(new Set(again.map((event) => event['replay-name']))).toEqual(new Set(['again']))
    const ids = again.map(({ detail }) => detail.id as number)
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 96 }, (_, i) => i + 12))
    const minutes = ids.map((id) => Math.floor(id / 6))
    expect(minutes).toEqual([...minutes].sort((a, b) => a - b))
    // Within a minute the order is not kept.
    expect(ids).not.toEqual([...ids].sort((a, b) => a - b))
    expect(l.state<Archive>('Past').kept).toBe(before)
  })

  test('goes as fast as events may be put [EB-51]', () => {
    const l = world({}, { 'events.PutEventsRequests': 4 })
    for (let i = 0; i < 12; i++) {
      l.run(i * SECOND)
      put(l, entry())
    }
    l.run(MINUTE)
    const before = l.state<Rule>('Placed').triggered
    replay(l, 0, MINUTE)
    l.run(l.now + SECOND - 1)
    expect(l.state<Rule>('Placed').triggered - before).toBe(4)
    l.run(MINUTE + 3 * SECOND - 1)
    expect([l.state<Rule>('Placed').triggered - before, stateOf(l)]).toEqual([12, 'RUNNING'])
    l.run(MINUTE + 3 * SECOND)
    expect(stateOf(l)).toBe('COMPLETED')
  })

  test('may be for some rules alone [EB-51]', () => {
    const l = world({ Mail: aQueue, Told: ruleOf(ANY, [{ Arn: 'Mail', ...ROLE }], { Name: 'told' }) })
    put(l, entry())
    l.run(MINUTE)
    bodies(l, 'Mail')
    bodies(l, 'Jobs')
    const rule = 'arn:aws:events:us-east-1:123456789012:rule/orders/'
    const destination = (name: string): Record<string, unknown> => ({
      Destination: { Arn: 'arn:aws:events:us-east-1:123456789012:event-bus/orders', FilterArns: [rule + name] },
    })
    expect(replay(l, 0, MINUTE, destination('nobody')).status).toBe('ResourceNotFoundException')
    replay(l, 0, MINUTE, destination('told'))
    l.run(2 * MINUTE)
    expect([bodies(l, 'Mail').length, bodies(l, 'Jobs').length]).toEqual([1, 0])
  })

  test('can be cancelled while it runs, and not afterwards [EB-51]', () => {
    const l = world({}, { 'events.PutEventsRequests': 2 })
    for (let i = 0; i < 10; i++) {
      l.run(i * SECOND)
      put(l, entry())
    }
    l.run(MINUTE)
    replay(l, 0, MINUTE)
    l.run(MINUTE + 1)
    expect(stateOf(l)).toBe('RUNNING')
    const cancel = (): Answer => l.ask('Past', 'events:CancelReplay', { ReplayName: 'again' })
    expect(cancel().answer.State).toBe('CANCELLING')
    l.run(MINUTE + SECOND)
    expect(stateOf(l)).toBe('CANCELLED')
    expect(l.state<Archive>('Past').replayed).toBe(1)
    expect(cancel().status).toBe('IllegalStatusException')
    expect(l.ask('Past', 'events:CancelReplay', { ReplayName: 'none' }).status).toBe('ResourceNotFoundException')
    expect(l.ask('Past', 'events:DescribeReplay', { ReplayName: 'none' }).status).toBe('ResourceNotFoundException')
  })

  test('is STARTING for a while', () => {
    const l = world({ Past: kept({}, { ReplayStart: '30s' }) })
    put(l, entry())
    l.run(MINUTE)
    replay(l, 0, MINUTE)
    l.run(MINUTE + 30 * SECOND - 1)
    expect(stateOf(l)).toBe('STARTING')
    l.run(MINUTE + 30 * SECOND)
    expect(stateOf(l)).toBe('RUNNING')
  })

  test('is refused under a name that is taken, to another bus, backwards, or as the eleventh at a time [EB-51]', () => {
    const l = world({ Other: kept(), Far: { def: eventBus, properties: { Name: 'far' }, assumptions: AT_ONCE } })
    put(l, entry())
    l.run(MINUTE)
    const to = (name: string): object => ({
      Destination: { Arn: `arn:aws:events:us-east-1:123456789012:event-bus/${name}` },
    })
    const status = (from: number, until: number, more: object = {}): string =>
      replay(l, from, until, { ...more }).status
    expect(status(0, MINUTE, to('nowhere'))).toBe('ResourceNotFoundException')
    expect(status(0, MINUTE, to('far'))).toBe('ValidationException')
    expect(status(0, MINUTE, to('default'))).toBe('ValidationException')
    expect([status(MINUTE, MINUTE), status(MINUTE, 0)]).toEqual(['ValidationException', 'ValidationException'])
    expect(status(0, MINUTE, { EventStartTime: 'soon' })).toBe('ValidationException')
    expect(status(0, MINUTE, { EventStartTime: DEFAULT_START / SECOND })).toBe('OK')
    expect(status(0, MINUTE)).toBe('ResourceAlreadyExistsException')
    const other = l.ask('Other', 'events:StartReplay', {
      ...{ ReplayName: 'again', EventStartTime: at(0), EventEndTime: at(MINUTE) },
    })
    expect(other.status).toBe('ResourceAlreadyExistsException')
    const slow = world({ Past: kept({}, { ReplayStart: '1h' }) })
    const names = Array.from({ length: 11 }, (_, i) => replay(slow, 0, MINUTE, { ReplayName: `r${i}` }).status)
    expect(names).toEqual([...Array(10).fill('OK'), 'LimitExceededException'])
  })
})
