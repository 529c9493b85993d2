// A pipeline at work: executions go from stage to stage, one at a time in each unless the mode says otherwise.
//
//   start ─► [stage: group of actions at once ─► next group …] ─► next stage … ─► Succeeded
//              │ one is in it already: wait; a newer one takes the waiting one's place (CP-R5)
//              └ an action fails: the others of its group end, then the stage and the execution fail (CP-R7)
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { serviceEvents, tell } from '../../parts/service-events.ts'
import { Stretch } from '../../parts/stretch.ts'
import { ACCOUNT, type Account } from './account.ts'
import type { Execution, Running } from './execution.ts'
import { OTHER_TIMEOUT, TIMEOUTS } from './pipeline.facts.ts'
import type { Action, PipelineConfig, Stage } from './pipeline-config.ts'

/** Executions that are remembered once they have ended. */
const REMEMBERED = 1_000
const HOUR = 3_600_000_000
const DAY = 24 * HOUR

/** A stage and who is in it, or waits before it. */
interface Place {
  readonly stage: Stage
  inside: number
  /** Whom others wait for; nobody in PARALLEL mode. */
  holder: Execution | null
  waiting: Execution[]
  isDisabled: boolean
}

interface Timers {
  readonly ended: EventFunction<any>
  readonly next: EventFunction<any>
  readonly invoked: EventFunction<any>
  readonly closeTold: EventFunction<any>
}

export class Pipeline {
  readonly sim: Sim
  readonly arn: string
  readonly mode: PipelineConfig['Mode']
  readonly places: readonly Place[]
  readonly executions: Execution[] = []
  readonly rows: (Running | null)[] = []
  readonly failures: Stretch
  started = 0
  /** Executions that have begun and not ended. */
  underWay = 0
  succeeded = 0
  superseded = 0
  stopped = 0
  private readonly account: Account
  private readonly edges: ReadonlyMap<string, number>
  private readonly busEdge: number
  private readonly free: number[] = []
  private readonly pausing: (Execution | null)[] = []
  private serial = 0
  private readonly durations: Readonly<Record<string, Sampler>>
  private readonly failing: Readonly<Record<string, number>>
  private readonly actionPause: Sampler
  private readonly stagePause: Sampler
  private readonly latency: Sampler
  private readonly rng: Rng
  private readonly chance: Rng
  private readonly latencyRng: Rng
  private readonly endedTarget: Target
  private readonly nextTarget: Target

  constructor(config: Config, sim: Sim, timers: Timers) {
    const { Plan: plan, Mode: mode, Disabled: disabled, TellsBus: tells } = config as unknown as PipelineConfig
    this.sim = sim
    this.arn = `arn:aws:codepipeline:us-east-1:123456789012:${sim.physicalName}`
    this.mode = mode
    this.places = plan.map((stage) => ({
      ...{ stage, inside: 0, holder: null, waiting: [] },
      isDisabled: disabled.includes(stage.name),
    }))
    this.failures = new Stretch(sim.warmUp)
    this.account = sim.peer<Account>(ACCOUNT)
    const called = plan.flatMap(({ groups }) => groups.flat()).flatMap(({ to }) => (to === null ? [] : [to]))
    this.edges = new Map([...new Set(called)].map((to) => [to, sim.edge(to, 'lambda:InvokeFunction', timers.invoked)]))
    this.busEdge = serviceEvents(tells, sim, timers.closeTold)
    this.durations = {
      Source: sim.sampler('SourceDuration'),
      Build: sim.sampler('BuildDuration'),
      Test: sim.sampler('TestDuration'),
      Deploy: sim.sampler('DeployDuration'),
    }
    this.failing = {
      Build: sim.sampler('BuildFailure').mean,
      Test: sim.sampler('TestFailure').mean,
      Deploy: sim.sampler('DeployFailure').mean,
    }
    this.actionPause = sim.sampler('ActionPause')
    this.stagePause = sim.sampler('StagePause')
    this.latency = sim.sampler('ApiLatency')
    this.rng = sim.rng('durations')
    this.chance = sim.rng('failures')
    this.latencyRng = sim.rng('latency')
    this.endedTarget = sim.target(timers.ended)
    this.nextTarget = sim.target(timers.next)
  }

  get now(): number {
    return this.sim.clock[0]
  }

  answer(call: Call, answer: unknown): void {
    this.sim.calls.answer[call] = answer
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, 0)
  }

  refuse(call: Call, name: string, message: string): void {
    this.sim.calls.answer[call] = { message }
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, this.sim.error(name, 400))
  }

  /** Whether another execution may begin now. */
  get hasRoom(): boolean {
    if (this.mode === 'SUPERSEDED') return true
    const quota = this.mode === 'QUEUED' ? 'QueuedExecutions' : 'ParallelExecutions'
    // In line are those that are not in a stage yet; at once are all.
    const count = this.mode === 'QUEUED' ? this.places[0].waiting.length : this.underWay
    return count < this.sim.quota(quota)
  }

  /** Begins an execution. */
  begin(trace: number): Execution {
    const number = ++this.started
    this.underWay++
    const execution: Execution = {
      number,
      id: `${number.toString(16).padStart(8, '0')}-0000-4000-8000-${this.sim.component.toString(16).padStart(12, '0')}`,
      startedAt: this.now,
      trace,
      status: 'InProgress',
      stage: 0,
      group: 0,
      isInside: false,
      open: 0,
      failed: [],
      endedAt: -1,
      reason: '',
    }
    this.executions.push(execution)
    if (this.executions.length > REMEMBERED) this.forget()
    this.tell('Pipeline', execution, 'STARTED')
    this.approach(execution)
    return execution
  }

  private forget(): void {
    const old = this.executions.findIndex(({ endedAt }) => endedAt >= 0)
    if (old >= 0) this.executions.splice(old, 1)
  }

  /** Comes to the entrance of its stage: goes in, or waits (CP-R5, CP-R6, CP-R20). */
  private approach(execution: Execution): void {
    const place = this.places[execution.stage]
    if (!place.isDisabled && (this.mode === 'PARALLEL' || place.holder === null)) {
      this.enter(execution)
      return
    }
    if (this.mode === 'SUPERSEDED')
      for (const other of place.waiting.splice(0)) {
        this.superseded++
        this.end(other, 'Superseded', 'SUPERSEDED')
      }
    place.waiting.push(execution)
  }

  private enter(execution: Execution): void {
    this.take(execution)
    execution.group = 0
    this.tell('Stage', execution, 'STARTED')
    this.runGroup(execution, () => true)
  }

  /** Has its stage, alone unless the mode is PARALLEL. */
  private take(execution: Execution): void {
    const place = this.places[execution.stage]
    if (this.mode !== 'PARALLEL') place.holder = execution
    place.inside++
    execution.isInside = true
    execution.failed = []
  }

  /** Starts the actions of a group, or those of them that are wanted. */
  private runGroup(execution: Execution, isWanted: (action: Action) => boolean): void {
    const actions = this.places[execution.stage].stage.groups[execution.group]
    // All are counted before the first can end.
    execution.open = actions.filter(isWanted).length
    actions.forEach((action, i) => {
      if (isWanted(action)) this.startAction(execution, action, i)
    })
  }

  private startAction(execution: Execution, action: Action, index: number): void {
    const row = this.free.pop() ?? this.rows.length
    const serial = ++this.serial
    const running: Running = {
      ...{ execution, action: index, serial, id: `${execution.id}/${serial}` },
      ...{ startedAt: this.now, timer: -1, limit: '' },
    }
    this.rows[row] = running
    this.tell('Action', execution, 'STARTED', action)
    const limit = timeoutOf(action)
    let time = limit
    if (action.to !== null) {
      running.limit = 'the function did not answer in time'
      this.account.jobs.set(running.id, { pipeline: this, row })
      this.invoke(execution, action, running.id, serial)
    } else if (action.category === 'Approval') running.limit = 'nobody approved it in time'
    else {
      time = this.durations[action.category]?.draw(this.rng) ?? 0
      if (time > limit) running.limit = 'it took too long'
    }
    running.timer = this.sim.timer(Math.min(time, limit), this.endedTarget, row)
  }

  private invoke(execution: Execution, action: Action, id: string, serial: number): void {
    const call = this.sim.open(this.edges.get(action.to!)!, serial, execution.trace)
    const configuration = { FunctionName: action.to, UserParameters: action.userParameters }
    const data = { actionConfiguration: { configuration }, inputArtifacts: [], outputArtifacts: [] }
    this.sim.calls.body[call] = { InvocationType: 'Event', Payload: { 'CodePipeline.job': { id, data } } }
    this.sim.send(call)
  }

  /** Timer: an action has taken its time, or has come to its limit. */
  timePassed(row: number): void {
    const running = this.rows[row]!
    const action = this.actionOf(running)
    running.timer = -1
    const chance = this.failing[action.category] ?? 0
    if (running.limit !== '') this.actionEnded(row, false, running.limit)
    else {
      const fails = chance > 0 && this.chance.float() < chance
      this.actionEnded(row, !fails, `the ${action.category.toLowerCase()} failed`)
    }
  }

  /** A function needs more time: it may be silent for its limit again, and go on for a day in all (CP-R12). */
  goOn(row: number): void {
    const running = this.rows[row]!
    this.sim.cancel(running.timer)
    const left = Math.max(0, running.startedAt + DAY - this.now)
    const limit = timeoutOf(this.actionOf(running))
    if (left < limit) running.limit = 'the function went on for a day'
    running.timer = this.sim.timer(Math.min(left, limit), this.endedTarget, row)
  }

  /** An action has ended; the last of its group decides what comes next. */
  actionEnded(row: number, isDone: boolean, reason: string): void {
    const running = this.rows[row]!
    const { execution } = running
    const action = this.actionOf(running)
    this.giveBack(row)
    this.tell('Action', execution, isDone ? 'SUCCEEDED' : 'FAILED', action)
    if (!isDone) {
      execution.failed.push(action.name)
      execution.reason = `${action.name}: ${reason}`
    }
    if (--execution.open > 0) return
    if (execution.status === 'Stopping') this.stopNow(execution)
    else if (execution.failed.length > 0) this.failStage(execution)
    else this.pause(execution)
  }

  private giveBack(row: number): void {
    const running = this.rows[row]!
    if (running.timer >= 0) this.sim.cancel(running.timer)
    this.account.jobs.delete(running.id)
    this.rows[row] = null
    this.free.push(row)
  }

  /** After a group: the next one, or the next stage, a little later. */
  private pause(execution: Execution): void {
    const place = this.places[execution.stage]
    const isLast = execution.group + 1 === place.stage.groups.length
    if (isLast) {
      this.tell('Stage', execution, 'SUCCEEDED')
      this.leave(execution)
      if (execution.stage + 1 === this.places.length) {
        this.succeeded++
        this.sim.record(this.sim.metric('PipelineDuration'), this.now - execution.startedAt)
        this.end(execution, 'Succeeded', 'SUCCEEDED')
        return
      }
    }
    const at = this.pausing.indexOf(null)
    const slot = at < 0 ? this.pausing.length : at
    this.pausing[slot] = execution
    this.sim.after((isLast ? this.stagePause : this.actionPause).draw(this.rng), this.nextTarget, slot)
  }

  /** Timer: the pause before a group or a stage is over. */
  pausePassed(slot: number): void {
    const execution = this.pausing[slot]!
    this.pausing[slot] = null
    if (execution.endedAt >= 0) return
    if (execution.status === 'Stopping') this.stopNow(execution)
    else if (execution.isInside) {
      execution.group++
      this.runGroup(execution, () => true)
    } else {
      execution.stage++
      this.approach(execution)
    }
  }

  /** Leaves its stage and lets the next one in. */
  private leave(execution: Execution): void {
    const place = this.places[execution.stage]
    execution.isInside = false
    place.inside--
    if (place.holder === execution) place.holder = null
    this.admit(place)
  }

  private admit(place: Place): void {
    if (place.isDisabled || (place.holder !== null && this.mode !== 'PARALLEL')) return
    const next = place.waiting.shift()
    if (next === undefined) return
    this.enter(next)
    if (this.mode === 'PARALLEL') this.admit(place)
  }

  private failStage(execution: Execution): void {
    this.tell('Stage', execution, 'FAILED')
    this.failures.note(this.now)
    this.sim.count(this.sim.metric('FailedPipelineExecutions'), 1)
    this.leave(execution)
    this.end(execution, 'Failed', 'FAILED')
  }

  private stopNow(execution: Execution): void {
    this.stopped++
    if (execution.isInside) {
      this.tell('Stage', execution, 'STOPPED')
      this.leave(execution)
    }
    this.end(execution, 'Stopped', 'STOPPED')
  }

  private end(execution: Execution, status: Execution['status'], told: string): void {
    execution.status = status
    execution.endedAt = this.now
    this.underWay--
    this.tell('Pipeline', execution, told)
  }

  /** Whether a later execution has been in the stage where this one failed (CP-R7); in PARALLEL mode they are no matter to each other. */
  isOvertaken(execution: Execution): boolean {
    if (this.mode === 'PARALLEL') return false
    return (
      this.places[execution.stage].holder !== null ||
      this.executions.some(
        ({ number, stage, endedAt }) =>
          number > execution.number && stage >= execution.stage && (endedAt < 0 || endedAt > execution.endedAt),
      )
    )
  }

  /** Does the failed stage once more, or its failed actions alone. */
  retry(execution: Execution, onlyFailed: boolean): void {
    const { failed, group } = execution
    this.underWay++
    execution.status = 'InProgress'
    execution.endedAt = -1
    execution.reason = ''
    this.take(execution)
    this.tell('Pipeline', execution, 'RESUMED')
    this.tell('Stage', execution, 'RESUMED')
    execution.group = onlyFailed ? group : 0
    this.runGroup(execution, ({ name }) => !onlyFailed || failed.includes(name))
  }

  /** Stops an execution: after what is under way, or leaving it where it is (CP-R9). */
  stop(execution: Execution, abandons: boolean): void {
    execution.status = 'Stopping'
    this.tell('Pipeline', execution, 'STOPPING')
    for (const place of this.places) {
      const at = place.waiting.indexOf(execution)
      if (at < 0) continue
      place.waiting.splice(at, 1)
      this.stopNow(execution)
      return
    }
    if (abandons)
      for (let row = 0; row < this.rows.length; row++) {
        const running = this.rows[row]
        if (running?.execution !== execution) continue
        this.tell('Action', execution, 'ABANDONED', this.actionOf(running))
        this.giveBack(row)
        execution.open--
      }
    if (execution.open === 0 && (abandons || !this.pausing.includes(execution))) this.stopNow(execution)
  }

  setTransition(place: Place, isDisabled: boolean): void {
    place.isDisabled = isDisabled
    this.admit(place)
  }

  actionOf({ execution, action }: Running): Action {
    return this.places[execution.stage].stage.groups[execution.group][action]
  }

  private tell(of: 'Pipeline' | 'Stage' | 'Action', execution: Execution, state: string, action?: Action): void {
    tell(this.sim, this.busEdge, execution.trace, {
      Source: 'aws.codepipeline',
      DetailType: `CodePipeline ${of} Execution State Change`,
      Resources: [this.arn],
      Detail: {
        pipeline: this.sim.physicalName,
        'execution-id': execution.id,
        ...(of === 'Pipeline' ? {} : { stage: this.places[execution.stage].stage.name }),
        ...(action === undefined
          ? {}
          : {
              action: action.name,
              type: { owner: 'AWS', category: action.category, provider: action.provider, version: '1' },
            }),
        state,
      },
    })
  }
}

function timeoutOf({ timeout, provider }: Action): number {
  if (timeout > 0) return timeout
  return Math.min(TIMEOUTS[provider] ?? OTHER_TIMEOUT, 60 * DAY)
}
