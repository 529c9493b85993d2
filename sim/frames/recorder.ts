// Makes the frames of a run: between two steps of virtual time it reads the rooms and takes the messages that have moved.
//
// It only looks: a run with frames has the digest of a run without. What a frame needs of the one before it (counters, what
// has happened for the first time) is small plain data, so that frames can be made again from any snapshot.
import { capture, restore, type Snapshot } from '../engine/snapshot.ts'
import type { World } from '../run/world.ts'
import { restoreWorld, snapshotWorld } from '../run/run.ts'
import type { Heat } from './heat.ts'
import { Moves } from './moves.ts'
import { stepOf } from './outline.ts'
import { Readings, type Counters } from './readings.ts'
import { viewOf, type Plan } from './roads.ts'
import { OUTCOMES, type Frame, type Mark, type Outcome } from './types.ts'

const KINDS = OUTCOMES.length

/** What the next frame must know of all before it. */
interface Past {
  /** Number of the next frame, and when it begins, in µs. */
  index: number
  from: number
  /** By node and outcome: 1 = it has happened. */
  readonly seen: Uint8Array
  readonly counters: Counters
}

/** A world and its frames at one moment. */
export interface Moment {
  readonly index: number
  /** µs, and how many requests had begun. */
  readonly time: number
  readonly begun: number
  readonly world: Snapshot
  readonly past: Snapshot
  readonly bytes: number
}

export class FrameRecorder {
  readonly world: World
  readonly step: number
  readonly readings: Readings
  /** Counts durations, where somebody wants to see them. */
  heat: Heat | null = null
  private readonly plan: Plan
  private readonly moves: Moves
  private readonly past: Past

  constructor(world: World, plan: Plan, perDot: readonly number[]) {
    this.world = world
    this.plan = plan
    this.step = stepOf(world.plan.duration)
    this.readings = new Readings(world, plan)
    this.moves = new Moves(world, plan, perDot)
    this.past = {
      index: 0,
      from: 0,
      seen: new Uint8Array(plan.components.length * KINDS),
      counters: this.readings.counters,
    }
  }

  /** Number of the frame that comes next. */
  get index(): number {
    return this.past.index
  }

  /** When the next frame begins and ends, in µs. */
  get from(): number {
    return this.past.from
  }

  get end(): number {
    return Math.min(this.world.plan.duration, (this.past.index + 1) * this.step)
  }

  /** Makes the next frame; `run` runs the world up to a moment, or as far as it may. */
  next(run: (until: number) => unknown): Frame {
    this.advance(run)
    return this.take()
  }

  /** Goes on towards the end of the next frame, as far as `run` goes; answers what it answers. */
  advance<T>(run: (until: number) => T): T {
    const { dispatcher, recorder } = this.world
    this.moves.next = dispatcher.observer
    dispatcher.observer = this.moves
    recorder.watch = this.heat
    const answer = run(this.end)
    dispatcher.observer = this.moves.next
    recorder.watch = null
    return answer
  }

  /** The frame of all that has happened since the one before. */
  take(): Frame {
    const { world, past, moves } = this
    const { index, from } = past
    const to = world.now
    const seconds = Math.max(to - from, 1) / 1_000_000
    this.heat?.endFrame(index)
    const marks = this.marks(from, to)
    const counts = Float32Array.from(moves.counts)
    past.index = index + 1
    past.from = to
    return {
      index,
      from,
      to,
      moves: moves.take(from),
      counts,
      readings: this.readings.take(seconds),
      ...this.readings.takeCells(seconds),
      marks,
    }
  }

  /** Keeps this moment. */
  keep(): Moment {
    const world = snapshotWorld(this.world)
    const past = capture(this.past)
    const { now, calls } = this.world
    return { index: this.index, time: now, begun: calls.begun, world, past, bytes: world.bytes + past.bytes }
  }

  /** Goes back, or forward, to a moment kept from this world or from another one of the same plan. */
  goTo(moment: Moment): void {
    restoreWorld(this.world, moment.world)
    restore(this.past, moment.past)
    this.moves.clear()
  }

  private marks(from: number, to: number): Mark[] {
    const { world, plan } = this
    const happenings = plan.components.flatMap((component, node) => {
      const view = viewOf(world.components[component]!)
      const marks = view.marks?.(world.states[component + 1], from, to) ?? []
      return marks.map(({ time, kind, text }): Mark => ({ time, length: 0, kind, node, text }))
    })
    return [...happenings, ...this.firsts()].sort((a, b) => a.time - b.time || a.node - b.node)
  }

  /** What has happened to a node for the first time. */
  private firsts(): Mark[] {
    const { moves, plan, past, world } = this
    const firsts = new Map<number, Mark>()
    plan.roads.forEach((road, r) => {
      OUTCOMES.forEach((outcome, o) => {
        const words = FIRSTS[outcome]
        if (words === undefined || moves.counts[r * KINDS + o] === 0) return
        const node = words.atEnd ? road.to : road.from
        const at = node * KINDS + o
        const time = moves.firstTime[r * KINDS + o]!
        if (past.seen[at] === 1 || (firsts.get(at)?.time ?? Infinity) <= time) return
        const { name } = world.components[plan.components[node]!]!
        firsts.set(at, { time, length: 0, kind: 'first', node, text: `${words.text} ${name}` })
      })
    })
    for (const at of firsts.keys()) past.seen[at] = 1
    return [...firsts.values()]
  }
}

/** What is marked when it happens first, and whether at the end of its road or where it came from. */
const FIRSTS: Readonly<Partial<Record<Outcome, { readonly text: string; readonly atEnd: boolean }>>> = {
  retry: { text: 'first retry by', atEnd: false },
  throttled: { text: 'first throttle by', atEnd: true },
  error: { text: 'first error of', atEnd: true },
  'dead-letter': { text: 'first message given up by', atEnd: false },
}
