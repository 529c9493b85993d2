// A real Firefox over WebDriver BiDi, on the built page. It has no WebGL here, so the page draws on a canvas.
import { existsSync } from 'node:fs'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'

const PATHS = [process.env['FIREFOX'], '/usr/bin/firefox-esr', '/usr/bin/firefox']

/** Where Firefox is; undefined where there is none. */
export const FIREFOX = PATHS.find((path) => path !== undefined && existsSync(path))

/** Starts a fresh profile. */
export function openFirefox(): Promise<Browser> {
  if (FIREFOX === undefined) throw new Error('there is no Firefox here: `apt-get install -y firefox-esr`')
  return puppeteer.launch({
    browser: 'firefox',
    protocol: 'webDriverBiDi',
    executablePath: FIREFOX,
    headless: true,
    defaultViewport: { width: 1280, height: 720 },
  })
}

/** A page, and what its console and its uncaught errors say. */
export async function visitFirefox(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, complaints }
}
