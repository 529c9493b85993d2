// Many runs, as a person asks for them: a curve over one knob, a heat map over two, B against A on the same seeds; stopped half-way.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { done, Lab } from './browser.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

test('a curve over a knob, a heat map over two; a click takes the values; nothing to complain about', async () => {
  const { page, complaints } = await lab.visit('#scenario=retry-storm', { reducedMotion: 'reduce' })
  const before = await done(page)
  await page.keyboard.press('x')
  const dialog = page.getByRole('dialog', { name: 'Experiments' })
  await dialog.waitFor()
  await dialog.getByLabel('in', { exact: true }).fill('4')
  await dialog.getByLabel('seeds at each point').selectOption('1')
  await dialog.getByRole('button', { name: 'Run 4 times' }).click()
  const rows = dialog.getByRole('table').locator('tbody tr')
  await expect.poll(() => rows.allInnerTexts(), { timeout: 40_000 }).toHaveLength(4)
  // One attempt is the way out of the storm; each of the others keeps it alive.
  await expect
    .poll(async () => (await rows.allInnerTexts()).map((row) => Number(row.split(/\s+/)[1])), { timeout: 40_000 })
    .toEqual([12, 471, 462, 456])
  expect(await dialog.getByRole('img').getAttribute('aria-label')).toContain('from 12 at 1 to 456 at 10')
  expect(await violations(page)).toEqual([])

  await dialog.getByLabel('and vary').selectOption({ label: 'Callers (times its load)' })
  await dialog.getByLabel('in', { exact: true }).last().fill('2')
  await dialog.getByRole('button', { name: 'Run 8 times' }).click()
  const cell = dialog.getByRole('button', { name: /^MaxAttempts 1, Callers 4: [\d,]+ ○ 0\/1 runs meet/ })
  await cell.waitFor()
  expect(await violations(page)).toEqual([])
  await cell.click()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('.digest').textContent(), { timeout: 40_000 }).not.toBe(before)
  expect(await page.getByRole('slider', { name: 'MaxAttempts' }).getAttribute('aria-valuetext')).toBe('1')

  // The same seeds on both sides: what MaxAttempts alone changes.
  await page.keyboard.press('x')
  await page.getByRole('tab', { name: 'Is B better?' }).click()
  await dialog.getByLabel('seeds on both sides').selectOption('5')
  await dialog.getByRole('button', { name: 'Run 10 times' }).click()
  await dialog.getByText(/^B is (better|worse) in \d+/).waitFor()
  await expect
    .poll(() => dialog.getByText(/expectations hold in/).innerText(), { timeout: 40_000 })
    .toContain('5 of 5 runs of A, 0 of 5 runs of B')
  expect(await violations(page)).toEqual([])
  expect(complaints).toEqual([])
  await page.context().close()
})

test('a limit is found between what holds and what fails, with the values that led there', async () => {
  const { page, complaints } = await lab.visit('#scenario=retry-storm', { reducedMotion: 'reduce' })
  await done(page)
  await page.keyboard.press('x')
  await page.getByRole('tab', { name: 'How far can it go?' }).click()
  const dialog = page.getByRole('dialog', { name: 'Experiments' })
  await dialog.getByLabel('Change', { exact: true }).selectOption({ label: 'MaxAttempts' })
  // The storm that the scenario expects needs three retries: downwards from four attempts it ends.
  await dialog.getByLabel('to', { exact: true }).fill('1')
  await dialog.getByLabel('at most so many seeds').selectOption('1')
  await dialog.getByRole('button', { name: 'Search' }).click()
  await dialog.getByText('The expectations hold up to MaxAttempts 4, and fail from 3 on.').waitFor()
  expect(await dialog.getByRole('row', { name: /^3 / }).innerText()).toMatch(/0 of \d/)
  expect(await violations(page)).toEqual([])
  expect(complaints).toEqual([])
  await page.context().close()
})

test('a long experiment is stopped, and says that it is not whole', async () => {
  const { page, complaints } = await lab.visit('#scenario=hot-partition', { reducedMotion: 'reduce' })
  await done(page)
  await page.getByRole('button', { name: 'Experiments' }).click()
  const dialog = page.getByRole('dialog', { name: 'Experiments' })
  await dialog.getByLabel('seeds at each point').selectOption('100')
  await dialog.getByRole('button', { name: 'Run 700 times' }).click()
  await dialog.getByRole('table').waitFor()
  await dialog.getByRole('button', { name: 'Stop' }).click()
  expect(await dialog.getByRole('alert').innerText()).toContain('stopped')
  expect(complaints).toEqual([])
  await page.context().close()
})
