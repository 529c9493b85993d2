// Every scenario that stands alone, against what it printed last time; `UPDATE_GOLDEN=1` rewrites, and the commit says why.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { goldenText } from './golden-text.ts'
import { openNamed, scenarioNames } from './scenarios.ts'

const GOLDEN = fileURLToPath(new URL('./golden/', import.meta.url))

describe('scenarios', () => {
  for (const name of scenarioNames().own) {
    it(`${name} runs as it did`, () => {
      const path = `${GOLDEN}${name.replace(/\.yaml$/, '.txt')}`
      const text = goldenText(openNamed(name))
      if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(path)) {
        if (process.env['CI'] !== undefined)
          throw new Error(`${path} is missing: run UPDATE_GOLDEN=1 npm run unit and commit it`)
        mkdirSync(GOLDEN, { recursive: true })
        writeFileSync(path, text)
      }
      expect(text).toBe(readFileSync(path, 'utf8'))
      expect(text, 'every expectation of a scenario of ours holds').not.toMatch(/^(FAIL|BROKEN)/m)
    })
  }
})
