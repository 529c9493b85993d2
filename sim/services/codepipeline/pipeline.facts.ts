// CodePipeline in figures: quotas, what AWS leaves open, and where each comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long an action may take, in µs, by what it is of (CP-R12). */
export const TIMEOUTS: Readonly<Record<string, number>> = {
  CloudFormation: 3 * DAY,
  CodeBuild: 8 * HOUR,
  CodeDeploy: 5 * DAY,
  Lambda: 20 * MINUTE,
  S3: 90 * MINUTE,
  Manual: 7 * DAY,
}
export const OTHER_TIMEOUT = HOUR

export const quotas: Readonly<Record<string, Quota>> = {
  Stages: { current: 50, unit: 'stages', doc: 'Stages of a pipeline.', source: 'CP-R1' },
  ActionsPerStage: { current: 50, unit: 'actions', doc: 'Actions of a stage.', source: 'CP-R1' },
  Actions: { current: 500, unit: 'actions', doc: 'Actions of a pipeline.', source: 'CP-R1' },
  QueuedExecutions: { current: 50, unit: 'executions', doc: 'Executions that wait in QUEUED mode.', source: 'CP-R11' },
  ParallelExecutions: {
    current: 50,
    unit: 'executions',
    doc: 'Executions at once in PARALLEL mode.',
    source: 'CP-R11',
  },
}

const duration = (value: string, doc: string): Assumption => ({
  kind: 'duration',
  default: value,
  doc,
  source: 'not documented: it depends on what is built; a team’s own figures belong here',
})

export const assumptions: Readonly<Record<string, Assumption>> = {
  SourceDuration: { ...duration('5s', 'How long a source action takes to fetch what has changed.'), source: 'CP-R16' },
  BuildDuration: duration('lognormal(p50=2m, p99=8m)', 'How long an action of the category Build takes.'),
  TestDuration: duration('lognormal(p50=2m, p99=8m)', 'How long an action of the category Test takes.'),
  DeployDuration: duration('lognormal(p50=1m, p99=5m)', 'How long an action of the category Deploy takes.'),
  BuildFailure: {
    kind: 'probability',
    default: '0',
    doc: 'How likely a build fails; tests and deployments have their own.',
    source: 'the scenario’s own',
  },
  TestFailure: { kind: 'probability', default: '0', doc: 'How likely a test fails.', source: 'the scenario’s own' },
  DeployFailure: {
    kind: 'probability',
    default: '0',
    doc: 'How likely a deployment fails.',
    source: 'the scenario’s own',
  },
  ActionPause: { ...duration('1s', 'From the end of a group of actions to the next.'), source: 'CP-R16' },
  StagePause: { ...duration('2s', 'From the end of a stage to the next.'), source: 'CP-R16' },
  ApiLatency: duration('lognormal(p50=30ms, p99=150ms)', 'How long the answer of an operation takes.'),
}
