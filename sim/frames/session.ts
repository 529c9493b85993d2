// One page's simulation: takes what the page asks, answers with frames; knows neither workers nor the browser.
//
// The one idea: `work` does a little and returns. Whoever owns the session calls it again and again and hands over new
// questions in between, so that a new scenario never waits for an old one. Two worlds are kept: one runs ahead, the other
// goes back to moments kept on the way and makes frames again that the page has let go.
import { Problems, type Problem } from '../diag/problem.ts'
import { WarmUpWatch } from '../experiment/warm-up.ts'
import { reportHtml } from '../report/html.ts'
import { reportOf, type Report } from '../run/report.ts'
import { Running } from '../run/run.ts'
import { World } from '../run/world.ts'
import { aboutOf } from './about.ts'
import { readAsked, type Asked } from './asked.ts'
import { densityOf } from './density.ts'
import { Follow, type Past } from './follow.ts'
import { Heat } from './heat.ts'
import { HistoryRecorder } from './history.ts'
import { Moments } from './moments.ts'
import { outlineOf } from './outline.ts'
import { FrameRecorder } from './recorder.ts'
import { planRoads, viewOf, type Plan } from './roads.ts'
import { OUTCOMES, type Answer, type Ask, type Frame, type Outcomes, type Outline, type Wanted } from './types.ts'

/** Events at a stretch, about: a frame may hold millions of them, and a question is not to wait for all. */
const SLICE = 4_096

/** Sends an answer; the buffers may be handed over for good. */
export type Post = (answer: Answer, buffers: readonly ArrayBuffer[]) => void

/** One scenario under way. */
class Show {
  readonly run: number
  readonly command: string
  readonly running: Running
  readonly beginning: WarmUpWatch
  readonly plan: Plan
  readonly perDot: readonly number[]
  readonly ahead: FrameRecorder
  readonly moments: Moments
  readonly outline: Outline
  readonly history: HistoryRecorder
  readonly problems: readonly Problem[]
  /** Made when the run is done. */
  report: Report | null = null
  /** Made when a frame is asked for again. */
  again: FrameRecorder | null = null
  /** How far the page wants to see, in µs. */
  horizon = 0
  /** Frames asked for again that are not made yet: numbers from, and up to without. */
  wanted: [number, number][] = []
  /** Requests that are to be followed, the first one under way. */
  readonly follows: { readonly id: number; readonly wanted: Wanted; work?: Follow }[] = []
  /** The second world stands somewhere else than `again` knows. */
  strayed = false
  /** µs; −1 = it has not happened. */
  firstThrottle = -1
  firstDeadLetter = -1
  isDone = false

  constructor(run: number, { scenario, fork, command }: Asked, problems: readonly Problem[]) {
    this.run = run
    this.command = command
    this.beginning = new WarmUpWatch(scenario.plan)
    this.running = new Running(scenario, { samples: this.beginning })
    this.plan = planRoads(this.running.world)
    this.perDot = densityOf(scenario)
    this.ahead = new FrameRecorder(this.running.world, this.plan, this.perDot)
    this.ahead.heat = new Heat(this.running.world)
    this.moments = new Moments(this.ahead.keep())
    this.outline = outlineOf(scenario, this.running.world, this.plan, this.ahead.readings, this.perDot, fork)
    this.history = new HistoryRecorder(this.outline)
    this.problems = problems
  }

  /** The second world, in which the past is made again. */
  second(): FrameRecorder {
    return (this.again ??= new FrameRecorder(new World(this.running.scenario.plan), this.plan, this.perDot))
  }
}

export class Session {
  private readonly post: Post
  private show: Show | null = null

  constructor(post: Post) {
    this.post = post
  }

  /** Takes a question; the answers come while `work` is called. */
  take(ask: Ask): void {
    if (ask.ask === 'load') {
      this.guarded(ask.run, () => this.load(ask))
      return
    }
    const { show } = this
    if (show === null || show.run !== ask.run) return
    if (ask.ask === 'ahead') show.horizon = Math.max(show.horizon, ask.until)
    else if (ask.ask === 'report') this.guarded(show.run, () => this.tell(show))
    else if (ask.ask === 'frames') show.wanted.push([Math.max(0, ask.from), Math.max(0, ask.to)])
    else if (ask.ask === 'follow') show.follows.push({ id: ask.id, wanted: ask.wanted })
    else this.guarded(show.run, () => this.postAbout(show, ask.node))
  }

  /** Makes one frame or a part of one, or closes the run; answers whether there is more to do. */
  work(): boolean {
    const { show } = this
    if (show === null) return false
    return this.guarded(show.run, () => this.workOn(show)) === true
  }

  private workOn(show: Show): boolean {
    const wanted = firstWanted(show)
    const [follow] = show.follows
    if (follow !== undefined) {
      follow.work ??= new Follow(pastOf(show), follow.wanted)
      if (!follow.work.work(SLICE)) return true
      show.follows.shift()
      this.post({ answer: 'followed', run: show.run, id: follow.id, found: follow.work.found }, [])
    } else if (wanted !== undefined) {
      const frame = makeAgain(show, wanted[0])
      if (frame === undefined) return true
      wanted[0]++
      this.postFrame(show, frame)
    } else if (show.running.goesOn && show.ahead.from < show.horizon) {
      if (!show.ahead.advance((until) => show.running.to(until, SLICE))) return true
      const frame = show.ahead.take()
      show.history.add(frame)
      noteFirsts(show, frame)
      this.postFrame(show, frame)
      show.moments.offer(show.ahead)
    } else if (!show.running.goesOn && !show.isDone) {
      show.isDone = true
      show.report = reportOf(show.running.finish(), show.command, show.beginning.advice())
      this.post({ answer: 'done', run: show.run, outcomes: outcomesOf(show, show.report) }, [])
    } else return false
    return true
  }

  private load(ask: Ask & { ask: 'load' }): void {
    this.show = null
    const problems = new Problems()
    const asked = readAsked(ask, problems)
    this.post({ answer: 'problems', run: ask.run, problems: problems.list }, [])
    if (asked === undefined) return
    const show = new Show(ask.run, asked, problems.list)
    this.show = show
    this.post({ answer: 'outline', run: ask.run, outline: show.outline }, [])
  }

  /** The report as a file, once there is one. */
  private tell(show: Show): void {
    if (show.report === null) return
    const html = reportHtml(show.report, show.history.take(), show.problems)
    this.post({ answer: 'report', run: show.run, html }, [])
  }

  private postFrame(show: Show, frame: Frame): void {
    const buffers = [frame.moves, frame.counts.buffer, frame.readings.buffer, frame.cells.buffer] as ArrayBuffer[]
    this.post({ answer: 'frame', run: show.run, frame }, buffers)
  }

  private postAbout(show: Show, node: number): void {
    const about = aboutOf(show.running.world, show.plan, node, show.ahead.heat, show.isDone)
    this.post({ answer: 'about', run: show.run, about }, [])
  }

  /** A mistake of ours ends the run and is told, whatever it was. */
  private guarded<T>(run: number, action: () => T): T | undefined {
    try {
      return action()
    } catch (error) {
      this.show = null
      this.post({ answer: 'bug', run, message: error instanceof Error ? error.message : String(error) }, [])
      return undefined
    }
  }
}

/** The frames to make again first; those that were never made come by themselves. */
function firstWanted(show: Show): [number, number] | undefined {
  while (show.wanted.length > 0) {
    const range = show.wanted[0]!
    if (range[0] < Math.min(range[1], show.ahead.index)) return range
    show.wanted.shift()
  }
  return undefined
}

/** Goes on to make a frame again; undefined while there is more to do. It goes no further than the run itself has come. */
function makeAgain(show: Show, index: number): Frame | undefined {
  const { scenario, world: first } = show.running
  const again = show.second()
  const moment = show.moments.before(index)
  if (show.strayed || again.index > index || again.index < moment.index) again.goTo(moment)
  show.strayed = false
  const { kernel } = again.world
  kernel.stepsMax = scenario.guards.events
  const pauseAt = kernel.steps + SLICE
  // A guard may have ended the run in the middle of a moment.
  const isThere = (): boolean => kernel.steps >= first.kernel.steps && again.world.now >= first.now
  const pauses = again.advance((until) => {
    const poll = (): boolean => kernel.steps >= pauseAt || isThere()
    return again.world.run(Math.min(until, first.now), poll) === 'poll' && !isThere()
  })
  if (pauses) return undefined
  const frame = again.take()
  return frame.index === index ? frame : undefined
}

/** What a search may know and use of a run. */
function pastOf(show: Show): Past {
  const { running, plan, moments } = show
  return {
    plan,
    first: running.world,
    firstThrottle: show.firstThrottle,
    firstDeadLetter: show.firstDeadLetter,
    beforeTime: (time) => moments.beforeTime(time),
    beforeRequest: (trace) => moments.beforeRequest(trace),
    goTo: (moment) => {
      const again = show.second()
      again.goTo(moment)
      show.strayed = true
      again.world.kernel.stepsMax = running.scenario.guards.events
      return again.world
    },
  }
}

const THROTTLED = OUTCOMES.indexOf('throttled')
const DEAD_LETTER = OUTCOMES.indexOf('dead-letter')

/** When the first call was throttled and the first message given up: after the beginning of this frame. */
function noteFirsts(show: Show, { counts, from }: Frame): void {
  if (show.firstThrottle >= 0 && show.firstDeadLetter >= 0) return
  for (let road = 0; road < counts.length; road += OUTCOMES.length) {
    if (show.firstThrottle < 0 && counts[road + THROTTLED]! > 0) show.firstThrottle = from
    if (show.firstDeadLetter < 0 && counts[road + DEAD_LETTER]! > 0) show.firstDeadLetter = from
  }
}

function outcomesOf(show: Show, report: Report): Outcomes {
  return {
    digest: report.digest.total,
    events: report.events,
    requests: report.requests,
    insights: report.insights.map((insight) => ({
      ...insight,
      node: nodeAt(show, insight.resource),
      from: Math.round(insight.from * 1e6),
      to: Math.round(insight.to * 1e6),
    })),
    report,
  }
}

/** The node where a resource is shown; a way between two resources is shown by the one at its end. */
function nodeAt({ plan, running: { world } }: Show, resource: string): number {
  const component = world.planOf(resource)
  const road = viewOf(component).road?.(component.config)
  return plan.nodeOf[world.numberOf(road?.to ?? resource) - 1]!
}
