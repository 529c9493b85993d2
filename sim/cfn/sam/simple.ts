// The SAM resources that become little more than one resource each: tables, layers and nested applications.
import { canonicalJson, get, has, isMap, stringOf, textOf, withMembers } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { hash10, pick, tagList } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { storedAt } from './pieces.ts'

const keyTypes: ReadonlyMap<string, string> = new Map([
  ['String', 'S'],
  ['Number', 'N'],
  ['Binary', 'B'],
])

const tableProperties = [
  'PointInTimeRecoverySpecification',
  'PrimaryKey',
  'ProvisionedThroughput',
  'TableName',
  'Tags',
  'SSESpecification',
]

/** One hash key, billed per request unless a throughput is given (SAM-R32). */
export function transformTable(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, tableProperties, owner.type)
  const key = get(properties, 'PrimaryKey')
  const name = get(key, 'Name') ?? 'id'
  const written = get(key, 'Type')
  const type = written === undefined ? 'S' : keyTypes.get(textOf(draft.resolveParameters(written)) ?? '')
  if (type === undefined || (key !== undefined && (!has(key, 'Name') || !has(key, 'Type')))) {
    draft.error(
      owner,
      'a `PrimaryKey` has a `Name` and the `Type` String, Number or Binary',
      written?.span ?? key?.span,
    )
    return
  }
  const throughput = get(properties, 'ProvisionedThroughput')
  draft.emit(
    owner,
    id,
    'AWS::DynamoDB::Table',
    {
      ...pick(properties, [
        'TableName',
        'ProvisionedThroughput',
        'SSESpecification',
        'PointInTimeRecoverySpecification',
      ]),
      AttributeDefinitions: [{ AttributeName: name, AttributeType: type }],
      KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
      BillingMode: throughput === undefined ? 'PAY_PER_REQUEST' : undefined,
      Tags: has(properties, 'Tags') ? tagList(get(properties, 'Tags')) : undefined,
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
}

const layerProperties = [
  ...[
    'LayerName',
    'Description',
    'ContentUri',
    'CompatibleArchitectures',
    'CompatibleRuntimes',
    'LicenseInfo',
    'RetentionPolicy',
  ],
  'PublishLambdaVersion',
]

/** Every change makes a new resource, so the logical id carries a hash of the properties (SAM-R33). */
export function transformLayer(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, layerProperties, owner.type)
  const content = get(properties, 'ContentUri')
  const isStored = isMap(content) || (stringOf(content)?.startsWith('s3://') ?? false)
  const hashed = isStored ? properties : withMembers(properties, { ContentUri: 's3://bucket/value' })
  const resolved = draft.resolveParameters(hashed)
  const made = `${id}${hash10(`{"${id}":{"Properties":${canonicalJson(resolved)},"Type":"AWS::Serverless::LayerVersion"}}`)}`
  draft.renamed.set(id, made)
  const retention = get(properties, 'RetentionPolicy')
  const keep = retention === undefined ? 'Retain' : (textOf(draft.resolveParameters(retention)) ?? 'Retain')
  draft.emit(
    owner,
    made,
    'AWS::Lambda::LayerVersion',
    {
      ...pick(properties, ['Description', 'CompatibleArchitectures', 'CompatibleRuntimes', 'LicenseInfo']),
      LayerName: get(properties, 'LayerName') ?? id,
      Content: storedAt(content, 'S3Bucket', 'S3Key', 'S3ObjectVersion'),
    },
    {
      ...pick(owner.node, ['DependsOn']),
      DeletionPolicy: get(owner.node, 'DeletionPolicy') ?? (keep.toLowerCase() === 'delete' ? 'Delete' : 'Retain'),
    },
  )
}

const applicationProperties = ['Location', 'TemplateUrl', 'Parameters', 'NotificationARNs', 'Tags', 'TimeoutInMinutes']

/** What the application repository answers with differs at every transform; this stands in. */
const signedUrl = 'https://awsserverlessrepo-changesets-xxx.s3.amazonaws.com/signed-url'

/** A local path would have been packaged into a bucket. */
function templateUrl(location: Node | undefined): Plain | undefined {
  const text = stringOf(location)
  return text === undefined || /^(https?|s3):\/\//.test(text) ? location : 'https://bucket.s3.amazonaws.com/value'
}

/** A nested stack from a template's place, or from the application repository by name and version (SAM-R35). */
export function transformApplication(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, applicationProperties, owner.type)
  const location = get(properties, 'Location')
  const application = get(location, 'ApplicationId')
  const version = get(location, 'SemanticVersion')
  const repository: PlainMap = {
    'serverlessrepo:applicationId': application,
    'serverlessrepo:semanticVersion': version,
  }
  const own = [{ Key: 'lambda:createdBy', Value: 'SAM' }]
  const more = application === undefined ? [] : Object.entries(repository).map(([Key, Value]) => ({ Key, Value }))
  draft.emit(
    owner,
    id,
    'AWS::CloudFormation::Stack',
    {
      ...pick(properties, ['Parameters', 'NotificationARNs', 'TimeoutInMinutes']),
      TemplateURL: application === undefined ? templateUrl(location) : signedUrl,
      Tags: [...own, ...more, ...tagList(get(properties, 'Tags'))],
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
}
