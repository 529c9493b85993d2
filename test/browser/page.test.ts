// The page as a person uses it: look, play, scrub, ask what if, undo, share, drop a file, all by keyboard.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../../sim/index.ts'
import { violations } from './axe.ts'
import { APP, differing, done, drop, Lab, momentOf, SCENARIOS, scrub, linkOf } from './browser.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const textOf = (name: string): string => readFileSync(join(SCENARIOS, `${name}.yaml`), 'utf8')
const describing = (page: Page, name: string) => page.locator(`.mirror button[aria-label^="${name},"]`)

/** What the same core says in Node. */
function digestInNode(name: string, knobs: Record<string, string> = {}): string {
  let digest = ''
  const session = new Session((answer) => {
    if (answer.answer === 'done') digest = answer.outcomes.digest
  })
  session.take({ ask: 'load', run: 1, name: `${name}.yaml`, text: textOf(name), knobs, files: {} })
  while (session.work());
  session.take({ ask: 'ahead', run: 1, until: Number.MAX_SAFE_INTEGER })
  while (session.work());
  return digest
}

describe('a newcomer', () => {
  test('finds the gallery, opens the flash crowd, sees who throttles and when', async () => {
    const { page, complaints } = await lab.visit()
    const entries = page.locator('.gallery li')
    expect(await entries.count()).toBeGreaterThanOrEqual(8)
    await page.getByRole('link', { name: /Flash crowd/ }).click()
    await done(page)
    expect(page.url()).toContain('#scenario=flash-crowd')

    // It plays by itself.
    const first = await momentOf(page)
    await expect.poll(() => momentOf(page)).toBeGreaterThan(first)
    await page.keyboard.press('Space')

    // Calm before the crowd, throttled at its height: the picture's words say so.
    await scrub(page, 0.25)
    await expect.poll(() => momentOf(page)).toBeCloseTo(180, -1)
    await expect.poll(() => describing(page, 'Buy').getAttribute('aria-label')).not.toContain('refused')
    await scrub(page, 0.5)
    await expect.poll(() => describing(page, 'Buy').getAttribute('aria-label')).toMatch(/refused with 429/)

    // The mark of the first throttle leads to its moment.
    const mark = page.getByRole('button', { name: /first throttle by/i }).first()
    await mark.click()
    await expect.poll(() => momentOf(page)).toBeLessThan(330)
    expect(await momentOf(page)).toBeGreaterThan(240)

    // A click on a card inspects it; the wheel comes closer.
    const box = await describing(page, 'Buy').boundingBox()
    if (box === null) throw new Error('the card has no place')
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('AWS::Lambda::Function').waitFor()
    // The inspector has taken room from the stage: its picture is fitted anew.
    await page.waitForTimeout(500)
    const before = await describing(page, 'Buy').boundingBox()
    await page.mouse.wheel(0, -200)
    await expect
      .poll(async () => (await describing(page, 'Buy').boundingBox())?.width)
      .toBeGreaterThan((before?.width ?? 0) * 1.2)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('asks what if: a change is compared on the same seed, undone and done again', async () => {
    const { page, complaints } = await lab.visit('#scenario=api-throttle')
    const before = await done(page)
    const slider = page.locator('input[type=range]').first()
    await slider.focus()
    await page.keyboard.press('End')
    await page.locator('.differences tr').first().waitFor()
    const words = await page.locator('.differences').innerText()
    expect(words).toMatch(/better|worse/)
    const changed = await done(page)
    expect(changed).not.toBe(before)

    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => page.locator('.digest').textContent(), { timeout: 30_000 }).toBe(before)
    await page.getByRole('button', { name: 'Redo' }).click()
    await expect.poll(() => page.locator('.digest').textContent(), { timeout: 30_000 }).toBe(changed)

    // The link shows a colleague the same thing.
    const colleague = await lab.visit(await linkOf(page))
    expect(await done(colleague.page)).toBe(changed)
    expect(await colleague.page.locator('input[type=range]').first().inputValue()).toBe(await slider.inputValue())
    expect([...complaints, ...colleague.complaints]).toEqual([])
    await colleague.page.context().close()
    await page.context().close()
  })

  test('drops a broken file and reads what is wrong, then drops a good one', async () => {
    const { page, complaints } = await lab.visit()
    await drop(page, 'mine.yaml', textOf('cold-starts').replace('Simulation:', 'Simulatoin:'))
    await drop(page, 'broken.yaml', readFileSync(join(SCENARIOS, '..', 'test/bad/misspelt-property.yaml'), 'utf8'))
    const words = await page.locator('.problems pre').innerText()
    const expected = readFileSync(join(SCENARIOS, '..', 'test/bad/misspelt-property.stderr'), 'utf8')
    const carets = /^.*\^+.*$/m.exec(expected)?.[0]?.trim() ?? ''
    expect(carets).not.toBe('')
    expect(words).toContain(carets)
    expect(words).toMatch(/broken\.yaml:\d+:\d+/)

    await drop(page, 'cold.yaml', textOf('cold-starts'))
    expect(await done(page)).toBe(digestInNode('cold-starts'))
    // A file of one's own travels in the link.
    const colleague = await lab.visit(await linkOf(page))
    expect(await done(colleague.page)).toBe(await done(page))
    expect([...complaints, ...colleague.complaints]).toEqual([])
    await colleague.page.context().close()
    await page.context().close()
  })

  test('is told that a guard stopped a run, and that a file is too large for a link', async () => {
    const { page } = await lab.visit()
    await page.dispatchEvent('.gallery', 'dragover')
    await page.locator('.drop-hint').waitFor()
    await page.dispatchEvent('.gallery', 'dragleave')
    await page.locator('.drop-hint').waitFor({ state: 'detached' })

    const guarded = textOf('flash-crowd').replace('Simulation:', 'Simulation:\n  Guards: { Events: 200000 }')
    // What no deflation makes small.
    const noise = createHash('shake256', { outputLength: 250_000 }).digest('base64')
    await drop(page, 'guarded.yaml', `${guarded}\n# ${noise}\n`)
    await page.getByText(/stopped before its end: more than 200000 events/).waitFor()
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await page.getByText(/too large for a link/).waitFor()
    expect(page.url()).not.toContain('#')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    // Its end is where it stopped: played to there, it begins anew.
    await page.keyboard.press('End')
    const end = await momentOf(page)
    expect(end).toBeLessThan(700)
    await page.getByRole('button', { name: /Play/ }).click()
    await expect.poll(() => momentOf(page)).toBeLessThan(end)
    await page.context().close()
  })

  test('uses nothing but the keyboard', async () => {
    const { page, complaints } = await lab.visit()
    for (
      let i = 0;
      i < 12 &&
      !(await page.evaluate(
        () => document.activeElement?.closest('.gallery a')?.textContent?.includes('Retry storm') === true,
      ));
      i++
    )
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await done(page)
    await page.keyboard.press('Home')
    await page.keyboard.press('k')
    await page.keyboard.press('k')
    const still = await momentOf(page)
    await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(() => momentOf(page)).toBeGreaterThan(still)
    await page.keyboard.press('PageDown')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement?.closest('.mirror') !== null)); i++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor({ state: 'hidden' })
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe('the page', () => {
  test.each(['dark', 'light'] as const)(
    'passes axe in %s: gallery, run, inspector, keys, problems',
    async (colorScheme) => {
      const { page } = await lab.visit('', { colorScheme, reducedMotion: 'reduce' })
      expect(await violations(page)).toEqual([])
      await page.getByRole('link', { name: /Poison message/ }).click()
      await done(page)
      await page.locator('.mirror button').nth(1).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('complementary', { name: 'Inspector' }).waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('?')
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await drop(
        page,
        'broken.yaml',
        'Resources: { Q: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeOut: 3 } } }',
      )
      await page.locator('.problems pre').waitFor()
      expect(await violations(page)).toEqual([])
      await page.context().close()
    },
  )

  test.each([
    [1280, 720],
    [1920, 1080],
  ])('fits %i × %i: nothing scrolls sideways, every card is in view', async (width, height) => {
    const { page } = await lab.visit('#scenario=flash-crowd', { viewport: { width, height }, reducedMotion: 'reduce' })
    await done(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    const stage = await page.locator('.stage').boundingBox()
    const cards = await page.locator('.mirror button').all()
    expect(cards.length).toBeGreaterThan(6)
    for (const card of cards) {
      const box = await card.boundingBox()
      if (box === null || stage === null) throw new Error('a card has no place')
      expect(box.x).toBeGreaterThanOrEqual(stage.x)
      expect(box.x + box.width).toBeLessThanOrEqual(stage.x + stage.width)
      expect(box.y).toBeGreaterThanOrEqual(stage.y)
      expect(box.y + box.height).toBeLessThanOrEqual(stage.y + stage.height)
    }
    await page.context().close()
  })

  test('shows the same picture at the same moment, however one came there; dots travel', async () => {
    const { page } = await lab.visit('#scenario=api-throttle')
    await done(page)
    await page.keyboard.press('Home')
    const picture = async (share: number): Promise<Buffer> => {
      await scrub(page, share)
      // Cards are drawn again within some frames.
      await page.waitForTimeout(700)
      return page.locator('.stage').screenshot()
    }
    const first = await picture(0.5)
    const other = await picture(0.3)
    expect(first.equals(other)).toBe(false)
    expect((await picture(0.5)).equals(first)).toBe(true)
    await page.keyboard.press('m')
    expect((await picture(0.5)).equals(first)).toBe(false)
    await page.context().close()
  })

  test('draws what was zoomed in a pause as large as it stands there', async () => {
    const { page } = await lab.visit('#scenario=flash-crowd', { reducedMotion: 'reduce' })
    await done(page)
    await scrub(page, 0.5)
    const box = await describing(page, 'Shop').boundingBox()
    if (box === null) throw new Error('the card has no place')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.wheel(0, -200)
    await page.waitForTimeout(700)
    const zoomed = await page.locator('.stage').screenshot()
    // Another theme draws everything anew.
    for (const name of ['light', 'dark']) {
      await page.keyboard.press('t')
      await page.locator(`html[data-theme=${name}]`).waitFor()
    }
    await page.waitForTimeout(700)
    // Edges may come out a shade different; a card in another size or place would change far more.
    expect(await differing(page, await page.locator('.stage').screenshot(), zoomed)).toBeLessThan(0.002)
    await page.context().close()
  })

  test('stays in the gallery when a run is left before its end', async () => {
    const { page } = await lab.visit()
    await page.getByRole('link', { name: /Flash crowd/ }).click()
    await page.locator('.time-line').waitFor()
    await page.getByRole('link', { name: 'hotshard', exact: true }).click()
    await page.locator('.gallery').waitFor()
    // Long enough for the run to be simulated to its end.
    await page.waitForTimeout(6000)
    expect(await page.locator('.gallery').count()).toBe(1)
    await page.context().close()
  })

  test('keeps still when motion is to be reduced', async () => {
    const { page } = await lab.visit('#scenario=retry-storm', { reducedMotion: 'reduce' })
    await done(page)
    expect(await momentOf(page)).toBe(0)
    await page.context().close()
  })

  test.each(['cold-starts', 'poison-message'])('%s has the digest that it has in Node', async (name) => {
    const { page } = await lab.visit(`#scenario=${name}`, { reducedMotion: 'reduce' })
    expect(await done(page)).toBe(digestInNode(name))
    await page.context().close()
  })

  test('draws without WebGL too', async () => {
    const poor = await Lab.open(['--disable-gpu', '--disable-software-rasterizer', '--disable-3d-apis'])
    const { page, complaints } = await poor.visit('#scenario=cold-starts')
    await done(page)
    expect(await page.locator('.stage').getAttribute('data-renderer')).toBe('canvas')
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.stage-canvas')
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      const seen = new Set<number>()
      for (let i = 0; i < pixels.length; i += 4) seen.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2])
      return seen.size
    })
    expect(colours).toBeGreaterThan(50)

    // Dots travel here too, until no motion is wanted.
    const inked = () =>
      page.evaluate(() => {
        const canvas = document.querySelector('.flat-dots') as HTMLCanvasElement
        // Read from a copy: the browser complains of a canvas that is drawn and read by turns.
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')
        copy?.drawImage(canvas, 0, 0)
        return copy?.getImageData(0, 0, canvas.width, canvas.height).data.some((each) => each > 0)
      })
    await expect.poll(inked, { timeout: 20_000 }).toBe(true)
    await page.keyboard.press('m')
    await expect.poll(inked).toBe(false)
    expect(complaints.filter((each) => !/webgl|webgpu/i.test(each))).toEqual([])
    await poor.close()
  })
})

describe('the built files', () => {
  const assets = readdirSync(join(APP, 'assets'))
  const gzipped = (pattern: RegExp): number =>
    assets
      .filter((name) => pattern.test(name))
      .reduce((sum, name) => sum + gzipSync(readFileSync(join(APP, 'assets', name))).length, 0)

  test('stay within their budget', () => {
    // What the first page waits for, the texts of the gallery among it; then the stage with its renderer; then what waits until somebody wants it.
    const first = 'index|store|tokens|rolldown-runtime'
    const later =
      'charts|experiments|palette|table-view|share|saving|embed|thumbnail|problems|problem-list|editor|about'
    expect(gzipped(new RegExp(`^(?:${first})-.*\\.js$`))).toBeLessThan(160_000)
    expect(gzipped(new RegExp(`^(?!(?:${first}|${later}|worker|editing)-).*\\.js$`))).toBeLessThan(190_000)
    expect(gzipped(new RegExp(`^(?:${later})-.*\\.js$`))).toBeLessThan(65_000)
    // The editor, when it is first opened.
    expect(gzipped(/^editing-.*\.js$/)).toBeLessThan(165_000)
    // The whole simulator with all its rooms and readers of recordings, a third of it AWS’s registry of resource types; it loads beside the page.
    expect(gzipped(/^worker-.*\.js$/)).toBeLessThan(1_150_000)
  })

  test('carry their policy themselves and load nothing from elsewhere', () => {
    const html = readFileSync(join(APP, 'index.html'), 'utf8').replaceAll('&#39;', "'")
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src 'self'`)
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\//)
  })
})
