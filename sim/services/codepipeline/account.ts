// Sim::CodePipeline::Account: the jobs that functions answer, which name no pipeline.
import type { Call } from '../../engine/calls.ts'
import type { ServiceDef, Sim } from '../../model/contract.ts'
import type { Pipeline } from './pipeline-state.ts'

export const ACCOUNT = 'Sim::CodePipeline::Account'

export const account: ServiceDef<Account> = {
  type: ACCOUNT,
  family: 'delivery',
  namespace: 'Sim',
  dimension: 'Account',
  singleton: true,
  summary: 'The jobs of an account that functions work on for pipelines.',
  models: ['An action that invokes a function waits for its PutJobSuccessResult, not for its return (CP-R13).'],
  omits: ['Workers of custom actions, which poll for jobs.'],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_, sim) => new Account(sim),
  ops: {
    'codepipeline:PutJobSuccessResult': {
      doc: 'A function says that its job is done, or with a continuation token that it goes on.',
      params: ['jobId', 'continuationToken'],
      ignored: ['currentRevision', 'executionDetails', 'outputVariables'],
      errors: ['JobNotFoundException'],
      run: (self, call) => self.answerJob(call, true),
    },
    'codepipeline:PutJobFailureResult': {
      doc: 'A function says that its job has failed.',
      params: ['jobId', 'failureDetails'],
      errors: ['JobNotFoundException'],
      run: (self, call) => self.answerJob(call, false),
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'account',
    label: 'CodePipeline account',
    level: (self) => self.jobs.size,
    levelMax: () => 1,
    tone: (self) => (self.jobs.size > 0 ? 'busy' : 'calm'),
    readings: [{ name: 'Jobs', unit: 'jobs', doc: 'Jobs that functions work on.', read: (self) => self.jobs.size }],
  },
}

export class Account {
  readonly sim: Sim
  /** Jobs under way: by id, the pipeline and the row of the action. */
  readonly jobs = new Map<string, { readonly pipeline: Pipeline; readonly row: number }>()

  constructor(sim: Sim) {
    this.sim = sim
  }

  answerJob(call: Call, isDone: boolean): void {
    const { sim } = this
    const {
      jobId,
      continuationToken: token,
      failureDetails: details,
    } = (sim.calls.body[call] ?? {}) as Record<string, any>
    const job = this.jobs.get(String(jobId))
    if (job === undefined) {
      sim.reply(call, sim.error('JobNotFoundException', 400))
      return
    }
    sim.calls.answer[call] = {}
    sim.reply(call, 0)
    if (isDone && token !== undefined && token !== null) job.pipeline.goOn(job.row)
    else job.pipeline.actionEnded(job.row, isDone, String(details?.message ?? 'the function said that its job failed'))
  }
}
