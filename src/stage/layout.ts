// Where cards stand: layers from left to right by dagre, and places that somebody chose, or that cards had before an edit.
//
// The same outline and the same places give the same picture, whatever the numbers: nothing moves while a run plays or a
// slider is dragged.
import { Graph, layout as dagre } from '@dagrejs/dagre'
import { around, type Box, type Point, type Size } from './geometry.ts'
import { APART, isFree, settle } from './places.ts'
import { LANE, routeRoads, type Link, type Road } from './routes.ts'

/** Room between nodes of a layer, and between layers. */
export interface Spacing {
  readonly nodes: number
  readonly layers: number
  /** The zoom at which all is usually in view. */
  readonly zoom?: number
}

export interface Layout {
  readonly boxes: readonly Box[]
  readonly roads: readonly Road[]
  readonly bounds: Box
}

/** Middles of cards by node; undefined = the automatic layout decides. */
export type Places = readonly (Point | undefined)[]

/** What the automatic layout says: cards, and by which points it leads each link between them. */
export interface Automatic {
  readonly boxes: readonly Box[]
  readonly turns: readonly (readonly Point[])[]
}

/**
 * Places all nodes, given by their sizes; nodes without a link stand in rows below the rest. Answers a road per link.
 *
 * With `places` most nodes stand where these say: the others come near those they are linked with, at a place that is free.
 */
export function layOut(
  sizes: readonly Size[],
  links: readonly Link[],
  spacing: Spacing,
  places: Places = [],
  auto: Automatic = automatic(sizes, links, spacing),
): Layout {
  if (!places.some((place) => place !== undefined)) return layOutAt(auto.boxes, links, spacing, auto)
  const shift = shiftOf(auto.boxes, links, places)
  const placed = auto.boxes.map((box, i) => {
    const middle = places[i]
    const by = middle === undefined ? shift(i) : { x: middle.x - box.x - box.w / 2, y: middle.y - box.y - box.h / 2 }
    // Plus nothing: so that there is no −0.
    return { ...box, x: Math.round(box.x + by.x) + 0, y: Math.round(box.y + by.y) + 0 }
  })
  // Those that have a place keep it, unless it is on another card's; the others look for one that is free.
  const kept = settle(
    placed.filter((_, i) => places[i] !== undefined),
    () => true,
    0,
  )
  let next = 0
  const settled = settle(
    placed.map((box, i) => (places[i] === undefined ? box : kept[next++])),
    (i) => places[i] === undefined,
  )
  return layOutAt(settled, links, spacing, auto)
}

/** The middle of a card. */
export const middleOf = (box: Box): Point => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 })

/** Roads between cards at given boxes. Where both ends of a road stand as in the automatic layout, it runs as that says. */
export function layOutAt(boxes: readonly Box[], links: readonly Link[], spacing: Spacing, auto: Automatic): Layout {
  const still = boxes.map((box, i) => box.x === auto.boxes[i].x && box.y === auto.boxes[i].y)
  const turns = auto.turns.map((points, i) => (still[links[i].from] && still[links[i].to] ? points : []))
  const roads = routeRoads(links, boxes, turns, spacing.layers, spacing.zoom)
  return {
    boxes,
    roads,
    bounds: around([...boxes, ...roads.flatMap((road) => road.line.map((p) => ({ ...p, w: 0, h: 0 })))]),
  }
}

/** Layers from left to right; what only looks on stands where it has room, near what it looks at; what has no link, below. */
export function automatic(sizes: readonly Size[], links: readonly Link[], spacing: Spacing): Automatic {
  const boxes: Box[] = sizes.map(({ w, h }) => ({ x: 0, y: 0, w, h }))
  const turns: (readonly Point[])[] = links.map(() => [])
  const parts = partsOf(sizes.length, links)
  const bounds = parts.map((part) => layOutPart(part, boxes, links, turns, spacing))
  const shifts = packed(bounds, spacing)
  parts.forEach((part, n) => {
    const { x, y } = shifts[n]
    const moved = <P extends Point>(point: P): P => ({ ...point, x: point.x + x, y: point.y + y })
    for (const node of part) boxes[node] = moved(boxes[node])
    links.forEach((link, i) => {
      if (part.has(link.from) && link.aside !== true) turns[i] = turns[i].map(moved)
    })
  })
  const layered = new Set(parts.flatMap((part) => [...part]))
  const placed = new Set(layered)
  placeAside(boxes, links, turns, placed, spacing)
  placeLoose(boxes, placed, spacing.nodes)
  return { boxes, turns }
}

/** Nodes that are joined by roads, in parts that nothing joins, in the order of their first nodes; alone is in none. */
function partsOf(count: number, links: readonly Link[]): Set<number>[] {
  const root = Array.from({ length: count }, (_, i) => i)
  const find = (node: number): number => (root[node] === node ? node : (root[node] = find(root[node])))
  const main = links.filter((link) => link.aside !== true)
  for (const { from, to } of main) {
    const [a, b] = [find(from), find(to)]
    root[Math.max(a, b)] = Math.min(a, b)
  }
  const linked = [...new Set(main.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  const parts = new Map<number, Set<number>>()
  for (const node of linked) {
    const part = parts.get(find(node)) ?? new Set()
    parts.set(find(node), part.add(node))
  }
  return [...parts.values()]
}

/** Places the nodes of one part from the origin on; answers what it takes. */
function layOutPart(
  part: ReadonlySet<number>,
  boxes: Box[],
  links: readonly Link[],
  turns: (readonly Point[])[],
  spacing: Spacing,
): Box {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({
    rankdir: 'LR',
    nodesep: spacing.nodes,
    ranksep: spacing.layers,
    edgesep: LANE,
    ranker: 'network-simplex',
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of part) graph.setNode(String(node), { width: boxes[node].w, height: boxes[node].h })
  const own = links.flatMap((link, i) =>
    link.aside !== true && link.from !== link.to && part.has(link.from) ? [{ ...link, i }] : [],
  )
  for (const { from, to, weight, i } of own) graph.setEdge(String(from), String(to), { weight }, String(i))
  dagre(graph)
  for (const node of part) {
    const { x, y } = graph.node(String(node)) as unknown as Point
    const { w, h } = boxes[node]
    boxes[node] = { x: Math.round(x - w / 2), y: Math.round(y - h / 2), w, h }
  }
  for (const { from, to, i } of own) {
    const edge = graph.edge(String(from), String(to), String(i)) as unknown as { points?: Point[] } | undefined
    turns[i] = edge?.points ?? []
  }
  return around([...part].map((node) => boxes[node]))
}

/** A stage is about so many times as wide as it is high. */
const ASPECT = 2

/** Parts in rows one below the other, as many in a row as fill a stage best; answers how far each has to move. */
function packed(parts: readonly Box[], spacing: Spacing): Point[] {
  const gap = { x: spacing.layers, y: spacing.nodes * 1.5 }
  const rowsIn = (width: number): { shifts: Point[]; w: number; h: number } => {
    const shifts: Point[] = []
    let [x, y, row, w] = [0, 0, 0, 0]
    for (const part of parts) {
      if (x > 0 && x + part.w > width) {
        y += row + gap.y
        x = row = 0
      }
      shifts.push({ x: x - part.x, y: y - part.y })
      w = Math.max(w, x + part.w)
      x += part.w + gap.x
      row = Math.max(row, part.h)
    }
    return { shifts, w, h: y + row }
  }
  let best = rowsIn(0)
  let width = 0
  for (const part of parts) {
    width += part.w + gap.x
    const rows = rowsIn(width)
    if (Math.max(rows.w / ASPECT, rows.h) < Math.max(best.w / ASPECT, best.h)) best = rows
  }
  return best.shifts
}

/** Puts what is linked by looking alone beside what it looks at, where it neither covers a road nor makes the picture larger. */
function placeAside(
  boxes: Box[],
  links: readonly Link[],
  turns: readonly (readonly Point[])[],
  placed: Set<number>,
  spacing: Spacing,
): void {
  if (placed.size === 0) return
  const isMain = links.map((link) => link.aside !== true)
  const roads = routeRoads(
    links.filter((_, i) => isMain[i]),
    boxes.map((box, i) => (placed.has(i) ? box : { ...box, x: -1e6 - i * 1e4 })),
    turns.filter((_, i) => isMain[i]),
    spacing.layers,
  )
  const ways = roads.flatMap(({ line }) =>
    line.slice(1).map((point, i) =>
      around([
        { ...point, w: 0, h: 0 },
        { ...line[i], w: 0, h: 0 },
      ]),
    ),
  )
  // What is looked at by something aside may stand aside itself: so long as somebody finds a place, look again.
  for (let before = -1; before < placed.size;) {
    before = placed.size
    boxes.forEach((box, i) => {
      if (placed.has(i)) return
      const seen = links
        .flatMap(({ from, to }) => (from === i ? [to] : to === i ? [from] : []))
        .filter((n) => placed.has(n))
      if (seen.length === 0) return
      const others = [...placed].map((other) => boxes[other])
      boxes[i] = besides(
        box,
        seen.map((node) => boxes[node]),
        others,
        ways,
        spacing.nodes,
      )
      placed.add(i)
    })
  }
}

/** What a card aside costs for each unit by which it makes the picture wider or higher, and for a road that it covers. */
const GROWTH = { w: 3, h: 4 } as const
const COVERED = 900

function besides(box: Box, seen: readonly Box[], others: readonly Box[], ways: readonly Box[], apart: number): Box {
  const bounds = around(others)
  const target = middleOf(around(seen))
  const xs = others.flatMap((other) => [other.x, other.x - box.w - apart, other.x + other.w + apart])
  const ys = others.flatMap((other) => [other.y, other.y - box.h - apart, other.y + other.h + apart])
  let best = box
  let least = Infinity
  for (const x of new Set(xs))
    for (const y of new Set(ys)) {
      const place = { ...box, x, y }
      const grown = around([bounds, place])
      const middle = middleOf(place)
      const cost =
        Math.abs(middle.x - target.x) +
        Math.abs(middle.y - target.y) +
        (grown.w - bounds.w) * GROWTH.w +
        (grown.h - bounds.h) * GROWTH.h
      if (cost >= least || !isFree(place, others, apart)) continue
      const whole = cost + ways.filter((way) => !isFree(place, [way], APART)).length * COVERED
      if (whole >= least) continue
      least = whole
      best = place
    }
  return best
}

/** How far a new card moves with its neighbours: as far as these stand from where the layout would have them, on average. */
function shiftOf(boxes: readonly Box[], links: readonly Link[], places: Places): (node: number) => Point {
  const shiftAt = (node: number): Point | undefined => {
    const place = places[node]
    if (place === undefined) return undefined
    const middle = middleOf(boxes[node])
    return { x: place.x - middle.x, y: place.y - middle.y }
  }
  const mean = (nodes: readonly number[]): Point | undefined => {
    const shifts = nodes.flatMap((node) => shiftAt(node) ?? [])
    if (shifts.length === 0) return undefined
    const sum = shifts.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }))
    return { x: sum.x / shifts.length, y: sum.y / shifts.length }
  }
  const all = mean([...boxes.keys()]) ?? { x: 0, y: 0 }
  return (node) =>
    mean(links.flatMap((link) => (link.from === node ? [link.to] : link.to === node ? [link.from] : []))) ?? all
}

/** Rows of what nothing leads to, below the graph and no wider than it. */
function placeLoose(boxes: Box[], linked: ReadonlySet<number>, gap: number): void {
  const main = around(boxes.filter((_, i) => linked.has(i)))
  const width = Math.max(main.w, 900)
  let x = main.x
  let y = main.y + main.h + (linked.size > 0 ? gap * 2 : 0)
  let row = 0
  boxes.forEach((box, i) => {
    if (linked.has(i)) return
    if (x > main.x && x + box.w > main.x + width) {
      x = main.x
      y += row + gap
      row = 0
    }
    boxes[i] = { ...box, x, y }
    x += box.w + gap
    row = Math.max(row, box.h)
  })
}
