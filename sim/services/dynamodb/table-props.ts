// The properties of a table, as CloudFormation has them.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { VIEW_TYPES } from './stream-records.ts'

const keyElement = p.record('A key attribute.', {
  AttributeName: p.string('The name of the attribute.', { required: true }),
  KeyType: p.oneOf('Partition key or sort key.', ['HASH', 'RANGE'], { required: true }),
})
const definition = p.record('A key attribute and its type.', {
  AttributeName: p.string('The name of the attribute.', { required: true }),
  AttributeType: p.oneOf('Text, number or bytes.', ['S', 'N', 'B'], { required: true }),
})
const provisionedUnits = p.record('The capacity of a provisioned table or index.', {
  ReadCapacityUnits: p.int('Read units per second.', [1, 'TableReadCapacityUnits'], { required: true }),
  WriteCapacityUnits: p.int('Write units per second.', [1, 'TableWriteCapacityUnits'], { required: true }),
})
const onDemand = p.record('The most that is served on demand.', {
  MaxReadRequestUnits: p.int('Read units per second; −1 removes the limit.', [1, 'TableReadCapacityUnits']),
  MaxWriteRequestUnits: p.int('Write units per second; −1 removes the limit.', [1, 'TableWriteCapacityUnits']),
})
const warm = p.record('Throughput that is served at once.', {
  ReadUnitsPerSecond: p.int('Read units per second.', [1, Infinity]),
  WriteUnitsPerSecond: p.int('Write units per second.', [1, Infinity]),
})
/** What both kinds of index have. */
const indexed = {
  IndexName: p.string('Its name.', { required: true }),
  KeySchema: p.list('The partition key and perhaps a sort key.', keyElement, { required: true }),
  Projection: p.record(
    'The attributes that an entry has beside the keys.',
    {
      NonKeyAttributes: p.list('Their names.', p.string('A name.')),
      ProjectionType: p.oneOf('None, some or all.', ['KEYS_ONLY', 'INCLUDE', 'ALL']),
    },
    { required: true },
  ),
}

export const props: Props = {
  AttributeDefinitions: p.list('Key attributes and their types.', definition, { default: [] }),
  BillingMode: p.oneOf('Provisioned or on-demand capacity.', ['PROVISIONED', 'PAY_PER_REQUEST'], {
    default: 'PROVISIONED',
  }),
  ContributorInsightsSpecification: p.inert('Contributor Insights: the report shows the hottest keys anyway.'),
  DeletionProtectionEnabled: p.bool('Protects the table from being deleted.', { default: false }),
  GlobalSecondaryIndexes: p.list(
    'Indexes with keys and capacity of their own.',
    p.record('A global secondary index.', {
      ContributorInsightsSpecification: p.inert('Contributor Insights: the report shows the hottest keys anyway.'),
      ...indexed,
      OnDemandThroughput: onDemand,
      ProvisionedThroughput: provisionedUnits,
      WarmThroughput: warm,
    }),
  ),
  ImportSourceSpecification: p.unused('the items of the import are not loaded'),
  KeySchema: p.list('The partition key and perhaps a sort key.', keyElement, { required: true }),
  KinesisStreamSpecification: p.unused('changes are not sent to the stream'),
  LocalSecondaryIndexes: p.list('Indexes with another sort key.', p.record('A local secondary index.', indexed)),
  OnDemandThroughput: onDemand,
  PointInTimeRecoverySpecification: p.record('Continuous backups; they take no capacity.', {
    PointInTimeRecoveryEnabled: p.bool('Whether any moment of the last days can be gone back to.', { default: false }),
    RecoveryPeriodInDays: p.int('How many days.', [1, 35], { default: 35 }),
  }),
  ProvisionedThroughput: provisionedUnits,
  ResourcePolicy: p.inert('Who may call; permissions are not checked.'),
  SSESpecification: p.inert('Encryption at rest.'),
  StreamSpecification: p.record('The stream of changes.', {
    StreamEnabled: p.bool('False has no stream.', { default: true }),
    StreamViewType: p.oneOf('What a record holds beside the keys.', VIEW_TYPES, { required: true }),
    ResourcePolicy: p.inert('Who may read it; permissions are not checked.'),
  }),
  TableClass: p.inert('Standard or infrequent access: a matter of price.'),
  TableName: p.string('The physical name.'),
  Tags: p.inert('Tags.'),
  TimeToLiveSpecification: p.record('Expiry of items.', {
    AttributeName: p.string('The attribute that holds the moment, in s since 1970.'),
    Enabled: p.bool('False = items do not expire.', { required: true }),
  }),
  WarmThroughput: warm,
}
