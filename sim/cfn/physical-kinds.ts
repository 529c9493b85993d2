// How each resource type's name, `Ref` and attributes are spelled (CFN-R10, CFN-R11, CFN-R48): one line per type.
//
// Formulas are texts with holes: `{name}` the physical name, `{id}` a made-up id with the type's prefix, `{uuid}`, `{region}`,
// `{account}`, `{partition}`, `{suffix}`, `{functionArn}` the ARN of the function that the property `FunctionName` names,
// `{rank}` which of the
// function's versions it is, and `{P:Name}` the text of the property `Name`.

export interface PhysicalKind {
  /** The property that gives the name, if the type has one. */
  readonly name?: string
  /** Longest name, in characters; 64 when absent. */
  readonly max?: number
  readonly lower?: boolean
  /** The property that makes the name end in `.fifo`. */
  readonly fifo?: string
  /** What a made-up id begins with (`vpc-`); also how many hex digits follow, 17 when absent. */
  readonly id?: string
  readonly digits?: number
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
}

const arn = (service: string, rest: string): string => `arn:{partition}:${service}:{region}:{account}:${rest}`
const globalArn = (service: string, rest: string): string => `arn:{partition}:${service}::{account}:${rest}`
const ec2 = (id: string, attributes: Readonly<Record<string, string>> = {}): PhysicalKind => ({
  id,
  ref: '{id}',
  attributes,
})

const queueUrl = 'https://sqs.{region}.{suffix}/{account}/{name}'
const balancerName = '{name}-{id}.{region}.elb.{suffix}'
const stepArn = arn('states', 'stateMachine:{name}')
const cluster = { max: 63, lower: true, ref: '{name}' }

export const physicalKinds: ReadonlyMap<string, PhysicalKind> = new Map<string, PhysicalKind>([
  [
    'AWS::SQS::Queue',
    {
      name: 'QueueName',
      max: 80,
      fifo: 'FifoQueue',
      ref: queueUrl,
      attributes: { Arn: arn('sqs', '{name}'), QueueName: '{name}', QueueUrl: queueUrl },
    },
  ],
  [
    'AWS::SNS::Topic',
    {
      name: 'TopicName',
      max: 256,
      fifo: 'FifoTopic',
      ref: arn('sns', '{name}'),
      attributes: { TopicName: '{name}', TopicArn: arn('sns', '{name}') },
    },
  ],
  ['AWS::SNS::Subscription', { ref: '{P:TopicArn}:{uuid}', attributes: { Arn: '{P:TopicArn}:{uuid}' } }],
  [
    'AWS::Lambda::Function',
    { name: 'FunctionName', ref: '{name}', attributes: { Arn: arn('lambda', 'function:{name}') } },
  ],
  [
    'AWS::Lambda::Version',
    { ref: '{functionArn}:{rank}', attributes: { Version: '{rank}', FunctionArn: '{functionArn}:{rank}' } },
  ],
  ['AWS::Lambda::Alias', { ref: '{functionArn}:{P:Name}', attributes: { AliasArn: '{functionArn}:{P:Name}' } }],
  [
    'AWS::Lambda::EventSourceMapping',
    {
      ref: '{uuid}',
      attributes: { Id: '{uuid}', EventSourceMappingArn: arn('lambda', 'event-source-mapping:{uuid}') },
    },
  ],
  [
    'AWS::Lambda::LayerVersion',
    {
      name: 'LayerName',
      max: 140,
      ref: arn('lambda', 'layer:{name}:1'),
      attributes: { LayerVersionArn: arn('lambda', 'layer:{name}:1') },
    },
  ],
  [
    'AWS::Lambda::Url',
    {
      id: '',
      digits: 32,
      ref: '{functionArn}',
      attributes: { FunctionArn: '{functionArn}', FunctionUrl: 'https://{id}.lambda-url.{region}.on.aws/' },
    },
  ],
  ['AWS::Lambda::Permission', { ref: '{uuid}', attributes: { Id: '{uuid}' } }],
  [
    'AWS::DynamoDB::Table',
    {
      name: 'TableName',
      max: 255,
      ref: '{name}',
      attributes: {
        Arn: arn('dynamodb', 'table/{name}'),
        StreamArn: arn('dynamodb', 'table/{name}/stream/2024-01-01T00:00:00.000'),
      },
    },
  ],
  [
    'AWS::DynamoDB::GlobalTable',
    {
      name: 'TableName',
      max: 255,
      ref: '{name}',
      attributes: {
        Arn: arn('dynamodb', 'table/{name}'),
        StreamArn: arn('dynamodb', 'table/{name}/stream/2024-01-01T00:00:00.000'),
        TableId: '{uuid}',
      },
    },
  ],
  [
    'AWS::Kinesis::Stream',
    { name: 'Name', max: 128, ref: '{name}', attributes: { Arn: arn('kinesis', 'stream/{name}') } },
  ],
  [
    'AWS::Kinesis::StreamConsumer',
    {
      name: 'ConsumerName',
      max: 128,
      ref: '{P:StreamARN}/consumer/{name}:1700000000',
      attributes: {
        ConsumerARN: '{P:StreamARN}/consumer/{name}:1700000000',
        ConsumerName: '{name}',
        StreamARN: '{P:StreamARN}',
      },
    },
  ],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    { name: 'DeliveryStreamName', ref: '{name}', attributes: { Arn: arn('firehose', 'deliverystream/{name}') } },
  ],
  [
    'AWS::S3::Bucket',
    {
      name: 'BucketName',
      max: 63,
      lower: true,
      ref: '{name}',
      attributes: {
        Arn: 'arn:{partition}:s3:::{name}',
        DomainName: '{name}.s3.{suffix}',
        RegionalDomainName: '{name}.s3.{region}.{suffix}',
        DualStackDomainName: '{name}.s3.dualstack.{region}.{suffix}',
        WebsiteURL: 'http://{name}.s3-website-{region}.{suffix}',
      },
    },
  ],
  [
    'AWS::IAM::Role',
    {
      name: 'RoleName',
      id: 'AROA',
      ref: '{name}',
      attributes: { Arn: globalArn('iam', 'role/{name}'), RoleId: '{id}' },
    },
  ],
  [
    'AWS::IAM::ManagedPolicy',
    {
      name: 'ManagedPolicyName',
      max: 128,
      ref: globalArn('iam', 'policy/{name}'),
      attributes: { PolicyArn: globalArn('iam', 'policy/{name}') },
    },
  ],
  ['AWS::IAM::User', { name: 'UserName', ref: '{name}', attributes: { Arn: globalArn('iam', 'user/{name}') } }],
  [
    'AWS::IAM::Group',
    { name: 'GroupName', max: 128, ref: '{name}', attributes: { Arn: globalArn('iam', 'group/{name}') } },
  ],
  [
    'AWS::IAM::InstanceProfile',
    {
      name: 'InstanceProfileName',
      max: 128,
      ref: '{name}',
      attributes: { Arn: globalArn('iam', 'instance-profile/{name}') },
    },
  ],
  ['AWS::Events::Rule', { name: 'Name', ref: '{name}', attributes: { Arn: arn('events', 'rule/{name}') } }],
  [
    'AWS::Events::EventBus',
    { name: 'Name', max: 256, ref: '{name}', attributes: { Arn: arn('events', 'event-bus/{name}'), Name: '{name}' } },
  ],
  [
    'AWS::Events::Connection',
    {
      name: 'Name',
      ref: '{name}',
      attributes: {
        Arn: arn('events', 'connection/{name}/{uuid}'),
        SecretArn: arn('secretsmanager', 'secret:events!connection/{name}/{uuid}'),
      },
    },
  ],
  [
    'AWS::Events::ApiDestination',
    { name: 'Name', ref: '{name}', attributes: { Arn: arn('events', 'api-destination/{name}/{uuid}') } },
  ],
  [
    'AWS::Events::Archive',
    {
      name: 'ArchiveName',
      max: 48,
      ref: '{name}',
      attributes: { Arn: arn('events', 'archive/{name}'), ArchiveName: '{name}' },
    },
  ],
  [
    'AWS::Scheduler::Schedule',
    { name: 'Name', ref: '{name}', attributes: { Arn: arn('scheduler', 'schedule/default/{name}') } },
  ],
  [
    'AWS::Scheduler::ScheduleGroup',
    { name: 'Name', ref: '{name}', attributes: { Arn: arn('scheduler', 'schedule-group/{name}') } },
  ],
  ['AWS::Pipes::Pipe', { name: 'Name', ref: '{name}', attributes: { Arn: arn('pipes', 'pipe/{name}') } }],
  [
    'AWS::StepFunctions::StateMachine',
    { name: 'StateMachineName', max: 80, ref: stepArn, attributes: { Arn: stepArn, Name: '{name}' } },
  ],
  [
    'AWS::StepFunctions::StateMachineVersion',
    { ref: '{P:StateMachineArn}:1', attributes: { Arn: '{P:StateMachineArn}:1' } },
  ],
  [
    'AWS::StepFunctions::StateMachineAlias',
    {
      name: 'Name',
      max: 80,
      ref: arn('states', 'stateMachine:{name}'),
      attributes: { Arn: arn('states', 'stateMachine:{name}') },
    },
  ],
  [
    'AWS::StepFunctions::Activity',
    {
      name: 'Name',
      max: 80,
      ref: arn('states', 'activity:{name}'),
      attributes: { Arn: arn('states', 'activity:{name}'), Name: '{name}' },
    },
  ],
  [
    'AWS::ApiGateway::RestApi',
    { id: '', digits: 10, ref: '{id}', attributes: { RestApiId: '{id}', RootResourceId: '{id}root' } },
  ],
  ['AWS::ApiGateway::Resource', { id: '', digits: 6, ref: '{id}', attributes: { ResourceId: '{id}' } }],
  ['AWS::ApiGateway::Stage', { ref: '{P:StageName}', attributes: {} }],
  ['AWS::ApiGateway::Deployment', { id: '', digits: 6, ref: '{id}', attributes: { DeploymentId: '{id}' } }],
  ['AWS::ApiGateway::ApiKey', { id: '', digits: 10, ref: '{id}', attributes: { APIKeyId: '{id}' } }],
  ['AWS::ApiGateway::UsagePlan', { id: '', digits: 6, ref: '{id}', attributes: { Id: '{id}' } }],
  ['AWS::ApiGateway::Authorizer', { id: '', digits: 6, ref: '{id}', attributes: { AuthorizerId: '{id}' } }],
  ['AWS::ApiGateway::VpcLink', { id: '', digits: 10, ref: '{id}', attributes: { VpcLinkId: '{id}' } }],
  [
    'AWS::ApiGatewayV2::Api',
    {
      id: '',
      digits: 10,
      ref: '{id}',
      attributes: { ApiId: '{id}', ApiEndpoint: 'https://{id}.execute-api.{region}.{suffix}' },
    },
  ],
  ['AWS::ApiGatewayV2::Stage', { ref: '{P:StageName}', attributes: {} }],
  ['AWS::ApiGatewayV2::Integration', { id: '', digits: 7, ref: '{id}', attributes: { IntegrationId: '{id}' } }],
  ['AWS::ApiGatewayV2::Authorizer', { id: '', digits: 6, ref: '{id}', attributes: { AuthorizerId: '{id}' } }],
  ['AWS::ApiGatewayV2::VpcLink', { id: '', digits: 6, ref: '{id}', attributes: { VpcLinkId: '{id}' } }],
  [
    'AWS::AppSync::GraphQLApi',
    {
      id: '',
      digits: 26,
      ref: arn('appsync', 'apis/{id}'),
      attributes: {
        ApiId: '{id}',
        Arn: arn('appsync', 'apis/{id}'),
        GraphQLUrl: 'https://{id}.appsync-api.{region}.{suffix}/graphql',
      },
    },
  ],
  [
    'AWS::Logs::LogGroup',
    { name: 'LogGroupName', max: 512, ref: '{name}', attributes: { Arn: arn('logs', 'log-group:{name}:*') } },
  ],
  [
    'AWS::CloudWatch::Alarm',
    { name: 'AlarmName', max: 255, ref: '{name}', attributes: { Arn: arn('cloudwatch', 'alarm:{name}') } },
  ],
  [
    'AWS::CloudWatch::CompositeAlarm',
    { name: 'AlarmName', max: 255, ref: '{name}', attributes: { Arn: arn('cloudwatch', 'alarm:{name}') } },
  ],
  ['AWS::CloudWatch::Dashboard', { name: 'DashboardName', max: 255, ref: '{name}', attributes: {} }],
  ['AWS::KMS::Key', { ref: '{uuid}', attributes: { Arn: arn('kms', 'key/{uuid}'), KeyId: '{uuid}' } }],
  ['AWS::KMS::Alias', { name: 'AliasName', max: 256, ref: '{name}', attributes: {} }],
  [
    'AWS::SecretsManager::Secret',
    {
      name: 'Name',
      max: 512,
      ref: arn('secretsmanager', 'secret:{name}'),
      attributes: { Id: arn('secretsmanager', 'secret:{name}') },
    },
  ],
  [
    'AWS::SSM::Parameter',
    { name: 'Name', max: 1011, ref: '{name}', attributes: { Type: '{P:Type}', Value: '{P:Value}' } },
  ],
  [
    'AWS::Cognito::UserPool',
    {
      name: 'UserPoolName',
      max: 128,
      id: '{region}_',
      digits: 9,
      ref: '{id}',
      attributes: {
        Arn: arn('cognito-idp', 'userpool/{id}'),
        UserPoolId: '{id}',
        ProviderName: 'cognito-idp.{region}.{suffix}/{id}',
        ProviderURL: 'https://cognito-idp.{region}.{suffix}/{id}',
      },
    },
  ],
  [
    'AWS::Cognito::UserPoolClient',
    {
      id: '',
      digits: 26,
      ref: '{id}',
      attributes: { ClientId: '{id}', ClientSecret: '{id}secret', Name: '{P:ClientName}' },
    },
  ],
  [
    'AWS::Cognito::IdentityPool',
    { ref: '{region}:{uuid}', attributes: { Id: '{region}:{uuid}', Name: '{P:IdentityPoolName}' } },
  ],
  [
    'AWS::EC2::VPC',
    ec2('vpc-', {
      VpcId: '{id}',
      CidrBlock: '{P:CidrBlock}',
      DefaultSecurityGroup: 'sg-{uuid}',
      DefaultNetworkAcl: 'acl-{uuid}',
    }),
  ],
  [
    'AWS::EC2::Subnet',
    ec2('subnet-', {
      SubnetId: '{id}',
      AvailabilityZone: '{P:AvailabilityZone}',
      VpcId: '{P:VpcId}',
      CidrBlock: '{P:CidrBlock}',
    }),
  ],
  [
    'AWS::EC2::SecurityGroup',
    ec2('sg-', { GroupId: '{id}', VpcId: '{P:VpcId}', Id: '{id}', GroupName: '{P:GroupName}' }),
  ],
  ['AWS::EC2::RouteTable', ec2('rtb-', { RouteTableId: '{id}' })],
  ['AWS::EC2::InternetGateway', ec2('igw-', { InternetGatewayId: '{id}' })],
  ['AWS::EC2::NatGateway', ec2('nat-', { NatGatewayId: '{id}' })],
  ['AWS::EC2::NetworkAcl', ec2('acl-', { Id: '{id}' })],
  ['AWS::EC2::NetworkInterface', ec2('eni-', { Id: '{id}', PrimaryPrivateIpAddress: '10.0.0.10' })],
  ['AWS::EC2::VPCEndpoint', ec2('vpce-', { Id: '{id}' })],
  ['AWS::EC2::Volume', ec2('vol-', { VolumeId: '{id}' })],
  [
    'AWS::EC2::LaunchTemplate',
    ec2('lt-', { LaunchTemplateId: '{id}', LatestVersionNumber: '1', DefaultVersionNumber: '1' }),
  ],
  [
    'AWS::EC2::EIP',
    { id: 'eipalloc-', ref: '198.51.100.10', attributes: { AllocationId: '{id}', PublicIp: '198.51.100.10' } },
  ],
  [
    'AWS::EC2::Instance',
    ec2('i-', {
      InstanceId: '{id}',
      AvailabilityZone: '{region}a',
      PrivateIp: '10.0.0.20',
      PublicIp: '198.51.100.20',
      PrivateDnsName: 'ip-10-0-0-20.{region}.compute.internal',
      PublicDnsName: 'ec2-198-51-100-20.{region}.compute.{suffix}',
    }),
  ],
  [
    'AWS::AutoScaling::AutoScalingGroup',
    {
      name: 'AutoScalingGroupName',
      max: 255,
      ref: '{name}',
      attributes: { AutoScalingGroupARN: arn('autoscaling', 'autoScalingGroup:{uuid}:autoScalingGroupName/{name}') },
    },
  ],
  [
    'AWS::AutoScaling::LaunchConfiguration',
    { name: 'LaunchConfigurationName', max: 255, ref: '{name}', attributes: {} },
  ],
  [
    'AWS::AutoScaling::ScalingPolicy',
    {
      ref: arn('autoscaling', 'scalingPolicy:{uuid}'),
      attributes: { Arn: arn('autoscaling', 'scalingPolicy:{uuid}'), PolicyName: '{uuid}' },
    },
  ],
  [
    'AWS::ApplicationAutoScaling::ScalableTarget',
    { ref: '{P:ResourceId}|{P:ScalableDimension}|{P:ServiceNamespace}', attributes: { Id: '{uuid}' } },
  ],
  [
    'AWS::ApplicationAutoScaling::ScalingPolicy',
    {
      ref: arn('autoscaling', 'scalingPolicy:{uuid}'),
      attributes: { Arn: arn('autoscaling', 'scalingPolicy:{uuid}') },
    },
  ],
  [
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    {
      name: 'Name',
      max: 32,
      id: '',
      digits: 16,
      ref: arn('elasticloadbalancing', 'loadbalancer/app/{name}/{id}'),
      attributes: {
        LoadBalancerArn: arn('elasticloadbalancing', 'loadbalancer/app/{name}/{id}'),
        LoadBalancerFullName: 'app/{name}/{id}',
        LoadBalancerName: '{name}',
        DNSName: balancerName,
        CanonicalHostedZoneID: 'Z35SXDOTRQ7X7K',
      },
    },
  ],
  [
    'AWS::CloudFront::Distribution',
    { id: 'E', digits: 13, ref: '{id}', attributes: { Id: '{id}', DomainName: 'd{id}.cloudfront.net' } },
  ],
  ['AWS::CloudFront::CachePolicy', { ref: '{uuid}', attributes: { Id: '{uuid}' } }],
  ['AWS::CloudFront::OriginRequestPolicy', { ref: '{uuid}', attributes: { Id: '{uuid}' } }],
  ['AWS::CloudFront::ResponseHeadersPolicy', { ref: '{uuid}', attributes: { Id: '{uuid}' } }],
  ['AWS::CloudFront::KeyGroup', { ref: '{uuid}', attributes: { Id: '{uuid}' } }],
  ['AWS::CloudFront::PublicKey', { id: 'K', digits: 13, ref: '{id}', attributes: { Id: '{id}' } }],
  ['AWS::CloudFront::OriginAccessControl', { id: 'E', digits: 13, ref: '{id}', attributes: { Id: '{id}' } }],
  [
    'AWS::CloudFront::CloudFrontOriginAccessIdentity',
    { id: 'E', digits: 13, ref: '{id}', attributes: { Id: '{id}', S3CanonicalUserId: '{id}canonical' } },
  ],
  [
    'AWS::CloudFront::Function',
    {
      name: 'Name',
      ref: globalArn('cloudfront', 'function/{name}'),
      attributes: { FunctionARN: globalArn('cloudfront', 'function/{name}') },
    },
  ],
  [
    'AWS::ElasticLoadBalancingV2::TargetGroup',
    {
      name: 'Name',
      max: 32,
      id: '',
      digits: 16,
      ref: arn('elasticloadbalancing', 'targetgroup/{name}/{id}'),
      attributes: {
        TargetGroupArn: arn('elasticloadbalancing', 'targetgroup/{name}/{id}'),
        TargetGroupFullName: 'targetgroup/{name}/{id}',
        TargetGroupName: '{name}',
      },
    },
  ],
  [
    'AWS::ElasticLoadBalancingV2::Listener',
    {
      id: '',
      digits: 16,
      ref: arn('elasticloadbalancing', 'listener/app/{id}'),
      attributes: { ListenerArn: arn('elasticloadbalancing', 'listener/app/{id}') },
    },
  ],
  [
    'AWS::ElasticLoadBalancingV2::ListenerRule',
    {
      id: '',
      digits: 16,
      ref: arn('elasticloadbalancing', 'listener-rule/app/{id}'),
      attributes: { RuleArn: arn('elasticloadbalancing', 'listener-rule/app/{id}') },
    },
  ],
  [
    'AWS::ElasticLoadBalancing::LoadBalancer',
    {
      name: 'LoadBalancerName',
      max: 32,
      ref: '{name}',
      attributes: {
        DNSName: '{name}.{region}.elb.{suffix}',
        CanonicalHostedZoneNameID: 'Z35SXDOTRQ7X7K',
        'SourceSecurityGroup.GroupName': '{name}',
        'SourceSecurityGroup.OwnerAlias': '{account}',
      },
    },
  ],
  [
    'AWS::ECS::Cluster',
    { name: 'ClusterName', max: 255, ref: '{name}', attributes: { Arn: arn('ecs', 'cluster/{name}') } },
  ],
  [
    'AWS::ECS::Service',
    {
      name: 'ServiceName',
      max: 255,
      ref: arn('ecs', 'service/{name}'),
      attributes: { ServiceArn: arn('ecs', 'service/{name}'), Name: '{name}' },
    },
  ],
  [
    'AWS::ECS::TaskDefinition',
    {
      name: 'Family',
      max: 255,
      ref: arn('ecs', 'task-definition/{name}:1'),
      attributes: { TaskDefinitionArn: arn('ecs', 'task-definition/{name}:1') },
    },
  ],
  [
    'AWS::ECR::Repository',
    {
      name: 'RepositoryName',
      max: 256,
      lower: true,
      ref: '{name}',
      attributes: { Arn: arn('ecr', 'repository/{name}'), RepositoryUri: '{account}.dkr.ecr.{region}.{suffix}/{name}' },
    },
  ],
  [
    'AWS::RDS::DBInstance',
    {
      ...cluster,
      name: 'DBInstanceIdentifier',
      attributes: {
        'Endpoint.Address': '{name}.{region}.rds.{suffix}',
        'Endpoint.Port': '3306',
        DBInstanceArn: arn('rds', 'db:{name}'),
        DbiResourceId: 'db-{uuid}',
      },
    },
  ],
  [
    'AWS::RDS::DBCluster',
    {
      ...cluster,
      name: 'DBClusterIdentifier',
      attributes: {
        'Endpoint.Address': '{name}.cluster.{region}.rds.{suffix}',
        'Endpoint.Port': '3306',
        'ReadEndpoint.Address': '{name}.cluster-ro.{region}.rds.{suffix}',
        DBClusterArn: arn('rds', 'cluster:{name}'),
        DBClusterResourceId: 'cluster-{uuid}',
      },
    },
  ],
  [
    'AWS::RDS::DBProxy',
    {
      ...cluster,
      name: 'DBProxyName',
      attributes: { DBProxyArn: arn('rds', 'db-proxy:{name}'), Endpoint: '{name}.proxy.{region}.rds.{suffix}' },
    },
  ],
  [
    'AWS::ElastiCache::CacheCluster',
    {
      name: 'ClusterName',
      max: 50,
      lower: true,
      ref: '{name}',
      attributes: {
        'RedisEndpoint.Address': '{name}.cache.{suffix}',
        'RedisEndpoint.Port': '6379',
        'ConfigurationEndpoint.Address': '{name}.cfg.cache.{suffix}',
        'ConfigurationEndpoint.Port': '11211',
      },
    },
  ],
  [
    'AWS::ElastiCache::ReplicationGroup',
    {
      name: 'ReplicationGroupId',
      max: 40,
      lower: true,
      ref: '{name}',
      attributes: {
        'PrimaryEndPoint.Address': '{name}.cache.{suffix}',
        'PrimaryEndPoint.Port': '6379',
        'ReaderEndPoint.Address': '{name}-ro.cache.{suffix}',
        'ReaderEndPoint.Port': '6379',
        'ConfigurationEndPoint.Address': '{name}.cfg.cache.{suffix}',
        'ConfigurationEndPoint.Port': '6379',
      },
    },
  ],
  [
    'AWS::CloudFront::Distribution',
    { id: 'E', digits: 13, ref: '{id}', attributes: { Id: '{id}', DomainName: '{id}.cloudfront.net' } },
  ],
  [
    'AWS::EFS::FileSystem',
    {
      id: 'fs-',
      digits: 17,
      ref: '{id}',
      attributes: { Arn: arn('elasticfilesystem', 'file-system/{id}'), FileSystemId: '{id}' },
    },
  ],
  [
    'AWS::EFS::AccessPoint',
    {
      id: 'fsap-',
      digits: 17,
      ref: '{id}',
      attributes: { Arn: arn('elasticfilesystem', 'access-point/{id}'), AccessPointId: '{id}' },
    },
  ],
  [
    'AWS::Batch::JobQueue',
    {
      name: 'JobQueueName',
      ref: arn('batch', 'job-queue/{name}'),
      attributes: { JobQueueArn: arn('batch', 'job-queue/{name}') },
    },
  ],
  [
    'AWS::Batch::JobDefinition',
    { name: 'JobDefinitionName', ref: arn('batch', 'job-definition/{name}:1'), attributes: {} },
  ],
  [
    'AWS::Batch::ComputeEnvironment',
    { name: 'ComputeEnvironmentName', ref: arn('batch', 'compute-environment/{name}'), attributes: {} },
  ],
  ['AWS::CodeDeploy::Application', { name: 'ApplicationName', max: 100, ref: '{name}', attributes: {} }],
  ['AWS::CodeDeploy::DeploymentGroup', { name: 'DeploymentGroupName', max: 100, ref: '{name}', attributes: {} }],
  [
    'AWS::CodeBuild::Project',
    { name: 'Name', max: 255, ref: '{name}', attributes: { Arn: arn('codebuild', 'project/{name}') } },
  ],
  ['AWS::CodePipeline::Pipeline', { name: 'Name', max: 100, ref: '{name}', attributes: { Version: '1' } }],
  [
    'AWS::ServiceDiscovery::Service',
    {
      name: 'Name',
      id: 'srv-',
      digits: 16,
      ref: '{id}',
      attributes: { Id: '{id}', Arn: arn('servicediscovery', 'service/{id}'), Name: '{name}' },
    },
  ],
  ['AWS::CloudFormation::Stack', { ref: arn('cloudformation', 'stack/{name}/{uuid}'), attributes: {} }],
  [
    'AWS::CloudFormation::WaitConditionHandle',
    { ref: 'https://cloudformation-waitcondition-{region}.s3.{suffix}/{uuid}', attributes: {} },
  ],
  [
    'AWS::WAFv2::WebACL',
    {
      name: 'Name',
      max: 128,
      ref: '{name}|{uuid}|REGIONAL',
      attributes: { Arn: arn('wafv2', 'regional/webacl/{name}/{uuid}'), Id: '{uuid}' },
    },
  ],
])

/** For a type without a line of its own: `Ref` is the made-up name, and `Arn` an ARN of the usual shape. */
export function usualKind(type: string): PhysicalKind {
  const [, service = 'custom', resource = 'resource'] = type.split('::')
  return { ref: '{name}', attributes: { Arn: arn(service.toLowerCase(), `${resource.toLowerCase()}/{name}`) } }
}
