// The table of keys: no key does two things.
import { expect, test } from 'vitest'
import { KEYS } from './keys.ts'

test('every key has one meaning, whatever is held with it', () => {
  const names = [...'abcdefghijklmnopqrstuvwxyz0123456789[]\\+-=?.,/ ']
  for (const key of [...names, 'Enter', 'Escape', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowLeft', 'ArrowRight'])
    for (const ctrlKey of [false, true])
      for (const shiftKey of [false, true]) {
        const event = { key, ctrlKey, shiftKey, metaKey: false, altKey: false } as KeyboardEvent
        const found = KEYS.filter((each) => each.is(event)).map((each) => each.does)
        expect(found.length, `${ctrlKey ? 'Ctrl ' : ''}${key}: ${found.join('; ')}`).toBeLessThanOrEqual(1)
      }
})
