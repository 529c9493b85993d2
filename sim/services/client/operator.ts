// The person or the pipeline that does things at given times: a deployment, a purge, a change of capacity.
//
// An action is a program like a handler's, started by the clock. What came of it is kept for the report, run by run.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Caller, Config, CwUnit, ServiceDef, Sim } from '../../model/contract.ts'
import { ProfileCaller, User, type ProfileSettings, type Users } from '../../parts/identity.ts'
import { Interpreter } from '../../parts/interpreter.ts'
import type { Program } from '../../parts/program.ts'
import { joinPrograms } from '../../parts/program-join.ts'
import { RetryPolicy, sdkRetries } from '../../parts/retry.ts'

/** One entry of `Actions`, compiled. Times in µs. */
export interface OperatorAction {
  readonly at: number
  /** Again after so long each time; no run begins at or after `until`. */
  readonly every?: number
  readonly until?: number
  readonly program: Program
  /** Whose credentials it uses; the default profile's without. */
  readonly profile?: string
  /** Asks for the permission alone (`--dry-run`). */
  readonly dryRun?: boolean
  readonly label: string
}

/** What came of one run of an action. */
export interface Outcome {
  /** Start and end in µs; −1 = not over yet. */
  readonly at: number
  readonly endedAt: number
  readonly label: string
  /** 'OK', the exception's name, or '' while it runs. */
  readonly status: string
}

export const operator: ServiceDef<Operator> = {
  type: 'Sim::Client::Operator',
  family: 'client',
  namespace: 'Sim',
  dimension: 'Operator',
  summary: 'Carries out the actions of a scenario at their times.',
  models: [
    'Actions run once or at intervals, beside one another, each as a program of API calls.',
    'Each action uses the credentials of a profile, by default of the one named `default`; all its calls go into the trail (N.CLI-SDK-08 to N.CLI-SDK-10).',
    'A dry run asks for permission and carries nothing out: DryRunOperation or UnauthorizedOperation (N.CLI-SDK-06).',
    'Its calls are retried in standard mode, as the command line does (RET-01).',
  ],
  omits: ['That a few services alone know dry runs.', 'The time that a person needs to see and decide.'],
  quotas: {},
  assumptions: {},
  props: {},
  create: (config, sim) => new Operator(config, sim),
  ops: {},
  timers: { due, wake, answered },
  metrics: {
    Actions: { unit: 'Count', kind: 'count', doc: 'Actions begun.' },
    FailedActions: { unit: 'Count', kind: 'count', doc: 'Actions that ended with an exception.' },
  },
  invariants: {
    'every action begun has an outcome or goes on': (self) =>
      self.outcomes.filter((outcome) => outcome.endedAt < 0).length === self.going,
  },
  traced: { holds: (self, trace) => self.interpreter.holds(trace) },
  view: {
    glyph: 'operator',
    label: 'Operator',
    level: (self) => self.going,
    levelMax: () => 1,
    tone: (self) => (self.going > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Going', unit: 'actions', doc: 'Actions that have begun and not ended.', read: (self) => self.going },
    ],
    plannedAt: (config) => config['Actions'] as readonly OperatorAction[],
  },
  report: (self) => self.outcomes,
}

export class Operator {
  readonly sim: Sim
  readonly outcomes: Outcome[] = []
  /** Actions that have begun and not ended. */
  going = 0
  readonly interpreter: Interpreter<Operator>
  private readonly actions: readonly OperatorAction[]
  private readonly starts: readonly number[]
  private readonly dueTarget: Target
  private readonly metricActions: MetricId
  private readonly metricFailed: MetricId

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.actions = (config['Actions'] as readonly OperatorAction[] | undefined) ?? []
    const joined = joinPrograms(this.actions.map((action) => action.program))
    this.starts = joined.starts
    const retries = new RetryPolicy(
      sdkRetries({ mode: 'standard', sdk: 'python', variant2026: false, action: '' }),
      sim.rng('retries'),
    )
    const callers = callersOf(config, this.actions, sim)
    const byInstruction = this.actions.flatMap((action, i) => action.program.code.map(() => callers[i]))
    this.interpreter = new Interpreter<Operator>(
      sim,
      joined.program,
      this,
      ended,
      retries,
      emit,
      wake,
      answered,
      byInstruction,
    )
    this.dueTarget = sim.target(due)
    this.metricActions = sim.metric('Actions')
    this.metricFailed = sim.metric('FailedActions')
    this.actions.forEach((action, i) => sim.after(action.at, this.dueTarget, i))
  }

  begin(index: number): void {
    const { sim } = this
    const action = this.actions[index]
    const now = sim.clock[0]
    if (action.every !== undefined && now + action.every < (action.until ?? Infinity))
      sim.after(action.every, this.dueTarget, index)
    const row = this.outcomes.length
    this.outcomes.push({ at: now, endedAt: -1, label: action.label, status: '' })
    this.going++
    sim.count(this.metricActions, 1)
    this.interpreter.start({}, sim.calls.begin(), row, this.starts[index])
  }

  end(row: number, status: number): void {
    const { sim } = this
    this.going--
    this.outcomes[row] = { ...this.outcomes[row], endedAt: sim.clock[0], status: sim.errors.names[status] }
    if (status !== 0) sim.count(this.metricFailed, 1)
  }
}

function due(self: Operator, index: number): void {
  self.begin(index)
}

function wake(self: Operator, frame: number): void {
  self.interpreter.resume(frame)
}

function answered(self: Operator, call: Call): void {
  self.interpreter.answered(call)
}

function ended(self: Operator, row: number, status: number): void {
  self.end(row, status)
}

function emit(
  self: Operator,
  namespace: string,
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  unit: string,
  resolution: number,
): void {
  self.sim.count(self.sim.customMetric(namespace, name, dimensions, unit as CwUnit, resolution * 1_000_000), value)
}

/** Whose credentials each action carries. A scenario without profiles has one user who may do everything. */
function callersOf(config: Config, actions: readonly OperatorAction[], sim: Sim): readonly Caller[] {
  const profiles = (config['Profiles'] ?? {}) as Readonly<Record<string, ProfileSettings>>
  if (Object.keys(profiles).length === 0) {
    const anyone = new User('123456789012', 'operator', ['*'], [])
    anyone.addKey()
    return actions.map((action) => new ProfileCaller(anyone, action.dryRun === true))
  }
  const { users } = sim.peer<{ readonly users: Users }>('Sim::Iam::Account')
  users.addProfiles(profiles)
  return actions.map((action) => new ProfileCaller(users.behind(action.profile), action.dryRun === true))
}
