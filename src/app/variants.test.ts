// Variants: kept, used, renamed, forgotten, compared with; every step can be undone.
import type { Draft } from 'immer'
import { expect, test } from 'vitest'
import type { KnobOutline } from '../sim.ts'
import { change, newHistory, settle, undo, type Edits, type History } from './edits.ts'
import {
  AS_WRITTEN,
  compareWith,
  differenceOf,
  forkAt,
  isSame,
  keep,
  nameOfA,
  nameOfB,
  presentVariant,
  remove,
  rename,
  sideA,
  use,
  VARIANTS_MAX,
  wordsOf,
} from './variants.ts'

const after = (history: History, ...recipes: ((draft: Draft<Edits>) => void)[]): History =>
  recipes.reduce((each, recipe) => settle(change(each, 'step', recipe)), history)
const set = (name: string, value: string) => (draft: Draft<Edits>) => {
  draft.knobs[name] = value
}
const KNOBS: readonly KnobOutline[] = [
  { name: 'Peak', kind: 'parameter', type: 'number', value: '260', initial: '260' },
  {
    name: 'Workloads.Buyers.Scale',
    kind: 'workload',
    label: 'Buyers',
    unit: '×',
    type: 'number',
    value: '1',
    initial: '1',
  },
]

test('changes are kept under a name, taken up again, and forgotten; undo goes all the way back', () => {
  const start = newHistory()
  const two = after(
    start,
    set('Peak', '400'),
    (draft) => keep(draft, 'More'),
    set('Peak', '100'),
    (draft) => keep(draft, 'Less'),
  )
  expect(presentVariant(two.edits)).toBe(1)
  const back = after(two, (draft) => use(draft, 0))
  expect({ ...back.edits.knobs }).toEqual({ Peak: '400' })
  expect(nameOfB(back.edits)).toBe('More')
  expect(nameOfB(after(back, (draft) => use(draft, -1)).edits)).toBe(AS_WRITTEN)
  expect(nameOfB(after(back, set('Peak', '7')).edits)).toBe('Your changes')
  // What is kept does not follow what is changed afterwards.
  expect(after(back, set('Peak', '7')).edits.variants[0].knobs['Peak']).toBe('400')
  const gone = after(back, (draft) => remove(draft, 0))
  expect(gone.edits.variants.map(({ name }) => name)).toEqual(['Less'])
  let history = gone
  while (history.past.length > 0) history = undo(history)
  expect(history.edits).toEqual(start.edits)
})

test('a variant can be what is compared with, until it is gone', () => {
  const both = after(
    newHistory(),
    set('Peak', '400'),
    (draft) => keep(draft, 'More'),
    set('Peak', '100'),
    (draft) => keep(draft, 'Less'),
    (draft) => compareWith(draft, 1),
  )
  expect(nameOfA(both.edits)).toBe('Less')
  expect(nameOfA(after(both, (draft) => remove(draft, 0)).edits)).toBe('Less')
  expect(nameOfA(after(both, (draft) => remove(draft, 1)).edits)).toBe(AS_WRITTEN)
  expect(nameOfA(after(both, (draft) => compareWith(draft, -1)).edits)).toBe(AS_WRITTEN)
  expect(nameOfA(after(both, (draft) => rename(draft, 1, 'x'.repeat(100))).edits)).toHaveLength(60)
})

test('there are only so many', () => {
  const keeps = Array.from({ length: 20 }, (_, i) => (draft: Draft<Edits>) => keep(draft, `${i}`))
  expect(after(newHistory(), ...keeps).edits.variants).toHaveLength(VARIANTS_MAX)
})

test('a fork has side A’s values before its moment; taking up something else ends it', () => {
  const forked = after(
    newHistory(),
    set('Peak', '300'),
    (draft) => keep(draft, 'Base'),
    (draft) => compareWith(draft, 0),
    set('Peak', '400'),
    (draft) => forkAt(draft, 5e6),
  )
  expect(forked.edits.fork).toEqual({ at: 5e6, knobs: { Peak: '300' } })
  expect(isSame(forked.edits, sideA(forked.edits))).toBe(false)
  const kept = after(
    forked,
    (draft) => keep(draft, 'Forked'),
    (draft) => use(draft, 0),
  )
  expect(kept.edits.fork).toBeUndefined()
  expect(after(kept, (draft) => use(draft, 1)).edits.fork).toEqual(forked.edits.fork)
})

test('what differs is said in words', () => {
  const knobs = { Peak: '400', 'Workloads.Buyers.Scale': '2' }
  expect(wordsOf({ knobs }, KNOBS)).toBe('Peak 400, Buyers × 2')
  expect(wordsOf({ knobs, fork: { at: 180e6, knobs: {} } }, KNOBS)).toBe('Peak 400, Buyers × 2, from 3 min on')
  expect(wordsOf({ knobs: {} }, KNOBS)).toBe('nothing changed')
  expect(differenceOf({ knobs: { Peak: '300' } }, { knobs }, KNOBS)).toBe('Peak 300 → 400, Buyers × 1 → 2')
  expect(differenceOf({ knobs }, { knobs: {} }, KNOBS)).toBe('Peak 400 → 260, Buyers × 2 → 1')
  expect(differenceOf({ knobs }, { knobs }, KNOBS)).toBe('nothing differs')
})
