// Problems of the `Simulation` section: workloads, handlers, faults, actions, quotas, assumptions.
import type { Explanations } from '../explanation.ts'

/** A step `Cache` around another one. */
const cached = (step: string): string => `Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, Handler: app.main, Role: "arn:aws:iam::123456789012:role/work", Code: { ZipFile: pass } }
  Redis:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: { ReplicationGroupDescription: orders, CacheNodeType: cache.t4g.micro, NumCacheClusters: 1 }
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: 20ms } }
Simulation:
  Handlers:
    Work: [{ Cache: { In: !Ref Redis, Key: $.id, Do: [{ ${step} }] } }]
`

export const simulation = {
  'unknown-member': {
    severity: 'error',
    title: 'a name that means nothing in this part of `Simulation`',
    text: 'Each part of `Simulation` has a fixed set of members, written with their capitals. The message shows the nearest one, or all that may stand here.',
    wrong: 'Simulation: { Durration: 5m }\n',
    right: 'Simulation: { Duration: 5m }\n',
  },
  'missing-member': {
    severity: 'error',
    title: 'a part of `Simulation` that lacks what it cannot do without',
    text: 'A workload needs its `Target` and either `Rate` or `Users`; a fault or an action needs the time `At` which it happens and what it does.',
    wrong: 'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET } } }\n',
    right: 'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s } } }\n',
  },
  'no-warm-up': {
    severity: 'warning',
    title: 'a warm-up that is left out of a shortened run',
    text: '`--duration` makes this run shorter than the scenario’s `WarmUp`, so everything from the beginning is measured.',
  },
  'never-happens': {
    severity: 'warning',
    title: 'something that comes after the end of the run',
    text: 'A fault, an action or the window of an expectation begins when the run is over. Lengthen `Duration`, or move it forward.',
    wrong: 'Simulation: { Duration: 5m, Actions: [{ At: 6m, sqs:PurgeQueue: { QueueUrl: !Ref Jobs } }] }\n',
    right: 'Simulation: { Duration: 5m, Actions: [{ At: 4m, sqs:PurgeQueue: { QueueUrl: !Ref Jobs } }] }\n',
  },
  'out-of-order': {
    severity: 'error',
    title: 'points of a curve that go back in time',
    text: 'The points of `Rate` and `Users` are joined by straight lines in the order in which they are written, so each comes no earlier than the one before.',
    wrong:
      'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: [{ At: 2m, Value: 5/s }, { At: 1m, Value: 9/s }] } } }\n',
    right:
      'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: [{ At: 1m, Value: 9/s }, { At: 2m, Value: 5/s }] } } }\n',
  },
  'unknown-operation': {
    severity: 'error',
    title: 'an operation that the target does not answer',
    text: 'The `Operation` of a workload is an IAM action of the target’s service, such as `sqs:SendMessage`; for an API it is a route, such as `POST /orders`. `hotshard explain TYPE` lists what a type answers.',
    wrong: 'Simulation: { Workloads: { Load: { Target: Jobs, Operation: sqs:Send, Rate: 5/s } } }\n',
    right: 'Simulation: { Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 5/s } } }\n',
  },
  'unknown-action': {
    severity: 'error',
    title: 'an operation that no simulated service answers',
    text: 'Operations are written as IAM writes them: the service’s prefix, a colon, the action. A limit in `Quotas` is written so as well, without the prefix in a fault’s `Operations`.',
    wrong: 'Simulation: { Handlers: { Work: [sqs:SendMesage: { QueueUrl: !Ref Jobs, MessageBody: $ }] } }\n',
    right: 'Simulation: { Handlers: { Work: [sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: $ }] } }\n',
  },
  'unknown-parameter': {
    severity: 'error',
    title: 'a parameter that the operation or fault does not have',
    text: 'Parameters bear the names of the service’s own API. Those that the API has and the model passes over are allowed and go on the ‘not simulated’ list. `hotshard explain sqs:SendMessage` shows those of an operation.',
    wrong: 'Simulation: { Handlers: { Work: [sqs:SendMessage: { QueueUrl: !Ref Jobs, MesageBody: $ }] } }\n',
    right: 'Simulation: { Handlers: { Work: [sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: $ }] } }\n',
  },
  'missing-parameter': {
    severity: 'error',
    title: 'an operation without the resource that it is called on',
    text: 'Every call says on which resource it is made, by the parameter that the API has for it: `QueueUrl`, `TableName`, `FunctionName`.',
    wrong: 'Simulation: { Handlers: { Work: [sqs:SendMessage: { MessageBody: $ }] } }\n',
    right: 'Simulation: { Handlers: { Work: [sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: $ }] } }\n',
  },
  'unknown-handler': {
    severity: 'error',
    title: 'a handler for something that runs no code',
    text: 'Under `Handlers` stand the logical ids of functions, each with the steps of its code; `Name@2` is the code of the function’s version 2.',
    wrong: 'Simulation: { Handlers: { Wrok: [Compute: 20ms] } }\n',
    right: 'Simulation: { Handlers: { Work: [Compute: 20ms] } }\n',
  },
  'unknown-step': {
    severity: 'error',
    title: 'a step that does not exist',
    text: 'A step is a call (an IAM action such as `sqs:SendMessage`) or one of `Compute`, `Wait`, `ForEach`, `Parallel`, `If`, `Choose`, `Repeat`, `Once`, `Fail`, `Return` and `Metric`.',
    wrong: 'Simulation: { Handlers: { Work: [Computed: 20ms] } }\n',
    right: 'Simulation: { Handlers: { Work: [Compute: 20ms] } }\n',
  },
  'not-a-step': {
    severity: 'error',
    title: 'a step that does nothing, or two things',
    text: 'A step is a map with one member that says what is done; only `ResultPath` and `Catch` may stand beside it. Two things to do are two steps, each with its own dash.',
    wrong: 'Simulation: { Handlers: { Work: [{ Compute: 20ms, Wait: 1s }] } }\n',
    right: 'Simulation: { Handlers: { Work: [{ Compute: 20ms }, { Wait: 1s }] } }\n',
  },
  'no-result': {
    severity: 'error',
    title: 'a `ResultPath` for a step that answers nothing',
    text: 'Only a call has an answer that can be kept. Flow steps such as `Compute` have none.',
    wrong: 'Simulation: { Handlers: { Work: [{ Compute: 20ms, ResultPath: $.took }] } }\n',
    right: 'Simulation: { Handlers: { Work: [{ Compute: 20ms }] } }\n',
  },
  'return-in-branch': {
    severity: 'error',
    title: 'a branch of `Parallel` that wants to answer',
    text: 'The branches run at the same time and none of them has an answer of its own. Put `Return` behind `Parallel`.',
    wrong: 'Simulation: { Handlers: { Work: [Parallel: [{ Return: 1 }]] } }\n',
    right: 'Simulation: { Handlers: { Work: [{ Parallel: [{ Wait: 1s }] }, { Return: 1 }] } }\n',
  },
  'once-outside-a-function': {
    severity: 'error',
    title: '`Once`, `Init`, `Tmp` or `Memory` where nothing is remembered',
    text: '`Once` is for the handler of a function: each of its execution environments remembers what its first invocation did, and does it no more; so are `Init`, `Tmp` and `Memory`. Operators and other programs have no environments; at most 31 steps of a handler can be `Once`.',
    wrong: 'Simulation: { Actions: [{ At: 1m, Once: [{ Wait: 1s }] }] }\n',
    right: 'Simulation: { Handlers: { Work: [{ Once: [{ Wait: 300ms }] }, { Compute: 20ms }] } }\n',
  },
  'init-not-first': {
    severity: 'error',
    title: '`Init` behind other steps, or an answer in it',
    text: '`Init` is code outside the handler: an execution environment runs it before its first request, so it stands before all other steps, once, and has nobody to answer.',
    wrong: 'Simulation: { Handlers: { Work: [{ Compute: 20ms }, { Init: [{ Wait: 300ms }] }] } }\n',
    right: 'Simulation: { Handlers: { Work: [{ Init: [{ Wait: 300ms }] }, { Compute: 20ms }] } }\n',
  },
  'cache-without-answer': {
    severity: 'error',
    title: 'a `Cache` around steps without an answer',
    text: 'What `Cache` keeps is the answer of the last step of `Do`: a read such as `dynamodb:GetItem`, or a write whose result is put into the cache. A list that is empty or ends with a computation has no answer.',
    wrong: cached('Compute: 20ms'),
    right: cached('http:GET: { Url: Origin }'),
  },
  'no-event': {
    severity: 'error',
    title: 'a path where there is no event yet',
    text: 'The `Attributes` of a workload are what an event is made of, so they cannot look into it. They are values, keys such as `uuid`, or distributions.',
    wrong:
      'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s, Attributes: { id: $.id } } } }\n',
    right:
      'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s, Attributes: { id: uuid } } } }\n',
  },
  'unknown-fault': {
    severity: 'error',
    title: 'a fault that does not exist',
    text: 'Faults bear the ids of the Fault Injection Service’s actions. Where `For` is given, the fault ends after it.',
    wrong: 'Simulation: { Faults: [{ At: 1m, aws:lambda:invocation-eror: { Target: Work } }] }\n',
    right: 'Simulation: { Faults: [{ At: 1m, aws:lambda:invocation-error: { Target: Work } }] }\n',
    source: 'https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html',
  },
  'unknown-quota': {
    severity: 'error',
    title: 'a quota that does not exist',
    text: 'A quota is written with its service before it: `lambda.ConcurrentExecutions`. `hotshard explain TYPE` lists the figures of a type. A limit on an operation is written with a colon and a rate: `sqs:SendMessage: 40/s`.',
    wrong: 'Simulation: { Quotas: { lambda.ConcurentExecutions: 200 } }\n',
    right: 'Simulation: { Quotas: { lambda.ConcurrentExecutions: 200 } }\n',
  },
  'unknown-price': {
    severity: 'error',
    title: 'a price that does not exist',
    text: 'A price is written with its service before it: `lambda.Requests`. `hotshard explain TYPE` lists what AWS bills of a type, with the prices that hold when nothing is said.',
    wrong: 'Simulation: { Prices: { lambda.Request: 0.18 } }\n',
    right: 'Simulation: { Prices: { lambda.Requests: 0.18 } }\n',
  },
  'unknown-assumption': {
    severity: 'error',
    title: 'an assumption that the type does not make',
    text: 'Where AWS documents no figure, a model assumes one, and it can be set by type or by logical id. `hotshard explain TYPE` lists the assumptions of a type.',
    wrong: 'Simulation: { Assumptions: { AWS::SQS::Queue: { ApiLatenzy: 5ms } } }\n',
    right: 'Simulation: { Assumptions: { AWS::SQS::Queue: { ApiLatency: 5ms } } }\n',
  },
  'wrong-assumption': {
    severity: 'error',
    title: 'an assumption with a value that cannot be read',
    text: 'An assumption is a time, a share, a number, a distribution or one of a few words; the note under the message says what this one stands for.',
    wrong: 'Simulation: { Assumptions: { AWS::SQS::Queue: { ApiLatency: soon } } }\n',
    right: 'Simulation: { Assumptions: { AWS::SQS::Queue: { ApiLatency: 5ms } } }\n',
  },
} as const satisfies Explanations
