// Where the resolvers of a GraphQL API get data from: tables and functions, each with a role that AppSync takes.
import { get, items, stringOf } from '../node.ts'
import type { Entry, Node, Plain, PlainMap } from '../node.ts'
import { grantedTo } from './connector-table.ts'
import { getAtt, pick, ref, sub } from './draft.ts'
import { connected } from './graphql-auth.ts'
import { apiId, emitPart, needs, partsOf, written } from './graphql-draft.ts'
import type { GraphqlDraft } from './graphql-draft.ts'
import { trusting } from './pieces.ts'

const tableProperties = [
  ...['TableName', 'ServiceRoleArn', 'TableArn', 'Permissions', 'Name', 'Description', 'Region', 'DeltaSync'],
  ...['UseCallerCredentials', 'Versioned'],
]
const deltaSync = ['BaseTableTTL', 'DeltaSyncTableName', 'DeltaSyncTableTTL']

export function emitSources(api: GraphqlDraft): void {
  const { owner, draft } = api
  const all = get(owner.properties, 'DataSources')
  draft.checkKeys(owner, all, ['DynamoDb', 'Lambda'], '`DataSources`')
  for (const table of partsOf(api, get(all, 'DynamoDb'), '`DataSources.DynamoDb`')) emitTable(api, table)
  for (const fn of partsOf(api, get(all, 'Lambda'), '`DataSources.Lambda`')) emitFunction(api, fn)
}

function emitTable(api: GraphqlDraft, table: Entry): void {
  const { owner, draft } = api
  const { key, value } = table
  draft.checkKeys(owner, value, tableProperties, 'a DynamoDB data source', key)
  draft.checkKeys(owner, get(value, 'DeltaSync'), deltaSync, '`DeltaSync`', key)
  needs(api, table, ['TableName'], 'the data source')
  const region = written(get(value, 'Region')) ?? ref('AWS::Region')
  const name = get(value, 'TableName') ?? ''
  const arn =
    written(get(value, 'TableArn')) ??
    sub('arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}', {
      __TableName__: name,
      __Region__: region,
    })
  emitSource(api, table, 'DynamoDB', {
    type: 'AMAZON_DYNAMODB',
    config: {
      DynamoDBConfig: {
        AwsRegion: region,
        TableName: name,
        UseCallerCredentials: written(get(value, 'UseCallerCredentials')),
        Versioned: written(get(value, 'Versioned')),
        DeltaSyncConfig: get(value, 'DeltaSync'),
      },
    },
    connector: 'ToTableConnector',
    to: 'AWS::DynamoDB::Table',
    statements: () => grantedTo('AWS::AppSync::DataSource', 'AWS::DynamoDB::Table', permissionsOf(api, table), arn),
  })
}

/** `Read` and `Write`, unless the author wants less. */
function permissionsOf(api: GraphqlDraft, { key, value }: Entry): string[] {
  const given = get(value, 'Permissions')
  const names = items(given).map(stringOf)
  if (given !== undefined && (given.kind !== 'list' || names.some((name) => name !== 'Read' && name !== 'Write')))
    api.draft.error(
      api.owner,
      `the \`Permissions\` of the data source \`${key}\` are a list of \`Read\` and \`Write\``,
      given.span,
    )
  return names.length === 0 ? ['Read', 'Write'] : names.map((name) => name ?? '')
}

function emitFunction(api: GraphqlDraft, fn: Entry): void {
  const { key, value } = fn
  api.draft.checkKeys(
    api.owner,
    value,
    ['FunctionArn', 'ServiceRoleArn', 'Name', 'Description'],
    'a Lambda data source',
    key,
  )
  needs(api, fn, ['FunctionArn'], 'the data source')
  const arn = get(value, 'FunctionArn') ?? ''
  emitSource(api, fn, 'Lambda', {
    type: 'AWS_LAMBDA',
    config: { LambdaConfig: { LambdaFunctionArn: arn } },
    connector: 'ToLambdaConnector',
    to: 'AWS::Lambda::Function',
    statements: () => grantedTo('AWS::AppSync::DataSource', 'AWS::Lambda::Function', ['Write'], arn),
  })
}

interface Kind {
  readonly type: string
  readonly config: PlainMap
  readonly connector: string
  readonly to: string
  readonly statements: () => Plain[]
}

function emitSource(api: GraphqlDraft, { key, value }: Entry, word: string, kind: Kind): void {
  const id = `${api.owner.id}${key}${word}DataSource`
  const given = written(get(value, 'ServiceRoleArn'))
  emitPart(api, id, 'DataSource', {
    ApiId: apiId(api),
    Name: written(get(value, 'Name')) ?? key,
    Type: kind.type,
    ...pick(value, ['Description']),
    ServiceRoleArn: given ?? getAtt(`${id}Role`, 'Arn'),
    ...kind.config,
  })
  api.sources.set(key, getAtt(id, 'Name'))
  if (given !== undefined) return
  const { owner, draft } = api
  const attributes = pick(owner.node, ['DependsOn', 'Metadata'])
  const role = { AssumeRolePolicyDocument: trusting('appsync.amazonaws.com') }
  draft.emit(owner, `${id}Role`, 'AWS::IAM::Role', role, attributes)
  const connector = id + kind.connector
  const policy = {
    PolicyDocument: { Version: '2012-10-17', Statement: kind.statements() },
    Roles: [ref(`${id}Role`)],
  }
  draft.emit(
    owner,
    `${connector}Policy`,
    'AWS::IAM::ManagedPolicy',
    policy,
    connected(connector, 'AWS::AppSync::DataSource', kind.to),
  )
}

/** What a function or resolver names as `DataSource`: none, one of the API's own, or one that a CloudFormation function finds. */
export function sourceName(api: GraphqlDraft, name: Node, user: string): Plain {
  const { owner, draft, sources } = api
  const text = stringOf(name)
  if (text === undefined) return name
  const own = sources.get(text)
  if (text.toLowerCase() === 'none') {
    api.usesNone = true
    return getAtt(noneId(api), 'Name')
  }
  if (own !== undefined) return own
  const known = [...sources.keys()].map((each) => `\`${each}\``).join(', ')
  const have = known === '' ? 'which has none' : `which has ${known}`
  draft.error(
    owner,
    `${user} gets data from \`${text}\`, which is not under \`DataSources\`, ${have}; write \`None\`, or \`!GetAtt\` for one outside`,
    name.span,
  )
  return ''
}

const noneId = (api: GraphqlDraft): string => `${api.owner.id}NoneDataSource`

/** One data source of the type `NONE` serves all who name it. */
export function emitNoneSource(api: GraphqlDraft): void {
  if (api.usesNone) emitPart(api, noneId(api), 'DataSource', { ApiId: apiId(api), Name: noneId(api), Type: 'NONE' })
}
