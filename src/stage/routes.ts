// How roads run between placed cards: right-angled, from door to door, around what stands between, and where their labels stand.
import { type Box, type Point, roundCorners, simplify, type Size } from './geometry.ts'
import { CLEARANCE, crosses, Router } from './router.ts'

/** What joins two nodes: a road of the outline, or what an alarm looks at. */
export interface Link {
  readonly from: number
  readonly to: number
  /** How strongly it pulls its ends into one line. */
  readonly weight: number
  /** No message moves on it: it does not decide in which layer its ends stand. */
  readonly aside?: true
}

export interface Road {
  /** From the door of one card to the door of the other, corners rounded. */
  readonly line: readonly Point[]
  /** Where its label stands: the middle of a stretch with room for it. */
  readonly label: Point
  /** Width that the label may have there. */
  readonly room: number
  /** Whether the label stands on an upright stretch: then on the road instead of above it. */
  readonly upright: boolean
}

export const LANE = 18
const RADIUS = 16
/** What a label usually takes on the screen. */
const LABEL_SIZE = { w: 62, h: 34 }

interface Draft {
  readonly road: number
  readonly forward: boolean
  start: Point
  end: Point
  /** Points between the doors where the road changes its height. */
  readonly via: readonly Point[]
}

/**
 * A road per link. `turns` are the points by which the layout leads a link between the cards of its layers; empty when its ends
 * were placed otherwise. `gap` is the room between two layers, `zoom` the one at which all is usually in view: labels keep their
 * size on the screen.
 */
export function routeRoads(
  links: readonly Link[],
  boxes: readonly Box[],
  turns: readonly (readonly Point[])[],
  gap: number,
  zoom: number = 1,
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
  leadAround(links, boxes, drafts, lines)
  const plain = lines.map(simplify)
  const spread = plain.map((line) => [...line])
  spreadLanes(spread, false)
  spreadLanes(spread, true)
  const whole = spread.map((line, i) => {
    const { from, to } = links[i]
    const others = boxes.filter((_, node) => node !== from && node !== to)
    // A road beside others must not be pushed into a card.
    const pushed = crosses(line, others, 4) || (from !== to && crosses(line.slice(1, -1), [boxes[from], boxes[to]], 1))
    return simplify(pushed ? plain[i] : line)
  })
  const labels = placeLabels(whole, boxes, gap, { w: LABEL_SIZE.w / zoom, h: LABEL_SIZE.h / zoom })
  return whole.map((line, i) => ({ line: roundCorners(line, RADIUS), ...labels[i] }))
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
  const { from, to, aside } = links[draft.road]
  if (from === to) return loopOf(boxes[from])
  const upright = aside === true ? straightDown(boxes[from], boxes[to]) : undefined
  if (upright !== undefined) return upright
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

/** The shortest line between two cards of which one stands above the other. */
function straightDown(a: Box, b: Box): Point[] | undefined {
  const left = Math.max(a.x, b.x)
  const right = Math.min(a.x + a.w, b.x + b.w)
  if (right - left < 30) return undefined
  // Not in the middle, where badges and other lines are.
  const x = left + (right - left) / 4
  return a.y < b.y
    ? [
        { x, y: a.y + a.h },
        { x, y: b.y },
      ]
    : [
        { x, y: a.y },
        { x, y: b.y + b.h },
      ]
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

/** Roads that would run through a card, or backwards through their own, take a way around it. */
function leadAround(links: readonly Link[], boxes: readonly Box[], drafts: readonly Draft[], lines: Point[][]): void {
  const outside = (door: Point, right: boolean): Point => ({ x: door.x + (right ? CLEARANCE : -CLEARANCE), y: door.y })
  const bad = drafts.filter(({ road }) => {
    const { from, to } = links[road]
    if (from === to) return false
    const others = boxes.filter((_, i) => i !== from && i !== to)
    // Its own cards may be touched by the stretches at its doors alone.
    if (lines[road].length === 2) return crosses(lines[road], others, 4)
    return crosses(lines[road], others, 4) || crosses(lines[road].slice(1, -1), [boxes[from], boxes[to]], 1)
  })
  if (bad.length === 0) return
  const ends = bad.map(({ start, end, forward }) => [outside(start, forward), outside(end, !forward)] as const)
  const router = new Router(boxes, ends.flat())
  bad.forEach((draft, i) => {
    const way = router.find(...ends[i])
    if (way !== undefined) lines[draft.road] = simplify([draft.start, ...way, draft.end])
  })
}

interface Stretch {
  readonly line: Point[]
  /** Index of the first corner of the stretch; the next one is its other end. */
  readonly at: number
}

/**
 * Stretches that lie on each other stand side by side instead: upright ones, or the level ones (`level`) between two corners.
 * Those at a door stay on it.
 */
function spreadLanes(lines: readonly Point[][], level: boolean): void {
  // Seen as upright: `across` is where a stretch stands, `along` where it begins and ends.
  const across = (point: Point): number => (level ? point.y : point.x)
  const along = (point: Point): number => (level ? point.x : point.y)
  const gaps: { across: number; stretches: Stretch[] }[] = []
  for (const line of lines) {
    if (line.length === 2) continue
    for (let i = level ? 1 : 0; i + (level ? 2 : 1) < line.length; i++) {
      const [a, b] = [line[i], line[i + 1]]
      if (Math.abs(across(a) - across(b)) > 0.5 || Math.abs(along(a) - along(b)) < 1) continue
      let gap = gaps.find((each) => Math.abs(each.across - across(a)) < (level ? 3 : LANE * 1.5))
      if (gap === undefined) gaps.push((gap = { across: across(a), stretches: [] }))
      gap.stretches.push({ line, at: i })
    }
  }
  for (const { stretches } of gaps) {
    if (stretches.length < 2) continue
    // What goes down is ordered from right to left by where it ends, what goes up from left to right: then few cross.
    const key = ({ line, at }: Stretch): number => {
      const down = along(line[at + 1]) > along(line[at])
      return down ? -along(line[at]) : along(line[at])
    }
    stretches.sort((a, b) => key(a) - key(b))
    const width = Math.min(LANE, 72 / stretches.length)
    stretches.forEach(({ line, at }, i) => {
      const shift = (i - (stretches.length - 1) / 2) * width
      const move = (point: Point): Point =>
        level ? { x: point.x, y: point.y + shift } : { x: point.x + shift, y: point.y }
      line[at] = move(line[at])
      line[at + 1] = move(line[at + 1])
    })
  }
}

type Label = Pick<Road, 'label' | 'room' | 'upright'>

/** A place for each label on the longest of its road's stretches where it covers neither a card nor another label. */
function placeLabels(lines: readonly (readonly Point[])[], boxes: readonly Box[], gap: number, size: Size): Label[] {
  const taken: Box[] = []
  return lines.map((line) => {
    const all = line
      .slice(1)
      .flatMap((b, i) => stretchLabels(line[i], b, gap, size).map((label) => between(label, boxes, size)))
    all.sort((a, b) => b.room - a.room)
    const boxOf = ({ label, upright }: Label): Box => ({
      x: label.x - size.w / 2,
      y: label.y - (upright ? size.h / 2 : size.h + 10),
      ...size,
    })
    const free = all.find((each) => {
      const box = boxOf(each)
      return each.room >= size.w * 0.8 && !taken.some((other) => touch(box, other)) && !boxes.some((b) => touch(box, b))
    })
    // Without such a place it stands where it hides least: beside the other labels.
    const chosen = free ?? all.find((each) => !taken.some((other) => touch(boxOf(each), other))) ?? all[0]
    if (chosen === undefined) return { label: line[0] ?? { x: 0, y: 0 }, room: 0, upright: false }
    taken.push(boxOf(chosen))
    return chosen
  })
}

/** A label on an upright stretch moves off the cards at its sides, as far as there is room between them. */
function between(label: Label, boxes: readonly Box[], size: Size): Label {
  if (!label.upright) return label
  const { x, y } = label.label
  const level = boxes.filter((box) => y + size.h / 2 > box.y && y - size.h / 2 < box.y + box.h)
  const left = Math.max(...level.filter((box) => box.x < x).map((box) => box.x + box.w), x - size.w)
  const right = Math.min(...level.filter((box) => box.x > x).map((box) => box.x), x + size.w)
  const half = Math.min(size.w, right - left) / 2
  return { ...label, label: { x: Math.min(Math.max(x, left + half), right - half), y } }
}

/** Where a label may stand on a stretch: in its middle, and further to its ends. */
function stretchLabels(a: Point, b: Point, gap: number, size: Size): Label[] {
  const upright = Math.abs(a.x - b.x) < 1
  const length = upright ? Math.abs(b.y - a.y) : Math.abs(b.x - a.x)
  // An upright stretch has the gap between the layers for its label.
  const room = upright ? (length < size.h ? 0 : gap * 0.95) : length
  return [0.5, 0.3, 0.7].flatMap((share, i) =>
    i > 0 && length < 2 * size.w
      ? []
      : [
          {
            label: { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share },
            room: i === 0 ? room : room * 0.9,
            upright,
          },
        ],
  )
}

const touch = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
