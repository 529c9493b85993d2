// Shows composite alarms: the grammar of their rules, when they change, and how a suppressor holds their actions back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import { alarm, type Alarm } from './alarm.ts'
import type { AlarmState } from './alarm-state.ts'
import { compositeAlarm, type CompositeAlarm } from './composite-alarm.ts'
import { alarmsIn, parseRule, ruleHolds, type Rule } from './composites.ts'

const rule = (text: string): Rule => {
  const parsed = parseRule(text)
  if ('at' in parsed) throw new Error(`${text} makes no sense at ${parsed.at}`)
  return parsed
}
const holds = (text: string, states: Record<string, AlarmState> = {}) =>
  ruleHolds(rule(text), new Map(Object.entries(states)))

describe('rules', () => {
  it('ask for states of alarms, combine with AND, OR, NOT and parentheses, NOT before AND before OR [CW-40]', () => {
    const states = { a: 'ALARM', b: 'OK' } as const
    expect(holds('ALARM(a)', states)).toBe(true)
    expect(holds('ALARM("a") AND OK(\'b\') AND INSUFFICIENT_DATA(c)', states)).toBe(true)
    expect(holds('TRUE OR FALSE AND FALSE')).toBe(true)
    expect(holds('(TRUE OR FALSE) AND FALSE')).toBe(false)
    expect(holds('NOT FALSE AND TRUE')).toBe(true)
    expect(holds('NOT (FALSE OR TRUE)')).toBe(false)
    expect(holds('NOT NOT ALARM(b)', states)).toBe(false)
    expect(alarmsIn(rule('ALARM(a) OR NOT (OK(b) AND ALARM(a))'))).toEqual(['a', 'b'])
    expect(alarmsIn(rule('ALARM("arn:aws:cloudwatch:eu-west-1:1:alarm:High CPU")'))).toEqual([
      'arn:aws:cloudwatch:eu-west-1:1:alarm:High CPU',
    ])
  })

  it('that make no sense are refused where they stop doing so', () => {
    for (const [text, at] of [
      ['', 0],
      ['ALARM(a) AND', 12],
      ['ALARM(a) ALARM(b)', 9],
      ['(TRUE', 5],
      ['alarm(a)', 0],
      ['TRUE) ', 4],
    ] as const)
      expect(parseRule(text)).toEqual({ at })
    expect(() => build({ AlarmRule: 'ALARM(A) &&' })).toThrow(/unreadable-rule/)
  })

  it('nest a hundred deep at most, so that no text can exhaust the machine', () => {
    expect(holds('('.repeat(99) + 'TRUE' + ')'.repeat(99))).toBe(true)
    for (const text of [
      '('.repeat(5000) + 'TRUE' + ')'.repeat(5000),
      'NOT '.repeat(2000) + 'TRUE',
      'TRUE OR '.repeat(2000) + 'TRUE',
    ])
      expect(parseRule(text)).toHaveProperty('at')
  })

  it('mean what the same words mean to a reader of booleans', () => {
    const tree = fc.letrec<{ rule: string }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('TRUE', 'FALSE'),
        fc.tuple(tie('rule'), fc.constantFrom('AND', 'OR'), tie('rule')).map(([a, op, b]) => `${a} ${op} ${b}`),
        tie('rule').map((of) => `NOT ${of}`),
        tie('rule').map((of) => `(${of})`),
      ),
    })).rule
    fc.assert(
      fc.property(tree, (text) => {
        const script = text
          .replaceAll('TRUE', 'true')
          .replaceAll('FALSE', 'false')
          .replaceAll('AND', '&&')
          .replaceAll('OR', '||')
          .replaceAll('NOT', '!')
        expect(holds(text)).toBe(new Function(`return ${script}`)())
      }),
    )
  })
})

/** Two alarms `A` and `B` that are set by hand, a suppressor `S`, and a composite `C` over them. */
function build(properties: Record<string, unknown>, more: Record<string, Record<string, unknown>> = {}): Lab {
  const plain = {
    Namespace: 'App',
    MetricName: 'None',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'ignore',
  }
  return lab(
    {
      A: { def: alarm, properties: plain },
      B: { def: alarm, properties: plain },
      S: { def: alarm, properties: plain },
      C: { def: compositeAlarm, properties: { AlarmActions: ['arn:topic'], OKActions: ['arn:topic'], ...properties } },
      ...Object.fromEntries(Object.entries(more).map(([name, p]) => [name, { def: compositeAlarm, properties: p }])),
    },
    { probe: ['A', 'B', 'S', 'C'].map((to) => [to, 'cloudwatch:SetAlarmState'] as const) },
  )
}

const set = (l: Lab, name: string, state: AlarmState, at: number) => {
  l.run(at * SECOND)
  l.call(name, 'cloudwatch:SetAlarmState', { StateValue: state })
}
const history = (l: Lab, name = 'C') =>
  l.state<CompositeAlarm>(name).history.map(({ at, state }) => [at / SECOND, state])
const told = (l: Lab) => l.state<CompositeAlarm>('C').actions.counts
/** [OK, ALARM] notifications at each second from 0 on. */
function toldBy(l: Lab, seconds: readonly number[]): number[] {
  return seconds.map((second) => {
    l.run(second * SECOND)
    return told(l)[1]!
  })
}

describe('a composite alarm', () => {
  it('is in ALARM while its rule holds, and else OK [CW-40]', () => {
    const l = build({ AlarmRule: 'ALARM(A) AND NOT ALARM(B)' })
    expect(l.state<CompositeAlarm>('C').state).toBe('INSUFFICIENT_DATA')
    l.run(SECOND)
    set(l, 'A', 'ALARM', 10)
    set(l, 'B', 'ALARM', 20)
    set(l, 'B', 'OK', 30)
    l.run(MINUTE - 1)
    expect(history(l)).toEqual([
      [0, 'INSUFFICIENT_DATA'],
      [0, 'OK'],
      [10, 'ALARM'],
      [20, 'OK'],
      [30, 'ALARM'],
    ])
    expect(told(l)).toEqual([2, 2])
    expect(l.state<CompositeAlarm>('C').history.at(-1)!.reason).toBe('The rule holds: A is ALARM, B is OK')
  })

  it('sees changes of one moment together: none of them alone makes it flicker [CW-40]', () => {
    const l = build({ AlarmRule: 'ALARM(A) OR ALARM(B)' })
    set(l, 'A', 'ALARM', 10)
    l.run(20 * SECOND)
    l.call('A', 'cloudwatch:SetAlarmState', { StateValue: 'OK' })
    l.call('B', 'cloudwatch:SetAlarmState', { StateValue: 'ALARM' })
    l.run(30 * SECOND)
    expect(history(l).slice(1)).toEqual([
      [0, 'OK'],
      [10, 'ALARM'],
    ])
  })

  it('may look at other composites, but not at itself round a circle [CW-40]', () => {
    const l = build({ AlarmRule: 'ALARM(A)' }, { Top: { AlarmRule: 'ALARM(C) AND OK(B)' } })
    set(l, 'A', 'ALARM', 10)
    set(l, 'B', 'OK', 20)
    l.run(30 * SECOND)
    expect(history(l, 'Top').slice(1)).toEqual([
      [0, 'OK'],
      [20, 'ALARM'],
    ])
    const circle = build({ AlarmRule: 'ALARM(Top)' }, { Top: { AlarmRule: 'NOT ALARM(C)' } })
    circle.run(MINUTE)
    expect(history(circle)).toEqual([[0, 'INSUFFICIENT_DATA']])
    expect(circle.notSimulated.join()).toMatch(/leads back to this alarm/)
  })

  it('has no data of an alarm that is not in the scenario, and takes at most 100', () => {
    const l = build({ AlarmRule: 'INSUFFICIENT_DATA(Elsewhere)' })
    l.run(SECOND)
    expect(l.state<CompositeAlarm>('C').state).toBe('ALARM')
    expect(l.notSimulated.join()).toMatch(/`Elsewhere` is not in this scenario/)
    const many = (n: number) => Array.from({ length: n }, (_, i) => `ALARM(x${i})`).join(' OR ')
    build({ AlarmRule: many(100) })
    expect(() => build({ AlarmRule: many(101) })).toThrow(/101 alarms/)
  })

  it('can be set by hand until the rule is evaluated again [CW-21]', () => {
    const l = build({ AlarmRule: 'ALARM(A)' })
    set(l, 'C', 'ALARM', 10)
    set(l, 'A', 'OK', 20)
    l.run(30 * SECOND)
    expect(history(l).slice(2)).toEqual([
      [10, 'ALARM'],
      [20, 'OK'],
    ])
    expect(l.state<Alarm>('A').history.map(({ at }) => at / SECOND)).toEqual([0, 20])
  })
})

describe('a suppressor', () => {
  const suppressed = {
    AlarmRule: 'ALARM(A)',
    ActionsSuppressor: 'S',
    ActionsSuppressorWaitPeriod: 2,
    ActionsSuppressorExtensionPeriod: 3,
  }

  it('that stays quiet lets actions run after the wait [CW-41, CW-V9]', () => {
    const l = build(suppressed)
    set(l, 'S', 'OK', 10)
    set(l, 'A', 'ALARM', 22)
    expect(toldBy(l, [23.999999, 24, 60])).toEqual([0, 1, 1])
  })

  it('that rises in the wait holds them back [CW-41, CW-V9]', () => {
    const l = build(suppressed)
    set(l, 'A', 'ALARM', 22)
    set(l, 'S', 'ALARM', 23)
    expect(toldBy(l, [24, 59])).toEqual([0, 0])
  })

  it('that is up already holds them back, and lets them run an extension after it has gone [CW-41, CW-V9]', () => {
    const l = build(suppressed)
    set(l, 'S', 'ALARM', 10)
    set(l, 'A', 'ALARM', 22)
    set(l, 'S', 'OK', 30)
    expect(toldBy(l, [32.999999, 33, 59])).toEqual([0, 1, 1])
  })

  it('that has gone lets nothing run if the state is again what was last told [CW-41]', () => {
    const l = build(suppressed)
    l.run(5 * SECOND)
    expect(told(l)).toEqual([1, 0])
    set(l, 'S', 'ALARM', 10)
    set(l, 'A', 'ALARM', 22)
    set(l, 'A', 'OK', 25)
    set(l, 'S', 'OK', 30)
    l.run(59 * SECOND)
    expect(told(l)).toEqual([1, 0])
  })

  it('gives way to a new wait when the composite changes in the extension or the wait [CW-41]', () => {
    const l = build(suppressed)
    set(l, 'S', 'ALARM', 10)
    set(l, 'S', 'OK', 20)
    set(l, 'A', 'ALARM', 22)
    expect(toldBy(l, [23.999999, 24])).toEqual([0, 1])
    const again = build(suppressed)
    set(again, 'A', 'ALARM', 22)
    set(again, 'A', 'OK', 23)
    set(again, 'A', 'ALARM', 24)
    expect(toldBy(again, [25.999999, 26])).toEqual([0, 1])
  })

  it('needs both its periods', () => {
    expect(() => build({ AlarmRule: 'TRUE', ActionsSuppressor: 'S' })).toThrow(/ActionsSuppressorWaitPeriod/)
  })
})
