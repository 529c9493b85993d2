// Every scenario that stands alone, against what it printed last time; `UPDATE_GOLDEN=1` rewrites, and the commit says why.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { goldenText } from './golden-text.ts'
import { hasCorpus, openNamed, scenarioNames } from './scenarios.ts'

const GOLDEN = fileURLToPath(new URL('./golden/', import.meta.url))

const { own, corpus } = scenarioNames()

// The scenarios that need the corpus are held against their golden texts by `npm run conformance`; where it is at hand they can be rewritten here.
const rewriting = process.env['UPDATE_GOLDEN'] === '1' && hasCorpus() ? corpus : []

describe('scenarios', () => {
  for (const name of [...own, ...rewriting]) {
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
    }, 90_000)
  }
})
