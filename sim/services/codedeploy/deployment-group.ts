// AWS::CodeDeploy::DeploymentGroup: moves an alias's traffic from one version of a function to the next, step by step.
//
// Reading order: definition, state, the operation; a deployment's own way is in `deployment.ts`.
import type { Call } from '../../engine/calls.ts'
import type { Target as TimerTarget } from '../../engine/kernel.ts'
import type { Config, Finding, Look, ServiceDef, Sim } from '../../model/contract.ts'
import { serviceEvents, closeTold, tell } from '../../parts/service-events.ts'
import { parseJson } from '../../parts/json-text.ts'
import { time } from '../../parts/words.ts'
import { ACCOUNT, REMEMBERED, type Account } from './account.ts'
import {
  alarmRead,
  aliasRead,
  begin,
  hookDue,
  hookInvoked,
  lineOf,
  NONE,
  pointed,
  poll,
  published,
  shiftDue,
  type Deployment,
  type RollbackEvent,
} from './deployment.ts'
import { assumptions, quotas } from './deployment-group.facts.ts'
import { gather, parts, props, type Gathered, type Target } from './group-config.ts'
import { predefined, type Schedule } from './schedule.ts'

export const deploymentGroup: ServiceDef<DeploymentGroup> = {
  type: 'AWS::CodeDeploy::DeploymentGroup',
  family: 'delivery',
  namespace: 'AWS/CodeDeploy',
  dimension: 'DeploymentGroupName',
  summary: 'Moves the traffic of a function’s alias to a new version, and back when something goes wrong.',
  models: [
    'Canary, linear and all at once, by AWS’s configurations or those of the template; the alias’s weights change at each step [CDP-20, CDP-21, CDP-22, CDP-24].',
    'A hook before the traffic and one after it: functions that are invoked with the ids of deployment and hook and report `Succeeded` or `Failed` within an hour [CDP-10, CDP-11, CDP-12].',
    'While it goes on, its alarms are looked at every few seconds; one in ALARM stops it, and the alias goes back to the old version at once [CDP-13, CDP-14].',
    'Without a revision it deploys the version published last, and publishes `$LATEST` where that has changed, as an update of a stack does for `AutoPublishAlias`.',
    'Topics of `TriggerConfigurations` and rules of the default event bus are told.',
  ],
  omits: [
    'Deployments to instances, machines on premises and containers of ECS.',
    'That the update of the stack fails and is rolled back along with the deployment: the run goes on with the old version.',
    'Permissions of CodeDeploy’s role, and that it invokes only functions whose names begin with `CodeDeployHook_` where AWS’s own policy is attached.',
  ],
  quotas,
  assumptions,
  // Deployments to functions cost nothing.
  prices: {},
  props,
  parts,
  gather: (near) => ({ ...gather(near) }),
  create: (config, sim) => new DeploymentGroup(config, sim),
  ops: {
    'codedeploy:CreateDeployment': {
      doc: 'Deploys a version: that of the revision, else the newest.',
      target: 'deploymentGroupName',
      params: ['revision', 'deploymentConfigName'],
      ignored: ['applicationName', 'description', 'ignoreApplicationStopFailures', 'fileExistsBehavior'],
      errors: [
        'DeploymentLimitExceededException',
        'DeploymentConfigDoesNotExistException',
        'InvalidRevisionException',
        'UnsupportedActionForDeploymentTypeException',
      ],
      run: createDeployment,
    },
  },
  timers: { aliasRead, published, hookInvoked, hookDue, shiftDue, pointed, poll, alarmRead, closeTold, triggered },
  metrics: {},
  invariants: {
    'every deployment has succeeded, failed, was stopped or goes on': (self) =>
      self.opened === self.succeeded + self.failed + self.stopped + (self.active === null ? 0 : 1),
    'between none and all of the traffic is on the new version': (self) =>
      self.active === null || (self.active.percent >= 0 && self.active.percent <= 100),
  },
  traced: { serves: () => -1 },
  view: {
    glyph: 'deployment',
    label: 'CodeDeploy',
    level: (self) => self.active?.percent ?? 0,
    levelMax: () => 100,
    tone: (self) => (self.active !== null ? 'busy' : lastOf(self)?.rollbackOf ? 'failing' : 'calm'),
    readings: [
      {
        name: 'Shifted',
        unit: '%',
        doc: 'The part of the traffic on the new version while a deployment goes on.',
        read: (self) => self.active?.percent ?? NaN,
      },
      { name: 'Deployments', unit: 'deployments', doc: 'Deployments so far.', read: (self) => self.opened },
      { name: 'Rollbacks', unit: 'deployments', doc: 'Those that were rolled back.', read: (self) => self.rollbacks },
    ],
    marks: (self, from, to) =>
      self.deployments.flatMap((each) =>
        each.createdAt > from && each.createdAt <= to
          ? [{ time: each.createdAt, kind: 'deployment' as const, text: markOf(each) }]
          : [],
      ),
  },
  insights: findingsOf,
  report: (self) => ({
    lines: self.deployments.map((each) => lineOf(each, self.sim.clock[0])),
    deployments: self.deployments.map(
      ({ id, from, to, status, percent, createdAt, shiftedAt, endedAt, rolledBackAt, rollbackOf, reason }) => ({
        ...{ id, from, to, status, percent, createdAt, shiftedAt, endedAt, rolledBackAt, rollbackOf, reason },
      }),
    ),
  }),
}

/** The ways to the function of a target. */
interface Ways {
  readonly get: number
  readonly publish: number
  readonly update: number
}

export class DeploymentGroup {
  readonly sim: Sim
  readonly account: Account
  /** The newest, in order. */
  readonly deployments: Deployment[] = []
  opened = 0
  /** The one under way. */
  active: Deployment | null = null
  succeeded = 0
  failed = 0
  stopped = 0
  rollbacks = 0
  refusedUpdates = 0
  readonly config: Gathered
  readonly hookTimeout: number
  readonly pollEvery: number
  readonly keepsLast: boolean
  readonly ignoresUnreadAlarms: boolean
  readonly alarmEdges: readonly number[]
  readonly hookDueTarget: TimerTarget
  readonly shiftDueTarget: TimerTarget
  readonly pollTarget: TimerTarget
  readonly unsupportedStatus: number
  readonly limitStatus: number
  readonly configStatus: number
  readonly revisionStatus: number
  private readonly place: number
  private readonly rollbackEvents: readonly string[]
  private readonly functions = new Map<string, Ways>()
  private readonly hookEdges = new Map<string, number>()
  private readonly topics: readonly { readonly edge: number; readonly events: readonly string[] }[]
  private readonly told: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.account = sim.peer<Account>(ACCOUNT)
    this.place = this.account.groups.push(this) - 1
    this.config = config as unknown as Gathered
    this.hookTimeout = sim.quota('HookTimeout') * 1_000_000
    this.pollEvery = Math.max(1, sim.sampler('AlarmPoll').mean)
    this.keepsLast = sim.choice('LinearLastInterval') === 'kept'
    this.ignoresUnreadAlarms = config['AlarmConfiguration']?.IgnorePollAlarmFailure === true
    const rollback = config['AutoRollbackConfiguration'] as Config | undefined
    this.rollbackEvents = rollback?.['Enabled'] === true ? (rollback['Events'] as readonly string[]) : []
    for (const { function: name } of this.config.Targets) {
      if (this.functions.has(name)) continue
      this.functions.set(name, {
        get: sim.edge(name, 'lambda:GetAlias', aliasRead),
        publish: sim.edge(name, 'lambda:PublishVersion', published),
        update: sim.edge(name, 'lambda:UpdateAlias', pointed),
      })
    }
    for (const name of this.config.HookFunctions)
      this.hookEdges.set(name, sim.edge(name, 'lambda:InvokeFunction', hookInvoked))
    this.alarmEdges = this.config.AlarmsAt.map((name) => sim.edge(name, 'cloudwatch:ReadAlarm', alarmRead))
    this.topics = this.config.Topics.map(({ topic, events }) => ({
      edge: sim.edge(topic, 'sns:Publish', triggered),
      events,
    }))
    this.told = serviceEvents(this.config.TellsBus, sim, closeTold)
    this.hookDueTarget = sim.target(hookDue)
    this.shiftDueTarget = sim.target(shiftDue)
    this.pollTarget = sim.target(poll)
    this.unsupportedStatus = sim.error('UnsupportedActionForDeploymentTypeException', 400)
    this.limitStatus = sim.error('DeploymentLimitExceededException', 400)
    this.configStatus = sim.error('DeploymentConfigDoesNotExistException', 400)
    this.revisionStatus = sim.error('InvalidRevisionException', 400)
  }

  ways(target: Target): Ways {
    return this.functions.get(target.function)!
  }

  hookEdge(name: string): number {
    return this.hookEdges.get(name)!
  }

  rollsBackAfter(event: RollbackEvent): boolean {
    return this.rollbackEvents.includes(event)
  }

  /** Opens a deployment; it is the one under way from now on. */
  open(target: Target, schedule: Schedule, from: string, to: string, trace: number): Deployment {
    const number = this.account.opened + 1
    const deployment: Deployment = {
      ...{ id: `d-${String(number).padStart(9, '0')}`, number, group: this.place, createdAt: this.sim.clock[0], trace },
      ...{ target, schedule, endedAt: NONE, status: 'Created', phase: 'Start', from, to },
      ...{ step: 0, percent: 0, shiftedAt: NONE, hooks: [], hook: '', hookAt: NONE, hookTimer: NONE },
      ...{ shiftTimer: NONE, pollTimer: NONE, reason: '', rolledBackAt: NONE, rollbackOf: '' },
    }
    this.account.remember(deployment)
    this.opened++
    this.deployments.push(deployment)
    // The one under way is always the newest: who has to go is over.
    if (this.deployments.length > REMEMBERED) this.deployments.shift()
    this.active = deployment
    return deployment
  }

  /** Tells the topics and the default event bus what has become of a deployment. */
  tell(deployment: Deployment, state: string, trigger: string): void {
    const { sim } = this
    const detail = { deploymentId: deployment.id, deploymentGroup: sim.physicalName, state }
    for (const { edge, events } of this.topics) {
      if (!events.includes(trigger)) continue
      const call = sim.open(edge, 0, deployment.trace)
      sim.calls.body[call] = { Subject: trigger, Message: { ...detail, status: trigger } }
      sim.send(call)
    }
    tell(sim, this.told, deployment.trace, {
      Source: 'aws.codedeploy',
      DetailType: 'CodeDeploy Deployment State-change Notification',
      Detail: detail,
    })
  }
}

/** What a revision of type AppSpecContent says, in the words of its file. */
interface AppSpec {
  readonly Name?: unknown
  readonly Alias?: unknown
  readonly CurrentVersion?: unknown
  readonly TargetVersion?: unknown
  readonly before?: string
  readonly after?: string
}

function createDeployment(self: DeploymentGroup, call: Call): void {
  const { sim, config } = self
  const body = sim.calls.body[call] as { revision?: unknown; deploymentConfigName?: unknown }
  const schedule =
    body.deploymentConfigName === undefined ? config.Schedule : scheduleNamed(self, body.deploymentConfigName)
  const spec = body.revision === undefined ? {} : specOf(body.revision)
  const target = spec === undefined ? undefined : targetFor(self, spec)
  if (config.Platform !== 'Lambda') sim.reply(call, self.unsupportedStatus)
  else if (schedule === undefined) sim.reply(call, self.configStatus)
  else if (spec === undefined || target === undefined) sim.reply(call, self.revisionStatus)
  else if (self.active !== null || self.account.underWay >= sim.quota('ConcurrentDeployments'))
    sim.reply(call, self.limitStatus)
  else {
    const version = (text: unknown): string => (text === undefined ? '' : String(text))
    const trace = sim.calls.trace[call]
    const { id } = self.open(target, schedule, version(spec.CurrentVersion), version(spec.TargetVersion), trace)
    sim.calls.answer[call] = { deploymentId: id }
    sim.reply(call, 0)
    begin(self)
  }
}

function scheduleNamed(self: DeploymentGroup, name: unknown): Schedule | undefined {
  return self.config.Schedules.find((each) => each.name === String(name))?.schedule ?? predefined(String(name))
}

/** Reads `{ revisionType: AppSpecContent, appSpecContent: { content } }`, the content as JSON or as a map. */
function specOf(revision: any): AppSpec | undefined {
  if (revision?.revisionType !== 'AppSpecContent') return undefined
  const content = revision.appSpecContent?.content as unknown
  const file: any = typeof content === 'string' ? parseJson(content) : content
  const resources = file?.Resources ?? file?.resources
  if (!Array.isArray(resources) || resources.length !== 1) return undefined
  const [resource] = Object.values((resources[0] ?? {}) as object) as any[]
  const properties = resource?.Properties
  if (resource?.Type !== 'AWS::Lambda::Function' || typeof properties !== 'object' || properties === null)
    return undefined
  const hooks = Array.isArray(file.Hooks) ? (file.Hooks as readonly any[]) : []
  const hook = (name: string): string | undefined => hooks.find((each) => typeof each?.[name] === 'string')?.[name]
  const { Name, Alias, CurrentVersion, TargetVersion } = properties as AppSpec
  const [before, after] = [hook('BeforeAllowTraffic'), hook('AfterAllowTraffic')]
  return {
    ...{ Name, Alias, CurrentVersion, TargetVersion },
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}

/** The one alias that a revision means; with hooks of its own in place of the template's. */
function targetFor({ config }: DeploymentGroup, spec: AppSpec): Target | undefined {
  const found = config.Targets.filter(
    (target) =>
      (spec.Alias === undefined || target.alias === spec.Alias) &&
      (spec.Name === undefined || means(String(spec.Name), target.name, target.function)),
  )
  if (found.length !== 1) return undefined
  const [target] = found
  const hook = (text: string | undefined, own: string): string | undefined =>
    text === undefined ? own : config.HookFunctions.find((name) => means(text, name, name))
  const [before, after] = [hook(spec.before, target.before), hook(spec.after, target.after)]
  return before === undefined || after === undefined ? undefined : { ...target, before, after }
}

/** Whether a text is a function's name, its logical id, or the name that CloudFormation makes of that. */
function means(text: string, name: string, logicalId: string): boolean {
  return text === name || text === logicalId || text.includes(`-${logicalId}-`)
}

/** Answer: a topic has the message. */
function triggered(self: DeploymentGroup, call: Call): void {
  self.sim.close(call)
}

function lastOf(self: DeploymentGroup): Deployment | undefined {
  return self.deployments[self.deployments.length - 1]
}

function markOf({ target, to, rollbackOf }: Deployment): string {
  return rollbackOf === ''
    ? `deployment of ${target.function} begins`
    : `${target.function} is rolled back to version ${to}`
}

/** A hook that has said nothing for so long has probably failed. [SIM] */
const SILENCE = 60_000_000

/** What did not end well, and a deployment that waits for a hook in vain. */
function findingsOf(self: DeploymentGroup, look: Look): Finding[] {
  return [...endedEarly(self, look), ...waitsInVain(self, look)]
}

function waitsInVain({ active, hookTimeout }: DeploymentGroup, look: Look): Finding[] {
  if (active === null || active.hook === '' || look.now - active.hookAt < SILENCE) return []
  const { target, phase, hookAt } = active
  const hook = phase === 'BeforeAllowTraffic' ? target.before : target.after
  return [
    {
      kind: 'hook-silent',
      from: hookAt,
      to: look.now,
      title: 'A deployment waits for its hook',
      text: `${hook} was invoked ${time(look.now - hookAt)} ago and has not reported: the deployment of ${target.function} waits until ${time(hookTimeout)} are over, and fails then.`,
      share: 0,
      suspects: [hook],
    },
  ]
}

/** What stopped deployments, and how much of the traffic had seen the new version. */
function endedEarly(self: DeploymentGroup, look: Look): Finding[] {
  return self.deployments
    .filter(({ status, endedAt }) => (status === 'Failed' || status === 'Stopped') && endedAt >= look.warmUp)
    .map((each) => {
      const { target, to, percent, reason, createdAt, shiftedAt, endedAt, rolledBackAt } = each
      const isBack = rolledBackAt >= 0
      const seen =
        percent === 0
          ? 'No request had reached it.'
          : `${percent} % of the requests went to it by then, ${time(endedAt - shiftedAt)} after the first.`
      const then = isBack
        ? ' All of them went back to the version before at once.'
        : percent === 0
          ? ''
          : ' Nothing was rolled back: the alias stays as it was left.'
      return {
        kind: isBack ? 'deployment-rolled-back' : 'deployment-failed',
        from: createdAt,
        to: endedAt,
        title: isBack ? 'A deployment was rolled back' : 'A deployment did not go through',
        text: `The deployment of version ${to === '' ? '?' : to} of ${target.function} ended after ${time(endedAt - createdAt)}: ${reason}. ${seen}${then}`,
        share: percent / 100,
        suspects: [target.function],
      }
    })
}
