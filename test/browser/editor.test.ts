// The editor as an author uses it: type, read what is wrong, take what is proposed, run; the stage and the text lead to each other.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { done, Lab } from './browser.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const digest = (page: Page): Promise<string | null> => page.locator('.digest').textContent()
const status = (page: Page) => page.locator('.editor-status [role=status]')

/** Opens the editor by its key, and waits for its worker's first word. */
async function openEditor(page: Page): Promise<void> {
  await page.keyboard.press('e')
  await page.locator('.text-box .cm-content').waitFor()
  await expect.poll(() => status(page).textContent()).toMatch(/this text is what runs/)
}

/** Puts the cursor behind the first place of some words, by the editor's own search. */
async function goBehind(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+f')
  await page.locator('.cm-search input[name=search]').waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.locator('.cm-search').waitFor({ state: 'detached' })
  await page.keyboard.press('ArrowRight')
}

/** The lines that are in view. */
const lines = (page: Page): Promise<string> => page.locator('.cm-content').innerText()

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const found = await checker.run()
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))
  })
}

describe('an author', () => {
  test('makes a mistake, reads what it is, takes what is proposed, completes a property, and runs', async () => {
    const { page, complaints } = await lab.visit('#scenario=visibility-too-short', { reducedMotion: 'reduce' })
    const first = await done(page)
    await openEditor(page)

    // A letter too many: the words of the command line, and the run before stays.
    await goBehind(page, 'ReservedConcurrentExecutions')
    await page.keyboard.type('x')
    const problem = page
      .locator('.problem-list li')
      .filter({ hasText: 'ReservedConcurrentExecutionsx is not a property' })
    await problem.waitFor()
    expect(await problem.innerText()).toContain('did you mean ReservedConcurrentExecutions?')
    expect(await status(page).textContent()).toMatch(/1 error keeps this text from running/)
    await page.locator('.cm-lintRange-error').waitFor()
    // It does not run: the first mistake is shown instead.
    await page.keyboard.press('Control+Enter')
    await page.locator('.cm-tooltip .cm-diagnostic').filter({ hasText: 'did you mean' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Control+.')
    await problem.waitFor({ state: 'detached' })
    expect(await lines(page)).not.toContain('ReservedConcurrentExecutionsx')
    await expect.poll(() => status(page).textContent()).toMatch(/this text is what runs/)
    expect(await digest(page)).toBe(first)

    // A property by its beginning, with its explanation; then a value, and Ctrl+Enter runs it.
    await page.keyboard.press('End')
    await page.keyboard.press('Backspace')
    await page.keyboard.type('4')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Descri')
    const proposal = page.locator('.cm-tooltip-autocomplete li[aria-selected]')
    await expect.poll(() => proposal.textContent()).toContain('Description')
    await page.waitForTimeout(150)
    await page.keyboard.press('Enter')
    await expect.poll(() => lines(page)).toContain('      Description: ')
    await page.keyboard.type('of mine')
    await page.keyboard.press('Control+Enter')
    await page.locator('.differences tr').first().waitFor({ state: 'attached' })
    const second = await digest(page)
    expect(second).not.toBe(first)

    // The link carries the text.
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await expect.poll(() => page.url()).toContain('#s=1.')
    const colleague = await lab.visit(new URL(page.url()).hash, { reducedMotion: 'reduce' })
    expect(await done(colleague.page)).toBe(second)
    expect([...complaints, ...colleague.complaints]).toEqual([])
    await colleague.page.context().close()
    await page.context().close()
  })

  test('undoes in the text, and moves a slider meanwhile without losing anything', async () => {
    const { page, complaints } = await lab.visit('#scenario=visibility-too-short', {
      reducedMotion: 'reduce',
      viewport: { width: 1920, height: 1080 },
    })
    const first = await done(page)
    await openEditor(page)
    await goBehind(page, 'Seed: 5')
    await page.keyboard.type('1')
    await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(first)
    // Half a word that cannot run; then a slider, which runs the text before it.
    await page.keyboard.press('Enter')
    await page.keyboard.type('Half')
    await expect.poll(() => status(page).textContent()).toMatch(/error/)
    const slider = page.locator('input[type=range]').first()
    await slider.focus()
    await page.keyboard.press('End')
    await page.locator('.differences tr').first().waitFor()
    expect(await lines(page)).toContain('Seed: 51\n  Half')
    // Closed and opened again, all of it is there; undone step by step, it runs as it was with the slider moved.
    await page.keyboard.press('e')
    await page.locator('.text-box').waitFor({ state: 'detached' })
    await page.keyboard.press('e')
    await expect.poll(() => lines(page)).toContain('Seed: 51\n  Half')
    for (let i = 0; i < 8; i++) await page.keyboard.press('Control+z')
    await expect.poll(() => status(page).textContent()).toMatch(/this text is what runs/)
    expect(await lines(page)).toMatch(/Seed: 5\n/)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+z')
    await expect.poll(() => digest(page), { timeout: 30_000 }).toBe(first)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('comes from a card to its lines, and from the text to the card; by keyboard alone', async () => {
    const { page, complaints } = await lab.visit('#scenario=visibility-too-short', { reducedMotion: 'reduce' })
    await done(page)
    await openEditor(page)
    await goBehind(page, 'Simulation:')
    // Escape leaves: the page has its keys again.
    await page.keyboard.press('Escape')
    const card = page.locator('.mirror button[aria-label^="Worker,"]')
    await card.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor()
    await page.locator('.hs-selected').first().waitFor()
    const marked = await page.locator('.hs-selected').allInnerTexts()
    expect(marked[0]).toBe('  Worker:')
    expect(marked.at(-1)).toContain('ReservedConcurrentExecutions')
    const view = await page.locator('.editor-host').boundingBox()
    const line = await page.locator('.hs-selected').first().boundingBox()
    expect(line?.y).toBeGreaterThan(view?.y ?? Infinity)
    expect(line?.y).toBeLessThan((view?.y ?? 0) + (view?.height ?? 0))

    // The inspector follows the cursor; closed, the card is marked alone.
    await page.locator('.cm-content').focus()
    await goBehind(page, 'VisibilityTimeout')
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('AWS::SQS::Queue', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor({ state: 'detached' })
    await page.waitForTimeout(500)
    const before = await page.locator('.stage').screenshot()
    await page.locator('.cm-content').focus()
    await goBehind(page, 'MemorySize')
    await expect.poll(() => page.locator('.editor-status').innerText()).toContain('Worker')
    await page.waitForTimeout(500)
    expect((await page.locator('.stage').screenshot()).equals(before)).toBe(false)
    expect(await page.getByRole('complementary', { name: 'Inspector' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
