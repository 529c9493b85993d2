// Where cards stand after they were dragged and after edits: what is there stays there, nothing lies on anything else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outlineOf } from '../testing.ts'
import { arrange, placeOf, placesOf, withCardAt, type Arrangement, type NamedPlaces } from './arrangement.ts'
import { fit, fitAround, toScreen } from './camera.ts'
import { around, type Box } from './geometry.ts'
import { isFree, nearestFree } from './places.ts'
import { crosses } from './router.ts'

const NONE: NamedPlaces = new Map()
const always = (): boolean => true

interface Sketch {
  readonly names: readonly string[]
  readonly roads: readonly (readonly [number, number])[]
  readonly watched: readonly (readonly [number, number])[]
}

const GLYPHS = ['client', 'api', 'function', 'queue', 'table', 'alarm', 'account']

/** An outline in which some nodes look at others instead of speaking with them. */
function outlineFrom({ names, roads, watched }: Sketch) {
  const outline = outlineOf(
    names.map((name, i) => ({ name, glyph: GLYPHS[i % GLYPHS.length] })),
    roads,
  )
  return {
    ...outline,
    nodes: outline.nodes.map((node, i) => ({
      ...node,
      watches: watched.flatMap(([from, to]) => (from === i && to !== i ? [to] : [])),
    })),
  }
}

const sketches = fc.integer({ min: 2, max: 14 }).chain((count) => {
  const pair = fc.tuple(fc.nat(count - 1), fc.nat(count - 1))
  return fc.record({
    names: fc.constant(Array.from({ length: count }, (_, i) => `N${i}`)),
    roads: fc.uniqueArray(pair, { maxLength: count * 2, selector: String }),
    watched: fc.uniqueArray(pair, { maxLength: 3, selector: String }),
  })
})

const noneOverlap = (boxes: readonly Box[]): void =>
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => expect(isFree(a, [b], 0)).toBe(true)))

describe('an arrangement', () => {
  test('has no two cards on each other, whatever speaks with or looks at whatever', () => {
    fc.assert(
      fc.property(sketches, (sketch) => {
        const { layout } = arrange(outlineFrom(sketch), NONE, NONE, always)
        noneOverlap(layout.boxes)
        for (const { line } of layout.roads) for (const { x, y } of line) expect(Number.isFinite(x + y)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('leaves every card where it was when a resource or a road comes or goes', () => {
    fc.assert(
      fc.property(sketches, fc.nat(), fc.boolean(), (sketch, at, isLinked) => {
        const before = arrange(outlineFrom(sketch), NONE, NONE, always)
        const places = placesOf(before, outlineFrom(sketch))
        const last = sketch.names.length
        const more: Sketch = {
          ...sketch,
          names: [...sketch.names, 'New'],
          roads: isLinked ? [...sketch.roads, [at % last, last]] : sketch.roads,
        }
        const after = arrange(outlineFrom(more), NONE, places, always)
        expect(after.layout.boxes.slice(0, last)).toEqual(before.layout.boxes)
        noneOverlap(after.layout.boxes)
        // And back again, when it is undone.
        const back = arrange(outlineFrom(sketch), NONE, placesOf(after, outlineFrom(more)), always)
        expect(back.layout.boxes).toEqual(before.layout.boxes)
      }),
      { numRuns: 60 },
    )
  })

  test('has a dragged card where it was put, in the same form and near it in another one', () => {
    const sketch: Sketch = { names: ['Buyers', 'Shop', 'Buy', 'Orders'], roads: [[0, 1], [1, 2], [2, 3]], watched: [] } // prettier-ignore
    const outline = outlineFrom(sketch)
    const before = arrange(outline, NONE, NONE, always)
    const moved = withCardAt(before, 2, { x: 200, y: 600 })
    const chosen: NamedPlaces = new Map([['Buy', placeOf(moved.layout.boxes[2], moved.form)]])
    const after = arrange(outline, chosen, NONE, always)
    expect(Math.abs(after.layout.boxes[2].x - 200)).toBeLessThan(3)
    expect(Math.abs(after.layout.boxes[2].y - 600)).toBeLessThan(3)
    for (const i of [0, 1, 3]) expect(after.layout.boxes[i]).toEqual(before.layout.boxes[i])
    // Where all must be smaller, it is still below the others.
    const small = arrange(outline, chosen, NONE, (_, form) => form === 'low')
    expect(small.form).toBe('low')
    for (const i of [0, 1, 3])
      expect(small.layout.boxes[2].y).toBeGreaterThan(small.layout.boxes[i].y + small.layout.boxes[i].h)
    noneOverlap(small.layout.boxes)
  })

  test('puts an alarm beside what it watches without a layer of its own', () => {
    const sketch: Sketch = { names: ['Buyers', 'Shop', 'Buy', 'Orders', 'Products', 'Alarm'], roads: [[0, 1], [1, 2], [2, 3], [2, 4]], watched: [[5, 1]] } // prettier-ignore
    const { layout } = arrange(outlineFrom(sketch), NONE, NONE, always)
    const without = arrange(
      outlineFrom({ ...sketch, names: sketch.names.slice(0, 5), watched: [] }),
      NONE,
      NONE,
      always,
    )
    expect(around(layout.boxes).w).toBe(around(without.layout.boxes).w)
  })
})

describe('roads', () => {
  test('run around the cards between their ends', () => {
    let around3 = 0
    fc.assert(
      fc.property(sketches, (sketch) => {
        const outline = outlineFrom(sketch)
        const arrangement: Arrangement = arrange(outline, NONE, NONE, always)
        const { layout } = arrangement
        outline.roads.forEach(({ from, to }, i) => {
          if (from === to) return
          const others = layout.boxes.filter((_, node) => node !== from && node !== to)
          if (layout.roads[i].line.length > 12) around3++
          expect(crosses(layout.roads[i].line, others, 0)).toBe(false)
        })
      }),
      { numRuns: 60 },
    )
    expect(around3).toBeGreaterThan(0)
  })

  test('run around a card that is dragged between their ends', () => {
    const sketch: Sketch = { names: ['A', 'B', 'C'], roads: [[0, 1], [1, 2]], watched: [] } // prettier-ignore
    const outline = outlineFrom(sketch)
    const before = arrange(outline, NONE, NONE, always)
    const [a, b] = before.layout.boxes
    // Far to the right of both, C stands between A and B no longer; then right into the way from A to B.
    const wide = withCardAt(before, 1, { x: b.x + 900, y: a.y })
    const between = withCardAt(wide, 2, { x: a.x + 450, y: a.y })
    expect(crosses(between.layout.roads[0].line, [between.layout.boxes[2]], 0)).toBe(false)
    expect(crosses(wide.layout.roads[0].line, [between.layout.boxes[2]], 0)).toBe(true)
  })
})

test('a free place is the nearest one', () => {
  const box = { x: 0, y: 0, w: 100, h: 50 }
  expect(nearestFree(box, [], 10)).toEqual(box)
  expect(nearestFree(box, [{ x: 200, y: 0, w: 10, h: 10 }], 10)).toEqual(box)
  // Down is nearer than any other way out.
  expect(nearestFree(box, [{ x: -50, y: -40, w: 200, h: 60 }], 10)).toEqual({ ...box, y: 30 })
})

test('the camera keeps cards clear of what lies over the stage, and is larger than one that leaves the whole strip free', () => {
  const screen = { w: 1000, h: 500 }
  const margins = { top: 16, right: 18, bottom: 40, left: 18 }
  const caption = { x: 0, y: 0, w: 560, h: 100 }
  const boxes = [
    { x: 0, y: 300, w: 200, h: 150 },
    { x: 300, y: 300, w: 200, h: 150 },
    { x: 700, y: 0, w: 200, h: 150 },
    { x: 700, y: 300, w: 200, h: 150 },
  ]
  const bounds = around(boxes)
  const camera = fitAround(boxes, bounds, screen, margins, [caption], 1.5)
  for (const box of boxes) {
    const shown = toScreen(camera, box)
    expect(isFree(shown, [caption], 0)).toBe(true)
    expect(shown.x >= 0 && shown.y >= 0 && shown.x + shown.w <= screen.w && shown.y + shown.h <= screen.h).toBe(true)
  }
  expect(camera.zoom).toBeGreaterThan(fit(bounds, screen, { ...margins, top: 108 }, 1.5).zoom * 1.1)
  // A column would be a little larger at the side of the caption; below it, it is in the middle.
  const column = [0, 200, 400].map((y) => ({ x: 0, y, w: 300, h: 180 }))
  const [first] = column
  const middle = toScreen(fitAround(column, around(column), screen, margins, [{ ...caption, h: 60 }], 1.5), first)
  expect(middle.x + middle.w / 2).toBeCloseTo(500, -1)
  expect(middle.y).toBeGreaterThan(60)
})
