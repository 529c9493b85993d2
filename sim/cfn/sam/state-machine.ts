// AWS::Serverless::StateMachine: the machine, its role, and the rules, schedules and routes that start it (SAM-R34).
import { entries, get, isScalar, isTrue, List, scalar, Scalar, stringOf, Dict } from '../node.ts'
import type { Entry, Node, Plain, PlainMap } from '../node.ts'
import { ascii, storedAt, trusting, unique } from './pieces.ts'
import { deadLetterOf, emitSchedule, ruleOf } from './rule-events.ts'
import type { Event } from './function-draft.ts'
import type { ApiDrafts } from './api-draft.ts'
import { routeOf } from './api-events.ts'
import { getAtt, isIntrinsic, pick, ref, refId, sub, tagList } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { managedPolicyArn, rolePolicies } from './policies.ts'

const known = [
  ...[
    'Definition',
    'DefinitionUri',
    'Logging',
    'Role',
    'RolePath',
    'DefinitionSubstitutions',
    'Events',
    'Name',
    'Type',
    'Tags',
  ],
  ...[
    'Policies',
    'Tracing',
    'PermissionsBoundary',
    'AutoPublishAlias',
    'DeploymentPreference',
    'UseAliasAsEventTarget',
    'PropagateTags',
  ],
]

export function transformStateMachine(owner: SamResource, draft: Draft, apis: ApiDrafts): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  const uri = get(properties, 'DefinitionUri')
  const definition = get(properties, 'Definition')
  if ((uri === undefined) === (definition === undefined)) {
    draft.error(owner, 'either `Definition` or `DefinitionUri`', uri?.span)
    return
  }
  const written =
    definition === undefined ? undefined : definitionOf(definition, get(properties, 'DefinitionSubstitutions'), owner)
  const role = get(properties, 'Role')
  const tags = tagList(get(properties, 'Tags'), ['stateMachine:createdBy', 'SAM'])
  draft.emit(
    owner,
    id,
    'AWS::StepFunctions::StateMachine',
    {
      StateMachineName: get(properties, 'Name'),
      StateMachineType: get(properties, 'Type'),
      RoleArn: role ?? getAtt(`${id}Role`, 'Arn'),
      DefinitionString: written?.text,
      DefinitionS3Location: definition === undefined ? storedAt(uri, 'Bucket', 'Key', 'Version') : undefined,
      DefinitionSubstitutions: written?.substitutions ?? get(properties, 'DefinitionSubstitutions'),
      LoggingConfiguration: get(properties, 'Logging'),
      TracingConfiguration: get(properties, 'Tracing'),
      Tags: tags,
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
  if (role === undefined) emitRole(owner, draft, tags)
  emitAlias(owner, draft)
  for (const { key: name, keySpan, value } of entries(get(properties, 'Events'))) {
    const type = stringOf(get(value, 'Type')) ?? ''
    const event = {
      name,
      type,
      properties: get(value, 'Properties') ?? new Dict(new Map(), value.span),
      id: `${id}${name}`,
    }
    if (['Schedule', 'EventBridgeRule', 'CloudWatchEvent'].includes(type)) emitRule(owner, event, draft)
    else if (type === 'ScheduleV2')
      emitSchedule({ owner, draft }, event, ref(id), 'states:StartExecution', 'StartExecutionPolicy')
    else if (type === 'Api') emitRoute(owner, event, draft, apis)
    else
      draft.error(
        owner,
        'an event of a state machine is Schedule, ScheduleV2, EventBridgeRule, CloudWatchEvent or Api',
        keySpan,
        name,
      )
  }
}

function emitRole(owner: SamResource, draft: Draft, tags: Plain[]): void {
  const roleId = `${owner.id}Role`
  const policies = rolePolicies(owner, roleId, draft)
  const managed: Plain[] = [...policies.managed]
  if (isTrue(get(get(owner.properties, 'Tracing'), 'Enabled')))
    managed.unshift(managedPolicyArn('AWSXrayWriteOnlyAccess', draft.partition))
  draft.emit(owner, roleId, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trusting('states.amazonaws.com'),
    ManagedPolicyArns: unique(managed),
    Policies: policies.documents.length === 0 ? undefined : policies.documents,
    Path: get(owner.properties, 'RolePath'),
    PermissionsBoundary: get(owner.properties, 'PermissionsBoundary'),
    Tags: tags,
  })
}

function emitAlias(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  const written = get(properties, 'AutoPublishAlias')
  if (written === undefined) return
  const name = stringOf(draft.resolveParameters(written))
  if (name === undefined) {
    draft.error(owner, '`AutoPublishAlias` is a literal name', written.span)
    return
  }
  const version = `${id}Version`
  const alias = `${id}Alias${name.replace(/[^A-Za-z0-9]/g, '')}`
  draft.renamed.set(`${id}.Version`, version)
  draft.renamed.set(`${id}.Alias`, alias)
  draft.emit(
    owner,
    version,
    'AWS::StepFunctions::StateMachineVersion',
    { StateMachineArn: ref(id), StateMachineRevisionId: getAtt(id, 'StateMachineRevisionId') },
    { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
  )
  const preference = get(properties, 'DeploymentPreference')
  const preferences = pick(preference, ['Type', 'Alarms', 'Interval', 'Percentage'])
  draft.emit(owner, alias, 'AWS::StepFunctions::StateMachineAlias', {
    Name: name,
    DeploymentPreference: { Type: 'ALL_AT_ONCE', ...preferences, StateMachineVersionArn: ref(version) },
  })
}

function starter(event: Event, service: string, target: PlainMap): PlainMap {
  return {
    AssumeRolePolicyDocument: trusting(service),
    Policies: [
      {
        PolicyName: `${event.id}RoleStartExecutionPolicy`,
        PolicyDocument: { Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource: target }] },
      },
    ],
  }
}

function emitRule(owner: SamResource, event: Event, draft: Draft): void {
  const { rule, target } = ruleOf(event)
  const given = get(event.properties, 'RoleArn')
  const role: Plain = given ?? getAtt(`${event.id}Role`, 'Arn')
  const targetId: Plain = get(get(event.properties, 'Target'), 'Id') ?? `${event.id}StepFunctionsTarget`
  draft.emit(owner, event.id, 'AWS::Events::Rule', {
    ...rule,
    Targets: [
      {
        Arn: ref(owner.id),
        Id: targetId,
        RoleArn: role,
        ...target,
        DeadLetterConfig: deadLetterOf({ owner, draft }, event),
      },
    ],
  })
  if (given === undefined)
    draft.emit(owner, `${event.id}Role`, 'AWS::IAM::Role', starter(event, 'events.amazonaws.com', ref(owner.id)))
}

function emitRoute(owner: SamResource, event: Event, draft: Draft, apis: ApiDrafts): void {
  const { properties } = event
  draft.checkKeys(
    owner,
    properties,
    ['Path', 'Method', 'RestApiId', 'Auth', 'UnescapeMappingTemplate', 'Stage'],
    'an event of the type Api',
    event.name,
  )
  const route = routeOf(owner, event, draft)
  const unescape = get(properties, 'UnescapeMappingTemplate')
  if (unescape !== undefined && !(isScalar(unescape) && typeof unescape.value === 'boolean')) {
    draft.error(owner, '`UnescapeMappingTemplate` is true or false', unescape.span, event.name)
    return
  }
  if (route === undefined) return
  const given = get(properties, 'RestApiId')
  const api = given === undefined ? apis.implicit(false, owner) : apis.all.get(refId(given) ?? stringOf(given) ?? '')
  const roleId = `${event.id}Role`
  draft.emit(owner, roleId, 'AWS::IAM::Role', starter(event, 'apigateway.amazonaws.com', ref(owner.id)))
  if (api === undefined || !api.open) return
  const condition = stringOf(get(owner.node, 'Condition'))
  api.conditions.add(condition)
  const escaped = `$util.escapeJavaScript($input.json('$'))${isTrue(unescape) ? `.replaceAll("\\\\'","'")` : ''}`
  const members: Record<string, Plain | undefined> = {
    'x-amazon-apigateway-integration': {
      type: 'aws',
      httpMethod: 'POST',
      uri: sub('arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution'),
      credentials: getAtt(roleId, 'Arn'),
      requestTemplates: { 'application/json': sub(`{"input": "${escaped}", "stateMachineArn": "\${${owner.id}}"}`) },
      responses: { '200': { statusCode: '200' }, '400': { statusCode: '400' } },
    },
    responses: { '200': { description: 'OK' }, '400': { description: 'Bad Request' } },
  }
  const auth = get(properties, 'Auth')
  const policy = get(auth, 'ResourcePolicy')
  if (policy !== undefined) api.policies.push({ path: route.path, method: route.arnMethod, policy })
  apis.addRoute(
    api,
    route.path,
    route.method,
    { members, condition, auth, written: false },
    owner,
    event.name,
    properties.span,
  )
}

/**
 * A definition in the template as the text that Step Functions takes: JSON with sorted keys, four spaces deep, line by line.
 * Functions inside become substitutions, numbered in that order, for they cannot be resolved inside a text.
 */
function definitionOf(
  definition: Node,
  given: Node | undefined,
  owner: SamResource,
): { text: Plain; substitutions: PlainMap | undefined } {
  const substitutions: Record<string, Plain> = {}
  let count = 0
  const replaced = (node: Node): Node => {
    if (isScalar(node)) return node
    if (node.kind === 'list') {
      return new List(
        node.items.map((item) => replaced(item)),
        node.span,
      )
    }
    if (isIntrinsic(node) && !node.pairs.has('Condition')) {
      const name = `definition_substitution_${++count}`
      substitutions[name] = node
      return scalar(`\${${name}}`, node.span)
    }
    const pairs = new Map<string, Entry>()
    for (const key of [...node.pairs.keys()].sort()) {
      const entry = node.pairs.get(key) as Entry
      pairs.set(key, { ...entry, value: replaced(entry.value) })
    }
    return new Dict(pairs, node.span)
  }
  const lines = indented(replaced(definition), '').split('\n')
  for (const { key, value } of entries(given)) substitutions[key] = value
  const text = { 'Fn::Join': ['\n', lines.map((line) => new Scalar(line, line, owner.span))] }
  return { text, substitutions: Object.keys(substitutions).length === 0 ? undefined : substitutions }
}

function indented(node: Node, before: string): string {
  const inner = `${before}    `
  if (isScalar(node)) return typeof node.value === 'string' ? ascii(JSON.stringify(node.value)) : numberText(node)
  if (node.kind === 'list') {
    if (node.items.length === 0) return '[]'
    return `[\n${node.items.map((item) => inner + indented(item, inner)).join(',\n')}\n${before}]`
  }
  const keys = [...node.pairs.keys()].sort()
  if (keys.length === 0) return '{}'
  return `{\n${keys.map((key) => `${inner}${ascii(JSON.stringify(key))}: ${indented(get(node, key) as Node, inner)}`).join(',\n')}\n${before}}`
}

/** A number as its author wrote it, so that `1.0` stays `1.0`. */
function numberText(node: Scalar): string {
  return typeof node.value === 'number' && /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(node.text)
    ? node.text
    : JSON.stringify(node.value)
}
