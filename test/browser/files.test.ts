// Files as people have them: several at once, a folder, a real template with nothing added; and what is saved again.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScenario } from '../../sim/cli/files.ts'
import { leftOutGroups } from '../../sim/run/left-out.ts'
import { leftOut } from '../../sim/run/report.ts'
import { done, drop, Lab, SCENARIOS } from './browser.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const CORPUS = join(SCENARIOS, '..', '..', 'shared', 'corpus', 'templates')
const folderInput = (page: Page) => page.locator('#open-folder + input')
const filesInput = (page: Page) => page.locator('#open-files + input')
const about = (page: Page) => page.getByRole('complementary', { name: 'What is simulated' })

const TEMPLATE = `Transform: AWS::Serverless-2016-10-31
Parameters: { Batch: { Type: Number, Default: 10, MinValue: 1, MaxValue: 10 } }
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 180 } }
  Net: { Type: AWS::EC2::DHCPOptions }
  Flow: { Type: AWS::Serverless::StateMachine, Properties: { DefinitionUri: machines/flow.asl.json } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Timeout: 30
      Policies: [{ StepFunctionsExecutionPolicy: { StateMachineName: !GetAtt Flow.Name } }]
      Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: !Ref Batch } } }
`
const SCENARIO = `Simulation:
  Template: ../template.yaml
  Duration: 1m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: "trace(counts.csv, count=n)" } }
  Handlers: { Work: [Compute: 5ms] }
`

/** A project as it lies on a disk. */
function project(): string {
  const root = join(mkdtempSync(join(tmpdir(), 'hotshard-')), 'shop')
  const files: Record<string, string> = {
    'template.yaml': TEMPLATE,
    'load/evening.yaml': SCENARIO,
    'load/counts.csv': 'n\n300\n',
    'machines/flow.asl.json': '{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }',
    'src/app.py': 'def handler(event, context): pass\n',
    'node_modules/other/template.yaml': 'Resources: {}\nSimulation: {}\n',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

describe('files', () => {
  test('a folder is opened whole: the scenario finds its template, its data, and travels in a link with them', async () => {
    const root = project()
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    await folderInput(page).setInputFiles(root)
    const digest = await done(page)
    await expect.poll(() => page.locator('.title small').textContent()).toBe('evening.yaml')
    expect(await page.locator('.mirror button').count()).toBeGreaterThanOrEqual(3)

    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await expect.poll(() => page.url()).toContain('#s=1.')
    const colleague = await lab.visit(new URL(page.url()).hash, { reducedMotion: 'reduce' })
    expect(await done(colleague.page)).toBe(digest)
    expect([...complaints, ...colleague.complaints]).toEqual([])
    await colleague.page.context().close()
    await page.context().close()
  })

  test('a folder that falls on the page is read whole, as the dialog would', async () => {
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    const devtools = await page.context().newCDPSession(page)
    // A page cannot make a folder; the browser itself lets one fall.
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await devtools.send('Input.dispatchDragEvent', {
        type,
        x: 640,
        y: 400,
        data: { items: [], files: [project()], dragOperationsMask: 1 },
      })
    await done(page)
    await expect.poll(() => page.locator('.title small').textContent()).toBe('evening.yaml')
    expect(await page.locator('.mirror button').count()).toBeGreaterThanOrEqual(3)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('of several templates one is chosen; its slider’s value is saved with the text', async () => {
    const root = project()
    writeFileSync(join(root, 'other.yaml'), TEMPLATE.replace('180', '240'))
    writeFileSync(join(root, 'first.yaml'), TEMPLATE)
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    await filesInput(page).setInputFiles(['other.yaml', 'first.yaml'].map((name) => join(root, name)))
    const dialog = page.getByRole('dialog', { name: 'Which one is to run?' })
    await dialog.waitFor()
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['first.yaml', 'other.yaml'])
    await dialog.getByRole('button', { name: 'other.yaml' }).click()
    await done(page)
    await page.locator('input[type=range]').first().focus()
    await page.keyboard.press('Home')
    await page.locator('.knob.changed').waitFor()

    await page.keyboard.press('e')
    await page.locator('.text-box .cm-content').waitFor()
    const saved = page.waitForEvent('download')
    await page.keyboard.press('Control+s')
    const file = await saved
    expect(file.suggestedFilename()).toBe('other.yaml')
    const text = readFileSync((await file.path()) ?? '', 'utf8')
    expect(text.startsWith(TEMPLATE.replace('180', '240').trimEnd())).toBe(true)
    expect(text).toMatch(/Simulation:\n {2}Parameters:\n {4}Batch: \d+\n/)

    // Written into the text it is no change any more, and the run is the same.
    const changed = await page.locator('.digest').textContent()
    await page.getByRole('button', { name: 'Write it into the text' }).click()
    await expect.poll(() => page.locator('.cm-content').innerText()).toMatch(/^ {4}Batch: \d+$/m)
    await page.locator('.knob.changed').waitFor({ state: 'detached' })
    await expect
      .poll(() => page.locator('.editor-status [role=status]').textContent(), { timeout: 20_000 })
      .toMatch(/this text is what runs/)
    await expect.poll(() => page.locator('.digest').textContent(), { timeout: 20_000 }).toBe(changed)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('what was inferred is written into the text, and runs the same', async () => {
    const root = project()
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    await filesInput(page).setInputFiles([join(root, 'template.yaml'), join(root, 'machines/flow.asl.json')])
    const digest = await done(page)
    await about(page).waitFor()
    expect(await about(page).innerText()).toMatch(/NO MODEL OF THESE TYPES[^]*AWS::EC2::DHCPOptions: Net/i)
    await page.keyboard.press('Escape')
    await about(page).waitFor({ state: 'detached' })
    await page.keyboard.press('e')
    await page.getByRole('button', { name: 'Write the inferred section' }).click()
    await expect.poll(() => page.locator('.cm-content').innerText()).toMatch(/^Simulation:$/m)
    await expect
      .poll(() => page.locator('.editor-status [role=status]').textContent(), { timeout: 20_000 })
      .toMatch(/this text is what runs/)
    await expect.poll(() => page.locator('.digest').textContent(), { timeout: 20_000 }).toBe(digest)
    expect(await page.getByRole('button', { name: 'Write the inferred section' }).count()).toBe(0)

    // What falls on the text is opened like anywhere else, and not written into it.
    await drop(page, 'dropped.yaml', 'Resources: { Alone: { Type: AWS::SQS::Queue } }\n', '.cm-content')
    await expect.poll(() => page.locator('.title small').textContent()).toBe('dropped.yaml')
    await page.waitForTimeout(500)
    expect((await page.locator('.cm-content').innerText()).trim()).toBe(
      'Resources: { Alone: { Type: AWS::SQS::Queue } }',
    )
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

/** Some of the real templates, the largest among them, picked by their number alone. */
const real = !existsSync(CORPUS)
  ? []
  : (() => {
      const folders = readdirSync(CORPUS).filter((name) => statSync(join(CORPUS, name)).isDirectory())
      const size = (folder: string): number =>
        Math.max(...readdirSync(join(CORPUS, folder)).map((name) => statSync(join(CORPUS, folder, name)).size))
      const largest = [...folders].sort((a, b) => size(b) - size(a))[0]!
      return [...folders.filter((_, i) => i % 31 === 7), largest]
    })()

describe.skipIf(real.length === 0)('a real template', () => {
  test.each(real)('%s is opened as it is: what is not simulated is told on one screen', async (folder) => {
    const { page, complaints } = await lab.visit('', { reducedMotion: 'reduce' })
    await folderInput(page).setInputFiles(join(CORPUS, folder))
    const dialog = page.getByRole('dialog', { name: 'Which one is to run?' })
    const panel = about(page)
    await expect.poll(async () => (await dialog.count()) + (await panel.count())).toBeGreaterThan(0)
    if (await dialog.isVisible()) await dialog.getByRole('listitem').last().getByRole('button').click()
    await panel.waitFor()
    const name = (await panel.locator('h2 small').textContent()) ?? ''
    const found = readdirSync(join(CORPUS, folder), { recursive: true, encoding: 'utf8' }).find(
      (path) => path === name || path.endsWith(`/${name}`),
    )
    const { scenario } = openScenario(join(CORPUS, folder, found ?? ''), {})
    const groups = leftOutGroups((scenario?.notSimulated ?? []).map(leftOut))
    const words = await panel.innerText()
    // Names in full; the places in them are those of another folder.
    for (const line of groups.types) expect(words).toContain(line)
    for (const line of groups.others) expect(words).toContain(line.replace(/ {2}\S+$/, '').replaceAll('`', ''))
    await done(page)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
