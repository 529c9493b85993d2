// `EventInvokeConfig`: retries and destinations of asynchronous invocations (SAM-R18).
import { entries, get, isMap, items, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { getAtt, hash10, pick, ref } from './draft.ts'
import type { FunctionDraft } from './function-draft.ts'

const actions: ReadonlyMap<string, string> = new Map([
  ['SQS', 'sqs:SendMessage'],
  ['SNS', 'sns:publish'],
  ['Lambda', 'lambda:InvokeFunction'],
  ['EventBridge', 'events:PutEvents'],
  ['S3Bucket', 's3:PutObject'],
])

export function eventInvokeConfig(fn: FunctionDraft): void {
  const { owner, draft, alias } = fn
  const written = get(owner.properties, 'EventInvokeConfig')
  if (!isMap(written)) return
  const config = draft.resolveParameters(written)
  draft.checkKeys(
    owner,
    config,
    ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'DestinationConfig'],
    'EventInvokeConfig',
  )
  const id = `${owner.id}EventInvokeConfig`
  const destinations: Record<string, Plain> = {}
  for (const { key, value } of entries(get(config, 'DestinationConfig'))) {
    const target = destination(fn, `${id}${key}`, value)
    if (target !== undefined) destinations[key] = { Destination: target }
  }
  draft.emit(
    owner,
    id,
    'AWS::Lambda::EventInvokeConfig',
    {
      ...pick(config, ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']),
      FunctionName: ref(owner.id),
      Qualifier:
        alias === undefined ? '$LATEST' : draft.resolveParameters(get(owner.properties, 'AutoPublishAlias') ?? config),
      DestinationConfig: destinations,
    },
    alias === undefined ? {} : { DependsOn: [alias] },
  )
}

function destination(fn: FunctionDraft, id: string, written: Node): Plain | undefined {
  const { owner, draft } = fn
  const type = stringOf(get(written, 'Type'))
  const action = actions.get(type ?? '')
  if (type === undefined || action === undefined) {
    draft.error(
      owner,
      `a destination has a \`Type\`: ${[...actions.keys()].join(', ')}`,
      get(written, 'Type')?.span ?? written.span,
    )
    return undefined
  }
  const target = targetOf(fn, id, type, get(written, 'Destination'))
  if (target === undefined) {
    draft.error(owner, `a destination of the type \`${type}\` names its \`Destination\``, written.span)
    return undefined
  }
  fn.documents.push({
    PolicyName: `${id}${type}Policy`,
    PolicyDocument: {
      Statement: [
        {
          Action: action,
          Effect: 'Allow',
          Resource: type === 'S3Bucket' ? { 'Fn::Sub': ['${bucket}/*', { bucket: target }] } : target,
        },
      ],
    },
  })
  return target
}

/** The destination as written, or the queue or topic made where it is missing (also under a condition). */
function targetOf(fn: FunctionDraft, id: string, type: string, written: Node | undefined): Plain | undefined {
  const { owner, draft } = fn
  const made = `${id}${type === 'SQS' ? 'Queue' : 'Topic'}`
  const madeTarget: PlainMap = type === 'SQS' ? getAtt(made, 'Arn') : ref(made)
  const canMake = type === 'SQS' || type === 'SNS'
  const emit = (condition: string | undefined): void => {
    const attributes = condition === undefined ? {} : { Condition: condition }
    draft.emit(owner, made, type === 'SQS' ? 'AWS::SQS::Queue' : 'AWS::SNS::Topic', {}, attributes)
    draft.renamed.set(`${owner.id}.Destination${type === 'SQS' ? 'Queue' : 'Topic'}`, made)
  }
  if (written === undefined) {
    if (!canMake) return undefined
    emit(undefined)
    return madeTarget
  }
  const [condition, yes, no] = items(get(written, 'Fn::If'))
  const name = stringOf(condition)
  if (name === undefined || yes === undefined || no === undefined || !canMake) return written
  const isNone = (node: Node): boolean => stringOf(get(node, 'Ref')) === 'AWS::NoValue'
  if (isNone(yes)) {
    emit(both(fn, name))
    return { 'Fn::If': [name, madeTarget, no] }
  }
  if (!isNone(no)) return written
  const opposite = `NOT${name}${hash10(`${owner.id}EventInvokeConfig`)}`
  draft.conditions.set(opposite, { 'Fn::Not': [{ Condition: name }] })
  emit(both(fn, opposite))
  return { 'Fn::If': [opposite, madeTarget, yes] }
}

/** The condition under which the function exists and `name` holds. */
function both(fn: FunctionDraft, name: string): string {
  const own = stringOf(get(fn.owner.node, 'Condition'))
  if (own === undefined) return name
  const joined = `${own}AND${name}${hash10(fn.owner.id)}`
  // AWS: the translator nests these conditions twice, and so do we; evaluation reads both forms alike.
  fn.draft.conditions.set(joined, {
    'Fn::And': [{ Condition: { Condition: own } }, { Condition: { Condition: name } }],
  })
  return joined
}
