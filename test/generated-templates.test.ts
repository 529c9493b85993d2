// Templates as generators write them: what `cdk synth` and the Serverless Framework emit has its habits, and runs as it is.
import { describe, expect, it } from 'vitest'
import { Problems } from '../sim/diag/problem.ts'
import { renderProblems } from '../sim/diag/render.ts'
import { loadScenario, type Scenario } from '../sim/lang/scenario.ts'
import { reportOf, type Report } from '../sim/run/report.ts'
import { runScenario } from '../sim/run/run.ts'

const MINUTE = 60_000_000

function load(template: object): { scenario: Scenario; warnings: readonly string[] } {
  const problems = new Problems()
  const scenario = loadScenario(
    { name: 'template.json', text: JSON.stringify(template, null, 1) },
    { duration: MINUTE },
    problems,
  )
  if (scenario === undefined || problems.hasErrors) throw new Error(renderProblems(problems.list))
  // Advice about the system (its slug has a slash) is none about the template.
  const warnings = problems.list.filter(({ severity, slug }) => severity === 'warning' && !slug.includes('/'))
  return { scenario, warnings: warnings.map((each) => each.message) }
}

/** How many requests each component received in a bare minute. */
function received(scenario: Scenario): (name: string) => number {
  const report: Report = reportOf(runScenario(scenario, { verify: true }), '')
  return (name) => report.resources.find((resource) => resource.name === name)?.received ?? -1
}

const workloadsOf = (scenario: Scenario): string[] => scenario.draft!.workloads.map(({ name }) => name)

const ref = (name: string): object => ({ Ref: name })
const att = (id: string, name: string): object => ({ 'Fn::GetAtt': [id, name] })
const join = (...parts: readonly unknown[]): object => ({ 'Fn::Join': ['', parts] })
const partition = ref('AWS::Partition')
/** The ARN of an API's calls, as both generators join it. */
const callsOf = (...api: readonly unknown[]): object =>
  join('arn:', partition, ':execute-api:', ref('AWS::Region'), ':', ref('AWS::AccountId'), ':', ...api)
const path = (rest: string): object => ({ 'aws:cdk:path': `ShopStack/${rest}` })

const lambdaRole = (id: string, statements: readonly object[] = []): Record<string, object> => ({
  [`${id}ServiceRole9F1A2B3C`]: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
        Version: '2012-10-17',
      },
      ManagedPolicyArns: [join('arn:', partition, ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')],
    },
    Metadata: path(`${id}/ServiceRole/Resource`),
  },
  [`${id}ServiceRoleDefaultPolicy0D4E5F6A`]: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyDocument: { Statement: statements, Version: '2012-10-17' },
      PolicyName: `${id}ServiceRoleDefaultPolicy0D4E5F6A`,
      Roles: [ref(`${id}ServiceRole9F1A2B3C`)],
    },
  },
})

const cdkFunction = (id: string, properties: object): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: {
      S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
      S3Key: 'f461b31a3e4a.zip',
    },
    Handler: 'index.handler',
    Role: att(`${id}ServiceRole9F1A2B3C`, 'Arn'),
    Runtime: 'nodejs22.x',
    ...properties,
  },
  DependsOn: [`${id}ServiceRoleDefaultPolicy0D4E5F6A`, `${id}ServiceRole9F1A2B3C`],
  Metadata: {
    ...path(`${id}/Resource`),
    'aws:asset:path': 'asset.f461b31a3e4a',
    'aws:asset:is-bundled': true,
    'aws:asset:property': 'Code',
  },
})

/** The tail of every synthesized stack. */
const cdkTail = {
  Conditions: {
    CDKMetadataAvailable: {
      'Fn::Or': [
        {
          'Fn::Or': ['af-south-1', 'ap-east-1', 'us-east-1'].map((region) => ({
            'Fn::Equals': [ref('AWS::Region'), region],
          })),
        },
        { 'Fn::Or': ['us-west-1', 'us-west-2'].map((region) => ({ 'Fn::Equals': [ref('AWS::Region'), region] })) },
      ],
    },
  },
  Parameters: {
    BootstrapVersion: {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/cdk-bootstrap/hnb659fds/version',
      Description:
        'Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]',
    },
  },
  Rules: {
    CheckBootstrapVersion: {
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2', '3', '4', '5'], ref('BootstrapVersion')] }] },
          AssertDescription:
            "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI.",
        },
      ],
    },
  },
}

const cdk = {
  Resources: {
    Jobs3A4B5C6D: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 180 },
      UpdateReplacePolicy: 'Delete',
      DeletionPolicy: 'Delete',
      Metadata: path('Jobs/Resource'),
    },
    TableCD117FA1: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'Retain',
    },
    ...lambdaRole('Accept', [
      {
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        Effect: 'Allow',
        Resource: att('Jobs3A4B5C6D', 'Arn'),
      },
    ]),
    AcceptD0BBC8B6: cdkFunction('Accept', { Environment: { Variables: { QUEUE_URL: ref('Jobs3A4B5C6D') } } }),
    ...lambdaRole('Work', [
      {
        Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Effect: 'Allow',
        Resource: [att('TableCD117FA1', 'Arn'), ref('AWS::NoValue')],
      },
    ]),
    Work5D1E8B7A: cdkFunction('Work', { Timeout: 30, MemorySize: 512 }),
    WorkSqsEventSourceShopStackJobs8C7D1A: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: att('Jobs3A4B5C6D', 'Arn'), FunctionName: ref('Work5D1E8B7A') },
    },
    WorkCurrentVersion2C9E1B0Fa1b2c3d4e5f60718293a4b5c6d7e8f90: {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: ref('Work5D1E8B7A') },
      Metadata: path('Work/CurrentVersion/Resource'),
    },
    Api49610EDF: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { EndpointConfiguration: { Types: ['REGIONAL'] }, Name: 'Api' },
    },
    ApiDeployment0B5C1DA4c5d1b0f2: {
      Type: 'AWS::ApiGateway::Deployment',
      Properties: { Description: 'Automatically created by the RestApi construct', RestApiId: ref('Api49610EDF') },
      DependsOn: ['Apiorders8B0F5A53', 'ApiordersPOST24A3D7C1'],
    },
    ApiDeploymentStageprod3EB9684E: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        DeploymentId: ref('ApiDeployment0B5C1DA4c5d1b0f2'),
        RestApiId: ref('Api49610EDF'),
        StageName: 'prod',
      },
      DependsOn: ['ApiAccountA4B3C2D1'],
    },
    ApiCloudWatchRole73EC6FC4: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Statement: [], Version: '2012-10-17' } },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'Retain',
    },
    ApiAccountA4B3C2D1: {
      Type: 'AWS::ApiGateway::Account',
      Properties: { CloudWatchRoleArn: att('ApiCloudWatchRole73EC6FC4', 'Arn') },
    },
    Apiorders8B0F5A53: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ParentId: att('Api49610EDF', 'RootResourceId'), PathPart: 'orders', RestApiId: ref('Api49610EDF') },
    },
    ApiordersPOST24A3D7C1: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        AuthorizationType: 'NONE',
        HttpMethod: 'POST',
        Integration: {
          IntegrationHttpMethod: 'POST',
          Type: 'AWS_PROXY',
          Uri: join(
            'arn:',
            partition,
            ':apigateway:',
            ref('AWS::Region'),
            ':lambda:path/2015-03-31/functions/',
            att('AcceptD0BBC8B6', 'Arn'),
            '/invocations',
          ),
        },
        ResourceId: ref('Apiorders8B0F5A53'),
        RestApiId: ref('Api49610EDF'),
      },
    },
    ApiordersPOSTApiPermission6F0B8A4E: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: att('AcceptD0BBC8B6', 'Arn'),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: callsOf(ref('Api49610EDF'), '/', ref('ApiDeploymentStageprod3EB9684E'), '/POST/orders'),
      },
    },
    SeedAwsCustomResource: {
      Type: 'Custom::AWS',
      Properties: {
        ServiceToken: att('Work5D1E8B7A', 'Arn'),
        Create: join('{"service":"DynamoDB","parameters":{"TableName":"', ref('TableCD117FA1'), '"}}'),
        InstallLatestAwsSdk: true,
      },
      UpdateReplacePolicy: 'Delete',
      DeletionPolicy: 'Delete',
    },
    Lookup: {
      Type: 'AWS::CloudFormation::CustomResource',
      Properties: { ServiceToken: att('Work5D1E8B7A', 'Arn'), Domain: att('SeedAwsCustomResource', 'Item.domain.S') },
    },
    CDKMetadata: {
      Type: 'AWS::CDK::Metadata',
      Properties: { Analytics: 'v2:deflate64:H4sIAAAAAAAA/zPSszTUM1BMLC/WTU7J0c3JTNKrDi5JTM7WAQrFFxvrVYUWpyYX6' },
      Metadata: path('CDKMetadata/Default'),
      Condition: 'CDKMetadataAvailable',
    },
  },
  Outputs: {
    ApiEndpoint4F160690: {
      Value: join(
        'https://',
        ref('Api49610EDF'),
        '.execute-api.',
        ref('AWS::Region'),
        '.',
        ref('AWS::URLSuffix'),
        '/',
        ref('ApiDeploymentStageprod3EB9684E'),
        '/',
      ),
    },
    ExportsOutputRefJobs3A4B5C6D: {
      Value: ref('Jobs3A4B5C6D'),
      Export: { Name: 'ShopStack:ExportsOutputRefJobs3A4B5C6D' },
    },
    Looked: { Value: att('Lookup', 'Answer') },
  },
  ...cdkTail,
}

describe('a template that cdk synth wrote', () => {
  it('loads without a word about its own furniture, and its traffic reaches every function', () => {
    const { scenario, warnings } = load(cdk)
    expect(warnings).toEqual([])
    expect(scenario.notSimulated.map((each) => each.message).join('\n')).not.toMatch(
      /BootstrapVersion|CheckBootstrapVersion/,
    )
    const of = received(scenario)
    expect(workloadsOf(scenario)).toEqual(['PostOrders'])
    expect(of('AcceptD0BBC8B6')).toBeGreaterThan(100)
    expect(of('AcceptD0BBC8B6')).toBe(of('Api49610EDF'))
    // Through the queue, in which the last ones may still be.
    expect(of('Work5D1E8B7A')).toBeGreaterThan(0.9 * of('AcceptD0BBC8B6'))
    expect(of('TableCD117FA1')).toBe(of('Work5D1E8B7A'))
  })

  it('is refused when its own rule is broken by a value that is given', () => {
    const problems = new Problems()
    const old = { ...cdk, Metadata: { Simulation: { SsmParameters: { '/cdk-bootstrap/hnb659fds/version': '4' } } } }
    loadScenario({ name: 'template.json', text: JSON.stringify(old) }, {}, problems)
    expect(problems.list.filter((each) => each.severity === 'error')).toMatchObject([
      { slug: 'rule-broken', message: expect.stringContaining('CDK bootstrap stack version 6 required') },
    ])
  })
})

const sls = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'The AWS CloudFormation template for this Serverless application',
  Resources: {
    ServerlessDeploymentBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    },
    ServerlessDeploymentBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref('ServerlessDeploymentBucket'),
        PolicyDocument: {
          Statement: [
            {
              Action: 's3:*',
              Effect: 'Deny',
              Principal: '*',
              Resource: [join('arn:', partition, ':s3:::', ref('ServerlessDeploymentBucket'), '/*')],
              Condition: { Bool: { 'aws:SecureTransport': false } },
            },
          ],
        },
      },
    },
    HelloLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/shop-dev-hello' } },
    IamRoleLambdaExecution: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
          ],
        },
        Policies: [
          {
            PolicyName: join('shop-dev-lambda'),
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['logs:CreateLogStream'],
                  Resource: [
                    {
                      'Fn::Sub':
                        'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-dev*:*',
                    },
                  ],
                },
                { Effect: 'Allow', Action: ['dynamodb:PutItem'], Resource: { 'Fn::GetAtt': ['OrdersTable', 'Arn'] } },
              ],
            },
          },
        ],
        Path: '/',
        RoleName: join('shop-dev-', ref('AWS::Region'), '-lambdaRole'),
      },
    },
    HelloLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: {
          S3Bucket: ref('ServerlessDeploymentBucket'),
          S3Key: 'serverless/shop/dev/1700000000000-2023-11-14T22:13:20.000Z/shop.zip',
        },
        Handler: 'handler.hello',
        Runtime: 'nodejs20.x',
        FunctionName: 'shop-dev-hello',
        MemorySize: 1024,
        Timeout: 6,
        Environment: { Variables: { TABLE: ref('OrdersTable') } },
        Role: att('IamRoleLambdaExecution', 'Arn'),
      },
      DependsOn: ['HelloLogGroup'],
    },
    HelloLambdaVersionOzjXbeEIKNbCMwsqUnwvyLlPlCtR1Rh2sUQ: {
      Type: 'AWS::Lambda::Version',
      DeletionPolicy: 'Retain',
      Properties: { FunctionName: ref('HelloLambdaFunction'), CodeSha256: 'ozjXbeEIKNbCMwsqUnwvyLlPlCtR1Rh2sUQ=' },
    },
    OrdersTable: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'orders-dev',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'dev-shop', ProtocolType: 'HTTP' } },
    HttpApiStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: ref('HttpApi'),
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { DetailedMetricsEnabled: false },
      },
    },
    HelloLambdaPermissionHttpApi: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: att('HelloLambdaFunction', 'Arn'),
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: callsOf(ref('HttpApi'), '/*'),
      },
    },
    HttpApiIntegrationHello: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('HttpApi'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: att('HelloLambdaFunction', 'Arn'),
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: 30000,
      },
    },
    HttpApiRoutePostHello: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('HttpApi'),
        RouteKey: 'POST /hello',
        Target: { 'Fn::Join': ['/', ['integrations', ref('HttpApiIntegrationHello')]] },
      },
      DependsOn: 'HttpApiIntegrationHello',
    },
    HelloLambdaPermissionEventsRuleSchedule1: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: att('HelloLambdaFunction', 'Arn'),
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: att('HelloEventsRuleSchedule1', 'Arn'),
      },
    },
    HelloEventsRuleSchedule1: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED',
        Targets: [{ Arn: att('HelloLambdaFunction', 'Arn'), Id: 'helloSchedule' }],
      },
    },
  },
  Outputs: {
    ServerlessDeploymentBucketName: {
      Value: ref('ServerlessDeploymentBucket'),
      Export: { Name: 'sls-shop-dev-ServerlessDeploymentBucketName' },
    },
    HelloLambdaFunctionQualifiedArn: {
      Description: 'Current Lambda function version',
      Value: ref('HelloLambdaVersionOzjXbeEIKNbCMwsqUnwvyLlPlCtR1Rh2sUQ'),
      Export: { Name: 'sls-shop-dev-HelloLambdaFunctionQualifiedArn' },
    },
    HttpApiUrl: {
      Description: 'URL of the HTTP API',
      Value: join('https://', ref('HttpApi'), '.execute-api.', ref('AWS::Region'), '.', ref('AWS::URLSuffix')),
    },
  },
}

describe('a template that the Serverless Framework wrote', () => {
  it('loads without a warning, and its traffic reaches its function', () => {
    const { scenario, warnings } = load(sls)
    expect(warnings).toEqual([])
    const of = received(scenario)
    expect(workloadsOf(scenario)).toEqual(['PostHello'])
    expect(of('HttpApi')).toBeGreaterThan(100)
    // The schedule comes once, after a minute: with the end of the run.
    expect(of('HelloLambdaFunction')).toBe(of('HttpApi') + 1)
    expect(of('OrdersTable')).toBe(of('HttpApi'))
  })
})
