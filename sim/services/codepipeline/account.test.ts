// Jobs of functions that pipelines invoke: who is waited for, and for how long.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, lab, MINUTE, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { part, steps, waits } from '../../../test/lambda.ts'
import { account as lambdaAccount } from '../lambda/account.ts'
import { account } from './account.ts'
import { pipeline } from './pipeline.ts'
import type { Pipeline } from './pipeline-state.ts'

const ACCOUNT = 'Sim::CodePipeline::Account'
const action = (Category: string, Provider: string, more: object = {}) => ({
  Name: Category,
  ActionTypeId: { Category, Provider, Owner: 'AWS', Version: '1' },
  ...more,
})
const stagesWith = (more: object): object[] => [
  { Name: 'Source', Actions: [action('Source', 'CodeCommit')] },
  {
    Name: 'Check',
    Actions: [action('Invoke', 'Lambda', { Name: 'Check', Configuration: { FunctionName: 'Work', ...more } })],
  },
]

/** A pipeline that fetches for five seconds and then has a function check. */
function started(work: Part, more: object = {}): Lab {
  const l = lab(
    {
      [ACCOUNT]: { def: account },
      P: {
        def: pipeline,
        properties: { Stages: stagesWith(more) },
        assumptions: { SourceDuration: '5s', StagePause: '0s', ApiLatency: '0ms' },
      },
      'Sim::Lambda::Account': { def: lambdaAccount },
      Work: work,
    },
    {
      probe: [
        ['P', 'codepipeline:StartPipelineExecution'],
        [ACCOUNT, 'codepipeline:PutJobSuccessResult'],
        [ACCOUNT, 'codepipeline:PutJobFailureResult'],
      ],
    },
  )
  l.ask('P', 'codepipeline:StartPipelineExecution')
  return l
}

const state = (l: Lab): Pipeline => l.state<Pipeline>('P')
const ends = (l: Lab) =>
  state(l).executions.map(({ status, endedAt }) => [status, endedAt < 0 ? '-' : endedAt / SECOND])

describe('a function', () => {
  const job = (l: Lab): string => state(l).rows.find((running) => running !== null)!.id

  it('is waited for until it says that its job is done, not until it returns [N.LAMBDA-ASYNC-12, CP-R13]', () => {
    const l = started(part(waits(SECOND)))
    l.run(5 * MINUTE)
    expect(l.points('Work', 'Invocations').reduce((sum, point) => sum + point.sum, 0)).toBe(1)
    expect(ends(l)).toEqual([['InProgress', '-']])
    const jobId = job(l)
    expect(l.ask(ACCOUNT, 'codepipeline:PutJobSuccessResult', { jobId }).status).toBe('OK')
    expect(ends(l)).toEqual([['Succeeded', 300]])
    expect(l.ask(ACCOUNT, 'codepipeline:PutJobSuccessResult', { jobId }).status).toBe('JobNotFoundException')
  })

  it('may say that it failed, that it goes on, or nothing for twenty minutes [CP-R12, CP-R13]', () => {
    const make = (): Lab => {
      const l = started(part(waits(SECOND)))
      l.run(10 * MINUTE)
      return l
    }
    const failed = make()
    failed.ask(ACCOUNT, 'codepipeline:PutJobFailureResult', {
      jobId: job(failed),
      failureDetails: { message: 'no' },
    })
    expect(state(failed).executions[0]!.reason).toBe('Check: no')
    const silent = make()
    silent.run(HOUR)
    expect(ends(silent)).toEqual([['Failed', 5 + 1_200]])
    const on = make()
    on.ask(ACCOUNT, 'codepipeline:PutJobSuccessResult', {
      jobId: job(on),
      continuationToken: 'more',
    })
    on.run(2 * HOUR)
    expect(ends(on)).toEqual([['Failed', 600 + 1_200]])
  })

  it('may go on for a day in all [CP-R12]', () => {
    const l = started(part(waits(SECOND)))
    for (let at = 10 * MINUTE; at < 2 * DAY && state(l).underWay > 0; at += 10 * MINUTE) {
      l.run(at)
      if (state(l).underWay > 0)
        l.ask(ACCOUNT, 'codepipeline:PutJobSuccessResult', { jobId: job(l), continuationToken: 'more' })
    }
    expect(ends(l)).toEqual([['Failed', 5 + 86_400]])
    expect(state(l).executions[0]!.reason).toBe('Check: the function went on for a day')
  })

  // More than a function takes.
  const tooMuch = { UserParameters: 'x'.repeat(2_000_000) }

  it('that cannot be invoked fails the action', () => {
    const l = started(part(steps()), tooMuch)
    l.run(MINUTE)
    expect(ends(l)[0]![0]).toBe('Failed')
    expect(state(l).executions[0]!.reason).toBe('Check: the function could not be invoked')
  })
})
