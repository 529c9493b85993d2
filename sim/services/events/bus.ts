// An event bus at work: takes events in, and hands each to the rules whose pattern it matches and to the archives.
//
// The one idea: the bus only sorts. A rule that takes an event gets it by a call of its own and has its own life from there
// (`rule.ts`), so that a target that does not answer holds up neither the bus nor the other rules.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Op, Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { isMap } from '../../parts/entries.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { Delivered } from '../../parts/target-deliveries.ts'
import { DEFAULT_BUS } from '../../parts/targets.ts'
import type { Account } from './account.ts'
import type { Archive } from './archive.ts'
import { OWN_ACCOUNT, REGION, OWN_SOURCES } from './event-bus.facts.ts'
import { detailOf, entrySize, refusalOf, type BusEvent, type Entry, type EntryRefusal } from './event.ts'
import type { Rule } from './rule.ts'

const SECOND = 1_000_000

/** What a bus knows of its neighbours; see `bus-config.ts`. */
export interface BusConfig {
  readonly Rules: readonly string[]
  readonly Archives: readonly string[]
  /** Those that infer the schemas of its events. */
  readonly Discoverers: readonly string[]
  /** Every bus of the scenario by its name. */
  readonly Buses: Readonly<Record<string, string>>
  /** The other accounts that may put events; `*` = all. */
  readonly Allowed: readonly string[]
  /** A partner's bus takes events of this source alone. */
  readonly Partner: string | null
}

/** An event on its way to a rule, and from there to its targets. */
export interface Passing extends Delivered {
  readonly event: BusEvent
  /** How many buses it has come through before. */
  readonly hops: number
}

export class Bus {
  readonly sim: Sim
  readonly config: BusConfig
  /** Events that came in, and entries that were refused. */
  readonly events: Stretch
  refused = 0
  /** Chunks of 64 KB of events that are paid for: those of one's own and those replayed. */
  paidChunks = 0
  /** Events that a rule took, and those that none did. */
  matched = 0
  readonly unmatched: Stretch
  /** Events of AWS services that no rule took: nobody expects otherwise. */
  passedOver = 0
  /** Entries for buses that do not exist; calls of accounts that may not, and those that were throttled. */
  readonly strays: Stretch
  readonly denials: Stretch
  readonly throttles: Stretch
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly ruleEdges: readonly number[]
  private readonly archiveEdges: readonly number[]
  private readonly discovererEdges: readonly number[]
  private readonly ownMatched: MetricId | null
  private readonly partnerEvents: MetricId | null
  private rules: readonly Rule[] | null = null
  private archives: readonly Archive[] | null = null
  private shared: Account | null
  private serial = 0
  private readonly idPrefix: string
  private readonly entriesMax: number
  private readonly sizeMax: number
  private second = -1
  private secondText = ''

  /** `account` is that of the default bus itself; others ask for it when they first need it. */
  constructor(config: Config, sim: Sim, account: Account | null) {
    this.sim = sim
    this.config = config as unknown as BusConfig
    this.shared = account
    this.events = new Stretch(sim.warmUp)
    this.unmatched = new Stretch(sim.warmUp)
    this.strays = new Stretch(sim.warmUp)
    this.denials = new Stretch(sim.warmUp)
    this.throttles = new Stretch(sim.warmUp)
    this.idPrefix = `${sim.component.toString(16).padStart(8, '0')}-0000-4000-8000-`
    this.entriesMax = sim.quota('PutEventsEntries')
    this.sizeMax = sim.quota('PutEventsSize')
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.ruleEdges = this.config.Rules.map((name) => sim.edge(name, 'events:TriggerRule', handedOver))
    this.archiveEdges = this.config.Archives.map((name) => sim.edge(name, 'events:ArchiveEvent', handedOver))
    this.discovererEdges = this.config.Discoverers.map((name) => sim.edge(name, 'schemas:DiscoverEvent', handedOver))
    this.ownMatched = account === null ? sim.metric('MatchedEvents') : null
    this.partnerEvents =
      this.config.Partner === null ? null : sim.metricWith('Events', { EventSourceName: this.config.Partner })
  }

  get account(): Account {
    return (this.shared ??= this.sim.peer<Bus>(DEFAULT_BUS).account)
  }

  answer(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, status)
  }

  /** The bus that an entry names; undefined = there is none of that name. */
  busOf(name: unknown): Bus | undefined {
    if (name === undefined || name === this.sim.name) return this
    const text = String(name)
    const at = text.indexOf(':event-bus/')
    const last = at < 0 ? text : text.slice(at + ':event-bus/'.length)
    const { Buses: buses } = this.config
    const found = last === 'default' ? DEFAULT_BUS : Object.hasOwn(buses, last) ? buses[last] : undefined
    return found === undefined ? undefined : found === this.sim.name ? this : this.sim.peer<Bus>(found)
  }

  /** Whether a request has so many entries, and is as small, as it must be (EB-02). */
  mayTake(entries: readonly Entry[]): boolean {
    if (entries.length === 0 || entries.length > this.entriesMax) return false
    let size = 0
    for (let i = 0; i < entries.length; i++) size += entrySize(entries[i])
    return size < this.sizeMax
  }

  /** Makes an event of an entry that nobody refuses. */
  eventOf(entry: Entry, account: string): BusEvent {
    return {
      version: '0',
      id: this.nextId(),
      'detail-type': String(entry.DetailType),
      source: String(entry.Source),
      account,
      time: entry.Time === undefined ? this.timeText() : String(entry.Time),
      region: REGION,
      resources: entry.Resources ?? NO_RESOURCES,
      detail: detailOf(entry.Detail),
    }
  }

  /** Hands an event to the rules that take it, and to the archives. */
  take(event: BusEvent, trace: number, hops: number, only: readonly string[] | null = null): void {
    const { sim } = this
    const now = sim.clock[0]
    this.events.note(now)
    if (this.partnerEvents !== null) sim.count(this.partnerEvents, 1)
    this.rules ??= this.config.Rules.map((name) => sim.peer<Rule>(name))
    let found = false
    let passing: Passing | null = null
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]
      if (!rule.takes(event) || (only !== null && !only.includes(rule.sim.name))) continue
      found = true
      passing ??= { event, at: now, trace, hops }
      const call = sim.open(this.ruleEdges[i], 0, trace)
      sim.calls.body[call] = passing
      sim.send(call)
    }
    if (found) {
      this.matched++
      this.account.countMatched()
      if (this.ownMatched !== null) sim.count(this.ownMatched, 1)
    } else if (event.source.startsWith(OWN_SOURCES)) this.passedOver++
    else this.unmatched.note(now)
    if (this.archiveEdges.length > 0 && event['replay-name'] === undefined) this.archive(event, trace)
    for (let i = 0; i < this.discovererEdges.length; i++) {
      const call = sim.open(this.discovererEdges[i], 0, trace)
      sim.calls.body[call] = { Event: event }
      sim.send(call)
    }
  }

  private archive(event: BusEvent, trace: number): void {
    const { sim } = this
    this.archives ??= this.config.Archives.map((name) => sim.peer<Archive>(name))
    for (let i = 0; i < this.archives.length; i++) {
      if (!this.archives[i].takes(event)) continue
      const call = sim.open(this.archiveEdges[i], 0, trace)
      sim.calls.body[call] = { Event: event }
      sim.send(call)
    }
  }

  /** A version 4 UUID: the bus and its own count in place of chance, so that an id is one event's alone. */
  private nextId(): string {
    return this.idPrefix + (++this.serial).toString(16).padStart(12, '0')
  }

  private timeText(): string {
    const now = this.sim.startsAt + this.sim.clock[0]
    const second = Math.floor(now / SECOND)
    if (second !== this.second) {
      this.second = second
      this.secondText = isoText(now)
    }
    return this.secondText
  }
}

const NO_RESOURCES: readonly unknown[] = Object.freeze([])

/** What every bus answers; the default bus has one operation more. */
export const busOps = {
  'events:PutEvents': {
    doc: 'Puts up to ten events on the bus, or on the one that an entry names; what is wrong with an entry is said of it alone. `EventBusName` beside `Entries` (our own) names the bus of all.',
    target: 'EventBusName',
    params: ['Entries'],
    ignored: ['EndpointId'],
    errors: ['ValidationException', 'ThrottlingException', 'AccessDeniedException'],
    failed: (answer) => (answer as { FailedEntryCount?: number } | null)?.FailedEntryCount !== 0,
    run: putEvents,
  },
  'events:ForwardEvent': {
    internal: true,
    doc: 'Takes an event from a rule of another bus; it stays the event that it is.',
    target: 'EventBusName',
    params: ['Event', 'Hops'],
    run: forwardEvent,
  },
  'events:ReplayEvent': {
    internal: true,
    doc: 'Takes an event out of an archive, for all rules or for those named.',
    target: 'EventBusName',
    params: ['Event', 'Rules'],
    oneWay: true,
    run: replayEvent,
  },
} satisfies Readonly<Record<string, Op<Bus>>>

function putEvents(self: Bus, call: Call): void {
  const { sim } = self
  const { Entries: entries } = (sim.calls.body[call] ?? {}) as { readonly Entries?: unknown }
  if (!Array.isArray(entries) || !entries.every(isEntry) || !self.mayTake(entries))
    return refuse(self, call, 'ValidationException', 400)
  const account = sim.callerOf(sim.calls.edge[call])?.account ?? OWN_ACCOUNT
  if (!self.account.mayPut()) {
    self.throttles.note(sim.clock[0])
    return refuse(self, call, 'ThrottlingException', 400)
  }
  const results: (EntryRefusal | { readonly EventId: string })[] = []
  let failed = 0
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!
    const bus = self.busOf(entry.EventBusName)
    if (bus !== undefined && account !== OWN_ACCOUNT && !allows(bus.config.Allowed, account)) {
      bus.denials.note(sim.clock[0])
      return refuse(self, call, 'AccessDeniedException', 403)
    }
    const refusal = refusalOf(entry, bus?.config.Partner === String(entry.Source))
    if (refusal !== undefined) {
      self.refused++
      failed++
      results.push(refusal)
      continue
    }
    const event = self.eventOf(entry, account)
    results.push({ EventId: event.id })
    // An event for a bus that does not exist is accepted and lost, as recorded on AWS.
    if (bus === undefined) self.strays.note(sim.clock[0])
    else {
      bus.paidChunks += chunksOf(entrySize(entry))
      bus.take(event, sim.calls.trace[call], 0)
    }
  }
  sim.calls.answer[call] = { FailedEntryCount: failed, Entries: results }
  self.answer(call, 0)
}

function refuse(self: Bus, call: Call, name: string, http: number): void {
  self.answer(call, self.sim.error(name, http))
}

/** Whether a value is an entry as far as its shape goes; what the API's own model refuses, no entry is judged for. */
function isEntry(value: unknown): value is Entry {
  return isMap(value) && (value['Resources'] === undefined || Array.isArray(value['Resources']))
}

function allows(allowed: readonly string[], account: string): boolean {
  return allowed.includes('*') || allowed.includes(account)
}

function forwardEvent(self: Bus, call: Call): void {
  const { sim } = self
  const { Event: event, Hops: hops } = sim.calls.body[call] as { readonly Event: BusEvent; readonly Hops: number }
  self.take(event, sim.calls.trace[call], hops)
  self.answer(call, 0)
}

function replayEvent(self: Bus, call: Call): void {
  const { Event: event, Rules: rules } = self.sim.calls.body[call] as {
    readonly Event: BusEvent
    readonly Rules: readonly string[] | null
  }
  self.paidChunks += chunksOf(jsonSize(event))
  self.take(event, self.sim.calls.trace[call], 0, rules)
  self.sim.reply(call, 0)
}

/** Operation of the default bus alone: an AWS service says that something happened. */
export function putServiceEvent(self: Bus, call: Call): void {
  const entry = self.sim.calls.body[call] as Entry
  self.take(self.eventOf(entry, OWN_ACCOUNT), self.sim.calls.trace[call], 0)
  self.sim.reply(call, 0)
}

/** Answer of a rule or an archive: nobody waits for it. */
export function handedOver(self: Bus, call: Call): void {
  self.sim.close(call)
}
