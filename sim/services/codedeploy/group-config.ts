// What a template says about a deployment group: whose traffic it shifts and how, what is asked before and after, what stops it.
import type { Config, Near, Props, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { hearsOf } from '../../parts/service-events.ts'
import { AT_ONCE, lengthOf, NAMES, predefined, routed, type Schedule } from './schedule.ts'

/** After what a deployment may be rolled back. */
const EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']

const elsewhere = (what: string): string => `${what}: deployments to instances and containers are not simulated yet`

export const props: Props = {
  ApplicationName: p.any('The application.', { required: true }),
  DeploymentGroupName: p.string('Its name.'),
  DeploymentConfigName: p.any('How traffic is shifted: a configuration of AWS or of the template.'),
  ServiceRoleArn: p.inert('The role of CodeDeploy; permissions are not checked.'),
  AlarmConfiguration: p.record('Alarms that stop a deployment.', {
    Enabled: p.bool('Whether they are looked at.', { default: false }),
    IgnorePollAlarmFailure: p.bool('Whether it goes on where the alarms cannot be read.', { default: false }),
    Alarms: p.list('The alarms.', p.record('An alarm.', { Name: p.any('Its name.') }), { default: [] }),
  }),
  AutoRollbackConfiguration: p.record('Whether what has failed is rolled back.', {
    Enabled: p.bool('Whether.', { default: false }),
    Events: p.list('After what.', p.oneOf('A kind of end.', EVENTS), { default: [] }),
  }),
  DeploymentStyle: p.record('Blue and green, with traffic control.', {
    DeploymentType: p.oneOf('Lambda knows BLUE_GREEN alone.', ['IN_PLACE', 'BLUE_GREEN']),
    DeploymentOption: p.oneOf('Lambda knows WITH_TRAFFIC_CONTROL alone.', [
      'WITH_TRAFFIC_CONTROL',
      'WITHOUT_TRAFFIC_CONTROL',
    ]),
  }),
  TriggerConfigurations: p.list(
    'Topics that are told.',
    p.record('A topic.', {
      TriggerName: p.inert('A name.'),
      TriggerTargetArn: p.any('The topic.'),
      TriggerEvents: p.list('What it is told of.', p.string('An event.'), { default: [] }),
    }),
    { default: [] },
  ),
  AutoScalingGroups: p.unused(elsewhere('instances of Auto Scaling')),
  BlueGreenDeploymentConfiguration: p.unused(elsewhere('how green instances come and blue ones go')),
  Deployment: p.unused(elsewhere('a first deployment along with the stack')),
  ECSServices: p.unused(elsewhere('services of ECS')),
  Ec2TagFilters: p.unused(elsewhere('instances by tags')),
  Ec2TagSet: p.unused(elsewhere('instances by tags')),
  LoadBalancerInfo: p.unused(elsewhere('the load balancer')),
  OnPremisesInstanceTagFilters: p.unused(elsewhere('machines on premises')),
  OnPremisesTagSet: p.unused(elsewhere('machines on premises')),
  OutdatedInstancesStrategy: p.unused(elsewhere('instances with an older revision')),
  Tags: p.inert('Tags.'),
  TerminationHookEnabled: p.unused(elsewhere('instances that end meanwhile')),
}

export const parts: Readonly<Record<string, Props>> = {
  'AWS::CodeDeploy::Application': {
    ApplicationName: p.string('Its name.'),
    ComputePlatform: p.oneOf('What is deployed to.', ['Lambda', 'ECS', 'Server'], { default: 'Server' }),
    Tags: p.inert('Tags.'),
  },
  'AWS::CodeDeploy::DeploymentConfig': {
    DeploymentConfigName: p.string('Its name.'),
    ComputePlatform: p.oneOf('What it is for.', ['Lambda', 'ECS', 'Server'], { default: 'Server' }),
    MinimumHealthyHosts: p.unused(elsewhere('how many instances stay in service')),
    ZonalConfig: p.unused(elsewhere('zone by zone')),
    TrafficRoutingConfig: p.record('How traffic is shifted.', {
      Type: p.oneOf('The kind.', ['AllAtOnce', 'TimeBasedCanary', 'TimeBasedLinear'], { required: true }),
      TimeBasedCanary: p.record('A part first, then the rest.', {
        CanaryPercentage: p.int('The part.', [1, 99], { required: true, unit: '%' }),
        CanaryInterval: p.int('Until the rest follows.', [1, 'ShiftLength'], { required: true, unit: 'min' }),
      }),
      TimeBasedLinear: p.record('The same part again and again.', {
        LinearPercentage: p.int('The part.', [1, 99], { required: true, unit: '%' }),
        LinearInterval: p.int('From one to the next.', [1, 'ShiftLength'], { required: true, unit: 'min' }),
      }),
    }),
  },
}

/** An alias that the group shifts, and the functions that are asked before and after; '' = none is. */
export interface Target {
  readonly function: string
  /** The function's name in AWS, where the template gives it one. */
  readonly name: string
  readonly alias: string
  readonly before: string
  readonly after: string
}

export interface Gathered {
  readonly Platform: 'Lambda' | 'ECS' | 'Server'
  readonly Schedule: Schedule
  /** Configurations of the template, by name. */
  readonly Schedules: readonly { readonly name: string; readonly schedule: Schedule }[]
  readonly Targets: readonly Target[]
  /** Functions that may be hooks of a revision. */
  readonly HookFunctions: readonly string[]
  readonly AlarmsAt: readonly string[]
  readonly Topics: readonly { readonly topic: string; readonly events: readonly string[] }[]
  readonly TellsBus: boolean
}

export function gather(near: Near): Gathered {
  const { self } = near
  const application = near.resourceAt(self.config['ApplicationName'])
  const platform = (application?.config['ComputePlatform'] ?? 'Lambda') as Gathered['Platform']
  if (platform !== 'Lambda')
    self.notSimulated(
      ['ApplicationName'],
      `deployments to ${platform === 'ECS' ? 'ECS' : 'instances'} are not simulated yet`,
    )
  const own = near.all('AWS::Lambda::Alias').filter((alias) => updateOf(near, alias) !== undefined)
  const isNamed = own.length > 0
  const aliases = platform !== 'Lambda' ? [] : isNamed ? own : near.all('AWS::Lambda::Alias')
  const targets = aliases.map((alias) => targetOf(near, alias))
  const hooks = isNamed
    ? targets.flatMap(({ before, after }) => [before, after]).filter((name) => name !== '')
    : near.all('AWS::Lambda::Function').map(({ logicalId }) => logicalId)
  return {
    Platform: platform,
    Schedule: scheduleOf(near, platform),
    Schedules: near.all('AWS::CodeDeploy::DeploymentConfig').map((view) => ({
      name: String(view.config['DeploymentConfigName'] ?? view.logicalId),
      schedule: routed(view.config['TrafficRoutingConfig'] ?? {}),
    })),
    Targets: targets,
    HookFunctions: platform === 'Lambda' ? [...new Set(hooks)] : [],
    AlarmsAt: alarmsOf(near),
    Topics: topicsOf(near),
    TellsBus: hearsOf(near, 'aws.codedeploy'),
  }
}

/** What an alias's update policy says, where it names this group. */
function updateOf(near: Near, alias: ResourceView): Config | undefined {
  const update = alias.updatePolicy?.['CodeDeployLambdaAliasUpdate'] as Config | undefined
  const group = near.resourceAt(update?.['DeploymentGroupName'])
  return group?.logicalId === near.self.logicalId ? update : undefined
}

function targetOf(near: Near, alias: ResourceView): Target {
  const update = updateOf(near, alias)
  const functionName = String(alias.config['FunctionName'])
  const named = near.all('AWS::Lambda::Function').find(({ logicalId }) => logicalId === functionName)
  const hook = (member: string): string => {
    const text = update?.[member]
    if (text === undefined || text === null || text === '') return ''
    const found = near.resourceAt(text)
    if (found?.type === 'AWS::Lambda::Function') return found.logicalId
    alias.notSimulated(
      ['UpdatePolicy'],
      `the hook \`${String(text)}\` is no function of this scenario: it is not asked`,
    )
    return ''
  }
  return {
    function: functionName,
    name: String(named?.config['FunctionName'] ?? functionName),
    alias: String(alias.config['Name']),
    before: hook('BeforeAllowTrafficHook'),
    after: hook('AfterAllowTrafficHook'),
  }
}

function scheduleOf(near: Near, platform: Gathered['Platform']): Schedule {
  const { self } = near
  const text = self.config['DeploymentConfigName'] as unknown
  const configs = near.all('AWS::CodeDeploy::DeploymentConfig')
  const at = near.resourceAt(text)?.logicalId
  const written = configs.find((each) => each.logicalId === at || each.config['DeploymentConfigName'] === text)
  if (written !== undefined) {
    const schedule = routed(written.config['TrafficRoutingConfig'] ?? {})
    if (lengthOf(schedule) > near.quota('ShiftLength'))
      self.error(
        ['DeploymentConfigName'],
        'out-of-range',
        `traffic is shifted over ${lengthOf(schedule)} minutes`,
        `expected at most ${near.quota('ShiftLength')} from the first step to the last`,
      )
    return schedule
  }
  const found = text === undefined ? undefined : predefined(String(text))
  if (found !== undefined || text === undefined || platform !== 'Lambda') return found ?? AT_ONCE
  if (String(text).startsWith('CodeDeployDefault.'))
    self.error(
      ['DeploymentConfigName'],
      'unknown-value',
      `there is no deployment configuration \`${String(text)}\` for functions`,
      `possible are ${NAMES.map((name) => `\`${name}\``).join(', ')}`,
    )
  else
    self.notSimulated(
      ['DeploymentConfigName'],
      `the deployment configuration \`${String(text)}\` is outside of this scenario: all traffic moves at once`,
    )
  return AT_ONCE
}

function alarmsOf(near: Near): string[] {
  const { self } = near
  const written = self.config['AlarmConfiguration'] as Config | undefined
  const alarms = (written?.['Alarms'] ?? []) as readonly { readonly Name?: unknown }[]
  if (alarms.length > near.quota('AlarmsPerGroup'))
    self.error(
      ['AlarmConfiguration', 'Alarms'],
      'out-of-range',
      `the group has ${alarms.length} alarms`,
      `expected at most ${near.quota('AlarmsPerGroup')}`,
    )
  if (written?.['Enabled'] !== true) return []
  return alarms.flatMap(({ Name }, i) => {
    const found = near.resourceAt(Name)
    if (found !== undefined && /^AWS::CloudWatch::(Composite)?Alarm$/.test(found.type)) return [found.logicalId]
    self.notSimulated(
      ['AlarmConfiguration', 'Alarms', i, 'Name'],
      `\`${String(Name)}\` is no alarm of this scenario: it stops nothing`,
    )
    return []
  })
}

function topicsOf(near: Near): Gathered['Topics'] {
  const list = near.self.config['TriggerConfigurations'] as readonly Config[]
  return list.flatMap(({ TriggerTargetArn, TriggerEvents }, i) => {
    const found = near.resourceAt(TriggerTargetArn)
    if (found?.type === 'AWS::SNS::Topic') return [{ topic: found.logicalId, events: TriggerEvents as string[] }]
    near.self.notSimulated(
      ['TriggerConfigurations', i, 'TriggerTargetArn'],
      `\`${String(TriggerTargetArn)}\` is no topic of this scenario: it is not told`,
    )
    return []
  })
}
