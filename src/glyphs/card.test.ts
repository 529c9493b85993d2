// What a card writes at each size on the screen: from a ring without words to single messages with their attributes.
import { describe, expect, test } from 'vitest'
import { frameOf, outlineOf } from '../testing.ts'
import { Run } from '../run/run.ts'
import { LIGHT } from '../theme/tokens.ts'
import { drawCard } from './card.ts'
import { glyphOf } from './index.ts'
import { viewOf } from './view.ts'

/** A canvas that only takes notes: what was written, and how many arcs were drawn. */
function notes(): { ctx: CanvasRenderingContext2D; words: string[]; arcs: () => number } {
  const words: string[] = []
  let arcs = 0
  const known: Record<string, unknown> = {
    fillText: (text: string) => void words.push(text),
    measureText: (text: string) => ({ width: text.length * 6 }),
    arc: (...numbers: unknown[]) => {
      arcs++
      for (const each of numbers.slice(0, 5)) expect(Number.isFinite(each)).toBe(true)
    },
  }
  const ctx = new Proxy(known, {
    get: (target, name) => target[String(name)] ?? (() => {}),
    set: () => true,
  })
  return { ctx: ctx as unknown as CanvasRenderingContext2D, words, arcs: () => arcs }
}

const outline = outlineOf(
  [
    {
      name: 'Jobs',
      glyph: 'queue',
      readings: ['Visible', 'Delayed', 'In flight', 'Oldest', 'Sent', 'Deleted', 'Dead-lettered'],
      cells: { Waiting: ['Message', 'Age', 'Receives', 'Delayed'], Flying: ['Message', 'Age', 'Receives', 'Left'] },
    },
    {
      name: 'Work',
      glyph: 'function',
      readings: ['Concurrency', 'Limit', 'Reserved', 'Provisioned', 'Invocations', 'Throttles', 'Cold starts'],
      cells: { Environments: ['State', 'Provisioned', 'Since'] },
    },
    {
      name: 'Orders',
      glyph: 'table',
      readings: ['Write units', 'Write capacity', 'Partition writes', 'Throttled'],
      cells: { Partitions: ['Reads', 'Writes', 'Refused', 'Bank'] },
    },
    { name: 'Late', glyph: 'alarm', readings: ['State', 'Value', 'Threshold'] },
  ],
  [],
)
const run = new Run(outline)
run.add(
  frameOf(outline, 0, {
    readings: [
      [2, 0, 3, 41, 5, 4, 7],
      [2, 5, 5, 1, 3, 0, 0],
      [900, 6000, 1000, 480],
      [1, 130, 100],
    ],
    cells: [
      [
        [
          [17, 41, 0, 0],
          [18, 12, 2, 0],
        ],
        [
          [11, 50, 1, 0.75],
          [12, 44, 3, 0.5],
          [13, 40, 1, 0.1],
        ],
      ],
      [
        [
          [0, 1, 0.25],
          [1, 0, 2],
        ],
      ],
      [
        [
          [0, 0.1, 0, 1],
          [0, 1, 480, 0],
        ],
      ],
      [],
    ],
    labels: [{ node: 2, kind: 0, cell: 1, text: 'tenant-7' }],
  }),
)

function written(node: number, w: number, h: number): { words: string; arcs: number } {
  const { ctx, words, arcs } = notes()
  drawCard(
    ctx,
    LIGHT,
    glyphOf(outline.nodes[node]),
    viewOf(run, run.frames[0], node),
    { w, h },
    { selected: false, focused: false },
  )
  return { words: words.join('\n'), arcs: arcs() }
}

describe('a card', () => {
  test.each([0, 1, 2, 3])('number %i says more the larger it is, and never a number that is none', (node) => {
    const sizes = [[40, 30], [100, 40], [138, 128], [250, 220], [600, 480]] as const // prettier-ignore
    const lengths = sizes.map(([w, h]) => {
      const { words } = written(node, w, h)
      expect(words).not.toMatch(/NaN|undefined|Infinity/)
      return words.length
    })
    expect(lengths[0]).toBe(0)
    expect(lengths[1]).toBeGreaterThan(0)
    expect(lengths[2]).toBeGreaterThan(lengths[1])
    expect(lengths[3]).toBeGreaterThanOrEqual(lengths[2])
  })

  test('of a queue draws a disc for each message in flight, and from near says which messages these are', () => {
    // Rim and filling of each disc.
    expect(written(0, 138, 128).arcs).toBeGreaterThanOrEqual(2 * 3)
    const { words } = written(0, 600, 480)
    expect(words).toContain('#17 41 s new')
    expect(words).toContain('#18 12 s seen 2×')
    expect(words).toContain('#12 44 s try 3, 50% left')
  })

  test('of a function and of a table, from near, lists environments, partitions and their hottest keys', () => {
    expect(written(1, 600, 480).words).toContain('computes 250 ms · provisioned')
    expect(written(1, 600, 480).words).toContain('waits 2 s')
    expect(written(2, 600, 480).words).toContain(
      'P2 100% of its limit · 480/s refused · burst 0% · hottest key tenant-7',
    )
  })
})
