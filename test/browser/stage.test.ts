// The stage and the time line under a person's hands: cards are moved, kept, sent and tidied; nothing lies on anything else.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { done, drop, Lab, momentOf, scrub } from './browser.ts'
import { largeShop } from './large.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const card = (page: Page, name: string) => page.locator(`.mirror button[aria-label^="${name},"]`)

async function boxOf(page: Page, name: string): Promise<Box> {
  const box = await card(page, name).boundingBox()
  if (box === null) throw new Error(`${name} has no place`)
  return box
}

const boxes = async (page: Page): Promise<Box[]> =>
  page.locator('.mirror button').evaluateAll((all) =>
    all.map((each) => {
      const { x, y, width, height } = each.getBoundingClientRect()
      return { x, y, width, height }
    }),
  )

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5

/** Drags a card by the mouse. */
async function drag(page: Page, name: string, dx: number, dy: number): Promise<void> {
  const box = await boxOf(page, name)
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 3 })
  await page.mouse.move(x + dx, y + dy, { steps: 3 })
  await page.mouse.up()
}

describe('the cards', () => {
  test('stand where they are dragged, after a reload and in a link too, until they are tidied', async () => {
    const { page, complaints } = await lab.visit('#scenario=api-throttle', { reducedMotion: 'reduce' })
    await done(page)
    const before = await boxes(page)
    const start = await boxOf(page, 'Api')
    await drag(page, 'Api', 30, 120)
    const moved = await boxOf(page, 'Api')
    expect(Math.abs(moved.x - start.x - 30)).toBeLessThan(8)
    expect(Math.abs(moved.y - start.y - 120)).toBeLessThan(8)
    // A drag is no click: nothing is selected, and nothing else has moved.
    expect(await page.getByRole('complementary', { name: 'Inspector' }).count()).toBe(0)
    expect(
      (await boxes(page)).filter((box, i) => Math.abs(box.y - before[i].y) > 1 || Math.abs(box.x - before[i].x) > 1)
        .length,
    ).toBe(1)

    const distance = async (shown: Page): Promise<number> =>
      (await boxOf(shown, 'Api')).y - (await boxOf(shown, 'Search')).y
    const wanted = await distance(page)
    expect(wanted).toBeGreaterThan(60)
    await page.reload()
    await done(page)
    // All is fitted into view anew, so only the places to each other are the same.
    expect(await distance(page)).toBeGreaterThan(wanted * 0.6)

    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await expect.poll(() => page.url()).toContain('p=Api')
    await page.keyboard.press('Escape')
    const colleague = await lab.visit(new URL(page.url()).hash, { reducedMotion: 'reduce' })
    await done(colleague.page)
    expect(await distance(colleague.page)).toBeCloseTo(await distance(page), 0)
    await colleague.page.context().close()

    await page.getByRole('button', { name: 'Tidy' }).click()
    await expect.poll(() => boxes(page)).toEqual(before)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('are moved by the keyboard, and come to rest beside others, never on them', async () => {
    const { page } = await lab.visit('#scenario=flash-crowd', { reducedMotion: 'reduce' })
    await done(page)
    await card(page, 'Shop').focus()
    const start = await boxOf(page, 'Shop')
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowUp')
    await expect.poll(async () => (await boxOf(page, 'Shop')).y).toBeCloseTo(start.y - 72, -1)
    const buy = await boxOf(page, 'Buy')
    await drag(page, 'Shop', buy.x - start.x, buy.y - start.y + 72)
    await expect
      .poll(async () => {
        const all = await boxes(page)
        return all.some((a, at) => all.slice(at + 1).some((b) => overlap(a, b)))
      })
      .toBe(false)
    expect((await boxOf(page, 'Shop')).x).toBeGreaterThan(start.x + 30)
    await page.keyboard.press('g')
    await expect.poll(() => boxOf(page, 'Shop')).toEqual(start)
    await page.context().close()
  })

  test.each([
    [1280, 720, 118],
    [1920, 1080, 170],
  ])('of the flash crowd show their insides at %i × %i, clear of the caption', async (width, height, least) => {
    const { page } = await lab.visit('#scenario=flash-crowd', { viewport: { width, height }, reducedMotion: 'reduce' })
    await done(page)
    await scrub(page, 0.45)
    const caption = await page.locator('.caption').boundingBox()
    for (const box of await boxes(page)) {
      expect(box.width).toBeGreaterThan(least)
      expect(box.height).toBeGreaterThan(80)
      expect(caption !== null && overlap(box, caption)).toBe(false)
    }
    await page.context().close()
  })
})

describe('the time line', () => {
  test('steps from event to event and says what happens; forth and back is where one was', async () => {
    const { page, complaints } = await lab.visit('#scenario=api-throttle', { reducedMotion: 'reduce' })
    await done(page)
    await scrub(page, 0.3)
    const start = await momentOf(page)
    await page.keyboard.press('/')
    const words = page.locator('.controls .event')
    await expect.poll(() => words.textContent()).toMatch(/→|answers|first/)
    // Two events may be less than the clock's millisecond apart, but not twenty.
    for (let i = 0; i < 20; i++) await page.keyboard.press('/')
    const later = await momentOf(page)
    expect(later).toBeGreaterThan(start)
    expect(later - start).toBeLessThan(60)
    const said = await words.textContent()
    await page.keyboard.press(',')
    await page.keyboard.press('/')
    expect(await momentOf(page)).toBe(later)
    expect(await words.textContent()).toBe(said)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('shows a part of the run by keys and by a brush; the list of what is going on follows', async () => {
    const { page } = await lab.visit('#scenario=flash-crowd', { reducedMotion: 'reduce' })
    await done(page)
    await page.locator('.insights li').first().waitFor()
    const all = await page.locator('.insights li').count()
    const box = await page.locator('.track').boundingBox()
    if (box === null) throw new Error('there is no time line')
    // The first minute and a half: before anything goes wrong.
    await page.keyboard.down('Shift')
    await page.mouse.move(box.x + 4, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.1, box.y + 40, { steps: 4 })
    await page.locator('.brush').waitFor()
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await page.getByRole('button', { name: 'Whole run' }).waitFor()
    await expect.poll(() => page.locator('.insights li').count()).toBeLessThan(all)
    await page.getByText(/outside of the part of the run/).waitFor()
    // What is chosen fills the track: its end is a tenth of the run.
    await page.mouse.click(box.x + box.width - 2, box.y + 40)
    await expect.poll(() => momentOf(page)).toBeCloseTo(72, -1)
    await page.getByRole('button', { name: 'Whole run' }).click()
    await expect.poll(() => page.locator('.insights li').count()).toBe(all)

    await scrub(page, 0.5)
    for (let i = 0; i < 3; i++) await page.keyboard.press('z')
    await page.mouse.click(box.x + box.width - 2, box.y + 40)
    // An eighth of twelve minutes around the sixth.
    await expect.poll(() => momentOf(page)).toBeCloseTo(405, -1)
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+Z')
    await page.getByRole('button', { name: 'Whole run' }).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('says the marks that are passed while it plays', async () => {
    const { page } = await lab.visit('#scenario=flash-crowd', { reducedMotion: 'reduce' })
    await done(page)
    await scrub(page, 0.36)
    await page.getByRole('combobox', { name: 'speed' }).selectOption('20')
    await page.keyboard.press('k')
    await expect
      .poll(() => page.locator('.passing').textContent(), { timeout: 20_000 })
      .toMatch(/At 0\d:\d\d\.\d+: first/)
    await page.context().close()
  })
})

describe('forty resources', () => {
  const open = async (width: number, height: number): Promise<Page> => {
    const { page } = await lab.visit('', { viewport: { width, height }, reducedMotion: 'reduce' })
    await drop(page, 'large.yaml', largeShop())
    await done(page)
    return page
  }

  test.each([
    [1280, 720, 100],
    [1920, 1080, 150],
  ])('stay apart and readable at %i × %i', async (width, height, least) => {
    const page = await open(width, height)
    const all = await boxes(page)
    expect(all.length).toBeGreaterThanOrEqual(40)
    const stage = await page.locator('.stage').boundingBox()
    if (stage === null) throw new Error('there is no stage')
    all.forEach((a, i) => {
      expect(a.width).toBeGreaterThan(least)
      // A line of text has room.
      expect(a.height).toBeGreaterThan(18)
      expect(a.x >= stage.x && a.y >= stage.y).toBe(true)
      expect(a.x + a.width <= stage.x + stage.width && a.y + a.height <= stage.y + stage.height).toBe(true)
      all.slice(i + 1).forEach((b) => expect(overlap(a, b)).toBe(false))
    })
    await page.context().close()
  })

  test('become boxes of groups from far; a click on one comes close to its cards', async () => {
    const page = await open(1280, 720)
    for (let i = 0; i < 3; i++) await page.keyboard.press('-')
    await page.locator('.stage[data-level=groups]').waitFor()
    const far = (await boxes(page))[0].width
    // The groups stand in the middle of the stage: one of them is hit.
    const stage = await page.locator('.stage').boundingBox()
    if (stage === null) throw new Error('there is no stage')
    for (const share of [0.5, 0.45, 0.55, 0.4, 0.6]) {
      await page.mouse.click(stage.x + stage.width / 2, stage.y + stage.height * share)
      if ((await page.locator('.stage[data-level=cards]').count()) > 0) break
      await page.waitForTimeout(200)
    }
    await page.locator('.stage[data-level=cards]').waitFor()
    expect((await boxes(page))[0].width).toBeGreaterThan(far * 1.5)
    await page.context().close()
  })
})

describe('all resources', () => {
  test('are a table at the moment shown, sorted by any column', async () => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd', { reducedMotion: 'reduce' })
    await done(page)
    await scrub(page, 0.5)
    await page.keyboard.press('n')
    const table = page.getByRole('region', { name: 'All resources' })
    const names = async (): Promise<string[]> => table.locator('tbody th').allTextContents()
    await expect.poll(() => table.locator('tr[data-node]').count()).toBeGreaterThan(8)
    const before = await names()
    await table.getByRole('button', { name: 'Refused' }).click()
    await expect.poll(async () => (await names())[0]).toBe('Buy')
    expect(await table.locator('th[aria-sort=descending]').innerText()).toMatch(/Refused/)
    await expect.poll(() => table.locator('tbody tr').first().innerText()).toMatch(/refused with 429/)
    expect((await names()).toSorted()).toEqual(before.toSorted())
    // The numbers are those of the moment.
    await scrub(page, 0.2)
    await expect.poll(() => table.innerText()).not.toMatch(/refused with 429/)
    await table.getByRole('button', { name: 'Buy', exact: true }).click()
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await table.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('and all that can be done are found by their names', async () => {
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    await page.locator('.gallery').waitFor()
    await page.keyboard.press('Control+k')
    const input = page.getByRole('combobox', { name: 'What to do' })
    await input.fill('open poison')
    await page.keyboard.press('Enter')
    await done(page)
    expect(page.url()).toContain('poison-message')

    await page.keyboard.press('Control+k')
    await input.fill('whole')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('[role=option][aria-selected=true]').count()).toBe(1)
    await input.fill('failswhole')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('AWS::Lambda::Function').first().waitFor()

    await page.keyboard.press('Control+k')
    await page.locator('[data-command="time.end"]').waitFor()
    await input.fill('to the end')
    await page.locator('[data-command="time.end"]').click()
    await expect.poll(() => momentOf(page)).toBe(720)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('are without fault for axe, in both themes', async () => {
    for (const colorScheme of ['dark', 'light'] as const) {
      const { page } = await lab.visit('#scenario=poison-message', { reducedMotion: 'reduce', colorScheme })
      await done(page)
      await page.keyboard.press('n')
      await page.locator('.table-view tbody td').first().waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Control+k')
      await page.locator('[role=option]').first().waitFor()
      expect(await violations(page)).toEqual([])
      await page.context().close()
    }
  })
})
