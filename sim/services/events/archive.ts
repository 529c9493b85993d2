// Amazon EventBridge archive: keeps the events of a bus, and replays them.
//
// A replay goes through the minutes of its range one after the other; within a minute the order is not kept (EB-51).
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { DAY, isoText, MINUTE, parseMoment, SECOND } from '../../parts/calendar.ts'
import { Integral } from '../../parts/integral.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { matches, type Pattern } from '../../parts/patterns.ts'
import { DEFAULT_BUS, isDefaultBus } from '../../parts/targets.ts'
import { count, counted } from '../../parts/words.ts'
import { ARCHIVE, BUS, busNamed } from './bus-config.ts'
import { archiveAssumptions, quotas } from './event-bus.facts.ts'
import type { BusEvent } from './event.ts'
import { archivePrices } from './prices.ts'
import { patternOf } from './rule-config.ts'

export const archive: ServiceDef<Archive> = {
  type: 'AWS::Events::Archive',
  family: 'messaging',
  namespace: 'AWS/Events',
  dimension: 'ArchiveName',
  summary: 'An archive: keeps events of a bus for so many days, and replays them.',
  models: [
    'Keeps the events of its bus that match its pattern, for `RetentionDays`, 0 = for ever; replayed events are not kept again (EB-50).',
    'A replay hands events of a range of time to the rules of the same bus, or to some of them, minute by minute, in any order within a minute, as fast as events may be put (EB-51).',
    'At most ten replays at a time; a replay can be cancelled.',
  ],
  omits: ['Encryption. Events are on their way to the archive for as long as `ArchiveDelay` says, at once by default.'],
  quotas,
  assumptions: archiveAssumptions,
  prices: archivePrices,
  props: {
    ArchiveName: p.string('The name.'),
    Description: p.inert('A text.'),
    EventPattern: p.any('Which events are kept; all when absent.'),
    KmsKeyIdentifier: p.unused('events would be encrypted with the key, at the cost of calls to KMS'),
    RetentionDays: p.int('How long events are kept; 0 = for ever.', [0, 2_147_483_647], { default: 0, unit: 'days' }),
    SourceArn: p.any('The bus.', { required: true }),
  },
  gather,
  create: (config, sim) => new Archive(config, sim),
  ops: {
    'events:ArchiveEvent': {
      internal: true,
      doc: 'Keeps an event of the bus, which has found that it matches.',
      target: 'ArchiveName',
      params: ['Event'],
      oneWay: true,
      run: archiveEvent,
    },
    'events:StartReplay': {
      doc: 'Begins to replay the events of a range of time. Times are ISO texts, or seconds since 1970.',
      target: 'EventSourceArn',
      params: ['ReplayName', 'EventStartTime', 'EventEndTime', 'Destination'],
      ignored: ['Description'],
      errors: [
        'ResourceAlreadyExistsException',
        'ResourceNotFoundException',
        'ValidationException',
        'LimitExceededException',
      ],
      run: startReplay,
    },
    'events:CancelReplay': {
      doc: 'Ends a replay before it is complete. `EventSourceArn` (our own) names the archive.',
      target: 'EventSourceArn',
      params: ['ReplayName'],
      errors: ['ResourceNotFoundException', 'IllegalStatusException'],
      run: cancelReplay,
    },
    'events:DescribeReplay': {
      doc: 'Says how far a replay is. `EventSourceArn` (our own) names the archive.',
      target: 'EventSourceArn',
      params: ['ReplayName'],
      errors: ['ResourceNotFoundException'],
      run: describeReplay,
    },
  },
  timers: { stored, replayOn, handedOver },
  metrics: {},
  invariants: {
    'every archived event is kept or has become too old': (self) => self.archived === self.kept + self.expired,
  },
  view: {
    glyph: 'archive',
    label: 'Archive',
    level: (self) => self.kept,
    levelMax: (self) => Math.max(1, self.archived),
    tone: (self) => (self.running > 0 ? 'busy' : 'calm'),
    detail: ({ RetentionDays: days }) => (days === 0 ? undefined : counted(days as number, 'day')),
    readings: [
      { name: 'Events', unit: 'events', doc: 'Events kept.', read: (self) => self.kept },
      { name: 'Replayed', unit: '1/s', doc: 'Events replayed.', counter: true, read: (self) => self.replayed },
      { name: 'Replays', unit: 'replays', doc: 'Replays under way.', read: (self) => self.running },
    ],
  },
  traced: { serves: () => -1 },
  report: (self) => ({
    events: self.kept,
    bytes: self.bytes,
    replays: self.replays.map(({ name, state, replayed }) => ({ name, state, replayed })),
    lines: self.replays.map(({ name, state, replayed }) => `replay ${name}: ${state}, ${count(replayed)} events`),
  }),
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const bus = busNamed(near, self.config['SourceArn'])
  if (bus === null) self.notSimulated(['SourceArn'], 'the bus is outside of this scenario: nothing is archived')
  const rules = near
    .all('AWS::Events::Rule')
    .filter(({ config }) => busNamed(near, config['EventBusName']) === bus)
    .map(({ logicalId, config }) => [String(config['Name'] ?? logicalId), logicalId])
  return {
    Bus: bus,
    Pattern: patternOf(near, self.config['EventPattern']),
    Rules: Object.fromEntries(rules),
    Buses: Object.fromEntries(
      near.all(BUS).map(({ config, logicalId }) => [String(config['Name'] ?? logicalId), logicalId]),
    ),
    Archives: near.all(ARCHIVE).map(({ logicalId }) => logicalId),
  }
}

interface Kept {
  readonly event: BusEvent
  /** When it was archived, µs. */
  readonly at: number
}

type ReplayState = 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'

interface Replay {
  readonly name: string
  state: ReplayState
  readonly startedAt: number
  endedAt: number
  /** The range, in µs of the run. */
  readonly from: number
  readonly to: number
  readonly rules: readonly string[] | null
  readonly trace: number
  /** Where the next minute begins, and what is left of the present one. */
  minute: number
  slice: BusEvent[]
  replayed: number
}

export class Archive {
  readonly sim: Sim
  archived = 0
  expired = 0
  bytes = 0
  /** All bytes that ever came in. */
  archivedBytes = 0
  replayed = 0
  /** Replays that have not come to their end. */
  running = 0
  readonly replays: Replay[] = []
  private readonly pattern: Pattern | null
  private readonly retention: number
  private readonly bus: string | null
  /** Rules of the bus and all buses, by name; all archives. */
  private readonly rules: Readonly<Record<string, string>>
  private readonly buses: Readonly<Record<string, string>>
  private readonly archives: readonly string[]
  /** In order of arrival; those before `first` have expired. */
  private events: (Kept | null)[] = []
  private first = 0
  /** Bytes kept, over time. */
  private readonly stored = new Integral()
  private readonly onTheWay: (BusEvent | null)[] = []
  private readonly freeWays: number[] = []
  private readonly edge: number
  private readonly delay: Sampler
  private readonly delayRng: Rng
  private readonly start: Sampler
  private readonly startRng: Rng
  private readonly order: Rng
  private readonly pace: number
  private readonly storedTarget: Target
  private readonly replayTarget: Target

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.pattern = config['Pattern'] as Pattern | null
    this.retention = config['RetentionDays'] === 0 ? Infinity : (config['RetentionDays'] as number) * DAY
    this.bus = config['Bus'] as string | null
    this.rules = config['Rules'] as Readonly<Record<string, string>>
    this.buses = config['Buses'] as Readonly<Record<string, string>>
    this.archives = config['Archives'] as readonly string[]
    this.edge = this.bus === null ? -1 : sim.edge(this.bus, 'events:ReplayEvent', handedOver)
    this.delay = sim.sampler('ArchiveDelay')
    this.delayRng = sim.rng('delay')
    this.start = sim.sampler('ReplayStart')
    this.startRng = sim.rng('start')
    this.order = sim.rng('order')
    this.pace = SECOND / sim.quota('PutEventsRequests')
    this.storedTarget = sim.target(stored)
    this.replayTarget = sim.target(replayOn)
  }

  get kept(): number {
    return this.events.length - this.first
  }

  /** All archives of the account: names of replays are theirs together, and so is the limit. */
  get peers(): readonly Archive[] {
    return this.archives.map((name) => this.sim.peer<Archive>(name))
  }

  takes(event: BusEvent): boolean {
    return this.pattern === null || matches(this.pattern, event)
  }

  /** An event is on its way here. */
  expect(event: BusEvent): void {
    const row = this.freeWays.pop() ?? this.onTheWay.push(null) - 1
    this.onTheWay[row] = event
    this.sim.after(this.delay.draw(this.delayRng), this.storedTarget, row)
  }

  store(row: number): void {
    const event = this.onTheWay[row]!
    this.onTheWay[row] = null
    this.freeWays.push(row)
    this.archived++
    const size = jsonSize(event)
    this.bytes += size
    this.archivedBytes += size
    this.stored.add(size, this.sim.clock[0])
    this.events.push({ event, at: this.sim.clock[0] })
    this.expire()
  }

  /** Lets go of what is too old; nothing is scheduled for it, whoever looks asks first. */
  expire(): void {
    const oldest = this.sim.clock[0] - this.retention
    for (let kept = this.at(this.first); kept !== null && kept.at <= oldest; kept = this.at(this.first)) {
      const size = jsonSize(kept.event)
      this.bytes -= size
      // It was too old from its own moment on, whenever somebody looks.
      this.stored.addAt(-size, kept.at + this.retention)
      this.events[this.first++] = null
      this.expired++
    }
    if (this.first > 1024 && this.first * 2 > this.events.length) {
      this.events = this.events.slice(this.first)
      this.first = 0
    }
  }

  /** Bytes · µs that were kept until now, expired ones up to their end. */
  storedOver(now: number): number {
    this.expire()
    return this.stored.upTo(now)
  }

  /** The rules that a replay is for, by name or ARN; null = all, undefined = one of them is none of the bus. */
  rulesOf(filter: readonly unknown[] | undefined): readonly string[] | null | undefined {
    if (filter === undefined || filter.length === 0) return null
    const found = filter.map((each) => {
      const name = String(each).slice(String(each).lastIndexOf('/') + 1)
      return Object.hasOwn(this.rules, name)
        ? this.rules[name]!
        : Object.values(this.rules).includes(name)
          ? name
          : undefined
    })
    return found.some((id) => id === undefined) ? undefined : (found as readonly string[])
  }

  /** The bus that a text names: its component, or undefined. */
  busAt(arn: unknown): string | undefined {
    if (isDefaultBus(arn)) return DEFAULT_BUS
    const name = lastOf(arn)
    return Object.hasOwn(this.buses, name) ? this.buses[name] : undefined
  }

  get ownBus(): string | null {
    return this.bus
  }

  begin(replay: Omit<Replay, 'state' | 'startedAt' | 'endedAt' | 'minute' | 'slice' | 'replayed'>): void {
    const { sim } = this
    this.replays.push({
      ...replay,
      ...{ state: 'STARTING', startedAt: sim.clock[0], endedAt: -1, minute: replay.from, slice: [], replayed: 0 },
    })
    this.running++
    sim.after(this.start.draw(this.startRng), this.replayTarget, this.replays.length - 1)
  }

  /** Replays one event, or opens the next minute that has any. */
  go(index: number): void {
    const { sim } = this
    const replay = this.replays[index]!
    if (replay.state === 'CANCELLING') {
      this.end(replay, 'CANCELLED')
      return
    }
    replay.state = 'RUNNING'
    if (replay.slice.length === 0 && !this.nextSlice(replay)) {
      this.end(replay, 'COMPLETED')
      return
    }
    const event = { ...replay.slice.pop()!, 'replay-name': replay.name }
    replay.replayed++
    this.replayed++
    const call = sim.open(this.edge, 0, replay.trace)
    sim.calls.body[call] = { Event: event, Rules: replay.rules }
    sim.send(call)
    // Whole µs between events that keep the rate on average.
    const due = Math.round(replay.replayed * this.pace) - Math.round((replay.replayed - 1) * this.pace)
    sim.after(due, this.replayTarget, index)
  }

  /** Fills the slice with the next minute that has events, in any order; false = there is none. */
  private nextSlice(replay: Replay): boolean {
    this.expire()
    let place = this.firstFrom(replay.minute)
    const kept = this.at(place)
    if (kept === null || kept.at >= replay.to) return false
    const begin = replay.from + Math.floor((kept.at - replay.from) / MINUTE) * MINUTE
    const end = Math.min(replay.to, begin + MINUTE)
    for (let each = this.at(place); each !== null && each.at < end; each = this.at(++place))
      replay.slice.push(each.event)
    for (let i = replay.slice.length - 1; i > 0; i--) {
      const j = Math.floor(this.order.float() * (i + 1))
      const other = replay.slice[i]!
      replay.slice[i] = replay.slice[j]!
      replay.slice[j] = other
    }
    replay.minute = end
    return true
  }

  private at(place: number): Kept | null {
    return this.events[place] ?? null
  }

  /** The place of the first event kept that came at `time` µs or later. */
  private firstFrom(time: number): number {
    let low = this.first
    let high = this.events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.events[middle]!.at < time) low = middle + 1
      else high = middle
    }
    return low
  }

  private end(replay: Replay, state: ReplayState): void {
    replay.state = state
    replay.slice = []
    replay.endedAt = this.sim.clock[0]
    this.running--
  }
}

/** The name at the end of an ARN. */
function lastOf(arn: unknown): string {
  const text = String(arn)
  return text.slice(text.lastIndexOf('/') + 1)
}

function archiveEvent(self: Archive, call: Call): void {
  self.expect((self.sim.calls.body[call] as { readonly Event: BusEvent }).Event)
  self.sim.reply(call, 0)
}

interface StartReplay {
  readonly ReplayName?: unknown
  readonly EventStartTime?: unknown
  readonly EventEndTime?: unknown
  readonly Destination?: { readonly Arn?: unknown; readonly FilterArns?: readonly unknown[] }
}

function startReplay(self: Archive, call: Call): void {
  const { sim } = self
  const { ReplayName, EventStartTime, EventEndTime, Destination } = (sim.calls.body[call] ?? {}) as StartReplay
  const refuse = (name: string): void => sim.reply(call, sim.error(name, 400))
  const from = timeOf(self, EventStartTime)
  const to = timeOf(self, EventEndTime)
  const destination = Destination?.Arn === undefined ? self.ownBus : self.busAt(Destination.Arn)
  const rules = self.rulesOf(Destination?.FilterArns)
  const name = String(ReplayName ?? '')
  if (destination === undefined || rules === undefined) return refuse('ResourceNotFoundException')
  if (destination !== self.ownBus || destination === null) return refuse('ValidationException')
  if (name === '' || from === undefined || to === undefined || from >= to) return refuse('ValidationException')
  const all = self.peers.flatMap(({ replays }) => replays)
  if (all.some((replay) => replay.name === name)) return refuse('ResourceAlreadyExistsException')
  if (all.filter(isUnderWay).length >= sim.quota('ConcurrentReplays')) return refuse('LimitExceededException')
  self.begin({ name, from, to, rules, trace: sim.calls.trace[call] })
  answer(self, call, self.replays[self.replays.length - 1]!)
}

function isUnderWay({ endedAt }: Replay): boolean {
  return endedAt < 0
}

/** A moment in µs of the run; undefined = it is none. */
function timeOf({ sim }: Archive, written: unknown): number | undefined {
  const at = typeof written === 'number' ? written * SECOND : parseMoment(String(written))
  return typeof at === 'number' && Number.isFinite(at) ? at - sim.startsAt : undefined
}

function cancelReplay(self: Archive, call: Call): void {
  const replay = replayNamed(self, call)
  const { sim } = self
  if (replay === undefined) sim.reply(call, sim.error('ResourceNotFoundException', 400))
  else if (replay.state !== 'STARTING' && replay.state !== 'RUNNING')
    sim.reply(call, sim.error('IllegalStatusException', 400))
  else {
    replay.state = 'CANCELLING'
    answer(self, call, replay)
  }
}

function describeReplay(self: Archive, call: Call): void {
  const replay = replayNamed(self, call)
  if (replay === undefined) self.sim.reply(call, self.sim.error('ResourceNotFoundException', 400))
  else answer(self, call, replay)
}

function replayNamed(self: Archive, call: Call): Replay | undefined {
  const { ReplayName: name } = (self.sim.calls.body[call] ?? {}) as { readonly ReplayName?: unknown }
  return self.replays.find((replay) => replay.name === String(name))
}

function answer(self: Archive, call: Call, replay: Replay): void {
  const { sim } = self
  const text = (at: number): string => isoText(sim.startsAt + at)
  sim.calls.answer[call] = {
    ReplayName: replay.name,
    State: replay.state,
    EventSourceArn: sim.name,
    EventStartTime: text(replay.from),
    EventEndTime: text(replay.to),
    ReplayStartTime: text(replay.startedAt),
    ...(replay.endedAt < 0 ? {} : { ReplayEndTime: text(replay.endedAt) }),
  }
  sim.reply(call, 0)
}

/** Timer: an event has reached the archive. */
function stored(self: Archive, row: number): void {
  self.store(row)
}

/** Timer: a replay goes on. */
function replayOn(self: Archive, index: number): void {
  self.go(index)
}

/** Answer of the bus: nobody waits for it. */
function handedOver(self: Archive, call: Call): void {
  self.sim.close(call)
}
