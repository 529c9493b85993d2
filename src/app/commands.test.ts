// The palette's commands and the table of keys are one list: every command is a key's, every key has its command.
import { expect, test } from 'vitest'
import { outlineOf } from '../testing.ts'
import { commandsOf, keyOf, matching } from './commands.ts'
import { KEYS } from './keys.ts'

const event = (press: KeyboardEventInit): KeyboardEvent =>
  ({ ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...press }) as KeyboardEvent

const outline = outlineOf([{ name: 'Jobs', glyph: 'queue' }], [])

test('names are unique, and made of few letters', () => {
  const ids = commandsOf({ outline, insights: [] }).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z]+\.[\w.-]+$/)
  expect(ids).toContain('resource.Jobs')
  expect(ids).toContain('open.flash-crowd')
})

test('every key of the table that does something by itself is a command', () => {
  const commands = commandsOf({ outline, insights: [] })
  const shown = new Set(commands.map(({ key }) => key))
  for (const { keys, does } of KEYS) {
    if (/^(?:1|Shift|Tab|Escape|Ctrl K|Shift ←↑↓→|Ctrl Space)$/.test(keys[0])) continue
    expect(
      keys.some((key) => shown.has(key)),
      does,
    ).toBe(true)
  }
})

test('presses are those that the list of keys knows', () => {
  for (const key of ['k', ',', '/', 'z', 'Home', '[', '+', '0', 'g', 'n', 't', 'm', 'l', '\\', '?'])
    expect(keyOf({ key }, event), key).toBeDefined()
  expect(keyOf({ key: 'z', ctrlKey: true }, event)?.does).toBe('undo a change')
  expect(keyOf({ key: 'z' }, event)?.does).toContain('part of the run')
})

test('words find commands in any order, titles that begin with them first', () => {
  const commands = commandsOf({ outline, insights: [] })
  expect(matching(commands, 'event next').map(({ id }) => id)).toEqual(['time.next-event'])
  expect(matching(commands, 'jobs')[0]?.id).toBe('resource.Jobs')
  expect(matching(commands, '').length).toBe(commands.length)
  expect(matching(commands, 'no such thing at all')).toEqual([])
})
