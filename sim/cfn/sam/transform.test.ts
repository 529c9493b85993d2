// The SAM transform on small templates: which resources come out, and what hangs them together.
import { expect, test } from 'vitest'
import { Problems } from '../../diag/problem.ts'
import { loadTemplate } from '../template.ts'
import { fn, transform } from '../../../test/sam.ts'

test('a function becomes a function and a role with the basic policy; with tracing also the X-Ray one [SAM-R10, SAM-R11, SAM-V1]', () => {
  const made = transform(fn('MinimalFunction') + fn('Traced', ', Tracing: Active'))
  expect(made.ids).toEqual(['MinimalFunction', 'MinimalFunctionRole', 'Traced', 'TracedRole'])
  expect(made.value('MinimalFunction', 'Properties', 'Code')).toEqual({
    S3Bucket: 'sam-demo-bucket',
    S3Key: 'hello.zip',
  })
  expect(made.value('MinimalFunctionRole', 'Properties', 'ManagedPolicyArns')).toEqual([
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  ])
  expect(made.value('TracedRole', 'Properties', 'ManagedPolicyArns')).toContain(
    'arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess',
  )
  expect(made.value('Traced', 'Properties', 'TracingConfig')).toEqual({ Mode: 'Active' })
})

test('an SQS event is a mapping, and the role may poll [SAM-R65, SAM-V2]', () => {
  const made = transform(
    fn(
      'SQSFunction',
      ', Events: { MySqsQueue: { Type: SQS, Properties: { Queue: arn, BatchSize: 10, Enabled: false } } }',
    ),
  )
  expect(made.ids).toEqual(['SQSFunction', 'SQSFunctionMySqsQueue', 'SQSFunctionRole'])
  expect(made.value('SQSFunctionMySqsQueue', 'Properties')).toEqual({
    ...{ BatchSize: 10, Enabled: false, EventSourceArn: 'arn', FunctionName: { Ref: 'SQSFunction' } },
  })
  expect(made.value('SQSFunctionRole', 'Properties', 'ManagedPolicyArns')).toEqual([
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole',
  ])
})

test('an SNS event is a subscription and a permission [SAM-V3]', () => {
  const made = transform(
    fn('Save', ', Events: { Topic: { Type: SNS, Properties: { Topic: !Ref T } } }') +
      '  T: { Type: AWS::SNS::Topic }\n',
  )
  expect(made.ids).toEqual(['Save', 'SaveTopic', 'SaveTopicPermission', 'SaveRole', 'T'])
  expect(made.value('SaveTopicPermission', 'Properties', 'Principal')).toBe('sns.amazonaws.com')
})

test('an alias stands on a version whose id hashes the code; events point at the alias [SAM-R4, SAM-R13, SAM-R14, SAM-V5]', () => {
  const made = transform(
    fn('MinimalFunction', ', AutoPublishAlias: live, Events: { Q: { Type: SQS, Properties: { Queue: q } } }'),
  )
  expect(made.ids).toContain('MinimalFunctionVersion640128d35d')
  expect(made.value('MinimalFunctionVersion640128d35d', 'DeletionPolicy')).toBe('Retain')
  expect(made.value('MinimalFunctionAliaslive', 'Properties', 'FunctionVersion')).toEqual({
    'Fn::GetAtt': ['MinimalFunctionVersion640128d35d', 'Version'],
  })
  expect(made.value('MinimalFunctionQ', 'Properties', 'FunctionName')).toEqual({ Ref: 'MinimalFunctionAliaslive' })
})

test('references to a version, an alias or a layer find their made names [SAM-R20, SAM-R33]', () => {
  const layer = '  L: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: ./layer } }\n'
  const user =
    '  U: { Type: AWS::X::Y, Properties: { A: !GetAtt F.Version.Version, B: !Sub "${F.Alias}", C: !Ref L } }\n'
  const made = transform(fn('F', ', AutoPublishAlias: live') + layer + user)
  const layerId = made.ids.find((id) => /^L[0-9a-f]{10}$/.test(id))
  expect(made.value('U', 'Properties')).toEqual({
    ...{
      A: { 'Fn::GetAtt': ['FVersion640128d35d', 'Version'] },
      B: { 'Fn::Sub': '${FAliaslive}' },
      C: { Ref: layerId },
    },
  })
  expect(made.value(layerId ?? '', 'DeletionPolicy')).toBe('Retain')
})

test('Api events without an API open an implicit one, with a route, a permission, a deployment and a stage [SAM-R63, SAM-R64, SAM-V6]', () => {
  const event =
    ', Events: { GetList: { Type: Api, Properties: { Path: "/list/{id}", Method: GET } }, All: { Type: Api, Properties: { Path: /all, Method: any } } }'
  const made = transform(fn('RestApiFunction', event))
  expect(made.ids.filter((id) => !id.startsWith('ServerlessRestApiDeployment'))).toEqual([
    ...[
      'RestApiFunction',
      'RestApiFunctionGetListPermissionProd',
      'RestApiFunctionAllPermissionProd',
      'RestApiFunctionRole',
    ],
    ...['ServerlessRestApi', 'ServerlessRestApiProdStage'],
  ])
  expect(made.ids.some((id) => /^ServerlessRestApiDeployment[0-9a-f]{10}$/.test(id))).toBe(true)
  const paths = made.value('ServerlessRestApi', 'Properties', 'Body', 'paths')
  expect(Object.keys(paths['/list/{id}'])).toEqual(['get'])
  expect(Object.keys(paths['/all'])).toEqual(['x-amazon-apigateway-any-method'])
  expect(paths['/list/{id}'].get['x-amazon-apigateway-integration'].uri).toEqual({
    'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${RestApiFunction.Arn}/invocations',
  })
  const source = made.value('RestApiFunctionGetListPermissionProd', 'Properties', 'SourceArn')['Fn::Sub'][0]
  expect(source).toMatch(/\/GET\/list\/\*$/)
})

test('two events on one path and method are an error [SAM-R63]', () => {
  const event =
    ', Events: { A: { Type: Api, Properties: { Path: /a, Method: GET } }, B: { Type: Api, Properties: { Path: /a, Method: get } } }'
  expect(transform(fn('F', event)).messages[0]).toContain('defined several times')
})

test('an HTTP API without events has only its stage; one without a path takes every call [SAM-R31]', () => {
  const made = transform(fn('F', ', Events: { E: { Type: HttpApi } }'))
  expect(made.ids).toContain('ServerlessHttpApiApiGatewayDefaultStage')
  expect(Object.keys(made.value('ServerlessHttpApi', 'Properties', 'Body', 'paths'))).toEqual(['$default'])
  expect(made.value('ServerlessHttpApiApiGatewayDefaultStage', 'Properties')).toMatchObject({
    StageName: '$default',
    AutoDeploy: true,
  })
})

test('globals merge below the resource: maps join, lists are prepended, values give way [SAM-R2, SAM-R3, SAM-V8, SAM-V16]', () => {
  const globals =
    'Globals: { Function: { Timeout: 9, Layers: [g1], Environment: { Variables: { STAGE: Production, TABLE_NAME: global-table } } } }'
  const own = ', Layers: [f1], Environment: { Variables: { TABLE_NAME: resource-table, NEW_VAR: hello } }'
  const made = transform(fn('F', own) + fn('G', ', Timeout: 3'), globals)
  expect(made.value('F', 'Properties', 'Environment', 'Variables')).toEqual({
    STAGE: 'Production',
    TABLE_NAME: 'resource-table',
    NEW_VAR: 'hello',
  })
  expect(made.value('F', 'Properties', 'Layers')).toEqual(['g1', 'f1'])
  expect([made.value('F', 'Properties', 'Timeout'), made.value('G', 'Properties', 'Timeout')]).toEqual([9, 3])
  expect(transform(fn('F'), 'Globals: { Function: { Role: x } }').slugs).toEqual(['sam-globals'])
})

test('a simple table has one key, billed per request [SAM-R32, SAM-V10]', () => {
  const made = transform('  MinimalTable: { Type: AWS::Serverless::SimpleTable }\n')
  expect(made.value('MinimalTable')).toEqual({
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  })
})

test('a schedule is a rule with the function as its target, and a permission [SAM-V11]', () => {
  const made = transform(
    fn(
      'ScheduledFunction',
      ', Events: { Schedule: { Type: Schedule, Properties: { Schedule: rate(1 minute), Enabled: false } } }',
    ),
  )
  expect(made.value('ScheduledFunctionSchedule', 'Properties')).toEqual({
    ...{ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' },
    Targets: [{ Arn: { 'Fn::GetAtt': ['ScheduledFunction', 'Arn'] }, Id: 'ScheduledFunctionScheduleLambdaTarget' }],
  })
  expect(made.value('ScheduledFunctionSchedulePermission', 'Properties', 'Principal')).toBe('events.amazonaws.com')
})

test('an S3 event reaches into the bucket, which waits for the permission', () => {
  const event = ', Events: { E: { Type: S3, Properties: { Bucket: !Ref B, Events: "s3:ObjectCreated:*" } } }'
  const made = transform(`${fn('F', event)}  B: { Type: AWS::S3::Bucket }\n`)
  expect(made.value('B', 'DependsOn')).toEqual(['FEPermission'])
  expect(made.value('B', 'Properties', 'NotificationConfiguration', 'LambdaConfigurations')).toEqual([
    { Event: 's3:ObjectCreated:*', Function: { 'Fn::GetAtt': ['F', 'Arn'] } },
  ])
  expect(transform(fn('F', event)).slugs).toEqual(['sam-specification'])
})

test('a bucket waits for a permission under a condition by a tag, for DependsOn knows no conditions [SAM-R60]', () => {
  const event = ', Events: { E: { Type: S3, Properties: { Bucket: !Ref B, Events: "s3:ObjectCreated:*" } } }'
  const conditional = fn('F', event).replace('{ Type', '{ Condition: C, Type')
  const made = transform(`${conditional}  B: { Type: AWS::S3::Bucket }\n`, 'Conditions: { C: !Equals [a, b] }')
  expect(made.value('B', 'DependsOn')).toBe(undefined)
  expect(made.value('B', 'Properties', 'Tags')).toEqual([
    {
      Key: 'sam:ConditionalDependsOn:FEPermission',
      Value: { 'Fn::If': ['C', { Ref: 'FEPermission' }, 'no dependency'] },
    },
  ])
})

test('a connector from a function is a policy on its role; from an API it is a permission [SAM-R50, SAM-R51]', () => {
  const table = '  T: { Type: AWS::Serverless::SimpleTable }\n'
  const connector =
    '  C: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: F }, Destination: { Id: T }, Permissions: [Read] } }\n'
  const made = transform(fn('F') + table + connector)
  expect(made.value('CPolicy', 'Properties', 'Roles')).toEqual([{ Ref: 'FRole' }])
  expect(made.value('CPolicy', 'Properties', 'PolicyDocument', 'Statement')).toEqual([
    {
      Effect: 'Allow',
      Action: ['GetItem', 'Query', 'Scan', 'BatchGetItem', 'ConditionCheckItem', 'PartiQLSelect'].map(
        (name) => `dynamodb:${name}`,
      ),
      Resource: [
        { 'Fn::GetAtt': ['T', 'Arn'] },
        { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: { 'Fn::GetAtt': ['T', 'Arn'] } }] },
      ],
    },
  ])
  const api =
    '  A: { Type: AWS::Serverless::HttpApi, Connectors: { K: { Properties: { Destination: { Id: F }, Permissions: [Write] } } } }\n'
  expect(transform(fn('F') + api).ids).toContain('AKWriteLambdaPermission')
})

test('a policy template becomes a statement on its resource; an unknown one or a missing parameter is an error [SAM-R12, SAM-R40, SAM-R41]', () => {
  const made = transform(fn('F', ', Policies: [{ SQSPollerPolicy: { QueueName: !GetAtt Q.QueueName } }]'))
  expect(made.value('FRole', 'Properties', 'Policies')).toEqual([
    {
      PolicyName: 'FRolePolicy0',
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'ChangeMessageVisibility',
              'ChangeMessageVisibilityBatch',
              'DeleteMessage',
              'DeleteMessageBatch',
              'GetQueueAttributes',
              'ReceiveMessage',
            ].map((name) => `sqs:${name}`),
            Resource: {
              'Fn::Sub': [
                'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${queueName}',
                { queueName: { 'Fn::GetAtt': ['Q', 'QueueName'] } },
              ],
            },
          },
        ],
      },
    },
  ])
  expect(transform(fn('F', ', Policies: [{ SQSPolerPolicy: { QueueName: q } }]')).slugs).toEqual(['sam-specification'])
  expect(transform(fn('F', ', Policies: [{ SQSPollerPolicy: {} }]')).messages[0]).toContain('needs `QueueName`')
})

test('a gradual deployment makes an application, a group and a role, and updates the alias by them [SAM-R16]', () => {
  const made = transform(
    fn('F', ', AutoPublishAlias: live, DeploymentPreference: { Type: Canary10Percent5Minutes, Alarms: [!Ref A] }'),
  )
  expect(made.ids).toEqual(
    expect.arrayContaining(['ServerlessDeploymentApplication', 'CodeDeployServiceRole', 'FDeploymentGroup']),
  )
  expect(made.value('FAliaslive', 'UpdatePolicy', 'CodeDeployLambdaAliasUpdate', 'DeploymentGroupName')).toEqual({
    Ref: 'FDeploymentGroup',
  })
  expect(made.value('FDeploymentGroup', 'Properties', 'DeploymentConfigName')).toEqual({
    'Fn::Sub': ['CodeDeployDefault.Lambda${ConfigName}', { ConfigName: 'Canary10Percent5Minutes' }],
  })
})

test('a missing destination of asynchronous invocations is made [SAM-R18]', () => {
  const made = transform(fn('F', ', EventInvokeConfig: { DestinationConfig: { OnSuccess: { Type: SQS } } }'))
  expect(made.ids).toContain('FEventInvokeConfigOnSuccessQueue')
  expect(made.value('FEventInvokeConfig', 'Properties', 'DestinationConfig', 'OnSuccess', 'Destination')).toEqual({
    'Fn::GetAtt': ['FEventInvokeConfigOnSuccessQueue', 'Arn'],
  })
})

test('an open function URL has permissions for everybody [SAM-R19]', () => {
  const made = transform(fn('F', ', FunctionUrlConfig: { AuthType: NONE }'))
  expect(made.ids).toEqual(['F', 'FUrl', 'FUrlPublicPermissions', 'FURLInvokeAllowPublicAccess', 'FRole'])
})

test('a condition passes to everything that is made, and to an implicit API when all its events have one [SAM-R60]', () => {
  const event = ', Events: { E: { Type: Api, Properties: { Path: /a, Method: get } } }'
  const conditional = (name: string, condition: string): string =>
    fn(name, event).replace('{ Type', `{ Condition: ${condition}, Type`).replace('/a', `/${name}`)
  const made = transform(
    conditional('F', 'C1') + conditional('G', 'C2'),
    'Conditions: { C1: !Equals [a, a], C2: !Equals [a, b] }',
  )
  expect(made.value('FRole', 'Condition')).toBe('C1')
  expect(made.value('ServerlessRestApi', 'Condition')).toBe('ServerlessRestApiCondition')
  expect(made.conditions.ServerlessRestApiCondition).toEqual({ 'Fn::Or': [{ Condition: 'C1' }, { Condition: 'C2' }] })
})

test('a state machine has a role, and its definition is a text whose functions are substituted [SAM-R34]', () => {
  const made = transform(
    '  S: { Type: AWS::Serverless::StateMachine, Properties: { Definition: { StartAt: A, States: { A: { Type: Task, Resource: !GetAtt F.Arn, End: true } } }, Events: { E: { Type: Schedule, Properties: { Schedule: rate(1 hour) } } } } }\n',
  )
  expect(made.ids).toEqual(['S', 'SRole', 'SE', 'SERole'])
  const lines = made.value('S', 'Properties', 'DefinitionString')['Fn::Join'][1] as string[]
  expect(JSON.parse(lines.join('\n'))).toEqual({
    StartAt: 'A',
    States: { A: { Type: 'Task', Resource: '${definition_substitution_1}', End: true } },
  })
  expect(made.value('S', 'Properties', 'DefinitionSubstitutions')).toEqual({
    definition_substitution_1: { 'Fn::GetAtt': ['F', 'Arn'] },
  })
})

test('what is not understood is said at its place, with the nearest name [SAM-R5]', () => {
  const wrong = transform(fn('F', ', Timout: 3, Events: { E: { Type: SQQS } }'))
  expect(wrong.slugs).toEqual(['sam-unknown-property', 'sam-specification'])
})

test('what is made stands at the place of the SAM resource it was made from, and says so', () => {
  const text = `Transform: AWS::Serverless-2016-10-31\nResources:\n${fn('F')}`
  const template = loadTemplate({ name: 'test.yaml', text }, { parameters: new Map() }, new Problems())
  const role = template?.resources.get('FRole')
  expect(role?.origin).toBe('F')
  expect(text.slice(role?.keySpan.start, role?.keySpan.end)).toBe('F')
})

test('serverless resources need the transform', () => {
  const problems = new Problems()
  loadTemplate({ name: 'test.yaml', text: `Resources:\n${fn('F')}` }, { parameters: new Map() }, problems)
  expect(problems.list.map((problem) => problem.slug)).toEqual(['transform-missing'])
})
