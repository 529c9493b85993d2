// Where a key lives in a cache of several nodes: Redis's slots, and the two ways in which clients of Memcached choose a node.
import { md5Words } from './hash.ts'
import { utf8Size } from './json-size.ts'

/** Slots of a Redis cluster (EC-R3). */
export const SLOTS = 16_384

/** CRC-16/XMODEM of a text's UTF-8, as Redis computes it. */
export function crc16(text: string): number {
  let crc = 0
  if (utf8Size(text) === text.length) {
    for (let i = 0; i < text.length; i++) crc = crcStep(crc, text.charCodeAt(i))
    return crc
  }
  for (const byte of new TextEncoder().encode(text)) crc = crcStep(crc, byte)
  return crc
}

function crcStep(crc: number, byte: number): number {
  crc ^= byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  return crc
}

/** The slot of a key: of what stands in its first pair of braces, if anything does (`{user}.name`), else of all of it. */
export function slotOf(key: string): number {
  const open = key.indexOf('{')
  const close = open === -1 ? -1 : key.indexOf('}', open + 1)
  return crc16(close > open + 1 ? key.slice(open + 1, close) : key) % SLOTS
}

/** The shard of a slot where they are divided evenly, as a new cluster does. */
export function shardOfSlot(slot: number, shards: number): number {
  return Math.floor((slot * shards) / SLOTS)
}

/** Points of one node on the ring: libketama's 40 hashes of four points each. */
const HASHES_PER_NODE = 40

/** A ring of hashes (ketama): a key belongs to the node whose point comes next, so that a new node takes its share and nobody else's. */
export class HashRing {
  private readonly points: Uint32Array
  private readonly owners: Int32Array

  /** Nodes are called 0, 1, 2, … in order of their names. */
  constructor(names: readonly string[]) {
    const all: { point: number; owner: number }[] = []
    names.forEach((name, owner) => {
      for (let i = 0; i < HASHES_PER_NODE; i++) for (const point of md5Words(`${name}-${i}`)) all.push({ point, owner })
    })
    all.sort((a, b) => a.point - b.point || a.owner - b.owner)
    this.points = Uint32Array.from(all, ({ point }) => point)
    this.owners = Int32Array.from(all, ({ owner }) => owner)
  }

  nodeOf(key: string): number {
    const hash = md5Words(key)[0]
    let [low, high] = [0, this.points.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.points[middle] < hash) low = middle + 1
      else high = middle
    }
    return this.owners[low === this.points.length ? 0 : low]
  }
}

/** The rest of a division: the default of many libraries, which moves nearly every key when a node is added (EC-R2). */
export function moduloNode(key: string, nodes: number): number {
  return md5Words(key)[0] % nodes
}
