// The layout: layers from left to right, nothing on top of each other, roads from door to door.
import { describe, expect, test } from 'vitest'
import { fit, toScreen, toWorld, zoomAt } from './camera.ts'
import type { Box } from './geometry.ts'
import { layOut } from './layout.ts'
import type { Link } from './routes.ts'

const size = { w: 200, h: 120 }
const link = (from: number, to: number): Link => ({ from, to, weight: 1 })
const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

/** Two clients, an API, three functions, a queue with its dead letters, a table, a cycle, and two loose ones. */
const links = [
  link(0, 2),
  link(1, 2),
  link(2, 3),
  link(2, 4),
  link(3, 5),
  link(3, 6),
  link(4, 6),
  link(5, 7),
  link(5, 8),
  link(7, 2),
  link(7, 7),
]
const sizes = Array.from({ length: 11 }, () => size)
const spacing = { nodes: 26, layers: 104 }
const layout = layOut(sizes, links, spacing)

describe('a layout', () => {
  test('has no two cards on top of each other', () => {
    layout.boxes.forEach((a, i) => layout.boxes.slice(i + 1).forEach((b) => expect(overlap(a, b)).toBe(false)))
  })

  test('runs from left to right', () => {
    for (const { from, to } of [links[0], links[2], links[4], links[7]])
      expect(layout.boxes[from].x).toBeLessThan(layout.boxes[to].x)
  })

  test('has roads that begin and end at the sides of their cards and are right-angled between', () => {
    links.forEach(({ from, to }, i) => {
      const { line } = layout.roads[i]
      const [a, b] = [layout.boxes[from], layout.boxes[to]]
      expect([a.x, a.x + a.w]).toContain(line[0].x)
      expect([b.x, b.x + b.w]).toContain(line.at(-1)?.x)
      expect(line[0].y).toBeGreaterThan(a.y)
      expect(line[0].y).toBeLessThan(a.y + a.h)
    })
  })

  test('is the same when it is made again', () => expect(layOut(sizes, links, spacing)).toEqual(layout))

  test('puts what nothing leads to below the rest', () => {
    const lowest = Math.max(...layout.boxes.slice(0, 9).map((box) => box.y + box.h))
    for (const loose of layout.boxes.slice(9)) expect(loose.y).toBeGreaterThan(lowest)
  })
})

test('a scenario without roads, or without anything, has a layout too', () => {
  expect(layOut([size, size], [], spacing).boxes[1].x).toBeGreaterThan(200)
  expect(layOut([], [], spacing).boxes).toEqual([])
})

test('the camera shows everything, and zooming keeps the place under the pointer', () => {
  const screen = { w: 1000, h: 500 }
  const camera = fit(layout.bounds, screen, { top: 100, right: 20, bottom: 40, left: 20 })
  for (const box of layout.boxes) {
    const shown = toScreen(camera, box)
    expect(shown.x).toBeGreaterThanOrEqual(19)
    expect(shown.y).toBeGreaterThanOrEqual(99)
    expect(shown.x + shown.w).toBeLessThanOrEqual(981)
    expect(shown.y + shown.h).toBeLessThanOrEqual(461)
  }
  const pointer = { x: 300, y: 200 }
  const before = toWorld(camera, pointer)
  const after = toWorld(zoomAt(camera, 1.7, pointer), pointer)
  expect(after.x).toBeCloseTo(before.x, 9)
  expect(after.y).toBeCloseTo(before.y, 9)
})
