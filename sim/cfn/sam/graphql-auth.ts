// Who may call a GraphQL API: its main way of authentication and the additional ones.
import { nearest } from '../../diag/suggest.ts'
import { get, isMap, items, stringOf, withMembers } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { getAtt, isIntrinsic, sub } from './draft.ts'
import type { GraphqlDraft } from './graphql-draft.ts'

interface Way {
  /** The member of `Auth` that configures it, and the property of the API that it becomes. */
  readonly member?: string
  readonly property?: string
  readonly known?: readonly string[]
  readonly needed?: string
}

const ways: ReadonlyMap<string, Way> = new Map<string, Way>([
  ['API_KEY', {}],
  ['AWS_IAM', {}],
  [
    'AWS_LAMBDA',
    {
      ...{ member: 'LambdaAuthorizer', property: 'LambdaAuthorizerConfig', needed: 'AuthorizerUri' },
      known: ['AuthorizerUri', 'AuthorizerResultTtlInSeconds', 'IdentityValidationExpression'],
    },
  ],
  [
    'OPENID_CONNECT',
    {
      ...{ member: 'OpenIDConnect', property: 'OpenIDConnectConfig' },
      known: ['AuthTTL', 'ClientId', 'IatTTL', 'Issuer'],
    },
  ],
  [
    'AMAZON_COGNITO_USER_POOLS',
    {
      ...{ member: 'UserPool', property: 'UserPoolConfig', needed: 'UserPoolId' },
      known: ['AppIdClientRegex', 'AwsRegion', 'DefaultAction', 'UserPoolId'],
    },
  ],
])

const configs = [...ways.values()].flatMap(({ member }) => member ?? [])

/** The properties of the API; `authorizers` receives the functions that authorize. */
export function authOf(api: GraphqlDraft, authorizers: Plain[]): PlainMap {
  const { owner, draft } = api
  const auth = get(owner.properties, 'Auth')
  if (!isMap(auth) || isIntrinsic(auth)) {
    draft.error(owner, '`Auth` is a map with a `Type`', auth?.span)
    return {}
  }
  const main = wayOf(api, auth, '`Auth`', ['Additional'], authorizers)
  const additional = items(get(auth, 'Additional')).map((each, index) =>
    wayOf(api, each, `\`Auth.Additional\`, item ${index + 1}`, [], authorizers),
  )
  return { ...main, AdditionalAuthenticationProviders: additional.length === 0 ? undefined : additional }
}

function wayOf(
  api: GraphqlDraft,
  auth: Node,
  where: string,
  alsoKnown: readonly string[],
  authorizers: Plain[],
): PlainMap {
  const { owner, draft } = api
  draft.checkKeys(owner, auth, ['Type', ...configs, ...alsoKnown], where)
  const type = get(auth, 'Type')
  const way = ways.get(stringOf(type) ?? '')
  if (way === undefined) {
    const near = nearest(stringOf(type) ?? '', [...ways.keys()])
    const hint = near === undefined ? '' : `: did you mean \`${near}\`?`
    draft.error(
      owner,
      `${where} has a \`Type\` out of ${[...ways.keys()].map((name) => `\`${name}\``).join(', ')}${hint}`,
      type?.span ?? auth.span,
    )
    return {}
  }
  const given = configs.filter((name) => get(auth, name) !== undefined)
  if (given.length > 1) {
    const names = given.map((name) => `\`${name}\``).join(' and ')
    draft.error(
      owner,
      `${where} has ${names}, but one \`Type\` has one configuration; others are \`Additional\``,
      auth.span,
    )
    return {}
  }
  const { member, property, known, needed } = way
  if (member === undefined || property === undefined || known === undefined) return { AuthenticationType: type }
  const config = get(auth, member)
  if (!isMap(config)) {
    draft.error(
      owner,
      `${where} with the \`Type\` \`${stringOf(type)}\` needs \`${member}\``,
      config?.span ?? auth.span,
    )
    return {}
  }
  draft.checkKeys(owner, config, known, `\`${member}\``)
  if (needed !== undefined && get(config, needed) === undefined)
    draft.error(owner, `\`${member}\` needs \`${needed}\``, config.span)
  const authorizer = get(config, 'AuthorizerUri')
  if (authorizer !== undefined) authorizers.push(authorizer)
  // Only the main user pool says what happens to a user whom no directive of the schema names.
  const isMain = alsoKnown.length > 0
  return { AuthenticationType: type, [property]: isMain ? config : withMembers(config, { DefaultAction: undefined }) }
}

/** AppSync may invoke the functions that authorize. Like all connectors they stand outside the API's condition. */
export function emitAuthorizers(api: GraphqlDraft, authorizers: readonly Plain[]): void {
  const { owner, draft } = api
  authorizers.forEach((authorizer, index) => {
    const connector = `${owner.id}ToLambdaAuthConnector${index + 1}`
    draft.emit(
      owner,
      `${connector}WriteLambdaPermission`,
      'AWS::Lambda::Permission',
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: authorizer,
        Principal: 'appsync.amazonaws.com',
        SourceArn: sub('arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${SourceResourceId}', {
          SourceResourceId: getAtt(owner.id, 'ApiId'),
        }),
      },
      connected(connector, 'AWS::AppSync::GraphQLApi', 'AWS::Lambda::Function'),
    )
  })
}

/** The attributes of what a connector made: its metadata, and nothing from the resource that brought it. */
export function connected(connector: string, from: string, to: string): PlainMap {
  return {
    Metadata: { 'aws:sam:connectors': { [connector]: { Source: { Type: from }, Destination: { Type: to } } } },
    ...{ Condition: undefined, DeletionPolicy: undefined, UpdateReplacePolicy: undefined },
  }
}
