// What the template itself states of who calls whom: mappings, subscriptions, notifications, rules, routes, destinations.
import { get, textOf, type CfnResource, type Node } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import type { InferredCall, Source } from './graph.ts'
import { textAt } from './iam.ts'
import { listed, textsIn, type Names } from './names.ts'
import type { RouteTo } from './routes.ts'

export interface Wiring {
  readonly calls: readonly InferredCall[]
  readonly sources: readonly Source[]
}

/** Where a type names what it calls; a star stands for each item of a list. */
interface Wire {
  readonly to: string
  /** Property that names the caller; the resource itself when absent. */
  readonly from?: string
  /** The caller brings the work by itself; the resource only says where. */
  readonly byCaller?: true
  readonly failure?: true
}

const WIRES: ReadonlyMap<string, readonly Wire[]> = new Map<string, readonly Wire[]>([
  [
    'AWS::Lambda::EventSourceMapping',
    [
      { from: 'EventSourceArn', to: 'FunctionName' },
      { from: 'FunctionName', to: 'DestinationConfig.OnFailure.Destination', failure: true },
    ],
  ],
  [
    'AWS::Lambda::EventInvokeConfig',
    [
      { from: 'FunctionName', to: 'DestinationConfig.OnSuccess.Destination' },
      { from: 'FunctionName', to: 'DestinationConfig.OnFailure.Destination', failure: true },
    ],
  ],
  ['AWS::Lambda::Function', [{ to: 'DeadLetterConfig.TargetArn', failure: true }]],
  ['AWS::Lambda::Url', [{ to: 'TargetFunctionArn' }]],
  ['AWS::SQS::Queue', [{ to: 'RedrivePolicy.deadLetterTargetArn', failure: true }]],
  [
    'AWS::SNS::Subscription',
    [
      { from: 'TopicArn', to: 'Endpoint' },
      { from: 'TopicArn', to: 'RedrivePolicy.deadLetterTargetArn', failure: true },
    ],
  ],
  ['AWS::SNS::Topic', [{ to: 'Subscription.*.Endpoint' }]],
  [
    'AWS::S3::Bucket',
    ['LambdaConfigurations.*.Function', 'QueueConfigurations.*.Queue', 'TopicConfigurations.*.Topic'].map((path) => ({
      to: `NotificationConfiguration.${path}`,
    })),
  ],
  [
    'AWS::Events::Rule',
    [
      { to: 'Targets.*.Arn' },
      { to: 'Targets.*.DeadLetterConfig.Arn', failure: true },
      { from: 'EventBusName', to: '' },
    ],
  ],
  ['AWS::Scheduler::Schedule', [{ to: 'Target.Arn' }, { to: 'Target.DeadLetterConfig.Arn', failure: true }]],
  ['AWS::Pipes::Pipe', [{ from: 'Source', to: '' }, { to: 'Enrichment' }, { to: 'Target' }]],
  ['AWS::CloudWatch::Alarm', [{ to: 'AlarmActions.*' }, { to: 'OKActions.*' }]],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    [
      { from: 'KinesisStreamSourceConfiguration.KinesisStreamARN', to: '' },
      { to: 'ExtendedS3DestinationConfiguration.BucketARN' },
      { to: 'S3DestinationConfiguration.BucketARN' },
    ],
  ],
  ...['AWS::KinesisAnalytics', 'AWS::KinesisAnalyticsV2'].map((service): [string, readonly Wire[]] => [
    `${service}::ApplicationOutput`,
    ['KinesisStreamsOutput', 'KinesisFirehoseOutput', 'LambdaOutput'].map((output) => ({
      from: 'ApplicationName',
      to: `Output.${output}.ResourceARN`,
    })),
  ]),
  ['AWS::KinesisAnalytics::Application', [{ from: 'Inputs.*.KinesisStreamsInput.ResourceARN', to: '' }]],
  [
    'AWS::KinesisAnalyticsV2::Application',
    [
      {
        from: 'ApplicationConfiguration.SqlApplicationConfiguration.Inputs.*.KinesisStreamsInput.ResourceARN',
        to: '',
      },
    ],
  ],
  ['AWS::Logs::SubscriptionFilter', [{ to: 'DestinationArn' }]],
])

/** How a resource of a type is set to work. */
const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['AWS::Lambda::Function', 'lambda:InvokeFunction'],
  ['AWS::SQS::Queue', 'sqs:SendMessage'],
  ['AWS::SNS::Topic', 'sns:Publish'],
  ['AWS::StepFunctions::StateMachine', 'states:StartExecution'],
  ['AWS::Events::EventBus', 'events:PutEvents'],
  ['AWS::Events::Rule', 'events:PutEvents'],
  ['AWS::Kinesis::Stream', 'kinesis:PutRecord'],
  ['AWS::KinesisFirehose::DeliveryStream', 'firehose:PutRecord'],
  ['AWS::S3::Bucket', 's3:PutObject'],
  ['AWS::ECS::Cluster', 'ecs:RunTask'],
  ['AWS::Batch::JobQueue', 'batch:SubmitJob'],
  ['AWS::Pipes::Pipe', 'pipes:StartPipe'],
])

/** Types that mention a function without setting it to work, or whose calls are read elsewhere. */
const MENTIONING =
  /^AWS::(IAM|CloudWatch|Logs::LogGroup|SSM|CodeDeploy|ResourceGroups|ApplicationInsights|EC2|S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy|KMS|KinesisAnalytics(V2)?::ApplicationOutput|Lambda::(Function|Permission|Alias|Version|EventInvokeConfig|LayerVersion)|StepFunctions|ECS|ElasticBeanstalk|AutoScaling|ApplicationAutoScaling|ApiGateway::(Method|Deployment|Stage)|ApiGatewayV2::(Route|Integration|Stage))/

const WORDS: ReadonlyMap<string, string> = new Map([
  ['AWS::DynamoDB::Table', 'stream of table'],
  ['AWS::DynamoDB::GlobalTable', 'stream of table'],
  ['AWS::Kinesis::Stream', 'stream'],
  ['AWS::SNS::Topic', 'topic'],
  ['AWS::SQS::Queue', 'queue'],
  ['AWS::S3::Bucket', 'bucket'],
  ['AWS::Events::Rule', 'rule'],
  ['AWS::Scheduler::Schedule', 'schedule'],
  ['AWS::StepFunctions::StateMachine', 'state machine'],
  ['AWS::Cognito::UserPool', 'user pool'],
  ['AWS::ApiGateway::RestApi', 'API'],
  ['AWS::ApiGatewayV2::Api', 'API'],
  ['AWS::Lambda::Function', 'function'],
  ['AWS::Lambda::Url', 'function URL'],
  ['AWS::Pipes::Pipe', 'pipe'],
  ['AWS::KinesisFirehose::DeliveryStream', 'delivery stream'],
  ['AWS::CloudFormation::CustomResource', 'custom resource'],
])

/** A resource in words: `topic Alerts`, `data source Orders`. */
export function inWords({ type, logicalId }: CfnResource): string {
  const own = type.startsWith('Custom::') ? 'custom resource' : WORDS.get(type)
  const last = type.slice(type.lastIndexOf(':') + 1).replace(/([a-z])([A-Z])/g, '$1 $2')
  return `${own ?? last.toLowerCase()} ${logicalId}`
}

interface Stated {
  readonly what: string
  readonly span: Span
  readonly by: string | undefined
  readonly failure?: true
  readonly route?: string
}

export function wiringOf(names: Names, routes: readonly RouteTo[]): Wiring {
  const calls: InferredCall[] = []
  const sources: Source[] = []
  const add = (from: CfnResource | undefined, to: CfnResource, stated: Stated): void => {
    const { what, span, by } = stated
    const schedule = textAt(from?.properties, 'ScheduleExpression')
    if (stated.failure !== true)
      sources.push({
        ...{ to: to.logicalId, from: from?.logicalId, what, span, by },
        ...(stated.route === undefined ? {} : { route: stated.route }),
        ...(schedule === undefined ? {} : { schedule }),
      })
    if (from === undefined) return
    const evidence = [{ text: what, span }]
    const action = ACTIONS.get(to.type) ?? 'lambda:InvokeFunction'
    const [kind, strength] = [stated.failure === true ? 'failure' : 'wire', 'strong'] as const
    const { logicalId } = from
    calls.push({
      from: logicalId,
      action,
      to: to.logicalId,
      kind,
      strength,
      evidence,
      ...(by === undefined ? {} : { by }),
    })
  }
  for (const { api, method, path, to, span } of routes) {
    const [from, called] = [names.template.resources.get(api)!, names.template.resources.get(to)]
    if (called !== undefined)
      add(from, called, { what: `route ${method} ${path}`.trim(), span, by: api, route: `${method} ${path}`.trim() })
  }
  for (const resource of names.template.resources.values()) {
    for (const wire of WIRES.get(resource.type) ?? []) {
      const callers = wire.from === undefined ? [undefined] : valuesAt(resource.properties, wire.from)
      const called = wire.to === '' ? [undefined] : valuesAt(resource.properties, wire.to)
      for (const caller of callers)
        for (const target of called) {
          const to = target === undefined ? resource : names.at(textOf(target) ?? '')
          const from = caller === undefined ? resource : names.at(textOf(caller) ?? '')
          if (to === undefined || to.type === 'AWS::SNS::Subscription') continue
          const words = from === undefined ? outside(textOf(caller!) ?? '') : inWords(from)
          const what = resource.type === 'AWS::Lambda::EventInvokeConfig' ? `results of ${words}` : words
          const span = (target ?? caller)?.span ?? resource.keySpan
          add(from, to, {
            what,
            span,
            by: wire.byCaller === true ? from?.logicalId : resource.logicalId,
            ...(wire.failure === undefined ? {} : { failure: true }),
          })
        }
    }
    for (const { node, to, isAuthorizer } of mentions(resource, names)) {
      const asking = isAuthorizer ? apiOf(resource, names) : resource
      // A delivery stream invokes the function that it names by itself, and so does an API that asks who may call.
      const isItself = isAuthorizer || resource.type === 'AWS::KinesisFirehose::DeliveryStream'
      add(asking, to, { what: inWords(asking), span: node.span, by: isItself ? asking.logicalId : undefined })
    }
  }
  sources.push(...permitted(names, sources))
  return { calls, sources }
}

/** Functions that a resource of any other type names: a trigger of a user pool, a data source, a custom resource. */
function mentions(
  resource: CfnResource,
  names: Names,
): { readonly node: Node; readonly to: CfnResource; readonly isAuthorizer: boolean }[] {
  if (MENTIONING.test(resource.type) || WIRES.has(resource.type)) {
    if (resource.type !== 'AWS::KinesisFirehose::DeliveryStream') return []
  }
  const seen = new Set<string>()
  return textsIn(resource.properties).flatMap(({ path, node }) => {
    // The routes of an API's body are read as such.
    if (path[0] === 'Body' && path.includes('x-amazon-apigateway-integration')) return []
    const text = textOf(node) ?? ''
    const to = text.includes(':function:') || text.includes('/functions/') ? names.at(text) : undefined
    if (to?.type !== 'AWS::Lambda::Function' || seen.has(to.logicalId)) return []
    seen.add(to.logicalId)
    const isAuthorizer = AUTHORIZER.test(resource.type) || path.includes('x-amazon-apigateway-authorizer')
    return [{ node, to, isAuthorizer }]
  })
}

const AUTHORIZER = /^AWS::ApiGateway(V2)?::Authorizer$/

/** The API of an authorizer; a document's is the API itself. */
function apiOf(resource: CfnResource, names: Names): CfnResource {
  const of = textAt(resource.properties, 'RestApiId') ?? textAt(resource.properties, 'ApiId')
  return (of === undefined ? undefined : names.at(of)) ?? resource
}

/** Where nothing else says what invokes a function, its permissions do. */
function permitted(names: Names, known: readonly Source[]): Source[] {
  const found = new Set(known.map(({ to }) => to))
  return [...names.template.resources.values()].flatMap(({ type, properties, keySpan }) => {
    if (type !== 'AWS::Lambda::Permission') return []
    const to = names.at(textAt(properties, 'FunctionName') ?? '', 'AWS::Lambda::Function')
    if (to === undefined || found.has(to.logicalId)) return []
    const from = names.at(textAt(properties, 'SourceArn') ?? '')
    const what = from === undefined ? (textAt(properties, 'Principal') ?? 'somebody') : inWords(from)
    return [{ to: to.logicalId, from: from?.logicalId, what, span: keySpan, by: undefined }]
  })
}

/** What an ARN outside the template is: `kafka cluster outside the template`. */
function outside(text: string): string {
  const service = /^arn:[\w-]+:([\w-]+):/.exec(text)?.[1]
  return `${service === undefined ? 'a source' : `something of ${service}`} outside the template`
}

function valuesAt(node: Node | undefined, path: string): readonly Node[] {
  let here: readonly Node[] = node === undefined ? [] : [node]
  for (const step of path.split('.'))
    here = step === '*' ? here.flatMap(listed) : here.flatMap((each) => get(each, step) ?? [])
  return here
}
