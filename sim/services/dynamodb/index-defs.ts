// What a secondary index is by its definition: its keys, and which attributes are projected onto it (DDB-R70, DDB-R76, DDB-R80).
//
// A template and `UpdateTable` define indexes in the same words, so both are read here; what is wrong is told with its place.
import type { Config, ResourceView } from '../../model/contract.ts'
import type { KeySchema, KeyType } from './state.ts'

export type IndexKind = 'global' | 'local'

export interface IndexDef {
  readonly name: string
  readonly kind: IndexKind
  readonly keys: KeySchema
  /** Names of the attributes that an entry holds, keys of table and index included; null = all. */
  readonly projected: readonly string[] | null
  /** The capacity of a global index, as the template has it. */
  readonly settings: Config
}

/** Tells what is wrong with a definition: where in it, which kind of problem, and what would do. */
export type Report = (...problem: Required<Parameters<ResourceView['error']>>) => void

interface KeyElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

/** Attributes that all INCLUDE projections of a table may name together. */
export const INCLUDED_MAX = 100

/** Reads one index of a table with the given keys and attribute types. */
export function readIndex(
  given: Config,
  kind: IndexKind,
  table: KeySchema,
  types: ReadonlyMap<string, KeyType>,
  report: Report,
): IndexDef {
  const keys = readKeySchema((given['KeySchema'] ?? []) as readonly KeyElement[], types, report)
  if (kind === 'local') checkLocal(keys, table, report)
  const projection = given['Projection'] as Config | undefined
  const type = (projection?.['ProjectionType'] as string | undefined) ?? 'ALL'
  const named = (projection?.['NonKeyAttributes'] ?? []) as readonly string[]
  if ((type === 'INCLUDE') !== named.length > 0)
    report(
      ['Projection'],
      'contradiction',
      `\`ProjectionType\` is \`${type}\`, \`NonKeyAttributes\` has ${named.length} names`,
      'names stand beside `INCLUDE` and nowhere else',
    )
  const own = [table.hash, table.range, keys.hash, keys.range].filter((name) => name !== undefined)
  return {
    name: String(given['IndexName']),
    kind,
    keys,
    projected: type === 'ALL' ? null : [...new Set([...own, ...(type === 'INCLUDE' ? named : [])])],
    settings: given,
  }
}

/** The keys of a table or an index: one HASH first, then at most one RANGE. */
export function readKeySchema(
  schema: readonly KeyElement[],
  types: ReadonlyMap<string, KeyType>,
  report: Report,
): KeySchema {
  const hashes = schema.filter((element) => element.KeyType === 'HASH')
  const ranges = schema.filter((element) => element.KeyType === 'RANGE')
  if (hashes.length !== 1 || ranges.length > 1 || schema[0] !== hashes[0])
    report(
      ['KeySchema'],
      'wrong-key',
      `\`KeySchema\` has ${hashes.length} HASH and ${ranges.length} RANGE elements`,
      'expected one HASH first, then at most one RANGE',
    )
  const hash = hashes[0]?.AttributeName ?? ''
  const range = ranges[0]?.AttributeName
  if (hash === range)
    report(
      ['KeySchema'],
      'wrong-key',
      `both the HASH and the RANGE key are \`${hash}\``,
      'expected two different attributes',
    )
  const typeOfKey = (name: string): KeyType => {
    const type = types.get(name)
    if (type === undefined) {
      const names = [...types.keys()].map((one) => `\`${one}\``).join(', ')
      report(
        ['AttributeDefinitions'],
        'missing-attribute',
        `the key attribute \`${name}\` is not defined`,
        `defined are ${names === '' ? 'none' : names}`,
      )
    }
    return type ?? 'S'
  }
  return { hash, hashType: typeOfKey(hash), range, rangeType: range === undefined ? undefined : typeOfKey(range) }
}

/** A local index sorts the items of a partition key anew: it has the table's partition key and a sort key of its own. */
function checkLocal(keys: KeySchema, table: KeySchema, report: Report): void {
  if (table.range === undefined)
    report(['KeySchema'], 'wrong-key', 'the table has no sort key', 'a local secondary index needs a table with one')
  if (keys.hash !== table.hash)
    report(
      ['KeySchema'],
      'wrong-key',
      `the HASH key of a local secondary index is \`${keys.hash}\``,
      `expected that of the table, \`${table.hash}\``,
    )
  if (keys.range === undefined)
    report(['KeySchema'], 'wrong-key', 'a local secondary index without a RANGE key', 'expected one')
}

/** The types of the attributes that a table defines. */
export function typesOf(definitions: unknown): ReadonlyMap<string, KeyType> {
  const list = (definitions ?? []) as readonly { readonly AttributeName: string; readonly AttributeType: KeyType }[]
  return new Map(list.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
}
