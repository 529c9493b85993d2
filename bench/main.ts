// `npm run bench [-- names… --quick --json]`: CPU time per event of hotshard and its peers, ratios first.
//
// Every engine runs in a process of its own and does its slices in turn with the others, so that a busy machine slows
// all of them alike; the least of the slices counts. The order of events of the first 20,000 units is compared.
import { Peer, simpyPython } from './peer.ts'
import { PROOF, type Work } from './work.ts'
import { works } from './works.ts'

interface Row {
  work: string
  n: number
  engine: string
  /** CPU time per unit. */
  ns: number
  /** How many times the CPU time of hotshard's kernel (first engine if there is none). */
  ratio: number
  /** Garbage collections in all slices together. */
  collections: number
  /** Memory alive per n. */
  bytes: number
  /** Whether the order was hotshard's own. */
  same: boolean
  note: string
}

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const json = args.includes('--json')
const names = args.filter((arg) => !arg.startsWith('--'))
const unknown = args.find((arg) =>
  arg.startsWith('--') ? arg !== '--quick' && arg !== '--json' : !works.some((work) => work.name === arg),
)
if (unknown !== undefined) {
  console.error(
    `bench: ${unknown}? Options are --quick and --json; workloads: ${works.map((work) => work.name).join(', ')}`,
  )
  process.exit(2)
}

/** CPU time of one slice in ns, and how many slices each engine does. */
const SLICE = quick ? 40e6 : 80e6
const ROUNDS = quick ? 5 : 11

async function measure(work: Work, n: number, python: string | null): Promise<Row[]> {
  const peers = [...work.engines.keys()].map((engine) => Peer.node(work.name, engine, n))
  if (python !== null && work.simpy !== false) peers.push(Peer.simpy(python, work.name, n))
  try {
    for (const peer of peers) {
      // Warm until the order is proven, the code is compiled and nothing of the start is left in the queue.
      await peer.run(PROOF)
      const each = peer.lastNs / Math.max(1, peer.lastUnits)
      while (peer.done < PROOF) await peer.run(PROOF)
      await peer.run(Math.max(PROOF, Math.min(16 * n, Math.floor(4e9 / each))))
      await peer.run(Math.floor((4 * SLICE) / (peer.lastNs / peer.lastUnits)))
      await peer.run(PROOF, true)
    }
    const least = peers.map(() => Infinity)
    const collections = peers.map(() => 0)
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, peer] of peers.entries()) {
        await peer.run(Math.max(100, Math.floor(SLICE / (peer.lastNs / peer.lastUnits))))
        least[i] = Math.min(least[i]!, peer.lastNs / peer.lastUnits)
        collections[i]! += peer.collections
      }
    }
    const own = Math.max(
      0,
      peers.findIndex((peer) => peer.engine === 'hotshard kernel'),
    )
    return peers.map((peer, i) => ({
      work: work.name,
      n,
      engine: peer.engine,
      ns: least[i]!,
      ratio: least[i]! / least[own]!,
      collections: collections[i]!,
      bytes: peer.bytes / n,
      same: peer.proof === peers[own]!.proof,
      note: peer.note,
    }))
  } finally {
    for (const peer of peers) peer.end()
  }
}

function print(work: Work, n: number, rows: readonly Row[]): void {
  console.log(`\n${work.title}; ${n.toLocaleString('en-US')} ${work.of}`)
  console.log(`  ratio  ns per ${work.unit.padEnd(9)}  GCs  bytes per n  order  engine`)
  for (const row of rows) {
    const bytes = row.bytes > 0 ? row.bytes.toFixed(0) : '–'
    const collections = row.collections >= 0 ? row.collections.toFixed(0) : '–'
    console.log(
      `${row.ratio.toFixed(2).padStart(7)}  ${row.ns.toFixed(1).padStart(16)}  ${collections.padStart(3)}  ` +
        `${bytes.padStart(11)}  ${(row.same ? 'same' : 'other').padEnd(5)}  ${row.engine}${row.note && `: ${row.note}`}`,
    )
  }
}

const python = simpyPython()
if (python === null && !json) console.log('SimPy is not installed (Debian: python3-simpy3); it is left out.')
const all: Row[] = []
for (const work of works) {
  if (names.length > 0 && !names.includes(work.name)) continue
  for (const n of quick ? work.quick : work.sizes) {
    const rows = await measure(work, n, python)
    all.push(...rows)
    if (!json) print(work, n, rows)
  }
}
if (json) console.log(JSON.stringify(all, null, 1))
