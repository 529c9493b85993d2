// `Auth.ResourcePolicy` of a REST API or of one of its events: who may call from where, as the definition's policy.
import { get, items, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { anyMethod } from './api-draft.ts'
import type { ApiDraft } from './api-draft.ts'
import { isIntrinsic, sub } from './draft.ts'
import type { Draft } from './draft.ts'

const known = [
  ...['CustomStatements', 'AwsAccountWhitelist', 'AwsAccountBlacklist', 'IpRangeWhitelist', 'IpRangeBlacklist'],
  ...['SourceVpcWhitelist', 'SourceVpcBlacklist', 'IntrinsicVpcWhitelist', 'IntrinsicVpcBlacklist'],
  ...['IntrinsicVpceWhitelist', 'IntrinsicVpceBlacklist'],
]

export function resourcePolicy(api: ApiDraft, draft: Draft): PlainMap | undefined {
  const statements: Plain[] = []
  const whole = get(get(api.owner.properties, 'Auth'), 'ResourcePolicy')
  if (whole !== undefined) {
    const stage = get(api.owner.properties, 'StageName') ?? null
    const resources: Plain[] = []
    for (const [path, { methods }] of api.paths) {
      for (const name of methods.keys())
        if (name !== 'options') resources.push(invokable(path, name === anyMethod ? '*' : name.toUpperCase(), stage))
    }
    addStatements(api, whole, resources, statements, draft)
  }
  for (const { path, method, policy } of api.policies)
    addStatements(api, policy, [invokable(path, method, null)], statements, draft)
  if (statements.length === 0) return undefined
  return { Version: '2012-10-17', Statement: statements.length === 1 ? (statements[0] as Plain) : statements }
}

function invokable(path: string, method: string, stage: Plain): Plain {
  return sub(`execute-api:/\${__Stage__}/${method}${path.replace(/\{[^}]*\}/g, '*')}`, { __Stage__: stage })
}

function addStatements(api: ApiDraft, policy: Node, resources: Plain[], statements: Plain[], draft: Draft): void {
  draft.checkKeys(api.owner, policy, known, 'ResourcePolicy')
  let isAllowed = false
  const allow = (principal: Plain): void => {
    statements.push({ Action: 'execute-api:Invoke', Effect: 'Allow', Principal: principal, Resource: resources })
  }
  const allowAll = (): void => {
    if (!isAllowed) allow('*')
    isAllowed = true
  }
  const deny = (condition: PlainMap): void => {
    allowAll()
    statements.push({
      Action: 'execute-api:Invoke',
      Effect: 'Deny',
      Principal: '*',
      Resource: resources,
      Condition: condition,
    })
  }
  const accounts = (key: string): Plain[] | undefined => {
    const list = get(policy, key)
    return list === undefined ? undefined : [...items(list)]
  }
  const allowed = accounts('AwsAccountWhitelist')
  if (allowed !== undefined) allow({ AWS: allowed })
  const denied = accounts('AwsAccountBlacklist')
  if (denied !== undefined)
    statements.push({ Action: 'execute-api:Invoke', Effect: 'Deny', Principal: { AWS: denied }, Resource: resources })
  const ranges = get(policy, 'IpRangeWhitelist')
  if (ranges !== undefined) deny({ NotIpAddress: { 'aws:SourceIp': ranges } })
  const refused = get(policy, 'IpRangeBlacklist')
  if (refused !== undefined) deny({ IpAddress: { 'aws:SourceIp': refused } })
  for (const [kind, operator] of [
    ['Whitelist', 'StringNotEquals'],
    ['Blacklist', 'StringEquals'],
  ] as const) {
    const { vpcs, endpoints } = vpcsOf(api, policy, kind, draft)
    if (vpcs.length > 0) deny({ [operator]: { 'aws:SourceVpc': vpcs } })
    if (endpoints.length > 0) deny({ [operator]: { 'aws:SourceVpce': endpoints } })
  }
  const custom = get(policy, 'CustomStatements')
  if (custom !== undefined) statements.push(...(custom.kind === 'list' ? custom.items : [custom]))
}

function vpcsOf(api: ApiDraft, policy: Node, kind: string, draft: Draft): { vpcs: Plain[]; endpoints: Plain[] } {
  const vpcs: Plain[] = [...items(get(policy, `IntrinsicVpc${kind}`))]
  const endpoints: Plain[] = [...items(get(policy, `IntrinsicVpce${kind}`))]
  const written = get(policy, `SourceVpc${kind}`)
  for (const each of items(written)) {
    const name = stringOf(each)
    if (name === undefined || isIntrinsic(each)) {
      const message = `\`SourceVpc${kind}\` is a list of texts; values that are functions stand in \`IntrinsicVpc${kind}\``
      draft.error(api.owner, message, each.span)
    } else if (name.startsWith('vpce-')) endpoints.push(each)
    else vpcs.push(each)
  }
  return { vpcs, endpoints }
}
