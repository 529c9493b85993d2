// Undo and redo of what the user changed.
import { expect, test } from 'vitest'
import { change, newHistory, onlyEditsOf, redo, settle, undo, type Edits } from './edits.ts'

const set = (value: string) => (draft: { knobs: Record<string, string> }) => {
  draft.knobs.Peak = value
}

test('undo leads back to what was, redo forth again', () => {
  const start = newHistory()
  const one = settle(change(start, 'Peak', set('300')))
  const two = settle(change(one, 'Peak', set('400')))
  expect(two.edits).toEqual({ knobs: { Peak: '400' }, variants: [] })
  expect(undo(two).edits).toEqual({ knobs: { Peak: '300' }, variants: [] })
  expect(undo(undo(two)).edits).toEqual(start.edits)
  expect(redo(undo(undo(two))).edits).toEqual({ knobs: { Peak: '300' }, variants: [] })
  expect(redo(redo(undo(undo(two)))).edits).toEqual(two.edits)
})

test('a slider that is dragged is one step', () => {
  const dragged = ['300', '310', '320'].reduce((history, value) => change(history, 'Peak', set(value)), newHistory())
  expect(dragged.past).toHaveLength(1)
  expect(undo(dragged).edits).toEqual({ knobs: {}, variants: [] })
  expect(redo(undo(dragged)).edits).toEqual({ knobs: { Peak: '320' }, variants: [] })
})

test('a change after undo forgets the other future; no change is no step', () => {
  const history = settle(change(newHistory(), 'Peak', set('300')))
  const other = change(undo(history), 'Peak', set('7'))
  expect(other.future).toHaveLength(0)
  expect(change(other, 'Peak', set('7'))).toBe(other)
  expect(undo(newHistory())).toEqual(newHistory())
})

test('a parameter may be called like something that objects have', () => {
  expect(newHistory().edits.knobs['constructor']).toBeUndefined()
  const history = change(newHistory(), 'toString', (draft) => {
    draft.knobs['toString'] = '5'
  })
  expect(history.edits.knobs['toString']).toBe('5')
  expect(history.edits.knobs['valueOf']).toBeUndefined()
  expect(undo(history).edits.knobs['toString']).toBeUndefined()
  expect(redo(undo(history)).edits.knobs['toString']).toBe('5')
})

test('what the scenario has not any more is let go everywhere, and the rest stays', () => {
  const edits: Edits = {
    knobs: { A: '1', B: '2' },
    seed: '9',
    variants: [{ name: 'more', knobs: { B: '3', constructor: '4' }, fork: { at: 5, knobs: { A: '6' } } }],
  }
  const left = onlyEditsOf(edits, ['A', 'constructor'])
  expect({ ...left.knobs }).toEqual({ A: '1' })
  expect(left.seed).toBe('9')
  expect(Object.entries(left.variants[0].knobs)).toEqual([['constructor', '4']])
  expect(Object.entries(left.variants[0].fork?.knobs ?? {})).toEqual([['A', '6']])
  expect(left.variants[0].name).toBe('more')
})
