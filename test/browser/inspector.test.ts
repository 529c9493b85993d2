// The inspector as a person uses it: from the tail of a histogram to one request and its waterfall, charts, settings, the model.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { done, Lab, momentOf } from './browser.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

/** Opens a scenario of the gallery, stopped, with a node in the inspector. */
async function inspect(page: Page, node: string, tab: string): Promise<void> {
  await done(page)
  await page.keyboard.press('Space')
  await page.locator(`.mirror button[aria-label^="${node},"]`).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('tab', { name: tab }).click()
}

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

const heading = (page: Page) => page.getByRole('heading', { name: /^Request [\d,]+ of / })
const fall = (page: Page) => page.locator('.waterfall')

describe('the inspector', () => {
  test('leads from the tail of a histogram to a request, names its back-off and goes to its moment', async () => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd')
    await inspect(page, 'Buyers', 'Requests')
    const tail = page.locator('.bar.tail:enabled').last()
    expect(await tail.getAttribute('aria-label')).toMatch(/^[\d.]+ s to [\d.]+ s: \d+ requests?, in the slowest 1 %/)
    await tail.click()
    await heading(page).filter({ hasText: 'of Buyers' }).waitFor()
    await fall(page).getByText('back-off before attempt 2').waitFor()
    expect(await fall(page).getByText('■ throttled').count()).toBeGreaterThan(0)
    expect(await fall(page).locator('.parts').textContent()).toContain('back-off of Buyers')
    // So slow it was only in the crowd, and there the stage stands now.
    await expect.poll(() => momentOf(page)).toBeGreaterThan(270)
    const moment = await momentOf(page)
    expect(moment).toBeLessThan(560)
    // On the stage a sign says where it is, and follows it.
    const sign = page.locator('.here')
    await expect.poll(() => sign.textContent()).toMatch(/^request [\d,]+: /)
    await fall(page)
      .getByRole('button', { name: /back-off before attempt 2/ })
      .click()
    await expect.poll(() => sign.textContent()).toMatch(/: back-off before attempt 2$/)
    // A part leads to its own moment and place.
    await fall(page)
      .getByRole('button', { name: /Buy lambda:InvokeFunction/ })
      .last()
      .click()
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('AWS::Lambda::Function').waitFor()
    expect(await momentOf(page)).toBeGreaterThanOrEqual(moment)
    // The waterfall goes with the reader, until it is let go.
    await heading(page).waitFor()
    await page.getByRole('button', { name: 'Let go of the request' }).click()
    await heading(page).waitFor({ state: 'hidden' })
    expect(complaints).toEqual([])
  })

  test('offers the first that failed and the first that was throttled, and says when there is none', async () => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd')
    await inspect(page, 'Buyers', 'Requests')
    await page.getByRole('button', { name: 'the first that failed' }).click()
    await fall(page).getByText('▲ failed').first().waitFor()
    await fall(page).getByText('attempt 5').first().waitFor()
    await page.getByRole('button', { name: 'the first throttled' }).click()
    await expect.poll(() => page.locator('.following').textContent()).toBe('')
    expect(await fall(page).getByText('■ throttled').count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'the first dead letter' }).click()
    await expect.poll(() => page.locator('.following').textContent()).toMatch(/no such request/)
    expect(complaints).toEqual([])
  })

  test('follows a message until it is given up', async () => {
    const { page, complaints } = await lab.visit('#scenario=poison-message')
    await inspect(page, 'Whole', 'Requests')
    await page.getByText('Whole has recorded no durations so far.').waitFor()
    await page.getByRole('button', { name: 'the first dead letter' }).click()
    await fall(page).getByText('moves to the dead-letter queue').waitFor()
    await fall(page).getByText('stays hidden until its visibility timeout').first().waitFor()
    await fall(page).getByText('PoisonMessage').first().waitFor()
    expect(complaints).toEqual([])
  })

  test('shows durations as a heat map that can be clicked', async () => {
    const { page } = await lab.visit('#scenario=flash-crowd')
    await inspect(page, 'Buy', 'Requests')
    const map = page.getByRole('img', { name: /^Duration over the whole run, p50 [\d.]+ ms, p99 [\d.]+ s/ })
    const box = await map.boundingBox()
    if (box === null) throw new Error('the heat map has no place')
    // In the middle of the run, near the top: a slow one of the crowd.
    await page.mouse.click(box.x + 46 + (box.width - 46) * 0.5, box.y + 4)
    await heading(page).filter({ hasText: 'of Buyers' }).waitFor()
    await expect.poll(() => momentOf(page)).toBeGreaterThan(340)
    expect(await momentOf(page)).toBeLessThan(365)
  })

  test('draws metrics under their CloudWatch names, loaded when asked for, with one cursor and by keyboard', async () => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd')
    const scripts: string[] = []
    page.on('request', (request) => scripts.push(request.url()))
    await inspect(page, 'Buy', 'Now')
    expect(scripts.some((url) => url.includes('charts'))).toBe(false)
    await page.getByRole('tab', { name: 'Metrics' }).click()
    const chart = page.getByRole('slider', { name: /^Throttles, Sum/ })
    await chart.locator('canvas').waitFor()
    expect(scripts.some((url) => url.includes('charts'))).toBe(true)
    expect(
      await page.getByRole('combobox', { name: 'Statistic of Duration' }).locator('option').allTextContents(),
    ).toEqual(['p99', 'p50', 'Average', 'Maximum', 'SampleCount'])
    await chart.focus()
    await page.keyboard.press('Home')
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/^from 00:00.000: /)
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight')
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/^from 06:00.000: [\d,]+/)
    await page.keyboard.press('Enter')
    await expect.poll(() => momentOf(page)).toBe(360)
    // The table says the same.
    const section = page.getByRole('region', { name: 'Throttles' })
    await section.getByText('As a table').click()
    const value = (await chart.getAttribute('aria-valuetext'))?.split(': ')[1]
    expect(await section.getByRole('row', { name: /^06:00/ }).textContent()).toBe(`06:00${value}`)
    // The mouse over one chart moves the cursor of the others.
    const first = page.getByRole('slider', { name: /^Invocations, Sum/ })
    await first.scrollIntoViewIfNeeded()
    const box = await first.boundingBox()
    if (box === null) throw new Error('the chart has no place')
    await page.mouse.move(box.x + box.width * 0.7, box.y + 30)
    const cursors = () =>
      page.locator('.chart .u-cursor-x').evaluateAll((all) => all.map((each) => (each as HTMLElement).style.transform))
    await expect.poll(async () => new Set((await cursors()).slice(0, 3)).size).toBe(1)
    expect((await cursors())[0]).not.toBe('')
    expect(complaints).toEqual([])
  })

  test('tells the settings with the sources of all figures, the lines of the scenario, and the model', async () => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd')
    await inspect(page, 'Buy', 'Settings')
    const panel = page.getByRole('tabpanel')
    const own = panel.locator('.own').filter({ hasText: 'lambda.ConcurrentExecutions' })
    expect(await own.textContent()).toContain('180 executions')
    expect(await own.textContent()).toContain('Set by the scenario.')
    expect(await panel.getByText('[LAM-31]').count()).toBeGreaterThan(0)
    expect(await panel.locator('.lines').textContent()).toContain('AWS::Serverless::Function')
    await page.getByRole('tab', { name: 'Model' }).click()
    await panel.getByRole('heading', { name: 'Left out' }).waitFor()
    await panel.getByText('hotshard explain AWS::Lambda::Function').waitFor()
    expect(complaints).toEqual([])
  })

  test('works by the keyboard alone', async () => {
    const { page } = await lab.visit('#scenario=retry-storm')
    await done(page)
    await page.keyboard.press('Space')
    await page.locator('.mirror button[aria-label^="Callers,"]').focus()
    await page.keyboard.press('Enter')
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
    for (let i = 0; i < 60 && (await focused()) !== 'Now'; i++) await page.keyboard.press('Tab')
    expect(await focused()).toBe('Now')
    const moment = await momentOf(page)
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('Requests')
    // The arrows belong to the tabs while one of them has the focus.
    expect(await momentOf(page)).toBe(moment)
    await page.locator('.bar.tail').first().waitFor()
    const label = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
    for (let i = 0; i < 30 && !(await label()).includes('slowest 1 %'); i++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await heading(page).waitFor()
    expect(
      await fall(page)
        .getByText(/back-off before attempt/)
        .count(),
    ).toBeGreaterThan(0)
  })

  test.each(['dark', 'light'] as const)('passes axe in %s, every part of it', async (colorScheme) => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd', { colorScheme })
    await inspect(page, 'Buyers', 'Requests')
    await page.getByRole('button', { name: 'the first that failed' }).click()
    await heading(page).waitFor()
    for (const tab of ['Requests', 'Metrics', 'Settings', 'Model', 'Now']) {
      await page.getByRole('tab', { name: tab }).click()
      if (tab === 'Metrics') await page.locator('.chart canvas').first().waitFor()
      expect(await violations(page), tab).toEqual([])
    }
    expect(complaints).toEqual([])
  })
})
