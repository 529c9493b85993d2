// Redis's and Memcached's commands on items: what they do when they arrive, and what they answer.
import type { Call } from '../../engine/calls.ts'
import type { Action, Op } from '../../model/contract.ts'
import { ENDPOINT, LOCK } from '../../parts/cache-verbs.ts'
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { FAILURES, type Access, type Fleet } from './fleet.ts'
import type { Node } from './node.ts'
import type { Shard } from './shard.ts'

const MS = 1_000
const SECOND = 1_000_000
/** Memcached reads a longer time as a moment of the calendar, in seconds since 1970 (EC-R14). */
const LONGEST_EXPTIME = 2_592_000
/** Redis's longest key and value. */
const LONGEST = 536_870_912
const OK = Object.freeze({ Result: 'OK' })
const NIL = Object.freeze({ Result: null })
const MISS = Object.freeze({ Value: null })

type Body = Readonly<Record<string, unknown>>

/** A command under way: where it goes and what it is about. Made anew for each command; nothing keeps it. */
interface Command {
  readonly call: Call
  readonly body: Body
  readonly key: string
  readonly shard: Shard
  readonly node: Node
  readonly now: number
}

/** A mistake in a command's parameters. */
class Wrong extends Error {}

type Run = (fleet: Fleet, command: Command) => unknown

/** Makes an operation of what it does with one key. `run` gives the answer, or undefined where memory is short. */
function onKey(doc: string, access: Access, params: readonly string[], run: Run): Op<Fleet> {
  return {
    doc,
    target: ENDPOINT,
    params: ['Key', ...params],
    errors: [...FAILURES, 'OutOfMemory', 'WrongCommand'],
    run: (fleet, call) => {
      const { calls, clock } = fleet.sim
      const body = (calls.body[call] ?? {}) as Body
      const key = textOf(body['Key'])
      if (key === undefined) return fleet.sim.reply(call, fleet.status.wrong)
      const shard = fleet.shardOf(key)
      const node = fleet.nodeFor(shard, access)
      if (node === null) return fleet.failConnection(call)
      if (fleet.refuses(call) || fleet.turnsAway(call, node)) return
      let status = 0
      try {
        const answer = run(fleet, { call, body, key, shard, node, now: clock[0] })
        if (answer === undefined) {
          fleet.outOfMemory.note(clock[0])
          status = fleet.status.memory
        } else calls.answer[call] = answer
      } catch (mistake) {
        if (!(mistake instanceof Wrong)) throw mistake
        status = fleet.status.wrong
      }
      fleet.settle(shard)
      fleet.charge(shard.store.bytesOf(key, clock[0]))
      fleet.answer(call, node, access, status)
    },
  }
}

// What several commands share

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= LONGEST ? value : undefined
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** Bytes of a value: what `ValueSize` says, else those of its text or its JSON. */
function sizeOf(body: Body, value: unknown): number {
  const said = body['ValueSize']
  if (said !== undefined) {
    if (typeof said !== 'number' || !(said >= 0 && said <= LONGEST)) throw new Wrong('ValueSize')
    return Math.ceil(said)
  }
  return typeof value === 'string' ? utf8Size(value) : jsonSize(value)
}

function read(fleet: Fleet, { shard, node, key, now }: Command): unknown {
  const value = node === shard.primary ? shard.store.get(key, now) : shard.seenByReplica(key, now)
  fleet.noteRead(key, value !== undefined)
  return value
}

function write(fleet: Fleet, command: Command, value: unknown, expiresAt: number): boolean {
  const { shard, key, body, now } = command
  const bytes = utf8Size(key) + sizeOf(body, value)
  noteWrite(fleet, command)
  if (!shard.store.set(key, value, bytes, now, expiresAt)) return false
  fleet.absences.stored(key, now)
  return true
}

/** Replicas go on showing what was there for a while. */
function noteWrite(fleet: Fleet, { shard, key, now }: Command): void {
  if (shard.replicas > 0) shard.willWrite(key, now, fleet.drawLag())
}

function whole(value: unknown, least: number): number {
  const number = Number(value)
  if (value === null || value === '' || !Number.isInteger(number) || number < least) throw new Wrong('not a number')
  return number
}

/** When an item of Redis expires by `EX`, `PX`, `EXAT` or `PXAT`; undefined without any of them. */
function lifeOf(fleet: Fleet, body: Body, now: number): number | undefined {
  if (body['PX'] !== undefined) return now + whole(body['PX'], 1) * MS
  if (body['EX'] !== undefined) return now + whole(body['EX'], 1) * SECOND
  if (body['PXAT'] !== undefined) return whole(body['PXAT'], 1) * MS - fleet.sim.startsAt
  if (body['EXAT'] !== undefined) return whole(body['EXAT'], 1) * SECOND - fleet.sim.startsAt
  return undefined
}

const isSet = (value: unknown): boolean => value === true || value === 'true'

function setItem(fleet: Fleet, command: Command): unknown {
  const { body, shard, key, now } = command
  const value = body['Value']
  if (value === undefined || value === null) throw new Wrong('Value')
  const isThere = shard.store.peek(key, now) !== undefined
  if ((isSet(body['NX']) && isThere) || (isSet(body['XX']) && !isThere)) {
    if (key.startsWith(LOCK)) fleet.absences.waits(key.slice(LOCK.length))
    return NIL
  }
  const kept = isSet(body['KEEPTTL']) ? shard.store.expiresAt(key, now) : undefined
  return write(fleet, command, value, lifeOf(fleet, body, now) ?? kept ?? Infinity) ? OK : undefined
}

/** Counts up or down a number that is kept as text; one that is not there is 0. */
function countBy(fleet: Fleet, command: Command, by: number): unknown {
  const { shard, key, now } = command
  const before = shard.store.peek(key, now)
  const value = (before === undefined ? 0 : whole(before, -Infinity)) + by
  const expiresAt = shard.store.expiresAt(key, now) ?? Infinity
  return write(fleet, command, value, expiresAt) ? { Value: value } : undefined
}

function deleteItem(fleet: Fleet, command: Command): boolean {
  noteWrite(fleet, command)
  return command.shard.store.delete(command.key, command.now)
}

function expireItem(fleet: Fleet, command: Command, expiresAt: number): unknown {
  noteWrite(fleet, command)
  return { Result: command.shard.store.retime(command.key, expiresAt, command.now) ? 1 : 0 }
}

const get: Run = (fleet, command) => {
  const value = read(fleet, command)
  return value === undefined ? MISS : { Value: value }
}

/** Seconds that an item has left: −1 without an end, −2 where there is none. */
const ttl: Run = (_, { shard, key, now }) => {
  const at = shard.store.expiresAt(key, now)
  return { Result: at === undefined ? -2 : at === Infinity ? -1 : Math.round((at - now) / SECOND) }
}

const LIFE = ['EX', 'PX', 'EXAT', 'PXAT']

/** Redis's commands by name. */
export const redisCommands: Readonly<Record<Action, Op<Fleet>>> = {
  'redis:GET': onKey('Reads an item; `Value: null` where there is none.', 'read', [], get),
  'redis:EXISTS': onKey('Whether an item is there.', 'read', [], (_, { shard, key, now }) => ({
    Result: shard.store.peek(key, now) === undefined ? 0 : 1,
  })),
  'redis:TTL': onKey('Seconds until an item expires; −1 for never, −2 where there is none.', 'read', [], ttl),
  'redis:SET': onKey(
    'Stores an item; with `NX` only a new one, with `XX` only one that is there. `EX` or `PX` give it a time to live, `KEEPTTL` leaves it the one it has.',
    'write',
    ['Value', 'ValueSize', ...LIFE, 'NX', 'XX', 'KEEPTTL'],
    setItem,
  ),
  'redis:DEL': onKey('Deletes an item.', 'write', [], (fleet, command) => ({
    Result: deleteItem(fleet, command) ? 1 : 0,
  })),
  'redis:INCR': onKey('Counts a number up by one.', 'write', [], (fleet, command) => countBy(fleet, command, 1)),
  'redis:INCRBY': onKey('Counts a number up.', 'write', ['Increment'], (fleet, command) =>
    countBy(fleet, command, whole(command.body['Increment'], -Infinity)),
  ),
  'redis:DECR': onKey('Counts a number down by one.', 'write', [], (fleet, command) => countBy(fleet, command, -1)),
  'redis:EXPIRE': onKey('Gives an item a time to live.', 'write', ['Seconds'], (fleet, command) =>
    expireItem(fleet, command, command.now + whole(command.body['Seconds'], -Infinity) * SECOND),
  ),
  'redis:PERSIST': onKey('Takes an item’s time to live away; 0 where it had none.', 'write', [], (fleet, command) => {
    const at = command.shard.store.expiresAt(command.key, command.now) ?? Infinity
    return at === Infinity ? { Result: 0 } : expireItem(fleet, command, Infinity)
  }),
}

/** When an item of Memcached expires: 0 = never, a long time is a moment of the calendar, a negative one is over (EC-R14). */
function exptime(fleet: Fleet, body: Body, now: number): number {
  const seconds = body['Exptime'] === undefined ? 0 : whole(Math.ceil(Number(body['Exptime'])), -Infinity)
  if (seconds === 0) return Infinity
  return seconds > LONGEST_EXPTIME ? seconds * SECOND - fleet.sim.startsAt : now + seconds * SECOND
}

const STORED = Object.freeze({ Result: 'STORED' })
const DELETED = Object.freeze({ Result: 'DELETED' })
const NOT_FOUND = Object.freeze({ Result: null })
const STORES = ['Value', 'ValueSize', 'Exptime']

function store(wants: 'any' | 'new' | 'old'): Run {
  return (fleet, command) => {
    const { body, shard, key, now } = command
    const value = body['Value']
    if (value === undefined || value === null) throw new Wrong('Value')
    fleet.sim.count(fleet.metrics['CmdSet']!, 1)
    const isThere = shard.store.peek(key, now) !== undefined
    if ((wants === 'new' && isThere) || (wants === 'old' && !isThere)) {
      if (key.startsWith(LOCK)) fleet.absences.waits(key.slice(LOCK.length))
      return NIL
    }
    if (utf8Size(key) + sizeOf(body, value) > fleet.sim.quota('ItemSize')) return undefined
    if (!write(fleet, command, value, exptime(fleet, body, now))) return undefined
    if (!isThere) fleet.sim.count(fleet.metrics['NewItems']!, 1)
    return STORED
  }
}

/** Memcached counts only what is there, and never below 0. */
function step(sign: number): Run {
  return (fleet, command) => {
    const { shard, key, now, body } = command
    const before = shard.store.peek(key, now)
    if (before === undefined) return MISS
    const value = Math.max(0, whole(before, 0) + sign * whole(body['Delta'] ?? 1, 0))
    return write(fleet, command, value, shard.store.expiresAt(key, now)!) ? { Value: value } : undefined
  }
}

/** Memcached's commands by name. */
export const memcachedCommands: Readonly<Record<Action, Op<Fleet>>> = {
  'memcached:get': onKey('Reads an item; `Value: null` where there is none.', 'read', [], get),
  'memcached:set': onKey('Stores an item for `Exptime` seconds.', 'write', STORES, store('any')),
  'memcached:add': onKey('Stores an item that is not there yet.', 'write', STORES, store('new')),
  'memcached:replace': onKey('Stores an item that is there.', 'write', STORES, store('old')),
  'memcached:delete': onKey('Deletes an item.', 'write', [], (fleet, command) =>
    deleteItem(fleet, command) ? DELETED : NOT_FOUND,
  ),
  'memcached:incr': onKey('Counts a number up by `Delta`.', 'write', ['Delta'], step(1)),
  'memcached:decr': onKey('Counts a number down by `Delta`, to 0 at most.', 'write', ['Delta'], step(-1)),
  'memcached:touch': onKey('Gives an item another time to live.', 'write', ['Exptime'], (fleet, command) =>
    command.shard.store.retime(command.key, exptime(fleet, command.body, command.now), command.now)
      ? Object.freeze({ Result: 'TOUCHED' })
      : NOT_FOUND,
  ),
}
