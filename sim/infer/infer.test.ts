// Who calls whom: from permissions and names together, from one of them alone, from what the template wires.
import { describe, expect, it } from 'vitest'
import { loadTemplate } from '../cfn/index.ts'
import { Problems } from '../diag/problem.ts'
import { lineColumn } from '../diag/span.ts'
import { draft, infer, type InferredCall, type ReadFile, type Rooms } from './index.ts'

const SAM = 'Transform: AWS::Serverless-2016-10-31\n'
const TABLE = `
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST`
const role = (statement: string): string => `
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, ${statement} }] } }]`
const lambda = (name: string, more = ''): string => `
  ${name}:
    Type: AWS::Lambda::Function
    Properties: { Code: { ZipFile: x }, Runtime: nodejs20.x, Handler: index.handler, Role: !GetAtt Role.Arn, ${more} }`
const TOLD = 'Environment: { Variables: { TABLE_NAME: !Ref Table } }'

function inferred(text: string, readFile?: ReadFile) {
  const template = loadTemplate({ name: 't.yaml', text }, { parameters: new Map(), dummies: true }, new Problems())!
  return infer(template, readFile)
}
const shown = (calls: readonly InferredCall[]): string[] =>
  calls.map(({ from, action, to, strength }) => `${from} ${action} ${to} ${strength}`)
const code = (text: string): string[] => shown(inferred(text).calls.filter(({ kind }) => kind === 'code'))
const wires = (text: string, readFile?: ReadFile): string[] =>
  inferred(text, readFile).calls.flatMap(({ from, action, to, kind }) =>
    kind === 'code' ? [] : `${from} ${action} ${to} ${kind}`,
  )
const one = (statement: string, more = '', name = 'Worker'): string[] =>
  code(`Resources:${TABLE}${role(statement)}${lambda(name, more)}`)

it('a cache is read and filled by whoever is handed its address, without any permission', () => {
  const cache = (type: string, engine: string, attribute: string): string[] =>
    code(`Resources:
  Kept: { Type: AWS::ElastiCache::${type}, Properties: { Engine: ${engine}, CacheNodeType: cache.t4g.micro } }${lambda('Get', `Environment: { Variables: { HOST: !GetAtt Kept.${attribute} } }`)}${lambda('Other', '')}`)
  expect(cache('ReplicationGroup', 'redis', 'PrimaryEndPoint.Address')).toEqual([
    'Get redis:GET Kept likely',
    'Get redis:SET Kept likely',
  ])
  expect(cache('CacheCluster', 'memcached', 'ConfigurationEndpoint.Address')).toEqual([
    'Get memcached:get Kept likely',
    'Get memcached:set Kept likely',
  ])
})

describe('a permission and a name', () => {
  it('together are strong, each with its place', () => {
    const text = `Resources:${TABLE}${role('Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn')}${lambda('Worker', TOLD)}`
    const [call] = inferred(text).calls.filter(({ kind }) => kind === 'code')
    expect(shown([call!])).toEqual(['Worker dynamodb:PutItem Table strong'])
    expect(call!.evidence.map(({ text: words }) => words)).toEqual([
      'policy allows dynamodb:PutItem',
      'environment variable TABLE_NAME',
    ])
    for (const { span } of call!.evidence)
      expect(text.split('\n')[lineColumn(span).line - 1]).toMatch(/Action: dynamodb:PutItem|TABLE_NAME/)
  })

  it('alone are likely where the other cannot be seen', () => {
    expect(one('Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn')).toEqual([
      'Worker dynamodb:PutItem Table likely',
    ])
    const foreign = `Resources:${TABLE}${lambda('Creator', TOLD).replace('!GetAtt Role.Arn', 'arn:aws:iam::123456789012:role/x')}`
    expect(code(foreign)).toEqual(['Creator dynamodb:PutItem Table likely'])
  })

  it('of which the permission is missing, or given for everything, say little', () => {
    expect(one('Action: logs:PutLogEvents, Resource: "*"', TOLD)).toEqual(['Worker dynamodb:PutItem Table weak'])
    expect(one('Action: dynamodb:PutItem, Resource: "*"')).toEqual(['Worker dynamodb:PutItem Table weak'])
    expect(one('Action: dynamodb:PutItem, Resource: "*"', TOLD)).toEqual(['Worker dynamodb:PutItem Table likely'])
    expect(one('Action: "dynamodb:*", Resource: !GetAtt Table.Arn', TOLD)).toEqual([
      'Worker dynamodb:PutItem Table likely',
    ])
    expect(one('Action: "dynamodb:PutItem", Resource: "arn:aws:dynamodb:*:*:table/*"')).toEqual([
      'Worker dynamodb:PutItem Table weak',
    ])
  })

  it('a denial is no permission', () => {
    expect(one('Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn').length).toBe(1)
    const denied = role('Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn').replace('Allow', 'Deny')
    expect(code(`Resources:${TABLE}${denied}${lambda('Worker')}`)).toEqual([])
  })

  it('a shared role counts for those that are told the name', () => {
    const text = `Resources:${TABLE}${role('Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn')}${lambda('Told', TOLD)}${lambda('Untold')}`
    expect(code(text)).toEqual(['Told dynamodb:PutItem Table strong', 'Untold dynamodb:PutItem Table weak'])
  })

  it('an ARN with wildcards that fits one resource names it', () => {
    const text = `Resources:${TABLE.replace('Properties:', 'Properties:\n      TableName: audit')}${role('Action: dynamodb:PutItem, Resource: "arn:aws:dynamodb:*:*:table/aud*"')}${lambda('Worker')}`
    expect(code(text)).toEqual(['Worker dynamodb:PutItem Table likely'])
  })

  it('managed policies need a name beside them', () => {
    const managed = (more: string): string => `Resources:${TABLE}
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {}, ManagedPolicyArns: [arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess] } }${lambda('GetThing', more)}`
    expect(code(managed(''))).toEqual([])
    expect(code(managed(TOLD))).toEqual(['GetThing dynamodb:GetItem Table likely'])
  })

  it('permissions attached to the role from outside count as well', () => {
    for (const type of ['Policy', 'ManagedPolicy'])
      expect(
        code(`Resources:${TABLE}${role('Action: logs:x, Resource: "*"')}${lambda('Worker')}
  Attached: { Type: AWS::IAM::${type}, Properties: { PolicyName: p, Roles: [!Ref Role], PolicyDocument: { Statement: { Effect: Allow, Action: dynamodb:DeleteItem, Resource: !GetAtt Table.Arn } } } }`),
      ).toEqual(['Worker dynamodb:DeleteItem Table likely'])
  })
})

describe('of several actions', () => {
  const CRUD =
    'Action: [dynamodb:GetItem, dynamodb:Scan, dynamodb:Query, dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem], Resource: !GetAtt Table.Arn'

  it.each([
    ['GetOrder', 'GetItem'],
    ['ListOrders', 'Scan'],
    ['GetAllOrders', 'Scan'],
    ['CreateOrder', 'PutItem'],
    ['UpdateOrder', 'UpdateItem'],
    ['DeleteOrder12AB34EF', 'DeleteItem'],
  ])('the verb of the name chooses: %s', (name, action) => {
    expect(one(CRUD, TOLD, name)).toEqual([`${name} dynamodb:${action} Table strong`])
  })

  it('one of reads and one of writes are both made', () => {
    expect(one('Action: [dynamodb:GetItem, dynamodb:UpdateItem], Resource: !GetAtt Table.Arn')).toEqual([
      'Worker dynamodb:GetItem Table likely',
      'Worker dynamodb:UpdateItem Table likely',
    ])
  })

  it('a table with a sort key is queried, and so is an index that is handed over', () => {
    const sorted = TABLE.replace('KeyType: HASH }', 'KeyType: HASH }, { AttributeName: at, KeyType: RANGE }')
    expect(code(`Resources:${sorted}${role(CRUD)}${lambda('ListOrders', TOLD)}`)).toEqual([
      'ListOrders dynamodb:Query Table strong',
    ])
    const indexed = `${TABLE}\n      GlobalSecondaryIndexes: [{ IndexName: by-place }]`
    const told = 'Environment: { Variables: { TABLE_NAME: !Ref Table, INDEX: by-place } }'
    expect(code(`Resources:${indexed}${role(CRUD)}${lambda('GetOrder', told)}`)).toEqual([
      'GetOrder dynamodb:Query Table strong',
    ])
  })

  it('several routes choose each for itself', () => {
    const text = `${SAM}Resources:${TABLE}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Runtime: nodejs20.x
      Handler: index.handler
      Policies: [DynamoDBCrudPolicy: { TableName: !Ref Table }]
      Environment: { Variables: { TABLE: !Ref Table } }
      Events:
        A: { Type: Api, Properties: { Path: /orders, Method: post } }
        B: { Type: Api, Properties: { Path: "/orders/{id}", Method: get } }
        C: { Type: Api, Properties: { Path: "/orders/{id}", Method: delete } }
        D: { Type: Api, Properties: { Path: "/shops/{shop}/orders", Method: get } }
        E: { Type: Api, Properties: { Path: "/orders/{id}", Method: put } }
        F: { Type: Api, Properties: { Path: "/orders/{id}", Method: patch } }`
    const calls = inferred(text).calls.filter(({ kind }) => kind === 'code')
    expect(calls.map(({ action, routes }) => `${action} ${routes?.join()}`)).toEqual([
      'dynamodb:PutItem POST /orders,PUT /orders/{id}',
      'dynamodb:GetItem GET /orders/{id}',
      'dynamodb:DeleteItem DELETE /orders/{id}',
      'dynamodb:UpdateItem PATCH /orders/{id}',
      'dynamodb:Scan GET /shops/{shop}/orders',
    ])
    expect(calls[0]!.evidence[0]!.text).toBe('policy template DynamoDBCrudPolicy allows dynamodb:PutItem')
    const { span } = calls[0]!.evidence[0]!
    expect(text.slice(span.start, span.end)).toBe('DynamoDBCrudPolicy')
  })
})

describe('what the template wires', () => {
  const queue = (name: string): string => `\n  ${name}: { Type: AWS::SQS::Queue }`

  it('mappings, destinations and dead letters, which are no calls of the function', () => {
    const text = `${SAM}Resources:${queue('In')}${queue('Failed')}${queue('Done')}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Runtime: nodejs20.x
      Handler: index.handler
      Policies: [SQSSendMessagePolicy: { QueueName: !GetAtt Failed.QueueName }]
      EventInvokeConfig: { DestinationConfig: { OnSuccess: { Type: SQS, Destination: !GetAtt Done.Arn }, OnFailure: { Type: SQS, Destination: !GetAtt Failed.Arn } } }
      Events: { Q: { Type: SQS, Properties: { Queue: !GetAtt In.Arn } } }`
    expect(wires(text).sort()).toEqual([
      'In lambda:InvokeFunction Work wire',
      'Work sqs:SendMessage Done wire',
      'Work sqs:SendMessage Failed failure',
    ])
    expect(code(text)).toEqual([])
    expect(inferred(text).sources.find(({ to }) => to === 'Work')!.what).toBe('queue In')
  })

  it('subscriptions, notifications, rules, schedules, pipes, triggers of other types', () => {
    const text = `Resources:${role('Action: logs:x, Resource: "*"')}${lambda('Fn')}${queue('Q')}
  Topic: { Type: AWS::SNS::Topic, Properties: { Subscription: [{ Protocol: lambda, Endpoint: !GetAtt Fn.Arn }] } }
  Sub: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Q.Arn } }
  Bucket: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: { LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function: !GetAtt Fn.Arn }] } } }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: bus } }
  Rule: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Bus, EventPattern: {}, Targets: [{ Id: a, Arn: !GetAtt Q.Arn }] } }
  Clock: { Type: AWS::Scheduler::Schedule, Properties: { ScheduleExpression: rate(5 minutes), FlexibleTimeWindow: { Mode: "OFF" }, Target: { Arn: !GetAtt Fn.Arn, RoleArn: !GetAtt Role.Arn } } }
  Pool: { Type: AWS::Cognito::UserPool, Properties: { LambdaConfig: { PreSignUp: !GetAtt Fn.Arn } } }
  Once: { Type: Custom::Setup, Properties: { ServiceToken: !GetAtt Fn.Arn } }`
    expect(wires(text).sort()).toEqual([
      'Bucket lambda:InvokeFunction Fn wire',
      'Bus events:PutEvents Rule wire',
      'Clock lambda:InvokeFunction Fn wire',
      'Once lambda:InvokeFunction Fn wire',
      'Pool lambda:InvokeFunction Fn wire',
      'Rule sqs:SendMessage Q wire',
      'Topic lambda:InvokeFunction Fn wire',
      'Topic sqs:SendMessage Q wire',
    ])
    const { sources } = inferred(text)
    expect(sources.find(({ from }) => from === 'Clock')).toMatchObject({
      what: 'schedule Clock',
      schedule: 'rate(5 minutes)',
    })
    expect(sources.find(({ from }) => from === 'Once')!.what).toBe('custom resource Once')
  })

  it('a permission stands for a source that nothing else shows', () => {
    const text = `Resources:${role('Action: logs:x, Resource: "*"')}${lambda('Fn')}
  May: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: s3.amazonaws.com } }`
    expect(inferred(text).sources.map(({ to, from, what }) => [to, from, what])).toEqual([
      ['Fn', undefined, 's3.amazonaws.com'],
    ])
  })

  it('state machines, written in the template or in a file beside it', () => {
    const machine = (
      definition: string,
    ): string => `${SAM}Resources:${TABLE}${role('Action: logs:x, Resource: "*"')}${lambda('Fn')}
  Flow: { Type: AWS::Serverless::StateMachine, Properties: { ${definition}, DefinitionSubstitutions: { FnArn: !GetAtt Fn.Arn, T: !Ref Table }, Role: !GetAtt Role.Arn } }`
    const states = `{ StartAt: A, States: { A: { Type: Task, Resource: "\${FnArn}", Next: B }, B: { Type: Map, ItemProcessor: { States: { C: { Type: Task, Resource: "arn:aws:states:::dynamodb:putItem", Parameters: { TableName: "\${T}" } } } } } } }`
    const found = ['Flow lambda:InvokeFunction Fn wire', 'Flow dynamodb:PutItem Table wire']
    expect(wires(machine(`Definition: ${states}`))).toEqual(found)
    expect(
      wires(machine('DefinitionUri: flow.asl.json'), (path) => (path === 'flow.asl.json' ? states : undefined)),
    ).toEqual(found)
    expect(wires(machine('DefinitionUri: gone.json'))).toEqual(found.slice(0, 1))
  })
})

it('containers, instances and environments of Beanstalk call with their roles', () => {
  const text = `Resources:${TABLE}${role('Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn')}
  Task: { Type: AWS::ECS::TaskDefinition, Properties: { TaskRoleArn: !GetAtt Role.Arn, ContainerDefinitions: [{ Name: a, Image: b, Environment: [{ Name: TABLE, Value: !Ref Table }] }] } }
  Profile: { Type: AWS::IAM::InstanceProfile, Properties: { Roles: [!Ref Role] } }
  Env: { Type: AWS::ElasticBeanstalk::Environment, Properties: { ApplicationName: a, OptionSettings: [{ Namespace: "aws:autoscaling:launchconfiguration", OptionName: IamInstanceProfile, Value: !Ref Profile }, { Namespace: "aws:elasticbeanstalk:application:environment", OptionName: TABLE, Value: !Ref Table }] } }
  Host: { Type: AWS::EC2::Instance, Properties: { IamInstanceProfile: !Ref Profile } }`
  expect(code(text)).toEqual([
    'Task dynamodb:PutItem Table strong',
    'Env dynamodb:PutItem Table strong',
    'Host dynamodb:PutItem Table weak',
  ])
})

describe('what is put into a template to be costly', () => {
  const functions = Array.from({ length: 200 }, (_, i) => lambda(`F${i}`)).join('')

  it('a role that names everything says nothing of what is called', () => {
    const all = Array.from({ length: 200 }, (_, i) => `!GetAtt F${i}.Arn`).join(', ')
    expect(code(`Resources:${role(`Action: lambda:InvokeFunction, Resource: [${all}]`)}${functions}`)).toEqual([])
  })

  it('thousands of patterns are not all looked into', () => {
    const patterns = Array.from({ length: 400 }, (_, i) => `"arn:aws:lambda:*:*:function:*a*${i}*"`).join(', ')
    const statements = Array.from(
      { length: 20 },
      (_, i) => `{ Effect: Allow, Action: "lambda:*", Resource: [${patterns.replaceAll('*a', `*a${i}`)}] }`,
    )
    const many = role('Action: x:y, Resource: z').replace(
      /Statement: \[.*?\] \}/,
      `Statement: [${statements.join(', ')}] }`,
    )
    expect(code(`Resources:${many}${functions}`)).toEqual([])
  })

  it('circles are looked for once for each caller, not once for each of its calls', () => {
    const template = loadTemplate({ name: 't.yaml', text: 'Resources: {}' }, { parameters: new Map() }, new Problems())!
    const span = { source: template.source, start: 0, end: 0 }
    const call = (from: number, to: number): InferredCall => ({
      ...{ from: `F${from}`, action: 'lambda:InvokeFunction', to: `F${to}`, kind: 'code', strength: 'likely' },
      evidence: [{ text: 'policy', span }],
    })
    // Each function calls the 32 before it; the last of all closes the circle.
    const calls = Array.from({ length: 1000 }, (_, i) =>
      Array.from({ length: Math.min(i, 32) }, (_, k) => call(i, i - 1 - k)),
    ).flat()
    const rooms: Rooms = {
      ...{ targetOf: () => 'FunctionName', takesHandler: () => true, carries: () => false },
      ...{ entries: [], isTaken: () => false },
    }
    const begun = process.hrtime.bigint()
    const { left } = draft(template, { calls: [...calls, call(0, 999)], sources: [] }, rooms)
    expect(Number(process.hrtime.bigint() - begun) / 1e9).toBeLessThan(2)
    expect(left.map(({ call: { from, to } }) => `${from} ${to}`)).toEqual(['F0 F999'])
  })

  it('substitutions are filled in once, and a definition does not grow beyond what AWS takes', () => {
    const hole = '${A}'
    const text = `Resources:${role('Action: logs:x, Resource: "*"')}
  Flow: { Type: AWS::StepFunctions::StateMachine, Properties: { RoleArn: !GetAtt Role.Arn, DefinitionString: '${hole.repeat(50_000)}', DefinitionSubstitutions: { A: '${hole.repeat(10_000)}' } } }`
    expect(inferred(text).calls).toEqual([])
  })
})
