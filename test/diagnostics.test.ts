// What a user is told about each mistake of `test/bad`, word for word; `UPDATE_GOLDEN=1` rewrites, and the commit says why.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openScenario } from '../sim/cli/files.ts'
import { catalogue } from '../sim/diag/catalogue.ts'
import { documents } from '../sim/diag/catalogue/documents.ts'
import { expectations } from '../sim/diag/catalogue/expectations.ts'
import { functions } from '../sim/diag/catalogue/functions.ts'
import { quantities } from '../sim/diag/catalogue/quantities.ts'
import { serverless } from '../sim/diag/catalogue/serverless.ts'
import { simulation } from '../sim/diag/catalogue/simulation.ts'
import { template } from '../sim/diag/catalogue/template.ts'
import type { Explanations } from '../sim/diag/explanation.ts'
import { Problems } from '../sim/diag/problem.ts'
import { renderProblem, renderProblems } from '../sim/diag/render.ts'
import { loadScenario } from '../sim/lang/scenario.ts'
import { wholeExample } from './examples.ts'

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
  it('of at least forty kinds', () => {
    expect(names.length).toBeGreaterThanOrEqual(40)
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
        expect(message, 'begins in lower case and has no full stop').toMatch(
          /^([^A-Z]|(AWS|Sim)::|CloudFormation).*[^.]$/,
        )
        expect(message).not.toMatch(/\b(invalid|illegal|failed to|undefined|NaN|\[object)\b/i)
      }
    })
  }
})

/**
 * Kinds whose text is long or hangs on the machine; each has a test of its own beside the code that tells it. Beside them those that a
 * scenario cannot have: values are made up for it (`parameter-without-value`, `unknown-export`), it has no `--duration`
 * (`no-warm-up`), and only texts of another kind are read so (`not-a-percentage`, `unknown-keys`).
 */
const ELSEWHERE =
  /^(document-too|functions-too|text-too|too-(many|long|deep|much)|loop-too|condition-too|nested-too|include-too|file-too|inline-code|environment-too)|^(parameter-without-value|unknown-export|no-warm-up|not-a-percentage|unknown-keys)$/

describe('the language', () => {
  it('has every mistake of its own among these files or the examples of its explanations', () => {
    const shown = names.map((name) => readFileSync(BAD + name.replace('.yaml', '.stderr'), 'utf8')).join('\n')
    const languages = [documents, template, functions, serverless, simulation, quantities, expectations]
    const missing = languages.flatMap((kinds: Explanations) =>
      Object.entries(kinds).flatMap(([slug, { wrong }]) =>
        wrong === undefined && !ELSEWHERE.test(slug) && !shown.includes(`[${slug}]`) ? [slug] : [],
      ),
    )
    expect(missing).toEqual([])
  })

  it('tells the mistake of each example word for word', () => {
    const told: string[] = []
    for (const [slug, { wrong }] of catalogue) {
      if (wrong === undefined) continue
      const problems = new Problems()
      loadScenario({ name: 'example.yaml', text: wholeExample(wrong) }, {}, problems)
      const own = problems.list.filter((problem) => problem.slug === slug)
      told.push(...own.map((problem) => renderProblem(problem)))
    }
    const path = `${BAD}examples.txt`
    const text = `${told.join('\n\n')}\n`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text)
    expect(text).toBe(readFileSync(path, 'utf8'))
  })
})
