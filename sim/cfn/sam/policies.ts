// The policies of a SAM function or state machine as those of an IAM role: managed ones, documents and policy templates (SAM-R12).
import { entries, get, isMap, items, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import type { Draft, SamResource } from './draft.ts'
import { isIntrinsic, sub } from './draft.ts'
import { policyTemplates } from './policy-templates.ts'
import type { TemplateStatement } from './policy-templates.ts'

export interface RolePolicies {
  readonly managed: Plain[]
  readonly documents: Plain[]
}

/** AWS managed policies that stand under `service-role/`; all others are named directly. */
const serviceRoles = new Set([
  ...[
    'AWSLambdaBasicExecutionRole',
    'AWSLambdaRole',
    'AWSLambdaVPCAccessExecutionRole',
    'AWSLambdaSQSQueueExecutionRole',
  ],
  ...['AWSLambdaKinesisExecutionRole', 'AWSLambdaDynamoDBExecutionRole', 'AWSLambdaMSKExecutionRole'],
  ...['AmazonAPIGatewayPushToCloudWatchLogs', 'AWSCodeDeployRoleForLambda', 'AWSCodeDeployRoleForLambdaLimited'],
  ...['AWSLambdaBasicDurableExecutionRolePolicy', 'AmazonSSMAutomationRole', 'AmazonECSTaskExecutionRolePolicy'],
])

const managedNames =
  /^(AWSLambda\w+|AWSXrayWriteOnlyAccess|AWSXRayDaemonWriteAccess|AWSStepFunctions\w+|AWSCodeDeploy\w+|Amazon\w+(FullAccess|ReadOnlyAccess|PushToCloudWatchLogs)|CloudWatch\w+(FullAccess|Policy)|SecretsManagerReadWrite|ComprehendFullAccess|TranslateFullAccess|AdministratorAccess|PowerUserAccess|ReadOnlyAccess|\w+ReadOnlyAccess|IAMFullAccess)$/

export function managedPolicyArn(name: string, partition: string): string {
  return `arn:${partition}:iam::aws:policy/${serviceRoles.has(name) ? 'service-role/' : ''}${name}`
}

/** Reads `Policies`: one or a list of names, documents, policy templates and functions that give one. */
export function rolePolicies(owner: SamResource, roleId: string, draft: Draft): RolePolicies {
  const written = get(owner.properties, 'Policies')
  const list = written === undefined ? [] : written.kind === 'list' ? written.items : [written]
  const result: RolePolicies = { managed: [], documents: [] }
  list.forEach((policy, index) => {
    const named = (document: Plain): Plain => ({ PolicyName: `${roleId}Policy${index}`, PolicyDocument: document })
    addPolicy(policy, named, result, owner, draft)
  })
  return result
}

function addPolicy(
  policy: Node,
  named: (document: Plain) => Plain,
  result: RolePolicies,
  owner: SamResource,
  draft: Draft,
): void {
  const name = stringOf(policy)
  if (name !== undefined) {
    result.managed.push(managedNames.test(name) ? managedPolicyArn(name, draft.partition) : policy)
    return
  }
  if (!isMap(policy)) {
    draft.error(owner, 'a policy is a name, a document or a policy template', policy.span)
    return
  }
  const conditional = get(policy, 'Fn::If')
  if (conditional !== undefined) {
    addConditional(policy, conditional, named, result, owner, draft)
    return
  }
  if (isIntrinsic(policy)) {
    result.managed.push(policy)
    return
  }
  if (policy.pairs.has('Statement')) {
    result.documents.push(named(policy))
    return
  }
  for (const { key, keySpan, value } of entries(policy)) {
    const document = expandTemplate(key, value, owner, draft)
    if (document !== undefined) result.documents.push(named(document))
    else if (!policyTemplates.has(key))
      draft.error(owner, `\`${key}\` is not a policy template that is known here`, keySpan)
  }
}

function addConditional(
  policy: Node,
  conditional: Node,
  named: (document: Plain) => Plain,
  result: RolePolicies,
  owner: SamResource,
  draft: Draft,
): void {
  const [condition, yes, no] = items(conditional)
  if (condition === undefined || yes === undefined || no === undefined) {
    draft.error(owner, '`Fn::If` takes a condition and two values', policy.span)
    return
  }
  const branches = [yes, no].map((branch) => expandedBranch(branch, owner, draft))
  const isManaged = [yes, no].some((branch) => stringOf(branch) !== undefined)
  if (isManaged || branches.every((branch) => branch === undefined)) result.managed.push(policy)
  else {
    const [a, b] = branches.map((branch) => (branch === undefined ? { Ref: 'AWS::NoValue' } : named(branch)))
    result.documents.push({ 'Fn::If': [condition, a, b] })
  }
}

/** The document of a branch of `Fn::If`; undefined for a function such as `Ref: AWS::NoValue`. */
function expandedBranch(branch: Node, owner: SamResource, draft: Draft): Plain | undefined {
  if (!isMap(branch) || isIntrinsic(branch)) return undefined
  if (branch.pairs.has('Statement')) return branch
  const [template] = entries(branch)
  return template === undefined ? undefined : expandTemplate(template.key, template.value, owner, draft)
}

/** The document of a policy template with its parameters put in (SAM-R40). */
function expandTemplate(name: string, values: Node, owner: SamResource, draft: Draft): Plain | undefined {
  const template = policyTemplates.get(name)
  if (template === undefined) return undefined
  const wanted = new Set(template.flatMap((statement) => [...parametersOf(statement)]))
  for (const parameter of wanted) {
    if (get(values, parameter) === undefined)
      draft.error(owner, `the policy template \`${name}\` needs \`${parameter}\``, values.span)
  }
  draft.checkKeys(owner, values, [...wanted], `the policy template ${name}`)
  return { Statement: template.map((statement) => statementOf(statement, values)) }
}

function parametersOf(statement: TemplateStatement): Set<string> {
  const texts = [...(Array.isArray(statement.on) ? statement.on : [statement.on]), statement.allowedFor ?? '']
  return new Set(texts.flatMap((text) => [...text.matchAll(/<(\w+)>/g)].map((match) => match[1] as string)))
}

function statementOf(statement: TemplateStatement, values: Node): PlainMap {
  const { actions, on, allowedFor } = statement
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: Array.isArray(on) ? on.map((text: string) => resourceOf(text, values)) : resourceOf(on as string, values),
    Condition:
      allowedFor === undefined
        ? undefined
        : { StringEquals: { 'secretsmanager:resource/AllowRotationLambdaArn': resourceOf(allowedFor, values) } },
  }
}

/** `sqs:r:a:<QueueName>` as the ARN with the region, the account and the value of `QueueName`. */
function resourceOf(text: string, values: Node): Plain {
  if (text === '*') return '*'
  const used: Record<string, Plain> = {}
  const filled = text.replace(/<(\w+)>/g, (_, name: string) => {
    const variable =
      name === 'PipelineName'
        ? 'pipelinename'
        : name === 'WorkGroupName'
          ? 'workgroupName'
          : name.charAt(0).toLowerCase() + name.slice(1)
    const value = get(values, name)
    if (value !== undefined) used[variable] = value
    return `\${${variable}}`
  })
  const arn = filled.startsWith('${')
    ? filled
    : `arn:\${AWS::Partition}:${filled.replace(':r:a:', ':${AWS::Region}:${AWS::AccountId}:')}`
  return Object.keys(used).length === 0 ? sub(arn) : sub(arn, used)
}
