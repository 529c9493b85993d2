// Writes that count twice when an event comes twice.
import type { HandlerView, Lints, Scene } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import type { Instruction, Template } from '../../parts/program.ts'

type Call = Extract<Instruction, { op: 'call' }>

/** What brings events to a function again after a failure, by whatever wires it. */
const REPEATERS = [
  'AWS::Lambda::EventSourceMapping',
  'AWS::SNS::Subscription',
  'AWS::S3::Bucket',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::Pipes::Pipe',
]
/** Adds to what is there: `ADD n :one`, `SET n = n + :one`, `SET n = if_not_exists(n, :zero) + :one`. */
const ADDS = /(^|\s)ADD\s|[\w)\]]\s?[+-]\s?:/i

const TABLE = [
  'BillingMode: PAY_PER_REQUEST',
  'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
  'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
]
const example = (condition: string): string => `Resources:
${workFunction(['Timeout: 30'])}${resource('Totals', 'AWS::DynamoDB::Table', TABLE)}${resource('News', 'AWS::SNS::Topic')}${resource(
  'Read',
  'AWS::SNS::Subscription',
  ['TopicArn: !Ref News', 'Protocol: lambda', 'Endpoint: !GetAtt Work.Arn'],
)}${resource('May', 'AWS::Lambda::Permission', [
  'Action: lambda:InvokeFunction',
  'FunctionName: !Ref Work',
  'Principal: sns.amazonaws.com',
])}Simulation:
  Workloads:
    Requests: { Target: News, Rate: 1/s, Parameters: { Message: { id: uuid } } }
  Handlers:
    Work:
      - dynamodb:UpdateItem:
          TableName: !Ref Totals
          Key: { id: all }
          UpdateExpression: "ADD sold :one"
          ExpressionAttributeValues: { ":one": 1, ":id": $.id }${condition}
      - Choose: [{ Weight: 99%, Do: [] }, { Weight: 1%, Do: [{ Fail: Broken }] }]
`

export const repeatLints: Lints = {
  'dynamodb/counts-twice': {
    severity: 'warning',
    title: 'a write that counts twice when its event comes twice',
    text: 'Asynchronous events, messages and records come again when the function fails: up to three times, or until they are too old. What was added before the failure is added again, and nothing tells the copies apart but duplicates in the logs. Let the write be idempotent: a condition on the id of the event, or an item of its own for each event.',
    wrong: example(''),
    right: example('\n          ConditionExpression: "attribute_not_exists(seen) OR NOT contains(seen, :id)"'),
    source: 'N.LAMBDA-ASYNC-04; https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html',
    find: (scene) =>
      scene.handlers.flatMap((handler) => {
        if (!handler.isWritten || !comesAgain(handler, scene)) return []
        const { code } = handler.program
        return code.flatMap((step, i) => {
          if (!isCall(step) || !adds(step) || !code.slice(i + 1).some(mayFail)) return []
          return [
            {
              message: `\`${handler.of.logicalId}\` adds to \`${step.to}\` before a step that can fail, and its events come again after a failure`,
              span: handler.place(step),
              help: 'a `ConditionExpression` on the id of the event, or an item for each event',
            },
          ]
        })
      }),
  },
}

const isCall = (step: Instruction): step is Call => step.op === 'call'

/** Whether events that fail are brought to the function again. */
function comesAgain(handler: HandlerView, { flows, handlers }: Scene): boolean {
  const name = handler.of.logicalId
  if (flows.some(({ to, by }) => to === name && REPEATERS.includes(by))) return true
  return handlers.some(({ program }) =>
    program.code.some(
      (step) =>
        isCall(step) &&
        step.to === name &&
        step.action === 'lambda:InvokeFunction' &&
        constantAt(step.body, 'InvocationType') === 'Event',
    ),
  )
}

function adds({ action, body }: Call): boolean {
  if (action !== 'dynamodb:UpdateItem' || constantAt(body, 'ConditionExpression') !== undefined) return false
  const expression = constantAt(body, 'UpdateExpression')
  return typeof expression === 'string' && ADDS.test(expression)
}

/** A step whose failure ends the handler with an error. */
function mayFail(step: Instruction): boolean {
  return (step.op === 'fail' || step.op === 'call') && step.catches.length === 0
}

/** A parameter of a call that is no draw and no path; undefined when it is not given or not known. */
function constantAt(body: Template, name: string): unknown {
  if (body.kind === 'constant') {
    const { value } = body
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined
  }
  if (body.kind !== 'map') return undefined
  const of = body.values[body.keys.indexOf(name)]
  return of?.kind === 'constant' ? of.value : undefined
}
