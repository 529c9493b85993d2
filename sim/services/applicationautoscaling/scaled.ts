// What can be scaled: how it is found in a template, how its use is read, and who is asked for another capacity.
import type { Series } from '../../engine/recorder.ts'
import type { Action, Config, Near, Sim } from '../../model/contract.ts'

const MINUTE = 60_000_000
const TABLE = 'AWS::DynamoDB::Table'
const FUNCTION = 'AWS::Lambda::Function'

/** A resource that was found, with the capacity that its template gives it. */
export interface Found {
  readonly to: string
  /** Dimensions of its metrics. */
  readonly dimensions: Readonly<Record<string, string>>
  readonly present: number
  /** The name of the alias or version. */
  readonly qualifier?: string
}

/** A minute of its metrics. */
export interface Use {
  /** What was used of it, and what there was, in the units of its capacity. */
  readonly used: number
  readonly provisioned: number
  /** 0..1. */
  readonly utilisation: number
}

export interface Scaled {
  readonly predefined: string
  readonly action: Action
  /** Quotas: least and greatest target, data points above it before more is asked for. */
  readonly targets: readonly [min: string, max: string]
  readonly outPoints: string
  /** What a target of 1 stands for: percent, or a share. */
  readonly whole: number
  find(near: Near): Found | undefined
  /** Of the minute that ends at `time`; undefined without data. `wanted` is the capacity asked for last. */
  use(sim: Sim, found: Found, time: number, wanted: number): Use | undefined
  body(found: Found, units: number): object
}

/** A table, or with `isIndex` one of its global secondary indexes (DDB-R64). */
function table(way: 'Read' | 'Write', isIndex = false): Scaled {
  const property = `${way}CapacityUnits`
  return {
    predefined: `DynamoDB${way}CapacityUtilization`,
    action: 'dynamodb:UpdateTable',
    targets: ['TargetValueMin', 'TargetValueMax'],
    outPoints: 'OutDataPoints',
    whole: 100,
    find: (near) => {
      const { self } = near
      const ResourceId = String(self.config['ResourceId'])
      const [, tableName = '', index] = /^(?:table\/)?([^/]*)(?:\/index\/(.*))?$/.exec(ResourceId) ?? []
      const found = near.resourceAt(tableName)
      if (found === undefined || found.type !== TABLE) {
        self.error(
          ['ResourceId'],
          'unknown-resource',
          `\`ResourceId\` names no table of this scenario: \`${ResourceId}\``,
          'expected `table/` and the name of a table',
        )
        return undefined
      }
      const indexes = (found.config['GlobalSecondaryIndexes'] ?? []) as readonly Config[]
      const owner = isIndex ? indexes.find(({ IndexName }) => IndexName === index) : found.config
      if (owner === undefined || isIndex !== (index !== undefined)) {
        self.error(
          ['ResourceId'],
          'unknown-resource',
          `\`ResourceId\` names ${isIndex ? 'no global secondary index of' : 'more than the table'} \`${found.logicalId}\`: \`${ResourceId}\``,
          isIndex
            ? 'expected `table/`, the table, `/index/` and the index'
            : 'expected `table/` and the name of a table',
        )
        return undefined
      }
      const throughput = owner['ProvisionedThroughput'] as Config | undefined
      if (throughput === undefined) {
        self.error(
          ['ResourceId'],
          'contradiction',
          `the table \`${found.logicalId}\` has no provisioned capacity to scale`,
          'its `BillingMode` is `PAY_PER_REQUEST`',
        )
        return undefined
      }
      return {
        to: found.logicalId,
        dimensions: { TableName: tableName, ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }) },
        present: throughput[property] as number,
      }
    },
    use: (sim, { dimensions }, time) => {
      const of = (name: string): Series | undefined => sim.series('AWS/DynamoDB', name, dimensions)?.series
      const used = sumSince(of(`Consumed${way}CapacityUnits`), time - MINUTE) / 60
      const provisioned = lastOf(of(`Provisioned${way}CapacityUnits`))
      return used === 0 || provisioned === 0 ? undefined : { used, provisioned, utilisation: used / provisioned }
    },
    body: ({ dimensions }, units) => {
      const ProvisionedThroughput = { [property]: units }
      if (!isIndex) return { ProvisionedThroughput }
      const IndexName = dimensions['GlobalSecondaryIndexName']
      return { GlobalSecondaryIndexUpdates: [{ Update: { IndexName, ProvisionedThroughput } }] }
    },
  }
}

/** Provisioned concurrency of an alias or a version (LAM-37). */
const concurrency: Scaled = {
  predefined: 'LambdaProvisionedConcurrencyUtilization',
  action: 'lambda:PutProvisionedConcurrencyConfig',
  targets: ['ConcurrencyTargetMin', 'ConcurrencyTargetMax'],
  outPoints: 'ConcurrencyOutDataPoints',
  whole: 1,
  find: (near) => {
    const { self } = near
    const text = String(self.config['ResourceId'])
    const [, name, qualifier] = /^function:([^:]+):([^:]+)$/.exec(text) ?? []
    const fn = name === undefined ? undefined : near.resourceAt(name)
    const named = [...near.all('AWS::Lambda::Alias'), ...near.all('AWS::Lambda::Version')].find(
      ({ config, logicalId }) =>
        config['FunctionName'] === fn?.logicalId && (config['Name'] === qualifier || logicalId === qualifier),
    )
    if (fn?.type !== FUNCTION || named === undefined) {
      self.error(
        ['ResourceId'],
        'unknown-resource',
        `\`ResourceId\` names no alias or version of a function of this scenario: \`${text}\``,
        'expected `function:`, the name of a function, `:` and that of its alias',
      )
      return undefined
    }
    const functionName = String(fn.config['FunctionName'] ?? fn.logicalId)
    return {
      to: fn.logicalId,
      dimensions: { FunctionName: name!, Resource: `${functionName}:${qualifier}` },
      present: (named.config['ProvisionedConcurrencyConfig']?.ProvisionedConcurrentExecutions as number) ?? 0,
      qualifier: qualifier!,
    }
  },
  use: (sim, { dimensions }, time, wanted) => {
    const average = (name: string): number | undefined => {
      const found = sim.series('AWS/Lambda', name, dimensions)
      return found === undefined ? undefined : sim.statistic(found, 'Average', time - MINUTE, time)
    }
    const used = average('ProvisionedConcurrentExecutions')
    const utilisation = average('ProvisionedConcurrencyUtilization')
    return used === undefined || utilisation === undefined || utilisation === 0
      ? undefined
      : { used, provisioned: wanted, utilisation }
  },
  body: ({ qualifier }, units) => ({ Qualifier: qualifier, ProvisionedConcurrentExecutions: units }),
}

/** By scalable dimension. */
export const SCALED: Readonly<Record<string, Scaled>> = {
  'dynamodb:table:ReadCapacityUnits': table('Read'),
  'dynamodb:table:WriteCapacityUnits': table('Write'),
  'dynamodb:index:ReadCapacityUnits': table('Read', true),
  'dynamodb:index:WriteCapacityUnits': table('Write', true),
  'lambda:function:ProvisionedConcurrency': concurrency,
}

function sumSince(series: Series | undefined, since: number): number {
  let sum = 0
  if (series !== undefined)
    for (let i = series.points.length - 1; i >= 0 && series.points[i].start >= since; i--) sum += series.points[i].sum
  return sum
}

function lastOf(series: Series | undefined): number {
  return series === undefined || series.points.length === 0 ? 0 : series.points[series.points.length - 1].max
}
