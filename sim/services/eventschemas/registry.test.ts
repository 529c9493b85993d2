// Shows what a registry says of the schemas in it.
import { expect, test } from 'vitest'
import { lab, type Part } from '../../../test/kit.ts'
import { registry } from './registry.ts'
import { schema } from './schema.ts'

const stored = (RegistryName: string): Part => ({
  def: schema,
  properties: { Content: '{}', RegistryName, Type: 'OpenApi3' },
})
const parts = {
  Shop: { def: registry, properties: { RegistryName: 'shop' } },
  A: stored('shop'),
  B: stored('Shop'),
  C: stored('other'),
}

test('a registry lists its schemas with their versions [N.EVENTBRIDGE-11]', () => {
  const l = lab(parts, {
    probe: [
      ['Shop', 'schemas:ListSchemas'],
      ['B', 'schemas:UpdateSchema'],
    ],
  })
  l.ask('B', 'schemas:UpdateSchema', { Content: '{"b": 1}' })
  expect(l.ask('Shop', 'schemas:ListSchemas').answer.Schemas).toEqual([
    { SchemaName: 'A', VersionCount: 1 },
    { SchemaName: 'B', VersionCount: 2 },
  ])
  expect(registry.report!(l.state('Shop'))).toEqual({ lines: ['A, version 1', 'B, version 2'] })
})

test('more of them than an account may have are refused', () => {
  expect(() => lab(parts, { quotas: { 'eventschemas.Schemas': 1 } })).toThrow('the registry has 2 schemas')
  const two = { A: { def: registry }, B: { def: registry } }
  expect(() => lab(two, { quotas: { 'eventschemas.Registries': 1 } })).toThrow('there are 2 registries')
})
