// Finds a request and follows it: in a second world, from a moment kept before it began, some events at a time.
import type { Traced } from '../model/contract.ts'
import { BurialSearch, DurationSearch, SenderSearch, ThrottleSearch, type Watcher } from '../traces/searches.ts'
import { Tracer } from '../traces/tracer.ts'
import { waterfallOf } from '../traces/waterfall.ts'
import type { World } from '../run/world.ts'
import type { Moment } from './recorder.ts'
import type { Plan } from './roads.ts'
import type { Followed, Wanted } from './types.ts'

/** Events that a request is followed for, and that one is looked for. */
const EVENTS_MAX = 4_000_000

/** What a search needs of the run that it is about. */
export interface Past {
  readonly plan: Plan
  /** The run itself: nothing is looked for beyond where it has come. */
  readonly first: World
  /** When a call was throttled first, and a message given up first, in µs; −1 = never. */
  readonly firstThrottle: number
  readonly firstDeadLetter: number
  beforeTime(time: number): Moment
  beforeRequest(trace: number): Moment
  /** Takes the second world to a moment. */
  goTo(moment: Moment): World
}

/** A part of the past that is made again, from a moment on, while somebody looks on; and what comes after it. */
interface Stretch {
  readonly moment: Moment
  readonly watcher: Watcher
  next(): Stretch | undefined
}

export class Follow {
  private readonly past: Past
  private stretch: Stretch | undefined
  private world: World | undefined = undefined
  private steps = 0
  /** What was found, once `work` has answered true. */
  found: Followed | undefined = undefined

  constructor(past: Past, wanted: Wanted) {
    this.past = past
    this.stretch = this.begin(wanted)
  }

  /** Goes on for about so many events; answers whether it is over. */
  work(events: number): boolean {
    const { stretch, past } = this
    if (stretch === undefined) return true
    const { moment, watcher } = stretch
    if (this.world === undefined) {
      this.world = past.goTo(moment)
      this.steps = this.world.kernel.steps
      watcher.attach(this.world)
    }
    const { world } = this
    const { kernel } = world
    const pauseAt = kernel.steps + events
    const isThere = (): boolean => kernel.steps >= past.first.kernel.steps && world.now >= past.first.now
    const isOver = (): boolean => watcher.isDone() || isThere() || kernel.steps - this.steps >= EVENTS_MAX
    const stop = world.run(Math.min(watcher.until, past.first.now), () => kernel.steps >= pauseAt || isOver())
    if (stop === 'poll' && !isOver()) return false
    release(world)
    this.world = undefined
    this.stretch = stretch.next()
    return this.stretch === undefined
  }

  private begin(wanted: Wanted): Stretch | undefined {
    const { past } = this
    switch (wanted.by) {
      case 'trace':
        return this.follow(wanted.trace)
      case 'duration': {
        const watcher = new DurationSearch(wanted)
        // What is recorded at `from` itself belongs to the frame before.
        return { moment: past.beforeTime(wanted.from + 1), watcher, next: () => this.follow(watcher.trace) }
      }
      case 'failed': {
        const component = past.plan.components[wanted.node]
        if (component === undefined) return undefined
        const traced = past.first.components[component]!.def.traced as Traced<unknown> | undefined
        return this.follow(traced?.firstFailed?.(past.first.states[component + 1]) ?? 0)
      }
      case 'throttled': {
        const component = past.plan.components[wanted.node]
        if (component === undefined || past.firstThrottle < 0) return undefined
        // Requests that were under way then shall be known by their beginning.
        const moment = past.beforeTime(past.beforeTime(past.firstThrottle).time)
        const watcher = new ThrottleSearch(component + 1)
        return { moment, watcher, next: () => this.follow(watcher.trace) }
      }
      case 'dead-letter': {
        if (past.firstDeadLetter < 0) return undefined
        const watcher = new BurialSearch()
        return { moment: past.beforeTime(past.firstDeadLetter), watcher, next: () => this.sender(watcher) }
      }
    }
  }

  /** The request with a number, if there is one. */
  private follow(trace: number): Stretch | undefined {
    const { past } = this
    if (!Number.isInteger(trace) || trace < 1 || trace > past.first.calls.begun) return undefined
    const watcher = new Follower(trace)
    const next = (): undefined => {
      this.found = watcher.result(past)
    }
    return { moment: past.beforeRequest(trace), watcher, next }
  }

  /** The request that sent a message. */
  private sender(burial: BurialSearch): Stretch | undefined {
    if (burial.since < 0) return undefined
    const watcher = new SenderSearch(burial)
    return { moment: this.past.beforeTime(burial.since), watcher, next: () => this.follow(watcher.trace) }
  }
}

/** Takes away whoever looked on. */
function release({ dispatcher, kernel, recorder }: World): void {
  dispatcher.observer = null
  kernel.tap = null
  recorder.watch = null
}

class Follower implements Watcher {
  readonly until = Infinity
  private readonly trace: number
  private world: World | undefined = undefined
  private tracer: Tracer | undefined = undefined

  constructor(trace: number) {
    this.trace = trace
  }

  attach(world: World): void {
    this.world = world
    this.tracer = new Tracer(world, this.trace)
    this.tracer.attach()
  }

  isDone(): boolean {
    return this.tracer!.isOver
  }

  result({ plan }: Past): Followed | undefined {
    const { world, tracer } = this
    if (world === undefined || tracer === undefined) return undefined
    const isWhole = tracer.isOver
    tracer.close()
    const waterfall = waterfallOf(world, tracer)
    if (waterfall === undefined) return undefined
    const nodeOf = (resource: string): number => plan.nodeOf[world.numberOf(resource) - 1]!
    const nodes = waterfall.spans.map(({ resource }) => nodeOf(resource))
    return { waterfall, nodes, node: nodeOf(waterfall.source), isWhole }
  }
}
