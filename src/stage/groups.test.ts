// Groups of resources for a look from far, and which plates stay readable among many.
import { describe, expect, test } from 'vitest'
import { outlineOf } from '../testing.ts'
import { frameOf } from '../testing.ts'
import { describeGroup } from '../glyphs/group.ts'
import { glyphOf } from '../glyphs/index.ts'
import { viewOf } from '../glyphs/view.ts'
import { Run } from '../run/run.ts'
import { arrange } from './arrangement.ts'
import { groupsOf, overviewOf } from './groups.ts'
import { isFree } from './places.ts'
import { readable } from './plate.ts'

const nodes = (names: readonly string[]) => names.map((name) => ({ name, glyph: 'queue' }))
const many = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('groups', () => {
  test('are none where there are few resources', () => {
    expect(groupsOf(outlineOf(nodes(many('N', 12)), []))).toEqual([])
  })

  test('are the nested stacks, and this one for the rest', () => {
    const names = [...many('Network.N', 6), ...many('Data.N', 6), 'Own']
    const groups = groupsOf(outlineOf(nodes(names), [[0, 12]]))
    expect(groups.map(({ name, nodes: own }) => [name, own.length])).toEqual([
      ['Network', 6],
      ['Data', 6],
      ['this stack', 1],
    ])
  })

  test('are what roads join, named after the busiest; what is alone is together', () => {
    const roads = [[0, 1], [0, 2], [0, 3], [4, 5], [5, 6], [5, 7], [8, 9]] as const // prettier-ignore
    const groups = groupsOf(outlineOf(nodes(many('N', 14)), roads))
    expect(groups.map(({ name, nodes: own }) => [name, own])).toEqual([
      ['N0', [0, 1, 2, 3]],
      ['N5', [4, 5, 6, 7]],
      ['N8', [8, 9]],
      ['others', [10, 11, 12, 13]],
    ])
  })

  test('are families where nearly all is joined', () => {
    const outline = outlineOf(
      nodes(many('N', 14)),
      many('', 13).map((_, i) => [i, i + 1] as const),
    )
    const mixed = {
      ...outline,
      nodes: outline.nodes.map((node, i) => ({ ...node, family: i < 5 ? 'compute' : 'messaging' })),
    }
    const groups = groupsOf(mixed)
    expect(groups.map(({ name, nodes: own }) => [name, own.length])).toEqual([
      ['compute', 5],
      ['messaging', 9],
    ])
    const { layout } = arrange(mixed, new Map(), new Map(), () => true)
    const overview = overviewOf(mixed, layout, groups, { w: 900, h: 400 })
    expect(isFree(overview.boxes[0], [overview.boxes[1]], 0)).toBe(true)
    // One road between the two, however many messages' ways it stands for.
    expect(overview.roads.length).toBe(1)
  })

  test('say who of them is in trouble', () => {
    const outline = outlineOf(
      [
        { name: 'Jobs', glyph: 'queue', readings: ['Dead-lettered'] },
        { name: 'Rest', glyph: 'queue' },
      ],
      [],
    )
    const run = new Run(outline)
    run.add(frameOf(outline, 0, { readings: [[0], []] }))
    run.add(frameOf(outline, 1, { readings: [[3], []] }))
    const words = (frame: number): string =>
      describeGroup(
        'Orders',
        outline.nodes.map((node, i) => ({ glyph: glyphOf(node), view: viewOf(run, run.frames[frame], i) })),
      )
    expect(words(0)).toBe('Orders, 2 resources, all well')
    expect(words(1)).toBe('Orders, 2 resources, trouble at Jobs')
  })
})

test('of plates that lie on each other the one of trouble is shown; none lies on a card', () => {
  const at = (x: number, y: number) => ({ x, y, w: 50, h: 20 })
  const places = [at(0, 0), at(20, 5), at(200, 0), at(300, 0), at(400, 0)]
  const shown = readable(places, [1, 2, 1, 1, 0], [{ x: 290, y: -10, w: 80, h: 60 }])
  expect([...shown].sort()).toEqual([1, 2])
})
