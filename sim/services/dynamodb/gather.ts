// What the properties of a table say together: its keys, its mode, its indexes, and what the model leaves out of it.
import type { Config, Near } from '../../model/contract.ts'
import { INCLUDED_MAX, readIndex, readKeySchema, typesOf, type IndexDef, type IndexKind } from './index-defs.ts'
import type { KeySchema, KeyType } from './state.ts'
import type { ViewType } from './stream-records.ts'

/** Checks what one property alone cannot show, and adds the keys and the indexes to the config. */
export function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const mode = self.config['BillingMode'] as string
  checkThroughput(near, mode, self.config, [], 'a table')
  const types = typesOf(self.config['AttributeDefinitions'])
  const keys = readKeySchema(self.config['KeySchema'] ?? [], types, (path, slug, message, help) =>
    self.error(path, slug, message, help),
  )
  const tables = near.all('AWS::DynamoDB::Table').map(({ logicalId, config }) => ({
    ref: logicalId,
    name: (config['TableName'] as string | undefined) ?? logicalId,
  }))
  return { Keys: keys, Stream: streamOf(near), Indexes: readIndexes(near, keys, types, mode), Tables: tables }
}

/** The view of the table's stream; null = it has none. */
function streamOf(near: Near): ViewType | null {
  const stream = near.self.config['StreamSpecification'] as
    { readonly StreamEnabled: boolean; readonly StreamViewType: ViewType } | undefined
  return stream === undefined || !stream.StreamEnabled ? null : stream.StreamViewType
}

/** A provisioned table, and each of its global indexes, says how much; one on demand does not. */
function checkThroughput(
  near: Near,
  mode: string,
  config: Config,
  path: readonly (string | number)[],
  what: string,
): void {
  const throughput = config['ProvisionedThroughput'] as object | undefined
  if (mode === 'PROVISIONED' && throughput === undefined)
    near.self.error(
      path.length === 0 ? ['BillingMode'] : path,
      'missing-property',
      '`ProvisionedThroughput` is absent',
      `${what} needs it unless the table's \`BillingMode\` is \`PAY_PER_REQUEST\``,
    )
  if (mode === 'PAY_PER_REQUEST' && throughput !== undefined)
    near.self.error(
      [...path, 'ProvisionedThroughput'],
      'contradiction',
      '`ProvisionedThroughput` stands beside `BillingMode: PAY_PER_REQUEST`',
      'remove one of the two',
    )
}

function readIndexes(near: Near, table: KeySchema, types: ReadonlyMap<string, KeyType>, mode: string): IndexDef[] {
  const { self } = near
  const names = new Set<string>()
  const read = (property: string, kind: IndexKind): IndexDef[] => {
    const indexes = (self.config[property] ?? []) as readonly Config[]
    const most = near.quota(property)
    if (indexes.length > most)
      self.error(
        [property],
        'out-of-range',
        `\`${property}\` has ${indexes.length} indexes`,
        `expected at most ${most}`,
      )
    return indexes.map((given, i) => {
      const path = [property, i]
      if (kind === 'global') checkThroughput(near, mode, given, path, 'a global secondary index')
      const def = readIndex(given, kind, table, types, (at, slug, message, help) =>
        self.error(at[0] === 'AttributeDefinitions' ? at : [...path, ...at], slug, message, help),
      )
      if (names.has(def.name))
        self.error([...path, 'IndexName'], 'contradiction', `two indexes are named \`${def.name}\``, 'rename one')
      names.add(def.name)
      return def
    })
  }
  const indexes = [...read('LocalSecondaryIndexes', 'local'), ...read('GlobalSecondaryIndexes', 'global')]
  const included = indexes.reduce((sum, { settings }) => sum + includedBy(settings), 0)
  if (included > INCLUDED_MAX)
    self.error(
      ['GlobalSecondaryIndexes'],
      'out-of-range',
      `the indexes name ${included} attributes to project`,
      `expected at most ${INCLUDED_MAX} in all`,
    )
  return indexes
}

function includedBy(settings: Config): number {
  return (((settings['Projection'] as Config | undefined)?.['NonKeyAttributes'] as readonly string[] | undefined) ?? [])
    .length
}
