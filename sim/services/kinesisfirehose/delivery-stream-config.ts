// What a template says of a delivery stream: its destination with hints, retries and errors, its transformation, its source.
import type { Config, Near, Prop, Props, Ref, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { MEGABYTE } from './delivery-stream.facts.ts'
import { readQuery, type Query } from './partition-keys.ts'

export type Kind = 's3' | 'http' | 'redshift' | 'opensearch' | 'splunk' | 'snowflake' | 'iceberg'

/** A destination by the property that names it. */
interface Destination {
  readonly property: string
  readonly kind: Kind
  /** MB and s: the largest hints and the defaults. */
  readonly sizeMax: number
  readonly interval: number
  readonly intervalMax: number
  /** How long failed deliveries are tried again, in s. */
  readonly retry: number
}

const to = (property: string, kind: Kind, more: Partial<Destination> = {}): Destination => ({
  ...{ property, kind, sizeMax: 128, interval: 300, intervalMax: 900, retry: 300 },
  ...more,
})

export const DESTINATIONS: readonly Destination[] = [
  to('ExtendedS3DestinationConfiguration', 's3'),
  to('S3DestinationConfiguration', 's3'),
  to('HttpEndpointDestinationConfiguration', 'http', { sizeMax: 64 }),
  to('RedshiftDestinationConfiguration', 'redshift', { retry: 3_600 }),
  to('AmazonopensearchserviceDestinationConfiguration', 'opensearch', { sizeMax: 100 }),
  to('AmazonOpenSearchServerlessDestinationConfiguration', 'opensearch', { sizeMax: 100 }),
  to('ElasticsearchDestinationConfiguration', 'opensearch', { sizeMax: 100 }),
  to('SplunkDestinationConfiguration', 'splunk', { sizeMax: 5, interval: 60, intervalMax: 60 }),
  to('SnowflakeDestinationConfiguration', 'snowflake', { interval: 0, retry: 60 }),
  to('IcebergDestinationConfiguration', 'iceberg'),
]

const hints = (sizeMax: number, intervalMax: number): Prop =>
  p.record('When a buffer is delivered: by size or by time, whichever comes first.', {
    SizeInMBs: p.int('MB.', [1, sizeMax]),
    IntervalInSeconds: p.int('s since the first record.', ['BufferIntervalMin', intervalMax]),
  })
const logs = p.inert('Logs of errors.')
const role = p.inert('The role that delivers.')
const s3: Props = {
  BucketARN: p.any('The bucket.', { required: true }),
  BufferingHints: hints(128, 900),
  CloudWatchLoggingOptions: logs,
  CompressionFormat: p.oneOf(
    'How objects are compressed.',
    ['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY'],
    {
      default: 'UNCOMPRESSED',
    },
  ),
  EncryptionConfiguration: p.unused('objects would be encrypted with a key, at the cost of calls to KMS'),
  ErrorOutputPrefix: p.string('Where records go that cannot be delivered.'),
  Prefix: p.string('What the keys of objects begin with.'),
  RoleARN: role,
}
const s3Record = p.record('A bucket for a copy of the data, or for what fails.', s3)
const retry = p.record('How long a failed delivery is tried again.', {
  DurationInSeconds: p.int('s; 0 = once only.', [0, 7_200]),
})
const processing = p.record('What is done to records on their way.', {
  Enabled: p.bool('Whether it is done.', { default: true }),
  Processors: p.list(
    'Steps.',
    p.record('A step.', {
      Type: p.oneOf(
        'What it does.',
        [
          'Lambda',
          'AppendDelimiterToRecord',
          'MetadataExtraction',
          'RecordDeAggregation',
          'Decompression',
          'CloudWatchLogProcessing',
        ],
        { required: true },
      ),
      Parameters: p.list(
        'Its parameters.',
        p.record('A parameter.', {
          ParameterName: p.string('Its name.', { required: true }),
          ParameterValue: p.any('Its value.', { required: true }),
        }),
      ),
    }),
  ),
})
const common: Props = {
  CloudWatchLoggingOptions: logs,
  ProcessingConfiguration: processing,
  RetryOptions: retry,
  RoleARN: role,
  S3BackupMode: p.string('Whether everything goes to the bucket too, or only what fails.'),
}

function destinationProp({ property, sizeMax, intervalMax }: Destination): Prop {
  if (property === 'S3DestinationConfiguration') return p.record('A bucket.', s3)
  if (property === 'ExtendedS3DestinationConfiguration')
    return p.record('A bucket.', {
      ...s3,
      CustomTimeZone: p.unused('times in prefixes would be of that zone; here they are of UTC'),
      DataFormatConversionConfiguration: p.unused('records would be converted to a columnar format'),
      DynamicPartitioningConfiguration: p.record('A buffer and a prefix of its own for each partition.', {
        Enabled: p.bool('Whether it is on.'),
        RetryOptions: p.inert('How long an extraction is tried again.'),
      }),
      FileExtension: p.string('What keys end with.'),
      ProcessingConfiguration: processing,
      S3BackupConfiguration: s3Record,
      S3BackupMode: p.oneOf('Whether records as they came go to the other bucket.', ['Disabled', 'Enabled']),
    })
  const own = Object.fromEntries(OUTSIDE.map((name) => [name, p.inert('Which table, index or cluster.')]))
  return p.record('A destination.', {
    ...own,
    ...common,
    BufferingHints: hints(sizeMax, intervalMax),
    EndpointConfiguration: p.record('The endpoint.', {
      Url: p.string('Its address.', { required: true }),
      Name: p.inert('A name.'),
      AccessKey: p.inert('A key.'),
    }),
    S3BackupConfiguration: s3Record,
    S3Configuration: s3Record,
  })
}

/** Members of the destinations that are outside of every scenario. */
const OUTSIDE = [
  ...['AccountUrl', 'AppendOnly', 'CatalogConfiguration', 'ClusterEndpoint', 'ClusterJDBCURL', 'CollectionEndpoint'],
  ...['ContentColumnName', 'CopyCommand', 'DataLoadingOption', 'Database', 'DestinationTableConfigurationList'],
  ...['DocumentIdOptions', 'DomainARN', 'HECAcknowledgmentTimeoutInSeconds', 'HECEndpoint', 'HECEndpointType'],
  ...['HECToken', 'IndexName', 'IndexRotationPeriod', 'KeyPassphrase', 'MetaDataColumnName', 'Password', 'PrivateKey'],
  ...['RequestConfiguration', 'Schema', 'SchemaEvolutionConfiguration', 'SecretsManagerConfiguration'],
  ...['SnowflakeRoleConfiguration', 'SnowflakeVpcConfiguration', 'Table', 'TableCreationConfiguration', 'TypeName'],
  ...['User', 'Username', 'VpcConfiguration', 's3BackupMode'],
]

export const props: Props = {
  ...Object.fromEntries(DESTINATIONS.map((each) => [each.property, destinationProp(each)])),
  DeliveryStreamName: p.string('The physical name.'),
  DeliveryStreamType: p.oneOf(
    'Where records come from.',
    ['DirectPut', 'KinesisStreamAsSource', 'MSKAsSource', 'DatabaseAsSource'],
    { default: 'DirectPut' },
  ),
  KinesisStreamSourceConfiguration: p.record('The stream that is read.', {
    KinesisStreamARN: p.any('Its ARN.', { required: true }),
    RoleARN: p.inert('The role that reads.'),
  }),
  DatabaseSourceConfiguration: p.unused('changes of a database would come in'),
  DeliveryStreamEncryptionConfigurationInput: p.unused(
    'records would be encrypted with a key, at the cost of calls to KMS',
  ),
  DirectPutSourceConfiguration: p.inert('A hint of the throughput.'),
  MSKSourceConfiguration: p.unused('records of a Kafka topic would come in'),
  Tags: p.inert('Tags.'),
}

/** Where objects go: a bucket, or one outside of the scenario. */
export interface Store {
  /** null = outside, where every object arrives. */
  readonly bucket: Ref | null
  readonly prefix: string
  readonly errorPrefix: string
  readonly extension: string
  readonly isCompressed: boolean
}

export interface Transformation {
  /** null = a function outside of the scenario, which takes no time and changes nothing. */
  readonly fn: Ref | null
  readonly bytes: number
  /** µs. */
  readonly interval: number
  readonly retries: number
}

/** What `gather` makes of it. Times in µs. */
export interface Plan {
  readonly kind: Kind
  readonly bytes: number
  /** 0 = zero buffering. */
  readonly interval: number
  readonly retry: number
  /** The bucket of an S3 destination, of Redshift's staging, and of what fails elsewhere. */
  readonly store: Store
  readonly backup: Store | null
  readonly endpoint: Ref | null
  readonly transformation: Transformation | null
  readonly appendsDelimiter: boolean
  /** null = without dynamic partitioning; without queries, the function says the keys. */
  readonly queries: readonly Query[] | null
  /** A stream of the scenario that is read; null = DirectPut, or one outside. */
  readonly source: Ref | null
  readonly isDirect: boolean
}

const SECOND = 1_000_000
const TYPE = 'AWS::KinesisFirehose::DeliveryStream'

export function gather(near: Near): Config {
  const { self } = near
  const { config } = self
  const most = near.quota('Streams')
  const streams = near.all(TYPE)
  if (streams.length > most && streams[most]?.logicalId === self.logicalId)
    self.error(
      [],
      'out-of-range',
      `the account has ${streams.length} delivery streams: \`LimitExceededException\``,
      `expected up to ${most}`,
    )
  const named = DESTINATIONS.filter(({ property }) => config[property] !== undefined)
  const [first, second] = named
  if (first === undefined || second !== undefined)
    self.error(
      second === undefined ? [] : [second.property],
      'contradiction',
      first === undefined
        ? 'a delivery stream has no destination'
        : `a delivery stream has ${named.length} destinations`,
      'expected one, such as `ExtendedS3DestinationConfiguration`',
    )
  return { Plan: first === undefined ? undefined : planOf(near, first, config[first.property] as Config) }
}

function planOf(near: Near, destination: Destination, given: Config): Plan {
  const { self } = near
  const { property, kind } = destination
  const isS3 = kind === 's3'
  const target = (isS3 ? given : (given['S3Configuration'] ?? {})) as Config
  const given2 = ((kind === 'redshift' ? target['BufferingHints'] : given['BufferingHints']) ?? {}) as Config
  const { SizeInMBs: size, IntervalInSeconds: interval } = given2
  if ((size === undefined) !== (interval === undefined))
    self.error(
      [property, 'BufferingHints'],
      'contradiction',
      '`SizeInMBs` and `IntervalInSeconds` are set together',
      'set both or none',
    )
  const processors = processorsOf(given)
  const lambda = processors.find(({ type }) => type === 'Lambda')
  const isPartitioned = given['DynamicPartitioningConfiguration']?.Enabled === true
  const mode = String(given['S3BackupMode'] ?? given['s3BackupMode'] ?? '')
  const keepsAll = /^(Enabled|All)/.test(mode)
  const backup = isS3 || kind === 'redshift' ? given['S3BackupConfiguration'] : given['S3Configuration']
  const stream = sourceOf(near)
  return {
    kind,
    bytes: Number(size ?? 5) * MEGABYTE,
    interval: Number(interval ?? destination.interval) * SECOND,
    retry: Number(given['RetryOptions']?.DurationInSeconds ?? destination.retry) * SECOND,
    store: storeOf(near, target, [property, ...(isS3 ? [] : ['S3Configuration'])]),
    backup:
      keepsAll && backup !== undefined ? storeOf(near, backup as Config, [property, 'S3BackupConfiguration']) : null,
    endpoint: kind === 'http' ? endpointOf(near, given, property) : null,
    transformation: lambda === undefined ? null : transformationOf(near, lambda, [property, 'ProcessingConfiguration']),
    appendsDelimiter: processors.some(({ type }) => type === 'AppendDelimiterToRecord'),
    queries: isPartitioned ? queriesOf(self, processors, property) : null,
    ...stream,
  }
}

interface Processor {
  readonly type: string
  readonly parameters: ReadonlyMap<string, unknown>
}

function processorsOf(given: Config): readonly Processor[] {
  const { Enabled: isOn = true, Processors: list = [] } = (given['ProcessingConfiguration'] ?? {}) as Config
  if (isOn === false) return []
  return (list as readonly Config[]).map(({ Type: type, Parameters: parameters = [] }) => ({
    type,
    parameters: new Map(
      (parameters as readonly Config[]).map(({ ParameterName: name, ParameterValue: value }) => [name, value]),
    ),
  }))
}

function transformationOf(near: Near, { parameters }: Processor, path: readonly string[]): Transformation {
  const { self } = near
  const number = (name: string, absent: number, min: number, max: number): number => {
    const value = Number(parameters.get(name) ?? absent)
    if (!(value >= min && value <= max))
      self.error(path, 'out-of-range', `\`${name}\` is ${String(parameters.get(name))}`, `expected ${min} to ${max}`)
    return value
  }
  const fn = near.resourceAt(parameters.get('LambdaArn'))
  if (fn === undefined)
    self.notSimulated(path, 'the transforming function is outside of this scenario: records pass it unchanged')
  return {
    fn: fn?.logicalId ?? null,
    bytes: number('BufferSizeInMBs', 1, 0.2, 3) * MEGABYTE,
    interval: number('BufferIntervalInSeconds', 60, 0, 900) * SECOND,
    retries: number('NumberOfRetries', 3, 0, 300),
  }
}

function queriesOf(self: ResourceView, processors: readonly Processor[], property: string): readonly Query[] {
  const extraction = processors.find(({ type }) => type === 'MetadataExtraction')
  const text = extraction?.parameters.get('MetadataExtractionQuery')
  if (text === undefined) return []
  const queries = readQuery(String(text))
  if (queries !== undefined) return queries
  self.notSimulated(
    [property, 'ProcessingConfiguration'],
    'of JQ the model knows paths alone: all records are of one partition',
  )
  return []
}

function storeOf(near: Near, given: Config, path: readonly string[]): Store {
  const bucket = near.resourceAt(given['BucketARN'])
  if (bucket?.type !== 'AWS::S3::Bucket' && given['BucketARN'] !== undefined)
    near.self.notSimulated([...path, 'BucketARN'], 'the bucket is outside of this scenario: every object arrives there')
  return {
    bucket: bucket?.type === 'AWS::S3::Bucket' ? bucket.logicalId : null,
    prefix: String(given['Prefix'] ?? ''),
    errorPrefix: String(given['ErrorOutputPrefix'] ?? ''),
    extension: String(given['FileExtension'] ?? ''),
    isCompressed: (given['CompressionFormat'] ?? 'UNCOMPRESSED') !== 'UNCOMPRESSED',
  }
}

function endpointOf(near: Near, given: Config, property: string): Ref | null {
  const url: unknown = given['EndpointConfiguration']?.Url
  const server = near.resourceAt(url) ?? near.all('Sim::Http::Server').find(({ config }) => config['Url'] === url)
  if (server?.type === 'Sim::Http::Server') return server.logicalId
  near.self.notSimulated(
    [property, 'EndpointConfiguration'],
    'the endpoint is outside of this scenario: every delivery arrives there',
  )
  return null
}

function sourceOf(near: Near): { readonly source: Ref | null; readonly isDirect: boolean } {
  const { self } = near
  const given = self.config['KinesisStreamSourceConfiguration'] as Config | undefined
  const isDirect = self.config['DeliveryStreamType'] === 'DirectPut' && given === undefined
  if (given === undefined) return { source: null, isDirect }
  const stream = near.resourceAt(given['KinesisStreamARN'])
  if (stream?.type === 'AWS::Kinesis::Stream') return { source: stream.logicalId, isDirect }
  self.notSimulated(
    ['KinesisStreamSourceConfiguration', 'KinesisStreamARN'],
    'the stream is outside of this scenario: nothing comes from it',
  )
  return { source: null, isDirect }
}
