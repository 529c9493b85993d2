// Groups of resources, for a look from far: by nested stack, else by what is joined by roads, else by family.
import type { Outline } from '../sim.ts'
import { around, type Box, type Size } from './geometry.ts'
import type { Layout } from './layout.ts'
import { middleOf } from './layout.ts'
import { settle } from './places.ts'
import { routeRoads, type Link } from './routes.ts'

export interface Group {
  readonly name: string
  readonly nodes: readonly number[]
}

/** Fewer nodes are never grouped. */
export const GROUPED_FROM = 13
/** Parts are groups when there are so many of them, and none holds a larger share of the nodes. */
const PARTS_MIN = 3
const PART_MAX = 0.6

/** Each node is in one group; a scenario with few nodes has none. */
export function groupsOf(outline: Outline): Group[] {
  if (outline.nodes.length < GROUPED_FROM) return []
  const stacks = grouped(outline, (_, name) => {
    const dot = name.indexOf('.')
    return dot > 0 ? name.slice(0, dot) : 'this stack'
  })
  if (stacks.length > 1) return stacks
  const parts = joined(outline)
  const largest = Math.max(...parts.map(({ nodes }) => nodes.length))
  if (parts.length >= PARTS_MIN && largest <= outline.nodes.length * PART_MAX) return parts
  return grouped(outline, (node) => outline.nodes[node].family)
}

function grouped(outline: Outline, nameOf: (node: number, name: string) => string): Group[] {
  const groups = new Map<string, number[]>()
  outline.nodes.forEach(({ name }, i) => {
    const key = nameOf(i, name)
    groups.set(key, [...(groups.get(key) ?? []), i])
  })
  return [...groups].map(([name, nodes]) => ({ name, nodes }))
}

/** What roads and looks join, named after the resource with most roads; what nothing joins is one group. */
function joined(outline: Outline): Group[] {
  const ends = [
    ...outline.roads,
    ...outline.nodes.flatMap(({ watches = [], glyph }, from) =>
      glyph === 'account' ? [] : watches.map((to) => ({ from, to })),
    ),
  ]
  const root = outline.nodes.map((_, i) => i)
  const find = (node: number): number => (root[node] === node ? node : (root[node] = find(root[node])))
  for (const { from, to } of ends) root[Math.max(find(from), find(to))] = Math.min(find(from), find(to))
  const degree = outline.nodes.map((_, i) => ends.filter(({ from, to }) => from === i || to === i).length)
  const parts = grouped(outline, (node) => (degree[node] === 0 ? '' : String(find(node))))
  return parts.map(({ name, nodes }) => {
    const busiest = nodes.reduce((best, node) => (degree[node] > degree[best] ? node : best))
    return { name: name === '' ? 'others' : outline.nodes[busiest].name, nodes }
  })
}

/** Where the boxes of the groups stand: each over the middle of its cards, as near as the others allow; and the roads between. */
export function overviewOf(outline: Outline, { boxes }: Layout, groups: readonly Group[], size: Size): Layout {
  const placed = groups.map(({ nodes }): Box => {
    const { x, y } = middleOf(around(nodes.map((node) => boxes[node])))
    return { x: x - size.w / 2, y: y - size.h / 2, ...size }
  })
  const stand = settle(placed, () => true, size.w * 0.25)
  const groupOf = outline.nodes.map((_, node) => groups.findIndex(({ nodes }) => nodes.includes(node)))
  const links = new Map<string, Link>()
  for (const road of outline.roads) {
    const [from, to] = [groupOf[road.from], groupOf[road.to]]
    if (from !== to) links.set(`${from} ${to}`, { from, to, weight: 1 })
  }
  const all = [...links.values()]
  const roads = routeRoads(
    all,
    stand,
    all.map(() => []),
    size.w * 0.25,
  )
  return { boxes: stand, roads, bounds: around(stand) }
}
