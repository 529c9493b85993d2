// AWS::CodeCommit::Repository: branches that are pushed to, pull requests, and who is told of both.
import type { Call } from '../../engine/calls.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { isoText } from '../../parts/calendar.ts'
import { closeTold, hearsOf, serviceEvents, tell } from '../../parts/service-events.ts'
import { Stretch } from '../../parts/stretch.ts'
import {
  TargetDeliveries,
  type Delivered,
  type DeliveryOwner,
  type DeliveryTarget,
} from '../../parts/target-deliveries.ts'
import { bodyFor, calleeAt } from '../../parts/targets.ts'
import { assumptions, quotas } from './repository.facts.ts'

const TYPE = 'AWS::CodeCommit::Repository'
const OWNER = '123456789012'
/** Closed pull requests that are remembered. */
const CLOSED_MAX = 1_000

/** What a trigger waits for; `all` for everything. */
const EVENTS = ['all', 'createReference', 'updateReference', 'deleteReference'] as const
type ReferenceEvent = Exclude<(typeof EVENTS)[number], 'all'>

/** A trigger as the template gives it, with what stands behind its destination. Plain data. */
interface Trigger {
  readonly name: string
  readonly branches: readonly string[]
  readonly events: readonly string[]
  readonly customData: string
  readonly target: DeliveryTarget
}

interface PullRequest {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly destination: string
  status: 'OPEN' | 'CLOSED'
  isMerged: boolean
}

export const repository: ServiceDef<Repository> = {
  type: TYPE,
  family: 'delivery',
  namespace: 'Sim',
  dimension: 'RepositoryName',
  summary: 'A git repository: branches, pull requests, triggers and events of both.',
  models: [
    'A push makes a branch or moves it on; triggers on its events and branches tell topics and functions, once and without the pusher waiting (N.CODECOMMIT-07, CC-R1).',
    'Pushes and pull requests are events of `aws.codecommit` on the default bus (N.CODECOMMIT-08, CC-R1).',
    'There is no limit of size for a repository, one of 2 GB for a file (N.CODECOMMIT-02, CC-R2).',
  ],
  omits: [
    'Files and their history: a commit is a name. Who may push: credentials, MFA, approval rules. Encryption.',
    'Comments and reviews of pull requests, conflicts between branches.',
  ],
  quotas,
  assumptions,
  props: {
    Code: p.inert('What is in it from the beginning.'),
    KmsKeyId: p.unused('encrypts it with a key of one’s own'),
    RepositoryDescription: p.inert('A text.'),
    RepositoryName: p.string('The name.', { required: true }),
    Tags: p.inert('Tags.'),
    Triggers: p.list(
      'Who is told of pushes.',
      p.record('A trigger.', {
        Branches: p.list('The branches; all when absent.', p.string('A name.')),
        CustomData: p.string('A text that is handed on.'),
        DestinationArn: p.any('A topic or a function.'),
        Events: p.list('What it waits for.', p.oneOf('An event.', [...EVENTS])),
        Name: p.string('The name.', { required: true }),
      }),
    ),
  },
  gather,
  entries: () => ['codecommit:GitPush'],
  create: (config, sim) => new Repository(config, sim),
  ops: {
    'codecommit:GitPush': {
      doc: 'Pushes a commit to a branch, which is made when there is none.',
      target: 'repositoryName',
      params: ['branchName', 'commitId', 'Size'],
      errors: ['FileContentSizeLimitExceededException', 'InvalidBranchNameException'],
      run: gitPush,
    },
    'codecommit:GitPull': {
      doc: 'Fetches a branch.',
      target: 'repositoryName',
      params: ['branchName'],
      errors: ['BranchDoesNotExistException'],
      run: gitPull,
    },
    'codecommit:CreateBranch': {
      doc: 'Makes a branch at a commit.',
      target: 'repositoryName',
      params: ['branchName', 'commitId'],
      errors: ['BranchNameExistsException', 'InvalidBranchNameException'],
      run: createBranch,
    },
    'codecommit:DeleteBranch': {
      doc: 'Deletes a branch.',
      target: 'repositoryName',
      params: ['branchName'],
      errors: ['BranchDoesNotExistException'],
      run: deleteBranch,
    },
    'codecommit:CreatePullRequest': {
      doc: 'Asks to merge a branch into another one.',
      target: 'repositoryName',
      params: ['title', 'sourceReference', 'destinationReference'],
      ignored: ['description', 'clientRequestToken'],
      errors: ['ReferenceDoesNotExistException', 'MaximumOpenPullRequestsExceededException'],
      run: createPullRequest,
    },
    'codecommit:UpdatePullRequestStatus': {
      doc: 'Closes a pull request without merging it.',
      target: 'repositoryName',
      params: ['pullRequestId', 'pullRequestStatus'],
      errors: ['PullRequestDoesNotExistException', 'InvalidPullRequestStatusUpdateException'],
      run: updatePullRequestStatus,
    },
    'codecommit:MergePullRequestByFastForward': {
      doc: 'Merges a pull request: its destination is what its source is.',
      target: 'repositoryName',
      params: ['pullRequestId'],
      ignored: ['sourceCommitId'],
      errors: [
        'PullRequestDoesNotExistException',
        'PullRequestAlreadyClosedException',
        'ReferenceDoesNotExistException',
      ],
      run: mergePullRequest,
    },
  },
  timers: { due, answered, closeTold },
  metrics: {
    Pushes: { unit: 'Count', kind: 'count', doc: 'Pushes that were taken in.' },
    Pulls: { unit: 'Count', kind: 'count', doc: 'Branches that were fetched.' },
  },
  invariants: {
    'every notice of a trigger is under way, arrived or lost': (self) => self.deliveries.isBalanced,
  },
  view: {
    glyph: 'repository',
    label: 'Repository',
    level: (self) => self.deliveries.inside,
    levelMax: () => 1,
    tone: (self) => (self.deliveries.givenUp.count > 0 ? 'failing' : self.pushes.count > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Pushes', unit: 'pushes', doc: 'Pushes so far.', read: (self) => self.pushes.total },
      { name: 'Branches', unit: 'branches', doc: 'Branches that there are.', read: (self) => self.branches.size },
      { name: 'Pull requests', unit: 'open', doc: 'Open pull requests.', read: (self) => self.openRequests },
    ],
  },
  traced: { serves: () => -1 },
  prices: {},
  unbilled: ['users beyond five a month, 1 USD each'],
  report: (self) => ({ pushes: self.pushes.total, branches: Object.fromEntries(self.branches) }),
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const given = (self.config['Triggers'] ?? []) as readonly Config[]
  const most = near.quota('Triggers')
  if (given.length > most)
    self.error(['Triggers'], 'out-of-range', `${given.length} triggers`, `expected up to ${most}`)
  const repositories = near.all(TYPE)
  const mostOfThem = near.quota('Repositories')
  if (repositories[mostOfThem]?.logicalId === self.logicalId)
    self.error(
      [],
      'out-of-range',
      `the account has ${repositories.length} repositories`,
      `expected up to ${mostOfThem}`,
    )
  const triggers = given.map((trigger, i): Trigger => {
    const callee = calleeAt(near, trigger['DestinationArn'])
    const path = ['Triggers', i, 'DestinationArn']
    if (callee === undefined)
      self.notSimulated(path, 'the destination is outside of this scenario: every notice arrives there')
    else if (callee.action !== 'lambda:InvokeFunction' && callee.action !== 'sns:Publish')
      self.error(
        path,
        'wrong-resource',
        `\`${callee.to}\` cannot be told by a trigger`,
        'expected a topic or a function',
      )
    const action = callee?.action ?? 'sns:Publish'
    return {
      name: String(trigger['Name']),
      branches: (trigger['Branches'] ?? []) as readonly string[],
      events: (trigger['Events'] ?? ['all']) as readonly string[],
      customData: String(trigger['CustomData'] ?? ''),
      // A notice is sent once: the service behind it does what retrying there is.
      target: {
        to: callee?.to ?? null,
        action,
        arn: String(trigger['DestinationArn']),
        isDenied: false,
        retries: 0,
        age: 60,
        deadLetters: null,
      },
    }
  })
  return { Notices: triggers, TellsBus: hearsOf(near, 'aws.codecommit') }
}

export class Repository implements DeliveryOwner {
  readonly sim: Sim
  readonly arn: string
  readonly arnAttribute = 'REPOSITORY_ARN'
  /** The commit that each branch is at. */
  readonly branches = new Map<string, string>()
  /** Pull requests by id: those that are open, and of the closed the newest. */
  readonly requests = new Map<string, PullRequest>()
  readonly pushes: Stretch
  readonly deliveries: TargetDeliveries
  openRequests = 0
  private readonly triggers: readonly Trigger[]
  private readonly busEdge: number
  private commits = 0
  private notices = 0
  private requested = 0
  private readonly closed: string[] = []
  private readonly pushTime: Sampler
  private readonly pushRng: Rng
  private readonly latency: Sampler
  private readonly latencyRng: Rng

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.arn = `arn:aws:codecommit:us-east-1:${OWNER}:${sim.physicalName}`
    this.pushes = new Stretch(sim.warmUp)
    this.triggers = config['Notices'] as readonly Trigger[]
    this.deliveries = new TargetDeliveries(
      this,
      this.triggers.map(({ target }) => target),
      due,
      answered,
    )
    this.busEdge = serviceEvents(config['TellsBus'] as boolean, sim, closeTold)
    this.pushTime = sim.sampler('PushLatency')
    this.pushRng = sim.rng('push')
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
  }

  bodyIn(call: Call): Readonly<Record<string, any>> {
    return (this.sim.calls.body[call] ?? {}) as Readonly<Record<string, any>>
  }

  answer(call: Call, answer: unknown): void {
    this.sim.calls.answer[call] = answer
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, 0)
  }

  answerSlowly(call: Call, answer: unknown): void {
    this.sim.calls.answer[call] = answer
    this.sim.replyAfter(this.pushTime.draw(this.pushRng), call, 0)
  }

  refuse(call: Call, name: string, message: string): void {
    this.sim.calls.answer[call] = { message }
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, this.sim.error(name, 400))
  }

  /** The commit that a call names; else the next one, with forty digits as git has them. */
  commitOf(named: unknown): string {
    const name = String(named ?? '')
    return name === '' ? (++this.commits).toString(16).padStart(40, '0') : name
  }

  /** A branch is made, moved or deleted (`to` is then empty): whoever wants to know is told. */
  change(branch: string, to: string, call: Call): void {
    const { sim } = this
    const trace = sim.calls.trace[call]
    const from = this.branches.get(branch)
    const event = to === '' ? 'deleteReference' : from === undefined ? 'createReference' : 'updateReference'
    if (to === '') this.branches.delete(branch)
    else this.branches.set(branch, to)
    this.triggers.forEach((trigger, i) => {
      if (!wants(trigger, branch, event)) return
      const notice = this.noticeOf(trigger, branch, event, to === '' ? from! : to)
      this.deliveries.start(i, { event: notice, at: sim.clock[0], trace }, 0)
    })
    this.tell(trace, 'CodeCommit Repository State Change', {
      event: BUS_EVENTS[event],
      repositoryName: sim.physicalName,
      referenceType: 'branch',
      referenceName: branch,
      referenceFullName: `refs/heads/${branch}`,
      ...(to === '' ? {} : { commitId: to }),
      ...(from === undefined ? {} : { oldCommitId: from }),
    })
  }

  /** What a function or a topic gets of a change. */
  private noticeOf({ name, customData }: Trigger, branch: string, event: ReferenceEvent, commit: string): object {
    const { sim } = this
    const reference = {
      commit,
      ref: `refs/heads/${branch}`,
      ...(event === 'createReference' ? { created: true } : {}),
      ...(event === 'deleteReference' ? { deleted: true } : {}),
    }
    return {
      Records: [
        {
          eventId: String(++this.notices),
          eventVersion: '1.0',
          eventTime: isoText(sim.startsAt + sim.clock[0], 3),
          eventTriggerName: name,
          eventPartNumber: 1,
          eventTotalParts: 1,
          eventName: 'ReferenceChanges',
          eventSource: 'aws:codecommit',
          eventSourceARN: this.arn,
          awsRegion: 'us-east-1',
          codecommit: { references: [reference] },
          ...(customData === '' ? {} : { customData }),
        },
      ],
    }
  }

  /** Opens a pull request. */
  open(title: string, source: string, destination: string): PullRequest {
    const id = String(++this.requested)
    const request: PullRequest = { id, title, source, destination, status: 'OPEN', isMerged: false }
    this.requests.set(id, request)
    this.openRequests++
    return request
  }

  /** Closes one; of those that are closed, the oldest is forgotten when there are too many. */
  close(request: PullRequest): void {
    request.status = 'CLOSED'
    this.openRequests--
    this.closed.push(request.id)
    if (this.closed.length > CLOSED_MAX) this.requests.delete(this.closed.shift()!)
  }

  tellOfRequest(call: Call, event: string, { id, title, source, destination, status, isMerged }: PullRequest): void {
    this.tell(this.sim.calls.trace[call], 'CodeCommit Pull Request State Change', {
      event,
      pullRequestId: id,
      title,
      repositoryNames: [this.sim.physicalName],
      sourceReference: `refs/heads/${source}`,
      destinationReference: `refs/heads/${destination}`,
      pullRequestStatus: status === 'OPEN' ? 'Open' : 'Closed',
      isMerged: isMerged ? 'True' : 'False',
    })
  }

  private tell(trace: number, type: string, detail: Readonly<Record<string, unknown>>): void {
    tell(this.sim, this.busEdge, trace, {
      Source: 'aws.codecommit',
      DetailType: type,
      Resources: [this.arn],
      Detail: detail,
    })
  }

  // What its deliveries ask of it

  bodyOf(target: number, { event }: Delivered): unknown {
    return bodyFor(this.triggers[target].target.action, event)
  }

  pauseBefore(): number {
    return 0
  }

  firstAttempt(): void {}

  arrived(): void {}

  gaveUp(): void {}

  buried(): void {}
}

const BUS_EVENTS: Readonly<Record<ReferenceEvent, string>> = {
  createReference: 'referenceCreated',
  updateReference: 'referenceUpdated',
  deleteReference: 'referenceDeleted',
}

function wants({ branches, events }: Trigger, branch: string, event: ReferenceEvent): boolean {
  return (branches.length === 0 || branches.includes(branch)) && (events.includes('all') || events.includes(event))
}

const isBranchName = (name: unknown): name is string =>
  typeof name === 'string' && /^[^\s~^:?*[\\]{1,256}$/.test(name) && !name.includes('..')

function gitPush(self: Repository, call: Call): void {
  const { branchName: branch = 'main', commitId, Size: size = 0 } = self.bodyIn(call)
  if (!isBranchName(branch))
    return self.refuse(call, 'InvalidBranchNameException', 'The name of the branch is not valid.')
  if (size > self.sim.quota('BlobSize'))
    return self.refuse(call, 'FileContentSizeLimitExceededException', 'A file of the push is larger than 2 GB.')
  const commit = self.commitOf(commitId)
  self.pushes.note(self.sim.clock[0])
  self.sim.count(self.sim.metric('Pushes'), 1)
  self.change(branch, commit, call)
  self.answerSlowly(call, { commitId: commit })
}

function gitPull(self: Repository, call: Call): void {
  const { branchName: branch = 'main' } = self.bodyIn(call)
  const commit = self.branches.get(String(branch))
  if (commit === undefined)
    return self.refuse(call, 'BranchDoesNotExistException', `There is no branch ${String(branch)}.`)
  self.sim.count(self.sim.metric('Pulls'), 1)
  self.answerSlowly(call, { commitId: commit })
}

function createBranch(self: Repository, call: Call): void {
  const { branchName: branch, commitId } = self.bodyIn(call)
  if (!isBranchName(branch))
    return self.refuse(call, 'InvalidBranchNameException', 'The name of the branch is not valid.')
  if (self.branches.has(branch))
    return self.refuse(call, 'BranchNameExistsException', `There is a branch ${branch} already.`)
  self.change(branch, self.commitOf(commitId), call)
  self.answer(call, {})
}

function deleteBranch(self: Repository, call: Call): void {
  const branch = String(self.bodyIn(call)['branchName'])
  const commit = self.branches.get(branch)
  if (commit === undefined) return self.refuse(call, 'BranchDoesNotExistException', `There is no branch ${branch}.`)
  self.change(branch, '', call)
  self.answer(call, { deletedBranch: { branchName: branch, commitId: commit } })
}

function createPullRequest(self: Repository, call: Call): void {
  const { title = '', sourceReference: source, destinationReference: destination = 'main' } = self.bodyIn(call)
  if (!self.branches.has(String(source)) || !self.branches.has(String(destination)))
    return self.refuse(call, 'ReferenceDoesNotExistException', 'A branch of the pull request does not exist.')
  if (self.openRequests >= self.sim.quota('OpenPullRequests'))
    return self.refuse(
      call,
      'MaximumOpenPullRequestsExceededException',
      'The repository has too many open pull requests.',
    )
  const request = self.open(String(title), String(source), String(destination))
  self.tellOfRequest(call, 'pullRequestCreated', request)
  self.answer(call, { pullRequest: { pullRequestId: request.id, pullRequestStatus: 'OPEN' } })
}

/** The pull request that a call names. */
function requestIn(self: Repository, call: Call): PullRequest | undefined {
  return self.requests.get(String(self.bodyIn(call)['pullRequestId']))
}

function updatePullRequestStatus(self: Repository, call: Call): void {
  const request = requestIn(self, call)
  if (request === undefined)
    return self.refuse(call, 'PullRequestDoesNotExistException', 'There is no such pull request.')
  if (self.bodyIn(call)['pullRequestStatus'] !== 'CLOSED' || request.status === 'CLOSED')
    return self.refuse(call, 'InvalidPullRequestStatusUpdateException', 'Only an open pull request can be closed.')
  self.close(request)
  self.tellOfRequest(call, 'pullRequestStatusChanged', request)
  self.answer(call, {})
}

function mergePullRequest(self: Repository, call: Call): void {
  const request = requestIn(self, call)
  if (request === undefined)
    return self.refuse(call, 'PullRequestDoesNotExistException', 'There is no such pull request.')
  if (request.status === 'CLOSED')
    return self.refuse(call, 'PullRequestAlreadyClosedException', 'The pull request is closed already.')
  const commit = self.branches.get(request.source)
  if (commit === undefined) return self.refuse(call, 'ReferenceDoesNotExistException', 'The branch is gone.')
  self.close(request)
  request.isMerged = true
  self.change(request.destination, commit, call)
  self.tellOfRequest(call, 'pullRequestMergeStatusUpdated', request)
  self.answer(call, { pullRequest: { pullRequestId: request.id, pullRequestStatus: 'CLOSED' } })
}

/** Timer: a notice goes out. */
function due(self: Repository, row: number): void {
  self.deliveries.due(row)
}

/** Answer of a topic or a function. */
function answered(self: Repository, call: Call): void {
  self.deliveries.answered(call)
}
