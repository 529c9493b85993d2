// AWS::EventSchemas::Registry: a place for schemas. It does nothing by itself; the report lists what is stored in it.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { assumptions, quotas } from './registry.facts.ts'
import type { StoredSchema } from './schema.ts'

export const registry: ServiceDef<SchemaRegistry> = {
  type: 'AWS::EventSchemas::Registry',
  family: 'messaging',
  namespace: 'AWS/EventSchemas',
  dimension: 'RegistryName',
  summary: 'Keeps schemas of events.',
  models: ['Lists the schemas of the template that are stored in it, with their versions [N.EVENTBRIDGE-11].'],
  omits: ['Who may use it: `AWS::EventSchemas::RegistryPolicy`.'],
  quotas,
  assumptions,
  prices: {},
  props: { Description: p.inert('Words.'), RegistryName: p.string('The name.'), Tags: p.inert('Labels.') },
  gather: (near) => {
    const { config, logicalId } = near.self
    const all = near.all('AWS::EventSchemas::Registry')
    const schemas = near.all('AWS::EventSchemas::Schema').filter((schema) => {
      const named: unknown = schema.config['RegistryName']
      return named === config['RegistryName'] || near.resourceAt(named)?.logicalId === logicalId
    })
    const most = near.quota('Registries')
    if (all[most]?.logicalId === logicalId)
      near.self.error([], 'out-of-range', `there are ${all.length} registries`, `expected up to ${most}`)
    schemas[near.quota('Schemas')]?.error(
      ['RegistryName'],
      'out-of-range',
      `the registry has ${schemas.length} schemas`,
      `expected up to ${near.quota('Schemas')}`,
    )
    return { Schemas: schemas.map((schema) => schema.logicalId) }
  },
  create: (config, sim) => new SchemaRegistry(config, sim),
  ops: {
    'schemas:ListSchemas': {
      doc: 'Lists the schemas with the number of their versions.',
      target: 'RegistryName',
      ignored: ['Limit', 'NextToken', 'SchemaNamePrefix'],
      run: (self, call) => self.list(call),
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'registry',
    label: 'Schema registry',
    level: (self) => self.schemas.length,
    levelMax: (self) => Math.max(1, self.schemas.length),
    tone: () => 'calm',
    readings: [{ name: 'Schemas', unit: 'schemas', doc: 'Schemas stored in it.', read: (self) => self.schemas.length }],
  },
  report: (self) => ({ lines: self.stored().map(({ name, versions }) => `${name}, version ${versions.length}`) }),
}

export class SchemaRegistry {
  readonly sim: Sim
  readonly schemas: readonly string[]

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.schemas = config['Schemas']
  }

  stored(): readonly StoredSchema[] {
    return this.schemas.map((name) => this.sim.peer<StoredSchema>(name))
  }

  list(call: Call): void {
    this.sim.calls.answer[call] = {
      Schemas: this.stored().map(({ name, versions }) => ({ SchemaName: name, VersionCount: versions.length })),
    }
    this.sim.reply(call, 0)
  }
}
