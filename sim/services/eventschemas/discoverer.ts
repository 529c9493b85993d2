// AWS::EventSchemas::Discoverer: looks at the events of a bus and infers their schemas, a version for each new shape.
//
// Like the registry itself it changes nothing in a run: what it has found stands in the report.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { isDefaultBus } from '../../parts/targets.ts'
import { counted } from '../../parts/words.ts'
import { assumptions, quotas } from './discoverer.facts.ts'
import { grown, shapeText, type Shape } from './shapes.ts'

const OWN_ACCOUNT = '123456789012'
/** Characters of a shape that a report shows. */
const SHOWN_MAX = 300

/** An event of a bus, as far as discovery looks at it. */
interface Event {
  readonly source: string
  readonly 'detail-type': string
  readonly account: string
  readonly detail: unknown
}

export const discoverer: ServiceDef<Discoverer> = {
  type: 'AWS::EventSchemas::Discoverer',
  family: 'messaging',
  namespace: 'AWS/EventSchemas',
  dimension: 'DiscovererId',
  summary: 'Infers the schemas of the events of a bus.',
  models: [
    'A schema for each source and detail-type, named `source@detail-type`; its versions are the shapes of `detail` that were found [N.EVENTBRIDGE-10].',
    'An event that does not fit the latest version makes a new one, which fits both [N.EVENTBRIDGE-11].',
    'Without `CrossAccount` events of other accounts are left out.',
  ],
  omits: ['The time that discovery takes, and the text of schemas as OpenAPI; code made from them.'],
  quotas,
  assumptions,
  prices: {
    DiscoveredEvents: {
      doc: 'Events looked at',
      usd: '0.10',
      per: 1_000_000,
      unit: 'chunks of 8 KB',
      free: 5_000_000,
      source: '2025, us-east-1, https://aws.amazon.com/eventbridge/pricing/ [PR-R1]',
      used: (self) => self.chunks,
    },
  },
  props: {
    CrossAccount: p.bool('Whether events of other accounts are looked at.', { default: true }),
    Description: p.inert('Words.'),
    SourceArn: p.any('The bus.', { required: true }),
    Tags: p.inert('Labels.'),
  },
  gather: (near) => {
    const { config, logicalId } = near.self
    const all = near.all('AWS::EventSchemas::Discoverer')
    const most = near.quota('Discoverers')
    if (all[most]?.logicalId === logicalId)
      near.self.error([], 'out-of-range', `there are ${all.length} discoverers`, `expected up to ${most}`)
    const bus = near.resourceAt(config['SourceArn'])
    if (bus?.type !== 'AWS::Events::EventBus' && !isDefaultBus(config['SourceArn']))
      near.self.notSimulated(['SourceArn'], 'the bus is outside of this scenario: nothing is discovered')
    return {}
  },
  create: (config, sim) => new Discoverer(config, sim),
  ops: {
    'schemas:DiscoverEvent': {
      internal: true,
      doc: 'Our own: a bus shows an event that it has taken.',
      target: 'DiscovererId',
      params: ['Event'],
      oneWay: true,
      run: (self, call) => self.see(call),
    },
    'schemas:StartDiscoverer': {
      doc: 'Looks at events from now on.',
      target: 'DiscovererId',
      run: (self, call) => self.turn(call, true),
    },
    'schemas:StopDiscoverer': {
      doc: 'Looks at no more events.',
      target: 'DiscovererId',
      run: (self, call) => self.turn(call, false),
    },
  },
  timers: {},
  metrics: {},
  invariants: {
    'every event that is looked at fits the latest version of its schema': (self) => self.isSound,
  },
  view: {
    glyph: 'discoverer',
    label: 'Schema discoverer',
    level: (self) => self.schemas.size,
    levelMax: (self) => Math.max(1, self.schemas.size),
    tone: () => 'calm',
    readings: [{ name: 'Schemas', unit: 'schemas', doc: 'Schemas found so far.', read: (self) => self.schemas.size }],
  },
  report: (self) => ({
    lines: [...self.schemas].map(([name, versions]) => {
      const text = shapeText(versions.at(-1)!)
      return `${name}: ${counted(versions.length, 'version')}, ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}`
    }),
    schemas: Object.fromEntries([...self.schemas].map(([name, versions]) => [name, versions.map(shapeText)])),
  }),
}

export class Discoverer {
  readonly sim: Sim
  /** The versions of each schema by its name, oldest first. */
  readonly schemas = new Map<string, Shape[]>()
  isSound = true
  /** Chunks of 8 KB of events looked at. */
  chunks = 0
  private isOn = true
  private readonly crossAccount: boolean
  private readonly schemasMax: number
  private readonly versionsMax: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.crossAccount = config['CrossAccount']
    this.schemasMax = sim.quota('DiscoveredSchemas')
    this.versionsMax = sim.quota('SchemaVersions')
  }

  see(call: Call): void {
    const { Event: event } = this.sim.calls.body[call] as { readonly Event: Event }
    if (this.isOn && (this.crossAccount || event.account === OWN_ACCOUNT)) {
      this.chunks += chunksOf(jsonSize(event), 8_192)
      this.learn(event)
    }
    this.sim.reply(call, 0)
  }

  private learn({ source, 'detail-type': type, detail }: Event): void {
    const name = `${source}@${type.replaceAll(/[^\w.@-]/g, '')}`
    const versions = this.schemas.get(name)
    if (versions === undefined) {
      if (this.schemas.size < this.schemasMax) this.schemas.set(name, [grown(null, detail)])
      return
    }
    const latest = versions.at(-1)!
    const next = grown(latest, detail)
    // A schema that has all the versions it may have grows in its last one.
    if (next !== latest && versions.length === this.versionsMax) versions.pop()
    if (next !== latest) versions.push(next)
    this.isSound &&= grown(next, detail) === next
  }

  turn(call: Call, isOn: boolean): void {
    this.isOn = isOn
    this.sim.calls.answer[call] = { DiscovererId: this.sim.name, State: isOn ? 'STARTED' : 'STOPPED' }
    this.sim.reply(call, 0)
  }
}
