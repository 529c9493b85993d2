// What the rooms of ElastiCache share: timers, invariants, the card, control operations and faults.
import type { Call } from '../../engine/calls.ts'
import type { Config, Fault, Op, Props, ServiceDef, Sim } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import * as p from '../../model/p.ts'
import { findingsOf } from './cache-insights.ts'
import { prices, unpriced } from './cache-prices.ts'
import { countsOf, nodeCells, readings } from './figures.ts'
import { FAILURES, Fleet, type FleetPlan } from './fleet.ts'

const GIB = 1_073_741_824

export function createFleet(config: Config, sim: Sim): Fleet {
  return new Fleet(config, sim, countsOf(config['Plan'] as FleetPlan), {
    promoted: sim.target(promoted),
    replaced: sim.target(replaced),
    rebooted: sim.target(rebooted),
  })
}

function promoted(self: Fleet, handle: number): void {
  self.promoted(handle)
}

function replaced(self: Fleet, handle: number): void {
  self.replaced(handle)
}

function rebooted(self: Fleet, handle: number): void {
  self.replaced(handle)
}

/** Members of a definition that are the same for every cache. */
export const cacheRoom = {
  family: 'database',
  namespace: 'AWS/ElastiCache',
  prices,
  unbilled: ['snapshots', 'data transfer between zones'],
  unpriced,
  place: (config: Config) => config['Place'] as Place | undefined,
  create: createFleet,
  timers: { promoted, replaced, rebooted },
  invariants: {
    'no node has more than its memory holds, and every sum of bytes is right': (self: Fleet) =>
      self.shards.every(({ store }) => store.holds()),
    'every read was a hit or a miss': (self: Fleet) =>
      self.hits + self.misses === self.sum(({ store }) => store.hits + store.misses),
  },
  periodEnded: (self: Fleet, time: number) => self.minuteEnded(time),
  finish: (self: Fleet) => self.absences.finish(),
  insights: findingsOf,
  view: {
    glyph: 'cache',
    label: 'Cache',
    detail: (config: Config) => {
      const { engine, shards, replicas } = config['Plan'] as FleetPlan
      const nodes = shards * (replicas + 1)
      return `${engine}${nodes > 1 ? `, ${nodes} nodes` : ''}`
    },
    level: (self: Fleet) => self.bytes,
    levelMax: (self: Fleet) => (self.maxBytes === Infinity ? Math.max(GIB, self.bytes) : self.maxBytes),
    tone: (self: Fleet) => (self.isFailing() ? 'failing' : self.hits + self.misses > 0 ? 'busy' : 'calm'),
    readings,
    cells: [nodeCells],
  },
  // A command effects what it does when it comes; its answer waits for the node's thread and the network.
  traced: { answer: 'the node and the network' },
  report: (self: Fleet) => ({
    items: self.items,
    unread: self.sum(({ store }) => store.unread()),
    bytes: self.bytes,
    hits: self.hits,
    misses: self.misses,
    evictions: self.sum(({ store }) => store.evictions),
    expired: self.sum(({ store }) => store.expirations),
    lostWrites: self.sum(({ lostWrites }) => lostWrites),
  }),
} as const satisfies Partial<ServiceDef<Fleet>>

const nodeFault: Props = {
  Shard: p.int('The shard, or the node of a cluster of Memcached; 1 when absent.', [1, 500], { default: 1 }),
  Node: p.int('The node of the shard: 1, when absent, is its primary.', [1, 6], { default: 1 }),
}

/** A node that fails, and is replaced. It stays lost until then, however short the fault is. */
export const nodeLoss: Fault<Fleet> = {
  doc: 'A node fails: a replica is promoted where that is on, else a new node takes its place.',
  params: nodeFault,
  start: (self, params) => {
    const shard = (params['Shard'] as number) - 1
    const node = (params['Node'] as number) - 1
    if (shard < self.shards.length && node < self.shards[shard]!.nodes.length) self.lose(shard, node)
  },
  stop: () => undefined,
}

/** The Availability Zone of the primaries loses its power. */
export const powerLoss: Fault<Fleet> = {
  doc: 'The Availability Zone in which the primaries stand loses its power: every primary fails.',
  params: {},
  start: (self) => self.shards.forEach((_, shard) => self.lose(shard, 0)),
  stop: () => undefined,
}

/** Empties every shard whose primary it reaches, as a client does that knows them all. */
export const flush: Op<Fleet> = {
  doc: 'Deletes all items.',
  target: 'Endpoint',
  errors: FAILURES,
  run: (self, call: Call) => {
    const { clock } = self.sim
    if (self.refuses(call)) return
    const up = self.shards.filter(({ primary }) => !primary.isDown)
    const reached = up.filter(({ primary }) => primary.accepts(clock[0]))
    for (const shard of reached) shard.clear()
    self.charge(0)
    if (up.length < self.shards.length) self.failConnection(call)
    else if (reached.length < up.length) self.turnsAway(call, up.find((shard) => !reached.includes(shard))!.primary)
    else self.answer(call, reached[0]!.primary, 'write', 0)
  },
}
