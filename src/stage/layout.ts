// Where cards stand and how roads run: layers from left to right by dagre, then right-angled roads between the layers.
//
// The same outline gives the same picture, whatever the numbers: nothing moves while a run plays or a slider is dragged.
import { Graph, layout as dagre } from '@dagrejs/dagre'
import { around, type Box, type Point, roundCorners, simplify, type Size } from './geometry.ts'

/** What joins two nodes: a road of the outline, or what an alarm looks at. */
export interface Link {
  readonly from: number
  readonly to: number
  /** How strongly it pulls its ends into one line. */
  readonly weight: number
}

/** Room between nodes of a layer, and between layers. */
export interface Spacing {
  readonly nodes: number
  readonly layers: number
}

export interface Road {
  /** From the door of one card to the door of the other, corners rounded. */
  readonly line: readonly Point[]
  /** Where its label stands: the middle of its longest level stretch. */
  readonly label: Point
  /** Width that the label may have there. */
  readonly room: number
  /** Whether the label stands on an upright stretch: then on the road instead of above it. */
  readonly upright: boolean
}

export interface Layout {
  readonly boxes: readonly Box[]
  readonly roads: readonly Road[]
  readonly bounds: Box
}

const LANE = 18
const RADIUS = 16

/** Places all nodes, given by their sizes; nodes without a link stand in rows below the rest. Answers a road per link. */
export function layOut(sizes: readonly Size[], links: readonly Link[], spacing: Spacing): Layout {
  const linked = new Set(links.flatMap((link) => [link.from, link.to]))
  const graph = new Graph({ multigraph: true })
  graph.setGraph({
    rankdir: 'LR',
    nodesep: spacing.nodes,
    ranksep: spacing.layers,
    edgesep: LANE,
    ranker: 'network-simplex',
  })
  graph.setDefaultEdgeLabel(() => ({}))
  sizes.forEach(({ w, h }, i) => {
    if (linked.has(i)) graph.setNode(String(i), { width: w, height: h })
  })
  links.forEach(({ from, to, weight }, i) => {
    if (from !== to) graph.setEdge(String(from), String(to), { weight }, String(i))
  })
  if (linked.size > 0) dagre(graph)

  const boxes: Box[] = sizes.map(({ w, h }, i) => {
    const node = linked.has(i) ? (graph.node(String(i)) as unknown as Point) : { x: w / 2, y: h / 2 }
    return { x: Math.round(node.x - w / 2), y: Math.round(node.y - h / 2), w, h }
  })
  placeLoose(boxes, linked, spacing.nodes)
  const turns = links.map((road, i) => {
    if (road.from === road.to) return []
    const edge = graph.edge(String(road.from), String(road.to), String(i)) as unknown as
      { points?: Point[] } | undefined
    return edge?.points ?? []
  })
  const roads = routeRoads(links, boxes, turns, spacing)
  return {
    boxes,
    roads,
    bounds: around([...boxes, ...roads.flatMap((road) => road.line.map((p) => ({ ...p, w: 0, h: 0 })))]),
  }
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

interface Draft {
  readonly road: number
  readonly forward: boolean
  start: Point
  end: Point
  /** Points between the doors where the road changes its height. */
  readonly via: readonly Point[]
}

/** Right-angled lines: level out of the door, one upright stretch in each gap between layers, level into the other door. */
function routeRoads(
  links: readonly Link[],
  boxes: readonly Box[],
  turns: readonly (readonly Point[])[],
  spacing: Spacing,
): Road[] {
  const drafts: Draft[] = links.map((road, i) => {
    const from = boxes[road.from]
    const to = boxes[road.to]
    const forward = from.x + from.w / 2 <= to.x + to.w / 2
    return {
      road: i,
      forward,
      start: { x: forward ? from.x + from.w : from.x, y: from.y + from.h / 2 },
      end: { x: forward ? to.x : to.x + to.w, y: to.y + to.h / 2 },
      via: inner(turns[i], from, to),
    }
  })
  spreadDoors(links, boxes, drafts)
  const lines = drafts.map((draft) => bendsOf(links, boxes, draft))
  spreadLanes(lines)
  return lines.map((line) => {
    const whole = simplify(line)
    return { line: roundCorners(whole, RADIUS), ...labelOf(whole, spacing.layers) }
  })
}

/** dagre's own points are on the borders of the boxes and on the dummies between: keep those that lie between the two. */
function inner(points: readonly Point[], from: Box, to: Box): Point[] {
  const left = Math.min(from.x + from.w, to.x + to.w)
  const right = Math.max(from.x, to.x)
  const kept = points.slice(1, -1).filter((point) => point.x > left + 2 && point.x < right - 2)
  // dagre puts a point into the middle of every gap; those of a road to the next layer say nothing.
  return kept.length <= 1 ? [] : kept
}

/** Several roads at one side of a card get doors of their own, in the order in which they arrive. */
function spreadDoors(links: readonly Link[], boxes: readonly Box[], drafts: readonly Draft[]): void {
  const sides = new Map<string, { draft: Draft; at: 'start' | 'end'; towards: number }[]>()
  for (const draft of drafts) {
    const { from, to } = links[draft.road]
    const put = (node: number, right: boolean, at: 'start' | 'end', towards: number): void => {
      const key = `${node}${right ? 'r' : 'l'}`
      const list = sides.get(key) ?? []
      if (list.length === 0) sides.set(key, list)
      list.push({ draft, at, towards })
    }
    put(from, draft.forward, 'start', draft.via[0]?.y ?? draft.end.y)
    put(to, !draft.forward, 'end', draft.via.at(-1)?.y ?? draft.start.y)
  }
  for (const [key, list] of sides) {
    const box = boxes[Number(key.slice(0, -1))]
    list.sort((a, b) => a.towards - b.towards || a.draft.road - b.draft.road)
    const gap = Math.min(46, (box.h - 24) / list.length)
    list.forEach(({ draft, at }, i) => {
      const y = Math.round(box.y + box.h / 2 + (i - (list.length - 1) / 2) * gap)
      draft[at] = { x: draft[at].x, y }
    })
  }
}

/** The corners of a road before its upright stretches are spread over their gap. */
function bendsOf(links: readonly Link[], boxes: readonly Box[], draft: Draft): Point[] {
  const { from, to } = links[draft.road]
  if (from === to) return loopOf(boxes[from])
  const stops = [draft.start, ...draft.via, draft.end]
  const line: Point[] = [draft.start]
  for (let i = 1; i < stops.length; i++) {
    const a = line.at(-1) as Point
    const b = stops[i]
    if (Math.abs(a.y - b.y) < 3 && i === stops.length - 1) {
      // So little out of line that a bend would look like a mistake: the last stretch takes the door's height.
      line.push({ x: b.x, y: a.y })
      continue
    }
    const x = (a.x + b.x) / 2
    line.push({ x, y: a.y }, { x, y: b.y }, b)
  }
  return line
}

/** A road from a node to itself: out at the right, round below, in at the left. */
function loopOf(box: Box): Point[] {
  const y = box.y + box.h * 0.75
  const low = box.y + box.h + LANE * 0.8
  return [
    { x: box.x + box.w, y },
    { x: box.x + box.w + LANE, y },
    { x: box.x + box.w + LANE, y: low },
    { x: box.x - LANE, y: low },
    { x: box.x - LANE, y },
    { x: box.x, y },
  ]
}

interface Upright {
  readonly line: Point[]
  /** Index of the upper or first corner of the stretch; the next one is its other end. */
  readonly at: number
}

/** Upright stretches that share a gap and overlap in height stand side by side instead of on each other. */
function spreadLanes(lines: readonly Point[][]): void {
  const gaps: { x: number; uprights: Upright[] }[] = []
  for (const line of lines) {
    for (let i = 0; i + 1 < line.length; i++) {
      const a = line[i]
      const b = line[i + 1]
      if (Math.abs(a.x - b.x) > 0.5 || Math.abs(a.y - b.y) < 1) continue
      let gap = gaps.find((each) => Math.abs(each.x - a.x) < LANE * 1.5)
      if (gap === undefined) gaps.push((gap = { x: a.x, uprights: [] }))
      gap.uprights.push({ line, at: i })
    }
  }
  for (const { uprights } of gaps) {
    if (uprights.length < 2) continue
    // What goes down is ordered from right to left by where it ends, what goes up from left to right: then few cross.
    const key = ({ line, at }: Upright): number => {
      const down = line[at + 1].y > line[at].y
      return down ? -line[at].y : line[at].y
    }
    uprights.sort((a, b) => key(a) - key(b))
    const width = Math.min(LANE, 72 / uprights.length)
    uprights.forEach(({ line, at }, i) => {
      const shift = (i - (uprights.length - 1) / 2) * width
      line[at] = { x: line[at].x + shift, y: line[at].y }
      line[at + 1] = { x: line[at + 1].x + shift, y: line[at + 1].y }
    })
  }
}

function labelOf(line: readonly Point[], gap: number): { label: Point; room: number; upright: boolean } {
  let best = { label: line[0] ?? { x: 0, y: 0 }, room: 0, upright: false }
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]]
    const upright = Math.abs(a.x - b.x) < 1
    // An upright stretch has the gap between the layers for its label.
    const room = upright ? Math.min(gap * 0.8, Math.abs(b.y - a.y)) : Math.abs(b.x - a.x)
    if (room > best.room) best = { label: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, room, upright }
  }
  return best
}
