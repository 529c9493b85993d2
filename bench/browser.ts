// `npm run bench:browser`: what the built page weighs, when its first picture stands, what a frame of the screen costs the main
// thread, and how long a jump in time takes. In the system's Chromium, which draws in software: script is measured, not raster.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { APP, done, drop, Lab } from '../test/browser/browser.ts'

/** Dots of the frames that are measured; the page itself shows 1,500 and thins them. */
const DOTS = 20_000
/** ms for which frames are counted. */
const PLAY = 12_000
const JUMPS = 30
const STARTS = 3

/** The bars that issue 4 sets, in ms. */
const BARS = { frame: 1, throttled: 4, jump: 100 } as const

/** As many resources as a large system has: eight pipelines of an API, two functions, a queue and a table. */
function fortyResources(): string {
  const groups = Array.from({ length: 8 }, (_, i) => i + 1)
  const resources = groups.map(
    (i) => `
  Api${i}: { Type: AWS::Serverless::HttpApi }
  Take${i}:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Get: { Type: HttpApi, Properties: { ApiId: !Ref Api${i}, Path: /, Method: post } } } }
  Jobs${i}: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60 } }
  Work${i}:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 10, Events: { Job: { Type: SQS, Properties: { Queue: !GetAtt Jobs${i}.Arn, BatchSize: 10 } } } }
  Items${i}:
    Type: AWS::DynamoDB::Table
    Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] }`,
  )
  const workloads = groups.map(
    (i) =>
      `    Users${i}: { Target: Api${i}, Operation: "POST /", Rate: ${40 + 20 * i}/s, Attributes: { id: "zipf(n=5000, s=1.1)" } }`,
  )
  const handlers = groups.map(
    (i) => `
    Take${i}: [{ Compute: "lognormal(p50=6ms, p99=25ms)" }, { sqs:SendMessage: { QueueUrl: !Ref Jobs${i}, MessageBody: { id: $.id } } }]
    Work${i}: [{ Compute: 40ms }, { ForEach: { In: $.Records, Do: [{ dynamodb:PutItem: { TableName: !Ref Items${i}, Item: { id: $.id } } }] } }]`,
  )
  return `Transform: AWS::Serverless-2016-10-31
Resources:${resources.join('')}
Simulation:
  Duration: 5m
  Workloads:
${workloads.join('\n')}
  Handlers:${handlers.join('')}
`
}

const assets = join(APP, 'assets')
const zipped = (path: string): number => gzipSync(readFileSync(path)).length
const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`
const row = (name: string, value: string, note = ''): void =>
  console.log(`  ${name.padEnd(46)} ${value.padStart(12)}  ${note}`.trimEnd())
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
const held = (value: number, bar: number): string => (value <= bar ? `bar ${bar} ms` : `OVER its bar of ${bar} ms`)

function sizes(): void {
  console.log('Size of the built page, gzipped')
  const names = readdirSync(assets)
  const html = readFileSync(join(APP, 'index.html'), 'utf8')
  const sum = (list: readonly string[]): number => list.reduce((total, name) => total + zipped(join(assets, name)), 0)
  const scripts = names.filter((name) => name.endsWith('.js'))
  const first = scripts.filter((name) => html.includes(name))
  const workers = scripts.filter((name) => name.startsWith('worker-'))
  row('script of the first page', kilo(sum(first)))
  row('simulator (worker)', kilo(sum(workers)))
  for (const name of scripts.filter((each) => !first.includes(each) && !workers.includes(each)))
    if (zipped(join(assets, name)) > 2000)
      row(`later: ${name.replace(/-[\w-]{8}\.js$/, '')}`, kilo(zipped(join(assets, name))))
  row('styles', kilo(sum(names.filter((name) => name.endsWith('.css')))))
  row('faces', kilo(sum(names.filter((name) => name.endsWith('.woff2')))))
}

/** ms from the navigation to the first picture of a scenario, the least of some fresh profiles. */
async function firstFrame(lab: Lab): Promise<number> {
  let least = Infinity
  for (let i = 0; i < STARTS; i++) {
    const { page } = await lab.visit('#scenario=flash-crowd')
    const mark = await page.waitForFunction(() => performance.getEntriesByName('first-frame')[0]?.startTime)
    least = Math.min(least, (await mark.jsonValue()) as number)
    await page.context().close()
  }
  return least
}

/** What the page tells of its loop under `?perf`, in ms of real time. */
interface Perf {
  /** Script a frame. */
  readonly costs: number[]
  /** Of that dots, roads and handing the picture over. */
  readonly draws: number[]
  readonly count: number
  readonly dots: number
}

const perfOf = (page: Page): Promise<Perf> => page.evaluate(() => (window as unknown as { perf: () => Perf }).perf())

/** The costs of the frames of some seconds of play, and how many there were a second. */
async function frameCosts(page: Page): Promise<Perf & { rate: number }> {
  const begun = (await perfOf(page)).count
  await page.waitForTimeout(PLAY)
  const now = await perfOf(page)
  const fresh = Math.max(1, now.count - begun)
  return { ...now, costs: now.costs.slice(-fresh), draws: now.draws.slice(-fresh), rate: (fresh * 1000) / PLAY }
}

/**
 * Presses on the time line: ms of script of the frame that answers, all cards and dots drawn, and ms until it ended. Where software
 * draws, the second is mostly the raster of the frame before.
 */
function jumps(page: Page): Promise<{ script: number; wait: number }[]> {
  return page.evaluate(async (count) => {
    const track = document.querySelector('.track') as HTMLElement
    const { left, width, top } = track.getBoundingClientRect()
    const found: { script: number; wait: number }[] = []
    const { perf } = window as unknown as { perf: () => { costs: number[] } }
    for (let i = 0; i < count; i++) {
      const clientX = left + width * (((i * 37) % 97) / 97)
      const begun = performance.now()
      const init = { bubbles: true, clientX, clientY: top + 40, pointerId: 1, buttons: 1 }
      track.dispatchEvent(new PointerEvent('pointerdown', init))
      track.dispatchEvent(new PointerEvent('pointerup', { ...init, buttons: 0 }))
      await new Promise((resolve) => requestAnimationFrame(resolve))
      found.push({ script: perf().costs.at(-1) ?? NaN, wait: performance.now() - begun })
      await new Promise((resolve) => setTimeout(resolve, 120))
    }
    return found
  }, JUMPS)
}

async function measure(lab: Lab, name: string, text: string): Promise<void> {
  console.log(`\n${name}`)
  const { page } = await lab.visit(`?perf=${DOTS}`)
  await drop(page, name, text)
  await done(page)
  await page.keyboard.press('Home')
  for (const rate of [1, 4]) {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate })
    await page.keyboard.press('Home')
    if ((await page.locator('.play').innerText()).includes('Play')) await page.keyboard.press('k')
    const { costs, draws, dots, rate: frames } = await frameCosts(page)
    const median = quantile(draws, 0.5)
    const slow = rate === 1 ? '' : `, CPU slowed ${rate} times`
    row(`${dots} dots a frame, median${slow}`, ms(median), held(median, rate === 1 ? BARS.frame : BARS.throttled))
    row(`${dots} dots a frame, p95${slow}`, ms(quantile(draws, 0.95)))
    row(
      `whole frame, median${slow}`,
      ms(quantile(costs, 0.5)),
      `with cards and panels, at ${frames.toFixed(0)} frames/s`,
    )
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await devtools.detach()
  }
  // Jumps as a reader has them: as many dots as the page shows.
  await page.goto(page.url().replace(/\?perf=\d+/, '?perf'))
  await drop(page, name, text)
  await done(page)
  if ((await page.locator('.play').innerText()).includes('Pause')) await page.keyboard.press('k')
  const times = await jumps(page)
  const script = times.map((each) => each.script)
  row('jump in time, script, median', ms(quantile(script, 0.5)))
  row('jump in time, script, slowest', ms(quantile(script, 1)), held(quantile(script, 1), BARS.jump))
  row(
    'jump in time, until the frame ends, median',
    ms(
      quantile(
        times.map((each) => each.wait),
        0.5,
      ),
    ),
  )
  await page.context().close()
}

sizes()
const lab = await Lab.open()
console.log('\nTime to the first picture of the flagship, from the navigation')
row('least of three fresh profiles', ms(await firstFrame(lab)))
const flagship = readFileSync(new URL('../scenarios/flash-crowd.yaml', import.meta.url), 'utf8')
await measure(lab, 'flash-crowd.yaml', flagship)
await measure(lab, 'forty-resources.yaml', fortyResources())
await lab.close()
