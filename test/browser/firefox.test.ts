// The page in Firefox, where nothing draws but a canvas: it plays, it is scrubbed, and its console is silent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'puppeteer-core'
import { serve, type Served } from '../../sim/cli/serve.ts'
import { APP } from './browser.ts'
import { FIREFOX, openFirefox, visitFirefox } from './firefox.ts'

describe.skipIf(FIREFOX === undefined)('in Firefox', () => {
  let browser: Browser
  let served: Served
  beforeAll(async () => {
    served = await serve(APP, 0)
    browser = await openFirefox()
  })
  afterAll(async () => {
    await browser.close()
    served.server.close()
  })

  test('a scenario of the gallery plays and is scrubbed on a canvas', async () => {
    const { page, complaints } = await visitFirefox(browser)
    await page.goto(served.url)
    await page.locator('.gallery a[href="#scenario=cold-starts"]').click()
    await page.waitForSelector('.stage[data-renderer]')
    await page.waitForSelector('.digest', { timeout: 30_000 })
    const clock = (): Promise<string | null> =>
      page.evaluate(() => document.querySelector('.clock')?.textContent ?? null)
    const first = await clock()
    await expect.poll(clock, { timeout: 20_000 }).not.toBe(first)
    await page.keyboard.press('k')
    await page.keyboard.press('Home')
    await expect.poll(clock).toBe('00:00.000')

    const box = await (await page.waitForSelector('.track'))?.boundingBox()
    if (box === null || box === undefined) throw new Error('there is no time line')
    await page.mouse.click(box.x + box.width / 2, box.y + 40)
    await expect.poll(clock).not.toBe('00:00.000')

    // The cards are there: many colours on the stage, and each in words.
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.stage-canvas')
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      const seen = new Set<number>()
      for (let i = 0; i < pixels.length; i += 4) seen.add((pixels[i]! << 16) | (pixels[i + 1]! << 8) | pixels[i + 2]!)
      return seen.size
    })
    expect(colours).toBeGreaterThan(50)
    const words = await page.$$eval('.mirror button', (buttons) =>
      buttons.map((each) => each.getAttribute('aria-label')),
    )
    expect(words.length).toBeGreaterThan(1)
    for (const each of words) expect(each).toMatch(/: ./)
    expect(complaints.filter((each) => !/webgl|webgpu/i.test(each))).toEqual([])
    await page.close()
  })
})
