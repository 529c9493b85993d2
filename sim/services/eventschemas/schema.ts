// AWS::EventSchemas::Schema: a schema that somebody wrote, in a registry, with its versions.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { assumptions, quotas } from './schema.facts.ts'
import { parseJson } from '../../parts/json-text.ts'

const TYPES = ['OpenApi3', 'JSONSchemaDraft4'] as const

export const schema: ServiceDef<StoredSchema> = {
  type: 'AWS::EventSchemas::Schema',
  family: 'messaging',
  namespace: 'AWS/EventSchemas',
  dimension: 'SchemaName',
  summary: 'A schema of events, stored in versions.',
  models: ['Other content makes a new version; the same content does not [N.EVENTBRIDGE-11].'],
  omits: ['What the schema says: events are not held against it, as in AWS.'],
  quotas,
  assumptions,
  prices: {},
  props: {
    Content: p.any('The schema, as JSON in a text.', { required: true }),
    Description: p.inert('Words.'),
    RegistryName: p.any('The registry.', { required: true }),
    SchemaName: p.string('The name.'),
    Tags: p.inert('Labels.'),
    Type: p.oneOf('What it is written in.', TYPES, { required: true }),
  },
  gather: (near) => {
    const content: unknown = near.self.config['Content']
    if (typeof content === 'string' && !isJson(content))
      near.self.error(['Content'], 'wrong-type', 'the content of the schema is no JSON', 'a text with JSON in it')
    return {}
  },
  create: (config, sim) => new StoredSchema(config, sim),
  ops: {
    'schemas:UpdateSchema': {
      doc: 'Stores other content as a new version.',
      target: 'SchemaName',
      params: ['Content', 'Type'],
      ignored: ['RegistryName', 'Description', 'ClientTokenId'],
      errors: ['BadRequestException'],
      run: (self, call) => self.update(call),
    },
    'schemas:DescribeSchema': {
      doc: 'Gives a version, the latest when none is named.',
      target: 'SchemaName',
      params: ['SchemaVersion'],
      ignored: ['RegistryName'],
      errors: ['NotFoundException'],
      run: (self, call) => self.describe(call),
    },
  },
  timers: {},
  metrics: {},
  invariants: { 'no two versions in a row are the same': (self) => self.isSound },
  view: {
    glyph: 'schema',
    label: 'Schema',
    level: (self) => self.versions.length,
    levelMax: (self) => self.versions.length,
    tone: () => 'calm',
    readings: [{ name: 'Version', unit: 'versions', doc: 'Its latest version.', read: (self) => self.versions.length }],
  },
  report: (self) => ({ lines: [`version ${self.versions.length}`] }),
}

const isJson = (text: string): boolean => parseJson(text) !== undefined

export class StoredSchema {
  readonly sim: Sim
  readonly name: string
  /** The texts of its versions, oldest first. */
  readonly versions: string[]
  private readonly most: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.name = config['SchemaName'] ?? sim.name
    this.versions = [textOf(config['Content'])]
    this.most = sim.quota('SchemaVersions')
  }

  get isSound(): boolean {
    return this.versions.every((text, i) => i === 0 || text !== this.versions[i - 1])
  }

  update(call: Call): void {
    const { sim } = this
    const { Content: content } = (sim.calls.body[call] ?? {}) as { readonly Content?: unknown }
    const text = textOf(content)
    if (content === undefined || !isJson(text) || this.versions.length === this.most) {
      sim.reply(call, sim.error('BadRequestException', 400))
      return
    }
    if (text !== this.versions.at(-1)) this.versions.push(text)
    sim.calls.answer[call] = { SchemaName: this.name, SchemaVersion: String(this.versions.length) }
    sim.reply(call, 0)
  }

  describe(call: Call): void {
    const { sim, versions } = this
    const { SchemaVersion: version = versions.length } = (sim.calls.body[call] ?? {}) as {
      readonly SchemaVersion?: unknown
    }
    const content = versions[Number(version) - 1]
    if (content === undefined) {
      sim.reply(call, sim.error('NotFoundException', 404))
      return
    }
    sim.calls.answer[call] = { SchemaName: this.name, SchemaVersion: String(version), Content: content }
    sim.reply(call, 0)
  }
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? null)
}
