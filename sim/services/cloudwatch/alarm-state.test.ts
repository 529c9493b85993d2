// Holds the evaluation of alarms against the documented tables, row by row.
import { describe, expect, it } from 'vitest'
import { breaches, samplesNeeded, stateAfter, type AlarmState, type MissingData, type Point } from './alarm-state.ts'

const COLUMNS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching']
const points = (row: string): Point[] => row.split(' ').map((point) => (point === 'X' ? 1 : point === '-' ? -1 : 0))
/** The states under the four ways to treat missing data; `keep` where the state stays what it was. */
function row(text: string, n: number, m: number): string[] {
  return COLUMNS.map((column) => {
    const after = (['OK', 'ALARM', 'INSUFFICIENT_DATA'] as AlarmState[]).map((now) =>
      stateAfter(points(text), n, m, column, now),
    )
    return after[0] === after[1] ? after[0]! : 'keep'
  })
}

describe('the state of an alarm', () => {
  it('follows the documented table for 3 of 3 data points [CW-24, CW-23, CW-V1]', () => {
    expect(row('0 - X - X', 3, 3)).toEqual(['OK', 'OK', 'OK', 'OK'])
    expect(row('- - - - -', 3, 3)).toEqual(['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'])
    expect(row('0 X X - X', 3, 3)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM'])
    expect(row('- - - - 0', 3, 3)).toEqual(['OK', 'OK', 'OK', 'OK'])
    expect(row('- - X - -', 3, 3)).toEqual(['ALARM', 'keep', 'ALARM', 'OK'])
  })

  it('follows the documented table for 2 of 3 data points [CW-24, CW-V2]', () => {
    expect(row('0 - X - X', 3, 2)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM'])
    expect(row('0 0 X 0 X', 3, 2)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM'])
    expect(row('- - - - 0', 3, 2)).toEqual(['OK', 'OK', 'ALARM', 'OK'])
  })

  it('does not go to ALARM on one point that is newer than M periods [CW-24, CW-V3]', () => {
    for (const text of ['- - - - X', '- - - X -']) expect(row(text, 3, 3)[0]).toBe('keep')
    expect(row('- - X - -', 3, 3)[0]).toBe('ALARM')
    expect(row('- - - - X', 3, 1)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM'])
  })

  it('uses the newest N points alone when there are so many, however old the others [CW-24]', () => {
    expect(row('X X 0 0 0', 3, 1)).toEqual(['OK', 'OK', 'OK', 'OK'])
    expect(row('X 0 0 - -', 3, 1)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM'])
    expect(row('X X X 0 0', 3, 1)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM'])
  })
})

describe('breaches', () => {
  it('tells the four comparisons apart at the threshold itself [CW-20]', () => {
    const at = (value: number) =>
      (
        [
          'GreaterThanOrEqualToThreshold',
          'GreaterThanThreshold',
          'LessThanThreshold',
          'LessThanOrEqualToThreshold',
        ] as const
      ).map((comparison) => breaches(value, comparison, 3))
    expect(at(3)).toEqual([true, false, false, true])
    expect(at(2)).toEqual([false, false, true, true])
    expect(at(4)).toEqual([true, true, false, false])
  })
})

describe('samplesNeeded', () => {
  it('is 10/(1 − p) from the median on and 10/p below it [CW-25]', () => {
    expect([0.99, 0.999, 0.5, 0.1, 0.9].map(samplesNeeded)).toEqual([1000, 10_000, 20, 100, 100])
  })
})
