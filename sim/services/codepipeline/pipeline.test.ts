// Pipelines: stages and groups in time, who waits and who gives way, approvals, functions, failures and what is told of them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT, events, ROLE, ruleOf } from '../../../test/events.ts'
import {
  DAY,
  HOUR,
  lab,
  MINUTE,
  Refused,
  SECOND,
  type Answer,
  type Lab,
  type LabOptions,
  type Part,
} from '../../../test/kit.ts'
import { part, waits } from '../../../test/lambda.ts'
import { account as functions } from '../lambda/account.ts'
import { topic } from '../sns/topic.ts'
import { account } from './account.ts'
import { pipeline } from './pipeline.ts'
import type { Pipeline } from './pipeline-state.ts'

const probe = Object.keys(pipeline.ops).map((action) => ['P', action as `${string}:${string}`] as const)

const action = (Category: string, Provider: string, more: object = {}) => ({
  Name: Category,
  ActionTypeId: { Category, Provider, Owner: 'AWS', Version: '1' },
  ...more,
})
const stage = (Name: string, ...Actions: object[]) => ({ Name, Actions })
const source = stage('Source', action('Source', 'CodeCommit', { OutputArtifacts: [{ Name: 'Code' }] }))
const build = (Name = 'Build', more: object = {}) => action('Build', 'CodeBuild', { Name, ...more })
const deploy = stage('Deploy', action('Deploy', 'CodeDeploy'))
const FIXED = {
  ...{ SourceDuration: '5s', BuildDuration: '60s', DeployDuration: '30s', ActionPause: '0s', StagePause: '0s' },
  ApiLatency: '0ms',
}

const partOf = (Stages: object[], more: object = {}, assumptions: object = {}): Part => ({
  def: pipeline,
  properties: { Name: 'shop', Stages, ...more },
  assumptions: { ...FIXED, ...assumptions },
})

function world(
  stages: object[],
  more: object = {},
  assumptions: object = {},
  parts: Record<string, Part> = {},
  options: LabOptions = {},
): Lab {
  return lab(
    { 'Sim::CodePipeline::Account': { def: account }, P: partOf(stages, more, assumptions), ...parts },
    { probe: probe, ...options },
  )
}

const ask = (l: Lab, op: string, body: object = {}): Answer => l.ask('P', `codepipeline:${op}`, body)
const start = (l: Lab): string => ask(l, 'StartPipelineExecution').answer.pipelineExecutionId
const state = (l: Lab): Pipeline => l.state<Pipeline>('P')
/** Status and time of the end in s of every execution. */
const ends = (l: Lab) =>
  state(l).executions.map(({ status, endedAt }) => [status, endedAt < 0 ? '-' : endedAt / SECOND])

describe('an execution', () => {
  it('walks from source to build to deploy and has then succeeded [N.CODEPIPELINE-01, CP-R10]', () => {
    const l = world([source, stage('Build', build()), deploy])
    start(l)
    const seen: unknown[] = []
    for (const at of [4, 6, 64, 66, 94, 96]) {
      l.run(at * SECOND)
      const { status, stage: where } = ask(l, 'GetPipelineExecution').answer.pipelineExecution
      seen.push([where, status])
    }
    expect(seen).toEqual([
      ['Source', 'InProgress'],
      ['Build', 'InProgress'],
      ['Build', 'InProgress'],
      ['Deploy', 'InProgress'],
      ['Deploy', 'InProgress'],
      ['Deploy', 'Succeeded'],
    ])
    expect(ends(l)).toEqual([['Succeeded', 95]])
  })

  it('does actions of one RunOrder at once, others one after the other, gaps allowed [N.CODEPIPELINE-05, CP-R2]', () => {
    const time = (first: number, second: number): unknown => {
      const l = world([source, stage('Build', build('a', { RunOrder: first }), build('b', { RunOrder: second }))])
      start(l)
      l.run(HOUR)
      return ends(l)
    }
    expect(time(1, 1)).toEqual([['Succeeded', 65]])
    expect(time(1, 2)).toEqual([['Succeeded', 125]])
    expect(time(7, 3)).toEqual([['Succeeded', 125]])
  })

  it('pauses between groups and stages [CP-R16]', () => {
    const l = world(
      [source, stage('Build', build('a'), build('b', { RunOrder: 2 }))],
      {},
      { ActionPause: '1s', StagePause: '2s' },
    )
    start(l)
    l.run(HOUR)
    expect(ends(l)).toEqual([['Succeeded', 5 + 2 + 60 + 1 + 60]])
  })

  it('that fails stops: the others of its group end, no later group or stage begins [N.CODEPIPELINE-09, CP-R7]', () => {
    const l = world(
      [
        source,
        stage(
          'Build',
          build('a', { RunOrder: 1 }),
          action('Test', 'CodeBuild', { RunOrder: 1 }),
          build('b', { RunOrder: 2 }),
        ),
        deploy,
      ],
      {},
      { BuildFailure: '1', TestDuration: '200s' },
    )
    start(l)
    l.run(HOUR)
    expect(ends(l)).toEqual([['Failed', 205]])
    const { status, stage: where, statusSummary } = ask(l, 'GetPipelineExecution').answer.pipelineExecution
    expect([where, status, statusSummary]).toEqual(['Build', 'Failed', 'a: the build failed'])
    l.finish()
    expect(l.sum('P', 'FailedPipelineExecutions')).toBe(1)
  })

  it('can do its failed stage again, the failed actions alone or all, until another one came [CP-R7]', () => {
    const approval = action('Approval', 'Manual', { Name: 'Look' })
    const make = (): Lab => {
      const l = world([source, stage('Build', build(), approval), deploy])
      start(l)
      l.run(10 * SECOND)
      ask(l, 'PutApprovalResult', { stageName: 'Build', actionName: 'Look', result: { status: 'Rejected' } })
      l.run(70 * SECOND)
      expect(ends(l)).toEqual([['Failed', 65]])
      return l
    }
    const after = (mode: string): unknown => {
      const l = make()
      expect(ask(l, 'RetryStageExecution', { stageName: 'Build', retryMode: mode }).status).toBe('OK')
      ask(l, 'PutApprovalResult', { stageName: 'Build', actionName: 'Look', result: { status: 'Approved' } })
      l.run(HOUR)
      return ends(l)
    }
    expect(after('FAILED_ACTIONS')).toEqual([['Succeeded', 70 + 30]])
    expect(after('ALL_ACTIONS')).toEqual([['Succeeded', 70 + 60 + 30]])
    const l = make()
    const first = state(l).executions[0]!.id
    start(l)
    l.run(100 * SECOND)
    expect(ask(l, 'RetryStageExecution', { stageName: 'Build', pipelineExecutionId: first }).status).toBe(
      'StageNotRetryableException',
    )
  })

  it('is stopped after its actions, or leaves them where they are [CP-R9]', () => {
    const stopped = (abandon: boolean): unknown => {
      const l = world([source, stage('Build', build()), deploy])
      start(l)
      l.run(10 * SECOND)
      expect(ask(l, 'StopPipelineExecution', { abandon }).status).toBe('OK')
      l.run(HOUR)
      expect(ask(l, 'StopPipelineExecution').status).toBe('PipelineExecutionNotStoppableException')
      return ends(l)
    }
    expect(stopped(false)).toEqual([['Stopped', 65]])
    expect(stopped(true)).toEqual([['Stopped', 10]])
  })

  it('fails when an action takes longer than it may [CP-R12]', () => {
    const l = world([source, stage('Build', build('a', { TimeoutInMinutes: 5 }))], {}, { BuildDuration: '10m' })
    start(l)
    l.run(HOUR)
    expect(ends(l)).toEqual([['Failed', 305]])
  })
})

describe('several executions', () => {
  const slow = [source, stage('Build', build())]

  it('give way to the newest before a stage that is taken [CP-V2, CP-V6, CP-R5, CP-R21]', () => {
    const l = world(slow, {}, { BuildDuration: '100s' })
    for (const at of [0, 10, 20, 30]) {
      l.run(at * SECOND)
      start(l)
    }
    l.run(HOUR)
    expect(ends(l)).toEqual([
      ['Succeeded', 105],
      ['Superseded', 25],
      ['Superseded', 35],
      ['Succeeded', 205],
    ])
  })

  it('stand in line in QUEUED mode, and go side by side in PARALLEL mode [CP-R11, CP-R20]', () => {
    const run = (ExecutionMode: string): unknown => {
      const l = world(slow, { ExecutionMode })
      for (const at of [0, 10, 20]) {
        l.run(at * SECOND)
        start(l)
      }
      l.run(HOUR)
      return ends(l)
    }
    expect(run('QUEUED')).toEqual([
      ['Succeeded', 65],
      ['Succeeded', 125],
      ['Succeeded', 185],
    ])
    expect(run('PARALLEL')).toEqual([
      ['Succeeded', 65],
      ['Succeeded', 75],
      ['Succeeded', 85],
    ])
  })

  it('are at most fifty at once in PARALLEL mode, and fifty in line in QUEUED mode; superseded ones are no matter [CP-R11]', () => {
    const taken = (ExecutionMode: string): number => {
      const l = world(slow, { ExecutionMode })
      return Array.from({ length: 60 }, () => ask(l, 'StartPipelineExecution').status).filter((each) => each === 'OK')
        .length
    }
    // Of those in line one more is in the stage.
    expect(['PARALLEL', 'QUEUED', 'SUPERSEDED'].map(taken)).toEqual([50, 51, 60])
  })

  it('do not come in when a stage gets free behind a transition that was disabled meanwhile [CP-R6]', () => {
    const l = world([source, stage('Build', build()), deploy])
    start(l)
    l.run(10 * SECOND)
    start(l)
    l.run(20 * SECOND)
    ask(l, 'DisableStageTransition', { stageName: 'Build' })
    l.run(HOUR)
    expect(ends(l)).toEqual([
      ['Succeeded', 95],
      ['InProgress', '-'],
    ])
  })

  it('wait before a transition that is disabled; the newest comes in when it is enabled [CP-R6]', () => {
    const l = world([source, stage('Build', build()), deploy], {
      DisableInboundStageTransitions: [{ StageName: 'Build', Reason: 'freeze' }],
    })
    start(l)
    l.run(100 * SECOND)
    start(l)
    l.run(HOUR)
    expect(ends(l)).toEqual([
      ['Superseded', 105],
      ['InProgress', '-'],
    ])
    expect(ask(l, 'EnableStageTransition', { stageName: 'Build' }).status).toBe('OK')
    l.run(2 * HOUR)
    expect(ends(l)[1]).toEqual(['Succeeded', 3_600 + 90])
    expect(ask(l, 'DisableStageTransition', { stageName: 'None' }).status).toBe('StageNotFoundException')
  })

  it('never share a stage, and each ends once, whatever is asked of them', () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 90 }),
      do: fc.constantFrom('start', 'start', 'stop', 'abandon', 'retry', 'disable', 'enable'),
    })
    const modes = fc.constantFrom('SUPERSEDED', 'QUEUED', 'PARALLEL')
    fc.assert(
      fc.property(modes, fc.array(step, { maxLength: 30 }), (ExecutionMode, list) => {
        const l = world(
          [source, stage('Build', build(), build('b', { RunOrder: 2 })), deploy],
          { ExecutionMode },
          { BuildFailure: '0.3' },
        )
        for (const { pause, do: what } of list) {
          l.run(l.now + pause * SECOND)
          if (what === 'start') ask(l, 'StartPipelineExecution')
          else if (what === 'stop' || what === 'abandon')
            ask(l, 'StopPipelineExecution', { abandon: what === 'abandon' })
          else if (what === 'retry') ask(l, 'RetryStageExecution', { stageName: 'Build' })
          else ask(l, what === 'disable' ? 'DisableStageTransition' : 'EnableStageTransition', { stageName: 'Build' })
        }
        ask(l, 'EnableStageTransition', { stageName: 'Build' })
        l.run(l.now + DAY)
        // The laboratory looks at the room's invariants while it runs.
        expect(state(l).executions.every(({ endedAt }) => endedAt >= 0)).toBe(true)
        expect(state(l).places.every(({ inside, waiting }) => inside === 0 && waiting.length === 0)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('an approval', () => {
  const approval = stage('Approve', action('Approval', 'Manual', { Name: 'Look' }))
  const decide = (l: Lab, status: string): Answer =>
    ask(l, 'PutApprovalResult', { stageName: 'Approve', actionName: 'Look', result: { status } })

  it('waits for its answer, and fails when that is no or never comes [N.CODEPIPELINE-06, CP-R8, CP-V4]', () => {
    const run = (at: number, status?: string): unknown => {
      const l = world([source, approval, deploy])
      start(l)
      l.run(at)
      if (status !== undefined) expect(decide(l, status).status).toBe('OK')
      l.run(10 * DAY)
      expect(decide(l, 'Approved').status).toBe('ApprovalAlreadyCompletedException')
      return ends(l)
    }
    expect(run(1_000 * SECOND, 'Approved')).toEqual([['Succeeded', 1_030]])
    expect(run(1_000 * SECOND, 'Rejected')).toEqual([['Failed', 1_000]])
    expect(run(SECOND)).toEqual([['Failed', 5 + 604_800]])
  })
})

describe('in PARALLEL mode', () => {
  const stages = [source, stage('Approve', action('Approval', 'Manual', { Name: 'Look' }), build()), deploy]
  const decide = (l: Lab, status: string, token?: string): string =>
    ask(l, 'PutApprovalResult', { stageName: 'Approve', actionName: 'Look', result: { status }, token }).status
  /** Two executions wait for their approval; their tokens. */
  const two = (): { readonly l: Lab; readonly ids: readonly string[]; readonly tokens: readonly string[] } => {
    const l = world(stages, { ExecutionMode: 'PARALLEL' })
    const ids = [start(l), start(l)]
    l.run(10 * SECOND)
    const open: any[] = ask(l, 'GetPipelineState').answer.stageStates[1].actionStates
    const tokenOf = (id: string): string =>
      open.find(({ latestExecution: each }) => each.pipelineExecutionId === id && each.token !== undefined)
        .latestExecution.token
    return { l, ids, tokens: ids.map(tokenOf) }
  }
  const told = (l: Lab) => state(l).executions.map(({ id, status }) => [id, status])

  it('an approval is that of the execution whose token is given; without one, nobody is guessed [CP-R8, CP-R11]', () => {
    const { l, ids, tokens } = two()
    expect(decide(l, 'Approved')).toBe('InvalidApprovalTokenException')
    expect(decide(l, 'Approved', 'another')).toBe('InvalidApprovalTokenException')
    expect(decide(l, 'Rejected', tokens[1])).toBe('OK')
    expect(decide(l, 'Rejected', tokens[1])).toBe('InvalidApprovalTokenException')
    // The one that is left needs no token, as long as none is wrong.
    expect(decide(l, 'Approved')).toBe('OK')
    l.run(HOUR)
    expect(told(l)).toEqual([
      [ids[0], 'Succeeded'],
      [ids[1], 'Failed'],
    ])
  })

  it('a failed stage is done again whatever others do, up to the most that may be at once [CP-R7, CP-R11]', () => {
    const { l, ids, tokens } = two()
    decide(l, 'Rejected', tokens[0])
    l.run(2 * MINUTE)
    const retry = () => ask(l, 'RetryStageExecution', { stageName: 'Approve', pipelineExecutionId: ids[0] })
    while (ask(l, 'StartPipelineExecution').status === 'OK');
    expect(retry().status).toBe('ConcurrentPipelineExecutionsLimitExceededException')
    ask(l, 'StopPipelineExecution', { pipelineExecutionId: state(l).executions.at(-1)!.id, abandon: true })
    expect(retry().status).toBe('OK')
    l.run(3 * MINUTE)
    const open: any[] = ask(l, 'GetPipelineState').answer.stageStates[1].actionStates
    const { latestExecution } = open.find((each) => each.latestExecution.pipelineExecutionId === ids[0])
    expect(decide(l, 'Approved', latestExecution.token)).toBe('OK')
    expect(decide(l, 'Approved', tokens[1])).toBe('OK')
    l.run(HOUR)
    expect(told(l).slice(0, 2)).toEqual([
      [ids[0], 'Succeeded'],
      [ids[1], 'Succeeded'],
    ])
  })
})

describe('events on the default bus', () => {
  const pattern = (detail: object) => ({ source: ['aws.codepipeline'], ...detail })

  /** How many messages a topic got from a rule over some executions. */
  const told = (wanted: object, failures: string, executions = 1): number => {
    const l = events(
      {
        'Sim::CodePipeline::Account': { def: account },
        P: partOf([source, stage('Build', build()), deploy], {}, { BuildFailure: failures }),
        R: ruleOf(pattern(wanted), [{ Arn: 'Told', ...ROLE }], { EventBusName: 'default' }),
        Told: { def: topic },
      },
      { probe },
    )
    for (let i = 0; i < executions; i++) {
      l.ask('P', 'codepipeline:StartPipelineExecution')
      l.run(l.now + 10 * MINUTE)
    }
    l.finish()
    return l.sum('Told', 'NumberOfMessagesPublished')
  }

  it('tell of each change of pipeline, stages and actions [CP-R14]', () => {
    const of = (type: string, ...states: string[]) => ({
      'detail-type': [`CodePipeline ${type} Execution State Change`],
      detail: { state: states },
    })
    expect(DEFAULT).toBe('Sim::Events::DefaultBus')
    expect(told(of('Stage', 'STARTED'), '0')).toBe(3)
    expect(told(of('Stage', 'SUCCEEDED'), '0')).toBe(3)
    expect(told(of('Stage', 'FAILED'), '0')).toBe(0)
    expect(told(of('Stage', 'FAILED'), '1')).toBe(1)
    expect(told(of('Action', 'STARTED', 'SUCCEEDED'), '0')).toBe(6)
  })

  it('let a rule set a function to work when a stage fails, and only then [N.LAMBDA-ASYNC-09]', () => {
    const invocations = (failures: string): number => {
      const wanted = { 'detail-type': ['CodePipeline Stage Execution State Change'], detail: { state: ['FAILED'] } }
      const l = events(
        {
          'Sim::CodePipeline::Account': { def: account },
          P: partOf([source, stage('Build', build()), deploy], {}, { BuildFailure: failures }),
          R: ruleOf(pattern(wanted), [{ Arn: 'Work', ...ROLE }], { EventBusName: 'default' }),
          'Sim::Lambda::Account': { def: functions },
          Work: part(waits(0)),
        },
        { probe },
      )
      l.ask('P', 'codepipeline:StartPipelineExecution')
      l.run(l.now + 10 * MINUTE)
      return l.finish().sum('Work', 'Invocations')
    }
    expect([invocations('0'), invocations('1')]).toEqual([0, 1])
  })

  it('let a rule tell of the executions that failed [N.CODEPIPELINE-08]', () => {
    const failed = { 'detail-type': ['CodePipeline Pipeline Execution State Change'], detail: { state: ['FAILED'] } }
    expect(told(failed, '0', 10)).toBe(0)
    expect(told(failed, '1', 3)).toBe(3)
  })
})

describe('what is refused', () => {
  const refused = (stages: object[]): string => {
    try {
      world(stages)
    } catch (error) {
      if (error instanceof Refused) return error.message
      throw error
    }
    return ''
  }

  it('is a pipeline of one stage, a first stage without a source, a source later on [CP-R1]', () => {
    expect(refused([source])).toContain('1 stages')
    expect(refused([stage('Build', build()), deploy])).toContain(
      'the first stage has an action of the category `Build`',
    )
    expect(refused([source, source])).toContain('a later stage has a source action')
    expect(refused([source, stage('Build', ...Array.from({ length: 51 }, (_, i) => build(`b${i}`)))])).toContain(
      '51 actions',
    )
  })

  it('is an artifact that nobody puts out, or that two put out [CP-R3]', () => {
    const input = (Name: string) => stage('Build', build('a', { InputArtifacts: [{ Name }] }))
    expect(refused([source, input('Code')])).toBe('')
    expect(refused([source, input('Other')])).toContain('no earlier action puts out `Other`')
    expect(refused([source, stage('Build', build('a', { OutputArtifacts: [{ Name: 'Code' }] }))])).toContain(
      'two actions put out `Code`',
    )
    const turned = stage(
      'Build',
      build('a', { RunOrder: 2, InputArtifacts: [{ Name: 'Built' }] }),
      build('b', { RunOrder: 1, OutputArtifacts: [{ Name: 'Built' }] }),
    )
    expect(refused([source, turned])).toBe('')
  })

  it('is a provider that the category does not have [CP-R23]', () => {
    expect(refused([source, stage('Deploy', action('Deploy', 'CodeBuild'))])).toContain(
      'there is no provider `CodeBuild` for the category Deploy',
    )
  })
})
