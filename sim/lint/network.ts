// Calls without a way through the network, and functions that may not enter their VPC.
import { textsIn } from '../parts/resource-policy.ts'
import { matchesWildcards } from '../parts/wildcards.ts'
import type { Finding, Lints, Scene, Written } from './contract.ts'
import { resource, workFunction } from './examples.ts'

const FUNCTION = 'AWS::Lambda::Function'
const VPC_CONFIG = 'VpcConfig: { SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref Group] }'

export const networkLints: Lints = {
  'ec2/no-way': {
    severity: 'warning',
    title: 'a call that nothing in the network leads to where it should go',
    text: 'A call without a way is not refused: nobody answers, and the client waits until it gives up connecting, mostly longer than the function may run. A function in a VPC has no public address in any subnet; it reaches the internet and the APIs of AWS by a NAT gateway, DynamoDB and S3 by a gateway endpoint too, and other services by an interface endpoint. Within a VPC security groups must let it out and in.',
    wrong: example(false),
    right: example(true),
    source: 'N.VPC-03, N.VPC-05; https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html',
    find: (scene) => closedWays(scene),
  },
  'lambda/may-not-enter-its-vpc': {
    severity: 'warning',
    title: 'a function whose role may not make network interfaces',
    text: 'Lambda puts a network interface into the VPC with the function’s own role. Without `ec2:CreateNetworkInterface` the deployment fails: “The provided execution role does not have permissions to call CreateNetworkInterface on EC2”. The managed policy AWSLambdaVPCAccessExecutionRole has what is needed.',
    wrong: inVpc('AWSLambdaBasicExecutionRole'),
    right: inVpc('AWSLambdaVPCAccessExecutionRole'),
    source:
      'N.VPC-02; https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions',
    find: (scene) => withoutInterfaces(scene),
  },
}

function network(): string {
  return (
    resource('Vpc', 'AWS::EC2::VPC', ['CidrBlock: 10.0.0.0/16']) +
    resource('Table', 'AWS::EC2::RouteTable', ['VpcId: !Ref Vpc']) +
    resource('Private', 'AWS::EC2::Subnet', ['VpcId: !Ref Vpc', 'CidrBlock: 10.0.1.0/24']) +
    resource('Joins', 'AWS::EC2::SubnetRouteTableAssociation', ['SubnetId: !Ref Private', 'RouteTableId: !Ref Table']) +
    resource('Group', 'AWS::EC2::SecurityGroup', ['GroupDescription: work', 'VpcId: !Ref Vpc'])
  )
}

function example(hasEndpoint: boolean): string {
  const items = resource('Items', 'AWS::DynamoDB::Table', [
    'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
    'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
    'BillingMode: PAY_PER_REQUEST',
  ])
  const endpoint = resource('ToItems', 'AWS::EC2::VPCEndpoint', [
    'ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb',
    'VpcId: !Ref Vpc',
    'RouteTableIds: [!Ref Table]',
  ])
  return `Resources:
${network()}${items}${hasEndpoint ? endpoint : ''}${workFunction([VPC_CONFIG])}Simulation:
  Handlers:
    Work: [{ dynamodb:GetItem: { TableName: !Ref Items, Key: { id: one } } }]
`
}

function inVpc(policy: string): string {
  const role = resource('WorkRole', 'AWS::IAM::Role', [
    'AssumeRolePolicyDocument: {}',
    `ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/${policy}]`,
  ])
  return `Resources:\n${network()}${role}${workFunction([VPC_CONFIG]).replace('arn:aws:iam::123456789012:role/work', '!GetAtt WorkRole.Arn')}`
}

function closedWays(scene: Scene): Finding[] {
  const told = new Set<string>()
  return scene.flows.flatMap(({ from, to, by, span }) => {
    if (by.startsWith('AWS::')) return []
    const { lost, reason } = scene.wayOf(from, to, by)
    const key = `${from} ${to} ${reason}`
    if (lost === 0 || told.has(key)) return []
    told.add(key)
    const part = lost < 1 ? ` for ${Math.round(lost * 100)} % of the calls` : ''
    return [
      {
        message: `\`${from}\` cannot reach \`${to}\`${part}: ${reason}`,
        span,
        help: 'a NAT gateway, an endpoint, or a rule of a security group that lets the call pass',
      },
    ]
  })
}

const NEEDED = 'ec2:createnetworkinterface'
/** Managed policies that are common with functions and do not have what is needed. */
const WITHOUT =
  /^arn:[\w-]+:iam::aws:policy\/(service-role\/)?(AWSLambda(BasicExecution|SQSQueueExecution|DynamoDBExecution|KinesisExecution|Role)\w*|AWSXRay\w+|Amazon(DynamoDB|S3|SQS|SNS|Kinesis|SSM)\w+|CloudWatch\w+|SecretsManager\w+)$/

function withoutInterfaces(scene: Scene): Finding[] {
  return scene.all(FUNCTION).flatMap((of) => {
    if (of.list('VpcConfig', 'SubnetIds').length === 0) return []
    const role = scene.at(of.value('Role'))
    if (role?.type !== 'AWS::IAM::Role' || !lacks(scene, role)) return []
    return [
      {
        message: `the role \`${role.logicalId}\` of \`${of.logicalId}\` does not allow \`ec2:CreateNetworkInterface\``,
        span: of.place('VpcConfig'),
        also: [{ span: role.place('ManagedPolicyArns'), label: 'its policies' }],
        help: 'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole among the `ManagedPolicyArns` of the role',
      },
    ]
  })
}

/** Whether a role certainly has not what is needed: every policy that it has can be read, and none allows it. */
function lacks(scene: Scene, role: Written): boolean {
  const managed = role.list('ManagedPolicyArns').map(String)
  const own = managed.flatMap((arn) => scene.at(arn) ?? [])
  if (managed.some((arn) => !WITHOUT.test(arn) && scene.at(arn) === undefined)) return false
  const attached = scene.all('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy').filter((each) =>
    each
      .list('Roles')
      .concat(each.list('RoleName'))
      .some((text) => scene.at(text) === role),
  )
  const documents = [
    ...role.list('Policies').map((each) => (each as { PolicyDocument?: unknown }).PolicyDocument),
    ...[...attached, ...own].map((each) => each.value('PolicyDocument')),
  ]
  return !documents.some(allows)
}

function allows(document: unknown): boolean {
  const statements = (document as { Statement?: unknown } | undefined)?.Statement
  return [statements ?? []].flat().some((each) => {
    const { Effect, Action, NotAction } = each as Record<string, unknown>
    return (
      Effect === 'Allow' &&
      (NotAction !== undefined || textsIn(Action).some((text) => matchesWildcards(text.toLowerCase(), NEEDED)))
    )
  })
}
