// The schema registry in figures: quotas, and where they come from.
import type { Assumption, Quota } from '../../model/contract.ts'

const source = 'EventBridge user guide, quotas of the schema registry'

export const quotas: Readonly<Record<string, Quota>> = {
  Discoverers: { current: 10, unit: 'discoverers', doc: 'Discoverers of an account in a Region.', source },
  DiscoveredSchemas: { current: 200, unit: 'schemas', doc: 'Schemas that are discovered, at most.', source },
  Registries: { current: 10, unit: 'registries', doc: 'Registries of an account in a Region.', source },
  Schemas: { current: 100, unit: 'schemas', doc: 'Schemas that are stored in a registry.', source },
  SchemaVersions: { current: 100, unit: 'versions', doc: 'Versions of one schema.', source },
}

export const assumptions: Readonly<Record<string, Assumption>> = {}
