// Shows that schemas are stored in versions.
import { expect, test } from 'vitest'
import { lab } from '../../../test/kit.ts'
import { schema } from './schema.ts'

const one = (properties: Record<string, unknown> = {}, options = {}) =>
  lab(
    { S: { def: schema, properties: { Content: '{"a": 1}', RegistryName: 'r', Type: 'OpenApi3', ...properties } } },
    {
      probe: [
        ['S', 'schemas:UpdateSchema'],
        ['S', 'schemas:DescribeSchema'],
      ],
      ...options,
    },
  )

test('other content is a new version, the same content is none, and old versions stay [N.EVENTBRIDGE-11]', () => {
  const l = one()
  const update = (Content: unknown) => l.ask('S', 'schemas:UpdateSchema', { Content })
  expect(update('{"a": 1}').answer).toMatchObject({ SchemaVersion: '1' })
  expect(update('{"a": 1, "b": 2}').answer).toMatchObject({ SchemaVersion: '2' })
  expect(update({ c: 3 }).answer).toMatchObject({ SchemaVersion: '3' })
  const content = (SchemaVersion?: string) => l.ask('S', 'schemas:DescribeSchema', { SchemaVersion })
  expect(content().answer).toMatchObject({ SchemaVersion: '3', Content: '{"c":3}' })
  expect(content('1').answer).toMatchObject({ Content: '{"a": 1}' })
  expect(content('4').status).toBe('NotFoundException')
  expect(update('{').status).toBe('BadRequestException')
  expect(update(undefined).status).toBe('BadRequestException')
})

test('a schema has no more versions than it may have', () => {
  const l = one({}, { quotas: { 'eventschemas.SchemaVersions': 2 } })
  const update = (n: number) => l.ask('S', 'schemas:UpdateSchema', { Content: { n } }).status
  expect([update(1), update(2)]).toEqual(['OK', 'BadRequestException'])
})

test('content that is no JSON is refused', () => {
  expect(() => one({ Content: '{' })).toThrow('the content of the schema is no JSON')
})
