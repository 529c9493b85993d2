// One scenario, one digest, whatever engine runs it: Chromium's and Firefox's against those that Node left in test/golden.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { Problems } from '../../sim/diag/problem.ts'
import { loadScenario } from '../../sim/lang/scenario.ts'
import { serve, type Served } from '../../sim/cli/serve.ts'
import { hasCorpus, scenarioNames } from '../scenarios.ts'
import { APP, Lab, SCENARIOS } from './browser.ts'
import { FIREFOX, openFirefox, visitFirefox } from './firefox.ts'

interface Job {
  readonly name: string
  readonly text: string
  /** What the scenario reads beside itself. */
  readonly files: Readonly<Record<string, string>>
}

const { own, corpus } = scenarioNames()
const names = [...own, ...(hasCorpus() ? corpus : [])]
const GOLDEN = resolve(SCENARIOS, '../test/golden')
const worker = readdirSync(join(APP, 'assets')).find((name) => name.startsWith('worker-'))

function jobOf(name: string): Job {
  const text = readFileSync(join(SCENARIOS, name), 'utf8')
  const files: Record<string, string> = {}
  const read = (path: string): { ok: true; value: string } => {
    files[path] = readFileSync(resolve(SCENARIOS, path), 'utf8')
    return { ok: true, value: files[path] }
  }
  loadScenario({ name, text }, { files: { read } }, new Problems())
  return { name, text, files }
}

const golden = (name: string): string =>
  /^digest (\w+)$/m.exec(readFileSync(join(GOLDEN, name.replace(/\.yaml$/, '.txt')), 'utf8'))?.[1] ?? 'none'

/** Runs in the browser: the page's own worker takes one scenario after the other; no stage is drawn. */
function digestsInWorker(url: string, jobs: readonly Job[]): Promise<Record<string, string>> {
  return new Promise((settle, refuse) => {
    const found: Record<string, string> = {}
    const simulator = new Worker(url, { type: 'module' })
    let run = 0
    const next = (): void => {
      const job = jobs[run]
      if (job === undefined) {
        simulator.terminate()
        settle(found)
        return
      }
      run++
      simulator.postMessage({ ask: 'load', run, ...job, knobs: {} })
      simulator.postMessage({ ask: 'ahead', run, until: Number.MAX_SAFE_INTEGER })
    }
    simulator.onerror = (event) => refuse(new Error(event.message))
    simulator.onmessage = ({ data }) => {
      const said = (words: string): void => {
        found[jobs[run - 1]!.name] = words
        next()
      }
      if (data.answer === 'done') said(data.outcomes.digest)
      else if (data.answer === 'bug') said(data.message)
      else if (
        data.answer === 'problems' &&
        data.problems.some((each: { severity: string }) => each.severity === 'error')
      )
        said(data.problems[0].message)
    }
    next()
  })
}

// Both at once: each engine is a process of its own.
describe.concurrent('every scenario has the digest that it has in Node', () => {
  const expected = Object.fromEntries(names.map((name) => [name, golden(name)]))
  const jobs = names.map(jobOf)
  let served: Served
  beforeAll(async () => {
    served = await serve(APP, 0)
  })
  afterAll(() => void served.server.close())
  const url = (): string => `${served.url}assets/${worker}`

  test('there are scenarios, and each has a golden digest', ({ expect }) => {
    expect(own.length).toBeGreaterThanOrEqual(9)
    for (const digest of Object.values(expected)) expect(digest).toMatch(/^[0-9a-f]{16}$/)
  })

  test('in Chromium', { timeout: 180_000 }, async ({ expect }) => {
    const lab = await Lab.open()
    const { page } = await lab.visit()
    await page.goto(`${served.url}nothing-but-words`)
    const run = `(${digestsInWorker.toString()})(${JSON.stringify(url())}, ${JSON.stringify(jobs)})`
    expect(await page.evaluate(run)).toEqual(expected)
    await lab.close()
  })

  test.skipIf(FIREFOX === undefined)('in Firefox', { timeout: 180_000 }, async ({ expect }) => {
    const browser = await openFirefox()
    const { page } = await visitFirefox(browser)
    await page.goto(`${served.url}nothing-but-words`)
    const run = `(${digestsInWorker.toString()})(${JSON.stringify(url())}, ${JSON.stringify(jobs)})`
    expect(await page.evaluate(run)).toEqual(expected)
    await browser.close()
  })
})
