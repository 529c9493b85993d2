// The properties of a global table, and the table that each of its replicas is.
import type { Config, Near, Prop, Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { gather as gatherTable } from './gather.ts'
import { STRONG_SETS } from './global-table.facts.ts'
import type { Other } from './replication.ts'
import { props as table } from './table-props.ts'
import type { TableRef } from './transaction-state.ts'

const scaling = p.record('Auto scaling; the capacity stays at `SeedCapacity` or `MinCapacity` here.', {
  MinCapacity: p.int('The least.', [1, 'TableWriteCapacityUnits'], { required: true }),
  MaxCapacity: p.int('The most.', [1, 'TableWriteCapacityUnits'], { required: true }),
  SeedCapacity: p.int('What it begins with.', [1, 'TableWriteCapacityUnits']),
  TargetTrackingScalingPolicyConfiguration: p.unused('the capacity is not scaled'),
})
const writeSettings = p.record('Write capacity, the same in all replicas.', {
  WriteCapacityAutoScalingSettings: scaling,
})
const readSettings = p.record('Read capacity of a replica.', {
  ReadCapacityUnits: p.int('Read units per second.', [1, 'TableReadCapacityUnits']),
  ReadCapacityAutoScalingSettings: scaling,
})
const globalRead = p.record('Read capacity of all replicas.', {
  ReadCapacityUnits: p.int('Read units per second.', [1, 'TableReadCapacityUnits']),
})
const writeOnDemand = p.record('The most that is written on demand.', {
  MaxWriteRequestUnits: p.int('Write units per second.', [1, 'TableWriteCapacityUnits']),
})
const readOnDemand = p.record('The most that is read on demand.', {
  MaxReadRequestUnits: p.int('Read units per second.', [1, 'TableReadCapacityUnits']),
})
const { IndexName, KeySchema, Projection, WarmThroughput } = table['GlobalSecondaryIndexes']!.of!.fields!

export const props: Props = {
  AttributeDefinitions: table['AttributeDefinitions']!,
  BillingMode: table['BillingMode']!,
  GlobalSecondaryIndexes: p.list(
    'Indexes with keys and capacity of their own, in all replicas.',
    p.record('A global secondary index.', {
      ...({ IndexName, KeySchema, Projection, WarmThroughput } as Props),
      ReadOnDemandThroughputSettings: readOnDemand,
      ReadProvisionedThroughputSettings: globalRead,
      WriteOnDemandThroughputSettings: writeOnDemand,
      WriteProvisionedThroughputSettings: writeSettings,
    }),
  ),
  GlobalTableSourceArn: p.unused('replicas of other accounts'),
  GlobalTableWitnesses: p.list(
    'A region that confirms writes and holds no data.',
    p.record('A witness.', { Region: p.string('Its region.') }),
  ),
  KeySchema: { ...table['KeySchema']!, required: true },
  LocalSecondaryIndexes: table['LocalSecondaryIndexes']!,
  MultiRegionConsistency: p.oneOf('Whether a write waits for another region.', ['EVENTUAL', 'STRONG'], {
    default: 'EVENTUAL',
  }),
  ReadOnDemandThroughputSettings: readOnDemand,
  ReadProvisionedThroughputSettings: globalRead,
  Replicas: p.list(
    'The regions of the table.',
    p.record('A replica.', {
      ContributorInsightsSpecification: p.inert('Contributor Insights: the report shows the hottest keys anyway.'),
      DeletionProtectionEnabled: p.inert('Protects the replica from being deleted.'),
      GlobalSecondaryIndexes: p.list(
        'Read capacity of its indexes.',
        p.record('An index of the replica.', {
          ContributorInsightsSpecification: p.inert('Contributor Insights.'),
          IndexName: p.string('Its name.', { required: true }),
          ReadOnDemandThroughputSettings: readOnDemand,
          ReadProvisionedThroughputSettings: readSettings,
        }),
      ),
      GlobalTableSettingsReplicationMode: p.inert('Which settings are kept in sync.'),
      KinesisStreamSpecification: p.unused('changes are not sent to the stream'),
      PointInTimeRecoverySpecification: p.inert('Continuous backups; they take no capacity.'),
      ReadOnDemandThroughputSettings: readOnDemand,
      ReadProvisionedThroughputSettings: readSettings,
      Region: p.string('Its region.', { required: true }),
      ReplicaStreamSpecification: p.inert('Who may read its stream; permissions are not checked.'),
      ResourcePolicy: p.inert('Who may call; permissions are not checked.'),
      SSESpecification: p.inert('Encryption at rest.'),
      TableClass: p.inert('Standard or infrequent access: a matter of price.'),
      Tags: p.inert('Tags.'),
    }),
    { required: true },
  ),
  SSESpecification: table['SSESpecification']!,
  StreamSpecification: p.record('The stream of changes, one in each region.', {
    StreamViewType: table['StreamSpecification']!.fields!['StreamViewType'] as Prop,
  }),
  TableName: table['TableName']!,
  TimeToLiveSpecification: table['TimeToLiveSpecification']!,
  WarmThroughput: table['WarmThroughput']!,
  WriteOnDemandThroughputSettings: writeOnDemand,
  WriteProvisionedThroughputSettings: writeSettings,
}

/** The replica in the stack's own region is the resource; the others are its copies. */
export function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const replicas = (self.config['Replicas'] ?? []) as readonly Config[]
  check(near, replicas)
  const home = replicas.find(({ Region: region }) => region === near.region) ?? replicas[0]
  if (home === undefined) return {}
  const nameOf = (replica: Config): string =>
    replica === home ? self.logicalId : `${self.logicalId}.${String(replica['Region'])}`
  const made = replicas.map((replica) => {
    const shaped = tableOf(self.config, replica, replica === home)
    const gathered = gatherTable({ ...near, self: { ...self, config: shaped } })
    const others: Other[] = replicas
      .filter((other) => other !== replica)
      .map((other) => ({ name: nameOf(other), region: String(other['Region']) }))
    // A transaction holds items of tables in one region (DDB-R93).
    const own = { ref: nameOf(replica), name: (self.config['TableName'] as string | undefined) ?? self.logicalId }
    const Tables = [own, ...(replica === home ? (gathered['Tables'] as readonly TableRef[]) : [])]
    return { ...shaped, ...gathered, Tables, Region: String(replica['Region']), Others: others }
  })
  const copies = made
    .filter((_, i) => replicas[i] !== home)
    .map((config) => ({ name: config.Region, config: { ...config, Copies: [] } }))
  return { ...made[replicas.indexOf(home)], Copies: copies }
}

/** What a table in the replica's region would have as its properties. */
function tableOf(config: Config, replica: Config, isHome: boolean): Config {
  const isProvisioned = config['BillingMode'] === 'PROVISIONED'
  const view = (config['StreamSpecification'] as Config | undefined)?.['StreamViewType']
  const ttl = config['TimeToLiveSpecification'] as Config | undefined
  const indexes = (config['GlobalSecondaryIndexes'] ?? []) as readonly Config[]
  const ownIndexes = (replica['GlobalSecondaryIndexes'] ?? []) as readonly Config[]
  return {
    ...config,
    ...throughput(config, replica, isProvisioned),
    GlobalSecondaryIndexes: indexes.map((index) => {
      const own = ownIndexes.find(({ IndexName: name }) => name === index['IndexName'])
      return { ...index, ...throughput(index, own ?? {}, isProvisioned) }
    }),
    ...(view === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
    // What is over is deleted in one region, and the others hear of it (DGT-R6).
    ...(ttl === undefined || isHome ? {} : { TimeToLiveSpecification: { ...ttl, Enabled: false } }),
  }
}

function throughput(of: Config, replica: Config, isProvisioned: boolean): Config {
  const write = unitsOf(of['WriteProvisionedThroughputSettings']?.WriteCapacityAutoScalingSettings)
  const own = replica['ReadProvisionedThroughputSettings'] as Config | undefined
  const read =
    (own?.['ReadCapacityUnits'] as number | undefined) ??
    unitsOf(own?.['ReadCapacityAutoScalingSettings']) ??
    (of['ReadProvisionedThroughputSettings']?.ReadCapacityUnits as number | undefined)
  const maxWrite = of['WriteOnDemandThroughputSettings']?.MaxWriteRequestUnits as number | undefined
  const maxRead = (replica['ReadOnDemandThroughputSettings'] ?? of['ReadOnDemandThroughputSettings'])
    ?.MaxReadRequestUnits as number | undefined
  if (isProvisioned)
    return write === undefined && read === undefined
      ? {}
      : { ProvisionedThroughput: { ReadCapacityUnits: read ?? 1, WriteCapacityUnits: write ?? 1 } }
  return maxWrite === undefined && maxRead === undefined
    ? {}
    : { OnDemandThroughput: { MaxReadRequestUnits: maxRead, MaxWriteRequestUnits: maxWrite } }
}

function unitsOf(settings: Config | undefined): number | undefined {
  return (settings?.['SeedCapacity'] ?? settings?.['MinCapacity']) as number | undefined
}

function check(near: Near, replicas: readonly Config[]): void {
  const { self } = near
  const regions = replicas.map(({ Region: region }) => String(region))
  const twice = regions.find((region, i) => regions.indexOf(region) !== i)
  if (replicas.length === 0)
    self.error(
      ['Replicas'],
      'missing-property',
      'a global table has no replica',
      'at least one, in the region of the stack',
    )
  if (twice !== undefined)
    self.error(['Replicas'], 'contradiction', `two replicas are in \`${twice}\``, 'one replica for each region')
  if (self.config['MultiRegionConsistency'] === 'STRONG') return checkStrong(near, regions)
  const view = (self.config['StreamSpecification'] as Config | undefined)?.['StreamViewType']
  if (replicas.length > 1 && view !== 'NEW_AND_OLD_IMAGES')
    self.error(
      view === undefined ? ['Replicas'] : ['StreamSpecification', 'StreamViewType'],
      view === undefined ? 'missing-property' : 'unknown-value',
      view === undefined ? '`StreamSpecification` is absent' : `\`StreamViewType\` is \`${String(view)}\``,
      'replicas follow each other by a stream with `StreamViewType: NEW_AND_OLD_IMAGES`',
    )
}

/** Three regions of one set, of which one may be a witness; no time to live, no local index (DGT-R9). */
function checkStrong({ self }: Near, regions: readonly string[]): void {
  const witnesses = ((self.config['GlobalTableWitnesses'] ?? []) as readonly Config[]).map(({ Region }) =>
    String(Region),
  )
  const all = [...regions, ...witnesses]
  const set = STRONG_SETS.find((each) => each.includes(all[0] ?? ''))
  if (all.length !== 3 || witnesses.length > 1)
    self.error(
      ['MultiRegionConsistency'],
      'contradiction',
      `a strongly consistent table has ${regions.length} replicas and ${witnesses.length} witnesses`,
      'expected three replicas, or two and a witness',
    )
  else if (set === undefined || !all.every((region) => set.includes(region)))
    self.error(
      ['MultiRegionConsistency'],
      'contradiction',
      `${all.map((region) => `\`${region}\``).join(', ')} are not of one set`,
      `possible sets: ${STRONG_SETS.map((each) => each.join(', ')).join('; ')}`,
    )
  if ((self.config['TimeToLiveSpecification'] as Config | undefined)?.['Enabled'] === true)
    self.error(
      ['TimeToLiveSpecification'],
      'contradiction',
      'a strongly consistent table has no time to live',
      'remove one of the two',
    )
  if (((self.config['LocalSecondaryIndexes'] ?? []) as unknown[]).length > 0)
    self.error(
      ['LocalSecondaryIndexes'],
      'contradiction',
      'a strongly consistent table has no local indexes',
      'remove one of the two',
    )
}
