// What runs code of the user's in a template: functions, containers, instances, environments of Beanstalk; each with its role,
// the names that it is handed, and what tells its purpose.
import { get, items, textOf, type CfnResource, type Node } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import { roleOf, textAt } from './iam.ts'
import type { Names } from './names.ts'

export interface Variable {
  readonly name: string
  readonly text: string
  readonly span: Span
}

export interface Program {
  readonly logicalId: string
  readonly type: string
  /** Logical id of its role; undefined when the role is not in the template. */
  readonly role: string | undefined
  readonly variables: readonly Variable[]
  /** Names that tell the purpose, the most telling first. */
  readonly names: readonly string[]
  readonly span: Span
}

export function programsOf(names: Names): readonly Program[] {
  return [...names.template.resources.values()].flatMap((resource) => program(resource, names) ?? [])
}

function program(resource: CfnResource, names: Names): Program | undefined {
  const { logicalId, type, properties, keySpan: span } = resource
  switch (type) {
    case 'AWS::Lambda::Function': {
      const handler = (textAt(properties, 'Handler') ?? '').replace(/\.[A-Za-z_]*handler$/i, '')
      return {
        ...{ logicalId, type, span },
        role: roleOf(get(properties, 'Role'), names),
        variables: mapped(get(get(properties, 'Environment'), 'Variables')),
        names: [logicalId, textAt(properties, 'FunctionName') ?? '', handler.replace(/^.*(::|\/)/, '')],
      }
    }
    case 'AWS::ECS::TaskDefinition': {
      const containers = items(get(properties, 'ContainerDefinitions'))
      return {
        ...{ logicalId, type, span },
        role: roleOf(get(properties, 'TaskRoleArn'), names),
        variables: containers.flatMap((container) =>
          items(get(container, 'Environment')).flatMap((each) => variable(get(each, 'Name'), get(each, 'Value'))),
        ),
        names: [logicalId, textAt(properties, 'Family') ?? ''],
      }
    }
    case 'AWS::ElasticBeanstalk::Environment':
    case 'AWS::ElasticBeanstalk::ConfigurationTemplate': {
      const options = items(get(properties, 'OptionSettings'))
      const option = (name: string): Node | undefined =>
        get(
          options.find((each) => textAt(each, 'OptionName') === name),
          'Value',
        )
      return {
        ...{ logicalId, type, span },
        role: roleOf(option('IamInstanceProfile'), names),
        variables: options
          .filter((each) => textAt(each, 'Namespace') === 'aws:elasticbeanstalk:application:environment')
          .flatMap((each) => variable(get(each, 'OptionName'), get(each, 'Value'))),
        names: [logicalId],
      }
    }
    case 'AWS::EC2::Instance':
    case 'AWS::AutoScaling::LaunchConfiguration':
      return instance(resource, get(properties, 'IamInstanceProfile'), names)
    case 'AWS::EC2::LaunchTemplate': {
      const profile = get(get(properties, 'LaunchTemplateData'), 'IamInstanceProfile')
      return instance(resource, get(profile, 'Arn') ?? get(profile, 'Name'), names)
    }
    default:
      return undefined
  }
}

/** An instance tells nothing of its environment but its role. */
function instance({ logicalId, type, keySpan: span }: CfnResource, profile: Node | undefined, names: Names): Program {
  return { logicalId, type, span, role: roleOf(profile, names), variables: [], names: [logicalId] }
}

function mapped(node: Node | undefined): readonly Variable[] {
  if (node?.kind !== 'map') return []
  return [...node.pairs.values()].flatMap(({ key, keySpan, value }) => {
    const text = textOf(value)
    return text === undefined ? [] : [{ name: key, text, span: keySpan }]
  })
}

function variable(name: Node | undefined, value: Node | undefined): readonly Variable[] {
  const [key, text] = [name === undefined ? undefined : textOf(name), value === undefined ? undefined : textOf(value)]
  return key === undefined || text === undefined ? [] : [{ name: key, text, span: name!.span }]
}
