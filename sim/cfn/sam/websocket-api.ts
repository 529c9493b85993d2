// AWS::Serverless::WebSocketApi: an API whose routes are chosen by a field of each message.
import { entries, get, isMap, isTrue, stringOf, textOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { hash10, isIntrinsic, pick, ref, sub } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'

const passed = [
  ...[
    'ApiKeySelectionExpression',
    'Description',
    'DisableExecuteApiEndpoint',
    'DisableSchemaValidation',
    'IpAddressType',
  ],
  ...['Name', 'RouteSelectionExpression'],
]

const known = [
  ...passed,
  ...['Routes', 'StageName', 'Tags', 'PropagateTags', 'AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'],
  ...['StageVariables', 'Auth', 'Domain'],
]

const ownTag = 'websocketapi:createdBy'

export function transformWebSocketApi(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  for (const name of ['RouteSelectionExpression', 'Routes']) {
    if (get(properties, name) === undefined) draft.error(owner, `\`${name}\` is missing`)
  }
  for (const name of ['Auth', 'Domain']) {
    const written = get(properties, name)
    if (written !== undefined) draft.notSimulated(owner, `\`${name}\``, written.span)
  }
  const tags: Record<string, Plain> = { [ownTag]: 'SAM' }
  for (const { key, value } of entries(get(properties, 'Tags'))) tags[key] = value
  const main = pick(owner.node, ['DependsOn', 'Metadata'])
  draft.emit(
    owner,
    id,
    'AWS::ApiGatewayV2::Api',
    { ...pick(properties, passed), ProtocolType: 'WEBSOCKET', Tags: tags },
    main,
  )
  const stageName = get(properties, 'StageName')
  const name = stageName === undefined ? 'default' : isMap(stageName) ? undefined : textOf(stageName)
  for (const { key, value } of entries(get(properties, 'Routes')))
    emitRoute(owner, key, value, stageName ?? 'default', draft)
  const ending = name === 'default' ? 'Default' : (name ?? '')
  const stage = /^[A-Za-z0-9]*$/.test(ending) ? `${id}${ending}Stage` : `${id}Stage${hash10(ending)}`
  draft.renamed.set(`${id}.Stage`, stage)
  draft.emit(owner, stage, 'AWS::ApiGatewayV2::Stage', {
    ...pick(properties, ['AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings', 'StageVariables']),
    ApiId: ref(id),
    StageName: stageName ?? 'default',
    AutoDeploy: true,
    Tags: isTrue(get(properties, 'PropagateTags')) ? tags : { [ownTag]: 'SAM' },
  })
}

/** `$connect` and its like lose the `$` in ids; other keys are written with a capital. */
function routeId(key: string): string {
  const letters = key.replace(/[^A-Za-z0-9]/g, '')
  return letters.charAt(0).toUpperCase() + letters.slice(1)
}

function emitRoute(owner: SamResource, key: string, route: Node, stage: Plain, draft: Draft): void {
  const arn = get(route, 'FunctionArn')
  if (arn === undefined) {
    draft.error(owner, `the route \`${key}\` has a \`FunctionArn\``, route.span)
    return
  }
  const base = `${owner.id}${routeId(key)}`
  draft.emit(owner, `${base}Integration`, 'AWS::ApiGatewayV2::Integration', {
    ...{ ApiId: ref(owner.id), IntegrationType: 'AWS_PROXY' },
    TimeoutInMillis: get(route, 'IntegrationTimeout'),
    IntegrationUri: sub(
      'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations',
      {
        FunctionArn: arn,
      },
    ),
  })
  draft.emit(owner, `${base}Route`, 'AWS::ApiGatewayV2::Route', {
    ...pick(route, [
      'ApiKeyRequired',
      'ModelSelectionExpression',
      'OperationName',
      'RequestModels',
      'RequestParameters',
    ]),
    ...pick(route, ['RouteResponseSelectionExpression']),
    ApiId: ref(owner.id),
    RouteKey: key,
    Target: { 'Fn::Join': ['/', ['integrations', ref(`${base}Integration`)]] },
  })
  const stageText = typeof stage === 'string' ? stage : isIntrinsic(stage as Node) ? undefined : stringOf(stage as Node)
  const before = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${owner.id}.ApiId}`
  const source: PlainMap =
    stageText === undefined
      ? sub(`${before}/\${__Stage__}/${key}`, { __Stage__: stage })
      : sub(`${before}/${stageText}/${key}`)
  draft.emit(owner, `${base}Permission`, 'AWS::Lambda::Permission', {
    ...{ Action: 'lambda:InvokeFunction', FunctionName: arn, Principal: 'apigateway.amazonaws.com', SourceArn: source },
  })
}
