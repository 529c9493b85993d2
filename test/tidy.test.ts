// Keeps the house in order: layers, determinism, sources, first lines. Each rule says what to write instead.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findLints, findRooms, renderIndex, ROOT } from '../sim/cli/rooms-index.ts'
import { readKnown } from './facts/ids.ts'
import { layerProblems } from './tidy/layers.ts'
import { definitionProblems, goldenProblems, roomFileProblems } from './tidy/rooms.ts'
import { readTree } from './tidy/source.ts'
import { citationProblems, determinismProblems, firstLineProblems, leftoverProblems } from './tidy/text.ts'

const files = readTree(ROOT)
const lists = readKnown(join(ROOT, 'test/facts'))
const known = new Set([...lists.rules, ...lists.facts.map((fact) => fact.id)])

/** Fails with the problems as the message, one a line. */
function none(problems: readonly string[]): void {
  expect.soft(problems.length, `\n${problems.join('\n')}\n`).toBe(0)
}

test('imports go down the layers', () => none(layerProblems(files)))
test('the core knows neither clock, chance, locale nor promises', () => none(determinismProblems(files)))
test('every source file begins with a sentence that says what it is for', () => none(firstLineProblems(files)))
test('nothing is left behind: no unfinished words, no path or registry of one machine', () =>
  none(leftoverProblems(files)))
test('every cited rule and fact exists', () => none(citationProblems(files, known)))
test('every room lives where its type says, with its facts and its test', () =>
  none(roomFileProblems(findRooms(ROOT), files)))
test('every scenario has its golden file and every golden file its scenario', () => none(goldenProblems(files)))

test('the index of the rooms is fresh', () => {
  const index = readFileSync(join(ROOT, 'sim/services/index.ts'), 'utf8')
  expect(index, 'run `npm run rooms`').toBe(renderIndex(findRooms(ROOT), findLints(ROOT)))
})

test('definitions say what they do, name operations as policies do and cite a source for every figure', async () => {
  const { services } = await import('../sim/services/index.ts')
  none(definitionProblems(services, known))
})
