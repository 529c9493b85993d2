// The SAM transform as a whole: its order, what passes through, APIs and their stages, aliases, intrinsics, tags.
import { expect, test } from 'vitest'
import { Problems } from '../../diag/problem.ts'
import { loadTemplate } from '../template.ts'
import { fn, transform } from '../../../test/sam.ts'

test('globals come first, implicit APIs before their functions, connectors see what functions became; the rest passes through [SAM-R1]', () => {
  const event =
    ', Events: { Get: { Type: Api, Properties: { Path: /x, Method: get } } }, Policies: [{ SQSPollerPolicy: { QueueName: jobs } }]'
  const made = transform(
    `${fn('F', event)}  Jobs: { Type: AWS::SQS::Queue, DeletionPolicy: Retain, Properties: { Note: !Sub "\${F.Arn}" } }
  C: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: F }, Destination: { Id: Jobs }, Permissions: [Write] } }\n`,
    'Globals: { Function: { Timeout: 9 }, Api: { EndpointConfiguration: REGIONAL } }\nParameters: { P: { Type: String, Default: a } }',
  )
  expect(made.sections).toEqual(['Parameters', 'Resources'])
  expect(made.value('F', 'Properties', 'Timeout')).toBe(9)
  expect(made.value('ServerlessRestApi', 'Properties', 'EndpointConfiguration')).toEqual({ Types: ['REGIONAL'] })
  expect(
    made.value(
      'ServerlessRestApi',
      'Properties',
      'Body',
      'paths',
      '/x',
      'get',
      'x-amazon-apigateway-integration',
      'type',
    ),
  ).toBe('aws_proxy')
  expect(made.value('FRole', 'Properties', 'Policies')).toHaveLength(1)
  expect(made.value('Jobs')).toEqual({
    Type: 'AWS::SQS::Queue',
    DeletionPolicy: 'Retain',
    Properties: { Note: { 'Fn::Sub': '${F.Arn}' } },
  })
  expect(made.ids).toContain('CPolicy')
  expect(made.value('CPolicy', 'Properties', 'Roles')).toEqual([{ Ref: 'FRole' }])
})

test('provisioned concurrency is the alias’s, and needs one [SAM-R15]', () => {
  const provisioned = ', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 }'
  const made = transform(fn('F', `, AutoPublishAlias: live${provisioned}`))
  expect(made.value('FAliaslive', 'Properties', 'ProvisionedConcurrencyConfig')).toEqual({
    ProvisionedConcurrentExecutions: 5,
  })
  expect(made.value('F', 'Properties', 'ProvisionedConcurrencyConfig')).toBe(undefined)
  expect(transform(fn('F', provisioned)).messages.join()).toMatch(/AutoPublishAlias/)
})

const body = (path: string): string => `{ swagger: "2.0", info: { title: t }, paths: { ${path}: { get: {} } } }`
const api = (properties: string): string => `  A: { Type: AWS::Serverless::Api, Properties: { ${properties} } }\n`

test('an API is a REST API, a deployment and a stage, called after the stage when its name is written out [SAM-R30]', () => {
  const made = transform(
    api(
      `StageName: prod, DefinitionBody: ${body('/x')}, TracingEnabled: true, CacheClusterEnabled: true, CacheClusterSize: "0.5"`,
    ),
  )
  expect(made.ids.map((id) => id.replace(/[0-9a-f]{10}$/, '#'))).toEqual(['A', 'ADeployment#', 'AprodStage'])
  const deployment = made.ids[1]!
  expect(made.value('AprodStage', 'Properties')).toMatchObject({
    ...{ DeploymentId: { Ref: deployment }, RestApiId: { Ref: 'A' }, StageName: 'prod' },
    ...{ TracingEnabled: true, CacheClusterEnabled: true, CacheClusterSize: '0.5' },
  })
  // Without `OpenApiVersion` the deployment brings a second stage, called Stage.
  expect(made.value(deployment, 'Properties', 'StageName')).toBe('Stage')
  const modern = transform(api(`StageName: prod, OpenApiVersion: 3.0.1, DefinitionBody: ${body('/x')}`))
  expect(modern.value(modern.ids[1]!, 'Properties', 'StageName')).toBe(undefined)
  const unnamed = transform(
    api(`StageName: !Ref Stage, DefinitionBody: ${body('/x')}`),
    'Parameters: { Stage: { Type: String } }',
  )
  expect(unnamed.ids[2]).toBe('AStage')
})

test('the deployment’s id changes with the definition, and with nothing else [SAM-R30b]', () => {
  const deployment = (path: string, more = ''): string =>
    transform(api(`StageName: prod, DefinitionBody: ${body(path)}${more}`)).ids[1]!
  expect(deployment('/x')).toMatch(/^ADeployment[0-9a-f]{10}$/)
  expect(deployment('/x')).toBe(deployment('/x', ', TracingEnabled: true'))
  expect(deployment('/x')).not.toBe(deployment('/y'))
})

test('functions stay as they are written, but parameters of what the transform must know are looked up [SAM-R61]', () => {
  const made = transform(
    fn(
      'F',
      ', AutoPublishAlias: !Ref Alias, Timeout: !Ref Seconds, Environment: { Variables: { T: !GetAtt Q.Arn, U: !Sub "${Q}" } }',
    ) + '  Q: { Type: AWS::SQS::Queue }\n',
    'Parameters: { Alias: { Type: String, Default: live }, Seconds: { Type: Number, Default: 5 } }',
  )
  expect(made.ids).toContain('FAliaslive')
  expect(made.value('F', 'Properties', 'Timeout')).toEqual({ Ref: 'Seconds' })
  expect(made.value('F', 'Properties', 'Environment', 'Variables')).toEqual({
    T: { 'Fn::GetAtt': ['Q', 'Arn'] },
    U: { 'Fn::Sub': '${Q}' },
  })
})

test('an alias is a literal name or a parameter with a value; in a bare run with a made-up one [SAM-R62]', () => {
  const declared = 'Parameters: { Stage: { Type: String, AllowedValues: [beta, prod] } }'
  expect(transform(fn('F', ', AutoPublishAlias: !Sub "a-${Stage}"'), declared).messages.join()).toMatch(
    /AutoPublishAlias/,
  )
  expect(transform(fn('F', ', AutoPublishAlias: !Ref Stage'), declared).messages.join()).toMatch(/AutoPublishAlias/)
  const text = `Transform: AWS::Serverless-2016-10-31\n${declared}\nResources:\n${fn('F', ', AutoPublishAlias: !Ref Stage')}`
  const problems = new Problems()
  const template = loadTemplate({ name: 'test.yaml', text }, { parameters: new Map(), dummies: true }, problems)
  expect(problems.hasErrors).toBe(false)
  expect(template?.resources.has('FAliasbeta')).toBe(true)
})

test('what SAM makes carries its tag [SAM-R66]', () => {
  const machine =
    '  S: { Type: AWS::Serverless::StateMachine, Properties: { Definition: { StartAt: A, States: { A: { Type: Succeed } } } } }\n'
  const made = transform(fn('F', ', Tags: { team: a }') + machine + '  H: { Type: AWS::Serverless::HttpApi }\n')
  const lambda = { Key: 'lambda:createdBy', Value: 'SAM' }
  expect(made.value('F', 'Properties', 'Tags')).toEqual([lambda, { Key: 'team', Value: 'a' }])
  expect(made.value('FRole', 'Properties', 'Tags')).toContainEqual(lambda)
  expect(made.value('S', 'Properties', 'Tags')).toEqual([{ Key: 'stateMachine:createdBy', Value: 'SAM' }])
  expect(made.value('H', 'Properties', 'Body', 'tags')).toEqual([
    { name: 'httpapi:createdBy', 'x-amazon-apigateway-tag-value': 'SAM' },
  ])
})
