// Points, boxes and lines of the stage, in world units: one unit is one pixel at zoom 1.

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly w: number
  readonly h: number
}

export interface Size {
  readonly w: number
  readonly h: number
}

export const contains = (box: Box, point: Point): boolean =>
  point.x >= box.x && point.x <= box.x + box.w && point.y >= box.y && point.y <= box.y + box.h

/** The area that two boxes share. */
export function overlapOf(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y)
  return w > 0 && h > 0 ? w * h : 0
}

/** The smallest box around all; a point at the origin when there are none. */
export function around(boxes: readonly Box[]): Box {
  if (boxes.length === 0) return { x: 0, y: 0, w: 0, h: 0 }
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  return {
    x,
    y,
    w: Math.max(...boxes.map((box) => box.x + box.w)) - x,
    h: Math.max(...boxes.map((box) => box.y + box.h)) - y,
  }
}

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y)

/** Drops points that stand on the straight line between their neighbours, and doubles. */
export function simplify(line: readonly Point[]): Point[] {
  const out: Point[] = []
  for (const point of line) {
    const last = out.at(-1)
    if (last !== undefined && distance(last, point) < 0.5) continue
    const before = out.at(-2)
    if (
      last !== undefined &&
      before !== undefined &&
      Math.abs((last.x - before.x) * (point.y - before.y) - (last.y - before.y) * (point.x - before.x)) < 0.5
    )
      out.pop()
    out.push(point)
  }
  return out
}

/** The same line with corners replaced by arcs of at most `radius`, as points close enough to look round. */
export function roundCorners(line: readonly Point[], radius: number): Point[] {
  const out: Point[] = []
  line.forEach((corner, i) => {
    const before = line[i - 1]
    const after = line[i + 1]
    if (before === undefined || after === undefined) {
      out.push(corner)
      return
    }
    const r = Math.min(radius, distance(before, corner) / 2, distance(corner, after) / 2)
    const start = towards(corner, before, r)
    const end = towards(corner, after, r)
    const STEPS = 6
    for (let step = 0; step <= STEPS; step++) {
      const t = step / STEPS
      // A quadratic curve with the corner as its control point.
      const a = between(start, corner, t)
      const b = between(corner, end, t)
      out.push(between(a, b, t))
    }
  })
  return out
}

export const between = (a: Point, b: Point, t: number): Point => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
})

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to)
  return length === 0 ? from : between(from, to, by / length)
}

export function lengthOf(line: readonly Point[]): number {
  let sum = 0
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1], line[i])
  return sum
}

/** `count` points at equal distances along the line, both ends included. */
export function resample(line: readonly Point[], count: number): Point[] {
  if (line.length === 0) return []
  const total = lengthOf(line)
  const out: Point[] = []
  let segment = 1
  let passed = 0
  for (let i = 0; i < count; i++) {
    const wanted = (total * i) / (count - 1)
    while (segment < line.length - 1 && passed + distance(line[segment - 1], line[segment]) < wanted)
      passed += distance(line[segment - 1], line[segment++])
    const a = line[segment - 1]
    const b = line[Math.min(segment, line.length - 1)]
    const length = distance(a, b)
    out.push(length === 0 ? b : between(a, b, Math.min(1, (wanted - passed) / length)))
  }
  return out
}
