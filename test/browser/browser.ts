// A real Chromium on the built page, served as `hotshard start` serves it, below a sub-folder as on a static host.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { serve, type Served } from '../../sim/cli/serve.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const PATHS = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const APP = join(ROOT, 'dist', 'app')
export const SCENARIOS = join(ROOT, 'scenarios')

export interface Visit {
  readonly page: Page
  /** What the console and uncaught errors said. */
  readonly complaints: string[]
}

export class Lab {
  readonly #browser: Browser
  readonly #served: Served

  private constructor(browser: Browser, served: Served) {
    this.#browser = browser
    this.#served = served
  }

  static async open(
    flags: readonly string[] = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  ): Promise<Lab> {
    const executablePath = PATHS.find((path) => path !== undefined && existsSync(path))
    if (executablePath === undefined)
      throw new Error('there is no Chromium here: `apt-get install -y chromium`, or name one in CHROMIUM')
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...flags] })
    return new Lab(browser, await serve(join(ROOT, 'dist'), 0))
  }

  /** A fresh profile on the page. */
  async visit(fragment = '', options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 720 },
      colorScheme: 'dark',
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(40_000)
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !/GPU stall|WebGL-0x/.test(message.text()))
        complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`${this.#served.url}app/${fragment}`)
    return { page, complaints }
  }

  async close(): Promise<void> {
    await this.#browser.close()
    this.#served.server.close()
  }
}

/** Waits until the run is simulated to its end; answers its digest. */
export async function done(page: Page): Promise<string> {
  await page.locator('.stage[data-renderer]').last().waitFor()
  return (await page.locator('.digest').textContent()) ?? ''
}

/** The moment shown, in seconds. */
export async function momentOf(page: Page): Promise<number> {
  // The clock is painted ten times a second.
  await page.waitForTimeout(150)
  const words = (await page.locator('.clock').textContent()) ?? ''
  return words.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

/** Stops the clock and goes to a share of the run by a click on the time line. */
export async function scrub(page: Page, share: number): Promise<void> {
  const box = await page.locator('.track').boundingBox()
  if (box === null) throw new Error('there is no time line')
  await page.mouse.click(box.x + box.width * share, box.y + 40)
}

/** Lets a file fall on the page, as the mouse would. */
export async function drop(page: Page, name: string, text: string, on = '.page'): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, content]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], file))
      return transfer
    },
    [name, text] as const,
  )
  await page.dispatchEvent(on, 'drop', { dataTransfer: data })
}

/** The fragment of the link that the page gives away. */
export async function linkOf(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  // The dialog comes when its script is there; the address has the link then.
  const dialog = page.getByRole('dialog', { name: /^Share/ })
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  return new URL(page.url()).hash
}

/** The share of the pixels in which two pictures of one size differ clearly. */
export async function differing(page: Page, one: Buffer, other: Buffer): Promise<number> {
  return page.evaluate(
    async (pictures) => {
      const [a, b] = await Promise.all(
        pictures.map(async (picture) => {
          const bytes = Uint8Array.from(atob(picture), (char) => char.charCodeAt(0))
          const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
          const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!
          context.drawImage(image, 0, 0)
          return context.getImageData(0, 0, image.width, image.height).data
        }),
      )
      let count = 0
      for (let i = 0; i < a!.length; i += 4)
        if ([0, 1, 2].some((channel) => Math.abs(a![i + channel]! - b![i + channel]!) > 48)) count++
      return count / (a!.length / 4)
    },
    [one.toString('base64'), other.toString('base64')],
  )
}
