// Runs compiled handlers: one frame per invocation or parallel branch, each a place in the program and a scope.
//
// The one idea: a frame runs until it must wait, for a timer or for an answer, and is then only data until the loop
// brings it back. The owner is told once, when the frame it started has ended or failed.
import { assert } from '../engine/assert.ts'
import type { Call } from '../engine/calls.ts'
import type { Target, TimerHandle } from '../engine/kernel.ts'
import type { MetricId } from '../engine/recorder.ts'
import type { Caller, Sim } from '../model/contract.ts'
import { foundIn, isRefreshed, refreshesEarly, tookLock, withStored } from './cached-answers.ts'
import {
  evaluate,
  follow,
  holds,
  purposesOf,
  withResult,
  type Catcher,
  type Instruction,
  type Program,
} from './program.ts'
import { firstPage, turnPage, wholeAnswer, type Paging } from './paging.ts'
import { StreamSet } from './streams.ts'
import type { RetryPolicy } from './retry.ts'

const NONE = -1
const LOOP_EACH = 0
const LOOP_REPEAT = 1
/** After so many instructions without waiting a frame lets the loop go on, so that its guards see an endless program. */
const BREATH = 512

/** One line of execution. Pooled; `id` is its row. */
class Frame {
  readonly id: number
  alive = false
  /** The frame that waits for this branch, −1 for an invocation. */
  parent = NONE
  /** The owner's own note, for an invocation. */
  cookie = 0
  trace = 0
  /** Factor on the time of `compute`. */
  cpuScale = 1
  /** Of the invocation: `Calls.hops`. */
  hops = 0
  pc = 0
  scope: unknown = null
  /** A request that takes several pages; null = the call is one request. */
  paging: Paging | null = null
  /** The call it waits for, and the timer; −1 = none. */
  call: Call = NONE
  timer: TimerHandle = NONE
  /** Attempts made of the call at `pc`, what it asks, the delay before the last one, and what it took from the retry quota. */
  attempts = 0
  body: unknown = null
  delay = 0
  acquired = 0
  /** The answer of the last call, what it was asked, and the exception that was caught last. */
  answer: unknown = undefined
  asked: unknown = null
  raised = 0
  /** When the last call was made for the first time. */
  calledAt = 0
  /** When the origin behind a cache was asked, by how many steps `Cache` stand around. */
  missedAt: number[] = []
  /** Whether the client's rate limiter has held the call back. */
  held = false
  /** Branches that it waits for. */
  children = 0
  /** First failure among its branches; 0 = none. */
  childStatus = 0
  /** While branches are being started: the last one to end leaves going on to `fork`. */
  forking = false
  /** Waits for nothing but its next turn. */
  breathing = false
  /** Open loops: kind, round, list, the scope outside, and whether item failures are collected. */
  loopKind: number[] = []
  loopIndex: number[] = []
  loopList: unknown[] = []
  loopOuter: unknown[] = []
  loopReports: boolean[] = []
  /** Identifiers of failed items, once a loop collects them; null = no such loop. */
  failures: unknown[] | null = null

  constructor(id: number) {
    this.id = id
  }
}

/** Told once per started program: status 0 and the answer, or the exception's status. */
export type Ended<H> = (host: H, cookie: number, status: number, answer: unknown) => void

/** Emits a custom metric for a `metric` instruction. */
export type EmitMetric<H> = (
  host: H,
  namespace: string,
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  unit: string,
  resolution: number,
) => void

/** What the process in which an invocation runs has done: `cookie` is the owner's note of the invocation. */
export interface Remembers<H> {
  has(host: H, cookie: number, nth: number): boolean
  add(host: H, cookie: number, nth: number): void
  /** Writes bytes into `/tmp`, −1 = deletes what is there. Answers 0, or the exception's status. */
  write(host: H, cookie: number, bytes: number): number
  /** Takes memory. False = there is not so much: the owner stops the program, which goes no further by itself. */
  hold(host: H, cookie: number, bytes: number, keeps: boolean): boolean
}

export class Interpreter<H> {
  /** Factor on the time of `compute` in programs that start from now on: 1 at a full vCPU, less where there are more. */
  cpuScale = 1
  /** Frames alive. */
  live = 0
  private readonly sim: Sim
  private readonly program: Program
  private readonly host: H
  private readonly ended: Ended<H>
  private readonly retries: RetryPolicy
  private readonly emit: EmitMetric<H>
  private readonly memory: Remembers<H> | null
  private readonly frames: Frame[] = []
  private readonly free: number[] = []
  private readonly edges: number[] = []
  private readonly streams: StreamSet
  private readonly wakeTarget: Target
  private readonly failStatus: number[] = []

  /**
   * `wake` and `answered` are event functions of the owner that lead here (`resume`, `answered`); `callers` says for each
   * instruction whose credentials its call carries; `memory` is asked by steps that a process does once.
   */
  constructor(
    sim: Sim,
    program: Program,
    host: H,
    ended: Ended<H>,
    retries: RetryPolicy,
    emit: EmitMetric<H>,
    wake: (state: never, arg: number) => void,
    answered: (state: never, call: number) => void,
    callers: readonly (Caller | null)[] = [],
    memory: Remembers<H> | null = null,
  ) {
    this.sim = sim
    this.program = program
    this.host = host
    this.ended = ended
    this.retries = retries
    this.emit = emit
    this.memory = memory
    this.wakeTarget = sim.target(wake)
    program.code.forEach((instruction, i) => {
      const calls = instruction.op === 'call'
      this.edges.push(calls ? sim.edge(instruction.to, instruction.action, answered, callers[i] ?? null, true) : NONE)
      this.failStatus.push(instruction.op === 'fail' ? sim.error(instruction.error, 0) : 0)
    })
    this.streams = new StreamSet(sim, purposesOf(program))
  }

  /** Starts the program on an event, at an instruction, and returns the frame's number, for `kill`. The first step runs at once. */
  start(event: unknown, trace: number, cookie: number, at = 0, hops = 0): number {
    const frame = this.take(NONE, trace, at, event)
    frame.cookie = cookie
    frame.hops = hops
    this.step(frame)
    return frame.id
  }

  /** Stops a frame and its branches where they are. Answers still on their way are ignored. The owner is not told. */
  kill(id: number): void {
    const frame = this.frames[id]
    assert(frame.alive, 'only a running frame is stopped')
    if (frame.children > 0) for (const other of this.frames) if (other.alive && other.parent === id) this.kill(other.id)
    if (frame.call !== NONE) this.sim.abandon(frame.call)
    this.release(frame)
  }

  /** Whether a frame waits for something else: an answer, a pause between tries, a wait, its branches. */
  isWaiting(id: number): boolean {
    const frame = this.frames[id]
    return frame.alive && !frame.breathing && this.program.code[frame.pc].op !== 'compute'
  }

  /** The edge of the call whose answer a frame, or one of its branches, waits for; −1 = it waits for none. */
  awaitedEdge(id: number): number {
    const frame = this.frames[id]
    if (frame.call !== NONE) return this.sim.calls.edge[frame.call]
    if (frame.children > 0)
      for (const other of this.frames) if (other.alive && other.parent === id) return this.awaitedEdge(other.id)
    return NONE
  }

  /** Whether a program that runs for a request has not ended. */
  holds(trace: number): boolean {
    return this.frames.some((frame) => frame.alive && frame.trace === trace)
  }

  /** A frame and those that wait for it, from the inside out; and the owner's note of the program that they belong to. */
  lineOf(id: number): number[] {
    const line = [id]
    for (let at = this.frames[id].parent; at !== NONE; at = this.frames[at].parent) line.push(at)
    return line
  }

  cookieOf(id: number): number {
    const line = this.lineOf(id)
    return this.frames[line[line.length - 1]].cookie
  }

  /** What a frame has done, or waited for, until its timer comes; undefined for what its calls tell by themselves. */
  pastOf(id: number): 'computes' | 'waits' | 'is held back by the client’s rate limiter' | undefined {
    const frame = this.frames[id]
    if (frame.breathing) return undefined
    const { op } = this.program.code[frame.pc]
    if (op === 'compute') return 'computes'
    if (op === 'wait') return 'waits'
    return frame.attempts === 0 ? 'is held back by the client’s rate limiter' : undefined
  }

  /** The timer of a frame has come: a computation or a wait is over, or a call is due again. */
  resume(id: number): void {
    const frame = this.frames[id]
    frame.timer = NONE
    const instruction = this.program.code[frame.pc]
    if (frame.breathing) frame.breathing = false
    else if (instruction.op !== 'call') frame.pc++
    this.step(frame)
  }

  /** An answer to one of the program's calls has come. */
  answered(call: Call): void {
    const calls = this.sim.calls
    const frame = this.frames[calls.cookie[call]]
    if (!frame.alive || frame.call !== call) {
      this.sim.close(call)
      return
    }
    const status = calls.status[call]
    const answer = calls.answer[call]
    this.sim.close(call)
    frame.call = NONE
    const error = this.sim.errors.retry[status]
    this.retries.answered(this.sim.clock[0], error)
    const instruction = this.program.code[frame.pc] as Instruction & { op: 'call' }
    if (status === 0) {
      this.retries.succeeded(frame.attempts, frame.acquired)
      let result = answer
      if (frame.paging !== null) {
        if (turnPage(frame.paging, answer)) {
          const { paging } = frame
          this.forget(frame)
          frame.paging = paging
          this.callOut(frame, instruction)
          return
        }
        result = wholeAnswer(frame.paging)
      }
      if (instruction.resultPath !== null) frame.scope = withResult(frame.scope, instruction.resultPath, result)
      frame.answer = result
      frame.asked = frame.body
      this.forget(frame)
      frame.pc++
      this.step(frame)
      return
    }
    const delay = this.retries.delayAfter(error, frame.attempts, false, frame.delay)
    if (delay >= 0) {
      frame.delay = delay
      frame.acquired = this.retries.acquired
      frame.timer = this.sim.timer(delay, this.wakeTarget, frame.id)
      return
    }
    this.forget(frame)
    this.raise(frame, status, instruction.catches)
  }

  private step(frame: Frame): void {
    const code = this.program.code
    for (let left = BREATH; ;) {
      if (--left === 0) {
        frame.breathing = true
        frame.timer = this.sim.timer(0, this.wakeTarget, frame.id)
        return
      }
      const instruction = code[frame.pc]
      switch (instruction.op) {
        case 'call':
          this.callOut(frame, instruction)
          return
        case 'compute':
        case 'wait': {
          const of = instruction.time
          // Most times are draws; taken here, they are not boxed as a value of any kind.
          const time =
            of.kind === 'draw'
              ? of.sampler.draw(this.streams.get(of.purpose))
              : Number(evaluate(of, frame.scope, this.streams))
          const scaled = instruction.op === 'compute' ? Math.round(time * stretchOf(frame, instruction)) : time
          frame.timer = this.sim.timer(Math.max(0, scaled), this.wakeTarget, frame.id)
          return
        }
        case 'each': {
          const list = evaluate(instruction.list, frame.scope, this.streams)
          if (instruction.reportFailures && frame.failures === null) frame.failures = []
          if (!Array.isArray(list) || list.length === 0) frame.pc = instruction.end
          else this.openLoop(frame, LOOP_EACH, 0, list, instruction.reportFailures)
          break
        }
        case 'repeat': {
          const times = Math.floor(Number(evaluate(instruction.times, frame.scope, this.streams)))
          if (!(times >= 1)) frame.pc = instruction.end
          else this.openLoop(frame, LOOP_REPEAT, times, null, false)
          break
        }
        case 'next':
          this.nextRound(frame, instruction.start)
          break
        case 'jump':
          frame.pc = instruction.to
          break
        case 'unless':
          frame.pc = holds(instruction.condition, frame.scope, this.streams) ? frame.pc + 1 : instruction.to
          break
        case 'once':
          frame.pc = this.memory?.has(this.host, this.cookieOf(frame.id), instruction.nth)
            ? instruction.to
            : frame.pc + 1
          break
        case 'did':
          this.memory?.add(this.host, this.cookieOf(frame.id), instruction.nth)
          frame.pc++
          break
        case 'tmp': {
          const { size, catches } = instruction
          const bytes = size === null ? -1 : Math.max(0, Number(evaluate(size, frame.scope, this.streams)))
          const status = this.memory?.write(this.host, this.cookieOf(frame.id), bytes) ?? 0
          if (status === 0) frame.pc++
          else if (!this.caught(frame, status, catches)) return
          break
        }
        case 'memory': {
          const bytes = Math.max(0, Number(evaluate(instruction.size, frame.scope, this.streams)))
          if (this.memory?.hold(this.host, this.cookieOf(frame.id), bytes, instruction.keeps) === false) return
          frame.pc++
          break
        }
        case 'choose': {
          const draw = this.streams.get(instruction.purpose).float()
          let choice = 0
          while (choice < instruction.cumulative.length - 1 && draw >= instruction.cumulative[choice]) choice++
          frame.pc = instruction.to[choice]
          break
        }
        case 'parallel':
          if (!this.fork(frame, instruction)) return
          break
        case 'hit':
          frame.pc = this.hit(frame, instruction) ? instruction.end : frame.pc + 1
          break
        case 'miss':
          frame.missedAt[instruction.level] = this.sim.clock[0]
          frame.pc++
          break
        case 'unlocked':
          frame.pc = tookLock(frame.answer) ? frame.pc + 1 : instruction.to
          break
        case 'left':
          frame.answer = this.sim.leaves(this.edges[instruction.origin], frame.asked, frame.answer)
          frame.pc = frame.answer === undefined ? instruction.to : frame.pc + 1
          break
        case 'raise':
          if (!this.caught(frame, frame.raised, instruction.catches)) return
          break
        case 'fail':
          if (!this.caught(frame, this.failStatus[frame.pc], instruction.catches)) return
          break
        case 'metric':
          this.emitMetric(frame, instruction)
          frame.pc++
          break
        case 'return':
          this.end(frame, 0, evaluate(instruction.value, frame.scope, this.streams))
          return
        case 'end':
          this.end(
            frame,
            0,
            frame.failures !== null ? reportOf(frame.failures) : this.returns(instruction) ? null : SUCCESS,
          )
          return
      }
    }
  }

  private callOut(frame: Frame, instruction: Instruction & { op: 'call' }): void {
    const held = this.retries.sendDelay(this.sim.clock[0], frame.held)
    frame.held = held > 0
    if (held > 0) {
      frame.timer = this.sim.timer(held, this.wakeTarget, frame.id)
      return
    }
    const call = this.sim.open(this.edges[frame.pc], frame.id, frame.trace)
    this.sim.calls.hops[call] = frame.hops
    // A retry sends the same request again, with the keys that were drawn for it.
    if (frame.attempts === 0) {
      frame.calledAt = this.sim.clock[0]
      if (frame.paging === null) {
        const body = evaluate(instruction.body, frame.scope, this.streams)
        if (instruction.pages !== undefined)
          frame.paging = firstPage(body as Readonly<Record<string, unknown>>, instruction.pages)
        frame.body = body
      }
      const body = frame.paging === null ? frame.body : frame.paging.body
      frame.body =
        instruction.stores === undefined
          ? body
          : withStored(
              body,
              instruction.stores,
              frame.answer,
              this.sim.clock[0],
              frame.missedAt[instruction.stores.level],
              this.streams,
            )
    }
    this.sim.calls.body[call] = frame.body
    this.sim.calls.arg[call] = instruction.arg
    frame.call = call
    if (++frame.attempts > 1) this.sim.calls.attempt[call] = Math.min(frame.attempts, 255)
    this.sim.send(call)
  }

  /** Whether a cache had something that is good enough; whether it is stale is measured, and nothing more. */
  private hit(frame: Frame, instruction: Instruction & { op: 'hit' }): boolean {
    const now = this.sim.clock[0]
    const { origin } = instruction
    const found = foundIn(frame.answer)
    frame.answer = undefined
    if (found === undefined || refreshesEarly(found, instruction, now, this.streams)) return false
    const value = isRefreshed(found) ? found.Value : found
    frame.answer = value
    if (origin !== NONE) {
      const asked = evaluate(
        (this.program.code[origin] as Instruction & { op: 'call' }).body,
        frame.scope,
        this.streams,
      )
      const isStale = this.sim.isStale(this.edges[origin], asked, value, frame.calledAt)
      if (isStale !== undefined) this.sim.count(this.staleReads(instruction.cache), isStale ? 1 : 0)
    }
    if (instruction.resultPath !== null) frame.scope = withResult(frame.scope, instruction.resultPath, value)
    return true
  }

  /** A value for each hit: 1 = the copy was out of date. */
  private staleReads(cache: string): MetricId {
    return this.sim.customMetric('Sim', 'StaleReads', { Resource: cache }, 'Count', 60_000_000, cache)
  }

  /** A call is over: the next one begins with its first attempt. */
  private forget(frame: Frame): void {
    frame.attempts = 0
    frame.body = null
    frame.paging = null
    frame.delay = 0
    frame.acquired = 0
    frame.held = false
  }

  private openLoop(frame: Frame, kind: number, rounds: number, list: unknown, reports: boolean): void {
    frame.loopKind.push(kind)
    frame.loopIndex.push(kind === LOOP_EACH ? 0 : rounds)
    frame.loopList.push(list)
    frame.loopOuter.push(frame.scope)
    frame.loopReports.push(reports)
    if (kind === LOOP_EACH) frame.scope = (list as unknown[])[0]
    frame.pc++
  }

  private nextRound(frame: Frame, start: number): void {
    const top = frame.loopKind.length - 1
    if (frame.loopKind[top] === LOOP_REPEAT) {
      // What a round wrote into the scope is there in the next round.
      if (--frame.loopIndex[top] > 0) frame.pc = start
      else this.closeLoop(frame, frame.scope)
      return
    }
    const list = frame.loopList[top] as unknown[]
    const index = ++frame.loopIndex[top]
    if (index < list.length) {
      frame.scope = list[index]
      frame.pc = start
    } else this.closeLoop(frame, frame.loopOuter[top])
  }

  private closeLoop(frame: Frame, scope: unknown): void {
    this.popLoop(frame, scope)
    frame.pc++
  }

  private popLoop(frame: Frame, scope: unknown): void {
    frame.loopKind.pop()
    frame.loopIndex.pop()
    frame.loopList.pop()
    frame.loopOuter.pop()
    frame.loopReports.pop()
    frame.scope = scope
  }

  /** Starts the branches; true when there are none and the frame goes on at once. */
  private fork(frame: Frame, instruction: Instruction & { op: 'parallel' }): boolean {
    const items = instruction.list === null ? null : evaluate(instruction.list, frame.scope, this.streams)
    const list = Array.isArray(items) ? items : []
    const count = instruction.list === null ? instruction.branches.length : list.length
    if (count === 0) {
      frame.pc = instruction.join
      return true
    }
    frame.children = count
    frame.childStatus = 0
    const branches: Frame[] = []
    for (let i = 0; i < count; i++) {
      const at = instruction.list === null ? instruction.branches[i] : instruction.branches[0]
      branches.push(this.take(frame.id, frame.trace, at, instruction.list === null ? frame.scope : list[i]))
    }
    frame.forking = true
    for (const branch of branches) this.step(branch)
    frame.forking = false
    return frame.children === 0 && this.joined(frame, instruction)
  }

  /** All branches have ended: true when the frame goes on, behind the branches or at a catcher. */
  private joined(frame: Frame, instruction: Instruction & { op: 'parallel' }): boolean {
    if (frame.childStatus !== 0) return this.caught(frame, frame.childStatus, instruction.catches)
    frame.pc = instruction.join
    return true
  }

  private raise(frame: Frame, status: number, catches: readonly Catcher[]): void {
    if (this.caught(frame, status, catches)) this.step(frame)
  }

  /** Whether the program of an `end` says itself what it answers. */
  private returns(end: Instruction & { op: 'end' }): boolean {
    return end.returns ?? this.program.returns
  }

  /** Finds who handles an exception: a catcher, a loop that reports failed items, or nobody (then the frame ends). */
  private caught(frame: Frame, status: number, catches: readonly Catcher[]): boolean {
    const name = this.sim.errors.names[status]
    let reporting = frame.loopReports.length - 1
    while (reporting >= 0 && !frame.loopReports[reporting]) reporting--
    for (const catcher of catches) {
      // A loop that reports its failed items stands further in than this catcher.
      if (catcher.depth <= reporting) break
      if (!catcher.errors.includes(name) && !catcher.errors.includes('States.ALL')) continue
      while (frame.loopKind.length > catcher.depth) this.leaveLoop(frame)
      frame.raised = status
      frame.pc = catcher.goto
      return true
    }
    if (reporting >= 0) {
      while (frame.loopKind.length - 1 > reporting) this.leaveLoop(frame)
      frame.failures!.push(itemIdentifier(frame.loopOuter[reporting], frame.loopIndex[reporting]))
      frame.pc = this.endOfLoop(frame.pc)
      return true
    }
    this.end(frame, status, null)
    return false
  }

  /** Leaves the innermost loop by an exception: its item is no longer the scope; what rounds wrote into it stays. */
  private leaveLoop(frame: Frame): void {
    const top = frame.loopKind.length - 1
    this.popLoop(frame, frame.loopKind[top] === LOOP_EACH ? frame.loopOuter[top] : frame.scope)
  }

  /** The `next` instruction that closes the reporting loop around `pc`. */
  private endOfLoop(pc: number): number {
    let depth = 0
    for (let at = pc; ; at++) {
      const instruction = this.program.code[at]
      if (at > pc && (instruction.op === 'each' || instruction.op === 'repeat')) depth++
      if (instruction.op === 'next') {
        const opener = this.program.code[instruction.start - 1]
        if (depth === 0 && opener.op === 'each' && opener.reportFailures) return at
        if (depth > 0) depth--
      }
    }
  }

  private end(frame: Frame, status: number, answer: unknown): void {
    const parent = frame.parent
    const cookie = frame.cookie
    this.release(frame)
    if (parent === NONE) {
      this.ended(this.host, cookie, status, answer)
      return
    }
    const waiting = this.frames[parent]
    if (status !== 0 && waiting.childStatus === 0) waiting.childStatus = status
    if (--waiting.children > 0 || waiting.forking) return
    const instruction = this.program.code[waiting.pc] as Instruction & { op: 'parallel' }
    if (this.joined(waiting, instruction)) this.step(waiting)
  }

  private emitMetric(frame: Frame, instruction: Instruction & { op: 'metric' }): void {
    const dimensions: Record<string, string> = {}
    for (const [name, template] of instruction.dimensions)
      dimensions[name] = String(evaluate(template, frame.scope, this.streams))
    const value = Number(evaluate(instruction.value, frame.scope, this.streams))
    // CloudWatch takes no other values.
    if (!Number.isFinite(value)) return
    this.emit(
      this.host,
      instruction.namespace,
      instruction.name,
      value,
      dimensions,
      instruction.unit,
      instruction.resolution,
    )
  }

  private take(parent: number, trace: number, pc: number, scope: unknown): Frame {
    let frame: Frame
    if (this.free.length > 0) frame = this.frames[this.free.pop()!]
    else {
      frame = new Frame(this.frames.length)
      this.frames.push(frame)
    }
    frame.alive = true
    frame.parent = parent
    frame.trace = trace
    frame.hops = parent === NONE ? 0 : this.frames[parent].hops
    frame.cpuScale = parent === NONE ? this.cpuScale : this.frames[parent].cpuScale
    frame.pc = pc
    frame.scope = scope
    this.live++
    return frame
  }

  private release(frame: Frame): void {
    if (frame.timer !== NONE) this.sim.cancel(frame.timer)
    frame.alive = false
    frame.timer = NONE
    frame.call = NONE
    this.forget(frame)
    frame.children = 0
    frame.childStatus = 0
    frame.breathing = false
    frame.scope = null
    frame.answer = undefined
    frame.asked = null
    frame.failures = null
    if (frame.loopKind.length > 0) {
      frame.loopKind.length = 0
      frame.loopIndex.length = 0
      frame.loopList.length = 0
      frame.loopOuter.length = 0
      frame.loopReports.length = 0
    }
    this.live--
    this.free.push(frame.id)
  }
}

/** How much longer than at one whole vCPU a computation takes: by its share of one, or by the vCPUs that its threads can use (LAM-11). */
function stretchOf({ cpuScale }: Frame, { threads = 1 }: Instruction & { op: 'compute' }): number {
  return Math.max(cpuScale, 1 / threads)
}

/** What a handler without `Return` answers. */
export const SUCCESS = Object.freeze({ statusCode: 200 })

/** The partial batch response of a loop that collected the failures of its items (LAM-54). */
function reportOf(failures: readonly unknown[]): unknown {
  return { batchItemFailures: failures.map((id) => ({ itemIdentifier: id })) }
}

/** What an item of a batch is called by in a partial response: the event lists it beside the records. */
function itemIdentifier(event: unknown, index: number): unknown {
  return follow(event, ['MessageIds', index]) ?? follow(event, ['SequenceNumbers', index])
}
