// Every glyph says in words what it shows, and its words change when its state does.
import { describe, expect, test } from 'vitest'
import { frameOf, outlineOf, type FrameSketch } from '../testing.ts'
import { Run } from '../run/run.ts'
import { describeCard } from './card.ts'
import { glyphOf } from './index.ts'
import { viewOf, type NodeView } from './view.ts'

interface Case {
  readonly glyph: string
  readonly readings: Readonly<Record<string, readonly [number, number]>>
  readonly cells?: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly before: number[][]; readonly after: number[][] }>
  >
  /** What the words say of the second state. */
  readonly says: RegExp
  readonly badge?: RegExp
}

const CASES: readonly Case[] = [
  {
    glyph: 'client',
    readings: { Requests: [100, 120], OK: [100, 60], Failed: [0, 60], Throttled: [0, 40], p99: [80, 1400] },
    says: /50% end well, 60\/s fail, 40\/s calls refused, 99% are answered within 1\.4 s/,
    badge: /50% fail/,
  },
  {
    glyph: 'api',
    readings: {
      Requests: [10, 900],
      Tokens: [100, 0],
      Burst: [100, 100],
      Rate: [50, 50],
      Throttled: [0, 850],
      '5XX': [0, 0],
    },
    says: /token bucket 0% full, 850\/s refused with 429/,
    badge: /429 · 850\/s/,
  },
  {
    glyph: 'function',
    readings: { Concurrency: [1, 3], Limit: [3, 3], Throttles: [0, 20], Invocations: [5, 9], Provisioned: [NaN, 1] },
    cells: {
      Environments: {
        columns: ['State', 'Since', 'Provisioned'],
        before: [[3, 1, 0]],
        after: [
          [0, 1, 1],
          [1, 1, 0],
          [2, 0, 0],
        ],
      },
    },
    says: /1 environments run, 1 wait for a dependency, 1 start cold, 0 are idle, 3 of 3 concurrent requests, 1 provisioned, 20\/s refused/,
    badge: /429/,
  },
  {
    glyph: 'queue',
    readings: {
      Visible: [0, 500],
      'In flight': [2, 10],
      Oldest: [0, 90],
      'Dead-lettered': [0, 7],
      Sent: [5, 50],
      Deleted: [5, 10],
    },
    says: /500 messages wait, 10 are in flight, the oldest for 90 s, 7 given up/,
    badge: /7 given up/,
  },
  {
    glyph: 'queue',
    readings: { Visible: [3, 90], 'In flight': [1, 1], Groups: [2, 10], 'Locked groups': [1, 1], Sent: [5, 10] },
    cells: {
      Groups: {
        columns: ['Messages', 'Locked', 'Receives'],
        before: [
          [2, 1, 1],
          [1, 0, 0],
        ],
        after: [
          [1, 0, 0],
          [81, 1, 4],
        ],
      },
    },
    says: /1 of 10 groups locked, 80 wait behind the first of the group tenant-7/,
    badge: /group tenant-7 stuck/,
  },
  {
    glyph: 'topic',
    readings: { Published: [10, 20], Delivered: [20, 21], 'Filtered out': [0, 15], 'Given up': [0, 0] },
    cells: {
      Subscriptions: {
        columns: ['Delivered', 'Failed', 'Under way', 'Given up'],
        before: [
          [10, 0, 0, 0],
          [10, 0, 0, 0],
        ],
        after: [
          [20, 0, 0, 0],
          [1, 19, 120, 0],
        ],
      },
    },
    says: /20\/s published, 21\/s delivered, 15\/s filtered out, deliveries to tenant-7 fail/,
    badge: /tenant-7 fails/,
  },
  {
    glyph: 'table',
    readings: {
      'Write units': [100, 900],
      'Write capacity': [6000, 6000],
      'Partition writes': [1000, 1000],
      Throttled: [0, 480],
    },
    cells: {
      Partitions: {
        columns: ['Reads', 'Writes', 'Refused', 'Bank'],
        before: [
          [0, 0.1, 0, 1],
          [0, 0.2, 0, 1],
        ],
        after: [
          [0, 0.1, 0, 1],
          [0, 1, 480, 0],
        ],
      },
    },
    says: /2 partitions, 15% of the table's capacity used, partition 2 at 100% of its limit, heated by the key tenant-7, which has nothing left for bursts, 480\/s reads and writes refused/,
    badge: /P2 throttling/,
  },
  {
    glyph: 'stream',
    readings: {
      Written: [100, 2000],
      Read: [100, 1400],
      Refused: [0, 560],
      'Reads refused': [0, 3],
      'Iterator age': [0, 95],
    },
    cells: {
      Shards: {
        columns: ['Records', 'Bytes', 'Refused', 'Age', 'Unread', 'Open'],
        before: [
          [0.1, 0.02, 0, 0, 0, 1],
          [0.2, 0.02, 0, 0, 3, 1],
        ],
        after: [
          [0.1, 0.02, 0, 0, 0, 1],
          [1, 0.3, 560, 95, 80_000, 1],
          [0, 0, 0, 20, 500, 0],
        ],
      },
    },
    says: /2 shards, 1 closed, 2,000\/s written, 1,400\/s read, shard 2 at 100% of its limit, heated by the key tenant-7, 560\/s records refused, 3\/s reads refused, a reader is .* behind/,
    badge: /shard 2 throttling/,
  },
  {
    glyph: 'alarm',
    readings: { State: [0, 1], Value: [10, 130], Threshold: [100, 100] },
    says: /ALARM, 130 against 100/,
    badge: /ALARM/,
  },
  {
    glyph: 'account',
    readings: { Concurrency: [20, 179], Unreserved: [11, 170], Pool: [170, 170], Limit: [180, 180] },
    cells: {
      Functions: {
        columns: ['Running', 'Reserved'],
        before: [
          [11, -1],
          [9, 10],
        ],
        after: [
          [170, -1],
          [9, 10],
        ],
      },
    },
    says: /170 of the 170 that nobody has reserved are in use \(100%\), 1 has 170, tenant-7 has 9 of its own 10/,
    badge: /pool full/,
  },
  {
    glyph: 'server',
    readings: { Busy: [1, 8], Workers: [8, 8], Waiting: [0, 12], Refused: [0, 3] },
    says: /8 of 8 workers serve, 12 requests wait, 3\/s refused/,
    badge: /3\/s refused/,
  },
  { glyph: 'something new', readings: { Level: [1, 9], Limit: [10, 10] }, says: /level 9, limit 10/ },
  {
    glyph: 'bucket',
    readings: {
      Reads: [10, 20],
      Writes: [10, 4000],
      'Slowed down': [0, 500],
      Objects: [1, 3_000],
      Bytes: [100, 5_000_000],
      'Prefix reads': [5500, 5500],
      'Prefix writes': [3500, 3500],
    },
    cells: {
      Prefixes: { columns: ['Reads', 'Writes', 'Refused'], before: [[0.1, 0.1, 0]], after: [[0.1, 1, 500]] },
    },
    says: /3,000 objects of 4\.77 MB, 4,000\/s writes and 20\/s reads, prefix .* at 100% of its limit, 500\/s told to slow down/,
    badge: /503 · 500\/s/,
  },
  {
    glyph: 'cache',
    readings: {
      Hits: [0, 950],
      Misses: [0, 50],
      Items: [0, 2_000],
      Memory: [0, 750_000],
      'Memory limit': [1_048_576, 1_048_576],
      Evictions: [0, 40],
      Failed: [0, 0],
    },
    cells: {
      Nodes: {
        columns: ['Down', 'Fill'],
        before: [[0, 0]],
        after: [
          [0, 0.7],
          [1, 0],
        ],
      },
    },
    says: /95% of 1,000\/s reads are hits, 2,000 items, 72% of 1 MB full, 40\/s items make room for others, 1 of 2 nodes lost/,
    badge: /node lost/,
  },
]

function views(each: Case): [NodeView, NodeView] {
  const kinds = Object.entries(each.cells ?? {})
  const outline = outlineOf(
    [
      {
        name: 'It',
        glyph: each.glyph,
        readings: Object.keys(each.readings),
        cells: Object.fromEntries(kinds.map(([name, { columns }]) => [name, columns])),
      },
    ],
    [],
  )
  const run = new Run(outline)
  ;([0, 1] as const).forEach((i) => {
    const sketch: FrameSketch = {
      readings: [Object.values(each.readings).map((pair) => pair[i])],
      cells: [kinds.map(([, { before, after }]) => (i === 0 ? before : after))],
      labels: i === 1 ? [{ node: 0, kind: 0, cell: 1, text: 'tenant-7' }] : [],
      tones: [i === 0 ? 'calm' : 'throttling'],
    }
    run.add(frameOf(outline, i, sketch))
  })
  return [viewOf(run, run.frames[0], 0), viewOf(run, run.frames[1], 0)]
}

describe.each(CASES)('$glyph', (each) => {
  const [before, after] = views(each)
  const glyph = glyphOf(before.node)
  test('says what it shows, and something else when it changed', () => {
    expect(describeCard(glyph, after)).toMatch(each.says)
    expect(describeCard(glyph, before)).not.toBe(describeCard(glyph, after))
  })

  test('has a badge in trouble and none without', () => {
    expect(glyph.badge?.(before)).toBeUndefined()
    if (each.badge !== undefined) expect(glyph.badge?.(after)?.text).toMatch(each.badge)
  })

  test('has facts that are words, never NaN', () => {
    for (const view of [before, after])
      for (const fact of glyph.facts(view)) expect(`${fact.label} ${fact.value}`).not.toMatch(/NaN|undefined|Infinity/)
  })
})
