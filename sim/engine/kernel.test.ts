// The event loop against its rules: one total order, timers that can be taken back, work for now before time moves.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Kernel } from './kernel.ts'
import { createRng } from './rng.ts'
import { capture, restore } from './snapshot.ts'

interface Log {
  readonly kernel: Kernel
  readonly seen: [number, number][]
}

function note(log: Log, arg: number): void {
  log.seen.push([log.kernel.clock[0], arg])
}

function lab(): { kernel: Kernel; log: Log; target: number } {
  const kernel = new Kernel(2)
  const target = kernel.target(note, 1)
  const log: Log = { kernel, seen: [] }
  kernel.bind(1, log)
  return { kernel, log, target }
}

describe('the order of events', () => {
  it('runs events in order of time, and equal times in the order in which they were scheduled', () => {
    const { kernel, log, target } = lab()
    kernel.after(20, target, 1)
    kernel.after(10, target, 2)
    kernel.after(20, target, 3)
    kernel.after(10, target, 4)
    expect(kernel.run(100)).toBe('end')
    expect(log.seen).toEqual([
      [10, 2],
      [10, 4],
      [20, 1],
      [20, 3],
    ])
    expect(kernel.clock[0]).toBe(100)
  })

  it('runs what was scheduled before for this instant ahead of work that arises in it, and all of it before time moves', () => {
    const kernel = new Kernel(2)
    const seen: string[] = []
    const state = { kernel, seen, second: 0 }
    const first = kernel.target((s: typeof state, arg: number) => {
      s.seen.push(`first ${arg} at ${s.kernel.clock[0]}`)
      s.kernel.after(0, s.second, arg)
      s.kernel.after(1, s.second, 100 + arg)
    }, 1)
    state.second = kernel.target(
      (s: typeof state, arg: number) => void s.seen.push(`second ${arg} at ${s.kernel.clock[0]}`),
      1,
    )
    kernel.bind(1, state)
    kernel.after(5, first, 1)
    kernel.after(5, first, 2)
    kernel.run(10)
    expect(seen).toEqual([
      'first 1 at 5',
      'first 2 at 5',
      'second 1 at 5',
      'second 2 at 5',
      'second 101 at 6',
      'second 102 at 6',
    ])
  })

  it('runs an event at the very end of the run and leaves a later one for the next', () => {
    const { kernel, log, target } = lab()
    kernel.after(10, target, 1)
    kernel.after(11, target, 2)
    kernel.run(10)
    expect(log.seen).toEqual([[10, 1]])
    kernel.run(11)
    expect(log.seen).toEqual([
      [10, 1],
      [11, 2],
    ])
  })

  it('stops at the limit of steps with the rest still pending', () => {
    const kernel = new Kernel(2)
    const state = { kernel, self: 0 }
    state.self = kernel.target((s: typeof state) => s.kernel.after(0, s.self, 0), 1)
    kernel.bind(1, state)
    kernel.stepsMax = 100_000
    kernel.after(0, state.self, 0)
    expect(kernel.run(10)).toBe('steps')
    expect(kernel.steps).toBeGreaterThanOrEqual(100_000)
    expect(kernel.clock[0]).toBe(0)
  })
})

describe('cancellable timers', () => {
  it('never fires a timer that was taken back, and fires the one that takes its row at its own time', () => {
    const { kernel, log, target } = lab()
    const handle = kernel.timer(10, target, 1)
    kernel.cancel(handle)
    const reused = kernel.timer(30, target, 2)
    expect(reused).toBe(handle)
    kernel.timer(10, target, 3)
    kernel.run(100)
    expect(log.seen).toEqual([
      [10, 3],
      [30, 2],
    ])
  })

  it('keeps the order of scheduling when a re-used row is armed late', () => {
    const { kernel, log, target } = lab()
    kernel.cancel(kernel.timer(5, target, 0))
    kernel.timer(50, target, 1)
    kernel.after(50, target, 2)
    kernel.timer(50, target, 3)
    kernel.run(100)
    expect(log.seen).toEqual([
      [50, 1],
      [50, 2],
      [50, 3],
    ])
  })

  it('agrees with a sorted list over any sequence of arming, cancelling and running', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('arm' as const), delay: fc.oneof(fc.nat(3), fc.nat(50), fc.nat(100_000)) }),
      fc.record({ kind: fc.constant('plain' as const), delay: fc.nat(50) }),
      fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }),
      fc.record({ kind: fc.constant('run' as const), by: fc.nat(60) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const { kernel, log, target } = lab()
        let pending: { time: number; order: number; id: number; handle: number }[] = []
        const expected: [number, number][] = []
        let id = 0
        for (const step of actions) {
          const now = kernel.clock[0]
          if (step.kind === 'arm')
            pending.push({ time: now + step.delay, order: id, id, handle: kernel.timer(step.delay, target, id++) })
          else if (step.kind === 'plain' && step.delay > 0) {
            kernel.after(step.delay, target, id)
            pending.push({ time: now + step.delay, order: id, id: id++, handle: -1 })
          } else if (step.kind === 'cancel') {
            const armed = pending.filter((p) => p.handle >= 0)
            const chosen = armed[step.which % Math.max(1, armed.length)]
            if (chosen !== undefined) {
              kernel.cancel(chosen.handle)
              pending = pending.filter((p) => p !== chosen)
            }
          } else if (step.kind === 'run') {
            kernel.run(now + step.by)
            const due = pending
              .filter((p) => p.time <= now + step.by)
              .sort((a, b) => a.time - b.time || a.order - b.order)
            for (const p of due) expected.push([p.time, p.id])
            pending = pending.filter((p) => !due.includes(p))
          }
        }
        expect(log.seen).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})

interface Walker {
  readonly kernel: Kernel
  readonly rng: ReturnType<typeof createRng>
  target: number
  readonly visits: Map<number, number>
  path: { at: number; next: unknown } | null
}

function walk(w: Walker, arg: number): void {
  const spread = w.rng.below(1000)
  w.visits.set(spread % 17, (w.visits.get(spread % 17) ?? 0) + 1)
  w.path = { at: spread, next: w.path === null ? null : w.path.at }
  if (spread % 3 === 0) w.kernel.cancel(w.kernel.timer(1_000_000, w.target, arg))
  w.kernel.after(spread, w.target, (arg * 31 + spread) | 0)
}

function walker(): Walker {
  const kernel = new Kernel(2)
  const w: Walker = { kernel, rng: createRng(3, 'walker', 'steps'), target: 0, visits: new Map(), path: null }
  w.target = kernel.target(walk, 1)
  kernel.bind(1, w)
  for (let i = 0; i < 20; i++) kernel.after(i, w.target, i)
  return w
}

describe('snapshots', () => {
  it('going on after a restore gives the digest of a run that never stopped, in the same world and in a fork', () => {
    const straight = walker()
    straight.kernel.run(200_000)
    const whole = straight.kernel.digest.hex()

    const stopped = walker()
    stopped.kernel.run(70_000)
    const snapshot = capture(stopped)
    stopped.kernel.run(150_000)
    restore(stopped, snapshot)
    expect(stopped.kernel.clock[0]).toBe(70_000)
    stopped.kernel.run(200_000)
    expect(stopped.kernel.digest.hex()).toBe(whole)
    expect([...stopped.visits]).toEqual([...straight.visits])

    const fork = walker()
    restore(fork, snapshot)
    fork.kernel.run(200_000)
    expect(fork.kernel.digest.hex()).toBe(whole)
    // The snapshot itself is untouched by what its copies did.
    restore(fork, snapshot)
    expect(fork.kernel.clock[0]).toBe(70_000)
  })
})

describe('random order of ties', () => {
  it('permutes equal times and nothing else', () => {
    const orders = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      const { kernel, log, target } = lab()
      kernel.ties = createRng(seed, 'audit', 'ties')
      for (let i = 0; i < 5; i++) kernel.after(10, target, i)
      kernel.after(5, target, 9)
      kernel.run(20)
      expect(log.seen[0]).toEqual([5, 9])
      orders.add(log.seen.map(([, arg]) => arg).join(''))
    }
    expect(orders.size).toBeGreaterThan(5)
  })
})
