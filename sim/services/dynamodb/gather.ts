// What the properties of a table say together: its keys, its mode, and what the model leaves out of it.
import type { Near } from '../../model/contract.ts'
import type { KeySchema, KeyType } from './state.ts'
import type { ViewType } from './stream-records.ts'

interface KeyElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

/** Checks what one property alone cannot show, and adds the keys to the config. */
export function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const mode = self.config['BillingMode'] as string
  const throughput = self.config['ProvisionedThroughput'] as object | undefined
  if (mode === 'PROVISIONED' && throughput === undefined)
    self.error(
      ['BillingMode'],
      'missing-property',
      '`ProvisionedThroughput` is absent',
      'a table needs it unless its `BillingMode` is `PAY_PER_REQUEST`',
    )
  if (mode === 'PAY_PER_REQUEST' && throughput !== undefined)
    self.error(
      ['ProvisionedThroughput'],
      'contradiction',
      '`ProvisionedThroughput` stands beside `BillingMode: PAY_PER_REQUEST`',
      'remove one of the two',
    )
  noteMissing(near)
  return { Keys: readKeys(near), Stream: streamOf(near) }
}

/** The view of the table's stream; null = it has none. */
function streamOf(near: Near): ViewType | null {
  const stream = near.self.config['StreamSpecification'] as
    { readonly StreamEnabled: boolean; readonly StreamViewType: ViewType } | undefined
  return stream === undefined || !stream.StreamEnabled ? null : stream.StreamViewType
}

function readKeys(near: Near): KeySchema {
  const { self } = near
  const schema = (self.config['KeySchema'] ?? []) as readonly KeyElement[]
  const hashes = schema.filter((element) => element.KeyType === 'HASH')
  const ranges = schema.filter((element) => element.KeyType === 'RANGE')
  if (hashes.length !== 1 || ranges.length > 1 || schema[0] !== hashes[0])
    self.error(
      ['KeySchema'],
      'wrong-key',
      `\`KeySchema\` has ${hashes.length} HASH and ${ranges.length} RANGE elements`,
      'expected one HASH first, then at most one RANGE',
    )
  const hash = hashes[0]?.AttributeName ?? ''
  const range = ranges[0]?.AttributeName
  if (hash === range)
    self.error(
      ['KeySchema'],
      'wrong-key',
      `both the HASH and the RANGE key are \`${hash}\``,
      'expected two different attributes',
    )
  return {
    hash,
    hashType: typeOfKey(near, hash),
    range,
    rangeType: range === undefined ? undefined : typeOfKey(near, range),
  }
}

function typeOfKey(near: Near, name: string): KeyType {
  const definitions = (near.self.config['AttributeDefinitions'] ?? []) as readonly {
    AttributeName: string
    AttributeType: KeyType
  }[]
  const found = definitions.find((definition) => definition.AttributeName === name)
  if (found === undefined) {
    const names = definitions.map((definition) => `\`${definition.AttributeName}\``).join(', ')
    near.self.error(
      ['AttributeDefinitions'],
      'missing-attribute',
      `the key attribute \`${name}\` is not defined`,
      `defined are ${names === '' ? 'none' : names}`,
    )
  }
  return found?.AttributeType ?? 'S'
}

/** Puts what the table has and the model leaves out on the 'not simulated' list. */
function noteMissing(near: Near): void {
  noteIndexes(near, 'GlobalSecondaryIndexes', 'writes do not pay for it and are not throttled by it')
  noteIndexes(near, 'LocalSecondaryIndexes', 'writes do not pay for it')
}

function noteIndexes(near: Near, property: string, missing: string): void {
  const { self } = near
  const indexes = self.config[property] as readonly { IndexName?: unknown }[] | undefined
  if (!Array.isArray(indexes)) return
  const most = near.quota(property)
  if (indexes.length > most)
    self.error([property], 'out-of-range', `\`${property}\` has ${indexes.length} indexes`, `expected at most ${most}`)
  indexes.forEach((index, i) =>
    self.notSimulated(
      [property, i],
      `the index \`${nameOf(index?.IndexName, i)}\` is not kept: it cannot be queried, ${missing}`,
    ),
  )
}

/** The name of an index, or its number where a stranger wrote no text. */
function nameOf(name: unknown, i: number): string {
  return typeof name === 'string' ? name : String(i)
}
