// Those who wait before a full node stand on the road, twelve of them at most, the first at the door.
import { expect, test } from 'vitest'
import { frameOf, outlineOf } from '../testing.ts'
import { Run } from '../run/run.ts'
import { placesBefore, waitingOn } from './crowds.ts'
import { plateOf } from './plate.ts'

const outline = outlineOf(
  [
    { name: 'A', glyph: 'client' },
    { name: 'B', glyph: 'client' },
    { name: 'Server', glyph: 'server', readings: ['Busy', 'Workers', 'Waiting'] },
    { name: 'Table', glyph: 'table' },
  ],
  [[0, 2], [1, 2], [2, 3]], // prettier-ignore
)
const run = new Run(outline)
run.add(
  frameOf(outline, 0, { readings: [[], [], [8, 8, 40], []], counts: { 0: { ok: 30 }, 1: { ok: 10 }, 2: { ok: 5 } } }),
)
run.add(frameOf(outline, 1, { readings: [[], [], [8, 8, 0], []], counts: { 0: { ok: 30 } } }))

test('they are parted by what comes on each road; where nobody waits, nobody stands', () => {
  expect(waitingOn(run, run.frames[0])).toEqual([30, 10, 0])
  expect(waitingOn(run, run.frames[1])).toEqual([0, 0, 0])
})

test('they stand one behind the other up to the door, no more than have room', () => {
  const line = [{ x: 0, y: 0 }, { x: 200, y: 0 }] // prettier-ignore
  const places = placesBefore(line, 30, 5)
  expect(places.length).toBe(12)
  expect(places[0].x).toBeGreaterThan(185)
  for (const place of places) expect(place.y).toBeCloseTo(5, 6)
  places.slice(1).forEach((place, i) => expect(places[i].x - place.x).toBeGreaterThan(7))
  expect(placesBefore(line, 3, 5).length).toBe(3)
  expect(placesBefore([{ x: 0, y: 0 }, { x: 30, y: 0 }], 30, 5).length).toBe(2) // prettier-ignore
})

test('the plate says how many more there are, and trouble comes first', () => {
  expect(plateOf(run, run.frames[0], 0, 200, 18)?.words).toEqual({
    main: '300/s',
    second: { figure: '+18', word: 'wait', outcome: 'ok' },
  })
  expect(plateOf(run, run.frames[0], 1, 200)?.words.second).toBeUndefined()
})
