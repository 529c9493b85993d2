// Long chains are wide, and circles end.
import { expect, test } from 'vitest'
import type { Outline } from '../sim.ts'
import { isWide } from './columns.ts'

const outline = (nodes: number, roads: readonly (readonly [number, number])[]): Outline =>
  ({
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `${i}` })),
    roads: roads.map(([from, to]) => ({ from, to })),
  }) as unknown as Outline

test.each([
  ['nothing', 0, [], false],
  [
    'three behind one another',
    3,
    [
      [0, 1],
      [1, 2],
    ],
    false,
  ],
  [
    'four',
    4,
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
    true,
  ],
  [
    'four of which a shortcut leads to the last',
    4,
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
    ],
    false,
  ],
  [
    'a circle behind an entry',
    3,
    [
      [0, 1],
      [1, 2],
      [2, 1],
    ],
    false,
  ],
  [
    'a circle alone',
    2,
    [
      [0, 1],
      [1, 0],
    ],
    false,
  ],
] as const)('%s', (_, nodes, roads, wide) => expect(isWide(outline(nodes, roads))).toBe(wide))
