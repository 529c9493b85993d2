// Repositories: branches, triggers, pull requests, and the pipeline that a push starts.
import { describe, expect, it } from 'vitest'
import { events, ROLE, ruleOf } from '../../../test/events.ts'
import { lab, MINUTE, type Answer, type Lab, type Part } from '../../../test/kit.ts'
import { part, waits } from '../../../test/lambda.ts'
import { account as pipelines } from '../codepipeline/account.ts'
import { pipeline } from '../codepipeline/pipeline.ts'
import type { Pipeline } from '../codepipeline/pipeline-state.ts'
import { account as functions } from '../lambda/account.ts'
import { topic } from '../sns/topic.ts'
import { repository, type Repository } from './repository.ts'

const probe = Object.keys(repository.ops).map((action) => ['Repo', action as `${string}:${string}`] as const)
const partOf = (Triggers: object[] = []): Part => ({
  def: repository,
  properties: { RepositoryName: 'shop', Triggers },
  assumptions: { PushLatency: '1s', ApiLatency: '0ms' },
})
const trigger = (DestinationArn: string, more: object = {}) => ({ Name: 't', DestinationArn, Events: ['all'], ...more })

function world(triggers: object[] = [], parts: Record<string, Part> = {}): Lab {
  return lab({ Repo: partOf(triggers), News: { def: topic }, ...parts }, { probe })
}

const ask = (l: Lab, op: string, body: object = {}): Answer => l.ask('Repo', `codecommit:${op}`, body)
const push = (l: Lab, branchName: string, more: object = {}): Answer => ask(l, 'GitPush', { branchName, ...more })
const messages = (l: Lab): number => {
  l.run(l.now + MINUTE)
  return l.sum('News', 'NumberOfMessagesPublished')
}

describe('a push', () => {
  it('makes a branch, then moves it on', () => {
    const l = world()
    expect(ask(l, 'GitPull', { branchName: 'main' }).status).toBe('BranchDoesNotExistException')
    const commits = [1, 2].map(() => push(l, 'main').answer.commitId)
    expect(new Set(commits).size).toBe(2)
    expect(ask(l, 'GitPull', { branchName: 'main' }).answer.commitId).toBe(commits[1])
    expect(push(l, 'a..b').status).toBe('InvalidBranchNameException')
    // An empty name of a commit is none: the branch stays.
    expect(push(l, 'main', { commitId: '' }).answer.commitId).toHaveLength(40)
    expect(ask(l, 'GitPull', { branchName: 'main' }).status).toBe('OK')
    expect(ask(l, 'CreateBranch', { branchName: 'dev', commitId: '' }).status).toBe('OK')
    expect(ask(l, 'GitPull', { branchName: 'dev' }).status).toBe('OK')
  })

  it('may be of any size, its files of up to 2 GB [CC-R2]', () => {
    const l = world()
    expect(push(l, 'main', { Size: 2_147_483_648 }).status).toBe('OK')
    expect(push(l, 'main', { Size: 2_147_483_649 }).status).toBe('FileContentSizeLimitExceededException')
    for (let i = 0; i < 50; i++) expect(push(l, 'main', { Size: 2_147_483_648 }).status).toBe('OK')
  })
})

describe('a trigger', () => {
  it('on pushes to a branch tells a topic of those alone [N.CODECOMMIT-07, CC-R1]', () => {
    const l = world([trigger('News', { Branches: ['master'] })])
    for (let i = 0; i < 5; i++) push(l, 'master')
    for (let i = 0; i < 3; i++) push(l, 'dev')
    expect(messages(l)).toBe(5)
  })

  it('waits for branches that are made, moved or deleted [CC-R1]', () => {
    const count = (event: string): number => {
      const l = world([trigger('News', { Events: [event] })])
      push(l, 'a')
      push(l, 'a')
      push(l, 'a')
      ask(l, 'CreateBranch', { branchName: 'b' })
      ask(l, 'DeleteBranch', { branchName: 'b' })
      return messages(l)
    }
    expect(['createReference', 'updateReference', 'deleteReference', 'all'].map(count)).toEqual([2, 2, 1, 5])
  })

  it('invokes a function without the pusher waiting [N.LAMBDA-ASYNC-12]', () => {
    const l = world([trigger('Check')], { 'Sim::Lambda::Account': { def: functions }, Check: part(waits(30_000_000)) })
    expect(push(l, 'main').at).toBe(1_000_000)
    l.run(MINUTE)
    expect(l.sum('Check', 'Invocations')).toBe(1)
  })

  it('is one of at most ten', () => {
    expect(() => world(Array.from({ length: 11 }, () => trigger('News')))).toThrow('11 triggers')
    expect(() => world([trigger('Repo')])).not.toThrow()
  })
})

describe('events on the default bus', () => {
  const told = (type: string, act: (l: Lab) => void): number => {
    const wanted = { source: ['aws.codecommit'], 'detail-type': [type] }
    const l = events(
      {
        Repo: partOf(),
        R: ruleOf(wanted, [{ Arn: 'News', ...ROLE }], { EventBusName: 'default' }),
        News: { def: topic },
      },
      { probe },
    )
    push(l, 'main')
    push(l, 'feature')
    act(l)
    return messages(l)
  }
  const pull = (l: Lab): void =>
    void ask(l, 'CreatePullRequest', { title: 'x', sourceReference: 'feature', destinationReference: 'main' })

  it('tell of pushes and of pull requests [N.CODECOMMIT-08, CC-R1]', () => {
    const requests = 'CodeCommit Pull Request State Change'
    const merged = (l: Lab): void => {
      pull(l)
      ask(l, 'MergePullRequestByFastForward', { pullRequestId: '1' })
    }
    expect(told(requests, merged)).toBe(2)
    expect(told(requests, () => {})).toBe(0)
    expect(told('CodeCommit Repository State Change', () => {})).toBe(2)
    expect(told('CodeCommit Repository State Change', merged)).toBe(3)
  })

  it('start a pipeline by a rule [N.CODEPIPELINE-02, CP-R4]', () => {
    const action = (Category: string, Provider: string) => ({
      Name: Category,
      ActionTypeId: { Category, Provider, Owner: 'AWS', Version: '1' },
    })
    const Stages = [
      { Name: 'Source', Actions: [action('Source', 'CodeCommit')] },
      { Name: 'Build', Actions: [action('Build', 'CodeBuild')] },
    ]
    const wanted = { source: ['aws.codecommit'], detail: { referenceName: ['main'] } }
    const l = events(
      {
        Repo: partOf(),
        R: ruleOf(wanted, [{ Arn: 'P', ...ROLE }], { EventBusName: 'default' }),
        'Sim::CodePipeline::Account': { def: pipelines },
        P: { def: pipeline, properties: { Stages } },
      },
      { probe },
    )
    push(l, 'dev')
    l.run(l.now + MINUTE)
    expect(l.state<Pipeline>('P').started).toBe(0)
    push(l, 'main')
    l.run(l.now + MINUTE)
    expect(l.state<Pipeline>('P').started).toBe(1)
    expect(() =>
      lab({
        'Sim::CodePipeline::Account': { def: pipelines },
        P: { def: pipeline, properties: { Stages: [Stages[1], Stages[0]] } },
      }),
    ).toThrow('the first stage has an action of the category `Build`')
  })
})

describe('a pull request', () => {
  it('moves its destination when it is merged, and can be closed once', () => {
    const l = world()
    push(l, 'main')
    const { commitId } = push(l, 'feature').answer
    const ask1 = (op: string, more: object = {}): string => ask(l, op, { pullRequestId: '1', ...more }).status
    expect(ask1('MergePullRequestByFastForward')).toBe('PullRequestDoesNotExistException')
    expect(ask(l, 'CreatePullRequest', { sourceReference: 'none' }).status).toBe('ReferenceDoesNotExistException')
    ask(l, 'CreatePullRequest', { sourceReference: 'feature' })
    expect(l.state<Repository>('Repo').openRequests).toBe(1)
    expect(ask1('MergePullRequestByFastForward')).toBe('OK')
    expect(ask(l, 'GitPull', { branchName: 'main' }).answer.commitId).toBe(commitId)
    expect(ask1('MergePullRequestByFastForward')).toBe('PullRequestAlreadyClosedException')
    expect(ask1('UpdatePullRequestStatus', { pullRequestStatus: 'CLOSED' })).toBe(
      'InvalidPullRequestStatusUpdateException',
    )
  })
})

describe('pull requests', () => {
  it('that are closed are remembered up to a thousand, open ones always', () => {
    const l = world()
    push(l, 'main')
    push(l, 'feature')
    const open = (): string =>
      ask(l, 'CreatePullRequest', { sourceReference: 'feature' }).answer.pullRequest.pullRequestId
    const merge = (pullRequestId: string): string => ask(l, 'MergePullRequestByFastForward', { pullRequestId }).status
    const first = open()
    for (let i = 0; i < 1_001; i++) expect(merge(open())).toBe('OK')
    expect(l.state<Repository>('Repo').requests.size).toBe(1_001)
    expect([merge('2'), merge('3')]).toEqual(['PullRequestDoesNotExistException', 'PullRequestAlreadyClosedException'])
    expect(merge(first)).toBe('OK')
  })
})
