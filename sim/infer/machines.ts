// State machines: which resources the tasks of a definition call, whether it stands in the template or in a file beside it.
import {
  entries,
  get,
  isMap,
  items,
  parseDocument,
  stringOf,
  textOf,
  type CfnResource,
  type Node,
} from '../cfn/index.ts'
import { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import type { InferredCall } from './graph.ts'
import { textsIn, type Names } from './names.ts'

/** Gives the text of a file that a template names, if it can be read. */
export type ReadFile = (path: string) => string | undefined

/** States below states: parallel branches and maps may be nested this deep. */
const DEEPEST = 30
/** UTF-16 units of a definition: AWS takes 1 MB. */
const LONGEST = 1_048_576

export function machineCalls(names: Names, readFile: ReadFile): readonly InferredCall[] {
  return [...names.template.resources.values()].flatMap((machine) => {
    if (machine.type !== 'AWS::StepFunctions::StateMachine') return []
    const span = get(machine.properties, 'DefinitionSubstitutions')?.span ?? machine.keySpan
    const definition = definitionOf(machine, names, readFile)
    const calls =
      definition === undefined
        ? substituted(machine, names)
        : tasks(definition, 0).flatMap(({ name, state }) => taskCalls(machine, name, state, names, span))
    const seen = new Set<string>()
    return calls.filter(({ action, to }) => !seen.has(`${action} ${to}`) && seen.add(`${action} ${to}`) !== undefined)
  })
}

/** The definition's tree, its substitutions filled in. */
function definitionOf({ logicalId, properties }: CfnResource, names: Names, readFile: ReadFile): Node | undefined {
  const object = get(properties, 'Definition')
  if (isMap(object)) return object
  const written = get(names.template.writtenOf(logicalId), 'Properties')
  const path = stringOf(get(written, 'DefinitionUri'))
  const text =
    textOf(get(properties, 'DefinitionString') ?? object!) ??
    (path === undefined || /^\w+:/.test(path) ? undefined : readFile(path))
  if (text === undefined) return undefined
  const filled = fillIn(text, get(properties, 'DefinitionSubstitutions'))
  // What is wrong with a definition is for the room that runs it to say.
  return parseDocument({ name: path ?? logicalId, text: filled }, new Problems())
}

/** The text with its `${names}` filled in, once: what is filled in is not looked at again, and the whole stays readable. */
function fillIn(text: string, substitutions: Node | undefined): string {
  let room = LONGEST - text.length
  return text.replace(/\$\{([A-Za-z0-9_-]{1,255})\}/g, (hole, name: string) => {
    const value = get(substitutions, name)
    const filling = value === undefined ? undefined : textOf(value)
    if (filling === undefined || filling.length > room) return hole
    room -= filling.length
    return filling
  })
}

function tasks(machine: Node | undefined, depth: number): readonly { readonly name: string; readonly state: Node }[] {
  if (depth > DEEPEST) return []
  return entries(get(machine, 'States')).flatMap(({ key: name, value: state }) => {
    const inner = [...items(get(state, 'Branches')), get(state, 'Iterator'), get(state, 'ItemProcessor')]
    const reader = get(state, 'ItemReader')
    return [
      ...(stringOf(get(state, 'Type')) === 'Task' ? [{ name, state }] : []),
      ...inner.flatMap((each) => tasks(each, depth + 1)),
      ...(reader === undefined ? [] : [{ name, state: reader }]),
    ]
  })
}

function taskCalls(machine: CfnResource, name: string, state: Node, names: Names, span: Span): InferredCall[] {
  const resource = textOf(get(state, 'Resource') ?? state) ?? ''
  const call = (action: string, to: string): InferredCall => ({
    ...{ from: machine.logicalId, action, to, kind: 'wire', strength: 'strong' },
    evidence: [{ text: `state ${name} of the definition`, span }],
  })
  const direct = names.at(resource, 'AWS::Lambda::Function')
  if (direct?.type === 'AWS::Lambda::Function') return [call('lambda:InvokeFunction', direct.logicalId)]
  const action = actionOf(resource)
  if (action === undefined) return []
  const service = action.slice(0, action.indexOf(':'))
  const given = [get(state, 'Parameters'), get(state, 'Arguments')].flatMap((node) =>
    node === undefined ? [] : textsIn(node),
  )
  const targets = given.flatMap(({ path, node }) => {
    const key = (path[path.length - 1] ?? '').replace(/\.\$$/, '')
    const found = TARGETS.test(key) ? names.at(textOf(node) ?? '', TYPES.get(service)) : undefined
    return found === undefined || (TYPES.has(service) && found.type !== TYPES.get(service)) ? [] : [found.logicalId]
  })
  return targets.map((to) => call(action, to))
}

/** Parameters that name the resource of a task. */
const TARGETS =
  /^(FunctionName|QueueUrl|TopicArn|TableName|StateMachineArn|EventBusName|Bucket|StreamName|TaskDefinition|JobQueue|JobName|ProjectName|DeliveryStreamName|Name)$/
const TYPES: ReadonlyMap<string, string> = new Map([
  ['lambda', 'AWS::Lambda::Function'],
  ['sqs', 'AWS::SQS::Queue'],
  ['sns', 'AWS::SNS::Topic'],
  ['dynamodb', 'AWS::DynamoDB::Table'],
  ['states', 'AWS::StepFunctions::StateMachine'],
  ['events', 'AWS::Events::EventBus'],
  ['s3', 'AWS::S3::Bucket'],
  ['ecs', 'AWS::ECS::TaskDefinition'],
  ['batch', 'AWS::Batch::JobQueue'],
  ['codebuild', 'AWS::CodeBuild::Project'],
])

/** `arn:aws:states:::dynamodb:putItem`, `…:::aws-sdk:sfn:startExecution.sync:2` as an IAM action. */
function actionOf(resource: string): string | undefined {
  const parts = /^arn:[a-z-]+:states:[^:]*:[^:]*:(?:aws-sdk:)?([a-z0-9-]+):(\w+)/.exec(resource)
  if (parts === null) return undefined
  const service = parts[1] === 'sfn' ? 'states' : parts[1] === 'eventbridge' ? 'events' : parts[1]!
  const name = parts[2]!.charAt(0).toUpperCase() + parts[2]!.slice(1)
  return `${service}:${service === 'lambda' && name === 'Invoke' ? 'InvokeFunction' : name}`
}

/** Of a definition that cannot be read, the functions that it is handed are those that it calls. */
function substituted(machine: CfnResource, names: Names): InferredCall[] {
  return entries(get(machine.properties, 'DefinitionSubstitutions')).flatMap(({ key, keySpan, value }) => {
    const found = names.at(textOf(value) ?? '', 'AWS::Lambda::Function')
    if (found?.type !== 'AWS::Lambda::Function') return []
    const evidence = [{ text: `substitution ${key} of a definition that cannot be read`, span: keySpan }]
    return [
      {
        from: machine.logicalId,
        action: 'lambda:InvokeFunction',
        to: found.logicalId,
        kind: 'wire',
        strength: 'likely',
        evidence,
      },
    ]
  })
}
