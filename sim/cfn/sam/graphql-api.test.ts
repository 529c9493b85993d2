// GraphQL APIs: one resource of SAM and the many of AppSync that it stands for.
import { expect, test } from 'vitest'
import { fn, transform } from '../../../test/sam.ts'

const graph = (properties: string, around = ''): string =>
  `  A:\n    Type: AWS::Serverless::GraphQLApi\n${around}    Properties: { ${properties} }\n`
const least = 'SchemaInline: "type Query { a: String }", Auth: { Type: API_KEY }'
const runtime = 'Runtime: { Name: APPSYNC_JS, Version: 1.0.0 }'
const apiId = { 'Fn::GetAtt': ['A', 'ApiId'] }
const appsyncRole = {
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: ['appsync.amazonaws.com'] } }],
  },
}

test('the least API is an AppSync API with its schema, and logs all fields by a role of its own [SAM-R35]', () => {
  const made = transform(graph(least))
  expect(made.messages).toEqual([])
  expect(made.ids).toEqual(['A', 'ASchema', 'ACloudWatchRole'])
  expect(made.value('A')).toEqual({
    Type: 'AWS::AppSync::GraphQLApi',
    Properties: {
      ...{ Name: 'A', AuthenticationType: 'API_KEY', Tags: [{ Key: 'graphqlapi:createdBy', Value: 'SAM' }] },
      LogConfig: { FieldLogLevel: 'ALL', CloudWatchLogsRoleArn: { 'Fn::GetAtt': ['ACloudWatchRole', 'Arn'] } },
    },
  })
  expect(made.value('ASchema')).toEqual({
    Type: 'AWS::AppSync::GraphQLSchema',
    Properties: { ApiId: apiId, Definition: 'type Query { a: String }' },
  })
  expect(made.value('ACloudWatchRole', 'Properties')).toEqual({
    ...appsyncRole,
    ManagedPolicyArns: [
      { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs' },
    ],
  })
})

test('logging can be narrowed, given a role, or turned off', () => {
  const narrowed = transform(graph(`${least}, Logging: { FieldLogLevel: ERROR, CloudWatchLogsRoleArn: mine }`))
  expect(narrowed.ids).toEqual(['A', 'ASchema'])
  expect(narrowed.value('A', 'Properties', 'LogConfig')).toEqual({
    FieldLogLevel: 'ERROR',
    CloudWatchLogsRoleArn: 'mine',
  })
  const off = transform(graph(`${least}, Logging: false`))
  expect(off.ids).toEqual(['A', 'ASchema'])
  expect(off.value('A', 'Properties', 'LogConfig')).toBe(undefined)
  expect(transform(graph(`${least}, Logging: true`)).ids).toContain('ACloudWatchRole')
})

test('a schema in a bucket keeps its place; a local one stands where packaging would have put it', () => {
  const at = (uri: string): unknown =>
    transform(graph(`SchemaUri: ${uri}, Auth: { Type: API_KEY }`)).value(
      'ASchema',
      'Properties',
      'DefinitionS3Location',
    )
  expect(at('s3://mine/schema.graphql')).toBe('s3://mine/schema.graphql')
  expect(at('./schema.graphql')).toBe('s3://bucket/value')
})

test('keys, a cache and a domain are resources named after the API; attributes of the API pass to all of them', () => {
  const made = transform(
    graph(
      `${least}, Logging: false, ApiKeys: { K: { ExpiresOn: 17, Description: d } }, DomainName: { CertificateArn: c, DomainName: d.example }, Cache: { ApiCachingBehavior: FULL_REQUEST_CACHING, Ttl: 60, Type: SMALL }`,
      '    DependsOn: Q\n    Condition: C\n    DeletionPolicy: Retain\n',
    ) + '  Q: { Type: AWS::SQS::Queue }\n',
    'Conditions: { C: !Equals [a, a] }',
  )
  expect(made.ids).toEqual(['A', 'ASchema', 'AK', 'AApiCache', 'ADomainName', 'ADomainNameApiAssociation', 'Q'])
  expect(made.value('AK', 'Properties')).toEqual({ ApiId: apiId, Expires: 17, Description: 'd' })
  expect(made.value('AApiCache', 'Properties', 'Ttl')).toBe(60)
  expect(made.value('ADomainNameApiAssociation', 'Properties')).toEqual({
    ApiId: apiId,
    DomainName: { Ref: 'ADomainName' },
  })
  for (const id of made.ids.slice(0, 6)) {
    expect(made.value(id)).toMatchObject({ DependsOn: 'Q', Condition: 'C', DeletionPolicy: 'Retain' })
  }
})

test('each way of authentication has its configuration, and a function that authorizes may be invoked', () => {
  const made = transform(
    fn('F') +
      graph(
        `SchemaInline: s, Auth: { Type: AWS_LAMBDA, LambdaAuthorizer: { AuthorizerUri: !GetAtt F.Arn }, Additional: [
         { Type: AMAZON_COGNITO_USER_POOLS, UserPool: { UserPoolId: p, DefaultAction: ALLOW } }, { Type: OPENID_CONNECT, OpenIDConnect: { Issuer: i } }, { Type: AWS_IAM }] }`,
      ),
  )
  expect(made.value('A', 'Properties')).toMatchObject({
    ...{ AuthenticationType: 'AWS_LAMBDA', LambdaAuthorizerConfig: { AuthorizerUri: { 'Fn::GetAtt': ['F', 'Arn'] } } },
  })
  // What happens by default is said by the main user pool alone.
  expect(made.value('A', 'Properties', 'AdditionalAuthenticationProviders')).toEqual([
    { AuthenticationType: 'AMAZON_COGNITO_USER_POOLS', UserPoolConfig: { UserPoolId: 'p' } },
    { AuthenticationType: 'OPENID_CONNECT', OpenIDConnectConfig: { Issuer: 'i' } },
    { AuthenticationType: 'AWS_IAM' },
  ])
  expect(made.value('AToLambdaAuthConnector1WriteLambdaPermission', 'Properties')).toEqual({
    ...{ Action: 'lambda:InvokeFunction', FunctionName: { 'Fn::GetAtt': ['F', 'Arn'] } },
    Principal: 'appsync.amazonaws.com',
    SourceArn: {
      'Fn::Sub': [
        'arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${SourceResourceId}',
        { SourceResourceId: apiId },
      ],
    },
  })
  const main = transform(
    graph(
      'SchemaInline: s, Auth: { Type: AMAZON_COGNITO_USER_POOLS, UserPool: { UserPoolId: p, DefaultAction: DENY } }',
    ),
  )
  expect(main.value('A', 'Properties', 'UserPoolConfig', 'DefaultAction')).toBe('DENY')
})

test('a table or function as a data source gets a role that may do what it needs, unless it brings one', () => {
  const made = transform(
    fn('F') +
      graph(
        `${least}, DataSources: { DynamoDb: { Items: { TableName: items, Permissions: [Read] }, Own: { TableName: o, ServiceRoleArn: mine } }, Lambda: { Work: { FunctionArn: !GetAtt F.Arn } } }`,
      ),
  )
  expect(made.ids.filter((id) => id.includes('DataSource'))).toEqual([
    ...['AItemsDynamoDBDataSource', 'AItemsDynamoDBDataSourceRole', 'AItemsDynamoDBDataSourceToTableConnectorPolicy'],
    'AOwnDynamoDBDataSource',
    ...['AWorkLambdaDataSource', 'AWorkLambdaDataSourceRole', 'AWorkLambdaDataSourceToLambdaConnectorPolicy'],
  ])
  expect(made.value('AItemsDynamoDBDataSource', 'Properties')).toEqual({
    ...{ ApiId: apiId, Name: 'Items', Type: 'AMAZON_DYNAMODB' },
    ServiceRoleArn: { 'Fn::GetAtt': ['AItemsDynamoDBDataSourceRole', 'Arn'] },
    DynamoDBConfig: { AwsRegion: { Ref: 'AWS::Region' }, TableName: 'items' },
  })
  expect(made.value('AItemsDynamoDBDataSourceRole', 'Properties')).toEqual(appsyncRole)
  const policy = made.value('AItemsDynamoDBDataSourceToTableConnectorPolicy', 'Properties')
  const table = {
    'Fn::Sub': [
      'arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}',
      { __TableName__: 'items', __Region__: { Ref: 'AWS::Region' } },
    ],
  }
  expect(policy.Roles).toEqual([{ Ref: 'AItemsDynamoDBDataSourceRole' }])
  expect(policy.PolicyDocument.Statement).toHaveLength(1)
  expect(policy.PolicyDocument.Statement[0].Action).toContain('dynamodb:GetItem')
  expect(policy.PolicyDocument.Statement[0].Resource[0]).toEqual(table)
  expect(made.value('AOwnDynamoDBDataSource', 'Properties', 'ServiceRoleArn')).toBe('mine')
  const invoke = made.value('AWorkLambdaDataSourceToLambdaConnectorPolicy', 'Properties', 'PolicyDocument', 'Statement')
  expect(invoke[0].Resource).toEqual([
    { 'Fn::GetAtt': ['F', 'Arn'] },
    { 'Fn::Sub': ['${DestinationArn}:*', { DestinationArn: { 'Fn::GetAtt': ['F', 'Arn'] } }] },
  ])
})

test('a resolver runs its functions one after the other; without code it hands on what the last one gave', () => {
  const made = transform(
    graph(
      `${least}, DataSources: { DynamoDb: { Items: { TableName: items } } }, Functions: { read: { DataSource: Items, InlineCode: code, ${runtime} }, none: { DataSource: None, CodeUri: s3://b/k, ${runtime}, Name: n }, known: { Id: !GetAtt X.FunctionId }, far: { DataSource: !GetAtt X.Name, InlineCode: c, ${runtime} } }, Resolvers: { Query: { a: { Pipeline: [none, known, read] }, b: { FieldName: c, InlineCode: own, Pipeline: [read], ${runtime}, Caching: { Ttl: 20 } } } }`,
    ),
  )
  expect(made.messages).toEqual([])
  expect(made.value('Aread', 'Properties')).toEqual({
    ...{ ApiId: apiId, Name: 'read', Code: 'code', Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' } },
    DataSourceName: { 'Fn::GetAtt': ['AItemsDynamoDBDataSource', 'Name'] },
  })
  expect(made.value('Anone', 'Properties')).toMatchObject({
    ...{ Name: 'n', CodeS3Location: 's3://b/k', DataSourceName: { 'Fn::GetAtt': ['ANoneDataSource', 'Name'] } },
  })
  expect(made.value('Afar', 'Properties', 'DataSourceName')).toEqual({ 'Fn::GetAtt': ['X', 'Name'] })
  expect(made.ids).not.toContain('Aknown')
  expect(made.value('ANoneDataSource', 'Properties')).toEqual({ ApiId: apiId, Name: 'ANoneDataSource', Type: 'NONE' })
  const resolver = made.value('AQuerya')
  expect(resolver.DependsOn).toEqual(['ASchema'])
  expect(resolver.Properties).toMatchObject({ TypeName: 'Query', FieldName: 'a', Kind: 'PIPELINE' })
  expect(resolver.Properties.PipelineConfig.Functions).toEqual([
    { 'Fn::GetAtt': ['Anone', 'FunctionId'] },
    { 'Fn::GetAtt': ['X', 'FunctionId'] },
    { 'Fn::GetAtt': ['Aread', 'FunctionId'] },
  ])
  expect(resolver.Properties.Code).toContain('return ctx.prev.result')
  expect(made.value('AQueryb', 'Properties')).toMatchObject({
    ...{ FieldName: 'c', Code: 'own', CachingConfig: { Ttl: 20 } },
  })
  expect(transform(graph(least)).ids).not.toContain('ANoneDataSource')
})

test.each([
  ['Auth: { Type: API_KEY }', /`SchemaInline` or `SchemaUri` is missing/],
  ['SchemaInline: s, SchemaUri: u, Auth: { Type: API_KEY }', /cannot both be there/],
  ['SchemaInline: s', /`Auth` is a map with a `Type`/],
  ['SchemaInline: s, Auth: { Type: API_KEYS }', /did you mean `API_KEY`/],
  ['SchemaInline: s, Auth: { Type: AWS_LAMBDA }', /needs `LambdaAuthorizer`/],
  ['SchemaInline: s, Auth: { Type: AWS_LAMBDA, LambdaAuthorizer: {} }', /`LambdaAuthorizer` needs `AuthorizerUri`/],
  [
    'SchemaInline: s, Auth: { Type: AWS_LAMBDA, LambdaAuthorizer: { AuthorizerUri: a }, UserPool: { UserPoolId: b } }',
    /one `Type` has one configuration/,
  ],
  [`${least}, Names: a`, /`Names` is not a property of AWS::Serverless::GraphQLApi/],
  [`${least}, DataSources: { DynamoDB: {} }`, /`DynamoDB` is not a property of `DataSources`/],
  [`${least}, DataSources: { DynamoDb: { T: {} } }`, /the data source `T` needs `TableName`/],
  [`${least}, DataSources: { DynamoDb: { T: { TableName: t, Permissions: [All] } } }`, /a list of `Read` and `Write`/],
  [`${least}, Functions: { f: { InlineCode: c, ${runtime} } }`, /the function `f` needs a `DataSource`/],
  [`${least}, Functions: { f: { DataSource: T, InlineCode: c, ${runtime} } }`, /`T`, which is not under `DataSources`/],
  [`${least}, Functions: { f: { DataSource: None, ${runtime} } }`, /needs `InlineCode` or `CodeUri`/],
  [`${least}, Functions: { f: { DataSource: None, InlineCode: c } }`, /needs a `Runtime`/],
  [`${least}, Functions: { f: { DataSource: None, Id: i } }`, /takes no other properties/],
  [`${least}, Functions: !Ref Other`, /is a map that is written out/],
  [`${least}, Functions: { f: 3 }`, /`f` in `Functions` is a map of properties/],
  [`${least}, Resolvers: { Query: { a: {} } }`, /the resolver `Query.a` needs a `Pipeline`/],
  [`${least}, Resolvers: { Query: { a: { Pipeline: [f] } } }`, /runs `f`, which is not under `Functions`/],
  [`${least}, Cache: { Ttl: 60, Type: SMALL }`, /the property `Cache` needs `ApiCachingBehavior`/],
  [`${least}, DomainName: example.org`, /`DomainName` is a map with `CertificateArn`, `DomainName`/],
])('a mistake is said in a sentence: %s', (properties, message) => {
  expect(transform(graph(properties)).messages.join('\n')).toMatch(message)
})
