// Asking what if, as a person does: a rate and a quota, variants under names, two sides on one clock, a fork, all of it in a link.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { done, Lab, linkOf, momentOf, scrub } from './browser.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const NEIGHBOUR = '#scenario=reserved-starves-neighbour'
const still = { reducedMotion: 'reduce' } as const
const digest = (page: Page) => page.locator('.digest').textContent()
const group = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const side = (page: Page, name: 'A' | 'B') =>
  name === 'A' ? page.getByRole('group', { name: 'Side A' }) : page.locator('.stage').last()
const sentence = async (page: Page, of: 'A' | 'B', node: string): Promise<string> =>
  (await side(page, of)
    .locator(`.mirror button[aria-label^="${of === 'A' ? 'A, ' : ''}${node},"]`)
    .getAttribute('aria-label')) ?? ''

/** Waits until both sides are simulated and compared; answers what the table says. */
async function compared(page: Page): Promise<string> {
  const words = page.getByRole('region', { name: /A → B/ })
  await expect.poll(() => words.innerText(), { timeout: 40_000 }).toMatch(/better|No difference|the same/)
  return words.innerText()
}

test('a rate and a quota are sliders too; each change is one step back', async () => {
  const { page, complaints } = await lab.visit(NEIGHBOUR, still)
  const before = await done(page)
  const rate = group(page, 'Workloads').getByRole('slider', { name: 'Shoppers' })
  await rate.focus()
  await page.keyboard.press('End')
  expect(await rate.getAttribute('aria-valuetext')).toBe('4 times')
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(before)
  const denser = await digest(page)

  await page.getByText('Quotas', { exact: true }).click()
  await page.getByRole('spinbutton', { name: 'lambda.ConcurrentExecutions, as a number' }).fill('900')
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(denser)
  await page.keyboard.press('Tab')
  await page.locator('.differences .better').first().waitFor()

  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => digest(page), { timeout: 30_000 }).toBe(denser)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => digest(page), { timeout: 30_000 }).toBe(before)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('two sides on one clock: what differs, where they part, the selected node on both', async () => {
  const { page, complaints } = await lab.visit(NEIGHBOUR, still)
  const before = await done(page)
  await page.keyboard.press('v')
  expect(await compared(page)).toContain('B is the same as A')

  const slider = page.getByRole('slider', { name: 'Reserved' })
  await slider.focus()
  await page.keyboard.press('Home')
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(before)
  const words = await compared(page)
  expect(words).toMatch(/\d+ better, \d+ worse, \d+ without difference; the two part at/)
  expect(words).toMatch(/Checkout refused[\s\S]*▼ better/)
  expect(await side(page, 'B').locator('.side-label').innerText()).toMatch(/Reserved 80 → 0/)
  expect(await side(page, 'A').locator('.side-label').innerText()).toContain('As in the scenario')

  // One clock: the moment is the same, the states are not.
  await page.keyboard.press('Escape')
  await scrub(page, 0.7)
  await expect.poll(() => momentOf(page)).toBeGreaterThan(400)
  await expect.poll(() => sentence(page, 'A', 'Checkout')).toMatch(/refused/)
  await expect.poll(() => sentence(page, 'B', 'Checkout')).not.toMatch(/refused/)
  const when = (of: 'A' | 'B') => side(page, of).locator('.when').innerText()
  expect(await when('A')).toBe(await when('B'))
  await scrub(page, 0.2)
  await expect.poll(() => sentence(page, 'A', 'Checkout')).not.toMatch(/refused/)

  // One camera: a wheel on one side moves both.
  const widths = async (): Promise<number[]> =>
    Promise.all(
      (['A', 'B'] as const).map(async (of) => {
        const card = side(page, of).locator('.mirror button').first()
        return Math.round((await card.boundingBox())?.width ?? 0)
      }),
    )
  const [a, b] = await widths()
  expect(a).toBe(b)
  const box = await side(page, 'A').boundingBox()
  if (box === null) throw new Error('side A has no place')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.wheel(0, -200)
  await expect.poll(async () => (await widths())[1]).toBeGreaterThan(b * 1.2)
  const [nearA, nearB] = await widths()
  expect(nearA).toBe(nearB)

  // The mark of the parting leads there; the inspector has both.
  await page.getByRole('button', { name: /^A and B part, at/ }).click()
  await expect.poll(() => momentOf(page)).toBeLessThan(300)
  await scrub(page, 0.7)
  await side(page, 'B').locator('.mirror button[aria-label^="Checkout,"]').press('Enter')
  const both = page.getByRole('table', { name: 'Both sides at the moment shown' })
  await both.waitFor()
  await expect
    .poll(async () =>
      (
        await both
          .getByRole('row', { name: /^Throttles/ })
          .locator('td')
          .allInnerTexts()
      ).map(parseFloat),
    )
    .toEqual([expect.toSatisfy((value: number) => value > 0), 0])

  // A alone, B alone.
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await expect.poll(() => digest(page)).toBe(before)
  await page.keyboard.press('b')
  await expect.poll(() => digest(page)).not.toBe(before)
  expect(await page.locator('.stage').count()).toBe(1)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('variants have names, can be taken up and compared, and travel in a link', async () => {
  const { page, complaints } = await lab.visit(NEIGHBOUR, still)
  const own = await done(page)
  const reserved = page.getByRole('spinbutton', { name: 'Reserved, as a number' })
  const keep = page.getByRole('button', { name: 'Keep these changes' })
  expect(await keep.isDisabled()).toBe(true)
  await reserved.fill('10')
  await page.keyboard.press('Tab')
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(own)
  const small = await digest(page)
  await keep.click()
  await page.getByRole('button', { name: 'Rename Reserved 10' }).click()
  await page.getByRole('textbox', { name: 'New name of Reserved 10' }).fill('Batch <b>small</b>')
  await page.keyboard.press('Enter')
  await reserved.fill('100')
  await page.keyboard.press('Tab')
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(small)
  await keep.click()
  await page.getByLabel('A is').selectOption('Batch <b>small</b>')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /both sides/ }).click()
  const words = await compared(page)
  expect(await side(page, 'A').locator('.side-label').innerText()).toContain('Batch <b>small</b>')
  const here = await digest(page)
  expect(here).not.toBe(own)

  const colleague = await lab.visit(await linkOf(page), still)
  expect(await done(colleague.page)).toBe(here)
  expect(await compared(colleague.page)).toBe(words)
  const names = (of: Page) => of.locator('.variant').allInnerTexts()
  expect(await names(colleague.page)).toEqual(await names(page))

  // Taken up, forgotten, brought back.
  await colleague.page.getByRole('button', { name: 'As in the scenario', exact: true }).click()
  await expect.poll(() => digest(colleague.page), { timeout: 30_000 }).toBe(own)
  await colleague.page.getByRole('button', { name: 'Forget Batch <b>small</b>' }).click()
  expect(await names(colleague.page)).toHaveLength(2)
  await colleague.page.getByRole('button', { name: 'Undo' }).click()
  expect(await names(colleague.page)).toHaveLength(3)
  expect([...complaints, ...colleague.complaints]).toEqual([])
  await colleague.page.context().close()
  await page.context().close()
})

test('a fork: before its moment all is as it was; with the keyboard alone', async () => {
  const { page, complaints } = await lab.visit(NEIGHBOUR, still)
  const own = await done(page)
  await scrub(page, 0.6)
  await expect.poll(() => momentOf(page)).toBeGreaterThan(300)
  const forked = await momentOf(page)
  await page.keyboard.press('f')
  await page.getByText(/what you change holds; before it all stays as in A/).waitFor()
  const slider = page.getByRole('slider', { name: 'Reserved' })
  for (let i = 0; i < 40 && !(await slider.evaluate((element) => element === document.activeElement)); i++)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Home')
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(own)
  const late = await digest(page)
  // The keys belong to the slider until the focus leaves it.
  await page.keyboard.press('Shift+Tab')
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.keyboard.press('v')
  const words = await compared(page)
  const parting = await page.getByRole('button', { name: /^A and B part, at/ }).getAttribute('aria-label')
  const [minutes = 0, seconds = 0] =
    /(\d+):(\d+)/
      .exec(parting ?? '')
      ?.slice(1)
      .map(Number) ?? []
  expect(minutes * 60 + seconds).toBeGreaterThanOrEqual(Math.floor(forked) - 1)
  expect(words).toMatch(/better/)
  await page.getByRole('button', { name: /^the changes begin, at/ }).click()
  await expect.poll(async () => Math.abs((await momentOf(page)) - forked)).toBeLessThan(1.5)
  // Up to there both sides are in one state, and soon behind it in two.
  const alike = async (): Promise<boolean> =>
    (await sentence(page, 'A', 'Checkout')) === `A, ${await sentence(page, 'B', 'Checkout')}`
  await page.keyboard.press('ArrowLeft')
  await expect.poll(alike).toBe(true)
  await scrub(page, 0.8)
  await expect.poll(alike).toBe(false)

  const colleague = await lab.visit(await linkOf(page), still)
  expect(await done(colleague.page)).toBe(late)
  await page.getByRole('button', { name: 'From the beginning' }).click()
  await expect.poll(() => digest(page), { timeout: 30_000 }).not.toBe(late)
  expect([...complaints, ...colleague.complaints]).toEqual([])
  await colleague.page.context().close()
  await page.context().close()
})

test('a fork that cannot be says so', async () => {
  const { page } = await lab.visit('#scenario=retry-storm', still)
  await done(page)
  await scrub(page, 0.5)
  await page.keyboard.press('f')
  await page.getByRole('spinbutton', { name: 'MaxAttempts, as a number' }).fill('1')
  await page.getByText(/From the beginning/).waitFor()
  expect(await page.locator('.refused').count()).toBe(0)
  await page.context().close()

  const other = await lab.visit('#scenario=cold-starts', still)
  await done(other.page)
  await scrub(other.page, 0.5)
  await other.page.keyboard.press('f')
  await other.page.getByRole('spinbutton', { name: 'Provisioned, as a number' }).fill('9')
  await other.page.getByText(/Shown from the beginning all the same/).waitFor()
  expect(other.complaints).toEqual([])
  await other.page.context().close()
})

test.each(['dark', 'light'] as const)('both sides pass axe in %s and fit 1280 × 720', async (colorScheme) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const { page } = await lab.visit('#scenario=flash-crowd&k.AccountConcurrency=1000&view=split', {
    ...still,
    colorScheme,
  })
  await done(page)
  await compared(page)
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    return (await checker.run()).violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))
  })
  expect(violations).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  for (const of of ['A', 'B'] as const) {
    const stage = await side(page, of).boundingBox()
    for (const card of await side(page, of).locator('.mirror button').all()) {
      const box = await card.boundingBox()
      if (box === null || stage === null) throw new Error('a card has no place')
      expect(box.x).toBeGreaterThanOrEqual(stage.x)
      expect(box.x + box.width).toBeLessThanOrEqual(stage.x + stage.width)
      expect(box.y).toBeGreaterThanOrEqual(stage.y)
      expect(box.y + box.height).toBeLessThanOrEqual(stage.y + stage.height)
    }
  }
  await page.context().close()
})
