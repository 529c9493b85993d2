// What a pipeline is made of, read out of the template and checked as CodePipeline checks it (CP-R1 to CP-R3).
import type { Config, Near, Ref } from '../../model/contract.ts'
import { hearsOf } from '../../parts/service-events.ts'

export const CATEGORIES = ['Source', 'Build', 'Test', 'Deploy', 'Approval', 'Invoke'] as const
export type Category = (typeof CATEGORIES)[number]

/** Providers that an action of each category may have here (CP-R23). */
const PROVIDERS: Readonly<Record<Category, readonly string[]>> = {
  Source: ['CodeCommit', 'S3', 'ECR', 'GitHub', 'CodeStarSourceConnection'],
  Build: ['CodeBuild', 'Jenkins', 'ECRBuildAndPublish', 'Commands'],
  Test: [
    'CodeBuild',
    'Jenkins',
    'DeviceFarm',
    'BlazeMeter',
    'Ghost Inspector UI Testing',
    'Micro Focus StormRunner Load',
  ],
  Deploy: [
    'CodeDeploy',
    'CloudFormation',
    'CloudFormationStackSet',
    'CloudFormationStackInstances',
    'ECS',
    'CodeDeployToECS',
    'ElasticBeanstalk',
    'S3',
    'AppConfig',
    'ServiceCatalog',
    'OpsWorks',
    'AlexaSkillsKit',
    'EKS',
    'EC2',
    'Lambda',
  ],
  Approval: ['Manual'],
  Invoke: ['Lambda', 'StepFunctions', 'Snyk', 'InspectorScan', 'CodePipeline'],
}

/** One action. Plain data. */
export interface Action {
  readonly name: string
  readonly category: Category
  readonly provider: string
  /** The function that an Invoke action calls; null = none that is simulated. */
  readonly to: Ref | null
  readonly userParameters: string
  readonly outputs: readonly string[]
  /** µs after which it has failed; 0 = as AWS has it for the provider. */
  readonly timeout: number
}

/** A stage: groups of actions, one after the other; those of one group at the same time. */
export interface Stage {
  readonly name: string
  readonly groups: readonly (readonly Action[])[]
}

export interface PipelineConfig {
  readonly Plan: readonly Stage[]
  readonly Mode: 'SUPERSEDED' | 'QUEUED' | 'PARALLEL'
  readonly Disabled: readonly string[]
  /** Repositories and buckets whose changes start it, with the branch where there is one. */
  readonly TellsBus: boolean
}

const MINUTE = 60_000_000

/** Reads the stages; what CodePipeline would refuse is told. */
export function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const stages = (self.config['Stages'] ?? []) as readonly Config[]
  const known = new Set<string>()
  let actions = 0
  if (stages.length < 2 || stages.length > near.quota('Stages'))
    self.error(
      ['Stages'],
      'out-of-range',
      `the pipeline has ${stages.length} stages`,
      `expected 2 to ${near.quota('Stages')}`,
    )
  const plan = stages.map((stage, i): Stage => {
    const listed = (stage['Actions'] ?? []) as readonly Config[]
    const path = ['Stages', i, 'Actions']
    actions += listed.length
    if (listed.length === 0 || listed.length > near.quota('ActionsPerStage'))
      self.error(
        path,
        'out-of-range',
        `the stage \`${stage['Name']}\` has ${listed.length} actions`,
        `expected 1 to ${near.quota('ActionsPerStage')}`,
      )
    const groups = new Map<number, Action[]>()
    const outputs: string[] = []
    // In the order in which they run: an output is there for the groups behind it.
    const order = listed
      .map((action, k) => ({ action, k, run: Number(action['RunOrder'] ?? 1) }))
      .sort((a, b) => a.run - b.run || a.k - b.k)
    for (const { action, k, run } of order) {
      const read = actionOf(near, action, [...path, k], i === 0, known)
      if (read === undefined) continue
      outputs.push(...read.outputs)
      groups.set(run, [...(groups.get(run) ?? []), read])
    }
    return { name: String(stage['Name']), groups: [...groups.values()] }
  })
  if (actions > near.quota('Actions'))
    self.error(
      ['Stages'],
      'out-of-range',
      `the pipeline has ${actions} actions`,
      `expected up to ${near.quota('Actions')}`,
    )
  const disabled = (self.config['DisableInboundStageTransitions'] ?? []) as readonly Config[]
  return {
    Plan: plan,
    Mode: self.config['ExecutionMode'] ?? 'SUPERSEDED',
    Disabled: disabled.map((each) => String(each['StageName'])),
    TellsBus: hearsOf(near, 'aws.codepipeline'),
  } satisfies PipelineConfig
}

type Path = readonly (string | number)[]

function actionOf(near: Near, action: Config, path: Path, isFirst: boolean, known: Set<string>): Action | undefined {
  const { self } = near
  const type = (action['ActionTypeId'] ?? {}) as Config
  const [category, provider] = [type['Category'] as Category, String(type['Provider'])]
  if (!CATEGORIES.includes(category)) return undefined
  if (isFirst !== (category === 'Source'))
    self.error(
      [...path, 'ActionTypeId', 'Category'],
      'contradiction',
      isFirst ? `the first stage has an action of the category \`${category}\`` : 'a later stage has a source action',
      'source actions stand in the first stage, and nothing else does',
    )
  if (type['Owner'] !== 'Custom' && !PROVIDERS[category].includes(provider))
    self.error(
      [...path, 'ActionTypeId', 'Provider'],
      'contradiction',
      `there is no provider \`${provider}\` for the category ${category}`,
      `expected one of ${PROVIDERS[category].join(', ')}`,
    )
  const names = (member: string): readonly string[] =>
    ((action[member] ?? []) as readonly Config[]).map((each) => String(each['Name']))
  names('InputArtifacts').forEach((name, i) => {
    if (!known.has(name))
      self.error(
        [...path, 'InputArtifacts', i, 'Name'],
        'contradiction',
        `no earlier action puts out \`${name}\``,
        known.size === 0 ? 'the first artifacts come from source actions' : `expected one of ${[...known].join(', ')}`,
      )
  })
  const outputs = names('OutputArtifacts')
  outputs.forEach((name, i) => {
    if (known.has(name))
      self.error(
        [...path, 'OutputArtifacts', i, 'Name'],
        'contradiction',
        `two actions put out \`${name}\``,
        'choose another name',
      )
    known.add(name)
  })
  const configuration = (action['Configuration'] ?? {}) as Config
  const called =
    category === 'Invoke' && provider === 'Lambda' ? near.resourceAt(configuration['FunctionName']) : undefined
  if (category === 'Invoke' && called?.type !== 'AWS::Lambda::Function')
    self.notSimulated(
      path,
      `what the action \`${String(action['Name'])}\` invokes is outside of this scenario: it succeeds at once`,
    )
  const minutes = Number(action['TimeoutInMinutes'] ?? 0)
  return {
    name: String(action['Name']),
    category,
    provider,
    to: called?.type === 'AWS::Lambda::Function' ? called.logicalId : null,
    userParameters: String(configuration['UserParameters'] ?? ''),
    outputs,
    timeout: minutes * MINUTE,
  }
}
