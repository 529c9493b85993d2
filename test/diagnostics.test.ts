// What a user is told about each mistake of `test/bad`, word for word; `UPDATE_GOLDEN=1` rewrites, and the commit says why.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openScenario } from '../sim/cli/files.ts'
import { renderProblems } from '../sim/diag/render.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BAD = `${ROOT}test/bad/`
const names = readdirSync(BAD)
  .filter((name) => name.endsWith('.yaml'))
  .sort()

/** The problems of a file as the terminal shows them, without this checkout's path. `--set` stands in the file's first line. */
function told(name: string): { text: string; loaded: boolean } {
  const set = [
    ...readFileSync(BAD + name, 'utf8')
      .split('\n')[0]!
      .matchAll(/--set (\S+)/g),
  ].map((match) => match[1]!)
  const { scenario, problems } = openScenario(BAD + name, { set })
  return {
    text: `${renderProblems(problems.list)}\n`.replaceAll(BAD, '').replaceAll(ROOT, ''),
    loaded: scenario !== undefined,
  }
}

describe('a mistake is told with its place and a way out', () => {
  it('of at least twenty kinds', () => {
    expect(names.length).toBeGreaterThanOrEqual(20)
  })

  for (const name of names) {
    it(name.replace('.yaml', '').replaceAll('-', ' '), () => {
      const path = BAD + name.replace('.yaml', '.stderr')
      const { text, loaded } = told(name)
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text)
      expect(existsSync(path), 'written with UPDATE_GOLDEN=1').toBe(true)
      expect(text).toBe(readFileSync(path, 'utf8'))
      expect(loaded, 'no scenario comes of it').toBe(false)
      expect(text).toMatch(/^error\[[a-z-]+\]: /m)
      for (const [, message] of text.matchAll(/^(?:error|warning)\[[a-z-]+\]: (.*)$/gm)) {
        expect(message, 'begins in lower case and has no full stop').toMatch(/^[^A-Z].*[^.]$/)
        expect(message).not.toMatch(/\b(invalid|illegal|failed to|undefined|NaN|\[object)\b/i)
      }
    })
  }
})
