// Runs a scenario from beginning to end, or until a guard speaks, and hands over the world with what there is to say of it.
import { capture, restore, type Snapshot } from '../engine/snapshot.ts'
import { createRng } from '../engine/rng.ts'
import type { Scenario } from '../lang/scenario.ts'
import { readUsage } from './usage.ts'
import { World } from './world.ts'

/** Which limit ended a run before its time. */
export interface Stopped {
  readonly guard: 'events' | 'in-flight' | 'memory' | 'wall-time' | 'interrupted'
  readonly limit: number
  /** The component that has most to do with it: the callee of the most calls in flight, or the busiest one. */
  readonly resource: string
  readonly message: string
}

/** What watches a run from outside: the core itself has no clock and no memory gauge. */
export interface Watch {
  /** Real time since the start of the run, in µs, and bytes of memory in use. */
  wallTime?(): number
  memory?(): number
  /** Called now and then with the virtual time (µs) and the events so far. */
  progress?(now: number, events: number): void
  /** True ends the run as interrupted. */
  interrupted?(): boolean
}

/** State of the digest after a number of events, for finding where two runs part. */
export interface Checkpoint {
  readonly events: number
  readonly time: number
  readonly digest: string
}

export interface Run {
  readonly scenario: Scenario
  readonly world: World
  readonly stopped: Stopped | undefined
  readonly checkpoints: readonly Checkpoint[]
  /** Invariants that did not hold at the end, or with `verify` at a checkpoint: our bugs. */
  readonly broken: readonly { readonly component: string; readonly sentence: string }[]
}

/** How a run is to be done. */
export interface RunOptions {
  readonly watch?: Watch
  /** When set, events of equal time run in an order drawn from this seed. */
  readonly tieSeed?: number
  /** Called with the world before its first event. */
  readonly prepare?: (world: World) => void
  /** Checks every invariant at every checkpoint and stops at the first that is broken. */
  readonly verify?: boolean
  /** Who looks at the world at the end of each of so many equal stretches of the whole run. Looking changes nothing. */
  readonly samples?: { readonly many: number; take(world: World): void }
}

/** Real time between two looks at memory and at whoever watches, in µs; time itself and calls in flight are looked at every time. */
const LOOK_APART = 20_000

/** Virtual time is cut into this many stretches, with a checkpoint after each. */
const CHECKPOINTS = 64

/** A scenario on its way: a world that is run stretch by stretch, by whoever looks at it in between. */
export class Running {
  readonly scenario: Scenario
  readonly world: World
  readonly checkpoints: Checkpoint[] = []
  stopped: Stopped | undefined = undefined
  broken: Run['broken'] = []
  private readonly watch: Watch
  private readonly verify: boolean
  private isWarm: boolean
  private readonly samples: RunOptions['samples']
  private sampled = 0
  private lookedAt = -LOOK_APART
  /** Events after which `to` pauses. */
  private pauseAt = Infinity

  constructor(scenario: Scenario, options: RunOptions = {}) {
    this.scenario = scenario
    this.world = new World(scenario.plan)
    this.watch = options.watch ?? {}
    this.verify = options.verify === true
    this.samples = options.samples
    this.isWarm = scenario.plan.warmUp === 0
    if (options.tieSeed !== undefined) this.world.kernel.ties = createRng(options.tieSeed, 'audit', 'ties')
    this.world.kernel.stepsMax = scenario.guards.events
    options.prepare?.(this.world)
  }

  /** Whether there is more to run: the end has not come, no guard has spoken and no invariant is broken. */
  get goesOn(): boolean {
    return this.checkpoints.length < CHECKPOINTS && this.stopped === undefined && this.broken.length === 0
  }

  /**
   * Runs on to `until` µs, with a checkpoint at the end of every stretch on the way, or until about `events` have run. Answers
   * whether it is over for now: it has come there, or a guard has spoken. How a run is divided does not change it.
   */
  to(until: number, events = Infinity): boolean {
    const { world, scenario } = this
    const { duration, warmUp } = scenario.plan
    this.pauseAt = world.kernel.steps + events
    while (this.goesOn) {
      // The warm-up is a stretch of its own, so that its calls can be left out of the report.
      const i = this.isWarm ? this.checkpoints.length + 1 : 0
      const end =
        i === 0 ? warmUp : i === CHECKPOINTS ? duration : Math.max(world.now, Math.floor((duration / CHECKPOINTS) * i))
      const pause = Math.min(end, this.nextSample())
      if (!this.stretch(Math.min(until, pause))) return false
      if (until < pause && this.stopped === undefined) return true
      if (pause === this.nextSample() && this.stopped === undefined) {
        this.sampled++
        this.samples!.take(world)
      }
      if (pause < end && this.stopped === undefined) continue
      if (i === 0 && this.stopped === undefined) {
        this.isWarm = true
        world.dispatcher.markWarm()
        world.usageBefore = readUsage(world, false)
        continue
      }
      // A quiet run is asked here: between two checkpoints the loop may have had too few events to ask.
      if (this.stopped === undefined && i < CHECKPOINTS) this.poll()
      this.checkpoints.push({ events: world.kernel.steps, time: world.now, digest: world.kernel.digest.hex() })
      if (this.verify || i === CHECKPOINTS || this.stopped !== undefined) this.broken = world.brokenInvariants()
    }
    return true
  }

  /** The end of the stretch that is sampled next, in µs. */
  private nextSample(): number {
    const { samples, sampled } = this
    if (samples === undefined || sampled === samples.many) return Infinity
    return Math.floor((this.scenario.plan.duration / samples.many) * (sampled + 1))
  }

  /** The run is over: closes the books. */
  finish(): Run {
    this.watch.progress?.(this.world.now, this.world.kernel.steps)
    this.world.finish()
    return this
  }

  /** Runs on to `until` µs; false when it pauses before. */
  private stretch(until: number): boolean {
    const { world } = this
    if (until < world.now) return true
    const { events } = this.scenario.guards
    const end = world.run(until, this.poll)
    if (end === 'steps') this.stopped = stop(world, 'events', events, `more than ${events} events have run`)
    return end !== 'poll' || this.stopped !== undefined
  }

  private readonly poll = (): boolean => {
    const { world, watch } = this
    const { guards } = this.scenario
    const wallTime = watch.wallTime?.() ?? 0
    const looks = watch.wallTime === undefined || wallTime - this.lookedAt >= LOOK_APART
    if (looks) {
      this.lookedAt = wallTime
      watch.progress?.(world.now, world.kernel.steps)
    }
    if (world.calls.live > guards.inFlight)
      this.stopped = stop(
        world,
        'in-flight',
        guards.inFlight,
        `${world.calls.live} requests are in flight, more than ${guards.inFlight}`,
      )
    else if (looks && (watch.memory?.() ?? 0) > guards.memory)
      this.stopped = stop(
        world,
        'memory',
        guards.memory,
        `the run uses more than ${Math.round(guards.memory / 1_048_576)} MB of memory`,
      )
    else if (wallTime > guards.wallTime)
      this.stopped = stop(
        world,
        'wall-time',
        guards.wallTime,
        `the run takes longer than ${Math.round(guards.wallTime / 1e6)} s of real time`,
      )
    else if (looks && watch.interrupted?.() === true)
      this.stopped = stop(world, 'interrupted', 0, 'the run was interrupted')
    return this.stopped !== undefined || world.kernel.steps >= this.pauseAt
  }
}

/** Builds the scenario's world and runs it to its end. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): Run {
  const running = new Running(scenario, options)
  running.to(scenario.plan.duration)
  return running.finish()
}

/** A world that can be taken back to where it was. */
export function snapshotWorld(world: World): Snapshot {
  return capture(world)
}

export function restoreWorld(world: World, snapshot: Snapshot): void {
  restore(world, snapshot)
}

function stop(world: World, guard: Stopped['guard'], limit: number, what: string): Stopped {
  const resource = busiest(world)
  return { guard, limit, resource, message: `${what}; most of it at \`${resource}\`` }
}

/** The component with the most calls in flight towards it; among equals the one that was called most. */
function busiest(world: World): string {
  const open = new Map<string, number>()
  const { edge } = world.calls
  for (let call = 0; call < edge.length; call++) {
    if (edge[call]! < 0) continue
    const to = world.dispatcher.edges[edge[call]!]!.to
    open.set(to, (open.get(to) ?? 0) + 1)
  }
  const sent = new Map<string, number>()
  world.dispatcher.edges.forEach(({ to }, i) => sent.set(to, (sent.get(to) ?? 0) + world.dispatcher.sent[i]!))
  const names = world.components.map((component) => component.name)
  names.sort(
    (a, b) => (open.get(b) ?? 0) - (open.get(a) ?? 0) || (sent.get(b) ?? 0) - (sent.get(a) ?? 0) || (a < b ? -1 : 1),
  )
  return names[0] ?? 'nothing'
}
