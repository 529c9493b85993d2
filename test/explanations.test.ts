// The catalogue of problems: every slug that is emitted is explained (by the type `Slug`), and every explanation is true.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../sim/diag/catalogue.ts'
import { Problems } from '../sim/diag/problem.ts'
import { loadScenario } from '../sim/lang/scenario.ts'
import { wholeExample } from './examples.ts'

function problemsOf(example: string): Problems {
  const problems = new Problems()
  loadScenario({ name: 'example', text: wholeExample(example) }, {}, problems)
  return problems
}

/** What the example is told, including the ‘not simulated’ list's notes. */
const told = (example: string): string[] => problemsOf(example).list.map(({ slug, severity }) => `${severity} ${slug}`)

const SIM = fileURLToPath(new URL('../sim/', import.meta.url))
const sources = readdirSync(SIM, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && dirname(path) !== join('diag', 'catalogue'))
  .map((path) => readFileSync(join(SIM, path), 'utf8'))

describe('each explanation', () => {
  for (const [slug, { severity, title, text, wrong, right, source }] of catalogue) {
    describe(slug, () => {
      it('is of something that is emitted', () => {
        expect(sources.some((source) => source.includes(`'${slug}'`))).toBe(true)
      })

      it('reads well', () => {
        expect(title).toMatch(/^[^A-Z].*[^.]$/)
        expect(text).toMatch(/^[A-Z`].*[.?]$/s)
        expect(`${title} ${text}`).not.toMatch(/\b(invalid|illegal|failed to|please)\b/i)
        if (source !== undefined) expect(source).toMatch(/^(https:\/\/[^ ]+|[A-Z]+-[A-Z]?[0-9]+)$/)
      })

      if (wrong !== undefined)
        it('shows it by its wrong example', () => {
          expect(told(wrong)).toContain(`${severity} ${slug}`)
        })

      if (right !== undefined)
        it('mends it in its right example', () => {
          const rest = told(right)
          expect(rest.filter((line) => line.endsWith(` ${slug}`) || line.startsWith('error '))).toEqual([])
        })
    })
  }
})

it('most explanations have examples', () => {
  const shown = [...catalogue.values()].filter(({ wrong, right }) => wrong !== undefined && right !== undefined)
  expect(shown.length / catalogue.size).toBeGreaterThan(0.6)
})
