// `Auth` of APIs: who may call a method, as the security schemes of the API's definition and the security of each method.
import { entries, get, has, isFalse, isMap, isTrue, items, stringOf, textOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import type { ApiDraft, MethodDraft } from './api-draft.ts'
import { isIntrinsic, pick, ref, sub } from './draft.ts'
import type { Draft } from './draft.ts'

export interface Security {
  readonly schemes: PlainMap | undefined
}

const iam = 'AWS_IAM'
const apiKey = 'api_key'

const iamScheme: PlainMap = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
}
const apiKeyScheme: PlainMap = { type: 'apiKey', name: 'x-api-key', in: 'header' }

const restAuthProperties = [
  ...['DefaultAuthorizer', 'Authorizers', 'ApiKeyRequired', 'ResourcePolicy', 'UsagePlan', 'InvokeRole'],
  ...['AddDefaultAuthorizerToCorsPreflight', 'AddApiKeyRequiredToCorsPreflight'],
]

/** Puts `security` into every method of a REST API and returns the schemes that they use. */
export function restAuth(api: ApiDraft, draft: Draft): Security {
  const unresolved = get(api.owner.properties, 'Auth')
  const auth = unresolved === undefined ? undefined : draft.resolveParameters(unresolved)
  draft.checkKeys(api.owner, isIntrinsic(auth) ? undefined : auth, restAuthProperties, 'Auth')
  const written = get(auth, 'Authorizers')
  const byDefault = stringOf(get(auth, 'DefaultAuthorizer'))
  const schemes: Record<string, Plain> = {}
  for (const { key, value } of entries(written)) {
    const scheme = restScheme(api, key, value, draft)
    if (scheme !== undefined) schemes[key] = scheme
  }
  if (byDefault !== undefined && byDefault !== iam && byDefault !== 'NONE' && schemes[byDefault] === undefined) {
    draft.error(api.owner, `\`${byDefault}\` is not one of the \`Authorizers\``, get(auth, 'DefaultAuthorizer')?.span)
  }
  const used = new Set<string>()
  for (const [path, { methods }] of api.paths) {
    for (const [name, method] of methods) {
      if (method.opaque === undefined && name !== 'parameters') secure(api, auth, path, name, method, used, draft)
    }
  }
  if (used.has(iam) || byDefault === iam) schemes[iam] = iamScheme
  if (used.has(apiKey) || isTrue(get(auth, 'ApiKeyRequired'))) schemes[apiKey] = apiKeyScheme
  return { schemes: Object.keys(schemes).length === 0 ? undefined : schemes }
}

function secure(
  api: ApiDraft,
  auth: Node | undefined,
  path: string,
  name: string,
  method: MethodDraft,
  used: Set<string>,
  draft: Draft,
): void {
  const authorizers = get(auth, 'Authorizers')
  const byDefault = stringOf(get(auth, 'DefaultAuthorizer'))
  const isPreflight = name === 'options'
  const own = stringOf(get(method.auth, 'Authorizer'))
  const before = method.members['security']
  if (before !== undefined && !(isList(before) && Array.isArray(itemsOf(before)))) {
    draft.error(api.owner, `the \`security\` of the path ${path} and method ${name} is a list`, spanOf(before))
    return
  }
  const requirement: Record<string, Plain> = {}
  if (before !== undefined)
    for (const each of itemsOf(before)) for (const { key, value } of entries(each)) requirement[key] = value
  const skipsDefault = isPreflight && isFalse(get(auth, 'AddDefaultAuthorizerToCorsPreflight'))
  const chosen = own ?? (skipsDefault || (isPreflight && byDefault === iam) ? undefined : byDefault)
  if (own !== undefined && own !== 'NONE' && own !== iam && get(authorizers, own) === undefined) {
    draft.error(
      api.owner,
      `the method ${name} of the path ${path} names the authorizer \`${own}\`, which is not one of the API's`,
      get(method.auth, 'Authorizer')?.span,
    )
    return
  }
  if (chosen !== undefined && (before === undefined || own !== undefined)) {
    const isNone = chosen === 'NONE'
    if (!isNone || byDefault !== undefined) {
      const scopes = get(method.auth, 'AuthorizationScopes') ?? get(get(authorizers, chosen), 'AuthorizationScopes')
      requirement[chosen] = isNone || chosen === iam ? [] : (scopes ?? [])
    }
    if (chosen === iam) {
      used.add(iam)
      if (!isPreflight) addCredentials(auth, method)
    }
  }
  const ownKey = get(method.auth, 'ApiKeyRequired')
  const skipsKey = isPreflight && isFalse(get(auth, 'AddApiKeyRequiredToCorsPreflight'))
  if (isTrue(ownKey) || (ownKey === undefined && isTrue(get(auth, 'ApiKeyRequired')) && !skipsKey)) {
    used.add(apiKey)
    delete requirement['NONE']
    requirement[apiKey] = []
  }
  if (Object.keys(requirement).length > 0) method.members = { ...method.members, security: [requirement] }
}

/** With AWS_IAM the integration runs with the caller's credentials, unless the event says otherwise. */
function addCredentials(auth: Node | undefined, method: MethodDraft): void {
  if (method.written) return
  const role = get(method.auth, 'InvokeRole') ?? get(auth, 'InvokeRole')
  const name = stringOf(role)
  if (name === 'NONE') return
  const credentials: Plain = role === undefined || name === 'CALLER_CREDENTIALS' ? 'arn:aws:iam::*:user/*' : role
  const integration = method.members['x-amazon-apigateway-integration'] as PlainMap
  method.members = { ...method.members, 'x-amazon-apigateway-integration': { ...integration, credentials } }
}

function isList(value: Plain): boolean {
  return (
    Array.isArray(value) || (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'list')
  )
}

function itemsOf(value: Plain): readonly Node[] {
  return Array.isArray(value) ? (value as Node[]) : items(value as Node)
}

function spanOf(value: Plain): Node['span'] | undefined {
  return typeof value === 'object' && value !== null && 'span' in value ? (value as Node).span : undefined
}

const payloads = ['TOKEN', 'REQUEST']

function restScheme(api: ApiDraft, name: string, written: Node, draft: Draft): PlainMap | undefined {
  if (!isMap(written)) {
    draft.error(api.owner, `the authorizer \`${name}\` is a map`, written.span)
    return undefined
  }
  const identity = get(written, 'Identity')
  const pools = get(written, 'UserPoolArn')
  if (pools !== undefined) {
    return {
      ...{ type: 'apiKey', name: get(identity, 'Header') ?? 'Authorization', in: 'header' },
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': {
        type: 'cognito_user_pools',
        providerARNs: pools.kind === 'list' ? pools : [pools],
        identityValidationExpression: get(identity, 'ValidationExpression'),
      },
    }
  }
  const arn = get(written, 'FunctionArn')
  const payload = textOf(get(written, 'FunctionPayloadType')) ?? 'TOKEN'
  if (arn === undefined || !payloads.includes(payload)) {
    draft.error(
      api.owner,
      `the authorizer \`${name}\` has a \`UserPoolArn\`, or a \`FunctionArn\` with the payload TOKEN or REQUEST`,
      written.span,
    )
    return undefined
  }
  authorizerPermission(api, name, arn, 'rest', draft)
  const isToken = payload === 'TOKEN'
  const role = get(written, 'FunctionInvokeRole')
  return {
    ...{ type: 'apiKey', name: isToken ? (get(identity, 'Header') ?? 'Authorization') : 'Unused', in: 'header' },
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: payload.toLowerCase(),
      authorizerUri: authorizerUri(arn, draft.partition),
      authorizerCredentials: stringOf(role) === 'NONE' ? undefined : role,
      authorizerResultTtlInSeconds: get(identity, 'ReauthorizeEvery'),
      identityValidationExpression: isToken ? get(identity, 'ValidationExpression') : undefined,
      identitySource: isToken ? undefined : identitySource(identity, 'method.request.'),
    },
  }
}

function authorizerUri(arn: Node, partition: string): PlainMap {
  return sub(
    `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
    { __FunctionArn__: arn },
  )
}

function identitySource(identity: Node | undefined, prefix: string): string | undefined {
  const texts = (key: string, before: string): string[] =>
    items(get(identity, key)).map((item) => before + (textOf(item) ?? ''))
  const all = [
    ...texts('Headers', `${prefix}header.`),
    ...texts('QueryStrings', `${prefix}querystring.`),
    ...texts('StageVariables', 'stageVariables.'),
    ...texts('Context', 'context.'),
  ]
  return all.length === 0 ? undefined : all.join(', ')
}

function authorizerPermission(api: ApiDraft, name: string, arn: Node, kind: 'rest' | 'http', draft: Draft): void {
  const { owner } = api
  const partition = kind === 'rest' ? draft.partition : '${AWS::Partition}'
  draft.emit(owner, `${owner.id}${name}AuthorizerPermission`, 'AWS::Lambda::Permission', {
    ...{ Action: 'lambda:InvokeFunction', FunctionName: arn, Principal: 'apigateway.amazonaws.com' },
    SourceArn: sub(`arn:${partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`, {
      __ApiId__: ref(owner.id),
    }),
  })
}

/** A usage plan and a key of the API's own (`CreateUsagePlan: PER_API`), or one shared by all APIs that ask for it. */
export function emitUsagePlan(api: ApiDraft, stage: string, draft: Draft): void {
  const { owner } = api
  const plan = get(get(owner.properties, 'Auth'), 'UsagePlan')
  const mode = textOf(get(plan, 'CreateUsagePlan'))
  if (plan === undefined || mode === 'NONE') return
  if (mode !== 'PER_API') {
    if (mode === 'SHARED') draft.notSimulated(owner, 'a shared usage plan', plan.span)
    else draft.error(owner, '`CreateUsagePlan` is one of PER_API, SHARED and NONE', plan.span)
    return
  }
  const [planId, keyId, linkId] = ['UsagePlan', 'ApiKey', 'UsagePlanKey'].map((ending) => owner.id + ending) as [
    string,
    string,
    string,
  ]
  const tags = has(plan, 'Tags') ? get(plan, 'Tags') : undefined
  draft.emit(
    owner,
    planId,
    'AWS::ApiGateway::UsagePlan',
    {
      ...pick(plan, ['Description', 'Quota', 'Throttle', 'UsagePlanName']),
      ApiStages: [{ ApiId: ref(owner.id), Stage: ref(stage) }],
      Tags: tags,
    },
    { DependsOn: [owner.id] },
  )
  draft.emit(
    owner,
    keyId,
    'AWS::ApiGateway::ApiKey',
    {
      ...{ Enabled: true, StageKeys: [{ RestApiId: ref(owner.id), StageName: ref(stage) }] },
      Tags: tags,
    },
    { DependsOn: [planId] },
  )
  draft.emit(
    owner,
    linkId,
    'AWS::ApiGateway::UsagePlanKey',
    { KeyId: ref(keyId), KeyType: 'API_KEY', UsagePlanId: ref(planId) },
    { DependsOn: [keyId] },
  )
}

const httpAuthProperties = ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer']

/** Puts `security` into every method of an HTTP API and returns the schemes that they use. */
export function httpAuth(api: ApiDraft, draft: Draft): Security {
  const { owner } = api
  const auth = get(owner.properties, 'Auth')
  draft.checkKeys(owner, isIntrinsic(auth) ? undefined : auth, httpAuthProperties, 'Auth')
  const authorizers = get(auth, 'Authorizers')
  const byDefault = stringOf(get(auth, 'DefaultAuthorizer'))
  const hasIam = isTrue(get(auth, 'EnableIamAuthorizer'))
  const schemes: Record<string, Plain> = {}
  for (const { key, value } of entries(authorizers)) {
    const scheme = httpScheme(api, key, value, draft)
    if (scheme !== undefined) schemes[key] = scheme
  }
  if (hasIam) schemes[iam] = iamScheme
  for (const [path, { methods }] of api.paths) {
    for (const [name, method] of methods) {
      if (method.opaque !== undefined || name === 'parameters') continue
      const own = stringOf(get(method.auth, 'Authorizer'))
      const chosen = own ?? (name === 'options' || method.members['security'] !== undefined ? undefined : byDefault)
      if (chosen === undefined || chosen === 'NONE') continue
      if (schemes[chosen] === undefined) {
        const message = `the route ${name} ${path} names the authorizer \`${chosen}\`, which is not one of the API's`
        draft.error(owner, message, get(method.auth, 'Authorizer')?.span ?? auth?.span)
        continue
      }
      const scopes = get(method.auth, 'AuthorizationScopes') ?? get(get(authorizers, chosen), 'AuthorizationScopes')
      method.members = { ...method.members, security: [{ [chosen]: chosen === iam ? [] : (scopes ?? []) }] }
    }
  }
  return { schemes: Object.keys(schemes).length === 0 ? undefined : schemes }
}

function httpScheme(api: ApiDraft, name: string, written: Node, draft: Draft): PlainMap | undefined {
  const jwt = get(written, 'JwtConfiguration')
  if (jwt !== undefined) {
    const lower: Record<string, Plain> = {}
    for (const { key, value } of entries(jwt)) lower[key.toLowerCase()] = value
    return {
      type: 'oauth2',
      'x-amazon-apigateway-authorizer': {
        type: 'jwt',
        jwtConfiguration: lower,
        identitySource: get(written, 'IdentitySource'),
      },
    }
  }
  const arn = get(written, 'FunctionArn')
  if (arn === undefined) {
    draft.error(api.owner, `the authorizer \`${name}\` has a \`JwtConfiguration\` or a \`FunctionArn\``, written.span)
    return undefined
  }
  if (isTrue(get(written, 'EnableFunctionDefaultPermissions'))) authorizerPermission(api, name, arn, 'http', draft)
  const identity = get(written, 'Identity')
  return {
    ...{ type: 'apiKey', name: 'Unused', in: 'header' },
    'x-amazon-apigateway-authorizer': {
      type: 'request',
      authorizerUri: authorizerUri(arn, draft.partition),
      authorizerPayloadFormatVersion: get(written, 'AuthorizerPayloadFormatVersion'),
      authorizerCredentials: get(written, 'FunctionInvokeRole'),
      authorizerResultTtlInSeconds: get(identity, 'ReauthorizeEvery'),
      enableSimpleResponses: get(written, 'EnableSimpleResponses'),
      identitySource: httpIdentity(identity),
    },
  }
}

function httpIdentity(identity: Node | undefined): Plain | undefined {
  const texts = (key: string, before: string): string[] =>
    items(get(identity, key)).map((item) => before + (textOf(item) ?? ''))
  const all = [
    ...texts('Headers', '$request.header.'),
    ...texts('QueryStrings', '$request.querystring.'),
    ...texts('StageVariables', '$stageVariables.'),
    ...texts('Context', '$context.'),
  ]
  return all.length === 0 ? undefined : all
}
