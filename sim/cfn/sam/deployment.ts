// `DeploymentPreference`: gradual deployments by CodeDeploy for every function that asks for one (SAM-R16, SAM-R17).
import { get, isFalse, isMap, isTrue, items, stringOf, textOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { getAtt, isIntrinsic, pick, ref } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { trusting } from './pieces.ts'
import { managedPolicyArn } from './policies.ts'

const application = 'ServerlessDeploymentApplication'
const serviceRole = 'CodeDeployServiceRole'

const configs = [
  ...[5, 10, 15, 30].map((minutes) => `Canary10Percent${minutes}Minutes`),
  ...['1Minute', '2Minutes', '3Minutes', '10Minutes'].map((every) => `Linear10PercentEvery${every}`),
  'AllAtOnce',
]

interface Deployment {
  readonly owner: SamResource
  readonly preference: Node
}

export class Deployments {
  private readonly draft: Draft
  private readonly deployments: Deployment[] = []

  constructor(draft: Draft) {
    this.draft = draft
  }

  /** The alias's update policy when its function has an enabled preference; also remembers the function. */
  updatePolicyOf(owner: SamResource): PlainMap | undefined {
    const written = get(owner.properties, 'DeploymentPreference')
    if (!isMap(written)) return undefined
    const enabled = get(written, 'Enabled')
    if (enabled !== undefined && isFalse(this.draft.resolveParameters(enabled))) return undefined
    this.draft.checkKeys(
      owner,
      written,
      ['Type', 'Enabled', 'Alarms', 'Hooks', 'Role', 'TriggerConfigurations', 'PassthroughCondition'],
      'DeploymentPreference',
    )
    if (!written.pairs.has('Type')) this.draft.error(owner, '`DeploymentPreference` has a `Type`', written.span)
    this.deployments.push({ owner, preference: written })
    const hooks = get(written, 'Hooks')
    return {
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: ref(application),
        DeploymentGroupName: ref(`${owner.id}DeploymentGroup`),
        BeforeAllowTrafficHook: get(hooks, 'PreTraffic'),
        AfterAllowTrafficHook: get(hooks, 'PostTraffic'),
      },
    }
  }

  /** Makes the application, the groups and, if any group needs it, their role. */
  emitAll(): void {
    const [first] = this.deployments
    if (first === undefined) return
    const condition = this.sharedCondition()
    const attributes = { Condition: condition, DeletionPolicy: undefined, UpdateReplacePolicy: undefined }
    this.draft.emit(first.owner, application, 'AWS::CodeDeploy::Application', { ComputePlatform: 'Lambda' }, attributes)
    if (this.deployments.some(({ preference }) => get(preference, 'Role') === undefined)) {
      const role = {
        AssumeRolePolicyDocument: trusting('codedeploy.amazonaws.com'),
        ManagedPolicyArns: [managedPolicyArn('AWSCodeDeployRoleForLambda', this.draft.partition)],
      }
      this.draft.emit(first.owner, serviceRole, 'AWS::IAM::Role', role, attributes)
    }
    for (const deployment of this.deployments) this.emitGroup(deployment)
  }

  /** The functions' conditions, joined by Or; none when a function has none or does not pass its condition on. */
  private sharedCondition(): string | undefined {
    const names = new Set<string>()
    for (const { owner, preference } of this.deployments) {
      const name = stringOf(get(owner.node, 'Condition'))
      if (
        name === undefined ||
        !isTrue(this.draft.resolveParameters(get(preference, 'PassthroughCondition') ?? preference))
      )
        return undefined
      names.add(name)
    }
    if (names.size === 1) return [...names][0]
    const shared = 'ServerlessCodeDeployCondition'
    this.draft.conditions.set(shared, { 'Fn::Or': [...names].map((name) => ({ Condition: name })) })
    return shared
  }

  private emitGroup({ owner, preference }: Deployment): void {
    const passes = isTrue(this.draft.resolveParameters(get(preference, 'PassthroughCondition') ?? preference))
    const alarms = get(preference, 'Alarms')
    const properties: PlainMap = {
      ApplicationName: ref(application),
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      DeploymentConfigName: configName(this.draft.resolveParameters(get(preference, 'Type') ?? preference)),
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: get(preference, 'Role') ?? getAtt(serviceRole, 'Arn'),
      AlarmConfiguration: alarms === undefined ? undefined : alarmConfiguration(alarms),
      ...pick(preference, ['TriggerConfigurations']),
    }
    const attributes = { Condition: passes ? get(owner.node, 'Condition') : undefined }
    this.draft.emit(owner, `${owner.id}DeploymentGroup`, 'AWS::CodeDeploy::DeploymentGroup', properties, attributes)
  }
}

function alarmConfiguration(alarms: Node): Plain {
  const named = (list: Node): Plain[] => items(list).map((name) => ({ Name: name }))
  const [condition, yes, no] = items(get(alarms, 'Fn::If'))
  if (condition !== undefined && yes !== undefined && no !== undefined) {
    const branch = (list: Node): Plain => (isIntrinsic(list) ? list : named(list))
    return { Enabled: true, Alarms: { 'Fn::If': [condition, branch(yes), branch(no)] } }
  }
  return { Enabled: true, Alarms: named(alarms) }
}

/** CodeDeploy's own configurations are named by their ending; any other name is the author's own. */
function configName(type: Node): Plain {
  const name = textOf(type)
  if (name === undefined || !configs.includes(name)) return type
  return { 'Fn::Sub': ['CodeDeployDefault.Lambda${ConfigName}', { ConfigName: type }] }
}
