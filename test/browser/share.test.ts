// What a reader takes along: a link, a report, a picture, and a figure in a page of somebody else.
import { createServer, type Server } from 'node:http'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../../sim/index.ts'
import { serve, type Served } from '../../sim/cli/serve.ts'
import { violations } from './axe.ts'
import { APP, done, Lab, momentOf, SCENARIOS, scrub } from './browser.ts'
import { FIREFOX, openFirefox, visitFirefox } from './firefox.ts'

const NAME = 'cold-starts'

let lab: Lab
let served: Served
/** A page of somebody else, on an origin of its own, with the figure in a frame that may do nothing but run scripts. */
let host: Server
beforeAll(async () => {
  lab = await Lab.open()
  served = await serve(APP, 0)
  host = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      .end(`<!doctype html><html lang="en"><title>host</title>
<script>
  var heard = []
  addEventListener('message', ({ data }) => { if (heard.length < 500) heard.push(data) })
  var say = (data) => document.querySelector('iframe').contentWindow.postMessage(data, '*')
</script>
<iframe title="figure" width="960" height="540" sandbox="allow-scripts" src="${served.url}?embed=1#scenario=${NAME}"></iframe>
<div style="height: 3000px"></div></html>`)
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await lab.close()
  served.server.close()
  host.close()
})

const hostUrl = (): string => `http://localhost:${(host.address() as AddressInfo).port}/`

/** What the same core says in Node. */
function inNode(): { digest: string; html: string } {
  const found = { digest: '', html: '' }
  const session = new Session((answer) => {
    if (answer.answer === 'done') found.digest = answer.outcomes.digest
    if (answer.answer === 'report') found.html = answer.html
  })
  const text = readFileSync(join(SCENARIOS, `${NAME}.yaml`), 'utf8')
  session.take({ ask: 'load', run: 1, name: `${NAME}.yaml`, text, knobs: {}, files: {} })
  session.take({ ask: 'ahead', run: 1, until: Number.MAX_SAFE_INTEGER })
  while (session.work());
  session.take({ ask: 'report', run: 1 })
  return found
}

/** The bytes of the file that a button gives. */
async function download(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
}

describe('the dialog', () => {
  test.each(['dark', 'light'] as const)(
    'is opened by a key, gives a link and passes axe in %s',
    async (colorScheme) => {
      const { page, complaints } = await lab.visit(`#scenario=${NAME}`, { colorScheme, reducedMotion: 'reduce' })
      const digest = await done(page)
      await page.keyboard.press('u')
      const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
      expect(link).toBe(page.url())
      expect(await page.getByRole('textbox', { name: 'Embed' }).inputValue()).toMatch(
        /^<iframe src="http:[^"<>]*\?embed=1#scenario=cold-starts" .*sandbox="allow-scripts/,
      )
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })

      const colleague = await lab.visit(new URL(link).hash)
      expect(await done(colleague.page)).toBe(digest)
      await colleague.page.context().close()
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  test('gives the report that the command line writes, and the stage as a picture with its words', async () => {
    const { page, complaints } = await lab.visit(`#scenario=${NAME}`, { reducedMotion: 'reduce' })
    await done(page)
    await scrub(page, 0.5)
    await page.getByRole('button', { name: 'Share' }).click()
    const report = await download(page, 'Report as a file')
    expect(report.name).toBe(`${NAME}.html`)
    expect(report.bytes.toString()).toBe(inNode().html)

    const picture = await download(page, 'Stage as a picture')
    expect(picture.name).toBe(`${NAME}.png`)
    const stage = await page.locator('.stage').boundingBox()
    // The picture drawn again, to look at its places: the caption's, the cards', the legend's and the foot's.
    const seen = await page.evaluate(async (data) => {
      const image = new Image()
      image.src = `data:image/png;base64,${data}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const ctx = canvas.getContext('2d', { willReadFrequently: true })
      ctx?.drawImage(image, 0, 0)
      const colours = (x: number, y: number, w: number, h: number): number => {
        const pixels = ctx?.getImageData(x, y, w, h).data ?? []
        const found = new Set<number>()
        for (let i = 0; i < pixels.length; i += 4) found.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2])
        return found.size
      }
      const { width, height } = image
      return {
        size: [width, height],
        caption: colours(20, 8, 400, 44),
        cards: colours(0, 110, width, height - 230),
        legend: colours(20, height - 60, 400, 24),
        foot: colours(20, height - 24, 400, 16),
        corner: colours(width - 4, 0, 4, 4),
      }
    }, picture.bytes.toString('base64'))
    expect(seen.size).toEqual([Math.round(stage?.width ?? 0), Math.round(stage?.height ?? 0) + 30])
    expect(seen.corner).toBe(1)
    for (const part of ['caption', 'cards', 'legend', 'foot'] as const) expect(seen[part], part).toBeGreaterThan(10)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe('the report as a file', () => {
  test.each(['dark', 'light'] as const)(
    'passes axe in %s, fits its paper, and its policy lets its style through',
    async (colorScheme) => {
      const folder = mkdtempSync(join(tmpdir(), 'hotshard-report-'))
      const path = join(folder, 'report.html')
      writeFileSync(path, inNode().html)
      const { page, complaints } = await lab.visit('', { colorScheme })
      await page.goto(`file://${path}`)
      expect(await violations(page)).toEqual([])
      const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(await ground()).toBe(colorScheme === 'dark' ? 'rgb(13, 18, 25)' : 'rgb(246, 248, 251)')
      // On paper it is light, and nothing runs out at the side of A4.
      await page.emulateMedia({ media: 'print' })
      await page.setViewportSize({ width: 690, height: 900 })
      expect(await ground()).toBe('rgb(255, 255, 255)')
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(690)
      expect(complaints).toEqual([])
      await page.context().close()
      rmSync(folder, { recursive: true })
    },
  )
})

interface Said {
  readonly hotshard: string
  readonly time?: number
  readonly playing?: boolean
  readonly digest?: string
  readonly duration?: number
}

describe('a figure in a sandboxed frame', () => {
  test('runs, obeys the page around it, tells it what happens, and rests when it is out of sight', async () => {
    const { page, complaints } = await lab.visit()
    await page.goto(hostUrl())
    const heard = (kind: string): Promise<Said[]> =>
      page.evaluate(
        (what) => (window as unknown as { heard: Said[] }).heard.filter((each) => each.hotshard === what),
        kind,
      )
    const say = (data: unknown): Promise<void> =>
      page.evaluate((each) => (window as unknown as { say: (data: unknown) => void }).say(each), data)
    const last = async (): Promise<Said | undefined> => (await heard('time')).at(-1)

    await expect.poll(async () => (await heard('ready')).length, { timeout: 30_000 }).toBe(1)
    const [ready] = await heard('ready')
    expect(ready.digest).toBe(inNode().digest)
    expect(ready.duration).toBeGreaterThan(60)

    await say({ hotshard: 'pause' })
    await expect.poll(async () => page.frames()[1].locator('.play').innerText()).toContain('Play')
    await say({ hotshard: 'seek', time: 60 })
    await expect.poll(async () => (await last())?.time).toBe(60)
    // What is no order of ours changes nothing.
    for (const nonsense of [
      { hotshard: 'seek', time: '5' },
      { hotshard: 'seek', time: -1 },
      { hotshard: 'eval' },
      'play',
      null,
      [1],
    ])
      await say(nonsense)
    await say({ hotshard: 'seek', time: Number.NaN })
    await page.waitForTimeout(600)
    expect((await last())?.time).toBe(60)

    await say({ hotshard: 'play' })
    await expect.poll(async () => (await last())?.time ?? 0).toBeGreaterThan(61)
    await page.evaluate(() => window.scrollTo(0, 2500))
    await expect.poll(async () => page.frames()[1].locator('.play').innerText()).toContain('Play')
    await page.evaluate(() => window.scrollTo(0, 0))
    await expect.poll(async () => page.frames()[1].locator('.play').innerText()).toContain('Pause')

    const remix = page.frames()[1].getByRole('link', { name: 'Remix' })
    await say({ hotshard: 'pause' })
    await remix.dispatchEvent('pointerdown')
    expect(await remix.getAttribute('href')).toMatch(/^http:\/\/localhost:\d+\/#scenario=cold-starts&t=\d/)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test.skipIf(FIREFOX === undefined)('runs in Firefox too', async () => {
    const browser = await openFirefox()
    const { page, complaints } = await visitFirefox(browser)
    await page.goto(hostUrl())
    const ready = (): Promise<unknown> =>
      page.evaluate('heard.find((each) => each.hotshard === "ready")?.digest') as Promise<unknown>
    await expect.poll(ready, { timeout: 30_000 }).toBe(inNode().digest)
    expect(complaints.filter((each) => !/webgl|webgpu/i.test(each))).toEqual([])
    await browser.close()
  })

  test.each(['dark', 'light'] as const)('passes axe in %s', async (colorScheme) => {
    const { page } = await lab.visit('', {
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width: 640, height: 420 },
    })
    await page.goto(`${page.url()}?embed=1#scenario=${NAME}`)
    await page.locator('.stage[data-renderer]').waitFor()
    await page.locator('.caption h2:not(:empty)').waitFor()
    expect(await momentOf(page)).toBe(0)
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    await page.context().close()
  })

  test('says so when its address names nothing', async () => {
    const { page } = await lab.visit()
    await page.goto(`${page.url()}?embed=1`)
    await page.getByText(/names no scenario/).waitFor()
    await page.context().close()
  })
})

describe('without a network', () => {
  test('the page that was visited once opens its gallery and runs a scenario', async () => {
    const own = await serve(APP, 0)
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    await page.goto(own.url)
    await page.evaluate(() => navigator.serviceWorker.ready)
    // Its host is gone for good.
    own.server.closeAllConnections()
    await new Promise((resolve) => own.server.close(resolve))
    await page.reload()
    await page.getByRole('link', { name: /Cold starts/ }).click()
    expect(await done(page)).toBe(inNode().digest)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('the page opened as a file says what to do', async () => {
    const { page } = await lab.visit()
    await page.goto(`file://${join(APP, 'index.html')}`)
    await page.getByText('npx hotshard start').waitFor()
    await page.context().close()
  })
})

describe('on a wall, and with forced colours', () => {
  test.each([
    [1280, 720],
    [1920, 1080],
  ])('projector mode at %i × %i: light, larger, nothing else, and back again', async (width, height) => {
    const { page, complaints } = await lab.visit('#scenario=flash-crowd', {
      viewport: { width, height },
      reducedMotion: 'reduce',
    })
    await done(page)
    const sizes = (): Promise<number[]> =>
      page.evaluate(() =>
        ['.caption h2', '.legend li'].map((name) => document.querySelector(name)?.getBoundingClientRect().height ?? 0),
      )
    await scrub(page, 0.5)
    await expect.poll(() => page.locator('.caption h2').innerText()).toContain('concurrency')
    const before = await sizes()
    await page.keyboard.press('p')
    await page.locator('html[data-theme=light][data-projector]').waitFor()
    await page.locator('.projector').waitFor()
    expect(await page.locator('.header').isVisible()).toBe(false)
    await page.locator('aside.left').waitFor({ state: 'detached' })
    for (const [i, size] of (await sizes()).entries()) expect(size / before[i]).toBeGreaterThan(1.3)
    await expect.poll(() => page.locator('.projector span').innerText()).toMatch(/^\d\d:\d\d\.\d$/)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    // Every card stands above the legend.
    const legend = await page.locator('.legend').boundingBox()
    await expect
      .poll(async () => {
        const boxes = await Promise.all((await page.locator('.mirror button').all()).map((card) => card.boundingBox()))
        return boxes.every((box) => box !== null && legend !== null && box.y + box.height <= legend.y + 8)
      })
      .toBe(true)
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Leave projector mode' }).click()
    await page.locator('html[data-theme=dark]:not([data-projector])').waitFor()
    await page.locator('aside.left').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('a system with forced colours gets the black and white stage', async () => {
    const { page } = await lab.visit(`#scenario=${NAME}`, { forcedColors: 'active', reducedMotion: 'reduce' })
    await done(page)
    await page.locator('html[data-theme=contrast-dark]').waitFor()
    await page.keyboard.press('t')
    await page.locator('html[data-theme=contrast-light]').waitFor()
    await page.context().close()
  })
})
