// Tests what the recorder writes: minutes, idle stretches, ages, levels, cuts, short periods and the end of a run.
import { describe, expect, it } from 'vitest'
import { Kernel } from './kernel.ts'
import { MINUTE, Recorder, type Series } from './recorder.ts'

const SECOND = 1_000_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

interface State {
  value: number
}

/** A kernel with a recorder; `at` schedules what happens, `until` runs and closes the run. */
function bench(cuts: readonly number[] = []) {
  const kernel = new Kernel(1)
  const recorder = new Recorder(kernel.clock, cuts)
  const actions: (() => void)[] = []
  const target = kernel.target((_: null, i: number) => actions[i]!(), 0)
  let asked: number[] = []
  return {
    kernel,
    recorder,
    get asked() {
      return asked
    },
    at(time: number, action: () => void): void {
      actions.push(action)
      kernel.after(time, target, actions.length - 1)
    },
    ask(answer: (time: number) => boolean): void {
      asked = []
      recorder.atPeriodEnd = {
        periodEnded(time) {
          asked.push(time)
          return answer(time)
        },
      }
    },
    start(end: number): void {
      recorder.end = end
      kernel.setBoundary(recorder, recorder.first)
    },
    run(until: number): void {
      kernel.run(until)
      kernel.setBoundary(recorder, recorder.catchUp())
    },
  }
}

const shape = (series: Series) =>
  series.points.map((point) => [point.start, point.repeat, point.n, point.sum, point.min, point.max])

describe('counts and distributions', () => {
  it('make one point for each minute with a value, stamped with its start [CW-04, CW-V5]', () => {
    const b = bench()
    const id = b.recorder.open('count')
    b.at(12 * HOUR, () => b.recorder.count(id, 2))
    b.at(12 * HOUR + SECOND, () => b.recorder.count(id, 4))
    b.at(12 * HOUR + MINUTE - 1, () => b.recorder.count(id, 5))
    b.at(12 * HOUR + MINUTE, () => b.recorder.count(id, 7))
    b.start(13 * HOUR)
    b.run(13 * HOUR)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [12 * HOUR, 1, 3, 11, 2, 5],
      [12 * HOUR + MINUTE, 1, 1, 7, 7, 7],
    ])
  })

  it('keep a histogram a minute', () => {
    const b = bench()
    const id = b.recorder.open('distribution')
    for (let i = 0; i < 100; i++) b.at(i * 2 * SECOND, () => b.recorder.record(id, i))
    b.start(HOUR)
    b.run(HOUR)
    b.recorder.finish()
    const { points } = b.recorder.series[id]!
    expect(points.map((point) => point.n)).toEqual([30, 30, 30, 10])
    expect([...points[1]!.histogram!.index]).toEqual(Array.from({ length: 30 }, (_, i) => 30 + i))
  })

  it('write the running minute when the run ends', () => {
    const b = bench()
    const id = b.recorder.open('count')
    b.at(90 * SECOND, () => b.recorder.count(id, 3))
    b.start(100 * SECOND)
    b.run(100 * SECOND)
    expect(shape(b.recorder.series[id]!)).toEqual([])
    b.recorder.finish()
    expect(shape(b.recorder.series[id]!)).toEqual([[MINUTE, 1, 1, 3, 3, 3]])
  })
})

describe('the end of a run', () => {
  it('keeps what happens at its very last moment', () => {
    const b = bench()
    const id = b.recorder.open('distribution')
    const level = b.recorder.open('level')
    const gauge = b.recorder.open('gauge', { read: (() => 1) as never, state: null })
    b.at(MINUTE, () => b.recorder.record(id, 9))
    b.at(MINUTE, () => b.recorder.level(level, 9))
    b.start(MINUTE)
    b.run(MINUTE)
    b.recorder.finish()
    expect(shape(b.recorder.series[id]!)).toEqual([[MINUTE, 1, 1, 9, 9, 9]])
    expect(shape(b.recorder.series[level]!)).toEqual([])
    expect(shape(b.recorder.series[gauge]!)).toEqual([[0, 1, 1, 1, 1, 1]])
  })
})

describe('gauges and ages', () => {
  it('are read at each minute’s end, and an idle year is one point', () => {
    const b = bench()
    const state: State = { value: 0 }
    const id = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state })
    b.at(30 * SECOND, () => (state.value = 5))
    b.at(90 * SECOND, () => (state.value = 7))
    b.at(365 * DAY, () => (state.value = 1))
    b.start(366 * DAY)
    const steps = b.kernel.steps
    b.run(366 * DAY)
    expect(b.kernel.steps - steps).toBe(3)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [0, 1, 1, 5, 5, 5],
      [MINUTE, 365 * 1440 - 1, 1, 7, 7, 7],
      [365 * DAY, 1440, 1, 1, 1, 1],
    ])
  })

  it('are the same however the run is divided', () => {
    const runs = [[10 * HOUR], [90 * SECOND, 10 * HOUR], [HOUR, HOUR + 1, 2 * HOUR + 30 * SECOND, 9 * HOUR, 10 * HOUR]]
    const shapes = runs.map((stops) => {
      const b = bench([95 * SECOND])
      const state: State = { value: -1 }
      const ids = [
        b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state }),
        b.recorder.open('age', { read: ((s: State) => s.value) as never, state }),
        b.recorder.open('level'),
      ]
      const set = (value: number) => () => {
        state.value = value
        b.recorder.level(ids[2]!, Math.max(0, value / MINUTE))
      }
      b.at(100 * SECOND, set(100 * SECOND))
      b.at(5 * HOUR + 7 * SECOND, set(-1))
      b.at(5 * HOUR + 7 * MINUTE, set(5 * HOUR + 7 * MINUTE))
      b.start(10 * HOUR)
      for (const stop of stops) b.run(stop)
      b.recorder.finish()
      return ids.map((id) => shape(b.recorder.series[id]!))
    })
    expect(shapes[1]).toEqual(shapes[0])
    expect(shapes[2]).toEqual(shapes[0])
  })

  it('show the full minutes of an idle stretch to whoever looks in the midst of it', () => {
    const b = bench()
    const state: State = { value: 3 }
    const id = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state })
    b.at(DAY, () => (state.value = 4))
    b.start(2 * DAY)
    b.run(10 * MINUTE + SECOND)
    expect(shape(b.recorder.series[id]!)).toEqual([[0, 10, 1, 3, 3, 3]])
    // Something from outside, in the middle of what would have been one stretch.
    state.value = 8
    b.run(DAY - 1)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [0, 10, 1, 3, 3, 3],
      [10 * MINUTE, 1429, 1, 8, 8, 8],
    ])
  })

  it('write nothing while there is no data, and go on when there is', () => {
    const b = bench()
    const state: State = { value: NaN }
    const id = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state })
    b.at(3 * MINUTE, () => (state.value = 1))
    b.at(5 * MINUTE, () => (state.value = NaN))
    b.at(8 * MINUTE, () => (state.value = 1))
    b.start(10 * MINUTE)
    b.run(10 * MINUTE)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [3 * MINUTE, 2, 1, 1, 1, 1],
      [8 * MINUTE, 2, 1, 1, 1, 1],
    ])
  })

  it('an age grows by a minute each minute, in one point; −1 is 0', () => {
    const b = bench()
    const state: State = { value: -1 }
    const id = b.recorder.open('age', { read: ((s: State) => s.value) as never, state })
    b.at(2 * MINUTE + 20 * SECOND, () => (state.value = 2 * MINUTE + 20 * SECOND))
    b.at(100 * MINUTE, () => (state.value = -1))
    b.start(2 * HOUR)
    b.run(2 * HOUR)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [0, 2, 1, 0, 0, 0],
      [2 * MINUTE, 98, 1, 40 * SECOND, 40 * SECOND, 40 * SECOND],
      [100 * MINUTE, 20, 1, 0, 0, 0],
    ])
  })

  it('the running minute is read when the run ends, after the idle ones before it', () => {
    const b = bench()
    const state: State = { value: 2 }
    const gauge = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state })
    const age = b.recorder.open('age', { read: (() => 0) as never, state })
    b.start(5 * MINUTE + 10 * SECOND)
    b.run(5 * MINUTE + 10 * SECOND)
    b.recorder.finish()
    expect(shape(b.recorder.series[gauge]!)).toEqual([[0, 6, 1, 2, 2, 2]])
    expect(shape(b.recorder.series[age]!)).toEqual([
      [0, 5, 1, MINUTE, MINUTE, MINUTE],
      [5 * MINUTE, 1, 1, 5 * MINUTE + 10 * SECOND, 5 * MINUTE + 10 * SECOND, 5 * MINUTE + 10 * SECOND],
    ])
  })
})

describe('gauges of several minutes', () => {
  it('are read at the end of each period, in one point over an idle stretch, however the run is divided [N.CLOUDWATCH-05]', () => {
    for (const stops of [[61 * MINUTE], [4 * MINUTE, 7 * MINUTE + SECOND, 23 * MINUTE, 61 * MINUTE]]) {
      const b = bench([90 * SECOND])
      const state: State = { value: NaN }
      const id = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state }, 5 * MINUTE)
      b.at(5 * MINUTE + SECOND, () => (state.value = 1))
      b.at(20 * MINUTE - SECOND, () => (state.value = 2))
      b.at(40 * MINUTE + SECOND, () => (state.value = 3))
      b.start(61 * MINUTE)
      for (const stop of stops) b.run(stop)
      b.recorder.finish()
      expect(shape(b.recorder.series[id]!)).toEqual([
        [5 * MINUTE, 2, 1, 1, 1, 1],
        [15 * MINUTE, 5, 1, 2, 2, 2],
        [40 * MINUTE, 4, 1, 3, 3, 3],
      ])
    }
  })
})

describe('levels', () => {
  it('have the mean over time, the least and the most of each minute', () => {
    const b = bench()
    const id = b.recorder.open('level')
    b.at(70 * SECOND, () => b.recorder.level(id, 4))
    b.at(100 * SECOND, () => b.recorder.level(id, 1))
    b.at(6 * MINUTE, () => b.recorder.level(id, 0))
    b.start(9 * MINUTE)
    b.run(9 * MINUTE)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [MINUTE, 1, 1, (30 * 4 + 20 * 1) / 60, 0, 4],
      [2 * MINUTE, 4, 1, 1, 1, 1],
      // The minute that begins at the old level and falls to 0 at once.
      [6 * MINUTE, 1, 1, 0, 0, 1],
    ])
  })
})

describe('cuts', () => {
  it('divide a minute’s counts and leave its gauges whole', () => {
    const b = bench([90 * SECOND, 10 * MINUTE])
    const state: State = { value: 0 }
    const count = b.recorder.open('count')
    const gauge = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state })
    for (let i = 0; i < 30; i++) b.at(i * 6 * SECOND, () => b.recorder.count(count, ++state.value))
    b.start(20 * MINUTE)
    b.run(20 * MINUTE)
    expect(b.recorder.series[count]!.points.map((point) => [point.start, point.n])).toEqual([
      [0, 10],
      [MINUTE, 5],
      [90 * SECOND, 5],
      [2 * MINUTE, 10],
    ])
    expect(shape(b.recorder.series[gauge]!)).toEqual([
      [0, 1, 1, 10, 10, 10],
      [MINUTE, 1, 1, 20, 20, 20],
      [2 * MINUTE, 18, 1, 30, 30, 30],
    ])
  })

  it('in an idle stretch lose none of its minutes', () => {
    const b = bench([7 * HOUR + 30 * SECOND])
    const state: State = { value: 6 }
    const id = b.recorder.open('gauge', { read: ((s: State) => s.value) as never, state })
    const level = b.recorder.open('level')
    b.at(0, () => b.recorder.level(level, 2))
    b.at(20 * HOUR, () => (state.value = 0))
    b.start(DAY)
    b.run(DAY)
    expect(shape(b.recorder.series[id]!)).toEqual([
      [0, 20 * 60, 1, 6, 6, 6],
      [20 * HOUR, 4 * 60, 1, 0, 0, 0],
    ])
    expect(b.recorder.series[level]!.points.map((point) => [point.start, point.repeat, point.sum])).toEqual([
      [0, 1, 2],
      [MINUTE, 7 * 60, 2],
      [7 * HOUR + 30 * SECOND, 1, 2],
      [7 * HOUR + MINUTE, 17 * 60 - 1, 2],
    ])
  })
})

describe('short periods', () => {
  it('make a point for each second with a value [CW-02]', () => {
    const b = bench([1_500_000])
    const id = b.recorder.open('count', null, SECOND)
    for (const time of [0, 400_000, 1_200_000, 1_700_000, 59 * SECOND, 61 * SECOND])
      b.at(time, () => b.recorder.count(id, 1))
    b.start(2 * MINUTE)
    b.run(2 * MINUTE)
    expect(b.recorder.series[id]!.points.map((point) => [point.start, point.n])).toEqual([
      [0, 2],
      [SECOND, 1],
      [1_500_000, 1],
      [59 * SECOND, 1],
      [61 * SECOND, 1],
    ])
  })

  it('are written in time for a question asked within the minute', () => {
    const b = bench()
    const id = b.recorder.open('count', null, SECOND)
    const minutes = b.recorder.open('count')
    b.recorder.askEvery = 10 * SECOND
    const seen: number[] = []
    b.ask((time) => {
      seen.push(b.recorder.series[id]!.points.length, b.recorder.series[minutes]!.points.length)
      return time < MINUTE
    })
    b.at(9_500_000, () => {
      b.recorder.count(id, 1)
      b.recorder.count(minutes, 1)
    })
    b.start(10 * MINUTE)
    b.run(10 * MINUTE)
    expect(seen.slice(0, 4)).toEqual([1, 0, 1, 0])
    expect(shape(b.recorder.series[minutes]!)).toEqual([[0, 1, 1, 1, 1, 1]])
    expect(b.asked).toEqual([10, 20, 30, 40, 50, 60, 600].map((second) => second * SECOND))
  })
})

describe('the question at a minute’s end', () => {
  it('is asked every minute as long as it is wanted, and else only around events', () => {
    const b = bench([5 * MINUTE + 1])
    b.at(3 * MINUTE + 1, () => {})
    b.at(DAY + 1, () => {})
    b.ask((time) => time < 7 * MINUTE)
    b.start(2 * DAY)
    b.run(2 * DAY)
    expect(b.asked).toEqual([1, 2, 3, 4, 5, 6, 7, 1440, 1441, 2880].map((minute) => minute * MINUTE))
  })
})
