// AWS::CodePipeline::Pipeline: a change goes through stages of actions to where it is deployed.
import type { Call } from '../../engine/calls.ts'
import type { Finding, Look, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { closeTold } from '../../parts/service-events.ts'
import { count, percent } from '../../parts/words.ts'
import type { Execution } from './execution.ts'
import { gather } from './pipeline-config.ts'
import { Pipeline } from './pipeline-state.ts'
import { assumptions, quotas } from './pipeline.facts.ts'

const artifacts = p.list(
  'Artifacts.',
  p.record('An artifact.', { Name: p.string('Its name.', { required: true }), Files: p.inert('Which files.') }),
)

export const pipeline: ServiceDef<Pipeline> = {
  type: 'AWS::CodePipeline::Pipeline',
  family: 'delivery',
  namespace: 'AWS/CodePipeline',
  dimension: 'PipelineName',
  summary: 'A pipeline: stages of actions that a change goes through, one execution at a time in each.',
  models: [
    'Stages one after the other; in a stage, actions of one RunOrder at once and the next when all of them have succeeded (N.CODEPIPELINE-05, CP-R2).',
    'One execution in a stage: a later one waits before it, and a still later one takes its place; or all in line, or all at once, as ExecutionMode says (CP-R5, CP-R11).',
    'An action that fails lets the others of its group end; then stage and execution have failed, and the stage can be done again (CP-R7).',
    'An approval waits seven days for PutApprovalResult (N.CODEPIPELINE-06, CP-R8). A function is invoked and its job waited for (CP-R13).',
    'Changes of state of pipeline, stages and actions are events of `aws.codepipeline` (N.CODEPIPELINE-08, CP-R14).',
  ],
  omits: [
    'What actions do: a source, a build, a test, a deployment takes its assumed time and fails with its assumed chance; what they deploy does not change.',
    'It is started by StartPipelineExecution: by an action of the scenario, a rule, a schedule; it does not look for changes by itself.',
    'Files of artifacts; variables, conditions of stages, rules, rollback of a stage, permissions of its role.',
  ],
  quotas,
  assumptions,
  props: {
    ArtifactStore: p.any('The bucket of artifacts.'),
    ArtifactStores: p.any('One for each Region.'),
    DisableInboundStageTransitions: p.list(
      'Stages that nothing comes into.',
      p.record('A stage.', { Reason: p.inert('Why.'), StageName: p.string('The stage.', { required: true }) }),
    ),
    ExecutionMode: p.oneOf('What several executions do.', ['SUPERSEDED', 'QUEUED', 'PARALLEL'], {
      default: 'SUPERSEDED',
    }),
    Name: p.string('The name.'),
    PipelineType: p.inert('V1 or V2.'),
    RestartExecutionOnUpdate: p.unused('starts it when it is updated'),
    RoleArn: p.inert('Its role.'),
    Stages: p.list(
      'What it is made of.',
      p.record('A stage.', {
        Actions: p.list(
          'What is done.',
          p.record('An action.', {
            ActionTypeId: p.record(
              'Of what kind.',
              {
                Category: p.oneOf(
                  'The category.',
                  ['Source', 'Build', 'Test', 'Deploy', 'Approval', 'Invoke', 'Compute'],
                  { required: true },
                ),
                Owner: p.string('Whose.', { required: true }),
                Provider: p.string('By what.', { required: true }),
                Version: p.string('The version.', { required: true }),
              },
              { required: true },
            ),
            Commands: p.inert('What a Commands action runs.'),
            Configuration: p.any('What the provider is told.'),
            EnvironmentVariables: p.inert('Variables.'),
            InputArtifacts: artifacts,
            Name: p.string('The name.', { required: true }),
            Namespace: p.inert('Of its variables.'),
            OutputArtifacts: artifacts,
            OutputVariables: p.inert('Variables.'),
            Region: p.inert('Where.'),
            RoleArn: p.inert('A role of its own.'),
            RunOrder: p.int('Its place in the stage.', [1, 999], { default: 1 }),
            TimeoutInMinutes: p.int('How long it may take.', [5, 86_400], { unit: 'min' }),
          }),
          { required: true },
        ),
        BeforeEntry: p.unused('a condition to enter the stage'),
        Blockers: p.inert('For the internal use of AWS.'),
        Name: p.string('The name.', { required: true }),
        OnFailure: p.unused('what happens when the stage fails'),
        OnSuccess: p.unused('a condition to leave the stage'),
      }),
      { required: true },
    ),
    Tags: p.inert('Tags.'),
    Triggers: p.unused('starts it by tags, branches or pull requests'),
    Variables: p.inert('Variables.'),
  },
  gather,
  entries: () => ['codepipeline:StartPipelineExecution'],
  create: (config, sim) => new Pipeline(config, sim, { ended, next, invoked, closeTold }),
  ops: {
    'codepipeline:StartPipelineExecution': {
      doc: 'Starts an execution from the first stage.',
      target: 'name',
      ignored: ['clientRequestToken', 'variables', 'sourceRevisions'],
      errors: ['ConcurrentPipelineExecutionsLimitExceededException'],
      run: startExecution,
    },
    'codepipeline:StopPipelineExecution': {
      doc: 'Stops an execution: after its actions under way, or at once with `abandon`.',
      target: 'pipelineName',
      params: ['pipelineExecutionId', 'abandon'],
      ignored: ['reason'],
      errors: ['PipelineExecutionNotFoundException', 'PipelineExecutionNotStoppableException'],
      run: stopExecution,
    },
    'codepipeline:RetryStageExecution': {
      doc: 'Does a failed stage again: its failed actions, or all of them.',
      target: 'pipelineName',
      params: ['stageName', 'pipelineExecutionId', 'retryMode'],
      errors: [
        'StageNotRetryableException',
        'PipelineExecutionNotFoundException',
        'ConcurrentPipelineExecutionsLimitExceededException',
      ],
      run: retryStage,
    },
    'codepipeline:PutApprovalResult': {
      doc: 'Approves or rejects what an approval waits for; `token` says which, where several wait (GetPipelineState tells it).',
      target: 'pipelineName',
      params: ['stageName', 'actionName', 'result', 'token'],
      errors: ['ApprovalAlreadyCompletedException', 'InvalidApprovalTokenException', 'ValidationException'],
      run: putApproval,
    },
    'codepipeline:DisableStageTransition': {
      doc: 'Lets nothing come into a stage any more.',
      target: 'pipelineName',
      params: ['stageName'],
      ignored: ['transitionType', 'reason'],
      errors: ['StageNotFoundException'],
      run: (self, call) => setTransition(self, call, true),
    },
    'codepipeline:EnableStageTransition': {
      doc: 'Lets what waits come into a stage again.',
      target: 'pipelineName',
      params: ['stageName'],
      ignored: ['transitionType'],
      errors: ['StageNotFoundException'],
      run: (self, call) => setTransition(self, call, false),
    },
    'codepipeline:GetPipelineExecution': {
      doc: 'Says how far an execution is; the newest when none is named.',
      target: 'pipelineName',
      params: ['pipelineExecutionId'],
      errors: ['PipelineExecutionNotFoundException'],
      run: getExecution,
    },
    'codepipeline:GetPipelineState': {
      doc: 'Says of each stage what is under way in it, with the tokens of approvals.',
      target: 'name',
      run: getState,
    },
  },
  timers: { ended, next, invoked, closeTold },
  metrics: {
    PipelineDuration: {
      unit: 'Seconds',
      kind: 'distribution',
      doc: 'From the start to the end of those that succeeded.',
    },
    FailedPipelineExecutions: { unit: 'Count', kind: 'count', doc: 'Executions that failed.' },
  },
  invariants: {
    'an execution is under way until it has ended': (self) =>
      self.underWay === self.executions.filter(({ endedAt }) => endedAt < 0).length,
    'a stage holds one execution at a time, unless the mode is PARALLEL': (self) =>
      self.mode === 'PARALLEL' || self.places.every(({ inside, holder }) => inside === (holder === null ? 0 : 1)),
  },
  insights,
  view: {
    glyph: 'pipeline',
    label: 'Pipeline',
    detail: (config) => `${(config['Plan'] as readonly unknown[]).length} stages`,
    level: (self) => self.underWay,
    levelMax: () => 1,
    tone: (self) => (self.failures.count > 0 ? 'failing' : self.underWay > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Under way', unit: 'executions', doc: 'Executions that have not ended.', read: (self) => self.underWay },
      { name: 'Succeeded', unit: 'executions', doc: 'Executions that succeeded.', read: (self) => self.succeeded },
      { name: 'Failed', unit: 'executions', doc: 'Executions that failed.', read: (self) => self.failures.total },
    ],
    cells: [
      {
        name: 'Stages',
        doc: 'Stages in order, with the executions in them and before them.',
        columns: [
          { name: 'Inside', unit: 'executions', doc: 'Executions in the stage.' },
          { name: 'Waiting', unit: 'executions', doc: 'Executions that wait to come in.' },
        ],
        each: (self, _, cell) =>
          self.places.forEach(({ stage, inside, waiting }, i) => cell(i, [inside, waiting.length], stage.name)),
      },
    ],
  },
  traced: { serves: () => -1 },
  report: (self) => ({
    lines: [
      `${count(self.succeeded)} of ${count(self.started)} executions succeeded, ${count(self.failures.total)} failed, ${count(self.superseded)} were superseded`,
    ],
    executions: self.executions.slice(-10).map(told),
  }),
}

const told = ({ id, status, startedAt, endedAt, reason }: Execution) => ({ id, status, startedAt, endedAt, reason })

const bodyIn = (self: Pipeline, call: Call): Readonly<Record<string, any>> =>
  (self.sim.calls.body[call] ?? {}) as Readonly<Record<string, any>>

function startExecution(self: Pipeline, call: Call): void {
  if (!self.hasRoom) return refuseMore(self, call)
  self.answer(call, { pipelineExecutionId: self.begin(self.sim.calls.trace[call]).id })
}

function refuseMore(self: Pipeline, call: Call): void {
  self.refuse(call, 'ConcurrentPipelineExecutionsLimitExceededException', 'The pipeline has too many executions.')
}

/** The execution that a call names; the newest when it names none. */
function executionIn(self: Pipeline, call: Call): Execution | undefined {
  const { pipelineExecutionId: id } = bodyIn(self, call)
  return id === undefined ? self.executions.at(-1) : self.executions.find((each) => each.id === id)
}

function stopExecution(self: Pipeline, call: Call): void {
  const execution = executionIn(self, call)
  if (execution === undefined)
    return self.refuse(call, 'PipelineExecutionNotFoundException', 'There is no such execution.')
  if (execution.status !== 'InProgress')
    return self.refuse(call, 'PipelineExecutionNotStoppableException', `The execution is ${execution.status}.`)
  self.answer(call, { pipelineExecutionId: execution.id })
  self.stop(execution, String(bodyIn(self, call)['abandon']) === 'true')
}

function retryStage(self: Pipeline, call: Call): void {
  const { stageName, retryMode = 'FAILED_ACTIONS' } = bodyIn(self, call)
  const execution = executionIn(self, call)
  if (execution === undefined)
    return self.refuse(call, 'PipelineExecutionNotFoundException', 'There is no such execution.')
  const isThere = execution.status === 'Failed' && self.places[execution.stage].stage.name === stageName
  if (!isThere || self.isOvertaken(execution))
    return self.refuse(
      call,
      'StageNotRetryableException',
      'The stage has not failed, or another execution has come since.',
    )
  if (self.mode === 'PARALLEL' && !self.hasRoom) return refuseMore(self, call)
  self.retry(execution, retryMode !== 'ALL_ACTIONS')
  self.answer(call, { pipelineExecutionId: execution.id })
}

function putApproval(self: Pipeline, call: Call): void {
  const { stageName, actionName, result, token } = bodyIn(self, call)
  const status: unknown = result?.status
  if (status !== 'Approved' && status !== 'Rejected')
    return self.refuse(call, 'ValidationException', 'result.status is neither Approved nor Rejected.')
  const waiting = self.rows.flatMap((running, row) => {
    if (running === null) return []
    const { category, name } = self.actionOf(running)
    const stage = self.places[running.execution.stage].stage.name
    return category === 'Approval' && name === actionName && stage === stageName ? [{ row, id: running.id }] : []
  })
  if (waiting.length === 0)
    return self.refuse(call, 'ApprovalAlreadyCompletedException', 'Nothing waits for this approval.')
  const meant = token === undefined && waiting.length === 1 ? waiting[0] : waiting.find(({ id }) => id === token)
  if (meant === undefined) {
    const message = `${waiting.length} executions wait for this approval, and the token is that of none.`
    return self.refuse(call, 'InvalidApprovalTokenException', message)
  }
  self.answer(call, {})
  self.actionEnded(meant.row, status === 'Approved', 'it was rejected')
}

function getState(self: Pipeline, call: Call): void {
  const stageStates = self.places.map(({ stage, isDisabled }, i) => ({
    stageName: stage.name,
    inboundTransitionState: { enabled: !isDisabled },
    actionStates: self.rows.flatMap((running) => {
      if (running?.execution.stage !== i) return []
      const { name, category } = self.actionOf(running)
      const latestExecution = {
        status: 'InProgress',
        pipelineExecutionId: running.execution.id,
        ...(category === 'Approval' ? { token: running.id } : {}),
      }
      return [{ actionName: name, latestExecution }]
    }),
  }))
  self.answer(call, { pipelineName: self.sim.physicalName, stageStates })
}

function setTransition(self: Pipeline, call: Call, isDisabled: boolean): void {
  const { stageName } = bodyIn(self, call)
  const place = self.places.find(({ stage }) => stage.name === stageName)
  if (place === undefined) return self.refuse(call, 'StageNotFoundException', `There is no stage ${String(stageName)}.`)
  self.answer(call, {})
  self.setTransition(place, isDisabled)
}

function getExecution(self: Pipeline, call: Call): void {
  const execution = executionIn(self, call)
  if (execution === undefined)
    return self.refuse(call, 'PipelineExecutionNotFoundException', 'There is no such execution.')
  const stage = self.places[execution.stage].stage.name
  self.answer(call, {
    pipelineExecution: {
      pipelineExecutionId: execution.id,
      status: execution.status,
      stage,
      statusSummary: execution.reason,
    },
  })
}

/** Timer: an action has taken its time, or has come to its limit. */
function ended(self: Pipeline, row: number): void {
  self.timePassed(row)
}

/** Timer: the pause before a group of actions or a stage is over. */
function next(self: Pipeline, slot: number): void {
  self.pausePassed(slot)
}

/** A function has the event, or was not let in: then its job fails with it. */
function invoked(self: Pipeline, call: Call): void {
  const { cookie, status } = self.sim.calls
  const serial = cookie[call]
  const isRefused = status[call] !== 0
  self.sim.close(call)
  const row = isRefused ? self.rows.findIndex((running) => running?.serial === serial) : -1
  if (row >= 0) self.actionEnded(row, false, 'the function could not be invoked')
}

/** Least failed executions, and least share, before they are worth a sentence. */
const FAILED_LEAST = 2
const FAILED_SHARE = 0.1

function insights(self: Pipeline, look: Look): Finding[] {
  const { failures, started, executions } = self
  const share = failures.count / Math.max(1, started)
  if (failures.count < FAILED_LEAST || share < FAILED_SHARE) return []
  const last = executions.findLast(({ status }) => status === 'Failed')
  return [
    {
      kind: 'pipeline-fails',
      ...{ from: failures.first, to: failures.last, share },
      title: 'Executions of a pipeline fail',
      text: `${count(failures.count)} of ${count(started)} executions of ${look.name} failed (${percent(share)})${last === undefined ? '' : `; the last one by ${last.reason}`}.`,
    },
  ]
}
